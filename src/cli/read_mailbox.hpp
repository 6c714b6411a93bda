// A mailbox read as cases: what the verbs that take one as they take a log have in common.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/intake/mail/mailbox.hpp>

#include "measured_log.hpp"

namespace guichet::cli {

/// Whether these are mails, and a mapping that is given is not one for logs.
bool wants_mailbox(const std::vector<std::string>& paths, const std::string& mapping);

/// Of paths at which there are only other bytes.
Error no_mails(const std::vector<std::string>& paths);

struct ReadMailbox {
  std::unique_ptr<intake::mail::Mailbox> box;
  std::string name;                  // of its files
  std::string origin;                // of the mapping: "given" or "proposed"
  std::vector<std::string> reasons;  // of a proposal
};

/// `mapping` is a path; when empty, who is who is guessed, and told on standard error. Dates after `now` are not
/// believed. The mailbox is not settled yet. `called`: what people know a path by, where it is a copy.
Result<ReadMailbox> read_mailbox(const std::vector<std::string>& paths, const std::string& mapping, Instant now,
                                 const std::map<std::string, std::string>& called = {});

/// The catalogue over its cases.
MeasuredLog measure_mailbox(const ReadMailbox& mailbox, const std::string& mapping);

/// A line for each mail that is of no case and each that is odd: what, where, Message-ID; as CSV. `known` are those
/// that a ledger had before.
Outcome write_notes(const std::string& path, const intake::mail::Mailbox& box, const std::vector<std::uint32_t>& known);

}  // namespace guichet::cli
