#include <guichet/ledger/memory.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include <guichet/ledger/batch_rules.hpp>
#include <guichet/ledger/finding.hpp>
#include <guichet/ledger/growing.hpp>
#include <guichet/ledger/listing.hpp>
#include <guichet/ledger/proving.hpp>

namespace guichet::ledger {
namespace {

using RecordKey = std::pair<std::string, std::string>;

struct KeptBody {
  Text text;
  TextKey key{};
};

struct Case {
  std::vector<Act> acts;
  std::vector<KeptEvent> events;
  std::vector<TextId> texts;
  std::optional<ShelfRow> row;
};

}  // namespace

struct MemoryLedger::Kept {
  explicit Kept(Shelving how) : shelving(std::move(how)) {}

  std::vector<Text> texts_of(const Case& one) const {
    std::vector<Text> found;
    for (const TextId id : one.texts) found.push_back(texts[id.value - 1].text);
    return found;
  }

  ShelfRow fold(const Case& one) const {
    ShelfRow row;
    const auto text_of = [&](TextId id) -> const Text* {
      // A label that imported cases share is of no case.
      const bool own = id.value <= texts.size() && (!texts[id.value - 1].text.case_id ||
                                                    texts[id.value - 1].text.case_id == one.acts.front().case_id);
      return own ? &texts[id.value - 1].text : nullptr;
    };
    std::vector<Event> events;
    for (const Act& act : one.acts) {
      events.clear();
      for (const KeptEvent& kept : one.events)
        if (kept.act == act.number) events.push_back(kept.event);
      shelve(row, act, events, text_of, shelving);
    }
    return row;
  }

  Outcome records_fit(const std::vector<RecordChange>& changes) const {
    std::map<RecordKey, std::optional<std::uint64_t>> revisions;
    for (const RecordChange& change : changes) {
      const RecordKey key{change.record.kind, change.record.key};
      const auto there = records.find(key);
      auto& revision =
          revisions.try_emplace(key, there == records.end() ? std::nullopt : std::optional{there->second.revision})
              .first->second;
      GUICHET_TRY(may, may_change(change, revision));
      revision = change.remove ? std::nullopt : std::optional{revision.value_or(0) + 1};
    }
    return Done{};
  }

  Outcome receipts_fit(const std::vector<Receipt>& given) const {
    std::set<std::string> seen;
    for (const Receipt& receipt : given)
      if (receipts.contains(receipt.key) || !seen.insert(receipt.key).second)
        return Error{Fault::conflict, "the receipt \"" + receipt.key + "\" is there already"};
    return Done{};
  }

  void write(const Batch& batch) {
    growing.start(written_at(batch, {}));
    for (const KeptText& one : batch.texts) write_text(one);
    for (const NewAct& one : batch.acts) write_act(one);
    for (const ShelfRow& row : batch.rows) cases[row.case_id].row = row;
    for (const Receipt& receipt : batch.receipts) receipts.emplace(receipt.key, receipt);
    for (const RecordChange& change : batch.records) write_record(change);
    for (const AdoptedProcedure& procedure : batch.procedures) {
      procedures.push_back(procedure);
      growing.add(procedure);
    }
    for (const HouseNote& note : batch.house) {
      house.push_back(note);
      house.back().number = house.size();
      growing.add(house.back());
    }
    for (const Erasure& erasure : batch.erasures) erase(erasure);
    if (const auto& grown = growing.finish(); grown) {
      for (const proof::Node& node : grown->nodes) nodes.push_back(node.hash);
      if (grown->key) keys.push_back(*grown->key);
      heads.push_back(grown->head);
      growing.keep();
    }
  }

  void write_text(const KeptText& one) {
    KeptBody kept;
    kept.key = new_text_key();
    kept.text.id = one.id;
    kept.text.case_id = one.case_id;
    kept.text.kind = one.text.kind;
    kept.text.author = one.text.author;
    kept.text.name = one.text.name;
    kept.text.media_type = one.text.media_type;
    kept.text.body = one.text.body;
    kept.text.body_bytes = one.text.body.size();
    kept.text.digest = sealed(kept.key, one.text.body);
    kept.text.sha256 = sha256_of(one.text.body);
    kept.text.name_digest = proof::name_digest(kept.key, one.text.name);
    growing.add(kept.text);
    texts.push_back(std::move(kept));
    cases[one.case_id].texts.push_back(one.id);
  }

