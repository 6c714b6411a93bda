// What texts have in common: sentences, folded words, and runs of words that stand in several texts. For counting and
// for finding again; knows French and English spelling and no meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guichet::dossier {

/// A word as it is compared: lower case without accents; figures stay. Elisions divide words ("l’offre" is two).
struct FoldedWord {
  std::string folded;
  std::size_t begin{}, end{};  // in the text
};
std::vector<FoldedWord> folded_words(std::string_view text);

/// The folded words with a blank before, between and behind: " votre dossier a ete cloture ".
std::string folded_line(std::string_view text);

/// Words that say something: at least four letters and no common word of French or English, cut to six letters so that
/// the forms of a word are alike; figures whole.
std::set<std::string> telling_words(std::string_view text);
/// Of telling words, those with a figure in them; and those with four or more that are no year: numbers of things.
std::set<std::string> figures_in(const std::set<std::string>& telling);
std::set<std::string> references_in(const std::set<std::string>& telling);

/// A sentence of a text by its place, without blanks at its ends.
struct Sentence {
  std::size_t begin{}, end{};
  bool question{};  // ends with a question mark
};
/// Ends at ".", "!", "?", "…" before a blank, at an empty line, before a line that begins a list, and at the end of a
/// line that is short and ends with a comma or colon. Other line breaks are blanks.
std::vector<Sentence> sentences_of(std::string_view text);

/// A passage for quoting: runs of blanks and line breaks become one blank; words are as they stand.
std::string in_one_line(std::string_view passage);

/// The shared part of two sets: of `a`, how much stands in `b`, 0 to 1; 0 when `a` is empty.
double part_in(const std::set<std::string>& a, const std::set<std::string>& b);
/// |a ∩ b| / |a ∪ b|; 0 when both are empty.
double likeness(const std::set<std::string>& a, const std::set<std::string>& b);

/// Sets of words, found again by the words they share with another without looking at all of them.
class WordIndex {
 public:
  /// Sets have numbers 0, 1, 2 … in the order in which they are added.
  void add(const std::set<std::string>& words);

  struct Sharing {
    std::size_t set{}, size{}, both{};  // its number, its words, those of them that are shared
  };
  /// The sets that hold at least `part` (above 0) of these words, in order of their numbers. For one thread at a time.
  std::vector<Sharing> sharing(const std::set<std::string>& words, double part) const;

 private:
  std::unordered_map<std::string, std::vector<std::uint32_t>> holding_;  // of each word, rising
  std::vector<std::size_t> sizes_;
  mutable std::vector<std::uint32_t> counts_;  // zeros between two calls
};

/// Runs of so many words are looked for.
inline constexpr std::size_t kRunWords = 8;

/// A number for each run of eight words, in order. Figures are all alike: a wording with another number is the same
/// wording.
std::vector<std::uint64_t> runs_of(std::string_view text);

/// In which of several texts each run of eight words stands.
class SharedRuns {
 public:
  /// Texts have numbers 0, 1, 2 … in the order in which they are added.
  void add(std::string_view text);

  struct Shared {
    std::size_t words{};     // of the text
    std::size_t repeated{};  // of them in a run that another text has too
  };
  /// Of the text with this number.
  Shared shared(std::size_t text) const;
  /// For each word of `text`, in order: whether a run over it stands in a text that is not `except`.
  std::vector<bool> repeated_words(std::string_view text, std::size_t except) const;

 private:
  struct Seen {
    std::size_t first{};
    bool elsewhere{};  // in a second text too
  };
  std::vector<std::string> texts_;
  std::unordered_map<std::uint64_t, Seen> seen_;
};

}  // namespace guichet::dossier
