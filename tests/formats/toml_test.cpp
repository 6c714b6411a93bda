#include <guichet/formats/toml.hpp>

#include <gtest/gtest.h>

namespace guichet::formats {
namespace {

using Kind = TomlValue::Kind;

TomlValue parsed(const std::string& text) {
  Result<TomlValue> document = parse_toml(text, "a.toml");
  EXPECT_TRUE(document) << document.error().detail;
  return document ? *std::move(document) : TomlValue{};
}

std::string error_of(const std::string& text) {
  const Result<TomlValue> document = parse_toml(text, "a.toml");
  EXPECT_FALSE(document) << text;
  return document ? "" : document.error().detail;
}

TEST(toml, values_of_every_kind_with_their_place) {
  const TomlValue document = parsed(
      "a = \"é\\n\"\n"
      "b = -3\n"
      "c = 1.5\n"
      "d = true\n"
      "e = 2026-03-02\n"
      "f = 2026-03-02T09:00:00Z\n"
      "g = [ 1, 2 ]\n"
      "[t.u]\n"
      "x = 1\n");
  ASSERT_EQ(document.kind, Kind::table);
  EXPECT_EQ(document.find("a")->text, "é\n");
  EXPECT_EQ(document.find("b")->integer, -3);
  EXPECT_EQ(document.find("c")->number, 1.5);
  EXPECT_TRUE(document.find("d")->boolean);
  EXPECT_EQ(document.find("e")->kind, Kind::date);
  EXPECT_EQ(document.find("e")->text, "2026-03-02");
  EXPECT_EQ(document.find("f")->kind, Kind::moment);
  EXPECT_EQ(document.find("g")->items.size(), 2U);
  EXPECT_EQ(document.find("g")->items[1].place.line, 7U);
  EXPECT_EQ(document.find("g")->items[1].place.column, 10U);
  const TomlValue* inner = document.find("t")->find("u");
  ASSERT_NE(inner, nullptr);
  EXPECT_EQ(inner->place.line, 8U);
  EXPECT_EQ(inner->members[0].place.line, 9U);
  EXPECT_EQ(document.find("h"), nullptr);
}

TEST(toml, keys_keep_the_order_of_the_file) {
  const TomlValue document = parsed("zebra = 1\napple = 2\nmango = 3\n");
  ASSERT_EQ(document.members.size(), 3U);
  EXPECT_EQ(document.members[0].key, "zebra");
  EXPECT_EQ(document.members[1].key, "apple");
  EXPECT_EQ(document.members[2].key, "mango");
}

TEST(toml, what_is_no_toml_is_told_with_its_place) {
  EXPECT_TRUE(error_of("a = 1\nb = = 2\n").starts_with("a.toml:2:"));
  EXPECT_EQ(error_of("a = \"\xff\"\n"), "a.toml:1:6: this byte is not UTF-8; save the file in UTF-8");
  EXPECT_EQ(error_of("# é\xff\n"), "a.toml:1:4: this byte is not UTF-8; save the file in UTF-8");
  EXPECT_NE(error_of(std::string(kTomlBytesMax + 1, ' ')).find("larger than 1 MiB"), std::string::npos);
  EXPECT_TRUE(parse_toml(std::string(kTomlBytesMax, ' '), "a.toml"));
}

// Texts that the library asserts never to see.
TEST(toml, a_name_that_is_none_is_an_error_with_its_line) {
  const std::string remedy = "this is not TOML; write key = value, or the name of a table in brackets";
  EXPECT_EQ(error_of("a = 1\n[/b]\nc = 1\n"), "a.toml:2:1: " + remedy);
  EXPECT_EQ(error_of("a = 1\n[/b]"), "a.toml:2:1: " + remedy);
  EXPECT_EQ(error_of("[[*]]"), "a.toml:1:1: " + remedy);
}

TEST(toml, letters_with_accents_belong_in_quotes) {
  for (const std::string letter : {"§", "é", "ſ", "\u1681", "\u2070"}) {
    EXPECT_TRUE(error_of(letter + " = 1").starts_with("a.toml:1:1: ")) << letter;
    EXPECT_TRUE(error_of("a = { " + letter + " }").starts_with("a.toml:1:")) << letter;
    EXPECT_TRUE(error_of("a = 1 " + letter).starts_with("a.toml:1:")) << letter;
    EXPECT_EQ(parsed("\"" + letter + "\" = \"\"\"\\\n" + letter + "\"\"\" # " + letter).find(letter)->text, letter);
  }
}

TEST(toml, deep_nesting_is_refused_not_followed) {
  EXPECT_TRUE(error_of("a = " + std::string(100'000, '[')).starts_with("a.toml:1:"));
  std::string tables = "a";
  for (int i = 0; i < 100'000; ++i) tables += " . a";
  EXPECT_NE(error_of("[" + tables + "]").find("64 dots"), std::string::npos);
  // As deep as is let in: 32 inline tables of 64 dots each.
  std::string deep;
  for (int level = 0; level < 30; ++level) {
    deep += level == 0 ? "" : "{ ";
    for (int i = 0; i < 60; ++i) deep += "a.";
    deep += "a = ";
  }
  deep += "1";
  for (int level = 1; level < 30; ++level) deep += " }";
  EXPECT_TRUE(parse_toml(deep, "a.toml"));
}

TEST(toml, quoting_is_undone_by_reading) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  all += "é€😀";
  EXPECT_EQ(parsed("a = " + toml_quoted(all)).find("a")->text, all);
}

TEST(toml, the_nearest_word) {
  const std::vector<std::string> known{"allowance", "calendar", "reminders", "by", "id"};
  EXPECT_EQ(nearest_word("alowance", known), "allowance");
  EXPECT_EQ(nearest_word("allowence", known), "allowance");
  EXPECT_EQ(nearest_word("remind", known), "reminders");
  EXPECT_EQ(nearest_word("bye", known), "by");
  EXPECT_EQ(nearest_word("zone", known), "");
  EXPECT_EQ(nearest_word("", known), "");
  EXPECT_EQ(nearest_word("x", known), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), known), "");
}

TEST(toml, a_table_gathers_all_its_faults_in_order) {
  const TomlValue document =
      parsed("number = 12\ntext = 3\nflag = \"yes\"\nword = \"blu\"\nwords = [\"red\", 4]\nextra = 1\n");
  TomlFaults faults;
  TomlTable table{&document, "", {}, faults};
  constexpr std::array<std::string_view, 2> kColours{"red", "blue"};
  EXPECT_EQ(table.whole("number", 0, 10, 7), 7);
  EXPECT_EQ(table.text("text", "fallback"), "fallback");
  EXPECT_TRUE(table.flag("flag", true));
  EXPECT_EQ(table.choice("word", kColours, 1), 1U);
  EXPECT_EQ(table.choices("words", kColours, 0), 1U);
  table.require("needed", "needed = 1");
  table.finish();
  EXPECT_EQ(
      faults.error("a.toml").detail,
      "a.toml:1:1: needed is missing; write needed = 1\n"
      "a.toml:1:10: number is 12; write a whole number from 0 to 10\n"
      "a.toml:2:8: text is a whole number; write a text in quotes\n"
      "a.toml:3:8: flag is a text in quotes; write true or false\n"
      "a.toml:4:8: word is \"blu\"; write one of \"red\", \"blue\"\n"
      "a.toml:5:17: words holds a whole number; write some of \"red\", \"blue\"\n"
      "a.toml:6:1: unknown key \"extra\"; known here: \"flag\", \"needed\", \"number\", \"text\", \"word\", \"words\"");
}

TEST(toml, a_table_that_is_absent_reads_as_an_empty_one) {
  TomlFaults faults;
  TomlTable table{nullptr, "", {}, faults};
  TomlTable inner = table.table("inner");
  EXPECT_FALSE(inner.present());
  EXPECT_EQ(inner.text("a", "b"), "b");
  EXPECT_TRUE(inner.texts("c").empty());
  inner.each("d", [](const TomlTable&) { FAIL(); });
  inner.finish();
  EXPECT_TRUE(faults.none());
}

TEST(toml, a_recording_table_names_what_it_was_asked_for) {
  TomlFaults faults;
  std::set<std::string> known;
  TomlTable table{nullptr, "", {}, faults, &known};
  table.require("name", "a name");
  table.each("entry", [](TomlTable entry) { entry.text("id"); });
  table.each_named("group", [](const std::string& name, TomlTable group) {
    EXPECT_EQ(name, "NAME");
    group.flag("on", false);
  });
  EXPECT_EQ(known, (std::set<std::string>{"name", "entry", "entry.id", "group", "group.NAME.on"}));
  EXPECT_TRUE(faults.none());
}

}  // namespace
}  // namespace guichet::formats
