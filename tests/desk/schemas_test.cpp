// What the API says it answers, held against what it answers.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/desk/api/openapi.hpp>
#include <guichet/desk/api/schemas.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/routes.hpp>

#include "open_desk.hpp"
#include "said.hpp"

namespace guichet::desk {
namespace {

using formats::JsonValue;
using Kind = JsonValue::Kind;
using namespace std::string_view_literals;

/// The part of JSON Schema that the description uses; a word that it does not know is a fault of the test.
class Validator {
 public:
  explicit Validator(const JsonValue& document) : schemas_(*document.find("components")->find("schemas")) {}

  /// What is wrong, each with its place; empty when nothing is.
  std::vector<std::string> faults(const JsonValue& schema, const JsonValue& value) {
    faults_.clear();
    look(schema, value, "");
    return faults_;
  }
  const std::set<std::string>& used() const { return used_; }

 private:
  void wrong(const std::string& where, const std::string& what) { faults_.push_back(where + ": " + what); }

  static bool is(std::string_view type, const JsonValue& value) {
    if (type == "object") return value.kind == Kind::object;
    if (type == "array") return value.kind == Kind::array;
    if (type == "string") return value.kind == Kind::text;
    if (type == "integer") return value.kind == Kind::integer;
    if (type == "number") return value.kind == Kind::integer || value.kind == Kind::number;
    if (type == "boolean") return value.kind == Kind::boolean;
    EXPECT_EQ(type, "null");
    return value.kind == Kind::null;
  }

  void look(const JsonValue& schema, const JsonValue& value, const std::string& where) {
    static const std::set<std::string> kKnown{
        "$ref",       "anyOf", "type", "format", "enum", "items", "properties", "required", "additionalProperties",
        "description"};
    for (const auto& [word, told] : schema.members) EXPECT_TRUE(kKnown.contains(word)) << word;
    if (const JsonValue* reference = schema.find("$ref")) {
      const std::string name = reference->text.substr(reference->text.rfind('/') + 1);
      used_.insert(name);
      const JsonValue* shape = schemas_.find(name);
      if (shape == nullptr) return wrong(where, "there is no " + name);
      return look(*shape, value, where);
    }
    if (const JsonValue* any = schema.find("anyOf")) {
      const std::vector<std::string> before = faults_;
      std::vector<std::string> best;
      for (const JsonValue& one : any->items) {
        faults_ = before;
        look(one, value, where);
        if (faults_ == before) return;
        best = faults_;
      }
      faults_ = best;
      return;
    }
    const JsonValue* type = schema.find("type");
    if (type == nullptr) return wrong(where, "its schema says no type");
    bool fits = type->kind == Kind::text && is(type->text, value);
    for (const JsonValue& one : type->items) fits = fits || is(one.text, value);
    if (!fits) return wrong(where, "is of another type");
    if (value.kind == Kind::null) return;
    if (const JsonValue* choices = schema.find("enum")) {
      bool found = false;
      for (const JsonValue& one : choices->items) found = found || one.text == value.text;
      if (!found) wrong(where, "\"" + value.text + "\" is none of its words");
    }
    if (const JsonValue* format = schema.find("format")) {
      EXPECT_EQ(format->text, "date-time");
      if (!parse_instant(value.text)) wrong(where, "\"" + value.text + "\" is no moment");
    }
    if (value.kind == Kind::array)
      for (std::size_t i = 0; i < value.items.size(); ++i)
        look(*schema.find("items"), value.items[i], where + "/" + std::to_string(i));
    if (value.kind != Kind::object) return;
    if (const JsonValue* required = schema.find("required"))
      for (const JsonValue& name : required->items)
        if (value.find(name.text) == nullptr) wrong(where, "has no " + name.text);
    const JsonValue* properties = schema.find("properties");
    const JsonValue* others = schema.find("additionalProperties");
    for (const auto& [name, member] : value.members) {
      const JsonValue* known = properties != nullptr ? properties->find(name) : nullptr;
      if (known != nullptr)
        look(*known, member, where + "/" + name);
      else if (others != nullptr && others->kind == Kind::object)
        look(*others, member, where + "/" + name);
      else if (others != nullptr && !others->boolean)
        wrong(where, "nothing is said of " + name);
    }
  }

