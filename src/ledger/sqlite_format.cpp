#include <guichet/ledger/sqlite_format.hpp>

#include <string>

#include <sqlite3.h>

#include <guichet/embedded/migrations.hpp>
#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

/// "guic", at byte 68 of the file: what `file` and others know it by.
constexpr std::int64_t kApplication = 0x67756963;

struct Marks {
  std::int64_t application{}, format{};
  bool empty{};
};

Result<Marks> marks_of(Connection& connection) {
  GUICHET_TRY(application, connection.integer("PRAGMA application_id"));
  GUICHET_TRY(format, connection.integer("PRAGMA user_version"));
  GUICHET_TRY(tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  return Marks{application, format, tables == 0};
}

Outcome not_foreign(const Connection& connection, const Marks& marks) {
  if (marks.application != kApplication && !marks.empty)
    return Error{Fault::unreadable, connection.path() +
                                        ": this is a database, but not a ledger; name a file that "
                                        "guichet made"};
  if (marks.format > ledger_format())
    return Error{Fault::unreadable, connection.path() + ": its format is " + std::to_string(marks.format) +
                                        ", and this guichet knows formats up to " + std::to_string(ledger_format()) +
                                        "; open it with a newer guichet"};
  return Done{};
}

/// The first format with a tree and heads.
constexpr std::int64_t kProven = 2;

void name_digest(sqlite3_context* context, int, sqlite3_value** values) {
  const auto bytes = [](sqlite3_value* value) {
    const auto* begin = static_cast<const std::byte*>(sqlite3_value_blob(value));
    return std::span{begin, static_cast<std::size_t>(sqlite3_value_bytes(value))};
  };
  const std::span<const std::byte> name = bytes(values[1]);
  const TextDigest digest =
      proof::name_digest(array_from<32>(bytes(values[0])), {reinterpret_cast<const char*>(name.data()), name.size()});
  sqlite3_result_blob(context, digest.data(), static_cast<int>(digest.size()), SQLITE_TRANSIENT);
}

Outcome give_functions(Connection& connection) {
  const int code = sqlite3_create_function(connection.raw(), "name_digest", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                           nullptr, name_digest, nullptr, nullptr);
  if (code != SQLITE_OK) return connection.error(code);
  return Done{};
}

Outcome migrate(Connection& connection, std::int64_t to, std::string_view sql, const std::function<Outcome()>& prove) {
  GUICHET_TRY(writing, Transaction::begin(connection, Transaction::Kind::writing));
  GUICHET_TRY(made, connection.execute(sql));
  if (to == kProven) {
    GUICHET_TRY(proven, prove());
  }
  GUICHET_TRY(marked, connection.execute("PRAGMA application_id=" + std::to_string(kApplication) +
                                         "; PRAGMA user_version=" + std::to_string(to)));
  return writing.commit();
}

}  // namespace

std::uint32_t ledger_format() { return static_cast<std::uint32_t>(embedded::migrations().size()); }

Outcome may_be_brought_up(Connection& connection) {
  GUICHET_TRY(marks, marks_of(connection));
  GUICHET_TRY(ours, not_foreign(connection, marks));
  if (connection.only_reads())
    return Error{
        Fault::storage,
        connection.path() + ": it may only be read; give this user the right to write to both it and its folder"};
  return Done{};
}

Outcome bring_up(Connection& connection, const std::function<Outcome()>& prove) {
  GUICHET_TRY(writable, may_be_brought_up(connection));
  GUICHET_TRY(marks, marks_of(connection));
  GUICHET_TRY(mode, connection.text("PRAGMA journal_mode=WAL"));
  if (mode != "wal")
    return Error{Fault::storage, connection.path() + ": this file system cannot keep a write-ahead log (" + mode +
                                     "); put the ledger on a local disk"};
  GUICHET_TRY(set, connection.execute("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                                      "PRAGMA journal_size_limit=67108864;"));
  GUICHET_TRY(given, give_functions(connection));
  const auto migrations = embedded::migrations();
  for (std::int64_t format = marks.format; format < std::ssize(migrations); ++format) {
    GUICHET_TRY(made, migrate(connection, format + 1, migrations[static_cast<std::size_t>(format)].bytes, prove));
  }
  return Done{};
}

Outcome recognise(Connection& connection) {
  GUICHET_TRY(marks, marks_of(connection));
  GUICHET_TRY(ours, not_foreign(connection, marks));
  if (marks.format == ledger_format()) return Done{};
  if (marks.empty)
    return Error{Fault::unreadable, connection.path() + ": this file is empty; name a file that guichet made"};
  return Error{Fault::unreadable,
               connection.path() + ": its format is " + std::to_string(marks.format) +
                   "; open it once for writing, with \"guichet serve\" or \"guichet ledger rebuild\", "
                   "and it will be brought to " +
                   std::to_string(ledger_format())};
}

Result<std::vector<std::pair<std::string, std::string>>> triggers_in(Connection& connection) {
  Statement statement{"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"};
  Rows rows(connection, statement);
  std::vector<std::pair<std::string, std::string>> triggers;
  while (true) {
    GUICHET_TRY(found, rows.next());
    if (!found) return triggers;
    triggers.emplace_back(rows.text(0), rows.text(1));
  }
}

Result<std::vector<std::pair<std::string, std::string>>> triggers_of_a_ledger() {
  GUICHET_TRY(made, Connection::open(":memory:", Connection::Access::create, 256));
  GUICHET_TRY(given, give_functions(*made));
  for (const EmbeddedFile& migration : embedded::migrations()) {
    GUICHET_TRY(done, made->execute(migration.bytes));
  }
  return triggers_in(*made);
}

}  // namespace guichet::ledger
