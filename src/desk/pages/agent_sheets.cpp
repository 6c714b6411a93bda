#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/contention.hpp>
#include <guichet/desk/mediators.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/statement.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::desk {
namespace {

/// What the rules say when the act cannot be done as the case stands; true when they do.
bool barred(Html& html, const Visit& visit, const SeenCase& seen, std::string_view act) {
  const auto now = act_now(visit, seen, act);
  if (now && now->refusal == Refusal::none) return false;
  html.open("p", {{"class", "refused"}});
  icon(html, "bad");
  html.text(now ? visit.phrases("refusal." + std::string(name(now->refusal))) : visit.phrases("frame.forbidden.text"));
  html.close();
  return true;
}

std::string title_of(const Visit& visit, std::string_view act, const SeenCase& seen) {
  return visit.phrases("sheet." + std::string(act) + ".title", {{"case", std::to_string(seen.file.row.case_id.value)}});
}

/// Text with a label, of a draft.
struct BoxLook {
  std::string_view name, key;
  std::size_t rows = 5;
  bool required = false;
  std::string type = "text";
};
void box(Html& html, const Visit& visit, const Draft& draft, const BoxLook& look) {
  const std::string hint = std::string(look.key) + ".hint";
  field(html, {.id = fmt::format("{}-{}", draft.box, look.name),
               .name = std::string(look.name),
               .label = visit.phrases(look.key),
               .hint = visit.phrases.has(hint) ? visit.phrases(hint) : std::string{},
               .value = std::string(draft.text(look.name)),
               .required = look.required,
               .autocomplete = look.rows == 0 ? "off" : "",
               .rows = look.rows,
               .type = look.type,
               .draft = draft.box,
               .fault = fault_of(visit, look.name)});
}

/// The two buttons at the end of a sheet: send, and keep for later.
void end_of_form(Html& html, const Visit& visit, const SeenCase& seen, std::string_view send) {
  html.open("div", {{"class", "row"}});
  button(html, send);
  keep_button(html, visit, seen, visit.phrases("agent.keep"));
  html.close();
}

/// A paragraph with the clause it rests on.
void with_clause(Html& html, const Visit& visit, const SeenCase& seen, const std::string& text, std::string_view path) {
  html.open("p").text(text).text(" ");
  clause_link(html, visit, *seen.procedure, path);
  html.close();
}

std::string time_of(const Visit& visit, const SeenCase& seen, Clock clock) {
  const rulebook::ProcedureFile& file = seen.procedure->file;
  return rulebook::time_in_words(file, file.procedure.clock(clock).allowance, visit.phrases);
}

// ---- hand-off ------------------------------------------------------------------------------------------------

const dossier::HandOverTold* last_proposed(const SeenCase& seen) {
  for (auto told = seen.timeline.hand_overs.rbegin(); told != seen.timeline.hand_overs.rend(); ++told)
    if (told->standing == dossier::HandOverTold::Standing::proposed) return &*told;
  return nullptr;
}

void hand_off_proposed(Html& html, const Visit& visit, const SeenCase& seen) {
  const CaseState& state = seen.file.row.state;
  html.open("section", {{"class", "card"}});
  html.element("h2", visit.phrases("sheet.hand-off.contract"));
  html.open("dl", {{"class", "pairs"}});
  const auto pair = [&](std::string_view key, const std::string& value) {
    html.element("dt", visit.phrases("sheet.hand-off." + std::string(key))).element("dd", value);
  };
  pair("from", person_name(visit, state.owner));
  pair("to", person_name(visit, state.other_person));
  const dossier::HandOverTold* told = last_proposed(seen);
  if (told != nullptr && told->reason != 0)
    pair("reason", visit.phrases("hand_off.because." + std::string(name(static_cast<HandOffReason>(told->reason)))));
  if (const Instant due = state.due_at(Clock::acceptance); due != kNever) {
    html.element("dt", visit.phrases("sheet.hand-off.due")).open("dd");
    moment(html, visit, due);
    html.close();
  }
  html.close();
  if (told != nullptr) {
    if (!told->words.body.empty()) {
      html.element("h3", visit.phrases("sheet.hand-off.summary"));
      words(html, told->words.body, told->words.language);
    }
    if (!told->words.questions.empty()) {
      html.element("h3", visit.phrases("sheet.hand-off.questions")).open("ol");
      for (const std::string& question : told->words.questions) html.element("li", question);
      html.close();
    }
  }
  html.close();
}

void hand_off_answer(Html& html, const Visit& visit, const SeenCase& seen) {
  html.element("p", visit.phrases("sheet.hand-off.if_you_accept"));
  open_act(html, visit, seen, {.act = "accept-hand-off", .sheet = "hand-off", .css_class = "form"});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("agent.act.accept-hand-off.does"));
  html.close().close();
  const Draft draft = draft_here(visit, seen.file.row.case_id, "refuse-hand-off");
  html.element("h2", visit.phrases("agent.act.refuse-hand-off"));
  html.element("p", visit.phrases("sheet.hand-off.if_you_refuse"));
  open_act(html, visit, seen, {.act = "refuse-hand-off", .sheet = "hand-off", .css_class = "form"});
  box(html, visit, draft, {.name = "body", .key = "sheet.hand-off.why_not", .rows = 3, .required = true});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("agent.act.refuse-hand-off.does"), "second");
  html.close().close();
}

