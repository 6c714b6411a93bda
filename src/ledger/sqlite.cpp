#include <guichet/ledger/sqlite.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <guichet/ledger/sqlite_format.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {

Result<WritingRight> WritingRight::take(const std::string& ledger) {
  // A file of its own: closing any other handle on the ledger itself would let go of SQLite's locks.
  const std::string path = ledger + "-lock";
  for (;;) {
    GUICHET_TRY(right, take_once(ledger, path));
    if (right.stands(path)) return right;
    // Another program took the file away between our opening and our locking it.
  }
}

bool WritingRight::stands(const std::string& path) const {
  struct stat held{}, there{};
  return ::fstat(file_, &held) == 0 && ::stat(path.c_str(), &there) == 0 && held.st_dev == there.st_dev &&
         held.st_ino == there.st_ino;
}

Result<WritingRight> WritingRight::take_once(const std::string& ledger, const std::string& path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool made = file >= 0;
  if (!made && errno == EEXIST) file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    const bool no_folder = errno == ENOENT || errno == ENOTDIR;
    return Error{no_folder ? Fault::not_found : Fault::storage,
                 (no_folder ? ledger : path) + ": cannot be written (" + std::strerror(errno) + "); " +
                     (no_folder ? "name a ledger in a folder that is there"
                                : "give this user the right to write to the ledger's folder")};
  }
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return WritingRight{file, made ? path : std::string{}};
  const int why = errno;
  ::close(file);
  if (why == EWOULDBLOCK)
    return Error{Fault::conflict, ledger + ": another program writes to this ledger; end that one first, or only read"};
  return Error{Fault::storage,
               path + ": cannot be locked (" + std::strerror(why) + "); put the ledger on a local disk"};
}

WritingRight::WritingRight(WritingRight&& other) noexcept
    : file_(std::exchange(other.file_, -1)), made_(std::exchange(other.made_, {})) {}

void WritingRight::take_away() {
  // Whoever opened it meanwhile gets the lock of a file that does not stand any more, and looks again.
  if (!made_.empty()) ::unlink(made_.c_str());
  made_.clear();
}

WritingRight::~WritingRight() {
  if (file_ >= 0) ::close(file_);
}

