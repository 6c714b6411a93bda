// Mail over the wire: one message out by SMTP, what came in by IMAP. Knows no cases, no people and no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>

namespace guichet::desk {

/// starttls: plain first, then TLS or nothing; tls: from the first byte. Certificates are always checked.
enum class WireSecurity : std::uint8_t { none, starttls, tls };

struct MailServer {
  std::string host;
  std::uint16_t port{};
  WireSecurity security = WireSecurity::starttls;
  std::string user, password;  // empty user: no authentication
  std::string certificates;    // PEM file of those to trust, instead of the system's; may be empty
  Duration patience{30'000};   // for the whole of one message
};

/// A message and its envelope.
struct Parcel {
  std::string from, to;
  std::string raw;  // with CRLF line ends
};

struct Posted {
  enum class Kind : std::uint8_t {
    taken,    // the server has it, and answers for it
    later,    // not now: try again
    refused,  // never: this address, or this message
    stopped,  // we gave up ourselves, before the server had answered
  };
  Kind kind{};
  int code{};          // the server's last answer; zero when there was none
  std::string detail;  // English, for a list of failures; empty when taken
};

/// A seam: SMTP, or what tests listen with.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// On the calling thread, which waits.
  virtual Posted send(const Parcel& parcel) = 0;
  /// From any thread, once: what is being sent is given up within a second, or a few when the server has all of it and
  /// only its answer is missing; what comes after, at once.
  virtual void stop() {}
};

/// `hello` is the name that this machine says it has. Connections are kept for the next message.
std::unique_ptr<Outbox> smtp_outbox(const MailServer& server, const std::string& hello);

struct MailFolder {
  MailServer server;
  std::string folder = "INBOX";
  std::string move_to;  // where kept mails go, made when it is not there; empty: they stay, marked as read
  std::uint64_t mail_bytes_max = 40ULL << 20;
  std::size_t mails_max = 100;  // in one poll
};

struct FetchedMail {
  std::uint32_t uid_validity{}, uid{};
  std::string raw;
  bool head_only{};  // it is beyond mail_bytes_max
};

struct Polled {
  std::uint32_t uid_validity{};
  std::uint64_t unseen{}, kept{};
};

/// Fetches unread mails, the oldest first, without marking them; those of which `keep` says that they are safely kept
/// are then marked as read, or moved. An error leaves unmarked what was not kept. Gives up within a second once `stop`
/// is asked for.
Result<Polled> poll_folder(const MailFolder& folder, const std::function<bool(const FetchedMail&)>& keep,
                           const std::stop_token& stop = {});

}  // namespace guichet::desk
