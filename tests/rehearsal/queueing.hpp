// Desks whose figures mathematics gives exactly: read from tests/data/queueing.toml, written as scenarios like any
// other, and judged. Knows no way to solve them; they run through the same engine and rules as every rehearsal.
#pragma once

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>
#include <guichet/rehearsal/rehearse.hpp>

namespace guichet::rehearsal::queueing {

using formats::TomlMember;
using formats::TomlValue;

/// One desk of the file.
struct Desk {
  std::string name, says;
  TomlValue told;
  std::uint64_t place{};  // in the file
};

struct Size {
  double customers;  // all replications together
  std::uint32_t replications;
  std::uint64_t seed;
};

inline double number_of(const TomlValue& value) {
  return value.kind == TomlValue::Kind::integer ? static_cast<double>(value.integer) : value.number;
}
inline double number(const TomlValue& table, std::string_view key, double fallback = 0) {
  const TomlValue* value = table.find(key);
  return value == nullptr ? fallback : number_of(*value);
}
inline std::string text(const TomlValue& table, std::string_view key, std::string_view fallback = {}) {
  const TomlValue* value = table.find(key);
  return value == nullptr ? std::string{fallback} : value->text;
}
inline const std::vector<TomlValue>& items(const TomlValue& table, std::string_view key) {
  static const std::vector<TomlValue> kNone;
  const TomlValue* value = table.find(key);
  return value == nullptr ? kNone : value->items;
}
inline const std::vector<TomlMember>& members(const TomlValue& table, std::string_view key) {
  static const std::vector<TomlMember> kNone;
  const TomlValue* value = table.find(key);
  return value == nullptr ? kNone : value->members;
}

inline std::vector<Desk> read_desks(const std::string& path) {
  std::ifstream file{path};
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  const Result<TomlValue> document = formats::parse_toml(content, path);
  GUICHET_CHECK(document, "the file of figures is part of the source");
  std::vector<Desk> desks;
  for (const TomlValue& one : items(*document, "case"))
    desks.push_back({text(one, "name"), text(one, "says"), one, desks.size()});
  return desks;
}

/// Where the desk's procedure is, below the root of the source.
inline std::string procedure_of(const Desk& desk) {
  return "/scenarios/procedures/" + text(desk.told, "procedure", "plain-queue") + ".toml";
}

inline double unit_seconds(const Desk& desk) {
  const std::string unit = text(desk.told, "unit");
  return unit == "hour" ? 3600 : unit == "minute" ? 60 : 1;
}

/// Writes one desk in the format of scenarios.
class Writer {
 public:
  Writer(const Desk& desk, const Size& size) : told_(desk.told), unit_(text(desk.told, "unit")), size_(size) {
    size_.seed += desk.place * 1'000'000;  // or all desks would be judged by the same arrivals
    write_run(desk.name);
    write_arrivals();
    write_matters();
    write_teams();
    if (told_.find("patience") != nullptr)
      out_ += "[sellers]\npatience = " +
              law(number(told_, "patience"), text(told_, "patience_law"), number(told_, "patience_cv2")) + "\n";
  }
  const std::string& scenario() const { return out_; }

 private:
  std::string lasting(double units) const { return "\"" + print_number(units) + " " + unit_ + "s\""; }
  std::string rate(double per_unit) const { return "\"" + print_number(per_unit) + " per " + unit_ + "\""; }

  std::string law(double mean, const std::string& name, double cv2 = 0) const {
    if (name == "constant") return lasting(mean);
    if (name == "uniform") return "{ law = \"uniform\", from = " + lasting(0) + ", to = " + lasting(2 * mean) + " }";
    const std::string kind = name.empty() ? "exponential" : name;
    return "{ law = \"" + kind + "\", mean = " + lasting(mean) + (cv2 > 0 ? ", cv2 = " + print_number(cv2) : "") + " }";
  }
  std::string work(const TomlValue& table) const {
    const std::vector<TomlValue>& parts = items(table, "work_parts");
    if (parts.empty()) return law(number(table, "work"), text(table, "work_law"), number(table, "work_cv2"));
    std::string all = "{ law = \"mixture\", parts = [";
    for (const TomlValue& part : parts)
      all += "{ weight = " + print_number(number_of(part.items[0])) +
             ", law = \"exponential\", mean = " + lasting(number_of(part.items[1])) + " }, ";
    return all + "] }";
  }

  double arrivals() const {
    double sum = 0;
    for (const TomlValue& matter : items(told_, "matter")) sum += number(matter, "arrivals");
    return sum > 0 ? sum : number(told_, "arrivals");
  }

  /// Of a replication; whole periods where the rate varies, or the average over time would not be that of a period.
  double length() const {
    const double length = size_.customers / arrivals() / size_.replications;
    const double period = number(told_, "look_period");
    return period > 0 ? std::ceil(length / period) * period : length;
  }

