#include <guichet/base/time.hpp>

#include <array>

namespace guichet {
namespace {

struct Cursor {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digits(int count, int& value) {
    if (rest.size() < static_cast<std::size_t>(count)) return false;
    value = 0;
    for (int i = 0; i < count; ++i) {
      const char c = rest[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
    return true;
  }
};

/// ".25" -> 250; digits past the third are read and dropped. False when no digit follows the dot.
bool fraction(Cursor& in, int& ms) {
  ms = 0;
  if (!in.take('.') && !in.take(',')) return true;
  int scale = 100;
  bool any = false;
  while (!in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') {
    ms += (in.rest.front() - '0') * scale;
    scale /= 10;
    any = true;
    in.rest.remove_prefix(1);
  }
  return any;
}

/// The zone's distance from UTC in minutes; an absent zone is UTC.
bool zone(Cursor& in, int& minutes) {
  minutes = 0;
  if (in.rest.empty() || in.take('Z') || in.take('z')) return true;
  const bool east = in.rest.front() == '+';
  if (!in.take('+') && !in.take('-')) return false;
  int hour = 0;
  int minute = 0;
  if (!in.digits(2, hour)) return false;
  in.take(':');
  if (!in.rest.empty() && !in.digits(2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  minutes = (hour * 60 + minute) * (east ? 1 : -1);
  return true;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  Cursor in{text};
  int year = 0;
  int month = 0;
  int day = 0;
  if (!in.digits(4, year) || !in.take('-') || !in.digits(2, month) || !in.take('-') || !in.digits(2, day)) return {};
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  int offset = 0;
  if (!in.rest.empty()) {
    if (!in.take('T') && !in.take('t') && !in.take(' ')) return {};
    if (!in.digits(2, hour) || !in.take(':') || !in.digits(2, minute)) return {};
    if (in.take(':') && (!in.digits(2, second) || !fraction(in, ms))) return {};
    if (!zone(in, offset)) return {};
    if (hour > 23 || minute > 59 || second > 59) return {};
  }
  if (!in.rest.empty()) return {};
  const std::int64_t ms_of_day = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms;
  return Instant{Duration{civil_to_ms(year, static_cast<unsigned>(month), static_cast<unsigned>(day), ms_of_day) -
                          offset * std::int64_t{60'000}}};
}

std::string print_instant(Instant instant) {
  const auto days = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{days};
  const auto ms = (instant - days).count();
  const auto two = [](std::int64_t v) {
    return std::array{static_cast<char>('0' + v / 10), static_cast<char>('0' + v % 10)};
  };
  std::string out = std::to_string(static_cast<int>(date.year()));
  if (out.size() < 4 && out.front() != '-') out.insert(0, 4 - out.size(), '0');
  const auto add = [&](char sep, std::int64_t v) {
    out += sep;
    const auto pair = two(v);
    out.append(pair.data(), 2);
  };
  add('-', static_cast<unsigned>(date.month()));
  add('-', static_cast<unsigned>(date.day()));
  add('T', ms / 3'600'000);
  add(':', ms / 60'000 % 60);
  add(':', ms / 1000 % 60);
  if (ms % 1000 != 0) {
    out += '.';
    out += static_cast<char>('0' + ms % 1000 / 100);
    out += static_cast<char>('0' + ms % 100 / 10);
    out += static_cast<char>('0' + ms % 10);
  }
  out += 'Z';
  return out;
}

}  // namespace guichet
