#include <guichet/proof/verdict.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include <guichet/core/names.hpp>
#include <guichet/proof/found.hpp>
#include <guichet/proof/told.hpp>

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
      verdict_.logs.push_back(head.log);
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

/// The number that follows on the last `before` of an error; errors are not in the reader's language.
std::optional<std::string> number_after(std::string_view before, const std::string& detail) {
  const std::size_t at = detail.rfind(before);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begins = at + before.size();
  const std::size_t ends = std::min(detail.find_first_not_of("0123456789", begins), detail.size());
  return begins == ends ? std::nullopt : std::optional{detail.substr(begins, ends - begins)};
}

Verdict unreadable(Verdict::Kind kind, const Error& error) {
  Verdict verdict;
  verdict.kind = kind;
  if (const auto line = number_after(", line ", error.detail))
    verdict.wrong.push_back({"verify.wrong.line", {{"line", *line}, {"why", error.detail}}});
  else if (const auto byte = number_after(": byte ", error.detail))
    verdict.wrong.push_back({"verify.wrong.byte", {{"byte", *byte}, {"why", error.detail}}});
  else
    verdict.wrong.push_back({"verify.wrong.cut", {{"why", error.detail}}});
  return verdict;
}

/// What only a dossier has. Names stand twice in a ZIP, so that one changed byte does not hide them.
constexpr std::array<std::string_view, 4> kOfDossiers{kManifestEntry, kReceiptEntry, kTextsEntry, kCaseEntry};

/// What stands before a name in a ZIP (APPNOTE 4.3): a program that knows these words has them elsewhere.
constexpr std::array<std::pair<std::string_view, std::size_t>, 2> kHeaders{{{"PK\x01\x02", 46}, {"PK\x03\x04", 30}}};

bool like_a_dossier(std::string_view bytes) {
  for (const std::string_view name : kOfDossiers)
    for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1))
      for (const auto& [header, size] : kHeaders)
        if (at >= size && bytes.substr(at - size).starts_with(header)) return true;
  return false;
}

/// Of a file in which no proof of ours stands.
Verdict nothing_in(std::string_view bytes) {
  Verdict verdict;
  const std::string key{seems(bytes)};
  if (key != "verify.seems.ledger") verdict.wrong.push_back({"verify.wrong.nothing", {}});
  verdict.wrong.push_back({key, {}});
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

Verdict judged_head(std::string_view block, const Verify& verify) {
  const Result<SignedHead> head = read_head(block);
  if (!head) return unreadable(Verdict::Kind::head, head.error());
  Verdict verdict;
  verdict.kind = Verdict::Kind::head;
  Telling(verdict, verify).head(*head);
  return verdict;
}

Verdict judged_growth(std::string_view block, const Verify& verify) {
  const Result<Growth> growth = read_growth(block);
  if (!growth) return unreadable(Verdict::Kind::growth, growth.error());
  Verdict verdict;
  verdict.kind = Verdict::Kind::growth;
  Telling telling(verdict, verify);
  const Head& head = growth->head.head;
  if (!consistent(growth->before, growth->root_before, head.size, head.root, growth->path))
    telling.wrong("verify.wrong.growth", {});
  else if (telling.head(growth->head))
    verdict.growths.push_back(*growth);
  if (verdict.sound())
    verdict.proven.push_back(
        {"verify.proven.growth", {{"small", number(growth->before)}, {"large", number(head.size)}}});
  return verdict;
}

Verdict judged_receipt(std::string_view block, const Verify& verify) {
  const Result<Receipt> receipt = read_receipt(block);
  if (!receipt) return unreadable(Verdict::Kind::receipt, receipt.error());
  Verdict verdict;
  verdict.kind = Verdict::Kind::receipt;
  Telling telling(verdict, verify);
  telling.head(receipt->head);
  telling.leaves(*receipt);
  telling.tell(receipt->head.head);
  if (receipt->leaves.empty()) telling.wrong("verify.wrong.empty", {});
  if (!verdict.sound()) verdict.proven.clear();
  return verdict;
}

Verdict judged_whole(const FoundProof& one, const Verify& verify) {
  switch (one.kind) {
    case FoundProof::Kind::head: return judged_head(one.block, verify);
    case FoundProof::Kind::growth: return judged_growth(one.block, verify);
    case FoundProof::Kind::receipt: return judged_receipt(one.block, verify);
  }
  return {};
}

Verdict::Kind kind_of(FoundProof::Kind kind) {
  switch (kind) {
    case FoundProof::Kind::head: return Verdict::Kind::head;
    case FoundProof::Kind::growth: return Verdict::Kind::growth;
    case FoundProof::Kind::receipt: return Verdict::Kind::receipt;
  }
  return Verdict::Kind::unknown;
}

Verdict judged(const FoundProof& one, const Verify& verify) {
  Verdict verdict;
  switch (one.fault) {
    case FoundProof::Fault::none:
      verdict = judged_whole(one, verify);
      if (verdict.sound()) always_open(verdict);
      return verdict;
    case FoundProof::Fault::cut: verdict.wrong.push_back({"verify.wrong.cut", {}}); break;
    case FoundProof::Fault::carrier: verdict.wrong.push_back({"verify.wrong.carrier", {}}); break;
  }
  verdict.kind = kind_of(one.kind);
  return verdict;
}

/// Whether a file has other words than the lines of its proofs, which nobody signed.
bool has_other_words(std::string_view text, std::span<const FoundProof> found) {
  std::size_t lines = 0;
  for (const FoundProof& one : found) lines += one.block.size();
  std::size_t all = 0;
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const std::string_view line = unquoted(text.substr(0, end)); !line.empty()) all += line.size() + 1;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all != lines;
}

