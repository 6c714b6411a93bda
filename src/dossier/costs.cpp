#include <guichet/dossier/costs.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

namespace guichet::dossier {
namespace {

using namespace std::string_view_literals;
using std::chrono::days;

constexpr std::array kKinds{"legal_interest"sv, "late_payment"sv, "uplift"sv};
constexpr std::array kBases{"legal"sv, "agreed"sv, "ecb_plus_ten"sv, "legal_thrice"sv, "plus_five"sv};
constexpr std::array kKindArticles{"C. civ., art. 1231-6, 1344-1 ; CMF, art. L313-2"sv, "C. com., art. L441-10 II"sv,
                                   "CMF, art. L313-3"sv};
constexpr std::array kBasisArticles{"CMF, art. L313-2"sv, "C. com., art. L441-10 II"sv, "C. com., art. L441-10 II"sv,
                                    "C. com., art. L441-10 II"sv, "CMF, art. L313-3"sv};
static_assert(kKinds.size() == kInterestKinds && kKindArticles.size() == kInterestKinds);
static_assert(kBases.size() == kRateBases && kBasisArticles.size() == kRateBases);

constexpr RatePoints kTenPoints = 10'00;  // C. com. L441-10 II
constexpr RatePoints kFivePoints = 5'00;  // CMF L313-3
constexpr Cents kRecoveryFee = 40'00;     // C. com. D441-5
constexpr int kUpliftMonths = 2;          // CMF L313-3, from the service of the decision
// Above this, a thousand sums at 999.99 % would no longer fit 64 bits together, in millionths of a euro.
constexpr Cents kBaseMax = 50'000'000'000;

/// n/d, half up; both above or at zero.
std::int64_t half_up(std::int64_t n, std::int64_t d) { return n / d + (n % d * 2 >= d ? 1 : 0); }

constexpr std::int64_t kCent = 10'000;  // in millionths of a euro
Cents to_cents(std::int64_t millionths) { return millionths <= 0 ? 0 : half_up(millionths, kCent); }

/// The rate of one day under the claim's regime, and the last day for which the same holds.
struct DayRate {
  RatePoints points{};
  RateBasis basis{};
  std::string source;
  Day until{};
  std::optional<RateKind> unknown;
};

DayRate late_payment_rate(const Claim& claim, const Rates& rates, Day day) {
  const Rate* legal = rates.find(RateKind::legal_business, day);
  if (legal == nullptr) return {.unknown = RateKind::legal_business};
  DayRate rate{.points = claim.agreed_rate.value_or(0),
               .basis = RateBasis::agreed,
               .source = claim.agreed_source,
               .until = legal->until,
               .unknown = {}};
  if (!claim.agreed_rate) {
    const Rate* ecb = rates.find(RateKind::ecb_refinancing, day);
    if (ecb == nullptr) return {.unknown = RateKind::ecb_refinancing};
    rate = {.points = ecb->points + kTenPoints,
            .basis = RateBasis::ecb_plus_ten,
            .source = ecb->source,
            .until = std::min(legal->until, ecb->until),
            .unknown = {}};
  }
  if (const RatePoints floor = 3 * legal->points; rate.points < floor) {
    rate.points = floor;
    rate.basis = RateBasis::legal_thrice;
    rate.source = legal->source;
  }
  return rate;
}

DayRate rate_of(const Claim& claim, const Rates& rates, Day day) {
  if (claim.regime == Regime::late_payment) return late_payment_rate(claim, rates, day);
  const RateKind kind = claim.creditor == Creditor::business ? RateKind::legal_business : RateKind::legal_private;
  const Rate* legal = rates.find(kind, day);
  if (legal == nullptr) return {.unknown = kind};
  return {.points = legal->points,
          .basis = RateBasis::legal,
          .source = legal->source,
          .until = legal->until,
          .unknown = {}};
}

/// One sum on its way through time.
struct Running {
  Cents principal{}, capitalised{};
  std::int64_t accrued{};    // interest that bears none, in millionths; less than half a cent below zero once paid
  Day next{};                // the first day whose interest is not yet counted
  std::optional<bool> late;  // there was something left on its first day of interest; for the recovery fee

  Cents interest() const { return capitalised + to_cents(accrued); }
};

class Account {
 public:
  Account(const Claim& claim, const Rates& rates, Day until) : claim_(claim), rates_(rates) {
    costs_.asked_until = claim.until.value_or(until);
    last_ = costs_.asked_until;
    for (const SumDue& sum : claim.sums)
      running_.push_back({.principal = sum.cents, .capitalised = 0, .accrued = 0, .next = sum.from, .late = {}});
  }

  Result<Costs> settle() {
    find_where_rates_end();
    if (claim_.judgment && !claim_.judgment->waived)
      costs_.uplift_from = months_after(claim_.judgment->served, kUpliftMonths) + days{1};
    std::vector<std::size_t> order(claim_.payments.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return claim_.payments[i].on; });
    for (const std::size_t i : order) {
      const PartPayment& payment = claim_.payments[i];
      if (payment.on > last_) {
        costs_.payments.push_back({.payment = i, .counted = false});
        continue;
      }
      if (Outcome done = accrue_all(payment.on); !done) return done.error();
      pay(i);
    }
    if (Outcome done = accrue_all(last_); !done) return done.error();
    notice_lateness(costs_.asked_until);
    add_up();
    return std::move(costs_);
  }

