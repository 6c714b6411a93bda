#include <guichet/dossier/mailbox_reading.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace guichet::dossier {
namespace {

bool is_figure(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// How an answer or a mail sent on begins its subject.
constexpr std::array<std::string_view, 6> kAgain{" re ", " fw ", " fwd ", " tr ", " rep ", " aw "};

struct Token {
  std::string_view words;  // letters, figures, "-", "_", "/", "."
  bool marked{};           // "#" stands before it, or a word that names numbers
};

/// What may be a number of a case or an order.
std::vector<Token> tokens_of(std::string_view text) {
  constexpr std::array<std::string_view, 16> kNaming{"dossier",
                                                     "case",
                                                     "cas",
                                                     "tick"
                                                     "et",
                                                     "reference",
                                                     "ref",
                                                     "n",
                                                     "no",
                                                     "numero",
                                                     "number",
                                                     "id",
                                                     "demande",
                                                     "request",
                                                     "commande",
                                                     "order",
                                                     "nº"};
  std::vector<Token> tokens;
  std::string before, last;
  bool hash = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto inside = [&](char c) { return is_figure(c) || is_letter(c) || c == '-' || c == '_' || c == '/'; };
    if (!inside(text[at])) {
      // "n° 4711": the sign is no letter and divides nothing.
      hash = text[at] == '#' || (hash && text[at] == ' ');
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() &&
           (inside(text[end]) || (text[end] == '.' && end + 1 < text.size() && inside(text[end + 1]))))
      ++end;
    const std::string_view word = text.substr(at, end - at);
    const std::size_t figures = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_figure));
    if (figures >= 4) {
      const auto names = [&](const std::string& one) {
        return std::find(kNaming.begin(), kNaming.end(), one) != kNaming.end();
      };
      tokens.push_back({word, hash || names(last) || names(before)});
    }
    std::string folded = folded_line(word);
    before = std::move(last);
    last = folded.size() > 2 ? folded.substr(1, folded.size() - 2) : std::string{};
    hash = false;
    at = end;
  }
  return tokens;
}

constexpr double kSameQuestion = 0.6;
constexpr double kTakenUp = 0.5;
constexpr double kQuoted = 0.6;

/// The words of each line that the mail quotes and that words of its own follow.
std::vector<std::set<std::string>> answered_lines(const ToldMail& mail) {
  std::vector<std::set<std::string>> lines;
  std::string_view quoted;
  for (std::size_t at = 0; at < mail.text.size();) {
    std::size_t end = mail.text.find('\n', at);
    if (end == std::string::npos) end = mail.text.size();
    const std::string_view line = std::string_view{mail.text}.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(">")) {
      quoted = line;
    } else if (!quoted.empty() && !folded_words(line).empty()) {
      lines.push_back(telling_words(quoted));
      quoted = {};
    }
  }
  return lines;
}

bool share_one(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& word) { return b.contains(word); });
}

/// What was asked and written in one matter, to be found by its words.
struct MatterWords {
  std::vector<std::size_t> asked;  // questions, by their numbers in the index
  std::vector<std::set<std::string>> asked_figures;
  WordIndex asked_words;
  std::vector<std::size_t> answers;  // mails of the desk by persons, likewise
  WordIndex answer_words;
  std::vector<std::set<std::string>> answer_references;
  std::vector<std::size_t> quoted;  // of each answered line, its mail
  WordIndex quoted_words;
  std::vector<std::set<std::string>> quoted_references;

  void add_question(const std::set<std::string>& words, std::size_t number) {
    asked.push_back(number);
    asked_words.add(words);
    asked_figures.push_back(figures_in(words));
  }

  void add_answer(const ToldMail& mail, std::size_t at) {
    for (const std::set<std::string>& line : answered_lines(mail)) {
      quoted.push_back(at);
      quoted_words.add(line);
      quoted_references.push_back(references_in(line));
    }
    answers.push_back(at);
    const std::set<std::string> words = telling_words(mail.own);
    answer_words.add(words);
    answer_references.push_back(references_in(words));
  }

  /// The first question that is the same. What is asked of another number is another question.
  std::optional<std::size_t> same(const std::set<std::string>& words) const {
    const std::set<std::string> figures = figures_in(words);
    for (const WordIndex::Sharing& one : asked_words.sharing(words, kSameQuestion)) {
      const std::set<std::string>& other = asked_figures[one.set];
      if (!figures.empty() && !other.empty() && figures != other) continue;
      const std::size_t all = words.size() + one.size - one.both;
      if (static_cast<double>(one.both) / static_cast<double>(all) >= kSameQuestion) return asked[one.set];
    }
    return std::nullopt;
  }

