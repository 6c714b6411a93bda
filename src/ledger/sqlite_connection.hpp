// One connection to a SQLite file and its statements; every failure names the file and the remedy. Knows no table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <guichet/base/id.hpp>
#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace guichet::ledger {

class Connection;

/// A statement of a connection: prepared when it is used first, kept as long as it lives. Must not outlive the
/// connection.
class Statement {
 public:
  explicit Statement(std::string sql) : sql_(std::move(sql)) {}
  Statement(Statement&& other) noexcept : sql_(std::move(other.sql_)), handle_(std::exchange(other.handle_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

 private:
  friend class Rows;
  std::string sql_;
  sqlite3_stmt* handle_ = nullptr;
};

/// A statement in use: bound from the first place on, stepped, and reset when it goes. What is bound by view must stay
/// until then; what a column gives is valid until the next step.
class Rows {
 public:
  Rows(Connection& connection, Statement& statement);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  Rows& bind(std::int64_t value);
  Rows& bind(std::string_view text);
  Rows& bind(std::span<const std::byte> bytes);
  Rows& bind_null();
  Rows& bind(Instant at) { return bind(std::int64_t{at.time_since_epoch().count()}); }
  /// NULL for kNever.
  Rows& bind_or_never(Instant at) { return at == kNever ? bind_null() : bind(at); }
  template <class Tag, class Rep>
  Rows& bind(Id<Tag, Rep> id) {
    return bind(std::int64_t{id.value});
  }
  Rows& bind_blob(std::string_view bytes) { return bind(std::as_bytes(std::span{bytes})); }

  /// True while there is a row.
  Result<bool> next();
  /// To the end, for what gives no rows.
  Outcome run();
  /// To be bound and run again.
  void again();

  std::int64_t integer(int column) const;
  std::uint64_t whole(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;
  std::span<const std::byte> blob(int column) const;
  bool is_null(int column) const;
  Instant instant(int column) const { return Instant{Duration{integer(column)}}; }
  Instant instant_or_never(int column) const { return is_null(column) ? kNever : instant(column); }
  template <class IdType>
  IdType id(int column) const {
    return IdType{static_cast<decltype(IdType::value)>(integer(column))};
  }
  template <class Small>
  Small small(int column) const {
    return static_cast<Small>(integer(column));
  }

 private:
  Connection& connection_;
  sqlite3_stmt* handle_ = nullptr;
  int code_ = 0;
  int place_ = 0;
};

class Connection {
 public:
  enum class Access : std::uint8_t { create, write, read, read_frozen };  // frozen: nobody writes, no log beside it
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access, std::uint32_t cache_kib);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  const std::string& path() const { return path_; }
  sqlite3* raw() const { return handle_; }

  /// One or more statements, without rows.
  Outcome execute(std::string_view sql);
  /// The first column of the first row of a statement that is used once.
  Result<std::int64_t> integer(std::string_view sql);
  Result<std::string> text(std::string_view sql);
  /// Also when it was opened for writing, and the file allows only reading.
  bool only_reads() const;
  bool in_transaction() const;
  /// Rows that this connection has changed in all.
  std::int64_t changes() const;
  /// Pages in the write-ahead log, as the last commit of this connection left it.
  int log_pages() const { return log_pages_; }
  /// Writes the log into the file, as far as readers let it. `emptied` waits for none of them: it fails when one
  /// still needs the log, and leaves a log of no bytes otherwise.
  enum class Log : std::uint8_t { kept, emptied };
  Outcome write_log_into_file(Log log);
  /// What the code of a failure means for a person.
  Error error(int code) const;

 private:
  Connection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  friend class Transaction;
  sqlite3* handle_;
  std::string path_;
  int log_pages_ = 0;
  Statement begin_{"BEGIN"}, begin_writing_{"BEGIN IMMEDIATE"}, commit_{"COMMIT"}, roll_back_{"ROLLBACK"};
};

/// A reading or writing of several statements as of one moment. Rolled back unless committed; a reading needs no
/// commit.
class Transaction {
 public:
  enum class Kind : std::uint8_t { reading, writing };
  static Result<Transaction> begin(Connection& connection, Kind kind);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Outcome commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

/// Statements whose text is put together, kept by their text.
class StatementShelf {
 public:
  /// Forgets all when there are too many; while none is in use.
  void make_room();
  Statement& of(const std::string& sql);

 private:
  std::map<std::string, Statement> kept_;
};

}  // namespace guichet::ledger
