#include <guichet/desk/fields.hpp>

#include <gtest/gtest.h>

#include <string>

#include <guichet/base/random.hpp>
#include <guichet/base/utf8.hpp>

namespace guichet::desk {
namespace {

Request sent(std::string type, std::string body) {
  Request request;
  request.headers = {{"content-type", std::move(type)}};
  request.body = std::move(body);
  return request;
}

Fields read(const std::string& type, const std::string& body) {
  auto fields = Fields::of(sent(type, body));
  EXPECT_TRUE(fields) << (fields ? "" : fields.error().detail);
  return fields ? *fields : Fields();
}

std::string fault(const std::string& type, const std::string& body) {
  const auto fields = Fields::of(sent(type, body));
  return fields ? "none" : fields.error().detail;
}

const std::string kForm = "application/x-www-form-urlencoded";
const std::string kParts = "multipart/form-data; boundary=\"-- cut\"";
const std::string kJson = "application/json";

std::string part(std::string_view head, std::string_view body) {
  return "---- cut\r\n" + std::string(head) + "\r\n\r\n" + std::string(body) + "\r\n";
}
std::string named(std::string_view disposition, std::string_view body) {
  return part("Content-Disposition: form-data; " + std::string(disposition), body);
}
const std::string kEnd = "---- cut--\r\n";

TEST(Fields, forms_are_names_and_values) {
  const Fields fields = read(kForm + "; charset=UTF-8", "text=Bonjour+%C3%A9%0D%0A&tick=on&tick=&tick=b&bad=%FF");
  EXPECT_EQ(fields.text("text"), "Bonjour é");
  EXPECT_EQ(fields.raw("text"), "Bonjour é\r\n");
  EXPECT_EQ(fields.all("tick"), (std::vector<std::string>{"on", "b"}));
  EXPECT_EQ(fields.text("bad"), "\uFFFD");
  EXPECT_TRUE(fields.has("tick"));
  EXPECT_FALSE(fields.has("tock"));
  EXPECT_EQ(fields.text("tock"), "");
  std::string many = "a=1";
  for (int i = 1; i < 1000; ++i) many += "&a=1";
  EXPECT_EQ(read(kForm, many).values().size(), 1000U);
  EXPECT_EQ(fault(kForm, many + "&a=1"), "the form has more than 1000 fields; send it in several");
}

TEST(Fields, an_empty_body_has_none_and_an_unknown_one_is_refused) {
  EXPECT_TRUE(Fields::of(Request{})->values().empty());
  EXPECT_TRUE(read("image/png", "").values().empty());
  EXPECT_EQ(fault("text/plain", "a=1"),
            "a body of type \"text/plain\" cannot be read; send application/json, "
            "application/x-www-form-urlencoded or multipart/form-data");
  Request untyped;
  untyped.body = "a=1";
  EXPECT_FALSE(Fields::of(untyped));
}

TEST(Fields, texts_are_trimmed_and_their_lines_made_one_kind) {
  Fields fields;
  fields.add("t", " \u00A0\r\n one\r\ntwo\rthree\n\tfour\x01\x7F \u202F\r\n");
  fields.add("odd", "a\xFF");
  EXPECT_EQ(fields.text("t"), "one\ntwo\nthree\n\tfour");
  EXPECT_EQ(fields.text("odd"), "a\uFFFD");
  fields.add("blank", " \r\n\u00A0 ");
  EXPECT_EQ(fields.text("blank"), "");
}

TEST(Fields, ticks_and_numbers_are_read) {
  Fields fields;
  for (const auto* word : {"on", "1", "true", "yes", "off", "", "0", "ON"}) fields.add(std::string("c") + word, word);
  EXPECT_TRUE(fields.checked("con") && fields.checked("c1") && fields.checked("ctrue") && fields.checked("cyes"));
  EXPECT_FALSE(fields.checked("coff") || fields.checked("c") || fields.checked("c0") || fields.checked("absent"));
  const auto number = [](std::string_view text) {
    Fields one;
    one.add("n", std::string(text));
    return one.number("n");
  };
  EXPECT_EQ(number(" 42 "), 42);
  EXPECT_EQ(number("-7"), -7);
  for (const std::string_view text : {"", "1.5", "1e3", "+1", "0x1", "1 000", "99999999999999999999", "a"})
    EXPECT_FALSE(number(text)) << text;
}

TEST(Fields, amounts_are_read_as_people_write_them) {
  const auto cents = [](std::string_view text) {
    Fields one;
    one.add("n", std::string(text));
    return one.cents("n");
  };
  EXPECT_EQ(cents("1 234,56"), 123456U);
  EXPECT_EQ(cents("1234.56"), 123456U);
  EXPECT_EQ(cents("1\u202F234,5 €"), 123450U);
  EXPECT_EQ(cents("1.234,56"), 123456U);
  EXPECT_EQ(cents("1,234.56"), 123456U);
  EXPECT_EQ(cents("1'234.50"), 123450U);
  EXPECT_EQ(cents("1,234,567"), 123456700U);
  EXPECT_EQ(cents("12"), 1200U);
  EXPECT_EQ(cents("0,05"), 5U);
  EXPECT_EQ(cents("0"), 0U);
  for (const std::string_view text : {"", "-1", "1,234", "1.234", "12,", ",5", "1.2.3", "1,23.45", "12,345,6.7", "a",
                                      "1e3", "42949672.96", "99999999999", "1..2", "€"})
    EXPECT_FALSE(cents(text)) << text;
  EXPECT_EQ(cents("42949672.95"), 4294967295U);
}

TEST(Fields, forms_with_files_are_taken_apart) {
  const Fields fields =
      read(kParts, "a preamble that nobody reads\r\n" + named("name=\"text\"", "ligne 1\r\n--- cut\r\nligne 3") +
                       part("content-type: image/PNG; x=1\r\nX-Odd: 1\r\ncontent-disposition: form-data; name=file; "
                            "filename=\"photo \\\"1\\\".png\"",
                            std::string("\x89PNG\r\n\x1A\n\0", 9)) +
                       named("name=\"none\"; filename=\"\"", "") + named("name=\"empty\"", "") +
                       named("name=\"a%22b\"", "\xFF") + kEnd + "and behind it");
  EXPECT_EQ(fields.values(),
            (NamedValues{{"text", "ligne 1\r\n--- cut\r\nligne 3"}, {"empty", ""}, {"a\"b", "\uFFFD"}}));
  ASSERT_EQ(fields.files().size(), 1U);
  const SentFile& file = fields.files()[0];
  EXPECT_EQ(file.field, "file");
  EXPECT_EQ(file.name, "photo \"1\".png");
  EXPECT_EQ(file.media_type, "image/png");
  EXPECT_EQ(file.body, std::string("\x89PNG\r\n\x1A\n\0", 9));
  EXPECT_TRUE(read(kParts, kEnd).values().empty());
}

TEST(Fields, file_names_are_the_last_segment_of_what_is_sent) {
  const auto name_of = [](std::string_view disposition) {
    const Fields fields = read(kParts, named("name=f; " + std::string(disposition), "x") + kEnd);
    return fields.files().size() == 1 ? fields.files()[0].name : std::string("no file");
  };
  EXPECT_EQ(name_of(R"(filename="C:\Users\ann\r.pdf")"), "r.pdf");
  EXPECT_EQ(name_of("filename=\"../../etc/passwd\""), "passwd");
  EXPECT_EQ(name_of("filename=\"..\""), "file");
  EXPECT_EQ(name_of("filename=\"a/\""), "file");
  EXPECT_EQ(name_of("filename=\"\""), "file");
  EXPECT_EQ(name_of("filename=\" a\tb\x01.txt \""), "ab.txt");
  EXPECT_EQ(name_of("filename=\"a%0D%0Ab.txt\""), "ab.txt");
  EXPECT_EQ(name_of("filename=\"exe.\u202Egpj.exe\""), "exe.gpj.exe");
  EXPECT_EQ(name_of("filename=plain.txt"), "plain.txt");
  EXPECT_EQ(name_of("filename=\"caf\xE9.txt\""), "caf\uFFFD.txt");
  EXPECT_EQ(name_of("filename=\"a.txt\"; filename*=UTF-8''r%C3%A9clamation+1.pdf"), "réclamation+1.pdf");
  EXPECT_EQ(name_of("filename*=iso-8859-1'fr'r%E9cit.txt"), "récit.txt");
  EXPECT_EQ(name_of("filename*=UTF-8''..%2F..%2Fx.txt"), "x.txt");
  EXPECT_EQ(name_of("filename=\"a.txt\"; filename*=klingon''b.txt"), "a.txt");
  EXPECT_EQ(name_of("filename=\"a;b=c.txt\""), "a;b=c.txt");
  const std::string cut = name_of("filename=\"" + std::string(4000, 'n') + ".jpeg\"");
  EXPECT_LE(cut.size(), 200U);
  EXPECT_TRUE(cut.ends_with("n….jpeg")) << cut;
}

TEST(Fields, broken_forms_are_told_where) {
  const std::string good = named("name=a", "1");
  EXPECT_EQ(fault("multipart/form-data", good), "the type of the form names no boundary of 1 to 70 signs");
  EXPECT_EQ(fault("multipart/form-data; boundary=" + std::string(71, 'x'), good),
            "the type of the form names no boundary of 1 to 70 signs");
  EXPECT_EQ(fault(kParts, "no boundary at all"), "the form holds no boundary; its type names another one");
  EXPECT_EQ(fault(kParts, good), "part 1 of the form has no boundary behind it; the form was cut off on its way");
  EXPECT_EQ(fault(kParts, good + "---- cut\r\nContent-Disposition: form-data; name=a\r\n"),
            "part 2 of the form has a head without an end");
  EXPECT_EQ(fault(kParts, "---- cut\r\nContent-Disposition: form-data; name=a\r\n\r\n1"),
            "part 1 of the form has no boundary behind it; the form was cut off on its way");
  EXPECT_EQ(fault(kParts, good + "---- cut oh\r\n"), "byte 63 of the form: a boundary is not the end of its line");
  EXPECT_EQ(fault(kParts, part("Content-Type: text/plain", "x") + kEnd), "part 1 of the form has no name");
  EXPECT_EQ(fault(kParts, part("Content-Disposition: attachment; name=a", "x") + kEnd),
            "part 1 of the form has no name");
  EXPECT_EQ(fault(kParts, good + part("no colon", "x") + kEnd), "part 2 of the form has a header without a name");
  EXPECT_EQ(fault(kParts, part("X: " + std::string(9000, 'x'), "x") + kEnd),
            "part 1 of the form has a head without an end");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += good;
  EXPECT_EQ(read(kParts, many + kEnd).values().size(), 1000U);
  EXPECT_EQ(fault(kParts, many + good + kEnd), "the form has more than 1000 parts; send it in several");
}

TEST(Fields, documents_are_fields_too) {
  const Fields fields = read(kJson + "; charset=utf-8",
                             R"({"text": "é\n", "count": 3, "amount": 12.5, "yes": true, "no": false, "nothing": null,
          "tags": ["a", 2, true], "files": [{"name": "x/a.txt", "media_type": "text/plain", "base64": "SGk="}]})");
  EXPECT_EQ(fields.values(), (NamedValues{{"text", "é\n"},
                                          {"count", "3"},
                                          {"amount", "12.5"},
                                          {"yes", "true"},
                                          {"no", "false"},
                                          {"tags", "a"},
                                          {"tags", "2"},
                                          {"tags", "true"}}));
  EXPECT_EQ(fields.cents("amount"), 1250U);
  ASSERT_EQ(fields.files().size(), 1U);
  EXPECT_EQ(fields.files()[0].name, "a.txt");
  EXPECT_EQ(fields.files()[0].body, "Hi");
  EXPECT_EQ(read("application/merge-patch+json", R"({"a": "b"})").text("a"), "b");
}

TEST(Fields, files_in_documents_are_base64) {
  const auto body = [](std::string_view coded) {
    const auto fields = Fields::of(sent(kJson, R"({"f": {"name": "a", "base64": ")" + std::string(coded) + "\"}}"));
    return fields ? fields->files()[0].body : "refused";
  };
  EXPECT_EQ(body(""), "");
  EXPECT_EQ(body("Zg=="), "f");
  EXPECT_EQ(body("Zm8="), "fo");
  EXPECT_EQ(body("Zm9v"), "foo");
  EXPECT_EQ(body("Zm9vYg"), "foob");
  EXPECT_EQ(body("Zm9v\\r\\nYmFy"), "foobar");
  EXPECT_EQ(body("/+8="), "\xFF\xEF");
  for (const std::string_view bad : {"Z", "Zg=", "Zg===", "=Zg=", "Zm9v=", "Z g=", "Zm8_", "é"})
    EXPECT_EQ(body(bad), "refused") << bad;
}