  void write_run(const std::string& name) {
    std::string id = name;
    std::ranges::transform(id, id.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    out_ += "[scenario]\nname = \"" + id + "\"\nprocedure = \"" + text(told_, "procedure", "plain-queue") + "\"\n";
    out_ += "[run]\nlength = " + lasting(length()) + "\nwarm_up = " + lasting(number(told_, "warm_up")) +
            "\nseed = " + std::to_string(size_.seed) + "\nreplications = " + std::to_string(size_.replications) +
            "\nkept_cases = 0\n";
    if (!items(told_, "tails").empty()) {
      out_ += "tails = [";
      for (const TomlValue& tail : items(told_, "tails")) out_ += lasting(number_of(tail.items[0])) + ", ";
      out_ += "]\n";
    }
    if (const std::vector<TomlValue>& looks = items(told_, "looks"); looks.size() > 1)
      out_ += "look_every = " + lasting(number_of(looks[1].items[0]) - number_of(looks[0].items[0])) +
              "\nlook_period = " + lasting(number(told_, "look_period")) + "\n";
  }

  void write_arrivals() {
    out_ += "[arrivals]\n";
    if (const std::string between = text(told_, "between"); !between.empty())
      out_ += "between = " + law(1 / arrivals(), between, number(told_, "between_cv2")) + "\n";
    else if (items(told_, "matter").empty())
      out_ += "rate = " + rate(arrivals()) + "\n";
    if (const double room = number(told_, "room"); room > 0) out_ += "turned_away_above = " + print_number(room) + "\n";
    if (const double amplitude = number(told_, "sinus_amplitude"); amplitude > 0)
      out_ += "sinusoid = { amplitude = " + print_number(amplitude) +
              ", period = " + lasting(number(told_, "sinus_period")) +
              ", phase = " + print_number(number(told_, "sinus_phase")) + " }\n";
    if (const std::vector<TomlValue>& steps = items(told_, "profile"); !steps.empty()) {
      out_ += "profile = { period = \"1 day\", weights = [";
      for (const TomlValue& step : steps) out_ += print_number(number_of(step)) + ", ";
      out_ += "] }\n";
    }
  }

  void write_matters() {
    if (items(told_, "matter").empty()) out_ += "[[matter]]\nid = \"any\"\n";
    for (const TomlValue& matter : items(told_, "matter")) {
      out_ += "[[matter]]\nid = \"" + text(matter, "id") + "\"\nrate = " + rate(number(matter, "arrivals")) + "\n";
      out_ += "priority = " + print_number(number(matter, "priority")) + "\n";
      if (matter.find("work") != nullptr) out_ += "work = " + work(matter) + "\n";
      if (const std::string queue = text(matter, "starts_in"); !queue.empty())
        out_ += "starts_in = \"" + queue + "\"\n";
    }
  }

  void write_team(const std::string& id, const TomlValue& team) {
    const double agents = number(team, "agents");
    out_ += "[team." + id + "]\nagents = " + (agents > 0 ? print_number(agents) : "\"unlimited\"") +
            "\nwork = " + work(team) + "\n";
    if (items(team, "then").empty()) return;
    out_ += "then = [";
    for (const TomlValue& then : items(team, "then")) {
      const std::string act = text(then, "act", "pass_on");
      out_ += "{ act = \"" + act + "\", chance = " + print_number(number(then, "chance"));
      if (act == "pass_on") out_ += ", to = \"" + text(then, "to") + "\"";
      if (then.find("on_visit") != nullptr) out_ += ", on_visit = " + print_number(number(then, "on_visit"));
      out_ += " }, ";
    }
    out_ += "]\n";
  }
  void write_teams() {
    if (items(told_, "team").empty()) write_team("desk", told_);
    for (const TomlValue& team : items(told_, "team")) write_team(text(team, "id"), team);
  }

  const TomlValue& told_;
  std::string unit_;
  Size size_;
  std::string out_;
};

inline std::string scenario_of(const Desk& desk, const Size& size) { return Writer{desk, size}.scenario(); }

/// One figure as it is and as it should be, in the unit of the desk.
struct Verdict {
  std::string figure;
  double exact{}, is{};
  double error{};  // standard, of `is`
  double z{};
  bool known_variance{};
};

/// The normal deviate that is as rare as Student's t with so many degrees (Wallace 1959).
inline double normal_of_student(double t, double degrees) {
  const double z = (8 * degrees + 1) / (8 * degrees + 3) * std::sqrt(degrees * std::log1p(t * t / degrees));
  return t < 0 ? -z : z;
}

class Judge {
 public:
  Judge(const Desk& desk, const Rehearsed& rehearsed)
      : told_(desk.told), rehearsed_(rehearsed), unit_(unit_seconds(desk)) {
    for (const TomlMember& figure : members(told_, "exact")) quantity(figure.key, number_of(figure.value));
    tails();
    for (const TomlValue& look : items(told_, "looks")) look_at(number_of(look.items[0]), number_of(look.items[1]));
    for (const TomlValue& team : items(told_, "team"))
      if (team.find("exact") != nullptr) queue(rehearsed_.by_queue, team);
    for (const TomlValue& matter : items(told_, "matter"))
      if (matter.find("exact") != nullptr) queue(rehearsed_.by_matter, matter);
  }
  const std::vector<Verdict>& verdicts() const { return verdicts_; }

