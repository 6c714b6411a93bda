#include <guichet/dossier/print_catalog.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

const std::string kPaper =
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog\n   /Pages 2 0 R\n>>\nendobj\nxref\n0 2\ntrailer\n"
    "<< /Size 2\n   /Root 1 0 R\n   /Info 3 0 R\n>>\nstartxref\n57\n%%EOF\n";

TEST(PrintCatalog, puts_the_language_behind_a_paper) {
  const std::string paper = with_language(kPaper, "fr");
  EXPECT_TRUE(paper.starts_with(kPaper));
  EXPECT_EQ(paper.substr(kPaper.size()),
            "1 0 obj\n<< /Lang (fr) /ViewerPreferences << /DisplayDocTitle true >> /Type /Catalog\n   /Pages 2 0 "
            "R\n>>\nendobj\n"
            "xref\n1 1\n0000000148 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R /Info 3 0 R /Prev 57 "
            ">>\nstartxref\n276\n%%EOF\n");
  EXPECT_EQ(with_language(paper, "fr"), paper) << "once is enough";
}

TEST(PrintCatalog, leaves_alone_what_it_does_not_know) {
  for (const std::string paper :
       {"", "%PDF-1.7\n", "trailer\nstartxref\n", "trailer << /Root 1 0 R >>\nstartxref\n9\n"})
    EXPECT_EQ(with_language(paper, "en"), paper);
}

}  // namespace
}  // namespace guichet::dossier
