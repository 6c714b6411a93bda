// A case on a page: the two first sentences, the stream, questions, clocks, who was here. What each side sees of it is
// decided here, once, for pages and for the API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <guichet/desk/case_lines.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/dossier/event_line.hpp>
#include <guichet/dossier/timeline.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// A case with its words, as this visitor may see it: notes and other inside texts are left out of `file` for those
/// who do not see the inside (that they exist stays).
struct SeenCase {
  ledger::CaseFile file;
  const InForce* procedure{};
  dossier::Timeline timeline;
  MovedMails moved;
};
/// None when there is no such case or it is not for this visitor.
Result<std::optional<SeenCase>> see_case(const Visit& visit, CaseId case_id);

/// Line one: who answers, until when, what happens if they do not. Line two: what is expected of the seller, by when,
/// what happens if he does nothing. For sellers in the second person, for the others in the third.
std::string line_one(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure);
std::string line_two(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure);
/// Whose turn it is, by name: "Waiting for: you".
std::string turn_line(const Visit& visit, const ledger::ShelfRow& row);
/// The state in a word: "open", "decided" …
std::string phase_word(const Visit& visit, const ledger::ShelfRow& row);
/// The same as a badge: sign, word and border.
void phase_badge(Html& html, const Visit& visit, const ledger::ShelfRow& row);
/// The visitor, for the sentences of case_lines.hpp.
Hearer hearer_of(const Visit& visit);
/// The box with the two first sentences, the state and whose turn it is.
void first_lines(Html& html, const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure);

/// The stream: messages large, events one line each, as an ordered list; `all` shows every event, else those that
/// speak to people. With `clauses`, each event has the clause of the procedure that it rests on.
void stream(Html& html, const Visit& visit, const SeenCase& seen, bool all, bool clauses);
void questions_list(Html& html, const Visit& visit, const SeenCase& seen);
void clocks_table(Html& html, const Visit& visit, const SeenCase& seen);
void who_was_here(Html& html, const Visit& visit, const SeenCase& seen);
void offers_and_restrictions(Html& html, const Visit& visit, const SeenCase& seen);
/// The offer that waits, alone, with its conditions.
void open_offer(Html& html, const Visit& visit, const SeenCase& seen);
void costs_list(Html& html, const Visit& visit, const SeenCase& seen);
/// A file of the case as a link, with its size and digest; nothing when the case has no such text.
void file_link(Html& html, const Visit& visit, const SeenCase& seen, TextId text);
/// Words of an act, whole: what was written, facts, ground, measure, redress, questions, files.
void words_of_act(Html& html, const Visit& visit, const SeenCase& seen, const dossier::Words& words);
/// How persons, moments and levels are called for this visitor; it borrows both.
dossier::Voice voice_of(const Visit& visit, const InForce& procedure);
/// One line that says what an event was: "Marie answered", "The allowance for the decision ran out".
std::string event_sentence(const Visit& visit, const dossier::Entry& entry, const InForce& procedure);
/// The clause in words: path, place and source, with a link to the procedure's page.
void clause_link(Html& html, const Visit& visit, const InForce& procedure, std::string_view path);

/// Lists of cases as a table, the same everywhere; on narrow screens as cards.
struct ListLook {
  bool seller = false;       // columns for a seller: what is expected of me
  bool own = false;          // all of one owner, who needs not be told
  bool choose = false;       // a check box per row, for acts on several
  std::string next_address;  // of the following rows; empty: none
  bool promise = false;      // the desk's next promise, whoever is to move: for lists in that order
};
void case_table(Html& html, const Visit& visit, const std::vector<ledger::ShelfRow>& rows, const ListLook& look);

}  // namespace guichet::desk
