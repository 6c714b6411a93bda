#include <guichet/dossier/event_line.hpp>

#include <bit>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::dossier {
namespace {

class EventLine {
 public:
  EventLine(const Voice& voice, const Entry& entry) : v_(voice), entry_(entry), e_(entry.event) {}

  std::string say() const {
    switch (e_.kind) {
      case EventKind::none: return label();
      case EventKind::opened: return opened();
      case EventKind::question_asked:
      case EventKind::question_answered:
      case EventKind::question_declined:
      case EventKind::question_withdrawn:
      case EventKind::question_disputed:
        return v_.phrases.counted(key(), std::popcount(e_.detail & 0xFFFFU), {{"who", who()}});
      case EventKind::assigned: return assigned();
      case EventKind::hand_off_proposed: return hand_off();
      case EventKind::hand_off_accepted: return with("from", v_.person(ActorId{e_.detail}));
      case EventKind::hand_off_lapsed:
        if (entry_.cause == CommandKind::refuse_hand_off)
          return v_.phrases("event.hand_off_lapsed.left", {{"to", v_.person(ActorId{e_.detail})}});
        return with("to", v_.person(ActorId{e_.detail}));
      case EventKind::clock_started:
      case EventKind::clock_stopped:
      case EventKind::clock_reminded:
      case EventKind::went_overdue: return of_clock();
      case EventKind::escalated: return v_.phrases(by_somebody(), {{"who", who()}, {"to", v_.to_level(e_.detail)}});
      case EventKind::decided: return with_word("decided", name(static_cast<Decided>(e_.aux)));
      case EventKind::referred_to_mediator: return referred();
      case EventKind::mediation_ended: return with_word("mediation_ended", name(static_cast<MediationEnd>(e_.aux)));
      case EventKind::closed:
        return v_.phrases(
            by_somebody(),
            {{"who", who()}, {"why", v_.phrases(fmt::format("ground.{}", name(static_cast<Ground>(e_.aux))))}});
      case EventKind::restarted: return with("n", std::to_string(e_.detail));
      case EventKind::offer_made: return offer();
      case EventKind::restriction_announced:
      case EventKind::restriction_took_effect: return restriction();
      case EventKind::cost_noted: return cost();
      case EventKind::exhibit_added:
        if (entry_.words && entry_.words->words.fact) return of_fact(*entry_.words->words.fact);
        if (entry_.words && !entry_.words->words.claim.empty())
          return v_.phrases("event.claim_stated", {{"who", who()}});
        // The bytes of a mail are no exhibit with a number: its files are.
        if (entry_.exhibit == 0 && e_.text && !entry_.words) return v_.phrases("event.exhibit_added.mail");
        return with("n", std::to_string(entry_.exhibit != 0 ? entry_.exhibit : e_.detail));
      case EventKind::procedure_changed: return procedure_changed();
      case EventKind::linked:
        return v_.phrases(fmt::format("event.linked.{}", name(static_cast<Link>(e_.aux))),
                          {{"who", who()}, {"n", std::to_string(e_.detail)}});
      case EventKind::message_sent:
      case EventKind::note_made:
      case EventKind::hand_off_refused:
      case EventKind::appealed:
      case EventKind::resolution_proposed:
      case EventKind::resolution_accepted:
      case EventKind::resolution_refused:
      case EventKind::reopened:
      case EventKind::abandoned:
      case EventKind::offer_accepted:
      case EventKind::offer_refused:
      case EventKind::offer_lapsed:
      case EventKind::restriction_contested:
      case EventKind::restriction_lifted: return v_.phrases(key(), {{"who", who()}});
    }
    return {};
  }

 private:
  std::string key() const { return fmt::format("event.{}", name(e_.kind)); }
  /// Acts that a clock may do too, and then nobody did.
  std::string by_somebody() const { return e_.actor ? key() : key() + ".clock"; }
  std::string who() const {
    // Imported history knows sides, not always persons.
    if (!e_.actor && e_.party != Party::clock && e_.party != Party::nobody)
      return v_.phrases(fmt::format("who.{}", name(e_.party)));
    return v_.person(e_.actor);
  }
  std::string of_fact(const FactWords& fact) const {
    const std::uint32_t number = fact.fact != 0 ? fact.fact : e_.version.value;
    return v_.phrases(fmt::format("event.fact.{}", name(fact.act)), {{"who", who()}, {"n", std::to_string(number)}});
  }
  std::string with(std::string_view placeholder, std::string value) const {
    return v_.phrases(key(), {{"who", who()}, {placeholder, std::move(value)}});
  }
  std::string with_word(std::string_view kind, std::string_view word) const {
    return v_.phrases(fmt::format("event.{}.{}", kind, word), {{"who", who()}});
  }

