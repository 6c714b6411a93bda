// Texts of proofs and of case.json: what is read is printed as it was, and a verdict follows from anything.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/proof/document.hpp>
#include <guichet/proof/found.hpp>
#include <guichet/proof/told.hpp>
#include <guichet/proof/verdict.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::proof;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto head = read_head(text); head) GUICHET_CHECK(print_head(*head) == text, "a head has one spelling");
  if (const auto growth = read_growth(text); growth)
    GUICHET_CHECK(print_growth(*growth) == text, "a growth has one spelling");
  if (const auto manifest = read_manifest(text); manifest)
    GUICHET_CHECK(print_manifest(*manifest) == text, "a manifest has one spelling");
  if (const auto keys = read_text_keys(text); keys)
    GUICHET_CHECK(print_text_keys(*keys) == text, "the keys of texts have one spelling");
  if (const auto receipt = read_receipt(text); receipt) {
    const auto again = read_receipt(print_receipt(*receipt));
    GUICHET_CHECK(again && *again == *receipt, "a receipt is read as it was printed");
  }
  const auto anything = [](const PublicKey&, std::string_view, const Signature&) { return true; };
  for (const FoundProof& one : proofs_in(text))
    GUICHET_CHECK(one.line >= 1 && one.line <= size + 2, "a proof stands in a line of its file");
  const std::vector<Placed> all = check_texts(text, anything);
  GUICHET_CHECK(!all.empty(), "there is a verdict on anything");
  for (const Placed& one : all)
    GUICHET_CHECK(one.verdict.sound() || one.verdict.growths.empty(), "what is wrong leads nowhere");
  const Verdict verdict = together(all);
  GUICHET_CHECK(verdict.leaves.size() == verdict.logs.size(), "each leaf is of a ledger");
  static_cast<void>(contradiction_within(verdict));
  if (const auto document = read_document(text)) GUICHET_CHECK(same(*document, *document), "a document is itself");
  const std::map<guichet::TextId, TextLeaf> no_texts;
  const std::map<guichet::TextId, ErasureLeaf> no_erasures;
  static_cast<void>(compare_told(
      text, {.acts = {}, .texts = no_texts, .erasures = no_erasures, .keys = {}, .entries = {}, .hidden = size % 3}));
  static_cast<void>(compare({&verdict, {}, {}}, {&verdict, {}, {}}, verdict.growths));
  return 0;
}
