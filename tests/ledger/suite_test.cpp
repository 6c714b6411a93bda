// One suite, run against every ledger there is: what the seam promises, on its edges and over random histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <guichet/ledger/listing.hpp>

#include "places.hpp"
#include "scribe.hpp"

namespace guichet::ledger::tests {
namespace {

using Order = CaseQuery::Order;

const properties::World& world() {
  static const properties::World shipped("guichet-unique");
  return shipped;
}

/// The value of a result, or a failed test that says why there is none.
template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().detail;
  return T{};
}
void must_do(const Outcome& outcome) { EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().detail); }

Fault fault_of(const Outcome& outcome) {
  EXPECT_FALSE(outcome) << "something was to be refused";
  return outcome ? Fault::unreadable : outcome.error().fault;
}

class LedgerSuite : public testing::TestWithParam<Engine> {
 protected:
  LedgerSuite() : place_(GetParam().place()), ledger_(place_->open(plain_shelving(world()))) {
    reader_ = must(ledger_->reader());
  }

  Outcome append(const Batch& batch) {
    Outcome written = ledger_->append(batch);
    if (written && GetParam().quiet) must_do(ledger_->catch_up());
    return written;
  }
  void write(const Batch& batch) { must_do(append(batch)); }

  /// A case whose seller says `words`; with a note of the desk when `note` is not empty.
  CaseId open_case(const std::string& words, const std::string& note = {}) {
    const CaseId id{++last_case_};
    Batch batch;
    scribe_.say(batch, scribe_.opening(id, at(id.value)), words);
    if (!note.empty()) {
      Command command = scribe_.message(id, at(id.value), Party::desk, ActorId{1});
      command.kind = CommandKind::make_note;
      scribe_.say(batch, command, note, TextKind::note);
    }
    write(batch);
    return id;
  }
  void message(CaseId id, const std::string& words) {
    Batch batch;
    scribe_.say(batch, scribe_.message(id, scribe_.now(), Party::seller, ActorId{100 + id.value}), words);
    write(batch);
  }
  /// Says of these cases that they live under this procedure.
  void put_under(const Scribe& scribe, const std::vector<CaseId>& cases, ProcedureId procedure) {
    Batch batch;
    for (const CaseId id : cases) {
      ShelfRow row = scribe.rows().at(id);
      const Event event{.at = scribe.now(),
                        .case_id = id,
                        .detail = procedure.value,
                        .version = Version{row.state.version.value + 1},
                        .kind = EventKind::procedure_changed,
                        .party = Party::clock};
      const Act act{.number = scribe.reach().act + batch.acts.size() + 1,
                    .recorded = scribe.reach().recorded,
                    .case_id = id,
                    .account = Scribe::account_of(id),
                    .channel = Channel::import,
                    .command = {}};
      shelve(row, act, std::array{event}, [](TextId) { return nullptr; }, scribe.shelving());
      batch.acts.push_back({act, {event}});
      batch.rows.push_back(row);
    }
    write(batch);
  }
  static Instant at(std::uint32_t minutes) { return properties::kBeginning + std::chrono::minutes{minutes}; }

  std::vector<std::uint32_t> found(const SearchQuery& query) {
    std::vector<std::uint32_t> cases;
    for (const Found& one : must(reader_->search(query)).rows) cases.push_back(one.row.case_id.value);
    return cases;
  }
  std::vector<std::uint32_t> found(const std::string& words) { return found(SearchQuery{.words = words}); }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Reader> reader_;
  Scribe scribe_{world(), 1};
  std::uint32_t last_case_ = 0;
};

using Numbers = std::vector<std::uint32_t>;

TEST_P(LedgerSuite, a_new_ledger_is_empty) {
  const Reach reach = must(reader_->reach());
  EXPECT_EQ(reach.act, 0U);
  EXPECT_EQ(reach.position, 0U);
  EXPECT_FALSE(reach.text);
  EXPECT_FALSE(reach.case_id);
  EXPECT_FALSE(must(reader_->row(CaseId{1})));
  EXPECT_FALSE(must(reader_->case_file(CaseId{1})));
  EXPECT_EQ(reader_->text(TextId{1}).error().fault, Fault::not_found);
  EXPECT_TRUE(must(reader_->cases({})).rows.empty());
  EXPECT_TRUE(must(reader_->search({.words = "a"})).rows.empty());
  EXPECT_EQ(must(reader_->next_due()), kNever);
  EXPECT_EQ(must(reader_->counts()).all, 0U);
  EXPECT_TRUE(must(ledger_->check()).empty());
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
  must_do(append({}));
}

TEST_P(LedgerSuite, what_is_appended_is_read_again) {
  const CaseId id = open_case("Mon colis\nne vient pas", "à voir");
  message(id, "Toujours rien");
  const CaseFile file = *must(reader_->case_file(id));
  EXPECT_EQ(file.row, scribe_.rows().at(id));
  EXPECT_EQ(file.row.subject, "Mon colis");
  EXPECT_EQ(file.row.account, Scribe::account_of(id));
  ASSERT_EQ(file.acts.size(), 3U);
  EXPECT_EQ(file.acts[0].number, 1U);
  EXPECT_EQ(file.acts[0].command->kind, CommandKind::open_case);
  EXPECT_EQ(file.acts[2].command->text, TextId{3});
  ASSERT_EQ(file.texts.size(), 3U);
  EXPECT_EQ(file.texts[0].body, "Mon colis\nne vient pas");
  EXPECT_EQ(file.texts[1].kind, TextKind::note);
  EXPECT_EQ(file.texts[2].id, TextId{3});
  for (std::size_t i = 0; i < file.events.size(); ++i) {
    EXPECT_EQ(file.events[i].position, i + 1);
    EXPECT_EQ(file.events[i].event.version.value, i + 1);
    const TextId text = file.events[i].event.text;
    EXPECT_EQ(file.events[i].text_digest, text ? file.texts[text.value - 1].digest : TextDigest{});
  }
  const Reach reach = must(reader_->reach());
  EXPECT_EQ(reach.position, file.events.size());
  EXPECT_EQ(reach.act, 3U);
  EXPECT_EQ(reach.text, TextId{3});
  EXPECT_EQ(reach.case_id, id);
  EXPECT_EQ(must(reader_->row(id)), scribe_.rows().at(id));
}

