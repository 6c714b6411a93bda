// Mailboxes whose every answer is known, by hand or because it was planted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/dossier/mailbox_audit.hpp>
#include <guichet/dossier/mailbox_report.hpp>
#include <guichet/dossier/wording.hpp>

namespace guichet::dossier {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kMonday = *parse_instant("2026-03-02T09:00:00Z");

/// A mailbox under construction.
struct Box {
  std::vector<ToldMail> mails;

  ToldMail& add(Instant at, Party side, std::uint32_t thread, std::string own) {
    ToldMail mail;
    mail.message_id = std::to_string(mails.size() + 1) + "@box.example";
    mail.place = "box, " + std::to_string(mails.size());
    mail.at = at;
    mail.side = side;
    mail.thread = thread;
    mail.own = own;
    mail.text = std::move(own);
    mail.subject = "Subject of thread " + std::string(thread + 1, 'x');
    mails.push_back(std::move(mail));
    return mails.back();
  }
  ToldMail& seller(Instant at, std::uint32_t thread, std::string own) {
    return add(at, Party::seller, thread, std::move(own));
  }
  ToldMail& desk(Instant at, std::uint32_t thread, std::string own, std::string agent = {}) {
    ToldMail& mail = add(at, Party::desk, thread, std::move(own));
    mail.agent = std::move(agent);
    if (!mail.agent.empty()) mail.agent_by = "signature";
    return mail;
  }
  ToldMail& closing(Instant at, std::uint32_t thread) {
    ToldMail& mail = add(at, Party::desk, thread, "Sans réponse de votre part, votre dossier a été clôturé.");
    mail.machine = true;
    return mail;
  }
};

/// Words that no other call gave, each long enough to tell something.
std::string fresh_words(Random& random, std::size_t count) {
  static std::uint64_t made = 20 * 20 * 20;
  std::string words;
  for (std::size_t i = 0; i < count; ++i) {
    std::string word;
    for (std::uint64_t left = ++made; left > 0; left /= 20) word += "bcdfghjklmnpqrstvwxz"[left % 20];
    words += (words.empty() ? "" : " ") + word + "a" + std::string(1, "aeiou"[random.below(5)]);
  }
  return words;
}

TEST(MailboxAudit, AnEmptyBoxSaysSo) {
  const MailboxAudit audit = audit_mailbox({});
  EXPECT_EQ(audit.read, 0U);
  EXPECT_FALSE(audit.closing_delay);
  EXPECT_EQ(audit_as_text(audit, {}, formats::Language::en), "There is no mail with a date here.\n");
  EXPECT_NE(audit_as_page(audit, {}, formats::Language::fr).find("<html lang=\"fr\""), std::string::npos);
  EXPECT_NE(audit_as_json(audit, {}, formats::Language::en).find("\"closing_delay\": null"), std::string::npos);
}

TEST(MailboxAudit, WhoIsKnownByAnAddressAloneDidNotSign) {
  Box box;
  box.seller(kMonday, 1, "Where are my lamps?");
  box.desk(kMonday + hours{1}, 1, "We look.", "ines@market.example").agent_by = "address";
  const std::string one = audit_as_text(audit_mailbox(box.mails), {}, formats::Language::en);
  EXPECT_NE(one.find("One person of the desk can be told, over one matter: one known by address alone."),
            std::string::npos)
      << one;
  EXPECT_EQ(one.find("signed"), std::string::npos) << one;
  box.desk(kMonday + hours{2}, 1, "We look again.", "Paul");
  box.desk(kMonday + hours{3}, 1, "And again.", "Paula").agent_by = "name";
  box.add(kMonday + hours{4}, Party::third, 1, "I am the carrier.");
  const std::string three = audit_as_text(audit_mailbox(box.mails), {}, formats::Language::fr);
  EXPECT_NE(
      three.find("3 personnes du guichet se distinguent, pour une affaire\u202f: une par sa signature, une par le "
                 "nom à côté de son adresse, une connue par sa seule adresse."),
      std::string::npos)
      << three;
  EXPECT_NE(three.find("Un autre est de quelqu’un d’autre."), std::string::npos) << three;
  const std::string page = audit_as_page(audit_mailbox(box.mails), {}, formats::Language::en);
  EXPECT_NE(page.find("3 persons of the desk can be told apart, in the order of their first mail"), std::string::npos);
  // Who signed one mail is known by signature.
  box.desk(kMonday + hours{5}, 1, "Signed this time.", "ines@market.example");
  EXPECT_EQ(audit_mailbox(box.mails).agents[0].by, "signature");
  box.mails.resize(1);
  EXPECT_TRUE(
      audit_as_text(audit_mailbox(box.mails), {}, formats::Language::en).starts_with("One mail, of 2 March 2026"))
      << audit_as_text(audit_mailbox(box.mails), {}, formats::Language::en);
}

/// One seller, one matter begun twice; everything counted by hand.
Box small_box() {
  Box box;
  box.seller(kMonday, 1, "Where are my twelve lamps of February? Nothing was paid.").subject = "Twelve lamps lost";
  box.desk(kMonday + days{3}, 1, "We thank you for your patience and look into it.", "Ines").subject =
      "Re: [Case 47110815] Twelve lamps lost";
  box.seller(kMonday + days{3} + hours{2}, 1, "Where are my twelve lamps of February? Please say.").subject =
      "Re: [Case 47110815] Twelve lamps lost";
  box.desk(kMonday + days{10}, 1, "Your request was transferred to another team.", "Paul").subject =
      "Re: [Case 47110815] Twelve lamps lost";
  box.closing(kMonday + days{12}, 2).subject = "[Case 47110815] closed";
  box.mails.back().own = "Your case has been closed.";
  box.seller(kMonday + days{20}, 3, "Case 47110815 was closed on me. Where are my twelve lamps of February?").subject =
      "Once more";
  return box;
}

TEST(MailboxAudit, ASmallBoxByHand) {
  const MailboxAudit audit = audit_mailbox(small_box().mails);
  EXPECT_EQ(audit.mails.size(), 6U);
  EXPECT_EQ(audit.by_side[1], 3U);
  EXPECT_EQ(audit.by_side[2], 2U);
  EXPECT_EQ(audit.machines, 1U);
  // The notice lies in no thread of the others: its case number brings it there.
  ASSERT_EQ(audit.conversations.size(), 2U);
  EXPECT_EQ(audit.conversations[0].mails, (std::vector<MailNumber>{1, 2, 3, 4, 5}));
  EXPECT_EQ(audit.conversations[0].closings, (std::vector<MailNumber>{5}));
  EXPECT_EQ(audit.conversations[0].agents, (std::vector<std::string>{"Ines", "Paul"}));
  EXPECT_EQ(audit.matters, 1U);
  ASSERT_EQ(audit.restarts.size(), 1U);
  EXPECT_EQ(audit.restarts[0].closing, 5U);
  EXPECT_EQ(audit.restarts[0].first, 6U);
  EXPECT_EQ(audit.restarts[0].why, SameMatter::case_number);
  ASSERT_EQ(audit.hand_offs.size(), 1U);
  EXPECT_EQ(audit.hand_offs[0].from, 2U);
  EXPECT_EQ(audit.hand_offs[0].to, 4U);
  ASSERT_EQ(audit.desk_silences.size(), 2U);
  EXPECT_EQ(audit.desk_silences[0].time, Duration{days{7} - hours{2}});
  EXPECT_EQ(audit.desk_silences[1].time, Duration{days{3}});
  ASSERT_EQ(audit.seller_silences.size(), 2U);
  EXPECT_EQ(audit.seller_silences[0].time, Duration{days{2}});
  EXPECT_EQ(audit.seller_silences[0].end, SilenceEnd::closing);
  ASSERT_EQ(audit.unanswered.size(), 1U);
  EXPECT_EQ(audit.unanswered[0].from, 6U);
  ASSERT_EQ(audit.questions.size(), 1U);
  EXPECT_EQ(audit.questions[0].asked, (std::vector<MailNumber>{1, 3, 6}));
  EXPECT_EQ(audit.questions[0].end, Asked::not_taken_up);
  EXPECT_EQ(audit.transfers.size(), 1U);
  ASSERT_EQ(audit.closings.size(), 1U);
  EXPECT_EQ(audit.closings[0].wait, Duration{days{2}});
  EXPECT_FALSE(audit.closing_delay) << "one closing shows no constant delay";
}

TEST(MailboxAudit, ASecondCopyCountsOnce) {
  Box box = small_box();
  box.mails.push_back(box.mails[2]);
  box.mails.back().place = "Sent, 0";
  const MailboxAudit audit = audit_mailbox(box.mails);
  EXPECT_EQ(audit.doubles, 1U);
  EXPECT_EQ(audit.mails.size(), 6U);
}

TEST(MailboxAudit, OfCopiesOneSealThatHoldsIsEnoughAndTheOtherIsTold) {
  for (const bool first : {true, false}) {
    Box box = small_box();
    box.mails[2].says = 7;
    box.mails.push_back(box.mails[2]);
    box.mails.back().place = first ? "Z" : "A";
    box.mails[2].seal = first ? MailSeal::verified : MailSeal::failed;
    box.mails.back().seal = first ? MailSeal::failed : MailSeal::verified;
    const MailboxAudit audit = audit_mailbox(box.mails);
    ASSERT_EQ(audit.mails.size(), 6U);
    EXPECT_EQ(audit.mails[2].seal, MailSeal::verified);
    EXPECT_EQ(audit.mails[2].copies_failed, 1U);
    const std::string page = audit_as_page(audit, {}, formats::Language::en);
    EXPECT_NE(page.find("The signature of one mail’s domain (DKIM) holds"), std::string::npos);
    EXPECT_NE(page.find("another copy bears a signature that does not hold"), std::string::npos);
    EXPECT_EQ(page.find("does not hold: it was changed"), std::string::npos);
  }
  // The same words with other bytes of a file are another mail.
  Box box = small_box();
  box.mails[2].says = 7;
  box.mails.push_back(box.mails[2]);
  box.mails.back().says = 8;
  EXPECT_EQ(audit_mailbox(box.mails).doubles, 0U);
}

TEST(MailboxAudit, TheTableOfMeasuresSaysItsUnits) {
  Box box;
  box.seller(kMonday, 1, "Which shelf holds parcel 4711?");
  box.desk(kMonday + days{8}, 1, "We look into it.", "Ines");
  box.seller(kMonday + days{9}, 1, "Thank you.");
  box.mails.front().place = "box.mbox, byte 1037";
  const MailboxAudit audit = audit_mailbox(box.mails);
  const std::string page = audit_as_page(audit, {}, formats::Language::fr);
  EXPECT_NE(page.find("plus long contre plus long × 8 (logarithme en base 2\u202F: 3)"), std::string::npos);
  EXPECT_NE(page.find("plus longue attente du guichet 8\u00A0j"), std::string::npos) << page;
  EXPECT_NE(page.find("box.mbox, octet 1037"), std::string::npos);
  EXPECT_EQ(page.find("1 questions"), std::string::npos);
  EXPECT_NE(page.find("Pour la seule question du vendeur"), std::string::npos);
}

TEST(MailboxAudit, QuestionsAboutOtherNumbersAreOtherQuestions) {
  Box box;
  box.seller(kMonday, 1, "Where is parcel 4711 now?");
  box.desk(kMonday + days{1}, 1, "Parcel 4711 lies in Lyon since 3 March 2026.", "Ines");
  box.seller(kMonday + days{2}, 1, "Where is parcel 4712 now?");
  box.desk(kMonday + days{3}, 1, "Parcel 4712 lies in Metz.", "Ines");
  box.seller(kMonday + days{4}, 1, "Where is parcel AB4713 now? Where is the parcel now?");
  box.desk(kMonday + days{5}, 1, "The parcel was found.", "Ines");
  for (int n = 0; n < 40; ++n)
    box.seller(kMonday + days{6} + hours{n}, 1, "Where is parcel " + std::to_string(5000 + n) + " now?");
  const MailboxAudit audit = audit_mailbox(box.mails);
  const auto of = [&](std::string_view number) {
    const auto at = std::find_if(audit.questions.begin(), audit.questions.end(),
                                 [&](const MailQuestion& one) { return one.words.find(number) != std::string::npos; });
    return at == audit.questions.end() ? MailQuestion{} : *at;
  };
  EXPECT_EQ(audit.questions.size(), 43U);
  EXPECT_EQ(of("4711").by, 6U) << "a mail that names no number may speak of it";
  EXPECT_EQ(of("4712").by, 6U);
  EXPECT_EQ(of("5003").asked.size(), 1U);
  box.mails.resize(4);
  const MailboxAudit early = audit_mailbox(box.mails);
  for (const MailQuestion& question : early.questions)
    EXPECT_EQ(question.by, question.words.find("4711") != std::string::npos ? 2U : 4U) << question.words;
}

TEST(MailboxAudit, AMailWithoutDateCountsInNoTime) {
  Box box = small_box();
  box.desk(kMonday, 1, "An undated answer about twelve lamps of February.", "Rita").at.reset();
  const MailboxAudit audit = audit_mailbox(box.mails);
  EXPECT_EQ(audit.undated, 1U);
  EXPECT_EQ(audit.desk_silences.size(), 2U);
  EXPECT_EQ(audit.mails.back().agent, "Rita");
}

TEST(MailboxAudit, ADateFarAheadOfAllOthersIsNotBelieved) {
  Box box = small_box();
  box.desk(*parse_instant("2099-01-01T09:00:00Z"), 1, "An answer of the next century.", "Rita");
  box.desk(*parse_instant("2099-02-01T09:00:00Z"), 1, "Another answer of the next century.", "Rita");
  const MailboxAudit audit = audit_mailbox(box.mails);
  EXPECT_EQ(audit.undated, 2U);
  EXPECT_TRUE(audit.mails[6].at_ahead);
  EXPECT_TRUE(audit.mails[7].at_ahead);
  EXPECT_EQ(*audit.to, kMonday + days{20});
  EXPECT_EQ(audit.desk_silences.at(0).time, Duration{days{7} - hours{2}});
  EXPECT_NE(audit_as_page(audit, {}, formats::Language::en).find("2 mails are dated more than two years after"),
            std::string::npos);

  // A server's word is believed, and what follows within two years.
  for (ToldMail& mail : box.mails) mail.arrived = mail.at > kMonday + days{1000};
  EXPECT_EQ(audit_mailbox(box.mails).undated, 0U);
  Box slow = small_box();
  slow.desk(kMonday + days{720}, 1, "An answer at last.", "Rita");
  EXPECT_EQ(audit_mailbox(slow.mails).undated, 0U);
}

TEST(MailboxAudit, WhatOnlyProgramsWroteIsNoConversation) {
  Box box = small_box();
  box.desk(kMonday + days{1}, 9, "You sold one lamp.").machine = true;
  const MailboxAudit audit = audit_mailbox(box.mails);
  EXPECT_EQ(audit.conversations.size(), 2U);
  EXPECT_EQ(audit.machines, 2U);
}

TEST(MailboxAudit, AQuestionIsAnsweredAskedAgainOrNot) {
  Box box;
  box.seller(kMonday, 1, "Which warehouse counted the cartons? When will the invoice be corrected?");
  box.desk(kMonday + days{1}, 1, "The warehouse of Valmont counted the cartons on Friday.", "Ines");
  box.seller(kMonday + days{2}, 1, "Which warehouse counted the cartons? You named two.");
  box.desk(kMonday + days{3}, 1, "> When will the invoice be corrected?\nTomorrow.", "Ines").own = "Tomorrow.";
  box.seller(kMonday + days{4}, 1, "Who signs the decision letter?");
  const MailboxAudit audit = audit_mailbox(box.mails);
  ASSERT_EQ(audit.questions.size(), 3U);
  EXPECT_EQ(audit.questions[0].words, "Which warehouse counted the cartons?");
  EXPECT_EQ(audit.questions[0].end, Asked::asked_again);
  EXPECT_EQ(audit.questions[0].by, 2U);
  EXPECT_EQ(audit.questions[1].words, "Who signs the decision letter?");
  EXPECT_EQ(audit.questions[1].end, Asked::no_mail_after);
  EXPECT_EQ(audit.questions[2].end, Asked::taken_up);
  EXPECT_EQ(audit.questions[2].by, 4U) << "quoted, with words below";
}

/// Whether a line of the mail quotes the question and words of its own follow that quote.
bool answered_within(const ToldMail& mail, const std::set<std::string>& question) {
  bool quoted = false;
  std::istringstream lines(mail.text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(">"))
      quoted = part_in(question, telling_words(line)) >= 0.6;
    else if (quoted && !folded_words(line).empty())
      return true;
  return false;
}

/// The questions of a box in one matter, each compared with each, as "words: asked … by n of m".
std::multiset<std::string> questions_the_plain_way(const std::vector<ToldMail>& mails) {
  struct Plain {
    std::string words;
    std::set<std::string> telling;
    std::vector<std::size_t> asked;
    std::size_t by = 0, after = 0;
  };
  std::vector<Plain> all;
  for (std::size_t i = 0; i < mails.size(); ++i) {
    if (mails[i].side != Party::seller) continue;
    for (const Sentence& sentence : sentences_of(mails[i].own)) {
      const std::string words = mails[i].own.substr(sentence.begin, sentence.end - sentence.begin);
      const std::set<std::string> telling = telling_words(words);
      if (!sentence.question || telling.size() < 2) continue;
      const auto same =
          std::find_if(all.begin(), all.end(), [&](const Plain& one) { return likeness(one.telling, telling) >= 0.6; });
      if (same == all.end())
        all.push_back({words, telling, {i + 1}});
      else if (same->asked.back() != i + 1)
        same->asked.push_back(i + 1);
    }
  }
  std::multiset<std::string> told;
  for (Plain& one : all) {
    for (std::size_t i = one.asked.front(); i < mails.size(); ++i) {
      if (mails[i].side != Party::desk) continue;
      ++one.after;
      if (part_in(one.telling, telling_words(mails[i].own)) >= 0.5 || answered_within(mails[i], one.telling))
        one.by = i + 1;
    }
    std::string line = one.words + ":";
    for (const std::size_t asked : one.asked) line += " " + std::to_string(asked);
    told.insert(line + " by " + std::to_string(one.by) + " of " + std::to_string(one.after));
  }
  return told;
}

TEST(MailboxAudit, QuestionsAreThoseOfThePlainWay) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::uint32_t known = 6 + random.below(30);
    const auto words = [&](std::uint32_t most) {
      std::string line;
      for (std::uint32_t n = random.below(most) + 1; n > 0; --n) {
        const std::uint32_t word = random.below(known);
        line += (line.empty() ? "W" : " w") + std::string(2, static_cast<char>('a' + word % 6)) + "x" +
                std::string(1, static_cast<char>('a' + word / 6)) + "z";
      }
      return line;
    };
    Box box;
    for (std::uint32_t n = 0; n < 40; ++n) {
      const Instant at = kMonday + hours{n};
      if (random.below(2) == 0) {
        std::string asked;
        for (std::uint32_t k = random.below(4) + 1; k > 0; --k) asked += words(7) + (random.below(5) > 0 ? "? " : ". ");
        box.seller(at, 1, asked);
      } else {
        ToldMail& mail = box.desk(at, 1, words(4) + ".", "Ines");
        mail.text.clear();
        for (std::uint32_t k = random.below(4); k > 0; --k)
          mail.text += "> " + words(7) + (random.below(2) == 0 ? "\n\nSo be it.\n" : "\n");
      }
    }
    const MailboxAudit audit = audit_mailbox(box.mails);
    ASSERT_LE(audit.matters, 1U);
    std::multiset<std::string> told;
    for (const MailQuestion& question : audit.questions) {
      std::string line = question.words + ":";
      for (const MailNumber asked : question.asked) line += " " + std::to_string(asked);
      told.insert(line + " by " + std::to_string(question.by) + " of " + std::to_string(question.mails_after));
    }
    EXPECT_EQ(told, questions_the_plain_way(audit.mails));
  }
}

