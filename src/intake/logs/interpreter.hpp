// One record of a log, seen through a mapping: the moments it holds and the facts of its case. Knows
// neither CSV nor XML.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/intake/logs/names.hpp>
#include <guichet/intake/logs/read_log.hpp>
#include <guichet/intake/logs/time_format.hpp>
#include <guichet/intake/mapping.hpp>

namespace guichet::intake {

/// Counts by what happened, keeping the first few places of each.
class Notes {
 public:
  void add(const std::string& what, const std::string& place, std::string_view example = {}, std::uint64_t count = 1);
  const std::vector<Noted>& all() const { return all_; }
  std::vector<Noted> take() { return std::move(all_); }

 private:
  std::vector<Noted> all_;
};

/// A moment, and which of the rules over whole cases it meets.
struct MarkedMoment {
  Moment moment;
  std::uint8_t meets = 0;
};
inline constexpr std::uint8_t kMeetsAfter = 1;
inline constexpr std::uint8_t kMeetsThen = 2;
inline constexpr std::uint8_t kMeetsLast = 4;

/// The facts of a case; each is the first that its records say.
struct KeptFacts {
  std::uint32_t seller{}, matter{};
  std::int64_t amount_cents = -1;
  Instant deadline = kNever;
  CaseId predecessor;
};

/// A column whose texts are words of ours: each different text is understood once.
class WordColumn {
 public:
  using Understand = std::optional<std::uint8_t> (*)(std::string_view);
  explicit WordColumn(Understand understand) : understand_(understand) {}
  std::optional<std::uint8_t> operator()(std::string_view text) {
    const std::uint32_t index = names_.index(text);
    if (index == 0) return std::nullopt;
    while (meant_.size() < index) meant_.push_back(understand_(texts_[meant_.size()]));
    return meant_[index - 1];
  }

 private:
  Understand understand_;
  std::vector<std::string> texts_;
  Names names_{texts_};
  std::vector<std::optional<std::uint8_t>> meant_;
};

class Interpreter {
 public:
  /// The mapping must outlive it. Fails when the mapping's formats or zone cannot be used.
  static Result<std::unique_ptr<Interpreter>> make(const Mapping& mapping, Vocabulary& vocabulary);

  /// The columns whose values records must bring, in the order in which they bring them.
  const std::vector<std::string>& columns() const { return columns_; }

  /// The name of the case that a record belongs to; "" when it has none. Valid until the next call.
  std::string_view case_name(std::span<const std::string_view> values);

  /// Appends the moments of one record to `out`. `place` is called for messages only.
  template <class Place>
  void read(std::span<const std::string_view> values, const Place& place, std::vector<MarkedMoment>& out) {
    place_ = [](const void* what) { return (*static_cast<const Place*>(what))(); };
    place_argument_ = &place;
    read_record(values, out);
  }
  void read_facts(std::span<const std::string_view> values, KeptFacts& facts);

  /// Brings a case's moments into time order, stable for equal times, and applies the rules over whole
  /// cases. True when they were not in order.
  bool finish_case(std::vector<MarkedMoment>& moments);

  Notes& skipped() { return skipped_; }
  Notes& warnings() { return warnings_; }
  /// Events that the records should have held, read or not.
  std::uint64_t tried() const { return tried_; }
  /// Records that [[skip]] leaves out.
  std::uint64_t left_out() const { return left_out_; }
  /// Values that could not be read as times: a few, for saying which format they may have.
  const std::vector<std::string>& strange_times() const { return strange_times_; }
  /// Adds what the readers of times noticed.
  void note_clocks();

 private:
  using Slots = std::vector<std::uint32_t>;
  struct EventPlan {
    std::uint32_t activity_is = 0;  // index of the fixed name
    std::uint32_t status_is = 0;
    Slots activity, status, transition, person, team, time, text, kind, by, turn, words, marks, plus_seconds;
    std::vector<std::pair<std::uint32_t, ValueTest>> when;
    std::optional<EventKind> event;
  };
  /// The texts of a column that conditions look at.
  struct ColumnTexts {
    std::vector<std::string> texts;
    Names names{texts};
  };
  /// A value that conditions look at, and for each of its texts the conditions that it does not fail.
  struct Subject {
    Names* names = nullptr;
    std::uint32_t slot = 0;  // when it is a column
    std::unique_ptr<ColumnTexts> own;
    std::vector<std::pair<std::uint32_t, ValueTest>> tests;  // of condition n
    std::vector<std::uint64_t> passes;                       // by index in names
  };
  struct Verdict {
    std::uint64_t mask = 0;
    EventKind kind{};
    Party party{};
    Turn turn{};
    std::uint8_t flags = 0, meets = 0;
    bool skip = false;
  };

  Interpreter(const Mapping& mapping, Vocabulary& vocabulary);
  Outcome compile();
  std::uint32_t slot_of(const std::string& column);
  Slots slots_of(const Columns& columns);
  Outcome add_condition(const Condition& condition);
  void read_record(std::span<const std::string_view> values, std::vector<MarkedMoment>& out);
  std::string_view names_of(const Slots& slots, std::span<const std::string_view> values);
  std::string_view time_of(const Slots& slots, std::span<const std::string_view> values);
  std::string_view present(std::string_view value) const;
  std::uint64_t passes(Subject& subject, std::uint32_t index);
  const Verdict& verdict(std::uint64_t mask);
  std::int64_t read_amount(std::string_view text);
  /// What a record says in our own words, over what the mapping's rules make of it.
  void read_own_words(const EventPlan& plan, std::span<const std::string_view> values, Moment& moment);
  std::string place() const { return place_(place_argument_); }

  const Mapping& mapping_;
  std::vector<std::string> columns_;
  std::vector<EventPlan> events_;
  Slots case_slots_, seller_slots_, matter_slots_, amount_slots_, deadline_slots_, predecessor_slots_;
  std::vector<TimeReader> times_;  // of events, of deadlines
  Names activities_, statuses_, persons_, teams_, sellers_, matters_;
  std::vector<std::string> predecessor_texts_;
  Names predecessors_;
  WordColumn kinds_, parties_, turns_, marks_;
  std::vector<std::string> transition_texts_;
  Names transitions_;
  std::array<Subject, kRoles> roles_;
  std::vector<Subject> column_subjects_;
  std::uint32_t conditions_ = 0;  // the first three are those of the rules over whole cases
  std::map<std::uint64_t, Verdict> verdicts_;
  const Verdict* last_verdict_ = nullptr;
  std::string room_, time_room_, case_room_;
  Notes skipped_, warnings_;
  std::uint64_t tried_ = 0, left_out_ = 0;
  std::vector<std::string> strange_times_;
  std::string (*place_)(const void*) = nullptr;
  const void* place_argument_ = nullptr;
};

/// Adds to a summary what the interpreter noticed; an error when more was left out for one reason than
/// kSkippedPercentMax allows. `hint` then closes the message when it is not empty.
Result<LogSummary> finish_summary(LogSummary summary, Interpreter& interpreter, const Mapping& mapping,
                                  const std::string& hint = {});

}  // namespace guichet::intake
