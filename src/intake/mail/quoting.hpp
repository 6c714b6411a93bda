// What a mail says itself, without what it quotes and signs: for counting and reading. The kept text is never cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guichet::intake::mail {

struct OwnWords {
  std::string text;            // line feeds only; empty when everything is quoted
  std::size_t quoted_lines{};  // quotes, what introduces them, and repeated headers
  std::size_t signature_lines{};
  std::string signature;  // those lines
};

/// Takes out lines that begin with ">", the line that introduces them ("Le … a écrit :", "On … wrote:", "Am … schrieb
/// …:"), everything behind "-----Message d’origine-----", "-----Original Message-----", a forwarded message's mark or a
/// repeated block of header lines, and the signature behind "-- ". What stands between quotes is kept.
OwnWords own_words(std::string_view text);

/// Runs of what is no blank.
std::uint32_t word_count(std::string_view text);

}  // namespace guichet::intake::mail
