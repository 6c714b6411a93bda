#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>

#include <guichet/base/check.hpp>
#include <guichet/desk/channel.hpp>
#include <guichet/desk/http.hpp>
#include <guichet/desk/http_text.hpp>
#include <guichet/desk/request_reader.hpp>
#include <guichet/desk/wall_clock.hpp>

// Each thread runs a loop of its own with the connections given to it, so that nothing of a connection is shared. Only
// what may come from elsewhere, an answer or an event, goes through the loop's door.

namespace guichet::desk {
namespace {

namespace net = boost::asio;
using Code = boost::system::error_code;
using Executor = net::io_context::executor_type;
using Descriptor = net::posix::basic_stream_descriptor<Executor>;
using Steady = net::steady_timer::clock_type;
using Alarm = net::basic_waitable_timer<Steady, net::wait_traits<Steady>, Executor>;
using Moved = Channel::Moved;
using Came = Channel::Came;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::int64_t kBytesPerMsMin = 8;  // below 8 kB a second a transfer is given up
constexpr std::size_t kWritesInTurn = 64;   // of one connection before the others have theirs
constexpr int kAcceptsInTurn = 256;
constexpr std::uint32_t kRefusedTogetherMax = 256;  // connections above the limit that are still told so
constexpr std::size_t kSpareReadersMax = 64;
constexpr Duration kAcceptPause{100};  // when the system has no more files to give
constexpr Duration kSweepPause{2};     // between two looks at what is overdue

/// What a connection waits for at most a fixed time. Each has a row in which the longest waiting stands first.
enum class Wait : std::uint8_t { head, body, idle, answer, write, linger, beat, none };
constexpr std::size_t kWaits = static_cast<std::size_t>(Wait::none);

class Connection;

/// The way into a loop from other threads; shut before the loop goes.
class Door {
 public:
  explicit Door(net::io_context& context) : context_(&context) {}
  template <class What>
  void post(What what) {
    const std::scoped_lock lock(mutex_);
    if (context_ != nullptr) net::post(*context_, std::move(what));
  }
  void shut() {
    const std::scoped_lock lock(mutex_);
    context_ = nullptr;
  }

 private:
  std::mutex mutex_;
  net::io_context* context_;
};

/// Room for large bodies, counted over all connections.
class SharedRoom final : public BodyRoom {
 public:
  explicit SharedRoom(const ServerOptions& options) : options_(options) {}

  std::uint64_t bytes_max(const Request& head) override {
    return options_.body_bytes_max_of ? options_.body_bytes_max_of(head) : options_.body_bytes_max;
  }
  bool take(std::uint64_t bytes) override {
    if (taken_.fetch_add(bytes) + bytes <= options_.bodies_bytes_max) return true;
    taken_.fetch_sub(bytes);
    return false;
  }
  void give_back(std::uint64_t bytes) override { taken_.fetch_sub(bytes); }

 private:
  const ServerOptions& options_;
  std::atomic<std::uint64_t> taken_{0};
};

/// What all loops share.
struct Common {
  ServerOptions options;
  SharedRoom room{options};
  ReadLimits limits;
  Handler handler;
  Networks trusted;
  std::optional<TlsIdentity> tls;
  std::atomic<std::uint32_t> open{0};
  std::mutex mutex;
  std::condition_variable all_closed;
};

struct LoopCounts {
  std::atomic<std::uint64_t> requests{0}, refused{0}, bytes_out{0}, streams_open{0};
};

class Loop {
 public:
  Loop(Common& common, unsigned index, unsigned count)
      : common_(common),
        alarm_(context_),
        door_(std::make_shared<Door>(context_)),
        number_(index),
        number_step_(count) {
    const ServerOptions& o = common.options;
    times_ = {o.header_time, o.body_time, o.idle_time, o.answer_time, o.write_time, o.linger_time, o.heartbeat_time};
  }

  void run() { context_.run(); }
  void stop() {
    door_->shut();
    guard_.reset();
    context_.stop();
  }

  /// Takes over an open socket.
  void adopt(int socket, const AddressBytes& from, bool above_limit);
  void remove(Connection& connection);
  void arm(Connection& connection, Wait wait);
  void disarm(Connection& connection);
  void drain();
  void cut();

  std::unique_ptr<RequestReader> lend_reader();
  void take_back(std::unique_ptr<RequestReader> reader);
  std::string_view date();
  std::uint64_t next_number() { return number_ += number_step_; }

  Common& common() { return common_; }
  net::io_context& context() { return context_; }
  const std::shared_ptr<Door>& door() const { return door_; }
  std::span<char> scratch() { return scratch_; }
  bool draining() const { return draining_; }
  LoopCounts& counts() { return counts_; }
  std::string& head() { return head_; }
  std::atomic<std::uint32_t>& open() { return open_; }

 private:
  struct Row {
    Connection* first = nullptr;
    Connection* last = nullptr;
  };
  void wake_at(Steady::time_point at);
  void sweep();

