#include <guichet/ledger/sqlite_log.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include <sqlite3.h>

#include <guichet/base/random.hpp>

#include "places.hpp"

namespace guichet::ledger::tests {
namespace {

/// A database as SQLite gives it, over files of a name.
class Base {
 public:
  Base(const std::string& path, const char* files) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, files), SQLITE_OK);
  }
  Base(const Base&) = delete;
  Base& operator=(const Base&) = delete;
  ~Base() { sqlite3_close(handle_); }
  void does(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(handle_);
  }
  std::string says(const std::string& sql) {
    std::string all;
    const auto add = [](void* to, int count, char** values, char**) {
      auto& text = *static_cast<std::string*>(to);
      for (int i = 0; i < count; ++i) text.append(values[i] == nullptr ? "" : values[i]).append("|");
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), add, &all, nullptr), SQLITE_OK) << sql;
    return all;
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* kBegin =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, body NOT NULL)";
constexpr const char* kAll =
    "SELECT count(*), sum(id * length(body)), sum(id * unicode(substr(body, length(body) / 2 + 1, 1))) FROM rows";

TEST(SqliteLog, IsTheSameForWhoeverReadsIt) {
  ASSERT_NE(log_in_one_piece(), nullptr);
  const std::uint64_t seed = 20261128;
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Folder folder;
  const std::string ours = folder.file("ours"), plain = folder.file("plain");
  Base one(ours, log_in_one_piece()), other(plain, nullptr);
  for (Base* base : {&one, &other}) base->does(kBegin);
  Base reader(ours, nullptr);
  Random random(seed);
  for (int i = 0; i < 100; ++i) {
    // A small cache now and then: pages of a transaction then go to the log, and are read and changed there again.
    const std::string cache = "PRAGMA cache_size=" + std::to_string(random.below(3) == 0 ? 10 : 2000);
    const std::string before = reader.says(kAll);
    for (Base* base : {&one, &other}) {
      base->does(cache);
      base->does("BEGIN IMMEDIATE");
    }
    const std::uint64_t steps = 1 + random.below(6);
    for (std::uint64_t step = 0; step < steps; ++step) {
      const std::uint64_t rows = random.below(60), size = random.below(3'000), from = random.below(500);
      const std::string range = std::to_string(from) + " AND " + std::to_string(from + rows);
      const std::string letter(1, static_cast<char>('A' + random.below(26)));
      const std::string body = "replace(hex(zeroblob(" + std::to_string(size / 2) + ")), '0', '" + letter + "')";
      std::string sql = "DELETE FROM rows WHERE id BETWEEN " + range;
      if (random.below(4) != 0)
        sql = "INSERT OR REPLACE INTO rows WITH RECURSIVE n(i) AS (SELECT " + std::to_string(from) +
              " UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(from + rows) + ") SELECT i, " + body +
              " FROM n";
      for (Base* base : {&one, &other}) base->does(sql);
      ASSERT_EQ(one.says(kAll), other.says(kAll));
      ASSERT_EQ(reader.says(kAll), before) << "nothing is seen before it is committed";
    }
    const char* end = random.below(4) == 0 ? "ROLLBACK" : "COMMIT";
    for (Base* base : {&one, &other}) base->does(end);
    ASSERT_EQ(reader.says(kAll), other.says(kAll)) << "what is committed is seen at once";
    if (random.below(30) == 0)
      for (Base* base : {&one, &other}) base->does("PRAGMA wal_checkpoint(PASSIVE)");
  }
  EXPECT_EQ(reader.says("PRAGMA integrity_check"), "ok|");
}

TEST(SqliteLog, HoldsWhatIsCommittedWhateverBecomesOfTheProgram) {
  const Folder folder;
  Base one(folder.file("ours"), log_in_one_piece());
  one.does(kBegin);
  for (int i = 1; i <= 40; ++i) {
    one.does("INSERT INTO rows VALUES (" + std::to_string(i) + ", zeroblob(" + std::to_string(900 * i) + "))");
    // As the files stand at this moment, for somebody who comes after the end of the program.
    const std::string copy = folder.file("copy" + std::to_string(i));
    std::filesystem::copy_file(folder.file("ours"), copy);
    std::filesystem::copy_file(folder.file("ours-wal"), copy + "-wal");
    Base found(copy, nullptr);
    ASSERT_EQ(found.says("SELECT max(id), sum(length(body)) FROM rows"),
              std::to_string(i) + "|" + std::to_string(450 * i * (i + 1)) + "|");
    ASSERT_EQ(found.says("PRAGMA integrity_check"), "ok|");
  }
}

}  // namespace
}  // namespace guichet::ledger::tests
