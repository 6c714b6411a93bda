#include <guichet/desk/people.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonValue;
using formats::JsonWriter;

constexpr std::array<std::string_view, kRoles> kRoleNames{"nobody",  "seller",   "agent",   "supervisor",
                                                          "decider", "mediator", "auditor", "administrator"};
constexpr std::array<std::string_view, kRights> kRightNames{
    "anybody",      "signed_in", "see_cases", "act_as_seller", "act_as_desk",   "decide",       "restrict_seller",
    "act_as_third", "supervise", "audit",     "see_people",    "manage_people", "manage_rules", "manage_desk"};
static_assert(kRightNames.back() == "manage_desk");

constexpr std::uint32_t rights(std::initializer_list<Right> list) {
  std::uint32_t bits = 1U << static_cast<unsigned>(Right::anybody);
  for (const Right right : list) bits |= 1U << static_cast<unsigned>(right);
  return bits;
}

// The table of rights, in the order of Role. Why each is as it is stands in docs/security.md.
constexpr std::array<std::uint32_t, kRoles> kTable{
    /* nobody */ rights({}),
    /* seller */ rights({Right::signed_in, Right::see_cases, Right::act_as_seller}),
    /* agent */ rights({Right::signed_in, Right::see_cases, Right::act_as_desk, Right::decide}),
    /* supervisor */
    rights({Right::signed_in, Right::see_cases, Right::act_as_desk, Right::decide, Right::restrict_seller,
            Right::supervise, Right::see_people, Right::manage_rules}),
    /* decider */
    rights({Right::signed_in, Right::see_cases, Right::act_as_desk, Right::decide, Right::restrict_seller}),
    /* mediator */ rights({Right::signed_in, Right::see_cases, Right::act_as_third}),
    /* auditor */ rights({Right::signed_in, Right::see_cases, Right::audit}),
    /* administrator */
    rights({Right::signed_in, Right::see_people, Right::manage_people, Right::manage_rules, Right::manage_desk}),
};

Error wrong(const ledger::Record& record, std::string_view what) {
  return {Fault::unreadable, "the record \"" + record.kind + "/" + record.key + "\" " + std::string(what) +
                                 "; restore it from a backup, or write it anew"};
}

void write_words(JsonWriter& json, std::string_view key, const std::vector<std::string>& words) {
  if (words.empty()) return;
  json.key(key).begin_array();
  for (const std::string& word : words) json.value(std::string_view{word});
  json.end_array();
}

void write_word(JsonWriter& json, std::string_view key, std::string_view word) {
  if (!word.empty()) json.key(key).value(word);
}

std::string text_of(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::text ? value->text : std::string{};
}

bool flag_of(const JsonValue& object, std::string_view key, bool otherwise) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::boolean ? value->boolean : otherwise;
}

std::vector<std::string> words_of(const JsonValue& object, std::string_view key) {
  std::vector<std::string> words;
  if (const JsonValue* value = object.find(key))
    for (const JsonValue& item : value->items)
      if (item.kind == JsonValue::Kind::text) words.push_back(item.text);
  return words;
}

std::optional<std::uint32_t> number_from(std::string_view key) {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (fault != std::errc{} || end != key.data() + key.size() || number == 0) return std::nullopt;
  return number;
}

std::string ten_digits(std::uint32_t number) {
  std::string digits = std::to_string(number);
  return std::string(10 - digits.size(), '0') + digits;
}

ledger::RecordChange added(ledger::Record record) {
  return {.record = std::move(record), .expect = ledger::RecordChange::Expect::absent, .remove = false};
}

ledger::RecordChange changed_from(std::uint64_t revision, ledger::Record record) {
  record.revision = revision;
  return {.record = std::move(record), .expect = ledger::RecordChange::Expect::revision, .remove = false};
}

ledger::Record email_record(const Person& person) {
  ledger::Record record;
  record.kind = "email";
  record.key = person.email;
  record.owner = person.id.value;
  record.body = "{}";
  return record;
}