  Common& common_;
  net::io_context context_{1};
  net::executor_work_guard<Executor> guard_{context_.get_executor()};
  Alarm alarm_;
  Steady::time_point alarm_at_ = Steady::time_point::max();
  std::shared_ptr<Door> door_;
  std::array<Row, kWaits> rows_{};
  std::array<Duration, kWaits> times_{};
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<RequestReader>> spare_readers_;
  std::vector<char> scratch_ = std::vector<char>(kReadBytes);
  std::string head_;
  std::string date_;
  Steady::time_point date_until_{};
  LoopCounts counts_;
  std::atomic<std::uint32_t> open_{0};
  std::uint64_t number_, number_step_;
  bool draining_ = false;
};

/// One request under way. Whoever holds a copy of its Respond holds it, and with it the request.
class Exchange {
 public:
  Exchange(std::shared_ptr<Door> door, std::weak_ptr<Connection> connection, std::uint64_t serial,
           std::unique_ptr<RequestReader> reader)
      : door_(std::move(door)), connection_(std::move(connection)), serial_(serial), reader_(std::move(reader)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    if (!called_) post(dropped());
  }

  /// Calls the handler on the loop's thread; what it answers meanwhile is kept.
  std::optional<Response> ask(const Handler& handler, const std::shared_ptr<Exchange>& self) {
    const Request& request = reader_->request();
    asking_ = this;
    try {
      handler(request, [self](Response response) { self->answer(std::move(response)); });
    } catch (const std::exception&) {
      // A copy of Respond that is still somewhere finds its request answered.
      if (!called_.exchange(true)) kept_ = failed();
    }
    asking_ = nullptr;
    if (!kept_ && self.use_count() == 1 && !called_.exchange(true)) kept_ = dropped();
    return std::move(kept_);
  }
  std::unique_ptr<RequestReader> give_reader() { return std::move(reader_); }

 private:
  static Response failed() {
    Response response;
    response.status = 500;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "500 Internal Server Error\n";
    return response;
  }
  static Response dropped() { return failed(); }

  void answer(Response response) {
    const bool first = !called_.exchange(true);
    GUICHET_CHECK(first, "a request is answered once");
    if (asking_ == this)
      kept_ = std::move(response);
    else
      post(std::move(response));
  }
  void post(Response response);

  static thread_local Exchange* asking_;
  std::shared_ptr<Door> door_;
  std::weak_ptr<Connection> connection_;
  std::uint64_t serial_;
  std::unique_ptr<RequestReader> reader_;
  std::optional<Response> kept_;
  std::atomic<bool> called_{false};
};
thread_local Exchange* Exchange::asking_ = nullptr;

/// What waits to go to an open page: filled from any thread, emptied by the connection's.
class Stream {
 public:
  Stream(std::shared_ptr<Door> door, std::weak_ptr<Connection> connection, bool chunked, std::size_t bytes_max)
      : door_(std::move(door)), connection_(std::move(connection)), chunked_(chunked), bytes_max_(bytes_max) {}

  bool send(std::string_view event, std::string_view data) {
    const std::scoped_lock lock(mutex_);
    if (!open_ || ended_) return false;
    std::string text = framed(event_text(event, data));
    if (waiting_.size() + text.size() > bytes_max_) {
      open_ = false;
      wake();
      return false;
    }
    waiting_ += text;
    wake();
    return true;
  }
  /// Nothing more comes. `farewell`: the page is told.
  void end(bool farewell) {
    const std::scoped_lock lock(mutex_);
    if (!open_ || ended_) return;
    if (farewell) waiting_ += framed(event_text("closing", ""));
    if (chunked_) waiting_ += "0\r\n\r\n";
    ended_ = true;
    wake();
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    open_ = false;
    waiting_ = std::string();
  }

  /// For the connection: false when the reader was too slow.
  bool open() {
    const std::scoped_lock lock(mutex_);
    woken_ = false;
    return open_;
  }
  /// Gives what there is to write; true when nothing comes behind it.
  bool take(std::string& text) {
    const std::scoped_lock lock(mutex_);
    text.clear();
    text.swap(waiting_);
    return ended_;
  }
  std::string framed(const std::string& text) const { return chunked_ ? chunk_text(text) : text; }

 private:
  void wake();

  std::mutex mutex_;
  std::string waiting_;
  bool open_ = true, ended_ = false, woken_ = false;
  std::shared_ptr<Door> door_;
  std::weak_ptr<Connection> connection_;
  bool chunked_;
  std::size_t bytes_max_;
};

/// The end of a stream that pages hold. Dropping it ends the stream.
class StreamEnd final : public EventStream {
 public:
  explicit StreamEnd(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  StreamEnd(const StreamEnd&) = delete;
  StreamEnd& operator=(const StreamEnd&) = delete;
  ~StreamEnd() override { stream_->end(false); }
  bool send(std::string_view event, std::string_view data) override { return stream_->send(event, data); }

 private:
  std::shared_ptr<Stream> stream_;
};

/// A response of which a part could not go at once.
struct Outgoing {
  std::string head, body;
  std::shared_ptr<const std::string> shared;
  bool with_body = true;
  std::size_t sent = 0;

