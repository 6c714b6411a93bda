#include <guichet/dossier/costs.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::dossier {
namespace {

Day day(std::string_view text) {
  const std::optional<Day> found = parse_day(text);
  EXPECT_TRUE(found) << text;
  return found.value_or(Day{});
}

/// A claim of legal interest for a business.
Claim claim_of(Cents cents, std::string_view from, std::string_view until) {
  Claim claim;
  claim.regime = Regime::legal_interest;
  claim.until = day(until);
  claim.sums.push_back(
      {.what = "the balance of March", .cents = cents, .from = day(from), .source = "letter of notice"});
  return claim;
}

Costs counted(const Claim& claim, const Rates& rates = Rates::shipped()) {
  const Result<CountedClaim> counted = count_claim(claim, rates, Day{});
  EXPECT_TRUE(counted) << counted.error().detail;
  return counted ? counted->costs : Costs{};
}

std::vector<Cents> cents_of(const Costs& costs, InterestKind kind) {
  std::vector<Cents> all;
  for (const InterestLine& line : costs.lines)
    if (line.kind == kind) all.push_back(line.cents);
  return all;
}
std::vector<Cents> legal_lines(const Costs& costs) { return cents_of(costs, InterestKind::legal); }

Rates with_rates(std::string_view text) {
  Rates rates = Rates::shipped();
  const Outcome added = rates.add(text, "more.toml");
  EXPECT_TRUE(added) << added.error().detail;
  return rates;
}

/// One percent and ten percent for years that no shipped file knows.
constexpr std::string_view kRoundRates = R"(
[[rate]]
kind = "legal_business"
from = 2015-01-01
until = 2015-12-31
percent = "1.00"
source = "invented for a test"
[[rate]]
kind = "legal_business"
from = 2021-01-01
until = 2023-12-31
percent = "10"
source = "invented for a test"
)";