std::vector<std::string> open_question_texts(const Visit& visit, const SeenCase& seen) {
  std::vector<std::string> texts;
  for (const Party by : {Party::seller, Party::desk})
    for (const dossier::QuestionTold* question : seen.timeline.open_questions(by))
      texts.push_back(question->text.empty()
                          ? visit.phrases("agent.question", {{"n", std::to_string(question->slot + 1)}})
                          : question->text);
  return texts;
}

void hand_off_form(Html& html, const Visit& visit, const SeenCase& seen) {
  const HandOffRule& rule = seen.procedure->file.procedure.hand_off;
  const CaseState& state = seen.file.row.state;
  const Draft draft = draft_here(visit, seen.file.row.case_id, "hand-off");
  with_clause(html, visit, seen,
              rule.acceptance_needed
                  ? visit.phrases("sheet.hand-off.until_accepted", {{"time", time_of(visit, seen, Clock::acceptance)}})
                  : visit.phrases("sheet.hand-off.at_once"),
              "hand_off.acceptance");
  if (rule.count_max != 0)
    with_clause(html, visit, seen,
                visit.phrases("sheet.hand-off.count",
                              {{"n", std::to_string(state.hand_offs)}, {"most", std::to_string(rule.count_max)}}),
                "hand_off.count_max");
  html.element("p", visit.phrases("sheet.hand-off.seller_is_told"));

  open_act(html, visit, seen, {.act = "hand-off", .sheet = "hand-off", .css_class = "form"});
  person_choice(html, visit, "hand-off-to", "to", visit.phrases("sheet.hand-off.to_whom"),
                people_for(visit, seen, state.owner), draft.text("to"));
  std::vector<Option> reasons{{"", visit.phrases("agent.choose"), false}};
  for (const std::string_view word : spellings<HandOffReason>().subspan(1))
    reasons.push_back(
        {std::string(word), visit.phrases("hand_off.because." + std::string(word)), draft.text("reason") == word});
  choice(html, "hand-off-reason", "reason", visit.phrases("sheet.hand-off.reason"), reasons);
  box(html, visit, draft,
      {.name = "summary", .key = "sheet.hand-off.summary_for", .rows = 5, .required = rule.summary_needed});
  std::vector<std::string> questions = draft.all("questions");
  if (questions.empty()) questions = open_question_texts(visit, seen);
  if (!questions.empty()) {
    html.open("fieldset").element("legend", visit.phrases("sheet.hand-off.questions"));
    html.element("p", visit.phrases("sheet.hand-off.questions.hint"), {{"class", "hint"}});
    for (std::size_t i = 0; i < questions.size(); ++i)
      field(html, {.id = fmt::format("hand-off-question-{}", i + 1),
                   .name = "questions",
                   .label = visit.phrases("agent.ask.n", {{"n", std::to_string(i + 1)}}),
                   .value = questions[i],
                   .autocomplete = "off",
                   .draft = "hand-off"});
    html.close();
  }
  end_of_form(html, visit, seen, visit.phrases("agent.act.hand-off.does"));
  html.close();
}

