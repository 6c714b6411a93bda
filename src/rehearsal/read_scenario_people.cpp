// Who comes and who works: [[matter]], [team.NAME], [quota], [sellers].
#include <algorithm>

#include <guichet/rehearsal/read_scenario_sections.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr std::int64_t kAgentsMax = 1'000'000;
constexpr double kQuestionsMax = 15;  // a case has sixteen question slots
constexpr double kQuotaMax = 100'000;
constexpr double kTurnoverMax = 1'000;
constexpr double kHoursMax = 40 * 24;
constexpr double kYear = 365.0 * 86'400;
constexpr std::int64_t kVisitsMax = 1'000'000;

void read_agents(TomlTable& table, Team& team) {
  table.require("agents", "agents = 10, or agents = \"unlimited\"");
  const TomlValue* written = table.any("agents");
  if (written == nullptr) return;
  team.unlimited = written->kind == Kind::text && written->text == "unlimited";
  if (team.unlimited) return;
  if (written->kind == Kind::integer && written->integer >= 1 && written->integer <= kAgentsMax)
    team.agents = static_cast<std::uint32_t>(written->integer);
  else if (written->kind == Kind::integer)
    table.fault("agents", "is " + std::to_string(written->integer) + "; write 1 to 1000000, or \"unlimited\"");
  else
    table.fault("agents", "is " + std::string{formats::kind_name(written->kind)} +
                              "; write a whole number from 1 to 1000000, or \"unlimited\"");
}

// "220 words per minute"
double reading_speed(TomlTable& table) {
  const TomlValue* written = table.get("reading_speed", Kind::text);
  if (written == nullptr) return 0;
  constexpr std::string_view kWords = " words per ";
  const std::size_t words = written->text.find(kWords);
  if (words == std::string::npos) {
    table.fault("reading_speed", "is " + formats::toml_quoted(written->text.substr(0, 40)) +
                                     "; write a speed, such as \"220 words per minute\"");
    return 0;
  }
  const std::string rate = written->text.substr(0, words) + written->text.substr(words + kWords.size() - 5);
  if (const Result<double> per_minute = parse_rate(rate, 60)) return *per_minute;
  table.fault("reading_speed", "is " + formats::toml_quoted(written->text.substr(0, 40)) +
                                   "; write a speed above zero, such as \"220 words per minute\"");
  return 0;
}

Then read_then(TomlTable table, const ValueReader& values) {
  Then then;
  table.require("act", "act = \"pass_on\" or another");
  table.require("chance", "chance = 0.1");
  then.act = static_cast<Act>(table.choice("act", kActNames, static_cast<std::size_t>(Act::pass_on)));
  if (table.has("act") && then.act == Act::answer)
    table.fault("act", "is \"answer\", which is what remains; leave this entry out");
  then.to = table.text("to");
  if (!then.to.empty() && then.act != Act::pass_on) table.fault("to", "belongs to act = \"pass_on\"; leave it out");
  then.chance = values.share(table, "chance", 0);
  then.on_visit = static_cast<std::int32_t>(table.whole("on_visit", 0, kVisitsMax, -1));
  close(table);
  return then;
}

void read_pressed(TomlTable& quota, const ValueReader& values, std::array<double, kActs>& chances) {
  TomlTable table = quota.table("pressed");
  if (!table.present() && !table.recording()) return;
  double evasive = 0;
  for (std::size_t act = 1; act < kActs; ++act) evasive += chances[act] = values.share(table, kActNames[act], 0);
  chances[0] = values.share(table, kActNames[0], std::max(0.0, 1 - evasive));
  const double sum = evasive + chances[0];
  if (sum > 1 + 1e-9)
    quota.fault("pressed", "sums to " + print_rounded(sum) + "; write chances that sum to 1");
  else if (sum < 1 - 1e-9)
    quota.fault("pressed", "sums to " + print_rounded(sum) + "; leave answer out, it is what remains to 1");
  close(table);
}

std::optional<double> quota_of(TomlTable& table, const ValueReader& values, std::string_view key) {
  if (!table.has(key) && !table.recording()) return std::nullopt;
  const double count = values.number(table, key, Measured::count, 0);
  if (count > kQuotaMax) table.fault(key, "is " + print_number(count) + "; write at most 100000, or 0 for none");
  return count;
}

}  // namespace

