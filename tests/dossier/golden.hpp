// Whole outputs kept as files under tests/golden. GUICHET_BLESS=1 rewrites them; the commit says why.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace guichet::dossier {

inline void same_as_kept(const std::string& name, const std::string& report) {
  const std::string path = std::string{GUICHET_SOURCE_DIR} + "/tests/golden/" + name;
  if (std::getenv("GUICHET_BLESS") != nullptr) std::ofstream(path, std::ios::binary) << report;
  std::ifstream in(path, std::ios::binary);
  std::stringstream kept;
  kept << in.rdbuf();
  EXPECT_EQ(kept.str(), report) << name << " differs: run this test with GUICHET_BLESS=1 and look at the change";
}

}  // namespace guichet::dossier
