#include <guichet/desk/letters.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/core/refusal.hpp>
#include <guichet/desk/case_lines.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/ledger/proving.hpp>

namespace guichet::desk {
namespace {

using dossier::Words;
using formats::Phrases;

constexpr std::array<std::string_view, 12> kKindNames{"hand_over", "state",    "clock",   "reminder",
                                                      "words",     "proposal", "offer",   "restriction",
                                                      "hand_off",  "decision", "promise", "refusal"};
constexpr std::size_t kActsLookedAt = 64;
constexpr std::size_t kWordsBytesMax = 4'000;
constexpr std::size_t kLineColumns = 76;

/// Of the desk's own clocks, those that the seller waits for.
bool is_promise(Clock clock) {
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer:
    case Clock::decision:
    case Clock::appeal_decision:
    case Clock::level: return true;
    case Clock::seller_reply:
    case Clock::acceptance:
    case Clock::appeal_window:
    case Clock::mediation:
    case Clock::offer:
    case Clock::reopening:
    case Clock::cooling: return false;
  }
  return false;
}

/// What a member of the seller's account is told of: what others did, and what runs out.
std::optional<LetterKind> tells_seller(const Event& e) {
  const bool own = e.party == Party::seller;
  switch (e.kind) {
    case EventKind::message_sent: return own ? std::nullopt : std::optional{LetterKind::words};
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined: return own ? std::nullopt : std::optional{LetterKind::words};
    case EventKind::assigned: return e.detail != 0 ? std::optional{LetterKind::hand_over} : std::nullopt;
    case EventKind::hand_off_accepted: return LetterKind::hand_over;
    case EventKind::clock_reminded:
      return e.clock == Clock::seller_reply ? std::optional{LetterKind::reminder} : std::nullopt;
    case EventKind::went_overdue:
      return is_promise(e.clock) || e.clock == Clock::seller_reply ? std::optional{LetterKind::clock} : std::nullopt;
    case EventKind::decided: return LetterKind::decision;
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused: return own ? std::nullopt : std::optional{LetterKind::proposal};
    case EventKind::offer_made:
    case EventKind::offer_lapsed: return LetterKind::offer;
    case EventKind::restriction_announced:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_lifted: return LetterKind::restriction;
    case EventKind::escalated:
    case EventKind::closed:
    case EventKind::reopened:
    case EventKind::referred_to_mediator:
    case EventKind::mediation_ended: return own ? std::nullopt : std::optional{LetterKind::state};
    case EventKind::procedure_changed: return LetterKind::state;
    case EventKind::none:
    case EventKind::opened:
    case EventKind::note_made:
    case EventKind::question_withdrawn:
    case EventKind::question_disputed:
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed:
    case EventKind::clock_started:
    case EventKind::clock_stopped:
    case EventKind::appealed:
    case EventKind::abandoned:
    case EventKind::restarted:
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::restriction_contested:
    case EventKind::cost_noted:
    case EventKind::exhibit_added:
    case EventKind::linked: return std::nullopt;
  }
  return std::nullopt;
}

/// What the one who answers for the case is told of: what the seller and third parties did.
std::optional<LetterKind> tells_owner(const Event& e) {
  const bool from_outside = e.party == Party::seller || e.party == Party::third;
  switch (e.kind) {
    case EventKind::message_sent:
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::question_disputed: return from_outside ? std::optional{LetterKind::words} : std::nullopt;
    // By itself; a file of a message comes with it.
    case EventKind::exhibit_added: return (e.aux & kTurnPasses) != 0 ? std::optional{LetterKind::words} : std::nullopt;
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused: return from_outside ? std::optional{LetterKind::proposal} : std::nullopt;
    case EventKind::offer_accepted:
    case EventKind::offer_refused: return LetterKind::offer;
    case EventKind::restriction_contested: return LetterKind::restriction;
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed: return LetterKind::hand_off;
    case EventKind::escalated:
    case EventKind::appealed:
    case EventKind::closed:
    case EventKind::reopened:
    case EventKind::referred_to_mediator:
    case EventKind::mediation_ended: return from_outside ? std::optional{LetterKind::state} : std::nullopt;
    case EventKind::went_overdue: return is_promise(e.clock) ? std::optional{LetterKind::clock} : std::nullopt;
    case EventKind::none:
    case EventKind::opened:
    case EventKind::note_made:
    case EventKind::question_withdrawn:
    case EventKind::assigned:
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_accepted:
    case EventKind::clock_started:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::decided:
    case EventKind::abandoned:
    case EventKind::restarted:
    case EventKind::offer_made:
    case EventKind::offer_lapsed:
    case EventKind::restriction_announced:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_lifted:
    case EventKind::cost_noted:
    case EventKind::procedure_changed:
    case EventKind::linked: return std::nullopt;
  }
  return std::nullopt;
}

/// The more pressing of the two.
void raise(std::optional<LetterKind>& kind, std::optional<LetterKind> other) {
  if (other && (!kind || *other > *kind)) kind = other;
}

formats::Language language_of(const Person& person, const MailSettings& settings) {
  if (person.language) return *person.language;
  for (const std::string& code : person.languages)
    if (const auto language = formats::language_from(code)) return *language;
  return settings.language;
}

/// Sentences of ours in lines that fit any window; words of people are left as they are.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, blank - at);
    const std::size_t length = utf8_length(word);
    if (columns > 0 && columns + 1 + length > kLineColumns) {
      out += '\n';
      columns = 0;
    } else if (columns > 0) {
      out += ' ';
      ++columns;
    }
    out += word;
    columns += length;
    at = blank + 1;
  }
  return out;
}

