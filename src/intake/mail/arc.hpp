// The chain in which servers that passed a mail on say what they found and signed it (ARC, RFC 8617). Finds keys
// through a function it is given; believes nobody because he signed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/intake/mail/dkim.hpp>
#include <guichet/intake/mail/head.hpp>

namespace guichet::intake::mail {

enum class ArcVerdict : std::uint8_t {
  none,       // the mail has no such chain
  pass,       // every seal holds, and the newest station's signature over fields and body
  fail,       // the chain is broken, or was already said to be
  temperror,  // a key could not be looked for
};
std::string_view name(ArcVerdict verdict);

/// What one station said.
struct ArcStation {
  std::uint32_t instance{};  // 1 is the first
  std::string domain;        // d= of its seal
  std::string said;          // cv=: "none", "pass", "fail"
  std::string found;         // its ARC-Authentication-Results, in one line, without "i="
  std::optional<Instant> sealed;
  DkimResult message;  // its ARC-Message-Signature, against the mail as it came here
  DkimVerdict seal{};
  std::string seal_reason;
};

struct ArcResult {
  ArcVerdict verdict{};
  std::string reason;
  std::vector<ArcStation> stations;  // the first one first
  std::uint32_t unchanged_since{};   // the oldest station whose signature still holds; zero: none
};

inline constexpr std::uint32_t kArcStationsMax = 50;  // RFC 8617, 4.2.1

/// `head` is read_head(raw).
ArcResult check_arc(std::string_view raw, const Head& head, const FindKey& find_key, const DkimRules& rules = {});

}  // namespace guichet::intake::mail
