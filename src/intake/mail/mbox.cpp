#include <guichet/intake/mail/mbox.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include <guichet/intake/mail/head.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::size_t kLineMax = std::size_t{1} << 20;
constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr std::size_t kChunkLeast = 4'096;

std::string_view without_break(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank_line(std::string_view line) {
  return without_break(line).find_first_not_of(" \t") == std::string_view::npos;
}

bool all_figures(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "09:00:00", "09:00", "9:00:00"
bool is_time(std::string_view word) {
  std::size_t fields = 0;
  while (!word.empty()) {
    const std::size_t colon = std::min(word.find(':'), word.size());
    if (colon > 2 || !all_figures(word.substr(0, colon))) return false;
    ++fields;
    word.remove_prefix(std::min(colon + 1, word.size()));
  }
  return fields == 2 || fields == 3;
}

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_year(std::string_view word) { return word.size() == 4 && all_figures(word); }
bool is_day(std::string_view word) { return word.size() <= 2 && all_figures(word); }

/// "2025-02-03"
bool is_iso_day(std::string_view word) {
  return word.size() == 10 && is_year(word.substr(0, 4)) && word[4] == '-' && is_day(word.substr(5, 2)) &&
         word[7] == '-' && is_day(word.substr(8, 2));
}

/// "+0100", "GMT", "(CET)", "Z"
bool is_zone(std::string_view word) {
  if (word.starts_with('(')) return word.ends_with(')');
  if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
  return !word.empty() && word.size() <= 6 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == ':' || c == '+' || c == '-';
  });
}

/// "08:00:00", "08:00:00Z", "08:00:00+01:00"
bool is_iso_time(std::string_view word) {
  const std::size_t zone = std::min(word.find_first_of("Z+-."), word.size());
  return is_time(word.substr(0, zone));
}

using Words = std::span<const std::string_view>;

/// Whether the words are a time and nothing else, and in which way it is written.
std::optional<bool> reads_as_time(Words words) {
  const auto at = [&](std::size_t i) { return i < words.size() ? words[i] : std::string_view{}; };
  // Day of the week, month, day, time, zone or none, year, zone or none.
  if (one_of(at(0), kDays) && one_of(at(1), kMonths) && is_day(at(2)) && is_time(at(3)))
    for (std::size_t year = 4; year < std::min<std::size_t>(words.size(), 7); ++year)
      if (is_year(words[year]) && words.size() <= year + 3) return true;
  const auto only_zones = [&](std::size_t from) {
    return words.size() <= from + 2 &&
           std::all_of(words.begin() + static_cast<std::ptrdiff_t>(std::min(from, words.size())), words.end(), is_zone);
  };
  std::string_view day = at(0);
  if (day.ends_with(',')) day.remove_suffix(1);
  const std::size_t i = one_of(day, kDays) ? 1 : 0;
  if (is_day(at(i)) && one_of(at(i + 1), kMonths) && is_year(at(i + 2)) && is_time(at(i + 3)) && only_zones(i + 4))
    return false;
  if (one_of(at(i), kMonths) && is_day(at(i + 1)) && is_time(at(i + 2)))
    for (std::size_t year = i + 3; year < std::min(words.size(), i + 5); ++year)
      if (is_year(words[year]) && (year == i + 3 || is_zone(words[i + 3])) && only_zones(year + 1)) return false;
  if (is_iso_day(at(i)) && is_iso_time(at(i + 1)) && only_zones(i + 2)) return false;
  const std::string_view stamp = at(i);
  if (stamp.size() > 11 && is_iso_day(stamp.substr(0, 10)) && stamp[10] == 'T' && is_iso_time(stamp.substr(11)) &&
      only_zones(i + 1))
    return false;
  return {};
}

}  // namespace

std::optional<Divider> divider(std::string_view line) {
  line = without_break(line);
  if (!line.starts_with("From ") || line.size() > 500) return {};
  std::array<std::string_view, 32> words{};
  std::size_t count = 0;
  for (std::size_t i = 5; i < line.size() && count < words.size();) {
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
    const std::size_t start = i;
    while (i < line.size() && line[i] != ' ' && line[i] != '\t') ++i;
    if (i > start) words[count++] = line.substr(start, i - start);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto usual = reads_as_time(Words{words}.subspan(i, count - i));
    // A sender stands before; of what is written otherwise, no more than that: "x", "x at y.example".
    if (!usual || (!*usual && (i == 0 || i > 3))) continue;
    return Divider{.date = line.substr(static_cast<std::size_t>(words[i].data() - line.data())), .usual = *usual};
  }
  return {};
}

MboxReader::MboxReader(formats::ByteSource source, std::size_t mail_bytes_max)
    : source_(std::move(source)),
      mail_bytes_max_(mail_bytes_max),
      chunk_(static_cast<std::size_t>(std::clamp<std::uint64_t>(source_.total(), kChunkLeast, kChunk))) {}

Outcome MboxReader::fill(std::size_t wanted) {
  while (!end_ && buffer_.size() - at_ < wanted) {
    if (at_ > kChunk) {
      buffer_.erase(0, at_);
      at_ = 0;
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + chunk_);
    auto got = source_.read(std::span<char>(buffer_.data() + before, chunk_));
    buffer_.resize(before + (got ? *got : 0));
    if (!got) return got.error();
    end_ = *got == 0;
  }
  return Done{};
}

Result<std::string_view> MboxReader::line() {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t feed = rest().find('\n', searched);
    if (feed != std::string_view::npos) return rest().substr(0, std::min(feed + 1, kLineMax));
    searched = rest().size();
    if (end_ || searched >= kLineMax) return rest().substr(0, std::min(searched, kLineMax));
    GUICHET_TRY(filled, fill(searched + 1));
  }
}

