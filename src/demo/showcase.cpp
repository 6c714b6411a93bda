#include <guichet/demo/showcase.hpp>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/dossier/claim.hpp>

namespace guichet::demo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint8_t kReasons = kFactFacts | kFactGround | kFactRedress;
constexpr std::uint32_t kWorkHour = 3'600;
constexpr std::uint32_t kStoryCents = 481'240;
constexpr dossier::Cents kHourCents = 4'000;
constexpr int kStoryDays = 62;  // ago

/// One case being told, its time running on: the desk acts in its hours, sellers whenever they like.
class Telling {
 public:
  struct About {
    std::string_view matter, topic;
    std::uint32_t cents{};
    ledger::AccountId account;
    ActorId seller;
    Instant opened{};
  };

  Telling(Script& script, const Crowd& crowd, const rulebook::ProcedureFile& procedure, const Calendar& office,
          std::uint64_t seed, const About& about)
      : script_(script), crowd_(crowd), office_(office), at_(about.opened), seller_(about.seller) {
    const auto matter = std::ranges::find(procedure.matters, about.matter, &rulebook::MatterText::id);
    GUICHET_CHECK(matter != procedure.matters.end(), "the demo's procedure has the matters that its texts speak of");
    place_ = static_cast<std::uint32_t>(script.tales.size());
    Cast cast;
    cast.account = about.account;
    cast.seller = about.seller;
    const desk::Person& seller = crowd.person(about.seller);
    cast.tale = tale_of(seed * 31 + place_, seller.language.value_or(formats::Language::fr), about.matter, about.cents,
                        about.opened);
    cast.tale.topic = about.topic;
    cast.tale.account = crowd.account(about.account).name;
    cast.tale.seller = seller.name;
    script.tales.push_back(std::move(cast));
    Deed& open = seller_does(CommandKind::open_case, Says::subject);
    open.command.detail = about.cents;
    open.command.aux = static_cast<std::uint8_t>(matter - procedure.matters.begin());
  }

  std::uint32_t place() const { return place_; }
  Instant at() const { return at_; }

  Telling& after(Duration time) {
    at_ += time;
    return *this;
  }
  /// So many working hours later, at a moment at which the desk is there.
  Telling& after_work(double work_hours) {
    const auto from = static_cast<std::uint32_t>(at_.time_since_epoch().count() / 1000);
    const std::uint32_t then = office_.after(from, static_cast<std::uint32_t>(work_hours * kWorkHour));
    if (then != 0) at_ = std::max(at_, Instant{Seconds{then}});
    return *this;
  }

  Deed& does(CommandKind kind, Party party, ActorId actor, Says says, std::string_view keys = {}) {
    Deed& deed = script_.deeds.emplace_back();
    deed.at = at_;
    deed.tale = place_;
    deed.command.kind = kind;
    deed.command.party = party;
    deed.command.actor = actor;
    deed.says = says;
    deed.keys = keys;
    return deed;
  }
  Deed& seller_does(CommandKind kind, Says says, std::string_view keys = {}) {
    return does(kind, Party::seller, seller_, says, keys);
  }
  Deed& desk_does(CommandKind kind, ActorId actor, Says says, std::string_view keys = {}) {
    return does(kind, Party::desk, actor, says, keys);
  }

