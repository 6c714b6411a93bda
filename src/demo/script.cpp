#include <guichet/demo/script.hpp>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <guichet/base/check.hpp>

namespace guichet::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

Slots low(std::uint32_t detail) { return static_cast<Slots>(detail & 0xFFFFU); }

/// The acts of one case, on their way from the recording to the stage.
class Weaving {
 public:
  Weaving(const Playing& playing, Script& script, std::vector<Command> commands)
      : playing_(playing),
        crowd_(*playing.crowd),
        script_(script),
        commands_(std::move(commands)),
        random_(playing.seed, 0x7A1E'0000'0000U | commands_.front().case_id.value) {}

  void weave() {
    begin();
    for (std::size_t i = 0; i < commands_.size() && !over_; ++i) act(i);
    std::stable_sort(deeds_.begin(), deeds_.end(), [](const Deed& a, const Deed& b) { return a.at < b.at; });
    std::move(deeds_.begin(), deeds_.end(), std::back_inserter(script_.deeds));
  }

 private:
  bool happens(std::uint32_t percent) { return random_.below(100) < percent; }

  void begin() {
    const Command& open = commands_.front();
    tale_ = static_cast<std::uint32_t>(script_.tales.size());
    early_ = open.at < playing_.now;
    const bool odd = (open.case_id.value & 1U) != 0;
    const bool recent = early_ && open.at + days{16} > playing_.now;
    const bool persona = early_ && odd;
    agent_part_ = part_played(crowd_.personas.agent, recent ? 3 : persona ? 1 : 0);
    decider_part_ = part_played(crowd_.personas.decider, recent ? 2 : persona ? 1 : 0);
    Cast cast;
    cast.account = account_of_part(open.actor.value, persona && open.actor.value == 1);
    const std::vector<ActorId>& members = crowd_.members[cast.account.value];
    cast.seller = members[happens(75) ? 0 : members.size() - 1];
    const desk::Person& seller = crowd_.person(cast.seller);
    const std::string& matter = playing_.procedure->matters[open.aux].id;
    cast.tale = tale_of(playing_.seed * 0x9e37'79b9'7f4a'7c15U + open.case_id.value,
                        seller.language.value_or(formats::Language::en), matter, open.detail, open.at);
    cast.tale.account = crowd_.account(cast.account).name;
    cast.tale.seller = seller.name;
    seller_ = cast.seller;
    amount_ = open.detail;
    restricts_ = matter == "restriction" && happens(55);
    topic_ = cast.tale.topic;
    script_.tales.push_back(std::move(cast));
  }

  /// The real person of a recorded actor.
  ActorId person(std::uint32_t actor) const {
    if (actor == 0) return {};
    const std::uint32_t sellers = playing_.recording->sellers;
    if (actor <= sellers) return seller_;
    const std::size_t part = actor - sellers - 1;
    const ActorId own = crowd_.staff[part];
    return own == agent_part_ ? crowd_.personas.agent : own == decider_part_ ? crowd_.personas.decider : own;
  }

  /// Of a persona's team, the one of the first `count` who comes first in this case: his part is the persona's, and
  /// nobody else's, since the rules tell persons apart.
  ActorId part_played(ActorId persona, std::size_t count) const {
    std::vector<ActorId> team;
    for (const ActorId id : crowd_.staff)
      if (team.size() < count && crowd_.person(id).teams.front() == crowd_.person(persona).teams.front())
        team.push_back(id);
    const std::uint32_t sellers = playing_.recording->sellers;
    for (const Command& command : commands_) {
      const bool assigned = command.kind == CommandKind::assign || command.kind == CommandKind::propose_hand_off;
      for (const std::uint32_t actor : {command.actor.value, assigned ? command.detail : 0U})
        if (actor > sellers && std::ranges::find(team, crowd_.staff[actor - sellers - 1]) != team.end())
          return crowd_.staff[actor - sellers - 1];
    }
    return {};
  }

  Deed& put(Instant at, CommandKind kind, Party party, ActorId actor) {
    Deed& deed = deeds_.emplace_back();
    deed.at = at;
    deed.tale = tale_;
    deed.command.kind = kind;
    deed.command.party = party;
    deed.command.actor = actor;
    return deed;
  }
  Deed& put_with(Instant at, CommandKind kind, Party party, ActorId actor, Says says, std::string_view keys = {}) {
    Deed& deed = put(at, kind, party, actor);
    deed.says = says;
    deed.keys = keys;
    return deed;
  }
  Deed& again(const Command& command) {
    Deed& deed = put(command.at, command.kind, command.party, person(command.actor.value));
    deed.command.detail = command.detail;
    deed.command.aux = command.aux;
    deed.command.facts = command.facts;
    return deed;
  }

