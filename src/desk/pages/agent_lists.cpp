#include <algorithm>
#include <charconv>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/board.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kPerTeam = 15;
constexpr std::size_t kPerPage = 50;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// ---- what a list shows -------------------------------------------------------------------------------------

/// The filters of a list, as its address says them; each word is one of ours or it does not count.
struct Filters {
  std::string team, owner, state, matter, turn, unread, account, order;
};

Filters filters_of(const Visit& visit) {
  Filters filters;
  const auto one_of = [&](std::string_view name, std::initializer_list<std::string_view> words) {
    const std::string_view value = parameter(visit, name);
    return std::ranges::find(words, value) == words.end() ? std::string{} : std::string(value);
  };
  const std::vector<std::string> teams = teams_of(visit);
  if (std::ranges::find(teams, parameter(visit, "team")) != teams.end()) filters.team = parameter(visit, "team");
  filters.owner = one_of("owner", {"none", "me"});
  if (number_of(parameter(visit, "owner"))) filters.owner = parameter(visit, "owner");
  filters.state = one_of("state", {"closed", "all"});
  filters.turn = one_of("turn", {"desk", "seller", "third"});
  filters.unread = one_of("unread", {"1"});
  filters.order = one_of("order", {"changed", "opened", "number"});
  if (number_of(parameter(visit, "matter"))) filters.matter = parameter(visit, "matter");
  if (number_of(parameter(visit, "account"))) filters.account = parameter(visit, "account");
  return filters;
}

std::string address_of(const Filters& filters, std::string_view after = {}) {
  return address_with("/queue", {{"team", filters.team},
                                 {"owner", filters.owner},
                                 {"state", filters.state},
                                 {"matter", filters.matter},
                                 {"turn", filters.turn},
                                 {"unread", filters.unread},
                                 {"account", filters.account},
                                 {"order", filters.order},
                                 {"after", std::string(after)}});
}

ledger::CaseQuery query_of(const Visit& visit, const Filters& filters) {
  ledger::CaseQuery query;
  query.phases = filters.state == "all" ? std::uint8_t{0xFF} : filters.state == "closed" ? kClosedPhase : kLivingPhases;
  if (!filters.team.empty()) query.team = filters.team;
  if (filters.owner == "none") query.owner = ActorId{};
  if (filters.owner == "me") query.owner = visit.person->id;
  if (const auto owner = number_of(filters.owner)) query.owner = ActorId{*owner};
  if (const auto matter = number_of(filters.matter); matter && *matter < kMattersMax)
    query.matter = static_cast<std::uint8_t>(*matter);
  if (!filters.turn.empty()) query.turn = from_name<Turn>(filters.turn);
  query.unread = filters.unread == "1";
  if (const auto account = number_of(filters.account)) query.account = ledger::AccountId{*account};
  query.order = filters.order == "changed"  ? ledger::CaseQuery::Order::changed
                : filters.order == "opened" ? ledger::CaseQuery::Order::opened
                : filters.order == "number" ? ledger::CaseQuery::Order::number
                                            : ledger::CaseQuery::Order::promise;
  return query;
}

void filter_form(Html& html, const Visit& visit, const Filters& filters) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("form", {{"method", "get"},
                     {"action", Url("/queue")},
                     {"class", "filters"},
                     {"role", "search"},
                     {"aria-label", phrases("queue.filters")}});
  std::vector<Option> teams{{"", phrases("queue.team.mine"), filters.team.empty()}};
  for (const std::string& team : teams_of(visit)) teams.push_back({team, team_name(visit, team), team == filters.team});
  choice(html, "filter-team", "team", phrases("queue.team"), teams);
  std::vector<Option> owners{{"", phrases("queue.owner.any"), filters.owner.empty()},
                             {"none", phrases("queue.owner.none"), filters.owner == "none"},
                             {"me", phrases("queue.owner.me"), filters.owner == "me"}};
  if (const auto owner = number_of(filters.owner))
    owners.push_back({filters.owner, person_name(visit, ActorId{*owner}), true});
  choice(html, "filter-owner", "owner", phrases("queue.owner"), owners);
  choice(html, "filter-state", "state", phrases("queue.state"),
         {{"", phrases("queue.state.living"), filters.state.empty()},
          {"closed", phrases("queue.state.closed"), filters.state == "closed"},
          {"all", phrases("queue.state.all"), filters.state == "all"}});
  choice(html, "filter-turn", "turn", phrases("queue.turn"),
         {{"", phrases("queue.turn.any"), filters.turn.empty()},
          {"desk", phrases("turn.desk"), filters.turn == "desk"},
          {"seller", phrases("turn.seller"), filters.turn == "seller"},
          {"third", phrases("turn.third"), filters.turn == "third"}});
  if (!visit.shared.procedures->empty()) {
    const auto& matters = visit.shared.procedures->at(visit.now).file.matters;
    std::vector<Option> options{{"", phrases("queue.matter.any"), filters.matter.empty()}};
    for (std::size_t i = 0; i < matters.size(); ++i)
      options.push_back(
          {std::to_string(i), matters[i].title.in(visit.language()), std::to_string(i) == filters.matter});
    choice(html, "filter-matter", "matter", phrases("queue.matter"), options);
  }
  choice(html, "filter-order", "order", phrases("queue.order"),
         {{"", phrases("queue.order.promise"), filters.order.empty()},
          {"changed", phrases("queue.order.changed"), filters.order == "changed"},
          {"opened", phrases("queue.order.opened"), filters.order == "opened"}});
  check_box(html, "filter-unread", "unread", "1", phrases("queue.unread"), filters.unread == "1");
  if (!filters.account.empty()) hidden(html, "account", filters.account);
  button(html, phrases("queue.show"), "second");
  html.close();
}

