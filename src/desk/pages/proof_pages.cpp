#include <guichet/desk/pages/proof_pages.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/dossiers.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/embedded/screens.hpp>
#include <guichet/ledger/proving.hpp>

namespace guichet::desk {
namespace {

/// A whole number of the address; none when there is none, zero when it is none.
std::optional<std::uint64_t> number_in(const Visit& visit, std::string_view name) {
  const std::string* text = visit.request.parameter(name);
  if (text == nullptr) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
  return fault == std::errc{} && end == text->data() + text->size() ? number : 0;
}

Response text_file(std::string text, const std::string& name) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(text);
  return response;
}

Response failed(const Visit& visit, const Error& error) {
  if (error.fault == Fault::not_found) return problem(404, "not_found", visit.phrases("fault.not_found"));
  if (error.fault == Fault::usage)
    return problem(422, "bad_parameter", visit.phrases("api.bad_parameter", {{"name", "from"}}));
  return ledger_trouble(visit.phrases);
}

Response head(Visit& visit) {
  if (const auto from = number_in(visit, "from"); from) {
    const auto growth = ledger::growth_since(visit.reader, *from);
    if (!growth) return failed(visit, growth.error());
    return text_file(proof::print_growth(*growth), fmt::format("growth-{}-{}.txt", *from, growth->head.head.size));
  }
  const auto newest = ledger::newest_head(visit.reader);
  if (!newest) return failed(visit, newest.error());
  if (!*newest) return problem(404, "not_found", visit.phrases("fault.not_found"));
  return text_file(proof::print_head(**newest), fmt::format("head-{}.txt", (*newest)->head.size));
}

/// Notes of the desk are no step that a seller was told of.
bool may_have(const Visit& visit, const ledger::CaseFile& file, std::uint64_t act) {
  if (std::ranges::none_of(file.acts, [act](const ledger::Act& one) { return one.number == act; })) return false;
  if (edition_for(*visit.person) == dossier::Edition::whole) return true;
  return std::ranges::any_of(file.events, [act](const ledger::KeptEvent& kept) {
    return kept.act == act && kept.event.kind != EventKind::note_made;
  });
}

/// The act asked for, or the newest that this person may have; zero when there is none.
std::uint64_t wanted_act(const Visit& visit, const ledger::CaseFile& file) {
  if (const auto asked = number_in(visit, "act"); asked) return may_have(visit, file, *asked) ? *asked : 0;
  for (auto act = file.acts.rbegin(); act != file.acts.rend(); ++act)
    if (may_have(visit, file, act->number)) return act->number;
  return 0;
}

Response receipt(Visit& visit) {
  const CaseId case_id = visit.case_id();
  const auto missing = [&] { return problem(404, "not_found", visit.phrases("fault.not_found")); };
  if (!visit.visible_case(case_id)) return missing();
  const auto file = visit.reader.case_file(case_id);
  if (!file) return failed(visit, file.error());
  const std::uint64_t act = *file ? wanted_act(visit, **file) : 0;
  if (act == 0) return missing();
  const auto made = ledger::receipt_of_act(visit.reader, act);
  if (!made) return failed(visit, made.error());
  return text_file(proof::print_receipt(*made), fmt::format("receipt-{}-{}.txt", case_id.value, act));
}

/// Every step of the case with its receipt.
Response receipts(Visit& visit) {
  const CaseId case_id = visit.case_id();
  if (!visit.visible_case(case_id)) return not_found(visit);
  const auto file = visit.reader.case_file(case_id);
  if (!file) return unreadable(visit, file.error());
  if (!*file) return not_found(visit);
  PageParts parts;
  parts.title = visit.phrases("receipts.title", {{"case", fmt::to_string(case_id.value)}});
  parts.subtitle = visit.phrases("receipts.what");
  parts.here = "cases";
  Html& html = parts.main;
  html.open("ul");
  for (const ledger::Act& act : (*file)->acts) {
    if (!may_have(visit, **file, act.number)) continue;
    const std::string told = visit.phrases(
        "receipts.step", {{"act", fmt::to_string(act.number)}, {"at", moment_words(visit, act.recorded)}});
    html.open("li").element("a", told,
                            {{"href", Url(fmt::format("{}?act={}", receipt_address(case_id), act.number))},
                             {"download", fmt::format("receipt-{}-{}.txt", case_id.value, act.number)}});
    html.close();
  }
  html.close();
  html.open("p").element("a", visit.phrases("receipts.verify"), {{"href", Url("/verify")}}).close();
  html.open("p").element("a", visit.phrases("receipts.back"), {{"href", Url(case_address(case_id))}}).close();
  return page(visit, std::move(parts));
}

Response verifier(Visit& visit) { return verifier_page(visit, embedded_bytes(embedded::screens(), "verify.html")); }

constexpr std::array kAsksReceipt{ActField{"act", FieldKind::number, false, {}, "of this step; else of the newest"}};

constexpr std::array kRoutes{
    Route{.method = Method::get,
          .pattern = "/verify",
          .right = Right::anybody,
          .look = verifier,
          .summary = "A page that verifies receipts and dossiers in the browser and sends nothing",
          .gives = "text/html"},
    Route{.method = Method::get,
          .pattern = "/head",
          .right = Right::anybody,
          .look = head,
          .summary =
              "The newest signed head of the ledger; with `from`, the proof that it goes on from that many entries"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/receipts",
          .right = Right::see_cases,
          .look = receipts,
          .summary = "Every step of a case, each with its receipt"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/receipt",
          .right = Right::see_cases,
          .look = receipt,
          .summary = "The receipt of a step (`act`), or of the newest: its entry and the signed head over it"},
    Route{.method = Method::get,
          .pattern = "/api/cases/{case}/receipt",
          .right = Right::see_cases,
          .look = receipt,
          .summary = "The receipt of a step (`act`), or of the newest, as text",
          .gives = "text/plain",
          .asks = kAsksReceipt},
};

}  // namespace

Response verifier_page(Visit& visit, std::string_view built) {
  // The page says itself what may run in it: its own script and the program in it, known by its hash.
  constexpr std::string_view kBegins = "http-equiv=\"Content-Security-Policy\" content=\"";
  const std::size_t begins = built.find(kBegins);
  if (begins == std::string_view::npos) {
    PageParts parts;
    parts.title = visit.phrases("receipts.verifier.title");
    parts.here = "verify";
    parts.main.element("p", visit.phrases("receipts.verifier.missing"));
    parts.main.open("pre").element("code", "guichet verify FILE").close();
    return page(visit, std::move(parts));
  }
  const std::string_view policy = built.substr(begins + kBegins.size());
  Response response;
  response.headers.emplace_back("Content-Security-Policy",
                                fmt::format("{}; frame-ancestors 'none'", policy.substr(0, policy.find('"'))));
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = built;
  return response;
}

std::string receipt_address(CaseId case_id) { return case_address(case_id) + "/receipt"; }

std::span<const Route> proof_routes() { return kRoutes; }

}  // namespace guichet::desk
