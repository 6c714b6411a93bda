#include <guichet/proof/told.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/proof/document.hpp>

namespace guichet::proof {
namespace {

using Value = DocumentValue;
using Kind = DocumentValue::Kind;

/// More would say nothing new.
constexpr std::size_t kWrongMost = 12;

// The spellings of case.json, in the order of the ledger's numbers (docs/ledger-format.md).
constexpr std::array<std::string_view, 6> kChannels{"web", "mail", "api", "clock", "import", "demo"};
constexpr std::array<std::string_view, 5> kTextKinds{"words", "note", "file", "mail", "label"};
/// The words of a text that are told once more for reading.
constexpr std::array<std::string_view, 16> kWords{"subject",  "body", "questions", "facts",   "ground", "redress",
                                                  "measure",  "unit", "name",      "files",   "fact",   "claim",
                                                  "language", "mail", "matched",   "invented"};

template <std::size_t Size>
std::string spelled(const std::array<std::string_view, Size>& all, std::size_t which) {
  return std::string{which < Size ? all[which] : all.front()};
}

/// What a member must be; nothing: it must not be there.
using Wanted = std::optional<std::pair<Kind, std::string>>;
Wanted number(std::uint64_t value) { return std::pair{Kind::number, std::to_string(value)}; }
Wanted unless_zero(std::uint64_t value) { return value == 0 ? std::nullopt : number(value); }
Wanted text(std::string_view value) { return std::pair{Kind::text, std::string{value}}; }
Wanted unless_empty(std::string_view value) { return value.empty() ? std::nullopt : text(value); }
Wanted instant(Instant at) { return at == kNever ? std::nullopt : text(print_instant(at)); }

bool says(const Value& object, std::string_view key, const Wanted& wanted) {
  const Value* value = object.find(key);
  if (!wanted || value == nullptr) return !wanted && value == nullptr;
  return value->kind == wanted->first && value->text == wanted->second;
}

std::uint64_t number_of(const Value* value) {
  std::uint64_t number = 0;
  if (value != nullptr && value->kind == Kind::number)
    std::from_chars(value->text.data(), value->text.data() + value->text.size(), number);
  return number;
}

const std::vector<Value>& list(const Value& object, std::string_view key) {
  static const std::vector<Value> kNone;
  const Value* value = object.find(key);
  return value == nullptr ? kNone : value->items;
}

bool runs_on_clock(EventKind kind) {
  using enum EventKind;
  return kind == clock_started || kind == clock_stopped || kind == clock_reminded || kind == went_overdue;
}

bool names_somebody(std::string_view kind) {
  using enum EventKind;
  return std::ranges::any_of(std::array{assigned, hand_off_proposed, hand_off_accepted, hand_off_refused,
                                        hand_off_lapsed, referred_to_mediator},
                             [kind](EventKind one) { return guichet::name(one) == kind; });
}

bool says_nothing(const Value& value) {
  return value.kind == Kind::null || (value.kind == Kind::text && value.text.empty()) ||
         (value.kind == Kind::array && value.items.empty()) || (value.kind == Kind::boolean && value.text == "false");
}

struct HeldEvent {
  const ActLeaf* act{};
  const EventLeaf* leaf{};
  std::uint64_t place{};  // among the act's
};

class Comparing {
 public:
  Comparing(const Value& told, const Held& held, Told& result) : told_(told), held_(held), result_(result) {}

  void run() {
    member("format", says(told_, "format", text("guichet dossier 1")));
    const std::uint64_t case_id = number_of(told_.find("case"));
    for (const ActLeaf& act : held_.acts) {
      member("case", says(told_, "case", number(act.case_id.value)) && case_id == act.case_id.value);
      for (std::size_t i = 0; i < act.events.size(); ++i) {
        const EventLeaf& one = act.events[i];
        events_.emplace(act.version.value + static_cast<std::uint32_t>(i), HeldEvent{&act, &one, i});
        if (one.event.text) carried_.emplace(one.event.text, one.text_digest);
      }
    }
    for (const char* name : {"people", "events", "texts", "exhibits"}) {
      const Value* value = told_.find(name);
      member(name, value != nullptr && value->kind == Kind::array);
    }
    for (const TextKey& key : held_.keys) keys_.emplace(key.text, &key);
    texts();
    events();
    people();
    exhibits();
    facts();
  }

 private:
  void wrong(std::string key, std::vector<std::pair<std::string, std::string>> of) {
    const Said said{std::move(key), std::move(of)};
    const bool known = std::ranges::find(result_.wrong, said) != result_.wrong.end();
    if (!known && result_.wrong.size() < kWrongMost) result_.wrong.push_back(said);
  }
  void member(std::string_view name, bool holds) {
    if (!holds) wrong("verify.wrong.case_member", {{"member", std::string{name}}});
  }

  // ---- texts ----

