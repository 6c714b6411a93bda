#include <guichet/desk/doorman.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/base/sha256.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/lately.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonValue;
using formats::JsonWriter;
using Expect = ledger::RecordChange::Expect;

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretLetters = 43;  // of 32 bytes as base64url
constexpr std::string_view kTokenSign = "gk_";
constexpr Duration kSeenEvery{3'600'000};
constexpr Duration kWordLife{5LL * 60'000};  // between password and code
constexpr Duration kWrongForgotten{24LL * 3'600'000};
constexpr Duration kSweepEvery{3'600'000};
constexpr std::size_t kSweepMost = 200;

// How often somebody may be wrong before he has to wait, and how the wait grows. An address is guessed at, so it has
// few; behind one peer a whole office may sit.
struct Patience {
  std::uint32_t free;
  Duration first, longest;
};
constexpr Patience kForAddress{5, Duration{30'000}, Duration{15LL * 60'000}};
constexpr Patience kForPeer{30, Duration{30'000}, Duration{15LL * 60'000}};

constexpr std::size_t kThreads = 2;  // each hash takes 64 MiB
constexpr std::size_t kWaitingMost = 64;
constexpr std::size_t kShards = 16;
constexpr std::size_t kKnownPerShard = 2'000;
constexpr std::size_t kTriesRemembered = 10'000;
constexpr std::size_t kWordsRemembered = 1'000;
constexpr std::size_t kBucketsRemembered = 50'000;

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }
Instant instant(std::int64_t at) { return Instant{Duration{at}}; }

std::string text_of(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::text ? value->text : std::string{};
}
std::int64_t whole_of(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::integer ? value->integer : 0;
}
std::vector<std::string> words_of(const JsonValue& object, std::string_view key) {
  std::vector<std::string> words;
  if (const JsonValue* value = object.find(key))
    for (const JsonValue& item : value->items)
      if (item.kind == JsonValue::Kind::text) words.push_back(item.text);
  return words;
}

ledger::RecordChange removal(std::string kind, std::string key) {
  ledger::RecordChange change;
  change.record.kind = std::move(kind);
  change.record.key = std::move(key);
  change.remove = true;
  return change;
}

Errand errand_of(std::vector<ledger::RecordChange> records) {
  Errand errand;
  errand.channel = ledger::Channel::web;
  errand.records = std::move(records);
  return errand;
}

/// Somebody who moves within one network of IPv6 is one peer.
std::string peer_key(std::string_view peer) {
  std::array<unsigned char, 16> bytes{};
  const std::string address(peer);
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1)
    return "peer/" + digest_of({reinterpret_cast<const char*>(bytes.data()), 8});
  return "peer/" + digest_of(peer);
}

/// By the address as it was typed, whether it is somebody's or nobody's: so both are locked alike.
std::string address_key(std::string_view email) { return "who/" + digest_of(email); }

std::string as_kept(std::string_view email) { return email_from(email).value_or(std::string(email.substr(0, 254))); }

/// Codes are read aloud and typed: hyphens, spaces and capitals do not count.
std::string plain_code(std::string_view code) {
  std::string plain;
  for (const char c : code)
    if (c >= 'A' && c <= 'Z')
      plain.push_back(static_cast<char>(c - 'A' + 'a'));
    else if (c != '-' && c != ' ')
      plain.push_back(c);
  return plain;
}

// ---- sessions and tokens as records ----------------------------------------------------------------------

/// What is remembered of a session or a token.
struct Known {
  Session session;
  Instant made{}, seen{}, written{};  // `written`: the last `seen` that is on disk, or on its way
  std::string label;
  std::uint64_t revision{};
  bool renewing = false;  // a write is on its way
  bool ended = false;     // stays so: what is read late from the ledger must not bring it back
};

Instant end_of(const Known& known) {
  return known.session.by_token ? kNever : std::min(known.seen + kSessionIdle, known.made + kSessionLife);
}

ledger::Record record_of(const Known& known) {
  JsonWriter json(0);
  json.begin_object();
  json.key("made").value(ms(known.made));
  json.key("seen").value(ms(known.seen));
  if (known.session.by_token) {
    json.key("label").value(std::string_view{known.label});
    json.key("scopes").begin_array();
    for (const std::string& scope : known.session.scopes) json.value(std::string_view{scope});
    json.end_array();
  }
  json.end_object();
  ledger::Record record;
  record.kind = known.session.by_token ? "token" : "session";
  record.key = known.session.id;
  record.owner = known.session.person.value;
  record.at = end_of(known);
  record.body = json.take();
  record.revision = known.revision;
  return record;
}

