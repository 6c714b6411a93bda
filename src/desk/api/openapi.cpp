#include <guichet/desk/api/openapi.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/schemas.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

using formats::JsonWriter;

/// One name in the schema of a body: acts of one name share an address, whoever does them.
using MergedFields = std::map<std::string_view, std::pair<ActField, bool>>;

void schema_of(JsonWriter& json, const ActField& field) {
  const auto array_of = [&json](std::string_view type) {
    json.key("type").value("array").key("items").begin_object().key("type").value(type).end_object();
  };
  const auto choices = [&json, &field] {
    json.key("enum").begin_array();
    for (const std::string_view choice : field.choices) json.value(choice);
    json.end_array();
  };
  json.begin_object().key("description").value(field.meaning);
  switch (field.kind) {
    case FieldKind::line:
    case FieldKind::words: json.key("type").value("string"); break;
    case FieldKind::number:
    case FieldKind::hundredths:
    case FieldKind::person:
    case FieldKind::case_number: json.key("type").value("integer").key("minimum").value(0); break;
    case FieldKind::cents: json.key("type").value("string").key("pattern").value("^[0-9 ]+([.,][0-9]{1,2})?$"); break;
    case FieldKind::choice:
      json.key("type").value("string");
      if (!field.choices.empty()) choices();
      break;
    case FieldKind::flags:
      json.key("type").value("array").key("items").begin_object().key("type").value("string");
      choices();
      json.end_object();
      break;
    case FieldKind::questions:
      json.key("type").value("array").key("items").begin_object().key("type").value("integer");
      json.key("minimum").value(0).key("maximum").value(15).end_object();
      break;
    case FieldKind::lines: array_of("string"); break;
    case FieldKind::case_numbers: array_of("integer"); break;
    case FieldKind::flag: json.key("type").value("boolean"); break;
    case FieldKind::files:
      json.key("type")
          .value("array")
          .key("items")
          .begin_object()
          .key("$ref")
          .value("#/components/schemas/File")
          .end_object();
      break;
  }
  json.end_object();
}

void body_of(JsonWriter& json, const MergedFields& fields) {
  json.key("requestBody").begin_object().key("content").begin_object().key("application/json").begin_object();
  json.key("schema").begin_object().key("type").value("object").key("properties").begin_object();
  for (const auto& [name, field] : fields) {
    json.key(name);
    schema_of(json, field.first);
  }
  json.end_object();
  bool any = false;
  for (const auto& [name, field] : fields) any = any || field.second;
  if (any) {
    json.key("required").begin_array();
    for (const auto& [name, field] : fields)
      if (field.second) json.value(name);
    json.end_array();
  }
  json.end_object().end_object().end_object().end_object();
}

/// `gives`: the media type of an answer that is no JSON; nothing more can be said of its bytes.
void answers_of(JsonWriter& json, bool makes, bool acts, std::string_view done, std::string_view gives = {}) {
  const auto answer = [&json](std::string_view status, std::string_view what, std::string_view schema,
                              std::string_view type) {
    json.key(status).begin_object().key("description").value(what).key("content").begin_object().key(type);
    json.begin_object().key("schema").begin_object().key("$ref").value("#/components/schemas/" + std::string{schema});
    json.end_object().end_object().end_object().end_object();
  };
  json.key("responses").begin_object();
  if (gives.empty())
    answer(makes ? "201" : "200", "Done", done, "application/json");
  else
    json.key("200")
        .begin_object()
        .key("description")
        .value("Done")
        .key("content")
        .begin_object()
        .key(gives)
        .begin_object()
        .end_object()
        .end_object()
        .end_object();
  for (const auto& [status, what] : {std::pair{"401", "Nobody signed in"},
                                     {"403", "No right to this"},
                                     {"404", "Nothing there, or not for the asker"}})
    answer(status, what, "Problem", "application/problem+json");
  if (acts) {
    answer("409", "The rules of the procedure say no; code is the refusal's name", "Problem",
           "application/problem+json");
    answer("422", "A field is wrong, or the idempotency key was used for something else", "Problem",
           "application/problem+json");
    answer("429", "Too many in a short time", "Problem", "application/problem+json");
    answer("503", "The ledger cannot be written just now; nothing was kept", "Problem", "application/problem+json");
  }
  json.end_object();
}

constexpr std::array<std::string_view, 2> kLanguages{"en", "fr"};

