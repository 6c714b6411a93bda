#include <fmt/format.h>
#include <algorithm>

#include <guichet/core/names.hpp>
#include <guichet/desk/allot.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/dossier_page.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/expectations.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/rulebook/explain.hpp>

namespace guichet::desk {
namespace {

using dossier::QuestionTold;

constexpr std::size_t kListBeside = 12;
constexpr std::size_t kOtherCases = 6;

// ---- beside: the list ------------------------------------------------------------------------------------

void list_beside(Html& html, const Visit& visit, CaseId here) {
  ledger::CaseQuery query;
  query.owner = visit.person->id;
  query.phases = kLivingPhases;
  query.order = ledger::CaseQuery::Order::promise;
  query.limit = kListBeside;
  const auto mine = visit.reader.cases(query);
  html.open("section").open("nav", {{"aria-label", visit.phrases("agent.list.label")}, {"class", "list-beside"}});
  html.open("p", {{"class", "list-title"}});
  html.element("a", visit.phrases("agent.list"), {{"href", Url("/cases")}}).close();
  if (!mine || mine->rows.empty()) {
    html.element("p", visit.phrases("agent.list.none"), {{"class", "hint"}});
  } else {
    html.open("ul", {{"class", "aside-cases"}});
    for (const ledger::ShelfRow& row : mine->rows) {
      html.open("li");
      std::vector<formats::HtmlAttribute> attributes{{"href", Url(case_address(row.case_id))}};
      if (row.case_id == here) attributes.push_back({"aria-current", "true"});
      html.open("a", attributes);
      html.text(row.subject.empty() ? visit.phrases("agent.case", {{"n", std::to_string(row.case_id.value)}})
                                    : row.subject);
      const bool promised = row.desk_due != kNever;
      const std::string when =
          promised ? distance_in_words(visit.phrases, visit.now, row.desk_due) : turn_line(visit, row);
      html.element("span", promised ? visit.phrases("agent.list.due", {{"when", when}}) : when,
                   {{"class", row.desk_due < visit.now ? "sub late" : "sub"}});
      html.close().close();
    }
    html.close();
  }
  html.close().close();
}

// ---- above the stream ------------------------------------------------------------------------------------

/// The seller's words that somebody had not read when he sent his own.
void words_since(Html& html, const Visit& visit, const SeenCase& seen) {
  if (parameter(visit, "refused") != name(Refusal::seller_has_written)) return;
  std::uint32_t since = 0;
  for (const char c : parameter(visit, "since"))
    if (c >= '0' && c <= '9' && since < 100'000'000) since = since * 10 + static_cast<unsigned>(c - '0');
  html.open("section", {{"class", "card new-words"}, {"id", "new-words"}});
  html.element("h2", visit.phrases("agent.new_words"));
  for (const dossier::Entry& entry : seen.timeline.entries) {
    if (entry.event.version.value <= since || entry.event.party != Party::seller || !entry.words) continue;
    const dossier::Words& said = entry.words->words;
    if (said == dossier::Words{}) continue;
    html.open("p").element("strong", person_name(visit, entry.event.actor)).text(" ");
    moment(html, visit, entry.event.at);
    html.close();
    words_of_act(html, visit, seen, said);
  }
  html.element("p", visit.phrases("agent.new_words.then"), {{"class", "hint"}}).close();
}

void hand_off_notice(Html& html, const Visit& visit, const SeenCase& seen) {
  const CaseState& state = seen.file.row.state;
  if (!state.hand_off_pending()) return;
  const bool mine = state.other_person == visit.person->id;
  const Instant due = state.due_at(Clock::acceptance);
  html.open("section", {{"class", "card"}, {"id", "hand-off"}});
  html.element("h2", visit.phrases(mine ? "agent.hand_off.for_you" : "agent.hand_off.pending"));
  html.element(
      "p", visit.phrases(mine ? "agent.hand_off.asks_you" : "agent.hand_off.asks",
                         {{"from", person_name(visit, state.owner)}, {"to", person_name(visit, state.other_person)}}));
  if (due != kNever) {
    html.open("p").text(visit.phrases("agent.hand_off.until")).text(" ");
    moment(html, visit, due);
    html.close();
  }
  if (mine) link_button(html, visit.phrases("agent.hand_off.read"), sheet_address(seen.file.row.case_id, "hand-off"));
  html.close();
}

/// The seller has proposed something: both answers weigh the same.
void proposal_notice(Html& html, const Visit& visit, const SeenCase& seen) {
  if (seen.file.row.state.proposal() != Proposal::by_seller) return;
  html.open("section", {{"class", "card"}, {"id", "proposal"}});
  html.element("h2", visit.phrases("agent.proposal"));
  for (auto entry = seen.timeline.entries.rbegin(); entry != seen.timeline.entries.rend(); ++entry)
    if (entry->event.kind == EventKind::resolution_proposed) {
      if (entry->words) words_of_act(html, visit, seen, entry->words->words);
      break;
    }
  html.open("div", {{"class", "row"}});
  for (const std::string_view act : {"accept", "refuse"}) {
    const auto now = act_now(visit, seen, act);
    if (!now) continue;
    if (now->refusal != Refusal::none) {
      html.open("p", {{"class", "cannot"}});
      html.element("strong", visit.phrases("agent.act." + std::string(act)));
      html.element("span", visit.phrases("refusal." + std::string(name(now->refusal)))).close();
      continue;
    }
    open_act(html, visit, seen, {.act = act});
    button(html, visit.phrases("agent.act." + std::string(act) + ".does"), "second");
    html.close();
  }
  html.close().close();
}

void acts_bar(Html& html, const Visit& visit, const SeenCase& seen) {
  const std::vector<ActNow> acts = acts_now(visit, seen);
  const auto on_the_page = [](const ActNow& act) {
    return act.act == "accept" || act.act == "refuse" || act.act == "accept-hand-off" || act.act == "refuse-hand-off";
  };
  html.open("nav", {{"aria-label", visit.phrases("agent.acts")}, {"id", "acts"}}).open("ul", {{"class", "acts"}});
  std::string_view sheet_before = "none";
  for (const ActNow& act : acts) {
    // A decision may be prepared while questions are open; its sheet says what comes first.
    const bool preparable = act.act == "decide" && act.refusal == Refusal::questions_open;
    if ((act.refusal != Refusal::none && !preparable) || on_the_page(act)) continue;
    if (act.sheet.empty()) {  // to take it is one step, and undone by a hand-off
      html.open("li");
      open_act(html, visit, seen, {.act = act.act});
      button(html, visit.phrases("agent.act." + std::string(act.act)), "second");
      html.close().close();
      continue;
    }
    if (act.sheet == sheet_before) continue;  // several acts share one sheet
    sheet_before = act.sheet;
    html.open("li");
    std::vector<formats::HtmlAttribute> attributes{{"class", "button second"},
                                                   {"href", Url(sheet_address(seen.file.row.case_id, act.sheet))},
                                                   {"data-act", std::string(act.sheet)}};
    html.element("a", visit.phrases("agent.act." + std::string(act.sheet)), attributes);
    html.close();
  }
  html.close();
  html.open("details").element("summary", visit.phrases("agent.not_now"));
  html.open("dl", {{"class", "pairs"}});
  for (const ActNow& act : acts) {
    const bool preparable = act.act == "decide" && act.refusal == Refusal::questions_open;
    if (act.refusal == Refusal::none || preparable || on_the_page(act)) continue;
    html.element("dt", visit.phrases("agent.act." + std::string(act.act)));
    html.element("dd", visit.phrases("refusal." + std::string(name(act.refusal))));
  }
  html.close().close().close();
}

void presence(Html& html, const Visit& visit, CaseId case_id) {
  html.open("p", {{"class", "presence"}, {"id", "presence"}, {"aria-live", "polite"}});
  if (visit.shared.live != nullptr) {
    std::string here, writing;
    for (const Live::Present& present : visit.shared.live->present(case_id, visit.person->id, visit.now)) {
      std::string& list = present.writing ? writing : here;
      list.append(list.empty() ? "" : ", ").append(present.name);
      // Who stops writing says nothing.
      if (visit.reading != nullptr) visit.reading->lasting = false;
    }
    if (!writing.empty()) {
      icon(html, "wait");
      html.text(visit.phrases("agent.writes_too", {{"names", writing}}));
    } else if (!here.empty()) {
      icon(html, "plain");
      html.text(visit.phrases("agent.here_too", {{"names", here}}));
    }
  }
  html.close();
}

// ---- the composer ------------------------------------------------------------------------------------------

std::string question_text(const Visit& visit, const QuestionTold& question) {
  return question.text.empty() ? visit.phrases("agent.question", {{"n", std::to_string(question.slot + 1)}})
                               : question.text;
}

void template_choice(Html& html, const Visit& visit, const SeenCase& seen) {
  const std::vector<Template> templates = templates_for(all_templates(visit.reader), teams_of(visit));
  if (templates.empty()) return;
  const auto& matters = seen.procedure->file.matters;
  const std::uint8_t matter = seen.file.row.state.matter();
  const bool has_matter = seen.file.row.state.procedure && matter < matters.size();
  const std::string here = has_matter ? matters[matter].id : std::string{};
  std::vector<Option> options{{"", visit.phrases("agent.choose"), true}};
  // Those for this matter first.
  for (const bool fits : {true, false})
    for (const Template& piece : templates)
      if ((piece.matter == here) == fits) options.push_back({piece.key, piece.name, false});
  html.open("div", {{"class", "row insert"}});
  choice(html, "reply-template", "template", visit.phrases("agent.template"), options);
  html.open("button", {{"type", "submit"},
                       {"class", "second"},
                       {"name", "insert"},
                       {"value", "1"},
                       {"formnovalidate", "formnovalidate"},
                       {"formaction", Url(case_address(seen.file.row.case_id) + "/draft")}});
  html.text(visit.phrases("agent.template.insert")).close();
  html.close();
}

void boilerplate_line(Html& html, const Visit& visit, const SeenCase& seen, const Draft& draft) {
  html.open("p", {{"class", "hint"}, {"id", "boilerplate"}, {"aria-live", "polite"}});
  const Boilerplate share = boilerplate_of(draft.text("body"), all_templates(visit.reader));
  if (share.shared != 0) {
    html.text(visit.phrases("agent.boilerplate.some", {{"share", visit.phrases.percent(share.percent() / 100.0, 0)},
                                                       {"template", share.closest}}));
    const std::uint32_t most = seen.procedure->file.declares.boilerplate_max_percent;
    if (most < 100 && share.percent() > most)
      html.text(" ").text(visit.phrases("agent.boilerplate.most", {{"share", visit.phrases.percent(most / 100.0, 0)}}));
  }
  html.close();
}

void language_choice(Html& html, const Visit& visit, const SeenCase& seen, const Draft& draft) {
  std::string wanted(draft.text("language"));
  if (wanted.empty())
    for (const dossier::Entry& entry : seen.timeline.entries)
      if (entry.event.party == Party::seller && entry.words && !entry.words->words.language.empty())
        wanted = entry.words->words.language;
  if (wanted.empty()) wanted = formats::code(visit.language());
  choice(html, "reply-language", "language", visit.phrases("agent.language"),
         {{"fr", visit.phrases("agent.language.fr"), wanted == "fr"},
          {"en", visit.phrases("agent.language.en"), wanted == "en"}});
}

void reply_box(Html& html, const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  const Draft draft = draft_here(visit, row.case_id, "message");
  const auto questions = seen.timeline.open_questions(Party::seller);
  open_act(html, visit, seen, {.act = "message", .box = "message", .css_class = "box box-reply", .files = true});
  html.open("h2", {{"class", "box-title"}});
  icon(html, "seller");
  html.text(visit.phrases("agent.reply")).close();
  html.element("p", visit.phrases("agent.reply.read_by", {{"seller", account_name(visit, row.account)}}),
               {{"class", "hint"}});

  std::uint16_t ticked = 0;
  if (!questions.empty()) {
    html.open("fieldset", {{"id", "questions"}, {"tabindex", "-1"}});
    html.element("legend", visit.phrases("agent.answers"));
    for (const QuestionTold* question : questions) {
      const std::string slot = std::to_string(question->slot);
      const bool checked = draft.holds("answers", slot);
      if (checked) ticked = static_cast<std::uint16_t>(ticked | 1U << question->slot);
      check_box(html, "answers-" + slot, "answers", slot, question_text(visit, *question), checked);
    }
    html.open("p", {{"class", "hint"}}).text(visit.phrases("agent.answers.else")).text(" ");
    html.element("a", visit.phrases("agent.act.decline"), {{"href", Url(sheet_address(row.case_id, "decline"))}})
        .close();
    html.close();
  }
  field(html, {.id = "reply-body",
               .name = "body",
               .label = visit.phrases("agent.reply.words"),
               .value = std::string(draft.text("body")),
               .rows = 8,
               .draft = "message",
               .fault = parameter(visit, "fault").starts_with("body.") ? fault_of(visit, "body") : std::string{}});
  boilerplate_line(html, visit, seen, draft);
  template_choice(html, visit, seen);
  language_choice(html, visit, seen, draft);

  const std::vector<std::string> own = draft.all("questions");
  html.open("fieldset", {{"class", "own-questions"}, {"data-lines", "questions"}});
  html.element("legend", visit.phrases("agent.ask"));
  html.element("p", visit.phrases("agent.ask.hint"), {{"class", "hint"}});
  for (std::size_t i = 0; i < own.size() + 2; ++i)
    field(html, {.id = fmt::format("ask-{}", i + 1),
                 .name = "questions",
                 .label = visit.phrases("agent.ask.n", {{"n", std::to_string(i + 1)}}),
                 .value = i < own.size() ? own[i] : std::string{},
                 .autocomplete = "off",
                 .draft = "message"});
  html.close();
  field(html, {.id = "reply-files",
               .name = "files",
               .label = visit.phrases("agent.files"),
               .hint = files_hint(visit),
               .type = "file"});

  html.open("div", {{"class", "row"}});
  html.open("button", {{"type", "submit"}, {"id", "reply-send"}});
  html.text(send_label(visit, row, *seen.procedure, ticked, own.size())).close();
  keep_button(html, visit, seen, visit.phrases("agent.keep"));
  html.open("span", {{"class", "hint"}, {"data-saved", "message"}, {"aria-live", "polite"}});
  if (!draft.blank()) html.text(visit.phrases("agent.draft.kept")).text(" "), moment(html, visit, draft.saved);
  html.close().close();
  if (!questions.empty() && seen.procedure->file.procedure.answers.cover_every_question) {
    html.open("p", {{"class", "hint"}}).text(visit.phrases("agent.cover_every")).text(" ");
    clause_link(html, visit, *seen.procedure, "answers.cover_every_question");
    html.close();
  }
  html.close();
}

/// Why this person cannot write to the seller, and what he can do instead.
void no_reply_box(Html& html, const Visit& visit, const SeenCase& seen, Refusal refusal) {
  const ledger::ShelfRow& row = seen.file.row;
  html.open("div", {{"class", "box box-closed"}});
  html.open("h2", {{"class", "box-title"}});
  icon(html, "plain");
  html.text(visit.phrases("agent.reply")).close();
  html.element("p", visit.phrases("refusal." + std::string(name(refusal))));
  if (refusal == Refusal::not_yours) {
    html.open("p").text(visit.phrases("agent.owner_writes", {{"name", person_name(visit, row.state.owner)}}));
    html.text(" ");
    clause_link(html, visit, *seen.procedure, "assignment.only_owner_answers");
    html.close();
  }
  const auto owner = visit.shared.people->person(row.state.owner);
  html.open("div", {{"class", "row"}});
  if (const auto take = act_now(visit, seen, "take"); take && take->refusal == Refusal::none) {
    open_act(html, visit, seen, {.act = "take"});
    button(html, visit.phrases("agent.act.take"));
    html.close();
  } else if (refusal == Refusal::not_yours && owner && is_away(*owner, visit.now)) {
    // An absent owner keeps the case for life elsewhere; here somebody stands in for him.
    open_act(html, visit, seen, {.act = "assign"});
    hidden(html, "to", std::to_string(visit.person->id.value));
    button(html, visit.phrases("agent.stand_in", {{"name", owner->name}}));
    html.close();
  } else if (refusal == Refusal::case_is_closed) {
    link_button(html, visit.phrases("agent.act.reopen"), sheet_address(row.case_id, "reopen"), "second");
  }
  html.close().close();
}

void note_box(Html& html, const Visit& visit, const SeenCase& seen) {
  const Draft draft = draft_here(visit, seen.file.row.case_id, "note");
  open_act(html, visit, seen, {.act = "note", .box = "note", .css_class = "box box-note"});
  html.open("h2", {{"class", "box-title"}});
  icon(html, "note");
  html.text(visit.phrases("agent.note")).close();
  html.element("p", visit.phrases("agent.note.read_by"), {{"class", "hint"}});
  field(html, {.id = "note-body",
               .name = "body",
               .label = visit.phrases("agent.note.words"),
               .value = std::string(draft.text("body")),
               .required = true,
               .rows = 3,
               .draft = "note"});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("agent.note.keep"), "second");
  keep_button(html, visit, seen, visit.phrases("agent.keep"));
  html.open("span", {{"class", "hint"}, {"data-saved", "note"}, {"aria-live", "polite"}});
  if (!draft.blank()) html.text(visit.phrases("agent.draft.kept")).text(" "), moment(html, visit, draft.saved);
  html.close().close().close();
}

void composer(Html& html, const Visit& visit, const SeenCase& seen) {
  html.open("section", {{"class", "composer"}, {"id", "write"}, {"aria-label", visit.phrases("agent.compose")}});
  Command command;
  command.kind = CommandKind::send_message;
  command.detail = 1U << 16;
  const Refusal refusal = foresee(visit, seen.file.row.state, seen.file.row.case_id, *seen.procedure, command).refusal;
  if (refusal == Refusal::none)
    reply_box(html, visit, seen);
  else
    no_reply_box(html, visit, seen, refusal);
  note_box(html, visit, seen);
  html.close();
}

// ---- beside: the facts -------------------------------------------------------------------------------------

void facts_owner(Html& html, const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  html.open("section").element("h2", visit.phrases("agent.facts.owner"));
  html.open("dl", {{"class", "pairs"}});
  const auto pair = [&](std::string_view key, const std::string& value) {
    html.element("dt", visit.phrases("agent.facts." + std::string(key))).element("dd", value);
  };
  if (const auto owner = visit.shared.people->person(row.state.owner))
    pair("name", person_with_presence(visit, *owner));
  else
    pair("name", visit.phrases("agent.nobody"));
  if (!row.team.empty()) pair("team", team_name(visit, row.team));
  // Imported history has neither: they are the procedure's, and it lived under another.
  if (row.state.procedure) {
    pair("level", level_title(visit, *seen.procedure, row.state.level()));
    pair("matter", matter_title(visit, *seen.procedure, row.state));
  }
  if (row.amount_cents != 0) pair("amount", amount(visit, row.amount_cents));
  html.element("dt", visit.phrases("agent.facts.opened")).open("dd");
  moment(html, visit, row.opened);
  html.close().close().close();
}

/// The clauses that bind now: those of the clocks that run.
void facts_rules(Html& html, const Visit& visit, const SeenCase& seen) {
  const CaseState& state = seen.file.row.state;
  html.open("section").element("h2", visit.phrases("agent.facts.rules"));
  html.open("ul");
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    if (!state.runs(clock)) continue;
    html.open("li")
        .open("p")
        .text(visit.phrases("agent.facts.rule", {{"clock", visit.phrases("clock." + std::string(name(clock)))},
                                                 {"effect", effect_words(visit, *seen.procedure, clock)}}))
        .close();
    html.open("p", {{"class", "clause"}});
    clause_link(html, visit, *seen.procedure, "clocks." + std::string(name(clock)));
    html.close().close();
  }
  html.open("li").element("p", visit.phrases("agent.facts.closing")).open("p", {{"class", "clause"}});
  clause_link(html, visit, *seen.procedure, "closing");
  html.close().close().close();
  html.element("p",
               visit.phrases("agent.facts.procedure", {{"name", seen.procedure->file.title.in(visit.language())},
                                                       {"version", seen.procedure->file.version}}),
               {{"class", "hint"}});
  html.close();
}

