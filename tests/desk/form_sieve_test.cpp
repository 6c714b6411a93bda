#include <guichet/desk/form_sieve.hpp>

#include <gtest/gtest.h>

#include <string>

#include <guichet/base/random.hpp>
#include <guichet/desk/fields.hpp>

namespace guichet::desk {
namespace {

Request posted(std::string body = {}, const std::string& boundary = "cut") {
  Request request;
  request.method = Method::post;
  request.headers = {{"accept", "text/html,application/xhtml+xml"},
                     {"content-type", "multipart/form-data; boundary=" + boundary}};
  request.body = std::move(body);
  return request;
}

std::string part(const std::string& disposition, const std::string& body) {
  return "--cut\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n";
}
const std::string kEnd = "--cut--\r\n";

/// What is left of `form` when it comes in pieces of at most `most` bytes; "broken" when it is no form.
std::string sifted(const std::string& form, std::uint64_t seed, std::uint32_t most) {
  Random random(seed, 1);
  FormSieve sieve("cut");
  std::string kept;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t size = 1 + random.below(most);
    if (!sieve.feed(std::string_view(form).substr(at, size), kept)) return "broken";
    at += size;
  }
  return kept;
}

TEST(FormSieve, words_are_kept_and_files_are_left_out) {
  const std::string form = "a preamble\r\n" + part("name=\"body\"", "line one\r\n--cu\r\nline two") +
                           part("name=\"files\"; filename=\"film.mp4\"", std::string(5000, '#') + "\r\n--cu") +
                           part("name=\"files\"; filename*=UTF-8''b.txt", "1234") + part("name=\"empty\"", "") +
                           part("name=\"files\"; filename=\"\"", "") + part("name=\"after\"", "still here") + kEnd +
                           "an epilogue";
  for (const std::uint32_t most : {1U, 2U, 7U, 100U, 100'000U}) {
    const std::string kept = sifted(form, 7, most);
    EXPECT_EQ(kept.find('#'), std::string::npos);
    Request request = posted(kept);
    request.files_left_out = true;
    const auto fields = Fields::of(request);
    ASSERT_TRUE(fields) << fields.error().detail << "\n" << kept;
    EXPECT_EQ(fields->raw("body"), "line one\r\n--cu\r\nline two");
    EXPECT_EQ(fields->raw("after"), "still here");
    EXPECT_TRUE(fields->has("empty"));
    ASSERT_EQ(fields->files().size(), 2U);
    for (const SentFile& file : fields->files()) {
      EXPECT_EQ(file.body, "");
      EXPECT_TRUE(file.left_out);
    }
    EXPECT_EQ(fields->files()[0].name, "film.mp4");
    EXPECT_EQ(fields->files()[1].name, "b.txt");
  }
}

TEST(FormSieve, a_form_of_words_is_what_it_was_however_it_is_cut) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed, 2);
    std::string form;
    for (std::uint32_t parts = random.below(5); parts > 0; --parts) {
      std::string words;
      // Signs of which a boundary is made, so that much looks like one.
      for (std::uint32_t signs = random.below(60); signs > 0; --signs) words += "\r\n-cut "[random.below(7)];
      if (words.find("\r\n--cut") == std::string::npos) form += part("name=\"w\"", words);
    }
    form += kEnd;
    EXPECT_EQ(sifted(form, seed, 1 + random.below(40)), form);
  }
}

TEST(FormSieve, what_is_no_form_is_said_to_be_none) {
  EXPECT_EQ(sifted("--cut and more\r\n", 1, 50), "broken");
  EXPECT_EQ(sifted("--cut\r\n" + std::string(20'000, 'h'), 1, 1000), "broken");
  EXPECT_EQ(sifted("--cut" + std::string(5'000, ' ') + "\r\n", 1, 1000), "broken");
  // Nothing begins, so nothing is kept, however long it is.
  EXPECT_EQ(sifted(std::string(100'000, 'n'), 1, 1000), "");
}

TEST(FormSieve, only_a_form_of_a_page_is_read_on) {
  EXPECT_TRUE(FormSieve::of(posted()));
  Request program = posted();
  program.headers[0].second = "*/*";
  EXPECT_FALSE(FormSieve::of(program));
  Request put = posted();
  put.method = Method::put;
  EXPECT_FALSE(FormSieve::of(put));
  Request json = posted();
  json.headers[1].second = "application/json";
  EXPECT_FALSE(FormSieve::of(json));
  EXPECT_FALSE(FormSieve::of(posted({}, "")));
  EXPECT_FALSE(FormSieve::of(posted({}, std::string(71, 'b'))));
}

}  // namespace
}  // namespace guichet::desk
