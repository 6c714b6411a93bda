#include <guichet/desk/pages/case_parts.hpp>

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::desk {
namespace {

using dossier::Entry;
using dossier::Words;
using formats::Argument;

bool inside(const Visit& visit) { return visit.person && sees_the_inside(*visit.person); }

/// Texts of a case by their numbers, which rise.
const ledger::Text* text_of(const ledger::CaseFile& file, TextId id) {
  const auto found = std::ranges::lower_bound(file.texts, id, {}, &ledger::Text::id);
  return found == file.texts.end() || found->id != id ? nullptr : &*found;
}

std::optional<dossier::FoundWords> words_of(const ledger::CaseFile& file, TextId id) {
  const ledger::Text* text = text_of(file, id);
  if (text == nullptr) return std::nullopt;
  dossier::FoundWords found;
  found.note = text->kind == ledger::TextKind::note;
  found.label = text->kind == ledger::TextKind::label;
  found.erased = text->erased;
  switch (text->kind) {
    case ledger::TextKind::words:
    case ledger::TextKind::note:
    case ledger::TextKind::label:
      if (!text->body.empty()) found.words = dossier::words_or_plain(text->body, text->media_type);
      break;
    case ledger::TextKind::file: found.words.files.push_back(id); break;
    case ledger::TextKind::mail: return std::nullopt;
  }
  return found;
}

/// Takes out what the desk keeps to itself: that it exists stays.
void hide_the_inside(ledger::CaseFile& file) {
  for (ledger::Text& text : file.texts)
    if (text.kind == ledger::TextKind::note || text.kind == ledger::TextKind::mail) {
      text.body.clear();
      text.name.clear();
      text.sha256 = {};
      text.digest = {};
    }
  file.row.team.clear();
}

std::string size_in_words(const Visit& visit, std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1000) return visit.phrases.counted("file.bytes", static_cast<std::int64_t>(bytes));
  if (bytes < 1'000'000) return visit.phrases("file.kilobytes", {{"n", visit.phrases.number(value / 1e3, 1)}});
  return visit.phrases("file.megabytes", {{"n", visit.phrases.number(value / 1e6, 1)}});
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

std::string case_number(const Visit& visit, CaseId id) {
  return visit.phrases("case.number", {{"n", std::to_string(id.value)}});
}

std::string clock_name(const Visit& visit, Clock clock) { return visit.phrases(fmt::format("clock.{}", name(clock))); }

std::string joined(const Visit& visit, const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all = all.empty() ? word : visit.phrases("list.and", {{"a", all}, {"b", word}});
  return all;
}

std::string conditions_in_words(const Visit& visit, std::uint8_t conditions) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < rulebook::kConditionWords.size(); ++i)
    if ((conditions >> i & 1U) != 0)
      words.push_back(visit.phrases(fmt::format("offer.condition.{}", rulebook::kConditionWords[i])));
  return joined(visit, words);
}

/// "from 1,000 to 60 units (divided by 16.7)".
std::string quantity_change(const Visit& visit, const dossier::RestrictionTold& told) {
  const std::string before = visit.phrases.number(told.before), after = visit.phrases.number(told.after);
  const std::string change =
      visit.phrases("restriction.change", {{"before", before}, {"after", after}, {"unit", told.words.unit}});
  if (told.after == 0 || told.after >= told.before) return change;
  const double ratio = static_cast<double>(told.before) / static_cast<double>(told.after);
  return visit.phrases("restriction.divided", {{"change", change}, {"ratio", visit.phrases.number(ratio, 1)}});
}

// ---- one line per event ----------------------------------------------------------------------------------