  const JsonValue& schemas_;
  std::vector<std::string> faults_;
  std::set<std::string> used_;
};

/// A desk where something of everything has happened.
class FilledDesk {
 public:
  FilledDesk() {
    must(kSellerAnn, "/api/cases",
         R"({"matter":"payment","subject":"Missing","body":"Where is it?","amount":"99,50","questions":["When?"],
             "files":[{"name":"a.txt","media_type":"text/plain","base64":"aGVsbG8="}]})");
    must(kSellerAnn, "/api/cases", R"({"matter":"payment","subject":"Again","body":"And this?"})");
    const auto opened = json_of(desk.ask(kSellerAnn, Method::get, "/api/cases/1"));
    owner = ActorId{static_cast<std::uint32_t>(number(*opened.find("summary")->find("owner"), "id"))};
    const std::string one = "/api/cases/1/";
    must(owner, one + "message", R"({"body":"On Friday.","answers":[0],"questions":["Which bank?"]})");
    must(owner, one + "note", R"({"body":"inside"})");
    must(owner, one + "offer", R"({"cents":5000,"conditions":["waiver"],"body":"A gesture."})");
    must(owner, one + "cost", R"({"kind":"fee","cents":1200,"body":"A letter."})");
    must(owner, one + "link", R"({"other":2})");
    must(kSellerAnn, one + "fact",
         R"({"body":"It was sold.","date":"2026-02","said_by":"a buyer","matters":["sale"],"sources":["message 2"]})");
    const auto facts = json_of(desk.ask(kSellerAnn, Method::get, one + "chronology"));
    const std::string fact = std::to_string(number(facts.find("facts")->items.at(0), "fact"));
    must(owner, one + "dispute-fact", R"({"fact":)" + fact + R"(,"body":"It was not."})");
    must(kSellerAnn, one + "claim",
         R"({"regime":"late_payment","what":"The payout","amount":"99.50","from":"2026-02-01"})");
    must(owner, one + "hand-off",
         R"({"to":)" + std::to_string(other_agent().value) +
             R"(,"reason":"workload","questions":["Which bank?"],"summary":"As it stands."})");
    must(kSellerAnn, one + "drafts/message", R"({"body":"half a","answers":[0]})", Method::put);
    must(owner, one + "drafts/message", R"({"body":"half an answer"})", Method::put);
    must(kSupervisor, one + "announce", R"({"kind":"suspension","facts":"f","ground":"g","body":"b"})", Method::post,
         false);
    must(kAgentMarie, "/api/templates", R"({"name":"hello","en":"Hello","fr":"Bonjour"})");
    must(kAgentMarie, "/api/views", R"({"name":"mine","address":"/cases?owner=me"})");
    must(kAdministrator, "/api/webhooks", R"({"url":"https://a.example.org","label":"mine","events":["closed"]})");
    must(kAdministrator, "/api/people/" + std::to_string(kAgentNoor.value) + "/absence", R"({"absent":"told"})");
    Errand errand;
    TrayMail mail;
    mail.id = "m";
    mail.detail = "d";
    mail.from = "x@example.org";
    mail.from_name = "X";
    mail.subject = "s";
    mail.received = kMonday;
    mail.bytes = 12;
    errand.records.push_back({.record = to_record(mail, kTrayKind)});
    EXPECT_TRUE(desk.shared().clerk->run(std::move(errand)).ok());
  }

  void must(ActorId who, const std::string& path, const std::string& json, Method method = Method::post,
            bool needed = true) {
    const Response answer = desk.ask(who, method, path, {}, json);
    if (needed) {
      EXPECT_LT(answer.status, 300) << path << " " << answer.body;
    }
  }
  ActorId other_agent() const { return owner == kAgentMarie ? kAgentNoor : kAgentMarie; }

