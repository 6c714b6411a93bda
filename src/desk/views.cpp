#include <guichet/desk/views.hpp>

#include <algorithm>

#include <guichet/core/names.hpp>
#include <guichet/dossier/chronology.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

void instant(JsonWriter& json, std::string_view key, Instant at) {
  if (at != kNever) json.key(key).value(print_instant(at));
}
void instant(JsonWriter& json, std::string_view key, const std::optional<Instant>& at) {
  if (at) instant(json, key, *at);
}
void text(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.key(key).value(value);
}

void person(JsonWriter& json, std::string_view key, const Visit& visit, ActorId id) {
  if (!id) return;
  json.key(key).begin_object().key("id").value(id.value).key("name").value(person_name(visit, id)).end_object();
}

void words_json(JsonWriter& json, const dossier::Words& words) {
  json.begin_object();
  text(json, "subject", words.subject);
  text(json, "body", words.body);
  if (!words.questions.empty()) {
    json.key("questions").begin_array();
    for (const std::string& question : words.questions) json.value(question);
    json.end_array();
  }
  if (!words.files.empty()) {
    json.key("files").begin_array();
    for (const TextId file : words.files) json.value(file.value);
    json.end_array();
  }
  text(json, "facts", words.facts);
  text(json, "ground", words.ground);
  text(json, "measure", words.measure);
  text(json, "unit", words.unit);
  text(json, "mediator", words.name);
  if (!words.redress.empty()) {
    json.key("redress").begin_array();
    for (const std::string& way : words.redress) json.value(way);
    json.end_array();
  }
  text(json, "language", words.language);
  text(json, "matched", words.matched);
  text(json, "came", words.came);
  if (words.moved) {
    json.key("moved").begin_object();
    if (words.moved->to) json.key("to").value(words.moved->to.value);
    if (words.moved->from) json.key("from").value(words.moved->from.value);
    json.key("message").value(words.moved->message).key("across").value(words.moved->across).end_object();
  }
  if (words.fact) {
    json.key("fact");
    dossier::write_fact(json, *words.fact);
  }
  text(json, "claim", words.claim);
  if (words.mail) json.key("mail").value(words.mail.value);
  if (words.invented) json.key("invented").value(true);
  json.end_object();
}

std::string_view standing(dossier::QuestionTold::Standing standing) {
  using Standing = dossier::QuestionTold::Standing;
  switch (standing) {
    case Standing::open: return "open";
    case Standing::answered: return "answered";
    case Standing::declined: return "declined";
    case Standing::withdrawn: return "withdrawn";
    case Standing::disputed: return "disputed";
  }
  return "open";
}
std::string_view ending(dossier::ClockTold::Ending ending) {
  using Ending = dossier::ClockTold::Ending;
  switch (ending) {
    case Ending::runs: return "runs";
    case Ending::kept: return "kept";
    case Ending::missed: return "missed";
    case Ending::stopped: return "stopped";
  }
  return "runs";
}
std::string_view standing(dossier::OfferTold::Standing standing) {
  using Standing = dossier::OfferTold::Standing;
  switch (standing) {
    case Standing::open: return "open";
    case Standing::accepted: return "accepted";
    case Standing::refused: return "refused";
    case Standing::lapsed: return "lapsed";
  }
  return "open";
}
std::string_view standing(dossier::HandOverTold::Standing standing) {
  using Standing = dossier::HandOverTold::Standing;
  switch (standing) {
    case Standing::assigned: return "assigned";
    case Standing::proposed: return "proposed";
    case Standing::accepted: return "accepted";
    case Standing::refused: return "refused";
    case Standing::lapsed: return "lapsed";
  }
  return "assigned";
}

void questions_json(JsonWriter& json, const dossier::Timeline& told) {
  json.key("questions").begin_array();
  for (const dossier::QuestionTold& question : told.questions) {
    json.begin_object().key("slot").value(std::uint32_t{question.slot}).key("by").value(name(question.by));
    text(json, "text", question.text);
    json.key("standing").value(standing(question.standing));
    instant(json, "asked", question.asked);
    instant(json, "settled", question.settled);
    if (question.disputes != 0) json.key("disputes").value(question.disputes);
    json.end_object();
  }
  json.end_array();
}

void clocks_json(JsonWriter& json, const dossier::Timeline& told, Instant now) {
  json.key("clocks").begin_array();
  for (const dossier::ClockTold& clock : told.clocks) {
    const bool over = dossier::is_over(clock, now);
    json.begin_object().key("clock").value(name(clock.clock));
    json.key("ending").value(over ? "over" : ending(clock.ending));
    instant(json, "started", clock.started);
    instant(json, "due", clock.due);
    instant(json, "ended", over ? clock.due : clock.ended);
    json.key("reminders").value(clock.reminders).end_object();
  }
  json.end_array();
}

