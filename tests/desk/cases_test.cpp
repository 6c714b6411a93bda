#include <guichet/desk/pages/case_parts.hpp>

#include <gtest/gtest.h>

#include <guichet/desk/timekeeper.hpp>
#include <guichet/formats/json.hpp>

#include "markup.hpp"
#include "open_desk.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDay{24h};

class CasesOfOthers : public ::testing::Test {
 protected:
  formats::JsonValue read(ActorId who, const std::string& path) {
    const Response response = desk.ask(who, Method::get, path);
    EXPECT_EQ(response.status, 200) << path << "\n" << response.body;
    auto json = formats::parse_json(response.body, path);
    EXPECT_TRUE(json);
    return json ? std::move(*json) : formats::JsonValue{};
  }
  formats::JsonValue post(ActorId who, const std::string& path, const std::string& json) {
    const Response response = desk.ask(who, Method::post, path, {}, json);
    EXPECT_LT(response.status, 300) << path << "\n" << response.body;
    auto said = formats::parse_json(response.body, path);
    return said ? std::move(*said) : formats::JsonValue{};
  }
  std::string open(const std::string& subject) {
    const auto done =
        post(kSellerAnn, "/api/cases", R"({"matter":"other","body":"Please.","subject":")" + subject + R"("})");
    return std::to_string(done.find("case")->integer);
  }
  void mediate(const std::string& number) {
    post(kSellerAnn, "/api/cases/" + number + "/mediation", R"({"mediator":"Example Mediation Centre, Paris"})");
  }
  void pass(Duration by) {
    desk.clock().advance(by);
    auto reader = desk.shared().ledger->reader();
    ASSERT_TRUE(ring_what_is_due(**reader, *desk.shared().clerk, *desk.shared().procedures, desk.clock().now()));
  }
  formats::JsonValue clock_of(const std::string& number, std::string_view name) {
    const auto told = read(kSupervisor, "/api/cases/" + number);
    for (const formats::JsonValue& clock : told.find("clocks")->items)
      if (clock.find("clock")->text == name) return clock;
    return {};
  }

  OpenDesk desk;
};

TEST_F(CasesOfOthers, AMediatorSeesUntilWhenEachMediationLastsTheSoonestFirst) {
  const std::string later = open("Opened first"), soonest = open("Opened second"), none = open("Not here");
  mediate(soonest);
  desk.clock().advance(kDay * 2);
  mediate(later);
  const std::string page = desk.ask(kMediatorLea, Method::get, "/cases").body;
  const std::size_t first = page.find("Opened second"), second = page.find("Opened first");
  ASSERT_NE(first, std::string::npos) << words_on(page);
  ASSERT_NE(second, std::string::npos);
  EXPECT_LT(first, second) << "the one that ends first stands first";
  EXPECT_EQ(page.find("Not here"), std::string::npos);
  EXPECT_EQ(page.find(formats::Phrases(formats::Language::en)("list.no_time")), std::string::npos) << words_on(page);
  for (const std::string& number : {soonest, later}) {
    const formats::JsonValue clock = clock_of(number, "mediation");
    ASSERT_NE(clock.find("due"), nullptr);
    EXPECT_NE(page.find("datetime=\"" + clock.find("due")->text + "\""), std::string::npos) << number;
  }
  // Programs read the same.
  const formats::JsonValue told = read(kMediatorLea, "/api/cases");
  ASSERT_EQ(told.find("cases")->items.size(), 2U);
  for (const formats::JsonValue& row : told.find("cases")->items) {
    const std::string number = std::to_string(row.find("case")->integer);
    ASSERT_NE(row.find("mediation_due"), nullptr) << number;
    EXPECT_EQ(row.find("mediation_due")->text, clock_of(number, "mediation").find("due")->text);
  }
  EXPECT_EQ(read(kSupervisor, "/api/cases/" + none).find("mediation_due"), nullptr);
  // In the list of whoever answers for it no promise stands in that column: what runs is the mediator's time.
  const auto owner = read(kSupervisor, "/api/cases/" + later).find("summary")->find("owner")->find("id")->integer;
  const std::string own = words_on(desk.ask(ActorId{static_cast<std::uint32_t>(owner)}, Method::get, "/cases").body);
  EXPECT_NE(own.find("mediation until"), std::string::npos) << own;
}

TEST_F(CasesOfOthers, APauseThatHasPassedRunsNoLonger) {
  const std::string number = open("Escalated");
  desk.clock().advance(10min);
  post(kSellerAnn, "/api/cases/" + number + "/escalate", R"({"body":"Too slow."})");
  formats::JsonValue pause = clock_of(number, "cooling");
  ASSERT_NE(pause.find("due"), nullptr);
  EXPECT_EQ(pause.find("ending")->text, "runs");
  EXPECT_EQ(pause.find("ended"), nullptr);
  const std::string due = pause.find("due")->text;
  desk.clock().set(at_utc(due.c_str()) + kDay);
  pause = clock_of(number, "cooling");
  EXPECT_EQ(pause.find("ending")->text, "over");
  EXPECT_EQ(pause.find("ended")->text, due);
}

}  // namespace
}  // namespace guichet::desk
