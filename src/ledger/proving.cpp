#include <guichet/ledger/proving.hpp>

#include <algorithm>
#include <limits>
#include <map>

#include <guichet/ledger/growing.hpp>
#include <guichet/ledger/signing.hpp>

namespace guichet::ledger {
namespace {

/// So many rows are read at a time.
constexpr std::size_t kAtOnce = 1000;

std::uint64_t count_of(const LeafCounts& counts, Counted row) {
  switch (row) {
    case Counted::key: return counts.keys;
    case Counted::text: return counts.texts;
    case Counted::act: return counts.acts;
    case Counted::procedure: return counts.procedures;
    case Counted::house: return counts.house;
    case Counted::erasure: return counts.erasures;
  }
  return 0;
}

constexpr std::array kCounted{Counted::key,       Counted::text,  Counted::act,
                              Counted::procedure, Counted::house, Counted::erasure};

const char* name_of(Counted row) {
  switch (row) {
    case Counted::key: return "key";
    case Counted::text: return "text";
    case Counted::act: return "act";
    case Counted::procedure: return "procedure";
    case Counted::house: return "house note";
    case Counted::erasure: return "erasure";
  }
  return "";
}

Error no_head(const std::string& what) {
  return Error{Fault::not_found, what + " is under no signed head of this ledger; name one that was written"};
}

Result<KeptHead> kept_head(Reader& reader, std::uint64_t number) {
  GUICHET_TRY(head, reader.head(number));
  if (head) return *head;
  return no_head("head " + std::to_string(number));
}

Result<proof::SignedHead> told_by(Reader& reader, const KeptHead& head) {
  GUICHET_TRY(keys, reader.keys());
  GUICHET_TRY(log, reader.node(0));
  if (head.key == 0 || head.key > keys.size()) return no_head("key " + std::to_string(head.key));
  return told(head, log, keys[head.key - 1].key);
}

/// Leaves of one receipt, all under one head.
class Proving {
 public:
  Proving(Reader& reader, const KeptHead& head) : reader_(reader), head_(head) {}

  template <class Leaf>
  Outcome add(Counted row, std::uint64_t number, const Leaf& leaf, bool shown) {
    GUICHET_TRY(index, leaf_index(reader_, row, number));
    const auto node = [this](std::uint64_t place) { return node_at(place); };
    GUICHET_TRY(path, proof::inclusion_path(index, head_.counts.all(), node));
    proof::ProvenLeaf& one = receipt_.leaves.emplace_back();
    one.index = index;
    proof::canonical(leaf, one.bytes);
    one.hash = proof::leaf_hash(one.bytes);
    one.path = std::move(path);
    if (!shown) one.bytes.clear();
    return Done{};
  }

  Result<proof::Receipt> finish() {
    GUICHET_TRY(head, told_by(reader_, head_));
    receipt_.head = head;
    std::ranges::sort(receipt_.leaves, {}, &proof::ProvenLeaf::index);
    const auto twice = std::ranges::unique(receipt_.leaves, {}, &proof::ProvenLeaf::index);
    receipt_.leaves.erase(twice.begin(), twice.end());
    return std::move(receipt_);
  }

 private:
  /// The ways of many leaves share most of their nodes.
  Result<proof::Hash> node_at(std::uint64_t place) {
    const auto known = nodes_.find(place);
    if (known != nodes_.end()) return known->second;
    GUICHET_TRY(node, reader_.node(place));
    nodes_.emplace(place, node);
    return node;
  }