class EventLine {
 public:
  EventLine(const Visit& visit, const Entry& entry, const InForce& procedure)
      : v_(visit), entry_(entry), e_(entry.event), file_(procedure.file) {}

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
      case EventKind::hand_off_accepted: return with("from", person_name(v_, ActorId{e_.detail}));
      case EventKind::hand_off_lapsed: return with("to", person_name(v_, ActorId{e_.detail}));
      case EventKind::clock_started:
      case EventKind::clock_stopped:
      case EventKind::clock_reminded:
      case EventKind::went_overdue: return of_clock();
      case EventKind::escalated:
        return v_.phrases(by_somebody(), {{"who", who()}, {"to", to_level(v_.phrases, file_, e_.detail)}});
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
      case EventKind::restriction_took_effect:
        return with("kind", v_.phrases(fmt::format("restriction.kind.{}", name(static_cast<RestrictionKind>(e_.aux)))));
      case EventKind::cost_noted: return cost();
      case EventKind::exhibit_added: return with("n", std::to_string(e_.detail));
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
    return person_name(v_, e_.actor);
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
    const std::size_t matter = e_.aux & 31U;
    const std::string title =
        matter < file_.matters.size() ? file_.matters[matter].title.in(v_.language()) : std::to_string(matter + 1);
    return e_.detail != 0 ? v_.phrases("event.opened.amount",
                                       {{"who", who()}, {"matter", title}, {"amount", amount(v_, e_.detail)}})
                          : v_.phrases("event.opened", {{"who", who()}, {"matter", title}});
  }
  std::string assigned() const {
    if (e_.detail == 0) return v_.phrases("event.assigned.nobody");
    const std::string reason = v_.phrases(fmt::format("assigned.because.{}", name(static_cast<AssignReason>(e_.aux))));
    return v_.phrases("event.assigned", {{"to", person_name(v_, ActorId{e_.detail})}, {"why", reason}});
  }
  std::string hand_off() const {
    const std::string to = person_name(v_, ActorId{e_.detail});
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
    const std::string clock = clock_name(v_, e_.clock);
    if (e_.kind != EventKind::clock_started) return v_.phrases(key(), {{"clock", clock}});
    const Instant due = entry_.due != kNever ? entry_.due : e_.at + Seconds{e_.detail};
    return v_.phrases(key(), {{"clock", clock}, {"moment", moment_words(v_, due)}});
  }
  std::string referred() const {
    std::string to = e_.detail != 0 ? person_name(v_, ActorId{e_.detail}) : std::string{};
    if (entry_.words && !entry_.words->words.name.empty()) to = entry_.words->words.name;
    return to.empty() ? v_.phrases("event.referred_to_mediator.unnamed", {{"who", who()}}) : with("mediator", to);
  }
  std::string offer() const {
    const std::string cents = amount(v_, e_.detail), asked = conditions_in_words(v_, e_.aux);
    return asked.empty()
               ? v_.phrases("event.offer_made", {{"who", who()}, {"amount", cents}})
               : v_.phrases("event.offer_made.conditions", {{"who", who()}, {"amount", cents}, {"conditions", asked}});
  }
  std::string cost() const {
    const auto kind = static_cast<CostKind>(e_.aux);
    const std::string value =
        kind == CostKind::hours ? v_.phrases.duration(std::chrono::minutes{e_.detail}) : amount(v_, e_.detail);
    return v_.phrases("event.cost_noted",
                      {{"who", who()}, {"what", v_.phrases(fmt::format("cost.{}", name(kind)))}, {"amount", value}});
  }
  std::string procedure_changed() const {
    const InForce* of = v_.shared.procedures->of(ProcedureId{static_cast<std::uint16_t>(e_.detail)});
    return of == nullptr ? v_.phrases("event.procedure_changed.unknown", {{"n", std::to_string(e_.detail)}})
                         : v_.phrases("event.procedure_changed",
                                      {{"title", of->file.title.in(v_.language())}, {"version", of->file.version}});
  }

  const Visit& v_;
  const Entry& entry_;
  const Event& e_;
  const rulebook::ProcedureFile& file_;
};

// ---- the stream --------------------------------------------------------------------------------------------

bool has_words(const Words& words) {
  return !words.body.empty() || !words.questions.empty() || !words.files.empty() || !words.facts.empty() ||
         !words.ground.empty() || !words.measure.empty() || !words.redress.empty();
}

/// Said in words, and not told by a line alone.
bool speaks(const Entry& entry) {
  if (entry.event.kind == EventKind::message_sent) return true;
  if (!entry.words || entry.words->label || entry.event.kind == EventKind::opened) return false;
  return has_words(entry.words->words) || entry.words->erased;
}

/// What only those want who look at every event.
bool quiet(const Entry& entry) {
  const EventKind kind = entry.event.kind;
  if (kind == EventKind::clock_started || kind == EventKind::clock_stopped || kind == EventKind::procedure_changed)
    return true;
  if (kind == EventKind::clock_reminded) return entry.event.clock != Clock::seller_reply;
  // The message says so itself.
  return (kind == EventKind::question_asked || kind == EventKind::question_answered) &&
         entry.cause == CommandKind::send_message;
}

bool bad_news(EventKind kind) {
  return kind == EventKind::went_overdue || kind == EventKind::hand_off_lapsed || kind == EventKind::abandoned ||
         kind == EventKind::restriction_took_effect;
}

class Stream {
 public:
  Stream(Html& html, const Visit& visit, const SeenCase& seen, bool clauses)
      : h_(html), v_(visit), seen_(seen), clauses_(clauses) {}

