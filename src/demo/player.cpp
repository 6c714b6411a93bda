#include <guichet/demo/player.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <utility>

#include <guichet/core/evolve.hpp>
#include <guichet/demo/reacting.hpp>
#include <guichet/desk/timekeeper.hpp>

namespace guichet::demo {
namespace {

using std::chrono::hours;

constexpr std::size_t kActsPerLook = 500;
constexpr Duration kLookEvery{250};
/// New cases are prepared when less than this is left of the old ones.
constexpr Duration kAhead = hours{48};

class ThePlayer final : public Player {
 public:
  ThePlayer(PlayerParts parts, std::unique_ptr<ledger::Reader> reader, std::uint64_t seen)
      : parts_(std::move(parts)),
        script_(std::move(parts_.script)),
        reader_(std::move(reader)),
        reacting_(*parts_.crowd, *parts_.procedures, parts_.seed),
        next_(parts_.played),
        seen_(seen),
        script_ends_(script_.ends) {
    learn_tales(parts_.numbers);
  }
  ~ThePlayer() override { stop(); }
  ThePlayer(const ThePlayer&) = delete;
  ThePlayer& operator=(const ThePlayer&) = delete;

  /// What is there already and is nobody's in the script.
  Outcome look_around() {
    ledger::CaseQuery query;
    query.phases = static_cast<std::uint8_t>(0xFFU & ~(1U << static_cast<unsigned>(Phase::closed)));
    if (!parts_.know_all) query.turn = Turn::desk;
    query.limit = ledger::kListMax;
    do {
      GUICHET_TRY(page, reader_->cases(query));
      for (const ledger::ShelfRow& row : page.rows) {
        const auto place = tale_of_.find(row.case_id);
        if (place == tale_of_.end()) {
          if (!parts_.know_all) plan(row, parts_.clock->now());
        } else if (of_a_persona(row)) {
          release(tales_[place->second], row, parts_.clock->now());
        }
      }
      query.after = page.next;
    } while (!query.after.empty());
    return Done{};
  }

  void start() override {
    if (!thread_.joinable()) thread_ = std::thread([this] { play(); });
  }
  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    drain();  // what is on its way comes back here
  }
  void pause(bool paused) override { paused_.store(paused); }
  bool paused() const override { return paused_.load(); }
  void advance(Duration by, std::function<void()> told) override {
    const std::scoped_lock lock(mutex_);
    jumps_.emplace_back(by, std::move(told));
    wake_.notify_all();
  }
  PlayerCounts counts() const override {
    return {.acts = acts_.load(), .refused = refused_.load(), .released = released_.load(), .answers = answers_.load()};
  }

  Result<std::uint64_t> step(Instant now) override {
    const std::uint64_t before = acts_.load();
    if (const Outcome followed = follow(now); !followed) return followed.error();
    if (const Outcome more = go_on(now); !more) return more.error();
    while (next_ < script_.deeds.size() && script_.deeds[next_].at <= now) {
      if (const Outcome done = perform(now); !done) return done.error();
    }
    drain();
    if (const Outcome reacted = react(now); !reacted) return reacted.error();
    if (const Outcome followed = follow(now); !followed) return followed.error();
    return acts_.load() - before;
  }

 private:
  /// A tale on the stage.
  struct Telling {
    CaseId number;
    bool released = false;      // left to the real people and to reactions
    std::uint64_t pending = 0;  // errands on their way
    std::vector<std::pair<ActorId, ActorId>> stands_for;
  };

  void learn_tales(const std::vector<CaseId>& numbers) {
    tales_.resize(script_.tales.size());
    for (std::size_t i = 0; i < numbers.size() && i < tales_.size(); ++i) {
      tales_[i].number = numbers[i];
      if (numbers[i]) tale_of_[numbers[i]] = static_cast<std::uint32_t>(i);
    }
  }

  bool of_a_persona(const ledger::ShelfRow& row) const {
    return row.account == parts_.crowd->persona_account || is_real(row.state.owner) ||
           is_real(row.state.hand_off_pending() ? row.state.other_person : ActorId{});
  }
  bool is_real(ActorId person) const { return person && !parts_.crowd->acts(person); }