/// Under which name a referral finds this person; empty: none does.
std::string_view found_as_mediator(const Person& person) {
  return person.active && person.role == Role::mediator ? std::string_view{person.name} : std::string_view{};
}

ledger::Record mediator_record(const Person& person) {
  ledger::Record record;
  record.kind = "mediator";
  record.key = found_as_mediator(person);
  record.owner = person.id.value;
  record.body = "{}";
  return record;
}

/// The value of a key in a body that we wrote ourselves, without reading all of it; empty when there is none. A quote
/// inside a word is written as \", so that ",\"email\":\"" can only be the key.
std::string_view glimpse(std::string_view body, std::string_view key) {
  const std::string opening = "\"" + std::string(key) + "\":\"";
  const std::size_t at = body.find(opening);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + opening.size();
  const std::size_t end = body.find('"', begin);
  return end == std::string_view::npos ? std::string_view{} : body.substr(begin, end - begin);
}

/// What was read lately, so that it is not read again; forgets all when there is too much of it.
template <class Thing>
class Remembered {
 public:
  std::shared_ptr<const Thing> find(std::uint32_t id) const {
    const auto found = things_.find(id);
    return found == things_.end() ? nullptr : found->second;
  }
  void keep(std::uint32_t id, std::shared_ptr<const Thing> thing) {
    if (things_.size() >= kMost) things_.clear();
    things_[id] = std::move(thing);
  }
  void forget(std::uint32_t id) { things_.erase(id); }

 private:
  static constexpr std::size_t kMost = 8'192;
  std::unordered_map<std::uint32_t, std::shared_ptr<const Thing>> things_;
};

/// Sellers are many and few of them are looked at: their records are kept as they came and read when asked for. The
/// desk's people are few and asked for all the time: they are kept read.
class ThePeople final : public People {
 public:
  Outcome fill(ledger::Reader& reader) {
    for (const char* kind : {"person", "account"}) {
      ledger::RecordQuery query;
      query.kind = kind;
      for (;;) {
        GUICHET_TRY(records, reader.records(query));
        if (records.empty()) break;
        query.key_after = records.back().key;
        for (ledger::Record& record : records) {
          if (const Outcome taken = put(std::move(record)); !taken) return taken.error();
        }
      }
    }
    return Done{};
  }

  std::shared_ptr<const Person> person(ActorId id) const override {
    {
      const std::shared_lock lock(mutex_);
      if (const auto staff = staff_.find(id.value); staff != staff_.end()) return staff->second;
      if (auto known = sellers_read_.find(id.value)) return known;
      if (!sellers_.contains(id.value)) return nullptr;
    }
    const std::scoped_lock lock(mutex_);
    return seller(id.value);
  }

  std::shared_ptr<const Person> by_email(std::string_view email) const override {
    std::vector<std::uint32_t> candidates;
    {
      const std::shared_lock lock(mutex_);
      const auto [begin, end] = emails_.equal_range(hash(email));
      for (auto one = begin; one != end; ++one) candidates.push_back(one->second);
    }
    if (email.empty()) return nullptr;
    for (const std::uint32_t id : candidates)
      if (auto found = person(ActorId{id}); found && found->email == email) return found;
    return nullptr;
  }

  std::shared_ptr<const Account> account(ledger::AccountId id) const override {
    {
      const std::shared_lock lock(mutex_);
      if (auto known = accounts_read_.find(id.value)) return known;
      if (!accounts_.contains(id.value)) return nullptr;
    }
    const std::scoped_lock lock(mutex_);
    const auto kept = accounts_.find(id.value);
    if (kept == accounts_.end()) return nullptr;
    auto read = account_from(record_of("account", id.value, 0, kept->second));
    if (!read) return nullptr;
    auto account = std::make_shared<const Account>(std::move(*read));
    accounts_read_.keep(id.value, account);
    return account;
  }

  std::vector<std::shared_ptr<const Person>> members(ledger::AccountId id) const override {
    std::vector<std::uint32_t> ids;
    {
      const std::shared_lock lock(mutex_);
      const auto [begin, end] = members_.equal_range(id.value);
      for (auto one = begin; one != end; ++one) ids.push_back(one->second);
    }
    std::ranges::sort(ids);
    return all_of(ids);
  }

