// Time stamps of an authority (RFC 3161) over the head of a ledger: the request to send it, and what its answer says.
// Sends nothing and asks nobody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/proof/head.hpp>

namespace guichet::desk {

/// A request in DER, over the lines of the head that are signed. The same head gives the same request.
std::string stamp_request(const proof::Head& head);

struct Stamped {
  Instant at{};
  std::string authority;  // the name in the certificate that signed
};
/// What a response in DER says of this head, when it was made for it by an authority that one of the certificates in
/// the PEM file `authorities` vouches for. The certificates are looked at as of the stamp's own time.
Result<Stamped> check_stamp(std::string_view response, const proof::Head& head, const std::string& authorities);
/// Whether a response is over this head, whoever made it.
bool is_stamp_of(std::string_view response, const proof::Head& head);

}  // namespace guichet::desk
