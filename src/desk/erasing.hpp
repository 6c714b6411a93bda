// What has to go so that words are gone for good: a mail stands in a ledger as words and as the bytes that came, in
// each case where it was put. Reads; whoever erases says why.
#pragma once

#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Of a mail, its words and its bytes as they came go together, wherever the mail was moved from or to; of a file that
/// was attached to it, the file and the bytes. What others quoted, what a case is called and the other files of a mail
/// are texts of their own.
struct Erasing {
  std::vector<TextId> texts;                  // that still stand, rising; none when all of it is gone
  std::vector<ledger::RecordChange> records;  // what the author has begun and not sent in these cases; of a mail that
                                              // waited in the tray, what the tray kept of it
};
/// Fault::not_found when there is no such text.
Result<Erasing> erasing_of(ledger::Reader& reader, TextId text);
/// For everything that a person wrote: what he has begun and not sent, in any case.
Result<std::vector<ledger::RecordChange>> drafts_of(ledger::Reader& reader, ActorId person);

}  // namespace guichet::desk
