#include <guichet/intake/logs/time_format.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace guichet::intake {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What is left of a text to read.
struct Rest {
  const char* at;
  const char* end;

  bool empty() const { return at == end; }
  std::size_t size() const { return static_cast<std::size_t>(end - at); }
  bool take(char c) {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  /// Between `least` and `most` digits, as many as there are.
  bool digits(std::size_t least, std::size_t most, int& value) {
    const char* const start = at;
    int v = 0;
    while (at != end && static_cast<std::size_t>(at - start) < most && is_digit(*at)) v = v * 10 + (*at++ - '0');
    if (static_cast<std::size_t>(at - start) < least) return false;
    value = v;
    return true;
  }
  /// Digits after a decimal sign, cut to milliseconds.
  bool fraction(std::size_t least, std::size_t most, int& ms) {
    const char* const start = at;
    int scale = 100;
    ms = 0;
    while (at != end && static_cast<std::size_t>(at - start) < most && is_digit(*at)) {
      ms += (*at++ - '0') * scale;
      scale /= 10;
    }
    return static_cast<std::size_t>(at - start) >= least;
  }
  /// "Z", "UTC", "GMT", "+01:00", "+0100", "+01"; minutes east of UTC.
  bool offset(int& minutes) {
    minutes = 0;
    if (take('Z') || take('z')) return true;
    const std::string_view left{at, size()};
    if (left.starts_with("UTC") || left.starts_with("GMT")) {
      at += 3;
      if (empty() || (*at != '+' && *at != '-')) return true;
    }
    const bool east = !empty() && *at == '+';
    if (!take('+') && !take('-')) return false;
    int hours = 0;
    int mins = 0;
    if (!digits(2, 2, hours)) return false;
    if (take(':') ? !digits(2, 2, mins) : (!empty() && is_digit(*at) && !digits(2, 2, mins))) return false;
    if (hours > 18 || mins > 59) return false;
    minutes = (hours * 60 + mins) * (east ? 1 : -1);
    return true;
  }
};

constexpr std::array<int, 12> kMonthDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr bool date_exists(int year, int month, int day) {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const int days = kMonthDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap(year) ? 1 : 0);
  return day <= days;
}

std::int64_t date_ms(int year, int month, int day) {
  return civil_to_ms(year, static_cast<unsigned>(month), static_cast<unsigned>(day), 0);
}

/// The Monday that starts ISO week 1 of a year: the week with 4 January in it (ISO 8601-1, 3.1.1.23).
std::int64_t iso_year_start_ms(int year) {
  const std::int64_t fourth = date_ms(year, 1, 4);
  const std::int64_t days = fourth / kDayMs;              // 1970-01-01 was a Thursday
  const std::int64_t weekday = ((days + 3) % 7 + 7) % 7;  // Monday is 0
  return fourth - weekday * kDayMs;
}

std::optional<std::int64_t> week_date_ms(int year, int week, int weekday) {
  if (year < 1 || week < 1 || week > 53 || weekday < 1 || weekday > 7) return std::nullopt;
  const std::int64_t start = iso_year_start_ms(year);
  const std::int64_t at = start + (std::int64_t{week} - 1) * 7 * kDayMs + (weekday - 1) * kDayMs;
  if (at >= iso_year_start_ms(year + 1)) return std::nullopt;
  return at;
}

std::optional<std::int64_t> ordinal_date_ms(int year, int day) {
  if (year < 1 || day < 1 || day > (leap(year) ? 366 : 365)) return std::nullopt;
  return date_ms(year, 1, 1) + (std::int64_t{day} - 1) * kDayMs;
}

