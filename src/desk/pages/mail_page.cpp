// How the desk sends and receives mail: the settings in force, what each does and where it is changed, and how mail has
// gone since the start. Shows no password. Changes nothing: the settings are a file that this program only reads.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/desk/enrol.hpp>
#include <guichet/desk/failed_letters.hpp>
#include <guichet/desk/letters.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>
#include <guichet/desk/postbox.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kAddress = "/desk/mail";
constexpr std::size_t kCountedMax = ledger::kListMax;

/// A key of the file with the value in force, as the file would say it.
struct Setting {
  std::string_view section, key;
  std::string value;
};

std::string flag(bool value) { return value ? "true" : "false"; }
std::string seconds(Duration time) { return std::to_string(time.count() / 1'000); }

std::string_view word(WireSecurity security) {
  switch (security) {
    case WireSecurity::none: return "none";
    case WireSecurity::starttls: return "starttls";
    case WireSecurity::tls: return "tls";
  }
  return {};
}

std::string_view word(MailSettings::Opens opens) {
  switch (opens) {
    case MailSettings::Opens::no: return "no";
    case MailSettings::Opens::signed_ones: return "signed";
    case MailSettings::Opens::all: return "all";
  }
  return {};
}

/// Of a password only whether there is one.
void add_server(std::vector<Setting>& all, std::string_view section, const MailServer& server,
                const std::string& password) {
  all.push_back({section, "host", server.host});
  all.push_back({section, "port", std::to_string(server.port)});
  all.push_back({section, "security", std::string(word(server.security))});
  all.push_back({section, "user", server.user});
  all.push_back({section, "password_file", password});
  all.push_back({section, "certificates", server.certificates});
  all.push_back({section, "patience_seconds", seconds(server.patience)});
}

std::vector<Setting> settings_of(const Visit& visit, const MailSettings& mail) {
  const auto password = [&](const MailServer& server) {
    return visit.phrases(server.password.empty() ? "mail.page.no_password" : "mail.page.password");
  };
  std::vector<Setting> all{
      {{}, "address", mail.address},
      {{}, "name", mail.name},
      {{}, "domain", mail.domain},
      {{}, "list_id", mail.list_id},
      {{}, "language", std::string(formats::code(mail.language))},
      {{}, "quote_words", flag(mail.quote_words)},
      {{}, "replies", flag(mail.replies)},
      {{}, "warn_before_minutes", std::to_string(mail.warn_before.count() / 60'000)},
      {{}, "mails_per_hour_max", std::to_string(mail.mails_per_hour_max)},
      {{}, "opens_cases", std::string(word(mail.opens))},
      {{}, "opens_cases_matter", mail.opens_matter},
      {{}, "opens_cases_per_day_max", std::to_string(mail.opens_per_day_max)},
  };
  if (mail.smtp) add_server(all, "smtp", *mail.smtp, password(*mail.smtp));
  if (mail.imap) {
    add_server(all, "imap", mail.imap->server, password(mail.imap->server));
    all.push_back({"imap", "folder", mail.imap->folder});
    all.push_back({"imap", "move_to", mail.imap->move_to});
    all.push_back({"imap", "mail_mb_max", std::to_string(mail.imap->mail_bytes_max >> 20U)});
    all.push_back({"imap", "poll_seconds", seconds(mail.poll_every)});
  }
  return all;
}

/// How many wait where; as many as `kCountedMax` may be more.
struct Waiting {
  std::size_t out{}, in{}, tray{}, failed{};
};

Waiting waiting_of(const Visit& visit, const MailState& state) {
  Waiting waiting;
  ledger::RecordQuery query;
  query.kind = kLetterKind;
  query.limit = kCountedMax;
  if (const auto letters = visit.reader.records(query)) waiting.out = letters->size();
  waiting.in = state.spooled;
  if (const auto tray = waiting_mails(visit.reader, kCountedMax)) waiting.tray = tray->size();
  if (const auto failed = count_failed_letters(visit.reader, kCountedMax)) waiting.failed = *failed;
  return waiting;
}

std::string counted(const Visit& visit, std::size_t count) {
  const std::string number = visit.phrases.number(static_cast<double>(count));
  return count < kCountedMax ? number : visit.phrases("mail.page.at_least", {{"n", number}});
}

/// When it was tried last and what came of it; the fault in the words of whoever said it.
std::string tried(const Visit& visit, const std::optional<MailTried>& last, const std::optional<Instant>& well) {
  if (!last) return visit.phrases("mail.page.not_yet");
  if (last->fault.empty()) return visit.phrases("mail.page.went_well", {{"at", moment_words(visit, last->at)}});
  return visit.phrases(well ? "mail.page.fault.since" : "mail.page.fault",
                       {{"at", moment_words(visit, last->at)},
                        {"fault", last->fault},
                        {"well", well ? moment_words(visit, *well) : std::string{}}});
}

void state_card(Html& html, const Visit& visit, const Postbox& postbox, const MailState& state) {
  const auto& phrases = visit.phrases;
  const MailSettings& settings = postbox.settings();
  open_card(html, "mail-state", phrases("mail.page.state"));
  html.open("dl", {{"class", "pairs"}});
  pair(html, phrases("mail.page.sent"),
       settings.smtp ? tried(visit, state.sent, state.sent_well) : phrases("mail.page.no_smtp"));
  pair(html, phrases("mail.page.polled"),
       settings.imap ? tried(visit, state.polled, state.polled_well) : phrases("mail.page.no_imap"));
  if (state.fault)
    pair(html, phrases("mail.page.last_fault"),
         phrases("mail.page.fault", {{"at", moment_words(visit, state.fault->at)}, {"fault", state.fault->fault}}));
  const Waiting waiting = waiting_of(visit, state);
  pair(html, phrases("mail.page.waiting.out"), counted(visit, waiting.out));
  pair(html, phrases("mail.page.waiting.in"), counted(visit, waiting.in));
  pair(html, phrases("mail.page.waiting.tray"), counted(visit, waiting.tray));
  html.element("dt", phrases("mail.page.failed")).open("dd");
  html.element("a", counted(visit, waiting.failed), {{"href", Url("/trays/failed")}}).close();
  html.close();
  html.element("p", phrases("mail.page.since"), {{"class", "hint"}}).close();
}

void test_card(Html& html, const Visit& visit, const Postbox& postbox, const MailState& state,
               const std::string& fault) {
  const auto& phrases = visit.phrases;
  open_card(html, "mail-test", phrases("mail.page.test"));
  if (!fault.empty()) warning(html, fault);
  if (!postbox.settings().smtp) {
    html.element("p", phrases("mail.page.no_smtp")).close();
    return;
  }
  if (visit.person->email.empty()) {
    html.element("p", phrases("mail.page.test.no_address")).close();
    return;
  }
  html.element("p", phrases("mail.page.test.what", {{"address", visit.person->email}}));
  if (state.test_waits) html.element("p", phrases("mail.page.test.waits"), {{"role", "status"}});
  if (state.tested) {
    const std::string who = person_name(visit, state.tested_by), at = moment_words(visit, state.tested->at);
    if (state.tested->fault.empty())
      html.element("p", phrases("mail.page.test.taken", {{"who", who}, {"at", at}}));
    else
      warning(html, phrases("mail.page.test.refused", {{"who", who}, {"at", at}, {"fault", state.tested->fault}}));
  }
  open_form(html, visit, std::string(kAddress) + "/test", "row");
  button(html, phrases("mail.page.test.button"), "second");
  html.close().close();
}

void settings_table(Html& html, const Visit& visit, std::string_view section, const std::vector<Setting>& all) {
  const auto& phrases = visit.phrases;
  const std::string caption = phrases(section.empty()     ? "mail.page.of_desk"
                                      : section == "smtp" ? "mail.page.of_smtp"
                                                          : "mail.page.of_imap");
  html.open("table", {{"class", "stack"}}).element("caption", caption).open("thead").open("tr");
  for (const char* column : {"mail.page.key", "mail.page.value", "mail.page.meaning"})
    html.element("th", phrases(column), {{"scope", "col"}});
  html.close().close().open("tbody");
  for (const Setting& setting : all) {
    if (setting.section != section) continue;
    html.open("tr").open("th", {{"scope", "row"}}).element("code", setting.key).close();
    html.element("td", setting.value.empty() ? phrases("mail.page.none") : setting.value,
                 {{"data-label", phrases("mail.page.value")}});
    html.element("td", phrases("mail.set." + std::string(setting.key))).close();
  }
  html.close().close();
}

Response mail_page(const Visit& visit, const std::string& fault, int status) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("mail.page.title");
  parts.subtitle = phrases("mail.page.subtitle");
  parts.here = "desk";
  parts.status = status;
  Html& html = parts.main;
  const Postbox* postbox = visit.shared.postbox;
  if (postbox == nullptr) {
    open_card(html, "mail-none", phrases("mail.page.none_set_up"));
    html.element("p", phrases("mail.page.none_set_up.what"));
    html.open("pre").element("code", "guichet serve --ledger desk.ledger --mail mail.toml").close().close();
  } else {
    const MailState state = postbox->state();
    state_card(html, visit, *postbox, state);
    test_card(html, visit, *postbox, state, fault);
    open_card(html, "mail-settings", phrases("mail.page.settings"));
    const auto all = settings_of(visit, postbox->settings());
    for (const std::string_view section : {"", "smtp", "imap"})
      if (std::ranges::any_of(all, [&](const Setting& one) { return one.section == section; }))
        settings_table(html, visit, section, all);
    html.close();
    open_card(html, "mail-change", phrases("mail.page.change"));
    html.open("p").text(phrases("mail.page.change.file")).text(" ");
    html.element("code", postbox->settings().path).close();
    html.element("p", phrases("mail.page.change.what")).close();
  }
  html.open("p").element("a", phrases("house.desk.title"), {{"href", Url("/desk")}}).close();
  return page(visit, std::move(parts));
}

void write(formats::JsonWriter& json, std::string_view key, const std::optional<MailTried>& tried) {
  if (!tried) return;
  json.key(key).begin_object().key("at").value(print_instant(tried->at));
  if (!tried->fault.empty()) json.key("fault").value(tried->fault);
  json.end_object();
}

}  // namespace

Response see_mail(Visit& visit) { return mail_page(visit, {}, 200); }

void test_mail(Visit& visit, Respond respond) {
  Postbox* postbox = visit.shared.postbox;
  if (postbox == nullptr || !postbox->settings().smtp || visit.person->email.empty()) {
    const bool no_address = postbox != nullptr && postbox->settings().smtp;
    const std::string sentence = visit.phrases(no_address ? "mail.page.test.no_address" : "mail.page.no_smtp");
    return respond(visit.api ? problem(409, "no_mail", sentence) : mail_page(visit, sentence, 409));
  }
  Errand errand = house_errand(visit);
  errand.house.push_back(house_note(visit.person->id, "mail_tested", "person", visit.person->id.value));
  TestMail mail{.person = visit.person->id,
                .name = visit.person->name,
                .address = visit.person->email,
                .language = visit.language()};
  visit.shared.clerk->submit(std::move(errand), [postbox, mail = std::move(mail),
                                                 told = then(visit, std::move(respond), std::string(kAddress),
                                                             "told.mail_tested")](const Answer& answer) {
    // Asked for twice, it goes once; and where one waits already, that one tells as much.
    if (answer.kind == Answer::Kind::done) static_cast<void>(postbox->test(mail));
    told(answer);
  });
}

Response mail_json(Visit& visit) {
  formats::JsonWriter json;
  const Postbox* postbox = visit.shared.postbox;
  json.begin_object().key("set_up").value(postbox != nullptr);
  if (postbox != nullptr) {
    const MailState state = postbox->state();
    json.key("file").value(postbox->settings().path).key("settings").begin_array();
    for (const Setting& setting : settings_of(visit, postbox->settings())) {
      json.begin_object().key("section").value(setting.section).key("key").value(setting.key);
      json.key("value").value(setting.value);
      json.key("meaning").value(visit.phrases("mail.set." + std::string(setting.key))).end_object();
    }
    json.end_array();
    write(json, "sent", state.sent);
    write(json, "polled", state.polled);
    write(json, "tested", state.tested);
    write(json, "last_fault", state.fault);
    const Waiting waiting = waiting_of(visit, state);
    json.key("waiting").begin_object().key("to_send").value(std::uint64_t{waiting.out});
    json.key("to_take_in").value(std::uint64_t{waiting.in}).key("in_tray").value(std::uint64_t{waiting.tray});
    json.key("failed").value(std::uint64_t{waiting.failed}).end_object();
  }
  json.end_object();
  return json_answer(json);
}

}  // namespace guichet::desk
