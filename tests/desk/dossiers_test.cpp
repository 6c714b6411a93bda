#include <guichet/desk/dossiers.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <guichet/desk/api/openapi.hpp>
#include <guichet/desk/mailbox_in.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/dossier_page.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/zip.hpp>
#include <guichet/ledger/signing.hpp>
#include <guichet/proof/verdict.hpp>

#include "markup.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

using dossier::Edition;
using formats::Language;

class Dossiers : public ::testing::Test {
 protected:
  Dossiers() : visiting(house) {}

  void must(ActorId who, const std::string& act, const std::vector<std::pair<std::string, std::string>>& values) {
    const Answer answer = house.act(who, id, act, values);
    ASSERT_TRUE(answer.ok()) << act << ": " << answer.error;
  }
  ActorId owner() { return house.row(id).state.owner; }

  std::string dossier(Edition edition = Edition::whole, Language language = Language::en) {
    auto made = make_dossier({.reader = house.reader(),
                              .ledger = house.ledger(),
                              .procedures = house.procedures(),
                              .people = house.people(),
                              .house = "A desk"},
                             {.case_id = id, .edition = edition, .language = language});
    EXPECT_TRUE(made) << made.error().detail;
    return made && *made ? **made : std::string();
  }
  static std::vector<formats::ZipEntry> entries(std::string_view zip) {
    auto read = formats::read_zip(zip, "d.zip");
    EXPECT_TRUE(read) << read.error().detail;
    return read ? *read : std::vector<formats::ZipEntry>{};
  }
  static std::string_view entry(const std::vector<formats::ZipEntry>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &formats::ZipEntry::name);
    EXPECT_NE(found, all.end()) << name;
    return found == all.end() ? std::string_view{} : found->bytes;
  }
  /// Whether any entry but the paper has these words.
  static bool says(std::string_view zip, std::string_view words) {
    return std::ranges::any_of(entries(zip),
                               [&](const auto& one) { return one.bytes.find(words) != std::string_view::npos; });
  }

  SmallHouse house;
  Visiting visiting;
  CaseId id = house.open_case();
};

TEST_F(Dossiers, tell_the_whole_case) {
  must(owner(), "message", {{"body", "It was paid on Friday."}, {"answers", "0"}});
  const std::string zip = dossier();
  const auto all = entries(zip);
  const auto json = formats::parse_json(entry(all, "case.json"), "case.json");
  ASSERT_TRUE(json) << json.error().detail;
  EXPECT_EQ(json->find("events")->items.size(), house.file(id).events.size());
  EXPECT_EQ(json->find("subject")->text, "Missing payout");
  EXPECT_EQ(json->find("seller")->find("name")->text, "Ann's shop");
  const std::string_view page = entry(all, "chronology.html");
  EXPECT_NE(page.find("It was paid on Friday."), std::string_view::npos);
  EXPECT_NE(page.find("clocks.first_answer"), std::string_view::npos) << "each clock names its clause";
  EXPECT_EQ(faults_of(page), std::vector<std::string>{"inline style"}) << "one file, with its style in it";
  EXPECT_EQ(page.find("<script"), std::string_view::npos);
  EXPECT_TRUE(entry(all, "messages/001.eml").starts_with("From: \"Ann\" <person-1@guichet.invalid>") ||
              entry(all, "messages/001.eml").find("person-1@guichet.invalid") != std::string_view::npos);
  EXPECT_EQ(entry(all, "procedure.toml"), house.procedures().all().front()->adopted.toml);
}

TEST_F(Dossiers, are_the_same_while_nothing_happens) {
  const std::string first = dossier();
  house.clock().set(house.clock().now() + std::chrono::minutes{5});
  EXPECT_EQ(first, dossier());
  EXPECT_NE(first, dossier(Edition::whole, Language::fr));
  must(owner(), "message", {{"body", "We look into it."}});
  EXPECT_NE(first, dossier());
}

TEST_F(Dossiers, keep_the_notes_of_the_desk_out_of_the_sellers_edition) {
  must(owner(), "note", {{"body", "Between us: a secret."}});
  EXPECT_TRUE(says(dossier(), "Between us: a secret."));
  const std::string zip = dossier(Edition::seller);
  EXPECT_FALSE(says(zip, "Between us"));
  EXPECT_TRUE(says(zip, "made a note inside the desk")) << "that there is one is no secret";
}

