// What to expect, as pages and the API say it: from the cases of this ledger, and never instead of what is promised.
#include <guichet/desk/pages/expectations.hpp>

#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/recounts.hpp>
#include <guichet/expect/forecast.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

class Expectations : public ::testing::Test {
 protected:
  std::string open_case(const std::string& matter = "payment") {
    const Response opened = desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                                     R"({"matter":")" + matter + R"(","subject":"Payout","body":"Where?"})");
    EXPECT_EQ(opened.status, 201) << opened.body;
    return "/cases/" + std::to_string(number(json_of(opened), "case"));
  }
  ActorId owner_of(const std::string& path) {
    const auto said = json_of(desk.ask(kSupervisor, Method::get, "/api" + path));
    return ActorId{static_cast<std::uint32_t>(number(*said.find("summary")->find("owner"), "id"))};
  }
  void answer(const std::string& path) {
    const Response said = desk.ask(owner_of(path), Method::post, "/api" + path + "/message", {}, R"({"body":"Here."})");
    EXPECT_EQ(said.status, 200) << said.body;
  }
  /// So many cases, each answered three hours after it was opened.
  void answer_cases(int cases, const std::string& matter = "payment") {
    for (int i = 0; i < cases; ++i) {
      const std::string path = open_case(matter);
      desk.clock().advance(std::chrono::hours{3});
      answer(path);
    }
  }
  /// As this page says it, once all is counted.
  std::string page(ActorId who, const std::string& path, const std::string& language = "en") {
    desk.shared().recounts->expectations(Duration{600'000});
    desk.shared().recounts->settle();
    return desk.ask(who, Method::get, path + (path.find('?') == std::string::npos ? "?" : "&") + "language=" + language)
        .body;
  }
  formats::JsonValue read(ActorId who, const std::string& path) {
    desk.shared().recounts->expectations(Duration{600'000});
    desk.shared().recounts->settle();
    const Response response = desk.ask(who, Method::get, path);
    EXPECT_EQ(response.status, 200) << response.body;
    return json_of(response);
  }

  OpenDesk desk;
};

TEST_F(Expectations, with_few_cases_nothing_is_foretold) {
  answer_cases(static_cast<int>(expect::kFewest) - 1);
  EXPECT_NE(page(kSellerAnn, "/cases/new?matter=payment").find("Not foretold: fewer than 30"), std::string::npos);
  EXPECT_EQ(read(kSellerAnn, "/api/matters/payment/expectation").find("answer")->kind, formats::JsonValue::Kind::null);
}

TEST_F(Expectations, before_a_case_is_opened_they_stand_beside_the_promises) {
  answer_cases(40);
  const std::string before = page(kSellerAnn, "/cases/new?matter=payment");
  EXPECT_NE(before.find("What to expect"), std::string::npos);
  EXPECT_NE(before.find("In half of earlier cases within 3\u00a0h; in eight of ten between 3\u00a0h and 3\u00a0h."),
            std::string::npos)
      << before;
  EXPECT_NE(before.find("Rests on 40 earlier waits about this matter."), std::string::npos);
  EXPECT_NE(before.find("It promises nothing and decides nothing"), std::string::npos);
  const auto said = read(kSellerAnn, "/api/matters/payment/expectation");
  EXPECT_EQ(number(*said.find("answer"), "n"), 40);
  EXPECT_EQ(number(*said.find("answer"), "middle"), 3 * 3'600);
  EXPECT_EQ(desk.ask(kSellerAnn, Method::get, "/api/matters/moon/expectation").status, 404);
}

TEST_F(Expectations, of_another_matter_those_of_all_are_told) {
  answer_cases(40);
  EXPECT_NE(page(kSellerAnn, "/cases/new?matter=technical").find("about any matter; of this one too few are known"),
            std::string::npos);
}

TEST_F(Expectations, a_case_is_told_what_is_left_of_its_wait) {
  answer_cases(40);
  const std::string path = open_case();
  desk.clock().advance(std::chrono::hours{1});
  const std::string mine = page(kSellerAnn, path);
  EXPECT_NE(mine.find("After 1\u00a0h: in half of earlier cases within a further 2\u00a0h"), std::string::npos) << mine;
  EXPECT_NE(page(owner_of(path), path).find("What to expect"), std::string::npos);
  const auto said = read(kSellerAnn, "/api" + path + "/expectation");
  EXPECT_EQ(number(*said.find("answer"), "so_far"), 3'600);
  answer(path);
  EXPECT_EQ(read(kSellerAnn, "/api" + path + "/expectation").find("answer")->kind, formats::JsonValue::Kind::null)
      << "nothing is awaited from the desk";
}

TEST_F(Expectations, they_are_for_those_who_see_the_case) {
  const std::string path = open_case();
  EXPECT_EQ(desk.ask(kSellerBob, Method::get, "/api" + path + "/expectation").status, 404);
  EXPECT_EQ(desk.ask({}, Method::get, "/api" + path + "/expectation").status, 401);
}

TEST_F(Expectations, they_are_made_anew_when_they_are_some_minutes_old) {
  answer_cases(40);
  const auto first = desk.shared().recounts->expectations(Duration{600'000}).last;
  ASSERT_NE(first, nullptr);
  desk.shared().recounts->settle();
  desk.clock().advance(Duration{60'000});
  EXPECT_EQ(desk.shared().recounts->expectations(Duration{0}).last, first);
  desk.clock().advance(Duration{3'600'000});
  desk.shared().recounts->expectations(Duration{0});
  desk.shared().recounts->settle();
  EXPECT_NE(desk.shared().recounts->expectations(Duration{0}).last, first);
}

}  // namespace
}  // namespace guichet::desk