  void entry(const Entry& entry) {
    if (speaks(entry))
      said(entry);
    else
      line(entry);
  }

 private:
  std::string_view side(const Entry& entry) const {
    if (entry.words && entry.words->note) return "note";
    switch (entry.event.party) {
      case Party::seller: return "seller";
      case Party::third: return "third";
      case Party::desk:
      case Party::nobody:
      case Party::clock: break;
    }
    return "desk";
  }

  void said(const Entry& entry) {
    const std::string_view by = side(entry);
    h_.open("li", {{"class", fmt::format("said said-{}", by)}, {"id", fmt::format("e{}", entry.event.version.value)}});
    h_.open("header");
    h_.open("span", {{"class", "who"}});
    icon(h_, by);
    const bool message = entry.event.kind == EventKind::message_sent || entry.event.kind == EventKind::note_made;
    h_.text(message && entry.event.actor ? person_name(v_, entry.event.actor)
                                         : event_sentence(v_, entry, *seen_.procedure));
    h_.close();
    h_.element("span", v_.phrases(fmt::format("stream.side.{}", by)), {{"class", "label"}});
    h_.open("span");
    moment(h_, v_, entry.event.at);
    h_.close();
    lateness(entry);
    if (entry.words) provenance(*entry.words);
    h_.close();
    if (entry.words && entry.words->erased)
      h_.element("p", v_.phrases("stream.erased", {{"moment", moment_words(v_, *entry.words->erased)}}),
                 {{"class", "muted"}});
    else if (entry.words)
      words_of_act(h_, v_, seen_, entry.words->words);
    else
      h_.element("p", v_.phrases("stream.no_words"), {{"class", "muted"}});
    clause(entry);
    h_.close();
  }

  void line(const Entry& entry) {
    h_.open("li", {{"class", bad_news(entry.event.kind) ? "event event-bad" : "event"},
                   {"id", fmt::format("e{}", entry.event.version.value)}});
    if (bad_news(entry.event.kind))
      h_.element("strong", event_sentence(v_, entry, *seen_.procedure));
    else
      h_.text(event_sentence(v_, entry, *seen_.procedure));
    if (entry.event.kind == EventKind::linked || entry.event.kind == EventKind::restarted) {
      h_.text(" ");
      h_.element("a", case_number(v_, CaseId{entry.event.detail}),
                 {{"href", Url(case_address(CaseId{entry.event.detail}))}});
    }
    if (entry.event.kind == EventKind::exhibit_added && entry.event.text) {
      h_.text(" ");
      file_link(h_, v_, seen_, entry.event.text);
    }
    h_.text(" ");
    h_.element("time", moment_in_short(v_.phrases, desk_zone(v_), entry.event.at),
               {{"datetime", print_instant(entry.event.at)}});
    lateness(entry);
    clause(entry);
    h_.close();
  }

  void lateness(const Entry& entry) {
    if (!entry.late) return;
    h_.text(" ");
    badge(h_, "bad", v_.phrases("stream.late", {{"time", v_.phrases.duration(*entry.late)}}));
  }

  void provenance(const dossier::FoundWords& found) {
    if (found.words.mail) {
      const bool why = inside(v_) && !found.words.matched.empty();
      h_.element(
          "span",
          why ? v_.phrases("stream.by_mail.because", {{"why", found.words.matched}}) : v_.phrases("stream.by_mail"),
          {{"class", "far"}});
    }
    if (found.words.invented) h_.element("span", v_.phrases("stream.invented"), {{"class", "far"}});
  }

  void clause(const Entry& entry) {
    if (!clauses_ || entry.clause.empty()) return;
    h_.open("div", {{"class", "clause"}});
    clause_link(h_, v_, *seen_.procedure, entry.clause);
    h_.close();
  }

  Html& h_;
  const Visit& v_;
  const SeenCase& seen_;
  bool clauses_;
};

void labelled(Html& html, std::string_view label, std::string_view text) {
  html.element("dt", label).open("dd");
  words(html, text);
  html.close();
}

// ---- lists of cases ------------------------------------------------------------------------------------------

