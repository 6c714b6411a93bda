#include <guichet/desk/pages/seller.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/mediators.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/dossier_page.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/desk/pages/expectations.hpp>
#include <guichet/desk/pages/promises.hpp>
#include <guichet/desk/pages/proof_pages.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {
namespace {

using ledger::ShelfRow;

constexpr std::size_t kQuestionFields = 3;

/// What a seller can do to a case, as its form, filled in, would give it.
struct SellerAct {
  std::string_view name;
  CommandKind kind{};
  std::string_view icon;
};
constexpr std::array<SellerAct, 20> kActs{{
    {"message", CommandKind::send_message, "seller"},
    {"dispute", CommandKind::dispute_answer, "question"},
    {"escalate", CommandKind::escalate, "up"},
    {"appeal", CommandKind::appeal_decision, "third"},
    {"accept", CommandKind::accept_resolution, "good"},
    {"refuse", CommandKind::refuse_resolution, "bad"},
    {"accept-offer", CommandKind::accept_offer, "good"},
    {"refuse-offer", CommandKind::refuse_offer, "bad"},
    {"propose", CommandKind::propose_resolution, "plain"},
    {"mediation", CommandKind::refer_to_mediator, "third"},
    {"leave-mediation", CommandKind::end_mediation, "third"},
    {"answer", CommandKind::answer_question, "question"},
    {"decline", CommandKind::decline_question, "question"},
    {"withdraw", CommandKind::withdraw_question, "question"},
    {"contest", CommandKind::contest_restriction, "bad"},
    {"exhibit", CommandKind::add_exhibit, "file"},
    {"cost", CommandKind::note_cost, "plain"},
    {"link", CommandKind::link_case, "plain"},
    {"reopen", CommandKind::reopen_case, "up"},
    {"close", CommandKind::close_case, "good"},
}};

/// The acts behind "What else can be done", in this order.
constexpr std::array<std::string_view, 11> kMore{"propose", "mediation", "leave-mediation", "answer",
                                                 "decline", "withdraw",  "contest",         "exhibit",
                                                 "cost",    "link",      "reopen"};

const SellerAct* act_of(std::string_view name) {
  const auto* found = std::ranges::find(kActs, name, &SellerAct::name);
  return found == kActs.end() ? nullptr : found;
}

Foreseen foreseen(const Visit& visit, const ShelfRow& row, const InForce& procedure, const SellerAct& act) {
  const CaseState& s = row.state;
  Command command;
  command.kind = act.kind;
  command.facts = kFactReason;
  if (act.kind == CommandKind::dispute_answer) command.detail = s.seller_answered;
  if (act.kind == CommandKind::withdraw_question) command.detail = s.seller_open;
  if (act.kind == CommandKind::answer_question || act.kind == CommandKind::decline_question)
    command.detail = s.desk_open;
  if (act.kind == CommandKind::link_case) command.detail = 0xFFFF'FFFF;  // another case, whichever
  if (act.kind == CommandKind::end_mediation) command.aux = static_cast<std::uint8_t>(MediationEnd::no_agreement);
  if (act.kind == CommandKind::close_case) command.aux = static_cast<std::uint8_t>(Ground::seller_wish);
  return foresee(visit, s, row.case_id, procedure, command);
}

/// Why not, in one line; for some acts the rules' own word would not say it to a seller.
std::string why_not(const Visit& visit, std::string_view act, Refusal refusal) {
  const std::string own = fmt::format("cannot.{}.{}", act, name(refusal));
  return visit.phrases(visit.phrases.has(own) ? own : fmt::format("refusal.{}", name(refusal)));
}

std::string act_title(const Visit& visit, std::string_view act) { return visit.phrases(fmt::format("act.{}", act)); }

std::string post_address(CaseId case_id, std::string_view act) {
  return fmt::format("{}/{}", case_address(case_id), act);
}

/// What stands in a field: what was just typed, or what was kept of it.
class Typed {
 public:
  Typed(const Visit& visit, CaseId case_id, std::string_view box, const FieldFault& fault)
      : visit_(visit), fault_(fault), draft_(draft_here(visit, case_id, box)) {}

  std::string text(std::string_view name) const {
    return sent() ? visit_.fields.text(name) : std::string(draft_.text(name));
  }
  std::vector<std::string> all(std::string_view name) const {
    return sent() ? visit_.fields.all(name) : draft_.all(name);
  }
  bool holds(std::string_view name, std::string_view value) const {
    const auto values = all(name);
    return std::ranges::find(values, value) != values.end();
  }
  bool blank() const { return !sent() && draft_.blank(); }
  bool sent() const { return !fault_.field.empty(); }
  Instant saved() const { return draft_.saved; }
  /// What is wrong with a field, as a sentence.
  std::string fault(std::string_view name) const {
    return fault_.field == name ? fault_in_words(visit_.phrases, fault_.fault) : std::string{};
  }

