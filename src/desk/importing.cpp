#include <guichet/desk/importing.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <guichet/core/decide.hpp>
#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
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

/// Who is in a ledger already, so that a mailbox that has grown names nobody anew.
struct Acquainted {
  std::unique_ptr<People> people;
  std::map<std::string, ActorId, std::less<>> persons;             // of mails before, by name
  std::map<std::string, ledger::AccountId, std::less<>> accounts;  // by what they are called
};

class TheImporter final : public Importer {
 public:
  TheImporter(ledger::Ledger& ledger, std::unique_ptr<ledger::Reader> reader, ledger::Shelving shelving,
              ImportSource source, Instant now, const ledger::Reach& reach, Acquainted acquainted,
              std::uint32_t last_person, std::uint32_t last_account, std::uint64_t skip)
      : ledger_(ledger),
        reader_(std::move(reader)),
        shelving_(std::move(shelving)),
        source_(std::move(source)),
        now_(std::max(now, reach.recorded)),
        reach_(reach),
        acquainted_(std::move(acquainted)),
        first_person_(last_person),
        first_account_(last_account),
        skip_(skip) {}

  void add(const CaseHistory& history, const Vocabulary& names) override { add_mails(history, names, {}); }

  void add_mails(const CaseHistory& history, const Vocabulary& names, const GetMail& mail_of) override {
    if (!fault_.detail.empty() || history.moments.empty()) return;
    ++cases_;
    meet(names);
    add_case(history, names, mail_of);
    flush_when_full();
  }

  void add_to_case(CaseId case_id, const CaseHistory& history, const Vocabulary& names,
                   const GetMail& mail_of) override {
    if (!fault_.detail.empty()) return;
    meet(names);
    if (const Outcome joined = join(case_id, history, names, mail_of); !joined) fault_ = joined.error();
    flush_when_full();
  }

  void leave_in_tray(const TrayMail& mail, const std::string& raw) override {
    bytes_in_batch_ += raw.size();
    // One that waits already, or was settled, is the same.
    batch_.records.push_back(
        {.record = to_record(mail, kTrayKind), .expect = RecordChange::Expect::anything, .remove = false});
    batch_.records.push_back(
        {.record = raw_record(mail.id, raw), .expect = RecordChange::Expect::anything, .remove = false});
    flush_when_full();
  }

  Result<Imported> finish(measures::Needs said) override {
    if (fault_.detail.empty()) flush(true, said);
    if (!fault_.detail.empty()) return fault_;
    return Imported{.cases = cases_ - skip_, .events = events_, .persons = persons_, .accounts = accounts_};
  }

 private:
  ActorId person_of(std::uint32_t index) const { return index == 0 ? ActorId{} : met_persons_[index - 1]; }
  ledger::AccountId account_of(std::uint32_t index) const {
    return index == 0 ? ledger::AccountId{} : met_accounts_[index - 1];
  }

  void flush_when_full() {
    if (!fault_.detail.empty()) return;
    if (in_batch_ >= kEventsPerBatch || bytes_in_batch_ >= kBytesPerBatch) flush(false, {});
  }

  /// Everybody who was named since the last time gets a number.
  void meet(const Vocabulary& names) {
    for (std::size_t i = met_persons_.size(); i < names.persons.size(); ++i) {
      const auto known = acquainted_.persons.find(names.persons[i]);
      if (known == acquainted_.persons.end()) add_person(names.persons[i]);
      met_persons_.push_back(known == acquainted_.persons.end()
                                 ? ActorId{first_person_ + static_cast<std::uint32_t>(persons_)}
                                 : known->second);
    }
    for (std::size_t i = met_accounts_.size(); i < names.sellers.size(); ++i) {
      const auto known = acquainted_.accounts.find(names.sellers[i]);
      if (known == acquainted_.accounts.end()) add_account(names.sellers[i]);
      met_accounts_.push_back(known == acquainted_.accounts.end()
                                  ? ledger::AccountId{first_account_ + static_cast<std::uint32_t>(accounts_)}
                                  : known->second);
    }
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
    if (!case_id) shared_.emplace(id, &texts_.emplace(std::move(body), id).first->first);
    return id;
  }

