// Keys of signatures as the DNS publishes them now: asked only when somebody asks for it.
#pragma once

#include <string>

#include <guichet/intake/mail/signing.hpp>

namespace guichet::cli {

/// Asks the resolvers of the machine for TXT records. Each name is asked for once in the life of the function.
intake::mail::FindKey keys_in_dns();

/// The texts of the TXT records in an answer (RFC 1035). Exposed for tests: an answer is foreign bytes.
intake::mail::KeyAnswer texts_of_answer(const std::string& answer);

}  // namespace guichet::cli
