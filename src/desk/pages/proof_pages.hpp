// Proofs for whoever wants to keep them: the signed head of the ledger for everybody, and receipts of the steps of a
// case for both of its sides. Makes nothing itself.
#pragma once

#include <span>
#include <string_view>

#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {

/// The page that verifies in the browser, as it was built; when it was not, how to verify all the same.
Response verifier_page(Visit& visit, std::string_view built);

/// "/cases/1042/receipt"
std::string receipt_address(CaseId case_id);

}  // namespace guichet::desk
