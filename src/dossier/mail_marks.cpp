#include <guichet/dossier/mail_marks.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <guichet/dossier/wording.hpp>

namespace guichet::dossier {
namespace {

using Words = std::span<const std::string_view>;

// Of folded lines: lower case, no accents, one blank between words. A word may go on where no blank ends it.
constexpr std::array<std::string_view, 13> kCase{" dossier",
                                                 " demande",
                                                 " cas ",
                                                 " reclamation",
                                                 " conversation",
                                                 " tick"
                                                 "et",
                                                 " case",
                                                 " request",
                                                 " inquiry",
                                                 " enquiry",
                                                 " complaint",
                                                 " requete",
                                                 " incident"};
constexpr std::array<std::string_view, 28> kClosed{" est clos ",
                                                   " est close ",
                                                   " est cloture",
                                                   " est ferme ",
                                                   " est fermee ",
                                                   " a ete clos",
                                                   " a ete clotur",
                                                   " a ete ferme",
                                                   " ete automatiquement clo",
                                                   " ete automatiquement ferme",
                                                   " avons clos ",
                                                   " avons clotur",
                                                   " avons ferme",
                                                   " ai clos ",
                                                   " ai cloture",
                                                   " cloturons ",
                                                   " fermons ",
                                                   " est desormais clo",
                                                   " est maintenant clo",
                                                   " est donc clo",
                                                   " has been closed",
                                                   " has been automatically closed",
                                                   " have closed ",
                                                   " is closed ",
                                                   " is now closed",
                                                   " was closed ",
                                                   " are closing ",
                                                   " considerons votre demande comme resolue"};
constexpr std::array<std::string_view, 14> kMaybe{
    " si ",    " if ",     " lorsque ", " when ",  " once ",          " sera ",     " will be ",
    " avant ", " before ", " unless ",  " sinon ", " faute de quoi ", " precedent", " previous "};
constexpr std::array<std::string_view, 12> kSettled{" probleme est resolu", " probleme est regle", " pouvez clore",
                                                    " pouvez cloturer",     " pouvez fermer",      " c est regle ",
                                                    " tout est regle",      " problem is solved",  " issue is resolved",
                                                    " you can close",       " you may close",      " est bien regle"};
constexpr std::array<std::string_view, 20> kOffer{" proposons ",
                                                  " proposition ",
                                                  " propose de ",
                                                  " offrons ",
                                                  " offre transactionnelle",
                                                  " transaction ",
                                                  " a titre transactionnel",
                                                  " transactionnel",
                                                  " protocole d accord",
                                                  " dedommagement",
                                                  " indemnite",
                                                  " geste commercial",
                                                  " somme de ",
                                                  " settlement",
                                                  " we offer",
                                                  " are prepared to offer",
                                                  " propose to pay",
                                                  " our offer",
                                                  " full and final",
                                                  " disposes a vous verser"};
constexpr std::array<std::string_view, 27> kSilence{" confidentiel",
                                                    " confidentialite",
                                                    " divulguer",
                                                    " divulgation",
                                                    " garder le silence",
                                                    " ne pas evoquer",
                                                    " ne plus evoquer",
                                                    " ne pas mentionner",
                                                    " ne plus faire reference",
                                                    " ne pas en parler",
                                                    " ne pas publier",
                                                    " retirer votre plainte",
                                                    " retirez votre plainte",
                                                    " retirer votre reclamation",
                                                    " retrait de votre plainte",
                                                    " retrait de votre reclamation",
                                                    " renonc",
                                                    " desist",
                                                    " confidential",
                                                    " non disclosure",
                                                    " not disclose",
                                                    " not to disclose",
                                                    " withdraw your",
                                                    " waive",
                                                    " not to mention",
                                                    " keep silent",
                                                    " plainte soit retiree"};
constexpr std::array<std::string_view, 14> kLimit{
    " limite", " plafond", " quota",     " capacite",  " allocation", " volume",  " espace de stockage",
    " limit ", " limits ", " capacity ", " allowance", " cap ",       " storage", " stock"};
constexpr std::array<std::string_view, 16> kLowered{
    " passe de ", " passent de ", " passera de ", " passeront de ", " ramen",     " redui",   " abaiss", " diminu",
    " reduced",   " lowered",     " cut from",    " decreased",     " goes from", " go from", " reduc",  " from "};
constexpr std::array<std::string_view, 9> kSuspended{" suspendu",    " suspendons ", " desactiv",
                                                     " bloque ",     " bloquee ",    " suspended",
                                                     " deactivated", " blocked ",    " suspension de "};
constexpr std::array<std::string_view, 13> kSuspendable{
    " compte",  " annonce", " offres ", " vente",   " versement",  " paiement",           " account",
    " listing", " payout",  " payment", " selling", " expedition", " reapprovisionnement"};
constexpr std::array<std::string_view, 26> kDecided{" avons decide ",
                                                    " a ete decide ",
                                                    " notre decision est ",
                                                    " decision definitive ",
                                                    " decision finale ",
                                                    " avons accepte votre ",
                                                    " acceptons votre ",
                                                    " avons refuse votre ",
                                                    " refusons votre ",
                                                    " avons rejete ",
                                                    " rejetons ",
                                                    " demande est refusee ",
                                                    " demande est acceptee ",
                                                    " demande a ete refusee ",
                                                    " demande a ete acceptee ",
                                                    " reclamation est rejetee ",
                                                    " reclamation a ete rejetee ",
                                                    " have decided ",
                                                    " was decided ",
                                                    " our decision is ",
                                                    " final decision ",
                                                    " has been approved ",
                                                    " has been rejected ",
                                                    " has been refused ",
                                                    " have approved ",
                                                    " have rejected "};
constexpr std::array<std::string_view, 14> kTransfer{
    " transfere ",  " transferee ", " transferons ",  " transfert de votre", " transmis ",
    " transmise ",  " transmets ",  " transmettons ", " escalade",           " relaie ",
    " transferred", " forwarded",   " escalated",     " passed to "};

bool any_of(const std::string& line, Words words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return line.find(word) != std::string::npos; });
}

