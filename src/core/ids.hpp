// The identities that rules speak of.
#pragma once

#include <cstdint>

#include <guichet/base/id.hpp>

namespace guichet {

using CaseId = Id<struct CaseTag, std::uint32_t>;
using ActorId = Id<struct ActorTag, std::uint32_t>;    // a person; zero is nobody or the clock
using TextId = Id<struct TextTag, std::uint32_t>;      // a text kept elsewhere; zero is no text
using Version = Id<struct VersionTag, std::uint32_t>;  // 1, 2, 3 … within a case
using ProcedureId = Id<struct ProcedureTag, std::uint16_t>;

}  // namespace guichet
