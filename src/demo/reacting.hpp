// What an invented person does when a real one has acted: answers, thanks, asks again, accepts. Decides when and what,
// and leaves the doing to the player.
#pragma once

#include <cstdint>
#include <optional>

#include <guichet/base/time.hpp>
#include <guichet/demo/people.hpp>
#include <guichet/demo/script.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::demo {

class Reacting {
 public:
  Reacting(const Crowd& crowd, const desk::Procedures& procedures, std::uint64_t seed)
      : crowd_(crowd), procedures_(procedures), seed_(seed) {}

  /// When somebody invented would act next in this case as it stands; kNever when nobody would.
  Instant when(const ledger::ShelfRow& row, Instant now) const;
  /// What he does then; nothing when there is nothing to do. `tale` is what the case is about, when that is known.
  std::optional<desk::Errand> reaction(const ledger::CaseFile& file, ledger::Reader& reader, Tale* tale,
                                       Instant now) const;

 private:
  enum class Move : std::uint8_t {
    none,
    take,  // the desk: nobody has it
    accept_hand_off,
    answer,          // the desk
    decide,          // the desk: an appeal, or what goes round in circles
    agree,           // the desk, to the seller's proposal
    reply,           // the seller, to the desk's questions
    settle,          // the seller: thanks and closes, or asks again
    judge_proposal,  // the seller
    judge_offer,     // the seller
    judge_decision,  // the seller
    end_mediation,
  };
  struct Next {
    Move move{};
    ActorId by;
  };
  Next next(const ledger::ShelfRow& row) const;
  ActorId somebody_of(const ledger::ShelfRow& row) const;
  bool is_visitors(const ledger::ShelfRow& row) const;
  Random draw(const ledger::ShelfRow& row, std::uint64_t purpose) const {
    return Random{seed_ + std::uint64_t{row.case_id.value} * 0x9e37'79b9'7f4a'7c15U,
                  purpose << 32 | row.state.version.value};
  }

  const Crowd& crowd_;
  const desk::Procedures& procedures_;
  std::uint64_t seed_;
};

}  // namespace guichet::demo
