#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/webhooks.hpp>
#include <guichet/formats/json.hpp>

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
  std::vector<Request> heard() {
    const std::scoped_lock lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
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
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk());
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
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk());
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
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk());
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
  auto webhooks = Webhooks::by_hand(house.ledger(), house.clerk());
  ASSERT_TRUE((*webhooks)->step(kMonday));
  const CaseId opened = house.open_case();
  ASSERT_TRUE(house.act(house.row(opened).state.owner, opened, "note", {{"body", "n"}}).ok());
  ASSERT_TRUE((*webhooks)->step(kMonday));
  other.answer_with(204);
  EXPECT_EQ(*(*webhooks)->step(kMonday + 1min), 1U);
  EXPECT_EQ(other.heard().size(), 2U);
  EXPECT_EQ(*other.heard()[0].header("guichet-delivery"), *other.heard()[1].header("guichet-delivery"));
}

TEST(Webhooks, AddressesThatCannotBeUsed) {
  EXPECT_EQ(wrong_with_address("https://desk.example/hook"), "");
  for (const char* bad :
       {"", "ftp://x", "file:///etc/passwd", "https://", "https://a b", "https://me:pw@x/", "javascript:x"})
    EXPECT_NE(wrong_with_address(bad), "") << bad;
}

}  // namespace
}  // namespace guichet::desk