  OpenDesk desk;
  ActorId owner;
};

TEST(Schemas, EveryAnswerIsAsTheDescriptionSays) {
  FilledDesk filled;
  OpenDesk& desk = filled.desk;
  const auto document = formats::parse_json(openapi_document("https://desk.example"), "openapi");
  ASSERT_TRUE(document);
  Validator validator(*document);
  const auto templates = json_of(desk.ask(kAgentMarie, Method::get, "/api/templates"));
  const std::map<std::string, std::vector<std::string>> holes{
      {"case", {"1", "2"}},
      {"matter", {"payment"}},
      {"tile", {"at-risk", "without-owner", "unaccepted", "many-agents", "without-decision", "adverse-after"}},
      {"person", {"1", std::to_string(kAgentNoor.value)}},
      {"account", {"1"}},
      {"template", {text(templates.find("templates")->items.at(0), "template")}}};
  const auto paths_of = [&](std::string_view pattern) {
    std::vector<std::string> paths{std::string{pattern}};
    const std::size_t hole = pattern.find('{');
    if (hole == std::string_view::npos) return paths;
    paths.clear();
    const std::size_t end = pattern.find('}');
    for (const std::string& value : holes.at(std::string{pattern.substr(hole + 1, end - hole - 1)}))
      paths.push_back(std::string{pattern.substr(0, hole)} + value + std::string{pattern.substr(end + 1)});
    return paths;
  };
  for (const Route& route : all_routes()) {
    if (route.method != Method::get || !route.pattern.starts_with("/api/") || !route.gives.empty()) continue;
    const JsonValue* schema = &*document;
    for (const std::string_view step :
         {"paths"sv, route.pattern, "get"sv, "responses"sv, "200"sv, "content"sv, "application/json"sv, "schema"sv}) {
      schema = schema->find(step);
      ASSERT_NE(schema, nullptr) << route.pattern << " has no " << step;
    }
    EXPECT_NE(answer_of(route.pattern), "Anything") << route.pattern << " gives nobody knows what";
    std::size_t seen = 0;
    for (const std::string& path : paths_of(route.pattern))
      for (const ActorId who : {kSellerAnn, filled.owner, kSupervisor, kAuditor, kAdministrator}) {
        Response answer = desk.ask(who, Method::get, path == "/api/search" ? path + "?q=friday" : path);
        while (answer.status == 503) answer = desk.ask(who, Method::get, path);
        if (answer.status != 200) continue;
        ++seen;
        for (const std::string& fault : validator.faults(*schema, json_of(answer)))
          ADD_FAILURE() << path << " as " << who.value << fault;
      }
    EXPECT_GT(seen, 0U) << route.pattern << " was never answered";
  }
  for (const char* shape : {"Case", "Event", "Words", "Question", "CaseClock", "Offer", "CaseFile", "HandOver", "Draft",
                            "FactVersion", "Person", "Template"})
    EXPECT_TRUE(validator.used().contains(shape)) << shape << " was never looked at";
}

TEST(Schemas, TheValidatorFindsWhatIsWrong) {
  const auto document = formats::parse_json(openapi_document(""), "openapi");
  ASSERT_TRUE(document);
  Validator validator(*document);
  const auto schema = formats::parse_json(R"({"$ref":"#/components/schemas/Desk"})", "schema");
  const auto faults = [&](std::string_view json) {
    return validator.faults(*schema, *formats::parse_json(json, "value")).size();
  };
  EXPECT_EQ(faults(R"({"name":"x","demo":false,"now":"2026-03-02T09:00:00Z"})"), 0U);
  EXPECT_EQ(faults(R"({"name":"x","demo":false,"now":"soon"})"), 1U);
  EXPECT_EQ(faults(R"({"name":"x","demo":"no","now":"2026-03-02T09:00:00Z"})"), 1U);
  EXPECT_EQ(faults(R"({"name":"x","now":"2026-03-02T09:00:00Z","more":1})"), 2U);
  EXPECT_EQ(faults("[]"), 1U);
}

}  // namespace
}  // namespace guichet::desk
