// What a claim comes to, as people and programs read it: text, JSON, CSV and a page.
#include <array>
#include <optional>
#include <span>
#include <utility>

#include <guichet/base/utf8.hpp>
#include <guichet/dossier/costs.hpp>
#include <guichet/dossier/plots.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;
using formats::Phrases;

constexpr std::size_t kLabelColumns = 58;
constexpr std::size_t kAmountColumns = 18;

/// One line of the account, whatever it is of.
struct AccountRow {
  std::string kind, what;
  std::optional<Day> from, until;
  const InterestLine* interest{};
  Cents cents{};
  std::string_view article;
  std::string source;
};

std::vector<AccountRow> rows_of(const Claim& claim, const Costs& costs) {
  std::vector<AccountRow> rows;
  for (const SumDue& sum : claim.sums)
    rows.push_back({.kind = "principal",
                    .what = sum.what,
                    .from = sum.from == Day{} ? std::nullopt : std::optional{sum.from},
                    .cents = sum.cents,
                    .source = sum.source});
  for (const InterestLine& line : costs.lines)
    rows.push_back({.kind = std::string{name(line.kind)},
                    .what = claim.sums[line.sum].what,
                    .from = line.from,
                    .until = line.until,
                    .interest = &line,
                    .cents = line.cents,
                    .article = article_of(line.kind),
                    .source = line.source});
  for (std::size_t i = 0; i < kInterestKinds; ++i)
    if (costs.rounding[i] != 0)
      rows.push_back(
          {.kind = "rounding", .what = std::string{name(static_cast<InterestKind>(i))}, .cents = costs.rounding[i]});
  for (const CapitalisedLine& line : costs.capitalised)
    rows.push_back({.kind = "capitalised",
                    .what = claim.sums[line.sum].what,
                    .from = line.on,
                    .cents = line.cents,
                    .article = kCapitalisationArticle,
                    .source = claim.capitalisation ? claim.capitalisation->source : ""});
  for (std::int64_t i = 0; i < costs.recovery_fees; ++i)
    rows.push_back(
        {.kind = "recovery_fee", .cents = costs.recovery_cents / costs.recovery_fees, .article = kRecoveryArticle});
  for (std::size_t i = 0; i < claim.hours.size(); ++i)
    rows.push_back({.kind = "hours",
                    .what = claim.hours[i].what,
                    .from = claim.hours[i].on,
                    .cents = costs.hours[i],
                    .source = claim.hours[i].source});
  for (const Outlay& outlay : claim.outlays)
    rows.push_back({.kind = std::string{name(outlay.kind)},
                    .what = outlay.what,
                    .from = outlay.on,
                    .cents = outlay.cents,
                    .source = outlay.source});
  for (const PaymentLine& line : costs.payments) {
    const PartPayment& payment = claim.payments[line.payment];
    rows.push_back({.kind = line.counted ? "payment" : "payment_not_counted",
                    .from = payment.on,
                    .cents = -payment.cents,
                    .article = kPaymentArticle,
                    .source = payment.source});
  }
  for (const Compensation& given : claim.compensations)
    rows.push_back(
        {.kind = "compensation", .what = given.what, .from = given.on, .cents = -given.cents, .source = given.source});
  return rows;
}

