#include <guichet/intake/mail/dkim.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

/// Nothing for what is no whole number of at most 76 figures (RFC 6376, 3.5); too large ones become the largest.
std::optional<std::uint64_t> whole(std::string_view text) {
  if (text.empty() || text.size() > 76) return {};
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc::result_out_of_range && end == text.data() + text.size()) return ~std::uint64_t{0};
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<Instant> instant_of(std::string_view text) {
  const auto seconds = whole(text);
  if (!seconds) return {};
  // RFC 6376: a time beyond what a clock holds never comes.
  constexpr std::uint64_t kLast = 253'402'300'799;  // 9999-12-31
  return *seconds > kLast ? kNever : Instant{Seconds{static_cast<std::int64_t>(*seconds)}};
}

/// Clocks of signers and of those who take mail differ.
constexpr Duration kClocksDiffer = Seconds{24 * 3600};

int figure(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// RFC 6376, 2.11: quoted-printable without soft breaks.
std::string dkim_unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=' && i + 2 < text.size() && figure(text[i + 1]) >= 0 && figure(text[i + 2]) >= 0) {
      out += static_cast<char>(figure(text[i + 1]) * 16 + figure(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> names_of(std::string_view list) {
  std::vector<std::string> names;
  while (names.size() < 1'000) {
    const std::size_t colon = list.find(':');
    std::string name = lower_case(list.substr(0, colon));
    std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    names.push_back(std::move(name));
    if (colon == std::string_view::npos) break;
    list.remove_prefix(colon + 1);
  }
  return names;
}

std::optional<std::pair<Canon, Canon>> read_canons(std::string_view text) {
  if (text.empty()) return std::pair{Canon::simple, Canon::simple};
  const auto one = [](std::string_view word) -> std::optional<Canon> {
    if (same_word(word, "simple")) return Canon::simple;
    if (same_word(word, "relaxed")) return Canon::relaxed;
    return {};
  };
  const std::size_t slash = text.find('/');
  const auto fields = one(text.substr(0, slash));
  const auto body = slash == std::string_view::npos ? std::optional{Canon::simple} : one(text.substr(slash + 1));
  if (!fields || !body) return {};
  return std::pair{*fields, *body};
}

/// Whether `domain` is `above` or lies below it.
bool within(std::string_view domain, std::string_view above) {
  return domain == above ||
         (domain.size() > above.size() && domain.ends_with(above) && domain[domain.size() - above.size() - 1] == '.');
}

/// What a signature says, read and found sound; or verdict and reason.
struct Terms {
  Algorithm algorithm;
  Canon fields{}, body{};
  std::optional<std::uint64_t> length;
  std::string signature, body_hash;
};

std::optional<Terms> refuse(DkimResult& result, std::string why) {
  result.verdict = DkimVerdict::permerror;
  result.reason = std::move(why);
  return {};
}

std::optional<Terms> read_terms(const TagList& tags, bool arc, DkimResult& result) {
  // Who says to have signed is told even where the rest is wrong.
  result.domain = lower_case(tags.without_blanks("d"));
  result.selector = lower_case(tags.without_blanks("s"));
  result.algorithm = lower_case(tags.without_blanks("a"));
  if (const auto made = tags.find("t")) result.made = instant_of(*made);
  if (const auto expires = tags.find("x")) result.expires = instant_of(*expires);
  if (const auto fields = tags.find("h")) result.fields = names_of(*fields);
  if (!tags.fault.empty()) return refuse(result, "the signature is malformed: " + tags.fault);
  if (!arc) {
    const auto version = tags.find("v");
    if (!version)
      return refuse(result, tags.find("bh") ? "v= is missing: a draft of before RFC 4871"
                                            : "v= and bh= are missing: a draft of before RFC 4871");
    if (*version != "1") return refuse(result, "v=" + std::string(version->substr(0, 20)) + " is no version of DKIM");
  }
  for (const std::string_view needed : {"a", "b", "bh", "d", "h", "s"})
    if (tags.without_blanks(needed).empty()) return refuse(result, std::string(needed) + "= is missing");
  Terms terms;
  const auto algorithm = read_algorithm(result.algorithm);
  if (!algorithm) return refuse(result, "a=" + result.algorithm.substr(0, 40) + " is no algorithm of DKIM");
  terms.algorithm = *algorithm;
  const std::string canon = tags.without_blanks("c");
  const auto canons = read_canons(canon);
  if (!canons) return refuse(result, "c=" + canon.substr(0, 40) + " is no canonical form");
  std::tie(terms.fields, terms.body) = *canons;
  if (const auto queries = tags.find("q")) {
    const std::vector<std::string> ways = names_of(*queries);
    if (std::find(ways.begin(), ways.end(), "dns/txt") == ways.end() &&
        std::find(ways.begin(), ways.end(), "dns") == ways.end())
      return refuse(result, "q=" + std::string(queries->substr(0, 40)) + " is no way to find a key");
  }
  if (std::find(result.fields.begin(), result.fields.end(), "from") == result.fields.end())
    return refuse(result, "From is not among the signed fields");
  result.identity = "@" + result.domain;
  if (const auto identity = tags.find("i"); identity && !arc) {
    result.identity = dkim_unquoted(tags.without_blanks("i"));
    const std::size_t at = result.identity.rfind('@');
    if (at == std::string::npos || !within(lower_case(std::string_view(result.identity).substr(at + 1)), result.domain))
      return refuse(result, "i=" + result.identity.substr(0, 100) + " is not of d=" + result.domain.substr(0, 100));
  }
  if (const auto length = tags.find("l")) {
    terms.length = whole(*length);
    if (!terms.length) return refuse(result, "l= is no length");
  }
  if (tags.find("t") && !result.made) return refuse(result, "t= is no time");
  if (tags.find("x") && !result.expires) return refuse(result, "x= is no time");
  if (result.made && result.expires && *result.expires < *result.made)
    return refuse(result, "it expires before it was made");
  auto signature = from_base64(*tags.find("b"));
  auto body_hash = from_base64(*tags.find("bh"));
  if (!signature) return refuse(result, "b= is no base64");
  if (!body_hash) return refuse(result, "bh= is no base64");
  terms.signature = std::move(*signature);
  terms.body_hash = std::move(*body_hash);
  return terms;
}

DkimResult domain_keys(std::string_view value) {
  const TagList tags = read_tags(value);
  DkimResult result;
  result.domain_keys = true;
  result.domain = lower_case(tags.without_blanks("d"));
  result.selector = lower_case(tags.without_blanks("s"));
  result.algorithm = lower_case(tags.without_blanks("a"));
  result.reason = "DomainKeys (RFC 4870, historic): not checked";
  return result;
}

}  // namespace

std::string_view name(DkimVerdict verdict) {
  switch (verdict) {
    case DkimVerdict::none: return "none";
    case DkimVerdict::pass: return "pass";
    case DkimVerdict::fail: return "fail";
    case DkimVerdict::policy: return "policy";
    case DkimVerdict::temperror: return "temperror";
    case DkimVerdict::permerror: return "permerror";
  }
  return "none";
}

std::optional<PublishedKey> key_for(DkimResult& result, const Algorithm& algorithm, const FindKey& find_key) {
  const std::string where = result.selector + "._domainkey." + result.domain;
  const auto refused = [&result](DkimVerdict verdict, std::string why) -> std::optional<PublishedKey> {
    result.verdict = verdict;
    result.reason = std::move(why);
    return {};
  };
  KeyAnswer answer;
  answer.kind = KeyAnswer::Kind::none;
  if (find_key) answer = find_key(where);
  if (answer.kind == KeyAnswer::Kind::failed)
    return refused(DkimVerdict::temperror, "the key " + where + " could not be looked for: " + answer.why);
  if (answer.kind == KeyAnswer::Kind::none || answer.texts.empty())
    return refused(DkimVerdict::permerror,
                   "there is no key " + where + (answer.why.empty() ? std::string{} : " (" + answer.why + ")"));
  // Of several records (RFC 6376, 3.6.2.2 leaves it open) the first that is sound counts.
  PublishedKey key;
  for (const std::string& text : answer.texts) {
    key = read_key(text);
    if (key.fault.empty()) break;
  }
  if (!key.fault.empty()) return refused(DkimVerdict::permerror, key.fault);
  if (!key.for_mail) return refused(DkimVerdict::permerror, "the key is not for mail (s=)");
  if (key.kind != algorithm.key) return refused(DkimVerdict::permerror, "the key is of another kind than a= says");
  const std::string_view hash = algorithm.hash == SigningHash::sha1 ? "sha1" : "sha256";
  if (!key.hashes.empty() && std::find(key.hashes.begin(), key.hashes.end(), hash) == key.hashes.end())
    return refused(DkimVerdict::permerror, "the key is not for " + std::string(hash) + " (h=)");
  if (key.exact_domain && !result.identity.empty() &&
      lower_case(std::string_view(result.identity).substr(result.identity.rfind('@') + 1)) != result.domain)
    return refused(DkimVerdict::permerror, "the key asks for i= of d= itself (t=s)");
  return key;
}

DkimResult check_body_signature(std::string_view raw, const Head& head, const Field& field, bool arc,
                                const FindKey& find_key, const DkimRules& rules) {
  DkimResult result;
  const TagList tags = read_tags(value_of(raw, field));
  const auto terms = read_terms(tags, arc, result);
  if (!terms) return result;
  BodyDigests own;
  BodyDigests& bodies = rules.bodies != nullptr ? *rules.bodies : own;
  const auto [body, fresh] =
      bodies.made.try_emplace({terms->body, terms->algorithm.hash, terms->length.value_or(~std::uint64_t{0})});
  if (fresh) {
    const std::string canonical = canonical_body(raw.substr(head.body), terms->body);
    body->second.bytes = canonical.size();
    body->second.digest =
        digest(terms->algorithm.hash, std::string_view(canonical).substr(0, terms->length.value_or(canonical.size())));
  }
  if (terms->length) {
    if (*terms->length > body->second.bytes) {
      result.verdict = DkimVerdict::permerror;
      result.reason = "l= is longer than the body: its end is missing";
      return result;
    }
    result.body_unsigned = body->second.bytes - *terms->length;
  }
  result.body_kept = body->second.digest == terms->body_hash;
  const auto key = key_for(result, terms->algorithm, find_key);
  if (!key) return result;
  const std::string text =
      canonical_fields(raw, head.fields, result.fields, terms->fields) + canonical_signature(raw, field, terms->fields);
  const Check check = check_signature(*key, terms->algorithm.hash, text, terms->signature);
  result.key_bits = check.key_bits;
  if (check.is == Signed::unusable_key) {
    result.verdict = DkimVerdict::permerror;
    result.reason = "the key's bytes are no key";
    return result;
  }
  if (!*result.body_kept || check.is != Signed::yes) {
    result.verdict = DkimVerdict::fail;
    result.reason = *result.body_kept         ? "the fields are not those that were signed"
                    : check.is == Signed::yes ? "the body is not the one that was signed"
                                              : "neither fields nor body are those that were signed";
    return result;
  }
  result.verdict = DkimVerdict::pass;
  result.reason = "signed by " + result.domain;
  if (terms->algorithm.hash == SigningHash::sha1) result.weak.emplace_back("SHA-1, which RFC 8301 forbids");
  if (key->testing) result.weak.emplace_back("the domain says that it is only testing (t=y)");
  // Whoever signs says when; nobody holds him to it (RFC 6376, 3.5).
  if (rules.at && result.made && *result.made > *rules.at + kClocksDiffer)
    result.weak.push_back("it says to be signed on " +
                          (*result.made == kNever ? "a day that never comes" : print_instant(*result.made)) +
                          ", after it arrived");
  const auto doubt = [&result](std::string why) {
    if (result.verdict == DkimVerdict::pass) result.reason = "signed by " + result.domain + ", but " + why;
    result.verdict = DkimVerdict::policy;
    result.weak.push_back(std::move(why));
  };
  if (terms->algorithm.key == SigningKey::rsa && check.key_bits < rules.rsa_bits_min)
    doubt("the RSA key has only " + std::to_string(check.key_bits) + " bits");
  if (result.body_unsigned > 0)
    doubt("the last " + std::to_string(result.body_unsigned) + " bytes of the body are not signed (l=)");
  if (rules.at && result.expires && *result.expires < *rules.at)
    doubt("the signature expired on " + print_instant(*result.expires));
  return result;
}

std::vector<DkimResult> check_dkim(std::string_view raw, const Head& head, const FindKey& find_key,
                                   const DkimRules& rules) {
  std::vector<DkimResult> results;
  for (const Field& field : head.fields) {
    const std::string_view name = name_of(raw, field);
    const bool old = same_word(name, "domainkey-signature");
    if (!old && !same_word(name, "dkim-signature")) continue;
    if (results.size() >= rules.signatures_max) break;
    results.push_back(old ? domain_keys(value_of(raw, field))
                          : check_body_signature(raw, head, field, false, find_key, rules));
  }
  return results;
}

DkimVerdict best_of(const std::vector<DkimResult>& results) {
  constexpr std::array kBestFirst{DkimVerdict::pass,      DkimVerdict::policy,    DkimVerdict::fail,
                                  DkimVerdict::temperror, DkimVerdict::permerror, DkimVerdict::none};
  for (const DkimVerdict verdict : kBestFirst)
    if (std::any_of(results.begin(), results.end(), [&](const DkimResult& each) { return each.verdict == verdict; }))
      return verdict;
  return DkimVerdict::none;
}

}  // namespace guichet::intake::mail