/// What a line of a list says besides: what waits, what went wrong.
void marks(Html& html, const Visit& visit, const ledger::ShelfRow& row, bool seller) {
  const auto mark = [&](std::string_view kind, const std::string& word) {
    html.text(" ");
    badge(html, kind, word);
  };
  const CaseState& s = row.state;
  if (!seller && s.has(kUnread)) mark("wait", visit.phrases("mark.unread"));
  const int open = std::popcount(static_cast<unsigned>(seller ? s.desk_open : s.seller_open));
  if (open != 0) mark("wait", visit.phrases.counted("mark.questions", open));
  if (s.proposal() == Proposal::by_desk && seller) mark("wait", visit.phrases("mark.proposal"));
  if (s.proposal() == Proposal::by_seller && !seller) mark("wait", visit.phrases("mark.proposal"));
  if (s.has(kOfferOpen)) mark("wait", visit.phrases("mark.offer"));
  if (!seller && s.hand_off_pending()) mark("wait", visit.phrases("mark.hand_off"));
  if (s.has(kOverdue)) mark("bad", visit.phrases("mark.overdue"));
  if (row.agents.size() >= 3)
    mark("plain", visit.phrases.counted("mark.agents", static_cast<std::int64_t>(row.agents.size())));
  if (s.has(kAbandoned)) mark("bad", visit.phrases("mark.abandoned"));
}

/// Until when the one whose move it is has time.
void due_cell(Html& html, const Visit& visit, Instant due, std::string_view label) {
  html.open("td", {{"data-label", std::string(label)}});
  if (due == kNever) {
    html.element("span", visit.phrases("list.no_time"), {{"class", "muted"}});
  } else {
    const bool late = due <= visit.now;
    html.open("time", {{"datetime", print_instant(due)}});
    html.text(moment_in_short(visit.phrases, desk_zone(visit), due)).close();
    html.element("span", distance_in_words(visit.phrases, visit.now, due), {{"class", late ? "sub late" : "sub"}});
  }
  html.close();
}

class Table {
 public:
  Table(Html& html, const Visit& visit, const ListLook& look) : h_(html), v_(visit), look_(look) {}

  void head() {
    h_.open("thead").open("tr");
    if (look_.choose) heading("list.choose", true);
    heading("list.case");
    heading("list.waits");
    heading("list.until");
    heading("list.state");
    if (!look_.seller) heading("list.seller");
    heading("list.changed");
    h_.close().close();
  }

  void row(const ledger::ShelfRow& row) {
    const InForce& procedure = v_.shared.procedures->of_case(row.state);
    h_.open("tr");
    if (look_.choose) choose(row);
    subject(row, procedure);
    cell("list.waits", whose_turn(hearer_of(v_), row));
    due_cell(h_, v_, row.state.turn() == Turn::seller ? row.seller_due : row.desk_due, v_.phrases("list.until"));
    h_.open("td", {{"data-label", v_.phrases("list.state")}});
    phase_badge(h_, v_, row);
    h_.close();
    if (!look_.seller) {
      h_.open("td", {{"data-label", v_.phrases("list.seller")}}).text(account_name(v_, row.account));
      if (row.state.owner)
        h_.element("span", v_.phrases("list.owner", {{"who", person_name(v_, row.state.owner)}}), {{"class", "sub"}});
      h_.close();
    }
    h_.open("td", {{"data-label", v_.phrases("list.changed")}});
    h_.element("time", distance_in_words(v_.phrases, v_.now, row.changed), {{"datetime", print_instant(row.changed)}});
    h_.close().close();
  }

 private:
  void heading(std::string_view key, bool hidden = false) {
    h_.open("th", {{"scope", "col"}});
    if (hidden)
      h_.element("span", v_.phrases(key), {{"class", "visually-hidden"}});
    else
      h_.text(v_.phrases(key));
    h_.close();
  }

  void cell(std::string_view key, std::string_view text) { h_.element("td", text, {{"data-label", v_.phrases(key)}}); }

  void choose(const ledger::ShelfRow& row) {
    const std::string number = std::to_string(row.case_id.value);
    h_.open("td", {{"class", "choose"}});
    h_.empty("input", {{"type", "checkbox"},
                       {"name", "case"},
                       {"value", number},
                       {"aria-label", v_.phrases("list.choose.case", {{"n", number}, {"subject", row.subject}})}});
    h_.close();
  }

  void subject(const ledger::ShelfRow& row, const InForce& procedure) {
    const std::size_t matter = row.state.matter();
    h_.open("th", {{"scope", "row"}, {"class", "subject"}});
    h_.element("a", row.subject.empty() ? case_number(v_, row.case_id) : row.subject,
               {{"href", Url(case_address(row.case_id))}});
    h_.open("span", {{"class", "sub"}}).text(case_number(v_, row.case_id));
    if (matter < procedure.file.matters.size())
      h_.text(" · ").text(procedure.file.matters[matter].title.in(v_.language()));
    marks(h_, v_, row, look_.seller);
    h_.close().close();
  }

  Html& h_;
  const Visit& v_;
  const ListLook& look_;
};

}  // namespace