std::optional<Known> known_from(const ledger::Record& record) {
  const auto body = formats::parse_json(record.body, record.kind + "/" + record.key);
  if (!body) return std::nullopt;
  Known known;
  known.session.id = record.key;
  known.session.person = ActorId{static_cast<std::uint32_t>(record.owner)};
  known.session.by_token = record.kind == "token";
  known.session.scopes = words_of(*body, "scopes");
  known.made = instant(whole_of(*body, "made"));
  known.seen = instant(whole_of(*body, "seen"));
  known.written = known.seen;
  known.label = text_of(*body, "label");
  known.revision = record.revision;
  return known;
}

KeptKey key_of(const Known& known) {
  return {.id = known.session.id,
          .person = known.session.person,
          .label = known.label,
          .scopes = known.session.scopes,
          .made = known.made,
          .seen = known.seen,
          .ends = end_of(known)};
}

/// All that was seen lately, by the digest of its secret. Shared with callbacks, which may come late.
class KnownKeys {
 public:
  struct Shard {
    std::mutex mutex;
    Lately<Known> keys{kKnownPerShard};
  };
  Shard& shard(std::string_view digest) { return shards_[static_cast<unsigned char>(digest[0]) % kShards]; }

  /// What is known already stays: it may have ended meanwhile.
  void meet(const std::string& digest, Known known) {
    Shard& home = shard(digest);
    const std::scoped_lock lock(home.mutex);
    if (home.keys.find(digest) == nullptr) home.keys.put(digest, std::move(known));
  }
  void end(const std::string& digest) {
    Shard& home = shard(digest);
    const std::scoped_lock lock(home.mutex);
    if (Known* known = home.keys.find(digest); known != nullptr)
      known->ended = true;
    else
      home.keys.put(digest, Known{}).ended = true;
  }
  void end_of_person(ActorId person, std::string_view but) {
    for (Shard& home : shards_) {
      const std::scoped_lock lock(home.mutex);
      home.keys.for_each([&](const std::string&, Known& known) {
        if (known.session.person == person && !known.session.by_token && known.session.id != but) known.ended = true;
      });
    }
  }
  /// After a write: the new revision, or nothing known any more, so that it is read again.
  void written(const std::string& digest, bool done) {
    Shard& home = shard(digest);
    const std::scoped_lock lock(home.mutex);
    Known* known = home.keys.find(digest);
    if (known == nullptr || known->ended) return;
    known->renewing = false;
    if (done)
      ++known->revision;
    else
      home.keys.forget(digest);
  }

 private:
  std::array<Shard, kShards> shards_;
};

std::string bytes_from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, fault] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (fault != std::errc{} || end != text.data() + i + 2) return {};
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

// ---- second factors as records ---------------------------------------------------------------------------

struct KeptFactor {
  std::uint64_t used{};            // the last step whose code was taken
  std::vector<std::string> codes;  // digests of the recovery codes that are left
  std::uint64_t revision{};        // zero: no record yet
};

Result<KeptFactor> kept_factor(ActorId person, ledger::Reader& reader) {
  GUICHET_TRY(record, reader.record("second_factor", person_key(person)));
  KeptFactor factor;
  if (!record) return factor;
  factor.revision = record->revision;
  GUICHET_TRY(body, formats::parse_json(record->body, "second_factor/" + record->key));
  factor.used = static_cast<std::uint64_t>(std::max<std::int64_t>(0, whole_of(body, "used")));
  factor.codes = words_of(body, "codes");
  return factor;
}

ledger::RecordChange change_of(ActorId person, const KeptFactor& factor) {
  JsonWriter json(0);
  json.begin_object().key("used").value(factor.used).key("codes").begin_array();
  for (const std::string& code : factor.codes) json.value(std::string_view{code});
  json.end_array().end_object();
  ledger::RecordChange change;
  change.record.kind = "second_factor";
  change.record.key = person_key(person);
  change.record.owner = person.value;
  change.record.body = json.take();
  change.record.revision = factor.revision;
  change.expect = factor.revision == 0 ? Expect::absent : Expect::revision;
  return change;
}

