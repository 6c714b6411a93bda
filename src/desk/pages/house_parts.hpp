// What the pages of the door and of the house share: cards, forms of one's own, and answers to what was changed, as a
// page or, for a program, as JSON. Knows no rules.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {

/// <section class="card"> with its heading; closed with html.close().
Html& open_card(Html& html, std::string_view id, std::string_view heading);
void hidden_field(Html& html, std::string_view name, std::string_view value);
/// A sentence that must be heard: what is wrong with the whole form.
void warning(Html& html, std::string_view sentence);
/// That the procedure in force still shows the shipped examples to sellers, and what to do; nothing when it does not.
void examples_warning(Html& html, const Visit& visit);
/// <dt>, <dd>
void pair(Html& html, std::string_view name, std::string_view value);
/// Check boxes of one name under one legend.
struct Box {
  std::string value, label;
  bool checked = false;
};
void boxes(Html& html, std::string_view id, std::string_view name, std::string_view legend,
           const std::vector<Box>& all);

/// An errand of the person who visits, done once however often its form is sent, or once per Idempotency-Key.
Errand house_errand(const Visit& visit);
/// The page that follows an errand: `address` when it was done, else the reason why not. A program gets the same as
/// JSON: {"done": true, "repeated": …, "address": "/api…"}.
Told then(const Visit& visit, Respond respond, std::string address, std::string told);
/// The same, where what was done says where it is seen.
using AddressOf = std::function<std::string(const Answer&)>;
Told then(const Visit& visit, Respond respond, AddressOf address, std::string told);
/// The same, with a page that was made beforehand: for what is shown once. When the form was sent twice, `address`.
Told then_show(const Visit& visit, Respond respond, Response shown, std::string address);

/// What is wrong with a field: for a program; a person gets `page`, which says it at its place.
template <typename Page>
Response faulty(const Visit& visit, FieldFault fault, const Page& page) {
  return visit.api ? problem_of_field(visit.phrases, fault) : page();
}
/// The same where nothing but a sentence under a title can be shown.
Response faulty(const Visit& visit, const FieldFault& fault, std::string_view title_key, std::string_view sentence_key);
/// What a program gets once something was done; `more` adds members.
Response done_answer(bool repeated, std::string_view address, int status = 200,
                     const std::function<void(formats::JsonWriter&)>& more = {});

/// What a note of the house says besides, in words: of people, accounts, cases and procedures what they are called.
void note_details(Html& html, const Visit& visit, const ledger::HouseNote& note);

/// The number in a capture or field; zero when it is none.
std::uint32_t number_of(std::string_view text);
/// An address of ours, from a form: "/…", and nothing that a browser would read as another site's; else empty.
std::string own_address(std::string_view address);

/// What is wrong with a new password and its repetition, as a sentence; empty when nothing is.
std::string password_fault(const Visit& visit, const std::string& password, const std::string& again,
                           std::string_view email);
/// The two fields of a new password. `fault` stands at the first.
void new_password_fields(Html& html, const Visit& visit, const std::string& fault);

/// Where somebody's day begins.
std::string_view home_of(Role role);
/// "agent", in the language of the page.
std::string role_word(const Visit& visit, Role role);

}  // namespace guichet::desk