 private:
  /// Beyond the last known rate nothing is counted, for any sum: payments would else go to the wrong one.
  void find_where_rates_end() {
    costs_.counted_until = last_;
    if (claim_.regime == Regime::no_interest || claim_.sums.empty()) return;
    const Day first = std::ranges::min(claim_.sums, {}, &SumDue::from).from;
    for (Day day = first; day <= last_;) {
      const DayRate rate = rate_of(claim_, rates_, day);
      if (rate.unknown) {
        const RateHole* hole = rates_.hole(*rate.unknown, day);
        costs_.unknown = RateUnknown{.on = day,
                                     .kind = *rate.unknown,
                                     .why = hole == nullptr ? "" : hole->why,
                                     .why_fr = hole == nullptr ? "" : hole->why_fr};
        last_ = day - days{1};
        costs_.counted_until = day == first ? std::optional<Day>{} : last_;
        return;
      }
      day = rate.until + days{1};
    }
  }

  void notice_lateness(Day day) {
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (!running_[i].late && claim_.sums[i].from <= day) running_[i].late = running_[i].principal > 0;
  }

  Outcome accrue_all(Day until) {
    notice_lateness(until);
    if (claim_.regime == Regime::no_interest) return Done{};
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (Outcome done = accrue(i, until); !done) return done;
    return Done{};
  }

  /// The first end of a whole year of interest that lies after `day`; the year after it begins on that day.
  std::optional<Day> year_ends_after(std::size_t sum, Day day) const {
    if (!claim_.capitalisation) return std::nullopt;
    const Day start = std::max(claim_.capitalisation->since, claim_.sums[sum].from);
    int year = 1;
    while (years_after(start, year) <= day) ++year;
    return years_after(start, year);
  }
  bool is_year_end(std::size_t sum, Day day) const { return year_ends_after(sum, day - days{1}) == day; }

  Outcome accrue(std::size_t i, Day until) {
    Running& sum = running_[i];
    while (sum.next <= until) {
      const Day from = sum.next;
      if (const Cents due = to_cents(sum.accrued); due > 0 && is_year_end(i, from)) {
        costs_.capitalised.push_back({.sum = i, .on = from, .cents = due});
        sum.capitalised += due;
        sum.accrued -= due * kCent;
      }
      const DayRate rate = rate_of(claim_, rates_, from);
      Day to = std::min({until, half_year_end(from), rate.until});
      if (costs_.uplift_from && from < *costs_.uplift_from) to = std::min(to, *costs_.uplift_from - days{1});
      if (const auto year_end = year_ends_after(i, from)) to = std::min(to, *year_end - days{1});
      if (sum.principal + sum.capitalised > kBaseMax)
        return Error{Fault::usage, "\"" + claim_.sums[i].what + "\" grows beyond half a billion euros by " +
                                       print_day(from) + "; end the claim earlier, or take the capitalisation out"};
      add_line(i, from, to, rate);
      if (costs_.uplift_from && from >= *costs_.uplift_from)
        add_line(i, from, to,
                 {.points = kFivePoints,
                  .basis = RateBasis::plus_five,
                  .source = claim_.judgment->source,
                  .until = to,
                  .unknown = {}});
      sum.next = to + days{1};
    }
    return Done{};
  }

  void add_line(std::size_t i, Day from, Day to, const DayRate& rate) {
    Running& sum = running_[i];
    const Cents base = sum.principal + sum.capitalised;
    if (base == 0) return;
    InterestLine line{.sum = i,
                      .kind = rate.basis == RateBasis::plus_five      ? InterestKind::uplift
                              : claim_.regime == Regime::late_payment ? InterestKind::late_payment
                                                                      : InterestKind::legal,
                      .from = from,
                      .until = to,
                      .days = (to - from).count() + 1,
                      .year_days = days_of_year(from),
                      .base = base,
                      .capitalised = sum.capitalised,
                      .points = rate.points,
                      .basis = rate.basis,
                      .source = rate.source};
    const std::int64_t product = base * line.points * line.days;
    line.cents = half_up(product, line.year_days * 10'000);
    line.millionths = half_up(product, line.year_days);
    const auto kind = static_cast<std::size_t>(line.kind);
    sum.accrued += line.millionths;
    costs_.rounding[kind] -= line.cents;
    costs_.millionths[kind] += line.millionths;
    costs_.lines.push_back(std::move(line));
  }

  static Cents take(Cents& from, Cents& money) {
    const Cents taken = std::min(from, money);
    from -= taken;
    money -= taken;
    return taken;
  }

  /// The oldest sum first (C. civ. 1342-10), within it interest first unless the parties agreed otherwise.
  void pay(std::size_t which) {
    const PartPayment& payment = claim_.payments[which];
    PaymentLine line{.payment = which};
    Cents money = payment.cents;
    std::vector<std::size_t> order(running_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return claim_.sums[i].from; });
    for (const std::size_t i : order) {
      Running& sum = running_[i];
      if (payment.principal_first) line.on_principal += take(sum.principal, money);
      Cents due = to_cents(sum.accrued);
      const Cents taken = take(due, money);
      sum.accrued -= taken * kCent;
      line.on_interest += taken;
      line.on_interest += take(sum.capitalised, money);
      if (!payment.principal_first) line.on_principal += take(sum.principal, money);
    }
    Cents fees = fees_due() - fees_paid_;
    line.on_recovery_fees = take(fees, money);
    fees_paid_ += line.on_recovery_fees;
    line.left_over = money;
    costs_.paid += payment.cents;
    costs_.payments.push_back(line);
  }

