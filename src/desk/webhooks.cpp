#include <guichet/desk/webhooks.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include <curl/curl.h>

#include <guichet/base/check.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/http_text.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using ledger::Record;
using ledger::RecordChange;
using namespace std::chrono_literals;

constexpr std::size_t kActsPerLook = 200;
constexpr std::string_view kCursorKind = "cursor", kCursorKey = "webhooks";
/// After the first failure, the second …; then it is given up and stands in the list.
constexpr std::array<Duration, 7> kTryAgainAfter{10s, 1min, 5min, 30min, 2h, 6h, 24h};

std::string text_in(const formats::JsonValue& document, std::string_view key) {
  const formats::JsonValue* value = document.find(key);
  return value != nullptr ? value->text : std::string{};
}
std::uint64_t number_in(const formats::JsonValue& document, std::string_view key) {
  const formats::JsonValue* value = document.find(key);
  return value != nullptr && value->integer > 0 ? static_cast<std::uint64_t>(value->integer) : 0;
}
bool flag_in(const formats::JsonValue& document, std::string_view key) {
  const formats::JsonValue* value = document.find(key);
  return value != nullptr && value->boolean;
}

std::string delivery_key(const Delivery& delivery) { return delivery.webhook + "/" + std::to_string(delivery.act); }

Record to_record(const Delivery& delivery, Instant due) {
  formats::JsonWriter json(0);
  json.begin_object().key("webhook").value(delivery.webhook).key("act").value(delivery.act);
  json.key("attempts").value(delivery.attempts).key("fault").value(delivery.last_fault);
  json.key("given_up").value(delivery.given_up).end_object();
  return {.kind = std::string{kDeliveryKind},
          .key = delivery_key(delivery),
          .owner = 0,
          .at = delivery.given_up ? kNever : due,
          .body = json.take()};
}

bool wants(const Webhook& webhook, const ledger::NewAct& act) {
  if (!webhook.active || act.act.channel == ledger::Channel::import) return false;
  if (webhook.events.empty()) return true;
  return std::ranges::any_of(act.events, [&webhook](const Event& event) {
    return std::ranges::find(webhook.events, name(event.kind)) != webhook.events.end();
  });
}

/// Without words: who may read them asks the API.
std::string body_of(const ledger::NewAct& act) {
  formats::JsonWriter json(0);
  json.begin_object().key("act").value(act.act.number).key("case").value(act.act.case_id.value);
  json.key("recorded").value(print_instant(act.act.recorded));
  if (!act.events.empty()) json.key("version").value(act.events.back().version.value);
  json.key("events").begin_array();
  for (const Event& event : act.events) json.value(name(event.kind));
  json.end_array().end_object();
  return json.take();
}

std::size_t swallow(char* /*bytes*/, std::size_t size, std::size_t count, void* /*nobody*/) { return size * count; }

constexpr std::string_view kInsideFault =
    "its address is this machine's or of its own networks; the desk is not open to these (serve --webhooks-inside)";

/// Literal addresses and the names that mean this machine; other names are looked at when somebody connects.
bool leads_inside(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  host = host.substr(0, host.find('%'));
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return !is_outside(std::span{bytes}.first(4));
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return !is_outside(bytes);
  while (host.ends_with('.')) host.pop_back();
  host = lowered(host);
  return host == "localhost" || host.ends_with(".localhost");
}

/// What is told to one webhook just now.
struct Flight {
  Delivery delivery;
  std::string body;
  WebhookReach reach{};
  bool led_inside = false;
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;

  Flight() = default;
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
  }
};

