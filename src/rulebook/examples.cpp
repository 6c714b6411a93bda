#include <guichet/rulebook/examples.hpp>

namespace guichet::rulebook {

bool is_example(std::string_view text) {
  constexpr std::string_view kHost = ".example", kName = "Example ";
  if (text.starts_with(kName)) return true;
  for (std::size_t at = text.find(kHost); at != std::string_view::npos; at = text.find(kHost, at + 1)) {
    const std::string_view after = text.substr(at + kHost.size());
    const bool goes_on =
        !after.empty() && ((after[0] >= 'a' && after[0] <= 'z') || (after[0] >= 'A' && after[0] <= 'Z') ||
                           (after[0] >= '0' && after[0] <= '9') || after[0] == '-');
    const bool next_label = after.size() > 1 && after[0] == '.' && after[1] >= 'a' && after[1] <= 'z';
    if (!goes_on && !next_label) return true;
  }
  return false;
}

std::vector<std::string> examples_in(const ProcedureFile& file) {
  std::vector<std::string> all;
  const auto look = [&all](const std::string& text) {
    if (is_example(text)) all.push_back(text);
  };
  look(file.declares.contact_point);
  for (const Mediator& mediator : file.mediators) {
    look(mediator.name);
    look(mediator.contact);
  }
  return all;
}

}  // namespace guichet::rulebook
