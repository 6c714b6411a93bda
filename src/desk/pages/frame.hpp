// What every page of the desk has around its content, and the pieces that pages are built from: forms that are ours,
// fields with labels, names of people and cases, moments. Knows no rules.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/clerk.hpp>
#include <guichet/desk/visit.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::desk {

/// Names the sentence that the next page says once.
inline constexpr std::string_view kToldCookie = "told";

using formats::Html;
using formats::Url;

struct PageParts {
  std::string title;     // also the first heading
  std::string subtitle;  // one line under it; may be empty
  std::string here;      // which entry of the navigation this is: "cases", "queue", "supervise" …
  Html main;
  Html aside;               // beside the content on wide screens, after it on narrow ones; may be blank
  CaseId live_case;         // the page renews itself when this case changes (with JavaScript)
  bool live_lists = false;  // … when any case of a list may have changed
  int status = 200;
  std::string css_class;      // of the body, for pages with a shape of their own: "three"
  Html before;                // beside the content on wide screens, before it: a list of cases; may be blank
  bool title_hidden = false;  // the heading is in `main` already
};

/// The whole page: skip link, navigation by role, language switch, sign-out, contact, footer. Style and script are
/// files of our own; the page works without script. The script finds #session with data-csrf, #live with data-case or
/// data-lists, and fields with data-draft. The language switch is a link to the same address with ?language=fr, which
/// the front door keeps in a cookie.
Response page(const Visit& visit, PageParts parts);

/// A page that says one thing: title and paragraph by key ("refused.title" …), with a way back.
Response plain_page(const Visit& visit, int status, std::string_view title_key, std::string_view text);
Response not_found(const Visit& visit);
Response forbidden(const Visit& visit);
/// 303 to an address of ours; `told` is the key of a sentence that the next page shows once ("told.sent"); it may be
/// empty.
Response see_other(std::string_view address, std::string_view told = {});
/// What an errand came to, for a form: see_other to `address` when done, else a page with the sentence why
/// ("refusal.<name>" …) and status 409, 404, 422 or 503, then `more`. For callbacks, which have no visit.
Response answer_page(formats::Language language, const Shared& shared, const std::shared_ptr<const Person>& person,
                     std::optional<Session> session, const Answer& answer, std::string_view address,
                     std::string_view told, const Html& more = {});

/// <form method="post" action=…> with the session's token and a key that keeps the same form from acting twice.
/// Closed with html.close(). `files`: the form may carry files.
Html& open_form(Html& html, const Visit& visit, std::string_view action, std::string_view css_class = {},
                bool files = false);
struct FieldLook {
  std::string id;  // unique on the page
  std::string name;
  std::string label;
  std::string hint;  // under the label; may be empty
  std::string value;
  bool required = false;
  std::string autocomplete;  // may be empty
  std::size_t rows = 0;      // of a text area; 0: one line
  std::string type = "text";
  std::string draft;           // box name under which what is typed is kept; empty: not kept
  std::string fault;           // what is wrong with it, as a sentence; empty: nothing
  std::size_t length_max = 0;  // 0: not said
};
void field(Html& html, const FieldLook& look);
struct Option {
  std::string value, label;
  bool chosen = false;
};
void choice(Html& html, std::string_view id, std::string_view name, std::string_view label,
            const std::vector<Option>& options);
void check_box(Html& html, std::string_view id, std::string_view name, std::string_view value, std::string_view label,
               bool checked);
void button(Html& html, std::string_view label, std::string_view css_class = {}, std::string_view name = {},
            std::string_view value = {});

/// The case's page.
std::string case_address(CaseId case_id);
/// A person as others see him: his name; for sellers, an agent's name as the desk gives it; "the clock" for nobody.
std::string person_name(const Visit& visit, ActorId id);
std::string account_name(const Visit& visit, ledger::AccountId id);
/// What the reader calls a team of the procedure in force, or of the one before that had it; its id when none names it.
std::string team_name(const Visit& visit, std::string_view id);
/// <time datetime=…> with the moment in words, in the desk's time zone, and how far away it is.
void moment(Html& html, const Visit& visit, Instant at);
std::string amount(const Visit& visit, std::uint32_t cents);
/// Words of a person, as paragraphs; addresses in them stay text.
void words(Html& html, std::string_view text, std::string_view language = {});
/// A labelled state: icon and word, never colour alone. `kind`: "good", "bad", "wait", "plain".
void badge(Html& html, std::string_view kind, std::string_view word);
/// A sign of ours, for the eye alone: "good", "bad", "wait", "plain", "desk", "seller", "note", "third", "clock",
/// "file", "question", "up", "down".
void icon(Html& html, std::string_view name);
/// The desk's time zone, and moments of it in words: "Tuesday 4 November 2026, 18:00".
const std::string& desk_zone(const Visit& visit);
std::string moment_words(const Visit& visit, Instant at);
/// A link that looks like a button, for what leads to another page.
void link_button(Html& html, std::string_view label, std::string_view address, std::string_view css_class = {});

}  // namespace guichet::desk
