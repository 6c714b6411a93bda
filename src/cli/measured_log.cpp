#include "measured_log.hpp"

#include <iostream>

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

void tell(const std::string& kind, const std::vector<dossier::Remark>& remarks) {
  for (const dossier::Remark& remark : remarks) {
    std::cerr << kind << ": " << remark.what << ": " << remark.count;
    for (std::size_t i = 0; i < remark.places.size(); ++i) std::cerr << (i == 0 ? " (" : ", ") << remark.places[i];
    if (!remark.places.empty()) std::cerr << (remark.count > remark.places.size() ? ", …)" : ")");
    if (!remark.example.empty()) std::cerr << ", for instance \"" << remark.example << '"';
    std::cerr << '\n';
  }
}

}  // namespace

Result<MeasuredLog> measure_log(const std::string& log, const std::string& mapping,
                                const std::function<void(const CaseHistory&, const Vocabulary&)>& on_case) {
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
  reading.on_case = [&](const CaseHistory& history) {
    tally.fold(history);
    if (on_case) on_case(history, vocabulary);
  };
  GUICHET_TRY(summary, intake::read_log(log, reading, vocabulary));
  const measures::Needs said = said_by(*reading.mapping, summary);
  tally.can_say(said);

  dossier::ReportSource source;
  source.name = file_name(log);
  source.format = summary.format;
  source.mapping = summary.mapping;
  source.mapping_origin = origin;
  source.command = "guichet measure " + source.name + (mapping.empty() ? "" : " --mapping " + file_name(mapping));
  source.skipped = remarks_of(summary.skipped);
  source.warnings = remarks_of(summary.warnings);
  measures::Findings findings = tally.findings(vocabulary);
  return MeasuredLog{std::move(findings), std::move(source), std::move(vocabulary), said};
}

void tell_remarks(const dossier::ReportSource& source, const std::string& about) {
  tell(about + "left out", source.skipped);
  tell(about + "warning", source.warnings);
}

}  // namespace guichet::cli
