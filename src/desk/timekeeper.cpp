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

  std::unique_ptr<ledger::Reader> reader_;
  Clerk& clerk_;
  const WallClock& clock_;
  const Procedures& procedures_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, look_now_ = false;
  std::atomic<std::uint64_t> rung_{0};
  std::atomic<Instant> planned_{kNever};  // the next clock that is known of
  std::thread thread_;
};

}  // namespace

Result<std::uint64_t> ring_what_is_due(ledger::Reader& reader, Clerk& clerk, const Procedures& procedures,
                                       Instant now) {
  std::uint64_t rung = 0;
  GUICHET_TRY(due, reader.due(now, kDuePerLook));
  std::mutex mutex;
  std::condition_variable all_told;
  std::size_t open = 0;
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
      {
        const std::scoped_lock lock(mutex);
        ++open;
      }
      clerk.submit(std::move(errand), [&](const Answer& answer) {
        const std::scoped_lock lock(mutex);
        if (answer.kind == Answer::Kind::done) ++rung;
        if (--open == 0) all_told.notify_one();
      });
    }
  }
  std::unique_lock lock(mutex);
  all_told.wait(lock, [&] { return open == 0; });
  return rung;
}

Result<std::unique_ptr<Timekeeper>> Timekeeper::start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock,
                                                      const Procedures& procedures) {
  GUICHET_TRY(reader, ledger.reader());
  return std::unique_ptr<Timekeeper>(std::make_unique<TheTimekeeper>(std::move(reader), clerk, clock, procedures));
}

}  // namespace guichet::desk
