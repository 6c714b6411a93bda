// The sheet that puts a mail into the case where it belongs, and what its forms and programs send.
#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kOthersShown = 8;
constexpr std::size_t kSubjectBytesShown = 200;

Version version_in(std::string_view text) { return Version{number_of(text)}; }

/// What was typed, and what is wrong with it.
struct Typed {
  std::string choice, case_number, matter, subject, reason;
  bool checked = false;
  FieldFault fault;
};

std::string fault_at(const Visit& visit, const Typed& typed, std::string_view choice, std::string_view field) {
  if (typed.fault.field != field || typed.choice != choice) return {};
  return fault_in_words(visit.phrases, typed.fault.fault);
}

void reason_field(Html& html, const Visit& visit, const Typed& typed, const std::string& choice) {
  field(html, {.id = "reason-" + choice,
               .name = "reason",
               .label = visit.phrases("move_mail.reason"),
               .hint = visit.phrases("move_mail.reason.hint"),
               .value = typed.choice == choice ? typed.reason : std::string{},
               .required = true,
               .rows = 3,
               .fault = fault_at(visit, typed, choice, "reason")});
}

Html& open_choice(Html& html, const Visit& visit, const SeenCase& seen, Version message, std::string_view choice) {
  open_form(html, visit, case_address(seen.file.row.case_id) + "/move-mail", "form");
  hidden(html, "message", std::to_string(message.value));
  hidden(html, "do", choice);
  return html;
}

/// The account's other cases, so that their numbers need not be looked up.
void others(Html& html, const Visit& visit, const SeenCase& seen) {
  ledger::CaseQuery query;
  query.account = seen.file.row.account;
  query.limit = kOthersShown + 1;
  const auto found = visit.reader.cases(query);
  if (!found || found->rows.size() < 2) return;
  html.element("p", visit.phrases("move_mail.others")).open("ul");
  for (const ledger::ShelfRow& row : found->rows) {
    if (row.case_id == seen.file.row.case_id) continue;
    html.open("li").element("a", case_number(visit, row.case_id), {{"href", Url(case_address(row.case_id))}});
    html.text(" ").text(row.subject).text(" (" + phase_word(visit, row) + ")").close();
  }
  html.close();
}

void the_mail(Html& html, const Visit& visit, const SeenCase& seen, const MovableMail& mail) {
  html.open("section", {{"class", "card"}}).open("p");
  html.element("strong", person_name(visit, mail.actor)).text(" ");
  moment(html, visit, mail.came);
  html.close();
  if (!mail.words.matched.empty())
    html.element(
        "p", visit.phrases("stream.by_mail.because", {{"why", matched_in_words(visit.phrases, mail.words.matched)}}),
        {{"class", "hint"}});
  words_of_act(html, visit, seen, mail.words);
  html.close();
}

