#include "case_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>

namespace guichet::cases {
namespace {

using rulebook::ProcedureFile;

// ---- values -------------------------------------------------------------------------------------------

std::optional<std::uint32_t> read_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc{} || stop != end) return std::nullopt;
  return value;
}

/// Calls `each` with the parts of "a,b,c"; false as soon as it says so.
template <class Each>
bool every_part(std::string_view list, Each each) {
  while (true) {
    const std::size_t comma = list.find(',');
    if (!each(list.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

/// A way of writing a number.
struct Spelling {
  std::optional<std::uint32_t> (*read)(std::string_view text, const ProcedureFile& file);
  std::string (*print)(std::uint32_t value, const ProcedureFile& file);
};

constexpr Spelling kNumber{[](std::string_view text, const ProcedureFile&) { return read_number(text); },
                           [](std::uint32_t value, const ProcedureFile&) { return std::to_string(value); }};

/// Cents, written as euros: "8699.36".
constexpr Spelling kEuros{[](std::string_view text, const ProcedureFile&) -> std::optional<std::uint32_t> {
                            const std::size_t dot = text.find('.');
                            if (dot == std::string_view::npos || text.size() != dot + 3) return std::nullopt;
                            const auto euros = read_number(text.substr(0, dot));
                            const auto cents = read_number(text.substr(dot + 1));
                            if (!euros || !cents || *euros > 40'000'000) return std::nullopt;
                            return *euros * 100 + *cents;
                          },
                          [](std::uint32_t value, const ProcedureFile&) {
                            const std::string cents = std::to_string(value % 100);
                            return std::to_string(value / 100) + (cents.size() == 1 ? ".0" : ".") + cents;
                          }};

/// A set of questions, numbered from 1: "1,3".
constexpr Spelling kQuestions{[](std::string_view text, const ProcedureFile&) -> std::optional<std::uint32_t> {
                                std::uint32_t set = 0;
                                if (text == "none") return set;
                                const bool read = every_part(text, [&](std::string_view part) {
                                  const auto number = read_number(part);
                                  if (number && *number >= 1 && *number <= 16) set |= 1U << (*number - 1);
                                  return number && *number >= 1 && *number <= 16;
                                });
                                if (!read) return std::nullopt;
                                return set;
                              },
                              [](std::uint32_t value, const ProcedureFile&) {
                                std::string list;
                                for (unsigned i = 0; i < 16; ++i)
                                  if ((value >> i & 1U) != 0) list += (list.empty() ? "" : ",") + std::to_string(i + 1);
                                return list.empty() ? "none" : list;
                              }};

constexpr std::array<std::string_view, 3> kConditions{"silence", "withdrawal", "waiver"};
constexpr Spelling kOfferConditions{[](std::string_view text, const ProcedureFile&) -> std::optional<std::uint32_t> {
                                      std::uint32_t set = 0;
                                      const bool read = every_part(text, [&](std::string_view part) {
                                        const auto at = std::find(kConditions.begin(), kConditions.end(), part);
                                        if (at != kConditions.end()) set |= 1U << (at - kConditions.begin());
                                        return at != kConditions.end();
                                      });
                                      if (!read) return read_number(text);
                                      return set;
                                    },
                                    [](std::uint32_t value, const ProcedureFile&) {
                                      std::string list;
                                      for (std::size_t i = 0; i < kConditions.size(); ++i)
                                        if ((value >> i & 1U) != 0)
                                          list += (list.empty() ? "" : ",") + std::string{kConditions[i]};
                                      return list.empty() ? "none" : list;
                                    }};

/// A word of an enumeration. Numbers are read too, so that a file can ask for what does not exist.
template <class Enum>
constexpr Spelling kWord{
    [](std::string_view text, const ProcedureFile&) -> std::optional<std::uint32_t> {
      if (const auto value = from_name<Enum>(text)) return static_cast<std::uint32_t>(*value);
      return read_number(text);
    },
    [](std::uint32_t value, const ProcedureFile&) { return std::string{name(static_cast<Enum>(value))}; }};

constexpr Spelling kMatter{[](std::string_view text, const ProcedureFile& file) -> std::optional<std::uint32_t> {
                             for (std::size_t i = 0; i < file.matters.size(); ++i)
                               if (file.matters[i].id == text) return static_cast<std::uint32_t>(i);
                             return read_number(text);
                           },
                           [](std::uint32_t value, const ProcedureFile& file) {
                             return value < file.matters.size() ? file.matters[value].id : std::to_string(value);
                           }};

constexpr std::array<std::pair<std::string_view, Party>, 4> kParties{
    {{"seller", Party::seller}, {"agent", Party::desk}, {"mediator", Party::third}, {"clock", Party::clock}}};

struct Person {
  Party party{};
  ActorId actor;
};
/// "seller:7", "agent:3", "mediator:9", "clock".
std::optional<Person> read_person(std::string_view text) {
  const std::size_t colon = text.find(':');
  for (const auto& [word, party] : kParties) {
    if (text.substr(0, colon) != word) continue;
    if (colon == std::string_view::npos) return Person{party, {}};
    const auto number = read_number(text.substr(colon + 1));
    if (!number) return std::nullopt;
    return Person{party, ActorId{*number}};
  }
  return std::nullopt;
}
std::string print_person(Person person) {
  for (const auto& [word, party] : kParties)
    if (party == person.party)
      return std::string{word} + (person.actor ? ":" + std::to_string(person.actor.value) : "");
  return "nobody";
}
template <Party kParty>
constexpr Spelling kPerson{[](std::string_view text, const ProcedureFile&) -> std::optional<std::uint32_t> {
                             if (text == "nobody") return 0;
                             const auto person = read_person(text);
                             if (!person || person->party != kParty) return std::nullopt;
                             return person->actor.value;
                           },
                           [](std::uint32_t value, const ProcedureFile&) {
                             return value == 0 ? "nobody" : print_person({kParty, ActorId{value}});
                           }};

// ---- what stands where in a command and in an event ---------------------------------------------------

enum class Place : std::uint8_t { detail, other, aux, clock };

/// `width` bits of a field from bit `shift` on, under a key; without key, the bare value.
template <class Kind>
struct Field {
  Kind kind;
  std::string_view key;
  Place place;
  const Spelling* spelling;
  unsigned shift = 0, width = 32;
};

using C = CommandKind;
constexpr std::array kCommandFields{
    Field<C>{C::open_case, "matter", Place::aux, &kMatter},
    Field<C>{C::open_case, "amount", Place::detail, &kEuros},
    Field<C>{C::restart_case, "matter", Place::aux, &kMatter},
    Field<C>{C::restart_case, "of", Place::detail, &kNumber},
    Field<C>{C::send_message, "words", Place::detail, &kNumber, 16, 16},
    Field<C>{C::send_message, "answers", Place::detail, &kQuestions, 0, 16},
    Field<C>{C::send_message, "asks", Place::aux, &kNumber},
    Field<C>{C::send_message, "seen", Place::other, &kNumber},
    Field<C>{C::make_note, "words", Place::detail, &kNumber},
    Field<C>{C::ask_question, "asks", Place::aux, &kNumber},
    Field<C>{C::answer_question, "questions", Place::detail, &kQuestions},
    Field<C>{C::decline_question, "questions", Place::detail, &kQuestions},
    Field<C>{C::withdraw_question, "questions", Place::detail, &kQuestions},
    Field<C>{C::dispute_answer, "questions", Place::detail, &kQuestions},
    Field<C>{C::assign, "to", Place::detail, &kPerson<Party::desk>},
    Field<C>{C::assign, "as", Place::aux, &kWord<AssignReason>},
    Field<C>{C::propose_hand_off, "to", Place::detail, &kPerson<Party::desk>},
    Field<C>{C::propose_hand_off, "for", Place::aux, &kWord<HandOffReason>},
    Field<C>{C::decide_case, "outcome", Place::aux, &kWord<Decided>},
    Field<C>{C::decide_case, "seen", Place::other, &kNumber},
    Field<C>{C::refer_to_mediator, "to", Place::detail, &kPerson<Party::third>},
    Field<C>{C::end_mediation, "with", Place::aux, &kWord<MediationEnd>},
    Field<C>{C::propose_resolution, "seen", Place::other, &kNumber},
    Field<C>{C::accept_resolution, "seen", Place::other, &kNumber},
    Field<C>{C::close_case, "ground", Place::aux, &kWord<Ground>},
    Field<C>{C::close_case, "seen", Place::other, &kNumber},
    Field<C>{C::make_offer, "amount", Place::detail, &kEuros},
    Field<C>{C::make_offer, "conditions", Place::aux, &kOfferConditions},
    Field<C>{C::announce_restriction, "kind", Place::aux, &kWord<RestrictionKind>},
    Field<C>{C::announce_restriction, "before", Place::detail, &kNumber},
    Field<C>{C::apply_restriction, "kind", Place::aux, &kWord<RestrictionKind>},
    Field<C>{C::apply_restriction, "after", Place::detail, &kNumber},
    Field<C>{C::apply_restriction, "offer_elsewhere", Place::other, &kNumber, 0, 16},
    Field<C>{C::apply_restriction, "appeal_elsewhere", Place::other, &kNumber, 16, 16},
    Field<C>{C::note_cost, "kind", Place::aux, &kWord<CostKind>},
    Field<C>{C::note_cost, "amount", Place::detail, &kEuros},
    Field<C>{C::note_cost, "minutes", Place::detail, &kNumber},
    Field<C>{C::add_exhibit, "number", Place::detail, &kNumber},
    Field<C>{C::change_procedure, "to", Place::detail, &kNumber},
    Field<C>{C::change_procedure, "notice_days", Place::other, &kNumber},
    Field<C>{C::tick, "on", Place::aux, &kWord<Clock>},
    Field<C>{C::link_case, "to", Place::detail, &kNumber},
    Field<C>{C::link_case, "as", Place::aux, &kWord<Link>},
};

using E = EventKind;
constexpr std::array kEventFields{
    Field<E>{E::opened, "matter", Place::aux, &kMatter, 0, 5},
    Field<E>{E::opened, "level", Place::aux, &kNumber, 5, 3},
    Field<E>{E::opened, "amount", Place::detail, &kEuros},
    Field<E>{E::message_sent, "words", Place::detail, &kNumber},
    Field<E>{E::message_sent, "asks", Place::aux, &kNumber, 0, 4},
    Field<E>{E::message_sent, "passes", Place::aux, &kNumber, 7, 1},
    Field<E>{E::note_made, "words", Place::detail, &kNumber},
    Field<E>{E::question_asked, "", Place::detail, &kQuestions},
    Field<E>{E::question_answered, "", Place::detail, &kQuestions},
    Field<E>{E::question_declined, "", Place::detail, &kQuestions},
    Field<E>{E::question_withdrawn, "", Place::detail, &kQuestions},
    Field<E>{E::question_disputed, "", Place::detail, &kQuestions},
    Field<E>{E::assigned, "", Place::detail, &kPerson<Party::desk>},
    Field<E>{E::assigned, "", Place::aux, &kWord<AssignReason>},
    Field<E>{E::hand_off_proposed, "", Place::detail, &kPerson<Party::desk>},
    Field<E>{E::hand_off_proposed, "", Place::aux, &kWord<HandOffReason>},
    Field<E>{E::hand_off_accepted, "", Place::detail, &kPerson<Party::desk>},
    Field<E>{E::hand_off_refused, "", Place::detail, &kPerson<Party::desk>},
    Field<E>{E::hand_off_lapsed, "", Place::detail, &kPerson<Party::desk>},
    Field<E>{E::clock_started, "", Place::clock, &kWord<Clock>},
    Field<E>{E::clock_stopped, "", Place::clock, &kWord<Clock>},
    Field<E>{E::clock_reminded, "", Place::clock, &kWord<Clock>},
    Field<E>{E::clock_reminded, "", Place::aux, &kNumber},
    Field<E>{E::went_overdue, "", Place::clock, &kWord<Clock>},
    Field<E>{E::escalated, "level", Place::detail, &kNumber},
    Field<E>{E::escalated, "from", Place::aux, &kNumber},
    Field<E>{E::decided, "", Place::aux, &kWord<Decided>},
    Field<E>{E::referred_to_mediator, "", Place::detail, &kPerson<Party::third>},
    Field<E>{E::mediation_ended, "", Place::aux, &kWord<MediationEnd>},
    Field<E>{E::closed, "", Place::aux, &kWord<Ground>},
    Field<E>{E::restarted, "of", Place::detail, &kNumber},
    Field<E>{E::offer_made, "amount", Place::detail, &kEuros},
    Field<E>{E::offer_made, "conditions", Place::aux, &kOfferConditions},
    Field<E>{E::restriction_announced, "", Place::aux, &kWord<RestrictionKind>},
    Field<E>{E::restriction_announced, "before", Place::detail, &kNumber},
    Field<E>{E::restriction_took_effect, "", Place::aux, &kWord<RestrictionKind>, 0, 7},
    Field<E>{E::restriction_took_effect, "after", Place::detail, &kNumber},
    Field<E>{E::restriction_took_effect, "exception", Place::aux, &kNumber, 7, 1},
    Field<E>{E::cost_noted, "", Place::aux, &kWord<CostKind>},
    Field<E>{E::cost_noted, "", Place::detail, &kNumber},
    Field<E>{E::restriction_contested, "passes", Place::aux, &kNumber, 7, 1},
    Field<E>{E::exhibit_added, "number", Place::detail, &kNumber},
    Field<E>{E::exhibit_added, "passes", Place::aux, &kNumber, 7, 1},
    Field<E>{E::procedure_changed, "to", Place::detail, &kNumber},
    Field<E>{E::linked, "", Place::aux, &kWord<Link>},
    Field<E>{E::linked, "to", Place::detail, &kNumber},
};

/// The facts that a door establishes; several share a bit, each for its own command.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 13> kFacts{{{"reason", kFactReason},
                                                                            {"summary", kFactSummary},
                                                                            {"questions_listed", kFactQuestionsListed},
                                                                            {"facts", kFactFacts},
                                                                            {"ground", kFactGround},
                                                                            {"redress", kFactRedress},
                                                                            {"automatic", kFactAutomatic},
                                                                            {"gone", kFactGone},
                                                                            {"owner_absent", kFactOwnerAbsent},
                                                                            {"exception", kFactException},
                                                                            {"handed_in", kFactHandedIn},
                                                                            {"oversees", kFactOversees},
                                                                            {"seller_agrees", kFactSellerAgrees}}};

constexpr std::uint32_t mask(unsigned width) { return width >= 32 ? ~0U : (1U << width) - 1; }

template <class Record>
std::uint32_t place_of(const Record& record, Place place) {
  switch (place) {
    case Place::detail: return record.detail;
    case Place::aux: return record.aux;
    case Place::other:
      if constexpr (requires { record.other; }) return record.other;
      break;
    case Place::clock:
      if constexpr (requires { record.clock; }) return static_cast<std::uint32_t>(record.clock);
      break;
  }
  return 0;
}

template <class Record, class Kind>
bool put(Record& record, const Field<Kind>& field, std::uint32_t value) {
  if (value > mask(field.width)) return false;
  const std::uint32_t placed = value << field.shift;
  switch (field.place) {
    case Place::detail: record.detail |= placed; return true;
    case Place::aux: record.aux = static_cast<std::uint8_t>(record.aux | placed); return placed <= 0xFF;
    case Place::other:
      if constexpr (requires { record.other; }) record.other = placed;
      return true;
    case Place::clock:
      if constexpr (requires { record.clock; }) record.clock = static_cast<Clock>(placed);
      return true;
  }
  return false;
}

template <class Record, class Kind>
std::string print_field(const Record& record, const Field<Kind>& field, const ProcedureFile& file) {
  const std::uint32_t value = place_of(record, field.place) >> field.shift & mask(field.width);
  const std::string text = field.spelling->print(value, file);
  return field.key.empty() ? text : std::string{field.key} + "=" + text;
}

Error wrong(const std::string& word, const std::string& what) {
  return {Fault::unreadable, "\"" + word + "\" " + what};
}

/// "KEY=VALUE" into the field of that key.
template <class Record, class Fields>
Outcome read_pair(Record& record, const Fields& fields, const std::string& word, const ProcedureFile& file) {
  const std::size_t equals = word.find('=');
  const std::string_view key = std::string_view{word}.substr(0, equals);
  for (const auto& field : fields) {
    if (field.kind != record.kind || field.key != key || key.empty()) continue;
    const auto value = field.spelling->read(std::string_view{word}.substr(equals + 1), file);
    if (!value || !put(record, field, *value)) return wrong(word, "has no such value");
    return Done{};
  }
  std::string known;
  for (const auto& field : fields)
    if (field.kind == record.kind && !field.key.empty()) known += " " + std::string{field.key} + "=…";
  return wrong(word, "is not known of " + std::string{name(record.kind)} + (known.empty() ? "" : "; known:" + known));
}

}  // namespace

// ---- lines --------------------------------------------------------------------------------------------

std::vector<std::string> words_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

Result<Command> read_command(Words words, const ProcedureFile& file) {
  if (words.size() < 3) return Error{Fault::unreadable, "a command is written: INSTANT COMMAND PARTY KEY=VALUE …"};
  const auto at = parse_instant(words[0]);
  if (!at) return wrong(words[0], "is not an instant; write 2026-03-02T09:00Z");
  const auto kind = from_name<CommandKind>(words[1]);
  if (!kind) return wrong(words[1], "is not a command");
  const auto person = read_person(words[2]);
  if (!person) return wrong(words[2], "is nobody; write seller:7, agent:3, mediator:9 or clock");
  Command command{.at = *at,
                  .case_id = CaseId{1},
                  .actor = person->actor,
                  .text = {},
                  .detail = 0,
                  .other = 0,
                  .kind = *kind,
                  .party = person->party,
                  .aux = 0,
                  .facts = 0};
  for (const std::string& word : words.subspan(3)) {
    const auto fact = std::find_if(kFacts.begin(), kFacts.end(), [&](const auto& f) { return f.first == word; });
    if (fact != kFacts.end()) {
      command.facts = static_cast<std::uint8_t>(command.facts | fact->second);
    } else if (const Outcome read = read_pair(command, kCommandFields, word, file); !read) {
      return read.error();
    }
  }
  return command;
}

Result<Event> read_event(Words words, const ProcedureFile& file) {
  const auto at = words.size() < 2 ? std::nullopt : parse_instant(words[0]);
  if (!at) return Error{Fault::unreadable, "an event is written: INSTANT EVENT WORD … by PARTY"};
  const auto kind = from_name<EventKind>(words[1]);
  if (!kind || *kind == EventKind::none) return wrong(words[1], "is neither a command nor an event");
  Event event{};
  event.at = *at;
  event.case_id = CaseId{1};
  event.kind = *kind;
  std::size_t bare = 0;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "by" || words[i] == "due") {
      if (i + 1 == words.size()) return wrong(words[i], "lacks the word after it");
      const std::string& next = words[++i];
      const auto person = words[i - 1] == "by" ? read_person(next) : std::nullopt;
      const auto due = words[i - 1] == "due" ? parse_instant(next) : std::nullopt;
      if (!person && (!due || *due < *at)) return wrong(next, "cannot stand after \"" + words[i - 1] + "\"");
      if (person) {
        event.party = person->party;
        event.actor = person->actor;
      } else {
        event.detail = static_cast<std::uint32_t>((*due - *at).count() / 1000);
      }
    } else if (words[i].find('=') != std::string::npos) {
      if (const Outcome read = read_pair(event, kEventFields, words[i], file); !read) return read.error();
    } else {
      // The bare words of an event stand in the order of the table.
      const auto field = std::find_if(
          kEventFields.begin(), kEventFields.end(),
          [&, left = bare](const auto& f) mutable { return f.kind == event.kind && f.key.empty() && left-- == 0; });
      if (field == kEventFields.end()) return wrong(words[i], "is one word too many for " + words[1]);
      const auto value = field->spelling->read(words[i], file);
      if (!value || !put(event, *field, *value)) return wrong(words[i], "cannot stand here");
      ++bare;
    }
  }
  return event;
}

