// Coming in and going out, as a browser does it, through the front door of a whole desk.
#include <future>

#include <gtest/gtest.h>

#include "browsing.hpp"

namespace guichet::desk {
namespace {

const std::string kPassword = "several plain words";
const std::string kMarie = "3@people.example";

void set_password(OpenDesk& desk, ActorId id, const std::string& totp_secret = {}) {
  static const std::string hash = *password_hash(kPassword);
  const auto before = desk.shared().people->person(id);
  Person after = *before;
  after.password = hash;
  after.totp_secret = totp_secret;
  Errand errand;
  errand.records = to_change(*before, after);
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
}

Response sign_in(Browsing& browser, const std::string& email, const std::string& password = kPassword) {
  browser.get("/signin");
  return browser.post("/signin", {{"email", email}, {"password", password}});
}

void expect_good(const Response& response, int status = 200) {
  EXPECT_EQ(response.status, status) << words_on(response.body);
  for (const std::string& fault : faults_of(response.body)) ADD_FAILURE() << fault << "\n" << response.body;
}

bool says(const Response& response, std::string_view words) {
  return words_on(response.body).find(words) != std::string::npos;
}

/// The first words in <code> on a page.
std::vector<std::string> codes_on(const Response& response) {
  std::vector<std::string> all;
  for (std::size_t at = response.body.find("<code>"); at != std::string::npos;
       at = response.body.find("<code>", at + 1))
    all.push_back(response.body.substr(at + 6, response.body.find('<', at + 6) - at - 6));
  return all;
}

TEST(FirstPage, SaysWhatThisDeskIs) {
  OpenDesk desk;
  Browsing browser(desk);
  const Response english = browser.get("/");
  expect_good(english);
  EXPECT_TRUE(says(english, "The desk where sellers’ cases are answered."));
  const Response french = browser.get("/?language=fr");
  expect_good(french);
  EXPECT_TRUE(says(french, "Le guichet où les dossiers des vendeurs trouvent réponse."));
  EXPECT_TRUE(says(browser.get("/"), "Le guichet où")) << "the switch is kept";
  browser.post("/language", {{"language", "en"}, {"next", "/"}});
  EXPECT_TRUE(says(browser.get("/"), "The desk where"));
}

TEST(FirstPage, LeadsEachRoleToItsWork) {
  OpenDesk desk;
  const std::map<std::uint32_t, std::string> homes{{kSellerAnn.value, "/cases"},     {kAgentMarie.value, "/cases"},
                                                   {kHead.value, "/cases"},          {kSupervisor.value, "/supervise"},
                                                   {kMediatorLea.value, "/cases"},   {kAuditor.value, "/audit"},
                                                   {kAdministrator.value, "/people"}};
  for (const auto& [id, home] : homes) EXPECT_EQ(Browsing::place(desk.ask(ActorId{id}, Method::get, "/")), home) << id;
}

TEST(SignInPage, LetsInAndOut) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk);
  expect_good(browser.get("/signin"));
  const Response wrong = sign_in(browser, kMarie, "a wrong password");
  expect_good(wrong, 403);
  EXPECT_TRUE(says(wrong, "Address or password are wrong."));
  EXPECT_NE(wrong.body.find("value=\"3@people.example\""), std::string::npos) << "the address need not be typed again";
  EXPECT_EQ(wrong.body.find("a wrong password"), std::string::npos);
  EXPECT_FALSE(browser.cookies().contains("guichet"));

  EXPECT_EQ(Browsing::place(sign_in(browser, kMarie)), "/");
  ASSERT_TRUE(browser.cookies().contains("guichet"));
  expect_good(browser.get("/profile"));
  const std::string cookie = browser.cookies()["guichet"];
  const Response out = browser.post("/signout", {});
  EXPECT_EQ(Browsing::place(out), "/");
  EXPECT_FALSE(browser.cookies().contains("guichet"));
  EXPECT_TRUE(says(browser.follow(out), "You are signed out."));
  browser.cookies()["guichet"] = cookie;
  EXPECT_EQ(browser.get("/profile").status, 303) << "the old cookie opens nothing any more";
}

