// How the desk sends and receives mail, read from a TOML file: servers, addresses, limits. Passwords stand in files of
// their own. Connects to nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/desk/mail_wire.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::desk {

struct MailSettings {
  std::string path;                                    // of the file that says so
  std::string address;                                 // of the desk: who it writes as, and where answers go
  std::string name = "Guichet";                        // shown beside it
  std::string domain;                                  // of Message-IDs; the address's own when not said
  std::string list_id;                                 // "guichet.place.example"; from the domain when not said
  formats::Language language = formats::Language::en;  // to those of whom none is known
  bool quote_words = true;                             // mails to one side hold the words of the other
  bool replies = true;                                 // mails sent to the address reach the desk, by IMAP or by a pipe
  Duration warn_before{4 * 3'600'000};    // how long before a promise ends its owner is warned; zero: never
  std::uint32_t mails_per_hour_max = 30;  // from one address; more than that waits in the tray
  /// Whether a mail of a seller that answers none opens a case by itself, and of whom: whose address a signature of its
  /// domain vouches for, or any whose address the mail server has let through.
  enum class Opens : std::uint8_t { no, signed_ones, all };
  Opens opens = Opens::no;
  std::string opens_matter;             // a matter of the procedure, by its id; empty: "other", else the first
  std::uint32_t opens_per_day_max = 5;  // from one address; more than that waits in the tray
  std::optional<MailServer> smtp;
  std::optional<MailFolder> imap;
  Duration poll_every{60'000};
};

/// `path` names the file in messages; passwords are read from the files it names, relative to its folder. The error
/// has line and column.
Result<MailSettings> read_mail_settings(std::string_view toml, const std::string& path);
Result<MailSettings> load_mail_settings(const std::string& path);

}  // namespace guichet::desk