std::optional<ReadTime> read_iso(std::string_view text) {
  Rest in{text.data(), text.data() + text.size()};
  int year = 0;
  if (!in.digits(4, 4, year)) return std::nullopt;
  std::optional<std::int64_t> date;
  const bool extended = in.take('-');
  if (in.take('W')) {
    int week = 0;
    int weekday = 1;
    if (!in.digits(2, 2, week)) return std::nullopt;
    if (extended ? in.take('-') : (!in.empty() && is_digit(*in.at)))
      if (!in.digits(1, 1, weekday)) return std::nullopt;
    date = week_date_ms(year, week, weekday);
  } else {
    const char* const start = in.at;
    std::size_t run = 0;
    while (start + run != in.end && is_digit(start[run])) ++run;
    int month = 1;
    int day = 1;
    if (run == 3) {
      if (!in.digits(3, 3, day)) return std::nullopt;
      date = ordinal_date_ms(year, day);
    } else {
      if (!in.digits(2, 2, month)) return std::nullopt;
      if (extended && !in.take('-')) return std::nullopt;
      if (!in.digits(2, 2, day)) return std::nullopt;
      if (date_exists(year, month, day)) date = date_ms(year, month, day);
    }
  }
  if (!date) return std::nullopt;
  ReadTime out{*date, false};
  if (in.empty()) return out;
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  if (!in.digits(2, 2, hour)) return std::nullopt;
  const bool colons = in.take(':');
  if (colons || (!in.empty() && is_digit(*in.at))) {
    if (!in.digits(2, 2, minute)) return std::nullopt;
    if (colons ? in.take(':') : (!in.empty() && is_digit(*in.at))) {
      if (!in.digits(2, 2, second)) return std::nullopt;
      if ((in.take('.') || in.take(',')) && !in.fraction(1, 18, ms)) return std::nullopt;
    }
  }
  // 24:00 is the end of the day (ISO 8601:2004, 4.2.3).
  const bool day_end = hour == 24 && minute == 0 && second == 0 && ms == 0;
  if ((hour > 23 && !day_end) || minute > 59 || second > 59) return std::nullopt;
  out.ms += ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms;
  if (in.empty()) return out;
  in.take(' ');
  int offset = 0;
  if (!in.offset(offset) || !in.empty()) return std::nullopt;
  out.ms -= offset * std::int64_t{60'000};
  out.zoned = true;
  return out;
}

/// A count since 1970 in units of `per_second`; whole or with a decimal point.
std::optional<ReadTime> read_epoch(std::string_view text, std::int64_t per_second) {
  Rest in{text.data(), text.data() + text.size()};
  const bool negative = in.take('-');
  std::int64_t whole = 0;
  const char* const start = in.at;
  while (!in.empty() && is_digit(*in.at)) {
    if (in.at - start > 17) return std::nullopt;
    whole = whole * 10 + (*in.at++ - '0');
  }
  if (in.at == start) return std::nullopt;
  int thousandths = 0;
  if (in.take('.') && !in.fraction(0, 18, thousandths)) return std::nullopt;
  if (!in.empty()) return std::nullopt;
  // The year 9999 at most: larger numbers are no times.
  if (whole / per_second > 253'402'300'799) return std::nullopt;
  std::int64_t ms = per_second >= 1000 ? whole / (per_second / 1000) : whole * 1000 + thousandths;
  if (negative) ms = -ms;
  return ReadTime{ms, true};
}

/// Days since 1899-12-30 with a fraction, the 1900 date system of spreadsheets (ECMA-376, 18.17.4.1);
/// days before March 1900, where that system has a day too many, are refused.
std::optional<ReadTime> read_excel(std::string_view text) {
  double days = 0;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), ',', '.');
  const auto [end, fault] = std::from_chars(plain.data(), plain.data() + plain.size(), days, std::chars_format::fixed);
  if (fault != std::errc{} || end != plain.data() + plain.size() || !(days >= 61) || !(days < 2'958'466))
    return std::nullopt;
  // 25569 days lie between 1899-12-30 and 1970-01-01. The fraction holds no more than milliseconds.
  return ReadTime{std::llround((days - 25'569.0) * static_cast<double>(kDayMs)), false};
}

// The months as people write them, three letters or more, without the marks of accents: English, French,
// Italian, German, Dutch, Spanish. The first that fits wins, so longer ones that hold others come first.
struct MonthName {
  std::string_view name;
  int month;
};
constexpr std::array kMonthNames{
    MonthName{"january", 1},    MonthName{"janvier", 1},    MonthName{"januari", 1},   MonthName{"januar", 1},
    MonthName{"gennaio", 1},    MonthName{"enero", 1},      MonthName{"janv", 1},      MonthName{"jan", 1},
    MonthName{"gen", 1},        MonthName{"ene", 1},        MonthName{"february", 2},  MonthName{"februari", 2},
    MonthName{"februar", 2},    MonthName{"fevrier", 2},    MonthName{"février", 2},   MonthName{"febbraio", 2},
    MonthName{"febrero", 2},    MonthName{"fevr", 2},       MonthName{"févr", 2},      MonthName{"feb", 2},
    MonthName{"march", 3},      MonthName{"mars", 3},       MonthName{"marzo", 3},     MonthName{"maart", 3},
    MonthName{"märz", 3},       MonthName{"mär", 3},        MonthName{"mrz", 3},       MonthName{"mrt", 3},
    MonthName{"mar", 3},        MonthName{"april", 4},      MonthName{"aprile", 4},    MonthName{"avril", 4},
    MonthName{"abril", 4},      MonthName{"apr", 4},        MonthName{"avr", 4},       MonthName{"abr", 4},
    MonthName{"maggio", 5},     MonthName{"mayo", 5},       MonthName{"may", 5},       MonthName{"mai", 5},
    MonthName{"mei", 5},        MonthName{"mag", 5},        MonthName{"june", 6},      MonthName{"juin", 6},
    MonthName{"giugno", 6},     MonthName{"junio", 6},      MonthName{"juni", 6},      MonthName{"jun", 6},
    MonthName{"giu", 6},        MonthName{"july", 7},       MonthName{"juillet", 7},   MonthName{"luglio", 7},
    MonthName{"julio", 7},      MonthName{"juli", 7},       MonthName{"juil", 7},      MonthName{"jul", 7},
    MonthName{"lug", 7},        MonthName{"august", 8},     MonthName{"augustus", 8},  MonthName{"agosto", 8},
    MonthName{"août", 8},       MonthName{"aout", 8},       MonthName{"aug", 8},       MonthName{"ago", 8},
    MonthName{"september", 9},  MonthName{"septembre", 9},  MonthName{"settembre", 9}, MonthName{"septiembre", 9},
    MonthName{"sept", 9},       MonthName{"sep", 9},        MonthName{"set", 9},       MonthName{"october", 10},
    MonthName{"octobre", 10},   MonthName{"oktober", 10},   MonthName{"ottobre", 10},  MonthName{"octubre", 10},
    MonthName{"oct", 10},       MonthName{"okt", 10},       MonthName{"ott", 10},      MonthName{"november", 11},
    MonthName{"novembre", 11},  MonthName{"noviembre", 11}, MonthName{"nov", 11},      MonthName{"december", 12},
    MonthName{"décembre", 12},  MonthName{"decembre", 12},  MonthName{"dezember", 12}, MonthName{"dicembre", 12},
    MonthName{"diciembre", 12}, MonthName{"déc", 12},       MonthName{"dec", 12},      MonthName{"dez", 12},
    MonthName{"dic", 12},
};

/// A whole word of letters (bytes of accented ones too), and a dot that may close an abbreviation.
std::string word(Rest& in) {
  std::string out;
  while (!in.empty() && (is_letter(*in.at) || static_cast<unsigned char>(*in.at) >= 0x80)) out += lower(*in.at++);
  in.take('.');
  return out;
}

std::optional<int> month_of(std::string_view name) {
  for (const MonthName& known : kMonthNames)
    if (known.name == name) return known.month;
  return std::nullopt;
}

/// A row of the table of well-known formats, tried in this order when a format is to be guessed.
constexpr std::array<std::string_view, 37> kWellKnown{
    "iso",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S,%f",
    "%d/%m/%Y %H:%M:%S.%f",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S.%f",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%d-%m-%Y %H:%M:%S.%f",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y",
    "%m-%d-%Y %H:%M:%S.%f",
    "%m-%d-%Y %H:%M:%S",
    "%m-%d-%Y %H:%M",
    "%m-%d-%Y",
    "%d.%m.%Y %H:%M:%S.%f",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d %b %Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%d %b %Y",
    "%b %d, %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S %z",
};

}  // namespace

Outcome TimeFormat::compile_signs(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == ' ') {
      steps_.push_back({Part::space});
      continue;
    }
    if (c != '%') {
      steps_.push_back({Part::literal, c});
      continue;
    }
    if (++i == format.size()) break;
    if (format[i] == '-' && i + 1 < format.size()) ++i;  // "%-d": digits without padding; we take both
    const auto nested = [&](std::string_view parts) { return compile_signs(parts); };
    switch (format[i]) {
      case 'Y': steps_.push_back({Part::year, 0, 4, 4}); break;
      case 'y': steps_.push_back({Part::year2, 0, 2, 2}); break;
      case 'm': steps_.push_back({Part::month}); break;
      case 'd':
      case 'e': steps_.push_back({Part::day}); break;
      case 'j': steps_.push_back({Part::day_of_year, 0, 3, 3}); break;
      case 'b':
      case 'B':
      case 'h': steps_.push_back({Part::month_name}); break;
      case 'a':
      case 'A': steps_.push_back({Part::weekday_name}); break;
      case 'H':
      case 'k': steps_.push_back({Part::hour}); break;
      case 'I':
      case 'l': steps_.push_back({Part::hour12}); break;
      case 'M': steps_.push_back({Part::minute}); break;
      case 'S': steps_.push_back({Part::second}); break;
      case 'f': steps_.push_back({Part::fraction, 0, 1, 9}); break;
      case 'p': steps_.push_back({Part::half_day}); break;
      case 'z':
      case 'Z': steps_.push_back({Part::offset}); break;
      case 'G': steps_.push_back({Part::iso_year, 0, 4, 4}); break;
      case 'V': steps_.push_back({Part::iso_week}); break;
      case 'u': steps_.push_back({Part::iso_weekday, 0, 1, 1}); break;
      case 's': steps_.push_back({Part::epoch}); break;
      case 'F': {
        GUICHET_TRY(done, nested("%Y-%m-%d"));
        static_cast<void>(done);
        break;
      }
      case 'T': {
        GUICHET_TRY(done, nested("%H:%M:%S"));
        static_cast<void>(done);
        break;
      }
      case 'D': {
        GUICHET_TRY(done, nested("%m/%d/%y"));
        static_cast<void>(done);
        break;
      }
      case 'R': {
        GUICHET_TRY(done, nested("%H:%M"));
        static_cast<void>(done);
        break;
      }
      case '%': steps_.push_back({Part::literal, '%'}); break;
      default:
        return Error{Fault::usage, "the time format \"" + std::string(format) + "\" has the unknown sign \"%" +
                                       std::string(1, format[i]) + "\"; see docs/mapping-format.md for the signs"};
    }
  }
  return Done{};
}

