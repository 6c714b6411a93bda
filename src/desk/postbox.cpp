#include <guichet/desk/postbox.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/letters.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/arrival.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/compose.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>
#include <guichet/intake/mail/thread.hpp>

namespace guichet::desk {
namespace {

using intake::mail::Message;
using ledger::Record;
using ledger::RecordChange;
using namespace std::chrono_literals;

constexpr std::size_t kActsPerLook = 200;
constexpr std::size_t kLettersPerStep = 50;
constexpr std::size_t kMailsPerStep = 100;
constexpr std::size_t kSpooledCounted = 1'000;
constexpr std::size_t kWarningsPerLook = 200;
constexpr std::size_t kIdsOfThread = 10;
constexpr std::string_view kCursorKind = "cursor", kCursorKey = "postbox", kThreadKind = "mail_thread",
                           kSecretKind = "secret", kOpenedKind = "mail_opened";
constexpr std::size_t kSubjectBytesMax = 200;
/// After the first failure, the second …; together three days. Then it is given up and stands in the list.
constexpr std::array<Duration, 9> kTryAgainAfter{1min, 5min, 15min, 1h, 3h, 6h, 12h, 24h, 24h};

Errand errand_of_the_clock() {
  Errand errand;
  errand.channel = ledger::Channel::clock;
  errand.party = Party::clock;
  return errand;
}

std::string thread_key(CaseId case_id, ActorId person) { return fmt::format("{}.{}", case_id.value, person.value); }

/// How many mails came from an address within the last hour.
class Rates {
 public:
  /// Counts this one, and says whether it is one too many.
  bool too_many(const std::string& address, Instant now, std::uint32_t most) {
    if (addresses_.size() > kAddressesMax) addresses_.clear();
    std::deque<Instant>& times = addresses_[address];
    while (!times.empty() && times.front() <= now - Duration{1h}) times.pop_front();
    if (times.size() >= most) return true;
    times.push_back(now);
    return false;
  }

 private:
  static constexpr std::size_t kAddressesMax = 100'000;
  std::map<std::string, std::deque<Instant>, std::less<>> addresses_;
};

/// A mail that came, as far as it is understood.
struct Incoming {
  std::string name;  // in the spool
  std::string id;    // made from its bytes
  std::string raw;
  Message message;
  std::uint64_t says{};  // intake::mail::what_it_says
  bool head_only = false;
};

/// The case that a mail names by the identities it answers.
struct Match {
  std::optional<KnownId> known;
  std::string why;
};

class ThePostbox final : public Postbox {
 public:
  ThePostbox(Parts parts, std::unique_ptr<ledger::Reader> reader)
      : parts_(std::move(parts)), reader_(std::move(reader)) {}
  ~ThePostbox() override { stop(); }
  ThePostbox(const ThePostbox&) = delete;
  ThePostbox& operator=(const ThePostbox&) = delete;

  void begin(const WallClock& clock) {
    thread_ = std::thread([this, &clock] { keep(clock); });
  }

  void look() override {
    const std::scoped_lock lock(mutex_);
    look_now_ = true;
    wake_.notify_one();
  }

  void stop() override {
    parts_.stop.request_stop();
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    if (parts_.outbox) parts_.outbox->stop();
    if (thread_.joinable()) thread_.join();
  }

  Outcome step(Instant now) override {
    std::optional<Error> first;
    const auto note = [&](const Outcome& outcome) {
      if (outcome) return;
      add(&PostboxCounts::faults);
      note_fault(now, outcome.error().detail);
      if (parts_.log) parts_.log("mail: " + outcome.error().detail);
      if (!first) first = outcome.error();
    };
    if (parts_.outbox) {
      note(queue_what_is_new(now));
      note(warn_of_promises(now));
    }
    if (parts_.spool && parts_.settings.imap && now >= poll_at_) {
      poll_at_ = now + parts_.settings.poll_every;
      const Outcome fetched = fetch();
      if (!parts_.stop.stop_requested()) note_try(now, fetched ? std::string{} : fetched.error().detail, false);
      note(fetched);
    }
    if (parts_.spool) note(take_in(now));
    if (parts_.outbox) {
      send_test(now);
      note(send_what_is_due(now));
    }
    if (first) return *first;
    return Done{};
  }

  PostboxCounts counts() const override {
    const std::scoped_lock lock(counts_mutex_);
    return counts_;
  }

  MailState state() const override {
    MailState state;
    {
      const std::scoped_lock lock(counts_mutex_);
      state = state_;
      state.test_waits = test_.has_value();
    }
    if (parts_.spool)
      if (const auto waiting = parts_.spool->waiting(kSpooledCounted)) state.spooled = waiting->size();
    return state;
  }

  const MailSettings& settings() const override { return parts_.settings; }

