#include <guichet/desk/pages/chronology.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <guichet/desk/fact_acts.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
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

/// Forms on facts: each has fields of its own, so ids begin with the act and the number of the fact.
class FactForms {
 public:
  FactForms(const Visit& visit, const SeenCase& seen) : v_(visit), seen_(seen) {}

  void state(Html& html) const {
    html.open("section", {{"class", "card no-print"}, {"id", "add"}});
    html.element("h2", v_.phrases("chronology.add"));
    html.element("p", v_.phrases("chronology.add.how"), {{"class", "hint"}});
    begin(html, "fact");
    fields(html, "new", nullptr, true);
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
      html.open("details").element("summary", v_.phrases("chronology.archive"));
      begin(html, "archive-fact");
      hidden(html, "fact", std::to_string(fact.number));
      field(html, {.id = fmt::format("archive-{}-why", fact.number),
                   .name = "body",
                   .label = v_.phrases("chronology.archive.why"),
                   .hint = v_.phrases("chronology.archive.how"),
                   .value = {},
                   .autocomplete = {}});
      end(html, "chronology.archive");
      html.close();
    } else if (!fact.archived) {
      folded(html, "dispute-fact", fact, fact.other ? "chronology.dispute.again" : "chronology.dispute",
             fact.other ? &*fact.other : nullptr);
      if (fact.other) one_button(html, "concede-fact", fact.number, "chronology.concede");
    }
    html.close();
  }

 private:
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
    html.open("details").element("summary", v_.phrases(key));
    begin(html, act);
    hidden(html, "fact", std::to_string(fact.number));
    fields(html, fmt::format("{}-{}", act, fact.number), values, act == "fact");
    end(html, key);
    html.close();
  }

  void line(Html& html, const std::string& id, std::string_view name, std::string_view key, std::string value,
            bool hint = true) const {
    field(html, {.id = fmt::format("{}-{}", id, name),
                 .name = std::string{name},
                 .label = v_.phrases(key),
                 .hint = hint ? v_.phrases(std::string{key} + ".hint") : std::string{},
                 .value = std::move(value),
                 .autocomplete = {}});
  }

  void fields(Html& html, const std::string& id, const FactVersion* values, bool with_matters) const {
    const FactDate date = values != nullptr ? values->date : FactDate{};
    field(html, {.id = id + "-body",
                 .name = "body",
                 .label = v_.phrases(with_matters ? "chronology.fact" : "chronology.version"),
                 .hint = v_.phrases("chronology.fact.hint"),
                 .value = values != nullptr ? values->words : std::string{},
                 .required = true,
                 .autocomplete = {},
                 .rows = 4});
    line(html, id, "date", "chronology.date",
         date.kind == FactDate::Kind::unknown ? std::string{} : print_fact_time(date.first));
    std::vector<Option> kinds;
    const auto chosen = date.kind == FactDate::Kind::unknown ? 0U : static_cast<unsigned>(date.kind) - 1;
    for (std::size_t i = 0; i < kFactDates.size(); ++i)
      kinds.push_back(
          {std::string{kFactDates[i]}, v_.phrases(fmt::format("chronology.date.{}", kFactDates[i])), i == chosen});
    choice(html, id + "-date_is", "date_is", v_.phrases("chronology.date.is"), kinds);
    line(html, id, "date_end", "chronology.date_end",
         date.kind == FactDate::Kind::between ? print_fact_time(date.last) : std::string{});
    sources(html, id, values);
    line(html, id, "said_by", "chronology.said_by", values != nullptr ? values->said_by : std::string{});
    if (!with_matters) return;
    std::string matters;
    if (values != nullptr)
      for (const std::string& matter : values->matters) matters.append(matters.empty() ? "" : ", ").append(matter);
    line(html, id, "matters", "chronology.matters", std::move(matters));
  }

  void sources(Html& html, const std::string& id, const FactVersion* values) const {
    std::vector<Option> offered{{"", v_.phrases("chronology.source.none"), true}};
    const auto& entries = seen_.timeline.entries;
    for (auto entry = entries.rbegin(); entry != entries.rend() && offered.size() < kSourcesOffered; ++entry) {
      const Event& event = entry->event;
      const std::string when = v_.phrases.date(event.at);
      if (event.kind == EventKind::message_sent)
        offered.push_back({fmt::format("message {}", event.version.value),
                           v_.phrases("chronology.source.message", {{"n", std::to_string(event.version.value)},
                                                                    {"who", person_name(v_, event.actor)},
                                                                    {"day", when}}),
                           false});
      if (event.kind == EventKind::exhibit_added && entry->words && !entry->words->words.files.empty())
        offered.push_back(
            {fmt::format("exhibit {}", event.detail),
             v_.phrases("chronology.source.exhibit",
                        {{"n", std::to_string(event.detail)}, {"name", file_name(event.text)}, {"day", when}}),
             false});
    }
    choice(html, id + "-source", "source", v_.phrases("chronology.source"), offered);
    line(html, id, "place", "chronology.place", {});
    std::string written;
    if (values != nullptr)
      for (const dossier::CitationTold& told : values->citations)
        written.append(written.empty() ? "" : "\n").append(print_citation(told.citation));
    field(html, {.id = id + "-sources",
                 .name = "sources",
                 .label = v_.phrases("chronology.sources"),
                 .hint = v_.phrases("chronology.sources.hint"),
                 .value = std::move(written),
                 .autocomplete = {},
                 .rows = 2});
  }

  std::string file_name(TextId id) const {
    for (const ledger::Text& text : seen_.file.texts)
      if (text.id == id) return text.name;
    return {};
  }

  const Visit& v_;
  const SeenCase& seen_;
};

