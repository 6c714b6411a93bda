#include <guichet/desk/http_text.hpp>

#include <gtest/gtest.h>

#include <string>

#include <guichet/desk/fields.hpp>

namespace guichet::desk {
namespace {

std::string path_of(std::string_view text) {
  const auto target = parse_target(text);
  return target ? target->path : "refused";
}

TEST(HttpText, paths_are_decoded_once) {
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/cases/1042?x=1"), "/cases/1042");
  EXPECT_EQ(path_of("/r%C3%A9clamation%20n%252F1"), "/réclamation n%2F1");
  EXPECT_EQ(path_of("/a+b"), "/a+b");
  EXPECT_EQ(path_of("//a//"), "//a//");
  EXPECT_EQ(path_of("/a/..b/c."), "/a/..b/c.");
  EXPECT_EQ(path_of("http://desk.example:8080/a?b"), "/a");
  EXPECT_EQ(path_of("https://desk.example"), "/");
  EXPECT_EQ(path_of("https://desk.example?a=1"), "/");
}

TEST(HttpText, what_a_path_may_not_hold_is_refused) {
  for (const std::string_view text : {"",
                                      "a",
                                      "*",
                                      "desk.example:443",
                                      "/.",
                                      "/..",
                                      "/a/../b",
                                      "/a/./b",
                                      "/a/%2e%2E/b",
                                      "/%2E",
                                      "/a%2fb",
                                      "/a%5Cb",
                                      "/a%00b",
                                      "/a%0Ab",
                                      "/a%7F",
                                      "/a%",
                                      "/a%4",
                                      "/a%zz",
                                      "/a#b",
                                      "/a b",
                                      "/\xC3\xA9",
                                      "/%C3",
                                      "/%FF",
                                      "/%C0%AF",
                                      "/%ED%A0%80",
                                      "http://",
                                      "http:///a",
                                      "http://a\tb/c",
                                      "http://\xC3\xA9/a",
                                      "ftp://desk.example/a"})
    EXPECT_EQ(path_of(text), "refused") << text;
}

TEST(HttpText, queries_are_names_and_values) {
  const auto target = parse_target("/a?q=%C3%A9t%C3%A9+2026&empty=&alone&&q=2&=x&bad=%ff%zz");
  ASSERT_TRUE(target);
  EXPECT_EQ(
      target->query,
      (NamedValues{{"q", "été 2026"}, {"empty", ""}, {"alone", ""}, {"q", "2"}, {"", "x"}, {"bad", "\uFFFD%zz"}}));
  EXPECT_EQ(parse_query("a=1&b=2&c=3", 2).size(), 2U);
  EXPECT_TRUE(parse_query("&&&").empty());
}

TEST(HttpText, what_is_encoded_is_decoded_to_the_same) {
  const std::string odd = "a b&c=d/é?+%~-._\n\x01";
  EXPECT_EQ(url_encoded("a b/é~"), "a%20b%2F%C3%A9~");
  EXPECT_EQ(url_decoded(url_encoded(odd)), odd);
  EXPECT_EQ(url_decoded("%E2%82%ac+%"), "€ %");
}

TEST(HttpText, cookies_are_taken_apart) {
  NamedValues cookies;
  parse_cookies("session=abc=; theme=\"dark\" ;; bad name=1; =2; lang = fr;alone", cookies);
  parse_cookies("last=1", cookies);
  EXPECT_EQ(cookies, (NamedValues{{"session", "abc="}, {"theme", "dark"}, {"lang", "fr"}, {"last", "1"}}));
}

TEST(HttpText, dates_are_those_of_the_standard) {
  EXPECT_EQ(http_date(Instant{Duration{784'111'777'000}}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(Instant{Duration{951'782'400'999}}), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(HttpText, heads_say_where_they_end) {
  Response response;
  response.status = 201;
  response.headers = {{"Location", "/cases/1"}, {"Content-Length", "7"}, {"bad name", "x"}};
  std::string head;
  append_head(head, response, {.length = 12, .chunked = false, .keep_alive = true, .http_1_0 = false}, "D");
  EXPECT_EQ(head,
            "HTTP/1.1 201 Created\r\nDate: D\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 12\r\n"
            "Location: /cases/1\r\n\r\n");
  head.clear();
  append_head(head, response, {.length = {}, .chunked = true, .keep_alive = false, .http_1_0 = false}, "D");
  EXPECT_NE(head.find("\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"), std::string::npos);
  head.clear();
  append_head(head, response, {.length = 0, .chunked = false, .keep_alive = true, .http_1_0 = true}, "D");
  EXPECT_NE(head.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(HttpText, a_value_cannot_begin_a_header_of_its_own) {
  Response response;
  response.content_type = "text/html\r\nX: 1";
  response.headers = {{"Location", "/a\r\nSet-Cookie: session=1\r\n\r\n<p>"}};
  std::string head;
  append_head(head, response, {.length = 0, .chunked = false, .keep_alive = true, .http_1_0 = false}, "D");
  EXPECT_NE(head.find("\r\nLocation: /a  Set-Cookie: session=1    <p>\r\n\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("\r\nX:"), std::string::npos);
}

TEST(HttpText, events_are_cut_into_lines) {
  EXPECT_EQ(event_text("case", "7"), "event: case\ndata: 7\n\n");
  EXPECT_EQ(event_text("a\nb", "1\r\n2\r3\n\n4"), "event: a b\ndata: 1\ndata: 2\ndata: 3\ndata: \ndata: 4\n\n");
  EXPECT_EQ(event_text("x", ""), "event: x\ndata: \n\n");
  EXPECT_EQ(chunk_text(std::string(26, 'x')), "1a\r\n" + std::string(26, 'x') + "\r\n");
}

TEST(HttpText, addresses_are_read_and_printed) {
  for (const std::string_view text : {"127.0.0.1", "0.0.0.0", "::1", "fd00::1:2"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(print_address(*address), text);
  }
  EXPECT_EQ(print_address(*parse_address("::ffff:10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(print_address(*parse_address("[::1]")), "::1");
  for (const std::string_view text : {"", "10.1.2", "10.1.2.3.4", "10.1.2.256", "desk.example", "1.2.3.4/8", ":::"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(HttpText, networks_hold_their_addresses) {
  const auto networks = Networks::of({"10.0.0.0/8", "192.168.1.7", "fd00::/12", "203.0.113.128/25"});
  ASSERT_TRUE(networks);
  for (const std::string_view text : {"10.0.0.0", "10.255.1.2", "192.168.1.7", "fd0f::1", "203.0.113.200"})
    EXPECT_TRUE(networks->hold(*parse_address(text))) << text;
  for (const std::string_view text : {"11.0.0.1", "192.168.1.8", "fd10::1", "203.0.113.127", "::"})
    EXPECT_FALSE(networks->hold(*parse_address(text))) << text;
  const auto all = Networks::of({"0.0.0.0/0"});
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->hold(*parse_address("8.8.8.8")));
  EXPECT_FALSE(all->hold(*parse_address("fd00::1")));
  for (const std::string text : {"proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::1/129", "/8", ""}) {
    const auto bad = Networks::of({text});
    ASSERT_FALSE(bad) << text;
    EXPECT_EQ(bad.error().detail,
              "\"" + text + "\" is neither an address nor a network; write it like 10.1.2.3, 10.0.0.0/8 or fd00::/8");
  }
}

Request forwarded(std::string_view peer, const NamedValues& headers) {
  Request request;
  request.peer = peer;
  request.headers = headers;
  const auto trusted = Networks::of({"10.0.0.0/8", "::1"});
  EXPECT_TRUE(trusted);
  believe_proxy(request, *parse_address(peer), *trusted);
  return request;
}

TEST(HttpText, only_trusted_proxies_are_believed) {
  const Request plain = forwarded("192.0.2.9", {{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-proto", "https"}});
  EXPECT_EQ(plain.peer, "192.0.2.9");
  EXPECT_FALSE(plain.secure);
  const Request told = forwarded("10.0.0.1", {{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-proto", "HTTPS"}});
  EXPECT_EQ(told.peer, "1.2.3.4");
  EXPECT_TRUE(told.secure);
  EXPECT_EQ(forwarded("::1", {{"x-forwarded-for", "2001:db8::7"}}).peer, "2001:db8::7");
}

TEST(HttpText, who_asks_is_the_last_that_is_not_a_proxy_of_ours) {
  EXPECT_EQ(forwarded("10.0.0.1", {{"x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.2"}}).peer, "1.2.3.4");
  EXPECT_EQ(forwarded("10.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "1.2.3.4 ,10.9.9.9"}}).peer,
            "1.2.3.4");
  EXPECT_EQ(forwarded("10.0.0.1", {{"x-forwarded-for", "10.0.0.3, 10.0.0.2"}}).peer, "10.0.0.3");
  EXPECT_EQ(forwarded("10.0.0.1", {{"x-forwarded-for", "1.2.3.4, nonsense"}}).peer, "10.0.0.1");
  EXPECT_EQ(forwarded("10.0.0.1", {{"x-forwarded-for", "1.2.3.4, nonsense, 10.0.0.2"}}).peer, "10.0.0.2");
  EXPECT_EQ(forwarded("10.0.0.1", {}).peer, "10.0.0.1");
}

TEST(HttpText, methods_have_their_words) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del, Method::options})
    EXPECT_EQ(method_from(name(method)), method);
  EXPECT_EQ(method_from("get"), Method::other);
  EXPECT_EQ(method_from("TRACE"), Method::other);
  EXPECT_EQ(reason(404), "Not Found");
}

}  // namespace
}  // namespace guichet::desk
