#include <guichet/intake/logs/interpreter.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>

namespace guichet::intake {
namespace {

constexpr std::size_t kPlacesKept = 5;
constexpr std::size_t kStrangeTimesKept = 20;
constexpr std::uint32_t kConditionsMax = 64;
constexpr std::uint32_t kFirstSkip = 3;  // after those of [reopened] and [abandoned]

std::uint32_t count_words(std::string_view text) {
  std::uint32_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !blank && !inside ? 1U : 0U;
    inside = !blank;
  }
  return words;
}

/// At most a thousand years either way.
std::optional<Duration> read_seconds(std::string_view text) {
  double seconds = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (fault != std::errc{} || end != text.data() + text.size() || !(std::abs(seconds) < 3.2e10)) return std::nullopt;
  return Duration{std::llround(seconds * 1000)};
}

template <class Enum>
std::optional<std::uint8_t> value_of(std::optional<Enum> word) {
  if (!word) return std::nullopt;
  return static_cast<std::uint8_t>(*word);
}

/// Words among kMarkNames with blanks between them, as flags of a moment.
std::optional<std::uint8_t> marks_in(std::string_view text) {
  std::uint8_t marks = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto mark = std::find(kMarkNames.begin(), kMarkNames.end(), word);
    if (mark == kMarkNames.end()) return std::nullopt;
    marks |= static_cast<std::uint8_t>(1U << (mark - kMarkNames.begin()));
  }
  return marks;
}

}  // namespace

void Notes::add(const std::string& what, const std::string& place, std::string_view example, std::uint64_t count) {
  auto found = std::find_if(all_.begin(), all_.end(), [&](const Noted& noted) { return noted.what == what; });
  if (found == all_.end()) {
    all_.push_back({.what = what, .count = 0, .places = {}, .example = {}});
    found = all_.end() - 1;
  }
  found->count += count;
  if (found->places.size() < kPlacesKept && !place.empty()) found->places.push_back(place);
  if (found->example.empty()) found->example = utf8_cut(utf8_repair(example.substr(0, 200)), 80);
}

Interpreter::Interpreter(const Mapping& mapping, Vocabulary& vocabulary)
    : mapping_(mapping),
      activities_(vocabulary.activities),
      statuses_(vocabulary.statuses),
      persons_(vocabulary.persons),
      teams_(vocabulary.teams),
      sellers_(vocabulary.sellers),
      matters_(vocabulary.matters),
      predecessors_(predecessor_texts_),
      kinds_([](std::string_view word) { return value_of(event_named(word)); }),
      parties_([](std::string_view word) { return value_of(from_name<Party>(word)); }),
      turns_([](std::string_view word) { return value_of(from_name<Turn>(word)); }),
      marks_(marks_in),
      transitions_(transition_texts_) {}

Result<std::unique_ptr<Interpreter>> Interpreter::make(const Mapping& mapping, Vocabulary& vocabulary) {
  std::unique_ptr<Interpreter> made(new Interpreter(mapping, vocabulary));
  GUICHET_TRY(done, made->compile());
  static_cast<void>(done);
  return made;
}

std::uint32_t Interpreter::slot_of(const std::string& column) {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found != columns_.end()) return static_cast<std::uint32_t>(found - columns_.begin());
  columns_.push_back(column);
  return static_cast<std::uint32_t>(columns_.size() - 1);
}

Interpreter::Slots Interpreter::slots_of(const Columns& columns) {
  Slots slots;
  for (const std::string& column : columns) slots.push_back(slot_of(column));
  return slots;
}

