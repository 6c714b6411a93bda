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
  std::string raw;         // the mail without its separator, ">From " brought back to "From "
  std::string separator;   // "From anna@shop.example Tue Mar  3 09:00:00 2026"
  std::uint64_t offset{};  // of the separator, in the (unzipped) mailbox
  std::uint64_t end{};     // where the next one stands, or the end
  bool cut{};              // longer than the limit: its end is left out
};

/// True for the line that divides mails: "From ", a sender, and a time as asctime writes it, with or without seconds
/// and a zone. A sentence that begins with "From " is none.
bool divides_mails(std::string_view line);

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
  std::string buffer_;
  std::size_t at_ = 0;        // in the buffer
  std::uint64_t offset_ = 0;  // of `at_`, in the mailbox
  bool end_ = false;          // the source has nothing more
  bool started_ = false;
  std::string separator_;  // of the mail that comes next
  std::uint64_t separator_at_ = 0;
};

}  // namespace guichet::intake::mail
