#include <guichet/formats/json.hpp>

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <string>

namespace guichet::formats {
namespace {

std::string fault(std::string_view text) {
  const auto value = parse_json(text, "d.json");
  return value ? "none" : value.error().detail;
}

TEST(Json, documents_become_values) {
  const auto value = parse_json(R"({"a": [1, -2.5, "x\u00e9", true, null], "b": {}, "a2": 18446744073709551615})", "d");
  ASSERT_TRUE(value);
  const JsonValue* a = value->find("a");
  ASSERT_NE(a, nullptr);
  ASSERT_EQ(a->items.size(), 5U);
  EXPECT_EQ(a->items[0].integer, 1);
  EXPECT_EQ(a->items[0].number, 1.0);
  EXPECT_EQ(a->items[1].number, -2.5);
  EXPECT_EQ(a->items[2].text, "xé");
  EXPECT_TRUE(a->items[3].boolean);
  EXPECT_EQ(a->items[4].kind, JsonValue::Kind::null);
  EXPECT_EQ(value->find("b")->kind, JsonValue::Kind::object);
  EXPECT_EQ(value->find("a2")->number, 18446744073709551615.0);
  EXPECT_EQ(value->find("c"), nullptr);
}

TEST(Json, faults_have_line_and_column) {
  EXPECT_EQ(fault("{\n  \"é\": tru }"), "d.json:2:8: not JSON: syntax error");
  EXPECT_EQ(fault(""), "d.json:1:1: not JSON: incomplete JSON");
  EXPECT_EQ(fault("[1] 2"), "d.json:1:5: not JSON: extra data");
  EXPECT_NE(fault(std::string(100'000, '[')).find("d.json:1:"), std::string::npos);
  EXPECT_NE(fault("\"\xFF\""), "none");
  EXPECT_EQ(fault(std::string(256, '[') + std::string(256, ']')), "none");
}

TEST(Json, pages_are_written_the_same_way_every_time) {
  JsonWriter json;
  json.begin_object().key("n").value(std::uint64_t{3}).key("share").value(1.0 / 3.0, 4).key("whole").value(2.0);
  json.key("list").begin_array().value("a<b\"\n\x01").null().value(true).end_array();
  json.key("none").begin_array().end_array().key("nan").value(std::numeric_limits<double>::quiet_NaN());
  json.key("zero").value(-0.0000001).end_object();
  EXPECT_EQ(json.take(), R"({
  "n": 3,
  "share": 0.3333,
  "whole": 2,
  "list": [
    "a\u003cb\"\n\u0001",
    null,
    true
  ],
  "none": [],
  "nan": null,
  "zero": 0
}
)");
  JsonWriter line(0);
  line.begin_object().key("a").begin_array().value(1).value(2).end_array().end_object();
  EXPECT_EQ(line.take(), R"({"a":[1,2]})");
}

TEST(Json, what_is_written_reads_back) {
  std::string text = "\xF0\x9F\x98\x80 é \\ / ";
  for (char c = 1; c < 0x20; ++c) text += c;
  const auto back = parse_json(json_quoted(text), "d");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text, text);
  const auto repaired = parse_json(json_quoted("\xFF"), "d");
  ASSERT_TRUE(repaired);
  EXPECT_EQ(repaired->text, "\xEF\xBF\xBD");
}

TEST(Json, exact_numbers_read_back_as_themselves) {
  for (const double number : {1.0 / 3.0, 0.1, 1e-7, 4.6e18, 123456.0, -2.5e-300}) {
    const std::string text = JsonWriter(0).exact(number).take();
    double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    EXPECT_EQ(read, number) << text;
  }
  EXPECT_EQ(JsonWriter(0).exact(0.25).take(), "0.25");
  EXPECT_EQ(JsonWriter(0).exact(std::numeric_limits<double>::quiet_NaN()).take(), "null");
}

}  // namespace
}  // namespace guichet::formats