Result<std::optional<SeenCase>> see_case(const Visit& visit, CaseId case_id) {
  if (!case_id || !visit.person) return std::optional<SeenCase>{};
  GUICHET_TRY(file, visit.reader.case_file(case_id));
  if (!file || !may_see(*visit.person, file->row)) return std::optional<SeenCase>{};
  SeenCase seen{.file = *std::move(file), .procedure = {}, .timeline = {}};
  if (!inside(visit)) hide_the_inside(seen.file);
  seen.procedure = &visit.shared.procedures->of_case(seen.file.row.state);

  std::vector<dossier::ToldEvent> events;
  events.reserve(seen.file.events.size());
  for (const ledger::KeptEvent& kept : seen.file.events) {
    const auto act = std::ranges::lower_bound(seen.file.acts, kept.act, {}, &ledger::Act::number);
    const bool known = act != seen.file.acts.end() && act->number == kept.act && act->command;
    events.push_back({.event = kept.event,
                      .position = kept.position,
                      .act = kept.act,
                      .cause = known ? std::optional{act->command->kind} : std::nullopt,
                      .act_text = known ? act->command->text : TextId{}});
  }
  seen.timeline = dossier::timeline_of(events, seen.procedure->file.procedure,
                                       [&file = seen.file](TextId id) { return words_of(file, id); });
  return std::optional{std::move(seen)};
}

Hearer hearer_of(const Visit& visit) {
  return {.phrases = visit.phrases,
          .zone = desk_zone(visit),
          .people = *visit.shared.people,
          .now = visit.now,
          .me = visit.person ? visit.person->id : ActorId{},
          .seller = visit.role() == Role::seller};
}

std::string line_one(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure) {
  return line_one(hearer_of(visit), row, procedure);
}

std::string line_two(const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure) {
  return line_two(hearer_of(visit), row, procedure);
}

std::string turn_line(const Visit& visit, const ledger::ShelfRow& row) { return turn_line(hearer_of(visit), row); }

std::string phase_word(const Visit& visit, const ledger::ShelfRow& row) {
  return visit.phrases(fmt::format("phase.{}", name(row.state.phase())));
}

void phase_badge(Html& html, const Visit& visit, const ledger::ShelfRow& row) {
  const auto kind = [&]() -> std::string_view {
    switch (row.state.phase()) {
      case Phase::open:
      case Phase::under_appeal: return row.state.turn() == Turn::seller ? "wait" : "plain";
      case Phase::in_mediation: return "third";
      case Phase::decided: return "good";
      case Phase::closed:
      case Phase::absent: break;
    }
    return "note";
  };
  badge(html, kind(), phase_word(visit, row));
}

void first_lines(Html& html, const Visit& visit, const ledger::ShelfRow& row, const InForce& procedure) {
  const bool late = row.desk_due <= visit.now;
  html.open("section", {{"class", late ? "says late" : "says"},
                        {"aria-label", visit.phrases("case.where_it_stands")},
                        {"data-live", "lines"}});
  html.open("p", {{"class", "state"}});
  phase_badge(html, visit, row);
  html.element("span", turn_line(visit, row));
  if (row.state.has(kOverdue)) badge(html, "bad", visit.phrases("mark.overdue"));
  html.close();
  html.element("p", line_one(visit, row, procedure), {{"class", "first"}});
  html.element("p", line_two(visit, row, procedure), {{"class", "second"}});
  html.close();
}

std::string event_sentence(const Visit& visit, const Entry& entry, const InForce& procedure) {
  return EventLine(visit, entry, procedure).say();
}

void clause_link(Html& html, const Visit& visit, const InForce& procedure, std::string_view path) {
  const rulebook::Clause& clause = procedure.file.clause(path);
  html.text(visit.phrases("clause.under")).text(" ");
  html.element("a", path,
               {{"href", Url(fmt::format("/procedure?number={}#{}", procedure.adopted.id.value, clause.path))}});
  html.text(" ").text(visit.phrases("clause.line", {{"line", std::to_string(clause.line)}}));
  if (clause.source)
    html.text(". ").element(
        "span", visit.phrases(fmt::format("clause.source.{}", clause.source->kind), {{"text", clause.source->text}}));
}

void stream(Html& html, const Visit& visit, const SeenCase& seen, bool all, bool clauses) {
  html.open("ol", {{"class", "stream"}});
  Stream writer(html, visit, seen, clauses);
  for (const Entry& entry : seen.timeline.entries)
    if (all || !quiet(entry)) writer.entry(entry);
  html.close();
}

