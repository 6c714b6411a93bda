#include <guichet/desk/meters.hpp>

#include <algorithm>

namespace guichet::desk {

void Meters::answered(int status, std::uint64_t milliseconds) {
  by_class_[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::ranges::lower_bound(kBounds, milliseconds) - kBounds.begin();
  times_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  time_ms_.fetch_add(milliseconds, std::memory_order_relaxed);
}

void Meters::refused(std::string_view why) {
  if (why == "form") forms_.fetch_add(1, std::memory_order_relaxed);
  if (why == "right") rights_.fetch_add(1, std::memory_order_relaxed);
  if (why == "limit") limits_.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Meters::answers() const {
  std::uint64_t all = 0;
  for (const auto& count : by_class_) all += count.load();
  return all;
}

void add_metric(std::string& text, std::string_view name, std::string_view type, std::string_view help,
                std::uint64_t value) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  text.append(type).append("\n").append(name).append(" ").append(std::to_string(value)).append("\n");
}

std::string Meters::text() const {
  std::string text =
      "# HELP guichet_answers_total Requests answered, by class of status.\n"
      "# TYPE guichet_answers_total counter\n";
  for (std::size_t i = 1; i < by_class_.size(); ++i)
    text +=
        "guichet_answers_total{status=\"" + std::to_string(i) + "xx\"} " + std::to_string(by_class_[i].load()) + "\n";
  text += "# HELP guichet_answer_seconds Time from a request to its answer.\n# TYPE guichet_answer_seconds histogram\n";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    so_far += times_[i].load();
    std::string bound = "+Inf";
    if (i < kBounds.size()) {
      bound = std::to_string(kBounds[i]);
      bound = std::string(bound.size() < 4 ? 4 - bound.size() : 0, '0') + bound;
      bound.insert(bound.size() - 3, ".");
    }
    text += "guichet_answer_seconds_bucket{le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
  }
  std::string sum = std::to_string(time_ms_.load());
  sum = std::string(sum.size() < 4 ? 4 - sum.size() : 0, '0') + sum;
  sum.insert(sum.size() - 3, ".");
  text += "guichet_answer_seconds_sum " + sum + "\nguichet_answer_seconds_count " + std::to_string(so_far) + "\n";
  add_metric(text, "guichet_forms_refused_total", "counter", "Forms that were not ours.", forms_.load());
  add_metric(text, "guichet_rights_refused_total", "counter", "Requests without the right to do it.", rights_.load());
  add_metric(text, "guichet_limits_refused_total", "counter", "Requests over a limit of rate.", limits_.load());
  return text;
}

}  // namespace guichet::desk
