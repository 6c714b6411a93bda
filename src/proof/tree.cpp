#include <guichet/proof/tree.hpp>

#include <array>

#include <guichet/base/check.hpp>

namespace guichet::proof {
namespace {

/// The largest power of two below `count`, which is at least 2.
std::uint64_t left_part(std::uint64_t count) { return std::bit_floor(count - 1); }

/// The root of the leaves [first, end), as RFC 9162 cuts them: `first` is a multiple of the power of two that follows
/// their number.
Result<Hash> root_between(std::uint64_t first, std::uint64_t end, const NodeAt& node) {
  const std::uint64_t count = end - first;
  if (std::has_single_bit(count)) return node(place_of(first, static_cast<unsigned>(std::countr_zero(count))));
  const std::uint64_t left = left_part(count);
  GUICHET_TRY(before, root_between(first, first + left, node));
  GUICHET_TRY(after, root_between(first + left, end, node));
  return node_hash(before, after);
}

}  // namespace

Hash leaf_hash(std::string_view bytes) {
  constexpr std::array kLeaf{std::byte{0}};
  return Sha256().add(kLeaf).add(bytes).digest();
}

Hash node_hash(const Hash& left, const Hash& right) {
  constexpr std::array kNode{std::byte{1}};
  return Sha256().add(kNode).add(left).add(right).digest();
}

Hash empty_root() { return sha256({}); }

template <class Seen>
void Frontier::grow(const Hash& leaf, const Seen& seen) {
  std::uint64_t place = place_of(size_);
  Hash hash = leaf;
  seen(place, hash);
  // Each trailing one of the size is a whole subtree that this leaf's completes with.
  for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    seen(++place, hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

void Frontier::add(const Hash& leaf, std::vector<Node>& nodes) {
  grow(leaf, [&nodes](std::uint64_t place, const Hash& hash) { nodes.push_back({place, hash}); });
}

void Frontier::add(const Hash& leaf) {
  grow(leaf, [](std::uint64_t, const Hash&) {});
}

Hash Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

Result<Frontier> frontier_of(std::uint64_t size, const NodeAt& node) {
  std::vector<Hash> peaks;
  std::uint64_t first = 0;
  for (std::uint64_t left = size; left != 0;) {
    const std::uint64_t part = std::bit_floor(left);
    GUICHET_TRY(peak, node(place_of(first, static_cast<unsigned>(std::countr_zero(part)))));
    peaks.push_back(peak);
    first += part;
    left -= part;
  }
  return Frontier(size, std::move(peaks));
}

Result<Hash> root_of(std::uint64_t size, const NodeAt& node) {
  GUICHET_TRY(frontier, frontier_of(size, node));
  return frontier.root();
}

Result<std::vector<Hash>> inclusion_path(std::uint64_t leaf, std::uint64_t size, const NodeAt& node) {
  GUICHET_CHECK(leaf < size, "callers ask only for leaves that the tree has");
  // Down to the leaf, and what stands beside the way.
  std::vector<Hash> path;
  std::uint64_t first = 0;
  std::uint64_t end = size;
  while (end - first > 1) {
    const std::uint64_t middle = first + left_part(end - first);
    const bool to_left = leaf < middle;
    GUICHET_TRY(beside, to_left ? root_between(middle, end, node) : root_between(first, middle, node));
    path.push_back(beside);
    (to_left ? end : first) = middle;
  }
  return std::vector<Hash>(path.rbegin(), path.rend());
}

Result<std::vector<Hash>> consistency_path(std::uint64_t before, std::uint64_t size, const NodeAt& node) {
  GUICHET_CHECK(before > 0 && before <= size, "callers ask only for trees that grew into this one");
  std::vector<Hash> path;
  std::uint64_t first = 0;
  std::uint64_t end = size;
  bool whole = true;  // the leaves before `before` are all of those between
  while (before != end) {
    const std::uint64_t middle = first + left_part(end - first);
    const bool to_left = before <= middle;
    GUICHET_TRY(beside, to_left ? root_between(middle, end, node) : root_between(first, middle, node));
    path.push_back(beside);
    if (!to_left) whole = false;
    (to_left ? end : first) = middle;
  }
  if (!whole) {
    GUICHET_TRY(last, root_between(first, end, node));
    path.push_back(last);
  }
  return std::vector<Hash>(path.rbegin(), path.rend());
}

std::optional<Hash> root_by_inclusion(std::uint64_t leaf, std::uint64_t size, const Hash& hash,
                                      std::span<const Hash> path) {
  // RFC 9162, 2.1.3.2.
  if (leaf >= size) return std::nullopt;
  std::uint64_t fn = leaf;
  std::uint64_t sn = size - 1;
  Hash root = hash;
  for (const Hash& beside : path) {
    if (sn == 0) return std::nullopt;
    if ((fn & 1U) != 0 || fn == sn) {
      root = node_hash(beside, root);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      root = node_hash(root, beside);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return std::nullopt;
  return root;
}

bool consistent(std::uint64_t before, const Hash& root_before, std::uint64_t size, const Hash& root,
                std::span<const Hash> path) {
  // RFC 9162, 2.1.4.2.
  if (before == size) return path.empty() && root_before == root;
  if (before == 0 || before > size) return false;
  std::vector<Hash> steps(path.begin(), path.end());
  if (std::has_single_bit(before)) steps.insert(steps.begin(), root_before);
  if (steps.empty()) return false;
  std::uint64_t fn = before - 1;
  std::uint64_t sn = size - 1;
  while ((fn & 1U) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash old_root = steps.front();
  Hash new_root = steps.front();
  for (const Hash& step : std::span{steps}.subspan(1)) {
    if (sn == 0) return false;
    if ((fn & 1U) != 0 || fn == sn) {
      old_root = node_hash(step, old_root);
      new_root = node_hash(step, new_root);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_root = node_hash(new_root, step);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_root == root_before && new_root == root;
}

}  // namespace guichet::proof
