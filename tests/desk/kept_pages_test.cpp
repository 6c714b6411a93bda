// A page that is given again says what a page made anew would say, whatever was done in between; and no one-time key of
// a form is given twice.
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/desk/kept_pages.hpp>
#include <guichet/desk/recounts.hpp>

#include "markup.hpp"
#include "open_desk.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

/// The one-time keys of a page's forms; what is left of the page without them.
std::vector<std::string> once_keys(const std::string& body, std::string& rest) {
  static constexpr std::string_view kSign = R"(name="once" value=")";
  std::vector<std::string> keys;
  rest.clear();
  std::size_t from = 0;
  for (std::size_t at; (at = body.find(kSign, from)) != std::string::npos;) {
    const std::size_t begin = at + kSign.size(), end = body.find('"', begin);
    keys.push_back(body.substr(begin, end - begin));
    rest.append(body, from, begin - from);
    from = end;
  }
  rest.append(body, from);
  return keys;
}

class KeptPagesOf : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Response look(ActorId who, const std::string& path, bool anew) {
    Request request;
    const std::size_t query = path.find('?');
    request.path = path.substr(0, query);
    if (query != std::string::npos) request.query.emplace_back("q", path.substr(path.find('=') + 1));
    request.peer = "192.0.2.1";
    request.headers.emplace_back("host", "desk.example");
    desk_.sign(request, who);
    // A page that has something to say once is always made; this word says nothing.
    if (anew) request.cookies.emplace_back("told", "x");
    return desk_.send(request);
  }

  void compare_all() {
    // Who looks asks for a forecast where that is old: it shall not come between two looks.
    desk_.shared().recounts->expectations(Duration{0});
    desk_.shared().recounts->settle();
    for (const ActorId who : {kSellerAnn, kAgentMarie}) {
      std::vector<std::string> paths{"/cases", "/api/cases"};
      if (who == kAgentMarie) paths.insert(paths.end(), {"/queue", "/search?q=parcel"});
      for (const std::uint32_t number : cases_) {
        paths.push_back("/cases/" + std::to_string(number));
        paths.push_back("/api/cases/" + std::to_string(number));
      }
      for (const std::string& path : paths) {
        const Response given = look(who, path, false), made = look(who, path, true);
        ASSERT_EQ(given.status, made.status) << path;
        std::string given_rest, made_rest;
        for (const std::string& key : once_keys(given.body, given_rest)) EXPECT_TRUE(keys_.insert(key).second) << path;
        for (const std::string& key : once_keys(made.body, made_rest)) EXPECT_TRUE(keys_.insert(key).second) << path;
        ASSERT_EQ(given_rest, made_rest) << path << " as " << who.value << ", seed " << GetParam();
      }
    }
  }

  void act(Random& random) {
    const std::string which =
        cases_.empty() ? "" : std::to_string(cases_[random.below(static_cast<std::uint32_t>(cases_.size()))]);
    const std::string words = R"({"body": "the parcel )" + std::to_string(++words_) + R"("})";
    switch (cases_.size() < 2 ? 0 : random.below(9)) {
      case 0: {
        const Response opened = desk_.ask(kSellerAnn, Method::post, "/api/cases", {},
                                          R"({"matter": "other", "subject": "parcel", "body": "where is it?"})");
        if (opened.status == 201) cases_.push_back(static_cast<std::uint32_t>(cases_.size() + 1));
        break;
      }
      case 1: desk_.ask(kSellerAnn, Method::post, "/api/cases/" + which + "/message", {}, words); break;
      case 2: desk_.ask(kAgentMarie, Method::post, "/api/cases/" + which + "/take", {}, "{}"); break;
      case 3: desk_.ask(kAgentMarie, Method::post, "/api/cases/" + which + "/message", {}, words); break;
      case 4: desk_.ask(kAgentMarie, Method::post, "/api/cases/" + which + "/note", {}, words); break;
      case 5: desk_.ask(kSellerAnn, Method::post, "/api/cases/" + which + "/escalate", {}, "{}"); break;
      case 6: desk_.clock().advance(25s); break;
      case 7: desk_.clock().advance(3h); break;
      case 8: desk_.ask(kAgentMarie, Method::post, "/cases/" + which + "/draft", "box=reply&body=half" + which); break;
      default: break;
    }
  }

  OpenDesk desk_;
  std::vector<std::uint32_t> cases_;
  std::set<std::string> keys_;
  int words_ = 0;
};

TEST_P(KeptPagesOf, SayWhatPagesMadeAnewSay) {
  Random random(GetParam(), 5);
  for (int step = 0; step < 40; ++step) {
    act(random);
    compare_all();
    if (HasFatalFailure()) return;
    compare_all();  // now most are given again
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(desk_.shared().kept_pages->given(), 100U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, KeptPagesOf, ::testing::Values(1, 2, 3));

class KeptPagesAlone : public ::testing::Test {
 protected:
  bool gives(Instant now) {
    Response response;
    return pages_.give("who /cases", changes_, 0, now, response);
  }
  void keep(Reading reading) {
    Response response;
    response.body = "made";
    pages_.keep("who /cases", response, std::move(reading), {}, 0, kMonday);
  }

  KeptPages pages_{std::size_t{1} << 20U};
  Changes changes_;
};

TEST_F(KeptPagesAlone, EndWithTheNextPromiseAndAfterAWhile) {
  keep({.seen = {}, .lasting = true, .until = kMonday + 5s});
  EXPECT_TRUE(gives(kMonday + 4s));
  EXPECT_FALSE(gives(kMonday + 5s));
  keep({});
  EXPECT_TRUE(gives(kMonday + KeptPages::kLonger));
  EXPECT_FALSE(gives(kMonday + KeptPages::kLonger + 1ms));
  EXPECT_FALSE(gives(kMonday - 1ms)) << "a clock that was set back";
}

TEST_F(KeptPagesAlone, EndWithWhatTheyWereMadeFrom) {
  keep({.seen = {{Changes::of_case(CaseId{7}), changes_.count(Changes::of_case(CaseId{7}))}}});
  EXPECT_TRUE(gives(kMonday));
  ledger::Batch batch;
  batch.rows.emplace_back().case_id = CaseId{7};
  changes_.committed(batch);
  EXPECT_FALSE(gives(kMonday));
}

TEST_F(KeptPagesAlone, AreNotKeptWhenSomethingUncountedWasRead) {
  keep({.seen = {}, .lasting = false});
  EXPECT_FALSE(gives(kMonday));
}

TEST_F(KeptPagesAlone, StayWithinTheirBytes) {
  Response response;
  response.body.assign(50'000, 'x');
  for (int i = 0; i < 1'000; ++i) pages_.keep("who " + std::to_string(i), response, {}, {}, 0, kMonday);
  int given = 0;
  for (int i = 0; i < 1'000; ++i)
    given += pages_.give("who " + std::to_string(i), changes_, 0, kMonday, response) ? 1 : 0;
  EXPECT_GT(given, 0);
  EXPECT_LE(given * 50'000, 2 << 20U);
}

}  // namespace
}  // namespace guichet::desk
