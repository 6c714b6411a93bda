#include <algorithm>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kPerPage = 25;

struct Asked {
  std::string words, where, state, after;
};

struct Hits {
  std::vector<ledger::Found> found;
  ledger::Cursor next;
};

Result<Hits> hits_of(const Visit& visit, const Asked& asked) {
  Hits hits;
  ledger::SearchQuery query;
  query.words = asked.words;
  query.after = asked.after;
  query.limit = kPerPage;
  for (std::size_t round = 0; round < kSearchRoundsMax; ++round) {
    GUICHET_TRY(page, visit.reader.search(query));
    for (ledger::Found& found : page.rows)
      if (is_searched(visit, {.where = asked.where, .state = asked.state}, found.row))
        hits.found.push_back(std::move(found));
    hits.next = page.next;
    query.after = page.next;
    if (page.next.empty() || hits.found.size() >= kPerPage) break;
  }
  return hits;
}

/// The words around the match; what matched is marked.
void excerpt(Html& html, std::string_view text) {
  html.open("p", {{"class", "excerpt"}});
  while (!text.empty()) {
    const std::size_t begin = text.find('\x01');
    html.text(text.substr(0, begin));
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin + 1);
    const std::size_t end = std::min(text.find('\x02'), text.size());
    html.element("mark", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  html.close();
}

/// "1042" or "#1042" may be meant as the number of a case.
CaseId number_meant(std::string_view words) {
  if (words.starts_with('#')) words.remove_prefix(1);
  if (words.empty() || words.size() > 9) return {};
  std::uint32_t number = 0;
  for (const char c : words) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return CaseId{number};
}

void form(Html& html, const Visit& visit, const Asked& asked) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("form", {{"method", "get"},
                     {"action", Url("/search")},
                     {"class", "filters"},
                     {"role", "search"},
                     {"aria-label", phrases("search.title")}});
  field(html, {.id = "q",
               .name = "q",
               .label = phrases("search.words"),
               .hint = phrases("search.words.hint"),
               .value = asked.words,
               .autocomplete = "off",
               .type = "search"});
  choice(html, "search-where", "where", phrases("search.where"),
         {{"", phrases("search.where.all"), asked.where.empty()},
          {"mine", phrases("search.where.mine"), asked.where == "mine"},
          {"teams", phrases("search.where.teams"), asked.where == "teams"}});
  choice(html, "search-state", "state", phrases("queue.state"),
         {{"", phrases("queue.state.all"), asked.state.empty()},
          {"living", phrases("queue.state.living"), asked.state == "living"},
          {"closed", phrases("queue.state.closed"), asked.state == "closed"}});
  button(html, phrases("search.go"));
  html.close();
}

void hit(Html& html, const Visit& visit, const ledger::Found& found) {
  const ledger::ShelfRow& row = found.row;
  html.open("li", {{"class", "card"}}).open("h3");
  html.element(
      "a", row.subject.empty() ? visit.phrases("agent.case", {{"n", std::to_string(row.case_id.value)}}) : row.subject,
      {{"href", Url(case_address(row.case_id))}});
  html.close();
  if (!found.excerpt.empty()) excerpt(html, found.excerpt);
  html.open("p", {{"class", "row"}});
  phase_badge(html, visit, row);
  html.element("span", visit.phrases("agent.case", {{"n", std::to_string(row.case_id.value)}}));
  html.element("span", account_name(visit, row.account));
  html.element("span", turn_line(visit, row));
  html.element("time", distance_in_words(visit.phrases, visit.now, row.changed),
               {{"datetime", print_instant(row.changed)}});
  html.close().close();
}

}  // namespace

bool is_searched(const Visit& visit, const SearchedIn& in, const ledger::ShelfRow& row) {
  if (!may_see(*visit.person, row)) return false;
  if (in.state == "living" && row.state.phase() == Phase::closed) return false;
  if (in.state == "closed" && row.state.phase() != Phase::closed) return false;
  if (in.where == "mine" && row.state.owner != visit.person->id) return false;
  if (in.where == "teams") {
    const std::vector<std::string> teams = teams_of(visit);
    if (std::ranges::find(teams, row.team) == teams.end()) return false;
  }
  return true;
}

Response search_page(Visit& visit) {
  Asked asked{.words = std::string(parameter(visit, "q")),
              .where = std::string(parameter(visit, "where")),
              .state = std::string(parameter(visit, "state")),
              .after = std::string(parameter(visit, "after"))};
  if (asked.where != "mine" && asked.where != "teams") asked.where.clear();
  if (asked.state != "living" && asked.state != "closed") asked.state.clear();
  const auto address = [&](const std::string& after) {
    return address_with("/search",
                        {{"q", asked.words}, {"where", asked.where}, {"state", asked.state}, {"after", after}});
  };
  PageParts parts;
  parts.title = visit.phrases("search.title");
  parts.here = "search";
  Html& html = parts.main;
  form(html, visit, asked);
  if (asked.words.empty()) return page(visit, std::move(parts));

  if (const CaseId number = number_meant(asked.words))
    if (const auto row = visit.visible_case(number))
      html.open("p")
          .element("a",
                   visit.phrases("search.number", {{"n", std::to_string(number.value)}, {"subject", row->subject}}),
                   {{"href", Url(case_address(number))}})
          .close();
  const auto hits = hits_of(visit, asked);
  if (!hits) return unreadable(visit, hits.error());
  if (hits->found.empty()) {
    html.element("p", visit.phrases(hits->next.empty() ? "search.none" : "search.none_yet"), {{"class", "card"}});
  } else {
    html.element("h2", visit.phrases("search.found"));
    html.open("ol", {{"class", "plain-list hits"}});
    for (const ledger::Found& found : hits->found) hit(html, visit, found);
    html.close();
  }
  if (!hits->next.empty())
    html.open("p", {{"class", "more"}})
        .element("a", visit.phrases("search.more"),
                 {{"class", "button second"}, {"rel", "next"}, {"href", Url(address(hits->next))}})
        .close();
  saved_views(html, visit, address({}));
  return page(visit, std::move(parts));
}

}  // namespace guichet::desk
