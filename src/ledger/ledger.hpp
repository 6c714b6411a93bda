// The seam behind which events, texts and records are kept: one writer, many readers. Three keep the same promises:
// memory (for tests), SQLite, and a server later. Knows no wall clock, no rules but how states evolve, and no language.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/ledger/kept.hpp>
#include <guichet/ledger/shelf.hpp>

namespace guichet::ledger {

/// The answer that was given to an errand with an idempotency key, so that the same errand is answered again and not
/// done again.
struct Receipt {
  std::string key;
  std::uint64_t fingerprint{};  // of what was asked: the same key with another is a mistake of the sender
  CaseId case_id;
  Version version;
  Instant at{};
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

struct NewAct {
  Act act;  // number and recorded as they shall be
  std::vector<Event> events;
};

struct KeptText {
  TextId id;  // the next free ones, in order
  CaseId case_id;
  NewText text;
};

struct Erasure {
  TextId text;
  Instant at{};
};

/// What is written together, or not at all.
struct Batch {
  std::vector<KeptText> texts;
  std::vector<NewAct> acts;
  std::vector<ShelfRow> rows;  // every case that the acts touch, as they leave it
  std::vector<Receipt> receipts;
  std::vector<RecordChange> records;
  std::vector<AdoptedProcedure> procedures;
  std::vector<HouseNote> house;
  std::vector<Erasure> erasures;
  bool empty() const {
    return texts.empty() && acts.empty() && rows.empty() && receipts.empty() && records.empty() && procedures.empty() &&
           house.empty() && erasures.empty();
  }
};

/// How far a ledger has come.
struct Reach {
  std::uint64_t position{}, act{};
  TextId text;
  CaseId case_id;
  ProcedureId procedure;
  std::uint64_t house{};
  Instant recorded{};  // of the last act
};

/// A place in a list, to go on from. Empty at the start.
using Cursor = std::string;

template <class T>
struct Listed {
  std::vector<T> rows;
  Cursor next;  // empty when nothing follows
};

inline constexpr std::size_t kListMax = 200;

struct CaseQuery {
  std::optional<AccountId> account;
  std::optional<ActorId> owner;  // zero: nobody's
  std::optional<ActorId> asked;  // a hand-off waits for this person
  std::optional<ActorId> mediator;
  std::optional<std::string> team;
  std::optional<std::uint8_t> matter;
  std::uint8_t phases = 0xFF;  // bit per Phase
  std::optional<Turn> turn;
  std::uint32_t agents_min = 0;  // at least so many of the desk have written
  bool hand_off_pending = false;
  bool unread = false;  // the seller's words wait
  bool adverse_after = false;
  bool closed_without_decision = false;
  bool ran_out = false;  // a clock of the desk has run out on it, at any time
  std::optional<Instant> desk_due_before;
  enum class Order : std::uint8_t { promise, changed, opened, number };
  Order order = Order::changed;  // promise: soonest first, then those without; the others newest first
  bool reversed = false;
  Cursor after;
  std::size_t limit = 50;  // at most kListMax
};

struct SearchQuery {
  std::string words;                 // what a person typed: words that must all be there; accents and case folded;
                                     // "…" keeps words together, word* finds beginnings; never an error
  std::optional<AccountId> account;  // only what this account may read: no notes
  std::optional<ActorId> mediator;   // only cases referred to this person, no notes
  Cursor after;
  std::size_t limit = 50;
};

struct Found {
  ShelfRow row;
  TextId text;          // the newest text of the case that matches
  std::string excerpt;  // its words around the match, plain; \x01 before and \x02 after each word that matched
};

struct Due {
  CaseId case_id;
  Instant at{};
};

struct RecordQuery {
  std::string kind;
  std::optional<std::uint64_t> owner;
  std::optional<Instant> at_before;  // ordered by `at` then; otherwise by key
  std::string key_after;             // goes on after this key; only without at_before
  std::string key_prefix;
  std::size_t limit = kListMax;
};

/// Everything of one case.
struct CaseFile {
  ShelfRow row;
  std::vector<Act> acts;
  std::vector<KeptEvent> events;
  std::vector<Text> texts;  // by id; bodies of files and mails left out, their body_bytes kept
};

/// Numbers of cases for a board or a menu.
struct CaseCounts {
  std::uint64_t all{}, living{}, closed{};
};

/// Reads what was committed, as of one moment per call. For one thread at a time; open one per thread.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<Reach> reach() = 0;
  virtual Result<std::optional<ShelfRow>> row(CaseId case_id) = 0;
  virtual Result<std::optional<CaseFile>> case_file(CaseId case_id) = 0;
  /// The text with its body, whatever its kind. Fault::not_found when there is none.
  virtual Result<Text> text(TextId id) = 0;
  virtual Result<Listed<ShelfRow>> cases(const CaseQuery& query) = 0;
  /// How many `cases` would give in all, counting no further than `most`.
  virtual Result<std::uint64_t> count(const CaseQuery& query, std::uint64_t most) = 0;
  virtual Result<CaseCounts> counts() = 0;
  virtual Result<Listed<Found>> search(const SearchQuery& query) = 0;
  /// Cases whose next_tick is at or before `until`, soonest first.
  virtual Result<std::vector<Due>> due(Instant until, std::size_t limit) = 0;
  /// The soonest next_tick of all, kNever when no clock runs.
  virtual Result<Instant> next_due() = 0;
  /// Acts from `first` on, in order, with their events. For followers (mail, webhooks), rebuilding and checking.
  virtual Result<std::vector<NewAct>> acts_from(std::uint64_t first, std::size_t limit) = 0;
  /// Cases above `after`, rising, each with its events: for measures over the whole ledger.
  virtual Result<bool> for_each_case(const std::function<bool(const ShelfRow&, std::span<const Event>)>& visit) = 0;
  virtual Result<std::optional<Receipt>> receipt(std::string_view key) = 0;
  virtual Result<std::optional<Record>> record(std::string_view kind, std::string_view key) = 0;
  virtual Result<std::vector<Record>> records(const RecordQuery& query) = 0;
  virtual Result<std::vector<AdoptedProcedure>> procedures() = 0;
  virtual Result<std::vector<HouseNote>> house_notes(std::uint64_t after, std::size_t limit) = 0;

