#include <guichet/desk/clerk.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/core/evolve.hpp>
#include <guichet/desk/allot.hpp>
#include <guichet/desk/contention.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/wall_clock.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kErrandsPerCommit = 256;
constexpr std::size_t kRowsRemembered = 8'192;
/// A desk at which nobody has wanted anything for so long catches up with what was put off.
constexpr std::chrono::milliseconds kQuiet{20};

struct Waiting {
  Errand errand;
  Told told;
};

struct Answered {
  Waiting waiting;
  Answer answer;
};

/// One transaction under way: what is written so far, and what the ledger will look like after it.
struct Draft {
  ledger::Batch batch;
  std::map<CaseId, ledger::ShelfRow> rows;  // as this batch leaves them
  std::map<std::string, std::size_t, std::less<>> receipts;
  std::map<std::pair<std::string, std::string>, ledger::RecordChange> records;
  ledger::Reach reach;
};

class TheClerk final : public Clerk {
 public:
  TheClerk(const Parts& parts, std::unique_ptr<ledger::Reader> reader, ledger::Reach reach,
           std::function<void(const Committed&)> on_commit)
      : parts_(parts), reader_(std::move(reader)), reach_(reach), on_commit_(std::move(on_commit)) {
    teller_ = std::thread([this] { give_answers(); });
    thread_ = std::thread([this] { work(); });
  }
  ~TheClerk() override { stop(); }
  TheClerk(const TheClerk&) = delete;
  TheClerk& operator=(const TheClerk&) = delete;

  void submit(Errand errand, Told told) override {
    {
      const std::scoped_lock lock(mutex_);
      if (!stopping_) {
        queue_.push_back({std::move(errand), std::move(told)});
        waiting_.store(queue_.size());
        there_is_work_.notify_one();
        return;
      }
    }
    if (told) told(Answer{.kind = Answer::Kind::stopped});
  }

  Answer run(Errand errand) override {
    std::promise<Answer> promise;
    submit(std::move(errand), [&promise](const Answer& answer) { promise.set_value(answer); });
    return promise.get_future().get();
  }

  ClerkCounts counts() const override {
    return {.errands = errands_.load(),
            .refused = refused_.load(),
            .commits = commits_.load(),
            .failed = failed_.load(),
            .events = events_.load(),
            .waiting = waiting_.load(),
            .failing = failing_.load()};
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      there_is_work_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    {
      const std::scoped_lock lock(answers_mutex_);
      last_answer_ = true;
      there_are_answers_.notify_one();
    }
    if (teller_.joinable()) teller_.join();
  }

 private:
  void work() {
    std::vector<Waiting> taken;
    bool behind = false;
    for (;;) {
      taken.clear();
      {
        std::unique_lock lock(mutex_);
        const auto wanted = [this] { return stopping_ || !queue_.empty(); };
        if (behind && (!there_is_work_.wait_for(lock, kQuiet, wanted) || queue_.empty())) {
          lock.unlock();
          // Should it fail, the next opening of the ledger does it.
          static_cast<void>(parts_.ledger->catch_up());
          behind = false;
          continue;
        }
        there_is_work_.wait(lock, wanted);
        if (queue_.empty()) return;
        const std::size_t count = std::min(queue_.size(), kErrandsPerCommit);
        std::move(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(taken));
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
        waiting_.store(queue_.size());
      }
      do_errands(taken);
      behind = true;
    }
  }

