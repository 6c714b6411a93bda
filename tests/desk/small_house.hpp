// A small desk for tests: real rules, a real clerk, a ledger in memory or in a file, a clock moved by hand, and one
// person of each kind.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/timekeeper.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::desk {

// Who is there; the numbers are those of their records.
inline constexpr ActorId kSellerAnn{1}, kSellerBob{2}, kAgentMarie{3}, kAgentNoor{4}, kHead{5}, kDisputes{6},
    kSupervisor{7}, kMediatorLea{8}, kAuditor{9}, kAdministrator{10};
inline constexpr ledger::AccountId kAnnsShop{1}, kBobsShop{2};

inline Instant at_utc(const char* text) { return parse_instant(text).value(); }
/// A Monday, two hours after the office of guichet-unique opened.
inline const Instant kMonday = at_utc("2026-03-02T10:00:00Z");

inline Person make_person(ActorId id, std::string name, Role role, std::vector<std::string> teams = {},
                          ledger::AccountId account = {}) {
  Person person;
  person.id = id;
  person.email = std::to_string(id.value) + "@people.example";
  person.name = std::move(name);
  person.role = role;
  person.teams = std::move(teams);
  person.account = account;
  // Whoever never signed in is given no case; nobody's password hashes to this.
  if (party_of(role) == Party::desk) person.password = "no hash";
  return person;
}

/// The people as records of a first transaction.
inline ledger::Batch first_people() {
  ledger::Batch batch;
  const auto put = [&batch](ledger::Record record) { batch.records.push_back({.record = std::move(record)}); };
  for (const Person& person :
       {make_person(kSellerAnn, "Ann", Role::seller, {}, kAnnsShop),
        make_person(kSellerBob, "Bob", Role::seller, {}, kBobsShop),
        make_person(kAgentMarie, "Marie", Role::agent, {"desk", "accounts", "logistics"}),
        make_person(kAgentNoor, "Noor", Role::agent, {"desk", "accounts", "logistics"}),
        make_person(kHead, "Head", Role::decider, {"heads"}),
        make_person(kDisputes, "Dis", Role::decider, {"disputes"}), make_person(kSupervisor, "Sue", Role::supervisor),
        make_person(kMediatorLea, "Example Mediation Centre, Paris", Role::mediator),
        make_person(kAuditor, "Audrey", Role::auditor), make_person(kAdministrator, "Adam", Role::administrator)}) {
    put(to_record(person));
    put({.kind = "email", .key = person.email, .owner = person.id.value, .body = "{}"});
  }
  put(to_record(Account{.id = kAnnsShop, .name = "Ann's shop", .reference = "A-1"}));
  put(to_record(Account{.id = kBobsShop, .name = "Bob's shop", .reference = "B-2"}));
  return batch;
}

/// Clerk, rules and people, without server and timekeeper: time passes by `pass_until`.
class SmallHouse {
 public:
  explicit SmallHouse(const std::string& procedure = "guichet-unique", OpenedLedger opened = ledger_in_memory())
      : opened_(std::move(opened)), clock_(kMonday) {
    const auto text = rulebook::procedure_text(procedure);
    const auto file = rulebook::load_procedure(procedure);
    EXPECT_TRUE(text && file);
    ledger::Batch first = first_people();
    ledger::AdoptedProcedure adopted{.id = ProcedureId{1},
                                     .name = file->name,
                                     .version = file->version,
                                     .toml = *text,
                                     .effective_from = file->effective_from,
                                     .adopted = kMonday,
                                     .by = {}};
    auto read = opened_.procedures->read(adopted);
    EXPECT_TRUE(read);
    opened_.procedures->add(*read);
    first.procedures.push_back(adopted);
    const Outcome written = opened_.ledger->append(first);
    EXPECT_TRUE(written) << (written ? "" : written.error().detail);
    begin();
  }

  /// A clerk over what the ledger holds, as after a restart.
  void begin() {
    clerk_.reset();
    auto reader = opened_.ledger->reader();
    EXPECT_TRUE(reader);
    reader_ = std::move(*reader);
    auto people = People::load(*reader_);
    EXPECT_TRUE(people);
    people_ = std::move(*people);
    auto clerk = Clerk::start({.ledger = opened_.ledger.get(),
                               .clock = &clock_,
                               .procedures = opened_.procedures.get(),
                               .people = people_.get(),
                               .shelving = shelving(*opened_.procedures)},
                              [this](const Committed& committed) {
                                for (const auto& adopted : committed.batch.procedures)
                                  if (auto read = opened_.procedures->read(adopted)) opened_.procedures->add(*read);
                                for (const auto& note : committed.batch.house) opened_.procedures->heed(note);
                                for (const auto& change : committed.batch.records) people_->changed(change);
                              });
    EXPECT_TRUE(clerk);
    clerk_ = std::move(*clerk);
  }