  // What proofs are made of; proving.hpp makes them, the same way for every ledger.

  /// The head of this number; zero is the newest. Nothing when there is none.
  virtual Result<std::optional<KeptHead>> head(std::uint64_t number) = 0;
  /// The hash at a place of the tree (proof::place_of). Fault::not_found beyond its end.
  virtual Result<proof::Hash> node(std::uint64_t place) = 0;
  virtual Result<std::vector<KeptKey>> keys() = 0;
  virtual Result<std::vector<KeptErasure>> erasures(std::uint64_t after, std::size_t limit) = 0;
  /// Acts from `first` on with the digests of their events, in order.
  virtual Result<std::vector<KeptAct>> kept_acts(std::uint64_t first, std::size_t limit) = 0;
  /// Texts from `first` on, all without bodies, in order.
  virtual Result<std::vector<Text>> kept_texts(TextId first, std::size_t limit) = 0;
  /// The key of a text's digests. Fault::not_found when there is none, or no longer.
  virtual Result<TextKey> text_key(TextId id) = 0;
  /// The time stamps that were kept, by head.
  virtual Result<std::vector<KeptStamp>> stamps() = 0;
};

/// Bytes signed by the key of a ledger.
struct SignedBytes {
  proof::PublicKey key{};
  proof::Signature signature{};
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  /// Writes all of `batch` or none. Versions of events must follow the last ones kept for their cases, numbers of acts
  /// and texts the last ones kept, and every RecordChange::expect must hold: otherwise Fault::conflict, and nothing is
  /// written. When it returns, everything is on disk, under a signed head of its own. Not safe from two threads; the
  /// clerk is the only caller.
  virtual Outcome append(const Batch& batch) = 0;
  /// Does what append puts off: for the thread that appends, when nobody waits for it. Nothing that anybody reads
  /// depends on it but how fast it is found.
  virtual Outcome catch_up() = 0;
  /// A reader for one more thread.
  virtual Result<std::unique_ptr<Reader>> reader() = 0;
  /// Makes every row and the words of every text findable again from acts and events; gives how many rows differed
  /// from those that stood there. `progress` (acts done, all) may be empty.
  virtual Result<std::uint64_t> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress) = 0;
  /// A copy as of one moment, into a file that does not exist yet, while others read and write.
  virtual Outcome back_up(const std::string& path) = 0;
  /// Everything that is wrong, one line each; empty when nothing is: pages of the file, numbers without gaps, versions,
  /// digests of texts, replayed states against the shelf, the tree over all of it and every signed head.
  virtual Result<std::vector<std::string>> check() = 0;
  /// Signs with the ledger's key, for example the list of what is in a dossier; the first line of the bytes says what
  /// they are. Safe from several threads. Fault::not_found where the key is not.
  virtual Result<SignedBytes> sign(std::string_view bytes) = 0;
  /// Keeps what an authority said of the time of a head. The caller has verified it.
  virtual Outcome keep_stamp(const KeptStamp& stamp) = 0;
};

/// Kept nowhere; for tests. `fail_appends` of its own makes the next appends fail, as a full disk would.
class MemoryLedger;
std::unique_ptr<Ledger> memory_ledger(Shelving shelving);

/// How to open a file.
struct Opening {
  std::string path;
  enum class Mode : std::uint8_t { create_or_open, open, read_only };
  Mode mode = Mode::create_or_open;
  std::uint32_t cache_kib = 16 * 1024;  // per connection
  std::string key;                      // the file of the signing key; beside the ledger, with ".key", when empty
};

/// Opens or makes a ledger in one SQLite file (WAL, synchronous=FULL). An older format is brought up by numbered
/// migrations, a newer one refused. Two programs cannot write one ledger: the second is told which file is in use.
Result<std::unique_ptr<Ledger>> sqlite_ledger(const Opening& opening, Shelving shelving);

/// A table that check() does not hold, and why.
struct NotChecked {
  std::string_view tables, why;
};
std::span<const NotChecked> not_checked();

/// The number of the newest format; `guichet --version` prints it.
std::uint32_t ledger_format();

}  // namespace guichet::ledger
