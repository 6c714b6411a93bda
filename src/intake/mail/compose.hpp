// Writes one mail of ours as the bytes that are sent: plain text in UTF-8, lines that every server takes, and the
// header by which answers, resends and loops are recognised. Knows no server and no clock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {

struct Outgoing {
  Address from, to;
  std::string subject;
  std::string text;  // UTF-8, line feeds
  Instant date{};
  std::string message_id;               // without brackets, as the ids below
  std::string in_reply_to;              // may be empty
  std::vector<std::string> references;  // the oldest first
  std::string list_name, list_id;       // "Guichet", "guichet.place.example"; no List-Id when the latter is empty
  bool automatic = true;                // Auto-Submitted: auto-generated (RFC 3834)
  std::string stop_address;             // where a person says "no more mails"; https; may be empty
};

/// The mail with CRLF line ends, ready for SMTP. Control signs in names and subject become blanks, so that nothing
/// breaks out of its field. The same mail gives the same bytes.
std::string compose(const Outgoing& mail);

/// Whether this can stand as an address in an envelope: one "@", no blanks, brackets or control signs.
bool is_mail_address(std::string_view address);
/// Whether this can stand as the identity of a mail: printable ASCII without blanks and brackets, at most 250 bytes.
bool is_message_id(std::string_view id);

}  // namespace guichet::intake::mail