  bool test(TestMail mail) override {
    if (!parts_.outbox) return false;
    {
      const std::scoped_lock lock(counts_mutex_);
      if (test_) return false;
      test_ = std::move(mail);
    }
    look();
    return true;
  }

 private:
  void keep(const WallClock& clock) {
    while (true) {
      const std::uint64_t before = moved();
      const Outcome done = step(clock.now());
      std::unique_lock lock(mutex_);
      // What is left of a long list is not kept waiting.
      if (done && moved() != before && !stopping_) continue;
      wake_.wait_for(lock, 5s, [this] { return stopping_ || look_now_; });
      if (stopping_) return;
      look_now_ = false;
    }
  }

  std::uint64_t moved() const {
    const PostboxCounts now = counts();
    return now.sent + now.taken + now.trayed + now.repeated;
  }
  void add(std::uint64_t PostboxCounts::* count, std::uint64_t by = 1) {
    const std::scoped_lock lock(counts_mutex_);
    counts_.*count += by;
  }

  void note_fault(Instant at, const std::string& fault) {
    const std::scoped_lock lock(counts_mutex_);
    state_.fault = MailTried{.at = at, .fault = fault};
  }
  void note_try(Instant at, std::string fault, bool sending) {
    const std::scoped_lock lock(counts_mutex_);
    if (fault.empty()) (sending ? state_.sent_well : state_.polled_well) = at;
    if (!fault.empty()) state_.fault = MailTried{.at = at, .fault = fault};
    (sending ? state_.sent : state_.polled) = MailTried{.at = at, .fault = std::move(fault)};
  }
  static std::string fault_of(const Posted& posted) {
    if (posted.kind == Posted::Kind::taken) return {};
    return posted.detail.empty() ? "the server took it not, and did not say why" : posted.detail;
  }

  /// Waits in memory alone: who asked looks at what came of it, and asks again when the desk was stopped before.
  void send_test(Instant now) {
    std::optional<TestMail> wanted;
    {
      const std::scoped_lock lock(counts_mutex_);
      wanted = test_;
    }
    if (!wanted) return;
    const formats::Phrases phrases(wanted->language);
    const MailSettings& settings = parts_.settings;
    intake::mail::Outgoing mail;
    mail.from = {.name = settings.name, .address = settings.address};
    mail.to = {.name = wanted->name, .address = wanted->address};
    mail.subject = phrases("mail.test.subject", {{"desk", settings.name}});
    mail.text = phrases("mail.test.text", {{"url", parts_.house->base_url}}) + "\n";
    mail.date = now;
    mail.message_id = "test." + secret_word(16) + "@" + settings.domain;
    mail.list_name = settings.name;
    mail.list_id = settings.list_id;
    const Posted posted =
        parts_.outbox->send({.from = settings.address, .to = mail.to.address, .raw = intake::mail::compose(mail)});
    if (posted.kind == Posted::Kind::stopped) return;
    note_try(now, fault_of(posted), true);
    const std::scoped_lock lock(counts_mutex_);
    state_.tested = MailTried{.at = now, .fault = fault_of(posted)};
    state_.tested_by = wanted->person;
    test_.reset();
  }

  Outcome run(Errand errand) {
    const Answer answer = parts_.clerk->run(std::move(errand));
    if (answer.ok()) return Done{};
    return Error{Fault::storage, "what the mail has done cannot be kept: " +
                                     (answer.error.empty() ? std::string("the desk closes") : answer.error)};
  }

  /// What makes Message-IDs hard to guess: whoever answers one has read it.
  Result<std::string> secret() {
    if (!secret_.empty()) return secret_;
    GUICHET_TRY(kept, reader_->record(kSecretKind, kCursorKey));
    if (kept) {
      GUICHET_TRY(said, formats::parse_json(kept->body, "secret"));
      if (const auto* word = said.find("word")) secret_ = word->text;
    }
    if (secret_.empty()) {
      const std::string word = secret_word(24);
      Errand errand = errand_of_the_clock();
      formats::JsonWriter json(0);
      json.begin_object().key("word").value(word).end_object();
      errand.records.push_back(
          {.record = {
               .kind = std::string(kSecretKind), .key = std::string(kCursorKey), .owner = 0, .body = json.take()}});
      if (const Outcome done = run(std::move(errand)); !done) return done.error();
      secret_ = word;
    }
    return secret_;
  }

  // ---- what is new becomes letters ----------------------------------------------------------------------------------

  /// Threads that letters of one errand already go on with.
  using ThreadIds = std::map<std::string, std::vector<std::string>>;

  Result<std::vector<std::string>> thread_of(const std::string& key, const ThreadIds& here) {
    if (const auto found = here.find(key); found != here.end()) return found->second;
    std::vector<std::string> ids;
    GUICHET_TRY(kept, reader_->record(kThreadKind, key));
    if (!kept) return ids;
    GUICHET_TRY(said, formats::parse_json(kept->body, "thread " + key));
    if (const auto* list = said.find("ids"))
      for (const formats::JsonValue& id : list->items) ids.push_back(id.text);
    return ids;
  }

