// One case for an auditor: every event in its place, who caused it and how, under which clause, what it changed. And
// pieces that the auditor's pages share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/desk/pages/frame.hpp>

namespace guichet::desk {

/// "/audit/cases/1042".
std::string audit_address(CaseId case_id);
/// GET /audit/cases/{case}.
Response audited_case(Visit& visit);

/// A whole number as it stands in an address.
std::optional<std::uint64_t> number_in(std::string_view text);
/// Words around a match of a search, with what matched marked.
void marked(Html& html, std::string_view excerpt);
/// The way to what follows; nothing when `address` is empty.
void next_page(Html& html, const Visit& visit, std::string_view address, std::string_view key = "list.next");

}  // namespace guichet::desk