  void write_act(const NewAct& one) {
    Case& its = cases[one.act.case_id];
    its.acts.push_back(one.act);
    KeptAct whole{.act = one.act,
                  .position = reach.position + 1,
                  .version = Version{its.events.empty() ? 1 : its.events.back().event.version.value + 1},
                  .events = {}};
    for (const Event& event : one.events) {
      KeptEvent kept{.position = ++reach.position, .act = one.act.number, .event = event};
      if (event.text) kept.text_digest = texts[event.text.value - 1].text.digest;
      its.events.push_back(kept);
      whole.events.push_back(kept);
    }
    growing.add(whole);
    acts.push_back(std::move(whole));
    act_homes.push_back(one.act.case_id);
    reach.recorded = one.act.recorded;
  }

  void write_record(const RecordChange& change) {
    const RecordKey key{change.record.kind, change.record.key};
    if (change.remove) {
      records.erase(key);
      return;
    }
    Record& there = records[key];
    const std::uint64_t revision = there.revision + 1;
    there = change.record;
    there.revision = revision;
  }

  void erase(const Erasure& erasure) {
    KeptBody& kept = texts[erasure.text.value - 1];
    if (kept.text.erased) return;
    kept.key = {};
    kept.text.body.clear();
    kept.text.name.clear();
    kept.text.sha256 = {};
    kept.text.erased = erasure.at;
    erasures.push_back(growing.add(erasure));
    Case& its = cases[kept.text.case_id];
    if (its.row) its.row = fold(its);
    if (kept.text.case_id) return;
    for (auto& [id, one] : cases)
      if (one.row) one.row = fold(one);
  }

  Reach reached() const {
    Reach now = reach;
    now.act = act_homes.size();
    now.text = TextId{static_cast<std::uint32_t>(texts.size())};
    for (auto last = cases.rbegin(); last != cases.rend() && !now.case_id; ++last)
      if (last->second.row) now.case_id = last->first;
    now.procedure = ProcedureId{static_cast<std::uint16_t>(procedures.size())};
    now.house = house.size();
    return now;
  }

  Shelving shelving;
  std::uint32_t failing = 0;
  std::shared_mutex mutex;
  Reach reach;  // its position and recorded only
  std::map<CaseId, Case> cases;
  std::vector<CaseId> act_homes;  // by number of the act
  std::vector<KeptBody> texts;    // by number
  std::map<std::string, Receipt> receipts;
  std::map<RecordKey, Record> records;
  std::vector<AdoptedProcedure> procedures;
  std::vector<HouseNote> house;
  // The proof.
  Growing growing{SigningKey::drawn()};
  std::vector<KeptAct> acts;  // by number
  std::vector<proof::Hash> nodes;
  std::vector<KeptKey> keys;
  std::vector<KeptHead> heads;
  std::vector<KeptErasure> erasures;
  std::vector<KeptStamp> stamps;
};

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(MemoryLedger::Kept& kept) : kept_(kept) {}

  Result<Reach> reach() override {
    const std::shared_lock lock(kept_.mutex);
    return kept_.reached();
  }

  Result<std::optional<ShelfRow>> row(CaseId case_id) override {
    const std::shared_lock lock(kept_.mutex);
    const auto found = kept_.cases.find(case_id);
    return found == kept_.cases.end() ? std::nullopt : found->second.row;
  }

  Result<std::optional<CaseFile>> case_file(CaseId case_id) override {
    const std::shared_lock lock(kept_.mutex);
    const auto found = kept_.cases.find(case_id);
    if (found == kept_.cases.end() || !found->second.row) return std::optional<CaseFile>{};
    const Case& one = found->second;
    CaseFile file{*one.row, one.acts, one.events, kept_.texts_of(one)};
    for (const KeptEvent& kept : file.events) {
      // Events of imported cases that say the same share one label, which is no case's own.
      const auto is_it = [&kept](const Text& text) { return text.id == kept.event.text; };
      if (kept.event.text && std::ranges::none_of(file.texts, is_it))
        file.texts.push_back(kept_.texts[kept.event.text.value - 1].text);
    }
    std::ranges::sort(file.texts, {}, &Text::id);
    for (Text& text : file.texts)
      if (text.kind == TextKind::file || text.kind == TextKind::mail) text.body.clear();
    return std::optional{std::move(file)};
  }