  TextId keep_text(CaseId case_id, ledger::NewText text) {
    const TextId id{++reach_.text.value};
    bytes_in_batch_ += text.body.size();
    batch_.texts.push_back({.id = id, .case_id = case_id, .text = std::move(text)});
    return id;
  }

  /// The bytes of the mail and its files, kept; and that it is known from now on.
  struct KeptMail {
    TextId mail;
    std::vector<TextId> files;
  };
  KeptMail keep_bytes(MailBehind& mail, CaseId case_id, const Event& event) {
    KeptMail kept;
    kept.mail = keep_text(case_id, {.kind = ledger::TextKind::mail,
                                    .author = event.actor,
                                    .name = {},
                                    .media_type = "message/rfc822",
                                    .body = std::move(mail.raw)});
    for (ledger::NewText& file : mail.files) kept.files.push_back(keep_text(case_id, std::move(file)));
    if (mail.waits) settle(std::move(*mail.waits), case_id);
    if (mail.message_id.empty()) return kept;
    std::optional<KnownId> before;
    if (const auto here = remembered_.find(mail.message_id); here != remembered_.end()) {
      before = here->second;
    } else if (auto there = known_id(*reader_, mail.message_id)) {
      before = *there;
    }
    KnownId known = and_also(before, KnownId{.id = mail.message_id,
                                             .case_id = case_id,
                                             .sent = event.party == Party::desk,
                                             .letter = {},
                                             .person = event.actor,
                                             .at = event.at,
                                             .says = {mail.says}});
    batch_.records.push_back({.record = to_record(known), .expect = RecordChange::Expect::anything, .remove = false});
    remembered_[mail.message_id] = std::move(known);
    return kept;
  }

  /// What waited for a person has come into its case.
  void settle(TrayMail mail, CaseId case_id) {
    mail.settled_in = case_id;
    const auto change = [this](Record record, bool remove) {
      batch_.records.push_back(
          {.record = std::move(record), .expect = RecordChange::Expect::anything, .remove = remove});
    };
    change(to_record(mail, kTrayKind), true);
    change({.kind = std::string(kRawKind), .key = mail.id, .owner = 0, .body = {}}, true);
    change(to_record(mail, kSettledKind), false);
  }

  /// The mail behind a moment, kept, and what the label says of it.
  void keep_mail(MailBehind mail, CaseId case_id, const Event& event, Label& label) {
    KeptMail kept = keep_bytes(mail, case_id, event);
    label.mail = kept.mail;
    label.files = std::move(kept.files);
    label.said = std::move(mail.said);
    label.matched = std::move(mail.matched);
    label.arrival = std::move(mail.arrival);
  }

  // ---- mails of a case that is there --------------------------------------------------------------------------------

  Outcome join(CaseId case_id, const CaseHistory& history, const Vocabulary& names, const GetMail& mail_of) {
    auto at = joined_.find(case_id);
    if (at == joined_.end()) {
      GUICHET_TRY(row, reader_->row(case_id));
      if (!row)
        return Error{Fault::not_found, "case " + std::to_string(case_id.value) +
                                           ": is not in the ledger, though a mail is known to be of it; check the "
                                           "ledger with guichet ledger check"};
      at = joined_.emplace(case_id, std::move(*row)).first;
    }
    ledger::ShelfRow& row = at->second;
    for (std::size_t i = 0; i < history.moments.size(); ++i) {
      GUICHET_TRY(mail, mail_of(i));
      Moment moment = history.moments[i];
      // A case is told in the order in which its events are kept.
      if (moment.at < row.changed) {
        mail.arrival.push_back({"written", print_instant(moment.at) + ", before what the case held already"});
        moment.at = row.changed;
      } else if (moment.at > std::max(now_, row.changed)) {
        // No clock is started in a time that has not come.
        mail.arrival.push_back({"written", print_instant(moment.at) + ", after it was brought in"});
        moment.at = std::max(now_, row.changed);
      }
      row.state.procedure ? judge(row, moment, std::move(mail)) : tell(row, moment, names, std::move(mail));
    }
    return Done{};
  }

