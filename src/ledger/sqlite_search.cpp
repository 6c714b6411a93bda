// Search: newest text first, each case once, going back only as far as the page needs.
#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include <guichet/ledger/sqlite_reader.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

/// Up to so many cases are read through one by one; a mediator with more finds by the common index.
constexpr std::int64_t kReadThroughMax = 500;

Result<TextId> text_before(const Cursor& cursor) {
  TextId before{std::numeric_limits<std::uint32_t>::max()};
  if (cursor.empty()) return before;
  const auto [end, fault] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before.value);
  if (fault == std::errc{} && end == cursor.data() + cursor.size()) return before;
  return Error{Fault::usage, "the place \"" + cursor + "\" is in no search; begin at its first page"};
}

}  // namespace

/// What a search has found so far.
struct SqliteReader::Page {
  std::size_t limit{};
  bool first_page = true;
  std::vector<Found> found;
  std::set<CaseId> cases;
  bool full() const { return found.size() > limit; }
};

/// Whether a newer text of the same case has put it on a page before this one.
Result<bool> SqliteReader::shown_before(const Sought& sought, const Text& text, TextId before, bool notes) {
  GUICHET_TRY(texts, whole_texts(text.case_id));
  return std::any_of(texts.begin(), texts.end(), [&](const Text& other) {
    return other.id >= before && (notes || other.kind != TextKind::note) &&
           ledger::found(sought, folded_words(shelving_->words_of(other)));
  });
}

Outcome SqliteReader::show(const Text& text, const Sought& sought, Page& page) {
  GUICHET_TRY(row, read_row(text.case_id));
  if (!row) return Done{};
  page.cases.insert(text.case_id);
  page.found.push_back({std::move(*row), text.id, excerpt(sought, shelving_->words_of(text))});
  return Done{};
}

Outcome SqliteReader::consider(const Text& text, const SearchQuery& query, const Sought& sought, TextId before,
                               Page& page) {
  if (page.cases.contains(text.case_id)) return Done{};
  if (query.mediator) {
    GUICHET_TRY(row, read_row(text.case_id));
    if (!row || row->mediator != *query.mediator || text.kind == TextKind::note) return Done{};
  }
  if (!page.first_page) {
    GUICHET_TRY(shown, shown_before(sought, text, before, !query.account && !query.mediator));
    if (shown) {
      page.cases.insert(text.case_id);
      return Done{};
    }
  }
  return show(text, sought, page);
}

/// The texts whose words wait for their table: few, so that each is read.
Outcome SqliteReader::search_unfound(TextId from, const SearchQuery& query, const Sought& sought, TextId before,
                                     Page& page) {
  Statement newest{"SELECT id FROM texts WHERE id >= ? AND id < ? AND erased IS NULL ORDER BY id DESC"};
  Rows rows(*connection_, newest);
  rows.bind(from).bind(before);
  while (!page.full()) {
    GUICHET_TRY(more, rows.next());
    if (!more) break;
    GUICHET_TRY(text, read_text(rows.id<TextId>(0)));
    if (!text || !ledger::found(sought, folded_words(shelving_->words_of(*text)))) continue;
    if (query.account) {
      GUICHET_TRY(row, read_row(text->case_id));
      if (!row || row->account != *query.account || text->kind == TextKind::note) continue;
    }
    GUICHET_TRY(done, consider(*text, query, sought, before, page));
  }
  return Done{};
}

Outcome SqliteReader::search_tables(const SearchQuery& query, const Sought& sought, TextId before, Page& page) {
  const std::string match = as_match(sought, query.account ? scope_word(*query.account) : std::string{});
  Statement last_text{"SELECT max(id) FROM texts"};
  Rows last(*connection_, last_text);
  GUICHET_TRY(any, last.next());
  TextId newest{std::min(last.id<TextId>(0).value, before.value - 1)};
  GUICHET_TRY(unfound, words_owed_from(*connection_));
  if (unfound && *unfound <= newest) {
    GUICHET_TRY(done, search_unfound(*unfound, query, sought, before, page));
    newest = TextId{unfound->value - 1};
  }
  if (!newest) return Done{};
  for (std::int64_t number = search_number(newest); number >= 0 && !page.full(); --number) {
    const std::string table = search_table(static_cast<std::uint32_t>(number));
    Rows rows(*connection_, made_.of("SELECT rowid FROM " + table + " WHERE " + table +
                                     " MATCH ? AND rowid < ? ORDER BY rowid DESC"));
    rows.bind(match).bind(before);
    while (!page.full()) {
      GUICHET_TRY(more, rows.next());
      if (!more) break;
      GUICHET_TRY(text, read_text(rows.id<TextId>(0)));
      if (!text) continue;
      GUICHET_TRY(done, consider(*text, query, sought, before, page));
    }
  }
  return Done{};
}

Outcome SqliteReader::search_cases_of(ActorId mediator, const Sought& sought, TextId before, Page& page) {
  std::vector<CaseId> cases;
  {
    Rows rows(*connection_, mediated_);
    rows.bind(mediator).bind(kReadThroughMax + 1);
    while (true) {
      GUICHET_TRY(more, rows.next());
      if (!more) break;
      cases.push_back(rows.id<CaseId>(0));
    }
  }
  if (std::ssize(cases) > kReadThroughMax) {
    SearchQuery query;
    query.mediator = mediator;
    return search_tables(query, sought, before, page);
  }
  std::vector<Text> newest;  // of each case that has one
  for (const CaseId id : cases) {
    GUICHET_TRY(texts, whole_texts(id));
    const auto match = std::find_if(texts.rbegin(), texts.rend(), [&](const Text& text) {
      return text.kind != TextKind::note && ledger::found(sought, folded_words(shelving_->words_of(text)));
    });
    if (match != texts.rend() && match->id < before) newest.push_back(std::move(*match));
  }
  std::sort(newest.begin(), newest.end(), [](const Text& a, const Text& b) { return a.id > b.id; });
  for (const Text& text : newest) {
    if (page.full()) break;
    GUICHET_TRY(done, show(text, sought, page));
  }
  return Done{};
}

Result<Listed<Found>> SqliteReader::search(const SearchQuery& query) {
  GUICHET_TRY(before, text_before(query.after));
  const Sought sought = sought_in(query.words);
  Listed<Found> listed;
  if (sought.empty() || !before) return listed;
  Page page;
  page.limit = list_limit(query.limit);
  page.first_page = query.after.empty();
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  made_.make_room();
  const bool by_cases = query.mediator && !query.account;
  GUICHET_TRY(done, by_cases ? search_cases_of(*query.mediator, sought, before, page)
                             : search_tables(query, sought, before, page));
  if (page.full()) {
    page.found.resize(page.limit);
    listed.next = std::to_string(page.found.back().text.value);
  }
  listed.rows = std::move(page.found);
  return listed;
}

}  // namespace guichet::ledger
