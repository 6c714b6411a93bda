// Who is who in a mailbox: which mails the desk wrote and which the seller, and what person, each with the reason.
// Reads the mapping that says so (docs/mailbox-mapping.md), or proposes one; knows no ledger and counts nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/words.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>

namespace guichet::intake::mail {

/// One person of the desk, and how the mails show who it is.
struct AgentRule {
  std::string name;
  std::vector<std::string> addresses;   // patterns, as below
  std::vector<std::string> signatures;  // "Marie D.": words that stand among the last lines of the mail
};

/// Patterns of addresses are "anna@shop.example", "@shop.example" (every address of it) and "@*.shop.example" (and of
/// whatever is below it), or "*" for everybody whom nothing else covers; case does not matter.
struct MailMapping {
  std::string path = "mapping";  // for messages
  std::string name, describes;
  std::vector<std::string> desk, seller;  // patterns: whose mails are whose
  std::uint32_t desk_at{}, seller_at{};   // the lines on which these stand
  std::vector<std::string> automatic;     // patterns: what writes from there is a program
  std::vector<std::string> left_out;      // patterns: mails from there are of no case
  std::string seller_name;                // of the account; empty: the seller's first address
  std::vector<AgentRule> agents;
  bool by_address = true, by_signature = true, by_name = true;  // what may tell persons of the desk apart
  std::vector<std::string> closings;                            // besides the usual ones: "Bien à vous"
  std::vector<std::string> no_persons;                          // besides the usual ones: "Service vendeurs"
};

/// The error names each fault with line and column.
Result<MailMapping> read_mail_mapping(std::string_view text, std::string path);
/// Reads a file of at most a megabyte.
Result<MailMapping> load_mail_mapping(const std::string& path);
/// The file that read_mail_mapping reads as this mapping.
std::string mail_mapping_as_toml(const MailMapping& mapping);
/// Every key of the format, dotted, sorted.
std::set<std::string> mail_mapping_keys();
/// True when the text is a mapping for a mailbox and not for a log: it says kind = "mailbox".
bool is_mail_mapping(std::string_view text);

/// Of a mapping that covers no mail: its lines, and who did write. `senders` are addresses with their mails.
Error covers_nobody(const MailMapping& mapping, const std::map<std::string, std::uint64_t>& senders);

/// Whether the pattern covers the address.
bool covers(std::string_view pattern, std::string_view address);

/// Why a mail is of that side.
enum class SideBy : std::uint8_t {
  nothing,  // no pattern covers its sender: a third
  address,  // a pattern that names the sender's address
  domain,   // a pattern that names its domain
  agent,    // an address of an agent
};
std::string_view name(SideBy by);

/// Why it is of that person.
enum class PersonBy : std::uint8_t {
  nothing,
  address,    // an agent's address, or the sender's own where it is no shared one
  signature,  // an agent's signature, or the name below the closing words
  name,       // the name beside the address
};
std::string_view name(PersonBy by);

/// Why a program is thought to have written it.
enum class MachineBy : std::uint8_t { nothing, header, address };
std::string_view name(MachineBy by);

/// Where one mail belongs.
struct Placing {
  Party side{};  // seller, desk, or third
  SideBy side_by{};
  std::string side_rule;  // the pattern
  std::string person;     // empty when the mail does not say
  PersonBy person_by{};
  std::string person_rule;  // the words or the address that said so
  MachineBy machine_by{};
  std::optional<Automatic> automatic;  // what its header says
  bool left_out = false;
  bool machine() const { return machine_by != MachineBy::nothing; }
  /// "desk by domain @market.example; Marie D. by signature \"Marie D.\""
  std::string reason() const;
};

Placing place(const MailMapping& mapping, const Message& message);
/// The same, where own_words(message.text) is known.
Placing place(const MailMapping& mapping, const Message& message, const OwnWords& own);

/// The name that stands below the closing words of a mail ("Cordialement, / Marie D."), or empty. `text` without
/// quotes; `signature` is what stood behind "-- ".
std::string signed_name(const MailMapping& mapping, std::string_view text, std::string_view signature);

/// Watches mails go by and says who is probably who: the owner of the mailbox is the seller, and the side with which he
/// exchanged most is the desk.
class MailSurvey {
 public:
  void add(const Message& message, std::string_view raw);
  /// Fault::unreadable when too little was seen to say it; the error names what it saw.
  Result<MailMapping> propose() const;
  /// A line for each part of the proposal: what it rests on.
  std::vector<std::string> reasons() const;

 private:
  struct Seen {
    std::uint64_t wrote{}, got{}, delivered{}, automatic{};
    std::string name;
  };
  struct Pair {
    std::uint64_t to{}, from{};
  };
  struct Chosen;
  std::optional<std::string> owner() const;
  Chosen chosen() const;

  std::uint64_t mails_ = 0;
  std::map<std::string, Seen, std::less<>> addresses_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> sent_;  // from, to
};

}  // namespace guichet::intake::mail