TEST_P(LedgerSuite, bodies_of_files_and_mails_are_read_one_by_one) {
  const CaseId id = open_case("un");
  Batch batch;
  Command exhibit = scribe_.message(id, scribe_.now(), Party::seller, ActorId{101});
  exhibit.kind = CommandKind::add_exhibit;
  const std::string bytes{"%PDF\0\xFF rest", 11};
  scribe_.say(batch, exhibit, bytes, TextKind::file);
  exhibit.detail = 2;
  scribe_.say(batch, exhibit, "From: a\r\n\r\nb", TextKind::mail);
  write(batch);
  const CaseFile file = *must(reader_->case_file(id));
  ASSERT_EQ(file.texts.size(), 3U);
  EXPECT_EQ(file.texts[1].body, "");
  EXPECT_EQ(file.texts[1].body_bytes, bytes.size());
  EXPECT_EQ(file.texts[1].name, "pièce.pdf");
  EXPECT_EQ(file.texts[2].body, "");
  const Text whole = must(reader_->text(TextId{2}));
  EXPECT_EQ(whole.body, bytes);
  EXPECT_EQ(whole.sha256, file.texts[1].sha256);
  EXPECT_NE(whole.sha256, (std::array<std::byte, 32>{}));
  EXPECT_EQ(must(reader_->text(TextId{3})).body, "From: a\r\n\r\nb");
}

TEST_P(LedgerSuite, imported_cases_may_share_a_label) {
  Batch batch;
  batch.texts.push_back({.id = TextId{1}, .case_id = {}, .text = {.kind = TextKind::label, .body = "Complete"}});
  for (std::uint32_t number = 1; number <= 2; ++number) {
    const CaseId id{number};
    const Event event{.at = at(number), .case_id = id, .text = TextId{1}, .version = Version{1}};
    const Act act{.number = number, .recorded = at(9), .case_id = id, .channel = Channel::import, .command = {}};
    ShelfRow row;
    shelve(row, act, std::array{event}, [](TextId) { return nullptr; }, scribe_.shelving());
    batch.acts.push_back({act, {event}});
    batch.rows.push_back(row);
  }
  write(batch);
  for (const CaseId id : {CaseId{1}, CaseId{2}}) {
    const CaseFile file = *must(reader_->case_file(id));
    ASSERT_EQ(file.texts.size(), 1U);
    EXPECT_EQ(file.texts[0].body, "Complete");
    EXPECT_EQ(file.events[0].text_digest, file.texts[0].digest);
  }
  EXPECT_TRUE(must(ledger_->check()).empty());
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
}

// Also where the label that says so is shared by cases, and until it is erased.
TEST_P(LedgerSuite, a_program_is_no_agent_whom_the_seller_met) {
  Batch batch;
  batch.texts.push_back({.id = TextId{1}, .case_id = {}, .text = {.kind = TextKind::label, .body = "by a program"}});
  batch.texts.push_back({.id = TextId{2}, .case_id = {}, .text = {.kind = TextKind::label, .body = "by Marie"}});
  std::array<Text, 2> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i].id = batch.texts[i].id;
    texts[i].kind = TextKind::label;
    texts[i].body = batch.texts[i].text.body;
  }
  const ActorId program{201}, marie{202};
  std::uint64_t number = 0;
  for (const CaseId id : {CaseId{1}, CaseId{2}}) {
    ShelfRow row;
    for (std::uint32_t version = 1; version <= 2; ++version) {
      const Event event{.at = at(version),
                        .case_id = id,
                        .actor = version == 1 ? program : marie,
                        .text = TextId{version},
                        .version = Version{version},
                        .kind = EventKind::message_sent,
                        .party = Party::desk};
      const Act act{.number = ++number, .recorded = at(9), .case_id = id, .channel = Channel::import, .command = {}};
      shelve(row, act, std::array{event}, [&texts](TextId text) { return &texts[text.value - 1]; }, scribe_.shelving());
      batch.acts.push_back({act, {event}});
    }
    EXPECT_EQ(row.agents, std::vector{marie});
    batch.rows.push_back(row);
  }
  write(batch);
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
  Batch erasing;
  erasing.erasures.push_back({.text = TextId{1}, .at = at(10)});
  ASSERT_TRUE(ledger_->append(erasing));
  for (const CaseId id : {CaseId{1}, CaseId{2}})
    EXPECT_EQ(must(reader_->row(id))->agents, (std::vector{program, marie})) << "nobody knows any more what it was";
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
}

TEST_P(LedgerSuite, equal_words_have_different_digests) {
  const CaseId a = open_case("pareil");
  const CaseId b = open_case("pareil");
  const Text first = must(reader_->case_file(a))->texts.front();
  const Text second = must(reader_->case_file(b))->texts.front();
  EXPECT_NE(first.digest, second.digest) << "a digest without its key must not tell what it is of";
  EXPECT_EQ(first.sha256, second.sha256);
}

