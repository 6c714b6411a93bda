// Leaves: bytes that are read as a leaf are that leaf's only bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/proof/leaf.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto leaf = guichet::proof::read_leaf(bytes);
  if (leaf) GUICHET_CHECK(guichet::proof::canonical(*leaf) == bytes, "a leaf has one spelling");
  return 0;
}
