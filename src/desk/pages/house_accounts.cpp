// Sellers' accounts: the list, and one with its members.
#include <algorithm>
#include <string>
#include <utility>

#include <guichet/desk/enrol.hpp>
#include <guichet/desk/lines.hpp>
#include <guichet/desk/pages/house_pages.hpp>
#include <guichet/desk/pages/house_parts.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kPerPage = 50;
constexpr std::size_t kNameMax = 200;

std::string account_address(ledger::AccountId id) { return "/accounts/" + std::to_string(id.value); }

void account_fields(Html& html, const Visit& visit, const Account& account, const std::string& fault) {
  const auto& phrases = visit.phrases;
  field(html, {.id = "account-name",
               .name = "name",
               .label = phrases("house.account.name"),
               .hint = {},
               .value = account.name,
               .required = true,
               .autocomplete = "off",
               .draft = {},
               .fault = fault,
               .length_max = kNameMax});
  field(html, {.id = "account-reference",
               .name = "reference",
               .label = phrases("house.account.reference"),
               .hint = phrases("house.account.reference.hint"),
               .value = account.reference,
               .required = false,
               .autocomplete = "off",
               .draft = {},
               .fault = {},
               .length_max = kNameMax});
}

/// Gives what is wrong with the name, as a sentence.
std::string read_account(const Visit& visit, Account& account) {
  account.name = one_line(visit.fields.text("name"));
  account.reference = one_line(visit.fields.text("reference"));
  const bool good = !account.name.empty() && account.name.size() <= kNameMax && account.reference.size() <= kNameMax;
  return good ? std::string{} : visit.phrases("house.account.name.missing");
}

/// The same for a program.
FieldFault fault_of(const Account& account) {
  if (account.name.empty()) return {"name", "missing"};
  return {account.name.size() > kNameMax ? "name" : "reference", "too_long"};
}

Response accounts_page(const Visit& visit, const Account& typed, const std::string& fault) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("house.accounts.title");
  parts.here = "people";
  parts.status = fault.empty() ? 200 : 422;
  Html& html = parts.main;
  html.open("p").element("a", phrases("house.people.back"), {{"href", Url("/people")}}).close();
  html.open("form", {{"method", "get"}, {"action", Url("/accounts")}, {"class", "filters"}});
  field(html, {.id = "filter-number",
               .name = "number",
               .label = phrases("house.accounts.by_number"),
               .hint = {},
               .value = {},
               .required = false,
               .autocomplete = "off",
               .draft = {},
               .fault = {}});
  button(html, phrases("house.accounts.go"), "second");
  html.close();

  ledger::RecordQuery query;
  query.kind = "account";
  query.limit = kPerPage + 1;
  if (const std::string* after = visit.request.parameter("after")) query.key_after = *after;
  auto records = visit.reader.records(query);
  if (!records) return plain_page(visit, 503, "answer.failed.title", phrases("fault.ledger"));
  const bool more = records->size() > kPerPage;
  if (more) records->resize(kPerPage);
  if (records->empty()) {
    html.element("p", phrases("house.accounts.none"));
  } else {
    html.open("table", {{"class", "cases"}}).open("thead").open("tr");
    for (const char* column : {"house.account.name", "house.account.reference", "house.account.members"})
      html.element("th", phrases(column), {{"scope", "col"}});
    html.close().close().open("tbody");
    for (const ledger::Record& record : *records) {
      const auto account = account_from(record);
      if (!account) continue;
      html.open("tr").open("th", {{"scope", "row"}, {"class", "subject"}});
      html.element("a", account_name(visit, account->id), {{"href", Url(account_address(account->id))}});
      html.text(" ").element("span", std::to_string(account->id.value), {{"class", "number"}}).close();
      html.element("td", account->reference, {{"data-label", phrases("house.account.reference")}});
      html.element("td", std::to_string(visit.shared.people->members(account->id).size()),
                   {{"data-label", phrases("house.account.members")}, {"class", "number"}});
      html.close();
    }
    html.close().close();
    if (more)
      html.open("p", {{"class", "more"}})
          .element("a", phrases("house.accounts.more"), {{"href", Url("/accounts?after=" + records->back().key)}})
          .close();
  }
  if (visit.may(Right::manage_people)) {
    open_card(html, "add-account", phrases("house.accounts.add"));
    open_form(html, visit, "/accounts", "form");
    account_fields(html, visit, typed, fault);
    html.open("div");
    button(html, phrases("house.accounts.add.button"));
    html.close().close().close();
  }
  return page(visit, std::move(parts));
}