TEST(MailboxAudit, AnOfferOnConditionOfSilenceIsQuoted) {
  Box box = small_box();
  box.desk(kMonday + days{30}, 3,
           "Madame,\n\nNous proposons de vous verser 4 518,40 euros.\nCette offre reste confidentielle.\n\nIl pleut.",
           "Laure");
  ToldMail& limit = box.desk(kMonday + days{33}, 12, "Votre limite de stockage passe de 1 200 à 80 unités.");
  limit.machine = true;
  const MailboxAudit audit = audit_mailbox(box.mails);
  ASSERT_EQ(audit.offers.size(), 1U);
  EXPECT_EQ(audit.offers[0].passages, (std::vector<std::string>{"Nous proposons de vous verser 4 518,40 euros.",
                                                                "Cette offre reste confidentielle."}));
  ASSERT_EQ(audit.limits.size(), 1U);
  ASSERT_TRUE(audit.limits[0].put_down);
  EXPECT_EQ(audit.limits[0].put_down->from, 1200);
  EXPECT_EQ(audit.limits[0].put_down->to, 80);
  // The catalogue's measure of what follows an offer, over the same mails.
  const measures::Figure* adverse = audit.findings.figure(measures::MeasureId::adverse_after);
  ASSERT_NE(adverse, nullptr);
  EXPECT_EQ(adverse->n, 1U);
  EXPECT_EQ(adverse->rows.at(0).stats.at(0).value, 1) << "within seven days";
}

