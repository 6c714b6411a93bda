#include <guichet/desk/pages/desk_parts.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/allot.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/rulebook/explain.hpp>

namespace guichet::desk {
namespace {

/// An act as its form, filled in, would give it: what the rules refuse then hangs on the case and not on the form.
struct Ideal {
  std::string_view act, sheet;
  Right right{};
  CommandKind kind{};
};
constexpr std::array<Ideal, 22> kIdeals{{
    {"take", "", Right::act_as_desk, CommandKind::assign},
    {"hand-off", "hand-off", Right::act_as_desk, CommandKind::propose_hand_off},
    {"assign", "assign", Right::act_as_desk, CommandKind::assign},
    {"propose", "propose", Right::act_as_desk, CommandKind::propose_resolution},
    {"accept", "", Right::act_as_desk, CommandKind::accept_resolution},
    {"refuse", "", Right::act_as_desk, CommandKind::refuse_resolution},
    {"decide", "decide", Right::decide, CommandKind::decide_case},
    {"offer", "offer", Right::act_as_desk, CommandKind::make_offer},
    {"announce", "restrict", Right::restrict_seller, CommandKind::announce_restriction},
    {"apply", "restrict", Right::restrict_seller, CommandKind::apply_restriction},
    {"lift", "restrict", Right::restrict_seller, CommandKind::lift_restriction},
    {"escalate", "escalate", Right::act_as_desk, CommandKind::escalate},
    {"mediation", "mediation", Right::act_as_desk, CommandKind::refer_to_mediator},
    {"leave-mediation", "mediation", Right::act_as_desk, CommandKind::end_mediation},
    {"decline", "decline", Right::act_as_desk, CommandKind::decline_question},
    {"link", "link", Right::act_as_desk, CommandKind::link_case},
    {"cost", "cost", Right::act_as_desk, CommandKind::note_cost},
    {"exhibit", "exhibit", Right::act_as_desk, CommandKind::add_exhibit},
    {"close", "close", Right::act_as_desk, CommandKind::close_case},
    {"reopen", "reopen", Right::act_as_desk, CommandKind::reopen_case},
    {"accept-hand-off", "hand-off", Right::act_as_desk, CommandKind::accept_hand_off},
    {"refuse-hand-off", "hand-off", Right::act_as_desk, CommandKind::refuse_hand_off},
}};

/// Somebody who is neither this person, nor the owner, nor whoever had the case before.
constexpr std::uint32_t kSomebodyElse = 0xFFFF'FFFF;

bool owner_is_away(const Visit& visit, const CaseState& state) {
  const auto owner = visit.shared.people->person(state.owner);
  return owner && is_away(*owner, visit.now);
}

Command ideal_command(const Visit& visit, const CaseState& state, const Ideal& ideal) {
  Command command;
  command.kind = ideal.kind;
  command.facts = kAllSaid;
  if (ideal.act == "take") {
    command.detail = visit.person ? visit.person->id.value : 0;
    command.facts = owner_is_gone(state, *visit.shared.people) ? kFactGone : std::uint8_t{0};
  } else if (ideal.act == "assign") {
    const bool gone = owner_is_gone(state, *visit.shared.people);
    const bool stands_in = !gone && owner_is_away(visit, state);
    command.detail = kSomebodyElse;
    command.aux = static_cast<std::uint8_t>(stands_in ? AssignReason::substitute : AssignReason::next_available);
    command.facts = gone ? kFactGone : stands_in ? kFactOwnerAbsent : std::uint8_t{0};
  } else if (ideal.act == "hand-off") {
    command.detail = kSomebodyElse;
    command.aux = static_cast<std::uint8_t>(HandOffReason::other);
  } else if (ideal.act == "escalate") {
    command.facts = visit.role() == Role::supervisor ? kFactOversees : std::uint8_t{0};
  } else if (ideal.act == "decline") {
    command.detail = state.seller_open;
  } else if (ideal.act == "offer" || ideal.act == "mediation") {
    command.detail = 1;
  } else if (ideal.act == "link") {
    command.detail = kSomebodyElse;
  } else if (ideal.act == "leave-mediation") {
    command.aux = static_cast<std::uint8_t>(MediationEnd::no_agreement);
  } else if (ideal.act == "apply") {
    // The measure that was announced; a termination is announced as such.
    const bool ends_all = state.restriction() == Restriction::termination_announced ||
                          state.restriction() == Restriction::termination_contested;
    command.aux = static_cast<std::uint8_t>(ends_all ? RestrictionKind::termination : RestrictionKind::stock_limit);
  }
  return command;
}

/// A case may be closed on several grounds: by the first that holds, otherwise for the reason of the last.
Refusal closing(const Visit& visit, const SeenCase& seen) {
  Refusal refusal = Refusal::no_right_to_close;
  for (const Ground ground : {Ground::decision, Ground::seller_silence, Ground::desk_alone}) {
    if ((seen.procedure->file.procedure.right(ground).by & kByDesk) == 0) continue;
    Command command;
    command.kind = CommandKind::close_case;
    command.aux = static_cast<std::uint8_t>(ground);
    refusal = foresee(visit, seen.file.row.state, seen.file.row.case_id, *seen.procedure, command).refusal;
    if (refusal == Refusal::none) break;
  }
  return refusal;
}

ActNow at_present(const Visit& visit, const SeenCase& seen, const Ideal& ideal) {
  const CaseState& state = seen.file.row.state;
  if (ideal.kind == CommandKind::close_case) return {ideal.act, ideal.sheet, closing(visit, seen)};
  const Command command = ideal_command(visit, state, ideal);
  return {ideal.act, ideal.sheet, foresee(visit, state, seen.file.row.case_id, *seen.procedure, command).refusal};
}

}  // namespace

const Event* Foreseen::of(EventKind kind) const {
  const auto found = std::ranges::find(events, kind, &Event::kind);
  return found == events.end() ? nullptr : &*found;
}

Instant Foreseen::until(Clock clock) const {
  for (const Event& event : events)
    if (event.kind == EventKind::clock_started && event.clock == clock) return event.at + Seconds{event.detail};
  return kNever;
}

Foreseen foresee(const Visit& visit, const CaseState& state, CaseId case_id, const InForce& procedure,
                 Command command) {
  command.at = visit.now;
  command.case_id = case_id;
  command.actor = visit.person ? visit.person->id : ActorId{};
  command.party = party_of(visit.role());
  Decision decision;
  Foreseen foreseen;
  foreseen.refusal = decide(state, command, procedure.rules(), decision);
  if (foreseen.refusal == Refusal::none) foreseen.events.assign(decision.events().begin(), decision.events().end());
  return foreseen;
}

std::vector<ActNow> acts_now(const Visit& visit, const SeenCase& seen) {
  std::vector<ActNow> acts;
  for (const Ideal& ideal : kIdeals)
    if (visit.may(ideal.right)) acts.push_back(at_present(visit, seen, ideal));
  return acts;
}

std::optional<ActNow> act_now(const Visit& visit, const SeenCase& seen, std::string_view act) {
  const auto* ideal = std::ranges::find(kIdeals, act, &Ideal::act);
  if (ideal == kIdeals.end() || !visit.may(ideal->right)) return std::nullopt;
  return at_present(visit, seen, *ideal);
}

std::string send_label(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure, std::uint16_t answers,
                       std::size_t asks) {
  Command command;
  command.kind = CommandKind::send_message;
  command.detail = (answers & unsigned{row.state.seller_open}) | 1U << 16;
  command.aux = static_cast<std::uint8_t>(std::min<std::size_t>(asks, 15));
  const Foreseen foreseen = foresee(visit, row.state, row.case_id, procedure, command);
  const Phase phase = row.state.phase();
  const Event* sent = foreseen.of(EventKind::message_sent);
  if (sent == nullptr || (phase != Phase::open && phase != Phase::under_appeal)) return visit.phrases("agent.send");
  if ((sent->aux & kTurnPasses) == 0)
    return visit.phrases.counted("agent.send.stays",
                                 std::popcount(static_cast<unsigned>(row.state.seller_open & ~answers)));
  if (foreseen.until(Clock::seller_reply) == kNever) return visit.phrases("agent.send.passes");
  const Allowance allowance = procedure.file.procedure.clock(Clock::seller_reply).allowance;
  return visit.phrases("agent.send.waits",
                       {{"time", rulebook::time_in_words(procedure.file, allowance, visit.phrases)}});
}

std::string act_address(CaseId case_id, std::string_view act) {
  return fmt::format("/cases/{}/desk/{}", case_id.value, act);
}

std::string sheet_address(CaseId case_id, std::string_view sheet) {
  return sheet.empty() ? case_address(case_id) : fmt::format("/cases/{}/{}", case_id.value, sheet);
}

void hidden(Html& html, std::string_view name, std::string_view value) {
  html.empty("input", {{"type", "hidden"}, {"name", std::string(name)}, {"value", std::string(value)}});
}

Html& open_act(Html& html, const Visit& visit, const SeenCase& seen, const ActForm& form) {
  const ledger::ShelfRow& row = seen.file.row;
  open_form(html, visit, act_address(row.case_id, form.act), form.css_class, form.files);
  hidden(html, "box", form.box.empty() ? form.act : form.box);
  hidden(html, "back", form.sheet);
  hidden(html, "seen", std::to_string(row.state.version.value));
  return html;
}

void keep_button(Html& html, const Visit& /*visit*/, const SeenCase& seen, std::string_view label) {
  html.open("button", {{"type", "submit"},
                       {"class", "quiet"},
                       {"formnovalidate", "formnovalidate"},
                       {"formaction", Url(case_address(seen.file.row.case_id) + "/draft")}});
  html.text(label).close();
}

std::string_view parameter(const Visit& visit, std::string_view name) {
  const std::string* value = visit.request.parameter(name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

void sent_back(Html& html, const Visit& visit) {
  const std::string_view refused = parameter(visit, "refused"), fault = parameter(visit, "fault");
  std::string why;
  if (const auto refusal = from_name<Refusal>(refused); refusal && *refusal != Refusal::none)
    why = visit.phrases("refusal." + std::string(refused));
  else if (const std::size_t point = fault.find('.'); point != std::string_view::npos)
    why = fault_of(visit, fault.substr(0, point));
  if (why.empty()) return;
  html.open("div", {{"class", "refused"}, {"role", "alert"}});
  html.open("p");
  icon(html, "bad");
  html.text(why).close();
  html.element("p", visit.phrases("agent.kept")).close();
}

std::string fault_of(const Visit& visit, std::string_view field) {
  const std::string_view fault = parameter(visit, "fault");
  if (!fault.starts_with(field) || fault.size() <= field.size() || fault[field.size()] != '.') return {};
  return fault_in_words(visit.phrases, fault.substr(field.size() + 1));
}

Instant opens_next(const InForce& procedure, Clock clock, Instant now) {
  const Allowance& allowance = procedure.file.procedure.clock(clock).allowance;
  const auto& calendars = procedure.file.calendars;
  const std::size_t place = allowance.calendar;
  if (allowance.kind != Allowance::Kind::working || place >= calendars.size()) return kNever;
  const auto second = static_cast<std::uint32_t>(now.time_since_epoch() / Duration{1'000});
  const Calendar calendar = calendars[place].view();
  if (calendar.between(second, second + 1) != 0) return kNever;
  const std::uint32_t opens = calendar.after(second, 0);
  return opens == 0 ? kNever : Instant{Duration{std::int64_t{opens} * 1'000}};
}

Response unreadable(const Visit& visit, const Error& error) {
  return visit.api ? ledger_trouble(visit.phrases) : plain_page(visit, 503, "answer.failed.title", error.detail);
}

CaseOr case_of_sheet(const Visit& visit) {
  auto seen = see_case(visit, visit.case_id());
  if (!seen) return {std::nullopt, unreadable(visit, seen.error())};
  if (!*seen) return {std::nullopt, not_found(visit)};
  return {std::move(*seen), {}};
}

Response sheet_page(const Visit& visit, const SeenCase& seen, std::string title, const Html& main) {
  const ledger::ShelfRow& row = seen.file.row;
  PageParts parts;
  parts.title = std::move(title);
  parts.subtitle = visit.phrases("sheet.of_case", {{"case", std::to_string(row.case_id.value)},
                                                   {"subject", row.subject},
                                                   {"seller", account_name(visit, row.account)}});
  parts.here = "cases";
  parts.css_class = "sheet";
  parts.main.open("p", {{"class", "back"}});
  parts.main.element("a", visit.phrases("sheet.back", {{"case", std::to_string(row.case_id.value)}}),
                     {{"href", Url(case_address(row.case_id))}});
  parts.main.close();
  sent_back(parts.main, visit);
  parts.main.add(main);
  parts.aside.open("section").element("h2", visit.phrases("agent.questions"));
  questions_list(parts.aside, visit, seen);
  parts.aside.close().open("section").element("h2", visit.phrases("agent.clocks"));
  clocks_table(parts.aside, visit, seen);
  parts.aside.close();
  return page(visit, std::move(parts));
}

std::string person_with_presence(const Visit& visit, const Person& person) {
  std::string line = person.name;
  if (is_away(person, visit.now)) {
    const bool open_end = !person.absent_until || *person.absent_until == kNever;
    line = open_end ? visit.phrases("agent.person.away", {{"name", person.name}})
                    : visit.phrases("agent.person.away_until",
                                    {{"name", person.name},
                                     {"date", day_in_words(visit.phrases, desk_zone(visit), *person.absent_until)}});
  }
  if (!person.languages.empty()) {
    std::string spoken;
    for (const std::string& language : person.languages) spoken.append(spoken.empty() ? "" : ", ").append(language);
    line = visit.phrases("agent.person.speaks", {{"person", line}, {"languages", spoken}});
  }
  return line;
}

std::vector<PersonGroup> people_for(const Visit& visit, const SeenCase& seen, ActorId but) {
  const rulebook::ProcedureFile& file = seen.procedure->file;
  const CaseState& state = seen.file.row.state;
  std::set<std::uint32_t> named{but.value};
  std::vector<PersonGroup> groups;
  const auto add_team = [&](const std::string& team, std::string label) {
    PersonGroup group{.label = std::move(label), .people = {}};
    for (const auto& person : visit.shared.people->of_team(team))
      if (named.insert(person->id.value).second) group.people.push_back(person);
    // Those who are here first, each part by name.
    std::ranges::sort(group.people, [&](const auto& a, const auto& b) {
      const bool a_away = is_away(*a, visit.now), b_away = is_away(*b, visit.now);
      return a_away != b_away ? b_away : a->name < b->name;
    });
    if (!group.people.empty()) groups.push_back(std::move(group));
  };
  const auto team_id = [&](std::uint8_t index) {
    return index < file.teams.size() ? file.teams[index] : std::string{};
  };
  const auto called = [&](const std::string& team) { return file.team_name(team, visit.language()); };
  const std::uint8_t matter = state.matter();
  if (state.procedure && matter < file.matters.size()) {
    const std::string team = team_id(file.procedure.matter[matter].team);
    const std::string& speciality = file.matters[matter].speciality;
    if (!team.empty())
      add_team(team, speciality.empty()
                         ? visit.phrases("agent.team.of_matter", {{"team", called(team)}})
                         : visit.phrases("agent.team.of_speciality",
                                         {{"team", called(team)},
                                          {"speciality", file.speciality_name(speciality, visit.language())}}));
  }
  for (const std::string& team : file.teams) add_team(team, visit.phrases("agent.team", {{"team", called(team)}}));
  PersonGroup rest{.label = visit.phrases("agent.team.none"), .people = {}};
  for (const Role role : {Role::agent, Role::decider, Role::supervisor})
    for (const auto& person : visit.shared.people->with_role(role))
      if (can_answer(*person) && named.insert(person->id.value).second) rest.people.push_back(person);
  if (!rest.people.empty()) groups.push_back(std::move(rest));
  return groups;
}

void person_choice(Html& html, const Visit& visit, std::string_view id, std::string_view name, std::string_view label,
                   const std::vector<PersonGroup>& groups, std::string_view chosen) {
  const std::string fault = fault_of(visit, name);
  html.open("div", {{"class", fault.empty() ? "field" : "field faulty"}});
  html.element("label", label, {{"for", std::string(id)}});
  if (!fault.empty()) html.element("p", fault, {{"class", "fault"}, {"id", std::string(id) + "-fault"}});
  std::vector<formats::HtmlAttribute> attributes{
      {"id", std::string(id)}, {"name", std::string(name)}, {"required", "required"}};
  if (!fault.empty()) attributes.push_back({"aria-describedby", std::string(id) + "-fault"});
  html.open("select", attributes);
  html.element("option", visit.phrases("agent.choose"), {{"value", ""}});
  for (const PersonGroup& group : groups) {
    html.open("optgroup", {{"label", group.label}});
    for (const auto& person : group.people) {
      const std::string value = std::to_string(person->id.value);
      std::vector<formats::HtmlAttribute> option{{"value", value}};
      if (value == chosen) option.push_back({"selected", "selected"});
      html.element("option", person_with_presence(visit, *person), option);
    }
    html.close();
  }
  html.close().close();
}

std::string matter_title(const Visit& visit, const InForce& procedure, const CaseState& state) {
  if (!state.procedure) return {};
  const auto& matters = procedure.file.matters;
  const std::size_t matter = state.matter();
  return matter < matters.size() ? matters[matter].title.in(visit.language()) : std::to_string(matter);
}

std::string level_title(const Visit& visit, const InForce& procedure, std::uint8_t level) {
  const auto& levels = procedure.file.levels;
  return level < levels.size() ? levels[level].title.in(visit.language()) : std::to_string(level + 1);
}

std::vector<std::string> all_teams(const Visit& visit) {
  return visit.shared.procedures->empty() ? std::vector<std::string>{}
                                          : visit.shared.procedures->at(visit.now).file.teams;
}

std::vector<std::string> teams_of(const Visit& visit) {
  if (!visit.person) return {};
  if (visit.may(Right::supervise)) return all_teams(visit);
  return visit.person->teams;
}

std::string effect_words(const Visit& visit, const InForce& procedure, Clock clock) {
  return visit.phrases("agent.effect." + std::string(name(rulebook::what_follows(procedure.file.procedure, clock))));
}

std::string files_hint(const Visit& visit) {
  const auto megabytes = static_cast<std::uint32_t>(visit.shared.house.file_bytes_max / (1024 * 1024));
  const auto together = static_cast<std::uint32_t>(visit.shared.house.files_together_max() / (1024 * 1024));
  return visit.phrases("agent.files.hint", {{"n", std::to_string(visit.shared.house.files_max)},
                                            {"size", visit.phrases.number(megabytes)},
                                            {"all", visit.phrases.number(together)}});
}

std::string address_with(std::string_view path, std::initializer_list<std::pair<std::string_view, std::string>> query) {
  std::string address(path);
  char sign = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    address.append(1, sign).append(name).append("=").append(url_encoded(value));
    sign = '&';
  }
  return address;
}

}  // namespace guichet::desk
