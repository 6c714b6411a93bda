#include <guichet/desk/fact_acts.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/facts_told.hpp>
#include <guichet/dossier/words.hpp>

namespace guichet::desk {
namespace {

using dossier::Citation;
using dossier::Claim;
using dossier::Day;
using dossier::FactWords;
using dossier::Words;

constexpr std::size_t kLineBytesMax = 400;
constexpr std::size_t kBodyBytesMax = 20'000;
constexpr std::size_t kListMax = 30;

/// Collects the first fault while a statement is read.
class Statement {
 public:
  Statement(const Acting& acting, const Fields& fields) : acting_(acting), fields_(fields) {}

  FieldFault fault;

  void wrong(std::string_view field, std::string_view what) {
    if (fault.field.empty()) fault = {std::string{field}, std::string{what}};
  }
  std::string line(std::string_view name) {
    std::string text = fields_.text(name);
    std::ranges::replace(text, '\n', ' ');
    if (text.size() > kLineBytesMax) wrong(name, "too_long");
    return text;
  }
  std::string body(bool required) {
    std::string text = fields_.text("body");
    if (text.empty() && required) wrong("body", "missing");
    if (text.size() > kBodyBytesMax) wrong("body", "too_long");
    return text;
  }
  std::optional<Day> day(std::string_view name) {
    const std::string text = fields_.text(name);
    if (text.empty()) return std::nullopt;
    const std::optional<Day> day = dossier::parse_day(text);
    if (!day) wrong(name, "not_a_date");
    return day;
  }
  std::optional<dossier::Cents> cents(std::string_view name) {
    const std::string text = fields_.text(name);
    if (text.empty()) return std::nullopt;
    const std::optional<dossier::Cents> cents = dossier::cents_from(text);
    if (!cents) wrong(name, "not_an_amount");
    return cents;
  }
  std::size_t choice(std::string_view name, std::span<const std::string_view> choices) {
    const std::string word = fields_.text(name);
    if (word.empty()) return 0;
    const auto found = std::ranges::find(choices, word);
    if (found == choices.end()) wrong(name, "no_such_choice");
    return found == choices.end() ? 0 : static_cast<std::size_t>(found - choices.begin());
  }
  /// The number of a fact that is there; `own` says of which side it must be.
  std::uint32_t fact(bool own) {
    const auto number = fields_.number("fact");
    if (!number || *number <= 0 || *number > 0xFFFF'FFFF) {
      wrong("fact", fields_.text("fact").empty() ? "missing" : "not_a_number");
      return 0;
    }
    const dossier::FactsTold told = acting_.facts ? acting_.facts() : dossier::FactsTold{};
    const dossier::FactTold* found = told.find(static_cast<std::uint32_t>(*number));
    if (found == nullptr)
      wrong("fact", "no_such_fact");
    else if ((found->version.by == party_of(acting_.person.role)) != own)
      wrong("fact", own ? "of_the_other_side" : "of_your_side");
    return static_cast<std::uint32_t>(*number);
  }
  dossier::FactDate date() {
    const std::string first = fields_.text("date");
    const std::string last = fields_.text("date_end");
    std::string text = first;
    switch (choice("date_is", kFactDates)) {
      case 1: text = first + "/" + last; break;
      case 2: text = "../" + first; break;
      case 3: text = first + "/.."; break;
      default: break;
    }
    if (first.empty() && last.empty()) return {};
    const auto read = dossier::parse_fact_date(text);
    if (!read) wrong(first.empty() || dossier::parse_fact_date(first) ? "date_end" : "date", "not_a_date");
    return read.value_or(dossier::FactDate{});
  }
  std::vector<std::string> matters() {
    std::vector<std::string> all;
    std::string one;
    std::string said;
    for (const std::string& text : fields_.all("matters")) said += text + ",";
    for (char& c : said)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (said.size() > kLineBytesMax) wrong("matters", "too_long");
    for (const char c : said) {
      if (c != ',') {
        one += c;
        continue;
      }
      const std::size_t start = one.find_first_not_of(' ');
      if (start != std::string::npos) all.push_back(one.substr(start, one.find_last_not_of(' ') - start + 1));
      one.clear();
    }
    if (all.size() > kListMax) wrong("matters", "too_many_lines");
    return all;
  }
  std::vector<Citation> citations() {
    std::vector<Citation> all;
    const std::string place = line("place");
    if (auto chosen = dossier::parse_citation(line("source"))) {
      if (!place.empty()) chosen->place += (chosen->place.empty() ? "" : ", ") + place;
      all.push_back(*std::move(chosen));
    } else if (!place.empty()) {
      all.push_back({.kind = Citation::Kind::other, .number = 0, .place = place});
    }
    std::string one;
    std::string said;
    for (const std::string& text : fields_.all("sources")) said += text + "\n";
    for (const char c : said) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') continue;
      if (c != '\n') {
        one += c;
        continue;
      }
      if (one.size() > kLineBytesMax) wrong("sources", "too_long");
      if (auto citation = dossier::parse_citation(one)) all.push_back(*std::move(citation));
      one.clear();
    }
    if (all.size() > kListMax) wrong("sources", "too_many_lines");
    return all;
  }
  std::string language() const {
    std::string asked = fields_.text("language");
    if (asked == "fr" || asked == "en") return asked;
    return acting_.person.language ? std::string{formats::code(*acting_.person.language)} : std::string{};
  }

