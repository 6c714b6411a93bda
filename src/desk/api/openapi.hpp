// The description of the API, made from the tables of routes and acts that the program itself works by.
#pragma once

#include <string>
#include <string_view>

namespace guichet::desk {

/// An OpenAPI 3.1 document, as JSON. `base_url` is where the desk is reached; may be empty.
std::string openapi_document(std::string_view base_url);

}  // namespace guichet::desk
