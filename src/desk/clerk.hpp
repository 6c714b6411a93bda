// The single writer: takes errands, asks the rules, writes what they say in one transaction with others that wait, and
// answers when it is on disk. HTTP threads never touch a state; the clerk never touches a socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/refusal.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

class WallClock;
class People;

/// One command of an errand, with the texts it brings.
struct Step {
  /// `at`, `case_id` and `text` are filled in by the clerk; actor and party are the errand's unless set here.
  Command command;
  std::optional<ledger::NewText> text;       // the command's own
  std::vector<ledger::NewText> attachments;  // files; each becomes an exhibit of the case
  /// Set when the words name their files: called with the ids the attachments got, gives the body of `text`.
  std::function<std::string(const std::vector<TextId>&)> body_with_files;
  /// It happened elsewhere and is entered as it is known: no rule is asked and no clock moves. Only opening and
  /// messages of cases that live under no procedure; its files are no exhibits. The command says what is told: kind,
  /// who, side.
  bool told = false;
};

struct Answer;

/// What somebody wants done: all of it or nothing.
struct Errand {
  ledger::Channel channel{};
  ActorId person;  // zero: the clock
  Party party{};
  ledger::AccountId account;  // of a case that is opened; otherwise found from the case
  CaseId case_id;             // zero: a new case, numbered by the clerk
  std::vector<Step> steps;
  std::string key;              // idempotency: "<who>:<key>"; empty: none
  std::uint64_t fingerprint{};  // of what was asked
  std::vector<ledger::RecordChange> records;
  std::vector<ledger::AdoptedProcedure> procedures;  // ids given by the clerk
  std::vector<ledger::HouseNote> house;
  /// A procedure that one of `house` withdraws: done only while it is still to come when it is written.
  ProcedureId withdraws;
  std::vector<TextId> erase;
  /// Cases to look at again: passed on where whoever has them, or is asked to take them over, can no longer answer.
  std::vector<CaseId> pass_on;
  /// When set, the case must still be visible to this person as it now stands; otherwise as if it were not there.
  std::function<bool(const ledger::ShelfRow&)> visible;
  /// What follows from it elsewhere, each done or refused by itself once this is done; in the same transaction.
  std::vector<Errand> afterwards;
  /// The same, of what can only be said once it is done: how a new case is numbered, say. On the clerk's thread.
  std::function<std::vector<Errand>(const Answer&)> follows;
};

/// What became of it.
struct Answer {
  enum class Kind : std::uint8_t {
    done,
    repeated,  // the same key had been done before; case and version are those of then
    refused,   // by the rules: `refusal`, of step `step`
    no_such_case,
    key_mistaken,  // the same key, another content
    conflict,      // a record had changed meanwhile
    too_late,      // the procedure that it withdraws is in force, or was
    withdrawn,     // it was withdrawn before
    stopped,       // the desk closes
    failed,        // the disk: `error`
  };
  Kind kind{};
  Refusal refusal{};
  std::size_t step{};
  CaseId case_id;
  Version version;
  std::vector<Event> events;
  std::vector<TextId> texts;  // of the steps, attachments after their step's own
  std::vector<ProcedureId> procedures;
  std::string error;
  bool ok() const { return kind == Kind::done || kind == Kind::repeated; }
};

/// Called once, after the commit, on the thread of the clerk's that only answers; it does not block.
using Told = std::function<void(const Answer&)>;

/// What was committed, for those who follow (open screens, mail, webhooks, people).
struct Committed {
  const ledger::Batch& batch;
};

struct ClerkCounts {
  std::uint64_t errands{}, refused{}, commits{}, failed{}, events{}, waiting{};
  bool failing = false;  // the disk did not take the newest transaction
};

class Clerk {
 public:
  struct Parts {
    ledger::Ledger* ledger{};
    const WallClock* clock{};
    Procedures* procedures{};
    const People* people{};
    ledger::Shelving shelving;
  };
  /// `on_commit` is called on the clerk's thread after each commit, before those who wait are answered.
  static Result<std::unique_ptr<Clerk>> start(const Parts& parts, std::function<void(const Committed&)> on_commit);
  virtual ~Clerk() = default;
  /// From any thread. `told` may be empty.
  virtual void submit(Errand errand, Told told) = 0;
  /// The same, and waits. Not from a thread of the clerk's, nor from an HTTP thread.
  virtual Answer run(Errand errand) = 0;
  virtual ClerkCounts counts() const = 0;
  /// Writes what waits, answers it, and ends. Later errands are answered as stopped.
  virtual void stop() = 0;
};

}  // namespace guichet::desk