TEST_P(LedgerSuite, a_batch_that_does_not_follow_is_refused_whole) {
  open_case("un");
  const CaseId id{1};
  Batch good;
  scribe_.say(good, scribe_.message(id, scribe_.now(), Party::seller, ActorId{101}), "deux");
  good.receipts.push_back({.key = "7:a", .case_id = id});
  good.records.push_back({.record = {.kind = "draft", .key = "k"}, .expect = RecordChange::Expect::absent});
  good.house.push_back({.what = "person_added", .detail = "{}"});
  const auto refused = [&](const std::string& what, const std::function<void(Batch&)>& spoil) {
    Batch bad = good;
    spoil(bad);
    EXPECT_EQ(fault_of(append(bad)), Fault::conflict) << what;
    EXPECT_EQ(must(reader_->reach()).text, TextId{1}) << what;
    EXPECT_EQ(must(reader_->case_file(id))->acts.size(), 1U) << what;
    EXPECT_FALSE(must(reader_->record("draft", "k"))) << what;
    EXPECT_FALSE(must(reader_->receipt("7:a"))) << what;
    EXPECT_TRUE(must(reader_->house_notes(0, 9)).empty()) << what;
    EXPECT_TRUE(found("deux").empty()) << what;
  };
  refused("a text is left out", [](Batch& b) { b.texts[0].id = TextId{3}; });
  refused("a text's number is used", [](Batch& b) { b.texts[0].id = TextId{1}; });
  refused("a text of no case", [](Batch& b) { b.texts[0].case_id = {}; });
  refused("an act is left out", [](Batch& b) { b.acts[0].act.number = 3; });
  refused("an act of no case", [](Batch& b) { b.acts[0].act.case_id = {}; });
  refused("time goes back", [](Batch& b) { b.acts[0].act.recorded -= Duration{1}; });
  refused("a command for another case", [](Batch& b) { b.acts[0].act.command->case_id = CaseId{2}; });
  refused("an event of another case", [](Batch& b) { b.acts[0].events[0].case_id = CaseId{2}; });
  refused("a version again", [](Batch& b) { b.acts[0].events[0].version = Version{1}; });
  refused("a version is left out", [](Batch& b) { b.acts[0].events.back().version.value += 1; });
  refused("a text that is not there", [](Batch& b) { b.acts[0].events[0].text = TextId{9}; });
  refused("a text of another case", [](Batch& b) { b.texts[0].case_id = CaseId{5}; });
  refused("a row is missing", [](Batch& b) { b.rows.clear(); });
  refused("a row comes twice", [](Batch& b) { b.rows.push_back(b.rows[0]); });
  refused("a row without act", [](Batch& b) { b.rows[0].case_id = CaseId{2}; });
  refused("a row of another version", [](Batch& b) { b.rows[0].state.version.value += 1; });
  refused("a receipt twice", [](Batch& b) { b.receipts.push_back(b.receipts[0]); });
  refused("a record that is not there", [](Batch& b) { b.records[0].expect = RecordChange::Expect::revision; });
  refused("the same record made twice", [](Batch& b) { b.records.push_back(b.records[0]); });
  refused("a procedure is left out", [](Batch& b) { b.procedures.push_back({.id = ProcedureId{2}}); });
  refused("nothing to erase", [](Batch& b) { b.erasures.push_back({.text = TextId{9}}); });
  write(good);
  EXPECT_EQ(must(reader_->case_file(id))->acts.size(), 2U);
  EXPECT_EQ(found("deux"), Numbers{1});
  EXPECT_EQ(fault_of(append(good)), Fault::conflict) << "the same again";
  EXPECT_TRUE(must(ledger_->check()).empty());
}

TEST_P(LedgerSuite, receipts_answer_the_same_errand) {
  open_case("un");
  Batch batch;
  const Receipt receipt{.key = "12:π \"x\"",
                        .fingerprint = 0xFFFF'FFFF'FFFF'FFF0U,
                        .case_id = CaseId{1},
                        .version = Version{3},
                        .at = at(9)};
  batch.receipts.push_back(receipt);
  write(batch);
  EXPECT_EQ(must(reader_->receipt(receipt.key)), receipt);
  EXPECT_FALSE(must(reader_->receipt("12:")));
  EXPECT_EQ(fault_of(append(batch)), Fault::conflict);
}

TEST_P(LedgerSuite, records_change_under_the_conditions_given) {
  const auto put = [&](Record record, RecordChange::Expect expect = {}, bool remove = false) {
    Batch batch;
    batch.records.push_back({.record = std::move(record), .expect = expect, .remove = remove});
    return append(batch);
  };
  const Record first{.kind = "person", .key = "0001", .owner = 5, .at = at(1), .body = "{\"é\":1}"};
  must_do(put(first, RecordChange::Expect::absent));
  EXPECT_EQ(must(reader_->record("person", "0001"))->revision, 1U);
  EXPECT_EQ(must(reader_->record("person", "0001"))->body, first.body);
  EXPECT_EQ(fault_of(put(first, RecordChange::Expect::absent)), Fault::conflict);
  Record second = first;
  second.body = "{}";
  second.at = kNever;
  second.revision = 1;
  must_do(put(second, RecordChange::Expect::revision));
  EXPECT_EQ(fault_of(put(second, RecordChange::Expect::revision)), Fault::conflict);
  const Record there = *must(reader_->record("person", "0001"));
  EXPECT_EQ(there.revision, 2U);
  EXPECT_EQ(there.at, kNever);
  must_do(put(second));
  EXPECT_EQ(must(reader_->record("person", "0001"))->revision, 3U);
  EXPECT_FALSE(must(reader_->record("persons", "0001")));
  second.revision = 3;
  must_do(put(second, RecordChange::Expect::revision, true));
  EXPECT_FALSE(must(reader_->record("person", "0001")));
  must_do(put(second, RecordChange::Expect::anything, true));
  must_do(put(first, RecordChange::Expect::absent));
  EXPECT_EQ(must(reader_->record("person", "0001"))->revision, 1U);
}

