#include <guichet/desk/request_reader.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <guichet/base/random.hpp>

namespace guichet::desk {
namespace {

using Stage = RequestReader::Stage;

/// What is read of `bytes`: "GET /path body", "head", "body", or the status and reason of the refusal.
std::string told(std::string_view bytes, const ReadLimits& limits = {}) {
  RequestReader reader(limits);
  reader.feed(bytes);
  switch (reader.stage()) {
    case Stage::head: return "head";
    case Stage::body: return "body";
    case Stage::refused: return std::to_string(reader.status()) + " " + std::string(reader.why());
    case Stage::complete: break;
  }
  const Request& request = reader.request();
  return std::string(name(request.method)) + " " + request.path + " " + request.body;
}

int status(std::string_view bytes, const ReadLimits& limits = {}) {
  RequestReader reader(limits);
  reader.feed(bytes);
  return reader.stage() == Stage::refused ? reader.status() : 0;
}

TEST(RequestReader, a_request_is_read_to_its_end) {
  RequestReader reader({});
  const std::string first =
      "POST /cases/7?x=1 HTTP/1.1\r\nHost: desk.example\r\nX-Odd:\t a b \r\nCookie: a=1; b=2\r\nCONTENT-length: "
      "3\r\n\r\nabc";
  EXPECT_EQ(reader.feed(first + "GET / HTTP/1.1\r\n"), first.size());
  ASSERT_EQ(reader.stage(), Stage::complete);
  const Request& request = reader.request();
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.path, "/cases/7");
  EXPECT_EQ(request.query, (NamedValues{{"x", "1"}}));
  EXPECT_EQ(*request.header("x-odd"), "a b");
  EXPECT_EQ(request.cookies, (NamedValues{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(request.body, "abc");
  EXPECT_TRUE(reader.keep_alive());
  reader.reset();
  EXPECT_FALSE(reader.started());
  reader.feed("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(reader.stage(), Stage::complete);
  EXPECT_EQ(reader.request().path, "/b");
  EXPECT_TRUE(reader.request().body.empty() && reader.request().cookies.empty() && reader.request().query.empty());
  EXPECT_EQ(reader.request().headers.size(), 1U);
}

TEST(RequestReader, connections_are_kept_as_the_version_says) {
  const auto kept = [](std::string_view version, std::string_view header) {
    RequestReader reader({});
    reader.feed("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(header) + "\r\n");
    EXPECT_EQ(reader.stage(), Stage::complete);
    return reader.keep_alive();
  };
  EXPECT_TRUE(kept("1.1", ""));
  EXPECT_FALSE(kept("1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(kept("1.1", "Connection: upgrade ,close, x\r\nUpgrade: h2c\r\n"));
  EXPECT_FALSE(kept("1.0", ""));
  EXPECT_TRUE(kept("1.0", "Connection: keep-alive\r\n"));
  EXPECT_FALSE(kept("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestReader, bodies_come_in_chunks_too) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n";
  EXPECT_EQ(told(head + "3\r\nabc\r\n00A;ext=1\r\n0123456789\r\n0\r\n\r\n"), "POST / abc0123456789");
  EXPECT_EQ(told(head + "1\r\na\r\n0\r\nDigest: x\r\nOther:\r\n\r\n"), "POST / a");
  EXPECT_EQ(told(head + "3\r\nabc\r\n"), "body");
  for (const std::string bad : {"x\r\n", "\r\n", "-1\r\n", "0x1\r\n", " 1\r\na", "1 \r\na", "1\na\r\n0\r\n\r\n",
                                "1\r\nab\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "10000000000000000\r\n", "1;\x01\r\n",
                                "1;a=\"b\"\r\n", "1; a\r\n", "0\r\nno colon\r\n\r\n", "0\r\n: x\r\n\r\n",
                                "0\r\na b: x\r\n\r\n", "0\r\nContent-Length: 3\r\n\r\n", "0\r\nHOST: b\r\n\r\n"})
    EXPECT_EQ(status(head + bad), 400) << bad;
  EXPECT_EQ(status(head + std::string(2000, '1')), 400);
  EXPECT_EQ(status(head + "1;" + std::string(2000, 'x')), 400);
}

TEST(RequestReader, what_two_programs_could_read_differently_is_refused) {
  const auto with = [](std::string_view headers) {
    return status("POST / HTTP/1.1\r\n" + std::string(headers) + "\r\n0\r\n\r\n");
  };
  EXPECT_EQ(with("Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: 3, 3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: +3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: 0x3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: -3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length:\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length : 3\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"), 501);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: \vchunked\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: identity\r\n"), 501);
  EXPECT_EQ(with("Host: a\r\nHost: a\r\n"), 400);
  EXPECT_EQ(with("Host: a b\r\n"), 400);
  EXPECT_EQ(with("Host: a/b\r\n"), 400);
  EXPECT_EQ(with("X: y\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nX: 1\r\n folded\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nX: 1\nY: 2\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nX: 1\rY: 2\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nX\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\n: 1\r\n"), 400);
  EXPECT_EQ(with(std::string_view("Host: a\r\nX: 1\0\r\n", 17)), 400);
  EXPECT_EQ(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n"), 0);
}

TEST(RequestReader, first_lines_are_held_to_their_form) {
  EXPECT_EQ(status("GET /\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("G(T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /../etc HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / http/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(status("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
  EXPECT_EQ(status("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
  EXPECT_EQ(status("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
}

TEST(RequestReader, what_cannot_become_a_request_is_refused_early) {
  EXPECT_EQ(status("\x16\x03\x01"), 400);  // TLS
  EXPECT_EQ(status("\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(status(std::string_view("GET /\0", 6)), 400);
  EXPECT_EQ(told("\r\n"), "head");
  EXPECT_EQ(told("\r"), "head");
  EXPECT_EQ(told("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "GET / ");
  EXPECT_EQ(status("\r\n\r\n\r\n\r\n\r\n\r\n"), 400);
}

TEST(RequestReader, a_refused_head_still_says_in_which_language_and_to_whom) {
  const std::string rest = "\r\nHost: desk.example\r\nAccept-Language: fr\r\nCookie: language=en\r\n\r\n";
  for (const auto& [first, status] : {std::pair{"GET /api/" + std::string(20'000, 'a') + " HTTP/1.1", 414},
                                      {std::string("GET /api/%zz HTTP/1.1"), 400},
                                      {std::string("GET /api/x HTTP/1.1\r\nno colon"), 400}}) {
    RequestReader reader({});
    reader.feed(first + rest);
    ASSERT_EQ(reader.stage(), Stage::refused);
    EXPECT_EQ(reader.status(), status);
    const Request& request = reader.request();
    EXPECT_TRUE(request.path.starts_with("/api/")) << request.path.substr(0, 40);
    ASSERT_NE(request.header("accept-language"), nullptr) << status;
    EXPECT_EQ(*request.header("accept-language"), "fr");
    EXPECT_EQ(request.cookies, (NamedValues{{"language", "en"}}));
  }
}

TEST(RequestReader, limits_are_named) {
  ReadLimits limits;
  limits.target_bytes_max = 100;
  limits.header_bytes_max = 500;
  limits.headers_max = 3;
  limits.body_bytes_max = 10;
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status("GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", limits), 414);
  EXPECT_EQ(status("GET /" + std::string(200, 'a'), limits), 414);
  EXPECT_EQ(status("GET /" + std::string(9000, 'a'), limits), 414);
  EXPECT_EQ(status(start + "X: " + std::string(500, 'a') + "\r\n\r\n", limits), 431);
  EXPECT_EQ(status(start + "X: " + std::string(500, 'a'), limits), 431);
  EXPECT_EQ(status(start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits), 431);
  EXPECT_EQ(status(start + "A: 1\r\nB: 2\r\n\r\n", limits), 0);
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status(post + "Content-Length: 11\r\n\r\n", limits), 413);
  EXPECT_EQ(status(post + "Content-Length: 99999999999999999999999\r\n\r\n", limits), 413);
  EXPECT_EQ(told(post + "Content-Length: 10\r\n\r\n0123456789", limits), "POST / 0123456789");
  EXPECT_EQ(status(post + "Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n3\r\n", limits), 413);
  std::string trailer = post + "Transfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 200; ++i) trailer += "A: 1\r\n";
  EXPECT_EQ(status(trailer, limits), 431);
  EXPECT_EQ(status(post + "Expect: a miracle\r\nContent-Length: 1\r\n\r\n"), 417);
}

/// A hall with room for 300 kB, in which only "/known" may be long.
class Hall final : public BodyRoom {
 public:
  std::uint64_t bytes_max(const Request& head) override {
    ++asked;
    return head.path == "/known" && find(head.cookies, "who") != nullptr ? 1'000'000 : kSmallBody;
  }
  bool take(std::uint64_t bytes) override {
    if (taken + bytes > 300'000) return false;
    taken += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) override { taken -= bytes; }

  std::uint64_t taken = 0;
  int asked = 0;
};

std::string long_post(const std::string& path, std::size_t bytes) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nCookie: who=ann\r\nContent-Length: " + std::to_string(bytes) +
         "\r\n\r\n";
}

TEST(RequestReader, who_may_send_nothing_long_is_refused_before_it_takes_room) {
  Hall hall;
  const ReadLimits limits{.room = &hall};
  EXPECT_EQ(status(long_post("/signin", kSmallBody + 1), limits), 413);
  EXPECT_EQ(status(long_post("/signin", kSmallBody), limits), 0) << "what anybody may send";
  EXPECT_EQ(hall.asked, 1) << "nobody asks for a short one";
  EXPECT_EQ(status(long_post("/known", kSmallBody + 1), limits), 0);
  EXPECT_EQ(status(long_post("/known", 1'000'001), limits), 413);
  EXPECT_EQ(hall.taken, 0U) << "those readers are gone";
  const std::string chunks = "POST /signin HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status(chunks + "10001\r\n", limits), 413);
  EXPECT_EQ(status(chunks + "10000\r\n" + std::string(0x10000, 'a') + "\r\n1\r\n", limits), 413);
}

TEST(RequestReader, long_bodies_share_a_room_and_leave_it) {
  Hall hall;
  const ReadLimits limits{.room = &hall};
  RequestReader first(limits), second(limits);
  first.feed(long_post("/known", 200'000));
  EXPECT_EQ(hall.taken, 200'000U);
  second.feed(long_post("/known", 200'000));
  EXPECT_EQ(second.status(), 503);
  first.feed(std::string(200'000, 'a'));
  EXPECT_EQ(first.stage(), RequestReader::Stage::complete);
  EXPECT_EQ(hall.taken, 200'000U) << "until it was answered";
  first.reset();
  EXPECT_EQ(hall.taken, 0U);
  second.reset();
  second.feed("POST /known HTTP/1.1\r\nHost: a\r\nCookie: who=ann\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) second.feed("10000\r\n" + std::string(0x10000, 'a') + "\r\n");
  EXPECT_EQ(hall.taken, 3U * 0x10000);
  second.feed("20000\r\n");
  EXPECT_EQ(second.status(), 503);
}

TEST(RequestReader, of_a_strangers_long_form_few_words_are_kept) {
  Hall hall;
  const ReadLimits limits{.body_bytes_max = 1'000'000, .form_bytes_max = 2'000'000, .room = &hall};
  const std::string head =
      "POST /signin HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nContent-Type: multipart/form-data; boundary=x\r\n"
      "Content-Length: 500000\r\n\r\n";
  RequestReader reader(limits);
  reader.feed(head);
  EXPECT_EQ(reader.stage(), RequestReader::Stage::body);
  EXPECT_EQ(hall.taken, 0U);
  reader.feed("--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\n" + std::string(100'000, 'a'));
  EXPECT_EQ(reader.status(), 413);
}

TEST(RequestReader, of_a_form_that_is_too_long_the_words_are_kept) {
  const ReadLimits limits{.body_bytes_max = 400, .form_bytes_max = 2'000'000};
  const auto form = [](const std::string& words, std::size_t file) {
    return "--cut\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n" + words +
           "\r\n--cut\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film\"\r\n\r\n" +
           std::string(file, 'x') + "\r\n--cut--\r\n";
  };
  const auto head = [](std::size_t length, const std::string& accept = "text/html") {
    return "POST /a HTTP/1.1\r\nHost: a\r\nAccept: " + accept +
           "\r\nContent-Type: multipart/form-data; boundary=cut\r\nContent-Length: " + std::to_string(length) +
           "\r\n\r\n";
  };
  const std::string long_one = form("my words", 1'000'000);
  RequestReader reader(limits);
  reader.feed(head(long_one.size()) + long_one);
  ASSERT_EQ(reader.stage(), Stage::complete) << reader.why();
  EXPECT_TRUE(reader.request().files_left_out);
  EXPECT_EQ(reader.request().body, form("my words", 0));
  // The next request is none of that.
  reader.reset();
  const std::string short_one = form("my words", 10);
  reader.feed(head(short_one.size()) + short_one);
  ASSERT_EQ(reader.stage(), Stage::complete);
  EXPECT_FALSE(reader.request().files_left_out);
  EXPECT_EQ(reader.request().body, short_one);

  const std::string wordy = form(std::string(500, 'w'), 10);
  EXPECT_EQ(status(head(wordy.size()) + wordy, limits), 413) << "words have a limit too";
  EXPECT_EQ(status(head(2'000'001), limits), 413) << "no form is read for ever";
  EXPECT_EQ(status(head(long_one.size(), "*/*"), limits), 413) << "a program is told at once";
  EXPECT_EQ(status(head(1'000) + "--cut and what is no form", limits), 400);
}

TEST(RequestReader, an_expectation_is_told_once_and_only_before_a_body) {
  RequestReader reader({});
  reader.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
  reader.reset();
  reader.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(reader.take_expectation());
}

/// A stream of requests made from a seed, and what each of them says.
struct Requests {
  std::string bytes;
  std::vector<std::string> told;
};

Requests requests_from(Random& random) {
  Requests out;
  for (int i = 0; i < 6; ++i) {
    const std::string path = "/" + std::string(random.below(40), 'p') + std::to_string(i);
    std::string body;
    for (std::uint64_t n = random.below(200); n > 0; --n) body += static_cast<char>(random.below(256));
    out.bytes += "POST " + path + " HTTP/1.1\r\nHost: a\r\nX: " + std::string(random.below(300), 'x') + "\r\n";
    if (random.below(2) == 0) {
      out.bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else {
      out.bytes += "Transfer-Encoding: chunked\r\n\r\n";
      static constexpr std::string_view kHex = "0123456789abcdef";
      for (std::size_t at = 0; at < body.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random.below(40), body.size() - at);
        out.bytes += std::string{kHex[size / 16], kHex[size % 16]} + "\r\n" + body.substr(at, size) + "\r\n";
        at += size;
      }
      out.bytes += random.below(2) == 0 ? "0\r\n\r\n" : "0\r\nT: 1\r\n\r\n";
    }
    if (random.below(3) == 0) out.bytes += "\r\n";
    out.told.push_back(path + body);
  }
  return out;
}

TEST(RequestReader, how_bytes_arrive_does_not_matter) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const Requests sent = requests_from(random);
    RequestReader reader({});
    std::vector<std::string> told;
    for (std::size_t at = 0; at < sent.bytes.size();) {
      std::string_view part = std::string_view(sent.bytes).substr(at, 1 + random.below(seed % 3 == 0 ? 3 : 400));
      at += part.size();
      while (!part.empty()) {
        part.remove_prefix(reader.feed(part));
        ASSERT_NE(reader.stage(), Stage::refused) << "seed " << seed << ": " << reader.why();
        if (reader.stage() != Stage::complete) continue;
        told.push_back(reader.request().path + reader.request().body);
        reader.reset();
      }
    }
    ASSERT_EQ(told, sent.told) << "seed " << seed;
  }
}

}  // namespace
}  // namespace guichet::desk
