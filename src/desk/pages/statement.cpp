#include <guichet/desk/pages/statement.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

// Lengths of the register's own checks (digital-services-act/transparency-database, StatementStoreRequest.php).
constexpr std::size_t kFactsMax = 5000, kGroundMax = 500, kExplanationMax = 2000, kOtherMax = 500;

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t words_in(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    words += !space && !inside ? 1 : 0;
    inside = !space;
  }
  return words;
}

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

/// "violation of our policies" alone tells nobody what he has done (DSA art. 17(4)).
bool is_vague(std::string_view ground) { return !has_digit(ground) && words_in(ground) < 6; }

bool names_somebody(const Statement& statement, std::string_view text) {
  if (text.find('@') != std::string_view::npos) return true;
  const std::string small = in_small_letters(text);
  return std::ranges::any_of(statement.persons, [&](const std::string& name) {
    return utf8_length(name) >= 3 && small.find(in_small_letters(name)) != std::string::npos;
  });
}

std::string day_of(Instant at) { return print_instant(at).substr(0, 10); }

/// The family of a restriction and its word there (DSA art. 17(1)(a) to (d)).
struct Family {
  std::string_view key, word;
  std::string_view end_date;
  bool list{};  // the register takes several words there
};
Family family_of(RestrictionKind kind) {
  switch (kind) {
    case RestrictionKind::stock_limit:
      return {"decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION", "end_date_service_restriction", false};
    case RestrictionKind::listing:
      return {"decision_visibility", "DECISION_VISIBILITY_CONTENT_DISABLED", "end_date_visibility_restriction", true};
    case RestrictionKind::funds:
      return {"decision_monetary", "DECISION_MONETARY_SUSPENSION", "end_date_monetary_restriction", false};
    case RestrictionKind::suspension:
      return {"decision_account", "DECISION_ACCOUNT_SUSPENDED", "end_date_account_restriction", false};
    case RestrictionKind::termination:
      return {"decision_account", "DECISION_ACCOUNT_TERMINATED", "end_date_account_restriction", false};
    case RestrictionKind::other:
      return {"decision_visibility", "DECISION_VISIBILITY_OTHER", "end_date_visibility_restriction", true};
  }
  return {"decision_visibility", "DECISION_VISIBILITY_OTHER", "end_date_visibility_restriction", true};
}

}  // namespace

std::vector<StatementFault> advice_on(const Statement& statement) {
  std::vector<StatementFault> faults;
  if (statement.facts.empty())
    faults.push_back({"facts", "facts_missing", true});
  else if (!has_digit(statement.facts))
    faults.push_back({"facts", "facts_unspecific", false});
  if (statement.ground.empty())
    faults.push_back({"ground", "ground_missing", true});
  else if (is_vague(statement.ground))
    faults.push_back({"ground", "ground_vague", false});
  if (statement.measure.empty()) faults.push_back({"measure", "measure_missing", false});
  if (statement.restricts && *statement.restricts != RestrictionKind::termination && statement.duration.empty() &&
      !statement.until)
    faults.push_back({"duration", "duration_missing", false});
  if (statement.redress.empty()) faults.push_back({"redress", "redress_missing", true});
  for (const std::string_view way : {"internal", "certified_body", "court"})
    if (!statement.redress.empty() && std::ranges::find(statement.redress, way) == statement.redress.end())
      faults.push_back({"redress", "redress_without_" + std::string(way), false});
  return faults;
}

