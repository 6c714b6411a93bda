// The Merkle tree of RFC 9162 (as in RFC 6962) over leaves that are only ever added: its root, proofs that a leaf is in
// it and that one tree goes on another, and what verifies both. Knows no leaf's meaning and no file.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/sha256.hpp>

namespace guichet::proof {

using Hash = Sha256Digest;

/// SHA-256 of 0x00 and the bytes.
Hash leaf_hash(std::string_view bytes);
/// SHA-256 of 0x01 and both.
Hash node_hash(const Hash& left, const Hash& right);
/// The root of a tree without leaves: SHA-256 of nothing.
Hash empty_root();

/// Nodes of whole subtrees, in the order in which they come to be: a leaf, then each subtree that it completes. Their
/// places run from 0 without gaps, so that who keeps them only ever adds at the end.
struct Node {
  std::uint64_t place{};
  Hash hash{};
  friend bool operator==(const Node&, const Node&) = default;
};
/// Where the leaf of this number (from 0) stands. Also how many nodes a tree of so many leaves has.
constexpr std::uint64_t place_of(std::uint64_t leaf) {
  return 2 * leaf - static_cast<std::uint64_t>(std::popcount(leaf));
}
/// … and the root of the 2^level leaves from `first` on, which is a multiple of that.
constexpr std::uint64_t place_of(std::uint64_t first, unsigned level) {
  return place_of(first) + (std::uint64_t{2} << level) - 2;
}

/// What must be remembered of a tree so that it can grow: one hash for each bit of its size.
class Frontier {
 public:
  Frontier() = default;
  /// `peaks` are the roots of the whole subtrees, from the left; as many as `size` has bits.
  Frontier(std::uint64_t size, std::vector<Hash> peaks) : size_(size), peaks_(std::move(peaks)) {}

  std::uint64_t size() const { return size_; }
  const std::vector<Hash>& peaks() const { return peaks_; }
  /// Adds a leaf; what comes to be is put behind `nodes`.
  void add(const Hash& leaf, std::vector<Node>& nodes);
  void add(const Hash& leaf);
  Hash root() const;

 private:
  template <class Seen>
  void grow(const Hash& leaf, const Seen& seen);
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

/// Gives the node at a place that the tree has.
using NodeAt = std::function<Result<Hash>(std::uint64_t place)>;

/// Of the first `size` leaves.
Result<Frontier> frontier_of(std::uint64_t size, const NodeAt& node);
Result<Hash> root_of(std::uint64_t size, const NodeAt& node);
/// That leaf `leaf` is in the tree of `size` leaves; `leaf` < `size`. From the leaf up.
Result<std::vector<Hash>> inclusion_path(std::uint64_t leaf, std::uint64_t size, const NodeAt& node);
/// That the tree of `size` leaves begins with that of `before`; 0 < `before` <= `size`.
Result<std::vector<Hash>> consistency_path(std::uint64_t before, std::uint64_t size, const NodeAt& node);

/// The root that follows from a path; nothing when the path has not the length that it must have.
std::optional<Hash> root_by_inclusion(std::uint64_t leaf, std::uint64_t size, const Hash& hash,
                                      std::span<const Hash> path);
bool consistent(std::uint64_t before, const Hash& root_before, std::uint64_t size, const Hash& root,
                std::span<const Hash> path);

}  // namespace guichet::proof
