// The shapes of what the API answers, for its description: a table of names, and which address gives which. A test asks
// every address and holds what comes against its shape.
#pragma once

#include <string_view>

#include <guichet/formats/json.hpp>

namespace guichet::desk {

/// Each shape as a schema under its name, into the object that is open.
void write_answer_schemas(formats::JsonWriter& json);
/// The name of what a GET of this pattern gives; "Anything" when nothing is known of it.
std::string_view answer_of(std::string_view pattern);

}  // namespace guichet::desk
