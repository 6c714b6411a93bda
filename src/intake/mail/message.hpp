// One message as a plain struct: who, to whom, when, by which way, what words, which files, and what was wrong with it.
// Any bytes give a message. The raw bytes stay with the caller: they are the evidence, this is a reading of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/sha256.hpp>
#include <guichet/intake/mail/date.hpp>
#include <guichet/intake/mail/head.hpp>
#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {

/// What was wrong, or went beyond the limits.
enum class Flaw : std::uint8_t {
  header_junk,  // lines that are no field among the fields
  header_open,  // no empty line between header and body
  header_cut,   // more or longer fields than the limits
  nul_bytes,    // in the header
  no_from,
  no_date,
  date_unreadable,
  no_message_id,
  many_message_ids,  // the first one counts
  unknown_encoding,  // a Content-Transfer-Encoding that nobody knows; the bytes are left as they are
  unknown_charset,
  wrong_charset,
  no_boundary,     // a multipart that does not say how its parts are divided
  boundary_open,   // the last part has no end
  too_deep,        // parts within parts beyond the limits; left whole
  too_many_parts,  // what follows is left out
  text_cut,
};
inline constexpr std::size_t kFlaws = 17;
/// "header_junk"
std::string_view name(Flaw flaw);

class Flaws {
 public:
  void add(Flaw flaw) { bits_ |= 1U << static_cast<unsigned>(flaw); }
  bool has(Flaw flaw) const { return (bits_ >> static_cast<unsigned>(flaw) & 1U) != 0; }
  bool none() const { return bits_ == 0; }
  /// "no_date header_junk"
  std::string names() const;

 private:
  std::uint32_t bits_ = 0;
};

struct Attachment {
  std::string name;        // without folders or control signs; made from the media type when the mail gives none
  std::string media_type;  // "application/pdf"; "application/octet-stream" when it cannot be read
  std::string content_id;  // without brackets
  std::string body;        // decoded; empty when Reading::bodies is off
  std::uint64_t bytes{};   // of the decoded body
  bool shown_within{};     // part of how the text looks: a picture that HTML refers to
};

/// What a report about another mail says (RFC 3462, RFC 3464).
struct Report {
  std::string kind;         // "delivery-status", "disposition-notification", "feedback-report"
  std::string returned_id;  // the Message-ID of the mail it is about; may be empty
  std::string recipient;    // the first Final-Recipient; may be empty
  std::string action;       // "failed", "delayed", "delivered" …
  std::string status;       // "5.1.1"
  std::string diagnostic;
};

/// Where the text came from.
enum class TextFrom : std::uint8_t { nowhere, plain, html };

struct Message {
  std::string message_id;  // without brackets; may be empty
  std::vector<std::string> in_reply_to, references;
  std::vector<Address> from, sender, reply_to, to, cc;
  std::string subject;
  std::optional<MailDate> date;
  std::string date_written;
  std::vector<Hop> received;  // as they stand: the last station first

  // What programs say of themselves; as written, in lower case where a word is meant.
  std::string auto_submitted, precedence, list_id, response_suppress;
  std::string content_type;                    // "multipart/report"
  std::string return_path;                     // without brackets
  bool null_return_path{};                     // "<>": nobody wants to hear of its failure
  bool auto_reply_mark{};                      // X-Autoreply, X-Autorespond, X-Auto-Reply-From …
  std::vector<std::string> failed_recipients;  // X-Failed-Recipients
  std::optional<Report> report;

  std::string text;  // UTF-8, line feeds only
  TextFrom text_from{};
  std::vector<Attachment> attachments;
  /// Of every part, also of those that `text` leaves out: its type, its name and its decoded bytes, whatever ends lines
  /// in them. Zeros when Reading::digests is off.
  Sha256Digest parts{};
  Flaws flaws;

  std::vector<Field> fields;  // in the bytes as they came
  std::size_t body{};         // where it begins in them
  std::uint64_t raw_bytes{};

  /// Whether it has what mails have: a sender, an identity, a date or a way. Any bytes can be read as a mail.
  bool names_itself() const { return !from.empty() || !message_id.empty() || date.has_value() || !received.empty(); }
  /// The value of the first field of this name, unfolded but not decoded; empty when there is none.
  std::string field(std::string_view raw, std::string_view lower_case_name) const;
};

struct Reading {
  bool bodies = true;   // keep what is attached
  bool digests = true;  // of the parts
  HeadLimits head;
  std::size_t depth = 24;
  std::size_t parts = 1'000;
  std::size_t text_bytes = std::size_t{16} << 20;
  std::size_t hops = 200;
};

Message read_message(std::string_view raw, const Reading& reading = {});

/// A file name that is only a name: the last element of a path, without control signs, at most 200 bytes of UTF-8.
std::string safe_file_name(std::string_view name);

}  // namespace guichet::intake::mail
