#include <guichet/desk/pages/chronology.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/fact_acts.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/drafts.hpp>
#include <guichet/dossier/claim.hpp>
#include <guichet/dossier/costs.hpp>
#include <guichet/dossier/facts_told.hpp>
#include <guichet/dossier/prescription.hpp>

namespace guichet::desk {
namespace {

using dossier::Claim;
using dossier::ClaimTold;
using dossier::Day;
using dossier::FactDate;
using dossier::FactsTold;
using dossier::FactTold;
using dossier::FactVersion;

constexpr std::size_t kSourcesOffered = 200;  // the newest; older ones can be written by number

bool acts_for_a_side(const Visit& visit) { return visit.may(Right::act_as_seller) || visit.may(Right::act_as_desk); }

std::string title_of(const Visit& visit, const ledger::ShelfRow& row) {
  return row.subject.empty() ? case_number(visit, row.case_id) : row.subject;
}

void ways(Html& html, const Visit& visit, CaseId case_id, bool facts_here) {
  html.open("p", {{"class", "switch no-print"}});
  html.element("a", visit.phrases("seller.back"), {{"href", Url(case_address(case_id))}});
  const auto way = [&](bool here, std::string_view key, std::string_view page) {
    if (here)
      html.element("strong", visit.phrases(key));
    else
      html.element("a", visit.phrases(key), {{"href", Url(case_address(case_id) + std::string{page})}});
  };
  way(facts_here, "chronology.title", "/chronology");
  way(!facts_here, "claim.title", "/claim");
  html.close();
}

/// A form that comes back: what was typed into it, and what is wrong with that.
struct FormAgain {
  std::string act;
  Draft typed;
  FieldFault fault;  // none when the rules said no, and not the form
};

/// What was sent just now, or what waits since the rules refused it.
std::vector<FormAgain> forms_again(const Visit& visit, CaseId case_id, std::span<const std::string_view> acts,
                                   const FormAgain* sent) {
  std::vector<FormAgain> all;
  if (sent != nullptr) all.push_back(*sent);
  if (!acts_for_a_side(visit)) return all;
  for (const std::string_view act : acts) {
    if (sent != nullptr && sent->act == act) continue;
    Draft draft = draft_here(visit, case_id, act);
    if (!draft.blank()) all.push_back({.act = std::string{act}, .typed = std::move(draft), .fault = {}});
  }
  return all;
}

/// What stands in the fields of one form: what was typed, else what there is.
class Filling {
 public:
  Filling(const Visit& visit, const FormAgain* again) : visit_(visit), again_(again) {}
  std::string value(std::string_view name, std::string there) const {
    return again_ == nullptr ? std::move(there) : std::string{again_->typed.text(name)};
  }
  std::string fault(std::string_view name) const {
    return again_ != nullptr && again_->fault.field == name ? fault_in_words(visit_.phrases, again_->fault.fault)
                                                            : std::string{};
  }
  /// A list of choices has its fault above it.
  void fault(Html& html, std::string_view name) const {
    const std::string words = fault(name);
    if (words.empty()) return;
    html.open("p", {{"class", "fault"}});
    icon(html, "bad");
    html.text(words).close();
  }
  bool back() const { return again_ != nullptr; }

 private:
  const Visit& visit_;
  const FormAgain* again_;
};

/// A part that is folded away, unless its form comes back.
void fold(Html& html, const std::string& summary, bool open) {
  if (open)
    html.open("details", {{"open", "open"}});
  else
    html.open("details");
  html.element("summary", summary);
}

/// That nothing was noted, and which field is to blame.
void say_again(Html& html, const Visit& visit, const FormAgain* sent, const std::string& field_id) {
  if (sent == nullptr) return;
  html.open("p", {{"class", "refused"}, {"role", "alert"}});
  icon(html, "bad");
  html.text(visit.phrases("chronology.again") + " ");
  html.element("a", fault_in_words(visit.phrases, sent->fault.fault), {{"href", Url("#" + field_id)}});
  html.close();
}

/// Forms on facts: each has fields of its own, so ids begin with the act and the number of the fact.
class FactForms {
 public:
  FactForms(const Visit& visit, const SeenCase& seen, std::vector<FormAgain> again)
      : v_(visit), seen_(seen), again_(std::move(again)) {}