Response account_page(const Visit& visit, const Account& account, const std::string& fault) {
  const auto& phrases = visit.phrases;
  PageParts parts;
  parts.title = account_name(visit, account.id);
  parts.here = "people";
  parts.status = fault.empty() ? 200 : 422;
  Html& html = parts.main;
  html.open("p").element("a", phrases("house.accounts.back"), {{"href", Url("/accounts")}}).close();
  html.open("dl", {{"class", "pairs"}});
  pair(html, phrases("house.account.number"), std::to_string(account.id.value));
  if (!account.reference.empty()) pair(html, phrases("house.account.reference"), account.reference);
  html.close();

  open_card(html, "members", phrases("house.account.members"));
  const auto members = visit.shared.people->members(account.id);
  if (members.empty()) html.element("p", phrases("house.account.members.none"));
  html.open("ul", {{"class", "plain-list"}});
  for (const auto& member : members) {
    html.open("li").element("a", person_name(visit, member->id),
                            {{"href", Url("/people/" + std::to_string(member->id.value))}});
    if (!member->email.empty()) html.text(" ").element("span", member->email, {{"class", "hint"}});
    if (!member->active) {
      html.text(" ");
      badge(html, "plain", phrases("house.person.inactive"));
    }
    html.close();
  }
  html.close().close();
  if (!visit.may(Right::manage_people)) return page(visit, std::move(parts));

  open_card(html, "add-member", phrases("house.account.add_member"));
  open_form(html, visit, "/people", "form");
  hidden_field(html, "role", "seller");
  hidden_field(html, "account", std::to_string(account.id.value));
  field(html, {.id = "name",
               .name = "name",
               .label = phrases("house.person.name"),
               .hint = {},
               .value = {},
               .required = true,
               .autocomplete = "off",
               .draft = {},
               .fault = {}});
  field(html, {.id = "email",
               .name = "email",
               .label = phrases("door.email"),
               .hint = phrases("house.person.email.hint"),
               .value = {},
               .required = false,
               .autocomplete = "off",
               .type = "email",
               .draft = {},
               .fault = {}});
  html.open("div");
  button(html, phrases("house.people.add.button"));
  html.close().close().close();

  open_card(html, "change", phrases("house.account.change"));
  open_form(html, visit, account_address(account.id), "form");
  hidden_field(html, "revision", std::to_string(account.revision));
  account_fields(html, visit, account, fault);
  html.open("div");
  button(html, phrases("door.profile.save"));
  html.close().close().close();
  return page(visit, std::move(parts));
}

}  // namespace

Response see_accounts(Visit& visit) {
  if (const std::string* number = visit.request.parameter("number"))
    if (const ledger::AccountId id{number_of(*number)}; visit.shared.people->account(id))
      return see_other(account_address(id));
  return accounts_page(visit, {}, {});
}

void add_account(Visit& visit, Respond respond) {
  Account account;
  if (const std::string fault = read_account(visit, account); !fault.empty())
    return respond(faulty(visit, fault_of(account), [&] { return accounts_page(visit, account, fault); }));
  const Told told = then(visit, respond, "/accounts", {});
  enrol(
      *visit.shared.clerk, *visit.shared.people, account, house_errand(visit),
      [by = visit.person->id](Errand& errand, ledger::AccountId id) {
        errand.house.push_back(house_note(by, "account_added", "account", id.value));
      },
      [respond = std::move(respond), told, api = visit.api](const Answer& answer, ledger::AccountId id) {
        if (answer.kind != Answer::Kind::done) return told(answer);
        if (!api) return respond(see_other(account_address(id), "told.account_added"));
        respond(done_answer(false, account_address(id), 201,
                            [id](formats::JsonWriter& json) { json.key("account").value(id.value); }));
      });
}

Response see_account(Visit& visit) {
  const auto account = visit.shared.people->account(ledger::AccountId{number_of(visit.captures.front())});
  return account ? account_page(visit, *account, {}) : not_found(visit);
}

void change_account(Visit& visit, Respond respond) {
  const auto account = visit.shared.people->account(ledger::AccountId{number_of(visit.captures.front())});
  if (!account) return respond(not_found(visit));
  Account before = *account, after = *account;
  if (const std::string fault = read_account(visit, after); !fault.empty())
    return respond(faulty(visit, fault_of(after), [&] { return account_page(visit, after, fault); }));
  if (const auto shown = visit.fields.number("revision"); shown && *shown > 0)
    before.revision = static_cast<std::uint64_t>(*shown);
  Errand errand = house_errand(visit);
  errand.records.push_back(to_change(before, after));
  errand.house.push_back(house_note(visit.person->id, "account_changed", "account", after.id.value));
  visit.shared.clerk->submit(std::move(errand),
                             then(visit, std::move(respond), account_address(after.id), "told.saved"));
}

}  // namespace guichet::desk