 private:
  const Visit& visit_;
  const FieldFault& fault_;
  Draft draft_;
};

/// A form that sends `act`; closed with html.close().
void begin_act(Html& html, const Visit& visit, CaseId case_id, std::string_view act, bool files = false) {
  open_form(html, visit, post_address(case_id, act), "form", files);
  hidden(html, "box", act);
}

void words_field(Html& html, const Visit& visit, const Typed& typed, std::string_view act, bool required,
                 std::size_t rows = 6, std::string value = {}) {
  const std::string key = fmt::format("act.{}.words", act);
  field(html, {.id = fmt::format("{}-body", act),
               .name = "body",
               .label = visit.phrases(visit.phrases.has(key) ? key
                                      : required             ? "seller.words"
                                                             : "seller.words.optional"),
               .hint = {},
               .value = typed.blank() ? std::move(value) : typed.text("body"),
               .required = required,
               .autocomplete = {},
               .rows = rows,
               .type = "text",
               .draft = std::string(act),
               .fault = typed.fault("body")});
}

void files_field(Html& html, const Visit& visit, const Typed& typed, std::string_view act, bool required) {
  const House& house = visit.shared.house;
  const std::string hint = visit.phrases(
      "seller.files.hint", {{"n", std::to_string(house.files_max)},
                            {"size", visit.phrases.number(static_cast<double>(house.file_bytes_max >> 20U))},
                            {"all", visit.phrases.number(static_cast<double>(house.files_together_max() >> 20U))}});
  field(html, {.id = fmt::format("{}-files", act),
               .name = "files",
               .label = visit.phrases(required ? "seller.files.needed" : "seller.files"),
               .hint = typed.sent() ? hint + " " + visit.phrases("seller.files.again") : hint,
               .value = {},
               .required = required,
               .autocomplete = {},
               .type = "file",
               .fault = typed.fault("files")});
}

/// Questions as check boxes, by slot.
void question_boxes(Html& html, const Visit& visit, const SeenCase& seen, const Typed& typed, std::string_view act,
                    Party by, unsigned slots, bool required) {
  html.open("fieldset").element("legend", visit.phrases(fmt::format("act.{}.questions", act)));
  if (const std::string fault = typed.fault("answers"); !fault.empty()) html.element("p", fault, {{"class", "fault"}});
  const bool alone = required && std::popcount(slots) == 1;
  for (const auto& told : seen.timeline.questions) {
    if (told.by != by || (slots >> told.slot & 1U) == 0) continue;
    // A slot may be used again: the last question in it is the one that stands.
    const bool last =
        std::none_of(&told + 1, seen.timeline.questions.data() + seen.timeline.questions.size(),
                     [&](const dossier::QuestionTold& later) { return later.by == by && later.slot == told.slot; });
    if (!last) continue;
    const std::string slot = std::to_string(told.slot);
    check_box(html, fmt::format("{}-q{}", act, slot), "answers", slot,
              told.text.empty() ? visit.phrases("question.unsaid") : told.text, alone || typed.holds("answers", slot));
  }
  html.close();
}

void own_questions(Html& html, const Visit& visit, const Typed& typed, std::string_view act) {
  const std::vector<std::string> kept = typed.all("questions");
  html.open("fieldset").element("legend", visit.phrases("seller.my_questions"));
  html.element("p", visit.phrases("seller.my_questions.hint"), {{"class", "hint"}});
  if (const std::string fault = typed.fault("questions"); !fault.empty())
    html.element("p", fault, {{"class", "fault"}});
  for (std::size_t i = 0; i < std::max(kQuestionFields, kept.size()); ++i)
    field(html, {.id = fmt::format("{}-question-{}", act, i + 1),
                 .name = "questions",
                 .label = visit.phrases("seller.my_question", {{"n", std::to_string(i + 1)}}),
                 .hint = {},
                 .value = i < kept.size() ? kept[i] : std::string{},
                 .required = false,
                 .autocomplete = "off",
                 .type = "text",
                 .draft = std::string(act)});
  html.close();
}

/// What the procedure says will follow a click, from what the rules would write.
void what_follows(Html& html, const Visit& visit, const ShelfRow& row, const InForce& procedure, const Foreseen& will) {
  Html list;
  const auto item = [&](std::string_view key, std::initializer_list<formats::Argument> arguments = {}) {
    list.element("li", visit.phrases(key, arguments));
  };
  const auto until = [&](std::string_view key, Clock clock) {
    if (const Instant due = will.until(clock); due != kNever) item(key, {{"moment", moment_words(visit, due)}});
  };
  if (const Event* up = will.of(EventKind::escalated)) {
    item("follows.level", {{"to", to_level(visit.phrases, procedure.file, up->detail)}});
    if (up->detail < procedure.file.procedure.levels && procedure.file.procedure.ladder[up->detail].different_person)
      item("follows.other_person");
    if (up->detail < procedure.file.levels.size() && procedure.file.levels[up->detail].may_decide)
      item("follows.may_decide");
  }
  if (will.of(EventKind::reopened) != nullptr) item("follows.reopened");
  if (will.of(EventKind::appealed) != nullptr && procedure.file.procedure.appeal.different_person)
    item("follows.other_decider");
  until("follows.answer", Clock::first_answer);
  until("follows.answer", Clock::next_answer);
  until("follows.decision", Clock::decision);
  until("follows.appeal_decision", Clock::appeal_decision);
  until("follows.level_until", Clock::level);
  until("follows.mediation", Clock::mediation);
  until("follows.cooling", Clock::cooling);
  until("follows.reopening", Clock::reopening);
  // A clock of the desk that already runs is not started anew by a seller's words.
  const Clock answer = row.state.has(kAnswered) ? Clock::next_answer : Clock::first_answer;
  const bool turns = will.of(EventKind::message_sent) != nullptr || will.of(EventKind::question_disputed) != nullptr;
  if (turns && row.state.runs(answer) && will.until(answer) == kNever)
    item("follows.answer", {{"moment", moment_words(visit, row.state.due_at(answer))}});
  if (will.of(EventKind::closed) != nullptr) item("follows.closed");
  if (const Instant opens = turns ? opens_next(procedure, answer, visit.now) : kNever; opens != kNever)
    item("promises.closed", {{"moment", moment_words(visit, opens)}});
  if (list.blank()) return;
  html.open("div", {{"class", "brief"}}).element("p", visit.phrases("follows.title"));
  html.open("ul").add(list).close().close();
}

// ---- the forms -------------------------------------------------------------------------------------------------

class SheetWriter {
 public:
  SheetWriter(Visit& visit, const SeenCase& seen, const SellerAct& act, const FieldFault& fault)
      : v_(visit), seen_(seen), row_(seen.file.row), act_(act), typed_(visit, seen.file.row.case_id, act.name, fault) {}