  /// The last mail after the mail `first` that takes the question up, as its number; zero: none. A mail that names
  /// numbers of its own, and none that was asked about, speaks of something else.
  MailNumber last_taking_up(const std::set<std::string>& words, MailNumber first) const {
    const std::set<std::string> asked_of = references_in(words);
    const auto of_it = [&](const std::set<std::string>& named) {
      return asked_of.empty() || named.empty() || share_one(asked_of, named);
    };
    std::size_t last = 0;
    const auto answering = answer_words.sharing(words, kTakenUp);
    for (auto found = answering.rbegin(); found != answering.rend() && last == 0; ++found)
      if (of_it(answer_references[found->set])) last = answers[found->set] + 1;
    const auto quoting = quoted_words.sharing(words, kQuoted);
    for (auto found = quoting.rbegin(); found != quoting.rend(); ++found)
      if (of_it(quoted_references[found->set])) {
        last = std::max(last, quoted[found->set] + 1);
        break;
      }
    return last > first ? static_cast<MailNumber>(last) : 0;
  }
};

/// A wording with other figures is the same wording.
std::string wording_key(std::string_view sentence) {
  std::string key = folded_line(sentence);
  std::string out;
  for (const char c : key)
    if (!is_figure(c))
      out += c;
    else if (out.empty() || out.back() != '0')
      out += '0';
  return out;
}

}  // namespace

bool ReadMail::has(MailMark mark) const {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::uint8_t bits) { return (bits >> static_cast<unsigned>(mark) & 1U) != 0; });
}

std::vector<std::string> ReadMail::passages(const ToldMail& mail, MailMark mark) const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < sentences.size(); ++i)
    if ((marks[i] >> static_cast<unsigned>(mark) & 1U) != 0)
      found.push_back(
          in_one_line(std::string_view{mail.own}.substr(sentences[i].begin, sentences[i].end - sentences[i].begin)));
  return found;
}

std::vector<std::string> case_numbers(std::string_view text) {
  std::vector<std::string> numbers;
  for (const Token& token : tokens_of(text))
    if (token.marked) numbers.emplace_back(token.words);
  return numbers;
}

std::vector<std::string> references(std::string_view text) {
  constexpr std::size_t kSignsMin = 6;
  std::vector<std::string> numbers;
  for (const Token& token : tokens_of(text))
    if (token.words.size() >= kSignsMin) numbers.emplace_back(token.words);
  return numbers;
}

std::string bare_subject(std::string_view subject) {
  std::string rest{subject};
  for (const std::string& number : case_numbers(subject))
    if (const std::size_t at = rest.find(number); at != std::string::npos) rest.erase(at, number.size());
  std::string line = folded_line(rest);
  constexpr std::array<std::string_view, 3> kNumbered{" dossier ", " case ", " n "};
  const auto cut_one = [&](const auto& words) {
    for (const std::string_view word : words)
      if (line.starts_with(word)) {
        line.erase(0, word.size() - 1);
        return true;
      }
    return false;
  };
  while (cut_one(kAgain) || cut_one(kNumbered)) {
  }
  return line;
}

ReadMail read_told(const ToldMail& mail) {
  ReadMail read;
  read.sentences = sentences_of(mail.own);
  const std::string said = without_quotes(mail.own);  // a quotation may go over several sentences
  for (const Sentence& sentence : read.sentences) {
    // A question mark that stands in a quotation asks nothing itself, but the doubt stays.
    std::string words = said.substr(sentence.begin, sentence.end - sentence.begin);
    if (sentence.question) words += '?';
    unsigned bits = 0;
    for (std::size_t mark = 0; mark < kMailMarks; ++mark)
      if (has_mark(words, static_cast<MailMark>(mark))) bits |= 1U << mark;
    read.marks.push_back(static_cast<std::uint8_t>(bits));
  }
  // An answer keeps the subject of what it answers.
  const std::string subject = folded_line(mail.subject);
  const bool answers = std::any_of(kAgain.begin(), kAgain.end(), [&](auto word) { return subject.starts_with(word); });
  const std::vector<Sentence> titles = sentences_of(mail.subject);
  read.subject_closes = !answers && std::any_of(titles.begin(), titles.end(), [&](const Sentence& title) {
    return has_mark(std::string_view{mail.subject}.substr(title.begin, title.end - title.begin), MailMark::closing);
  });
  read.subject_numbers = case_numbers(mail.subject);
  read.own_numbers = case_numbers(mail.own);
  return read;
}

