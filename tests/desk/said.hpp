// What the API answered, read again: a value that is not there is told apart from any that is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <guichet/desk/http.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {

inline formats::JsonValue json_of(const Response& response) {
  auto said = formats::parse_json(response.body, "answer");
  EXPECT_TRUE(said) << response.status << " " << response.body;
  return said ? *said : formats::JsonValue{};
}
inline std::int64_t number(const formats::JsonValue& value, std::string_view key) {
  const auto* found = value.find(key);
  return found != nullptr ? found->integer : -1;
}
inline std::string text(const formats::JsonValue& value, std::string_view key) {
  const auto* found = value.find(key);
  return found != nullptr ? found->text : "(absent)";
}

}  // namespace guichet::desk
