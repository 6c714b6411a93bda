#include <guichet/intake/mail/sides.hpp>

#include <gtest/gtest.h>

#include "mails.hpp"

namespace guichet::intake::mail {
namespace {

constexpr std::string_view kMapping = R"(
kind = "mailbox"
name = "atelier"
describes = "The mailbox of a workshop."

[desk]
addresses = ["@market.example", "@*.help.example"]
automatic = ["noreply@market.example"]

[seller]
name = "Atelier Dupont"
addresses = ["anna@shop.example", "anna@market.example"]

[persons]
by = ["address", "signature", "name"]
closings = ["À votre écoute"]
no_persons = ["Pôle litiges"]

[left_out]
addresses = ["news@market.example"]

[[agent]]
name = "Paul M."
addresses = ["p.m@market.example"]

[[agent]]
name = "Lucie"
signatures = ["Lucie D.", "L. D."]
)";

MailMapping mapping() {
  auto read = read_mail_mapping(kMapping, "atelier.toml");
  EXPECT_TRUE(read) << (read ? "" : read.error().detail);
  return read ? *read : MailMapping{};
}

Placing placed(const std::string& raw) { return place(mapping(), read_message(raw)); }

std::string from(std::string_view address, std::string_view body = "words\n") {
  return "From: " + std::string(address) + "\nTo: anna@shop.example\n\n" + std::string(body);
}

TEST(MailSides, a_mapping_goes_both_ways) {
  const MailMapping read = mapping();
  EXPECT_TRUE(is_mail_mapping(kMapping));
  EXPECT_FALSE(is_mail_mapping("name = \"log\"\n"));
  const auto again = read_mail_mapping(mail_mapping_as_toml(read), "again.toml");
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(mail_mapping_as_toml(*again), mail_mapping_as_toml(read));
  EXPECT_EQ(again->agents.size(), 2U);
  EXPECT_EQ(again->seller_name, "Atelier Dupont");
}

TEST(MailSides, faults_of_a_mapping_have_their_place) {
  const auto faults = [](std::string_view text) {
    const auto read = read_mail_mapping(text, "m.toml");
    return read ? std::string{} : read.error().detail;
  };
  const std::string lacks = faults("name = \"x\"\n");
  EXPECT_NE(lacks.find("kind = \"mailbox\""), std::string::npos) << lacks;
  EXPECT_NE(lacks.find("nobody is the desk"), std::string::npos) << lacks;
  EXPECT_NE(lacks.find("nobody is the seller"), std::string::npos) << lacks;
  const std::string no_address =
      faults("kind = \"mailbox\"\n[desk]\naddresses = [\"market\"]\n[seller]\naddresses = [\"*\"]\n");
  EXPECT_TRUE(no_address.starts_with("m.toml:3:")) << no_address;
  EXPECT_NE(no_address.find("\"market\" is no address"), std::string::npos) << no_address;
  EXPECT_NE(faults(std::string(kMapping) + "\n[[agent]]\nname = \"X\"\n").find("nothing shows who this is"),
            std::string::npos);
  EXPECT_NE(faults("kind = \"mailbox\"\nadresses = 1\n").find("adresses"), std::string::npos);
}

TEST(MailSides, patterns_of_addresses) {
  EXPECT_TRUE(covers("Anna@Shop.example", "anna@shop.EXAMPLE"));
  EXPECT_TRUE(covers("@shop.example", "x@shop.example"));
  EXPECT_FALSE(covers("@shop.example", "x@a.shop.example"));
  EXPECT_TRUE(covers("@*.shop.example", "x@a.shop.example"));
  EXPECT_TRUE(covers("@*.shop.example", "x@shop.example"));
  EXPECT_FALSE(covers("@*.shop.example", "x@webshop.example"));
  EXPECT_TRUE(covers("*", "x@y.example"));
  EXPECT_FALSE(covers("*", "nobody"));
}

TEST(MailSides, sides_by_address_and_domain) {
  const Placing desk = placed(from("Support <support@market.example>"));
  EXPECT_EQ(desk.side, Party::desk);
  EXPECT_EQ(desk.side_by, SideBy::domain);
  EXPECT_EQ(desk.side_rule, "@market.example");
  EXPECT_EQ(placed(from("x@a.help.example")).side, Party::desk);
  const Placing seller = placed(from("Anna Dupont <anna@shop.example>"));
  EXPECT_EQ(seller.side, Party::seller);
  EXPECT_EQ(seller.side_by, SideBy::address);
  EXPECT_EQ(seller.person, "Anna Dupont");
  // An address that is named counts more than a domain.
  EXPECT_EQ(placed(from("anna@market.example")).side, Party::seller);
  EXPECT_EQ(placed(from("bank@money.example")).side, Party::third);
  EXPECT_TRUE(placed(from("news@market.example")).left_out);
  EXPECT_EQ(placed("Subject: nobody\n\nwords").side, Party::third);
}

TEST(MailSides, everybody_else_may_be_the_seller) {
  const auto read = read_mail_mapping(
      "kind = \"mailbox\"\n[desk]\naddresses = [\"@market.example\"]\n[seller]\naddresses = [\"*\"]\n", "desk.toml");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(place(*read, read_message(from("a@market.example"))).side, Party::desk);
  EXPECT_EQ(place(*read, read_message(from("a@b.example"))).side, Party::seller);
}

TEST(MailSides, agents_by_address_signature_and_name) {
  const Placing paul = placed(from("Service <p.m@market.example>", "Bonjour.\n\nCordialement,\nMarie\n"));
  EXPECT_EQ(paul.person, "Paul M.");
  EXPECT_EQ(paul.person_by, PersonBy::address);
  const Placing lucie = placed(from("Service vendeurs <support@market.example>", "Bonjour.\n\n-- \nL. D.\nMarket\n"));
  EXPECT_EQ(lucie.person, "Lucie");
  EXPECT_EQ(lucie.person_by, PersonBy::signature);
  EXPECT_EQ(lucie.person_rule, "L. D.");
  const Placing marie =
      placed(from("Service vendeurs <support@market.example>",
                  "Bonjour Anna,\n\nNous regardons.\n\nBien cordialement,\n\nMarie B., Service vendeurs\n"));
  EXPECT_EQ(marie.person, "Marie B.");
  EXPECT_EQ(marie.person_by, PersonBy::signature);
  const Placing named = placed(from("Jean Petit <support@market.example>", "Bonjour.\n"));
  EXPECT_EQ(named.person, "Jean Petit");
  EXPECT_EQ(named.person_by, PersonBy::name);
  const Placing shared = placed(from("Service vendeurs <support@market.example>", "Bonjour.\n"));
  EXPECT_EQ(shared.person, "");
  const Placing own = placed(from("j.petit@market.example", "Bonjour.\n"));
  EXPECT_EQ(own.person, "j.petit@market.example");
  EXPECT_NE(marie.reason().find("desk by domain @market.example; Marie B. by signature"), std::string::npos)
      << marie.reason();
}

TEST(MailSides, names_below_closing_words) {
  const MailMapping of = mapping();
  const auto name = [&of](std::string_view text) { return signed_name(of, text, ""); };
  EXPECT_EQ(name("Bonjour\nCordialement\nMarie\n"), "Marie");
  EXPECT_EQ(name("Hello\nKind regards, Tom\n"), "Tom");
  EXPECT_EQ(name("Hallo\nMit freundlichen Grüßen\n\nJürgen Groß\nKundendienst\n"), "Jürgen Groß");
  EXPECT_EQ(name("X\nÀ votre écoute,\nÉlodie\n"), "Élodie");
  EXPECT_EQ(name("X\nCordialement,\nLe service vendeurs\n"), "");
  EXPECT_EQ(name("X\nCordialement,\nPôle litiges\n"), "");
  EXPECT_EQ(name("X\nCordialement,\n01 02 03 04 05\n"), "");
  EXPECT_EQ(name("Regardless of this, Tom\n"), "");
  EXPECT_EQ(name("nothing here\n"), "");
  EXPECT_EQ(signed_name(of, "words\n", "Marie\nMarket\n"), "Marie");
  // A farewell is nobody, and the name may stand below it.
  EXPECT_EQ(name("Words.\n\nCordialement,\nÀ bientôt\n"), "");
  EXPECT_EQ(name("Words.\n\nCordialement,\nÀ bientôt\nMarie\n"), "Marie");
  EXPECT_EQ(name("Words.\n\nCordialement,\nÀ demain\n"), "");
  EXPECT_EQ(name("Words.\n\nÀ très bientôt, Noor\n"), "Noor");
  EXPECT_EQ(signed_name(of, "words\n", "À bientôt\nMarie\n"), "Marie");
  // What is quoted is another's.
  const Placing quoted = placed(from("Service <support@market.example>",
                                     "Vu.\n\nLe 3 mars 2026 à 10:00, Anna a écrit :\n> Cordialement,\n> Anna\n"));
  EXPECT_EQ(quoted.person, "");
}

TEST(MailSides, programs_are_nobody) {
  const Placing machine = placed(from("Service <noreply@market.example>", "Cordialement,\nMarie\n"));
  EXPECT_TRUE(machine.machine());
  EXPECT_EQ(machine.machine_by, MachineBy::address);
  const Placing replied = placed("Auto-Submitted: auto-replied\n" + from("Service <support@market.example>"));
  EXPECT_EQ(replied.machine_by, MachineBy::header);
  EXPECT_NE(replied.reason().find("a program by its header (auto_reply)"), std::string::npos) << replied.reason();
  EXPECT_FALSE(placed("List-Id: <l.example>\n" + from("support@market.example")).machine()) << "people write to lists";
}

TEST(MailSides, a_proposal_from_the_mails_themselves) {
  MailSurvey survey;
  const auto add = [&survey](const std::string& a, const std::string& b, const std::string& more = "") {
    const std::string raw = more + "From: " + a + "\nTo: " + b + "\n\nwords\n";
    survey.add(read_message(raw), raw);
  };
  EXPECT_FALSE(survey.propose()) << "nothing was seen";
  for (int i = 0; i < 5; ++i) {
    add("Anna D. <anna@shop.example>", "support@market.example");
    add("Support <support@market.example>", "anna@shop.example");
    add("noreply@market.example", "anna@shop.example", "Auto-Submitted: auto-generated\n");
  }
  add("anna@shop.example", "friend@home.example");
  for (int i = 0; i < 9; ++i) add("news@paper.example", "anna@shop.example");
  const auto proposed = survey.propose();
  ASSERT_TRUE(proposed) << proposed.error().detail;
  EXPECT_EQ(proposed->seller, std::vector<std::string>{"anna@shop.example"});
  EXPECT_EQ(proposed->desk, std::vector<std::string>{"@*.market.example"});
  EXPECT_EQ(proposed->automatic, std::vector<std::string>{"noreply@market.example"});
  ASSERT_EQ(survey.reasons().size(), 3U);
  EXPECT_NE(survey.reasons()[1].find("market.example"), std::string::npos);
  EXPECT_TRUE(read_mail_mapping(mail_mapping_as_toml(*proposed), "p.toml"));
}

TEST(MailSides, a_proposal_where_both_have_one_provider) {
  MailSurvey survey;
  for (int i = 0; i < 3; ++i)
    for (const char* raw : {"From: a@post.example\nTo: b@post.example\n\nx\n",
                            "From: b@post.example\nTo: a@post.example\nDelivered-To: a@post.example\n\nx\n"})
      survey.add(read_message(raw), raw);
  const auto proposed = survey.propose();
  ASSERT_TRUE(proposed) << proposed.error().detail;
  EXPECT_EQ(proposed->seller, std::vector<std::string>{"a@post.example"});
  EXPECT_EQ(proposed->desk, std::vector<std::string>{"b@post.example"});
}

TEST(MailSides, the_page_of_the_format_names_every_key) {
  const std::string page = read_all(std::string(GUICHET_SOURCE_DIR) + "/docs/mailbox-mapping.md");
  const auto keys = mail_mapping_keys();
  for (const std::string& key : keys) {
    const auto inner = keys.lower_bound(key + ".");
    if (inner != keys.end() && inner->starts_with(key + ".")) continue;  // a table
    EXPECT_NE(page.find("`" + key + "`"), std::string::npos) << key << " is not explained";
  }
}

}  // namespace
}  // namespace guichet::intake::mail
