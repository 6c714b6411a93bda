// A copy of a ledger as of one moment, taken in steps while others read and write.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <guichet/ledger/sqlite.hpp>

namespace guichet::ledger {
namespace {

/// A quarter of a megabyte between two looks at whether somebody waits.
constexpr int kPagesPerStep = 64;

Error cannot(const std::string& path, int why) {
  return Error{Fault::storage, path + ": cannot be written (" + std::strerror(why) +
                                   "); name a file in a folder that exists, is yours and has room"};
}

/// A file that goes again unless it is kept.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) { remove(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { remove(); }
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    for (const char* ending : {"", "-journal", "-wal", "-shm"}) ::unlink((path_ + ending).c_str());
  }
  std::string path_;
};

Outcome copy(Connection& from, Connection& to) {
  sqlite3_backup* copying = sqlite3_backup_init(to.raw(), "main", from.raw(), "main");
  if (copying == nullptr) return to.error(sqlite3_extended_errcode(to.raw()));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(copying, kPagesPerStep);
  const int finished = sqlite3_backup_finish(copying);
  if (code == SQLITE_DONE) return Done{};
  // What cannot be read is the ledger's own, all else the copy's.
  const int primary = (finished != SQLITE_OK ? finished : code) & 0xFF;
  const bool source = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  return (source ? from : to).error(finished != SQLITE_OK ? finished : code);
}

/// So that the name lasts as long as the file.
Outcome sync_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return cannot(path, errno);
  const bool synced = ::fsync(file) == 0;
  const int why = errno;
  ::close(file);
  if (!synced) return cannot(path, why);
  return Done{};
}

}  // namespace

Outcome SqliteLedger::back_up(const std::string& path) {
  std::error_code fault;
  if (std::filesystem::exists(path, fault))
    return Error{Fault::usage, path + ": is there already; name a file that is not there yet"};
  GUICHET_TRY(from, connect());
  // One moment: as long as this reading lasts, the copy sees nothing of what is written meanwhile.
  GUICHET_TRY(moment, Transaction::begin(*from, Transaction::Kind::reading));
  GUICHET_TRY(pages, from->integer("SELECT count(*) FROM sqlite_schema"));
  const Scratch scratch(path + "-partial");
  {
    GUICHET_TRY(to, Connection::open(scratch.path(), Connection::Access::create, opening_.cache_kib));
    GUICHET_TRY(copied, copy(*from, *to));
    // So that a look at the copy leaves no log beside it. Who writes to it turns the log on again.
    GUICHET_TRY(plain, to->text("PRAGMA journal_mode=DELETE"));
  }
  // A link, unlike a renaming, never takes the place of another file.
  if (::link(scratch.path().c_str(), path.c_str()) != 0) return cannot(path, errno);
  return sync_folder(path);
}

Outcome restore_ledger(Ledger& from, const std::string& path, Standing standing) {
  const std::string aside = path + ".replaced";
  std::error_code fault;
  const bool there = std::filesystem::exists(path, fault);
  if (there && standing == Standing::refused)
    return Error{Fault::usage,
                 path + ": is there already; name a file that is not there yet, or replace it with --force"};
  if (there && std::filesystem::exists(aside, fault))
    return Error{Fault::usage, aside + ": is there already, from an earlier restoring; move it away first"};
  GUICHET_TRY(right, WritingRight::take(path));
  const Scratch scratch(path + "-restored");
  GUICHET_TRY(copied, from.back_up(scratch.path()));
  // The log goes first: beside another file it would be taken for that one's.
  for (const char* ending : {"-wal", ""})
    if (there && ::rename((path + ending).c_str(), (aside + ending).c_str()) != 0 && errno != ENOENT)
      return cannot(aside, errno);
  ::unlink((path + "-shm").c_str());
  if (::link(scratch.path().c_str(), path.c_str()) != 0) return cannot(path, errno);
  return sync_folder(path);
}

}  // namespace guichet::ledger
