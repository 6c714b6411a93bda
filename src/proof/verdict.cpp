#include <guichet/proof/verdict.hpp>

#include <algorithm>
#include <map>

#include <guichet/core/names.hpp>

namespace guichet::proof {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

/// What can be told of leaves that are in a tree.
class Telling {
 public:
  Telling(Verdict& verdict, const Verify& verify) : verdict_(verdict), verify_(verify) {}

  /// Whether the signature holds; the head counts only then.
  bool head(const SignedHead& head) {
    if (!verified(head, verify_)) {
      wrong("verify.wrong.signature", {{"size", number(head.head.size)}});
      return false;
    }
    verdict_.heads.push_back(head);
    verdict_.proven.push_back(
        {"verify.proven.head",
         {{"size", number(head.head.size)}, {"at", print_instant(head.head.at)}, {"key", hex(head.head.key)}}});
    return true;
  }

  void leaves(const Receipt& receipt) {
    const Head& head = receipt.head.head;
    for (const ProvenLeaf& leaf : receipt.leaves) {
      const auto root = root_by_inclusion(leaf.index, head.size, leaf.hash, leaf.path);
      if (!root || *root != head.root) {
        wrong("verify.wrong.path", {{"index", number(leaf.index)}});
        continue;
      }
      verdict_.leaves.push_back(leaf);
      if (leaf.index == 0 && leaf.hash != head.log) wrong("verify.wrong.log", {});
      if (leaf.bytes.empty()) {
        ++hidden_;
        continue;
      }
      std::optional<Leaf> read = read_leaf(leaf.bytes);
      if (!read) {
        wrong("verify.wrong.leaf", {{"index", number(leaf.index)}});
        continue;
      }
      take(std::move(*read));
    }
  }

  /// What is said of acts, keys and erasures.
  void tell(const Head& head) {
    bool key_known = keys_.empty();
    for (const KeyLeaf& key : keys_) {
      if (key.key == head.key) key_known = true;
      if (key.number > 1)
        verdict_.proven.push_back({"verify.proven.key_change", {{"at", print_instant(key.at)}, {"key", hex(key.key)}}});
    }
    if (!key_known) wrong("verify.wrong.key", {});
    for (const ActLeaf& act : acts_) tell(act);
    for (const auto& [id, erasure] : erasures_)
      verdict_.proven.push_back(
          {"verify.proven.erased", {{"text", number(id.value)}, {"at", print_instant(erasure.at)}}});
    if (hidden_ != 0) verdict_.not_proven.push_back({"verify.open.hidden", {{"n", number(hidden_)}}});
  }

  void wrong(std::string key, std::vector<std::pair<std::string, std::string>> of) {
    verdict_.wrong.push_back({std::move(key), std::move(of)});
  }

  const std::vector<ActLeaf>& acts() const { return acts_; }
  const std::map<TextId, TextLeaf>& texts() const { return texts_; }
  const std::map<TextId, ErasureLeaf>& erasures() const { return erasures_; }
  std::uint64_t hidden() const { return hidden_; }

 private:
  void take(Leaf leaf) {
    if (auto* key = std::get_if<KeyLeaf>(&leaf)) keys_.push_back(*key);
    if (auto* text = std::get_if<TextLeaf>(&leaf)) {
      if (!texts_.emplace(text->id, std::move(*text)).second) wrong("verify.wrong.twice", {});
    }
    if (auto* act = std::get_if<ActLeaf>(&leaf)) acts_.push_back(std::move(*act));
    if (auto* erasure = std::get_if<ErasureLeaf>(&leaf)) {
      if (!erasures_.emplace(erasure->text, *erasure).second) wrong("verify.wrong.twice", {});
    }
    if (auto* note = std::get_if<HouseLeaf>(&leaf))
      verdict_.proven.push_back(
          {"verify.proven.house",
           {{"number", number(note->number)}, {"at", print_instant(note->at)}, {"what", note->what}}});
    if (auto* procedure = std::get_if<ProcedureLeaf>(&leaf))
      verdict_.proven.push_back(
          {"verify.proven.procedure",
           {{"name", procedure->name}, {"version", procedure->version}, {"at", print_instant(procedure->adopted)}}});
  }

