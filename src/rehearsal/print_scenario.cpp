#include <guichet/rehearsal/print_scenario.hpp>

#include <algorithm>
#include <map>

#include <guichet/rehearsal/fit.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>
#include <guichet/rulebook/calendar_tables.hpp>

namespace guichet::rehearsal {
namespace {

using formats::toml_quoted;

constexpr std::string_view kAssumed = "assumed";
constexpr double kYear = 365.0 * 86'400;

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_quoted(text);
  return "[" + list + "]";
}

std::string listed(const std::vector<double>& numbers) {
  std::string list;
  for (const double number : numbers) list += (list.empty() ? "" : ", ") + print_number(number);
  return "[" + list + "]";
}

std::string flag(bool value) { return value ? "true" : "false"; }

std::string time(Tick ticks) {
  return print_measured(static_cast<double>(ticks) / static_cast<double>(kSecond), Measured::time);
}

// A key of its own where it may stand bare, in quotes elsewhere.
std::string as_key(const std::string& name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? name : toml_quoted(name);
}

Measured measured(LawOf of) {
  switch (of) {
    case LawOf::time: return Measured::time;
    case LawOf::money: return Measured::money;
    case LawOf::number: return Measured::count;
  }
  return Measured::count;
}

// The keys of a law, without the braces.
std::string keys_of(const Law& law, LawOf of) {
  const auto value = [&](double number) { return print_measured(number, measured(of)); };
  switch (law.kind()) {
    case Law::Kind::constant: return R"(law = "constant", value = )" + value(law.first());
    case Law::Kind::exponential: return R"(law = "exponential", mean = )" + value(law.first());
    case Law::Kind::lognormal:
      return R"(law = "lognormal", mean = )" + value(law.first()) + ", sigma = " + print_number(law.second());
    case Law::Kind::gamma:
      return R"(law = "gamma", mean = )" + value(law.first()) + ", shape = " + print_number(law.second());
    case Law::Kind::uniform:
      return R"(law = "uniform", from = )" + value(law.first()) + ", to = " + value(law.second());
    case Law::Kind::quantiles: {
      const std::string_view unit = of == LawOf::time    ? R"(unit = "seconds", )"
                                    : of == LawOf::money ? R"(unit = "cents", )"
                                                         : "";
      return R"(law = "quantiles", )" + std::string{unit} + "values = " + listed(law.values());
    }
    case Law::Kind::mixture: break;
  }
  std::string parts;
  for (std::size_t i = 0; i < law.parts().size(); ++i) {
    const double weight = law.values()[i] - (i == 0 ? 0 : law.values()[i - 1]);
    if (weight <= 0) continue;  // too rare to be told from never
    parts += (parts.empty() ? "" : ", ") + ("{ weight = " + print_number(weight) + ", ") + keys_of(law.parts()[i], of) +
             " }";
  }
  return R"(law = "mixture", parts = [)" + parts + "]";
}

std::string printed(const Then& then) {
  std::string text = "{ act = " + toml_quoted(kActNames[static_cast<std::size_t>(then.act)]);
  if (!then.to.empty()) text += ", to = " + toml_quoted(then.to);
  text += ", chance = " + print_number(then.chance);
  if (then.on_visit >= 0) text += ", on_visit = " + std::to_string(then.on_visit);
  return text + " }";
}

class Printer {
 public:
  explicit Printer(const Scenario& scenario) : scenario_(scenario) {
    for (const Assumption& one : scenario.assumptions) assumed_.emplace(one.path, &one);
  }

  std::string print() {
    head();
    run(scenario_.run);
    for (const rulebook::WorkCalendar& calendar : scenario_.calendars) print(calendar);
    arrivals(scenario_.arrivals);
    for (const Matter& matter : scenario_.matters) print(matter);
    for (const Team& team : scenario_.teams) print(team);
    quota(scenario_.quota);
    sellers(scenario_.sellers);
    if (scenario_.course) course(*scenario_.course);
    return std::move(out_);
  }

 private:
  // A table is gathered before it is written: one without keys is not.
  void table(const std::string& header, const std::string& path) {
    header_ = header;
    path_ = path;
    keys_.clear();
    body_.clear();
  }

  // What the file did not say and is as by default stays unsaid.
  void put(const std::string& key, const std::string& value, bool usual) { put(key, value, usual, {key}); }
  /// `said`: keys under which a file may have told the same.
  void put(const std::string& key, const std::string& value, bool usual, const std::vector<std::string>& said) {
    const Assumption* assumption = nullptr;
    for (const std::string& one : said)
      if (const auto found = assumed_.find(path_ + "." + one); found != assumed_.end()) assumption = found->second;
    if (usual && assumption == nullptr) return;
    body_ += key + " = " + value + "\n";
    keys_.emplace_back(key, assumption == nullptr ? std::string{kAssumed} : assumption->source);
  }

