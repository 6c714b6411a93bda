// What people see on boards and sheets, for programs: nothing that a page shows is missing, and nobody gets more.
#include <guichet/desk/api/desk_json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/formats/json.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

class DeskJson : public ::testing::Test {
 protected:
  Response get(ActorId who, const std::string& path) { return desk.ask(who, Method::get, path); }
  Response send(ActorId who, Method method, const std::string& path, const std::string& json = "{}") {
    return desk.ask(who, method, path, {}, json);
  }
  formats::JsonValue read(ActorId who, const std::string& path) {
    const Response response = get(who, path);
    EXPECT_EQ(response.status, 200) << path << " " << response.body;
    return json_of(response);
  }
  std::string open_case() {
    const Response opened = send(kSellerAnn, Method::post, "/api/cases",
                                 R"({"matter":"payment","subject":"Payout","body":"Where?","questions":["When?"]})");
    EXPECT_EQ(opened.status, 201) << opened.body;
    return "/api/cases/" + std::to_string(number(json_of(opened), "case"));
  }
  ActorId owner_of(const std::string& path) {
    return ActorId{static_cast<std::uint32_t>(number(*read(kSupervisor, path).find("summary")->find("owner"), "id"))};
  }

  OpenDesk desk;
};

/// Which address of the API says what a page shows; or why none does. A new page needs a line here.
const std::map<std::string_view, std::string_view> kTwins{
    {"/account", "/api/account"},
    {"/accounts", "/api/accounts"},
    {"/accounts/{account}", "/api/accounts/{account}"},
    {"/audit", "/api/cases"},
    {"/audit/cases/{case}", "/api/cases/{case}/events"},
    {"/audit/house", "/api/audit/notes"},
    {"/audit/ledger", "/api/ledger"},
    {"/audit/measures", "/api/measures"},
    {"/audit/measures.json", "/api/measures"},
    {"/bulk", "/api/bulk"},
    {"/cases", "/api/cases"},
    {"/cases/new", "/api/matters/{matter}"},
    {"/cases/{case}", "/api/cases/{case}"},
    {"/cases/{case}/chronology", "/api/cases/{case}/chronology"},
    {"/cases/{case}/claim", "/api/cases/{case}/claim"},
    {"/cases/{case}/data.json", "/api/cases/{case}"},
    {"/cases/{case}/dossier.zip", "/api/cases/{case}/dossier"},
    {"/cases/{case}/files/{text}", "/api/cases/{case}/files/{text}"},
    {"/cases/{case}/print", "/api/cases/{case}"},
    {"/cases/{case}/receipt", "/api/cases/{case}/receipt"},
    {"/cases/{case}/receipts", "/api/cases/{case}/events"},
    {"/desk", "/api/desk"},
    {"/desk/mail", "/api/desk/mail"},
    {"/desk/webhooks", "/api/webhooks"},
    {"/figures", "/api/figures"},
    {"/figures.csv", "/api/figures"},
    {"/people", "/api/people"},
    {"/people/{person}", "/api/people/{person}"},
    {"/procedure", "/api/procedures"},
    {"/procedure/{id}", "/api/procedures"},
    {"/procedure/{id}.toml", "/api/procedures"},
    {"/procedures", "/api/procedures"},
    {"/procedures/{procedure}.toml", "/api/procedures"},
    {"/profile", "/api/profile"},
    {"/queue", "/api/cases"},
    {"/search", "/api/search"},
    {"/supervise", "/api/board"},
    {"/supervise/{tile}", "/api/board/{tile}"},
    {"/templates", "/api/templates"},
    {"/templates/{template}", "/api/templates/{template}"},
    {"/tokens", "/api/tokens"},
    {"/trays/failed", "/api/trays/failed"},
    {"/trays/mail", "/api/trays/mail"},
    {"/views", "/api/views"},
};
/// Pages that are about who somebody is, about the screen itself, or about the program.
const std::set<std::string_view> kOfTheScreen{"/",       "/about",       "/accessibility",         "/first-run",
                                              "/head",   "/healthz",     "/invitation/{secret}",   "/keys",
                                              "/live",   "/metrics",     "/profile/second-factor", "/script.json",
                                              "/signin", "/signin/code", "/static/{name}",         "/verify"};

