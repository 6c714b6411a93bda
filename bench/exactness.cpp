// Is it true? Every desk of tests/data/queueing.toml through the engine and the rules, each figure judged by how many
// standard errors it is off. Usage: exactness [--customers N] [--replications N] [--seed N] [--only NAME]
// [--write FIDELITY.md], which replaces one section of that page.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/rulebook/read.hpp>

#include "queueing.hpp"
#include "stopwatch.hpp"

namespace guichet::rehearsal::queueing {
namespace {

constexpr double kZ = 4;
constexpr std::string_view kHeading = "## Exact where mathematics is exact";

struct Options {
  Size size{10'000'000, 40, 1};
  std::string only, write;
};

struct Judged {
  const Desk* desk;
  std::vector<Verdict> verdicts;
  Rehearsed rehearsed;
};

/// Numbers as a page shows them.
std::string fixed(double value, int digits) {
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%.*f", digits, value);
  return room.data();
}
std::string brief(double value) {
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%.6g", value);
  return room.data();
}
std::string rough(double value) {
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%.2g", value);
  return room.data();
}
std::string row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + cell + " |";
  return text + "\n";
}

std::optional<Options> read_options(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    double number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (name == "--customers" && number >= 1)
      options.size.customers = number;
    else if (name == "--replications" && number >= 2)
      options.size.replications = static_cast<std::uint32_t>(number);
    else if (name == "--seed")
      options.size.seed = static_cast<std::uint64_t>(number);
    else if (name == "--only")
      options.only = value;
    else if (name == "--write")
      options.write = value;
    else
      return std::nullopt;
  }
  return count % 2 == 1 ? std::optional{options} : std::nullopt;
}

const Verdict& worst_of(const std::vector<Verdict>& verdicts) {
  return *std::ranges::max_element(verdicts, {}, [](const Verdict& verdict) { return std::abs(verdict.z); });
}

std::optional<Judged> run(const Desk& desk, const Size& size) {
  const auto procedure = rulebook::load_procedure(GUICHET_SOURCE_DIR + procedure_of(desk));
  const auto scenario = read_scenario(scenario_of(desk, size), desk.name + ".toml");
  if (!procedure || !scenario) {
    std::fprintf(stderr, "%s\n", (procedure ? scenario.error() : procedure.error()).detail.c_str());
    return std::nullopt;
  }
  auto rehearsed = rehearse(*scenario, *procedure);
  if (!rehearsed || rehearsed->stopped != Stopped::no) {
    std::fprintf(stderr, "%s\n", rehearsed ? rehearsed->stopped_why.c_str() : rehearsed.error().detail.c_str());
    return std::nullopt;
  }
  Judged judged{&desk, judge(desk, *rehearsed), std::move(*rehearsed)};
  const Verdict& worst = worst_of(judged.verdicts);
  std::printf("%-4s %10llu cases %6.1f s  %2zu figures, the worst %5.2f standard errors off (%s)\n", desk.name.c_str(),
              static_cast<unsigned long long>(judged.rehearsed.cases), judged.rehearsed.wall_seconds,
              judged.verdicts.size(), worst.z, worst.figure.c_str());
  std::fflush(stdout);
  return judged;
}

std::string summary(const std::vector<Judged>& all, const Size& size) {
  int figures = 0, above_two = 0, above_three = 0, failed = 0;
  double squares = 0;
  for (const Judged& one : all)
    for (const Verdict& verdict : one.verdicts) {
      ++figures;
      above_two += std::abs(verdict.z) > 2 ? 1 : 0;
      above_three += std::abs(verdict.z) > 3 ? 1 : 0;
      failed += std::abs(verdict.z) < kZ ? 0 : 1;
      squares += verdict.z * verdict.z;
    }
  const auto whole = [](double value) { return fixed(value, 0); };
  return std::to_string(all.size()) + " desks, " + whole(size.customers) + " customers each in " +
         std::to_string(size.replications) + " replications, seed " + std::to_string(size.seed) + ": " +
         std::to_string(figures) + " figures, **" + std::to_string(failed) + " of them " + whole(kZ) +
         " or more standard errors off**.\n" + std::to_string(above_two) + " are more than 2 off (" +
         whole(0.0455 * figures) + " would be expected if all were independent), " + std::to_string(above_three) +
         " more than 3 (" + fixed(0.0027 * figures, 1) + "); the mean of z² is " + fixed(squares / figures, 2) +
         " (1).\n";
}

std::string desks_table(const std::vector<Judged>& all) {
  std::string text = "| desk | | figures | worst z | of |\n| --- | --- | ---: | ---: | --- |\n";
  for (const Judged& one : all) {
    const Verdict& worst = worst_of(one.verdicts);
    text += row({one.desk->name, one.desk->says, std::to_string(one.verdicts.size()), fixed(worst.z, 2), worst.figure});
  }
  return text;
}

std::string figures_table(const std::vector<Judged>& all) {
  std::string text =
      "| desk | figure | exactly | rehearsed | standard error | z |\n| --- | --- | ---: | ---: | ---: | ---: |\n";
  for (const Judged& one : all)
    for (const Verdict& verdict : one.verdicts)
      text += row({one.desk->name, verdict.figure, brief(verdict.exact), brief(verdict.is),
                   rough(verdict.error) + (verdict.known_variance ? " *" : ""), fixed(verdict.z, 2)});
  return text;
}

/// A figure with its standard error, as a paper prints it.
struct Printed {
  double is{}, error{}, exact{};
};

const Verdict& verdict_named(const Judged& judged, const std::string& figure) {
  const auto found = std::ranges::find(judged.verdicts, figure, &Verdict::figure);
  GUICHET_CHECK(found != judged.verdicts.end(), "what a paper printed is judged");
  return *found;
}