TEST(MailboxAudit, WhatIsDeniedOrQuotedCountsNowhere) {
  Box box;
  box.seller(kMonday, 1, "Twelve lamps are lost.");
  box.desk(kMonday + days{1}, 1, "You wrote: \"It rains. Your case has been closed.\" We look into it.", "Ines");
  box.desk(kMonday + days{2}, 1, "Your account has not been suspended. Votre compte n'est pas suspendu.", "Ines");
  box.desk(kMonday + days{3}, 1, "Nobody said \"your case has been closed\".", "Ines");
  const MailboxAudit audit = audit_mailbox(box.mails);
  EXPECT_TRUE(audit.closings.empty());
  EXPECT_TRUE(audit.limits.empty());
  EXPECT_TRUE(audit.conversations.at(0).closings.empty());
}

struct Planted {
  Box box;
  double hours{};
  std::size_t closings{};
};

/// Conversations that a clock of so many hours closes; `late` at most after it.
Planted with_a_clock(std::uint64_t seed, Duration late) {
  constexpr int kHours[]{12, 24, 36, 48, 72, 96, 168};
  Random random(seed);
  Planted planted;
  planted.hours = kHours[random.below(7)];
  planted.closings = 10 + random.below(20);
  Instant at = kMonday;
  for (std::uint32_t thread = 1; thread <= planted.closings; ++thread) {
    at += hours{random.below(400)} + seconds{random.below(3600)};
    planted.box.seller(at, thread, fresh_words(random, 12) + ".");
    Instant now = at;
    for (std::uint64_t more = random.below(3) + 1; more > 0; --more) {
      now += hours{1 + random.below(300)} + seconds{random.below(3600)};
      planted.box.desk(now, thread, fresh_words(random, 12) + ".", more % 2 == 0 ? "Ines" : "Paul");
    }
    now += hours{static_cast<int>(planted.hours)} +
           Duration{static_cast<std::int64_t>(random.below(static_cast<std::uint32_t>(late.count())))};
    planted.box.closing(now, thread);
  }
  return planted;
}

