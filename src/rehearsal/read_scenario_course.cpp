// A course of cases learned from a log: [course].
#include <algorithm>
#include <cmath>

#include <guichet/core/names.hpp>
#include <guichet/rehearsal/course.hpp>
#include <guichet/rehearsal/read_scenario_sections.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlTable;
using formats::TomlValue;
using Kind = TomlValue::Kind;

constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
    {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86'400}}};

class CourseReader {
 public:
  CourseReader(TomlTable& table, const ValueReader& values, Course& course)
      : table_(table), values_(values), course_(course) {}

  void read() {
    course_.persons = static_cast<std::uint32_t>(table_.whole("persons", 0, kCoursePersonsMax, 0));
    course_.machine = table_.text("machine");
    hours();
    table_.require("label", "at least one table [course.label.NAME]");
    table_.each_named("label", [&](const std::string& id, TomlTable label) { read_label(id, label); });
    table_.each_named("group", [&](const std::string& id, TomlTable group) { read_group(id, group); });
    table_.require("first", "first = [{ to = NAME, chance = 1 }]");
    course_.first = chances(table_, "first", false);
    table_.each("next", [&](TomlTable next) { read_next(next); });
    table_.each("stay", [&](TomlTable stay) { read_stay(stay); });
    course_.shortest = values_.ticks(table_, "shortest", 0);
    course_.longest = values_.ticks(table_, "longest", kNoTick);
    course_.seen_from = values_.ticks(table_, "seen_from", 0);
    course_.seen_until = values_.ticks(table_, "seen_until", kNoTick);
    close(table_);
  }

 private:
  void hours() {
    course_.hours.fill(1);
    const TomlValue* days = table_.get("hours", Kind::array);
    if (days == nullptr) return;
    std::vector<double> weights;
    for (const TomlValue& day : days->items)
      for (const TomlValue& hour : day.items)
        weights.push_back(hour.kind == Kind::integer ? static_cast<double>(hour.integer) : hour.number);
    double sum = 0;
    bool fair = weights.size() == course_.hours.size();
    for (const double weight : weights) {
      fair = fair && std::isfinite(weight) && weight > 0;
      sum += weight;
    }
    if (!fair || !std::isfinite(sum))
      return table_.fault("hours", "is not a week; write seven lists, from Monday, of 24 numbers above zero");
    for (std::size_t i = 0; i < weights.size(); ++i)
      course_.hours[i] = weights[i] / sum * static_cast<double>(weights.size());
  }

  void read_label(const std::string& id, TomlTable& table) {
    CourseLabel label;
    label.id = id;
    label.activity = table.text("activity");
    label.status = table.text("status");
    label.kind = static_cast<EventKind>(table.choice("event", spellings<EventKind>(), 0));
    label.party = static_cast<Party>(table.choice("by", spellings<Party>(), 0));
    label.turn = static_cast<Turn>(table.choice("turn", spellings<Turn>(), 0));
    label.flags = static_cast<std::uint8_t>(table.choices("marks", kMarkNames, 0));
    label.words = static_cast<std::uint32_t>(table.whole("words", 0, 1'000'000, 0));
    labels_.push_back(id);
    course_.labels.push_back(std::move(label));
    close(table);
  }

  void read_group(const std::string& id, TomlTable& table) {
    CourseGroup group;
    group.id = id;
    table.require("teams", "teams = [{ name = \"…\", persons = 5 }]");
    table.each("teams", [&](TomlTable member) {
      CourseGroup::Team team;
      member.require("name", "name = \"…\"");
      team.name = member.text("name");
      team.weight = values_.number(member, "weight", Measured::count, 1);
      team.persons = static_cast<std::uint32_t>(member.whole("persons", 0, kCoursePersonsMax, 1));
      group.teams.push_back(std::move(team));
      close(member);
    });
    groups_.push_back(id);
    course_.groups.push_back(std::move(group));
    close(table);
  }

  std::uint16_t named(TomlTable& table, std::string_view key, const std::vector<std::string>& names,
                      std::string_view what) {
    const std::string name = table.text(key);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::uint16_t>(found - names.begin());
    if (!table.recording()) table.fault_unknown(key, name, names, what);
    return 0;
  }

  CourseMove move(TomlTable& table) {
    CourseMove move;
    move.label = named(table, "to", labels_, "a label of the course");
    move.by = static_cast<CourseWho>(table.choice("by", kCourseWhoNames, 0));
    const std::span<const std::string_view> places{kCourseWhoNames.data(), kCourseWhoNames.size() - 1};
    move.in = static_cast<CourseWho>(table.choice("in", places, 0));
    if (move.in == CourseWho::fresh || table.recording())
      move.group = named(table, "group", groups_, "a group of the course");
    return move;
  }

  std::vector<CourseNext::Chance> chances(TomlTable& table, std::string_view key, bool may_end) {
    std::vector<CourseNext::Chance> found;
    double sum = 0;
    table.each(key, [&](TomlTable item) {
      CourseNext::Chance chance;
      chance.ends = item.flag("ends", false);
      if (chance.ends && !may_end) item.fault("ends", "is true, but a case must have a first step");
      if (!chance.ends || item.recording()) chance.move = move(item);
      chance.chance = values_.share(item, "chance", 0);
      sum += chance.chance;
      found.push_back(chance);
      close(item);
    });
    if (!table.recording() && std::abs(sum - 1) > 1e-4)
      table.fault(key, "sums to " + print_number(sum) + "; write chances that sum to 1");
    return found;
  }

  void read_next(TomlTable& table) {
    CourseNext next;
    next.at = named(table, "at", labels_, "a label of the course");
    next.when = tests(table);
    next.n = count(table);
    table.require("then", "then = [{ to = NAME, chance = 0.5 }, { ends = true, chance = 0.5 }]");
    next.chances = chances(table, "then", true);
    course_.next.push_back(std::move(next));
    close(table);
  }

  void read_stay(TomlTable& table) {
    CourseStay stay;
    stay.from = named(table, "from", labels_, "a label of the course");
    stay.to = named(table, "to", labels_, "a label of the course");
    stay.when = tests(table);
    stay.n = count(table);
    stay.clock = static_cast<CourseStay::Clock>(table.choice("clock", kCourseClockNames, 0));
    stay.timer = table.flag("timer", false);
    stay.soon_share = values_.share(table, "soon_share", 0);
    const bool daily = stay.clock == CourseStay::Clock::daily;
    if (stay.soon_share > 0 || table.recording()) stay.soon = law(table, "soon", 1);
    if (stay.soon_share < 1 || table.recording()) stay.later = law(table, "later", daily ? 86'400 : 1);
    if ((daily && stay.soon_share < 1) || table.recording()) stay.at = law(table, "at", 1);
    course_.stays.push_back(std::move(stay));
    close(table);
  }

  std::uint64_t count(TomlTable& table) {
    return static_cast<std::uint64_t>(table.whole("n", 0, std::int64_t{1} << 53U, 0));
  }

  // { hours = [0, 1, 3], tail = [9, 40] } or { days = 15 }; kept in multiples of `scale` seconds.
  CourseLaw law(TomlTable& parent, std::string_view key, double scale) {
    CourseLaw law;
    parent.require(key, "a law such as { hours = [0, 1, 3], tail = [9, 40] }, or { days = 15 }");
    TomlTable table = parent.table(key);
    for (const auto& [unit, seconds] : kUnits) {
      const TomlValue* written = table.any(unit);
      if (written == nullptr) continue;
      law.even = numbers(*written, seconds / scale);
      law.tail = law.even.empty() ? law.even : std::vector<double>{law.even.back()};
      if (const TomlValue* tail = table.any("tail")) law.tail = numbers(*tail, seconds / scale);
    }
    table.any("tail");
    close(table);
    std::vector<double> all = law.even;
    all.insert(all.end(), law.tail.begin(), law.tail.end());
    const bool fair = !law.even.empty() && !law.tail.empty() && all.front() >= 0 && all.back() <= kTimeMax &&
                      std::is_sorted(all.begin(), all.end()) &&
                      std::all_of(all.begin(), all.end(), [](double value) { return std::isfinite(value); });
    if (fair) return law;
    if (parent.has(key))
      parent.fault(key,
                   "is no law of times; write rising numbers from zero, at most 200 years, such as "
                   "{ hours = [0, 1, 3], tail = [9, 40] }, or { days = 15 }");
    return {};
  }

  static std::vector<double> numbers(const TomlValue& value, double scale) {
    const auto one = [&](const TomlValue& item) {
      if (item.kind == Kind::integer) return static_cast<double>(item.integer) * scale;
      return item.kind == Kind::number ? item.number * scale : -1.0;
    };
    std::vector<double> found;
    if (value.kind != Kind::array) return {one(value)};
    for (const TomlValue& item : value.items) found.push_back(one(item));
    return found;
  }

  std::vector<CourseTest> tests(TomlTable& table) {
    std::vector<CourseTest> found;
    for (const std::string& text : table.texts("when")) {
      CourseTest test;
      if (read_test(text, test)) {
        found.push_back(test);
      } else {
        table.fault("when", "holds " + formats::toml_quoted(text.substr(0, 64)) +
                                "; write \"after NAME\", \"long_after NAME\", \"seen NAME\", \"group NAME\", \"came "
                                "back\", \"by fresh\", \"to same\", \"not …\" before one of these, or \"steps >= 3\", "
                                "\"moves < 2\", \"age >= 4 days\", \"stayed < 1 hour\"");
      }
    }
    return found;
  }

  bool read_test(std::string_view text, CourseTest& test) const {
    if (text.starts_with("not ")) {
      test.holds = false;
      text.remove_prefix(4);
    }
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return false;
    const auto fact = std::find(kCourseFactNames.begin(), kCourseFactNames.end(), text.substr(0, blank));
    if (fact == kCourseFactNames.end()) return false;
    test.fact = static_cast<CourseFact>(fact - kCourseFactNames.begin());
    text.remove_prefix(blank + 1);
    switch (test.fact) {
      case CourseFact::after:
      case CourseFact::long_after:
      case CourseFact::seen: return read_index(text, labels_, test);
      case CourseFact::group: return read_index(text, groups_, test);
      case CourseFact::came:
      case CourseFact::by:
      case CourseFact::to: return read_index(text, kCourseWhoNames, test);
      case CourseFact::steps:
      case CourseFact::moves:
      case CourseFact::age:
      case CourseFact::stayed: break;
    }
    const bool at_least = text.starts_with(">= ");
    if (!test.holds || (!at_least && !text.starts_with("< "))) return false;
    test.holds = at_least;
    text.remove_prefix(at_least ? 3 : 2);
    if (test.fact == CourseFact::steps || test.fact == CourseFact::moves) {
      const Result<double> count = parse_measured(std::string{text} + " seconds", Measured::time);
      if (!count || *count > 255) return false;
      test.value = static_cast<std::uint32_t>(*count);
      return true;
    }
    const Result<double> seconds = parse_measured(text, Measured::time);
    if (!seconds || *seconds > 4e9) return false;
    test.value = static_cast<std::uint32_t>(*seconds);
    return true;
  }

  template <class Names>
  static bool read_index(std::string_view text, const Names& names, CourseTest& test) {
    const auto found = std::find(names.begin(), names.end(), text);
    test.value = static_cast<std::uint32_t>(found - names.begin());
    return found != names.end();
  }

  TomlTable& table_;
  const ValueReader& values_;
  Course& course_;
  std::vector<std::string> labels_, groups_;
};

}  // namespace

void read_course(TomlTable& table, const ValueReader& values, Course& course) {
  CourseReader(table, values, course).read();
  if (table.recording()) return;
  if (const std::string wrong = CourseWalk::what_is_wrong(course); !wrong.empty()) table.fault(table.place(), wrong);
}

}  // namespace guichet::rehearsal
