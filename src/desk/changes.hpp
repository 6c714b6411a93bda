// Counts what commits touch, so that who has read something can tell whether it still stands; and a reader that notes
// what was read through it. Knows nothing of what is then made of it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Things share places by chance: a count may rise although nothing that was read has changed, never the other way
/// round. Safe from any thread.
class Changes {
 public:
  using Place = std::uint16_t;
  static Place of_case(CaseId case_id);
  static Place of_account(ledger::AccountId account);  // its cases
  static Place of_cases();                             // any case
  static Place of_words();                             // any text: written or erased
  static Place of_erasures();
  static Place of_procedures();
  static Place of_people();     // persons and accounts
  static Place of_forecasts();  // what earlier cases let one expect
  static Place of_record(std::string_view kind, std::string_view key);
  static Place of_records(std::string_view kind);

  std::uint32_t count(Place place) const { return counts_[place].load(std::memory_order_acquire); }
  /// After the commit and before anybody is told of it: who was told reads no older page.
  void committed(const ledger::Batch& batch);
  /// What earlier cases let one expect was counted anew.
  void foretold() { touch(of_forecasts()); }

 private:
  void touch(Place place) { counts_[place].fetch_add(1, std::memory_order_acq_rel); }

  std::array<std::atomic<std::uint32_t>, 0x1'0000> counts_{};
};

/// What a page was made from.
struct Reading {
  struct Seen {
    Changes::Place place;
    std::uint32_t count;  // before it was read
  };
  std::vector<Seen> seen;
  bool lasting = true;     // false: something was read that is not counted
  Instant until = kNever;  // the next promise or clock of a case that was read: it then looks different

  bool stands(const Changes& changes) const;
};

/// Reads from another reader and notes it. For the time of one request.
std::unique_ptr<ledger::Reader> noting(ledger::Reader& reader, const Changes& changes, Instant now, Reading& reading);

}  // namespace guichet::desk