TEST(MailboxAudit, FewClosingsSayTheSameEverywhere) {
  Planted planted = with_a_clock(3, minutes{40});
  const MailboxAudit audit = audit_mailbox(planted.box.mails);
  ASSERT_TRUE(audit.closing_delay);
  ASSERT_TRUE(audit.closing_delay->chance);
  const measures::Figure* figure = audit.findings.figure(measures::MeasureId::auto_close);
  ASSERT_NE(figure, nullptr);
  EXPECT_EQ(figure->stat("cases"), static_cast<double>(audit.closing_delay->rule.n));
  EXPECT_EQ(figure->stat("share"),
            static_cast<double>(audit.closing_delay->rule.n) / static_cast<double>(audit.closing_delay->rule.of));
}

TEST(MailboxAudit, APlantedClockIsFoundWithinAnHour) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed)
    for (const Duration late : {Duration{minutes{3}}, Duration{minutes{60}}}) {
      const Planted planted = with_a_clock(seed, late);
      const MailboxAudit audit = audit_mailbox(planted.box.mails);
      ASSERT_TRUE(audit.closing_delay) << "seed " << seed << ", up to " << late.count() << " ms late";
      EXPECT_NEAR(audit.closing_delay->rule.clock_hours, planted.hours, 1.0) << "seed " << seed;
      EXPECT_EQ(audit.closings.size(), planted.closings) << "seed " << seed;
      EXPECT_TRUE(
          std::all_of(audit.closings.begin(), audit.closings.end(), [](const auto& one) { return one.in_peak; }))
          << "seed " << seed;
    }
}

