// What somebody asks for: sums, since when, under which of the regimes of interest, what was paid, what it cost. Read
// from a file (docs/costs.md) or kept with a case; computes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/days.hpp>
#include <guichet/dossier/prescription.hpp>
#include <guichet/dossier/rates.hpp>

namespace guichet::dossier {

/// Hundredths of a euro.
using Cents = std::int64_t;

/// Never mixed: a claim has one, and says which.
enum class Regime : std::uint8_t {
  no_interest,     // sums and costs only
  legal_interest,  // C. civ. 1231-6, 1344-1, at the rate of CMF L313-2; after a judgment, the uplift of L313-3
  late_payment,    // penalties between professionals on an unpaid price: C. com. L441-10 II
};
inline constexpr std::size_t kRegimes = 3;
std::string_view name(Regime regime);

enum class Creditor : std::uint8_t { business, private_person };
std::string_view name(Creditor creditor);

struct SumDue {
  std::string what;
  Cents cents{};
  Day from{};          // the first day that bears interest
  std::string source;  // why it is due and since that day; empty is counted and shown
  friend bool operator==(const SumDue&, const SumDue&) = default;
};

/// Money that came. The day itself still bears interest on what was due.
struct PartPayment {
  Day on{};
  Cents cents{};
  bool principal_first = false;  // as the parties agreed; else interest first (C. civ. 1343-1)
  std::string source;
  friend bool operator==(const PartPayment&, const PartPayment&) = default;
};

/// What was given as compensation: taken off the whole at the end, not off the sums that bear interest.
struct Compensation {
  std::optional<Day> on;
  Cents cents{};
  std::string what, source;
  friend bool operator==(const Compensation&, const Compensation&) = default;
};

struct HoursSpent {
  std::string what;
  std::int64_t minutes{};
  std::optional<Cents> rate;  // of an hour; absent: counted as zero, and said
  std::optional<Day> on;
  std::string source;
  friend bool operator==(const HoursSpent&, const HoursSpent&) = default;
};

enum class OutlayKind : std::uint8_t { letter, fee, other };
inline constexpr std::size_t kOutlayKinds = 3;
std::string_view name(OutlayKind kind);

struct Outlay {
  OutlayKind kind{};
  std::string what;
  Cents cents{};
  std::optional<Day> on;
  std::string source;
  friend bool operator==(const Outlay&, const Outlay&) = default;
};

/// An enforceable decision: two months after it was served, five points are added to the legal rate (CMF L313-3).
struct Judgment {
  Day served{};
  bool waived = false;  // the judge has lifted or lowered the uplift: none is counted
  std::string source;
  friend bool operator==(const Judgment&, const Judgment&) = default;
};

/// Interest on interest, for full years only, and only because a contract or a court says so (C. civ. 1343-2).
struct Capitalisation {
  enum class By : std::uint8_t { contract, court } by{};
  Day since{};  // whole years are counted from here
  std::string source;
  friend bool operator==(const Capitalisation&, const Capitalisation&) = default;
};
std::string_view name(Capitalisation::By by);

struct Claim {
  std::string title;
  Regime regime{};
  Creditor creditor{};
  std::optional<Day> until;               // the last day that bears interest; absent: the caller's day
  std::optional<RatePoints> agreed_rate;  // late_payment: of the contract; absent: ECB and ten points
  std::string agreed_source;
  std::optional<Cents> hour_rate;  // of hours that state none of their own
  bool recovery_fee = true;        // late_payment: 40 EUR for each sum (D441-5)
  std::vector<SumDue> sums;
  std::vector<PartPayment> payments;
  std::vector<Compensation> compensations;
  std::vector<HoursSpent> hours;
  std::vector<Outlay> outlays;
  std::optional<Judgment> judgment;  // legal_interest only
  std::optional<Capitalisation> capitalisation;
  std::optional<Day> known;            // the day on which the facts were or should have been known: time runs
  std::vector<TimeBarEvent> time_bar;  // what may suspend or interrupt it
  std::size_t left_out{};              // entries of days after the last one (count_claim)
  friend bool operator==(const Claim&, const Claim&) = default;
};

/// No amount of a claim is above this, nor all its sums together: 100 million euros.
inline constexpr Cents kClaimCentsMax = 10'000'000'000;

/// Reads a claim file. On failure the detail holds every fault: "FILE:LINE:COLUMN: what is wrong".
Result<Claim> read_claim(std::string_view text, const std::string& path);
Result<Claim> load_claim(const std::string& path);
/// The claim as such a file; read again it is the same claim.
std::string claim_as_toml(const Claim& claim);

/// "8199.36", "8199", "8 199,36": nothing for a sign, more than two decimals, or more than kClaimCentsMax.
std::optional<Cents> cents_from(std::string_view text);
/// "8199.36"
std::string print_cents(Cents cents);

}  // namespace guichet::dossier
