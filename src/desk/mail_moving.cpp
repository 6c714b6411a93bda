#include <guichet/desk/mail_moving.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <guichet/base/digest.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/intake/mail/mailbox.hpp>

namespace guichet::desk {
namespace {

/// A mail that is put from case to case for ever is not followed for ever.
constexpr std::size_t kHopsMax = 64;
constexpr std::size_t kReasonBytesMax = 20'000;

const ledger::Text* text_of(const ledger::CaseFile& file, TextId id) {
  const auto found = std::ranges::lower_bound(file.texts, id, {}, &ledger::Text::id);
  return found == file.texts.end() || found->id != id ? nullptr : &*found;
}

dossier::Words words_of(const ledger::Text& text) { return dossier::words_or_plain(text.body, text.media_type); }

const Event* event_of(const ledger::CaseFile& file, std::uint32_t version) {
  for (const ledger::KeptEvent& kept : file.events)
    if (kept.event.version.value == version) return &kept.event;
  return nullptr;
}

/// The words of a message, its bytes and its files; these are numbered behind the words (clerk.cpp), which still holds
/// when the words that name them were erased.
std::vector<TextId> texts_of(const ledger::CaseFile& file, const Event& message) {
  std::vector<TextId> all{message.text};
  const ledger::Text* text = text_of(file, message.text);
  if (text != nullptr && !text->body.empty()) {
    const dossier::Words words = words_of(*text);
    if (words.mail) all.push_back(words.mail);
    all.insert(all.end(), words.files.begin(), words.files.end());
    return all;
  }
  // An import keeps them before their label.
  const auto act = std::ranges::find(file.events, message.version, [](const auto& kept) { return kept.event.version; });
  const auto known =
      act == file.events.end() ? file.acts.end() : std::ranges::find(file.acts, act->act, &ledger::Act::number);
  const bool before = known != file.acts.end() && known->channel == ledger::Channel::import;
  for (TextId next = message.text;;) {
    before ? --next.value : ++next.value;
    text = text_of(file, next);
    if (text == nullptr || (text->kind != ledger::TextKind::mail && text->kind != ledger::TextKind::file)) break;
    all.push_back(next);
  }
  return all;
}

Step note_step(std::string said, formats::Language language, const dossier::MovedMail& moved) {
  dossier::Words words;
  words.body = std::move(said);
  words.language = formats::code(language);
  words.moved = moved;
  Step step;
  step.command.kind = CommandKind::make_note;
  step.command.detail = dossier::count_of_words(words.body);
  step.text = ledger::NewText{.kind = ledger::TextKind::note,
                              .author = {},
                              .name = {},
                              .media_type = "application/json",
                              .body = dossier::words_as_json(words)};
  return step;
}

Step link_step(CaseId other) {
  Step step;
  step.command.kind = CommandKind::link_case;
  step.command.detail = other.value;
  return step;
}

/// A place where the mail stands by mistake.
struct Wrong {
  CaseId case_id;
  std::uint32_t message{};
  bool across = false;
  std::string when;  // it came there, in words
};

/// This case and, when the mail leaves its account, those of other accounts where it stood before.
Result<std::vector<Wrong>> wrong_places(Visit& visit, const ledger::CaseFile& file, const Event& message,
                                        const MovedMails& moved, ledger::AccountId goes_to) {
  std::vector<Wrong> all{{.case_id = file.row.case_id,
                          .message = message.version.value,
                          .across = file.row.account != goes_to,
                          .when = moment_words(visit, message.at)}};
  auto from = moved.from.find(message.version.value);
  std::optional<MovedMails::Origin> origin;
  if (from != moved.from.end()) origin = from->second;
  for (std::size_t hops = 0; origin && hops < kHopsMax; ++hops) {
    GUICHET_TRY(before, visit.reader.case_file(origin->case_id));
    if (!before) break;
    const Event* there = event_of(*before, origin->message);
    if (there == nullptr) break;
    const MovedMails then = moved_mails(*before);
    const auto taken = then.taken.find(origin->message);
    if (before->row.account != goes_to && (taken == then.taken.end() || !taken->second.across))
      all.push_back({.case_id = origin->case_id,
                     .message = origin->message,
                     .across = true,
                     .when = moment_words(visit, there->at)});
    from = then.from.find(origin->message);
    origin = from == then.from.end() ? std::nullopt : std::optional{from->second};
  }
  return all;
}

/// Once for each message, whoever does it.
std::string key_of(CaseId old, Version message) { return fmt::format("moved:{}.{}", old.value, message.value); }

std::uint64_t fingerprint_of(const MailMove& move) {
  RunningDigest digest;
  digest.add(move.to.value);
  for (const std::string* text : {&move.matter, &move.subject}) {
    digest.add(text->size());
    digest.add(std::as_bytes(std::span{*text}));
  }
  return digest.value();
}

struct Looked {
  std::optional<MovableMail> mail;
  std::string_view stays;
};

/// What the desk wrote in a case that lives here was sent in it and read in it. Out of a mailbox it is history, and an
/// import may have put it into the wrong case as anybody's.
Looked looked_at(const ledger::CaseFile& file, const MovedMails& moved, Version message) {
  const Event* event = event_of(file, message.value);
  if (event == nullptr || event->kind != EventKind::message_sent || moved.taken.contains(message.value)) return {};
  const ledger::Text* text = text_of(file, event->text);
  if (text == nullptr || (text->kind != ledger::TextKind::words && text->kind != ledger::TextKind::label)) return {};
  const bool imported = text->kind == ledger::TextKind::label;
  MovableMail mail{.message = message,
                   .actor = event->actor,
                   .party = event->party,
                   .came = event->at,
                   .words = words_of(*text),
                   .imported = imported,
                   .into_living = event->party == Party::seller && !(imported && dossier::is_by_program(text->body))};
  const ledger::Text* raw = mail.words.mail ? text_of(file, mail.words.mail) : nullptr;
  if (raw == nullptr || raw->kind != ledger::TextKind::mail) return {};
  if (raw->erased || text->erased) return {.mail = {}, .stays = "erased"};
  if (!imported && event->party == Party::desk) return {.mail = {}, .stays = "desk"};
  if (!imported && event->party != Party::seller) return {.mail = {}, .stays = "third"};
  if (const auto came = parse_instant(mail.words.came)) mail.came = *came;
  return {.mail = std::move(mail), .stays = {}};
}

/// The mail as the label of an import, for another case.
Step told_mail(const MovableMail& mail, dossier::Label label, const intake::mail::Message& read, const std::string& raw,
               std::string matched, const House& house) {
  label.matched = std::move(matched);
  label.came = print_instant(mail.came);
  label.turn = Turn::nobody;
  Step step;
  step.told = true;
  step.command.kind = CommandKind::send_message;
  step.command.actor = mail.actor;
  step.command.party = mail.party;
  step.command.detail = std::min<std::uint32_t>(label.words, 0xFFFF) << 16U;
  step.text = ledger::NewText{.kind = ledger::TextKind::label,
                              .author = mail.actor,
                              .name = {},
                              .media_type = "application/json",
                              .body = dossier::label_as_json(label)};
  step.attachments.push_back(
      {.kind = ledger::TextKind::mail, .author = mail.actor, .name = {}, .media_type = "message/rfc822", .body = raw});
  std::size_t files = 0;
  for (const intake::mail::Attachment& attachment : read.attachments) {
    if (attachment.body.empty() || attachment.body.size() > house.file_bytes_max || ++files > house.files_max) continue;
    step.attachments.push_back({.kind = ledger::TextKind::file,
                                .author = mail.actor,
                                .name = attachment.name,
                                .media_type = attachment.media_type,
                                .body = attachment.body});
  }
  step.body_with_files = [label = std::move(label)](const std::vector<TextId>& kept) {
    dossier::Label with = label;
    with.mail = kept.front();
    with.files.assign(kept.begin() + 1, kept.end());
    return dossier::label_as_json(with);
  };
  return step;
}

/// A case that is opened for history: nobody's turn, no promise.
Step told_opening(const MovableMail& mail, const std::string& subject) {
  dossier::Label about;
  about.subject = subject;
  about.added = true;
  Step step;
  step.told = true;
  step.command.kind = CommandKind::open_case;
  step.command.actor = mail.actor;
  step.command.party = mail.party;
  step.text = ledger::NewText{.kind = ledger::TextKind::label,
                              .author = mail.actor,
                              .name = {},
                              .media_type = "application/json",
                              .body = dossier::label_as_json(about)};
  return step;
}

}  // namespace

MovedMails moved_mails(const ledger::CaseFile& file) {
  MovedMails all;
  std::uint32_t message = 0;
  for (const ledger::KeptEvent& kept : file.events) {
    if (kept.event.kind == EventKind::message_sent) message = kept.event.version.value;
    if (kept.event.kind != EventKind::note_made) continue;
    const ledger::Text* text = text_of(file, kept.event.text);
    if (text == nullptr || text->kind != ledger::TextKind::note || text->body.find("\"moved\"") == std::string::npos)
      continue;
    const dossier::Words words = words_of(*text);
    if (!words.moved) continue;
    if (words.moved->from) {
      // The note stands right behind the message that it is about.
      all.from[message] = {.case_id = words.moved->from, .message = words.moved->message};
    } else if (const Event* about = event_of(file, words.moved->message)) {
      MovedMails::Taken& taken = all.taken[words.moved->message];
      taken.mail = {.to = words.moved->to, .by = kept.event.actor, .at = kept.event.at};
      taken.across |= words.moved->across;
      taken.texts = texts_of(file, *about);
    }
  }
  return all;
}

std::vector<TextId> texts_of_mail(const ledger::CaseFile& file, const Event& message) {
  return texts_of(file, message);
}

bool withheld_from(const Person& person, const MovedMails::Taken& taken) {
  return taken.across && !sees_the_inside(person);
}

bool is_withheld(const Person& person, const MovedMails& moved, TextId text) {
  return std::ranges::any_of(moved.taken, [&](const auto& one) {
    return withheld_from(person, one.second) && std::ranges::find(one.second.texts, text) != one.second.texts.end();
  });
}

std::vector<TextId> withheld_texts(const ledger::CaseFile& file) {
  std::vector<TextId> all;
  for (const auto& [message, taken] : moved_mails(file).taken)
    if (taken.across) all.insert(all.end(), taken.texts.begin(), taken.texts.end());
  return all;
}

std::string_view stays_because(const ledger::CaseFile& file, const MovedMails& moved, Version message) {
  return looked_at(file, moved, message).stays;
}

std::optional<MovableMail> movable_mail(const ledger::CaseFile& file, const MovedMails& moved, Version message) {
  return looked_at(file, moved, message).mail;
}

std::shared_ptr<const Person> seller_behind(const People& people, const intake::mail::Message& mail) {
  if (mail.from.size() != 1 || mail.from.front().address.empty()) return nullptr;
  auto person = people.by_email(intake::mail::lower_case(mail.from.front().address));
  return person && person->role == Role::seller && person->account ? person : nullptr;
}

Result<std::optional<CaseId>> moved_before(ledger::Reader& reader, CaseId old, Version message, const MailMove& move) {
  GUICHET_TRY(receipt, reader.receipt(key_of(old, message)));
  if (!receipt || receipt->fingerprint != fingerprint_of(move)) return std::optional<CaseId>{};
  return std::optional{receipt->case_id};
}

Result<MailMoved> move_mail(Visit& visit, const ledger::CaseFile& file, Version message, const MailMove& move) {
  MailMoved out;
  const auto wrong = [&out](std::string_view field, std::string_view fault) -> MailMoved& {
    out.fault = {std::string(field), std::string(fault)};
    return out;
  };
  const MovedMails moved = moved_mails(file);
  const auto mail = movable_mail(file, moved, message);
  if (!mail) return wrong("message", "no_such_mail");
  if (move.reason.empty()) return wrong("reason", "missing");
  if (move.reason.size() > kReasonBytesMax) return wrong("reason", "too_long");
  GUICHET_TRY(raw, visit.reader.text(mail->words.mail));
  const intake::mail::Message read = intake::mail::read_message(raw.body);

  // Words follow whoever wrote them: to no account but his own, or that of which another system said that they are.
  const auto seller = mail->party == Party::seller ? seller_behind(*visit.shared.people, read) : nullptr;
  const ledger::AccountId here = file.row.account;
  ledger::AccountId account = seller && !mail->imported ? seller->account : here;
  bool as_history = mail->imported;
  std::uint8_t matter = 0;
  std::shared_ptr<const Person> opener;
  if (move.to) {
    const auto row = visit.visible_case(move.to);
    if (!row || move.to == file.row.case_id) return wrong("case", "no_such_case");
    account = row->account;
    if (seller && account != seller->account && !(mail->imported && account == here))
      return wrong("case", "not_of_the_sender");
    if (!seller && account != here && !move.checked) return wrong("checked", "missing");
    as_history = mail->imported && !row->state.procedure;
    if (mail->imported && !as_history && !mail->into_living) return wrong("case", "only_as_history");
    opener = visit.shared.people->person(row->opener);
  } else {
    const auto& matters = visit.shared.procedures->at(visit.now).file.matters;
    const auto found = std::ranges::find(matters, move.matter, &rulebook::MatterText::id);
    if (!as_history && found == matters.end()) return wrong("matter", "no_such_choice");
    if (move.subject.empty()) return wrong("subject", "missing");
    if (!as_history) matter = static_cast<std::uint8_t>(found - matters.begin());
  }
  auto member = seller && seller->account == account ? seller : nullptr;
  if (!member && !mail->imported) member = account == here ? visit.shared.people->person(mail->actor) : opener;
  if (mail->imported && !as_history && !member) {
    // Whom the import alone knows keeps his name, and writes as the seller whose case it is.
    Person known;
    if (const auto person = visit.shared.people->person(mail->actor)) known = *person;
    known.id = mail->actor;
    known.role = Role::seller;
    known.account = account;
    member = std::make_shared<const Person>(std::move(known));
  }
  if (!as_history && (!member || !member->id || member->account != account)) return wrong("case", "no_such_person");

  const bool across = account != here;
  const CaseId old = file.row.case_id;
  // What another account's case is called is the desk's to know.
  std::string matched = matched_by_hand(move.by.name, across ? CaseId{} : old);
  if (as_history) {
    GUICHET_TRY(label, dossier::label_from_json(text_of(file, event_of(file, message.value)->text)->body));
    out.errand.channel = ledger::Channel::mail;
    out.errand.person = mail->actor;
    out.errand.party = mail->party;
    out.errand.account = account;
    out.errand.case_id = move.to;
    if (!move.to) out.errand.steps.push_back(told_opening(*mail, move.subject));
    out.errand.steps.push_back(
        told_mail(*mail, std::move(label), read, raw.body, std::move(matched), visit.shared.house));
  } else {
    const MailWords words{.person = *member,
                          .case_id = move.to,
                          .account = account,
                          .matter = matter,
                          .subject = move.subject,
                          .matched = std::move(matched),
                          .arrival = mail->words.arrival,
                          .came = print_instant(mail->came)};
    out.errand = errand_of_mail(read, raw.body, {}, words, visit.shared.house);
  }
  out.errand.key = key_of(old, message);
  out.errand.fingerprint = fingerprint_of(move);
  if (move.to) out.errand.visible = [by = move.by](const ledger::ShelfRow& row) { return may_see(by, row); };
  out.errand.house.push_back(house_note(move.by.id, "mail_moved", "case", old.value));

  const Event* event = event_of(file, message.value);
  GUICHET_TRY(places, wrong_places(visit, file, *event, moved, account));
  const std::string id = identity_of(read, raw.body);
  GUICHET_TRY(known, known_id(visit.reader, id));
  KnownId now = known.value_or(KnownId{.id = id, .case_id = {}, .sent = false, .letter = {}, .person = {}, .at = {}});
  if (now.says.empty()) now.says.push_back(intake::mail::what_it_says(read, raw.body));
  if (!now.at) now.at = mail->came;
  now.person = as_history ? mail->actor : member->id;

  out.errand.follows = [reason = move.reason, channel = move.channel, by = move.by.id, places = std::move(places),
                        now = std::move(now), old, across, message, language = visit.language(),
                        when = moment_words(visit, mail->came)](const Answer& answer) {
    const formats::Phrases phrases(language);
    const CaseId home = answer.case_id;
    const auto errand_in = [&](CaseId case_id, std::string_view key, CaseId other, const std::string& at,
                               const dossier::MovedMail& mark) {
      Errand errand;
      errand.channel = channel;
      errand.person = by;
      errand.party = Party::desk;
      errand.case_id = case_id;
      errand.steps.push_back(note_step(
          phrases(key, {{"case", std::to_string(other.value)}, {"when", at}, {"reason", reason}}), language, mark));
      // A link is seen by both sides: it names no case of another account.
      if (!mark.across) errand.steps.push_back(link_step(other));
      return errand;
    };
    std::vector<Errand> all{errand_in(home, "mail.moved.here", old, when,
                                      {.to = {}, .from = old, .message = message.value, .across = across})};
    KnownId found = now;
    found.case_id = home;
    all.front().records.push_back({.record = to_record(found)});
    for (const Wrong& place : places)
      all.push_back(errand_in(place.case_id, "mail.moved.away", home, place.when,
                              {.to = home, .from = {}, .message = place.message, .across = place.across}));
    return all;
  };
  return out;
}

}  // namespace guichet::desk
