// The list of what is in a dossier, one canonical text, and its signature; a dossier opened and held against its list,
// so that any changed byte is found. Needs no outside library: what checks a dossier anywhere is made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/sha256.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/formats/zip.hpp>
#include <guichet/proof/head.hpp>

namespace guichet::dossier {

inline constexpr std::string_view kManifestName = "manifest.txt", kSignatureName = "manifest.sig";

struct ManifestLine {
  std::string name;
  std::uint64_t bytes{};
  Sha256Digest sha256{};
  friend bool operator==(const ManifestLine&, const ManifestLine&) = default;
};

struct Manifest {
  CaseId case_id;
  std::string edition;                // "seller", "whole"
  Instant until{};                    // when the last act was written that it tells of
  std::vector<ManifestLine> entries;  // all but the list itself and its signature, in their order
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// "guichet manifest 1", then one line each. The bytes that are signed.
std::string print_manifest(const Manifest& manifest);
/// Reads what print_manifest writes and nothing else.
Result<Manifest> read_manifest(std::string_view text);

struct ListSignature {
  proof::PublicKey key{};
  proof::Signature signature{};
  friend bool operator==(const ListSignature&, const ListSignature&) = default;
};
std::string print_signature(const ListSignature& signature);
Result<ListSignature> read_signature(std::string_view text);

/// A dossier whose every entry is the one of its list.
struct OpenedDossier {
  std::vector<formats::ZipEntry> entries;  // views of the file, the list and its signature too
  Manifest manifest;
  std::string_view manifest_bytes;         // what is signed
  std::optional<ListSignature> signature;  // read, not checked; none when nobody signed

  /// The bytes of the entry of this name; nothing when there is none.
  std::optional<std::string_view> find(std::string_view name) const;
};

/// Reads a dossier and holds each entry against the list. `file` must outlive what is given. The error names the entry
/// or the byte.
Result<OpenedDossier> open_dossier(std::string_view file, const std::string& label);

}  // namespace guichet::dossier
