// Mails that lie one to a file: Maildir folders with their flags, folders of .eml files, or single files; and whatever
// of these a path is, mail by mail in bounded memory. Knows nothing of what the mails say.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

namespace guichet::intake::mail {

/// One mail as it was found.
struct FoundMail {
  std::string_view raw;          // valid during the call
  std::string place;             // "archive.mbox, byte 1234", "box/cur/1.eml:2,S": for messages to people
  std::string_view path;         // of the file
  std::string_view separator;    // the line that divides it from the mail before; empty when it has a file of its own
  std::uint64_t begin{}, end{};  // in the (unzipped) file, with its separator
  std::string_view folder;       // of a Maildir: the folder's path below the one that was opened; may be empty
  std::string flags;             // of a Maildir: letters behind ":2,", "S" seen, "R" answered, "T" thrown away …
  bool cut{};                    // longer than the limit: its end is left out
  bool in_box{};                 // of a file of several mails, also where no line divides it from what stands before
  std::uint32_t passed_over{};   // lines in it that look like separators of mails, and were not taken for any
};

struct Walk {
  std::size_t mail_bytes_max = std::size_t{64} << 20;
  /// Done and all bytes, as far as known; may be empty.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

/// The raw bytes of one mail that was found before, between `begin` and `end` of a file that is not zipped.
/// Fault::unreadable when none is there.
Result<std::string> mail_at(const std::string& path, std::uint64_t begin, std::uint64_t end, bool boxed,
                            std::size_t mail_bytes_max = std::size_t{64} << 20);

/// Letters behind ":2," (or ";2,", as some systems write) in the name of a Maildir's file.
std::string maildir_flags(std::string_view file_name);

/// Calls `visit` for every mail at `path`: of an mbox (plain or gzip), of a file that holds one mail, or of every file
/// in a folder and its folders, in the order of their names, `tmp` and hidden files left out (but not the hidden
/// folders of Maildir++). It goes on until `visit` says false. Gives how many mails were visited.
Result<std::uint64_t> for_each_mail(const std::string& path, const Walk& walk,
                                    const std::function<bool(const FoundMail&)>& visit);

}  // namespace guichet::intake::mail