TEST(SignInPage, LeadsBackToWhereSomebodyWantedToGoAndNowhereElse) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk);
  const Response asked = browser.get("/profile?a=b");
  EXPECT_EQ(Browsing::place(asked), "/signin?next=%2Fprofile%3Fa%3Db");
  browser.follow(asked);
  const auto next = [&](const std::string& address) {
    browser.cookies().clear();
    browser.get("/signin");
    return Browsing::place(browser.post("/signin", {{"email", kMarie}, {"password", kPassword}, {"next", address}}));
  };
  EXPECT_EQ(next("/profile?a=b"), "/profile?a=b");
  for (const char* evil : {"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
                           "/\t/evil.example", "/a\nb", ""})
    EXPECT_EQ(next(evil), "/") << evil;
}

TEST(SignInPage, TakesNoFormOfAnotherSite) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Request request;
  request.method = Method::post;
  request.path = "/signin";
  request.peer = "192.0.2.9";
  request.headers = {{"host", "desk.example"},
                     {"origin", "https://evil.example"},
                     {"content-type", "application/x-www-form-urlencoded"}};
  request.body = "email=3%40people.example&password=several+plain+words";
  EXPECT_EQ(desk.send(request).status, 403);
  request.headers[1].second = "https://desk.example";
  EXPECT_EQ(desk.send(request).status, 303);
}

TEST(SignInPage, ShutsTheDoorForAWhile) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in(browser, kMarie, "a wrong password").status, 403);
  const Response locked = sign_in(browser, kMarie);
  expect_good(locked, 429);
  EXPECT_TRUE(says(locked, "Try again in 30")) << words_on(locked.body);
  EXPECT_EQ(*Browsing::header(locked, "Retry-After"), "30");
  desk.clock().advance(Duration{30'000});
  EXPECT_EQ(sign_in(browser, kMarie).status, 303);
}

TEST(SignInPage, TurnsAwayAPeerThatTriesAllTheTime) {
  OpenDesk desk;
  Browsing browser(desk);
  int turned_away = 0;
  for (int i = 0; i < 40; ++i)
    turned_away += sign_in(browser, "guess" + std::to_string(i) + "@b.example", "x").status == 429 ? 1 : 0;
  EXPECT_GE(turned_away, 10);
  browser.from("192.0.2.10");
  EXPECT_EQ(sign_in(browser, kMarie, "x").status, 403) << "others are not";
}

TEST(DemoAccounts, SignInWithOnePress) {
  OpenDesk desk(true);
  set_password(desk, kAgentMarie);
  desk.shared().house.demo_password = kPassword;
  desk.shared().house.demo_emails = {kMarie, "gone@people.example"};
  Browsing browser(desk);
  const Response page = browser.get("/signin");
  expect_good(page);
  EXPECT_TRUE(says(page, "Sign in as Marie (agent)"));
  EXPECT_EQ(Browsing::place(browser.post("/signin", {{"email", kMarie}, {"password", kPassword}})), "/");
  OpenDesk real;
  real.shared().house.demo_password = kPassword;
  real.shared().house.demo_emails = {kMarie};
  Browsing other(real);
  EXPECT_FALSE(says(other.get("/signin"), kPassword)) << "a real desk shows no password";
}

// ---- second factor -------------------------------------------------------------------------------------------

TEST(SecondFactorPages, FromSetUpToRecovery) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk);
  sign_in(browser, kMarie);
  const Response set_up = browser.get("/profile/second-factor");
  expect_good(set_up);
  std::string secret;
  for (const Tag& tag : tags_of(set_up.body))
    if (tag["name"] == "secret") secret = tag["value"];
  ASSERT_EQ(secret.size(), 32U);
  const auto code = [&](int ahead = 0) {
    const auto step = static_cast<std::uint64_t>(desk.clock().now().time_since_epoch().count() / 30'000 + ahead);
    return totp_code(secret, step);
  };
  const auto begin = [&](const std::string& typed, const std::string& password) {
    return browser.post("/profile/second-factor", {{"secret", secret}, {"code", typed}, {"password", password}});
  };
  expect_good(begin("000000", kPassword), 422);
  expect_good(begin(code(), "a wrong password"), 422);
  EXPECT_TRUE(desk.shared().people->person(kAgentMarie)->totp_secret.empty());
  const Response codes = begin(code(), kPassword);
  expect_good(codes);
  const auto recovery = codes_on(codes);
  ASSERT_EQ(recovery.size(), 10U);
  EXPECT_EQ(desk.shared().people->person(kAgentMarie)->totp_secret, secret);
  expect_good(browser.get("/profile"));

  // In again: password, then code.
  Browsing other(desk);
  const Response half = sign_in(other, kMarie);
  EXPECT_EQ(Browsing::place(half), "/signin/code");
  EXPECT_FALSE(other.cookies().contains("guichet"));
  expect_good(other.follow(half));
  EXPECT_EQ(other.get("/profile").status, 303);
  other.get("/signin/code");
  expect_good(other.post("/signin/code", {{"code", code()}}), 403);  // the one that set it up
  EXPECT_EQ(Browsing::place(other.post("/signin/code", {{"code", code(1)}, {"next", "/profile"}})), "/profile");
  EXPECT_FALSE(other.cookies().contains("guichet-code"));
  expect_good(other.get("/profile"));

  // With a recovery code, and then with new ones.
  Browsing third(desk);
  sign_in(third, kMarie);
  EXPECT_EQ(third.post("/signin/code", {{"code", recovery[0]}}).status, 303);
  EXPECT_TRUE(says(third.get("/profile"), "You have 9 recovery codes left."));
  expect_good(third.post("/profile/recovery-codes", {{"password", "a wrong password"}}), 422);
  third.get("/profile");
  EXPECT_EQ(codes_on(third.post("/profile/recovery-codes", {{"password", kPassword}})).size(), 10U);
  Browsing fourth(desk);
  sign_in(fourth, kMarie);
  EXPECT_EQ(fourth.post("/signin/code", {{"code", recovery[1]}}).status, 403);

  third.get("/profile");
  EXPECT_EQ(Browsing::place(third.post("/profile/second-factor/end", {{"password", kPassword}})), "/profile");
  EXPECT_TRUE(desk.shared().people->person(kAgentMarie)->totp_secret.empty());
  EXPECT_EQ(Browsing::place(sign_in(fourth, kMarie)), "/");
}