  /// The first stays, that the thread keeps its root; of the others the last.
  static void go_on(std::vector<std::string>& ids, const std::string& id) {
    if (std::ranges::find(ids, id) != ids.end()) return;
    ids.push_back(id);
    if (ids.size() > kIdsOfThread) ids.erase(ids.begin() + 1);
  }

  static RecordChange thread_change(const std::string& key, CaseId case_id, const std::vector<std::string>& ids) {
    formats::JsonWriter json(0);
    json.begin_object().key("ids").begin_array();
    for (const std::string& id : ids) json.value(id);
    json.end_array().end_object();
    return {.record = {.kind = std::string(kThreadKind), .key = key, .owner = case_id.value, .body = json.take()}};
  }

  /// Completes a letter and adds what has to be kept of it; nothing when it was queued before.
  Outcome queue(Letter letter, ThreadIds& threads, std::vector<RecordChange>& changes, Instant now) {
    GUICHET_TRY(word, secret());
    letter.queued = now;
    letter.id = letter_id(letter, word, parts_.settings.domain);
    GUICHET_TRY(before, known_id(*reader_, letter.id));
    if (before) return Done{};
    const std::string key = thread_key(letter.case_id, letter.to);
    GUICHET_TRY(ids, thread_of(key, threads));
    letter.references = ids;
    if (letter.kind != LetterKind::refusal || letter.in_reply_to.empty())
      letter.in_reply_to = ids.empty() ? std::string{} : ids.back();
    go_on(ids, letter.id);
    threads[key] = ids;
    changes.push_back({.record = to_record(letter, kLetterKind, now)});
    changes.push_back({.record = to_record(KnownId{.id = letter.id,
                                                   .case_id = letter.case_id,
                                                   .sent = true,
                                                   .letter = std::string(name(letter.kind)),
                                                   .person = letter.to,
                                                   .at = {}})});
    add(&PostboxCounts::queued);
    return Done{};
  }

  void add_threads(const ThreadIds& threads, std::vector<RecordChange>& changes) {
    for (const auto& [key, ids] : threads) {
      std::uint32_t case_id = 0;
      for (const char c : key.substr(0, key.find('.'))) case_id = case_id * 10 + static_cast<std::uint32_t>(c - '0');
      changes.push_back(thread_change(key, CaseId{case_id}, ids));
    }
  }

  /// Acts since the last look become letters, in the transaction that moves the place reached. A ledger that gets mail
  /// for the first time begins with what comes next: nobody wants letters of last year.
  Outcome queue_what_is_new(Instant now) {
    while (true) {
      GUICHET_TRY(cursor, reader_->record(kCursorKind, kCursorKey));
      GUICHET_TRY(reach, reader_->reach());
      std::uint64_t to = reach.act;
      std::vector<RecordChange> changes;
      if (cursor) {
        GUICHET_TRY(said, formats::parse_json(cursor->body, "cursor"));
        const auto* place = said.find("act");
        const std::uint64_t reached =
            place != nullptr ? static_cast<std::uint64_t>(std::max<std::int64_t>(place->integer, 0)) : 0;
        if (reached >= reach.act) return Done{};
        GUICHET_TRY(acts, reader_->acts_from(reached + 1, kActsPerLook));
        if (acts.empty()) return Done{};
        to = acts.back().act.number;
        ThreadIds threads;
        if (const Outcome queued = queue_letters(acts, threads, changes, now); !queued) return queued;
        add_threads(threads, changes);
      }
      formats::JsonWriter json(0);
      json.begin_object().key("act").value(to).end_object();
      changes.push_back(
          {.record = {
               .kind = std::string(kCursorKind), .key = std::string(kCursorKey), .owner = 0, .body = json.take()}});
      Errand errand = errand_of_the_clock();
      errand.records = std::move(changes);
      if (const Outcome done = run(std::move(errand)); !done) return done;
      if (to >= reach.act) return Done{};
    }
  }

  Outcome queue_letters(const std::vector<ledger::NewAct>& acts, ThreadIds& threads, std::vector<RecordChange>& changes,
                        Instant now) {
    // What one case had at one moment is one piece of news.
    std::map<std::pair<std::uint32_t, Instant>, std::vector<ledger::NewAct>> news;
    for (const ledger::NewAct& act : acts)
      if (act.act.channel != ledger::Channel::import) news[{act.act.case_id.value, act.act.recorded}].push_back(act);
    for (const auto& [key, group] : news) {
      GUICHET_TRY(row, reader_->row(CaseId{key.first}));
      if (!row) continue;
      for (const Concerned& one : concerned(group, *row, *parts_.people)) {
        Letter letter;
        letter.to = one.person;
        letter.case_id = row->case_id;
        letter.act = group.front().act.number;
        letter.kind = one.kind;
        if (const Outcome queued = queue(std::move(letter), threads, changes, now); !queued) return queued;
      }
    }
    return Done{};
  }