  Reader& reader_;
  KeptHead head_;
  std::map<std::uint64_t, proof::Hash> nodes_;
  proof::Receipt receipt_;
};

/// The erasures of a case's texts. Erased texts are few, and their erasures lie in the order of their instants only
/// by chance: all are looked at, when there is one to be found.
Result<std::vector<KeptErasure>> erasures_of(Reader& reader, const CaseFile& file) {
  std::vector<KeptErasure> found;
  const auto erased = [](const Text& text) { return text.erased.has_value(); };
  std::size_t missing = static_cast<std::size_t>(std::ranges::count_if(file.texts, erased));
  for (std::uint64_t after = 0; missing != 0;) {
    GUICHET_TRY(some, reader.erasures(after, kAtOnce));
    if (some.empty()) break;
    for (const KeptErasure& one : some) {
      const auto text = std::ranges::lower_bound(file.texts, one.text, {}, &Text::id);
      if (text == file.texts.end() || text->id != one.text) continue;
      found.push_back(one);
      --missing;
    }
    after = some.back().number;
  }
  return found;
}

/// Rows of one kind in their order, read some at a time.
template <class One>
class Stream {
 public:
  using More = std::function<Result<std::vector<One>>(std::uint64_t after)>;
  explicit Stream(More more) : more_(std::move(more)) {}
  /// The next row, or null at the end.
  Result<const One*> next() {
    if (place_ == some_.size()) {
      GUICHET_TRY(some, more_(done_));
      some_ = std::move(some);
      place_ = 0;
      if (some_.empty()) return static_cast<const One*>(nullptr);
    }
    ++done_;
    return &some_[place_++];
  }

 private:
  More more_;
  std::vector<One> some_;
  std::size_t place_ = 0;
  std::uint64_t done_ = 0;
};

/// Makes the tree again.
class Checking {
 public:
  Checking(Reader& reader, const std::function<void(const std::string&)>& say) : reader_(reader), say_(say) {}

  Outcome run() {
    GUICHET_TRY(keys, reader_.keys());
    keys_ = std::move(keys);
    KeptHead before;
    for (std::uint64_t number = 1;; ++number) {
      GUICHET_TRY(head, reader_.head(number));
      if (!head) break;
      GUICHET_TRY(checked, check_head(before, *head));
      if (stopped_) return Done{};
      before = *head;
    }
    GUICHET_TRY(newest, reader_.head(0));
    if (newest && newest->number != before.number)
      say_("head " + std::to_string(before.number + 1) + " is missing: head " + std::to_string(newest->number) +
           " stands, and nothing leads to it");
    const Result<proof::Hash> beyond = reader_.node(proof::place_of(frontier_.size()));
    if (beyond) say_("the tree of the proof has nodes beyond its newest head");
    return check_rest(before);
  }

 private:
  Outcome check_head(const KeptHead& before, const KeptHead& head) {
    const std::string named = "head " + std::to_string(head.number);
    for (const Counted row : kCounted) {
      if (count_of(head.counts, row) < count_of(before.counts, row)) {
        say_(named + " is over fewer rows of the kind \"" + name_of(row) + "\" than the head before");
        return stop();
      }
      for (std::uint64_t n = count_of(before.counts, row); n < count_of(head.counts, row); ++n) {
        GUICHET_TRY(added, add(row, n + 1));
        if (!added) {
          say_(named + " is over " + name_of(row) + " " + std::to_string(n + 1) + ", which is not there");
          return stop();
        }
      }
    }
    if (head.counts == before.counts) say_(named + " is over nothing new");
    if (head.at < before.at) say_(named + " was signed before the head that it follows");
    if (frontier_.root() != head.root)
      say_(named + " is not over the rows that stand there: its root is another, so that something up to " +
           std::string{name_of(Counted::act)} + " " + std::to_string(head.counts.acts) + " was changed");
    if (head.key == 0 || head.key > keys_.size() || head.key > head.counts.keys) {
      say_(named + " is signed by a key that is not there");
    } else {
      const proof::PublicKey& key = keys_[head.key - 1].key;
      if (!signed_by(key, proof::signed_bytes(told(head, log_, key).head), head.signature))
        say_(named + " has a signature that was not made with its key");
    }
    return Done{};
  }

  Outcome stop() {
    stopped_ = true;
    return Done{};
  }