TEST(SecondFactorPages, NeedTheWordBetween) {
  OpenDesk desk;
  Browsing browser(desk);
  EXPECT_EQ(Browsing::place(browser.get("/signin/code")), "/signin");
  EXPECT_EQ(Browsing::place(browser.post("/signin/code", {{"code", "123456"}})), "/signin");
  browser.cookies()["guichet-code"] = secret_word(32);
  expect_good(browser.get("/signin/code"));
  const Response expired = browser.post("/signin/code", {{"code", "123456"}});
  expect_good(expired, 403);
  EXPECT_TRUE(says(expired, "The code came too late."));
}

// ---- the first administrator -----------------------------------------------------------------------------------

class FirstRun : public testing::Test {
 protected:
  FirstRun() {
    const auto before = desk_.shared().people->person(kAdministrator);
    Person after = *before;
    after.role = Role::auditor;  // then there is no administrator at all
    Errand errand;
    errand.records = to_change(*before, after);
    EXPECT_TRUE(desk_.shared().clerk->run(std::move(errand)).ok());
  }
  std::vector<std::pair<std::string, std::string>> form(const std::string& email = "first@people.example") const {
    return {{"setup_word", "word"},
            {"name", "Ada"},
            {"email", email},
            {"new_password", kPassword},
            {"new_password_again", kPassword}};
  }
  OpenDesk desk_;
};

TEST_F(FirstRun, MakesOneAdministratorAndCloses) {
  Browsing browser(desk_);
  const Response page = browser.follow(browser.get("/"));
  expect_good(page);
  EXPECT_TRUE(says(page, "The first administrator"));
  auto wrong = form();
  wrong[0].second = "guess";
  expect_good(browser.post("/first-run", wrong), 422);
  wrong = form();
  wrong[4].second = "something else entirely";
  expect_good(browser.post("/first-run", wrong), 422);
  wrong = form("no address");
  expect_good(browser.post("/first-run", wrong), 422);
  EXPECT_TRUE(desk_.shared().people->with_role(Role::administrator).empty());

  wrong = form();
  wrong.emplace_back("desk", std::string(81, 'x'));
  expect_good(browser.post("/first-run", wrong), 422);
  auto right = form();
  right.emplace_back("desk", "Märkte & Söhne");
  const Response done = browser.post("/first-run", right);
  EXPECT_EQ(Browsing::place(done), "/people") << words_on(done.body);
  const auto all = desk_.shared().people->with_role(Role::administrator);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front()->email, "first@people.example");
  EXPECT_EQ(all.front()->id, ActorId{11});
  const Response named = browser.get("/people");
  expect_good(named);
  EXPECT_TRUE(says(named, "Märkte &amp; Söhne"));

  Browsing late(desk_);
  EXPECT_EQ(Browsing::place(late.get("/first-run")), "/");
  EXPECT_EQ(Browsing::place(late.post("/first-run", form("late@people.example"))), "/");
  EXPECT_EQ(desk_.shared().people->with_role(Role::administrator).size(), 1U);
}