TEST_P(LedgerSuite, records_are_looked_up_by_owner_time_and_key) {
  Batch batch;
  for (std::uint32_t i = 0; i < 30; ++i)
    batch.records.push_back({.record = {.kind = i % 2 == 0 ? "a" : "b",
                                        .key = "k" + std::to_string(10 + i),
                                        .owner = i % 3,
                                        .at = i % 5 == 0 ? kNever : at(100 - i),
                                        .body = "{}"}});
  batch.records.push_back({.record = {.kind = "a", .key = "k%_", .body = "{}"}});
  write(batch);
  const auto keys = [&](const RecordQuery& query) {
    std::vector<std::string> found;
    for (const Record& record : must(reader_->records(query))) found.push_back(record.key);
    return found;
  };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys({.kind = "a", .owner = 1}), (Keys{"k14", "k20", "k26", "k32", "k38"}));
  EXPECT_EQ(keys({.kind = "a", .owner = 1, .key_after = "k20", .limit = 2}), (Keys{"k26", "k32"}));
  EXPECT_EQ(keys({.kind = "a", .key_prefix = "k3"}), (Keys{"k30", "k32", "k34", "k36", "k38"}));
  EXPECT_EQ(keys({.kind = "a", .key_prefix = "k%"}), (Keys{"k%_"}));
  EXPECT_EQ(keys({.kind = "a", .key_after = "k34", .key_prefix = "k3"}), (Keys{"k36", "k38"}));
  EXPECT_EQ(keys({.kind = "b", .at_before = at(78)}), (Keys{"k39", "k37", "k33"}));
  EXPECT_EQ(keys({.kind = "b", .owner = 0, .at_before = at(79)}), (Keys{"k37"}));
  EXPECT_EQ(keys({.kind = "c"}), Keys{});
  EXPECT_EQ(keys({.kind = "a", .limit = 1}).size(), 1U);
}

TEST_P(LedgerSuite, procedures_and_house_notes_are_numbered) {
  Batch batch;
  const AdoptedProcedure one{.id = ProcedureId{1},
                             .name = "guichet-unique",
                             .version = "3",
                             .toml = "# é\n[clocks]\n",
                             .effective_from = at(5),
                             .adopted = at(1),
                             .by = ActorId{4}};
  batch.procedures.push_back(one);
  batch.house.push_back({.at = at(1), .by = ActorId{4}, .what = "procedure_adopted", .detail = "{\"id\":1}"});
  batch.house.push_back({.at = at(2), .by = ActorId{4}, .what = "person_added", .detail = "{}"});
  write(batch);
  Batch again;
  again.house.push_back({.at = at(3), .what = "role_changed", .detail = "{}"});
  write(again);
  EXPECT_EQ(must(reader_->procedures()), std::vector{one});
  const std::vector<HouseNote> notes = must(reader_->house_notes(1, 9));
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].number, 2U);
  EXPECT_EQ(notes[0].what, "person_added");
  EXPECT_EQ(notes[1].number, 3U);
  EXPECT_EQ(must(reader_->house_notes(0, 1)).size(), 1U);
  EXPECT_EQ(must(reader_->reach()).house, 3U);
  EXPECT_EQ(must(reader_->reach()).procedure, ProcedureId{1});
  EXPECT_EQ(fault_of(append(batch)), Fault::conflict) << "a number is never given twice";
}

TEST_P(LedgerSuite, words_are_found_without_case_or_accents) {
  open_case("Réclamation: DÉLAI de livraison");
  open_case("Le garçon naïf; l'Ångström");
  open_case("delai dépassé");
  EXPECT_EQ(found("delai"), (Numbers{3, 1}));
  EXPECT_EQ(found("Délai"), (Numbers{3, 1}));
  EXPECT_EQ(found("GARCON"), Numbers{2});
  EXPECT_EQ(found("angstrom"), Numbers{2});
  EXPECT_EQ(found("délai livraison"), Numbers{1});
  EXPECT_EQ(found("livraison réclamation délai"), Numbers{1});
  EXPECT_EQ(found("délai absent"), Numbers{});
  EXPECT_EQ(found("dela"), Numbers{}) << "a beginning is no word";
  EXPECT_EQ(found("dela*"), (Numbers{3, 1}));
  EXPECT_EQ(found("d* liv*"), Numbers{1});
  EXPECT_EQ(found("\"délai de livraison\""), Numbers{1});
  EXPECT_EQ(found("\"livraison de délai\""), Numbers{});
  EXPECT_EQ(found("\"de livr\"*"), Numbers{1});
  EXPECT_EQ(found("l'angstrom"), Numbers{2});
}

