// What to expect, in words and for programs: each forecast with what it rests on and how good such forecasts were.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/core/moment.hpp>
#include <guichet/expect/forecast.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::dossier {

/// All that is foretold from one history.
struct Foretold {
  expect::Forecast forecast;
  std::uint64_t looked_again{};   // decisions that were looked at a second time
  std::optional<double> changed;  // the share of them that did not stand; none below expect::kFewest
};
/// `past` is settled; `findings` are of the same cases.
Foretold foretold(const expect::Past& past, const Vocabulary& names, const measures::Findings& findings);

/// What is asked of a case: how much of each has been waited for. None: that is not awaited.
using SoFar = std::array<std::optional<std::int64_t>, expect::kAsked>;
/// Of a case that is to be opened.
inline constexpr SoFar kNotOpened{0, 0, 0};
SoFar so_far(const CaseHistory& history, Instant now);

/// One forecast in words.
struct ExpectationTold {
  std::string what;      // "An answer"
  std::string says;      // the forecast, or that too little is known
  std::string rests_on;  // the earlier cases; empty: there is none
  std::string accuracy;  // of such forecasts; empty: there is none
};
std::vector<ExpectationTold> told(const Foretold& foretold, std::string_view matter, const SoFar& so_far,
                                  const formats::Phrases& phrases);
/// What became of decisions that were looked at again; empty when too little is known.
std::string reversal_told(const Foretold& foretold, const formats::Phrases& phrases);

/// The members "answer", "outcome", "messages" and "looked_again" of an object that has been begun. Times are seconds;
/// null: not foretold, or beyond what is known.
void write_expectations(formats::JsonWriter& json, const Foretold& foretold, std::string_view matter,
                        const SoFar& so_far);

}  // namespace guichet::dossier