TEST(ApiParity, EveryPageHasItsTwin) {
  std::set<std::string_view> there, acts;
  for (const Route& route : all_routes()) there.insert(route.pattern);
  for (const Route& route : all_routes()) {
    if (route.method != Method::get || route.pattern.starts_with("/api/")) continue;
    // A sheet is the form of an act: programs send the act, its fields are in the description.
    if (route.summary.empty() || kOfTheScreen.contains(route.pattern)) continue;
    const bool sheet = route.pattern.starts_with("/cases/{case}/") && !kTwins.contains(route.pattern);
    if (sheet) {
      EXPECT_NE(route.right, Right::see_cases) << route.pattern << " shows something and is no form of an act";
      continue;
    }
    const auto twin = kTwins.find(route.pattern);
    ASSERT_NE(twin, kTwins.end()) << route.pattern << " has no twin in the API";
    EXPECT_TRUE(there.contains(twin->second)) << twin->second;
  }
}

TEST(ApiParity, ATwinIsForNobodyWhoMayNotSeeThePage) {
  for (const Route& page : all_routes())
    for (const Route& twin : all_routes()) {
      const auto found = kTwins.find(page.pattern);
      if (found == kTwins.end() || twin.pattern != found->second || page.method != Method::get ||
          twin.method != Method::get)
        continue;
      // Lists of cases are one address for all, which gives each what is his.
      if (twin.right == Right::see_cases || twin.right == Right::anybody) continue;
      for (std::size_t i = 0; i < kRoles; ++i)
        EXPECT_LE(may(static_cast<Role>(i), twin.right), may(static_cast<Role>(i), page.right))
            << name(static_cast<Role>(i)) << " " << twin.pattern;
    }
}

TEST_F(DeskJson, TheBoardCountsWhatIsBehindIt) {
  const std::string path = open_case();
  const ActorId owner = owner_of(path);
  const std::string to = std::to_string((owner == kAgentMarie ? kAgentNoor : kAgentMarie).value);
  ASSERT_EQ(send(owner, Method::post, path + "/hand-off",
                 R"({"to":)" + to + R"(,"reason":"workload","summary":"s","questions":["q"]})")
                .status,
            200);
  const auto board = read(kSupervisor, "/api/board");
  const auto& tiles = board.find("tiles")->items;
  ASSERT_EQ(tiles.size(), 6U);
  EXPECT_EQ(text(tiles[1], "tile"), "without-owner");
  EXPECT_EQ(number(tiles[1], "cases"), 0);
  EXPECT_EQ(text(tiles[2], "tile"), "unaccepted");
  EXPECT_EQ(number(tiles[2], "cases"), 1);
  const auto behind = read(kSupervisor, text(tiles[2], "address"));
  ASSERT_EQ(behind.find("cases")->items.size(), 1U);
  EXPECT_EQ(text(behind.find("cases")->items[0], "subject"), "Payout");
  EXPECT_EQ(read(kSupervisor, "/api/board/many-agents").find("cases")->items.size(), 0U);
  EXPECT_EQ(read(kAuditor, "/api/cases?hand_off_pending=yes").find("cases")->items.size(), 1U);
  EXPECT_EQ(read(kAuditor, "/api/cases?without_decision=yes").find("cases")->items.size(), 0U);
  EXPECT_EQ(get(kAuditor, "/api/cases?overdue=perhaps").status, 422);
  EXPECT_EQ(get(kSupervisor, "/api/board/leaders").status, 404);
  EXPECT_EQ(get(kSupervisor, "/api/board/at-risk?after=nonsense").status, 422);
  EXPECT_EQ(get(kAgentMarie, "/api/board").status, 403);

  ASSERT_EQ(
      send(kSupervisor, Method::post, "/api/people/" + std::to_string(owner.value) + "/absence", R"({"absent":"told"})")
          .status,
      200);
  const auto away = read(kSupervisor, "/api/board");
  ASSERT_EQ(away.find("unattended")->items.size(), 1U);
  EXPECT_EQ(number(*away.find("unattended")->items[0].find("owner"), "id"), owner.value);
}

