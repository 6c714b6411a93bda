// What another system's log said of a moment, as the text that a ledger keeps beside the event made of it: enough to
// give the moment back as it was, so that a history measures the same before and after it is kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>
#include <guichet/dossier/words.hpp>

namespace guichet::dossier {

struct Label {
  std::string activity, status, team;
  std::string matter;           // of the case; on its first event
  std::string subject;          // what the log calls the case; likewise
  std::uint32_t predecessor{};  // as CaseFacts::predecessor, which numbers the log's own names; likewise
  std::uint32_t words{};        // as Moment::words
  EventKind kind{};             // as the mapping had it; the event may have a kind that rules understand
  Party party{};
  Turn turn{};
  std::uint8_t flags{};        // as Moment::flags
  bool added = false;          // no moment of the log: an event that the ledger needs, such as `opened`
  bool counts_amount = false;  // the log said an amount at stake
  Instant deadline = kNever;   // promised end of the case; on its first event
  // Of a message that came as a mail, which is kept beside it.
  TextId mail;                       // the bytes as they came; zero: none
  std::string said;                  // all its words
  std::vector<TextId> files;         // attached
  std::string matched;               // why it is of this case, side and person
  std::vector<ArrivalLine> arrival;  // what its bytes said of its way and its signatures
  std::string came;                  // when it came, if it was put into this case later: an instant in ISO 8601
  friend bool operator==(const Label&, const Label&) = default;
};

/// One line of JSON whose "body" is the activity, or what the mail said, so that it can be shown as words too.
std::string label_as_json(const Label& label);
Result<Label> label_from_json(std::string_view json);
/// Whether the log or the mailbox said that a program did this and no person. Nobody is met in it.
bool is_by_program(std::string_view label);

}  // namespace guichet::dossier