Outcome Interpreter::compile() {
  const CaseColumns& of_case = mapping_.of_case;
  case_slots_ = slots_of(of_case.name);
  seller_slots_ = slots_of(of_case.seller);
  matter_slots_ = slots_of(of_case.matter);
  amount_slots_ = slots_of(of_case.amount);
  deadline_slots_ = slots_of(of_case.deadline);
  predecessor_slots_ = slots_of(of_case.predecessor);

  const EventColumns& row = mapping_.row;
  const auto or_row = [&](const Columns& own, const Columns& fallback) {
    return slots_of(own.empty() ? fallback : own);
  };
  const auto plan_event = [&](const EventColumns& event) {
    EventPlan plan;
    plan.activity_is = activities_.index(event.activity_is);
    if (plan.activity_is == 0) plan.activity = or_row(event.activity, row.activity);
    plan.status = or_row(event.status, row.status);
    // An event of a fixed name leaves the case in a state of that name, unless a column says which.
    if (plan.status.empty()) plan.status_is = statuses_.index(event.activity_is);
    plan.transition = or_row(event.transition, row.transition);
    plan.person = or_row(event.person, row.person);
    plan.team = or_row(event.team, row.team);
    plan.time = or_row(event.time, row.time);
    plan.text = or_row(event.text, row.text);
    plan.kind = or_row(event.kind, row.kind);
    plan.by = or_row(event.by, row.by);
    plan.turn = or_row(event.turn, row.turn);
    plan.words = or_row(event.words, row.words);
    plan.marks = or_row(event.marks, row.marks);
    if (!event.plus_seconds.empty()) plan.plus_seconds = slots_of({event.plus_seconds});
    for (const ValueTest& test : event.when.tests) plan.when.emplace_back(slot_of(test.column), test);
    plan.event = event.event;
    events_.push_back(std::move(plan));
  };
  if (mapping_.events.empty()) plan_event(row);
  for (const EventColumns& event : mapping_.events) plan_event(event);

  GUICHET_TRY(times, TimeReader::make(mapping_.time.formats, mapping_.time.zone));
  times_.push_back(std::move(times));
  const TimeRule& deadline = mapping_.deadline_time ? *mapping_.deadline_time : mapping_.time;
  GUICHET_TRY(deadlines, TimeReader::make(deadline.formats, deadline.zone));
  times_.push_back(std::move(deadlines));

  roles_[static_cast<std::size_t>(Role::activity)].names = &activities_;
  roles_[static_cast<std::size_t>(Role::status)].names = &statuses_;
  roles_[static_cast<std::size_t>(Role::transition)].names = &transitions_;
  roles_[static_cast<std::size_t>(Role::person)].names = &persons_;
  roles_[static_cast<std::size_t>(Role::team)].names = &teams_;

  const Condition none;
  std::vector<const Condition*> all{mapping_.reopened ? &mapping_.reopened->after : &none,
                                    mapping_.reopened ? &mapping_.reopened->then : &none,
                                    mapping_.abandoned ? &*mapping_.abandoned : &none};
  for (const Condition& skip : mapping_.skip) all.push_back(&skip);
  for (const Meaning& meaning : mapping_.meanings) all.push_back(&meaning.when);
  if (all.size() > kConditionsMax)
    return Error{Fault::usage, mapping_.path + ": more than " + std::to_string(kConditionsMax - kFirstSkip) +
                                   " conditions; put values that mean the same into one list"};
  for (const Condition* condition : all) {
    for (const ValueTest& test : condition->tests) {
      if (test.role) {
        roles_[static_cast<std::size_t>(*test.role)].tests.emplace_back(conditions_, test);
        continue;
      }
      const std::uint32_t slot = slot_of(test.column);
      auto subject = std::find_if(column_subjects_.begin(), column_subjects_.end(),
                                  [&](const Subject& known) { return known.slot == slot; });
      if (subject == column_subjects_.end()) {
        Subject fresh;
        fresh.slot = slot;
        fresh.own = std::make_unique<ColumnTexts>();
        fresh.names = &fresh.own->names;
        column_subjects_.push_back(std::move(fresh));
        subject = column_subjects_.end() - 1;
      }
      subject->tests.emplace_back(conditions_, test);
    }
    ++conditions_;
  }
  return Done{};
}

