// The procedures that the desk has adopted, and how it adopts the next one: the text is checked and shown with what the
// rule packs have to say before it is adopted, with a date of effect; until that date it can be withdrawn.
#include <algorithm>
#include <string>
#include <utility>

#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/rulebook/lint.hpp>
#include <guichet/rulebook/packs.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kTextMax = 512 * 1024;
constexpr Duration kDay{24LL * 3'600'000};

std::string day_of(Instant at) { return print_instant(at).substr(0, 10); }
Instant midnight(Instant at) { return std::chrono::floor<std::chrono::days>(at); }

/// What was sent: a file when there is one, else what was pasted. Browsers end lines their own way; a procedure's lines
/// end with a line feed.
std::string sent_text(const Visit& visit) {
  std::string raw = visit.fields.raw("toml");
  for (const SentFile& file : visit.fields.files())
    if (file.field == "file" && !file.body.empty()) raw = file.body;
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i)
    if (raw[i] != '\r' || i + 1 == raw.size() || raw[i + 1] != '\n') text.push_back(raw[i]);
  return text;
}

/// The first day on which a new procedure may take effect, where the desk is: what is in force now asks for notice.
Instant first_day(const Visit& visit) {
  const std::uint16_t notice = visit.shared.procedures->at(visit.now).file.procedure.change.notice_days;
  return midnight(local_time(desk_zone(visit), visit.now)) + kDay * notice;
}

/// Whether the text speaks of a day on which it cannot take effect any more: another one holds than everybody reads
/// in it, and whoever adopts it has to have seen that.
bool names_earlier_day(const Visit& visit, const rulebook::ProcedureFile& file) {
  return file.effective_from < first_day(visit);
}

/// A day alone begins where the desk is.
std::optional<Instant> effect_of(const Visit& visit, const std::string& sent) {
  constexpr std::size_t kDayAlone = 10;
  const auto read = parse_instant(sent);
  if (!read) return std::nullopt;
  return sent.size() == kDayAlone ? from_local(desk_zone(visit), *read) : *read;
}

struct TextLook {
  std::string toml;
  std::vector<std::string> faults;  // one line each
  int status = 200;
};

void text_form(Html& html, const Visit& visit, const TextLook& look) {
  const auto& phrases = visit.phrases;
  open_card(html, "new-procedure", phrases("house.procedures.new"));
  html.element("p", phrases("house.procedures.new.what"));
  if (!look.faults.empty()) {
    warning(html, phrases.counted("house.procedures.faults", static_cast<std::int64_t>(look.faults.size())));
    html.open("ul", {{"id", "faults"}});
    for (const std::string& fault : look.faults) html.open("li").element("code", fault).close();
    html.close();
  }
  open_form(html, visit, "/procedures/check", "form", true);
  field(html, {.id = "file",
               .name = "file",
               .label = phrases("house.procedures.file"),
               .hint = {},
               .value = {},
               .required = false,
               .autocomplete = {},
               .type = "file",
               .draft = {},
               .fault = {}});
  field(html, {.id = "toml",
               .name = "toml",
               .label = phrases("house.procedures.text"),
               .hint = phrases("house.procedures.text.hint"),
               .value = look.toml,
               .required = false,
               .autocomplete = "off",
               .rows = 14,
               .draft = {},
               .fault = {}});
  html.open("div");
  button(html, phrases("house.procedures.check"));
  html.close().close().close();
}

/// What was typed to withdraw a version, and what is wrong with it.
struct WithdrawLook {
  ProcedureId id;
  std::string reason, fault;
};

void withdraw_form(Html& html, const Visit& visit, const InForce& one, const WithdrawLook& look) {
  const auto& phrases = visit.phrases;
  const std::string number = std::to_string(one.adopted.id.value), id = "withdraw-" + number;
  const bool this_one = look.id == one.adopted.id;
  open_card(html, id, phrases("house.procedures.withdraw", {{"version", one.file.version}}));
  html.element("p", phrases("house.procedures.withdraw.what",
                            {{"day", day_in_words(phrases, desk_zone(visit), one.adopted.effective_from)}}));
  open_form(html, visit, "/procedures/" + number + "/withdraw", "form");
  field(html, {.id = id + "-reason",
               .name = "reason",
               .label = phrases("house.procedures.withdraw.reason"),
               .hint = phrases("house.procedures.withdraw.reason.hint"),
               .value = this_one ? look.reason : std::string{},
               .required = true,
               .autocomplete = "off",
               .rows = 3,
               .draft = {},
               .fault = this_one ? look.fault : std::string{}});
  html.open("div");
  button(html, phrases("house.procedures.withdraw.button", {{"version", one.file.version}}), "danger");
  html.close().close().close();
}