  void texts() {
    std::set<TextId> told;
    std::uint64_t before = 0;
    for (const Value& one : list(told_, "texts")) {
      const std::uint64_t number = number_of(one.find("id"));
      const TextId id{static_cast<std::uint32_t>(number)};
      if (number <= before || number > 0xFFFF'FFFF || !says(one, "id", proof::number(number))) {
        wrong("verify.wrong.case_text", {{"text", std::to_string(number)}, {"member", "id"}});
        continue;
      }
      before = number;
      told.insert(id);
      const auto leaf = held_.texts.find(id);
      if (const std::string_view differing = leaf == held_.texts.end() ? withheld(one, id) : held(one, leaf->second);
          !differing.empty())
        wrong("verify.wrong.case_text", {{"text", std::to_string(number)}, {"member", std::string{differing}}});
    }
    for (const auto& [id, leaf] : held_.texts)
      if (!told.contains(id)) wrong("verify.wrong.case_text", {{"text", std::to_string(id.value)}, {"member", "id"}});
    result_.texts = told.size();
  }

  bool tells_erasure(const Value& one, TextId id) const {
    const auto erasure = held_.erasures.find(id);
    return says(one, "erased", erasure == held_.erasures.end() ? std::nullopt : instant(erasure->second.at));
  }

  /// The member that is told in another way; empty: none.
  std::string_view held(const Value& one, const TextLeaf& leaf) const {
    const auto found = keys_.find(leaf.id);
    const TextKey* key = found == keys_.end() ? nullptr : found->second;
    const auto entry =
        key == nullptr ? held_.entries.end() : std::ranges::find(held_.entries, key->entry, &Entry::name);
    const bool here = entry != held_.entries.end();
    if (!says(one, "kind", text(spelled(kTextKinds, leaf.kind)))) return "kind";
    if (!says(one, "author", unless_zero(leaf.author.value))) return "author";
    if (!says(one, "media_type", text(leaf.media_type))) return "media_type";
    if (!says(one, "bytes", number(leaf.bytes))) return "bytes";
    if (!says(one, "digest", text(hex(leaf.digest)))) return "digest";
    if (!says(one, "withheld", std::nullopt)) return "withheld";
    if (!tells_erasure(one, leaf.id)) return "erased";
    if (here && !says(one, "name", unless_empty(utf8_repair(key->name)))) return "name";
    if (!says(one, "entry", here ? text(key->entry) : std::nullopt)) return "entry";
    if (!says(one, "sha256", here ? text(hex(sha256(entry->bytes))) : std::nullopt)) return "sha256";
    if (!tells_label(one, leaf, here ? entry->bytes : std::string_view{})) return "label";
    if (!tells_words(one, leaf, here, here ? entry->bytes : std::string_view{})) return "words";
    return {};
  }

  static bool tells_label(const Value& one, const TextLeaf& leaf, std::string_view body) {
    const bool label = spelled(kTextKinds, leaf.kind) == "label" && one.find("entry") != nullptr;
    return says(one, "label", label ? text(utf8_repair(body)) : std::nullopt);
  }

  static bool tells_words(const Value& one, const TextLeaf& leaf, bool here, std::string_view body) {
    const std::string kind = spelled(kTextKinds, leaf.kind);
    const Value* words = one.find("words");
    if (!here || (kind != "words" && kind != "note")) return words == nullptr;
    if (words == nullptr || words->kind != Kind::object) return false;
    // What is no document of words is told as it stands.
    if (words->members.size() <= 1 && says(*words, "body", unless_empty(utf8_repair(body)))) return true;
    const std::optional<Value> said =
        leaf.media_type.starts_with("application/json") ? read_document(body) : std::nullopt;
    if (!said) return false;
    std::size_t count = 0;
    for (const std::string_view name : kWords) {
      const Value* kept = said->find(name);
      if (kept == nullptr || says_nothing(*kept)) continue;
      const Value* again = words->find(name);
      if (again == nullptr || !same(*kept, *again)) return false;
      ++count;
    }
    return words->members.size() == count;
  }

  /// Its leaf is a hash alone: of it the events know the digest.
  std::string_view withheld(const Value& one, TextId id) {
    ++without_leaf_;
    if (without_leaf_ > held_.hidden) return "id";
    if (const Value* said = one.find("withheld"); said == nullptr || said->text != "true") return "withheld";
    if (!tells_erasure(one, id)) return "erased";
    for (const std::string_view absent : {"name", "entry", "sha256", "label", "words"})
      if (one.find(absent) != nullptr) return absent;
    const auto carried = carried_.find(id);
    return carried == carried_.end() || says(one, "digest", text(hex(carried->second))) ? "" : "digest";
  }

  // ---- events ----

  void events() {
    const std::vector<Value>& told = list(told_, "events");
    // Leaves that are not shown and are no texts may be acts, with any events.
    const bool acts_hidden = held_.hidden > without_leaf_;
    std::uint32_t version = 0;
    for (const Value& one : told) {
      const auto found = events_.find(++version);
      if (found == events_.end()) {
        ++result_.unheld;
        if (acts_hidden && says(one, "version", number(version))) continue;
        wrong("verify.wrong.case_events",
              {{"told", std::to_string(told.size())}, {"held", std::to_string(events_.size())}});
        return;
      }
      if (const std::string_view differing = tells(one, version, found->second); !differing.empty())
        wrong("verify.wrong.case_event", {{"event", std::to_string(version)}, {"member", std::string{differing}}});
    }
    if (!events_.empty() && events_.rbegin()->first > version)
      wrong("verify.wrong.case_events",
            {{"told", std::to_string(told.size())}, {"held", std::to_string(events_.size())}});
    result_.events = told.size() - result_.unheld;
  }

