// A mailbox, read and put into cases, written into a ledger: each mail as it came beside its words, with why it stands
// where it stands and what its bytes said of its way. Asks no network; keys come by a function.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/desk/importing.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/signing.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::desk {

/// What a mailbox can say of the cases in it.
inline constexpr measures::Needs kMailboxSays{measures::Need::persons, measures::Need::machines, measures::Need::turns,
                                              measures::Need::sellers, measures::Need::messages};

struct MailboxImported {
  Imported written;
  std::uint64_t mails{};         // now in cases, also those that joined
  std::uint64_t joined{};        // of these: in cases that were there before
  std::uint64_t joined_cases{};  // so many
  std::uint64_t known{};         // were in the ledger before
  std::uint64_t waiting{};       // now in the mail tray
  std::vector<std::uint32_t> known_mails;
  std::vector<std::uint32_t> other_mails;  // bear the Message-ID of a mail that was there before, and say other things
};

struct MailboxIn {
  const intake::mail::Mailbox& box;  // settled
  std::string name;
  intake::mail::FindKey find_key;
  const Procedures* procedures = nullptr;  // of the ledger's living cases; null: none is judged
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;  // cases; may be empty
};

/// Whether a mail of this identity was sent, received or brought in before: for Mailbox::settle.
std::function<bool(const std::string& id)> known_in(ledger::Reader& reader);

/// A thread that the ledger knows some mail of goes on in that mail's case. `ledger` has no other writer meanwhile. An
/// import that was cut is gone on with by doing it again.
Result<MailboxImported> import_mailbox(ledger::Ledger& ledger, const ledger::Shelving& shelving, const MailboxIn& in,
                                       Instant now);

}  // namespace guichet::desk
