#include <guichet/rehearsal/procedure_for.hpp>

#include <algorithm>
#include <filesystem>

#include <guichet/embedded/scenario_procedures.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::rehearsal {
namespace {

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

Error unknown(const std::string& where, const std::string& name) {
  std::vector<std::string> known = rulebook::shipped_procedures();
  for (std::string& one : scenario_procedures()) known.push_back(std::move(one));
  std::sort(known.begin(), known.end());
  std::string detail = where + ": the procedure " + formats::toml_quoted(name) + " is neither a file nor shipped";
  if (const std::string nearest = formats::nearest_word(name, known); !nearest.empty())
    return {Fault::not_found, detail + "; did you mean \"" + nearest + "\"?"};
  detail += "; shipped:";
  for (const std::string& one : known) detail += " " + one;
  return {Fault::not_found, detail};
}

}  // namespace

Result<rulebook::ProcedureFile> load_procedure_for(const Scenario& scenario, const std::string& instead) {
  const std::string& name = instead.empty() ? scenario.procedure : instead;
  if (name.empty())
    return Error{Fault::usage, scenario.path +
                                   ": the scenario names no procedure; write procedure = \"…\" in "
                                   "[scenario], or give one to the program"};
  const std::string beside = (std::filesystem::path{scenario.path}.parent_path() / name).string();
  if (instead.empty() && is_file(beside)) return rulebook::load_procedure(beside);
  if (is_file(name)) return rulebook::load_procedure(name);
  const std::string_view small = embedded_bytes(embedded::scenario_procedures(), name + ".toml");
  if (!small.empty()) return rulebook::read_procedure(small, name);
  const std::vector<std::string> shipped = rulebook::shipped_procedures();
  if (std::find(shipped.begin(), shipped.end(), name) != shipped.end()) return rulebook::load_procedure(name);
  return unknown(instead.empty() ? scenario.path : "--procedure", name);
}

std::vector<std::string> scenario_procedures() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded::scenario_procedures())
    names.emplace_back(file.name.substr(0, file.name.rfind('.')));
  return names;
}

}  // namespace guichet::rehearsal