void file_link(Html& html, const Visit& visit, const SeenCase& seen, TextId id) {
  const ledger::Text* text = text_of(seen.file, id);
  if (text == nullptr || text->kind != ledger::TextKind::file) return;
  if (text->erased) {
    html.element("span", visit.phrases("file.erased"), {{"class", "muted"}});
    return;
  }
  html.open("a", {{"href", Url(fmt::format("{}/files/{}", case_address(seen.file.row.case_id), id.value))},
                  {"download", text->name}});
  icon(html, "file");
  html.text(text->name.empty() ? visit.phrases("file.unnamed") : text->name).close();
  html.text(" ").element("span", size_in_words(visit, text->body_bytes), {{"class", "far"}});
  html.text(" ").element("span", visit.phrases("file.digest", {{"digest", hex(text->sha256)}}), {{"class", "hash"}});
}

void words_of_act(Html& html, const Visit& visit, const SeenCase& seen, const Words& said) {
  if (!said.body.empty()) words(html, said.body, said.language);
  if (!said.facts.empty() || !said.ground.empty() || !said.measure.empty() || !said.redress.empty()) {
    html.open("dl");
    if (!said.facts.empty()) labelled(html, visit.phrases("statement.facts"), said.facts);
    if (!said.ground.empty()) labelled(html, visit.phrases("statement.ground"), said.ground);
    if (!said.measure.empty()) labelled(html, visit.phrases("statement.measure"), said.measure);
    if (!said.redress.empty()) {
      std::vector<std::string> ways;
      for (const std::string& way : said.redress) {
        const std::string key = "redress." + way;
        ways.push_back(visit.phrases.has(key) ? visit.phrases(key) : way);
      }
      labelled(html, visit.phrases("statement.redress"), joined(visit, ways));
    }
    html.close();
  }
  if (!said.questions.empty()) {
    html.open("div", {{"class", "asked"}}).open("p");
    icon(html, "question");
    html.text(visit.phrases.counted("stream.asks", static_cast<std::int64_t>(said.questions.size()))).close();
    html.open("ol");
    for (const std::string& question : said.questions) html.element("li", question);
    html.close().close();
  }
  if (!said.files.empty()) {
    html.open("ul", {{"class", "files"}});
    for (const TextId file : said.files) {
      html.open("li");
      file_link(html, visit, seen, file);
      html.close();
    }
    html.close();
  }
}

void questions_list(Html& html, const Visit& visit, const SeenCase& seen) {
  using Standing = dossier::QuestionTold::Standing;
  if (seen.timeline.questions.empty()) {
    html.element("p", visit.phrases("questions.none"), {{"class", "muted"}});
    return;
  }
  const auto question = [&](const dossier::QuestionTold& told) {
    static constexpr std::array<std::string_view, 5> kStandings{"open", "answered", "declined", "withdrawn",
                                                                "disputed"};
    static constexpr std::array<std::string_view, 5> kKinds{"wait", "good", "bad", "plain", "bad"};
    const auto standing = static_cast<std::size_t>(told.standing);
    html.open("li").open("p");
    badge(html, kKinds[standing], visit.phrases(fmt::format("question.{}", kStandings[standing])));
    html.text(" ").element("span", visit.phrases(told.by == Party::seller ? "question.by_seller" : "question.by_desk"),
                           {{"class", "far"}});
    html.close();
    html.element("p", told.text.empty() ? visit.phrases("question.unsaid") : told.text);
    html.open("p", {{"class", "far"}}).text(moment_in_short(visit.phrases, desk_zone(visit), told.asked));
    if (told.settled != kNever)
      html.text(visit.phrases("question.settled",
                              {{"moment", moment_in_short(visit.phrases, desk_zone(visit), told.settled)}}));
    if (told.disputes != 0) html.text(" ").text(visit.phrases.counted("question.disputes", told.disputes));
    html.close().close();
  };
  const auto open = [](const dossier::QuestionTold& told) {
    return told.standing == Standing::open || told.standing == Standing::disputed;
  };
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.questions)
    if (open(told)) question(told);
  html.close();
  const auto settled = std::ranges::count_if(seen.timeline.questions, [&](const auto& told) { return !open(told); });
  if (settled == 0) return;
  html.open("details").element("summary", visit.phrases.counted("questions.settled", settled));
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.questions)
    if (!open(told)) question(told);
  html.close().close();
}

