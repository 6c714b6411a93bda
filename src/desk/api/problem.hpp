// What the API answers with: JSON, and faults as problem details (RFC 9457, application/problem+json).
#pragma once

#include <string>
#include <string_view>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/fields.hpp>
#include <guichet/desk/http.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::desk {

Response json_answer(formats::JsonWriter& json, int status = 200);

/// `code` is a word that programs may rely on ("no_right"); `detail` a sentence for people.
Response problem(int status, std::string_view code, std::string_view detail);
/// The same for what became of an errand that was not done: refusals by their names, with the rule's sentence.
Response problem_of(const formats::Phrases& phrases, const Answer& answer);
Response ledger_trouble(const formats::Phrases& phrases);
/// A field that is wrong: 422 with the field's name and the fault's word as `code`.
Response problem_of_field(const formats::Phrases& phrases, const FieldFault& fault);
/// The same for a name or value of an address's query; `near` is a known name that was probably meant.
Response problem_of_parameter(const formats::Phrases& phrases, std::string_view code, std::string_view name,
                              std::string_view near = {});
/// A value that the parameter cannot have.
Response bad_parameter(const formats::Phrases& phrases, std::string_view name);
/// What is wrong with a field, as a sentence; one that fits any fault when the word is not known.
std::string fault_in_words(const formats::Phrases& phrases, std::string_view fault);

}  // namespace guichet::desk
