#include <guichet/desk/api/schemas.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/pages/board.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

struct Shape {
  std::string_view name, members;
};

// A member is `name:type`, `name?:type` when it may be absent. Types: text, int, number, flag, instant; one|of|some;
// @Enum for the spellings of ours; [type] for lists; <type> for objects by any name; {members}; type? when it may be
// null; a name with a capital for another shape. `...` says that more may stand there.
constexpr std::array kShapes{
    Shape{"Named", "id:int name:text"},
    Shape{
        "CaseRow",
        "case:int version:int subject?:text account?:Named phase:@Phase turn:@Turn matter?:text level?:text "
        "amount_cents?:int owner?:Named team?:text team_name?:text opened?:instant changed?:instant desk_due?:instant "
        "seller_due?:instant mediation_due?:instant messages:int agents_met:int hand_offs:int decided_as?:@Decided "
        "closed_on?:@Ground "
        "predecessor?:int continues_in?:int address:text"},
    Shape{"Fact",
          "act:text fact?:int date?:text said_by?:text matters?:[text] "
          "sources?:[{kind:text number?:int place?:text}]"},
    Shape{"Words",
          "subject?:text body?:text questions?:[text] files?:[int] facts?:text ground?:text measure?:text unit?:text "
          "mediator?:text redress?:[text] language?:text matched?:text came?:text "
          "moved?:{to?:int from?:int message:int across:flag} fact?:Fact claim?:text mail?:int invented?:flag"},
    Shape{"Event",
          "position:int version:int act?:int at?:instant event:@EventKind party:@Party by?:Named says:text "
          "cause?:@CommandKind cause_clock?:@Clock cause_clock_does?:runs_out|reminds clause?:text detail?:int "
          "aux?:int clock?:@Clock due?:instant "
          "late_seconds?:int "
          "text?:int exhibit?:int inside?:flag taken?:{to?:int by?:Named at?:instant} withheld?:flag erased?:instant "
          "words?:Words"},
    Shape{"Question",
          "slot:int by:@Party text?:text standing:open|answered|declined|withdrawn|disputed asked?:instant "
          "settled?:instant disputes?:int"},
    Shape{
        "CaseClock",
        "clock:@Clock ending:runs|kept|missed|stopped|over started?:instant due?:instant ended?:instant reminders:int"},
    Shape{"HandOver",
          "standing:assigned|proposed|accepted|refused|lapsed from?:Named to?:Named at?:instant settled?:instant "
          "summary?:text answer?:text"},
    Shape{"Offer",
          "cents:int standing:open|accepted|refused|lapsed conditions:[silence|withdrawal|waiver] made?:instant "
          "due?:instant answered?:instant body?:text"},
    Shape{"Restriction",
          "kind:@RestrictionKind before:int after:int announced?:instant took_effect?:instant exception?:flag "
          "contested?:instant "
          "lifted?:instant facts?:text ground?:text unit?:text seconds_after_offer?:int seconds_after_appeal?:int "
          "offer_elsewhere?:text appeal_elsewhere?:text"},
    Shape{"CaseFile",
          "id:int exhibit:int withheld?:flag name?:text media_type?:text bytes?:int erased?:instant sha256?:text "
          "by?:Named address?:text"},
    Shape{"Case",
          "taken:instant time_zone:text summary:CaseRow who_answers:text what_is_expected:text "
          "procedure:{id:int name:text version:text} questions:[Question] clocks:[CaseClock] "
          "agents_met:[{person?:Named messages:int first?:instant last?:instant}] hand_overs:[HandOver] offers:[Offer] "
          "restrictions:[Restriction] files:[CaseFile] costs:{cents:int minutes:int} linked:[int] events:[Event]"},
    Shape{"Cases", "cases:[CaseRow] next?:text"},
    Shape{"Events", "events:[Event] next?:text"},
    Shape{"Found", "found:[{text:int excerpt:text case:CaseRow}] next?:text"},
    Shape{"Acts",
          "acts:[{act:int case:int recorded:instant command?:text events:[{version:int event:@EventKind at:instant "
          "party:@Party detail:int aux:int clock:@Clock}]}] next?:text"},
    Shape{"Me", "id:int name:text role:text account?:int teams:[text] rights:[text]"},
    Shape{"Profile",
          "person:int name:text email:text role:text language?:fr|en mails:flag shortcuts?:flag second_factor:flag"},
    Shape{"Procedures",
          "in_force:int procedures:[{id:int name:text version:text effective_from:instant "
          "standing:in_force|coming|past|withdrawn adopted:instant withdrawn?:{at:instant by?:int reason:text} "
          "matters:[{id:text en:text fr:text}] teams:[{id:text en:text fr:text}] "
          "specialities:[{id:text en:text fr:text}] toml:text}]"},
    Shape{"Colleagues", "people:[{id:int name:text role:text teams:[text] absent?:flag}]"},
    Shape{"Matters", "procedure:int matters:[{matter:text title:text in_short:text address:text}]"},
    Shape{"Matter",
          "matter:text title:text who:[text] times:[{clock:@Clock what:text time:text due_if_sent_now?:instant "
          "otherwise:text}] endings:[text] ways_on:[text]"},
    Shape{"Expected",
          "unit:messages|seconds so_far:number? low:number? middle:number? high:number? n:int of_matter:flag "
          "accuracy:{told:int within:int sooner:int not_judged:int}"},
    Shape{"Expectation", "looked_again:{n:int changed:number?} *:Expected?"},
    Shape{"Calendars",
          "procedure:int calendars:[{calendar:text time_zone:text working_day_seconds:int week:<[[text]]> "
          "holidays_of:[text] holidays:[text]}]"},
    Shape{"OwnAccount",
          "account:int name:text reference?:text cases:[{case:CaseRow offers:[Offer] restrictions:[Restriction]}] "
          "members:[{name:text email?:text active:flag}]"},
    Shape{"FactVersion",
          "party:@Party by?:Named at:instant date:text words:text said_by?:text matters:[text] "
          "sources:[{source:text found:flag file?:int}]"},
    Shape{"FactTold",
          "fact:int stated:instant changes:int version:FactVersion other_side?:FactVersion "
          "changed_since_disputed?:flag archived_why?:text"},
    Shape{"Facts",
          "case:int undated:int without_source:int disputed:int erased:int facts:[FactTold] archived:[FactTold]"},
    Shape{"Costs",
          "title:text regime:text creditor:text currency:text asked_until:text? counted_until:text? "
          "principal:text total:text ..."},
    Shape{"Draft", "box:text saved:instant by?:Named fields:<[text]>"},
    Shape{"Drafts", "drafts:[Draft] of_others?:[Draft]"},
    Shape{"Presence", "case:int present:[{person:int name:text writing:flag}]"},
    Shape{"Board",
          "since:instant cut:flag tiles:[{tile:@Tile cases:int more:flag of:int p90?:int "
          "unit?:milliseconds|count|cents sampled:int this_week:int last_week:int address:text}] "
          "first_answers:{n:int p50_ms?:int p90_ms?:int questions_answered:int questions_asked:int} "
          "closings:{n:int p50_ms?:int p90_ms?:int without_decision:int closed:int} reopened:int restarted:int "
          "abandoned:int clocks:[{clock:@Clock started:int ran_out:int}] "
          "teams:[{team:text name:text living:int at_risk:int late:int unowned:int locked:int present:int}] "
          "stranded:[text] "
          "unattended:[{owner:Named cases:int works_here:flag}] "
          "unmediated:[{mediator?:Named cases:int first:[int]}]"},
    Shape{"Tile", "tile:@Tile cases:[CaseRow] next?:text"},
    Shape{"Ledger",
          "format:int events:int acts:int texts:int procedures:int notes:int recorded?:instant "
          "cases:{all:int living:int closed:int} checking:flag "
          "last_check?:{at:instant position:int faults:int first:[text]}"},
    Shape{"Tried", "at:instant fault?:text"},
    Shape{"Mail",
          "set_up:flag file?:text settings?:[{section:text key:text value:text meaning:text}] sent?:Tried "
          "polled?:Tried tested?:Tried last_fault?:Tried "
          "waiting?:{to_send:int to_take_in:int in_tray:int failed:int}"},
    Shape{"Desk", "name:text demo:flag now:instant pace?:number letters_failed?:int"},
    Shape{"Person",
          "person:int name:text email?:text role:text account?:int teams:[text] languages:[text] active:flag "
          "signs_in:flag second_factor:flag absent_until?:text substitute?:int revision:int"},
    Shape{"People", "people:[Person]"},
    Shape{"Accounts", "accounts:[{account:int name:text reference?:text revision:int}] next?:text"},
    Shape{"Account", "account:int name:text reference?:text revision:int members:[Person]"},
    Shape{"Tokens", "tokens:[{token:text label:text person:int scopes:[read|write|admin] made:instant seen?:instant}]"},
    Shape{"Notes", "notes:[{note:int at:instant by?:int what:text detail:text}] next?:text"},
    Shape{"Views", "views:[{view:text name:text address:text team?:text by:int}]"},
    Shape{"Template",
          "template:text name:text fr?:text en?:text matter?:text team?:text by:int changed:instant revision:int"},
    Shape{"Templates", "templates:[Template]"},
    Shape{"MailTray",
          "mails:[{mail:text reason:text detail?:text from:text from_name?:text subject?:text received:instant "
          "bytes:int person?:int case?:int matched?:text}]"},
    Shape{"FailedLetters",
          "letters:[{letter:text to:int case:int kind:text queued:instant failed:instant attempts:int fault:text "
          "can_go_again:flag}]"},
    Shape{"Webhooks",
          "webhooks:[{id:text url:text label:text events:[@EventKind]}] "
          "late:[{webhook:text act:int attempts:int fault:text}]"},
    Shape{"Report", "..."},
};

