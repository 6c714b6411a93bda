#include <guichet/intake/mail/quoting.hpp>

#include <gtest/gtest.h>

#include <guichet/intake/mail/message.hpp>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

TEST(Quoting, a_french_reply_keeps_its_own_words) {
  const OwnWords own = own_words(read_message(mail_bytes("reply-fr.eml")).text);
  EXPECT_EQ(own.text, "Bonjour,\n\nvoici le numéro demandé : 12345.\nPourquoi le délai est-il dépassé ?\n");
  EXPECT_EQ(own.quoted_lines, 4U);
  EXPECT_EQ(own.signature_lines, 3U);
}

TEST(Quoting, html_quotes_are_quotes) {
  const OwnWords own = own_words(read_message(mail_bytes("html-only.eml")).text);
  EXPECT_EQ(own.text.find("Où est"), std::string::npos) << own.text;
  EXPECT_EQ(own.text.find("écrit"), std::string::npos) << own.text;
  EXPECT_NE(own.text.find("- deux"), std::string::npos) << own.text;
}

TEST(Quoting, words_between_quotes_are_kept) {
  EXPECT_EQ(own_words("> Where is it?\nHere.\n> When?\nMonday.\n").text, "Here.\n\nMonday.\n");
  EXPECT_EQ(own_words("On Mon, 2 Mar 2026 at 10:00, Ben <ben@stall.example>\nwrote:\n\n> Where?\n\nHere.\n").text,
            "Here.\n");
  EXPECT_EQ(
      own_words("Le 2 mars 2026 à 10:00, Un Nom Très Long\n<tres.long@boutique.example> a écrit :\n> Où ?\nIci.\n")
          .text,
      "Ici.\n");
}

TEST(Quoting, what_follows_a_mark_is_another_mail) {
  EXPECT_EQ(own_words("Yes.\n\n-----Original Message-----\nFrom: x\nwords\n").text, "Yes.\n");
  EXPECT_EQ(own_words("Oui.\n\n-----Message d'origine-----\nDe : x\nmots\n").text, "Oui.\n");
  EXPECT_EQ(own_words("Oui.\n\n-------- Message d’origine --------\nmots\n").text, "Oui.\n");
  EXPECT_EQ(own_words("Voir.\n\n---------- Message transféré ---------\nDe : x\nmots\n").text, "Voir.\n");
  EXPECT_EQ(own_words("Oui.\n\n________________________________\nDe : Guichet <g@place.example>\n"
                      "Envoyé : mardi 3 mars 2026 09:00\nÀ : Anna\nObjet : Votre dossier\n\nmots\n")
                .text,
            "Oui.\n");
  EXPECT_EQ(own_words("Yes.\n\n*From:* Desk\n*Sent:* Tuesday\n*To:* Ben\n*Subject:* x\n\nwords\n").text, "Yes.\n");
  EXPECT_EQ(own_words("Yes.\n\nOn 2 Mar 2026, at 10:00, Ben wrote:\n\nno marks on this quote\n").text, "Yes.\n");
}

TEST(Quoting, signatures_end_the_words) {
  EXPECT_EQ(own_words("Yes.\n-- \nBen\nStall\n").text, "Yes.\n");
  EXPECT_EQ(own_words("Oui.\n\nEnvoyé de mon iPhone\n").text, "Oui.\n");
  EXPECT_EQ(own_words("Yes.\n\nGet Outlook for Android\n\nOn 2 Mar 2026, Ben <b@x.example> wrote:\n> x\n").text,
            "Yes.\n");
  EXPECT_EQ(own_words("-- \nBen\n\nOn 2 Mar 2026, x@y.example wrote:\n> hm\nBelow the quote.\n").text,
            "Below the quote.\n");
}

TEST(Quoting, what_only_looks_like_it_stays) {
  for (const char* words : {
           "I wrote on 2 March:\nsend the parcel.\n",
           "From: my point of view, this is wrong.\nTo: me it is late.\n",
           "The seller wrote:\n",
           "On Monday I wrote:\nthe parcel is lost\n",
           "Le total :\n12 €\n",
           "a -- b\n--option\n",
           "Le vendeur a écrit :\nje ne sais pas\n",
       })
    EXPECT_EQ(own_words(words).text, words);
  EXPECT_EQ(own_words("").text, "");
  EXPECT_EQ(own_words("> all\n> quoted\n").text, "");
}

TEST(Quoting, nothing_is_added_and_any_text_ends) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += i % 3 == 0 ? "De : x\n" : i % 3 == 1 ? "On 1 x\n" : "--\n";
  EXPECT_LE(own_words(many).text.size(), many.size());
  EXPECT_LE(own_words(std::string(1'000'000, '>')).text.size(), 1U);
  EXPECT_EQ(own_words(std::string(1'000'000, 'a')).text.size(), 1'000'001U);
}

}  // namespace
}  // namespace guichet::intake::mail