using Sizes = std::vector<std::pair<std::string, std::string>>;

/// An entry or a head that two files tell in two ways; nothing when there is none.
std::optional<Said> contradiction(const Hash& log, const Verdict& a, const Verdict& b) {
  std::map<std::uint64_t, Hash> hashes;
  for (std::size_t i = 0; i < a.leaves.size(); ++i)
    if (a.logs[i] == log) hashes.emplace(a.leaves[i].index, a.leaves[i].hash);
  for (std::size_t i = 0; i < b.leaves.size(); ++i) {
    const auto same = hashes.find(b.leaves[i].index);
    if (b.logs[i] == log && same != hashes.end() && same->second != b.leaves[i].hash)
      return Said{"verify.compare.leaf", {{"index", number(b.leaves[i].index)}}};
  }
  std::map<std::uint64_t, Hash> roots;
  for (const SignedHead& one : a.heads)
    if (one.head.log == log) roots.emplace(one.head.size, one.head.root);
  for (const SignedHead& one : b.heads) {
    const auto same = roots.find(one.head.size);
    if (one.head.log == log && same != roots.end() && same->second != one.head.root)
      return Said{"verify.compare.fork", Sizes{{"small", number(one.head.size)}, {"large", number(one.head.size)}}};
  }
  return std::nullopt;
}

/// The entry at which the leaves of `shown`, and what stands beside their ways up, are not in the tree of a ledger;
/// nothing when there is none.
std::optional<std::uint64_t> not_in_ledger(const Hash& log, const Verdict& shown, const Side& ledger) {
  std::uint64_t has = 0;
  for (const SignedHead& one : ledger.verdict->heads)
    if (one.head.log == log) has = std::max(has, one.head.size);
  for (std::size_t i = 0; i < shown.leaves.size(); ++i) {
    const ProvenLeaf& leaf = shown.leaves[i];
    if (shown.logs[i] != log || leaf.index >= has) continue;
    const Result<Hash> own = ledger.node_at(place_of(leaf.index));
    if (own && *own != leaf.hash) return leaf.index;
  }
  return std::nullopt;
}

/// When an authority's stamp over a head of one of them speaks for the newest head of the other.
void tell_stamps(const Verdict& stamped, const SignedHead& other, Comparison& comparison) {
  for (const Stamp& stamp : stamped.stamps)
    if (stamp.log == other.head.log && stamp.size >= other.head.size)
      comparison.said.push_back(
          {"verify.compare.stamped",
           {{"size", number(other.head.size)}, {"at", print_instant(stamp.at)}, {"authority", stamp.authority}}});
}