Response sheet(const Visit& visit, const SeenCase& seen, Version message, const Typed& typed) {
  const formats::Phrases& phrases = visit.phrases;
  Html html;
  const auto mail = movable_mail(seen.file, seen.moved, message);
  if (!mail) {
    const std::string_view stays = stays_because(seen.file, seen.moved, message);
    html.element("p", phrases(stays.empty() ? "move_mail.gone" : fmt::format("stream.stays.{}", stays)),
                 {{"class", "card"}});
    return sheet_page(visit, seen, phrases("move_mail.title"), html);
  }
  const auto raw = visit.reader.text(mail->words.mail);
  if (!raw) return unreadable(visit, raw.error());
  const intake::mail::Message read = intake::mail::read_message(raw->body, {.bodies = false});
  const bool stranger = mail->party != Party::seller || seller_behind(*visit.shared.people, read) == nullptr;
  html.element("p", phrases("move_mail.what"));
  if (mail->imported) html.element("p", phrases(mail->into_living ? "move_mail.history" : "move_mail.history.only"));
  the_mail(html, visit, seen, *mail);
  html.element("h2", phrases("move_mail.case"));
  others(html, visit, seen);
  open_choice(html, visit, seen, message, "case");
  field(html, {.id = "case",
               .name = "case",
               .label = phrases("tray.case"),
               .value = typed.case_number,
               .required = true,
               .autocomplete = "off",
               .type = "number",
               .fault = fault_at(visit, typed, "case", "case")});
  reason_field(html, visit, typed, "case");
  if (const std::string fault = fault_at(visit, typed, "case", "checked"); !fault.empty())
    html.element("p", phrases("move_mail.unchecked"), {{"class", "fault"}, {"role", "alert"}});
  if (stranger) check_box(html, "checked", "checked", "1", phrases("move_mail.checked"), typed.checked);
  html.open("div", {{"class", "row"}});
  button(html, phrases("move_mail.case.does"));
  html.close().close();

  html.element("h2", phrases("move_mail.open"));
  open_choice(html, visit, seen, message, "open");
  // History is opened under no procedure: its matter is nobody's.
  if (!mail->imported) {
    std::vector<Option> matters;
    for (const auto& matter : visit.shared.procedures->at(visit.now).file.matters)
      matters.push_back({matter.id, matter.title.in(visit.language()), matter.id == typed.matter});
    choice(html, "matter", "matter", phrases("queue.matter"), matters);
  }
  field(html, {.id = "subject",
               .name = "subject",
               .label = phrases("tray.subject"),
               .value = typed.choice == "open" ? typed.subject : utf8_cut(read.subject, kSubjectBytesShown),
               .required = true,
               .fault = fault_at(visit, typed, "open", "subject")});
  reason_field(html, visit, typed, "open");
  html.open("div", {{"class", "row"}});
  button(html, phrases("move_mail.open.does"));
  html.close().close();
  if (!mail->imported) html.element("p", phrases("move_mail.stays"), {{"class", "hint"}});
  return sheet_page(visit, seen, phrases("move_mail.title"), html);
}

}  // namespace

Response move_mail_sheet(Visit& visit) {
  CaseOr here = case_of_sheet(visit);
  if (!here.seen) return std::move(here.instead);
  return sheet(visit, *here.seen, version_in(parameter(visit, "message")), {});
}

void put_mail_elsewhere(Visit& visit, Respond respond) {
  CaseOr here = case_of_sheet(visit);
  if (!here.seen) return respond(std::move(here.instead));
  const Fields& form = visit.fields;
  Typed typed{.choice = form.text("do"),
              .case_number = form.text("case"),
              .matter = form.text("matter"),
              .subject = form.text("subject"),
              .reason = form.text("reason"),
              .checked = form.checked("checked"),
              .fault = {}};
  typed.subject = one_line(typed.subject);
  const Version message = version_in(form.text("message"));
  const auto wrong = [&](FieldFault fault) {
    if (visit.api) return respond(problem_of_field(visit.phrases, fault));
    typed.fault = std::move(fault);
    Response response = sheet(visit, *here.seen, message, typed);
    response.status = 422;
    respond(std::move(response));
  };
  const bool opens = typed.choice == "open";
  if (!opens && typed.choice != "case") return wrong({"do", "no_such_choice"});
  const CaseId to{opens ? 0U : number_of(typed.case_number)};
  if (!opens && !to) return wrong({"case", typed.case_number.empty() ? "missing" : "no_such_case"});
  if (typed.subject.size() > kLineBytesMax) return wrong({"subject", "too_long"});
  const MailMove move{.by = *visit.person,
                      .to = to,
                      .matter = opens ? typed.matter : std::string{},
                      .subject = opens ? typed.subject : std::string{},
                      .reason = typed.reason,
                      .checked = typed.checked,
                      .channel = visit.api ? ledger::Channel::api : ledger::Channel::web};
  const CaseId old = here.seen->file.row.case_id;
  const auto before = moved_before(visit.reader, old, message, move);
  if (!before) return respond(unreadable(visit, before.error()));
  auto moved = *before ? MailMoved{} : move_mail(visit, here.seen->file, message, move);
  if (!moved) return respond(unreadable(visit, moved.error()));
  if (!moved->fault.field.empty()) return wrong(std::move(moved->fault));
  const auto address = [old](const Answer& answer) { return case_address(answer.ok() ? answer.case_id : old); };
  Told told = then(visit, std::move(respond), AddressOf(address), "told.move_mail");
  if (*before) return told(Answer{.kind = Answer::Kind::repeated, .case_id = **before});
  visit.shared.clerk->submit(std::move(moved->errand), std::move(told));
}

}  // namespace guichet::desk
