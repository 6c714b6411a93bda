// A server that takes a connection and never answers, over a real socket: what dead programs and hung mail servers do.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace guichet::desk {

class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_, 64), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() {
    if (taken_ >= 0) ::close(taken_);
    ::close(socket_);
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

  /// Waits until somebody connects, and holds on to that connection.
  void take() {
    taken_ = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(taken_, 0);
  }
  /// Waits until so much was said on it.
  void hear(std::string_view until) {
    std::array<char, 4096> room{};
    while (heard_.find(until) == std::string::npos) {
      const ssize_t got = ::recv(taken_, room.data(), room.size(), 0);
      ASSERT_GT(got, 0) << "the other side has left after: " << heard_;
      heard_.append(room.data(), static_cast<std::size_t>(got));
    }
  }
  void say(std::string_view words) {
    EXPECT_EQ(::send(taken_, words.data(), words.size(), MSG_NOSIGNAL), ssize_t(words.size()));
  }
  /// The other side has closed the connection, which was held all the time.
  bool was_left() {
    std::array<char, 4096> room{};
    for (;;) {
      const ssize_t got = ::recv(taken_, room.data(), room.size(), MSG_DONTWAIT);
      if (got <= 0) return got == 0 || errno == ECONNRESET;
    }
  }

 private:
  int socket_, taken_ = -1;
  std::uint16_t port_{};
  std::string heard_;
};

}  // namespace guichet::desk
