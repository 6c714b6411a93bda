// A case as it is handed to those who write a dossier: its events, its words, who is who, what may not be shown. Plain
// data; knows no ledger, no desk and no paper.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/sha256.hpp>
#include <guichet/base/time.hpp>
#include <guichet/dossier/event_line.hpp>
#include <guichet/dossier/timeline.hpp>
#include <guichet/measures/findings.hpp>

namespace guichet::dossier {

/// For whom a dossier is made.
enum class Edition : std::uint8_t {
  seller,  // what both sides read: no notes of the desk, no raw mails but the seller's own and imported ones to him
  whole,   // all that the desk has, for itself, an auditor or a judge
};
std::string_view name(Edition edition);

/// A text of the case.
struct Piece {
  TextId id;
  enum class Kind : std::uint8_t { words, note, file, mail, label } kind{};
  ActorId author;
  std::string name, media_type;
  std::string body;       // as it is kept, byte for byte; empty when erased or withheld
  std::uint64_t bytes{};  // of the body, also when it is not here
  Sha256Digest digest{};  // keyed, as the ledger has it; says nothing without the key
  std::optional<Instant> erased;
  bool withheld = false;  // it is there, and not for the reader of this edition
};
std::string_view name(Piece::Kind kind);

/// How and when the act came in that caused an event.
struct Coming {
  Instant recorded{};
  std::string_view channel;  // "web", "mail", "api", "clock", "import", "demo"
  Sha256Digest text_digest{};
  bool imported = false;  // another system's history: no command of ours caused it
};

/// A mail of the case: raw as it came, or composed from what was written on a page.
struct LetterFile {
  Version version;  // of the event that it belongs to
  std::string eml;
  bool raw = false;
  std::optional<Instant> date_said;  // raw: what its Date field says
};

/// What the house's log says of a text that was erased.
struct Erasure {
  TextId text;
  ActorId by;          // zero: who worked at the ledger itself and was not named
  std::string reason;  // a word of ours, or the words of who erased it; may be empty
};

struct Named {
  ActorId id;
  std::string name;
  std::string_view role;  // "seller", "agent" …
};

struct ToldCase {
  CaseId id;
  Edition edition{};
  std::string house;  // the desk's name
  std::string subject;
  std::string seller;  // the account's name
  std::uint32_t account{};
  std::string matter, owner, stands;  // in the reader's language: what it is about, who has it, where it stands
  std::uint32_t amount_cents{};
  std::string zone;  // in whose time moments are said
  std::string procedure_name, procedure_version, procedure_toml;
  std::uint16_t procedure_number{};
  std::string program;  // "guichet 0.1.0": who wrote the dossier

  std::vector<ToldEvent> events;
  std::vector<Coming> comings;      // one per event
  std::vector<Piece> pieces;        // by number
  std::vector<Named> people;        // everybody who acts or is named, by number
  std::vector<LetterFile> letters;  // by version
  std::vector<Erasure> erasures;    // one per text at most
  Timeline timeline;

  /// What the seller's cases say of adverse measures after offers, appeals and claims (M14), up to until(); which they
  /// are.
  std::optional<measures::Figure> adverse;
  std::vector<CaseId> adverse_cases;
  struct AdverseMeasure {
    CaseId case_id;
    Version version;
  };
  std::vector<AdverseMeasure> adverse_measures;  // those that it counts

  /// By which key the list of what is in the dossier will be signed, in hexadecimal; empty: by none.
  std::string key;
  bool proven = false;   // a receipt leads from it to a signed head of the ledger
  bool stamped = false;  // an authority has said when (RFC 3161)

  /// The instant up to which it is told: when its last act was written.
  Instant until() const { return comings.empty() ? Instant{} : comings.back().recorded; }
};

/// How many of its events are another system's history.
std::size_t imported_events(const ToldCase& told);

/// The piece of this number, or null.
const Piece* piece_of(const ToldCase& told, TextId id);

/// What is known of its erasure, or null.
const Erasure* erasure_of(const ToldCase& told, TextId id);

/// The files among its pieces, rising: what numbers its exhibits (timeline_of).
std::vector<TextId> files_of(const ToldCase& told);

}  // namespace guichet::dossier