  /// Questions of this answer that the seller will dispute before they are answered again.
  Slots weak_of(std::size_t at) const {
    const Slots answered = low(commands_[at].detail);
    unsigned weak = 0, last_said = answered;
    bool complains = false, answered_since = false;
    for (std::size_t i = at + 1; i < commands_.size(); ++i) {
      const Command& later = commands_[i];
      if (later.kind == CommandKind::dispute_answer) weak |= later.detail & last_said;
      if (later.kind != CommandKind::send_message) continue;
      if (later.party == Party::desk) {
        last_said &= ~unsigned{low(later.detail)};
        answered_since = true;
      } else if (!answered_since && low(later.detail) == 0) {
        complains = true;
      }
    }
    // Where nothing in particular was asked, a bit above the questions says so.
    return static_cast<Slots>(answered == 0 && complains ? 0x8000U : weak);
  }

  void act(std::size_t i) {
    const Command& command = commands_[i];
    if (command.party == Party::seller && command.kind != CommandKind::open_case) before_the_seller_acts(command);
    if (over_) return;
    switch (command.kind) {
      case CommandKind::open_case: again(command).says = Says::subject; break;
      case CommandKind::send_message: message(i); break;
      case CommandKind::assign: assign(i); break;
      case CommandKind::propose_hand_off: {
        Deed& deed = again(command);
        deed.command.detail = person(command.detail).value;
        deed.says = Says::short_text;
        deed.keys = "demo.summary.";
        owner_ = {};
        break;
      }
      case CommandKind::accept_hand_off:
        again(command);
        owner_ = person(command.actor.value);
        break;
      case CommandKind::escalate: {
        Deed& deed = again(command);
        deed.says = Says::short_text;
        deed.keys = command.party == Party::seller ? "demo.climb." : "demo.raise.";
        free_since_ = command.at;
        owner_ = {};
        break;
      }
      case CommandKind::appeal_decision: {
        Deed& deed = again(command);
        deed.says = Says::short_text;
        deed.keys = "demo.appeal.";
        deed.with_file = happens(30);
        free_since_ = command.at;
        owner_ = {};
        appealed_ = true;
        break;
      }
      case CommandKind::dispute_answer: again(command).says = Says::dispute; break;
      case CommandKind::decide_case: decide(i); break;
      case CommandKind::close_case: close(i); break;
      case CommandKind::tick:
        again(command);
        free_since_ = command.at;
        break;
      case CommandKind::find_abandoned: break;  // whoever keeps the clocks finds that himself
      default: again(command); break;
    }
  }

