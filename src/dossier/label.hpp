// What another system's log said of a moment, as the text that a ledger keeps beside the event made of it: enough to
// give the moment back as it was, so that a history measures the same before and after it is kept.
#pragma once

#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/core/moment.hpp>

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
  friend bool operator==(const Label&, const Label&) = default;
};

/// One line of JSON whose "body" is the activity, so that it can be shown as words too.
std::string label_as_json(const Label& label);
Result<Label> label_from_json(std::string_view json);

}  // namespace guichet::dossier
