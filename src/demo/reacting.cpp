#include <guichet/demo/reacting.hpp>

#include <algorithm>
#include <bit>
#include <utility>

#include <guichet/core/evolve.hpp>
#include <guichet/dossier/timeline.hpp>

namespace guichet::demo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t kWhen = 1, kWhat = 2;
/// After so many messages even an invented seller has had enough.
constexpr std::uint32_t kMessagesMost = 9;
/// A seller who has been silent for so long will not begin again by himself.
constexpr Duration kStillHere = hours{24 * 10};

/// Words of a case by the number of their text.
dossier::FindWords finder(ledger::Reader& reader, const ledger::CaseFile& file) {
  return [&reader, &file](TextId id) -> std::optional<dossier::FoundWords> {
    const auto text = std::ranges::find(file.texts, id, &ledger::Text::id);
    if (text == file.texts.end() || text->kind != ledger::TextKind::words) return std::nullopt;
    const auto whole = text->body.empty() ? reader.text(id) : Result<ledger::Text>{*text};
    if (!whole) return std::nullopt;
    return dossier::FoundWords{.words = dossier::words_or_plain(whole->body, whole->media_type)};
  };
}

dossier::Timeline told_case(ledger::Reader& reader, const ledger::CaseFile& file, const Procedure& procedure) {
  std::vector<dossier::ToldEvent> events;
  events.reserve(file.events.size());
  for (const ledger::KeptEvent& kept : file.events) {
    dossier::ToldEvent& told = events.emplace_back();
    told.event = kept.event;
    told.position = kept.position;
    told.act = kept.act;
  }
  return dossier::timeline_of(events, procedure, finder(reader, file));
}

}  // namespace

bool Reacting::is_visitors(const ledger::ShelfRow& row) const {
  return row.account == crowd_.persona_account || !crowd_.acts(row.opener) || !crowd_.acts(row.state.owner);
}

ActorId Reacting::somebody_of(const ledger::ShelfRow& row) const {
  Random random = draw(row, kWhat);
  std::vector<ActorId> able;
  for (const ActorId id : crowd_.staff) {
    const desk::Person& person = crowd_.person(id);
    if (person.teams.front() != row.team || id == row.state.other_person || id == row.state.decider) continue;
    able.push_back(id);
  }
  return able.empty() ? ActorId{} : able[random.below(static_cast<std::uint32_t>(able.size()))];
}

Reacting::Next Reacting::next(const ledger::ShelfRow& row) const {
  const CaseState& state = row.state;
  const bool seller_acts = row.account != crowd_.persona_account && crowd_.acts(row.opener);
  const auto by = [this](Move move, ActorId person) { return crowd_.acts(person) ? Next{move, person} : Next{}; };
  switch (state.phase()) {
    case Phase::absent:
    case Phase::closed: return {};
    case Phase::in_mediation:
      return row.mediator == crowd_.other_mediator ? by(Move::end_mediation, row.mediator) : Next{};
    case Phase::decided:
      // Words that came after the decision are answered before anybody looks at it again.
      if (state.turn() == Turn::desk)
        return state.owner ? by(Move::answer, state.owner) : by(Move::take, somebody_of(row));
      return seller_acts ? by(Move::judge_decision, row.opener) : Next{};
    case Phase::open:
    case Phase::under_appeal: break;
  }
  if (state.hand_off_pending()) return by(Move::accept_hand_off, state.other_person);
  if (state.has(kOfferOpen) && seller_acts) return by(Move::judge_offer, row.opener);
  if (state.turn() == Turn::seller) {
    if (!seller_acts) return {};
    if (state.proposal() == Proposal::by_desk) return by(Move::judge_proposal, row.opener);
    return by(state.desk_open != 0 ? Move::reply : Move::settle, row.opener);
  }
  if (!state.owner) return by(Move::take, somebody_of(row));
  if (state.proposal() == Proposal::by_seller) return by(Move::agree, state.owner);
  const bool round_in_circles = state.phase() == Phase::under_appeal || row.messages >= kMessagesMost;
  return by(round_in_circles ? Move::decide : Move::answer, state.owner);
}

