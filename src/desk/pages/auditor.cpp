// The auditor's pages: any case, any event with the rule behind it; the catalogue of measures over the whole ledger;
// what the ledger is and what happened to the house. Everything here only looks.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/core/names.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/audited.hpp>
#include <guichet/desk/pages/counted.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr Duration kPatience{400};
constexpr std::uint64_t kCountMost = 1'000;

/// The pages of the audit, for whoever is on one of them.
void ways(Html& html, const Visit& visit, std::string_view here) {
  html.open("nav", {{"class", "views"}, {"aria-label", visit.phrases("audit.ways")}});
  html.open("ul", {{"class", "plain-list row"}});
  struct Way {
    std::string_view here, address, key;
  };
  static constexpr std::array<Way, 4> kWays{{{"cases", "/audit", "audit.way.cases"},
                                             {"measures", "/audit/measures", "audit.way.measures"},
                                             {"ledger", "/audit/ledger", "audit.way.ledger"},
                                             {"house", "/audit/house", "audit.way.house"}}};
  for (const Way& way : kWays) {
    html.open("li");
    if (way.here == here)
      html.element("a", visit.phrases(way.key), {{"href", Url(way.address)}, {"aria-current", "page"}});
    else
      html.element("a", visit.phrases(way.key), {{"href", Url(way.address)}});
    html.close();
  }
  html.close().close();
}

// A place in a list that somebody made up is not there; everything else is the ledger's trouble.
Response lost(const Visit& visit, const Error& error) {
  return error.fault == Fault::usage ? not_found(visit) : unreadable(visit, error);
}

std::string whole(const Visit& visit, std::uint64_t n) { return visit.phrases.number(static_cast<double>(n)); }

// ---- cases ---------------------------------------------------------------------------------------------------

struct QuickFilter {
  std::string_view name;
  void (*ask)(ledger::CaseQuery&);
  bool counted = false;  // an index knows how many
};
constexpr std::array<QuickFilter, 6> kFilters{{
    {"all", [](ledger::CaseQuery&) {}},
    {"undecided", [](ledger::CaseQuery& query) { query.closed_without_decision = true; }, true},
    {"agents", [](ledger::CaseQuery& query) { query.agents_min = 3; }, true},
    {"adverse", [](ledger::CaseQuery& query) { query.adverse_after = true; }, true},
    {"overdue", [](ledger::CaseQuery& query) { query.ran_out = true; }},
    {"living", [](ledger::CaseQuery& query) { query.phases = kLivingPhases; }},
}};

const QuickFilter& filter_of(std::string_view name) {
  const auto* found = std::ranges::find(kFilters, name, &QuickFilter::name);
  return found == kFilters.end() ? kFilters.front() : *found;
}

void case_row(Html& html, const Visit& visit, const ledger::ShelfRow& row, std::string_view excerpt) {
  const formats::Phrases& phrases = visit.phrases;
  const std::string number = std::to_string(row.case_id.value);
  html.open("tr").open("th", {{"scope", "row"}, {"class", "subject"}});
  html.open("a", {{"href", Url(audit_address(row.case_id))}});
  html.element("span", number, {{"class", "number"}});
  if (!row.subject.empty()) html.text(" " + row.subject);
  html.close();
  if (!excerpt.empty()) marked(html, excerpt);
  html.close();
  html.element("td", account_name(visit, row.account));
  html.open("td");
  phase_badge(html, visit, row);
  html.close();
  html.element("td", whole(visit, row.agents.size()), {{"class", "number"}});
  html.open("td");
  const auto mark = [&](bool holds, std::string_view kind, const char* key) {
    if (holds) badge(html, kind, phrases(key));
  };
  mark(row.state.has(kOverdue), "bad", "audit.mark.overdue");
  mark(row.adverse_after, "bad", "audit.mark.adverse");
  mark(row.agents.size() >= 3, "wait", "audit.mark.agents");
  mark(CasesAsHistories::imported(row), "plain", "audit.mark.imported");
  html.close();
  html.element("td", moment_in_short(phrases, desk_zone(visit), row.changed)).close();
}

void case_rows_begin(std::optional<WideTable>& table, Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  table.emplace(html, phrases("audit.cases.caption"),
                std::vector<std::string>{phrases("audit.column.case"), phrases("audit.column.seller"),
                                         phrases("audit.column.state"), phrases("audit.column.agents"),
                                         phrases("audit.column.marks"), phrases("audit.column.changed")});
}

