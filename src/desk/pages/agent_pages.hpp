// The pages of agents, one function each; the table of their routes is in agent.cpp.
#pragma once

#include <array>
#include <string_view>

#include <guichet/desk/pages/agent.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

// agent_acts.cpp: what their forms send
void act_of_desk(Visit& visit, Respond respond);
void keep_draft(Visit& visit, Respond respond);
Response script_data(Visit& visit);

// agent_lists.cpp
Response queue_page(Visit& visit);

// saved_views.cpp
Response views_page(Visit& visit);
void change_view(Visit& visit, Respond respond);
void forget_view(Visit& visit, Respond respond);
/// Links to what this person and his teams saved, and a form that saves the list that he looks at.
void saved_views(Html& html, const Visit& visit, std::string_view address);

// bulk.cpp
/// What may be done to many cases at once. Closing and deciding are not among them and never will be: each case is
/// closed and decided for itself.
inline constexpr std::array<std::string_view, 5> kManyActs{"take", "assign", "hand-off", "note", "link"};
void act_on_many(Visit& visit, Respond respond);
Response bulk_result(Visit& visit);
/// What can be done to the chosen rows of a list, inside the form around it.
/// `prefix` keeps ids apart where a page has several lists.
void bulk_choice(Html& html, const Visit& visit, std::string_view prefix);

// search.cpp
Response search_page(Visit& visit);
/// Rows of the index looked through for a filter before the reader is asked to go on himself: so many answers of it.
inline constexpr std::size_t kSearchRoundsMax = 8;
/// Where is searched: `where` is mine, teams or empty, `state` living, closed or empty.
struct SearchedIn {
  std::string_view where, state;
};
bool is_searched(const Visit& visit, const SearchedIn& in, const ledger::ShelfRow& row);

// agent_sheets.cpp
Response hand_off_sheet(Visit& visit);
Response propose_sheet(Visit& visit);
Response offer_sheet(Visit& visit);
Response restrict_sheet(Visit& visit);
Response link_sheet(Visit& visit);
Response mediation_sheet(Visit& visit);
Response escalate_sheet(Visit& visit);
Response assign_sheet(Visit& visit);
Response decline_sheet(Visit& visit);
Response cost_sheet(Visit& visit);
Response exhibit_sheet(Visit& visit);
Response close_sheet(Visit& visit);
Response reopen_sheet(Visit& visit);

// decide_sheet.cpp
Response decide_sheet(Visit& visit);
struct Statement;
/// Letter and register record of what is typed so far, with what is still missing.
void statement_preview(Html& html, const Visit& visit, const SeenCase& seen, const Statement& statement,
                       Refusal refusal);

// template_pages.cpp
Response templates_page(Visit& visit);
Response template_page(Visit& visit);
void change_template(Visit& visit, Respond respond);
void add_template(Visit& visit, Respond respond);
void remove_template(Visit& visit, Respond respond);

// mail_tray_page.cpp
Response mail_tray_page(Visit& visit);
void settle_mail(Visit& visit, Respond respond);

// mail_moving_page.cpp
Response move_mail_sheet(Visit& visit);
void put_mail_elsewhere(Visit& visit, Respond respond);

// keys.cpp
Response keys_page(Visit& visit);
void change_keys(Visit& visit, Respond respond);

}  // namespace guichet::desk
