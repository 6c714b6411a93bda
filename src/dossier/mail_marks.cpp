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
/// Whose case it is, when it is not the reader's.
constexpr std::array<std::string_view, 14> kOfOthers{
    " concurrent",   " autre vendeur",    " autres vendeurs", " autre client", " autres clients",
    " autre compte", " d autrui ",        " d un tiers ",     " competitor",   " another seller",
    " other seller", " another customer", " third party",     " someone else"};
/// Verbs and nouns that propose anything at all: an offer when what is proposed is worth something.
constexpr std::array<std::string_view, 8> kProposed{" proposons ", " proposition ", " propose de ",
                                                    " offrons ",   " we offer",     " are prepared to offer",
                                                    " our offer",  " somme de "};
constexpr std::array<std::string_view, 34> kOfWorth{
    " euro",        " eur ",    " dollar",       " pound",   " somme",   " montant",   " indemni",
    " dedommag",    " compens", " rembours",     " verser ", " verse",   " payer",     " paiement",
    " payment",     " pay ",    " refund",       " credit",  " remise ", " accord ",   " arrangement",
    " transaction", " settle",  " contrepartie", " amiable", " amicabl", " geste ",    " gesture",
    " goodwill",    " voucher", " bon d achat",  " sum ",    " amount",  " reglement "};
/// Much is confidential that asks nobody to keep quiet: an address, a code, a way to collect.
constexpr std::array<std::string_view, 3> kConfidential{" confidentiel", " confidentialite", " confidential"};
constexpr std::array<std::string_view, 15> kKept{
    " offre",      " proposition", " accord ",   " clause", " termes ", " terms ", " agreement", " offer",
    " settlement", " transaction", " protocole", " somme",  " montant", " engage", " keep"};
constexpr std::array<std::string_view, 9> kStays{" reste",  " rester", " demeure", " garder", " gardez",
                                                 " tenir ", " kept",   " remain",  " stay"};
constexpr std::array<std::string_view, 11> kPrivate{" mode ",  " adresse",   " address",      " donnees",
                                                    " data ",  " code",      " mot de passe", " password",
                                                    " numero", " politique", " policy"};
constexpr std::array<std::string_view, 14> kMaybe{
    " si ",    " if ",     " lorsque ", " when ",  " once ",          " sera ",     " will be ",
    " avant ", " before ", " unless ",  " sinon ", " faute de quoi ", " precedent", " previous "};
constexpr std::array<std::string_view, 12> kSettled{" probleme est resolu", " probleme est regle", " pouvez clore",
                                                    " pouvez cloturer",     " pouvez fermer",      " c est regle ",
                                                    " tout est regle",      " problem is solved",  " issue is resolved",
                                                    " you can close",       " you may close",      " est bien regle"};
constexpr std::array<std::string_view, 12> kOffer{" offre transactionnelle",
                                                  " transaction ",
                                                  " a titre transactionnel",
                                                  " transactionnel",
                                                  " protocole d accord",
                                                  " dedommagement",
                                                  " indemnite",
                                                  " geste commercial",
                                                  " settlement",
                                                  " propose to pay",
                                                  " full and final",
                                                  " disposes a vous verser"};
constexpr std::array<std::string_view, 14> kWouldYou{
    " accepteriez ",      " acceptez vous ",  " seriez vous ", " etes vous pret",   " voulez vous ",
    " que diriez vous ",  " pourrions nous ", " would you ",   " will you accept ", " are you willing ",
    " are you prepared ", " do you accept ",  " could we ",    " may we offer "};
