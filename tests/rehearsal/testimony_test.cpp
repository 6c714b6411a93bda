// The shipped scenario of the testimony: its page says what the program says, and what it claims holds.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>

#include <guichet/rehearsal/explain.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::rehearsal {
namespace {

const std::string kPage = std::string{GUICHET_SOURCE_DIR} + "/docs/scenarios/testimony.md";

template <class T>
T taken(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

Scenario support() {
  Scenario scenario = taken(load_scenario("testimony-support"));
  scenario.run.kept_cases = 0;
  return scenario;
}

Rehearsed play(const Scenario& scenario, const std::string& procedure) {
  return taken(rehearse(scenario, taken(rulebook::load_procedure(procedure))));
}

/// The first replication alone, under next-available and under guichet-unique.
const std::pair<Rehearsed, Rehearsed>& first_replication() {
  static const auto both = [] {
    Scenario scenario = support();
    scenario.run.replications = 1;
    return std::pair{play(scenario, "next-available"), play(scenario, "guichet-unique")};
  }();
  return both;
}

const Estimate& number(const Rehearsed& rehearsed, Quantity quantity) {
  return rehearsed.quantities[static_cast<std::size_t>(quantity)].value();
}

std::string fixed(double value) {
  std::ostringstream text;
  text.precision(4);
  text << std::fixed << value;
  return text.str();
}

/// The table of the page that this test holds.
std::string held_table(const Rehearsed& a, const Rehearsed& b) {
  std::string text = "\n\n| the first replication alone | next-available | guichet-unique |\n| --- | --- | --- |\n";
  text += "| cases | " + std::to_string(a.cases) + " | " + std::to_string(b.cases) + " |\n";
  for (const Quantity quantity : {Quantity::abandoned_share, Quantity::resolved_share, Quantity::agents,
                                  Quantity::messages, Quantity::desk_hours, Quantity::attrition_saving})
    text += "| `" + std::string{text_of(quantity).name} + "` | " + fixed(number(a, quantity).mean) + " | " +
            fixed(number(b, quantity).mean) + " |\n";
  for (const Quantity quantity : {Quantity::agents, Quantity::messages})
    text += "| `" + std::string{text_of(quantity).name} + "`, the most | " +
            std::to_string(static_cast<int>(*number(a, quantity).max)) + " | " +
            std::to_string(static_cast<int>(*number(b, quantity).max)) + " |\n";
  return text + "\n";
}

std::string whole_page() {
  std::ifstream file(kPage, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Testimony, ThePageSaysWhatTheProgramSays) {
  const auto& [a, b] = first_replication();
  const std::string table = held_table(a, b);

  const std::string start = "<!-- held -->", end = "<!-- end of held -->";
  std::string page = whole_page();
  const std::size_t from = page.find(start), to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::size_t inside = from + start.size();
  if (std::getenv("GUICHET_BLESS") != nullptr) {
    page.replace(inside, to - inside, table);
    std::ofstream(kPage, std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(inside, to - inside), table)
      << "the scenario or the engine says something else now: write the page anew with tools/sensitivity.py, and this "
         "table with GUICHET_BLESS=1";
}

TEST(Testimony, WhatThePageClaimsInWords) {
  const auto& [a, b] = first_replication();
  EXPECT_GT(number(a, Quantity::abandoned_share).mean, 5 * number(b, Quantity::abandoned_share).mean);
  EXPECT_GT(*number(a, Quantity::agents).max, 24) << "dozens of agents";
  EXPECT_GT(number(a, Quantity::desk_hours).mean, number(b, Quantity::desk_hours).mean)
      << "discouragement saves hours, and the procedure costs more of them";
  EXPECT_GT(number(a, Quantity::resolved_share).mean, 0.5);
}

TEST(Testimony, EveryAssumptionHasASource) {
  for (const Assumption& one : support().assumptions)
    EXPECT_FALSE(one.source.empty()) << one.path << " in line " << one.line;
}

TEST(Testimony, ClausesThatAreTheSameExplainNothing) {
  Scenario scenario = support();
  scenario.run.length = 2 * kDay;
  scenario.run.warm_up = 0;
  scenario.run.replications = 2;
  const rulebook::ProcedureFile file = taken(rulebook::load_procedure("next-available"));
  const Explanation same = taken(explain(scenario, file, file));
  double points = 0;
  for (const FactorShare& one : same.factors) {
    points += one.points.mean;
    if (one.factor == Factor::competence || one.factor == Factor::quota) continue;
    EXPECT_EQ(one.points.mean, 0) << kFactorNames[static_cast<std::size_t>(one.factor)];
  }
  EXPECT_NEAR(points, same.as_it_is.mean - same.all_repaired.mean, 1e-12);
  EXPECT_GT(points, 0);
}

TEST(Testimony, AllFactorsAsTheyAreIsTheRehearsalItself) {
  Scenario scenario = support();
  scenario.run.length = 2 * kDay;
  scenario.run.warm_up = 0;
  scenario.run.replications = 2;
  const rulebook::ProcedureFile a = taken(rulebook::load_procedure("next-available"));
  const rulebook::ProcedureFile b = taken(rulebook::load_procedure("guichet-unique"));
  const Mixed mixed = taken(mix(scenario, a, b, kAllFactors));
  const Rehearsed whole = taken(rehearse(scenario, a)), again = taken(rehearse(mixed.scenario, mixed.procedure));
  EXPECT_EQ(number(whole, Quantity::abandoned_share).mean, number(again, Quantity::abandoned_share).mean);
  EXPECT_EQ(whole.events, again.events);
}

}  // namespace
}  // namespace guichet::rehearsal
