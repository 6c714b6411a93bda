#include <guichet/proof/told.hpp>

#include <gtest/gtest.h>

#include <string>

namespace guichet::proof {
namespace {

/// One act with one event, and its text.
class ToldCase : public testing::Test {
 protected:
  ToldCase() {
    key_ = {.text = TextId{4}, .key = sha256("key"), .name = {}, .entry = "texts/000004.json"};
    const Hash digest = hmac_sha256(key_.key, body_);
    texts_[TextId{4}] = {.id = TextId{4},
                         .case_id = CaseId{7},
                         .kind = 0,
                         .author = ActorId{2},
                         .bytes = body_.size(),
                         .digest = digest,
                         .name_digest = {},
                         .media_type = "application/json"};
    Event event{.at = Instant{Seconds{1'772'438'400}}, .case_id = CaseId{7}, .actor = ActorId{2}};
    event.text = TextId{4};
    event.detail = 500;
    event.version = Version{1};
    event.kind = EventKind::opened;
    event.party = Party::seller;
    act_ = {.number = 3,
            .position = 9,
            .recorded = Instant{Seconds{1'772'438'401}},
            .case_id = CaseId{7},
            .person = ActorId{2},
            .account = 5,
            .version = Version{1},
            .channel = 2,
            .command = std::nullopt,
            .events = {{event, digest}}};
    digest_ = hex(digest);
  }

  std::string told() const {
    return R"({"format": "guichet dossier 1", "case": 7, "until": "2026-03-02T08:00:01Z", "subject": "Fees",
      "seller": {"account": 5, "name": "Ann"}, "amount_cents": 500, "people": [{"id": 2, "name": "Ann"}],
      "events": [{"version": 1, "position": 9, "act": 3, "kind": "opened", "at": "2026-03-02T08:00:00Z",
        "recorded": "2026-03-02T08:00:01Z", "channel": "api", "party": "seller", "person": 2, "detail": 500, "text": 4,
        "text_digest": ")" +
           digest_ + R"(", "clause": "1"}],
      "texts": [{"id": 4, "kind": "words", "author": 2, "media_type": "application/json", "bytes": 28, "digest": ")" +
           digest_ + R"(", "sha256": ")" + hex(sha256(body_)) +
           R"(", "entry": "texts/000004.json", "words": {"body": "Why?"}}],
      "exhibits": []})";
  }

  Told compared(std::string_view case_json, std::uint64_t hidden = 0) const {
    const std::array<Entry, 1> entries{Entry{"texts/000004.json", body_}};
    return compare_told(case_json, {.acts = {&act_, 1},
                                    .texts = texts_,
                                    .erasures = {},
                                    .keys = {&key_, 1},
                                    .entries = entries,
                                    .hidden = hidden});
  }

  std::string changed(std::string_view from, std::string_view to) const {
    std::string text = told();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  std::string body_ = R"({"body":"Why?","arrival":{}})";
  std::string digest_;
  TextKey key_;
  std::map<TextId, TextLeaf> texts_;
  ActLeaf act_;
};

TEST_F(ToldCase, agrees_with_its_leaves) {
  const Told one = compared(told());
  EXPECT_TRUE(one.wrong.empty()) << one.wrong.front().key << ' ' << one.wrong.front().of.back().second;
  EXPECT_EQ(one.events, 1U);
  EXPECT_EQ(one.texts, 1U);
  EXPECT_EQ(one.unheld, 0U);
}

TEST_F(ToldCase, names_what_is_told_in_another_way) {
  const auto said = [this](std::string_view from, std::string_view to) {
    const Told one = compared(changed(from, to));
    return one.wrong.empty() ? std::string{} : one.wrong.front().key + " " + one.wrong.front().of.back().second;
  };
  EXPECT_EQ(said("\"at\": \"2026-03-02", "\"at\": \"2026-03-09"), "verify.wrong.case_event at");
  EXPECT_EQ(said("\"party\": \"seller\"", "\"party\": \"desk\""), "verify.wrong.case_event party");
  EXPECT_EQ(said("\"detail\": 500", "\"detail\": 501"), "verify.wrong.case_event detail");
  EXPECT_EQ(said("\"clause\"", "\"cause\""), "verify.wrong.case_event cause");
  EXPECT_EQ(said("Why?", "Now!"), "verify.wrong.case_text words");
  EXPECT_EQ(said("\"bytes\": 28", "\"bytes\": 29"), "verify.wrong.case_text bytes");
  EXPECT_EQ(said("\"id\": 2", "\"id\": 3"), "verify.wrong.case_member people");
  EXPECT_EQ(said("\"amount_cents\": 500", "\"amount_cents\": 5"), "verify.wrong.case_member amount_cents");
  EXPECT_EQ(said("\"exhibits\": []", "\"exhibits\": [{\"number\": 1}]"), "verify.wrong.case_member exhibits");
  EXPECT_EQ(said(",\n      \"exhibits\": []", ""), "verify.wrong.case_member exhibits");
  EXPECT_EQ(compared("{").wrong.front().key, "verify.wrong.case_unreadable");
  // What no leaf holds is not this one's to judge.
  EXPECT_EQ(said("\"Fees\"", "\"Other\""), "");
  EXPECT_EQ(said("\"clause\": \"1\"", "\"clause\": \"2\""), "");
}

// "tick" alone leaves open which clock it was; dossiers that say no more are as sound as before.
TEST_F(ToldCase, a_tick_names_its_clock_and_what_that_did) {
  act_.command = Command{.kind = CommandKind::tick, .aux = static_cast<std::uint8_t>(Clock::first_answer)};
  const auto with = [this](const std::string& members) {
    const Told one = compared(changed("\"clause\"", members + ", \"clause\""));
    return one.wrong.empty() ? std::string{} : one.wrong.front().of.back().second;
  };
  const std::string tick = R"("cause": "tick")";
  EXPECT_EQ(with(tick), "") << "as earlier programs wrote it";
  EXPECT_EQ(with(tick + R"(, "cause_clock": "first_answer", "cause_clock_does": "reminds")"), "");
  EXPECT_EQ(with(tick + R"(, "cause_clock": "decision", "cause_clock_does": "reminds")"), "cause_clock");
  EXPECT_EQ(with(tick + R"(, "cause_clock": "first_answer", "cause_clock_does": "runs_out")"), "cause_clock_does");
  act_.command->kind = CommandKind::send_message;
  EXPECT_EQ(with(R"("cause": "send_message", "cause_clock": "first_answer")"), "cause_clock");
}

TEST_F(ToldCase, that_tells_more_than_the_leaves_is_found_or_said_to_be_open) {
  const std::string more = changed("\"clause\": \"1\"}", "\"clause\": \"1\"}, {\"version\": 2, \"kind\": \"closed\"}");
  EXPECT_EQ(compared(more).wrong.front().key, "verify.wrong.case_events");
  EXPECT_TRUE(compared(more, 1).wrong.empty());
  EXPECT_EQ(compared(more, 1).unheld, 1U);
  const std::string text = changed("\"texts\": [", "\"texts\": [{\"id\": 1, \"kind\": \"note\"}, ");
  EXPECT_EQ(compared(text).wrong.front().key, "verify.wrong.case_text");
  const std::string kept = changed("\"texts\": [", "\"texts\": [{\"id\": 1, \"kind\": \"note\", \"withheld\": true}, ");
  EXPECT_EQ(compared(kept).wrong.front().key, "verify.wrong.case_text");
  EXPECT_TRUE(compared(kept, 1).wrong.empty());
}

}  // namespace
}  // namespace guichet::proof
