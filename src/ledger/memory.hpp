// A ledger that keeps nothing beyond its own life, for tests; otherwise it promises what the others promise.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/seals.hpp>

namespace guichet::ledger {

class MemoryLedger final : public Ledger {
 public:
  explicit MemoryLedger(Shelving shelving);
  ~MemoryLedger() override;

  /// The next `count` appends that are not refused for another reason fail as on a full disk.
  void fail_appends(std::uint32_t count);

  Outcome append(const Batch& batch) override;
  Outcome catch_up() override { return Done{}; }
  Result<std::unique_ptr<Reader>> reader() override;
  Result<std::uint64_t> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress) override;
  /// There is no file to be copied: Fault::usage.
  Outcome back_up(const std::string& path) override;
  Result<std::vector<std::string>> check() override;
  Result<SignedBytes> sign(std::string_view bytes) override;
  Outcome keep_stamp(const KeptStamp& stamp) override;

 private:
  friend class MemoryReader;
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

}  // namespace guichet::ledger
