#include <guichet/proof/leaf.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace guichet::proof {
namespace {

Hash marked(unsigned mark) {
  Hash hash{};
  for (std::byte& b : hash) b = static_cast<std::byte>(mark++);
  return hash;
}

ActLeaf an_act() {
  ActLeaf act{.number = 7,
              .position = 12,
              .recorded = Instant{Duration{1'772'000'000'123}},
              .case_id = CaseId{3},
              .person = ActorId{5},
              .account = 9,
              .version = Version{4},
              .channel = 1,
              .command = {},
              .events = {}};
  act.command = Command{.at = act.recorded,
                        .case_id = act.case_id,
                        .actor = ActorId{5},
                        .text = TextId{8},
                        .detail = 2,
                        .other = 1,
                        .kind = CommandKind::send_message,
                        .party = Party::seller,
                        .aux = 3,
                        .facts = 4};
  for (std::uint32_t i = 0; i < 2; ++i)
    act.events.push_back({.event = {.at = act.recorded,
                                    .case_id = act.case_id,
                                    .actor = ActorId{5},
                                    .text = TextId{i == 0 ? 8U : 0U},
                                    .detail = 42,
                                    .version = Version{4 + i},
                                    .kind = EventKind::message_sent,
                                    .party = Party::seller,
                                    .clock = {},
                                    .aux = 129},
                          .text_digest = i == 0 ? marked(1) : Hash{}});
  return act;
}

std::string digits(const Leaf& leaf) {
  const std::string bytes = canonical(leaf);
  return hex(std::as_bytes(std::span{bytes}));
}

std::vector<Leaf> one_of_each() {
  ActLeaf imported = an_act();
  imported.command.reset();
  return {KeyLeaf{1, Instant{Duration{5}}, marked(9)},
          TextLeaf{TextId{8}, CaseId{3}, 2, ActorId{5}, 10, marked(3), marked(4), "application/pdf"},
          an_act(),
          imported,
          ProcedureLeaf{ProcedureId{1}, Instant{Duration{1}}, Instant{Duration{2}}, ActorId{1}, marked(5), "one", "2"},
          HouseLeaf{1, Instant{Duration{-3}}, ActorId{2}, "person_added", "{\"person\":3}"},
          ErasureLeaf{1, Instant{Duration{77}}, TextId{8}}};
}

TEST(ProofLeaf, IsReadAsItWasWritten) {
  for (const Leaf& leaf : one_of_each()) {
    const std::string bytes = canonical(leaf);
    const std::optional<Leaf> read = read_leaf(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, leaf);
    EXPECT_EQ(canonical(*read), bytes);
  }
}

// What docs/proof-format.md tells; a change here is a new version of the bytes.
TEST(ProofLeaf, HasTheBytesOfTheFormat) {
  EXPECT_EQ(digits(ErasureLeaf{1, Instant{Duration{77}}, TextId{8}}),
            "67756963686574206c65616620310006"
            "0100000000000000"
            "4d00000000000000"
            "08000000");
  EXPECT_EQ(digits(HouseLeaf{2, Instant{Duration{-3}}, ActorId{9}, "a", "{}"}),
            "67756963686574206c65616620310005"
            "0200000000000000"
            "fdffffffffffffff"
            "09000000"
            "0100000061"
            "020000007b7d");
}

TEST(ProofLeaf, RefusesEverythingElse) {
  for (const Leaf& leaf : one_of_each()) {
    const std::string bytes = canonical(leaf);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read_leaf(bytes.substr(0, size)));
    EXPECT_FALSE(read_leaf(bytes + '\0'));
    // A changed bit is refused, or gives other bytes again: no two spellings of one leaf.
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      std::string changed = bytes;
      changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
      const std::optional<Leaf> read = read_leaf(changed);
      if (!read) continue;
      EXPECT_EQ(canonical(*read), changed);
      EXPECT_NE(*read, leaf);
    }
  }
}

TEST(ProofLeaf, NamesHaveDigestsApartFromBodies) {
  const Hash key = marked(1);
  EXPECT_EQ(name_digest(key, ""), Hash{});
  EXPECT_NE(name_digest(key, "a.pdf"), hmac_sha256(key, "a.pdf"));
  EXPECT_NE(name_digest(key, "a.pdf"), name_digest(marked(2), "a.pdf"));
}

}  // namespace
}  // namespace guichet::proof