std::string party_name(const Visit& visit, Party party) {
  return visit.phrases(fmt::format("chronology.party.{}", party == Party::seller ? "seller"
                                                          : party == Party::desk ? "desk"
                                                                                 : "third"));
}

Response chronology(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const SeenCase& seen = *found.seen;
  const ledger::ShelfRow& row = seen.file.row;
  const FactForms forms(visit, seen);
  const FactsTold told = facts_of(seen.timeline);
  PageParts parts;
  parts.title = visit.phrases("chronology.title");
  parts.subtitle = title_of(visit, row);
  parts.here = "cases";
  ways(parts.main, visit, row.case_id, true);
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

// ---- what is claimed -----------------------------------------------------------------------------------------------

void claim_form(Html& html, const Visit& visit, const SeenCase& seen, const std::optional<ClaimTold>& mine) {
  const CaseId id = seen.file.row.case_id;
  const Claim claim = mine ? mine->claim : Claim{};
  const dossier::SumDue* sum = claim.sums.empty() ? nullptr : &claim.sums.front();
  const auto day = [](const std::optional<Day>& value) { return value ? dossier::print_day(*value) : std::string{}; };
  const auto line = [&](std::string_view name, std::string value, bool hint) {
    field(html, {.id = fmt::format("claim-{}", name),
                 .name = std::string{name},
                 .label = visit.phrases(fmt::format("claim.{}", name)),
                 .hint = hint ? visit.phrases(fmt::format("claim.{}.hint", name)) : std::string{},
                 .value = std::move(value),
                 .autocomplete = {}});
  };
  html.open("section", {{"class", "card no-print"}, {"id", "claim"}}).element("h2", visit.phrases("claim.form"));
  open_form(html, visit, case_address(id) + "/claim", "form");
  std::vector<Option> regimes;
  std::vector<Option> creditors;
  for (std::size_t i = 0; i < kClaimRegimes.size(); ++i)
    regimes.push_back({std::string{kClaimRegimes[i]}, visit.phrases(fmt::format("claim.regime.{}", kClaimRegimes[i])),
                       i == static_cast<std::size_t>(claim.regime)});
  for (std::size_t i = 0; i < kClaimCreditors.size(); ++i)
    creditors.push_back({std::string{kClaimCreditors[i]},
                         visit.phrases(fmt::format("claim.creditor.{}", kClaimCreditors[i])),
                         i == static_cast<std::size_t>(claim.creditor)});
  choice(html, "claim-regime", "regime", visit.phrases("claim.regime"), regimes);
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
  html.open("details").element("summary", visit.phrases("claim.toml"));
  open_form(html, visit, case_address(id) + "/claim", "form");
  field(html, {.id = "claim-toml",
               .name = "toml",
               .label = visit.phrases("claim.toml.label"),
               .hint = visit.phrases("claim.toml.hint"),
               .value = mine ? claim_as_toml(claim) : std::string{},
               .required = true,
               .autocomplete = {},
               .rows = 14});
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
  const Claim whole = claim_with_case(told.claim, told.by, seen.timeline, visit.phrases);
  const Day today = dossier::day_of(visit.now);
  const Result<dossier::Costs> costs = costs_of(whole, dossier::Rates::shipped(), today);
  html.open("section").element("h2", visit.phrases(told.by == Party::seller ? "claim.of.seller" : "claim.of.desk"));
  html.element(
      "p",
      visit.phrases("claim.stated", {{"who", person_name(visit, told.person)}, {"day", visit.phrases.date(told.at)}}),
      {{"class", "muted"}});
  if (!costs) {
    html.element("p", visit.phrases("claim.too_large"), {{"class", "warning"}});
  } else {
    cost_of_case(html, visit, seen.file.row, *costs);
    html.add(costs_as_html(whole, *costs, visit.phrases));
  }
  if (told.claim.known)
    html.add(time_bar_as_html(dossier::time_bar_of(*told.claim.known, told.claim.time_bar), told.claim.time_bar,
                              visit.phrases));
  html.close();
}

Response claims(Visit& visit) {
  CaseOr found = case_of_sheet(visit);
  if (!found.seen) return std::move(found.instead);
  const SeenCase& seen = *found.seen;
  const FactsTold told = facts_of(seen.timeline);
  PageParts parts;
  parts.title = visit.phrases("claim.title");
  parts.subtitle = title_of(visit, seen.file.row);
  parts.here = "cases";
  ways(parts.main, visit, seen.file.row.case_id, false);
  parts.main.element("p", visit.phrases("claim.what_is_this"));
  for (const auto* claim : {&told.seller_claim, &told.desk_claim})
    if (*claim) one_claim(parts.main, visit, seen, **claim);
  if (!told.seller_claim && !told.desk_claim) parts.main.element("p", visit.phrases("claim.none"));
  if (acts_for_a_side(visit))
    claim_form(parts.main, visit, seen, party_of(visit.role()) == Party::seller ? told.seller_claim : told.desk_claim);
  return page(visit, std::move(parts));
}

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

}  // namespace guichet::desk
