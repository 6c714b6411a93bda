#include <guichet/proof/receipt.hpp>

#include <guichet/proof/found.hpp>
#include <guichet/proof/lines.hpp>

namespace guichet::proof {
namespace {

constexpr std::string_view kFirst = "guichet receipt 1";
constexpr std::string_view kLast = "end receipt";

Result<ProvenLeaf> read_leaf_lines(Lines& lines) {
  ProvenLeaf leaf;
  GUICHET_TRY(index, lines.number("leaf"));
  leaf.index = index;
  GUICHET_TRY(bytes, lines.many_bytes("data"));
  leaf.bytes = std::move(bytes);
  if (leaf.bytes.empty()) {
    GUICHET_TRY(hash, lines.bytes("hash", leaf.hash));
  } else {
    leaf.hash = leaf_hash(leaf.bytes);
  }
  GUICHET_TRY(path, lines.hashes("path"));
  leaf.path = std::move(path);
  return leaf;
}

/// The lines of the first receipt, without what stands around them; empty when there is none.
std::string block_in(std::string_view text) {
  std::string block;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = unquoted(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || (block.empty() && line != kFirst)) continue;
    block += line;
    block += '\n';
    if (line == kLast) return block;
  }
  return {};
}

}  // namespace

std::string print_receipt(const Receipt& receipt) {
  std::string text{kFirst};
  text += '\n';
  for (const ProvenLeaf& leaf : receipt.leaves) {
    put_line(text, "leaf", std::to_string(leaf.index));
    if (leaf.bytes.empty())
      put_bytes(text, "hash", leaf.hash);
    else
      put_bytes(text, "data", std::as_bytes(std::span{leaf.bytes}));
    for (const Hash& hash : leaf.path) put_bytes(text, "path", hash);
  }
  text += print_head(receipt.head);
  text += kLast;
  text += '\n';
  return text;
}

Result<Receipt> read_receipt(std::string_view text) {
  const std::string block = block_in(text);
  if (block.empty())
    return Error{Fault::unreadable, "no whole receipt stands here: it begins with the line \"" + std::string{kFirst} +
                                        "\" and ends with \"" + std::string{kLast} + "\"; take all of it"};
  Lines lines(block, "receipt");
  Receipt receipt;
  GUICHET_TRY(first, lines.exactly(kFirst));
  while (lines.next_is("leaf")) {
    GUICHET_TRY(leaf, read_leaf_lines(lines));
    if (!receipt.leaves.empty() && leaf.index <= receipt.leaves.back().index)
      return lines.wrong("its leaves are not in their order");
    receipt.leaves.push_back(std::move(leaf));
  }
  GUICHET_TRY(head, lines.head());
  receipt.head = head;
  GUICHET_TRY(last, lines.exactly(kLast));
  GUICHET_TRY(end, lines.end());
  return receipt;
}

}  // namespace guichet::proof
