#include <guichet/desk/pages/expectations.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/expected.hpp>
#include <guichet/desk/pages/counted.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

/// Pages do not wait for a count; programs do, for a little.
constexpr Duration kNow{0}, kPatience{2'000};

std::shared_ptr<const ExpectedLedger> counted(const Visit& visit, Duration patience) {
  if (visit.reading != nullptr) {
    const Changes::Place place = Changes::of_forecasts();
    visit.reading->seen.push_back({place, visit.shared.changes->count(place)});
  }
  return visit.shared.recounts == nullptr ? nullptr : visit.shared.recounts->expectations(patience).last;
}

/// What is awaited in a case that stands so, and its matter by the name that earlier cases have, imported ones too.
struct Waited {
  dossier::SoFar so_far;
  std::string matter;
};
Waited waited(const Visit& visit, const ledger::CaseFile& file) {
  CasesAsHistories histories(*visit.shared.procedures, visit.reader);
  std::vector<Event> events;
  for (const ledger::KeptEvent& one : file.events) events.push_back(one.event);
  const CaseHistory history = histories.of(file.row, events);
  return {.so_far = dossier::so_far(history, visit.now),
          .matter = std::string(Vocabulary::name(histories.names().matters, history.facts.matter))};
}

void write(Html& html, const Visit& visit, const ExpectedLedger* expected, std::string_view matter,
           const dossier::SoFar& so_far) {
  const formats::Phrases& phrases = visit.phrases;
  if (expected == nullptr) {
    html.element("p", phrases("expect.counting"), {{"class", "muted"}});
    return;
  }
  html.open("dl");
  for (const dossier::ExpectationTold& one : dossier::told(expected->foretold, matter, so_far, phrases)) {
    html.element("dt", one.what).open("dd").text(one.says);
    if (!one.rests_on.empty())
      html.empty("br").element("span", one.rests_on + " " + one.accuracy, {{"class", "muted"}});
    html.close();
  }
  const std::string reversal = dossier::reversal_told(expected->foretold, phrases);
  if (!reversal.empty()) html.element("dt", phrases("expect.reversal.what")).element("dd", reversal);
  html.close();
  html.element("p", phrases("expect.note"), {{"class", "muted"}});
}

Response answer(const Visit& visit, const ExpectedLedger* expected, std::string_view matter,
                const dossier::SoFar& so_far) {
  if (expected == nullptr) return counting(visit.phrases);
  formats::JsonWriter json;
  json.begin_object();
  dossier::write_expectations(json, expected->foretold, matter, so_far);
  json.end_object();
  return json_answer(json);
}

}  // namespace

void expectations_before(Html& html, const Visit& visit, std::string_view matter) {
  write(html, visit, counted(visit, kNow).get(), matter, dossier::kNotOpened);
}

void expectations_of(Html& html, const Visit& visit, const SeenCase& seen) {
  const auto expected = counted(visit, kNow);
  const Waited now = expected ? waited(visit, seen.file) : Waited{};
  write(html, visit, expected.get(), now.matter, now.so_far);
}

Response expectation_json(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const auto expected = counted(visit, kPatience);
  const Waited now = waited(visit, found.seen->file);
  return answer(visit, expected.get(), now.matter, now.so_far);
}

Response matter_expectation_json(Visit& visit) {
  const auto& matters = visit.shared.procedures->at(visit.now).file.matters;
  const auto found = std::ranges::find(matters, visit.captures.front(), &rulebook::MatterText::id);
  if (found == matters.end()) return not_found(visit);
  return answer(visit, counted(visit, kPatience).get(), found->id, dossier::kNotOpened);
}

}  // namespace guichet::desk