  /// Once for each promise: its owner hears of it while there is time.
  Outcome warn_of_promises(Instant now) {
    if (parts_.settings.warn_before <= Duration{0} || now < warn_at_) return Done{};
    warn_at_ = now + 1min;
    constexpr std::uint8_t kClosed = 1U << static_cast<unsigned>(Phase::closed);
    ledger::CaseQuery query;
    query.desk_due_before = now + parts_.settings.warn_before;
    query.phases = static_cast<std::uint8_t>(0xFF & ~kClosed);
    query.order = ledger::CaseQuery::Order::promise;
    query.limit = kWarningsPerLook;
    std::vector<RecordChange> changes;
    ThreadIds threads;
    do {
      GUICHET_TRY(listed, reader_->cases(query));
      for (const ledger::ShelfRow& row : listed.rows) {
        if (row.desk_due <= now || !row.state.owner) continue;
        const auto owner = parts_.people->person(row.state.owner);
        if (!owner || !takes_mails(*owner)) continue;
        for (std::size_t i = 0; i < kClocks; ++i) {
          const auto clock = static_cast<Clock>(i);
          if (row.state.due_at(clock) != row.desk_due || clock == Clock::seller_reply) continue;
          Letter letter;
          letter.to = owner->id;
          letter.case_id = row.case_id;
          letter.kind = LetterKind::promise;
          letter.clock = clock;
          letter.due = row.desk_due;
          if (const Outcome queued = queue(std::move(letter), threads, changes, now); !queued) return queued;
          break;
        }
      }
      query.after = listed.next;
    } while (!query.after.empty());
    if (changes.empty()) return Done{};
    add_threads(threads, changes);
    Errand errand = errand_of_the_clock();
    errand.records = std::move(changes);
    return run(std::move(errand));
  }

  // ---- letters go out -----------------------------------------------------------------------------------------------

  Outcome send_what_is_due(Instant now) {
    ledger::RecordQuery query;
    query.kind = kLetterKind;
    query.at_before = now + Duration{1};
    query.limit = kLettersPerStep;
    GUICHET_TRY(due, reader_->records(query));
    const LetterDesk desk{.reader = *reader_,
                          .house = *parts_.house,
                          .procedures = *parts_.procedures,
                          .people = *parts_.people,
                          .settings = parts_.settings};
    for (const Record& record : due) {
      if (parts_.stop.stop_requested()) return Done{};
      const auto letter = letter_from(record);
      if (!letter) {  // of a later version: no letter of ours
        if (const Outcome done = run(removal(record)); !done) return done;
        continue;
      }
      GUICHET_TRY(mail, write_letter(*letter, desk, now));
      if (!mail) {
        if (const Outcome done = run(removal(record)); !done) return done;
        continue;
      }
      const Posted posted = parts_.outbox->send(
          {.from = parts_.settings.address, .to = mail->to.address, .raw = intake::mail::compose(*mail)});
      if (posted.kind == Posted::Kind::stopped) return Done{};  // as if it had not been tried
      note_try(now, fault_of(posted), true);
      if (const Outcome done = run(after_sending(record, *letter, posted, now)); !done) return done;
      // Where nobody answers, the others need not wait for the same silence.
      if (posted.kind == Posted::Kind::later && posted.code == 0) return Error{Fault::unreadable, posted.detail};
    }
    return Done{};
  }

  static Errand removal(const Record& record) {
    Errand errand = errand_of_the_clock();
    errand.records.push_back({.record = record, .expect = RecordChange::Expect::anything, .remove = true});
    return errand;
  }

  Errand after_sending(const Record& record, Letter letter, const Posted& posted, Instant now) {
    Errand errand = removal(record);
    if (posted.kind == Posted::Kind::taken) {
      add(&PostboxCounts::sent);
      errand.records.push_back({.record = to_record(KnownId{.id = letter.id,
                                                            .case_id = letter.case_id,
                                                            .sent = true,
                                                            .letter = std::string(name(letter.kind)),
                                                            .person = letter.to,
                                                            .at = now})});
      return errand;
    }
    letter.fault = posted.detail;
    const bool again = posted.kind == Posted::Kind::later && letter.attempts < kTryAgainAfter.size();
    const Duration wait = again ? kTryAgainAfter.at(letter.attempts) : Duration{0};
    ++letter.attempts;
    if (again) {
      add(&PostboxCounts::put_off);
      errand.records.front() = {.record = to_record(letter, kLetterKind, now + wait)};
    } else {
      add(&PostboxCounts::given_up);
      errand.records.push_back({.record = to_record(letter, kLetterFailedKind, now)});
    }
    return errand;
  }

