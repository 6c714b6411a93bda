// The real server on loopback and real sockets against it. Nothing waits for time to pass: each step waits for the
// socket or the signal that it needs, and the server's own limits are set to a few milliseconds where they are tried.
#include <guichet/desk/http.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include <guichet/base/random.hpp>

#include "open_desk.hpp"

namespace guichet::desk {
namespace {

/// What came back for one request.
struct Heard {
  int status = 0;  // 0: the connection ended before
  std::string head, body;

  std::string header(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

/// One connection of a client. A read that takes a minute fails the test instead of hanging it.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_bytes = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval minute{.tv_sec = 60, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &minute, sizeof minute);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_bytes > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { hang_up(); }

  bool open() const { return open_; }
  void hang_up() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// The server sees a reset, not an end.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    hang_up();
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Waits for bytes; false at the end of the connection.
  bool more() {
    std::array<char, 65536> room{};
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (got > 0) came_.append(room.data(), static_cast<std::size_t>(got));
    return got > 0;
  }
  std::string until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = came_.find(mark)) == std::string::npos)
      if (!more()) return std::exchange(came_, "") + "<end>";
    const std::string out = came_.substr(0, at + mark.size());
    came_.erase(0, out.size());
    return out;
  }
  std::string rest() {
    while (more()) {
    }
    return std::exchange(came_, "");
  }
  Heard answer(bool with_body = true) {
    Heard out;
    out.head = until("\r\n\r\n");
    if (out.head.ends_with("<end>")) return out;
    std::from_chars(out.head.data() + 9, out.head.data() + 12, out.status);
    std::size_t length = 0;
    const std::string text = out.header("Content-Length");
    std::from_chars(text.data(), text.data() + text.size(), length);
    while (with_body && came_.size() < length)
      if (!more()) return out;
    if (with_body) {
      out.body = came_.substr(0, length);
      came_.erase(0, length);
    }
    return out;
  }
  Heard ask(std::string_view request) { return send(request) ? answer() : Heard{}; }
  Heard get(std::string_view path, std::string_view headers = "") {
    return ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n");
  }

 private:
  int socket_;
  bool open_ = false;
  std::string came_;
};

/// Something that other threads wait for.
class Signal {
 public:
  void give() {
    const std::scoped_lock lock(mutex_);
    ++given_;
    changed_.notify_all();
  }
  void wait(int count = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return given_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int given_ = 0;
};

/// Yields until it is so: for what happens in the server without a byte to a client.
template <class Condition>
void until(const Condition& condition) {
  while (!condition()) std::this_thread::yield();
}

std::unique_ptr<HttpServer> started(Handler handler, ServerOptions options = {}) {
  if (options.threads == 0) options.threads = 2;
  auto server = HttpServer::start(options, std::move(handler));
  EXPECT_TRUE(server) << (server ? "" : server.error().detail);
  return server ? std::move(*server) : nullptr;
}

Response text(std::string body, int status = 200) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

/// Says back what was asked.
void echo(const Request& request, const Respond& respond) {
  respond(text(std::string(name(request.method)) + " " + request.path + " " + request.body));
}

/// Keeps requests for later.
class Later {
 public:
  Handler handler() {
    return [this](const Request& request, Respond respond) {
      const std::scoped_lock lock(mutex_);
      kept_.emplace_back(&request, std::move(respond));
      came_.give();
    };
  }
  void wait(int count = 1) { came_.wait(count); }
  std::pair<const Request*, Respond> take() {
    const std::scoped_lock lock(mutex_);
    auto out = std::move(kept_.back());
    kept_.pop_back();
    return out;
  }