TEST_F(DeskJson, TheProcedureSaysItsPromisesBeforeACaseIsOpened) {
  const auto matters = read(kSellerAnn, "/api/matters");
  ASSERT_FALSE(matters.find("matters")->items.empty());
  const auto matter = read(kSellerAnn, "/api/matters/payment");
  const auto& times = matter.find("times")->items;
  ASSERT_FALSE(times.empty());
  EXPECT_EQ(text(times[0], "clock"), "first_answer");
  EXPECT_GT(text(times[0], "due_if_sent_now"), print_instant(kMonday));
  EXPECT_FALSE(matter.find("ways_on")->items.empty());
  // The date that was foretold is the date that is set.
  const auto seen = read(kSellerAnn, open_case());
  EXPECT_EQ(text(*seen.find("summary"), "desk_due"), text(times[0], "due_if_sent_now"));
  EXPECT_EQ(get(kSellerAnn, "/api/matters/moon").status, 404);
  const auto says_closed = [&](const std::string& path, std::string_view day) {
    const Response page = get(kSellerAnn, path);
    return page.body.find("The desk is closed just now. It opens on " + std::string{day}) != std::string::npos;
  };
  EXPECT_FALSE(says_closed("/api/matters/payment", ""));
  desk.clock().set(at_utc("2026-03-06T22:00:00Z"));
  EXPECT_TRUE(says_closed("/api/matters/payment", "Monday 9 March")) << "a Friday night";
  EXPECT_TRUE(says_closed("/cases/new?matter=payment", "Monday 9 March"));
  EXPECT_TRUE(says_closed("/cases/1", "Monday 9 March"));

  const auto calendars = read({}, "/api/calendars");
  ASSERT_FALSE(calendars.find("calendars")->items.empty());
  EXPECT_FALSE(calendars.find("calendars")->items[0].find("week")->find("monday")->items.empty());
  EXPECT_TRUE(calendars.find("calendars")->items[0].find("week")->find("sunday")->items.empty());
  EXPECT_EQ(text(read({}, "/api/procedures").find("procedures")->items[0], "standing"), "in_force");
}

TEST_F(DeskJson, ADraftIsItsWritersAndTheDesks) {
  const std::string path = open_case();
  EXPECT_EQ(
      send(kSellerAnn, Method::put, path + "/drafts/message", R"({"body":"not yet","questions":["a","b"]})").status,
      200);
  EXPECT_EQ(send(kAgentMarie, Method::put, path + "/drafts/message", R"({"body":"half an answer"})").status, 200);
  const auto anns = read(kSellerAnn, path + "/drafts");
  ASSERT_EQ(anns.find("drafts")->items.size(), 1U);
  EXPECT_EQ(anns.find("drafts")->items[0].find("fields")->find("questions")->items.size(), 2U);
  EXPECT_EQ(anns.find("of_others"), nullptr);
  const auto noors = read(kAgentNoor, path + "/drafts");
  EXPECT_TRUE(noors.find("drafts")->items.empty());
  ASSERT_EQ(noors.find("of_others")->items.size(), 1U) << "the colleague's, and never the seller's";
  EXPECT_EQ(noors.find("of_others")->items[0].find("fields")->find("body")->items[0].text, "half an answer");
  EXPECT_EQ(get(kSellerBob, path + "/drafts").status, 404);
  EXPECT_EQ(send(kSellerBob, Method::put, path + "/drafts/message", R"({"body":"x"})").status, 404);
  EXPECT_EQ(send(kSellerAnn, Method::put, path + "/drafts/No%20Box", R"({"body":"x"})").status, 422);
  EXPECT_EQ(send(kSellerAnn, Method::del, path + "/drafts/message").status, 200);
  EXPECT_TRUE(read(kSellerAnn, path + "/drafts").find("drafts")->items.empty());

  EXPECT_EQ(send(kSellerAnn, Method::put, "/api/cases/new/drafts/open", R"({"subject":"later"})").status, 200);
  EXPECT_EQ(read(kSellerAnn, "/api/cases/new/drafts").find("drafts")->items.size(), 1U);
  EXPECT_TRUE(read(kSellerBob, "/api/cases/new/drafts").find("drafts")->items.empty());
}

