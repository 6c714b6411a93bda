// A claim file, as somebody writes it: what is read is counted without overflow
// and written as the same claim again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/dossier/costs.hpp>
#include <guichet/dossier/facts.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto date = dossier::parse_fact_date(text))
    GUICHET_CHECK(dossier::parse_fact_date(dossier::print_fact_date(*date)) == date,
                  "a date comes back as it was read");
  if (const auto citation = dossier::parse_citation(text))
    GUICHET_CHECK(!dossier::print_citation(*citation).empty(), "a source has words");
  const auto claim = dossier::read_claim(text, "claim.toml");
  if (!claim) return 0;
  const auto again = dossier::read_claim(dossier::claim_as_toml(*claim), "claim.toml");
  GUICHET_CHECK(again && *again == *claim, "a claim comes back as it was written");
  // Rates for every day, the highest there are, so that no line is spared.
  static const dossier::Rates kRates = [] {
    dossier::Rates rates;
    for (const char* kind : {"legal_business", "legal_private", "ecb_refinancing"}) {
      const std::string file = std::string{"[[rate]]\nkind = \""} + kind +
                               "\"\nfrom = 1900-01-01\nuntil = 2999-12-31\npercent = "
                               "\"330\"\nsource = \"the fuzzer\"\n";
      GUICHET_CHECK(rates.add(file, "rates.toml"), "the file is whole");
    }
    return rates;
  }();
  const auto counted = dossier::count_claim(*claim, kRates, dossier::Day{std::chrono::days{25'000}});
  if (counted) GUICHET_CHECK(!dossier::costs_as_json(counted->claim, counted->costs).empty(), "an account has words");
  if (claim->known) (void)dossier::time_bar_of(*claim->known, claim->time_bar);
  return 0;
}
