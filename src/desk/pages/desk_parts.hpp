// Pieces that the pages of the desk's own people share: what the rules would say to an act before anybody does it, the
// forms that send one, and how somebody who was refused finds what he had typed. Decides nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/core/refusal.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// What the rules would answer.
struct Foreseen {
  Refusal refusal{};
  std::vector<Event> events;
  const Event* of(EventKind kind) const;
  /// Until when the clock would run; kNever when the act would not start it.
  Instant until(Clock clock) const;
};
/// Asks the rules what `command` of this visitor would cause; nothing is written. Actor, party, time and case are
/// filled in here.
Foreseen foresee(const Visit& visit, const CaseState& state, CaseId case_id, const InForce& procedure, Command command);

/// Every fact bit that the door could establish for an act whose form is filled in.
inline constexpr std::uint8_t kAllSaid =
    kFactReason | kFactSummary | kFactQuestionsListed | kFactFacts | kFactGround | kFactRedress | kFactSellerAgrees;

/// Acts of the desk that have a sheet or a form here, and what the rules say to each now, its form being filled in.
struct ActNow {
  std::string_view act;    // "hand-off", "decide" …: also the end of its address and of its keys "agent.act.<act>"
  std::string_view sheet;  // page with its form; empty: on the case's page
  Refusal refusal{};
};
std::vector<ActNow> acts_now(const Visit& visit, const SeenCase& seen);
/// The same for one act; none when this role does not do it.
std::optional<ActNow> act_now(const Visit& visit, const SeenCase& seen, std::string_view act);

/// POST here: the same acts as everywhere; what was typed is kept when the rules refuse it.
std::string act_address(CaseId case_id, std::string_view act);
std::string sheet_address(CaseId case_id, std::string_view sheet);

/// What a message to the seller would lead to, by the rules themselves: the name of the button that sends it. `answers`
/// are the questions that it answers, `asks` how many of its own it has.
std::string send_label(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure, std::uint16_t answers,
                       std::size_t asks);

void hidden(Html& html, std::string_view name, std::string_view value);
/// A form that sends `act`: box of its draft, version that was read. Closed with html.close().
struct ActForm {
  std::string_view act;
  std::string_view box;    // of the draft; empty: the act's own name
  std::string_view sheet;  // where one comes back to when it is refused; empty: the case's page
  std::string_view css_class;
  bool files = false;
};
Html& open_act(Html& html, const Visit& visit, const SeenCase& seen, const ActForm& form);
/// A button that keeps what is typed and comes back to the same sheet, for those without script.
void keep_button(Html& html, const Visit& visit, const SeenCase& seen, std::string_view label);

/// Why somebody was sent back here ("?refused=…" or "?fault=…"), as an alert; nothing when he was not.
void sent_back(Html& html, const Visit& visit);
/// The fault of this field with which somebody was sent back; empty when none.
std::string fault_of(const Visit& visit, std::string_view field);
std::string_view parameter(const Visit& visit, std::string_view name);

/// The case of a sheet, or the answer to give instead.
struct CaseOr {
  std::optional<SeenCase> seen;
  Response instead;
};
CaseOr case_of_sheet(const Visit& visit);
/// A sheet: the case's subject under its title, the way back, open questions and clocks beside it.
Response sheet_page(const Visit& visit, const SeenCase& seen, std::string title, const Html& main);
/// What a reader error becomes.
Response unreadable(const Visit& visit, const Error& error);

/// What waits in a tray, each as a card; or that nothing does. `key` begins the keys of its words.
template <class Thing>
Response tray_page(const Visit& visit, const std::string& key, const Result<std::vector<Thing>>& all,
                   const Html& before, void (*card)(Html&, const Visit&, const Thing&)) {
  if (!all) return unreadable(visit, all.error());
  PageParts parts;
  parts.title = visit.phrases(key + ".title");
  parts.subtitle = visit.phrases(key + ".subtitle");
  parts.here = "mail";
  parts.main.add(before);
  if (all->empty()) parts.main.element("p", visit.phrases(key + ".none"), {{"class", "card"}});
  for (const Thing& thing : *all) card(parts.main, visit, thing);
  return page(visit, std::move(parts));
}

/// People of the desk who could take a case, grouped by what makes them fit.
struct PersonGroup {
  std::string label;
  std::vector<std::shared_ptr<const Person>> people;
};
/// The teams of the matter first, then the others; each person once, `but` left out.
std::vector<PersonGroup> people_for(const Visit& visit, const SeenCase& seen, ActorId but);
void person_choice(Html& html, const Visit& visit, std::string_view id, std::string_view name, std::string_view label,
                   const std::vector<PersonGroup>& groups, std::string_view chosen);
/// "Marie Petit · away until …" as lists of people say it.
std::string person_with_presence(const Visit& visit, const Person& person);

/// The title of a matter, a team, a level as the procedure writes it.
/// What the case is about; empty for imported history, which lives under no procedure and has none of its matters.
std::string matter_title(const Visit& visit, const InForce& procedure, const CaseState& state);
std::string level_title(const Visit& visit, const InForce& procedure, std::uint8_t level);
/// Every team of the procedure in force, by name.
std::vector<std::string> all_teams(const Visit& visit);
/// Those whose queue this person sees: his own; all for supervisors.
std::vector<std::string> teams_of(const Visit& visit);

/// When the hours on which this clock counts begin again; kNever while they run, and for a clock without hours.
Instant opens_next(const InForce& procedure, Clock clock, Instant now);

/// What follows when this clock runs out, as people of the desk say it.
std::string effect_words(const Visit& visit, const InForce& procedure, Clock clock);
/// How many files a form takes, and how large.
std::string files_hint(const Visit& visit);

/// "/queue?team=desk&owner=none": with the parameters that are not empty.
std::string address_with(std::string_view path, std::initializer_list<std::pair<std::string_view, std::string>> query);

/// Phases of living cases, as CaseQuery wants them.
inline constexpr std::uint8_t kLivingPhases =
    1U << static_cast<unsigned>(Phase::open) | 1U << static_cast<unsigned>(Phase::decided) |
    1U << static_cast<unsigned>(Phase::under_appeal) | 1U << static_cast<unsigned>(Phase::in_mediation);
inline constexpr std::uint8_t kAppealPhase = 1U << static_cast<unsigned>(Phase::under_appeal);
inline constexpr std::uint8_t kClosedPhase = 1U << static_cast<unsigned>(Phase::closed);

}  // namespace guichet::desk
