// Whether case.json, which people and programs read, tells what the leaves of the proof hold: its events, its texts,
// who acted and when. What no leaf holds (names, titles, what follows from the events) is not looked at here.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <guichet/proof/leaf.hpp>
#include <guichet/proof/verdict.hpp>

namespace guichet::proof {

inline constexpr std::string_view kCaseEntry = "case.json";

/// What leaves say that are in the tree, and the bodies that were known again by their keys.
struct Held {
  std::span<const ActLeaf> acts;
  const std::map<TextId, TextLeaf>& texts;
  const std::map<TextId, ErasureLeaf>& erasures;
  std::span<const TextKey> keys;
  std::span<const Entry> entries;
  std::uint64_t hidden{};  // leaves of which only the hash is here
};

struct Told {
  std::vector<Said> wrong;  // what is told in another way than it is held; the first of many
  std::uint64_t events{}, texts{};
  std::uint64_t unheld{};  // events that are told and of which no leaf is shown
};
Told compare_told(std::string_view case_json, const Held& held);

}  // namespace guichet::proof
