#include <guichet/desk/mail_moving.hpp>

#include <gtest/gtest.h>

#include <guichet/desk/pages/agent.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>

#include "mailed_house.hpp"
#include "markup.hpp"
#include "open_desk.hpp"
#include "said.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

/// Ann has two cases; a mail about the second came into the first.
class MovingMail : public ::testing::Test {
 protected:
  MovingMail() {
    const auto letters = MailedHouse::to(mailed.letters(), kSellerAnn);
    EXPECT_EQ(letters.size(), 2U);
    raw = MailedHouse::reply(kSellerAnn, letters.at(0).message_id, "The parcel of May is lost.");
    mailed.house.clock().advance(5min);
    EXPECT_TRUE(mailed.receive(raw).empty());
    came = mailed.house.clock().now();
    message = last_message(wrong);
    mailed.house.clock().advance(3h);
  }

  std::uint32_t last_message(CaseId case_id) {
    std::uint32_t version = 0;
    for (const ledger::KeptEvent& kept : mailed.house.file(case_id).events)
      if (kept.event.kind == EventKind::message_sent) version = kept.event.version.value;
    return version;
  }
  Response move(std::vector<std::pair<std::string, std::string>> values, CaseId from, std::uint32_t which,
                ActorId who = kAgentMarie) {
    values.emplace_back("message", std::to_string(which));
    return visiting.post(agent_routes(), who, case_address(from) + "/move-mail", values);
  }
  Response move_to(CaseId to) {
    return move({{"do", "case"}, {"case", number(to)}, {"reason", "It is about the parcel."}}, wrong, message);
  }
  static std::string number(CaseId id) { return std::to_string(id.value); }
  std::string page(ActorId who, CaseId case_id, formats::Language language = formats::Language::en) {
    return visiting.get(routes, who, case_address(case_id), {}, language).body;
  }

  MailedHouse mailed;
  CaseId wrong = mailed.house.open_case();
  CaseId right = mailed.house.open_case(kSellerAnn, "technical");
  Visiting visiting{mailed.house};
  const std::vector<Route> routes = all_routes();
  std::string raw;
  Instant came{};
  std::uint32_t message = 0;
};

TEST_F(MovingMail, enters_it_whole_where_it_belongs_and_marks_it_where_it_was) {
  const ledger::CaseFile before = mailed.house.file(wrong);
  const std::string old_id = intake::mail::read_message(raw).message_id;
  const Response done = move_to(right);
  ASSERT_EQ(done.status, 303) << words_on(done.body);
  EXPECT_EQ(location(done), case_address(right));

  const dossier::Words words = mailed.last_words(right);
  EXPECT_EQ(words.body, "The parcel of May is lost.");
  EXPECT_EQ(words.came, print_instant(came)) << "the moment at which it came, not that of the move";
  EXPECT_EQ(words.matched, "by hand: Marie, from case " + number(wrong));
  EXPECT_EQ(mailed.house.reader().text(words.mail)->body, raw) << "byte for byte";
  EXPECT_FALSE(words.arrival.empty());

  // What was written stays written, and the old case has only grown.
  const ledger::CaseFile after = mailed.house.file(wrong);
  ASSERT_GT(after.events.size(), before.events.size());
  for (std::size_t i = 0; i < before.events.size(); ++i) EXPECT_EQ(after.events[i].event, before.events[i].event);
  for (std::size_t i = 0; i < before.texts.size(); ++i) {
    EXPECT_EQ(after.texts[i].body, before.texts[i].body);
    EXPECT_FALSE(after.texts[i].erased);
  }
  const MovedMails moved = moved_mails(after);
  ASSERT_TRUE(moved.taken.contains(message));
  EXPECT_EQ(moved.taken.at(message).mail.to, right);
  EXPECT_EQ(moved.taken.at(message).mail.by, kAgentMarie);
  EXPECT_FALSE(moved.taken.at(message).across);
  const MovedMails there = moved_mails(mailed.house.file(right));
  ASSERT_TRUE(there.from.contains(last_message(right)));
  EXPECT_EQ(there.from.at(last_message(right)).case_id, wrong);
  EXPECT_EQ(mailed.house.count(wrong, EventKind::linked), 1U);
  EXPECT_EQ(mailed.house.count(right, EventKind::linked), 1U);

  // What answers that mail finds the case where it is now.
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(kSellerAnn, old_id, "One word more.")).empty());
  EXPECT_EQ(mailed.last_words(right).body, "One word more.");
  // And the mail itself, fetched again, is known.
  const std::size_t messages = mailed.house.count(right, EventKind::message_sent);
  EXPECT_TRUE(mailed.receive(raw).empty());
  EXPECT_EQ(mailed.house.count(right, EventKind::message_sent), messages);
}

