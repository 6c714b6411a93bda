// What people can do to a case, once: each act with its fields, the right it needs and the errand it makes. Forms, the
// API and the documents are all made from this table; the rules alone decide.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/fields.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/dossier/facts_told.hpp>

namespace guichet::desk {

/// Whose a case is, and the events that say how it stands to others, in order.
struct LinksOfCase {
  ledger::AccountId account;
  std::vector<Event> events;
};
std::optional<LinksOfCase> links_of(ledger::Reader& reader, CaseId case_id);

/// What an act is made from.
struct Acting {
  const Person& person;
  ledger::Channel channel{};
  const House& house;
  const Procedures& procedures;
  const People& people;
  Instant now{};
  const ledger::ShelfRow* row{};                                    // null when a case is opened
  std::function<bool(CaseId)> sees = [](CaseId) { return false; };  // another case that the act names
  /// Living cases that a person answers for: of a team, whoever has the fewest is asked.
  std::function<std::uint32_t(ActorId)> load_of = [](ActorId) { return 0U; };
  std::function<dossier::FactsTold()> facts;  // of the case acted on, when an act is about them; empty: none
  /// What another case needs to be linked with: whose it is, and what links it, in order; none when it is not there.
  std::function<std::optional<LinksOfCase>(CaseId)> links = [](CaseId) { return std::nullopt; };
};

struct ActSpec {
  std::string_view name;  // last segment of the address: "message", "escalate"
  Right right{};
  bool opens = false;  // makes a case; otherwise it acts on one
  std::span<const ActField> fields;
  /// Gives the fault, or an empty one and the errand.
  FieldFault (*make)(const Acting&, const Fields&, Errand&);
  std::string_view summary;  // English
};

std::span<const ActSpec> all_acts();
/// The act of this name that a role may do, or null: seller and desk share some names.
const ActSpec* act_for(std::string_view name, Role role);

/// What a program sent and no act of these fields takes: a name that is not known, or a value of another kind.
FieldFault fault_of_sent(std::span<const ActField> known, const Fields& fields);

/// How a visitor acts, on a case or on none. The visit and the row must outlive what is given.
Acting acting_of(const Visit& visit, const ledger::ShelfRow* row);

/// The errand of an act: its key taken from the header Idempotency-Key or the field "once", visibility checked again
/// by the clerk.
FieldFault make_errand(const ActSpec& spec, const Acting& acting, const Request& request, const Fields& fields,
                       Errand& errand);

}  // namespace guichet::desk