/// Called with the address itself, whatever a name was resolved to, and before a byte goes there.
curl_socket_t open_socket(void* of, curlsocktype /*purpose*/, curl_sockaddr* to) {
  auto& flight = *static_cast<Flight*>(of);
  if (flight.reach == WebhookReach::outside) {
    bool outside = false;
    if (to->family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, &to->addr, sizeof address);
      std::array<std::uint8_t, 4> bytes{};
      std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
      outside = is_outside(bytes);
    } else if (to->family == AF_INET6) {
      sockaddr_in6 address{};
      std::memcpy(&address, &to->addr, sizeof address);
      std::array<std::uint8_t, 16> bytes{};
      std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
      outside = is_outside(bytes);
    }
    if (!outside) {
      flight.led_inside = true;
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/// Everything that is on its way, one to each webhook. Only `wake` is for other threads.
class Flights {
 public:
  explicit Flights(WebhookReach reach) : reach_(reach), multi_(curl_multi_init()) {
    GUICHET_CHECK(multi_ != nullptr, "curl gives a multi handle while there is memory");
  }
  ~Flights() {
    give_up();
    curl_multi_cleanup(multi_);
  }
  Flights(const Flights&) = delete;
  Flights& operator=(const Flights&) = delete;

  bool empty() const { return flights_.empty(); }
  bool has(const std::string& webhook) const { return flights_.contains(webhook); }

  struct Landed {
    Delivery delivery;
    std::string fault;  // empty when the other side took it
  };

  /// What went wrong at once, else empty.
  std::string start(const Webhook& webhook, Delivery delivery, std::string body, Instant now) {
    auto flight = std::make_unique<Flight>();
    flight->curl = curl_easy_init();
    if (flight->curl == nullptr) return "no memory";
    flight->body = std::move(body);
    flight->reach = reach_;
    const std::string signature = "Guichet-Signature: " + signature_of(webhook.secret, flight->body, now);
    const std::string number = "Guichet-Delivery: " + delivery_key(delivery);
    flight->delivery = std::move(delivery);
    for (const char* line : {"Content-Type: application/json", signature.c_str(), number.c_str(), "Expect:"})
      flight->headers = curl_slist_append(flight->headers, line);
    CURL* const curl = flight->curl;
    curl_easy_setopt(curl, CURLOPT_URL, webhook.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a name that nobody resolves does not keep us from leaving
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, flight.get());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, flight->headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, flight->body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(flight->body.size()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "guichet");
    if (curl_multi_add_handle(multi_, curl) != CURLM_OK) return "no memory";
    flights_.emplace(webhook.id, std::move(flight));
    return {};
  }

  /// Goes on with all of them as far as that needs no waiting; gives those that have ended.
  std::vector<Landed> go_on() {
    int running = 0;
    curl_multi_perform(multi_, &running);
    std::vector<Landed> landed;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* const curl = message->easy_handle;
      const auto found = std::ranges::find_if(flights_, [curl](const auto& one) { return one.second->curl == curl; });
      GUICHET_CHECK(found != flights_.end(), "curl gives back what it was given");
      long status = 0;
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
      std::string fault;
      if (code != CURLE_OK)
        fault = found->second->led_inside ? kInsideFault : curl_easy_strerror(code);
      else if (status < 200 || status > 299)
        fault = "answered " + std::to_string(status);
      landed.push_back({.delivery = std::move(found->second->delivery), .fault = std::move(fault)});
      curl_multi_remove_handle(multi_, curl);
      flights_.erase(found);
    }
    return landed;
  }

  /// Until something moves, somebody wakes us or `most` is over. False when nothing has moved.
  bool wait(Duration most) {
    int moved = 0;
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(most.count()), &moved);
    return moved != 0;
  }
  void wake() { curl_multi_wakeup(multi_); }

  void give_up() {
    for (const auto& [webhook, flight] : flights_) curl_multi_remove_handle(multi_, flight->curl);
    flights_.clear();
  }

 private:
  WebhookReach reach_;
  CURLM* multi_;
  std::map<std::string, std::unique_ptr<Flight>> flights_;  // by webhook
};

class TheWebhooks final : public Webhooks {
 public:
  TheWebhooks(std::unique_ptr<ledger::Reader> reader, Clerk& clerk, WebhookReach reach)
      : reader_(std::move(reader)), clerk_(clerk), flights_(reach) {}
  ~TheWebhooks() override { stop(); }
  TheWebhooks(const TheWebhooks&) = delete;
  TheWebhooks& operator=(const TheWebhooks&) = delete;