// ---- restrictions --------------------------------------------------------------------------------------------

std::vector<Option> restriction_kinds(const Visit& visit, std::string_view chosen) {
  std::vector<Option> kinds;
  for (const std::string_view word : spellings<RestrictionKind>())
    kinds.push_back({std::string(word), visit.phrases("restriction.kind." + std::string(word)), word == chosen});
  return kinds;
}

Instant earliest_measure(const Visit& visit, const SeenCase& seen) {
  const ledger::ShelfRow& row = seen.file.row;
  const Contended elsewhere = contended_elsewhere(visit.reader, row.account, row.case_id);
  return Instant{
      std::chrono::days{first_day_for_measures(row.state, seen.procedure->file.procedure.restrictions, elsewhere)}};
}

Statement announced(const Visit& visit, const SeenCase& seen, const Draft& draft) {
  Statement statement;
  statement.case_id = seen.file.row.case_id;
  statement.version = Version{seen.file.row.state.version.value + 1};
  statement.restricts = from_name<RestrictionKind>(draft.text("kind")).value_or(RestrictionKind::stock_limit);
  statement.facts = draft.text("facts");
  statement.ground = draft.text("ground");
  statement.measure = draft.text("measure");
  statement.duration = draft.text("duration");
  statement.body = draft.text("body");
  statement.redress = seen.procedure->file.declares.redress;
  statement.at = visit.now;
  statement.reference_url =
      visit.shared.house.base_url.empty() ? std::string{} : visit.shared.house.base_url + "/procedure";
  statement.language = visit.language();
  statement.persons.push_back(account_name(visit, seen.file.row.account));
  for (const auto& member : visit.shared.people->members(seen.file.row.account))
    statement.persons.push_back(member->name);
  return statement;
}

void announce_form(Html& html, const Visit& visit, const SeenCase& seen) {
  const Draft draft = draft_here(visit, seen.file.row.case_id, "announce");
  const RestrictionRule& rule = seen.procedure->file.procedure.restrictions;
  html.element("p", visit.phrases("sheet.restrict.announce.what"));
  open_act(html, visit, seen, {.act = "announce", .sheet = "restrict", .css_class = "form"});
  box(html, visit, draft, {.name = "facts", .key = "reasons.facts", .rows = 5, .required = rule.facts_needed});
  box(html, visit, draft, {.name = "ground", .key = "reasons.ground", .rows = 3, .required = rule.ground_needed});
  choice(html, "announce-kind", "kind", visit.phrases("reasons.kind"), restriction_kinds(visit, draft.text("kind")));
  box(html, visit, draft, {.name = "measure", .key = "reasons.measure", .rows = 3});
  html.open("div", {{"class", "row"}});
  box(html, visit, draft, {.name = "before", .key = "reasons.before", .rows = 0, .type = "number"});
  box(html, visit, draft, {.name = "unit", .key = "reasons.unit", .rows = 0});
  html.close();
  box(html, visit, draft, {.name = "duration", .key = "reasons.duration", .rows = 0});
  box(html, visit, draft, {.name = "body", .key = "reasons.body", .rows = 4});
  end_of_form(html, visit, seen, visit.phrases("agent.act.announce.does"));
  html.close();
  statement_preview(html, visit, seen, announced(visit, seen, draft), Refusal::none);
}

