// Makes the dossier of a case out of a ledger: what each edition may show, who is called what, the mails, the proof.
// Joins the rooms of the ledger, of mails and of dossiers; writes no page and answers no request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/dossier/bundle.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

struct DossierParts {
  ledger::Reader& reader;
  ledger::Ledger& ledger;  // signs, when it has its key
  const Procedures& procedures;
  const People& people;
  std::string house;  // what the desk is called
};

struct DossierWish {
  CaseId case_id;
  dossier::Edition edition{};
  formats::Language language{};
};

/// Whether the key by which the newest head of a ledger is signed is at hand.
struct KeyAtHand {
  enum class Kind : std::uint8_t {
    ours,     // it is
    missing,  // it is not
    others,   // another one is in its place
    no_head,  // nothing was signed yet
  } kind{};
  proof::PublicKey wanted{};  // that of the head; zeros without one
  proof::PublicKey found{};   // of `ours` and `others`
};
Result<KeyAtHand> key_at_hand(ledger::Reader& reader, ledger::Ledger& ledger);

/// The ZIP; nothing when there is no such case. It is signed when the ledger's own key is at hand, and else says that
/// it is not. What the edition may not show is left
/// out here, and said.
Result<std::optional<std::string>> make_dossier(const DossierParts& parts, const DossierWish& wish);

/// Which edition this person may take of a case that he may see.
dossier::Edition edition_for(const Person& person);

}  // namespace guichet::desk
