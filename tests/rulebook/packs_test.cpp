#include <guichet/rulebook/packs.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include <guichet/rulebook/lint.hpp>

namespace guichet::rulebook {
namespace {

using formats::Language;
using formats::Phrases;

const std::string kHead = R"(name = "new-law"
title = { en = "New law", fr = "Nouvelle loi" }
law = { en = "Directive (EU) 2031/7", fr = "directive (UE) 2031/7" }
as_of = 2031-01-01
from = 2031-06-30
)";

const std::string kRule = R"(
[[rule]]
id = "X1"
article = "art. 3"
severity = "error"
fact = "changes.notice_days"
check = "at_least"
number = 20
finding = { en = "{found} of {wanted} days.", fr = "{found} jours sur {wanted}." }
repair = { en = "Write {wanted}.", fr = "Écrivez {wanted}." }
)";

RulePack read(const std::string& text) {
  Result<RulePack> pack = read_pack(text, "new.toml");
  if (!pack) throw std::runtime_error(pack.error().detail);
  return *std::move(pack);
}

std::string fault(const std::string& text) {
  const Result<RulePack> pack = read_pack(text, "new.toml");
  return pack ? "no fault" : pack.error().detail;
}

std::string with(std::string text, const std::string& from, const std::string& into) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(from);
  return text.replace(at, from.size(), into);
}

TEST(Packs, ANewTextOfLawIsANewFile) {
  const RulePack pack = read(kHead + kRule);
  ASSERT_EQ(pack.rules.size(), 1U);
  const Rule& rule = pack.rules[0];
  EXPECT_EQ(rule.article.en, "Directive (EU) 2031/7, art. 3");
  EXPECT_EQ(rule.article.fr, "directive (UE) 2031/7, art. 3");
  EXPECT_EQ(rule.status, Status::in_force);
  EXPECT_EQ(rule.clause, "changes.notice_days");
  ASSERT_TRUE(rule.from);
  EXPECT_EQ(print_instant(*rule.from), "2031-06-30T00:00:00Z");
  EXPECT_FALSE(rule.until);
  EXPECT_EQ(spell(rule.asks), "at_least 20");

  ProcedureFile file;
  file.procedure.change.notice_days = 15;
  const LintReport before = lint(file, {&pack, 1}, {.on = *rule.from - std::chrono::days{1}});
  EXPECT_TRUE(before.findings.empty());
  EXPECT_EQ(before.not_applied.not_yet, 1U);
  const LintReport report = lint(file, {&pack, 1}, {.on = *rule.from});
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(sentence(report.findings[0], Phrases{Language::en}), "15 of 20 days.");
  EXPECT_EQ(repair(report.findings[0], Phrases{Language::fr}), "Écrivez 20.");
  file.procedure.change.notice_days = 20;
  EXPECT_TRUE(lint(file, {&pack, 1}, {.on = *rule.from}).findings.empty());
}

TEST(Packs, NameTheNearestFactCheckWordAndKey) {
  EXPECT_EQ(fault(with(kHead + kRule, "changes.notice_days", "changes.notice_day")),
            "new.toml:11:8: rule[0].fact is \"changes.notice_day\", which is not a fact; did you mean "
            "\"changes.notice_days\"?");
  EXPECT_EQ(fault(with(kHead + kRule, "\"at_least\"", "\"at_leas\"")),
            "new.toml:12:9: rule[0].check is \"at_leas\", which is not a check; did you mean \"at_least\"?");
  EXPECT_NE(fault(with(kHead + kRule, "severity", "severty")).find("did you mean \"severity\"?"), std::string::npos);
  EXPECT_NE(fault(with(kHead + kRule, "\"changes.notice_days\"\ncheck = \"at_least\"\nnumber = 20",
                       "\"assignment.mode\"\ncheck = \"is\"\nwords = [\"keep_ower\"]"))
                .find("\"keep_ower\", which is not a word of this fact; did you mean \"keep_owner\"?"),
            std::string::npos);
}