TEST_F(MovingMail, is_done_once) {
  ASSERT_EQ(move_to(right).status, 303);
  const std::size_t messages = mailed.house.count(right, EventKind::message_sent);
  const std::size_t notes = mailed.house.count(wrong, EventKind::note_made);
  EXPECT_EQ(location(move_to(right)), case_address(right)) << "the same form, sent twice";
  EXPECT_EQ(mailed.house.count(right, EventKind::message_sent), messages);
  EXPECT_EQ(mailed.house.count(wrong, EventKind::note_made), notes);
  const CaseId third = mailed.house.open_case();
  EXPECT_EQ(move_to(third).status, 422) << "it is there no longer";
  EXPECT_EQ(mailed.house.count(third, EventKind::message_sent), 1U);
}

TEST_F(MovingMail, by_two_at_once_goes_to_one_place) {
  const CaseId third = mailed.house.open_case();
  const Request request;
  Visit marie = visiting.visit_of(request, kAgentMarie), noor = visiting.visit_of(request, kAgentNoor);
  const ledger::CaseFile file = mailed.house.file(wrong);
  auto one = move_mail(marie, file, Version{message}, {.by = *marie.person, .to = right, .reason = "a"});
  auto other = move_mail(noor, file, Version{message}, {.by = *noor.person, .to = third, .reason = "b"});
  ASSERT_TRUE(one && other);
  ASSERT_TRUE(one->fault.field.empty() && other->fault.field.empty());
  EXPECT_EQ(mailed.house.clerk().run(std::move(one->errand)).kind, Answer::Kind::done);
  EXPECT_EQ(mailed.house.clerk().run(std::move(other->errand)).kind, Answer::Kind::key_mistaken);
  EXPECT_EQ(mailed.house.count(third, EventKind::message_sent), 1U);
  EXPECT_EQ(moved_mails(mailed.house.file(wrong)).taken.at(message).mail.to, right);
}

TEST_F(MovingMail, both_sides_of_it_are_told_in_both_languages) {
  ASSERT_EQ(move_to(right).status, 303);
  for (const ActorId who : {kAgentMarie, kAuditor})
    for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
      const bool english = language == formats::Language::en;
      const std::string old_page = page(who, wrong, language);
      EXPECT_NE(words_on(old_page).find(english ? "This mail belongs to another case. Marie put it there on"
                                                : "Ce courriel relève d’un autre dossier. Marie l’y a placé le"),
                std::string::npos)
          << words_on(old_page);
      EXPECT_NE(old_page.find("It is about the parcel."), std::string::npos) << "why";
      EXPECT_NE(old_page.find("The parcel of May is lost."), std::string::npos) << "nothing is lost";
      EXPECT_EQ(joined(faults_of(old_page)), "");
      const std::string new_page = page(who, right, language);
      EXPECT_NE(new_page.find("The parcel of May is lost."), std::string::npos);
      EXPECT_NE(new_page.find("It is about the parcel."), std::string::npos);
      EXPECT_NE(words_on(new_page).find(english ? "came on Monday 2 March 2026, 11:05"
                                                : "arrivé le lundi 2 mars 2026, 11 h 05"),
                std::string::npos)
          << words_on(new_page);
      EXPECT_EQ(joined(faults_of(new_page)), "");
    }
  // The seller finds his words in both, and not what the desk said of them.
  for (const CaseId id : {wrong, right}) {
    const std::string sellers = page(kSellerAnn, id);
    EXPECT_NE(sellers.find("The parcel of May is lost."), std::string::npos);
    EXPECT_EQ(sellers.find("It is about the parcel."), std::string::npos);
  }
  EXPECT_NE(page(kSellerAnn, wrong).find(case_address(right)), std::string::npos);
}

