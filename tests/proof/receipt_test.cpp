#include <guichet/proof/receipt.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::proof {
namespace {

Signature a_signature() {
  Signature signature{};
  for (std::size_t i = 0; i < signature.size(); ++i) signature[i] = static_cast<std::byte>(3 * i);
  return signature;
}

Receipt a_receipt() {
  Receipt receipt;
  receipt.leaves.push_back({.index = 2, .bytes = std::string(70, 'x'), .hash = {}, .path = {leaf_hash("a")}});
  receipt.leaves.back().hash = leaf_hash(receipt.leaves.back().bytes);
  receipt.leaves.push_back({.index = 4, .bytes = {}, .hash = leaf_hash("b"), .path = {leaf_hash("c"), leaf_hash("d")}});
  receipt.head.head = {.log = leaf_hash("log"),
                       .size = 7,
                       .root = leaf_hash("root"),
                       .at = Instant{Duration{1'772'000'000'250}},
                       .key = leaf_hash("key")};
  receipt.head.signature = a_signature();
  return receipt;
}

TEST(ProofReceipt, IsReadAsItWasPrinted) {
  const Receipt receipt = a_receipt();
  const std::string text = print_receipt(receipt);
  const Result<Receipt> read = read_receipt(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, receipt);
  for (std::string_view left = text; !left.empty(); left.remove_prefix(left.find('\n') + 1))
    EXPECT_LE(left.find('\n'), 72U) << "mails break longer lines";
}

TEST(ProofReceipt, SurvivesAMail) {
  const Receipt receipt = a_receipt();
  std::string quoted = "Bonjour,\r\n";
  for (const char c : "x\n" + print_receipt(receipt) + "-- \nMarie\n") {
    if (c == '\n') quoted += '\r';
    quoted += c;
    if (c == '\n') quoted += "> > ";
  }
  const Result<Receipt> read = read_receipt(quoted);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, receipt);
}

// The whole of a mutation: found as unreadable, or as another receipt.
TEST(ProofReceipt, EveryChangedBitIsAnotherReceipt) {
  const Receipt receipt = a_receipt();
  const std::string text = print_receipt(receipt);
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    std::string changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    const Result<Receipt> read = read_receipt(changed);
    EXPECT_FALSE(read && *read == receipt) << "bit " << i % 8 << " of byte " << i / 8;
  }
}

TEST(ProofReceipt, RefusesWhatIsNoReceipt) {
  for (const std::string_view text : {"", "guichet receipt 1\n", "guichet receipt 1\nend receipt\n", "end receipt"})
    EXPECT_FALSE(read_receipt(text));
  Receipt twice = a_receipt();
  twice.leaves.back().index = 2;
  EXPECT_FALSE(read_receipt(print_receipt(twice)));
}

}  // namespace
}  // namespace guichet::proof
