#include <algorithm>
#include <set>

#include <guichet/core/names.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/statement.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/vocabulary.hpp>

namespace guichet::desk {
namespace {

void text_box(Html& html, const Visit& visit, const Draft& draft, std::string_view name, std::size_t rows,
              bool required) {
  const std::string key = "reasons." + std::string(name);
  field(html, {.id = "decide-" + std::string(name),
               .name = std::string(name),
               .label = visit.phrases(key),
               .hint = visit.phrases.has(key + ".hint") ? visit.phrases(key + ".hint") : std::string{},
               .value = std::string(draft.text(name)),
               .required = required,
               .rows = rows,
               .draft = "decide",
               .fault = fault_of(visit, name)});
}

/// What is on the sheet so far, as one statement.
Statement typed(const Visit& visit, const SeenCase& seen, const Draft& draft) {
  Statement statement;
  statement.case_id = seen.file.row.case_id;
  statement.version = Version{seen.file.row.state.version.value + 1};
  statement.outcome = from_name<Decided>(draft.text("outcome")).value_or(Decided::granted);
  statement.restricts = from_name<RestrictionKind>(draft.text("kind"));
  statement.facts = draft.text("facts");
  statement.ground = draft.text("ground");
  statement.measure = draft.text("measure");
  statement.duration = draft.text("duration");
  statement.body = draft.text("body");
  statement.redress = draft.all("redress");
  if (draft.blank()) statement.redress = seen.procedure->file.declares.redress;
  if (const auto until = parse_instant(draft.text("until")); !draft.text("until").empty() && until)
    statement.until = *until;
  statement.at = visit.now;
  statement.reference_url =
      visit.shared.house.base_url.empty() ? std::string{} : visit.shared.house.base_url + "/procedure";
  statement.language = formats::language_from(draft.text("language")).value_or(visit.language());
  statement.persons.push_back(account_name(visit, seen.file.row.account));
  for (const auto& member : visit.shared.people->members(seen.file.row.account))
    statement.persons.push_back(member->name);
  return statement;
}

/// What the rules would say to the decision as it stands.
Refusal said_by_the_rules(const Visit& visit, const SeenCase& seen, const Statement& statement) {
  Command command;
  command.kind = CommandKind::decide_case;
  command.aux = static_cast<std::uint8_t>(statement.outcome.value_or(Decided::granted));
  command.facts = static_cast<std::uint8_t>((statement.facts.empty() ? 0U : kFactFacts) |
                                            (statement.ground.empty() ? 0U : kFactGround) |
                                            (statement.redress.empty() ? 0U : kFactRedress));
  return foresee(visit, seen.file.row.state, seen.file.row.case_id, *seen.procedure, command).refusal;
}

void letter_in(Html& html, const Visit& visit, const SeenCase& seen, const Statement& statement,
               formats::Language language) {
  const formats::Phrases phrases(language);
  const std::string code(formats::code(language));
  const SellersLetter letter = letter_of(statement,
                                         {.seller = account_name(visit, seen.file.row.account),
                                          .decider = visit.person->name,
                                          .house = house_name(visit.shared)},
                                         phrases);
  html.open("article", {{"class", "letter"}, {"lang", code}});
  html.element("h4", phrases("letter.in_language"));
  html.element("p", letter.greeting);
  for (const SellersLetter::Part& part : letter.parts) {
    html.element("h5", part.title);
    words(html, part.text);
  }
  if (!letter.redress.empty()) {
    html.element("h5", phrases("letter.redress")).open("ul");
    for (const std::string& way : letter.redress) html.element("li", way);
    html.close();
  }
  html.close();
}

void faults_list(Html& html, const Visit& visit, const std::vector<StatementFault>& faults) {
  html.open("ul", {{"class", "lint"}});
  for (const StatementFault& fault : faults) {
    html.open("li");
    icon(html, fault.blocks ? "bad" : "wait");
    html.text(visit.phrases("reasons.fault." + fault.what, {{"field", visit.phrases("reasons." + fault.field)}}));
    html.close();
  }
  html.close();
}

}  // namespace

void statement_preview(Html& html, const Visit& visit, const SeenCase& seen, const Statement& statement,
                       Refusal refusal) {
  html.open("section", {{"class", "card preview"}, {"id", "preview"}, {"data-preview", "yes"}});
  html.element("h2", visit.phrases("reasons.preview"));
  html.element("p", visit.phrases("reasons.preview.hint"), {{"class", "hint"}});

  html.element("h3", visit.phrases("reasons.lint"));
  std::vector<StatementFault> faults = advice_on(statement);
  if (refusal != Refusal::none) {
    html.open("p", {{"class", "refused"}});
    icon(html, "bad");
    html.text(visit.phrases("refusal." + std::string(name(refusal)))).text(" ");
    clause_link(html, visit, *seen.procedure, statement.outcome ? "decision" : "restrictions");
    html.close();
  }
  // What the rules refuse is said once, with their clause; the rest is advice.
  std::erase_if(faults, [&](const StatementFault& fault) { return fault.what == name(refusal); });
  if (faults.empty() && refusal == Refusal::none) {
    html.open("p");
    icon(html, "good");
    html.text(visit.phrases("reasons.complete")).close();
  } else if (!faults.empty()) {
    faults_list(html, visit, faults);
  }

  html.element("h3", visit.phrases("reasons.letter"));
  html.open("div", {{"class", "letters"}});
  letter_in(html, visit, seen, statement, formats::Language::fr);
  letter_in(html, visit, seen, statement, formats::Language::en);
  html.close();

  html.element("h3", visit.phrases("reasons.register"));
  if (!statement.restricts) {
    html.element("p",
                 visit.phrases("reasons.fault.register_no_restriction", {{"field", visit.phrases("reasons.kind")}}));
  } else {
    std::vector<StatementFault> refused = register_faults(statement);
    if (refused.empty()) html.element("p", visit.phrases("reasons.register.accepts"));
    // What is missing from the letter has been said above.
    const auto said = std::erase_if(refused, [](const auto& fault) { return !fault.what.starts_with("register_"); });
    if (said != 0) html.element("p", visit.phrases("reasons.register.incomplete"));
    if (!refused.empty()) faults_list(html, visit, refused);
    html.open("details").element("summary", visit.phrases("reasons.register.record"));
    html.open("pre", {{"tabindex", "0"},
                      {"class", "json"},
                      {"aria-label", visit.phrases("reasons.register.record")},
                      {"role", "region"}});
    html.element("code", register_record(statement));
    html.close().close();
  }
  html.close();
}

Response decide_sheet(Visit& visit) {
  CaseOr here = case_of_sheet(visit);
  if (!here.seen) return std::move(here.instead);
  const SeenCase& seen = *here.seen;
  const rulebook::ProcedureFile& file = seen.procedure->file;
  const CaseState& state = seen.file.row.state;
  const auto now = act_now(visit, seen, "decide");
  Html html;
  if (!now) return forbidden(visit);
  // Open questions keep the form open: one answers them first, and what is written here is kept.
  if (now->refusal != Refusal::none && now->refusal != Refusal::questions_open) {
    html.open("p", {{"class", "refused"}});
    icon(html, "bad");
    html.text(visit.phrases("refusal." + std::string(name(now->refusal)))).text(" ");
    clause_link(html, visit, *seen.procedure, "decision");
    html.close();
    return sheet_page(visit, seen,
                      visit.phrases("sheet.decide.title", {{"case", std::to_string(seen.file.row.case_id.value)}}),
                      html);
  }
  const Draft draft = draft_here(visit, seen.file.row.case_id, "decide");
  const Statement statement = typed(visit, seen, draft);
  html.element("p", visit.phrases("sheet.decide.what"));
  if (file.procedure.decision.covers_questions && state.seller_open != 0) {
    html.open("p", {{"class", "warning"}});
    icon(html, "wait");
    html.text(visit.phrases("refusal.questions_open")).text(" ");
    clause_link(html, visit, *seen.procedure, "decision.covers_questions");
    html.text(" ").element("a", visit.phrases("sheet.decide.answer_first"),
                           {{"href", Url(case_address(seen.file.row.case_id) + "#write")}});
    html.close();
  }
  open_act(html, visit, seen, {.act = "decide", .sheet = "decide", .css_class = "form"});
  std::vector<Option> outcomes;
  for (const Decided outcome : {Decided::granted, Decided::partly_granted, Decided::refused}) {
    const std::string word(name(outcome));
    outcomes.push_back({word, visit.phrases("reasons.outcome." + word), statement.outcome == outcome});
  }
  text_box(html, visit, draft, "facts", 6, file.procedure.decision.facts_needed);
  text_box(html, visit, draft, "ground", 3, file.procedure.decision.ground_needed);
  choice(html, "decide-outcome", "outcome", visit.phrases("reasons.outcome"), outcomes);
  text_box(html, visit, draft, "measure", 3, false);
  std::vector<Option> kinds{{"", visit.phrases("reasons.kind.none"), !statement.restricts}};
  for (const std::string_view word : spellings<RestrictionKind>())
    kinds.push_back(
        {std::string(word), visit.phrases("restriction.kind." + std::string(word)), draft.text("kind") == word});
  choice(html, "decide-kind", "kind", visit.phrases("reasons.kind"), kinds);
  text_box(html, visit, draft, "duration", 0, false);
  html.open("fieldset").element("legend", visit.phrases("reasons.redress"));
  html.element("p", visit.phrases("reasons.redress.hint"), {{"class", "hint"}});
  for (const std::string_view way : rulebook::kRedressWords)
    check_box(html, "decide-redress-" + std::string(way), "redress", way, visit.phrases("redress." + std::string(way)),
              std::ranges::find(statement.redress, way) != statement.redress.end());
  html.close();
  text_box(html, visit, draft, "body", 6, false);
  choice(html, "decide-language", "language", visit.phrases("agent.language"),
         {{"fr", visit.phrases("agent.language.fr"), statement.language == formats::Language::fr},
          {"en", visit.phrases("agent.language.en"), statement.language == formats::Language::en}});
  html.open("div", {{"class", "row"}});
  keep_button(html, visit, seen, visit.phrases("reasons.look"));
  html.close();
  statement_preview(html, visit, seen, statement, said_by_the_rules(visit, seen, statement));
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("agent.act.decide.does"));
  html.close().close();
  return sheet_page(visit, seen,
                    visit.phrases("sheet.decide.title", {{"case", std::to_string(seen.file.row.case_id.value)}}), html);
}

}  // namespace guichet::desk