void parameters_of(JsonWriter& json, std::string_view pattern, bool acts, std::span<const ActField> asks = {}) {
  json.key("parameters").begin_array();
  for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
    const std::string_view name = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    json.begin_object().key("name").value(name).key("in").value("path").key("required").value(true);
    json.key("schema")
        .begin_object()
        .key("type")
        .value(name == "case" ? "integer" : "string")
        .end_object()
        .end_object();
  }
  const auto query = [&json](const ActField& field) {
    json.begin_object().key("name").value(field.name).key("in").value("query").key("schema");
    schema_of(json, field);
    json.end_object();
  };
  for (const ActField& field : asks) query(field);
  if (!acts) query({"language", FieldKind::choice, false, kLanguages, "of what people read; else that of the asker"});
  if (acts) {
    json.begin_object().key("name").value("Idempotency-Key").key("in").value("header");
    json.key("description").value("the same key with the same content is done once, and answered the same");
    json.key("schema").begin_object().key("type").value("string").key("maxLength").value(200).end_object().end_object();
  }
  json.end_array();
}

std::string_view method_word(Method method) {
  switch (method) {
    case Method::get: return "get";
    case Method::post: return "post";
    case Method::put: return "put";
    case Method::patch: return "patch";
    case Method::del: return "delete";
    case Method::head:
    case Method::options:
    case Method::other: break;
  }
  return "get";
}

std::string path_of_act(std::string_view act_name) { return "/api/cases/{case}/" + std::string{act_name}; }

/// The method of an act, into the object of its path.
void act_method(JsonWriter& json, std::string_view act_name) {
  MergedFields fields;
  std::string summary;
  for (const ActSpec& spec : all_acts()) {
    if (spec.name != act_name || spec.opens) continue;
    if (summary.find(spec.summary) == std::string::npos)
      summary += (summary.empty() ? "" : " · ") + std::string{spec.summary};
    for (const ActField& field : spec.fields) {
      const auto [place, fresh] = fields.emplace(field.name, std::pair{field, field.required});
      // Needed only when everybody who does this needs it.
      if (!fresh) place->second.second = place->second.second && field.required;
    }
  }
  for (const ActSpec& spec : all_acts()) {
    if (spec.name != act_name || spec.opens) continue;
    for (auto& [name, field] : fields) {
      bool has = false;
      for (const ActField& own : spec.fields) has = has || own.name == name;
      field.second = field.second && has;
    }
  }
  const std::string path = path_of_act(act_name);
  json.key("post").begin_object();
  std::string operation = "act_" + std::string{act_name};
  for (char& c : operation)
    if (c == '-') c = '_';
  json.key("operationId").value(operation).key("summary").value(summary);
  parameters_of(json, path.substr(0, path.rfind('/')), true);
  if (!fields.empty()) body_of(json, fields);
  answers_of(json, false, true, "Done");
  json.end_object();
}

/// Whether single things stand under this address: then something sent to it makes one.
bool has_members(const std::vector<Route>& routes, std::string_view pattern) {
  return std::ranges::any_of(routes, [&](const Route& route) {
    const std::string_view other = route.pattern;
    return other.starts_with(pattern) && other.substr(pattern.size()).starts_with("/{") && other.ends_with("}") &&
           std::ranges::count(other.substr(pattern.size()), '/') == 1;
  });
}

void schemas(JsonWriter& json) {
  json.key("components").begin_object().key("securitySchemes").begin_object();
  json.key("token").begin_object().key("type").value("http").key("scheme").value("bearer").end_object();
  json.key("session").begin_object().key("type").value("apiKey").key("in").value("cookie").key("name").value("guichet");
  json.end_object().end_object().key("schemas").begin_object();
  json.key("Anything").begin_object().key("type").value("object").end_object();
  write_answer_schemas(json);
  json.key("Done")
      .begin_object()
      .key("type")
      .value("object")
      .key("required")
      .begin_array()
      .value("case")
      .value("version");
  json.end_array().key("properties").begin_object();
  json.key("case").begin_object().key("type").value("integer").end_object();
  json.key("version").begin_object().key("type").value("integer").end_object();
  json.key("repeated").begin_object().key("type").value("boolean").end_object();
  json.key("events").begin_object().key("type").value("array").key("items").begin_object().key("type").value("string");
  json.end_object().end_object().end_object().end_object();
  json.key("Kept").begin_object().key("type").value("object").key("description");
  json.value(
      "address is where the thing is read; what is given once, such as a link or a secret, stands beside it, and the "
      "numbers of all texts that were erased as texts");
  json.key("properties").begin_object();
  for (const char* name : {"done", "repeated"}) json.key(name).begin_object().key("type").value("boolean").end_object();
  json.key("address").begin_object().key("type").value("string").end_object().end_object().end_object();
  json.key("Problem").begin_object().key("type").value("object").key("properties").begin_object();
  for (const char* name : {"type", "code", "detail", "field"})
    json.key(name).begin_object().key("type").value("string").end_object();
  json.key("status").begin_object().key("type").value("integer").end_object().end_object().end_object();
  json.key("File").begin_object().key("type").value("object").key("required").begin_array();
  json.value("name").value("base64").end_array().key("properties").begin_object();
  for (const char* name : {"name", "media_type", "base64"})
    json.key(name).begin_object().key("type").value("string").end_object();
  json.end_object().end_object().end_object().end_object();
}

}  // namespace

