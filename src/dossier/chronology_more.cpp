// The chapters of a dossier that come from statements: facts entered by hand, and what a claim comes to.
#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/dossier/chronology.hpp>
#include <guichet/dossier/facts_told.hpp>

namespace guichet::dossier {
namespace {

using Cell = std::vector<Line>;

Side side_of(Party party) {
  return party == Party::seller ? Side::seller : party == Party::third ? Side::third : Side::desk;
}

class StatementWriter {
 public:
  StatementWriter(const ToldCase& told, const Voice& voice) : told_(told), v_(voice), p_(voice.phrases) {}

  std::vector<Block> facts(const FactsTold& all) {
    if (all.facts.empty() && all.erased == 0) return {};
    section("facts");
    if (all.erased > 0) paragraph(p_.counted("dossier.facts.erased", static_cast<std::int64_t>(all.erased)));
    if (all.facts.empty()) return std::move(blocks_);
    paragraph(p_("dossier.facts.how", {{"facts", std::to_string(all.facts.size())},
                                       {"undated", std::to_string(all.undated)},
                                       {"without_source", std::to_string(all.without_source)},
                                       {"disputed", std::to_string(all.disputed)}}));
    if (all.not_found != 0) paragraph(p_.counted("dossier.facts.not_found", static_cast<std::int64_t>(all.not_found)));
    Block block = table({{"number", 3, true}, {"date", 9}, {"says", 22}, {"other_says", 17}, {"source", 11}});
    for (const FactTold& fact : all.facts) {
      Cell says = version(fact.version);
      if (fact.other) says.push_back({{.text = p_("dossier.disputed"), .tone = Tone::wait, .strong = true}});
      if (fact.changed_since_disputed)
        says.push_back({{.text = p_("dossier.facts.changed_since"), .tone = Tone::muted}});
      Cell other{{{.text = "–", .tone = Tone::muted}}};
      if (fact.other) other = version(*fact.other);
      block.rows.push_back({.cells = {{plain(std::to_string(fact.number))},
                                      {plain(said_fact_date(fact.version.date, p_))},
                                      std::move(says),
                                      std::move(other),
                                      sources(fact)},
                            .place = fmt::format("f{}", fact.number),
                            .side = side_of(fact.version.by)});
    }
    blocks_.push_back(std::move(block));
    return std::move(blocks_);
  }

  /// Each fact that the other side disputes: whole, what each of them says and where each finds it.
  std::vector<Block> versions(const FactsTold& all) {
    Block block = table({{"about", 9}, {"seller_says", 21}, {"desk_says", 21}});
    block.line = plain(p_("dossier.table.disputed_facts"));
    for (const FactTold& fact : all.facts) {
      if (!fact.other) continue;
      const bool by_seller = fact.version.by == Party::seller;
      Cell about{{{.text = p_("dossier.versions.fact", {{"n", std::to_string(fact.number)}}),
                   .strong = true,
                   .to = fmt::format("#f{}", fact.number)}}};
      about.push_back({{.text = p_("dossier.disputed"), .tone = Tone::wait, .strong = true}});
      if (fact.changed_since_disputed)
        about.push_back({{.text = p_("dossier.facts.changed_since"), .tone = Tone::muted}});
      block.rows.push_back({.cells = {std::move(about), whole(by_seller ? fact.version : *fact.other),
                                      whole(by_seller ? *fact.other : fact.version)}});
    }
    if (!block.rows.empty()) blocks_.push_back(std::move(block));
    return std::move(blocks_);
  }

  std::vector<Block> claims(const FactsTold& all) {
    for (const auto* claim : {&all.seller_claim, &all.desk_claim})
      if (*claim) one_claim(**claim);
    return std::move(blocks_);
  }

