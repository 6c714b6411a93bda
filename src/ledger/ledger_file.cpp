#include <guichet/ledger/ledger_file.hpp>

#include <filesystem>
#include <fstream>
#include <string_view>

namespace guichet::ledger {

bool is_ledger_file(const std::string& path) {
  constexpr std::string_view kBegins = "SQLite format 3";
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string start(kBegins.size(), '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == kBegins;
}

}  // namespace guichet::ledger
