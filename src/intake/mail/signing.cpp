#include <guichet/intake/mail/signing.hpp>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include <guichet/formats/bytes.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/header_values.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::size_t kTagsMax = 200;
constexpr std::size_t kKeyFileBytesMax = std::size_t{16} << 20;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_tag_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::string blankless(std::string_view text) {
  std::string out(text);
  std::erase_if(out, is_blank);
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

/// RFC 6376, 3.4.2: unfolded, runs of blanks one blank, none at the ends.
std::string relaxed_value(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  bool gap = false;
  for (const char c : value) {
    if (c == '\r' || c == '\n') continue;
    if (c == ' ' || c == '\t') {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::string relaxed_field(std::string_view name, std::string_view value) {
  return lower_case(name) + ":" + relaxed_value(value) + "\r\n";
}

/// One line of a body without the blanks at its end and with single ones inside.
void add_relaxed_line(std::string_view line, std::string& out) {
  bool gap = false;
  for (const char c : line) {
    if (c == ' ' || c == '\t') {
      gap = true;
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
}

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using OwnedKey = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

OwnedKey key_of(const PublishedKey& key) {
  if (key.kind == SigningKey::ed25519)
    return OwnedKey(key.bytes.size() == 32
                        ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.bytes), key.bytes.size())
                        : nullptr);
  const unsigned char* at = bytes_of(key.bytes);
  OwnedKey made(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.bytes.size())));
  if (made == nullptr) {
    // Some publish the bare RSAPublicKey that RFC 6376, 3.6.1 speaks of.
    at = bytes_of(key.bytes);
    made.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(key.bytes.size())));
  }
  if (made != nullptr && EVP_PKEY_get_base_id(made.get()) != EVP_PKEY_RSA) made.reset();
  return made;
}

/// The quoted strings of a zone's line, joined; what stands outside of quotes counts when there are none.
std::string unquoted(std::string_view text) {
  if (text.find('"') == std::string_view::npos) return std::string(trimmed(text));
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
    } else if (inside) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
  }
  return out;
}

std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  std::size_t end = 0;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

bool all_figures(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

void RecordedKeys::add(std::string_view name, std::string_view record) {
  std::string key = lower_case(trimmed(name));
  if (key.ends_with('.')) key.pop_back();
  KeyAnswer& answer = answers_[key];
  const std::string_view text = trimmed(record);
  if (text == "NXDOMAIN") {
    answer.kind = KeyAnswer::Kind::none;
    return;
  }
  if (text.size() >= 4 && text.starts_with("~~") && text.ends_with("~~")) {
    answer.kind = KeyAnswer::Kind::failed;
    answer.why = text.substr(2, text.size() - 4);
    return;
  }
  answer.kind = KeyAnswer::Kind::found;
  answer.texts.emplace_back(text);
}

Outcome RecordedKeys::read(std::string_view text, const std::string& path) {
  if (trimmed(text).starts_with('{')) {
    GUICHET_TRY(document, formats::parse_json(text, path));
    for (const formats::JsonMember& member : document.members) {
      if (member.value.kind != formats::JsonValue::Kind::text)
        return Error{Fault::unreadable, path + ": the record of \"" + member.key + "\" is no text"};
      add(member.key, member.value.text);
    }
    return Done{};
  }
  std::string_view name{file_name(path)};
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) name = name.substr(0, dot);
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = std::min(text.find('\n', at), text.size());
    std::string line(trimmed(text.substr(at, feed - at)));
    at = feed + 1;
    ++number;
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    // "(" in a zone goes on until ")".
    while (line.find('(') != std::string::npos && line.find(')') == std::string::npos && at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      line += ' ';
      line += trimmed(text.substr(at, end - at));
      at = end + 1;
      ++number;
    }
    std::string_view rest = line;
    const std::string_view first = next_word(rest);
    if (lower_case(first).find("._domainkey.") == std::string::npos) {
      const bool record = first.find('=') != std::string_view::npos || first.starts_with('"');
      if (!record || lower_case(name).find("._domainkey.") == std::string::npos)
        return Error{Fault::unreadable, path + ":" + std::to_string(number) +
                                            ": no name of a key; write \"selector._domainkey.domain\" and its record"};
      add(name, unquoted(line));
      continue;
    }
    // Of a zone: a time to live, a class and a type.
    std::string_view behind = rest;
    for (std::string_view word = next_word(behind); !word.empty(); word = next_word(behind)) {
      const std::string lower = lower_case(word);
      if (!all_figures(word) && lower != "in" && lower != "txt") break;
      rest = behind;
    }
    add(first, unquoted(rest));
  }
  return Done{};
}