std::string openapi_document(std::string_view base_url) {
  JsonWriter json;
  json.begin_object().key("openapi").value("3.1.0").key("info").begin_object().key("title").value("Guichet");
  json.key("version").value("1").key("description");
  json.value("What the pages of the desk do, for programs: the same rules and the same rights.");
  json.key("license").begin_object().key("name").value("Apache-2.0").key("identifier").value("Apache-2.0").end_object();
  json.end_object();
  json.key("servers")
      .begin_array()
      .begin_object()
      .key("url")
      .value(base_url.empty() ? "/" : base_url)
      .end_object()
      .end_array();
  json.key("security").begin_array().begin_object().key("token").begin_array().end_array().end_object();
  json.begin_object().key("session").begin_array().end_array().end_object().end_array();
  json.key("paths").begin_object();
  std::vector<std::string_view> order;
  std::map<std::string_view, std::vector<const Route*>> by_pattern;
  static const std::vector<Route> routes = all_routes();
  for (const Route& route : routes) {
    if (!route.pattern.starts_with("/api/") || route.pattern.ends_with("/{act}")) continue;
    if (by_pattern[route.pattern].empty()) order.push_back(route.pattern);
    by_pattern[route.pattern].push_back(&route);
  }
  std::map<std::string, std::string_view> acts_by_path;
  for (const ActSpec& spec : all_acts())
    if (!spec.opens) acts_by_path.emplace(path_of_act(spec.name), spec.name);
  for (const std::string_view pattern : order) {
    json.key(pattern).begin_object();
    // An act and what is read of it share an address: a claim.
    if (const auto act = acts_by_path.find(std::string{pattern}); act != acts_by_path.end()) {
      act_method(json, act->second);
      acts_by_path.erase(act);
    }
    for (const Route* route : by_pattern[pattern]) {
      json.key(method_word(route->method)).begin_object();
      std::string operation{method_word(route->method)};
      for (const char c : pattern.substr(4)) operation += (c >= 'a' && c <= 'z') ? c : '_';
      json.key("operationId").value(operation).key("summary").value(route->summary);
      if (route->right == Right::anybody) json.key("security").begin_array().end_array();
      const bool opens = pattern == "/api/cases" && route->method == Method::post;
      parameters_of(json, pattern, route->method != Method::get, route->asks);
      if (opens) {
        MergedFields fields;
        for (const ActSpec& spec : all_acts())
          if (spec.opens)
            for (const ActField& field : spec.fields) fields.emplace(field.name, std::pair{field, field.required});
        body_of(json, fields);
      } else if (pattern.ends_with("/drafts/{box}") && route->method == Method::put) {
        // Whatever the act of the box takes, and nothing of it is needed yet.
        MergedFields fields;
        for (const ActSpec& spec : all_acts())
          for (const ActField& field : spec.fields)
            if (field.kind != FieldKind::files) fields.emplace(field.name, std::pair{field, false});
        body_of(json, fields);
      } else if (!route->fields.empty()) {
        MergedFields fields;
        for (const ActField& field : route->fields) fields.emplace(field.name, std::pair{field, field.required});
        body_of(json, fields);
      }
      const bool acts = route->method != Method::get;
      const bool makes = route->method == Method::post && has_members(routes, pattern);
      answers_of(json, makes, acts, opens ? "Done" : acts ? "Kept" : answer_of(pattern), route->gives);
      json.end_object();
    }
    json.end_object();
  }
  for (const auto& [path, act] : acts_by_path) {
    json.key(path).begin_object();
    act_method(json, act);
    json.end_object();
  }
  json.end_object();
  schemas(json);
  json.end_object();
  return json.take();
}

}  // namespace guichet::desk