  void state(Html& html) const {
    html.open("section", {{"class", "card no-print"}, {"id", "add"}});
    html.element("h2", v_.phrases("chronology.add"));
    html.element("p", v_.phrases("chronology.add.how"), {{"class", "hint"}});
    begin(html, "fact");
    fields(html, "new", nullptr, true, filling("fact", {}));
    end(html, "chronology.add.send");
    html.close();
  }

  void beside(Html& html, const FactTold& fact) const {
    if (!acts_for_a_side(v_)) return;
    const bool own = fact.version.by == party_of(v_.role());
    const bool side = fact.version.by == Party::seller || fact.version.by == Party::desk;
    if (!side) return;
    html.open("div", {{"class", "row no-print"}});
    if (own && fact.archived) {
      one_button(html, "restore-fact", fact.number, "chronology.restore");
    } else if (own) {
      folded(html, "fact", fact, "chronology.change", &fact.version);
      const Filling why = filling("archive-fact", std::to_string(fact.number));
      fold(html, v_.phrases("chronology.archive"), why.back());
      begin(html, "archive-fact");
      hidden(html, "fact", std::to_string(fact.number));
      field(html, {.id = fmt::format("archive-fact-{}-body", fact.number),
                   .name = "body",
                   .label = v_.phrases("chronology.archive.why"),
                   .hint = v_.phrases("chronology.archive.how"),
                   .value = why.value("body", {}),
                   .autocomplete = {},
                   .fault = why.fault("body")});
      end(html, "chronology.archive");
      html.close();
    } else if (!fact.archived) {
      folded(html, "dispute-fact", fact, fact.other ? "chronology.dispute.again" : "chronology.dispute",
             fact.other ? &*fact.other : nullptr);
      if (fact.other) one_button(html, "concede-fact", fact.number, "chronology.concede");
    }
    html.close();
  }

  /// Where a field of a form stands on the page.
  static std::string field_id(const FormAgain& form) {
    const std::string_view fact = form.typed.text("fact");
    return fact.empty() ? "new-" + form.fault.field : fmt::format("{}-{}-{}", form.act, fact, form.fault.field);
  }

 private:
  Filling filling(std::string_view act, std::string_view fact) const {
    for (const FormAgain& one : again_)
      if (one.act == act && one.typed.text("fact") == fact) return {v_, &one};
    return {v_, nullptr};
  }
  void begin(Html& html, std::string_view act) const {
    open_form(html, v_, fmt::format("{}/{}", case_address(seen_.file.row.case_id), act), "form");
  }
  void end(Html& html, std::string_view key) const {
    html.open("div", {{"class", "row"}});
    button(html, v_.phrases(key));
    html.close().close();
  }
  void one_button(Html& html, std::string_view act, std::uint32_t number, std::string_view key) const {
    begin(html, act);
    hidden(html, "fact", std::to_string(number));
    button(html, v_.phrases(key), "second");
    html.close();
  }
  void folded(Html& html, std::string_view act, const FactTold& fact, std::string_view key,
              const FactVersion* values) const {
    const Filling filled = filling(act, std::to_string(fact.number));
    fold(html, v_.phrases(key), filled.back());
    begin(html, act);
    hidden(html, "fact", std::to_string(fact.number));
    fields(html, fmt::format("{}-{}", act, fact.number), values, act == "fact", filled);
    end(html, key);
    html.close();
  }

  void line(Html& html, const std::string& id, std::string_view name, std::string_view key, std::string value,
            const Filling& filled) const {
    field(html, {.id = fmt::format("{}-{}", id, name),
                 .name = std::string{name},
                 .label = v_.phrases(key),
                 .hint = v_.phrases(std::string{key} + ".hint"),
                 .value = filled.value(name, std::move(value)),
                 .autocomplete = {},
                 .fault = filled.fault(name)});
  }

