// What somebody has typed and not sent: one record per person, case and form, which survives everything but sending it.
// A draft of the desk stays readable for the desk when the case changes hands; a seller's is his own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/fields.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/ledger/kept.hpp>

namespace guichet::desk {

/// Record kind "draft", key "<person>/<case>/<box>", owner the case. `box` names the form: "message", "note" …
struct Draft {
  ActorId person;
  CaseId case_id;
  std::string box;
  Instant saved{};
  NamedValues fields;  // as typed, in the order of the form; files are not kept
  std::uint64_t revision{};

  /// The first value under `name`; empty when there is none.
  std::string_view text(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  bool holds(std::string_view name, std::string_view value) const;
  /// Nothing that a person typed.
  bool blank() const;
};

std::string draft_key(ActorId person, CaseId case_id, std::string_view box);
ledger::Record to_record(const Draft& draft);
Result<Draft> draft_from(const ledger::Record& record);

/// What `fields` hold of a form, without what the form itself put there (tokens, keys, the version that was read).
Draft draft_of(ActorId person, CaseId case_id, std::string_view box, const Fields& fields, Instant now);

/// The field of a form that is too long to be kept, and what is wrong with it: each as an act takes it, all together no
/// longer than a draft.
FieldFault fault_of_draft(const Fields& fields);

/// To be written; a blank draft is taken away instead.
ledger::RecordChange keep(const Draft& draft);
ledger::RecordChange forget(ActorId person, CaseId case_id, std::string_view box);

/// Keeps the draft, then goes on, whatever came of that.
void keep_then(Clerk& clerk, const Draft& draft, std::function<void()> go_on);

/// This person's, or a blank one.
Draft draft_here(const Visit& visit, CaseId case_id, std::string_view box);
/// All that this person has begun in this case, the newest first; of a case not yet opened when it is zero.
std::vector<Draft> own_drafts(const Visit& visit, CaseId case_id);
/// What others of the desk have begun in this case; for those who see the inside.
std::vector<Draft> drafts_of_others(const Visit& visit, CaseId case_id);

}  // namespace guichet::desk