TEST(MailboxAudit, ThirtyClosingsAreJudgedAsInAnyLog) {
  Random random(3);
  Box box;
  Instant at = kMonday;
  for (std::uint32_t thread = 1; thread <= 60; ++thread) {
    at += hours{30};
    box.seller(at, thread, fresh_words(random, 12));
    box.desk(at + hours{thread}, thread, fresh_words(random, 12), "Ines");
    box.closing(at + hours{thread + 48} + seconds{random.below(60)}, thread);
  }
  const MailboxAudit audit = audit_mailbox(box.mails);
  ASSERT_TRUE(audit.closing_delay);
  EXPECT_FALSE(audit.closing_delay->chance);
  ASSERT_FALSE(audit.findings.closing_rules.empty());
  EXPECT_EQ(audit.closing_delay->rule.n, audit.findings.closing_rules.front().rule.n);
  EXPECT_EQ(audit.closing_delay->rule.clock_hours, 48);
}

TEST(MailboxAudit, ClosingsByHandShowNoClock) {
  // Closed within the same eight hours of a day, some days after the last mail: what a person's working day makes.
  std::size_t found = 0;
  constexpr std::size_t kBoxes = 150;
  for (std::uint64_t seed = 1; seed <= kBoxes; ++seed) {
    Random random(seed);
    Box box;
    const std::size_t closings = 3 + random.below(12);
    for (std::uint32_t thread = 1; thread <= closings; ++thread) {
      const Instant at = kMonday + days{thread};
      box.seller(at - hours{5}, thread, fresh_words(random, 12));
      box.desk(at, thread, fresh_words(random, 12), "Ines");
      box.closing(at + days{2} + seconds{random.below(8 * 3600)}, thread);
    }
    found += audit_mailbox(box.mails).closing_delay ? 1U : 0U;
  }
  EXPECT_LE(found, 1U) << "of " << kBoxes;
}