/// Takes the code out of what is still good; false when it is not among it.
bool take_code(const Person& person, std::string_view code, Instant now, KeptFactor& factor) {
  if (const auto step = totp_step(person.totp_secret, code, now)) {
    if (*step <= factor.used) return false;
    factor.used = *step;
    return true;
  }
  const std::string digest = digest_of(plain_code(code));
  const auto found =
      std::ranges::find_if(factor.codes, [&](const std::string& kept) { return same_secret(kept, digest); });
  if (found == factor.codes.end()) return false;
  factor.codes.erase(found);
  return true;
}

// ---- wrong tries -------------------------------------------------------------------------------------------

struct Tries {
  std::uint32_t wrong{};
  Instant last{}, until{};
  bool on_disk = false;
};

Instant locked_after(const Tries& tries, const Patience& patience) {
  if (tries.wrong < patience.free) return Instant{};
  Duration wait = patience.first;
  for (std::uint32_t i = patience.free; i < tries.wrong && wait < patience.longest; ++i) wait *= 2;
  return tries.last + std::min(wait, patience.longest);
}

ledger::RecordChange change_of(const std::string& key, const Tries& tries) {
  JsonWriter json(0);
  json.begin_object();
  json.key("wrong").value(tries.wrong).key("last").value(ms(tries.last)).key("until").value(ms(tries.until));
  json.end_object();
  ledger::RecordChange change;
  change.record.kind = "lockout";
  change.record.key = key;
  change.record.at = tries.last + kWrongForgotten;
  change.record.body = json.take();
  return change;
}

/// One thing that is let pass costs as many drops as the limit's time has milliseconds, so that all is whole numbers.
struct Bucket {
  std::int64_t drops{};
  Instant at{};
};

/// Between password and code.
struct HalfWay {
  ActorId person;
  std::string email;
  std::uint64_t revision{};  // of the person then: a password changed meanwhile ends this too
  Instant until{};
};

// ---- the doorman -------------------------------------------------------------------------------------------