/// Where the first of them stands.
std::size_t first_of(const std::string& line, Words words) {
  std::size_t first = std::string::npos;
  for (const std::string_view word : words) first = std::min(first, line.find(word));
  return first;
}

struct Amount {
  double value{};
  std::size_t begin{}, end{};
};

/// Numbers with blanks, commas or points as dividers: "1 500", "1,500", "8 699,36".
std::vector<Amount> amounts_in(std::string_view text) {
  std::vector<Amount> amounts;
  const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  // The bytes of a divider at `at`, when three figures follow it and then no fourth.
  const auto divides = [&](std::size_t at) -> std::size_t {
    for (const std::string_view sign : {" ", ",", ".", "\xC2\xA0", "\xE2\x80\xAF"}) {
      if (!text.substr(at).starts_with(sign)) continue;
      const std::size_t next = at + sign.size();
      if (digit(next) && digit(next + 1) && digit(next + 2) && !digit(next + 3)) return sign.size();
    }
    return 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(at)) {
      ++at;
      continue;
    }
    Amount amount{0, at, at};
    std::size_t figures = 0;
    while (digit(at) && figures < 15) {
      amount.value = amount.value * 10 + (text[at] - '0');
      ++at;
      ++figures;
      if (const std::size_t bytes = digit(at) ? 0 : divides(at); bytes > 0 && figures <= 12) at += bytes;
    }
    double place = 0.1;
    if (at + 1 < text.size() && (text[at] == ',' || text[at] == '.') && digit(at + 1)) {
      ++at;
      for (; digit(at); ++at, place /= 10) amount.value += place * (text[at] - '0');
    }
    while (digit(at)) ++at;
    amount.end = at;
    amounts.push_back(amount);
  }
  return amounts;
}

}  // namespace

std::string_view name(MailMark mark) {
  constexpr std::array<std::string_view, kMailMarks> kNames{"closing",     "settled",  "offer",   "silence",
                                                            "restriction", "transfer", "decision"};
  return kNames[static_cast<std::size_t>(mark)];
}

std::optional<PutDown> put_down(std::string_view sentence) {
  const std::vector<Amount> amounts = amounts_in(sentence);
  for (std::size_t i = 0; i + 1 < amounts.size(); ++i) {
    const std::string before = folded_line(sentence.substr(0, amounts[i].begin));
    const std::string between = folded_line(sentence.substr(amounts[i].end, amounts[i + 1].begin - amounts[i].end));
    const bool from = before.ends_with(" de ") || before.ends_with(" from ");
    const bool to = between.ends_with(" a ") || between.ends_with(" to ");
    if (from && to && amounts[i + 1].value < amounts[i].value) return PutDown{amounts[i].value, amounts[i + 1].value};
  }
  return std::nullopt;
}

bool has_mark(std::string_view sentence, MailMark mark) {
  const std::string line = folded_line(sentence);
  switch (mark) {
    case MailMark::closing: {
      const std::size_t said = first_of(line, kClosed);
      // What may or will be closed is told before the word for closing.
      return said != std::string::npos && any_of(line, kCase) && !any_of(line.substr(0, said + 1), kMaybe);
    }
    case MailMark::settled: return any_of(line, kSettled) && !line.starts_with(" si ") && !line.starts_with(" if ");
    case MailMark::offer: return any_of(line, kOffer);
    case MailMark::silence: return any_of(line, kSilence);
    case MailMark::restriction: {
      if (line.starts_with(" si ") || line.starts_with(" if ")) return false;
      const bool lowered = any_of(line, kLimit) && any_of(line, kLowered) && put_down(sentence).has_value();
      return lowered || (any_of(line, kSuspended) && any_of(line, kSuspendable));
    }
    case MailMark::decision: return any_of(line, kDecided) && !line.starts_with(" si ") && !line.starts_with(" if ");
    case MailMark::transfer: return any_of(line, kTransfer) && any_of(line, kCase);
  }
  return false;
}

}  // namespace guichet::dossier