Instant Reacting::when(const ledger::ShelfRow& row, Instant now) const {
  const Next next = this->next(row);
  Random random = draw(row, kWhen);
  // Whoever has just been spoken to by a visitor does not let him wait.
  const bool quick = is_visitors(row) && now - row.changed < hours{1};
  const auto between = [&random](std::uint32_t from, std::uint32_t to) { return from + random.below(to - from); };
  const auto in_office = [&](std::uint32_t at_least, std::uint32_t at_most) {
    const Rules rules = procedures_.of_case(row.state).rules();
    const auto from = static_cast<std::uint32_t>(now.time_since_epoch().count() / 1000);
    const std::uint32_t worked = between(at_least, at_most) * 60;
    const std::uint32_t then = rules.calendars.empty() ? from + worked : rules.calendars[0].after(from, worked);
    return then == 0 ? kNever : Instant{Seconds{then}};
  };
  const bool gone = row.changed + kStillHere < now;
  switch (next.move) {
    case Move::none: return kNever;
    case Move::take: return in_office(2, 15);
    case Move::accept_hand_off: return in_office(5, 40);
    case Move::answer: return quick ? in_office(6, 25) : in_office(40, 360);
    case Move::decide:
    case Move::agree: return quick ? in_office(15, 50) : in_office(60, 400);
    case Move::reply:
    case Move::settle:
    case Move::judge_proposal:
    case Move::judge_offer:
      if (gone) return kNever;
      return now + minutes{quick ? between(8, 45) : between(60, 1'400)};
    case Move::judge_decision:
      if (gone) return kNever;
      return now + minutes{quick ? between(30, 200) : between(400, 4'000)};
    case Move::end_mediation: return now + hours{between(60, 300)};
  }
  return kNever;
}

std::optional<desk::Errand> Reacting::reaction(const ledger::CaseFile& file, ledger::Reader& reader, Tale* known,
                                               Instant now) const {
  const ledger::ShelfRow& row = file.row;
  const CaseState& state = row.state;
  const Next next = this->next(row);
  if (next.move == Move::none) return std::nullopt;
  const desk::InForce& in_force = procedures_.of_case(state);
  const dossier::Timeline timeline = told_case(reader, file, in_force.file.procedure);

  // What it is about: the script knows, or the case says it itself.
  Tale own;
  if (known == nullptr) {
    formats::Language language = formats::Language::en;
    if (row.opener.value != 0 && row.opener.value <= crowd_.persons.size())
      language = crowd_.person(row.opener).language.value_or(language);
    for (const dossier::Entry& entry : timeline.entries)
      if (entry.event.party == Party::seller && entry.words)
        language = formats::language_from(entry.words->words.language).value_or(language);
    const auto& matters = in_force.file.matters;
    const std::string matter = state.matter() < matters.size() ? matters[state.matter()].id : std::string{"other"};
    own = tale_of(seed_ + row.case_id.value, language, matter, row.amount_cents, row.opened);
    if (row.account.value <= crowd_.accounts.size() && row.account) own.account = crowd_.account(row.account).name;
    own.spoken = row.messages + row.notes;
  }
  Tale& tale = known != nullptr ? *known : own;
  // Questions in somebody's own words are answered as such.
  for (const dossier::QuestionTold* open : timeline.open_questions(Party::seller))
    if (open->slot < 16 && (known == nullptr || tale.asked[open->slot] == 0)) tale.asked_words[open->slot] = open->text;
  for (const dossier::QuestionTold* open : timeline.open_questions(Party::desk))
    if (open->slot < 16) tale.back_words[open->slot] = open->text;

  const ActorId to = party_of(crowd_.person(next.by).role) == Party::seller ? ActorId{} : row.opener;
  const ActorId known_to = to && to.value <= crowd_.persons.size() ? to : ActorId{};
  const Speaking by = speaking(crowd_, next.by, known_to, tale.language, now);
  Random random = draw(row, kWhat);
  const auto happens = [&random](std::uint32_t percent) { return random.below(100) < percent; };

  desk::Errand errand;
  errand.channel = ledger::Channel::demo;
  errand.person = next.by;
  errand.party = desk::party_of(crowd_.person(next.by).role);
  errand.case_id = row.case_id;
  const auto step = [&errand](CommandKind kind) -> desk::Step& {
    desk::Step& one = errand.steps.emplace_back();
    one.command.kind = kind;
    return one;
  };
  const auto say = [&](CommandKind kind, const dossier::Words& words) -> desk::Step& {
    desk::Step& spoken = step(kind);
    spoken.text = kept_text(words, ledger::TextKind::words);
    if (kind == CommandKind::send_message) spoken.command.detail = length_of(words) << 16;
    return spoken;
  };
  const auto answer_all = [&] {
    desk::Step& spoken = say(CommandKind::send_message, answer(tale, by, state.seller_open, 0, 0));
    spoken.command.detail |= state.seller_open;
  };

  switch (next.move) {
    case Move::none: return std::nullopt;
    case Move::take: {
      desk::Step& taken = step(CommandKind::assign);
      taken.command.detail = next.by.value;
      taken.command.aux = static_cast<std::uint8_t>(state.phase() == Phase::under_appeal ? AssignReason::appeal
                                                    : state.level() != 0                 ? AssignReason::level
                                                                                         : AssignReason::owner);
      break;
    }
    case Move::accept_hand_off: step(CommandKind::accept_hand_off); break;
    case Move::answer: answer_all(); break;
    case Move::decide: {
      if (state.seller_open != 0 || state.has(kUnread)) answer_all();
      const Decided outcome = happens(45) ? Decided::granted : happens(60) ? Decided::partly_granted : Decided::refused;
      desk::Step& decided = say(CommandKind::decide_case, decision(tale, by, outcome));
      decided.command.aux = static_cast<std::uint8_t>(outcome);
      decided.command.facts = kFactFacts | kFactGround | kFactRedress;
      break;
    }
    case Move::agree:
      if (happens(70))
        say(CommandKind::accept_resolution, short_text(tale, by, "demo.agree."));
      else
        say(CommandKind::refuse_resolution, short_text(tale, by, "demo.disagree."));
      break;
    case Move::reply: {
      desk::Step& spoken = say(CommandKind::send_message, reply(tale, by, state.desk_open));
      spoken.command.detail |= state.desk_open;
      break;
    }
    case Move::settle:
      if (state.seller_answered != 0 && row.messages < kMessagesMost && happens(30)) {
        // One of the answers, the lowest, does not satisfy him.
        const auto slot = static_cast<Slots>(1U << static_cast<unsigned>(std::countr_zero(state.seller_answered)));
        say(CommandKind::dispute_answer, dispute(tale, by, slot)).command.detail = slot;
      } else {
        say(CommandKind::send_message, short_text(tale, by, "demo.thank."));
        step(CommandKind::close_case).command.aux = static_cast<std::uint8_t>(Ground::seller_wish);
      }
      break;
    case Move::judge_proposal:
      if (happens(70))
        say(CommandKind::accept_resolution, short_text(tale, by, "demo.agree."));
      else
        say(CommandKind::refuse_resolution, short_text(tale, by, "demo.disagree."));
      break;
    case Move::judge_offer:
      if (happens(50))
        say(CommandKind::accept_offer, short_text(tale, by, "demo.accept_offer."));
      else
        say(CommandKind::refuse_offer, short_text(tale, by, "demo.refuse_offer."));
      break;
    case Move::judge_decision: {
      const bool refused = row.decided_as && *row.decided_as == static_cast<std::uint8_t>(Decided::refused);
      if (refused && !state.has(kAppealed) && happens(45)) {
        say(CommandKind::appeal_decision, short_text(tale, by, "demo.appeal."));
      } else if (!refused) {
        say(CommandKind::send_message, short_text(tale, by, "demo.thank."));
        step(CommandKind::close_case).command.aux = static_cast<std::uint8_t>(Ground::decision);
      } else {
        return std::nullopt;
      }
      break;
    }
    case Move::end_mediation: {
      const bool agreed = happens(60);
      say(CommandKind::end_mediation, short_text(tale, by, agreed ? "demo.med_agreed." : "demo.med_failed."))
          .command.aux = static_cast<std::uint8_t>(agreed ? MediationEnd::agreement : MediationEnd::no_agreement);
      break;
    }
  }
  return errand;
}

}  // namespace guichet::demo
