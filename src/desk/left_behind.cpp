#include <guichet/desk/left_behind.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

namespace guichet::desk {
namespace {

/// So many in one transaction, so that whoever writes at the start does not wait for all of them.
constexpr std::size_t kCasesPerErrand = 100;
/// Who may have owned a case. A seller never did; sellers are many.
constexpr std::array kOwners{Role::agent,    Role::decider, Role::supervisor,
                             Role::mediator, Role::auditor, Role::administrator};

Outcome add_all(ledger::Reader& reader, ledger::CaseQuery query, std::set<CaseId>& found) {
  constexpr std::uint8_t kClosed = 1U << static_cast<unsigned>(Phase::closed);
  query.phases = static_cast<std::uint8_t>(0xFF & ~kClosed);
  query.order = ledger::CaseQuery::Order::number;
  query.limit = ledger::kListMax;
  do {
    GUICHET_TRY(listed, reader.cases(query));
    // Imported history lives under no procedure, and waits for nobody here.
    for (const ledger::ShelfRow& row : listed.rows)
      if (row.state.procedure) found.insert(row.case_id);
    query.after = listed.next;
  } while (!query.after.empty());
  return Done{};
}

}  // namespace

Result<std::size_t> pass_on_left_behind(ledger::Reader& reader, const People& people, Clerk& clerk) {
  std::set<CaseId> found;
  for (const Role role : kOwners)
    for (const auto& person : people.with_role(role)) {
      if (can_answer(*person)) continue;
      ledger::CaseQuery owned, asked;
      owned.owner = person->id;
      asked.asked = person->id;
      asked.hand_off_pending = true;
      for (const ledger::CaseQuery& query : {owned, asked})
        if (const Outcome read = add_all(reader, query, found); !read) return read.error();
    }
  std::vector<CaseId> all(found.begin(), found.end());
  for (std::size_t at = 0; at < all.size(); at += kCasesPerErrand) {
    Errand errand;
    errand.channel = ledger::Channel::clock;
    errand.party = Party::clock;
    const std::size_t end = std::min(all.size(), at + kCasesPerErrand);
    errand.pass_on.assign(all.begin() + static_cast<std::ptrdiff_t>(at),
                          all.begin() + static_cast<std::ptrdiff_t>(end));
    clerk.submit(std::move(errand), {});
  }
  return all.size();
}

}  // namespace guichet::desk
