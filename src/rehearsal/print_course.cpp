// A course as the tables [course…] of a scenario; read_scenario_course.cpp reads them back.
#include <cmath>

#include <guichet/core/names.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/fit.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>

namespace guichet::rehearsal {
namespace {

using formats::toml_quoted;

/// Four digits say all that a log can.
std::string rounded(double value) {
  double scale = 1;
  while (std::abs(value) * scale < 1000 && scale < 1e9) scale *= 10;
  const double whole = std::round(value * scale) / scale;
  return print_number(whole);
}

std::string chance(double value) { return print_number(std::round(value * 1e6) / 1e6); }

std::string list(const std::vector<double>& values, double unit) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + rounded(values[i] / unit);
  return text + "]";
}

/// In the unit in which the middle of it is a handy number; `days` when it counts them.
std::string law_text(const CourseLaw& law, bool days) {
  const auto in = [&](const char* name, double unit) {
    const std::string start = std::string{"{ "} + name + " = ";
    if (law.even.front() == law.tail.back()) return start + rounded(law.even.front() / unit) + " }";  // always the same
    return start + list(law.even, unit) + ", tail = " + list(law.tail, unit) + " }";
  };
  const double middle = law.even[law.even.size() / 2];
  if (days) return in("days", 1);
  if (middle >= 2 * 86'400) return in("days", 86'400);
  if (middle >= 2 * 3600) return in("hours", 3600);
  return middle >= 120 ? in("minutes", 60) : in("seconds", 1);
}

class CoursePrinter {
 public:
  explicit CoursePrinter(const Course& course) : course_(course) {}

  std::string print() {
    head();
    for (const CourseLabel& label : course_.labels) print_label(label);
    for (const CourseGroup& group : course_.groups) print_group(group);
    for (const CourseNext& next : course_.next) print_next(next);
    for (const CourseStay& stay : course_.stays) print_stay(stay);
    return std::move(out_);
  }

 private:
  void key(std::string_view name, const std::string& value) { out_ += std::string{name} + " = " + value + "\n"; }

  void head() {
    if (course_.persons > 0) key("persons", std::to_string(course_.persons));
    if (!course_.machine.empty()) key("machine", toml_quoted(course_.machine));
    const auto ticks = [](Tick tick) {
      const Tick seconds = tick / kSecond;
      return print_measured(static_cast<double>(seconds), Measured::time);
    };
    if (course_.shortest > 0) key("shortest", ticks(course_.shortest));
    if (course_.longest != kNoTick) key("longest", ticks(course_.longest));
    if (course_.seen_from > 0) key("seen_from", ticks(course_.seen_from));
    if (course_.seen_until != kNoTick) key("seen_until", ticks(course_.seen_until));
    out_ += "# How much people act, hour by hour (UTC) from Monday.\nhours = [\n";
    for (std::size_t day = 0; day < 7; ++day) {
      out_ += "  [";
      for (std::size_t hour = 0; hour < 24; ++hour)
        out_ += (hour > 0 ? ", " : "") + print_number(std::round(course_.hours[day * 24 + hour] * 1000) / 1000);
      out_ += "],\n";
    }
    out_ += "]\nfirst = [\n";
    chances(course_.first);
    out_ += "]\n";
  }

  void print_label(const CourseLabel& label) {
    out_ += "\n[course.label." + label.id + "]\n";
    if (!label.activity.empty()) key("activity", toml_quoted(label.activity));
    if (!label.status.empty()) key("status", toml_quoted(label.status));
    if (label.kind != EventKind::none) key("event", toml_quoted(name(label.kind)));
    if (label.party != Party::nobody) key("by", toml_quoted(name(label.party)));
    if (label.turn != Turn::nobody) key("turn", toml_quoted(name(label.turn)));
    std::string marks;
    for (std::size_t i = 0; i < kMarkNames.size(); ++i)
      if ((label.flags >> i & 1U) != 0) marks += (marks.empty() ? "" : ", ") + toml_quoted(kMarkNames[i]);
    if (!marks.empty()) key("marks", "[" + marks + "]");
    if (label.words > 0) key("words", std::to_string(label.words));
  }