constexpr std::array<std::string_view, 24> kSilence{" divulguer",
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

/// A sentence as folded words, and where its clauses may begin.
struct Clauses {
  std::string line;  // as folded_line
  struct Word {
    std::string folded;
    std::size_t at{};  // of the blank before it in the line
    bool cut{};        // a comma, semicolon, colon, dash or bracket stands before it
  };
  std::vector<Word> words;
  bool question{};
};

template <std::size_t kSize>
bool is_one_of(std::string_view word, const std::array<std::string_view, kSize>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 22> kDenies{
    "not", "never", "nobody", "none", "neither", "nor",    "ne",     "pas",  "jamais", "aucun", "aucune",
    "ni",  "t",     "cannot", "faux", "false",   "untrue", "denied", "deny", "denies", "nions", "nullement"};
constexpr std::array<std::string_view, 8> kGoesOn{"et", "and", "mais", "but", "so", "donc", "therefore", "thus"};
/// Between a word that denies and what it denies they begin no clause of its own: "not limited, or even suspended".
constexpr std::array<std::string_view, 15> kNoClause{"or", "ou",  "nor",  "ni",   "and",    "et",  "been", "being",
                                                     "be", "ete", "even", "meme", "encore", "yet", "aussi"};
constexpr std::array<std::string_view, 21> kNumbered{
    "dossier",   "case",    "cas",       "commande", "order",   "demande",     "request",
    "reference", "compte",  "account",   "annonce",  "offre",   "reclamation", "incident",
    "inquiry",   "enquiry", "complaint", "requete",  "listing", "facture",     "invoice"};
constexpr std::array<std::string_view, 15> kSuppose{
    " si ",           " s il ",        " s ils ",         " if ",       " whether ",
    " unless ",       " en cas d",     " au cas ou ",     " a moins ",  " in case ",
    " in the event ", " a condition ", " provided that ", " pourvu qu", " suppos"};
constexpr std::array<std::string_view, 7> kBeginsSupposing{" should ",   " lorsque ", " lorsqu ", " when ",
                                                           " whenever ", " quand ",   " once "};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether the word denies what follows it. "n° 4711" and "case no 12" number; "not only" denies nothing.
bool denies(const Clauses& sentence, std::size_t i) {
  const std::vector<Clauses::Word>& words = sentence.words;
  const std::string_view word = words[i].folded;
  const std::string_view next = i + 1 < words.size() ? std::string_view{words[i + 1].folded} : std::string_view{};
  if (word == "n" || word == "no") {
    const bool numbers =
        (!next.empty() && is_digit(next.front())) || (i > 0 && is_one_of(words[i - 1].folded, kNumbered));
    return !numbers;
  }
  if (word == "not") return next != "only";
  if (word == "without") return next == "being" || next == "having";
  if (word == "sans") return next == "etre" || next == "avoir" || next == "que" || next == "qu";
  return is_one_of(word, kDenies);
}

/// The word at which the clause of word `i` begins.
std::size_t clause_of(const Clauses& sentence, std::size_t i) {
  const std::vector<Clauses::Word>& words = sentence.words;
  std::size_t own = 0;  // words since the last sign that can carry a clause: one alone is an item of a list
  for (std::size_t j = i; j > 0; --j) {
    if (j < i && !is_one_of(words[j].folded, kNoClause)) ++own;
    const bool parted = words[j].cut && !denies(sentence, j - 1);  // "not, as you say, suspended"
    if (!parted && !is_one_of(words[j].folded, kGoesOn)) continue;
    if (own >= 2) return j;
    own = 0;
  }
  return 0;
}

/// How a phrase of a mark may stand in a sentence without being said.
struct Unsaid {
  bool supposed = true;                                      // "if your account is suspended" says nothing
  std::size_t denied_within = static_cast<std::size_t>(-1);  // words before the phrase at which a "not" is looked for
};

/// Whether the phrase at `at` in the line is said: neither denied nor supposed.
bool is_said(const Clauses& sentence, std::size_t at, std::size_t size, const Unsaid& unsaid) {
  const std::vector<Clauses::Word>& words = sentence.words;
  std::size_t first = 0;
  while (first < words.size() && words[first].at < at) ++first;
  std::size_t behind = first;  // the first word behind the phrase
  while (behind < words.size() && words[behind].at + 1 < at + size) ++behind;
  std::size_t begin = clause_of(sentence, first);
  if (first - begin > unsaid.denied_within) begin = first - unsaid.denied_within;
  for (std::size_t i = begin; i < first; ++i)
    if (denies(sentence, i)) return false;
  if (first > 0 && words[first - 1].folded == "non") return false;
  // "nous suspendons pas", "was suspended by nobody", "we offer nothing".
  constexpr std::array<std::string_view, 6> kDeniesBehind{"pas", "jamais", "rien", "nothing", "nobody", "no"};
  for (std::size_t i = behind; i < words.size() && i < behind + 2 && !words[i].cut; ++i)
    if (is_one_of(words[i].folded, kDeniesBehind) && (i == behind || words[i - 1].folded == "by")) return false;
  if (!unsaid.supposed) return true;
  const std::string before = sentence.line.substr(0, at + 1);
  if (any_of(before, kSuppose)) return false;
  if (std::any_of(kBeginsSupposing.begin(), kBeginsSupposing.end(),
                  [&](std::string_view word) { return sentence.line.starts_with(word); }))
    return false;
  std::size_t end = behind;
  while (end < words.size() && !words[end].cut && !is_one_of(words[end].folded, kGoesOn)) ++end;
  const std::size_t end_at = end < words.size() ? words[end].at : sentence.line.size() - 1;
  if (behind >= end) return true;
  return !any_of(sentence.line.substr(words[behind].at, end_at + 1 - words[behind].at), kSuppose);
}

/// Calls `found` for the place of each phrase that is said, until it answers true.
template <typename Found>
bool any_said(const Clauses& sentence, Words phrases, const Unsaid& unsaid, const Found& found) {
  for (const std::string_view phrase : phrases)
    for (std::size_t at = sentence.line.find(phrase); at != std::string::npos; at = sentence.line.find(phrase, at + 1))
      if (is_said(sentence, at, phrase.size(), unsaid) && found(at)) return true;
  return false;
}

bool says(const Clauses& sentence, Words phrases, const Unsaid& unsaid = {}) {
  return any_said(sentence, phrases, unsaid, [](std::size_t) { return true; });
}

Clauses clauses_of(std::string_view text) {
  Clauses sentence;
  sentence.line = " ";
  std::size_t last = 0;
  for (FoldedWord& word : folded_words(text)) {
    const std::string_view between = text.substr(last, word.begin - last);
    bool cut = between.find_first_of(";:()") != std::string_view::npos ||
               between.find("\xE2\x80\x93") != between.npos || between.find("\xE2\x80\x94") != between.npos ||
               between.find(" - ") != between.npos;
    // "1,500" is one number.
    if (between.find(',') != between.npos) cut = cut || between != "," || !is_digit(text[word.begin]);
    last = word.end;
    sentence.words.push_back({word.folded, sentence.line.size() - 1, cut && !sentence.words.empty()});
    sentence.line += word.folded;
    sentence.line += ' ';
  }
  const std::string_view tail = text.substr(last);
  sentence.question = tail.find('?') != tail.npos;
  return sentence;
}

/// A question may begin with what is said: "Your case was transferred, could you send the invoice again?" Gives the
/// bytes before the clause that asks; zero where the whole sentence does, or asks whether that is so.
std::size_t said_before_asking(std::string_view text, const Clauses& sentence) {
  constexpr std::array<std::string_view, 44> kAsks{
      "could",     "can",    "would", "will",   "do",      "does",    "did",      "have",    "has",
      "are",       "is",     "was",   "were",   "may",     "shall",   "should",   "what",    "when",
      "where",     "why",    "who",   "how",    "which",   "pouvez",  "pourriez", "avez",    "est",
      "souhaitez", "voulez", "etes",  "seriez", "auriez",  "comment", "pourquoi", "quand",   "quel",
      "quelle",    "que",    "qui",   "ou",     "combien", "puis",    "pouvons",  "acceptez"};
  const std::vector<FoldedWord> words = folded_words(text);
  if (words.empty() || is_one_of(words.front().folded, kAsks)) return 0;
  for (std::size_t i = words.size(); i-- > 1;) {
    const bool begins = sentence.words[i].cut || is_one_of(words[i].folded, kGoesOn);
    if (!begins) continue;
    const std::size_t first = sentence.words[i].cut && !is_one_of(words[i].folded, kGoesOn) ? i : i + 1;
    // "…, n'est-ce pas ?", "…, is it not?" asks whether it is so.
    if (first >= words.size() || !is_one_of(words[first].folded, kAsks) || words.size() - first < 4) return 0;
    return words[i].begin;
  }
  return 0;
}

struct Amount {
  double value{};
  std::size_t begin{}, end{};
};

bool names_money(std::string_view text) {
  constexpr std::array<std::string_view, 3> kSigns{"\xE2\x82\xAC", "$", "\xC2\xA3"};
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

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

std::string without_quotes(std::string_view text) {
  std::string out{text};
  const auto letter = [&](std::size_t at) {
    if (at >= text.size()) return false;
    const char c = text[at];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || static_cast<unsigned char>(c) >= 0xC3;
  };
  struct Marks {
    std::string_view open, close;
    bool bare{};  // the sign may also be an apostrophe or an inch: it opens only before a letter that begins a word
  };
  constexpr std::array<Marks, 7> kMarks{{{"\xC2\xAB", "\xC2\xBB"},
                                         {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                                         {"\xE2\x80\x9E", "\xE2\x80\x9C"},
                                         {"\xE2\x80\x98", "\xE2\x80\x99"},
                                         {"\xE2\x80\xB9", "\xE2\x80\xBA"},
                                         {"\"", "\"", true},
                                         {"'", "'", true}}};
  for (std::size_t at = 0; at < text.size();) {
    const auto opened = std::find_if(kMarks.begin(), kMarks.end(), [&](const Marks& marks) {
      if (!text.substr(at).starts_with(marks.open)) return false;
      return !marks.bare || ((at == 0 || !letter(at - 1)) && at + 1 < text.size() && text[at + 1] != ' ');
    });
    if (opened == kMarks.end()) {
      ++at;
      continue;
    }
    const std::size_t inside = at + opened->open.size();
    const std::size_t paragraph = std::min(text.find("\n\n", inside), text.size());
    std::size_t close = text.find(opened->close, inside);
    // Within quotation marks an apostrophe is one between letters.
    while (close < paragraph && opened->close != "\"" && letter(close - 1) && letter(close + opened->close.size()))
      close = text.find(opened->close, close + 1);
    // A single mark that nothing closes was an apostrophe.
    if (close >= paragraph && opened->open == "'") {
      ++at;
      continue;
    }
    const std::size_t end = std::min(close, paragraph);
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    at = close < paragraph ? close + opened->close.size() : end;
  }
  return out;
}

bool has_mark(std::string_view quoting, MailMark mark) {
  const std::string sentence = without_quotes(quoting);
  const Clauses clauses = clauses_of(sentence);
  if (clauses.question) {
    // Offers are put as questions: "Would you accept 500 euros …?"
    const bool put_so = (mark == MailMark::offer || mark == MailMark::silence) && any_of(clauses.line, kWouldYou);
    if (!put_so) {
      const std::size_t said = said_before_asking(sentence, clauses);
      return said > 0 && has_mark(std::string_view{sentence}.substr(0, said), mark);
    }
  }
  const std::string& line = clauses.line;
  switch (mark) {
    case MailMark::closing:
      // What may or will be closed is told before the word for closing.
      return any_of(line, kCase) && any_said(clauses, kClosed, {}, [&](std::size_t at) {
               const std::string before = line.substr(0, at + 1);
               return !any_of(before, kMaybe) && !any_of(before, kOfOthers);
             });
    case MailMark::settled: return says(clauses, kSettled);
    // What is proposed may hang on what the other does.
    case MailMark::offer:
      return says(clauses, kOffer, {.supposed = false}) ||
             ((any_of(line, kOfWorth) || names_money(sentence)) && says(clauses, kProposed, {.supposed = false}));
    case MailMark::silence: {
      // "You agree not to tell anybody of this confidential offer": only a near "not" denies.
      constexpr std::array<std::string_view, 2> kDisclosed{" divulguer", " divulgation"};
      constexpr Unsaid kNearly{.supposed = false, .denied_within = 3};
      const bool to_be_kept = any_of(line, kKept) || (any_of(line, kStays) && !any_of(line, kPrivate));
      return any_of(line, kDisclosed) || says(clauses, kSilence, kNearly) ||
             (to_be_kept && says(clauses, kConfidential, kNearly));
    }
    case MailMark::restriction: {
      const bool lowered = any_of(line, kLimit) && says(clauses, kLowered) && put_down(sentence).has_value();
      return lowered || (says(clauses, kSuspended) && any_of(line, kSuspendable));
    }
    case MailMark::decision: return says(clauses, kDecided);
    case MailMark::transfer: return says(clauses, kTransfer) && any_of(line, kCase);
  }
  return false;
}

}  // namespace guichet::dossier
