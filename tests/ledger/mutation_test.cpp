// Everything that was written is changed, one thing at a time: bits of every column, rows dropped, doubled, swapped and
// back-dated, texts moved; and every byte of receipts and dossiers. Each change must be found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <guichet/formats/zip.hpp>
#include <guichet/ledger/proving.hpp>
#include <guichet/ledger/signing.hpp>
#include <guichet/ledger/sqlite.hpp>
#include <guichet/ledger/sqlite_connection.hpp>
#include <guichet/ledger/sqlite_format.hpp>
#include <guichet/proof/verdict.hpp>

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
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}
void must_do(const Outcome& outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().detail);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::array kTables{"acts", "events", "texts", "procedures", "house", "erasures",
                             "keys", "tree",   "heads", "shelf",      "census"};

/// Whether the check says of itself that it does not hold this table. "search_N_idx" stands for each such table.
bool said_not_to_be_checked(std::string table) {
  if (table.starts_with("search_"))
    for (char& c : table)
      if (c >= '0' && c <= '9') c = 'N';
  std::string named;
  for (const NotChecked& one : not_checked()) named += ", " + std::string{one.tables};
  return (named + ",").find(", " + table + ",") != std::string::npos;
}

class Mutations : public testing::Test {
 protected:
  Mutations() {
    const auto ledger = must(opened(Opening::Mode::create_or_open));
    for (int i = 0; i < 4; ++i) {
      Batch batch = scribe_.draw(8, 3);
      batch.house.push_back({.at = scribe_.now(), .what = "person_added", .detail = "{\"person\":1}"});
      if (i == 1)
        batch.procedures.push_back({.id = ProcedureId{1},
                                    .name = "guichet-unique",
                                    .version = "1",
                                    .toml = "# rules\n",
                                    .effective_from = scribe_.now(),
                                    .adopted = scribe_.now(),
                                    .by = ActorId{2}});
      must_do(ledger->append(batch));
    }
    Batch erasing;
    for (const std::uint32_t id : {2U, 5U}) erasing.erasures.push_back({.text = TextId{id}, .at = scribe_.now()});
    must_do(ledger->append(erasing));
    EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
    // An erasure folds the row of its case anew.
    scribe_.resume(*must(ledger->reader()));
  }

  Result<std::unique_ptr<Ledger>> opened(Opening::Mode mode, const std::string& name = "desk.ledger") {
    return sqlite_ledger({.path = folder_.file(name), .mode = mode, .cache_kib = 1024, .key = {}},
                         plain_shelving(world()));
  }

  Result<std::unique_ptr<Ledger>> with_new_key() {
    return ledger_with_new_key({.path = folder_.file("desk.ledger"), .mode = Opening::Mode::open},
                               plain_shelving(world()));
  }

  std::vector<std::string> column(const std::string& sql) {
    const auto connection = must(Connection::open(folder_.file("desk.ledger"), Connection::Access::read, 256));
    Statement statement{sql};
    Rows rows(*connection, statement);
    std::vector<std::string> values;
    while (must(rows.next())) values.emplace_back(rows.text(0));
    return values;
  }

  /// Changes a copy as somebody with a tool for databases would, and looks whether the check says anything.
  void change(const std::string& sql) {
    const std::string copy = folder_.file("copy.ledger");
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(copy + ending);
    std::filesystem::copy_file(folder_.file("desk.ledger"), copy);
    {
      const auto connection = must(Connection::open(copy, Connection::Access::write, 256));
      // They are put back, or their absence would be found in place of the change.
      std::string drop;
      std::string put_back;
      for (const auto& [name, statement] : must(triggers_in(*connection))) {
        drop += "DROP TRIGGER " + name + ";";
        put_back += statement + ";";
      }
      must_do(connection->execute(drop));
      if (!connection->execute(sql)) {
        // A form that the tables themselves refuse is no change.
        ++refused_;
        return;
      }
      if (must(connection->integer("SELECT total_changes()")) == 0) {
        ++refused_;
        return;
      }
      must_do(connection->execute(put_back));
    }
    ++tried_;
    const auto ledger = opened(Opening::Mode::read_only, "copy.ledger");
    const auto wrong = ledger ? (*ledger)->check() : Result<std::vector<std::string>>(ledger.error());
    const bool found = !wrong || !wrong->empty();
    if (found)
      ++found_;
    else
      ADD_FAILURE() << "not found: " << sql;
  }