Outcome TimeFormat::compile_letters(std::string_view format) {
  const auto unknown = [&](std::string_view what) {
    return Error{Fault::usage, "the time format \"" + std::string(format) + "\" has the unknown part \"" +
                                   std::string(what) +
                                   "\"; write for example \"%Y-%m-%d %H:%M:%S\" or \"yyyy-MM-dd HH:mm:ss\""};
  };
  for (std::size_t i = 0; i < format.size();) {
    const char c = format[i];
    if (c == '\'') {
      const std::size_t close = format.find('\'', i + 1);
      if (close == std::string_view::npos) return unknown(format.substr(i));
      if (close == i + 1) steps_.push_back({Part::literal, '\''});
      for (std::size_t k = i + 1; k < close; ++k) steps_.push_back({Part::literal, format[k]});
      i = close + 1;
      continue;
    }
    if (!is_letter(c)) {
      steps_.push_back(c == ' ' ? Step{Part::space} : Step{Part::literal, c});
      ++i;
      continue;
    }
    std::size_t run = 1;
    while (i + run < format.size() && format[i + run] == c) ++run;
    const std::string_view letters = format.substr(i, run);
    i += run;
    // A doubled letter asks for two digits; a value with one is common all the same.
    switch (c) {
      case 'y':
      case 'u':
        if (run == 4)
          steps_.push_back({Part::year, 0, 4, 4});
        else if (run == 2)
          steps_.push_back({Part::year2, 0, 2, 2});
        else
          return unknown(letters);
        break;
      case 'M':
        if (run > 4) return unknown(letters);
        steps_.push_back({run > 2 ? Part::month_name : Part::month});
        break;
      case 'd': steps_.push_back({Part::day}); break;
      case 'D': steps_.push_back({Part::day_of_year, 0, 3, 3}); break;
      case 'E': steps_.push_back({Part::weekday_name}); break;
      case 'H': steps_.push_back({Part::hour}); break;
      case 'h': steps_.push_back({Part::hour12}); break;
      case 'm': steps_.push_back({Part::minute}); break;
      case 's': steps_.push_back({Part::second}); break;
      case 'S': steps_.push_back({Part::fraction, 0, 1, 9}); break;
      case 'a': steps_.push_back({Part::half_day}); break;
      case 'X':
      case 'x':
      case 'Z':
      case 'z': steps_.push_back({Part::offset}); break;
      case 'Y': steps_.push_back({Part::iso_year, 0, 4, 4}); break;
      case 'w': steps_.push_back({Part::iso_week}); break;
      case 'T':
        if (run != 1) return unknown(letters);
        steps_.push_back({Part::literal, 'T'});
        break;
      default: return unknown(letters);
    }
  }
  return Done{};
}