void linked_cases(Html& html, const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  std::vector<std::pair<CaseId, std::string>> links;
  if (row.predecessor) links.emplace_back(row.predecessor, visit.phrases("agent.link.predecessor"));
  if (row.continues_in) links.emplace_back(row.continues_in, visit.phrases("agent.link.continues"));
  for (const CaseId other : seen.timeline.linked)
    if (other != row.predecessor && other != row.continues_in)
      links.emplace_back(other, visit.phrases("agent.link.related"));
  if (links.empty()) return;
  html.open("section").element("h2", visit.phrases("agent.facts.linked")).open("ul");
  for (const auto& [other, how] : links) {
    const auto there = visit.visible_case(other);
    html.open("li").text(how).text(" ");
    html.element("a", visit.phrases("agent.case", {{"n", std::to_string(other.value)}}),
                 {{"href", Url(case_address(other))}});
    if (there) html.text(" ").text(there->subject).text(" ").text("(" + phase_word(visit, *there) + ")");
    html.close();
  }
  html.close().close();
}

void facts_seller(Html& html, const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  html.open("section").element("h2", visit.phrases("agent.facts.seller"));
  html.element("p", account_name(visit, row.account));
  ledger::CaseQuery query;
  query.account = row.account;
  query.limit = kOtherCases + 1;
  const auto others = visit.reader.cases(query);
  const auto all = visit.reader.count(query, 1'000);
  if (all && *all > 1) html.element("p", visit.phrases.counted("agent.facts.cases", static_cast<std::int64_t>(*all)));
  if (others && others->rows.size() > 1) {
    html.open("ul");
    for (const ledger::ShelfRow& other : others->rows) {
      if (other.case_id == row.case_id) continue;
      html.open("li").element("a", other.subject.empty() ? std::to_string(other.case_id.value) : other.subject,
                              {{"href", Url(case_address(other.case_id))}});
      html.text(" ").element("span", phase_word(visit, other), {{"class", "far"}}).close();
    }
    html.close();
    html.open("p").element(
        "a", visit.phrases("agent.facts.all_cases"),
        {{"href", Url(address_with("/queue", {{"account", std::to_string(row.account.value)}, {"state", "all"}}))}});
    html.close();
  } else {
    html.element("p", visit.phrases("agent.facts.first_case"), {{"class", "hint"}});
  }
  html.close();
}

void facts_drafts(Html& html, const Visit& visit, const SeenCase& seen) {
  const std::vector<Draft> drafts = drafts_of_others(visit, seen.file.row.case_id);
  if (drafts.empty()) return;
  html.open("section", {{"id", "drafts"}}).element("h2", visit.phrases("agent.facts.drafts"));
  for (const Draft& draft : drafts) {
    html.open("details");
    html.open("summary").text(visit.phrases(
        "agent.draft.of",
        {{"name", person_name(visit, draft.person)},
         {"box", visit.phrases.has("agent.box." + draft.box) ? visit.phrases("agent.box." + draft.box) : draft.box}}));
    html.close();
    html.open("p", {{"class", "hint"}});
    moment(html, visit, draft.saved);
    html.close();
    for (const std::string_view part : {"body", "summary", "facts", "ground", "measure"})
      if (!draft.text(part).empty()) words(html, draft.text(part), draft.text("language"));
    for (const std::string& question : draft.all("questions")) html.element("p", question);
    if ((draft.box == "message" || draft.box == "note") && !draft.text("body").empty()) {
      open_form(html, visit, case_address(seen.file.row.case_id) + "/draft");
      hidden(html, "box", draft.box);
      hidden(html, "from", std::to_string(draft.person.value));
      button(html, visit.phrases("agent.draft.take"), "second");
      html.close();
    }
    html.close();
  }
  html.close();
}

void facts(Html& html, const Visit& visit, const SeenCase& seen) {
  facts_owner(html, visit, seen);
  html.open("section").element("h2", visit.phrases("agent.questions"));
  questions_list(html, visit, seen);
  html.close();
  html.open("section").element("h2", visit.phrases("agent.clocks"));
  clocks_table(html, visit, seen);
  html.close();
  facts_drafts(html, visit, seen);
  facts_rules(html, visit, seen);
  facts_seller(html, visit, seen);
  linked_cases(html, visit, seen);
  if (!seen.timeline.offers.empty() || !seen.timeline.restrictions.empty()) {
    html.open("section").element("h2", visit.phrases("agent.facts.offers"));
    offers_and_restrictions(html, visit, seen);
    html.close();
  }
  if (seen.file.row.state.phase() != Phase::closed) {
    html.open("section").element("h2", visit.phrases("expect.title"));
    expectations_of(html, visit, seen);
    html.close();
  }
  html.open("section").element("h2", visit.phrases("agent.facts.people"));
  who_was_here(html, visit, seen);
  html.close();
  html.open("section").element("h2", visit.phrases("agent.facts.cost"));
  costs_list(html, visit, seen);
  html.close();
}

}  // namespace