  void tell(const char* what) const {
    std::printf("%s: %d changes, %d found, %d refused by the tables\n", what, tried_, found_, refused_);
    EXPECT_EQ(tried_, found_);
    EXPECT_GT(tried_, 0);
  }

  Folder folder_;
  Scribe scribe_{world(), 77};
  int tried_ = 0, found_ = 0, refused_ = 0;
};

std::string row_by_place(const std::string& table, const std::string& key, std::size_t place) {
  return key + " = (SELECT " + key + " FROM " + table + " ORDER BY " + key + " LIMIT 1 OFFSET " +
         std::to_string(place) + ")";
}

std::string key_of(const std::string& table) {
  if (table == "events") return "position";
  if (table == "shelf") return "case_id";
  if (table == "census") return "closed";
  if (table == "texts" || table == "procedures") return "id";
  return table == "tree" ? "place" : "number";
}

// No table is forgotten: its changes are found, or the check says, as its page does, that it does not hold it.
TEST_F(Mutations, of_every_table_are_found_or_it_is_named) {
  const std::string page = bytes_of(std::filesystem::path(GUICHET_SOURCE_DIR) / "docs/ledger-format.md");
  const std::vector<std::string> tables = column("SELECT name FROM sqlite_schema WHERE type = 'table'");
  for (const std::string& table : tables) {
    if (std::ranges::find(kTables, table) != kTables.end()) {
      EXPECT_FALSE(said_not_to_be_checked(table)) << table;
      continue;
    }
    // Those are the words themselves, of which a place more or less is found.
    if (table == "search_0" || table == "search_0_data") continue;
    EXPECT_TRUE(said_not_to_be_checked(table)) << table;
  }
  const std::size_t section = page.find("## What the check does not hold");
  ASSERT_NE(section, std::string::npos);
  for (const NotChecked& one : not_checked())
    EXPECT_NE(page.find(one.tables, section), std::string::npos) << one.tables;
  change("INSERT INTO search_0 (rowid, words, scope) VALUES (3, 'another', 'a1')");
  change("DELETE FROM search_0_data WHERE id > 100");
  change("INSERT INTO owed (what, number) VALUES ('purge', 0)");
  change("INSERT INTO owed (what, number) VALUES ('other', 0)");
  change("INSERT INTO stamps (head, response) VALUES (999, x'00')");
  tell("tables of words and of what is owed");
}