Result<TimeFormat> TimeFormat::compile(std::string_view format) {
  TimeFormat out;
  out.spelling_ = format;
  if (format == "iso")
    out.kind_ = Kind::iso;
  else if (format == "epoch_seconds")
    out.kind_ = Kind::epoch_s;
  else if (format == "epoch_milliseconds")
    out.kind_ = Kind::epoch_ms;
  else if (format == "epoch_microseconds")
    out.kind_ = Kind::epoch_us;
  else if (format == "excel")
    out.kind_ = Kind::excel;
  if (out.kind_ != Kind::fields) return out;
  if (format.find('%') != std::string_view::npos) {
    GUICHET_TRY(done, out.compile_signs(format));
    static_cast<void>(done);
  } else {
    GUICHET_TRY(done, out.compile_letters(format));
    static_cast<void>(done);
  }
  const auto has = [&](Part part) {
    return std::any_of(out.steps_.begin(), out.steps_.end(), [&](const Step& step) { return step.part == part; });
  };
  const bool dated = ((has(Part::year) || has(Part::year2)) &&
                      (((has(Part::month) || has(Part::month_name)) && has(Part::day)) || has(Part::day_of_year))) ||
                     (has(Part::iso_year) && has(Part::iso_week)) || has(Part::epoch);
  if (!dated)
    return Error{Fault::usage, "the time format \"" + std::string(format) +
                                   "\" does not give a whole date; it needs year, month and day"};
  return out;
}

