// What a claim comes to on a day: each line of interest with its days, base, rate, article and source; payments and
// what they went to; fees, hours, letters. Whole numbers throughout: each line is shown to the cent, and what a regime
// comes to is rounded once, from the lines as they are. Concludes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/days.hpp>
#include <guichet/dossier/rates.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::dossier {

/// Of which of the three regimes a line is; they are added up apart.
enum class InterestKind : std::uint8_t { legal, late_payment, uplift };
inline constexpr std::size_t kInterestKinds = 3;
std::string_view name(InterestKind kind);

/// Where the rate of a line comes from.
enum class RateBasis : std::uint8_t {
  legal,         // the legal rate of the creditor
  agreed,        // of the contract
  ecb_plus_ten,  // the ECB's and ten points
  legal_thrice,  // the floor: three times the legal rate
  plus_five,     // the uplift after judgment
};
inline constexpr std::size_t kRateBases = 5;
std::string_view name(RateBasis basis);

/// One period at one rate on one base. base × points × days / (10,000 × days of the year), half a cent up.
struct InterestLine {
  std::size_t sum{};  // which of the claim's sums
  InterestKind kind{};
  Day from{}, until{};  // both bear interest
  std::int64_t days{}, year_days{};
  Cents base{};         // what bears interest: what is left of the sum, and …
  Cents capitalised{};  // … of that, interest that has become principal
  RatePoints points{};
  RateBasis basis{};
  Cents cents{};
  std::int64_t millionths{};  // of a euro, before rounding to the cent
  std::string source;         // of the rate
};

/// What a payment went to, in the order in which it went there.
struct PaymentLine {
  std::size_t payment{};  // which of the claim's
  Cents on_interest{}, on_principal{}, on_recovery_fees{}, left_over{};
  bool counted = true;  // false: it came after the day on which counting stopped
};

/// Interest that becomes principal after a full year.
struct CapitalisedLine {
  std::size_t sum{};
  Day on{};  // bears interest from this day
  Cents cents{};
};

/// Why counting stopped before the day asked for.
struct RateUnknown {
  Day on{};  // the first day without a rate
  RateKind kind{};
  std::string why, why_fr;  // the file's own words, or empty
};

struct SumLeft {
  Cents principal{}, interest{};  // not yet paid; interest that has become principal counts as interest
};

struct Costs {
  Day asked_until{};
  std::optional<Day> counted_until;    // absent: not one day could be counted
  std::optional<RateUnknown> unknown;  // then counted_until lies before asked_until
  std::vector<InterestLine> lines;     // by sum, then by date, then by kind
  std::vector<CapitalisedLine> capitalised;
  std::vector<PaymentLine> payments;  // in order of date
  std::vector<SumLeft> left;          // per sum of the claim
  std::optional<Day> uplift_from;     // first day of the uplift after judgment
  std::vector<Cents> hours;           // per entry of the claim's hours
  std::size_t hours_without_rate{};   // entries counted as zero
  std::size_t without_source{};       // entries of the claim that say no source

  Cents principal{};  // of all sums
  // By kind, rounded once from `millionths`: never added to one another but in `total`.
  std::array<Cents, kInterestKinds> interest{};
  std::array<Cents, kInterestKinds> rounding{};           // interest less the lines as shown: a cent or so, or nothing
  std::array<std::int64_t, kInterestKinds> millionths{};  // of a euro
  std::int64_t recovery_fees{};                           // how many, of 40 EUR each
  Cents recovery_cents{};
  Cents paid{};  // that was counted
  Cents hours_cents{}, letters_cents{}, fees_cents{}, other_cents{};
  Cents compensated{};
  std::int64_t minutes{};
  /// principal + interest + recovery fees + hours and outlays − paid − compensated; below zero when more came than due.
  Cents total{};

  Cents interest_cents() const { return interest[0] + interest[1] + interest[2]; }
  Cents outlay_cents() const { return hours_cents + letters_cents + fees_cents + other_cents; }
};

/// A claim as it can be asked for on its last day, and what it comes to.
struct CountedClaim {
  Claim claim;  // without what is later; `left_out` says how many entries those are
  Costs costs;  // its indices are places in `claim`
};
/// `until` counts when the claim names no last day. Sums that bear interest from a later day only, and hours, outlays
/// and compensations of later days are left out: nobody could ask for them on that day. Payments stay; the account says
/// which of them it does not count. Deterministic; reads no clock. The only error is a sum that grows beyond half a
/// billion euros by interest on interest.
Result<CountedClaim> count_claim(Claim claim, const Rates& rates, Day until);

/// "C. civ., art. 1231-6 et 1344-1": the article that a kind of line rests on, as it is cited.
std::string_view article_of(InterestKind kind);
std::string_view article_of(RateBasis basis);
inline constexpr std::string_view kRecoveryArticle = "C. com., art. D441-5";
inline constexpr std::string_view kPaymentArticle = "C. civ., art. 1343-1";
inline constexpr std::string_view kCapitalisationArticle = "C. civ., art. 1343-2";

/// For a terminal of 100 columns.
std::string costs_as_text(const Claim& claim, const Costs& costs, const formats::Phrases& phrases);
/// One object; amounts as texts with two decimals ("574.26"), days as "2026-06-30".
std::string costs_as_json(const Claim& claim, const Costs& costs);
/// One line per line of the account: kind, what, from, until, days, year_days, base, rate, amount, unrounded, article,
/// source (RFC 4180).
std::string costs_as_csv(const Claim& claim, const Costs& costs);
/// A part of a page, its headings of the second rank: the sums in short, every line, what could not be counted.
formats::Html costs_as_html(const Claim& claim, const Costs& costs, const formats::Phrases& phrases);
/// The same as a page in one file.
std::string costs_as_page(const Claim& claim, const Costs& costs, formats::Language language);

/// What stands beside a line for people: "8 199,36 €", "€8,199.36".
std::string said_cents(Cents cents, const formats::Phrases& phrases);

}  // namespace guichet::dossier