void apply_form(Html& html, const Visit& visit, const SeenCase& seen) {
  const Draft draft = draft_here(visit, seen.file.row.case_id, "apply");
  const Instant earliest = earliest_measure(visit, seen);
  html.element("h2", visit.phrases("agent.act.apply"));
  if (earliest > visit.now) {
    html.open("p", {{"class", "warning"}});
    icon(html, "wait");
    html.text(
        visit.phrases("sheet.restrict.too_early", {{"date", day_in_words(visit.phrases, desk_zone(visit), earliest)}}));
    html.text(" ");
    clause_link(html, visit, *seen.procedure, "restrictions");
    html.close();
  }
  // Too early is no bar where an exception of the law holds; everything else is.
  const auto now = act_now(visit, seen, "apply");
  if ((!now || now->refusal != Refusal::restriction_too_early) && barred(html, visit, seen, "apply")) return;
  const std::string announced_kind =
      seen.timeline.restrictions.empty() ? std::string{} : std::string(name(seen.timeline.restrictions.back().kind));
  open_act(html, visit, seen, {.act = "apply", .sheet = "restrict", .css_class = "form"});
  choice(html, "apply-kind", "kind", visit.phrases("reasons.kind"),
         restriction_kinds(visit, draft.text("kind").empty() ? std::string_view{announced_kind} : draft.text("kind")));
  html.open("div", {{"class", "row"}});
  box(html, visit, draft, {.name = "after", .key = "reasons.after", .rows = 0, .type = "number"});
  box(html, visit, draft, {.name = "unit", .key = "reasons.unit", .rows = 0});
  html.close();
  check_box(html, "apply-exception", "exception", "1", visit.phrases("sheet.restrict.exception"),
            draft.holds("exception", "1"));
  box(html, visit, draft, {.name = "facts", .key = "reasons.facts", .rows = 4});
  box(html, visit, draft, {.name = "ground", .key = "reasons.ground", .rows = 2});
  box(html, visit, draft, {.name = "body", .key = "reasons.body", .rows = 3});
  end_of_form(html, visit, seen, visit.phrases("agent.act.apply.does"));
  html.close();
}

void lift_form(Html& html, const Visit& visit, const SeenCase& seen) {
  const auto lift = act_now(visit, seen, "lift");
  if (!lift || lift->refusal != Refusal::none) return;
  const Draft draft = draft_here(visit, seen.file.row.case_id, "lift");
  html.element("h2", visit.phrases("agent.act.lift"));
  open_act(html, visit, seen, {.act = "lift", .sheet = "restrict", .css_class = "form"});
  box(html, visit, draft, {.name = "body", .key = "sheet.restrict.lift.why", .rows = 3});
  end_of_form(html, visit, seen, visit.phrases("agent.act.lift.does"));
  html.close();
}

using Part = void (*)(Html&, const Visit&, const SeenCase&);
using FieldsOf = void (*)(Html&, const Visit&, const SeenCase&, const Draft&);

/// A sheet under the title of `act`, with whatever `write` puts on it.
Response sheet_with(Visit& visit, std::string_view act, Part write) {
  CaseOr here = case_of_sheet(visit);
  if (!here.seen) return std::move(here.instead);
  Html html;
  write(html, visit, *here.seen);
  return sheet_page(visit, *here.seen, title_of(visit, act, *here.seen), html);
}

/// The form of `act` on `sheet`, with its draft in it.
void form_of(Html& html, const Visit& visit, const SeenCase& seen, std::string_view act, std::string_view sheet,
             FieldsOf fields) {
  const Draft draft = draft_here(visit, seen.file.row.case_id, act);
  open_act(html, visit, seen, {.act = act, .sheet = sheet, .css_class = "form"});
  fields(html, visit, seen, draft);
  end_of_form(html, visit, seen, visit.phrases(fmt::format("agent.act.{}.does", act)));
  html.close();
}

/// The sheet of one act: why it cannot be done now, or what it is and its form.
Response act_sheet(Visit& visit, std::string_view act, Part explain, FieldsOf fields) {
  CaseOr here = case_of_sheet(visit);
  if (!here.seen) return std::move(here.instead);
  Html html;
  if (!barred(html, visit, *here.seen, act)) {
    explain(html, visit, *here.seen);
    form_of(html, visit, *here.seen, act, act, fields);
  }
  return sheet_page(visit, *here.seen, title_of(visit, act, *here.seen), html);
}

