#include <guichet/desk/pages/dossier_page.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/dossiers.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/proof_pages.hpp>

namespace guichet::desk {
namespace {

/// Which edition is asked for; never more than the person may have.
dossier::Edition wanted_edition(const Visit& visit) {
  return parameter(visit, "edition") == "seller" ? dossier::Edition::seller : edition_for(*visit.person);
}

formats::Language wanted_language(const Visit& visit) {
  return formats::language_from(parameter(visit, "language")).value_or(visit.language());
}

Result<std::optional<std::string>> made(const Visit& visit, CaseId case_id) {
  return make_dossier({.reader = visit.reader,
                       .ledger = *visit.shared.ledger,
                       .procedures = *visit.shared.procedures,
                       .people = *visit.shared.people,
                       .house = house_name(visit.shared)},
                      {.case_id = case_id, .edition = wanted_edition(visit), .language = wanted_language(visit)});
}

Response given(CaseId case_id, std::string zip) {
  Response response;
  response.content_type = "application/zip";
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"dossier-{}.zip\"", case_id.value));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  response.body = std::move(zip);
  return response;
}

Response dossier_of_case(Visit& visit) {
  const CaseId case_id = visit.case_id();
  if (!visit.visible_case(case_id)) return not_found(visit);
  auto zip = made(visit, case_id);
  if (!zip) return unreadable(visit, zip.error());
  return *zip ? given(case_id, **std::move(zip)) : not_found(visit);
}

Response dossier_for_programs(Visit& visit) {
  const CaseId case_id = visit.case_id();
  const auto missing = [&] { return problem(404, "not_found", visit.phrases("fault.not_found")); };
  if (!visit.visible_case(case_id)) return missing();
  auto zip = made(visit, case_id);
  if (!zip) return ledger_trouble(visit.phrases);
  return *zip ? given(case_id, **std::move(zip)) : missing();
}

constexpr std::array<std::string_view, 1> kEditions{"seller"};
constexpr std::array kAsksDossier{ActField{"edition", FieldKind::choice, false, kEditions,
                                           "without what is the desk's own; else all that the asker may have"}};

constexpr std::array kRoutes{
    Route{.method = Method::get,
          .pattern = "/cases/{case}/dossier.zip",
          .right = Right::see_cases,
          .look = dossier_of_case,
          .summary = "The dossier of a case, as this person may have it: mails, exhibits, chronology, proofs"},
    Route{.method = Method::get,
          .pattern = "/api/cases/{case}/dossier",
          .right = Right::see_cases,
          .look = dossier_for_programs,
          .summary = "The dossier of a case as a ZIP; `edition=seller` leaves out what is the desk's own",
          .gives = "application/zip",
          .asks = kAsksDossier},
};

}  // namespace

std::string dossier_address(CaseId case_id) { return case_address(case_id) + "/dossier.zip"; }

void dossier_links(Html& html, const Visit& visit, CaseId case_id) {
  const auto link = [&](std::string_view key, const std::string& address) {
    html.element("a", visit.phrases(key),
                 {{"href", Url(address)}, {"download", fmt::format("dossier-{}.zip", case_id.value)}});
  };
  html.open("p", {{"class", "no-print"}});
  if (visit.person && edition_for(*visit.person) == dossier::Edition::whole) {
    link("dossier.page.take_whole", dossier_address(case_id));
    html.text(" · ");
  }
  link("dossier.page.take", dossier_address(case_id) + "?edition=seller");
  html.text(" · ").element(
      "a", visit.phrases("receipts.newest"),
      {{"href", Url(receipt_address(case_id))}, {"download", fmt::format("receipt-{}.txt", case_id.value)}});
  html.text(" · ").element("a", visit.phrases("receipts.all"), {{"href", Url(case_address(case_id) + "/receipts")}});
  html.text(". ").element("span", visit.phrases("dossier.page.hint"), {{"class", "far"}});
  html.close();
}

std::span<const Route> dossier_routes() { return kRoutes; }

}  // namespace guichet::desk
