#include <guichet/rehearsal/history.hpp>

namespace guichet::rehearsal {

std::uint32_t History::begin(std::uint32_t number, std::uint32_t lives, std::uint32_t predecessor) {
  cases_.push_back({number, lives, predecessor, UINT32_MAX, UINT32_MAX, 0});
  return static_cast<std::uint32_t>(cases_.size() - 1);
}

void History::keep(std::uint32_t place, std::span<const Event> events, Tick now) {
  Case& kept = cases_[place];
  for (const Event& event : events) {
    if (kept.last == UINT32_MAX || chunks_[kept.last].used == kPerChunk) {
      const auto fresh = static_cast<std::uint32_t>(chunks_.size());
      chunks_.emplace_back();
      (kept.last == UINT32_MAX ? kept.first : chunks_[kept.last].next) = fresh;
      kept.last = fresh;
    }
    Chunk& chunk = chunks_[kept.last];
    chunk.events[chunk.used++] = {now,         event.actor.value, event.detail, event.kind,
                                  event.party, event.clock,       event.aux};
    ++kept.count;
  }
}

void History::read(const Case& kept, Instant start, std::vector<Event>& room) const {
  room.clear();
  std::uint32_t version = 0;
  for (std::uint32_t at = kept.first; at != UINT32_MAX; at = chunks_[at].next) {
    const Chunk& chunk = chunks_[at];
    for (std::uint32_t i = 0; i < chunk.used; ++i) {
      const Slim& slim = chunk.events[i];
      room.push_back(Event{.at = start + Duration{slim.at / 1000},
                           .case_id = CaseId{kept.number},
                           .actor = ActorId{slim.actor},
                           .text = {},
                           .detail = slim.detail,
                           .version = Version{++version},
                           .kind = slim.kind,
                           .party = slim.party,
                           .clock = slim.clock,
                           .aux = slim.aux});
    }
  }
}

}  // namespace guichet::rehearsal
