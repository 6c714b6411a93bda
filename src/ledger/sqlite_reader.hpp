// Reads a ledger in SQLite over a connection of its own. Knows the tables; writes nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <guichet/ledger/finding.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/listing.hpp>
#include <guichet/ledger/sqlite_connection.hpp>

namespace guichet::ledger {

/// Texts are found through tables of so many each: a search goes from the newest table back and stops when it has
/// enough, and the words of an erased text are purged by writing one table anew.
inline constexpr std::uint32_t kTextsPerSearch = 131'072;
constexpr std::uint32_t search_number(TextId id) { return id.value / kTextsPerSearch; }
std::string search_table(std::uint32_t number);
/// The word of the column `scope` by which an account finds what it may read.
std::string scope_word(AccountId account);

/// How far the tables have come.
Result<Reach> reach_of(Connection& connection);
/// The first text whose words do not stand in their table yet, nor those of any after it.
Result<std::optional<TextId>> words_owed_from(Connection& connection);

class SqliteReader final : public Reader {
 public:
  SqliteReader(std::unique_ptr<Connection> connection, std::shared_ptr<const Shelving> shelving);
  SqliteReader(const SqliteReader&) = delete;
  SqliteReader& operator=(const SqliteReader&) = delete;

  Result<Reach> reach() override;
  Result<std::optional<ShelfRow>> row(CaseId case_id) override;
  Result<std::optional<CaseFile>> case_file(CaseId case_id) override;
  Result<Text> text(TextId id) override;
  Result<Listed<ShelfRow>> cases(const CaseQuery& query) override;
  Result<std::uint64_t> count(const CaseQuery& query, std::uint64_t most) override;
  Result<CaseCounts> counts() override;
  Result<Listed<Found>> search(const SearchQuery& query) override;
  Result<std::vector<Due>> due(Instant until, std::size_t limit) override;
  Result<Instant> next_due() override;
  Result<std::vector<NewAct>> acts_from(std::uint64_t first, std::size_t limit) override;
  Result<bool> for_each_case(const std::function<bool(const ShelfRow&, std::span<const Event>)>& visit) override;
  Result<std::optional<Receipt>> receipt(std::string_view key) override;
  Result<std::optional<Record>> record(std::string_view kind, std::string_view key) override;
  Result<std::vector<Record>> records(const RecordQuery& query) override;
  Result<std::vector<AdoptedProcedure>> procedures() override;
  Result<std::vector<HouseNote>> house_notes(std::uint64_t after, std::size_t limit) override;
  Result<std::optional<KeptHead>> head(std::uint64_t number) override;
  Result<proof::Hash> node(std::uint64_t place) override;
  Result<std::vector<KeptKey>> keys() override;
  Result<std::vector<KeptErasure>> erasures(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<KeptAct>> kept_acts(std::uint64_t first, std::size_t limit) override;
  Result<std::vector<Text>> kept_texts(TextId first, std::size_t limit) override;
  Result<TextKey> text_key(TextId id) override;
  Result<std::vector<KeptStamp>> stamps() override;

  Connection& connection() { return *connection_; }
  const Shelving& shelving() const { return *shelving_; }
  /// The texts of a case with all their bodies, by id; for folding anew.
  Result<std::vector<Text>> whole_texts(CaseId case_id);
  /// … and the labels that it shares with other imported cases: what its row is folded from.
  Result<std::vector<Text>> texts_to_fold(CaseId case_id, const CaseFile& file);
  /// Acts and events of a case, whether it stands on the shelf or not.
  Result<CaseFile> part_of_case(CaseId case_id);

 private:
  Outcome read_history(CaseId case_id, CaseFile& file);
  Outcome read_texts(Statement& statement, CaseId case_id, std::vector<Text>& texts);
  Result<std::optional<ShelfRow>> read_row(CaseId case_id);
  Outcome add_shared_labels(CaseFile& file);
  Result<std::optional<Text>> read_text(TextId id);
  struct Page;
  /// Looks at one text that has the words, and puts it on the page when it belongs there.
  Outcome consider(const Text& text, const SearchQuery& query, const Sought& sought, TextId before, Page& page);
  Outcome search_unfound(TextId from, const SearchQuery& query, const Sought& sought, TextId before, Page& page);
  Outcome search_tables(const SearchQuery& query, const Sought& sought, TextId before, Page& page);
  Outcome search_cases_of(ActorId mediator, const Sought& sought, TextId before, Page& page);
  Result<bool> shown_before(const Sought& sought, const Text& text, TextId before, bool notes);
  Outcome show(const Text& text, const Sought& sought, Page& page);

  std::unique_ptr<Connection> connection_;
  std::shared_ptr<const Shelving> shelving_;
  StatementShelf made_;  // for lists and searches
  Statement row_, acts_, events_, texts_, whole_texts_, text_, census_, due_, next_due_, acts_from_, act_events_,
      receipt_, record_, procedures_, house_, mediated_, head_, newest_head_, node_, keys_, erasures_, kept_texts_,
      text_key_, stamps_;
};

}  // namespace guichet::ledger
