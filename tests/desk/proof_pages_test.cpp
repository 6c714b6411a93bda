// Receipts and heads as both sides get them, and that neither gets what the other may keep to itself.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include <openssl/evp.h>

#include <guichet/base/sha256.hpp>
#include <guichet/desk/pages/proof_pages.hpp>
#include <guichet/ledger/signing.hpp>
#include <guichet/proof/verdict.hpp>

#include "open_desk.hpp"
#include "visiting.hpp"

namespace guichet::desk {
namespace {

std::string see(OpenDesk& desk, const std::string& path, ActorId who = {}, int status = 200) {
  const Response response = desk.ask(who, Method::get, path);
  EXPECT_EQ(response.status, status) << path;
  return response.shared ? *response.shared : response.body;
}

proof::Verdict verdict_on(const std::string& text) { return proof::check_text(text, ledger::signed_by); }

void open_case(OpenDesk& desk) {
  ASSERT_EQ(
      desk.ask(kSellerAnn, Method::post, "/api/cases", {}, R"({"matter":"payment","subject":"A case","body":"Words."})")
          .status,
      201);
}

TEST(proof_pages, both_sides_get_the_receipt_of_the_newest_step) {
  OpenDesk desk;
  open_case(desk);
  for (const ActorId who : {kSellerAnn, kAgentMarie})
    for (const char* path : {"/cases/1/receipt", "/api/cases/1/receipt"}) {
      const proof::Verdict verdict = verdict_on(see(desk, path, who));
      ASSERT_TRUE(verdict.sound()) << path;
      ASSERT_EQ(verdict.proven.size(), 2U);
      EXPECT_EQ(verdict.proven.back().key, "verify.proven.act");
    }
  see(desk, "/cases/2/receipt", kSellerAnn, 404);
  see(desk, "/cases/1/receipt?act=99", kSellerAnn, 404);
  see(desk, "/cases/1/receipt?act=x", kSellerAnn, 404);
}

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (known == name) return value;
  return {};
}

TEST(proof_pages, the_verifier_is_for_everybody_and_runs_nothing_but_itself) {
  OpenDesk desk;
  const Response response = desk.ask({}, Method::get, "/verify");
  ASSERT_EQ(response.status, 200);
  EXPECT_NE(see(desk, "/procedure").find("href=\"/verify\""), std::string::npos) << "the foot of each page leads there";
  const std::string policy = header_of(response, "Content-Security-Policy");
  const std::size_t script = response.body.rfind("<script>");
  if (script == std::string::npos) {
    // Built where the browser's program cannot be made.
    EXPECT_NE(response.body.find("guichet verify FILE"), std::string::npos);
    return;
  }
  const std::size_t begins = script + std::string_view{"<script>"}.size();
  const std::string text = response.body.substr(begins, response.body.find("</script>", begins) - begins);
  const Sha256Digest digest = sha256(text);
  std::array<char, 45> hash{};
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(hash.data()), reinterpret_cast<const unsigned char*>(digest.data()),
                  static_cast<int>(digest.size()));
  EXPECT_NE(policy.find("script-src 'sha256-" + std::string{hash.data()} + "' 'wasm-unsafe-eval';"), std::string::npos)
      << policy;
  EXPECT_TRUE(policy.starts_with("default-src 'none';")) << policy;
  EXPECT_EQ(policy.find("'self'"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos) << policy;
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << policy;
}

TEST(proof_pages, a_desk_built_without_the_verifier_says_how_to_verify) {
  SmallHouse house;
  Visiting visiting(house);
  Request request;
  request.path = "/verify";
  Visit visit = visiting.visit_of(request, {});
  const Response response = verifier_page(visit, {});
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("guichet verify FILE"), std::string::npos);
}

TEST(proof_pages, every_step_has_one_and_they_are_of_one_history) {
  OpenDesk desk;
  open_case(desk);
  const std::string early = see(desk, "/head");
  ASSERT_TRUE(verdict_on(early).sound());
  const std::uint64_t before = verdict_on(early).heads.front().head.size;
  open_case(desk);
  const std::string page = see(desk, "/cases/1/receipts", kSellerAnn);
  EXPECT_NE(page.find("/cases/1/receipt?act="), std::string::npos);
  const proof::Verdict late = verdict_on(see(desk, "/head"));
  const proof::Verdict growth = verdict_on(see(desk, "/head?from=" + std::to_string(before)));
  ASSERT_TRUE(late.sound() && growth.sound());
  const proof::Verdict first = verdict_on(early);
  EXPECT_EQ(proof::compare({&first, {}}, {&late, {}}, growth.growths).kind, proof::Comparison::Kind::consistent);
  see(desk, "/head?from=0", {}, 422);
  see(desk, "/head?from=99999999", {}, 422);
  // A case's page leads there.
  for (const ActorId who : {kSellerAnn, kAgentMarie})
    EXPECT_NE(see(desk, "/cases/1", who).find("/cases/1/receipts"), std::string::npos);
}

TEST(proof_pages, a_note_of_the_desk_is_no_step_of_the_seller) {
  OpenDesk desk;
  open_case(desk);
  const Response noted = desk.ask(kAgentMarie, Method::post, "/api/cases/1/note", {}, R"({"body":"Between us."})");
  ASSERT_LT(noted.status, 300) << noted.body;
  const auto act_of = [](const std::string& text) {
    const proof::Verdict verdict = verdict_on(text);
    for (const auto& [name, value] : verdict.proven.back().of)
      if (name == "act") return value;
    return std::string{};
  };
  const std::string newest = act_of(see(desk, "/cases/1/receipt", kAgentMarie));
  EXPECT_NE(act_of(see(desk, "/cases/1/receipt", kSellerAnn)), newest);
  see(desk, "/cases/1/receipt?act=" + newest, kSellerAnn, 404);
  EXPECT_EQ(see(desk, "/cases/1/receipts", kSellerAnn).find("?act=" + newest + "\""), std::string::npos);
}

}  // namespace
}  // namespace guichet::desk
