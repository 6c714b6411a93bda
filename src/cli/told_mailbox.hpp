// A mailbox read and audited: joins the reader of mails, the mapping that says who is who, and the audit.
#pragma once

#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/mailbox_audit.hpp>
#include <guichet/dossier/mailbox_report.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::cli {

struct MailboxToTell {
  std::vector<std::string> paths;
  std::string mapping;            // a path; empty: a proposal
  std::string claim;              // a path; empty: none
  std::vector<std::string> keys;  // paths
  std::vector<std::string> more;  // further words of the command that computes the same again
};

struct ToldMailbox {
  dossier::MailboxAudit audit;
  dossier::MailboxSource source;
};

/// Sentences of a claim's part are in `language`.
Result<ToldMailbox> tell_mailbox(const MailboxToTell& box, formats::Language language);

}  // namespace guichet::cli