TEST_F(Dossiers, of_another_ledger_or_of_no_case_are_none) {
  const auto none = make_dossier({.reader = house.reader(),
                                  .ledger = house.ledger(),
                                  .procedures = house.procedures(),
                                  .people = house.people(),
                                  .house = "A desk"},
                                 {.case_id = CaseId{4711}, .edition = Edition::whole, .language = Language::en});
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST_F(Dossiers, are_proven_from_each_leaf_to_a_signed_head) {
  must(owner(), "note", {{"body", "Between us."}});
  for (const Edition edition : {Edition::seller, Edition::whole}) {
    const std::string zip = dossier(edition);
    const auto all = entries(zip);
    std::vector<proof::Entry> files;
    for (const auto& one : all) files.push_back({.name = one.name, .bytes = one.bytes});
    const proof::Verdict verdict = proof::check_dossier(files, ledger::signed_by);
    for (const proof::Said& said : verdict.wrong) ADD_FAILURE() << said.key;
    EXPECT_FALSE(verdict.proven.empty());
    EXPECT_FALSE(verdict.leaves.empty());
  }
}

TEST_F(Dossiers, have_no_mail_of_a_stated_fact) {
  must(kSellerAnn, "fact", {{"body", "Nobody wrote for ten days."}, {"date", "2026-02"}});
  const std::string zip = dossier();
  const auto all = entries(zip);
  for (const auto& one : all) {
    if (!one.name.starts_with("messages/")) continue;
    EXPECT_EQ(one.bytes.find("ten days"), std::string_view::npos) << one.name;
  }
  EXPECT_NE(entry(all, "chronology.html").find("Nobody wrote for ten days."), std::string_view::npos);
}

TEST_F(Dossiers, name_who_erased_a_text_and_why) {
  must(kSellerAnn, "message", {{"body", "A secret slipped in."}});
  const TextId gone = house.file(id).texts.back().id;
  Errand errand;
  errand.person = kAuditor;
  errand.erase.push_back(gone);
  errand.house.push_back({.by = kAuditor,
                          .what = "text_erased",
                          .detail = R"({"case":)" + std::to_string(id.value) + R"(,"text":)" +
                                    std::to_string(gone.value) + R"(,"reason":"mistake"})"});
  ASSERT_TRUE(house.clerk().run(std::move(errand)).ok());
  const std::string zip = dossier();
  EXPECT_FALSE(says(zip, "A secret slipped in."));
  const auto all = entries(zip);
  const std::string_view page = entry(all, "chronology.html");
  EXPECT_NE(page.find("it was sent by mistake"), std::string_view::npos);
  EXPECT_NE(page.find(" by " + house.people().person(kAuditor)->name), std::string_view::npos);
  EXPECT_NE(entry(all, "case.json").find("\"erased_because\": \"mistake\""), std::string_view::npos);
}

TEST_F(Dossiers, without_a_list_are_called_unsigned_and_what_is_proven_all_the_same_is_said) {
  const std::string zip = dossier();
  const auto all = entries(zip);
  std::vector<proof::Entry> files;
  for (const auto& one : all)
    if (one.name != proof::kManifestEntry) files.push_back({.name = one.name, .bytes = one.bytes});
  const auto has = [](const std::vector<proof::Said>& said, std::string_view key) {
    return std::ranges::find(said, key, &proof::Said::key) != said.end();
  };
  proof::Verdict verdict = proof::check_dossier(files, ledger::signed_by);
  EXPECT_TRUE(verdict.wrong.empty());
  EXPECT_FALSE(verdict.list_signed);
  EXPECT_FALSE(verdict.sound()) << "whoever strips the list finds no trust";
  EXPECT_EQ(proof::headline_of(verdict), "verify.unsigned");
  EXPECT_TRUE(has(verdict.proven, "verify.proven.head"));
  EXPECT_TRUE(has(verdict.proven, "verify.proven.texts"));
  EXPECT_FALSE(has(verdict.proven, "verify.proven.files"));
  EXPECT_TRUE(has(verdict.not_proven, "verify.open.unsigned"));
  // A text that was changed is found without a list too.
  std::string other;
  for (proof::Entry& one : files)
    if (one.name.starts_with("texts/")) {
      other = std::string(one.bytes) + " ";
      one.bytes = other;
      break;
    }
  verdict = proof::check_dossier(files, ledger::signed_by);
  EXPECT_EQ(proof::headline_of(verdict), "verify.unsound");
  EXPECT_TRUE(verdict.proven.empty());
  // Neither receipt nor list: nothing is proven; half a proof is wrong.
  std::erase_if(files, [](const proof::Entry& one) { return one.name.starts_with("proof/"); });
  verdict = proof::check_dossier(files, ledger::signed_by);
  EXPECT_EQ(proof::headline_of(verdict), "verify.unsigned");
  EXPECT_TRUE(verdict.proven.empty());
  EXPECT_TRUE(has(verdict.not_proven, "verify.open.no_proof"));
  files.push_back({.name = proof::kReceiptEntry, .bytes = entry(all, proof::kReceiptEntry)});
  EXPECT_EQ(proof::headline_of(proof::check_dossier(files, ledger::signed_by)), "verify.unsound");
}

TEST_F(Dossiers, can_be_taken_by_either_side_and_by_nobody_else) {
  must(owner(), "note", {{"body", "Between us."}});
  const std::string path = dossier_address(id);
  const Response seller = visiting.get(dossier_routes(), kSellerAnn, path);
  EXPECT_EQ(seller.status, 200);
  EXPECT_EQ(seller.content_type, "application/zip");
  EXPECT_FALSE(says(seller.body, "Between us"));
  EXPECT_EQ(visiting.get(dossier_routes(), kSellerBob, path).status, 404) << "as if it were not there";
  const Response agent = visiting.get(dossier_routes(), owner(), path);
  EXPECT_TRUE(says(agent.body, "Between us"));
  EXPECT_FALSE(says(visiting.get(dossier_routes(), owner(), path, {{"edition", "seller"}}).body, "Between us"));
  EXPECT_FALSE(says(visiting.get(dossier_routes(), kSellerAnn, path, {{"edition", "whole"}}).body, "Between us"))
      << "asking for more does not give more";
  EXPECT_TRUE(says(visiting.get(dossier_routes(), kAuditor, path).body, "Between us"));
  EXPECT_TRUE(says(visiting.get(dossier_routes(), kSellerAnn, path, {{"language", "fr"}}).body, "Chronologie"));
  const std::string api = "/api/cases/" + std::to_string(id.value) + "/dossier";
  EXPECT_EQ(visiting.get(dossier_routes(), kSellerAnn, api).body,
            visiting.get(dossier_routes(), kSellerAnn, path).body);
  EXPECT_EQ(visiting.get(dossier_routes(), kSellerBob, api).status, 404);
}

TEST_F(Dossiers, count_measures_up_to_their_own_day_and_name_them) {
  const auto announce = [this](CaseId of) {
    const Answer answer =
        house.act(kSupervisor, of, "announce",
                  {{"kind", "stock_limit"}, {"before", "1000"}, {"facts", "Late."}, {"ground", "Clause 4."}});
    ASSERT_TRUE(answer.ok()) << answer.error;
  };
  const auto ratio = [this] {
    const std::string zip = dossier();
    const auto all = entries(zip);
    const auto json = formats::parse_json(entry(all, "case.json"), "case.json");
    EXPECT_TRUE(json);
    const auto* found = json->find("derived")->find("adverse_after");
    EXPECT_NE(found, nullptr);
    std::vector<std::int64_t> cases;
    if (found == nullptr) return cases;
    for (const auto& one : found->find("counted")->items) cases.push_back(one.find("case")->integer);
    EXPECT_EQ(found->find("measures")->integer, static_cast<std::int64_t>(cases.size()));
    return cases;
  };
  announce(id);
  const auto told = [this] {
    const std::string zip = dossier();
    const auto all = entries(zip);
    return std::string(entry(all, "case.json"));
  };
  const std::string before = told();
  house.clock().advance(std::chrono::hours{48});
  const CaseId later = house.open_case();
  announce(later);
  EXPECT_EQ(ratio(), (std::vector<std::int64_t>{id.value})) << "the other came after the day of this dossier";
  EXPECT_EQ(told(), before);
  house.clock().advance(std::chrono::hours{48});
  must(owner(), "message", {{"body", "We look into it."}});
  EXPECT_EQ(ratio().size(), 2U);
}

TEST(OpenApi, the_dossier_is_a_zip_and_no_json) {
  const auto document = formats::parse_json(openapi_document({}), "openapi");
  ASSERT_TRUE(document) << document.error().detail;
  const auto* path = document->find("paths")->find("/api/cases/{case}/dossier");
  ASSERT_NE(path, nullptr);
  const auto* content = path->find("get")->find("responses")->find("200")->find("content");
  ASSERT_NE(content, nullptr);
  EXPECT_NE(content->find("application/zip"), nullptr);
  EXPECT_EQ(content->find("application/json"), nullptr);
}

constexpr std::string_view kBox =
    "From anna@shop.example Tue Mar  3 09:00:00 2026\n"
    "From: Anna <Anna@shop.example>\nTo: support@market.example\nSubject: My shelf\nMessage-ID: <1@shop.example>\n"
    "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nWhere is it gone?\n\n"
    "From no-reply@market.example Tue Mar  3 10:00:00 2026\n"
    "Auto-Submitted: auto-generated\nFrom: Robot <no-reply@market.example>\nTo: stock@market.example\nSubject: Fwd: My "
    "shelf\n"
    "Message-ID: <2@market.example>\nIn-Reply-To: <1@shop.example>\nDate: Tue, 3 Mar 2026 10:00:00 +0000\n\n"
    "Do not tell her about the flood.\n\n"
    "From support@market.example Tue Mar  3 11:00:00 2026\n"
    "From: Marie <support@market.example>\nTo: anna@shop.example\nSubject: Re: My shelf\n"
    "Message-ID: <3@market.example>\nIn-Reply-To: <1@shop.example>\nDate: Tue, 3 Mar 2026 11:00:00 +0000\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"
    "--b\n\nWe look into the warehouse.\n\n> Where is it gone?\n\n"
    "--b\nContent-Type: text/csv; name=\"list.csv\"\nContent-Disposition: attachment\n\na,b\n--b--\n";

class ImportedDossiers : public Dossiers {
 protected:
  void SetUp() override {
    const auto path =
        std::filesystem::path(::testing::TempDir()) / ("dossiers-" + std::to_string(::getpid()) + ".mbox");
    std::ofstream(path, std::ios::binary) << box_text();
    intake::mail::MailMapping mapping;
    mapping.name = "shop";
    mapping.desk = {"@market.example"};
    mapping.seller = {"anna@shop.example"};
    mapping.seller_name = "Anna's shop";
    intake::mail::Mailbox box(mapping);
    ASSERT_TRUE(box.read(path.string(), {}));
    box.settle();
    const auto done =
        import_mailbox(house.ledger(), shelving(house.procedures()),
                       {.box = box, .name = "in.mbox", .find_key = {}, .progress = {}}, house.clock().now());
    ASSERT_TRUE(done) << done.error().detail;
    ASSERT_EQ(done->mails, 3U);
    for (std::uint32_t i = 0; i < 3; ++i) raw.push_back(*box.raw_of(i));
    std::filesystem::remove(path);
    id = CaseId{2};
    ASSERT_EQ(house.row(id).subject, "My shelf");
  }
  /// What is imported; others change it.
  virtual std::string box_text() const { return std::string(kBox); }
  static std::size_t messages_in(const std::vector<formats::ZipEntry>& all) {
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto& one) { return one.name.starts_with("messages/"); }));
  }

  std::vector<std::string> raw;
};