std::string_view Interpreter::present(std::string_view value) const {
  for (const std::string& empty : mapping_.empty)
    if (value == empty) return {};
  return value;
}

/// The values of several columns, joined by "/"; those that are missing leave no trace.
std::string_view Interpreter::names_of(const Slots& slots, std::span<const std::string_view> values) {
  if (slots.empty()) return {};
  if (slots.size() == 1) return present(values[slots[0]]);
  room_.clear();
  for (const std::uint32_t slot : slots) {
    const std::string_view value = present(values[slot]);
    if (value.empty()) continue;
    if (!room_.empty()) room_ += '/';
    room_ += value;
  }
  return room_;
}

/// The values of several columns, joined by a space; nothing when one of them is missing.
std::string_view Interpreter::time_of(const Slots& slots, std::span<const std::string_view> values) {
  if (slots.empty()) return {};
  if (slots.size() == 1) return present(values[slots[0]]);
  time_room_.clear();
  for (const std::uint32_t slot : slots) {
    const std::string_view value = present(values[slot]);
    if (value.empty()) return {};
    if (!time_room_.empty()) time_room_ += ' ';
    time_room_ += value;
  }
  return time_room_;
}

std::string_view Interpreter::case_name(std::span<const std::string_view> values) {
  const std::string_view name = names_of(case_slots_, values);
  if (case_slots_.size() < 2) return name;
  case_room_ = name;
  return case_room_;
}

std::uint64_t Interpreter::passes(Subject& subject, std::uint32_t index) {
  while (subject.passes.size() <= index) {
    const auto next = static_cast<std::uint32_t>(subject.passes.size());
    const std::string_view value = next == 0 ? std::string_view{} : std::string_view{subject.names->text(next)};
    std::uint64_t mask = ~std::uint64_t{0};
    for (const auto& [condition, test] : subject.tests)
      if (!meets(test, value)) mask &= ~(std::uint64_t{1} << condition);
    subject.passes.push_back(mask);
  }
  return subject.passes[index];
}

const Interpreter::Verdict& Interpreter::verdict(std::uint64_t mask) {
  if (last_verdict_ != nullptr && last_verdict_->mask == mask) return *last_verdict_;
  const auto [entry, fresh] = verdicts_.try_emplace(mask);
  Verdict& verdict = entry->second;
  last_verdict_ = &verdict;
  if (!fresh) return verdict;
  verdict.mask = mask;
  const auto holds = [&](std::size_t condition) { return (mask >> condition & 1U) != 0; };
  if (mapping_.reopened && holds(0)) verdict.meets |= kMeetsAfter;
  if (mapping_.reopened && holds(1)) verdict.meets |= kMeetsThen;
  if (mapping_.abandoned && holds(2)) verdict.meets |= kMeetsLast;
  std::size_t condition = kFirstSkip;
  for (std::size_t i = 0; i < mapping_.skip.size(); ++i, ++condition) verdict.skip = verdict.skip || holds(condition);
  std::optional<EventKind> kind;
  std::optional<Party> party;
  std::optional<Turn> turn;
  for (const Meaning& meaning : mapping_.meanings) {
    if (!holds(condition++)) continue;
    if (!kind) kind = meaning.event;
    if (!party) party = meaning.by;
    if (!turn) turn = meaning.turn;
    if (meaning.system) verdict.flags |= kMomentSystem;
  }
  verdict.kind = kind.value_or(EventKind::none);
  verdict.party = party.value_or(Party::nobody);
  verdict.turn = turn.value_or(Turn::nobody);
  return verdict;
}