  // ---- the thread --------------------------------------------------------------------------------------

  void play() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (!jumps_.empty()) {
        auto [by, told] = std::move(jumps_.front());
        jumps_.pop_front();
        lock.unlock();
        live_through(by);
        if (told) told();
        lock.lock();
        continue;
      }
      lock.unlock();
      // A ledger that cannot be read now may be readable again.
      if (!paused_.load()) static_cast<void>(step(parts_.clock->now()));
      lock.lock();
      wake_.wait_for(lock, kLookEvery, [this] { return stopping_ || !jumps_.empty(); });
    }
  }

  bool told_to_stop() {
    const std::scoped_lock lock(mutex_);
    return stopping_;
  }

  /// From one thing due to the next, until the time has passed.
  void live_through(Duration by) {
    if (parts_.demo_clock == nullptr) return;
    const Instant target = parts_.clock->now() + by;
    for (;;) {
      const Instant now = parts_.clock->now();
      // Not every second is a stop of its own: what falls due within some minutes is done together.
      const Instant next = std::min(target, std::max(soonest(), now + std::chrono::minutes{4}));
      if (next > now) parts_.demo_clock->advance(next - now);
      const Instant reached = parts_.clock->now();
      for (;;) {
        const auto rung = desk::ring_what_is_due(*reader_, *parts_.clerk, *parts_.procedures, reached);
        if (!rung || *rung == 0) break;
      }
      if (!paused_.load() && !step(reached)) break;
      if (reached >= target || told_to_stop()) break;
    }
  }

  Instant soonest() {
    Instant soonest = kNever;
    if (next_ < script_.deeds.size()) soonest = script_.deeds[next_].at;
    if (!plans_.empty()) soonest = std::min(soonest, plans_.top().at);
    if (const auto due = reader_->next_due()) soonest = std::min(soonest, *due);
    return soonest;
  }

  // ---- what others did ----------------------------------------------------------------------------------

  Outcome follow(Instant now) {
    for (;;) {
      GUICHET_TRY(acts, reader_->acts_from(seen_ + 1, kActsPerLook));
      std::map<CaseId, bool> touched;  // whether by somebody real
      for (const ledger::NewAct& one : acts) {
        seen_ = one.act.number;
        using enum ledger::Channel;
        const bool real = one.act.channel == web || one.act.channel == mail || one.act.channel == api;
        touched[one.act.case_id] |= real;
      }
      for (const auto& [case_id, real] : touched) {
        const auto place = tale_of_.find(case_id);
        const bool scripted = place != tale_of_.end() && !tales_[place->second].released;
        if (scripted && !real) continue;
        GUICHET_TRY(row, reader_->row(case_id));
        if (!row) continue;
        if (scripted)
          release(tales_[place->second], *row, now);
        else
          plan(*row, now);
      }
      if (acts.size() < kActsPerLook) return Done{};
    }
  }

  void release(Telling& telling, const ledger::ShelfRow& row, Instant now) {
    if (!telling.released) released_.fetch_add(1);
    telling.released = true;
    plan(row, now);
  }

  // ---- the script ---------------------------------------------------------------------------------------

  Outcome go_on(Instant now) {
    if (!parts_.more || now + kAhead < script_ends_) return Done{};
    const Instant from = std::max(script_ends_, Instant{std::chrono::floor<std::chrono::days>(now)});
    GUICHET_TRY(more, parts_.more(from, ++round_));
    script_ends_ = more.ends;
    const auto tales = static_cast<std::uint32_t>(script_.tales.size());
    const auto written = static_cast<std::uint32_t>(script_.written.size());
    std::ranges::move(more.tales, std::back_inserter(script_.tales));
    std::ranges::move(more.written, std::back_inserter(script_.written));
    tales_.resize(script_.tales.size());
    script_.deeds.erase(script_.deeds.begin(), script_.deeds.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
    for (Deed& deed : more.deeds) {
      deed.tale += tales;
      if (deed.says == Says::written) deed.index += written;
      if (deed.command.kind == CommandKind::link_case) deed.index += tales;
      script_.deeds.push_back(deed);
    }
    std::stable_sort(script_.deeds.begin(), script_.deeds.end(),
                     [](const Deed& a, const Deed& b) { return a.at < b.at; });
    return Done{};
  }

  /// The next deed, and with the opening of a case its first message.
  Outcome perform(Instant now) {
    const Deed& deed = script_.deeds[next_++];
    Telling& telling = tales_[deed.tale];
    if (telling.released) return Done{};
    if (deed.command.kind == CommandKind::open_case) {
      open(deed, now);
      return Done{};
    }
    if (telling.pending != 0) drain();
    if (!telling.number || telling.released) return Done{};
    GUICHET_TRY(row, reader_->row(telling.number));
    if (!row) return Done{};
    std::optional<Deed> fitted = fit(deed, telling, *row, now);
    if (!fitted) return Done{};
    const CaseId other = fitted->command.kind == CommandKind::link_case ? tales_[fitted->index].number : CaseId{};
    if (fitted->command.kind == CommandKind::link_case && !other) return Done{};
    desk::Errand errand = errand_by(fitted->command);
    errand.case_id = telling.number;
    errand.steps.push_back(step_of(*fitted, script_, *parts_.crowd, &row->state, now, other));
    submit(std::move(errand), deed.tale, fitted->command.kind == CommandKind::tick);
    return Done{};
  }

  static desk::Errand errand_by(const Command& command) {
    desk::Errand errand;
    errand.channel = ledger::Channel::demo;
    errand.person = command.actor;
    errand.party = command.party;
    return errand;
  }

  void open(const Deed& deed, Instant now) {
    desk::Errand errand = errand_by(deed.command);
    errand.account = script_.tales[deed.tale].account;
    script_.tales[deed.tale].tale.opened = now;
    errand.steps.push_back(step_of(deed, script_, *parts_.crowd, nullptr, now, {}));
    if (next_ < script_.deeds.size()) {
      const Deed& message = script_.deeds[next_];
      if (message.tale == deed.tale && message.command.kind == CommandKind::send_message && message.at == deed.at) {
        errand.steps.push_back(step_of(message, script_, *parts_.crowd, nullptr, now, {}));
        ++next_;
      }
    }
    submit(std::move(errand), deed.tale, false);
  }

  /// The deed for the people who have the case in this desk: somebody else may have been given it than in the
  /// recording. Nothing when it is not to be done; what would be a real person's act leaves the case to him.
  std::optional<Deed> fit(Deed deed, Telling& telling, const ledger::ShelfRow& row, Instant now) {
    Command& command = deed.command;
    const CaseState& state = row.state;
    const auto stand_in = [&telling](ActorId recorded) {
      for (const auto& [from, to] : telling.stands_for)
        if (from == recorded) return to;
      return recorded;
    };
    const auto leave = [&]() -> std::optional<Deed> {
      release(telling, row, now);
      return std::nullopt;
    };
    if (command.kind == CommandKind::assign) {
      const ActorId to{command.detail};
      if (is_real(state.owner)) return leave();
      if (state.owner) {
        if (state.owner != to) telling.stands_for.emplace_back(to, state.owner);
        return std::nullopt;
      }
      return is_real(to) ? leave() : std::optional{deed};
    }
    if (command.party == Party::seller && is_real(command.actor)) return leave();
    if (command.party == Party::third && is_real(command.actor)) return leave();
    if (command.party != Party::desk) return deed;
    command.actor = stand_in(command.actor);
    switch (command.kind) {
      case CommandKind::accept_hand_off:
        if (!state.hand_off_pending()) return std::nullopt;
        command.actor = state.other_person;
        break;
      case CommandKind::propose_hand_off: {
        command.actor = state.owner;
        const ActorId to = stand_in(ActorId{command.detail});
        if (to == state.owner || is_real(to)) return leave();
        command.detail = to.value;
        break;
      }
      case CommandKind::make_note:
      case CommandKind::announce_restriction:
      case CommandKind::apply_restriction:
      case CommandKind::lift_restriction: break;
      default:
        if (state.owner) command.actor = state.owner;
        break;
    }
    if (!command.actor || is_real(command.actor)) return leave();
    return deed;
  }

  void submit(desk::Errand errand, std::uint32_t tale, bool may_be_refused) {
    ++tales_[tale].pending;
    {
      const std::scoped_lock lock(answers_mutex_);
      ++waiting_;
    }
    parts_.clerk->submit(std::move(errand), [this, tale, may_be_refused](const desk::Answer& answer) {
      const std::scoped_lock lock(answers_mutex_);
      told_.push_back({tale, may_be_refused, answer.kind, answer.case_id, answer.events.size()});
      if (--waiting_ == 0) all_told_.notify_one();
    });
  }

  /// Waits for everything that was submitted, and learns what became of it.
  void drain() {
    std::vector<Told> told;
    {
      std::unique_lock lock(answers_mutex_);
      all_told_.wait(lock, [this] { return waiting_ == 0; });
      told.swap(told_);
    }
    for (const Told& one : told) {
      Telling& telling = tales_[one.tale];
      telling.pending = 0;
      if (one.kind == desk::Answer::Kind::done) {
        acts_.fetch_add(1);
        if (!telling.number) {
          telling.number = one.case_id;
          tale_of_[one.case_id] = one.tale;
        }
      } else if (!one.may_be_refused) {
        // Somebody real was quicker, or the desk is otherwise than when it was recorded.
        refused_.fetch_add(1);
        if (telling.released) continue;
        telling.released = true;
        released_.fetch_add(1);
        if (!telling.number) continue;
        if (const auto row = reader_->row(telling.number); row && *row) plan(**row, parts_.clock->now());
      }
    }
  }

  // ---- reactions ----------------------------------------------------------------------------------------

  void plan(const ledger::ShelfRow& row, Instant now) {
    if (const Instant at = reacting_.when(row, now); at != kNever) plans_.push({at, row.case_id, row.state.version});
  }

  Outcome react(Instant now) {
    while (!plans_.empty() && plans_.top().at <= now) {
      const Plan due = plans_.top();
      plans_.pop();
      GUICHET_TRY(file, reader_->case_file(due.case_id));
      if (!file || file->row.state.version != due.version) continue;
      const auto place = tale_of_.find(due.case_id);
      Tale* tale = place == tale_of_.end() ? nullptr : &script_.tales[place->second].tale;
      std::optional<desk::Errand> errand = reacting_.reaction(*file, *reader_, tale, now);
      if (!errand) continue;
      const desk::Answer answer = parts_.clerk->run(*std::move(errand));
      if (answer.kind == desk::Answer::Kind::done) {
        acts_.fetch_add(1);
        answers_.fetch_add(1);
      } else {
        refused_.fetch_add(1);
      }
    }
    return Done{};
  }

  struct Plan {
    Instant at{};
    CaseId case_id;
    Version version;
    friend bool operator>(const Plan& a, const Plan& b) { return a.at != b.at ? a.at > b.at : a.case_id > b.case_id; }
  };
  struct Told {
    std::uint32_t tale{};
    bool may_be_refused{};
    desk::Answer::Kind kind{};
    CaseId case_id;
    std::size_t events{};
  };

  PlayerParts parts_;
  Script script_;
  std::unique_ptr<ledger::Reader> reader_;
  Reacting reacting_;
  std::size_t next_{};
  std::uint64_t seen_{};
  Instant script_ends_{};
  std::uint32_t round_{};
  std::vector<Telling> tales_;
  std::map<CaseId, std::uint32_t> tale_of_;
  std::priority_queue<Plan, std::vector<Plan>, std::greater<>> plans_;

  std::mutex answers_mutex_;
  std::condition_variable all_told_;
  std::size_t waiting_{};
  std::vector<Told> told_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::deque<std::pair<Duration, std::function<void()>>> jumps_;
  std::atomic<bool> paused_{false};
  std::atomic<std::uint64_t> acts_{0}, refused_{0}, released_{0}, answers_{0};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Player>> make_player(PlayerParts parts) {
  GUICHET_TRY(reader, parts.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  auto player = std::make_unique<ThePlayer>(std::move(parts), std::move(reader), reach.act);
  if (const Outcome looked = player->look_around(); !looked) return looked.error();
  return std::unique_ptr<Player>(std::move(player));
}

}  // namespace guichet::demo
