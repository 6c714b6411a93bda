#include <guichet/desk/live.hpp>

#include <atomic>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include <guichet/formats/json.hpp>

#include "open_desk.hpp"

namespace guichet::desk {
namespace {

constexpr CaseId kCase{1042}, kOther{7};
const Instant kNow = parse_instant("2026-03-02T10:00Z").value();

/// An open page that keeps what it hears.
class Ear final : public EventStream {
 public:
  bool send(std::string_view event, std::string_view data) override {
    const std::scoped_lock lock(mutex_);
    if (gone_) return false;
    if (event != "still") heard_.emplace_back(std::string(event) + " " + std::string(data));
    return true;
  }
  void leave() {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
  }
  std::vector<std::string> heard() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(heard_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heard_;
  bool gone_ = false;
};

std::shared_ptr<Ear> join(Live& live, std::uint32_t person, CaseId case_id, bool of_the_desk = true,
                          std::function<bool(CaseId)> may_hear = {}) {
  auto ear = std::make_shared<Ear>();
  live.join({.person = ActorId{person},
             .case_id = case_id,
             .name = "Agent " + std::to_string(person),
             .of_the_desk = of_the_desk,
             .may_hear = std::move(may_hear)},
            ear);
  return ear;
}

using Said = std::vector<std::string>;

TEST(Live, TellsThoseWhoMayKnow) {
  const auto live = Live::make();
  const auto page = join(*live, 1, kCase, false), other = join(*live, 2, kOther, false);
  const auto list = join(*live, 3, {}, false), blind = join(*live, 4, {}, false, [](CaseId) { return false; });
  const auto picky = join(*live, 5, {}, false, [](CaseId case_id) { return case_id == kOther; });
  live->case_changed(kCase, Version{7});
  const Said news{R"(case {"case":1042,"version":7})"};
  EXPECT_EQ(page->heard(), news);
  EXPECT_EQ(list->heard(), news);
  EXPECT_EQ(other->heard(), Said{});
  EXPECT_EQ(blind->heard(), Said{});
  EXPECT_EQ(picky->heard(), Said{});
  live->case_changed(kOther, Version{1});
  EXPECT_EQ(other->heard(), Said{R"(case {"case":7,"version":1})"});
  EXPECT_EQ(picky->heard(), Said{R"(case {"case":7,"version":1})"});
}

TEST(Live, ForgetsPagesThatAreGone) {
  const auto live = Live::make();
  const auto page = join(*live, 1, kCase), list = join(*live, 2, {});
  EXPECT_EQ(live->open(), 2U);
  page->leave();
  list->leave();
  live->case_changed(kCase, Version{1});
  EXPECT_EQ(live->open(), 0U);
  EXPECT_TRUE(live->present(kCase, {}, kNow).empty());
}

TEST(Presence, IsToldAmongTheDeskAlone) {
  const auto live = Live::make();
  const auto seller = join(*live, 9, kCase, false);
  const auto marie = join(*live, 1, kCase);
  EXPECT_EQ(marie->heard(), Said{R"(presence {"case":1042,"present":[]})"});
  const auto noor = join(*live, 2, kCase);
  EXPECT_EQ(marie->heard(),
            Said{R"(presence {"case":1042,"present":[{"person":2,"name":"Agent 2","writing":false}]})"});
  EXPECT_EQ(noor->heard(), Said{R"(presence {"case":1042,"present":[{"person":1,"name":"Agent 1","writing":false}]})"});
  live->writes(ActorId{2}, kCase, kNow);
  EXPECT_EQ(marie->heard(), Said{R"(presence {"case":1042,"present":[{"person":2,"name":"Agent 2","writing":true}]})"});
  EXPECT_EQ(seller->heard(), Said{}) << "a seller is not told who looks";

  auto present = live->present(kCase, ActorId{1}, kNow);
  ASSERT_EQ(present.size(), 1U);
  EXPECT_EQ(present[0].person, ActorId{2});
  EXPECT_TRUE(present[0].writing);
  present = live->present(kCase, ActorId{1}, kNow + Duration{15'000});
  ASSERT_EQ(present.size(), 1U);
  EXPECT_FALSE(present[0].writing) << "a sign of writing fades";
  EXPECT_EQ(live->present(kCase, ActorId{}, kNow).size(), 2U);
  EXPECT_TRUE(live->present(kOther, ActorId{}, kNow).empty());
}

TEST(Live, WhoeverHasLeftHearsNoMore) {
  OpenDesk desk;
  const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                   R"({"matter":"payment","subject":"Payout","body":"Where is it?"})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const auto listen = [&](ActorId who, const std::string& path) {
    const Response response = desk.ask(who, Method::get, path);
    EXPECT_EQ(response.status, 200) << path;
    auto ear = std::make_shared<Ear>();
    response.stream(ear);
    ear->heard();
    return ear;
  };
  const auto marie = listen(kAgentMarie, "/live?case=1"), lists = listen(kAgentMarie, "/live"),
             noor = listen(kAgentNoor, "/live?case=1"), ann = listen(kSellerAnn, "/live?case=1");
  const std::string gone = "/api/people/" + std::to_string(kAgentMarie.value) + "/active";
  ASSERT_EQ(desk.ask(kAdministrator, Method::post, gone, {}, R"({"active":"no"})").status, 200);
  // Her cases went to somebody else, which is news; from here on she hears none.
  marie->heard();
  lists->heard();
  ann->heard();
  ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases/1/message", {}, R"({"body":"Hello?"})").status, 200);
  desk.shared().live->writes(kAgentNoor, CaseId{1}, desk.clock().now());
  EXPECT_EQ(marie->heard(), Said{});
  EXPECT_EQ(lists->heard(), Said{});
  EXPECT_FALSE(noor->heard().empty());
  EXPECT_EQ(ann->heard().size(), 1U);
  EXPECT_EQ(desk.ask(kSellerBob, Method::get, "/live?case=1").status, 404);
}

/// A page that listens by a session of its own, as a browser does.
class Listening {
 public:
  Listening(OpenDesk& desk, ActorId who, const std::string& case_number) : desk_(desk) {
    std::promise<SignedIn> signed_in;
    desk.shared().doorman->admit(who, desk.clock().now(), [&](SignedIn in) { signed_in.set_value(std::move(in)); });
    request_.cookies.emplace_back(session_cookie_name(false), signed_in.get_future().get().cookie);
    request_.headers.emplace_back("host", "desk.example");
    request_.path = "/live";
    request_.peer = "192.0.2.1";
    request_.query.emplace_back("case", case_number);
    const Response response = desk.send(request_);
    EXPECT_EQ(response.status, 200);
    response.stream(ear_);
    ear_->heard();
  }
  Session session() {
    return *desk_.shared().doorman->who(request_, **desk_.shared().ledger->reader(), desk_.clock().now());
  }
  /// The desk holds the stream no longer: the connection ends with that.
  bool hung_up() const { return ear_.use_count() == 1; }
  int asked_again() { return desk_.send(request_).status; }

 private:
  OpenDesk& desk_;
  Request request_;
  std::shared_ptr<Ear> ear_ = std::make_shared<Ear>();
};

TEST(Live, EndsWithTheSession) {
  OpenDesk desk;
  ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                     R"({"matter":"payment","subject":"Payout","body":"Where is it?"})")
                .status,
            201);
  Live& live = *desk.shared().live;
  const auto there = [&] { return live.present(CaseId{1}, kAgentNoor, desk.clock().now()).size(); };
  const std::string marie = "/api/people/" + std::to_string(kAgentMarie.value);
  {
    Listening page(desk, kAgentMarie, "1");
    EXPECT_FALSE(page.hung_up());
    EXPECT_EQ(there(), 1U);
    ASSERT_EQ(desk.ask(kAdministrator, Method::post, marie + "/sessions/end", {}, "{}").status, 200);
    EXPECT_TRUE(page.hung_up()) << "an administrator ended it";
    EXPECT_EQ(there(), 0U);
    EXPECT_EQ(page.asked_again(), 303);
  }
  {
    Listening page(desk, kAgentMarie, "1");
    desk.shared().doorman->sign_out(page.session());
    desk.shared().clerk->run({});
    EXPECT_TRUE(page.hung_up()) << "she signed out";
    EXPECT_EQ(there(), 0U);
  }
  {
    Listening page(desk, kAgentMarie, "1");
    ASSERT_EQ(desk.ask(kAdministrator, Method::post, marie + "/active", {}, R"({"active":"no"})").status, 200);
    EXPECT_TRUE(page.hung_up()) << "her account was closed";
    ASSERT_EQ(desk.ask(kAdministrator, Method::post, marie + "/active", {}, R"({"active":"yes"})").status, 200);
  }
  {
    // A session that another one outlives, as after a change of password.
    Listening page(desk, kAgentMarie, "1");
    std::promise<void> ended;
    desk.shared().doorman->end_sessions(kAgentMarie, {}, "another", [&] { ended.set_value(); });
    ended.get_future().get();
    EXPECT_TRUE(page.hung_up()) << "all others were ended";
  }
  {
    Listening page(desk, kAgentMarie, "1");
    desk.clock().advance(kSessionIdle + Duration{1'000});
    EXPECT_EQ(there(), 0U) << "it ran out";
    EXPECT_TRUE(page.hung_up());
  }
  EXPECT_EQ(live.open(), 0U);
}

TEST(Presence, EndsWithTheLastPageOfAPerson) {
  const auto live = Live::make();
  const auto marie = join(*live, 1, kCase);
  const auto one = join(*live, 2, kCase), two = join(*live, 2, kCase);
  EXPECT_EQ(live->present(kCase, ActorId{1}, kNow).size(), 1U) << "two pages of one person are one person";
  one->leave();
  EXPECT_EQ(live->present(kCase, ActorId{1}, kNow).size(), 1U);
  marie->heard();
  two->leave();
  EXPECT_TRUE(live->present(kCase, ActorId{1}, kNow).empty());
  const Said last = marie->heard();
  ASSERT_FALSE(last.empty());
  EXPECT_EQ(last.back(), R"(presence {"case":1042,"present":[]})") << "the others are told";
}

TEST(Presence, SignsOfWritingThatComeFastAreToldOnce) {
  const auto live = Live::make();
  const auto marie = join(*live, 1, kCase);
  const auto noor = join(*live, 2, kCase);
  marie->heard();
  for (int i = 0; i < 30; ++i) live->writes(ActorId{2}, kCase, kNow + Duration{i * 100});
  EXPECT_EQ(marie->heard().size(), 1U);
  live->writes(ActorId{2}, kCase, kNow + Duration{3'000});
  EXPECT_EQ(marie->heard().size(), 1U);
}

TEST(Live, KeepsSoManyPagesOfOnePerson) {
  const auto live = Live::make();
  std::vector<std::shared_ptr<Ear>> ears;
  for (int i = 0; i < 60; ++i) ears.push_back(join(*live, 1, kCase, false));
  EXPECT_EQ(live->open(), 50U);
  live->case_changed(kCase, Version{1});
  EXPECT_EQ(ears.front()->heard().size(), 0U) << "the oldest is let go";
  EXPECT_EQ(ears.back()->heard().size(), 1U);
}

TEST(Live, KeepsSoManyPagesInAllAndFindsThoseThatAreGone) {
  const auto live = Live::make();
  std::vector<std::shared_ptr<Ear>> ears;
  for (std::uint32_t i = 0; i < 20'000; ++i) ears.push_back(join(*live, 1 + i / 40, CaseId{1 + i % 5'000}, false));
  EXPECT_EQ(live->open(), 20'000U);
  const auto late = join(*live, 9'999, kCase, false);
  EXPECT_EQ(live->open(), 20'000U) << "there is no room";
  for (std::size_t i = 0; i < 10'000; ++i) ears[i]->leave();
  std::size_t joined = 0;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    join(*live, 10'000 + i, kCase, false);
    joined = live->open();
  }
  EXPECT_LT(joined, 20'000U) << "those who left made room";
  EXPECT_GT(joined, 10'000U);
}

TEST(Live, IsSafeFromManyThreads) {
  const auto live = Live::make();
  std::atomic<std::uint32_t> next{1};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const std::uint32_t person = next.fetch_add(1);
        const auto ear = join(*live, person, CaseId{1 + person % 5});
        live->writes(ActorId{person}, CaseId{1 + person % 5}, kNow + Duration{i});
        live->case_changed(CaseId{1 + person % 3}, Version{1});
        if (i % 2 == 0) ear->leave();
        live->present(CaseId{1 + person % 5}, ActorId{person}, kNow);
        if (i % 2 == 1) ear->leave();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t i = 0; i < 6; ++i) live->case_changed(CaseId{i}, Version{2});
  EXPECT_EQ(live->open(), 0U);
}

}  // namespace
}  // namespace guichet::desk