/// Words of people, moved in a little so that they stand apart from ours.
std::string moved_in(std::string_view words) {
  std::string out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t feed = std::min(words.find('\n', at), words.size());
    const std::string_view line = words.substr(at, feed - at);
    if (!line.empty()) (out += "  ") += line;
    out += '\n';
    at = feed + 1;
  }
  return out;
}

class Writer {
 public:
  Writer(const Letter& letter, const LetterDesk& desk, const Person& person, const ledger::ShelfRow& row, Instant now)
      : letter_(letter),
        desk_(desk),
        person_(person),
        row_(row),
        procedure_(desk.procedures.of_case(row.state)),
        phrases_(language_of(person, desk.settings)),
        zone_(zone_of(procedure_.file)),
        now_(now) {
    shared_.people = &desk.people;
    shared_.procedures = &desk.procedures;
  }

  Result<std::optional<intake::mail::Outgoing>> write() {
    if (letter_.kind == LetterKind::promise) {
      if (!promise()) return std::optional<intake::mail::Outgoing>{};
    } else if (letter_.kind == LetterKind::refusal) {
      refusal();
    } else {
      GUICHET_TRY(any, happenings());
      if (!any) return std::optional<intake::mail::Outgoing>{};
    }
    standing();
    return std::optional{finished()};
  }

 private:
  std::string say(std::string_view key, std::initializer_list<formats::Argument> arguments = {}) const {
    return phrases_(key, arguments);
  }
  bool seller() const { return person_.role == Role::seller; }
  std::string case_address() const { return fmt::format("{}/cases/{}", desk_.house.base_url, row_.case_id.value); }

  void paragraph(std::string_view text) {
    if (text.empty()) return;
    if (!text_.empty()) text_ += '\n';
    text_ += text;
    if (!text_.ends_with('\n')) text_ += '\n';
  }

  bool promise() {
    // What was kept meanwhile is not warned of.
    if (row_.state.due_at(letter_.clock) != letter_.due || letter_.due <= now_) return false;
    paragraph(wrapped(say("mail.promise", {{"clock", say(fmt::format("clock.{}", guichet::name(letter_.clock)))},
                                           {"moment", moment_in_words(phrases_, zone_, letter_.due)},
                                           {"distance", distance_in_words(phrases_, now_, letter_.due)}})));
    return true;
  }

  void refusal() {
    paragraph(wrapped(say("mail.not_taken")));
    const std::string key = "refusal." + letter_.refusal;
    if (phrases_.has(key)) paragraph(wrapped(say(key)));
  }