TEST_F(FirstRun, CountsWrongWordsAloneAsGuesses) {
  Browsing browser(desk_);
  auto wrong = form("no address");
  for (int i = 0; i < 40; ++i) EXPECT_EQ(browser.post("/first-run", wrong).status, 422) << i;
  wrong[0].second = "guess";
  int last = 422;
  for (int i = 0; i < 40 && last == 422; ++i) last = browser.post("/first-run", wrong).status;
  EXPECT_EQ(last, 429) << "whoever guesses has to wait";
  EXPECT_EQ(Browsing::place(browser.post("/first-run", form())), "/people") << "whoever knows it does not";
}

TEST_F(FirstRun, WarnsOfTheExamplesInTheProcedure) {
  Browsing browser(desk_);
  const Response page = browser.get("/first-run");
  expect_good(page);
  EXPECT_TRUE(says(page, "https://desk.example/seller"));
  EXPECT_TRUE(says(page, "Example Mediation Centre, Paris"));
}

TEST_F(FirstRun, LetsOneOfTwoThrough) {
  std::vector<std::promise<Response>> answers(4);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Request request;
    request.method = Method::post;
    request.path = "/first-run";
    request.peer = "192.0.2.9";
    request.headers = {{"host", "desk.example"}, {"content-type", "application/x-www-form-urlencoded"}};
    for (const auto& [name, value] : form("admin" + std::to_string(i) + "@people.example"))
      request.body += (request.body.empty() ? "" : "&") + url_encoded(name) + "=" + url_encoded(value);
    desk_.desk().handler()(request, [&answers, i](Response response) { answers[i].set_value(std::move(response)); });
  }
  int made = 0;
  for (auto& answer : answers) made += answer.get_future().get().status == 303 ? 1 : 0;
  EXPECT_EQ(made, 1);
  EXPECT_EQ(desk_.shared().people->with_role(Role::administrator).size(), 1U);
}

TEST_F(FirstRun, NeedsAWord) {
  desk_.shared().house.setup_word.clear();
  Browsing browser(desk_);
  auto empty = form();
  empty[0].second = "";
  EXPECT_EQ(Browsing::place(browser.post("/first-run", empty)), "/");
  EXPECT_TRUE(desk_.shared().people->with_role(Role::administrator).empty());
}

// ---- invitations and the profile -----------------------------------------------------------------------------------

std::string invite(OpenDesk& desk, ActorId person) {
  Errand errand;
  errand.records.emplace_back();
  std::string secret = desk.shared().doorman->invite(person, kAdministrator, desk.clock().now(), errand.records.back());
  EXPECT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  return "/invitation/" + secret;
}

TEST(InvitationPage, SetsAPasswordOnce) {
  OpenDesk desk;
  const std::string link = invite(desk, kSellerAnn);
  Browsing browser(desk);
  const Response page = browser.get(link);
  expect_good(page);
  EXPECT_TRUE(says(page, "Welcome, Ann"));
  expect_good(browser.post(link, {{"new_password", "short"}, {"new_password_again", "short"}}), 422);
  expect_good(browser.post(link, {{"new_password", kPassword}, {"new_password_again", "other words here"}}), 422);
  expect_good(browser.post(link, {{"new_password", "1@people.example"}, {"new_password_again", "1@people.example"}}),
              422);
  expect_good(browser.post(link, {{"new_password", "aaaaaaaaaaaa"}, {"new_password_again", "aaaaaaaaaaaa"}}), 422);
  EXPECT_EQ(browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}}).status, 303);
  EXPECT_EQ(Browsing::place(browser.get("/")), "/cases") << "and is in";
  expect_good(browser.get(link), 404);
  expect_good(browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}}), 404);
  Browsing other(desk);
  EXPECT_EQ(Browsing::place(sign_in(other, "1@people.example")), "/");
  EXPECT_EQ(other.get("/invitation/" + secret_word(32)).status, 404);
}

