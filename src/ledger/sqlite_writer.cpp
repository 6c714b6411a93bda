#include <guichet/ledger/sqlite_writer.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <sqlite3.h>

#include <guichet/base/check.hpp>
#include <guichet/ledger/batch_rules.hpp>
#include <guichet/ledger/listing.hpp>
#include <guichet/ledger/sqlite_reader.hpp>
#include <guichet/ledger/sqlite_shelf.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

/// A table of words that is full is joined into one piece, which is found in several times faster; by so many pages
/// after each commit, a millisecond or two.
constexpr std::size_t kPagesJoined = 32;

/// From so many texts on, their words no longer wait. A search reads as many one by one, in some milliseconds.
constexpr std::uint32_t kTextsUnfound = 256;

/// Pages in the write-ahead log from which on it is written into the file (4 KiB each). A page that every commit
/// changes is then written once for many.
constexpr int kLogPages = 4000;

/// Rows of the shelf that are remembered, and ways of updating one that are kept ready.
constexpr std::size_t kRowsRemembered = 8'192;
constexpr std::size_t kUpdatesKept = 256;

std::int64_t whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// An update names only those columns of kIndexed that changed: whatever it names is taken out of its indexes and put
// back.
// These two besides: one is a text, the other may be NULL.
constexpr const char* kTeam = "team";
constexpr const char* kNextTick = "next_tick";
constexpr std::size_t kTeamBit = kIndexed.size();
constexpr std::size_t kNextTickBit = kTeamBit + 1;

constexpr std::array kPlain{"facts", "subject", "turn", "unread"};
static_assert(kPlain.size() == 2 + kNotIndexed.size());

/// The values of kPlain. `facts` must stay until the statement has run.
void bind_plain(Rows& rows, const ShelfRow& row, const std::string& facts) {
  rows.bind_blob(facts).bind(row.subject);
  for (const ShelfColumn& one : kNotIndexed) rows.bind(one.value(row));
}

constexpr std::uint32_t kAllIndexed = ~0U;

void bind_indexed(Rows& rows, const ShelfRow& row, std::uint32_t which) {
  for (std::size_t i = 0; i < kIndexed.size(); ++i)
    if ((which >> i & 1U) != 0) rows.bind(kIndexed[i].value(row));
  if ((which >> kTeamBit & 1U) != 0) rows.bind(row.team);
  if ((which >> kNextTickBit & 1U) != 0) rows.bind_or_never(row.next_tick);
}

std::string insertion() {
  std::string columns = "case_id";
  std::string places = "?";
  const auto add = [&](const char* column) {
    columns += std::string{", "} + column;
    places += ", ?";
  };
  for (const char* column : kPlain) add(column);
  for (const ShelfColumn& one : kIndexed) add(one.column);
  add(kTeam);
  add(kNextTick);
  return "INSERT INTO shelf (" + columns + ") VALUES (" + places + ")";
}

std::string update(std::uint32_t changed) {
  std::string sql = "UPDATE shelf SET ";
  for (const char* column : kPlain) sql += (column == kPlain.front() ? "" : ", ") + std::string{column} + " = ?";
  for (std::size_t i = 0; i < kIndexed.size(); ++i)
    if ((changed >> i & 1U) != 0) sql += std::string{", "} + kIndexed[i].column + " = ?";
  if ((changed >> kTeamBit & 1U) != 0) sql += ", team = ?";
  if ((changed >> kNextTickBit & 1U) != 0) sql += ", next_tick = ?";
  return sql + " WHERE case_id = ?";
}

std::string comparison() {
  std::string sql = "SELECT count(*) FROM shelf WHERE case_id IS ?";
  for (const char* column : kPlain) sql += std::string{" AND "} + column + " IS ?";
  for (const ShelfColumn& one : kIndexed) sql += std::string{" AND "} + one.column + " IS ?";
  return sql + " AND team IS ? AND next_tick IS ?";
}

std::uint32_t differing(const ShelfRow& a, const ShelfRow& b) {
  std::uint32_t changed = 0;
  for (std::size_t i = 0; i < kIndexed.size(); ++i)
    if (kIndexed[i].value(a) != kIndexed[i].value(b)) changed |= 1U << i;
  if (a.team != b.team) changed |= 1U << kTeamBit;
  if (a.next_tick != b.next_tick) changed |= 1U << kNextTickBit;
  return changed;
}

}  // namespace

