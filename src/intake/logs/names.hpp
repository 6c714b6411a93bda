// Texts and their numbers: the same text always gets the same number, from 1 in order of appearance.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::intake {

/// A hash of bytes, eight at a time; the same on every platform of one byte order.
inline std::uint64_t hash_of(std::string_view text) {
  std::uint64_t state = text.size() * 0x9e37'79b9'7f4a'7c15U;
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    state = (state ^ word) * 0x9fb2'1c65'1e98'df25U;
    state ^= state >> 32;
  }
  std::uint64_t word = 0;
  if (left > 0) std::memcpy(&word, p, left);
  return scramble(state ^ word);
}

/// Numbers for the texts kept in a list that somebody else owns and may read.
class Names {
 public:
  explicit Names(std::vector<std::string>& kept) : kept_(&kept), slots_(64) {
    for (std::size_t i = 0; i < kept.size(); ++i) place(hash_of(kept[i]), static_cast<std::uint32_t>(i + 1));
  }

  /// Zero for the empty text.
  std::uint32_t index(std::string_view text) {
    if (text.empty()) return 0;
    const std::uint64_t hash = hash_of(text);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot slot = slots_[i];
      if (slot.index == 0) break;
      if (slot.tag == tag && (*kept_)[slot.index - 1] == text) return slot.index;
    }
    kept_->emplace_back(text);
    const auto index = static_cast<std::uint32_t>(kept_->size());
    place(hash, index);
    return index;
  }

  std::size_t size() const { return kept_->size(); }
  const std::string& text(std::uint32_t index) const { return (*kept_)[index - 1]; }

 private:
  struct Slot {
    std::uint32_t tag = 0, index = 0;
  };

  void place(std::uint64_t hash, std::uint32_t index) {
    if (++used_ * 2 > slots_.size()) {
      std::vector<Slot> wider(slots_.size() * 4);
      wider.swap(slots_);
      for (const Slot& slot : wider)
        if (slot.index != 0) put(hash_of((*kept_)[slot.index - 1]), slot.index);
    }
    put(hash, index);
  }
  void put(std::uint64_t hash, std::uint32_t index) {
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i].index != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {static_cast<std::uint32_t>(hash >> 32), index};
  }

  std::vector<std::string>* kept_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace guichet::intake