 private:
  void quantity(const std::string& name, double exact) {
    const bool elapsed = name == "elapsed";
    const std::string id = elapsed ? "elapsed_days" : name;
    for (std::size_t i = 0; i < kQuantities; ++i) {
      const QuantityText& text = text_of(static_cast<Quantity>(i));
      if (text.name != id) continue;
      const double scale = elapsed ? 86'400 / unit_ : text.unit == measures::Unit::seconds ? 1 / unit_ : 1;
      GUICHET_CHECK(rehearsed_.quantities[i], "a desk that serves anybody has its quantities");
      const TomlValue* variances = told_.find("variance");
      add(name, exact, *rehearsed_.quantities[i], scale, variances == nullptr ? 0 : number(*variances, name),
          text.unit == measures::Unit::share);
      return;
    }
    GUICHET_CHECK(false, "figures are named as the quantities of a rehearsal");
  }

  void tails() {
    const std::vector<TomlValue>& told = items(told_, "tails");
    for (std::size_t i = 0; i < told.size(); ++i) {
      const std::string t = print_number(std::round(number_of(told[i].items[0]) * 1e4) / 1e4);
      add("P(wait > " + t + ")", number_of(told[i].items[1]), rehearsed_.tails.at(i).waits_longer, 1, 0, true);
      if (told[i].items.size() > 2)
        add("P(served within " + t + ")", number_of(told[i].items[2]), rehearsed_.tails[i].served_within, 1, 0, true);
    }
  }

  void look_at(double place, double exact) {
    for (const LookResult& look : rehearsed_.looks)
      if (std::abs(look.place_seconds - place * unit_) < 1e-6)
        return add("in_desk at " + print_number(place), exact, look.in_desk, 1, 0, false);
    GUICHET_CHECK(false, "the scenario asks for a look at every place of the file");
  }

  void queue(const std::vector<QueueResult>& results, const TomlValue& told) {
    const std::string id = text(told, "id");
    const auto found = std::ranges::find(results, id, &QueueResult::id);
    GUICHET_CHECK(found != results.end(), "every queue and matter of a scenario has its results");
    for (const TomlMember& figure : members(told, "exact")) {
      const double exact = number_of(figure.value);
      const std::string name = figure.key + " of " + id;
      if (figure.key == "wait") add(name, exact, found->wait, 1 / unit_, 0, false);
      if (figure.key == "length") add(name, exact, found->length, 1, 0, false);
      if (figure.key == "waited_share") add(name, exact, found->waited_share, 1, 0, true);
    }
  }

  void add(std::string figure, double exact, const Estimate& estimate, double scale, double variance, bool share) {
    Verdict verdict{std::move(figure), exact, estimate.mean * scale, 0, 0, variance > 0};
    const double off = verdict.is - exact;
    const double parts = estimate.parts;
    if (variance > 0) {
      verdict.error = std::sqrt(variance / (rehearsed_.rehearsed_seconds / unit_));
      verdict.z = off / verdict.error;
    } else {
      verdict.error = parts < 2 ? 0 : estimate.sd_of_parts * scale / std::sqrt(parts);
      // What is too rare to differ between replications still has the chance of single customers.
      const double customers = static_cast<double>(rehearsed_.cases);
      const double rarer = std::min(exact, 1 - exact);
      const bool rare = share && rarer > 0 && rarer * customers < 100;
      if (rare) verdict.error = std::max(verdict.error, std::sqrt(rarer / customers));
      if (std::abs(off) < 1e-12)
        verdict.z = 0;
      else if (verdict.error > 0)
        verdict.z = rare ? off / verdict.error : normal_of_student(off / verdict.error, parts - 1);
      else
        verdict.z = std::copysign(std::numeric_limits<double>::infinity(), off);
    }
    verdicts_.push_back(std::move(verdict));
  }

  const TomlValue& told_;
  const Rehearsed& rehearsed_;
  double unit_;
  std::vector<Verdict> verdicts_;
};

inline std::vector<Verdict> judge(const Desk& desk, const Rehearsed& rehearsed) {
  return Judge{desk, rehearsed}.verdicts();
}

}  // namespace guichet::rehearsal::queueing
