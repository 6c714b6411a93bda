// An audit of a mailbox as people and programs read it: a page, a few sentences, JSON. Knows no mail format: what was
// read is told by the caller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <guichet/dossier/mailbox_audit.hpp>
#include <guichet/dossier/report.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::dossier {

/// Where the mails come from, and how it was known who is who.
struct MailboxSource {
  std::vector<std::string> names;         // of the files, as the reader may know them
  std::string mapping;                    // its name
  std::string mapping_origin;             // "given" or "proposed"
  std::vector<std::string> desk, seller;  // whose mails are whose: addresses and domains
  std::vector<std::string> reasons;       // of a proposal
  std::string command;                    // what computes the same again
  bool keys = false;                      // keys for signatures of domains were given
  std::vector<Remark> remarks;            // mails left out, cut or damaged
  formats::Html costs;                    // a part of a page; blank when no claim was given
  std::string costs_json;                 // the same as costs_as_json gives it; empty when no claim was given
};

/// One page in one file, readable without scripts and on paper.
std::string audit_as_page(const MailboxAudit& audit, const MailboxSource& source, formats::Language language);

/// One object; instants in RFC 3339, times in seconds, mails by their numbers. docs/mailbox-audit.md names its members.
std::string audit_as_json(const MailboxAudit& audit, const MailboxSource& source, formats::Language language);

/// The sentences that open the page, one to a line.
std::string audit_as_text(const MailboxAudit& audit, const MailboxSource& source, formats::Language language);

}  // namespace guichet::dossier