/// The digests of the texts of one batch.
struct SqliteWriter::Digests {
  TextId first;
  std::vector<TextDigest> of;
};

SqliteWriter::SqliteWriter(SqliteReader& reader, std::shared_ptr<const Shelving> shelving, SigningKey key)
    : reader_(reader),
      connection_(reader.connection()),
      shelving_(std::move(shelving)),
      growing_(std::move(key)),
      add_text_(
          "INSERT INTO texts (id, case_id, kind, author, name, media_type, bytes, digest, secret, sha256, body, "
          "name_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      add_act_(
          "INSERT INTO acts (case_id, number, recorded, person, account, channel, position, version, events, what, at, "
          "actor, text, detail, other) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      add_event_(
          "INSERT INTO events (case_id, version, position, act, at, actor, text, detail, what, digest) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      version_of_("SELECT max(version) FROM events WHERE case_id = ?"),
      case_of_text_("SELECT case_id FROM texts WHERE id = ?"),
      digest_of_("SELECT digest FROM texts WHERE id = ?"),
      add_receipt_("INSERT INTO receipts (key, fingerprint, case_id, version, at) VALUES (?, ?, ?, ?, ?)"),
      find_record_("SELECT rowid, revision FROM records WHERE kind = ? AND key = ?"),
      add_record_("INSERT INTO records (kind, key, owner, at, body, revision) VALUES (?, ?, ?, ?, ?, 1)"),
      set_record_("UPDATE records SET owner = ?, at = ?, body = ?, revision = revision + 1 WHERE rowid = ?"),
      remove_record_("DELETE FROM records WHERE rowid = ?"),
      add_procedure_(
          "INSERT INTO procedures (id, name, version, toml, effective_from, adopted, by) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      add_house_("INSERT INTO house (number, at, by, what, detail) VALUES (?, ?, ?, ?, ?)"),
      erase_text_("UPDATE texts SET body = NULL, secret = NULL, sha256 = NULL, name = '', erased = ? WHERE id = ?"),
      add_row_(insertion()),
      same_row_(comparison()),
      census_("UPDATE census SET cases = cases + ? WHERE closed = ?"),
      owe_("INSERT OR IGNORE INTO owed (what, number) VALUES ('purge', ?)"),
      owed_("SELECT number FROM owed WHERE what = 'purge' ORDER BY number LIMIT 1"),
      paid_("DELETE FROM owed WHERE what = 'purge' AND number = ?"),
      owe_sealing_("INSERT OR IGNORE INTO owed (what, number) VALUES ('seal', ?)"),
      to_seal_("SELECT number FROM owed WHERE what = 'seal' ORDER BY number LIMIT 1"),
      sealed_("DELETE FROM owed WHERE what = 'seal' AND number = ?"),
      add_erasure_("INSERT INTO erasures (number, text, at) VALUES (?, ?, ?)"),
      add_key_("INSERT INTO keys (number, key, at) VALUES (?, ?, ?)"),
      add_node_("INSERT INTO tree (place, hash) VALUES (?, ?)"),
      add_head_(std::string{"INSERT INTO heads ("} + kHeadColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      add_stamp_("INSERT INTO stamps (head, response) VALUES (?, ?)"),
      owe_words_("INSERT INTO owed (what, number) VALUES ('words', ?)"),
      words_paid_("DELETE FROM owed WHERE what = 'words'"),
      to_index_(std::string{"SELECT "} + kTextColumns +
                "body, case_id, (SELECT account FROM shelf WHERE shelf.case_id = texts.case_id) FROM texts "
                "WHERE id >= ? AND id < ? AND erased IS NULL ORDER BY id") {}

Outcome SqliteWriter::begin() {
  reach_.reset();
  standing_.clear();
  GUICHET_TRY(reach, reach_of(connection_));
  GUICHET_TRY(searches, connection_.integer("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'search_[0-9]*' "
                                            "AND sql LIKE 'CREATE VIRTUAL%'"));
  GUICHET_TRY(owed, connection_.integer("SELECT count(*) FROM owed WHERE what = 'purge'"));
  searches_ = static_cast<std::uint32_t>(searches);
  owes_ = owed != 0;
  GUICHET_TRY(unfound, words_owed_from(connection_));
  unfound_ = unfound;
  sealing_ = false;
  full_.reset();
  Rows full(connection_, to_seal_);
  GUICHET_TRY(any_full, full.next());
  if (any_full) full_ = full.small<std::uint32_t>(0);
  log_to_empty_ = owes_;
  const Outcome grows = growing_.begin(reader_);
  if (!grows) return Error{grows.error().fault, connection_.path() + ": " + grows.error().detail};
  reach_ = reach;
  return Done{};
}

Outcome SqliteWriter::append(const Batch& batch) {
  if (!reach_) {
    GUICHET_TRY(begun, begin());
  }
  const Outcome written = write_whole(batch);
  if (!written) {
    // What was made for the batch is taken back; what the next one needs to know is read again, now or then.
    static_cast<void>(begin());
    return written;
  }
  Reach& reach = *reach_;
  if (!batch.texts.empty()) reach.text = batch.texts.back().id;
  unfound_ = unfound_after_;
  for (const NewAct& one : batch.acts) {
    reach.act = one.act.number;
    reach.position += one.events.size();
    reach.recorded = one.act.recorded;
  }
  if (!batch.erasures.empty() || standing_.size() > kRowsRemembered) standing_.clear();
  for (const ShelfRow& row : batch.rows) {
    reach.case_id = std::max(reach.case_id, row.case_id);
    // Folded anew, a row is another than the batch brought.
    if (batch.erasures.empty()) standing_.insert_or_assign(row.case_id, row);
  }
  if (!batch.procedures.empty()) reach.procedure = batch.procedures.back().id;
  reach.house += batch.house.size();
  growing_.keep();
  if (!batch.erasures.empty()) owes_ = log_to_empty_ = true;
  // What was written stays written, whatever becomes of this.
  static_cast<void>(tidy_up(batch.texts.size()));
  return Done{};
}

Outcome SqliteWriter::write_whole(const Batch& batch) {
  made_.make_room();
  unfound_after_ = unfound_;
  GUICHET_TRY(writing, Transaction::begin(connection_, Transaction::Kind::writing));
  GUICHET_TRY(written, write(batch));
  return writing.commit();
}

Outcome SqliteWriter::catch_up() {
  if (!reach_ || !unfound_) return Done{};
  made_.make_room();
  const auto indexed = [this]() -> Outcome {
    GUICHET_TRY(writing, Transaction::begin(connection_, Transaction::Kind::writing));
    unfound_after_ = unfound_;
    GUICHET_TRY(done, index_what_is_owed(reach_->text));
    return writing.commit();
  }();
  if (!indexed) {
    static_cast<void>(begin());
    return indexed;
  }
  unfound_ = unfound_after_;
  return tidy_up();
}

Outcome SqliteWriter::write(const Batch& batch) {
  GUICHET_TRY(fitting, fits(batch, {.reach = *reach_,
                                    .version_of = [this](CaseId id) { return version_of(id); },
                                    .case_of_text = [this](TextId id) { return case_of_text(id); }}));
  growing_.start(written_at(batch, {}));
  Digests digests;
  GUICHET_TRY(texts, write_texts(batch, digests));
  GUICHET_TRY(acts, write_acts(batch, digests));
  GUICHET_TRY(rows, write_rows(batch));
  // Few words at a time cost the index as much as many do, so that they wait for each other. Searches read those that
  // wait one by one; what is to be erased must stand in the index.
  const TextId last = batch.texts.empty() ? reach_->text : batch.texts.back().id;
  if (unfound_after_ && (last.value - unfound_after_->value >= kTextsUnfound || !batch.erasures.empty())) {
    GUICHET_TRY(indexed, index_what_is_owed(last));
  }
  GUICHET_TRY(receipts, write_receipts(batch));
  GUICHET_TRY(records, write_records(batch));
  GUICHET_TRY(house, write_house(batch));
  for (const Erasure& erasure : batch.erasures) {
    GUICHET_TRY(erased, erase(erasure));
  }
  return write_proof();
}

Outcome SqliteWriter::write_proof() {
  const std::optional<Growing::Grown>& grown = growing_.finish();
  if (!grown) return Done{};
  if (grown->key) {
    Rows keys(connection_, add_key_);
    GUICHET_TRY(written, keys.bind(whole(grown->key->number)).bind(grown->key->key).bind(grown->key->at).run());
  }
  GUICHET_TRY(nodes, write_nodes(grown->nodes));
  const KeptHead& head = grown->head;
  const LeafCounts& counts = head.counts;
  Rows heads(connection_, add_head_);
  heads.bind(whole(head.number)).bind(whole(counts.keys)).bind(whole(counts.texts)).bind(whole(counts.acts));
  heads.bind(whole(counts.procedures)).bind(whole(counts.house)).bind(whole(counts.erasures)).bind(head.root);
  return heads.bind(head.at).bind(whole(head.key)).bind(head.signature).run();
}

Outcome SqliteWriter::write_nodes(const std::vector<proof::Node>& nodes) {
  Rows tree(connection_, add_node_);
  for (const proof::Node& node : nodes) {
    tree.again();
    GUICHET_TRY(written, tree.bind(whole(node.place)).bind(node.hash).run());
  }
  return Done{};
}

Outcome SqliteWriter::prove_what_stands() {
  constexpr std::size_t kAtOnce = 1000;
  GUICHET_TRY(reach, reach_of(connection_));
  growing_.start(reach.recorded);
  for (TextId next{1}; next <= reach.text;) {
    GUICHET_TRY(texts, reader_.kept_texts(next, kAtOnce));
    if (texts.empty()) break;
    for (const Text& text : texts) growing_.add(text);
    next = TextId{texts.back().id.value + 1};
    GUICHET_TRY(nodes, write_nodes(growing_.take_nodes()));
  }
  for (std::uint64_t next = 1; next <= reach.act;) {
    GUICHET_TRY(acts, reader_.kept_acts(next, kAtOnce));
    if (acts.empty()) break;
    for (const KeptAct& act : acts) growing_.add(act);
    next = acts.back().act.number + 1;
    GUICHET_TRY(nodes, write_nodes(growing_.take_nodes()));
  }
  GUICHET_TRY(procedures, reader_.procedures());
  for (const AdoptedProcedure& one : procedures) growing_.add(one);
  GUICHET_TRY(house, reader_.house_notes(0, reach.house));
  for (const HouseNote& one : house) growing_.add(one);
  GUICHET_TRY(erasures, connection_.integer("SELECT count(*) FROM erasures"));
  GUICHET_TRY(erased, reader_.erasures(0, static_cast<std::size_t>(erasures)));
  for (const KeptErasure& one : erased) growing_.add({.text = one.text, .at = one.at});
  GUICHET_TRY(written, write_proof());
  growing_.keep();
  return Done{};
}

Outcome SqliteWriter::keep_stamp(const KeptStamp& stamp) {
  return Rows(connection_, add_stamp_).bind(whole(stamp.head)).bind_blob(stamp.response).run();
}

Result<Version> SqliteWriter::version_of(CaseId case_id) {
  if (const auto standing = standing_.find(case_id); standing != standing_.end()) return standing->second.state.version;
  Rows rows(connection_, version_of_);
  rows.bind(case_id);
  GUICHET_TRY(found, rows.next());
  return found ? rows.id<Version>(0) : Version{};
}

Result<std::optional<CaseId>> SqliteWriter::case_of_text(TextId id) {
  Rows rows(connection_, case_of_text_);
  rows.bind(id);
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{rows.id<CaseId>(0)} : std::nullopt;
}

Outcome SqliteWriter::add_search(std::uint32_t number) {
  // A table of words keeps no copy of them; each text's words are in the texts alone.
  GUICHET_TRY(made, connection_.execute("CREATE VIRTUAL TABLE " + search_table(number) +
                                        " USING fts5(words, scope, content='', columnsize=0, "
                                        "tokenize='unicode61 remove_diacritics 2')"));
  searches_ = std::max(searches_, number + 1);
  return Done{};
}

Outcome SqliteWriter::index_words(const Text& text, AccountId account) {
  const std::string words = shelving_->words_of(text);
  if (words.empty()) return Done{};
  const std::string scope = text.kind == TextKind::note || !account ? std::string{} : scope_word(account);
  Rows rows(connection_, made_.of("INSERT INTO " + search_table(search_number(text.id)) +
                                  " (rowid, words, scope) VALUES (?, ?, ?)"));
  return rows.bind(text.id).bind(words).bind(scope).run();
}

Outcome SqliteWriter::write_texts(const Batch& batch, Digests& digests) {
  if (batch.texts.empty()) return Done{};
  digests.first = batch.texts.front().id;
  Rows rows(connection_, add_text_);
  for (const KeptText& kept : batch.texts) {
    const TextKey key = new_text_key();
    const TextDigest digest = digests.of.emplace_back(sealed(key, kept.text.body));
    const std::array<std::byte, 32> sha256 = sha256_of(kept.text.body);
    rows.again();
    rows.bind(kept.id).bind(kept.case_id).bind(static_cast<std::int64_t>(kept.text.kind)).bind(kept.text.author);
    rows.bind(kept.text.name).bind(kept.text.media_type).bind(whole(kept.text.body.size()));
    const TextDigest name_digest = proof::name_digest(key, kept.text.name);
    rows.bind(digest).bind(key).bind(sha256).bind_blob(kept.text.body);
    if (kept.text.name.empty())
      rows.bind_null();
    else
      rows.bind(name_digest);
    GUICHET_TRY(written, rows.run());
    Text text;
    text.id = kept.id;
    text.case_id = kept.case_id;
    text.kind = kept.text.kind;
    text.author = kept.text.author;
    text.name = kept.text.name;
    text.media_type = kept.text.media_type;
    text.body = kept.text.body;
    text.body_bytes = kept.text.body.size();
    text.digest = digest;
    text.sha256 = sha256;
    text.name_digest = name_digest;
    growing_.add(text);
  }
  if (!unfound_after_) {
    unfound_after_ = digests.first;
    GUICHET_TRY(owed, Rows(connection_, owe_words_).bind(digests.first).run());
  }
  return Done{};
}

Outcome SqliteWriter::index_what_is_owed(TextId last) {
  if (!unfound_after_) return Done{};
  GUICHET_TRY(indexed, index_texts(*unfound_after_, last));
  GUICHET_TRY(paid, Rows(connection_, words_paid_).run());
  unfound_after_.reset();
  return Done{};
}

Result<std::uint64_t> SqliteWriter::index_texts(TextId first, TextId last) {
  GUICHET_TRY(there, tables_up_to(search_number(last)));
  Rows rows(connection_, to_index_);
  rows.bind(first).bind(std::int64_t{last.value} + 1);
  std::uint64_t count = 0;
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return count;
    const Text text = text_from(rows, rows.id<CaseId>(11));
    GUICHET_TRY(indexed, index_words(text, rows.id<AccountId>(12)));
    ++count;
  }
}

Outcome SqliteWriter::tables_up_to(std::uint32_t number) {
  // For a text beyond the last table, tables are made up to its own: no number between is missing.
  while (searches_ <= number) {
    if (searches_ != 0) {
      GUICHET_TRY(owed, Rows(connection_, owe_sealing_).bind(std::int64_t{searches_ - 1}).run());
      if (!full_) full_ = searches_ - 1;
    }
    GUICHET_TRY(made, add_search(searches_));
  }
  return Done{};
}

Outcome SqliteWriter::write_acts(const Batch& batch, const Digests& digests) {
  std::uint64_t position = reach_->position;
  std::map<CaseId, Version> next;
  Rows acts(connection_, add_act_);
  Rows events(connection_, add_event_);
  KeptAct kept;  // its events' room is used again
  for (const NewAct& one : batch.acts) {
    const Act& act = one.act;
    auto version = next.find(act.case_id);
    if (version == next.end() && !one.events.empty()) {
      version = next.emplace(act.case_id, one.events.front().version).first;
    } else if (version == next.end()) {
      GUICHET_TRY(last, version_of(act.case_id));
      version = next.emplace(act.case_id, Version{last.value + 1}).first;
    }
    acts.again();
    acts.bind(act.case_id).bind(whole(act.number)).bind(act.recorded).bind(act.person).bind(act.account);
    acts.bind(static_cast<std::int64_t>(act.channel)).bind(whole(position + 1)).bind(version->second);
    acts.bind(whole(one.events.size()));
    if (act.command) {
      const Command& c = *act.command;
      acts.bind(together(static_cast<std::uint8_t>(c.kind), static_cast<std::uint8_t>(c.party), c.aux, c.facts));
      acts.bind(c.at).bind(c.actor).bind(c.text).bind(std::int64_t{c.detail}).bind(std::int64_t{c.other});
    } else {
      for (int i = 0; i < 6; ++i) acts.bind_null();
    }
    GUICHET_TRY(written, acts.run());
    kept.act = act;
    kept.position = position + 1;
    kept.version = version->second;
    kept.events.clear();
    for (const Event& e : one.events) {
      TextDigest digest{};
      if (e.text && e.text.value >= digests.first.value && digests.first) {
        digest = digests.of[e.text.value - digests.first.value];
      } else if (e.text) {
        Rows text(connection_, digest_of_);
        text.bind(e.text);
        GUICHET_TRY(found, text.next());
        if (found) digest = array_from<32>(text.blob(0));
      }
      events.again();
      events.bind(e.case_id).bind(e.version).bind(whole(++position)).bind(whole(act.number)).bind(e.at).bind(e.actor);
      events.bind(e.text).bind(std::int64_t{e.detail});
      events.bind(together(static_cast<std::uint8_t>(e.kind), static_cast<std::uint8_t>(e.party),
                           static_cast<std::uint8_t>(e.clock), e.aux));
      if (e.text)
        events.bind(digest);
      else
        events.bind_null();
      GUICHET_TRY(event_written, events.run());
      kept.events.push_back({.position = position, .act = act.number, .event = e, .text_digest = digest});
    }
    growing_.add(kept);
    version->second = Version{static_cast<std::uint32_t>(version->second.value + one.events.size())};
  }
  return Done{};
}

Outcome SqliteWriter::add_to_census(bool closed, std::int64_t by) {
  return Rows(connection_, census_).bind(by).bind(std::int64_t{closed}).run();
}

Statement& SqliteWriter::update_of(std::uint32_t changed) {
  const auto kept = updates_.find(changed);
  if (kept != updates_.end()) return kept->second;
  if (updates_.size() >= kUpdatesKept) updates_.clear();
  return updates_.emplace(changed, Statement{update(changed)}).first->second;
}

Outcome SqliteWriter::write_row(const ShelfRow& row, const ShelfRow* before) {
  const std::string facts = packed(row);
  if (before != nullptr) {
    const std::uint32_t changed = differing(*before, row);
    Rows rows(connection_, update_of(changed));
    bind_plain(rows, row, facts);
    bind_indexed(rows, row, changed);
    GUICHET_TRY(written, rows.bind(row.case_id).run());
    if (closed(*before) == closed(row)) return Done{};
    GUICHET_TRY(less, add_to_census(closed(*before), -1));
  } else {
    Rows rows(connection_, add_row_);
    rows.bind(row.case_id);
    bind_plain(rows, row, facts);
    bind_indexed(rows, row, kAllIndexed);
    GUICHET_TRY(written, rows.run());
  }
  return add_to_census(closed(row), 1);
}

Result<bool> SqliteWriter::stands_as(const ShelfRow& row) {
  const std::string facts = packed(row);
  Rows rows(connection_, same_row_);
  rows.bind(row.case_id);
  bind_plain(rows, row, facts);
  bind_indexed(rows, row, kAllIndexed);
  GUICHET_TRY(found, rows.next());
  return found && rows.integer(0) == 1;
}

Outcome SqliteWriter::write_rows(const Batch& batch) {
  for (const ShelfRow& row : batch.rows) {
    if (const auto standing = standing_.find(row.case_id); standing != standing_.end()) {
      GUICHET_TRY(written, write_row(row, &standing->second));
      continue;
    }
    GUICHET_TRY(before, reader_.row(row.case_id));
    GUICHET_TRY(written, write_row(row, before ? &*before : nullptr));
  }
  return Done{};
}

Outcome SqliteWriter::write_receipts(const Batch& batch) {
  for (const Receipt& receipt : batch.receipts) {
    Rows rows(connection_, add_receipt_);
    rows.bind(receipt.key)
        .bind(whole(receipt.fingerprint))
        .bind(receipt.case_id)
        .bind(receipt.version)
        .bind(receipt.at);
    GUICHET_TRY(written, rows.run());
  }
  return Done{};
}

Outcome SqliteWriter::change(const RecordChange& change) {
  const Record& record = change.record;
  std::optional<std::uint64_t> revision;
  std::int64_t rowid = 0;
  {
    Rows rows(connection_, find_record_);
    rows.bind(record.kind).bind(record.key);
    GUICHET_TRY(found, rows.next());
    if (found) {
      rowid = rows.integer(0);
      revision = rows.whole(1);
    }
  }
  GUICHET_TRY(may, may_change(change, revision));
  if (change.remove) return revision ? Rows(connection_, remove_record_).bind(rowid).run() : Outcome{Done{}};
  if (revision)
    return Rows(connection_, set_record_)
        .bind(whole(record.owner))
        .bind_or_never(record.at)
        .bind(record.body)
        .bind(rowid)
        .run();
  return Rows(connection_, add_record_)
      .bind(record.kind)
      .bind(record.key)
      .bind(whole(record.owner))
      .bind_or_never(record.at)
      .bind(record.body)
      .run();
}

Outcome SqliteWriter::write_records(const Batch& batch) {
  for (const RecordChange& one : batch.records) {
    GUICHET_TRY(changed, change(one));
  }
  return Done{};
}

Outcome SqliteWriter::write_house(const Batch& batch) {
  for (const AdoptedProcedure& procedure : batch.procedures) {
    Rows rows(connection_, add_procedure_);
    rows.bind(procedure.id).bind(procedure.name).bind(procedure.version).bind_blob(procedure.toml);
    rows.bind(procedure.effective_from).bind(procedure.adopted).bind(procedure.by);
    GUICHET_TRY(written, rows.run());
    growing_.add(procedure);
  }
  std::uint64_t number = reach_->house;
  for (HouseNote note : batch.house) {
    note.number = ++number;
    Rows rows(connection_, add_house_);
    rows.bind(whole(note.number)).bind(note.at).bind(note.by).bind(note.what).bind(note.detail);
    GUICHET_TRY(written, rows.run());
    growing_.add(note);
  }
  return Done{};
}

Outcome SqliteWriter::erase(const Erasure& erasure) {
  GUICHET_TRY(text, reader_.text(erasure.text));
  if (text.erased) return Done{};
  GUICHET_TRY(row, reader_.row(text.case_id));
  const std::string words = shelving_->words_of(text);
  if (!words.empty()) {
    const AccountId account = row ? row->account : AccountId{};
    const std::string scope = text.kind == TextKind::note || !account ? std::string{} : scope_word(account);
    const std::string table = search_table(search_number(text.id));
    Rows rows(connection_,
              made_.of("INSERT INTO " + table + " (" + table + ", rowid, words, scope) VALUES ('delete', ?, ?, ?)"));
    GUICHET_TRY(unfound, rows.bind(text.id).bind(words).bind(scope).run());
    GUICHET_TRY(owed, Rows(connection_, owe_).bind(std::int64_t{search_number(text.id)}).run());
  }
  GUICHET_TRY(erased, Rows(connection_, erase_text_).bind(erasure.at).bind(erasure.text).run());
  const KeptErasure kept = growing_.add(erasure);
  GUICHET_TRY(noted, Rows(connection_, add_erasure_).bind(whole(kept.number)).bind(kept.text).bind(kept.at).run());
  if (row) return fold_anew(text.case_id);
  if (text.case_id || !shelving_->by_program || !shelving_->by_program(text)) return Done{};
  // A label that cases share said that a program wrote; none of them knows that any more.
  Statement statement{"SELECT DISTINCT case_id FROM events WHERE text = ?"};
  std::vector<CaseId> cases;
  {
    Rows rows(connection_, statement);
    rows.bind(text.id);
    while (true) {
      GUICHET_TRY(found, rows.next());
      if (!found) break;
      cases.push_back(rows.id<CaseId>(0));
    }
  }
  for (const CaseId one : cases) {
    GUICHET_TRY(folded_anew, fold_anew(one));
  }
  return Done{};
}

ShelfRow folded(const CaseFile& file, const std::vector<Text>& texts, const Shelving& shelving) {
  ShelfRow row;
  const auto text_of = [&](TextId id) -> const Text* {
    const auto found = std::lower_bound(texts.begin(), texts.end(), id,
                                        [](const Text& text, TextId wanted) { return text.id < wanted; });
    return found != texts.end() && found->id == id ? &*found : nullptr;
  };
  std::vector<Event> events;
  auto next = file.events.begin();
  for (const Act& act : file.acts) {
    events.clear();
    for (; next != file.events.end() && next->act == act.number; ++next) events.push_back(next->event);
    shelve(row, act, events, text_of, shelving);
  }
  return row;
}

Outcome SqliteWriter::fold_anew(CaseId case_id) {
  GUICHET_TRY(file, reader_.part_of_case(case_id));
  GUICHET_TRY(texts, reader_.texts_to_fold(case_id, file));
  GUICHET_TRY(before, reader_.row(case_id));
  return write_row(folded(file, texts, *shelving_), before ? &*before : nullptr);
}

Outcome SqliteWriter::purge() {
  while (true) {
    std::int64_t number = 0;
    {
      Rows rows(connection_, owed_);
      GUICHET_TRY(found, rows.next());
      if (!found) return Done{};
      number = rows.integer(0);
    }
    GUICHET_TRY(writing, Transaction::begin(connection_, Transaction::Kind::writing));
    // Erased words stand in the index until its segments are written anew.
    const std::string table = search_table(static_cast<std::uint32_t>(number));
    GUICHET_TRY(purged, connection_.execute("INSERT INTO " + table + " (" + table + ") VALUES ('optimize')"));
    GUICHET_TRY(paid, Rows(connection_, paid_).bind(number).run());
    GUICHET_TRY(done, writing.commit());
  }
}

Outcome SqliteWriter::check_words() {
  for (std::uint32_t number = 0; number < searches_; ++number) {
    const std::string table = search_table(number);
    GUICHET_TRY(sound, connection_.execute("INSERT INTO " + table + " (" + table + ") VALUES ('integrity-check')"));
  }
  return Done{};
}

Outcome SqliteWriter::seal(std::size_t pages) {
  const std::string table = search_table(*full_);
  const std::int64_t number{*full_};
  const std::int64_t before = connection_.changes();
  GUICHET_TRY(writing, Transaction::begin(connection_, Transaction::Kind::writing));
  // Negative the first time: then all pieces are joined, and not only those of one size.
  Rows joining(connection_, made_.of("INSERT INTO " + table + " (" + table + ", rank) VALUES ('merge', ?)"));
  const auto count = static_cast<std::int64_t>(pages);
  GUICHET_TRY(joined, joining.bind(sealing_ ? count : -count).run());
  // FTS5 says by the count of changed rows that nothing was left to be done.
  const bool done = connection_.changes() - before < 2;
  if (done) {
    GUICHET_TRY(sealed, Rows(connection_, sealed_).bind(number).run());
  }
  GUICHET_TRY(written, writing.commit());
  sealing_ = !done;
  if (!done) return Done{};
  full_.reset();
  Rows next(connection_, to_seal_);
  GUICHET_TRY(more, next.next());
  if (more) full_ = next.small<std::uint32_t>(0);
  return Done{};
}

Outcome SqliteWriter::tidy_up(std::size_t texts) {
  if (full_) {
    GUICHET_TRY(sealed, seal(kPagesJoined + texts));
  }
  if (owes_) {
    GUICHET_TRY(purged, purge());
    owes_ = false;
  }
  if (log_to_empty_) {
    GUICHET_TRY(emptied, empty_log());
  } else if (connection_.log_pages() >= kLogPages) {
    return connection_.write_log_into_file(Connection::Log::kept);
  }
  return Done{};
}

Outcome SqliteWriter::empty_log() {
  log_to_empty_ = true;
  GUICHET_TRY(emptied, connection_.write_log_into_file(Connection::Log::emptied));
  log_to_empty_ = false;
  return Done{};
}

}  // namespace guichet::ledger
