#include <guichet/intake/mail/date.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace guichet::intake::mail {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct NamedZone {
  std::string_view name;
  int minutes;
};
/// RFC 5322, 4.3, and the European ones that mail programs write.
constexpr std::array kZones{
    NamedZone{"ut", 0},     NamedZone{"utc", 0},    NamedZone{"gmt", 0},    NamedZone{"z", 0},
    NamedZone{"est", -300}, NamedZone{"edt", -240}, NamedZone{"cst", -360}, NamedZone{"cdt", -300},
    NamedZone{"mst", -420}, NamedZone{"mdt", -360}, NamedZone{"pst", -480}, NamedZone{"pdt", -420},
    NamedZone{"wet", 0},    NamedZone{"west", 60},  NamedZone{"cet", 60},   NamedZone{"cest", 120},
    NamedZone{"met", 60},   NamedZone{"mest", 120}, NamedZone{"eet", 120},  NamedZone{"eest", 180}};

bool is_number(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Words between blanks and commas, in lower case, comments in parentheses left out. A date has few.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  int depth = 0;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth > 0 || c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n' || c == '"') {
      end_word();
      if (c == ')' && depth > 0) --depth;
      if (words.size() > 12) break;
      continue;
    }
    if (word.size() < 40) word += lower(c);
  }
  end_word();
  return words;
}

/// The first whole number of `text`, taken off it; nothing when it begins otherwise.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || value < 0 || text.front() == '-') return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

struct Gathered {
  std::optional<int> day, month, year, hour, minute, second;
  std::optional<int> offset;
  bool zone_known = false;
  std::size_t year_digits = 0;
};

/// "10:52:37", "10:52", "10.52.37", with a fraction or am/pm behind it; what remains may be a zone.
bool take_time(std::string_view word, Gathered& found) {
  const auto hour = take_number(word);
  if (!hour || word.size() < 2 || (word.front() != ':' && word.front() != '.')) return false;
  const char mark = word.front();
  word.remove_prefix(1);
  const auto minute = take_number(word);
  if (!minute) return false;
  int second = 0;
  if (word.size() > 1 && word.front() == mark) {
    word.remove_prefix(1);
    const auto read = take_number(word);
    if (!read) return false;
    second = *read;
  }
  found.hour = hour;
  found.minute = minute;
  found.second = second;
  return true;
}

bool take_offset(std::string_view word, Gathered& found) {
  if (word.starts_with("gmt") || word.starts_with("utc")) word.remove_prefix(3);
  if (word.size() < 2 || (word.front() != '+' && word.front() != '-') || !is_number(word[1])) return false;
  const bool west = word.front() == '-';
  std::string figures;
  for (const char c : word.substr(1)) {
    if (c == ':') continue;
    if (!is_number(c)) break;
    figures += c;
  }
  if (figures.size() == 3) figures.insert(0, "0");
  if (figures.size() <= 2) figures += "00";
  if (figures.size() == 3) figures.insert(0, "0");
  int value = 0;
  std::from_chars(figures.data(), figures.data() + std::min<std::size_t>(figures.size(), 4), value);
  const int minutes = value / 100 * 60 + value % 100;
  if (minutes > 24 * 60 || value % 100 > 59) {  // nonsense: as if it were not there
    found.offset = 0;
    found.zone_known = false;
    return true;
  }
  found.offset = west ? -minutes : minutes;
  found.zone_known = !(west && minutes == 0);
  return true;
}

std::optional<int> month_from(std::string_view word) {
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (word.starts_with(kMonths[i])) return static_cast<int>(i) + 1;
  return {};
}

/// "1-Jul-2003": a day, a month and a year in one word.
bool take_dashed(std::string_view word, Gathered& found) {
  const auto day = take_number(word);
  if (!day || word.size() < 6 || word.front() != '-') return false;
  word.remove_prefix(1);
  const auto month = month_from(word);
  const std::size_t dash = word.find('-');
  if (!month || dash == std::string_view::npos) return false;
  word.remove_prefix(dash + 1);
  found.year_digits = word.size();
  const auto year = take_number(word);
  if (!year || !word.empty()) return false;
  found.day = day;
  found.month = month;
  found.year = year;
  return true;
}