 private:
  struct Heading {
    std::string_view key;
    unsigned share;
    bool number = false;
  };
  Block table(std::initializer_list<Heading> headings) const {
    Block block{.kind = Block::Kind::table, .place = {}, .line = {}};
    for (const Heading& one : headings)
      block.columns.push_back(
          {.title = p_(fmt::format("dossier.column.{}", one.key)), .share = one.share, .number = one.number});
    return block;
  }
  void section(std::string_view key, std::string_view of = {}) {
    blocks_.push_back({.kind = Block::Kind::section,
                       .place = std::string(key) + std::string(of),
                       .line = plain(p_(fmt::format("dossier.section.{}{}", key, of)))});
  }
  void paragraph(std::string text) {
    blocks_.push_back({.kind = Block::Kind::paragraph, .place = {}, .line = plain(std::move(text))});
  }

  Cell version(const FactVersion& version) const {
    Cell lines{plain(version.words)};
    std::string who = v_.person(version.person);
    if (!version.said_by.empty()) who = p_("dossier.facts.said_by", {{"who", who}, {"by", version.said_by}});
    lines.push_back({{.text = std::move(who), .tone = Tone::muted}});
    return lines;
  }

  /// One side's version as it stands beside the other's.
  Cell whole(const FactVersion& version) const {
    Cell lines{{{.text = v_.moment(version.at), .tone = Tone::muted, .to = fmt::format("#e{}", version.event.value)}},
               {{.text = v_.person(version.person), .strong = true}}};
    if (!version.said_by.empty())
      lines.push_back({{.text = p_("dossier.facts.after", {{"by", version.said_by}}), .tone = Tone::muted}});
    if (version.date.kind != FactDate::Kind::unknown)
      lines.push_back({{.text = said_fact_date(version.date, p_), .tone = Tone::muted}});
    lines.push_back(plain(p_("dossier.quoted", {{"words", version.words}})));
    for (Line shown : sources_of(version)) {
      if (version.sourced())
        shown.insert(shown.begin(), {.text = p_("dossier.facts.source") + " ", .tone = Tone::muted});
      lines.push_back(std::move(shown));
    }
    return lines;
  }

  /// Where one side finds it; that it names nothing is said.
  Cell sources_of(const FactVersion& version) const {
    Cell lines;
    for (const CitationTold& one : version.citations) {
      Run run{.text = said_citation(one.citation, p_)};
      const bool event = one.citation.kind == Citation::Kind::event || one.citation.kind == Citation::Kind::message;
      if (one.found && event) run.to = fmt::format("#e{}", one.citation.number);
      if (one.found && one.citation.kind == Citation::Kind::exhibit) run.to = fmt::format("#x{}", one.citation.number);
      if (!one.found) run.tone = Tone::bad;
      lines.push_back({std::move(run)});
      if (!one.found) lines.back().push_back({.text = " – " + p_("facts.source.not_found"), .tone = Tone::bad});
    }
    if (!version.sourced())
      lines.push_back({{.text = p_("dossier.facts.no_source"), .tone = Tone::bad, .strong = true}});
    return lines;
  }

  Cell sources(const FactTold& fact) const {
    Cell lines = sources_of(fact.version);
    if (!fact.other) return lines;
    const Cell others = sources_of(*fact.other);
    lines.push_back({{.text = p_("dossier.facts.other_sources"), .tone = Tone::muted}});
    lines.insert(lines.end(), others.begin(), others.end());
    return lines;
  }

  std::string day(Day when) const { return p_.date(as_instant(when)); }

  void one_claim(const ClaimTold& told) {
    section("claim.", name(told.by));
    const Result<CountedClaim> counted =
        count_claim(claim_with_case(told.claim, told.by, told_.timeline, p_), Rates::shipped(), day_of(told_.until()));
    if (!counted) {
      paragraph(counted.error().detail);
      return;
    }
    const auto& [claim, costs] = *counted;
    paragraph(p_("dossier.claim.regime", {{"regime", p_(fmt::format("costs.regime.{}", name(claim.regime)))},
                                          {"who", v_.person(told.person)}}));
    if (costs.unknown)
      paragraph(p_("costs.unknown", {{"rate", p_(fmt::format("costs.rate.{}", name(costs.unknown->kind)))},
                                     {"day", day(costs.unknown->on)},
                                     {"asked", day(costs.asked_until)}}));
    lines(claim, costs);
    totals(claim, costs);
  }

