#include <guichet/dossier/print_catalog.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

const std::string kPaper =
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog\n   /Pages 2 0 R\n>>\nendobj\n3 0 obj\n<< /Title (a)\n"
    "   /CreationDate (20260921141320Z)\n>>\nendobj\nxref\n0 2\ntrailer\n"
    "<< /Size 4\n   /Root 1 0 R\n   /Info 3 0 R\n>>\nstartxref\n57\n%%EOF\n";

TEST(PrintCatalog, puts_the_language_behind_a_paper) {
  const std::string paper = with_language(kPaper, "fr");
  EXPECT_TRUE(paper.starts_with(kPaper));
  const std::string catalog =
      "1 0 obj\n<< /Lang (fr) /ViewerPreferences << /DisplayDocTitle true >> /Type /Catalog\n   /Pages 2 0 "
      "R\n>>\nendobj\n";
  const std::string about = "3 0 obj\n<< /Title (a)\n   /CreationDate (D:20260921141320Z)\n>>\nendobj\n";
  const std::size_t second = kPaper.size() + catalog.size(), table = second + about.size();
  const auto place = [](std::size_t at) {
    return std::string(10 - std::to_string(at).size(), '0') + std::to_string(at);
  };
  EXPECT_EQ(paper.substr(kPaper.size()),
            catalog + about + "xref\n1 1\n" + place(kPaper.size()) + " 00000 n \n3 1\n" + place(second) +
                " 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Info 3 0 R /Prev 57 >>\nstartxref\n" +
                std::to_string(table) + "\n%%EOF\n");
  EXPECT_EQ(with_language(paper, "fr"), paper) << "once is enough";
}

TEST(PrintCatalog, leaves_alone_what_it_does_not_know) {
  for (const std::string paper :
       {"", "%PDF-1.7\n", "trailer\nstartxref\n", "trailer << /Root 1 0 R >>\nstartxref\n9\n"})
    EXPECT_EQ(with_language(paper, "en"), paper);
}

}  // namespace
}  // namespace guichet::dossier