  void given_to(ActorId agent, AssignReason reason) {
    Deed& deed = does(CommandKind::assign, Party::clock, {}, Says::nothing);
    deed.command.detail = agent.value;
    deed.command.aux = static_cast<std::uint8_t>(reason);
  }
  Deed& seller_writes(unsigned asks, Slots answers = 0) {
    Deed& deed = seller_does(CommandKind::send_message, Says::message);
    deed.command.detail = answers;
    deed.command.aux = static_cast<std::uint8_t>(asks);
    return deed;
  }
  Deed& disputes(Slots answers) {
    Deed& deed = seller_does(CommandKind::dispute_answer, Says::dispute);
    deed.command.detail = answers;
    return deed;
  }
  /// He asks, and somebody has the case.
  Deed& asks_of(unsigned questions, ActorId agent, AssignReason reason = AssignReason::owner) {
    const std::size_t place = script_.deeds.size();
    seller_writes(questions);
    given_to(agent, reason);
    return script_.deeds[place];
  }
  Deed& desk_writes(ActorId agent, Slots answers, Slots weak = 0) {
    Deed& deed = desk_does(CommandKind::send_message, agent, Says::message);
    deed.command.detail = answers;
    deed.weak = weak;
    return deed;
  }
  Deed& desk_asks(ActorId agent) {
    Deed& deed = desk_does(CommandKind::send_message, agent, Says::message);
    deed.command.aux = 1;
    return deed;
  }
  struct Pace {
    double first_after;  // working hours
    Duration disputed_after;
    double again_after;  // working hours
    bool in_words;       // he also writes
  };
  /// Of two questions those in `weak` are not answered well; he says so, and they are answered again.
  void answered_twice(ActorId agent, Slots weak, const Pace& pace) {
    after_work(pace.first_after);
    desk_writes(agent, 0b11, weak);
    after(pace.disputed_after);
    if (pace.in_words) seller_writes(0);
    disputes(weak);
    after_work(pace.again_after);
    desk_writes(agent, weak);
  }
  void hands_off(ActorId from, ActorId to, HandOffReason reason, std::string_view key = {}) {
    Deed& deed = desk_does(CommandKind::propose_hand_off, from, Says::short_text, "demo.summary.");
    deed.command.detail = to.value;
    deed.command.aux = static_cast<std::uint8_t>(reason);
    deed.command.facts = kFactReason | kFactSummary | kFactQuestionsListed;
    if (!key.empty()) in_own_words(deed, key);
  }
  void takes_over(ActorId agent) { desk_does(CommandKind::accept_hand_off, agent, Says::nothing); }
  Deed& decides(ActorId agent, Decided outcome) {
    Deed& deed = desk_does(CommandKind::decide_case, agent, Says::decision);
    deed.command.aux = static_cast<std::uint8_t>(outcome);
    deed.command.facts = kReasons;
    return deed;
  }

  /// The body under this key, said by this person now.
  dossier::Words words(ActorId by, std::string_view key) const {
    const Tale& tale = script_.tales[place_].tale;
    const bool seller = by == seller_;
    return told(tale, speaking(crowd_, by, seller ? ActorId{} : seller_, tale.language, at_), key);
  }
  std::string body(ActorId by, std::string_view key) const { return words(by, key).body; }
  /// What a side says about the list of facts.
  void says_fact(Party party, ActorId by, std::string_view key, dossier::FactWords fact) {
    dossier::Words said = words(by, key);
    said.fact = std::move(fact);
    in_own_words(does(CommandKind::add_exhibit, party, by, Says::written), std::move(said));
  }
  void claims(ActorId by, const dossier::Claim& claim) {
    dossier::Words said = words(by, "demo.story.claim.1");
    said.body.clear();
    said.claim = dossier::claim_as_toml(claim);
    in_own_words(seller_does(CommandKind::add_exhibit, Says::written), std::move(said));
  }
  /// Those under this key, said by whoever acts.
  void in_own_words(Deed& deed, std::string_view key) { in_own_words(deed, words(deed.command.actor, key)); }
  void in_own_words(Deed& deed, dossier::Words words) {
    deed.says = Says::written;
    deed.index = static_cast<std::uint32_t>(script_.written.size());
    script_.written.push_back(std::move(words));
  }

 private:
  Script& script_;
  const Crowd& crowd_;
  const Calendar& office_;
  Instant at_;
  ActorId seller_;
  std::uint32_t place_{};
};

class Showing {
 public:
  Showing(Script& script, const Crowd& crowd, const rulebook::ProcedureFile& procedure, const Calendar& office,
          std::uint64_t seed, Instant now)
      : script_(script), crowd_(crowd), procedure_(procedure), office_(office), seed_(seed), now_(now) {}