  std::string_view first() const { return std::string_view(head).substr(std::min(sent, head.size())); }
  std::string_view second() const {
    if (!with_body) return {};
    const std::string_view whole = shared ? std::string_view(*shared) : std::string_view(body);
    return whole.substr(sent > head.size() ? std::min(sent - head.size(), whole.size()) : 0);
  }
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Descriptor descriptor, const AddressBytes& from, bool above_limit)
      : loop_(loop),
        descriptor_(std::move(descriptor)),
        channel_(std::in_place, descriptor_.native_handle(), loop.common().tls ? &*loop.common().tls : nullptr),
        from_(from),
        peer_(print_address(from)),
        above_limit_(above_limit) {}

  void start();
  void answered(std::uint64_t serial, Response response, std::unique_ptr<RequestReader> reader);
  void flush_stream();
  void overdue(Wait wait);
  /// The server stops: goes on only with what has been taken.
  void drain();
  /// The server waits no longer.
  void cut();

 private:
  friend class Loop;
  enum class Stage : std::uint8_t { greeting, reading, handling, writing, streaming, lingering, closed };
  enum class Sent : std::uint8_t { all, blocked, gone };

  void wait_read();
  void wait_write();
  void readable();
  void writable();
  void greet();
  void read();
  void take(std::string_view bytes);
  bool ask(std::string_view rest);
  bool respond(Response response, std::string_view rest);
  bool responded();
  void open_stream(Response response);
  Sent push(Outgoing& out);
  void push_on();
  void refuse(int status, std::string_view why);
  void leave();
  void linger();
  void discard();
  void close();
  bool begun() const { return reader_ != nullptr && reader_->started(); }

  Loop& loop_;
  Descriptor descriptor_;
  std::optional<Channel> channel_;
  std::unique_ptr<RequestReader> reader_;
  std::unique_ptr<Outgoing> out_;
  std::shared_ptr<Stream> stream_;
  std::string leftover_;  // what came behind the request that is being answered
  std::uint64_t serial_ = 0;
  std::int64_t progress_ = 0;  // bytes since the current wait began
  AddressBytes from_;
  std::string peer_;
  Stage stage_ = Stage::reading;
  bool waits_read_ = false, waits_write_ = false;
  bool keep_alive_ = true, http_1_0_ = false, head_only_ = false, lingers_ = false, stream_ended_ = false;
  bool above_limit_;

