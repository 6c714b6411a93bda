#include <guichet/dossier/claim.hpp>

#include <array>
#include <iterator>

#include <guichet/formats/toml.hpp>
#include <guichet/formats/whole_file.hpp>

namespace guichet::dossier {
namespace {

using namespace std::string_view_literals;
using formats::TomlTable;
using formats::TomlValue;

constexpr std::array kRegimeNames{"no_interest"sv, "legal_interest"sv, "late_payment"sv};
constexpr std::array kCreditors{"business"sv, "private"sv};
constexpr std::array kOrders{"interest_first"sv, "principal_first"sv};
constexpr std::array kOutlays{"letter"sv, "fee"sv, "other"sv};
constexpr std::array kBys{"contract"sv, "court"sv};
constexpr std::array kTimeBarKinds{"mediation"sv, "claim_in_court"sv, "acknowledgment"sv, "reminder"sv};
static_assert(kTimeBarKinds.size() == kTimeBarEventKinds);
static_assert(kRegimeNames.size() == kRegimes && kOutlays.size() == kOutlayKinds);
constexpr std::size_t kRowsMax = 1'000;
constexpr std::int64_t kMinutesMax = 10'000'000;

std::optional<Day> read_day(TomlTable& table, std::string_view key) {
  const TomlValue* value = table.get(key, TomlValue::Kind::date);
  if (value == nullptr) return std::nullopt;
  const std::optional<Day> day = parse_day(value->text);
  if (!day) table.fault(key, "is " + value->text + "; write a day from 1900 to 2999");
  return day;
}

Day required_day(TomlTable& table, std::string_view key) {
  table.require(key, "a date such as 2026-01-31");
  return read_day(table, key).value_or(Day{});
}

Cents read_amount(TomlTable& table, std::string_view key) {
  table.require(key, "\"1234.56\", euros in quotes so that no cent is lost");
  const std::string text = table.text(key);
  const std::optional<Cents> cents = cents_from(text);
  if (!text.empty() && !cents)
    table.fault(key, "is " + formats::toml_quoted(text) +
                         "; write euros with two decimals at most, \"1234.56\", up to 100 million");
  return cents.value_or(0);
}

std::optional<RatePoints> read_points(TomlTable& table, std::string_view key) {
  const std::string text = table.text(key);
  if (text.empty()) return std::nullopt;
  const std::optional<RatePoints> points = points_from(text);
  if (!points)
    table.fault(key, "is " + formats::toml_quoted(text) + "; write a percentage with two decimals at most, \"12.50\"");
  return points;
}

SumDue read_sum(TomlTable& row, Regime regime) {
  SumDue sum;
  row.require("what", "what = \"…\", what is due");
  sum.what = row.text("what");
  sum.cents = read_amount(row, "amount");
  if (regime == Regime::no_interest)
    sum.from = read_day(row, "from").value_or(Day{});
  else
    sum.from = required_day(row, "from");
  sum.source = row.text("source");
  return sum;
}

void read_rows(TomlTable& top, Claim& claim) {
  top.each("sum", [&claim](TomlTable row) {
    claim.sums.push_back(read_sum(row, claim.regime));
    row.finish();
  });
  top.each("payment", [&claim](TomlTable row) {
    PartPayment payment;
    payment.on = required_day(row, "on");
    payment.cents = read_amount(row, "amount");
    payment.principal_first = row.choice("order", kOrders, 0) == 1;
    payment.source = row.text("source");
    claim.payments.push_back(std::move(payment));
    row.finish();
  });
  top.each("compensation", [&claim](TomlTable row) {
    Compensation given;
    given.on = read_day(row, "on");
    given.cents = read_amount(row, "amount");
    given.what = row.text("what");
    given.source = row.text("source");
    claim.compensations.push_back(std::move(given));
    row.finish();
  });
  top.each("hours", [&claim](TomlTable row) {
    HoursSpent spent;
    spent.what = row.text("what");
    row.require("minutes", "minutes = 90");
    spent.minutes = row.whole("minutes", 0, kMinutesMax, 0);
    if (row.has("rate")) spent.rate = read_amount(row, "rate");
    spent.on = read_day(row, "on");
    spent.source = row.text("source");
    claim.hours.push_back(std::move(spent));
    row.finish();
  });
  top.each("cost", [&claim](TomlTable row) {
    Outlay outlay;
    row.require("kind", "kind = \"letter\", \"fee\" or \"other\"");
    outlay.kind = static_cast<OutlayKind>(row.choice("kind", kOutlays, 0));
    outlay.what = row.text("what");
    outlay.cents = read_amount(row, "amount");
    outlay.on = read_day(row, "on");
    outlay.source = row.text("source");
    claim.outlays.push_back(std::move(outlay));
    row.finish();
  });
}

void read_grounds(TomlTable& top, Claim& claim) {
  if (top.has("agreed_rate") && claim.regime != Regime::late_payment)
    top.fault("agreed_rate", "goes with regime = \"late_payment\" only; the legal rate is not agreed");
  claim.agreed_rate = read_points(top, "agreed_rate");
  claim.agreed_source = top.text("agreed_source");
  if (top.has("recovery_fee") && claim.regime != Regime::late_payment)
    top.fault("recovery_fee", "goes with regime = \"late_payment\" only (C. com. D441-5); leave it out");
  claim.recovery_fee = top.flag("recovery_fee", true);
  if (TomlTable judgment = top.table("judgment"); judgment.present()) {
    if (claim.regime != Regime::legal_interest)
      top.fault("judgment",
                "goes with regime = \"legal_interest\" only: the five points are added to the legal rate "
                "(CMF L313-3); write what the court awarded as a claim of its own");
    claim.judgment = Judgment{.served = required_day(judgment, "served"),
                              .waived = judgment.flag("waived", false),
                              .source = judgment.text("source")};
    judgment.finish();
  }
  if (TomlTable whole = top.table("capitalisation"); whole.present()) {
    if (claim.regime == Regime::no_interest)
      top.fault("capitalisation", "needs a regime that bears interest; leave it out");
    whole.require("by", "by = \"contract\" or \"court\": without one of them interest bears none (C. civ. 1343-2)");
    claim.capitalisation = Capitalisation{.by = static_cast<Capitalisation::By>(whole.choice("by", kBys, 0)),
                                          .since = required_day(whole, "since"),
                                          .source = whole.text("source")};
    whole.finish();
  }
}

void read_time_bar(TomlTable& top, Claim& claim) {
  TomlTable time_bar = top.table("time_bar");
  if (!time_bar.present()) return;
  claim.known = required_day(time_bar, "known");
  time_bar.each("event", [&claim](TomlTable row) {
    TimeBarEvent event;
    row.require("kind", "kind = \"mediation\", \"claim_in_court\", \"acknowledgment\" or \"reminder\"");
    event.kind = static_cast<TimeBarEventKind>(row.choice("kind", kTimeBarKinds, 0));
    event.from = required_day(row, "from");
    event.until = read_day(row, "until");
    if (event.until && *event.until < event.from) row.fault("until", "is before \"from\"; write the last day");
    event.claim_failed = row.flag("failed", false);
    event.source = row.text("source");
    claim.time_bar.push_back(std::move(event));
    row.finish();
  });
  time_bar.finish();
}

class Writing {
 public:
  void put(std::string_view key, std::string_view text) {
    if (!text.empty()) plain(key, formats::toml_quoted(text));
  }
  void put(std::string_view key, Day day) { plain(key, print_day(day)); }
  void put(std::string_view key, const std::optional<Day>& day) {
    if (day) put(key, *day);
  }
  void amount(std::string_view key, Cents cents) { plain(key, "\"" + print_cents(cents) + "\""); }
  void plain(std::string_view key, std::string_view value) {
    text_.append(key).append(" = ").append(value).append("\n");
  }
  void head(std::string_view title) { text_.append("\n").append(title).append("\n"); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_rows(Writing& to, const Claim& claim) {
  for (const SumDue& sum : claim.sums) {
    to.head("[[sum]]");
    to.plain("what", formats::toml_quoted(sum.what));
    to.amount("amount", sum.cents);
    if (claim.regime != Regime::no_interest || sum.from != Day{}) to.put("from", sum.from);
    to.put("source", sum.source);
  }
  for (const PartPayment& payment : claim.payments) {
    to.head("[[payment]]");
    to.put("on", payment.on);
    to.amount("amount", payment.cents);
    if (payment.principal_first) to.put("order", kOrders[1]);
    to.put("source", payment.source);
  }
  for (const Compensation& given : claim.compensations) {
    to.head("[[compensation]]");
    to.put("on", given.on);
    to.amount("amount", given.cents);
    to.put("what", given.what);
    to.put("source", given.source);
  }
  for (const HoursSpent& spent : claim.hours) {
    to.head("[[hours]]");
    to.put("what", spent.what);
    to.plain("minutes", std::to_string(spent.minutes));
    if (spent.rate) to.amount("rate", *spent.rate);
    to.put("on", spent.on);
    to.put("source", spent.source);
  }
  for (const Outlay& outlay : claim.outlays) {
    to.head("[[cost]]");
    to.put("kind", name(outlay.kind));
    to.put("what", outlay.what);
    to.amount("amount", outlay.cents);
    to.put("on", outlay.on);
    to.put("source", outlay.source);
  }
}

}  // namespace

std::string_view name(Regime regime) { return kRegimeNames[static_cast<std::size_t>(regime)]; }
std::string_view name(Creditor creditor) { return kCreditors[static_cast<std::size_t>(creditor)]; }
std::string_view name(OutlayKind kind) { return kOutlays[static_cast<std::size_t>(kind)]; }
std::string_view name(Capitalisation::By by) { return kBys[static_cast<std::size_t>(by)]; }

std::optional<Cents> cents_from(std::string_view text) {
  std::string digits;
  std::optional<std::size_t> decimals;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // Spaces part thousands: plain, no-break (C2 A0) and narrow no-break (E2 80 AF).
    if (c == ' ' && !decimals) continue;
    if (text.substr(i).starts_with("\xC2\xA0") && !decimals) {
      i += 1;
      continue;
    }
    if (text.substr(i).starts_with("\xE2\x80\xAF") && !decimals) {
      i += 2;
      continue;
    }
    if ((c == '.' || c == ',') && !decimals && !digits.empty()) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9' || digits.size() > 12) return std::nullopt;
    if (decimals && ++*decimals > 2) return std::nullopt;
    digits += c;
  }
  if (digits.empty() || decimals == 0) return std::nullopt;
  Cents cents = 0;
  for (const char c : digits) cents = cents * 10 + (c - '0');
  for (std::size_t i = decimals.value_or(0); i < 2; ++i) cents *= 10;
  return cents <= kClaimCentsMax ? std::optional{cents} : std::nullopt;
}

std::string print_cents(Cents cents) {
  const bool below = cents < 0;
  const std::uint64_t size = below ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  const std::string rest = std::to_string(size % 100);
  return (below ? "-" : "") + std::to_string(size / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

Result<Claim> read_claim(std::string_view text, const std::string& path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  formats::TomlFaults faults;
  TomlTable top(&document, "", {}, faults);
  Claim claim;
  claim.title = top.text("title");
  top.require("regime", "regime = \"legal_interest\", \"late_payment\" or \"no_interest\": they are never mixed");
  claim.regime = static_cast<Regime>(top.choice("regime", kRegimeNames, 0));
  claim.creditor = static_cast<Creditor>(top.choice("creditor", kCreditors, 0));
  if (claim.regime == Regime::late_payment && claim.creditor == Creditor::private_person)
    top.fault("creditor", "is a private person; penalties of late payment are between professionals (L441-10)");
  claim.until = read_day(top, "until");
  if (top.has("hour_rate")) claim.hour_rate = read_amount(top, "hour_rate");
  read_rows(top, claim);
  read_grounds(top, claim);
  read_time_bar(top, claim);
  top.finish();
  if (claim.sums.size() + claim.payments.size() + claim.compensations.size() + claim.hours.size() +
          claim.outlays.size() + claim.time_bar.size() >
      kRowsMax)
    faults.add({}, "the claim has more than 1000 rows; make several claims of it");
  Cents together = 0;
  for (const SumDue& sum : claim.sums) together += sum.cents;
  if (together > kClaimCentsMax)
    faults.add({}, "the sums are more than 100 million euros together; make several claims");
  if (!faults.none()) return faults.error(path);
  return claim;
}

Result<Claim> load_claim(const std::string& path) {
  GUICHET_TRY(text, formats::whole_file(path, formats::kTomlBytesMax, "name a claim file (docs/costs.md)"));
  return read_claim(text, path);
}

std::string claim_as_toml(const Claim& claim) {
  Writing to;
  to.put("title", claim.title);
  to.put("regime", name(claim.regime));
  to.put("creditor", name(claim.creditor));
  to.put("until", claim.until);
  if (claim.agreed_rate) to.put("agreed_rate", print_points(*claim.agreed_rate));
  to.put("agreed_source", claim.agreed_source);
  if (claim.hour_rate) to.amount("hour_rate", *claim.hour_rate);
  if (!claim.recovery_fee) to.plain("recovery_fee", "false");
  write_rows(to, claim);
  if (claim.judgment) {
    to.head("[judgment]");
    to.put("served", claim.judgment->served);
    if (claim.judgment->waived) to.plain("waived", "true");
    to.put("source", claim.judgment->source);
  }
  if (claim.capitalisation) {
    to.head("[capitalisation]");
    to.put("by", name(claim.capitalisation->by));
    to.put("since", claim.capitalisation->since);
    to.put("source", claim.capitalisation->source);
  }
  if (claim.known) {
    to.head("[time_bar]");
    to.put("known", *claim.known);
    for (const TimeBarEvent& event : claim.time_bar) {
      to.head("[[time_bar.event]]");
      to.put("kind", name(event.kind));
      to.put("from", event.from);
      to.put("until", event.until);
      if (event.claim_failed) to.plain("failed", "true");
      to.put("source", event.source);
    }
  }
  return to.take();
}

}  // namespace guichet::dossier
