// The JSON shapes that the API gives and the case's download holds: rows of lists, and one case whole, as this visitor
// may see it.
#pragma once

#include <string>

#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {

/// A row of a list, as an object.
void row_json(formats::JsonWriter& json, const Visit& visit, const ledger::ShelfRow& row);
/// A list of them, with where it goes on: members "cases" and "next" of the object that is open.
void rows_json(formats::JsonWriter& json, const Visit& visit, const ledger::Listed<ledger::ShelfRow>& listed);
/// Members "offers" and "restrictions" of the object that is open.
void offers_json(formats::JsonWriter& json, const dossier::Timeline& told);
/// The case with its events, words, questions, clocks, hand-overs, offers, restrictions and files, as an object.
void case_json(formats::JsonWriter& json, const Visit& visit, const SeenCase& seen);
/// One entry of the case, as an object; what it says in words is in the visitor's language.
void entry_json(formats::JsonWriter& json, const Visit& visit, const SeenCase& seen, const dossier::Entry& entry);

}  // namespace guichet::desk
