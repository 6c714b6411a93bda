#include <guichet/dossier/days.hpp>

#include <charconv>

namespace guichet::dossier {
namespace {

using namespace std::chrono;

bool number_in(std::string_view text, int& value) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

void add_digits(std::string& text, unsigned value, unsigned width) {
  const std::string digits = std::to_string(value);
  text.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int y = 0;
  int m = 0;
  int d = 0;
  if (!number_in(text.substr(0, 4), y) || !number_in(text.substr(5, 2), m) || !number_in(text.substr(8, 2), d))
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || y < 1900 || y > 2999) return std::nullopt;
  return sys_days{date};
}

std::string print_day(Day day) {
  const year_month_day date{day};
  std::string text;
  add_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += '-';
  add_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  add_digits(text, static_cast<unsigned>(date.day()), 2);
  return text;
}

Day months_after(Day day, int count) {
  const year_month_day date{day};
  const year_month_day moved = date + months{count};
  return moved.ok() ? sys_days{moved} : sys_days{moved.year() / moved.month() / last};
}

std::int64_t days_of_year(Day day) { return year_month_day{day}.year().is_leap() ? 366 : 365; }

Day half_year_end(Day day) {
  const year_month_day date{day};
  return date.month() <= June ? sys_days{date.year() / June / 30} : sys_days{date.year() / December / 31};
}

Day half_year_start(Day day) {
  const year_month_day date{day};
  return sys_days{date.year() / (date.month() <= June ? January : July) / 1};
}

}  // namespace guichet::dossier