TEST_F(ImportedDossiers, have_the_mails_as_messages_byte_for_byte) {
  const auto zip = dossier();
  const auto all = entries(zip);
  ASSERT_EQ(messages_in(all), 3U);
  EXPECT_EQ(entry(all, "messages/001.eml"), raw[0]);
  EXPECT_EQ(entry(all, "messages/002.eml"), raw[1]);
  EXPECT_EQ(entry(all, "messages/003.eml"), raw[2]);
  EXPECT_EQ(entry(all, "exhibits/01-list.csv"), "a,b");
  const auto json = formats::parse_json(entry(all, "case.json"), "case.json");
  ASSERT_TRUE(json) << json.error().detail;
  for (const auto& message : json->find("messages")->items) EXPECT_TRUE(message.find("raw")->boolean);
  for (const auto& event : json->find("events")->items) EXPECT_EQ(event.find("clause"), nullptr);
  std::vector<std::string> roles;
  for (const auto& person : json->find("people")->items) roles.push_back(person.find("role")->text);
  EXPECT_EQ(roles, (std::vector<std::string>{"seller", "desk", "desk"}));
  ASSERT_EQ(json->find("derived")->find("agents_met")->items.size(), 1U) << "a program is nobody";
}

TEST_F(ImportedDossiers, and_the_page_of_the_case_count_people_and_no_programs) {
  Request request;
  const Visit visit = visiting.visit_of(request, kAuditor);
  const auto seen = see_case(visit, id);
  ASSERT_TRUE(seen && *seen);
  EXPECT_EQ((*seen)->timeline.agents.size(), 1U);
  EXPECT_EQ((*seen)->timeline.desk_messages, 2U) << "what a program wrote was written all the same";
}