  void begin(const WallClock& clock) {
    thread_ = std::thread([this, &clock] { keep(clock); });
  }

  void look() override {
    if (any_.load()) renew();
  }
  void renew() override {
    const std::scoped_lock lock(mutex_);
    look_now_ = true;
    flights_.wake();
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      flights_.wake();
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  Result<std::uint64_t> step(Instant now) override {
    if (const Outcome seen = look_around(now); !seen) return seen.error();
    for (std::uint64_t told = 0;;) {
      if (const Outcome started = start_what_is_due(now); !started) return started.error();
      if (flights_.empty()) return told;
      GUICHET_TRY(landed, go_on(now));
      if (landed.any)
        told += landed.taken;
      else
        flights_.wait(1s);
    }
  }

 private:
  using Hooks = std::map<std::string, Webhook>;

  void keep(const WallClock& clock) {
    for (bool look = true; !asked_to_stop(look);) {
      const Instant now = clock.now();
      Outcome done = look ? look_around(now) : Outcome{Done{}};
      if (done && look) done = start_what_is_due(now);
      const auto landed = go_on(now);
      if (!done || !landed) {  // the ledger cannot be used just now
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, 5s, [this] { return stopping_; });
        look = true;
        continue;
      }
      look = landed->any || !flights_.wait(5s);
    }
    flights_.give_up();
  }

