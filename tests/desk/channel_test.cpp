// TLS by the real server, spoken to by a client of the same library; certificates are made here.
#include <guichet/desk/channel.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <guichet/desk/http.hpp>

namespace guichet::desk {
namespace {

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* thing) const { free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL, SSL_free>>;

Key new_key() { return Key(EVP_EC_gen("P-256")); }

/// Signed by its own key, for localhost, over all of time.
Certificate certificate_of(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20000101000000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "21000101000000Z");
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

/// A folder of its own with a certificate, its key, and what else a test writes there.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("guichet-channel-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
    const Key key = new_key();
    write_certificate("desk.pem", certificate_of(key.get()));
    write_key("desk.key", key, nullptr);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  void write_certificate(const std::string& name, const Certificate& certificate) const {
    BIO* out = BIO_new_file(path(name).c_str(), "w");
    PEM_write_bio_X509(out, certificate.get());
    BIO_free(out);
  }
  void write_key(const std::string& name, const Key& key, const char* passphrase) const {
    BIO* out = BIO_new_file(path(name).c_str(), "w");
    PEM_write_bio_PrivateKey(out, key.get(), passphrase != nullptr ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                             const_cast<char*>(passphrase));
    BIO_free(out);
  }

 private:
  std::filesystem::path path_;
};

int connected(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval minute{.tv_sec = 60, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return socket;
}

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int version_max = TLS1_3_VERSION, bool offer_h2 = false)
      : socket_(connected(port)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_security_level(context_.get(), 0);
    session_.reset(SSL_new(context_.get()));
    static constexpr std::string_view kOffered = "\x02h2\x08http/1.1";
    if (offer_h2)
      SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>(kOffered.data()), kOffered.size());
    SSL_set_fd(session_.get(), socket_);
    greeted_ = SSL_connect(session_.get()) == 1;
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() {
    session_.reset();
    ::close(socket_);
  }

  bool greeted() const { return greeted_; }
  SSL* session() const { return session_.get(); }
  bool send(std::string_view text) { return SSL_write(session_.get(), text.data(), static_cast<int>(text.size())) > 0; }
  /// Reads until `mark` has come, or the end.
  std::string until(std::string_view mark) {
    std::string out;
    std::array<char, 20'000> room{};
    while (out.find(mark) == std::string::npos) {
      const int got = SSL_read(session_.get(), room.data(), static_cast<int>(room.size()));
      if (got <= 0) {
        ended_well_ = SSL_get_error(session_.get(), got) == SSL_ERROR_ZERO_RETURN;
        break;
      }
      out.append(room.data(), static_cast<std::size_t>(got));
    }
    return out;
  }
  bool ended_well() const { return ended_well_; }

 private:
  int socket_;
  Context context_;
  Session session_;
  bool greeted_ = false, ended_well_ = false;
};

std::unique_ptr<HttpServer> started(const Folder& folder, const Handler& handler, ServerOptions options = {}) {
  options.threads = 2;
  options.tls_certificate = folder.path("desk.pem");
  options.tls_key = folder.path("desk.key");
  auto server = HttpServer::start(options, handler);
  EXPECT_TRUE(server) << (server ? "" : server.error().detail);
  return server ? std::move(*server) : nullptr;
}

void echo(const Request& request, const Respond& respond) {
  Response response;
  response.body = request.path + (request.secure ? " secure " : " plain ") + std::to_string(request.body.size()) + "!";
  respond(std::move(response));
}

TEST(Channel, requests_come_by_tls) {
  const Folder folder;
  const auto server = started(folder, echo);
  EXPECT_TRUE(server->url().starts_with("https://127.0.0.1:"));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server->port(), version, true);
    ASSERT_TRUE(client.greeted());
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.session(), &protocol, &size);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(protocol), size), "http/1.1");
    for (const std::string path : {"/a", "/b"}) {
      ASSERT_TRUE(client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"));
      ASSERT_TRUE(client.send(std::string(100'000, 'x')));
      EXPECT_TRUE(client.until("!").ends_with("\r\n\r\n" + path + " secure 100000!"));
    }
    client.send("GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(client.until("never").find("/c secure 0!"), std::string::npos);
    EXPECT_TRUE(client.ended_well());
  }
}

TEST(Channel, large_answers_go_by_tls) {
  const Folder folder;
  std::string large;
  for (int i = 0; large.size() < 5'000'000; ++i) large += std::to_string(i);
  large += "!";
  const auto server = started(folder, [&](const Request&, const Respond& respond) {
    Response response;
    response.body = large;
    respond(std::move(response));
  });
  TlsClient client(server->port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(client.until("!").ends_with("\r\n\r\n" + large));
  }
}

TEST(Channel, streams_go_by_tls) {
  const Folder folder;
  const auto server = started(folder, [](const Request&, const Respond& respond) {
    Response response;
    response.stream = [](const std::shared_ptr<EventStream>& stream) {
      std::thread([stream] {
        for (int i = 0; i < 100; ++i) stream->send("n", std::string(1000, 'x'));
        stream->send("last", "1");
      }).detach();
    };
    respond(std::move(response));
  });
  TlsClient client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.until("never").ends_with("event: last\ndata: 1\n\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(client.ended_well());
}

TEST(Channel, old_versions_and_plain_text_are_refused) {
  const Folder folder;
  const auto server = started(folder, echo);
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).greeted());
  const int socket = connected(server->port());
  const std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_GT(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), 0);
  std::string all;
  std::array<char, 1000> room{};
  for (ssize_t got = 0; (got = ::recv(socket, room.data(), room.size(), 0)) > 0;)
    all.append(room.data(), static_cast<std::size_t>(got));
  EXPECT_TRUE(all.starts_with("HTTP/1.1 400 Bad Request\r\n")) << all;
  EXPECT_TRUE(all.ends_with("This port speaks TLS; the address begins with https://\n"));
  ::close(socket);
}

TEST(Channel, a_greeting_that_does_not_come_ends) {
  const Folder folder;
  ServerOptions options;
  options.header_time = Duration{20};
  const auto server = started(folder, echo, options);
  const int socket = connected(server->port());
  const std::string_view beginning = "\x16\x03\x01\x02";
  ASSERT_GT(::send(socket, beginning.data(), beginning.size(), MSG_NOSIGNAL), 0);
  std::array<char, 100> room{};
  EXPECT_LE(::recv(socket, room.data(), room.size(), 0), 0);
  ::close(socket);
  TlsClient client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.until("!").find("secure"), std::string::npos);
}

