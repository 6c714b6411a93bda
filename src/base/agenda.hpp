// Things due at instants, in a total order: by instant, then by the order in which they were put in. A
// ring of buckets, each a plain list until its turn comes and then sorted once; what lies beyond the ring
// waits in one more list, looked through once per half turn. Knows nothing of what is due.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <guichet/base/check.hpp>

namespace guichet {

/// `Payload` is a small trivially copyable value. Times are whole numbers of any one unit, rising from
/// the `start` given; nothing may be put in before the time of the entry taken out last.
template <class Payload>
class Agenda {
 public:
  struct Entry {
    std::uint64_t at;        // when
    std::uint32_t sequence;  // ties: first in, first out; starts again after 2^32 entries
    Payload payload;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
    }
  };

  /// `bucket_width_log2`: a bucket spans 2^that units. Best when a bucket receives some 10 to 1000
  /// entries; the ring then covers 2^(width + 12) units and what is later is sorted in when reached.
  explicit Agenda(unsigned bucket_width_log2, std::uint64_t start = 0)
      : shift_(bucket_width_log2),
        ring_(kBuckets),
        open_at_(start >> bucket_width_log2),
        ring_end_(open_at_ + kBuckets) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void push(std::uint64_t at, Payload payload) {
    const Entry entry{at, sequence_++, payload};
    ++size_;
    const std::uint64_t bucket = at >> shift_;
    if (bucket <= open_at_) {
      late_.push_back(entry);  // falls into the open bucket: merged through a small heap
      std::push_heap(late_.begin(), late_.end(), later);
    } else {
      place(entry);
    }
  }

  /// The entry due first. The agenda is not empty.
  const Entry& peek() {
    settle();
    return from_heap() ? late_.front() : open_[next_];
  }

  Entry pop() {
    settle();
    --size_;
    if (from_heap()) {
      std::pop_heap(late_.begin(), late_.end(), later);
      const Entry entry = late_.back();
      late_.pop_back();
      return entry;
    }
    return open_[next_++];
  }

  /// The entry `ahead` places behind the next one of the open bucket, for prefetching; null when there is none.
  const Entry* upcoming(std::size_t ahead) const {
    return next_ + ahead < open_.size() ? &open_[next_ + ahead] : nullptr;
  }

 private:
  static constexpr std::size_t kBuckets = 4096;
  static constexpr std::uint64_t kMask = kBuckets - 1;

  static bool later(const Entry& a, const Entry& b) { return b < a; }
  bool from_heap() const { return !late_.empty() && (next_ == open_.size() || late_.front() < open_[next_]); }

  void place(const Entry& entry) {
    const std::uint64_t bucket = entry.at >> shift_;
    if (bucket < ring_end_)
      ring_[bucket & kMask].push_back(entry);
    else
      beyond_.push_back(entry);
  }

  /// Opens buckets until one has something in it.
  void settle() {
    GUICHET_CHECK(size_ != 0, "nobody takes from an empty agenda");
    while (next_ == open_.size() && late_.empty()) {
      open_.clear();
      next_ = 0;
      if (size_ == beyond_.size()) {  // nothing in the ring: jump to where the next bucket is
        const auto first = std::min_element(beyond_.begin(), beyond_.end());
        open_at_ = (first->at >> shift_) - 1;
        ring_end_ = open_at_ + kBuckets / 2;
      }
      ++open_at_;
      if (open_at_ + kBuckets / 2 >= ring_end_) turn_the_ring();
      open_.swap(ring_[open_at_ & kMask]);
      std::sort(open_.begin(), open_.end());
    }
  }

  /// The ring moves on by half of itself and takes in what it covers by now.
  void turn_the_ring() {
    ring_end_ += kBuckets / 2;
    std::vector<Entry> waiting;
    waiting.swap(beyond_);
    for (const Entry& entry : waiting) place(entry);
  }

  unsigned shift_;
  std::vector<std::vector<Entry>> ring_;
  std::vector<Entry> open_;    // the bucket whose turn it is, sorted
  std::size_t next_ = 0;       // first entry of open_ not yet taken
  std::vector<Entry> late_;    // heap of what was put into the open bucket after it was sorted
  std::vector<Entry> beyond_;  // what lies past the ring
  std::uint64_t open_at_;      // number of the open bucket
  std::uint64_t ring_end_;     // first bucket past the ring; at most kBuckets after the open one
  std::uint32_t sequence_ = 0;
  std::size_t size_ = 0;
};

}  // namespace guichet
