// The sentences of an audit that its page, its text and its JSON share.
#pragma once

#include <string>
#include <vector>

#include <guichet/dossier/mailbox_report.hpp>

namespace guichet::dossier {

/// A sentence, and the mails that show it.
struct AuditSentence {
  std::string words;
  std::vector<MailNumber> mails;
};

/// What opens the page: at most nine sentences.
std::vector<AuditSentence> audit_in_short(const MailboxAudit& audit, const formats::Phrases& phrases);
/// How the persons of the desk are known: "2 by signature, one known by address alone"; empty when all signed.
std::string ways_in_words(const MailboxAudit& audit, const formats::Phrases& phrases);
/// The constant delay before closings in words; empty when the mails show none.
std::string closing_delay_in_words(const MailboxAudit& audit, const formats::Phrases& phrases);
/// What the mailbox does not show, each with its mails.
std::vector<AuditSentence> audit_not_known(const MailboxAudit& audit, const MailboxSource& source,
                                           const formats::Phrases& phrases);

/// The subject under which a matter began.
std::string matter_title(const MailboxAudit& audit, std::size_t matter);

/// A Date that differs by more from the first relay's time is told.
inline constexpr Duration kSkewTold = std::chrono::minutes{10};

}  // namespace guichet::dossier
