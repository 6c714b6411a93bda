// The assumptions of a scenario, as its text writes them, each with its source.
#include <algorithm>

#include <guichet/rehearsal/read_scenario_sections.hpp>

namespace guichet::rehearsal {
namespace {

using formats::TomlMember;
using formats::TomlValue;
using Kind = TomlValue::Kind;

std::string inside(const TomlValue& value);

// As TOML, in one line, without the sources.
std::string written(const TomlValue& value) {
  return value.kind == Kind::text ? formats::toml_quoted(value.text) : inside(value);
}

std::string inside(const TomlValue& value) {
  switch (value.kind) {
    case Kind::text:
    case Kind::date:
    case Kind::moment: return value.text;
    case Kind::integer: return std::to_string(value.integer);
    case Kind::number: return print_number(value.number);
    case Kind::boolean: return value.boolean ? "true" : "false";
    case Kind::array: {
      std::string list;
      for (const TomlValue& item : value.items) list += (list.empty() ? "" : ", ") + written(item);
      return "[" + list + "]";
    }
    case Kind::table: break;
  }
  std::string list;
  for (const TomlMember& member : value.members)
    if (member.key != "source") list += (list.empty() ? " " : ", ") + member.key + " = " + written(member.value);
  return "{" + list + " }";
}

std::string text_of(const TomlValue* value, const std::string& fallback) {
  return value != nullptr && value->kind == Kind::text && !value->text.empty() ? value->text : fallback;
}

class Assumptions {
 public:
  std::vector<Assumption> of(const TomlValue& document) {
    for (const TomlMember& section : document.members) {
      if (section.key == "arrivals" || section.key == "quota" || section.key == "sellers")
        table(section.key, section.value);
      if (section.key == "team" || section.key == "calendar")
        for (const TomlMember& named : section.value.members) table(section.key + "." + named.key, named.value);
      if (section.key == "matter")
        for (const TomlValue& matter : section.value.items) table("matter." + text_of(matter.find("id"), "?"), matter);
      if (section.key == "course") course(section);
    }
    return std::move(found_);
  }

 private:
  void table(const std::string& path, const TomlValue& value) {
    if (value.kind != Kind::table) return;
    const std::string source = text_of(value.find("source"), "assumed");
    const TomlValue* sources = value.find("sources");
    for (const TomlMember& member : value.members) {
      if (member.key == "source" || member.key == "sources" || member.key == "id") continue;
      const std::string of_key = sources == nullptr ? source : text_of(sources->find(member.key), source);
      add({path + "." + member.key, inside(member.value), text_of(member.value.find("source"), of_key),
           member.place.line});
    }
  }

  // Hundreds of chances that a log gave are one assumption.
  void course(const TomlMember& section) {
    const TomlValue* labels = section.value.find("label");
    const std::size_t count = labels == nullptr ? 0 : labels->members.size();
    add({"course", std::to_string(count) + (count == 1 ? " label" : " labels"),
         text_of(section.value.find("source"), "assumed"), section.place.line});
  }

  // Tables of one kind may stand apart in a file; readers follow its lines.
  void add(Assumption one) {
    const auto later = [](std::uint32_t line, const Assumption& other) { return line < other.line; };
    found_.insert(std::upper_bound(found_.begin(), found_.end(), one.line, later), std::move(one));
  }

  std::vector<Assumption> found_;
};

}  // namespace

std::vector<Assumption> assumptions_of(const TomlValue& document) { return Assumptions{}.of(document); }

}  // namespace guichet::rehearsal