  /// `look` becomes true when somebody has asked for that.
  bool asked_to_stop(bool& look) {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(look_now_, false)) look = true;
    return stopping_;
  }

  Outcome look_around(Instant now) {
    GUICHET_TRY(hooks, webhooks());
    hooks_ = std::move(hooks);
    if (const Outcome queued = queue_what_is_new(hooks_, now); !queued) return queued;
    return forget_what_nobody_wants(now);
  }

  Result<Hooks> webhooks() {
    ledger::RecordQuery query;
    query.kind = kWebhookKind;
    GUICHET_TRY(records, reader_->records(query));
    Hooks hooks;
    for (const Record& record : records)
      if (auto webhook = webhook_from(record)) hooks.emplace(webhook->id, std::move(*webhook));
    return hooks;
  }

  /// Acts since the last look become deliveries, in the transaction that moves the place reached. While nobody is to be
  /// told there is no such place: what happens meanwhile is not told later.
  Outcome queue_what_is_new(const Hooks& hooks, Instant now) {
    const bool any = std::ranges::any_of(hooks, [](const auto& hook) { return hook.second.active; });
    any_.store(any);
    for (;;) {
      GUICHET_TRY(cursor, reader_->record(kCursorKind, kCursorKey));
      if (!any && !cursor) return Done{};
      GUICHET_TRY(reach, reader_->reach());
      std::uint64_t to = reach.act;
      std::vector<RecordChange> changes;
      if (any && cursor) {
        GUICHET_TRY(said, formats::parse_json(cursor->body, "cursor"));
        const std::uint64_t reached = number_in(said, "act");
        if (reached >= reach.act) return Done{};
        GUICHET_TRY(acts, reader_->acts_from(reached + 1, kActsPerLook));
        for (const ledger::NewAct& act : acts) {
          to = act.act.number;
          for (const auto& [id, webhook] : hooks)
            if (wants(webhook, act))
              changes.push_back({.record = to_record(Delivery{.webhook = id, .act = act.act.number}, now)});
        }
      }
      formats::JsonWriter json(0);
      json.begin_object().key("act").value(to).end_object();
      changes.push_back({.record = {.kind = std::string{kCursorKind},
                                    .key = std::string{kCursorKey},
                                    .owner = 0,
                                    .body = json.take()},
                         .expect = RecordChange::Expect::anything,
                         .remove = !any});
      if (const Outcome done = run(std::move(changes)); !done) return done;
      if (to >= reach.act) return Done{};
    }
  }

  static std::string prefix_of(const std::string& webhook) { return webhook + "/"; }

  Outcome run(std::vector<RecordChange> changes) {
    Errand errand;
    errand.channel = ledger::Channel::clock;
    errand.party = Party::clock;
    errand.records = std::move(changes);
    const Answer answer = clerk_.run(std::move(errand));
    if (!answer.ok()) return Error{Fault::storage, "webhooks: " + answer.error};
    return Done{};
  }

  /// What is due for an address that was removed or rests.
  Outcome forget_what_nobody_wants(Instant now) {
    ledger::RecordQuery next;
    next.kind = kDeliveryKind;
    next.limit = 1;
    for (;;) {
      GUICHET_TRY(first, reader_->records(next));
      if (first.empty()) return Done{};
      const std::string id = first.front().key.substr(0, first.front().key.rfind('/'));
      next.key_after = id + "0";  // behind all keys that begin with it and a slash
      if (const auto hook = hooks_.find(id); hook != hooks_.end() && hook->second.active) continue;
      ledger::RecordQuery due;
      due.kind = kDeliveryKind;
      due.at_before = now + Duration{1};
      due.key_prefix = prefix_of(id);
      for (;;) {
        GUICHET_TRY(records, reader_->records(due));
        if (records.empty()) break;
        std::vector<RecordChange> changes;
        for (Record& record : records)
          changes.push_back({.record = std::move(record), .expect = RecordChange::Expect::anything, .remove = true});
        if (const Outcome gone = run(std::move(changes)); !gone) return gone;
      }
    }
  }

  /// One at a time to each address, the one that waits longest.
  Outcome start_what_is_due(Instant now) {
    for (const auto& [id, hook] : hooks_) {
      while (hook.active && !flights_.has(id)) {
        ledger::RecordQuery query;
        query.kind = kDeliveryKind;
        query.at_before = now + Duration{1};
        query.key_prefix = prefix_of(id);
        query.limit = 1;
        GUICHET_TRY(due, reader_->records(query));
        if (due.empty()) break;
        auto delivery = delivery_from(due.front());
        std::string body, fault;
        if (delivery) {
          GUICHET_TRY(acts, reader_->acts_from(delivery->act, 1));
          if (!acts.empty() && acts.front().act.number == delivery->act) {
            body = body_of(acts.front());
            fault = flights_.start(hook, *delivery, body, now);
          }
        }
        if (!body.empty() && fault.empty()) break;
        std::vector<RecordChange> changes;
        if (fault.empty())  // nothing that could be told
          changes.push_back({.record = due.front(), .expect = RecordChange::Expect::anything, .remove = true});
        else
          changes.push_back(put_off(*delivery, fault, now));
        if (const Outcome done = run(std::move(changes)); !done) return done;
      }
    }
    return Done{};
  }

  struct Went {
    bool any = false;         // something has come to its end
    std::uint64_t taken = 0;  // so many of them well
  };
  Result<Went> go_on(Instant now) {
    Went went;
    std::vector<RecordChange> changes;
    for (Flights::Landed& one : flights_.go_on()) {
      went.any = true;
      if (one.fault.empty()) {
        ++went.taken;
        changes.push_back(
            {.record = to_record(one.delivery, now), .expect = RecordChange::Expect::anything, .remove = true});
      } else {
        changes.push_back(put_off(std::move(one.delivery), one.fault, now));
      }
    }
    if (went.any)
      if (const Outcome done = run(std::move(changes)); !done) return done.error();
    return went;
  }

  static RecordChange put_off(Delivery delivery, const std::string& fault, Instant now) {
    delivery.last_fault = fault;
    delivery.given_up = delivery.attempts >= kTryAgainAfter.size();
    const Instant again = delivery.given_up ? kNever : now + kTryAgainAfter.at(delivery.attempts);
    ++delivery.attempts;
    return {.record = to_record(delivery, again), .expect = RecordChange::Expect::anything, .remove = false};
  }

  std::unique_ptr<ledger::Reader> reader_;
  Clerk& clerk_;
  Flights flights_;
  Hooks hooks_;  // as of the last look
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, look_now_ = false;
  std::atomic<bool> any_{true};  // somebody is to be told; until the first look, perhaps
  std::thread thread_;
};

}  // namespace

