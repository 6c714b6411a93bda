#include <guichet/desk/mail_wire.hpp>

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace guichet::desk {
namespace {

struct CleanEasy {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Easy = std::unique_ptr<CURL, CleanEasy>;

struct CleanList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void ready_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// An IPv6 address stands in brackets.
std::string host_in_url(const std::string& host) {
  return host.find(':') != std::string::npos && !host.starts_with('[') ? "[" + host + "]" : host;
}

/// What both protocols need: where to, how safely, as whom, and for how long.
void set_server(CURL* curl, const MailServer& server, const std::string& scheme, const std::string& path) {
  const bool tls = server.security == WireSecurity::tls;
  const std::string url =
      scheme + (tls ? "s" : "") + "://" + host_in_url(server.host) + ":" + std::to_string(server.port) + "/" + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, (scheme + "," + scheme + "s").c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a name that nobody resolves does not keep us from leaving
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<Duration>(server.patience, Duration{15'000}).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(server.patience.count()));
  if (server.security == WireSecurity::starttls)
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!server.certificates.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.certificates.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// ---- SMTP ---------------------------------------------------------------------------------------------------------

struct Upload {
  std::string_view rest;
};

std::size_t give(char* room, std::size_t size, std::size_t count, void* from) {
  auto& upload = *static_cast<Upload*>(from);
  const std::size_t bytes = std::min(size * count, upload.rest.size());
  std::memcpy(room, upload.rest.data(), bytes);
  upload.rest.remove_prefix(bytes);
  return bytes;
}

/// The server's answers come as headers; the last one says why.
std::size_t hear(char* line, std::size_t size, std::size_t count, void* to) {
  const std::string_view said{line, size * count};
  if (said.size() > 4 && said[3] == ' ') static_cast<std::string*>(to)->assign(said);
  return size * count;
}

/// Of one message on its way.
struct Sending {
  CURL* curl{};
  const std::atomic<bool>& stopping;
  const Upload& upload;
  curl_off_t asked_at = 0;  // microseconds since it began; zero: nobody has asked us to stop
};

/// Called at least once a second. Whoever has the whole message and is about to answer for it gets a little time: it
/// would come twice otherwise.
int see_whether_to_stop(void* of, curl_off_t /*down*/, curl_off_t /*got*/, curl_off_t /*up*/, curl_off_t /*sent*/) {
  auto& sending = *static_cast<Sending*>(of);
  if (!sending.stopping.load()) return 0;
  if (!sending.upload.rest.empty()) return 1;
  constexpr curl_off_t kAnswerWithin = 3'000'000;
  curl_off_t now = 0;
  curl_easy_getinfo(sending.curl, CURLINFO_TOTAL_TIME_T, &now);
  if (sending.asked_at == 0) sending.asked_at = std::max<curl_off_t>(now, 1);
  return now - sending.asked_at > kAnswerWithin ? 1 : 0;
}

class Smtp final : public Outbox {
 public:
  Smtp(MailServer server, std::string hello) : server_(std::move(server)), hello_(std::move(hello)) { ready_curl(); }
  /// Taking leave would wait two minutes for a server that no longer answers.
  ~Smtp() override {
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_ && curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
        socket != CURL_SOCKET_BAD)
      ::shutdown(socket, SHUT_RDWR);
  }
  Smtp(const Smtp&) = delete;
  Smtp& operator=(const Smtp&) = delete;

  void stop() override { stopping_.store(true); }

  Posted send(const Parcel& parcel) override {
    if (stopping_.load()) return {.kind = Posted::Kind::stopped, .code = 0, .detail = "the desk stops"};
    if (!curl_) curl_.reset(curl_easy_init());
    if (!curl_) return {.kind = Posted::Kind::later, .code = 0, .detail = "no memory"};
    CURL* const curl = curl_.get();
    curl_easy_reset(curl);  // keeps the connection
    set_server(curl, server_, "smtp", hello_);
    Upload upload{parcel.raw};
    std::string said;
    const std::string from = "<" + parcel.from + ">";
    const std::string to = "<" + parcel.to + ">";
    const std::unique_ptr<curl_slist, CleanList> recipients{curl_slist_append(nullptr, to.c_str())};
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(parcel.raw.size()));
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &said);
    Sending sending{.curl = curl, .stopping = stopping_, .upload = upload};
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, see_whether_to_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &sending);
    const CURLcode code = curl_easy_perform(curl);
    long answered = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
    if (code == CURLE_OK) return {.kind = Posted::Kind::taken, .code = static_cast<int>(answered), .detail = {}};
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      curl_.reset();
      return {.kind = Posted::Kind::stopped, .code = static_cast<int>(answered), .detail = "the desk stops"};
    }
    Posted posted{.kind = Posted::Kind::later, .code = static_cast<int>(answered), .detail = {}};
    posted.detail = server_.host + ": " + curl_easy_strerror(code);
    said = one_line(std::move(said));
    if (!said.empty()) posted.detail += " (" + said + ")";
    // 530 to 538 say that we have to sign in otherwise: that is to be mended, and no reason to give up a message.
    const bool about_us = answered >= 530 && answered <= 538;
    const bool spoken = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR ||
                        code == CURLE_QUOTE_ERROR || code == CURLE_UPLOAD_FAILED || code == CURLE_REMOTE_ACCESS_DENIED;
    if (answered >= 500 && answered < 600 && !about_us && spoken) posted.kind = Posted::Kind::refused;
    // A connection that failed is not used again.
    curl_.reset();
    return posted;
  }

 private:
  MailServer server_;
  std::string hello_;
  std::atomic<bool> stopping_{false};
  Easy curl_;
};

// ---- IMAP ---------------------------------------------------------------------------------------------------------

/// One answer of the server: its text, and the literals that stood in it as {n}.
struct Reply {
  std::string text;
  std::vector<std::string> literals;
};

int stop_when_asked(void* token, curl_off_t /*down*/, curl_off_t /*got*/, curl_off_t /*up*/, curl_off_t /*sent*/) {
  return static_cast<const std::stop_token*>(token)->stop_requested() ? 1 : 0;
}

/// Curl connects, speaks TLS and signs in; the few commands that follow are spoken here, since curl's own marks every
/// mail as read that it fetches.
class Imap {
 public:
  Imap(const MailServer& server, const std::stop_token& stop) : server_(server), stop_(stop) { ready_curl(); }
  Imap(const Imap&) = delete;
  Imap& operator=(const Imap&) = delete;
  ~Imap() {
    if (open_ && !stop_.stop_requested()) (void)command("LOGOUT");
  }

  Outcome open() {
    curl_.reset(curl_easy_init());
    if (!curl_) return fault("no memory");
    set_server(curl_.get(), server_, "imap", "");
    curl_easy_setopt(curl_.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl_.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_.get(), CURLOPT_XFERINFOFUNCTION, stop_when_asked);
    curl_easy_setopt(curl_.get(), CURLOPT_XFERINFODATA, &stop_);
    if (const CURLcode code = curl_easy_perform(curl_.get()); code != CURLE_OK) return fault(curl_easy_strerror(code));
    if (curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket_) != CURLE_OK || socket_ == CURL_SOCKET_BAD)
      return fault("the connection ended");
    open_ = true;
    return Done{};
  }

  /// Sends a command and gives the answers to it; an error when the server says NO or BAD.
  Result<std::vector<Reply>> command(const std::string& words, std::size_t literal_max = std::size_t{1} << 20) {
    const std::string tag = "G" + std::to_string(++commands_);
    if (const Outcome sent = write(tag + " " + words + "\r\n"); !sent) return sent.error();
    std::vector<Reply> replies;
    while (true) {
      GUICHET_TRY(reply, read(literal_max));
      if (reply.text.starts_with(tag + " ")) {
        last_ = reply.text.substr(tag.size() + 1);
        if (last_.starts_with("OK")) return replies;
        return said(words.substr(0, words.find(' ')) + " was refused: " + one_line(last_));
      }
      if (reply.text.starts_with("* BYE") && !words.starts_with("LOGOUT")) return fault(one_line(reply.text.substr(2)));
      replies.push_back(std::move(reply));
      if (replies.size() > 100'000) return fault("it answers without end");
    }
  }

  const std::string& last() const { return last_; }

 private:
  Error said(const std::string& what) const { return {Fault::unreadable, server_.host + ": " + what}; }
  /// Nothing more can be said on this connection.
  Error fault(const std::string& what) {
    open_ = false;
    return said(what);
  }

  bool wait(short what) {
    constexpr Duration kLookEvery{250};
    for (Duration left = server_.patience; left > Duration{0} && !stop_.stop_requested(); left -= kLookEvery) {
      pollfd ready{.fd = socket_, .events = what, .revents = 0};
      if (::poll(&ready, 1, static_cast<int>(std::min(left, kLookEvery).count())) == 1) return true;
    }
    return false;
  }

  Outcome write(std::string_view bytes) {
    while (!bytes.empty()) {
      std::size_t sent = 0;
      const CURLcode code = curl_easy_send(curl_.get(), bytes.data(), bytes.size(), &sent);
      if (code == CURLE_OK) {
        bytes.remove_prefix(sent);
      } else if (code != CURLE_AGAIN) {
        return fault(curl_easy_strerror(code));
      } else if (!wait(POLLOUT)) {
        return fault("it takes nothing for too long");
      }
    }
    return Done{};
  }

  Outcome more() {
    std::vector<char> room(std::size_t{1} << 16);
    while (true) {
      std::size_t got = 0;
      const CURLcode code = curl_easy_recv(curl_.get(), room.data(), room.size(), &got);
      if (code == CURLE_OK && got > 0) {
        buffer_.erase(0, at_);
        at_ = 0;
        buffer_.append(room.data(), got);
        return Done{};
      }
      if (code == CURLE_OK) return fault("the connection ended");
      if (code != CURLE_AGAIN) return fault(curl_easy_strerror(code));
      if (!wait(POLLIN)) return fault("it says nothing for too long");
    }
  }

  Result<std::string> line() {
    for (std::size_t searched = 0;;) {
      const std::size_t end = buffer_.find("\r\n", at_ + searched);
      if (end != std::string::npos) {
        std::string found = buffer_.substr(at_, end - at_);
        at_ = end + 2;
        return found;
      }
      searched = buffer_.size() - at_;
      if (searched > 0) --searched;
      if (buffer_.size() - at_ > (std::size_t{4} << 20)) return fault("a line without end");
      if (const Outcome got = more(); !got) return got.error();
    }
  }

  Result<Reply> read(std::size_t literal_max) {
    Reply reply;
    while (true) {
      GUICHET_TRY(piece, line());
      reply.text += piece;
      const std::size_t open = piece.rfind('{');
      if (!piece.ends_with('}') || open == std::string::npos) return reply;
      std::uint64_t bytes = 0;
      const char* const first = piece.data() + open + 1;
      const char* const last = piece.data() + piece.size() - 1;
      if (const auto [stop, wrong] = std::from_chars(first, last, bytes); wrong != std::errc{} || stop != last)
        return reply;
      if (bytes > literal_max) return fault("a mail longer than it said");
      while (buffer_.size() - at_ < bytes)
        if (const Outcome got = more(); !got) return got.error();
      reply.literals.push_back(buffer_.substr(at_, bytes));
      at_ += bytes;
    }
  }

  const MailServer& server_;
  std::stop_token stop_;
  Easy curl_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  std::string buffer_, last_;
  std::size_t at_ = 0;
  std::uint64_t commands_ = 0;
  bool open_ = false;
};

/// RFC 3501, 4.3: a name in quotes.
std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::uint64_t number_after(std::string_view text, std::string_view key) {
  const std::size_t found = text.find(key);
  if (found == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  const std::string_view rest = text.substr(found + key.size());
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

/// A short mail may come in quotes instead of as a literal.
std::string body_in(const Reply& reply) {
  if (!reply.literals.empty()) return reply.literals.back();
  const std::size_t open = reply.text.find("] \"");
  if (open == std::string::npos) return {};
  std::string out;
  for (std::size_t i = open + 3; i < reply.text.size() && reply.text[i] != '"'; ++i) {
    if (reply.text[i] == '\\' && i + 1 < reply.text.size()) ++i;
    out += reply.text[i];
  }
  return out;
}

class Poll {
 public:
  Poll(const MailFolder& folder, const std::function<bool(const FetchedMail&)>& keep, const std::stop_token& stop)
      : folder_(folder), keep_(keep), imap_(folder.server, stop) {}

  Result<Polled> run() {
    if (const Outcome opened = imap_.open(); !opened) return opened.error();
    GUICHET_TRY(capabilities, imap_.command("CAPABILITY"));
    for (const Reply& reply : capabilities) {
      moves_ = moves_ || (reply.text + " ").find(" MOVE ") != std::string::npos;
      expunges_ = expunges_ || (reply.text + " ").find(" UIDPLUS ") != std::string::npos;
    }
    GUICHET_TRY(selected, imap_.command("SELECT " + quoted(folder_.folder)));
    for (const Reply& reply : selected)
      if (const auto validity = number_after(reply.text, "[UIDVALIDITY "); validity != 0)
        polled_.uid_validity = static_cast<std::uint32_t>(validity);
    GUICHET_TRY(found, imap_.command("UID SEARCH UNSEEN"));
    std::vector<std::uint32_t> uids;
    for (const Reply& reply : found) {
      if (!reply.text.starts_with("* SEARCH")) continue;
      std::string_view rest = std::string_view(reply.text).substr(8);
      while (!rest.empty()) {
        std::uint32_t uid = 0;
        const auto [end, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), uid);
        if (wrong == std::errc{}) {
          uids.push_back(uid);
          rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        } else {
          rest.remove_prefix(1);
        }
      }
    }
    std::sort(uids.begin(), uids.end());
    polled_.unseen = uids.size();
    if (uids.size() > folder_.mails_max) uids.resize(folder_.mails_max);
    for (const std::uint32_t uid : uids)
      if (const Outcome taken = take(uid); !taken) return taken.error();
    return polled_;
  }

 private:
  Outcome take(std::uint32_t uid) {
    const std::string number = std::to_string(uid);
    GUICHET_TRY(sized, imap_.command("UID FETCH " + number + " (RFC822.SIZE)"));
    std::uint64_t bytes = 0;
    for (const Reply& reply : sized) bytes = std::max(bytes, number_after(reply.text, "RFC822.SIZE "));
    FetchedMail mail{
        .uid_validity = polled_.uid_validity, .uid = uid, .raw = {}, .head_only = bytes > folder_.mail_bytes_max};
    const std::string what = mail.head_only ? "BODY.PEEK[HEADER]" : "BODY.PEEK[]";
    GUICHET_TRY(fetched, imap_.command("UID FETCH " + number + " (" + what + ")",
                                       folder_.mail_bytes_max + (std::size_t{1} << 20)));
    bool there = false;
    for (const Reply& reply : fetched) {
      if (reply.text.find(" FETCH ") == std::string::npos || reply.text.find("BODY[") == std::string::npos) continue;
      mail.raw = body_in(reply);
      there = true;
    }
    if (!there) return Done{};  // somebody else took it away meanwhile
    if (!keep_(mail)) return Done{};
    ++polled_.kept;
    return mark(number);
  }

  Outcome mark(const std::string& number) {
    if (folder_.move_to.empty()) {
      GUICHET_TRY(marked, imap_.command("UID STORE " + number + " +FLAGS.SILENT (\\Seen)"));
      return Done{};
    }
    const std::string verb = moves_ ? "UID MOVE " : "UID COPY ";
    const std::string words = verb + number + " " + quoted(folder_.move_to);
    if (auto moved = imap_.command(words); !moved) {
      if (imap_.last().find("TRYCREATE") == std::string::npos) return moved.error();
      GUICHET_TRY(made, imap_.command("CREATE " + quoted(folder_.move_to)));
      GUICHET_TRY(again, imap_.command(words));
    }
    if (moves_) return Done{};
    GUICHET_TRY(marked, imap_.command("UID STORE " + number + " +FLAGS.SILENT (\\Seen \\Deleted)"));
    if (expunges_) {
      GUICHET_TRY(gone, imap_.command("UID EXPUNGE " + number));
    }
    return Done{};
  }

  const MailFolder& folder_;
  const std::function<bool(const FetchedMail&)>& keep_;
  Imap imap_;
  Polled polled_;
  bool moves_ = false, expunges_ = false;
};

}  // namespace

std::unique_ptr<Outbox> smtp_outbox(const MailServer& server, const std::string& hello) {
  return std::make_unique<Smtp>(server, hello);
}

Result<Polled> poll_folder(const MailFolder& folder, const std::function<bool(const FetchedMail&)>& keep,
                           const std::stop_token& stop) {
  return Poll(folder, keep, stop).run();
}

}  // namespace guichet::desk