struct Given {
  std::string_view pattern, shape;
};
constexpr std::array kGiven{
    Given{"/api/me", "Me"},
    Given{"/api/profile", "Profile"},
    Given{"/api/cases", "Cases"},
    Given{"/api/cases/{case}", "Case"},
    Given{"/api/cases/{case}/events", "Events"},
    Given{"/api/cases/{case}/expectation", "Expectation"},
    Given{"/api/cases/{case}/chronology", "Facts"},
    Given{"/api/cases/{case}/claim", "Costs"},
    Given{"/api/cases/{case}/drafts", "Drafts"},
    Given{"/api/cases/{case}/presence", "Presence"},
    Given{"/api/search", "Found"},
    Given{"/api/acts", "Acts"},
    Given{"/api/procedures", "Procedures"},
    Given{"/api/matters", "Matters"},
    Given{"/api/matters/{matter}", "Matter"},
    Given{"/api/matters/{matter}/expectation", "Expectation"},
    Given{"/api/calendars", "Calendars"},
    Given{"/api/account", "OwnAccount"},
    Given{"/api/board", "Board"},
    Given{"/api/board/{tile}", "Tile"},
    Given{"/api/colleagues", "Colleagues"},
    Given{"/api/people", "People"},
    Given{"/api/people/{person}", "Person"},
    Given{"/api/accounts", "Accounts"},
    Given{"/api/accounts/{account}", "Account"},
    Given{"/api/tokens", "Tokens"},
    Given{"/api/desk/tokens", "Tokens"},
    Given{"/api/desk", "Desk"},
    Given{"/api/desk/mail", "Mail"},
    Given{"/api/desk/notes", "Notes"},
    Given{"/api/audit/notes", "Notes"},
    Given{"/api/views", "Views"},
    Given{"/api/templates", "Templates"},
    Given{"/api/templates/{template}", "Template"},
    Given{"/api/trays/mail", "MailTray"},
    Given{"/api/trays/failed", "FailedLetters"},
    Given{"/api/webhooks", "Webhooks"},
    Given{"/api/ledger", "Ledger"},
    Given{"/api/figures", "Report"},
    Given{"/api/measures", "Report"},
    Given{"/api/openapi.json", "Report"},
};

