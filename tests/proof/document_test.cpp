#include <guichet/proof/document.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::proof {
namespace {

TEST(ProofDocument, is_read_as_it_was_written) {
  const auto read = read_document(R"( {"a": [1, -2.5e3, true, null, ""], "b": {"c": "é \"\\\n<\ud83d\ude00"}} )");
  ASSERT_TRUE(read);
  const DocumentValue* list = read->find("a");
  ASSERT_TRUE(list != nullptr && list->items.size() == 5);
  EXPECT_EQ(list->items[0].text, "1");
  EXPECT_EQ(list->items[1].text, "-2.5e3");
  EXPECT_EQ(list->items[2].text, "true");
  EXPECT_EQ(list->items[3].kind, DocumentValue::Kind::null);
  const DocumentValue* inner = read->find("b");
  ASSERT_TRUE(inner != nullptr && inner->find("c") != nullptr);
  EXPECT_EQ(inner->find("c")->text, "é \"\\\n<\xF0\x9F\x98\x80");
  EXPECT_EQ(read->find("c"), nullptr);
}

TEST(ProofDocument, that_two_readers_could_read_in_two_ways_is_refused) {
  for (const char* text : {"",
                           "{",
                           "{}x",
                           "[1,]",
                           "[01]",
                           "[1.]",
                           "[.5]",
                           "[+1]",
                           "[1e]",
                           "[nul]",
                           "[NaN]",
                           "{\"a\":1,\"a\":2}",
                           "{\"a\":1,\"\\u0061\":2}",
                           "[\"\n\"]",
                           "[\"\\x\"]",
                           "[\"\\ud800\"]",
                           "[\"\\udc00\"]",
                           "[\"\xC3\"]",
                           "{a:1}",
                           "[1 2]",
                           "{\"a\" 1}",
                           "\"open",
                           "[\"\\u12\"]",
                           "// no\n1"})
    EXPECT_FALSE(read_document(text)) << text;
  EXPECT_FALSE(read_document(std::string(100'000, '[')));
}

TEST(ProofDocument, members_may_stand_in_any_order) {
  const auto a = read_document(R"({"a": 1, "b": [true, {"c": "x"}]})");
  EXPECT_TRUE(same(*a, *read_document(R"({"b":[true,{"c":"x"}],"a":1})")));
  for (const char* other : {R"({"a": 1})", R"({"a": "1", "b": [true, {"c": "x"}]})",
                            R"({"a": 1, "b": [false, {"c": "x"}]})", R"({"a": 1, "b": [true, {"c": "y"}]})"})
    EXPECT_FALSE(same(*a, *read_document(other))) << other;
}

}  // namespace
}  // namespace guichet::proof
