#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/case_words.hpp>

namespace guichet::desk {
namespace {

using dossier::Entry;
using dossier::Words;

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
      const bool why = (v_.person && sees_the_inside(*v_.person)) && !found.words.matched.empty();
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

}  // namespace

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
  const ledger::Text* text = text_in(seen.file, id);
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

}  // namespace guichet::desk
