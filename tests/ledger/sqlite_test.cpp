// What only a ledger in a file can be asked: who may write, what a bad disk does, what damage is found, and that a
// program killed at any moment loses nothing and doubles nothing.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <guichet/base/digest.hpp>
#include <guichet/ledger/sqlite.hpp>
#include <guichet/ledger/sqlite_connection.hpp>
#include <guichet/ledger/sqlite_format.hpp>
#include <guichet/ledger/sqlite_reader.hpp>

#include "places.hpp"
#include "scribe.hpp"

namespace guichet::ledger::tests {
namespace {

const properties::World& world() {
  static const properties::World shipped("guichet-unique");
  return shipped;
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().detail;
  // Without a ledger or a reader there is nothing more to ask.
  if constexpr (requires(T t) { t.operator->(); }) throw std::runtime_error(result.error().detail);
  return T{};
}
void must_do(const Outcome& outcome) { EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().detail); }

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

Result<std::unique_ptr<Ledger>> opened(const std::string& path, Opening::Mode mode = {}) {
  return sqlite_ledger({.path = path, .mode = mode, .cache_kib = 1024}, plain_shelving(world()));
}

/// Why it cannot be opened.
Error why_not(const std::string& path, Opening::Mode mode = {}) {
  const auto ledger = opened(path, mode);
  EXPECT_FALSE(ledger) << path << " was to be refused";
  return ledger ? Error{} : ledger.error();
}

/// The error names the file and says what to do.
void expect_told(const Error& error, const std::string& path, const std::string& remedy) {
  EXPECT_TRUE(error.detail.starts_with(path)) << error.detail;
  EXPECT_NE(error.detail.find(remedy), std::string::npos) << error.detail;
}

/// A ledger as it was before there were heads: opening it makes them anew, over whatever stands there.
const std::string kBackToFormat1 =
    "DROP TABLE tree; DROP TABLE heads; DROP TABLE keys; DROP TABLE erasures; DROP TABLE stamps; "
    "ALTER TABLE texts DROP COLUMN name_digest; PRAGMA user_version=1";

class SqliteLedgerTest : public testing::Test {
 protected:
  std::unique_ptr<Ledger> open() { return must(opened(path_)); }
  /// A ledger of random histories, closed.
  void fill(std::size_t batches = 20) {
    const auto ledger = open();
    for (std::size_t i = 0; i < batches; ++i) must_do(ledger->append(scribe_.draw(10, 30)));
  }
  /// Changes the file as somebody with a tool for databases would.
  void tamper(const std::string& sql) {
    const auto connection = must(Connection::open(path_, Connection::Access::write, 1024));
    // The triggers are put back, or their absence would be found as well.
    std::string drop;
    std::string put_back;
    for (const auto& [name, statement] : must(triggers_in(*connection))) {
      drop += "DROP TRIGGER " + name + ";";
      put_back += statement + ";";
    }
    must_do(connection->execute(drop));
    must_do(connection->execute(sql));
    if (sql.find(kBackToFormat1) == std::string::npos) must_do(connection->execute(put_back));
  }
  std::vector<std::string> found_wrong() { return must(must(opened(path_, Opening::Mode::read_only))->check()); }