TEST_F(ImportedDossiers, say_what_was_written_and_nothing_that_is_not_so) {
  for (const Language language : {Language::en, Language::fr}) {
    const std::string zip = dossier(Edition::whole, language);
    const auto all = entries(zip);
    const std::string_view page = entry(all, "chronology.html");
    EXPECT_NE(page.find("We look into the warehouse."), std::string_view::npos);
    const std::size_t asked = page.find("Where is it gone?");
    ASSERT_NE(asked, std::string_view::npos);
    EXPECT_EQ(page.find("Where is it gone?", asked + 1), std::string_view::npos) << "quotes are cut for reading";
    const formats::Phrases phrases(language);
    EXPECT_NE(page.find(phrases("event.opened.unsaid")), std::string_view::npos);
    EXPECT_NE(page.find(phrases("dossier.chronology.imported", {{"n", "4"}})), std::string_view::npos);
    for (const char* untrue : {"Receipts went", "Les reçus sont allés", "contact.point", "answers.cover_every_question",
                               "receipts that the desk sent", "reçus envoyés"})
      EXPECT_EQ(page.find(untrue), std::string_view::npos) << untrue;
  }
}

/// The last mail has no date that can be used.
class UndatedDossiers : public ImportedDossiers {
  std::string box_text() const override {
    std::string text(kBox);
    const std::string date = "Date: Tue, 3 Mar 2026 11:00:00 +0000";
    return text.replace(text.find(date), date.size(), "Date: hier");
  }
};

