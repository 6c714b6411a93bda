// How commands, events and states are spelled in .case files: one table for reading and writing. Knows
// nothing of given, when and then.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/core/case_state.hpp>
#include <guichet/core/command.hpp>
#include <guichet/core/event.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::cases {

using Words = std::span<const std::string>;

/// Words between spaces and tabs; what follows a '#' is left out.
std::vector<std::string> words_of(std::string_view line);

/// INSTANT COMMAND PARTY [KEY=VALUE | FACT] … The error's detail says what is wrong with which word.
Result<Command> read_command(Words words, const rulebook::ProcedureFile& file);

/// INSTANT EVENT WORD … [by PARTY]: the words that print_event would write, in any order. The version is
/// left to the caller.
Result<Event> read_event(Words words, const rulebook::ProcedureFile& file);

/// "clock_started next_answer due 2026-03-06T16:00:00Z by clock": the kind, everything it says, who did it.
std::string print_event(const Event& event, const rulebook::ProcedureFile& file);

/// "send_message seller:7 answers=1 words=40": what read_command reads, without the instant.
std::string print_command(const Command& command, const rulebook::ProcedureFile& file);

/// Everything that can be asserted of a case, as KEY=VALUE.
std::vector<std::string> state_words(const CaseState& state, const rulebook::ProcedureFile& file);

/// Whether the event has the wanted words, in this order; a person may be wanted without the number, an
/// instant without the seconds.
bool has_words(std::string_view event, Words wanted);

}  // namespace guichet::cases