  Folder folder_;
  std::string path_ = folder_.file("desk.ledger");
  Scribe scribe_{world(), 5};
};

// ---- who may write, and what ----------------------------------------------------------------------------------

TEST_F(SqliteLedgerTest, a_second_program_is_told_which_file_is_in_use) {
  const auto first = open();
  const Error error = why_not(path_);
  EXPECT_EQ(error.fault, Fault::conflict);
  expect_told(error, path_, "another program writes");
  const auto beside = must(opened(path_, Opening::Mode::read_only));
  const auto reader = must(beside->reader());
  must_do(first->append(scribe_.draw(5, 3)));
  EXPECT_EQ(must(reader->reach()).act, 5U);
  const Outcome refused = beside->append({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::usage);
  EXPECT_FALSE(beside->rebuild({}));
}

TEST_F(SqliteLedgerTest, what_is_no_ledger_is_refused) {
  expect_told(why_not(path_, Opening::Mode::open), path_, "there is no such file");
  expect_told(why_not(folder_.path().string()), folder_.path().string(), "this is a folder");
  expect_told(why_not(folder_.file("none/desk.ledger")), folder_.file("none/desk.ledger"), "folder");
  write_bytes(path_, std::string(5000, 'x'));
  expect_told(why_not(path_), path_, "not a ledger");
  expect_told(why_not(path_, Opening::Mode::read_only), path_, "not a ledger");
  EXPECT_EQ(bytes_of(path_), std::string(5000, 'x'));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-lock")) << "what a refused opening made is taken away";
  write_bytes(path_ + "-lock", "");
  expect_told(why_not(path_), path_, "not a ledger");
  EXPECT_TRUE(std::filesystem::exists(path_ + "-lock")) << "it was there before";
  std::filesystem::remove(path_ + "-lock");
  write_bytes(path_, "");
  expect_told(why_not(path_, Opening::Mode::read_only), path_, "empty");
  const std::string other = folder_.file("other.db");
  must_do(must(Connection::open(other, Connection::Access::create, 100))->execute("CREATE TABLE a (b)"));
  expect_told(why_not(other), other, "not a ledger");
}

TEST_F(SqliteLedgerTest, a_newer_format_is_refused_and_left_alone) {
  fill(2);
  tamper("PRAGMA user_version=99");
  expect_told(why_not(path_), path_, "newer guichet");
  expect_told(why_not(path_, Opening::Mode::read_only), path_, "newer guichet");
}

TEST_F(SqliteLedgerTest, what_is_written_cannot_be_changed_by_a_statement) {
  fill(5);
  const auto connection = must(Connection::open(path_, Connection::Access::write, 1024));
  for (const char* sql :
       {"UPDATE acts SET person = 1", "DELETE FROM acts", "UPDATE events SET detail = 0", "DELETE FROM events",
        "UPDATE texts SET body = 'x'", "DELETE FROM texts", "UPDATE texts SET erased = 1",
        "UPDATE texts SET body = NULL, secret = NULL, sha256 = NULL, name = '', erased = 1, digest = x'00'"})
    EXPECT_FALSE(connection->execute(sql)) << sql;
  EXPECT_EQ(found_wrong(), std::vector<std::string>{});
}

// ---- damage ---------------------------------------------------------------------------------------------------

TEST_F(SqliteLedgerTest, every_tampering_is_found) {
  fill();
  ASSERT_EQ(found_wrong(), std::vector<std::string>{});
  const std::string sound = bytes_of(path_);
  const auto finds = [&](const std::string& sql, const std::string& words) {
    write_bytes(path_, sound);
    tamper(sql);
    const std::vector<std::string> lines = found_wrong();
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(),
                            [&](const std::string& line) { return line.find(words) != std::string::npos; }))
        << sql << " is not found by \"" << words << "\"; instead: " << (lines.empty() ? "nothing" : lines.front());
  };
  finds("DELETE FROM events WHERE case_id = 3 AND version = 2", "case 3 has no event of version 2");
  finds("DELETE FROM events WHERE position = (SELECT max(position) FROM events)", "events, where the acts have");
  finds("UPDATE events SET version = 9999 WHERE case_id = 3 AND version = 4", "case 3 has no event of version 4");
  finds("UPDATE events SET position = 1 WHERE case_id = 3 AND version = 4", "is not where act");
  finds("UPDATE events SET what = what - kind + 26 WHERE case_id = 3 AND version = 1",
        "case 3: \"facts\" on the shelf");
  finds("DELETE FROM acts WHERE number = 7", "act 7 is missing");
  finds("UPDATE acts SET events = events + 1 WHERE number = 7", "where event");
  finds("UPDATE acts SET recorded = 0 WHERE number = 7", "recorded before");
  finds("UPDATE texts SET body = CAST('forged' AS BLOB) WHERE id = 5", "text 5 is not the text that was written");
  finds("UPDATE texts SET erased = 1 WHERE id = 5", "text 5 is called erased");
  finds("UPDATE texts SET digest = zeroblob(32), secret = zeroblob(32) WHERE id = 5", "text 5 is not");
  finds("DELETE FROM texts WHERE id = 5", "gaps");
  finds("DELETE FROM house; INSERT INTO house VALUES (2, 0, 0, '', '')", "\"house\" have gaps");
  finds("UPDATE shelf SET subject = 'forged' WHERE case_id = 3", "case 3: \"subject\" on the shelf");
  finds("DELETE FROM shelf WHERE case_id = 3", "case 3 has events, and is not on the shelf");
  finds("UPDATE shelf SET case_id = 999 WHERE case_id = 3", "case 999 is on the shelf, and has no acts");
  finds("UPDATE census SET cases = cases + 1", "census");
  finds("INSERT INTO search_0 (rowid, words, scope) VALUES (1, 'forged', '')", "the words in \"search_0\"");
  finds("INSERT INTO owed VALUES ('purge', 0)", "purged");
  finds("DROP TABLE search_0", "the words in \"search_0\"");
}