  // The loop's.
  std::size_t place_ = 0;
  Wait wait_ = Wait::none;
  Steady::time_point due_{};
  Connection* before_ = nullptr;
  Connection* behind_ = nullptr;
};

void Exchange::post(Response response) {
  door_->post([connection = connection_, serial = serial_, response = std::move(response),
               reader = std::move(reader_)]() mutable {
    if (const auto there = connection.lock()) there->answered(serial, std::move(response), std::move(reader));
  });
}

void Stream::wake() {
  if (std::exchange(woken_, true)) return;
  door_->post([connection = connection_] {
    if (const auto there = connection.lock()) there->flush_stream();
  });
}

// ---- Loop ----------------------------------------------------------------------------------------------------------

void Loop::adopt(int socket, const AddressBytes& from, bool above_limit) {
  Descriptor descriptor(context_);
  Code code;
  if (descriptor.assign(socket, code)) {
    ::close(socket);
    open_.fetch_sub(1);
    const std::scoped_lock lock(common_.mutex);
    if (common_.open.fetch_sub(1) == 1) common_.all_closed.notify_all();
    return;
  }
  const auto connection = std::make_shared<Connection>(*this, std::move(descriptor), from, above_limit);
  connection->place_ = connections_.size();
  connections_.push_back(connection);
  connection->start();
}

void Loop::remove(Connection& connection) {
  disarm(connection);
  connections_.back()->place_ = connection.place_;
  std::swap(connections_[connection.place_], connections_.back());
  // The last owner may be the one who calls.
  const std::shared_ptr<Connection> kept = std::move(connections_.back());
  connections_.pop_back();
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (common_.open.fetch_sub(1) == 1) {
    const std::scoped_lock lock(common_.mutex);
    common_.all_closed.notify_all();
  }
}

void Loop::arm(Connection& connection, Wait wait) {
  disarm(connection);
  const auto index = static_cast<std::size_t>(wait);
  Row& row = rows_[index];
  connection.wait_ = wait;
  connection.progress_ = 0;
  connection.due_ = Steady::now() + std::max(times_[index], Duration{1});
  connection.before_ = row.last;
  (row.last != nullptr ? row.last->behind_ : row.first) = &connection;
  row.last = &connection;
  wake_at(connection.due_);
}

void Loop::disarm(Connection& connection) {
  if (connection.wait_ == Wait::none) return;
  Row& row = rows_[static_cast<std::size_t>(connection.wait_)];
  (connection.before_ != nullptr ? connection.before_->behind_ : row.first) = connection.behind_;
  (connection.behind_ != nullptr ? connection.behind_->before_ : row.last) = connection.before_;
  connection.before_ = connection.behind_ = nullptr;
  connection.wait_ = Wait::none;
}

void Loop::wake_at(Steady::time_point at) {
  if (at >= alarm_at_) return;
  alarm_at_ = at;
  alarm_.expires_at(at);
  alarm_.async_wait([this](const Code& code) {
    if (code) return;
    alarm_at_ = Steady::time_point::max();
    sweep();
  });
}

void Loop::sweep() {
  const Steady::time_point now = Steady::now();
  for (std::size_t i = 0; i < kWaits; ++i)
    while (rows_[i].first != nullptr && rows_[i].first->due_ <= now) {
      const auto connection = rows_[i].first->shared_from_this();
      disarm(*connection);
      connection->overdue(static_cast<Wait>(i));
    }
  Steady::time_point next = Steady::time_point::max();
  for (const Row& row : rows_)
    if (row.first != nullptr) next = std::min(next, row.first->due_);
  if (next != Steady::time_point::max()) wake_at(std::max(next, now + kSweepPause));
}

void Loop::drain() {
  draining_ = true;
  const auto all = connections_;
  for (const auto& connection : all) connection->drain();
}

void Loop::cut() {
  const auto all = connections_;
  for (const auto& connection : all) connection->cut();
}

std::unique_ptr<RequestReader> Loop::lend_reader() {
  if (spare_readers_.empty()) return std::make_unique<RequestReader>(common_.limits);
  auto reader = std::move(spare_readers_.back());
  spare_readers_.pop_back();
  return reader;
}

void Loop::take_back(std::unique_ptr<RequestReader> reader) {
  if (!reader || spare_readers_.size() >= kSpareReadersMax) return;
  reader->reset();
  spare_readers_.push_back(std::move(reader));
}

std::string_view Loop::date() {
  const Steady::time_point steady = Steady::now();
  if (steady >= date_until_) {
    const Instant now = SystemClock{}.now();
    date_ = http_date(now);
    date_until_ = steady + (Duration{1000} - (now - std::chrono::floor<std::chrono::seconds>(now)));
  }
  return date_;
}

// ---- Connection ----------------------------------------------------------------------------------------------------

void Connection::start() {
  loop_.arm(*this, channel_->secure() ? Wait::head : Wait::idle);
  if (channel_->secure())
    stage_ = Stage::greeting;
  else if (above_limit_)
    return refuse(503, "too many connections are open; try again a little later");
  if (loop_.draining()) return drain();
  wait_read();
}

void Connection::wait_read() {
  if (std::exchange(waits_read_, true)) return;
  descriptor_.async_wait(Descriptor::wait_read, [self = shared_from_this()](const Code& code) {
    self->waits_read_ = false;
    if (!code && self->stage_ != Stage::closed) self->readable();
  });
}

void Connection::wait_write() {
  if (std::exchange(waits_write_, true)) return;
  descriptor_.async_wait(Descriptor::wait_write, [self = shared_from_this()](const Code& code) {
    self->waits_write_ = false;
    if (!code && self->stage_ != Stage::closed) self->writable();
  });
}

void Connection::readable() {
  switch (stage_) {
    case Stage::greeting: return greet();
    case Stage::reading: return read();
    case Stage::streaming:
    case Stage::lingering: return discard();
    case Stage::handling:
    case Stage::writing:
    case Stage::closed: return;
  }
}

void Connection::writable() {
  switch (stage_) {
    case Stage::greeting: return greet();
    case Stage::reading: return read();
    case Stage::writing: return push_on();
    case Stage::streaming: return flush_stream();
    case Stage::handling:
    case Stage::lingering:
    case Stage::closed: return;
  }
}

void Connection::greet() {
  switch (channel_->greet()) {
    case Came::some:
      stage_ = Stage::reading;
      loop_.arm(*this, Wait::idle);
      if (above_limit_) return refuse(503, "too many connections are open; try again a little later");
      return read();
    case Came::wait_read: return wait_read();
    case Came::wait_write: return wait_write();
    case Came::ended:
      channel_->write_raw(
          "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
          "This port speaks TLS; the address begins with https://\n");
      loop_.counts().refused.fetch_add(1, std::memory_order_relaxed);
      return linger();
    case Came::failed: return close();
  }
}

void Connection::read() {
  const Moved moved = channel_->read(loop_.scratch());
  switch (moved.came) {
    case Came::some:
      progress_ += static_cast<std::int64_t>(moved.bytes);
      return take({loop_.scratch().data(), moved.bytes});
    case Came::wait_read: return wait_read();
    case Came::wait_write: return wait_write();
    case Came::ended:
    case Came::failed: return close();
  }
}

/// Reads requests out of `bytes` until one cannot be answered at once.
void Connection::take(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!reader_) reader_ = loop_.lend_reader();
    bytes.remove_prefix(reader_->feed(bytes));
    switch (reader_->stage()) {
      case RequestReader::Stage::head:
        if (reader_->started() && wait_ != Wait::head) loop_.arm(*this, Wait::head);
        break;
      case RequestReader::Stage::body: {
        if (wait_ != Wait::body) loop_.arm(*this, Wait::body);
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        if (reader_->take_expectation() && reader_->request().body.empty() &&
            channel_->write(kContinue).bytes != kContinue.size())
          return close();
        break;
      }
      case RequestReader::Stage::refused: return refuse(reader_->status(), reader_->why());
      case RequestReader::Stage::complete:
        if (!ask(bytes)) return;
        break;
    }
  }
  wait_read();
}

