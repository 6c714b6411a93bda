// Looking for what is wrong with a ledger: its pages, its numbers, its digests, and whether what is derived follows
// from what was written.
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <guichet/base/digest.hpp>
#include <guichet/ledger/finding.hpp>
#include <guichet/ledger/proving.hpp>
#include <guichet/ledger/seals.hpp>
#include <guichet/ledger/sqlite.hpp>
#include <guichet/ledger/sqlite_format.hpp>
#include <guichet/ledger/sqlite_shelf.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

constexpr std::size_t kLinesMax = 200;

/// A place of a word in the tables, as one number; their sum does not depend on the order.
std::uint64_t word_mark(std::uint64_t text, std::string_view column, std::uint64_t offset, std::string_view word) {
  RunningDigest digest;
  digest.add(text);
  digest.add(std::as_bytes(std::span{column}));
  digest.add(offset);
  digest.add(std::as_bytes(std::span{word}));
  return digest.value();
}

std::string all_of_shelf() {
  std::string sql = "SELECT facts, subject, team, next_tick";
  for (const ShelfColumn& one : kIndexed) sql += std::string{", "} + one.column;
  for (const ShelfColumn& one : kNotIndexed) sql += std::string{", "} + one.column;
  return sql + " FROM shelf WHERE case_id = ?";
}

class Checking {
 public:
  Checking(SqliteReader& reader, std::vector<std::string>& lines)
      : reader_(reader), connection_(reader.connection()), lines_(lines) {}

  void run() {
    attempt("the pages", pages());
    attempt("the triggers", triggers());
    attempt("the forms of the rows", forms());
    attempt("the proof", check_proof(reader_, [this](const std::string& line) { say(line); }));
    attempt("the acts", acts());
    attempt("the texts", texts());
    attempt("the numbers of the house", house());
    attempt("the erasures", erasures());
    attempt("the cases", cases());
    attempt("the census", census());
    attempt("the words", words());
    if (hidden_ != 0) lines_.push_back("… and " + std::to_string(hidden_) + " more");
  }

 private:
  void say(const std::string& line) {
    if (lines_.size() < kLinesMax)
      lines_.push_back(line);
    else
      ++hidden_;
  }
  void attempt(const std::string& what, const Outcome& outcome) {
    if (!outcome) say(what + " cannot be read through: " + outcome.error().detail);
  }

