// A strict reader of the JSON in a dossier, without a library, so that the page that verifies has it too. What is
// written twice or in two ways is refused: two readers must not see two documents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::proof {

struct DocumentMember;

struct DocumentValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object };
  Kind kind{};
  std::string text;  // a text's bytes; of a number its digits, of a boolean its word
  std::vector<DocumentValue> items;
  std::vector<DocumentMember> members;

  /// The value under `key`, or null.
  const DocumentValue* find(std::string_view key) const;
};

struct DocumentMember {
  std::string key;
  DocumentValue value;
};

/// The same value: members in any order, numbers by their digits.
bool same(const DocumentValue& a, const DocumentValue& b);

/// Nothing for what is no JSON (RFC 8259), is no UTF-8, names a member twice, or is deeper than any of ours.
std::optional<DocumentValue> read_document(std::string_view text);

}  // namespace guichet::proof
