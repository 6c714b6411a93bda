// Keys of signatures as the DNS publishes them now: asked only when somebody asks for it. Knows no mail.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include <guichet/base/result.hpp>
#include <guichet/intake/mail/signing.hpp>

namespace guichet::desk {

struct DnsAsking {
  std::string resolver;  // "127.0.0.1", "127.0.0.1:5300"; empty or "system": those that the machine names
  int seconds = 3;       // that an answer is waited for
  int tries = 2;
  bool remember = true;  // each name is asked for once in the life of the function; otherwise each time
  std::stop_token stop;  // once it is asked for, no answer is waited for any more: each is a failure then
};

/// Asks for TXT records, and by TCP where an answer is too long for UDP. Fault::usage when the resolver is no IPv4
/// address with a port. Safe from one thread at a time.
Result<intake::mail::FindKey> keys_in_dns(const DnsAsking& asking);

/// The texts of the TXT records in an answer (RFC 1035): foreign bytes.
intake::mail::KeyAnswer texts_of_answer(const std::string& answer);

}  // namespace guichet::desk
