// What everybody may read: pages that nobody needs to sign in for.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include <guichet/core/names.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/dossier/timeline.hpp>

#include "open_desk.hpp"

namespace guichet::desk {
namespace {

std::string see(OpenDesk& desk, const std::string& path, ActorId who = {}, int status = 200) {
  const Response response = desk.ask(who, Method::get, path);
  EXPECT_EQ(response.status, status) << path;
  return response.shared ? *response.shared : response.body;
}

bool has(const std::string& page, std::string_view words) { return page.find(words) != std::string::npos; }

void open_cases(OpenDesk& desk, int count, const std::string& matter) {
  for (int i = 0; i < count; ++i)
    ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                       R"({"matter":")" + matter + R"(","subject":"A case","body":"Words."})")
                  .status,
              201);
}

/// The figures as they are once everything is counted.
void count_anew(OpenDesk& desk) {
  desk.clock().advance(Duration{3'600'000});
  see(desk, "/figures");
  desk.shared().recounts->settle();
}

TEST(public_pages, the_procedure_in_force_in_both_languages) {
  OpenDesk desk;
  const std::string english = see(desk, "/procedure?language=en"), french = see(desk, "/procedure?language=fr");
  EXPECT_TRUE(has(english, "One desk for every case")) << english.substr(0, 2000);
  EXPECT_TRUE(has(english, "<svg")) << "the drawing";
  EXPECT_TRUE(has(english, "Regulation (EU) 2019/1150, art. 3(2)")) << "the sources";
  EXPECT_TRUE(has(english, "In force"));
  EXPECT_TRUE(has(english, R"(href="/procedure/1.toml")"));
  EXPECT_TRUE(has(see(desk, "/procedure/1"), "One desk for every case"));
  EXPECT_TRUE(has(french, "guichet"));
}

TEST(public_pages, every_clause_of_any_event_can_be_led_to) {
  OpenDesk desk;
  const std::string page = see(desk, "/procedure");
  const rulebook::ProcedureFile& file = desk.shared().procedures->at(desk.clock().now()).file;
  for (const auto& [path, clause] : file.clauses) EXPECT_TRUE(has(page, "id=\"" + path + "\"")) << path;
  // Links name the clause that the file has nearest to the rule.
  for (const char* path : {"clocks.first_answer.when_it_runs_out", "matter[4].level", "reopening.within"})
    EXPECT_TRUE(has(page, "id=\"" + file.clause(path).path + "\"")) << path;
}

TEST(public_pages, a_version_by_its_number_and_as_its_file) {
  OpenDesk desk;
  const Response file = desk.ask({}, Method::get, "/procedure/1.toml");
  EXPECT_EQ(file.body, *rulebook::procedure_text("guichet-unique"));
  EXPECT_EQ(file.content_type, "application/toml; charset=utf-8");
  EXPECT_TRUE(has(see(desk, "/procedure?number=1"), "One desk for every case"));
  for (const char* path : {"/procedure/2", "/procedure/0", "/procedure/x", "/procedure/65536", "/procedure/65537",
                           "/procedure/99999999999999999999", "/procedure/2.toml", "/procedure/.toml",
                           "/procedure?number=2", "/procedure?number=1x"})
    see(desk, path, {}, 404);
}

TEST(public_pages, a_coming_version_is_shown_beside_the_one_in_force) {
  OpenDesk desk;
  std::string text = *rulebook::procedure_text("guichet-unique");
  text.replace(text.find("version = \"1.0\""), 15, "version = \"2.0\"");
  Errand errand;
  errand.procedures.push_back({.id = {},
                               .name = "guichet-unique",
                               .version = "2.0",
                               .toml = text,
                               .effective_from = desk.clock().now() + std::chrono::days{30},
                               .adopted = desk.clock().now(),
                               .by = kAdministrator});
  ASSERT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  std::string page = see(desk, "/procedure");
  EXPECT_TRUE(has(page, "Not yet in force"));
  EXPECT_TRUE(has(page, R"(href="/procedure/2")"));
  EXPECT_TRUE(has(see(desk, "/procedure/2"), "Version 2.0"));
  desk.clock().advance(std::chrono::days{31});
  page = see(desk, "/procedure");
  EXPECT_TRUE(has(page, "Version 2.0"));
  EXPECT_TRUE(has(page, "No longer in force"));
}

TEST(public_pages, the_figures_of_a_year) {
  OpenDesk desk;
  EXPECT_TRUE(has(see(desk, "/figures"), "There is no case yet."));
  open_cases(desk, 12, "payment");
  open_cases(desk, 7, "stock");
  count_anew(desk);
  const std::string page = see(desk, "/figures");
  EXPECT_TRUE(has(page, "2026, so far"));
  EXPECT_TRUE(has(page, "19 cases were opened."));
  EXPECT_TRUE(has(page, "Payment and fees"));
  EXPECT_TRUE(has(page, ">12<"));
  EXPECT_TRUE(has(page, R"(<th scope="col" class="number">Cases</th>)")) << "heads stand over their numbers";
  EXPECT_TRUE(has(page, "Still being handled"));
  EXPECT_TRUE(has(page, "M6") && has(page, "M8") && has(page, "M13"));
  const std::string csv = see(desk, "/figures.csv");
  EXPECT_TRUE(has(csv, "2026,matter,stock,cases,19,7\r\n")) << csv;
  EXPECT_TRUE(has(see(desk, "/figures?language=fr"), "19 dossiers ont été ouverts."));
}

TEST(public_pages, small_numbers_are_kept_back) {
  OpenDesk desk;
  open_cases(desk, 4, "payment");
  count_anew(desk);
  std::string page = see(desk, "/figures");
  EXPECT_TRUE(has(page, "fewer than five"));
  EXPECT_FALSE(has(page, "Payment and fees"));
  open_cases(desk, 4, "stock");
  count_anew(desk);
  page = see(desk, "/figures");
  EXPECT_TRUE(has(page, "Other matters, counted together"));
  EXPECT_FALSE(has(page, "Payment and fees") || has(page, "Stock and storage"));
  EXPECT_FALSE(has(see(desk, "/figures.csv"), "payment"));
}

TEST(public_pages, say_what_is_missing_and_whom_to_ask) {
  OpenDesk desk;
  const std::string page = see(desk, "/accessibility");
  EXPECT_TRUE(has(page, "Nobody independent has audited this desk."));
  EXPECT_TRUE(has(page, "https://desk.example/seller")) << "the contact of the procedure";
  EXPECT_TRUE(has(see(desk, "/accessibility?language=fr"), "RGAA"));
  EXPECT_TRUE(has(see(desk, "/about"), "Apache License 2.0"));
}

TEST(public_pages, are_for_those_who_are_signed_in_too) {
  OpenDesk desk;
  for (const Route& route : public_routes()) {
    if (route.pattern.find('{') != std::string_view::npos) continue;
    for (const ActorId who : {ActorId{}, kSellerAnn, kAgentMarie, kAuditor, kAdministrator})
      see(desk, std::string{route.pattern}, who);
  }
}

}  // namespace
}  // namespace guichet::desk