TEST(MailboxAudit, PlantedWordingIsCountedToTheWord) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Box box;
    const std::string planted = "We thank you for your patience and keep looking into your kind request.";  // 13 words
    const std::size_t with = 2 + random.below(8);
    std::size_t words = 0;
    for (std::uint32_t i = 0; i < 14; ++i) {
      const std::size_t own = 9 + random.below(30);
      std::string text = fresh_words(random, own) + ".";
      if (i < with) text = "Hello,\n\n" + text + " " + planted;
      words += own + (i < with ? 14 : 0);
      box.desk(kMonday + hours{i}, i, text, i % 3 == 0 ? "Ines" : "Paul");
    }
    const MailboxAudit audit = audit_mailbox(box.mails);
    EXPECT_EQ(audit.desk_words, words) << "seed " << seed;
    EXPECT_EQ(audit.repeated_words, 13 * with) << "seed " << seed;
    ASSERT_EQ(audit.passages.size(), 1U) << "seed " << seed;
    EXPECT_EQ(audit.passages[0].words, planted);
    EXPECT_EQ(audit.passages[0].mails.size(), with) << "seed " << seed;
    EXPECT_EQ(audit.passages[0].agents, 2U);
  }
}

TEST(MailboxAudit, PlantedQuestionsStayOpen) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Box box;
    std::size_t open = 0;
    const std::size_t all = 1 + random.below(10);
    for (std::uint32_t i = 0; i < all; ++i) {
      const std::string question = fresh_words(random, 6);
      box.seller(kMonday + days{i}, i, "Hello.\n\n" + question + "?");
      const bool answered = random.below(2) == 0;
      open += answered ? 0U : 1U;
      box.desk(kMonday + days{i} + hours{5}, i, answered ? "So: " + question + "." : fresh_words(random, 20) + ".",
               "Ines");
    }
    const MailboxAudit audit = audit_mailbox(box.mails);
    EXPECT_EQ(audit.questions.size(), all) << "seed " << seed;
    EXPECT_EQ(audit.questions_by_end[static_cast<std::size_t>(Asked::not_taken_up)], open) << "seed " << seed;
    EXPECT_EQ(audit.questions_by_end[static_cast<std::size_t>(Asked::taken_up)], all - open) << "seed " << seed;
  }
}

