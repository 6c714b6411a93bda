#include <guichet/desk/mail_tray.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kShown = 50;
constexpr std::size_t kWordsShown = 1'200;
std::string reason_of(const Visit& visit, const TrayMail& mail) {
  const std::string key = "mail.tray.reason." + std::string(name(mail.reason));
  const std::string closer = key + "." + mail.detail;
  std::string reason = visit.phrases(!mail.detail.empty() && visit.phrases.has(closer) ? closer : key);
  const std::string refusal = "refusal." + mail.detail;
  if (mail.reason == TrayReason::refused && visit.phrases.has(refusal))
    reason.append(" (").append(visit.phrases(refusal)).append(")");
  return reason;
}

/// Whoever has this address here, when he is a seller: then a case of his own may be opened from it.
std::shared_ptr<const Person> seller_of(const Visit& visit, const TrayMail& mail) {
  auto person = visit.shared.people->person(mail.person);
  return person && person->active && person->role == Role::seller ? person : nullptr;
}

void words_of_mail(Html& html, const Visit& visit, const TrayMail& mail) {
  const auto raw = raw_of(visit.reader, mail.id);
  if (!raw) return;
  const intake::mail::Message message = intake::mail::read_message(*raw);
  html.open("details").element("summary", visit.phrases("tray.read"));
  words(html, utf8_cut(message.text, kWordsShown));
  for (const intake::mail::Attachment& attachment : message.attachments) {
    html.open("p");
    icon(html, "file");
    html.text(attachment.name).close();
  }
  html.close();
}

Html& open_choice(Html& html, const Visit& visit, const TrayMail& mail, std::string_view choice) {
  open_form(html, visit, "/trays/mail", "form");
  hidden(html, "mail", mail.id);
  hidden(html, "do", choice);
  return html;
}

void choices(Html& html, const Visit& visit, const TrayMail& mail) {
  const formats::Phrases& phrases = visit.phrases;
  const auto seller = seller_of(visit, mail);
  html.open("details").element("summary", phrases("tray.into_case"));
  open_choice(html, visit, mail, "case");
  field(html, {.id = "case-" + mail.id,
               .name = "case",
               .label = phrases("tray.case"),
               .value = mail.case_id ? std::to_string(mail.case_id.value) : std::string{},
               .required = true,
               .autocomplete = "off",
               .type = "number"});
  // Somebody's words are put into a seller's mouth: a person answers for that.
  check_box(html, "checked-" + mail.id, "checked", "1", phrases("tray.checked"), false);
  html.open("div", {{"class", "row"}});
  button(html, phrases("tray.into_case.does"));
  html.close().close().close();

  if (seller) {
    html.open("details").element("summary", phrases("tray.open"));
    open_choice(html, visit, mail, "open");
    field(html, {.id = "subject-" + mail.id,
                 .name = "subject",
                 .label = phrases("tray.subject"),
                 .value = mail.subject,
                 .required = true});
    std::vector<Option> matters;
    for (const auto& matter : visit.shared.procedures->at(visit.now).file.matters)
      matters.push_back({matter.id, matter.title.in(visit.language()), false});
    choice(html, "matter-" + mail.id, "matter", phrases("queue.matter"), matters);
    html.open("div", {{"class", "row"}});
    button(html, phrases("tray.open.does"));
    html.close().close().close();
  }
  open_choice(html, visit, mail, "aside");
  html.open("div", {{"class", "row"}});
  button(html, phrases("tray.aside.does"), "second");
  html.element("span", phrases("tray.aside.kept"), {{"class", "hint"}});
  html.close().close();
}

void card(Html& html, const Visit& visit, const TrayMail& mail) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("article", {{"class", "card"}});
  html.element("h2", mail.subject.empty() ? phrases("tray.no_subject") : mail.subject);
  html.open("p").text(
      phrases("tray.from", {{"name", mail.from_name.empty() ? mail.from : mail.from_name}, {"address", mail.from}}));
  html.text(" ");
  moment(html, visit, mail.received);
  html.close();
  html.open("p");
  icon(html, "wait");
  html.text(phrases("tray.why", {{"reason", reason_of(visit, mail)}})).close();
  if (mail.case_id) {
    html.open("p").text(phrases("tray.seems")).text(" ");
    html.element("a", phrases("agent.case", {{"n", std::to_string(mail.case_id.value)}}),
                 {{"href", Url(case_address(mail.case_id))}});
    if (!mail.matched.empty()) html.text(" (" + matched_in_words(phrases, mail.matched) + ")");
    html.close();
  }
  if (const auto person = visit.shared.people->person(mail.person))
    html.element("p", person->account ? phrases("tray.person_of", {{"name", person->name},
                                                                   {"account", account_name(visit, person->account)}})
                                      : phrases("tray.person", {{"name", person->name}}));
  words_of_mail(html, visit, mail);
  choices(html, visit, mail);
  html.close();
}

