// Folding everything anew: the shelf from acts, events and texts, and the tables of words from the texts.
#include <limits>

#include <guichet/ledger/sqlite.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

constexpr std::size_t kCasesPerChunk = 500;

using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

/// Cases above `after` that acts or the shelf speak of, rising.
Result<std::vector<CaseId>> next_cases(Connection& connection, CaseId after) {
  Statement statement{
      "SELECT min(next) FROM (SELECT min(case_id) AS next FROM acts WHERE case_id > ?1 "
      "UNION ALL SELECT min(case_id) FROM shelf WHERE case_id > ?1)"};
  Rows rows(connection, statement);
  std::vector<CaseId> cases;
  while (cases.size() < kCasesPerChunk) {
    rows.again();
    rows.bind(after);
    GUICHET_TRY(found, rows.next());
    // A number that no guichet writes would be read as a smaller one, again and again.
    if (!found || rows.is_null(0) || rows.whole(0) > std::numeric_limits<std::uint32_t>::max()) break;
    after = cases.emplace_back(rows.id<CaseId>(0));
  }
  return cases;
}

}  // namespace

Result<std::uint64_t> SqliteLedger::rebuild(const Progress& progress) {
  GUICHET_TRY(may, may_write());
  Connection& connection = own_->connection();
  GUICHET_TRY(acts, connection.integer("SELECT max(number) FROM acts"));
  GUICHET_TRY(texts, connection.integer("SELECT max(id) FROM texts"));
  const auto all = static_cast<std::uint64_t>(acts) + static_cast<std::uint64_t>(texts);
  std::uint64_t done = 0;
  std::uint64_t differing = 0;
  CaseId last;
  while (true) {
    GUICHET_TRY(cases, next_cases(connection, last));
    if (cases.empty()) break;
    GUICHET_TRY(writing, Transaction::begin(connection, Transaction::Kind::writing));
    for (const CaseId id : cases) {
      GUICHET_TRY(folded_acts, rebuild_row(id, differing));
      done += folded_acts;
    }
    GUICHET_TRY(written, writing.commit());
    GUICHET_TRY(tidied, writer_->tidy_up());
    last = cases.back();
    if (progress) progress(done, all);
  }
  GUICHET_TRY(words, rebuild_words([&](std::uint64_t indexed) {
                if (progress) progress(done += indexed, all);
              }));
  {
    GUICHET_TRY(writing, Transaction::begin(connection, Transaction::Kind::writing));
    GUICHET_TRY(counted, connection.execute("REINDEX shelf; UPDATE census SET cases = "
                                            "(SELECT count(*) FROM shelf WHERE shelf.closed = census.closed)"));
    GUICHET_TRY(written, writing.commit());
  }
  GUICHET_TRY(begun, writer_->begin());
  // The log is long now; a reader may hold it, then it is emptied with a later commit.
  static_cast<void>(writer_->empty_log());
  return differing;
}

Result<std::uint64_t> SqliteLedger::rebuild_row(CaseId id, std::uint64_t& differing) {
  GUICHET_TRY(before, own_->row(id));
  GUICHET_TRY(file, own_->part_of_case(id));
  if (file.acts.empty()) {
    ++differing;
    Statement remove{"DELETE FROM shelf WHERE case_id = ?"};
    GUICHET_TRY(removed, Rows(own_->connection(), remove).bind(id).run());
    return std::uint64_t{0};
  }
  GUICHET_TRY(texts, own_->texts_to_fold(id, file));
  const ShelfRow row = folded(file, texts, *shelving_);
  if (before && *before == row) {
    // The columns that only lists read are made from the row; whoever changed one of them alone is corrected too.
    GUICHET_TRY(same, writer_->stands_as(row));
    if (same) return std::uint64_t{file.acts.size()};
  }
  ++differing;
  Statement remove{"DELETE FROM shelf WHERE case_id = ?"};
  GUICHET_TRY(removed, Rows(own_->connection(), remove).bind(id).run());
  GUICHET_TRY(written, writer_->write_row(row, nullptr));
  return std::uint64_t{file.acts.size()};
}

Outcome SqliteLedger::rebuild_words(const std::function<void(std::uint64_t)>& indexed) {
  Connection& connection = own_->connection();
  GUICHET_TRY(last, connection.integer("SELECT max(id) FROM texts"));
  GUICHET_TRY(tables, connection.integer("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'search_[0-9]*' "
                                         "AND sql LIKE 'CREATE VIRTUAL%'"));
  // Whoever ends this halfway must begin anew: "check" says so.
  GUICHET_TRY(owed, connection.execute("DELETE FROM owed WHERE what = 'words'"));
  const std::int64_t wanted = last == 0 ? 0 : search_number(TextId{static_cast<std::uint32_t>(last)}) + 1;
  for (std::int64_t number = 0; number < std::max(wanted, tables); ++number) {
    GUICHET_TRY(writing, Transaction::begin(connection, Transaction::Kind::writing));
    const std::string table = search_table(static_cast<std::uint32_t>(number));
    GUICHET_TRY(dropped, connection.execute("DROP TABLE IF EXISTS " + table));
    std::uint64_t count = 0;
    if (number < wanted) {
      GUICHET_TRY(made, writer_->add_search(static_cast<std::uint32_t>(number)));
      const std::int64_t first = number * kTextsPerSearch;
      const std::int64_t end = std::min(first + kTextsPerSearch, last + 1);
      GUICHET_TRY(filled, writer_->index_texts(TextId{static_cast<std::uint32_t>(first)},
                                               TextId{static_cast<std::uint32_t>(end - 1)}));
      count = filled;
      if (number + 1 < wanted) {
        GUICHET_TRY(joined, connection.execute("INSERT INTO " + table + " (" + table + ") VALUES ('optimize')"));
      }
    }
    GUICHET_TRY(written, writing.commit());
    GUICHET_TRY(tidied, writer_->tidy_up());
    indexed(count);
  }
  // The tables are new: nothing erased is left in them, and the full ones are of one piece.
  return connection.execute("DELETE FROM owed");
}

}  // namespace guichet::ledger