std::optional<ReadTime> TimeFormat::read_fields(std::string_view text) const {
  Rest in{text.data(), text.data() + text.size()};
  int year = 0, month = 1, day = 1, day_of_year = 0, week = 0, weekday = 1;
  int hour = 0, minute = 0, second = 0, ms = 0, offset = 0;
  int half = -1;
  std::optional<ReadTime> epoch;
  bool zoned = false, iso_week = false, twelve = false;
  for (const Step& step : steps_) {
    const auto number = [&](int& value) { return in.digits(step.least, step.most, value); };
    bool good = true;
    switch (step.part) {
      case Part::literal: good = in.take(step.literal); break;
      case Part::space:
        good = in.take(' ');
        while (in.take(' ')) {
        }
        break;
      case Part::year: good = number(year); break;
      case Part::year2:
        good = number(year);
        year += year < 69 ? 2000 : 1900;  // POSIX strptime, %y
        break;
      case Part::month: good = number(month); break;
      case Part::month_name: {
        const auto found = month_of(word(in));
        good = found.has_value();
        if (found) month = *found;
        break;
      }
      case Part::day: good = number(day); break;
      case Part::day_of_year: good = number(day_of_year); break;
      case Part::weekday_name: good = word(in).size() >= 2; break;
      case Part::hour: good = number(hour); break;
      case Part::hour12:
        twelve = true;
        good = number(hour) && hour >= 1 && hour <= 12;
        break;
      case Part::minute: good = number(minute); break;
      case Part::second: good = number(second); break;
      case Part::fraction: good = in.fraction(step.least, step.most, ms); break;
      case Part::half_day: {
        std::string sign;
        while (!in.empty() && (is_letter(*in.at) || *in.at == '.') && sign.size() < 4) {
          if (*in.at != '.') sign += lower(*in.at);
          ++in.at;
        }
        half = sign == "am" ? 0 : sign == "pm" ? 1 : -1;
        good = half >= 0;
        break;
      }
      case Part::offset:
        good = in.offset(offset);
        zoned = true;
        break;
      case Part::iso_year:
        good = number(year);
        iso_week = true;
        break;
      case Part::iso_week: good = number(week); break;
      case Part::iso_weekday: good = number(weekday); break;
      case Part::epoch: {
        const char* const start = in.at;
        while (!in.empty() && is_digit(*in.at)) ++in.at;
        epoch = read_epoch({start, static_cast<std::size_t>(in.at - start)}, 1);
        good = epoch.has_value();
        break;
      }
    }
    if (!good) return std::nullopt;
  }
  if (!in.empty()) return std::nullopt;
  if (epoch) return epoch;
  if (twelve && half >= 0) hour = hour % 12 + 12 * half;
  const bool day_end = hour == 24 && minute == 0 && second == 0 && ms == 0;
  if ((hour > 23 && !day_end) || minute > 59 || second > 59) return std::nullopt;
  std::optional<std::int64_t> date;
  if (iso_week)
    date = week_date_ms(year, week, weekday);
  else if (day_of_year != 0)
    date = ordinal_date_ms(year, day_of_year);
  else if (date_exists(year, month, day))
    date = date_ms(year, month, day);
  if (!date) return std::nullopt;
  return ReadTime{
      *date + ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms - offset * std::int64_t{60'000}, zoned};
}

std::optional<ReadTime> TimeFormat::read(std::string_view text) const {
  switch (kind_) {
    case Kind::fields: return read_fields(text);
    case Kind::iso: return read_iso(text);
    case Kind::epoch_s: return read_epoch(text, 1);
    case Kind::epoch_ms: return read_epoch(text, 1000);
    case Kind::epoch_us: return read_epoch(text, 1'000'000);
    case Kind::excel: return read_excel(text);
  }
  return std::nullopt;
}

Result<TimeReader> TimeReader::make(const std::vector<std::string>& formats, const std::string& zone) {
  TimeReader out;
  for (const std::string& spelling : formats) {
    GUICHET_TRY(format, TimeFormat::compile(spelling));
    out.formats_.push_back(std::move(format));
  }
  if (out.formats_.empty()) {
    GUICHET_TRY(iso, TimeFormat::compile("iso"));
    out.formats_.push_back(std::move(iso));
  }
  if (!zone.empty() && zone != "UTC") {
    // 1900 to 2200: further off, the first or last step goes on.
    GUICHET_TRY(steps, formats::zone_steps(zone, -2'208'988'800, 7'258'118'400));
    out.steps_ = std::move(steps);
  }
  return out;
}

std::int64_t TimeReader::to_utc(std::int64_t local_ms) {
  const std::int64_t local = local_ms >= 0 ? local_ms / 1000 : -((999 - local_ms) / 1000);
  const auto starts = [&](std::size_t i) { return steps_[i].since + steps_[i].offset; };
  const bool here = (step_ == 0 || starts(step_) <= local) && (step_ + 1 == steps_.size() || local < starts(step_ + 1));
  if (!here) {
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), local, [](std::int64_t at, const auto& step) {
      return at < step.since + step.offset;
    });
    step_ = after == steps_.begin() ? 0 : static_cast<std::size_t>(after - steps_.begin()) - 1;
  }
  std::size_t chosen = step_;
  if (chosen > 0 && local - steps_[chosen - 1].offset < steps_[chosen].since) {
    --chosen;
    ++twice_;
  } else if (chosen + 1 < steps_.size() && local - steps_[chosen].offset >= steps_[chosen + 1].since) {
    ++never_;
  }
  return local_ms - steps_[chosen].offset * std::int64_t{1000};
}

