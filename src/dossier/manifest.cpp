#include <guichet/dossier/manifest.hpp>

#include <algorithm>
#include <limits>

#include <guichet/proof/lines.hpp>

namespace guichet::dossier {
namespace {

constexpr std::string_view kFirstLine = "guichet manifest 1", kSignatureLine = "guichet signature 1";

bool is_edition(std::string_view word) { return word == "seller" || word == "whole"; }

/// "SHA-256 BYTES NAME"
Result<ManifestLine> read_line(proof::Lines& lines) {
  GUICHET_TRY(text, lines.value("entry"));
  ManifestLine line;
  constexpr std::size_t kDigits = 2 * std::tuple_size_v<Sha256Digest>;
  const std::size_t blank = text.size() > kDigits ? text.find(' ', kDigits + 1) : std::string_view::npos;
  if (blank == std::string_view::npos || text[kDigits] != ' ' || !from_hex(text.substr(0, kDigits), line.sha256))
    return lines.wrong("a digest, a number of bytes and a name should stand after \"entry\"");
  const std::string_view digits = text.substr(kDigits + 1, blank - kDigits - 1);
  for (const char c : digits) {
    if (c < '0' || c > '9' || line.bytes > formats::kZipBytesMax) return lines.wrong("that is no number of bytes");
    line.bytes = line.bytes * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (std::to_string(line.bytes) != digits) return lines.wrong("that is no number of bytes");
  line.name = text.substr(blank + 1);
  if (!formats::is_zip_name(line.name)) return lines.wrong("that is no name of an entry");
  return line;
}

Error not_so(const std::string& label, std::string_view name, const std::string& what) {
  return {Fault::unreadable, label + ": " + std::string(name) + ": " + what};
}

}  // namespace

std::string print_manifest(const Manifest& manifest) {
  std::string text(kFirstLine);
  text += '\n';
  proof::put_line(text, "case", std::to_string(manifest.case_id.value));
  proof::put_line(text, "edition", manifest.edition);
  proof::put_line(text, "until", print_instant(manifest.until));
  for (const ManifestLine& line : manifest.entries)
    proof::put_line(text, "entry", hex(line.sha256) + " " + std::to_string(line.bytes) + " " + line.name);
  return text;
}

Result<Manifest> read_manifest(std::string_view text) {
  proof::Lines lines(text, "manifest");
  Manifest manifest;
  GUICHET_TRY(first, lines.exactly(kFirstLine));
  GUICHET_TRY(number, lines.number("case"));
  if (number > std::numeric_limits<decltype(manifest.case_id.value)>::max())
    return lines.wrong("no case has this number");
  manifest.case_id = CaseId{static_cast<decltype(manifest.case_id.value)>(number)};
  GUICHET_TRY(edition, lines.value("edition"));
  if (!is_edition(edition)) return lines.wrong("there is no such edition");
  manifest.edition = edition;
  GUICHET_TRY(until, lines.instant("until"));
  manifest.until = until;
  while (lines.next_is("entry")) {
    GUICHET_TRY(line, read_line(lines));
    manifest.entries.push_back(std::move(line));
  }
  GUICHET_TRY(end, lines.end());
  return manifest;
}

std::string print_signature(const ListSignature& signature) {
  std::string text(kSignatureLine);
  text += '\n';
  proof::put_bytes(text, "key", signature.key);
  proof::put_bytes(text, "sign", signature.signature);
  return text;
}

Result<ListSignature> read_signature(std::string_view text) {
  proof::Lines lines(text, "signature of the manifest");
  ListSignature read;
  GUICHET_TRY(first, lines.exactly(kSignatureLine));
  GUICHET_TRY(key, lines.bytes("key", read.key));
  const std::span signature{read.signature};
  GUICHET_TRY(half, lines.bytes("sign", signature.first(signature.size() / 2)));
  GUICHET_TRY(rest, lines.bytes("sign", signature.last(signature.size() / 2)));
  GUICHET_TRY(end, lines.end());
  return read;
}

std::optional<std::string_view> OpenedDossier::find(std::string_view name) const {
  const auto found = std::ranges::find(entries, name, &formats::ZipEntry::name);
  return found == entries.end() ? std::nullopt : std::optional{found->bytes};
}

Result<OpenedDossier> open_dossier(std::string_view file, const std::string& label) {
  OpenedDossier opened;
  GUICHET_TRY(entries, formats::read_zip(file, label));
  opened.entries = std::move(entries);
  std::size_t listed = opened.entries.size();
  if (listed != 0 && opened.entries.back().name == kSignatureName) {
    auto signature = read_signature(opened.entries.back().bytes);
    if (!signature) return not_so(label, kSignatureName, signature.error().detail);
    opened.signature = *signature;
    --listed;
  }
  if (listed == 0 || opened.entries[listed - 1].name != kManifestName)
    return Error{Fault::unreadable,
                 label + ": its last entry is no " + std::string(kManifestName) + "; it is no dossier"};
  opened.manifest_bytes = opened.entries[--listed].bytes;
  auto manifest = read_manifest(opened.manifest_bytes);
  if (!manifest) return not_so(label, kManifestName, manifest.error().detail);
  opened.manifest = *std::move(manifest);

  for (std::size_t i = 0; i < std::max(listed, opened.manifest.entries.size()); ++i) {
    if (i >= listed) return not_so(label, opened.manifest.entries[i].name, "is in the list and not in the file");
    const formats::ZipEntry& entry = opened.entries[i];
    if (i >= opened.manifest.entries.size()) return not_so(label, entry.name, "is in the file and not in the list");
    const ManifestLine& line = opened.manifest.entries[i];
    if (line.name != entry.name) return not_so(label, entry.name, "stands where the list has " + line.name);
    if (line.bytes != entry.bytes.size())
      return not_so(
          label, entry.name,
          "has " + std::to_string(entry.bytes.size()) + " bytes, the list says " + std::to_string(line.bytes));
    if (line.sha256 != sha256(entry.bytes)) return not_so(label, entry.name, "does not have the digest of the list");
  }
  return opened;
}

}  // namespace guichet::dossier