TEST_F(DeskJson, FactsClaimsAndFilesOfACase) {
  const std::string path = open_case();
  ASSERT_EQ(send(kSellerAnn, Method::post, path + "/fact",
                 R"({"body":"The payout was due","date":"2026-02","sources":"message 2"})")
                .status,
            200);
  const auto told = read(kAgentMarie, path + "/chronology");
  ASSERT_EQ(told.find("facts")->items.size(), 1U);
  EXPECT_EQ(text(*told.find("facts")->items[0].find("version"), "date"), "2026-02");
  EXPECT_EQ(get(kSellerBob, path + "/chronology").status, 404);

  EXPECT_EQ(get(kSellerAnn, path + "/claim").status, 404) << "nobody claims anything yet";
  ASSERT_EQ(
      send(kSellerAnn, Method::post, path + "/claim",
           R"({"regime":"legal_interest","creditor":"business","what":"payout","amount":"100","from":"2026-01-01"})")
          .status,
      200)
      << send(kSellerAnn, Method::post, path + "/claim", R"({"regime":"legal_interest"})").body;
  EXPECT_EQ(get(kAgentMarie, path + "/claim?side=seller").status, 200);
  EXPECT_EQ(get(kAgentMarie, path + "/claim?side=desk").status, 404);
  EXPECT_EQ(get(kAgentMarie, path + "/claim?side=both").status, 422);

  ASSERT_EQ(send(kSellerAnn, Method::post, path + "/message",
                 R"({"body":"see","files":[{"name":"a.txt","media_type":"text/plain","base64":"aGVsbG8="}]})")
                .status,
            200);
  const auto files = read(kSellerAnn, path);
  const std::string file = std::to_string(number(files.find("files")->items[0], "id"));
  EXPECT_EQ(get(kSellerAnn, path + "/files/" + file).body, "hello");
  const Response stranger = get(kSellerBob, path + "/files/" + file);
  EXPECT_EQ(stranger.status, 404);
  EXPECT_EQ(stranger.content_type, "application/problem+json");
}