/// The time that a share of the waits exceeds, between two times where that share is known.
Printed exceeded(const Judged& judged, const TomlValue& told) {
  const std::vector<TomlValue>& tails = items(judged.desk->told, "tails");
  const auto tail = [&](std::string_view end) {
    const double t = number(told, end);
    for (std::size_t i = 0; i < tails.size(); ++i)
      if (std::abs(number_of(tails[i].items[0]) - t) < 1e-9)
        return std::pair{t, judged.rehearsed.tails[i].waits_longer};
    GUICHET_CHECK(false, "both ends are among the tails of the desk");
  };
  const auto [from, above] = tail("between_first");
  const auto [to, below] = tail("between_second");
  const double fall = std::log(above.mean / below.mean) / (to - from);
  const double is = from + std::log(above.mean / number(told, "exceeded_by")) / fall;
  return {is, above.sd_of_parts / std::sqrt(above.parts) / above.mean / fall, number(told, "exact")};
}

std::string printed_table(const std::vector<Judged>& all) {
  std::string text =
      "| desk | figure | printed | exactly | rehearsed | 95 % |\n| --- | --- | ---: | ---: | ---: | ---: |\n";
  for (const Judged& one : all)
    for (const TomlValue& told : items(one.desk->told, "printed")) {
      const std::string figure = queueing::text(told, "figure");
      Printed printed;
      if (figure.empty()) {
        printed = exceeded(one, told);
      } else {
        const Verdict& verdict = verdict_named(one, figure);
        printed = {verdict.is, verdict.error, verdict.exact};
      }
      const double scale = number(told, "scale");
      const int digits = static_cast<int>(number(told, "digits"));
      text += row({one.desk->name, figure.empty() ? "wait that one in ten exceeds" : figure,
                   queueing::text(told, "paper"), fixed(printed.exact * scale, digits + 2),
                   fixed(printed.is * scale, digits + 2), "± " + rough(1.96 * printed.error * scale)});
    }
  return text;
}

std::string section(const std::vector<Judged>& all, const Size& size) {
  std::string text{kHeading};
  text +=
      "\n\nWritten by `build/release/bench/exactness --write docs/fidelity.md`. Desks whose figures mathematics gives\n"
      "exactly (`tests/data/queueing.toml`, with the theorem each rests on) are written as scenarios like any other "
      "and\n"
      "rehearsed by the same engine under the same rules. A figure's z is how many standard\n"
      "errors it is off. Where the variance of an average over time is known (marked *), the standard error is "
      "computed\n"
      "from it; elsewhere it is that of the mean over replications, and Student's deviate is turned into the normal "
      "one\n"
      "of the same rarity. `./check` runs the same desks at a million customers.\n\n";
  text += summary(all, size) + "\n" + desks_table(all);
  text +=
      "\n### What a paper printed\n\nGarnett, Mandelbaum and Reiman 2002, Table 1: 50 agents, 48 calls a minute of one "
      "minute, patience of two minutes\n(A7) or without end (C0).\n\n";
  text += printed_table(all);
  text +=
      "\nThe waits without patience are known to a few per cent only at this size: neighbours in a queue at load 0.96\n"
      "wait alike, and a printed digit of 20.8 s needs three thousand times as many customers. With patience, the "
      "wait\n"
      "that one in ten exceeds is 12.44 s by the exact distribution; at the paper's 12.5 s it is 9.91 in a hundred.\n";
  text += "\n### Every figure\n\nIn the units of the desk.\n\n" + figures_table(all);
  return text;
}

/// Puts `section` in the place of the one with its heading, or before the first of the page.
void write_section(const std::string& path, const std::string& section) {
  std::ifstream in{path};
  std::string page{std::istreambuf_iterator<char>{in}, {}};
  if (page.empty()) page = "# Fidelity\n\n";
  std::size_t from = page.find(kHeading);
  std::size_t to = from;
  if (from == std::string::npos) {
    from = to = std::min(page.find("\n## "), page.size() - 1) + 1;
  } else {
    to = page.find("\n## ", from);
    to = to == std::string::npos ? page.size() : to + 1;
  }
  page.replace(from, to - from, section + (to < page.size() ? "\n" : ""));
  std::ofstream{path} << page;
}

int judge_all(const Options& options) {
  const bench::Stopwatch watch;
  const std::vector<Desk> desks = read_desks(GUICHET_SOURCE_DIR "/tests/data/queueing.toml");
  std::vector<Judged> all;
  for (const Desk& desk : desks) {
    if (!options.only.empty() && desk.name != options.only) continue;
    auto judged = run(desk, options.size);
    if (!judged) return 1;
    all.push_back(std::move(*judged));
  }
  if (all.empty()) {
    std::fprintf(stderr, "there is no desk \"%s\" in tests/data/queueing.toml\n", options.only.c_str());
    return 1;
  }
  if (!options.only.empty()) std::printf("%s", figures_table(all).c_str());
  std::printf("%s%.0f s in all\n", summary(all, options.size).c_str(), watch.seconds());
  if (!options.write.empty()) write_section(options.write, section(all, options.size));
  const bool sound =
      std::ranges::all_of(all, [](const Judged& judged) { return std::abs(worst_of(judged.verdicts).z) < kZ; });
  return sound ? 0 : 2;
}

}  // namespace
}  // namespace guichet::rehearsal::queueing

int main(int count, char** words) {
  const auto options = guichet::rehearsal::queueing::read_options(count, words);
  if (options) return guichet::rehearsal::queueing::judge_all(*options);
  std::fprintf(stderr, "exactness [--customers N] [--replications N] [--seed N] [--only NAME] [--write FIDELITY.md]\n");
  return 64;
}
