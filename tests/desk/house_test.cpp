// How the house itself is changed: people, accounts, procedures, tokens, erasures, through the front door.
#include <gtest/gtest.h>

#include <guichet/formats/json.hpp>

#include "browsing.hpp"

namespace guichet::desk {
namespace {

const std::string kPassword = "several plain words";

void expect_good(const Response& response, int status = 200) {
  EXPECT_EQ(response.status, status) << words_on(response.body);
  for (const std::string& fault : faults_of(response.body)) ADD_FAILURE() << fault << "\n" << response.body;
}
bool says(const Response& response, std::string_view words) {
  return words_on(response.body).find(words) != std::string::npos;
}
std::string form_of(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string form;
  for (const auto& [name, value] : values)
    form += (form.empty() ? "" : "&") + url_encoded(name) + "=" + url_encoded(value);
  return form;
}

/// An open desk, and what an administrator or somebody else sends to it.
class HousePages : public testing::Test {
 protected:
  Response get(const std::string& path, ActorId who = kAdministrator) { return desk_.ask(who, Method::get, path); }
  Response post(const std::string& path, const std::vector<std::pair<std::string, std::string>>& values,
                ActorId who = kAdministrator) {
    return desk_.ask(who, Method::post, path, values.empty() ? "none=" : form_of(values));
  }
  const People& people() { return *desk_.shared().people; }
  std::vector<ledger::HouseNote> notes() {
    auto reader = desk_.shared().ledger->reader();
    return *(*reader)->house_notes(0, 1'000);
  }
  std::string last_note() { return notes().back().what; }
  std::string link_on(const Response& response) {
    const std::size_t at = response.body.find("/invitation/");
    return at == std::string::npos ? "" : response.body.substr(at, response.body.find('<', at) - at);
  }
  OpenDesk desk_;
};

TEST_F(HousePages, AreWellMadeInBothLanguages) {
  for (const std::string language : {"en", "fr"})
    for (const std::string path :
         {"/people", "/people?role=agent", "/people?email=3@people.example", "/people?email=x", "/people/3",
          "/people/1", "/people/10", "/accounts", "/accounts/1", "/procedures", "/tokens", "/desk"})
      expect_good(get(path + (path.find('?') == std::string::npos ? "?" : "&") + "language=" + language));
  for (const std::string path : {"/people", "/people/3", "/accounts", "/accounts/1", "/procedures"})
    expect_good(get(path, kSupervisor));
  EXPECT_FALSE(says(get("/people", kSupervisor), "Add a person")) << "a supervisor makes no accounts";
  EXPECT_EQ(get("/people/99").status, 404);
  EXPECT_EQ(get("/people/x").status, 404);
  EXPECT_EQ(get("/accounts/99").status, 404);
  EXPECT_EQ(Browsing::place(get("/accounts?number=2")), "/accounts/2");
}

// ---- people ----------------------------------------------------------------------------------------------------

TEST_F(HousePages, APersonIsAddedInvitedAndComesIn) {
  const Response added = post("/people", {{"name", "Zoé"},
                                          {"email", "Zoe@People.example"},
                                          {"role", "agent"},
                                          {"teams", "desk"},
                                          {"teams", "no such team"},
                                          {"languages", "fr"},
                                          {"languages", "tlh"}});
  expect_good(added);
  const auto zoe = people().by_email("zoe@people.example");
  ASSERT_TRUE(zoe);
  EXPECT_EQ(zoe->id, ActorId{11});
  EXPECT_EQ(zoe->name, "Zoé");
  EXPECT_EQ(zoe->role, Role::agent);
  EXPECT_EQ(zoe->teams, std::vector<std::string>{"desk"});
  EXPECT_EQ(zoe->languages, std::vector<std::string>{"fr"});
  EXPECT_EQ(notes().back().what, "person_added");
  EXPECT_EQ(notes().back().by, kAdministrator);
  EXPECT_EQ(notes().back().detail, R"({"person":11,"role":"agent"})");
  const std::string link = link_on(added);
  ASSERT_EQ(link.size(), 12U + 43U);
  Browsing browser(desk_);
  browser.get(link);
  EXPECT_EQ(browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}}).status, 303);
  EXPECT_EQ(browser.get("/profile").status, 200);
  EXPECT_TRUE(says(get("/people/11"), "works"));
}

TEST_F(HousePages, APersonWithFaultsIsNotAdded) {
  expect_good(post("/people", {{"name", ""}, {"email", "a@b.example"}, {"role", "agent"}}), 422);
  expect_good(post("/people", {{"name", "A"}, {"email", "no address"}, {"role", "agent"}}), 422);
  expect_good(post("/people", {{"name", "A"}, {"email", "a@b.example"}, {"role", "king"}}), 422);
  expect_good(post("/people", {{"name", "A"}, {"email", "a@b.example"}, {"role", "nobody"}}), 422);
  expect_good(post("/people", {{"name", "A"}, {"email", "a@b.example"}, {"role", "seller"}, {"account", "99"}}), 422);
  const Response taken = post("/people", {{"name", "A"}, {"email", "3@people.example"}, {"role", "agent"}});
  expect_good(taken, 422);
  EXPECT_TRUE(says(taken, "Somebody has this address already."));
  EXPECT_EQ(people().size(), 10U);
}