TEST(Packs, RefuseWhatCouldNeverBeAsked) {
  // A number cannot be on.
  EXPECT_NE(
      fault(with(kHead + kRule, "check = \"at_least\"\nnumber = 20", "check = \"on\"")).find("write at_least, at_most"),
      std::string::npos);
  // A check without its operand, and an operand without its check.
  EXPECT_NE(fault(with(kHead + kRule, "number = 20\n", "")).find("number"), std::string::npos);
  EXPECT_NE(fault(with(kHead + kRule, "number = 20\n", "number = 20\ndays = 3\n")).find("days"), std::string::npos);
  // Law has a first day; a house rule needs none.
  EXPECT_NE(fault(with(kHead + kRule, "from = 2031-06-30\n", "")).find("a rule of law has a first day"),
            std::string::npos);
  EXPECT_EQ(fault(with(kHead + kRule, "from = 2031-06-30\n", "status = \"house\"\n")), "no fault");
  EXPECT_NE(fault(with(kHead + kRule, "severity", "until = 2031-06-30\nseverity")).find("is not after from"),
            std::string::npos);
  // A size that the pack does not define, an id given twice, and a rule that cannot say what it found.
  EXPECT_NE(fault(with(kHead + kRule, "severity", "exempt = [\"tiny\"]\nseverity")).find("[size.tiny]"),
            std::string::npos);
  EXPECT_NE(fault(kHead + kRule + kRule).find("is \"X1\", which another rule has"), std::string::npos);
  EXPECT_NE(fault(with(kHead + kRule, "repair = { en = \"Write {wanted}.\", fr = \"Écrivez {wanted}.\" }\n", ""))
                .find("repair"),
            std::string::npos);
}

TEST(Packs, GatherEveryFaultOfAFile) {
  std::string text = with(kHead + kRule, "changes.notice_days", "nonsense");
  text = with(text, "severity = \"error\"", "severity = \"grave\"");
  const std::string faults = fault(text);
  EXPECT_EQ(std::ranges::count(faults, '\n'), 1);
  EXPECT_NE(faults.find("new.toml:10:"), std::string::npos) << faults;
  EXPECT_NE(faults.find("new.toml:11:"), std::string::npos) << faults;
}

TEST(Packs, AskOnlyWhereTheirConditionHolds) {
  const RulePack pack =
      read(with(kHead + kRule, "severity", "when = [{ fact = \"appeal.allowed\", check = \"on\" }]\nseverity"));
  ProcedureFile file;
  const LintReport off = lint(file, {&pack, 1}, {.on = *pack.rules[0].from});
  EXPECT_EQ(off.findings.size(), 0U);
  EXPECT_EQ(off.not_applied.not_concerned, 1U);
  file.procedure.appeal.allowed = true;
  EXPECT_EQ(lint(file, {&pack, 1}, {.on = *pack.rules[0].from}).findings.size(), 1U);
}

TEST(Packs, ShipAtLeastFortyRulesEachWithArticleAndDates) {
  std::set<std::string> ids;
  for (const RulePack& pack : shipped_packs())
    for (const Rule& rule : pack.rules) {
      EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " is in two packs";
      EXPECT_NE(rule.article.en, rule.article.fr) << rule.id;
      EXPECT_TRUE(rule.from || rule.status == Status::house) << rule.id;
    }
  EXPECT_GE(ids.size(), 40U);
}

TEST(Packs, EveryRequirementOfThePlatformLawIsARuleOrSaysWhyNoFileShowsIt) {
  const auto covered = [](std::string_view pack_name, std::string_view letter, int last) {
    const auto pack = std::ranges::find(shipped_packs(), pack_name, &RulePack::name);
    ASSERT_NE(pack, shipped_packs().end());
    for (int number = 1; number <= last; ++number) {
      const std::string wanted = std::string{letter} + std::to_string(number);
      const auto is = [&](const auto& one) { return one.id == wanted || one.id.starts_with(wanted + "-"); };
      EXPECT_TRUE(std::ranges::any_of(pack->rules, is) || std::ranges::any_of(pack->unseen, is)) << wanted;
    }
  };
  covered("p2b", "P", 22);
  covered("dsa", "S", 23);
}