  Result<Text> text(TextId id) override {
    const std::shared_lock lock(kept_.mutex);
    if (!id || id.value > kept_.texts.size())
      return Error{Fault::not_found, "there is no text " + std::to_string(id.value)};
    return kept_.texts[id.value - 1].text;
  }

  Result<Listed<ShelfRow>> cases(const CaseQuery& query) override {
    GUICHET_TRY(key, key_after(query.after));
    const std::shared_lock lock(kept_.mutex);
    const bool falling = falls(query);
    const auto before = [falling](const ListKey& a, const ListKey& b) { return falling ? b < a : a < b; };
    Listed<ShelfRow> listed;
    for (const auto& [id, one] : kept_.cases)
      if (one.row && matches(query, *one.row) && (!key || before(*key, key_of(query.order, *one.row))))
        listed.rows.push_back(*one.row);
    std::sort(listed.rows.begin(), listed.rows.end(), [&](const ShelfRow& a, const ShelfRow& b) {
      return before(key_of(query.order, a), key_of(query.order, b));
    });
    const std::size_t limit = list_limit(query.limit);
    if (listed.rows.size() <= limit) return listed;
    listed.rows.resize(limit);
    listed.next = cursor_at(key_of(query.order, listed.rows.back()));
    return listed;
  }

  Result<std::uint64_t> count(const CaseQuery& query, std::uint64_t most) override {
    const std::shared_lock lock(kept_.mutex);
    std::uint64_t counted = 0;
    for (const auto& [id, one] : kept_.cases)
      if (counted < most && one.row && matches(query, *one.row)) ++counted;
    return counted;
  }

  Result<CaseCounts> counts() override {
    const std::shared_lock lock(kept_.mutex);
    CaseCounts counts;
    for (const auto& [id, one] : kept_.cases)
      if (one.row) ++(closed(*one.row) ? counts.closed : counts.living);
    counts.all = counts.living + counts.closed;
    return counts;
  }

  Result<Listed<Found>> search(const SearchQuery& query) override {
    std::uint32_t before = std::numeric_limits<std::uint32_t>::max();
    if (!query.after.empty()) {
      const auto [end, fault] = std::from_chars(query.after.data(), query.after.data() + query.after.size(), before);
      if (fault != std::errc{} || end != query.after.data() + query.after.size())
        return Error{Fault::usage, "the place \"" + query.after + "\" is in no search; begin at its first page"};
    }
    const std::shared_lock lock(kept_.mutex);
    const Sought sought = sought_in(query.words);
    const std::size_t limit = list_limit(query.limit);
    Listed<Found> listed;
    std::set<CaseId> seen;
    for (auto kept = kept_.texts.rbegin(); kept != kept_.texts.rend(); ++kept) {
      const Text& text = kept->text;
      const ShelfRow* row = shown_to(query, text);
      if (row == nullptr || seen.contains(text.case_id)) continue;
      const std::string words = kept_.shelving.words_of(text);
      if (text.erased || !found(sought, folded_words(words))) continue;
      seen.insert(text.case_id);
      if (text.id.value >= before) continue;
      if (listed.rows.size() == limit) {
        listed.next = std::to_string(listed.rows.back().text.value);
        break;
      }
      listed.rows.push_back({*row, text.id, excerpt(sought, words)});
    }
    return listed;
  }

  Result<std::vector<Due>> due(Instant until, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<Due> due;
    for (const auto& [id, one] : kept_.cases)
      if (one.row && one.row->next_tick != kNever && one.row->next_tick <= until)
        due.push_back({id, one.row->next_tick});
    std::stable_sort(due.begin(), due.end(), [](const Due& a, const Due& b) { return a.at < b.at; });
    due.resize(std::min(due.size(), limit));
    return due;
  }

  Result<Instant> next_due() override {
    const std::shared_lock lock(kept_.mutex);
    Instant next = kNever;
    for (const auto& [id, one] : kept_.cases)
      if (one.row) next = std::min(next, one.row->next_tick);
    return next;
  }

  Result<std::vector<NewAct>> acts_from(std::uint64_t first, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<NewAct> acts;
    for (std::uint64_t number = std::max<std::uint64_t>(first, 1); number <= kept_.act_homes.size(); ++number) {
      if (acts.size() == limit) break;
      const Case& home = kept_.cases.at(kept_.act_homes[number - 1]);
      NewAct& one = acts.emplace_back();
      one.act = *std::find_if(home.acts.begin(), home.acts.end(), [&](const Act& act) { return act.number == number; });
      for (const KeptEvent& kept : home.events)
        if (kept.act == number) one.events.push_back(kept.event);
    }
    return acts;
  }

