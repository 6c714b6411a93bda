// What of a ledger counts, as bytes that are the same for everybody: one leaf for each row. Written to proofs, which
// others keep: a version of the bytes is never changed. Knows no table and no meaning of the numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/proof/tree.hpp>

namespace guichet::proof {

using PublicKey = std::array<std::byte, 32>;
using Signature = std::array<std::byte, 64>;

/// Heads are signed with this key from here on. The first leaf of every ledger is one of these.
struct KeyLeaf {
  std::uint64_t number{};  // 1, 2, 3 …
  Instant at{};
  PublicKey key{};
  friend bool operator==(const KeyLeaf&, const KeyLeaf&) = default;
};

/// A text, without its words: they are known again by the digests, as long as their key is there.
struct TextLeaf {
  TextId id;
  CaseId case_id;  // zero: a label that imported cases share
  std::uint8_t kind{};
  ActorId author;
  std::uint64_t bytes{};
  Hash digest{};       // HMAC-SHA-256 of the body under the text's key
  Hash name_digest{};  // of the name of a file, see name_digest(); zeros when it has none
  std::string media_type;
  friend bool operator==(const TextLeaf&, const TextLeaf&) = default;
};

struct EventLeaf {
  Event event;
  Hash text_digest{};  // of the text it carries; zeros and not in the bytes when it carries none
  friend bool operator==(const EventLeaf&, const EventLeaf&) = default;
};

/// A command that the rules took, or an imported moment, with the events it caused.
struct ActLeaf {
  std::uint64_t number{};    // 1, 2, 3 … in the whole ledger
  std::uint64_t position{};  // of its first event in the whole ledger
  Instant recorded{};
  CaseId case_id;
  ActorId person;
  std::uint32_t account{};
  Version version;  // of its first event in the case
  std::uint8_t channel{};
  std::optional<Command> command;
  std::vector<EventLeaf> events;
  friend bool operator==(const ActLeaf&, const ActLeaf&) = default;
};

struct ProcedureLeaf {
  ProcedureId id;
  Instant effective_from{}, adopted{};
  ActorId by;
  Hash toml{};  // SHA-256 of the file
  std::string name, version;
  friend bool operator==(const ProcedureLeaf&, const ProcedureLeaf&) = default;
};

/// Something that happened to the house and to no case.
struct HouseLeaf {
  std::uint64_t number{};
  Instant at{};
  ActorId by;
  std::string what, detail;
  friend bool operator==(const HouseLeaf&, const HouseLeaf&) = default;
};

/// A text was erased: its digests stand, its words and the key of the digests are gone.
struct ErasureLeaf {
  std::uint64_t number{};  // 1, 2, 3 …
  Instant at{};
  TextId text;
  friend bool operator==(const ErasureLeaf&, const ErasureLeaf&) = default;
};

using Leaf = std::variant<KeyLeaf, TextLeaf, ActLeaf, ProcedureLeaf, HouseLeaf, ErasureLeaf>;

/// Puts the bytes of a leaf into `bytes`, in place of what was there; docs/proof-format.md says which. The events of an
/// act belong to its case and follow one another from its version on.
void canonical(const KeyLeaf& leaf, std::string& bytes);
void canonical(const TextLeaf& leaf, std::string& bytes);
void canonical(const ActLeaf& leaf, std::string& bytes);
void canonical(const ProcedureLeaf& leaf, std::string& bytes);
void canonical(const HouseLeaf& leaf, std::string& bytes);
void canonical(const ErasureLeaf& leaf, std::string& bytes);
std::string canonical(const Leaf& leaf);
/// The leaf whose canonical bytes these are; nothing for any others.
std::optional<Leaf> read_leaf(std::string_view bytes);

/// HMAC-SHA-256 under the text's key; zeros for an empty name. The body has another input under the same key, so the
/// name is set apart from it.
Hash name_digest(const Hash& key, std::string_view name);

}  // namespace guichet::proof
