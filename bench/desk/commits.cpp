// The floor under durable replies: a bare loop of group commits. Clients each write one small row at a time and wait
// until it is on disk; one writer takes all that wait into one transaction (SQLite, WAL, synchronous=FULL).
// Usage: commits FILE CLIENTS SECONDS
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sqlite3.h>

namespace {

struct Client {
  std::mutex mutex;
  std::condition_variable told;
  bool done = false;
};

struct Queue {
  std::mutex mutex;
  std::condition_variable some;
  std::vector<Client*> waiting;
  bool over = false;
};

void must(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: commits FILE CLIENTS SECONDS\n", stderr);
    return 2;
  }
  const auto clients = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
  const std::chrono::seconds length{std::strtol(argv[3], nullptr, 10)};
  sqlite3* db = nullptr;
  must(sqlite3_open(argv[1], &db), db);
  for (const char* sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                          "CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"})
    must(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), db);
  sqlite3_stmt* insert = nullptr;
  must(sqlite3_prepare_v2(db, "INSERT INTO rows (body) VALUES (?)", -1, &insert, nullptr), db);
  const std::string body(400, 'x');

  Queue queue;
  unsigned long rows = 0, commits = 0;
  std::vector<std::thread> threads;
  std::vector<Client> all(clients);
  const auto end = std::chrono::steady_clock::now() + length;
  for (Client& client : all)
    threads.emplace_back([&queue, &client, end] {
      while (std::chrono::steady_clock::now() < end) {
        client.done = false;
        {
          const std::scoped_lock lock(queue.mutex);
          queue.waiting.push_back(&client);
          queue.some.notify_one();
        }
        std::unique_lock lock(client.mutex);
        client.told.wait(lock, [&client] { return client.done; });
      }
    });
  std::thread writer([&] {
    std::vector<Client*> taken;
    for (;;) {
      {
        std::unique_lock lock(queue.mutex);
        queue.some.wait(lock, [&queue] { return queue.over || !queue.waiting.empty(); });
        if (queue.waiting.empty()) return;
        taken.swap(queue.waiting);
      }
      must(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), db);
      for (std::size_t i = 0; i < taken.size(); ++i) {
        must(sqlite3_bind_blob(insert, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC), db);
        must(sqlite3_step(insert), db);
        sqlite3_reset(insert);
      }
      must(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr), db);
      rows += taken.size();
      ++commits;
      for (Client* client : taken) {
        const std::scoped_lock lock(client->mutex);
        client->done = true;
        client->told.notify_one();
      }
      taken.clear();
    }
  });
  for (std::thread& thread : threads) thread.join();
  {
    const std::scoped_lock lock(queue.mutex);
    queue.over = true;
    queue.some.notify_one();
  }
  writer.join();
  sqlite3_finalize(insert);
  sqlite3_close(db);
  const double seconds = static_cast<double>(length.count());
  std::printf("{\"per_second\": %.0f, \"commits_per_second\": %.0f}\n", static_cast<double>(rows) / seconds,
              static_cast<double>(commits) / seconds);
}