  /// The leaf of a row, which must be the next of its kind.
  Result<bool> add(Counted row, std::uint64_t number) {
    switch (row) {
      case Counted::key:
        if (number > keys_.size() || keys_[number - 1].number != number) return false;
        return leaf(leaf_of(keys_[number - 1]), row, number);
      case Counted::text: return next(texts_, row, number, [](const Text& one) { return std::uint64_t{one.id.value}; });
      case Counted::act: return next(acts_, row, number, [](const KeptAct& one) { return one.act.number; });
      case Counted::procedure:
        return next(procedures_, row, number, [](const AdoptedProcedure& one) { return std::uint64_t{one.id.value}; });
      case Counted::house: return next(house_, row, number, [](const HouseNote& one) { return one.number; });
      case Counted::erasure: return next(erasures_, row, number, [](const KeptErasure& one) { return one.number; });
    }
    return false;
  }

  template <class One, class Number>
  Result<bool> next(Stream<One>& stream, Counted row, std::uint64_t number, const Number& number_of) {
    GUICHET_TRY(one, stream.next());
    if (one == nullptr || number_of(*one) != number) return false;
    return leaf(leaf_of(*one), row, number);
  }

  template <class Leaf>
  Result<bool> leaf(const Leaf& leaf, Counted row, std::uint64_t number) {
    proof::canonical(leaf, bytes_);
    const proof::Hash hash = proof::leaf_hash(bytes_);
    if (frontier_.size() == 0) log_ = hash;
    nodes_.clear();
    frontier_.add(hash, nodes_);
    bool first = true;
    for (const proof::Node& node : nodes_) {
      const Result<proof::Hash> kept = reader_.node(node.place);
      if (!kept || *kept != node.hash) {
        // A changed leaf changes all above it: it is told once.
        if (first)
          say_(std::string{name_of(row)} + " " + std::to_string(number) +
               " is not as it was written: its leaf is another");
        else if (!faulty_)
          say_("the tree of the proof is not over its leaves at place " + std::to_string(node.place));
        faulty_ = true;
      }
      first = false;
    }
    return true;
  }

  template <class One>
  Outcome rest(Stream<One>& stream, Counted row) {
    GUICHET_TRY(one, stream.next());
    if (one != nullptr)
      say_(std::string{"more rows of the kind \""} + name_of(row) + "\" stand there than the newest head is over");
    return Done{};
  }

  /// What no head is over.
  Outcome check_rest(const KeptHead& last) {
    if (keys_.size() != last.counts.keys) say_("more keys stand there than the newest head is over");
    GUICHET_TRY(texts, rest(texts_, Counted::text));
    GUICHET_TRY(acts, rest(acts_, Counted::act));
    GUICHET_TRY(procedures, rest(procedures_, Counted::procedure));
    GUICHET_TRY(house, rest(house_, Counted::house));
    return rest(erasures_, Counted::erasure);
  }

