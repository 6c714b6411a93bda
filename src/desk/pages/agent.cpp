// The routes of the desk's own people: lists, the acts on a case and their sheets, templates, the tray of mails.
#include <guichet/desk/pages/agent.hpp>

#include <array>

#include <guichet/desk/api/house_json.hpp>
#include <guichet/desk/pages/agent_pages.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {
namespace {

constexpr Route look_at(std::string_view pattern, Route::Look look, std::string_view summary,
                        Right right = Right::act_as_desk) {
  return {.method = Method::get, .pattern = pattern, .right = right, .look = look, .act = nullptr, .summary = summary};
}
constexpr Route kept(Route route) {
  route.kept = true;
  return route;
}
constexpr Route send_to(std::string_view pattern, Route::Act act, std::string_view summary,
                        Right right = Right::act_as_desk) {
  return {.method = Method::post, .pattern = pattern, .right = right, .look = nullptr, .act = act, .summary = summary};
}

constexpr std::array<std::string_view, 3> kTrayChoices{"case", "open", "aside"};

constexpr std::array kViewFields{
    ActField{"name", FieldKind::line, true, {}, "what the list is called"},
    ActField{"address", FieldKind::line, true, {}, "of the list on the pages: /queue?…, /cases?…, /search?…"},
    ActField{"team", FieldKind::line, false, {}, "one of one's own teams, whose people all find it; else oneself"}};

constexpr std::array kTemplateFields{
    ActField{"name", FieldKind::line, true, {}, "for the desk alone"},
    ActField{"fr", FieldKind::words, false, {}, "the text in French; one of both is needed"},
    ActField{"en", FieldKind::words, false, {}, "the text in English"},
    ActField{"matter", FieldKind::line, false, {}, "a matter of the procedure, by its id; else any"},
    ActField{"team", FieldKind::line, false, {}, "one of one's own teams; else everybody"},
    ActField{"revision", FieldKind::number, false, {}, "as it was read, when it is changed"}};

constexpr std::array kBulkFields{
    ActField{"act", FieldKind::choice, true, kManyActs, "what is done to each, as if by itself"},
    ActField{"case", FieldKind::case_numbers, true, {}, "numbers of cases, 100 at most"},
    ActField{"body", FieldKind::words, false, {}, "for note and link: the words"},
    ActField{"to", FieldKind::person, false, {}, "for assign and hand-off: a person of the desk"},
    ActField{"team", FieldKind::line, false, {}, "for hand-off: a team in place of a person"},
    ActField{"reason", FieldKind::line, false, {}, "for hand-off: as for one case"},
    ActField{"summary", FieldKind::words, false, {}, "for hand-off: where the cases stand"},
    ActField{"other", FieldKind::case_number, false, {}, "for link: the other case"}};

constexpr std::array kTrayFields{
    ActField{"mail", FieldKind::line, true, {}, "which, by its id"},
    ActField{"do", FieldKind::choice, true, kTrayChoices, "put it into a case, open one with it, or set it aside"},
    ActField{"case", FieldKind::case_number, false, {}, "for case: which"},
    ActField{"checked", FieldKind::flag, false, {}, "for case: somebody has looked that its words belong there"},
    ActField{"matter", FieldKind::line, false, {}, "for open: a matter of the procedure, by its id"},
    ActField{"subject", FieldKind::line, false, {}, "for open: what the case is called"}};

constexpr std::array<std::string_view, 2> kMoveMailChoices{"case", "open"};
constexpr std::array kMoveMailFields{
    ActField{"message", FieldKind::number, true, {}, "the version of the mail's event in this case"},
    ActField{"do", FieldKind::choice, true, kMoveMailChoices, "put it into a case, or open one with it"},
    ActField{"case", FieldKind::case_number, false, {}, "for case: which"},
    ActField{"checked", FieldKind::flag, false, {}, "for another account's case: a stranger's words belong there"},
    ActField{"matter", FieldKind::line, false, {}, "for open: a matter of the procedure, by its id"},
    ActField{"subject", FieldKind::line, false, {}, "for open: what the case is called"},
    ActField{"reason", FieldKind::words, true, {}, "why it belongs there; for the desk"}};

constexpr std::array kRoutes{
    send_to("/cases/{case}/desk/{act}", act_of_desk, "Does an act of the desk; what was typed is kept when refused"),
    send_to("/cases/{case}/draft", keep_draft, "Keeps what is typed and not sent", Right::see_cases),
    look_at("/script.json", script_data, "What the script of the pages needs: words, keys, limits", Right::signed_in),

    look_at("/cases/{case}/hand-off", hand_off_sheet, "Hand a case off, or answer a hand-off"),
    look_at("/cases/{case}/decide", decide_sheet, "Decide, with facts, ground, measure and redress", Right::decide),
    look_at("/cases/{case}/propose", propose_sheet, "Propose how to settle the case"),
    look_at("/cases/{case}/offer", offer_sheet, "Make an offer, with its conditions"),
    look_at("/cases/{case}/restrict", restrict_sheet, "Announce, apply or lift a restriction", Right::restrict_seller),
    look_at("/cases/{case}/link", link_sheet, "Link another case, or let this one go on there"),
    look_at("/cases/{case}/mediation", mediation_sheet, "Refer the case to a mediator, or leave the mediation"),
    look_at("/cases/{case}/escalate", escalate_sheet, "Make the case climb one level"),
    look_at("/cases/{case}/assign", assign_sheet, "Give the case to somebody"),
    look_at("/cases/{case}/decline", decline_sheet, "Decline questions, with the reason"),
    look_at("/cases/{case}/cost", cost_sheet, "Note what the case has cost"),
    look_at("/cases/{case}/exhibit", exhibit_sheet, "Add exhibits"),
    look_at("/cases/{case}/close", close_sheet, "Close the case, where the procedure gives that right"),
    look_at("/cases/{case}/reopen", reopen_sheet, "Reopen the case"),
    look_at("/cases/{case}/move-mail", move_mail_sheet, "Put a mail of this case into the one where it belongs"),
    send_to("/cases/{case}/move-mail", put_mail_elsewhere, "Puts a mail into another case, or opens one with it"),

    kept(look_at("/queue", queue_page, "The cases of one's teams")),
    kept(look_at("/search", search_page, "Search in all words of all cases")),
    look_at("/views", views_page, "Lists that were saved"),
    send_to("/views", change_view, "Saves a list, or forgets one"),
    send_to("/bulk", act_on_many, "Takes, gives, hands off, notes or links several cases; never closes or decides"),
    look_at("/bulk", bulk_result, "What became of each of several cases"),
    look_at("/trays/mail", mail_tray_page, "Mails that belong to no case by themselves, each with the reason"),
    send_to("/trays/mail", settle_mail, "Puts such a mail into a case, opens one with it, or sets it aside"),
    look_at("/templates", templates_page, "Texts that are kept ready"),
    look_at("/templates/{template}", template_page, "One of them, to be changed"),
    send_to("/templates/{template}", change_template, "Makes, changes or removes a template"),
    Route{Method::get, "/api/views", Right::act_as_desk, views_json, nullptr, "Lists that were saved"},
    Route{Method::post, "/api/views", Right::act_as_desk, nullptr, change_view, "Saves a list, for oneself or a team",
          kViewFields},
    Route{Method::del, "/api/views/{view}", Right::act_as_desk, nullptr, forget_view, "Forgets a saved list"},
    Route{Method::get, "/api/templates", Right::act_as_desk, templates_json, nullptr, "Texts that are kept ready"},
    Route{Method::post, "/api/templates", Right::act_as_desk, nullptr, add_template, "Makes a template",
          kTemplateFields},
    Route{Method::get, "/api/templates/{template}", Right::act_as_desk, template_json, nullptr, "One of them"},
    Route{Method::put, "/api/templates/{template}", Right::act_as_desk, nullptr, change_template, "Changes a template",
          kTemplateFields},
    Route{Method::del, "/api/templates/{template}", Right::act_as_desk, nullptr, remove_template, "Removes a template"},
    Route{Method::post, "/api/bulk", Right::act_as_desk, nullptr, act_on_many,
          "Takes, gives, hands off, notes or links several cases; never closes or decides", kBulkFields},
    Route{Method::get, "/api/trays/mail", Right::act_as_desk, mail_tray_json, nullptr,
          "Mails that belong to no case by themselves, each with the reason"},
    Route{Method::post, "/api/trays/mail", Right::act_as_desk, nullptr, settle_mail,
          "Puts such a mail into a case, opens one with it, or sets it aside", kTrayFields},
    Route{Method::post, "/api/cases/{case}/move-mail", Right::act_as_desk, nullptr, put_mail_elsewhere,
          "Puts a mail of this case into another, or opens one with it", kMoveMailFields},
    look_at("/keys", keys_page, "Shortcuts, and how to change them"),
    send_to("/keys", change_keys, "Changes shortcuts"),
};

}  // namespace

std::span<const Route> agent_routes() { return kRoutes; }

}  // namespace guichet::desk
