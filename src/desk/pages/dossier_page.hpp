// The dossier of a case, to be taken along: by either side from the case's page, and by programs. Makes nothing itself.
#pragma once

#include <span>

#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {

/// "/cases/1042/dossier.zip"
std::string dossier_address(CaseId case_id);
/// A line with the link and what is in it, for the desk's own people: the whole, or what the seller may have.
void dossier_links(Html& html, const Visit& visit, CaseId case_id);

std::span<const Route> dossier_routes();

}  // namespace guichet::desk
