// A real name server of the distribution (dnsmasq) on a free port of this machine, and one that answers what it is told
// to, for as long as a test runs.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace guichet::desk {

/// A UDP socket on a free port of 127.0.0.1.
class UdpSocket {
 public:
  UdpSocket() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~UdpSocket() { ::close(socket_); }
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  int socket() const { return socket_; }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

class NameServer {
 public:
  /// `records`: what dnsmasq's --txt-record takes. Null where it is not installed.
  static std::unique_ptr<NameServer> start(const std::vector<std::string>& records) {
    if (!std::filesystem::exists("/usr/sbin/dnsmasq")) return nullptr;
    std::unique_ptr<NameServer> server(new NameServer);
    server->port_ = UdpSocket().port();
    std::vector<std::string> words{"/usr/sbin/dnsmasq",
                                   "--no-daemon",
                                   "--conf-file=/dev/null",
                                   "--pid-file=",
                                   "--no-resolv",
                                   "--no-hosts",
                                   "--local=/example/",
                                   "--bind-interfaces",
                                   "--listen-address=127.0.0.1",
                                   "--port=" + std::to_string(server->port_)};
    if (::geteuid() == 0) words.emplace_back("--user=root");
    for (const std::string& record : records) words.push_back("--txt-record=" + record);
    server->child_ = ::fork();
    if (server->child_ == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, 1);
      ::dup2(nowhere, 2);
      std::vector<char*> arguments;
      for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
      arguments.push_back(nullptr);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    for (int tries = 0; tries < 400 && !server->listens(); ++tries) ::poll(nullptr, 0, 25);
    return server->listens() ? std::move(server) : nullptr;
  }
  ~NameServer() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    int status = 0;
    ::waitpid(child_, &status, 0);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  NameServer() = default;
  bool listens() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return open;
  }
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

/// Answers each question with what `answer` makes of it; an empty answer is none.
class OddServer {
 public:
  explicit OddServer(std::function<std::string(const std::string& question)> answer) : answer_(std::move(answer)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~OddServer() {
    stop_ = true;
    thread_.join();
  }
  OddServer(const OddServer&) = delete;
  OddServer& operator=(const OddServer&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(socket_.port()); }
  std::uint16_t port() const { return socket_.port(); }
  int asked() const { return asked_; }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{.fd = socket_.socket(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      std::string question(4096, '\0');
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          ::recvfrom(socket_.socket(), question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got <= 0) continue;
      ++asked_;
      question.resize(static_cast<std::size_t>(got));
      const std::string answer = answer_(question);
      if (!answer.empty())
        ::sendto(socket_.socket(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
    }
  }

  UdpSocket socket_;
  std::function<std::string(const std::string&)> answer_;
  std::atomic<bool> stop_{false};
  std::atomic<int> asked_{0};
  std::thread thread_;
};

}  // namespace guichet::desk