TEST(Costs, TheVectorOfTheSpecificationToTheCent) {
  // 8,199.36 at 4.92 % for 184/366, 3.71 % for 181/365, 2.76 % for 184/365, 2.62 % for 181/365:
  // 202.8065…, 150.8480…, 114.0811…, 106.5287…
  const Costs costs = counted(claim_of(819'936, "2024-07-01", "2026-06-30"));
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{202'81, 150'85, 114'08, 106'53}));
  // The four lines as shown make 574.27: the sum is rounded once, and the cent between them is said.
  EXPECT_EQ(costs.interest_cents(), 574'26);
  EXPECT_EQ(costs.rounding[0], -1);
  EXPECT_EQ((costs.millionths[0] + 50) / 100, 574'2644);
  EXPECT_FALSE(costs.unknown);
  EXPECT_EQ(costs.total, 819'936 + costs.interest_cents());
}

TEST(Costs, ALeapYearHas366Days) {
  // 10,000 × 4.92 % × 184/366 = 247.3442… ; 100,000 for one day on each side of the year's end:
  // 4.92 % × 1/366 = 13.4426… and 3.71 % × 1/365 = 10.1643…
  EXPECT_EQ(legal_lines(counted(claim_of(1'000'000, "2024-07-01", "2024-12-31"))), (std::vector<Cents>{247'34}));
  const Costs border = counted(claim_of(10'000'000, "2024-12-31", "2025-01-01"));
  EXPECT_EQ(legal_lines(border), (std::vector<Cents>{13'44, 10'16}));
  ASSERT_EQ(border.lines.size(), 2U);
  EXPECT_EQ(border.lines[0].year_days, 366);
  EXPECT_EQ(border.lines[1].year_days, 365);
}

TEST(Costs, AHalfYearEndsOn30JuneAnd31December) {
  const Costs costs = counted(claim_of(1'000'000, "2025-06-30", "2025-07-01"));
  ASSERT_EQ(costs.lines.size(), 2U);
  EXPECT_EQ(costs.lines[0].points, 371);
  EXPECT_EQ(costs.lines[0].days, 1);
  EXPECT_EQ(costs.lines[1].points, 276);
  EXPECT_EQ(costs.lines[1].from, day("2025-07-01"));
}

TEST(Costs, APrivatePersonHasAnotherRate) {
  // 1,000 × 7.21 % × 181/365 = 35.7536…
  Claim claim = claim_of(100'000, "2025-01-01", "2025-06-30");
  claim.creditor = Creditor::private_person;
  EXPECT_EQ(legal_lines(counted(claim)), (std::vector<Cents>{35'75}));
}

TEST(Costs, HalfACentGoesUp) {
  // 182.50 × 1 % × 1/365 is half a cent exactly; 182.49 is less.
  const Rates rates = with_rates(kRoundRates);
  EXPECT_EQ(legal_lines(counted(claim_of(182'50, "2015-03-01", "2015-03-01"), rates)), (std::vector<Cents>{1}));
  EXPECT_EQ(legal_lines(counted(claim_of(182'49, "2015-03-01", "2015-03-01"), rates)), (std::vector<Cents>{0}));
}

TEST(Costs, APaymentGoesToInterestFirst) {
  // On 31 December 202.81 of interest are due; 1,000 leave 797.19 for the principal: 7,402.17 bear 3.71 % × 181/365 =
  // 136.1816… The day of the payment still bears interest on the whole.
  Claim claim = claim_of(819'936, "2024-07-01", "2025-06-30");
  claim.payments.push_back({.on = day("2024-12-31"), .cents = 1'000'00, .source = "bank"});
  const Costs costs = counted(claim);
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{202'81, 136'18}));
  ASSERT_EQ(costs.payments.size(), 1U);
  EXPECT_EQ(costs.payments[0].on_interest, 202'81);
  EXPECT_EQ(costs.payments[0].on_principal, 797'19);
  EXPECT_EQ(costs.left[0].principal, 7'402'17);
  EXPECT_EQ(costs.left[0].interest, 136'18);
  EXPECT_EQ(costs.total, 7'402'17 + 136'18);
}

TEST(Costs, OrToPrincipalFirstWhenThePartiesSaidSo) {
  // 8,199.36 − 1,000 = 7,199.36 × 3.71 % × 181/365 = 132.4504…; the 202.81 stay due.
  Claim claim = claim_of(819'936, "2024-07-01", "2025-06-30");
  claim.payments.push_back({.on = day("2024-12-31"), .cents = 1'000'00, .principal_first = true, .source = "bank"});
  const Costs costs = counted(claim);
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{202'81, 132'45}));
  EXPECT_EQ(costs.payments[0].on_principal, 1'000'00);
  EXPECT_EQ(costs.left[0].interest, 202'81 + 132'45);
}

TEST(Costs, TheOldestSumIsPaidFirst) {
  // At 31 March: A 1,000 since 1 January, 90 days: 9.1479… = 9.15; B 2,000 since 1 February, 59 days: 11.9939… = 11.99.
  // 1,500: 9.15 + 1,000 to A, 11.99 + 478.86 to B; B keeps 1,521.14, 91 days more: 14.0699… = 14.07.
  Claim claim = claim_of(2'000'00, "2025-02-01", "2025-06-30");
  claim.sums.push_back({.what = "the balance of January", .cents = 1'000'00, .from = day("2025-01-01"), .source = "x"});
  claim.payments.push_back({.on = day("2025-03-31"), .cents = 1'500'00, .source = "bank"});
  const Costs costs = counted(claim);
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{11'99, 14'07, 9'15}));
  EXPECT_EQ(costs.payments[0].on_interest, 21'14);
  EXPECT_EQ(costs.left[0].principal, 1'521'14);
  EXPECT_EQ(costs.left[1].principal, 0);
}

TEST(Costs, WhatIsPaidBeyondTheSumIsShown) {
  Claim claim = claim_of(100'00, "2025-01-01", "2025-06-30");
  claim.payments.push_back({.on = day("2025-01-01"), .cents = 200'00, .source = "bank"});
  const Costs costs = counted(claim);
  // One day: 100 × 3.71 % / 365 = 0.0101… = 0.01.
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{1}));
  EXPECT_EQ(costs.payments[0].left_over, 99'99);
  EXPECT_EQ(costs.total, -99'99);
}

TEST(Costs, FivePointsAreAddedTwoMonthsAfterService) {
  // Served on 15 January, two months end with 15 March. Legal: 10,000 × 3.71 % × 74/365 = 75.2164…, × 107/365 =
  // 108.7589…; uplift: 10,000 × 5 % × 107/365 = 146.5753…
  Claim claim = claim_of(1'000'000, "2025-01-01", "2025-06-30");
  claim.judgment = Judgment{.served = day("2025-01-15"), .source = "bailiff"};
  const Costs costs = counted(claim);
  EXPECT_EQ(costs.uplift_from, day("2025-03-16"));
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{75'22, 108'76}));
  EXPECT_EQ(cents_of(costs, InterestKind::uplift), (std::vector<Cents>{146'58}));
  EXPECT_EQ(costs.interest[static_cast<std::size_t>(InterestKind::legal)], 183'98);  // 75.2164 + 108.7589 = 183.9753
  claim.judgment->waived = true;
  EXPECT_TRUE(cents_of(counted(claim), InterestKind::uplift).empty());
}

TEST(Costs, TwoMonthsFromTheEndOfDecemberEndWithFebruary) {
  Claim claim = claim_of(1'000'000, "2025-01-01", "2025-06-30");
  claim.judgment = Judgment{.served = day("2024-12-31"), .source = "bailiff"};
  EXPECT_EQ(counted(claim).uplift_from, day("2025-03-01"));
}

TEST(Costs, LatePaymentIsTheCentralBanksRateAndTenPoints) {
  // From 1 October 2024: 4.25 + 10 = 14.25 is below 3 × 4.92 = 14.76, which counts: 5,000 × 14.76 % × 92/366 =
  // 185.5081…; then 3.15 + 10 = 13.15 above 3 × 3.71 = 11.13: × 181/365 = 326.0479…; 2.15 + 10: × 184/365 = 306.2465…
  Claim claim = claim_of(500'000, "2024-10-01", "2025-12-31");
  claim.regime = Regime::late_payment;
  const Costs costs = counted(claim);
  EXPECT_EQ(cents_of(costs, InterestKind::late_payment), (std::vector<Cents>{185'51, 326'05, 306'25}));
  EXPECT_EQ(costs.lines[0].basis, RateBasis::legal_thrice);
  EXPECT_EQ(costs.lines[1].basis, RateBasis::ecb_plus_ten);
  EXPECT_EQ(costs.recovery_cents, 40'00);
  // 185.5082 + 326.0479 + 306.2466 = 817.8027
  EXPECT_EQ(costs.total, 500'000 + 817'80 + 40'00);
}

TEST(Costs, AnAgreedRateIsNeverBelowThriceTheLegalOne) {
  // 8 % agreed, floor 3 × 3.71 = 11.13: 5,000 × 11.13 % × 181/365 = 275.9630…; 15 % agreed: 371.9178…
  Claim claim = claim_of(500'000, "2025-01-01", "2025-06-30");
  claim.regime = Regime::late_payment;
  claim.agreed_rate = 8'00;
  EXPECT_EQ(cents_of(counted(claim), InterestKind::late_payment), (std::vector<Cents>{275'96}));
  claim.agreed_rate = 15'00;
  const Costs costs = counted(claim);
  EXPECT_EQ(cents_of(costs, InterestKind::late_payment), (std::vector<Cents>{371'92}));
  EXPECT_EQ(costs.lines[0].basis, RateBasis::agreed);
}

TEST(Costs, TheFlatFeeIsForEachSumThatWasLate) {
  Claim claim = claim_of(100'00, "2025-01-01", "2025-06-30");
  claim.regime = Regime::late_payment;
  claim.sums.push_back({.what = "b", .cents = 50'00, .from = day("2025-02-01"), .source = "x"});
  claim.sums.push_back({.what = "not late yet", .cents = 50'00, .from = day("2025-07-01"), .source = "x"});
  EXPECT_EQ(counted(claim).recovery_cents, 80'00);
  // Paid in full before it was late: no fee for it.
  claim.sums.erase(claim.sums.begin());
  claim.payments.push_back({.on = day("2025-01-31"), .cents = 50'00, .source = "bank"});
  EXPECT_EQ(counted(claim).recovery_cents, 0);
  claim.recovery_fee = false;
  claim.payments.clear();
  EXPECT_EQ(counted(claim).recovery_cents, 0);
}

TEST(Costs, BeyondTheLastKnownRateCountingStops) {
  Claim claim = claim_of(819'936, "2024-07-01", "2027-03-31");
  claim.payments.push_back({.on = day("2026-07-02"), .cents = 500'00, .source = "bank"});
  const Costs costs = counted(claim);
  ASSERT_TRUE(costs.unknown);
  EXPECT_EQ(costs.unknown->on, day("2026-07-01"));
  EXPECT_EQ(costs.unknown->kind, RateKind::legal_business);
  EXPECT_NE(costs.unknown->why, "");
  EXPECT_EQ(costs.counted_until, day("2026-06-30"));
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{202'81, 150'85, 114'08, 106'53}));
  ASSERT_EQ(costs.payments.size(), 1U);
  EXPECT_FALSE(costs.payments[0].counted);
  EXPECT_EQ(costs.paid, 0);
  const std::string text = costs_as_text(claim, costs, formats::Phrases{formats::Language::en});
  EXPECT_NE(text.find("legal rate for businesses is not known from 1 July 2026"), std::string::npos) << text;
  const std::string fr = costs_as_text(claim, costs, formats::Phrases{formats::Language::fr});
  EXPECT_NE(fr.find("l’arrêté du second semestre 2026 n’a pas été trouvé"), std::string::npos) << fr;
}

TEST(Costs, BeforeTheFirstKnownRateNothingIsCounted) {
  const Costs costs = counted(claim_of(819'936, "2024-06-30", "2026-06-30"));
  ASSERT_TRUE(costs.unknown);
  EXPECT_EQ(costs.unknown->on, day("2024-06-30"));
  EXPECT_FALSE(costs.counted_until);
  EXPECT_TRUE(costs.lines.empty());
  EXPECT_EQ(costs.total, 819'936);
}

TEST(Costs, LatePaymentStopsWhereTheCentralBanksRateIsUnknown) {
  Claim claim = claim_of(500'000, "2025-07-01", "2026-06-30");
  claim.regime = Regime::late_payment;
  const Costs costs = counted(claim);
  ASSERT_TRUE(costs.unknown);
  EXPECT_EQ(costs.unknown->kind, RateKind::ecb_refinancing);
  EXPECT_EQ(costs.counted_until, day("2025-12-31"));
}

TEST(Costs, AFileOfRatesFillsAHole) {
  // 8,199.36 × 3.00 % × 184/365 = 124.0013…, added to the four known lines.
  const Rates rates = with_rates(R"(
[[rate]]
kind = "legal_business"
from = 2026-07-01
until = 2026-12-31
percent = "3.00"
source = "invented for a test"
)");
  const Costs costs = counted(claim_of(819'936, "2024-07-01", "2026-12-31"), rates);
  EXPECT_FALSE(costs.unknown);
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{202'81, 150'85, 114'08, 106'53, 124'00}));
}

TEST(Costs, InterestBearsInterestOnlyWhenSomebodySaidSo) {
  // 1,000 at 10 %: 181/365 = 49.589…, 184/365 = 50.410…: 100.00 after a year. It then bears interest itself:
  // 1,100 × 10 % × 181/365 = 54.547…, × 184/365 = 55.452…
  const Rates rates = with_rates(kRoundRates);
  Claim claim = claim_of(1'000'00, "2021-01-01", "2022-12-31");
  EXPECT_EQ(legal_lines(counted(claim, rates)), (std::vector<Cents>{49'59, 50'41, 49'59, 50'41}));
  claim.capitalisation = Capitalisation{.by = Capitalisation::By::court, .since = day("2021-01-01"), .source = "x"};
  const Costs costs = counted(claim, rates);
  EXPECT_EQ(legal_lines(costs), (std::vector<Cents>{49'59, 50'41, 54'55, 55'45}));
  ASSERT_EQ(costs.capitalised.size(), 1U);
  EXPECT_EQ(costs.capitalised[0].on, day("2022-01-01"));
  EXPECT_EQ(costs.capitalised[0].cents, 100'00);
  EXPECT_EQ(costs.total, 1'000'00 + 210'00);  // capitalised interest is not counted a second time
}

TEST(Costs, AYearThatIsNotFullDoesNotBecomePrincipal) {
  const Rates rates = with_rates(kRoundRates);
  Claim claim = claim_of(1'000'00, "2021-01-01", "2021-12-31");
  claim.capitalisation = Capitalisation{.by = Capitalisation::By::contract, .since = day("2021-01-01"), .source = "x"};
  EXPECT_TRUE(counted(claim, rates).capitalised.empty());
  // The court's day is later than the interest: years are counted from there.
  claim.until = day("2022-06-30");
  claim.capitalisation->since = day("2021-07-01");
  EXPECT_TRUE(counted(claim, rates).capitalised.empty());
  claim.until = day("2022-07-01");
  EXPECT_EQ(counted(claim, rates).capitalised.size(), 1U);
}

TEST(Costs, WhatGrowsBeyondAllMeasureIsAnError) {
  const Rates rates = with_rates(
      "[[rate]]\nkind = \"legal_business\"\nfrom = 1900-01-01\nuntil = 2999-12-31\npercent = \"999.99\"\n"
      "source = \"invented for a test\"\n");
  Claim claim = claim_of(kClaimCentsMax, "1900-01-01", "2999-12-31");
  EXPECT_TRUE(count_claim(claim, rates, Day{}));  // a thousand years without interest on interest
  claim.capitalisation = Capitalisation{.by = Capitalisation::By::court, .since = day("1900-01-01"), .source = "x"};
  const Result<CountedClaim> grown = count_claim(claim, rates, Day{});
  ASSERT_FALSE(grown);
  EXPECT_NE(grown.error().detail.find("half a billion"), std::string::npos);
}

TEST(Costs, HoursCountAtTheirRateOrAsZero) {
  // 90 minutes at 45 an hour: 67.50; 10 minutes at 10: 1.666… = 1.67; an hour without a rate: 0, and said.
  Claim claim;
  claim.hours = {{.what = "letters", .minutes = 90, .rate = 45'00, .on = {}, .source = "x"},
                 {.what = "calls", .minutes = 10, .rate = 10'00, .on = {}, .source = "x"},
                 {.what = "reading", .minutes = 60, .rate = {}, .on = {}, .source = ""}};
  claim.outlays = {{.kind = OutlayKind::letter, .what = "registered", .cents = 7'40, .on = {}, .source = "receipt"},
                   {.kind = OutlayKind::fee, .what = "lawyer", .cents = 250'00, .on = {}, .source = "invoice"}};
  claim.compensations = {{.on = {}, .cents = 100'00, .what = "gesture", .source = "mail"}};
  const Costs costs = counted(claim);
  EXPECT_EQ(costs.hours, (std::vector<Cents>{67'50, 1'67, 0}));
  EXPECT_EQ(costs.hours_without_rate, 1U);
  EXPECT_EQ(costs.without_source, 1U);
  EXPECT_EQ(costs.minutes, 160);
  EXPECT_EQ(costs.letters_cents, 7'40);
  EXPECT_EQ(costs.fees_cents, 250'00);
  EXPECT_EQ(costs.total, 69'17 + 257'40 - 100'00);
}

TEST(Costs, WhatStaysDueIsTheTotalWhateverIsPaid) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random chance(seed);
    Claim claim;
    claim.regime = chance.below(2) == 0 ? Regime::legal_interest : Regime::late_payment;
    claim.until = day("2025-12-31");
    const auto some_day = [&chance] { return Day{std::chrono::days{19905 + static_cast<int>(chance.below(540))}}; };
    for (std::uint32_t i = 0, n = 1 + chance.below(4); i < n; ++i)
      claim.sums.push_back(
          {.what = "s", .cents = static_cast<Cents>(chance.below(2'000'000)), .from = some_day(), .source = ""});
    for (std::uint32_t i = 0, n = chance.below(5); i < n; ++i)
      claim.payments.push_back({.on = some_day(),
                                .cents = static_cast<Cents>(chance.below(900'000)),
                                .principal_first = chance.below(2) == 0,
                                .source = ""});
    if (chance.below(2) == 0)
      claim.capitalisation = Capitalisation{.by = Capitalisation::By::court, .since = some_day(), .source = ""};
    const Costs costs = counted(claim);
    Cents left = costs.recovery_cents;
    for (const SumLeft& sum : costs.left) {
      EXPECT_GE(sum.principal, 0);
      EXPECT_GE(sum.interest, 0);
      left += sum.principal + sum.interest;
    }
    Cents beyond = 0;
    Cents on_fees = 0;
    for (const PaymentLine& line : costs.payments) {
      EXPECT_EQ(line.on_interest + line.on_principal + line.on_recovery_fees + line.left_over,
                claim.payments[line.payment].cents);
      beyond += line.left_over;
      on_fees += line.on_recovery_fees;
    }
    // Each sum and each regime is rounded once, so the two ways may part by a cent for each of them.
    EXPECT_NEAR(static_cast<double>(costs.total), static_cast<double>(left - on_fees - beyond), 6);
    Cents lines = costs.rounding[0] + costs.rounding[1] + costs.rounding[2];
    for (const InterestLine& line : costs.lines) {
      lines += line.cents;
      EXPECT_EQ(line.days, (line.until - line.from).count() + 1);
      EXPECT_EQ(half_year_end(line.from), half_year_end(line.until));
    }
    EXPECT_EQ(lines, costs.interest_cents());
  }
}

TEST(CostsReport, EveryFormatSaysTheSame) {
  const Claim claim = claim_of(819'936, "2024-07-01", "2026-06-30");
  const Costs costs = counted(claim);
  const std::string json = costs_as_json(claim, costs);
  EXPECT_NE(json.find("\"unrounded\": \"574.2644\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"amount\": \"202.81\""), std::string::npos);
  const std::string csv = costs_as_csv(claim, costs);
  EXPECT_NE(csv.find("legal_interest,the balance of March,2024-07-01,2024-12-31,184,366,8199.36,4.92,legal,202.81,"
                     "202.8065,"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("rounding,legal_interest,,,,,,,,-0.01,"), std::string::npos);
  const std::string fr = costs_as_page(claim, costs, formats::Language::fr);
  EXPECT_NE(fr.find("8\u202f199,36\u202f€"), std::string::npos);
  EXPECT_NE(fr.find("C. civ., art. 1231-6"), std::string::npos);
  EXPECT_NE(costs_as_text(claim, costs, formats::Phrases{formats::Language::en}).find("€202.81"), std::string::npos);
}

TEST(CostsReport, ForeignWordsAreNoMarkup) {
  Claim claim = claim_of(100, "2025-01-01", "2025-06-30");
  claim.sums[0].what = "<script>alert(1)</script>";
  claim.title = "<img src=x>";
  const std::string page = costs_as_page(claim, counted(claim), formats::Language::en);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
}

TEST(Costs, WhatIsDatedAfterTheLastDayIsLeftOutAndSaid) {
  Claim claim = claim_of(100'00, "2024-07-01", "2020-01-01");
  claim.sums.push_back({.what = "older", .cents = 50'00, .from = day("2019-01-01"), .source = "invoice"});
  claim.outlays.push_back(
      {.kind = OutlayKind::letter, .what = "notice", .cents = 7'00, .on = day("2024-06-01"), .source = "receipt"});
  claim.outlays.push_back({.kind = OutlayKind::fee, .what = "no day", .cents = 1'00, .on = {}, .source = "receipt"});
  const auto told = count_claim(std::move(claim), Rates::shipped(), day("2026-01-01"));
  ASSERT_TRUE(told);
  const auto& [asked, costs] = *told;
  EXPECT_EQ(asked.left_out, 2U) << "the claim's own last day comes before the caller's";
  EXPECT_EQ(costs.principal, 50'00);
  EXPECT_EQ(costs.letters_cents, 0);
  EXPECT_EQ(costs.fees_cents, 1'00);
  const formats::Phrases phrases{formats::Language::fr};
  EXPECT_NE(costs_as_text(asked, costs, phrases).find(phrases.counted("costs.left_out", 2)), std::string::npos);
  EXPECT_NE(costs_as_json(asked, costs).find("\"left_out\": 2"), std::string::npos);
}

// "1645,3015 €" stood beside "1 645,30 €".
TEST(CostsReport, OneSumIsWrittenOneWay) {
  const Claim claim = claim_of(18'199'36, "2024-07-01", "2026-06-30");
  const Costs costs = counted(claim);
  ASSERT_GT(costs.interest_cents(), 1'000'00);
  const formats::Phrases phrases{formats::Language::fr};
  const std::string said = said_cents(costs.interest[0], phrases);
  ASSERT_EQ(said.substr(1, 3), "\u202f") << said;
  const std::string whole_euros = said.substr(0, said.find(',') + 1);
  for (const std::string& out :
       {costs_as_text(claim, costs, phrases), costs_as_page(claim, costs, formats::Language::fr)}) {
    const std::size_t first = out.find(whole_euros);
    ASSERT_NE(first, std::string::npos) << out;
    EXPECT_NE(out.find(whole_euros, first + 1), std::string::npos) << "to four decimals it begins with the same signs";
    for (std::size_t at = 0; (at = out.find(',', at)) != std::string::npos; ++at) {
      const auto is_digit = [&out](std::size_t place) { return out[place] >= '0' && out[place] <= '9'; };
      EXPECT_FALSE(at >= 4 && at + 1 < out.size() && is_digit(at + 1) && is_digit(at - 1) && is_digit(at - 2) &&
                   is_digit(at - 3) && is_digit(at - 4))
          << "thousands without their blank: " << out.substr(at - 4, 12);
    }
  }
}

TEST(CostsReport, SaysThatMoreWasPaidThanIsOwed) {
  Claim claim = claim_of(100'00, "2025-01-01", "2025-06-30");
  claim.payments.push_back({.on = day("2025-01-01"), .cents = 200'00, .source = "bank"});
  const Costs costs = counted(claim);
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    const formats::Phrases phrases{language};
    const std::string said = phrases("costs.overpaid", {{"amount", said_cents(99'99, phrases)}});
    EXPECT_NE(costs_as_text(claim, costs, phrases).find(said), std::string::npos);
    EXPECT_NE(costs_as_page(claim, costs, language).find(said), std::string::npos);
    claim.payments[0].cents = 1'00;
    EXPECT_EQ(costs_as_text(claim, counted(claim), phrases).find(said.substr(0, 10)), std::string::npos);
    claim.payments[0].cents = 200'00;
  }
}

}  // namespace
}  // namespace guichet::dossier