/// True when the answer has gone and the next request may be read.
bool Connection::ask(std::string_view rest) {
  Request& request = reader_->request();
  request.peer = peer_;
  request.secure = channel_->secure();
  request.number = loop_.next_number();
  if (!loop_.common().trusted.empty()) believe_proxy(request, from_, loop_.common().trusted);
  keep_alive_ = reader_->keep_alive();
  http_1_0_ = reader_->http_1_0();
  head_only_ = request.method == Method::head;
  stage_ = Stage::handling;
  ++serial_;
  loop_.counts().requests.fetch_add(1, std::memory_order_relaxed);

  const auto exchange = std::make_shared<Exchange>(loop_.door(), weak_from_this(), serial_, std::move(reader_));
  auto answer = exchange->ask(loop_.common().handler, exchange);
  if (!answer) {
    leftover_ = rest;
    loop_.arm(*this, Wait::answer);
    return false;
  }
  loop_.take_back(exchange->give_reader());
  return respond(std::move(*answer), rest);
}

void Connection::answered(std::uint64_t serial, Response response, std::unique_ptr<RequestReader> reader) {
  loop_.take_back(std::move(reader));
  if (stage_ != Stage::handling || serial != serial_) return;
  const std::string rest = std::move(leftover_);
  leftover_.clear();
  if (respond(std::move(response), rest)) take(rest);
}

bool Connection::respond(Response response, std::string_view rest) {
  GUICHET_CHECK(response.status >= 200 && response.status < 600, "a handler gives a final status");
  if (response.stream && !head_only_) {
    open_stream(std::move(response));
    return false;
  }
  if (loop_.draining()) keep_alive_ = false;
  Outgoing out;
  const bool bodiless = response.status == 204 || response.status == 304;
  Framing framing{.length = {}, .chunked = false, .keep_alive = keep_alive_, .http_1_0 = http_1_0_};
  if (!bodiless && !response.stream) framing.length = response.shared ? response.shared->size() : response.body.size();
  out.head.swap(loop_.head());
  out.head.clear();
  append_head(out.head, response, framing, loop_.date());
  out.with_body = !bodiless && !head_only_;
  out.body = std::move(response.body);
  out.shared = std::move(response.shared);
  switch (push(out)) {
    case Sent::all: loop_.head().swap(out.head); return responded();
    case Sent::gone: close(); return false;
    case Sent::blocked: break;
  }
  stage_ = Stage::writing;
  out_ = std::make_unique<Outgoing>(std::move(out));
  leftover_ = rest;
  loop_.arm(*this, Wait::write);
  wait_write();
  return false;
}

/// The response has gone. True when a next request may be read.
bool Connection::responded() {
  if (lingers_) {
    linger();
  } else if (!keep_alive_ || loop_.draining()) {
    leave();
  } else {
    stage_ = Stage::reading;
    loop_.arm(*this, Wait::idle);
    return true;
  }
  return false;
}

Connection::Sent Connection::push(Outgoing& out) {
  for (std::size_t turn = 0; turn < kWritesInTurn; ++turn) {
    const std::string_view first = out.first();
    const std::string_view second = out.second();
    if (first.empty() && second.empty()) return Sent::all;
    const Moved moved = channel_->write(first, second);
    // A TLS that wants to read before it writes is content with the next write: we never renegotiate.
    if (moved.came == Came::wait_write || moved.came == Came::wait_read) return Sent::blocked;
    if (moved.came != Came::some) return Sent::gone;
    out.sent += moved.bytes;
    progress_ += static_cast<std::int64_t>(moved.bytes);
    loop_.counts().bytes_out.fetch_add(moved.bytes, std::memory_order_relaxed);
    if (moved.bytes == first.size() + second.size()) return Sent::all;
  }
  return Sent::blocked;
}

void Connection::push_on() {
  switch (push(*out_)) {
    case Sent::blocked: return wait_write();
    case Sent::gone: return close();
    case Sent::all: break;
  }
  out_.reset();
  if (!responded()) return;
  const std::string rest = std::move(leftover_);
  leftover_.clear();
  take(rest);
}