namespace {

/// Nothing in a ledger that no head was signed over yet, and in one of the format without heads.
Result<std::optional<proof::PublicKey>> newest_key(Connection& connection) {
  GUICHET_TRY(tables, connection.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'keys'"));
  if (tables == 0) return std::optional<proof::PublicKey>{};
  Statement statement{"SELECT key FROM keys ORDER BY number DESC LIMIT 1"};
  Rows rows(connection, statement);
  GUICHET_TRY(found, rows.next());
  return found ? std::optional{array_from<32>(rows.blob(0))} : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Ledger>> SqliteLedger::open(const Opening& opening, Shelving shelving, KeyChange change) {
  std::unique_ptr<SqliteLedger> ledger(new SqliteLedger(opening, std::move(shelving), change));
  GUICHET_TRY(begun, ledger->begin());
  return std::unique_ptr<Ledger>(std::move(ledger));
}

SqliteLedger::~SqliteLedger() {
  if (writer_) static_cast<void>(writer_->catch_up());
}

Outcome SqliteLedger::begin() {
  std::error_code fault;
  const bool there = std::filesystem::exists(opening_.path, fault);
  if (!there && opening_.mode != Opening::Mode::create_or_open)
    return Error{Fault::not_found, opening_.path + ": there is no such file; name a ledger that guichet made"};
  if (std::filesystem::is_directory(opening_.path, fault))
    return Error{Fault::usage, opening_.path + ": this is a folder; name a file in it"};
  if (opening_.mode == Opening::Mode::read_only) {
    // Where nothing may be written and nobody writes, there is no log to be read beside the file.
    const bool log = std::filesystem::exists(opening_.path + "-wal", fault);
    const std::filesystem::path folder = std::filesystem::path(opening_.path).parent_path();
    const bool may_log = ::faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK, AT_EACCESS) == 0;
    if (!log && !may_log) reading_ = Connection::Access::read_frozen;
    GUICHET_TRY(reader, new_reader());
    own_ = std::move(reader);
    return Done{};
  }
  GUICHET_TRY(right, WritingRight::take(opening_.path));
  right_ = std::make_unique<WritingRight>(std::move(right));
  const Outcome begun = begin_writing();
  if (!begun) {
    writer_.reset();
    own_.reset();
    right_->take_away();
  }
  return begun;
}

Outcome SqliteLedger::begin_writing() {
  const bool make = opening_.mode == Opening::Mode::create_or_open;
  GUICHET_TRY(connection, Connection::open(opening_.path, make ? Connection::Access::create : Connection::Access::write,
                                           opening_.cache_kib));
  Connection& writing = *connection;
  own_ = std::make_unique<SqliteReader>(std::move(connection), shelving_);
  // No key is made for a file that turns out to be no ledger, or that may only be read.
  GUICHET_TRY(writable, may_be_brought_up(writing));
  GUICHET_TRY(key, signing_key(writing));
  writer_ = std::make_unique<SqliteWriter>(*own_, shelving_, std::move(key));
  const Outcome up = bring_up(writing, [this] { return writer_->prove_what_stands(); });
  if (!up) {
    writer_.reset();
    return up;
  }
  const Outcome begun = writer_->begin();
  if (!begun) {
    writer_.reset();
    return begun;
  }
  // What an earlier run had no time for; the ledger is sound without.
  static_cast<void>(writer_->tidy_up());
  static_cast<void>(writer_->catch_up());
  return Done{};
}

Result<SigningKey> SqliteLedger::signing_key(Connection& connection) const {
  const std::string path = key_path();
  GUICHET_TRY(kept, newest_key(connection));
  if (!kept || key_change_ == KeyChange::meant) return SigningKey::read_or_make(path);
  const std::string remedy =
      "put the key back from your copy of it; only if it is lost, begin a new one with \"guichet "
      "ledger new-key " +
      opening_.path + "\", which every later proof tells";
  Result<SigningKey> there = SigningKey::read(path);
  if (!there && there.error().fault == Fault::not_found)
    return Error{Fault::unreadable,
                 path + ": the signing key of this ledger is gone, so that nothing can be written; " + remedy};
  if (there && there->public_key() != *kept)
    return Error{Fault::unreadable, path + ": this is not the key of this ledger: its public key is " +
                                        hex(there->public_key()) + ", and the ledger is signed with " + hex(*kept) +
                                        "; " + remedy};
  return there;
}

Outcome SqliteLedger::may_write() const {
  if (writer_) return Done{};
  return Error{Fault::usage, opening_.path + ": this ledger was opened for reading only"};
}

Outcome SqliteLedger::append(const Batch& batch) {
  GUICHET_TRY(may, may_write());
  return writer_->append(batch);
}

Outcome SqliteLedger::catch_up() {
  GUICHET_TRY(may, may_write());
  return writer_->catch_up();
}

Result<SignedBytes> SqliteLedger::sign(std::string_view bytes) {
  if (writer_) return SignedBytes{writer_->key().public_key(), writer_->key().sign(bytes)};
  GUICHET_TRY(key, SigningKey::read(key_path()));
  return SignedBytes{key.public_key(), key.sign(bytes)};
}

Outcome SqliteLedger::keep_stamp(const KeptStamp& stamp) {
  GUICHET_TRY(may, may_write());
  return writer_->keep_stamp(stamp);
}

Result<std::unique_ptr<Connection>> SqliteLedger::connect() const {
  GUICHET_TRY(connection, Connection::open(opening_.path, reading_, opening_.cache_kib));
  GUICHET_TRY(known, recognise(*connection));
  return connection;
}

Result<std::unique_ptr<SqliteReader>> SqliteLedger::new_reader() const {
  GUICHET_TRY(connection, connect());
  return std::make_unique<SqliteReader>(std::move(connection), shelving_);
}

Result<std::unique_ptr<Reader>> SqliteLedger::reader() {
  GUICHET_TRY(reader, new_reader());
  return std::unique_ptr<Reader>(std::move(reader));
}

Result<std::unique_ptr<Ledger>> sqlite_ledger(const Opening& opening, Shelving shelving) {
  return SqliteLedger::open(opening, std::move(shelving), KeyChange::refused);
}

Result<std::unique_ptr<Ledger>> ledger_with_new_key(const Opening& opening, Shelving shelving) {
  return SqliteLedger::open(opening, std::move(shelving), KeyChange::meant);
}

}  // namespace guichet::ledger