/// Some mailboxes lack the blank line before a separator; a header behind it tells as much.
bool MboxReader::field_follows(std::size_t bytes) {
  if (!fill(bytes + 200)) return false;
  return bytes < rest().size() && begins_field(rest().substr(bytes, 200));
}

/// mboxcl2 does not mark lines that begin with "From ": the length of the body is said instead. Believed only when a
/// separator, or the end, follows at that place.
Result<bool> MboxReader::body_by_length(std::string& raw, std::size_t bytes) {
  if (bytes > mail_bytes_max_) return false;
  GUICHET_TRY(filled, fill(bytes + 1024));
  if (rest().size() < bytes) return false;
  // Where nothing could be mistaken, lines are read as in the other dialects.
  bool needed = false;
  for (std::size_t at = 0; at < bytes && !needed; at = std::min(rest().find('\n', at), bytes) + 1)
    needed = divides_mails(rest().substr(at, std::min(rest().find('\n', at), bytes) - at));
  if (!needed) return false;
  std::size_t next = bytes;
  for (int breaks = 0; breaks < 2 && next < rest().size(); ++breaks) {
    if (rest()[next] == '\r' && next + 1 < rest().size()) ++next;
    if (rest()[next] != '\n') break;
    ++next;
  }
  const std::string_view behind = rest().substr(next);
  const bool fits = (behind.empty() && end_) || divides_mails(behind.substr(0, behind.find('\n')));
  if (!fits) return false;
  const bool whole_line = next > bytes || bytes == 0 || rest()[bytes - 1] == '\n';
  if (!whole_line) return false;
  raw += rest().substr(0, bytes);
  at_ += next;
  offset_ += next;
  return true;
}

Result<std::optional<BoxedMail>> MboxReader::next() {
  BoxedMail mail;
  mail.separator = std::move(separator_);
  mail.offset = separator_at_;
  separator_.clear();
  bool in_head = true;
  bool after_blank = !started_;
  bool whole_line = true;  // the piece before ended with its line
  std::string pending;     // blank lines that belong to the mail only if something follows
  const auto keep = [&](std::string_view piece) {
    if (mail.raw.size() + pending.size() + piece.size() > mail_bytes_max_) {
      mail.cut = true;
      return;
    }
    mail.raw += pending;
    mail.raw += piece;
    pending.clear();
  };
  while (true) {
    GUICHET_TRY(found, line());
    if (found.empty()) break;
    const std::size_t bytes = found.size();
    const bool starts_line = whole_line;
    whole_line = found.ends_with('\n');
    bool divides = false;
    if (starts_line && found.starts_with("From ")) {
      const auto dividing = divider(found);
      const bool usual = dividing && dividing->usual;
      const bool stands_so = usual && (after_blank || mail.raw.empty());
      const bool header = !stands_so && field_follows(bytes);
      divides = stands_so || (dividing && header);
      if (!divides && (dividing || header)) ++mail.passed_over;
    }
    const std::string_view piece = rest().substr(0, bytes);  // looking ahead may have moved it
    if (divides) {
      const bool first = !started_ && mail.raw.find_first_not_of(" \t\r\n") == std::string::npos;
      started_ = true;
      mail.end = offset_;
      separator_ = without_break(piece);
      separator_at_ = offset_;
      at_ += bytes;
      offset_ += bytes;
      if (first) {  // what stood before it were blank lines
        mail = {.raw = {},
                .separator = std::move(separator_),
                .offset = separator_at_,
                .end = 0,
                .cut = false,
                .passed_over = 0};
        separator_.clear();
        pending.clear();
        in_head = true;
        after_blank = false;
        continue;
      }
      return std::optional{std::move(mail)};
    }
    const bool blank = starts_line && is_blank_line(piece);
    if (blank && whole_line && !in_head) {
      // The last blank line belongs to the separator behind it; those before it belong to the mail.
      if (!pending.empty()) keep({});
      pending = piece;
    } else {
      std::string_view kept = piece;
      std::size_t marks = 0;
      while (starts_line && marks < kept.size() && kept[marks] == '>') ++marks;
      if (!in_head && marks > 0 && kept.substr(marks).starts_with("From ")) kept.remove_prefix(1);
      keep(kept);
    }
    at_ += bytes;
    offset_ += bytes;
    after_blank = blank;
    if (in_head && blank) {
      in_head = false;
      const Head head = read_head(mail.raw);
      for (const Field& field : head.fields) {
        if (!same_word(name_of(mail.raw, field), "content-length")) continue;
        const std::string said = unfolded(value_of(mail.raw, field), 40);
        std::size_t length = 0;
        const auto [stop, fault] = std::from_chars(said.data(), said.data() + said.size(), length);
        if (fault == std::errc{} && stop == said.data() + said.size()) {
          GUICHET_TRY(taken, body_by_length(mail.raw, length));
          if (taken) after_blank = true;
        }
        break;
      }
    }
  }
  // The last line feed before the end is no separator's.
  if (!pending.empty() && mail.raw.find_first_not_of(" \t\r\n") == std::string::npos) pending.clear();
  const bool nothing = mail.separator.empty() && mail.raw.find_first_not_of(" \t\r\n") == std::string::npos;
  started_ = true;
  mail.end = offset_;
  if (nothing) return std::optional<BoxedMail>{};
  return std::optional{std::move(mail)};
}

}  // namespace guichet::intake::mail