void Connection::open_stream(Response response) {
  stage_ = Stage::streaming;
  keep_alive_ = false;
  const Framing framing{.length = {}, .chunked = !http_1_0_, .keep_alive = false, .http_1_0 = http_1_0_};
  out_ = std::make_unique<Outgoing>();
  if (response.content_type.starts_with("text/html")) response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  append_head(out_->head, response, framing, loop_.date());
  stream_ = std::make_shared<Stream>(loop_.door(), weak_from_this(), framing.chunked,
                                     loop_.common().options.stream_bytes_max);
  loop_.counts().streams_open.fetch_add(1, std::memory_order_relaxed);
  loop_.arm(*this, Wait::beat);
  const auto end = std::make_shared<StreamEnd>(stream_);
  try {
    response.stream(end);
  } catch (const std::exception&) {
    stream_->end(false);
  }
  if (loop_.draining()) stream_->end(true);
  wait_read();
  flush_stream();
}

void Connection::flush_stream() {
  if (stage_ != Stage::streaming) return;
  if (!stream_->open()) return close();
  const bool was_blocked = wait_ == Wait::write;
  for (;;) {
    if (out_) {
      switch (push(*out_)) {
        case Sent::gone: return close();
        case Sent::all: out_.reset(); break;
        case Sent::blocked: {
          if (!was_blocked) loop_.arm(*this, Wait::write);
          return wait_write();
        }
      }
    }
    if (stream_ended_) return leave();
    auto next = std::make_unique<Outgoing>();
    stream_ended_ = stream_->take(next->head);
    if (next->head.empty()) {
      if (stream_ended_) return leave();
      break;
    }
    out_ = std::move(next);
  }
  if (was_blocked) loop_.arm(*this, Wait::beat);
}

void Connection::overdue(Wait wait) {
  const std::int64_t enough = kBytesPerMsMin * loop_.common().options.body_time.count();
  const std::int64_t enough_out = kBytesPerMsMin * loop_.common().options.write_time.count();
  switch (wait) {
    case Wait::head:
      if (stage_ == Stage::greeting) return close();
      return refuse(408, "the head of the request did not come in time");
    case Wait::body:
      if (progress_ >= enough) return loop_.arm(*this, Wait::body);
      return refuse(408, "the body of the request did not come in time");
    case Wait::idle: channel_->finish(); return close();
    case Wait::answer: return refuse(503, "no answer was found in time; try again a little later");
    case Wait::write:
      if (progress_ >= enough_out) return loop_.arm(*this, Wait::write);
      return close();
    case Wait::beat:
      loop_.arm(*this, Wait::beat);
      if (!out_) {
        out_ = std::make_unique<Outgoing>();
        out_->head = stream_->framed(":\n\n");
        flush_stream();
      }
      return;
    case Wait::linger:
    case Wait::none: return close();
  }
}

void Connection::refuse(int status, std::string_view why) {
  loop_.counts().refused.fetch_add(1, std::memory_order_relaxed);
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::to_string(status) + " " + std::string(reason(status)) + ": " + std::string(why) + "\n";
  if (const auto& page = loop_.common().options.refusal) {
    static const Request kNothing;
    try {
      response = page(reader_ ? reader_->request() : kNothing, status, why);
    } catch (const std::exception&) {
      response.headers.clear();  // the plain words stand
    }
  }
  response.stream = nullptr;
  if (status == 503) response.headers.emplace_back("Retry-After", "5");
  if (reader_) {
    http_1_0_ = reader_->http_1_0();
    head_only_ = reader_->request().method == Method::head;
    loop_.take_back(std::move(reader_));
  }
  ++serial_;  // whoever still answers is too late
  keep_alive_ = false;
  lingers_ = true;
  leftover_.clear();
  respond(std::move(response), {});
}

/// Closes; at once when nothing lies unread, because the system would then take back what is on its way.
void Connection::leave() {
  channel_->finish();
  stage_ = Stage::lingering;
  loop_.arm(*this, Wait::linger);
  if (leftover_.empty() && channel_->read_raw(loop_.scratch()).came != Came::some) return close();
  wait_read();
}

void Connection::linger() {
  channel_->finish();
  stage_ = Stage::lingering;
  loop_.arm(*this, Wait::linger);
  wait_read();
}

void Connection::discard() {
  const Moved moved = channel_->read_raw(loop_.scratch());
  if (moved.came == Came::some || moved.came == Came::wait_read) return wait_read();
  close();
}

void Connection::drain() {
  switch (stage_) {
    case Stage::greeting: return close();
    case Stage::reading:
      if (begun()) return;
      read();  // what lies there was sent before we stopped
      if (stage_ == Stage::reading && !begun()) {
        channel_->finish();
        close();
      }
      return;
    case Stage::streaming: return stream_->end(true);
    case Stage::handling:
    case Stage::writing:
    case Stage::lingering:
    case Stage::closed: return;
  }
}

void Connection::cut() {
  if (stage_ == Stage::handling) refuse(503, "the server stops; try again a little later");
  close();
}

void Connection::close() {
  if (stage_ == Stage::closed) return;
  const auto self = shared_from_this();
  stage_ = Stage::closed;
  if (stream_) {
    stream_->close();
    stream_.reset();
    loop_.counts().streams_open.fetch_sub(1, std::memory_order_relaxed);
  }
  loop_.take_back(std::move(reader_));
  out_.reset();
  leftover_ = std::string();
  channel_.reset();
  Code code;
  // An error in closing leaves the socket as closed as it can be.
  if (descriptor_.close(code)) code.clear();
  loop_.remove(*this);
}

