#include <guichet/desk/api/problem.hpp>

#include <guichet/core/names.hpp>

namespace guichet::desk {

Response json_answer(formats::JsonWriter& json, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json.take();
  return response;
}

Response problem(int status, std::string_view code, std::string_view detail) {
  formats::JsonWriter json;
  json.begin_object().key("type").value("urn:guichet:problem:" + std::string{code});
  json.key("status").value(status).key("code").value(code).key("detail").value(detail).end_object();
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  return response;
}

Response problem_of(const formats::Phrases& phrases, const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::done:
    case Answer::Kind::repeated: break;
    case Answer::Kind::refused:
      return problem(409, name(answer.refusal), phrases("refusal." + std::string{name(answer.refusal)}));
    case Answer::Kind::no_such_case: return problem(404, "not_found", phrases("fault.not_found"));
    case Answer::Kind::key_mistaken: return problem(422, "key_mistaken", phrases("fault.key_mistaken"));
    case Answer::Kind::conflict: return problem(409, "conflict", phrases("fault.conflict"));
    case Answer::Kind::too_late: return problem(409, "too_late", phrases("answer.too_late.text"));
    case Answer::Kind::withdrawn: return problem(409, "withdrawn", phrases("answer.withdrawn.text"));
    case Answer::Kind::stopped: return problem(503, "stopped", phrases("fault.stopped"));
    case Answer::Kind::failed: return ledger_trouble(phrases);
  }
  return problem(500, "inside", phrases("fault.inside"));
}

Response ledger_trouble(const formats::Phrases& phrases) { return problem(503, "ledger", phrases("fault.ledger")); }

std::string fault_in_words(const formats::Phrases& phrases, std::string_view fault) {
  const std::string key = "field." + std::string{fault};
  return phrases(phrases.has(key) ? key : "field.wrong");
}

Response problem_of_field(const formats::Phrases& phrases, const FieldFault& fault) {
  formats::JsonWriter json;
  json.begin_object().key("type").value("urn:guichet:problem:field").key("status").value(422);
  json.key("code").value(fault.fault).key("field").value(fault.field);
  std::string detail = phrases("api.field", {{"field", fault.field}, {"fault", fault_in_words(phrases, fault.fault)}});
  if (!fault.near.empty()) detail += " " + phrases("api.near", {{"field", fault.near}});
  json.key("detail").value(detail);
  json.end_object();
  Response response;
  response.status = 422;
  response.content_type = "application/problem+json";
  response.body = json.take();
  return response;
}

Response problem_of_parameter(const formats::Phrases& phrases, std::string_view code, std::string_view name,
                              std::string_view near) {
  formats::JsonWriter json;
  json.begin_object().key("type").value("urn:guichet:problem:" + std::string{code}).key("status").value(422);
  json.key("code").value(code).key("field").value(name);
  std::string detail = phrases("api." + std::string{code}, {{"name", std::string{name}}});
  if (!near.empty()) detail += " " + phrases("api.near", {{"field", std::string{near}}});
  json.key("detail").value(detail).end_object();
  Response response;
  response.status = 422;
  response.content_type = "application/problem+json";
  response.body = json.take();
  return response;
}

Response bad_parameter(const formats::Phrases& phrases, std::string_view name) {
  return problem_of_parameter(phrases, "bad_parameter", name);
}

}  // namespace guichet::desk