TEST_F(MovingMail, opens_a_case_of_the_same_account) {
  const Response done = move(
      {{"do", "open"}, {"matter", "technical"}, {"subject", "The lost parcel"}, {"reason", "New."}}, wrong, message);
  ASSERT_EQ(done.status, 303) << words_on(done.body);
  const CaseId made = mailed.house.reader().reach()->case_id;
  EXPECT_EQ(location(done), case_address(made));
  EXPECT_EQ(mailed.house.row(made).account, kAnnsShop);
  EXPECT_EQ(mailed.house.row(made).opener, kSellerAnn);
  EXPECT_EQ(mailed.last_words(made).body, "The parcel of May is lost.");
  EXPECT_EQ(moved_mails(mailed.house.file(wrong)).taken.at(message).mail.to, made);
  const std::string id = intake::mail::read_message(raw).message_id;
  const auto known = known_id(mailed.house.reader(), id);
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->case_id, made);
}

TEST_F(MovingMail, may_come_back) {
  ASSERT_EQ(move_to(right).status, 303);
  const Response back =
      move({{"do", "case"}, {"case", number(wrong)}, {"reason", "No, it was right."}}, right, last_message(right));
  ASSERT_EQ(back.status, 303) << words_on(back.body);
  EXPECT_EQ(mailed.last_words(wrong).body, "The parcel of May is lost.");
  EXPECT_EQ(mailed.last_words(wrong).came, print_instant(came)) << "the first moment stays";
}

TEST_F(MovingMail, says_what_is_missing_and_keeps_what_was_typed) {
  const Response no_reason = move({{"do", "case"}, {"case", number(right)}, {"reason", ""}}, wrong, message);
  EXPECT_EQ(no_reason.status, 422);
  EXPECT_NE(no_reason.body.find("value=\"" + number(right) + "\""), std::string::npos);
  EXPECT_EQ(move({{"do", "case"}, {"case", "999999"}, {"reason", "x"}}, wrong, message).status, 422);
  EXPECT_EQ(move({{"do", "case"}, {"case", number(wrong)}, {"reason", "x"}}, wrong, message).status, 422) << "its own";
  EXPECT_EQ(move({{"do", "open"}, {"matter", "none"}, {"subject", "s"}, {"reason", "x"}}, wrong, message).status, 422);
  EXPECT_EQ(move({{"do", "open"}, {"matter", "technical"}, {"subject", ""}, {"reason", "x"}}, wrong, message).status,
            422);
  // What was no mail is not moved: the first words were typed on a page.
  std::uint32_t first = 0;
  for (const ledger::KeptEvent& kept : mailed.house.file(wrong).events)
    if (kept.event.kind == EventKind::message_sent && first == 0) first = kept.event.version.value;
  EXPECT_EQ(move({{"do", "case"}, {"case", number(right)}, {"reason", "x"}}, wrong, first).status, 422);
  EXPECT_EQ(mailed.house.count(right, EventKind::message_sent), 1U);
  EXPECT_EQ(mailed.house.count(wrong, EventKind::note_made), 0U);
  const Response sheet = visiting.get(agent_routes(), kAgentMarie, case_address(wrong) + "/move-mail",
                                      {{"message", std::to_string(message)}});
  EXPECT_EQ(sheet.body.find("name=\"checked\""), std::string::npos) << "Ann is known: there is nothing to look at";
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    EXPECT_EQ(joined(faults_of(visiting
                                   .get(agent_routes(), kAgentMarie, case_address(wrong) + "/move-mail",
                                        {{"message", std::to_string(message)}}, language)
                                   .body)),
              "");
}

TEST_F(MovingMail, where_a_mail_stays_the_page_says_why) {
  // Marie answers the letter that told her of the seller's words.
  const auto letters = MailedHouse::to(mailed.letters(), kAgentMarie);
  ASSERT_FALSE(letters.empty());
  EXPECT_TRUE(mailed.receive(MailedHouse::reply(kAgentMarie, letters.back().message_id, "We look for it.")).empty());
  const std::uint32_t ours = last_message(wrong);
  ASSERT_NE(ours, message);
  const std::string because = "The desk wrote this mail, so it stays here";
  EXPECT_NE(page(kAgentMarie, wrong).find(because), std::string::npos);
  EXPECT_EQ(page(kSellerAnn, wrong).find(because), std::string::npos) << "the seller has no such button";
  const Response sheet = visiting.get(agent_routes(), kAgentMarie, case_address(wrong) + "/move-mail",
                                      {{"message", std::to_string(ours)}});
  EXPECT_NE(sheet.body.find(because), std::string::npos);
  EXPECT_EQ(move({{"do", "case"}, {"case", number(right)}, {"reason", "x"}}, wrong, ours).status, 422);
}

