#include <guichet/ledger/sqlite_log.hpp>

#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include <sqlite3.h>

namespace guichet::ledger {
namespace {

/// Some thirty pages; SQLite's files take less than twice as much at once.
constexpr std::size_t kAtOnce = std::size_t{64} * 1024;

/// SQLite writes two pieces for each page of a commit, each of them a call of the system. Here they wait for each
/// other, as long as they stand one behind the other, until something else is wanted of the file.
struct Log {
  sqlite3_file seen{};  // what SQLite knows of it
  std::unique_ptr<char[]> waiting{new char[kAtOnce]};
  std::size_t count = 0;
  sqlite3_int64 from = 0;

  /// The machine's file stands behind this one, in the room that SQLite gave for both.
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& does() { return *real()->pMethods; }

  /// What fails is not tried again: the commit fails by it.
  int write_what_waits() {
    if (count == 0) return SQLITE_OK;
    return does().xWrite(real(), waiting.get(), static_cast<int>(std::exchange(count, 0)), from);
  }
  int write(const void* bytes, std::size_t size, sqlite3_int64 at) {
    const bool follows = at == from + static_cast<sqlite3_int64>(count);
    if (count != 0 && (!follows || count + size > kAtOnce))
      if (const int code = write_what_waits(); code != SQLITE_OK) return code;
    if (size > kAtOnce) return does().xWrite(real(), bytes, static_cast<int>(size), at);
    if (count == 0) from = at;
    std::memcpy(waiting.get() + count, bytes, size);
    count += size;
    return SQLITE_OK;
  }
};
static_assert(sizeof(Log) % alignof(sqlite3_int64) == 0);

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }

/// One of the machine's methods, once nothing waits any more.
template <auto Method, class... Given>
int then(sqlite3_file* file, Given... given) {
  Log& log = log_of(file);
  const int code = log.write_what_waits();
  return code != SQLITE_OK ? code : (log.does().*Method)(log.real(), given...);
}

/// … which does not look at what was written.
template <auto Method, class... Given>
int as_it_is(sqlite3_file* file, Given... given) {
  Log& log = log_of(file);
  return (log.does().*Method)(log.real(), given...);
}

int close(sqlite3_file* file) {
  Log& log = log_of(file);
  const int written = log.write_what_waits();
  const int closed = log.does().xClose(log.real());
  std::destroy_at(&log);
  return written != SQLITE_OK ? written : closed;
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  return log_of(file).write(bytes, static_cast<std::size_t>(count), at);
}

using Does = sqlite3_io_methods;
constexpr Does kLog{.iVersion = 1,
                    .xClose = close,
                    .xRead = then<&Does::xRead, void*, int, sqlite3_int64>,
                    .xWrite = write,
                    .xTruncate = then<&Does::xTruncate, sqlite3_int64>,
                    .xSync = then<&Does::xSync, int>,
                    .xFileSize = then<&Does::xFileSize, sqlite3_int64*>,
                    .xLock = as_it_is<&Does::xLock, int>,
                    .xUnlock = as_it_is<&Does::xUnlock, int>,
                    .xCheckReservedLock = as_it_is<&Does::xCheckReservedLock, int*>,
                    .xFileControl = as_it_is<&Does::xFileControl, int, void*>,
                    .xSectorSize = as_it_is<&Does::xSectorSize>,
                    .xDeviceCharacteristics = as_it_is<&Does::xDeviceCharacteristics>,
                    // Of the database itself alone.
                    .xShmMap = nullptr,
                    .xShmLock = nullptr,
                    .xShmBarrier = nullptr,
                    .xShmUnmap = nullptr,
                    .xFetch = nullptr,
                    .xUnfetch = nullptr};

sqlite3_vfs* machine() {
  static sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  return files;
}

int open(sqlite3_vfs* /*ours*/, const char* name, sqlite3_file* file, int flags, int* told) {
  if ((flags & SQLITE_OPEN_WAL) == 0) return machine()->xOpen(machine(), name, file, flags, told);
  Log* log = new (file) Log;
  const int code = machine()->xOpen(machine(), name, log->real(), flags, told);
  if (log->real()->pMethods != nullptr)
    log->seen.pMethods = &kLog;
  else
    std::destroy_at(log);
  return code;
}

sqlite3_vfs registered() {
  sqlite3_vfs ours = *machine();
  ours.zName = "log in one piece";
  ours.szOsFile += static_cast<int>(sizeof(Log));
  ours.xOpen = open;
  return ours;
}

}  // namespace

const char* log_in_one_piece() {
  static sqlite3_vfs ours = registered();
  static const int code = sqlite3_vfs_register(&ours, 0);
  return code == SQLITE_OK ? ours.zName : nullptr;
}

}  // namespace guichet::ledger