TEST_P(LedgerSuite, no_words_are_an_error) {
  open_case("a AND b OR NOT near words column: scope");
  for (const char* typed :
       {"",  " ",    "\"",   "\"\"",     "*",   "**",  "AND",       "OR",      "NOT",   "NEAR", "NEAR(", "(",
        ")", "a\"b", "'",    "a*b",      "-a",  "^a",  "a:",        "words:a", "{a b}", "+",    "a + b", "\\",
        "%", ";--",  "\x01", "\xFF\xFE", "a^2", "\"a", "scope : a", "a OR",    "NOT a", "…"}) {
    const auto result = reader_->search({.words = typed});
    EXPECT_TRUE(result) << typed << ": " << (result ? "" : result.error().detail);
  }
  EXPECT_EQ(found("and"), Numbers{1});
  EXPECT_EQ(found("NOT b"), Numbers{1});
  EXPECT_EQ(found("a:"), Numbers{1});
  EXPECT_EQ(found("a2"), Numbers{}) << "the scope is no word of the text";
  EXPECT_EQ(found(std::string(100'000, 'x')), Numbers{});
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "b ";
  EXPECT_EQ(found(many), Numbers{1});
  EXPECT_EQ(reader_->search({.words = "b", .after = "x"}).error().fault, Fault::usage);
}

TEST_P(LedgerSuite, an_account_finds_its_own_words_and_no_notes) {
  const CaseId a = open_case("le colis", "secret");
  const CaseId b = open_case("le colis", "secret");
  EXPECT_EQ(found("secret"), (Numbers{2, 1}));
  EXPECT_EQ(found({.words = "colis", .account = Scribe::account_of(a)}), Numbers{1});
  EXPECT_EQ(found({.words = "secret", .account = Scribe::account_of(a)}), Numbers{});
  EXPECT_EQ(found({.words = "colis", .account = Scribe::account_of(b)}), Numbers{2});
  EXPECT_EQ(found({.words = "colis", .account = AccountId{99}}), Numbers{});
}

TEST_P(LedgerSuite, a_mediator_finds_words_of_the_cases_referred_to_that_person) {
  const CaseId a = open_case("le colis", "colis secret");
  open_case("le colis");
  Batch batch;
  // The shipped procedure refers only what is decided; an imported referral needs no rule.
  Event event{.at = scribe_.now(),
              .case_id = a,
              .actor = ActorId{101},
              .detail = 55,
              .version = Version{scribe_.rows().at(a).state.version.value + 1},
              .kind = EventKind::referred_to_mediator,
              .party = Party::seller};
  ShelfRow row = scribe_.rows().at(a);
  const Act act{.number = scribe_.reach().act + 1,
                .recorded = scribe_.reach().recorded,
                .case_id = a,
                .account = Scribe::account_of(a),
                .channel = Channel::import,
                .command = {}};
  shelve(row, act, std::array{event}, [](TextId) { return nullptr; }, scribe_.shelving());
  batch.acts.push_back({act, {event}});
  batch.rows.push_back(row);
  write(batch);
  EXPECT_EQ(found({.words = "colis", .mediator = ActorId{55}}), Numbers{1});
  EXPECT_EQ(found({.words = "secret", .mediator = ActorId{55}}), Numbers{});
  EXPECT_EQ(found({.words = "colis", .mediator = ActorId{56}}), Numbers{});
  EXPECT_EQ(found({.words = "colis", .mediator = ActorId{}}), Numbers{}) << "nobody is not a mediator";
  EXPECT_EQ(must(reader_->cases({.mediator = ActorId{55}})).rows.size(), 1U);
}

TEST_P(LedgerSuite, imported_history_is_about_no_matter_of_a_procedure) {
  const CaseId a = open_case("le colis");
  const CaseId b = open_case("le colis");
  ASSERT_FALSE(scribe_.rows().at(a).state.procedure) << "these histories live under none";
  const std::uint8_t matter = scribe_.rows().at(a).state.matter();
  ASSERT_EQ(scribe_.rows().at(b).state.matter(), matter);
  EXPECT_EQ(must(reader_->cases({.matter = matter})).rows.size(), 0U);
  // A number that has nothing in its lower byte is one too.
  put_under(scribe_, {a}, ProcedureId{256});
  const std::vector<ShelfRow> listed = must(reader_->cases({.matter = matter})).rows;
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed.front().case_id, a);
  EXPECT_EQ(must(reader_->count({.matter = matter}, 10)), 1U);
}

TEST_P(LedgerSuite, each_case_is_found_once_by_its_newest_text_page_after_page) {
  for (int i = 0; i < 12; ++i) open_case("mot numéro " + std::to_string(i));
  for (const std::uint32_t id : {3U, 7U, 3U}) message(CaseId{id}, "encore le mot");
  EXPECT_EQ(found("mot"), (Numbers{3, 7, 12, 11, 10, 9, 8, 6, 5, 4, 2, 1}));
  const std::vector<Found> all = must(reader_->search({.words = "mot"})).rows;
  EXPECT_EQ(all[0].text, TextId{15});
  EXPECT_EQ(all[0].row, scribe_.rows().at(CaseId{3}));
  for (const std::size_t limit : {1U, 2U, 3U, 5U, 11U, 12U}) {
    Numbers paged;
    SearchQuery query{.words = "mot", .limit = limit};
    do {
      const Listed<Found> page = must(reader_->search(query));
      EXPECT_LE(page.rows.size(), limit);
      for (const Found& one : page.rows) paged.push_back(one.row.case_id.value);
      query.after = page.next;
    } while (!query.after.empty());
    EXPECT_EQ(paged, found("mot")) << "by " << limit;
  }
}

TEST_P(LedgerSuite, an_excerpt_shows_the_words_that_were_found) {
  std::string words = "Bonjour,";
  for (int i = 0; i < 40; ++i) words += " mot" + std::to_string(i);
  open_case(words + "\nle Délai <b>est</b> dépassé " + words);
  const Found one = must(reader_->search({.words = "delai dep*"})).rows.at(0);
  EXPECT_NE(one.excerpt.find("le \x01"
                             "Délai\x02 <b>est</b> \x01"
                             "dépassé\x02"),
            std::string::npos)
      << one.excerpt;
  EXPECT_LT(one.excerpt.size(), 700U);
  EXPECT_TRUE(one.excerpt.starts_with("… mot33")) << one.excerpt;
  EXPECT_TRUE(one.excerpt.ends_with(" …")) << one.excerpt;
}

TEST_P(LedgerSuite, an_erased_text_leaves_its_digest_and_nothing_of_what_it_said) {
  const CaseId id = open_case("Nom secret Dupontel\nvoilà");
  message(id, "autre chose");
  const Text before = must(reader_->text(TextId{1}));
  ASSERT_EQ(found("dupontel"), Numbers{1});
  Batch batch;
  batch.erasures.push_back({.text = TextId{1}, .at = at(77)});
  write(batch);
  const Text after = must(reader_->text(TextId{1}));
  EXPECT_EQ(after.body, "");
  EXPECT_EQ(after.name, "");
  EXPECT_EQ(after.sha256, (std::array<std::byte, 32>{}));
  EXPECT_EQ(after.digest, before.digest);
  EXPECT_EQ(after.body_bytes, before.body_bytes);
  EXPECT_EQ(after.author, before.author);
  EXPECT_EQ(after.erased, at(77));
  EXPECT_EQ(found("dupontel"), Numbers{});
  EXPECT_EQ(found("chose"), Numbers{1});
  EXPECT_EQ(must(reader_->row(id))->subject, "") << "the shelf forgets what it had from the text";
  EXPECT_EQ(must(reader_->case_file(id))->events[0].text_digest, before.digest);
  EXPECT_TRUE(must(ledger_->check()).empty());
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
  batch.erasures[0].at = at(99);
  write(batch);
  EXPECT_EQ(must(reader_->text(TextId{1})).erased, at(77)) << "what is erased is erased once";
  EXPECT_TRUE(must(ledger_->check()).empty());
}

TEST_P(LedgerSuite, a_text_may_be_erased_with_the_act_that_brings_it) {
  open_case("un");
  Batch batch;
  scribe_.say(batch, scribe_.message(CaseId{1}, scribe_.now(), Party::seller, ActorId{101}), "mandrin");
  batch.erasures.push_back({.text = TextId{2}, .at = at(5)});
  write(batch);
  EXPECT_EQ(found("mandrin"), Numbers{});
  EXPECT_TRUE(must(reader_->text(TextId{2})).erased);
  EXPECT_TRUE(must(ledger_->check()).empty());
}

TEST_P(LedgerSuite, what_is_due_comes_soonest_first) {
  for (int i = 0; i < 5; ++i) open_case("un");
  const Instant first = must(reader_->next_due());
  EXPECT_EQ(first, scribe_.rows().at(CaseId{1}).next_tick);
  ASSERT_NE(first, kNever);
  EXPECT_TRUE(must(reader_->due(first - Duration{1}, 9)).empty());
  EXPECT_EQ(must(reader_->due(first, 9)).at(0).case_id, CaseId{1});
  const std::vector<Due> all = must(reader_->due(kNever - Duration{1}, 9));
  ASSERT_EQ(all.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(all[i].at, scribe_.rows().at(all[i].case_id).next_tick);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Due& a, const Due& b) { return a.at < b.at; }));
  EXPECT_EQ(must(reader_->due(kNever - Duration{1}, 2)).size(), 2U);
}

