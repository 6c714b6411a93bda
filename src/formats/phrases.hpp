// Every string that people read, in French and English, by key: from the catalogues po/<room>.fr.po and
// po/<room>.en.po, joined, compiled by msgfmt and embedded in the binary. Also how numbers, times and durations are
// written in each language. Knows no domain words.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>

namespace guichet::formats {

enum class Language : std::uint8_t { en, fr };

/// "fr", "en"; also "fr-FR" and the like.
std::optional<Language> language_from(std::string_view code);
/// "fr" or "en".
std::string_view code(Language language);

/// A value for a placeholder: {name} in the catalogue.
struct Argument {
  std::string_view name;
  std::string value;
};

class Phrases {
 public:
  explicit Phrases(Language language);

  Language language() const { return language_; }

  /// The sentence for `key` with its placeholders filled in, as plain text (not HTML). A key that the
  /// catalogue lacks is our own fault and stops the program, naming it.
  std::string operator()(std::string_view key, std::initializer_list<Argument> arguments = {}) const;
  /// The same, choosing "<key>.one" or "<key>.other" by the language's rule for `count`; {n} is filled in.
  std::string counted(std::string_view key, std::int64_t count, std::initializer_list<Argument> arguments = {}) const;
  bool has(std::string_view key) const;

  /// 1234.5 -> "1,234.5" or "1 234,5" (with narrow no-break spaces); `decimals` digits at most,
  /// trailing zeros cut.
  std::string number(double value, int decimals = 0) const;
  /// 0.157 -> "15.7%", in French "15,7 %" with a narrow no-break space.
  std::string percent(double share, int decimals = 1) const;
  /// A duration in the two largest units that say something: "7 d 13 h", "48 h", "5 min 3 s", "0 s"; hours up to
  /// three days. Numbers hold to their units by no-break spaces.
  std::string duration(Duration value) const;
  /// "2 March 2026, 09:00 UTC" / "2 mars 2026, 09:00 UTC".
  std::string moment(Instant instant) const;
  /// "2 March 2026" / "2 mars 2026".
  std::string date(Instant instant) const;

  /// Every key of the catalogue, sorted: for tests that hold code and catalogue together.
  static std::vector<std::string> keys(Language language);

 private:
  Language language_;
};

}  // namespace guichet::formats
