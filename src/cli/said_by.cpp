#include "said_by.hpp"

#include <algorithm>
#include <optional>

namespace guichet::cli {
namespace {

std::optional<measures::Need> said_by(EventKind kind) {
  using measures::Need;
  switch (kind) {
    case EventKind::question_asked: return Need::questions;
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed: return Need::hand_off_acts;
    case EventKind::clock_started:
    case EventKind::went_overdue: return Need::promises;
    case EventKind::decided: return Need::decisions;
    case EventKind::appealed: return Need::appeals;
    case EventKind::resolution_proposed: return Need::resolutions;
    case EventKind::closed: return Need::closings;
    case EventKind::reopened: return Need::reopenings;
    case EventKind::abandoned: return Need::abandonments;
    case EventKind::restriction_announced: return Need::restrictions;
    case EventKind::cost_noted: return Need::costs;
    case EventKind::message_sent: return Need::messages;
    case EventKind::none:
    case EventKind::opened:
    case EventKind::note_made:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::question_disputed:
    case EventKind::question_withdrawn:
    case EventKind::assigned:
    case EventKind::hand_off_accepted:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::escalated:
    case EventKind::referred_to_mediator:
    case EventKind::mediation_ended:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
    case EventKind::restarted:
    case EventKind::offer_made:
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::offer_lapsed:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted:
    case EventKind::exhibit_added:
    case EventKind::procedure_changed:
    case EventKind::linked: return std::nullopt;
  }
  return std::nullopt;
}

/// A column of kinds can say whatever a kind says; of messages it must be known whose they are.
measures::Needs said_by_kinds(bool parties_too) {
  measures::Needs said;
  for (std::size_t i = 0; i < kEventKinds; ++i) {
    const auto kind = static_cast<EventKind>(i);
    if (kind == EventKind::message_sent && !parties_too) continue;
    if (const auto need = said_by(kind)) said.add(*need);
  }
  return said;
}

measures::Needs said_by_marks(const measures::Needs& columns) {
  using measures::Need;
  measures::Needs said{Need::reopenings, Need::abandonments, Need::resolutions, Need::closings};
  if (columns.has(Need::persons)) said.add(Need::machines);
  return said;
}

}  // namespace

measures::Needs said_by(const intake::Mapping& given, const intake::LogSummary& summary) {
  using measures::Need;
  const intake::Mapping mapping = summary.xes ? named_for_xes(given) : given;
  const auto& columns = summary.columns;
  measures::Needs said;
  const auto is_there = [&](const std::string& name) {
    return std::any_of(columns.begin(), columns.end(), [&](const auto& column) { return column.name == name; });
  };
  const auto any_there = [&](const intake::Columns& names) {
    return std::any_of(names.begin(), names.end(), is_there);
  };
  const auto add_columns = [&](const intake::EventColumns& event) {
    if (any_there(event.person)) said.add(Need::persons);
    if (any_there(event.team)) said.add(Need::teams);
    if (any_there(event.status)) said.add(Need::statuses);
    if (any_there(event.turn)) said.add(Need::turns);
    if (any_there(event.marks)) said.add(said_by_marks(said));
    if (any_there(event.kind)) said.add(said_by_kinds(any_there(event.by)));
  };
  add_columns(mapping.row);
  for (const intake::EventColumns& event : mapping.events) {
    add_columns(event);
    if (event.event)
      if (const auto need = said_by(*event.event)) said.add(*need);
  }
  if (any_there(mapping.of_case.seller)) said.add(Need::sellers);
  if (any_there(mapping.of_case.deadline)) said.add(Need::promises);
  const auto can_be_met = [&](const intake::Condition& condition) {
    return std::all_of(condition.tests.begin(), condition.tests.end(),
                       [&](const intake::ValueTest& test) { return test.role || is_there(test.column); });
  };
  for (const intake::Meaning& meaning : mapping.meanings) {
    if (!can_be_met(meaning.when)) continue;
    // A message counts only when it is known whose it is.
    if (meaning.event && (*meaning.event != EventKind::message_sent || meaning.by))
      if (const auto need = said_by(*meaning.event)) said.add(*need);
    if (meaning.turn && *meaning.turn != Turn::nobody) said.add(Need::turns);
    if (meaning.system && said.has(Need::persons)) said.add(Need::machines);
  }
  if (mapping.reopened && can_be_met(mapping.reopened->after) && can_be_met(mapping.reopened->then))
    said.add(Need::reopenings);
  if (mapping.abandoned && can_be_met(*mapping.abandoned)) said.add(Need::abandonments);
  return said;
}

}  // namespace guichet::cli
