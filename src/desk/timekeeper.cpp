#include <guichet/desk/timekeeper.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <guichet/core/decide.hpp>
#include <guichet/core/evolve.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kDuePerLook = 500;
// However far away the next clock is: a wall clock may be set, a machine may sleep.
constexpr Duration kLookAtLeast{2'000};

/// The clocks of this case that the rules would hear now, and the silence that counts as giving up.
std::vector<Step> steps_for(const ledger::ShelfRow& row, const InForce& procedure, Instant now) {
  std::vector<Step> steps;
  const Procedure& rules = procedure.file.procedure;
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    const Instant at = next_tick(row.state, clock, rules);
    if (at == kNever || at > now) continue;
    Step step;
    step.command.kind = CommandKind::tick;
    step.command.party = Party::clock;
    step.command.aux = static_cast<std::uint8_t>(clock);
    steps.push_back(std::move(step));
  }
  if (steps.empty() && ledger::abandoned_at(row, rules) <= now) {
    Step step;
    step.command.kind = CommandKind::find_abandoned;
    step.command.party = Party::clock;
    step.command.facts = kFactFacts;
    steps.push_back(std::move(step));
  }
  return steps;
}

/// Errands sent to the clerk, many at once; waits for them before it ends.
class Sent {
 public:
  explicit Sent(Clerk& clerk) : clerk_(clerk) {}
  ~Sent() { settle(); }
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;

  void send(Errand errand) {
    {
      const std::scoped_lock lock(mutex_);
      ++open_;
    }
    clerk_.submit(std::move(errand), [this](const Answer& answer) {
      const std::scoped_lock lock(mutex_);
      if (answer.kind == Answer::Kind::done) ++done_;
      if (--open_ == 0) all_told_.notify_one();
    });
  }
  void settle() {
    std::unique_lock lock(mutex_);
    all_told_.wait(lock, [this] { return open_ == 0; });
  }
  /// How many the rules took. After settle.
  std::uint64_t done() const { return done_; }

 private:
  Clerk& clerk_;
  std::mutex mutex_;
  std::condition_variable all_told_;
  std::size_t open_{};
  std::uint64_t done_{};
};

class TheTimekeeper final : public Timekeeper {
 public:
  TheTimekeeper(std::unique_ptr<ledger::Reader> reader, Clerk& clerk, const WallClock& clock,
                const Procedures& procedures)
      : reader_(std::move(reader)), clerk_(clerk), clock_(clock), procedures_(procedures) {
    thread_ = std::thread([this] { keep(); });
  }
  ~TheTimekeeper() override { stop(); }
  TheTimekeeper(const TheTimekeeper&) = delete;
  TheTimekeeper& operator=(const TheTimekeeper&) = delete;

  void look() override {
    const std::scoped_lock lock(mutex_);
    look_now_ = true;
    wake_.notify_one();
  }
  void expect(Instant at) override {
    if (at < planned_.load()) look();
  }
  std::uint64_t rung() const override { return rung_.load(); }
  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void keep() {
    for (;;) {
      heed_new_rules();
      const auto rung = ring_what_is_due(*reader_, clerk_, procedures_, clock_.now());
      if (rung) rung_.fetch_add(*rung);
      Duration wait = kLookAtLeast;
      planned_.store(kNever);
      // A reminder may have brought the next one near; a failing disk is not asked again at once.
      if (rung && *rung == 0)
        if (const auto next = reader_->next_due(); next && *next != kNever) {
          planned_.store(*next);
          const double pace = std::max(1.0, clock_.pace());
          const auto away = static_cast<std::int64_t>(static_cast<double>((*next - clock_.now()).count()) / pace);
          wait = std::clamp(Duration{away}, Duration{1}, kLookAtLeast);
        }
      std::unique_lock lock(mutex_);
      if (rung && *rung != 0 && !stopping_) continue;
      wake_.wait_for(lock, wait, [this] { return stopping_ || look_now_; });
      if (stopping_) return;
      look_now_ = false;
    }
  }

  /// Once for each procedure that comes into force; at the start too, for those that did while nobody looked.
  void heed_new_rules() {
    const Instant now = clock_.now();
    const ProcedureId in_force = procedures_.at(now).adopted.id;
    if (in_force != heeded_ && bring_under_new_rules(*reader_, clerk_, procedures_, now)) heeded_ = in_force;
  }

  std::unique_ptr<ledger::Reader> reader_;
  Clerk& clerk_;
  const WallClock& clock_;
  const Procedures& procedures_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, look_now_ = false;
  ProcedureId heeded_;  // its thread's own
  std::atomic<std::uint64_t> rung_{0};
  std::atomic<Instant> planned_{kNever};  // the next clock that is known of
  std::thread thread_;
};

}  // namespace

Result<std::uint64_t> bring_under_new_rules(ledger::Reader& reader, Clerk& clerk, const Procedures& procedures,
                                            Instant now) {
  const InForce& in_force = procedures.at(now);
  // Most procedures leave open cases their rules: then no case need be read.
  const auto all = procedures.all();
  if (std::ranges::none_of(all, [&](const InForce* one) {
        return one != &in_force && !one->file.procedure.change.open_cases_keep_rules;
      }))
    return 0;
  Sent sent(clerk);
  ledger::CaseQuery living;
  living.phases = static_cast<std::uint8_t>(0xFF & ~(1U << static_cast<unsigned>(Phase::closed)));
  living.order = ledger::CaseQuery::Order::number;
  living.limit = ledger::kListMax;
  do {
    GUICHET_TRY(listed, reader.cases(living));
    for (const ledger::ShelfRow& row : listed.rows) {
      const InForce* next = procedures.successor(row.state, now);
      if (next == nullptr) continue;
      Errand errand;
      errand.channel = ledger::Channel::clock;
      errand.case_id = row.case_id;
      errand.steps.emplace_back().command = come_under(*next);
      sent.send(std::move(errand));
    }
    sent.settle();
    living.after = listed.next;
  } while (!living.after.empty());
  return sent.done();
}

Result<std::uint64_t> ring_what_is_due(ledger::Reader& reader, Clerk& clerk, const Procedures& procedures,
                                       Instant now) {
  GUICHET_TRY(due, reader.due(now, kDuePerLook));
  Sent sent(clerk);
  for (const ledger::Due& one : due) {
    GUICHET_TRY(row, reader.row(one.case_id));
    if (!row) continue;
    // One errand a clock: what one of them does may stop another, and then the rules refuse it.
    for (Step& step : steps_for(*row, procedures.of_case(row->state), now)) {
      Errand errand;
      errand.channel = ledger::Channel::clock;
      errand.party = Party::clock;
      errand.case_id = one.case_id;
      errand.steps.push_back(std::move(step));
      sent.send(std::move(errand));
    }
  }
  sent.settle();
  return sent.done();
}

Result<std::unique_ptr<Timekeeper>> Timekeeper::start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock,
                                                      const Procedures& procedures) {
  GUICHET_TRY(reader, ledger.reader());
  return std::unique_ptr<Timekeeper>(std::make_unique<TheTimekeeper>(std::move(reader), clerk, clock, procedures));
}

}  // namespace guichet::desk
