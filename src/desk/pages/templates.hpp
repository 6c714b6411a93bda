// Texts that the desk keeps ready, in each language, and how much of a letter comes from them. A template is a help to
// write, never an answer: its share is shown while one writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Record kind "template", key a word of chance, owner nobody: they belong to the whole desk or to a team.
struct Template {
  std::string key;
  std::string name;    // for the desk alone
  std::string en, fr;  // what is inserted; {case}, {seller}, {me} and {subject} are filled in
  std::string matter;  // id of the matter it is meant for; empty: any
  std::string team;    // whose people find it while they write; empty: everybody of the desk
  ActorId by;          // who changed it last
  Instant changed{};
  std::uint64_t revision{};

  const std::string& in(formats::Language language) const {
    return (language == formats::Language::fr && !fr.empty()) || en.empty() ? fr : en;
  }
};

ledger::Record to_record(const Template& piece);
Result<Template> template_from(const ledger::Record& record);
/// All of them, by name. At most kListMax.
std::vector<Template> all_templates(ledger::Reader& reader);
/// Those for everybody and those of these teams.
std::vector<Template> templates_for(std::vector<Template> all, const std::vector<std::string>& teams);

/// {name} replaced by its value; what is not known stays as it is.
std::string filled_in(std::string_view text, std::initializer_list<formats::Argument> values);

/// How much of a text stands in others.
struct Boilerplate {
  std::uint32_t words{};   // of the text
  std::uint32_t shared{};  // of them in a run of at least five that stands in a template
  std::string closest;     // the name of the template with most of them; empty when there is none
  std::uint32_t percent() const { return words == 0 ? 0 : (shared * 100 + words / 2) / words; }
};
Boilerplate boilerplate_of(std::string_view text, const std::vector<Template>& templates);

}  // namespace guichet::desk
