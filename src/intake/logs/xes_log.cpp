#include <guichet/intake/logs/xes_log.hpp>

#include <algorithm>
#include <array>
#include <unordered_set>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/formats/xml.hpp>
#include <guichet/intake/logs/interpreter.hpp>
#include <guichet/intake/logs/names.hpp>

namespace guichet::intake {
namespace {

constexpr std::string_view kTracePrefix = "trace:";
constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

/// The typed attributes of XES (IEEE 1849-2016, 4.5), the only elements that carry values.
bool is_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 8> kTypes{"string",  "date", "int",  "float",
                                                   "boolean", "id",   "list", "container"};
  return std::find(kTypes.begin(), kTypes.end(), name) != kTypes.end();
}

/// The attributes of one level (traces, or events): which of them are wanted, and how often they have a value.
class Keys {
 public:
  void want(const std::string& key, std::uint32_t slot) {
    at(key);
    slots_[names_.index(key) - 1] = slot;
  }
  /// The slot of a key that has come with a value, or kNoSlot.
  std::uint32_t seen(std::string_view key, bool filled) {
    const std::size_t i = at(key);
    counts_[i] += filled ? 1U : 0U;
    met_[i] = true;
    return slots_[i];
  }
  void list(std::string_view prefix, std::vector<ColumnSeen>& out) const {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      if (met_[i]) out.push_back({std::string(prefix) + texts_[i], counts_[i]});
  }
  bool met(const std::string& key) const {
    const auto found = std::find(texts_.begin(), texts_.end(), key);
    return found != texts_.end() && met_[static_cast<std::size_t>(found - texts_.begin())];
  }

 private:
  std::size_t at(std::string_view key) {
    const std::uint32_t index = names_.index(key);
    if (index == 0) {  // the empty key
      if (empty_ == 0) {
        texts_.emplace_back();
        empty_ = texts_.size();
      }
      grow();
      return empty_ - 1;
    }
    grow();
    return index - 1;
  }
  void grow() {
    slots_.resize(texts_.size(), kNoSlot);
    counts_.resize(texts_.size(), 0);
    met_.resize(texts_.size(), false);
  }

  std::vector<std::string> texts_;
  Names names_{texts_};
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint64_t> counts_;
  std::vector<bool> met_;  // also without a value
  std::size_t empty_ = 0;
};

/// The values of the record being read, by slot.
class Values {
 public:
  explicit Values(std::size_t slots) : texts_(slots), views_(slots) {}
  /// False when the slot has a text already, which it keeps.
  bool set(std::uint32_t slot, std::string_view text) {
    if (!texts_[slot].empty()) return false;
    texts_[slot] = text;
    views_[slot] = texts_[slot];
    return true;
  }
  void clear(const std::vector<std::uint32_t>& slots) {
    for (const std::uint32_t slot : slots) {
      texts_[slot].clear();
      views_[slot] = {};
    }
  }
  std::span<const std::string_view> all() const { return views_; }

 private:
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

class XesReader {
 public:
  XesReader(Interpreter& interpreter, const Reading& reading, LogSummary& summary)
      : interpreter_(interpreter), reading_(reading), summary_(summary), values_(interpreter.columns().size()) {
    for (std::uint32_t slot = 0; slot < interpreter.columns().size(); ++slot) {
      const std::string& column = interpreter.columns()[slot];
      if (column.starts_with(kTracePrefix)) {
        trace_keys_.want(column.substr(kTracePrefix.size()), slot);
        trace_slots_.push_back(slot);
      } else {
        event_keys_.want(column, slot);
        event_slots_.push_back(slot);
      }
    }
  }

  Outcome read(formats::ByteSource& source) {
    formats::XmlHandlers handlers;
    handlers.start = [this](std::string_view name, const formats::XmlAttributes& attributes) {
      return start(name, attributes);
    };
    handlers.end = [this](std::string_view name) {
      end(name);
      return std::string{};
    };
    handlers.progress = reading_.on_progress;
    formats::XmlReader xml(std::move(handlers));
    xml_ = &xml;
    return xml.read(source);
  }

  void list_columns() {
    event_keys_.list("", summary_.columns);
    trace_keys_.list(kTracePrefix, summary_.columns);
  }
  bool met(const std::string& column) const {
    return column.starts_with(kTracePrefix) ? trace_keys_.met(column.substr(kTracePrefix.size()))
                                            : event_keys_.met(column);
  }

 private:
  // Where the reader is: what stands outside of these is passed over with all it holds.
  enum class Level : std::uint8_t { document, log, trace, event };

  std::string place() const {
    std::string text = "trace " + std::to_string(traces_);
    if (level_ == Level::event) text += ", event " + std::to_string(events_in_trace_);
    return text + ", line " + std::to_string(xml_->line());
  }