Comparison compare_log(const Hash& log, const Side& a, const Side& b, std::span<const Growth> growths) {
  using enum Comparison::Kind;
  if (const auto two = contradiction(log, *a.verdict, *b.verdict)) return {fork, {*two}};
  for (const auto& [ledger, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
    if (!ledger->node_at) continue;
    if (const auto index = not_in_ledger(log, *other->verdict, *ledger))
      return {fork, {{"verify.compare.leaf", {{"index", number(*index)}}}}};
  }
  const auto of_log = [&](const Verdict& verdict) {
    std::vector<SignedHead> heads;
    std::ranges::copy_if(verdict.heads, std::back_inserter(heads),
                         [&](const auto& one) { return one.head.log == log; });
    std::ranges::sort(heads, {}, [](const SignedHead& one) { return one.head.size; });
    return heads;
  };
  const std::vector<SignedHead> mine = of_log(*a.verdict);
  const std::vector<SignedHead> theirs = of_log(*b.verdict);
  const auto sizes = [](const SignedHead& one, const SignedHead& other) {
    return Sizes{{"small", number(std::min(one.head.size, other.head.size))},
                 {"large", number(std::max(one.head.size, other.head.size))}};
  };
  // The newest head of each speaks for it; an older one that contradicts the other side is told all the same.
  for (const SignedHead& one : mine)
    if (follows(a, one, b, theirs.back(), growths) == fork)
      return {fork, {{"verify.compare.fork", sizes(one, theirs.back())}}};
  for (const SignedHead& one : theirs)
    if (follows(a, mine.back(), b, one, growths) == fork)
      return {fork, {{"verify.compare.fork", sizes(mine.back(), one)}}};
  Comparison comparison{follows(a, mine.back(), b, theirs.back(), growths), {}};
  const bool agree = comparison.kind == consistent;
  comparison.said.push_back(
      {agree ? "verify.compare.consistent" : "verify.compare.needed", sizes(mine.back(), theirs.back())});
  if (agree) {
    tell_stamps(*a.verdict, theirs.back(), comparison);
    tell_stamps(*b.verdict, mine.back(), comparison);
  }
  return comparison;
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

std::string_view headline_of(const Verdict& verdict) {
  const bool sound = verdict.wrong.empty();
  switch (verdict.kind) {
    case Verdict::Kind::head: return sound ? "verify.sound.head" : "verify.unsound.head";
    case Verdict::Kind::growth: return sound ? "verify.sound.growth" : "verify.unsound.growth";
    case Verdict::Kind::receipt: return sound ? "verify.sound.receipt" : "verify.unsound.receipt";
    case Verdict::Kind::ledger: return sound ? "verify.sound.ledger" : "verify.unsound.ledger";
    case Verdict::Kind::unknown:
    case Verdict::Kind::dossier: break;
  }
  if (!sound) return "verify.unsound";
  return verdict.list_signed ? "verify.sound" : "verify.unsigned";
}

bool like_a_zip(std::string_view bytes) { return bytes.starts_with("PK") || like_a_dossier(bytes); }

Verdict no_zip(std::string_view bytes, const Error& why) {
  return like_a_dossier(bytes) ? unreadable(Verdict::Kind::dossier, why) : nothing_in(bytes);
}

std::vector<Placed> check_texts(std::string_view text, const Verify& verify, const VerdictOnZip& on_zip) {
  std::vector<FoundZip> zips;
  const std::vector<FoundProof> found =
      seems(text) == "verify.seems.entry" ? std::vector<FoundProof>{} : proofs_in(text, zips);
  std::vector<Placed> all;
  const bool others = has_other_words(text, found);
  for (const FoundProof& one : found) {
    Verdict& verdict = all.emplace_back(Placed{one.line, judged(one, verify)}).verdict;
    if (others && verdict.sound()) verdict.not_proven.insert(verdict.not_proven.begin(), {"verify.open.around", {}});
  }
  for (const FoundZip& zip : zips) {
    if (!on_zip) break;
    Verdict verdict = on_zip(zip.bytes);
    // A mail may carry any archive.
    if (verdict.kind == Verdict::Kind::unknown) continue;
    if (!zip.clean) {
      verdict = {};
      verdict.kind = Verdict::Kind::dossier;
      verdict.wrong.push_back({"verify.wrong.carrier", {}});
    }
    if (verdict.wrong.empty()) verdict.not_proven.insert(verdict.not_proven.begin(), {"verify.open.around", {}});
    all.insert(std::ranges::upper_bound(all, zip.line, {}, &Placed::line), {zip.line, std::move(verdict)});
  }
  if (all.empty()) all.push_back({0, nothing_in(text)});
  return all;
}

Verdict together(std::span<const Placed> all) {
  if (all.size() == 1) return all.front().verdict;
  Verdict verdict;
  const auto take = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (const Placed& one : all) {
    // Growths only lead from one to another.
    if (&one == &all.front() || verdict.kind == Verdict::Kind::growth) verdict.kind = one.verdict.kind;
    take(verdict.wrong, one.verdict.wrong);
    take(verdict.proven, one.verdict.proven);
    for (const Said& said : one.verdict.not_proven)
      if (std::ranges::find(verdict.not_proven, said) == verdict.not_proven.end()) verdict.not_proven.push_back(said);
    take(verdict.heads, one.verdict.heads);
    take(verdict.growths, one.verdict.growths);
    take(verdict.leaves, one.verdict.leaves);
    take(verdict.logs, one.verdict.logs);
    take(verdict.stamps, one.verdict.stamps);
    verdict.list_signed = verdict.list_signed && one.verdict.list_signed;
  }
  return verdict;
}

Verdict check_text(std::string_view text, const Verify& verify) { return together(check_texts(text, verify)); }

Verdict check_dossier(std::span<const Entry> entries, const Verify& verify) {
  if (std::ranges::none_of(kOfDossiers, [&](std::string_view name) { return find(entries, name) != nullptr; }))
    return nothing_in("PK");
  Verdict verdict;
  verdict.kind = Verdict::Kind::dossier;
  const Entry* manifest_entry = find(entries, kManifestEntry);
  const Entry* receipt_entry = find(entries, kReceiptEntry);
  const Entry* texts_entry = find(entries, kTextsEntry);
  Telling telling(verdict, verify);
  const bool list_in_place = manifest_entry != nullptr && manifest_entry == &entries.back();
  const bool whole_proof = receipt_entry != nullptr && texts_entry != nullptr;
  const bool no_proof = receipt_entry == nullptr && texts_entry == nullptr;
  // Without a key at hand a dossier has no list; of a ledger in which nothing was signed it has no proof either.
  verdict.list_signed = manifest_entry != nullptr;
  if (verdict.list_signed ? !list_in_place || !whole_proof : !whole_proof && !no_proof) {
    telling.wrong("verify.wrong.no_proof", {});
    return verdict;
  }
  if (no_proof) {
    verdict.not_proven.push_back({"verify.open.no_proof", {}});
    return verdict;
  }
  std::optional<Manifest> manifest;
  if (verdict.list_signed) {
    Result<Manifest> read = read_manifest(manifest_entry->bytes);
    if (!read) return unreadable(verdict.kind, read.error());
    manifest = *std::move(read);
  }
  const Result<Receipt> receipt = read_receipt(receipt_entry->bytes);
  if (!receipt) return unreadable(verdict.kind, receipt.error());
  const Result<std::vector<TextKey>> keys = read_text_keys(texts_entry->bytes);
  if (!keys) return unreadable(verdict.kind, keys.error());
  const Head& head = receipt->head.head;
  if (manifest) check_manifest(telling, *manifest, entries.first(entries.size() - 1), verify, head.key);
  telling.head(receipt->head);
  telling.leaves(*receipt);
  Texts(telling, verdict, entries).check(*keys);
  const Entry* case_entry = find(entries, kCaseEntry);
  std::optional<Told> told;
  if (case_entry != nullptr && verdict.wrong.empty()) {
    told = compare_told(case_entry->bytes, {.acts = telling.acts(),
                                            .texts = telling.texts(),
                                            .erasures = telling.erasures(),
                                            .keys = *keys,
                                            .entries = entries,
                                            .hidden = telling.hidden()});
    verdict.wrong.insert(verdict.wrong.end(), told->wrong.begin(), told->wrong.end());
    verdict.proven.push_back(
        {"verify.proven.case", {{"events", number(told->events)}, {"texts", number(told->texts)}}});
  }
  telling.tell(head);
  if (manifest) verdict.proven.push_back({"verify.proven.files", {{"n", number(manifest->files.size())}}});
  if (!verdict.wrong.empty()) {
    verdict.proven.clear();
    return verdict;
  }
  if (told && told->unheld != 0)
    verdict.not_proven.push_back({"verify.open.case_events", {{"n", number(told->unheld)}}});
  if (told) verdict.not_proven.push_back({"verify.open.case", {}});
  verdict.not_proven.push_back({manifest ? "verify.open.pages" : "verify.open.unsigned", {}});
  if (find(entries, kStampEntry) != nullptr) verdict.not_proven.push_back({"verify.open.stamps", {{"n", "1"}}});
  always_open(verdict);
  return verdict;
}

std::optional<Said> contradiction_within(const Verdict& verdict) {
  std::set<Hash> logs;
  for (const SignedHead& one : verdict.heads) logs.insert(one.head.log);
  for (const Hash& log : logs)
    if (auto two = contradiction(log, verdict, verdict)) return two;
  return std::nullopt;
}

Comparison compare(const Side& a, const Side& b, std::span<const Growth> growths) {
  using enum Comparison::Kind;
  if (a.verdict->heads.empty() || b.verdict->heads.empty()) return {unknown, {{"verify.compare.no_head", {}}}};
  std::set<Hash> logs;
  for (const SignedHead& one : a.verdict->heads) logs.insert(one.head.log);
  Comparison comparison{consistent, {}};
  bool shared = false;
  for (const Hash& log : logs) {
    if (!std::ranges::any_of(b.verdict->heads, [&](const SignedHead& one) { return one.head.log == log; })) continue;
    shared = true;
    const Comparison one = compare_log(log, a, b, growths);
    if (one.kind == fork) return one;
    if (one.kind == unknown) comparison.kind = unknown;
    comparison.said.insert(comparison.said.end(), one.said.begin(), one.said.end());
  }
  if (!shared) return {unknown, {{"verify.compare.other_log", {}}}};
  return comparison;
}

}  // namespace guichet::proof
