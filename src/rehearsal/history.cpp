#include <guichet/rehearsal/history.hpp>

namespace guichet::rehearsal {

std::uint32_t History::begin(std::uint32_t number, std::uint32_t lives, std::uint32_t predecessor) {
  cases_.push_back({number, lives, predecessor, UINT32_MAX, UINT32_MAX});
  return static_cast<std::uint32_t>(cases_.size() - 1);
}

void History::append(Case& kept, const Slim& slim) {
  if (kept.last == UINT32_MAX || chunks_[kept.last].used == kPerChunk) {
    const auto fresh = static_cast<std::uint32_t>(chunks_.size());
    chunks_.emplace_back();
    (kept.last == UINT32_MAX ? kept.first : chunks_[kept.last].next) = fresh;
    kept.last = fresh;
  }
  Chunk& chunk = chunks_[kept.last];
  chunk.events[chunk.used++] = slim;
}

void History::keep(std::uint32_t place, std::span<const Event> events, Tick now) {
  for (const Event& event : events)
    append(cases_[place], {now, event.actor.value, event.detail, event.kind, event.party, event.clock, event.aux});
}

void History::keep_step(std::uint32_t place, const CourseStep& step, Tick now) {
  const auto machine = static_cast<std::uint8_t>(step.machine ? 1 : 0);
  append(cases_[place], {now, step.person, std::uint32_t{step.team} << 16 | step.label, {}, {}, {}, machine});
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

void History::read(const Case& kept, Instant start, const CourseWalk& walk, std::vector<Moment>& room) const {
  room.clear();
  for (std::uint32_t at = kept.first; at != UINT32_MAX; at = chunks_[at].next)
    for (const Slim& slim : std::span{chunks_[at].events}.first(chunks_[at].used)) {
      CourseStep step;
      step.label = static_cast<std::uint16_t>(slim.detail);
      step.team = static_cast<std::uint16_t>(slim.detail >> 16);
      step.person = slim.actor;
      step.machine = slim.aux != 0;
      room.push_back(walk.moment(step, start + Duration{slim.at / 1000}));
    }
}

}  // namespace guichet::rehearsal