  /// What the acts say to this person; false when that is nothing.
  Result<bool> happenings() {
    GUICHET_TRY(acts, desk_.reader.acts_from(letter_.act, kActsLookedAt));
    if (acts.empty() || acts.front().act.number != letter_.act) return false;
    const Instant moment = acts.front().act.recorded;
    bool any = false;
    for (const ledger::NewAct& act : acts) {
      if (act.act.recorded != moment) break;
      if (act.act.case_id != letter_.case_id || act.act.person == person_.id) continue;
      const bool message =
          std::ranges::any_of(act.events, [](const Event& event) { return event.kind == EventKind::message_sent; });
      for (const Event& event : act.events) {
        if (!tells(event, person_, row_)) continue;
        // A message says itself what it asks and answers.
        const bool within = event.kind == EventKind::question_asked || event.kind == EventKind::question_answered;
        if (message && within) continue;
        GUICHET_TRY(told, happening(event, act));
        any = any || told;
      }
    }
    return any;
  }

  Result<bool> happening(const Event& event, const ledger::NewAct& act) {
    dossier::Entry entry;
    entry.event = event;
    const Request nobody;
    Visit visit{.shared = shared_,
                .request = nobody,
                .reader = desk_.reader,
                .session = {},
                .person = {},
                .phrases = phrases_,
                .now = now_,
                .captures = {},
                .fields = {}};
    const TextId text = event.text ? event.text : act.act.command ? act.act.command->text : TextId{};
    std::optional<Words> words;
    if (text) {
      auto found = desk_.reader.text(text);
      if (!found && found.error().fault != Fault::not_found) return found.error();
      // Notes are the desk's; files and mails are named by the words beside them.
      if (found &&
          (found->kind == ledger::TextKind::words ||
           (found->kind == ledger::TextKind::note && sees_the_inside(person_))) &&
          !found->erased)
        words = dossier::words_or_plain(found->body, found->media_type);
    }
    // A mail may have been found to be another account's before anybody was told of it.
    if (words && words->mail && !sees_the_inside(person_)) {
      GUICHET_TRY(file, desk_.reader.case_file(letter_.case_id));
      if (!file || is_withheld(person_, moved_mails(*file), text)) words.reset();
    }
    paragraph(wrapped(event_sentence(visit, entry, procedure_)));
    if (words && desk_.settings.quote_words) quote(*words);
    return true;
  }

  void quote(const Words& words) {
    std::string said;
    const auto part = [&](std::string_view label, const std::string& text) {
      if (text.empty()) return;
      if (!said.empty()) said += "\n";
      if (!label.empty()) said += say(label) + "\n";
      said += text + "\n";
    };
    part("", words.body);
    for (std::size_t i = 0; i < words.questions.size(); ++i)
      part(i == 0 ? "mail.questions" : "", fmt::format("{}. {}", i + 1, words.questions[i]));
    part("mail.facts", words.facts);
    part("mail.ground", words.ground);
    part("mail.measure", words.measure);
    if (said.empty()) return;
    const bool cut = said.size() > kWordsBytesMax;
    paragraph(moved_in(cut ? utf8_cut(said, kWordsBytesMax) : said));
    if (cut) paragraph(wrapped(say("mail.cut")));
    if (!words.files.empty())
      paragraph(wrapped(phrases_.counted("mail.files", static_cast<std::int64_t>(words.files.size()))));
  }

  /// Who must do what until when.
  void standing() {
    const Hearer hearer{
        .phrases = phrases_, .zone = zone_, .people = desk_.people, .now = now_, .me = person_.id, .seller = seller()};
    paragraph("* * *");
    paragraph(wrapped(line_one(hearer, row_, procedure_)));
    paragraph(wrapped(line_two(hearer, row_, procedure_)));
  }

  /// What the person keeps of the step: under the mail's signature, where nobody has to read it.
  void receipt() {
    if (letter_.act == 0) return;
    // A mail without it is better than none.
    const auto receipt = ledger::receipt_of_act(desk_.reader, letter_.act);
    if (!receipt) return;
    paragraph(wrapped(say("receipts.mail", {{"act", std::to_string(letter_.act)}})));
    paragraph(proof::print_receipt(*receipt));
  }