void Interpreter::read_record(std::span<const std::string_view> values, std::vector<MarkedMoment>& out) {
  const bool several = !mapping_.events.empty();
  const std::size_t first = out.size();
  bool left_out = false;
  for (const EventPlan& plan : events_) {
    if (!std::all_of(plan.when.begin(), plan.when.end(),
                     [&](const auto& test) { return meets(test.second, present(values[test.first])); }))
      continue;
    Moment moment;
    moment.activity = plan.activity_is != 0 ? plan.activity_is : activities_.index(names_of(plan.activity, values));
    moment.status = plan.status_is != 0 ? plan.status_is : statuses_.index(names_of(plan.status, values));
    moment.person = persons_.index(names_of(plan.person, values));
    moment.team = teams_.index(names_of(plan.team, values));

    std::uint64_t mask = ~std::uint64_t{0};
    if (conditions_ > kFirstSkip || mapping_.reopened || mapping_.abandoned) {
      const std::array<std::uint32_t, kRoles> indices{moment.activity, moment.status,
                                                      roles_[static_cast<std::size_t>(Role::transition)].tests.empty()
                                                          ? 0
                                                          : transitions_.index(names_of(plan.transition, values)),
                                                      moment.person, moment.team};
      for (std::size_t role = 0; role < kRoles; ++role)
        if (!roles_[role].tests.empty()) mask &= passes(roles_[role], indices[role]);
      for (Subject& subject : column_subjects_)
        mask &= passes(subject, subject.names->index(present(values[subject.slot])));
    }
    const Verdict& said = verdict(mask);
    if (said.skip) {
      left_out = true;
      continue;
    }

    const std::string_view time = time_of(plan.time, values);
    if (time.empty()) {
      // In a row of several events, a time that is missing says that the event has not happened.
      if (several) continue;
      ++tried_;
      skipped_.add("events without a time", place());
      continue;
    }
    ++tried_;
    auto at = times_[0].read(time);
    if (at && !plan.plus_seconds.empty()) {
      const auto plus = read_seconds(values[plan.plus_seconds[0]]);
      if (!plus) {
        skipped_.add("events whose seconds to add cannot be read", place(), values[plan.plus_seconds[0]]);
        continue;
      }
      *at += *plus;
    }
    if (!at) {
      if (strange_times_.size() < kStrangeTimesKept) strange_times_.emplace_back(time);
      skipped_.add("events whose time cannot be read", place(), time);
      continue;
    }
    moment.at = *at;
    moment.kind = plan.event.value_or(said.kind);
    moment.party = said.party;
    moment.turn = said.turn;
    moment.flags = said.flags;
    if (!plan.text.empty()) moment.words = count_words(names_of(plan.text, values));
    read_own_words(plan, values, moment);
    if (out.size() > first && moment.at < out.back().moment.at)
      warnings_.add("rows whose events do not follow one another in the order that the mapping gives", place(), time);
    out.push_back({moment, said.meets});
  }
  if (left_out && out.size() == first) ++left_out_;
}

void Interpreter::read_own_words(const EventPlan& plan, std::span<const std::string_view> values, Moment& moment) {
  const auto read = [&](const Slots& slots, WordColumn& column, const char* strange) -> std::optional<std::uint8_t> {
    const std::string_view text = names_of(slots, values);
    if (text.empty()) return std::nullopt;
    const auto meant = column(text);
    if (!meant) warnings_.add(strange, place(), text);
    return meant;
  };
  if (const auto kind = read(plan.kind, kinds_, "kinds of events that the glossary does not have"))
    moment.kind = static_cast<EventKind>(*kind);
  if (const auto by = read(plan.by, parties_, "parties other than seller, desk, third and clock"))
    moment.party = static_cast<Party>(*by);
  if (const auto turn = read(plan.turn, turns_, "turns other than seller, desk, third and nobody"))
    moment.turn = static_cast<Turn>(*turn);
  if (const std::string_view text = names_of(plan.words, values); !text.empty()) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), moment.words);
    if (fault != std::errc{} || end != text.data() + text.size())
      warnings_.add("numbers of words that cannot be read", place(), text);
  }
  if (!plan.marks.empty()) {
    moment.flags |= read(plan.marks, marks_, "marks that the format does not have").value_or(0);
    return;
  }
  if (moment.kind == EventKind::message_sent) moment.flags |= kMomentPublic;
  if (moment.kind == EventKind::resolution_proposed) moment.flags |= kMomentResolves;
  if (moment.kind == EventKind::closed) moment.flags |= kMomentCloses;
  if (moment.kind == EventKind::reopened) moment.flags |= kMomentReopens;
  if (moment.kind == EventKind::abandoned) moment.flags |= kMomentAbandons;
}