  static bool is_of_a_person(const Moment& moment) { return (moment.flags & kMomentSystem) == 0; }

  /// Whether these words make it the other side's move.
  static bool passes(const CaseState& state, const Moment& moment) {
    return is_of_a_person(moment) && (moment.party == Party::seller || moment.party == Party::desk) &&
           evolving::handled(state);
  }

  /// Of a case that was imported too: as it was imported.
  void tell(ledger::ShelfRow& row, Moment moment, const Vocabulary& names, MailBehind mail) {
    moment.turn = !passes(row.state, moment)      ? row.state.turn()
                  : moment.party == Party::seller ? Turn::desk
                                                  : Turn::seller;
    Event event = event_of(moment);
    event.case_id = row.case_id;
    event.version = Version{row.state.version.value + 1};
    event.aux = passes(row.state, moment) ? kTurnPasses : std::uint8_t{0};
    Label label = label_of(moment, names);
    keep_mail(std::move(mail), row.case_id, event, label);
    event.text = text_of(label, row.case_id);
    enter(row, event.actor, {event});
  }

  /// Of a case that lives here: as the rules have it.
  void judge(ledger::ShelfRow& row, const Moment& moment, MailBehind mail) {
    Event event = event_of(moment);
    if (const auto person = acquainted_.people->by_email(mail.from)) event.actor = person->id;
    KeptMail kept = keep_bytes(mail, row.case_id, event);
    dossier::Words words;
    words.body = mail.own.empty() ? std::move(mail.said) : std::move(mail.own);
    words.matched = std::move(mail.matched);
    words.arrival = std::move(mail.arrival);
    words.mail = kept.mail;
    words.files = std::move(kept.files);

    const Command command{.at = moment.at,
                          .case_id = row.case_id,
                          .actor = event.actor,
                          .text = TextId{reach_.text.value + 1},
                          .detail = std::min<std::uint32_t>(moment.words, 0xFFFF) << 16U,
                          .kind = CommandKind::send_message,
                          .party = moment.party};
    std::array<Event, kEventsPerDecisionMax> room;
    EventBatch ruled(room);
    const Refusal refusal = source_.procedures == nullptr || source_.procedures->empty()
                                ? Refusal::none
                                : decide(row.state, command, source_.procedures->of_case(row.state).rules(), ruled);
    std::vector<Event> events(ruled.events().begin(), ruled.events().end());
    if (refusal != Refusal::none)
      words.arrival.push_back({"rules", "would have refused it: " + std::string(guichet::name(refusal))});
    if (events.empty()) {
      event.case_id = row.case_id;
      event.version = Version{row.state.version.value + 1};
      event.text = command.text;
      event.aux = refusal == Refusal::none && passes(row.state, moment) ? kTurnPasses : std::uint8_t{0};
      events.push_back(event);
    }
    keep_text(row.case_id, {.kind = ledger::TextKind::words,
                            .author = event.actor,
                            .name = {},
                            .media_type = "application/json",
                            .body = dossier::words_as_json(words)});
    enter(row, event.actor, std::move(events));
  }