Record to_record(const Webhook& webhook) {
  formats::JsonWriter json(0);
  json.begin_object().key("url").value(webhook.url).key("label").value(webhook.label);
  json.key("secret").value(webhook.secret).key("active").value(webhook.active).key("events").begin_array();
  for (const std::string& event : webhook.events) json.value(event);
  json.end_array().end_object();
  return {.kind = std::string{kWebhookKind},
          .key = webhook.id,
          .owner = 0,
          .body = json.take(),
          .revision = webhook.revision};
}

Result<Webhook> webhook_from(const Record& record) {
  GUICHET_TRY(said, formats::parse_json(record.body, "webhook " + record.key));
  Webhook webhook{.id = record.key,
                  .url = text_in(said, "url"),
                  .label = text_in(said, "label"),
                  .secret = text_in(said, "secret"),
                  .events = {},
                  .active = flag_in(said, "active"),
                  .revision = record.revision};
  if (const formats::JsonValue* events = said.find("events"))
    for (const formats::JsonValue& event : events->items) webhook.events.push_back(event.text);
  return webhook;
}

Result<Delivery> delivery_from(const Record& record) {
  GUICHET_TRY(said, formats::parse_json(record.body, "delivery " + record.key));
  return Delivery{.webhook = text_in(said, "webhook"),
                  .act = number_in(said, "act"),
                  .attempts = static_cast<std::uint32_t>(number_in(said, "attempts")),
                  .last_fault = text_in(said, "fault"),
                  .given_up = flag_in(said, "given_up")};
}

std::string wrong_with_address(std::string_view url, WebhookReach reach) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return "it must begin with https:// or http://";
  if (url.size() > 2'000) return "it is longer than 2,000 signs";
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return "it has a space or a control sign in it";
  const std::string_view host = url.substr(url.find("://") + 3);
  if (host.empty() || host.front() == '/') return "it names no host";
  if (host.substr(0, host.find('/')).find('@') != std::string_view::npos) return "it carries a password; leave it out";
  // Read by whoever will connect, so that both find the same host in it: 2130706433 is 127.0.0.1 too.
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts{curl_url(), curl_url_cleanup};
  const auto part = [&parts](CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    std::string found;
    if (curl_url_get(parts.get(), which, &text, flags) == CURLUE_OK) found = text;
    curl_free(text);
    return found;
  };
  const CURLUcode code = curl_url_set(parts.get(), CURLUPART_URL, std::string{url}.c_str(), 0);
  if (code == CURLUE_BAD_PORT_NUMBER) return "its port is none: ports go from 1 to 65535";
  if (code != CURLUE_OK) return "it cannot be read as an address";
  if (part(CURLUPART_PORT, CURLU_DEFAULT_PORT) == "0") return "its port is none: ports go from 1 to 65535";
  if (reach == WebhookReach::outside && leads_inside(part(CURLUPART_HOST))) return std::string{kInsideFault};
  return {};
}

std::string signature_of(std::string_view secret, std::string_view body, Instant at) {
  const std::string seconds = std::to_string(at.time_since_epoch().count() / 1000);
  return "t=" + seconds + ",v1=" + keyed_digest(secret, seconds + "." + std::string{body});
}

Result<std::unique_ptr<Webhooks>> Webhooks::by_hand(ledger::Ledger& ledger, Clerk& clerk, WebhookReach reach) {
  GUICHET_TRY(reader, ledger.reader());
  return std::unique_ptr<Webhooks>(std::make_unique<TheWebhooks>(std::move(reader), clerk, reach));
}

Result<std::unique_ptr<Webhooks>> Webhooks::start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock,
                                                  WebhookReach reach) {
  GUICHET_TRY(reader, ledger.reader());
  auto webhooks = std::make_unique<TheWebhooks>(std::move(reader), clerk, reach);
  webhooks->begin(clock);
  return std::unique_ptr<Webhooks>(std::move(webhooks));
}

}  // namespace guichet::desk
