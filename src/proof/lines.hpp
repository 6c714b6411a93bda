// How the texts of proofs are written and read: a word, a space, a value, line by line. One spelling for each value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/proof/head.hpp>

namespace guichet::proof {

class Lines {
 public:
  /// `name` of the text, for errors: "receipt".
  Lines(std::string_view text, std::string name) : rest_(text), name_(std::move(name)) {}

  bool at_end() const { return rest_.empty(); }
  /// Whether the next line begins with `word` and a space.
  bool next_is(std::string_view word) const;
  /// A line that is exactly this.
  Outcome exactly(std::string_view line);
  /// What stands after the word.
  Result<std::string_view> value(std::string_view word);
  Result<std::uint64_t> number(std::string_view word);
  Outcome bytes(std::string_view word, std::span<std::byte> bytes);
  Result<Instant> instant(std::string_view word);
  /// Lines of the same word, as many as there are, each with at most 32 bytes; all but the last with 32.
  Result<std::string> many_bytes(std::string_view word);
  Result<std::vector<Hash>> hashes(std::string_view word);
  /// The lines of a signed head.
  Result<SignedHead> head();
  Outcome end() const;
  Error wrong(const std::string& what) const;

 private:
  std::string_view line() const;
  void step();
  std::string_view rest_;
  std::string name_;
  std::size_t number_ = 1;
};

void put_line(std::string& text, std::string_view word, std::string_view value);
void put_bytes(std::string& text, std::string_view word, std::span<const std::byte> bytes);

}  // namespace guichet::proof
