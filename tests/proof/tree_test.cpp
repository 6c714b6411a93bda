#include <guichet/proof/tree.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace guichet::proof {
namespace {

/// MTH of RFC 9162, 2.1.1, word for word.
Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  return node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

/// PATH of 2.1.3.1.
std::vector<Hash> naive_path(std::size_t m, std::span<const Hash> leaves) {
  if (leaves.size() <= 1) return {};
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  std::vector<Hash> path = m < k ? naive_path(m, leaves.first(k)) : naive_path(m - k, leaves.subspan(k));
  path.push_back(m < k ? naive_root(leaves.subspan(k)) : naive_root(leaves.first(k)));
  return path;
}

/// SUBPROOF of 2.1.4.1.
std::vector<Hash> naive_subproof(std::size_t m, std::span<const Hash> leaves, bool whole) {
  if (m == leaves.size()) return whole ? std::vector<Hash>{} : std::vector<Hash>{naive_root(leaves)};
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  std::vector<Hash> path;
  if (m <= k) {
    path = naive_subproof(m, leaves.first(k), whole);
    path.push_back(naive_root(leaves.subspan(k)));
  } else {
    path = naive_subproof(m - k, leaves.subspan(k), false);
    path.push_back(naive_root(leaves.first(k)));
  }
  return path;
}

std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash("leaf " + std::to_string(i)));
  return leaves;
}

/// A tree and all its nodes.
struct Grown {
  Frontier frontier;
  std::vector<Hash> nodes;
  NodeAt at() const {
    return [this](std::uint64_t place) -> Result<Hash> { return nodes.at(place); };
  }
};

Grown grown(std::span<const Hash> leaves) {
  Grown tree;
  std::vector<Node> nodes;
  for (const Hash& leaf : leaves) tree.frontier.add(leaf, nodes);
  for (const Node& node : nodes) {
    EXPECT_EQ(node.place, tree.nodes.size()) << "places run without gaps";
    tree.nodes.push_back(node.hash);
  }
  return tree;
}

// The eight leaves and roots that implementations of RFC 6962 test with (certificate-transparency's
// merkletree tests): hexadecimal bytes of each leaf, and the root after it.
TEST(ProofTree, HasTheRootsOfOtherImplementations) {
  using namespace std::string_literals;
  const std::array<std::string, 8> leaves{""s,
                                          "\x00"s,
                                          "\x10"s,
                                          "\x20\x21"s,
                                          "\x30\x31"s,
                                          "\x40\x41\x42\x43"s,
                                          "\x50\x51\x52\x53\x54\x55\x56\x57"s,
                                          "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"s};
  constexpr std::array roots{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                             "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                             "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                             "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                             "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                             "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                             "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(hex(frontier.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    frontier.add(leaf_hash(leaves[i]));
    EXPECT_EQ(hex(frontier.root()), roots[i]) << i;
  }
}

TEST(ProofTree, IsWhatTheRfcDefinesForEverySize) {
  const std::vector<Hash> leaves = some_leaves(260);
  const Grown all = grown(leaves);
  EXPECT_EQ(all.nodes.size(), place_of(leaves.size()));
  Frontier frontier;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const std::span some = std::span{leaves}.first(size);
    ASSERT_EQ(frontier.root(), naive_root(some)) << size;
    const Result<Frontier> read = frontier_of(size, all.at());
    ASSERT_TRUE(read && read->peaks() == frontier.peaks()) << size;
    for (std::size_t leaf = 0; leaf < size; leaf += 1 + size / 23) {
      const Result<std::vector<Hash>> path = inclusion_path(leaf, size, all.at());
      ASSERT_TRUE(path);
      ASSERT_EQ(*path, naive_path(leaf, some)) << leaf << " of " << size;
      EXPECT_EQ(root_by_inclusion(leaf, size, leaves[leaf], *path), frontier.root());
    }
    for (std::size_t before = 1; before <= size; before += 1 + size / 23) {
      const Result<std::vector<Hash>> path = consistency_path(before, size, all.at());
      ASSERT_TRUE(path);
      ASSERT_EQ(*path, naive_subproof(before, some, true)) << before << " of " << size;
      EXPECT_TRUE(consistent(before, naive_root(some.first(before)), size, frontier.root(), *path));
    }
    if (size < leaves.size()) frontier.add(leaves[size]);
  }
}

TEST(ProofTree, RefusesEveryOtherPath) {
  const std::vector<Hash> leaves = some_leaves(40);
  const Grown all = grown(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const Hash root = naive_root(std::span{leaves}.first(size));
    for (std::size_t leaf = 0; leaf < size; ++leaf) {
      std::vector<Hash> path = *inclusion_path(leaf, size, all.at());
      for (std::size_t other = 0; other < size; ++other)
        EXPECT_EQ(root_by_inclusion(other, size, leaves[leaf], path) == root, other == leaf);
      for (Hash& step : path) {
        step[3] ^= std::byte{1};
        EXPECT_NE(root_by_inclusion(leaf, size, leaves[leaf], path), root);
        step[3] ^= std::byte{1};
      }
      path.push_back(root);
      EXPECT_NE(root_by_inclusion(leaf, size, leaves[leaf], path), root);
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_NE(root_by_inclusion(leaf, size, leaves[leaf], path), root);
    }
  }
}

TEST(ProofTree, FindsAnotherHistoryByConsistency) {
  const std::vector<Hash> leaves = some_leaves(50);
  const Grown all = grown(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const Hash root = naive_root(std::span{leaves}.first(size));
    for (std::size_t before = 1; before <= size; ++before) {
      std::vector<Hash> told(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(before));
      std::vector<Hash> path = *consistency_path(before, size, all.at());
      ASSERT_TRUE(consistent(before, naive_root(told), size, root, path));
      for (std::size_t changed = 0; changed < before; ++changed) {
        std::vector<Hash> other = told;
        other[changed] = leaf_hash("another");
        EXPECT_FALSE(consistent(before, naive_root(other), size, root, path)) << before << " of " << size;
      }
      for (Hash& step : path) {
        step[9] ^= std::byte{64};
        EXPECT_FALSE(consistent(before, naive_root(told), size, root, path));
        step[9] ^= std::byte{64};
      }
    }
  }
  EXPECT_FALSE(consistent(0, empty_root(), 3, naive_root(std::span{leaves}.first(3)), {}));
  EXPECT_FALSE(consistent(4, naive_root(std::span{leaves}.first(4)), 3, naive_root(std::span{leaves}.first(3)), {}));
}

TEST(ProofTree, SaysWhenANodeCannotBeRead) {
  const NodeAt broken = [](std::uint64_t) -> Result<Hash> { return Error{Fault::storage, "gone"}; };
  EXPECT_FALSE(frontier_of(3, broken));
  EXPECT_FALSE(inclusion_path(1, 3, broken));
  EXPECT_FALSE(consistency_path(2, 3, broken));
}

}  // namespace
}  // namespace guichet::proof
