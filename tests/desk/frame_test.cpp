#include <guichet/desk/pages/frame.hpp>

#include <gtest/gtest.h>

#include <guichet/core/names.hpp>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string header(const Response& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers)
    if (name == wanted) return value;
  return {};
}

class Frame : public ::testing::Test {
 protected:
  Response show(ActorId who, PageParts parts = {}, Language language = Language::en) {
    if (parts.title.empty()) parts.title = "A page";
    const Visit visit = visiting.visit_of(request, who, language);
    return page(visit, std::move(parts));
  }

  SmallHouse house;
  Visiting visiting{house};
  Request request{.method = Method::get, .path = "/cases", .query = {{"state", "closed"}, {"language", "en"}}};
};

TEST_F(Frame, IsWholeForEveryRoleInBothLanguages) {
  for (const Language language : {Language::en, Language::fr})
    for (std::uint32_t who = 0; who <= kAdministrator.value; ++who) {
      const Response response = show(ActorId{who}, {}, language);
      EXPECT_EQ(faults_of(response.body), std::vector<std::string>{}) << who;
      EXPECT_TRUE(contains(response.body, std::string("<html lang=\"") + std::string(code(language)) + "\">"));
      const auto tags = tags_of(response.body);
      const auto first_link = std::ranges::find(tags, "a", &Tag::name);
      EXPECT_EQ((*first_link)["href"], "#content") << "the first link skips to the content";
    }
}

TEST_F(Frame, HasAMenuByRole) {
  const auto menu = [&](ActorId who) {
    std::vector<std::string> addresses;
    bool inside = false;
    for (const Tag& tag : tags_of(show(who).body)) {
      if (tag.name == "nav") inside = !tag.closing && tag["class"] == "menu";
      if (inside && tag.name == "a" && !tag.closing) addresses.emplace_back(tag["href"]);
    }
    return addresses;
  };
  using Addresses = std::vector<std::string>;
  EXPECT_EQ(menu(kSellerAnn), (Addresses{"/cases", "/cases/new", "/account"}));
  EXPECT_EQ(menu(kAgentMarie), (Addresses{"/cases", "/queue", "/search", "/trays/mail", "/templates"}));
  EXPECT_EQ(menu(kHead), menu(kAgentMarie));
  EXPECT_EQ(menu(kMediatorLea), (Addresses{"/cases"}));
  EXPECT_EQ(menu(kAuditor), (Addresses{"/audit", "/cases", "/audit/measures", "/audit/house"}));
  EXPECT_EQ(menu({}), (Addresses{"/procedure", "/figures", "/verify", "/accessibility"}));
  for (const std::string& address : menu(kAgentMarie)) {
    const auto of_supervisor = menu(kSupervisor);
    EXPECT_NE(std::ranges::find(of_supervisor, address), of_supervisor.end()) << address;
  }
}

TEST_F(Frame, MarksWhereOneIs) {
  PageParts parts;
  parts.here = "account";
  const auto tags = tags_of(show(kSellerAnn, std::move(parts)).body);
  for (const Tag& tag : tags)
    if (tag.name == "a" && !tag["href"].empty() && tag["aria-current"] == "page") {
      EXPECT_EQ(tag["href"], "/account");
    }
  EXPECT_EQ(std::ranges::count_if(tags, [](const Tag& tag) { return tag["aria-current"] == "page"; }), 1);
}

TEST_F(Frame, LeadsToTheSamePageInTheOtherLanguage) {
  const std::string body = show(kSellerAnn).body;
  EXPECT_TRUE(contains(body, "href=\"/cases?state=closed&amp;language=fr\"")) << body;
}

TEST_F(Frame, SaysASentenceOnceAndOnlyOneOfOurs) {
  request.cookies = {{"told", "told.sent"}};
  const Response told = show(kSellerAnn);
  EXPECT_TRUE(contains(told.body, Phrases(Language::en)("told.sent")));
  EXPECT_TRUE(contains(header(told, "Set-Cookie"), "told=; Path=/; Max-Age=0"));
  for (const char* other : {"refusal.not_yours", "told.", "told.no_such_sentence", "<b>"}) {
    request.cookies = {{"told", other}};
    const Response quiet = show(kSellerAnn);
    EXPECT_FALSE(contains(quiet.body, "role=\"status\"")) << other;
  }
}

TEST(Told, HaveNoPlaceholders) {
  for (const Language language : {Language::en, Language::fr}) {
    const Phrases phrases(language);
    std::size_t told = 0;
    for (const std::string& key : Phrases::keys(language)) {
      if (!key.starts_with("told.")) continue;
      ++told;
      EXPECT_FALSE(contains(phrases(key), "{")) << key;
    }
    EXPECT_GT(told, 10U);
  }
}

