#include <guichet/desk/webhooks.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <curl/curl.h>

#include <guichet/core/names.hpp>
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

/// Empty when the other side took it, else what went wrong.
std::string post(const Webhook& webhook, const std::string& body, const std::string& delivery, Instant now) {
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return "no memory";
  curl_slist* headers = nullptr;
  const std::string signature = "Guichet-Signature: " + signature_of(webhook.secret, body, now);
  const std::string number = "Guichet-Delivery: " + delivery;
  for (const char* line : {"Content-Type: application/json", signature.c_str(), number.c_str(), "Expect:"})
    headers = curl_slist_append(headers, line);
  curl_easy_setopt(curl, CURLOPT_URL, webhook.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "guichet");
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  if (code != CURLE_OK) return curl_easy_strerror(code);
  if (status < 200 || status > 299) return "answered " + std::to_string(status);
  return {};
}

class TheWebhooks final : public Webhooks {
 public:
  TheWebhooks(std::unique_ptr<ledger::Reader> reader, Clerk& clerk) : reader_(std::move(reader)), clerk_(clerk) {}
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
    wake_.notify_one();
  }

  void stop() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  Result<std::uint64_t> step(Instant now) override {
    GUICHET_TRY(hooks, webhooks());
    if (const Outcome queued = queue_what_is_new(hooks, now); !queued) return queued.error();
    return tell_what_is_due(hooks, now);
  }

 private:
  using Hooks = std::map<std::string, Webhook>;

  void keep(const WallClock& clock) {
    for (;;) {
      const auto told = step(clock.now());
      std::unique_lock lock(mutex_);
      if (told && *told != 0 && !stopping_) continue;
      wake_.wait_for(lock, 5s, [this] { return stopping_ || look_now_; });
      if (stopping_) return;
      look_now_ = false;
    }
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
      Errand errand;
      errand.channel = ledger::Channel::clock;
      errand.party = Party::clock;
      errand.records = std::move(changes);
      const Answer answer = clerk_.run(std::move(errand));
      if (!answer.ok()) return Error{Fault::storage, "webhooks: " + answer.error};
      if (to >= reach.act) return Done{};
    }
  }

  Result<std::uint64_t> tell_what_is_due(const Hooks& hooks, Instant now) {
    ledger::RecordQuery query;
    query.kind = kDeliveryKind;
    query.at_before = now + Duration{1};
    query.limit = 50;
    GUICHET_TRY(due, reader_->records(query));
    std::uint64_t told = 0;
    for (const Record& record : due) {
      auto delivery = delivery_from(record);
      RecordChange change{.record = record, .expect = RecordChange::Expect::anything, .remove = true};
      if (delivery) {
        const auto hook = hooks.find(delivery->webhook);
        if (hook != hooks.end() && hook->second.active) {
          const std::string fault = tell(hook->second, *delivery, now);
          if (fault.empty())
            ++told;
          else
            change = put_off(*delivery, fault, now);
        }
      }
      Errand errand;
      errand.channel = ledger::Channel::clock;
      errand.party = Party::clock;
      errand.records.push_back(std::move(change));
      if (const Answer answer = clerk_.run(std::move(errand)); !answer.ok())
        return Error{Fault::storage, "webhooks: " + answer.error};
    }
    return told;
  }

  std::string tell(const Webhook& webhook, const Delivery& delivery, Instant now) {
    const auto acts = reader_->acts_from(delivery.act, 1);
    if (!acts) return acts.error().detail;
    if (acts->empty() || acts->front().act.number != delivery.act) return {};
    return post(webhook, body_of(acts->front()), delivery_key(delivery), now);
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

std::string wrong_with_address(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return "it must begin with https:// or http://";
  if (url.size() > 2'000) return "it is longer than 2,000 signs";
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return "it has a space or a control sign in it";
  const std::string_view host = url.substr(url.find("://") + 3);
  if (host.empty() || host.front() == '/') return "it names no host";
  if (host.substr(0, host.find('/')).find('@') != std::string_view::npos) return "it carries a password; leave it out";
  return {};
}

std::string signature_of(std::string_view secret, std::string_view body, Instant at) {
  const std::string seconds = std::to_string(at.time_since_epoch().count() / 1000);
  return "t=" + seconds + ",v1=" + keyed_digest(secret, seconds + "." + std::string{body});
}

Result<std::unique_ptr<Webhooks>> Webhooks::by_hand(ledger::Ledger& ledger, Clerk& clerk) {
  GUICHET_TRY(reader, ledger.reader());
  return std::unique_ptr<Webhooks>(std::make_unique<TheWebhooks>(std::move(reader), clerk));
}

Result<std::unique_ptr<Webhooks>> Webhooks::start(ledger::Ledger& ledger, Clerk& clerk, const WallClock& clock) {
  GUICHET_TRY(reader, ledger.reader());
  auto webhooks = std::make_unique<TheWebhooks>(std::move(reader), clerk);
  webhooks->begin(clock);
  return std::unique_ptr<Webhooks>(std::move(webhooks));
}

}  // namespace guichet::desk
