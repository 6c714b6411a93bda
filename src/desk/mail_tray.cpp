#include <guichet/desk/mail_tray.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include <guichet/base/sha256.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/arrival.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/quoting.hpp>

namespace guichet::desk {
namespace {

constexpr std::array<std::string_view, 17> kReasonNames{
    "no_match", "unknown_sender", "no_sender",  "not_of_account", "not_allowed",  "refused",
    "bounce",   "report",         "auto_reply", "bulk",           "mailing_list", "own_mail",
    "too_many", "too_large",      "same_id",    "empty",          "not_signed"};
constexpr std::size_t kWordsMax = 0xFFFF;

// The reasons that this room gives, as they are kept.
constexpr std::string_view kByHand = "by hand: ", kFromCase = ", from case ", kFromAnother = ", from another case",
                           kOpened = "opened by a mail from ", kSigned = ", signed by its domain",
                           kUnsigned = ", whose signature was not needed";

std::string in_base64(std::string_view bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  while (!out.empty() && out.back() == '\0') out.pop_back();
  return out;
}

Result<std::string> from_base64(std::string_view text, const std::string& what) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t bytes = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                        &bytes, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return Error{Fault::unreadable, what + ": its bytes cannot be read; restore the ledger from a copy"};
  out.resize(bytes);
  return out;
}

class Said {
 public:
  explicit Said(const formats::JsonValue& document) : document_(document) {}
  std::string text(std::string_view key) const {
    const formats::JsonValue* value = document_.find(key);
    return value != nullptr ? value->text : std::string{};
  }
  std::uint64_t number(std::string_view key) const {
    const formats::JsonValue* value = document_.find(key);
    return value != nullptr && value->integer > 0 ? static_cast<std::uint64_t>(value->integer) : 0;
  }
  bool flag(std::string_view key) const {
    const formats::JsonValue* value = document_.find(key);
    return value != nullptr && value->boolean;
  }