void standing_badge(Html& html, const Visit& visit, Standing standing) {
  const auto& phrases = visit.phrases;
  switch (standing) {
    case Standing::in_force: badge(html, "good", phrases("house.procedures.in_force")); return;
    case Standing::coming: badge(html, "wait", phrases("house.procedures.coming")); return;
    case Standing::past: badge(html, "plain", phrases("house.procedures.past")); return;
    case Standing::withdrawn: badge(html, "bad", phrases("house.procedures.withdrawn")); return;
  }
}

Response procedures_page(const Visit& visit, const TextLook& look, const WithdrawLook& withdraw = {}) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("house.procedures.title");
  parts.subtitle = phrases("house.procedures.subtitle");
  parts.here = "procedures";
  parts.status = look.status;
  Html& html = parts.main;
  auto all = visit.shared.procedures->all();
  std::ranges::reverse(all);
  html.open("table", {{"class", "cases"}}).open("thead").open("tr");
  for (const char* column : {"house.procedures.name", "house.procedures.effect", "house.procedures.adopted",
                             "house.procedures.by", "house.column.state"})
    html.element("th", phrases(column), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const InForce* one : all) {
    const auto& adopted = one->adopted;
    html.open("tr").open("th", {{"scope", "row"}, {"class", "subject"}});
    html.element("a", one->file.title.in(visit.language()) + " " + one->file.version,
                 {{"href", Url("/procedures/" + std::to_string(adopted.id.value) + ".toml")}});
    html.element("span",
                 one->file.name + ", " + phrases("house.procedures.number") + " " + std::to_string(adopted.id.value),
                 {{"class", "sub"}});
    html.close();
    html.element("td", day_in_words(phrases, desk_zone(visit), adopted.effective_from),
                 {{"data-label", phrases("house.procedures.effect")}});
    html.element("td", moment_words(visit, adopted.adopted), {{"data-label", phrases("house.procedures.adopted")}});
    html.element("td", adopted.by ? person_name(visit, adopted.by) : phrases("house.procedures.at_start"),
                 {{"data-label", phrases("house.procedures.by")}});
    html.open("td", {{"data-label", phrases("house.column.state")}});
    standing_badge(html, visit, visit.shared.procedures->standing(*one, visit.now));
    if (const auto withdrawn = visit.shared.procedures->withdrawal_of(adopted.id)) {
      const std::string who = withdrawn->by ? person_name(visit, withdrawn->by) : phrases("house.procedures.at_start");
      html.element("span",
                   phrases("house.procedures.withdrawn.by", {{"at", moment_words(visit, withdrawn->at)}, {"who", who}}),
                   {{"class", "sub"}});
      html.element("span", phrases("house.procedures.withdrawn.why", {{"reason", withdrawn->reason}}),
                   {{"class", "sub"}});
    }
    html.close().close();
  }
  html.close().close();
  html.element("p", phrases("house.procedures.cases_keep"));
  for (const InForce* one : all)
    if (visit.shared.procedures->standing(*one, visit.now) == Standing::coming)
      withdraw_form(html, visit, *one, withdraw);
  text_form(html, visit, look);
  return page(visit, std::move(parts));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end != 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The text as a procedure; or what is wrong with it, line by line.
std::optional<rulebook::ProcedureFile> read_sent(const Visit& visit, TextLook& look) {
  const auto& phrases = visit.phrases;
  look.status = 422;
  const auto& files = visit.fields.files();
  if (look.toml.empty() && std::ranges::none_of(files, &SentFile::left_out)) {
    look.faults = {phrases("house.procedures.empty")};
    return std::nullopt;
  }
  if (look.toml.size() > kTextMax || std::ranges::any_of(files, &SentFile::left_out)) {
    look.toml.clear();
    look.faults = {phrases("house.procedures.too_long")};
    return std::nullopt;
  }
  auto file = rulebook::read_procedure(look.toml, "procedure.toml");
  if (!file) {
    look.faults = lines_of(file.error().detail);
    return std::nullopt;
  }
  for (const InForce* one : visit.shared.procedures->all())
    if (one->file.name == file->name && one->file.version == file->version &&
        // What was withdrawn may come on another day, but only as everybody has read it.
        !(visit.shared.procedures->withdrawal_of(one->adopted.id) && one->adopted.toml == look.toml)) {
      look.faults = {phrases("house.procedures.known_version", {{"name", file->name}, {"version", file->version}})};
      return std::nullopt;
    }
  return std::move(*file);
}