// ---- The server ----------------------------------------------------------------------------------------------------

/// One file per connection: takes what the system lets this user have.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return;
}

/// A socket that is closed unless somebody takes it.
class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  int take() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::string place(const std::string& address, std::uint16_t port) {
  const bool six = address.find(':') != std::string::npos && !address.starts_with('[');
  return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<int> listening_socket(const ServerOptions& options) {
  const auto at = [&] { return "cannot listen at " + place(options.address, options.port) + ": "; };
  const std::string wanted = options.address == "localhost" ? "127.0.0.1" : options.address;
  const auto parsed = parse_address(wanted);
  if (!parsed)
    return Error{Fault::usage,
                 at() + "\"" + options.address +
                     "\" is no address; write one of this machine's, such as 127.0.0.1, or 0.0.0.0 for all"};
  const bool six = wanted.find(':') != std::string::npos;
  Socket socket(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.number() < 0)
    return Error{Fault::usage, at() + std::strerror(errno) + "; give this process more files (ulimit -n)"};
  const int on = 1;
  const int off = 0;
  setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Those accepted inherit: answers go at once, and a side that vanished is noticed.
  setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  const auto unheard = static_cast<unsigned>(std::clamp<std::int64_t>(options.write_time.count(), 1'000, 600'000));
  setsockopt(socket.number(), IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard, sizeof unheard);

  sockaddr_storage storage{};
  socklen_t size = 0;
  if (six) {
    setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(options.port);
    std::memcpy(&address.sin6_addr, parsed->data(), 16);
    std::memcpy(&storage, &address, size = sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    std::memcpy(&address.sin_addr, parsed->data() + 12, 4);
    std::memcpy(&storage, &address, size = sizeof address);
  }
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      ::listen(socket.number(), 4096) != 0) {
    const int why = errno;
    if (why == EADDRINUSE)
      return Error{Fault::usage, at() + "another program already listens there; stop it or choose another port"};
    if (why == EADDRNOTAVAIL)
      return Error{Fault::usage,
                   at() + "this machine does not have that address; write one it has, or 0.0.0.0 for all"};
    if (why == EACCES)
      return Error{Fault::usage, at() +
                                     "this user may not take a port below 1024; choose a higher one and put a proxy "
                                     "before it, or grant CAP_NET_BIND_SERVICE"};
    return Error{Fault::usage, at() + std::strerror(why) + "; choose another address or port"};
  }
  return socket.take();
}

AddressBytes address_of(const sockaddr_storage& storage) {
  AddressBytes bytes{};
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof address);
    std::memcpy(bytes.data(), &address.sin6_addr, 16);
  } else {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof address);
    bytes[10] = bytes[11] = 0xFF;
    std::memcpy(bytes.data() + 12, &address.sin_addr, 4);
  }
  return bytes;
}

std::uint16_t port_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size);
  sockaddr_in6 six{};
  sockaddr_in four{};
  std::memcpy(&six, &storage, sizeof six);
  std::memcpy(&four, &storage, sizeof four);
  return ntohs(storage.ss_family == AF_INET6 ? six.sin6_port : four.sin_port);
}

class LoopServer final : public HttpServer {
 public:
  LoopServer(const ServerOptions& options, Handler handler, Networks trusted, std::optional<TlsIdentity> tls,
             int socket)
      : port_(port_of(socket)) {
    common_.options = options;
    common_.handler = std::move(handler);
    common_.trusted = std::move(trusted);
    common_.tls = std::move(tls);
    common_.limits.header_bytes_max = options.header_bytes_max;
    common_.limits.target_bytes_max = options.target_bytes_max;
    common_.limits.body_bytes_max = options.body_bytes_max;
    common_.limits.form_bytes_max = options.form_bytes_max;
    common_.limits.room = &common_.room;
    const unsigned threads = options.threads != 0 ? options.threads : std::max(2U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; ++i) loops_.push_back(std::make_unique<Loop>(common_, i, threads));
    listener_.emplace(loops_.front()->context());
    listener_->assign(socket);
    pause_.emplace(loops_.front()->context());
    wait_accept();
    for (const auto& loop : loops_) threads_.emplace_back([&loop = *loop] { loop.run(); });
  }
  LoopServer(const LoopServer&) = delete;
  LoopServer& operator=(const LoopServer&) = delete;
  ~LoopServer() override { stop(Duration{0}); }

  std::string url() const override {
    const std::string& address = common_.options.address;
    // An address that means every one of this machine is none that a browser can go to.
    const std::string host = address == "0.0.0.0"                   ? "127.0.0.1"
                             : address == "::" || address == "[::]" ? "::1"
                                                                    : address;
    return (common_.tls ? "https://" : "http://") + place(host, port_);
  }
  std::uint16_t port() const override { return port_; }

