#include <guichet/desk/channel.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>

#include <guichet/base/check.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // the most that one record of TLS carries (RFC 8446 section 5.1)

int socket_of(BIO* bio) { return *static_cast<const int*>(BIO_get_data(bio)); }

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a connection that is gone would end the program.
int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket_of(bio), room, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    GUICHET_CHECK(made != nullptr, "OpenSSL makes a table of four functions");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

/// Of the protocols offered we speak one; a side that offers none of ours is left to its own guess.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr std::string_view kOurs = "\x08http/1.1";
  unsigned char* out = nullptr;
  const int found = SSL_select_next_proto(&out, size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                                          static_cast<unsigned int>(kOurs.size()), offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = out;
  return SSL_TLSEXT_ERR_OK;
}

/// Never asks for a passphrase: a service has no one to ask.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string library_reason() {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* text = ERR_reason_error_string(code);
  return text != nullptr ? text : "no reason given";
}

Channel::Moved plain_came(ssize_t result) {
  using Came = Channel::Came;
  if (result > 0) return {Came::some, static_cast<std::size_t>(result)};
  if (result == 0) return {Came::ended, 0};
  return {errno == EAGAIN || errno == EINTR ? Came::wait_read : Came::failed, 0};
}

/// By what a file is told from what it was: whoever writes it anew changes one of these.
struct Stamp {
  std::int64_t seconds{}, nanoseconds{}, bytes{};
  std::uint64_t number{};
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {.seconds = found.st_mtim.tv_sec,
          .nanoseconds = found.st_mtim.tv_nsec,
          .bytes = found.st_size,
          .number = found.st_ino};
}

Result<std::shared_ptr<SSL_CTX>> read_files(const std::string& certificate, const std::string& key) {
  if (certificate.empty() || key.empty())
    return Error{Fault::usage, certificate.empty()
                                   ? "\"" + key + "\" is a key without a certificate; name both files"
                                   : "\"" + certificate + "\" is a certificate without a key; name both files"};
  // A folder can be opened, and then holds no line of a certificate.
  for (const std::string& path : {certificate, key})
    if (std::error_code fault; std::filesystem::is_directory(path, fault))
      return Error{Fault::usage, "\"" + path + "\" is a folder; name the PEM file in it"};
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  GUICHET_CHECK(context != nullptr, "OpenSSL makes a context while there is memory");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  // An idle connection gives its buffers back; a half-sent record may be sent on from another place in memory.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return Error{Fault::usage, "the certificate \"" + certificate + "\" cannot be read: " + library_reason() +
                                   "; name a PEM file with the certificate first and its chain behind it"};
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const std::string why = library_reason();
    const bool other = why.find("mismatch") != std::string::npos;
    return Error{
        Fault::usage,
        "the key \"" + key + "\" " +
            (other ? "does not belong to the certificate \"" + certificate + "\"; name the key it was made with"
                   : "cannot be read: " + why + "; name a PEM file without a passphrase that this user may read")};
  }
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return Error{Fault::usage, "the key \"" + key + "\" does not belong to the certificate \"" + certificate +
                                   "\"; name the key it was made with"};
  return context;
}

}  // namespace

struct TlsIdentity::Kept {
  std::string certificate, key;
  std::mutex mutex;
  std::array<Stamp, 2> stamps;  // of the files when they were last looked into
  std::shared_ptr<SSL_CTX> context;
};

Result<TlsIdentity> TlsIdentity::read(const std::string& certificate, const std::string& key) {
  // Before the files are read: what changes meanwhile is seen at the next connection.
  const std::array<Stamp, 2> stamps{stamp_of(certificate), stamp_of(key)};
  GUICHET_TRY(context, read_files(certificate, key));
  TlsIdentity identity;
  identity.kept_ = std::make_shared<Kept>();
  identity.kept_->certificate = certificate;
  identity.kept_->key = key;
  identity.kept_->stamps = stamps;
  identity.kept_->context = std::move(context);
  return identity;
}

std::shared_ptr<SSL_CTX> TlsIdentity::context() const {
  const std::array<Stamp, 2> stamps{stamp_of(kept_->certificate), stamp_of(kept_->key)};
  const std::scoped_lock lock(kept_->mutex);
  if (stamps != kept_->stamps) {
    kept_->stamps = stamps;
    if (auto context = read_files(kept_->certificate, kept_->key)) kept_->context = std::move(*context);
  }
  return kept_->context;
}

Channel::Channel(int socket, const TlsIdentity* identity) : socket_(socket) {
  if (identity == nullptr) return;
  ssl_ = SSL_new(identity->context().get());  // which keeps a share in it
  BIO* bio = BIO_new(socket_method());
  GUICHET_CHECK(ssl_ != nullptr && bio != nullptr, "OpenSSL makes a session while there is memory");
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
}

Channel::~Channel() { SSL_free(ssl_); }

Channel::Moved Channel::tls_came(int result) {
  if (result > 0) return {Came::some, static_cast<std::size_t>(result)};
  const int error = SSL_get_error(ssl_, result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ: return {Came::wait_read, 0};
    case SSL_ERROR_WANT_WRITE: return {Came::wait_write, 0};
    case SSL_ERROR_ZERO_RETURN: return {Came::ended, 0};
    default: return {Came::failed, 0};
  }
}

Channel::Came Channel::greet() {
  if (ssl_ == nullptr) return Came::some;
  if (!greeted_) {
    // The first byte of TLS is the type of a handshake record; a method of HTTP is letters.
    char first = 0;
    const ssize_t peeked = ::recv(socket_, &first, 1, MSG_PEEK);
    if (peeked == 1 && first >= 'A' && first <= 'Z') return Came::ended;
    greeted_ = peeked == 1;
  }
  ERR_clear_error();
  return tls_came(SSL_do_handshake(ssl_)).came;
}

Channel::Moved Channel::read(std::span<char> room) {
  if (ssl_ == nullptr) return plain_came(::recv(socket_, room.data(), room.size(), 0));
  ERR_clear_error();
  return tls_came(SSL_read(ssl_, room.data(), static_cast<int>(room.size())));
}

Channel::Moved Channel::read_raw(std::span<char> room) {
  return plain_came(::recv(socket_, room.data(), room.size(), 0));
}

Channel::Moved Channel::write(std::string_view first, std::string_view second) {
  if (ssl_ == nullptr) {
    // sendmsg takes pointers that are not const and does not write through them.
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {Came::some, static_cast<std::size_t>(sent)};
    return {errno == EAGAIN || errno == EINTR ? Came::wait_write : Came::failed, 0};
  }
  ERR_clear_error();
  if (first.empty() || second.empty()) {
    const std::string_view only = (first.empty() ? second : first).substr(0, kRecordBytes);
    return tls_came(SSL_write(ssl_, only.data(), static_cast<int>(only.size())));
  }
  // A head and its small body go in one record.
  thread_local std::array<char, kRecordBytes> joined;
  const std::size_t head = std::min(first.size(), joined.size());
  const std::size_t body = std::min(second.size(), joined.size() - head);
  std::copy_n(first.data(), head, joined.data());
  std::copy_n(second.data(), body, joined.data() + head);
  return tls_came(SSL_write(ssl_, joined.data(), static_cast<int>(head + body)));
}

void Channel::write_raw(std::string_view text) {
  // What does not go at once does not go: the other side is about to be left.
  if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
}

void Channel::finish() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
    SSL_shutdown(ssl_);
    ERR_clear_error();
  }
  ::shutdown(socket_, SHUT_WR);
}

}  // namespace guichet::desk