Response agent_case(Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  PageParts parts;
  parts.title =
      row.subject.empty() ? visit.phrases("agent.case", {{"n", std::to_string(row.case_id.value)}}) : row.subject;
  const std::string matter = matter_title(visit, *seen.procedure, row.state);
  parts.subtitle = visit.phrases(
      matter.empty() ? "agent.case.of.no_matter" : "agent.case.of",
      {{"n", std::to_string(row.case_id.value)}, {"seller", account_name(visit, row.account)}, {"matter", matter}});
  parts.here = "cases";
  parts.css_class = "three";
  parts.live_case = row.case_id;
  list_beside(parts.before, visit, row.case_id);

  Html& html = parts.main;
  sent_back(html, visit);
  words_since(html, visit, seen);
  first_lines(html, visit, row, *seen.procedure);
  hand_off_notice(html, visit, seen);
  proposal_notice(html, visit, seen);
  acts_bar(html, visit, seen);

  const bool all = parameter(visit, "all") == "1";
  html.open("section", {{"id", "stream"}, {"aria-label", visit.phrases("agent.stream")}});
  html.open("p", {{"class", "switch"}});
  const auto view = [&](bool chosen, std::string_view key, const std::string& address) {
    if (chosen)
      html.element("strong", visit.phrases(key), {{"aria-current", "true"}});
    else
      html.element("a", visit.phrases(key), {{"href", Url(address + "#stream")}});
  };
  view(!all, "agent.stream.messages", case_address(row.case_id));
  view(all, "agent.stream.all", case_address(row.case_id) + "?all=1");
  html.element("a", visit.phrases("chronology.title"), {{"href", Url(case_address(row.case_id) + "/chronology")}});
  html.element("a", visit.phrases("claim.title"), {{"href", Url(case_address(row.case_id) + "/claim")}});
  html.close();
  dossier_links(html, visit, row.case_id);
  stream(html, visit, seen, all, true);
  html.close();
  presence(html, visit, row.case_id);
  composer(html, visit, seen);
  facts(parts.aside, visit, seen);
  return page(visit, std::move(parts));
}

}  // namespace guichet::desk