void find_questions(MailboxAudit& audit, const std::vector<ReadMail>& read) {
  struct Open {
    MailQuestion question;
    std::set<std::string> words;
    std::size_t matter{};
  };
  std::vector<Open> all;
  std::vector<MatterWords> matters(audit.matters);
  for (std::size_t i = 0; i < audit.mails.size(); ++i) {
    const ToldMail& mail = audit.mails[i];
    if (audit.conversation_of[i] == kNoConversation || mail.machine) continue;
    const std::size_t matter = audit.conversations[audit.conversation_of[i]].matter;
    MatterWords& known = matters[matter];
    if (mail.side == Party::desk) known.add_answer(mail, i);
    if (mail.side != Party::seller) continue;
    const auto number = static_cast<MailNumber>(i + 1);
    for (const Sentence& sentence : read[i].sentences) {
      if (!sentence.question) continue;
      const std::string_view words = std::string_view{mail.own}.substr(sentence.begin, sentence.end - sentence.begin);
      std::set<std::string> telling = telling_words(words);
      if (telling.size() < 2) continue;
      if (const auto same = known.same(telling)) {
        MailQuestion& question = all[*same].question;
        if (question.asked.back() != number) question.asked.push_back(number);
        continue;
      }
      known.add_question(telling, all.size());
      all.push_back({{in_one_line(words), {number}, 0, {}, 0}, std::move(telling), matter});
    }
  }
  for (Open& open : all) {
    MailQuestion& question = open.question;
    const MatterWords& known = matters[open.matter];
    // Mails are told by their places here, and by their numbers there: place n is number n + 1.
    const auto after = std::lower_bound(known.answers.begin(), known.answers.end(), question.asked.front());
    question.mails_after = static_cast<std::uint32_t>(known.answers.end() - after);
    question.by = known.last_taking_up(open.words, question.asked.front());
    if (question.mails_after == 0)
      question.end = Asked::no_mail_after;
    else if (question.by == 0)
      question.end = Asked::not_taken_up;
    else
      question.end = question.asked.back() > question.by ? Asked::asked_again : Asked::taken_up;
    ++audit.questions_by_end[static_cast<std::size_t>(question.end)];
  }
  std::stable_sort(all.begin(), all.end(), [](const Open& a, const Open& b) {
    const bool a_answered = a.question.end == Asked::taken_up;
    const bool b_answered = b.question.end == Asked::taken_up;
    if (a_answered != b_answered) return b_answered;
    return a.question.asked.size() > b.question.asked.size();
  });
  for (Open& open : all) audit.questions.push_back(std::move(open.question));
}

void find_repeated_wording(MailboxAudit& audit, const std::vector<ReadMail>& read) {
  SharedRuns runs;
  std::map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < audit.mails.size(); ++i) {
    const ToldMail& mail = audit.mails[i];
    if (mail.side != Party::desk || mail.machine || read[i].subject_closes || read[i].has(MailMark::closing)) continue;
    if (folded_words(mail.own).empty()) continue;
    ++audit.worded_mails;
    runs.add(mail.own);
    for (const Sentence& sentence : read[i].sentences) {
      const std::string_view words = std::string_view{mail.own}.substr(sentence.begin, sentence.end - sentence.begin);
      if (folded_words(words).size() < kRunWords) continue;
      const auto [at, fresh] = by_key.try_emplace(wording_key(words), audit.passages.size());
      if (fresh) audit.passages.push_back({in_one_line(words), {}, 0});
      std::vector<MailNumber>& mails = audit.passages[at->second].mails;
      const auto number = static_cast<MailNumber>(i + 1);
      if (mails.empty() || mails.back() != number) mails.push_back(number);
    }
  }
  for (std::size_t text = 0; text < audit.worded_mails; ++text) {
    const SharedRuns::Shared shared = runs.shared(text);
    audit.desk_words += shared.words;
    audit.repeated_words += shared.repeated;
  }
  std::erase_if(audit.passages, [](const MailPassage& passage) { return passage.mails.size() < 2; });
  for (MailPassage& passage : audit.passages) {
    std::set<std::string_view> agents;
    for (const MailNumber mail : passage.mails)
      if (const std::string& agent = audit.mails[mail - 1].agent; !agent.empty()) agents.insert(agent);
    passage.agents = static_cast<std::uint32_t>(agents.size());
  }
  std::stable_sort(audit.passages.begin(), audit.passages.end(),
                   [](const MailPassage& a, const MailPassage& b) { return a.mails.size() > b.mails.size(); });
}

void find_quotes(MailboxAudit& audit, const std::vector<ReadMail>& read) {
  for (std::size_t i = 0; i < audit.mails.size(); ++i) {
    const ToldMail& mail = audit.mails[i];
    const auto number = static_cast<MailNumber>(i + 1);
    if (mail.side == Party::seller || mail.side == Party::nobody) continue;
    if (read[i].has(MailMark::offer) && read[i].has(MailMark::silence)) {
      MailQuote quote{number, {}};
      for (std::size_t k = 0; k < read[i].sentences.size(); ++k) {
        constexpr unsigned kWanted =
            1U << static_cast<unsigned>(MailMark::offer) | 1U << static_cast<unsigned>(MailMark::silence);
        const Sentence& sentence = read[i].sentences[k];
        if ((read[i].marks[k] & kWanted) != 0)
          quote.passages.push_back(
              in_one_line(std::string_view{mail.own}.substr(sentence.begin, sentence.end - sentence.begin)));
      }
      audit.offers.push_back(std::move(quote));
    }
    if (mail.side != Party::desk) continue;
    for (const std::string& passage : read[i].passages(mail, MailMark::restriction))
      audit.limits.push_back({number, passage, put_down(passage)});
    if (std::vector<std::string> said = read[i].passages(mail, MailMark::transfer); !said.empty())
      audit.transfers.push_back({number, std::move(said)});
  }
}

}  // namespace guichet::dossier
