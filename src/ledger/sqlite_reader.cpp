#include <guichet/ledger/sqlite_reader.hpp>

#include <limits>

#include <algorithm>
#include <utility>

#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

std::string select(const char* columns, const std::string& rest) {
  return std::string{"SELECT "} + columns + " " + rest;
}

/// The body of words and labels; files and mails are read one by one.
constexpr const char* kShortBody = "CASE WHEN kind IN (2, 3) THEN NULL ELSE body END";
static_assert(static_cast<int>(TextKind::file) == 2 && static_cast<int>(TextKind::mail) == 3);

}  // namespace

std::string search_table(std::uint32_t number) { return "search_" + std::to_string(number); }

std::string scope_word(AccountId account) { return "a" + std::to_string(account.value); }

Result<Reach> reach_of(Connection& connection) {
  Statement statement{
      "SELECT (SELECT max(id) FROM texts), (SELECT max(case_id) FROM shelf), (SELECT max(id) FROM procedures), "
      "(SELECT max(number) FROM house), (SELECT max(number) FROM acts)"};
  Statement last_act{"SELECT position, events, recorded FROM acts WHERE number = ?"};
  Rows rows(connection, statement);
  GUICHET_TRY(found, rows.next());
  Reach reach;
  if (!found) return reach;
  reach.text = rows.id<TextId>(0);
  reach.case_id = rows.id<CaseId>(1);
  reach.procedure = rows.id<ProcedureId>(2);
  reach.house = rows.whole(3);
  reach.act = rows.whole(4);
  Rows last(connection, last_act);
  last.bind(static_cast<std::int64_t>(reach.act));
  GUICHET_TRY(any, last.next());
  if (any) {
    reach.position = last.whole(0) + last.whole(1) - 1;
    reach.recorded = last.instant(2);
  }
  return reach;
}

Result<std::optional<TextId>> words_owed_from(Connection& connection) {
  Statement statement{"SELECT min(number) FROM owed WHERE what = 'words'"};
  Rows rows(connection, statement);
  GUICHET_TRY(found, rows.next());
  if (!found || rows.is_null(0)) return std::optional<TextId>{};
  // A number that no guichet writes leaves every text to be read.
  const std::int64_t first = rows.integer(0);
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return std::optional{TextId{first < 1 || first > kMost ? 1U : static_cast<std::uint32_t>(first)}};
}

SqliteReader::SqliteReader(std::unique_ptr<Connection> connection, std::shared_ptr<const Shelving> shelving)
    : connection_(std::move(connection)),
      shelving_(std::move(shelving)),
      row_(select(kRowColumns, "FROM shelf WHERE case_id = ?")),
      acts_(select(kActColumns, "FROM acts WHERE case_id = ? ORDER BY number")),
      events_(select(kEventColumns, "FROM events WHERE case_id = ? ORDER BY version")),
      texts_(select(kTextColumns, std::string{kShortBody} + " FROM texts WHERE case_id = ? ORDER BY id")),
      whole_texts_(select(kTextColumns, "body FROM texts WHERE case_id = ? ORDER BY id")),
      text_(select(kTextColumns, "body, case_id FROM texts WHERE id = ?")),
      census_("SELECT closed, cases FROM census"),
      due_(
          "SELECT case_id, next_tick FROM shelf INDEXED BY shelf_next_tick "
          "WHERE next_tick IS NOT NULL AND next_tick <= ? ORDER BY next_tick, case_id LIMIT ?"),
      next_due_("SELECT min(next_tick) FROM shelf INDEXED BY shelf_next_tick WHERE next_tick IS NOT NULL"),
      acts_from_(select(kActColumns, ", case_id FROM acts WHERE number >= ? ORDER BY number LIMIT ?")),
      act_events_(select(kEventColumns, "FROM events WHERE case_id = ? AND version >= ? ORDER BY version LIMIT ?")),
      receipt_("SELECT key, fingerprint, case_id, version, at FROM receipts WHERE key = ?"),
      record_(select(kRecordColumns, "FROM records WHERE kind = ? AND key = ?")),
      procedures_("SELECT id, name, version, toml, effective_from, adopted, by FROM procedures ORDER BY id"),
      house_("SELECT number, at, by, what, detail FROM house WHERE number > ? ORDER BY number LIMIT ?"),
      mediated_(
          "SELECT case_id FROM shelf INDEXED BY shelf_mediator WHERE mediator > 0 AND mediator = ? "
          "ORDER BY case_id DESC LIMIT ?"),
      head_(select(kHeadColumns, "FROM heads WHERE number = ?")),
      newest_head_(select(kHeadColumns, "FROM heads ORDER BY number DESC LIMIT 1")),
      node_("SELECT hash FROM tree WHERE place = ?"),
      keys_("SELECT number, key, at FROM keys ORDER BY number"),
      erasures_("SELECT number, text, at FROM erasures WHERE number > ? ORDER BY number LIMIT ?"),
      kept_texts_(select(kTextColumns, "NULL, case_id FROM texts WHERE id >= ? ORDER BY id LIMIT ?")),
      text_key_("SELECT secret FROM texts WHERE id = ?"),
      stamps_("SELECT head, response FROM stamps ORDER BY head") {}

