// Whole reports of a small log, kept as files.
#include <gtest/gtest.h>

#include <guichet/dossier/report.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/measures/tally.hpp>

#include "golden.hpp"

namespace guichet::dossier {
namespace {

using formats::Language;

struct MeasuredStall {
  measures::Findings findings;
  ReportSource source;
};

MeasuredStall measured_stall() {
  const std::string folder = std::string{GUICHET_SOURCE_DIR} + "/tests/data/logs/";
  auto mapping = intake::load_mapping(folder + "stall-csv.toml");
  EXPECT_TRUE(mapping) << mapping.error().detail;
  measures::Tally tally;
  Vocabulary vocabulary;
  intake::Reading reading;
  reading.mapping = std::move(*mapping);
  reading.on_case = [&](const CaseHistory& history) { tally.fold(history); };
  const auto summary = intake::read_log(folder + "stall.csv", reading, vocabulary);
  EXPECT_TRUE(summary) << summary.error().detail;
  ReportSource source;
  source.name = "stall.csv";
  source.format = "CSV";
  source.mapping = "stall-csv";
  source.mapping_origin = "given";
  source.command = "guichet measure stall.csv --mapping stall-csv.toml";
  return {tally.findings(vocabulary), source};
}

TEST(Golden, ReportsOfASmallLog) {
  const auto [findings, source] = measured_stall();
  same_as_kept("stall-report.json", report_as_json(findings, source, Language::en));
  same_as_kept("stall-report.en.txt", report_as_text(findings, source, Language::en));
  same_as_kept("stall-report.fr.txt", report_as_text(findings, source, Language::fr));
}

}  // namespace
}  // namespace guichet::dossier
