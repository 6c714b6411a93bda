#include "made_ledger.hpp"

#include <algorithm>
#include <filesystem>

#include <guichet/desk/desk.hpp>

namespace guichet::cli {

MadeLedger::MadeLedger(const std::string& path) : path_(path) {
  for (const char* ending : {"", "-wal", "-shm", "-lock", ".key"})
    if (!std::filesystem::exists(path + ending)) made_.push_back(path + ending);
}

Outcome MadeLedger::may_be_made() const {
  if (path_.empty()) return Error{Fault::usage, "the ledger has an empty name; name a file"};
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  std::error_code fault;
  if (folder.empty() || std::filesystem::is_directory(folder, fault)) return Done{};
  return Error{Fault::usage, path_ + ": there is no folder " + folder.string() +
                                 "; make it, or name a ledger in a folder that is there"};
}

void MadeLedger::take_away() const {
  if (std::ranges::find(made_, path_) == made_.end() || holds_something()) return;
  std::error_code gone;
  for (const std::string& path : made_) std::filesystem::remove(path, gone);
}

bool MadeLedger::holds_something() const {
  const auto opened = desk::open_ledger({.path = path_, .mode = ledger::Opening::Mode::read_only});
  if (!opened) return false;
  const auto reader = opened->ledger->reader();
  const auto reach = reader ? (*reader)->reach() : Result<ledger::Reach>(reader.error());
  // The rules of a new ledger were adopted for this start alone.
  return reach && (reach->act != 0 || reach->text);
}

}  // namespace guichet::cli