void people_json(JsonWriter& json, const Visit& visit, const dossier::Timeline& told) {
  json.key("agents_met").begin_array();
  for (const dossier::AgentMet& agent : told.agents) {
    json.begin_object();
    person(json, "person", visit, agent.person);
    json.key("messages").value(agent.messages);
    instant(json, "first", agent.first);
    instant(json, "last", agent.last);
    json.end_object();
  }
  json.end_array();
  json.key("hand_overs").begin_array();
  for (const dossier::HandOverTold& one : told.hand_overs) {
    json.begin_object().key("standing").value(standing(one.standing));
    person(json, "from", visit, one.from);
    person(json, "to", visit, one.to);
    instant(json, "at", one.at);
    instant(json, "settled", one.settled);
    // A summary is written by one agent for the next; the seller is told who and why.
    if (visit.person && sees_the_inside(*visit.person)) {
      text(json, "summary", one.words.body);
      text(json, "answer", one.answer.body);
    }
    json.end_object();
  }
  json.end_array();
}

void files_json(JsonWriter& json, const Visit& visit, const SeenCase& seen) {
  json.key("files").begin_array();
  for (const ledger::Text& file : seen.file.texts) {
    if (file.kind != ledger::TextKind::file) continue;
    std::string sha256;
    for (const std::byte byte : file.sha256) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      sha256 += kDigits[std::to_integer<unsigned>(byte) >> 4U];
      sha256 += kDigits[std::to_integer<unsigned>(byte) & 15U];
    }
    json.begin_object().key("id").value(file.id.value).key("exhibit").value(seen.timeline.exhibit_number(file.id));
    if (visit.person && is_withheld(*visit.person, seen.moved, file.id)) {
      json.key("withheld").value(true).end_object();
      continue;
    }
    json.key("name").value(file.name);
    json.key("media_type").value(file.media_type).key("bytes").value(file.body_bytes);
    if (file.erased)
      instant(json, "erased", file.erased);
    else
      json.key("sha256").value(sha256);
    person(json, "by", visit, file.author);
    json.key("address").value(case_address(seen.file.row.case_id) + "/files/" + std::to_string(file.id.value));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void offers_json(JsonWriter& json, const dossier::Timeline& told) {
  json.key("offers").begin_array();
  for (const dossier::OfferTold& offer : told.offers) {
    json.begin_object().key("cents").value(offer.cents).key("standing").value(standing(offer.standing));
    json.key("conditions").begin_array();
    if ((offer.conditions & kOfferSilence) != 0) json.value("silence");
    if ((offer.conditions & kOfferWithdrawal) != 0) json.value("withdrawal");
    if ((offer.conditions & kOfferWaiver) != 0) json.value("waiver");
    json.end_array();
    instant(json, "made", offer.made);
    instant(json, "due", offer.due);
    instant(json, "answered", offer.answered);
    text(json, "body", offer.words.body);
    json.end_object();
  }
  json.end_array();
  json.key("restrictions").begin_array();
  for (const dossier::RestrictionTold& one : told.restrictions) {
    json.begin_object().key("kind").value(name(one.kind)).key("before").value(one.before).key("after").value(one.after);
    instant(json, "announced", one.announced);
    instant(json, "took_effect", one.took_effect);
    if (one.exception) json.key("exception").value(true);
    instant(json, "contested", one.contested);
    instant(json, "lifted", one.lifted);
    text(json, "facts", one.words.facts);
    text(json, "ground", one.words.ground);
    text(json, "unit", one.words.unit);
    if (one.after_offer) json.key("seconds_after_offer").value(std::int64_t{one.after_offer->count() / 1000});
    if (one.after_appeal) json.key("seconds_after_appeal").value(std::int64_t{one.after_appeal->count() / 1000});
    const auto elsewhere = [&json](std::string_view key, std::uint16_t day) {
      if (day != 0) json.key(key).value(print_instant(Contended::day(day)).substr(0, 10));
    };
    elsewhere("offer_elsewhere", one.elsewhere.offer);
    elsewhere("appeal_elsewhere", one.elsewhere.appeal);
    json.end_object();
  }
  json.end_array();
}

void rows_json(JsonWriter& json, const Visit& visit, const ledger::Listed<ledger::ShelfRow>& listed) {
  json.key("cases").begin_array();
  for (const ledger::ShelfRow& row : listed.rows)
    if (may_see(*visit.person, row)) row_json(json, visit, row);
  json.end_array();
  if (!listed.next.empty()) json.key("next").value(listed.next);
}

void row_json(JsonWriter& json, const Visit& visit, const ledger::ShelfRow& row) {
  const CaseState& state = row.state;
  const InForce& procedure = visit.shared.procedures->of_case(state);
  json.begin_object().key("case").value(row.case_id.value).key("version").value(state.version.value);
  text(json, "subject", row.subject);
  if (row.account) {
    json.key("account").begin_object().key("id").value(row.account.value);
    json.key("name").value(account_name(visit, row.account)).end_object();
  }
  json.key("phase").value(name(state.phase())).key("turn").value(name(state.turn()));
  // Imported history lives under no procedure, and has none of its matters and levels.
  if (state.procedure && state.matter() < procedure.file.matters.size())
    json.key("matter").value(procedure.file.matters[state.matter()].id);
  if (state.procedure && state.level() < procedure.file.levels.size())
    json.key("level").value(procedure.file.levels[state.level()].id);
  if (row.amount_cents != 0) json.key("amount_cents").value(row.amount_cents);
  person(json, "owner", visit, state.owner);
  if (visit.person && sees_the_inside(*visit.person)) {
    text(json, "team", row.team);
    if (!row.team.empty()) text(json, "team_name", procedure.file.team_name(row.team, visit.language()));
  }
  instant(json, "opened", row.opened);
  instant(json, "changed", row.changed);
  instant(json, "desk_due", row.desk_due);
  instant(json, "seller_due", row.seller_due);
  instant(json, "mediation_due", state.due_at(Clock::mediation));
  json.key("messages").value(row.messages).key("agents_met").value(std::uint64_t{row.agents.size()});
  json.key("hand_offs").value(std::uint32_t{state.hand_offs});
  if (row.decided_as) json.key("decided_as").value(name(static_cast<Decided>(*row.decided_as)));
  if (row.closed_on) json.key("closed_on").value(name(static_cast<Ground>(*row.closed_on)));
  if (row.predecessor) json.key("predecessor").value(row.predecessor.value);
  if (row.continues_in) json.key("continues_in").value(row.continues_in.value);
  json.key("address").value(case_address(row.case_id)).end_object();
}

void entry_json(JsonWriter& json, const Visit& visit, const SeenCase& seen, const dossier::Entry& entry) {
  const Event& event = entry.event;
  json.begin_object().key("position").value(entry.position).key("version").value(event.version.value);
  if (entry.act != 0) json.key("act").value(entry.act);
  instant(json, "at", event.at);
  json.key("event").value(name(event.kind)).key("party").value(name(event.party));
  person(json, "by", visit, event.actor);
  json.key("says").value(event_sentence(visit, entry, *seen.procedure));
  if (entry.cause) json.key("cause").value(name(*entry.cause));
  if (entry.rung) json.key("cause_clock").value(name(*entry.rung)).key("cause_clock_does").value(entry.rung_does());
  text(json, "clause", entry.clause);
  if (event.detail != 0) json.key("detail").value(event.detail);
  if (event.aux != 0) json.key("aux").value(std::uint32_t{event.aux});
  if (event.kind == EventKind::clock_started || event.kind == EventKind::clock_stopped ||
      event.kind == EventKind::clock_reminded || event.kind == EventKind::went_overdue)
    json.key("clock").value(name(event.clock));
  instant(json, "due", entry.due);
  if (entry.late) json.key("late_seconds").value(std::int64_t{entry.late->count() / 1000});
  if (event.text) json.key("text").value(event.text.value);
  if (entry.exhibit != 0) json.key("exhibit").value(entry.exhibit);
  if (entry.words) {
    if (entry.words->note) json.key("inside").value(true);
    if (entry.words->taken) {
      json.key("taken").begin_object();
      if (entry.words->taken->to) json.key("to").value(entry.words->taken->to.value);
      person(json, "by", visit, entry.words->taken->by);
      instant(json, "at", entry.words->taken->at);
      json.end_object();
    }
    if (entry.words->withheld) {
      json.key("withheld").value(true);
    } else if (entry.words->erased)
      instant(json, "erased", entry.words->erased);
    else if (!entry.words->note || (visit.person && sees_the_inside(*visit.person))) {
      json.key("words");
      words_json(json, entry.words->words);
    }
  }
  json.end_object();
}

void case_json(JsonWriter& json, const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  json.begin_object().key("taken").value(print_instant(visit.now)).key("time_zone").value(desk_zone(visit));
  json.key("summary");
  row_json(json, visit, row);
  json.key("who_answers").value(line_one(visit, row, *seen.procedure));
  json.key("what_is_expected").value(line_two(visit, row, *seen.procedure));
  json.key("procedure").begin_object().key("id").value(std::uint32_t{seen.procedure->adopted.id.value});
  json.key("name")
      .value(seen.procedure->adopted.name)
      .key("version")
      .value(seen.procedure->adopted.version)
      .end_object();
  questions_json(json, seen.timeline);
  clocks_json(json, seen.timeline, visit.now);
  people_json(json, visit, seen.timeline);
  offers_json(json, seen.timeline);
  files_json(json, visit, seen);
  json.key("costs").begin_object().key("cents").value(seen.timeline.cost_cents);
  json.key("minutes").value(seen.timeline.cost_minutes).end_object();
  json.key("linked").begin_array();
  for (const CaseId other : seen.timeline.linked) json.value(other.value);
  json.end_array();
  json.key("events").begin_array();
  for (const dossier::Entry& entry : seen.timeline.entries) entry_json(json, visit, seen, entry);
  json.end_array().end_object();
}

}  // namespace guichet::desk