  /// Does the act of that name with these fields as this person, as a form would.
  Answer act(ActorId who, CaseId case_id, const std::string& name,
             const std::vector<std::pair<std::string, std::string>>& values = {}, const std::string& once = {}) {
    const auto person = people_->person(who);
    const ActSpec* spec = act_for(name, person->role);
    EXPECT_NE(spec, nullptr) << name;
    std::optional<ledger::ShelfRow> row;
    if (case_id) row = *reader_->row(case_id);
    Fields fields;
    for (const auto& [field, value] : values) fields.add(field, value);
    if (!once.empty()) fields.add("once", once);
    const Acting acting{.person = *person,
                        .channel = ledger::Channel::web,
                        .house = house_,
                        .procedures = *opened_.procedures,
                        .people = *people_,
                        .now = clock_.now(),
                        .row = row ? &*row : nullptr,
                        .sees =
                            [this, person](CaseId other) {
                              const auto there = reader_->row(other);
                              return there && *there && may_see(*person, **there);
                            },
                        .links = [this](CaseId other) { return links_of(*reader_, other); }};
    Errand errand;
    fault_ = make_errand(*spec, acting, Request{}, fields, errand);
    if (!fault_.field.empty()) return Answer{.kind = Answer::Kind::failed, .error = fault_.field + ": " + fault_.fault};
    return clerk_->run(std::move(errand));
  }

  /// Answers the first question, decides against the seller as this agent, and appeals as Ann.
  void refuse_and_appeal(ActorId agent, CaseId case_id) {
    EXPECT_TRUE(act(agent, case_id, "message", {{"answers", "0"}, {"body", "It will not be paid."}}).ok());
    EXPECT_TRUE(act(agent, case_id, "decide",
                    {{"outcome", "refused"},
                     {"facts", "The payout was made."},
                     {"ground", "Terms, 4.2"},
                     {"redress", "internal"},
                     {"redress", "certified_body"},
                     {"redress", "court"},
                     {"body", "Refused."}})
                    .ok());
    EXPECT_TRUE(act(kSellerAnn, case_id, "appeal", {{"body", "It was not."}}).ok());
  }
  CaseId open_case(ActorId who = kSellerAnn, const std::string& matter = "payment") {
    const Answer answer = act(who, {}, "open",
                              {{"matter", matter},
                               {"subject", "Missing payout"},
                               {"amount", "120.50"},
                               {"body", "My payout of February is missing."},
                               {"questions", "When will it be paid?"}});
    EXPECT_TRUE(answer.ok()) << answer.error << static_cast<int>(answer.refusal);
    return answer.case_id;
  }

  /// Moves the clock there, ringing on the way everything that falls due.
  void pass_until(Instant until) {
    for (;;) {
      const auto next = reader_->next_due();
      ASSERT_TRUE(next);
      if (*next > until) break;
      clock_.set(std::max(*next, clock_.now()));
      const auto rung = ring_what_is_due(*reader_, *clerk_, *opened_.procedures, clock_.now());
      ASSERT_TRUE(rung);
      ASSERT_GT(*rung, 0U) << "something is due at " << print_instant(*next) << " and nothing rings";
    }
    clock_.set(until);
  }

  ledger::ShelfRow row(CaseId case_id) { return reader_->row(case_id)->value(); }
  ledger::CaseFile file(CaseId case_id) { return reader_->case_file(case_id)->value(); }
  std::size_t count(CaseId case_id, EventKind kind) {
    std::size_t count = 0;
    for (const ledger::KeptEvent& kept : file(case_id).events) count += kept.event.kind == kind ? 1U : 0U;
    return count;
  }

  Clerk& clerk() { return *clerk_; }
  ledger::Reader& reader() { return *reader_; }
  ledger::Ledger& ledger() { return *opened_.ledger; }
  HandClock& clock() { return clock_; }
  People& people() { return *people_; }
  Procedures& procedures() { return *opened_.procedures; }
  const FieldFault& fault() const { return fault_; }

 private:
  OpenedLedger opened_;
  HandClock clock_;
  House house_;
  std::unique_ptr<ledger::Reader> reader_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Clerk> clerk_;
  FieldFault fault_;
};

}  // namespace guichet::desk
