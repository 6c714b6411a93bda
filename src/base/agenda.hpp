// Things due at instants, in a total order: by instant, then first in, first out. They lie on three shelves: what
// comes soon on a wheel of narrow buckets, about one thing in each; what comes later on a ring of wide ones, packed
// closely; the rest in a list. Each hands on to the one before. Knows nothing of what is due.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <guichet/base/check.hpp>

namespace guichet {
namespace agenda {

/// Which of the last N buckets have something in them; buckets are numbered without end.
template <std::size_t N>
class Marks {
 public:
  void set(std::uint64_t bucket) { words_[bucket / 64 % kWords] |= std::uint64_t{1} << (bucket % 64); }
  void clear(std::uint64_t bucket) { words_[bucket / 64 % kWords] &= ~(std::uint64_t{1} << (bucket % 64)); }
  bool has(std::uint64_t bucket) const { return (words_[bucket / 64 % kWords] >> (bucket % 64) & 1) != 0; }
  /// The first one marked from `from` on; `end` when there is none before. All marks lie between the two.
  std::uint64_t next(std::uint64_t from, std::uint64_t end) const {
    while (from < end) {
      const std::uint64_t word = words_[from / 64 % kWords] >> (from % 64);
      if (word != 0) return from + static_cast<unsigned>(std::countr_zero(word));
      from = (from / 64 + 1) * 64;
    }
    return end;
  }

 private:
  static constexpr std::size_t kWords = N / 64;
  std::array<std::uint64_t, kWords> words_{};
};

/// Buckets of few things each, as lists through one small array that the processor's first cache holds.
template <class Entry, std::size_t N>
class Wheel {
 public:
  std::size_t size() const { return size_; }
  std::uint64_t next(std::uint64_t from, std::uint64_t end) const { return marks_.next(from, end); }

  void put(std::uint64_t bucket, const Entry& entry) {
    std::uint32_t node = free_;
    if (node != 0) {
      free_ = nodes_[node].next;
    } else {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    std::uint32_t& newest = newest_[bucket % N];
    nodes_[node] = {entry.at, entry.payload, newest};
    newest = node;
    marks_.set(bucket);
    ++size_;
  }

  /// Appends what is in the bucket, the newest first, and empties it.
  void take(std::uint64_t bucket, std::vector<Entry>& to) {
    std::uint32_t node = std::exchange(newest_[bucket % N], 0);
    while (node != 0) {
      Node& taken = nodes_[node];
      to.push_back({taken.at, taken.payload});
      --size_;
      const std::uint32_t older = taken.next;
      taken.next = std::exchange(free_, node);
      node = older;
    }
    marks_.clear(bucket);
  }

  std::size_t memory_bytes() const { return sizeof(*this) + nodes_.capacity() * sizeof(Node); }

 private:
  struct Node {
    std::uint64_t at;
    decltype(Entry::payload) payload;
    std::uint32_t next;  // the one put in before it; 0: none
  };
  std::vector<Node> nodes_{1};  // the first is nobody's
  std::array<std::uint32_t, N> newest_{};
  Marks<N> marks_;
  std::uint32_t free_ = 0;
  std::size_t size_ = 0;
};

/// Buckets of many things each, which are only appended to and then taken whole: chains of blocks with 31 things of
/// eight bytes, from one pool.
template <class Payload, std::size_t N>
class Ring {
 public:
  Ring() : buckets_(N) {}

  bool has(std::uint64_t bucket) const { return marks_.has(bucket); }
  std::uint64_t next(std::uint64_t from, std::uint64_t end) const { return marks_.next(from, end); }

  void put(std::uint64_t bucket, std::uint32_t low, Payload payload) {
    Bucket& into = buckets_[bucket % N];
    if (into.used == kSlots) add_block(into);
    into.newest->slots[into.used++] = {low, payload};
    marks_.set(bucket);
  }

