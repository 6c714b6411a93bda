#include <guichet/desk/importing.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <guichet/core/evolve.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using dossier::Label;
using ledger::Record;
using ledger::RecordChange;

constexpr std::size_t kEventsPerBatch = 20'000;
constexpr std::size_t kBytesPerBatch = std::size_t{24} << 20;
constexpr std::string_view kKind = "import";

/// Which party's words a moment would be, and what the rules may know of it. Kinds that need more than a log says stay
/// in the label alone: a clock that started long ago must not ring now.
EventKind shown_as(const Moment& moment) {
  if ((moment.flags & kMomentReopens) != 0) return EventKind::reopened;
  if ((moment.flags & kMomentCloses) != 0) return EventKind::closed;
  switch (moment.kind) {
    case EventKind::opened:
    case EventKind::message_sent:
    case EventKind::note_made:
    case EventKind::closed:
    case EventKind::reopened:
    case EventKind::abandoned:
    case EventKind::cost_noted: return moment.kind;
    case EventKind::assigned: return moment.person != 0 ? EventKind::assigned : EventKind::none;
    default: return EventKind::none;
  }
}

class TheImporter final : public Importer {
 public:
  TheImporter(ledger::Ledger& ledger, ledger::Shelving shelving, ImportSource source, Instant now,
              const ledger::Reach& reach, std::uint32_t last_person, std::uint32_t last_account, std::uint64_t skip)
      : ledger_(ledger),
        shelving_(std::move(shelving)),
        source_(std::move(source)),
        now_(std::max(now, reach.recorded)),
        reach_(reach),
        first_person_(last_person),
        first_account_(last_account),
        skip_(skip) {}

  void add(const CaseHistory& history, const Vocabulary& names) override { add_mails(history, names, {}); }

  void add_mails(const CaseHistory& history, const Vocabulary& names, const GetMail& mail_of) override {
    if (!fault_.detail.empty() || history.moments.empty()) return;
    ++cases_;
    for (std::size_t i = persons_; i < names.persons.size(); ++i) add_person(names.persons[i]);
    for (std::size_t i = accounts_; i < names.sellers.size(); ++i) add_account(names.sellers[i]);
    add_case(history, names, mail_of);
    if (in_batch_ >= kEventsPerBatch || bytes_in_batch_ >= kBytesPerBatch) flush(false, {});
  }

  void leave_in_tray(const TrayMail& mail, const std::string& raw) override {
    bytes_in_batch_ += raw.size();
    // One that waits already, or was settled, is the same.
    batch_.records.push_back(
        {.record = to_record(mail, kTrayKind), .expect = RecordChange::Expect::anything, .remove = false});
    batch_.records.push_back(
        {.record = raw_record(mail.id, raw), .expect = RecordChange::Expect::anything, .remove = false});
    if (bytes_in_batch_ >= kBytesPerBatch) flush(false, {});
  }

  Result<Imported> finish(measures::Needs said) override {
    if (fault_.detail.empty()) flush(true, said);
    if (!fault_.detail.empty()) return fault_;
    return Imported{.cases = cases_ - skip_, .events = events_, .persons = persons_, .accounts = accounts_};
  }

 private:
  ActorId person_of(std::uint32_t index) const { return index == 0 ? ActorId{} : ActorId{first_person_ + index}; }
  ledger::AccountId account_of(std::uint32_t index) const {
    return index == 0 ? ledger::AccountId{} : ledger::AccountId{first_account_ + index};
  }

  void add_person(const std::string& name) {
    ++persons_;
    Person person;
    person.id = ActorId{first_person_ + static_cast<std::uint32_t>(persons_)};
    person.name = name;
    person.active = false;
    // On going on with an import that was cut, those written before are the same.
    batch_.records.push_back({.record = to_record(person), .expect = RecordChange::Expect::anything, .remove = false});
  }
  void add_account(const std::string& name) {
    ++accounts_;
    Account account;
    account.id = ledger::AccountId{first_account_ + static_cast<std::uint32_t>(accounts_)};
    account.name = name;
    account.reference = name;
    batch_.records.push_back({.record = to_record(account), .expect = RecordChange::Expect::anything, .remove = false});
  }

  Event event_of(const Moment& moment) const {
    Event event;
    event.at = moment.at;
    event.actor = person_of(moment.person);
    event.party = moment.party;
    event.kind = shown_as(moment);
    switch (event.kind) {
      case EventKind::message_sent: {
        const bool seller = moment.party == Party::seller;
        const bool passes = moment.turn == Turn::nobody || (moment.turn == Turn::desk) == seller;
        event.detail = std::min<std::uint32_t>(moment.words, 0xFFFF);
        event.aux = passes ? kTurnPasses : std::uint8_t{0};
        break;
      }
      case EventKind::note_made: event.detail = moment.words; break;
      case EventKind::assigned: event.detail = event.actor.value; break;
      case EventKind::closed:
        event.aux = static_cast<std::uint8_t>(moment.party == Party::seller ? Ground::seller_wish : Ground::desk_alone);
        break;
      case EventKind::cost_noted:
        event.detail = moment.words;
        event.aux = static_cast<std::uint8_t>(CostKind::other);
        break;
      default: break;
    }
    return event;
  }

