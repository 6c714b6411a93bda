#include <guichet/ledger/finding.hpp>

#include <algorithm>
#include <array>

#include <sqlite3.h>

#include <guichet/base/check.hpp>

namespace guichet::ledger {
namespace {

constexpr std::size_t kWordsBefore = 8;
constexpr std::size_t kWordsInAll = 32;
constexpr std::size_t kExcerptBytesMax = 600;

/// FTS5 keeps so many bytes of a word.
constexpr std::size_t kWordBytesMax = 32'768;

/// The very tokenizer by which SQLite finds, so that all ledgers agree on what a word is. One per thread.
class Tokenizer {
 public:
  Tokenizer() {
    GUICHET_CHECK(sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK,
                  "a base in memory needs nothing of the world");
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_, "SELECT fts5(?1)", -1, &statement, nullptr);
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
    GUICHET_CHECK(api != nullptr, "the distribution's SQLite has FTS5");
    void* context = nullptr;
    std::array<const char*, 2> arguments{"remove_diacritics", "2"};
    const bool made =
        api->xFindTokenizer(api, "unicode61", &context, &functions_) == SQLITE_OK &&
        functions_.xCreate(context, arguments.data(), static_cast<int>(arguments.size()), &tokenizer_) == SQLITE_OK;
    GUICHET_CHECK(made, "FTS5 has the tokenizer unicode61");
  }
  ~Tokenizer() {
    functions_.xDelete(tokenizer_);
    sqlite3_close(db_);
  }
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  void cut(std::string_view text, std::vector<FoldedWord>& words) {
    functions_.xTokenize(tokenizer_, &words, FTS5_TOKENIZE_DOCUMENT, text.data(), static_cast<int>(text.size()),
                         [](void* to, int /*flags*/, const char* token, int bytes, int begin, int end) {
                           static_cast<std::vector<FoldedWord>*>(to)->push_back(
                               {std::string{token, std::min(static_cast<std::size_t>(bytes), kWordBytesMax)},
                                static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
                           return SQLITE_OK;
                         });
  }

 private:
  sqlite3* db_ = nullptr;
  fts5_tokenizer functions_{};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

bool begins(std::string_view word, std::string_view beginning) { return word.substr(0, beginning.size()) == beginning; }

/// How many words from `at` on this phrase takes; zero when it does not stand there.
std::size_t taken_at(const Sought::Phrase& phrase, std::span<const FoldedWord> words, std::size_t at) {
  const std::size_t count = phrase.words.size();
  if (at + count > words.size()) return 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& word = words[at + i].folded;
    const bool same = phrase.beginning && i + 1 == count ? begins(word, phrase.words[i]) : word == phrase.words[i];
    if (!same) return 0;
  }
  return count;
}

bool stands_in(const Sought::Phrase& phrase, std::span<const FoldedWord> words) {
  for (std::size_t at = 0; at < words.size(); ++at)
    if (taken_at(phrase, words, at) != 0) return true;
  return false;
}

constexpr bool is_space(char sign) { return sign == ' ' || sign == '\t' || sign == '\n' || sign == '\r'; }

}  // namespace

std::vector<FoldedWord> folded_words(std::string_view text) {
  thread_local Tokenizer tokenizer;
  std::vector<FoldedWord> words;
  if (!text.empty()) tokenizer.cut(text, words);
  return words;
}

Sought sought_in(std::string_view typed) {
  Sought sought;
  std::size_t at = 0;
  while (at < typed.size() && sought.phrases.size() < kSoughtMax) {
    if (is_space(typed[at])) {
      ++at;
      continue;
    }
    const bool quoted = typed[at] == '"';
    const std::size_t begin = at + (quoted ? 1 : 0);
    std::size_t end = begin;
    while (end < typed.size() && typed[end] != '"' && (quoted || !is_space(typed[end]))) ++end;
    const std::string_view piece = typed.substr(begin, end - begin);
    at = quoted && end < typed.size() ? end + 1 : end;
    Sought::Phrase phrase;
    for (FoldedWord& word : folded_words(piece)) phrase.words.push_back(std::move(word.folded));
    phrase.beginning = quoted ? at < typed.size() && typed[at] == '*' : !piece.empty() && piece.back() == '*';
    if (!phrase.words.empty()) sought.phrases.push_back(std::move(phrase));
  }
  return sought;
}

std::string as_match(const Sought& sought, std::string_view scope) {
  std::string match;
  if (!scope.empty()) match += "scope : \"" + std::string{scope} + "\" AND ";
  match += "words : (";
  for (std::size_t i = 0; i < sought.phrases.size(); ++i) {
    if (i != 0) match += " AND ";
    match += '"';
    for (std::size_t word = 0; word < sought.phrases[i].words.size(); ++word)
      match += (word != 0 ? " " : "") + sought.phrases[i].words[word];
    match += sought.phrases[i].beginning ? "\" *" : "\"";
  }
  return match + ")";
}

bool found(const Sought& sought, std::span<const FoldedWord> words) {
  return !sought.empty() && std::all_of(sought.phrases.begin(), sought.phrases.end(),
                                        [&](const Sought::Phrase& phrase) { return stands_in(phrase, words); });
}

std::string excerpt(const Sought& sought, std::string_view text) {
  const std::vector<FoldedWord> words = folded_words(text);
  std::vector<bool> marked(words.size());
  std::size_t first = words.size();
  for (std::size_t at = 0; at < words.size(); ++at)
    for (const Sought::Phrase& phrase : sought.phrases) {
      const std::size_t taken = taken_at(phrase, words, at);
      for (std::size_t i = 0; i < taken; ++i) marked[at + i] = true;
      if (taken != 0) first = std::min(first, at);
    }
  if (words.empty()) return {};
  if (first == words.size()) first = 0;
  const std::size_t from = first - std::min(first, kWordsBefore);
  const std::size_t until = std::min(words.size(), from + kWordsInAll);
  std::string shown = from != 0 ? "… " : "";
  // From the text's own beginning or end what stands before the first or after the last word is shown too.
  std::size_t place = from == 0 ? 0 : words[from].begin;
  std::size_t at = from;
  for (; at < until && words[at].end - place + shown.size() <= kExcerptBytesMax; ++at) {
    shown += text.substr(place, words[at].begin - place);
    if (marked[at]) shown += '\x01';
    shown += text.substr(words[at].begin, words[at].end - words[at].begin);
    if (marked[at]) shown += '\x02';
    place = words[at].end;
  }
  if (at == words.size() && text.size() - place <= kWordsInAll)
    shown += text.substr(place);
  else if (at != words.size())
    shown += " …";
  for (char& sign : shown)
    if (sign == '\n' || sign == '\r' || sign == '\t') sign = ' ';
  return shown;
}

}  // namespace guichet::ledger
