// Pieces of pages that show what was counted over the whole ledger: wide tables, and as of when the numbers are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/recounts.hpp>

namespace guichet::desk {

/// A table that scrolls by itself where the screen is narrow. Rows are written between beginning and end.
class WideTable {
 public:
  /// The heads of columns whose bit is set in `numbers`, the first is bit 0, stand over numbers.
  WideTable(Html& html, const std::string& caption, const std::vector<std::string>& head, unsigned numbers = 0);
  void end();

 private:
  Html& html_;
};

/// How old the numbers of a page are.
struct CountTold {
  bool there = false;
  Instant counted{};
  std::uint64_t position{};
  bool running = false;
  std::uint64_t done{}, all{};
  std::string fault;
};
/// "Counted on …, up to entry …", and whether a newer count is being made; `address` is that of the page.
void as_of(Html& html, const Visit& visit, const CountTold& count, std::string_view address);

/// What a program is told while a count that it can rely on is being made: 503, and when to ask again.
Response counting(const formats::Phrases& phrases, const CountTold& count = {});
/// The object with a member "counted" first: when it was, and up to which entry of the ledger.
std::string with_count(std::string object, const CountTold& count);

template <class T>
CountTold told(const Recount<T>& count) {
  return {.there = count.last != nullptr,
          .counted = count.counted,
          .position = count.last ? count.last->reach.position : 0,
          .running = count.running,
          .done = count.done,
          .all = count.all,
          .fault = count.fault};
}

}  // namespace guichet::desk
