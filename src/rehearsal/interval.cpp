#include <guichet/rehearsal/interval.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace guichet::rehearsal {

double student_975(std::uint32_t freedom) {
  constexpr std::array kFew{12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216};
  if (freedom <= kFew.size()) return kFew[freedom == 0 ? 0 : freedom - 1];
  // Around the normal law (Fisher and Cornish 1960); at ten degrees the error is below 1e-5.
  const double v = 1.0 / freedom;
  return 1.959964 + v * (2.372271 + v * (2.822499 + v * (2.555850 + v * 1.589534)));
}

Estimate mean_over_parts(std::span<const double> parts) {
  Estimate estimate;
  const auto count = static_cast<double>(parts.size());
  estimate.n = parts.size();
  estimate.parts = static_cast<std::uint32_t>(parts.size());
  estimate.mean = std::accumulate(parts.begin(), parts.end(), 0.0) / count;
  estimate.half_width = std::numeric_limits<double>::quiet_NaN();
  if (parts.size() < 2) return estimate;
  double squares = 0;
  for (const double part : parts) squares += (part - estimate.mean) * (part - estimate.mean);
  estimate.sd_of_parts = std::sqrt(squares / (count - 1));
  estimate.half_width = student_975(estimate.parts - 1) * estimate.sd_of_parts / std::sqrt(count);
  return estimate;
}

}  // namespace guichet::rehearsal