TEST(Fields, documents_of_another_shape_are_refused) {
  EXPECT_EQ(fault(kJson, "[1]"), "body:1:1: the document is no object; write {\"name\": \"value\"}");
  EXPECT_EQ(fault(kJson, "{\"a\": }"), "body:1:7: not JSON: syntax error");
  EXPECT_EQ(fault(kJson, R"({"a": [[1]]})"), "\"a\" is a list of lists; write a list of texts");
  EXPECT_EQ(fault(kJson, R"({"a": {"b": 1}})"),
            R"("a" is no file; write {"name": "a.pdf", "media_type": "application/pdf", "base64": "…"})");
  std::string many = "{\"a\": [0";
  for (int i = 1; i < 1000; ++i) many += ",0";
  EXPECT_EQ(read(kJson, many + "]}").values().size(), 1000U);
  EXPECT_EQ(fault(kJson, many + ",0]}"), "the document has more than 1000 values; send it in several");
}

TEST(Fields, any_form_comes_back_as_it_was_filled_in) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const auto bytes = [&](std::uint32_t below) {
      std::string out;
      for (std::uint32_t n = random.below(200); n > 0; --n) out += static_cast<char>(random.below(below));
      return out;
    };
    NamedValues values;
    std::string body;
    std::string urlencoded;
    std::vector<std::string> files;
    for (std::uint32_t n = random.below(8); n > 0; --n) {
      const std::string key = "k" + std::to_string(n);
      if (random.below(2) == 0) {
        values.emplace_back(key, bytes(128));
        body += named("name=\"" + key + "\"", values.back().second);
        urlencoded += "&" + url_encoded(key) + "=" + url_encoded(values.back().second);
      } else {
        files.push_back(bytes(256));
        body += named("name=\"" + key + "\"; filename=\"a\"", files.back());
      }
    }
    const Fields fields = read(kParts, body + kEnd);
    ASSERT_EQ(fields.values(), values) << "seed " << seed;
    ASSERT_EQ(fields.files().size(), files.size()) << "seed " << seed;
    for (std::size_t i = 0; i < files.size(); ++i) ASSERT_EQ(fields.files()[i].body, files[i]) << "seed " << seed;
    ASSERT_EQ(read(kForm, urlencoded).values(), values) << "seed " << seed;
  }
}

}  // namespace
}  // namespace guichet::desk