TEST_F(DeskJson, WhoIsThereOnesOwnSettingsAndTheAccount) {
  const std::string path = open_case();
  EXPECT_TRUE(read(kAgentMarie, path + "/presence").find("present")->items.empty());
  EXPECT_EQ(get(kSellerAnn, path + "/presence").status, 403) << "who looks is the desk's own";

  EXPECT_EQ(send(kSellerAnn, Method::put, "/api/profile", R"({"language":"fr","mails":false})").status, 200);
  const auto profile = read(kSellerAnn, "/api/profile");
  EXPECT_EQ(text(profile, "language"), "fr");
  EXPECT_FALSE(profile.find("mails")->boolean);

  ASSERT_EQ(send(owner_of(path), Method::post, path + "/offer", R"({"cents":5000,"body":"Take it"})").status, 200);
  const auto account = read(kSellerAnn, "/api/account");
  EXPECT_EQ(text(account, "name"), "Ann's shop");
  ASSERT_EQ(account.find("cases")->items.size(), 1U);
  EXPECT_EQ(number(account.find("cases")->items[0].find("offers")->items[0], "cents"), 5'000);
  EXPECT_TRUE(read(kSellerBob, "/api/account").find("cases")->items.empty());
}

TEST_F(DeskJson, FiguresMeasuresAndTheLedger) {
  open_case();
  // Clocks of the cases may run out meanwhile: then it is counted once more.
  const auto once_counted = [this](const std::string& path) {
    Response response = get(kAuditor, path);
    while (response.status == 503) {
      if (path.starts_with("/api/")) {
        EXPECT_EQ(text(json_of(response), "code"), "counting");
      }
      desk.shared().recounts->settle();
      response = get(kAuditor, path);
    }
    EXPECT_EQ(response.status, 200) << path;
    return response;
  };
  EXPECT_EQ(number(json_of(once_counted("/api/measures")), "cases"), 1);
  EXPECT_EQ(number(json_of(once_counted("/api/figures")).find("years")->items[0], "lodged"), 1);
  // Seven weeks and a case later: neither is ever the old count.
  open_case();
  const auto entries = static_cast<std::int64_t>((*desk.shared().ledger->reader())->reach()->position);
  desk.clock().advance(std::chrono::days{49});
  for (const std::string path : {"/api/figures", "/api/measures", "/audit/measures.json", "/figures.csv"}) {
    const Response response = once_counted(path);
    if (path == "/figures.csv") {
      EXPECT_NE(response.body.find("2026,lodged,,cases,2,2"), std::string::npos) << response.body;
      continue;
    }
    const auto told = json_of(response);
    if (path != "/api/figures") {
      EXPECT_EQ(number(told, "cases"), 2) << path;
    }
    if (!path.starts_with("/api/")) continue;
    EXPECT_GE(number(*told.find("counted"), "up_to_entry"), entries);
    EXPECT_EQ(text(*told.find("counted"), "at"), print_instant(desk.clock().now()));
  }
  const auto years = json_of(once_counted("/api/figures"));
  ASSERT_EQ(years.find("years")->items.size(), 1U);
  EXPECT_EQ(number(years.find("years")->items[0], "lodged"), 2);
  EXPECT_EQ(years.find("years")->items[0].find("outcomes"), nullptr) << "too few cases to be told";
  EXPECT_EQ(get(kSupervisor, "/api/measures").status, 403);
  EXPECT_EQ(get(kAuditor, "/api/measures?from=yesterday").status, 422);

  EXPECT_EQ(send(kAuditor, Method::post, "/api/ledger/check").status, 202);
  desk.shared().recounts->settle();
  const auto ledger = read(kAuditor, "/api/ledger");
  EXPECT_EQ(number(*ledger.find("cases"), "all"), 2);
  EXPECT_EQ(number(*ledger.find("last_check"), "faults"), 0);
  EXPECT_EQ(text(read(kAdministrator, "/api/desk"), "name"), "Guichet");
}

TEST_F(DeskJson, AFaultIsASentenceWithTheFieldsNameAndItsWordBeside) {
  const std::string path = open_case();
  const auto fault = [&](const std::string& act, const std::string& json) {
    const Response response = send(kSellerAnn, Method::post, path + act, json);
    EXPECT_EQ(response.status, 422) << response.body;
    return json_of(response);
  };
  const auto date = fault("/fact", R"({"body":"b","date":"soon"})");
  EXPECT_EQ(text(date, "code"), "not_a_date");
  EXPECT_EQ(text(date, "detail"), "date: This is no date. Write 2026-03-02, 2026-03 or 2026.");
  const auto claim = fault("/claim", R"({"toml":"x"})");
  EXPECT_EQ(text(claim, "code"), "not_a_claim");
  EXPECT_EQ(text(claim, "detail").find("not_a_claim"), std::string::npos);
  EXPECT_EQ(text(fault("/message", R"({"body":" "})"), "detail"), "body: This is needed.");
}

}  // namespace
}  // namespace guichet::desk
