// Scenario -> TOML: what differs from the defaults, in a fixed order, every source kept. Comments are not kept; reading
// the result gives the same scenario (of a course, what four digits tell). Knows no procedure.
#pragma once

#include <string>

#include <guichet/rehearsal/scenario.hpp>

namespace guichet::rehearsal {

std::string print_scenario(const Scenario& scenario);

/// A law as the value of a key: "1 hour" or { law = "exponential", mean = "1 hour" }. Laws of seconds, of cents, or of
/// bare numbers.
enum class LawOf : std::uint8_t { time, money, number };
std::string print_law(const Law& law, LawOf of);

}  // namespace guichet::rehearsal
