// The pages and acts by which the house itself is changed, for the table of routes in house.cpp.
#pragma once

#include <cstdint>
#include <string_view>

#include <guichet/desk/http.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

// house_people.cpp
Response see_people(Visit& visit);
void add_person(Visit& visit, Respond respond);
Response see_person(Visit& visit);
void change_person(Visit& visit, Respond respond);
void change_absence(Visit& visit, Respond respond);
void invite_person(Visit& visit, Respond respond);
void switch_person(Visit& visit, Respond respond);
void end_persons_sessions(Visit& visit, Respond respond);
void end_persons_factor(Visit& visit, Respond respond);

// house_accounts.cpp
Response see_accounts(Visit& visit);
void add_account(Visit& visit, Respond respond);
Response see_account(Visit& visit);
void change_account(Visit& visit, Respond respond);

// house_procedures.cpp
Response see_procedures(Visit& visit);
Response procedure_text(Visit& visit);
Response check_procedure(Visit& visit);
void adopt_procedure(Visit& visit, Respond respond);
void withdraw_procedure(Visit& visit, Respond respond);

// mail_page.cpp
Response see_mail(Visit& visit);
void test_mail(Visit& visit, Respond respond);
Response mail_json(Visit& visit);

// failed_letters_page.cpp
Response failed_letters_page(Visit& visit);
void settle_failed_letter(Visit& visit, Respond respond);

}  // namespace guichet::desk