  void do_errands(std::vector<Waiting>& taken) {
    Draft draft;
    draft.reach = reach_;
    std::vector<Answer> answers;
    answers.reserve(taken.size());
    // The ledger's time never runs backwards, whatever the wall clock does.
    const Instant now = std::max(parts_.clock->now(), reach_.recorded);
    leaving_.clear();
    given_.clear();
    for (Waiting& waiting : taken) {
      const std::size_t records_before = draft.batch.records.size();
      answers.push_back(compose(waiting.errand, now, draft));
      if (answers.back().kind == Answer::Kind::done) {
        for (Errand& more : waiting.errand.afterwards) (void)compose(more, now, draft);
        if (waiting.errand.follows)
          for (Errand& more : waiting.errand.follows(answers.back())) (void)compose(more, now, draft);
        pass_on_cases(records_before, waiting.errand.channel, now, draft);
        for (const CaseId case_id : waiting.errand.pass_on) pass_on_case(case_id, waiting.errand.channel, now, draft);
      }
      if (!answers.back().ok()) refused_.fetch_add(1);
    }
    errands_.fetch_add(taken.size());
    if (!draft.batch.empty()) commit(draft, answers);
    const std::scoped_lock lock(answers_mutex_);
    for (std::size_t i = 0; i < taken.size(); ++i) answers_.push_back({std::move(taken[i]), std::move(answers[i])});
    there_are_answers_.notify_one();
  }

  /// On a thread of its own: making an answer and giving it away costs a tenth of a reply, and nothing of the next
  /// transaction waits for it.
  void give_answers() {
    std::vector<Answered> some;
    for (;;) {
      {
        std::unique_lock lock(answers_mutex_);
        there_are_answers_.wait(lock, [this] { return last_answer_ || !answers_.empty(); });
        if (answers_.empty()) return;
        some.swap(answers_);
      }
      for (const Answered& one : some)
        if (one.waiting.told) one.waiting.told(one.answer);
      some.clear();
    }
  }

  void commit(Draft& draft, std::vector<Answer>& answers) {
    for (auto& [case_id, row] : draft.rows) draft.batch.rows.push_back(row);
    const Outcome written = parts_.ledger->append(draft.batch);
    if (!written) {
      failed_.fetch_add(1);
      failing_ = written.error().fault != Fault::conflict;
      rows_.clear();
      for (Answer& answer : answers)
        if (answer.kind == Answer::Kind::done) {
          answer =
              Answer{.kind = written.error().fault == Fault::conflict ? Answer::Kind::conflict : Answer::Kind::failed,
                     .error = written.error().detail};
        }
      if (auto reach = reader_->reach()) reach_ = *reach;
      return;
    }
    commits_.fetch_add(1);
    failing_ = false;
    reach_ = draft.reach;
    for (const ledger::NewAct& act : draft.batch.acts) events_.fetch_add(act.events.size());
    remember(draft);
    if (on_commit_) on_commit_(Committed{draft.batch});
  }

  /// Of what was committed, that which later errands ask for.
  void remember(Draft& draft) {
    for (auto& [case_id, row] : draft.rows) {
      const auto before = rows_.find(case_id);
      if (before != rows_.end()) count_load(before->second, -1);
      count_load(row, +1);
      rows_[case_id] = std::move(row);
    }
    if (rows_.size() > kRowsRemembered) rows_.clear();
  }
  /// Only loads that were asked for once are kept up.
  void count_load(const ledger::ShelfRow& row, int by) {
    if (!row.state.owner || row.state.phase() == Phase::closed) return;
    const auto load = loads_.find(row.state.owner.value);
    if (load == loads_.end()) return;
    if (by > 0)
      ++load->second;
    else if (load->second > 0)
      --load->second;
  }