/// One text, said for the act by its key.
void one_text(Html& html, const Visit& visit, const SeenCase&, const Draft& draft) {
  box(html, visit, draft, {.name = "body", .key = "sheet." + draft.box + ".body", .rows = 6});
}

void same_seller(Html& html, const Visit& visit, const ledger::ShelfRow& row) {
  ledger::CaseQuery query;
  query.account = row.account;
  query.limit = 8;
  const auto others = visit.reader.cases(query);
  if (!others || others->rows.size() < 2) return;
  html.element("p", visit.phrases("sheet.link.same_seller"), {{"class", "hint"}}).open("ul");
  for (const ledger::ShelfRow& other : others->rows)
    if (other.case_id != row.case_id) {
      html.open("li").element("a", visit.phrases("agent.case", {{"n", std::to_string(other.case_id.value)}}),
                              {{"href", Url(case_address(other.case_id))}});
      html.text(" ").text(other.subject).text(" (" + phase_word(visit, other) + ")").close();
    }
  html.close();
}

void link_fields(Html& html, const Visit& visit, const SeenCase& seen, const Draft& draft) {
  box(html, visit, draft, {.name = "other", .key = "sheet.link.other", .rows = 0, .required = true, .type = "number"});
  same_seller(html, visit, seen.file.row);
  const std::string_view relation = draft.text("relation");
  choice(html, "link-relation", "relation", visit.phrases("sheet.link.relation"),
         {{"related", visit.phrases("sheet.link.related"), relation.empty() || relation == "related"},
          {"continues_in", visit.phrases("sheet.link.continues_in"), relation == "continues_in"},
          {"withdrawn", visit.phrases("sheet.link.withdrawn"), relation == "withdrawn"}});
  html.element("p", visit.phrases("sheet.link.continues.hint"), {{"class", "hint"}});
  box(html, visit, draft, {.name = "body", .key = "sheet.link.body", .rows = 3});
}

void mediation_fields(Html& html, const Visit& visit, const SeenCase& seen, const Draft& draft) {
  std::vector<Option> mediators;
  for (const rulebook::Mediator& mediator : seen.procedure->file.mediators) {
    std::string spoken;
    for (const std::string& language : mediator.languages) spoken.append(spoken.empty() ? "" : ", ").append(language);
    mediators.push_back({mediator.name,
                         visit.phrases("agent.person.speaks", {{"person", mediator.name}, {"languages", spoken}}),
                         draft.text("mediator") == mediator.name});
  }
  choice(html, "mediation-mediator", "mediator", visit.phrases("sheet.mediation.mediator"), mediators);
  for (const rulebook::Mediator& mediator : seen.procedure->file.mediators)
    if (const auto here = mediator_named(*visit.shared.people, mediator.name); !here || !can_mediate(*here))
      html.element("p", visit.phrases("sheet.mediation.not_here", {{"name", mediator.name}}), {{"class", "hint"}});
  check_box(html, "mediation-agreed", "agreed", "1", visit.phrases("sheet.mediation.agreed"),
            draft.holds("agreed", "1"));
  box(html, visit, draft, {.name = "body", .key = "sheet.mediation.body", .rows = 5});
}

void offer_conditions(Html& html, const Visit& visit, const SeenCase& seen, const Draft& draft) {
  html.open("fieldset").element("legend", visit.phrases("sheet.offer.conditions"));
  html.element("p", visit.phrases("sheet.offer.conditions.hint"), {{"class", "hint"}});
  for (std::size_t i = 0; i < rulebook::kConditionWords.size(); ++i) {
    const std::string word(rulebook::kConditionWords[i]);
    if ((seen.procedure->file.procedure.offers.conditions_barred >> i & 1U) != 0) {
      html.open("p", {{"class", "check barred"}});
      icon(html, "bad");
      html.text(visit.phrases("sheet.offer.barred", {{"condition", visit.phrases("offer.condition." + word)}}));
      html.text(" ");
      clause_link(html, visit, *seen.procedure, "offers.conditions_barred");
      html.close();
    } else {
      check_box(html, "offer-" + word, "conditions", word, visit.phrases("offer.condition." + word),
                draft.holds("conditions", word));
    }
  }
  html.close();
}

