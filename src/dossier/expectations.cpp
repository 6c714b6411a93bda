#include <guichet/dossier/expectations.hpp>

#include <algorithm>

namespace guichet::dossier {
namespace {

using expect::Asked;

constexpr std::array kAll{Asked::answer, Asked::outcome, Asked::messages};

std::string key_of(Asked asked, std::string_view what) {
  return "expect." + std::string(expect::name(asked)) + "." + std::string(what);
}

/// Durations as they are said, and numbers of messages.
class Lengths {
 public:
  Lengths(Asked asked, std::int64_t past, const formats::Phrases& phrases)
      : counts_(asked == Asked::messages), past_(counts_ ? 0 : past), phrases_(phrases) {}

  /// What is left of it from now on.
  std::string operator()(const std::optional<std::int64_t>& length) const {
    if (!length) return {};
    const std::int64_t left = std::max<std::int64_t>(*length - past_, 0);
    return counts_ ? phrases_.number(static_cast<double>(left)) : phrases_.duration(rounded(Duration{left}));
  }
  std::string past() const { return phrases_.duration(rounded(Duration{past_})); }

 private:
  /// To what the largest unit lets one see: nobody foretells seconds of a week.
  static Duration rounded(Duration length) {
    constexpr Duration kMinute = std::chrono::minutes{1}, kHour = std::chrono::hours{1}, kDay = std::chrono::hours{24};
    const auto to = [length](Duration unit) { return (length + unit / 2) / unit * unit; };
    if (length < kHour) return to(kMinute);
    if (length < 10 * kDay) return to(kHour);
    return to(kDay);
  }

  bool counts_;
  std::int64_t past_;
  const formats::Phrases& phrases_;
};

std::string forecast_in_words(Asked asked, const expect::Expectation& expected, const formats::Phrases& phrases) {
  const Lengths said(asked, expected.so_far, phrases);
  const auto& [low, middle, high] = expected.interval;
  const bool counts = asked == Asked::messages;
  const std::string kind = counts ? "expect.count." : expected.so_far > 0 ? "expect.further." : "expect.time.";
  const std::string so_far = counts ? std::string{} : said.past();
  if (!low) return phrases(kind + "hardly", {{"so_far", so_far}});
  if (!middle) return phrases(kind + "few", {{"so_far", so_far}, {"low", said(low)}});
  if (!high) return phrases(kind + "half", {{"so_far", so_far}, {"low", said(low)}, {"middle", said(middle)}});
  return phrases(kind + "all",
                 {{"so_far", so_far}, {"low", said(low)}, {"middle", said(middle)}, {"high", said(high)}});
}

std::string accuracy_in_words(const expect::Honesty& honesty, const formats::Phrases& phrases) {
  if (honesty.told < expect::kFewest) return phrases("expect.accuracy.unknown");
  const double share = static_cast<double>(honesty.within) / static_cast<double>(honesty.told);
  return phrases("expect.accuracy",
                 {{"share", phrases.percent(share, 0)}, {"n", phrases.number(static_cast<double>(honesty.told))}});
}

}  // namespace

Foretold foretold(const expect::Past& past, const Vocabulary& names, const measures::Findings& findings) {
  Foretold all{.forecast = expect::Forecast(past, names.matters), .looked_again = 0, .changed = std::nullopt};
  if (const measures::Figure* figure = findings.figure(measures::MeasureId::reversal)) {
    all.looked_again = figure->n;
    if (figure->n >= expect::kFewest) all.changed = figure->stat("share");
  }
  return all;
}

SoFar so_far(const CaseHistory& history, Instant now) {
  const expect::CaseStretches stretches = expect::stretches_of(history);
  SoFar past;
  for (const Asked asked : kAll) past[static_cast<std::size_t>(asked)] = expect::so_far(stretches, asked, now);
  return past;
}

std::vector<ExpectationTold> told(const Foretold& foretold, std::string_view matter, const SoFar& so_far,
                                  const formats::Phrases& phrases) {
  std::vector<ExpectationTold> all;
  for (const Asked asked : kAll) {
    const auto& past = so_far[static_cast<std::size_t>(asked)];
    if (!past) continue;
    ExpectationTold one{.what = phrases(key_of(asked, "what")), .says = {}, .rests_on = {}, .accuracy = {}};
    if (const auto expected = foretold.forecast.of(asked, matter, *past)) {
      one.says = forecast_in_words(asked, *expected, phrases);
      one.rests_on = phrases(expected->of_matter ? "expect.rests.matter"
                             : matter.empty()    ? "expect.rests.any"
                                                 : "expect.rests.all",
                             {{"n", phrases.number(static_cast<double>(expected->n))}});
      one.accuracy = accuracy_in_words(foretold.forecast.honesty(asked), phrases);
    } else {
      one.says = phrases("expect.too_few", {{"n", std::to_string(expect::kFewest)}});
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string reversal_told(const Foretold& foretold, const formats::Phrases& phrases) {
  if (!foretold.changed) return {};
  return phrases("expect.reversal", {{"n", phrases.number(static_cast<double>(foretold.looked_again))},
                                     {"share", phrases.percent(*foretold.changed, 0)}});
}

void write_expectations(formats::JsonWriter& json, const Foretold& foretold, std::string_view matter,
                        const SoFar& so_far) {
  for (const Asked asked : kAll) {
    json.key(expect::name(asked));
    const auto& past = so_far[static_cast<std::size_t>(asked)];
    const auto expected = past ? foretold.forecast.of(asked, matter, *past) : std::nullopt;
    if (!expected) {
      json.null();
      continue;
    }
    const auto length = [&](std::string_view name, const std::optional<std::int64_t>& value) {
      json.key(name);
      if (!value)
        json.null();
      else if (asked == Asked::messages)
        json.value(*value);
      else
        json.value(static_cast<double>(*value) / 1000.0, 3);
    };
    json.begin_object().key("unit").value(asked == Asked::messages ? "messages" : "seconds");
    length("so_far", expected->so_far);
    length("low", expected->interval.low);
    length("middle", expected->interval.middle);
    length("high", expected->interval.high);
    json.key("n").value(expected->n).key("of_matter").value(expected->of_matter);
    const expect::Honesty& honesty = foretold.forecast.honesty(asked);
    json.key("accuracy").begin_object().key("told").value(honesty.told).key("within").value(honesty.within);
    json.key("sooner").value(honesty.sooner).key("not_judged").value(honesty.unknown).end_object().end_object();
  }
  json.key("looked_again").begin_object().key("n").value(foretold.looked_again).key("changed");
  if (foretold.changed)
    json.value(*foretold.changed);
  else
    json.null();
  json.end_object();
}

}  // namespace guichet::dossier
