#include <guichet/desk/recounts.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include <guichet/desk/moments.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr Duration kFreshFor{60'000};
constexpr Duration kForetoldFor{600'000};
/// A ledger that has grown by a hundredth is counted anew before that.
constexpr std::uint64_t kMuchIsOneIn = 100;
/// The thread rests nine tenths of the time, so that counting a large ledger leaves the desk to its work.
constexpr int kRestsFor = 9;
constexpr std::size_t kPeriodsMax = 8;
constexpr std::size_t kFaultsKept = 100;
constexpr std::string_view kCheckKind = "ledger_check";

/// A count that is kept, with what it takes to know whether it is still good.
template <class T>
struct Slot {
  std::shared_ptr<const T> last;
  Instant counted{};  // when `last` was made
  Instant tried{};
  Duration took{};
  ledger::Reach reach;
  bool asked = false;
  std::atomic<std::uint64_t> done{0}, all{0};
  std::string fault;

  /// Whether it should be made anew, had nobody asked for that yet.
  bool is_old(const std::optional<ledger::Reach>& now_at, Duration most, Instant now) const {
    if (!last) return true;
    const Duration age = now - counted;
    if (!now_at) return age >= std::max(most, took * kRestsFor);
    if (now_at->position == reach.position && now_at->act == reach.act) return false;
    if (age < took * kRestsFor) return false;
    const std::uint64_t grown = now_at->position - std::min(now_at->position, reach.position);
    return age >= most || grown > now_at->position / kMuchIsOneIn;
  }
  /// After a failure there is a pause.
  bool may_be_tried(Instant now) const { return !asked && (last || fault.empty() || now - tried >= kFreshFor); }
};

class TheRecounts final : public Recounts {
 public:
  explicit TheRecounts(const Parts& parts) : parts_(parts) {
    thread_ = std::thread([this] { work(); });
  }
  ~TheRecounts() override { stop(); }
  TheRecounts(const TheRecounts&) = delete;
  TheRecounts& operator=(const TheRecounts&) = delete;

  using Recounts::figures;
  using Recounts::measures;

  Recount<YearlyFigures> figures(const ledger::Reach& reach, Duration patience, CountAge age) override {
    std::unique_lock lock(mutex_);
    return look<YearlyFigures>(lock, figures_, {.reach = reach, .most = kFreshFor, .patience = patience, .age = age},
                               [this](const PassProgress& progress) {
                                 const std::string zone = zone_of(parts_.procedures->at(parts_.clock->now()).file);
                                 return yearly_figures(*parts_.ledger, *parts_.procedures, zone, progress);
                               });
  }

  Recount<MeasuredLedger> measures(const OpenedIn& period, const ledger::Reach& reach, Duration patience,
                                   CountAge age) override {
    std::unique_lock lock(mutex_);
    make_room_for(period);
    const auto& slot = measures_[period];
    const Wanted wanted{.reach = reach, .most = kFreshFor, .patience = patience, .age = age};
    return look<MeasuredLedger>(lock, slot, wanted, [this, period](const PassProgress& progress) {
      return measure_ledger(*parts_.ledger, *parts_.procedures, period, "ledger", measure_command(period), progress);
    });
  }

  Recount<ExpectedLedger> expectations(Duration patience) override {
    std::unique_lock lock(mutex_);
    const Wanted wanted{.reach = {}, .most = kForetoldFor, .patience = patience, .age = CountAge::any};
    return look<ExpectedLedger>(lock, expectations_, wanted, [this](const PassProgress& progress) {
      return expected_of_ledger(*parts_.ledger, *parts_.procedures, parts_.clock->now(), progress);
    });
  }

  void check(ActorId who) override {
    const std::scoped_lock lock(mutex_);
    if (checking_ || stopping_) return;
    checking_ = true;
    jobs_.emplace_back([this, who] { check_now(who); });
    wake_.notify_all();
  }
  bool checking() const override { return checking_; }

  void settle() override {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || (jobs_.empty() && !busy_); });
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      jobs_.clear();
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Wanted {
    std::optional<ledger::Reach> reach;  // how far the ledger has come; none: age alone counts
    Duration most{}, patience{};
    CountAge age{};
  };

  /// Under the lock, which a wait gives up: gives what is there, and asks for more where that is old.
  template <class T, class Count>
  Recount<T> look(std::unique_lock<std::mutex>& lock, std::shared_ptr<Slot<T>> slot, const Wanted& wanted,
                  Count count) {
    const auto old = [&] { return slot->is_old(wanted.reach, wanted.most, parts_.clock->now()); };
    if (!stopping_ && old() && slot->may_be_tried(parts_.clock->now())) {
      slot->asked = true;
      jobs_.emplace_back([this, slot, count] { recount<T>(*slot, count); });
      wake_.notify_all();
    }
    if (!slot->last || (wanted.age == CountAge::good && old()))
      wake_.wait_for(lock, wanted.patience, [&] { return !slot->asked || stopping_; });
    return {.last = slot->last,
            .counted = slot->counted,
            .running = slot->asked,
            .done = slot->done,
            .all = slot->all,
            .fault = slot->fault,
            .is_old = old()};
  }

  template <class T, class Count>
  void recount(Slot<T>& slot, const Count& count) {
    const Instant began = parts_.clock->now();
    slot.done = slot.all = 0;
    Result<T> counted = count([&](std::uint64_t done, std::uint64_t all) {
      slot.done = done;
      slot.all = all;
      return !stopping_;
    });
    const std::scoped_lock lock(mutex_);
    slot.asked = false;
    slot.tried = parts_.clock->now();
    if (counted) {
      slot.counted = slot.tried;
      slot.took = slot.counted - began;
      slot.fault.clear();
      slot.reach = counted->reach;
      slot.last = std::make_shared<const T>(std::move(*counted));
      if constexpr (std::is_same_v<T, ExpectedLedger>)
        if (parts_.changes != nullptr) parts_.changes->foretold();
    } else {
      slot.fault = counted.error().detail;
    }
    wake_.notify_all();
  }

  /// Periods that nobody has asked for lately make room; one that is being counted stays.
  void make_room_for(const OpenedIn& period) {
    if (measures_.contains(period)) return;
    while (measures_.size() >= kPeriodsMax) {
      const auto oldest = std::ranges::min_element(measures_, [](const auto& a, const auto& b) {
        return std::pair{a.second->asked, a.second->counted} < std::pair{b.second->asked, b.second->counted};
      });
      measures_.erase(oldest);
    }
    measures_.emplace(period, std::make_shared<Slot<MeasuredLedger>>());
  }

  static std::string measure_command(const OpenedIn& period) {
    std::string command = "guichet measure LEDGER --json";
    if (period.from != Instant::min()) command += " --from " + print_instant(period.from).substr(0, 10);
    if (period.until != kNever) command += " --until " + print_instant(period.until).substr(0, 10);
    return command;
  }

  void check_now(ActorId who) {
    LedgerChecked checked;
    const Result<std::vector<std::string>> faults = parts_.ledger->check();
    if (const auto reader = parts_.ledger->reader(); reader)
      if (const auto reach = (*reader)->reach(); reach) checked.position = reach->position;
    checked.at = parts_.clock->now();
    if (faults) {
      checked.faults = faults->size();
      checked.first.assign(faults->begin(),
                           faults->begin() + static_cast<std::ptrdiff_t>(std::min(faults->size(), kFaultsKept)));
    } else {
      checked.faults = 1;
      checked.first = {faults.error().detail};
    }
    Errand errand;
    errand.channel = ledger::Channel::web;
    errand.person = who;
    errand.records.push_back(
        {.record = to_record(checked), .expect = ledger::RecordChange::Expect::anything, .remove = false});
    formats::JsonWriter detail(0);
    detail.begin_object().key("position").value(checked.position).key("faults").value(checked.faults).end_object();
    errand.house.push_back(
        {.number = 0, .at = checked.at, .by = who, .what = "ledger_checked", .detail = detail.take()});
    if (!stopping_) parts_.clerk->run(std::move(errand));
    checking_ = false;
  }

  void work() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
      }
      job();
      const std::scoped_lock lock(mutex_);
      busy_ = false;
      wake_.notify_all();
    }
  }

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool busy_ = false;
  std::atomic<bool> stopping_ = false, checking_ = false;
  std::shared_ptr<Slot<YearlyFigures>> figures_ = std::make_shared<Slot<YearlyFigures>>();
  std::shared_ptr<Slot<ExpectedLedger>> expectations_ = std::make_shared<Slot<ExpectedLedger>>();
  std::map<OpenedIn, std::shared_ptr<Slot<MeasuredLedger>>> measures_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Recounts> Recounts::start(const Parts& parts) { return std::make_unique<TheRecounts>(parts); }