TEST_F(MovingMail, takes_the_words_of_a_known_seller_to_no_other_account) {
  const CaseId bobs = mailed.house.open_case(kSellerBob);
  const Response done =
      move({{"do", "case"}, {"case", number(bobs)}, {"reason", "x"}, {"checked", "1"}}, wrong, message);
  EXPECT_EQ(done.status, 422);
  EXPECT_NE(words_on(done.body).find("Whoever wrote this mail has another account."), std::string::npos);
  EXPECT_EQ(mailed.house.count(bobs, EventKind::message_sent), 1U);
}

// ---- between two accounts -----------------------------------------------------------------------------------------

constexpr std::string_view kSecret = "quetzalfeather";

/// A mail from an address that nobody has here, with a file, that somebody put into Ann's case and that is Bob's.
class AcrossAccounts : public ::testing::Test {
 protected:
  AcrossAccounts() {
    const std::string words(kSecret);
    const std::string raw =
        "Message-ID: <far@away.example>\r\nFrom: Zed <zed@away.example>\r\nTo: desk@place.example\r\n"
        "Subject: " +
        words +
        "\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMy " +
        words + " words.\r\n--b\r\nContent-Type: text/plain; name=\"" + words +
        ".txt\"\r\n"
        "Content-Disposition: attachment; filename=\"" +
        words + ".txt\"\r\n\r\nThe " + words + " file.\r\n--b--\r\n";
    TrayMail waits;
    waits.id = "one";
    waits.reason = TrayReason::unknown_sender;
    waits.from = "zed@away.example";
    waits.message_id = "far@away.example";
    waits.received = kMonday;
    Errand errand;
    errand.records.push_back({.record = to_record(waits, kTrayKind)});
    errand.records.push_back({.record = raw_record("one", raw)});
    EXPECT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
    anns = opened_by(kSellerAnn);
    bobs = opened_by(kSellerBob);
    const Response put =
        ask(kAgentMarie, "/api/trays/mail", R"({"mail":"one","do":"case","case":)" + anns + R"(,"checked":true})");
    EXPECT_EQ(put.status, 200) << put.body;
  }

  std::string opened_by(ActorId seller) {
    const Response opened =
        ask(seller, "/api/cases", R"({"matter":"payment","subject":"A payout","body":"My payout is missing"})");
    EXPECT_EQ(opened.status, 201) << opened.body;
    return std::to_string(number(json_of(opened), "case"));
  }
  Response ask(ActorId who, const std::string& path, const std::string& json) {
    return desk.ask(who, Method::post, path, {}, json);
  }
  std::uint32_t last_message(const std::string& id) {
    std::uint32_t version = 0;
    const auto seen = json_of(desk.ask(kAgentMarie, Method::get, "/api/cases/" + id));
    for (const formats::JsonValue& event : seen.find("events")->items)
      if (text(event, "event") == "message_sent") version = static_cast<std::uint32_t>(number(event, "version"));
    return version;
  }
  Response move(const std::string& from, const std::string& to, const std::string& more = {}) {
    return ask(kAgentMarie, "/api/cases/" + from + "/move-mail",
               R"({"message":)" + std::to_string(last_message(from)) + R"(,"do":"case","case":)" + to +
                   R"(,"reason":"ocelotreason")" + more + "}");
  }
  static std::string body_of(const Response& response) { return response.shared ? *response.shared : response.body; }

  /// Every page, answer and file that this person can get of a case, and where one of these words stands in it.
  std::string where_found(ActorId who, const std::string& id, std::initializer_list<std::string_view> words) {
    // What is looked for is said back: so the search is for a beginning of it.
    std::vector<std::string> paths{"/cases/" + id + "?all=1", "/search?q=quetzalf*", "/api/search?q=quetzalf*",
                                   "/cases?q=quetzalf*", "/cases/" + id + "/dossier.zip?language=fr"};
    for (const Route& route : all_routes()) {
      if (route.method != Method::get || route.pattern == "/live" || route.pattern == "/signout") continue;
      std::string path(route.pattern);
      if (const std::size_t hole = path.find("{case}"); hole != std::string::npos) path.replace(hole, 6, id);
      const std::size_t hole = path.find('{');
      if (hole == std::string::npos) {
        paths.push_back(path);
        continue;
      }
      const std::size_t end = path.find('}', hole);
      for (int i = 1; i <= 30; ++i) {
        std::string one = path;
        paths.push_back(one.replace(hole, end - hole + 1, std::to_string(i)));
      }
    }
    std::string found;
    for (const std::string& path : paths) {
      const Response response = desk.ask(who, Method::get, path);
      std::string all = body_of(response);
      for (const auto& [name, value] : response.headers) all += name + ": " + value + "\n";
      for (const std::string_view word : words)
        if (all.find(word) != std::string::npos) found += path + " shows " + std::string(word) + "\n";
    }
    return found;
  }