  void fields(Html& html, const std::string& id, const FactVersion* values, bool with_matters,
              const Filling& filled) const {
    const FactDate date = values != nullptr ? values->date : FactDate{};
    field(html, {.id = id + "-body",
                 .name = "body",
                 .label = v_.phrases(with_matters ? "chronology.fact" : "chronology.version"),
                 .hint = v_.phrases("chronology.fact.hint"),
                 .value = filled.value("body", values != nullptr ? values->words : std::string{}),
                 .required = true,
                 .autocomplete = {},
                 .rows = 4,
                 .fault = filled.fault("body")});
    line(html, id, "date", "chronology.date",
         date.kind == FactDate::Kind::unknown ? std::string{} : print_fact_time(date.first), filled);
    std::vector<Option> kinds;
    const auto there = date.kind == FactDate::Kind::unknown ? 0U : static_cast<unsigned>(date.kind) - 1;
    const std::string chosen = filled.value("date_is", std::string{kFactDates[there]});
    for (const std::string_view kind : kFactDates)
      kinds.push_back({std::string{kind}, v_.phrases(fmt::format("chronology.date.{}", kind)), kind == chosen});
    filled.fault(html, "date_is");
    choice(html, id + "-date_is", "date_is", v_.phrases("chronology.date.is"), kinds);
    line(html, id, "date_end", "chronology.date_end",
         date.kind == FactDate::Kind::between ? print_fact_time(date.last) : std::string{}, filled);
    sources(html, id, values, filled);
    line(html, id, "said_by", "chronology.said_by", values != nullptr ? values->said_by : std::string{}, filled);
    if (!with_matters) return;
    std::string matters;
    if (values != nullptr)
      for (const std::string& matter : values->matters) matters.append(matters.empty() ? "" : ", ").append(matter);
    line(html, id, "matters", "chronology.matters", std::move(matters), filled);
  }

  void sources(Html& html, const std::string& id, const FactVersion* values, const Filling& filled) const {
    const std::string chosen = filled.value("source", {});
    std::vector<Option> offered{{"", v_.phrases("chronology.source.none"), chosen.empty()}};
    const auto offer = [&](std::string value, std::string label) {
      const bool is = value == chosen;
      offered.push_back({std::move(value), std::move(label), is});
    };
    const auto& entries = seen_.timeline.entries;
    for (auto entry = entries.rbegin(); entry != entries.rend() && offered.size() < kSourcesOffered; ++entry) {
      const Event& event = entry->event;
      const std::string when = v_.phrases.date(event.at);
      if (event.kind == EventKind::message_sent)
        offer(fmt::format("message {}", event.version.value),
              v_.phrases(
                  "chronology.source.message",
                  {{"n", std::to_string(event.version.value)}, {"who", person_name(v_, event.actor)}, {"day", when}}));
      if (entry->exhibit != 0)
        offer(fmt::format("exhibit {}", entry->exhibit),
              v_.phrases("chronology.source.exhibit",
                         {{"n", std::to_string(entry->exhibit)}, {"name", file_name(event.text)}, {"day", when}}));
    }
    filled.fault(html, "source");
    choice(html, id + "-source", "source", v_.phrases("chronology.source"), offered);
    line(html, id, "place", "chronology.place", {}, filled);
    std::string written;
    if (values != nullptr)
      for (const dossier::CitationTold& told : values->citations)
        written.append(written.empty() ? "" : "\n").append(print_citation(told.citation));
    field(html, {.id = id + "-sources",
                 .name = "sources",
                 .label = v_.phrases("chronology.sources"),
                 .hint = v_.phrases("chronology.sources.hint"),
                 .value = filled.value("sources", std::move(written)),
                 .autocomplete = {},
                 .rows = 2,
                 .fault = filled.fault("sources")});
  }

  std::string file_name(TextId id) const {
    for (const ledger::Text& text : seen_.file.texts)
      if (text.id == id) return text.name;
    return {};
  }

