// Whether the signatures of a mail (DKIM: RFC 6376, RFC 8301, RFC 8463) hold, each with a verdict and its reason. Finds
// keys through a function it is given; asks no network and no clock of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/intake/mail/head.hpp>
#include <guichet/intake/mail/signing.hpp>

namespace guichet::intake::mail {

/// As RFC 8601, 2.7.1 calls them.
enum class DkimVerdict : std::uint8_t {
  none,       // there is no signature, or only one that is named and not checked (DomainKeys)
  pass,       // the key signed these fields and this body
  fail,       // it did not
  policy,     // it did, but what it covers, when, or with which key is not enough
  temperror,  // the key could not be looked for
  permerror,  // it cannot be checked, now or later
};
std::string_view name(DkimVerdict verdict);

struct DkimResult {
  DkimVerdict verdict{};
  std::string reason;                    // a sentence without its full stop: "the body was changed"
  std::vector<std::string> weak;         // what a pass leaves open: "SHA-1", "the key is being tested"
  std::string domain, selector;          // d=, s=; in lower case
  std::string identity;                  // i=, decoded; "@" and d= when it says none
  std::string algorithm;                 // a=
  std::optional<Instant> made, expires;  // t=, x=
  std::vector<std::string> fields;       // h=, in lower case
  std::optional<bool> body_kept;         // bh= met; nothing when it was not looked at
  unsigned key_bits{};
  std::uint64_t body_unsigned{};  // bytes behind l=
  bool domain_keys = false;       // a DomainKey-Signature (RFC 4870): named, not checked
};

/// Digests of one body in its canonical forms, kept so that a mail with seventy signatures is gone through a few times
/// and not seventy.
struct BodyDigests {
  struct One {
    std::string digest;
    std::uint64_t bytes{};  // of the whole canonical body
  };
  std::map<std::tuple<Canon, SigningHash, std::uint64_t>, One> made;  // by form, digest and signed length
};

struct DkimRules {
  std::optional<Instant> at;      // when it is checked: for x=; nothing: it is not looked at
  unsigned rsa_bits_min = 1'024;  // RFC 8301, 3.2
  std::size_t signatures_max = 20;
  BodyDigests* bodies = nullptr;  // of this mail; null: each is made anew
};

/// One result for each signature, as they stand from the top. `head` is read_head(raw).
std::vector<DkimResult> check_dkim(std::string_view raw, const Head& head, const FindKey& find_key,
                                   const DkimRules& rules = {});

/// The best of them: pass, policy, fail, temperror, permerror, none.
DkimVerdict best_of(const std::vector<DkimResult>& results);

// What ARC shares with it.

/// What a signature of fields and body says and whether it holds; `what` is "DKIM-Signature" or
/// "ARC-Message-Signature".
DkimResult check_body_signature(std::string_view raw, const Head& head, const Field& field, bool arc,
                                const FindKey& find_key, const DkimRules& rules);
/// Looks for the key of d= and s=. On a fault verdict and reason are set and nothing is given.
std::optional<PublishedKey> key_for(DkimResult& result, const Algorithm& algorithm, const FindKey& find_key);

}  // namespace guichet::intake::mail
