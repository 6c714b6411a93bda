#include <guichet/intake/mail/quoting.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::size_t kSignatureLines = 8;

enum class Is : std::uint8_t { own, quote, signature };

/// Blanks at both ends off, those without a break too.
std::string_view trimmed(std::string_view line) {
  constexpr std::array<std::string_view, 4> kBlanks{" ", "\t", "\xC2\xA0", "\xE2\x80\xAF"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      if (line.starts_with(blank)) {
        line.remove_prefix(blank.size());
        again = true;
      }
      if (line.ends_with(blank)) {
        line.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return line;
}

/// The line in lower case, with plain blanks and apostrophes, at most 300 bytes of it.
std::string plain(std::string_view line) {
  std::string out;
  line = line.substr(0, std::min<std::size_t>(line.size(), 300));
  for (std::size_t i = 0; i < line.size();) {
    const std::string_view rest = line.substr(i);
    if (rest.starts_with("\xC2\xA0")) {
      out += ' ';
      i += 2;
    } else if (rest.starts_with("\xE2\x80\xAF")) {
      out += ' ';
      i += 3;
    } else if (rest.starts_with("\xE2\x80\x99")) {
      out += '\'';
      i += 3;
    } else if (rest.starts_with("\xC3\x89")) {  // É
      out += "\xC3\xA9";
      i += 2;
    } else if (rest.starts_with("\xC3\x80")) {  // À
      out += "\xC3\xA0";
      i += 2;
    } else {
      out += line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] | 0x20) : line[i];
      ++i;
    }
  }
  return std::string(trimmed(out));
}

bool is_quote(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && i < 3 && line[i] == ' ') ++i;
  return i < line.size() && line[i] == '>';
}

/// "Le mar. 3 mars 2026 à 10:00, Marie <m@x.example> a écrit :" in one line.
bool introduces(std::string_view line) {
  const std::string lower = plain(line);
  std::string_view text = lower;
  while (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() < 8 || text.back() != ':') return false;
  const std::string_view said = trimmed(text.substr(0, text.size() - 1));
  const auto has_figure = text.find_first_of("0123456789@") != std::string_view::npos;
  if (!has_figure) return false;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kFrames{{{"le ",
                                                                                   "a \xC3\xA9"
                                                                                   "crit"},
                                                                                  {"le ", "a ecrit"},
                                                                                  {"on ", "wrote"},
                                                                                  {"", "wrote"},
                                                                                  {"",
                                                                                   "a \xC3\xA9"
                                                                                   "crit"},
                                                                                  {"am ", "schrieb"},
                                                                                  {"el ", "escribi\xC3\xB3"}}};
  for (const auto& [start, end] : kFrames)
    if (said.starts_with(start) && said.ends_with(end)) return true;
  return said.starts_with("am ") && said.find(" schrieb ") != std::string_view::npos;
}

/// A line that says: from here on, another mail.
bool begins_other_mail(std::string_view line) {
  const std::string text = plain(line);
  std::string_view core = text;
  std::size_t dashes = 0;
  while (!core.empty() && (core.front() == '-' || core.front() == '_' || core.front() == ' ')) {
    dashes += core.front() != ' ' ? 1U : 0U;
    core.remove_prefix(1);
  }
  std::size_t dashes_behind = 0;
  while (!core.empty() && (core.back() == '-' || core.back() == '_' || core.back() == ' ' || core.back() == ':')) {
    dashes_behind += core.back() == '-' || core.back() == '_' ? 1U : 0U;
    core.remove_suffix(1);
  }
  if (dashes >= 2 && dashes_behind >= 2) {
    constexpr std::array<std::string_view, 11> kMarks{"message d'origine",
                                                      "message original",
                                                      "message initial",
                                                      "message transf\xC3\xA9r\xC3\xA9",
                                                      "original message",
                                                      "forwarded message",
                                                      "forwarded by",
                                                      "courriel original",
                                                      "urspr\xC3\xBCngliche nachricht",
                                                      "reply message",
                                                      "d\xC3\xA9"
                                                      "but du message transf\xC3\xA9r\xC3\xA9"};
    for (const std::string_view mark : kMarks)
      if (core == mark) return true;
  }
  return text ==
             "d\xC3\xA9"
             "but du message r\xC3\xA9"
             "exp\xC3\xA9"
             "di\xC3\xA9 :" ||
         text == "begin forwarded message:" ||
         text ==
             "d\xC3\xA9"
             "but du message transf\xC3\xA9r\xC3\xA9 :";
}

/// Which line of a repeated header this is, a bit each: from, sent, to, subject.
unsigned header_line(std::string_view line) {
  std::string text = plain(line);
  std::erase(text, '*');  // bold, as plain text shows it
  const auto begins = [&](std::string_view word) {
    if (!text.starts_with(word)) return false;
    const std::string_view rest = trimmed(std::string_view(text).substr(word.size()));
    return rest.starts_with(":") && rest.size() > 1;
  };
  if (begins("de") || begins("from") || begins("von") ||
      begins("exp\xC3\xA9"
             "diteur"))
    return 1;
  if (begins("envoy\xC3\xA9") || begins("envoy\xC3\xA9 le") || begins("sent") || begins("date") || begins("gesendet"))
    return 2;
  if (begins("\xC3\xA0") || begins("to") || begins("pour") || begins("an") || begins("destinataire")) return 4;
  if (begins("objet") || begins("subject") || begins("betreff") || begins("sujet")) return 8;
  return 0;
}

