// The verifier for a page without a server: files go in, what they prove comes out as JSON. Signatures are checked by
// the browser, which answers later: so everything is judged twice, once to learn which signatures there are.
#include <cstdint>
#include <cstdlib>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/formats/zip.hpp>
#include <guichet/proof/verdict.hpp>

namespace {

using namespace guichet;

struct File {
  std::string name, bytes;
  std::vector<proof::Placed> proofs;
  proof::Verdict together;
};

struct Asked {
  proof::PublicKey key{};
  std::string bytes;
  proof::Signature signature{};
};

std::list<File> files;
std::vector<Asked> asked;
std::map<std::string, bool> answers;
std::string told;

std::string mark(const proof::PublicKey& key, std::string_view bytes, const proof::Signature& signature) {
  return hex(key) + hex(signature) + std::string{bytes};
}

bool learn(const proof::PublicKey& key, std::string_view bytes, const proof::Signature& signature) {
  asked.push_back({key, std::string{bytes}, signature});
  return true;
}

bool answered(const proof::PublicKey& key, std::string_view bytes, const proof::Signature& signature) {
  const auto found = answers.find(mark(key, bytes, signature));
  return found != answers.end() && found->second;
}

std::vector<proof::Placed> judged(const File& file, const proof::Verify& verify) {
  const auto on_zip = [&](std::string_view bytes) {
    const auto zip = formats::read_zip(bytes, file.name);
    if (!zip) return proof::no_zip(bytes, zip.error());
    std::vector<proof::Entry> entries;
    for (const formats::ZipEntry& entry : *zip) entries.push_back({entry.name, entry.bytes});
    return proof::check_dossier(entries, verify);
  };
  if (!proof::like_a_zip(file.bytes)) return proof::check_texts(file.bytes, verify, on_zip);
  return {{0, on_zip(file.bytes)}};
}

void put(std::string_view text) {
  told += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      told += '\\';
      told += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      told += "\\u00";
      told += "0123456789abcdef"[c >> 4 & 15];
      told += "0123456789abcdef"[c & 15];
    } else {
      told += c;
    }
  }
  told += '"';
}

void put(std::string_view name, const std::vector<proof::Said>& said) {
  put(name);
  told += ":[";
  for (const proof::Said& one : said) {
    if (&one != &said.front()) told += ',';
    told += "{\"key\":";
    put(one.key);
    told += ",\"of\":{";
    for (const auto& value : one.of) {
      if (&value != &one.of.front()) told += ',';
      put(value.first);
      told += ':';
      put(value.second);
    }
    told += "}}";
  }
  told += ']';
}

}  // namespace

extern "C" {

__attribute__((export_name("room"))) char* room(std::size_t bytes) {
  return static_cast<char*>(std::malloc(bytes + 1));
}

__attribute__((export_name("forget"))) void forget() {
  files.clear();
  asked.clear();
  answers.clear();
}

/// Takes over both rooms.
__attribute__((export_name("add"))) void add(char* name, std::size_t name_bytes, char* bytes, std::size_t count) {
  files.push_back({std::string(name, name_bytes), std::string(bytes, count), {}, {}});
  std::free(name);
  std::free(bytes);
}

/// The signatures to be checked: [{"key":…,"bytes":…,"signature":…}], the bytes in hexadecimal digits.
__attribute__((export_name("signatures"))) const char* signatures() {
  asked.clear();
  for (const File& file : files) judged(file, learn);
  told = "[";
  for (const Asked& one : asked) {
    if (&one != &asked.front()) told += ',';
    told += "{\"key\":\"" + hex(one.key) + "\",\"bytes\":\"" + hex(std::as_bytes(std::span{one.bytes})) +
            "\",\"signature\":\"" + hex(one.signature) + "\"}";
  }
  told += ']';
  return told.c_str();
}

__attribute__((export_name("answer"))) void answer(std::size_t which, int holds) {
  if (which < asked.size()) answers[mark(asked[which].key, asked[which].bytes, asked[which].signature)] = holds != 0;
}

__attribute__((export_name("verdicts"))) const char* verdicts() {
  std::vector<proof::Growth> growths;
  std::vector<File*> compared;
  for (File& file : files) {
    file.proofs = judged(file, answered);
    file.together = proof::together(file.proofs);
    const proof::Verdict& all = file.together;
    growths.insert(growths.end(), all.growths.begin(), all.growths.end());
    if (all.kind == proof::Verdict::Kind::unknown) continue;
    if (all.kind != proof::Verdict::Kind::growth || files.size() == 2) compared.push_back(&file);
  }
  told = "{\"files\":[";
  bool first = true;
  for (const File& file : files)
    for (const proof::Placed& one : file.proofs) {
      if (!first) told += ',';
      first = false;
      told += "{\"name\":";
      put(file.name);
      told += ",\"kind\":";
      put(proof::name_of(one.verdict.kind));
      told += ",\"number\":" + std::to_string(&one - file.proofs.data() + 1) +
              ",\"of\":" + std::to_string(file.proofs.size()) + ",\"line\":" + std::to_string(one.line);
      told += one.verdict.sound() ? ",\"sound\":true,\"headline\":" : ",\"sound\":false,\"headline\":";
      put(proof::headline_of(one.verdict));
      told += ',';
      put("wrong", one.verdict.wrong);
      told += ',';
      put("proven", one.verdict.proven);
      told += ',';
      put("not_proven", one.verdict.not_proven);
      told += '}';
    }
  told += "],\"compared\":[";
  first = true;
  for (const File& file : files) {
    const auto two = proof::contradiction_within(file.together);
    if (!two) continue;
    if (!first) told += ',';
    first = false;
    told += "{\"a\":";
    put(file.name);
    told += ",\"b\":";
    put(file.name);
    told += ",\"bad\":true,";
    put("because", {*two});
    told += '}';
  }
  for (std::size_t i = 0; i < compared.size(); ++i)
    for (std::size_t j = i + 1; j < compared.size(); ++j) {
      const proof::Comparison comparison =
          proof::compare({&compared[i]->together, {}, {}}, {&compared[j]->together, {}, {}}, growths);
      if (!first) told += ',';
      first = false;
      told += "{\"a\":";
      put(compared[i]->name);
      told += ",\"b\":";
      put(compared[j]->name);
      told += comparison.kind == proof::Comparison::Kind::fork ? ",\"bad\":true," : ",\"bad\":false,";
      put("because", comparison.said);
      told += '}';
    }
  told += "]}";
  return told.c_str();
}

}  // extern "C"