  std::vector<std::shared_ptr<const Person>> with_role(Role role) const override {
    std::vector<std::uint32_t> ids;
    {
      const std::shared_lock lock(mutex_);
      if (role == Role::seller)
        for (const auto& [id, kept] : sellers_) ids.push_back(id);
      for (const auto& [id, person] : staff_)
        if (person->role == role) ids.push_back(id);
    }
    auto people = all_of(ids);
    std::ranges::sort(
        people, [](const auto& a, const auto& b) { return a->name != b->name ? a->name < b->name : a->id < b->id; });
    return people;
  }

  std::vector<std::shared_ptr<const Person>> of_team(std::string_view team) const override {
    std::vector<std::shared_ptr<const Person>> people;
    const std::shared_lock lock(mutex_);
    for (const auto& [id, person] : staff_)
      if (can_answer(*person) && std::ranges::find(person->teams, team) != person->teams.end())
        people.push_back(person);
    std::ranges::sort(people, {}, [](const auto& person) { return person->id; });
    return people;
  }

  std::size_t size() const override {
    const std::shared_lock lock(mutex_);
    return staff_.size() + sellers_.size();
  }
  ActorId last_person() const override {
    const std::shared_lock lock(mutex_);
    return ActorId{last_person_};
  }
  ledger::AccountId last_account() const override {
    const std::shared_lock lock(mutex_);
    return ledger::AccountId{last_account_};
  }

  ActorId reserve_person() const override {
    const std::scoped_lock lock(mutex_);
    return ActorId{reserved_person_ = std::max(reserved_person_, last_person_) + 1};
  }
  ledger::AccountId reserve_account() const override {
    const std::scoped_lock lock(mutex_);
    return ledger::AccountId{reserved_account_ = std::max(reserved_account_, last_account_) + 1};
  }

  void changed(const ledger::RecordChange& change) override {
    const ledger::Record& record = change.record;
    if (record.kind != "person" && record.kind != "account") return;
    const auto id = number_from(record.key);
    if (!id) return;
    if (change.remove) {
      const std::scoped_lock lock(mutex_);
      if (record.kind == "person")
        drop_person(*id);
      else
        drop_account(*id);
      return;
    }
    ledger::Record now = record;
    now.revision =
        (change.expect == ledger::RecordChange::Expect::revision ? record.revision : revision_of(record.kind, *id)) + 1;
    const Outcome taken = put(std::move(now));
    GUICHET_CHECK(taken, "a record of a person that the desk wrote can be read");
  }

 private:
  /// A record without what can be told from its place.
  struct Kept {
    std::string body;
    std::uint64_t revision{};
    std::uint32_t owner{};
  };

  static std::uint64_t hash(std::string_view email) { return std::hash<std::string_view>{}(email); }

  static ledger::Record record_of(std::string_view kind, std::uint32_t id, std::uint64_t owner, const Kept& kept) {
    ledger::Record record;
    record.kind = kind;
    record.key = ten_digits(id);
    record.owner = owner;
    record.body = kept.body;
    record.revision = kept.revision;
    return record;
  }

  Outcome put(ledger::Record record) {
    const auto id = number_from(record.key);
    if (!id) return wrong(record, "has no number for a key");
    if (record.kind == "account") return put_account(*id, std::move(record));
    const bool is_seller = record.owner != 0 && glimpse(record.body, "role") == "seller";
    if (!is_seller) {
      GUICHET_TRY(read, person_from(record));
      auto person = std::make_shared<const Person>(std::move(read));
      const std::scoped_lock lock(mutex_);
      drop_person(*id);
      note_person(*id, person->account.value, person->email);
      staff_[*id] = std::move(person);
      return Done{};
    }
    std::string email(glimpse(record.body, "email"));
    if (email.find('\\') != std::string::npos) {
      GUICHET_TRY(read, person_from(record));
      email = read.email;
    }
    record.body.shrink_to_fit();
    const std::scoped_lock lock(mutex_);
    drop_person(*id);
    note_person(*id, static_cast<std::uint32_t>(record.owner), email);
    sellers_[*id] = {std::move(record.body), record.revision, static_cast<std::uint32_t>(record.owner)};
    return Done{};
  }

