// What the values of header fields say: identities of messages, addresses, words, and the stations a message passed.
// Each takes any bytes. Knows no message as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/intake/mail/date.hpp>

namespace guichet::intake::mail {

struct Address {
  std::string name;     // decoded; may be empty
  std::string address;  // "anna@shop.example", as written; what cannot be read as one is kept in `name` alone
  friend bool operator==(const Address&, const Address&) = default;
};

/// One Received field: who says to have got the message from whom, and when.
struct Hop {
  std::string from;          // the name the sender gave itself
  std::string from_address;  // the first IP address written beside it; may be empty
  std::string by, with, id, for_whom;
  std::optional<MailDate> date;
  friend bool operator==(const Hop&, const Hop&) = default;
};

inline constexpr std::size_t kIdsMax = 1'000;
inline constexpr std::size_t kAddressesMax = 2'000;
inline constexpr std::size_t kIdBytesMax = 998;  // RFC 5322, 2.1.1: no line is longer

/// Identities without their angle brackets and without blanks inside; each once, in order. Without any brackets,
/// words that hold an "@", or the only word there is.
std::vector<std::string> read_ids(std::string_view value);

/// Every mailbox of a list, those of groups too.
std::vector<Address> read_addresses(std::string_view value);

/// Words with encoded words (RFC 2047) decoded; what is not UTF-8 is read as windows-1252.
std::string read_words(std::string_view value);

Hop read_hop(std::string_view value);

/// "text/plain; charset=utf-8" in its parts; names of parameters in lower case, values decoded (RFC 2231, RFC 2047).
struct Typed {
  std::string type;  // lower case; "attachment", "text/plain"; empty when it cannot be read
  std::vector<std::pair<std::string, std::string>> parameters;
  /// Empty when there is none of this name.
  std::string_view parameter(std::string_view lower_case_name) const;
};
Typed read_content_type(std::string_view value);
Typed read_disposition(std::string_view value);

/// ASCII letters in lower case; other bytes as they are.
std::string lower_case(std::string_view text);

/// Makes the library behind this room ready; called by whatever needs it, as often as they like.
void ready_mail_library();

}  // namespace guichet::intake::mail