/// What gives the desk the right to close now; beside each ground what stands for or against it.
std::vector<Option> grounds_to_close(Html& html, const Visit& visit, const SeenCase& seen) {
  const Draft draft = draft_here(visit, seen.file.row.case_id, "close");
  std::vector<Option> grounds;
  html.open("dl", {{"class", "pairs"}});
  for (const Ground ground : {Ground::agreement, Ground::decision, Ground::seller_silence, Ground::desk_alone}) {
    const std::string word(name(ground));
    html.element("dt", visit.phrases("ground." + word)).open("dd");
    if (ground == Ground::agreement) {
      html.text(visit.phrases("sheet.close.agreement")).text(" ");
      html.element("a", visit.phrases("agent.act.propose"),
                   {{"href", Url(sheet_address(seen.file.row.case_id, "propose"))}});
    } else if ((seen.procedure->file.procedure.right(ground).by & kByDesk) == 0) {
      html.text(visit.phrases("refusal.no_right_to_close"));
    } else {
      Command command;
      command.kind = CommandKind::close_case;
      command.aux = static_cast<std::uint8_t>(ground);
      const Refusal refusal =
          foresee(visit, seen.file.row.state, seen.file.row.case_id, *seen.procedure, command).refusal;
      if (refusal == Refusal::none)
        grounds.push_back({word, visit.phrases("ground." + word), draft.text("ground") == word});
      html.text(refusal == Refusal::none ? visit.phrases("sheet.close.holds")
                                         : visit.phrases("refusal." + std::string(name(refusal))));
    }
    html.text(" ");
    clause_link(html, visit, *seen.procedure, "closing." + word);
    html.close();
  }
  html.close();
  return grounds;
}

}  // namespace

Response hand_off_sheet(Visit& visit) {
  return sheet_with(visit, "hand-off", [](Html& html, const Visit& here, const SeenCase& seen) {
    const CaseState& state = seen.file.row.state;
    if (!state.hand_off_pending()) {
      if (!barred(html, here, seen, "hand-off")) hand_off_form(html, here, seen);
      return;
    }
    hand_off_proposed(html, here, seen);
    if (state.other_person == here.person->id)
      hand_off_answer(html, here, seen);
    else
      html.element("p", here.phrases("sheet.hand-off.waits", {{"name", person_name(here, state.other_person)}}));
  });
}

Response propose_sheet(Visit& visit) {
  return act_sheet(
      visit, "propose",
      [](Html& html, const Visit& here, const SeenCase& seen) {
        html.element("p", here.phrases("sheet.propose.what"));
        with_clause(html, here, seen,
                    here.phrases("sheet.propose.then", {{"time", time_of(here, seen, Clock::seller_reply)}}),
                    "closing.agreement");
      },
      [](Html& html, const Visit& here, const SeenCase& seen, const Draft& kept) {
        Draft draft = kept;
        // A case that goes on elsewhere is closed by agreement or not at all.
        if (draft.blank() && seen.file.row.continues_in)
          draft.fields.emplace_back("body", here.phrases("sheet.propose.continues",
                                                         {{"case", std::to_string(seen.file.row.continues_in.value)}}));
        box(html, here, draft, {.name = "body", .key = "sheet.propose.body", .rows = 8, .required = true});
      });
}