  ShowcasePlaces show() {
    ShowcasePlaces places{};
    const auto put = [&](Showcase which, std::uint32_t place) { places[static_cast<std::size_t>(which)] = place; };
    put(Showcase::story, story());
    put(Showcase::adverse_after, adverse_after());
    put(Showcase::mediation, mediation());
    put(Showcase::agreement, agreement());
    put(Showcase::awaits_seller, awaits_seller());
    put(Showcase::untouched, untouched());
    put(Showcase::offered, offered());
    put(Showcase::appealed, appealed());
    put(Showcase::refused, refused());
    return places;
  }

 private:
  /// The nth of a team who is no persona.
  ActorId of_team(std::string_view team, std::size_t nth) const {
    std::vector<ActorId> all;
    for (const ActorId id : crowd_.staff)
      if (crowd_.person(id).teams.front() == team) all.push_back(id);
    GUICHET_CHECK(!all.empty(), "the scenario of the demo has every team of its procedure");
    return all[nth % all.size()];
  }

  /// At this hour of the day (UTC) so many days ago.
  Instant ago(int how_many_days, int hour) const {
    return std::chrono::floor<std::chrono::days>(now_) - std::chrono::days{how_many_days} + hours{hour};
  }

  Telling by_persona(std::string_view matter, std::string_view topic, std::uint32_t cents, Instant opened) {
    return by(crowd_.persona_account, crowd_.personas.seller, matter, topic, cents, opened);
  }
  Telling by_other(std::size_t nth, std::string_view matter, std::string_view topic, std::uint32_t cents,
                   Instant opened) {
    const ledger::AccountId account{static_cast<std::uint32_t>(2 + nth % (crowd_.accounts.size() - 1))};
    return by(account, crowd_.members[account.value].front(), matter, topic, cents, opened);
  }
  Telling by(ledger::AccountId account, ActorId seller, std::string_view matter, std::string_view topic,
             std::uint32_t cents, Instant opened) {
    return {script_,
            crowd_,
            procedure_,
            office_,
            seed_,
            {.matter = matter, .topic = topic, .cents = cents, .account = account, .seller = seller, .opened = opened}};
  }

  std::uint32_t story() {
    const ActorId seller = crowd_.personas.seller, decider = crowd_.personas.decider, head = of_team("heads", 1);
    const std::array agents{of_team("logistics", 0), of_team("logistics", 1), of_team("logistics", 2)};
    Telling tell = by_persona("stock", "stock.lost", kStoryCents, ago(kStoryDays, 9));
    tell.in_own_words(script_.deeds.back(), subject_of(tell, seller));
    Deed& first = tell.seller_writes(2);
    first.with_file = true;
    dossier::Words opening = tell.words(seller, "demo.story.opening.1");
    opening.questions = {tell.body(seller, "demo.story.ask.1"), tell.body(seller, "demo.story.ask.2")};
    tell.in_own_words(first, opening);
    tell.given_to(agents[0], AssignReason::owner);
    tell.after_work(6);
    tell.in_own_words(tell.desk_writes(agents[0], 0b11), "demo.story.first.1");
    tell.after(hours{20});
    dispute(tell, "demo.story.dispute.1");
    tell.after_work(5);
    tell.hands_off(agents[0], agents[1], HandOffReason::workload, "demo.story.summary.1");
    tell.after_work(3).takes_over(agents[1]);
    tell.after_work(4);
    tell.in_own_words(tell.desk_writes(agents[1], 0b10), "demo.story.second.1");
    tell.after(hours{9});
    dispute(tell, "demo.story.again.1");
    tell.after_work(7);
    tell.hands_off(agents[1], agents[2], HandOffReason::absence, "demo.story.handed.1");
    tell.after_work(2).takes_over(agents[2]);
    tell.after(hours{9});
    stated(tell, seller, agents[2]);
    tell.after(hours{6});
    tell.in_own_words(tell.seller_does(CommandKind::escalate, Says::written), "demo.story.climb.1");
    tell.given_to(decider, AssignReason::level);
    tell.after_work(4);
    dossier::Words back = tell.words(decider, "demo.story.back.1");
    back.questions = {tell.body(decider, "demo.story.back_ask.1")};
    tell.in_own_words(tell.desk_asks(decider), back);
    tell.after(hours{26});
    Deed& reply = tell.seller_writes(0, 0b1);
    reply.with_file = true;
    tell.in_own_words(reply, "demo.story.reply.1");
    tell.after_work(6);
    tell.in_own_words(tell.desk_writes(decider, 0b10), "demo.story.answer.1");
    decided(tell, decider, Decided::partly_granted, "demo.story.facts.1", "demo.story.measure.1");
    tell.after(hours{50});
    Deed& appeal = tell.seller_does(CommandKind::appeal_decision, Says::written);
    appeal.with_file = true;
    tell.in_own_words(appeal, "demo.story.appeal.1");
    claimed(tell, seller);
    tell.given_to(head, AssignReason::appeal);
    tell.after_work(20);
    decided(tell, head, Decided::granted, "demo.story.appeal_facts.1", "demo.story.appeal_measure.1");
    tell.after(hours{5});
    tell.in_own_words(tell.seller_writes(0), "demo.story.thanks.1");
    Deed& close = tell.seller_does(CommandKind::close_case, Says::nothing);
    close.command.aux = static_cast<std::uint8_t>(Ground::decision);
    GUICHET_CHECK(tell.at() < now_, "the long story has ended");
    return tell.place();
  }