  std::string start(std::string_view name, const formats::XmlAttributes& attributes) {
    if (passed_over_ > 0) {
      ++passed_over_;
      return {};
    }
    switch (level_) {
      case Level::document:
        if (name != "log") return "this is not an XES log: its root element is <" + utf8_cut(name, 40) + ">, not <log>";
        level_ = Level::log;
        if (const auto version = attributes.get("xes.version"); !version.empty())
          summary_.format = "XES " + utf8_cut(version, 20);
        return {};
      case Level::log:
        if (name == "trace") {
          level_ = Level::trace;
          ++traces_;
          events_in_trace_ = 0;
          values_.clear(trace_slots_);
          moments_.clear();
          facts_ = {};
          return {};
        }
        if (name == "event")
          interpreter_.skipped().add("events outside of any trace", "line " + std::to_string(xml_->line()));
        break;
      case Level::trace:
        if (name == "event") {
          level_ = Level::event;
          ++events_in_trace_;
          values_.clear(event_slots_);
          return {};
        }
        if (is_attribute(name)) take(trace_keys_, attributes);
        break;
      case Level::event:
        if (is_attribute(name)) take(event_keys_, attributes);
        break;
    }
    passed_over_ = 1;  // an attribute may hold attributes of its own: they say nothing of the event
    return {};
  }

  void take(Keys& keys, const formats::XmlAttributes& attributes) {
    std::string_view key;
    std::string_view value;
    for (const auto& [name, text] : attributes) {
      if (name == "key")
        key = text;
      else if (name == "value")
        value = text;
    }
    const std::uint32_t slot = keys.seen(key, !value.empty());
    if (slot != kNoSlot && !value.empty() && !values_.set(slot, value))
      interpreter_.warnings().add("attributes that come twice in one event or trace (the first counts)",
                                  "line " + std::to_string(xml_->line()), key);
  }

  void end(std::string_view) {
    if (passed_over_ > 0) {
      --passed_over_;
      return;
    }
    switch (level_) {
      case Level::document: return;
      case Level::log: level_ = Level::document; return;
      case Level::event:
        ++summary_.records;
        interpreter_.read(values_.all(), [this] { return place(); }, moments_);
        interpreter_.read_facts(values_.all(), facts_);
        level_ = Level::trace;
        return;
      case Level::trace:
        end_trace();
        level_ = Level::log;
        return;
    }
  }

  void end_trace() {
    values_.clear(event_slots_);
    interpreter_.read_facts(values_.all(), facts_);
    const std::string_view name = interpreter_.case_name(values_.all());
    if (name.empty())
      interpreter_.warnings().add("traces without a name", place());
    else if (!names_seen_.insert(hash_of(name)).second)
      interpreter_.warnings().add("traces with a name that came before (kept as separate cases)", place(), name);
    if (moments_.empty()) {
      interpreter_.skipped().add("traces without an event that could be read", place(), name);
      return;
    }
    if (interpreter_.finish_case(moments_))
      interpreter_.warnings().add("traces whose events are not in time order in the file (sorted)", place(), name);
    plain_.clear();
    for (const MarkedMoment& marked : moments_) plain_.push_back(marked.moment);
    ++summary_.cases;
    summary_.events += plain_.size();
    CaseHistory history;
    history.facts.name = name;
    history.facts.seller = facts_.seller;
    history.facts.matter = facts_.matter;
    history.facts.amount_cents = facts_.amount_cents;
    history.facts.deadline = facts_.deadline;
    history.facts.predecessor = facts_.predecessor;
    history.moments = plain_;
    reading_.on_case(history);
  }

  Interpreter& interpreter_;
  const Reading& reading_;
  LogSummary& summary_;
  formats::XmlReader* xml_ = nullptr;
  Keys trace_keys_, event_keys_;
  std::vector<std::uint32_t> trace_slots_, event_slots_;
  Values values_;
  Level level_ = Level::document;
  std::uint32_t passed_over_ = 0;
  std::uint64_t traces_ = 0, events_in_trace_ = 0;
  std::vector<MarkedMoment> moments_;
  std::vector<Moment> plain_;
  KeptFacts facts_;
  std::unordered_set<std::uint64_t> names_seen_;
};

}  // namespace

Result<LogSummary> read_xes_log(formats::ByteSource source, const Mapping& mapping, const Reading& reading,
                                Vocabulary& vocabulary) {
  LogSummary summary;
  summary.source = source.label();
  summary.format = "XES";
  GUICHET_TRY(interpreter, Interpreter::make(mapping, vocabulary));
  XesReader reader(*interpreter, reading, summary);
  GUICHET_TRY(done, reader.read(source));
  static_cast<void>(done);
  reader.list_columns();
  if (summary.cases == 0 && summary.records == 0)
    return Error{Fault::unreadable, summary.source + ": the log has no trace with an event"};
  std::vector<std::string> known;
  known.reserve(summary.columns.size());
  for (const ColumnSeen& column : summary.columns) known.push_back(column.name);
  std::string hint;
  for (const std::string& column : interpreter->columns()) {
    const bool optional = std::find(mapping.optional.begin(), mapping.optional.end(), column) != mapping.optional.end();
    if (optional || reader.met(column)) continue;
    const std::string near = formats::nearest_word(column, known);
    std::string missing = "there is no attribute \"" + column + "\"";
    if (!near.empty()) missing += "; did you mean \"" + near + "\"?";
    const Columns& activity = mapping.row.activity;
    if (mapping.events.empty() && activity.size() == 1 && activity.front() == column)
      return Error{Fault::unreadable,
                   summary.source + ": " + missing + " The mapping " + mapping.path + " takes the activity from it"};
    interpreter->warnings().add("attributes that the mapping names and the log does not have", "", column);
    if (hint.empty()) hint = missing;
  }
  return finish_summary(std::move(summary), *interpreter, mapping, hint);
}

}  // namespace guichet::intake