  Cents fees_due() const {
    if (claim_.regime != Regime::late_payment || !claim_.recovery_fee) return 0;
    return kRecoveryFee * std::ranges::count_if(running_, [](const Running& sum) { return sum.late.value_or(false); });
  }

  void add_up() {
    std::ranges::stable_sort(costs_.lines, {},
                             [](const InterestLine& line) { return std::tuple{line.sum, line.from, line.kind}; });
    std::ranges::stable_sort(costs_.capitalised, {},
                             [](const CapitalisedLine& line) { return std::pair{line.sum, line.on}; });
    for (const SumDue& sum : claim_.sums) costs_.principal += sum.cents;
    for (std::size_t i = 0; i < kInterestKinds; ++i) {
      costs_.interest[i] = to_cents(costs_.millionths[i]);
      costs_.rounding[i] += costs_.interest[i];
    }
    for (const Running& sum : running_) costs_.left.push_back({.principal = sum.principal, .interest = sum.interest()});
    costs_.recovery_cents = fees_due();
    costs_.recovery_fees = costs_.recovery_cents / kRecoveryFee;
    for (const HoursSpent& spent : claim_.hours) {
      costs_.minutes += spent.minutes;
      const std::optional<Cents> rate = spent.rate ? spent.rate : claim_.hour_rate;
      costs_.hours.push_back(half_up(spent.minutes * rate.value_or(0), 60));
      costs_.hours_cents += costs_.hours.back();
      costs_.hours_without_rate += rate ? 0U : 1U;
    }
    for (const Outlay& outlay : claim_.outlays) add_outlay(outlay);
    for (const Compensation& given : claim_.compensations) costs_.compensated += given.cents;
    count_sources();
    costs_.total = costs_.principal + costs_.interest_cents() + costs_.recovery_cents + costs_.outlay_cents() -
                   costs_.paid - costs_.compensated;
  }

  void add_outlay(const Outlay& outlay) {
    switch (outlay.kind) {
      case OutlayKind::letter: costs_.letters_cents += outlay.cents; return;
      case OutlayKind::fee: costs_.fees_cents += outlay.cents; return;
      case OutlayKind::other: costs_.other_cents += outlay.cents; return;
    }
  }

  void count_sources() {
    const auto count = [this](const auto& rows) {
      costs_.without_source +=
          static_cast<std::size_t>(std::ranges::count_if(rows, [](const auto& row) { return row.source.empty(); }));
    };
    count(claim_.sums);
    count(claim_.payments);
    count(claim_.compensations);
    count(claim_.hours);
    count(claim_.outlays);
    if (claim_.judgment && claim_.judgment->source.empty()) ++costs_.without_source;
    if (claim_.capitalisation && claim_.capitalisation->source.empty()) ++costs_.without_source;
    if (claim_.agreed_rate && claim_.agreed_source.empty()) ++costs_.without_source;
  }

  const Claim& claim_;
  const Rates& rates_;
  Day last_{};
  std::vector<Running> running_;
  Cents fees_paid_ = 0;
  Costs costs_;
};

void leave_out_later(Claim& claim, Day last) {
  claim.left_out += std::erase_if(claim.sums, [last](const SumDue& sum) { return sum.from > last; });
  const auto later = [last](const auto& one) { return one.on && *one.on > last; };
  claim.left_out += std::erase_if(claim.hours, later);
  claim.left_out += std::erase_if(claim.outlays, later);
  claim.left_out += std::erase_if(claim.compensations, later);
}

}  // namespace

std::string_view name(InterestKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(RateBasis basis) { return kBases[static_cast<std::size_t>(basis)]; }
std::string_view article_of(InterestKind kind) { return kKindArticles[static_cast<std::size_t>(kind)]; }
std::string_view article_of(RateBasis basis) { return kBasisArticles[static_cast<std::size_t>(basis)]; }

Result<CountedClaim> count_claim(Claim claim, const Rates& rates, Day until) {
  leave_out_later(claim, claim.until.value_or(until));
  GUICHET_TRY(costs, Account(claim, rates, until).settle());
  return CountedClaim{.claim = std::move(claim), .costs = std::move(costs)};
}

}  // namespace guichet::dossier
