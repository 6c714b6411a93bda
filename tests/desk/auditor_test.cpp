// The auditor's pages over a desk in which something has happened.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>

#include <guichet/core/names.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/desk/pages/audited.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/desk/timekeeper.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/formats/json.hpp>

#include "open_desk.hpp"

namespace guichet::desk {
namespace {

bool has(const std::string& page, std::string_view words) { return page.find(words) != std::string::npos; }

std::size_t count_of(const std::string& page, std::string_view words) {
  std::size_t count = 0;
  for (std::size_t at = page.find(words); at != std::string::npos; at = page.find(words, at + 1)) ++count;
  return count;
}

class AuditedDesk : public ::testing::Test {
 protected:
  /// A case that is asked about, answered, escalated and decided.
  std::string handled_case() {
    const std::string number = open("A lost parcel", "Where is the xylophone?");
    post(kAgentMarie, number, "message", R"({"body":"On its way.","answers":[0]})");
    post(kSellerAnn, number, "escalate", R"({"body":"Too slow."})");
    post(kHead, number, "decide",
         R"({"outcome":"granted","facts":"It was lost.","ground":"Clause 4",)"
         R"("redress":["internal","certified_body","court"],)"
         R"("body":"You are right."})");
    return number;
  }
  std::string open(const std::string& subject, const std::string& question) {
    const Response opened = desk_.ask(kSellerAnn, Method::post, "/api/cases", {},
                                      R"({"matter":"stock","subject":")" + subject + R"(","body":"Please help.",)" +
                                          R"("questions":[")" + question + R"("]})");
    EXPECT_EQ(opened.status, 201) << opened.body;
    const auto said = formats::parse_json(opened.body, "answer");
    return std::to_string(said->find("case")->integer);
  }
  void post(ActorId who, const std::string& number, const std::string& act, const std::string& json = "{}") {
    desk_.clock().advance(Duration{600'000});
    const Response response = desk_.ask(who, Method::post, "/api/cases/" + number + "/" + act, {}, json);
    EXPECT_EQ(response.status, 200) << act << ": " << response.body;
  }
  std::string see(const std::string& path, int status = 200, ActorId who = kAuditor) {
    const Response response = desk_.ask(who, Method::get, path);
    EXPECT_EQ(response.status, status) << path << "\n" << response.body.substr(0, 500);
    return response.body;
  }
  ledger::CaseFile file(const std::string& number) {
    auto reader = desk_.shared().ledger->reader();
    return **(*reader)->case_file(CaseId{static_cast<std::uint32_t>(std::stoul(number))});
  }

  OpenDesk desk_;
};

// --- cases ---

TEST_F(AuditedDesk, lists_every_case_and_leads_to_its_events) {
  const std::string number = handled_case();
  const std::string page = see("/audit");
  EXPECT_TRUE(has(page, "A lost parcel"));
  EXPECT_TRUE(has(page, "href=\"/audit/cases/" + number + "\""));
  EXPECT_TRUE(has(page, "Ann&#39;s shop") || has(page, "Ann's shop"));
}

TEST_F(AuditedDesk, filters_what_stands_out) {
  handled_case();
  open("Nobody answers", "Why?");
  // Two weeks later the clocks have rung and the case has climbed.
  desk_.clock().advance(std::chrono::days{14});
  auto reader = desk_.shared().ledger->reader();
  ASSERT_TRUE(ring_what_is_due(**reader, *desk_.shared().clerk, *desk_.shared().procedures, desk_.clock().now()));
  std::string page = see("/audit?filter=overdue");
  EXPECT_TRUE(has(page, "Nobody answers"));
  EXPECT_FALSE(has(page, "A lost parcel"));
  EXPECT_TRUE(has(page, "ran out of time"));
  page = see("/audit?filter=undecided");
  EXPECT_TRUE(has(page, "There is no such case."));
  EXPECT_TRUE(has(see("/audit?filter=nonsense"), "A lost parcel"));
}

TEST_F(AuditedDesk, searches_all_words_and_goes_straight_to_numbers) {
  const std::string number = handled_case();
  EXPECT_TRUE(has(see("/audit?q=xylophone"), "<mark>"));
  EXPECT_TRUE(has(see("/audit?q=zebrawood"), "Nothing was found."));
  const Response straight = desk_.ask(kAuditor, Method::get, "/audit?q=%23" + number);
  EXPECT_EQ(straight.status, 303);
  EXPECT_EQ(*find(straight.headers, "Location"), "/audit/cases/" + number);
  // A number that no case has is looked for as words.
  see("/audit?q=99999");
}

TEST_F(AuditedDesk, a_place_that_is_in_no_list_is_no_fault_of_ours) {
  see("/audit?after=nonsense", 404);
  see("/audit?q=parcel&after=nonsense", 404);
}

// --- one case ---

TEST_F(AuditedDesk, every_event_stands_in_its_place_with_the_rule_behind_it) {
  const std::string number = handled_case();
  const std::string page = see("/audit/cases/" + number);
  const ledger::CaseFile kept = file(number);
  ASSERT_GT(kept.events.size(), 10U);
  for (const ledger::KeptEvent& event : kept.events)
    EXPECT_TRUE(has(page, "id=\"e" + std::to_string(event.event.version.value) + "\""));
  EXPECT_EQ(count_of(page, "<dt>Rule</dt>"), kept.events.size());
  for (const char* path : {"clocks.first_answer.allowance", "matter[0].level", "ladder[1].climb", "assignment.mode",
                           "restrictions.cooling_days_after_appeal"})
    EXPECT_TRUE(has(page, path)) << path;
  EXPECT_TRUE(has(page, "/procedure?number=1#clocks.first_answer"));
  EXPECT_TRUE(has(page, "Regulation (EU) 2019/1150")) << "the source of a clause";
  EXPECT_TRUE(has(page, "<p>A lost parcel</p>")) << "the subject is words of the opening";
  // What was said, in its own words, and by what it is sealed.
  EXPECT_TRUE(has(page, "On its way."));
  EXPECT_TRUE(has(page, "It was lost."));
  EXPECT_EQ(count_of(page, "Keyed digest in the event:"),
            static_cast<std::size_t>(std::ranges::count_if(
                kept.events, [](const ledger::KeptEvent& one) { return one.event.text.value != 0; })));
  // Who, for whom, by which way and command.
  EXPECT_TRUE(has(page, "Marie, for: "));
  EXPECT_TRUE(has(page, "by another program"));
  EXPECT_TRUE(has(page, "(decide_case)"));
  // What it changed.
  EXPECT_TRUE(has(page, "Whose move: "));
  EXPECT_TRUE(has(page, "Decided: no → yes"));
}

TEST_F(AuditedDesk, what_time_does_names_the_clock_that_ran_out) {
  const std::string number = open("Nobody answers", "Why?");
  for (int step = 0; step < 200; ++step) {
    desk_.clock().advance(std::chrono::hours{3});
    auto reader = desk_.shared().ledger->reader();
    ASSERT_TRUE(ring_what_is_due(**reader, *desk_.shared().clerk, *desk_.shared().procedures, desk_.clock().now()));
  }
  const std::string page = see("/audit/cases/" + number);
  const formats::Phrases phrases(formats::Language::en);
  const ledger::CaseFile kept = file(number);
  Clock rung{};
  std::uint64_t act = 0;  // in which it ran out
  std::size_t followed = 0;
  for (const ledger::KeptEvent& one : kept.events) {
    if (one.event.kind == EventKind::went_overdue) {
      act = one.act;
      rung = one.event.clock;
    }
    if (one.act != act) continue;
    const std::size_t begin = page.find("id=\"e" + std::to_string(one.event.version.value) + "\"");
    ASSERT_NE(begin, std::string::npos);
    const std::string card = page.substr(begin, page.find("class=\"card\"", begin) - begin);
    EXPECT_TRUE(has(card, "time is up for: " + phrases("clock." + std::string{name(rung)}))) << card;
    followed += one.event.kind != EventKind::went_overdue ? 1U : 0U;
  }
  EXPECT_GT(followed, 4U);
  EXPECT_TRUE(has(page, "the time for a reminder has come: "));
  EXPECT_TRUE(std::ranges::any_of(kept.events, [](const auto& one) { return one.event.kind == EventKind::decided; }));
}

TEST_F(AuditedDesk, no_card_cites_a_rule_that_did_not_apply) {
  const Response opened = desk_.ask(kSellerAnn, Method::post, "/api/cases", {},
                                    R"({"matter":"payment","subject":"A fee","body":"Too much.","amount_cents":123400,)"
                                    R"("files":[{"name":"bill.txt","media_type":"text/plain","base64":"aGVsbG8="}]})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string number = std::to_string(formats::parse_json(opened.body, "answer")->find("case")->integer);
  const std::string page = see("/audit/cases/" + number);
  EXPECT_TRUE(has(page, "<code>exhibit_added</code>"));
  EXPECT_TRUE(has(page, "whoever may write in a case may add files"));
  EXPECT_FALSE(has(page, "it may always be done"));
  EXPECT_TRUE(has(page, "ladder[0].team"));
  EXPECT_FALSE(has(page, "From 10 000 euros on")) << "the amount is below";
}

TEST_F(AuditedDesk, events_can_be_looked_at_by_their_kind) {
  const std::string number = handled_case();
  const std::string clocks = see("/audit/cases/" + number + "?show=clocks");
  EXPECT_TRUE(has(clocks, "<code>clock_started</code>"));
  EXPECT_FALSE(has(clocks, "<code>message_sent</code>"));
  const std::string words = see("/audit/cases/" + number + "?show=words");
  EXPECT_TRUE(has(words, "<code>message_sent</code>"));
  EXPECT_FALSE(has(words, "<code>clock_started</code>"));
  // Together the groups show every event once.
  std::size_t shown = 0;
  for (const char* group : {"words", "clocks", "people", "outcome", "money", "rules"})
    shown += count_of(see("/audit/cases/" + number + "?show=" + group), "<dt>Rule</dt>");
  EXPECT_EQ(shown, file(number).events.size());
}

TEST_F(AuditedDesk, words_that_were_erased_are_gone_and_that_they_were_said_stays) {
  const std::string number = handled_case();
  const ledger::CaseFile kept = file(number);
  const auto message = std::ranges::find_if(kept.events, [](const ledger::KeptEvent& one) {
    return one.event.kind == EventKind::message_sent && one.event.party == Party::desk;
  });
  ASSERT_NE(message, kept.events.end());
  Errand errand;
  errand.person = kAdministrator;
  errand.erase.push_back(message->event.text);
  ASSERT_TRUE(desk_.shared().clerk->run(std::move(errand)).ok());
  const std::string page = see("/audit/cases/" + number);
  EXPECT_FALSE(has(page, "On its way."));
  EXPECT_TRUE(has(page, "It was lost.")) << "other words stay";
  EXPECT_EQ(count_of(page, "<dt>Rule</dt>"), kept.events.size());
}

TEST_F(AuditedDesk, a_long_case_goes_on_on_another_page) {
  const std::string number = open("Long", "When?");
  for (int i = 0; i < 210; ++i)
    ASSERT_EQ(desk_.ask(kSellerAnn, Method::post, "/api/cases/" + number + "/message", {}, R"({"body":"And?"})").status,
              200);
  const std::string first = see("/audit/cases/" + number);
  EXPECT_EQ(count_of(first, "<dt>Rule</dt>"), 200U);
  std::smatch next;
  static const std::regex kNext(R"(href="(/audit/cases/\d+\?from=\d+)\")");
  ASSERT_TRUE(std::regex_search(first, next, kNext));
  EXPECT_EQ(count_of(see(next[1]), "<dt>Rule</dt>"), file(number).events.size() - 200);
}

TEST_F(AuditedDesk, a_pause_that_is_over_no_longer_runs) {
  const std::string number = handled_case(), pause = formats::Phrases(formats::Language::en)("clock.cooling");
  const auto beside = [&] {
    const std::string page = see("/audit/cases/" + number);
    return page.substr(page.find("<aside"));
  };
  EXPECT_TRUE(has(beside(), pause));
  desk_.clock().advance(std::chrono::days{120});
  EXPECT_FALSE(has(beside(), pause));
}

TEST_F(AuditedDesk, no_case_is_not_found) {
  see("/audit/cases/999", 404);
  see("/audit/cases/x", 404);
}

TEST_F(AuditedDesk, is_for_auditors_alone) {
  const std::string number = handled_case();
  for (const ActorId who : {kSellerAnn, kAgentMarie, kMediatorLea})
    EXPECT_EQ(desk_.ask(who, Method::get, "/audit/cases/" + number).status, 403);
}

// --- measures ---

TEST_F(AuditedDesk, measures_are_those_of_guichet_measure) {
  handled_case();
  const std::string page = see("/audit/measures");
  EXPECT_TRUE(has(page, "Counted on "));
  EXPECT_FALSE(has(page, "Marie"));
  const auto again = measure_ledger(*desk_.shared().ledger, *desk_.shared().procedures, {}, "ledger",
                                    "guichet measure LEDGER --json", {});
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(see("/audit/measures.json"),
            dossier::report_as_json(again->findings, again->source, formats::Language::en));
}

TEST_F(AuditedDesk, measures_of_a_period) {
  handled_case();
  const auto cases_in = [&](const std::string& query) {
    const auto json = formats::parse_json(see("/audit/measures.json" + query), "measures");
    EXPECT_TRUE(json);
    return json ? json->find("cases")->integer : -1;
  };
  EXPECT_EQ(cases_in("?from=2026-03-02&until=2026-03-02"), 1);
  EXPECT_EQ(cases_in("?until=2026-03-01"), 0);
  EXPECT_EQ(cases_in("?from=2026-03-03"), 0);
  see("/audit/measures?from=tomorrow", 422);
  see("/audit/measures.json?until=2026-02-30", 422);
}

// --- the ledger and the house ---

TEST_F(AuditedDesk, the_ledger_is_checked_in_the_background) {
  handled_case();
  EXPECT_TRUE(has(see("/audit/ledger"), "It has not been checked yet."));
  const Response begun = desk_.ask(kAuditor, Method::post, "/audit/ledger/check");
  EXPECT_EQ(begun.status, 303);
  desk_.shared().recounts->settle();
  const std::string page = see("/audit/ledger");
  EXPECT_TRUE(has(page, "sound"));
  EXPECT_TRUE(has(page, "Checked on "));
  EXPECT_TRUE(has(see("/audit/house?show=texts"), "The ledger was checked"));
}

TEST_F(AuditedDesk, notes_of_the_house_the_newest_first) {
  for (std::uint32_t i = 1; i <= 120; ++i) {
    Errand errand;
    errand.person = kAdministrator;
    errand.house.push_back({.number = 0,
                            .at = desk_.clock().now(),
                            .by = kAdministrator,
                            .what = i % 3 == 0 ? "procedure_adopted" : "person_changed",
                            .detail = R"({"person":3,"role":"agent"})"});
    ASSERT_TRUE(desk_.shared().clerk->run(std::move(errand)).ok());
  }
  const std::string all = see("/audit/house");
  EXPECT_EQ(count_of(all, "<tr id=\"n"), 50U);
  EXPECT_TRUE(has(all, "Marie (3)"));
  // Page by page every note is shown once.
  std::size_t shown = 0;
  std::string address = "/audit/house?show=procedures";
  static const std::regex kNext(R"re(href="(/audit/house\?show=procedures&amp;before=\d+)")re");
  while (!address.empty()) {
    const std::string page = see(address);
    shown += count_of(page, "<tr id=\"n");
    std::smatch next;
    address = std::regex_search(page, next, kNext) ? std::regex_replace(next[1].str(), std::regex("&amp;"), "&") : "";
  }
  EXPECT_EQ(shown, 40U + 1U) << "and that of the first procedure";
  see("/audit/house?before=nonsense");
}

}  // namespace
}  // namespace guichet::desk