  void tell(const ActLeaf& act) {
    std::string events;
    for (const EventLeaf& one : act.events) {
      if (!events.empty()) events += ", ";
      const bool known = static_cast<std::size_t>(one.event.kind) < kEventKinds;
      events += known ? std::string{guichet::name(one.event.kind)} : number(static_cast<std::uint64_t>(one.event.kind));
    }
    verdict_.proven.push_back({act.events.empty() ? "verify.proven.act_alone" : "verify.proven.act",
                               {{"act", number(act.number)},
                                {"case", number(act.case_id.value)},
                                {"at", print_instant(act.recorded)},
                                {"events", events}}});
  }

  Verdict& verdict_;
  const Verify& verify_;
  std::vector<KeyLeaf> keys_;
  std::vector<ActLeaf> acts_;
  std::map<TextId, TextLeaf> texts_;
  std::map<TextId, ErasureLeaf> erasures_;
  std::uint64_t hidden_ = 0;
};

void always_open(Verdict& verdict) {
  verdict.not_proven.push_back({"verify.open.date", {}});
  verdict.not_proven.push_back({"verify.open.key", {}});
  verdict.not_proven.push_back({"verify.open.truth", {}});
}

Verdict unreadable(Verdict::Kind kind, const Error& error) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.wrong.push_back({"verify.wrong.unreadable", {{"why", error.detail}}});
  return verdict;
}

/// Whether the files are those of the manifest, and all of them.
void check_manifest(Telling& telling, const Manifest& manifest, std::span<const Entry> files, const Verify& verify,
                    const PublicKey& key) {
  if (!verify(manifest.key, signed_bytes(manifest), manifest.signature))
    telling.wrong("verify.wrong.manifest_signature", {});
  if (manifest.key != key) telling.wrong("verify.wrong.manifest_key", {});
  for (std::size_t i = 0; i < std::max(files.size(), manifest.files.size()); ++i) {
    if (i >= files.size() || i >= manifest.files.size() || files[i].name != manifest.files[i].name) {
      telling.wrong("verify.wrong.files",
                    {{"file", std::string{i < files.size() ? files[i].name : manifest.files[i].name}}});
      return;
    }
    if (files[i].bytes.size() != manifest.files[i].bytes || sha256(files[i].bytes) != manifest.files[i].sha256)
      telling.wrong("verify.wrong.file", {{"file", std::string{files[i].name}}});
  }
}

const Entry* find(std::span<const Entry> entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  return found == entries.end() ? nullptr : &*found;
}

/// Texts by their keys and digests, events by the digests of their texts, and the case without gaps.
class Texts {
 public:
  Texts(Telling& telling, Verdict& verdict, std::span<const Entry> entries)
      : telling_(telling), verdict_(verdict), entries_(entries) {}

  void check(std::span<const TextKey> keys) {
    for (const TextKey& key : keys) check(key);
    std::uint64_t absent = 0;
    for (const auto& [id, leaf] : telling_.texts())
      if (!known_.contains(id) && !telling_.erasures().contains(id)) ++absent;
    if (!known_.empty()) verdict_.proven.push_back({"verify.proven.texts", {{"n", number(known_.size())}}});
    if (absent != 0) verdict_.not_proven.push_back({"verify.open.texts", {{"n", number(absent)}}});
    check_events();
  }

 private:
  void check(const TextKey& key) {
    const std::string named = number(key.text.value);
    const auto leaf = telling_.texts().find(key.text);
    const Entry* entry = find(entries_, key.entry);
    if (leaf == telling_.texts().end() || entry == nullptr || known_.contains(key.text)) {
      telling_.wrong("verify.wrong.text_place", {{"text", named}});
      return;
    }
    const TextLeaf& text = leaf->second;
    if (entry->bytes.size() != text.bytes || hmac_sha256(key.key, entry->bytes) != text.digest ||
        name_digest(key.key, key.name) != text.name_digest) {
      telling_.wrong("verify.wrong.text", {{"text", named}, {"file", key.entry}});
      return;
    }
    known_.emplace(key.text, true);
  }