TEST_P(LedgerSuite, a_place_in_a_list_is_ours_or_an_error) {
  open_case("un");
  for (const char* cursor : {"x", "1", "1.", ".1", "1.2.3", "1.-2", "1.99999999999", "1 .2"})
    EXPECT_EQ(reader_->cases({.after = cursor}).error().fault, Fault::usage) << cursor;
}

/// Random histories, written by batches of all sizes.
class Histories : public LedgerSuite {
 protected:
  void write_histories(std::uint64_t seed, std::size_t batches, std::uint32_t cases) {
    scribe_of_seed_ = std::make_unique<Scribe>(world(), seed);
    Random random(seed, 5);
    for (std::size_t i = 0; i < batches; ++i) {
      write(scribe_of_seed_->draw(1 + random.below(24), cases));
      if (HasFailure()) return;
    }
  }
  const std::map<CaseId, ShelfRow>& rows() const { return scribe_of_seed_->rows(); }

  std::unique_ptr<Scribe> scribe_of_seed_;
};

TEST_P(Histories, live_is_rebuilt_is_read_again) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    place_ = GetParam().place();
    reader_.reset();
    ledger_ = place_->open(plain_shelving(world()));
    reader_ = must(ledger_->reader());
    write_histories(seed, 40, 25);
    const auto all_as_written = [&] {
      std::size_t visited = 0;
      EXPECT_TRUE(must(reader_->for_each_case([&](const ShelfRow& row, std::span<const Event> events) {
        EXPECT_EQ(row, rows().at(row.case_id));
        EXPECT_EQ(events.size(), row.state.version.value);
        ++visited;
        return true;
      })));
      EXPECT_EQ(visited, rows().size());
    };
    all_as_written();
    EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    EXPECT_EQ(must(ledger_->rebuild([&](std::uint64_t now, std::uint64_t all) {
                EXPECT_GE(now, done);
                done = now;
                total = all;
              })),
              0U);
    EXPECT_EQ(done, total);
    all_as_written();
    EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
    if (!place_->lasts()) continue;
    const Reach reach = must(reader_->reach());
    reader_.reset();
    ledger_.reset();
    ledger_ = place_->open(plain_shelving(world()));
    reader_ = must(ledger_->reader());
    all_as_written();
    EXPECT_EQ(must(reader_->reach()).position, reach.position);
    write(scribe_of_seed_->draw(3, 25));
  }
}

TEST_P(LedgerSuite, a_text_without_a_word_and_a_word_without_end_are_sound) {
  const std::string endless(40'000, 'w');
  for (const std::string& words : {std::string{"???"}, std::string{"…"}, std::string{"😀"}, endless, endless + " fin"})
    open_case(words, words);
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
  EXPECT_EQ(found("fin"), Numbers{5});
  EXPECT_EQ(found(endless), (Numbers{5, 4}));
  must_do(ledger_->catch_up());
  EXPECT_EQ(found(endless), (Numbers{5, 4}));
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
}

TEST_P(Histories, searches_find_the_same_before_and_after_catching_up) {
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto all_found = [&] {
      std::vector<std::uint32_t> found;
      for (const char* words : {"delai", "offre", "rückgabe stock", "4*", "naive colis", "nowhere"})
        for (const std::optional<AccountId> account : {std::optional<AccountId>{}, std::optional{AccountId{2}}})
          for (const std::optional<ActorId> mediator : {std::optional<ActorId>{}, std::optional{ActorId{3}}}) {
            SearchQuery query{.words = words, .account = account, .mediator = mediator, .limit = 5};
            do {
              const Listed<Found> page = must(reader_->search(query));
              for (const Found& one : page.rows) found.push_back(one.text.value);
              found.push_back(0);
              query.after = page.next;
            } while (!query.after.empty());
          }
      return found;
    };
    // Some words are already where they belong, others wait.
    write_histories(seed, 30, 25);
    must_do(ledger_->catch_up());
    for (int i = 0; i < 5; ++i) write(scribe_of_seed_->draw(6, 25));
    const std::vector<std::uint32_t> before = all_found();
    EXPECT_GT(before.size(), 100U) << "the histories have become too poor to tell";
    EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
    must_do(ledger_->catch_up());
    EXPECT_EQ(all_found(), before);
    EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
    must_do(ledger_->catch_up());
    reader_.reset();
    ledger_.reset();
    place_ = GetParam().place();
    ledger_ = place_->open(plain_shelving(world()));
    reader_ = must(ledger_->reader());
  }
}