void quick_filters(Html& html, const Visit& visit, const QuickFilter& chosen) {
  html.open("nav", {{"class", "views"}, {"aria-label", visit.phrases("audit.show")}});
  html.open("ul", {{"class", "plain-list row"}});
  for (const QuickFilter& filter : kFilters) {
    std::string label = visit.phrases("audit.filter." + std::string{filter.name});
    if (filter.counted) {
      ledger::CaseQuery query;
      filter.ask(query);
      if (const auto count = visit.reader.count(query, kCountMost))
        label += " (" +
                 (*count >= kCountMost ? visit.phrases("audit.many", {{"n", whole(visit, kCountMost)}})
                                       : whole(visit, *count)) +
                 ")";
    }
    html.open("li");
    if (&filter == &chosen)
      html.element("a", label, {{"href", Url("/audit?filter=" + std::string{filter.name})}, {"aria-current", "true"}});
    else
      html.element("a", label, {{"href", Url("/audit?filter=" + std::string{filter.name})}});
    html.close();
  }
  html.close().close();
}

void search_form(Html& html, const Visit& visit, std::string_view words) {
  html.open("form", {{"method", "get"},
                     {"action", Url("/audit")},
                     {"class", "filters"},
                     {"role", "search"},
                     {"aria-label", visit.phrases("audit.search")}});
  FieldLook look;
  look.id = look.name = "q";
  look.label = visit.phrases("audit.search");
  look.hint = visit.phrases("audit.search.hint");
  look.value = words;
  look.type = "search";
  look.autocomplete = "off";
  field(html, look);
  button(html, visit.phrases("audit.search.go"), "second");
  html.close();
}