  // ---- mails come in ------------------------------------------------------------------------------------------------

  /// What the server shows is first put into the spool; only then is it marked there as read.
  Outcome fetch() {
    std::optional<Error> wrong;
    auto polled = poll_folder(
        *parts_.settings.imap,
        [&](const FetchedMail& mail) {
          const auto kept = parts_.spool->put(mail.raw, mail.head_only);
          if (!kept && !wrong) wrong = kept.error();
          return static_cast<bool>(kept);
        },
        parts_.stop.get_token());
    if (parts_.stop.stop_requested()) return Done{};
    if (wrong) return *wrong;
    if (!polled) return polled.error();
    add(&PostboxCounts::fetched, polled->kept);
    return Done{};
  }

  Outcome take_in(Instant now) {
    GUICHET_TRY(names, parts_.spool->waiting(kMailsPerStep));
    for (const std::string& name : names) {
      if (parts_.stop.stop_requested()) return Done{};
      Incoming mail;
      mail.name = name;
      mail.id = name.substr(0, name.find('.'));
      mail.head_only = MailSpool::is_head_only(name);
      auto raw = parts_.spool->read(name);
      if (!raw) return raw.error();
      mail.raw = std::move(*raw);
      mail.message = intake::mail::read_message(mail.raw);
      mail.says = intake::mail::what_it_says(mail.message, mail.raw);
      if (const Outcome taken = take(mail, now); !taken) return taken;
      // What a stop broke off stays; what was kept all the same is known again by the next start.
      if (parts_.stop.stop_requested()) return Done{};
      if (const Outcome gone = parts_.spool->remove(name); !gone) return gone;
    }
    return Done{};
  }

  /// In-Reply-To before References, the last of these first; a subject is never looked at.
  Result<Match> match(const Message& message) {
    Match found;
    for (auto id = message.in_reply_to.rbegin(); id != message.in_reply_to.rend(); ++id) {
      GUICHET_TRY(known, known_id(*reader_, *id));
      if (known) return Match{.known = known, .why = "In-Reply-To: " + *id};
    }
    for (auto id = message.references.rbegin(); id != message.references.rend(); ++id) {
      GUICHET_TRY(known, known_id(*reader_, *id));
      if (known) return Match{.known = known, .why = "References: " + *id};
    }
    return found;
  }

  Outcome take(const Incoming& mail, Instant now) {
    const Message& message = mail.message;
    // What is in the tray, or was, is not put there twice.
    GUICHET_TRY(waits, reader_->record(kTrayKind, mail.id));
    GUICHET_TRY(settled, reader_->record(kSettledKind, mail.id));
    if (waits || settled) {
      add(&PostboxCounts::repeated);
      return Done{};
    }
    GUICHET_TRY(matched, match(message));
    const auto put = [&](TrayReason reason, std::string detail = {}) {
      return tray(mail, matched, reason, std::move(detail), now);
    };
    if (mail.head_only) return put(TrayReason::too_large);
    GUICHET_TRY(own, known_id(*reader_, identity_of(message, mail.raw)));
    // It is in a case already, by this way or out of a mailbox that was brought in.
    if (own && own->is_of(mail.says)) {
      add(&PostboxCounts::repeated);
      return Done{};
    }
    if (own && own->sent) return put(TrayReason::own_mail);
    if (const auto automatic = intake::mail::automatic(message)) {
      if (*automatic == intake::mail::Automatic::bounce)
        if (const Outcome noted = note_bounce(message, now); !noted) return noted;
      return put(reason_of(*automatic));
    }
    if (message.from.size() != 1 || !intake::mail::is_mail_address(message.from.front().address))
      return put(TrayReason::no_sender);
    const std::string address = intake::mail::lower_case(message.from.front().address);
    if (address == intake::mail::lower_case(parts_.settings.address)) return put(TrayReason::own_mail);
    if (rates_.too_many(address, now, parts_.settings.mails_per_hour_max)) return put(TrayReason::too_many);
    if (!matched.known) return without_case(mail, own, address, now);
    const auto person = parts_.people->by_email(address);
    if (!person || !person->active) return put(TrayReason::unknown_sender);
    GUICHET_TRY(row, reader_->row(matched.known->case_id));
    if (!row || !may_see(*person, *row)) return put(TrayReason::not_of_account);
    if (!may_answer(*person, *row, *matched.known)) return put(TrayReason::not_allowed);
    if (is_empty(message)) return put(TrayReason::empty);
    if (own && !own->says.empty()) return put(TrayReason::same_id);
    return into_case(mail, *person, matched, now);
  }

  static bool is_empty(const Message& message) {
    return message.text.find_first_not_of(" \t\n") == std::string::npos && message.attachments.empty();
  }

