#include <guichet/desk/doorman.hpp>

#include <future>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "small_house.hpp"

namespace guichet::desk {
namespace {

const std::string kPassword = "several plain words";
const std::string kPeer = "192.0.2.7";

/// The hash of the one password of these tests, made once.
const std::string& hash() {
  static const std::string made = *password_hash(kPassword);
  return made;
}

/// A small house with a doorman; a second one over the same ledger is what a restart leaves.
class Door {
 public:
  Door() { restart(); }

  void restart() {
    doorman_.reset();
    house_.begin();
    doorman_ = Doorman::make(house_.clerk(), house_.people(), house_.ledger());
  }

  Answer write(std::vector<ledger::RecordChange> records) {
    Errand errand;
    errand.records = std::move(records);
    return house_.clerk().run(std::move(errand));
  }
  void change(ActorId id, const std::function<void(Person&)>& what) {
    const auto before = house_.people().person(id);
    Person after = *before;
    what(after);
    ASSERT_TRUE(write(to_change(*before, after)).ok());
  }
  void set_password(ActorId id) {
    change(id, [](Person& person) { person.password = hash(); });
  }

  SignedIn sign_in(const std::string& email, const std::string& password, const std::string& code = {},
                   const std::string& peer = kPeer) {
    return wait([&](auto told) { doorman_->sign_in(email, password, code, peer, now(), told); });
  }
  SignedIn second_factor(const std::string& word, const std::string& code) {
    return wait([&](auto told) { doorman_->second_factor(word, code, kPeer, now(), told); });
  }
  SignedIn ask_again(ActorId person, const std::string& password) {
    return wait([&](auto told) { doorman_->ask_again(person, password, kPeer, now(), told); });
  }
  SignedIn admit(ActorId person) {
    return wait([&](auto told) { doorman_->admit(person, now(), told); });
  }
  void end_sessions(ActorId person, const std::string& id, const std::string& but) {
    std::promise<void> ended;
    doorman_->end_sessions(person, id, but, [&ended] { ended.set_value(); });
    ended.get_future().get();
  }
  std::optional<Session> who(const std::string& cookie, bool secure = false) {
    Request request;
    request.secure = secure;
    request.cookies = {{session_cookie_name(secure), cookie}};
    return doorman_->who(request, house_.reader(), now());
  }
  std::optional<Session> who_by(const std::string& authorization) {
    Request request;
    request.headers = {{"authorization", authorization}};
    return doorman_->who(request, house_.reader(), now());
  }
  std::size_t records(const std::string& kind) {
    ledger::RecordQuery query;
    query.kind = kind;
    return house_.reader().records(query)->size();
  }

  Instant now() { return house_.clock().now(); }
  void pass(Duration time) { house_.clock().advance(time); }
  SmallHouse& house() { return house_; }
  Doorman& doorman() { return *doorman_; }

 private:
  template <class Ask>
  SignedIn wait(Ask&& ask) {
    std::promise<SignedIn> answer;
    ask([&answer](SignedIn said) { answer.set_value(std::move(said)); });
    return answer.get_future().get();
  }

