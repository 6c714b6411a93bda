#include <guichet/ledger/sqlite_connection.hpp>

#include <cerrno>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <guichet/base/check.hpp>
#include <guichet/ledger/sqlite_log.hpp>

namespace guichet::ledger {
namespace {

// More texts than this are a sign of statements made from what people type; then all are prepared anew.
constexpr std::size_t kKeptMax = 256;
constexpr int kBusyMs = 10'000;

void configure_once() {
  static std::once_flag once;
  // Counting every allocation takes a lock that all threads share.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

std::string in_words(int code, int system) {
  std::string text = sqlite3_errstr(code);
  if (system != 0) text += std::string{" ("} + std::strerror(system) + ")";
  return text;
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(handle_); }

Rows::Rows(Connection& connection, Statement& statement) : connection_(connection) {
  if (statement.handle_ == nullptr)
    code_ = sqlite3_prepare_v3(connection.raw(), statement.sql_.c_str(), static_cast<int>(statement.sql_.size()) + 1,
                               SQLITE_PREPARE_PERSISTENT, &statement.handle_, nullptr);
  handle_ = statement.handle_;
}

Rows::~Rows() { sqlite3_reset(handle_); }

Rows& Rows::bind(std::int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(handle_, ++place_, value);
  return *this;
}

Rows& Rows::bind(std::string_view text) {
  // An empty view may have no address, which SQLite would take for NULL.
  if (code_ == SQLITE_OK)
    code_ = sqlite3_bind_text64(handle_, ++place_, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                                SQLITE_UTF8);
  return *this;
}

Rows& Rows::bind(std::span<const std::byte> bytes) {
  if (code_ == SQLITE_OK)
    code_ = bytes.empty() ? sqlite3_bind_zeroblob(handle_, ++place_, 0)
                          : sqlite3_bind_blob64(handle_, ++place_, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Rows& Rows::bind_null() {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(handle_, ++place_);
  return *this;
}

Result<bool> Rows::next() {
  if (code_ != SQLITE_OK) return connection_.error(code_);
  errno = 0;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_.error(code);
}

Outcome Rows::run() {
  while (true) {
    GUICHET_TRY(more, next());
    if (!more) return Done{};
  }
}

void Rows::again() {
  sqlite3_reset(handle_);
  place_ = 0;
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Rows::text(int column) const {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return text == nullptr ? std::string_view{}
                         : std::string_view{text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> Rows::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  return bytes == nullptr ? std::span<const std::byte>{}
                          : std::span{bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Rows::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access, std::uint32_t cache_kib) {
  configure_once();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Access::create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    case Access::write: flags |= SQLITE_OPEN_READWRITE; break;
    case Access::read:
    case Access::read_frozen: flags |= SQLITE_OPEN_READONLY; break;
  }
  std::string name = path;
  if (access == Access::read_frozen) {
    flags |= SQLITE_OPEN_URI;
    name = "file:";
    for (const char sign : path) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(sign);
      const bool plain = byte > 0x20 && byte < 0x7F && std::string_view{"?#%"}.find(sign) == std::string_view::npos;
      if (plain)
        name += sign;
      else
        name += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    name += "?immutable=1";
  }
  if (access == Access::create && path != ":memory:") {
    // What SQLite makes by itself may be read by everybody on the machine.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0)
      ::close(file);
    else if (errno != EEXIST)
      return Error{Fault::not_found, path + ": cannot be made (" + std::strerror(errno) +
                                         "); name a file in a folder that exists and that this user may write to"};
  }
  sqlite3* handle = nullptr;
  const bool writes = access == Access::create || access == Access::write;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, writes ? log_in_one_piece() : nullptr);
  if (handle == nullptr) return Error{Fault::storage, path + ": no memory to open it"};
  std::unique_ptr<Connection> connection(new Connection(handle, path));
  if (code != SQLITE_OK) return connection->error(code);
  sqlite3_busy_timeout(handle, kBusyMs);
  // Instead of SQLite's own checkpoints, which would come in the middle of a commit.
  sqlite3_wal_hook(
      handle,
      [](void* pages, sqlite3* /*db*/, const char* /*name*/, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &connection->log_pages_);
  // Nothing that a foreign file says is executed beyond what it must hold.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  GUICHET_TRY(set, connection->execute("PRAGMA cache_size=-" + std::to_string(cache_kib) +
                                       "; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"));
  return connection;
}

Connection::~Connection() { sqlite3_close_v2(handle_); }

Outcome Connection::execute(std::string_view sql) {
  errno = 0;
  const int code = sqlite3_exec(handle_, std::string{sql}.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Done{};
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
  Statement statement{std::string{sql}};
  Rows rows(*this, statement);
  GUICHET_TRY(found, rows.next());
  return found ? rows.integer(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) {
  Statement statement{std::string{sql}};
  Rows rows(*this, statement);
  GUICHET_TRY(found, rows.next());
  return found ? std::string{rows.text(0)} : std::string{};
}

bool Connection::only_reads() const { return sqlite3_db_readonly(handle_, "main") == 1; }

std::int64_t Connection::changes() const { return sqlite3_total_changes64(handle_); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Outcome Connection::write_log_into_file(Log log) {
  const bool empty = log == Log::emptied;
  if (empty) sqlite3_busy_timeout(handle_, 0);
  errno = 0;
  const int code = sqlite3_wal_checkpoint_v2(
      handle_, nullptr, empty ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (empty) sqlite3_busy_timeout(handle_, kBusyMs);
  if (code != SQLITE_OK) return error(code);
  return Done{};
}

Error Connection::error(int code) const {
  // A commit that fails does not tell SQLite's own record of it why. Elsewhere the last error of the system is that of
  // something else, such as of a look for a file that need not be there.
  const bool of_disk = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_FULL;
  const int noted = sqlite3_system_errno(handle_);
  const int system = noted == 0 && of_disk ? errno : noted;
  const std::string what = in_words(code, system);
  const auto because = [&](Fault fault, const std::string& told) { return Error{fault, path_ + ": " + told}; };
  const bool full = system == ENOSPC || system == EFBIG || system == EDQUOT;
  switch ((code & 0xFF) == SQLITE_IOERR && full ? SQLITE_FULL : code & 0xFF) {
    case SQLITE_FULL:
      return because(Fault::storage,
                     "the disk is full; nothing of this was written. Make room, and the ledger goes on by itself");
    case SQLITE_READONLY:
      return because(Fault::storage,
                     "it or its folder may only be read (" + what + "); give this user the right to write to both");
    case SQLITE_IOERR:
      return because(Fault::storage, "the disk refuses: " + what +
                                         "; nothing of this was written. See what the system's log says of the disk");
    case SQLITE_CORRUPT:
      return because(Fault::unreadable,
                     std::string{"a page of the file is damaged ("} + sqlite3_errstr(code) +
                         "); keep the file, run \"guichet ledger check\" on it, and restore the last "
                         "backup");
    case SQLITE_NOTADB: return because(Fault::unreadable, "this is not a ledger; name a file that guichet made");
    case SQLITE_CANTOPEN:
      if (system == EACCES || system == EPERM)
        return because(Fault::storage, "cannot be opened (" + std::string{std::strerror(system)} +
                                           "); give this user the right to read and write it and its folder");
      return because(Fault::not_found, "cannot be opened (" + what +
                                           "); name a file in a folder that exists and that this user may write to");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return because(Fault::storage, "another program holds it (" + what + "); end that one first");
    case SQLITE_CONSTRAINT:
      return because(Fault::conflict, std::string{sqlite3_errmsg(handle_)} + "; nothing of this was written");
    case SQLITE_NOMEM: return because(Fault::storage, "there is no memory left for it");
    case SQLITE_TOOBIG:
      return because(Fault::storage, "a text is larger than a ledger can keep (1 GB); cut it in parts");
    default: break;
  }
  return because(Fault::storage, what + ": " + sqlite3_errmsg(handle_));
}

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  GUICHET_TRY(begun, Rows(connection, kind == Kind::reading ? connection.begin_ : connection.begin_writing_).run());
  return Transaction{connection};
}

Transaction::~Transaction() {
  // Some failures have rolled back already.
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  const Outcome undone = Rows(*connection_, connection_->roll_back_).run();
  GUICHET_CHECK(undone || !connection_->in_transaction(), "what was begun can always be taken back");
}

Outcome Transaction::commit() {
  GUICHET_TRY(done, Rows(*connection_, connection_->commit_).run());
  connection_ = nullptr;
  return done;
}

void StatementShelf::make_room() {
  if (kept_.size() >= kKeptMax) kept_.clear();
}

Statement& StatementShelf::of(const std::string& sql) {
  const auto found = kept_.find(sql);
  if (found != kept_.end()) return found->second;
  return kept_.emplace(sql, Statement{sql}).first->second;
}

}  // namespace guichet::ledger