  Result<bool> for_each_case(const std::function<bool(const ShelfRow&, std::span<const Event>)>& visit) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<Event> events;
    for (const auto& [id, one] : kept_.cases) {
      if (!one.row) continue;
      events.clear();
      for (const KeptEvent& kept : one.events) events.push_back(kept.event);
      if (!visit(*one.row, events)) return false;
    }
    return true;
  }

  Result<std::optional<Receipt>> receipt(std::string_view key) override {
    const std::shared_lock lock(kept_.mutex);
    const auto found = kept_.receipts.find(std::string{key});
    return found == kept_.receipts.end() ? std::nullopt : std::optional{found->second};
  }

  Result<std::optional<Record>> record(std::string_view kind, std::string_view key) override {
    const std::shared_lock lock(kept_.mutex);
    const auto found = kept_.records.find({std::string{kind}, std::string{key}});
    return found == kept_.records.end() ? std::nullopt : std::optional{found->second};
  }

  Result<std::vector<Record>> records(const RecordQuery& query) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<Record> found;
    for (const auto& [key, record] : kept_.records)
      if (record.kind == query.kind && (!query.owner || record.owner == *query.owner) &&
          (!query.at_before || (record.at != kNever && record.at < *query.at_before)) &&
          (query.at_before || query.key_after.empty() || record.key > query.key_after) &&
          record.key.starts_with(query.key_prefix))
        found.push_back(record);
    if (query.at_before)
      std::stable_sort(found.begin(), found.end(), [](const Record& a, const Record& b) { return a.at < b.at; });
    found.resize(std::min(found.size(), list_limit(query.limit)));
    return found;
  }

  Result<std::vector<AdoptedProcedure>> procedures() override {
    const std::shared_lock lock(kept_.mutex);
    return kept_.procedures;
  }

  Result<std::vector<HouseNote>> house_notes(std::uint64_t after, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<HouseNote> notes;
    for (const HouseNote& note : kept_.house)
      if (note.number > after && notes.size() < limit) notes.push_back(note);
    return notes;
  }

  Result<std::optional<KeptHead>> head(std::uint64_t number) override {
    const std::shared_lock lock(kept_.mutex);
    if (kept_.heads.empty() || number > kept_.heads.size()) return std::optional<KeptHead>{};
    return std::optional{number == 0 ? kept_.heads.back() : kept_.heads[number - 1]};
  }

  Result<proof::Hash> node(std::uint64_t place) override {
    const std::shared_lock lock(kept_.mutex);
    if (place < kept_.nodes.size()) return kept_.nodes[place];
    return Error{Fault::not_found, "the tree of the proof has no place " + std::to_string(place)};
  }

  Result<std::vector<KeptKey>> keys() override {
    const std::shared_lock lock(kept_.mutex);
    return kept_.keys;
  }

  Result<std::vector<KeptErasure>> erasures(std::uint64_t after, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    return some_of(kept_.erasures, after, limit);
  }

  Result<std::vector<KeptAct>> kept_acts(std::uint64_t first, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    return some_of(kept_.acts, first == 0 ? 0 : first - 1, limit);
  }

  Result<std::vector<Text>> kept_texts(TextId first, std::size_t limit) override {
    const std::shared_lock lock(kept_.mutex);
    std::vector<Text> texts;
    for (KeptBody& one : some_of(kept_.texts, first ? first.value - 1 : 0, limit)) {
      one.text.body.clear();
      texts.push_back(std::move(one.text));
    }
    return texts;
  }

  Result<TextKey> text_key(TextId id) override {
    const std::shared_lock lock(kept_.mutex);
    if (id && id.value <= kept_.texts.size() && !kept_.texts[id.value - 1].text.erased)
      return kept_.texts[id.value - 1].key;
    return Error{Fault::not_found, "text " + std::to_string(id.value) + " is not there, or was erased with its key"};
  }

  Result<std::vector<KeptStamp>> stamps() override {
    const std::shared_lock lock(kept_.mutex);
    return kept_.stamps;
  }

 private:
  template <class One>
  static std::vector<One> some_of(const std::vector<One>& all, std::uint64_t after, std::size_t limit) {
    const std::size_t from = std::min<std::size_t>(all.size(), after);
    const std::size_t count = std::min(all.size() - from, limit);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
    return std::vector<One>(begin, begin + static_cast<std::ptrdiff_t>(count));
  }

  /// The row of the text's case when this search may show the text, or null.
  const ShelfRow* shown_to(const SearchQuery& query, const Text& text) const {
    const Case& one = kept_.cases.at(text.case_id);
    if (!one.row) return nullptr;
    const bool outside = query.account || query.mediator;
    if (outside && text.kind == TextKind::note) return nullptr;
    if (query.account && one.row->account != *query.account) return nullptr;
    if (query.mediator && (!one.row->mediator || one.row->mediator != *query.mediator)) return nullptr;
    return &*one.row;
  }

  MemoryLedger::Kept& kept_;
};