Response offer_sheet(Visit& visit) {
  return act_sheet(
      visit, "offer",
      [](Html& html, const Visit& here, const SeenCase& seen) {
        html.element("p", here.phrases("sheet.offer.recorded"));
        if (const auto days = seen.procedure->file.procedure.restrictions.cooling_offer_days; days != 0)
          with_clause(html, here, seen, here.phrases.counted("sheet.offer.cooling", days),
                      "restrictions.cooling_days_after_offer");
      },
      [](Html& html, const Visit& here, const SeenCase& seen, const Draft& draft) {
        box(html, here, draft, {.name = "amount", .key = "sheet.offer.amount", .rows = 0, .required = true});
        offer_conditions(html, here, seen, draft);
        box(html, here, draft, {.name = "body", .key = "sheet.offer.body", .rows = 6, .required = true});
      });
}

Response restrict_sheet(Visit& visit) {
  return sheet_with(visit, "restrict", [](Html& html, const Visit& here, const SeenCase& seen) {
    const Restriction standing = seen.file.row.state.restriction();
    const bool in_effect = standing == Restriction::in_effect || standing == Restriction::contested;
    html.element("p", here.phrases(standing == Restriction::none ? "sheet.restrict.state.none"
                                   : in_effect                   ? "sheet.restrict.state.in_effect"
                                                                 : "sheet.restrict.state.announced"));
    if (!seen.timeline.offers.empty() || !seen.timeline.restrictions.empty()) offers_and_restrictions(html, here, seen);
    html.element("h2", here.phrases("agent.act.announce"));
    if (!barred(html, here, seen, "announce")) announce_form(html, here, seen);
    apply_form(html, here, seen);
    lift_form(html, here, seen);
  });
}

Response link_sheet(Visit& visit) {
  return sheet_with(visit, "link", [](Html& html, const Visit& here, const SeenCase& seen) {
    if (!barred(html, here, seen, "link")) {
      html.element("p", here.phrases("sheet.link.nothing_lost"));
      form_of(html, here, seen, "link", "link", link_fields);
    }
    const CaseId on = seen.file.row.continues_in;
    if (!on) return;
    html.open("p").text(here.phrases("sheet.link.goes_on", {{"case", std::to_string(on.value)}}));
    html.text(" ").element("a", here.phrases("sheet.link.propose"),
                           {{"href", Url(sheet_address(seen.file.row.case_id, "propose"))}});
    html.close();
  });
}

Response mediation_sheet(Visit& visit) {
  return sheet_with(visit, "mediation", [](Html& html, const Visit& here, const SeenCase& seen) {
    if (seen.file.row.state.phase() == Phase::in_mediation) {
      html.element("p", here.phrases("sheet.mediation.leave.what"));
      form_of(html, here, seen, "leave-mediation", "mediation",
              [](Html& form, const Visit& visitor, const SeenCase&, const Draft& draft) {
                box(form, visitor, draft, {.name = "body", .key = "sheet.mediation.leave.why", .rows = 4});
              });
    } else if (!barred(html, here, seen, "mediation")) {
      with_clause(html, here, seen,
                  here.phrases("sheet.mediation.what", {{"time", time_of(here, seen, Clock::mediation)}}), "mediation");
      form_of(html, here, seen, "mediation", "mediation", mediation_fields);
    }
  });
}

Response escalate_sheet(Visit& visit) {
  return act_sheet(
      visit, "escalate",
      [](Html& html, const Visit& here, const SeenCase& seen) {
        const auto level = static_cast<std::uint8_t>(seen.file.row.state.level() + 1);
        with_clause(html, here, seen,
                    here.phrases("sheet.escalate.to", {{"level", level_title(here, *seen.procedure, level)}}),
                    fmt::format("ladder[{}]", level));
        html.element("p", here.phrases("sheet.escalate.then"));
      },
      one_text);
}

Response reopen_sheet(Visit& visit) {
  return act_sheet(
      visit, "reopen",
      [](Html& html, const Visit& here, const SeenCase& seen) {
        with_clause(html, here, seen, here.phrases("sheet.reopen.what"), "reopening");
      },
      one_text);
}