/// "574.2644": to four decimals, as far as the millionths go.
std::string print_unrounded(std::int64_t millionths) {
  const std::int64_t tenth_millis = (millionths + 50) / 100;
  std::string rest = std::to_string(tenth_millis % 10'000);
  rest.insert(0, 4 - rest.size(), '0');
  return std::to_string(tenth_millis / 10'000) + "." + rest;
}

/// Digits with a point, above zero, as people read a sum.
std::string said_euros(std::string digits, const Phrases& phrases) {
  const std::size_t point = digits.find('.');
  digits.replace(point, 1, phrases("number.point"));
  for (std::size_t i = point; i > 3; i -= 3) digits.insert(i - 3, phrases("number.group"));
  return phrases("costs.euros", {{"n", digits}});
}

std::string said_unrounded(std::int64_t millionths, const Phrases& phrases) {
  return said_euros(print_unrounded(millionths), phrases);
}

std::string said_points(RatePoints points, const Phrases& phrases) {
  std::string text = print_points(points);
  text.replace(text.find('.'), 1, phrases("number.point"));
  return phrases("number.percent", {{"value", text}});
}

std::string said_day(Day day, const Phrases& phrases) { return phrases.date(as_instant(day)); }
std::string said_day(const std::optional<Day>& day, const Phrases& phrases) {
  return day ? said_day(*day, phrases) : std::string{"—"};
}

/// What is said besides the figures: where counting stopped, what was counted as zero, what has no source.
std::vector<std::string> remarks_of(const Claim& claim, const Costs& costs, const Phrases& phrases) {
  std::vector<std::string> all{phrases("costs.regime." + std::string{name(claim.regime)})};
  if (costs.unknown) {
    all.push_back(phrases("costs.unknown", {{"rate", phrases("costs.rate." + std::string{name(costs.unknown->kind)})},
                                            {"day", said_day(costs.unknown->on, phrases)},
                                            {"asked", said_day(costs.asked_until, phrases)}}));
    const bool french = phrases.language() == formats::Language::fr && !costs.unknown->why_fr.empty();
    if (const std::string& why = french ? costs.unknown->why_fr : costs.unknown->why; !why.empty())
      all.push_back(phrases("costs.unknown.why", {{"why", why}}));
  }
  if (costs.uplift_from)
    all.push_back(phrases("costs.uplift_from", {{"served", said_day(claim.judgment->served, phrases)},
                                                {"day", said_day(*costs.uplift_from, phrases)}}));
  if (claim.judgment && claim.judgment->waived) all.push_back(phrases("costs.uplift_waived"));
  if (claim.capitalisation)
    all.push_back(phrases("costs.capitalised." + std::string{name(claim.capitalisation->by)},
                          {{"day", said_day(claim.capitalisation->since, phrases)}}));
  else if (claim.regime != Regime::no_interest)
    all.push_back(phrases("costs.not_capitalised"));
  std::int64_t not_counted = 0;
  for (const PaymentLine& line : costs.payments) not_counted += line.counted ? 0 : 1;
  if (not_counted > 0) all.push_back(phrases.counted("costs.payments_later", not_counted));
  if (claim.left_out > 0) all.push_back(phrases.counted("costs.left_out", static_cast<std::int64_t>(claim.left_out)));
  if (costs.total < 0) all.push_back(phrases("costs.overpaid", {{"amount", said_cents(-costs.total, phrases)}}));
  if (costs.hours_without_rate > 0)
    all.push_back(phrases.counted("costs.hours_without_rate", static_cast<std::int64_t>(costs.hours_without_rate)));
  if (costs.without_source > 0)
    all.push_back(phrases.counted("costs.without_source", static_cast<std::int64_t>(costs.without_source)));
  return all;
}

/// The sums in short: label, amount. Regimes stand apart.
std::vector<std::pair<std::string, Cents>> totals_of(const Claim& claim, const Costs& costs, const Phrases& phrases) {
  std::vector<std::pair<std::string, Cents>> all;
  const auto add = [&](std::string label, Cents cents, bool always = false) {
    if (always || cents != 0) all.emplace_back(std::move(label), cents);
  };
  add(phrases("costs.principal"), costs.principal, true);
  for (std::size_t i = 0; i < kInterestKinds; ++i) {
    const auto kind = static_cast<InterestKind>(i);
    const bool asked = (claim.regime == Regime::legal_interest && kind == InterestKind::legal) ||
                       (claim.regime == Regime::late_payment && kind == InterestKind::late_payment);
    add(phrases("costs.kind." + std::string{name(kind)}), costs.interest[i], asked);
  }
  if (costs.recovery_fees > 0) add(phrases.counted("costs.recovery", costs.recovery_fees), costs.recovery_cents);
  if (costs.minutes > 0)
    add(phrases("costs.hours", {{"n", phrases.number(static_cast<double>(costs.minutes) / 60, 2)}}), costs.hours_cents,
        true);
  add(phrases("costs.kind.letter"), costs.letters_cents);
  add(phrases("costs.kind.fee"), costs.fees_cents);
  add(phrases("costs.kind.other"), costs.other_cents);
  add(phrases("costs.paid"), -costs.paid);
  add(phrases("costs.compensated"), -costs.compensated);
  return all;
}

std::string total_label(const Costs& costs, const Phrases& phrases) {
  return costs.counted_until ? phrases("costs.total", {{"day", said_day(*costs.counted_until, phrases)}})
                             : phrases("costs.total_without_interest");
}

std::string basis_of(const InterestLine& line, const Phrases& phrases) {
  return phrases("costs.basis." + std::string{name(line.basis)});
}

std::string padded(std::string_view words, std::size_t columns) {
  std::string cell = utf8_length(words) > columns ? utf8_cut(words, columns) : std::string{words};
  cell.append(columns - utf8_length(cell), ' ');
  return cell;
}
std::string right(std::string_view words, std::size_t columns) {
  const std::size_t length = utf8_length(words);
  return std::string(length < columns ? columns - length : 1, ' ') + std::string{words};
}

void interest_table(Html& html, const Claim& claim, const Costs& costs, const Phrases& phrases) {
  if (costs.lines.empty()) return;
  html.element("h2", phrases("costs.lines"));
  Table table;
  table.caption = phrases("costs.lines.how");
  table.words = true;
  for (const char* column : {"costs.what", "costs.from", "costs.until", "costs.days", "costs.base", "costs.rate",
                             "costs.amount", "costs.article", "costs.source"})
    table.head.push_back(phrases(column));
  for (const InterestLine& line : costs.lines)
    table.rows.push_back(
        {phrases("costs.kind." + std::string{name(line.kind)}) + " — " + claim.sums[line.sum].what,
         said_day(line.from, phrases), said_day(line.until, phrases),
         std::to_string(line.days) + "/" + std::to_string(line.year_days), said_cents(line.base, phrases),
         said_points(line.points, phrases) + " — " + basis_of(line, phrases), said_cents(line.cents, phrases),
         std::string{article_of(line.kind)}, line.source.empty() ? phrases("costs.no_source") : line.source});
  add_table(html, table);
  for (std::size_t i = 0; i < kInterestKinds; ++i)
    if (costs.interest[i] != 0)
      html.element("p",
                   phrases("costs.unrounded",
                           {{"kind", phrases("costs.kind." + std::string{name(static_cast<InterestKind>(i))})},
                            {"rounded", said_cents(costs.interest[i], phrases)},
                            {"rounding", said_cents(costs.rounding[i], phrases)},
                            {"exact", said_unrounded(costs.millionths[i], phrases)}}),
                   {{"class", "muted"}});
}

/// Everything that is not interest, one line each.
void other_table(Html& html, const Claim& claim, const Costs& costs, const Phrases& phrases) {
  Table table;
  table.words = true;
  for (const char* column : {"costs.what", "costs.on", "costs.amount", "costs.article", "costs.source"})
    table.head.push_back(phrases(column));
  for (const AccountRow& row : rows_of(claim, costs)) {
    if (row.interest != nullptr || row.kind == "rounding") continue;
    const std::string kind = phrases("costs.kind." + row.kind);
    table.rows.push_back({row.what.empty() ? kind : kind + " — " + row.what, said_day(row.from, phrases),
                          said_cents(row.cents, phrases), row.article.empty() ? "—" : std::string{row.article},
                          !row.source.empty()          ? row.source
                          : row.kind == "recovery_fee" ? std::string{"—"}
                                                       : phrases("costs.no_source")});
  }
  if (table.rows.empty()) return;
  html.element("h2", phrases("costs.other"));
  add_table(html, table);
}

void payments_list(Html& html, const Claim& claim, const Costs& costs, const Phrases& phrases) {
  if (costs.payments.empty()) return;
  html.element("h2", phrases("costs.payments")).open("ul");
  for (const PaymentLine& line : costs.payments) {
    const PartPayment& payment = claim.payments[line.payment];
    const std::string day = said_day(payment.on, phrases);
    const std::string amount = said_cents(payment.cents, phrases);
    if (!line.counted)
      html.element("li", phrases("costs.payment.later", {{"day", day}, {"amount", amount}}));
    else
      html.element("li",
                   phrases(payment.principal_first ? "costs.payment.principal_first" : "costs.payment.interest_first",
                           {{"day", day},
                            {"amount", amount},
                            {"interest", said_cents(line.on_interest, phrases)},
                            {"principal", said_cents(line.on_principal, phrases)},
                            {"fees", said_cents(line.on_recovery_fees, phrases)},
                            {"rest", said_cents(line.left_over, phrases)}}));
  }
  html.close();
}

}  // namespace

std::string said_cents(Cents cents, const Phrases& phrases) {
  return (cents < 0 ? phrases("number.minus") : "") + said_euros(print_cents(cents < 0 ? -cents : cents), phrases);
}

std::string costs_as_text(const Claim& claim, const Costs& costs, const Phrases& phrases) {
  std::string out = claim.title.empty() ? phrases("costs.title") + "\n" : claim.title + "\n";
  for (const std::string& remark : remarks_of(claim, costs, phrases)) out += remark + "\n";
  out += "\n";
  for (const auto& [label, cents] : totals_of(claim, costs, phrases))
    out += padded(label, kLabelColumns) + right(said_cents(cents, phrases), kAmountColumns) + "\n";
  out += padded(total_label(costs, phrases), kLabelColumns) + right(said_cents(costs.total, phrases), kAmountColumns) +
         "\n";
  std::optional<std::size_t> sum;
  for (const InterestLine& line : costs.lines) {
    if (sum != line.sum) out += "\n" + claim.sums[line.sum].what + "\n";
    sum = line.sum;
    out += "  " + print_day(line.from) + " – " + print_day(line.until) +
           right(std::to_string(line.days) + "/" + std::to_string(line.year_days), 9) +
           right(said_points(line.points, phrases), 10) + right(said_cents(line.base, phrases), kAmountColumns) +
           right(said_cents(line.cents, phrases), kAmountColumns) + "\n      " + basis_of(line, phrases) + " · " +
           std::string{article_of(line.kind)} + " · " +
           (line.source.empty() ? phrases("costs.no_source") : line.source) + "\n";
  }
  if (!costs.lines.empty()) {
    out += "\n" + phrases("costs.method") + "\n";
    for (std::size_t i = 0; i < kInterestKinds; ++i)
      if (costs.interest[i] != 0)
        out += phrases("costs.unrounded",
                       {{"kind", phrases("costs.kind." + std::string{name(static_cast<InterestKind>(i))})},
                        {"rounded", said_cents(costs.interest[i], phrases)},
                        {"rounding", said_cents(costs.rounding[i], phrases)},
                        {"exact", said_unrounded(costs.millionths[i], phrases)}}) +
               "\n";
  }
  bool first = true;
  for (const AccountRow& row : rows_of(claim, costs)) {
    if (row.interest != nullptr || row.kind == "rounding") continue;
    if (std::exchange(first, false)) out += "\n" + phrases("costs.other") + "\n";
    const std::string kind = phrases("costs.kind." + row.kind);
    out += "  " +
           padded((row.from ? print_day(*row.from) + " " : std::string(11, ' ')) +
                      (row.what.empty() ? kind : kind + " — " + row.what),
                  kLabelColumns - 2) +
           right(said_cents(row.cents, phrases), kAmountColumns) + "\n";
    if (!row.source.empty() || !row.article.empty())
      out += "      " + std::string{row.article} + (row.article.empty() || row.source.empty() ? "" : " · ") +
             row.source + "\n";
  }
  return out;
}

std::string costs_as_json(const Claim& claim, const Costs& costs) {
  formats::JsonWriter json;
  const auto day = [&json](std::string_view key, const std::optional<Day>& value) {
    json.key(key);
    value ? json.value(print_day(*value)) : json.null();
  };
  const auto amount = [&json](std::string_view key, Cents cents) { json.key(key).value(print_cents(cents)); };
  json.begin_object().key("title").value(claim.title).key("regime").value(name(claim.regime));
  json.key("creditor").value(name(claim.creditor)).key("currency").value("EUR");
  day("asked_until", costs.asked_until);
  day("counted_until", costs.counted_until);
  json.key("rate_unknown");
  if (costs.unknown) {
    json.begin_object();
    day("from", costs.unknown->on);
    json.key("rate").value(name(costs.unknown->kind)).key("why").value(costs.unknown->why).end_object();
  } else {
    json.null();
  }
  day("uplift_from", costs.uplift_from);
  amount("principal", costs.principal);
  json.key("interest").begin_object();
  for (std::size_t i = 0; i < kInterestKinds; ++i)
    json.key(name(static_cast<InterestKind>(i)))
        .begin_object()
        .key("amount")
        .value(print_cents(costs.interest[i]))
        .key("unrounded")
        .value(print_unrounded(costs.millionths[i]))
        .key("rounding")
        .value(print_cents(costs.rounding[i]))
        .end_object();
  json.end_object();
  json.key("recovery_fees").value(costs.recovery_fees);
  amount("recovery", costs.recovery_cents);
  json.key("minutes").value(costs.minutes);
  amount("hours", costs.hours_cents);
  amount("letters", costs.letters_cents);
  amount("fees", costs.fees_cents);
  amount("other", costs.other_cents);
  amount("paid", costs.paid);
  amount("compensated", costs.compensated);
  amount("total", costs.total);
  json.key("hours_without_rate").value(std::uint64_t{costs.hours_without_rate});
  if (claim.left_out > 0) json.key("left_out").value(std::uint64_t{claim.left_out});
  json.key("without_source").value(std::uint64_t{costs.without_source});
  json.key("lines").begin_array();
  for (const AccountRow& row : rows_of(claim, costs)) {
    json.begin_object().key("kind").value(row.kind).key("what").value(row.what);
    day("from", row.from);
    day("until", row.until);
    if (row.interest != nullptr) {
      json.key("days").value(row.interest->days).key("year_days").value(row.interest->year_days);
      amount("base", row.interest->base);
      amount("base_capitalised", row.interest->capitalised);
      json.key("percent").value(print_points(row.interest->points)).key("rate").value(name(row.interest->basis));
      json.key("unrounded").value(print_unrounded(row.interest->millionths));
    }
    amount("amount", row.cents);
    json.key("article").value(row.article).key("source").value(row.source).end_object();
  }
  json.end_array().key("payments").begin_array();
  for (const PaymentLine& line : costs.payments) {
    json.begin_object();
    day("on", claim.payments[line.payment].on);
    amount("amount", claim.payments[line.payment].cents);
    json.key("counted").value(line.counted);
    amount("on_interest", line.on_interest);
    amount("on_principal", line.on_principal);
    amount("on_recovery_fees", line.on_recovery_fees);
    amount("left_over", line.left_over);
    json.end_object();
  }
  json.end_array();
  if (claim.known) {
    const TimeBar bar = time_bar_of(*claim.known, claim.time_bar);
    json.key("time_bar").begin_object();
    day("known", bar.known);
    day("last_day", bar.last_day);
    json.key("alarms").begin_array();
    for (const Alarm& alarm : bar.alarms) {
      json.begin_object().key("months").value(alarm.months);
      day("on", alarm.on);
      json.end_object();
    }
    json.end_array().key("steps").begin_array();
    for (const TimeBarStep& step : bar.steps) {
      json.begin_object().key("effect").value(name(step.effect)).key("event");
      step.event ? json.value(name(claim.time_bar[*step.event].kind)) : json.null();
      day("last_day", step.last_day);
      json.key("days_suspended").value(step.days_suspended).key("six_months").value(step.six_months).end_object();
    }
    json.end_array().end_object();
  }
  return json.end_object().take();
}

std::string costs_as_csv(const Claim& claim, const Costs& costs) {
  std::string out = "kind,what,from,until,days,year_days,base,percent,rate,amount,unrounded,article,source\r\n";
  for (const AccountRow& row : rows_of(claim, costs)) {
    const InterestLine* line = row.interest;
    const std::array<std::string, 13> cells{row.kind,
                                            row.what,
                                            row.from ? print_day(*row.from) : "",
                                            row.until ? print_day(*row.until) : "",
                                            line != nullptr ? std::to_string(line->days) : "",
                                            line != nullptr ? std::to_string(line->year_days) : "",
                                            line != nullptr ? print_cents(line->base) : "",
                                            line != nullptr ? print_points(line->points) : "",
                                            line != nullptr ? std::string{name(line->basis)} : "",
                                            print_cents(row.cents),
                                            line != nullptr ? print_unrounded(line->millionths) : "",
                                            std::string{row.article},
                                            row.source};
    for (std::size_t i = 0; i < cells.size(); ++i) out.append(i == 0 ? "" : ",").append(formats::csv_field(cells[i]));
    out += "\r\n";
  }
  return out;
}

Html costs_as_html(const Claim& claim, const Costs& costs, const Phrases& phrases) {
  Html html;
  html.open("section", {{"class", "brief"}}).element("h2", phrases("costs.in_short"));
  html.element("p", total_label(costs, phrases) + phrases("costs.colon") + said_cents(costs.total, phrases)).open("ul");
  for (const std::string& remark : remarks_of(claim, costs, phrases)) html.element("li", remark);
  html.close().close();
  Table table;
  table.head = {phrases("costs.what"), phrases("costs.amount")};
  for (const auto& [label, cents] : totals_of(claim, costs, phrases))
    table.rows.push_back({label, said_cents(cents, phrases)});
  table.rows.push_back({total_label(costs, phrases), said_cents(costs.total, phrases)});
  add_table(html, table);
  interest_table(html, claim, costs, phrases);
  payments_list(html, claim, costs, phrases);
  other_table(html, claim, costs, phrases);
  html.element("p", phrases("costs.method"), {{"class", "muted"}});
  return html;
}

std::string costs_as_page(const Claim& claim, const Costs& costs, formats::Language language) {
  const Phrases phrases(language);
  Html main = costs_as_html(claim, costs, phrases);
  if (claim.known) main.add(time_bar_as_html(time_bar_of(*claim.known, claim.time_bar), claim.time_bar, phrases));
  return formats::html_page({.language = language,
                             .title = phrases("costs.title"),
                             .subtitle = claim.title,
                             .footer = phrases("costs.footer")},
                            main);
}

}  // namespace guichet::dossier