std::string register_record(const Statement& statement) {
  const Family family = family_of(statement.restricts.value_or(RestrictionKind::other));
  formats::JsonWriter json(2);
  json.begin_object();
  json.key("puid").value("guichet-" + std::to_string(statement.case_id.value) + "-" +
                         std::to_string(statement.version.value));
  json.key(family.key);
  if (family.list)
    json.begin_array().value(family.word).end_array();
  else
    json.value(family.word);
  if (statement.restricts == RestrictionKind::other) json.key("decision_visibility_other").value(statement.measure);
  if (statement.until) json.key(family.end_date).value(day_of(*statement.until));
  json.key("decision_ground").value("DECISION_GROUND_INCOMPATIBLE_CONTENT");
  json.key("incompatible_content_ground").value(statement.ground);
  json.key("incompatible_content_explanation").value(statement.body.empty() ? statement.measure : statement.body);
  json.key("incompatible_content_illegal").value("No");
  if (!statement.reference_url.empty()) json.key("decision_ground_reference_url").value(statement.reference_url);
  json.key("decision_facts").value(statement.facts);
  json.key("content_type").begin_array().value("CONTENT_TYPE_PRODUCT").end_array();
  json.key("category").value("STATEMENT_CATEGORY_OTHER_VIOLATION_TC");
  json.key("content_date").value(day_of(statement.at));
  json.key("application_date").value(day_of(statement.at));
  json.key("account_type").value("ACCOUNT_TYPE_BUSINESS");
  json.key("content_language").value(statement.language == formats::Language::fr ? "FR" : "EN");
  json.key("source_type").value("SOURCE_VOLUNTARY");
  json.key("automated_detection").value("No");
  json.key("automated_decision").value("AUTOMATED_DECISION_NOT_AUTOMATED");
  json.end_object();
  return json.take();
}

std::vector<StatementFault> register_faults(const Statement& statement) {
  std::vector<StatementFault> faults;
  const auto too_long = [&](std::string_view field, std::string_view text, std::size_t most) {
    if (utf8_length(text) > most) faults.push_back({std::string(field), "register_too_long", false});
  };
  const std::string& explanation = statement.body.empty() ? statement.measure : statement.body;
  if (!statement.restricts) faults.push_back({"kind", "register_no_restriction", false});
  if (statement.facts.empty()) faults.push_back({"facts", "facts_missing", false});
  if (statement.ground.empty()) faults.push_back({"ground", "ground_missing", false});
  if (explanation.empty()) faults.push_back({"measure", "measure_missing", false});
  too_long("facts", statement.facts, kFactsMax);
  too_long("ground", statement.ground, kGroundMax);
  too_long("body", explanation, kExplanationMax);
  if (statement.restricts == RestrictionKind::other) too_long("measure", statement.measure, kOtherMax);
  if (statement.until && *statement.until < statement.at) faults.push_back({"until", "register_ends_before", false});
  for (const auto& [field, text] : {std::pair<std::string_view, std::string_view>{"facts", statement.facts},
                                    {"ground", statement.ground},
                                    {"body", explanation}})
    if (names_somebody(statement, text)) faults.push_back({std::string(field), "register_personal", false});
  return faults;
}

SellersLetter letter_of(const Statement& statement, const LetterNames& names, const formats::Phrases& phrases) {
  SellersLetter letter;
  letter.greeting = phrases("letter.greeting", {{"seller", names.seller}});
  const auto part = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) letter.parts.push_back({phrases("letter." + std::string(key)), text});
  };
  if (statement.outcome) {
    const std::string outcome(name(*statement.outcome));
    letter.parts.push_back({phrases("letter.outcome"),
                            phrases("letter.outcome." + outcome, {{"case", std::to_string(statement.case_id.value)}})});
  }
  part("body", statement.body);
  part("facts", statement.facts);
  part("ground", statement.ground);
  part("measure", statement.measure);
  part("duration",
       statement.until ? phrases("letter.until", {{"date", phrases.date(*statement.until)}}) : statement.duration);
  letter.parts.push_back(
      {phrases("letter.decider"), phrases("letter.decided_by", {{"name", names.decider}, {"house", names.house}})});
  for (const std::string& way : statement.redress)
    if (phrases.has("letter.redress." + way)) letter.redress.push_back(phrases("letter.redress." + way));
  return letter;
}

}  // namespace guichet::desk
