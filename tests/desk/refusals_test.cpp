#include <guichet/desk/pages/refusals.hpp>

#include <gtest/gtest.h>

#include "markup.hpp"
#include "open_desk.hpp"

namespace guichet::desk {
namespace {

TEST(Refusals, ArePagesInTheVisitorsLanguage) {
  OpenDesk desk;
  const auto refuse = refusal_pages(desk.shared());
  ASSERT_TRUE(refuse);
  Request request;
  request.path = "/cases";
  for (const auto& [language, words] : {std::pair{"en", "What was sent is too large"}, {"fr-FR, en", "trop lourd"}}) {
    request.headers = {{"accept-language", language}};
    for (const int status : {400, 408, 413, 431, 503}) {
      const Response response = (*refuse)(request, status, "why");
      EXPECT_EQ(response.status, status);
      EXPECT_EQ(faults_of(response.body), std::vector<std::string>{}) << status;
    }
    EXPECT_NE(words_on((*refuse)(request, 413, "why").body).find(words), std::string::npos) << language;
  }
  EXPECT_EQ((*refuse)(Request{}, 503, "why").status, 503) << "before anything was read";
}

TEST(Refusals, SayHowMuchMayBeSentTogetherAndNoMomentOfADemo) {
  OpenDesk desk(true);
  const House& house = desk.shared().house;
  const auto refuse = refusal_pages(desk.shared());
  ASSERT_TRUE(refuse);
  Request request;
  request.path = "/cases";
  const std::string said = words_on((*refuse)(request, 413, "why").body);
  EXPECT_NE(said.find(std::to_string(house.files_together_max() >> 20U) + " MB"), std::string::npos) << said;
  EXPECT_LT(house.files_together_max(), house.body_bytes_max());
  EXPECT_EQ(said.find("March"), std::string::npos) << said;
}

TEST(Refusals, AProgramGetsAProblem) {
  OpenDesk desk;
  Request request;
  request.path = "/api/cases";
  const Response response = (*refusal_pages(desk.shared()))(request, 413, "the body is above the limit");
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_NE(response.body.find("above the limit"), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