// ---- the case to take next -----------------------------------------------------------------------------------

ledger::CaseQuery without_owner() {
  ledger::CaseQuery query;
  query.owner = ActorId{};
  query.phases = kLivingPhases;
  query.turn = Turn::desk;
  query.order = ledger::CaseQuery::Order::promise;
  query.limit = ledger::kListMax;
  return query;
}

bool may_take(const Visit& visit, const ledger::ShelfRow& row) {
  Command command;
  command.kind = CommandKind::assign;
  command.detail = visit.person->id.value;
  const InForce& procedure = visit.shared.procedures->of_case(row.state);
  return foresee(visit, row.state, row.case_id, procedure, command).refusal == Refusal::none;
}

/// Appeals of teams that are not this person's, and of which nobody may take them: they are anybody's who may.
std::vector<ledger::ShelfRow> appeals_of_others(const Visit& visit) {
  ledger::CaseQuery query = without_owner();
  query.phases = kAppealPhase;
  std::vector<ledger::ShelfRow> found;
  const auto listed = visit.reader.cases(query);
  if (!listed) return found;
  const std::vector<std::string> own = visit.person->teams;
  for (const ledger::ShelfRow& row : listed->rows)
    if (std::ranges::find(own, row.team) == own.end() && is_locked(row, *visit.shared.people, visit.now) &&
        may_take(visit, row))
      found.push_back(row);
  return found;
}