  /// Calls `with(low, payload)` for all in the bucket, the oldest first, and empties it.
  template <class With>
  void take(std::uint64_t bucket, With&& with) {
    Bucket& from = buckets_[bucket % N];
    chain_.clear();
    for (Block* block = from.newest; block != nullptr; block = block->older) chain_.push_back(block);
    for (; !chain_.empty(); chain_.pop_back()) {
      Block* oldest = chain_.back();
      const std::uint32_t used = oldest == from.newest ? from.used : kSlots;
      for (std::uint32_t i = 0; i < used; ++i) with(oldest->slots[i].low, oldest->slots[i].payload);
      oldest->older = std::exchange(free_, oldest);
    }
    from = {};
    marks_.clear(bucket);
  }

  std::size_t memory_bytes() const {
    return sizeof(*this) + N * sizeof(Bucket) + pool_.size() * kBlocks * sizeof(Block);
  }

 private:
  static constexpr std::uint32_t kSlots = 31;
  static constexpr std::size_t kBlocks = 256;  // that are asked for at a time
  struct Slot {
    std::uint32_t low;
    Payload payload;
  };
  struct Block {
    std::array<Slot, kSlots> slots;
    Block* older;  // the one filled before, or the next free one
  };
  struct Bucket {
    Block* newest = nullptr;
    std::uint32_t used = kSlots;  // of the newest
  };

  void add_block(Bucket& into) {
    if (free_ == nullptr) grow();
    Block* block = std::exchange(free_, free_->older);
    block->older = std::exchange(into.newest, block);
    into.used = 0;
  }

  void grow() {
    pool_.push_back(std::make_unique_for_overwrite<Block[]>(kBlocks));
    for (std::size_t i = kBlocks; i-- > 0;) pool_.back()[i].older = std::exchange(free_, &pool_.back()[i]);
  }

  std::vector<Bucket> buckets_;
  Marks<N> marks_;
  std::vector<std::unique_ptr<Block[]>> pool_;
  std::vector<Block*> chain_;  // of the bucket being taken
  Block* free_ = nullptr;
};

}  // namespace agenda

/// `Payload` is trivially copyable and has four bytes. Times are whole numbers of any one unit; nothing may be put in
/// before the time of the entry taken out last. Things of one instant always lie in one bucket of one shelf, in the
/// order in which they came: so there is no sequence number that could run out.
template <class Payload>
class Agenda {
  static_assert(sizeof(Payload) == 4 && std::is_trivially_copyable_v<Payload>);

 public:
  struct Entry {
    std::uint64_t at;  // when
    Payload payload;
  };

  /// `bucket_width_log2`: a narrow bucket spans 2^that units at first; it then follows how densely things come.
  explicit Agenda(unsigned bucket_width_log2 = 20, std::uint64_t start = 0)
      : width_(std::min(bucket_width_log2, kWidthMax)) {
    start_at(start);
  }

  std::size_t size() const { return pushed_ - popped_; }
  bool empty() const { return pushed_ == popped_; }

  void push(std::uint64_t at, Payload payload) {
    ++pushed_;
    if (at >> width_ >= first_) [[likely]] {
      place({at, payload});
    } else {  // falls among those already opened: merged through a small heap
      late_.push_back({at, late_number_++, payload});
      std::push_heap(late_.begin(), late_.end());
    }
  }

  /// The entry due first. The agenda is not empty.
  Entry peek() {
    settle();
    return late_is_first() ? Entry{late_.front().at, late_.front().payload} : opened_[next_];
  }

  Entry pop() {
    settle();
    ++popped_;
    if (late_is_first()) [[unlikely]]
      return pop_late();
    return opened_[next_++];
  }

  /// The entry some `ahead` places behind the next one, for prefetching; null when it is not known yet.
  const Entry* upcoming(std::size_t ahead) const {
    return next_ + ahead < opened_.size() ? &opened_[next_ + ahead] : nullptr;
  }

  void clear(std::uint64_t start = 0) { *this = Agenda(width_, start); }

  std::size_t memory_bytes() const {
    return sizeof(*this) - sizeof(wheel_) - sizeof(ring_) + wheel_.memory_bytes() + ring_.memory_bytes() +
           opened_.capacity() * sizeof(Entry) + late_.capacity() * sizeof(Numbered) + beyond_.size() * sizeof(Entry);
  }

