#include <guichet/dossier/wording.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/random.hpp>

namespace guichet::dossier {
namespace {

struct Sign {
  char32_t code{};
  std::size_t bytes{};
};

/// The code point at `at`; what is no UTF-8 is a sign of one byte.
Sign sign_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char lead = byte(at);
  const auto follows = [&](std::size_t n) {
    for (std::size_t i = 1; i <= n; ++i)
      if ((byte(at + i) & 0xC0U) != 0x80U) return false;
    return true;
  };
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead < 0xE0 && follows(1)) return {(lead & 0x1FU) << 6U | (byte(at + 1) & 0x3FU), 2};
  if (lead >= 0xE0 && lead < 0xF0 && follows(2))
    return {(lead & 0x0FU) << 12U | (byte(at + 1) & 0x3FU) << 6U | (byte(at + 2) & 0x3FU), 3};
  if (lead >= 0xF0 && lead < 0xF5 && follows(3))
    return {
        (lead & 0x07U) << 18U | (byte(at + 1) & 0x3FU) << 12U | (byte(at + 2) & 0x3FU) << 6U | (byte(at + 3) & 0x3FU),
        4};
  return {0xFFFD, 1};
}

/// The letters of U+00C0 … U+00FF without their marks, in lower case; a blank for what is no letter.
constexpr std::array<std::string_view, 64> kLatin{
    "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e",  "e", "e", "i", "i", "i", "i", "d",  "n", "o",  "o", "o", "o",
    "o", " ", "o", "u", "u", "u", "u",  "y", "th", "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e", "e", "e",
    "i", "i", "i", "i", "d", "n", "o",  "o", "o",  "o",  "o", " ", "o", "u", "u", "u", "u",  "y", "th", "y"};

/// What a sign is in a folded word; empty when it divides words.
std::string_view folded(std::string_view text, const Sign& sign, std::size_t at, std::array<char, 1>& room) {
  const char32_t c = sign.code;
  if (c < 0x80) {
    const char letter = static_cast<char>(c);
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) return text.substr(at, 1);
    if (letter >= 'A' && letter <= 'Z') {
      room[0] = static_cast<char>(letter - 'A' + 'a');
      return {room.data(), 1};
    }
    return {};
  }
  if (c >= 0xC0 && c <= 0xFF) return kLatin[c - 0xC0] == " " ? std::string_view{} : kLatin[c - 0xC0];
  if (c == 0x152 || c == 0x153) return "oe";
  // Punctuation, blanks, signs and arrows divide; other scripts are letters.
  if (c < 0xC0 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) || c == 0xFFFD || c == 0xFEFF) return {};
  return text.substr(at, sign.bytes);
}

bool is_blank(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F ||
         c == 0x3000;
}

constexpr std::array<std::string_view, 114> kCommon{
    "about",    "afin",    "ainsi",    "alors", "apres",    "aucun",   "aucune",  "aussi",   "autre",        "autres",
    "avant",    "avec",    "avez",     "avoir", "avons",    "because", "been",    "before",  "bien",         "bonjour",
    "cela",     "celle",   "celui",    "cette", "ceux",     "chaque",  "comme",   "comment", "cordialement", "could",
    "dans",     "depuis",  "deux",     "does",  "donc",     "dont",    "elle",    "elles",   "encore",       "entre",
    "etes",     "etre",    "faire",    "fait",  "from",     "have",    "hello",   "here",    "into",         "jamais",
    "just",     "leur",    "leurs",    "lors",  "lorsque",  "madame",  "mais",    "meme",    "merci",        "moins",
    "monsieur", "more",    "must",     "notre", "nous",     "only",    "other",   "parce",   "pendant",      "peut",
    "peux",     "please",  "plus",     "pour",  "pourquoi", "pouvez",  "pouvoir", "puis",    "quand",        "quel",
    "quelle",   "quelles", "quels",    "quoi",  "regards",  "sans",    "sera",    "should",  "soit",         "sont",
    "sous",     "suis",    "that",     "there", "they",     "this",    "tous",    "tout",    "toute",        "toutes",
    "tres",     "vers",    "veuillez", "votre", "vous",     "were",    "what",    "when",    "where",        "which",
    "will",     "with",    "would",    "your"};

bool is_number(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_figure(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A line that begins an item: "- ", "* ", "• ", "1. ", "2) ".
bool begins_item(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("• ") || line.starts_with("– ")) return true;
  std::size_t at = 0;
  while (at < line.size() && line[at] >= '0' && line[at] <= '9') ++at;
  return at > 0 && at <= 2 && at + 1 < line.size() && (line[at] == '.' || line[at] == ')') && line[at + 1] == ' ';
}

constexpr std::size_t kShortLine = 60;
constexpr std::size_t kStem = 6;

/// Whether a full stop at `at` only shortens a word or numbers an item: "M. Prune", "n. 4", "2. third".
bool shortens(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && ((text[begin - 1] | 0x20) >= 'a' && (text[begin - 1] | 0x20) <= 'z')) --begin;
  const std::string_view word = text.substr(begin, at - begin);
  std::size_t figures = at;
  while (figures > 0 && text[figures - 1] >= '0' && text[figures - 1] <= '9') --figures;
  if (figures < at && at - figures <= 2 && (figures == 0 || text[figures - 1] == '\n')) return true;
  return word.size() == 1 || word == "Mr" || word == "Mrs" || word == "Mme" || word == "art" || word == "No";
}