std::int64_t Interpreter::read_amount(std::string_view text) {
  // Signs of grouping and of currency are passed over; what is left must be one number.
  std::string plain;
  for (const char c : text) {
    if (c == mapping_.amount.decimal)
      plain += '.';
    else if ((c >= '0' && c <= '9') || c == '-')
      plain += c;
    else if (c == 'e' || c == 'E')
      return -1;
  }
  double value = 0;
  const auto [end, fault] = std::from_chars(plain.data(), plain.data() + plain.size(), value, std::chars_format::fixed);
  if (fault != std::errc{} || end != plain.data() + plain.size() || value < 0 || value > 9e13) return -1;
  const double cents = value * 100.0 / static_cast<double>(mapping_.amount.divide_by);
  return std::llround(cents);
}

void Interpreter::read_facts(std::span<const std::string_view> values, KeptFacts& facts) {
  if (facts.seller == 0 && !seller_slots_.empty()) facts.seller = sellers_.index(names_of(seller_slots_, values));
  if (facts.matter == 0 && !matter_slots_.empty()) facts.matter = matters_.index(names_of(matter_slots_, values));
  if (facts.amount_cents < 0 && !amount_slots_.empty()) {
    const std::string_view text = names_of(amount_slots_, values);
    if (!text.empty()) facts.amount_cents = read_amount(text);
    if (!text.empty() && facts.amount_cents < 0) warnings_.add("amounts that cannot be read", {}, text);
  }
  if (!facts.predecessor && !predecessor_slots_.empty())
    facts.predecessor = CaseId{predecessors_.index(names_of(predecessor_slots_, values))};
  if (facts.deadline == kNever && !deadline_slots_.empty()) {
    const std::string_view text = time_of(deadline_slots_, values);
    if (text.empty()) return;
    const auto at = times_[1].read(text);
    if (at)
      facts.deadline = *at;
    else
      warnings_.add("deadlines that cannot be read", {}, text);
  }
}

bool Interpreter::finish_case(std::vector<MarkedMoment>& moments) {
  const auto earlier = [](const MarkedMoment& a, const MarkedMoment& b) { return a.moment.at < b.moment.at; };
  const bool sorted = std::is_sorted(moments.begin(), moments.end(), earlier);
  if (!sorted) {
    std::vector<std::pair<Instant, std::size_t>> order;
    order.reserve(moments.size());
    for (std::size_t i = 0; i < moments.size(); ++i) order.emplace_back(moments[i].moment.at, i);
    std::sort(order.begin(), order.end());  // equal times by their place in the file
    std::vector<MarkedMoment> in_order;
    in_order.reserve(moments.size());
    for (const auto& [at, i] : order) in_order.push_back(moments[i]);
    moments.swap(in_order);
  }
  bool after = false;
  for (MarkedMoment& marked : moments) {
    if (after && (marked.meets & kMeetsThen) != 0) {
      marked.moment.flags |= kMomentReopens;
      after = false;
    }
    if ((marked.meets & kMeetsAfter) != 0) after = true;
  }
  if (!moments.empty() && (moments.back().meets & kMeetsLast) != 0) moments.back().moment.flags |= kMomentAbandons;
  return !sorted;
}

void Interpreter::note_clocks() {
  if (times_[0].twice() > 0)
    warnings_.add("times that the clocks of " + mapping_.time.zone + " showed twice; the first is taken", {}, {},
                  times_[0].twice());
  if (times_[0].never() > 0)
    warnings_.add("times that the clocks of " + mapping_.time.zone + " never showed", {}, {}, times_[0].never());
}

}  // namespace guichet::intake
