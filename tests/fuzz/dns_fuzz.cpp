// An answer of the DNS: texts or a failure, never one without the other, and no byte that the answer has not.
#include <cstddef>
#include <cstdint>
#include <string>

#include <guichet/base/check.hpp>
#include <guichet/desk/dns_keys.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using guichet::intake::mail::KeyAnswer;
  const std::string answer(reinterpret_cast<const char*>(data), size);
  const KeyAnswer texts = guichet::desk::texts_of_answer(answer);
  GUICHET_CHECK((texts.kind == KeyAnswer::Kind::found) != texts.texts.empty(), "what is found has texts");
  GUICHET_CHECK((texts.kind == KeyAnswer::Kind::found) == texts.why.empty(), "what is not found has a reason");
  for (const std::string& text : texts.texts) GUICHET_CHECK(text.size() <= size, "a text stands in the answer");
  return 0;
}