 private:
  static constexpr std::size_t kWheel = 2048;  // narrow buckets
  static constexpr std::size_t kRing = 8192;   // wide buckets,
  static constexpr unsigned kFold = 9;         // each of 2^9 narrow ones
  static constexpr std::uint64_t kWide = std::uint64_t{1} << kFold;
  static constexpr unsigned kWidthMax = 32 - kFold;    // so that 32 bits tell places in a wide bucket
  static constexpr std::uint64_t kJudgedAfter = 1024;  // entries, before the width is thought over
  static constexpr std::ptrdiff_t kFew = 24;           // sorted by insertion
  static constexpr std::size_t kEstimable = 64;        // entries that tell a width beforehand

  struct Numbered {
    std::uint64_t at, number;
    Payload payload;
    friend bool operator<(const Numbered& a, const Numbered& b) {  // the first is the greatest, as heaps have it
      return a.at != b.at ? a.at > b.at : a.number > b.number;
    }
  };

  /// Of one instant, what was opened came before what is late.
  bool late_is_first() const {
    return !late_.empty() && (next_ == opened_.size() || late_.front().at < opened_[next_].at);
  }

  Entry pop_late() {
    std::pop_heap(late_.begin(), late_.end());
    const Entry entry{late_.back().at, late_.back().payload};
    late_.pop_back();
    return entry;
  }

  void settle() {
    if (next_ == opened_.size() && late_.empty()) open_more();
  }

  void place(const Entry& entry) {
    const std::uint64_t bucket = entry.at >> width_;
    if (bucket < wheel_end_)
      wheel_.put(bucket, entry);
    else if (bucket >> kFold < ring_end_)
      ring_.put(bucket >> kFold, static_cast<std::uint32_t>(entry.at), entry.payload);
    else
      beyond_.push_back(entry);
  }

  /// Opens the next bucket that has something; more of them when there is so much that the caller will want to look
  /// ahead, and next to nothing of what is put in is due so soon.
  void open_more() {
    GUICHET_CHECK(!empty(), "nobody takes from an empty agenda");
    if (popped_ - judged_popped_ >= std::max<std::uint64_t>(kJudgedAfter, size())) judge_width();
    opened_.clear();
    next_ = 0;
    const std::size_t enough = std::min<std::size_t>(size() / 128, 32);
    do {
      bring_near();
      first_ = wheel_.next(first_, wheel_end_);
      open(first_++);
    } while (opened_.size() < enough && wheel_.size() != 0);
  }

  void open(std::uint64_t bucket) {
    const auto from = static_cast<std::ptrdiff_t>(opened_.size());
    wheel_.take(bucket, opened_);
    const auto begin = opened_.begin() + from;
    if (opened_.end() - begin > kFew) return sort_crowd(begin);
    for (auto one = begin; one != opened_.end(); ++one) {  // each came before those to its left
      const Entry entry = *one;
      auto to = one;
      for (; to != begin && entry.at <= to[-1].at; --to) *to = to[-1];
      *to = entry;
    }
  }

  /// Sorts from `begin` on, where the newest stand first.
  void sort_crowd(typename std::vector<Entry>::iterator begin) {
    std::vector<Numbered> crowd;
    std::uint64_t newer = 0;
    for (auto one = begin; one != opened_.end(); ++one) crowd.push_back({one->at, --newer, one->payload});
    std::sort(crowd.rbegin(), crowd.rend());
    for (const Numbered& one : crowd) *begin++ = {one.at, one.payload};
  }

  /// Afterwards the wheel has something, and reaches as far as it can.
  void bring_near() {
    while (wheel_.size() == 0) {
      if (ring_.next(wheel_end_ >> kFold, ring_end_) == ring_end_) jump();
      first_ = wheel_end_ = ring_.next(wheel_end_ >> kFold, ring_end_) << kFold;
      take_in();
    }
    while (wheel_end_ + kWide <= first_ + kWheel) take_in();
  }

