// Sockets, TLS, limits and time-outs; requests in, responses out. Knows no cases, no people and no pages.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>

namespace guichet::desk {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
std::string_view name(Method method);

using NamedValues = std::vector<std::pair<std::string, std::string>>;
/// The first value under `name`, or null. Names are compared as they are.
const std::string* find(const NamedValues& values, std::string_view name);

struct Request {
  Method method{};
  std::string path;     // decoded, "/cases/1042"; always begins with "/", has no "." or ".." segments
  NamedValues query;    // decoded, in order
  NamedValues headers;  // names in lower case
  NamedValues cookies;
  std::string body;
  std::string peer;  // the address of the other side, without port; behind a trusted proxy what X-Forwarded-For says
  bool secure{};     // came by TLS, or the trusted proxy says so
  std::uint64_t number{};  // of the request, for logs
  /// The body was above the limit: a form, of which the words were kept and the files left out.
  bool files_left_out{};

  const std::string* header(std::string_view lower_case_name) const { return find(headers, lower_case_name); }
  const std::string* parameter(std::string_view name) const { return find(query, name); }
};

/// Server-sent events to one open page. Made by the server when a response asks for it; safe from any thread.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// "event: NAME\ndata: …\n\n"; false once the other side is gone, or too slow to follow.
  virtual bool send(std::string_view event, std::string_view data) = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  NamedValues headers;  // besides those of length, type and connection
  std::string body;
  std::shared_ptr<const std::string> shared;  // instead of `body`, for what is sent to many
  /// Set: the response is a stream of events; called once when it is open.
  std::function<void(std::shared_ptr<EventStream>)> stream;
};

/// Answers one request; to be called once, from any thread. Without a call the other side gets a 503 when the server
/// stops or time runs out, and a 500 when the last copy of it is dropped.
using Respond = std::function<void(Response)>;
/// Called on one of the server's threads. It may answer at once or later, but does not block for long. The request
/// lives until its Respond has been called or dropped. What it throws becomes a 500.
using Handler = std::function<void(const Request&, Respond)>;

/// An address and port that are taken, with the certificate for it read; those who knock wait. Given back when dropped.
class ServerPlace {
 public:
  virtual ~ServerPlace() = default;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                // 0: any that is free
  unsigned threads = 0;                  // 0: as many as the machine has, two at least
  std::string tls_certificate, tls_key;  // PEM files; empty: no TLS
  std::uint64_t body_bytes_max = 32ULL * 1024 * 1024;
  /// Set: how long the body of a request may be whose head was read, if it is longer than some ten kilobytes; asked on
  /// a thread of the server. Those who may send nothing large are refused before it takes memory.
  std::function<std::uint64_t(const Request& head)> body_bytes_max_of;
  /// Of all large bodies that are held at once.
  std::uint64_t bodies_bytes_max = 512ULL * 1024 * 1024;
  /// Of a page's form above that limit, so long is read on: its words are kept and its files left out.
  std::uint64_t form_bytes_max = 1024ULL * 1024 * 1024;
  std::uint32_t header_bytes_max = 32 * 1024;
  Duration header_time{10'000};  // for the head of a request to come
  Duration body_time{60'000};    // for its body; given again while at least 8 kB a second come
  Duration idle_time{75'000};    // between two requests on one connection
  Duration write_time{60'000};   // for a response to go; given again in the same way
  std::uint32_t connections_max = 20'000;
  std::vector<std::string> trusted_proxies;  // addresses or networks whose X-Forwarded-For and -Proto are believed
  std::uint32_t target_bytes_max = 8 * 1024;
  Duration answer_time{120'000};                // for the handler to answer
  Duration linger_time{5'000};                  // for the other side to read a refusal and go
  Duration heartbeat_time{15'000};              // between two signs of life on a stream of events
  std::uint32_t stream_bytes_max = 256 * 1024;  // that wait for a slow reader of a stream before it is let go
  /// Set: makes the page of a request that the server itself refuses. The request holds what could be read of it.
  std::function<Response(const Request& so_far, int status, std::string_view why)> refusal;
  std::shared_ptr<ServerPlace> place;  // of HttpServer::take_place with the same options; else taken at the start
};

/// What the server counts, for /metrics.
struct ServerCounts {
  std::uint64_t connections{}, connections_open{}, requests{}, refused{}, bytes_out{}, streams_open{};
};

class HttpServer {
 public:
  /// So that what is wrong with the address, the port or the certificate is known before anything else is made. The
  /// error is a Fault::usage and names it.
  static Result<std::shared_ptr<ServerPlace>> take_place(const ServerOptions& options);
  /// Listens at once. Fails as take_place does.
  static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options, Handler handler);
  virtual ~HttpServer() = default;
  /// "http://127.0.0.1:8080"
  virtual std::string url() const = 0;
  virtual std::uint16_t port() const = 0;
  virtual ServerCounts counts() const = 0;
  /// Takes no new connection, answers what has been taken, at most for `grace`; returns when all is closed.
  virtual void stop(Duration grace) = 0;
};

}  // namespace guichet::desk