TEST_F(HousePages, AFormThatIsSentTwiceAddsOnce) {
  const std::vector<std::pair<std::string, std::string>> form{
      {"name", "Zoé"}, {"email", "zoe@people.example"}, {"role", "auditor"}, {"once", "k1"}};
  EXPECT_FALSE(link_on(post("/people", form)).empty());
  const Response again = post("/people", form);
  EXPECT_EQ(people().size(), 11U);
  EXPECT_TRUE(link_on(again).empty()) << "a link that was not kept is not shown";
}

TEST_F(HousePages, ASellerIsAddedToAnAccount) {
  post("/people", {{"name", "Anton"}, {"email", "anton@people.example"}, {"role", "seller"}, {"account", "1"}});
  const auto members = people().members(kAnnsShop);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1]->name, "Anton");
  EXPECT_TRUE(says(get("/accounts/1"), "Anton"));
}

TEST_F(HousePages, APersonIsChangedAndEarlierFormsComeTooLate) {
  const auto marie = people().person(kAgentMarie);
  const std::vector<std::pair<std::string, std::string>> form{{"name", "Marie-Ange"},
                                                              {"email", "marie@people.example"},
                                                              {"role", "decider"},
                                                              {"teams", "heads"},
                                                              {"revision", std::to_string(marie->revision)}};
  EXPECT_EQ(Browsing::place(post("/people/3", form)), "/people/3");
  const auto after = people().person(kAgentMarie);
  EXPECT_EQ(after->name, "Marie-Ange");
  EXPECT_EQ(after->email, "marie@people.example");
  EXPECT_EQ(after->role, Role::decider);
  EXPECT_EQ(after->teams, std::vector<std::string>{"heads"});
  EXPECT_EQ(last_note(), "person_changed");
  EXPECT_EQ(post("/people/3", form).status, 409);
  EXPECT_EQ(people().by_email("3@people.example"), nullptr);
}

TEST_F(HousePages, AnAbsenceHasAnEndAndASubstitute) {
  EXPECT_EQ(
      post("/people/3/absence", {{"absent", "until"}, {"back_on", "2026-03-09"}, {"substitute", "4"}}, kSupervisor)
          .status,
      303);
  auto marie = people().person(kAgentMarie);
  EXPECT_EQ(marie->absent_until, at_utc("2026-03-09"));
  EXPECT_EQ(marie->substitute, kAgentNoor);
  EXPECT_TRUE(says(get("/people/3"), "away"));
  EXPECT_EQ(post("/people/3/absence", {{"absent", "until"}, {"back_on", "2026-03-01"}}, kSupervisor).status, 422);
  EXPECT_EQ(post("/people/3/absence", {{"absent", "until"}, {"back_on", "soon"}}, kSupervisor).status, 422);
  EXPECT_EQ(post("/people/3/absence", {{"absent", "told"}, {"substitute", "3"}}, kSupervisor).status, 422)
      << "nobody stands in for himself";
  EXPECT_EQ(post("/people/3/absence", {{"absent", "no"}, {"substitute", "1"}}, kSupervisor).status, 422)
      << "a seller stands in for nobody";
  marie = people().person(kAgentMarie);
  EXPECT_EQ(marie->absent_until, at_utc("2026-03-09")) << "what is refused changes nothing";
  EXPECT_EQ(marie->substitute, kAgentNoor);
  EXPECT_EQ(post("/people/3/absence", {{"absent", "told"}, {"substitute", "0"}}, kSupervisor).status, 303);
  marie = people().person(kAgentMarie);
  EXPECT_EQ(marie->absent_until, kNever);
  EXPECT_FALSE(marie->substitute) << "nobody was chosen";
  EXPECT_EQ(last_note(), "absence_changed");
  EXPECT_EQ(post("/people/1/absence", {{"absent", "told"}}, kSupervisor).status, 404) << "sellers are not away";
}

TEST_F(HousePages, WhoeverLeavesIsOutAtOnceAndMayComeBack) {
  Browsing browser(desk_);
  const std::string link = link_on(post("/people/3/invitation", {}));
  ASSERT_FALSE(link.empty());
  browser.get(link);
  browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}});
  EXPECT_EQ(browser.get("/profile").status, 200);
  EXPECT_EQ(post("/people/3/active", {{"active", "no"}}).status, 303);
  EXPECT_EQ(browser.get("/profile").status, 303);
  EXPECT_EQ(last_note(), "person_left");
  EXPECT_TRUE(says(get("/people/3"), "has left"));
  EXPECT_EQ(post("/people/3/invitation", {}).status, 404);
  EXPECT_EQ(post("/people/3/active", {}).status, 303);
  EXPECT_FALSE(people().person(kAgentMarie)->active) << "a form that says nothing changes nothing";
  EXPECT_EQ(post("/people/3/active", {{"active", "yes"}}).status, 303);
  browser.get("/signin");
  EXPECT_EQ(browser.post("/signin", {{"email", "3@people.example"}, {"password", kPassword}}).status, 303);
  EXPECT_EQ(browser.get("/profile").status, 200);
  EXPECT_EQ(post("/people/3/sessions/end", {}).status, 303);
  EXPECT_EQ(browser.get("/profile").status, 303);
}

