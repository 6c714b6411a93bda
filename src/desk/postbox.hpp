// The desk's mail: follows the ledger and tells those concerned by letter, and takes in what is mailed to the desk.
// Each letter goes out at least once and under one Message-ID; no mail that came is lost, answered by machine, or put
// into a case for a number in its subject.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/mail_settings.hpp>
#include <guichet/desk/mail_spool.hpp>
#include <guichet/desk/mail_wire.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/intake/mail/signing.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// What a postbox has done since it was started; for /metrics.
struct PostboxCounts {
  std::uint64_t queued{}, sent{}, put_off{}, given_up{}, fetched{}, taken{}, opened{}, repeated{}, trayed{}, bounced{},
      faults{};
};

/// One try of something, since the postbox was started.
struct MailTried {
  Instant at{};
  std::string fault;  // English, as the server or the disk said it; empty: it went well
};

/// How mail stands, for whoever keeps the desk. Says nothing of what mails say.
struct MailState {
  std::optional<MailTried> sent, polled;          // the last try of each
  std::optional<Instant> sent_well, polled_well;  // the last that went well
  std::optional<MailTried> fault;                 // the last that did not, of whatever kind
  std::optional<MailTried> tested;                // the last test mail
  ActorId tested_by;
  bool test_waits = false;
  std::size_t spooled{};  // mails that came and are not taken in yet
};

/// A mail to somebody who wants to know whether mails arrive.
struct TestMail {
  ActorId person;
  std::string name, address;
  formats::Language language{};
};

class Postbox {
 public:
  struct Parts {
    ledger::Ledger* ledger{};
    Clerk* clerk{};
    Procedures* procedures{};
    People* people{};
    const House* house{};  // read at each step: its address may become known late
    MailSettings settings;
    std::unique_ptr<Outbox> outbox;             // null: nothing is sent, and nothing queued
    std::optional<MailSpool> spool;             // none: nothing comes in
    intake::mail::FindKey find_key;             // of the signatures of what comes in; empty: none is known
    std::function<void(std::string_view)> log;  // what went wrong, one line each; may be empty
    // Asked for by `stop`, before all else: whoever finds keys may look at it, so as not to hold up the stop.
    std::stop_source stop = std::stop_source{};
  };
  /// On a thread of its own, woken by `look` and when something is due.
  static Result<std::unique_ptr<Postbox>> start(Parts parts, const WallClock& clock);
  /// The same without a thread: only `step` does something.
  static Result<std::unique_ptr<Postbox>> by_hand(Parts parts);
  virtual ~Postbox() = default;

  /// Something was committed, or put into the spool. From any thread, also the clerk's.
  virtual void look() = 0;
  /// Queues letters for what is new, fetches, takes in, and sends what is due at `now`, on the calling thread. What
  /// goes wrong with one of these does not keep the others; the first fault is given.
  virtual Outcome step(Instant now) = 0;
  virtual PostboxCounts counts() const = 0;
  virtual MailState state() const = 0;
  /// Valid as long as the postbox; with passwords, so for nobody's eyes as a whole.
  virtual const MailSettings& settings() const = 0;
  /// Sends it with the next step, once, and notes in `state` what came of it. False when nothing is sent at all, or
  /// another one waits. From any thread.
  virtual bool test(TestMail mail) = 0;
  virtual void stop() = 0;
};

}  // namespace guichet::desk
