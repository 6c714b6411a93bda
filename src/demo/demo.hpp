// A desk to try: a marketplace that does not exist, with some thousand cases behind it, accounts that a visitor may
// play, and people who go on acting. Everybody and every word is invented, and every text says so.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/demo/player.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::demo {

struct DemoOptions {
  std::uint64_t seed = 2026;
  std::string scenario = "demo-marketplace";  // a shipped one, or a path
  /// The encoded hash of kDemoPassword; empty: made here, which takes a moment.
  std::string password_hash;
  /// How much of the filling is done, 0 … 1; may be empty.
  std::function<void(double share)> progress;
};

/// The password of every account of a demo. It protects nothing: all that is there is invented.
inline constexpr const char* kDemoPassword = "demo-guichet";

/// An account that a visitor may play.
struct DemoAccount {
  desk::Role role{};
  std::string name, email;
  std::string look_at;  // key of the sentence that says what to look at first
};

struct DemoCounts {
  std::uint64_t cases{}, acts{}, living{}, refused{};
};

class Demo {
 public:
  /// Fills a ledger in which there is nothing yet; otherwise Fault::usage. The history ends at `now`.
  static Result<std::unique_ptr<Demo>> fill(desk::OpenedLedger& opened, Instant now, const DemoOptions& options);
  /// A ledger that was filled so before; Fault::not_found when it was not.
  static Result<std::unique_ptr<Demo>> reopen(desk::OpenedLedger& opened, const DemoOptions& options);
  virtual ~Demo() = default;

  virtual const std::vector<DemoAccount>& accounts() const = 0;
  virtual DemoCounts counts() const = 0;
  /// The case of a showcase; zero when the ledger was reopened.
  virtual CaseId showcase(Showcase which) const = 0;
  /// The invented people begin to act in this desk; once. The player ends before the desk does.
  virtual Result<std::unique_ptr<Player>> play(desk::Shared& shared) = 0;
};

/// The accounts as lines for a terminal: role, address, what to look at.
std::string accounts_as_text(const std::vector<DemoAccount>& accounts, const formats::Phrases& phrases);

/// `now`, or when it is night for the desk of this scenario, shortly after it opens next: at any hour a visitor finds
/// it awake, with an hour of work before it at least.
Result<Instant> awake_at(Instant now, const DemoOptions& options);

}  // namespace guichet::demo
