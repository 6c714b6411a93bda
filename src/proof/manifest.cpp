#include <guichet/proof/manifest.hpp>

#include <charconv>

#include <guichet/proof/lines.hpp>

namespace guichet::proof {
namespace {

constexpr std::string_view kManifest = "guichet manifest 1";
constexpr std::string_view kTexts = "guichet texts 1";
constexpr std::string_view kEnd = "end texts";

}  // namespace

Manifest manifest_of(std::span<const Entry> entries, const PublicKey& key) {
  Manifest manifest;
  for (const Entry& entry : entries)
    manifest.files.push_back({sha256(entry.bytes), entry.bytes.size(), std::string{entry.name}});
  manifest.key = key;
  return manifest;
}

std::string signed_bytes(const Manifest& manifest) {
  std::string text{kManifest};
  text += '\n';
  for (const ListedFile& file : manifest.files) {
    put_bytes(text, "sha256", file.sha256);
    put_line(text, "file", std::to_string(file.bytes) + " " + file.name);
  }
  put_bytes(text, "key", manifest.key);
  return text;
}

std::string print_manifest(const Manifest& manifest) {
  std::string text = signed_bytes(manifest);
  put_bytes(text, "sign", manifest.signature);
  return text;
}

Result<Manifest> read_manifest(std::string_view text) {
  Lines lines(text, std::string{kManifestEntry});
  Manifest manifest;
  GUICHET_TRY(first, lines.exactly(kManifest));
  while (lines.next_is("sha256")) {
    ListedFile& file = manifest.files.emplace_back();
    GUICHET_TRY(digest, lines.bytes("sha256", file.sha256));
    GUICHET_TRY(rest, lines.value("file"));
    const std::size_t blank = rest.find(' ');
    const std::string_view digits = rest.substr(0, blank);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), file.bytes);
    if (blank == std::string_view::npos || fault != std::errc{} || end != digits.data() + digits.size() ||
        std::to_string(file.bytes) != digits)
      return lines.wrong("no size and name of a file stand here");
    file.name = rest.substr(blank + 1);
  }
  GUICHET_TRY(key, lines.bytes("key", manifest.key));
  const std::span signature{manifest.signature};
  GUICHET_TRY(half, lines.bytes("sign", signature.first(32)));
  GUICHET_TRY(other, lines.bytes("sign", signature.last(32)));
  GUICHET_TRY(end, lines.end());
  return manifest;
}

std::string print_text_keys(std::span<const TextKey> keys) {
  std::string text{kTexts};
  text += '\n';
  for (const TextKey& one : keys) {
    put_line(text, "text", std::to_string(one.text.value));
    put_bytes(text, "key", one.key);
    put_bytes(text, "name", std::as_bytes(std::span{one.name}));
    put_line(text, "entry", one.entry);
  }
  text += kEnd;
  text += '\n';
  return text;
}

Result<std::vector<TextKey>> read_text_keys(std::string_view text) {
  Lines lines(text, std::string{kTextsEntry});
  std::vector<TextKey> keys;
  GUICHET_TRY(first, lines.exactly(kTexts));
  while (lines.next_is("text")) {
    TextKey& one = keys.emplace_back();
    GUICHET_TRY(number, lines.number("text"));
    one.text = TextId{static_cast<std::uint32_t>(number)};
    if (one.text.value != number) return lines.wrong("there are no so many texts");
    GUICHET_TRY(key, lines.bytes("key", one.key));
    GUICHET_TRY(name, lines.many_bytes("name"));
    one.name = std::move(name);
    GUICHET_TRY(entry, lines.value("entry"));
    one.entry = entry;
  }
  GUICHET_TRY(last, lines.exactly(kEnd));
  GUICHET_TRY(end, lines.end());
  return keys;
}

}  // namespace guichet::proof
