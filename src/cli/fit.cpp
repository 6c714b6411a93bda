// guichet fit: a scenario estimated from a log, to be rehearsed under any procedure.
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/base/time.hpp>
#include <guichet/formats/file_writer.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/rehearsal/fit.hpp>
#include <guichet/rehearsal/keep.hpp>

#include "progress.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string log, mapping, first, until, output, rest;
};

Error wrong(std::string what) { return {Fault::usage, std::move(what)}; }

/// "80%" or "0.8".
Result<double> share_of(std::string_view text) {
  const bool in_hundred = text.ends_with('%');
  std::string_view digits = in_hundred ? text.substr(0, text.size() - 1) : text;
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (in_hundred) value /= 100;
  if (fault == std::errc{} && end == digits.data() + digits.size() && value > 0 && value <= 1) return value;
  return wrong("--first " + std::string{text} + ": not a part of the cases; write \"80%\" or 0.8");
}

Result<rehearsal::FitPart> part_of(const Wanted& wanted) {
  rehearsal::FitPart part;
  if (!wanted.first.empty()) {
    GUICHET_TRY(share, share_of(wanted.first));
    part.first_share = share;
  }
  if (!wanted.until.empty()) {
    const std::optional<Instant> until = parse_instant(wanted.until);
    if (!until) return wrong("--until " + wanted.until + ": not a date; write 2012-09-01 or 2012-09-01T12:00:00Z");
    part.until = *until;
  }
  return part;
}

Result<intake::Mapping> mapping_of(const Wanted& wanted) {
  if (!wanted.mapping.empty()) return intake::load_mapping(wanted.mapping);
  GUICHET_TRY(chosen, intake::choose_mapping(wanted.log));
  return std::move(chosen.mapping);
}

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// The cases that the fit did not look at, as a log that guichet reads without options.
Outcome write_rest(const std::string& path, const rehearsal::LoggedCases& log, const rehearsal::FitPart& part,
                   const Vocabulary& names) {
  GUICHET_TRY(writer, rehearsal::LogWriter::open(path));
  for (const rehearsal::LoggedCases::Case& one : rehearsal::rest_of(log, part)) {
    CaseHistory history{one.facts, log.moments_of(one)};
    history.facts.name = one.name;
    writer->add(history, names);
  }
  return writer->finish();
}

Result<rehearsal::Fitted> fit_log(const Wanted& wanted) {
  GUICHET_TRY(part, part_of(wanted));
  intake::Reading reading;
  GUICHET_TRY(mapping, mapping_of(wanted));
  reading.mapping = std::move(mapping);
  rehearsal::LoggedCases cases;
  Vocabulary names;
  ProgressBar progress("reading");
  reading.on_progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  reading.on_case = [&](const CaseHistory& history) { cases.add(history); };
  GUICHET_TRY(summary, intake::read_log(wanted.log, reading, names));
  for (const intake::Noted& note : summary.skipped)
    std::cerr << "left out: " << note.what << ": " << note.count << '\n';
  if (!wanted.rest.empty())
    if (const Outcome written = write_rest(wanted.rest, cases, part, names); !written) return written.error();
  return rehearsal::fit(cases, names, file_name(wanted.log), part);
}

Outcome write(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::cout << text;
    return Done{};
  }
  GUICHET_TRY(file, formats::FileWriter::create(path));
  file.write(text);
  return file.finish();
}

Outcome run(const Wanted& wanted) {
  GUICHET_TRY(fitted, fit_log(wanted));
  GUICHET_TRY(done, write(wanted.output, rehearsal::print_fitted(fitted)));
  for (const std::string& sentence : fitted.found) std::cerr << "found: " << sentence << '\n';
  for (const std::string& sentence : fitted.unknown) std::cerr << "not known: " << sentence << '\n';
  if (wanted.output != "-")
    std::cerr << wanted.output << ": " << fitted.cases << " cases, " << fitted.course.labels.size()
              << " kinds of steps; play it with: guichet rehearse " << wanted.output << '\n';
  return done;
}

}  // namespace

void add_fit(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("fit", "Estimate a scenario from a log: who comes, what happens next, how long");
  verb->add_option("log", wanted->log, "XES or CSV, plain or gzip")->required();
  verb->add_option("--mapping", wanted->mapping,
                   "Which column is which fact; else a shipped one that fits, else a guess");
  verb->add_option("--first", wanted->first, "Only the cases that began first, such as 80%; the rest is for comparing");
  verb->add_option("--until", wanted->until, "Only the cases that began before this date");
  verb->add_option("--rest", wanted->rest, "Write the other cases to this file (.csv, .xes, .gz), to compare with");
  verb->add_option("-o,--output", wanted->output, "Write the scenario to this file; - for standard output")->required();
  verb->callback([wanted, &exit_code] {
    const Outcome outcome = run(*wanted);
    if (!outcome) std::cerr << outcome.error().detail << '\n';
    exit_code = outcome ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
