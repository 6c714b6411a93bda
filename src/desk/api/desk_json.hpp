// What programs read where people look at boards and sheets: the supervisor's board, promises and calendars of the
// procedure, the seller's account, facts and claims of a case, drafts, who is there, one's own settings, the ledger and
// the desk. Shown from the same functions as the pages.
#pragma once

#include <guichet/desk/visit.hpp>

namespace guichet::desk {

Response board_json(Visit& visit);
Response tile_json(Visit& visit);
Response matters_json(Visit& visit);
Response matter_json(Visit& visit);
Response calendars_json(Visit& visit);
Response own_account_json(Visit& visit);
Response facts_json(Visit& visit);
Response claim_json(Visit& visit);
Response drafts_json(Visit& visit);
Response presence_json(Visit& visit);
Response profile_json(Visit& visit);
Response ledger_json(Visit& visit);
Response desk_json(Visit& visit);

}  // namespace guichet::desk