  Outcome put_account(std::uint32_t id, ledger::Record record) {
    record.body.shrink_to_fit();
    const std::scoped_lock lock(mutex_);
    drop_account(id);
    last_account_ = std::max(last_account_, id);
    accounts_[id] = {std::move(record.body), record.revision, 0};
    return Done{};
  }

  void note_person(std::uint32_t id, std::uint32_t account, const std::string& email) {
    last_person_ = std::max(last_person_, id);
    if (account != 0) members_.emplace(account, id);
    if (!email.empty()) emails_.emplace(hash(email), id);
  }

  void drop_person(std::uint32_t id) {
    std::shared_ptr<const Person> person;
    if (const auto staff = staff_.find(id); staff != staff_.end())
      person = staff->second;
    else if (sellers_.contains(id))
      person = seller(id);
    if (!person) return;
    erase_pair(members_, person->account.value, id);
    erase_pair(emails_, hash(person->email), id);
    staff_.erase(id);
    sellers_.erase(id);
    sellers_read_.forget(id);
  }
  void drop_account(std::uint32_t id) {
    accounts_.erase(id);
    accounts_read_.forget(id);
  }
  std::uint64_t revision_of(std::string_view kind, std::uint32_t id) const {
    const std::shared_lock lock(mutex_);
    if (kind == "account") {
      const auto account = accounts_.find(id);
      return account == accounts_.end() ? 0 : account->second.revision;
    }
    if (const auto staff = staff_.find(id); staff != staff_.end()) return staff->second->revision;
    const auto seller = sellers_.find(id);
    return seller == sellers_.end() ? 0 : seller->second.revision;
  }

  template <class Map>
  static void erase_pair(Map& map, typename Map::key_type key, std::uint32_t id) {
    const auto [begin, end] = map.equal_range(key);
    for (auto one = begin; one != end; ++one)
      if (one->second == id) {
        map.erase(one);
        return;
      }
  }

  /// Under the writer's lock.
  std::shared_ptr<const Person> seller(std::uint32_t id) const {
    if (auto known = sellers_read_.find(id)) return known;
    const auto kept = sellers_.find(id);
    if (kept == sellers_.end()) return nullptr;
    auto read = person_from(record_of("person", id, kept->second.owner, kept->second));
    if (!read) return nullptr;
    auto person = std::make_shared<const Person>(std::move(*read));
    sellers_read_.keep(id, person);
    return person;
  }

  std::vector<std::shared_ptr<const Person>> all_of(const std::vector<std::uint32_t>& ids) const {
    std::vector<std::shared_ptr<const Person>> people;
    people.reserve(ids.size());
    for (const std::uint32_t id : ids)
      if (auto one = person(ActorId{id})) people.push_back(std::move(one));
    return people;
  }

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint32_t, std::shared_ptr<const Person>> staff_;
  std::unordered_map<std::uint32_t, Kept> sellers_, accounts_;
  std::unordered_multimap<std::uint32_t, std::uint32_t> members_;  // of an account
  std::unordered_multimap<std::uint64_t, std::uint32_t> emails_;   // by the hash of the address
  std::uint32_t last_person_ = 0, last_account_ = 0;
  mutable std::uint32_t reserved_person_ = 0, reserved_account_ = 0;
  mutable Remembered<Person> sellers_read_;
  mutable Remembered<Account> accounts_read_;
};

}  // namespace

