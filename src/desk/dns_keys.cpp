#include <guichet/desk/dns_keys.hpp>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace guichet::desk {
namespace {

using intake::mail::KeyAnswer;

KeyAnswer failed(std::string why) { return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = std::move(why)}; }

std::optional<sockaddr_in> address_of(const std::string& resolver) {
  const std::size_t colon = resolver.rfind(':');
  const std::string host = resolver.substr(0, colon);
  std::uint16_t port = NS_DEFAULTPORT;
  if (colon != std::string::npos) {
    const char* const end = resolver.data() + resolver.size();
    const auto [at, fault] = std::from_chars(resolver.data() + colon + 1, end, port);
    if (fault != std::errc{} || at != end || port == 0) return {};
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return {};
  return address;
}

/// Closes itself.
class Handle {
 public:
  explicit Handle(int file) : file_(file) {}
  ~Handle() {
    if (file_ >= 0) ::close(file_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int get() const { return file_; }
  explicit operator bool() const { return file_ >= 0; }

 private:
  int file_;
};

/// Waits for a socket until the time is over or a stop is asked for. One wait may last for several answers.
class Waiting {
 public:
  explicit Waiting(const std::stop_token& stop)
      : over_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
        stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        wake_(stop, [this] { ::eventfd_write(stopped_.get(), 1); }) {}

  /// Begins anew: so many seconds from here.
  void allow(int seconds) {
    itimerspec after{};
    after.it_value.tv_sec = std::max(seconds, 1);
    ::timerfd_settime(over_.get(), 0, &after, nullptr);
  }
  /// Whether something can be done with the socket; otherwise the time is over, or a stop was asked for.
  bool until(int socket, short event) const {
    std::array<pollfd, 3> all{pollfd{.fd = stopped_.get(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = over_.get(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = socket, .events = event, .revents = 0}};
    for (;;) {
      if (!over_ || !stopped_) return false;
      const int ready = ::poll(all.data(), all.size(), -1);
      if (ready < 0 && errno == EINTR) continue;
      return ready > 0 && all[0].revents == 0 && all[1].revents == 0;
    }
  }

 private:
  Handle over_, stopped_;
  std::stop_callback<std::function<void()>> wake_;
};

/// A name server that the machine names, or the one that was asked for.
struct Server {
  sockaddr_storage address{};
  socklen_t bytes{};
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

template <class Address>
Server server_at(const Address& address) {
  Server server;
  std::memcpy(&server.address, &address, sizeof address);
  server.bytes = sizeof address;
  return server;
}

std::vector<Server> servers_of(const struct __res_state& resolver) {
  std::vector<Server> servers;
  for (int i = 0; i < std::min(resolver.nscount, MAXNS); ++i) {
    // An IPv6 address stands beside, and leaves the list's own place empty.
    if (resolver.nsaddr_list[i].sin_family == AF_INET)
      servers.push_back(server_at(resolver.nsaddr_list[i]));
    else if (const sockaddr_in6* other = resolver._u._ext.nsaddrs[i]; other != nullptr)
      servers.push_back(server_at(*other));
  }
  return servers;
}

/// Whether it is to this question: its number, and the name and type that were asked for.
bool answers(std::string_view answer, const std::string& question) {
  if (answer.size() < question.size() || question.size() < NS_HFIXEDSZ) return false;
  const bool response = (static_cast<unsigned char>(answer[2]) & 0x80U) != 0;
  const auto same_name = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  };
  return response && answer.substr(0, 2) == std::string_view(question).substr(0, 2) &&
         std::equal(question.begin() + NS_HFIXEDSZ, question.end(), answer.begin() + NS_HFIXEDSZ, same_name);
}

/// What came by UDP; empty when nothing did.
std::string over_udp(const Server& server, const std::string& question, const Waiting& waiting) {
  // What another sends in its stead: so many are thrown away, and then it is no use.
  constexpr int kStrangersMost = 32;
  const Handle socket(::socket(server.get()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || ::connect(socket.get(), server.get(), server.bytes) != 0) return {};
  if (::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  for (int strangers = 0; strangers < kStrangersMost; ++strangers) {
    if (!waiting.until(socket.get(), POLLIN)) return {};
    answer.resize(NS_MAXMSG);
    const ssize_t got = ::recv(socket.get(), answer.data(), answer.size(), 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return {};
    answer.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    if (answers(answer, question)) return answer;
  }
  return {};
}

/// What came by TCP, each message behind its length (RFC 1035, 4.2.2); empty when nothing did.
std::string over_tcp(const Server& server, const std::string& question, const Waiting& waiting) {
  const Handle socket(::socket(server.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return {};
  if (::connect(socket.get(), server.get(), server.bytes) != 0 && errno != EINPROGRESS) return {};
  const auto length = [](std::size_t bytes) {
    return std::string{static_cast<char>(bytes >> 8U), static_cast<char>(bytes & 0xFFU)};
  };
  std::string out = length(question.size()) + question;
  while (!out.empty()) {
    if (!waiting.until(socket.get(), POLLOUT)) return {};
    const ssize_t sent = ::send(socket.get(), out.data(), out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return {};
    if (sent > 0) out.erase(0, static_cast<std::size_t>(sent));
  }
  std::string in;
  std::size_t wanted = 2;
  while (in.size() < wanted) {
    if (!waiting.until(socket.get(), POLLIN)) return {};
    std::array<char, 4096> piece{};
    const ssize_t got = ::recv(socket.get(), piece.data(), std::min(piece.size(), wanted - in.size()), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return {};
    in.append(piece.data(), static_cast<std::size_t>(got));
    if (wanted == 2 && in.size() == 2)
      wanted += (static_cast<std::size_t>(static_cast<unsigned char>(in[0])) << 8U) + static_cast<unsigned char>(in[1]);
  }
  in.erase(0, 2);
  return answers(in, question) ? in : std::string{};
}

/// Asked by ourselves, and not by the resolver of the C library, which cannot be interrupted while it waits.
KeyAnswer ask(const std::string& name, const DnsAsking& asking, const std::optional<sockaddr_in>& resolver) {
  struct State {
    struct __res_state resolver{};
    bool open = false;
    ~State() {
      if (open) res_nclose(&resolver);
    }
  };
  State state;
  state.open = res_ninit(&state.resolver) == 0;
  if (!state.open) return failed("this machine names no resolver");
  std::string question(NS_MAXDNAME + NS_PACKETSZ, '\0');
  const int bytes = res_nmkquery(&state.resolver, ns_o_query, name.c_str(), ns_c_in, ns_t_txt, nullptr, 0, nullptr,
                                 reinterpret_cast<unsigned char*>(question.data()), static_cast<int>(question.size()));
  if (bytes < NS_HFIXEDSZ) return failed("this is no name of the DNS");
  question.resize(static_cast<std::size_t>(bytes));
  Waiting waiting(asking.stop);
  const std::vector<Server> servers = resolver ? std::vector{server_at(*resolver)} : servers_of(state.resolver);
  for (int tries = 0; tries < asking.tries; ++tries) {
    for (const Server& server : servers) {
      if (asking.stop.stop_requested()) return failed("the question was broken off");
      waiting.allow(asking.seconds);
      std::string answer = over_udp(server, question, waiting);
      constexpr unsigned kCut = 0x02, kCode = 0x0F;
      if (answer.size() >= NS_HFIXEDSZ && (static_cast<unsigned char>(answer[2]) & kCut) != 0)
        answer = over_tcp(server, question, waiting);
      if (answer.size() < NS_HFIXEDSZ) continue;
      const unsigned code = static_cast<unsigned char>(answer[3]) & kCode;
      if (code == ns_r_nxdomain) return {.kind = KeyAnswer::Kind::none, .texts = {}, .why = "the DNS has none"};
      if (code == ns_r_noerror) return texts_of_answer(answer);
    }
  }
  return failed(asking.stop.stop_requested() ? "the question was broken off" : "the resolver gave no answer");
}

}  // namespace

intake::mail::KeyAnswer texts_of_answer(const std::string& answer) {
  constexpr std::string_view kUnreadable = "the resolver's answer cannot be read";
  KeyAnswer texts;
  texts.kind = KeyAnswer::Kind::none;
  texts.why = "the DNS has none";
  ns_msg message{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(answer.data());
  if (ns_initparse(bytes, static_cast<int>(answer.size()), &message) != 0) return failed(std::string{kUnreadable});
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return failed(std::string{kUnreadable});
    if (ns_rr_type(record) != ns_t_txt) continue;
    // Strings of at most 255 bytes, each behind its length, joined without blanks (RFC 6376, 3.6.2.2).
    std::string text;
    const unsigned char* at = ns_rr_rdata(record);
    const unsigned char* const end = at + ns_rr_rdlen(record);
    while (at < end) {
      if (*at > end - at - 1) return failed(std::string{kUnreadable});
      text.append(reinterpret_cast<const char*>(at + 1), *at);
      at += 1 + *at;
    }
    texts.kind = KeyAnswer::Kind::found;
    texts.why.clear();
    texts.texts.push_back(std::move(text));
  }
  return texts;
}

Result<intake::mail::FindKey> keys_in_dns(const DnsAsking& asking) {
  std::optional<sockaddr_in> resolver;
  if (!asking.resolver.empty() && asking.resolver != "system") {
    resolver = address_of(asking.resolver);
    if (!resolver)
      return Error{Fault::usage, "--dns=" + asking.resolver +
                                     ": is no resolver; write an IPv4 address and a port, as in --dns=127.0.0.1:53"};
  }
  const auto known = std::make_shared<std::map<std::string, KeyAnswer>>();
  return intake::mail::FindKey{[known, asking, resolver](const std::string& name) {
    if (const auto before = known->find(name); before != known->end()) return before->second;
    KeyAnswer answer = ask(name, asking, resolver);
    if (asking.remember && !asking.stop.stop_requested()) known->emplace(name, answer);
    return answer;
  }};
}

}  // namespace guichet::desk