  intake::mail::Outgoing finished() {
    paragraph(say("mail.link", {{"url", case_address()}}));
    if (desk_.settings.replies && seller())
      paragraph(wrapped(say("mail.reply.seller")));
    else if (desk_.settings.replies && letter_.kind == LetterKind::words)
      paragraph(wrapped(say(person_.role == Role::mediator ? "mail.reply.third" : "mail.reply.desk")));
    else
      paragraph(wrapped(say("mail.reply.nobody")));
    const std::string profile = desk_.house.base_url + "/profile";
    paragraph(fmt::format("-- \n{}\n{}", desk_.settings.name, wrapped(say("mail.footer", {{"url", profile}}))));
    receipt();
    intake::mail::Outgoing mail;
    mail.from = {desk_.settings.name, desk_.settings.address};
    mail.to = {person_.name, person_.email};
    const std::string number = std::to_string(row_.case_id.value);
    mail.subject = row_.subject.empty() ? say("mail.subject.bare", {{"n", number}})
                                        : say("mail.subject", {{"n", number}, {"subject", row_.subject}});
    mail.text = std::move(text_);
    mail.date = letter_.queued;
    mail.message_id = letter_.id;
    mail.in_reply_to = letter_.in_reply_to;
    mail.references = letter_.references;
    mail.list_name = desk_.settings.name;
    mail.list_id = desk_.settings.list_id;
    if (profile.starts_with("https://")) mail.stop_address = profile;
    return mail;
  }

  const Letter& letter_;
  const LetterDesk& desk_;
  const Person& person_;
  const ledger::ShelfRow& row_;
  const InForce& procedure_;
  Phrases phrases_;
  std::string zone_;
  Instant now_;
  Shared shared_;
  std::string text_;
};

}  // namespace

