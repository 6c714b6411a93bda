// What a batch adds to the proof over a ledger: a leaf for each row that counts, the nodes of the tree that come to be,
// and a signed head. One place for every ledger, which writes what comes of it together with the batch.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <guichet/ledger/ledger.hpp>
#include <guichet/ledger/signing.hpp>

namespace guichet::ledger {

proof::TextLeaf leaf_of(const Text& text);
proof::ActLeaf leaf_of(const KeptAct& act);
proof::ProcedureLeaf leaf_of(const AdoptedProcedure& procedure);
proof::HouseLeaf leaf_of(const HouseNote& note);
proof::ErasureLeaf leaf_of(const KeptErasure& erasure);
proof::KeyLeaf leaf_of(const KeptKey& key);

/// The head as it was signed. `log` is the hash of the ledger's first leaf.
proof::SignedHead told(const KeptHead& head, const proof::Hash& log, const proof::PublicKey& key);

/// When a batch that follows on `before` was written, as far as it says.
Instant written_at(const Batch& batch, Instant before);

class Growing {
 public:
  explicit Growing(SigningKey key) : key_(std::move(key)) {}
  const SigningKey& key() const { return key_; }

  /// Reads where the ledger stands. Fault::unreadable when its newest head is not over what is there: then nothing may
  /// be signed any more.
  Outcome begin(Reader& reader);

  /// Before the first row of a batch. What was begun and not kept is forgotten.
  void start(Instant at);
  // For each row, in the order of LeafCounts. A key comes by itself, when it is another than that of the head before.
  void add(const Text& text);
  void add(const KeptAct& act);
  void add(const AdoptedProcedure& procedure);
  void add(const HouseNote& note);
  /// Gives the row of the erasure.
  KeptErasure add(const Erasure& erasure);

  /// What is to be written beside the rows; nothing when no row counts.
  struct Grown {
    std::vector<proof::Node> nodes;
    std::optional<KeptKey> key;
    KeptHead head;
  };
  const std::optional<Grown>& finish();
  /// The nodes so far, to be written before there are too many; what remains is with finish().
  std::vector<proof::Node> take_nodes();
  /// It was written.
  void keep();

 private:
  template <class Leaf>
  void grow(const Leaf& leaf, std::uint64_t& count);
  void grow_bytes();

  SigningKey key_;
  // As kept.
  proof::Frontier kept_;
  KeptHead head_;
  proof::Hash log_{};
  std::uint64_t key_number_ = 0;  // zero: the next head says that the key is new
  // As begun.
  proof::Frontier frontier_;
  LeafCounts counts_;
  proof::Hash begun_log_{};
  Instant at_{};
  std::optional<Grown> grown_;
  std::string bytes_;
};

}  // namespace guichet::ledger