  OpenDesk desk;
  std::string anns, bobs;
};

TEST_F(AcrossAccounts, the_search_for_what_is_shown_can_find_it) {
  const std::string found = where_found(kSellerAnn, anns, {kSecret});
  for (const std::string& path : std::vector<std::string>{"/cases/" + anns + " ", "/api/cases/" + anns + " ",
                                                          "/api/search", "dossier.zip", "/cases/" + anns + "/files/"})
    EXPECT_NE(found.find(path), std::string::npos) << path << "\n" << found;
}

TEST_F(AcrossAccounts, neither_seller_sees_what_is_the_others) {
  EXPECT_EQ(move(anns, bobs).status, 422) << "nobody has said whose words these are";
  const Response done = move(anns, bobs, R"(,"checked":true)");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(text(json_of(done), "address"), "/api/cases/" + bobs);
  // Ann saw it yesterday and does not see it today: neither the words nor the file, nor where they went, nor why.
  EXPECT_EQ(where_found(kSellerAnn, anns, {kSecret, "ocelotreason", "/cases/" + bobs + "\""}), "");
  EXPECT_NE(body_of(desk.ask(kSellerAnn, Method::get, "/cases/" + anns)).find("was taken out of this case"),
            std::string::npos)
      << "that something was there is not denied";
  // Bob has the words, the file and the mail, and hears of no case of Ann's.
  EXPECT_EQ(where_found(kSellerBob, bobs, {"ocelotreason", "/cases/" + anns + "\"", "from case " + anns}), "");
  const std::string bob = where_found(kSellerBob, bobs, {kSecret});
  for (const std::string& path :
       std::vector<std::string>{"/cases/" + bobs + " ", "/api/search", "/cases/" + bobs + "/files/"})
    EXPECT_NE(bob.find(path), std::string::npos) << path;
  // The desk and the auditor read everything in both.
  for (const ActorId who : {kAgentMarie, kAuditor})
    for (const std::string& id : {anns, bobs}) {
      const std::string page = body_of(desk.ask(who, Method::get, "/cases/" + id));
      EXPECT_NE(page.find(kSecret), std::string::npos);
      EXPECT_NE(page.find("ocelotreason"), std::string::npos);
      EXPECT_NE(page.find("/cases/" + (id == anns ? bobs : anns) + "\""), std::string::npos);
    }
}

TEST_F(AcrossAccounts, what_was_moved_on_before_is_withheld_along_the_whole_way) {
  const std::string second = opened_by(kSellerAnn);
  ASSERT_EQ(move(anns, second).status, 200);
  EXPECT_NE(where_found(kSellerAnn, anns, {kSecret}), "") << "within one account it stays readable";
  const Response done = move(second, bobs, R"(,"checked":true)");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(where_found(kSellerAnn, anns, {kSecret, "/cases/" + bobs + "\""}), "");
  EXPECT_EQ(where_found(kSellerAnn, second, {kSecret, "/cases/" + bobs + "\""}), "");
}

TEST_F(AcrossAccounts, asks_whose_words_they_are_only_where_nobody_knows) {
  const std::string sheet = body_of(desk.ask(
      kAgentMarie, Method::get, "/cases/" + anns + "/move-mail?message=" + std::to_string(last_message(anns))));
  EXPECT_NE(sheet.find("name=\"checked\""), std::string::npos);
  EXPECT_NE(sheet.find("value=\"" + std::string(kSecret) + "\""), std::string::npos) << "the subject of the mail";
}

TEST_F(AcrossAccounts, is_for_the_desks_own_people) {
  for (const ActorId who : {kSellerAnn, kSellerBob, kMediatorLea, kAuditor, kAdministrator}) {
    const Response refused = ask(who, "/api/cases/" + anns + "/move-mail",
                                 R"({"message":)" + std::to_string(last_message(anns)) + R"(,"do":"case","case":)" +
                                     bobs + R"(,"reason":"x","checked":true})");
    EXPECT_TRUE(refused.status == 403 || refused.status == 404) << who.value << " " << refused.status;
  }
}

}  // namespace
}  // namespace guichet::desk
