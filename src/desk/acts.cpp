#include <guichet/desk/acts.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <guichet/base/digest.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/allot.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/fact_acts.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/mediators.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/formats/toml.hpp>

namespace guichet::desk {
namespace {

/// By its name's ending: what a double click starts as a program on somebody's machine. Blanks and dots at the end are
/// left out by Windows, and so here.
bool runs_when_opened(std::string_view name) {
  constexpr std::array<std::string_view, 24> kPrograms{"app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta",
                                                       "jar", "js",  "jse", "lnk", "msi", "msp", "pif", "ps1",
                                                       "reg", "scr", "url", "vbe", "vbs", "wsf", "wsh", "xll"};
  while (name.ends_with('.') || name.ends_with(' ')) name.remove_suffix(1);
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string_view::npos) return false;
  std::string ending(name.substr(dot + 1));
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return std::ranges::find(kPrograms, ending) != kPrograms.end();
}

using dossier::Words;
using namespace std::string_view_literals;

constexpr std::size_t kSummaryLinesMax = 5;
constexpr std::size_t kKeyBytesMax = 200;
constexpr unsigned kSlots = 16;

constexpr std::array kOutcomes{"granted"sv, "partly_granted"sv, "refused"sv};
constexpr std::array kWays{"internal"sv, "certified_body"sv, "court"sv};
constexpr std::array kConditions{"silence"sv, "withdrawal"sv, "waiver"sv};
constexpr std::array kRestrictions{"stock_limit"sv, "listing"sv, "funds"sv, "suspension"sv, "termination"sv, "other"sv};
constexpr std::array kHandOffReasons{"speciality"sv,           "absence"sv, "workload"sv, "language"sv,
                                     "conflict_of_interest"sv, "other"sv};
constexpr std::array kCosts{"hours"sv, "letter"sv, "fee"sv, "interest"sv, "other"sv};
constexpr std::array kMediationEnds{"agreement"sv, "no_agreement"sv};
constexpr std::array kSellerGrounds{"seller_wish"sv, "decision"sv};
constexpr std::array kDeskGrounds{"decision"sv, "seller_silence"sv, "desk_alone"sv};
constexpr std::array kLanguages{"fr"sv, "en"sv};
constexpr std::array kRelations{"related"sv, "continues_in"sv, "withdrawn"sv};

/// Collects the first fault while an act is made.
class Reading {
 public:
  Reading(const Acting& acting, const Fields& fields) : acting_(acting), fields_(fields) {}

  FieldFault fault;

  void wrong(std::string_view field, std::string_view what) {
    if (fault.field.empty()) fault = {std::string{field}, std::string{what}};
  }

  std::string line(std::string_view name, bool required = false) {
    std::string text = one_line(fields_.text(name));
    if (text.empty() && required) wrong(name, "missing");
    if (text.size() > kLineBytesMax) wrong(name, "too_long");
    return text;
  }
  std::string words(std::string_view name, bool required = false) {
    std::string text = fields_.text(name);
    if (text.empty() && required) wrong(name, "missing");
    if (text.size() > kWordsBytesMax) wrong(name, "too_long");
    return text;
  }
  std::vector<std::string> lines(std::string_view name) {
    std::vector<std::string> all = fields_.all(name);
    for (std::string& one : all) {
      one = one_line(one);
      if (one.size() > kWordsBytesMax) wrong(name, "too_long");
    }
    std::erase_if(all, [](const std::string& one) { return one.empty(); });
    if (all.size() > 15) wrong(name, "too_many_lines");
    return all;
  }
  std::uint32_t number(std::string_view name, bool required = false, std::int64_t most = 0xFFFF'FFFF) {
    if (fields_.text(name).empty()) {
      if (required) wrong(name, "missing");
      return 0;
    }
    const auto value = fields_.number(name);
    if (!value || *value < 0 || *value > most) {
      wrong(name, "not_a_number");
      return 0;
    }
    return static_cast<std::uint32_t>(*value);
  }
  /// In hundredths: as text in euros under `name`, or, by programs, as the whole number that they are told it in.
  /// One that is required is of something.
  std::uint32_t amount(std::string_view name, std::string_view hundredths, bool required = false) {
    const bool by_program = acting_.channel == ledger::Channel::api && !fields_.text(hundredths).empty();
    const auto of_something = [&](std::string_view field, std::uint32_t value) {
      if (required && value == 0) wrong(field, "zero");
      return value;
    };
    if (fields_.text(name).empty()) {
      if (by_program) return of_something(hundredths, number(hundredths));
      if (required) wrong(name, "missing");
      return 0;
    }
    if (by_program) wrong(hundredths, "given_twice");
    const auto value = fields_.cents(name);
    if (!value) wrong(name, "not_an_amount");
    return of_something(name, value.value_or(0));
  }
  /// The place of the word among `choices`.
  std::uint8_t choice(std::string_view name, std::span<const std::string_view> choices, bool required = true) {
    const std::string word = fields_.text(name);
    if (word.empty()) {
      if (required) wrong(name, "missing");
      return 0;
    }
    const auto found = std::ranges::find(choices, word);
    if (found == choices.end()) wrong(name, "no_such_choice");
    return static_cast<std::uint8_t>(found - choices.begin());
  }
  std::uint8_t flags(std::string_view name, std::span<const std::string_view> choices) {
    unsigned set = 0;
    for (const std::string& word : fields_.all(name)) {
      const auto found = std::ranges::find(choices, word);
      if (found == choices.end())
        wrong(name, "no_such_choice");
      else
        set |= 1U << (found - choices.begin());
    }
    return static_cast<std::uint8_t>(set);
  }
  std::uint32_t slots(std::string_view name, bool required = false) {
    std::uint32_t set = 0;
    for (const std::string& word : fields_.all(name)) {
      std::uint32_t slot = 0;
      for (const char c : word)
        slot = c >= '0' && c <= '9' && slot < 100 ? slot * 10 + static_cast<unsigned>(c - '0') : 100;
      if (slot >= kSlots)
        wrong(name, "no_such_choice");
      else
        set |= 1U << slot;
    }
    if (set == 0 && required) wrong(name, "missing");
    return set;
  }
  /// An active person of the desk.
  ActorId colleague(std::string_view name, bool required = true) {
    const ActorId id{number(name, required)};
    if (!id) return id;
    const auto person = acting_.people.person(id);
    if (!person || !person->active || party_of(person->role) != Party::desk)
      wrong(name, "no_such_person");
    else if (!can_answer(*person))
      wrong(name, "cannot_sign_in");
    return id;
  }
  std::vector<ledger::NewText> files() {
    std::vector<ledger::NewText> all;
    for (const SentFile& file : fields_.files()) {
      if (file.name.empty() && file.body.empty()) continue;  // a field left empty
      if (file.left_out) wrong(file.field, "left_out");
      if (runs_when_opened(file.name)) wrong(file.field, "file_runs");
      if (file.body.size() > acting_.house.file_bytes_max) wrong(file.field, "file_too_large");
      all.push_back({.kind = ledger::TextKind::file,
                     .author = acting_.person.id,
                     .name = utf8_cut(file.name, 200),
                     .media_type = utf8_cut(file.media_type, 100),
                     .body = file.body});
    }
    if (all.size() > acting_.house.files_max) wrong("files", "too_many_files");
    std::uint64_t together = 0;
    for (const ledger::NewText& file : all) together += file.body.size();
    if (together > acting_.house.files_together_max()) wrong("files", "too_large_together");
    return all;
  }
  /// The version of the case that the writer had read; the rules stop what comes too late.
  std::uint32_t seen() {
    const std::uint32_t version = number("seen");
    // What nobody can have read yet would slip past that.
    if (acting_.row != nullptr && version > acting_.row->state.version.value) wrong("seen", "no_such_version");
    return version;
  }
  /// Slots that are answered by this, or declined; those that a colleague has answered meanwhile are said so.
  std::uint32_t slots_to_answer(std::string_view name, bool required = false) {
    const std::uint32_t set = slots(name, required);
    const bool by_desk = party_of(acting_.person.role) == Party::desk;
    if (by_desk && acting_.row != nullptr && (set & acting_.row->state.seller_answered) != 0)
      wrong(name, "answered_already");
    return set;
  }
  bool checked(std::string_view name) const { return fields_.checked(name); }