/// Anything that mails can do to one another.
Box any_box(std::uint64_t seed) {
  Random random(seed);
  Box box;
  const std::size_t mails = random.below(80);
  for (std::size_t i = 0; i < mails; ++i) {
    const auto thread = static_cast<std::uint32_t>(random.below(12));
    const Instant at = kMonday + minutes{random.below(300'000)};
    switch (random.below(6)) {
      case 0:
      case 1:
        box.seller(at, thread, "Where is lot " + std::to_string(thread % 4) + "? " + fresh_words(random, 5));
        break;
      case 2:
      case 3: box.desk(at, thread, fresh_words(random, 9), random.below(2) == 0 ? "Ines" : "Paul"); break;
      case 4: box.closing(at, thread); break;
      default:
        if (random.below(3) == 0)
          box.desk(at, thread, "We have decided to refund you.", "Rita");
        else if (random.below(3) == 0)
          box.seller(at, thread, "You may close the case.");
        else
          box.desk(at, thread, "").agent.clear();
    }
    if (random.below(2) == 0) box.mails.back().subject = "Lot of lamps " + std::string(thread % 4 + 1, 'i');
    if (random.below(20) == 0) box.mails.back().at.reset();
  }
  return box;
}

TEST(MailboxAudit, ListsAgreeWithTheCatalogue) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const MailboxAudit audit = audit_mailbox(any_box(seed).mails);
    const auto stat = [&](measures::MeasureId id, std::string_view name) {
      const measures::Figure* figure = audit.findings.figure(id);
      return figure == nullptr ? 0.0 : figure->stat(name).value_or(0);
    };
    EXPECT_EQ(stat(measures::MeasureId::restarts, "cases"), static_cast<double>(audit.restarts.size()))
        << "seed " << seed;
    EXPECT_EQ(stat(measures::MeasureId::hand_offs, "total"), static_cast<double>(audit.hand_offs.size()))
        << "seed " << seed;
    if (!audit.desk_silences.empty() && !audit.seller_silences.empty()) {
      const measures::Figure* figure = audit.findings.figure(measures::MeasureId::silence_asymmetry);
      ASSERT_NE(figure, nullptr);
      // The catalogue also counts what was waited within a silence that never ended.
      EXPECT_GE(figure->rows.at(0).stats.back().value, static_cast<double>(audit.desk_silences[0].time.count()) / 1000);
      EXPECT_GE(figure->rows.at(1).stats.back().value,
                static_cast<double>(audit.seller_silences[0].time.count()) / 1000);
    }
  }
}