class TheDoorman final : public Doorman {
 public:
  TheDoorman(Clerk& clerk, const People& people, ledger::Ledger& ledger)
      : clerk_(clerk), people_(people), ledger_(ledger), keys_(std::make_shared<KnownKeys>()) {
    for (std::thread& thread : threads_) thread = std::thread([this] { work(); });
  }
  ~TheDoorman() override {
    {
      const std::scoped_lock lock(jobs_mutex_);
      stopping_ = true;
    }
    there_is_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  TheDoorman(const TheDoorman&) = delete;
  TheDoorman& operator=(const TheDoorman&) = delete;

  std::optional<Session> who(const Request& request, ledger::Reader& reader, Instant now) override {
    const std::string* authorization = request.header("authorization");
    if (authorization != nullptr && (authorization->starts_with("Bearer ") || authorization->starts_with("bearer "))) {
      const auto token = std::string_view(*authorization).substr(7);
      if (!token.starts_with(kTokenSign) || token.size() != kTokenSign.size() + kSecretLetters) return std::nullopt;
      return who_has("token", token, reader, now);
    }
    const std::string* cookie = find(request.cookies, session_cookie_name(request.secure));
    if (cookie == nullptr || cookie->size() != kSecretLetters) return std::nullopt;
    return who_has("session", *cookie, reader, now);
  }

  bool still_in(const Session& session, Instant now) override {
    const std::string digest = bytes_from_hex(session.id);
    if (digest.empty()) return false;
    KnownKeys::Shard& home = keys_->shard(digest);
    const std::scoped_lock lock(home.mutex);
    const Known* known = home.keys.find(digest);
    if (known == nullptr) return session.ends > now;
    return !known->ended && end_of(*known) > now;
  }

  bool form_is_ours(const Session& session, std::string_view csrf) const override {
    return session.by_token || (!session.csrf.empty() && same_secret(session.csrf, csrf));
  }

  void sign_in(std::string email, std::string password, std::string code, std::string peer, Instant now,
               std::function<void(SignedIn)> told) override {
    email = as_kept(email);
    enqueue({.work = [=, this, told = told](
                         ledger::Reader* reader) { told(try_sign_in(email, password, code, peer, now, reader)); },
             .refused = [told](SignIn why) { told({.outcome = why, .cookie = {}, .try_again = {}}); }});
  }

  void second_factor(std::string word, std::string code, std::string peer, Instant now,
                     std::function<void(SignedIn)> told) override {
    enqueue({.work = [=, this,
                      told = told](ledger::Reader* reader) { told(try_second_factor(word, code, peer, now, reader)); },
             .refused = [told](SignIn why) { told({.outcome = why, .cookie = {}, .try_again = {}}); }});
  }

  std::optional<Instant> locked_until(std::string_view email, std::string_view peer, Instant now) override {
    const std::scoped_lock lock(tries_mutex_);
    Instant until{};
    for (const std::string& key : {address_key(as_kept(email)), peer_key(peer)})
      if (const Tries* tries = tries_.find(key); tries != nullptr) until = std::max(until, tries->until);
    return until > now ? std::optional{until} : std::nullopt;
  }

  void ask_again(ActorId person, std::string password, std::string peer, Instant now,
                 std::function<void(SignedIn)> told) override {
    enqueue({.work =
                 [=, this, told = told](ledger::Reader* reader) {
                   const auto who = people_.person(person);
                   const std::string email = who ? who->email : std::string{};
                   const auto locked = begin_try(email, peer, now, reader);
                   if (locked) return told({.outcome = SignIn::locked_out, .cookie = {}, .try_again = *locked});
                   const bool fits = fits_person(who, password);
                   if (fits)
                     end_try(email, peer, true);
                   else
                     keep_tries(email, peer);
                   told({.outcome = fits ? SignIn::done : SignIn::wrong, .cookie = {}, .try_again = {}});
                 },
             .refused = [told](SignIn why) { told({.outcome = why, .cookie = {}, .try_again = {}}); }});
  }

  void admit(ActorId person, Instant now, std::function<void(SignedIn)> told) override {
    enqueue({.work =
                 [=, this, told = told](ledger::Reader* reader) {
                   keys_->end_of_person(person, {});
                   if (reader != nullptr) end_kept_sessions(person, {}, {}, *reader);
                   told(let_in(person, {}, now, reader));
                 },
             .refused = [told](SignIn why) { told({.outcome = why, .cookie = {}, .try_again = {}}); }});
  }

  void sign_out(const Session& session) override {
    if (session.by_token) return;
    keys_->end(bytes_from_hex(session.id));
    clerk_.submit(errand_of({removal("session", session.id)}), {});
  }

  void end_all_sessions(ActorId person) override { end_sessions(person, {}, {}, {}); }

  void end_sessions(ActorId person, std::string id, std::string but, std::function<void()> told) override {
    if (id.empty()) keys_->end_of_person(person, but);
    enqueue({.work =
                 [=, this](ledger::Reader* reader) {
                   if (reader != nullptr) end_kept_sessions(person, id, but, *reader);
                   if (told) told();
                 },
             .refused =
                 [told](SignIn) {
                   if (told) told();
                 },
             .must_be_done = true});
  }

  Result<std::vector<KeptKey>> sessions(ActorId person, ledger::Reader& reader, Instant now) const override {
    GUICHET_TRY(keys, kept("session", person, reader));
    std::erase_if(keys, [now](const KeptKey& key) { return key.ends <= now; });
    return keys;
  }

  void hash_password(std::string password, std::function<void(Result<std::string>)> told) override {
    if (utf8_length(password) < kPasswordLettersMin || password.size() > kPasswordBytesMax)
      return told(Error{Fault::usage, "a password has at least " + std::to_string(kPasswordLettersMin) +
                                          " signs, and at most " + std::to_string(kPasswordBytesMax) + " bytes"});
    enqueue(
        {.work = [password = std::move(password), told](ledger::Reader*) { told(password_hash(password)); },
         .refused =
             [told](SignIn) { told(Error{Fault::storage, "too many passwords wait to be hashed; try again soon"}); }});
  }

  std::string invite(ActorId person, ActorId by, Instant now, ledger::RecordChange& change) override {
    NewInvitation made = make_invitation(person, by, now);
    change = std::move(made.change);
    return made.secret;
  }

  std::optional<ActorId> invited(std::string_view secret, ledger::Reader& reader, Instant now) override {
    if (secret.size() != kSecretLetters) return std::nullopt;
    const auto record = reader.record("invitation", digest_of(secret));
    if (!record || !*record || (*record)->at <= now) return std::nullopt;
    const ActorId id{static_cast<std::uint32_t>((*record)->owner)};
    const auto person = people_.person(id);
    return person && person->active ? std::optional{id} : std::nullopt;
  }

  ledger::RecordChange use_invitation(std::string_view secret) override {
    ledger::RecordChange change = removal("invitation", digest_of(secret));
    change.record.revision = 1;  // an invitation is written once
    change.expect = Expect::revision;
    return change;
  }

  NewToken make_token(ActorId person, std::string label, std::vector<std::string> scopes, Instant now,
                      ledger::RecordChange& change) override {
    NewToken token;
    token.secret = std::string(kTokenSign) + secret_word(kSecretBytes);
    token.id = digest_of(token.secret);
    Known known;
    known.session.id = token.id;
    known.session.person = person;
    known.session.by_token = true;
    known.session.scopes = std::move(scopes);
    known.label = std::move(label);
    known.made = now;
    change = {};
    change.record = record_of(known);
    change.expect = Expect::absent;
    return token;
  }

  Result<std::vector<KeptKey>> tokens(ActorId person, ledger::Reader& reader) const override {
    return kept("token", person, reader);
  }

  ledger::RecordChange end_token(const KeptKey& token) const override { return removal("token", token.id); }

  Result<SecondFactor> agree_second_factor(ActorId person, std::uint64_t step, ledger::Reader& reader) const override {
    GUICHET_TRY(factor, kept_factor(person, reader));
    if (step != 0) factor.used = step;
    SecondFactor agreed;
    factor.codes.clear();
    for (int i = 0; i < 10; ++i) {
      const std::string word = plain_code(new_totp_secret()).substr(0, 16);  // 80 bits
      factor.codes.push_back(digest_of(word));
      agreed.recovery_codes.push_back(word.substr(0, 4) + "-" + word.substr(4, 4) + "-" + word.substr(8, 4) + "-" +
                                      word.substr(12));
    }
    agreed.change = change_of(person, factor);
    return agreed;
  }

  Result<std::size_t> recovery_codes_left(ActorId person, ledger::Reader& reader) const override {
    GUICHET_TRY(factor, kept_factor(person, reader));
    return factor.codes.size();
  }

  void changed(const ledger::RecordChange& change) override {
    if (!change.remove || (change.record.kind != "session" && change.record.kind != "token")) return;
    if (const std::string digest = bytes_from_hex(change.record.key); !digest.empty()) keys_->end(digest);
  }

  bool allows(std::string_view what, std::string_view key, std::uint32_t most, Duration within, Instant now) override {
    std::string name(what);
    name.append(1, '\0').append(key);
    const std::scoped_lock lock(buckets_mutex_);
    const std::int64_t full = std::int64_t{most} * within.count();
    Bucket* bucket = buckets_.find(name);
    if (bucket == nullptr) bucket = &buckets_.put(name, {full, now});
    if (now > bucket->at) {
      const std::int64_t passed = std::min((now - bucket->at).count(), within.count());
      bucket->drops = std::min(full, bucket->drops + passed * most);
      bucket->at = now;
    }
    if (bucket->drops < within.count()) return false;
    bucket->drops -= within.count();
    return true;
  }

 private:
  // ---- who is there ----------------------------------------------------------------------------------------

  std::optional<Session> who_has(std::string_view kind, std::string_view secret, ledger::Reader& reader, Instant now) {
    const std::string digest = digest_bytes(secret);
    for (int round = 0; round < 2; ++round) {
      if (auto found = look_up(digest, now)) return *std::move(found);
      if (round == 1) break;
      const auto record = reader.record(kind, hex(std::as_bytes(std::span{digest})));
      if (!record || !*record) return std::nullopt;
      auto known = known_from(**record);
      if (!known) return std::nullopt;
      if (kind == "session") known->session.csrf = keyed_digest(secret, "form");
      keys_->meet(digest, std::move(*known));
    }
    return std::nullopt;
  }

  /// Outer: whether it is known; inner: whether it is good.
  std::optional<std::optional<Session>> look_up(const std::string& digest, Instant now) {
    Session session;
    std::optional<ledger::RecordChange> renewal;
    {
      KnownKeys::Shard& home = keys_->shard(digest);
      const std::scoped_lock lock(home.mutex);
      Known* known = home.keys.find(digest);
      if (known == nullptr) return std::nullopt;
      if (known->ended || end_of(*known) <= now) return std::optional<Session>{};
      known->seen = std::max(known->seen, now);
      known->session.ends = end_of(*known);
      session = known->session;
      if (!known->renewing && known->seen - known->written >= kSeenEvery) {
        known->renewing = true;
        known->written = known->seen;
        renewal = ledger::RecordChange{.record = record_of(*known), .expect = Expect::revision, .remove = false};
      }
    }
    const auto person = people_.person(session.person);
    if (!person || !person->active) return std::optional<Session>{};
    if (renewal) {
      clerk_.submit(errand_of({std::move(*renewal)}),
                    [keys = keys_, digest](const Answer& answer) { keys->written(digest, answer.ok()); });
    }
    return std::optional{std::move(session)};
  }

  static Result<std::vector<KeptKey>> kept(std::string kind, ActorId person, ledger::Reader& reader) {
    std::vector<KeptKey> keys;
    ledger::RecordQuery query;
    query.kind = std::move(kind);
    if (person) query.owner = person.value;
    for (;;) {
      GUICHET_TRY(records, reader.records(query));
      if (records.empty()) break;
      query.key_after = records.back().key;
      for (const ledger::Record& record : records)
        if (const auto known = known_from(record)) keys.push_back(key_of(*known));
    }
    std::ranges::sort(keys, [](const KeptKey& a, const KeptKey& b) { return a.made > b.made; });
    return keys;
  }

  void end_kept_sessions(ActorId person, const std::string& id, const std::string& but, ledger::Reader& reader) {
    const auto all = kept("session", person, reader);
    if (!all) return;
    std::vector<ledger::RecordChange> removals;
    for (const KeptKey& key : *all) {
      if (id.empty() ? key.id == but : key.id != id) continue;
      keys_->end(bytes_from_hex(key.id));
      removals.push_back(removal("session", key.id));
    }
    if (!removals.empty()) clerk_.run(errand_of(std::move(removals)));
  }

  // ---- coming in -------------------------------------------------------------------------------------------

  SignedIn try_sign_in(const std::string& email, const std::string& password, const std::string& code,
                       const std::string& peer, Instant now, ledger::Reader* reader) {
    if (reader == nullptr) return {.outcome = SignIn::failed, .cookie = {}, .try_again = {}};
    if (const auto locked = begin_try(email, peer, now, reader))
      return {.outcome = SignIn::locked_out, .cookie = {}, .try_again = *locked};
    const auto person = people_.by_email(email);
    if (!fits_person(person, password)) {
      keep_tries(email, peer);
      return {.outcome = SignIn::wrong, .cookie = {}, .try_again = {}};
    }
    if (person->totp_secret.empty()) {
      end_try(email, peer, true);
      return let_in(person->id, {}, now, reader);
    }
    if (code.empty()) {
      end_try(email, peer, false);
      const std::string word = secret_word(kSecretBytes);
      const std::scoped_lock lock(half_way_mutex_);
      half_way_.put(digest_of(word), {person->id, email, person->revision, now + kWordLife});
      return {.outcome = SignIn::second_factor_needed, .cookie = word, .try_again = {}};
    }
    return let_in_with_code(*person, code, peer, now, *reader);
  }

  SignedIn try_second_factor(const std::string& word, const std::string& code, const std::string& peer, Instant now,
                             ledger::Reader* reader) {
    if (reader == nullptr) return {.outcome = SignIn::failed, .cookie = {}, .try_again = {}};
    std::optional<HalfWay> half;
    {
      const std::scoped_lock lock(half_way_mutex_);
      if (const HalfWay* known = half_way_.find(digest_of(word)); known != nullptr && known->until > now) half = *known;
    }
    const auto person = half ? people_.person(half->person) : nullptr;
    if (!person || !person->active || person->totp_secret.empty() || person->revision != half->revision)
      return {.outcome = SignIn::wrong, .cookie = {}, .try_again = {}};
    if (const auto locked = begin_try(half->email, peer, now, reader))
      return {.outcome = SignIn::locked_out, .cookie = {}, .try_again = *locked};
    SignedIn answer = let_in_with_code(*person, code, peer, now, *reader);
    if (answer.outcome == SignIn::done) {
      const std::scoped_lock lock(half_way_mutex_);
      half_way_.forget(digest_of(word));
    }
    return answer;
  }

  SignedIn let_in_with_code(const Person& person, const std::string& code, const std::string& peer, Instant now,
                            ledger::Reader& reader) {
    auto factor = kept_factor(person.id, reader);
    if (!factor) return {.outcome = SignIn::failed, .cookie = {}, .try_again = {}};
    SignedIn answer{.outcome = SignIn::second_factor_wrong, .cookie = {}, .try_again = {}};
    if (take_code(person, code, now, *factor))
      answer = let_in(person.id, {change_of(person.id, *factor)}, now, &reader);
    if (answer.outcome == SignIn::done)
      end_try(person.email, peer, true);
    else
      keep_tries(person.email, peer);
    return answer;
  }

  /// A new session, in one errand with what it uses up. The same code in two hands: one of them has a conflict.
  SignedIn let_in(ActorId person, std::vector<ledger::RecordChange> with, Instant now, ledger::Reader* reader) {
    const bool uses_something = !with.empty();
    const std::string secret = secret_word(kSecretBytes);
    Known known;
    known.session.id = digest_of(secret);
    known.session.person = person;
    known.session.csrf = keyed_digest(secret, "form");
    known.made = known.seen = known.written = now;
    known.revision = 1;
    with.push_back({.record = record_of(known), .expect = Expect::absent, .remove = false});
    const Answer answer = clerk_.run(errand_of(std::move(with)));
    if (answer.kind == Answer::Kind::conflict && uses_something)
      return {.outcome = SignIn::second_factor_wrong, .cookie = {}, .try_again = {}};
    if (!answer.ok()) return {.outcome = SignIn::failed, .cookie = {}, .try_again = {}};
    keys_->meet(digest_bytes(secret), std::move(known));
    if (reader != nullptr) sweep(*reader, now);
    return {.outcome = SignIn::done, .cookie = secret, .try_again = {}};
  }

  /// Nobody, or somebody who cannot sign in, takes as long as a wrong password.
  bool fits_person(const std::shared_ptr<const Person>& person, const std::string& password) {
    const bool can = person && person->active && !person->password.empty();
    const bool fits =
        password.size() <= kPasswordBytesMax && password_fits(can ? person->password : nobodys_password(), password);
    return can && fits;
  }
  const std::string& nobodys_password() {
    std::call_once(nobodys_made_, [this] {
      if (auto hash = password_hash(secret_word(kSecretBytes))) nobodys_ = std::move(*hash);
    });
    return nobodys_;
  }

  // ---- wrong tries -----------------------------------------------------------------------------------------

  /// Counts the try as wrong until it is known better, so that many at once do not all find the door open. Gives the
  /// moment until which it is shut.
  std::optional<Instant> begin_try(const std::string& email, const std::string& peer, Instant now,
                                   ledger::Reader* reader) {
    const std::array<std::pair<std::string, const Patience*>, 2> sides{
        {{address_key(email), &kForAddress}, {peer_key(peer), &kForPeer}}};
    const std::scoped_lock lock(tries_mutex_);
    Instant until{};
    for (const auto& [key, patience] : sides) until = std::max(until, tries_of(key, now, reader).until);
    if (until > now) return until;
    for (const auto& [key, patience] : sides) {
      Tries& tries = tries_of(key, now, reader);
      ++tries.wrong;
      tries.last = now;
      tries.until = locked_after(tries, *patience);
    }
    return std::nullopt;
  }

  Tries& tries_of(const std::string& key, Instant now, ledger::Reader* reader) {
    if (Tries* known = tries_.find(key)) {
      if (known->last + kWrongForgotten <= now) *known = Tries{.on_disk = known->on_disk};
      return *known;
    }
    Tries tries;
    if (reader != nullptr) {
      if (const auto record = reader->record("lockout", key); record && *record && (*record)->at > now)
        if (const auto body = formats::parse_json((*record)->body, "lockout")) {
          tries.wrong = static_cast<std::uint32_t>(std::max<std::int64_t>(0, whole_of(*body, "wrong")));
          tries.last = instant(whole_of(*body, "last"));
          tries.until = instant(whole_of(*body, "until"));
          tries.on_disk = true;
        }
    }
    return tries_.put(key, tries);
  }

  /// It was right after all. `wholly`: and all that was needed, so that the address starts afresh; the peer only gets
  /// this one try back, since one good account must not pay for guesses at others.
  void end_try(const std::string& email, const std::string& peer, bool wholly) {
    std::vector<ledger::RecordChange> removals;
    {
      const std::scoped_lock lock(tries_mutex_);
      for (const std::string& key : {address_key(email), peer_key(peer)}) {
        Tries* tries = tries_.find(key);
        if (tries == nullptr) continue;
        if (wholly && key.starts_with("who/")) {
          if (tries->on_disk) removals.push_back(removal("lockout", key));
          tries_.forget(key);
        } else if (tries->wrong > 0) {
          --tries->wrong;
          tries->until = Instant{};
        }
      }
    }
    if (!removals.empty()) clerk_.submit(errand_of(std::move(removals)), {});
  }

  /// It was wrong: that outlives a restart.
  void keep_tries(const std::string& email, const std::string& peer) {
    std::vector<ledger::RecordChange> changes;
    {
      const std::scoped_lock lock(tries_mutex_);
      for (const std::string& key : {address_key(email), peer_key(peer)})
        if (Tries* tries = tries_.find(key)) {
          tries->on_disk = true;
          changes.push_back(change_of(key, *tries));
        }
    }
    if (!changes.empty()) clerk_.submit(errand_of(std::move(changes)), {});
  }

  /// Takes away what has ended, a little at a time.
  void sweep(ledger::Reader& reader, Instant now) {
    std::int64_t last = swept_.load();
    if (ms(now) - last < kSweepEvery.count() || !swept_.compare_exchange_strong(last, ms(now))) return;
    std::vector<ledger::RecordChange> removals;
    for (const char* kind : {"session", "invitation", "lockout"}) {
      ledger::RecordQuery query;
      query.kind = kind;
      query.at_before = now;
      query.limit = kSweepMost;
      const auto ended = reader.records(query);
      if (!ended) return;
      for (const ledger::Record& record : *ended) {
        ledger::RecordChange change = removal(record.kind, record.key);
        change.record.revision = record.revision;
        change.expect = Expect::revision;
        removals.push_back(std::move(change));
      }
    }
    // One by one: what was renewed meanwhile stays, and does not keep the others.
    for (ledger::RecordChange& change : removals) clerk_.submit(errand_of({std::move(change)}), {});
  }

  // ---- threads of its own ----------------------------------------------------------------------------------

  struct Job {
    std::function<void(ledger::Reader*)> work;  // null when the ledger gives no reader
    std::function<void(SignIn)> refused;
    bool must_be_done = false;
  };

  void enqueue(Job job) {
    {
      const std::scoped_lock lock(jobs_mutex_);
      if (!stopping_ && (job.must_be_done || jobs_.size() < kWaitingMost)) {
        jobs_.push_back(std::move(job));
        there_is_work_.notify_one();
        return;
      }
    }
    if (job.refused) job.refused(SignIn::too_many);
  }

  void work() {
    std::unique_ptr<ledger::Reader> reader;
    for (;;) {
      Job job;
      bool stopping = false;
      {
        std::unique_lock lock(jobs_mutex_);
        there_is_work_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
        stopping = stopping_;
      }
      if (stopping && !job.must_be_done) {
        if (job.refused) job.refused(SignIn::failed);
        continue;
      }
      if (!reader)
        if (auto opened = ledger_.reader()) reader = std::move(*opened);
      job.work(reader.get());
    }
  }

  Clerk& clerk_;
  const People& people_;
  ledger::Ledger& ledger_;
  std::shared_ptr<KnownKeys> keys_;

  std::mutex tries_mutex_, half_way_mutex_, buckets_mutex_;
  Lately<Tries> tries_{kTriesRemembered};
  Lately<HalfWay> half_way_{kWordsRemembered};
  Lately<Bucket> buckets_{kBucketsRemembered};
  std::atomic<std::int64_t> swept_{0};
  std::once_flag nobodys_made_;
  std::string nobodys_;

  std::mutex jobs_mutex_;
  std::condition_variable there_is_work_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::array<std::thread, kThreads> threads_;
};

}  // namespace