  Html write(const Foreseen& will) {
    intro();
    what_follows(h_, v_, row_, *seen_.procedure, will);
    if (!typed_.sent() && !typed_.blank())
      h_.element("p", v_.phrases("seller.draft", {{"when", distance_in_words(v_.phrases, v_.now, typed_.saved())}}),
                 {{"class", "hint"}});
    form();
    return std::move(h_);
  }

 private:
  void form() {
    const CaseState& state = row_.state;
    const std::string_view act = act_.name;
    if (act == "message") return message();
    if (act == "dispute") return questions(Party::seller, state.seller_answered, true, false);
    if (act == "withdraw") return questions(Party::seller, state.seller_open, false, false);
    if (act == "answer") return questions(Party::desk, state.desk_open, false, false);
    if (act == "decline") return questions(Party::desk, state.desk_open, true, true);
    if (act == "mediation") return mediation();
    if (act == "exhibit") return exhibit();
    if (act == "cost") return cost();
    if (act == "link") return link();
    if (act == "appeal") return plain(false, 10, appeal_so_far());
    if (act == "propose" || act == "contest") return plain(true, 6, {});
    plain(false, 4, {});
  }

  void intro() {
    const std::string key = fmt::format("act.{}.about", act_.name);
    if (v_.phrases.has(key)) h_.element("p", v_.phrases(key));
    const std::string_view act = act_.name;
    if (act == "appeal") last_words_of(EventKind::decided);
    if (act == "accept" || act == "refuse") last_words_of(EventKind::resolution_proposed);
    if (act == "accept-offer" || act == "refuse-offer") in_a_card(open_offer);
    if (act == "contest") in_a_card(offers_and_restrictions);
  }

  void in_a_card(void (*part)(Html&, const Visit&, const SeenCase&)) {
    h_.open("div", {{"class", "card"}});
    part(h_, v_, seen_);
    h_.close();
  }

  /// What the act answers to stands above its form, whole.
  void last_words_of(EventKind kind) {
    const auto& entries = seen_.timeline.entries;
    const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                    [&](const dossier::Entry& entry) { return entry.event.kind == kind; });
    if (found == entries.rend()) return;
    h_.open("div", {{"class", "card said-desk"}});
    h_.element("p", event_sentence(v_, *found, *seen_.procedure), {{"class", "ratio"}});
    if (found->words) words_of_act(h_, v_, seen_, found->words->words);
    h_.close();
  }

