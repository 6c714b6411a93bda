// Writes history into a ledger that has no clerk yet: each step asks the rules, clocks ring at their instants, and many
// acts go into one transaction. For filling only; a living desk is written by its clerk.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <set>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/refusal.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::demo {

class Composer {
 public:
  /// `reach` is how far the ledger has come. The rules are those of one procedure for all cases.
  Composer(ledger::Ledger& ledger, const desk::InForce& procedure, ledger::Shelving shelving,
           const ledger::Reach& reach);

  /// What is not history goes with the next transaction.
  ledger::Batch& batch() { return batch_; }

  /// Rings every clock that is due by then, each at its instant.
  void pass_time(Instant until);
  /// One step on a case, or on a new one when there is no number; its instant is never before that of the step before.
  Refusal take(CaseId& case_id, ledger::AccountId account, const desk::Step& step, Instant at);
  /// Null before it is opened.
  const ledger::ShelfRow* row(CaseId case_id) const;
  std::size_t cases() const { return rows_.size(); }
  std::uint64_t acts() const { return reach_.act; }

  /// Writes what has gathered, when it is much or `all` is asked for.
  Outcome write(bool all);

 private:
  Refusal rule(Command command, ledger::Channel channel, std::vector<ledger::KeptText>& texts, ledger::ShelfRow& row);
  void ring(CaseId case_id, Instant at);
  void touched(const ledger::ShelfRow& row);
  const ledger::Text* find_text(TextId id, const std::vector<ledger::KeptText>& texts);

  ledger::Ledger& ledger_;
  const desk::InForce& procedure_;
  ledger::Shelving shelving_;
  ledger::Reach reach_;
  CaseId first_;  // rows_[0] is of the case after it
  std::vector<ledger::ShelfRow> rows_;
  std::set<CaseId> changed_;
  ledger::Batch batch_;
  ledger::Text shown_;
  struct Ring {
    Instant at{};
    CaseId case_id;
    friend bool operator>(const Ring& a, const Ring& b) { return a.at != b.at ? a.at > b.at : a.case_id > b.case_id; }
  };
  std::priority_queue<Ring, std::vector<Ring>, std::greater<>> rings_;
};

}  // namespace guichet::demo