Result<Reach> SqliteReader::reach() {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  return reach_of(*connection_);
}

Result<std::optional<ShelfRow>> SqliteReader::read_row(CaseId case_id) {
  Rows rows(*connection_, row_);
  rows.bind(case_id);
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{row_from(rows)} : std::nullopt;
}

Result<std::optional<ShelfRow>> SqliteReader::row(CaseId case_id) { return read_row(case_id); }

/// Acts, and then events, which know from the acts where they stand.
Outcome SqliteReader::read_history(CaseId case_id, CaseFile& file) {
  Rows acts(*connection_, acts_);
  Rows events(*connection_, events_);
  acts.bind(case_id);
  events.bind(case_id);
  while (true) {
    GUICHET_TRY(found, acts.next());
    if (!found) break;
    const ActRow one = act_from(acts, case_id);
    file.acts.push_back(one.act);
    for (std::uint64_t i = 0; i < one.events; ++i) {
      GUICHET_TRY(more, events.next());
      if (!more) break;
      KeptEvent& kept = file.events.emplace_back(kept_event_from(events, case_id));
      kept.position = one.position + i;
      kept.act = one.act.number;
    }
  }
  return Done{};
}

Outcome SqliteReader::read_texts(Statement& statement, CaseId case_id, std::vector<Text>& texts) {
  Rows rows(*connection_, statement);
  rows.bind(case_id);
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return Done{};
    texts.push_back(text_from(rows, case_id));
  }
}

Result<std::optional<CaseFile>> SqliteReader::case_file(CaseId case_id) {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  GUICHET_TRY(row, read_row(case_id));
  if (!row) return std::optional<CaseFile>{};
  std::optional<CaseFile> file(std::in_place);
  file->row = std::move(*row);
  file->events.reserve(file->row.state.version.value);
  GUICHET_TRY(history, read_history(case_id, *file));
  GUICHET_TRY(texts, read_texts(texts_, case_id, file->texts));
  GUICHET_TRY(labels, add_shared_labels(*file));
  return file;
}

/// Events of imported cases that say the same share one label, which is no case's own.
Outcome SqliteReader::add_shared_labels(CaseFile& file) {
  const std::size_t own = file.texts.size();
  const auto is_there = [&](TextId id) {
    const auto end = file.texts.begin() + static_cast<std::ptrdiff_t>(own);
    return std::ranges::binary_search(file.texts.begin(), end, id, {}, &Text::id) ||
           std::find_if(end, file.texts.end(), [id](const Text& text) { return text.id == id; }) != file.texts.end();
  };
  for (const KeptEvent& kept : file.events) {
    if (!kept.event.text || is_there(kept.event.text)) continue;
    GUICHET_TRY(label, read_text(kept.event.text));
    if (label) file.texts.push_back(std::move(*label));
  }
  if (file.texts.size() != own) std::ranges::sort(file.texts, {}, &Text::id);
  return Done{};
}

Result<CaseFile> SqliteReader::part_of_case(CaseId case_id) {
  CaseFile file;
  GUICHET_TRY(history, read_history(case_id, file));
  return file;
}

Result<std::vector<Text>> SqliteReader::whole_texts(CaseId case_id) {
  std::vector<Text> texts;
  GUICHET_TRY(read, read_texts(whole_texts_, case_id, texts));
  return texts;
}

Result<std::vector<Text>> SqliteReader::texts_to_fold(CaseId case_id, const CaseFile& file) {
  CaseFile whole;
  whole.events = file.events;
  GUICHET_TRY(read, read_texts(whole_texts_, case_id, whole.texts));
  GUICHET_TRY(labels, add_shared_labels(whole));
  // What belongs to another case is no label: the check says so.
  std::erase_if(whole.texts, [case_id](const Text& text) { return text.case_id && text.case_id != case_id; });
  return std::move(whole.texts);
}

Result<std::optional<Text>> SqliteReader::read_text(TextId id) {
  Rows rows(*connection_, text_);
  rows.bind(id);
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{text_from(rows, rows.id<CaseId>(11))} : std::nullopt;
}