TEST_F(SqliteLedgerTest, nobody_else_on_the_machine_reads_it) {
  fill(2);
  const auto ledger = open();
  must_do(ledger->append(scribe_.draw(2, 3)));
  const std::string copy = folder_.file("copy.ledger");
  must_do(ledger->back_up(copy));
  for (const std::string& path : {path_, path_ + "-wal", path_ + ".key", copy})
    EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << path;
}

TEST_F(SqliteLedgerTest, rebuilding_heals_what_is_derived) {
  fill();
  tamper(
      "UPDATE shelf SET subject = 'forged' WHERE case_id = 3; DELETE FROM shelf WHERE case_id = 4; "
      "UPDATE shelf SET closed = 1 - closed, turn = 9 WHERE case_id = 5; "
      "UPDATE shelf SET case_id = 999 WHERE case_id = 6; UPDATE census SET cases = 5; DROP TABLE search_0;");
  EXPECT_NE(found_wrong(), std::vector<std::string>{});
  // What was dropped for the tampering is not the shelf's to heal.
  const auto ledger = open();
  EXPECT_EQ(must(ledger->rebuild({})), 5U) << "a row is changed, one gone, one changed for lists, one moved: two";
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
  const auto reader = must(ledger->reader());
  for (const auto& [id, row] : scribe_.rows()) EXPECT_EQ(must(reader->row(id)), row);
  EXPECT_FALSE(must(reader->row(CaseId{999})));
}

TEST_F(SqliteLedgerTest, a_flipped_bit_in_a_page_is_found) {
  fill();
  const std::string sound = bytes_of(path_);
  Random random(11);
  const std::size_t pages = sound.size() / 4096;
  std::size_t tried = 0;
  // The first bytes of a page say what it is; the end holds rows. Pages of rows only: one in each table would do, all
  // of them take long.
  for (std::size_t page = 2; page < pages; page += 3) {
    std::string bad = sound;
    bad[page * 4096] = static_cast<char>(static_cast<unsigned char>(bad[page * 4096]) ^ (1U << random.below(3)));
    write_bytes(path_, bad);
    const auto ledger = opened(path_, Opening::Mode::read_only);
    if (!ledger) {
      expect_told(ledger.error(), path_, "damaged");
      continue;
    }
    ++tried;
    const auto lines = (*ledger)->check();
    EXPECT_TRUE(!lines || !lines->empty()) << "page " << page + 1;
  }
  EXPECT_GT(tried, 10U);
  // A byte of a text.
  write_bytes(path_, sound);
  const std::size_t at = sound.find("réclamation");
  ASSERT_NE(at, std::string::npos);
  std::string bad = sound;
  bad[at] = 'R';
  write_bytes(path_, bad);
  EXPECT_NE(found_wrong(), std::vector<std::string>{});
}

TEST_F(SqliteLedgerTest, a_damaged_page_is_told_and_other_cases_are_read) {
  fill(40);
  const std::string sound = bytes_of(path_);
  std::string bad = sound;
  // The root of the events stays; one leaf becomes nonsense.
  std::int64_t page = 0;
  {
    const auto connection = must(Connection::open(path_, Connection::Access::read, 100));
    page =
        must(connection->integer("SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' "
                                 "ORDER BY path LIMIT 1 OFFSET 1"));
  }
  ASSERT_GT(page, 1);
  const auto place = static_cast<std::size_t>(page - 1) * 4096;
  std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(place), 4096, '\xAA');
  write_bytes(path_, bad);
  const auto ledger = must(opened(path_));
  const auto reader = must(ledger->reader());
  std::size_t good = 0;
  std::size_t told = 0;
  for (const auto& [id, row] : scribe_.rows()) {
    const auto file = reader->case_file(id);
    if (file) {
      ++good;
      continue;
    }
    ++told;
    EXPECT_EQ(file.error().fault, Fault::unreadable);
    expect_told(file.error(), path_, "restore the last backup");
  }
  EXPECT_GT(good, 0U);
  EXPECT_GT(told, 0U);
  EXPECT_FALSE(must(ledger->check()).empty());
}

// ---- a bad disk -----------------------------------------------------------------------------------------------

