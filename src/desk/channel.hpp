// Bytes in and out of one open socket, plain or by TLS, without ever waiting. Knows no HTTP and no threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <guichet/base/result.hpp>

struct ssl_st;
struct ssl_ctx_st;

namespace guichet::desk {

/// A certificate with its key, and what TLS may be spoken with it: 1.2 and later. Copies are of one identity.
class TlsIdentity {
 public:
  /// PEM files; the certificate's may hold the chain behind it. Fault::usage names the file and the remedy.
  static Result<TlsIdentity> read(const std::string& certificate, const std::string& key);
  /// What the files now say: they are looked at for each connection and read again when one of them changed. Files that
  /// do not fit together, as in the middle of a renewal, leave what was read before. From any thread.
  std::shared_ptr<ssl_ctx_st> context() const;

 private:
  struct Kept;
  std::shared_ptr<Kept> kept_;
};

class Channel {
 public:
  /// What came of an attempt: `some` bytes went, or it goes on once the socket can be read or written, or it is over.
  enum class Came : std::uint8_t { some, wait_read, wait_write, ended, failed };
  struct Moved {
    Came came{};
    std::size_t bytes{};
  };

  /// Does not own `socket`, which does not block. Speaks TLS when there is an identity.
  Channel(int socket, const TlsIdentity* identity);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  bool secure() const { return ssl_ != nullptr; }
  /// Of TLS; `some` when it is done, `ended` when the other side speaks plain text.
  Came greet();
  Moved read(std::span<char> room);
  /// Writes the beginning of `first` followed by `second`. To be called again with the same rest after a wait.
  Moved write(std::string_view first, std::string_view second = {});
  /// Reads past TLS, for throwing away.
  Moved read_raw(std::span<char> room);
  /// Goes around TLS, for a side that does not speak it.
  void write_raw(std::string_view text);
  /// Says that nothing more comes.
  void finish();

 private:
  Moved tls_came(int result);

  int socket_;
  ssl_st* ssl_ = nullptr;
  bool greeted_ = false;
};

}  // namespace guichet::desk