  Outcome pages() {
    Statement statement{"PRAGMA integrity_check(50)"};
    Rows rows(connection_, statement);
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) return Done{};
      if (rows.text(0) != "ok") say("pages: " + std::string{rows.text(0)});
    }
  }

  /// What refuses to change what was written is there, and nothing that acts by itself besides.
  Outcome triggers() {
    GUICHET_TRY(wanted, triggers_of_a_ledger());
    GUICHET_TRY(there, triggers_in(connection_));
    for (const auto& one : wanted)
      if (std::ranges::find(there, one) == there.end())
        say("the trigger \"" + one.first + "\", which guards what was written, is missing or another");
    for (const auto& one : there)
      if (std::ranges::find(wanted, one.first, [](const auto& known) { return known.first; }) == wanted.end())
        say("the trigger \"" + one.first + "\" is none of a ledger's");
    return Done{};
  }

  /// A value that no program of ours writes, and that would be read as another: a leaf is over the values as read.
  Outcome forms() {
    struct Form {
      const char *table, *key, *where;
    };
    constexpr std::array kForms{
        Form{"acts", "number",
             "case_id NOT BETWEEN 1 AND 4294967295 OR person NOT BETWEEN 0 AND 4294967295 "
             "OR account NOT BETWEEN 0 AND 4294967295 OR version NOT BETWEEN 0 AND 4294967295 "
             "OR channel NOT BETWEEN 0 AND 255 OR events NOT BETWEEN 0 AND 4294967295 OR position < 1 "
             "OR (what IS NULL) + (at IS NULL) + (actor IS NULL) + (text IS NULL) + (detail IS NULL) + (other IS NULL) "
             "NOT IN (0, 6) OR what NOT BETWEEN 0 AND 4294967295 OR actor NOT BETWEEN 0 AND 4294967295 "
             "OR text NOT BETWEEN 0 AND 4294967295 OR detail NOT BETWEEN 0 AND 4294967295 "
             "OR other NOT BETWEEN 0 AND 4294967295"},
        Form{"events", "position",
             "case_id NOT BETWEEN 1 AND 4294967295 OR version NOT BETWEEN 1 AND 4294967295 "
             "OR actor NOT BETWEEN 0 AND 4294967295 OR text NOT BETWEEN 0 AND 4294967295 "
             "OR detail NOT BETWEEN 0 AND 4294967295 OR what NOT BETWEEN 0 AND 4294967295 "
             "OR (text = 0) <> (digest IS NULL) OR length(digest) <> 32"},
        Form{"texts", "id",
             "case_id NOT BETWEEN 0 AND 4294967295 OR author NOT BETWEEN 0 AND 4294967295 "
             "OR kind NOT BETWEEN 0 AND 255 OR bytes < 0 OR length(digest) <> 32 OR length(name_digest) <> 32 "
             "OR (erased IS NULL AND (name = '') <> (name_digest IS NULL)) "
             "OR (erased IS NULL AND (body IS NULL OR sha256 IS NULL OR length(sha256) <> 32))"},
        Form{"procedures", "id", "id NOT BETWEEN 1 AND 65535 OR by NOT BETWEEN 0 AND 4294967295"},
        Form{"house", "number", "by NOT BETWEEN 0 AND 4294967295"},
        Form{"erasures", "number", "text NOT BETWEEN 1 AND 4294967295"},
        Form{"keys", "number", "length(key) <> 32"},
        Form{"tree", "place", "length(hash) <> 32"},
        Form{"heads", "number", "length(root) <> 32 OR length(signature) <> 64"}};
    for (const Form& form : kForms) {
      Statement statement{std::string{"SELECT "} + form.key + " FROM " + form.table + " WHERE " + form.where +
                          " LIMIT 10"};
      Rows rows(connection_, statement);
      while (true) {
        GUICHET_TRY(found, rows.next());
        if (!found) break;
        say(std::string{"row "} + std::to_string(rows.integer(0)) + " of \"" + form.table +
            "\" has a value that no guichet writes");
      }
    }
    return Done{};
  }

  /// Texts are erased exactly as the erasures say, each once.
  Outcome erasures() {
    GUICHET_TRY(gaps, without_gaps("erasures", "number"));
    Statement statement{
        "SELECT * FROM (SELECT id, erased, 0 FROM texts WHERE erased IS NOT NULL EXCEPT SELECT text, at, 0 FROM "
        "erasures) "
        "UNION ALL "
        "SELECT * FROM (SELECT text, at, 1 FROM erasures EXCEPT SELECT id, erased, 1 FROM texts WHERE erased IS NOT "
        "NULL) "
        "UNION ALL SELECT text, min(at), 2 FROM erasures GROUP BY text HAVING count(*) > 1"};
    Rows rows(connection_, statement);
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) return Done{};
      const std::string named = "text " + std::to_string(rows.integer(0));
      say(rows.integer(2) == 0   ? named + " is called erased, and no erasure says so"
          : rows.integer(2) == 1 ? named + " is said to be erased, and is not, or at another time"
                                 : named + " is said to be erased twice");
    }
  }

  Outcome acts() {
    Statement statement{"SELECT number, position, events, recorded FROM acts ORDER BY number"};
    Rows rows(connection_, statement);
    std::uint64_t number = 0;
    std::uint64_t position = 1;
    Instant recorded = Instant::min();
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) break;
      if (rows.whole(0) != ++number) {
        say("act " + std::to_string(number) + " is missing: act " + std::to_string(rows.whole(0)) + " comes next");
        number = rows.whole(0);
      }
      const std::string named = "act " + std::to_string(number);
      if (rows.whole(1) != position) {
        say(named + " begins at event " + std::to_string(rows.whole(1)) + ", where event " + std::to_string(position) +
            " should follow");
        position = rows.whole(1);
      }
      position += rows.whole(2);
      if (rows.instant(3) < recorded) say(named + " was recorded before the act that it follows");
      recorded = rows.instant(3);
    }
    GUICHET_TRY(events, connection_.integer("SELECT count(*) FROM events"));
    if (static_cast<std::uint64_t>(events) != position - 1)
      say("there are " + std::to_string(events) + " events, where the acts have " + std::to_string(position - 1));
    return Done{};
  }

  Outcome without_gaps(const std::string& table, const std::string& column) {
    GUICHET_TRY(count, connection_.integer("SELECT count(*) FROM " + table));
    GUICHET_TRY(last, connection_.integer("SELECT max(" + column + ") FROM " + table));
    if (count != last)
      say("the numbers in \"" + table + "\" have gaps: there are " + std::to_string(count) + ", and the last is " +
          std::to_string(last));
    return Done{};
  }

  Outcome house() {
    GUICHET_TRY(procedures, without_gaps("procedures", "id"));
    GUICHET_TRY(keys, without_gaps("keys", "number"));
    GUICHET_TRY(heads, without_gaps("heads", "number"));
    return without_gaps("house", "number");
  }

  Outcome texts() {
    GUICHET_TRY(gaps, without_gaps("texts", "id"));
    Statement statement{std::string{"SELECT "} + kTextColumns + "body, case_id, secret FROM texts ORDER BY id"};
    Rows rows(connection_, statement);
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) return Done{};
      check_text(text_from(rows, rows.id<CaseId>(11)), rows.blob(12), rows.is_null(7), rows.is_null(10));
    }
  }

  void check_text(const Text& text, std::span<const std::byte> secret, bool no_sha256, bool no_body) {
    const std::string named = "text " + std::to_string(text.id.value);
    if (text.erased) {
      if (!no_body || !no_sha256 || !secret.empty() || !text.name.empty())
        say(named + " is called erased, and something of it is left");
      return;
    }
    if (text.body.size() != text.body_bytes || sha256_of(text.body) != text.sha256 ||
        secret.size() != std::tuple_size_v<TextKey> || sealed(array_from<32>(secret), text.body) != text.digest ||
        proof::name_digest(array_from<32>(secret), text.name) != text.name_digest)
      say(named + " is not the text that was written: its digest differs");
  }

  Outcome cases() {
    Statement statement{
        "SELECT min(next) FROM (SELECT min(case_id) AS next FROM acts WHERE case_id > ?1 "
        "UNION ALL SELECT min(case_id) FROM events WHERE case_id > ?1 "
        "UNION ALL SELECT min(case_id) FROM shelf WHERE case_id > ?1)"};
    Rows rows(connection_, statement);
    CaseId last;
    while (true) {
      rows.again();
      rows.bind(last);
      GUICHET_TRY(found, rows.next());
      // A number beyond all cases was said already, and would be read as a smaller one.
      if (!found || rows.is_null(0) || rows.whole(0) > std::numeric_limits<std::uint32_t>::max()) return Done{};
      last = rows.id<CaseId>(0);
      GUICHET_TRY(checked, check_case(last));
    }
  }

  Outcome check_case(CaseId id) {
    const std::string named = "case " + std::to_string(id.value);
    GUICHET_TRY(file, reader_.part_of_case(id));
    GUICHET_TRY(texts, reader_.texts_to_fold(id, file));
    GUICHET_TRY(history, check_history(id, named));
    GUICHET_TRY(digests, check_digests(named, file, texts));
    return check_row(id, named,
                     file.acts.empty() ? std::nullopt : std::optional{folded(file, texts, reader_.shelving())});
  }

  /// Every column of a case's row follows from its acts, events and texts.
  Outcome check_row(CaseId id, const std::string& named, const std::optional<ShelfRow>& told) {
    Rows rows(connection_, shelf_row_);
    rows.bind(id);
    GUICHET_TRY(found, rows.next());
    if (!found) {
      say(named + " has events, and is not on the shelf");
      return Done{};
    }
    if (!told) {
      say(named + " is on the shelf, and has no acts");
      return Done{};
    }
    const auto wrong = [&](const std::string& column, const std::string& values) {
      say(named + ": \"" + column + "\" on the shelf is not what its events tell" + values +
          "; run \"guichet ledger rebuild\"");
    };
    if (rows.text(0) != packed(*told)) wrong("facts", "");
    if (rows.text(1) != told->subject) wrong("subject", "");
    if (rows.text(2) != told->team) wrong("team", "");
    if (rows.instant_or_never(3) != told->next_tick || rows.is_null(3) != (told->next_tick == kNever))
      wrong("next_tick", "");
    int place = 4;
    const auto check_number = [&](const ShelfColumn& one) {
      const std::int64_t value = one.value(*told);
      if (rows.integer(place) != value)
        wrong(one.column,
              " (" + std::to_string(rows.integer(place)) + ", and should be " + std::to_string(value) + ")");
      ++place;
    };
    for (const ShelfColumn& one : kIndexed) check_number(one);
    for (const ShelfColumn& one : kNotIndexed) check_number(one);
    return Done{};
  }

  /// Versions without gaps, and every event where its act says.
  Outcome check_history(CaseId id, const std::string& named) {
    Statement all_acts{std::string{"SELECT "} + kActColumns + " FROM acts WHERE case_id = ? ORDER BY number"};
    Statement all_events{"SELECT version, position, act FROM events WHERE case_id = ? ORDER BY version"};
    Rows acts(connection_, all_acts);
    Rows events(connection_, all_events);
    acts.bind(id);
    events.bind(id);
    std::uint32_t version = 0;
    while (true) {
      GUICHET_TRY(found, acts.next());
      if (!found) break;
      const ActRow act = act_from(acts, id);
      for (std::uint64_t i = 0; i < act.events; ++i) {
        GUICHET_TRY(more, events.next());
        if (!more) {
          say(named + " lacks events of act " + std::to_string(act.act.number));
          return Done{};
        }
        if (events.whole(0) != ++version) {
          say(named + " has no event of version " + std::to_string(version));
          return Done{};
        }
        if (events.whole(2) != act.act.number || events.whole(1) != act.position + i ||
            version != act.version.value + i)
          say(named + ": the event of version " + std::to_string(version) + " is not where act " +
              std::to_string(act.act.number) + " says");
      }
    }
    GUICHET_TRY(more, events.next());
    if (more) say(named + ": the event of version " + std::to_string(events.whole(0)) + " belongs to no act");
    return Done{};
  }

  Outcome check_digests(const std::string& named, const CaseFile& file, const std::vector<Text>& texts) {
    for (const KeptEvent& kept : file.events) {
      const TextId id = kept.event.text;
      if (!id) continue;
      const auto own = std::ranges::lower_bound(texts, id, {}, &Text::id);
      std::optional<TextDigest> digest;
      if (own != texts.end() && own->id == id) {
        digest = own->digest;
      } else {
        GUICHET_TRY(shared, digest_of_label(id));
        digest = shared;
      }
      if (!digest)
        say(named + " has no text " + std::to_string(id.value));
      else if (digest != kept.text_digest)
        say(named + ": text " + std::to_string(id.value) + " is not the one that version " +
            std::to_string(kept.event.version.value) + " was written with");
    }
    return Done{};
  }

  /// Of a label that cases share.
  Result<std::optional<TextDigest>> digest_of_label(TextId id) {
    Rows rows(connection_, shared_label_);
    rows.bind(id);
    GUICHET_TRY(found, rows.next());
    return found ? std::optional{array_from<32>(rows.blob(0))} : std::nullopt;
  }

  Outcome census() {
    Statement statement{
        "SELECT 0, (SELECT cases FROM census WHERE closed = 0), (SELECT count(*) FROM shelf WHERE closed = 0) "
        "UNION ALL SELECT 1, (SELECT cases FROM census WHERE closed = 1), (SELECT count(*) FROM shelf WHERE closed = "
        "1) "
        "UNION ALL SELECT closed, cases, -1 FROM census WHERE closed NOT IN (0, 1)"};
    Rows rows(connection_, statement);
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) break;
      if (rows.is_null(1) || rows.integer(1) != rows.integer(2))
        say("\"cases\" in the census where \"closed\" is " + std::to_string(rows.integer(0)) +
            " is not the number of such cases on the shelf; run \"guichet ledger rebuild\"");
    }
    GUICHET_TRY(strange, connection_.integer("SELECT count(*) FROM owed WHERE what NOT IN ('purge', 'seal', 'words')"));
    if (strange != 0) say("\"owed\" has rows that no guichet writes");
    GUICHET_TRY(adrift,
                connection_.integer("SELECT count(*) FROM stamps WHERE head NOT IN (SELECT number FROM heads)"));
    if (adrift != 0) say("\"stamps\" has one for a head that is not there");
    GUICHET_TRY(owed, connection_.integer("SELECT count(*) FROM owed WHERE what = 'purge'"));
    if (owed != 0) say("words of erased texts wait to be purged; open the ledger for writing");
    return Done{};
  }

  Outcome words() {
    GUICHET_TRY(last, connection_.integer("SELECT max(id) FROM texts"));
    if (last == 0) return Done{};
    // Words that wait for their table stand in none; a search reads those texts themselves.
    GUICHET_TRY(unfound, words_owed_from(connection_));
    const auto indexed = unfound ? TextId{unfound->value - 1} : TextId{static_cast<std::uint32_t>(last)};
    const std::uint32_t newest = search_number(TextId{static_cast<std::uint32_t>(last)});
    for (std::uint32_t number = 0; number <= newest; ++number) {
      if (number > search_number(indexed) || !indexed) {
        GUICHET_TRY(
            any, connection_.integer("SELECT count(*) FROM sqlite_schema WHERE name = '" + search_table(number) + "'"));
        if (any == 0) continue;
      }
      const Result<std::uint64_t> wanted = marks_of_texts(number, indexed);
      const Result<std::uint64_t> there = marks_of_table(number);
      if (!there)
        say("the words in \"" + search_table(number) + "\" cannot be read: " + there.error().detail +
            "; run \"guichet ledger rebuild\"");
      if (!wanted) return wanted.error();
      if (there && *there != *wanted)
        say("the words in \"" + search_table(number) + "\" are not those of the texts; run \"guichet ledger rebuild\"");
    }
    return Done{};
  }

  Result<std::uint64_t> marks_of_texts(std::uint32_t number, TextId indexed) {
    Statement statement{
        std::string{"SELECT "} + kTextColumns +
        "body, case_id, (SELECT account FROM acts WHERE acts.case_id = texts.case_id LIMIT 1) FROM texts "
        "WHERE id >= ? AND id < ? AND erased IS NULL ORDER BY id"};
    Rows rows(connection_, statement);
    rows.bind(std::int64_t{number} * kTextsPerSearch);
    rows.bind(std::min((std::int64_t{number} + 1) * kTextsPerSearch, std::int64_t{indexed.value} + 1));
    std::uint64_t sum = 0;
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) return sum;
      const Text text = text_from(rows, rows.id<CaseId>(11));
      const std::string said = reader_.shelving().words_of(text);
      const std::vector<FoldedWord> words = folded_words(said);
      for (std::size_t i = 0; i < words.size(); ++i) sum += word_mark(text.id.value, "words", i, words[i].folded);
      const auto account = rows.id<AccountId>(12);
      // Also a text of signs alone, in which nothing is a word, says who may read it.
      if (!said.empty() && account && text.kind != TextKind::note)
        sum += word_mark(text.id.value, "scope", 0, scope_word(account));
    }
  }

  Result<std::uint64_t> marks_of_table(std::uint32_t number) {
    const std::string table = search_table(number);
    GUICHET_TRY(made, connection_.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_of_" + table +
                                          " USING fts5vocab('main', '" + table + "', 'instance')"));
    Statement statement{"SELECT doc, col, offset, term FROM temp.words_of_" + table};
    Rows rows(connection_, statement);
    std::uint64_t sum = 0;
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) return sum;
      sum += word_mark(rows.whole(0), rows.text(1), rows.whole(2), rows.text(3));
    }
  }

  SqliteReader& reader_;
  Connection& connection_;
  std::vector<std::string>& lines_;
  std::size_t hidden_ = 0;
  Statement shared_label_{"SELECT digest FROM texts WHERE id = ? AND case_id = 0"};
  Statement shelf_row_{all_of_shelf()};
};

}  // namespace

std::span<const NotChecked> not_checked() {
  static constexpr std::array kTables{
      NotChecked{"records", "people, sessions, drafts: they may change and go, and are no history"},
      NotChecked{"receipts", "answers to errands with a key, given again to whoever asks twice"},
      NotChecked{"owed", "what is begun and to be ended, except that nothing waits to be purged"},
      NotChecked{"stamps", "whether an authority signed them: guichet verify LEDGER --tsa CERTIFICATES"},
      NotChecked{"search_N_docsize, search_N_config, search_N_idx",
                 "how SQLite finds its way in the words, which are checked themselves; a rebuild makes them anew"}};
  return kTables;
}

Result<std::vector<std::string>> SqliteLedger::check() {
  std::vector<std::string> lines;
  GUICHET_TRY(reader, new_reader());
  {
    GUICHET_TRY(moment, Transaction::begin(reader->connection(), Transaction::Kind::reading));
    Checking(*reader, lines).run();
  }
  if (writer_) {
    const Outcome sound = writer_->check_words();
    if (!sound) lines.push_back("the words: " + sound.error().detail + "; run \"guichet ledger rebuild\"");
  }
  return lines;
}

}  // namespace guichet::ledger
