// The rounds of SHA-256 over one block: in plain C++, and with the instructions that most processors have for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace guichet {

using Sha256State = std::array<std::uint32_t, 8>;
/// `block` has 64 bytes.
using Sha256Rounds = void (*)(Sha256State& state, const std::byte* block);

void plain_rounds(Sha256State& state, const std::byte* block);
/// Null where the processor has no such instructions.
Sha256Rounds rounds_of_this_machine();

}  // namespace guichet