void take_word(std::string_view word, Gathered& found) {
  if (!found.hour && take_time(word, found)) return;
  if (!found.day && !found.month && take_dashed(word, found)) return;
  if (take_offset(word, found)) return;
  if (!found.month)
    if (const auto month = month_from(word)) {
      found.month = month;
      return;
    }
  if (is_number(word.front())) {
    const std::size_t digits = word.size();
    const auto number = take_number(word);
    if (!number || !word.empty()) return;
    if (!found.day && digits <= 2) {
      found.day = number;
    } else if (!found.year) {
      found.year = number;
      found.year_digits = digits;
    }
    return;
  }
  if (found.hour && !found.offset)
    for (const NamedZone& zone : kZones)
      if (word == zone.name) {
        found.offset = zone.minutes;
        found.zone_known = true;
      }
}

bool exists(int year, int month, int day) {
  constexpr std::array kDaysOf{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDaysOf[static_cast<std::size_t>(month) - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::optional<MailDate> read_date(std::string_view text) {
  Gathered found;
  const auto words = words_of(text.substr(0, std::min<std::size_t>(text.size(), 400)));
  for (const std::string& word : words) {
    // "Mon,24" and "Mon" say nothing that the date does not; "mon" is no month.
    const bool weekday = std::any_of(kDays.begin(), kDays.end(), [&](std::string_view d) {
      return word.starts_with(d) && word.find_first_of("0123456789") == std::string::npos;
    });
    if (weekday && !month_from(word)) continue;
    take_word(word, found);
  }
  if (!found.day || !found.month || !found.year || !found.hour) {
    for (const std::string& word : words) {
      std::string stamp = word;
      std::replace(stamp.begin(), stamp.end(), 't', 'T');
      std::replace(stamp.begin(), stamp.end(), 'z', 'Z');
      if (stamp.size() >= 16 && stamp.find('T') != std::string::npos)
        if (const auto at = parse_instant(stamp))
          return MailDate{.at = *at, .offset_minutes = 0, .zone_known = stamp.back() == 'Z' || stamp.size() > 19};
    }
    return {};
  }
  int year = *found.year;
  if (found.year_digits <= 2) year += year < 50 ? 2000 : 1900;  // RFC 5322, 4.3
  if (found.year_digits == 3) year += 1900;
  if (!exists(year, *found.month, *found.day)) return {};
  if (*found.hour > 24 || *found.minute > 59 || *found.second > 60) return {};
  const std::int64_t seconds = (*found.hour * 60 + *found.minute) * 60 + *found.second;
  MailDate date;
  date.offset_minutes = static_cast<std::int16_t>(found.offset.value_or(0));
  date.zone_known = found.zone_known;
  date.at = Instant{Duration{civil_to_ms(year, static_cast<unsigned>(*found.month), static_cast<unsigned>(*found.day),
                                         (seconds - std::int64_t{date.offset_minutes} * 60) * 1000)}};
  return date;
}

std::string print_date(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  const auto two = [](auto value) {
    const auto number = static_cast<int>(value);
    std::string out;
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
    return out;
  };
  const auto capital = [](std::string_view name) {
    std::string out{name};
    out[0] = static_cast<char>(out[0] & ~0x20);
    return out;
  };
  return capital(kDays[std::chrono::weekday{day}.c_encoding()]) + ", " + two(static_cast<unsigned>(date.day())) + " " +
         capital(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " +
         std::to_string(static_cast<int>(date.year())) + " " + two(time.hours().count()) + ":" +
         two(time.minutes().count()) + ":" + two(time.seconds().count()) + " +0000";
}

}  // namespace guichet::intake::mail