  static Label label_of(const Moment& moment, const Vocabulary& names) {
    Label label;
    label.activity = Vocabulary::name(names.activities, moment.activity);
    label.status = Vocabulary::name(names.statuses, moment.status);
    label.team = Vocabulary::name(names.teams, moment.team);
    label.words = moment.words;
    label.kind = moment.kind;
    label.party = moment.party;
    label.turn = moment.turn;
    label.flags = moment.flags;
    return label;
  }

  TextId text_of(const Label& label, CaseId case_id) {
    std::string body = label_as_json(label);
    const auto known = texts_.find(body);
    if (known != texts_.end()) return known->second;
    const TextId id{++reach_.text.value};
    batch_.texts.push_back({.id = id,
                            .case_id = case_id,
                            .text = {.kind = ledger::TextKind::label,
                                     .author = {},
                                     .name = {},
                                     .media_type = "application/json",
                                     .body = body}});
    // What is said of one case alone is not looked for again.
    if (!case_id) texts_.emplace(std::move(body), id);
    return id;
  }

  TextId keep_text(CaseId case_id, ledger::NewText text) {
    const TextId id{++reach_.text.value};
    bytes_in_batch_ += text.body.size();
    batch_.texts.push_back({.id = id, .case_id = case_id, .text = std::move(text)});
    return id;
  }

  /// The mail behind a moment, kept, and what the label says of it.
  void keep_mail(MailBehind mail, CaseId case_id, const Event& event, Label& label) {
    label.mail = keep_text(case_id, {.kind = ledger::TextKind::mail,
                                     .author = event.actor,
                                     .name = {},
                                     .media_type = "message/rfc822",
                                     .body = std::move(mail.raw)});
    for (ledger::NewText& file : mail.files) label.files.push_back(keep_text(case_id, std::move(file)));
    label.said = std::move(mail.said);
    label.matched = std::move(mail.matched);
    label.arrival = std::move(mail.arrival);
    if (mail.message_id.empty()) return;
    batch_.records.push_back({.record = to_record(KnownId{.id = std::move(mail.message_id),
                                                          .case_id = case_id,
                                                          .sent = event.party == Party::desk,
                                                          .letter = {},
                                                          .person = event.actor,
                                                          .at = event.at}),
                              .expect = RecordChange::Expect::anything,
                              .remove = false});
  }

  void add_case(const CaseHistory& history, const Vocabulary& names, const GetMail& mail_of) {
    if (cases_ <= skip_) return;  // written before the import was cut
    const CaseId case_id{reach_.case_id.value + 1};
    reach_.case_id = case_id;
    std::vector<Event> events;
    const Moment& first = history.moments.front();
    Label about;
    about.subject = history.facts.name;
    about.matter = Vocabulary::name(names.matters, history.facts.matter);
    about.counts_amount = history.facts.amount_cents >= 0;
    about.deadline = history.facts.deadline;
    about.predecessor = history.facts.predecessor.value;
    const bool says_opened = shown_as(first) == EventKind::opened;
    if (!says_opened) {
      about.added = true;
      Event opened;
      opened.at = first.at;
      opened.kind = EventKind::opened;
      opened.detail = amount_of(history);
      opened.text = text_of(about, case_id);
      events.push_back(opened);
    }
    for (std::size_t i = 0; i < history.moments.size(); ++i) {
      const Moment& moment = history.moments[i];
      Event event = event_of(moment);
      Label label = label_of(moment, names);
      if (i == 0 && says_opened) {
        label.subject = about.subject;
        label.matter = about.matter;
        label.counts_amount = about.counts_amount;
        label.deadline = about.deadline;
        label.predecessor = about.predecessor;
        event.detail = amount_of(history);
      } else if (event.kind == EventKind::opened) {
        event.kind = EventKind::none;  // once is enough
      }
      if (mail_of) {
        Result<MailBehind> mail = mail_of(i);
        if (!mail) {
          fault_ = mail.error();
          return;
        }
        keep_mail(std::move(*mail), case_id, event, label);
      }
      event.text = text_of(label, label.subject.empty() && !label.mail ? CaseId{} : case_id);
      events.push_back(event);
    }
    keep(history, case_id, events);
  }

  static std::uint32_t amount_of(const CaseHistory& history) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(history.facts.amount_cents, 0, 0xFFFF'FFFF));
  }

