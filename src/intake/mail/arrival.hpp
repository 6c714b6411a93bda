// What the bytes of one mail say of how it came: its signatures, the chain of those who passed it on, its way and its
// clocks. Kept beside the mail as short sentences; the bytes are kept too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/intake/mail/arc.hpp>
#include <guichet/intake/mail/dkim.hpp>
#include <guichet/intake/mail/hops.hpp>
#include <guichet/intake/mail/message.hpp>

namespace guichet::intake::mail {

struct Arrival {
  std::vector<DkimResult> signatures;
  ArcResult chain;
  Way way;
};

/// A key is looked for once, and no more of them than a mail has reason to name. Signatures that end are judged as of
/// the arrival, else of the Date. `message` is read_message(raw).
Arrival arrival_of(std::string_view raw, const Message& message, const FindKey& find_key);

/// "dkim" → "pass: signed by market.example (rsa-sha256, 2048 bits)", "way" → "3 stations in 12 s", "station 1" → …
std::vector<std::pair<std::string, std::string>> arrival_lines(const Arrival& arrival);

}  // namespace guichet::intake::mail