  const Visit& v_;
  const SeenCase& seen_;
  std::vector<FormAgain> again_;
};

std::string party_name(const Visit& visit, Party party) {
  return visit.phrases(fmt::format("chronology.party.{}", party == Party::seller ? "seller"
                                                          : party == Party::desk ? "desk"
                                                                                 : "third"));
}

Response chronology_with(Visit& visit, const FormAgain* sent) {
  static constexpr std::array<std::string_view, 3> kActs{"fact", "dispute-fact", "archive-fact"};
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const SeenCase& seen = *found.seen;
  const ledger::ShelfRow& row = seen.file.row;
  const FactForms forms(visit, seen, forms_again(visit, row.case_id, kActs, sent));
  const FactsTold told = facts_of(seen.timeline);
  PageParts parts;
  if (sent != nullptr) parts.status = 422;
  parts.title = visit.phrases("chronology.title");
  parts.subtitle = title_of(visit, row);
  parts.here = "cases";
  ways(parts.main, visit, row.case_id, true);
  say_again(parts.main, visit, sent, sent == nullptr ? std::string{} : FactForms::field_id(*sent));
  const std::string address = case_address(row.case_id);
  parts.main.add(
      facts_as_html(told, {.phrases = visit.phrases,
                           .person = [&visit](ActorId id) { return person_name(visit, id); },
                           .party = [&visit](Party party) { return party_name(visit, party); },
                           .address = [&address](const dossier::CitationTold& source) -> std::string {
                             if (source.file) return fmt::format("{}/files/{}", address, source.file.value);
                             if (source.citation.kind == dossier::Citation::Kind::event ||
                                 source.citation.kind == dossier::Citation::Kind::message)
                               return fmt::format("{}?events=all&all=1#e{}", address, source.citation.number);
                             return {};
                           },
                           .beside = [&forms](Html& html, const FactTold& fact) { forms.beside(html, fact); }}));
  if (told.facts.empty()) parts.main.element("p", visit.phrases("chronology.empty"));
  if (acts_for_a_side(visit)) forms.state(parts.main);
  return page(visit, std::move(parts));
}

Response chronology(Visit& visit) { return chronology_with(visit, nullptr); }

// ---- what is claimed -----------------------------------------------------------------------------------------------

void claim_form(Html& html, const Visit& visit, const SeenCase& seen, const std::optional<ClaimTold>& mine,
                const FormAgain* again) {
  const CaseId id = seen.file.row.case_id;
  const bool whole_file = again != nullptr && !again->typed.text("toml").empty();
  const Filling filled(visit, whole_file ? nullptr : again), file(visit, whole_file ? again : nullptr);
  const Claim claim = mine ? mine->claim : Claim{};
  const dossier::SumDue* sum = claim.sums.empty() ? nullptr : &claim.sums.front();
  const auto day = [](const std::optional<Day>& value) { return value ? dossier::print_day(*value) : std::string{}; };
  const auto line = [&](std::string_view name, std::string value, bool hint) {
    field(html, {.id = fmt::format("claim-{}", name),
                 .name = std::string{name},
                 .label = visit.phrases(fmt::format("claim.{}", name)),
                 .hint = hint ? visit.phrases(fmt::format("claim.{}.hint", name)) : std::string{},
                 .value = filled.value(name, std::move(value)),
                 .autocomplete = {},
                 .fault = filled.fault(name)});
  };
  html.open("section", {{"class", "card no-print"}, {"id", "claim"}}).element("h2", visit.phrases("claim.form"));
  open_form(html, visit, case_address(id) + "/claim", "form");
  std::vector<Option> regimes;
  std::vector<Option> creditors;
  const std::string regime = filled.value("regime", std::string{kClaimRegimes[static_cast<std::size_t>(claim.regime)]});
  const std::string creditor =
      filled.value("creditor", std::string{kClaimCreditors[static_cast<std::size_t>(claim.creditor)]});
  for (const std::string_view one : kClaimRegimes)
    regimes.push_back({std::string{one}, visit.phrases(fmt::format("claim.regime.{}", one)), one == regime});
  for (const std::string_view one : kClaimCreditors)
    creditors.push_back({std::string{one}, visit.phrases(fmt::format("claim.creditor.{}", one)), one == creditor});
  filled.fault(html, "regime");
  choice(html, "claim-regime", "regime", visit.phrases("claim.regime"), regimes);
  filled.fault(html, "creditor");
  choice(html, "claim-creditor", "creditor", visit.phrases("claim.creditor"), creditors);
  line("what", sum != nullptr ? sum->what : "", false);
  line("amount", sum != nullptr ? dossier::print_cents(sum->cents) : "", true);
  line("from", sum != nullptr && sum->from != Day{} ? dossier::print_day(sum->from) : "", true);
  line("source", sum != nullptr ? sum->source : "", true);
  line("until", day(claim.until), true);
  line("hour_rate", claim.hour_rate ? dossier::print_cents(*claim.hour_rate) : "", true);
  line("served", claim.judgment ? dossier::print_day(claim.judgment->served) : "", true);
  line("known", day(claim.known), true);
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("claim.send"));
  html.close().close();
  fold(html, visit.phrases("claim.toml"), file.back());
  open_form(html, visit, case_address(id) + "/claim", "form");
  field(html, {.id = "claim-toml",
               .name = "toml",
               .label = visit.phrases("claim.toml.label"),
               .hint = visit.phrases("claim.toml.hint"),
               .value = file.value("toml", mine ? claim_as_toml(claim) : std::string{}),
               .required = true,
               .autocomplete = {},
               .rows = 14,
               .fault = file.fault("toml")});
  html.open("div", {{"class", "row"}});
  button(html, visit.phrases("claim.toml.send"), "second");
  html.close().close().close().close();
}

/// The cost of the case: hours, letters, fees and interest, beside what is at stake.
void cost_of_case(Html& html, const Visit& visit, const ledger::ShelfRow& row, const dossier::Costs& costs) {
  const dossier::Cents spent = costs.outlay_cents() + costs.interest_cents() + costs.recovery_cents;
  const dossier::Cents stake = costs.principal > 0 ? costs.principal : dossier::Cents{row.amount_cents};
  const std::string said = dossier::said_cents(spent, visit.phrases);
  html.element("p", stake > 0
                        ? visit.phrases("claim.cost", {{"cost", said},
                                                       {"stake", dossier::said_cents(stake, visit.phrases)},
                                                       {"share", visit.phrases.percent(static_cast<double>(spent) /
                                                                                       static_cast<double>(stake))}})
                        : visit.phrases("claim.cost.no_stake", {{"cost", said}}));
}

void one_claim(Html& html, const Visit& visit, const SeenCase& seen, const ClaimTold& told) {
  const auto counted = count_claim(claim_with_case(told.claim, told.by, seen.timeline, visit.phrases),
                                   dossier::Rates::shipped(), dossier::day_of(visit.now));
  html.open("section").element("h2", visit.phrases(told.by == Party::seller ? "claim.of.seller" : "claim.of.desk"));
  html.element(
      "p",
      visit.phrases("claim.stated", {{"who", person_name(visit, told.person)}, {"day", visit.phrases.date(told.at)}}),
      {{"class", "muted"}});
  if (!counted) {
    html.element("p", visit.phrases("claim.too_large"), {{"class", "warning"}});
  } else {
    cost_of_case(html, visit, seen.file.row, counted->costs);
    html.add(costs_as_html(counted->claim, counted->costs, visit.phrases));
  }
  if (told.claim.known)
    html.add(time_bar_as_html(dossier::time_bar_of(*told.claim.known, told.claim.time_bar), told.claim.time_bar,
                              visit.phrases));
  html.close();
}

Response claims_with(Visit& visit, const FormAgain* sent) {
  static constexpr std::array<std::string_view, 1> kActs{"claim"};
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const SeenCase& seen = *found.seen;
  const FactsTold told = facts_of(seen.timeline);
  PageParts parts;
  parts.title = visit.phrases("claim.title");
  parts.subtitle = title_of(visit, seen.file.row);
  parts.here = "cases";
  if (sent != nullptr) parts.status = 422;
  ways(parts.main, visit, seen.file.row.case_id, false);
  say_again(parts.main, visit, sent, sent == nullptr ? std::string{} : "claim-" + sent->fault.field);
  parts.main.element("p", visit.phrases("claim.what_is_this"));
  for (const auto* claim : {&told.seller_claim, &told.desk_claim})
    if (*claim) one_claim(parts.main, visit, seen, **claim);
  if (!told.seller_claim && !told.desk_claim) parts.main.element("p", visit.phrases("claim.none"));
  const std::vector<FormAgain> again = forms_again(visit, seen.file.row.case_id, kActs, sent);
  if (acts_for_a_side(visit))
    claim_form(parts.main, visit, seen, party_of(visit.role()) == Party::seller ? told.seller_claim : told.desk_claim,
               again.empty() ? nullptr : &again.front());
  return page(visit, std::move(parts));
}

Response claims(Visit& visit) { return claims_with(visit, nullptr); }

constexpr std::array kRoutes{
    Route{.method = Method::get,
          .pattern = "/cases/{case}/chronology",
          .right = Right::see_cases,
          .look = chronology,
          .summary = "The facts of a case, with both sides' versions and their sources"},
    Route{.method = Method::get,
          .pattern = "/cases/{case}/claim",
          .right = Right::see_cases,
          .look = claims,
          .summary = "What each side claims in a case, with interest, costs and prescription"},
};

}  // namespace

std::span<const Route> chronology_routes() { return kRoutes; }

std::string fact_page_address(CaseId case_id, std::string_view act) {
  return case_address(case_id) + (act == "claim" ? "/claim" : "/chronology");
}

Response fact_form_again(Visit& visit, std::string_view act, const FieldFault& fault) {
  const FormAgain sent{.act = std::string{act},
                       .typed = draft_of(visit.person->id, visit.case_id(), act, visit.fields, visit.now),
                       .fault = fault};
  return act == "claim" ? claims_with(visit, &sent) : chronology_with(visit, &sent);
}

}  // namespace guichet::desk