 private:
  const Acting& acting_;
  const Fields& fields_;
};

/// Facts and claims are exhibits of words; the clerk numbers them as it numbers the files.
void add_step(Errand& errand, const Words& words) {
  Step step;
  step.command.kind = CommandKind::add_exhibit;
  step.text = ledger::NewText{.kind = ledger::TextKind::words,
                              .author = {},
                              .name = {},
                              .media_type = "application/json",
                              .body = dossier::words_as_json(words)};
  errand.steps.push_back(std::move(step));
}

void state(Statement& read, Errand& errand, FactWords fact, bool words_needed) {
  Words words;
  words.body = read.body(words_needed);
  words.language = read.language();
  words.fact = std::move(fact);
  add_step(errand, words);
}

FactWords whole_fact(Statement& read, FactWords::Act act, std::uint32_t number) {
  return {.act = act,
          .fact = number,
          .date = read.date(),
          .said_by = read.line("said_by"),
          .matters = read.matters(),
          .citations = read.citations()};
}

FactWords about(FactWords::Act act, std::uint32_t number) {
  return {.act = act, .fact = number, .date = {}, .said_by = {}, .matters = {}, .citations = {}};
}

/// What the form shows of a claim; the rest of it, as it stands, is kept.
Claim changed_claim(const Acting& acting, Statement& read, const Fields& fields) {
  Claim claim;
  if (acting.facts) {
    const dossier::FactsTold told = acting.facts();
    const auto& mine = party_of(acting.person.role) == Party::seller ? told.seller_claim : told.desk_claim;
    if (mine) claim = mine->claim;
  }
  if (fields.text("regime").empty()) read.wrong("regime", "missing");
  claim.regime = static_cast<dossier::Regime>(read.choice("regime", kClaimRegimes));
  claim.creditor = static_cast<dossier::Creditor>(read.choice("creditor", kClaimCreditors));
  claim.until = read.day("until");
  claim.hour_rate = read.cents("hour_rate");
  claim.known = read.day("known");
  if (!claim.known) claim.time_bar.clear();
  if (claim.regime != dossier::Regime::late_payment) {
    claim.agreed_rate.reset();
    claim.agreed_source.clear();
    claim.recovery_fee = true;
  }
  if (claim.regime == dossier::Regime::no_interest) claim.capitalisation.reset();
  const std::optional<Day> served = read.day("served");
  if (served && claim.regime != dossier::Regime::legal_interest) read.wrong("served", "not_this_regime");
  if (served && claim.judgment)
    claim.judgment->served = *served;
  else if (served)
    claim.judgment = dossier::Judgment{.served = *served, .waived = false, .source = {}};
  else
    claim.judgment.reset();

  const std::optional<dossier::Cents> amount = read.cents("amount");
  const std::optional<Day> from = read.day("from");
  if (amount && !from && claim.regime != dossier::Regime::no_interest) read.wrong("from", "missing");
  if (!amount) {
    if (!claim.sums.empty()) claim.sums.erase(claim.sums.begin());
    return claim;
  }
  if (claim.sums.empty()) claim.sums.emplace_back();
  claim.sums.front() = {
      .what = read.line("what"), .cents = *amount, .from = from.value_or(Day{}), .source = read.line("source")};
  if (claim.sums.front().what.empty()) read.wrong("what", "missing");
  return claim;
}

}  // namespace

FieldFault make_fact(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  const bool changes = !fields.text("fact").empty();
  const std::uint32_t number = changes ? read.fact(true) : 0;
  state(read, errand, whole_fact(read, changes ? FactWords::Act::change : FactWords::Act::state, number), true);
  return read.fault;
}

FieldFault make_dispute_fact(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  const std::uint32_t number = read.fact(false);
  state(read, errand, whole_fact(read, FactWords::Act::dispute, number), true);
  return read.fault;
}

FieldFault make_concede_fact(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  state(read, errand, about(FactWords::Act::concede, read.fact(false)), false);
  return read.fault;
}

FieldFault make_archive_fact(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  state(read, errand, about(FactWords::Act::archive, read.fact(true)), false);
  return read.fault;
}

FieldFault make_restore_fact(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  state(read, errand, about(FactWords::Act::restore, read.fact(true)), false);
  return read.fault;
}

FieldFault make_claim(const Acting& acting, const Fields& fields, Errand& errand) {
  Statement read(acting, fields);
  Words words;
  words.language = read.language();
  if (const std::string toml = fields.text("toml"); !toml.empty()) {
    if (toml.size() > kBodyBytesMax) read.wrong("toml", "too_long");
    const Result<Claim> claim = dossier::read_claim(toml, "claim");
    if (!claim) return {"toml", "not_a_claim"};
    words.claim = dossier::claim_as_toml(*claim);
  } else {
    const Claim claim = changed_claim(acting, read, fields);
    words.claim = dossier::claim_as_toml(claim);
    // What a form can hold together may still be no claim: the reader of claims has the last word.
    if (read.fault.field.empty() && !dossier::read_claim(words.claim, "claim")) return {"regime", "not_this_regime"};
  }
  add_step(errand, words);
  return read.fault;
}

bool is_fact_act(std::string_view act) {
  return act == "fact" || act == "dispute-fact" || act == "concede-fact" || act == "archive-fact" ||
         act == "restore-fact" || act == "claim";
}

}  // namespace guichet::desk
