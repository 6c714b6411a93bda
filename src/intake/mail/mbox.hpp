// A mailbox in one file (mbox), read mail by mail in bounded memory. Knows the four dialects (mboxo, mboxrd, mboxcl,
// mboxcl2) and the archives of mailing lists; knows nothing of what the mails say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/formats/bytes.hpp>

namespace guichet::intake::mail {

struct BoxedMail {
  std::string raw;              // the mail without its separator, ">From " brought back to "From "
  std::string separator;        // "From anna@shop.example Tue Mar  3 09:00:00 2026"
  std::uint64_t offset{};       // of the separator, in the (unzipped) mailbox
  std::uint64_t end{};          // where the next one stands, or the end
  bool cut{};                   // longer than the limit: its end is left out
  std::uint32_t passed_over{};  // lines in it that look like separators, and are none by what they say
};

/// A line that divides mails: "From ", a sender, and a time.
struct Divider {
  std::string_view date;  // from its first word to the end of the line
  /// The time is as asctime writes it, with or without seconds and a zone. Else it has no weekday, or is as mails or
  /// ISO 8601 write it ("Mon, 03 Feb 2025 08:00:00 +0000"): such a line divides only where a header follows.
  bool usual{};
};
/// Nothing for a sentence that begins with "From ".
std::optional<Divider> divider(std::string_view line);
inline bool divides_mails(std::string_view line) { return divider(line).has_value(); }

class MboxReader {
 public:
  explicit MboxReader(formats::ByteSource source, std::size_t mail_bytes_max = std::size_t{64} << 20);

  /// The next mail; nothing at the end. Bytes before the first separator are a mail of their own when they are more
  /// than blank lines.
  Result<std::optional<BoxedMail>> next();

  const formats::ByteSource& source() const { return source_; }

 private:
  Outcome fill(std::size_t wanted);
  /// Gives the line at `at_` with its line feed, empty at the end; longer lines come in pieces.
  Result<std::string_view> line();
  bool field_follows(std::size_t bytes);
  Result<bool> body_by_length(std::string& raw, std::size_t bytes);
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  formats::ByteSource source_;
  std::size_t mail_bytes_max_;
  std::size_t chunk_;  // of reading: one mail that is read again needs no room for a mailbox
  std::string buffer_;
  std::size_t at_ = 0;        // in the buffer
  std::uint64_t offset_ = 0;  // of `at_`, in the mailbox
  bool end_ = false;          // the source has nothing more
  bool started_ = false;
  std::string separator_;  // of the mail that comes next
  std::uint64_t separator_at_ = 0;
};

}  // namespace guichet::intake::mail