MemoryLedger::MemoryLedger(Shelving shelving) : kept_(std::make_unique<Kept>(std::move(shelving))) {}
MemoryLedger::~MemoryLedger() = default;

void MemoryLedger::fail_appends(std::uint32_t count) {
  const std::unique_lock lock(kept_->mutex);
  kept_->failing = count;
}

Outcome MemoryLedger::append(const Batch& batch) {
  const std::unique_lock lock(kept_->mutex);
  GUICHET_TRY(fitting, fits(batch, {.reach = kept_->reached(),
                                    .version_of = [this](CaseId id) -> Result<Version> {
                                      const auto found = kept_->cases.find(id);
                                      return found == kept_->cases.end() || found->second.events.empty()
                                                 ? Version{}
                                                 : found->second.events.back().event.version;
                                    },
                                    .case_of_text = [this](TextId id) -> Result<std::optional<CaseId>> {
                                      return !id || id.value > kept_->texts.size()
                                                 ? std::nullopt
                                                 : std::optional{kept_->texts[id.value - 1].text.case_id};
                                    }}));
  GUICHET_TRY(receipts, kept_->receipts_fit(batch.receipts));
  GUICHET_TRY(records, kept_->records_fit(batch.records));
  if (kept_->failing != 0) {
    --kept_->failing;
    return Error{Fault::storage, "the ledger in memory was told to fail; nothing of this was written"};
  }
  kept_->write(batch);
  return Done{};
}

Result<std::unique_ptr<Reader>> MemoryLedger::reader() {
  return std::unique_ptr<Reader>(std::make_unique<MemoryReader>(*kept_));
}

Result<std::uint64_t> MemoryLedger::rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const std::unique_lock lock(kept_->mutex);
  std::uint64_t differing = 0;
  std::uint64_t done = 0;
  for (auto& [id, one] : kept_->cases) {
    if (one.acts.empty()) continue;
    ShelfRow row = kept_->fold(one);
    if (one.row != row) ++differing;
    one.row = std::move(row);
    done += one.acts.size();
    if (progress) progress(done, kept_->act_homes.size());
  }
  return differing;
}

Outcome MemoryLedger::back_up(const std::string& path) {
  return Error{Fault::usage, path + ": a ledger in memory has no file to be copied"};
}

Result<SignedBytes> MemoryLedger::sign(std::string_view bytes) {
  const SigningKey& key = kept_->growing.key();
  return SignedBytes{key.public_key(), key.sign(bytes)};
}

Outcome MemoryLedger::keep_stamp(const KeptStamp& stamp) {
  const std::unique_lock lock(kept_->mutex);
  kept_->stamps.push_back(stamp);
  return Done{};
}

Result<std::vector<std::string>> MemoryLedger::check() {
  std::vector<std::string> lines;
  MemoryReader reader(*kept_);
  GUICHET_TRY(proven, check_proof(reader, [&lines](const std::string& line) { lines.push_back(line); }));
  const std::shared_lock lock(kept_->mutex);
  for (const auto& [id, one] : kept_->cases)
    if (!one.acts.empty() && one.row != kept_->fold(one))
      lines.push_back("case " + std::to_string(id.value) + " stands on the shelf otherwise than its events tell");
  for (const KeptBody& kept : kept_->texts)
    if (!kept.text.erased && sealed(kept.key, kept.text.body) != kept.text.digest)
      lines.push_back("text " + std::to_string(kept.text.id.value) + " is not the text that was written");
  return lines;
}

std::unique_ptr<Ledger> memory_ledger(Shelving shelving) { return std::make_unique<MemoryLedger>(std::move(shelving)); }

}  // namespace guichet::ledger