  void print_group(const CourseGroup& group) {
    out_ += "\n[course.group." + group.id + "]\nteams = [\n";
    for (const CourseGroup::Team& team : group.teams)
      out_ += "  { name = " + toml_quoted(team.name) + ", weight = " + print_number(team.weight) +
              ", persons = " + std::to_string(team.persons) + " },\n";
    out_ += "]\n";
  }

  void chances(const std::vector<CourseNext::Chance>& all) {
    for (const CourseNext::Chance& one : all) {
      out_ += "  { ";
      if (one.ends) {
        out_ += "ends = true";
      } else {
        out_ += "to = " + toml_quoted(course_.labels[one.move.label].id);
        if (one.move.by != CourseWho::nobody) out_ += ", by = " + toml_quoted(who(one.move.by));
        if (one.move.in != CourseWho::nobody) out_ += ", in = " + toml_quoted(who(one.move.in));
        if (one.move.in == CourseWho::fresh) out_ += ", group = " + toml_quoted(course_.groups[one.move.group].id);
      }
      out_ += ", chance = " + chance(one.chance) + " },\n";
    }
  }

  void print_next(const CourseNext& next) {
    out_ += "\n[[course.next]]\n";
    key("at", toml_quoted(course_.labels[next.at].id));
    when(next.when);
    key("n", std::to_string(next.n));
    out_ += "then = [\n";
    chances(next.chances);
    out_ += "]\n";
  }

  void print_stay(const CourseStay& stay) {
    out_ += stay.timer ? "\n# A timer: to try another, write for instance later = { days = 15 }.\n[[course.stay]]\n"
                       : "\n[[course.stay]]\n";
    key("from", toml_quoted(course_.labels[stay.from].id));
    key("to", toml_quoted(course_.labels[stay.to].id));
    when(stay.when);
    key("n", std::to_string(stay.n));
    key("clock", toml_quoted(kCourseClockNames[static_cast<std::size_t>(stay.clock)]));
    if (stay.timer) key("timer", "true");
    const bool daily = stay.clock == CourseStay::Clock::daily;
    if (stay.soon_share > 0) {
      key("soon_share", chance(stay.soon_share));
      key("soon", law_text(stay.soon, false));
    }
    if (stay.soon_share >= 1) return;
    key("later", law_text(stay.later, daily));
    if (daily) key("at", law_text(stay.at, false));
  }

  void when(const std::vector<CourseTest>& tests) {
    if (tests.empty()) return;
    std::string text;
    for (const CourseTest& test : tests) text += (text.empty() ? "" : ", ") + toml_quoted(test_text(test));
    key("when", "[" + text + "]");
  }

  std::string test_text(const CourseTest& test) const {
    const std::string fact{kCourseFactNames[static_cast<std::size_t>(test.fact)]};
    const std::string either = test.holds ? "" : "not ";
    const std::string edge = fact + (test.holds ? " >= " : " < ");
    const auto length = [&] {
      const std::string quoted = print_measured(test.value, Measured::time);
      return quoted.substr(1, quoted.size() - 2);
    };
    switch (test.fact) {
      case CourseFact::after:
      case CourseFact::long_after:
      case CourseFact::seen: return either + fact + " " + course_.labels[test.value].id;
      case CourseFact::group: return either + fact + " " + course_.groups[test.value].id;
      case CourseFact::came:
      case CourseFact::by:
      case CourseFact::to: return either + fact + " " + std::string{kCourseWhoNames[test.value]};
      case CourseFact::steps:
      case CourseFact::moves: return edge + std::to_string(test.value);
      case CourseFact::age:
      case CourseFact::stayed: return edge + length();
    }
    return {};
  }

  static std::string_view who(CourseWho who) { return kCourseWhoNames[static_cast<std::size_t>(who)]; }

  const Course& course_;
  std::string out_;
};

}  // namespace

std::string print_course(const Course& course) { return CoursePrinter(course).print(); }

}  // namespace guichet::rehearsal