void clocks_table(Html& html, const Visit& visit, const SeenCase& seen) {
  using Ending = dossier::ClockTold::Ending;
  if (seen.timeline.clocks.empty()) {
    html.element("p", visit.phrases("clocks.none"), {{"class", "muted"}});
    return;
  }
  static constexpr std::array<std::string_view, 4> kEndings{"runs", "kept", "missed", "stopped"};
  static constexpr std::array<std::string_view, 4> kKinds{"clock", "good", "bad", "plain"};
  const auto table = [&](bool running, std::string_view caption) {
    html.open("table", {{"class", "clocks"}}).element("caption", caption);
    html.open("thead").open("tr");
    for (const std::string_view key : {"clocks.which", "clocks.due", "clocks.ending"})
      html.element("th", visit.phrases(key), {{"scope", "col"}});
    html.close().close().open("tbody");
    for (const auto& told : seen.timeline.clocks) {
      if ((told.ending == Ending::runs) != running) continue;
      const auto ending = static_cast<std::size_t>(told.ending);
      html.open("tr").element("th", clock_name(visit, told.clock), {{"scope", "row"}}).open("td");
      html.element("time", moment_in_short(visit.phrases, desk_zone(visit), told.due),
                   {{"datetime", print_instant(told.due)}});
      if (running)
        html.element("span", distance_in_words(visit.phrases, visit.now, told.due),
                     {{"class", told.due <= visit.now ? "sub late" : "sub"}});
      html.close().open("td");
      badge(html, kKinds[ending], visit.phrases(fmt::format("clocks.{}", kEndings[ending])));
      if (told.reminders != 0)
        html.element("span", visit.phrases.counted("clocks.reminders", told.reminders), {{"class", "sub"}});
      html.close().close();
    }
    html.close().close();
  };
  const auto count = [&](Ending ending) {
    return std::ranges::count(seen.timeline.clocks, ending, &dossier::ClockTold::ending);
  };
  const auto ended = static_cast<std::int64_t>(seen.timeline.clocks.size()) - count(Ending::runs);
  if (count(Ending::runs) != 0)
    table(true, visit.phrases("clocks.running"));
  else
    html.element("p", visit.phrases("clocks.none_runs"), {{"class", "muted"}});
  if (ended == 0) return;
  html.open("details");
  html.element("summary", visit.phrases("clocks.ended", {{"kept", std::to_string(count(Ending::kept))},
                                                         {"missed", std::to_string(count(Ending::missed))},
                                                         {"stopped", std::to_string(count(Ending::stopped))}}));
  table(false, visit.phrases("clocks.past"));
  html.close();
}

void who_was_here(Html& html, const Visit& visit, const SeenCase& seen) {
  using Standing = dossier::HandOverTold::Standing;
  const auto& met = seen.timeline.agents;
  html.element("p", visit.phrases.counted("met", static_cast<std::int64_t>(met.size())), {{"class", "ratio"}});
  if (!met.empty()) {
    html.open("ol");
    for (const auto& agent : met) {
      html.open("li").element("strong", person_name(visit, agent.person)).text(" ");
      html.text(visit.phrases.counted("met.messages", agent.messages,
                                      {{"first", moment_in_short(visit.phrases, desk_zone(visit), agent.first)}}));
      html.close();
    }
    html.close();
  }
  const auto changes = std::ranges::count_if(seen.timeline.hand_overs,
                                             [](const auto& told) { return told.standing != Standing::assigned; });
  if (changes == 0) return;
  html.open("details").element("summary", visit.phrases.counted("met.hand_overs", changes)).open("ol");
  for (const auto& told : seen.timeline.hand_overs) {
    if (told.standing == Standing::assigned) continue;
    static constexpr std::array<std::string_view, 5> kStandings{"assigned", "proposed", "accepted", "refused",
                                                                "lapsed"};
    html.open("li").text(
        visit.phrases("met.hand_over", {{"from", person_name(visit, told.from)},
                                        {"to", person_name(visit, told.to)},
                                        {"moment", moment_in_short(visit.phrases, desk_zone(visit), told.at)}}));
    html.text(" ");
    badge(html,
          told.standing == Standing::accepted   ? "good"
          : told.standing == Standing::proposed ? "wait"
                                                : "bad",
          visit.phrases(fmt::format("hand_over.{}", kStandings[static_cast<std::size_t>(told.standing)])));
    html.close();
  }
  html.close().close();
}