ledger::Record to_record(const LedgerChecked& checked) {
  formats::JsonWriter json(0);
  json.begin_object().key("at").value(print_instant(checked.at)).key("position").value(checked.position);
  json.key("faults").value(checked.faults).key("first").begin_array();
  for (const std::string& fault : checked.first) json.value(fault);
  json.end_array().end_object();
  return {.kind = std::string{kCheckKind}, .key = "last", .owner = 0, .at = checked.at, .body = json.take()};
}

Result<LedgerChecked> ledger_checked_from(const ledger::Record& record) {
  GUICHET_TRY(json, formats::parse_json(record.body, "ledger_check"));
  LedgerChecked checked;
  const formats::JsonValue* at = json.find("at");
  const formats::JsonValue* position = json.find("position");
  const formats::JsonValue* faults = json.find("faults");
  const std::optional<Instant> when = at != nullptr ? parse_instant(at->text) : std::nullopt;
  if (!when || position == nullptr || faults == nullptr)
    return Error{Fault::unreadable, "ledger_check: at, position and faults are missing; check the ledger again"};
  checked.at = *when;
  checked.position = static_cast<std::uint64_t>(position->integer);
  checked.faults = static_cast<std::uint64_t>(faults->integer);
  if (const formats::JsonValue* first = json.find("first"))
    for (const formats::JsonValue& fault : first->items) checked.first.push_back(fault.text);
  return checked;
}

}  // namespace guichet::desk
