#include <guichet/rulebook/packs.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <set>

#include <guichet/base/check.hpp>
#include <guichet/embedded/rulepacks.hpp>
#include <guichet/formats/toml.hpp>

namespace guichet::rulebook {
namespace {

using namespace std::string_view_literals;
using formats::TomlTable;
using formats::TomlValue;

constexpr std::array kSeverities{"error"sv, "warning"sv, "note"sv};
constexpr std::array kStatuses{"in_force"sv, "repeal_proposed"sv, "proposed"sv, "house"sv};
constexpr std::array kOperands{"—"sv, "`words`"sv, "`number`"sv, "`days`"sv};
constexpr std::int64_t kNumberMax = 1'000'000'000'000;

/// The key that holds a check's operand.
enum class Operand : std::uint8_t { none, words, number, days };

struct CheckRow {
  std::string_view name;
  Operand operand{};
  FactKind kind{};
  std::string_view meaning;
};
constexpr std::array kChecks{
    CheckRow{"on", Operand::none, FactKind::on_off, "the file says so"},
    CheckRow{"off", Operand::none, FactKind::on_off, "the file does not say so"},
    CheckRow{"given", Operand::none, FactKind::word, "there is a word, or at least one"},
    CheckRow{"is", Operand::words, FactKind::word, "it is one of the words"},
    CheckRow{"is_not", Operand::words, FactKind::word, "it is none of the words"},
    CheckRow{"includes", Operand::words, FactKind::words, "all of the words are there"},
    CheckRow{"excludes", Operand::words, FactKind::words, "none of the words is there"},
    CheckRow{"at_least", Operand::number, FactKind::number, "it is that much or more"},
    CheckRow{"at_most", Operand::number, FactKind::number,
             "it is that much or less; for silences, that many doublings"},
    CheckRow{"limited", Operand::none, FactKind::time, "there is a limit"},
    CheckRow{"lasts_at_least", Operand::days, FactKind::time,
             "it never lasts less, whenever it starts; no limit is more"},
    CheckRow{"lasts_at_most", Operand::days, FactKind::time, "it never lasts more, whenever it starts"},
};
static_assert(kChecks.size() == static_cast<std::size_t>(Check::lasts_at_most) + 1);

const CheckRow& row(Check check) { return kChecks[static_cast<std::size_t>(check)]; }

bool fits(Check check, FactKind kind) {
  return row(check).kind == kind || (check == Check::given && kind == FactKind::words) ||
         (check == Check::at_most && kind == FactKind::silences);
}

std::string listed(const auto& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string checks_for(FactKind kind) {
  std::vector<std::string_view> fitting;
  for (std::size_t i = 0; i < kChecks.size(); ++i)
    if (fits(static_cast<Check>(i), kind)) fitting.push_back(kChecks[i].name);
  return listed(fitting);
}

std::string unknown(std::string_view what, std::string_view word, std::span<const std::string> known) {
  std::string text = "is " + formats::toml_quoted(word) + ", which is not " + std::string{what};
  if (const std::string near = formats::nearest_word(word, known); !near.empty())
    return text + "; did you mean \"" + near + "\"?";
  return text + "; see the tables of guichet lint --rules";
}

std::optional<Instant> read_day(TomlTable& table, std::string_view key) {
  const TomlValue* value = table.get(key, TomlValue::Kind::date);
  return value == nullptr ? std::nullopt : parse_instant(value->text);
}

Title read_title(TomlTable table) {
  Title title{.en = table.text("en"), .fr = table.text("fr")};
  table.finish();
  return title;
}

void read_operand(TomlTable& table, Condition& condition) {
  switch (row(condition.check).operand) {
    case Operand::none: return;
    case Operand::number:
      table.require("number", "number = …, what the fact is held against");
      condition.number = table.whole("number", 0, kNumberMax, 0);
      return;
    case Operand::days:
      table.require("days", "days = …, how long it lasts");
      condition.number = table.whole("days", 0, 36'500, 0);
      return;
    case Operand::words: {
      table.require("words", "words = [\"…\"], what the fact is held against");
      condition.words = table.texts("words");
      const std::vector<std::string_view>& spellings = condition.fact->spellings;
      const std::vector<std::string> known(spellings.begin(), spellings.end());
      for (const std::string& word : condition.words)
        if (!known.empty() && std::ranges::find(known, word) == known.end())
          table.fault("words", unknown("a word of this fact", word, known) + "; one of: " + listed(known));
      return;
    }
  }
}

const Fact* read_fact(TomlTable& table) {
  table.require("fact", "fact = \"…\", what is looked at");
  const std::string wanted = table.text("fact");
  const Fact* fact = find_fact(wanted);
  if (fact == nullptr && !wanted.empty()) {
    std::vector<std::string> known;
    for (const Fact& one : facts()) known.push_back(one.name);
    table.fault("fact", unknown("a fact", wanted, known));
  }
  return fact;
}

std::optional<Check> read_check(TomlTable& table) {
  table.require("check", "check = \"…\", what must hold of the fact");
  const std::string wanted = table.text("check");
  const auto found = std::ranges::find(kChecks, wanted, &CheckRow::name);
  if (found != kChecks.end()) return static_cast<Check>(found - kChecks.begin());
  if (!wanted.empty()) {
    std::vector<std::string> known;
    for (const CheckRow& one : kChecks) known.emplace_back(one.name);
    table.fault("check", unknown("a check", wanted, known));
  }
  return std::nullopt;
}

/// The keys fact, check and the check's operand. A condition at fault has a null fact.
Condition read_condition(TomlTable& table) {
  const Fact* fact = read_fact(table);
  const std::optional<Check> check = read_check(table);
  if (fact != nullptr && check && fits(*check, fact->kind)) {
    Condition condition{.fact = fact, .check = *check};
    read_operand(table, condition);
    return condition;
  }
  if (fact != nullptr && check)
    table.fault("check", "is \"" + std::string{name(*check)} + "\", which cannot be put to a fact of the kind " +
                             std::string{name(fact->kind)} + "; write " + checks_for(fact->kind));
  for (const char* operand : {"number", "days", "words"}) table.any(operand);  // known, only not to this fault
  return {};
}

/// What the head of the pack says for all its rules.
struct Head {
  Title law;
  std::optional<Instant> from, until;
  Status status{};
};

Title cite(const Title& law, const std::string& article) {
  return {.en = law.en + ", " + article, .fr = law.fr + ", " + article};
}

Rule read_rule(TomlTable& table, const Head& head, const RulePack& pack) {
  table.require("id", "id = \"…\", how findings name the rule");
  table.require("article", "article = \"…\", where the rule is written");
  Rule rule;
  rule.id = table.text("id");
  rule.article = cite(head.law, table.text("article"));
  rule.from = table.has("from") ? read_day(table, "from") : head.from;
  rule.until = table.has("until") ? read_day(table, "until") : head.until;
  if (rule.from && rule.until && *rule.until <= *rule.from)
    table.fault("until", "is not after from; write a later day");
  rule.status = static_cast<Status>(table.choice("status", kStatuses, static_cast<std::size_t>(head.status)));
  if (!rule.from && rule.status != Status::house)
    table.fault("from", "is missing: a rule of law has a first day; write from = YYYY-MM-DD here or in the head");
  table.require("severity", "severity = \"error\", \"warning\" or \"note\"");
  rule.severity = static_cast<Severity>(table.choice("severity", kSeverities, 0));
  for (const std::string& id : table.texts("exempt")) {
    const auto size = std::ranges::find(pack.sizes, id, &SizeClass::id);
    if (size == pack.sizes.end())
      table.fault("exempt", "holds \"" + id + "\", a size that the pack does not have; write [size." + id + "]");
    else
      rule.exempt.push_back(*size);
  }
  rule.asks = read_condition(table);
  rule.clause = table.text("clause", rule.asks.fact == nullptr ? std::string{} : rule.asks.fact->clause);
  table.each("when", [&](TomlTable condition) {
    rule.when.push_back(read_condition(condition));
    condition.finish();
  });
  rule.finding = read_title(table.table("finding"));
  rule.repair = read_title(table.table("repair"));
  const bool own_words =
      !rule.finding.en.empty() && !rule.finding.fr.empty() && !rule.repair.en.empty() && !rule.repair.fr.empty();
  const formats::Phrases english{formats::Language::en};
  const bool in_catalogue = !table.has("finding") && !table.has("repair") &&
                            english.has("lint." + rule.id + ".finding") && english.has("lint." + rule.id + ".repair");
  if (!own_words && !in_catalogue)
    table.fault("finding",
                "is missing; write finding = { en = \"…\", fr = \"…\" } and repair = { en = \"…\", fr = \"…\" }");
  table.finish();
  return rule;
}

SizeClass read_size(const std::string& id, TomlTable& table) {
  table.require("staff_below", "staff_below = …, persons");
  table.require("turnover_at_most", "turnover_at_most = …, EUR a year");
  table.require("source", "source = \"…\", where the size is defined");
  SizeClass size{.id = id,
                 .staff_below = table.whole("staff_below", 1, kNumberMax, 1),
                 .turnover_eur_max = table.whole("turnover_at_most", 0, kNumberMax, 0),
                 .source = table.text("source")};
  table.finish();
  return size;
}

}  // namespace

bool holds(const Condition& condition, const FactValue& value) {
  const Words& words = condition.words;
  const auto among = [](const Words& all, std::string_view word) { return std::ranges::find(all, word) != all.end(); };
  const auto days = std::chrono::days{condition.number};
  switch (condition.check) {
    case Check::on: return std::get<bool>(value);
    case Check::off: return !std::get<bool>(value);
    case Check::given:
      if (const auto* several = std::get_if<Words>(&value)) return !several->empty();
      return !std::get<Word>(value).empty();
    case Check::is: return among(words, std::get<Word>(value));
    case Check::is_not: return !among(words, std::get<Word>(value));
    case Check::includes:
      return std::ranges::all_of(words, [&](const std::string& w) { return among(std::get<Words>(value), w); });
    case Check::excludes:
      return std::ranges::none_of(words, [&](const std::string& w) { return among(std::get<Words>(value), w); });
    case Check::at_least: return std::get<std::int64_t>(value) >= condition.number;
    case Check::at_most:
      if (const auto* silences = std::get_if<Silences>(&value))
        return silences->doublings() <= static_cast<double>(condition.number);
      return std::get<std::int64_t>(value) <= condition.number;
    case Check::limited: return std::get<TimeGiven>(value).limited;
    case Check::lasts_at_least: {
      const TimeGiven& time = std::get<TimeGiven>(value);
      return !time.limited || time.shortest >= days;
    }
    case Check::lasts_at_most: {
      const TimeGiven& time = std::get<TimeGiven>(value);
      return time.limited && time.longest <= days;
    }
  }
  GUICHET_CHECK(false, "every check is in the switch");
  return false;
}

Result<RulePack> read_pack(std::string_view text, std::string path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  formats::TomlFaults faults;
  TomlTable top(&document, "", {}, faults);
  RulePack pack;
  pack.path = std::move(path);

  top.require("name", "name = \"…\"");
  top.require("title", "title = { en = \"…\", fr = \"…\" }");
  top.require("as_of", "as_of = YYYY-MM-DD, the day on which the text was last checked");
  pack.name = top.text("name");
  pack.title = read_title(top.table("title"));
  pack.source = top.text("source");
  pack.as_of = read_day(top, "as_of").value_or(Instant{});
  top.require("law", "law = { en = \"…\", fr = \"…\" }, how articles are cited");
  Head head{.law = read_title(top.table("law")), .from = read_day(top, "from"), .until = read_day(top, "until")};
  head.status = static_cast<Status>(top.choice("status", kStatuses, 0));
  top.each_named("size", [&](const std::string& id, TomlTable size) { pack.sizes.push_back(read_size(id, size)); });

  std::set<std::string> ids;
  top.each("rule", [&](TomlTable table) {
    pack.rules.push_back(read_rule(table, head, pack));
    const std::string& id = pack.rules.back().id;
    if (!id.empty() && !ids.insert(id).second)
      table.fault("id", "is \"" + id + "\", which another rule has; write another");
  });
  top.each("unseen", [&](TomlTable table) {
    table.require("why", "why = \"…\", what keeps the requirement instead");
    pack.unseen.push_back(
        {.id = table.text("id"), .article = cite(head.law, table.text("article")), .why = table.text("why")});
    table.finish();
  });
  top.finish();
  if (!faults.none()) return faults.error(pack.path);
  return pack;
}

Result<RulePack> load_pack(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Fault::not_found, path + ": cannot be opened; write the path of a rule pack (TOML)"};
  std::string text(formats::kTomlBytesMax + 1, '\0');  // one more than is read, so that too long is found out
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof()))
    return Error{Fault::unreadable, path + ": cannot be read; write the path of a rule pack (TOML)"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return read_pack(text, path);
}

const std::vector<RulePack>& shipped_packs() {
  static const std::vector<RulePack> packs = [] {
    std::vector<RulePack> all;
    for (const EmbeddedFile& file : embedded::rulepacks()) {
      Result<RulePack> pack = read_pack(file.bytes, std::string{file.name});
      if (!pack) std::fputs(pack.error().detail.c_str(), stderr);
      GUICHET_CHECK(static_cast<bool>(pack), "the packs that are shipped can be read");
      all.push_back(*std::move(pack));
    }
    return all;
  }();
  return packs;
}

std::string_view name(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }
std::string_view name(Status status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::string_view name(Check check) { return row(check).name; }

std::string checks_table() {
  std::string table;
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    std::string kinds;
    for (const FactKind kind :
         {FactKind::on_off, FactKind::number, FactKind::word, FactKind::words, FactKind::time, FactKind::silences})
      if (fits(static_cast<Check>(i), kind)) kinds.append(kinds.empty() ? "" : ", ").append(name(kind));
    const CheckRow& check = kChecks[i];
    table.append("| `").append(check.name).append("` | ").append(kinds).append(" | ");
    table.append(kOperands[static_cast<std::size_t>(check.operand)]).append(" | ").append(check.meaning).append(" |\n");
  }
  return table;
}

std::string spell(const Condition& condition) {
  std::string text{name(condition.check)};
  switch (row(condition.check).operand) {
    case Operand::none: return text;
    case Operand::number: return text + " " + std::to_string(condition.number);
    case Operand::days: return text + " " + std::to_string(condition.number) + " days";
    case Operand::words: return text + " " + listed(condition.words);
  }
  return text;
}

}  // namespace guichet::rulebook