TEST(Channel, too_many_connections_are_told_by_tls) {
  const Folder folder;
  ServerOptions options;
  options.connections_max = 0;
  const auto server = started(folder, echo, options);
  TlsClient client(server->port());
  EXPECT_TRUE(client.until("never").starts_with("HTTP/1.1 503 "));
}

/// The key that the server showed.
std::string shown_key(std::uint16_t port) {
  const TlsClient client(port);
  EXPECT_TRUE(client.greeted());
  const Certificate certificate(SSL_get1_peer_certificate(client.session()));
  if (!certificate) return {};
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(certificate.get()), &bytes);
  std::string key(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(bytes);
  return key;
}

TEST(Channel, a_renewed_certificate_is_shown_without_a_restart) {
  const Folder folder;
  const auto server = started(folder, echo);
  const std::string before = shown_key(server->port());
  EXPECT_FALSE(before.empty());
  TlsClient open(server->port());

  const Key key = new_key();
  folder.write_certificate("new.pem", certificate_of(key.get()));
  folder.write_key("new.key", key, nullptr);
  const auto put = [&](const std::string& name, const std::string& in_place_of) {
    std::filesystem::rename(folder.path(name), folder.path(in_place_of));
  };
  put("new.pem", "desk.pem");
  EXPECT_EQ(shown_key(server->port()), before) << "half of a renewal changes nothing";
  put("new.key", "desk.key");
  const std::string after = shown_key(server->port());
  EXPECT_FALSE(after.empty());
  EXPECT_NE(after, before);

  ASSERT_TRUE(open.send("GET /c HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_NE(open.until("!").find("/c secure 0!"), std::string::npos) << "who was there before stays";
}

std::string fault(const std::string& certificate, const std::string& key) {
  const auto identity = TlsIdentity::read(certificate, key);
  return identity ? "none" : identity.error().detail;
}

TEST(Channel, what_is_wrong_with_a_certificate_is_told_with_its_file) {
  const Folder folder;
  const std::string pem = folder.path("desk.pem");
  const std::string key = folder.path("desk.key");
  EXPECT_EQ(fault(pem, key), "none");
  EXPECT_EQ(fault(pem, ""), "\"" + pem + "\" is a certificate without a key; name both files");
  EXPECT_EQ(fault("", key), "\"" + key + "\" is a key without a certificate; name both files");
  EXPECT_EQ(fault(folder.path("none.pem"), key),
            "the certificate \"" + folder.path("none.pem") +
                "\" cannot be read: No such file or directory; name a PEM file with the certificate first and its "
                "chain behind it");
  folder.write("text.pem", "no certificate\n");
  EXPECT_TRUE(fault(folder.path("text.pem"), key)
                  .starts_with("the certificate \"" + folder.path("text.pem") + "\" cannot be read: "));
  EXPECT_EQ(fault(pem, folder.path("none.key")),
            "the key \"" + folder.path("none.key") +
                "\" cannot be read: No such file or directory; name a PEM file without a passphrase that this user may "
                "read");
  const Key other = new_key();
  folder.write_key("other.key", other, nullptr);
  EXPECT_EQ(fault(pem, folder.path("other.key")), "the key \"" + folder.path("other.key") +
                                                      "\" does not belong to the certificate \"" + pem +
                                                      "\"; name the key it was made with");
  folder.write_key("locked.key", other, "secret");
  EXPECT_TRUE(fault(pem, folder.path("locked.key"))
                  .starts_with("the key \"" + folder.path("locked.key") + "\" cannot be read: "));
}

}  // namespace
}  // namespace guichet::desk
