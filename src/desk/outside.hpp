// Whether an address of the network lies outside: not this machine, not its own networks, nor what belongs to nobody.
// Knows numbers, no names.
#pragma once

#include <cstdint>
#include <span>

namespace guichet::desk {

/// Where a webhook may lead.
enum class WebhookReach : std::uint8_t {
  outside,   // not to this machine, nor to what only its own networks can reach
  anywhere,  // for houses whose other programs stand beside the desk
};

/// Four bytes of IPv4 or sixteen of IPv6, as they go over the wire; false for any other number of them.
bool is_outside(std::span<const std::uint8_t> address);

}  // namespace guichet::desk
