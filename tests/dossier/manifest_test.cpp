#include <guichet/dossier/manifest.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::dossier {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

Manifest list_of(const Entries& entries) {
  Manifest manifest{
      .case_id = CaseId{1042}, .edition = "seller", .until = Instant{Seconds{1'790'000'000}}, .entries = {}};
  for (const auto& [name, bytes] : entries)
    manifest.entries.push_back({.name = name, .bytes = bytes.size(), .sha256 = sha256(bytes)});
  return manifest;
}

std::string zip_of(Entries entries, const std::string& list, const std::string& signature) {
  entries.emplace_back(kManifestName, list);
  if (!signature.empty()) entries.emplace_back(kSignatureName, signature);
  formats::ZipWriter writer;
  for (const auto& [name, bytes] : entries) EXPECT_TRUE(writer.add(name, bytes));
  return writer.finish();
}

const Entries kEntries{{"README.txt", "words"}, {"messages/001.eml", ""}, {"exhibits/01-a b.pdf", "bytes"}};

TEST(Manifest, is_one_canonical_text) {
  const Manifest manifest = list_of({{"a b", "abc"}});
  EXPECT_EQ(print_manifest(manifest),
            "guichet manifest 1\ncase 1042\nedition seller\nuntil 2026-09-21T14:13:20Z\n"
            "entry ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 a b\n");
  const auto read = read_manifest(print_manifest(manifest));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, manifest);
}

TEST(Manifest, takes_nothing_but_what_is_written) {
  const std::string text = print_manifest(list_of(kEntries));
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const char other : {' ', '\n', '0', 'x', '\0'}) {
      std::string changed = text;
      changed[at] = other;
      const auto read = read_manifest(changed);
      if (read) {
        EXPECT_EQ(print_manifest(*read), changed) << at;
      }
    }
  EXPECT_FALSE(read_manifest(text + "\n"));
  EXPECT_FALSE(read_manifest(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(read_manifest(""));
}

TEST(Manifest, signature_is_read_back) {
  ListSignature signature;
  for (std::size_t i = 0; i < signature.key.size(); ++i) signature.key[i] = static_cast<std::byte>(i);
  for (std::size_t i = 0; i < signature.signature.size(); ++i) signature.signature[i] = static_cast<std::byte>(200 + i);
  const auto read = read_signature(print_signature(signature));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, signature);
  EXPECT_FALSE(read_signature(print_signature(signature) + "x"));
}

TEST(Dossier, opens_when_every_entry_is_the_one_of_its_list) {
  const std::string list = print_manifest(list_of(kEntries));
  for (const std::string& signature : {std::string(), print_signature({})}) {
    const std::string file = zip_of(kEntries, list, signature);
    const auto opened = open_dossier(file, "d.zip");
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ(opened->manifest_bytes, list);
    EXPECT_EQ(opened->signature.has_value(), !signature.empty());
    EXPECT_EQ(opened->find("README.txt"), "words");
    EXPECT_EQ(opened->find("nothing"), std::nullopt);
  }
}

TEST(Dossier, says_which_entry_is_not_the_one_of_its_list) {
  const auto fault = [](const Entries& entries, const Entries& listed) {
    const auto opened = open_dossier(zip_of(entries, print_manifest(list_of(listed)), {}), "d.zip");
    return opened ? std::string() : opened.error().detail;
  };
  Entries changed = kEntries;
  changed[0].second = "Words";
  EXPECT_EQ(fault(changed, kEntries), "d.zip: README.txt: does not have the digest of the list");
  changed[0].second = "more words";
  EXPECT_EQ(fault(changed, kEntries), "d.zip: README.txt: has 10 bytes, the list says 5");
  changed = kEntries;
  std::swap(changed[0], changed[1]);
  EXPECT_EQ(fault(changed, kEntries), "d.zip: messages/001.eml: stands where the list has README.txt");
  changed = kEntries;
  changed.pop_back();
  EXPECT_EQ(fault(changed, kEntries), "d.zip: exhibits/01-a b.pdf: is in the list and not in the file");
  EXPECT_EQ(fault(kEntries, changed), "d.zip: exhibits/01-a b.pdf: is in the file and not in the list");
  EXPECT_EQ(open_dossier(formats::ZipWriter().finish(), "d.zip").error().detail,
            "d.zip: its last entry is no manifest.txt; it is no dossier");
}

TEST(Dossier, every_changed_byte_is_found_but_for_the_signature_itself) {
  // That the signature is the key's is for who has the means to check it: here only its form is.
  const std::string file = zip_of(kEntries, print_manifest(list_of(kEntries)), {});
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(open_dossier(changed, "d.zip")) << at;
  }
}

}  // namespace
}  // namespace guichet::dossier