std::string_view name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_from(std::string_view word) {
  const auto found = std::ranges::find(kRoleNames, word);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

std::string_view name(Right right) { return kRightNames[static_cast<std::size_t>(right)]; }

bool may(Role role, Right right) {
  return (kTable[static_cast<std::size_t>(role)] >> static_cast<unsigned>(right) & 1U) != 0;
}

std::string rights_table() {
  std::string table = "| right |";
  for (const std::string_view role : kRoleNames) table += " " + std::string(role) + " |";
  table += "\n| --- |";
  for (std::size_t i = 0; i < kRoles; ++i) table += " --- |";
  table += "\n";
  for (std::size_t right = 0; right < kRights; ++right) {
    table += "| `" + std::string(kRightNames[right]) + "` |";
    for (std::size_t role = 0; role < kRoles; ++role)
      table += may(static_cast<Role>(role), static_cast<Right>(right)) ? " yes |" : " · |";
    table += "\n";
  }
  return table;
}

bool may_see(const Person& person, const ledger::ShelfRow& row) {
  if (!person.active) return false;
  switch (person.role) {
    case Role::seller: return person.account && row.account == person.account;
    case Role::mediator: return row.mediator && row.mediator == person.id;
    case Role::agent:
    case Role::supervisor:
    case Role::decider:
    case Role::auditor: return true;
    case Role::administrator:
    case Role::nobody: return false;
  }
  return false;
}

bool sees_the_inside(const Person& person) {
  switch (person.role) {
    case Role::agent:
    case Role::supervisor:
    case Role::decider:
    case Role::auditor: return person.active;
    case Role::seller:
    case Role::mediator:
    case Role::administrator:
    case Role::nobody: return false;
  }
  return false;
}

bool can_answer(const Person& person) {
  return person.active && may(person.role, Right::act_as_desk) && !person.email.empty() && !person.password.empty();
}

Party party_of(Role role) {
  switch (role) {
    case Role::seller: return Party::seller;
    case Role::agent:
    case Role::supervisor:
    case Role::decider: return Party::desk;
    case Role::mediator: return Party::third;
    case Role::auditor:
    case Role::administrator:
    case Role::nobody: return Party::nobody;
  }
  return Party::nobody;
}

std::string person_key(ActorId id) { return ten_digits(id.value); }

ledger::Record to_record(const Person& person) {
  JsonWriter json(0);
  json.begin_object();
  json.key("role").value(name(person.role));
  write_word(json, "name", person.name);
  write_word(json, "email", person.email);
  write_words(json, "teams", person.teams);
  write_words(json, "languages", person.languages);
  if (person.language) json.key("language").value(formats::code(*person.language));
  write_word(json, "password", person.password);
  write_word(json, "totp_secret", person.totp_secret);
  if (!person.active) json.key("active").value(false);
  if (person.absent_until)
    json.key("absent_until")
        .value(*person.absent_until == kNever ? std::string_view{"told"} : print_instant(*person.absent_until));
  if (person.substitute) json.key("substitute").value(person.substitute.value);
  if (!person.shortcuts) json.key("shortcuts").value(false);
  if (!person.mails) json.key("mails").value(false);
  json.end_object();
  ledger::Record record;
  record.kind = "person";
  record.key = person_key(person.id);
  record.owner = person.account.value;
  record.body = json.take();
  record.revision = person.revision;
  return record;
}

Result<Person> person_from(const ledger::Record& record) {
  const auto id = number_from(record.key);
  if (!id) return wrong(record, "has no number for a key");
  GUICHET_TRY(body, formats::parse_json(record.body, "person/" + record.key));
  Person person;
  person.id = ActorId{*id};
  person.account = ledger::AccountId{static_cast<std::uint32_t>(record.owner)};
  person.revision = record.revision;
  const auto role = role_from(text_of(body, "role"));
  if (!role) return wrong(record, "names no role");  // nobody: of imported history
  person.role = *role;
  person.name = text_of(body, "name");
  person.email = text_of(body, "email");
  person.teams = words_of(body, "teams");
  person.languages = words_of(body, "languages");
  person.language = formats::language_from(text_of(body, "language"));
  person.password = text_of(body, "password");
  person.totp_secret = text_of(body, "totp_secret");
  person.active = flag_of(body, "active", true);
  if (const std::string until = text_of(body, "absent_until"); until == "told") {
    person.absent_until = kNever;
  } else if (!until.empty()) {
    person.absent_until = parse_instant(until);
    if (!person.absent_until) return wrong(record, "has no moment in \"absent_until\"");
  }
  if (const JsonValue* substitute = body.find("substitute"))
    person.substitute = ActorId{static_cast<std::uint32_t>(substitute->integer)};
  person.shortcuts = flag_of(body, "shortcuts", true);
  person.mails = flag_of(body, "mails", true);
  return person;
}

ledger::Record to_record(const Account& account) {
  JsonWriter json(0);
  json.begin_object();
  write_word(json, "name", account.name);
  write_word(json, "reference", account.reference);
  if (!account.first_asked.empty()) {
    json.key("first_asked").begin_array();
    for (const ActorId id : account.first_asked) json.value(id.value);
    json.end_array();
  }
  json.end_object();
  ledger::Record record;
  record.kind = "account";
  record.key = ten_digits(account.id.value);
  record.body = json.take();
  record.revision = account.revision;
  return record;
}

Result<Account> account_from(const ledger::Record& record) {
  const auto id = number_from(record.key);
  if (!id) return wrong(record, "has no number for a key");
  GUICHET_TRY(body, formats::parse_json(record.body, "account/" + record.key));
  Account account;
  account.id = ledger::AccountId{*id};
  account.name = text_of(body, "name");
  account.reference = text_of(body, "reference");
  if (const JsonValue* first = body.find("first_asked"))
    for (const JsonValue& one : first->items)
      account.first_asked.push_back(ActorId{static_cast<std::uint32_t>(one.integer)});
  account.revision = record.revision;
  return account;
}

std::vector<ledger::RecordChange> to_add(const Person& person) {
  std::vector<ledger::RecordChange> changes{added(to_record(person))};
  if (!person.email.empty()) changes.push_back(added(email_record(person)));
  if (!found_as_mediator(person).empty()) changes.push_back(added(mediator_record(person)));
  return changes;
}

ledger::RecordChange to_add(const Account& account) { return added(to_record(account)); }

std::vector<ledger::RecordChange> to_change(const Person& before, const Person& after) {
  GUICHET_CHECK(before.id == after.id, "a person keeps his number");
  std::vector<ledger::RecordChange> changes{changed_from(before.revision, to_record(after))};
  if (before.email != after.email) {
    if (!before.email.empty())
      changes.push_back(
          {.record = email_record(before), .expect = ledger::RecordChange::Expect::anything, .remove = true});
    if (!after.email.empty()) changes.push_back(added(email_record(after)));
  }
  if (found_as_mediator(before) != found_as_mediator(after)) {
    if (!found_as_mediator(before).empty())
      changes.push_back(
          {.record = mediator_record(before), .expect = ledger::RecordChange::Expect::anything, .remove = true});
    if (!found_as_mediator(after).empty()) changes.push_back(added(mediator_record(after)));
  }
  return changes;
}

ledger::RecordChange to_change(const Account& before, const Account& after) {
  GUICHET_CHECK(before.id == after.id, "an account keeps its number");
  return changed_from(before.revision, to_record(after));
}

std::optional<std::string> email_from(std::string_view typed) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = typed.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string email(typed.substr(begin, typed.find_last_not_of(kBlank) - begin + 1));
  // RFC 5321, 4.5.3.1: 64 bytes before the sign, 254 in all.
  const std::size_t at = email.find('@');
  if (email.size() > 254 || at == 0 || at == std::string::npos || at > 64 || at + 1 == email.size() ||
      email.find('@', at + 1) != std::string::npos || utf8_valid_prefix(email) != email.size())
    return std::nullopt;
  for (char& c : email) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
        std::string_view{"<>()[],;:\"\\"}.find(c) != std::string_view::npos)
      return std::nullopt;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return email;
}

Result<std::unique_ptr<People>> People::load(ledger::Reader& reader) {
  auto people = std::make_unique<ThePeople>();
  if (const Outcome filled = people->fill(reader); !filled) return filled.error();
  return std::unique_ptr<People>(std::move(people));
}

}  // namespace guichet::desk
