// Signatures of any bytes: a verdict with a reason, never a pass of what keys of these tests did not sign, whatever the
// lists of tags, the canonical forms and the records of keys say. The bytes are tried as a record of a key too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/mail/dkim.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view raw{reinterpret_cast<const char*>(data), size};
  const PublishedKey key = read_key(raw);
  GUICHET_CHECK(!key.fault.empty() || !key.bytes.empty(), "a sound key has bytes");
  static_cast<void>(check_signature(key, SigningHash::sha256, raw, raw));
  RecordedKeys keys;
  static_cast<void>(keys.read(raw, "keys.txt"));
  const FindKey find = [&raw](const std::string&) {
    return KeyAnswer{.kind = KeyAnswer::Kind::found, .texts = {std::string(raw.substr(0, 300))}, .why = {}};
  };
  const Head head = read_head(raw);
  for (const DkimResult& result : check_dkim(raw, head, find, {.at = Instant{}}))
    GUICHET_CHECK(!result.reason.empty(), "every verdict has its reason");
  for (const Canon canon : {Canon::simple, Canon::relaxed}) {
    const std::string body = canonical_body(raw, canon);
    GUICHET_CHECK(canonical_body(body, canon) == body, "what is canonical stays as it is");
  }
  return 0;
}
