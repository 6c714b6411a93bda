// The events of the cases that are kept whole, in the order in which they happened, so that the catalogue of measures
// and a log can be made of them. Knows no files.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <guichet/core/event.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/rehearsal/course.hpp>

namespace guichet::rehearsal {

class History {
 public:
  /// Begins a case of the `lives`-th life of matter `number`; gives the place by which it is kept.
  std::uint32_t begin(std::uint32_t number, std::uint32_t lives, std::uint32_t predecessor);
  void keep(std::uint32_t place, std::span<const Event> events, Tick now);
  /// Of a learned course the steps are kept, not the events.
  void keep_step(std::uint32_t place, const CourseStep& step, Tick now);
  void forget(std::uint32_t place) { cases_[place].first = cases_[place].last = UINT32_MAX; }
  std::uint64_t memory_bytes() const { return chunks_.capacity() * sizeof(Chunk) + cases_.capacity() * sizeof(Case); }
  std::size_t cases() const { return cases_.size(); }

  struct Case {
    std::uint32_t number{}, lives{}, predecessor{};
    std::uint32_t first{UINT32_MAX}, last{UINT32_MAX};
  };
  const Case& at(std::size_t index) const { return cases_[index]; }
  /// The events of one case; `start` is the instant of tick zero. `room` is emptied first.
  void read(const Case& kept, Instant start, std::vector<Event>& room) const;
  /// … as the moments of a log.
  void read(const Case& kept, Instant start, const CourseWalk& walk, std::vector<Moment>& room) const;

 private:
  // Of an event what cannot be told from the case: 24 bytes.
  struct Slim {
    Tick at{};
    std::uint32_t actor{}, detail{};
    EventKind kind{};
    Party party{};
    Clock clock{};
    std::uint8_t aux{};
  };
  static constexpr std::size_t kPerChunk = 5;
  struct Chunk {
    std::array<Slim, kPerChunk> events{};
    std::uint32_t next{UINT32_MAX};
    std::uint32_t used{};
  };
  void append(Case& kept, const Slim& slim);

  std::vector<Case> cases_;
  std::vector<Chunk> chunks_;
};

}  // namespace guichet::rehearsal