  void message(std::size_t i) {
    const Command& command = commands_[i];
    if (command.party == Party::desk) {
      if (happens(14)) {
        const ActorId writer = person(command.actor.value);
        put_with(std::max(last_desk_, command.at - minutes{20 + random_.below(90)}), CommandKind::make_note,
                 Party::desk, writer, Says::note, "demo.note.");
      }
      Deed& deed = again(command);
      deed.says = Says::message;
      deed.weak = weak_of(i);
      last_desk_ = command.at;
      answered_at_ = deeds_.size() - 1;
      if (deed.weak != 0 && !offered_ && amount_ > 20'000 && happens(14)) offer(command);
      return;
    }
    Deed& deed = again(command);
    deed.says = Says::message;
    deed.with_file = command.aux != 0 ? happens(16) : low(command.detail) != 0 && happens(55);
  }

  /// In the live desk a case is given to somebody as soon as it needs one, by the clock.
  void assign(std::size_t i) {
    const Command& command = commands_[i];
    const ActorId to = person(command.detail);
    owner_ = to;
    Deed& deed = again(command);
    deed.command.detail = to.value;
    if (static_cast<AssignReason>(command.aux) == AssignReason::substitute) return;
    deed.at = std::max(free_since_, script_.tales[tale_].tale.opened);
    deed.command.party = Party::clock;
    deed.command.actor = {};
    if (static_cast<AssignReason>(command.aux) == AssignReason::next_available)
      deed.command.aux = static_cast<std::uint8_t>(AssignReason::owner);
    if (appealed_) deed.command.aux = static_cast<std::uint8_t>(AssignReason::appeal);
    last_desk_ = std::max(last_desk_, deed.at);
    if (restricts_ && !announced_) announce(command.at);
  }

  void decide(std::size_t i) {
    Deed& deed = again(commands_[i]);
    deed.says = Says::decision;
    // Between all and nothing there is something.
    const bool refused = static_cast<Decided>(deed.command.aux) == Decided::refused;
    if (refused && appealed_ && happens(40)) deed.command.aux = static_cast<std::uint8_t>(Decided::partly_granted);
    bool last = true;
    for (std::size_t k = i + 1; k < commands_.size(); ++k)
      if (commands_[k].kind == CommandKind::appeal_decision || commands_[k].kind == CommandKind::decide_case)
        last = false;
    const Instant at = deed.at;
    if (refused && last && happens(14)) mediate(at);
    if (announced_) end_restriction(at, !refused);
  }

  void close(std::size_t i) {
    const Command& command = commands_[i];
    const bool by_wish = static_cast<Ground>(command.aux) == Ground::seller_wish;
    const bool answered_last = answered_at_ && i > 0 && commands_[i - 1].kind == CommandKind::send_message &&
                               commands_[i - 1].party == Party::desk;
    if (by_wish && answered_last && happens(13)) {
      // The same end by agreement: what was answered is proposed, and accepted.
      const Deed& answer = deeds_[*answered_at_];
      const Instant at = answer.at;
      const ActorId actor = answer.command.actor;
      put_with(at, CommandKind::propose_resolution, Party::desk, actor, Says::short_text, "demo.propose.");
      put_with(command.at, CommandKind::accept_resolution, Party::seller, seller_, Says::short_text, "demo.agree.");
    } else {
      if (by_wish && happens(45)) {
        Deed& thanks =
            put_with(command.at, CommandKind::send_message, Party::seller, seller_, Says::short_text, "demo.thank.");
        thanks.command.detail = 0;
      }
      again(command);
    }
    if (announced_) end_restriction(command.at, true);
  }

  // ---- what no recording knows of ------------------------------------------------------------------------------

  void offer(const Command& after) {
    offered_ = true;
    open_offer_ = true;
    Deed& deed = put_with(after.at + minutes{15 + random_.below(40)}, CommandKind::make_offer, Party::desk,
                          person(after.actor.value), Says::offer);
    deed.command.detail = amount_ / 100 * (25 + random_.below(45));
    deed.command.aux = happens(40) ? kOfferWithdrawal : std::uint8_t{0};
    offer_at_ = deed.at;
  }

  void before_the_seller_acts(const Command& command) {
    if (open_offer_ && command.at > offer_at_) {
      open_offer_ = false;
      if (happens(40)) {
        put_with(command.at, CommandKind::accept_offer, Party::seller, seller_, Says::short_text, "demo.accept_offer.");
        over_ = true;
        return;
      }
      put_with(command.at, CommandKind::refuse_offer, Party::seller, seller_, Says::short_text, "demo.refuse_offer.");
    }
    if (announced_ && !contested_ && command.at > announced_at_ && command.kind == CommandKind::send_message) {
      contested_ = true;
      if (happens(60))
        put_with(command.at, CommandKind::contest_restriction, Party::seller, seller_, Says::short_text,
                 "demo.contest.");
    }
  }

  RestrictionKind kind_of_restriction() const {
    if (topic_ == "restriction.limit") return RestrictionKind::stock_limit;
    if (topic_ == "restriction.suspension") return RestrictionKind::suspension;
    return RestrictionKind::listing;
  }

  void announce(Instant at) {
    announced_ = true;
    announced_at_ = at;
    restricts_by_ = owner_;
    Deed& deed = put_with(at, CommandKind::announce_restriction, Party::desk, owner_, Says::restriction);
    deed.command.detail = units_of(script_.tales[tale_].tale);
    deed.command.aux = static_cast<std::uint8_t>(kind_of_restriction());
    deed.command.facts = kFactFacts | kFactGround;
  }

  void end_restriction(Instant at, bool lifted) {
    announced_ = false;
    restricts_ = false;
    if (lifted) {
      put_with(at + minutes{30}, CommandKind::lift_restriction, Party::desk, restricts_by_, Says::short_text,
               "demo.lift.");
      return;
    }
    Deed& deed = put_with(std::max(at, announced_at_) + days{93}, CommandKind::apply_restriction, Party::desk,
                          restricts_by_, Says::nothing);
    deed.command.detail = fewer_of(script_.tales[tale_].tale);
    deed.command.aux = static_cast<std::uint8_t>(kind_of_restriction());
    deed.command.facts = kFactFacts | kFactGround;
  }

  void mediate(Instant decided) {
    const ActorId mediator = happens(35) ? crowd_.personas.mediator : crowd_.other_mediator;
    const Instant at = decided + days{2 + random_.below(5)} + hours{random_.below(8)};
    Deed& deed = put_with(at, CommandKind::refer_to_mediator, Party::seller, seller_, Says::mediation);
    deed.command.detail = mediator.value;
    put_with(at + days{3} + minutes{random_.below(400)}, CommandKind::send_message, Party::third, mediator,
             Says::short_text, "demo.third.");
    const bool agreed = happens(60);
    Deed& end = put_with(at + days{12 + random_.below(30)}, CommandKind::end_mediation, Party::third, mediator,
                         Says::short_text, agreed ? "demo.med_agreed." : "demo.med_failed.");
    end.command.aux = static_cast<std::uint8_t>(agreed ? MediationEnd::agreement : MediationEnd::no_agreement);
  }

  const Playing& playing_;
  const Crowd& crowd_;
  Script& script_;
  std::vector<Command> commands_;
  Random random_;
  std::vector<Deed> deeds_;
  std::uint32_t tale_{}, amount_{};
  std::string topic_;
  ActorId seller_, owner_, restricts_by_, agent_part_, decider_part_;
  bool early_{}, restricts_{}, announced_{}, contested_{}, offered_{}, open_offer_{}, over_{};
  bool appealed_{};
  Instant free_since_{}, last_desk_{}, offer_at_{}, announced_at_{};
  std::optional<std::size_t> answered_at_;
};

/// Some cases point at an earlier one of the same account.
void link(Script& script, std::uint64_t seed) {
  std::map<std::uint32_t, std::uint32_t> last;
  Random random{seed, 0x11CC};
  std::vector<Deed> links;
  for (std::uint32_t tale = 0; tale < script.tales.size(); ++tale) {
    const Cast& cast = script.tales[tale];
    const auto before = last.find(cast.account.value);
    if (before != last.end() && random.below(100) < 5) {
      Deed& deed = links.emplace_back();
      deed.at = cast.tale.opened;
      deed.tale = tale;
      deed.index = before->second;
      deed.command.kind = CommandKind::link_case;
      deed.command.party = Party::seller;
      deed.command.actor = cast.seller;
      deed.command.aux = static_cast<std::uint8_t>(Link::related);
    }
    last[cast.account.value] = tale;
  }
  std::move(links.begin(), links.end(), std::back_inserter(script.deeds));
}

}  // namespace

