#include <guichet/rulebook/differing.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <guichet/rulebook/read.hpp>

namespace guichet::rulebook {
namespace {

ProcedureFile shipped(const std::string& name) {
  Result<ProcedureFile> file = load_procedure(name);
  EXPECT_TRUE(file) << file.error().detail;
  return std::move(*file);
}

const DifferingClause* at(const std::vector<DifferingClause>& clauses, std::string_view path) {
  const auto found = std::ranges::find(clauses, path, &DifferingClause::path);
  return found == clauses.end() ? nullptr : &*found;
}

TEST(DifferingClauses, a_file_does_not_differ_from_itself) {
  for (const std::string& name : shipped_procedures())
    EXPECT_TRUE(differing_clauses(shipped(name), shipped(name)).empty()) << name;
}

TEST(DifferingClauses, name_path_and_both_sayings) {
  const auto clauses = differing_clauses(shipped("next-available"), shipped("guichet-unique"));
  ASSERT_NE(at(clauses, "assignment.mode"), nullptr);
  EXPECT_EQ(at(clauses, "assignment.mode")->a, "\"next_available\"");
  EXPECT_EQ(at(clauses, "assignment.mode")->b, "\"keep_owner\"");
  ASSERT_NE(at(clauses, "clocks.decision.allowance"), nullptr);
  EXPECT_EQ(at(clauses, "clocks.decision.allowance")->a, "") << "only one of them has such a clock";
  EXPECT_EQ(at(clauses, "procedure.name"), nullptr);
  for (const DifferingClause& clause : clauses) EXPECT_NE(clause.a, clause.b) << clause.path;
}

TEST(DifferingClauses, the_other_way_round_the_sayings_change_sides) {
  auto there = differing_clauses(shipped("next-available"), shipped("p2b-minimum"));
  auto back = differing_clauses(shipped("p2b-minimum"), shipped("next-available"));
  for (DifferingClause& clause : back) std::swap(clause.a, clause.b);
  std::ranges::sort(there, {}, &DifferingClause::path);
  std::ranges::sort(back, {}, &DifferingClause::path);
  EXPECT_EQ(there, back);
}

TEST(DifferingClauses, one_changed_rule_is_one_clause) {
  const ProcedureFile file = shipped("guichet-unique");
  ProcedureFile other = file;
  other.procedure.hand_off.summary_needed = !file.procedure.hand_off.summary_needed;
  const auto clauses = differing_clauses(file, other);
  ASSERT_EQ(clauses.size(), 1U);
  EXPECT_EQ(clauses[0].path, "hand_off.summary");
}

}  // namespace
}  // namespace guichet::rulebook
