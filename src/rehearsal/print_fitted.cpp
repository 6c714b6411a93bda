// A fitted scenario as its file: each value with its source, and above all what the log did not say.
#include <algorithm>
#include <cmath>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rehearsal/fit.hpp>
#include <guichet/rehearsal/read_scenario_values.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::rehearsal {
namespace {

using formats::toml_quoted;

/// "fitted-bpic2013_incidents" for "bpic2013_incidents.xes.gz".
std::string name_for(const std::string& log) {
  std::string name = "fitted-";
  for (const char c : log.substr(0, log.find('.')).substr(0, 40))
    name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c
            : c >= 'A' && c <= 'Z'                                       ? static_cast<char>(c - 'A' + 'a')
                                                                         : '-';
  while (name.back() == '-') name.pop_back();
  return name;
}

/// Sentences as comments, broken at 120 signs.
std::string comment(const std::string& sentence) {
  constexpr std::size_t kWidth = 118;
  std::string text = "# -";
  std::size_t used = text.size();
  for (std::size_t i = 0; i < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', i), sentence.size());
    std::string word = sentence.substr(i, end - i);
    for (char& c : word)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    if (used + 1 + word.size() > kWidth) {
      text += "\n#  ";
      used = 4;
    }
    text += " " + word;
    used += 1 + word.size();
    i = end + 1;
  }
  return text + "\n";
}

double hundredths(double value) { return std::round(value * 100) / 100; }

std::string arrivals_text(const Arrivals& arrivals, const std::string& source) {
  std::string text = "\n[arrivals]\nrate = \"" + print_number(hundredths(arrivals.per_second * 86'400)) +
                     " per day\"\nsource = " + source + "\nby_hour_of_week = [\n";
  if (arrivals.per_second * 86'400 < 0.01)
    text = "\n[arrivals]\nrate = \"" + print_number(hundredths(std::max(0.01, arrivals.per_second * 365 * 86'400))) +
           " per year\"\nsource = " + source + "\nby_hour_of_week = [\n";
  for (std::size_t i = 0; i < arrivals.profile.size(); ++i)
    text += (i % 24 == 0 ? "  " : "") + print_number(std::round(arrivals.profile[i] * 1000) / 1000) +
            (i % 24 == 23 ? ",\n" : ", ");
  return text + "]\n";
}

std::string matters_text(const Fitted& fitted, const std::string& source) {
  std::string text;
  for (const auto& [name, share] : fitted.matters) {
    // A procedure that lacks the matter takes it as its "other".
    const std::string id = toml_quoted(utf8_cut(name, 60));
    text += "\n[[matter]]\nid = " + id + "\nas = [" + id + ", \"other\"]" +
            "\nweight = " + print_number(std::max(1e-4, std::round(share * 1e4) / 1e4)) + "\n";
    if (fitted.amount_mean_cents > 0)
      text += "amount = " + print_measured(std::round(fitted.amount_mean_cents), Measured::money) + "\n";
    text += "source = " + source + "\n";
  }
  return text;
}

}  // namespace

std::string print_fitted(const Fitted& fitted) {
  const std::string source = toml_quoted("fitted from " + fitted.log + ", n = " + std::to_string(fitted.cases));
  const std::string moments = toml_quoted("fitted from " + fitted.log + ", n = " + std::to_string(fitted.cases) +
                                          " cases, " + std::to_string(fitted.moments) + " moments");
  std::string text = "# Fitted by `guichet fit` from " + toml_quoted(fitted.log) + ": " + std::to_string(fitted.cases) +
                     " cases of " + std::to_string(fitted.cases + fitted.rest) + ", " + std::to_string(fitted.moments) +
                     " moments.\n#\n# What was found:\n";
  for (const std::string& sentence : fitted.found) text += comment(sentence);
  text += "#\n# What the log does not say:\n";
  for (const std::string& sentence : fitted.unknown) text += comment(sentence);
  const std::string name = name_for(fitted.log);
  text += "\n[scenario]\nname = \"" + name + "\"\ntitle = { en = " + toml_quoted("As in " + fitted.log) +
          ", fr = " + toml_quoted("Comme dans " + fitted.log) + " }\nprocedure = \"as-logged\"\n";
  text += "\n[run]\ncases = " + std::to_string(fitted.run.cases) + "\nstarts = " + print_instant(fitted.run.starts) +
          "\nreplications = " + std::to_string(fitted.run.replications) + "\nkept_cases = 1000000\n";
  text += arrivals_text(fitted.arrivals, source) + matters_text(fitted, source);
  return text + "\n[course]\nsource = " + moments + "\n" + print_course(fitted.course);
}

}  // namespace guichet::rehearsal