/// The piece of `text` until the next sign of `ends` that no bracket encloses; taken away from it.
std::string_view cut(std::string_view& text, char end) {
  std::size_t depth = 0, at = 0;
  for (; at < text.size() && (depth > 0 || text[at] != end); ++at) {
    if (text[at] == '[' || text[at] == '{' || text[at] == '<') ++depth;
    if (text[at] == ']' || text[at] == '}' || text[at] == '>') --depth;
  }
  const std::string_view piece = text.substr(0, at);
  text.remove_prefix(std::min(text.size(), at + 1));
  return piece;
}

std::vector<std::string_view> words_of(std::string_view name) {
  const auto all = [](std::span<const std::string_view> words) {
    return std::vector<std::string_view>(words.begin(), words.end());
  };
  if (name == "Phase") return all(spellings<Phase>());
  if (name == "Turn") return all(spellings<Turn>());
  if (name == "Party") return all(spellings<Party>());
  if (name == "EventKind") return all(spellings<EventKind>());
  if (name == "CommandKind") return all(spellings<CommandKind>());
  if (name == "Clock") return all(spellings<Clock>());
  if (name == "Ground") return all(spellings<Ground>());
  if (name == "Decided") return all(spellings<Decided>());
  if (name == "RestrictionKind") return all(spellings<RestrictionKind>());
  std::vector<std::string_view> tiles;
  GUICHET_CHECK(name == "Tile", "the table names an enum that it knows");
  for (std::size_t i = 0; i < kTiles; ++i) tiles.push_back(desk::name(static_cast<Tile>(i)));
  return tiles;
}

