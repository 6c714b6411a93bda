#include <guichet/desk/pages/case_parts.hpp>

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/dossier/label.hpp>

namespace guichet::desk {
namespace {

bool inside(const Visit& visit) { return visit.person && sees_the_inside(*visit.person); }

std::optional<dossier::FoundWords> words_of(const SeenCase& seen, const Person& reader, TextId id) {
  const ledger::Text* text = text_in(seen.file, id);
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
      found.program = found.label && dossier::is_by_program(text->body);
      break;
    case ledger::TextKind::file: found.words.files.push_back(id); break;
    case ledger::TextKind::mail: return std::nullopt;
  }
  for (const auto& [message, taken] : seen.moved.taken) {
    if (std::ranges::find(taken.texts, id) == taken.texts.end()) continue;
    found.taken = taken.mail;
    found.withheld = withheld_from(reader, taken);
    if (!found.withheld) continue;
    found.words = {};
    // Which case of another account it is, and who found so, is the desk's to know.
    found.taken = dossier::TakenMail{.to = {}, .by = {}, .at = taken.mail.at};
  }
  return found;
}

/// Takes out what the desk keeps to itself: that it exists stays.
void hide_the_inside(ledger::CaseFile& file) {
  const std::vector<TextId> withheld = withheld_texts(file);
  // Older ledgers keep what was written with a hand-off as any words: there the event says whose they are.
  std::vector<TextId> of_hand_offs;
  for (const ledger::KeptEvent& kept : file.events)
    if (kept.event.kind == EventKind::hand_off_proposed || kept.event.kind == EventKind::hand_off_refused)
      of_hand_offs.push_back(kept.event.text);
  for (ledger::Text& text : file.texts) {
    if (text.kind == ledger::TextKind::words && std::ranges::find(of_hand_offs, text.id) != of_hand_offs.end())
      text.kind = ledger::TextKind::note;
    if (text.kind == ledger::TextKind::note || text.kind == ledger::TextKind::mail ||
        std::ranges::find(withheld, text.id) != withheld.end()) {
      text.body.clear();
      text.name.clear();
      text.sha256 = {};
      text.digest = {};
      text.body_bytes = 0;
      text.media_type.clear();
    }
  }
  file.row.team.clear();
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
    heading(until());
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
    const bool sellers = row.state.turn() == Turn::seller && !look_.promise;
    const Instant due = sellers ? row.seller_due : row.desk_due, window = row.state.due_at(Clock::appeal_window);
    const Instant mediated = row.state.due_at(Clock::mediation);
    // Nobody has to move: what still runs is the seller's time to appeal, and the case is over when it has passed.
    if (due == kNever && row.state.phase() == Phase::decided && window != kNever)
      cell(until(), v_.phrases("list.appeal_until", {{"day", day_in_words(v_.phrases, desk_zone(v_), window)}}));
    else if (due == kNever && mediated != kNever && look_.promise)
      cell(until(), v_.phrases("list.mediation_until", {{"day", day_in_words(v_.phrases, desk_zone(v_), mediated)}}));
    else
      due_cell(h_, v_, due == kNever ? mediated : due, v_.phrases(until()));
    h_.open("td", {{"data-label", v_.phrases("list.state")}});
    phase_badge(h_, v_, row);
    h_.close();
    if (!look_.seller) {
      h_.open("td", {{"data-label", v_.phrases("list.seller")}}).text(account_name(v_, row.account));
      if (row.state.owner && !look_.own)
        h_.element("span", v_.phrases("list.owner", {{"who", person_name(v_, row.state.owner)}}), {{"class", "sub"}});
      h_.close();
    }
    h_.open("td", {{"data-label", v_.phrases("list.changed")}});
    h_.element("time", distance_in_words(v_.phrases, v_.now, row.changed), {{"datetime", print_instant(row.changed)}});
    h_.close().close();
  }

 private:
  std::string_view until() const { return look_.promise ? "agent.list.promise" : "list.until"; }

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
    h_.open("th", {{"scope", "row"}, {"class", "subject"}});
    h_.element("a", row.subject.empty() ? case_number(v_, row.case_id) : row.subject,
               {{"href", Url(case_address(row.case_id))}});
    h_.open("span", {{"class", "sub"}}).text(case_number(v_, row.case_id));
    if (const std::string matter = matter_title(v_, procedure, row.state); !matter.empty()) h_.text(" · ").text(matter);
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
  seen.moved = moved_mails(seen.file);
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
                      .elsewhere = known ? contended(*act->command) : Contended{},
                      .act_text = known ? act->command->text : TextId{}});
  }
  std::vector<TextId> files;
  for (const ledger::Text& text : seen.file.texts)
    if (text.kind == ledger::TextKind::file) files.push_back(text.id);
  seen.timeline = dossier::timeline_of(
      events, seen.procedure->file.procedure, [&](TextId id) { return words_of(seen, *visit.person, id); },
      std::move(files));
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

void case_table(Html& html, const Visit& visit, const std::vector<ledger::ShelfRow>& rows, const ListLook& look) {
  if (rows.empty()) {
    html.element("p", visit.phrases("list.empty"), {{"class", "card"}});
    return;
  }
  html.open("table", {{"class", "cases stack"}});
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
