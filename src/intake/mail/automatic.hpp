// Whether a person wrote this mail, or a program: replies by machine, reports of failed delivery, lists. Such mails are
// kept and shown, but start nothing and are never answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <guichet/intake/mail/message.hpp>

namespace guichet::intake::mail {

/// In the order in which they are looked for. Written to records by name.
enum class Automatic : std::uint8_t {
  bounce,        // a report of failed or late delivery, or from MAILER-DAEMON
  report,        // another report by machine: a receipt that it was shown, a complaint of a provider
  auto_reply,    // Auto-Submitted (RFC 3834), X-Autoreply, "Out of office" …
  bulk,          // Precedence: bulk, junk or list
  mailing_list,  // List-Id (RFC 2919)
};
/// "auto_reply"
std::string_view name(Automatic automatic);

/// Nothing when a person may have written it.
std::optional<Automatic> automatic(const Message& message);

}  // namespace guichet::intake::mail