  /// Four facts of his: one dated and sourced, one undated, one that the desk disputes, one that nothing shows.
  void stated(Telling& tell, ActorId seller, ActorId agent) const {
    using dossier::Citation;
    using dossier::FactDate;
    using dossier::FactWords;
    const auto day = [this](int days_before_opening) {
      return FactDate{.kind = FactDate::Kind::at,
                      .first = {.grain = dossier::FactTime::Grain::day,
                                .at = std::chrono::floor<std::chrono::days>(ago(kStoryDays + days_before_opening, 0))},
                      .last = {}};
    };
    const auto paper = [&tell](ActorId by, std::string_view key) {
      return Citation{.kind = Citation::Kind::other, .number = 0, .place = tell.body(by, key)};
    };
    const auto states = [&](std::string_view key, FactWords fact) {
      tell.says_fact(Party::seller, seller, key, std::move(fact));
      tell.after(minutes{4});
    };
    states("demo.story.fact_signed.1", {.act = FactWords::Act::state,
                                        .fact = 0,
                                        .date = day(4),
                                        .said_by = {},
                                        .matters = {},
                                        .citations = {{.kind = Citation::Kind::exhibit, .number = 1, .place = {}}}});
    states("demo.story.fact_told.1", {.act = FactWords::Act::state,
                                      .fact = 0,
                                      .date = {},
                                      .said_by = tell.body(seller, "demo.story.carrier.1"),
                                      .matters = {},
                                      .citations = {paper(seller, "demo.story.carriers_note.1")}});
    FactDate before = day(0);
    before.kind = FactDate::Kind::before;
    states("demo.story.fact_silent.1", {.act = FactWords::Act::state,
                                        .fact = 0,
                                        .date = before,
                                        .said_by = {},
                                        .matters = {},
                                        .citations = {{.kind = Citation::Kind::event, .number = 1, .place = {}}}});
    states("demo.story.fact_outside.1",
           {.act = FactWords::Act::state, .fact = 0, .date = day(3), .said_by = {}, .matters = {}, .citations = {}});
    tell.after_work(1);
    tell.says_fact(Party::desk, agent, "demo.story.fact_shown.1",
                   {.act = FactWords::Act::dispute,
                    .fact = 3,
                    .date = day(3),
                    .said_by = {},
                    .matters = {},
                    .citations = {paper(agent, "demo.story.page.1")}});
  }
  void claimed(Telling& tell, ActorId seller) const {
    dossier::Claim claim;
    claim.regime = dossier::Regime::legal_interest;
    claim.creditor = dossier::Creditor::business;
    claim.sums.push_back({.what = tell.body(seller, "demo.story.claim.1"),
                          .cents = kStoryCents,
                          .from = dossier::day_of(ago(kStoryDays, 0)),
                          .source = tell.body(seller, "demo.story.claim_source.1")});
    claim.hour_rate = kHourCents;
    tell.claims(seller, claim);
    const auto costs = [&](CostKind kind, std::uint32_t how_much, std::string_view key) {
      Deed& cost = tell.seller_does(CommandKind::note_cost, Says::written);
      cost.command.detail = how_much;
      cost.command.aux = static_cast<std::uint8_t>(kind);
      tell.in_own_words(cost, key);
    };
    costs(CostKind::hours, 210, "demo.story.cost_hours.1");
    costs(CostKind::letter, 960, "demo.story.cost_letter.1");
  }

