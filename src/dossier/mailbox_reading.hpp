// What an audit knows of each mail before it counts: its sentences, what they speak of, the case numbers it names.
// Serves the parts of the audit; knows no conversation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/dossier/mailbox_audit.hpp>
#include <guichet/dossier/wording.hpp>

namespace guichet::dossier {

struct ReadMail {
  std::vector<Sentence> sentences;  // of its own words
  std::vector<std::uint8_t> marks;  // of each, a bit per MailMark
  bool subject_closes{};
  std::vector<std::string> subject_numbers;  // of cases, as the subject names them
  std::vector<std::string> own_numbers;      // … as its own words do

  bool has(MailMark mark) const;
  std::vector<std::string> passages(const ToldMail& mail, MailMark mark) const;
};

ReadMail read_told(const ToldMail& mail);

/// Words with at least four figures, behind "#" or a word for case, order or number: "dossier 4711-22".
std::vector<std::string> case_numbers(std::string_view text);
/// The same without asking what stands before; at least six signs.
std::vector<std::string> references(std::string_view text);
/// A subject without "Re:" and its like, and without case numbers; folded.
std::string bare_subject(std::string_view subject);

/// The parts of the audit that look at words; they fill what they name.
void find_questions(MailboxAudit& audit, const std::vector<ReadMail>& read);
void find_repeated_wording(MailboxAudit& audit, const std::vector<ReadMail>& read);
void find_quotes(MailboxAudit& audit, const std::vector<ReadMail>& read);

}  // namespace guichet::dossier
