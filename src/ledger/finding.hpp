// How words are found in texts: folded (no case, no accents), asked for, and shown in an excerpt. Every ledger finds by
// these; knows no storage.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::ledger {

/// A word as it is found, and where it stands in the text it was taken from.
struct FoldedWord {
  std::string folded;
  std::size_t begin{}, end{};
};

/// Runs of letters and digits of any script, in order; folded as FTS5's unicode61 does it with remove_diacritics=2.
std::vector<FoldedWord> folded_words(std::string_view text);

/// What a person asked for. Everything must be found in one text.
struct Sought {
  /// Words that follow one another; the last may be only the beginning of one.
  struct Phrase {
    std::vector<std::string> words;
    bool beginning = false;
  };
  std::vector<Phrase> phrases;
  bool empty() const { return phrases.empty(); }
};

/// More than this is not typed by a person.
inline constexpr std::size_t kSoughtMax = 32;

/// Of what was typed: "…" keeps words together, word* is a beginning, all other signs only part words.
Sought sought_in(std::string_view typed);

/// The question for FTS5, over the column `words`; `scope`, when not empty, is a word of the column `scope`.
std::string as_match(const Sought& sought, std::string_view scope);

bool found(const Sought& sought, std::span<const FoldedWord> words);

/// Some words of `text` around the first that was sought; \x01 before and \x02 after each that matched.
std::string excerpt(const Sought& sought, std::string_view text);

}  // namespace guichet::ledger