  dossier::Words subject_of(const Telling& tell, ActorId seller) const {
    dossier::Words words = tell.words(seller, "demo.story.subject.1");
    words.subject = std::exchange(words.body, {});
    return words;
  }
  /// His second question was not answered, again.
  static void dispute(Telling& tell, std::string_view key) { tell.in_own_words(tell.disputes(0b10), key); }
  static void decided(Telling& tell, ActorId by, Decided outcome, std::string_view facts, std::string_view measure) {
    dossier::Words words = tell.words(by, facts);
    words.facts = std::exchange(words.body, {});
    words.ground = tell.body(by, "demo.story.ground.1");
    words.measure = tell.body(by, measure);
    words.redress = {"internal", "certified_body", "court"};
    tell.in_own_words(tell.decides(by, outcome), words);
  }

  std::uint32_t adverse_after() {
    const ActorId agent = of_team("accounts", 0), head = of_team("heads", 2);
    Telling tell = by_persona("payment", "payment.reserve", 233'000, ago(40, 8));
    tell.asks_of(2, agent);
    tell.answered_twice(agent, 0b01,
                        {.first_after = 7, .disputed_after = hours{14}, .again_after = 6, .in_words = true});
    Deed& offer = tell.after(minutes{9}).desk_does(CommandKind::make_offer, agent, Says::offer);
    offer.command.detail = 120'000;
    offer.command.aux = kOfferWithdrawal | kOfferWaiver;
    tell.after(hours{30});
    tell.in_own_words(tell.seller_does(CommandKind::refuse_offer, Says::written), "demo.after.refuse.1");
    tell.after(hours{24 * 9}).after_work(1);
    Deed& announced = tell.desk_does(CommandKind::announce_restriction, head, Says::restriction);
    announced.command.detail = units_of(script_.tales[tell.place()].tale);
    announced.command.aux = static_cast<std::uint8_t>(RestrictionKind::stock_limit);
    announced.command.facts = kFactFacts | kFactGround;
    tell.after(hours{24 * 3}).after_work(1);
    Deed& applied = tell.desk_does(CommandKind::apply_restriction, head, Says::written);
    applied.command.detail = fewer_of(script_.tales[tell.place()].tale);
    applied.command.aux = static_cast<std::uint8_t>(RestrictionKind::stock_limit);
    applied.command.facts = kFactFacts | kFactGround | kFactException;
    tell.in_own_words(applied, "demo.after.exception.1");
    tell.after(hours{11});
    tell.in_own_words(tell.seller_does(CommandKind::contest_restriction, Says::written), "demo.after.contest.1");
    return tell.place();
  }

  std::uint32_t mediation() {
    const ActorId agent = of_team("accounts", 1);
    Telling tell = by_other(3, "payment", "payment.chargeback", 640'000, ago(30, 10));
    tell.asks_of(2, agent).with_file = true;
    tell.answered_twice(agent, 0b11,
                        {.first_after = 8, .disputed_after = hours{12}, .again_after = 6, .in_words = false});
    tell.decides(agent, Decided::refused);
    tell.after(hours{80});
    tell.seller_does(CommandKind::refer_to_mediator, Says::mediation).command.detail = crowd_.personas.mediator.value;
    tell.after(hours{60});
    tell.does(CommandKind::send_message, Party::third, crowd_.personas.mediator, Says::short_text, "demo.third.");
    tell.after(hours{20});
    tell.seller_does(CommandKind::send_message, Says::short_text, "demo.impact.");
    return tell.place();
  }

  std::uint32_t agreement() {
    const ActorId agent = crowd_.personas.agent;
    Telling tell = by_persona("technical", "technical.labels", 0, ago(16, 9));
    tell.asks_of(2, agent);
    tell.after_work(3);
    tell.desk_writes(agent, 0b11);
    tell.desk_does(CommandKind::propose_resolution, agent, Says::short_text, "demo.propose.");
    tell.after(hours{22});
    tell.seller_does(CommandKind::accept_resolution, Says::short_text, "demo.agree.");
    return tell.place();
  }

  std::uint32_t awaits_seller() {
    const ActorId agent = crowd_.personas.agent;
    Telling tell = by_persona("other", "other.vat", 0, ago(4, 8));
    tell.asks_of(2, agent);
    tell.after_work(2);
    tell.desk_asks(agent);
    return tell.place();
  }

  std::uint32_t untouched() {
    Telling tell = by_other(7, "technical", "technical.feed", 0, now_ - minutes{35});
    tell.asks_of(2, crowd_.personas.agent).with_file = true;
    return tell.place();
  }

  std::uint32_t offered() {
    const ActorId agent = of_team("desk", 2);
    Telling tell = by_other(12, "other", "other.returns", 0, now_ - hours{5});
    tell.asks_of(1, agent);
    tell.after(minutes{150});
    tell.hands_off(agent, crowd_.personas.agent, HandOffReason::workload);
    return tell.place();
  }

  std::uint32_t appealed() {
    const ActorId head = of_team("heads", 1);
    Telling tell = by_other(18, "restriction", "restriction.listing", 190'000, ago(17, 7));
    tell.asks_of(2, head, AssignReason::level).with_file = true;
    tell.answered_twice(head, 0b01,
                        {.first_after = 5, .disputed_after = hours{26}, .again_after = 7, .in_words = true});
    tell.decides(head, Decided::refused);
    tell.after(hours{60});
    tell.seller_does(CommandKind::appeal_decision, Says::short_text, "demo.appeal.").with_file = true;
    tell.given_to(crowd_.personas.decider, AssignReason::appeal);
    return tell.place();
  }

  std::uint32_t refused() {
    const ActorId agent = of_team("logistics", 1);
    Telling tell = by_persona("stock", "stock.fees", 21'750, ago(21, 11));
    tell.asks_of(2, agent);
    tell.answered_twice(agent, 0b10,
                        {.first_after = 9, .disputed_after = hours{8}, .again_after = 9, .in_words = false});
    tell.decides(agent, Decided::refused);
    return tell.place();
  }

  Script& script_;
  const Crowd& crowd_;
  const rulebook::ProcedureFile& procedure_;
  const Calendar& office_;
  std::uint64_t seed_;
  Instant now_;
};

}  // namespace

ShowcasePlaces add_showcases(Script& script, const Crowd& crowd, const rulebook::ProcedureFile& procedure,
                             const Calendar& office, std::uint64_t seed, Instant now) {
  const ShowcasePlaces places = Showing(script, crowd, procedure, office, seed, now).show();
  std::stable_sort(script.deeds.begin(), script.deeds.end(), [](const Deed& a, const Deed& b) { return a.at < b.at; });
  return places;
}

}  // namespace guichet::demo