TEST_F(HousePages, TheLastAdministratorStays) {
  const std::string link = link_on(post("/people/10/invitation", {}));
  Browsing browser(desk_);
  browser.get(link);
  browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}});
  const auto leave = [&](const std::string& who) { return post("/people/" + who + "/active", {{"active", "no"}}); };
  const auto demote = [&](const std::string& who) {
    return post("/people/" + who, {{"name", "Adam"}, {"email", who + "@people.example"}, {"role", "auditor"}});
  };
  const Response last = leave("10");
  expect_good(last, 409);
  EXPECT_TRUE(says(last, "This is the last administrator."));
  expect_good(demote("10"), 409);
  EXPECT_EQ(people().person(kAdministrator)->role, Role::administrator);

  // One who was never in does not count; one who was does.
  post("/people", {{"name", "Eve"}, {"email", "eve@people.example"}, {"role", "administrator"}});
  EXPECT_EQ(leave("10").status, 409);
  const std::string eves = link_on(post("/people/11/invitation", {}));
  browser.cookies().clear();
  browser.get(eves);
  browser.post(eves, {{"new_password", kPassword}, {"new_password_again", kPassword}});
  EXPECT_EQ(leave("11").status, 303);
  EXPECT_EQ(leave("10").status, 409);
}

TEST_F(HousePages, ALostSecondFactorIsTakenAway) {
  const auto before = people().person(kAgentMarie);
  Person after = *before;
  after.totp_secret = new_totp_secret();
  Errand errand;
  errand.records = to_change(*before, after);
  ASSERT_TRUE(desk_.shared().clerk->run(std::move(errand)).ok());
  expect_good(get("/people/3"));
  EXPECT_EQ(post("/people/3/second-factor/end", {}).status, 303);
  EXPECT_TRUE(people().person(kAgentMarie)->totp_secret.empty());
  EXPECT_EQ(last_note(), "second_factor_ended");
}

TEST_F(HousePages, NotesHoldNoNamesAndNoAddresses) {
  post("/people", {{"name", "Xanthippe"}, {"email", "xanthippe@people.example"}, {"role", "agent"}});
  post("/people/11", {{"name", "Xanthippe II"}, {"email", "x2@people.example"}, {"role", "agent"}});
  post("/accounts", {{"name", "Xylophones"}, {"reference", "XY-1"}});
  for (const ledger::HouseNote& note : notes())
    for (const char* word : {"Xanthippe", "xanthippe", "x2@", "Xylo", "XY-1"})
      EXPECT_EQ(note.detail.find(word), std::string::npos) << note.what << " " << note.detail;
}

// ---- accounts --------------------------------------------------------------------------------------------------

TEST_F(HousePages, AccountsAreAddedAndChanged) {
  EXPECT_EQ(Browsing::place(post("/accounts", {{"name", "Third shop"}, {"reference", "C-3"}})), "/accounts/3");
  EXPECT_EQ(people().account(ledger::AccountId{3})->reference, "C-3");
  expect_good(post("/accounts", {{"name", ""}}), 422);
  const std::uint64_t revision = people().account(kAnnsShop)->revision;
  const std::vector<std::pair<std::string, std::string>> form{{"name", "Ann & Anton"},
                                                              {"revision", std::to_string(revision)}};
  EXPECT_EQ(post("/accounts/1", form).status, 303);
  EXPECT_EQ(people().account(kAnnsShop)->name, "Ann & Anton");
  EXPECT_EQ(people().account(kAnnsShop)->reference, "");
  EXPECT_EQ(post("/accounts/1", form).status, 409);
  expect_good(post("/accounts/1", {{"name", ""}}), 422);
}

TEST_F(HousePages, ManyAccountsComeInPages) {
  Errand errand;
  for (std::uint32_t i = 3; i <= 120; ++i)
    errand.records.push_back(to_add(Account{.id = ledger::AccountId{i}, .name = "Shop " + std::to_string(i)}));
  ASSERT_TRUE(desk_.shared().clerk->run(std::move(errand)).ok());
  std::set<std::string> seen;
  std::string path = "/accounts";
  int pages = 0;
  while (!path.empty() && pages < 10) {
    const Response page = get(path);
    expect_good(page);
    ++pages;
    path.clear();
    for (const Tag& tag : tags_of(page.body)) {
      if (tag.name != "a") continue;
      if (tag["href"].starts_with("/accounts/")) {
        EXPECT_TRUE(seen.insert(std::string(tag["href"])).second);
      }
      if (tag["href"].starts_with("/accounts?after=") && tag["hreflang"].empty()) path = tag["href"];
    }
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen.size(), 120U);
}

// ---- procedures ------------------------------------------------------------------------------------------------

/// The shipped procedure with another version.
std::string next_version(const std::string& version = "2.0") {
  std::string text = *rulebook::procedure_text("guichet-unique");
  const std::size_t at = text.find("version = \"1.0\"");
  return text.replace(at, 15, "version = \"" + version + "\"");
}