  std::string label() const {
    return entry_.words && !entry_.words->words.body.empty()
               ? v_.phrases("event.none.label", {{"label", entry_.words->words.body}})
               : v_.phrases("event.none");
  }
  std::string opened() const {
    // Another system's log that does not say who opened the case, nor under which of our matters.
    if (!e_.actor && e_.party == Party::nobody)
      return e_.detail != 0 ? v_.phrases("event.opened.unsaid.amount", {{"amount", money(v_.phrases, e_.detail)}})
                            : v_.phrases("event.opened.unsaid");
    const std::size_t matter = e_.aux & 31U;
    const std::string title = matter < v_.file.matters.size() ? v_.file.matters[matter].title.in(v_.phrases.language())
                                                              : std::to_string(matter + 1);
    return e_.detail != 0 ? v_.phrases("event.opened.amount",
                                       {{"who", who()}, {"matter", title}, {"amount", money(v_.phrases, e_.detail)}})
                          : v_.phrases("event.opened", {{"who", who()}, {"matter", title}});
  }
  std::string assigned() const {
    if (e_.detail == 0)
      return v_.phrases(static_cast<AssignReason>(e_.aux) == AssignReason::left ? "event.assigned.nobody.left"
                                                                                : "event.assigned.nobody");
    const std::string reason = v_.phrases(fmt::format("assigned.because.{}", name(static_cast<AssignReason>(e_.aux))));
    return v_.phrases("event.assigned", {{"to", v_.person(ActorId{e_.detail})}, {"why", reason}});
  }
  std::string hand_off() const {
    const std::string to = v_.person(ActorId{e_.detail});
    const auto reason = static_cast<HandOffReason>(e_.aux);
    return reason == HandOffReason::none
               ? v_.phrases("event.hand_off_proposed", {{"who", who()}, {"to", to}})
               : v_.phrases("event.hand_off_proposed.because",
                            {{"who", who()},
                             {"to", to},
                             {"why", v_.phrases(fmt::format("hand_off.because.{}", name(reason)))}});
  }
  std::string of_clock() const {
    if (e_.kind == EventKind::clock_reminded && e_.clock == Clock::seller_reply)
      return v_.phrases("event.clock_reminded.seller", {{"n", std::to_string(e_.aux)}});
    const std::string clock = v_.phrases(fmt::format("clock.{}", name(e_.clock)));
    if (e_.kind != EventKind::clock_started) return v_.phrases(key(), {{"clock", clock}});
    const Instant due = entry_.due != kNever ? entry_.due : e_.at + Seconds{e_.detail};
    return v_.phrases(key(), {{"clock", clock}, {"moment", v_.moment(due)}});
  }
  std::string referred() const {
    std::string to = e_.detail != 0 ? v_.person(ActorId{e_.detail}) : std::string{};
    if (entry_.words && !entry_.words->words.name.empty()) to = entry_.words->words.name;
    return to.empty() ? v_.phrases("event.referred_to_mediator.unnamed", {{"who", who()}}) : with("mediator", to);
  }
  std::string offer() const {
    const std::string cents = money(v_.phrases, e_.detail), asked = conditions_line(v_.phrases, e_.aux);
    return asked.empty()
               ? v_.phrases("event.offer_made", {{"who", who()}, {"amount", cents}})
               : v_.phrases("event.offer_made.conditions", {{"who", who()}, {"amount", cents}, {"conditions", asked}});
  }
  std::string cost() const {
    const auto kind = static_cast<CostKind>(e_.aux);
    const std::string value =
        kind == CostKind::hours ? v_.phrases.duration(std::chrono::minutes{e_.detail}) : money(v_.phrases, e_.detail);
    return v_.phrases("event.cost_noted",
                      {{"who", who()}, {"what", v_.phrases(fmt::format("cost.{}", name(kind)))}, {"amount", value}});
  }
  std::string restriction() const {
    const std::string kind = v_.phrases(fmt::format("restriction.kind.{}", name(restriction_kind(e_))));
    if (by_exception(e_)) return v_.phrases("event.restriction_took_effect.exception", {{"kind", kind}});
    return with("kind", kind);
  }

  std::string procedure_changed() const {
    const std::string said = v_.procedure(ProcedureId{static_cast<std::uint16_t>(e_.detail)});
    return said.empty() ? v_.phrases("event.procedure_changed.unknown", {{"n", std::to_string(e_.detail)}}) : said;
  }

  const Voice& v_;
  const Entry& entry_;
  const Event& e_;
};

}  // namespace

std::string event_line(const Voice& voice, const Entry& entry) { return EventLine(voice, entry).say(); }

std::string money(const formats::Phrases& phrases, std::uint64_t cents) {
  std::string number = phrases.number(static_cast<double>(cents / 100));
  if (cents % 100 != 0) number.append(phrases("number.point")).append(fmt::format("{:02}", cents % 100));
  return phrases("amount.euros", {{"n", std::move(number)}});
}

std::string conditions_line(const formats::Phrases& phrases, std::uint8_t conditions) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < rulebook::kConditionWords.size(); ++i)
    if ((conditions >> i & 1U) != 0)
      words.push_back(phrases(fmt::format("offer.condition.{}", rulebook::kConditionWords[i])));
  return joined(phrases, words);
}

std::string joined(const formats::Phrases& phrases, const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all = all.empty() ? word : phrases("list.and", {{"a", all}, {"b", word}});
  return all;
}

bool quiet(const Entry& entry) {
  const EventKind kind = entry.event.kind;
  if (kind == EventKind::clock_started || kind == EventKind::clock_stopped || kind == EventKind::procedure_changed)
    return true;
  if (kind == EventKind::clock_reminded) return entry.event.clock != Clock::seller_reply;
  // The message says so itself.
  return (kind == EventKind::question_asked || kind == EventKind::question_answered) &&
         entry.cause == CommandKind::send_message;
}

}  // namespace guichet::dossier
