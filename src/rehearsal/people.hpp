// Who and what is in a rehearsed world at one moment: open matters, agents, queues. Plain data with stable slots;
// memory follows the number of open matters, not of all matters ever.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <guichet/core/case_state.hpp>
#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

using Slot = std::uint32_t;
using AgentIndex = std::uint32_t;
inline constexpr std::uint32_t kNone = UINT32_MAX;

/// What a seller is about to do.
enum class Plan : std::uint8_t { none, leave, react, come_back, be_missed, step };

// Life::flags
inline constexpr std::uint16_t kImplicit = 1;      // asks nothing in particular: one answer settles it
inline constexpr std::uint16_t kSettled = 2;       // the seller has what he came for
inline constexpr std::uint16_t kGone = 4;          // the seller has left for good
inline constexpr std::uint16_t kCounted = 8;       // its numbers count
inline constexpr std::uint16_t kEnded = 16;        // … and have been counted
inline constexpr std::uint16_t kSilenced = 32;     // closed for his silence at least once
inline constexpr std::uint16_t kClosedAlone = 64;  // closed by the desk alone at least once
inline constexpr std::uint16_t kEscalated = 128;
inline constexpr std::uint16_t kAppealedOnce = 256;
inline constexpr std::uint16_t kHandedOver = 512;  // a summary was handed over, and nobody has read the case since
inline constexpr std::uint16_t kOffered = 1024;    // an agent was asked to take it over and has not yet agreed
inline constexpr std::uint16_t kOwnerAway = 2048;  // its owner cannot act: a substitute may take it
inline constexpr std::uint16_t kProgress = 4096;   // the desk's last act settled something
inline constexpr std::uint16_t kDeskHas = 8192;    // it waits for the desk or is being worked on
inline constexpr std::uint16_t kQueued = 16384;    // it waits in a queue, or in an agent's own
inline constexpr std::uint16_t kLost = 32768;      // a decision went against him and stands

/// One matter of one seller, through all its cases: what the rehearsal knows beside the rules' CaseState.
struct Life {
  Tick wake_at{kNoTick};    // the earliest clock wake that waits in the agenda
  Tick seller_at{kNoTick};  // when the seller does what he plans
  Tick queued_at{};         // since when it waits
  Tick opened{};
  Tick asked_at{};  // when the seller last wrote, and his own time since then
  Slot next{kNone}, prev{kNone};
  std::uint32_t number{};   // of the matter: names its draws
  std::uint32_t case_id{};  // of its present case
  std::uint32_t seller{};
  std::uint32_t amount{};                                        // cents
  std::uint32_t words{};                                         // written in the present case
  std::uint32_t agent{kNone};                                    // who works on it, or in whose own queue it waits
  std::uint32_t met_agent{kNone}, met_words{}, met_more{kNone};  // the first agent met; the others in World::met_
  std::uint32_t desk_ms{}, seller_ms{};
  std::uint32_t kept{kNone};  // where its history is kept
  std::uint16_t messages{}, visits{}, agents{};
  std::uint16_t unsettled{};  // question slots not yet answered properly; bit 0 when it asks nothing in particular
  std::uint16_t flags{};
  std::uint8_t queue{}, priority{}, matter{}, failures{}, lives{};
  Plan plan{};
  std::uint16_t missed{};  // clocks of the desk that ran out
  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  void raise(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  void lower(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags & ~unsigned{flag}); }
};
static_assert(sizeof(Life) <= 128);

/// Slots in blocks that never move; the last freed is used first.
class Slab {
 public:
  Slot take() {
    ++live_;
    if (live_ > peak_) peak_ = live_;
    Slot slot = kNone;
    if (!free_.empty()) {
      slot = free_.back();
      free_.pop_back();
    } else {
      if (used_ == blocks_.size() * kBlock) blocks_.push_back(std::make_unique<Block>());
      slot = used_++;
    }
    state(slot) = CaseState{};
    life(slot) = Life{};
    return slot;
  }
  void give_back(Slot slot) {
    life(slot).number = 0;
    free_.push_back(slot);
    --live_;
  }
  CaseState& state(Slot slot) { return blocks_[slot / kBlock]->states[slot % kBlock]; }
  Life& life(Slot slot) { return blocks_[slot / kBlock]->lives[slot % kBlock]; }
  std::uint32_t live() const { return live_; }
  std::uint32_t peak() const { return peak_; }
  Slot used() const { return used_; }
  std::uint64_t memory_bytes() const { return blocks_.size() * sizeof(Block) + free_.capacity() * sizeof(Slot); }

 private:
  static constexpr Slot kBlock = 4096;
  struct Block {
    std::array<CaseState, kBlock> states;
    std::array<Life, kBlock> lives;
  };
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<Slot> free_;
  Slot used_ = 0;
  std::uint32_t live_ = 0, peak_ = 0;
};

/// First in, first out, with removal from the middle; links are in the lives.
struct Line {
  Slot first{kNone}, last{kNone};
};

struct Agent {
  std::uint32_t actor{};
  std::uint32_t team{};
  Slot slot{kNone};                     // what he works on
  AgentIndex next{kNone}, prev{kNone};  // among the idle
  Line own;                             // cases that wait for him in person
  std::uint32_t own_count{};
  std::uint32_t owned{};  // cases given to him, for the least loaded
  double competence{1};
  Tick began{}, shift_began{}, shift_ends{kNoTick};
  std::uint32_t closings_today{};
  std::uint32_t hired{};  // how many have held this place before
  Act act{};
  std::uint8_t to{255};  // pass_on: the queue
  bool on_duty{true}, absent{}, idle{}, leaving{};
};

}  // namespace guichet::rehearsal