Result<Text> SqliteReader::text(TextId id) {
  GUICHET_TRY(text, read_text(id));
  if (text) return std::move(*text);
  return Error{Fault::not_found, connection_->path() + ": there is no text " + std::to_string(id.value)};
}

Result<CaseCounts> SqliteReader::counts() {
  CaseCounts counts;
  Rows rows(*connection_, census_);
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) break;
    (rows.integer(0) == 0 ? counts.living : counts.closed) = rows.whole(1);
  }
  counts.all = counts.living + counts.closed;
  return counts;
}

Result<std::vector<Due>> SqliteReader::due(Instant until, std::size_t limit) {
  std::vector<Due> due;
  Rows rows(*connection_, due_);
  rows.bind(until).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return due;
    due.push_back({rows.id<CaseId>(0), rows.instant(1)});
  }
}

Result<Instant> SqliteReader::next_due() {
  Rows rows(*connection_, next_due_);
  GUICHET_TRY(found, rows.next());
  return found ? rows.instant_or_never(0) : kNever;
}

Result<std::vector<NewAct>> SqliteReader::acts_from(std::uint64_t first, std::size_t limit) {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  std::vector<NewAct> acts;
  Rows rows(*connection_, acts_from_);
  rows.bind(static_cast<std::int64_t>(first)).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return acts;
    const ActRow one = act_from(rows, rows.id<CaseId>(14));
    NewAct& act = acts.emplace_back(NewAct{.act = one.act, .events = {}});
    Rows events(*connection_, act_events_);
    events.bind(one.act.case_id).bind(one.version).bind(static_cast<std::int64_t>(one.events));
    while (true) {
      GUICHET_TRY(more, events.next());
      if (!more) break;
      act.events.push_back(event_from(events, one.act.case_id));
    }
  }
}

Result<bool> SqliteReader::for_each_case(const std::function<bool(const ShelfRow&, std::span<const Event>)>& visit) {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  Statement all_rows{select(kRowColumns, "FROM shelf ORDER BY case_id")};
  Statement all_events{"SELECT version, at, actor, text, detail, what, case_id FROM events ORDER BY case_id, version"};
  Rows rows(*connection_, all_rows);
  Rows events(*connection_, all_events);
  GUICHET_TRY(first, events.next());
  bool more = first;
  std::vector<Event> of_case;
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return true;
    const ShelfRow row = row_from(rows);
    of_case.clear();
    while (more && events.id<CaseId>(6) <= row.case_id) {
      if (events.id<CaseId>(6) == row.case_id) of_case.push_back(event_from(events, row.case_id));
      GUICHET_TRY(next, events.next());
      more = next;
    }
    if (!visit(row, of_case)) return false;
  }
}

Result<std::optional<Receipt>> SqliteReader::receipt(std::string_view key) {
  Rows rows(*connection_, receipt_);
  rows.bind(key);
  GUICHET_TRY(found, rows.next());
  if (!found) return std::optional<Receipt>{};
  return std::optional{Receipt{.key = std::string{rows.text(0)},
                               .fingerprint = rows.whole(1),
                               .case_id = rows.id<CaseId>(2),
                               .version = rows.id<Version>(3),
                               .at = rows.instant(4)}};
}

Result<std::optional<Record>> SqliteReader::record(std::string_view kind, std::string_view key) {
  Rows rows(*connection_, record_);
  rows.bind(kind).bind(key);
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{record_from(rows)} : std::nullopt;
}

Result<std::vector<Record>> SqliteReader::records(const RecordQuery& query) {
  std::string where = "FROM records WHERE kind = ?";
  if (query.owner) where += " AND owner = ?";
  if (query.at_before) where += " AND at IS NOT NULL AND at < ?";
  if (!query.key_after.empty() && !query.at_before) where += " AND key > ?";
  if (!query.key_prefix.empty()) where += " AND key >= ? AND substr(key, 1, ?) = ?";
  where += query.at_before ? " ORDER BY at, key LIMIT ?" : " ORDER BY key LIMIT ?";
  made_.make_room();
  Rows rows(*connection_, made_.of(select(kRecordColumns, where)));
  rows.bind(query.kind);
  if (query.owner) rows.bind(static_cast<std::int64_t>(*query.owner));
  if (query.at_before) rows.bind(*query.at_before);
  if (!query.key_after.empty() && !query.at_before) rows.bind(query.key_after);
  if (!query.key_prefix.empty())
    rows.bind(query.key_prefix).bind(static_cast<std::int64_t>(query.key_prefix.size())).bind(query.key_prefix);
  rows.bind(static_cast<std::int64_t>(list_limit(query.limit)));
  std::vector<Record> records;
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return records;
    records.push_back(record_from(rows));
  }
}

