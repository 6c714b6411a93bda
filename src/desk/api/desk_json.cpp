#include <guichet/desk/api/desk_json.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/pages/board.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/promises.hpp>
#include <guichet/desk/pages/seller.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/views.hpp>
#include <guichet/dossier/costs.hpp>
#include <guichet/dossier/facts_told.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

void texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& all) {
  json.key(key).begin_array();
  for (const std::string& one : all) json.value(one);
  json.end_array();
}

void person(JsonWriter& json, std::string_view key, const Person& one) {
  json.key(key).begin_object().key("id").value(one.id.value).key("name").value(one.name).end_object();
}

// ---- the board -------------------------------------------------------------------------------------------------

std::string_view unit_of(TileUnit unit) {
  switch (unit) {
    case TileUnit::time: return "milliseconds";
    case TileUnit::count: return "count";
    case TileUnit::cents: return "cents";
  }
  return "count";
}

void tile(JsonWriter& json, const TileFigure& figure) {
  json.begin_object().key("tile").value(name(figure.tile)).key("cases").value(figure.count);
  json.key("more").value(figure.more).key("of").value(figure.of);
  if (figure.p90) json.key("p90").value(*figure.p90).key("unit").value(unit_of(figure.unit));
  json.key("sampled").value(figure.sampled);
  json.key("this_week").value(figure.this_week).key("last_week").value(figure.last_week);
  json.key("address").value("/api/board/" + std::string{name(figure.tile)}).end_object();
}

/// A number of speed never without the one that it could be bought with, here as on the page.
void speed(JsonWriter& json, std::string_view key, const Pair& pair, std::string_view part, std::string_view whole) {
  json.key(key).begin_object().key("n").value(pair.n);
  if (pair.speed_p50_ms) json.key("p50_ms").value(*pair.speed_p50_ms);
  if (pair.speed_p90_ms) json.key("p90_ms").value(*pair.speed_p90_ms);
  json.key(part).value(pair.part).key(whole).value(pair.whole).end_object();
}

}  // namespace