Outcome RecordedKeys::load(const std::string& path) {
  GUICHET_TRY(source, formats::ByteSource::open(path));
  std::string text(kKeyFileBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    GUICHET_TRY(got, source.read(std::span(text).subspan(size)));
    if (got == 0) break;
    size += got;
  }
  if (size > kKeyFileBytesMax) return Error{Fault::unreadable, path + ": longer than 16 MB; give the records alone"};
  return read(std::string_view(text).substr(0, size), path);
}

KeyAnswer RecordedKeys::find(std::string_view name) const {
  const auto found = answers_.find(lower_case(name));
  return found == answers_.end() ? KeyAnswer{.kind = KeyAnswer::Kind::none, .texts = {}, .why = "nobody recorded it"}
                                 : found->second;
}

std::optional<std::string_view> TagList::find(std::string_view name) const {
  for (const Tag& tag : tags)
    if (tag.name == name) return tag.value;
  return {};
}

std::string TagList::without_blanks(std::string_view name) const { return blankless(find(name).value_or("")); }

TagList read_tags(std::string_view text) {
  TagList list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string_view piece = text.substr(at, end - at);
    const std::size_t start = at;
    at = end + 1;
    if (trimmed(piece).empty()) {
      if (end < text.size() && list.fault.empty()) list.fault = "an empty tag";
      continue;
    }
    const std::size_t equals = piece.find('=');
    const std::string_view name = trimmed(piece.substr(0, equals));
    if (equals == std::string_view::npos || !is_tag_name(name)) {
      if (list.fault.empty()) list.fault = "\"" + std::string(trimmed(piece).substr(0, 40)) + "\" is no tag";
      continue;
    }
    if (list.find(name) && list.fault.empty()) list.fault = "the tag " + std::string(name) + "= stands twice";
    if (list.tags.size() >= kTagsMax) {
      list.fault = "more than 200 tags";
      break;
    }
    list.tags.push_back(
        {.name = name, .value = trimmed(piece.substr(equals + 1)), .begin = start + equals + 1, .end = end});
  }
  return list;
}

std::string canonical_field(std::string_view message, const Field& field, Canon canon) {
  if (canon == Canon::relaxed) return relaxed_field(name_of(message, field), value_of(message, field));
  std::string out = with_crlf(message.substr(field.begin, field.end - field.begin));
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string canonical_signature(std::string_view message, const Field& field, Canon canon) {
  std::string whole(message.substr(field.begin, field.value_end - field.begin));
  const std::string_view value = value_of(message, field);
  const std::size_t before = field.value - field.begin;
  for (const Tag& tag : read_tags(value).tags)
    if (tag.name == "b") {
      whole.erase(before + tag.begin, tag.end - tag.begin);
      break;
    }
  if (canon == Canon::simple) return with_crlf(whole);
  std::string out = relaxed_field(name_of(message, field), std::string_view(whole).substr(before));
  out.resize(out.size() - 2);
  return out;
}

std::string canonical_body(std::string_view body, Canon canon) {
  std::string out;
  out.reserve(body.size() + body.size() / 32);
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t feed = std::min(body.find('\n', at), body.size());
    std::string_view line = body.substr(at, feed - at);
    at = feed + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (canon == Canon::relaxed) {
      add_relaxed_line(line, out);
    } else {
      out += line;
    }
    out += "\r\n";
  }
  while (out.ends_with("\r\n\r\n")) out.resize(out.size() - 2);
  if (out == "\r\n") out.clear();
  if (out.empty() && canon == Canon::simple) out = "\r\n";
  return out;
}

std::string canonical_fields(std::string_view message, const std::vector<Field>& fields,
                             const std::vector<std::string>& names, Canon canon) {
  std::string out;
  std::vector<bool> taken(fields.size(), false);
  for (const std::string& name : names)
    for (std::size_t i = fields.size(); i > 0; --i) {
      if (taken[i - 1] || !same_word(name_of(message, fields[i - 1]), name)) continue;
      taken[i - 1] = true;
      out += canonical_field(message, fields[i - 1], canon);
      break;
    }
  return out;
}

