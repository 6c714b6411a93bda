// Real mail servers of the distribution on free ports of this machine, with folders of their own, for as long as a test
// runs: OpenSMTPD takes mail, Dovecot shows it, and takes it by TLS with a password.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <guichet/desk/mail_wire.hpp>

namespace guichet::desk {

class MailServers {
 public:
  /// Null where they cannot be run; `why` then says what is missing.
  static std::unique_ptr<MailServers> start(std::string& why) {
    if (::geteuid() != 0) {
      why = "mail servers need root";
      return nullptr;
    }
    for (const char* program :
         {"/usr/sbin/smtpd", "/usr/sbin/dovecot", "/usr/lib/dovecot/submission", "/usr/bin/openssl"})
      if (!std::filesystem::exists(program)) {
        why = std::string(program) + " is not installed";
        return nullptr;
      }
    std::unique_ptr<MailServers> servers(new MailServers);
    why = servers->begin();
    return why.empty() ? std::move(servers) : nullptr;
  }
  MailServers(const MailServers&) = delete;
  MailServers& operator=(const MailServers&) = delete;
  ~MailServers() {
    for (const pid_t child : children_) {
      ::kill(-child, SIGTERM);
      int status = 0;
      ::waitpid(child, &status, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  /// Without TLS; takes mail for everybody at place.example and boutique.example, and refuses nobody@boutique.example.
  MailServer smtp() const { return server(smtp_port_, WireSecurity::none); }
  /// Demands TLS and a password.
  MailServer smtp_with_password() const {
    MailServer out = server(smtp_safe_port_, WireSecurity::starttls);
    out.user = "desk@place.example";
    out.password = "secret";
    out.certificates = certificate();
    return out;
  }
  /// The mailbox of this address; every password is "secret".
  MailFolder imap(const std::string& address, WireSecurity security = WireSecurity::none) const {
    MailFolder out;
    out.server = server(security == WireSecurity::tls ? imaps_port_ : imap_port_, security);
    out.server.user = address;
    out.server.password = "secret";
    if (security != WireSecurity::none) out.server.certificates = certificate();
    return out;
  }
  std::string certificate() const { return folder_ + "/certificate.pem"; }

  /// Polls until `count` mails were kept or a long time has gone by.
  std::vector<FetchedMail> fetch(const MailFolder& folder, std::size_t count) const {
    std::vector<FetchedMail> mails;
    for (int tries = 0; tries < 600 && mails.size() < count; ++tries) {
      const auto polled = poll_folder(folder, [&](const FetchedMail& mail) {
        mails.push_back(mail);
        return true;
      });
      if (polled && polled->kept == 0) ::poll(nullptr, 0, 50);  // the server delivers when it likes
    }
    return mails;
  }

 private:
  MailServers() = default;

  MailServer server(std::uint16_t port, WireSecurity security) const {
    MailServer out;
    out.host = "127.0.0.1";
    out.port = port;
    out.security = security;
    return out;
  }

  static std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
  }

  static bool listens(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return open;
  }

  /// `before` runs in the child.
  pid_t run(const std::vector<std::string>& words, const std::function<void()>& before = {}) const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::setpgid(0, 0);
    const int log = ::open((folder_ + "/servers.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, 1);
    ::dup2(log, 2);
    if (before) before();
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  std::string begin() {
    std::string pattern = (std::filesystem::temp_directory_path() / "guichet-mail-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return "no folder can be made";
    folder_ = pattern;
    ::chmod(folder_.c_str(), 0755);
    for (const char* name : {"home", "box", "run", "state"}) {
      std::filesystem::create_directory(folder_ + "/" + name);
      if (::chown((folder_ + "/" + name).c_str(), kMailUser, kMailUser) != 0) return "folders cannot be given away";
    }
    int status = 0;
    ::waitpid(run({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj",
                   "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                   folder_ + "/key.pem", "-out", certificate()}),
              &status, 0);
    if (status != 0) return "openssl makes no certificate";
    ::chmod((folder_ + "/key.pem").c_str(), 0600);
    smtp_port_ = free_port();
    smtp_safe_port_ = free_port();
    imap_port_ = free_port();
    imaps_port_ = free_port();
    start_smtp();
    start_imap();
    for (const std::uint16_t port : {smtp_port_, smtp_safe_port_, imap_port_, imaps_port_}) {
      int tries = 0;
      while (!listens(port) && ++tries < 400) ::poll(nullptr, 0, 25);
      if (tries >= 400) {
        std::ifstream log(folder_ + "/servers.log");
        return "the servers do not start: " + std::string(std::istreambuf_iterator<char>(log), {});
      }
    }
    return {};
  }

  /// A configuration with {folder}, {user} and {port}s filled in.
  void write_filled(const std::string& name, std::string text) const {
    const std::pair<std::string, std::string> values[] = {{"{folder}", folder_},
                                                          {"{user}", std::to_string(kMailUser)},
                                                          {"{smtp}", std::to_string(smtp_port_)},
                                                          {"{safe}", std::to_string(smtp_safe_port_)},
                                                          {"{imap}", std::to_string(imap_port_)},
                                                          {"{imaps}", std::to_string(imaps_port_)}};
    for (const auto& [mark, value] : values)
      for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
        text.replace(at, mark.size(), value);
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    ::chmod((folder_ + "/" + name).c_str(), 0644);
  }

  void start_smtp() {
    write_filled("smtpd.conf", R"(
table users { "box" = "{user}:{user}:{folder}/home" }
table names { "@" = "box" }
listen on 127.0.0.1 port {smtp}
action "keep" maildir "{folder}/box/%{rcpt.domain}/%{rcpt.user}" userbase <users> virtual <names>
match from any for rcpt-to { "nobody@boutique.example" } reject
match from any for domain { "place.example", "boutique.example" } action "keep"
)");
    children_.push_back(run({"/usr/sbin/smtpd", "-d", "-f", folder_ + "/smtpd.conf"}, [] {
      // The places of its queue and its control socket are built into it. Where the system allows, it gets its own.
      if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
      if (::mount("tmpfs", "/run", "tmpfs", 0, nullptr) == 0) ::mount("tmpfs", "/var/spool", "tmpfs", 0, nullptr);
    }));
  }

  /// The submission service takes mail by TLS and a password, and hands it on to the other server.
  void start_imap() {
    write_filled("dovecot.conf", R"(
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap submission
listen = 127.0.0.1
hostname = localhost
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/box/%d/%n
submission_relay_host = 127.0.0.1
submission_relay_port = {smtp}
submission_relay_trusted = no
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = {imap}
  }
  inet_listener imaps {
    port = {imaps}
    ssl = yes
  }
}
service submission-login {
  chroot =
  inet_listener submission {
    port = {safe}
  }
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid={user} gid={user} home={folder}/home
}
)");
    children_.push_back(run({"/usr/sbin/dovecot", "-F", "-c", folder_ + "/dovecot.conf"}));
  }

  static constexpr unsigned kMailUser = 65'534;
  std::string folder_;
  std::uint16_t smtp_port_ = 0, smtp_safe_port_ = 0, imap_port_ = 0, imaps_port_ = 0;
  std::vector<pid_t> children_;
};

}  // namespace guichet::desk