std::vector<std::uint64_t> runs_among(const std::vector<FoldedWord>& words) {
  std::vector<std::uint64_t> of_words;
  for (const FoldedWord& word : words) {
    std::uint64_t sum = 0;
    for (const char c : word.folded)
      sum = scramble(sum + (c >= '0' && c <= '9' ? 1U : static_cast<unsigned char>(c)) + 0x9e37'79b9'7f4a'7c15U);
    of_words.push_back(is_number(word.folded) ? 1 : sum);
  }
  std::vector<std::uint64_t> runs;
  for (std::size_t at = 0; at + kRunWords <= of_words.size(); ++at) {
    std::uint64_t run = 0;
    for (std::size_t i = 0; i < kRunWords; ++i) run = scramble(run + of_words[at + i] + 0x9e37'79b9'7f4a'7c15U);
    runs.push_back(run);
  }
  return runs;
}

}  // namespace

std::vector<FoldedWord> folded_words(std::string_view text) {
  std::vector<FoldedWord> words;
  bool inside = false;
  std::array<char, 1> room{};
  for (std::size_t at = 0; at < text.size();) {
    const Sign sign = sign_at(text, at);
    const std::string_view letters = folded(text, sign, at, room);
    if (letters.empty()) {
      inside = false;
    } else {
      if (!inside) words.push_back({{}, at, at});
      words.back().folded += letters;
      words.back().end = at + sign.bytes;
      inside = true;
    }
    at += sign.bytes;
  }
  return words;
}

std::string folded_line(std::string_view text) {
  std::string line = " ";
  for (const FoldedWord& word : folded_words(text)) {
    line += word.folded;
    line += ' ';
  }
  return line;
}

std::set<std::string> telling_words(std::string_view text) {
  std::set<std::string> telling;
  for (const FoldedWord& word : folded_words(text)) {
    if (word.folded.size() < 4 && !has_figure(word.folded)) continue;
    if (std::find(kCommon.begin(), kCommon.end(), word.folded) != kCommon.end()) continue;
    telling.insert(has_figure(word.folded) ? word.folded : word.folded.substr(0, kStem));
  }
  return telling;
}

std::set<std::string> figures_in(const std::set<std::string>& telling) {
  std::set<std::string> figures;
  for (const std::string& word : telling)
    if (has_figure(word)) figures.insert(word);
  return figures;
}

std::set<std::string> references_in(const std::set<std::string>& telling) {
  constexpr std::ptrdiff_t kFiguresMin = 4;
  std::set<std::string> references;
  for (const std::string& word : telling) {
    const bool year = word.size() == 4 && is_number(word) && (word.starts_with("19") || word.starts_with("20"));
    const auto figures = std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (figures >= kFiguresMin && !year) references.insert(word);
  }
  return references;
}

std::vector<Sentence> sentences_of(std::string_view text) {
  std::vector<Sentence> sentences;
  std::size_t begin = 0;
  std::size_t line_begin = 0;
  const auto cut = [&](std::size_t end, bool question) {
    std::size_t first = begin;
    while (first < end && is_blank(sign_at(text, first).code)) first += sign_at(text, first).bytes;
    std::size_t last = first;
    for (std::size_t at = first; at < end;) {
      const Sign sign = sign_at(text, at);
      at += sign.bytes;
      if (!is_blank(sign.code)) last = std::min(at, end);
    }
    if (last > first) sentences.push_back({first, last, question});
    begin = end;
  };
  for (std::size_t at = 0; at < text.size();) {
    const Sign sign = sign_at(text, at);
    const std::size_t next = at + sign.bytes;
    if (sign.code == '\n') {
      const std::string_view line = text.substr(line_begin, at - line_begin);
      const std::size_t after = text.find_first_not_of(" \t\r", next);
      const bool empty_line = after == std::string_view::npos || text[after] == '\n';
      const bool item = after != std::string_view::npos && begins_item(text.substr(after));
      const bool opens = line.size() <= kShortLine && (line.ends_with(",") || line.ends_with(":"));
      if (empty_line || item || opens) cut(next, false);
      line_begin = next;
    } else if (sign.code == '.' || sign.code == '!' || sign.code == '?' || sign.code == 0x2026) {
      std::size_t end = next;
      bool question = sign.code == '?';
      while (end < text.size()) {
        const Sign more = sign_at(text, end);
        const bool closes = more.code == '.' || more.code == '!' || more.code == '?' || more.code == 0x2026;
        if (!closes && more.code != ')' && more.code != '"' && more.code != 0x201D) break;
        question = question || more.code == '?';
        end += more.bytes;
      }
      const bool ends = end >= text.size() || is_blank(sign_at(text, end).code);
      if (ends && !(sign.code == '.' && end == next && shortens(text, at))) cut(end, question);
      at = end;
      continue;
    }
    at = next;
  }
  cut(text.size(), false);
  return sentences;
}

std::string in_one_line(std::string_view passage) {
  std::string line;
  bool blank = false;
  for (std::size_t at = 0; at < passage.size();) {
    const Sign sign = sign_at(passage, at);
    const bool breaks = sign.code == ' ' || sign.code == '\t' || sign.code == '\n' || sign.code == '\r';
    if (breaks) {
      blank = !line.empty();
    } else {
      if (blank) line += ' ';
      blank = false;
      line += passage.substr(at, sign.bytes);
    }
    at += sign.bytes;
  }
  return line;
}

double part_in(const std::set<std::string>& a, const std::set<std::string>& b) {
  if (a.empty()) return 0;
  std::size_t both = 0;
  for (const std::string& word : a) both += b.contains(word) ? 1U : 0U;
  return static_cast<double>(both) / static_cast<double>(a.size());
}

double likeness(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::size_t both = 0;
  for (const std::string& word : a) both += b.contains(word) ? 1U : 0U;
  const std::size_t all = a.size() + b.size() - both;
  return all == 0 ? 0 : static_cast<double>(both) / static_cast<double>(all);
}

void WordIndex::add(const std::set<std::string>& words) {
  for (const std::string& word : words) holding_[word].push_back(static_cast<std::uint32_t>(sizes_.size()));
  sizes_.push_back(words.size());
}

std::vector<WordIndex::Sharing> WordIndex::sharing(const std::set<std::string>& words, double part) const {
  static const std::vector<std::uint32_t> kNowhere;
  std::vector<const std::vector<std::uint32_t>*> holding;
  for (const std::string& word : words) {
    const auto found = holding_.find(word);
    holding.push_back(found == holding_.end() ? &kNowhere : &found->second);
  }
  std::sort(holding.begin(), holding.end(), [](const auto* a, const auto* b) { return a->size() < b->size(); });
  const auto enough = [&](std::size_t both) {
    return both > 0 && static_cast<double>(both) / static_cast<double>(words.size()) >= part;
  };
  std::size_t needed = 1;
  while (needed <= words.size() && !enough(needed)) ++needed;
  if (needed > words.size()) return {};
  // A set without any of so many words lacks too many: only holders of the rarest are looked at.
  const std::size_t rarest = words.size() - needed + 1;
  counts_.resize(sizes_.size());
  std::vector<std::uint32_t> holders;
  for (std::size_t i = 0; i < rarest; ++i)
    for (const std::uint32_t set : *holding[i])
      if (counts_[set]++ == 0) holders.push_back(set);
  // The common words are looked up for each holder, or gone through once where that is less.
  std::size_t common = 0;
  for (std::size_t k = rarest; k < holding.size(); ++k) common += holding[k]->size();
  constexpr std::size_t kStepsOfLookingUp = 8;
  const bool through = holders.size() * kStepsOfLookingUp > common;
  for (std::size_t k = rarest; through && k < holding.size(); ++k)
    for (const std::uint32_t set : *holding[k])
      if (counts_[set] > 0) ++counts_[set];
  std::vector<Sharing> sharing;
  for (const std::uint32_t set : holders) {
    std::size_t both = counts_[set];
    counts_[set] = 0;
    for (std::size_t k = rarest; !through && k < holding.size() && both + (holding.size() - k) >= needed; ++k)
      both += std::binary_search(holding[k]->begin(), holding[k]->end(), set) ? 1U : 0U;
    if (enough(both)) sharing.push_back({set, sizes_[set], both});
  }
  std::sort(sharing.begin(), sharing.end(), [](const Sharing& a, const Sharing& b) { return a.set < b.set; });
  return sharing;
}

std::vector<std::uint64_t> runs_of(std::string_view text) { return runs_among(folded_words(text)); }

void SharedRuns::add(std::string_view text) {
  const std::size_t number = texts_.size();
  texts_.emplace_back(text);
  for (const std::uint64_t run : runs_of(text)) {
    const auto [at, fresh] = seen_.try_emplace(run, Seen{number, false});
    if (!fresh && at->second.first != number) at->second.elsewhere = true;
  }
}

std::vector<bool> SharedRuns::repeated_words(std::string_view text, std::size_t except) const {
  const std::vector<FoldedWord> words = folded_words(text);
  std::vector<bool> repeated(words.size(), false);
  const std::vector<std::uint64_t> runs = runs_among(words);
  for (std::size_t at = 0; at < runs.size(); ++at) {
    const auto found = seen_.find(runs[at]);
    if (found == seen_.end() || (found->second.first == except && !found->second.elsewhere)) continue;
    std::fill_n(repeated.begin() + static_cast<std::ptrdiff_t>(at), kRunWords, true);
  }
  return repeated;
}

SharedRuns::Shared SharedRuns::shared(std::size_t text) const {
  const std::vector<bool> repeated = repeated_words(texts_[text], text);
  return {repeated.size(), static_cast<std::size_t>(std::count(repeated.begin(), repeated.end(), true))};
}

}  // namespace guichet::dossier
