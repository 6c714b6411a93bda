// Mails that could not be delivered: who was not reached, why, and what to do about it.
#include <array>
#include <string>
#include <utility>

#include <guichet/desk/api/house_json.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kAddress = "/trays/failed";
constexpr std::size_t kShown = 100;

void one_button(Html& html, const Visit& visit, const Letter& letter, std::string_view what, std::string_view look) {
  open_form(html, visit, kAddress);
  hidden_field(html, "letter", letter.id);
  button(html, visit.phrases("failed." + std::string(what)), look, "do", what);
  html.close();
}

void card(Html& html, const Visit& visit, const FailedLetter& failed) {
  const formats::Phrases& phrases = visit.phrases;
  const Letter& letter = failed.letter;
  html.open("article", {{"class", "card"}});
  html.open("h2").element("a", person_name(visit, letter.to),
                          {{"href", Url("/people/" + std::to_string(letter.to.value))}});
  html.close();
  const auto person = visit.shared.people->person(letter.to);
  if (person && !person->email.empty()) html.element("p", person->email, {{"class", "hint"}});
  html.open("p");
  const std::string about = phrases("failed.about", {{"n", std::to_string(letter.case_id.value)}});
  if (visit.may(Right::see_cases))
    html.element("a", about, {{"href", Url(case_address(letter.case_id))}});
  else
    html.text(about);
  html.text(" · ");
  moment(html, visit, failed.failed);
  html.close();
  html.open("p");
  icon(html, "bad");
  html.text(phrases("failed.why")).text(" ").element("code", letter.fault).close();
  if (!can_go_again(letter)) html.element("p", phrases("failed.not_again"), {{"class", "hint"}});
  html.open("div", {{"class", "row"}});
  if (can_go_again(letter)) one_button(html, visit, letter, "again", "second");
  one_button(html, visit, letter, "forget", "quiet");
  html.close().close();
}

}  // namespace

Response failed_letters_page(Visit& visit) {
  return tray_page(visit, "failed", failed_letters(visit.reader, kShown), {}, card);
}

void settle_failed_letter(Visit& visit, Respond respond) {
  const auto failed = failed_letter(visit.reader, visit.fields.text("letter"));
  if (!failed) return respond(unreadable(visit, failed.error()));
  if (!*failed) return respond(not_found(visit));
  const std::string what = visit.fields.text("do");
  Errand errand = house_errand(visit);
  if (what == "again" && can_go_again((*failed)->letter))
    send_again(**failed, visit.person->id, visit.now, errand);
  else if (what == "forget")
    take_off(**failed, visit.person->id, errand);
  else
    return respond(faulty(visit, {"do", "no_such_choice"}, "failed.title", "failed.not_again"));
  visit.shared.clerk->submit(std::move(errand), then(visit, std::move(respond), std::string(kAddress),
                                                     what == "again" ? "told.letter_again" : "told.saved"));
}

Response failed_letters_json(Visit& visit) {
  const auto all = failed_letters(visit.reader, kShown);
  if (!all) return ledger_trouble(visit.phrases);
  formats::JsonWriter json;
  json.begin_object().key("letters").begin_array();
  for (const FailedLetter& failed : *all) {
    const Letter& letter = failed.letter;
    json.begin_object().key("letter").value(letter.id).key("to").value(letter.to.value);
    json.key("case").value(letter.case_id.value).key("kind").value(name(letter.kind));
    json.key("queued").value(print_instant(letter.queued)).key("failed").value(print_instant(failed.failed));
    json.key("attempts").value(letter.attempts).key("fault").value(letter.fault);
    json.key("can_go_again").value(can_go_again(letter)).end_object();
  }
  json.end_array().end_object();
  return json_answer(json);
}

}  // namespace guichet::desk