namespace {

void offer_of(Html& html, const Visit& visit, const SeenCase& seen, const dossier::OfferTold& told) {
  static constexpr std::array<std::string_view, 4> kStandings{"open", "accepted", "refused", "lapsed"};
  static constexpr std::array<std::string_view, 4> kKinds{"wait", "good", "plain", "plain"};
  const auto standing = static_cast<std::size_t>(told.standing);
  html.open("li")
      .open("p")
      .element("strong", visit.phrases("offer.of", {{"amount", amount(visit, told.cents)}}))
      .text(" ");
  badge(html, kKinds[standing], visit.phrases(fmt::format("offer.{}", kStandings[standing])));
  html.close();
  const std::string asked = conditions_in_words(visit, told.conditions);
  html.element("p", asked.empty() ? visit.phrases("offer.no_condition")
                                  : visit.phrases("offer.conditions", {{"conditions", asked}}));
  words_of_act(html, visit, seen, told.words);
  html.element("p",
               visit.phrases("offer.made", {{"moment", moment_in_short(visit.phrases, desk_zone(visit), told.made)}}),
               {{"class", "far"}});
  if (told.standing == dossier::OfferTold::Standing::open && told.due != kNever) {
    html.open("p").text(visit.phrases("offer.until")).text(" ");
    moment(html, visit, told.due);
    html.close();
  }
  html.close();
}

void restriction_of(Html& html, const Visit& visit, const SeenCase& seen, const dossier::RestrictionTold& told) {
  const std::string& zone = desk_zone(visit);
  html.open("li").open("p");
  html.element("strong", visit.phrases(fmt::format("restriction.kind.{}", name(told.kind)))).text(" ");
  const bool lifted = told.lifted != kNever, effective = told.took_effect != kNever;
  badge(html,
        lifted      ? "good"
        : effective ? "bad"
                    : "wait",
        visit.phrases(lifted      ? "restriction.lifted"
                      : effective ? "restriction.effective"
                                  : "restriction.announced"));
  if (told.contested != kNever && !lifted) {
    html.text(" ");
    badge(html, "wait", visit.phrases("restriction.contested"));
  }
  html.close();
  if (effective && told.before != 0) html.element("p", quantity_change(visit, told), {{"class", "ratio"}});
  // What came shortly before is said beside it, without a conclusion.
  if (told.after_offer)
    html.element("p", visit.phrases("restriction.after_offer", {{"time", visit.phrases.duration(*told.after_offer)}}));
  if (told.after_appeal)
    html.element("p",
                 visit.phrases("restriction.after_appeal", {{"time", visit.phrases.duration(*told.after_appeal)}}));
  words_of_act(html, visit, seen, told.words);
  html.open("p", {{"class", "far"}});
  std::string dates;
  const auto date = [&](std::string_view key, Instant at) {
    if (at != kNever)
      dates.append(dates.empty() ? "" : " ")
          .append(visit.phrases(key, {{"moment", moment_in_short(visit.phrases, zone, at)}}));
  };
  date("restriction.date.announced", told.announced);
  date("restriction.date.effect", told.took_effect);
  date("restriction.date.contested", told.contested);
  date("restriction.date.lifted", told.lifted);
  html.text(dates).close().close();
}

}  // namespace

void offers_and_restrictions(Html& html, const Visit& visit, const SeenCase& seen) {
  if (seen.timeline.offers.empty() && seen.timeline.restrictions.empty()) {
    html.element("p", visit.phrases("offers.none"), {{"class", "muted"}});
    return;
  }
  html.open("ul", {{"class", "questions"}});
  for (const auto& told : seen.timeline.offers) offer_of(html, visit, seen, told);
  for (const auto& told : seen.timeline.restrictions) restriction_of(html, visit, seen, told);
  html.close();
}

void costs_list(Html& html, const Visit& visit, const SeenCase& seen) {
  const auto& told = seen.timeline;
  if (told.cost_cents == 0 && told.cost_minutes == 0) {
    html.element("p", visit.phrases("costs.none"), {{"class", "muted"}});
    return;
  }
  const auto cents = static_cast<std::uint32_t>(std::min<std::uint64_t>(told.cost_cents, 0xFFFF'FFFF));
  html.element("p", visit.phrases("costs.sum", {{"amount", amount(visit, cents)},
                                                {"time", visit.phrases.duration(std::chrono::minutes{
                                                             static_cast<std::int64_t>(told.cost_minutes)})}}));
}

void case_table(Html& html, const Visit& visit, const std::vector<ledger::ShelfRow>& rows, const ListLook& look) {
  if (rows.empty()) {
    html.element("p", visit.phrases("list.empty"), {{"class", "card"}});
    return;
  }
  html.open("table", {{"class", "cases"}});
  html.open("caption", {{"class", "visually-hidden"}}).text(visit.phrases("list.caption")).close();
  Table table(html, visit, look);
  table.head();
  html.open("tbody");
  for (const ledger::ShelfRow& row : rows) table.row(row);
  html.close().close();
  if (!look.next_address.empty())
    html.open("p", {{"class", "more"}})
        .element("a", visit.phrases("list.next"),
                 {{"class", "button second"}, {"rel", "next"}, {"href", Url(look.next_address)}})
        .close();
}

}  // namespace guichet::desk
