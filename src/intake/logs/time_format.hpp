// How times are written in other people's logs, and how to read them. Knows no columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/formats/zone.hpp>

namespace guichet::intake {

/// A time as read: milliseconds since 1970 of its own clock, or of UTC when it says its zone.
struct ReadTime {
  std::int64_t ms{};
  bool zoned{};
};

/// One way of writing times. A format is one of
///  - "iso": ISO 8601 in all the forms that occur: calendar, week and ordinal dates, basic and extended,
///    with or without seconds, fractions and offsets;
///  - "epoch_seconds", "epoch_milliseconds", "epoch_microseconds": numbers since 1970, UTC;
///  - "excel": days since 1899-12-30, as spreadsheets store them;
///  - signs with "%" as in strptime (POSIX): %Y %y %m %d %e %j %b %B %a %A %H %I %M %S %f %p %z %Z %G %V %u
///    %F %T %D %R %s %%;
///  - letters as in Java and Disco: yyyy yy MM M MMM d dd EEE H HH h hh m mm s ss S… a X Z z 'text'.
class TimeFormat {
 public:
  static Result<TimeFormat> compile(std::string_view format);

  /// Nothing when `text` is not written this way, or is a day or time that does not exist.
  std::optional<ReadTime> read(std::string_view text) const;
  const std::string& spelling() const { return spelling_; }

 private:
  enum class Kind : std::uint8_t { fields, iso, epoch_s, epoch_ms, epoch_us, excel };
  enum class Part : std::uint8_t {
    literal,
    space,
    year,
    year2,
    month,
    month_name,
    day,
    day_of_year,
    weekday_name,
    hour,
    hour12,
    minute,
    second,
    fraction,
    half_day,
    offset,
    iso_year,
    iso_week,
    iso_weekday,
    epoch,
  };
  struct Step {
    Part part;
    char literal{};
    std::uint8_t least{1}, most{2};  // digits
  };
  Outcome compile_signs(std::string_view format);
  Outcome compile_letters(std::string_view format);
  std::optional<ReadTime> read_fields(std::string_view text) const;

  Kind kind_ = Kind::fields;
  std::vector<Step> steps_;
  std::string spelling_;
};

/// Reads times of a column: the first of the formats that fits, and values that carry no zone as the
/// clocks of one zone showed them.
class TimeReader {
 public:
  /// No format means "iso"; no zone means UTC.
  static Result<TimeReader> make(const std::vector<std::string>& formats, const std::string& zone);

  std::optional<Instant> read(std::string_view text);

  /// Times without zone that the clocks showed twice (the first is taken) or never (taken as if the clocks
  /// had not been put forward).
  std::uint64_t twice() const { return twice_; }
  std::uint64_t never() const { return never_; }

 private:
  TimeReader() = default;
  std::int64_t to_utc(std::int64_t local_ms);

  std::vector<TimeFormat> formats_;
  std::vector<formats::ZoneStep> steps_;  // empty: UTC
  std::size_t step_ = 0;                  // where the last value fell
  std::uint64_t twice_ = 0, never_ = 0;
};

/// The formats among the well-known ones that read every one of `texts`, most likely first. Dates whose
/// day and month could change places give both orders.
std::vector<std::string> fitting_formats(const std::vector<std::string>& texts);

}  // namespace guichet::intake