TEST_P(Histories, acts_are_followed_in_order) {
  write_histories(9, 30, 20);
  std::uint64_t next = 1;
  std::map<CaseId, std::uint32_t> versions;
  while (true) {
    const std::vector<NewAct> acts = must(reader_->acts_from(next, 7));
    if (acts.empty()) break;
    for (const NewAct& one : acts) {
      EXPECT_EQ(one.act.number, next++);
      for (const Event& event : one.events) EXPECT_EQ(event.version.value, ++versions[one.act.case_id]);
    }
  }
  EXPECT_EQ(next - 1, scribe_of_seed_->reach().act);
  for (const auto& [id, row] : rows()) EXPECT_EQ(versions[id], row.state.version.value);
  const CaseFile file = *must(reader_->case_file(rows().begin()->first));
  for (const Act& act : file.acts) EXPECT_EQ(must(reader_->acts_from(act.number, 1)).at(0).act, act);
}

/// Every question that a list may be asked, alone and some together.
std::vector<CaseQuery> questions() {
  std::vector<CaseQuery> all(1);
  const auto add = [&](auto change) {
    CaseQuery query;
    change(query);
    all.push_back(query);
  };
  for (const std::uint32_t n : {0U, 1U, 3U}) {
    add([&](CaseQuery& q) { q.account = AccountId{n}; });
    add([&](CaseQuery& q) { q.owner = ActorId{n}; });
    add([&](CaseQuery& q) { q.asked = ActorId{n}; });
    add([&](CaseQuery& q) { q.mediator = ActorId{n}; });
    add([&](CaseQuery& q) { q.matter = static_cast<std::uint8_t>(n); });
    add([&](CaseQuery& q) { q.agents_min = n + 1; });
    add([&](CaseQuery& q) { q.owner = ActorId{n}, q.account = AccountId{2}; });
    add([&](CaseQuery& q) { q.owner = ActorId{n}, q.team = "support"; });
    add([&](CaseQuery& q) { q.owner = ActorId{n}, q.agents_min = 3; });
  }
  for (const std::string& team : world().file().teams) {
    add([&](CaseQuery& q) { q.team = team; });
    add([&](CaseQuery& q) { q.team = team, q.unread = true; });
    for (const Turn turn : {Turn::desk, Turn::seller})
      for (const std::uint32_t owner : {0U, 1U})
        add([&](CaseQuery& q) { q.team = team, q.turn = turn, q.owner = ActorId{owner}, q.phases = 0x1E; });
    add([&](CaseQuery& q) { q.team = team, q.closed_without_decision = true; });
    add([&](CaseQuery& q) { q.team = team, q.adverse_after = true; });
    add([&](CaseQuery& q) { q.team = team, q.agents_min = 3, q.phases = 0x1E; });
    add([&](CaseQuery& q) { q.team = team, q.turn = Turn::third; });
    add([&](CaseQuery& q) { q.team = team, q.ran_out = true; });
    add([&](CaseQuery& q) { q.team = team, q.ran_out = true, q.owner = ActorId{}; });
    add([&](CaseQuery& q) { q.team = team, q.phases = 0x0C; });
    add([&](CaseQuery& q) { q.team = team, q.phases = 0x24, q.unread = true; });
    for (const std::uint8_t matter : {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{31}})
      add([&](CaseQuery& q) { q.team = team, q.matter = matter; });
  }
  for (std::uint8_t phase = 0; phase < 6; ++phase)
    add([&](CaseQuery& q) { q.phases = static_cast<std::uint8_t>(1U << phase); });
  add([](CaseQuery& q) { q.phases = 0; });
  add([](CaseQuery& q) { q.phases = 0x1F, q.team = ""; });
  for (std::uint8_t turn = 0; turn < 4; ++turn) add([&](CaseQuery& q) { q.turn = static_cast<Turn>(turn); });
  add([](CaseQuery& q) { q.hand_off_pending = true; });
  add([](CaseQuery& q) { q.hand_off_pending = true, q.owner = ActorId{1}; });
  add([](CaseQuery& q) { q.unread = true; });
  add([](CaseQuery& q) { q.ran_out = true; });
  add([](CaseQuery& q) { q.adverse_after = true; });
  add([](CaseQuery& q) { q.ran_out = true; });
  add([](CaseQuery& q) { q.adverse_after = true, q.phases = 1U << 5U; });
  add([](CaseQuery& q) { q.closed_without_decision = true; });
  add([](CaseQuery& q) { q.desk_due_before = properties::kBeginning + std::chrono::days{30}; });
  add([](CaseQuery& q) { q.desk_due_before = kNever, q.owner = ActorId{2}; });
  add([](CaseQuery& q) { q.account = AccountId{1}, q.phases = 0x1F; });
  return all;
}