void read_matter(TomlTable& table, const ValueReader& values, Matter& matter) {
  table.require("id", "id = \"a_short_name\"");
  matter.id = table.text("id");
  if (table.has("id") && (matter.id.empty() || matter.id.size() > 64))
    table.fault("id", "is empty or too long; write 1 to 64 signs");
  matter.as = table.texts("as");
  matter.weight = values.number(table, "weight", Measured::count, 1);
  if (const auto rate = values.rate(table, "rate")) matter.per_second = *rate;
  if (table.has("rate") && table.has("weight"))
    table.fault("weight", "contradicts rate, which already says how many come; leave one of them out");
  matter.priority = static_cast<std::uint8_t>(table.whole("priority", 0, kPriorities - 1, 0));
  matter.amount = values.law(table, "amount", Measured::money).value_or(Law{});
  matter.questions = values.law(table, "questions", Measured::count).value_or(Law{});
  if (matter.questions.kind() == Law::Kind::constant && matter.questions.first() > kQuestionsMax)
    table.fault("questions", "is above 15; write 0 to 15, for a case has room for sixteen");
  matter.speciality = table.text("speciality");
  matter.starts_in = table.text("starts_in");
  matter.work = values.law(table, "work", Measured::time);
  matter.patience = values.law(table, "patience", Measured::time);
  close(table);
}

void read_team(TomlTable& table, const ValueReader& values, Team& team) {
  team.serves = table.texts("serves");
  if (team.serves.empty()) {
    if (table.has("serves")) table.fault("serves", "names no queue; write one, or leave it out for the team's own");
    team.serves.push_back(team.id);
  }
  read_agents(table, team);
  team.hours = table.text("hours");
  team.skills = table.texts("skills");
  team.competence = values.law(table, "competence", Measured::share).value_or(Law::constant(1));
  team.outside_speciality = values.share(table, "outside_speciality", 1);
  team.reading_words_per_minute = reading_speed(table);
  team.summary_share = values.share(table, "summary_share", 1);
  team.writing = values.law(table, "writing", Measured::time).value_or(Law{});
  team.handling = values.law(table, "handling", Measured::time).value_or(Law{});
  team.work = values.law(table, "work", Measured::time);
  team.words = values.law(table, "words", Measured::count).value_or(Law{});
  team.absence = values.share(table, "absence", 0);
  if (const auto turnover = values.rate(table, "turnover", kYear)) team.turnover_per_year = *turnover;
  if (team.turnover_per_year > kTurnoverMax)
    table.fault("turnover", "is more than thrice a day; write at most \"1000 per year\"");
  table.each("then", [&](TomlTable entry) { team.then.push_back(read_then(std::move(entry), values)); });
  close(table);
}

void read_quota(TomlTable& table, const ValueReader& values, Quota& quota) {
  quota.active = table.flag("active", true);
  quota.answers_per_hour = quota_of(table, values, "answers_per_hour");
  quota.closings_per_day = quota_of(table, values, "closings_per_day");
  read_pressed(table, values, quota.pressed);
  quota.part_share = values.share(table, "part_share", 0.5);
  quota.time_when_pressed = values.law(table, "time_when_pressed", Measured::time).value_or(Law{});
  close(table);
}

void read_sellers(TomlTable& table, const ValueReader& values, Sellers& sellers) {
  sellers.reply = values.law(table, "reply", Measured::time).value_or(Law{});
  sellers.patience = values.law(table, "patience", Measured::time);
  sellers.leaves_per_failure = values.share(table, "leaves_per_failure", 0);
  sellers.leaves_per_day = values.share(table, "leaves_per_day", 0);
  sellers.comes_back = values.share(table, "comes_back", 0);
  sellers.comes_back_after = values.law(table, "comes_back_after", Measured::time).value_or(Law{});
  sellers.climbs = values.share(table, "climbs", 0);
  sellers.appeals = values.share(table, "appeals", 0);
  sellers.thanks = values.share(table, "thanks", 1);
  sellers.words = values.law(table, "words", Measured::count).value_or(Law{});
  const auto hours = [&](std::string_view key) {
    const double spent = values.hours(table, key);
    if (spent > kHoursMax) table.fault(key, "is too long for one message; write at most \"40 days\"");
    return spent;
  };
  sellers.hours_per_message = hours("time_per_message");
  sellers.hours_per_read = hours("time_per_read");
  sellers.hours_per_restart = hours("time_per_restart");
  close(table);
}

}  // namespace guichet::rehearsal
