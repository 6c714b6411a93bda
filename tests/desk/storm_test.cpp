// The live desk in a storm: disks that fail, restarts, duplicates, clocks that leap and are set back, all by seed.
// Afterwards nothing that was acknowledged is missing, nothing stands there twice, and replay equals what is shown.
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/base/random.hpp>
#include <guichet/core/evolve.hpp>
#include <guichet/ledger/memory.hpp>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kStorms = 12;
constexpr int kGusts = 400;

class Storm : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Storm() : random_(GetParam(), 77) {
    OpenedLedger opened = ledger_in_memory();
    memory_ = dynamic_cast<ledger::MemoryLedger*>(opened.ledger.get());
    house_ = std::make_unique<SmallHouse>("guichet-unique", std::move(opened));
  }

  void gust() {
    switch (random_.below(20)) {
      case 0: house_->begin(); break;
      case 1: memory_->fail_appends(1 + random_.below(3)); break;
      case 2: house_->clock().advance(Duration{-static_cast<std::int64_t>(random_.below(7'200'000))}); break;
      case 3: leap(Duration{random_.below(400'000'000)}); break;
      case 4: leap(24h * random_.below(40)); break;
      case 5:
      case 6: open(); break;
      case 7: repeat_something(); break;
      default: act(); break;
    }
    house_->clock().advance(Duration{random_.below(600'000)});
  }

  void leap(Duration by) {
    house_->clock().advance(by);
    for (int looks = 0; looks < 50; ++looks) {
      const auto rung =
          ring_what_is_due(house_->reader(), house_->clerk(), house_->procedures(), house_->clock().now());
      if (!rung || *rung == 0) return;
    }
    ADD_FAILURE() << "it rings for ever";
  }

  void open() {
    const std::string body = fresh_words();
    const std::string key = "k" + std::to_string(++keys_);
    const Answer answer = house_->act(
        kSellerAnn, {}, "open", {{"matter", "other"}, {"subject", "s"}, {"body", body}, {"questions", "q?"}}, key);
    note(answer, body);
    if (answer.kind == Answer::Kind::done) cases_.push_back(answer.case_id);
  }

  void act() {
    if (cases_.empty()) return;
    const CaseId case_id = cases_[random_.below(static_cast<std::uint32_t>(cases_.size()))];
    const ledger::ShelfRow row = house_->row(case_id);
    const ActorId owner = row.state.owner ? row.state.owner : kAgentMarie;
    const std::string body = fresh_words();
    last_ = {.who = kSellerAnn,
             .case_id = case_id,
             .name = "message",
             .values = {{"body", body}},
             .key = "k" + std::to_string(++keys_)};
    switch (random_.below(8)) {
      case 0: last_.name = "escalate"; break;
      case 1:
        last_ = {
            owner,
            case_id,
            "message",
            {{"body", body}, {"answers", "0"}, {"seen", std::to_string(row.state.version.value - random_.below(3))}},
            last_.key};
        break;
      case 2: last_ = {owner, case_id, "note", {{"body", body}}, last_.key}; break;
      case 3:
        last_ = {owner,
                 case_id,
                 "decide",
                 {{"outcome", "refused"},
                  {"facts", body},
                  {"ground", "g"},
                  {"redress", "internal"},
                  {"redress", "certified_body"},
                  {"redress", "court"}},
                 last_.key};
        break;
      case 4: last_.name = "appeal"; break;
      case 5:
        last_ = {owner,
                 case_id,
                 "hand-off",
                 {{"to", std::to_string((owner == kAgentMarie ? kAgentNoor : kAgentMarie).value)},
                  {"reason", "workload"},
                  {"summary", body},
                  {"questions_listed", "on"}},
                 last_.key};
        break;
      case 6: last_.values.emplace_back("questions", "And this?"); break;
      default: break;
    }
    note(house_->act(last_.who, last_.case_id, last_.name, last_.values, last_.key), body);
  }

  /// A browser that did not hear the answer sends the same again.
  void repeat_something() {
    if (last_.key.empty()) return;
    std::string body;
    for (const auto& [field, value] : last_.values)
      if (value.starts_with("words-")) body = value;
    const Answer answer = house_->act(last_.who, last_.case_id, last_.name, last_.values, last_.key);
    EXPECT_NE(answer.kind, Answer::Kind::key_mistaken);
    if (answer.kind == Answer::Kind::done) note(answer, body);
  }

  std::string fresh_words() { return "words-" + std::to_string(GetParam()) + "-" + std::to_string(++words_); }
  void note(const Answer& answer, const std::string& body) {
    if (answer.kind == Answer::Kind::done)
      acknowledged_.insert(body);
    else if (answer.kind == Answer::Kind::failed && house_->fault().field.empty())
      failed_.insert(body);
  }

  void expect_nothing_lost() {
    std::map<std::string, int> found;
    for (std::uint32_t id = 1; id <= house_->reader().reach()->text.value; ++id) {
      const auto text = house_->reader().text(TextId{id});
      ASSERT_TRUE(text);
      const std::size_t at = text->body.find("words-");
      if (at != std::string::npos) ++found[text->body.substr(at, text->body.find('"', at) - at)];
    }
    for (const std::string& words : acknowledged_) EXPECT_EQ(found[words], 1) << words << " was acknowledged";
    for (const std::string& words : failed_)
      if (!acknowledged_.contains(words)) {
        EXPECT_EQ(found[words], 0) << words << " was said to have failed";
      }
  }

  void expect_replay_equals_what_is_shown() {
    for (const CaseId case_id : cases_) {
      const ledger::CaseFile file = house_->file(case_id);
      CaseState state;
      std::uint32_t version = 0;
      Instant before = Instant::min();
      for (const ledger::KeptEvent& kept : file.events) {
        EXPECT_EQ(kept.event.version.value, ++version) << case_id.value;
        EXPECT_GE(kept.event.at, before);
        before = kept.event.at;
        evolve_in_place(state, kept.event);
      }
      EXPECT_EQ(state, file.row.state) << case_id.value;
    }
    const auto wrong = house_->ledger().check();
    ASSERT_TRUE(wrong);
    EXPECT_TRUE(wrong->empty()) << wrong->front();
    const auto differing = house_->ledger().rebuild({});
    ASSERT_TRUE(differing);
    EXPECT_EQ(*differing, 0U);
  }

  struct Sent {
    ActorId who;
    CaseId case_id;
    std::string name;
    std::vector<std::pair<std::string, std::string>> values;
    std::string key;
  };
  Random random_;
  ledger::MemoryLedger* memory_ = nullptr;
  std::unique_ptr<SmallHouse> house_;
  std::vector<CaseId> cases_;
  std::set<std::string> acknowledged_, failed_;
  Sent last_;
  int keys_ = 0, words_ = 0;
};

TEST_P(Storm, NothingAcknowledgedIsLostAndNothingStandsTwice) {
  for (int i = 0; i < kGusts; ++i) gust();
  memory_->fail_appends(0);
  EXPECT_GT(acknowledged_.size(), 50U);
  expect_nothing_lost();
  expect_replay_equals_what_is_shown();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Storm, ::testing::Range<std::uint64_t>(1, 1 + kStorms));

}  // namespace
}  // namespace guichet::desk