TEST_F(UndatedDossiers, say_where_the_moment_of_a_mail_comes_from) {
  for (const Language language : {Language::en, Language::fr}) {
    const std::string zip = dossier(Edition::whole, language);
    const auto all = entries(zip);
    const std::string_view page = entry(all, "chronology.html");
    const formats::Phrases phrases(language);
    EXPECT_NE(page.find(phrases("dossier.time.separator")), std::string_view::npos);
    EXPECT_NE(page.find(phrases("dossier.challenge.time_elsewhere.title")), std::string_view::npos);
    EXPECT_NE(page.find(phrases("dossier.letters.unsigned")), std::string_view::npos);
    const auto json = formats::parse_json(entry(all, "case.json"), "case.json");
    ASSERT_TRUE(json);
    bool listed = false;
    for (const auto& one : json->find("derived")->find("expected_challenges")->items)
      listed = listed || (one.find("what")->text == "time_elsewhere" && one.find("count")->integer == 1);
    EXPECT_TRUE(listed);
    Request request;
    const Visit visit = visiting.visit_of(request, kAuditor, language);
    const auto seen = see_case(visit, id);
    ASSERT_TRUE(seen && *seen);
    PageParts parts;
    parts.title = "x";
    stream(parts.main, visit, **seen, true, false);
    EXPECT_NE(desk::page(visit, std::move(parts)).body.find(phrases("dossier.time.separator")), std::string::npos);
  }
}

TEST_F(ImportedDossiers, give_the_seller_what_both_sides_exchanged) {
  const std::string zip = dossier(Edition::seller);
  const auto all = entries(zip);
  ASSERT_EQ(messages_in(all), 2U);
  EXPECT_EQ(entry(all, "messages/001.eml"), raw[0]);
  EXPECT_EQ(entry(all, "messages/002.eml"), raw[2]);
  EXPECT_EQ(entry(all, "exhibits/01-list.csv"), "a,b");
  EXPECT_FALSE(says(zip, "about the flood")) << "a mail inside the desk";
  EXPECT_TRUE(says(dossier(), "about the flood"));
}

TEST_F(ImportedDossiers, are_proven_in_both_editions) {
  for (const Edition edition : {Edition::seller, Edition::whole}) {
    const std::string zip = dossier(edition);
    const auto all = entries(zip);
    std::vector<proof::Entry> files;
    for (const auto& one : all) files.push_back({.name = one.name, .bytes = one.bytes});
    const proof::Verdict verdict = proof::check_dossier(files, ledger::signed_by);
    for (const proof::Said& said : verdict.wrong) ADD_FAILURE() << said.key;
    EXPECT_FALSE(verdict.proven.empty());
  }
}

}  // namespace
}  // namespace guichet::desk
