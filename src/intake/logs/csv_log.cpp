#include <guichet/intake/logs/csv_log.hpp>

#include <algorithm>
#include <unordered_map>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/intake/logs/interpreter.hpp>
#include <guichet/intake/logs/names.hpp>

namespace guichet::intake {
namespace {

struct KeptMoment {
  MarkedMoment marked;
  std::uint32_t case_index;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls back about once per megabyte.
class Progress {
 public:
  explicit Progress(const Reading& reading) : tell_(reading.on_progress) {}
  void at(const formats::CsvReader& reader) {
    if (!tell_ || reader.done() < next_) return;
    next_ = reader.done() + (std::uint64_t{1} << 20);
    tell_(reader.done(), reader.total());
  }
  void end(const formats::CsvReader& reader) {
    if (tell_) tell_(reader.done(), reader.total());
  }

 private:
  const std::function<void(std::uint64_t, std::uint64_t)>& tell_;
  std::uint64_t next_ = 0;
};

/// The moments of all rows, given back case by case.
class Shelf {
 public:
  std::vector<KeptMoment> moments;
  std::vector<KeptFacts> facts;
  std::vector<std::string> names;
  bool grouped = true;  // rows of one case follow one another

  void hand_on(Interpreter& interpreter, const Reading& reading, LogSummary& summary) {
    // Counting sort: where the moments of each case begin.
    std::vector<std::size_t> begins(names.size() + 1, 0);
    for (const KeptMoment& kept : moments) ++begins[kept.case_index + 1];
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    std::vector<std::uint64_t> order;
    if (!grouped) {
      order.resize(moments.size());
      std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
      for (std::size_t i = 0; i < moments.size(); ++i) order[next[moments[i].case_index]++] = i;
    }
    std::vector<MarkedMoment> marked;
    std::vector<Moment> plain;
    for (std::size_t c = 0; c < names.size(); ++c) {
      marked.clear();
      for (std::size_t i = begins[c]; i < begins[c + 1]; ++i) marked.push_back(moments[grouped ? i : order[i]].marked);
      if (marked.empty()) {
        interpreter.skipped().add("cases without an event that could be read", "case " + names[c]);
        continue;
      }
      if (interpreter.finish_case(marked))
        interpreter.warnings().add("cases whose rows are not in time order in the file (sorted)", "case " + names[c]);
      plain.clear();
      for (const MarkedMoment& each : marked) plain.push_back(each.moment);
      ++summary.cases;
      summary.events += plain.size();
      CaseHistory history;
      history.facts.name = names[c];
      history.facts.seller = facts[c].seller;
      history.facts.matter = facts[c].matter;
      history.facts.amount_cents = facts[c].amount_cents;
      history.facts.deadline = facts[c].deadline;
      history.facts.predecessor = facts[c].predecessor;
      history.moments = plain;
      reading.on_case(history);
    }
  }
};

std::string shown(char delimiter) { return delimiter == '\t' ? "tab" : "\"" + std::string(1, delimiter) + "\""; }

}  // namespace

std::vector<std::string> column_names(const std::vector<std::string_view>& header, std::vector<std::string>* repeated) {
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> times;  // how often a name has come
  for (std::size_t i = 0; i < header.size(); ++i) {
    std::string name = utf8_repair(trimmed(header[i]));
    if (name.empty()) name = "column " + std::to_string(i + 1);
    const std::string base = name;
    for (std::size_t n = ++times[base]; n > 1 && times.contains(name = base + " (" + std::to_string(n) + ")"); ++n) {
    }
    if (name != base) ++times[name];
    if (name != base && repeated != nullptr) repeated->push_back(base);
    names.push_back(std::move(name));
  }
  return names;
}

Result<LogSummary> read_csv_log(formats::ByteSource source, const Mapping& mapping, const Reading& reading,
                                Vocabulary& vocabulary) {
  LogSummary summary;
  summary.source = source.label();
  GUICHET_TRY(interpreter, Interpreter::make(mapping, vocabulary));
  GUICHET_TRY(csv, formats::CsvReader::open(std::move(source), mapping.csv));
  summary.format = "CSV, " + shown(csv.delimiter()) + ", " + std::string(formats::name(csv.encoding()));

  std::vector<std::string_view> fields;
  GUICHET_TRY(any, csv.next(fields));
  if (!any) return Error{Fault::unreadable, summary.source + ": the file is empty; a log has a header and rows"};
  std::vector<std::string> repeated;
  std::vector<std::string> names;
  if (mapping.csv_header) {
    names = column_names(fields, &repeated);
  } else {
    for (std::size_t i = 0; i < fields.size(); ++i) names.push_back("column " + std::to_string(i + 1));
  }
  if (csv.encoding_is_a_guess())
    interpreter->warnings().add(
        "text that is not UTF-8, read as windows-1252; another encoding goes into [csv] encoding",
        "line " + std::to_string(csv.line()));
  for (const std::string& name : repeated)
    interpreter->warnings().add("column names that come more than once (later ones are \"NAME (2)\" …)", "", name);

  constexpr std::size_t kNoColumn = ~std::size_t{0};
  std::vector<std::size_t> column_of;  // by slot; kNoColumn: one that the log may lack
  for (const std::string& wanted : interpreter->columns()) {
    const auto found = std::find(names.begin(), names.end(), wanted);
    const bool optional = std::find(mapping.optional.begin(), mapping.optional.end(), wanted) != mapping.optional.end();
    if (found == names.end() && optional) {
      column_of.push_back(kNoColumn);
      continue;
    }
    if (found == names.end()) {
      const std::string near = formats::nearest_word(wanted, names);
      std::string all;
      for (const std::string& name : names) all += (all.empty() ? "\"" : ", \"") + name + "\"";
      return Error{Fault::unreadable, summary.source + ":" + std::to_string(csv.line()) + ": there is no column \"" +
                                          wanted + "\", which the mapping " + mapping.path + " names" +
                                          (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                                          " The columns are " + utf8_cut(all, 400)};
    }
    column_of.push_back(static_cast<std::size_t>(found - names.begin()));
  }

  Shelf shelf;
  Names cases(shelf.names);
  Progress progress(reading);
  std::vector<std::string_view> values(column_of.size());
  std::vector<MarkedMoment> moments;
  std::vector<std::uint64_t> filled(names.size(), 0);
  std::uint32_t last_case = 0;
  bool row = mapping.csv_header;
  const auto place = [&] { return "line " + std::to_string(csv.line()); };
  const auto widths = [&] {
    return std::to_string(fields.size()) + " fields instead of " + std::to_string(names.size());
  };
  std::size_t last_needed = 0;
  for (const std::size_t column : column_of)
    if (column != kNoColumn) last_needed = std::max(last_needed, column);
  while (true) {
    if (row) {
      GUICHET_TRY(more, csv.next(fields));
      if (!more) break;
    }
    row = true;
    ++summary.records;
    progress.at(csv);
    if (fields.size() > names.size() &&
        std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(names.size()), fields.end(),
                    [](std::string_view field) { return !field.empty(); })) {
      interpreter->skipped().add("rows with more fields than the header", place(), widths());
      continue;
    }
    if (fields.size() < names.size()) {
      // The last field of a short row may itself be cut.
      if (last_needed + 1 >= fields.size()) {
        interpreter->skipped().add("rows with fewer fields than the header", place(), widths());
        continue;
      }
      interpreter->warnings().add("rows with fewer fields than the header, none of those that the mapping names",
                                  place(), widths());
      fields.resize(names.size());
    }
    for (std::size_t i = 0; i < names.size(); ++i) filled[i] += fields[i].empty() ? 0U : 1U;
    if (mapping.csv_formula_guard)
      for (std::string_view& field : fields) field = formats::csv_unguarded(field);
    for (std::size_t i = 0; i < column_of.size(); ++i)
      values[i] = column_of[i] == kNoColumn ? std::string_view{} : fields[column_of[i]];
    const std::string_view name = interpreter->case_name(values);
    if (name.empty()) {
      interpreter->skipped().add("rows without a case", place());
      continue;
    }
    // A row that a rule leaves out must not make a case.
    moments.clear();
    const std::uint64_t left_out = interpreter->left_out();
    interpreter->read(values, place, moments);
    if (interpreter->left_out() != left_out) continue;
    const std::size_t known = cases.size();
    const std::uint32_t index = cases.index(name) - 1;
    if (cases.size() != known) shelf.facts.emplace_back();
    shelf.grouped = shelf.grouped && (index == last_case || index == known);
    last_case = index;
    interpreter->read_facts(values, shelf.facts[index]);
    for (const MarkedMoment& moment : moments) shelf.moments.push_back({moment, index});
  }
  progress.end(csv);
  shelf.hand_on(*interpreter, reading, summary);

  if (csv.stray_quotes() > 0)
    interpreter->warnings().add("fields with text after their closing quote (kept as it stands)",
                                "line " + std::to_string(csv.stray_quote_line()), {}, csv.stray_quotes());
  if (csv.bad_rows() > 0)
    interpreter->warnings().add("rows with bytes that are not UTF-8 (shown as \uFFFD)",
                                "line " + std::to_string(csv.bad_row_line()), {}, csv.bad_rows());
  for (std::size_t i = 0; i < names.size(); ++i) summary.columns.push_back({names[i], filled[i]});
  return finish_summary(std::move(summary), *interpreter, mapping);
}

}  // namespace guichet::intake