  void check_events() {
    std::map<CaseId, std::uint32_t> versions;
    for (const ActLeaf& act : telling_.acts()) {
      for (const EventLeaf& one : act.events) {
        if (!one.event.text) continue;
        const auto leaf = telling_.texts().find(one.event.text);
        if (leaf != telling_.texts().end() && leaf->second.digest != one.text_digest)
          telling_.wrong("verify.wrong.event_text",
                         {{"act", number(act.number)}, {"text", number(one.event.text.value)}});
      }
      std::uint32_t& version = versions[act.case_id];
      if (telling_.hidden() == 0 && !act.events.empty() && act.version.value != version + 1)
        telling_.wrong("verify.wrong.gap", {{"case", number(act.case_id.value)}, {"version", number(version + 1)}});
      version = act.version.value + static_cast<std::uint32_t>(act.events.size()) - 1;
    }
    for (const auto& [id, version] : versions)
      verdict_.proven.push_back({telling_.hidden() == 0 ? "verify.proven.whole_case" : "verify.proven.case_up_to",
                                 {{"case", number(id.value)}, {"version", number(version)}}});
  }

  Telling& telling_;
  Verdict& verdict_;
  std::span<const Entry> entries_;
  std::map<TextId, bool> known_;
};

bool same_log(const Head& a, const Head& b) { return a.log == b.log; }

/// Whether one head follows on the other.
Comparison::Kind follows(const Side& a, const SignedHead& one, const Side& b, const SignedHead& other,
                         std::span<const Growth> growths) {
  using enum Comparison::Kind;
  const Head& small = one.head.size <= other.head.size ? one.head : other.head;
  const Head& large = one.head.size <= other.head.size ? other.head : one.head;
  if (small.size == large.size) return small.root == large.root ? consistent : fork;
  for (const Side* side : {&a, &b}) {
    if (!side->root_at) continue;
    // A ledger that had so many leaves must have had this root then.
    const Result<Hash> root = side->root_at(small.size);
    const Result<Hash> later = side->root_at(large.size);
    if (root && *root != small.root) return fork;
    if (later && *later != large.root) return fork;
    if (root && later) return consistent;
  }
  const auto leads = [&](const Growth& growth) {
    return growth.before == small.size && growth.root_before == small.root && growth.head.head.size == large.size &&
           growth.head.head.root == large.root;
  };
  for (const std::span<const Growth> some :
       {std::span<const Growth>{a.verdict->growths}, std::span<const Growth>{b.verdict->growths}, growths})
    if (std::ranges::any_of(some, leads)) return consistent;
  return unknown;
}

}  // namespace

std::string_view name_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::unknown: return "unknown";
    case Verdict::Kind::head: return "head";
    case Verdict::Kind::growth: return "growth";
    case Verdict::Kind::receipt: return "receipt";
    case Verdict::Kind::dossier: return "dossier";
    case Verdict::Kind::ledger: return "ledger";
  }
  return "unknown";
}

Verdict check_text(std::string_view text, const Verify& verify) {
  Verdict verdict;
  Telling telling(verdict, verify);
  if (text.starts_with("guichet head ")) {
    const Result<SignedHead> head = read_head(text);
    if (!head) return unreadable(Verdict::Kind::head, head.error());
    verdict.kind = Verdict::Kind::head;
    telling.head(*head);
  } else if (text.starts_with("guichet growth ")) {
    const Result<Growth> growth = read_growth(text);
    if (!growth) return unreadable(Verdict::Kind::growth, growth.error());
    verdict.kind = Verdict::Kind::growth;
    const Head& head = growth->head.head;
    if (!consistent(growth->before, growth->root_before, head.size, head.root, growth->path))
      telling.wrong("verify.wrong.growth", {});
    else if (telling.head(growth->head))
      verdict.growths.push_back(*growth);
    if (verdict.sound())
      verdict.proven.push_back(
          {"verify.proven.growth", {{"small", number(growth->before)}, {"large", number(head.size)}}});
  } else {
    const Result<Receipt> receipt = read_receipt(text);
    if (!receipt) return unreadable(Verdict::Kind::receipt, receipt.error());
    verdict.kind = Verdict::Kind::receipt;
    telling.head(receipt->head);
    telling.leaves(*receipt);
    telling.tell(receipt->head.head);
    if (receipt->leaves.empty()) telling.wrong("verify.wrong.empty", {});
    if (!verdict.sound()) verdict.proven.clear();
  }
  if (verdict.sound()) always_open(verdict);
  return verdict;
}

