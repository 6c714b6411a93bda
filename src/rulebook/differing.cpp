#include <guichet/rulebook/differing.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <guichet/rulebook/print.hpp>

namespace guichet::rulebook {
namespace {

struct Said {
  std::string path, value;
};

/// What names a file or explains it, and is no rule of it.
bool is_rule(std::string_view path) {
  constexpr std::array<std::string_view, 6> kNotRules{"procedure.name",         "procedure.version",
                                                      "procedure.announced_on", "procedure.effective_from",
                                                      "procedure.languages",    "contact.point"};
  return !path.ends_with(".title") && !path.ends_with(".source") &&
         std::ranges::find(kNotRules, path) == kNotRules.end();
}

/// The canonical form has one key on each line, under the header of its table.
std::vector<Said> clauses_of(const ProcedureFile& file) {
  const std::string text = print_procedure(file);
  std::vector<Said> clauses;
  std::map<std::string, std::size_t, std::less<>> entries;
  std::string table;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("[[")) {
      const std::string name{line.substr(2, line.size() - 4)};
      table = name + "[" + std::to_string(entries[name]++) + "]";
    } else if (line.starts_with("[")) {
      table = line.substr(1, line.size() - 2);
    } else if (const std::size_t sign = line.find(" = "); sign != std::string_view::npos) {
      std::string path = table + "." + std::string{line.substr(0, sign)};
      if (is_rule(path)) clauses.push_back({std::move(path), std::string{line.substr(sign + 3)}});
    }
  }
  return clauses;
}

}  // namespace

std::vector<DifferingClause> differing_clauses(const ProcedureFile& a, const ProcedureFile& b) {
  std::vector<DifferingClause> all;
  for (Said& said : clauses_of(a)) all.push_back({std::move(said.path), std::move(said.value), {}});
  // A clause that only B has stands behind the one that B has before it.
  std::size_t place = 0;
  for (Said& said : clauses_of(b)) {
    const auto same = std::ranges::find(all, said.path, &DifferingClause::path);
    if (same != all.end()) {
      same->b = std::move(said.value);
      place = static_cast<std::size_t>(same - all.begin()) + 1;
    } else {
      all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), {std::move(said.path), {}, std::move(said.value)});
      ++place;
    }
  }
  std::erase_if(all, [](const DifferingClause& clause) { return clause.a == clause.b; });
  return all;
}

}  // namespace guichet::rulebook