  /// The wheel reaches one wide bucket further.
  void take_in() {
    const std::uint64_t bucket = wheel_end_ >> kFold;
    if (bucket + kRing / 2 >= ring_end_) turn();
    wheel_end_ += kWide;
    if (!ring_.has(bucket)) return;
    const std::uint64_t base = bucket << kFold << width_;
    ring_.take(bucket, [&](std::uint32_t low, Payload payload) {
      const std::uint64_t at = base + (low - static_cast<std::uint32_t>(base));
      wheel_.put(at >> width_, {at, payload});
    });
  }

  /// The ring reaches as far as it can and takes in what it covers by now.
  void turn() {
    ring_end_ = (wheel_end_ >> kFold) + kRing;
    for (std::size_t left = beyond_.size(); left != 0; --left) {
      const Entry entry = beyond_.front();
      beyond_.pop_front();
      place(entry);
    }
  }

  /// With nothing on the wheel and the ring: on to where the first of the others is.
  void jump() {
    const auto [first, last] =
        std::minmax_element(beyond_.begin(), beyond_.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
    const std::uint64_t at = first->at;
    if (beyond_.size() >= kEstimable) width_ = width_for((last->at - at) / beyond_.size());
    start_at(at);
    turn();
  }

  void start_at(std::uint64_t at) {
    ring_end_ = at >> width_ >> kFold;
    first_ = wheel_end_ = ring_end_ << kFold;
  }

  /// One entry in a bucket, or half of one.
  static unsigned width_for(std::uint64_t gap) {
    return std::min(static_cast<unsigned>(std::bit_width(gap | 1)) - 1, kWidthMax);
  }

  /// Looks at how far apart things came since the last time, and changes the width when it is far from that.
  void judge_width() {
    const std::uint64_t now = opened_.empty() ? judged_at_ : std::max(judged_at_, opened_.back().at);
    const unsigned wanted = width_for((now - judged_at_) / (popped_ - judged_popped_));
    judged_popped_ = popped_;
    judged_at_ = now;
    if (wanted + 1 < width_ || wanted > width_ + 1) change_width(wanted);
  }

  /// Nothing is open and nothing late.
  void change_width(unsigned width) {
    const std::uint64_t reached = first_ << width_;
    std::vector<Entry> bucket;
    while (wheel_.size() != 0) {
      first_ = wheel_.next(first_, wheel_end_);
      wheel_.take(first_, bucket);
      beyond_.insert(beyond_.end(), bucket.rbegin(), bucket.rend());
      bucket.clear();
    }
    for (std::uint64_t wide = wheel_end_ >> kFold; (wide = ring_.next(wide, ring_end_)) != ring_end_; ++wide) {
      const std::uint64_t base = wide << kFold << width_;
      ring_.take(wide, [&](std::uint32_t low, Payload payload) {
        beyond_.push_back({base + (low - static_cast<std::uint32_t>(base)), payload});
      });
    }
    width_ = width;
    start_at(reached);
    turn();
  }

  unsigned width_;               // log2 of a narrow bucket's span
  std::uint64_t first_ = 0;      // the first narrow bucket not opened yet
  std::uint64_t wheel_end_ = 0;  // the first narrow bucket past the wheel; also where the ring begins
  std::uint64_t ring_end_ = 0;   // the first wide bucket past the ring
  std::uint64_t pushed_ = 0, popped_ = 0;
  std::size_t next_ = 0;        // the first of opened_ not yet taken
  std::vector<Entry> opened_;   // what was in the buckets opened last, sorted
  std::vector<Numbered> late_;  // heap of what was put in since and is due before first_
  std::uint64_t late_number_ = 0;
  std::uint64_t judged_popped_ = 0, judged_at_ = 0;  // when the width was last thought over
  agenda::Wheel<Entry, kWheel> wheel_;
  agenda::Ring<Payload, kRing> ring_;
  std::deque<Entry> beyond_;  // what lies past the ring
};

}  // namespace guichet