/// No file of this process grows beyond `bytes`, as long as it lives.
class SizeLimit {
 public:
  explicit SizeLimit(std::uintmax_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~SizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(SqliteLedgerTest, a_full_disk_fails_an_append_whole_and_the_ledger_goes_on) {
  const auto ledger = open();
  const auto reader = must(ledger->reader());
  std::size_t failures = 0;
  for (int round = 0; round < 30; ++round) {
    must_do(ledger->append(scribe_.draw(6, 12)));
    Scribe ahead = scribe_;
    Batch large = ahead.draw(30, 12);
    // It brings a file that has no room.
    large.texts.push_back({.id = TextId{ahead.reach().text.value + 1},
                           .case_id = large.acts.front().act.case_id,
                           .text = {.kind = TextKind::file, .body = std::string(300'000, 'x')}});
    const Reach before = must(reader->reach());
    {
      const SizeLimit limit(std::filesystem::file_size(path_ + "-wal") + 4096U * static_cast<unsigned>(round));
      const Outcome written = ledger->append(large);
      if (written) {
        // The log had room from an earlier round: then all of it is there.
        scribe_ = ahead;
        scribe_.resume(*reader);
        continue;
      }
      ++failures;
      EXPECT_EQ(written.error().fault, Fault::storage);
      expect_told(written.error(), path_, "disk is full");
    }
    EXPECT_EQ(must(reader->reach()).act, before.act);
    EXPECT_EQ(must(reader->reach()).text, before.text);
  }
  EXPECT_GT(failures, 5U);
  for (const auto& [id, row] : scribe_.rows()) EXPECT_EQ(must(reader->row(id)), row);
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
}

/// As somebody whom the rights of files bind, also when the tests are run by root.
class AsNobody {
 public:
  explicit AsNobody(const Folder& folder) {
    if (geteuid() != 0) return;
    root_ = true;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
      EXPECT_EQ(chown(entry.path().c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(chown(folder.path().c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(seteuid(kNobody), 0);
  }
  ~AsNobody() {
    if (root_) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool root_ = false;
};

TEST_F(SqliteLedgerTest, a_file_that_may_only_be_read_is_read) {
  fill(3);
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  const AsNobody nobody(folder_);
  expect_told(why_not(path_), path_, "may only be read");
  const auto ledger = must(opened(path_, Opening::Mode::read_only));
  EXPECT_EQ(must(must(ledger->reader())->reach()).act, scribe_.reach().act);
}

TEST_F(SqliteLedgerTest, a_folder_that_may_only_be_read_is_read) {
  fill(3);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const AsNobody nobody(folder_);
  expect_told(why_not(path_), path_, "right to write");
  expect_told(why_not(folder_.file("new.ledger")), folder_.file("new.ledger"), "write");
  const auto ledger = must(opened(path_, Opening::Mode::read_only));
  EXPECT_EQ(must(must(ledger->reader())->reach()).act, scribe_.reach().act);
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
}

// ---- erasing, copying, and the log ----------------------------------------------------------------------------

TEST_F(SqliteLedgerTest, nothing_of_an_erased_text_is_left_in_the_file) {
  fill(4);
  const auto ledger = open();
  const std::string secret = "Zyxwvutsrq";
  const std::string long_words = std::string(9000, 'a') + " " + secret + " " + std::string(9000, 'b');
  std::vector<TextId> gone;
  for (const std::string& words : {secret + " in brief", long_words}) {
    Batch batch;
    const CaseId id{100 + static_cast<std::uint32_t>(gone.size())};
    scribe_.say(batch, scribe_.opening(id, scribe_.now()), words);
    gone.push_back(scribe_.reach().text);
    must_do(ledger->append(batch));
  }
  must_do(ledger->append(scribe_.draw(20, 30)));
  must_do(ledger->catch_up());
  const auto present = [&](const std::string& word) {
    return bytes_of(path_).find(word) != std::string::npos || bytes_of(path_ + "-wal").find(word) != std::string::npos;
  };
  ASSERT_TRUE(present(secret));
  ASSERT_TRUE(present("zyxwvutsrq")) << "the index has the word folded";
  Batch batch;
  for (const TextId id : gone) batch.erasures.push_back({.text = id, .at = scribe_.now()});
  must_do(ledger->append(batch));
  EXPECT_FALSE(present(secret));
  EXPECT_FALSE(present("zyxwvutsrq"));
  EXPECT_FALSE(present(std::string(64, 'a')));
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
}

TEST_F(SqliteLedgerTest, words_that_wait_are_found_after_a_stop_and_gone_after_an_erasure) {
  auto ledger = open();
  Batch batch;
  scribe_.say(batch, scribe_.opening(CaseId{1}, scribe_.now()), "quetzalcoatl speaks");
  const TextId said = scribe_.reach().text;
  must_do(ledger->append(batch));
  // As if the program had been stopped here: a copy of what is on disk.
  const std::string path = folder_.file("stopped.ledger");
  for (const char* end : {"", "-wal", ".key"}) std::filesystem::copy_file(path_ + end, path + end);
  {
    const auto reading = must(opened(path, Opening::Mode::read_only));
    EXPECT_EQ(must(must(reading->reader())->search({.words = "quetzalcoatl"})).rows.size(), 1U);
    EXPECT_EQ(must(reading->check()), std::vector<std::string>{});
  }
  const auto again = must(opened(path, Opening::Mode::open));
  const auto connection = must(Connection::open(path, Connection::Access::read, 100));
  EXPECT_EQ(must(connection->integer("SELECT count(*) FROM owed")), 0) << "opening catches up";
  EXPECT_EQ(must(must(again->reader())->search({.words = "quetzalcoatl"})).rows.size(), 1U);
  EXPECT_EQ(must(again->check()), std::vector<std::string>{});

  Batch erasing;
  erasing.erasures.push_back({.text = said, .at = scribe_.now()});
  must_do(ledger->append(erasing));
  EXPECT_TRUE(must(must(ledger->reader())->search({.words = "quetzalcoatl"})).rows.empty());
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
}

TEST_F(SqliteLedgerTest, what_a_reader_held_up_is_purged_later) {
  fill(4);
  const auto ledger = open();
  Batch batch;
  scribe_.say(batch, scribe_.opening(CaseId{100}, scribe_.now()), "Zyxwvutsrq");
  must_do(ledger->append(batch));
  const auto reader = must(ledger->reader());
  Batch erasing;
  erasing.erasures.push_back({.text = scribe_.reach().text, .at = scribe_.now()});
  // In the middle of a reading, which needs the log as it is.
  EXPECT_TRUE(must(reader->for_each_case([&](const ShelfRow&, std::span<const Event>) {
    if (!erasing.erasures.empty()) must_do(ledger->append(erasing));
    erasing = {};
    return true;
  })));
  must_do(ledger->append(scribe_.draw(1, 5)));
  EXPECT_EQ(bytes_of(path_).find("Zyxwvutsrq"), std::string::npos);
  EXPECT_EQ(bytes_of(path_ + "-wal").find("Zyxwvutsrq"), std::string::npos);
}

TEST_F(SqliteLedgerTest, a_copy_is_as_of_one_moment_while_others_write) {
  fill(10);
  const auto ledger = open();
  std::atomic<bool> ended = false;
  std::thread copying([&] {
    for (int i = 0; i < 5; ++i) must_do(ledger->back_up(folder_.file("copy" + std::to_string(i))));
    ended = true;
  });
  std::size_t batches = 0;
  while (!ended || batches < 20) {
    must_do(ledger->append(scribe_.draw(4, 30)));
    ++batches;
  }
  copying.join();
  std::uint64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    const std::string copy = folder_.file("copy" + std::to_string(i));
    std::filesystem::copy_file(path_ + ".key", copy + ".key");
    const auto restored = must(opened(copy));
    EXPECT_EQ(must(restored->check()), std::vector<std::string>{});
    EXPECT_EQ(must(restored->rebuild({})), 0U);
    const auto reader = must(restored->reader());
    const auto original = must(ledger->reader());
    const std::uint64_t acts = must(reader->reach()).act;
    EXPECT_GE(acts, last);
    last = acts;
    const auto ours = must(original->acts_from(1, acts));
    const auto theirs = must(reader->acts_from(1, acts + 1));
    ASSERT_EQ(theirs.size(), acts);
    for (std::size_t act = 0; act < acts; ++act) {
      EXPECT_EQ(ours[act].act, theirs[act].act);
      EXPECT_EQ(ours[act].events, theirs[act].events);
    }
  }
  const Outcome again = ledger->back_up(folder_.file("copy0"));
  ASSERT_FALSE(again);
  expect_told(again.error(), folder_.file("copy0"), "is there already");
  EXPECT_FALSE(ledger->back_up(folder_.file("none/copy")));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    EXPECT_EQ(entry.path().string().find("-partial"), std::string::npos) << entry.path();
}

TEST_F(SqliteLedgerTest, a_copy_without_room_leaves_nothing_behind) {
  fill(10);
  const auto ledger = open();
  {
    const SizeLimit limit(8192);
    const Outcome copied = ledger->back_up(folder_.file("copy"));
    ASSERT_FALSE(copied);
    EXPECT_NE(copied.error().detail.find("disk is full"), std::string::npos) << copied.error().detail;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.file("copy")));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("copy-partial")));
}

TEST_F(SqliteLedgerTest, the_log_stays_short) {
  const auto ledger = open();
  std::uintmax_t longest = 0;
  for (int i = 0; i < 400; ++i) {
    must_do(ledger->append(scribe_.draw(10, 60)));
    longest = std::max(longest, std::filesystem::file_size(path_ + "-wal"));
  }
  EXPECT_LT(longest, 20U << 20U);
  EXPECT_EQ(must(ledger->rebuild({})), 0U);
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0U);
}

TEST_F(SqliteLedgerTest, words_go_into_a_new_table_when_one_is_full) {
  // The first text of the second table, without writing the 131,071 before it.
  fill(2);
  const TextId last{kTextsPerSearch - 3};
  tamper(
      "INSERT INTO texts (id, case_id, kind, author, name, media_type, bytes, digest) "
      "WITH RECURSIVE n(i) AS (SELECT " +
      std::to_string(scribe_.reach().text.value + 1) + " UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(last.value) + ") SELECT i, 1, 3, 0, '', '', 0, zeroblob(32) FROM n; " + kBackToFormat1);
  const auto ledger = open();
  const auto reader = must(ledger->reader());
  scribe_.resume(*reader);
  for (std::uint32_t i = 0; i < 6; ++i) {
    Batch batch;
    scribe_.say(batch, scribe_.opening(CaseId{500 + i}, scribe_.now()), "boundary number" + std::to_string(i));
    must_do(ledger->append(batch));
  }
  const Listed<Found> all = must(reader->search({.words = "boundary"}));
  ASSERT_EQ(all.rows.size(), 6U);
  EXPECT_EQ(all.rows.front().text.value, kTextsPerSearch + 3);
  EXPECT_EQ(all.rows.back().text.value, kTextsPerSearch - 2);
  const Listed<Found> page = must(reader->search({.words = "boundary", .limit = 4}));
  EXPECT_EQ(must(reader->search({.words = "boundary", .after = page.next})).rows.size(), 2U);
  // The full table is joined into one piece, a little after each append.
  const auto pieces_owed = [&] {
    const auto connection = must(Connection::open(path_, Connection::Access::read, 100));
    return must(connection->integer("SELECT count(*) FROM owed"));
  };
  for (int i = 0; i < 100 && pieces_owed() != 0; ++i) {
    must_do(ledger->append(scribe_.draw(1, 3)));
    must_do(ledger->catch_up());
  }
  EXPECT_EQ(pieces_owed(), 0);
  EXPECT_EQ(must(reader->search({.words = "boundary"})).rows.size(), 6U);
  EXPECT_EQ(must(reader->search({.words = "reclamation", .limit = 200})).rows.empty(), false);
}

// ---- killed at any moment -------------------------------------------------------------------------------------

/// Starts a writer on `path`, kills it after a while, and gives the number of the last batch that it told.
std::uint64_t write_until_killed(const std::string& path, Random& random) {
  std::array<int, 2> told{};
  EXPECT_EQ(pipe2(told.data(), O_CLOEXEC), 0);
  const std::string seed = std::to_string(random.next());
  const pid_t child = fork();
  if (child == 0) {
    dup2(told[1], STDOUT_FILENO);
    execl(GUICHET_LEDGER_WRITER, "ledger_writer", path.c_str(), seed.c_str(), nullptr);
    _exit(127);
  }
  close(told[1]);
  std::FILE* lines = fdopen(told[0], "r");
  std::uint64_t last = 0;
  std::array<char, 64> line{};
  // Sometimes before it has told anything at all.
  const std::uint32_t wanted = random.below(4) == 0 ? 0 : 1 + random.below(40);
  for (std::uint32_t i = 0; i < wanted && std::fgets(line.data(), line.size(), lines) != nullptr; ++i)
    last = std::strtoull(line.data(), nullptr, 10);
  for (std::uint32_t turns = random.below(wanted == 0 ? 6000 : 300); turns > 0; --turns) sched_yield();
  kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself, with " << WEXITSTATUS(status);
  // What it had told before it died was told.
  while (std::fgets(line.data(), line.size(), lines) != nullptr)
    if (std::string_view{line.data()}.ends_with('\n')) last = std::strtoull(line.data(), nullptr, 10);
  std::fclose(lines);
  return last;
}

TEST_F(SqliteLedgerTest, killed_at_any_moment_nothing_told_is_lost_and_nothing_is_doubled) {
  Random random(2026);
  std::uint64_t told = 0;
  std::uint64_t written = 0;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    told = std::max(told, write_until_killed(path_, random));
    if (HasFailure()) return;
    const auto ledger = open();
    const auto reader = must(ledger->reader());
    const std::uint64_t before = written;
    written = must(reader->reach()).house;
    EXPECT_GE(written, told) << "told, and lost";
    EXPECT_GE(written, before);
    for (const HouseNote& note : must(reader->house_notes(before, 100'000)))
      EXPECT_EQ(note.detail, std::to_string(note.number)) << "a batch was written twice, or not whole";
    for (std::uint64_t number = before + 1; number <= written; ++number)
      EXPECT_TRUE(must(reader->receipt(std::to_string(number))));
    EXPECT_FALSE(must(reader->receipt(std::to_string(written + 1))));
    const auto count = must(reader->record("count", "batches"));
    EXPECT_EQ(count ? count->revision : 0, written);
    if (round % 6 == 5) {
      EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(written, 300U);
  const auto ledger = open();
  EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
  EXPECT_EQ(must(ledger->rebuild({})), 0U);
}

// ---- for ever -------------------------------------------------------------------------------------------------

/// All that a ledger tells, as one number and a few counts.
std::string told_by(Ledger& ledger) {
  const auto reader = must(ledger.reader());
  RunningDigest digest;
  const auto add = [&](std::string_view text) { digest.add(std::as_bytes(std::span{text})); };
  const Reach reach = must(reader->reach());
  for (const NewAct& one : must(reader->acts_from(1, 100'000))) {
    digest.add(one.act.number);
    digest.add(one.act.case_id.value);
    digest.add(static_cast<std::uint64_t>(one.act.recorded.time_since_epoch().count()));
    digest.add(one.act.command ? static_cast<std::uint64_t>(one.act.command->kind) : 0xFFU);
    digest.add(std::as_bytes(std::span{one.events}));
  }
  for (std::uint32_t id = 1; id <= reach.text.value; ++id) {
    const Text text = must(reader->text(TextId{id}));
    add(text.body);
    digest.add(text.digest);
    digest.add(text.erased ? 1U : 0U);
  }
  for (const Record& record : must(reader->records({.kind = "person"}))) add(record.body);
  for (const HouseNote& note : must(reader->house_notes(0, 1000))) add(note.what);
  for (const AdoptedProcedure& procedure : must(reader->procedures())) add(procedure.toml);
  std::string told = "acts " + std::to_string(reach.act) + ", events " + std::to_string(reach.position) + ", texts " +
                     std::to_string(reach.text.value) + "\n" + digest.hex() + "\n";
  for (const Found& found : must(reader->search({.words = "reclamation", .limit = 5})).rows)
    told += "case " + std::to_string(found.row.case_id.value) + ": " + found.row.subject + "\n";
  return told;
}

// Where hardly any case of a large team meets a filter, the others are not looked at. Counted in steps of the
// database's machine, and not in time.
TEST_F(SqliteLedgerTest, what_hardly_any_case_meets_is_found_without_a_look_at_the_others) {
  {
    const auto ledger = open();
    must_do(ledger->append(scribe_.draw(5, 5)));
  }
  std::string columns;
  {
    // One row many times over, as rows of a team of twenty thousand cases.
    const auto connection = must(Connection::open(path_, Connection::Access::write, 1024));
    Statement names{
        "SELECT group_concat(name, ', ') FROM pragma_table_info('shelf') WHERE name NOT IN "
        "('case_id', 'team', 'owner', 'closed', 'phase', 'matter', 'ran_out', 'adverse', 'turn', "
        "'agent_count', 'undecided', 'asked')"};
    Rows rows(*connection, names);
    ASSERT_TRUE(must(rows.next()));
    columns = rows.text(0);
  }
  // A matter is asked for among cases that live under a procedure: these two bytes of the facts name it.
  ASSERT_TRUE(columns.starts_with("facts, ")) << columns;
  const std::string under_rules =
      "CAST(substr(facts, 1, 50) || x'0100' || substr(facts, 53) AS BLOB), " + columns.substr(7);
  must_do(must(Connection::open(path_, Connection::Access::write, 1024))
              ->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                        "INSERT INTO shelf (case_id, team, owner, closed, phase, matter, ran_out, adverse, turn, "
                        "agent_count, undecided, asked, " +
                        columns + ") SELECT 1000 + i, 'many', 0, 0, 2, 4, 0, 0, 1, 0, 0, 0, " + under_rules +
                        " FROM n, (SELECT * FROM shelf ORDER BY case_id LIMIT 1); "
                        "UPDATE shelf SET matter = 9 WHERE case_id = 15000; UPDATE shelf SET ran_out = 1 WHERE case_id "
                        "= 15001; UPDATE shelf SET adverse = 1 WHERE case_id = 15002; UPDATE shelf SET turn = 3 WHERE "
                        "case_id = 15003; UPDATE shelf SET agent_count = 3 WHERE case_id = 15004; UPDATE shelf SET "
                        "phase = 8 WHERE case_id = 15005"));
  SqliteReader reader(must(Connection::open(path_, Connection::Access::read, 1024)),
                      std::make_shared<const Shelving>(plain_shelving(world())));
  static int steps;
  constexpr int kPerStep = 100;
  const auto count = [](void*) {
    ++steps;
    return 0;
  };
  const auto asked = [&](const char* what, auto change) {
    SCOPED_TRACE(what);
    CaseQuery query;
    query.team = "many";
    query.phases = 0x1E;
    change(query);
    int most = 0;
    for (const CaseQuery::Order order : {CaseQuery::Order::promise, CaseQuery::Order::changed}) {
      query.order = order;
      steps = 0;
      sqlite3_progress_handler(reader.connection().raw(), kPerStep, count, nullptr);
      EXPECT_EQ(must(reader.cases(query)).rows.size(), 1U);
      EXPECT_EQ(must(reader.count(query, 1000)), 1U);
      sqlite3_progress_handler(reader.connection().raw(), 0, nullptr, nullptr);
      most = std::max(most, steps * kPerStep);
    }
    return most;
  };
  // A look at each of the twenty thousand takes a hundred thousand steps and more.
  constexpr int kFew = 20'000;
  EXPECT_LT(asked("matter", [](CaseQuery& q) { q.matter = 9; }), kFew);
  EXPECT_LT(asked("ran out", [](CaseQuery& q) { q.ran_out = true; }), kFew);
  EXPECT_LT(asked("adverse", [](CaseQuery& q) { q.adverse_after = true; }), kFew);
  EXPECT_LT(asked("third", [](CaseQuery& q) { q.turn = Turn::third; }), kFew);
  EXPECT_LT(asked("agents", [](CaseQuery& q) { q.agents_min = 3; }), kFew);
  EXPECT_LT(asked("phase", [](CaseQuery& q) { q.phases = 8; }), kFew);
}

TEST(GoldenLedgers, every_format_that_was_released_opens) {
  const std::filesystem::path golden = std::filesystem::path(GUICHET_SOURCE_DIR) / "tests/golden/ledgers";
  const std::filesystem::path newest = golden / std::to_string(ledger_format());
  if (std::getenv("GUICHET_BLESS") != nullptr && !std::filesystem::exists(newest)) {
    std::filesystem::create_directories(newest);
    {
      const auto ledger = must(opened((newest / "desk.ledger").string()));
      Scribe scribe(world(), 1042);
      for (int i = 0; i < 6; ++i) {
        Batch batch = scribe.draw(10, 12);
        batch.house.push_back({.at = scribe.now(), .what = "person_added", .detail = "{}"});
        batch.records.push_back({.record = {.kind = "person", .key = std::to_string(i), .body = "{\"name\":\"é\"}"}});
        batch.receipts.push_back({.key = "1:" + std::to_string(i), .fingerprint = 7, .at = scribe.now()});
        if (i == 0)
          batch.procedures.push_back({.id = ProcedureId{1}, .name = "guichet-unique", .version = "1", .toml = "# é\n"});
        must_do(ledger->append(batch));
      }
      Batch erasing;
      erasing.erasures.push_back({.text = TextId{3}, .at = scribe.now()});
      must_do(ledger->append(erasing));
      write_bytes((newest / "told.txt").string(), told_by(*ledger));
    }
    for (const char* beside : {"desk.ledger-lock", "desk.ledger.key"}) std::filesystem::remove(newest / beside);
  }
  std::size_t opened_ones = 0;
  for (const auto& format : std::filesystem::directory_iterator(golden)) {
    SCOPED_TRACE(format.path().string());
    const Folder folder;
    const std::string path = folder.file("desk.ledger");
    std::filesystem::copy_file(format.path() / "desk.ledger", path);
    // Their keys were thrown away.
    const auto ledger = must(ledger_with_new_key({.path = path, .cache_kib = 1024}, plain_shelving(world())));
    EXPECT_EQ(told_by(*ledger), bytes_of((format.path() / "told.txt").string()));
    EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
    EXPECT_EQ(must(ledger->rebuild({})), 0U);
    ++opened_ones;
  }
  EXPECT_EQ(opened_ones, ledger_format()) << "each format keeps a ledger here: run with GUICHET_BLESS=1";
}

}  // namespace
}  // namespace guichet::ledger::tests
