// A course learned from a log, as the tables that read_scenario_course.cpp reads.
#include <algorithm>

#include <guichet/core/moment.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rehearsal/print_scenario.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>

namespace guichet::rehearsal {
namespace {

using formats::toml_quoted;

std::string time(Tick ticks) {
  return print_measured(static_cast<double>(ticks) / static_cast<double>(kSecond), Measured::time);
}

std::string numbers(const std::vector<double>& values) {
  std::string list;
  for (const double value : values) list += (list.empty() ? "" : ", ") + print_number(value);
  return "[" + list + "]";
}

class CoursePrinter {
 public:
  explicit CoursePrinter(const Course& course) : course_(course) {}

  std::string print(const std::string& source) {
    out_ = "[course]\n";
    if (course_.persons != 0) say("persons", std::to_string(course_.persons));
    if (!course_.machine.empty()) say("machine", toml_quoted(course_.machine));
    if (course_.shortest != 0) say("shortest", time(course_.shortest));
    if (course_.longest != kNoTick) say("longest", time(course_.longest));
    if (course_.seen_until != kNoTick) say("seen_until", time(course_.seen_until));
    hours();
    say("first", chances(course_.first));
    if (!source.empty() && source != "assumed") say("source", toml_quoted(source));
    for (const CourseLabel& label : course_.labels) print(label);
    for (const CourseGroup& group : course_.groups) print(group);
    for (const CourseNext& next : course_.next) print(next);
    for (const CourseStay& stay : course_.stays) print(stay);
    return std::move(out_);
  }

 private:
  void say(std::string_view key, const std::string& value) { out_ += std::string{key} + " = " + value + "\n"; }
  void say(std::string_view key, std::string_view word, bool usual) {
    if (!usual) say(key, toml_quoted(word));
  }
  const std::string& label(std::uint16_t index) const { return course_.labels[index].id; }

  void hours() {
    if (std::all_of(course_.hours.begin(), course_.hours.end(), [](double weight) { return weight == 1; })) return;
    out_ += "hours = [\n";
    for (std::size_t day = 0; day < 7; ++day) {
      const double* first = course_.hours.data() + day * 24;
      out_ += "  " + numbers({first, first + 24}) + ",\n";
    }
    out_ += "]\n";
  }

  void print(const CourseLabel& label) {
    out_ += "\n[course.label." + toml_quoted(label.id) + "]\n";
    say("activity", label.activity, label.activity.empty());
    say("status", label.status, label.status.empty());
    say("event", name(label.kind), label.kind == EventKind::none);
    say("by", name(label.party), label.party == Party::nobody);
    say("turn", name(label.turn), label.turn == Turn::nobody);
    std::string marks;
    for (std::size_t i = 0; i < kMarkNames.size(); ++i)
      if ((label.flags >> i & 1U) != 0) marks += (marks.empty() ? "" : ", ") + toml_quoted(kMarkNames[i]);
    if (!marks.empty()) say("marks", "[" + marks + "]");
    if (label.words != 0) say("words", std::to_string(label.words));
  }

  void print(const CourseGroup& group) {
    out_ += "\n[course.group." + toml_quoted(group.id) + "]\nteams = [\n";
    for (const CourseGroup::Team& team : group.teams)
      out_ += "  { name = " + toml_quoted(team.name) + ", weight = " + print_number(team.weight) +
              ", persons = " + std::to_string(team.persons) + " },\n";
    out_ += "]\n";
  }

  std::string chances(const std::vector<CourseNext::Chance>& all) const {
    std::string list;
    for (const CourseNext::Chance& chance : all)
      list += "  { " + move(chance) + "chance = " + print_number(chance.chance) + " },\n";
    return "[\n" + list + "]";
  }

  std::string move(const CourseNext::Chance& chance) const {
    if (chance.ends) return "ends = true, ";
    const CourseMove& move = chance.move;
    std::string text = "to = " + toml_quoted(label(move.label)) + ", ";
    if (move.by != CourseWho::nobody) text += "by = " + toml_quoted(word(move.by)) + ", ";
    if (move.in != CourseWho::nobody) text += "in = " + toml_quoted(word(move.in)) + ", ";
    if (move.in == CourseWho::fresh) text += "group = " + toml_quoted(course_.groups[move.group].id) + ", ";
    return text;
  }

  static std::string_view word(CourseWho who) { return kCourseWhoNames[static_cast<std::size_t>(who)]; }

  void print(const CourseNext& next) {
    out_ += "\n[[course.next]]\n";
    say("at", toml_quoted(label(next.at)));
    tests(next.when);
    if (next.n != 0) say("n", std::to_string(next.n));
    say("then", chances(next.chances));
  }

  void print(const CourseStay& stay) {
    out_ += "\n[[course.stay]]\n";
    say("from", toml_quoted(label(stay.from)));
    say("to", toml_quoted(label(stay.to)));
    tests(stay.when);
    if (stay.n != 0) say("n", std::to_string(stay.n));
    say("clock", kCourseClockNames[static_cast<std::size_t>(stay.clock)], stay.clock == CourseStay::Clock::elapsed);
    if (stay.timer) say("timer", "true");
    if (stay.soon_share != 0) say("soon_share", print_number(stay.soon_share));
    const bool daily = stay.clock == CourseStay::Clock::daily;
    if (stay.soon_share > 0) say("soon", law(stay.soon, "seconds"));
    if (stay.soon_share < 1) say("later", law(stay.later, daily ? "days" : "seconds"));
    if (stay.soon_share < 1 && daily) say("at", law(stay.at, "seconds"));
  }

  static std::string law(const CourseLaw& law, const std::string& unit) {
    return "{ " + unit + " = " + numbers(law.even) + ", tail = " + numbers(law.tail) + " }";
  }

  void tests(const std::vector<CourseTest>& all) {
    std::string list;
    for (const CourseTest& test : all) list += (list.empty() ? "" : ", ") + toml_quoted(said(test));
    if (!list.empty()) say("when", "[" + list + "]");
  }

  std::string said(const CourseTest& test) const {
    const std::string fact{kCourseFactNames[static_cast<std::size_t>(test.fact)]};
    const std::string same = (test.holds ? "" : "not ") + fact + " ";
    const std::string count = fact + (test.holds ? " >= " : " < ") + std::to_string(test.value);
    switch (test.fact) {
      case CourseFact::after:
      case CourseFact::long_after:
      case CourseFact::seen: return same + course_.labels[test.value].id;
      case CourseFact::group: return same + course_.groups[test.value].id;
      case CourseFact::came:
      case CourseFact::by:
      case CourseFact::to: return same + std::string{kCourseWhoNames[test.value]};
      case CourseFact::steps:
      case CourseFact::moves: return count;
      case CourseFact::age:
      case CourseFact::stayed: return count + " seconds";
    }
    return count;
  }

  const Course& course_;
  std::string out_;
};

}  // namespace

std::string print_course(const Course& course, const std::string& source) {
  return CoursePrinter{course}.print(source);
}

}  // namespace guichet::rehearsal
