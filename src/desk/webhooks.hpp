// News for other programs: each act of the ledger is told to the addresses that an administrator named, signed, at
// least once, and tried again when nobody answers. No address waits for another. Tells numbers and kinds of events,
// never words.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/outside.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

struct Webhook {
  std::string id;
  std::string url;                  // http or https
  std::string label;                // what it is for
  std::string secret;               // of the signatures
  std::vector<std::string> events;  // kinds of events that are told; empty: all
  bool active = true;
  std::uint64_t revision{};
};

ledger::Record to_record(const Webhook& webhook);
Result<Webhook> webhook_from(const ledger::Record& record);
/// Empty when the address can be used, else what is wrong with it, in English.
std::string wrong_with_address(std::string_view url, WebhookReach reach);

/// What still has to be told: tried `attempts` times, next at the record's instant; `given_up` after the last.
struct Delivery {
  std::string webhook;
  std::uint64_t act{};
  std::uint32_t attempts{};
  std::string last_fault;
  bool given_up = false;
};
Result<Delivery> delivery_from(const ledger::Record& record);

inline constexpr std::string_view kWebhookKind = "webhook";
inline constexpr std::string_view kDeliveryKind = "delivery";

/// The header Guichet-Signature: "t=<seconds>,v1=<HMAC-SHA256 of 't.body' under the secret, base64url>".
std::string signature_of(std::string_view secret, std::string_view body, Instant at);

class Webhooks {
 public:
  /// A thread of its own, woken by `look` and when something is due.
  static Result<std::unique_ptr<Webhooks>> start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock,
                                                 WebhookReach reach);
  virtual ~Webhooks() = default;
  /// Something was committed. From any thread, also the clerk's.
  virtual void look() = 0;
  /// An address was added, changed or removed.
  virtual void renew() = 0;
  /// Tells everything that is due at `now`, on the calling thread; returns how many were told. For tests: without a
  /// running thread.
  virtual Result<std::uint64_t> step(Instant now) = 0;
  /// Does not wait for those who do not answer: what is on its way is given up, stays due and is told again later.
  virtual void stop() = 0;
  /// The same without its thread: only `step` does something.
  static Result<std::unique_ptr<Webhooks>> by_hand(ledger::Ledger& ledger, Clerk& clerk, WebhookReach reach);
};

}  // namespace guichet::desk
