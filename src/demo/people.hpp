// Everybody who does not exist: the desk's people and the sellers of the demo's marketplace, with their parts in a
// recording. Knows no cases.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/desk/people.hpp>
#include <guichet/rehearsal/record.hpp>
#include <guichet/rehearsal/scenario.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::demo {

/// The persons whom a visitor may play. The player never acts for them.
struct Personas {
  ActorId seller, agent, supervisor, decider, mediator, auditor, administrator;
  bool has(ActorId person) const {
    return person == seller || person == agent || person == supervisor || person == decider || person == mediator ||
           person == auditor || person == administrator;
  }
};

struct Crowd {
  std::vector<desk::Person> persons;    // of number i + 1
  std::vector<desk::Account> accounts;  // likewise
  Personas personas;
  ledger::AccountId persona_account;          // of the seller whom a visitor plays
  std::vector<ActorId> staff;                 // by the part in the recording: actor sellers + 1 + i
  std::vector<std::vector<ActorId>> members;  // by account, from 1 on
  ActorId other_mediator;                     // the second one that the procedure names

  /// Whether the demo acts for this person: he is invented, and no visitor plays him.
  bool acts(ActorId id) const { return id.value != 0 && id.value <= persons.size() && !personas.has(id); }
  const desk::Person& person(ActorId id) const { return persons[id.value - 1]; }
  const desk::Account& account(ledger::AccountId id) const { return accounts[id.value - 1]; }
};

/// Numbers from 1 on: the personas first, then the desk by team, then the accounts and their members. `password` is an
/// encoded hash, the same for all who can sign in; empty: nobody can. `team_of`: the scenario's team of each part.
Crowd crowd_of(const rehearsal::Scenario& scenario, const std::vector<std::uint32_t>& team_of,
               const rulebook::ProcedureFile& procedure, const std::string& password, std::uint64_t seed);

/// The account of a recorded seller (from 1 on): every second early case of the first one is the persona's.
ledger::AccountId account_of_part(std::uint32_t seller, bool of_the_persona);

/// The given name: how the desk addresses somebody.
std::string given_name(const std::string& name);

}  // namespace guichet::demo
