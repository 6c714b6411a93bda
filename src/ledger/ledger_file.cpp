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

bool is_called_a_ledger(const std::string& path) {
  // The application's number, where SQLite's file format (1.3.17) has it.
  constexpr std::streamoff kPlace = 68;
  std::ifstream in(path, std::ios::binary);
  std::string number(4, '\0');
  return in.seekg(kPlace) && in.read(number.data(), 4) && number == "guic";
}

}  // namespace guichet::ledger