  /// The case knows the decision and the open questions: nobody has to write them again.
  std::string appeal_so_far() const {
    const auto& entries = seen_.timeline.entries;
    const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                    [](const dossier::Entry& entry) { return entry.event.kind == EventKind::decided; });
    if (found == entries.rend()) return {};
    std::string text = v_.phrases("act.appeal.prefill", {{"n", std::to_string(row_.case_id.value)},
                                                         {"moment", moment_words(v_, found->event.at)},
                                                         {"who", person_name(v_, found->event.actor)}});
    for (const auto* question : seen_.timeline.open_questions(Party::seller))
      if (!question->text.empty()) text += "\n" + v_.phrases("act.appeal.unanswered", {{"question", question->text}});
    return text + "\n\n";
  }

  void send_button() {
    h_.open("div", {{"class", "row"}});
    const bool grave = act_.kind == CommandKind::close_case || act_.kind == CommandKind::refuse_offer;
    button(h_, v_.phrases(fmt::format("act.{}.send", act_.name)), grave ? "second" : "");
    link_button(h_, v_.phrases("seller.back"), case_address(row_.case_id), "quiet");
    h_.close();
  }

  void plain(bool required, std::size_t rows, std::string value) {
    begin_act(h_, v_, row_.case_id, act_.name);
    words_field(h_, v_, typed_, act_.name, required, rows, std::move(value));
    send_button();
    h_.close();
  }

  void questions(Party by, unsigned slots, bool with_words, bool required) {
    begin_act(h_, v_, row_.case_id, act_.name);
    question_boxes(h_, v_, seen_, typed_, act_.name, by, slots, true);
    if (with_words) words_field(h_, v_, typed_, act_.name, required);
    send_button();
    h_.close();
  }

 public:
  /// Also at the end of the case's own page.
  void message() {
    begin_act(h_, v_, row_.case_id, act_.name, true);
    if (row_.state.desk_open != 0)
      question_boxes(h_, v_, seen_, typed_, act_.name, Party::desk, row_.state.desk_open, false);
    words_field(h_, v_, typed_, act_.name, false, 7);
    own_questions(h_, v_, typed_, act_.name);
    files_field(h_, v_, typed_, act_.name, false);
    send_button();
    h_.close();
  }
  Html take() { return std::move(h_); }

 private:
  void mediation() {
    const auto& named = seen_.procedure->file.mediators;
    const std::uint32_t share = seen_.procedure->file.declares.desk_share_of_mediation_percent;
    h_.element("p", v_.phrases("act.mediation.share", {{"share", v_.phrases.percent(share / 100.0, 0)}}));
    begin_act(h_, v_, row_.case_id, act_.name);
    h_.open("fieldset").element("legend", v_.phrases("act.mediation.whom"));
    if (const std::string fault = typed_.fault("mediator"); !fault.empty())
      h_.element("p", fault, {{"class", "fault"}});
    for (std::size_t i = 0; i < named.size(); ++i) {
      const std::string id = fmt::format("mediator-{}", i + 1);
      std::vector<formats::HtmlAttribute> attributes{
          {"type", "radio"}, {"id", id}, {"name", "mediator"}, {"value", named[i].name}, {"required", "required"}};
      if (typed_.text("mediator") == named[i].name || named.size() == 1) attributes.push_back({"checked", "checked"});
      h_.open("div", {{"class", "check"}}).empty("input", attributes);
      h_.open("label", {{"for", id}}).element("strong", named[i].name);
      if (is_example(named[i].name) || is_example(named[i].contact))
        h_.text(" ").element("em", v_.phrases("example.mark"));
      std::string languages;
      for (const std::string& language : named[i].languages)
        languages.append(languages.empty() ? "" : ", ").append(language);
      h_.empty("br").text(v_.phrases("act.mediation.facts", {{"languages", languages}, {"contact", named[i].contact}}));
      if (!named[i].independence.empty()) h_.empty("br").text(named[i].independence.in(v_.phrases.language()));
      if (const auto here = mediator_named(*v_.shared.people, named[i].name); !here || !can_mediate(*here))
        h_.empty("br").text(v_.phrases("act.mediation.not_here"));
      h_.close().close();
    }
    h_.close();
    words_field(h_, v_, typed_, act_.name, false);
    send_button();
    h_.close();
  }

  void exhibit() {
    begin_act(h_, v_, row_.case_id, act_.name, true);
    files_field(h_, v_, typed_, act_.name, true);
    send_button();
    h_.close();
  }

  void cost() {
    begin_act(h_, v_, row_.case_id, act_.name);
    std::vector<Option> kinds;
    for (const std::string_view kind : spellings<CostKind>())
      kinds.push_back({std::string(kind), v_.phrases(fmt::format("cost.{}", kind)), typed_.text("kind") == kind});
    choice(h_, "cost-kind", "kind", v_.phrases("act.cost.kind"), kinds);
    const auto line = [&](std::string_view name, std::string_view label, std::string_view hint) {
      field(h_, {.id = fmt::format("cost-{}", name),
                 .name = std::string(name),
                 .label = v_.phrases(label),
                 .hint = v_.phrases(hint),
                 .value = typed_.text(name),
                 .required = false,
                 .autocomplete = "off",
                 .type = "text",
                 .draft = "cost",
                 .fault = typed_.fault(name)});
    };
    line("minutes", "act.cost.minutes", "act.cost.minutes.hint");
    line("amount", "act.cost.cents", "act.cost.cents.hint");
    words_field(h_, v_, typed_, act_.name, false, 3);
    send_button();
    h_.close();
  }

  void link() {
    begin_act(h_, v_, row_.case_id, act_.name);
    ledger::CaseQuery query;
    query.account = row_.account;
    query.limit = ledger::kListMax;
    std::vector<Option> others{{"", v_.phrases("seller.choose"), false}};
    if (const auto listed = v_.reader.cases(query))
      for (const ShelfRow& other : listed->rows)
        if (other.case_id != row_.case_id)
          others.push_back({std::to_string(other.case_id.value),
                            fmt::format("{} · {}", other.case_id.value, other.subject),
                            typed_.text("other") == std::to_string(other.case_id.value)});
    if (const std::string fault = typed_.fault("other"); !fault.empty()) h_.element("p", fault, {{"class", "fault"}});
    choice(h_, "link-other", "other", v_.phrases("act.link.other"), others);
    words_field(h_, v_, typed_, act_.name, false, 3);
    send_button();
    h_.close();
  }

  Visit& v_;
  const SeenCase& seen_;
  const ShelfRow& row_;
  const SellerAct& act_;
  Typed typed_;
  Html h_;
};

// ---- the case --------------------------------------------------------------------------------------------------

