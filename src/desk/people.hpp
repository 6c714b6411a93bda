// Who there is: persons, sellers' accounts, and what each may do. The table of rights is here and nowhere else.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Written to records by name, so their order is free.
enum class Role : std::uint8_t { nobody, seller, agent, supervisor, decider, mediator, auditor, administrator };
inline constexpr std::size_t kRoles = 8;
std::string_view name(Role role);
std::optional<Role> role_from(std::string_view word);

/// What somebody may do. Whether a case may be seen at all is asked besides, see may_see.
enum class Right : std::uint8_t {
  anybody,          // no sign-in needed
  signed_in,        // any person
  see_cases,        // lists and cases, those that may_see allows
  act_as_seller,    // open, write, dispute, escalate, appeal, accept, refuse …
  act_as_desk,      // answer, note, take, hand off, propose, offer …
  decide,           // decide a case or an appeal
  restrict_seller,  // announce, apply and lift restrictions
  act_as_third,     // a mediator's words and his end of it
  supervise,        // boards, other people's hand-offs
  audit,            // any case, any event with its rule, measures, the ledger's check
  see_people,       // who works here; absences and substitutes
  manage_people,    // accounts, roles, invitations
  manage_rules,     // adopt a procedure
  manage_desk,      // tokens, webhooks, mail, erasures, demo time
  count_
};
inline constexpr std::size_t kRights = static_cast<std::size_t>(Right::count_);

std::string_view name(Right right);

/// The table: which role has which right.
bool may(Role role, Right right);
/// The same as rows of Markdown, as docs/security.md shows it.
std::string rights_table();

struct Person {
  ActorId id;
  std::string name;   // as others see it
  std::string email;  // lower case; unique; empty for imported and invented people who never sign in
  Role role{};
  ledger::AccountId account;                  // of a seller
  std::vector<std::string> teams;             // of an agent, supervisor or decider: names of the procedure's teams
  std::vector<std::string> languages;         // "fr", "en"
  std::optional<formats::Language> language;  // of his screens
  std::string password;                       // argon2id, encoded; empty: cannot sign in by password
  std::string totp_secret;                    // base32; empty: none
  bool active = true;                         // false: can no longer sign in; stays in the history
  std::optional<Instant> absent_until;        // an agent away; kNever: until told otherwise
  ActorId substitute;
  bool shortcuts = true;     // single-key shortcuts
  bool mails = true;         // wants notifications by mail
  std::uint64_t revision{};  // of the record
};

struct Account {
  ledger::AccountId id;
  std::string name;
  std::string reference;             // the marketplace's own number for this seller; may be empty
  std::vector<ActorId> first_asked;  // of the desk: whoever of them could take a case of this account gets it
  std::uint64_t revision{};
};

/// Cases that this person may see at all; the rest looks as if it were not there.
bool may_see(const Person& person, const ledger::ShelfRow& row);
/// Notes, internal names of teams, absences: what the desk keeps to itself.
bool sees_the_inside(const Person& person);

/// Whether this person may answer for cases: somebody of the desk who works here and can sign in. Nobody else is given
/// a case, and whoever can no longer has none.
bool can_answer(const Person& person);

/// For whom this person acts in the rules.
Party party_of(Role role);

// Records: kind "person", key the id in ten digits, owner the account; kind "email", key the address, owner the id;
// kind "account", key the id in ten digits.
std::string person_key(ActorId id);
ledger::Record to_record(const Person& person);
Result<Person> person_from(const ledger::Record& record);
ledger::Record to_record(const Account& account);
Result<Account> account_from(const ledger::Record& record);

/// The changes that add a person or an account under a number that must still be free, with the person's address.
std::vector<ledger::RecordChange> to_add(const Person& person);
ledger::RecordChange to_add(const Account& account);
/// The changes that lead from `before`, as it was read, to `after`: a conflict when somebody else was quicker, or when
/// the new address is taken.
std::vector<ledger::RecordChange> to_change(const Person& before, const Person& after);
ledger::RecordChange to_change(const Account& before, const Account& after);

/// An address as it is kept: trimmed, in lower case. Nothing when no mail could be sent to it.
std::optional<std::string> email_from(std::string_view typed);

/// All persons and accounts, kept in memory and renewed when their records change. Safe from any thread.
class People {
 public:
  static Result<std::unique_ptr<People>> load(ledger::Reader& reader);
  virtual ~People() = default;
  /// What is there now stays valid as long as the pointer is held.
  virtual std::shared_ptr<const Person> person(ActorId id) const = 0;
  virtual std::shared_ptr<const Person> by_email(std::string_view email) const = 0;
  virtual std::shared_ptr<const Account> account(ledger::AccountId id) const = 0;
  virtual std::vector<std::shared_ptr<const Person>> members(ledger::AccountId id) const = 0;
  /// Everybody with one of these roles, by name. Sellers are many: ask for the others.
  virtual std::vector<std::shared_ptr<const Person>> with_role(Role role) const = 0;
  /// Agents, supervisors and deciders of a team who can answer for cases, by id.
  virtual std::vector<std::shared_ptr<const Person>> of_team(std::string_view team) const = 0;
  virtual std::size_t size() const = 0;
  virtual ActorId last_person() const = 0;
  virtual ledger::AccountId last_account() const = 0;
  /// The next number, for somebody new: given once, whether it is then used or not.
  virtual ActorId reserve_person() const = 0;
  virtual ledger::AccountId reserve_account() const = 0;
  /// The clerk says so after each commit.
  virtual void changed(const ledger::RecordChange& change) = 0;
};

}  // namespace guichet::desk