  /// The member that is told in another way; empty: none.
  static std::string_view tells(const Value& one, std::uint32_t version, const HeldEvent& held) {
    const ActLeaf& act = *held.act;
    const Event& event = held.leaf->event;
    const std::array<std::pair<std::string_view, Wanted>, 15> members{{
        {"version", number(version)},
        {"position", number(act.position + held.place)},
        {"act", number(act.number)},
        {"kind", text(guichet::name(event.kind))},
        {"at", instant(event.at)},
        {"recorded", instant(act.recorded)},
        {"channel", text(spelled(kChannels, act.channel))},
        {"party", text(guichet::name(event.party))},
        {"person", unless_zero(event.actor.value)},
        {"clock", runs_on_clock(event.kind) ? text(guichet::name(event.clock)) : std::nullopt},
        {"detail", unless_zero(event.detail)},
        {"aux", unless_zero(event.aux)},
        {"text", unless_zero(event.text.value)},
        {"text_digest", event.text ? text(hex(held.leaf->text_digest)) : std::nullopt},
        {"cause", act.command ? text(guichet::name(act.command->kind)) : std::nullopt},
    }};
    // Dossiers of earlier programs do not say which clock the tick was of, nor what that one did.
    const bool ticked = act.command && act.command->kind == CommandKind::tick && act.command->aux < kClocks;
    const bool ran_out = !act.events.empty() && act.events.front().event.kind == EventKind::went_overdue;
    const std::array<std::pair<std::string_view, Wanted>, 2> later{{
        {"cause_clock", ticked ? text(guichet::name(static_cast<Clock>(act.command->aux))) : std::nullopt},
        {"cause_clock_does", ticked ? text(ran_out ? "runs_out" : "reminds") : std::nullopt},
    }};
    for (const auto& [key, wanted] : later)
      if (one.find(key) != nullptr && !says(one, key, wanted)) return key;
    const auto differing =
        std::ranges::find_if(members, [&one](const auto& each) { return !says(one, each.first, each.second); });
    return differing == members.end() ? std::string_view{} : differing->first;
  }

  // ---- what follows from both ----

  void people() {
    std::set<std::uint64_t> ids;
    for (const Value& one : list(told_, "events")) {
      ids.insert(number_of(one.find("person")));
      const Value* kind = one.find("kind");
      if (kind != nullptr && names_somebody(kind->text)) ids.insert(number_of(one.find("detail")));
    }
    for (const Value& one : list(told_, "texts"))
      for (const char* who : {"author", "erased_by"}) ids.insert(number_of(one.find(who)));
    ids.erase(0);
    std::vector<std::uint64_t> told;
    for (const Value& one : list(told_, "people")) told.push_back(number_of(one.find("id")));
    member("people", std::ranges::equal(told, ids));
  }

  void exhibits() {
    std::vector<const Value*> files;
    for (const Value& one : list(told_, "texts"))
      if (says(one, "kind", text("file"))) files.push_back(&one);
    const std::vector<Value>& told = list(told_, "exhibits");
    bool holds = told.size() == files.size();
    for (std::size_t i = 0; holds && i < told.size(); ++i) {
      const Value* entry = files[i]->find("entry");
      holds = says(told[i], "number", number(i + 1)) &&
              says(told[i], "text", number(number_of(files[i]->find("id")))) &&
              says(told[i], "entry", entry == nullptr ? std::nullopt : text(entry->text));
    }
    member("exhibits", holds);
  }

  /// The account, the amount and the last instant, when all acts are shown.
  void facts() {
    if (held_.acts.empty() || result_.unheld != 0) return;
    const ActLeaf& last = held_.acts.back();
    const Value* seller = told_.find("seller");
    member("seller", seller != nullptr && says(*seller, "account", number(last.account)));
    if (events_.empty()) return;
    std::uint64_t cents = 0;
    for (const auto& [version, event] : events_)
      if (event.leaf->event.kind == EventKind::opened) cents = event.leaf->event.detail;
    member("amount_cents", says(told_, "amount_cents", number(cents)));
    member("until", says(told_, "until", text(print_instant(events_.rbegin()->second.act->recorded))));
  }

  const Value& told_;
  const Held& held_;
  Told& result_;
  std::map<std::uint32_t, HeldEvent> events_;  // by version
  std::map<TextId, Hash> carried_;             // the digests that events have of their texts
  std::map<TextId, const TextKey*> keys_;
  std::uint64_t without_leaf_ = 0;
};

}  // namespace

Told compare_told(std::string_view case_json, const Held& held) {
  Told result;
  const std::optional<Value> told = read_document(case_json);
  if (!told || told->kind != Kind::object)
    result.wrong.push_back({"verify.wrong.case_unreadable", {}});
  else
    Comparing(*told, held, result).run();
  return result;
}

}  // namespace guichet::proof