  SmallHouse house_;
  std::unique_ptr<Doorman> doorman_;
};

constexpr Duration kHour{3'600'000};
const std::string kMarie = "3@people.example";

// ---- passwords -----------------------------------------------------------------------------------------------

TEST(SigningIn, OpensASessionToWhoKnowsThePassword) {
  Door door;
  door.set_password(kAgentMarie);
  const SignedIn in = door.sign_in(" 3@PEOPLE.example ", kPassword);
  ASSERT_EQ(in.outcome, SignIn::done);
  const auto session = door.who(in.cookie);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->person, kAgentMarie);
  EXPECT_FALSE(session->by_token);
  EXPECT_EQ(session->id, digest_of(in.cookie)) << "the ledger knows a digest, never the secret";
  EXPECT_EQ(door.house().reader().record("session", in.cookie)->has_value(), false);
  EXPECT_TRUE(door.house().reader().record("session", session->id)->has_value());
}

TEST(SigningIn, SaysTheSameToAWrongPasswordAndToAnUnknownAddress) {
  Door door;
  door.set_password(kAgentMarie);
  EXPECT_EQ(door.sign_in(kMarie, "several plain word").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in("nobody@people.example", kPassword).outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in("no address", kPassword).outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in("4@people.example", kPassword).outcome, SignIn::wrong) << "has no password";
  EXPECT_EQ(door.sign_in(kMarie, "").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in("", "").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in(kMarie, std::string(100'000, 'x')).outcome, SignIn::wrong);
  EXPECT_EQ(door.records("session"), 0U);
}

TEST(SigningIn, IsNotForThoseWhoHaveLeft) {
  Door door;
  door.set_password(kAgentMarie);
  const SignedIn in = door.sign_in(kMarie, kPassword);
  ASSERT_TRUE(door.who(in.cookie));
  door.change(kAgentMarie, [](Person& person) { person.active = false; });
  EXPECT_FALSE(door.who(in.cookie));
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::wrong);
  door.change(kAgentMarie, [](Person& person) { person.active = true; });
  EXPECT_TRUE(door.who(in.cookie));
}

TEST(Passwords, AreLongEnoughAndShortEnough) {
  Door door;
  const auto hashed = [&](const std::string& password) {
    std::promise<Result<std::string>> answer;
    door.doorman().hash_password(password, [&](Result<std::string> said) { answer.set_value(std::move(said)); });
    return answer.get_future().get();
  };
  EXPECT_EQ(hashed("ninesigns").error().fault, Fault::usage);
  EXPECT_EQ(hashed(std::string(kPasswordBytesMax + 1, 'x')).error().fault, Fault::usage);
  const auto ten = hashed("élèvéàùîôç");  // ten signs, twenty bytes
  ASSERT_TRUE(ten) << ten.error().detail;
  EXPECT_TRUE(password_fits(*ten, "élèvéàùîôç"));
}

// ---- lock-out ------------------------------------------------------------------------------------------------

TEST(LockOut, GrowsWithEachWrongTryAndIsTheSameForNobody) {
  for (const std::string& email : {kMarie, std::string("nobody@people.example")}) {
    Door door;
    door.set_password(kAgentMarie);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(door.sign_in(email, "a wrong password").outcome, SignIn::wrong) << i;
    const SignedIn locked = door.sign_in(email, kPassword);
    EXPECT_EQ(locked.outcome, SignIn::locked_out) << "even with the right password";
    EXPECT_EQ(locked.try_again, door.now() + Duration{30'000});
    EXPECT_EQ(door.doorman().locked_until(email, kPeer, door.now()), locked.try_again);
    // Trying while it is locked does not make it longer.
    EXPECT_EQ(door.sign_in(email, kPassword).try_again, locked.try_again);
    Duration last{0};
    for (int i = 0; i < 8; ++i) {
      door.pass(door.sign_in(email, "x").try_again - door.now());
      EXPECT_FALSE(door.doorman().locked_until(email, kPeer, door.now()));
      EXPECT_EQ(door.sign_in(email, "a wrong password").outcome, SignIn::wrong);
      const Duration wait = door.sign_in(email, "x").try_again - door.now();
      EXPECT_GE(wait, last);
      EXPECT_LE(wait, Duration{15 * 60'000});
      last = wait;
    }
    EXPECT_EQ(last, Duration{15 * 60'000});
  }
}

TEST(LockOut, EndsWithARightPassword) {
  Door door;
  door.set_password(kAgentMarie);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(door.sign_in(kMarie, "a wrong password").outcome, SignIn::wrong);
    EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::done) << round;
  }
}

TEST(LockOut, SurvivesARestart) {
  Door door;
  door.set_password(kAgentMarie);
  for (int i = 0; i < 5; ++i) door.sign_in(kMarie, "a wrong password");
  const Instant until = door.sign_in(kMarie, kPassword).try_again;
  door.restart();
  const SignedIn locked = door.sign_in(kMarie, kPassword);
  EXPECT_EQ(locked.outcome, SignIn::locked_out);
  EXPECT_EQ(locked.try_again, until);
  door.pass(until - door.now());
  EXPECT_EQ(door.sign_in(kMarie, "a wrong password").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in(kMarie, kPassword).try_again, door.now() + Duration{60'000}) << "it goes on where it was";
  door.pass(Duration{60'000});
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::done);
  door.restart();
  EXPECT_EQ(door.sign_in(kMarie, "a wrong password").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::done) << "it started afresh";
}

TEST(LockOut, IsForgottenAfterADay) {
  Door door;
  door.set_password(kAgentMarie);
  for (int i = 0; i < 4; ++i) door.sign_in(kMarie, "a wrong password");
  door.pass(kHour * 25);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(door.sign_in(kMarie, "a wrong password").outcome, SignIn::wrong);
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::done);
}

TEST(LockOut, IsOfOneAddressAndOfOnePeer) {
  Door door;
  door.set_password(kAgentMarie);
  door.set_password(kAgentNoor);
  for (int i = 0; i < 5; ++i) door.sign_in(kMarie, "a wrong password");
  EXPECT_EQ(door.sign_in("4@people.example", kPassword).outcome, SignIn::done) << "another person, the same peer";
  // A peer that guesses at many addresses is locked out from all of them; others are not.
  for (int i = 0; i < 30; ++i) door.sign_in("guess" + std::to_string(i) + "@people.example", "x", {}, "198.51.100.1");
  EXPECT_EQ(door.sign_in("4@people.example", kPassword, {}, "198.51.100.1").outcome, SignIn::locked_out);
  EXPECT_EQ(door.sign_in("4@people.example", kPassword).outcome, SignIn::done);
  // One network of IPv6 is one peer.
  for (int i = 0; i < 30; ++i)
    door.sign_in("other" + std::to_string(i) + "@people.example", "x", {}, "2001:db8:1:2::" + std::to_string(i + 1));
  EXPECT_EQ(door.sign_in("4@people.example", kPassword, {}, "2001:db8:1:2:ffff::").outcome, SignIn::locked_out);
  EXPECT_EQ(door.sign_in("4@people.example", kPassword, {}, "2001:db8:1:3::1").outcome, SignIn::done);
}

TEST(LockOut, CountsManyTriesAtOnce) {
  Door door;
  door.set_password(kAgentMarie);
  constexpr int kTries = 40;
  std::vector<std::promise<SignIn>> answers(kTries);
  for (int i = 0; i < kTries; ++i)
    door.doorman().sign_in(kMarie, "a wrong password", {}, kPeer, door.now(), [&answers, i](SignedIn said) {
      answers[static_cast<std::size_t>(i)].set_value(said.outcome);
    });
  int looked_at = 0;
  for (auto& answer : answers) looked_at += answer.get_future().get() == SignIn::wrong ? 1 : 0;
  EXPECT_EQ(looked_at, 5);
}

TEST(SigningIn, TurnsAwayWhatItCannotLookAt) {
  Door door;
  constexpr int kTries = 300;
  std::vector<std::promise<SignIn>> answers(kTries);
  for (int i = 0; i < kTries; ++i)
    door.doorman().sign_in(
        "a" + std::to_string(i) + "@b.example", "a wrong password", {}, "203.0.113." + std::to_string(i % 200),
        door.now(), [&answers, i](SignedIn said) { answers[static_cast<std::size_t>(i)].set_value(said.outcome); });
  int wrong = 0, too_many = 0;
  for (auto& answer : answers) {
    const SignIn outcome = answer.get_future().get();
    wrong += outcome == SignIn::wrong ? 1 : 0;
    too_many += outcome == SignIn::too_many ? 1 : 0;
  }
  EXPECT_EQ(wrong + too_many, kTries) << "everybody is answered";
  EXPECT_GE(wrong, 64);
  EXPECT_GE(too_many, 1);
}

// ---- sessions ------------------------------------------------------------------------------------------------

TEST(Sessions, SurviveARestartAndCostNoWrites) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string cookie = door.sign_in(kMarie, kPassword).cookie;
  const std::string csrf = door.who(cookie)->csrf;
  door.restart();
  const std::uint64_t commits = door.house().clerk().counts().commits;
  for (int i = 0; i < 1'000; ++i) {
    const auto session = door.who(cookie);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->csrf, csrf) << "forms that are open stay good";
  }
  EXPECT_EQ(door.house().clerk().counts().commits, commits);
}

TEST(Sessions, EndAfterTwelveIdleHoursAndFourteenDays) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string idle = door.sign_in(kMarie, kPassword).cookie;
  door.pass(kHour * 12 - Duration{1});
  EXPECT_TRUE(door.who(idle));
  door.pass(kHour * 12 - Duration{1});
  EXPECT_TRUE(door.who(idle)) << "it was used";
  door.pass(kHour * 12);
  EXPECT_FALSE(door.who(idle));

  const std::string busy = door.sign_in(kMarie, kPassword).cookie;
  const Instant made = door.now();
  while (door.now() + kHour * 6 < made + kHour * (14 * 24)) {
    door.pass(kHour * 6);
    ASSERT_TRUE(door.who(busy)) << print_instant(door.now());
  }
  door.pass(kHour * 6);
  EXPECT_FALSE(door.who(busy));
}

TEST(Sessions, ThatAreUsedStayAliveThroughARestart) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string cookie = door.sign_in(kMarie, kPassword).cookie;
  for (int i = 0; i < 8; ++i) {
    door.pass(kHour * 3);
    ASSERT_TRUE(door.who(cookie)) << i;
    door.restart();  // also waits for the clerk, who writes when it was seen
  }
}

TEST(Sessions, EndWithASignOutAndStayEnded) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string cookie = door.sign_in(kMarie, kPassword).cookie;
  const auto session = door.who(cookie);
  ASSERT_TRUE(session);
  door.doorman().sign_out(*session);
  EXPECT_FALSE(door.who(cookie)) << "at once";
  door.restart();
  EXPECT_FALSE(door.who(cookie));
  EXPECT_EQ(door.records("session"), 0U);
}

TEST(Sessions, CanBeEndedOneByOneAndAllTogether) {
  Door door;
  door.set_password(kAgentMarie);
  door.set_password(kAgentNoor);
  std::vector<std::string> cookies;
  for (int i = 0; i < 4; ++i) cookies.push_back(door.sign_in(kMarie, kPassword).cookie);
  const std::string noors = door.sign_in("4@people.example", kPassword).cookie;
  door.restart();  // the doorman has met none of them
  const auto list = door.doorman().sessions(kAgentMarie, door.house().reader(), door.now());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->size(), 4U);

  door.end_sessions(kAgentMarie, digest_of(cookies[0]), {});
  EXPECT_FALSE(door.who(cookies[0]));
  EXPECT_TRUE(door.who(cookies[1]));
  // Somebody else's number does nothing.
  door.end_sessions(kAgentNoor, digest_of(cookies[1]), {});
  EXPECT_TRUE(door.who(cookies[1]));

  door.end_sessions(kAgentMarie, {}, digest_of(cookies[1]));
  EXPECT_TRUE(door.who(cookies[1]));
  EXPECT_FALSE(door.who(cookies[2]));
  EXPECT_FALSE(door.who(cookies[3]));
  door.end_sessions(kAgentMarie, {}, {});
  EXPECT_FALSE(door.who(cookies[1]));
  EXPECT_TRUE(door.who(noors));
  EXPECT_EQ(door.doorman().sessions(kAgentMarie, door.house().reader(), door.now())->size(), 0U);
}

TEST(Sessions, EndWhenSomebodyElseTakesTheirRecordAway) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string cookie = door.sign_in(kMarie, kPassword).cookie;
  ASSERT_TRUE(door.who(cookie));
  ledger::RecordChange gone;
  gone.record.kind = "session";
  gone.record.key = digest_of(cookie);
  gone.remove = true;
  door.doorman().changed(gone);
  EXPECT_FALSE(door.who(cookie));
}

TEST(Sessions, ThatHaveEndedAreSweptAway) {
  Door door;
  door.set_password(kAgentMarie);
  for (int i = 0; i < 3; ++i) door.sign_in(kMarie, kPassword);
  EXPECT_EQ(door.records("session"), 3U);
  door.pass(kHour * 24);
  door.sign_in(kMarie, kPassword);
  door.restart();
  EXPECT_EQ(door.records("session"), 1U);
}

TEST(Sessions, AreReadFromTheirOwnCookieOnly) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string cookie = door.sign_in(kMarie, kPassword).cookie;
  Request request;
  EXPECT_FALSE(door.doorman().who(request, door.house().reader(), door.now()));
  request.cookies = {{"guichet", cookie}};
  EXPECT_TRUE(door.doorman().who(request, door.house().reader(), door.now()));
  request.secure = true;
  EXPECT_FALSE(door.doorman().who(request, door.house().reader(), door.now()))
      << "by TLS, a cookie that another host of the domain could have set is not looked at";
  request.cookies = {{"__Host-guichet", cookie}};
  EXPECT_TRUE(door.doorman().who(request, door.house().reader(), door.now()));
  EXPECT_FALSE(door.who(""));
  EXPECT_FALSE(door.who(cookie.substr(1)));
  EXPECT_FALSE(door.who(secret_word(32)));
  EXPECT_FALSE(door.who(digest_of(cookie))) << "what the ledger keeps opens nothing";
  EXPECT_EQ(session_cookie("abc", true), "__Host-guichet=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600; Secure");
  EXPECT_EQ(session_cookie("", false), "guichet=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Forms, AreOursWithTheTokenOfTheirSession) {
  Door door;
  door.set_password(kAgentMarie);
  const auto one = door.who(door.sign_in(kMarie, kPassword).cookie);
  const auto other = door.who(door.sign_in(kMarie, kPassword).cookie);
  ASSERT_TRUE(one && other);
  EXPECT_TRUE(door.doorman().form_is_ours(*one, one->csrf));
  EXPECT_FALSE(door.doorman().form_is_ours(*one, other->csrf));
  EXPECT_FALSE(door.doorman().form_is_ours(*one, ""));
  EXPECT_FALSE(door.doorman().form_is_ours(*one, one->id));
  EXPECT_FALSE(door.doorman().form_is_ours(Session{}, ""));
  Session token;
  token.by_token = true;
  EXPECT_TRUE(door.doorman().form_is_ours(token, ""));
}

// ---- second factor -------------------------------------------------------------------------------------------

const std::string kSecret = base32("12345678901234567890");

std::uint64_t step_of(Instant at) { return static_cast<std::uint64_t>(at.time_since_epoch().count() / 30'000); }

/// Marie with password and second factor; gives her recovery codes.
std::vector<std::string> with_factor(Door& door) {
  door.set_password(kAgentMarie);
  const auto agreed = door.doorman().agree_second_factor(kAgentMarie, 0, door.house().reader());
  EXPECT_TRUE(agreed);
  door.change(kAgentMarie, [](Person& person) { person.totp_secret = kSecret; });
  EXPECT_TRUE(door.write({agreed->change}).ok());
  return agreed->recovery_codes;
}

TEST(SecondFactor, IsAskedForAfterThePassword) {
  Door door;
  with_factor(door);
  EXPECT_EQ(door.sign_in(kMarie, "a wrong password").outcome, SignIn::wrong);
  const SignedIn half = door.sign_in(kMarie, kPassword);
  ASSERT_EQ(half.outcome, SignIn::second_factor_needed);
  EXPECT_FALSE(door.who(half.cookie)) << "half a sign-in opens nothing";
  EXPECT_EQ(door.second_factor(half.cookie, "000000").outcome, SignIn::second_factor_wrong);
  const SignedIn in = door.second_factor(half.cookie, totp_code(kSecret, step_of(door.now())));
  ASSERT_EQ(in.outcome, SignIn::done);
  EXPECT_EQ(door.who(in.cookie)->person, kAgentMarie);
  EXPECT_EQ(door.second_factor(half.cookie, totp_code(kSecret, step_of(door.now()) + 1)).outcome, SignIn::wrong)
      << "the word between the two is used up";
}

TEST(SecondFactor, TakesNoCodeTwice) {
  Door door;
  with_factor(door);
  const std::string code = totp_code(kSecret, step_of(door.now()));
  EXPECT_EQ(door.sign_in(kMarie, kPassword, code).outcome, SignIn::done);
  EXPECT_EQ(door.sign_in(kMarie, kPassword, code).outcome, SignIn::second_factor_wrong);
  // Nor an older one, though it would still be in time.
  EXPECT_EQ(door.sign_in(kMarie, kPassword, totp_code(kSecret, step_of(door.now()) - 1)).outcome,
            SignIn::second_factor_wrong);
  door.restart();
  EXPECT_EQ(door.sign_in(kMarie, kPassword, code).outcome, SignIn::second_factor_wrong);
  door.pass(Duration{30'000});
  EXPECT_EQ(door.sign_in(kMarie, kPassword, totp_code(kSecret, step_of(door.now()))).outcome, SignIn::done);
}

TEST(SecondFactor, TheSameCodeInTwoHandsOpensOnce) {
  Door door;
  with_factor(door);
  for (int round = 0; round < 5; ++round) {
    const std::string code = totp_code(kSecret, step_of(door.now()));
    std::array<std::promise<SignIn>, 2> answers;
    for (auto& answer : answers)
      door.doorman().sign_in(kMarie, kPassword, code, kPeer, door.now(),
                             [&answer](SignedIn said) { answer.set_value(said.outcome); });
    int done = 0;
    for (auto& answer : answers) done += answer.get_future().get() == SignIn::done ? 1 : 0;
    EXPECT_EQ(done, 1) << round;
    door.pass(Duration{90'000});
  }
}

TEST(SecondFactor, RecoveryCodesAreGoodOnce) {
  Door door;
  const auto codes = with_factor(door);
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(door.sign_in(kMarie, kPassword, codes[3]).outcome, SignIn::done);
  EXPECT_EQ(door.sign_in(kMarie, kPassword, codes[3]).outcome, SignIn::second_factor_wrong);
  std::string typed = " " + codes[4] + " ";
  for (char& c : typed)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  EXPECT_EQ(door.sign_in(kMarie, kPassword, typed).outcome, SignIn::done);
  EXPECT_EQ(door.doorman().recovery_codes_left(kAgentMarie, door.house().reader()).operator*(), 8U);
  // New ones take the place of the old.
  const auto again = door.doorman().agree_second_factor(kAgentMarie, 0, door.house().reader());
  ASSERT_TRUE(again);
  ASSERT_TRUE(door.write({again->change}).ok());
  EXPECT_EQ(door.sign_in(kMarie, kPassword, codes[5]).outcome, SignIn::second_factor_wrong);
  EXPECT_EQ(door.sign_in(kMarie, kPassword, again->recovery_codes[0]).outcome, SignIn::done);
}

TEST(SecondFactor, WrongCodesLockTheDoorToo) {
  Door door;
  with_factor(door);
  const SignedIn half = door.sign_in(kMarie, kPassword);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(door.second_factor(half.cookie, "000000").outcome, SignIn::second_factor_wrong);
  EXPECT_EQ(door.second_factor(half.cookie, "000000").outcome, SignIn::locked_out);
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::locked_out)
      << "the password again does not give more codes to guess";
}

TEST(SecondFactor, ComesSoonAfterThePasswordOrNotAtAll) {
  Door door;
  with_factor(door);
  const SignedIn half = door.sign_in(kMarie, kPassword);
  door.pass(Duration{5 * 60'000});
  EXPECT_EQ(door.second_factor(half.cookie, totp_code(kSecret, step_of(door.now()))).outcome, SignIn::wrong);
  const SignedIn other = door.sign_in(kMarie, kPassword);
  door.change(kAgentMarie, [](Person& person) { person.password = *password_hash("another password"); });
  EXPECT_EQ(door.second_factor(other.cookie, totp_code(kSecret, step_of(door.now()))).outcome, SignIn::wrong)
      << "the password changed meanwhile";
}

TEST(SecondFactor, TheCodeThatProvedItIsUsedUp) {
  Door door;
  door.set_password(kAgentMarie);
  const std::uint64_t step = step_of(door.now());
  const auto agreed = door.doorman().agree_second_factor(kAgentMarie, step, door.house().reader());
  ASSERT_TRUE(agreed);
  door.change(kAgentMarie, [](Person& person) { person.totp_secret = kSecret; });
  ASSERT_TRUE(door.write({agreed->change}).ok());
  EXPECT_EQ(door.sign_in(kMarie, kPassword, totp_code(kSecret, step)).outcome, SignIn::second_factor_wrong);
}

// ---- invitations, tokens, other ways -------------------------------------------------------------------------

TEST(Invitations, AreForOnePersonAndUsedOnce) {
  Door door;
  ledger::RecordChange change;
  const std::string secret = door.doorman().invite(kAgentMarie, kAdministrator, door.now(), change);
  EXPECT_FALSE(door.doorman().invited(secret, door.house().reader(), door.now())) << "not written yet";
  ASSERT_TRUE(door.write({change}).ok());
  EXPECT_EQ(change.record.key, digest_of(secret));
  EXPECT_EQ(door.doorman().invited(secret, door.house().reader(), door.now()), kAgentMarie);
  EXPECT_FALSE(door.doorman().invited(change.record.key, door.house().reader(), door.now()));
  EXPECT_TRUE(door.write({door.doorman().use_invitation(secret)}).ok());
  EXPECT_EQ(door.write({door.doorman().use_invitation(secret)}).kind, Answer::Kind::conflict);
  EXPECT_FALSE(door.doorman().invited(secret, door.house().reader(), door.now()));
}

TEST(Invitations, EndAfterSevenDaysAndWithThePerson) {
  Door door;
  ledger::RecordChange change;
  const std::string secret = door.doorman().invite(kAgentMarie, kAdministrator, door.now(), change);
  ASSERT_TRUE(door.write({change}).ok());
  door.pass(kInvitationLife - Duration{1});
  EXPECT_TRUE(door.doorman().invited(secret, door.house().reader(), door.now()));
  door.change(kAgentMarie, [](Person& person) { person.active = false; });
  EXPECT_FALSE(door.doorman().invited(secret, door.house().reader(), door.now()));
  door.change(kAgentMarie, [](Person& person) { person.active = true; });
  door.pass(Duration{1});
  EXPECT_FALSE(door.doorman().invited(secret, door.house().reader(), door.now()));
}

TEST(Tokens, OpenByTheirHeaderUntilTheyAreEnded) {
  Door door;
  ledger::RecordChange change;
  const NewToken token = door.doorman().make_token(kSellerAnn, "bookkeeping", {"read"}, door.now(), change);
  EXPECT_TRUE(token.secret.starts_with("gk_"));
  EXPECT_EQ(change.record.body.find(token.secret), std::string::npos);
  ASSERT_TRUE(door.write({change}).ok());
  const auto session = door.who_by("Bearer " + token.secret);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->person, kSellerAnn);
  EXPECT_TRUE(session->by_token);
  EXPECT_EQ(session->scopes, std::vector<std::string>{"read"});
  EXPECT_FALSE(door.who_by("Bearer " + token.secret + "x"));
  EXPECT_FALSE(door.who_by("Bearer gk_" + secret_word(32)));
  EXPECT_FALSE(door.who_by("Bearer " + token.id));
  EXPECT_FALSE(door.who_by(token.secret));
  EXPECT_FALSE(door.who(token.secret)) << "a token is no cookie";

  door.write({});  // the clerk answers in order: what was submitted before is done
  door.pass(kHour * 24 * 400);
  EXPECT_TRUE(door.who_by("bearer " + token.secret)) << "tokens do not idle out";
  door.restart();
  auto tokens = door.doorman().tokens(kSellerAnn, door.house().reader());
  ASSERT_TRUE(tokens);
  ASSERT_EQ(tokens->size(), 1U);
  EXPECT_EQ(tokens->front().label, "bookkeeping");
  EXPECT_EQ(tokens->front().seen, door.now()) << "when it was last seen is kept, to the hour";
  EXPECT_TRUE(door.doorman().tokens(kSellerBob, door.house().reader())->empty());
  EXPECT_EQ(door.doorman().tokens({}, door.house().reader())->size(), 1U);

  const ledger::RecordChange end = door.doorman().end_token(tokens->front());
  ASSERT_TRUE(door.who_by("Bearer " + token.secret));
  ASSERT_TRUE(door.write({end}).ok());
  door.doorman().changed(end);
  EXPECT_FALSE(door.who_by("Bearer " + token.secret));
}

TEST(AskingAgain, CountsLikeASignIn) {
  Door door;
  door.set_password(kAgentMarie);
  EXPECT_EQ(door.ask_again(kAgentMarie, kPassword).outcome, SignIn::done);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(door.ask_again(kAgentMarie, "a wrong password").outcome, SignIn::wrong);
  EXPECT_EQ(door.ask_again(kAgentMarie, kPassword).outcome, SignIn::locked_out);
  EXPECT_EQ(door.sign_in(kMarie, kPassword).outcome, SignIn::locked_out);
  EXPECT_EQ(door.records("session"), 0U);
}

TEST(Admitting, EndsWhatWasOpenBefore) {
  Door door;
  door.set_password(kAgentMarie);
  const std::string before = door.sign_in(kMarie, kPassword).cookie;
  const SignedIn in = door.admit(kAgentMarie);
  ASSERT_EQ(in.outcome, SignIn::done);
  EXPECT_TRUE(door.who(in.cookie));
  EXPECT_FALSE(door.who(before));
  door.restart();
  EXPECT_TRUE(door.who(in.cookie));
  EXPECT_FALSE(door.who(before));
}

TEST(Doorman, AnswersEverybodyWhenItLeaves) {
  Door door;
  std::vector<std::promise<SignIn>> answers(20);
  for (auto& answer : answers)
    door.doorman().sign_in("a@b.example", "a wrong password", {}, kPeer, door.now(),
                           [&answer](SignedIn said) { answer.set_value(said.outcome); });
  door.restart();
  for (auto& answer : answers) answer.get_future().get();
}

TEST(Limits, LetSoManyPassInSoMuchTime) {
  Door door;
  Doorman& doorman = door.doorman();
  const Duration minute{60'000};
  const Instant now = kMonday;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(doorman.allows("write", "p1", 10, minute, now)) << i;
  EXPECT_FALSE(doorman.allows("write", "p1", 10, minute, now));
  EXPECT_TRUE(doorman.allows("write", "p2", 10, minute, now)) << "another person";
  EXPECT_TRUE(doorman.allows("search", "p1", 10, minute, now)) << "another limit";
  EXPECT_FALSE(doorman.allows("write", "p1", 10, minute, now + Duration{5'999}));
  EXPECT_TRUE(doorman.allows("write", "p1", 10, minute, now + Duration{6'000})) << "a tenth of a minute later";
  EXPECT_FALSE(doorman.allows("write", "p1", 10, minute, now + Duration{6'000}));
  EXPECT_FALSE(doorman.allows("write", "p1", 10, minute, now - minute)) << "a clock that steps back gives nothing";
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += doorman.allows("write", "p1", 10, minute, now + minute * 60) ? 1 : 0;
  EXPECT_EQ(passed, 10) << "what was not used is not saved up";
}

}  // namespace
}  // namespace guichet::desk