std::string print_event(const Event& event, const ProcedureFile& file) {
  std::string text{name(event.kind)};
  for (const auto& field : kEventFields)
    if (field.kind == event.kind) text += " " + print_field(event, field, file);
  if (event.kind == EventKind::clock_started)
    text += " due " + print_instant(Instant{Seconds{std::int64_t{second_at_or_after(event.at)} + event.detail}});
  return text + " by " + print_person({event.party, event.actor});
}

std::string print_command(const Command& command, const ProcedureFile& file) {
  std::string text = std::string{name(command.kind)} + " " + print_person({command.party, command.actor});
  for (const auto& field : kCommandFields)
    if (field.kind == command.kind && place_of(command, field.place) >> field.shift != 0)
      text += " " + print_field(command, field, file);
  std::uint8_t told = 0;
  for (const auto& [word, bit] : kFacts) {
    if ((command.facts & bit) != 0 && (told & bit) == 0) text += " " + std::string{word};
    told = static_cast<std::uint8_t>(told | bit);
  }
  return text;
}

std::vector<std::string> state_words(const CaseState& s, const ProcedureFile& file) {
  static constexpr std::array<std::string_view, 3> kProposals{"none", "by_seller", "by_desk"};
  static constexpr std::array<std::string_view, 7> kRestrictions{"none",
                                                                 "announced",
                                                                 "in_effect",
                                                                 "contested",
                                                                 "announced_contested",
                                                                 "termination_announced",
                                                                 "termination_contested"};
  static constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> kFlags{{{"answered", kAnswered},
                                                                                    {"appealed", kAppealed},
                                                                                    {"has_decision", kHasDecision},
                                                                                    {"offer_open", kOfferOpen},
                                                                                    {"unread", kUnread},
                                                                                    {"abandoned", kAbandoned},
                                                                                    {"successor", kSuccessor},
                                                                                    {"overdue", kOverdue}}};
  std::vector<std::string> words;
  const auto say = [&words](std::string_view key, std::string_view value) {
    words.push_back(std::string{key} + "=" + std::string{value});
  };
  const auto person = [&file](ActorId actor) { return kPerson<Party::desk>.print(actor.value, file); };
  say("phase", name(s.phase()));
  say("turn", name(s.turn()));
  say("proposal", kProposals.at(static_cast<std::size_t>(s.proposal())));
  say("restriction", kRestrictions.at(static_cast<std::size_t>(s.restriction())));
  say("matter", kMatter.print(s.matter(), file));
  say("level", std::to_string(s.level()));
  say("notices", std::to_string(s.notices()));
  say("hand_offs", std::to_string(s.hand_offs));
  say("version", std::to_string(s.version.value));
  say("owner", person(s.owner));
  say("other_person", person(s.other_person));
  say("decider", person(s.decider));
  say("seller_open", kQuestions.print(s.seller_open, file));
  say("seller_answered", kQuestions.print(s.seller_answered, file));
  say("desk_open", kQuestions.print(s.desk_open, file));
  say("adverse_not_before", print_instant(Instant{std::chrono::days{s.adverse_not_before}}).substr(0, 10));
  for (const auto& [word, flag] : kFlags) say(word, s.has(flag) ? "yes" : "no");
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    const auto instant = [](Instant at) { return at == kNever ? std::string{"never"} : print_instant(at); };
    say("due." + std::string{name(clock)}, instant(s.due_at(clock)));
    say("tick." + std::string{name(clock)}, instant(next_tick(s, clock, file.procedure)));
  }
  return words;
}

bool has_words(std::string_view event, Words wanted) {
  const std::vector<std::string> actual = words_of(event);
  std::size_t next = 0;
  for (const std::string& word : wanted) {
    const auto instant = parse_instant(word);
    const auto fits = [&](const std::string& have) {
      return have == word || have.starts_with(word + ":") || (instant && parse_instant(have) == instant);
    };
    // The kind of event stands first and nowhere else.
    if (next == 0 && (actual.empty() || actual[0] != word)) return false;
    while (next < actual.size() && !fits(actual[next])) ++next;
    if (next++ == actual.size()) return false;
  }
  return true;
}

}  // namespace guichet::cases
