#include <guichet/intake/mail/arc.hpp>

#include <algorithm>
#include <charconv>
#include <map>

#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

/// The three fields of one station.
struct ArcSet {
  const Field* results = nullptr;
  const Field* message = nullptr;
  const Field* seal = nullptr;
};

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value == 0) return {};
  return value;
}

/// "i=1; mx.example; dkim=pass …": the first tag says the station; what follows is no list of tags.
std::optional<std::uint32_t> instance_of_results(std::string_view value) {
  std::string first = unfolded(value.substr(0, value.find(';')), 200);
  std::erase_if(first, [](char c) { return c == ' ' || c == '\t'; });
  if (!first.starts_with("i=")) return {};
  return number(std::string_view(first).substr(2));
}

ArcResult broken(ArcResult result, std::string why) {
  result.verdict = ArcVerdict::fail;
  result.reason = std::move(why);
  return result;
}

/// What stations 1 … `up_to` sealed (RFC 8617, 5.1.1): all their fields, relaxed, the last seal without its signature.
std::string sealed_text(std::string_view raw, const std::map<std::uint32_t, ArcSet>& sets, std::uint32_t up_to) {
  std::string text;
  for (const auto& [instance, set] : sets) {
    if (instance > up_to) break;
    text += canonical_field(raw, *set.results, Canon::relaxed);
    text += canonical_field(raw, *set.message, Canon::relaxed);
    text += instance == up_to ? canonical_signature(raw, *set.seal, Canon::relaxed)
                              : canonical_field(raw, *set.seal, Canon::relaxed);
  }
  return text;
}

void check_seal(std::string_view raw, const std::map<std::uint32_t, ArcSet>& sets, ArcStation& station,
                const FindKey& find_key, const DkimRules& rules) {
  const Field& field = *sets.at(station.instance).seal;
  const TagList tags = read_tags(value_of(raw, field));
  const auto say = [&station](DkimVerdict verdict, std::string why) {
    station.seal = verdict;
    station.seal_reason = std::move(why);
  };
  if (!tags.fault.empty()) return say(DkimVerdict::permerror, "the seal is malformed: " + tags.fault);
  for (const std::string_view needed : {"a", "b", "d", "s", "cv"})
    if (tags.without_blanks(needed).empty())
      return say(DkimVerdict::permerror, "the seal has no " + std::string(needed) + "=");
  if (tags.find("h")) return say(DkimVerdict::permerror, "the seal names fields (h=), which RFC 8617 forbids");
  const auto algorithm = read_algorithm(tags.without_blanks("a"));
  if (!algorithm) return say(DkimVerdict::permerror, "the seal's algorithm is unknown");
  const auto signature = from_base64(*tags.find("b"));
  if (!signature) return say(DkimVerdict::permerror, "the seal is no base64");
  DkimResult who;
  who.domain = station.domain;
  who.selector = lower_case(tags.without_blanks("s"));
  const auto key = key_for(who, *algorithm, find_key);
  if (!key) return say(who.verdict, who.reason);
  const Check check = check_signature(*key, algorithm->hash, sealed_text(raw, sets, station.instance), *signature);
  if (check.is == Signed::unusable_key) return say(DkimVerdict::permerror, "the seal's key is no key");
  if (check.is == Signed::no) return say(DkimVerdict::fail, "the fields below the seal are not those it sealed");
  if (key->kind == SigningKey::rsa && check.key_bits < rules.rsa_bits_min)
    return say(DkimVerdict::policy, "the seal's RSA key has only " + std::to_string(check.key_bits) + " bits");
  say(DkimVerdict::pass, "sealed by " + station.domain);
}

}  // namespace

std::string_view name(ArcVerdict verdict) {
  switch (verdict) {
    case ArcVerdict::none: return "none";
    case ArcVerdict::pass: return "pass";
    case ArcVerdict::fail: return "fail";
    case ArcVerdict::temperror: return "temperror";
  }
  return "none";
}

