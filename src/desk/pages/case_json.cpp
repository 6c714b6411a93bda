#include <guichet/desk/pages/case_json.hpp>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

void text_member(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.key(key).value(text);
}

void time_member(JsonWriter& json, std::string_view key, Instant at) {
  if (at != kNever) json.key(key).value(print_instant(at));
}

void person_member(JsonWriter& json, const Visit& visit, std::string_view key, ActorId id) {
  if (!id) return;
  json.key(key).begin_object().key("id").value(id.value).key("name").value(person_name(visit, id)).end_object();
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

void words_member(JsonWriter& json, const dossier::Words& words) {
  text_member(json, "subject", words.subject);
  text_member(json, "body", words.body);
  text_member(json, "facts", words.facts);
  text_member(json, "ground", words.ground);
  text_member(json, "measure", words.measure);
  text_member(json, "unit", words.unit);
  text_member(json, "mediator", words.name);
  text_member(json, "language", words.language);
  const auto list = [&json](std::string_view key, const std::vector<std::string>& all) {
    if (all.empty()) return;
    json.key(key).begin_array();
    for (const std::string& one : all) json.value(one);
    json.end_array();
  };
  list("questions", words.questions);
  list("redress", words.redress);
  if (!words.files.empty()) {
    json.key("files").begin_array();
    for (const TextId file : words.files) json.value(file.value);
    json.end_array();
  }
  if (words.invented) json.key("invented").value(true);
}

void event(JsonWriter& json, const Visit& visit, const SeenCase& seen, const dossier::Entry& entry) {
  const Event& e = entry.event;
  json.begin_object();
  json.key("version").value(e.version.value).key("position").value(entry.position).key("act").value(entry.act);
  json.key("at").value(print_instant(e.at)).key("kind").value(name(e.kind)).key("party").value(name(e.party));
  person_member(json, visit, "actor", e.actor);
  json.key("says").value(event_sentence(visit, entry, *seen.procedure));
  if (e.kind >= EventKind::clock_started && e.kind <= EventKind::went_overdue) json.key("clock").value(name(e.clock));
  time_member(json, "due", entry.due);
  if (e.detail != 0) json.key("detail").value(e.detail);
  if (e.aux != 0) json.key("aux").value(std::uint32_t{e.aux});
  if (e.text) json.key("text").value(e.text.value);
  text_member(json, "clause", entry.clause);
  if (entry.late)
    json.key("late_seconds").value(std::int64_t{std::chrono::duration_cast<Seconds>(*entry.late).count()});
  if (entry.words) {
    json.key("words").begin_object();
    if (entry.words->erased) json.key("erased").value(print_instant(*entry.words->erased));
    if (entry.words->note) json.key("note").value(true);
    words_member(json, entry.words->words);
    json.end_object();
  }
  json.end_object();
}

void files(JsonWriter& json, const SeenCase& seen) {
  json.key("files").begin_array();
  for (const ledger::Text& text : seen.file.texts) {
    if (text.kind != ledger::TextKind::file) continue;
    json.begin_object().key("id").value(text.id.value).key("name").value(text.name);
    json.key("media_type").value(text.media_type).key("bytes").value(text.body_bytes);
    if (text.erased)
      json.key("erased").value(print_instant(*text.erased));
    else
      json.key("sha256").value(hex(text.sha256));
    json.key("address").value(fmt::format("{}/files/{}", case_address(seen.file.row.case_id), text.id.value));
    json.end_object();
  }
  json.end_array();
}

void clocks(JsonWriter& json, const SeenCase& seen) {
  static constexpr std::array<std::string_view, 4> kEndings{"runs", "kept", "missed", "stopped"};
  json.key("clocks").begin_array();
  for (const auto& told : seen.timeline.clocks) {
    json.begin_object().key("clock").value(name(told.clock)).key("ending");
    json.value(kEndings[static_cast<std::size_t>(told.ending)]);
    time_member(json, "started", told.started);
    time_member(json, "due", told.due);
    time_member(json, "ended", told.ended);
    json.key("reminders").value(told.reminders).end_object();
  }
  json.end_array();
}

void questions(JsonWriter& json, const SeenCase& seen) {
  static constexpr std::array<std::string_view, 5> kStandings{"open", "answered", "declined", "withdrawn", "disputed"};
  json.key("questions").begin_array();
  for (const auto& told : seen.timeline.questions) {
    json.begin_object().key("slot").value(std::uint32_t{told.slot}).key("by").value(name(told.by));
    text_member(json, "text", told.text);
    json.key("standing").value(kStandings[static_cast<std::size_t>(told.standing)]);
    time_member(json, "asked", told.asked);
    time_member(json, "settled", told.settled);
    json.key("disputes").value(told.disputes).end_object();
  }
  json.end_array();
}

}  // namespace

std::string case_as_json(const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  const CaseState& s = row.state;
  JsonWriter json;
  json.begin_object();
  json.key("case").value(row.case_id.value).key("version").value(s.version.value);
  json.key("subject").value(row.subject);
  json.key("account").begin_object().key("id").value(row.account.value);
  json.key("name").value(account_name(visit, row.account)).end_object();
  json.key("taken").value(print_instant(visit.now)).key("time_zone").value(desk_zone(visit));
  json.key("phase").value(name(s.phase())).key("turn").value(name(s.turn()));
  json.key("level").value(std::uint32_t{s.level()} + 1).key("amount_cents").value(row.amount_cents);
  const auto& matters = seen.procedure->file.matters;
  if (s.matter() < matters.size()) json.key("matter").value(matters[s.matter()].id);
  person_member(json, visit, "owner", s.owner);
  time_member(json, "desk_due", row.desk_due);
  time_member(json, "seller_due", row.seller_due);
  time_member(json, "opened", row.opened);
  time_member(json, "changed", row.changed);
  json.key("line_one").value(line_one(visit, row, *seen.procedure));
  json.key("line_two").value(line_two(visit, row, *seen.procedure));
  json.key("procedure").begin_object().key("number").value(std::uint32_t{seen.procedure->adopted.id.value});
  json.key("name")
      .value(seen.procedure->adopted.name)
      .key("version")
      .value(seen.procedure->adopted.version)
      .end_object();
  if (row.predecessor) json.key("predecessor").value(row.predecessor.value);
  if (row.continues_in) json.key("continues_in").value(row.continues_in.value);
  json.key("agents_met").begin_array();
  for (const auto& met : seen.timeline.agents) {
    json.begin_object();
    person_member(json, visit, "person", met.person);
    json.key("messages").value(met.messages);
    time_member(json, "first", met.first);
    time_member(json, "last", met.last);
    json.end_object();
  }
  json.end_array();
  questions(json, seen);
  clocks(json, seen);
  json.key("costs").begin_object().key("cents").value(seen.timeline.cost_cents);
  json.key("minutes").value(seen.timeline.cost_minutes).end_object();
  files(json, seen);
  json.key("events").begin_array();
  for (const dossier::Entry& entry : seen.timeline.entries) event(json, visit, seen, entry);
  json.end_array().end_object();
  return json.take();
}

}  // namespace guichet::desk