/// A button, or the same in words with the reason why it is not one.
void act_or_reason(Html& html, const Visit& visit, const SeenCase& seen, std::string_view act, std::string_view address,
                   std::string_view css_class) {
  const Refusal refusal = seller_refusal(visit, seen.file.row, *seen.procedure, act);
  html.open("li");
  if (refusal == Refusal::none) {
    std::string all = "button";
    if (!css_class.empty()) all.append(" ").append(css_class);
    html.open("a", {{"class", all}, {"href", Url(address)}});
    icon(html, act_of(act)->icon);
    html.text(act_title(visit, act)).close();
  } else {
    html.open("div", {{"class", "cannot"}}).element("strong", act_title(visit, act));
    html.element("span", why_not(visit, act, refusal)).close();
  }
  html.close();
}

void five_buttons(Html& html, const Visit& visit, const SeenCase& seen) {
  const CaseId id = seen.file.row.case_id;
  html.open("ul", {{"class", "acts"}, {"aria-label", visit.phrases("seller.acts")}});
  act_or_reason(html, visit, seen, "message", "#write", "");
  act_or_reason(html, visit, seen, "dispute", seller_sheet_address(id, "dispute"), "second");
  act_or_reason(html, visit, seen, "escalate", seller_sheet_address(id, "escalate"), "second");
  act_or_reason(html, visit, seen, "appeal", seller_sheet_address(id, "appeal"), "second");
  html.open("li").open("a", {{"class", "button second"},
                             {"href", Url(dossier_address(id))},
                             {"download", fmt::format("dossier-{}.zip", id.value)},
                             {"title", visit.phrases("dossier.page.hint")}});
  icon(html, "down");
  html.text(visit.phrases("seller.download")).close().close().close();
  html.open("p", {{"class", "no-print"}});
  html.element("a", visit.phrases("receipts.all"), {{"href", Url(receipt_address(id) + "s")}}).close();
}

bool can(const Visit& visit, const SeenCase& seen, std::string_view act) {
  return seller_refusal(visit, seen.file.row, *seen.procedure, act) == Refusal::none;
}

/// Something that waits for a yes or no, with both ways under it.
void yes_or_no(Html& html, const Visit& visit, const SeenCase& seen, std::string_view title, const Html& what,
               std::string_view yes, std::string_view no) {
  html.open("section", {{"class", "card"}}).element("h2", visit.phrases(title)).add(what);
  html.open("p", {{"class", "row"}});
  const CaseId id = seen.file.row.case_id;
  if (can(visit, seen, yes)) link_button(html, act_title(visit, yes), seller_sheet_address(id, yes));
  if (can(visit, seen, no)) link_button(html, act_title(visit, no), seller_sheet_address(id, no), "second");
  html.close().close();
}

void what_waits(Html& html, const Visit& visit, const SeenCase& seen) {
  if (seen.file.row.state.proposal() == Proposal::by_desk) {
    Html what;
    const auto& entries = seen.timeline.entries;
    const auto found = std::find_if(entries.rbegin(), entries.rend(), [](const dossier::Entry& entry) {
      return entry.event.kind == EventKind::resolution_proposed;
    });
    if (found != entries.rend() && found->words) words_of_act(what, visit, seen, found->words->words);
    yes_or_no(html, visit, seen, "seller.proposal", what, "accept", "refuse");
  }
  if (seen.file.row.state.has(kOfferOpen)) {
    Html what;
    open_offer(what, visit, seen);
    yes_or_no(html, visit, seen, "seller.offer", what, "accept-offer", "refuse-offer");
  }
}

void more_acts(Html& html, const Visit& visit, const SeenCase& seen) {
  const CaseId id = seen.file.row.case_id;
  html.open("section", {{"class", "no-print"}}).element("h2", visit.phrases("seller.more"));
  html.open("ul", {{"class", "acts"}});
  std::vector<std::pair<std::string_view, Refusal>> others;
  for (const std::string_view act : kMore) {
    const Refusal refusal = seller_refusal(visit, seen.file.row, *seen.procedure, act);
    if (refusal == Refusal::none)
      act_or_reason(html, visit, seen, act, seller_sheet_address(id, act), "second");
    else
      others.emplace_back(act, refusal);
  }
  if (can(visit, seen, "close"))
    act_or_reason(html, visit, seen, "close", seller_sheet_address(id, "close"), "second");
  else
    others.emplace_back("close", seller_refusal(visit, seen.file.row, *seen.procedure, "close"));
  html.close();
  if (!others.empty()) {
    html.open("details").element("summary", visit.phrases("seller.not_now")).open("dl");
    for (const auto& [act, refusal] : others)
      html.element("dt", act_title(visit, act)).element("dd", why_not(visit, act, refusal));
    html.close().close();
  }
  html.close();
}

void section(Html& html, const Visit& visit, std::string_view title, const Html& content) {
  html.open("section").element("h2", visit.phrases(title)).add(content).close();
}

