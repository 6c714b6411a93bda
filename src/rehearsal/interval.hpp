// The 95 % interval of a mean over a few independent parts: replications or batches.
#pragma once

#include <cstdint>
#include <span>

#include <guichet/rehearsal/results.hpp>

namespace guichet::rehearsal {

/// Student's t: 97.5 % of its law lies below, with so many degrees of freedom (1 or more); four digits right.
double student_975(std::uint32_t freedom);

/// The plain mean of the parts and its interval; `n` counts the parts. NaN where there are too few of them.
Estimate mean_over_parts(std::span<const double> parts);

}  // namespace guichet::rehearsal