  void keep(const CaseHistory& history, CaseId case_id, std::vector<Event>& events) {
    ledger::ShelfRow row;
    row.case_id = case_id;
    row.account = account_of(history.facts.seller);
    std::uint32_t version = 0;
    for (Event& event : events) {
      event.case_id = case_id;
      event.version = Version{++version};
      ledger::NewAct act{.act = {.number = ++reach_.act,
                                 .recorded = now_,
                                 .case_id = case_id,
                                 .person = event.actor,
                                 .account = row.account,
                                 .channel = ledger::Channel::import,
                                 .command = std::nullopt},
                         .events = {event}};
      const std::function<const ledger::Text*(TextId)> text_of_event = [this](TextId id) { return find_text(id); };
      ledger::shelve(row, act.act, act.events, text_of_event, shelving_);
      batch_.acts.push_back(std::move(act));
      ++reach_.position;
      ++events_;
      ++in_batch_;
    }
    batch_.rows.push_back(std::move(row));
  }

  const ledger::Text* find_text(TextId id) {
    const auto kept = std::ranges::lower_bound(batch_.texts, id, {}, &ledger::KeptText::id);
    if (kept == batch_.texts.end() || kept->id != id) return nullptr;
    shown_ = ledger::Text{};
    shown_.id = id;
    shown_.case_id = kept->case_id;
    shown_.kind = kept->text.kind;
    shown_.media_type = kept->text.media_type;
    shown_.body = kept->text.body;
    return &shown_;
  }

  void flush(bool last, measures::Needs said) {
    formats::JsonWriter json(0);
    json.begin_object().key("name").value(source_.name).key("cases").value(cases_).key("done").value(last);
    json.key("first_person").value(first_person_).key("first_account").value(first_account_);
    json.key("says").begin_array();
    for (std::size_t i = 0; i < measures::kNeeds; ++i)
      if (const auto need = static_cast<measures::Need>(i); said.has(need)) json.value(measures::name(need));
    json.end_array().end_object();
    batch_.records.push_back(
        {.record = {.kind = std::string{kKind}, .key = source_.digest, .owner = 0, .at = now_, .body = json.take()},
         .expect = RecordChange::Expect::anything,
         .remove = false});
    if (last) {
      formats::JsonWriter note(0);
      note.begin_object().key("cases").value(cases_).key("events").value(events_).key("log").value(source_.digest);
      batch_.house.push_back(
          {.number = ++reach_.house, .at = now_, .by = {}, .what = "log_imported", .detail = note.end_object().take()});
    }
    if (const Outcome written = ledger_.append(batch_); !written) fault_ = written.error();
    batch_ = {};
    in_batch_ = 0;
    bytes_in_batch_ = 0;
  }

  ledger::Ledger& ledger_;
  ledger::Shelving shelving_;
  ImportSource source_;
  Instant now_;
  ledger::Reach reach_;
  std::uint32_t first_person_, first_account_;
  std::uint64_t skip_;
  ledger::Batch batch_;
  std::map<std::string, TextId, std::less<>> texts_;
  ledger::Text shown_;
  std::uint64_t cases_ = 0, events_ = 0, persons_ = 0, accounts_ = 0;
  std::size_t in_batch_ = 0, bytes_in_batch_ = 0;
  Error fault_;
};

}  // namespace

Result<std::unique_ptr<Importer>> Importer::begin(ledger::Ledger& ledger, ledger::Shelving shelving,
                                                  ImportSource source, Instant now) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(reach, reader->reach());
  GUICHET_TRY(before, reader->record(kKind, source.digest));
  GUICHET_TRY(people, People::load(*reader));
  std::uint32_t last_person = people->last_person().value, last_account = people->last_account().value;
  std::uint64_t skip = 0;
  if (before) {
    GUICHET_TRY(said, formats::parse_json(before->body, "import"));
    const formats::JsonValue* done = said.find("done");
    if (done != nullptr && done->boolean)
      return Error{Fault::conflict, source.name + ": this log is in the ledger already; nothing was imported"};
    const auto number = [&said](std::string_view key) {
      const formats::JsonValue* value = said.find(key);
      return value != nullptr ? static_cast<std::uint32_t>(value->integer) : 0U;
    };
    if (!source.told_by_mails) skip = number("cases");
    last_person = number("first_person");
    last_account = number("first_account");
  }
  return std::unique_ptr<Importer>(std::make_unique<TheImporter>(ledger, std::move(shelving), std::move(source), now,
                                                                 reach, last_person, last_account, skip));
}

Result<ImportsSay> what_imports_say(ledger::Reader& reader) {
  ledger::RecordQuery query;
  query.kind = kKind;
  GUICHET_TRY(records, reader.records(query));
  ImportsSay all;
  for (const Record& record : records) {
    GUICHET_TRY(said, formats::parse_json(record.body, "import"));
    all.any = true;
    const formats::JsonValue* says = said.find("says");
    if (says == nullptr) continue;
    for (const formats::JsonValue& word : says->items)
      for (std::size_t i = 0; i < measures::kNeeds; ++i)
        if (const auto need = static_cast<measures::Need>(i); measures::name(need) == word.text) all.said.add(need);
  }
  return all;
}

}  // namespace guichet::desk