std::string_view name(LetterKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<LetterKind> letter_kind_from(std::string_view word) {
  const auto found = std::ranges::find(kKindNames, word);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<LetterKind>(found - kKindNames.begin());
}

ledger::Record to_record(const Letter& letter, std::string_view kind, Instant at) {
  formats::JsonWriter json(0);
  json.begin_object();
  json.key("to").value(letter.to.value).key("case").value(letter.case_id.value).key("act").value(letter.act);
  json.key("kind").value(name(letter.kind)).key("queued").value(print_instant(letter.queued));
  if (letter.kind == LetterKind::promise)
    json.key("clock").value(guichet::name(letter.clock)).key("due").value(print_instant(letter.due));
  if (!letter.refusal.empty()) json.key("refusal").value(letter.refusal);
  if (!letter.in_reply_to.empty()) json.key("in_reply_to").value(letter.in_reply_to);
  json.key("references").begin_array();
  for (const std::string& id : letter.references) json.value(id);
  json.end_array().key("attempts").value(letter.attempts);
  if (!letter.fault.empty()) json.key("fault").value(letter.fault);
  json.end_object();
  return {.kind = std::string(kind), .key = letter.id, .owner = letter.to.value, .at = at, .body = json.take()};
}

Result<Letter> letter_from(const ledger::Record& record) {
  GUICHET_TRY(said, formats::parse_json(record.body, "letter " + record.key));
  const auto text = [&](std::string_view key) {
    const formats::JsonValue* value = said.find(key);
    return value != nullptr ? value->text : std::string{};
  };
  const auto number = [&](std::string_view key) -> std::uint64_t {
    const formats::JsonValue* value = said.find(key);
    return value != nullptr && value->integer > 0 ? static_cast<std::uint64_t>(value->integer) : 0;
  };
  const auto kind = letter_kind_from(text("kind"));
  if (!kind) return Error{Fault::unreadable, "letter " + record.key + ": of no kind that is known here"};
  Letter letter;
  letter.id = record.key;
  letter.to = ActorId{static_cast<std::uint32_t>(number("to"))};
  letter.case_id = CaseId{static_cast<std::uint32_t>(number("case"))};
  letter.act = number("act");
  letter.kind = *kind;
  letter.queued = parse_instant(text("queued")).value_or(Instant{});
  if (*kind == LetterKind::promise) {
    letter.clock = from_name<Clock>(text("clock")).value_or(Clock::next_answer);
    letter.due = parse_instant(text("due")).value_or(kNever);
  }
  letter.refusal = text("refusal");
  letter.in_reply_to = text("in_reply_to");
  if (const formats::JsonValue* references = said.find("references"))
    for (const formats::JsonValue& id : references->items) letter.references.push_back(id.text);
  letter.attempts = static_cast<std::uint32_t>(number("attempts"));
  letter.fault = text("fault");
  return letter;
}

bool takes_mails(const Person& person) {
  return person.active && person.mails && intake::mail::is_mail_address(person.email);
}

std::optional<LetterKind> tells(const Event& event, const Person& person, const ledger::ShelfRow& row) {
  if (!may_see(person, row) || (event.actor && event.actor == person.id)) return std::nullopt;
  if (person.role == Role::seller) return tells_seller(event);
  std::optional<LetterKind> kind;
  const ActorId named{event.detail};
  if (person.role == Role::mediator) {
    if (event.kind == EventKind::referred_to_mediator && named == person.id) return LetterKind::state;
    const bool words = event.kind == EventKind::message_sent && event.party != Party::third;
    return words && row.state.phase() == Phase::in_mediation ? std::optional{LetterKind::words} : std::nullopt;
  }
  if (row.state.owner == person.id) raise(kind, tells_owner(event));
  if (named == person.id) {
    if (event.kind == EventKind::assigned) raise(kind, LetterKind::hand_over);
    if (event.kind == EventKind::hand_off_proposed) raise(kind, LetterKind::hand_off);
    if (event.kind == EventKind::hand_off_accepted) raise(kind, LetterKind::hand_off);  // it was his
  }
  return kind;
}

std::vector<Concerned> concerned(std::span<const ledger::NewAct> acts, const ledger::ShelfRow& row,
                                 const People& people) {
  // Whoever could be told of anything; the table above says of what.
  std::map<std::uint32_t, std::shared_ptr<const Person>> persons;
  const auto add = [&](const std::shared_ptr<const Person>& person) {
    if (person && takes_mails(*person)) persons.emplace(person->id.value, person);
  };
  for (const auto& member : people.members(row.account)) add(member);
  add(people.person(row.state.owner));
  add(people.person(row.mediator));
  for (const ledger::NewAct& act : acts)
    for (const Event& event : act.events)
      if (event.kind == EventKind::assigned || event.kind == EventKind::hand_off_proposed ||
          event.kind == EventKind::hand_off_accepted)
        add(people.person(ActorId{event.detail}));
  std::vector<Concerned> out;
  for (const auto& [id, person] : persons) {
    std::optional<LetterKind> kind;
    for (const ledger::NewAct& act : acts)
      if (act.act.channel != ledger::Channel::import && act.act.person != person->id)
        for (const Event& event : act.events) raise(kind, tells(event, *person, row));
    if (kind) out.push_back({.person = ActorId{id}, .kind = *kind});
  }
  return out;
}

std::string letter_id(const Letter& letter, std::string_view secret, std::string_view domain) {
  const std::string what =
      letter.kind == LetterKind::promise   ? fmt::format("due{}", letter.due.time_since_epoch().count() / 1000)
      : letter.kind == LetterKind::refusal ? fmt::format("mail-{}", digest_of(letter.in_reply_to).substr(0, 12))
                                           : std::to_string(letter.act);
  const std::string plain = fmt::format("{}.{}.{}.{}", letter.case_id.value, what, name(letter.kind), letter.to.value);
  return fmt::format("{}.{}@{}", plain, keyed_digest(secret, plain).substr(0, 12), domain);
}

Result<std::optional<intake::mail::Outgoing>> write_letter(const Letter& letter, const LetterDesk& desk, Instant now) {
  const auto person = desk.people.person(letter.to);
  if (!person || !takes_mails(*person)) return std::optional<intake::mail::Outgoing>{};
  GUICHET_TRY(row, desk.reader.row(letter.case_id));
  if (!row || !may_see(*person, *row)) return std::optional<intake::mail::Outgoing>{};
  return Writer(letter, desk, *person, *row, now).write();
}

}  // namespace guichet::desk