Verdict check_dossier(std::span<const Entry> entries, const Verify& verify) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::dossier;
  const Entry* manifest_entry = find(entries, kManifestEntry);
  const Entry* receipt_entry = find(entries, kReceiptEntry);
  const Entry* texts_entry = find(entries, kTextsEntry);
  Telling telling(verdict, verify);
  if (manifest_entry == nullptr || manifest_entry != &entries.back() || receipt_entry == nullptr ||
      texts_entry == nullptr) {
    telling.wrong("verify.wrong.no_proof", {});
    return verdict;
  }
  const Result<Manifest> manifest = read_manifest(manifest_entry->bytes);
  if (!manifest) return unreadable(verdict.kind, manifest.error());
  const Result<Receipt> receipt = read_receipt(receipt_entry->bytes);
  if (!receipt) return unreadable(verdict.kind, receipt.error());
  const Result<std::vector<TextKey>> keys = read_text_keys(texts_entry->bytes);
  if (!keys) return unreadable(verdict.kind, keys.error());
  const Head& head = receipt->head.head;
  check_manifest(telling, *manifest, entries.first(entries.size() - 1), verify, head.key);
  telling.head(receipt->head);
  telling.leaves(*receipt);
  Texts(telling, verdict, entries).check(*keys);
  telling.tell(head);
  verdict.proven.push_back({"verify.proven.files", {{"n", number(manifest->files.size())}}});
  if (!verdict.sound()) {
    verdict.proven.clear();
    return verdict;
  }
  verdict.not_proven.push_back({"verify.open.pages", {}});
  always_open(verdict);
  return verdict;
}

Comparison compare(const Side& a, const Side& b, std::span<const Growth> growths) {
  using enum Comparison::Kind;
  Comparison comparison;
  if (a.verdict->heads.empty() || b.verdict->heads.empty()) return {unknown, {{"verify.compare.no_head", {}}}};
  // The newest head of each speaks for it.
  const auto newest = [](const Verdict& verdict) {
    return *std::ranges::max_element(verdict.heads, {}, [](const SignedHead& one) { return one.head.size; });
  };
  const SignedHead one = newest(*a.verdict);
  const SignedHead other = newest(*b.verdict);
  if (!same_log(one.head, other.head)) return {unknown, {{"verify.compare.other_log", {}}}};
  for (const ProvenLeaf& leaf : a.verdict->leaves) {
    const auto same = std::ranges::find(b.verdict->leaves, leaf.index, &ProvenLeaf::index);
    if (same != b.verdict->leaves.end() && same->hash != leaf.hash)
      return {fork, {{"verify.compare.leaf", {{"index", number(leaf.index)}}}}};
  }
  const std::uint64_t small = std::min(one.head.size, other.head.size);
  const std::uint64_t large = std::max(one.head.size, other.head.size);
  const std::vector<std::pair<std::string, std::string>> sizes{{"small", number(small)}, {"large", number(large)}};
  comparison.kind = follows(a, one, b, other, growths);
  switch (comparison.kind) {
    case consistent: comparison.said.push_back({"verify.compare.consistent", sizes}); break;
    case fork: comparison.said.push_back({"verify.compare.fork", sizes}); break;
    case unknown: comparison.said.push_back({"verify.compare.needed", sizes}); break;
  }
  return comparison;
}

}  // namespace guichet::proof
