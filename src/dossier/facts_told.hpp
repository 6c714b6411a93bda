// The list of facts of a case, told from its events: each side's version beside the other's, what has no source, what
// is undated, what is disputed; and the claim that each side has put to the case. Recomputed from events alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/costs.hpp>
#include <guichet/dossier/facts.hpp>
#include <guichet/dossier/timeline.hpp>

namespace guichet::dossier {

struct CitationTold {
  Citation citation;
  bool found = false;   // the case has it; words for something outside the case count as found
  Instant at = kNever;  // of the event that it names
  TextId file;          // of an exhibit, whose number is then the case's
};

/// What one side says.
struct FactVersion {
  Party by{};
  ActorId person;
  Version event;  // that said so
  Instant at{};
  FactDate date;
  std::string words, language, said_by;
  std::vector<std::string> matters;
  std::vector<CitationTold> citations;

  bool sourced() const;
};

struct FactTold {
  std::uint32_t number{};  // the version of the event that stated it; never given twice, never changed
  FactVersion version;     // as it stands
  Instant stated{};
  std::uint32_t changes{};
  std::optional<FactVersion> other;  // the other side disputes it, and says so
  bool changed_since_disputed = false;
  bool archived = false;
  std::string archived_why;
};

struct ClaimTold {
  Claim claim;
  Party by{};
  ActorId person;
  Instant at{};
};

struct FactsTold {
  std::vector<FactTold> facts;     // undated first, then by the first moment of their date, then as they were stated
  std::vector<FactTold> archived;  // the same order
  std::size_t undated{}, without_source{}, disputed{};  // of `facts`
  std::size_t not_found{};  // sources that they cite, in either side's version, and that the case does not have
  std::size_t erased{};     // statements whose words were erased: nobody can say of which fact
  std::optional<ClaimTold> seller_claim, desk_claim;

  /// Among `facts` and `archived`; null when there is none.
  const FactTold* find(std::uint32_t number) const;
};

/// Acts on facts that are not there, or of the wrong side, count for nothing.
FactsTold facts_of(const Timeline& timeline);

/// A claim of one side with what that side has noted in the case: hours, letters, fees and other costs become rows of
/// it, with the events as their sources. Interest noted by hand is left out: it is computed.
Claim claim_with_case(const Claim& claim, Party by, const Timeline& timeline, const formats::Phrases& phrases);

/// How pages call what stands in the case.
struct FactVoice {
  const formats::Phrases& phrases;
  std::function<std::string(ActorId)> person;
  std::function<std::string(Party)> party;                  // "the seller", "the desk"
  std::function<std::string(const CitationTold&)> address;  // of the source on the page; empty: none
  std::function<void(formats::Html&, const FactTold&)>
      beside;  // what stands under a fact, forms of a page; may be empty
};

/// The counts, then the facts as an ordered list, both versions side by side where one is disputed.
formats::Html facts_as_html(const FactsTold& told, const FactVoice& voice);

}  // namespace guichet::dossier
