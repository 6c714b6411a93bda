#include <guichet/intake/logs/time_format.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace guichet::intake {
namespace {

/// The instant that `text` says under `format`, or "".
std::string at(std::string_view format, std::string_view text, const std::string& zone = "") {
  auto reader = TimeReader::make({std::string(format)}, zone);
  if (!reader) return reader.error().detail;
  const auto instant = reader->read(text);
  return instant ? print_instant(*instant) : "";
}

TEST(TimeFormat, iso_in_all_its_forms) {
  const auto iso = [](std::string_view text) { return at("iso", text); };
  for (const auto* same :
       {"2010-12-30T14:32:00.000+01:00", "2010-12-30T13:32:00Z", "2010-12-30T13:32", "2010-12-30 14:32:00+0100",
        "2010-12-30T14:32:00,000+01", "2010-12-30 13:32:00", "20101230T133200Z", "20101230T1332", "2010-W52-4T13:32:00",
        "2010-364T13:32:00", "2010W524T1332", "2010-12-30T08:32:00-05:00", "2010-12-30t13:32:00z",
        "2010-12-30 13:32:00 UTC", "2010-12-30 13:32:00 +0000", "  2010-12-30T13:32:00Z "})
    EXPECT_EQ(iso(same), "2010-12-30T13:32:00Z") << same;
  EXPECT_EQ(iso("2010-12-30T13:32:00.1234567Z"), "2010-12-30T13:32:00.123Z");
  EXPECT_EQ(iso("2010-12-30"), "2010-12-30T00:00:00Z");
  EXPECT_EQ(iso("20101230"), "2010-12-30T00:00:00Z");
  EXPECT_EQ(iso("2010-12-30T24:00:00"), "2010-12-31T00:00:00Z");
  EXPECT_EQ(iso("2012-W01"), "2012-01-02T00:00:00Z");
  EXPECT_EQ(iso("2009-W53-7"), "2010-01-03T00:00:00Z");
  EXPECT_EQ(iso("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59.500Z");
  for (const auto* none : {"",
                           "2010",
                           "2010-1-1",
                           "2010-13-01",
                           "2011-02-29",
                           "2010-12-30T25:00",
                           "2010-12-30T24:00:01",
                           "2010-12-30T13:60",
                           "2010-12-30T13:32:60Z",
                           "2010-12-30X13:32",
                           "2010-12-30T13:32:00+",
                           "2010-12-30T13:32:00+1",
                           "2010-12-30T13:32:00Zx",
                           "2010-W54-1",
                           "2011-W53-1",
                           "2010-366",
                           "0000-01-01",
                           "2010-12-30T13:32:00.",
                           "30.12.2010",
                           "99999-01-01",
                           "-2010-12-30"})
    EXPECT_EQ(iso(none), "") << none;
}

TEST(TimeFormat, signs_and_letters_say_the_same) {
  const std::string expected = "2012-10-09T14:50:17.250Z";
  EXPECT_EQ(at("%Y/%m/%d %H:%M:%S.%f", "2012/10/09 14:50:17.250"), expected);
  EXPECT_EQ(at("yyyy/MM/dd HH:mm:ss.SSS", "2012/10/09 14:50:17.250"), expected);
  EXPECT_EQ(at("%d.%m.%y %I:%M:%S.%f %p", "9.10.12 02:50:17.25 PM"), expected);
  EXPECT_EQ(at("d.M.yy h:mm:ss.SSS a", "9.10.12 2:50:17.250 p.m."), expected);
  EXPECT_EQ(at("%a %b %d %T.%f %z %Y", "Tue Oct 09 16:50:17.250 +0200 2012"), expected);
  EXPECT_EQ(at("EEE, dd MMM yyyy HH:mm:ss.SSS Z", "Tue, 09 Oct 2012 16:50:17.250 +0200"), expected);
  EXPECT_EQ(at("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2012-10-09T16:50:17.250+02:00"), expected);
  EXPECT_EQ(at("%G-W%V-%u %R", "2012-W41-2 14:50"), "2012-10-09T14:50:00Z");
  EXPECT_EQ(at("%Y%j", "2012283"), "2012-10-09T00:00:00Z");
  EXPECT_EQ(at("%y%m%d %H:%M:%S", "990201 7:02:47"), "1999-02-01T07:02:47Z");
  EXPECT_EQ(at("%m/%d/%Y %I:%M:%S %p", "06/26/2018 12:50:01 AM"), "2018-06-26T00:50:01Z");
  EXPECT_EQ(at("%m/%d/%Y %I:%M:%S %p", "06/26/2018 12:50:01 pm"), "2018-06-26T12:50:01Z");
  EXPECT_EQ(at("at %s", "at 1349794217"), "2012-10-09T14:50:17Z");
}

TEST(TimeFormat, months_have_names_in_six_languages) {
  for (const auto* text : {"9 October 2012", "9 oct. 2012", "9 octobre 2012", "9 Ottobre 2012", "9 OKT 2012",
                           "9 oktober 2012", "9 octubre 2012"})
    EXPECT_EQ(at("%d %B %Y", text), "2012-10-09T00:00:00Z") << text;
  EXPECT_EQ(at("%d %b %Y", "1 août 2012"), "2012-08-01T00:00:00Z");
  EXPECT_EQ(at("%d %b %Y", "1 mag 2012"), "2012-05-01T00:00:00Z");
  EXPECT_EQ(at("%d %b %Y", "1 märz 2012"), "2012-03-01T00:00:00Z");
  EXPECT_EQ(at("%d %b %Y", "1 floreal 2012"), "");
}

TEST(TimeFormat, counts_and_spreadsheet_days) {
  EXPECT_EQ(at("epoch_seconds", "1349794217"), "2012-10-09T14:50:17Z");
  EXPECT_EQ(at("epoch_seconds", "1349794217.25"), "2012-10-09T14:50:17.250Z");
  EXPECT_EQ(at("epoch_milliseconds", "1349794217250"), "2012-10-09T14:50:17.250Z");
  EXPECT_EQ(at("epoch_microseconds", "1349794217250000"), "2012-10-09T14:50:17.250Z");
  EXPECT_EQ(at("epoch_seconds", "-1"), "1969-12-31T23:59:59Z");
  EXPECT_EQ(at("excel", "41191.6182523148"), "2012-10-09T14:50:17Z");
  EXPECT_EQ(at("excel", "41191,5"), "2012-10-09T12:00:00Z");
  for (const auto* none : {"", "x", "1e9", "999999999999999999999", "12x", "-"}) {
    EXPECT_EQ(at("epoch_seconds", none), "") << none;
    EXPECT_EQ(at("excel", none), "") << none;
  }
  EXPECT_EQ(at("excel", "59"), "");  // that calendar's 29 February 1900 is near
}

TEST(TimeFormat, what_does_not_exist_or_fit_is_not_read) {
  EXPECT_EQ(at("%d/%m/%Y", "31/02/2012"), "");
  EXPECT_EQ(at("%d/%m/%Y", "13/13/2012"), "");
  EXPECT_EQ(at("%d/%m/%Y", "1/2/2012 "), "2012-02-01T00:00:00Z");
  EXPECT_EQ(at("%d/%m/%Y", "1/2/2012x"), "");
  EXPECT_EQ(at("%d/%m/%Y %H:%M", "1/2/2012 24:01"), "");
  EXPECT_EQ(at("%d/%m/%Y %I:%M %p", "1/2/2012 13:01 pm"), "");
  EXPECT_EQ(at("%G-%V-%u", "2011-53-1"), "");
}

TEST(TimeFormat, formats_that_make_no_sense_are_refused) {
  for (const auto* format : {"", "%H:%M", "%Y-%m", "yyyy-QQ-dd", "%Y-%m-%d %!", "yyy-MM-dd", "yyyy-MM-dd 'T"})
    EXPECT_FALSE(TimeFormat::compile(format)) << format;
}

TEST(TimeReader, zones_place_what_carries_none) {
  EXPECT_EQ(at("iso", "2012-07-01T12:00:00", "Europe/Rome"), "2012-07-01T10:00:00Z");
  EXPECT_EQ(at("iso", "2012-01-01T12:00:00", "Europe/Rome"), "2012-01-01T11:00:00Z");
  EXPECT_EQ(at("iso", "2012-07-01T12:00:00Z", "Europe/Rome"), "2012-07-01T12:00:00Z");
  EXPECT_EQ(at("epoch_seconds", "0", "Europe/Rome"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(at("iso", "1850-01-01", "Europe/Rome").substr(0, 10), "1849-12-31");
  EXPECT_EQ(at("iso", "2012-03-25T02:30:00", "Europe/Rome"), "2012-03-25T01:30:00Z");
  EXPECT_EQ(at("iso", "2012-10-28T02:30:00", "Europe/Rome"), "2012-10-28T00:30:00Z");
  EXPECT_EQ(at("iso", "2012-10-28T03:00:00", "Europe/Rome"), "2012-10-28T02:00:00Z");
  EXPECT_FALSE(TimeReader::make({"iso"}, "Europe/Rme"));
}

// Every hour of two years, through the clock and back: the steps of the zone are applied on the right side.
TEST(TimeReader, a_zone_is_undone_hour_by_hour) {
  auto reader = TimeReader::make({"epoch_seconds", "iso"}, "America/New_York");
  ASSERT_TRUE(reader);
  const auto steps = formats::zone_steps("America/New_York", 1'262'304'000, 1'325'376'000);
  ASSERT_TRUE(steps);
  std::size_t step = 0;
  std::int64_t before = 0;
  for (std::int64_t utc = 1'262'304'000; utc < 1'325'376'000; utc += 3600) {
    while (step + 1 < steps->size() && (*steps)[step + 1].since <= utc) ++step;
    std::string local = print_instant(Instant{Duration{(utc + (*steps)[step].offset) * 1000}});
    local.pop_back();
    const auto back = reader->read(local);
    ASSERT_TRUE(back);
    const std::int64_t seconds = back->time_since_epoch().count() / 1000;
    // The second of an hour that comes twice is read as the first.
    EXPECT_TRUE(seconds == utc || seconds == utc - 3600) << local;
    if (seconds == utc - 3600) {
      EXPECT_EQ(seconds, before);
    }
    before = utc;
  }
  EXPECT_EQ(reader->twice(), 4U);  // two autumns, both readings of the hour
}

TEST(TimeFormat, well_known_formats_are_found_from_values) {
  using Texts = std::vector<std::string>;
  const auto found = [](const Texts& texts) { return fitting_formats(texts); };
  EXPECT_EQ(found({"2012-10-09T14:50:17Z"}), Texts{"iso"});
  EXPECT_EQ(found({"2012/10/09 14:50:17.000"}), Texts{"%Y/%m/%d %H:%M:%S.%f"});
  EXPECT_EQ(found({"09/10/2012"}), (Texts{"%d/%m/%Y", "%m/%d/%Y"}));
  EXPECT_EQ(found({"09/10/2012", "13/10/2012"}), Texts{"%d/%m/%Y"});
  EXPECT_EQ(found({"09/10/2012", "10/13/2012"}), Texts{"%m/%d/%Y"});
  EXPECT_EQ(found({"9.10.2012 08:15"}), Texts{"%d.%m.%Y %H:%M"});
  EXPECT_EQ(found({"1349794217"}), Texts{"epoch_seconds"});
  EXPECT_EQ(found({"1349794217000"}), Texts{"epoch_milliseconds"});
  EXPECT_EQ(found({"41191.618"}), Texts{"excel"});
  EXPECT_EQ(found({"Wed Oct 11 06:55:44 +0000 2017"}), Texts{"%a %b %d %H:%M:%S %z %Y"});
  EXPECT_EQ(found({"soon"}), Texts{});
  EXPECT_EQ(found({"17"}), Texts{});
  EXPECT_EQ(found({}), Texts{});
}

}  // namespace
}  // namespace guichet::intake