/// Whether the line begins, behind blanks, with one of these bytes, or one that is no ASCII: what most lines do not is
/// seen before they are looked at closely.
bool begins_with_one_of(std::string_view line, std::string_view bytes) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string_view::npos &&
         (static_cast<unsigned char>(line[first]) >= 0x80 || bytes.find(line[first]) != std::string_view::npos);
}

bool is_device_signature(std::string_view line) {
  const std::string text = plain(line);
  constexpr std::array<std::string_view, 9> kStarts{"envoy\xC3\xA9 de mon ",
                                                    "envoy\xC3\xA9 depuis ",
                                                    "sent from my ",
                                                    "sent from ",
                                                    "get outlook for ",
                                                    "obtenir outlook pour ",
                                                    "t\xC3\xA9l\xC3\xA9"
                                                    "charger outlook pour ",
                                                    "envoy\xC3\xA9 \xC3\xA0 partir de ",
                                                    "von meinem "};
  if (text.size() > 100) return false;
  return std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

OwnWords own_words(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, feed - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = feed + 1;
  }
  std::vector<Is> is(lines.size(), Is::own);
  const auto blank = [&](std::size_t i) { return trimmed(lines[i]).empty(); };
  const auto mark = [&](std::size_t from, std::size_t to, Is what) {
    for (std::size_t i = from; i < to; ++i)
      if (is[i] == Is::own) is[i] = what;
  };
  std::optional<std::size_t> last_quote;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (is_quote(lines[i])) {
      is[i] = Is::quote;
      last_quote = i;
    }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is[i] != Is::own || blank(i)) continue;
    if (begins_with_one_of(lines[i], "-_dDbB") && begins_other_mail(lines[i])) {
      mark(i, lines.size(), Is::quote);
      break;
    }
    // A header repeated within the words: three of its lines among the next six, beginning with who wrote.
    if (begins_with_one_of(lines[i], "*dDfFvVeE") && header_line(lines[i]) == 1) {
      unsigned seen = 1;
      for (std::size_t j = i + 1; j < lines.size() && j < i + 7; ++j) seen |= header_line(lines[j]);
      if ((seen & 2U) != 0 && (seen & 12U) != 0) {
        std::size_t from = i;
        // The rule drawn above it belongs to it.
        if (from > 0 && lines[from - 1].size() >= 5 &&
            trimmed(lines[from - 1]).find_first_not_of("_-") == std::string_view::npos && !blank(from - 1))
          --from;
        mark(from, lines.size(), Is::quote);
        break;
      }
    }
    if (lines[i] == "-- " || lines[i] == "--") {
      std::size_t behind = 0;
      for (std::size_t j = i + 1; j < lines.size() && behind <= kSignatureLines; ++j)
        behind += is[j] == Is::own && !blank(j) ? 1U : 0U;
      // Without its blank it may be a line somebody drew.
      if (lines[i] == "-- " || behind <= kSignatureLines) {
        std::size_t end = i + 1;
        while (end < lines.size() && is[end] == Is::own && !introduces(lines[end])) ++end;
        mark(i, end, Is::signature);
        continue;
      }
    }
    // What introduces a quote is often folded into two or three lines.
    std::string joined;
    for (std::size_t j = i; j < lines.size() && j < i + 3 && is[j] == Is::own && !blank(j); ++j) {
      joined += joined.empty() ? "" : " ";
      joined += lines[j].substr(0, std::min<std::size_t>(lines[j].size(), 300));
      if (joined.size() > 300 || !trimmed(joined).ends_with(':') || !introduces(joined)) continue;
      if (j > i && plain(lines[i]).find_first_of("0123456789@") == std::string::npos) break;
      const bool quotes_follow = last_quote && *last_quote > j;
      std::size_t next = j + 1;
      while (next < lines.size() && blank(next)) ++next;
      if (quotes_follow && (next >= lines.size() || is[next] != Is::quote)) break;  // it introduces something else
      mark(i, quotes_follow ? j + 1 : lines.size(), Is::quote);
      break;
    }
  }
  // Lines that a telephone adds stand at the end of the own words.
  for (std::size_t i = lines.size(); i > 0; --i) {
    if (is[i - 1] != Is::own || blank(i - 1)) continue;
    if (!is_device_signature(lines[i - 1])) break;
    is[i - 1] = Is::signature;
  }
  OwnWords out;
  std::size_t gap = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.quoted_lines += is[i] == Is::quote ? 1U : 0U;
    if (is[i] == Is::signature) {
      ++out.signature_lines;
      out.signature += lines[i];
      out.signature += '\n';
    }
    if (is[i] != Is::own || blank(i)) {
      ++gap;
      continue;
    }
    if (!out.text.empty() && gap > 0) out.text += '\n';
    gap = 0;
    out.text += lines[i];
    out.text += '\n';
  }
  return out;
}

std::uint32_t word_count(std::string_view text) {
  std::uint32_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !blank && !inside ? 1U : 0U;
    inside = !blank;
  }
  return words;
}

}  // namespace guichet::intake::mail
