// Where the suite's ledgers are: one line here for each kind of ledger there is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/memory.hpp>

namespace guichet::ledger::tests {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "guichet-ledger-XXXXXX").string();
    GUICHET_CHECK(mkdtemp(name.data()) != nullptr, "the folder for temporary files can be written");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A place where one ledger is.
class Place {
 public:
  virtual ~Place() = default;
  /// The ledger of this place, as the last one left it when it `lasts`.
  virtual std::unique_ptr<Ledger> open(Shelving shelving) = 0;
  virtual bool lasts() const = 0;
};

struct Engine {
  std::string name;
  std::function<std::unique_ptr<Place>()> place;
  bool quiet = false;  // nobody waits after an append, so that the ledger catches up
};

class MemoryPlace final : public Place {
 public:
  std::unique_ptr<Ledger> open(Shelving shelving) override { return memory_ledger(std::move(shelving)); }
  bool lasts() const override { return false; }
};

class SqlitePlace final : public Place {
 public:
  std::unique_ptr<Ledger> open(Shelving shelving) override {
    auto ledger = sqlite_ledger({.path = folder_.file("desk.ledger"), .cache_kib = 2048}, std::move(shelving));
    GUICHET_CHECK(static_cast<bool>(ledger), ledger ? "" : ledger.error().detail.c_str());
    return std::move(*ledger);
  }
  bool lasts() const override { return true; }

 private:
  Folder folder_;
};

inline const Engine kEngines[] = {
    {"memory", [] { return std::make_unique<MemoryPlace>(); }},
    {"sqlite", [] { return std::make_unique<SqlitePlace>(); }},
    {"sqlite_caught_up", [] { return std::make_unique<SqlitePlace>(); }, true},
};

}  // namespace guichet::ledger::tests
