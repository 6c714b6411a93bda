#include <guichet/intake/mail/maildir.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <span>
#include <utility>
#include <vector>

#include <guichet/formats/bytes.hpp>
#include <guichet/intake/mail/head.hpp>
#include <guichet/intake/mail/mbox.hpp>

namespace guichet::intake::mail {
namespace {

namespace fs = std::filesystem;

struct Visiting {
  const Walk& walk;
  const std::function<bool(const FoundMail&)>& visit;
  std::uint64_t visited = 0;
  std::uint64_t bytes_before = 0, bytes_all = 0;
  bool stopped = false;

  void told(const FoundMail& mail) {
    ++visited;
    stopped = !visit(mail);
  }
};

Outcome visit_file(const fs::path& path, std::string_view folder, Visiting& visiting) {
  auto opened = formats::ByteSource::open(path.string());
  if (!opened) return opened.error();
  formats::ByteSource source = std::move(*opened);
  GUICHET_TRY(start, source.peek(512));
  // A line that divides in no known way is told by the reader of boxes, when a header follows.
  const std::size_t line = start.find('\n');
  const bool box =
      start.starts_with("From ") && (divides_mails(start.substr(0, line)) ||
                                     (line != std::string_view::npos && begins_field(start.substr(line + 1))));
  const std::uint64_t all = std::max(visiting.bytes_all, source.total());
  const auto tell_progress = [&](const formats::ByteSource& of) {
    if (visiting.walk.progress) visiting.walk.progress(visiting.bytes_before + of.done(), all);
  };
  if (box) {
    MboxReader reader(std::move(source), visiting.walk.mail_bytes_max);
    while (!visiting.stopped) {
      GUICHET_TRY(mail, reader.next());
      if (!mail) break;
      tell_progress(reader.source());
      visiting.told({.raw = mail->raw,
                     .place = path.string() + ", byte " + std::to_string(mail->offset),
                     .path = path.native(),
                     .separator = mail->separator,
                     .begin = mail->offset,
                     .end = mail->end,
                     .folder = folder,
                     .flags = {},
                     .cut = mail->cut,
                     .in_box = true,
                     .passed_over = mail->passed_over});
    }
    visiting.bytes_before += reader.source().total();
    return Done{};
  }
  std::string raw;
  std::vector<char> room(std::size_t{1} << 16);
  bool cut = false;
  while (!cut) {
    GUICHET_TRY(got, source.read(std::span<char>(room)));
    if (got == 0) break;
    const std::size_t space = visiting.walk.mail_bytes_max - std::min(visiting.walk.mail_bytes_max, raw.size());
    cut = got > space;
    raw.append(room.data(), std::min(got, space));
  }
  visiting.bytes_before += source.total();
  if (visiting.walk.progress) visiting.walk.progress(visiting.bytes_before, all);
  visiting.told({.raw = raw,
                 .place = path.string(),
                 .path = path.native(),
                 .separator = {},
                 .begin = 0,
                 .end = raw.size(),
                 .folder = folder,
                 .flags = maildir_flags(path.filename().string()),
                 .cut = cut,
                 .in_box = false,
                 .passed_over = 0});
  return Done{};
}

/// Files that mail programs keep beside mails.
bool is_no_mail(const std::string& name) {
  constexpr std::array<std::string_view, 6> kEndings{".lock", ".msf", ".json", ".db", ".idx", "~"};
  return name.starts_with('.') || name.starts_with("dovecot") || name == "maildirfolder" || name == "subscriptions" ||
         name == "courierimapkeywords" ||
         std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

Outcome collect(const fs::path& folder, int depth, std::vector<fs::path>& files) {
  std::error_code fault;
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault))
    entries.push_back(it->path());
  if (fault) return Error{Fault::unreadable, folder.string() + ": the folder cannot be read (" + fault.message() + ")"};
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    const std::string name = entry.filename().string();
    // Links to folders could lead round in a ring.
    if (fs::is_directory(fs::symlink_status(entry, fault))) {
      const bool beside_mails = name == "tmp" || name == ".git" || name == ".notmuch" || name == ".mbsyncstate";
      if (beside_mails || depth > 32) continue;
      GUICHET_TRY(inner, collect(entry, depth + 1, files));
    } else if (!is_no_mail(name) && fs::is_regular_file(fs::status(entry, fault))) {
      files.push_back(entry);
    }
  }
  return Done{};
}

}  // namespace

std::string maildir_flags(std::string_view file_name) {
  for (const std::string_view mark : {":2,", ";2,", "!2,"}) {
    const std::size_t found = file_name.rfind(mark);
    if (found == std::string_view::npos) continue;
    const std::string_view flags = file_name.substr(found + 3);
    const bool letters = std::all_of(flags.begin(), flags.end(),
                                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
    if (letters) return std::string(flags);
  }
  return {};
}

Result<std::string> mail_at(const std::string& path, std::uint64_t begin, std::uint64_t end, bool boxed,
                            std::size_t mail_bytes_max) {
  // Behind the mail stand what tells where it ends: the next separator and the first of its fields.
  constexpr std::uint64_t kBehind = 4'096;
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(begin));
  std::string bytes(end - begin + (boxed ? kBehind : 0), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (!boxed) {
    if (bytes.size() == end - begin) return bytes;
    return Error{Fault::unreadable, path + ": has changed since it was read; read it again"};
  }
  MboxReader reader(formats::ByteSource::of(bytes, path), mail_bytes_max);
  GUICHET_TRY(mail, reader.next());
  if (mail && mail->offset == 0) return std::move(mail->raw);
  return Error{Fault::unreadable, path + ", byte " + std::to_string(begin) + ": has changed since it was read"};
}

Result<std::uint64_t> for_each_mail(const std::string& path, const Walk& walk,
                                    const std::function<bool(const FoundMail&)>& visit) {
  Visiting visiting{.walk = walk, .visit = visit};
  std::error_code fault;
  if (!fs::is_directory(path, fault)) {
    GUICHET_TRY(visited, visit_file(path, {}, visiting));
    return visiting.visited;
  }
  std::vector<fs::path> files;
  GUICHET_TRY(collected, collect(path, 0, files));
  if (walk.progress)
    for (const fs::path& file : files)
      if (const auto bytes = fs::file_size(file, fault); !fault) visiting.bytes_all += bytes;
  for (const fs::path& file : files) {
    if (visiting.stopped) break;
    fs::path inside = file.parent_path().lexically_relative(path);
    if (inside.filename() == "cur" || inside.filename() == "new") inside = inside.parent_path();
    const std::string folder = inside == "." ? std::string{} : inside.string();
    GUICHET_TRY(visited, visit_file(file, folder, visiting));
  }
  return visiting.visited;
}

}  // namespace guichet::intake::mail