Html beside(const Visit& visit, const SeenCase& seen) {
  Html aside, part;
  questions_list(part, visit, seen);
  section(aside, visit, "seller.questions", part);
  part = {};
  clocks_table(part, visit, seen);
  section(aside, visit, "seller.clocks", part);
  if (!seen.timeline.offers.empty() || !seen.timeline.restrictions.empty()) {
    part = {};
    offers_and_restrictions(part, visit, seen);
    section(aside, visit, "seller.offers", part);
  }
  if (seen.file.row.state.phase() != Phase::closed) {
    part = {};
    expectations_of(part, visit, seen);
    section(aside, visit, "expect.title", part);
  }
  part = {};
  who_was_here(part, visit, seen);
  section(aside, visit, "seller.met", part);
  part = {};
  costs_list(part, visit, seen);
  section(aside, visit, "seller.costs", part);
  part = {};
  part.open("p").element("a", seen.procedure->file.title.in(visit.language()),
                         {{"href", Url(fmt::format("/procedure?number={}", seen.procedure->adopted.id.value))}});
  part.close();
  if (!seen.timeline.linked.empty()) {
    part.open("ul");
    for (const CaseId other : seen.timeline.linked)
      part.open("li")
          .element("a", visit.phrases("case.number", {{"n", std::to_string(other.value)}}),
                   {{"href", Url(case_address(other))}})
          .close();
    part.close();
  }
  section(aside, visit, "seller.rules", part);
  return aside;
}

std::string subtitle_of(const Visit& visit, const ShelfRow& row, const InForce& procedure) {
  const std::string number = std::to_string(row.case_id.value), matter = matter_title(visit, procedure, row.state),
                    opened = day_in_words(visit.phrases, desk_zone(visit), row.opened);
  std::string key = row.amount_cents == 0 ? "seller.subtitle" : "seller.subtitle.amount";
  if (matter.empty()) key += ".no_matter";
  return visit.phrases(
      key, {{"n", number}, {"matter", matter}, {"day", opened}, {"amount", amount(visit, row.amount_cents)}});
}

// ---- lists -------------------------------------------------------------------------------------------------------

std::string_view asked(const Visit& visit, std::string_view name) {
  const std::string* value = visit.request.parameter(name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

constexpr std::array<std::string_view, 4> kStates{"living", "mine", "closed", "all"};

void narrow(ledger::CaseQuery& query, std::string_view state) {
  if (state == "living") query.phases = kLivingPhases;
  if (state == "closed") query.phases = kClosedPhase;
  if (state == "mine") {
    query.phases = kLivingPhases;
    query.turn = Turn::seller;
  }
}

// ---- a new case --------------------------------------------------------------------------------------------------

void matters_list(Html& html, const Visit& visit, const InForce& procedure, std::string_view predecessor) {
  html.element("p", visit.phrases("new.matter"));
  html.open("ul", {{"class", "plain-list"}});
  for (const rulebook::MatterText& matter : procedure.file.matters) {
    const std::string address =
        address_with("/cases/new", {{"matter", matter.id}, {"predecessor", std::string(predecessor)}});
    html.open("li", {{"class", "card"}}).open("h2");
    html.element("a", matter.title.in(visit.language()), {{"href", Url(address)}}).close();
    const auto index = static_cast<std::uint8_t>(&matter - procedure.file.matters.data());
    html.element("p", promise_in_short(visit, procedure, index)).close();
  }
  html.close();
}

void open_fields(Html& html, const Visit& visit, const Typed& typed, std::string_view matter,
                 std::string_view predecessor) {
  open_form(html, visit, "/cases", "form", true);
  hidden(html, "box", "open");
  hidden(html, "matter", matter);
  field(html, {.id = "open-subject",
               .name = "subject",
               .label = visit.phrases("new.subject"),
               .hint = visit.phrases("new.subject.hint"),
               .value = typed.text("subject"),
               .required = true,
               .autocomplete = "off",
               .type = "text",
               .draft = "open",
               .fault = typed.fault("subject"),
               .length_max = 200});
  field(html, {.id = "open-amount",
               .name = "amount",
               .label = visit.phrases("new.amount"),
               .hint = visit.phrases("new.amount.hint"),
               .value = typed.text("amount"),
               .required = false,
               .autocomplete = "off",
               .type = "text",
               .draft = "open",
               .fault = typed.fault("amount")});
  words_field(html, visit, typed, "open", true, 9);
  own_questions(html, visit, typed, "open");
  files_field(html, visit, typed, "open", false);

  ledger::CaseQuery query;
  query.account = visit.person->account;
  const std::string chosen = typed.text("predecessor").empty() ? std::string(predecessor) : typed.text("predecessor");
  std::vector<Option> others{{"", visit.phrases("new.predecessor.none"), chosen.empty()}};
  if (const auto listed = visit.reader.cases(query))
    for (const ShelfRow& row : listed->rows) {
      const std::string number = std::to_string(row.case_id.value);
      others.push_back({number, fmt::format("{} · {}", number, row.subject), number == chosen});
    }
  if (others.size() > 1) {
    if (const std::string fault = typed.fault("predecessor"); !fault.empty())
      html.element("p", fault, {{"class", "fault"}});
    choice(html, "open-predecessor", "predecessor", visit.phrases("new.predecessor"), others);
  }
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("new.send"));
  html.close().close();
}

// ---- routes --------------------------------------------------------------------------------------------------------

Response new_case(Visit& visit) { return new_case_page(visit, {}); }

Response sheet(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  if (visit.captures.size() < 2 || act_of(visit.captures[1]) == nullptr) return not_found(visit);
  return seller_sheet(visit, *found.seen, {.act = visit.captures[1], .fault = {}});
}

Response account_page(Visit& visit) {
  const auto account = visit.shared.people->account(visit.person->account);
  PageParts parts;
  parts.title = visit.phrases("account.title");
  parts.subtitle = account ? account->name : std::string{};
  parts.here = "account";
  Html& html = parts.main;
  html.open("section").element("h2", visit.phrases("account.measures"));
  html.element("p", visit.phrases("account.measures.about"));
  const std::vector<SeenCase> cases = cases_with_offers(visit);
  if (cases.empty()) html.element("p", visit.phrases("account.measures.none"), {{"class", "card"}});
  for (const SeenCase& seen : cases) {
    const ShelfRow& row = seen.file.row;
    html.open("section", {{"class", "card"}}).open("h3");
    html.element(
        "a",
        row.subject.empty() ? visit.phrases("case.number", {{"n", std::to_string(row.case_id.value)}}) : row.subject,
        {{"href", Url(case_address(row.case_id))}});
    html.close();
    html.element("p", line_two(visit, row, *seen.procedure));
    offers_and_restrictions(html, visit, seen);
    html.close();
  }
  html.close();

  html.open("section").element("h2", visit.phrases("account.members"));
  html.element("p", visit.phrases("account.members.about")).open("ul");
  for (const auto& member : visit.shared.people->members(visit.person->account)) {
    html.open("li").text(member->name);
    if (!member->email.empty()) html.text(" · ").text(member->email);
    if (!member->active) html.text(" ").text(visit.phrases("account.member.left"));
    html.close();
  }
  html.close();
  if (account && !account->reference.empty())
    html.element("p", visit.phrases("account.reference", {{"reference", account->reference}}));
  html.close();
  return page(visit, std::move(parts));
}

constexpr std::array kRoutes{
    Route{.method = Method::get,
          .pattern = "/cases/new",
          .right = Right::act_as_seller,
          .look = new_case,
          .summary = "What the procedure promises for a matter, and the form that opens a case"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/my/{act}",
          .right = Right::act_as_seller,
          .look = sheet,
          .summary = "The form of one act of the seller, with what follows from it"},
    Route{.method = Method::get,
          .pattern = "/account",
          .right = Right::act_as_seller,
          .look = account_page,
          .summary = "Offers and restrictions on the seller's account, and its members"},
};

}  // namespace

