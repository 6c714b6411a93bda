// A memory of bounded size for what was used lately. Knows nothing of what it remembers.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace guichet::desk {

/// Two generations: what is used moves to the young one; when that is full it becomes the old one, and what was old is
/// forgotten. Holds at least the `most` things used last, and never more than twice as many. Not safe from two threads.
template <class Thing>
class Lately {
 public:
  explicit Lately(std::size_t most) : most_(most) {}

  /// Null when it is not known. Valid until the next call.
  Thing* find(const std::string& key) {
    if (const auto young = young_.find(key); young != young_.end()) return &young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return nullptr;
    auto moved = old_.extract(old);
    make_room();
    return &young_.insert(std::move(moved)).position->second;
  }
  Thing& put(const std::string& key, Thing thing) {
    if (const auto young = young_.find(key); young != young_.end()) return young->second = std::move(thing);
    old_.erase(key);
    make_room();
    return young_.emplace(key, std::move(thing)).first->second;
  }
  void forget(const std::string& key) {
    young_.erase(key);
    old_.erase(key);
  }
  template <class With>
  void for_each(With&& with) {
    for (auto* things : {&young_, &old_})
      for (auto& [key, thing] : *things) with(key, thing);
  }
  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  using Things = std::unordered_map<std::string, Thing>;

  void make_room() {
    if (young_.size() < most_) return;
    old_ = std::move(young_);
    young_ = Things{};
  }

  std::size_t most_;
  Things young_, old_;
};

}  // namespace guichet::desk