  /// A mail that names none of ours waits, or opens a case where the desk was set so and it begins something: what
  /// answers somebody else's mail is for a person to place.
  Outcome without_case(const Incoming& mail, const std::optional<KnownId>& own, const std::string& address,
                       Instant now) {
    using Opens = MailSettings::Opens;
    const Message& message = mail.message;
    const auto put = [&](TrayReason reason, std::string detail = {}) {
      return tray(mail, {}, reason, std::move(detail), now);
    };
    const auto person = parts_.people->by_email(address);
    if (parts_.settings.opens == Opens::no || !message.in_reply_to.empty() || !message.references.empty() || !person ||
        !person->active || person->role != Role::seller || !person->account)
      return put(TrayReason::no_match);
    if (is_empty(message)) return put(TrayReason::empty);
    if (own && !own->says.empty()) return put(TrayReason::same_id);
    const intake::mail::Arrival arrival = intake::mail::arrival_of(mail.raw, message, parts_.find_key);
    if (parts_.stop.stop_requested()) return Done{};
    const bool vouched = is_vouched_for(arrival, address);
    if (!vouched && parts_.settings.opens == Opens::signed_ones) return put(TrayReason::not_signed);
    const auto matter = matter_to_open(now);
    if (!matter) return put(TrayReason::refused, std::string(guichet::name(Refusal::no_such_matter)));
    GUICHET_TRY(before, opened_lately(*person, now));
    if (before.size() >= parts_.settings.opens_per_day_max) return put(TrayReason::too_many, "opened");
    before.push_back(now);
    return open_case(mail, *person, *matter, vouched, before, now);
  }

  /// A signature of the very domain that the mail is from, over its sender and its whole body.
  static bool is_vouched_for(const intake::mail::Arrival& arrival, std::string_view address) {
    const std::string_view domain = address.substr(address.find('@') + 1);
    return std::ranges::any_of(arrival.signatures, [&](const intake::mail::DkimResult& one) {
      return one.verdict == intake::mail::DkimVerdict::pass && one.domain == domain && one.weak.empty() &&
             one.body_unsigned == 0 && std::ranges::find(one.fields, "from") != one.fields.end();
    });
  }

  /// As the settings say; nothing when the procedure in force has no such matter.
  std::optional<std::uint8_t> matter_to_open(Instant now) const {
    const auto& matters = parts_.procedures->at(now).file.matters;
    const std::string& wanted = parts_.settings.opens_matter;
    const auto found = std::ranges::find(matters, wanted.empty() ? "other" : wanted, &rulebook::MatterText::id);
    if (found != matters.end()) return static_cast<std::uint8_t>(found - matters.begin());
    if (!wanted.empty() || matters.empty()) return std::nullopt;
    return std::uint8_t{0};
  }

  /// When mails of this person opened cases within the last day. Kept with the cases: a restart forgets none.
  Result<std::vector<Instant>> opened_lately(const Person& person, Instant now) {
    std::vector<Instant> times;
    GUICHET_TRY(kept, reader_->record(kOpenedKind, std::to_string(person.id.value)));
    if (!kept) return times;
    GUICHET_TRY(said, formats::parse_json(kept->body, "cases opened by mail"));
    if (const auto* list = said.find("at"))
      for (const formats::JsonValue& one : list->items)
        if (const auto at = parse_instant(one.text); at && *at > now - Duration{24h}) times.push_back(*at);
    return times;
  }

  Outcome open_case(const Incoming& mail, const Person& person, std::uint8_t matter, bool vouched,
                    const std::vector<Instant>& opened, Instant now) {
    const Message& message = mail.message;
    const std::string address = intake::mail::lower_case(message.from.front().address);
    const formats::Phrases phrases(person.language.value_or(parts_.settings.language));
    const MailWords words{.person = person,
                          .case_id = {},
                          .account = person.account,
                          .matter = matter,
                          .subject = message.subject.empty() ? phrases("mail.opened.no_subject")
                                                             : utf8_cut(message.subject, kSubjectBytesMax),
                          .matched = matched_as_opening(address, vouched),
                          .arrival = arrival_of_mail(mail.raw, message, parts_.find_key)};
    if (parts_.stop.stop_requested()) return Done{};
    Errand errand = errand_of_mail(message, mail.raw, mail.id, words, *parts_.house);
    formats::JsonWriter json(0);
    json.begin_object().key("at").begin_array();
    for (const Instant at : opened) json.value(print_instant(at));
    json.end_array().end_object();
    errand.records.push_back({.record = {.kind = std::string(kOpenedKind),
                                         .key = std::to_string(person.id.value),
                                         .owner = person.account.value,
                                         .at = now,
                                         .body = json.take()}});
    // What names the case, in the same transaction: the mail is in it and known, or neither.
    const KnownId known{.id = identity_of(message, mail.raw),
                        .case_id = {},
                        .sent = false,
                        .letter = {},
                        .person = person.id,
                        .at = now,
                        .says = {mail.says}};
    const std::string thread = intake::mail::is_message_id(message.message_id) ? message.message_id : std::string{};
    errand.follows = [known, thread](const Answer& answer) {
      Errand more = errand_of_the_clock();
      KnownId here = known;
      here.case_id = answer.case_id;
      more.records.push_back({.record = to_record(here)});
      if (!thread.empty())
        more.records.push_back(thread_change(thread_key(answer.case_id, known.person), answer.case_id, {thread}));
      std::vector<Errand> all;
      all.push_back(std::move(more));
      return all;
    };
    const Answer answer = parts_.clerk->run(std::move(errand));
    switch (answer.kind) {
      case Answer::Kind::done:
        add(&PostboxCounts::taken);
        add(&PostboxCounts::opened);
        return Done{};
      case Answer::Kind::repeated: add(&PostboxCounts::repeated); return Done{};
      case Answer::Kind::refused:
        return tray(mail, {}, TrayReason::refused, std::string(guichet::name(answer.refusal)), now);
      case Answer::Kind::key_mistaken: return tray(mail, {}, TrayReason::same_id, {}, now);
      case Answer::Kind::no_such_case:
      case Answer::Kind::conflict:
      case Answer::Kind::too_late:
      case Answer::Kind::withdrawn:
      case Answer::Kind::stopped:
      case Answer::Kind::failed: break;
    }
    return cannot_be_kept(answer);
  }