std::optional<Instant> TimeReader::read(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::optional<ReadTime> got;
  for (const TimeFormat& format : formats_) {
    got = format.read(text);
    if (got) break;
  }
  if (!got) return std::nullopt;
  return Instant{Duration{got->zoned || steps_.empty() ? got->ms : to_utc(got->ms)}};
}

std::vector<std::string> fitting_formats(const std::vector<std::string>& texts) {
  std::vector<std::string> fitting;
  if (texts.empty()) return fitting;
  const auto fits = [&](std::string_view spelling) {
    const auto format = TimeFormat::compile(spelling);
    return format && std::all_of(texts.begin(), texts.end(), [&](const auto& text) { return format->read(text); });
  };
  for (const std::string_view spelling : kWellKnown)
    if (fits(spelling)) fitting.emplace_back(spelling);
  if (!fitting.empty()) return fitting;
  // Bare numbers: the size tells what they count. 1990 to 2100 is where records of desks lie.
  const auto between = [&](double low, double high) {
    return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
      double value = 0;
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
      return fault == std::errc{} && end == text.data() + text.size() && value >= low && value <= high;
    });
  };
  constexpr double kFrom = 631'152'000;
  constexpr double kTo = 4'102'444'800;
  if (between(kFrom, kTo))
    fitting.emplace_back("epoch_seconds");
  else if (between(kFrom * 1e3, kTo * 1e3))
    fitting.emplace_back("epoch_milliseconds");
  else if (between(kFrom * 1e6, kTo * 1e6))
    fitting.emplace_back("epoch_microseconds");
  else if (between(32'874, 73'050))
    fitting.emplace_back("excel");
  return fitting;
}

}  // namespace guichet::intake