ArcResult check_arc(std::string_view raw, const Head& head, const FindKey& find_key, const DkimRules& rules) {
  ArcResult result;
  std::map<std::uint32_t, ArcSet> sets;
  std::string fault;
  for (const Field& field : head.fields) {
    const std::string_view name = name_of(raw, field);
    if (name.size() < 8 || !same_word(name.substr(0, 4), "arc-")) continue;
    const Field* ArcSet::* member = same_word(name, "arc-authentication-results") ? &ArcSet::results
                                    : same_word(name, "arc-message-signature")    ? &ArcSet::message
                                    : same_word(name, "arc-seal")                 ? &ArcSet::seal
                                                                                  : nullptr;
    if (member == nullptr) continue;
    const std::string_view value = value_of(raw, field);
    const auto instance =
        member == &ArcSet::results ? instance_of_results(value) : number(read_tags(value).without_blanks("i"));
    if (!instance || *instance > kArcStationsMax) {
      if (fault.empty()) fault = "a field of the chain does not say which station it is of (i=)";
      continue;
    }
    const Field*& place = sets[*instance].*member;
    if (place != nullptr && fault.empty()) fault = "station " + std::to_string(*instance) + " stands there twice";
    place = &field;
  }
  if (sets.empty() && fault.empty()) {
    result.reason = "no chain";
    return result;
  }
  std::uint32_t expected = 1;
  for (const auto& [instance, set] : sets) {
    if (fault.empty() && instance != expected) fault = "station " + std::to_string(expected) + " is missing";
    ++expected;
    if (fault.empty() && (set.results == nullptr || set.message == nullptr || set.seal == nullptr))
      fault = "station " + std::to_string(instance) + " lacks one of its three fields";
  }
  if (!fault.empty()) return broken(std::move(result), std::move(fault));
  for (const auto& [instance, set] : sets) {
    ArcStation station;
    station.instance = instance;
    const TagList seal = read_tags(value_of(raw, *set.seal));
    station.domain = lower_case(seal.without_blanks("d"));
    station.said = lower_case(seal.without_blanks("cv"));
    if (const auto sealed = number(seal.without_blanks("t"))) station.sealed = Instant{Seconds{*sealed}};
    const std::string found = unfolded(value_of(raw, *set.results), 2'000);
    station.found = unfolded(std::string_view(found).substr(std::min(found.size(), found.find(';') + 1)));
    station.message = check_body_signature(raw, head, *set.message, true, find_key, rules);
    check_seal(raw, sets, station, find_key, rules);
    result.stations.push_back(std::move(station));
  }
  for (auto station = result.stations.rbegin(); station != result.stations.rend(); ++station) {
    if (station->message.verdict != DkimVerdict::pass) break;
    result.unchanged_since = station->instance;
  }
  const ArcStation& newest = result.stations.back();
  for (const ArcStation& station : result.stations) {
    const std::string_view wanted = station.instance == 1 ? "none" : "pass";
    if (station.said == wanted) continue;
    std::string why = "station " + std::to_string(station.instance) + " says cv=" + station.said.substr(0, 20) +
                      " instead of " + std::string(wanted);
    return broken(std::move(result), std::move(why));
  }
  bool later = newest.message.verdict == DkimVerdict::temperror;
  if (newest.message.verdict != DkimVerdict::pass && !later) {
    std::string why = "the newest station's signature: " + newest.message.reason;
    return broken(std::move(result), std::move(why));
  }
  for (const ArcStation& station : result.stations) {
    if (station.seal == DkimVerdict::pass) continue;
    if (station.seal == DkimVerdict::temperror) {
      later = true;
      continue;
    }
    std::string why = "station " + std::to_string(station.instance) + ": " + station.seal_reason;
    return broken(std::move(result), std::move(why));
  }
  result.verdict = later ? ArcVerdict::temperror : ArcVerdict::pass;
  result.reason = later
                      ? "a key could not be looked for"
                      : std::to_string(result.stations.size()) + " station" + (result.stations.size() == 1 ? "" : "s") +
                            ", unchanged since station " + std::to_string(result.unchanged_since);
  return result;
}

}  // namespace guichet::intake::mail
