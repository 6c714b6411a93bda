// What the house is called on its pages: by the command line, else by its administrators, who may change it while pages
// are being made. Safe from any thread.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include <guichet/ledger/kept.hpp>

namespace guichet::desk {

struct Shared;

/// The longest name, in bytes.
inline constexpr std::size_t kHouseNameMax = 80;

class HouseName {
 public:
  std::string now() const;
  /// Takes the name from a record of it; other records change nothing.
  void changed(const ledger::Record& record);

 private:
  mutable std::mutex mutex_;
  std::string name_;  // empty: nobody has said
};

/// To be written; HouseName::changed then takes it.
ledger::RecordChange house_called(std::string_view name);
/// As pages say it.
std::string house_name(const Shared& shared);

}  // namespace guichet::desk