  void enter(ledger::ShelfRow& row, ActorId person, std::vector<Event> events) {
    ledger::NewAct act{.act = {.number = ++reach_.act,
                               .recorded = now_,
                               .case_id = row.case_id,
                               .person = person,
                               .account = row.account,
                               .channel = ledger::Channel::import,
                               .command = std::nullopt},
                       .events = std::move(events)};
    const std::function<const ledger::Text*(TextId)> text_of_event = [this](TextId id) { return find_text(id); };
    ledger::shelve(row, act.act, act.events, text_of_event, shelving_);
    reach_.position += act.events.size();
    events_ += act.events.size();
    in_batch_ += act.events.size();
    batch_.acts.push_back(std::move(act));
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
    shown_ = ledger::Text{};
    if (kept == batch_.texts.end() || kept->id != id) {
      const auto shared = shared_.find(id);
      if (shared == shared_.end()) return nullptr;
      shown_.id = id;
      shown_.kind = ledger::TextKind::label;
      shown_.media_type = "application/json";
      shown_.body = *shared->second;
      return &shown_;
    }
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
    for (auto& [case_id, row] : joined_) batch_.rows.push_back(std::move(row));
    if (const Outcome written = ledger_.append(batch_); !written) fault_ = written.error();
    batch_ = {};
    joined_.clear();
    remembered_.clear();
    in_batch_ = 0;
    bytes_in_batch_ = 0;
  }

  ledger::Ledger& ledger_;
  std::unique_ptr<ledger::Reader> reader_;
  ledger::Shelving shelving_;
  ImportSource source_;
  Instant now_;
  ledger::Reach reach_;
  Acquainted acquainted_;
  std::vector<ActorId> met_persons_;             // of the names, in their order
  std::vector<ledger::AccountId> met_accounts_;  // likewise
  std::uint32_t first_person_, first_account_;
  std::uint64_t skip_;
  ledger::Batch batch_;
  std::map<CaseId, ledger::ShelfRow> joined_;               // cases of before, as this batch leaves them
  std::map<std::string, KnownId, std::less<>> remembered_;  // in this batch
  std::map<std::string, TextId, std::less<>> texts_;        // labels that several cases may share, by what they say
  std::map<TextId, const std::string*> shared_;             // … and by their number
  ledger::Text shown_;
  std::uint64_t cases_ = 0, events_ = 0, persons_ = 0, accounts_ = 0;
  std::size_t in_batch_ = 0, bytes_in_batch_ = 0;
  Error fault_;
};

Result<Acquainted> acquainted_with(ledger::Reader& reader, bool by_mails) {
  Acquainted out;
  GUICHET_TRY(people, People::load(reader));
  out.people = std::move(people);
  if (!by_mails) return out;
  for (const auto& person : out.people->with_role(Role::nobody))
    if (person->email.empty() && !person->active) out.persons.emplace(person->name, person->id);
  ledger::RecordQuery query;
  query.kind = "account";
  while (true) {
    GUICHET_TRY(records, reader.records(query));
    for (const Record& record : records) {
      GUICHET_TRY(account, account_from(record));
      if (account.name == account.reference) out.accounts.emplace(account.reference, account.id);
    }
    if (records.size() < query.limit) return out;
    query.key_after = records.back().key;
  }
}

}  // namespace

Result<std::unique_ptr<Importer>> Importer::begin(ledger::Ledger& ledger, ledger::Shelving shelving,
                                                  ImportSource source, Instant now) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(reach, reader->reach());
  GUICHET_TRY(before, reader->record(kKind, source.digest));
  GUICHET_TRY(acquainted, acquainted_with(*reader, source.told_by_mails));
  std::uint32_t last_person = acquainted.people->last_person().value,
                last_account = acquainted.people->last_account().value;
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
    // Of mails those who were written before are known by name.
    if (!source.told_by_mails) {
      skip = number("cases");
      last_person = number("first_person");
      last_account = number("first_account");
    }
  }
  return std::unique_ptr<Importer>(std::make_unique<TheImporter>(ledger, std::move(reader), std::move(shelving),
                                                                 std::move(source), now, reach, std::move(acquainted),
                                                                 last_person, last_account, skip));
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
