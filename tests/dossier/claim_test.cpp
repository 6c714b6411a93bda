#include <guichet/dossier/claim.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

constexpr std::string_view kWhole = R"(title = "Relevé de mars"
regime = "legal_interest"
creditor = "private"
until = 2026-06-30
[[sum]]
what = "balance"
amount = "8 199,36"
from = 2024-07-01
source = "letter of notice, received 30 June 2024"
[[payment]]
on = 2024-12-31
amount = "1000"
order = "principal_first"
source = "bank"
[[compensation]]
amount = "50.5"
what = "voucher"
[[hours]]
what = "letters"
minutes = 90
rate = "45.00"
on = 2025-01-02
[[hours]]
minutes = 15
[[cost]]
kind = "letter"
what = "registered"
amount = "7.40"
[judgment]
served = 2025-01-15
waived = true
source = "bailiff"
[capitalisation]
by = "court"
since = 2024-07-01
[time_bar]
known = 2021-03-10
[[time_bar.event]]
kind = "mediation"
from = 2022-01-01
until = 2022-02-28
[[time_bar.event]]
kind = "claim_in_court"
from = 2023-01-01
failed = true
)";

Claim read(std::string_view text) {
  const Result<Claim> claim = read_claim(text, "claim.toml");
  EXPECT_TRUE(claim) << claim.error().detail;
  return claim ? *claim : Claim{};
}

std::string fault_of(const std::string& text) {
  const Result<Claim> claim = read_claim(text, "claim.toml");
  EXPECT_FALSE(claim) << text;
  return claim ? "" : claim.error().detail;
}

TEST(Claim, IsReadWhole) {
  const Claim claim = read(kWhole);
  EXPECT_EQ(claim.creditor, Creditor::private_person);
  ASSERT_EQ(claim.sums.size(), 1U);
  EXPECT_EQ(claim.sums[0].cents, 819'936);
  EXPECT_TRUE(claim.payments.at(0).principal_first);
  EXPECT_EQ(claim.compensations.at(0).cents, 50'50);
  EXPECT_EQ(claim.hours.at(0).rate, 45'00);
  EXPECT_FALSE(claim.hours.at(1).rate);
  EXPECT_TRUE(claim.judgment->waived);
  EXPECT_EQ(claim.capitalisation->by, Capitalisation::By::court);
  ASSERT_EQ(claim.time_bar.size(), 2U);
  EXPECT_TRUE(claim.time_bar[1].claim_failed);
}

TEST(Claim, IsTheSameClaimWhenWrittenAndReadAgain) {
  const Claim claim = read(kWhole);
  EXPECT_EQ(read(claim_as_toml(claim)), claim);
  const Claim late = read(
      "regime = \"late_payment\"\nagreed_rate = \"12.5\"\nagreed_source = \"terms, 4\"\n"
      "recovery_fee = false\n[[sum]]\nwhat = \"a \\\"b\\\"\"\namount = \"1\"\nfrom = 2025-01-01\n");
  EXPECT_EQ(read(claim_as_toml(late)), late);
  const Claim none = read("regime = \"no_interest\"\n[[sum]]\nwhat = \"a\"\namount = \"1\"\n");
  EXPECT_EQ(read(claim_as_toml(none)), none);
}

TEST(Claim, RegimesAreNeverMixed) {
  const std::string judgment = "[judgment]\nserved = 2025-01-15\n";
  EXPECT_NE(fault_of("regime = \"late_payment\"\n" + judgment).find("L313-3"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"no_interest\"\n" + judgment).find("judgment"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"legal_interest\"\nagreed_rate = \"8\"\n").find("late_payment"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"legal_interest\"\nrecovery_fee = true\n").find("D441-5"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"late_payment\"\ncreditor = \"private\"\n").find("professionals"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"no_interest\"\n[capitalisation]\nby = \"court\"\nsince = 2025-01-01\n").find("regime"),
            std::string::npos);
}

TEST(Claim, FaultsNameThePlaceAndTheRemedy) {
  EXPECT_NE(fault_of("title = \"x\"\n").find("claim.toml:1:1: regime is missing"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"legal_intrest\"\n").find("legal_interest"), std::string::npos);
  EXPECT_NE(fault_of("regime = \"legal_interest\"\n[[sum]]\nwhat = \"a\"\namount = \"1,234.56\"\nfrom = 2025-01-01\n")
                .find("claim.toml:4:"),
            std::string::npos);
  EXPECT_NE(fault_of("regime = \"legal_interest\"\n[[sum]]\nwhat = \"a\"\namount = \"1\"\n").find("from"),
            std::string::npos);
  EXPECT_NE(fault_of("regime = \"no_interest\"\nuntill = 2025-01-01\n").find("until"), std::string::npos);
  const std::string large = "[[sum]]\nwhat = \"a\"\namount = \"60000000\"\n";
  EXPECT_NE(fault_of("regime = \"no_interest\"\n" + large + large).find("100 million"), std::string::npos);
  EXPECT_FALSE(load_claim("/nowhere/claim.toml"));
}

TEST(Claim, AmountsAreReadToTheCent) {
  EXPECT_EQ(cents_from("8199.36"), 819'936);
  EXPECT_EQ(cents_from("8\u202f199,3"), 819'930);
  EXPECT_EQ(cents_from("8\u00a0199"), 819'900);
  EXPECT_EQ(cents_from("100000000"), kClaimCentsMax);
  for (const char* wrong : {"", "-1", "1.", ".5", "1.234", "1,2,3", "1 €", "100000000.01", "99999999999999999999"})
    EXPECT_FALSE(cents_from(wrong)) << wrong;
  EXPECT_EQ(print_cents(-5), "-0.05");
  EXPECT_EQ(print_cents(819'936), "8199.36");
}

}  // namespace
}  // namespace guichet::dossier