TEST_F(Frame, TellsWhatAnErrandCameTo) {
  const auto person = house.people().person(kSellerAnn);
  const auto answer_to = [&](Answer answer) {
    return answer_page(Language::fr, visiting.shared(), person, Session{.id = "s", .csrf = "c", .person = kSellerAnn},
                       answer, "/cases/1", "told.sent");
  };
  const Response done = answer_to({.kind = Answer::Kind::done});
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/cases/1");
  EXPECT_TRUE(contains(header(done, "Set-Cookie"), "told=told.sent"));
  EXPECT_EQ(answer_to({.kind = Answer::Kind::repeated}).status, 303);
  for (std::size_t i = 1; i < kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const Response refused = answer_to({.kind = Answer::Kind::refused, .refusal = refusal});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(faults_of(refused.body), std::vector<std::string>{});
    EXPECT_TRUE(
        contains(words_on(refused.body), words_on(Phrases(Language::fr)("refusal." + std::string(name(refusal))))) ||
        contains(refused.body, "&#39;"))
        << name(refusal);
  }
  const std::vector<std::pair<Answer::Kind, int>> statuses{{Answer::Kind::no_such_case, 404},
                                                           {Answer::Kind::key_mistaken, 422},
                                                           {Answer::Kind::conflict, 409},
                                                           {Answer::Kind::stopped, 503},
                                                           {Answer::Kind::failed, 503}};
  for (const auto& [kind, status] : statuses) {
    const Response response = answer_to({.kind = kind});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(faults_of(response.body), std::vector<std::string>{});
  }
}

TEST_F(Frame, MakesFormsThatAreOursAndActOnce) {
  const Visit visit = visiting.visit_of(request, kSellerAnn);
  Html first, second;
  open_form(first, visit, "/cases/1/message").close();
  open_form(second, visit, "/cases/1/message", "form", true).close();
  const auto value = [](const Html& html, std::string_view name) {
    for (const Tag& tag : tags_of(html.str()))
      if (tag["name"] == name) return std::string(tag["value"]);
    return std::string{};
  };
  EXPECT_EQ(value(first, "csrf"), "token-of-the-session");
  EXPECT_GE(value(first, "once").size(), 12U);
  EXPECT_NE(value(first, "once"), value(second, "once"));
  EXPECT_TRUE(contains(second.str(), "enctype=\"multipart/form-data\""));
}

TEST_F(Frame, SaysWhatIsWrongWithAField) {
  PageParts parts;
  field(parts.main, {.id = "x",
                     .name = "body",
                     .label = "Words",
                     .hint = "A hint",
                     .value = "<b>\"&",
                     .required = true,
                     .autocomplete = "off",
                     .rows = 3,
                     .type = "text",
                     .draft = "message",
                     .fault = "This is needed.",
                     .length_max = 20});
  choice(parts.main, "y", "kind", "Kind", {{"a", "A", false}, {"b", "B", true}});
  check_box(parts.main, "z", "flag", "1", "Flag", true);
  button(parts.main, "Send", "second", "how", "now");
  const std::string body = show(kSellerAnn, std::move(parts)).body;
  EXPECT_EQ(faults_of(body), std::vector<std::string>{});
  EXPECT_TRUE(contains(body, "aria-describedby=\"x-hint x-fault\""));
  EXPECT_TRUE(contains(body, "aria-invalid=\"true\""));
  EXPECT_TRUE(contains(body, "\n&lt;b&gt;&quot;&amp;</textarea>"));
}

TEST_F(Frame, KeepsForeignWordsFromBecomingMarkup) {
  visiting.shared().house.name = "<script>alert(1)</script>";
  PageParts parts;
  parts.title = "\"><img src=x>";
  parts.subtitle = "</p><b>";
  words(parts.main, "a <b>bold</b> word\n\n> quoted <i>\nnot quoted\xff", "fr");
  const std::string body = show(kSellerAnn, std::move(parts)).body;
  EXPECT_EQ(faults_of(body), std::vector<std::string>{});
  EXPECT_FALSE(contains(body, "<b>") || contains(body, "<img") || contains(body, "<i>") ||
               contains(body, "alert(1)</s"));
  EXPECT_TRUE(contains(body, "<blockquote><p>quoted &lt;i&gt;</p></blockquote>"));
  EXPECT_TRUE(contains(body, "not quoted\xef\xbf\xbd"));
}

TEST_F(Frame, PrintsAmountsAsPeopleWriteThem) {
  const Visit english = visiting.visit_of(request, kSellerAnn, Language::en);
  const Visit french = visiting.visit_of(request, kSellerAnn, Language::fr);
  EXPECT_EQ(amount(english, 123'450), "€1,234.50");
  EXPECT_EQ(amount(english, 500), "€5");
  EXPECT_EQ(amount(french, 5), "0,05\u202f€");
}

TEST_F(Frame, TellsTheTimeOfADemo) {
  visiting.shared().house.demo = true;
  const std::string body = show(kAdministrator).body;
  EXPECT_TRUE(contains(words_on(body), "Monday 2 March 2026, 11:00"));
  EXPECT_TRUE(contains(body, "href=\"/desk\""));
}

TEST_F(Frame, NamesTheContactPointOnEveryPage) {
  for (const ActorId who : {ActorId{}, kSellerAnn, kAgentMarie})
    EXPECT_TRUE(contains(show(who).body, "https://desk.example/seller"));
}

}  // namespace
}  // namespace guichet::desk