TEST(Packs, TheExampleOnThePageOfRulesIsOne) {
  const std::string page = rules_page(shipped_packs());
  const std::size_t start = page.find("```toml\n");
  ASSERT_NE(start, std::string::npos);
  const std::string text = page.substr(start + 8, page.find("```\n", start + 8) - start - 8);
  const RulePack pack = read(text);
  ASSERT_EQ(pack.rules.size(), 1U);
  EXPECT_EQ(pack.rules[0].exempt.size(), 1U);
}

TEST(Packs, SayThatOneCannotBeRead) {
  const Result<RulePack> missing = load_pack("no/such/pack.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::not_found);
  EXPECT_FALSE(load_pack(GUICHET_SOURCE_DIR "/rulepacks"));
  EXPECT_TRUE(load_pack(GUICHET_SOURCE_DIR "/rulepacks/p2b.toml"));
}

/// A check of each kind, put to values on either side of its limit.
TEST(Checks, HoldOnTheirSideOfTheLimit) {
  using std::chrono::days;
  const auto kept = [](Check check, const FactValue& value, std::int64_t number = 0, Words words = {}) {
    return holds({.fact = nullptr, .check = check, .number = number, .words = std::move(words)}, value);
  };
  EXPECT_TRUE(kept(Check::on, true));
  EXPECT_FALSE(kept(Check::on, false));
  EXPECT_TRUE(kept(Check::off, false));
  EXPECT_FALSE(kept(Check::given, Word{""}));
  EXPECT_TRUE(kept(Check::given, Word{"x"}));
  EXPECT_FALSE(kept(Check::given, Words{}));
  EXPECT_TRUE(kept(Check::given, Words{"x"}));
  EXPECT_TRUE(kept(Check::is, Word{"b"}, 0, {"a", "b"}));
  EXPECT_FALSE(kept(Check::is_not, Word{"b"}, 0, {"a", "b"}));
  EXPECT_TRUE(kept(Check::includes, Words{"a", "b"}, 0, {"b"}));
  EXPECT_FALSE(kept(Check::includes, Words{"a"}, 0, {"a", "b"}));
  EXPECT_TRUE(kept(Check::excludes, Words{"a"}, 0, {"b"}));
  EXPECT_FALSE(kept(Check::excludes, Words{"a", "b"}, 0, {"b"}));
  EXPECT_TRUE(kept(Check::at_least, std::int64_t{15}, 15));
  EXPECT_FALSE(kept(Check::at_least, std::int64_t{14}, 15));
  EXPECT_TRUE(kept(Check::at_most, std::int64_t{80}, 80));
  EXPECT_FALSE(kept(Check::at_most, std::int64_t{81}, 80));

  const TimeGiven none, week{true, days{7}, days{9}};
  EXPECT_FALSE(kept(Check::limited, none));
  EXPECT_TRUE(kept(Check::limited, week));
  EXPECT_TRUE(kept(Check::lasts_at_least, none, 1'000));
  EXPECT_TRUE(kept(Check::lasts_at_least, week, 7));
  EXPECT_FALSE(kept(Check::lasts_at_least, week, 8));
  EXPECT_FALSE(kept(Check::lasts_at_most, none, 1'000));
  EXPECT_TRUE(kept(Check::lasts_at_most, week, 9));
  EXPECT_FALSE(kept(Check::lasts_at_most, week, 8));

  const Silences twice{.desk = {true, days{4}, days{4}}, .seller = {true, days{2}, days{2}}};
  EXPECT_TRUE(kept(Check::at_most, twice, 1));
  EXPECT_FALSE(kept(Check::at_most, twice, 0));
}

TEST(Facts, AreFoundByTheNamesTheyHave) {
  std::set<std::string> names;
  for (const Fact& fact : facts()) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_EQ(find_fact(fact.name), &fact);
    EXPECT_FALSE(fact.meaning.empty()) << fact.name;
    // What it reads has the kind it says.
    EXPECT_EQ(static_cast<FactKind>(fact.read(ProcedureFile{}).index()), fact.kind) << fact.name;
  }
  EXPECT_EQ(find_fact("no.such.fact"), nullptr);
}

}  // namespace
}  // namespace guichet::rulebook