  static Error cannot_be_kept(const Answer& answer) {
    return {Fault::storage,
            "a mail waits to be kept: " + (answer.error.empty() ? std::string("the desk closes") : answer.error)};
  }

  /// An agent's mail goes to the seller only when it answers the seller's words and the case is his.
  static bool may_answer(const Person& person, const ledger::ShelfRow& row, const KnownId& answered) {
    switch (person.role) {
      case Role::seller:
      case Role::mediator: return true;
      case Role::agent:
      case Role::supervisor:
      case Role::decider:
        return may(person.role, Right::act_as_desk) && row.state.owner == person.id &&
               answered.letter == name(LetterKind::words) && answered.person == person.id;
      case Role::auditor:
      case Role::administrator:
      case Role::nobody: return false;
    }
    return false;
  }

  Outcome into_case(const Incoming& mail, const Person& person, const Match& matched, Instant now) {
    const MailWords words{.person = person,
                          .case_id = matched.known->case_id,
                          .account = {},
                          .matter = 0,
                          .subject = {},
                          .matched = matched.why,
                          .arrival = arrival_of_mail(mail.raw, mail.message, parts_.find_key)};
    if (parts_.stop.stop_requested()) return Done{};
    Errand errand = errand_of_mail(mail.message, mail.raw, mail.id, words, *parts_.house);
    errand.records.push_back({.record = to_record(KnownId{.id = identity_of(mail.message, mail.raw),
                                                          .case_id = words.case_id,
                                                          .sent = false,
                                                          .letter = {},
                                                          .person = person.id,
                                                          .at = now,
                                                          .says = {mail.says}})});
    const std::string& id = mail.message.message_id;
    if (intake::mail::is_message_id(id)) {
      const std::string key = thread_key(words.case_id, person.id);
      GUICHET_TRY(ids, thread_of(key, {}));
      go_on(ids, id);
      errand.records.push_back(thread_change(key, words.case_id, ids));
    }
    const Answer answer = parts_.clerk->run(std::move(errand));
    switch (answer.kind) {
      case Answer::Kind::done: add(&PostboxCounts::taken); return Done{};
      case Answer::Kind::repeated: add(&PostboxCounts::repeated); return Done{};
      case Answer::Kind::refused: return refused(mail, person, matched, answer.refusal, now);
      case Answer::Kind::no_such_case: return tray(mail, matched, TrayReason::not_of_account, {}, now);
      case Answer::Kind::key_mistaken: return tray(mail, matched, TrayReason::same_id, {}, now);
      case Answer::Kind::conflict:
      case Answer::Kind::too_late:
      case Answer::Kind::withdrawn:
      case Answer::Kind::stopped:
      case Answer::Kind::failed: break;
    }
    return cannot_be_kept(answer);
  }

  /// A person wrote, and nothing came of it: he is told so, once.
  Outcome refused(const Incoming& mail, const Person& person, const Match& matched, Refusal refusal, Instant now) {
    const std::string word(guichet::name(refusal));
    if (const Outcome put = tray(mail, matched, TrayReason::refused, word, now); !put) return put;
    if (!parts_.outbox || !takes_mails(person) || !intake::mail::is_message_id(mail.message.message_id)) return Done{};
    Letter letter;
    letter.to = person.id;
    letter.case_id = matched.known->case_id;
    letter.kind = LetterKind::refusal;
    letter.refusal = word;
    letter.in_reply_to = mail.message.message_id;
    Errand errand = errand_of_the_clock();
    ThreadIds threads;
    if (const Outcome queued = queue(std::move(letter), threads, errand.records, now); !queued) return queued;
    if (errand.records.empty()) return Done{};
    add_threads(threads, errand.records);
    return run(std::move(errand));
  }

