#include "measured_log.hpp"

#include <guichet/intake/logs/read_log.hpp>
#include <guichet/measures/tally.hpp>

#include "progress.hpp"
#include "said_by.hpp"

namespace guichet::cli {
namespace {

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::vector<dossier::Remark> remarks_of(const std::vector<intake::Noted>& noted) {
  std::vector<dossier::Remark> remarks;
  for (const intake::Noted& note : noted) remarks.push_back({note.what, note.count, note.places, note.example});
  return remarks;
}

}  // namespace

Result<MeasuredLog> measure_log(const std::string& log, const std::string& mapping) {
  measures::Tally tally;
  Vocabulary vocabulary;
  intake::Reading reading;
  std::string origin = "given";
  if (mapping.empty()) {
    GUICHET_TRY(chosen, intake::choose_mapping(log));
    reading.mapping = std::move(chosen.mapping);
    origin = std::move(chosen.origin);
  } else {
    GUICHET_TRY(given, intake::load_mapping(mapping));
    reading.mapping = std::move(given);
  }
  ProgressBar progress("reading");
  reading.on_progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  reading.on_case = [&](const CaseHistory& history) { tally.fold(history); };
  GUICHET_TRY(summary, intake::read_log(log, reading, vocabulary));
  tally.can_say(said_by(*reading.mapping, summary));

  dossier::ReportSource source;
  source.name = file_name(log);
  source.format = summary.format;
  source.mapping = summary.mapping;
  source.mapping_origin = origin;
  source.command = "guichet measure " + source.name + (mapping.empty() ? "" : " --mapping " + file_name(mapping));
  source.skipped = remarks_of(summary.skipped);
  source.warnings = remarks_of(summary.warnings);
  return MeasuredLog{tally.findings(vocabulary), std::move(source)};
}

}  // namespace guichet::cli
