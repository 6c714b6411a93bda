#include <guichet/ledger/growing.hpp>

#include <algorithm>
#include <utility>

#include <guichet/base/check.hpp>

namespace guichet::ledger {

proof::TextLeaf leaf_of(const Text& text) {
  return {.id = text.id,
          .case_id = text.case_id,
          .kind = static_cast<std::uint8_t>(text.kind),
          .author = text.author,
          .bytes = text.body_bytes,
          .digest = text.digest,
          .name_digest = text.name_digest,
          .media_type = text.media_type};
}

proof::ActLeaf leaf_of(const KeptAct& kept) {
  proof::ActLeaf leaf{.number = kept.act.number,
                      .position = kept.position,
                      .recorded = kept.act.recorded,
                      .case_id = kept.act.case_id,
                      .person = kept.act.person,
                      .account = kept.act.account.value,
                      .version = kept.version,
                      .channel = static_cast<std::uint8_t>(kept.act.channel),
                      .command = kept.act.command,
                      .events = {}};
  leaf.events.reserve(kept.events.size());
  for (const KeptEvent& one : kept.events) leaf.events.push_back({one.event, one.text_digest});
  return leaf;
}

proof::ProcedureLeaf leaf_of(const AdoptedProcedure& procedure) {
  return {.id = procedure.id,
          .effective_from = procedure.effective_from,
          .adopted = procedure.adopted,
          .by = procedure.by,
          .toml = sha256(procedure.toml),
          .name = procedure.name,
          .version = procedure.version};
}

proof::HouseLeaf leaf_of(const HouseNote& note) {
  return {.number = note.number, .at = note.at, .by = note.by, .what = note.what, .detail = note.detail};
}

proof::ErasureLeaf leaf_of(const KeptErasure& erasure) {
  return {.number = erasure.number, .at = erasure.at, .text = erasure.text};
}

proof::KeyLeaf leaf_of(const KeptKey& key) { return {.number = key.number, .at = key.at, .key = key.key}; }

proof::SignedHead told(const KeptHead& head, const proof::Hash& log, const proof::PublicKey& key) {
  return {.head = {.log = log, .size = head.counts.all(), .root = head.root, .at = head.at, .key = key},
          .signature = head.signature};
}

Instant written_at(const Batch& batch, Instant before) {
  Instant at = before;
  if (!batch.acts.empty()) at = std::max(at, batch.acts.back().act.recorded);
  for (const AdoptedProcedure& one : batch.procedures) at = std::max(at, one.adopted);
  for (const HouseNote& one : batch.house) at = std::max(at, one.at);
  for (const Erasure& one : batch.erasures) at = std::max(at, one.at);
  return at;
}

Outcome Growing::begin(Reader& reader) {
  GUICHET_TRY(head, reader.head(0));
  GUICHET_TRY(keys, reader.keys());
  GUICHET_TRY(reach, reader.reach());
  const KeptHead now = head.value_or(KeptHead{});
  const auto node = [&reader](std::uint64_t place) { return reader.node(place); };
  GUICHET_TRY(frontier, proof::frontier_of(now.counts.all(), node));
  const LeafCounts& counts = now.counts;
  if ((head && frontier.root() != now.root) || counts.keys != keys.size() || counts.texts != reach.text.value ||
      counts.acts != reach.act || counts.procedures != reach.procedure.value || counts.house != reach.house)
    return Error{Fault::unreadable,
                 "the newest signed head is not over the rows that stand there, so that somebody has changed them "
                 "beside guichet; run \"guichet ledger check\" and put a copy back"};
  key_number_ = !keys.empty() && keys.back().key == key_.public_key() ? keys.back().number : 0;
  if (head) {
    GUICHET_TRY(log, reader.node(0));
    log_ = log;
  }
  kept_ = std::move(frontier);
  head_ = now;
  start(head_.at);
  return Done{};
}

void Growing::start(Instant at) {
  frontier_ = kept_;
  begun_log_ = log_;
  counts_ = head_.counts;
  at_ = std::max(at, head_.at);
  grown_.reset();
}

void Growing::grow_bytes() {
  const proof::Hash hash = proof::leaf_hash(bytes_);
  if (frontier_.size() == 0) begun_log_ = hash;
  frontier_.add(hash, grown_->nodes);
}

std::vector<proof::Node> Growing::take_nodes() {
  return grown_ ? std::exchange(grown_->nodes, {}) : std::vector<proof::Node>{};
}

template <class Leaf>
void Growing::grow(const Leaf& leaf, std::uint64_t& count) {
  if (!grown_) {
    grown_.emplace();
    if (key_number_ == 0) {
      grown_->key = KeptKey{.number = ++counts_.keys, .key = key_.public_key(), .at = at_};
      proof::canonical(leaf_of(*grown_->key), bytes_);
      grow_bytes();
    }
  }
  proof::canonical(leaf, bytes_);
  grow_bytes();
  ++count;
}

void Growing::add(const Text& text) { grow(leaf_of(text), counts_.texts); }
void Growing::add(const KeptAct& act) { grow(leaf_of(act), counts_.acts); }
void Growing::add(const AdoptedProcedure& procedure) { grow(leaf_of(procedure), counts_.procedures); }
void Growing::add(const HouseNote& note) { grow(leaf_of(note), counts_.house); }

KeptErasure Growing::add(const Erasure& erasure) {
  const KeptErasure kept{.number = counts_.erasures + 1, .text = erasure.text, .at = erasure.at};
  grow(leaf_of(kept), counts_.erasures);
  return kept;
}

const std::optional<Growing::Grown>& Growing::finish() {
  if (!grown_) return grown_;
  KeptHead& head = grown_->head;
  head.number = head_.number + 1;
  head.counts = counts_;
  head.root = frontier_.root();
  head.at = at_;
  head.key = grown_->key ? grown_->key->number : key_number_;
  head.signature = key_.sign(proof::signed_bytes(told(head, begun_log_, key_.public_key()).head));
  return grown_;
}

void Growing::keep() {
  if (!grown_) return;
  log_ = begun_log_;
  head_ = grown_->head;
  key_number_ = head_.key;
  kept_ = std::move(frontier_);
  grown_.reset();
}

}  // namespace guichet::ledger
