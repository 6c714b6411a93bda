#include <guichet/intake/logs/read_log.hpp>

#include <algorithm>

#include <guichet/intake/logs/csv_log.hpp>
#include <guichet/intake/logs/interpreter.hpp>
#include <guichet/intake/logs/propose.hpp>
#include <guichet/intake/logs/sample.hpp>
#include <guichet/intake/logs/xes_log.hpp>

namespace guichet::intake {

Result<LogSummary> read_log(formats::ByteSource source, const Reading& reading, Vocabulary& vocabulary) {
  if (!reading.mapping) return Error{Fault::usage, source.label() + ": a log from memory needs a mapping"};
  GUICHET_TRY(start, source.peek(256));
  if (looks_like_xml(start)) {
    GUICHET_TRY(summary, read_xes_log(std::move(source), named_for_xes(*reading.mapping), reading, vocabulary));
    summary.xes = true;
    return summary;
  }
  return read_csv_log(std::move(source), *reading.mapping, reading, vocabulary);
}

Result<LogSummary> read_log(const std::string& path, const Reading& reading, Vocabulary& vocabulary) {
  if (reading.mapping) {
    GUICHET_TRY(source, formats::ByteSource::open(path));
    GUICHET_TRY(summary, read_log(std::move(source), reading, vocabulary));
    summary.mapping_origin = "given";
    return summary;
  }
  GUICHET_TRY(chosen, choose_mapping(path));
  Reading with = reading;
  with.mapping = std::move(chosen.mapping);
  GUICHET_TRY(source, formats::ByteSource::open(path));
  GUICHET_TRY(summary, read_log(std::move(source), with, vocabulary));
  summary.mapping_origin = chosen.origin;
  return summary;
}

Result<ChosenMapping> choose_mapping(const std::string& path) {
  GUICHET_TRY(source, formats::ByteSource::open(path));
  GUICHET_TRY(sample, take_sample(std::move(source)));
  if (auto shipped = shipped_mapping_for(sample)) return ChosenMapping{std::move(*shipped), "shipped"};
  GUICHET_TRY(text, propose_mapping(sample));
  GUICHET_TRY(mapping, read_mapping(text, "proposed for " + path));
  return ChosenMapping{std::move(mapping), "proposed"};
}

Result<LogSummary> finish_summary(LogSummary summary, Interpreter& interpreter, const Mapping& mapping,
                                  const std::string& hint) {
  interpreter.note_clocks();
  summary.mapping = mapping.name;
  const std::uint64_t tried =
      std::max(interpreter.tried(), summary.records - std::min(summary.records, interpreter.left_out()));
  for (const Noted& noted : interpreter.skipped().all()) {
    if (noted.count * 100 <= tried * kSkippedPercentMax) continue;
    std::string detail =
        summary.source + ": " + std::to_string(noted.count) + " of " + std::to_string(tried) + ": " + noted.what;
    if (!noted.places.empty()) detail += " (first: " + noted.places.front() + ")";
    if (!noted.example.empty()) detail += ", for example \"" + noted.example + "\"";
    detail += ". The mapping " + mapping.path + " does not fit this log";
    const auto fitting = fitting_formats(interpreter.strange_times());
    if (!hint.empty())
      detail += ": " + hint;
    else if (!fitting.empty())
      detail += "; in [time] write formats = [\"" + fitting.front() + "\"]";
    return Error{Fault::unreadable, detail};
  }
  if (summary.cases == 0) return Error{Fault::unreadable, summary.source + ": nothing in this log could be read"};
  summary.skipped = interpreter.skipped().take();
  if (interpreter.left_out() > 0)
    summary.skipped.push_back({.what = "records that the mapping leaves out ([[skip]])",
                               .count = interpreter.left_out(),
                               .places = {},
                               .example = {}});
  summary.warnings = interpreter.warnings().take();
  return summary;
}

}  // namespace guichet::intake