void settle(Visit& visit, Errand errand, Respond respond, const std::function<void(const Answer&)>& followed = {}) {
  if (visit.api) errand.channel = ledger::Channel::api;
  Told told = then(
      visit, std::move(respond),
      [](const Answer& answer) {
        return answer.ok() && answer.case_id ? case_address(answer.case_id) : std::string{"/trays/mail"};
      },
      "told.saved");
  visit.shared.clerk->submit(std::move(errand), [told = std::move(told), followed](const Answer& answer) {
    if (answer.ok() && followed) followed(answer);
    told(answer);
  });
}

Response wrong(const Visit& visit, std::string_view field, std::string_view fault, std::string_view key) {
  return faulty(visit, {std::string(field), std::string(fault)}, "tray.title", key);
}

}  // namespace

Response mail_tray_page(Visit& visit) {
  Html before;
  if (visit.may(Right::see_people))
    if (const auto failed = count_failed_letters(visit.reader, 1'000); failed && *failed != 0)
      before.open("p")
          .element("a", visit.phrases.counted("failed.count", static_cast<std::int64_t>(*failed)),
                   {{"href", Url("/trays/failed")}})
          .close();
  return tray_page(visit, "tray", waiting_mails(visit.reader, kShown), before, card);
}

void settle_mail(Visit& visit, Respond respond) {
  const auto mail = waiting_mail(visit.reader, visit.fields.text("mail"));
  if (!mail) return respond(unreadable(visit, mail.error()));
  if (!*mail) return respond(visit.api ? not_found(visit) : wrong(visit, "mail", "missing", "tray.gone"));
  const std::string what = visit.fields.text("do");
  if (what == "aside") return settle(visit, set_aside(**mail, *visit.person), std::move(respond));

  auto member = seller_of(visit, **mail);
  CaseId case_id;
  std::uint8_t matter = 0;
  if (what == "case") {
    case_id = CaseId{
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(visit.fields.number("case").value_or(0), 0, 0xFFFF'FFFF))};
    const auto row = visit.visible_case(case_id);
    if (!row) return respond(wrong(visit, "case", "no_such_case", "field.no_such_case"));
    if (!member || member->account != row->account) {
      // Of a sender whom nobody knows here, or of another account: somebody says that it belongs.
      if (!visit.fields.checked("checked")) return respond(wrong(visit, "checked", "missing", "tray.unchecked"));
      member = visit.shared.people->person(row->opener);
    }
  } else if (what == "open") {
    const auto& matters = visit.shared.procedures->at(visit.now).file.matters;
    const auto found = std::ranges::find(matters, visit.fields.text("matter"), &rulebook::MatterText::id);
    if (found == matters.end()) return respond(wrong(visit, "matter", "no_such_choice", "field.missing"));
    if (visit.fields.text("subject").empty()) return respond(wrong(visit, "subject", "missing", "field.missing"));
    matter = static_cast<std::uint8_t>(found - matters.begin());
  } else {
    return respond(visit.api ? wrong(visit, "do", "no_such_choice", "field.wrong") : not_found(visit));
  }
  if (!member) return respond(wrong(visit, "mail", "no_such_person", "field.no_such_person"));
  auto errand = put_into_case(visit.reader, **mail,
                              {.by = *visit.person,
                               .member = *member,
                               .case_id = case_id,
                               .matter = matter,
                               .subject = visit.fields.text("subject")},
                              visit.shared.house);
  if (!errand) return respond(unreadable(visit, errand.error()));
  std::function<void(const Answer&)> followed;
  if (!case_id)
    followed = [clerk = visit.shared.clerk, waiting = **mail](const Answer& answer) {
      clerk->submit(remember_in(waiting, answer.case_id), {});
    };
  settle(visit, std::move(*errand), std::move(respond), std::move(followed));
}

}  // namespace guichet::desk
