// A fixed buffer of events: the only thing that moves between rooms.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <guichet/core/event.hpp>

namespace guichet {

/// No decision writes more.
inline constexpr std::size_t kEventsPerDecisionMax = 8;

/// Room for events in somebody else's memory; only appends.
class EventBatch {
 public:
  constexpr explicit EventBatch(std::span<Event> room) : room_(room) {}

  constexpr std::size_t size() const { return size_; }
  constexpr std::size_t left() const { return room_.size() - size_; }
  constexpr std::span<const Event> events() const { return room_.first(size_); }
  constexpr void clear() { size_ = 0; }
  /// The caller has made sure that there is room.
  constexpr Event& append(const Event& event) { return room_[size_++] = event; }
  /// Forgets all but the first `count`.
  constexpr void cut(std::size_t count) { size_ = count; }

 private:
  std::span<Event> room_;
  std::size_t size_ = 0;
};

/// The answer of one decision, for tests and single commands.
struct Decision {
  std::array<Event, kEventsPerDecisionMax> room{};
  std::size_t count = 0;
  std::span<const Event> events() const { return {room.data(), count}; }
};

}  // namespace guichet