  ServerCounts counts() const override {
    ServerCounts counts;
    counts.connections = accepted_.load();
    counts.connections_open = common_.open.load();
    for (const auto& loop : loops_) {
      const LoopCounts& one = loop->counts();
      counts.requests += one.requests.load(std::memory_order_relaxed);
      counts.refused += one.refused.load(std::memory_order_relaxed);
      counts.bytes_out += one.bytes_out.load(std::memory_order_relaxed);
      counts.streams_open += one.streams_open.load(std::memory_order_relaxed);
    }
    return counts;
  }

  void stop(Duration grace) override {
    const std::scoped_lock once(stopping_);
    if (threads_.empty()) return;
    for (const std::thread& thread : threads_)
      GUICHET_CHECK(thread.get_id() != std::this_thread::get_id(), "a handler does not stop its own server");
    // The listener's loop hands over what it has accepted before the others are told to drain.
    std::mutex mutex;
    std::condition_variable closed;
    bool is_closed = false;
    net::post(loops_.front()->context(), [&] {
      Code code;
      if (listener_->close(code)) code.clear();
      pause_->cancel();
      const std::scoped_lock lock(mutex);
      is_closed = true;
      closed.notify_one();
    });
    {
      std::unique_lock lock(mutex);
      closed.wait(lock, [&] { return is_closed; });
    }
    for (const auto& loop : loops_) net::post(loop->context(), [&loop = *loop] { loop.drain(); });
    const auto none_open = [&] { return common_.open.load() == 0; };
    {
      std::unique_lock lock(common_.mutex);
      common_.all_closed.wait_for(lock, grace, none_open);
    }
    for (const auto& loop : loops_) net::post(loop->context(), [&loop = *loop] { loop.cut(); });
    {
      std::unique_lock lock(common_.mutex);
      common_.all_closed.wait(lock, none_open);
    }
    for (const auto& loop : loops_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void wait_accept() {
    listener_->async_wait(Descriptor::wait_read, [this](const Code& code) {
      if (!code) accept();
    });
  }

  void accept() {
    for (int i = 0; i < kAcceptsInTurn; ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const int socket = ::accept4(listener_->native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) {
        give(socket, address_of(from));
      } else if (errno == EAGAIN || errno == EINVAL || errno == EBADF) {
        break;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // The connection stays in the system's queue; asking again at once would only burn the processor.
        pause_->expires_after(kAcceptPause);
        pause_->async_wait([this](const Code& code) {
          if (!code) accept();
        });
        return;
      }
    }
    wait_accept();
  }

  void give(int socket, const AddressBytes& from) {
    const std::uint32_t open = common_.open.load();
    const std::uint32_t open_max = common_.options.connections_max;
    if (open >= open_max + kRefusedTogetherMax) {
      ::close(socket);
      return;
    }
    accepted_.fetch_add(1, std::memory_order_relaxed);
    common_.open.fetch_add(1);
    Loop& loop = **std::min_element(loops_.begin(), loops_.end(), [](const auto& a, const auto& b) {
      return a->open().load(std::memory_order_relaxed) < b->open().load(std::memory_order_relaxed);
    });
    loop.open().fetch_add(1, std::memory_order_relaxed);
    const bool above_limit = open >= open_max;
    if (&loop == loops_.front().get())
      loop.adopt(socket, from, above_limit);
    else
      net::post(loop.context(), [&loop, socket, from, above_limit] { loop.adopt(socket, from, above_limit); });
  }

  Common common_;
  std::uint16_t port_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::optional<Descriptor> listener_;
  std::optional<Alarm> pause_;
  std::atomic<std::uint64_t> accepted_{0};
  std::vector<std::thread> threads_;
  std::mutex stopping_;
};

struct TakenPlace final : ServerPlace {
  Networks trusted;
  std::optional<TlsIdentity> tls;
  std::optional<Socket> socket;
};

}  // namespace

Result<std::shared_ptr<ServerPlace>> HttpServer::take_place(const ServerOptions& options) {
  auto place = std::make_shared<TakenPlace>();
  GUICHET_TRY(trusted, Networks::of(options.trusted_proxies));
  place->trusted = std::move(trusted);
  if (!options.tls_certificate.empty() || !options.tls_key.empty()) {
    GUICHET_TRY(identity, TlsIdentity::read(options.tls_certificate, options.tls_key));
    place->tls = std::move(identity);
  }
  raise_file_limit();
  GUICHET_TRY(socket, listening_socket(options));
  place->socket.emplace(socket);
  return std::shared_ptr<ServerPlace>(std::move(place));
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, Handler handler) {
  ServerOptions own = options;
  if (!own.place) {
    GUICHET_TRY(taken, take_place(options));
    own.place = std::move(taken);
  }
  const auto place = std::dynamic_pointer_cast<TakenPlace>(std::exchange(own.place, nullptr));
  GUICHET_CHECK(place && place->socket, "a place comes from take_place and serves once");
  const int socket = place->socket->take();
  place->socket.reset();
  return std::unique_ptr<HttpServer>(
      std::make_unique<LoopServer>(own, std::move(handler), std::move(place->trusted), std::move(place->tls), socket));
}

}  // namespace guichet::desk
