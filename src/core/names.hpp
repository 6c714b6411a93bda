// Every enum of the domain and its spelling in files, one constexpr table each.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/core/procedure.hpp>
#include <guichet/core/refusal.hpp>

namespace guichet {

/// The spellings of an enum, in the order of its values; its first value is zero.
template <class Enum>
std::span<const std::string_view> spellings();

template <class Enum>
std::string_view name(Enum value) {
  const auto all = spellings<Enum>();
  const auto index = static_cast<std::size_t>(value);
  return index < all.size() ? all[index] : std::string_view{"?"};
}

template <class Enum>
std::optional<Enum> from_name(std::string_view spelling) {
  const auto all = spellings<Enum>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] == spelling) return static_cast<Enum>(i);
  return std::nullopt;
}

template <>
std::span<const std::string_view> spellings<EventKind>();
template <>
std::span<const std::string_view> spellings<CommandKind>();
template <>
std::span<const std::string_view> spellings<Refusal>();
template <>
std::span<const std::string_view> spellings<Party>();
template <>
std::span<const std::string_view> spellings<Turn>();
template <>
std::span<const std::string_view> spellings<Phase>();
template <>
std::span<const std::string_view> spellings<Clock>();
template <>
std::span<const std::string_view> spellings<Ground>();
template <>
std::span<const std::string_view> spellings<AssignReason>();
template <>
std::span<const std::string_view> spellings<HandOffReason>();
template <>
std::span<const std::string_view> spellings<Decided>();
template <>
std::span<const std::string_view> spellings<MediationEnd>();
template <>
std::span<const std::string_view> spellings<RestrictionKind>();
template <>
std::span<const std::string_view> spellings<CostKind>();
template <>
std::span<const std::string_view> spellings<Link>();
template <>
std::span<const std::string_view> spellings<Effect>();
template <>
std::span<const std::string_view> spellings<AssignMode>();
template <>
std::span<const std::string_view> spellings<Assignment::StripTo>();
template <>
std::span<const std::string_view> spellings<Answers::ReplyClockStarts>();

}  // namespace guichet