/// What the rule packs say, and the form that adopts the text.
Response checked_page(const Visit& visit, const rulebook::ProcedureFile& file, const std::string& toml,
                      const std::string& typed_day, const std::string& fault) {
  const auto& phrases = visit.phrases;
  const auto& packs = rulebook::shipped_packs();
  const rulebook::LintReport report =
      rulebook::lint(file, packs, {.on = rulebook::day_of_law(file, packs), .enterprise = std::nullopt});
  PageParts parts;
  parts.title = phrases("house.procedures.checked", {{"name", file.name}, {"version", file.version}});
  parts.subtitle = file.title.in(visit.language());
  parts.here = "procedures";
  parts.status = fault.empty() ? 200 : 422;
  Html& html = parts.main;
  if (!fault.empty()) warning(html, fault);
  html.element("p", phrases("house.procedures.checked.what"));
  html.add(rulebook::html_report(file, report, phrases));

  const Instant first = first_day(visit);
  open_card(html, "adopt", phrases("house.procedures.adopt"));
  html.element("p", phrases("house.procedures.notice", {{"day", day_in_words(phrases, "UTC", first)}}));
  const bool earlier = names_earlier_day(visit, file);
  if (earlier)
    warning(html, phrases("house.procedures.other_day", {{"said", day_in_words(phrases, "UTC", file.effective_from)}}));
  open_form(html, visit, "/procedures/adopt", "form");
  const std::string day = !typed_day.empty() ? typed_day : day_of(std::max(file.effective_from, first));
  field(html, {.id = "effective-from",
               .name = "effective_from",
               .label = phrases("house.procedures.effect"),
               .hint = phrases("house.procedures.effect.hint"),
               .value = day,
               .required = true,
               .autocomplete = "off",
               .type = "date",
               .draft = {},
               .fault = {}});
  field(html, {.id = "toml",
               .name = "toml",
               .label = phrases("house.procedures.text"),
               .hint = {},
               .value = toml,
               .required = true,
               .autocomplete = "off",
               .rows = 10,
               .draft = {},
               .fault = {}});
  if (earlier)
    check_box(html, "earlier-day-read", "earlier_day_read", "yes", phrases("house.procedures.earlier_day_read"), false);
  if (report.calls_for_repair())
    check_box(html, "findings-read", "findings_read", "yes", phrases("house.procedures.findings_read"), false);
  html.open("div", {{"class", "row"}});
  button(html, phrases("house.procedures.adopt.button"));
  link_button(html, phrases("house.procedures.back"), "/procedures", "second");
  html.close().close().close();
  return page(visit, std::move(parts));
}

}  // namespace

Response see_procedures(Visit& visit) { return procedures_page(visit, {}); }

Response procedure_text(Visit& visit) {
  const std::uint32_t number = number_of(visit.captures.front());
  const InForce* one =
      number > 0xFFFF ? nullptr : visit.shared.procedures->of(ProcedureId{static_cast<std::uint16_t>(number)});
  if (one == nullptr) return not_found(visit);
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = one->adopted.toml;
  return response;
}

namespace {

/// What a program is told of a text that is no procedure: each fault with its line and column.
Response faults_for_program(const Visit& visit, const TextLook& look) {
  std::string all;
  for (const std::string& fault : look.faults) all += (all.empty() ? "" : "\n") + fault;
  Response response = problem_of_field(visit.phrases, {"toml", "no_procedure"});
  formats::JsonWriter json;
  json.begin_object().key("type").value("urn:guichet:problem:field").key("status").value(422);
  json.key("code").value("no_procedure").key("field").value("toml").key("detail").value(all);
  json.key("faults").begin_array();
  for (const std::string& fault : look.faults) json.value(fault);
  json.end_array().end_object();
  response.body = json.take();
  return response;
}

/// What the rule packs say, as `guichet lint` says it in JSON, and the first day on which the text may take effect.
Response checked_for_program(const Visit& visit, const rulebook::ProcedureFile& file) {
  const auto& packs = rulebook::shipped_packs();
  const rulebook::LintReport report =
      rulebook::lint(file, packs, {.on = rulebook::day_of_law(file, packs), .enterprise = std::nullopt});
  formats::JsonWriter json;
  json.begin_object().key("name").value(file.name).key("version").value(file.version);
  json.key("first_day").value(day_of(first_day(visit))).key("calls_for_repair").value(report.calls_for_repair());
  json.key("said_day").value(day_of(file.effective_from));
  json.key("names_earlier_day").value(names_earlier_day(visit, file));
  json.key("findings").begin_array();
  rulebook::write_findings(json, file, report, visit.phrases);
  json.end_array().end_object();
  return json_answer(json);
}

}  // namespace