/// "1042" or "#1042" goes straight to that case.
CaseId number_meant(std::string_view words) {
  if (words.starts_with('#')) words.remove_prefix(1);
  std::uint64_t number = 0;
  for (const char c : words) {
    if (c < '0' || c > '9' || number > 0xFFFF'FFFF) return {};
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return words.empty() || number > 0xFFFF'FFFF ? CaseId{} : CaseId{static_cast<std::uint32_t>(number)};
}

Response found_cases(Visit& visit, PageParts parts, const std::string& words) {
  if (const CaseId meant = number_meant(words); meant)
    if (const auto row = visit.reader.row(meant); row && *row) return see_other(audit_address(meant));
  ledger::SearchQuery query;
  query.words = words;
  query.after = parameter(visit, "after");
  const auto found = visit.reader.search(query);
  if (!found) return lost(visit, found.error());
  Html& html = parts.main;
  if (found->rows.empty()) {
    html.element("p", visit.phrases("audit.found.none"));
    return page(visit, std::move(parts));
  }
  std::optional<WideTable> table;
  case_rows_begin(table, html, visit);
  for (const ledger::Found& one : found->rows) case_row(html, visit, one.row, one.excerpt);
  table->end();
  next_page(html, visit, found->next.empty() ? "" : address_with("/audit", {{"q", words}, {"after", found->next}}));
  return page(visit, std::move(parts));
}

Response cases(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const std::string words{parameter(visit, "q")};
  PageParts parts;
  parts.title = phrases("audited.title");
  parts.subtitle = phrases("audited.subtitle");
  parts.here = "audit";
  Html& html = parts.main;
  ways(html, visit, "cases");
  search_form(html, visit, words);
  if (!words.empty()) return found_cases(visit, std::move(parts), words);

  const QuickFilter& filter = filter_of(parameter(visit, "filter"));
  quick_filters(html, visit, filter);
  html.element("p", phrases("audit.filter." + std::string{filter.name} + ".how"), {{"class", "muted"}});
  ledger::CaseQuery query;
  filter.ask(query);
  query.after = parameter(visit, "after");
  const auto listed = visit.reader.cases(query);
  if (!listed) return lost(visit, listed.error());
  if (listed->rows.empty()) {
    html.element("p", phrases("audit.list.none"));
    return page(visit, std::move(parts));
  }
  std::optional<WideTable> table;
  case_rows_begin(table, html, visit);
  for (const ledger::ShelfRow& row : listed->rows) case_row(html, visit, row, {});
  table->end();
  next_page(html, visit,
            listed->next.empty()
                ? ""
                : address_with("/audit", {{"filter", std::string{filter.name}}, {"after", listed->next}}));
  return page(visit, std::move(parts));
}

// ---- measures --------------------------------------------------------------------------------------------------

struct Asked {
  OpenedIn period;
  std::string from, until;  // as typed
  bool understood = true;
};

/// Days of UTC; the last one counts whole.
Asked asked_period(const Visit& visit) {
  Asked asked;
  asked.from = parameter(visit, "from");
  asked.until = parameter(visit, "until");
  const auto day = [&asked](const std::string& typed, Instant otherwise, Duration more) {
    if (typed.empty()) return otherwise;
    const std::optional<Instant> read = typed.size() == 10 ? parse_instant(typed) : std::nullopt;
    asked.understood = asked.understood && read.has_value();
    return read ? *read + more : otherwise;
  };
  asked.period.from = day(asked.from, Instant::min(), Duration{0});
  asked.period.until = day(asked.until, kNever, std::chrono::days{1});
  return asked;
}

void period_form(Html& html, const Visit& visit, const Asked& asked) {
  html.open("form", {{"method", "get"}, {"action", Url("/audit/measures")}, {"class", "filters"}});
  const auto day = [&](const char* name, const std::string& value) {
    FieldLook look;
    look.id = look.name = name;
    look.label = visit.phrases("audit.period." + std::string{name});
    look.value = value;
    look.type = "date";
    if (!asked.understood) look.fault = visit.phrases("audit.period.fault");
    field(html, look);
  };
  day("from", asked.from);
  day("until", asked.until);
  button(html, visit.phrases("audit.period.go"), "second");
  html.close();
  html.element("p", visit.phrases("audit.period.how"), {{"class", "muted"}});
}

std::string with_period(std::string_view path, const Asked& asked) {
  return address_with(path, {{"from", asked.from}, {"until", asked.until}});
}

Response measures(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const Asked asked = asked_period(visit);
  PageParts parts;
  parts.title = phrases("audit.measures.title");
  parts.subtitle = phrases("audit.measures.subtitle");
  parts.here = "measures";
  Html& html = parts.main;
  ways(html, visit, "measures");
  period_form(html, visit, asked);
  if (!asked.understood) {
    parts.status = 422;
    return page(visit, std::move(parts));
  }
  const auto reach = visit.reader.reach();
  if (!reach) return unreadable(visit, reach.error());
  const Recount<MeasuredLedger> count = visit.shared.recounts->measures(asked.period, *reach, kPatience);
  as_of(html, visit, told(count), with_period("/audit/measures", asked));
  if (!count.last) return page(visit, std::move(parts));
  html.open("p").element("a", phrases("audit.measures.json"),
                         {{"href", Url(with_period("/audit/measures.json", asked))}});
  html.close();
  html.add(dossier::report_as_html(count.last->findings, count.last->source, visit.language()));
  return page(visit, std::move(parts));
}

Response measures_json(Visit& visit) {
  const Asked asked = asked_period(visit);
  if (!asked.understood) return problem(422, "no_such_day", visit.phrases("audit.period.fault"));
  const auto reach = visit.reader.reach();
  if (!reach) return ledger_trouble(visit.phrases);
  const Recount<MeasuredLedger> count =
      visit.shared.recounts->measures(asked.period, *reach, kPatience, CountAge::good);
  if (count.is_old) return counting(visit.phrases, told(count));
  Response response;
  response.content_type = "application/json";
  // What programs read is the same for everybody, unless they ask for a language.
  const auto language = formats::language_from(parameter(visit, "language")).value_or(formats::Language::en);
  response.body = dossier::report_as_json(count.last->findings, count.last->source, language);
  if (visit.api) response.body = with_count(std::move(response.body), told(count));
  return response;
}

// ---- the ledger ------------------------------------------------------------------------------------------------

void last_check(Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("section", {{"aria-labelledby", "check"}});
  html.element("h2", phrases("audit.check.title"), {{"id", "check"}});
  html.element("p", phrases("audit.check.what"));
  const auto record = visit.reader.record("ledger_check", "last");
  if (record && *record) {
    if (const Result<LedgerChecked> checked = ledger_checked_from(**record)) {
      html.open("p");
      badge(html, checked->faults == 0 ? "good" : "bad",
            checked->faults == 0 ? phrases("audit.check.good")
                                 : phrases.counted("audit.check.bad", static_cast<std::int64_t>(checked->faults)));
      html.text(" ").text(phrases("audit.check.when", {{"moment", moment_words(visit, checked->at)},
                                                       {"position", whole(visit, checked->position)}}));
      html.close();
      if (!checked->first.empty()) {
        html.open("ul");
        for (const std::string& fault : checked->first) html.element("li", fault);
        html.close();
      }
    }
  } else {
    html.element("p", phrases("audit.check.never"));
  }
  if (visit.shared.recounts->checking()) {
    html.open("p", {{"role", "status"}});
    html.text(phrases("audit.check.running")).text(" ");
    html.element("a", phrases("count.look_again"), {{"href", Url("/audit/ledger")}}).close();
  } else {
    open_form(html, visit, "/audit/ledger/check");
    button(html, phrases("audit.check.go"), "second");
    html.close();
  }
  html.close();
}

Response ledger_page(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const auto reach = visit.reader.reach();
  if (!reach) return unreadable(visit, reach.error());
  const auto counts = visit.reader.counts();
  if (!counts) return unreadable(visit, counts.error());
  PageParts parts;
  parts.title = phrases("audit.ledger.title");
  parts.subtitle = phrases("audit.ledger.subtitle");
  parts.here = "audit";
  Html& html = parts.main;
  ways(html, visit, "ledger");
  html.open("dl", {{"class", "pairs"}});
  const auto pair = [&](const char* key, const std::string& value) {
    html.element("dt", phrases(key)).element("dd", value);
  };
  pair("audit.ledger.events", whole(visit, reach->position));
  pair("audit.ledger.acts", whole(visit, reach->act));
  pair("audit.ledger.cases", phrases("audit.ledger.cases.of", {{"all", whole(visit, counts->all)},
                                                               {"living", whole(visit, counts->living)},
                                                               {"closed", whole(visit, counts->closed)}}));
  pair("audit.ledger.texts", whole(visit, reach->text.value));
  pair("audit.ledger.procedures", whole(visit, reach->procedure.value));
  pair("audit.ledger.notes", whole(visit, reach->house));
  if (reach->act != 0) pair("audit.ledger.last", moment_words(visit, reach->recorded));
  pair("audit.ledger.format", whole(visit, ledger::ledger_format()));
  html.close();
  last_check(html, visit);
  return page(visit, std::move(parts));
}

void check_ledger(Visit& visit, Respond respond) {
  const Respond answer = std::move(respond);
  visit.shared.recounts->check(visit.person->id);
  answer(visit.api ? done_answer(false, "/ledger", 202) : see_other("/audit/ledger", "told.check_started"));
}

// ---- the house -------------------------------------------------------------------------------------------------

constexpr std::size_t kNotesPerPage = 50;
constexpr std::size_t kNotesLookedThrough = 2'000;

/// Which notes belong together, by how their word begins.
struct NoteFilter {
  std::string_view name;
  std::array<std::string_view, 6> beginnings;
};
constexpr std::array<NoteFilter, 4> kNoteFilters{
    {{"all", {""}},
     {"procedures", {"procedure_"}},
     {"people", {"person_", "account_", "absence_", "invitation_", "first_", "sessions_"}},
     {"texts", {"text_", "log_", "ledger_"}}}};

bool fits(const NoteFilter& filter, std::string_view what) {
  return std::ranges::any_of(filter.beginnings, [&](std::string_view beginning) {
    return (!beginning.empty() || &filter == &kNoteFilters.front()) && what.starts_with(beginning);
  });
}

struct Notes {
  std::vector<ledger::HouseNote> shown;  // the newest first
  std::uint64_t before = 0;              // older ones begin below this number; 0: there are none
};

Result<Notes> notes_before(const Visit& visit, const NoteFilter& filter, std::uint64_t before) {
  Notes notes;
  std::size_t looked = 0;
  std::uint64_t last = before - 1;
  while (last > 0 && notes.shown.size() < kNotesPerPage && looked < kNotesLookedThrough) {
    const std::uint64_t after = last > ledger::kListMax ? last - ledger::kListMax : 0;
    GUICHET_TRY(some, visit.reader.house_notes(after, static_cast<std::size_t>(last - after)));
    for (auto note = some.rbegin(); note != some.rend() && notes.shown.size() < kNotesPerPage; ++note) {
      last = note->number - 1;
      ++looked;
      if (fits(filter, note->what)) notes.shown.push_back(std::move(*note));
    }
    if (some.empty()) last = after;
  }
  notes.before = last > 0 ? last + 1 : 0;
  return notes;
}

Response house(Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  const auto reach = visit.reader.reach();
  if (!reach) return unreadable(visit, reach.error());
  const auto* chosen = std::ranges::find(kNoteFilters, parameter(visit, "show"), &NoteFilter::name);
  const NoteFilter& filter = chosen == kNoteFilters.end() ? kNoteFilters.front() : *chosen;
  std::uint64_t before = reach->house + 1;
  if (const auto wanted = number_in(parameter(visit, "before")); wanted && *wanted > 0)
    before = std::min(before, *wanted);
  const Result<Notes> notes = notes_before(visit, filter, before);
  if (!notes) return unreadable(visit, notes.error());

  PageParts parts;
  parts.title = phrases("audit.house.title");
  parts.subtitle = phrases("audit.house.subtitle");
  parts.here = "house";
  Html& html = parts.main;
  ways(html, visit, "house");
  html.open("nav", {{"class", "views"}, {"aria-label", phrases("audit.show")}});
  html.open("ul", {{"class", "plain-list row"}});
  for (const NoteFilter& one : kNoteFilters) {
    const std::string label = phrases("audit.notes." + std::string{one.name});
    const std::string address = "/audit/house?show=" + std::string{one.name};
    html.open("li");
    if (&one == &filter)
      html.element("a", label, {{"href", Url(address)}, {"aria-current", "true"}});
    else
      html.element("a", label, {{"href", Url(address)}});
    html.close();
  }
  html.close().close();
  if (notes->shown.empty()) html.element("p", phrases("audit.notes.none"));
  if (!notes->shown.empty()) {
    WideTable table(html, phrases("audit.house.title"),
                    {phrases("audit.notes.number"), phrases("audit.notes.when"), phrases("audit.notes.what"),
                     phrases("audit.notes.who"), phrases("audit.notes.detail")});
    for (const ledger::HouseNote& note : notes->shown) {
      const std::string key = "house.note." + note.what;
      html.open("tr", {{"id", "n" + std::to_string(note.number)}});
      html.element("th", whole(visit, note.number), {{"scope", "row"}, {"class", "number"}});
      html.element("td", moment_words(visit, note.at));
      html.element("td", phrases.has(key) ? phrases(key) : note.what);
      html.element("td", note.by ? person_name(visit, note.by) : phrases("audit.notes.program"));
      html.open("td");
      note_details(html, visit, note);
      html.close().close();
    }
    table.end();
  }
  next_page(html, visit,
            notes->before == 0 ? ""
                               : address_with("/audit/house", {{"show", std::string{filter.name}},
                                                               {"before", std::to_string(notes->before)}}),
            "house.log.older");
  return page(visit, std::move(parts));
}

constexpr Route look_at(std::string_view pattern, Route::Look look, std::string_view summary,
                        std::span<const ActField> asks = {}) {
  return {.method = Method::get,
          .pattern = pattern,
          .right = Right::audit,
          .look = look,
          .act = nullptr,
          .summary = summary,
          .asks = asks};
}

constexpr std::array kAsksPeriod{
    ActField{"from", FieldKind::line, false, {}, "cases opened from this day on: 2026-03-02"},
    ActField{"until", FieldKind::line, false, {}, "cases opened until this day, which counts whole"}};

constexpr std::array kRoutes{
    look_at("/audit", cases, "Search and lists of all cases, for auditors"),
    look_at("/audit/cases/{case}", audited_case, "Every event of a case with the rule behind it"),
    look_at("/audit/measures", measures, "The catalogue of measures over the ledger"),
    look_at("/audit/measures.json", measures_json, "The same as guichet measure --json"),
    look_at("/api/measures", measures_json, "The catalogue of measures over the ledger, as guichet measure --json",
            kAsksPeriod),
    look_at("/audit/ledger", ledger_page, "How far the ledger has come, and its last check"),
    Route{.method = Method::post,
          .pattern = "/audit/ledger/check",
          .right = Right::audit,
          .look = nullptr,
          .act = check_ledger,
          .summary = "Checks the ledger in the background"},
    Route{.method = Method::post,
          .pattern = "/api/ledger/check",
          .right = Right::audit,
          .look = nullptr,
          .act = check_ledger,
          .summary = "Checks the ledger in the background"},
    look_at("/audit/house", house, "What happened to the house: rules, people, erasures"),
};

}  // namespace

std::span<const Route> auditor_routes() { return kRoutes; }

}  // namespace guichet::desk
