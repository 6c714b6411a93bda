// A case as lists show it: one row, folded from its acts and events, so that every row can be made again from them
// at will. The shelf decides nothing; the rules read `state` and nothing else of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <guichet/core/procedure.hpp>
#include <guichet/ledger/kept.hpp>

namespace guichet::ledger {

/// How the shelf reads what the ledger itself does not understand: procedures as text, and words.
struct Shelving {
  /// The rules of a procedure, kept alive as long as the ledger; those of the procedure in force when the id is zero.
  std::function<const Procedure&(ProcedureId)> procedure_of;
  /// The team that handles a case in this state, by its name in the procedure; may be empty.
  std::function<std::string(const CaseState&)> team_of;
  /// The words of a text by which it is found; empty for none.
  std::function<std::string(const Text&)> words_of;
  /// What the case is called, from the text of its first event; may be empty.
  std::function<std::string(const Text&)> subject_of;
  /// Whether a program wrote it and no person, as an imported log or mailbox says; may be empty: nothing is by one.
  std::function<bool(const Text&)> by_program;
};

struct ShelfRow {
  CaseId case_id;
  AccountId account;
  ActorId opener;
  CaseState state;
  std::string subject, team;
  Instant opened{}, changed{};  // the first and the last event
  Instant next_tick = kNever;   // when the timekeeper has to come
  Instant desk_due = kNever;    // the promise of the desk soonest to break
  Instant seller_due = kNever;  // the same for the seller
  std::optional<Instant> desk_spoke, seller_spoke;
  std::uint32_t amount_cents{};
  std::uint32_t messages{}, notes{}, offers{}, restrictions{}, decisions{}, escalations{};
  std::vector<ActorId> agents;             // persons of the desk who wrote to the seller, in order of first appearance
  CaseId predecessor;                      // it starts again from
  CaseId continues_in;                     // the desk and the seller go on there
  ActorId mediator;                        // to whom it was last referred
  std::optional<std::uint8_t> decided_as;  // Decided, of the last decision
  std::optional<std::uint8_t> closed_on;   // Ground, while it is closed
  Instant last_offer = kNever;             // made or refused; appeals and escalations by the seller count too
  bool adverse_after{};                    // a restriction took effect within 90 days after such a moment
  friend bool operator==(const ShelfRow&, const ShelfRow&) = default;
};

/// Folds the events of one act, in order, into the row. `text_of` finds the text of an event that carries one,
/// or gives none. The row's times are made again from its state at the end.
void shelve(ShelfRow& row, const Act& act, std::span<const Event> events,
            const std::function<const Text*(TextId)>& text_of, const Shelving& shelving);

/// When the seller's silence counts as giving up under these rules; kNever when it cannot, or was found already. The
/// desk's last words wait for him, or it closed the case on his silence or alone. Counted in elapsed time. The row's
/// next_tick includes it.
Instant abandoned_at(const ShelfRow& row, const Procedure& rules);

}  // namespace guichet::ledger