/// Of the cases without an owner that this person may take, the one whose promise breaks first; its name is on the
/// button, so that nobody draws lots.
void next_case(Html& html, const Visit& visit, const std::vector<ledger::ShelfRow>& of_others) {
  std::optional<ledger::ShelfRow> next;
  std::uint64_t waiting = 0;
  const auto offer = [&](const ledger::ShelfRow& row) {
    if (!next || row.desk_due < next->desk_due) next = row;
  };
  const std::vector<std::string> teams = teams_of(visit);
  for (const std::string& team : teams) {
    ledger::CaseQuery query = without_owner();
    query.team = team;
    const auto rows = visit.reader.cases(query);
    if (!rows) continue;
    if (const auto count = visit.reader.count(query, 1'000)) waiting += *count;
    for (const ledger::ShelfRow& row : rows->rows) {
      if (may_take(visit, row))
        offer(row);
      else
        --waiting;
    }
  }
  for (const ledger::ShelfRow& row : of_others)
    if (std::ranges::find(teams, row.team) == teams.end()) {
      offer(row);
      ++waiting;
    }
  html.open("section", {{"class", "card"}, {"id", "next"}});
  html.element("h2", visit.phrases("queue.next"));
  if (!next) {
    html.element("p", visit.phrases("queue.next.none")).close();
    return;
  }
  html.element("p", visit.phrases.counted("queue.next.waiting", static_cast<std::int64_t>(waiting)));
  html.open("p").element("a", next->subject.empty() ? std::to_string(next->case_id.value) : next->subject,
                         {{"href", Url(case_address(next->case_id))}});
  html.text(" · ").text(account_name(visit, next->account)).text(" · ").text(team_name(visit, next->team));
  html.close();
  if (next->desk_due != kNever) {
    html.open("p").text(visit.phrases("queue.next.due")).text(" ");
    moment(html, visit, next->desk_due);
    html.close();
  }
  open_form(html, visit, act_address(next->case_id, "take"));
  hidden(html, "seen", std::to_string(next->state.version.value));
  button(html, visit.phrases("queue.next.take", {{"case", std::to_string(next->case_id.value)}}));
  html.close().close();
}

/// A table of chosen cases with what can be done to several at once.
void table_with_bulk(Html& html, const Visit& visit, const std::vector<ledger::ShelfRow>& rows,
                     std::string next_address, bool promise, bool own, std::string_view prefix = "many") {
  if (rows.empty()) return case_table(html, visit, rows, {});
  open_form(html, visit, "/bulk", "many");
  case_table(html, visit, rows,
             {.own = own, .choose = true, .next_address = std::move(next_address), .promise = promise});
  bulk_choice(html, visit, prefix);
  html.close();
}

/// Cases without an owner that are in no team's list, as imported history is: they are anybody's.
Outcome of_no_team(Html& html, const Visit& visit) {
  ledger::CaseQuery query;
  query.team = std::string{};
  query.owner = ActorId{};
  query.phases = kLivingPhases;
  query.order = ledger::CaseQuery::Order::promise;
  query.limit = kPerTeam;
  GUICHET_TRY(rows, visit.reader.cases(query));
  if (rows.rows.empty()) return Done{};
  GUICHET_TRY(count, visit.reader.count(query, 10'000));
  html.open("section", {{"id", "no-team"}}).open("h2").text(visit.phrases("queue.of_no_team")).text(" ");
  html.element("span", visit.phrases.counted("queue.count", static_cast<std::int64_t>(count)), {{"class", "count"}});
  html.close();
  html.element("p", visit.phrases("queue.of_no_team.what"), {{"class", "hint"}});
  table_with_bulk(html, visit, rows.rows, {}, true, false, "many-no-team");
  html.close();
  return Done{};
}

}  // namespace

Response agent_cases(Visit& visit) {
  const bool closed = parameter(visit, "state") == "closed";
  PageParts parts;
  parts.title = visit.phrases("agent.list");
  parts.subtitle = visit.phrases("agent.list.order");
  parts.here = "cases";
  parts.css_class = "lists";
  parts.live_lists = true;
  Html& html = parts.main;

  ledger::CaseQuery asked;
  asked.asked = visit.person->id;
  asked.hand_off_pending = true;
  asked.phases = kLivingPhases;
  asked.order = ledger::CaseQuery::Order::promise;
  if (const auto waiting = visit.reader.cases(asked); waiting && !waiting->rows.empty()) {
    html.open("section", {{"class", "card"}, {"id", "hand-offs"}});
    html.element("h2", visit.phrases.counted("agent.hand_offs", static_cast<std::int64_t>(waiting->rows.size())));
    html.open("ul", {{"class", "plain-list"}});
    for (const ledger::ShelfRow& row : waiting->rows) {
      html.open("li").open("p");
      html.element("strong", row.subject.empty() ? std::to_string(row.case_id.value) : row.subject).text(" ");
      html.text(visit.phrases("agent.hand_off.from", {{"name", person_name(visit, row.state.owner)}}));
      if (const Instant due = row.state.due_at(Clock::acceptance); due != kNever) {
        html.text(" ").text(visit.phrases("agent.hand_off.until")).text(" ");
        moment(html, visit, due);
      }
      html.close();
      link_button(html, visit.phrases("agent.hand_off.read_case", {{"case", std::to_string(row.case_id.value)}}),
                  sheet_address(row.case_id, "hand-off"), "second");
      html.close();
    }
    html.close().close();
  }

  ledger::CaseQuery query;
  query.owner = visit.person->id;
  query.phases = closed ? kClosedPhase : kLivingPhases;
  query.order = closed ? ledger::CaseQuery::Order::changed : ledger::CaseQuery::Order::promise;
  query.after = std::string(parameter(visit, "after"));
  query.limit = kPerPage;
  html.open("p", {{"class", "switch"}});
  if (closed)
    html.element("a", visit.phrases("queue.state.living"), {{"href", Url("/cases")}})
        .element("strong", visit.phrases("queue.state.closed"));
  else
    html.element("strong", visit.phrases("queue.state.living"))
        .element("a", visit.phrases("queue.state.closed"), {{"href", Url("/cases?state=closed")}});
  html.element("a", visit.phrases("frame.nav.queue"), {{"href", Url("/queue")}});
  if (visit.may(Right::supervise))
    html.element("a", visit.phrases("frame.nav.supervise"), {{"href", Url("/supervise")}});
  html.close();
  saved_views(html, visit, closed ? "/cases?state=closed" : "/cases");
  const auto rows = visit.reader.cases(query);
  if (!rows) return unreadable(visit, rows.error());
  if (const auto count = visit.reader.count(query, 1'000))
    html.element("p", visit.phrases.counted("agent.list.count", static_cast<std::int64_t>(*count)),
                 {{"class", "count"}});
  table_with_bulk(html, visit, rows->rows,
                  rows->next.empty()
                      ? std::string{}
                      : address_with("/cases", {{"state", closed ? "closed" : ""}, {"after", rows->next}}),
                  !closed, true);
  return page(visit, std::move(parts));
}

Response queue_page(Visit& visit) {
  const Filters filters = filters_of(visit);
  PageParts parts;
  parts.title = visit.phrases("queue.title");
  parts.css_class = "lists";
  parts.subtitle = visit.phrases("queue.subtitle");
  parts.here = "queue";
  parts.live_lists = true;
  Html& html = parts.main;
  const auto of_others = appeals_of_others(visit);
  next_case(html, visit, of_others);
  filter_form(html, visit, filters);
  saved_views(html, visit, address_of(filters));
  if (!of_others.empty() && filters.team.empty() && filters.account.empty()) {
    html.open("section", {{"id", "appeals-of-others"}}).element("h2", visit.phrases("queue.other_teams"));
    html.element("p", visit.phrases("queue.other_teams.what"), {{"class", "hint"}});
    case_table(html, visit, of_others, {.promise = true});
    html.close();
  }

  const std::vector<std::string> teams = teams_of(visit);
  // All of one account's or one person's cases, whatever their team.
  const bool of_one = !filters.account.empty() || number_of(filters.owner).has_value();
  if (!of_one && filters.team.empty()) {
    if (const auto told = of_no_team(html, visit); !told) return unreadable(visit, told.error());
  }
  if (!filters.account.empty()) {
    html.element("h2", account_name(visit, ledger::AccountId{number_of(filters.account).value_or(0)}));
  } else if (const auto owner = number_of(filters.owner)) {
    html.element("h2", person_name(visit, ActorId{*owner}));
  } else if (teams.empty()) {
    html.element("p", visit.phrases("queue.no_team"), {{"class", "warning"}});
    return page(visit, std::move(parts));
  }
  if (filters.team.empty() && !of_one && teams.size() > 1) {
    // Every team by itself: a list of all would hide the small ones.
    for (const std::string& team : teams) {
      Filters of_team = filters;
      of_team.team = team;
      ledger::CaseQuery query = query_of(visit, of_team);
      query.limit = kPerTeam;
      const auto rows = visit.reader.cases(query);
      if (!rows) return unreadable(visit, rows.error());
      const auto count = visit.reader.count(query, 10'000);
      html.open("section").open("h2").text(visit.phrases("agent.team", {{"team", team_name(visit, team)}})).text(" ");
      if (count)
        html.element("span", visit.phrases.counted("queue.count", static_cast<std::int64_t>(*count)),
                     {{"class", "count"}});
      html.close();
      table_with_bulk(html, visit, rows->rows, {}, filters.order.empty(), false, "many-" + team);
      if (!rows->next.empty())
        html.open("p", {{"class", "more"}})
            .element("a", visit.phrases("queue.all_of_team", {{"team", team_name(visit, team)}}),
                     {{"class", "button second"}, {"href", Url(address_of(of_team))}})
            .close();
      html.close();
    }
    return page(visit, std::move(parts));
  }
  Filters shown = filters;
  if (shown.team.empty() && !of_one) shown.team = teams.front();
  ledger::CaseQuery query = query_of(visit, shown);
  query.after = std::string(parameter(visit, "after"));
  query.limit = kPerPage;
  const auto rows = visit.reader.cases(query);
  if (!rows) return unreadable(visit, rows.error());
  if (const auto count = visit.reader.count(query, 10'000))
    html.element("p", visit.phrases.counted("queue.count", static_cast<std::int64_t>(*count)), {{"class", "count"}});
  table_with_bulk(html, visit, rows->rows, rows->next.empty() ? std::string{} : address_of(shown, rows->next),
                  filters.order.empty(), false);
  return page(visit, std::move(parts));
}

}  // namespace guichet::desk
