// The live desk, whole: a ledger opened, its people and rules in memory, clerk, timekeeper, doorman and server at work.
// Joins the parts of this room and decides nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/desk/http.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

struct DeskOptions {
  House house;
  ServerOptions server;
  /// Adopted when the ledger has no procedure yet: its text and name. Must read well.
  std::string procedure_name, procedure_toml;
  std::function<void(std::string_view)> log;
};

class Desk {
 public:
  /// Takes over the ledger and the clock. `demo_clock` is the same clock when it is a demo's, else null. Starts
  /// everything but the server.
  static Result<std::unique_ptr<Desk>> open(std::unique_ptr<ledger::Ledger> ledger,
                                            std::shared_ptr<Procedures> procedures, std::shared_ptr<WallClock> clock,
                                            DemoClock* demo_clock, DeskOptions options);
  virtual ~Desk() = default;
  /// Listens; Fault::usage when it cannot.
  virtual Outcome listen() = 0;
  virtual std::string url() const = 0;
  virtual Shared& shared() = 0;
  /// Requests as the server would hand them in: for tests.
  virtual const Handler& handler() const = 0;
  /// Besides those of the desk itself, called after each commit, on the clerk's thread.
  virtual void follow(std::function<void(const Committed&)> follower) = 0;
  /// Answers what it has taken, then ends.
  virtual void stop(Duration grace) = 0;
};

/// The ledger of a file, and the procedures that its shelf is made by. With neither, a memory ledger.
struct OpenedLedger {
  std::unique_ptr<ledger::Ledger> ledger;
  std::shared_ptr<Procedures> procedures;
};
Result<OpenedLedger> open_ledger(const ledger::Opening& opening);
OpenedLedger ledger_in_memory();

}  // namespace guichet::desk
