// What stands in a dossier beside the proof: the list of its files, signed by the desk, and the keys by which texts are
// known again. Knows no ZIP.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/proof/head.hpp>

namespace guichet::proof {

// Where they stand in a dossier. The manifest is its last entry and does not list itself.
inline constexpr std::string_view kReceiptEntry = "proof/receipt.txt";
inline constexpr std::string_view kTextsEntry = "proof/texts.txt";
inline constexpr std::string_view kManifestEntry = "proof/manifest.txt";
inline constexpr std::string_view kStampEntry = "proof/stamp.tsr";

/// A file in a dossier.
struct Entry {
  std::string_view name, bytes;
};

struct ListedFile {
  Hash sha256{};
  std::uint64_t bytes{};
  std::string name;
  friend bool operator==(const ListedFile&, const ListedFile&) = default;
};

struct Manifest {
  std::vector<ListedFile> files;  // in the order of the dossier
  PublicKey key{};
  Signature signature{};
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

Manifest manifest_of(std::span<const Entry> entries, const PublicKey& key);
/// The lines that are signed.
std::string signed_bytes(const Manifest& manifest);
std::string print_manifest(const Manifest& manifest);
Result<Manifest> read_manifest(std::string_view text);

/// By what a text of the dossier is known again.
struct TextKey {
  TextId text;
  Hash key{};
  std::string name;   // of a file, as it was given
  std::string entry;  // where its body stands, byte for byte
  friend bool operator==(const TextKey&, const TextKey&) = default;
};

std::string print_text_keys(std::span<const TextKey> keys);
Result<std::vector<TextKey>> read_text_keys(std::string_view text);

}  // namespace guichet::proof
