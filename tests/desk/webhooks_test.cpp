#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/webhooks.hpp>
#include <guichet/formats/json.hpp>

#include "silent_server.hpp"
#include "small_house.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

/// Another program that listens, over a real socket.
class Listening {
 public:
  explicit Listening(int status = 200) : status_(status) {
    auto server = HttpServer::start({}, [this](const Request& request, const Respond& respond) {
      Response response;
      {
        const std::scoped_lock lock(mutex_);
        heard_.push_back(request);
        response.status = status_;
        came_.notify_all();
      }
      respond(std::move(response));
    });
    EXPECT_TRUE(server);
    server_ = std::move(*server);
  }
  ~Listening() { server_->stop(Duration{1'000}); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  std::string url() const { return server_->url() + "/hook"; }
  void answer_with(int status) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
  }
  void wait_until_heard(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return heard_.size() >= count; });
  }
  std::vector<Request> heard() {
    const std::scoped_lock lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  int status_;
  std::vector<Request> heard_;
  std::unique_ptr<HttpServer> server_;
};

void add(SmallHouse& house, const Webhook& webhook) {
  Errand errand;
  errand.records.push_back({.record = to_record(webhook)});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
}

TEST(Webhooks, EachActIsToldOnceSignedAndWithoutWords) {
  SmallHouse house;
  Listening other;
  house.open_case();  // before anybody listens: not told
  add(house, {.id = "w", .url = other.url(), .label = {}, .secret = "s3cret", .events = {}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE(webhooks);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  EXPECT_TRUE(other.heard().empty());
  const CaseId opened = house.open_case();
  ASSERT_TRUE((*webhooks)->step(kMonday));
  const auto heard = other.heard();
  ASSERT_EQ(heard.size(), 3U);  // opened, the message, an owner
  ASSERT_TRUE((*webhooks)->step(kMonday + 1h));
  EXPECT_EQ(other.heard().size(), 3U);
  for (const Request& request : heard) {
    const auto said = formats::parse_json(request.body, "hook");
    ASSERT_TRUE(said);
    EXPECT_EQ(said->find("case")->integer, opened.value);
    EXPECT_EQ(request.body.find("payout"), std::string::npos);
    ASSERT_NE(request.header("guichet-signature"), nullptr);
    EXPECT_EQ(*request.header("guichet-signature"), signature_of("s3cret", request.body, kMonday));
    EXPECT_NE(*request.header("guichet-signature"), signature_of("other", request.body, kMonday));
  }
}

TEST(Webhooks, OnlyTheKindsThatWereAskedFor) {
  SmallHouse house;
  Listening other;
  add(house, {.id = "w", .url = other.url(), .label = {}, .secret = "s", .events = {"decided", "note_made"}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  const CaseId opened = house.open_case();
  ASSERT_TRUE(house.act(house.row(opened).state.owner, opened, "note", {{"body", "n"}}).ok());
  ASSERT_TRUE((*webhooks)->step(kMonday));
  ASSERT_EQ(other.heard().size(), 1U);
  EXPECT_NE(other.heard()[0].body.find("note_made"), std::string::npos);
}

TEST(Webhooks, WhatNobodyTakesIsTriedAgainLaterAndLaterThenGivenUp) {
  SmallHouse house;
  Listening other(500);
  add(house, {.id = "w", .url = other.url(), .label = {}, .secret = "s", .events = {"note_made"}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  const CaseId opened = house.open_case();
  ASSERT_TRUE(house.act(house.row(opened).state.owner, opened, "note", {{"body", "n"}}).ok());
  Instant now = kMonday;
  ASSERT_TRUE((*webhooks)->step(now));
  EXPECT_EQ(other.heard().size(), 1U);
  ASSERT_TRUE((*webhooks)->step(now + 9s));
  EXPECT_EQ(other.heard().size(), 1U) << "not before its time";
  ASSERT_TRUE((*webhooks)->step(now + 10s));
  EXPECT_EQ(other.heard().size(), 2U);
  for (int day = 1; day < 20; ++day) ASSERT_TRUE((*webhooks)->step(now + 24h * day));
  EXPECT_EQ(other.heard().size(), 8U);
  ledger::RecordQuery query;
  query.kind = std::string{kDeliveryKind};
  const auto left = house.reader().records(query);
  ASSERT_TRUE(left);
  ASSERT_EQ(left->size(), 1U);
  EXPECT_TRUE(delivery_from(left->front())->given_up);
  EXPECT_EQ(delivery_from(left->front())->last_fault, "answered 500");
}

TEST(Webhooks, OneThatComesBackHearsWhatItMissed) {
  SmallHouse house;
  Listening other(503);
  add(house, {.id = "w", .url = other.url(), .label = {}, .secret = "s", .events = {"note_made"}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  const CaseId opened = house.open_case();
  ASSERT_TRUE(house.act(house.row(opened).state.owner, opened, "note", {{"body", "n"}}).ok());
  ASSERT_TRUE((*webhooks)->step(kMonday));
  other.answer_with(204);
  EXPECT_EQ(*(*webhooks)->step(kMonday + 1min), 1U);
  EXPECT_EQ(other.heard().size(), 2U);
  EXPECT_EQ(*other.heard()[0].header("guichet-delivery"), *other.heard()[1].header("guichet-delivery"));
}

std::vector<Delivery> waiting(SmallHouse& house) {
  ledger::RecordQuery query;
  query.kind = std::string{kDeliveryKind};
  const auto records = house.reader().records(query);
  EXPECT_TRUE(records);
  std::vector<Delivery> all;
  for (const ledger::Record& record : *records) all.push_back(*delivery_from(record));
  return all;
}

TEST(Webhooks, OneThatNeverAnswersKeepsNeitherTheOthersNorTheStop) {
  SmallHouse house;
  SilentServer dead;
  Listening healthy;
  add(house, {.id = "a", .url = dead.url(), .label = {}, .secret = "s", .events = {"opened"}});
  add(house, {.id = "b", .url = healthy.url(), .label = {}, .secret = "s", .events = {"opened"}});
  ASSERT_TRUE((*Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere))->step(kMonday));
  constexpr std::size_t kCases = 5;
  for (std::size_t i = 0; i < kCases; ++i) house.open_case();
  auto webhooks = Webhooks::start(house.ledger(), house.clerk(), house.clock(), WebhookReach::anywhere);
  ASSERT_TRUE(webhooks);
  dead.take();
  dead.hear("\r\n\r\n");  // it has the whole request, and holds on to it
  healthy.wait_until_heard(kCases);
  (*webhooks)->stop();
  EXPECT_TRUE(dead.was_left());
  const auto left = waiting(house);
  std::size_t of_the_dead = 0;
  for (const Delivery& delivery : left) {
    EXPECT_EQ(delivery.attempts, 0U) << "what we gave up ourselves was no failure";
    of_the_dead += delivery.webhook == "a" ? 1U : 0U;
  }
  EXPECT_EQ(of_the_dead, kCases);

  // After the next start, where somebody listens again.
  Listening alive;
  Errand errand;
  errand.records.push_back(
      {.record = to_record(Webhook{.id = "a", .url = alive.url(), .label = {}, .secret = "s", .events = {"opened"}}),
       .expect = ledger::RecordChange::Expect::anything});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  auto again = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE((*again)->step(kMonday));
  EXPECT_EQ(alive.heard().size(), kCases);
  EXPECT_TRUE(waiting(house).empty());
}

TEST(Webhooks, WhatWasForAnAddressThatIsGoneIsForgotten) {
  SmallHouse house;
  Listening other(500);
  add(house, {.id = "w", .url = other.url(), .label = {}, .secret = "s", .events = {"opened"}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::anywhere);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  house.open_case();
  ASSERT_TRUE((*webhooks)->step(kMonday));
  ASSERT_EQ(waiting(house).size(), 1U);
  Errand errand;
  errand.records.push_back({.record = {.kind = std::string{kWebhookKind}, .key = "w", .owner = 0, .body = "{}"},
                            .expect = ledger::RecordChange::Expect::anything,
                            .remove = true});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  ASSERT_TRUE((*webhooks)->step(kMonday + 1min));
  EXPECT_TRUE(waiting(house).empty());
  EXPECT_EQ(other.heard().size(), 1U);
}

TEST(Webhooks, OutsideOnlyNobodyInsideHearsAnything) {
  SmallHouse house;
  Listening inside;
  const std::string port = inside.url().substr(inside.url().rfind(':'));
  // As they would stand in an older ledger, or as a name may be resolved: it is the address that counts.
  const std::vector<std::string> urls{
      inside.url(),          "http://localhost" + port,          "http://2130706433" + port,
      "http://127.1" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port};
  for (std::size_t i = 0; i < urls.size(); ++i)
    add(house, {.id = "w" + std::to_string(i), .url = urls[i], .label = {}, .secret = "s", .events = {"opened"}});
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk(), WebhookReach::outside);
  ASSERT_TRUE((*webhooks)->step(kMonday));
  house.open_case();
  ASSERT_TRUE((*webhooks)->step(kMonday));
  EXPECT_TRUE(inside.heard().empty());
  const auto left = waiting(house);
  ASSERT_EQ(left.size(), urls.size());
  for (const Delivery& delivery : left)
    EXPECT_NE(delivery.last_fault.find("own networks"), std::string::npos) << delivery.webhook << delivery.last_fault;
}

TEST(Webhooks, AddressesInsideAreRefusedWhenTheyAreNamed) {
  for (const char* inside :
       {"http://127.0.0.1:80/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/", "http://0x7f.1/", "http://localhost/", "http://a.localhost:8080/", "http://LOCALHOST./",
        "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25eth0]/"}) {
    EXPECT_NE(wrong_with_address(inside, WebhookReach::outside), "") << inside;
    EXPECT_EQ(wrong_with_address(inside, WebhookReach::anywhere), "") << inside;
  }
  for (const char* outside : {"https://desk.example/hook", "http://9.9.9.9:8080/", "https://[2606:4700::1111]/"})
    EXPECT_EQ(wrong_with_address(outside, WebhookReach::outside), "") << outside;
}

TEST(Webhooks, AddressesThatCannotBeUsed) {
  EXPECT_EQ(wrong_with_address("https://desk.example/hook", WebhookReach::anywhere), "");
  for (const char* bad :
       {"", "ftp://x", "file:///etc/passwd", "https://", "https://a b", "https://me:pw@x/", "javascript:x",
        "https://desk.example:99999/", "https://desk.example:0/", "https://desk.example:x/", "https://[::1/"})
    EXPECT_NE(wrong_with_address(bad, WebhookReach::anywhere), "") << bad;
}

}  // namespace
}  // namespace guichet::desk
