// Letters that could not be delivered: given up after the last try, refused for ever, or returned. Each waits for
// somebody who sends it again or takes it off the list. Sends nothing itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/letters.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

struct FailedLetter {
  Letter letter;
  Instant failed{};
  std::uint64_t revision{};  // of the record
};

/// By their ids; what a later version wrote is left out.
Result<std::vector<FailedLetter>> failed_letters(ledger::Reader& reader, std::size_t most);
Result<std::optional<FailedLetter>> failed_letter(ledger::Reader& reader, const std::string& id);
/// How many there are, counted up to `most`.
Result<std::size_t> count_failed_letters(ledger::Reader& reader, std::size_t most);

/// Whether it is known what it has to tell: a returned promise or refusal told of a moment that is not kept.
bool can_go_again(const Letter& letter);
/// Queues it at `now`, as if it had never been tried; written anew, to the address that its person has by then.
void send_again(const FailedLetter& failed, ActorId by, Instant now, Errand& errand);
/// Takes it off the list; that it was is noted.
void take_off(const FailedLetter& failed, ActorId by, Errand& errand);

}  // namespace guichet::desk