Response check_procedure(Visit& visit) {
  TextLook look{.toml = sent_text(visit), .faults = {}};
  const auto file = read_sent(visit, look);
  if (visit.api) return file ? checked_for_program(visit, *file) : faults_for_program(visit, look);
  return file ? checked_page(visit, *file, look.toml, {}, {}) : procedures_page(visit, look);
}

void adopt_procedure(Visit& visit, Respond respond) {
  const auto& phrases = visit.phrases;
  TextLook look{.toml = sent_text(visit), .faults = {}};
  const auto file = read_sent(visit, look);
  if (!file) return respond(visit.api ? faults_for_program(visit, look) : procedures_page(visit, look));
  const std::string day = visit.fields.text("effective_from");
  const auto effective = effect_of(visit, day);
  if (!effective || *effective < from_local(desk_zone(visit), first_day(visit)))
    return respond(faulty(visit, {"effective_from", effective ? "too_early" : "no_day"}, [&] {
      return checked_page(visit, *file, look.toml, day, phrases("house.procedures.too_early"));
    }));
  if (names_earlier_day(visit, *file) && !visit.fields.checked("earlier_day_read"))
    return respond(faulty(visit, {"earlier_day_read", "missing"}, [&] {
      return checked_page(visit, *file, look.toml, day, phrases("house.procedures.earlier_day_unread"));
    }));
  const auto& packs = rulebook::shipped_packs();
  const rulebook::LintReport report =
      rulebook::lint(*file, packs, {.on = rulebook::day_of_law(*file, packs), .enterprise = std::nullopt});
  if (report.calls_for_repair() && !visit.fields.checked("findings_read"))
    return respond(faulty(visit, {"findings_read", "missing"}, [&] {
      return checked_page(visit, *file, look.toml, day, phrases("house.procedures.findings_unread"));
    }));

  ledger::AdoptedProcedure adopted;
  adopted.name = file->name;
  adopted.version = file->version;
  adopted.toml = look.toml;
  adopted.effective_from = std::max(*effective, visit.now);  // from today on means from now on
  adopted.by = visit.person->id;
  formats::JsonWriter json(0);
  json.begin_object()
      .key("name")
      .value(std::string_view{file->name})
      .key("version")
      .value(std::string_view{file->version});
  json.key("effective_from").value(print_instant(adopted.effective_from)).end_object();
  ledger::HouseNote note;
  note.by = visit.person->id;
  note.what = "procedure_adopted";
  note.detail = json.take();
  Errand errand = house_errand(visit);
  errand.procedures.push_back(std::move(adopted));
  errand.house.push_back(std::move(note));
  visit.shared.clerk->submit(std::move(errand),
                             then(visit, std::move(respond), "/procedures", "told.procedure_adopted"));
}

void withdraw_procedure(Visit& visit, Respond respond) {
  constexpr std::size_t kReasonBytesMax = 2'000;
  const auto& phrases = visit.phrases;
  const std::uint32_t number = number_of(visit.captures.front());
  const InForce* one =
      number > 0xFFFF ? nullptr : visit.shared.procedures->of(ProcedureId{static_cast<std::uint16_t>(number)});
  if (one == nullptr) return respond(not_found(visit));
  const std::string reason = visit.fields.text("reason");
  if (reason.empty() || reason.size() > kReasonBytesMax) {
    const std::string fault = reason.empty() ? "missing" : "too_long";
    return respond(faulty(visit, {"reason", fault}, [&] {
      return procedures_page(visit, {.toml = {}, .faults = {}, .status = 422},
                             {.id = one->adopted.id,
                              .reason = reason,
                              .fault = phrases(reason.empty() ? "house.procedures.withdraw.missing"
                                                              : "house.procedures.withdraw.too_long")});
    }));
  }
  Errand errand = house_errand(visit);
  errand.withdraws = one->adopted.id;
  errand.house.push_back(to_note({.id = one->adopted.id, .at = visit.now, .by = visit.person->id, .reason = reason}));
  visit.shared.clerk->submit(std::move(errand),
                             then(visit, std::move(respond), "/procedures", "told.procedure_withdrawn"));
}

}  // namespace guichet::desk