Script script_of(const Playing& playing) {
  Script script;
  script.ends = playing.ends;
  std::map<std::uint32_t, std::vector<Command>> cases;  // in the order in which they were opened
  for (const Command& command : playing.recording->commands) cases[command.case_id.value].push_back(command);
  for (auto& [number, commands] : cases) {
    if (commands.front().kind != CommandKind::open_case) continue;
    Weaving(playing, script, std::move(commands)).weave();
  }
  link(script, playing.seed);
  std::stable_sort(script.deeds.begin(), script.deeds.end(), [](const Deed& a, const Deed& b) { return a.at < b.at; });
  return script;
}

Speaking speaking(const Crowd& crowd, ActorId by, ActorId to, formats::Language language, Instant at) {
  Speaking speaking;
  speaking.at = at;
  if (to) speaking.to = given_name(crowd.person(to).name);
  if (!by) return speaking;
  const desk::Person& person = crowd.person(by);
  speaking.name = person.name;
  const formats::Phrases phrases(language);
  const std::string key = person.teams.empty() ? std::string{} : fmt::format("demo.team.{}.1", person.teams.front());
  speaking.team = phrases.has(key) ? phrases(key) : person.name;
  return speaking;
}

ledger::NewText kept_text(const dossier::Words& words, ledger::TextKind kind) {
  return {
      .kind = kind, .author = {}, .name = {}, .media_type = "application/json", .body = dossier::words_as_json(words)};
}

