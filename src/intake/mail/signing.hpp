// What signatures of mails have in common (DKIM, RFC 6376 and 8463; ARC, RFC 8617): lists of tags, the canonical form
// of fields and bodies, keys as DNS publishes them, and whether bytes were signed by a key. Asks no network, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/intake/mail/head.hpp>

namespace guichet::intake::mail {

/// What came of looking for the TXT records of a name.
struct KeyAnswer {
  enum class Kind : std::uint8_t {
    found,
    none,    // there is no such name, or nobody recorded it
    failed,  // nobody could say: `why`
  };
  Kind kind{};
  std::vector<std::string> texts;
  std::string why;
};
/// Asked with "selector._domainkey.shop.example", in lower case.
using FindKey = std::function<KeyAnswer(const std::string& name)>;

/// Keys out of files, as they stood in the DNS when somebody recorded them.
class RecordedKeys {
 public:
  /// Reads lines "NAME RECORD" ("#" begins a comment, NXDOMAIN says that there is none, "~~why~~" that the DNS failed),
  /// lines of a zone ("NAME 3600 IN TXT ( "v=DKIM1; " "p=…" )"), one JSON object {"NAME": "RECORD"}, or a single record
  /// whose file is called after its name ("s1._domainkey.shop.example.txt"). The error names the line.
  Outcome read(std::string_view text, const std::string& path);
  Outcome load(const std::string& path);
  void add(std::string_view name, std::string_view record);
  KeyAnswer find(std::string_view name) const;
  std::size_t size() const { return answers_.size(); }

 private:
  std::map<std::string, KeyAnswer, std::less<>> answers_;
};

/// "v=1; a=rsa-sha256; …" (RFC 6376, 3.2).
struct Tag {
  std::string_view name;
  std::string_view value;      // ends trimmed, folds as they are
  std::size_t begin{}, end{};  // of everything between "=" and ";", in the text
};
struct TagList {
  std::vector<Tag> tags;
  std::string fault;  // why it is no such list; empty when it is
  std::optional<std::string_view> find(std::string_view name) const;
  /// The value without blanks and folds; empty when there is none.
  std::string without_blanks(std::string_view name) const;
};
TagList read_tags(std::string_view text);

enum class Canon : std::uint8_t { simple, relaxed };

/// A whole field in canonical form, with its line break. Single line feeds count as CRLF.
std::string canonical_field(std::string_view message, const Field& field, Canon canon);
/// The field of a signature with the value of its tag "b" taken out, without the last line break.
std::string canonical_signature(std::string_view message, const Field& field, Canon canon);
std::string canonical_body(std::string_view body, Canon canon);

/// The fields that `names` name, each taken from the bottom up; names without a field (left) add nothing.
std::string canonical_fields(std::string_view message, const std::vector<Field>& fields,
                             const std::vector<std::string>& names, Canon canon);

enum class SigningHash : std::uint8_t { sha1, sha256 };
enum class SigningKey : std::uint8_t { rsa, ed25519 };

/// "rsa-sha256" …; nothing for what is not defined, or not any more.
struct Algorithm {
  SigningKey key{};
  SigningHash hash{};
};
std::optional<Algorithm> read_algorithm(std::string_view name);

std::string digest(SigningHash hash, std::string_view bytes);
/// Nothing when it is no base64; blanks are passed over.
std::optional<std::string> from_base64(std::string_view text);

/// A key as its record publishes it.
struct PublishedKey {
  std::string bytes;
  SigningKey kind{};
  std::vector<std::string> hashes;  // empty: any
  bool for_mail = true;             // s=
  bool testing = false;             // t=y
  bool exact_domain = false;        // t=s
  bool revoked = false;             // p= is empty
  std::string fault;                // why the record is none; empty when it is
};
PublishedKey read_key(std::string_view record);

enum class Signed : std::uint8_t { yes, no, unusable_key };
struct Check {
  Signed is{};
  unsigned key_bits{};
};
/// Whether `signature` over `text` was made with `key`.
Check check_signature(const PublishedKey& key, SigningHash hash, std::string_view text, std::string_view signature);

}  // namespace guichet::intake::mail
