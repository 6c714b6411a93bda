// A ledger in one SQLite file. Knows who may write and where the parts are; the parts know the tables.
#pragma once

#include <memory>
#include <string>

#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/sqlite_connection.hpp>
#include <guichet/ledger/sqlite_reader.hpp>
#include <guichet/ledger/sqlite_writer.hpp>

namespace guichet::ledger {

/// The right to write, as long as it lives: held in a file beside the ledger, and let go by the system when the program
/// ends, however it ends.
class WritingRight {
 public:
  static Result<WritingRight> take(const std::string& ledger);
  WritingRight(WritingRight&& other) noexcept;
  WritingRight& operator=(WritingRight&&) = delete;
  ~WritingRight();

  /// When what it was taken for was refused: removes its file, if it was this right that made it.
  void take_away();

 private:
  static Result<WritingRight> take_once(const std::string& ledger, const std::string& path);
  /// Whether the file that is locked is the one that stands there.
  bool stands(const std::string& path) const;

  WritingRight(int file, std::string made) : file_(file), made_(std::move(made)) {}
  int file_;
  std::string made_;  // path of the file; empty: it was there before
};

/// Whether a ledger may go on under another key than that of its newest head.
enum class KeyChange : std::uint8_t { refused, meant };

/// As sqlite_ledger, for an owner who begins a new key on purpose: the one of the key's file, or one that is drawn when
/// there is no such file. The next batch that is appended says so, in the ledger and in all its proofs.
Result<std::unique_ptr<Ledger>> ledger_with_new_key(const Opening& opening, Shelving shelving);

/// What becomes of a file that stands where a copy shall go.
enum class Standing : std::uint8_t { refused, set_aside };

/// Puts a copy of the ledger `from` in place as `path`. What stood there is refused, or kept beside it with the ending
/// ".replaced". Fault::conflict while another program writes there.
Outcome restore_ledger(Ledger& from, const std::string& path, Standing standing);

class SqliteLedger final : public Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> open(const Opening& opening, Shelving shelving, KeyChange change);
  /// Catches up; what fails then, the next opening does.
  ~SqliteLedger() override;
  SqliteLedger(const SqliteLedger&) = delete;
  SqliteLedger& operator=(const SqliteLedger&) = delete;

  Outcome append(const Batch& batch) override;
  Outcome catch_up() override;
  Result<std::unique_ptr<Reader>> reader() override;
  Result<std::uint64_t> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress) override;
  Outcome back_up(const std::string& path) override;
  Result<std::vector<std::string>> check() override;
  Result<SignedBytes> sign(std::string_view bytes) override;
  Outcome keep_stamp(const KeptStamp& stamp) override;

 private:
  SqliteLedger(Opening opening, Shelving shelving, KeyChange change)
      : opening_(std::move(opening)),
        key_change_(change),
        shelving_(std::make_shared<const Shelving>(std::move(shelving))) {}
  Outcome begin();
  Outcome begin_writing();
  std::string key_path() const { return opening_.key.empty() ? opening_.path + ".key" : opening_.key; }
  /// The key that signs from here on: that of the newest head, unless there is none yet or another one is meant.
  Result<SigningKey> signing_key(Connection& connection) const;
  Outcome may_write() const;
  Result<std::unique_ptr<Connection>> connect() const;
  Result<std::unique_ptr<SqliteReader>> new_reader() const;
  /// Gives how many acts were folded.
  Result<std::uint64_t> rebuild_row(CaseId id, std::uint64_t& differing);
  Outcome rebuild_words(const std::function<void(std::uint64_t)>& indexed);

  Opening opening_;
  KeyChange key_change_;
  std::shared_ptr<const Shelving> shelving_;
  std::unique_ptr<WritingRight> right_;
  Connection::Access reading_ = Connection::Access::read;
  std::unique_ptr<SqliteReader> own_;     // of the writer; over its connection
  std::unique_ptr<SqliteWriter> writer_;  // none when only reading
};

}  // namespace guichet::ledger