std::uint32_t length_of(const dossier::Words& words) {
  std::uint32_t count = dossier::count_of_words(words.body);
  for (const std::string& question : words.questions) count += dossier::count_of_words(question);
  return std::min<std::uint32_t>(count, 0xFFFF);
}

namespace {

dossier::Words message_of(const Deed& deed, Tale& tale, const Speaking& by, const CaseState& state) {
  const Command& command = deed.command;
  const Slots answered = low(command.detail);
  if (command.party == Party::desk) {
    if (command.aux != 0) return ask_back(tale, by, static_cast<unsigned>(std::countr_one(unsigned{state.desk_open})));
    return answer(tale, by, answered, deed.weak, static_cast<Slots>(state.seller_open & ~unsigned{answered}));
  }
  if (answered != 0) return reply(tale, by, answered);
  // Whoever opens a case writes, also when he asks nothing in particular.
  if (command.aux != 0 || tale.spoken == 0) return first_message(tale, by, command.aux);
  return let_down(tale, by);
}

}  // namespace

namespace {

/// A fact has the number of the event that states it; what is said of it later names it so.
void number_fact(dossier::FactWords& fact, Cast& cast, const CaseState& now) {
  if (fact.act == dossier::FactWords::Act::state) {
    cast.stated.push_back(now.version.value + 1);
    return;
  }
  GUICHET_CHECK(fact.fact != 0 && fact.fact <= cast.stated.size(), "a story speaks of a fact that it has stated");
  fact.fact = cast.stated[fact.fact - 1];
}

}  // namespace

desk::Step step_of(const Deed& deed, Script& script, const Crowd& crowd, const CaseState* state, Instant spoken_at,
                   CaseId other_case) {
  Cast& cast = script.tales[deed.tale];
  Tale& tale = cast.tale;
  const bool to_seller = deed.command.party != Party::seller;
  const Speaking by =
      speaking(crowd, deed.command.actor, to_seller ? cast.seller : ActorId{}, tale.language, spoken_at);
  const CaseState absent;
  const CaseState& now = state == nullptr ? absent : *state;
  desk::Step step;
  step.command = deed.command;
  if (deed.command.kind == CommandKind::link_case) step.command.detail = other_case.value;
  std::optional<dossier::Words> words;
  switch (deed.says) {
    case Says::nothing: break;
    case Says::subject: words = subject(tale); break;
    case Says::message: words = message_of(deed, tale, by, now); break;
    case Says::dispute: words = dispute(tale, by, low(deed.command.detail)); break;
    case Says::decision: words = decision(tale, by, static_cast<Decided>(deed.command.aux)); break;
    case Says::restriction: words = restriction(tale, by, static_cast<RestrictionKind>(deed.command.aux)); break;
    case Says::offer: words = offer(tale, by, deed.command.detail); break;
    case Says::mediation: words = mediation(tale, by, crowd.person(ActorId{deed.command.detail}).name); break;
    case Says::short_text:
    case Says::note: words = short_text(tale, by, deed.keys); break;
    case Says::written:
      words = script.written[deed.index];
      if (words->fact) number_fact(*words->fact, cast, now);
      break;
  }
  if (!words) return step;
  const bool note = deed.command.kind == CommandKind::make_note;
  if (deed.command.kind == CommandKind::send_message)
    step.command.detail = (deed.command.detail & 0xFFFFU) | length_of(*words) << 16;
  if (note) step.command.detail = length_of(*words);
  const bool inside =
      note || deed.command.kind == CommandKind::propose_hand_off || deed.command.kind == CommandKind::refuse_hand_off;
  step.text = kept_text(*words, inside ? ledger::TextKind::note : ledger::TextKind::words);
  if (!deed.with_file) return step;
  InventedFile file = file_of(tale, by);
  step.attachments.push_back({.kind = ledger::TextKind::file,
                              .author = {},
                              .name = std::move(file.name),
                              .media_type = std::move(file.media_type),
                              .body = std::move(file.body)});
  step.body_with_files = [words = *std::move(words)](const std::vector<TextId>& files) {
    dossier::Words with = words;
    with.files = files;
    return dossier::words_as_json(with);
  };
  return step;
}

}  // namespace guichet::demo