TEST(InvitationPage, EndsOldSessionsAndKeepsTheSecondFactor) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing old(desk);
  sign_in(old, kMarie);
  set_password(desk, kAgentMarie, new_totp_secret());
  const std::string link = invite(desk, kAgentMarie);
  Browsing browser(desk);
  browser.get(link);
  EXPECT_EQ(Browsing::place(browser.post(
                link, {{"new_password", "other plain words"}, {"new_password_again", "other plain words"}})),
            "/signin");
  EXPECT_FALSE(browser.cookies().contains("guichet"));
  EXPECT_EQ(old.get("/profile").status, 303);
  EXPECT_EQ(Browsing::place(sign_in(browser, kMarie, "other plain words")), "/signin/code");
}

TEST(ProfilePage, KeepsSettings) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk);
  sign_in(browser, kMarie);
  browser.get("/profile?language=en");
  EXPECT_EQ(browser.post("/profile", {{"language", "fr"}, {"mails", "yes"}}).status, 303);
  const auto marie = desk.shared().people->person(kAgentMarie);
  EXPECT_EQ(marie->language, formats::Language::fr);
  EXPECT_TRUE(marie->mails);
  EXPECT_FALSE(marie->shortcuts);
  EXPECT_TRUE(says(browser.get("/profile"), "Votre profil")) << "the choice goes before the switch";
  EXPECT_EQ(browser.post_again().status, 303) << "the same form twice is done once";
  EXPECT_EQ(desk.shared().people->person(kAgentMarie)->revision, marie->revision);
}

TEST(ProfilePage, ChangesThePasswordAndEndsOtherSessions) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk), other(desk);
  sign_in(browser, kMarie);
  sign_in(other, kMarie);
  const auto change = [&](const std::string& old_one, const std::string& new_one, const std::string& again) {
    browser.get("/profile");
    return browser.post("/profile/password",
                        {{"password", old_one}, {"new_password", new_one}, {"new_password_again", again}});
  };
  expect_good(change("a wrong password", "other plain words", "other plain words"), 422);
  expect_good(change(kPassword, "short", "short"), 422);
  expect_good(change(kPassword, "other plain words", "other words"), 422);
  expect_good(other.get("/profile"));
  // Programs get in by tokens, and nobody knows who made those either.
  const auto by_token = [&](ActorId who) { return desk.ask(who, Method::get, "/api/me").status; };
  EXPECT_EQ(by_token(kAgentMarie), 200);
  EXPECT_EQ(by_token(kAgentNoor), 200);
  EXPECT_EQ(change(kPassword, "other plain words", "other plain words").status, 303);
  EXPECT_EQ(by_token(kAgentMarie), 401);
  EXPECT_EQ(by_token(kAgentNoor), 200) << "only those of whom it is";
  expect_good(browser.get("/profile"));
  EXPECT_EQ(other.get("/profile").status, 303);
  EXPECT_EQ(sign_in(other, kMarie).status, 403);
  EXPECT_EQ(sign_in(other, kMarie, "other plain words").status, 303);
}

TEST(ProfilePage, ListsSessionsAndEndsThem) {
  OpenDesk desk;
  set_password(desk, kAgentMarie);
  Browsing browser(desk), second(desk), third(desk);
  for (Browsing* one : {&browser, &second, &third}) sign_in(*one, kMarie);
  const Response page = browser.get("/profile");
  expect_good(page);
  EXPECT_EQ(browser.post("/profile/sessions/end", {{"session", digest_of(second.cookies()["guichet"])}}).status, 303);
  EXPECT_EQ(second.get("/profile").status, 303);
  expect_good(third.get("/profile"));
  browser.get("/profile");
  EXPECT_EQ(browser.post("/profile/sessions/end", {}).status, 303);
  EXPECT_EQ(third.get("/profile").status, 303);
  const Response last = browser.get("/profile");
  expect_good(last);
  EXPECT_FALSE(says(last, "End this session"));
  // A form of one session does not fit another.
  Browsing fresh(desk);
  sign_in(fresh, kMarie);
  fresh.get("/profile");
  browser.cookies()["guichet"] = fresh.cookies()["guichet"];
  EXPECT_EQ(browser.post("/profile/sessions/end", {}).status, 403);
}

TEST(ProfilePage, IsWellMadeInBothLanguagesForEverybody) {
  OpenDesk desk;
  for (const ActorId id : {kSellerAnn, kAgentMarie, kSupervisor, kMediatorLea, kAuditor, kAdministrator})
    for (const char* language : {"en", "fr"})
      expect_good(desk.ask(id, Method::get, std::string("/profile?language=") + language));
}

}  // namespace
}  // namespace guichet::desk
