#include <guichet/desk/changes.hpp>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include <guichet/base/random.hpp>
#include <guichet/desk/procedures.hpp>

namespace guichet::desk {
namespace {

using ledger::AdoptedProcedure;
using ledger::CaseCounts;
using ledger::CaseFile;
using ledger::CaseQuery;
using ledger::Found;
using ledger::Listed;
using ledger::Reader;
using ledger::Record;
using ledger::ShelfRow;

/// A place for the number `number` of a kind of thing.
Changes::Place scattered(std::uint64_t kind, std::uint64_t number) {
  return static_cast<Changes::Place>(scramble(number * 16 + kind) >> 48U);
}
Changes::Place scattered(std::uint64_t kind, std::string_view word) {
  return scattered(kind, std::hash<std::string_view>{}(word));
}

class NotingReader final : public Reader {
 public:
  NotingReader(Reader& reader, const Changes& changes, Instant now, Reading& reading)
      : reader_(reader), changes_(changes), now_(now), reading_(reading) {}

  Result<std::optional<ShelfRow>> row(CaseId case_id) override {
    see({Changes::of_case(case_id)});
    auto row = reader_.row(case_id);
    if (row && *row) ends(**row);
    return row;
  }
  Result<std::optional<CaseFile>> case_file(CaseId case_id) override {
    see({Changes::of_case(case_id), Changes::of_erasures()});
    auto file = reader_.case_file(case_id);
    if (file && *file) ends((*file)->row);
    return file;
  }
  Result<ledger::Text> text(TextId id) override {
    see({Changes::of_erasures()});
    return reader_.text(id);
  }
  Result<Listed<ShelfRow>> cases(const CaseQuery& query) override {
    see_list(query);
    auto listed = reader_.cases(query);
    if (listed)
      for (const ShelfRow& row : listed->rows) ends(row);
    return listed;
  }
  Result<std::uint64_t> count(const CaseQuery& query, std::uint64_t most) override {
    see_list(query);
    return reader_.count(query, most);
  }
  Result<CaseCounts> counts() override {
    see({Changes::of_cases()});
    return reader_.counts();
  }
  Result<Listed<Found>> search(const ledger::SearchQuery& query) override {
    see({Changes::of_cases(), Changes::of_words()});
    auto found = reader_.search(query);
    if (found)
      for (const Found& one : found->rows) ends(one.row);
    return found;
  }
  Result<std::optional<Record>> record(std::string_view kind, std::string_view key) override {
    see({Changes::of_record(kind, key)});
    return reader_.record(kind, key);
  }
  Result<std::vector<Record>> records(const ledger::RecordQuery& query) override {
    see({Changes::of_records(query.kind)});
    return reader_.records(query);
  }
  Result<std::vector<AdoptedProcedure>> procedures() override {
    see({Changes::of_procedures()});
    return reader_.procedures();
  }

  // Not counted: what was made from these is made anew each time.
  Result<ledger::Reach> reach() override { return passing().reach(); }
  Result<std::vector<ledger::Due>> due(Instant until, std::size_t limit) override {
    return passing().due(until, limit);
  }
  Result<Instant> next_due() override { return passing().next_due(); }
  Result<std::vector<ledger::NewAct>> acts_from(std::uint64_t first, std::size_t limit) override {
    return passing().acts_from(first, limit);
  }
  Result<bool> for_each_case(const std::function<bool(const ShelfRow&, std::span<const Event>)>& visit) override {
    return passing().for_each_case(visit);
  }
  Result<std::optional<ledger::Receipt>> receipt(std::string_view key) override { return passing().receipt(key); }
  Result<std::vector<ledger::HouseNote>> house_notes(std::uint64_t after, std::size_t limit) override {
    return passing().house_notes(after, limit);
  }
  Result<std::optional<ledger::KeptHead>> head(std::uint64_t number) override { return passing().head(number); }
  Result<proof::Hash> node(std::uint64_t place) override { return passing().node(place); }
  Result<std::vector<ledger::KeptKey>> keys() override { return passing().keys(); }
  Result<std::vector<ledger::KeptErasure>> erasures(std::uint64_t after, std::size_t limit) override {
    return passing().erasures(after, limit);
  }
  Result<std::vector<ledger::KeptAct>> kept_acts(std::uint64_t first, std::size_t limit) override {
    return passing().kept_acts(first, limit);
  }
  Result<std::vector<ledger::Text>> kept_texts(TextId first, std::size_t limit) override {
    return passing().kept_texts(first, limit);
  }
  Result<ledger::TextKey> text_key(TextId id) override { return passing().text_key(id); }
  Result<std::vector<ledger::KeptStamp>> stamps() override { return passing().stamps(); }

 private:
  /// Before the reading itself: what is committed in between makes the page older than its count says, never younger.
  void see(std::initializer_list<Changes::Place> places) {
    for (const Changes::Place place : places) reading_.seen.push_back({place, changes_.count(place)});
  }
  void see_list(const CaseQuery& query) {
    see({query.account ? Changes::of_account(*query.account) : Changes::of_cases()});
  }
  void ends(const ShelfRow& row) {
    for (const Instant at : {row.desk_due, row.seller_due, row.next_tick})
      if (at > now_) reading_.until = std::min(reading_.until, at);
  }
  Reader& passing() {
    reading_.lasting = false;
    return reader_;
  }

  Reader& reader_;
  const Changes& changes_;
  Instant now_;
  Reading& reading_;
};

}  // namespace

Changes::Place Changes::of_case(CaseId case_id) { return scattered(0, case_id.value); }
Changes::Place Changes::of_account(ledger::AccountId account) { return scattered(1, account.value); }
Changes::Place Changes::of_cases() { return scattered(2, 0); }
Changes::Place Changes::of_words() { return scattered(2, 1); }
Changes::Place Changes::of_erasures() { return scattered(2, 2); }
Changes::Place Changes::of_procedures() { return scattered(2, 3); }
Changes::Place Changes::of_people() { return scattered(2, 4); }
Changes::Place Changes::of_forecasts() { return scattered(2, 5); }
Changes::Place Changes::of_record(std::string_view kind, std::string_view key) {
  return scattered(3, scramble(std::hash<std::string_view>{}(kind)) ^ std::hash<std::string_view>{}(key));
}
Changes::Place Changes::of_records(std::string_view kind) { return scattered(4, kind); }

void Changes::committed(const ledger::Batch& batch) {
  for (const ShelfRow& row : batch.rows) {
    touch(of_case(row.case_id));
    touch(of_account(row.account));
  }
  if (!batch.rows.empty()) touch(of_cases());
  if (!batch.texts.empty() || !batch.erasures.empty()) touch(of_words());
  if (!batch.erasures.empty()) touch(of_erasures());
  if (!batch.procedures.empty() ||
      std::ranges::any_of(batch.house, [](const auto& note) { return withdrawal_from(note).has_value(); }))
    touch(of_procedures());
  for (const ledger::RecordChange& change : batch.records) {
    const std::string& kind = change.record.kind;
    touch(of_record(kind, change.record.key));
    touch(of_records(kind));
    if (kind == "person" || kind == "account") touch(of_people());
  }
}

bool Reading::stands(const Changes& changes) const {
  return std::ranges::all_of(seen, [&](const Seen& one) { return changes.count(one.place) == one.count; });
}

std::unique_ptr<ledger::Reader> noting(ledger::Reader& reader, const Changes& changes, Instant now, Reading& reading) {
  return std::make_unique<NotingReader>(reader, changes, now, reading);
}

}  // namespace guichet::desk