 private:
  const formats::JsonValue& document_;
};

/// The same mail that came by two ways has other Received fields, but says the same.
std::uint64_t fingerprint_of(const intake::mail::Message& message) {
  std::string all = message.from.empty() ? std::string{} : message.from.front().address;
  const auto add = [&all](std::string_view piece) {
    all += '\0';
    all += piece;
  };
  add(message.date_written);
  add(message.subject);
  add(message.text);
  for (const intake::mail::Attachment& attachment : message.attachments) {
    add(attachment.name);
    add(attachment.body);
  }
  const std::string digest = digest_bytes(all);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = out << 8U | static_cast<unsigned char>(digest[i]);
  return out;
}

std::string in_hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

std::optional<std::uint64_t> from_hex(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

ledger::NewText text_of(const dossier::Words& words) {
  return {.kind = ledger::TextKind::words,
          .author = {},
          .name = {},
          .media_type = "application/json",
          .body = dossier::words_as_json(words)};
}

}  // namespace

std::string_view name(TrayReason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

TrayReason reason_of(intake::mail::Automatic automatic) {
  switch (automatic) {
    case intake::mail::Automatic::bounce: return TrayReason::bounce;
    case intake::mail::Automatic::report: return TrayReason::report;
    case intake::mail::Automatic::auto_reply: return TrayReason::auto_reply;
    case intake::mail::Automatic::bulk: return TrayReason::bulk;
    case intake::mail::Automatic::mailing_list: return TrayReason::mailing_list;
  }
  return TrayReason::auto_reply;
}

ledger::Record to_record(const TrayMail& mail, std::string_view kind) {
  formats::JsonWriter json(0);
  json.begin_object();
  const auto text = [&json](std::string_view key, const std::string& value) {
    if (!value.empty()) json.key(key).value(value);
  };
  const auto number = [&json](std::string_view key, std::uint64_t value) {
    if (value != 0) json.key(key).value(value);
  };
  json.key("reason").value(name(mail.reason));
  text("detail", mail.detail);
  text("from", mail.from);
  text("from_name", mail.from_name);
  text("subject", mail.subject);
  text("message_id", mail.message_id);
  if (mail.written) json.key("written").value(print_instant(*mail.written));
  json.key("received").value(print_instant(mail.received)).key("bytes").value(mail.bytes);
  if (mail.head_only) json.key("head_only").value(true);
  number("person", mail.person.value);
  number("account", mail.account.value);
  number("case", mail.case_id.value);
  text("matched", mail.matched);
  if (mail.says != 0) json.key("says").value(in_hex(mail.says));
  if (!mail.arrival.empty()) {
    json.key("arrival").begin_object();
    for (const dossier::ArrivalLine& line : mail.arrival) json.key(line.key).value(line.value);
    json.end_object();
  }
  number("settled_by", mail.settled_by.value);
  number("settled_in", mail.settled_in.value);
  json.end_object();
  return {.kind = std::string(kind),
          .key = mail.id,
          .owner = mail.account.value,
          .at = mail.received,
          .body = json.take(),
          .revision = mail.revision};
}

Result<TrayMail> tray_mail_from(const ledger::Record& record) {
  GUICHET_TRY(document, formats::parse_json(record.body, "mail " + record.key));
  const Said said(document);
  const std::string reason = said.text("reason");
  const auto found = std::ranges::find(kReasonNames, reason);
  if (found == kReasonNames.end())
    return Error{Fault::unreadable, "mail " + record.key + ": waits for no reason that is known here"};
  TrayMail mail;
  mail.id = record.key;
  mail.reason = static_cast<TrayReason>(found - kReasonNames.begin());
  mail.detail = said.text("detail");
  mail.from = said.text("from");
  mail.from_name = said.text("from_name");
  mail.subject = said.text("subject");
  mail.message_id = said.text("message_id");
  mail.written = parse_instant(said.text("written"));
  mail.received = parse_instant(said.text("received")).value_or(record.at);
  mail.bytes = said.number("bytes");
  mail.head_only = said.flag("head_only");
  mail.person = ActorId{static_cast<std::uint32_t>(said.number("person"))};
  mail.account = ledger::AccountId{static_cast<std::uint32_t>(said.number("account"))};
  mail.case_id = CaseId{static_cast<std::uint32_t>(said.number("case"))};
  mail.matched = said.text("matched");
  mail.says = from_hex(said.text("says")).value_or(0);
  if (const formats::JsonValue* arrival = document.find("arrival"))
    for (const formats::JsonMember& member : arrival->members) mail.arrival.push_back({member.key, member.value.text});
  mail.settled_by = ActorId{static_cast<std::uint32_t>(said.number("settled_by"))};
  mail.settled_in = CaseId{static_cast<std::uint32_t>(said.number("settled_in"))};
  mail.revision = record.revision;
  return mail;
}

ledger::Record raw_record(const std::string& id, std::string_view raw) {
  formats::JsonWriter json(0);
  json.begin_object().key("base64").value(in_base64(raw)).end_object();
  return {.kind = std::string(kRawKind), .key = id, .owner = 0, .body = json.take()};
}

Result<std::string> raw_of(ledger::Reader& reader, const std::string& id) {
  GUICHET_TRY(record, reader.record(kRawKind, id));
  if (!record) return Error{Fault::not_found, "mail " + id + ": there is no such mail"};
  GUICHET_TRY(document, formats::parse_json(record->body, "mail " + id));
  return from_base64(Said(document).text("base64"), "mail " + id);
}

Result<std::vector<TrayMail>> waiting_mails(ledger::Reader& reader, std::size_t most) {
  ledger::RecordQuery query;
  query.kind = kTrayKind;
  query.at_before = kNever;
  query.limit = std::min(most, ledger::kListMax);
  GUICHET_TRY(records, reader.records(query));
  std::vector<TrayMail> mails;
  for (const ledger::Record& record : records)
    if (auto mail = tray_mail_from(record)) mails.push_back(std::move(*mail));
  return mails;
}

Result<std::optional<TrayMail>> waiting_mail(ledger::Reader& reader, const std::string& id) {
  GUICHET_TRY(record, reader.record(kTrayKind, id));
  if (!record) return std::optional<TrayMail>{};
  GUICHET_TRY(mail, tray_mail_from(*record));
  return std::optional{std::move(mail)};
}

bool KnownId::is_of(std::uint64_t said) const { return std::ranges::find(says, said) != says.end(); }

KnownId and_also(const std::optional<KnownId>& before, KnownId now) {
  if (!before) return now;
  KnownId both = *before;
  for (const std::uint64_t said : now.says)
    if (!both.is_of(said)) both.says.push_back(said);
  return both;
}

ledger::Record to_record(const KnownId& known) {
  formats::JsonWriter json(0);
  json.begin_object().key("case").value(known.case_id.value).key("sent").value(known.sent);
  if (!known.letter.empty()) json.key("letter").value(known.letter);
  if (known.person) json.key("person").value(known.person.value);
  if (known.at) json.key("at").value(print_instant(*known.at));
  if (!known.says.empty()) {
    json.key("says").begin_array();
    for (const std::uint64_t said : known.says) json.value(in_hex(said));
    json.end_array();
  }
  json.end_object();
  return {.kind = std::string(kMessageIdKind), .key = known.id, .owner = known.case_id.value, .body = json.take()};
}

Result<std::optional<KnownId>> known_id(ledger::Reader& reader, std::string_view id) {
  if (id.empty()) return std::optional<KnownId>{};
  GUICHET_TRY(record, reader.record(kMessageIdKind, id));
  if (!record) return std::optional<KnownId>{};
  GUICHET_TRY(document, formats::parse_json(record->body, "message " + record->key));
  const Said said(document);
  KnownId known{.id = record->key,
                .case_id = CaseId{static_cast<std::uint32_t>(said.number("case"))},
                .sent = said.flag("sent"),
                .letter = said.text("letter"),
                .person = ActorId{static_cast<std::uint32_t>(said.number("person"))},
                .at = parse_instant(said.text("at"))};
  if (const formats::JsonValue* says = document.find("says"))
    for (const formats::JsonValue& each : says->items)
      if (const auto number = from_hex(each.text)) known.says.push_back(*number);
  return std::optional{std::move(known)};
}

std::vector<dossier::ArrivalLine> arrival_of_mail(std::string_view raw, const intake::mail::Message& message,
                                                  const intake::mail::FindKey& find_key) {
  std::vector<dossier::ArrivalLine> lines{{"sha256", hex(sha256(raw))}};
  for (auto& [key, value] : intake::mail::arrival_lines(intake::mail::arrival_of(raw, message, find_key)))
    lines.push_back({std::move(key), std::move(value)});
  if (!message.flaws.none()) lines.push_back({"odd", message.flaws.names()});
  return lines;
}

std::string identity_of(const intake::mail::Message& message, std::string_view raw) {
  return message.message_id.empty() ? intake::mail::made_id(intake::mail::what_it_says(message, raw))
                                    : message.message_id;
}

std::string matched_by_hand(std::string_view name) { return fmt::format("{}{}", kByHand, name); }

std::string matched_by_hand(std::string_view name, CaseId from) {
  return from ? fmt::format("{}{}{}{}", kByHand, name, kFromCase, from.value)
              : fmt::format("{}{}{}", kByHand, name, kFromAnother);
}

std::string matched_as_opening(std::string_view address, bool is_signed) {
  return fmt::format("{}{}{}", kOpened, address, is_signed ? kSigned : kUnsigned);
}

std::string matched_in_words(const formats::Phrases& phrases, std::string_view matched) {
  const auto rest = [&matched](std::string_view begin) -> std::optional<std::string> {
    if (!matched.starts_with(begin)) return std::nullopt;
    return std::string(matched.substr(begin.size()));
  };
  if (const auto id = rest("In-Reply-To: ")) return phrases("mail.matched.in_reply_to", {{"id", *id}});
  if (const auto id = rest("References: ")) return phrases("mail.matched.references", {{"id", *id}});
  if (auto name = rest(kByHand)) {
    // From its end: nobody's name is known before it.
    if (name->ends_with(kFromAnother)) {
      name->resize(name->size() - kFromAnother.size());
      return phrases("mail.matched.by_hand.other", {{"name", *name}});
    }
    const std::size_t from = name->rfind(kFromCase);
    if (from == std::string::npos) return phrases("mail.matched.by_hand", {{"name", *name}});
    return phrases("mail.matched.by_hand.case",
                   {{"name", name->substr(0, from)}, {"case", name->substr(from + kFromCase.size())}});
  }
  if (auto address = rest(kOpened))
    for (const std::string_view end : {kSigned, kUnsigned})
      if (address->ends_with(end)) {
        address->resize(address->size() - end.size());
        return phrases(end == kSigned ? "mail.matched.opened.signed" : "mail.matched.opened", {{"address", *address}});
      }
  return std::string(matched);
}

Errand errand_of_mail(const intake::mail::Message& message, const std::string& raw, const std::string& id,
                      const MailWords& mail, const House& house) {
  Errand errand;
  errand.channel = ledger::Channel::mail;
  errand.person = mail.person.id;
  errand.party = party_of(mail.person.role);
  errand.account = mail.account;
  errand.case_id = mail.case_id;
  errand.key = "mail:" + (message.message_id.empty() ? id : digest_of(message.message_id).substr(0, 40));
  errand.fingerprint = fingerprint_of(message);
  if (mail.case_id)
    errand.visible = [person = mail.person](const ledger::ShelfRow& row) { return may_see(person, row); };

  dossier::Words words;
  words.body = intake::mail::own_words(message.text).text;
  // Somebody who only quotes says something by it.
  if (words.body.empty()) words.body = message.text;
  while (!words.body.empty() && (words.body.back() == '\n' || words.body.back() == ' ')) words.body.pop_back();
  words.matched = mail.matched;
  words.arrival = mail.arrival;
  words.came = mail.came;
  if (mail.person.languages.size() == 1) words.language = mail.person.languages.front();

  if (!mail.case_id) {
    Step open;
    open.command.kind = CommandKind::open_case;
    open.command.aux = mail.matter;
    open.text = text_of({.subject = one_line(mail.subject.empty() ? message.subject : mail.subject)});
    errand.steps.push_back(std::move(open));
  }
  Step step;
  step.command.kind = CommandKind::send_message;
  step.command.detail =
      static_cast<std::uint32_t>(std::min<std::size_t>(dossier::count_of_words(words.body), kWordsMax)) << 16U;
  step.text = text_of(words);
  step.attachments.push_back(
      {.kind = ledger::TextKind::mail, .author = {}, .name = {}, .media_type = "message/rfc822", .body = raw});
  std::size_t files = 0;
  for (const intake::mail::Attachment& attachment : message.attachments) {
    // What is too much stays in the raw mail.
    if (attachment.body.empty() || attachment.body.size() > house.file_bytes_max || ++files > house.files_max) continue;
    step.attachments.push_back({.kind = ledger::TextKind::file,
                                .author = {},
                                .name = attachment.name,
                                .media_type = attachment.media_type,
                                .body = attachment.body});
  }
  step.body_with_files = [words](const std::vector<TextId>& kept) {
    dossier::Words with = words;
    with.mail = kept.front();
    with.files.assign(kept.begin() + 1, kept.end());
    return dossier::words_as_json(with);
  };
  errand.steps.push_back(std::move(step));
  return errand;
}

Result<Errand> put_into_case(ledger::Reader& reader, const TrayMail& mail, const TrayChoice& choice,
                             const House& house) {
  GUICHET_TRY(raw, raw_of(reader, mail.id));
  const intake::mail::Message message = intake::mail::read_message(raw);
  const MailWords words{.person = choice.member,
                        .case_id = choice.case_id,
                        .account = choice.member.account,
                        .matter = choice.matter,
                        .subject = choice.subject,
                        .matched = matched_by_hand(choice.by.name),
                        .arrival = mail.arrival.empty() ? arrival_of_mail(raw, message, {}) : mail.arrival};
  Errand errand = errand_of_mail(message, raw, mail.id, words, house);
  // By hand it may be put where it was refused before; twice it is not.
  errand.key = "tray:" + mail.id;
  TrayMail settled = mail;
  settled.settled_by = choice.by.id;
  settled.settled_in = choice.case_id;
  settled.revision = 0;
  errand.records.push_back(
      {.record = to_record(mail, kTrayKind), .expect = ledger::RecordChange::Expect::revision, .remove = true});
  errand.records.push_back({.record = to_record(settled, kSettledKind)});
  // Its bytes are the case's from here on, and can be erased there.
  errand.records.push_back({.record = {.kind = std::string(kRawKind), .key = mail.id, .owner = 0, .body = {}},
                            .expect = ledger::RecordChange::Expect::anything,
                            .remove = true});
  errand.house.push_back(house_note(choice.by.id, "mail_put_into_case", "case", choice.case_id.value));
  if (choice.case_id) {
    Errand known = remember_in(mail, choice.case_id);
    for (ledger::RecordChange& change : known.records) errand.records.push_back(std::move(change));
  }
  return errand;
}

Errand remember_in(const TrayMail& mail, CaseId case_id) {
  Errand errand;
  errand.channel = ledger::Channel::mail;
  std::vector<std::uint64_t> says;
  if (mail.says != 0) says.push_back(mail.says);
  const std::string id = mail.message_id.empty() && mail.says != 0 ? intake::mail::made_id(mail.says) : mail.message_id;
  if (!id.empty())
    errand.records.push_back({.record = to_record(KnownId{.id = id,
                                                          .case_id = case_id,
                                                          .sent = false,
                                                          .letter = {},
                                                          .person = mail.person,
                                                          .at = mail.received,
                                                          .says = std::move(says)})});
  return errand;
}

Errand set_aside(const TrayMail& mail, const Person& by) {
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.person = by.id;
  TrayMail settled = mail;
  settled.settled_by = by.id;
  settled.revision = 0;
  errand.records.push_back(
      {.record = to_record(mail, kTrayKind), .expect = ledger::RecordChange::Expect::revision, .remove = true});
  errand.records.push_back({.record = to_record(settled, kSettledKind)});
  errand.house.push_back(house_note(by.id, "mail_set_aside", "person", mail.person.value));
  return errand;
}

}  // namespace guichet::desk