Response assign_sheet(Visit& visit) {
  return act_sheet(
      visit, "assign",
      [](Html& html, const Visit& here, const SeenCase& seen) {
        const ActorId owner = seen.file.row.state.owner;
        with_clause(html, here, seen,
                    owner ? here.phrases("sheet.assign.has_owner", {{"name", person_name(here, owner)}})
                          : here.phrases("sheet.assign.no_owner"),
                    "assignment");
      },
      [](Html& html, const Visit& here, const SeenCase& seen, const Draft& draft) {
        person_choice(html, here, "assign-to", "to", here.phrases("sheet.assign.to"),
                      people_for(here, seen, seen.file.row.state.owner), draft.text("to"));
      });
}

Response decline_sheet(Visit& visit) {
  return act_sheet(
      visit, "decline",
      [](Html& html, const Visit& here, const SeenCase&) { html.element("p", here.phrases("sheet.decline.what")); },
      [](Html& html, const Visit& here, const SeenCase& seen, const Draft& draft) {
        html.open("fieldset").element("legend", here.phrases("sheet.decline.which"));
        for (const dossier::QuestionTold* question : seen.timeline.open_questions(Party::seller)) {
          const std::string slot = std::to_string(question->slot);
          check_box(html, "decline-" + slot, "answers", slot,
                    question->text.empty() ? here.phrases("agent.question", {{"n", std::to_string(question->slot + 1)}})
                                           : question->text,
                    draft.holds("answers", slot));
        }
        html.close();
        box(html, here, draft, {.name = "body", .key = "sheet.decline.body", .rows = 4, .required = true});
      });
}

Response cost_sheet(Visit& visit) {
  return act_sheet(
      visit, "cost",
      [](Html& html, const Visit& here, const SeenCase&) { html.element("p", here.phrases("sheet.cost.what")); },
      [](Html& html, const Visit& here, const SeenCase&, const Draft& draft) {
        std::vector<Option> kinds;
        for (const std::string_view word : spellings<CostKind>())
          kinds.push_back({std::string(word), here.phrases("cost." + std::string(word)), draft.text("kind") == word});
        choice(html, "cost-kind", "kind", here.phrases("sheet.cost.kind"), kinds);
        html.open("div", {{"class", "row"}});
        box(html, here, draft, {.name = "minutes", .key = "sheet.cost.minutes", .rows = 0, .type = "number"});
        box(html, here, draft, {.name = "amount", .key = "sheet.cost.amount", .rows = 0});
        html.close();
        box(html, here, draft, {.name = "body", .key = "sheet.cost.body", .rows = 2});
      });
}

Response exhibit_sheet(Visit& visit) {
  return sheet_with(visit, "exhibit", [](Html& html, const Visit& here, const SeenCase& seen) {
    if (barred(html, here, seen, "exhibit")) return;
    html.element("p", here.phrases("sheet.exhibit.what"));
    open_act(html, here, seen, {.act = "exhibit", .sheet = "exhibit", .css_class = "form", .files = true});
    field(html, {.id = "exhibit-files",
                 .name = "files",
                 .label = here.phrases("agent.files"),
                 .hint = files_hint(here),
                 .required = true,
                 .type = "file",
                 .fault = fault_of(here, "files")});
    html.open("div", {{"class", "row"}});
    button(html, here.phrases("agent.act.exhibit.does"));
    html.close().close();
  });
}

/// Closing is never one click: what gives the right to close is chosen, and what stands against it is said.
Response close_sheet(Visit& visit) {
  return sheet_with(visit, "close", [](Html& html, const Visit& here, const SeenCase& seen) {
    html.element("p", here.phrases("sheet.close.what"));
    const std::vector<Option> grounds = grounds_to_close(html, here, seen);
    if (grounds.empty()) return;
    const Draft draft = draft_here(here, seen.file.row.case_id, "close");
    open_act(html, here, seen, {.act = "close", .sheet = "close", .css_class = "form"});
    choice(html, "close-ground", "ground", here.phrases("sheet.close.ground"), grounds);
    box(html, here, draft, {.name = "body", .key = "sheet.close.body", .rows = 4});
    end_of_form(html, here, seen, here.phrases("agent.act.close.does"));
    html.close();
  });
}

}  // namespace guichet::desk