  Words with_language(Words words) {
    words.language = fields_.text("language");
    if (!words.language.empty() && std::ranges::find(kLanguages, words.language) == kLanguages.end())
      wrong("language", "no_such_choice");
    if (words.language.empty())
      words.language = acting_.person.language ? std::string{formats::code(*acting_.person.language)} : std::string{};
    return words;
  }

 private:
  const Acting& acting_;
  const Fields& fields_;
};

ledger::NewText text_of(const Words& words, ledger::TextKind kind = ledger::TextKind::words) {
  return {
      .kind = kind, .author = {}, .name = {}, .media_type = "application/json", .body = dossier::words_as_json(words)};
}

Step step_of(CommandKind kind) {
  Step step;
  step.command.kind = kind;
  return step;
}

Step step_with(CommandKind kind, const Words& words) {
  Step step = step_of(kind);
  if (words != Words{.language = words.language}) step.text = text_of(words);
  return step;
}

void set_fact(Command& command, std::uint8_t fact, bool holds) {
  if (holds) command.facts = static_cast<std::uint8_t>(command.facts | fact);
}

/// A message with its questions, answers and files: the one way in which words go from one side to the other.
Step message_step(Reading& read, bool words_needed) {
  Words words = read.with_language({.body = read.words("body"), .questions = read.lines("questions")});
  Step step = step_of(CommandKind::send_message);
  const std::uint32_t answers = read.slots_to_answer("answers");
  step.attachments = read.files();
  if (words_needed && words.body.empty() && words.questions.empty()) read.wrong("body", "missing");
  std::uint32_t count = dossier::count_of_words(words.body);
  for (const std::string& question : words.questions) count += dossier::count_of_words(question);
  step.command.detail = answers | std::min<std::uint32_t>(count, 0xFFFF) << 16;
  step.command.aux = static_cast<std::uint8_t>(words.questions.size());
  step.command.other = read.seen();
  step.text = text_of(words);
  if (!step.attachments.empty())
    step.body_with_files = [words](const std::vector<TextId>& files) {
      Words with = words;
      with.files = files;
      return dossier::words_as_json(with);
    };
  return step;
}

FieldFault make_open(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const InForce& procedure = acting.procedures.at(acting.now);
  const auto& matters = procedure.file.matters;
  const std::string wanted = read.line("matter", true);
  const auto matter = std::ranges::find(matters, wanted, &rulebook::MatterText::id);
  if (!wanted.empty() && matter == matters.end()) read.wrong("matter", "no_such_choice");
  const std::string subject = read.line("subject", true);
  const std::uint32_t amount = read.amount("amount", "amount_cents");
  const CaseId predecessor{read.number("predecessor")};
  if (predecessor && !acting.sees(predecessor)) read.wrong("predecessor", "no_such_case");

  const bool restarts = predecessor && procedure.file.procedure.reopening.kind == Reopening::Kind::new_case;
  Step open = step_of(restarts ? CommandKind::restart_case : CommandKind::open_case);
  open.command.aux = matter == matters.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(matter - matters.begin());
  open.command.detail = restarts ? predecessor.value : amount;
  open.text = text_of(read.with_language({.subject = subject}));
  errand.steps.push_back(std::move(open));
  Step message = message_step(read, true);
  message.command.other = 0;
  errand.steps.push_back(std::move(message));
  if (predecessor && !restarts) {
    Step link = step_of(CommandKind::link_case);
    link.command.detail = predecessor.value;
    errand.steps.push_back(std::move(link));
  }
  return read.fault;
}

FieldFault make_message(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  errand.steps.push_back(message_step(read, true));
  return read.fault;
}

FieldFault make_third_message(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = message_step(read, true);
  // A mediator asks and answers in words; the questions of the case are the parties' own.
  step.command.detail &= 0xFFFF'0000U;
  step.command.aux = 0;
  step.command.other = 0;
  errand.steps.push_back(std::move(step));
  return read.fault;
}

template <CommandKind kind>
FieldFault make_tick_off(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Words words;
  words.body = read.words("body", kind == CommandKind::decline_question);
  Step step = step_with(kind, read.with_language(words));
  constexpr bool answers = kind == CommandKind::answer_question || kind == CommandKind::decline_question;
  step.command.detail = answers ? read.slots_to_answer("answers", true) : read.slots("answers", true);
  set_fact(step.command, kFactReason, !words.body.empty());
  errand.steps.push_back(std::move(step));
  return read.fault;
}

/// Acts that carry nothing but words, which may be missing.
template <CommandKind kind, bool needed = false>
FieldFault make_with_words(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Words words;
  words.body = read.words("body", needed);
  Step step = step_with(kind, read.with_language(words));
  if constexpr (kind == CommandKind::propose_resolution || kind == CommandKind::accept_resolution)
    step.command.other = read.seen();
  if constexpr (kind == CommandKind::refuse_hand_off) {
    set_fact(step.command, kFactReason, !words.body.empty());
    if (step.text) step.text->kind = ledger::TextKind::note;
  }
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_note(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Words words;
  words.body = read.words("body", true);
  Step step = step_of(CommandKind::make_note);
  step.command.detail = dossier::count_of_words(words.body);
  step.text = text_of(read.with_language(words), ledger::TextKind::note);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_mediation(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const auto& named = acting.procedures.of_case(acting.row->state).file.mediators;
  Words words;
  words.name = read.line("mediator", !named.empty());
  words.body = read.words("body");
  if (!words.name.empty() && std::ranges::find(named, words.name, &rulebook::Mediator::name) == named.end())
    read.wrong("mediator", "no_such_choice");
  Step step = step_of(CommandKind::refer_to_mediator);
  if (const auto mediator = mediator_named(acting.people, words.name)) {
    step.command.detail = mediator->id.value;
  } else if (read.fault.field.empty() && !words.name.empty()) {
    // Nobody here has that name yet: whoever gets it finds the case.
    Person to_come = mediator_to_come(words.name);
    to_come.id = acting.people.reserve_person();
    for (ledger::RecordChange& change : to_add(to_come)) errand.records.push_back(std::move(change));
    errand.house.push_back(house_note(acting.person.id, "person_expected", "person", to_come.id.value));
    step.command.detail = to_come.id.value;
  }
  set_fact(step.command, kFactSellerAgrees, read.checked("agreed"));
  step.text = text_of(read.with_language(words));
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_leave_mediation(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = step_with(CommandKind::end_mediation, read.with_language({.body = read.words("body")}));
  step.command.aux = static_cast<std::uint8_t>(MediationEnd::no_agreement);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_end_mediation(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = step_with(CommandKind::end_mediation, read.with_language({.body = read.words("body")}));
  step.command.aux = read.choice("outcome", kMediationEnds);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

/// An agreement takes an act of each side, and the second says which words it agrees to: what to do instead of closing
/// a case so.
std::string_view way_to_agree(const Acting& acting) {
  const Proposal proposal = acting.row != nullptr ? acting.row->state.proposal() : Proposal::none;
  if (proposal == Proposal::none) return "propose_first";
  const bool own = (proposal == Proposal::by_seller) == (party_of(acting.person.role) == Party::seller);
  return own ? "other_side_accepts" : "accept_instead";
}

FieldFault make_close(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const bool by_desk = party_of(acting.person.role) == Party::desk;
  if (fields.text("ground") == name(Ground::agreement)) read.wrong("ground", way_to_agree(acting));
  const std::span<const std::string_view> grounds =
      by_desk ? std::span<const std::string_view>{kDeskGrounds} : std::span<const std::string_view>{kSellerGrounds};
  const std::uint8_t chosen = read.choice("ground", grounds, by_desk);
  Step step = step_with(CommandKind::close_case, read.with_language({.body = read.words("body")}));
  const auto ground = from_name<Ground>(chosen < grounds.size() ? grounds[chosen] : grounds.front());
  step.command.aux = static_cast<std::uint8_t>(ground.value_or(Ground::seller_wish));
  step.command.other = by_desk ? read.seen() : 0;
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_offer(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = step_with(CommandKind::make_offer, read.with_language({.body = read.words("body", true)}));
  step.command.detail = read.amount("amount", "cents", true);
  step.command.aux = read.flags("conditions", kConditions);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

Words reasons(Reading& read) {
  return read.with_language({.body = read.words("body"),
                             .facts = read.words("facts"),
                             .ground = read.words("ground"),
                             .measure = read.words("measure"),
                             .unit = read.line("unit")});
}

FieldFault make_announce(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const Words words = reasons(read);
  Step step = step_with(CommandKind::announce_restriction, words);
  step.command.aux = read.choice("kind", kRestrictions);
  step.command.detail = read.number("before");
  set_fact(step.command, kFactFacts, !words.facts.empty());
  set_fact(step.command, kFactGround, !words.ground.empty());
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_apply(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const Words words = reasons(read);
  Step step = step_with(CommandKind::apply_restriction, words);
  step.command.aux = read.choice("kind", kRestrictions);
  step.command.detail = read.number("after");
  set_fact(step.command, kFactFacts, !words.facts.empty());
  set_fact(step.command, kFactGround, !words.ground.empty());
  const bool exception = read.checked("exception");
  if (exception && words.facts.empty()) read.wrong("facts", "missing");
  set_fact(step.command, kFactException, exception);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_cost(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = step_with(CommandKind::note_cost, read.with_language({.body = read.words("body")}));
  step.command.aux = read.choice("kind", kCosts);
  const bool hours = step.command.aux == static_cast<std::uint8_t>(CostKind::hours);
  step.command.detail = hours ? read.number("minutes", true, 10'000'000) : read.amount("amount", "cents", true);
  if (hours && step.command.detail == 0) read.wrong("minutes", "zero");
  errand.steps.push_back(std::move(step));
  return read.fault;
}

FieldFault make_desks_climb(const Acting& acting, const Fields& fields, Errand& errand) {
  const FieldFault fault = make_with_words<CommandKind::escalate>(acting, fields, errand);
  // Who oversees the owner may move what he leaves lying.
  for (Step& step : errand.steps) set_fact(step.command, kFactOversees, acting.person.role == Role::supervisor);
  return fault;
}

FieldFault make_exhibit(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  for (ledger::NewText& file : read.files()) {
    Step step = step_of(CommandKind::add_exhibit);
    set_fact(step.command, kFactHandedIn, true);
    step.text = std::move(file);
    errand.steps.push_back(std::move(step));
  }
  if (errand.steps.empty()) read.wrong("files", "missing");
  return read.fault;
}

AssignReason reason_to_take(const ledger::ShelfRow& row) {
  if (row.state.phase() == Phase::under_appeal) return AssignReason::appeal;
  return row.state.level() != 0 ? AssignReason::level : AssignReason::next_available;
}

FieldFault make_take(const Acting& acting, const Fields& /*fields*/, Errand& errand) {
  Step step = step_of(CommandKind::assign);
  step.command.detail = acting.person.id.value;
  const bool gone = owner_is_gone(acting.row->state, acting.people);
  step.command.aux = static_cast<std::uint8_t>(gone ? AssignReason::left : reason_to_take(*acting.row));
  set_fact(step.command, kFactGone, gone);
  errand.steps.push_back(std::move(step));
  return {};
}

FieldFault make_assign(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Step step = step_of(CommandKind::assign);
  step.command.detail = read.colleague("to").value;
  const auto owner = acting.people.person(acting.row->state.owner);
  const bool gone = owner_is_gone(acting.row->state, acting.people);
  const bool stands_in = !gone && owner && is_away(*owner, acting.now);
  step.command.aux = static_cast<std::uint8_t>(gone        ? AssignReason::left
                                               : stands_in ? AssignReason::substitute
                                                           : reason_to_take(*acting.row));
  set_fact(step.command, kFactGone, gone);
  set_fact(step.command, kFactOwnerAbsent, stands_in);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

/// Of those of a team who are there, the one with the fewest cases.
ActorId whoever_has_time(const Acting& acting, const std::string& team) {
  ActorId best;
  std::uint32_t least = UINT32_MAX;
  for (const auto& person : acting.people.of_team(team)) {
    if (is_away(*person, acting.now) || person->id == acting.row->state.owner) continue;
    if (const std::uint32_t load = acting.load_of(person->id); load < least) {
      least = load;
      best = person->id;
    }
  }
  return best;
}

FieldFault make_hand_off(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Words words;
  words.body = read.words("summary");
  words.questions = read.lines("questions");
  if (static_cast<std::size_t>(std::ranges::count(words.body, '\n')) >= kSummaryLinesMax)
    read.wrong("summary", "too_many_lines");
  Step step = step_with(CommandKind::propose_hand_off, read.with_language(words));
  // One agent writes it for the next: the seller is told who hands over to whom and why, not in which words.
  if (step.text) step.text->kind = ledger::TextKind::note;
  const std::string team = read.line("team");
  if (team.empty()) {
    step.command.detail = read.colleague("to").value;
  } else {
    const auto& teams = acting.procedures.of_case(acting.row->state).file.teams;
    if (std::ranges::find(teams, team) == teams.end()) read.wrong("team", "no_such_choice");
    step.command.detail = whoever_has_time(acting, team).value;
    if (step.command.detail == 0) read.wrong("team", "nobody_there");
  }
  // HandOffReason begins with "none".
  step.command.aux = fields.text("reason").empty()
                         ? std::uint8_t{0}
                         : static_cast<std::uint8_t>(read.choice("reason", kHandOffReasons) + 1);
  set_fact(step.command, kFactSummary, !words.body.empty());
  set_fact(step.command, kFactQuestionsListed, read.checked("questions_listed") || !words.questions.empty());
  errand.steps.push_back(std::move(step));
  return read.fault;
}

/// Where the procedure wants ways of redress named, those that it lists: whoever names some of them alone tells the
/// seller that there are no others. A decision on an appeal leaves no appeal inside the house.
bool leaves_a_way_out(const Acting& acting, const std::vector<std::string>& named) {
  const rulebook::ProcedureFile& file = acting.procedures.of_case(acting.row->state).file;
  if (!file.procedure.decision.redress_needed) return false;
  const bool on_appeal = acting.row->state.phase() == Phase::under_appeal;
  return std::ranges::any_of(file.declares.redress, [&](const std::string& way) {
    return std::ranges::find(named, way) == named.end() && !(on_appeal && way == kWays.front());
  });
}

FieldFault make_decide(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  Words words = reasons(read);
  const std::uint8_t ways = read.flags("redress", kWays);
  for (std::size_t i = 0; i < kWays.size(); ++i)
    if ((ways >> i & 1U) != 0) words.redress.emplace_back(kWays[i]);
  if (ways != 0 && leaves_a_way_out(acting, words.redress)) read.wrong("redress", "ways_left_out");
  Step step = step_with(CommandKind::decide_case, words);
  step.command.aux = read.choice("outcome", kOutcomes);
  step.command.other = read.seen();
  set_fact(step.command, kFactFacts, !words.facts.empty());
  set_fact(step.command, kFactGround, !words.ground.empty());
  set_fact(step.command, kFactRedress, ways != 0);
  errand.steps.push_back(std::move(step));
  return read.fault;
}

/// The last word on how this case stands to the other; none when it is not linked or no longer.
const Event* link_to(const LinksOfCase& links, CaseId other) {
  const Event* last = nullptr;
  for (const Event& event : links.events)
    if (event.detail == other.value) last = &event;
  return last == nullptr || last->aux == static_cast<std::uint8_t>(Link::withdrawn) ? nullptr : last;
}

FieldFault make_link(const Acting& acting, const Fields& fields, Errand& errand) {
  Reading read(acting, fields);
  const CaseId here = acting.row->case_id, other{read.number("other", true)};
  Step step = step_with(CommandKind::link_case, read.with_language({.body = read.words("body")}));
  step.command.detail = other.value;
  step.command.aux = read.choice("relation", kRelations, false);
  const auto as = static_cast<Link>(step.command.aux);
  if (other && !acting.sees(other)) read.wrong("other", "no_such_case");
  if (!read.fault.field.empty()) return read.fault;
  const auto own = acting.links(here), theirs = acting.links(other);
  const Event* standing = own ? link_to(*own, other) : nullptr;
  if (as == Link::withdrawn) {
    if (standing == nullptr)
      read.wrong("other", "not_linked");
    else if (standing->party != party_of(acting.person.role))
      read.wrong("other", "linked_by_other_side");
  } else if (theirs && theirs->account != acting.row->account) {
    // The seller would be sent to a case that is not there for him.
    read.wrong("other", "of_another_account");
  } else if (standing != nullptr && (as == Link::related || standing->aux == step.command.aux)) {
    read.wrong("other", "linked_already");
  }
  errand.steps.push_back(std::move(step));
  // The other case points back, so that each shows the other, and no longer when that was a mistake.
  const bool points_back = theirs && link_to(*theirs, here) != nullptr;
  if (points_back != (as == Link::withdrawn)) return read.fault;
  Errand back;
  back.channel = errand.channel;
  back.person = errand.person;
  back.party = errand.party;
  back.case_id = other;
  back.steps.push_back(step_of(CommandKind::link_case));
  back.steps.back().command.detail = here.value;
  if (as == Link::withdrawn) back.steps.back().command.aux = static_cast<std::uint8_t>(Link::withdrawn);
  errand.afterwards.push_back(std::move(back));
  return read.fault;
}

// ---- the table -----------------------------------------------------------------------------------------

constexpr ActField kBody{"body", FieldKind::words, false, {}, "the words"};
constexpr ActField kBodyNeeded{"body", FieldKind::words, true, {}, "the words"};
constexpr ActField kSeen{
    "seen", FieldKind::number, false, {}, "the version of the case that was read; stale acts are refused"};
constexpr ActField kAnswers{
    "answers", FieldKind::questions, false, {}, "slots of the other side's questions, answered by this"};
constexpr ActField kSlots_{"answers", FieldKind::questions, true, {}, "slots of the questions meant"};
constexpr ActField kQuestions{"questions", FieldKind::lines, false, {}, "own questions, one each"};
constexpr ActField kFiles{"files", FieldKind::files, false, {}, "files that go with it"};
constexpr ActField kLanguage{"language", FieldKind::choice, false, kLanguages, "of the words: fr or en"};
constexpr ActField kFacts{"facts", FieldKind::words, false, {}, "the specific facts relied on"};
constexpr ActField kGround{"ground", FieldKind::words, false, {}, "the clause of the terms or of the law"};
constexpr ActField kMeasure{"measure", FieldKind::words, false, {}, "what is done, and for how long"};
constexpr ActField kUnit{"unit", FieldKind::line, false, {}, "of the quantities: units, cubic metres …"};

constexpr std::array kOpenFields{
    ActField{"matter", FieldKind::line, true, {}, "a matter of the procedure, by its id"},
    ActField{"subject", FieldKind::line, true, {}, "what the case is called"},
    ActField{"amount", FieldKind::cents, false, {}, "at stake, in euros: \"99.50\""},
    ActField{"amount_cents", FieldKind::hundredths, false, {}, "the same in cents: 9950; one of both"},
    kBodyNeeded,
    kQuestions,
    kFiles,
    ActField{"predecessor", FieldKind::case_number, false, {}, "a case on the same matter"},
    kLanguage};
constexpr std::array kMessageFields{kBody, kAnswers, kQuestions, kFiles, kLanguage};
constexpr std::array kReplyFields{kBody, kAnswers, kQuestions, kFiles, kSeen, kLanguage};
constexpr std::array kThirdFields{kBodyNeeded, kFiles, kLanguage};
constexpr std::array kSlotFields{kSlots_};
constexpr std::array kSlotWordsFields{kSlots_, kBody, kLanguage};
constexpr std::array kWordsFields{kBody, kLanguage};
constexpr std::array kNeededFields{kBodyNeeded, kLanguage};
constexpr std::array kSeenFields{kBody, kSeen, kLanguage};
constexpr std::array kProposeFields{kBodyNeeded, kSeen, kLanguage};
constexpr std::array kMediationFields{ActField{"mediator", FieldKind::line, true, {}, "one that the procedure names"},
                                      kBody, kLanguage};
constexpr std::array kDeskMediationFields{
    ActField{"mediator", FieldKind::line, true, {}, "one that the procedure names"},
    ActField{"agreed", FieldKind::flag, true, {}, "the seller has agreed"}, kBody, kLanguage};
constexpr std::array kEndFields{ActField{"outcome", FieldKind::choice, true, kMediationEnds, "how it ended"}, kBody,
                                kLanguage};
constexpr std::array kCloseFields{ActField{"ground", FieldKind::choice, false, kSellerGrounds,
                                           "why; else seller_wish; an agreement is made by accept"},
                                  kBody, kLanguage};
constexpr std::array kDeskCloseFields{
    ActField{"ground", FieldKind::choice, true, kDeskGrounds, "why; an agreement is made by accept"}, kBody, kSeen,
    kLanguage};
constexpr std::array kOfferFields{
    ActField{"cents", FieldKind::hundredths, false, {}, "the amount, in cents: 5000; this or amount is needed"},
    ActField{"amount", FieldKind::cents, false, {}, "the same in euros: \"50.00\""},
    ActField{"conditions", FieldKind::flags, false, kConditions, "what is asked in return"}, kBodyNeeded, kLanguage};
constexpr std::array kAnnounceFields{ActField{"kind", FieldKind::choice, true, kRestrictions, "of the measure"},
                                     ActField{"before", FieldKind::number, false, {}, "the quantity before"},
                                     kUnit,
                                     kFacts,
                                     kGround,
                                     kMeasure,
                                     kBody,
                                     kLanguage};
constexpr std::array kApplyFields{
    ActField{"kind", FieldKind::choice, true, kRestrictions, "of the measure"},
    ActField{"after", FieldKind::number, false, {}, "the quantity from now on"},
    ActField{"exception", FieldKind::flag, false, {}, "an exception of P2B art. 4(4), proven in the facts"},
    kUnit,
    kFacts,
    kGround,
    kMeasure,
    kBody,
    kLanguage};
constexpr std::array kCostFields{
    ActField{"kind", FieldKind::choice, true, kCosts, "of the cost"},
    ActField{"minutes", FieldKind::number, false, {}, "for hours"},
    ActField{"cents", FieldKind::hundredths, false, {}, "for the others, in cents: 5000; this or amount is needed"},
    ActField{"amount", FieldKind::cents, false, {}, "the same in euros: \"50.00\""},
    kBody,
    kLanguage};
constexpr std::array kExhibitFields{ActField{"files", FieldKind::files, true, {}, "one exhibit each"}};
constexpr std::array kAssignFields{ActField{"to", FieldKind::person, true, {}, "a person of the desk"}};
constexpr std::array kHandOffFields{
    ActField{"to", FieldKind::person, false, {}, "a person of the desk; this or a team"},
    ActField{"team", FieldKind::line, false, {}, "a team: whoever of it is there and has the fewest cases is asked"},
    ActField{"reason", FieldKind::choice, false, kHandOffReasons, "why"},
    ActField{"summary", FieldKind::words, false, {}, "where the case stands, in five lines at most"},
    ActField{"questions", FieldKind::lines, false, {}, "the open questions, as the next person has to know them"},
    ActField{"questions_listed", FieldKind::flag, false, {}, "the open questions are in the summary"},
    kLanguage};
constexpr std::array kDecideFields{
    ActField{"outcome", FieldKind::choice, true, kOutcomes, "of the decision"},
    kFacts,
    kGround,
    kMeasure,
    ActField{"redress", FieldKind::flags, false, kWays, "the ways of redress named in it"},
    kBody,
    kSeen,
    kLanguage};
constexpr std::array kLinkFields{ActField{"other", FieldKind::case_number, true, {}, "the other case"},
                                 ActField{"relation", FieldKind::choice, false, kRelations, "else related"}, kBody,
                                 kLanguage};

constexpr std::array kActs{
    // The seller's.
    ActSpec{"open", Right::act_as_seller, true, kOpenFields, make_open, "Open a case"},
    ActSpec{"message", Right::act_as_seller, false, kMessageFields, make_message, "Write to the desk"},
    ActSpec{"answer", Right::act_as_seller, false, kSlotFields, make_tick_off<CommandKind::answer_question>,
            "Say that questions of the desk are answered"},
    ActSpec{"decline", Right::act_as_seller, false, kSlotWordsFields, make_tick_off<CommandKind::decline_question>,
            "Decline to answer questions, with the reason"},
    ActSpec{"withdraw", Right::act_as_seller, false, kSlotFields, make_tick_off<CommandKind::withdraw_question>,
            "Withdraw own questions"},
    ActSpec{"dispute", Right::act_as_seller, false, kSlotWordsFields, make_tick_off<CommandKind::dispute_answer>,
            "This does not answer my question"},
    ActSpec{"escalate", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::escalate>,
            "Make the case climb one level"},
    ActSpec{"appeal", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::appeal_decision>,
            "Appeal the decision"},
    ActSpec{"mediation", Right::act_as_seller, false, kMediationFields, make_mediation, "Refer the case to a mediator"},
    ActSpec{"leave-mediation", Right::act_as_seller, false, kWordsFields, make_leave_mediation, "Leave the mediation"},
    ActSpec{"propose", Right::act_as_seller, false, kNeededFields,
            make_with_words<CommandKind::propose_resolution, true>, "Propose how to settle the case"},
    ActSpec{"accept", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::accept_resolution>,
            "Accept the desk's proposal"},
    ActSpec{"refuse", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::refuse_resolution>,
            "Refuse the desk's proposal"},
    ActSpec{"close", Right::act_as_seller, false, kCloseFields, make_close, "Close the case by own wish"},
    ActSpec{"reopen", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::reopen_case>,
            "Reopen the case"},
    ActSpec{"accept-offer", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::accept_offer>,
            "Accept the offer with its conditions"},
    ActSpec{"refuse-offer", Right::act_as_seller, false, kWordsFields, make_with_words<CommandKind::refuse_offer>,
            "Refuse the offer"},
    ActSpec{"contest", Right::act_as_seller, false, kNeededFields,
            make_with_words<CommandKind::contest_restriction, true>, "Contest a restriction"},
    ActSpec{"cost", Right::act_as_seller, false, kCostFields, make_cost, "Note what the case has cost"},
    ActSpec{"exhibit", Right::act_as_seller, false, kExhibitFields, make_exhibit, "Add exhibits"},
    ActSpec{"link", Right::act_as_seller, false, kLinkFields, make_link,
            "Link another case of the account, or say that this was a mistake"},
    ActSpec{"fact", Right::act_as_seller, false, kFactFields, make_fact, "State a fact, or an own one anew"},
    ActSpec{"dispute-fact", Right::act_as_seller, false, kDisputeFactFields, make_dispute_fact,
            "Dispute a fact of the other side, with the other version"},
    ActSpec{"concede-fact", Right::act_as_seller, false, kFactNumberFields, make_concede_fact,
            "No longer dispute a fact of the other side"},
    ActSpec{"archive-fact", Right::act_as_seller, false, kArchiveFactFields, make_archive_fact,
            "Take an own fact out of the list; it stays in the history"},
    ActSpec{"restore-fact", Right::act_as_seller, false, kFactNumberFields, make_restore_fact,
            "Put an own fact back into the list"},
    ActSpec{"claim", Right::act_as_seller, false, kClaimFields, make_claim,
            "Say what is claimed in this case, for its costs and interest"},
    // The desk's.
    ActSpec{"message", Right::act_as_desk, false, kReplyFields, make_message, "Write to the seller"},
    ActSpec{"note", Right::act_as_desk, false, kNeededFields, make_note, "Make a note inside the desk"},
    ActSpec{"answer", Right::act_as_desk, false, kSlotFields, make_tick_off<CommandKind::answer_question>,
            "Tick questions of the seller as answered"},
    ActSpec{"decline", Right::act_as_desk, false, kSlotWordsFields, make_tick_off<CommandKind::decline_question>,
            "Decline questions, with the reason"},
    ActSpec{"withdraw", Right::act_as_desk, false, kSlotFields, make_tick_off<CommandKind::withdraw_question>,
            "Withdraw own questions"},
    ActSpec{"take", Right::act_as_desk, false, {}, make_take, "Take the case"},
    ActSpec{"assign", Right::act_as_desk, false, kAssignFields, make_assign, "Give the case to somebody"},
    ActSpec{"hand-off", Right::act_as_desk, false, kHandOffFields, make_hand_off, "Propose to hand the case off"},
    ActSpec{"accept-hand-off",
            Right::act_as_desk,
            false,
            {},
            make_with_words<CommandKind::accept_hand_off>,
            "Accept a hand-off"},
    ActSpec{"refuse-hand-off", Right::act_as_desk, false, kNeededFields,
            make_with_words<CommandKind::refuse_hand_off, true>, "Refuse a hand-off, with the reason"},
    ActSpec{"escalate", Right::act_as_desk, false, kWordsFields, make_desks_climb, "Make the case climb one level"},
    ActSpec{"decide", Right::decide, false, kDecideFields, make_decide, "Decide the case or the appeal"},
    ActSpec{"mediation", Right::act_as_desk, false, kDeskMediationFields, make_mediation,
            "Refer the case to a mediator, the seller agreeing"},
    ActSpec{"leave-mediation", Right::act_as_desk, false, kWordsFields, make_leave_mediation, "Leave the mediation"},
    ActSpec{"propose", Right::act_as_desk, false, kProposeFields,
            make_with_words<CommandKind::propose_resolution, true>, "Propose how to settle the case"},
    ActSpec{"accept", Right::act_as_desk, false, kSeenFields, make_with_words<CommandKind::accept_resolution>,
            "Accept the seller's proposal"},
    ActSpec{"refuse", Right::act_as_desk, false, kWordsFields, make_with_words<CommandKind::refuse_resolution>,
            "Refuse the seller's proposal"},
    ActSpec{"close", Right::act_as_desk, false, kDeskCloseFields, make_close,
            "Close the case, where the procedure gives that right"},
    ActSpec{"reopen", Right::act_as_desk, false, kWordsFields, make_with_words<CommandKind::reopen_case>,
            "Reopen the case"},
    ActSpec{"offer", Right::act_as_desk, false, kOfferFields, make_offer, "Make an offer, with its conditions"},
    ActSpec{"announce", Right::restrict_seller, false, kAnnounceFields, make_announce,
            "Announce a restriction on the account"},
    ActSpec{"apply", Right::restrict_seller, false, kApplyFields, make_apply, "Put a restriction into effect"},
    ActSpec{"lift", Right::restrict_seller, false, kWordsFields, make_with_words<CommandKind::lift_restriction>,
            "Lift a restriction"},
    ActSpec{"cost", Right::act_as_desk, false, kCostFields, make_cost, "Note what the case has cost"},
    ActSpec{"exhibit", Right::act_as_desk, false, kExhibitFields, make_exhibit, "Add exhibits"},
    ActSpec{"link", Right::act_as_desk, false, kLinkFields, make_link,
            "Link another case, let it go on there, or say that this was a mistake"},
    ActSpec{"fact", Right::act_as_desk, false, kFactFields, make_fact, "State a fact, or an own one anew"},
    ActSpec{"dispute-fact", Right::act_as_desk, false, kDisputeFactFields, make_dispute_fact,
            "Dispute a fact of the other side, with the other version"},
    ActSpec{"concede-fact", Right::act_as_desk, false, kFactNumberFields, make_concede_fact,
            "No longer dispute a fact of the other side"},
    ActSpec{"archive-fact", Right::act_as_desk, false, kArchiveFactFields, make_archive_fact,
            "Take an own fact out of the list; it stays in the history"},
    ActSpec{"restore-fact", Right::act_as_desk, false, kFactNumberFields, make_restore_fact,
            "Put an own fact back into the list"},
    ActSpec{"claim", Right::act_as_desk, false, kClaimFields, make_claim,
            "Say what is claimed in this case, for its costs and interest"},
    // The mediator's.
    ActSpec{"message", Right::act_as_third, false, kThirdFields, make_third_message, "Write to both sides"},
    ActSpec{"exhibit", Right::act_as_third, false, kExhibitFields, make_exhibit, "Add exhibits"},
    ActSpec{"end-mediation", Right::act_as_third, false, kEndFields, make_end_mediation, "End the mediation"},
};

/// Whether a field of this kind is written so.
bool fits(FieldKind field, const SentAs& sent) {
  using Kind = SentAs::Kind;
  switch (field) {
    case FieldKind::line:
    case FieldKind::words:
    case FieldKind::choice: return sent.kind == Kind::text && !sent.listed;
    case FieldKind::flags:
    case FieldKind::lines: return sent.kind == Kind::text;
    case FieldKind::questions:
    case FieldKind::case_numbers: return sent.kind == Kind::text || sent.kind == Kind::number;
    case FieldKind::cents: return sent.kind == Kind::text && !sent.listed;
    case FieldKind::hundredths: return sent.kind == Kind::number && !sent.listed;
    case FieldKind::number:
    case FieldKind::person:
    case FieldKind::case_number: return (sent.kind == Kind::text || sent.kind == Kind::number) && !sent.listed;
    case FieldKind::files: return sent.kind == Kind::file;
    case FieldKind::flag: return sent.kind != Kind::file && !sent.listed;
  }
  return false;
}

std::uint64_t fingerprint_of(const ActSpec& spec, const Acting& acting, const Fields& fields) {
  RunningDigest digest;
  const auto add = [&digest](std::string_view text) {
    digest.add(text.size());
    digest.add(std::as_bytes(std::span{text}));
  };
  add(spec.name);
  digest.add(acting.row != nullptr ? acting.row->case_id.value : 0U);
  for (const auto& [name, value] : fields.values())
    if (name != "csrf" && name != "once") {
      add(name);
      add(value);
    }
  for (const SentFile& file : fields.files()) {
    add(file.name);
    add(file.body);
  }
  return digest.value();
}

}  // namespace

std::span<const ActSpec> all_acts() { return kActs; }

const ActSpec* act_for(std::string_view name, Role role) {
  for (const ActSpec& spec : kActs)
    if (spec.name == name && may(role, spec.right)) return &spec;
  return nullptr;
}

FieldFault fault_of_sent(std::span<const ActField> known, const Fields& fields) {
  // The form's own token, and the key of a request when no header brings it.
  constexpr std::array kAlways{"csrf"sv, "once"sv};
  const auto is_known = [&](std::string_view name) {
    return std::ranges::find(known, name, &ActField::name) != known.end() ||
           std::ranges::find(kAlways, name) != kAlways.end();
  };
  const auto unknown = [&](const std::string& name) {
    std::vector<std::string> names;
    for (const ActField& field : known) names.emplace_back(field.name);
    return FieldFault{name, "unknown_field", formats::nearest_word(name, names)};
  };
  for (const auto& [name, value] : fields.values())
    if (!is_known(name)) return unknown(name);
  for (const SentFile& file : fields.files())
    if (!is_known(file.field)) return unknown(file.field);
  for (const SentAs& sent : fields.sent_as())
    for (const ActField& field : known)
      if (field.name == sent.name && !fits(field.kind, sent)) return {sent.name, "other_kind"};
  return {};
}

std::optional<LinksOfCase> links_of(ledger::Reader& reader, CaseId case_id) {
  const auto file = reader.case_file(case_id);
  if (!file || !*file) return std::nullopt;
  LinksOfCase links{.account = (*file)->row.account, .events = {}};
  for (const ledger::KeptEvent& kept : (*file)->events)
    if (kept.event.kind == EventKind::linked) links.events.push_back(kept.event);
  return links;
}

Acting acting_of(const Visit& visit, const ledger::ShelfRow* row) {
  return {.person = *visit.person,
          .channel = visit.api ? ledger::Channel::api : ledger::Channel::web,
          .house = visit.shared.house,
          .procedures = *visit.shared.procedures,
          .people = *visit.shared.people,
          .now = visit.now,
          .row = row,
          .sees = [&visit](CaseId other) { return visit.visible_case(other).has_value(); },
          .load_of =
              [&visit](ActorId person) {
                constexpr std::uint64_t kManyCases = 1'000;
                constexpr auto kLiving = static_cast<std::uint8_t>(~(1U << static_cast<unsigned>(Phase::closed)));
                const auto count = visit.reader.count({.owner = person, .phases = kLiving}, kManyCases);
                return static_cast<std::uint32_t>(count ? *count : kManyCases);
              },
          .facts = [&visit, row]() -> dossier::FactsTold {
            if (row == nullptr) return {};
            const auto seen = see_case(visit, row->case_id);
            return seen && *seen ? dossier::facts_of((*seen)->timeline) : dossier::FactsTold{};
          },
          .links = [&visit](CaseId case_id) { return links_of(visit.reader, case_id); }};
}

FieldFault make_errand(const ActSpec& spec, const Acting& acting, const Request& request, const Fields& fields,
                       Errand& errand) {
  errand.channel = acting.channel;
  errand.person = acting.person.id;
  errand.party = party_of(acting.person.role);
  errand.account = acting.person.account;
  if (acting.row != nullptr) errand.case_id = acting.row->case_id;
  const FieldFault fault = spec.make(acting, fields, errand);
  if (!fault.field.empty()) return fault;

  const std::string* header = request.header("idempotency-key");
  const std::string once = header != nullptr ? *header : fields.raw("once");
  if (once.size() > kKeyBytesMax) return {"idempotency-key", "too_long"};
  if (!once.empty()) {
    errand.key = std::to_string(acting.person.id.value) + ":" + once;
    errand.fingerprint = fingerprint_of(spec, acting, fields);
  }
  if (!spec.opens)
    errand.visible = [person = acting.person](const ledger::ShelfRow& row) { return may_see(person, row); };
  return {};
}

}  // namespace guichet::desk