NewInvitation make_invitation(ActorId person, ActorId by, Instant now) {
  NewInvitation made{.secret = secret_word(kSecretBytes), .change = {}};
  made.change.record.kind = "invitation";
  made.change.record.key = digest_of(made.secret);
  made.change.record.owner = person.value;
  made.change.record.at = now + kInvitationLife;
  made.change.record.body = "{\"by\":" + std::to_string(by.value) + "}";
  made.change.expect = Expect::absent;
  return made;
}

std::unique_ptr<Doorman> Doorman::make(Clerk& clerk, const People& people, ledger::Ledger& ledger) {
  return std::make_unique<TheDoorman>(clerk, people, ledger);
}

std::string session_cookie_name(bool secure) { return secure ? "__Host-guichet" : "guichet"; }

std::string session_cookie(std::string_view secret, bool secure) {
  const std::int64_t seconds = secret.empty() ? 0 : std::chrono::duration_cast<Seconds>(kSessionLife).count();
  std::string cookie = session_cookie_name(secure) + "=" + std::string(secret) +
                       "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(seconds);
  if (secure) cookie += "; Secure";
  return cookie;
}

Instant door_time(const Shared& shared, Instant now) {
  return shared.demo_clock == nullptr ? now : SystemClock{}.now();
}

}  // namespace guichet::desk