  void law(const std::string& key, const Law& law, LawOf of) { put(key, print_law(law, of), law.is_zero()); }
  void law(const std::string& key, const std::optional<Law>& law, LawOf of) {
    if (law) put(key, print_law(*law, of), false);
  }
  void share(const std::string& key, double value, double usual) { put(key, print_number(value), value == usual); }
  void hours(const std::string& key, double value) {
    put(key, print_measured(value, Measured::time, 3'600), value == 0);
  }

  // The commonest source is said for the whole table, the others for their keys.
  void end(bool always = false) {
    if (keys_.empty() && !always) return;
    out_ += (out_.empty() ? "" : "\n") + header_ + "\n" + body_;
    std::map<std::string, std::size_t> count;
    for (const auto& [key, source] : keys_) ++count[source];
    const auto commonest =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (commonest == count.end()) return;
    if (commonest->first != kAssumed) out_ += "source = " + toml_quoted(commonest->first) + "\n";
    std::string others;
    for (const auto& [key, source] : keys_)
      if (source != commonest->first) others += (others.empty() ? " " : ", ") + key + " = " + toml_quoted(source);
    if (!others.empty()) out_ += "sources = {" + others + " }\n";
  }

  void head() {
    out_ = "[scenario]\nname = " + toml_quoted(scenario_.name) + "\n";
    const rulebook::Title& title = scenario_.title;
    std::string titles;
    if (!title.en.empty()) titles += " en = " + toml_quoted(title.en);
    if (!title.fr.empty()) titles += (titles.empty() ? " fr = " : ", fr = ") + toml_quoted(title.fr);
    if (!titles.empty()) out_ += "title = {" + titles + " }\n";
    if (!scenario_.procedure.empty()) out_ += "procedure = " + toml_quoted(scenario_.procedure) + "\n";
  }

  // Nothing of a run is an assumption, so it has no sources.
  void run(const RunRule& run) {
    const RunRule usual;
    out_ += "\n[run]\n";
    const auto say = [&](std::string_view key, const std::string& value, bool unsaid) {
      if (!unsaid) out_ += std::string{key} + " = " + value + "\n";
    };
    say("cases", std::to_string(run.cases), run.cases == 0);
    say("length", time(run.length), run.length == 0);
    say("warm_up", time(run.warm_up), run.warm_up == 0);
    say("warm_up_cases", std::to_string(run.warm_up_cases), run.warm_up_cases == 0);
    say("starts", print_instant(run.starts), false);
    say("seed", std::to_string(run.seed), run.seed == usual.seed);
    say("replications", std::to_string(run.replications), run.replications == usual.replications);
    say("threads", std::to_string(run.threads), run.threads == 0);
    say("memory", toml_quoted(std::to_string(run.memory_bytes >> 20U) + " MiB"), run.memory_bytes == 0);
    say("kept_cases", std::to_string(run.kept_cases), run.kept_cases == usual.kept_cases);
    say("look_every", time(run.look_every), run.look_every == 0);
    say("look_period", time(run.look_period), run.look_period == 0);
    std::string tails;
    for (const double tail : run.tails) tails += (tails.empty() ? "" : ", ") + print_measured(tail, Measured::time);
    say("tails", "[" + tails + "]", tails.empty());
  }

  void print(const rulebook::WorkCalendar& calendar) {
    table("[calendar." + as_key(calendar.id) + "]", "calendar." + calendar.id);
    std::string lines = rulebook::print_calendar(calendar);
    while (!lines.empty()) {
      const std::size_t end = lines.find('\n');
      const std::size_t equals = lines.find(" = ");
      put(lines.substr(0, equals), lines.substr(equals + 3, end - equals - 3), false);
      lines.erase(0, end + 1);
    }
    end();
  }

  void arrivals(const Arrivals& arrivals) {
    table("[arrivals]", "arrivals");
    const bool told = arrivals.between || !arrivals.at.empty();
    if (!told) put("rate", print_rate(arrivals.per_second), arrivals.per_second == 0);
    profile(arrivals);
    if (arrivals.sinus_period != 0)
      put("sinusoid",
          "{ amplitude = " + print_number(arrivals.sinus_amplitude) + ", period = " + time(arrivals.sinus_period) +
              ", phase = " + print_number(arrivals.sinus_phase) + " }",
          false);
    law("between", arrivals.between, LawOf::time);
    if (!arrivals.at.empty()) {
      std::vector<double> seconds;
      for (const Tick at : arrivals.at) seconds.push_back(static_cast<double>(at) / static_cast<double>(kSecond));
      put("at", R"({ unit = "seconds", values = )" + listed(seconds) + " }", false, {"at", "log"});
    }
    put("sellers", std::to_string(arrivals.sellers), arrivals.sellers == Arrivals{}.sellers);
    put("turned_away_above", std::to_string(arrivals.turned_away_above), arrivals.turned_away_above == 0);
    end();
  }

  void profile(const Arrivals& arrivals) {
    if (arrivals.profile.empty()) return;
    const bool daily = arrivals.profile_period == kDay;
    const std::size_t steps = arrivals.profile.size();
    const std::string weights = listed(arrivals.profile);
    const std::vector<std::string> said{"profile", "by_day", "by_hour", "by_hour_of_week"};
    if (daily && steps == 24) return put("by_hour", weights, false, said);
    if (!daily && steps == 7) return put("by_day", weights, false, said);
    if (!daily && steps == 168) return put("by_hour_of_week", weights, false, said);
    put("profile", "{ period = " + time(arrivals.profile_period) + ", weights = " + weights + " }", false, said);
  }

  void print(const Matter& matter) {
    table("[[matter]]\nid = " + toml_quoted(matter.id), "matter." + matter.id);
    put("as", listed(matter.as), matter.as.empty());
    if (matter.per_second > 0) put("rate", print_rate(matter.per_second), false);
    if (matter.per_second == 0) put("weight", print_number(matter.weight), matter.weight == 1);
    put("priority", std::to_string(matter.priority), matter.priority == 0);
    law("amount", matter.amount, LawOf::money);
    law("questions", matter.questions, LawOf::number);
    put("speciality", toml_quoted(matter.speciality), matter.speciality.empty());
    put("starts_in", toml_quoted(matter.starts_in), matter.starts_in.empty());
    law("work", matter.work, LawOf::time);
    law("patience", matter.patience, LawOf::time);
    end(true);
  }

  void print(const Team& team) {
    table("[team." + as_key(team.id) + "]", "team." + team.id);
    put("serves", listed(team.serves), team.serves.empty() || team.serves == std::vector{team.id});
    put("agents", team.unlimited ? R"("unlimited")" : std::to_string(team.agents), false);
    put("hours", toml_quoted(team.hours), team.hours.empty());
    put("skills", listed(team.skills), team.skills.empty());
    put("competence", print_law(team.competence, LawOf::number), false);
    share("outside_speciality", team.outside_speciality, 1);
    if (team.reading_words_per_minute > 0) {
      std::string speed = print_rate(team.reading_words_per_minute, 60);
      speed.insert(speed.find(" per "), " words");
      put("reading_speed", speed, false);
    }
    share("summary_share", team.summary_share, 1);
    law("writing", team.writing, LawOf::time);
    law("handling", team.handling, LawOf::time);
    law("work", team.work, LawOf::time);
    law("words", team.words, LawOf::number);
    share("absence", team.absence, 0);
    if (team.turnover_per_year > 0) put("turnover", print_rate(team.turnover_per_year, kYear), false);
    std::string then;
    for (const Then& one : team.then) then += (then.empty() ? "" : ", ") + printed(one);
    put("then", "[" + then + "]", then.empty());
    end();
  }

  void quota(const Quota& quota) {
    table("[quota]", "quota");
    put("active", flag(quota.active), quota.active);
    if (quota.answers_per_hour) put("answers_per_hour", print_number(*quota.answers_per_hour), false);
    if (quota.closings_per_day) put("closings_per_day", print_number(*quota.closings_per_day), false);
    std::string chances;
    for (std::size_t act = 0; act < kActs; ++act)
      if (quota.pressed[act] > 0)
        chances +=
            (chances.empty() ? " " : ", ") + std::string{kActNames[act]} + " = " + print_number(quota.pressed[act]);
    put("pressed", "{" + chances + " }", quota.pressed == Quota{}.pressed);
    share("part_share", quota.part_share, 0.5);
    law("time_when_pressed", quota.time_when_pressed, LawOf::time);
    end();
  }

  void sellers(const Sellers& sellers) {
    table("[sellers]", "sellers");
    law("reply", sellers.reply, LawOf::time);
    law("patience", sellers.patience, LawOf::time);
    share("leaves_per_failure", sellers.leaves_per_failure, 0);
    share("leaves_per_day", sellers.leaves_per_day, 0);
    share("comes_back", sellers.comes_back, 0);
    law("comes_back_after", sellers.comes_back_after, LawOf::time);
    share("climbs", sellers.climbs, 0);
    share("appeals", sellers.appeals, 0);
    share("thanks", sellers.thanks, 1);
    law("words", sellers.words, LawOf::number);
    hours("time_per_message", sellers.hours_per_message);
    hours("time_per_read", sellers.hours_per_read);
    hours("time_per_restart", sellers.hours_per_restart);
    end();
  }

  void course(const Course& course) {
    out_ += "\n[course]\n";
    const auto found = assumed_.find("course");
    if (found != assumed_.end() && found->second->source != kAssumed)
      out_ += "source = " + toml_quoted(found->second->source) + "\n";
    out_ += print_course(course);
  }

  const Scenario& scenario_;
  std::map<std::string, const Assumption*> assumed_;
  std::string out_, header_, path_, body_;
  std::vector<std::pair<std::string, std::string>> keys_;  // of the present table, each with its source
};

}  // namespace

std::string print_law(const Law& law, LawOf of) {
  if (law.kind() == Law::Kind::constant) return print_measured(law.first(), measured(of));
  return "{ " + keys_of(law, of) + " }";
}

std::string print_scenario(const Scenario& scenario) { return Printer{scenario}.print(); }

}  // namespace guichet::rehearsal