Result<std::vector<AdoptedProcedure>> SqliteReader::procedures() {
  std::vector<AdoptedProcedure> adopted;
  Rows rows(*connection_, procedures_);
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return adopted;
    adopted.push_back({.id = rows.id<ProcedureId>(0),
                       .name = std::string{rows.text(1)},
                       .version = std::string{rows.text(2)},
                       .toml = std::string{rows.text(3)},
                       .effective_from = rows.instant(4),
                       .adopted = rows.instant(5),
                       .by = rows.id<ActorId>(6)});
  }
}

Result<std::vector<HouseNote>> SqliteReader::house_notes(std::uint64_t after, std::size_t limit) {
  std::vector<HouseNote> notes;
  Rows rows(*connection_, house_);
  rows.bind(static_cast<std::int64_t>(after)).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return notes;
    notes.push_back({.number = rows.whole(0),
                     .at = rows.instant(1),
                     .by = rows.id<ActorId>(2),
                     .what = std::string{rows.text(3)},
                     .detail = std::string{rows.text(4)}});
  }
}

Result<std::optional<KeptHead>> SqliteReader::head(std::uint64_t number) {
  Rows rows(*connection_, number == 0 ? newest_head_ : head_);
  if (number != 0) rows.bind(static_cast<std::int64_t>(number));
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{head_from(rows)} : std::nullopt;
}

Result<proof::Hash> SqliteReader::node(std::uint64_t place) {
  Rows rows(*connection_, node_);
  rows.bind(static_cast<std::int64_t>(place));
  GUICHET_TRY(found, rows.next());
  if (found) return array_from<32>(rows.blob(0));
  return Error{Fault::not_found, connection_->path() + ": the tree of the proof has no place " + std::to_string(place) +
                                     "; run \"guichet ledger check\""};
}

Result<std::vector<KeptKey>> SqliteReader::keys() {
  std::vector<KeptKey> keys;
  Rows rows(*connection_, keys_);
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return keys;
    keys.push_back({.number = rows.whole(0), .key = array_from<32>(rows.blob(1)), .at = rows.instant(2)});
  }
}

Result<std::vector<KeptErasure>> SqliteReader::erasures(std::uint64_t after, std::size_t limit) {
  std::vector<KeptErasure> erasures;
  Rows rows(*connection_, erasures_);
  rows.bind(static_cast<std::int64_t>(after)).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return erasures;
    erasures.push_back({.number = rows.whole(0), .text = rows.id<TextId>(1), .at = rows.instant(2)});
  }
}

// What is written is written: these need no moment of their own to be of one.

Result<std::vector<KeptAct>> SqliteReader::kept_acts(std::uint64_t first, std::size_t limit) {
  std::vector<KeptAct> acts;
  Rows rows(*connection_, acts_from_);
  rows.bind(static_cast<std::int64_t>(first)).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return acts;
    ActRow one = act_from(rows, rows.id<CaseId>(14));
    const CaseId case_id = one.act.case_id;
    KeptAct& act = acts.emplace_back(
        KeptAct{.act = std::move(one.act), .position = one.position, .version = one.version, .events = {}});
    Rows events(*connection_, act_events_);
    events.bind(case_id).bind(one.version).bind(static_cast<std::int64_t>(one.events));
    while (true) {
      GUICHET_TRY(more, events.next());
      if (!more) break;
      KeptEvent& kept = act.events.emplace_back(kept_event_from(events, case_id));
      kept.position = one.position + act.events.size() - 1;
      kept.act = act.act.number;
    }
  }
}

Result<std::vector<Text>> SqliteReader::kept_texts(TextId first, std::size_t limit) {
  std::vector<Text> texts;
  Rows rows(*connection_, kept_texts_);
  rows.bind(first).bind(static_cast<std::int64_t>(limit));
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return texts;
    texts.push_back(text_from(rows, rows.id<CaseId>(11)));
  }
}

Result<TextKey> SqliteReader::text_key(TextId id) {
  Rows rows(*connection_, text_key_);
  rows.bind(id);
  GUICHET_TRY(found, rows.next());
  if (found && !rows.is_null(0)) return array_from<32>(rows.blob(0));
  return Error{Fault::not_found, connection_->path() + ": text " + std::to_string(id.value) +
                                     (found ? " was erased, and its key with it" : " is not there")};
}

Result<std::vector<KeptStamp>> SqliteReader::stamps() {
  std::vector<KeptStamp> stamps;
  Rows rows(*connection_, stamps_);
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return stamps;
    stamps.push_back({.head = rows.whole(0), .response = std::string{rows.text(1)}});
  }
}

}  // namespace guichet::ledger
