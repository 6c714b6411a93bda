// A procedure as its file tells it: the plain data that the rules read, and beside it everything a reader
// needs - names, titles, sources, and where each clause stands.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/calendar.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/core/procedure.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/calendars.hpp>

namespace guichet::rulebook {

/// A text in the languages of the file.
struct Title {
  std::string en, fr;
  /// In the other language when the file does not have this one.
  const std::string& in(formats::Language language) const {
    return (language == formats::Language::fr && !fr.empty()) || en.empty() ? fr : en;
  }
  bool empty() const { return en.empty() && fr.empty(); }
  friend bool operator==(const Title&, const Title&) = default;
};

/// Where a rule comes from: kind "law", "contract" or "house", and the text that says so (an article, or
/// a passage of the contract or testimony). A text that the file has once stands for both languages.
struct Source {
  std::string kind;
  Title text;
  friend bool operator==(const Source&, const Source&) = default;
};

/// A key of the file: where it stands and where its rule comes from. The path is dotted:
/// "clocks.first_answer", "closing.seller_silence.notices", "ladder[1].team" (from 0). A table's place is
/// that of its header, a key's that of the key.
struct Clause {
  std::string path;
  std::uint32_t line{}, column{};
  std::optional<Source> source;  // its own, or its table's
};

struct MatterText {
  std::string id;
  Title title;
  std::string speciality;  // empty: none needed
  friend bool operator==(const MatterText&, const MatterText&) = default;
};
struct LevelText {
  std::string id;
  Title title;
  bool last_resort{};
  bool may_decide{};  // somebody here may decide, not only answer
  friend bool operator==(const LevelText&, const LevelText&) = default;
};
struct Mediator {
  std::string name, contact;
  Title independence;  // a sentence that the file has once stands for both languages
  std::vector<std::string> languages;
  friend bool operator==(const Mediator&, const Mediator&) = default;
};

/// What the file says that no decision reads, but that lint, prose and rehearsal do.
struct Declarations {
  std::string contact_point;  // where a person can be reached; empty: none
  bool contact_is_human{};    // not only automatic
  bool complaint_is_free{};
  bool published{};              // readable without an account
  bool reasons_given_first{};    // restrictions: statement of reasons before or at effect
  bool quality_pair_declared{};  // targets are read with their quality measures
  bool yearly_figures{};         // P2B art. 11(4)
  std::uint32_t desk_share_of_mediation_percent{};
  std::uint32_t boilerplate_max_percent{100};  // an answer above it cannot close a case
  std::vector<std::string> redress;            // ways named in each decision: "internal", "certified_body", "court"
  friend bool operator==(const Declarations&, const Declarations&) = default;
};

struct ProcedureFile {
  std::string path;  // as given, for messages
  std::string name, version;
  Title title;
  Instant effective_from{};
  std::optional<Instant> announced_on;
  std::vector<formats::Language> languages;
  Procedure procedure;
  std::vector<std::string> teams;                                            // ids, as Level::team and MatterRule::team
  std::map<std::string, Title, std::less<>> team_titles, speciality_titles;  // by id, those that have one
  std::vector<MatterText> matters;                                           // as procedure.matter
  std::vector<LevelText> levels;                                             // as procedure.ladder
  std::vector<Mediator> mediators;
  std::vector<WorkCalendar> calendars;  // as CalendarIndex
  Declarations declares;
  std::map<std::string, Clause> clauses;  // by path

  /// The clause of a path, or of the nearest table above it that the file has; line 1 when there is none.
  const Clause& clause(std::string_view path) const;
  /// What readers of a language call a team or a speciality; its id where the file has no title for it.
  std::string team_name(std::string_view id, formats::Language language) const;
  std::string speciality_name(std::string_view id, formats::Language language) const;
};

/// A procedure ready for `decide`: keeps the calendars' views alive beside the data they view.
class CompiledRules {
 public:
  explicit CompiledRules(const ProcedureFile& file);
  Rules rules() const { return {procedure_, views_}; }

 private:
  const Procedure* procedure_;
  std::vector<Calendar> views_;
};

}  // namespace guichet::rulebook
