// Pages that were made lately, given again to the same session while nothing they were made from has changed. Bounded
// in bytes; nothing in it outlives the program.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/desk/changes.hpp>
#include <guichet/desk/http.hpp>

namespace guichet::desk {

/// Safe from any thread.
class KeptPages {
 public:
  /// What stands on a page besides: how far away a moment is, in minutes. So long it may be wrong by.
  static constexpr Duration kLonger{20'000};

  /// Of the bytes of bodies, about. Zero: nothing is kept.
  explicit KeptPages(std::size_t bytes_most) : bytes_most_(bytes_most / kShards / 2) {}

  /// The page as it would be made now, its forms under new once-keys; false when it has to be made.
  bool give(const std::string& key, const Changes& changes, std::uint64_t comings, Instant now, Response& response);
  /// Keeps what was made from `reading` at `now`; `once` are the once-keys of its forms, in their order.
  void keep(const std::string& key, const Response& response, Reading reading, const std::vector<std::string>& once,
            std::uint64_t comings, Instant now);

  /// How often a page was given again.
  std::uint64_t given() const { return given_.load(); }

 private:
  struct Page {
    Response response;
    Reading reading;
    std::vector<std::size_t> once_at;
    std::size_t once_bytes{};
    std::uint64_t comings{};  // of people to cases, see Live
    Instant made{};
  };
  using Pages = std::unordered_map<std::string, std::shared_ptr<const Page>>;
  struct Shard {
    std::mutex mutex;
    Pages young, old;
    std::size_t bytes{};  // of the young ones
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kPageMost = 256 * 1024;

  Shard& shard(const std::string& key) { return shards_[std::hash<std::string>{}(key) % kShards]; }
  void put(Shard& home, const std::string& key, std::shared_ptr<const Page> page);

  std::atomic<std::uint64_t> given_{0};
  std::size_t bytes_most_;  // of one generation of one shard
  std::array<Shard, kShards> shards_;
};

}  // namespace guichet::desk
