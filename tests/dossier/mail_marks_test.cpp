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
           Said{MailMark::restriction, "Votre limite de stockage passe de 1 500 à 100 unités."},
           Said{MailMark::restriction, "Your storage limit goes from 1,500 to 100 units."},
           Said{MailMark::restriction, "Vos annonces ont été suspendues."},
           Said{MailMark::transfer, "Je transmets votre demande au service concerné."},
           Said{MailMark::decision, "Nous avons décidé de vous rembourser."},
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
       })
    EXPECT_FALSE(has_mark(said.sentence, said.mark)) << said.sentence;
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
