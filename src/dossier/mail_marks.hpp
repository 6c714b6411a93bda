// What a sentence of a mail speaks of, by the words it uses: a closing, an offer, silence asked for, a limit put down.
// Finds passages to be quoted; draws no conclusion from them, and misses what is said in other words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guichet::dossier {

enum class MailMark : std::uint8_t {
  closing,      // "votre dossier a été clôturé": the case is closed, not that it will or may be
  settled,      // the writer calls the matter settled: "vous pouvez clore", "my problem is solved"
  offer,        // something is proposed to end a dispute
  silence,      // … on condition that it is kept quiet, or that a claim is withdrawn or given up
  restriction,  // a limit is put down, or an account or offer suspended
  transfer,     // the matter was or will be passed to somebody else
  decision,     // "nous avons décidé", "your request was refused"
};
inline constexpr std::size_t kMailMarks = 7;
/// "closing"
std::string_view name(MailMark mark);

/// The text with blanks for what stands in quotation marks, each byte at its place: others said that. A quotation that
/// nothing closes ends with its paragraph.
std::string without_quotes(std::string_view text);

/// Whether a sentence in French or English has the mark. What is denied, asked or quoted has none, and what is supposed
/// ("if", "si") neither, except that an offer and silence may hang on something, or be put as a question ("would you
/// accept …?"). What is said before a question in the same sentence is said. In doubt there is none.
bool has_mark(std::string_view sentence, MailMark mark);

/// "de 1 500 à 100 unités", "from 1,500 to 100": two amounts, the second below the first.
struct PutDown {
  double from{}, to{};
};
std::optional<PutDown> put_down(std::string_view sentence);

}  // namespace guichet::dossier
