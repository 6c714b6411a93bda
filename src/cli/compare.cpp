// guichet compare: how far apart two logs are, and what each measure says of both.
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/dossier/comparison.hpp>
#include <guichet/measures/distances.hpp>

#include "language.hpp"
#include "measured_log.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string log_a, log_b, mapping_a, mapping_b, language;
  bool json = false, csv = false;
};

struct Side {
  MeasuredLog log;
  measures::LogShape shape;
};

Result<Side> read_side(const std::string& log, const std::string& mapping) {
  measures::LogShape shape;
  GUICHET_TRY(measured, measure_log(log, mapping, [&](const CaseHistory& history, const Vocabulary& /*names*/) {
                shape.fold(history);
              }));
  return Side{std::move(measured), std::move(shape)};
}

int run(const Wanted& wanted) {
  const Result<Side> a = read_side(wanted.log_a, wanted.mapping_a);
  const Result<Side> b = read_side(wanted.log_b, wanted.mapping_b);
  for (const Result<Side>* side : {&a, &b})
    if (!*side) std::cerr << side->error().detail << '\n';
  if (!a || !b) return kExitBad;
  tell_remarks(a->log.source, a->log.source.name + ": ");
  tell_remarks(b->log.source, b->log.source.name + ": ");
  const dossier::Comparison compared{a->log.findings, b->log.findings, a->log.source, b->log.source,
                                     measures::distances(a->shape, a->log.names, b->shape, b->log.names)};
  if (wanted.json)
    std::cout << dossier::comparison_as_json(compared);
  else if (wanted.csv)
    std::cout << dossier::comparison_as_csv(compared);
  else
    std::cout << dossier::comparison_as_text(compared, language_of(wanted.language));
  return std::cout << std::flush ? kExitDone : kExitBad;
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("compare", "Compare two logs: six distances, and every measure side by side");
  verb->add_option("log-a", wanted->log_a, "XES or CSV, plain or gzip")->required();
  verb->add_option("log-b", wanted->log_b, "Another, of whatever form")->required();
  verb->add_option("--mapping", wanted->mapping_a,
                   "Which column of the first log is which fact; else a shipped one that fits, else a guess");
  verb->add_option("--mapping-b", wanted->mapping_b, "The same for the second log");
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  CLI::Option* json = verb->add_flag("--json", wanted->json, "JSON on standard output");
  verb->add_flag("--csv", wanted->csv, "CSV on standard output, one line per number")->excludes(json);
  verb->callback([wanted, &exit_code] { exit_code = run(*wanted); });
}

}  // namespace guichet::cli