  /// With what was given in the transaction under way.
  std::uint32_t load_of(ActorId person) {
    const auto given = given_.find(person.value);
    return kept_load_of(person) + (given == given_.end() ? 0U : given->second);
  }
  std::uint32_t kept_load_of(ActorId person) {
    const auto known = loads_.find(person.value);
    if (known != loads_.end()) return known->second;
    constexpr std::uint8_t kClosed = 1U << static_cast<unsigned>(Phase::closed);
    const ledger::CaseQuery theirs{.owner = person, .phases = static_cast<std::uint8_t>(0xFF & ~kClosed)};
    const auto count = reader_->count(theirs, 10'000);
    return loads_[person.value] = count ? static_cast<std::uint32_t>(*count) : 0U;
  }

  // ---- one errand ------------------------------------------------------------------------------------

  Answer compose(Errand& errand, Instant now, Draft& draft) {
    if (!errand.key.empty())
      if (const auto before = receipt_of(errand, draft)) return *before;
    for (const ledger::RecordChange& change : errand.records)
      if (!holds(change, draft)) return Answer{.kind = Answer::Kind::conflict, .error = change.record.kind};
    if (errand.withdraws)
      if (const auto refused = withdraw(errand, now, draft)) return *refused;

    // Everything is tried on copies: an errand that fails leaves no trace.
    Trial trial{.row = {}, .reach = draft.reach, .acts = {}, .texts = {}, .answer = {}};
    if (!errand.steps.empty()) {
      if (const auto refused = take_steps(errand, now, draft, trial)) return *refused;
      trial.answer.case_id = trial.row.case_id;
      trial.answer.version = trial.row.state.version;
    }
    return enter(errand, now, draft, trial);
  }

  /// Why a procedure can no longer be withdrawn; nothing when it can.
  std::optional<Answer> withdraw(const Errand& errand, Instant now, const Draft& draft) {
    const InForce* one = parts_.procedures->of(errand.withdraws);
    if (one == nullptr) return Answer{.kind = Answer::Kind::too_late};
    const bool here = std::ranges::any_of(draft.batch.house, [&](const ledger::HouseNote& note) {
      const auto before = withdrawal_from(note);
      return before && before->id == errand.withdraws;
    });
    switch (parts_.procedures->standing(*one, now)) {
      case Standing::coming: break;
      case Standing::withdrawn: return Answer{.kind = Answer::Kind::withdrawn};
      case Standing::in_force:
      case Standing::past: return Answer{.kind = Answer::Kind::too_late};
    }
    return here ? std::optional{Answer{.kind = Answer::Kind::withdrawn}} : std::nullopt;
  }

  struct Trial {
    ledger::ShelfRow row;
    ledger::Reach reach;
    std::vector<ledger::NewAct> acts;
    std::vector<ledger::KeptText> texts;
    Answer answer;
  };

  std::optional<Answer> receipt_of(const Errand& errand, const Draft& draft) {
    std::optional<ledger::Receipt> receipt;
    if (const auto here = draft.receipts.find(errand.key); here != draft.receipts.end()) {
      receipt = draft.batch.receipts[here->second];
    } else {
      auto kept = reader_->receipt(errand.key);
      if (!kept) return Answer{.kind = Answer::Kind::failed, .error = kept.error().detail};
      receipt = std::move(*kept);
    }
    if (!receipt) return std::nullopt;
    if (receipt->fingerprint != errand.fingerprint) return Answer{.kind = Answer::Kind::key_mistaken};
    return Answer{.kind = Answer::Kind::repeated, .case_id = receipt->case_id, .version = receipt->version};
  }

  bool holds(const ledger::RecordChange& change, const Draft& draft) {
    using Expect = ledger::RecordChange::Expect;
    if (change.expect == Expect::anything) return true;
    std::uint64_t revision = 0;  // zero: there is none
    const auto here = draft.records.find({change.record.kind, change.record.key});
    if (here != draft.records.end()) {
      // Changed by an errand before this one, in the same transaction: nobody can have seen that.
      return change.expect == Expect::absent && here->second.remove;
    }
    if (const auto kept = reader_->record(change.record.kind, change.record.key); kept && *kept)
      revision = (*kept)->revision;
    return change.expect == Expect::absent ? revision == 0 : revision == change.record.revision;
  }

  std::optional<Answer> take_steps(Errand& errand, Instant now, Draft& draft, Trial& trial) {
    const bool opens = !errand.case_id;
    const InForce* procedure = nullptr;
    if (opens) {
      trial.row.case_id = CaseId{++trial.reach.case_id.value};
      trial.row.account = errand.account;
      procedure = &parts_.procedures->at(now);
    } else {
      auto row = row_of(errand.case_id, draft);
      if (!row) return Answer{.kind = Answer::Kind::failed, .error = row.error().detail};
      if (!*row || (errand.visible && !errand.visible(**row))) return Answer{.kind = Answer::Kind::no_such_case};
      trial.row = std::move(**row);
      procedure = &parts_.procedures->of_case(trial.row.state);
    }
    const Turn turn_before = trial.row.state.turn();
    const Version words_before = trial.row.state.seller_version;
    const bool told = std::ranges::any_of(errand.steps, &Step::told);
    if (!opens && !told) come_under_new_rules(errand, procedure, now, trial);
    for (std::size_t i = 0; i < errand.steps.size(); ++i) {
      const Refusal refusal = take_step(errand, errand.steps[i], *procedure, now, trial);
      if (refusal != Refusal::none) return Answer{.kind = Answer::Kind::refused, .refusal = refusal, .step = i};
    }
    if (told) return std::nullopt;
    if (!opens) procedure = &parts_.procedures->of_case(trial.row.state);
    const bool seller_spoke = trial.row.state.seller_version != words_before && trial.row.state.turn() == Turn::desk &&
                              turn_before != Turn::desk;
    find_somebody(errand, *procedure, now, seller_spoke, trial);
    return std::nullopt;
  }

  /// The timekeeper brings living cases under new rules on their day; who is quicker, or reopens one, meets them here.
  void come_under_new_rules(const Errand& errand, const InForce*& procedure, Instant now, Trial& trial) {
    const CommandKind first = errand.steps.front().command.kind;
    if (first == CommandKind::change_procedure) return;
    if (trial.row.state.phase() == Phase::closed && first != CommandKind::reopen_case) return;
    const InForce* next = parts_.procedures->successor(trial.row.state, now);
    if (next == nullptr) return;
    Errand by_house;
    by_house.channel = errand.channel == ledger::Channel::demo ? ledger::Channel::demo : ledger::Channel::clock;
    Step step{.command = come_under(*next), .text = {}, .attachments = {}, .body_with_files = {}};
    // Where too little notice was given the rules refuse it, and the case keeps its own.
    if (take_step(by_house, step, *procedure, now, trial) == Refusal::none) procedure = next;
  }

  Refusal take_step(const Errand& errand, Step& step, const InForce& procedure, Instant now, Trial& trial) {
    Command command = step.command;
    command.at = now;
    command.case_id = trial.row.case_id;
    if (!command.actor) command.actor = errand.person;
    if (command.party == Party::nobody) command.party = errand.party;
    if (command.kind == CommandKind::apply_restriction)
      command.other = contended_elsewhere(*reader_, trial.row.account, command.case_id).packed();
    std::vector<ledger::KeptText> texts;
    const auto keep = [&](ledger::NewText text) {
      const TextId id{++trial.reach.text.value};
      if (!text.author) text.author = command.actor;
      texts.push_back({.id = id, .case_id = command.case_id, .text = std::move(text)});
      return id;
    };
    // Numbered as they will stand: the words first, then their files.
    std::vector<TextId> files;
    if (step.text) command.text = keep(*step.text);
    if (command.kind == CommandKind::add_exhibit) command.detail = command.text.value;
    for (const ledger::NewText& file : step.attachments) files.push_back(keep(file));
    if (step.body_with_files && step.text) texts.front().text.body = step.body_with_files(files);

    if (step.told) files.clear();
    const Refusal first =
        step.told ? tell(errand, command, now, texts, trial) : rule(errand, command, procedure, now, texts, trial);
    if (first != Refusal::none) return first;
    for (const TextId file : files) {
      const Command exhibit{.at = now,
                            .case_id = command.case_id,
                            .actor = command.actor,
                            .text = file,
                            .detail = file.value,
                            .kind = CommandKind::add_exhibit,
                            .party = command.party};
      if (const Refusal refusal = rule(errand, exhibit, procedure, now, texts, trial); refusal != Refusal::none)
        return refusal;
    }
    for (ledger::KeptText& text : texts) {
      trial.answer.texts.push_back(text.id);
      trial.texts.push_back(std::move(text));
    }
    return Refusal::none;
  }

  /// Enters history that another system kept, as an import would.
  Refusal tell(const Errand& errand, const Command& command, Instant now, const std::vector<ledger::KeptText>& texts,
               Trial& trial) {
    if (trial.row.state.procedure) return Refusal::rules_are_kept;
    const bool opens = command.kind == CommandKind::open_case;
    GUICHET_CHECK(opens || command.kind == CommandKind::send_message, "nothing else is told of elsewhere");
    Event event{.at = now, .case_id = command.case_id, .actor = command.actor};
    event.text = command.text;
    event.detail = opens ? 0 : command.detail >> 16U;
    event.version = Version{trial.row.state.version.value + 1};
    event.kind = opens ? EventKind::opened : EventKind::message_sent;
    event.party = command.party;
    // Who opened it elsewhere is not known.
    if (opens) event.actor = {}, event.party = Party::nobody;
    shelve({.act = {.number = ++trial.reach.act,
                    .recorded = now,
                    .case_id = command.case_id,
                    .person = command.actor,
                    .account = trial.row.account,
                    .channel = errand.channel,
                    .command = std::nullopt},
            .events = {event}},
           texts, trial);
    return Refusal::none;
  }

  /// Asks the rules, and shelves what they say.
  Refusal rule(const Errand& errand, const Command& command, const InForce& procedure, Instant now,
               const std::vector<ledger::KeptText>& texts, Trial& trial) {
    std::array<Event, kEventsPerDecisionMax> room;
    EventBatch out(room);
    const Refusal refusal = decide(trial.row.state, command, procedure.rules(), out);
    if (refusal != Refusal::none) return refusal;
    ledger::NewAct act{.act = {.number = ++trial.reach.act,
                               .recorded = now,
                               .case_id = command.case_id,
                               .person = command.actor,
                               .account = trial.row.account,
                               .channel = errand.channel,
                               .command = command},
                       .events = {out.events().begin(), out.events().end()}};
    shelve(std::move(act), texts, trial);
    return Refusal::none;
  }

  void shelve(ledger::NewAct act, const std::vector<ledger::KeptText>& texts, Trial& trial) {
    const std::function<const ledger::Text*(TextId)> text_of = [&](TextId id) { return find_text(id, texts); };
    ledger::shelve(trial.row, act.act, act.events, text_of, parts_.shelving);
    trial.reach.position += act.events.size();
    trial.answer.events.insert(trial.answer.events.end(), act.events.begin(), act.events.end());
    trial.acts.push_back(std::move(act));
  }

  /// Of the texts that this step brings, as the shelf reads them.
  const ledger::Text* find_text(TextId id, const std::vector<ledger::KeptText>& texts) {
    for (const ledger::KeptText& text : texts) {
      if (text.id != id) continue;
      shown_ = ledger::Text{};
      shown_.id = id;
      shown_.case_id = text.case_id;
      shown_.kind = text.text.kind;
      shown_.author = text.text.author;
      shown_.name = text.text.name;
      shown_.media_type = text.text.media_type;
      shown_.body = text.text.body;
      shown_.body_bytes = text.text.body.size();
      return &shown_;
    }
    return nullptr;
  }

  void find_somebody(const Errand& errand, const InForce& procedure, Instant now, bool seller_spoke, Trial& trial) {
    const Allotting with{.people = parts_.people,
                         .load_of = [this](ActorId person) { return load_of(person); },
                         .last_of =
                             [this](const std::string& team) {
                               const auto last = last_of_team_.find(team);
                               return last == last_of_team_.end() ? ActorId{} : last->second;
                             },
                         .leaves = [this](ActorId person) { return leaving_.contains(person.value); }};
    Errand by_clock;
    by_clock.channel = errand.channel == ledger::Channel::demo ? ledger::Channel::demo : ledger::Channel::clock;
    by_clock.party = Party::clock;
    const auto take = [&](const Command& command) {
      Step step{.command = command, .text = {}, .attachments = {}, .body_with_files = {}};
      return take_step(by_clock, step, procedure, now, trial) == Refusal::none;
    };
    if (const auto lapses = lapse(trial.row, with)) (void)take(*lapses);
    const auto command = allot(trial.row, procedure, seller_spoke, now, with);
    if (!command) return;
    const std::string team = trial.row.team;
    if (take(*command) && command->detail != 0) {
      last_of_team_[team] = ActorId{command->detail};
      ++given_[command->detail];
    }
  }

  /// Whoever can no longer answer for cases loses them in the same transaction that says so: a case never waits for
  /// somebody who will not come.
  void pass_on_cases(std::size_t records_before, ledger::Channel channel, Instant now, Draft& draft) {
    std::vector<ActorId> gone;
    for (std::size_t i = records_before; i < draft.batch.records.size(); ++i)
      if (const auto id = who_leaves(draft.batch.records[i])) gone.push_back(*id);
    for (const ActorId person : gone)
      for (const CaseId case_id : cases_with(person, draft)) pass_on_case(case_id, channel, now, draft);
  }

  void pass_on_case(CaseId case_id, ledger::Channel channel, Instant now, Draft& draft) {
    auto row = row_of(case_id, draft);
    if (!row || !*row) return;
    Errand errand;
    errand.channel = channel;
    Trial trial{.row = std::move(**row), .reach = draft.reach, .acts = {}, .texts = {}, .answer = {}};
    find_somebody(errand, parts_.procedures->of_case(trial.row.state), now, false, trial);
    if (!trial.acts.empty()) (void)enter(errand, now, draft, trial);
  }

  /// The person whom this change takes from the desk, or none.
  std::optional<ActorId> who_leaves(const ledger::RecordChange& change) {
    if (change.record.kind != "person") return std::nullopt;
    const auto after = person_from(change.record);
    if (!after) return std::nullopt;
    if (!change.remove && can_answer(*after)) {
      leaving_.erase(after->id.value);
      return std::nullopt;
    }
    const auto before = parts_.people->person(after->id);
    if (!before || party_of(before->role) != Party::desk) return std::nullopt;
    leaving_.insert(after->id.value);
    return after->id;
  }

  /// Living cases that this person owns or is asked to take over, as this batch leaves them.
  std::set<CaseId> cases_with(ActorId person, const Draft& draft) {
    std::set<CaseId> found;
    constexpr std::uint8_t kClosed = 1U << static_cast<unsigned>(Phase::closed);
    ledger::CaseQuery owned, asked;
    owned.owner = person;
    asked.asked = person;
    asked.hand_off_pending = true;
    for (ledger::CaseQuery* query : {&owned, &asked}) {
      query->phases = static_cast<std::uint8_t>(0xFF & ~kClosed);
      query->order = ledger::CaseQuery::Order::number;
      query->limit = ledger::kListMax;
      for (;;) {
        const auto listed = reader_->cases(*query);
        if (!listed) break;
        for (const ledger::ShelfRow& row : listed->rows) found.insert(row.case_id);
        if (listed->next.empty()) break;
        query->after = listed->next;
      }
    }
    for (const auto& [case_id, row] : draft.rows)
      if (row.state.owner == person || row.state.other_person == person) found.insert(case_id);
    return found;
  }

  Answer enter(Errand& errand, Instant now, Draft& draft, Trial& trial) {
    ledger::Batch& batch = draft.batch;
    if (!trial.acts.empty()) {
      trial.reach.recorded = now;
      draft.rows[trial.row.case_id] = trial.row;
      std::ranges::move(trial.acts, std::back_inserter(batch.acts));
      std::ranges::move(trial.texts, std::back_inserter(batch.texts));
    }
    for (ledger::AdoptedProcedure& procedure : errand.procedures) {
      procedure.id = ProcedureId{++trial.reach.procedure.value};
      procedure.adopted = now;
      trial.answer.procedures.push_back(procedure.id);
      batch.procedures.push_back(std::move(procedure));
    }
    for (ledger::HouseNote& note : errand.house) {
      note.number = ++trial.reach.house;
      note.at = now;
      batch.house.push_back(std::move(note));
    }
    for (const TextId text : errand.erase) batch.erasures.push_back({text, now});
    for (ledger::RecordChange& change : errand.records) {
      // What must hold was looked at; the ledger looks again only at what this batch itself did not touch.
      const auto [place, fresh] = draft.records.insert_or_assign({change.record.kind, change.record.key}, change);
      (void)place;
      if (!fresh) change.expect = ledger::RecordChange::Expect::anything;
      batch.records.push_back(std::move(change));
    }
    if (!errand.key.empty()) {
      draft.receipts.emplace(errand.key, batch.receipts.size());
      batch.receipts.push_back({.key = errand.key,
                                .fingerprint = errand.fingerprint,
                                .case_id = trial.answer.case_id,
                                .version = trial.answer.version,
                                .at = now});
    }
    draft.reach = trial.reach;
    trial.answer.kind = Answer::Kind::done;
    return std::move(trial.answer);
  }

  Result<std::optional<ledger::ShelfRow>> row_of(CaseId case_id, const Draft& draft) {
    if (const auto here = draft.rows.find(case_id); here != draft.rows.end()) return std::optional{here->second};
    if (const auto known = rows_.find(case_id); known != rows_.end()) return std::optional{known->second};
    auto kept = reader_->row(case_id);
    if (kept && *kept) rows_.emplace(case_id, **kept);
    return kept;
  }

  struct CaseHash {
    std::size_t operator()(CaseId id) const { return id.value; }
  };

  Parts parts_;
  std::unique_ptr<ledger::Reader> reader_;
  ledger::Reach reach_;
  std::function<void(const Committed&)> on_commit_;
  std::unordered_map<CaseId, ledger::ShelfRow, CaseHash> rows_;
  std::unordered_map<std::uint32_t, std::uint32_t> loads_;
  std::map<std::string, ActorId> last_of_team_;
  // Of the transaction under way: who leaves by it, and how many cases it gives to whom.
  std::set<std::uint32_t> leaving_;
  std::map<std::uint32_t, std::uint32_t> given_;
  ledger::Text shown_;

  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::mutex answers_mutex_;
  std::condition_variable there_are_answers_;
  std::vector<Answered> answers_;
  bool last_answer_ = false;
  std::atomic<std::uint64_t> errands_{0}, refused_{0}, commits_{0}, failed_{0}, events_{0}, waiting_{0};
  std::atomic<bool> failing_{false};
  std::thread thread_, teller_;
};

}  // namespace

Result<std::unique_ptr<Clerk>> Clerk::start(const Parts& parts, std::function<void(const Committed&)> on_commit) {
  GUICHET_CHECK(
      parts.ledger != nullptr && parts.clock != nullptr && parts.procedures != nullptr && parts.people != nullptr,
      "a clerk has a ledger, a clock, procedures and people");
  GUICHET_TRY(reader, parts.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  return std::unique_ptr<Clerk>(std::make_unique<TheClerk>(parts, std::move(reader), reach, std::move(on_commit)));
}

}  // namespace guichet::desk
