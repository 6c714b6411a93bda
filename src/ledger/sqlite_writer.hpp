// Writes batches into a ledger in SQLite, over the one connection that may. Knows the tables and what must hold of a
// batch; decides nothing else.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <guichet/ledger/growing.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/seals.hpp>
#include <guichet/ledger/sqlite_connection.hpp>

namespace guichet::ledger {

class SqliteReader;

class SqliteWriter {
 public:
  /// `reader` reads over the same connection, so that it sees what is being written.
  SqliteWriter(SqliteReader& reader, std::shared_ptr<const Shelving> shelving, SigningKey key);
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  /// For a ledger that was written before there were heads: leaves for all that stands, and a head over them. Inside a
  /// transaction of the caller's.
  Outcome prove_what_stands();
  /// Reads how far the ledger has come; to be called once before all else, and again after a failure.
  Outcome begin();
  Outcome append(const Batch& batch);
  /// Puts the words that wait into the tables of words.
  Outcome catch_up();
  /// Purges what was erased, joins some of the pieces of a full table of words, and keeps the write-ahead log short.
  /// `texts` is how many were just written: who writes much may wait for much. What fails here is tried again later.
  Outcome tidy_up(std::size_t texts = 0);
  /// All of the log into the file, and the log emptied, as far as readers let it.
  Outcome empty_log();
  Outcome keep_stamp(const KeptStamp& stamp);
  const SigningKey& key() const { return growing_.key(); }

  /// FTS5's own look at its tables.
  Outcome check_words();

  // For folding anew; inside a transaction of the caller's.
  /// `before` is null for a row that is not there yet.
  Outcome write_row(const ShelfRow& row, const ShelfRow* before);
  /// Whether every column of the shelf, those for lists too, is as `row` has it.
  Result<bool> stands_as(const ShelfRow& row);
  Outcome add_search(std::uint32_t number);
  /// The words of the texts from `first` to `last` that stand into their tables; how many texts.
  Result<std::uint64_t> index_texts(TextId first, TextId last);

 private:
  struct Digests;
  Outcome write_whole(const Batch& batch);
  Outcome write(const Batch& batch);
  Outcome write_texts(const Batch& batch, Digests& digests);
  Outcome write_acts(const Batch& batch, const Digests& digests);
  Outcome write_rows(const Batch& batch);
  Outcome write_receipts(const Batch& batch);
  Outcome write_records(const Batch& batch);
  Outcome write_house(const Batch& batch);
  Outcome write_proof();
  Outcome write_nodes(const std::vector<proof::Node>& nodes);
  Outcome erase(const Erasure& erasure);
  Outcome fold_anew(CaseId case_id);
  Outcome change(const RecordChange& change);
  Outcome add_to_census(bool closed, std::int64_t by);
  Outcome tables_up_to(std::uint32_t number);
  Outcome index_words(const Text& text, AccountId account);
  Outcome index_what_is_owed(TextId last);
  Result<Version> version_of(CaseId case_id);
  Statement& update_of(std::uint32_t changed);
  Result<std::optional<CaseId>> case_of_text(TextId id);
  Outcome purge();
  Outcome seal(std::size_t pages);

  SqliteReader& reader_;
  Connection& connection_;
  std::shared_ptr<const Shelving> shelving_;
  Growing growing_;
  std::optional<Reach> reach_;           // nothing after a failure, until it is read anew
  std::uint32_t searches_ = 0;           // tables of words that are there
  std::optional<TextId> unfound_;        // the first text whose words wait for their table
  std::optional<TextId> unfound_after_;  // … once the transaction under way is written
  bool owes_ = false;                    // something is to be purged
  bool log_to_empty_ = false;
  std::optional<std::uint32_t> full_;    // a full table of words that is still in pieces
  bool sealing_ = false;                 // … and its joining has begun
  std::map<CaseId, ShelfRow> standing_;  // of cases that were written lately, as they stand
  StatementShelf made_;
  std::map<std::uint32_t, Statement> updates_;  // of a row of the shelf, by the columns that it names
  Statement add_text_, add_act_, add_event_, version_of_, case_of_text_, digest_of_, add_receipt_, find_record_,
      add_record_, set_record_, remove_record_, add_procedure_, add_house_, erase_text_, add_row_, same_row_, census_,
      owe_, owed_, paid_, owe_sealing_, to_seal_, sealed_, add_erasure_, add_key_, add_node_, add_head_, add_stamp_,
      owe_words_, words_paid_, to_index_;
};

/// Folds one case from its acts, as the ledger has them.
ShelfRow folded(const CaseFile& file, const std::vector<Text>& texts, const Shelving& shelving);

}  // namespace guichet::ledger