Response board_json(Visit& visit) {
  const auto board = board_of(visit.reader, *visit.shared.people, all_teams(visit), visit.now);
  if (!board) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("since").value(print_instant(board->since)).key("cut").value(board->cut);
  json.key("tiles").begin_array();
  for (const TileFigure& figure : board->tiles) tile(json, figure);
  json.end_array();
  speed(json, "first_answers", board->answers, "questions_answered", "questions_asked");
  speed(json, "closings", board->closings, "without_decision", "closed");
  json.key("reopened").value(board->reopened).key("restarted").value(board->restarted);
  json.key("abandoned").value(board->abandoned).key("clocks").begin_array();
  for (const ClockFigure& figure : board->clocks) {
    json.begin_object().key("clock").value(name(figure.clock)).key("started").value(figure.started);
    json.key("ran_out").value(figure.ran_out).end_object();
  }
  json.end_array().key("teams").begin_array();
  for (const TeamFigure& team : board->teams) {
    json.begin_object().key("team").value(team.team).key("name").value(team_name(visit, team.team));
    json.key("living").value(team.living);
    json.key("at_risk").value(team.at_risk).key("late").value(team.late).key("unowned").value(team.unowned);
    json.key("locked").value(team.locked).key("present").value(team.present).end_object();
  }
  json.end_array().key("stranded").begin_array();
  for (const TeamFigure* team : board->stranded()) json.value(team->team);
  json.end_array().key("unattended").begin_array();
  for (const Unattended& one : unattended(visit.reader, *visit.shared.people, visit.now)) {
    json.begin_object();
    person(json, "owner", *one.person);
    json.key("cases").value(one.cases).key("works_here").value(one.works_here).end_object();
  }
  json.end_array().key("unmediated").begin_array();
  for (const Unmediated& one : unmediated(visit.reader, *visit.shared.people)) {
    json.begin_object();
    if (one.mediator) person(json, "mediator", *one.mediator);
    json.key("cases").value(one.cases).key("first").begin_array();
    for (const CaseId case_id : one.first) json.value(case_id.value);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

Response tile_json(Visit& visit) {
  const auto tile = tile_from(visit.captures.front());
  if (!tile) return not_found(visit);
  ledger::CaseQuery query = query_of(*tile, visit.now);
  query.after = parameter(visit, "after");
  const auto listed = visit.reader.cases(query);
  if (!listed)
    return listed.error().fault == Fault::usage ? bad_parameter(visit.phrases, "after") : ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("tile").value(name(*tile));
  rows_json(json, visit, *listed);
  json.end_object();
  return json_answer(json);
}

// ---- what the procedure promises ---------------------------------------------------------------------------------

Response matters_json(Visit& visit) {
  const InForce& procedure = visit.shared.procedures->at(visit.now);
  JsonWriter json;
  json.begin_object().key("procedure").value(std::uint32_t{procedure.adopted.id.value}).key("matters").begin_array();
  for (std::size_t i = 0; i < procedure.file.matters.size(); ++i) {
    const rulebook::MatterText& matter = procedure.file.matters[i];
    json.begin_object().key("matter").value(matter.id).key("title").value(matter.title.in(visit.language()));
    json.key("in_short").value(promise_in_short(visit, procedure, static_cast<std::uint8_t>(i)));
    json.key("address").value("/api/matters/" + matter.id).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

Response matter_json(Visit& visit) {
  const InForce& procedure = visit.shared.procedures->at(visit.now);
  const auto& matters = procedure.file.matters;
  const auto found = std::ranges::find(matters, visit.captures.front(), &rulebook::MatterText::id);
  if (found == matters.end()) return not_found(visit);
  const Promised all = promised(visit, procedure, static_cast<std::uint8_t>(found - matters.begin()));
  JsonWriter json;
  json.begin_object().key("matter").value(found->id).key("title").value(found->title.in(visit.language()));
  texts(json, "who", all.who);
  json.key("times").begin_array();
  for (const PromisedTime& one : all.times) {
    json.begin_object().key("clock").value(name(one.clock)).key("what").value(one.what).key("time").value(one.time);
    if (one.if_sent_now != kNever) json.key("due_if_sent_now").value(print_instant(one.if_sent_now));
    json.key("otherwise").value(one.otherwise).end_object();
  }
  json.end_array();
  texts(json, "endings", all.endings);
  texts(json, "ways_on", all.ways_on);
  json.end_object();
  return json_answer(json);
}

Response calendars_json(Visit& visit) {
  const InForce& procedure = visit.shared.procedures->at(visit.now);
  const auto minute = [](std::uint16_t of_day) { return fmt::format("{:02}:{:02}", of_day / 60, of_day % 60); };
  JsonWriter json;
  json.begin_object().key("procedure").value(std::uint32_t{procedure.adopted.id.value}).key("calendars").begin_array();
  for (const rulebook::WorkCalendar& calendar : procedure.file.calendars) {
    json.begin_object().key("calendar").value(calendar.id).key("time_zone").value(calendar.zone);
    json.key("working_day_seconds").value(calendar.day_seconds).key("week").begin_object();
    for (std::size_t day = 0; day < calendar.week.size(); ++day) {
      json.key(rulebook::kWeekdays[day]).begin_array();
      for (const rulebook::OpenSpan& span : calendar.week[day])
        json.begin_array().value(minute(span.opens)).value(minute(span.closes)).end_array();
      json.end_array();
    }
    json.end_object();
    texts(json, "holidays_of", calendar.holiday_sets);
    texts(json, "holidays", calendar.holidays);
    json.end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

// ---- the seller's account, facts and claims ------------------------------------------------------------------------

Response own_account_json(Visit& visit) {
  const auto account = visit.shared.people->account(visit.person->account);
  if (!account) return not_found(visit);
  JsonWriter json;
  json.begin_object().key("account").value(account->id.value).key("name").value(account->name);
  if (!account->reference.empty()) json.key("reference").value(account->reference);
  json.key("cases").begin_array();
  for (const SeenCase& seen : cases_with_offers(visit)) {
    json.begin_object().key("case");
    row_json(json, visit, seen.file.row);
    offers_json(json, seen.timeline);
    json.end_object();
  }
  json.end_array().key("members").begin_array();
  for (const auto& member : visit.shared.people->members(account->id)) {
    json.begin_object().key("name").value(member->name);
    if (!member->email.empty()) json.key("email").value(member->email);
    json.key("active").value(member->active).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

namespace {

void version(JsonWriter& json, const Visit& visit, const dossier::FactVersion& told) {
  json.begin_object().key("party").value(name(told.by));
  if (told.person)
    json.key("by")
        .begin_object()
        .key("id")
        .value(told.person.value)
        .key("name")
        .value(person_name(visit, told.person))
        .end_object();
  json.key("at").value(print_instant(told.at)).key("date").value(dossier::print_fact_date(told.date));
  json.key("words").value(told.words);
  if (!told.said_by.empty()) json.key("said_by").value(told.said_by);
  texts(json, "matters", told.matters);
  json.key("sources").begin_array();
  for (const dossier::CitationTold& source : told.citations) {
    json.begin_object().key("source").value(dossier::print_citation(source.citation));
    json.key("found").value(source.found);
    if (source.file) json.key("file").value(source.file.value);
    json.end_object();
  }
  json.end_array().end_object();
}

void facts(JsonWriter& json, const Visit& visit, std::string_view key, const std::vector<dossier::FactTold>& all) {
  json.key(key).begin_array();
  for (const dossier::FactTold& fact : all) {
    json.begin_object().key("fact").value(fact.number).key("stated").value(print_instant(fact.stated));
    json.key("changes").value(fact.changes).key("version");
    version(json, visit, fact.version);
    if (fact.other) {
      json.key("other_side");
      version(json, visit, *fact.other);
      json.key("changed_since_disputed").value(fact.changed_since_disputed);
    }
    if (fact.archived) json.key("archived_why").value(fact.archived_why);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Response facts_json(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const dossier::FactsTold told = dossier::facts_of(found.seen->timeline);
  JsonWriter json;
  json.begin_object().key("case").value(found.seen->file.row.case_id.value);
  json.key("undated")
      .value(std::uint64_t{told.undated})
      .key("without_source")
      .value(std::uint64_t{told.without_source});
  json.key("disputed").value(std::uint64_t{told.disputed}).key("erased").value(std::uint64_t{told.erased});
  facts(json, visit, "facts", told.facts);
  facts(json, visit, "archived", told.archived);
  json.end_object();
  return json_answer(json);
}

Response claim_json(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const std::string_view side = parameter(visit, "side");
  if (!side.empty() && side != "seller" && side != "desk") return bad_parameter(visit.phrases, "side");
  const dossier::FactsTold told = dossier::facts_of(found.seen->timeline);
  const auto& claim = side == "desk" ? told.desk_claim : told.seller_claim;
  if (!claim) return not_found(visit);
  const auto counted = count_claim(claim_with_case(claim->claim, claim->by, found.seen->timeline, visit.phrases),
                                   dossier::Rates::shipped(), dossier::day_of(visit.now));
  if (!counted) return problem(422, "too_large", visit.phrases("claim.too_large"));
  Response response;
  response.content_type = "application/json";
  response.body = costs_as_json(counted->claim, counted->costs);
  return response;
}

// ---- what is typed, who is there, one's own settings --------------------------------------------------------------

namespace {

void write(JsonWriter& json, const Visit& visit, std::string_view key, const std::vector<Draft>& drafts) {
  json.key(key).begin_array();
  for (const Draft& draft : drafts) {
    json.begin_object().key("box").value(draft.box).key("saved").value(print_instant(draft.saved));
    if (draft.person != visit.person->id)
      if (const auto writer = visit.shared.people->person(draft.person)) person(json, "by", *writer);
    json.key("fields").begin_object();
    for (auto field = draft.fields.begin(); field != draft.fields.end(); ++field) {
      const bool told =
          std::any_of(draft.fields.begin(), field, [&](const auto& one) { return one.first == field->first; });
      if (!told) texts(json, field->first, draft.all(field->first));
    }
    json.end_object().end_object();
  }
  json.end_array();
}

}  // namespace

Response drafts_json(Visit& visit) {
  const CaseId case_id = visit.case_id();
  if (visit.captures.front() != "new" && !visit.visible_case(case_id)) return not_found(visit);
  JsonWriter json;
  json.begin_object();
  write(json, visit, "drafts", own_drafts(visit, case_id));
  if (sees_the_inside(*visit.person)) write(json, visit, "of_others", drafts_of_others(visit, case_id));
  json.end_object();
  return json_answer(json);
}

Response presence_json(Visit& visit) {
  const CaseId case_id = visit.case_id();
  if (!visit.visible_case(case_id)) return not_found(visit);
  JsonWriter json;
  json.begin_object().key("case").value(case_id.value).key("present").begin_array();
  if (visit.shared.live != nullptr)
    for (const Live::Present& one : visit.shared.live->present(case_id, visit.person->id, visit.now)) {
      json.begin_object().key("person").value(one.person.value).key("name").value(one.name);
      json.key("writing").value(one.writing).end_object();
    }
  json.end_array().end_object();
  return json_answer(json);
}

Response profile_json(Visit& visit) {
  const Person& me = *visit.person;
  JsonWriter json;
  json.begin_object().key("person").value(me.id.value).key("name").value(me.name).key("email").value(me.email);
  json.key("role").value(name(me.role));
  if (me.language) json.key("language").value(formats::code(*me.language));
  json.key("mails").value(me.mails);
  if (visit.may(Right::act_as_desk)) json.key("shortcuts").value(me.shortcuts);
  json.key("second_factor").value(!me.totp_secret.empty()).end_object();
  return json_answer(json);
}

// ---- the ledger and the desk ----------------------------------------------------------------------------------------

Response ledger_json(Visit& visit) {
  const auto reach = visit.reader.reach();
  const auto counts = visit.reader.counts();
  if (!reach || !counts) return ledger_trouble(visit.phrases);
  JsonWriter json;
  json.begin_object().key("format").value(std::uint64_t{ledger::ledger_format()});
  json.key("events").value(reach->position).key("acts").value(reach->act).key("texts").value(reach->text.value);
  json.key("procedures").value(std::uint32_t{reach->procedure.value}).key("notes").value(reach->house);
  if (reach->act != 0) json.key("recorded").value(print_instant(reach->recorded));
  json.key("cases").begin_object().key("all").value(counts->all).key("living").value(counts->living);
  json.key("closed").value(counts->closed).end_object();
  json.key("checking").value(visit.shared.recounts->checking());
  if (const auto record = visit.reader.record("ledger_check", "last"); record && *record)
    if (const auto checked = ledger_checked_from(**record)) {
      json.key("last_check").begin_object().key("at").value(print_instant(checked->at));
      json.key("position").value(checked->position).key("faults").value(checked->faults);
      texts(json, "first", checked->first);
      json.end_object();
    }
  json.end_object();
  return json_answer(json);
}

Response desk_json(Visit& visit) {
  JsonWriter json;
  json.begin_object().key("name").value(house_name(visit.shared)).key("demo").value(visit.shared.house.demo);
  json.key("now").value(print_instant(visit.now));
  if (visit.shared.demo_clock != nullptr) json.key("pace").value(visit.shared.demo_clock->pace());
  if (const auto failed = count_failed_letters(visit.reader, 1'000)) json.key("letters_failed").value(*failed);
  json.end_object();
  return json_answer(json);
}

}  // namespace guichet::desk