TEST_F(HousePages, AProcedureIsCheckedBeforeItIsAdopted) {
  const Response broken = post("/procedures/check", {{"toml", "[procedure]\nname = 3\n"}}, kSupervisor);
  expect_good(broken, 422);
  EXPECT_TRUE(says(broken, "procedure.toml:2:")) << "faults name their line";
  expect_good(post("/procedures/check", {{"toml", ""}}, kSupervisor), 422);
  expect_good(post("/procedures/check", {{"toml", std::string(600 * 1024, '#')}}, kSupervisor), 422);
  const Response same = post("/procedures/check", {{"toml", *rulebook::procedure_text("guichet-unique")}}, kSupervisor);
  expect_good(same, 422);
  EXPECT_TRUE(says(same, "was adopted before"));
  const Response checked = post("/procedures/check", {{"toml", next_version()}}, kSupervisor);
  expect_good(checked);
  EXPECT_TRUE(says(checked, "Adopt the procedure"));
  EXPECT_TRUE(says(checked, "That is too early")) << "the text speaks of 1 January";
  EXPECT_EQ(desk_.shared().procedures->all().size(), 1U) << "nothing is adopted yet";
}

TEST_F(HousePages, AProcedureIsAdoptedWithItsDateOfEffect) {
  const Instant now = desk_.clock().now();
  const auto adopt = [&](const std::string& toml, const std::string& day) {
    return post("/procedures/adopt",
                {{"toml", toml}, {"effective_from", day}, {"findings_read", "yes"}, {"earlier_day_read", "yes"}},
                kSupervisor);
  };
  expect_good(adopt(next_version(), "2026-03-03"), 422);  // the procedure in force asks for notice
  expect_good(adopt(next_version(), "soon"), 422);
  EXPECT_EQ(Browsing::place(adopt(next_version(), "2026-06-01")), "/procedures");
  const Procedures& procedures = *desk_.shared().procedures;
  ASSERT_EQ(procedures.all().size(), 2U);
  const ledger::AdoptedProcedure& adopted = procedures.all()[1]->adopted;
  EXPECT_EQ(adopted.version, "2.0");
  EXPECT_EQ(adopted.by, kSupervisor);
  EXPECT_EQ(adopted.adopted, now);
  EXPECT_EQ(adopted.effective_from, at_utc("2026-05-31T22:00:00Z")) << "the day begins in Paris";
  EXPECT_EQ(adopted.toml, next_version()) << "as it was sent";
  EXPECT_EQ(procedures.at(now).file.version, "1.0");
  EXPECT_EQ(procedures.at(at_utc("2026-06-01")).file.version, "2.0");
  EXPECT_EQ(notes().back().what, "procedure_adopted");
  const Response told = get("/procedure/2");
  EXPECT_TRUE(says(told, "It applies from 1 June 2026."));
  EXPECT_FALSE(says(told, "It applies from 1 January")) << "the day that holds is told, not the one of the text";
  const Response list = get("/procedures");
  expect_good(list);
  EXPECT_TRUE(says(list, "not yet in force"));
  EXPECT_TRUE(says(list, "Sue"));
  EXPECT_EQ(get("/procedures/2.toml").body, next_version());
  EXPECT_EQ(get("/procedures/3.toml").status, 404);
  expect_good(adopt(next_version(), "2026-07-01"), 422);  // the version is taken
}

