#include <guichet/dossier/mail_marks.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace guichet::dossier {
namespace {

struct Said {
  MailMark mark;
  std::string_view sentence;
};

TEST(MailMarks, WhatIsSaid) {
  for (const Said& said : {
           Said{MailMark::closing, "Sans réponse de votre part, votre dossier 4711 a été clôturé."},
           Said{MailMark::closing, "Nous avons fermé votre demande et ne la rouvrirons que si vous répondez."},
           Said{MailMark::closing, "Your case has been closed."},
           Said{MailMark::closing, "This case is now closed, and will be reopened if you reply."},
           Said{MailMark::settled, "Vous pouvez clore le dossier."},
           Said{MailMark::settled, "Merci, tout est réglé."},
           Said{MailMark::offer, "Nous vous proposons la somme de 300 euros."},
           Said{MailMark::silence, "Cette offre est strictement confidentielle."},
           Said{MailMark::silence, "Vous vous engagez à ne pas divulguer ses termes."},
           Said{MailMark::silence, "You agree to withdraw your complaint."},
           Said{MailMark::silence, "Le montant reste confidentiel."},
           Said{MailMark::offer, "We offer you a voucher."},
           Said{MailMark::offer, "Nous vous proposons 80 €."},
           Said{MailMark::closing, "Votre dossier a été clôturé, comme celui d'un autre vendeur."},
           Said{MailMark::restriction, "Votre limite de stockage passe de 1 500 à 100 unités."},
           Said{MailMark::restriction, "Your storage limit goes from 1,500 to 100 units."},
           Said{MailMark::restriction, "Vos annonces ont été suspendues."},
           Said{MailMark::transfer, "Je transmets votre demande au service concerné."},
           Said{MailMark::decision, "Nous avons décidé de vous rembourser."},
           // A word that denies another clause, or only numbers.
           Said{MailMark::closing, "Votre dossier n° 4711 a été clôturé."},
           Said{MailMark::closing, "Your case no. AB-4711 has been closed."},
           Said{MailMark::closing, "As you did not answer, your case has been closed."},
           Said{MailMark::closing, "We have not heard from you and your case has been closed."},
           Said{MailMark::closing, "Sans réponse de votre part votre dossier est clos."},
           Said{MailMark::restriction, "Your case has not been closed, but your account has been suspended."},
           Said{MailMark::restriction, "Votre compte est suspendu, car vous n'avez pas répondu."},
           Said{MailMark::restriction, "Your account \"Lamps of the North\" has been suspended."},
           Said{MailMark::restriction, "Not only your account has been suspended."},
           Said{MailMark::silence, "Vous n'en parlerez à personne et renoncez à toute action."},
           Said{MailMark::silence, "You agree not to tell anybody of this confidential offer."},
           Said{MailMark::offer, "Nous proposons 300 euros si vous retirez votre plainte."},
           Said{MailMark::silence, "Nous proposons 300 euros si vous retirez votre plainte."},
       })
    EXPECT_TRUE(has_mark(said.sentence, said.mark)) << said.sentence;
}

TEST(MailMarks, WhatIsNotSaid) {
  for (const Said& said : {
           Said{MailMark::closing, "Sans réponse sous 48 heures, votre dossier sera clôturé."},
           Said{MailMark::closing, "Si votre dossier est clos, vous pouvez en ouvrir un autre."},
           Said{MailMark::closing, "Votre précédent dossier a été clôturé."},
           Said{MailMark::closing, "Le magasin est fermé le dimanche."},
           Said{MailMark::closing, "If your case is closed, open another."},
           Said{MailMark::settled, "Si le problème est résolu, dites-le nous."},
           Said{MailMark::silence, "Nous vous remercions de votre patience."},
           Said{MailMark::restriction, "Votre limite de stockage passe de 100 à 1 500 unités."},
           Said{MailMark::restriction, "La livraison passe de 5 à 3 jours."},
           Said{MailMark::restriction, "Si votre compte est suspendu, écrivez-nous."},
           Said{MailMark::transfer, "J'ai transmis mes amitiés."},
           Said{MailMark::decision, "La décision vous appartient."},
           // Denied.
           Said{MailMark::restriction, "Your account has not been suspended."},
           Said{MailMark::restriction, "Your account hasn't been suspended."},
           Said{MailMark::restriction, "Your account is no longer suspended."},
           Said{MailMark::restriction, "Votre compte n'est pas suspendu."},
           Said{MailMark::restriction, "Votre compte n’est ni bloqué, ni suspendu."},
           Said{MailMark::restriction, "Your account has not been limited, blocked, or even suspended."},
           Said{MailMark::restriction, "We have not, as you say, suspended your account."},
           Said{MailMark::restriction, "Your limit was not reduced from 1,500 to 100 units."},
           Said{MailMark::restriction, "Aucune de vos annonces n'a été suspendue."},
           Said{MailMark::closing, "It is not true that your case has been closed."},
           Said{MailMark::closing, "Your case has not been closed."},
           Said{MailMark::closing, "Votre dossier n'est jamais clôturé."},
           Said{MailMark::closing, "Il est faux que votre dossier a été clôturé."},
           Said{MailMark::settled, "Je ne crois pas que le problème est résolu."},
           Said{MailMark::offer, "Nous ne vous proposons aucune somme."},
           Said{MailMark::offer, "Nous vous proposons de retirer cet article de la vente."},
           Said{MailMark::offer, "Voici notre proposition de rendez-vous."},
           Said{MailMark::silence, "Votre mode de retrait restera confidentiel."},
           Said{MailMark::silence, "Le code de retrait est confidentiel."},
           Said{MailMark::closing, "Le dossier de votre concurrent a été clôturé."},
           Said{MailMark::closing, "The case of another seller has been closed."},
           Said{MailMark::silence, "Cette offre n'est pas confidentielle."},
           Said{MailMark::decision, "Nothing of this is our problem; we never said that we have decided it."},
           Said{MailMark::transfer, "Je ne transmets pas votre demande."},
           // Asked.
           Said{MailMark::restriction, "Has your account been suspended?"},
           Said{MailMark::closing, "Est-ce que votre dossier est clos ?"},
           Said{MailMark::closing, "Votre dossier a été clôturé, n'est-ce pas ?"},
           Said{MailMark::closing, "Your case has been closed, is it not?"},
           Said{MailMark::closing, "Do you say that your case has been closed, and would you like it open again?"},
           Said{MailMark::transfer, "Has your case been transferred, and do you know to whom?"},
           Said{MailMark::restriction, "Why do you think that your account is suspended?"},
           Said{MailMark::offer, "Avez-vous reçu notre proposition ?"},
           // Supposed.
           Said{MailMark::restriction, "Write to us if your account has been suspended."},
           Said{MailMark::restriction, "Votre compte est suspendu si vous ne répondez pas."},
           Said{MailMark::restriction, "S'il apparaît que votre compte est suspendu, écrivez-nous."},
           Said{MailMark::decision, "Dites-nous si la demande a été refusée."},
           // Said by others.
           Said{MailMark::closing, "Nobody said \"your case has been closed\"."},
           Said{MailMark::closing, "Vous écrivez « votre dossier a été clôturé »."},
           Said{MailMark::closing, "You wrote “your case has been closed”, and we look into it."},
           Said{MailMark::closing, "You wrote 'your case has been closed', and we don't see it."},
           Said{MailMark::restriction, "You wrote \"my account has been suspended."},
       })
    EXPECT_FALSE(has_mark(said.sentence, said.mark)) << said.sentence;
}

TEST(MailMarks, WhatIsSaidBeforeAQuestionIsSaid) {
  for (const Said& said : {
           Said{MailMark::transfer,
                "Your case has been transferred to another team, could you send the invoice again?"},
           Said{MailMark::transfer,
                "Votre dossier a été transféré au service comptable, pouvez-vous renvoyer la facture ?"},
           Said{MailMark::closing, "Votre dossier a été clôturé : souhaitez-vous le rouvrir un jour ?"},
           Said{MailMark::restriction, "We have suspended your account, do you have any questions?"},
           Said{MailMark::decision, "We have decided to refuse it, and would you please confirm this?"},
           Said{MailMark::offer, "Would you accept a settlement of 500 euros?"},
           Said{MailMark::offer, "Accepteriez-vous une somme de 500 euros ?"},
           Said{MailMark::silence, "Would you accept to keep this confidential?"},
           Said{MailMark::silence, "Seriez-vous prêt à retirer votre plainte ?"},
       })
    EXPECT_TRUE(has_mark(said.sentence, said.mark)) << said.sentence;
}

TEST(MailMarks, QuotationsAreBlankAndAllElseStays) {
  EXPECT_EQ(without_quotes("He said \"no\"."), "He said    \".");
  EXPECT_EQ(without_quotes("l'offre d'hier, 24\" large"), "l'offre d'hier, 24\" large");
  EXPECT_EQ(without_quotes("« a\n\nb"), "    \n\nb");
  EXPECT_EQ(without_quotes("a 'don't' b"), "a       ' b");
  EXPECT_EQ(without_quotes("the sellers' box"), "the sellers' box");
}

TEST(MailMarks, AmountsPutDown) {
  const auto down = [](std::string_view sentence) {
    const auto found = put_down(sentence);
    return found ? std::pair{found->from, found->to} : std::pair{0.0, 0.0};
  };
  EXPECT_EQ(down("de 1 500 à 100"), (std::pair{1500.0, 100.0}));
  EXPECT_EQ(down("de 1\u202f500,5 mètres à 100"), (std::pair{1500.5, 100.0}));
  EXPECT_EQ(down("from 12,000 to 800 units"), (std::pair{12000.0, 800.0}));
  EXPECT_EQ(down("le 3 mars, de 20 unités à 10"), (std::pair{20.0, 10.0}));
  EXPECT_EQ(down("de 100 à 1500"), (std::pair{0.0, 0.0}));
  EXPECT_EQ(down("de 99999999999999999999999 à 1"), (std::pair{999999999999999.0, 1.0}));
  EXPECT_EQ(down(""), (std::pair{0.0, 0.0}));
}

}  // namespace
}  // namespace guichet::dossier
