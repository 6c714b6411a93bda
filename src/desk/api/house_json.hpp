// What programs read of the house and of the desk's tools: people, accounts, tokens, notes, saved lists, templates,
// the tray of mails. The acts on them are those of the pages.
#pragma once

#include <guichet/desk/visit.hpp>

namespace guichet::desk {

Response people_json(Visit& visit);
Response person_json(Visit& visit);
Response accounts_json(Visit& visit);
Response account_json(Visit& visit);
Response tokens_json(Visit& visit);
Response all_tokens_json(Visit& visit);
Response notes_json(Visit& visit);
Response views_json(Visit& visit);
Response templates_json(Visit& visit);
Response template_json(Visit& visit);
Response mail_tray_json(Visit& visit);
Response failed_letters_json(Visit& visit);  // beside its page, in pages/failed_letters_page.cpp

}  // namespace guichet::desk
