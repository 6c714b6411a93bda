#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include <guichet/intake/logs/propose.hpp>
#include <guichet/intake/logs/sample.hpp>

#include "outputs.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Options {
  std::string log, out;
};

int run(const Options& options) {
  const auto fail = [](const std::string& detail) {
    std::cerr << "guichet: " << detail << '\n';
    return kExitBad;
  };
  auto source = formats::ByteSource::open(options.log);
  if (!source) return fail(source.error().detail);
  const auto sample = intake::take_sample(std::move(*source));
  if (!sample) return fail(sample.error().detail);
  const auto text = intake::propose_mapping(*sample);
  if (!text) return fail(text.error().detail);
  if (const auto shipped = intake::shipped_mapping_for(*sample))
    std::cerr << "guichet: the shipped mapping \"" << shipped->name
              << "\" knows this log and is used when no other is given\n";
  const Outcome written = write_page(options.out.empty() ? "-" : options.out, *text, {options.log});
  return written ? kExitDone : fail(written.error().detail);
}

}  // namespace

void add_mapping(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("mapping", "Propose a mapping for a log: which column is what, and why");
  verb->add_option("LOG", options->log, "A log: XES or delimited text, plain or gzip")->required();
  verb->add_option("-o,--output", options->out, "Write the mapping to this file instead of the terminal");
  verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace guichet::cli