TEST_P(Histories, lists_are_what_a_look_at_every_row_gives) {
  write_histories(3, 60, 90);
  // Half of them live under a procedure, the others are as imported ones are.
  std::vector<CaseId> half;
  for (const auto& [id, row] : rows())
    if (id.value % 2 == 0) half.push_back(id);
  put_under(*scribe_of_seed_, half, ProcedureId{1});
  scribe_of_seed_->resume(*reader_);
  std::size_t rows_listed = 0;
  for (CaseQuery query : questions())
    for (const Order order : {Order::promise, Order::changed, Order::opened, Order::number})
      for (const bool reversed : {false, true}) {
        query.order = order;
        query.reversed = reversed;
        std::vector<ListKey> wanted;
        for (const auto& [id, row] : rows())
          if (matches(query, row)) wanted.push_back(key_of(order, row));
        std::sort(wanted.begin(), wanted.end());
        if (falls(query)) std::reverse(wanted.begin(), wanted.end());
        for (const std::size_t limit : {200U, 7U}) {
          query.limit = limit;
          query.after.clear();
          std::vector<ListKey> listed;
          do {
            const Listed<ShelfRow> page = must(reader_->cases(query));
            for (const ShelfRow& row : page.rows) {
              EXPECT_EQ(row, rows().at(row.case_id));
              listed.push_back(key_of(order, row));
            }
            ASSERT_LE(listed.size(), wanted.size());
            query.after = page.next;
          } while (!query.after.empty());
          ASSERT_EQ(listed, wanted);
          rows_listed += listed.size();
        }
        EXPECT_EQ(must(reader_->count(query, 1000)), wanted.size());
        EXPECT_EQ(must(reader_->count(query, 2)), std::min<std::size_t>(wanted.size(), 2));
      }
  EXPECT_GT(rows_listed, 10'000U) << "the histories have become too poor to tell";
  const CaseCounts counts = must(reader_->counts());
  EXPECT_EQ(counts.all, rows().size());
  EXPECT_EQ(counts.closed, must(reader_->count({.phases = 1U << 5U}, 1000)));
  EXPECT_EQ(counts.living + counts.closed, counts.all);
}

TEST_P(Histories, erasing_at_random_keeps_every_promise) {
  write_histories(12, 30, 20);
  Random random(12, 6);
  for (int round = 0; round < 10; ++round) {
    Batch batch;
    std::set<TextId> gone;
    for (int i = 0; i < 5; ++i) {
      const TextId id{1 + random.below(scribe_of_seed_->reach().text.value)};
      batch.erasures.push_back({.text = id, .at = at(5)});
      gone.insert(id);
    }
    write(batch);
    for (const TextId id : gone) {
      EXPECT_TRUE(must(reader_->text(id)).erased);
      EXPECT_EQ(must(reader_->text(id)).body, "");
    }
  }
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
  EXPECT_EQ(must(ledger_->rebuild({})), 0U);
  EXPECT_EQ(must(ledger_->check()), std::vector<std::string>{});
}

TEST(Ledgers, every_ledger_answers_as_the_one_in_memory) {
  for (std::uint64_t seed = 21; seed <= 23; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<std::unique_ptr<Place>> places;
    std::vector<std::unique_ptr<Ledger>> ledgers;
    std::vector<std::unique_ptr<Reader>> readers;
    for (const Engine& engine : kEngines) {
      places.push_back(engine.place());
      ledgers.push_back(places.back()->open(plain_shelving(world())));
      readers.push_back(must(ledgers.back()->reader()));
    }
    Scribe scribe(world(), seed);
    for (int i = 0; i < 25; ++i) {
      const Batch batch = scribe.draw(12, 30);
      for (const auto& ledger : ledgers) must_do(ledger->append(batch));
    }
    for (const auto& [id, row] : scribe.rows()) {
      CaseFile first = *must(readers[0]->case_file(id));
      // Keys are drawn, so digests differ from ledger to ledger.
      const auto without_digests = [](CaseFile file) {
        for (KeptEvent& kept : file.events) kept.text_digest = {};
        for (Text& text : file.texts) text.digest = text.name_digest = {};
        return file;
      };
      first = without_digests(first);
      for (const auto& reader : readers) {
        const CaseFile other = without_digests(*must(reader->case_file(id)));
        EXPECT_EQ(other.row, first.row);
        EXPECT_EQ(other.acts, first.acts);
        EXPECT_EQ(other.events, first.events);
        EXPECT_EQ(other.texts, first.texts);
      }
    }
    Random random(seed, 8);
    for (int i = 0; i < 60; ++i) {
      SearchQuery query;
      const std::uint32_t count = 1 + random.below(3);
      for (std::uint32_t word = 0; word < count; ++word) {
        const std::string_view drawn = kVocabulary[random.below(kVocabulary.size())];
        query.words += (word == 0 ? "" : " ") + std::string{random.below(4) == 0 ? drawn.substr(0, 3) : drawn};
        if (random.below(4) == 0) query.words += "*";
      }
      if (random.below(3) == 0) query.words = "\"" + query.words + "\"";
      if (random.below(3) == 0) query.account = AccountId{1 + random.below(7)};
      query.limit = 1 + random.below(20);
      if (random.below(3) == 0) query.after = std::to_string(1 + random.below(scribe.reach().text.value));
      const Listed<Found> first = must(readers[0]->search(query));
      for (const auto& reader : readers) {
        const Listed<Found> other = must(reader->search(query));
        ASSERT_EQ(other.rows.size(), first.rows.size()) << query.words;
        EXPECT_EQ(other.next, first.next) << query.words;
        for (std::size_t row = 0; row < first.rows.size(); ++row) {
          EXPECT_EQ(other.rows[row].text, first.rows[row].text);
          EXPECT_EQ(other.rows[row].excerpt, first.rows[row].excerpt);
          EXPECT_EQ(other.rows[row].row, first.rows[row].row);
        }
      }
    }
  }
}

std::string engine_name(const testing::TestParamInfo<Engine>& engine) { return engine.param.name; }
INSTANTIATE_TEST_SUITE_P(All, LedgerSuite, testing::ValuesIn(kEngines), engine_name);
INSTANTIATE_TEST_SUITE_P(All, Histories, testing::ValuesIn(kEngines), engine_name);

}  // namespace
}  // namespace guichet::ledger::tests
