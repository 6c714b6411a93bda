#include <gtest/gtest.h>

#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/routes.hpp>

#include "mailed_house.hpp"
#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

constexpr ActorId kStranger{77};

/// One mail of somebody who has an address here, and one of somebody who has none.
class Tray {
 public:
  MailedHouse mailed;
  CaseId case_id = mailed.house.open_case();
  Visiting visiting{mailed.house};

  std::string receive(ActorId from, const std::string& words) {
    const auto mails = mailed.receive(MailedHouse::reply(from, "", words));
    EXPECT_FALSE(mails.empty());
    return mails.empty() ? std::string{} : mails.back().id;
  }
  std::string page(formats::Language language = formats::Language::en) {
    return visiting.get(agent_routes(), kAgentMarie, "/trays/mail", {}, language).body;
  }
  Response settle(const std::vector<std::pair<std::string, std::string>>& values) {
    return visiting.post(agent_routes(), kAgentMarie, "/trays/mail", values);
  }
  std::string number() const { return std::to_string(case_id.value); }
  std::size_t messages() { return mailed.house.count(case_id, EventKind::message_sent); }
};

TEST(MailTrayPage, ShowsEachMailWithTheReasonWhyItWaits) {
  Tray tray;
  EXPECT_NE(words_on(tray.page()).find("No mail waits."), std::string::npos);
  tray.receive(kSellerAnn, "My payout <script>alert(1)</script> is missing.");
  for (const formats::Language language : {formats::Language::en, formats::Language::fr})
    EXPECT_EQ(joined(faults_of(tray.page(language))), "");
  const std::string page = tray.page();
  EXPECT_NE(words_on(page).find("Why it waits: it answers no mail of a case"), std::string::npos);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos) << "words of a mail are never markup";
  EXPECT_NE(page.find("&lt;script&gt;alert"), std::string::npos);
}

TEST(MailTrayPage, PutsAMailIntoACaseOfItsSender) {
  Tray tray;
  const std::string id = tray.receive(kSellerAnn, "It is about February.");
  const std::size_t before = tray.messages();
  const Response done = tray.settle({{"mail", id}, {"do", "case"}, {"case", tray.number()}});
  EXPECT_EQ(location(done), case_address(tray.case_id));
  EXPECT_EQ(tray.messages(), before + 1);
  EXPECT_TRUE(tray.mailed.tray().empty());
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "case"}, {"case", tray.number()}}).status, 422) << "settled already";
  EXPECT_EQ(tray.messages(), before + 1);
}

TEST(MailTrayPage, SomebodyAnswersForAStrangersMail) {
  Tray tray;
  const std::string id = tray.receive(kStranger, "I write from another address.");
  const std::size_t before = tray.messages();
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "case"}, {"case", tray.number()}}).status, 422);
  EXPECT_EQ(tray.messages(), before) << "nobody has said that it belongs";
  EXPECT_EQ(tray.page().find("Open a case with it"), std::string::npos) << "nor is there an account for a new case";
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "open"}, {"subject", "x"}, {"matter", "payment"}}).status, 422);
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "case"}, {"case", tray.number()}, {"checked", "1"}}).status, 303);
  EXPECT_EQ(tray.messages(), before + 1);
}

TEST(MailTrayPage, AMailOfOneSellerDoesNotSlipIntoAnothersCase) {
  Tray tray;
  const std::string id = tray.receive(kSellerBob, "My words are Bob's.");
  const std::size_t before = tray.messages();
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "case"}, {"case", tray.number()}}).status, 422);
  EXPECT_EQ(tray.settle({{"mail", id}, {"do", "case"}, {"case", "999999"}}).status, 422);
  EXPECT_EQ(tray.messages(), before);
  EXPECT_EQ(tray.mailed.tray().size(), 1U);
}

TEST(MailTrayPage, OpensACaseOrSetsAside) {
  Tray tray;
  const std::string first = tray.receive(kSellerAnn, "A new matter.");
  const Response opened =
      tray.settle({{"mail", first}, {"do", "open"}, {"subject", "A new matter"}, {"matter", "technical"}});
  ASSERT_EQ(opened.status, 303) << words_on(opened.body);
  const auto reach = tray.mailed.house.reader().reach();
  ASSERT_TRUE(reach);
  EXPECT_EQ(location(opened), case_address(reach->case_id));
  const ledger::ShelfRow row = tray.mailed.house.row(reach->case_id);
  EXPECT_EQ(row.subject, "A new matter");
  EXPECT_EQ(row.account, kAnnsShop);

  const std::string second = tray.receive(kStranger, "Buy now.");
  EXPECT_EQ(location(tray.settle({{"mail", second}, {"do", "aside"}})), "/trays/mail");
  EXPECT_TRUE(tray.mailed.tray().empty());
  EXPECT_TRUE(*tray.mailed.house.reader().record(kSettledKind, second)) << "set aside, not deleted";
  EXPECT_TRUE(raw_of(tray.mailed.house.reader(), second));
}

}  // namespace
}  // namespace guichet::desk