 private:
  std::mutex mutex_;
  Signal came_;
  std::vector<std::pair<const Request*, Respond>> kept_;
};

constexpr Duration kSoon{20};
constexpr Duration kNever{600'000};

TEST(HttpServer, a_connection_carries_many_requests) {
  const auto server = started(echo);
  Client client(server->port());
  for (int i = 0; i < 100; ++i) {
    const Heard answer = client.get("/a" + std::to_string(i));
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a" + std::to_string(i) + " ");
    EXPECT_EQ(answer.header("Content-Type"), "text/plain");
    EXPECT_EQ(answer.header("Connection"), "");
    EXPECT_EQ(answer.header("Date").size(), 29U);
  }
  const ServerCounts counts = server->counts();
  EXPECT_EQ(counts.requests, 100U);
  EXPECT_EQ(counts.connections, 1U);
  EXPECT_EQ(counts.connections_open, 1U);
  EXPECT_GT(counts.bytes_out, 5000U);
  EXPECT_EQ(server->url(), "http://127.0.0.1:" + std::to_string(server->port()));
}

TEST(HttpServer, requests_say_who_asks) {
  const auto server = started([](const Request& request, const Respond& respond) {
    respond(text(request.peer + (request.secure ? " secure" : " plain") + " " + *request.header("x-a") + " " +
                 *find(request.cookies, "c") + " " + *request.parameter("q")));
  });
  Client client(server->port());
  EXPECT_EQ(client.get("/?q=%C3%A9", "X-A: 1\r\nCookie: c=2\r\n").body, "127.0.0.1 plain 1 2 é");
}

TEST(HttpServer, requests_sent_without_waiting_are_answered_in_order) {
  const auto server = started([](const Request& request, Respond respond) {
    if (request.path != "/2") return respond(text(request.path));
    std::thread([respond = std::move(respond)] { respond(text("/2, later")); }).detach();
  });
  Client client(server->port());
  std::string all;
  for (int i = 1; i <= 4; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(client.send(all));
  for (const std::string_view expected : {"/1", "/2, later", "/3", "/4"}) EXPECT_EQ(client.answer().body, expected);
}

TEST(HttpServer, requests_may_come_byte_by_byte) {
  const auto server = started(echo);
  Client client(server->port());
  for (int i = 0; i < 2; ++i) {
    for (const char c : std::string_view("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"))
      ASSERT_TRUE(client.send({&c, 1}));
    EXPECT_EQ(client.answer().body, "POST /x abc");
  }
  EXPECT_EQ(
      client.ask("PUT /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n2\r\nef\r\n0\r\n\r\n").body,
      "PUT /y def");
}

TEST(HttpServer, a_head_alone_is_answered_with_a_head) {
  const auto server = started(echo);
  Client client(server->port());
  ASSERT_TRUE(client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"));
  const Heard answer = client.answer(false);
  EXPECT_EQ(answer.header("Content-Length"), "8");
  EXPECT_EQ(client.get("/y").body, "GET /y ");
}

TEST(HttpServer, some_answers_have_no_body) {
  const auto server = started([](const Request& request, const Respond& respond) {
    respond(text("not sent", request.path == "/304" ? 304 : 204));
  });
  Client client(server->port());
  for (const std::string_view path : {"/204", "/304", "/204"}) {
    const Heard answer = client.get(path);
    EXPECT_EQ(std::to_string(answer.status), path.substr(1));
    EXPECT_EQ(answer.header("Content-Length"), "");
  }
}

TEST(HttpServer, old_and_closing_clients_get_what_they_ask_for) {
  const auto server = started(echo);
  Client old(server->port());
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("Connection"), "keep-alive");
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\n\r\n").header("Connection"), "close");
  EXPECT_EQ(old.rest(), "");
  Client closing(server->port());
  EXPECT_EQ(closing.get("/", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_EQ(closing.rest(), "");
  Client half(server->port());
  half.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  half.end_sending();
  EXPECT_EQ(half.answer().body, "GET /a ");
  EXPECT_EQ(half.rest(), "");
}

TEST(HttpServer, a_body_is_waited_for_when_it_is_announced) {
  const auto server = started(echo);
  Client client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask("ok").body, "POST / ok");
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok").body,
            "POST / ok");
}

TEST(HttpServer, what_is_refused_is_told_and_ended) {
  ServerOptions options;
  options.header_bytes_max = 1000;
  options.target_bytes_max = 300;
  options.body_bytes_max = 1000;
  const auto server = started(echo, options);
  const auto status = [&](const std::string& request) {
    Client client(server->port());
    const Heard answer = client.ask(request);
    EXPECT_EQ(answer.header("Connection"), "close") << request;
    EXPECT_TRUE(answer.body.starts_with(std::to_string(answer.status) + " ")) << answer.body;
    EXPECT_EQ(client.rest(), "") << request;
    return answer.status;
  };
  EXPECT_EQ(status("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1000, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status("GET /" + std::string(500, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
  EXPECT_EQ(status("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
  EXPECT_EQ(status("GET / HTTP/3.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(server->counts().refused, 9U);
  EXPECT_EQ(server->counts().requests, 0U);
}

TEST(HttpServer, a_body_too_long_is_answered_while_it_is_still_sent) {
  ServerOptions options;
  options.body_bytes_max = 1000;
  options.linger_time = kNever;
  const auto server = started(echo, options);
  Client client(server->port());
  // A client that sends everything before it reads must still find its answer.
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n"));
  ASSERT_TRUE(client.send(std::string(8'000'000, 'x')));
  EXPECT_EQ(client.answer().status, 413);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, a_place_is_taken_before_anybody_is_answered_and_given_back) {
  ServerOptions options;
  {
    // Whoever knocks before the server is there waits for it.
    auto place = HttpServer::take_place(options);
    ASSERT_TRUE(place) << place.error().detail;
    options.place = *place;
  }
  const auto server = started(echo, options);
  EXPECT_EQ(Client(server->port()).get("/a").body, "GET /a ");
  ServerOptions same;
  same.port = server->port();
  const auto refused = HttpServer::take_place(same);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("another program already listens there"), std::string::npos);
  server->stop(Duration{0});
  EXPECT_TRUE(HttpServer::take_place(same)) << "nothing holds it any more";
  EXPECT_TRUE(HttpServer::take_place(same)) << "a place that nobody used was given back";
}

TEST(HttpServer, a_seller_whose_file_is_too_large_gets_his_words_back) {
  OpenDesk desk;
  ServerOptions options;
  options.body_bytes_max = desk.shared().house.body_bytes_max();
  const auto server = started(desk.desk().handler(), options);
  const std::size_t film = options.body_bytes_max + 1;
  const auto field = [](const std::string& name, const std::string& value) {
    return "--cut\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  };
  const std::string before = field("matter", "payment") + field("subject", "Paid twice") +
                             field("body", "What I wrote for an hour.") +
                             "--cut\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.mp4\"\r\n"
                             "Content-Type: video/mp4\r\n\r\n";
  const std::string after = "\r\n--cut--\r\n";
  Client client(server->port());
  ASSERT_TRUE(client.send("POST /cases HTTP/1.1\r\nHost: desk.example\r\nAccept: text/html\r\n" +
                          desk.signature(kSellerAnn) + "Content-Type: multipart/form-data; boundary=cut\r\n" +
                          "Content-Length: " + std::to_string(before.size() + film + after.size()) + "\r\n\r\n" +
                          before));
  const std::string piece(1U << 20U, 'x');
  for (std::size_t sent = 0; sent < film; sent += std::min(piece.size(), film - sent))
    ASSERT_TRUE(client.send(std::string_view(piece).substr(0, std::min(piece.size(), film - sent))));
  ASSERT_TRUE(client.send(after));
  const Heard answer = client.answer();
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("What I wrote for an hour."), std::string::npos);
  EXPECT_NE(answer.body.find("Paid twice"), std::string::npos);
  EXPECT_NE(answer.body.find("was too large and was left out"), std::string::npos);
  EXPECT_NE(answer.body.find(std::to_string(desk.shared().house.files_together_max() >> 20U) + " MB in all"),
            std::string::npos)
      << "the limit is named";
  // Nothing was sent but the words' form: no case was opened, and the connection serves on.
  EXPECT_EQ(client.get("/cases/1", desk.signature(kSellerAnn)).status, 404);
}

TEST(HttpServer, an_agent_whose_file_is_too_large_finds_his_words_in_the_form) {
  OpenDesk desk;
  ASSERT_EQ(desk.ask(kSellerAnn, Method::post, "/api/cases", {},
                     R"({"matter":"payment","subject":"Paid twice","body":"Why?"})")
                .status,
            201);
  const ActorId owner = [&] {
    const auto row = (*desk.shared().ledger->reader())->row(CaseId{1});
    return (*row)->state.owner;
  }();
  ASSERT_TRUE(owner);
  ServerOptions options;
  options.body_bytes_max = 1'000;
  const auto server = started(desk.desk().handler(), options);
  const std::string form =
      "--cut\r\nContent-Disposition: form-data; name=\"box\"\r\n\r\nmessage\r\n"
      "--cut\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nWhat I wrote for an hour.\r\n"
      "--cut\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.mp4\"\r\n\r\n" +
      std::string(100'000, 'x') + "\r\n--cut--\r\n";
  const std::string who = desk.signature(owner);
  const Heard sent =
      Client(server->port())
          .ask("POST /cases/1/desk/message HTTP/1.1\r\nHost: desk.example\r\nAccept: text/html\r\n" + who +
               "Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: " + std::to_string(form.size()) +
               "\r\n\r\n" + form);
  EXPECT_EQ(sent.status, 303);
  const std::string back = sent.header("Location");
  EXPECT_NE(back.find("fault=files.left_out"), std::string::npos) << back;
  const std::string page = Client(server->port()).get(back.substr(0, back.find('#')), who).body;
  EXPECT_NE(page.find("What I wrote for an hour."), std::string::npos);
  EXPECT_NE(page.find("was too large and was left out"), std::string::npos);
}

TEST(HttpServer, the_page_of_a_refusal_may_be_ours) {
  ServerOptions options;
  options.refusal = [](const Request& so_far, int status, std::string_view why) {
    const std::string* language = so_far.header("accept-language");
    Response page = text((language != nullptr ? *language : "none") + ": " + std::string(why), status);
    return page;
  };
  const auto server = started(echo, options);
  EXPECT_EQ(Client(server->port()).get("/", "Accept-Language: fr\r\nExpect: tea\r\n").body,
            "fr: the request expects what this server does not know");
  EXPECT_EQ(Client(server->port()).ask("?").status, 400);
}

TEST(HttpServer, answers_may_come_late_and_from_any_thread) {
  Later later;
  const auto server = started(later.handler());
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      Client client(server->port());
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        right += client.get(path).body == path ? 1 : 0;
      }
    });
  for (int i = 1; i <= 400; ++i) {
    later.wait(i);
    auto [request, respond] = later.take();
    respond(text(request->path));  // the request lives until it is answered
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right.load(), 400);
}

TEST(HttpServer, a_request_dropped_without_an_answer_gets_one) {
  Later later;
  const auto server = started([&](const Request& request, Respond respond) {
    if (request.path == "/thrown") throw std::runtime_error("our mistake");
    if (request.path == "/late") later.handler()(request, std::move(respond));
  });
  Client client(server->port());
  EXPECT_EQ(client.get("/dropped").status, 500);
  EXPECT_EQ(client.get("/thrown").status, 500);
  client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  later.wait();
  later.take().second = nullptr;
  EXPECT_EQ(client.answer().status, 500);
  EXPECT_EQ(client.get("/dropped").status, 500);
}

TEST(HttpServer, an_answer_to_nobody_is_no_fault) {
  Later later;
  Respond after_all;
  {
    const auto server = started(later.handler());
    auto client = std::make_unique<Client>(server->port());
    client->send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
    later.wait();
    client->reset();
    later.take().second(text("too late"));
    until([&] { return server->counts().connections_open == 0; });
    Client other(server->port());
    other.send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n");
    later.wait(2);
    after_all = later.take().second;
    server->stop(Duration{0});
    EXPECT_EQ(other.answer().status, 503);
  }
  after_all(text("after the server"));
}

TEST(HttpServer, slow_heads_bodies_and_handlers_run_out_of_time) {
  Later later;
  ServerOptions options;
  options.header_time = options.body_time = options.answer_time = kSoon;
  const auto server = started(later.handler(), options);
  Client head(server->port());
  EXPECT_EQ(head.ask("GET / HTTP/1.1\r\nHo").status, 408);
  EXPECT_EQ(head.rest(), "");
  Client body(server->port());
  EXPECT_EQ(body.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc").status, 408);
  EXPECT_EQ(body.rest(), "");
  Client chunks(server->port());
  EXPECT_EQ(chunks.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab").status, 408);
  Client answer(server->port());
  const Heard overdue = answer.get("/");
  EXPECT_EQ(overdue.status, 503);
  EXPECT_EQ(overdue.header("Retry-After"), "5");
  EXPECT_EQ(answer.rest(), "");
  later.take().second(text("too late"));
}

TEST(HttpServer, a_body_that_keeps_coming_is_given_time) {
  ServerOptions options;
  options.body_time = Duration{5};
  options.body_bytes_max = 64ULL * 1024 * 1024;
  const auto server = started(
      [](const Request& request, const Respond& respond) { respond(text(std::to_string(request.body.size()))); },
      options);
  Client client(server->port());
  const std::string part(100'000, 'x');
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n");
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.send(part));
  EXPECT_EQ(client.answer().body, "30000000");
}

TEST(HttpServer, idle_connections_end) {
  ServerOptions options;
  options.idle_time = kSoon;
  const auto server = started(echo, options);
  Client fresh(server->port());
  EXPECT_EQ(fresh.rest(), "");
  Client used(server->port());
  EXPECT_EQ(used.get("/").status, 200);
  EXPECT_EQ(used.rest(), "");
  until([&] { return server->counts().connections_open == 0; });
  EXPECT_EQ(server->counts().refused, 0U);
}

TEST(HttpServer, large_answers_arrive_whole_even_when_read_slowly) {
  std::string large;
  Random random(7);
  while (large.size() < 8'000'000) large += std::to_string(random.next());
  const auto shared = std::make_shared<const std::string>(large);
  const auto server = started([&](const Request& request, const Respond& respond) {
    Response response = text(request.path == "/own" ? large : "");
    if (request.path == "/shared") response.shared = shared;
    respond(std::move(response));
  });
  Client client(server->port(), 4096);
  for (const std::string_view path : {"/own", "/shared", "/own"}) EXPECT_TRUE(client.get(path).body == large);
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(HttpServer, who_does_not_read_is_let_go) {
  const auto large = std::make_shared<const std::string>(64'000'000, 'x');
  ServerOptions options;
  options.write_time = kSoon;
  const auto server = started(
      [&](const Request&, const Respond& respond) {
        Response response;
        response.shared = large;
        respond(std::move(response));
      },
      options);
  Client client(server->port(), 4096);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  until([&] { return server->counts().requests == 1 && server->counts().connections_open == 0; });
  EXPECT_LT(client.rest().size(), large->size());
}

/// Opens a stream and hands its end to the test.
class Streams {
 public:
  Handler handler() {
    return [this](const Request&, const Respond& respond) {
      Response response;
      response.content_type = "text/event-stream";
      response.stream = [this](std::shared_ptr<EventStream> stream) {
        const std::scoped_lock lock(mutex_);
        open_.push_back(std::move(stream));
        came_.give();
      };
      respond(std::move(response));
    };
  }
  std::shared_ptr<EventStream> take(int count = 1) {
    came_.wait(count);
    const std::scoped_lock lock(mutex_);
    auto out = std::move(open_.back());
    open_.pop_back();
    return out;
  }

 private:
  std::mutex mutex_;
  Signal came_;
  std::vector<std::shared_ptr<EventStream>> open_;
};

TEST(HttpServer, events_reach_an_open_page) {
  Streams streams;
  const auto server = started(streams.handler());
  Client client(server->port());
  client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.until("\r\n\r\n");
  EXPECT_NE(head.find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_NE(head.find("\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  auto stream = streams.take();
  EXPECT_EQ(server->counts().streams_open, 1U);
  EXPECT_TRUE(stream->send("case", "7\n8"));
  EXPECT_EQ(client.until("\n\n\r\n"), "1d\r\nevent: case\ndata: 7\ndata: 8\n\n\r\n");
  stream.reset();
  EXPECT_EQ(client.rest(), "0\r\n\r\n");
  until([&] { return server->counts().streams_open == 0; });
}

TEST(HttpServer, events_reach_an_old_client_too) {
  Streams streams;
  const auto server = started(streams.handler());
  Client client(server->port());
  client.send("GET /live HTTP/1.0\r\n\r\n");
  auto stream = streams.take();
  stream->send("a", "1");
  stream.reset();
  const std::string all = client.rest();
  EXPECT_TRUE(all.ends_with("\r\n\r\nevent: a\ndata: 1\n\n")) << all;
}

TEST(HttpServer, many_threads_send_events_to_many_pages) {
  Streams streams;
  const auto server = started(streams.handler());
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::shared_ptr<EventStream>> open;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    open.push_back(streams.take(i + 1));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        for (const auto& stream : open) EXPECT_TRUE(stream->send("n", "x"));
    });
  for (std::thread& thread : threads) thread.join();
  open.clear();
  for (const auto& client : clients) {
    const std::string all = client->rest();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = all.find("event: n\ndata: x\n\n", at)) != std::string::npos; ++at) ++count;
    EXPECT_EQ(count, 400U);
    EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
  }
}

TEST(HttpServer, a_stream_notices_that_its_page_has_gone) {
  Streams streams;
  const auto server = started(streams.handler());
  for (const bool politely : {true, false}) {
    Client client(server->port());
    client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto stream = streams.take(politely ? 1 : 2);
    EXPECT_TRUE(stream->send("a", ""));
    politely ? client.hang_up() : client.reset();
    until([&] { return server->counts().streams_open == 0; });
    EXPECT_FALSE(stream->send("a", ""));
  }
}

TEST(HttpServer, a_stream_that_is_not_read_is_closed) {
  Streams streams;
  ServerOptions options;
  options.stream_bytes_max = 100'000;
  options.write_time = kNever;
  const auto server = started(streams.handler(), options);
  Client client(server->port(), 4096);
  client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto stream = streams.take();
  const std::string data(50'000, 'x');
  std::size_t sent = 0;
  while (stream->send("a", data)) ASSERT_LT(sent += data.size(), 100'000'000U);
  until([&] { return server->counts().streams_open == 0 && server->counts().connections_open == 0; });
  EXPECT_FALSE(client.rest().ends_with("0\r\n\r\n"));
}

TEST(HttpServer, a_quiet_stream_gives_signs_of_life) {
  Streams streams;
  ServerOptions options;
  options.heartbeat_time = Duration{2};
  const auto server = started(streams.handler(), options);
  Client client(server->port());
  client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto stream = streams.take();
  client.until("\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.until("\n\n\r\n"), "3\r\n:\n\n\r\n");
  ASSERT_TRUE(stream->send("a", "1"));
  EXPECT_TRUE(client.until("data: 1\n\n").find("event: a") != std::string::npos);
}

TEST(HttpServer, stopping_answers_what_has_been_taken) {
  Later later;
  ServerOptions options;
  options.threads = 1;  // when one connection has been drained, all have
  const auto server = started(later.handler(), options);
  Client busy(server->port());
  Client half(server->port());
  Client idle(server->port());
  ASSERT_TRUE(busy.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n"));
  later.wait();
  ASSERT_TRUE(half.send("POST /half HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  half.until("\r\n\r\n");  // its head has been taken
  std::thread stopping([&] { server->stop(kNever); });
  EXPECT_EQ(idle.rest(), "");  // the drain has begun
  half.send("ok");
  later.wait(2);
  later.take().second(text("half"));
  const Heard half_answer = half.answer();
  EXPECT_EQ(half_answer.body, "half");
  EXPECT_EQ(half_answer.header("Connection"), "close");
  EXPECT_EQ(half.rest(), "");
  later.take().second(text("busy"));
  EXPECT_EQ(busy.answer().body, "busy");
  stopping.join();
  EXPECT_FALSE(Client(server->port()).open());
  EXPECT_EQ(server->counts().connections_open, 0U);
  server->stop(kNever);  // a second time changes nothing
}

TEST(HttpServer, what_was_sent_before_the_stop_is_not_lost) {
  for (int i = 0; i < 20; ++i) {
    const auto server = started(echo);
    std::vector<std::unique_ptr<Client>> clients;
    for (int n = 0; n < 20; ++n) {
      clients.push_back(std::make_unique<Client>(server->port()));
      clients.back()->get("/first");
    }
    for (const auto& client : clients) client->send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    server->stop(kNever);
    for (const auto& client : clients) ASSERT_EQ(client->answer().body, "GET /second ");
  }
}

TEST(HttpServer, stopping_does_not_wait_for_ever) {
  Later later;
  const auto server = started(later.handler());
  Client client(server->port());
  Client slow(server->port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  slow.send("GET / HTTP/1.1\r\nHos");
  later.wait();
  server->stop(kSoon);
  EXPECT_EQ(client.answer().status, 503);
  EXPECT_EQ(slow.rest(), "");
  later.take().second(text("too late"));
}

TEST(HttpServer, stopping_says_farewell_to_open_pages) {
  Streams streams;
  const auto server = started(streams.handler());
  Client client(server->port());
  client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto stream = streams.take();
  ASSERT_TRUE(stream->send("last", "1"));
  server->stop(kNever);
  const std::string all = client.rest();
  EXPECT_NE(all.find("event: last\n"), std::string::npos);
  EXPECT_TRUE(all.ends_with("event: closing\ndata: \n\n\r\n0\r\n\r\n")) << all;
  EXPECT_FALSE(stream->send("a", ""));
}

TEST(HttpServer, idle_connections_cost_little_and_harm_nobody) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const auto server = started(echo);
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t count = std::min<std::size_t>(2000, limit.rlim_cur / 2 - 100);
  const auto resident = [] {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t pages = 0;
    file >> total >> pages;
    return pages * static_cast<std::size_t>(getpagesize());
  };
  const std::size_t before = resident();
  std::vector<std::unique_ptr<Client>> idle;
  for (std::size_t i = 0; i < count; ++i) {
    idle.push_back(std::make_unique<Client>(server->port()));
    if (i % 2 == 0) idle.back()->get("/once", "X: " + std::string(2000, 'x') + "\r\n");
  }
  until([&] { return server->counts().connections_open == count; });
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
  EXPECT_LT((resident() - before) / count, 8192U);
#else
  EXPECT_GT(before, 0U);
#endif
  Client client(server->port());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.get("/").status, 200);
  for (const auto& one : idle) ASSERT_EQ(one->get("/again").body, "GET /again ");
  server->stop(kNever);
  for (const auto& one : idle) ASSERT_EQ(one->rest(), "");
}

TEST(HttpServer, too_many_connections_are_told_so) {
  ServerOptions options;
  options.connections_max = 3;
  const auto server = started(echo, options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    ASSERT_EQ(clients.back()->get("/").status, 200);
  }
  Client one_more(server->port());
  const Heard answer = one_more.get("/");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "5");
  EXPECT_EQ(one_more.rest(), "");
  one_more.hang_up();
  clients.pop_back();
  until([&] { return server->counts().connections_open == 2; });
  EXPECT_EQ(Client(server->port()).get("/").status, 200);
  EXPECT_EQ(clients.front()->get("/").status, 200);
}

TEST(HttpServer, a_lack_of_files_is_survived) {
  const auto server = started(echo);
  Client before(server->port());
  ASSERT_EQ(before.get("/").status, 200);
  const int waiting = ::socket(AF_INET, SOCK_STREAM, 0);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  rlimit none = limit;
  none.rlim_cur = 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(waiting, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(before.get("/").status, 200);  // those that are open are served on
  EXPECT_EQ(server->counts().connections, 1U);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  until([&] { return server->counts().connections == 2; });
  EXPECT_EQ(Client(server->port()).get("/").status, 200);
  ::close(waiting);
}

std::string fault(ServerOptions options) {
  const auto server = HttpServer::start(options, echo);
  return server ? "none" : server.error().detail;
}

TEST(HttpServer, an_address_that_cannot_be_had_is_named_with_a_remedy) {
  const auto server = started(echo);
  ServerOptions options;
  options.port = server->port();
  EXPECT_EQ(fault(options), "cannot listen at 127.0.0.1:" + std::to_string(server->port()) +
                                ": another program already listens there; stop it or choose another port");
  options.port = 8080;
  options.address = "desk.example";
  EXPECT_EQ(fault(options),
            "cannot listen at desk.example:8080: \"desk.example\" is no address; write one of this machine's, such as "
            "127.0.0.1, or 0.0.0.0 for all");
  options.address = "192.0.2.1";
  EXPECT_EQ(fault(options),
            "cannot listen at 192.0.2.1:8080: this machine does not have that address; write one it has, or 0.0.0.0 "
            "for all");
  options.address = "127.0.0.1";
  options.port = 0;
  options.trusted_proxies = {"proxy"};
  EXPECT_EQ(fault(options),
            "\"proxy\" is neither an address nor a network; write it like 10.1.2.3, 10.0.0.0/8 or fd00::/8");
}

TEST(HttpServer, a_stopped_server_leaves_its_port) {
  const auto server = started(echo);
  ServerOptions options;
  options.port = server->port();
  Client client(server->port());
  EXPECT_EQ(client.get("/").status, 200);
  server->stop(kNever);
  EXPECT_EQ(Client(started(echo, options)->port()).get("/").status, 200);
}

TEST(HttpServer, proxies_are_believed_when_they_are_trusted) {
  const auto who = [](const Request& request, const Respond& respond) {
    respond(text(request.peer + (request.secure ? " secure" : " plain")));
  };
  constexpr std::string_view kSaid = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
  EXPECT_EQ(Client(started(who)->port()).get("/", kSaid).body, "127.0.0.1 plain");
  ServerOptions options;
  options.trusted_proxies = {"127.0.0.0/8"};
  EXPECT_EQ(Client(started(who, options)->port()).get("/", kSaid).body, "203.0.113.9 secure");
}

TEST(HttpServer, whatever_comes_the_server_lives) {
  ServerOptions options;
  options.body_bytes_max = 2000;
  options.header_bytes_max = 2000;
  const auto server = started(echo, options);
  static constexpr std::array<std::string_view, 14> kPieces{"GET ",
                                                            "POST / HTTP/1.1\r\n",
                                                            "Host: a\r\n",
                                                            "\r\n",
                                                            "Content-Length: 5\r\n",
                                                            "Transfer-Encoding: chunked\r\n",
                                                            "5\r\nhello\r\n",
                                                            "0\r\n\r\n",
                                                            "\n",
                                                            "/%2e%2e/",
                                                            "HTTP/1.1\r\n",
                                                            "Expect: 100-continue\r\n",
                                                            "hello",
                                                            "Connection: close\r\n"};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    Client client(server->port());
    std::string sent;
    for (std::uint32_t n = random.below(20); n > 0; --n) {
      if (random.below(8) == 0)
        sent += static_cast<char>(random.below(256));
      else
        sent += kPieces[random.below(kPieces.size())];
    }
    for (std::size_t at = 0; at < sent.size();) {
      const std::size_t size = 1 + random.below(60);
      if (!client.send(std::string_view(sent).substr(at, size))) break;
      at += size;
    }
    if (random.below(4) == 0) {
      client.reset();
    } else if (random.below(2) == 0) {
      client.end_sending();
      client.rest();
    }
    ASSERT_TRUE(seed % 50 != 0 || Client(server->port()).get("/ok").body == "GET /ok ") << "seed " << seed;
  }
  until([&] { return server->counts().connections_open == 0; });
}

}  // namespace
}  // namespace guichet::desk