std::vector<SeenCase> cases_with_offers(const Visit& visit) {
  constexpr std::size_t kMost = 30;
  std::vector<SeenCase> found;
  ledger::CaseQuery query;
  query.account = visit.person->account;
  query.limit = ledger::kListMax;
  do {
    const auto listed = visit.reader.cases(query);
    if (!listed) break;
    for (const ShelfRow& row : listed->rows) {
      if ((row.offers == 0 && row.restrictions == 0) || found.size() >= kMost) continue;
      auto seen = see_case(visit, row.case_id);
      if (seen && *seen) found.push_back(std::move(**seen));
    }
    query.after = listed->next;
  } while (!query.after.empty() && found.size() < kMost);
  return found;
}

std::string seller_sheet_address(CaseId case_id, std::string_view act) {
  return fmt::format("{}/my/{}", case_address(case_id), act);
}

Refusal seller_refusal(const Visit& visit, const ShelfRow& row, const InForce& procedure, std::string_view act) {
  const SellerAct* known = act_of(act);
  return known == nullptr ? Refusal::no_such_value : foreseen(visit, row, procedure, *known).refusal;
}

Response seller_sheet(Visit& visit, const SeenCase& seen, const Sheet& sheet) {
  const SellerAct* act = act_of(sheet.act);
  if (act == nullptr) return not_found(visit);
  const ShelfRow& row = seen.file.row;
  const Foreseen will = foreseen(visit, row, *seen.procedure, *act);
  PageParts parts;
  parts.title = act_title(visit, act->name);
  parts.subtitle =
      visit.phrases("seller.of_case", {{"n", std::to_string(row.case_id.value)}, {"subject", row.subject}});
  parts.here = "cases";
  if (will.refusal != Refusal::none) {
    parts.main.open("p", {{"class", "refused"}});
    icon(parts.main, "bad");
    parts.main.text(why_not(visit, act->name, will.refusal)).close();
    parts.main.open("p").element("a", visit.phrases("seller.back"), {{"href", Url(case_address(row.case_id))}}).close();
    parts.status = sheet.fault.field.empty() ? 200 : 409;
  } else {
    if (!sheet.fault.field.empty()) {
      parts.status = 422;
      parts.main.open("p", {{"class", "refused"}, {"role", "alert"}});
      icon(parts.main, "bad");
      parts.main.text(visit.phrases("seller.fault")).close();
    }
    parts.main.add(SheetWriter(visit, seen, *act, sheet.fault).write(will));
  }
  return page(visit, std::move(parts));
}