void write_object(JsonWriter& json, std::string_view members);

void write_type(JsonWriter& json, std::string_view type) {
  const bool nullable = type.ends_with('?');
  if (nullable) type.remove_suffix(1);
  const std::string_view inner = type.size() > 1 ? type.substr(1, type.size() - 2) : std::string_view{};
  const auto kind = [&](std::string_view word) {
    json.key("type");
    if (nullable)
      json.begin_array().value(word).value("null").end_array();
    else
      json.value(word);
  };
  const auto choices = [&](const std::vector<std::string_view>& words) {
    kind("string");
    json.key("enum").begin_array();
    for (const std::string_view word : words) json.value(word);
    json.end_array();
  };
  json.begin_object();
  if (type.front() == '[') {
    kind("array");
    json.key("items");
    write_type(json, inner);
  } else if (type.front() == '<') {
    kind("object");
    json.key("additionalProperties");
    write_type(json, inner);
  } else if (type.front() == '{') {
    write_object(json, inner);
  } else if (type.front() == '@') {
    choices(words_of(type.substr(1)));
  } else if (type.find('|') != std::string_view::npos) {
    std::vector<std::string_view> words;
    for (std::string_view rest = type; !rest.empty();) words.push_back(cut(rest, '|'));
    choices(words);
  } else if (type == "text") {
    kind("string");
  } else if (type == "instant") {
    kind("string");
    json.key("format").value("date-time");
  } else if (type == "int") {
    kind("integer");
  } else if (type == "number") {
    kind("number");
  } else if (type == "flag") {
    kind("boolean");
  } else {
    GUICHET_CHECK(std::ranges::find(kShapes, type, &Shape::name) != kShapes.end(), "the table names a shape it has");
    const std::string reference = "#/components/schemas/" + std::string{type};
    if (nullable) {
      json.key("anyOf").begin_array().begin_object().key("$ref").value(reference).end_object();
      json.begin_object().key("type").value("null").end_object().end_array();
    } else {
      json.key("$ref").value(reference);
    }
  }
  json.end_object();
}

/// Into an object that is open.
void write_object(JsonWriter& json, std::string_view members) {
  struct Member {
    std::string_view name, type;
    bool needed{};
  };
  std::vector<Member> all;
  bool more = false;
  std::string_view others;
  while (!members.empty()) {
    std::string_view type = cut(members, ' ');
    if (type == "...") {
      more = true;
      continue;
    }
    std::string_view name = type.substr(0, type.find(':'));
    type.remove_prefix(name.size() + 1);
    if (name == "*") {
      others = type;
      continue;
    }
    const bool needed = !name.ends_with('?');
    if (!needed) name.remove_suffix(1);
    all.push_back({name, type, needed});
  }
  json.key("type").value("object");
  if (!all.empty()) {
    json.key("properties").begin_object();
    for (const Member& one : all) {
      json.key(one.name);
      write_type(json, one.type);
    }
    json.end_object();
  }
  if (std::ranges::any_of(all, &Member::needed)) {
    json.key("required").begin_array();
    for (const Member& one : all)
      if (one.needed) json.value(one.name);
    json.end_array();
  }
  json.key("additionalProperties");
  if (others.empty())
    json.value(more);
  else
    write_type(json, others);
}

}  // namespace

void write_answer_schemas(JsonWriter& json) {
  for (const Shape& shape : kShapes) {
    json.key(shape.name).begin_object();
    write_object(json, shape.members);
    json.end_object();
  }
}

std::string_view answer_of(std::string_view pattern) {
  const auto found = std::ranges::find(kGiven, pattern, &Given::pattern);
  return found != kGiven.end() ? found->shape : "Anything";
}

}  // namespace guichet::desk
