// What a ledger keeps: acts and the events they caused, texts apart from both, and records of what is no case's
// history. Plain data; knows no file and no database.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/id.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/proof/head.hpp>

namespace guichet::ledger {

/// A seller's account: a business with one or more members, who are persons.
using AccountId = Id<struct AccountTag, std::uint32_t>;

/// By which way an act came in. Written to ledgers, never renumbered.
enum class Channel : std::uint8_t { web, mail, api, clock, import, demo };

/// One command that the rules took, or one imported moment, and the events it caused.
struct Act {
  std::uint64_t number{};  // 1, 2, 3 … in the whole ledger, without gaps
  Instant recorded{};      // wall time at which it was written; never before that of the act before
  CaseId case_id;
  ActorId person;     // who; zero is the clock
  AccountId account;  // the seller's account, on every act of the case
  Channel channel{};
  std::optional<Command> command;  // none for imported history
  friend bool operator==(const Act&, const Act&) = default;
};

using TextDigest = std::array<std::byte, 32>;
/// Under which the digests of a text are made. Who has it and the digest can try what the text may have been.
using TextKey = std::array<std::byte, 32>;

/// An event in its place.
struct KeptEvent {
  std::uint64_t position{};  // 1, 2, 3 … in the whole ledger, without gaps
  std::uint64_t act{};
  Event event;
  TextDigest text_digest{};  // HMAC-SHA256 of the text under its own key; zeros when the event has no text
  friend bool operator==(const KeptEvent&, const KeptEvent&) = default;
};

/// An act with its events as they are kept.
struct KeptAct {
  Act act;
  std::uint64_t position{};  // of its first event
  Version version;           // of its first event
  std::vector<KeptEvent> events;
  friend bool operator==(const KeptAct&, const KeptAct&) = default;
};

/// What kind of text; who may read it hangs on this. Written to ledgers, never renumbered.
enum class TextKind : std::uint8_t {
  words,  // a JSON document of words that both sides read (see dossier/words.hpp)
  note,   // the same, of the desk alone
  file,   // an attachment: bytes as they came
  mail,   // a message as it came: raw bytes, headers and all
  label,  // what another system called this moment (imported history): plain text
};

struct NewText {
  TextKind kind{};
  ActorId author;
  std::string name;        // of a file; may be empty
  std::string media_type;  // "application/json", "text/plain", "application/pdf" …
  std::string body;
};

struct Text {
  TextId id;
  CaseId case_id;
  TextKind kind{};
  ActorId author;
  std::string name, media_type;
  std::string body;  // empty when erased, or when bodies of files were not asked for
  std::uint64_t body_bytes{};
  TextDigest digest{};                 // as in the event that carries it
  TextDigest name_digest{};            // see proof::name_digest(); stays when the name is erased
  std::array<std::byte, 32> sha256{};  // of the body: what a page shows; zeros once erased
  std::optional<Instant> erased;
  friend bool operator==(const Text&, const Text&) = default;
};

/// A procedure that the desk has adopted. Numbered from 1; a number is never given twice.
struct AdoptedProcedure {
  ProcedureId id;
  std::string name, version;
  std::string toml;  // the file as adopted, byte for byte
  Instant effective_from{};
  Instant adopted{};
  ActorId by;
  friend bool operator==(const AdoptedProcedure&, const AdoptedProcedure&) = default;
};

/// Something that happened to the house and not to a case: an account made, a role changed, a text erased.
struct HouseNote {
  std::uint64_t number{};  // 1, 2, 3 …; given by the ledger
  Instant at{};
  ActorId by;
  std::string what;    // a word of ours: "person_added", "text_erased" …
  std::string detail;  // a JSON object, without words of persons
  friend bool operator==(const HouseNote&, const HouseNote&) = default;
};

/// A text was erased.
struct KeptErasure {
  std::uint64_t number{};  // 1, 2, 3 …; given by the ledger
  TextId text;
  Instant at{};
  friend bool operator==(const KeptErasure&, const KeptErasure&) = default;
};

/// A key by which heads are signed from here on.
struct KeptKey {
  std::uint64_t number{};  // 1, 2, 3 …; given by the ledger
  proof::PublicKey key{};
  Instant at{};
  friend bool operator==(const KeptKey&, const KeptKey&) = default;
};

/// How many rows of each kind count; the leaves of one batch come in this order.
struct LeafCounts {
  std::uint64_t keys{}, texts{}, acts{}, procedures{}, house{}, erasures{};
  std::uint64_t all() const { return keys + texts + acts + procedures + house + erasures; }
  friend bool operator==(const LeafCounts&, const LeafCounts&) = default;
};

/// What was signed when a batch was written.
struct KeptHead {
  std::uint64_t number{};  // 1, 2, 3 …; given by the ledger
  LeafCounts counts;       // with those of its batch
  proof::Hash root{};
  Instant at{};
  std::uint64_t key{};  // its number
  proof::Signature signature{};
  friend bool operator==(const KeptHead&, const KeptHead&) = default;
};

/// What an authority said of the time of a head (RFC 3161).
struct KeptStamp {
  std::uint64_t head{};
  std::string response;  // DER, as it came
  friend bool operator==(const KeptStamp&, const KeptStamp&) = default;
};

/// What the desk remembers that is no history: people, sessions, drafts, cursors. May change and be forgotten.
struct Record {
  std::string kind, key;     // together unique
  std::uint64_t owner{};     // whose it is, by a number of the kind's own choosing; for looking up
  Instant at = kNever;       // when it is due, or ends; for looking up
  std::string body;          // a JSON object
  std::uint64_t revision{};  // 1 when first put, one more each time
  friend bool operator==(const Record&, const Record&) = default;
};

/// A change to the records, with what must hold before it.
struct RecordChange {
  enum class Expect : std::uint8_t { anything, absent, revision };
  Record record;  // `revision` is what Expect::revision compares with
  Expect expect{};
  bool remove{};
};

}  // namespace guichet::ledger