  Outcome tray(const Incoming& mail, const Match& matched, TrayReason reason, std::string detail, Instant now) {
    const Message& message = mail.message;
    TrayMail waiting;
    waiting.id = mail.id;
    waiting.reason = reason;
    waiting.detail = std::move(detail);
    if (!message.from.empty()) {
      waiting.from = message.from.front().address;
      waiting.from_name = message.from.front().name;
    }
    waiting.subject = message.subject;
    if (intake::mail::is_message_id(message.message_id)) waiting.message_id = message.message_id;
    if (message.date) waiting.written = message.date->at;
    waiting.received = now;
    waiting.bytes = mail.raw.size();
    waiting.head_only = mail.head_only;
    if (const auto person = parts_.people->by_email(intake::mail::lower_case(waiting.from));
        person && !waiting.from.empty()) {
      waiting.person = person->id;
      waiting.account = person->account;
    }
    if (matched.known) {
      waiting.case_id = matched.known->case_id;
      waiting.matched = matched.why;
    }
    waiting.says = mail.says;
    waiting.arrival = arrival_of_mail(mail.raw, message, parts_.find_key);
    // Keys that were not waited for are no verdict on the mail.
    if (parts_.stop.stop_requested()) return Done{};
    Errand errand = errand_of_the_clock();
    errand.records.push_back({.record = to_record(waiting, kTrayKind)});
    errand.records.push_back({.record = raw_record(mail.id, mail.raw)});
    if (const Outcome kept = run(std::move(errand)); !kept) return kept;
    add(&PostboxCounts::trayed);
    return Done{};
  }

  /// The act that a letter tells of stands second in its id; zero for those that tell of none.
  static std::uint64_t act_in(std::string_view id) {
    const std::size_t begin = std::min(id.find('.'), id.size() - 1) + 1;
    std::uint64_t act = 0;
    const auto [end, fault] = std::from_chars(id.data() + begin, id.data() + id.size(), act);
    return fault == std::errc{} && end != id.data() + id.size() && *end == '.' ? act : 0;
  }

  /// A letter of ours came back: it joins the failures, with what the other side says.
  Outcome note_bounce(const Message& message, Instant now) {
    std::vector<std::string> ids;
    if (message.report && !message.report->returned_id.empty()) ids.push_back(message.report->returned_id);
    ids.insert(ids.end(), message.in_reply_to.begin(), message.in_reply_to.end());
    ids.insert(ids.end(), message.references.rbegin(), message.references.rend());
    // A delay is no failure yet.
    if (message.report && message.report->action == "delayed") return Done{};
    for (const std::string& id : ids) {
      GUICHET_TRY(known, known_id(*reader_, id));
      if (!known || !known->sent) continue;
      Letter letter;
      letter.id = known->id;
      letter.to = known->person;
      letter.case_id = known->case_id;
      letter.kind = letter_kind_from(known->letter).value_or(LetterKind::words);
      letter.queued = known->at.value_or(now);
      letter.act = act_in(letter.id);
      letter.fault = "returned";
      if (message.report) {
        for (const std::string* part :
             {&message.report->recipient, &message.report->status, &message.report->diagnostic})
          if (!part->empty()) letter.fault += ": " + part->substr(0, 300);
      }
      Errand errand = errand_of_the_clock();
      errand.records.push_back({.record = to_record(letter, kLetterFailedKind, now)});
      if (const Outcome done = run(std::move(errand)); !done) return done;
      add(&PostboxCounts::bounced);
      break;
    }
    return Done{};
  }

  Parts parts_;
  std::unique_ptr<ledger::Reader> reader_;
  std::string secret_;
  Rates rates_;
  Instant poll_at_{}, warn_at_{};
  mutable std::mutex counts_mutex_;
  PostboxCounts counts_;
  MailState state_;
  std::optional<TestMail> test_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, look_now_ = false;
  std::thread thread_;
};

Result<std::unique_ptr<ThePostbox>> make(Postbox::Parts parts) {
  GUICHET_TRY(reader, parts.ledger->reader());
  return std::make_unique<ThePostbox>(std::move(parts), std::move(reader));
}

}  // namespace

Result<std::unique_ptr<Postbox>> Postbox::by_hand(Parts parts) {
  GUICHET_TRY(postbox, make(std::move(parts)));
  return std::unique_ptr<Postbox>(std::move(postbox));
}

Result<std::unique_ptr<Postbox>> Postbox::start(Parts parts, const WallClock& clock) {
  GUICHET_TRY(postbox, make(std::move(parts)));
  postbox->begin(clock);
  return std::unique_ptr<Postbox>(std::move(postbox));
}

}  // namespace guichet::desk