Response seller_case(Visit& visit, const SeenCase& seen) {
  const ShelfRow& row = seen.file.row;
  const bool all = asked(visit, "events") == "all";
  PageParts parts;
  parts.title =
      row.subject.empty() ? visit.phrases("case.number", {{"n", std::to_string(row.case_id.value)}}) : row.subject;
  parts.subtitle = subtitle_of(visit, row, *seen.procedure);
  parts.here = "cases";
  parts.live_case = row.case_id;
  Html& html = parts.main;
  first_lines(html, visit, row, *seen.procedure);
  five_buttons(html, visit, seen);
  what_waits(html, visit, seen);

  html.open("section").element("h2", visit.phrases("seller.stream"));
  html.open("p", {{"class", "switch"}});
  const auto way = [&](bool here, std::string_view key, std::string_view address) {
    if (here)
      html.element("strong", visit.phrases(key));
    else
      html.element("a", visit.phrases(key), {{"href", Url(address)}});
  };
  way(!all, "seller.stream.messages", case_address(row.case_id));
  way(all, "seller.stream.all", case_address(row.case_id) + "?events=all");
  html.element("a", visit.phrases("chronology.title"), {{"href", Url(case_address(row.case_id) + "/chronology")}});
  html.element("a", visit.phrases("claim.title"), {{"href", Url(case_address(row.case_id) + "/claim")}});
  html.element("a", visit.phrases("seller.print"), {{"href", Url(case_address(row.case_id) + "/print")}});
  html.element("a", visit.phrases("cases.data"), {{"href", Url(case_address(row.case_id) + "/data.json")}});
  html.close();
  stream(html, visit, seen, all, all);
  html.close();

  const SellerAct& write = kActs.front();
  const Foreseen will = foreseen(visit, row, *seen.procedure, write);
  html.open("section", {{"class", "card no-print"}, {"id", "write"}}).element("h2", visit.phrases("seller.write"));
  if (will.refusal == Refusal::none) {
    what_follows(html, visit, row, *seen.procedure, will);
    const FieldFault none;
    SheetWriter form(visit, seen, write, none);
    form.message();
    html.add(form.take());
  } else {
    html.element("p", why_not(visit, "message", will.refusal));
    if (will.refusal == Refusal::starts_from_zero || will.refusal == Refusal::reopening_is_over)
      link_button(html, visit.phrases("seller.start_again"),
                  fmt::format("/cases/new?predecessor={}", row.case_id.value));
  }
  html.close();
  more_acts(html, visit, seen);
  parts.aside = beside(visit, seen);
  return page(visit, std::move(parts));
}

Response seller_cases(Visit& visit) {
  const std::string_view wanted = asked(visit, "state");
  const std::string_view state = std::ranges::find(kStates, wanted) != kStates.end() ? wanted : "living";
  ledger::CaseQuery query;
  query.account = visit.person->account;
  narrow(query, state);
  query.after = asked(visit, "after");
  const auto listed = visit.reader.cases(query);
  if (!listed) return unreadable(visit, listed.error());

  PageParts parts;
  parts.title = visit.phrases("seller.cases");
  parts.subtitle = account_name(visit, visit.person->account);
  parts.here = "cases";
  parts.live_lists = true;
  parts.css_class = "wide-list";
  Html& html = parts.main;
  html.open("p", {{"class", "row"}});
  link_button(html, visit.phrases("seller.new"), "/cases/new");
  html.close();
  html.open("nav", {{"class", "switch"}, {"aria-label", visit.phrases("seller.cases.which")}});
  for (const std::string_view one : kStates) {
    const std::string word = visit.phrases(fmt::format("seller.cases.{}", one));
    if (one == state)
      html.element("strong", word);
    else
      html.element("a", word, {{"href", Url(fmt::format("/cases?state={}", one))}});
  }
  html.close();
  ListLook look;
  look.seller = true;
  if (!listed->next.empty())
    look.next_address = address_with("/cases", {{"state", std::string(state)}, {"after", listed->next}});
  case_table(html, visit, listed->rows, look);
  return page(visit, std::move(parts));
}

Response new_case_page(Visit& visit, const FieldFault& fault) {
  const InForce& procedure = visit.shared.procedures->at(visit.now);
  const bool sent = !fault.field.empty();
  const std::string wanted = sent ? visit.fields.text("matter") : std::string(asked(visit, "matter"));
  const std::string predecessor = sent ? visit.fields.text("predecessor") : std::string(asked(visit, "predecessor"));
  const auto& matters = procedure.file.matters;
  const auto matter = std::ranges::find(matters, wanted, &rulebook::MatterText::id);

  PageParts parts;
  parts.here = "new";
  parts.title = visit.phrases("new.title");
  if (matter == matters.end()) {
    matters_list(parts.main, visit, procedure, predecessor);
    parts.status = sent ? 422 : 200;
    return page(visit, std::move(parts));
  }
  parts.title = visit.phrases("new.title.matter", {{"matter", matter->title.in(visit.language())}});
  Html& html = parts.main;
  html.open("p").element("a", visit.phrases("new.other_matter"), {{"href", Url("/cases/new")}}).close();
  if (sent) {
    parts.status = 422;
    html.open("p", {{"class", "refused"}, {"role", "alert"}});
    icon(html, "bad");
    html.text(visit.phrases("seller.fault")).close();
  }
  html.open("section", {{"class", "card"}}).element("h2", visit.phrases("promises.title"));
  promises(html, visit, procedure, static_cast<std::uint8_t>(matter - matters.begin()));
  html.close();
  html.open("section", {{"class", "card"}}).element("h2", visit.phrases("expect.title"));
  expectations_before(html, visit, matter->id);
  html.close();
  const Typed typed(visit, CaseId{}, "open", fault);
  html.open("section", {{"class", "card"}, {"id", "write"}}).element("h2", visit.phrases("new.form"));
  open_fields(html, visit, typed, matter->id, predecessor);
  html.close();
  return page(visit, std::move(parts));
}

std::span<const Route> seller_routes() { return kRoutes; }

}  // namespace guichet::desk