TEST_F(Mutations, of_what_guards_the_rows_are_found) {
  const std::vector<std::string> triggers = column("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
  ASSERT_FALSE(triggers.empty());
  const auto found_after = [this](const std::string& sql) {
    const std::string copy = folder_.file("copy.ledger");
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(copy + ending);
    std::filesystem::copy_file(folder_.file("desk.ledger"), copy);
    must_do(must(Connection::open(copy, Connection::Access::write, 256))->execute(sql));
    return must(must(opened(Opening::Mode::read_only, "copy.ledger"))->check()).size();
  };
  for (const std::string& name : triggers) {
    EXPECT_EQ(found_after("DROP TRIGGER " + name), 1U) << name;
    EXPECT_EQ(
        found_after("DROP TRIGGER " + name + "; CREATE TRIGGER " + name + " BEFORE UPDATE ON acts BEGIN SELECT 1; END"),
        1U)
        << name;
  }
  EXPECT_EQ(found_after("CREATE TRIGGER another AFTER INSERT ON acts BEGIN DELETE FROM records; END"), 1U);
}

TEST_F(Mutations, of_the_shelf_are_told_with_row_and_column) {
  const auto told = [this](const std::string& sql) {
    change(sql);
    const auto ledger = must(opened(Opening::Mode::read_only, "copy.ledger"));
    const std::vector<std::string> lines = must(ledger->check());
    return lines.empty() ? std::string{} : lines.front();
  };
  EXPECT_EQ(told("UPDATE shelf SET owner = owner + 1 WHERE case_id = 2").substr(0, 15), "case 2: \"owner\"");
  EXPECT_NE(told("UPDATE shelf SET team = 'x' WHERE case_id = 3").find("case 3: \"team\" on the shelf"),
            std::string::npos);
  EXPECT_NE(told("UPDATE census SET cases = cases + 1 WHERE closed = 1")
                .find("\"cases\" in the census where \"closed\" is 1"),
            std::string::npos);
}

TEST_F(Mutations, of_every_column_are_found) {
  for (const std::string table : kTables) {
    const std::string key = key_of(table);
    const auto count = static_cast<std::size_t>(std::stoul(column("SELECT count(*) FROM " + table).front()));
    for (const std::string& name : column("SELECT name FROM pragma_table_info('" + table + "')")) {
      std::vector<std::size_t> places{0, count / 2, count - 1};
      places.erase(std::unique(places.begin(), places.end()), places.end());
      for (const std::size_t place : places) {
        const std::string where = " WHERE " + row_by_place(table, key, place);
        const std::string set = "UPDATE " + table + " SET " + name + " = ";
        const std::string old = column("SELECT typeof(" + name + ") FROM " + table + where).front();
        if (old == "integer") {
          // Also bits that would be cut off when the value is read into a narrower one.
          for (const char* bit : {"1", "128", "65536", "4294967296"})
            change(set + "(" + name + " | " + bit + ") - (" + name + " & " + bit + ")" + where);
        } else if (old == "null") {
          for (const char* value : {"0", "''", "x'00'", "zeroblob(32)"}) change(set + value + where);
        } else {
          // The lowest bit of the first byte, of the last, and one byte more or less.
          const std::string bytes = "CAST(" + name + " AS BLOB)";
          const std::string length = "length(" + bytes + ")";
          const std::string back = old == "text" ? "CAST(" : "CAST(";
          const std::string as = old == "text" ? " AS TEXT)" : " AS BLOB)";
          const auto changed = [&](const std::string& at) {
            // SQLite has no exclusive or for bytes: another byte is put there.
            return "CAST(CASE hex(substr(" + bytes + ", " + at + ", 1)) WHEN '41' THEN substr(" + bytes + ", 1, " + at +
                   " - 1) || x'42' || substr(" + bytes + ", " + at + " + 1) ELSE substr(" + bytes + ", 1, " + at +
                   " - 1) || x'41' || substr(" + bytes + ", " + at + " + 1) END" + as;
          };
          const std::string filled = where + " AND " + length + " > 0";
          change(set + changed("1") + filled);
          change(set + changed(length) + filled);
          change(set + back + bytes + " || x'41'" + as + where);
          change(set + back + "substr(" + bytes + ", 2)" + as + filled);
          change(set + "NULL" + where);
        }
      }
    }
  }
  tell("bits of columns");
}

TEST_F(Mutations, of_whole_rows_are_found) {
  for (const std::string table : kTables) {
    const std::string key = key_of(table);
    const auto count = static_cast<std::size_t>(std::stoul(column("SELECT count(*) FROM " + table).front()));
    std::string names;
    std::string others;
    for (const std::string& name : column("SELECT name FROM pragma_table_info('" + table + "')")) {
      names += (names.empty() ? "" : ", ") + name;
      others += (others.empty() ? "" : ", ") + (name == key ? "(SELECT max(" + key + ") + 1 FROM " + table + ")"
                                                : name == "version" && table == "events" ? std::string{"version + 1000"}
                                                                                         : name);
    }
    for (std::size_t place = 0; place < count; place += 1 + count / 12) {
      const std::string where = " WHERE " + row_by_place(table, key, place);
      change("DELETE FROM " + table + where);
      change("INSERT INTO " + table + " (" + names + ") SELECT " + others + " FROM " + table + where);
      if (place + 1 == count) continue;
      // Two rows change their places.
      const std::string next = row_by_place(table, key, place + 1);
      const std::string one =
          "(SELECT " + key + " FROM " + table + " ORDER BY " + key + " LIMIT 1 OFFSET " + std::to_string(place) + ")";
      change("CREATE TEMP TABLE pair AS SELECT " + one + " AS a, (SELECT min(" + key + ") FROM " + table + " WHERE " +
             key + " > " + one + ") AS b; UPDATE " + table + " SET " + key + " = -5 WHERE " + key +
             " = (SELECT a FROM pair); UPDATE " + table + " SET " + key + " = (SELECT a FROM pair) WHERE " + key +
             " = (SELECT b FROM pair); UPDATE " + table + " SET " + key + " = (SELECT b FROM pair) WHERE " + key +
             " = -5");
    }
    // The last ones gone, as if they had never been.
    change("DELETE FROM " + table + " WHERE " + key + " >= (SELECT max(" + key + ") FROM " + table + ")");
  }
  tell("rows dropped, doubled and swapped");
}

TEST_F(Mutations, of_times_and_texts_are_found) {
  for (const std::string sql :
       {"UPDATE acts SET recorded = recorded - 86400000", "UPDATE events SET at = at - 86400000",
        "UPDATE house SET at = at - 1000", "UPDATE heads SET at = at - 1000", "UPDATE keys SET at = at - 1000",
        "UPDATE erasures SET at = at - 1000",
        "UPDATE erasures SET at = at - 1000; UPDATE texts SET erased = erased - 1000 WHERE erased IS NOT NULL",
        "UPDATE procedures SET adopted = adopted - 1000"})
    change(sql);
  const std::vector<std::string> standing = column("SELECT id FROM texts WHERE erased IS NULL ORDER BY id LIMIT 12");
  for (std::size_t i = 1; i < standing.size(); ++i) {
    const std::string pair = "CREATE TEMP TABLE other AS SELECT * FROM texts WHERE id = " + standing[i] + "; ";
    const auto take = [&](const std::string& columns) {
      return pair + "UPDATE texts SET (" + columns + ") = (SELECT " + columns +
             " FROM other) WHERE id = " + standing[i - 1];
    };
    change(take("body, bytes"));
    change(take("body, bytes, sha256"));
    change(take("body, bytes, sha256, secret, digest"));
    change(take("body, bytes, sha256, secret, digest, name, name_digest, kind, author, media_type, case_id"));
    // Erased without a word, and all that goes with it.
    change("UPDATE texts SET body = NULL, secret = NULL, sha256 = NULL, name = '', erased = 1 WHERE id = " +
           standing[i]);
    change("UPDATE texts SET body = NULL, secret = NULL, sha256 = NULL, name = '', erased = 1 WHERE id = " +
           standing[i] + "; INSERT INTO erasures (number, text, at) VALUES (3, " + standing[i] + ", 1)");
  }
  // Everything from some act on, in all tables: only the head that others keep could tell, and the tree.
  for (const char* act : {"3", "9", "20"})
    change(std::string{"DELETE FROM events WHERE act >= "} + act + "; DELETE FROM acts WHERE number >= " + act +
           "; DELETE FROM shelf WHERE case_id NOT IN (SELECT case_id FROM acts)");
  tell("times and texts");
}

/// A dossier of one case, with all that its proof needs.
std::string small_dossier(Ledger& ledger, CaseId case_id) {
  const auto reader = must(ledger.reader());
  const CaseFile file = *must(reader->case_file(case_id));
  const proof::Receipt receipt = must(receipt_of_case(*reader, file, {}));
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<proof::TextKey> keys;
  for (const Text& text : file.texts) {
    if (text.erased) continue;
    const Text whole = must(reader->text(text.id));
    const std::string name = "texts/" + std::to_string(text.id.value) + ".txt";
    files.emplace_back(name, whole.body);
    keys.push_back({.text = text.id, .key = must(reader->text_key(text.id)), .name = whole.name, .entry = name});
  }
  files.emplace_back(proof::kReceiptEntry, proof::print_receipt(receipt));
  files.emplace_back(proof::kTextsEntry, proof::print_text_keys(keys));
  std::vector<proof::Entry> entries;
  for (const auto& [name, bytes] : files) entries.push_back({name, bytes});
  proof::Manifest manifest = proof::manifest_of(entries, must(ledger.sign("")).key);
  manifest.signature = must(ledger.sign(proof::signed_bytes(manifest))).signature;
  formats::ZipWriter zip;
  for (const auto& [name, bytes] : files) must_do(zip.add(name, bytes));
  must_do(zip.add(proof::kManifestEntry, proof::print_manifest(manifest)));
  return zip.finish();
}

CaseId case_of(Ledger& ledger, TextId text) { return must(must(ledger.reader())->text(text)).case_id; }

proof::Verdict verdict_on(const std::string& dossier) {
  const auto zip = formats::read_zip(dossier, "dossier");
  proof::Verdict verdict;
  if (!zip) {
    verdict.wrong.push_back({"verify.wrong.unreadable", {}});
    return verdict;
  }
  std::vector<proof::Entry> entries;
  for (const formats::ZipEntry& entry : *zip) entries.push_back({entry.name, entry.bytes});
  return proof::check_dossier(entries, signed_by);
}

TEST_F(Mutations, of_every_byte_of_a_dossier_are_found) {
  const auto ledger = must(opened(Opening::Mode::open));
  const std::string dossier = small_dossier(*ledger, case_of(*ledger, TextId{2}));
  const proof::Verdict whole = verdict_on(dossier);
  ASSERT_TRUE(whole.sound()) << whole.wrong.front().key;
  EXPECT_FALSE(whole.proven.empty());
  for (std::size_t i = 0; i < dossier.size(); ++i) {
    std::string changed = dossier;
    changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
    ++tried_;
    if (!verdict_on(changed).sound())
      ++found_;
    else
      ADD_FAILURE() << "not found: bit " << i % 8 << " of byte " << i;
  }
  for (std::size_t size = 0; size < dossier.size(); size += 97) {
    ++tried_;
    found_ += verdict_on(dossier.substr(0, size)).sound() ? 0 : 1;
  }
  tell("bytes of a dossier");
}

TEST_F(Mutations, of_every_bit_of_a_receipt_are_found) {
  const auto ledger = must(opened(Opening::Mode::open));
  const auto reader = must(ledger->reader());
  const std::string receipt = proof::print_receipt(must(receipt_of_act(*reader, 3)));
  ASSERT_TRUE(proof::check_text(receipt, signed_by).sound());
  for (std::size_t i = 0; i < receipt.size() * 8; ++i) {
    std::string changed = receipt;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    ++tried_;
    if (!proof::check_text(changed, signed_by).sound())
      ++found_;
    else
      ADD_FAILURE() << "not found: bit " << i % 8 << " of byte " << i / 8;
  }
  tell("bits of a receipt");
}

// Several in one mail, each with its verdict: a changed one does not hide behind the others.
TEST_F(Mutations, of_any_receipt_in_a_mail_are_found) {
  const auto ledger = must(opened(Opening::Mode::open));
  const auto reader = must(ledger->reader());
  std::string mail = "Subject: three receipts\r\n\r\nBonjour,\r\n";
  const std::size_t begins = mail.size();
  for (const std::uint64_t act : {3U, 5U, 6U})
    for (const char c : proof::print_receipt(must(receipt_of_act(*reader, act))))
      mail += c == '\n' ? "\r\n" : std::string{c};
  const std::vector<proof::Placed> whole = proof::check_texts(mail, signed_by);
  ASSERT_EQ(whole.size(), 3U);
  EXPECT_EQ(whole.front().line, 4U);
  for (const proof::Placed& one : whole) EXPECT_TRUE(one.verdict.sound());
  for (std::size_t i = begins * 8; i < mail.size() * 8; i += 3) {
    std::string changed = mail;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    // A return before a line's end belongs to the mail.
    if (mail[i / 8] == '\r') continue;
    ++tried_;
    if (!proof::check_text(changed, signed_by).sound())
      ++found_;
    else
      ADD_FAILURE() << "not found: bit " << i % 8 << " of byte " << i / 8;
  }
  tell("bits of three receipts");
}

/// Proofs as this format has them: whoever holds such files can verify them for ever. Also read by the tests of the
/// page that verifies, and the example of docs/proof-format.md.
TEST_F(Mutations, of_the_format_are_found_in_proofs_that_others_keep) {
  const std::filesystem::path source = GUICHET_SOURCE_DIR;
  const std::filesystem::path golden = source / "tests/golden/proofs/1";
  if (std::getenv("GUICHET_BLESS") != nullptr && !std::filesystem::exists(golden)) {
    std::filesystem::create_directories(golden);
    const auto ledger = must(opened(Opening::Mode::open));
    const auto reader = must(ledger->reader());
    const auto write = [&golden](const char* name, const std::string& bytes) {
      std::ofstream(golden / name, std::ios::binary) << bytes;
    };
    const proof::SignedHead before = *must(newest_head(*reader));
    write("head.txt", proof::print_head(before));
    write("receipt.txt", proof::print_receipt(must(receipt_of_act(*reader, 3))));
    write("dossier.zip", small_dossier(*ledger, case_of(*ledger, TextId{2})));
    must_do(ledger->append(scribe_.draw(3, 3)));
    write("later.txt", proof::print_head(*must(newest_head(*reader))));
    write("growth.txt", proof::print_growth(must(growth_since(*reader, before.head.size))));
  }
  const auto verdict_of = [&golden](const char* name) { return proof::check_text(bytes_of(golden / name), signed_by); };
  const proof::Verdict head = verdict_of("head.txt");
  const proof::Verdict later = verdict_of("later.txt");
  const proof::Verdict growth = verdict_of("growth.txt");
  const proof::Verdict receipt = verdict_of("receipt.txt");
  for (const proof::Verdict* one : {&head, &later, &growth, &receipt}) ASSERT_TRUE(one->sound());
  EXPECT_TRUE(verdict_on(bytes_of(golden / "dossier.zip")).sound());
  EXPECT_EQ(proof::compare({&head, {}}, {&later, {}}, growth.growths).kind, proof::Comparison::Kind::consistent);
  EXPECT_EQ(proof::compare({&head, {}}, {&later, {}}, {}).kind, proof::Comparison::Kind::unknown);
  // The page for those who write a verifier tells the numbers of this receipt.
  const std::string page = bytes_of(source / "docs/proof-format.md");
  ASSERT_EQ(receipt.leaves.size(), 1U);
  const proof::ProvenLeaf& leaf = receipt.leaves.front();
  const proof::Hash& beside = leaf.path.front();
  const proof::Hash above =
      leaf.index % 2 == 1 ? proof::node_hash(beside, leaf.hash) : proof::node_hash(leaf.hash, beside);
  for (const proof::Hash& told : {leaf.hash, beside, above, receipt.heads.front().head.root})
    EXPECT_NE(page.find(hex(told)), std::string::npos) << hex(told);
}

// A desk that shows each party another history: both are whole, and their heads contradict one another.
TEST_F(Mutations, of_a_history_are_found_when_the_parties_compare) {
  const std::string other = folder_.file("other.ledger");
  std::filesystem::copy_file(folder_.file("desk.ledger"), other);
  std::filesystem::copy_file(folder_.file("desk.ledger.key"), other + ".key");
  const auto one = must(opened(Opening::Mode::open));
  const auto two = must(opened(Opening::Mode::open, "other.ledger"));
  const auto before = must(newest_head(*must(one->reader())));
  Scribe scribe = scribe_;
  must_do(one->append(scribe_.draw(3, 3)));
  for (int i = 0; i < 2; ++i) {
    Batch batch = scribe.draw(2 + static_cast<std::size_t>(i), 3);
    batch.house.push_back({.at = scribe.now(), .what = "another", .detail = "{}"});
    must_do(two->append(batch));
  }
  EXPECT_EQ(must(one->check()), std::vector<std::string>{});
  EXPECT_EQ(must(two->check()), std::vector<std::string>{});
  const auto reader_one = must(one->reader());
  const auto reader_two = must(two->reader());
  const auto verdict_of = [](const std::string& text) { return proof::check_text(text, signed_by); };
  const proof::Verdict early = verdict_of(proof::print_head(*before));
  const proof::Verdict mine = verdict_of(proof::print_head(*must(newest_head(*reader_one))));
  const proof::Verdict theirs = verdict_of(proof::print_head(*must(newest_head(*reader_two))));
  ASSERT_TRUE(mine.sound() && theirs.sound() && early.sound());
  using Kind = proof::Comparison::Kind;
  const auto compared = [](const proof::Side& a, const proof::Side& b, std::span<const proof::Growth> growths = {}) {
    return proof::compare(a, b, growths).kind;
  };
  EXPECT_EQ(compared({&mine, {}}, {&theirs, {}}), Kind::unknown) << "two heads of different sizes say nothing alone";
  const auto root_of = [](Reader& reader) { return [&reader](std::uint64_t size) { return root_at(reader, size); }; };
  EXPECT_EQ(compared({&mine, root_of(*reader_one)}, {&theirs, {}}), Kind::unknown);
  EXPECT_EQ(compared({&mine, {}}, {&theirs, root_of(*reader_two)}), Kind::fork);
  EXPECT_EQ(compared({&mine, root_of(*reader_one)}, {&theirs, root_of(*reader_two)}), Kind::fork);
  EXPECT_EQ(compared({&mine, root_of(*reader_one)}, {&early, {}}), Kind::consistent);
  EXPECT_EQ(compared({&early, {}}, {&mine, {}}), Kind::unknown);
  const std::vector<proof::Growth> growth{must(growth_since(*reader_one, before->head.size))};
  ASSERT_TRUE(verdict_of(proof::print_growth(growth.front())).sound());
  EXPECT_EQ(compared({&early, {}}, {&mine, {}}, growth), Kind::consistent);
  EXPECT_EQ(compared({&early, {}}, {&early, {}}), Kind::consistent);
  // The same entry, told in two ways under two heads.
  const std::uint64_t act = must(reader_one->reach()).act;
  const proof::Verdict step = verdict_of(proof::print_receipt(must(receipt_of_act(*reader_one, act))));
  const proof::Verdict other_step = verdict_of(proof::print_receipt(must(receipt_of_act(*reader_two, act))));
  EXPECT_NE(compared({&step, {}}, {&other_step, {}}), Kind::consistent);
}

TEST_F(Mutations, a_lost_key_is_said_and_an_old_one_refused) {
  const std::string path = folder_.file("desk.ledger");
  const std::string key = path + ".key";
  const std::string away = folder_.file("away");
  const auto refusal = [&](Opening::Mode mode) {
    const auto ledger = opened(mode);
    EXPECT_FALSE(ledger);
    return ledger ? std::string{} : ledger.error().detail;
  };
  std::filesystem::rename(key, away);
  for (const Opening::Mode mode : {Opening::Mode::open, Opening::Mode::create_or_open}) {
    const std::string told = refusal(mode);
    EXPECT_TRUE(told.starts_with(key + ": the signing key of this ledger is gone")) << told;
    EXPECT_NE(told.find("guichet ledger new-key " + path), std::string::npos) << told;
    EXPECT_FALSE(std::filesystem::exists(key)) << "no key is made in its place";
  }
  {
    const auto reading = must(opened(Opening::Mode::read_only));
    EXPECT_EQ(must(reading->check()), std::vector<std::string>{});
    EXPECT_EQ(must(must(reading->reader())->keys()).size(), 1U);
  }
  // Another ledger's key is no better.
  {
    must_do(must(opened(Opening::Mode::create_or_open, "other.ledger"))->catch_up());
    std::filesystem::rename(folder_.file("other.ledger.key"), key);
    const std::string told = refusal(Opening::Mode::open);
    EXPECT_TRUE(told.starts_with(key + ": this is not the key of this ledger")) << told;
    std::filesystem::remove(key);
  }
  std::filesystem::rename(away, key);
  must_do(must(opened(Opening::Mode::open))->append(scribe_.draw(1, 3)));
  std::filesystem::remove(key);
  {
    const auto ledger = must(with_new_key());
    must_do(ledger->append(scribe_.draw(2, 3)));
    EXPECT_EQ(must(ledger->check()), std::vector<std::string>{});
    const auto reader = must(ledger->reader());
    EXPECT_EQ(must(reader->keys()).size(), 2U);
    const CaseFile file = *must(reader->case_file(CaseId{1}));
    const proof::Verdict verdict =
        proof::check_text(proof::print_receipt(must(receipt_of_case(*reader, file, {}))), signed_by);
    EXPECT_TRUE(verdict.sound());
    EXPECT_TRUE(std::ranges::any_of(verdict.proven,
                                    [](const proof::Said& said) { return said.key == "verify.proven.key_change"; }));
  }
  must_do(must(opened(Opening::Mode::open))->append(scribe_.draw(1, 3)));
  std::filesystem::permissions(folder_.file("desk.ledger.key"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto refused = opened(Opening::Mode::open);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
}

}  // namespace
}  // namespace guichet::ledger::tests