  Reader& reader_;
  const std::function<void(const std::string&)>& say_;
  std::vector<KeptKey> keys_;
  proof::Frontier frontier_;
  proof::Hash log_{};
  std::string bytes_;
  std::vector<proof::Node> nodes_;
  bool faulty_ = false;
  bool stopped_ = false;
  Stream<Text> texts_{[this](std::uint64_t after) {
    return reader_.kept_texts(TextId{static_cast<std::uint32_t>(after + 1)}, kAtOnce);
  }};
  Stream<KeptAct> acts_{[this](std::uint64_t after) { return reader_.kept_acts(after + 1, kAtOnce); }};
  Stream<AdoptedProcedure> procedures_{[this](std::uint64_t after) -> Result<std::vector<AdoptedProcedure>> {
    if (after != 0) return std::vector<AdoptedProcedure>{};
    return reader_.procedures();
  }};
  Stream<HouseNote> house_{[this](std::uint64_t after) { return reader_.house_notes(after, kAtOnce); }};
  Stream<KeptErasure> erasures_{[this](std::uint64_t after) { return reader_.erasures(after, kAtOnce); }};
};

}  // namespace

Result<std::optional<proof::SignedHead>> newest_head(Reader& reader) {
  GUICHET_TRY(head, reader.head(0));
  if (!head) return std::optional<proof::SignedHead>{};
  GUICHET_TRY(signed_head, told_by(reader, *head));
  return std::optional{signed_head};
}

Result<std::uint64_t> leaf_index(Reader& reader, Counted row, std::uint64_t number) {
  const std::string named = std::string{name_of(row)} + " " + std::to_string(number);
  GUICHET_TRY(newest, reader.head(0));
  if (number == 0 || !newest || count_of(newest->counts, row) < number) return no_head(named);
  // The first head that is over it; heads are numbered without gaps.
  std::uint64_t below = 0;
  std::uint64_t at = newest->number;
  while (at - below > 1) {
    const std::uint64_t middle = below + (at - below) / 2;
    GUICHET_TRY(head, kept_head(reader, middle));
    (count_of(head.counts, row) >= number ? at : below) = middle;
  }
  GUICHET_TRY(head, kept_head(reader, at));
  KeptHead before;
  if (below != 0) {
    GUICHET_TRY(kept, kept_head(reader, below));
    before = kept;
  }
  std::uint64_t index = before.counts.all();
  for (const Counted kind : kCounted) {
    if (kind == row) break;
    index += count_of(head.counts, kind) - count_of(before.counts, kind);
  }
  return index + number - count_of(before.counts, row) - 1;
}

Result<proof::Receipt> receipt_of_act(Reader& reader, std::uint64_t act) {
  GUICHET_TRY(head, kept_head(reader, 0));
  GUICHET_TRY(acts, reader.kept_acts(act, 1));
  if (acts.empty() || acts.front().act.number != act) return no_head("act " + std::to_string(act));
  Proving proving(reader, head);
  GUICHET_TRY(added, proving.add(Counted::act, act, leaf_of(acts.front()), true));
  return proving.finish();
}

Result<proof::Receipt> receipt_of_case(Reader& reader, const CaseFile& file, const Shown& shown) {
  GUICHET_TRY(head, kept_head(reader, 0));
  Proving proving(reader, head);
  GUICHET_TRY(keys, reader.keys());
  for (const KeptKey& key : keys)
    if (key.number <= head.counts.keys) {
      GUICHET_TRY(added, proving.add(Counted::key, key.number, leaf_of(key), true));
    }
  for (const Text& text : file.texts) {
    GUICHET_TRY(added, proving.add(Counted::text, text.id.value, leaf_of(text), !shown.text || shown.text(text)));
  }
  for (const Act& act : file.acts) {
    GUICHET_TRY(kept, reader.kept_acts(act.number, 1));
    if (kept.empty()) return no_head("act " + std::to_string(act.number));
    const bool all = !shown.act || shown.act(act, kept.front().events);
    GUICHET_TRY(added, proving.add(Counted::act, act.number, leaf_of(kept.front()), all));
  }
  GUICHET_TRY(erased, erasures_of(reader, file));
  for (const KeptErasure& one : erased) {
    GUICHET_TRY(added, proving.add(Counted::erasure, one.number, leaf_of(one), true));
  }
  return proving.finish();
}

Result<proof::Growth> growth_since(Reader& reader, std::uint64_t before) {
  GUICHET_TRY(head, kept_head(reader, 0));
  const std::uint64_t size = head.counts.all();
  if (before == 0 || before > size)
    return Error{Fault::usage, "this ledger has " + std::to_string(size) + " leaves; name a size from 1 to that"};
  GUICHET_TRY(path,
              proof::consistency_path(before, size, [&reader](std::uint64_t place) { return reader.node(place); }));
  GUICHET_TRY(signed_head, told_by(reader, head));
  GUICHET_TRY(was, root_at(reader, before));
  return proof::Growth{.before = before, .root_before = was, .path = std::move(path), .head = signed_head};
}

Result<proof::Hash> root_at(Reader& reader, std::uint64_t size) {
  GUICHET_TRY(head, reader.head(0));
  if (size > (head ? head->counts.all() : 0))
    return Error{Fault::usage, "this ledger has fewer than " + std::to_string(size) + " leaves"};
  return proof::root_of(size, [&reader](std::uint64_t place) { return reader.node(place); });
}

Outcome check_proof(Reader& reader, const std::function<void(const std::string&)>& say) {
  return Checking(reader, say).run();
}

}  // namespace guichet::ledger
