// What somebody filled in, whether it came as a form, as a form with files, or as JSON: named texts and files. Knows
// no cases and no rights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/http.hpp>

namespace guichet::desk {

enum class FieldKind : std::uint8_t {
  line,        // one line of text
  words,       // several lines
  number,      // a whole number
  cents,       // an amount in euros, as text
  hundredths,  // the same as whole cents, as programs are told it
  choice,      // one of `choices`
  flags,       // any of `choices`
  questions,   // numbers of question slots, any of them
  lines,       // several texts: one each
  person,      // the number of a person
  case_number,
  case_numbers,  // any of them
  files,
  flag,
};

/// A field as the documents describe it.
struct ActField {
  std::string_view name;
  FieldKind kind{};
  bool required = false;
  std::span<const std::string_view> choices;
  std::string_view meaning;  // English, for the documents
};

/// The word of a field that is wrong or missing: key of a phrase "field.<fault>".
struct FieldFault {
  std::string field;
  std::string fault;  // "missing", "too_long", "no_such_choice", "not_a_number", "no_such_person", "too_many_files" …
  std::string near = {};  // of a field that is not known: the known one that was probably meant
};

/// As what a value stood in a JSON document: a form knows texts and files only.
struct SentAs {
  enum class Kind : std::uint8_t { text, number, flag, file };
  std::string name;
  Kind kind{};
  bool listed = false;
};

struct SentFile {
  std::string field, name, media_type, body;
  bool left_out = false;  // too long to be taken, only its name was kept (Request::files_left_out)
};

class Fields {
 public:
  /// Of a request's body by its content type: application/x-www-form-urlencoded, multipart/form-data, or
  /// application/json (an object whose values are texts, numbers, true or false, or arrays of them; files as objects
  /// {"name", "media_type", "base64"}). An empty body has no fields. The error says what cannot be read and where.
  static Result<Fields> of(const Request& request);

  void add(std::string name, std::string value) { values_.emplace_back(std::move(name), std::move(value)); }

  bool has(std::string_view name) const { return find(values_, name) != nullptr; }
  /// Trimmed, line ends as \n, other control signs left out; empty when absent. Always UTF-8.
  std::string text(std::string_view name) const;
  /// As sent.
  std::string raw(std::string_view name) const;
  /// Every value of the name that is not empty.
  std::vector<std::string> all(std::string_view name) const;
  bool checked(std::string_view name) const;  // "on", "1", "true", "yes"
  /// Nothing when absent or not a whole number.
  std::optional<std::int64_t> number(std::string_view name) const;
  /// "1 234,56", "1234.56" in hundredths; nothing when absent, negative or no amount.
  std::optional<std::uint32_t> cents(std::string_view name) const;
  const std::vector<SentFile>& files() const { return files_; }
  const NamedValues& values() const { return values_; }
  /// Of a JSON document: each value that it had, empty for forms.
  const std::vector<SentAs>& sent_as() const { return sent_as_; }
  /// A name that the JSON document has twice; empty when there is none. Which of the two was meant, nobody knows.
  const std::string& twice() const { return twice_; }

 private:
  NamedValues values_;
  std::vector<SentFile> files_;
  std::vector<SentAs> sent_as_;
  std::string twice_;
};

/// %XX and + decoded; what is not UTF-8 afterwards becomes U+FFFD.
std::string url_decoded(std::string_view text);
std::string url_encoded(std::string_view text);

}  // namespace guichet::desk
