#include <guichet/desk/desk.hpp>

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/kept_pages.hpp>
#include <guichet/desk/left_behind.hpp>
#include <guichet/desk/meters.hpp>
#include <guichet/desk/pages/refusals.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/timekeeper.hpp>
#include <guichet/desk/webhooks.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kKeptPagesBytes = std::size_t{32} << 20U;

class TheDesk final : public Desk {
 public:
  TheDesk(std::unique_ptr<ledger::Ledger> ledger, std::shared_ptr<Procedures> procedures,
          std::shared_ptr<WallClock> clock, DemoClock* demo_clock, DeskOptions options)
      : options_(std::move(options)),
        ledger_(std::move(ledger)),
        procedures_(std::move(procedures)),
        clock_(std::move(clock)),
        demo_clock_(demo_clock) {}
  ~TheDesk() override { stop(Duration{1'000}); }
  TheDesk(const TheDesk&) = delete;
  TheDesk& operator=(const TheDesk&) = delete;

  Outcome begin() {
    GUICHET_TRY(reader, ledger_->reader());
    if (procedures_->empty())
      if (const Outcome loaded = procedures_->load(*reader); !loaded) return loaded;
    if (procedures_->empty())
      if (const Outcome adopted = adopt_the_first(); !adopted) return adopted;
    GUICHET_TRY(people, People::load(*reader));
    people_ = std::move(people);
    GUICHET_TRY(named, reader->record("house", "name"));
    if (named) called_.changed(*named);
    live_ = Live::make();
    GUICHET_TRY(clerk, Clerk::start({.ledger = ledger_.get(),
                                     .clock = clock_.get(),
                                     .procedures = procedures_.get(),
                                     .people = people_.get(),
                                     .shelving = shelving(*procedures_)},
                                    [this](const Committed& committed) { tell(committed); }));
    clerk_ = std::move(clerk);
    // Before anybody comes: this version passes cases on when somebody leaves, an earlier one did not.
    GUICHET_TRY(passed_on, pass_on_left_behind(*reader, *people_, *clerk_));
    static_cast<void>(passed_on);
    doorman_ = Doorman::make(*clerk_, *people_, *ledger_);
    GUICHET_TRY(timekeeper, Timekeeper::start(*ledger_, *clerk_, *clock_, *procedures_));
    timekeeper_ = std::move(timekeeper);
    GUICHET_TRY(webhooks, Webhooks::start(*ledger_, *clerk_, *clock_, options_.house.webhook_reach));
    webhooks_ = std::move(webhooks);
    recounts_ = Recounts::start({.ledger = ledger_.get(),
                                 .clerk = clerk_.get(),
                                 .procedures = procedures_.get(),
                                 .clock = clock_.get(),
                                 .changes = &changes_});
    shared_ = Shared{.house = options_.house,
                     .ledger = ledger_.get(),
                     .clerk = clerk_.get(),
                     .procedures = procedures_.get(),
                     .people = people_.get(),
                     .doorman = doorman_.get(),
                     .live = live_.get(),
                     .clock = clock_.get(),
                     .demo_clock = demo_clock_,
                     .advance_demo = {},
                     .timekeeper = timekeeper_.get(),
                     .recounts = recounts_.get(),
                     .called = &called_,
                     .meters = &meters_,
                     .changes = &changes_,
                     .kept_pages = &kept_pages_,
                     .server = nullptr,
                     .log = options_.log};
    FrontDoor door = front_door(shared_);
    handler_ = std::move(door.answer);
    options_.server.body_bytes_max_of = std::move(door.body_bytes_max_of);
    // Who was not there yet heard nothing of what was committed meanwhile.
    begun_.store(true, std::memory_order_release);
    timekeeper_->look();
    webhooks_->look();
    return Done{};
  }

  Outcome listen() override {
    if (!options_.server.refusal) {
      GUICHET_TRY(refusal, refusal_pages(shared_));
      options_.server.refusal = std::move(refusal);
    }
    GUICHET_TRY(server, HttpServer::start(options_.server, handler_));
    server_ = std::move(server);
    shared_.server = server_.get();
    if (shared_.house.base_url.empty()) shared_.house.base_url = server_->url();
    return Done{};
  }
  std::string url() const override { return server_ ? server_->url() : std::string{}; }
  Shared& shared() override { return shared_; }
  const Handler& handler() const override { return handler_; }

  void follow(std::function<void(const Committed&)> follower) override {
    const std::scoped_lock lock(followers_mutex_);
    followers_.push_back(std::move(follower));
  }

  void stop(Duration grace) override {
    if (server_) server_->stop(grace);
    if (recounts_) recounts_->stop();
    if (webhooks_) webhooks_->stop();
    if (timekeeper_) timekeeper_->stop();
    if (clerk_) clerk_->stop();
  }

 private:
  /// A ledger without rules is of no use: the file named on the command line becomes the first.
  Outcome adopt_the_first() {
    ledger::AdoptedProcedure first{.id = ProcedureId{1},
                                   .name = options_.procedure_name,
                                   .version = {},
                                   .toml = options_.procedure_toml,
                                   .effective_from = {},
                                   .adopted = clock_->now(),
                                   .by = {}};
    GUICHET_TRY(read, procedures_->read(first));
    first.name = read->file.name;
    first.version = read->file.version;
    first.effective_from = read->file.effective_from;
    GUICHET_TRY(again, procedures_->read(first));
    ledger::Batch batch;
    batch.procedures.push_back(first);
    batch.house.push_back(
        {.number = 1, .at = clock_->now(), .by = {}, .what = "procedure_adopted", .detail = "{\"procedure\":1}"});
    if (const Outcome written = ledger_->append(batch); !written) return written;
    procedures_->add(again);
    return Done{};
  }

  /// On the clerk's thread, after each commit.
  void tell(const Committed& committed) {
    const bool begun = begun_.load(std::memory_order_acquire);
    for (const ledger::AdoptedProcedure& adopted : committed.batch.procedures)
      if (auto read = procedures_->read(adopted)) procedures_->add(*read);
    for (const ledger::HouseNote& note : committed.batch.house) procedures_->heed(note);
    for (const ledger::RecordChange& change : committed.batch.records) {
      people_->changed(change);
      called_.changed(change.record);
      if (begun) doorman_->changed(change);
      if (change.remove && (change.record.kind == "session" || change.record.kind == "token"))
        live_->ended(change.record.key);
      if (change.record.kind == "person" && !change.remove)
        if (const auto person = person_from(change.record)) live_->look_again(person->id);
      if (change.record.kind == kWebhookKind && begun) webhooks_->renew();
    }
    // Before open screens are told, which then ask for the page.
    changes_.committed(committed.batch);
    for (const ledger::ShelfRow& row : committed.batch.rows) {
      live_->case_changed(row.case_id, row.state.version);
      if (begun) timekeeper_->expect(row.next_tick);
    }
    if (!committed.batch.acts.empty() && begun) webhooks_->look();
    const std::scoped_lock lock(followers_mutex_);
    for (const auto& follower : followers_) follower(committed);
  }

  DeskOptions options_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::shared_ptr<Procedures> procedures_;
  std::shared_ptr<WallClock> clock_;
  DemoClock* demo_clock_;
  std::atomic<bool> begun_{false};  // the parts that the clerk tells of commits are there
  Meters meters_;
  HouseName called_;
  Changes changes_;
  KeptPages kept_pages_{kKeptPagesBytes};
  std::unique_ptr<People> people_;
  std::unique_ptr<Live> live_;
  std::mutex followers_mutex_;
  std::vector<std::function<void(const Committed&)>> followers_;
  std::unique_ptr<Clerk> clerk_;
  std::unique_ptr<Doorman> doorman_;
  std::unique_ptr<Timekeeper> timekeeper_;
  std::unique_ptr<Recounts> recounts_;
  std::unique_ptr<Webhooks> webhooks_;
  Shared shared_;
  Handler handler_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

Result<std::unique_ptr<Desk>> Desk::open(std::unique_ptr<ledger::Ledger> ledger, std::shared_ptr<Procedures> procedures,
                                         std::shared_ptr<WallClock> clock, DemoClock* demo_clock, DeskOptions options) {
  auto desk = std::make_unique<TheDesk>(std::move(ledger), std::move(procedures), std::move(clock), demo_clock,
                                        std::move(options));
  if (const Outcome begun = desk->begin(); !begun) return begun.error();
  return std::unique_ptr<Desk>(std::move(desk));
}

Result<OpenedLedger> open_ledger(const ledger::Opening& opening) {
  OpenedLedger opened{.ledger = nullptr, .procedures = std::make_shared<Procedures>()};
  GUICHET_TRY(ledger, ledger::sqlite_ledger(opening, shelving(*opened.procedures)));
  opened.ledger = std::move(ledger);
  GUICHET_TRY(reader, opened.ledger->reader());
  if (const Outcome loaded = opened.procedures->load(*reader); !loaded) return loaded.error();
  return opened;
}

OpenedLedger ledger_in_memory() {
  OpenedLedger opened{.ledger = nullptr, .procedures = std::make_shared<Procedures>()};
  opened.ledger = ledger::memory_ledger(shelving(*opened.procedures));
  return opened;
}

}  // namespace guichet::desk