  void lines(const Claim& claim, const Costs& costs) {
    Block block = table({{"what", 13},
                         {"from_until", 13},
                         {"days", 5, true},
                         {"base", 8, true},
                         {"rate", 9, true},
                         {"amount", 8, true},
                         {"article", 13}});
    for (const SumDue& sum : claim.sums)
      block.rows.push_back({.cells = {{plain(sum.what)},
                                      {plain(sum.from == Day{} ? std::string("–") : day(sum.from))},
                                      {plain("")},
                                      {plain("")},
                                      {plain("")},
                                      {{{.text = said_cents(sum.cents, p_), .strong = true}}},
                                      {{{.text = sum.source, .tone = Tone::muted}}}}});
    for (const InterestLine& line : costs.lines) {
      std::string rate = print_points(line.points);
      rate.replace(rate.find('.'), 1, p_("number.point"));
      block.rows.push_back(
          {.cells = {{plain(p_(fmt::format("costs.kind.{}", name(line.kind))))},
                     {plain(p_("dossier.claim.from_until", {{"from", day(line.from)}, {"until", day(line.until)}}))},
                     {plain(fmt::format("{}/{}", line.days, line.year_days))},
                     {plain(said_cents(line.base, p_))},
                     {plain(p_("number.percent", {{"value", rate}}))},
                     {plain(said_cents(line.cents, p_))},
                     {plain(std::string(article_of(line.kind))), {{.text = line.source, .tone = Tone::muted}}}}});
    }
    if (!block.rows.empty()) blocks_.push_back(std::move(block));
  }

  void totals(const Claim& claim, const Costs& costs) {
    Block block = table({{"what", 30}, {"amount", 10, true}});
    const auto add = [&](const std::string& what, Cents cents, bool strong = false) {
      if (cents == 0 && !strong) return;
      block.rows.push_back(
          {.cells = {{{{.text = what, .strong = strong}}}, {{{.text = said_cents(cents, p_), .strong = strong}}}}});
    };
    add(p_("costs.principal"), costs.principal);
    for (std::size_t i = 0; i < kInterestKinds; ++i)
      add(p_(fmt::format("costs.kind.{}", name(static_cast<InterestKind>(i)))), costs.interest[i]);
    if (costs.recovery_fees > 0) add(p_.counted("costs.recovery", costs.recovery_fees), costs.recovery_cents);
    add(p_("costs.kind.hours"), costs.hours_cents);
    add(p_("costs.kind.letter"), costs.letters_cents);
    add(p_("costs.kind.fee"), costs.fees_cents);
    add(p_("costs.kind.other"), costs.other_cents);
    add(p_("costs.paid"), -costs.paid);
    add(p_("costs.compensated"), -costs.compensated);
    add(costs.counted_until ? p_("costs.total", {{"day", day(*costs.counted_until)}})
                            : p_("costs.total_without_interest"),
        costs.total, true);
    blocks_.push_back(std::move(block));
    if (costs.total < 0) paragraph(p_("costs.overpaid", {{"amount", said_cents(-costs.total, p_)}}));
    if (claim.left_out > 0) paragraph(p_.counted("costs.left_out", static_cast<std::int64_t>(claim.left_out)));
    if (costs.without_source > 0)
      paragraph(p_.counted("costs.without_source", static_cast<std::int64_t>(costs.without_source)));
    if (costs.hours_without_rate > 0)
      paragraph(p_.counted("costs.hours_without_rate", static_cast<std::int64_t>(costs.hours_without_rate)));
    if (!claim.capitalisation && claim.regime != Regime::no_interest) paragraph(p_("costs.not_capitalised"));
  }

  const ToldCase& told_;
  const Voice& v_;
  const formats::Phrases& p_;
  std::vector<Block> blocks_;
};

}  // namespace

MoreChapters more_chapters(const ToldCase& told, const Voice& voice) {
  const FactsTold all = facts_of(told.timeline);
  return {.facts = StatementWriter(told, voice).facts(all),
          .versions = StatementWriter(told, voice).versions(all),
          .disputed_facts = all.disputed,
          .costs = StatementWriter(told, voice).claims(all)};
}

}  // namespace guichet::dossier