TEST(MailboxAudit, TheOrderInTheFileDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Box box = any_box(seed);
    const std::string before = audit_as_json(audit_mailbox(box.mails), {}, formats::Language::en);
    Random random(seed + 1'000);
    for (std::size_t i = box.mails.size(); i > 1; --i)
      std::swap(box.mails[i - 1], box.mails[random.below(static_cast<std::uint32_t>(i))]);
    EXPECT_EQ(audit_as_json(audit_mailbox(box.mails), {}, formats::Language::en), before) << "seed " << seed;
  }
}

TEST(MailboxAudit, EveryPageLeadsToMailsThatAreListed) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const MailboxAudit audit = audit_mailbox(any_box(seed).mails);
    for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
      const std::string page = audit_as_page(audit, {}, language);
      for (std::size_t at = page.find("href=\"#m"); at != std::string::npos; at = page.find("href=\"#m", at + 1)) {
        const std::size_t begin = at + 7;
        const std::string id = page.substr(begin, page.find('"', begin) - begin);
        if (id == "main") continue;
        EXPECT_NE(page.find("id=\"" + id + "\""), std::string::npos) << id << ", seed " << seed;
      }
    }
  }
}

TEST(MailboxAudit, ForeignWordsAreNoMarkup) {
  Box box;
  box.seller(kMonday, 1, "Is <b>this</b> lamps markup question?").subject = "<script>alert(1)</script>";
  const std::string page = audit_as_page(audit_mailbox(box.mails), {}, formats::Language::en);
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace guichet::dossier