std::optional<Algorithm> read_algorithm(std::string_view name) {
  if (same_word(name, "rsa-sha256")) return Algorithm{SigningKey::rsa, SigningHash::sha256};
  if (same_word(name, "rsa-sha1")) return Algorithm{SigningKey::rsa, SigningHash::sha1};
  if (same_word(name, "ed25519-sha256")) return Algorithm{SigningKey::ed25519, SigningHash::sha256};
  return {};
}

std::string digest(SigningHash hash, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, hash == SigningHash::sha1 ? EVP_sha1() : EVP_sha256(),
             nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::size_t figures = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (value < 0 || padding > 0) return {};
    ++figures;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFFFU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  // Four figures make three bytes; one alone makes none.
  if (figures % 4 == 1 || padding > 2 || (padding > 0 && (figures + padding) % 4 != 0)) return {};
  return out;
}

PublishedKey read_key(std::string_view record) {
  PublishedKey key;
  const TagList tags = read_tags(record);
  const auto fault = [&key](std::string why) {
    key.fault = std::move(why);
    return key;
  };
  if (!tags.fault.empty()) return fault("the key's record is malformed: " + tags.fault);
  if (tags.tags.empty()) return fault("the key's record is empty");
  if (const auto version = tags.find("v")) {
    if (*version != "DKIM1") return fault("the key's record is of version " + std::string(version->substr(0, 20)));
    if (tags.tags.front().name != "v") return fault("v= is not the first tag of the key's record");
  }
  const std::string kind = tags.find("k") ? lower_case(tags.without_blanks("k")) : "rsa";
  if (kind == "ed25519") {
    key.kind = SigningKey::ed25519;
  } else if (kind != "rsa") {
    return fault("the key is of an unknown kind, k=" + kind.substr(0, 20));
  }
  const auto each = [](std::string_view list, const std::function<void(std::string)>& take) {
    while (true) {
      const std::size_t colon = list.find(':');
      take(lower_case(trimmed(list.substr(0, colon))));
      if (colon == std::string_view::npos) break;
      list.remove_prefix(colon + 1);
    }
  };
  if (const auto hashes = tags.find("h"))
    each(*hashes, [&key](std::string hash) { key.hashes.push_back(std::move(hash)); });
  if (const auto services = tags.find("s")) {
    key.for_mail = false;
    each(*services,
         [&key](const std::string& service) { key.for_mail = key.for_mail || service == "*" || service == "email"; });
  }
  if (const auto flags = tags.find("t"))
    each(*flags, [&key](const std::string& flag) {
      key.testing = key.testing || flag == "y";
      key.exact_domain = key.exact_domain || flag == "s";
    });
  const auto bytes = tags.find("p");
  if (!bytes) return fault("the key's record has no p=");
  if (trimmed(*bytes).empty()) {
    key.revoked = true;
    return fault("the key was revoked");
  }
  auto decoded = from_base64(*bytes);
  if (!decoded) return fault("the key is no base64");
  key.bytes = std::move(*decoded);
  if (key.kind == SigningKey::ed25519 && key.bytes.size() != 32)
    return fault("the Ed25519 key has " + std::to_string(key.bytes.size()) + " bytes instead of 32");
  return key;
}

Check check_signature(const PublishedKey& key, SigningHash hash, std::string_view text, std::string_view signature) {
  const OwnedKey made = key_of(key);
  if (made == nullptr) return {.is = Signed::unusable_key};
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Check check{.is = Signed::no, .key_bits = static_cast<unsigned>(std::max(0, EVP_PKEY_get_bits(made.get())))};
  if (context == nullptr) return check;
  int good = 0;
  if (key.kind == SigningKey::ed25519) {
    // RFC 8463, 3: what is signed is the digest.
    const std::string hashed = digest(hash, text);
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, made.get()) == 1)
      good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(hashed), hashed.size());
  } else {
    const EVP_MD* how = hash == SigningHash::sha1 ? EVP_sha1() : EVP_sha256();
    if (EVP_DigestVerifyInit(context.get(), nullptr, how, nullptr, made.get()) == 1)
      good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size());
  }
  if (good == 1) check.is = Signed::yes;
  return check;
}

}  // namespace guichet::intake::mail