TEST_F(HousePages, AComingProcedureIsWithdrawnWithAReasonAndStaysReadable) {
  const auto adopt = [&](const std::string& toml) {
    return post(
        "/procedures/adopt",
        {{"toml", toml}, {"effective_from", "2026-06-01"}, {"findings_read", "yes"}, {"earlier_day_read", "yes"}},
        kSupervisor);
  };
  ASSERT_EQ(Browsing::place(adopt(next_version())), "/procedures");
  EXPECT_TRUE(says(get("/supervise", kSupervisor), "2.0"));
  EXPECT_TRUE(says(get("/procedures", kSupervisor), "Withdraw version 2.0"));
  const std::string address = "/procedures/2/withdraw";
  EXPECT_EQ(post(address, {{"reason", "No."}}, kAgentMarie).status, 403);
  EXPECT_EQ(post("/procedures/9/withdraw", {{"reason", "No."}}, kSupervisor).status, 404);
  const Response why = post(address, {{"reason", " "}}, kSupervisor);
  expect_good(why, 422);
  EXPECT_TRUE(says(why, "Say why it is withdrawn."));
  const Response long_winded = post(address, {{"reason", std::string(2'001, 'x')}}, kSupervisor);
  expect_good(long_winded, 422);
  EXPECT_TRUE(says(long_winded, std::string(2'001, 'x'))) << "what was typed stays";
  const Procedures& procedures = *desk_.shared().procedures;
  EXPECT_EQ(procedures.at(at_utc("2026-06-02")).file.version, "2.0") << "nothing is withdrawn yet";

  EXPECT_EQ(Browsing::place(post(address, {{"reason", "The appeal is missing <b>."}}, kSupervisor)), "/procedures");
  EXPECT_EQ(last_note(), "procedure_withdrawn");
  EXPECT_EQ(notes().back().by, kSupervisor);
  EXPECT_EQ(procedures.at(at_utc("2026-06-02")).file.version, "1.0");
  const Response list = get("/procedures", kSupervisor);
  expect_good(list);
  EXPECT_TRUE(says(list, "by Sue."));
  EXPECT_TRUE(says(list, "Reason: The appeal is missing &lt;b&gt;."));
  EXPECT_FALSE(says(list, "Withdraw version 2.0"));
  EXPECT_FALSE(says(get("/supervise", kSupervisor), "2.0")) << "it comes no more";
  for (const std::string path : {"/procedure", "/procedure/2"}) {
    const Response shown = get(path, {});
    EXPECT_EQ(shown.status, 200);
    EXPECT_TRUE(says(
        shown, "Withdrawn on Monday 2 March 2026; it was never in force. Reason: The appeal is missing &lt;b&gt;."));
    EXPECT_FALSE(says(shown, "Sue")) << "who it was is the house's own matter";
  }
  EXPECT_EQ(get("/procedure/2.toml", {}).body, next_version());
  EXPECT_TRUE(says(get("/desk"), "The appeal is missing"));

  const Response again = post(address, {{"reason", "Twice."}}, kAdministrator);
  expect_good(again, 409);
  EXPECT_TRUE(says(again, "was withdrawn already"));
  EXPECT_EQ(notes().size(), 3U) << "adopted, adopted, withdrawn";

  // Its day is free, for another version or for the same text; another text needs a version of its own.
  expect_good(adopt(next_version() + "# not the same\n"), 422);
  EXPECT_EQ(Browsing::place(adopt(next_version())), "/procedures");
  EXPECT_EQ(procedures.at(at_utc("2026-06-02")).adopted.id, ProcedureId{3});
  expect_good(adopt(next_version()), 422);  // it is coming again
}

TEST_F(HousePages, AProcedureThatCameIntoForceMeanwhileIsNotWithdrawn) {
  ASSERT_EQ(Browsing::place(post("/procedures/adopt",
                                 {{"toml", next_version()},
                                  {"effective_from", "2026-06-01"},
                                  {"findings_read", "yes"},
                                  {"earlier_day_read", "yes"}},
                                 kSupervisor)),
            "/procedures");
  EXPECT_TRUE(says(get("/procedures", kSupervisor), "Withdraw version 2.0")) << "the form is read …";
  desk_.clock().set(at_utc("2026-05-31T22:00:00Z"));
  const Response late = post("/procedures/2/withdraw", {{"reason", "… and sent too late."}}, kSupervisor);
  expect_good(late, 409);
  EXPECT_TRUE(says(late, "This version came into force"));
  expect_good(post("/procedures/1/withdraw", {{"reason", "It is past."}}, kSupervisor), 409);
  EXPECT_EQ(last_note(), "procedure_adopted");
  EXPECT_EQ(desk_.shared().procedures->at(desk_.clock().now()).file.version, "2.0");
  EXPECT_FALSE(says(get("/procedures", kSupervisor), "Withdraw version"));
}

TEST_F(HousePages, LineEndsOfBrowsersAreNotKept) {
  std::string crlf;
  for (const char c : next_version()) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  post("/procedures/adopt",
       {{"toml", crlf}, {"effective_from", "2026-06-01"}, {"findings_read", "yes"}, {"earlier_day_read", "yes"}});
  ASSERT_EQ(desk_.shared().procedures->all().size(), 2U);
  EXPECT_EQ(desk_.shared().procedures->all()[1]->adopted.toml, next_version());
}

TEST_F(HousePages, FindingsAreReadBeforeAProcedureIsAdopted) {
  std::string text = *rulebook::procedure_text("next-available");
  const std::vector<std::pair<std::string, std::string>> form{
      {"toml", text}, {"effective_from", "2026-06-01"}, {"earlier_day_read", "yes"}};
  const Response unread = post("/procedures/adopt", form);
  expect_good(unread, 422);
  EXPECT_TRUE(says(unread, "Say that you have read the findings."));
  EXPECT_EQ(desk_.shared().procedures->all().size(), 1U);
}

TEST_F(HousePages, ATextThatSaysAnEarlierDayIsAdoptedOnlyKnowingly) {
  const std::string day = "2026-06-01";
  const auto adopt = [&](const std::string& text, bool seen) {
    std::vector<std::pair<std::string, std::string>> form{
        {"toml", text}, {"effective_from", day}, {"findings_read", "yes"}};
    if (seen) form.emplace_back("earlier_day_read", "yes");
    return post("/procedures/adopt", form, kSupervisor);
  };
  const Response unseen = adopt(next_version(), false);
  expect_good(unseen, 422);
  EXPECT_TRUE(says(unseen, "Say that you have seen that the text says another day"));
  EXPECT_TRUE(says(unseen, "I have seen that the text says another day"));
  EXPECT_EQ(desk_.shared().procedures->all().size(), 1U);
  // A text that says a day to come asks for nothing of the kind.
  std::string text = next_version();
  const std::string said = "effective_from = 2026-01-01";
  text.replace(text.find(said), said.size(), "effective_from = " + day);
  EXPECT_FALSE(says(post("/procedures/check", {{"toml", text}}, kSupervisor), "I have seen that the text says"));
  EXPECT_EQ(Browsing::place(adopt(text, false)), "/procedures");
}

TEST_F(HousePages, AProcedureComesAsAFileToo) {
  Request request;
  request.method = Method::post;
  request.path = "/procedures/check";
  request.headers = {{"content-type", "multipart/form-data; boundary=xyz"}};
  desk_.sign(request, kSupervisor);
  request.body =
      "--xyz\r\nContent-Disposition: form-data; name=\"toml\"\r\n\r\n\r\n--xyz\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"p.toml\"\r\n"
      "Content-Type: application/toml\r\n\r\n" +
      next_version() + "\r\n--xyz--\r\n";
  expect_good(desk_.send(request));
}

TEST_F(HousePages, TeamsAreCalledAsTheirReadersCallThem) {
  struct Place {
    ActorId who;
    std::string path, en, fr;
  };
  for (const Place& place : {Place{kAdministrator, "/people", "Heads of the desk", "Direction du guichet"},
                             Place{kAdministrator, "/people/3", "Accounts", "Comptabilité"},
                             Place{kSupervisor, "/supervise", "Logistics", "Logistique"},
                             Place{kAgentMarie, "/queue", "Accounts", "Comptabilité"},
                             Place{kAgentMarie, "/profile", "Logistics", "Logistique"},
                             Place{kAgentMarie, "/templates/new", "Accounts", "Comptabilité"},
                             Place{{}, "/procedure", "It needs this speciality: logistics.", "spécialité"}}) {
    EXPECT_TRUE(says(get(place.path + "?language=en", place.who), place.en)) << place.path;
    const Response french = get(place.path + "?language=fr", place.who);
    EXPECT_TRUE(says(french, place.fr)) << place.path << words_on(french.body);
    EXPECT_FALSE(says(french, place.en)) << place.path;
  }
  EXPECT_NE(get("/queue?language=fr", kAgentMarie).body.find("value=\"accounts\""), std::string::npos)
      << "what is sent stays the short name";
}

// ---- tokens ----------------------------------------------------------------------------------------------------

TEST_F(HousePages, TokensAreMadeByPeopleAndEnded) {
  const std::string link = link_on(post("/people/10/invitation", {}));
  Browsing browser(desk_);
  browser.get(link);
  browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}});
  expect_good(browser.get("/tokens"));
  expect_good(browser.post("/tokens", {{"label", ""}, {"scopes", "read"}}), 422);
  expect_good(browser.post("/tokens", {{"label", "x"}}), 422);
  const Response made = browser.post("/tokens", {{"label", "backup"}, {"scopes", "read"}, {"scopes", "king"}});
  expect_good(made);
  const std::size_t at = made.body.find("gk_");
  ASSERT_NE(at, std::string::npos);
  const std::string secret = made.body.substr(at, 46);
  EXPECT_EQ(last_note(), "token_made");
  const auto by_token = [&](const std::string& bearer, Method method, const std::string& path) {
    Request request;
    request.method = method;
    request.path = path;
    request.headers = {{"authorization", "Bearer " + bearer}, {"content-type", "application/json"}};
    if (method == Method::post) request.body = R"({"label":"more","scopes":["admin"]})";
    return desk_.send(request).status;
  };
  EXPECT_EQ(by_token(secret, Method::get, "/api/profile"), 200);
  EXPECT_EQ(by_token(secret, Method::get, "/api/webhooks"), 403) << "reads, and does not manage";
  EXPECT_EQ(by_token(secret, Method::post, "/api/tokens"), 403);
  EXPECT_FALSE(says(browser.get("/tokens"), secret)) << "shown once";

  // Ends: not by somebody else, but by himself, and by an administrator.
  const auto tokens = desk_.shared().doorman->tokens(kAdministrator, **desk_.shared().ledger->reader());
  ASSERT_TRUE(tokens);
  const std::string id = digest_of(secret);
  EXPECT_EQ(post("/tokens/end", {{"token", id}}, kAgentMarie).status, 404);
  EXPECT_EQ(by_token(secret, Method::get, "/api/profile"), 200);
  browser.get("/tokens");
  EXPECT_EQ(browser.post("/tokens/end", {{"token", id}}).status, 303);
  EXPECT_EQ(by_token(secret, Method::get, "/api/profile"), 401);
  const std::string maries = desk_.token(kAgentMarie);
  EXPECT_EQ(by_token(maries, Method::get, "/api/profile"), 200);
  EXPECT_EQ(post("/desk/tokens/end", {{"token", digest_of(maries)}}).status, 303);
  EXPECT_EQ(by_token(maries, Method::get, "/api/profile"), 401);
}

// As docs/http-api.md says.
TEST_F(HousePages, ScopesAllowExactlyWhatTheirTableSays) {
  const std::string link = link_on(post("/people/10/invitation", {}));
  Browsing browser(desk_);
  browser.get(link);
  browser.post(link, {{"new_password", kPassword}, {"new_password_again", kPassword}});
  struct Row {
    std::vector<std::string> scopes;
    bool looks, changes, looks_at_what_is_managed, manages;
  };
  for (const Row& row :
       {Row{{"read"}, true, false, false, false}, Row{{"write"}, true, true, false, false},
        Row{{"read", "write"}, true, true, false, false}, Row{{"admin"}, false, false, false, false},
        Row{{"read", "admin"}, true, false, true, false}, Row{{"write", "admin"}, true, true, true, true}}) {
    std::vector<std::pair<std::string, std::string>> form{{"label", "a program"}};
    std::string named;
    for (const std::string& scope : row.scopes) {
      form.emplace_back("scopes", scope);
      named += " " + scope;
    }
    browser.get("/tokens");
    const Response made = browser.post("/tokens", form);
    const std::size_t at = made.body.find("gk_");
    ASSERT_NE(at, std::string::npos) << named;
    const auto may = [&](Method method, const std::string& path) {
      Request request;
      request.method = method;
      request.path = path;
      request.headers = {{"authorization", "Bearer " + made.body.substr(at, 46)}};
      request.headers.emplace_back("content-type", "application/json");
      if (method != Method::get) request.body = "{}";
      return desk_.send(request).status != 403;
    };
    EXPECT_EQ(may(Method::get, "/api/tokens"), row.looks) << named;
    EXPECT_EQ(may(Method::del, "/api/tokens/none"), row.changes) << named;
    EXPECT_EQ(may(Method::get, "/api/webhooks"), row.looks_at_what_is_managed) << named;
    EXPECT_EQ(may(Method::del, "/api/webhooks/none"), row.manages) << named;
  }
}

TEST_F(HousePages, ATokenMakesNoTokens) {
  const Response made =
      desk_.ask(kAdministrator, Method::post, "/api/tokens", {}, R"({"label":"more","scopes":["admin"]})");
  EXPECT_EQ(made.status, 403) << made.body;
}

// ---- the desk --------------------------------------------------------------------------------------------------

TEST_F(HousePages, WordsAreErasedByNumberWithAReason) {
  const Response opened = desk_.ask(
      kSellerAnn, Method::post, "/api/cases", {},
      R"({"matter":"payment","subject":"Payout","body":"My neighbour Xanthippe owes me","questions":["When?"]})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const auto reader = *desk_.shared().ledger->reader();
  ASSERT_FALSE(reader->text(TextId{1})->body.empty());
  const auto erase = [&](const std::string& case_number, const std::string& text, const std::string& reason) {
    return post("/desk/erase", {{"case", case_number}, {"text", text}, {"reason", reason}});
  };
  expect_good(erase("2", "1", "wish"), 422);
  expect_good(erase("1", "99", "wish"), 422);
  expect_good(erase("1", "", "wish"), 422);
  expect_good(erase("1", "1", "because I say so"), 422);
  EXPECT_FALSE(reader->text(TextId{1})->erased);
  EXPECT_EQ(erase("1", "1", "third_person").status, 303);
  EXPECT_TRUE(reader->text(TextId{1})->erased);
  EXPECT_TRUE(reader->text(TextId{1})->body.empty());
  EXPECT_EQ(notes().back().what, "text_erased");
  EXPECT_EQ(notes().back().detail, R"({"case":1,"text":1,"reason":"third_person"})");
  expect_good(erase("1", "1", "wish"), 422);
  const auto wrong = desk_.shared().ledger->check();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(wrong->empty()) << wrong->front();
}

TEST_F(HousePages, TheDeskIsNamedUnlessTheCommandLineSaysHow) {
  const std::string name = "<b>Place & Co</b>";
  EXPECT_TRUE(says(get("/people"), "Guichet"));
  expect_good(post("/desk/name", {{"name", ""}}), 422);
  EXPECT_EQ(Browsing::place(post("/desk/name", {{"name", name}})), "/desk");
  EXPECT_EQ(last_note(), "house_named");
  for (const std::string page : {"/desk", "/people", "/about"}) {
    const Response response = get(page);
    expect_good(response);
    EXPECT_TRUE(says(response, "Place &amp; Co")) << page;
    EXPECT_EQ(response.body.find("<b>Place"), std::string::npos) << page;
  }
  EXPECT_EQ(post("/desk/name", {{"name", "x"}}, kSupervisor).status, 403);
  desk_.shared().house.name = "As ordered";
  EXPECT_EQ(Browsing::place(post("/desk/name", {{"name", "x"}})), "/desk");
  EXPECT_TRUE(says(get("/desk"), "As ordered"));
  EXPECT_EQ(desk_.ask(kAdministrator, Method::put, "/api/desk", {}, R"({"name":"x"})").status, 409);
}

TEST_F(HousePages, TheLogOfTheHouseGoesBackToItsBeginning) {
  for (int i = 0; i < 70; ++i) post("/people/3/absence", {{"absent", i % 2 == 0 ? "told" : "no"}});
  const Response page = get("/desk");
  expect_good(page);
  EXPECT_TRUE(says(page, "An absence was changed"));
  EXPECT_FALSE(says(page, "A procedure was adopted"));
  std::string older;
  for (const Tag& tag : tags_of(page.body))
    if (tag["href"].starts_with("/desk?before=") && tag["hreflang"].empty()) older = tag["href"];
  ASSERT_FALSE(older.empty());
  const Response before = get(older);
  expect_good(before);
  EXPECT_TRUE(says(before, "A procedure was adopted"));
  EXPECT_FALSE(says(before, "Older")) << "that was the beginning";
}

TEST_F(HousePages, ExamplesOfTheProcedureAreWarnedOf) {
  for (const char* example : {"https://desk.example/seller", "a@b.example", "Example Mediation Centre, Paris",
                              "see https://x.example, or write"})
    EXPECT_TRUE(is_example(example)) << example;
  for (const char* own :
       {"", "https://desk.example.org", "https://desk.examples", "a@b.example.com", "Exemplary Mediation"})
    EXPECT_FALSE(is_example(own)) << own;
  const Response warned = get("/desk");
  expect_good(warned);
  EXPECT_TRUE(says(warned, "The procedure in force still names examples"));
  EXPECT_TRUE(says(warned, "Example Mediation Centre, Paris"));
  EXPECT_TRUE(says(warned, "(example)")) << "a seller sees that it is one";
  const Response prose = get("/procedure");
  EXPECT_TRUE(says(prose, "Mediator: Example Mediation Centre, Paris (example)"));
  EXPECT_TRUE(says(prose, "https://mediation-brussels.example (example)"));

  // A procedure of one's own has none of them.
  ledger::AdoptedProcedure own;
  own.toml = desk_.shared().procedures->at(desk_.clock().now()).adopted.toml;
  for (const auto& [from, to] : {std::pair{std::string("desk.example/seller"), std::string("desk.acme.fr/aide")},
                                 {"mediation-paris.example", "mediation-paris.fr"},
                                 {"mediation-brussels.example", "mediation-brussels.be"},
                                 {"Example Mediation", "Mediation"},
                                 {"Example Commercial", "Commercial"}}) {
    ASSERT_NE(own.toml.find(from), std::string::npos) << from;
    own.toml.replace(own.toml.find(from), from.size(), to);
  }
  const auto read = desk_.shared().procedures->read(own);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(examples_in((*read)->file), std::vector<std::string>{});
}

TEST_F(HousePages, TheLogOfTheHouseSpeaksFrench) {
  post("/people", {{"name", "New"}, {"email", "new@people.example"}, {"role", "seller"}, {"account", "1"}});
  const Response page = get("/desk?language=fr");
  EXPECT_EQ(page.body.find("</span>seller"), std::string::npos) << "a role has its name";
}

TEST_F(HousePages, ARealDeskHasNoTimeToMove) {
  EXPECT_EQ(post("/desk/time", {{"advance", "week"}}).status, 404);
  EXPECT_FALSE(says(get("/desk"), "Demo time"));
}

TEST(DemoTime, MovesForwardAndIsKept) {
  auto clock = std::make_shared<DemoClock>(Duration{0});
  OpenedLedger opened = ledger_in_memory();
  ASSERT_TRUE(opened.ledger->append(first_people()));
  DeskOptions options;
  options.house.demo = true;
  options.procedure_name = "guichet-unique";
  options.procedure_toml = *rulebook::procedure_text("guichet-unique");
  auto desk = Desk::open(std::move(opened.ledger), opened.procedures, clock, clock.get(), std::move(options));
  ASSERT_TRUE(desk) << desk.error().detail;
  Shared& shared = (*desk)->shared();
  std::promise<SignedIn> admitted;
  shared.doorman->admit(kAdministrator, door_time(shared, clock->now()),
                        [&admitted](SignedIn in) { admitted.set_value(std::move(in)); });
  const std::string secret = admitted.get_future().get().cookie;
  const auto send = [&](Method method, const std::string& path, const std::string& form) {
    Request request;
    request.method = method;
    request.path = path;
    request.cookies = {{session_cookie_name(false), secret}};
    request.headers = {{"x-csrf-token", keyed_digest(secret, "form")},
                       {"content-type", "application/x-www-form-urlencoded"}};
    request.body = form;
    std::promise<Response> answer;
    (*desk)->handler()(request, [&answer](Response response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  };
  expect_good(send(Method::get, "/desk", {}));
  const Duration before = clock->offset();
  EXPECT_EQ(send(Method::post, "/desk/time", "advance=week&once=k").status, 303);
  EXPECT_EQ(send(Method::post, "/desk/time", "advance=week&once=k").status, 303);
  const Duration week{7LL * 24 * 3'600'000};
  EXPECT_GE(clock->offset() - before, week - Duration{1'000});
  EXPECT_LE(clock->offset() - before, week + Duration{1'000}) << "the same form moves time once";
  EXPECT_EQ(send(Method::get, "/profile", {}).status, 200) << "nobody is signed out by it";
  const auto kept = (*shared.ledger->reader())->record("house", "demo_time");
  ASSERT_TRUE(kept && *kept);
  const auto body = formats::parse_json((*kept)->body, "demo_time");
  ASSERT_TRUE(body);
  EXPECT_NEAR(static_cast<double>(body->find("offset_ms")->integer), static_cast<double>(clock->offset().count()),
              2'000);
  EXPECT_EQ(send(Method::post, "/desk/time", "pace=60").status, 303);
  EXPECT_EQ(clock->pace(), 60);
  EXPECT_EQ(send(Method::post, "/desk/time", "pace=61").status, 303);
  EXPECT_EQ(send(Method::post, "/desk/time", "advance=century").status, 303);
  EXPECT_EQ(clock->pace(), 60);
  expect_good(send(Method::get, "/desk", {}));
}

}  // namespace
}  // namespace guichet::desk
