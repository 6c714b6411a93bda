#include <guichet/dossier/rates.hpp>

#include <algorithm>
#include <array>
#include <iterator>

#include <guichet/base/check.hpp>
#include <guichet/embedded/rates.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/formats/whole_file.hpp>

namespace guichet::dossier {
namespace {

using namespace std::string_view_literals;
using formats::TomlTable;
using formats::TomlValue;

constexpr std::array kKinds{"legal_business"sv, "legal_private"sv, "ecb_refinancing"sv};
static_assert(kKinds.size() == kRateKinds);
constexpr Day kEnd = Day::max();

std::optional<Day> read_day(TomlTable& table, std::string_view key, bool required) {
  if (required) table.require(key, "a date such as 2026-01-01");
  const TomlValue* value = table.get(key, TomlValue::Kind::date);
  if (value == nullptr) return std::nullopt;
  const std::optional<Day> day = parse_day(value->text);
  if (!day) table.fault(key, "is a day before 1900 or after 2999; write a day of a half-year");
  return day;
}

RateKind read_kind(TomlTable& table) {
  table.require("kind", "kind = \"legal_business\", \"legal_private\" or \"ecb_refinancing\"");
  return static_cast<RateKind>(table.choice("kind", kKinds, 0));
}

}  // namespace

std::string_view name(RateKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::string print_points(RatePoints points) {
  const std::string cents = std::to_string(points % 100);
  return std::to_string(points / 100) + "." + (cents.size() < 2 ? "0" : "") + cents;
}

std::optional<RatePoints> points_from(std::string_view text) {
  RatePoints value = 0;
  std::size_t whole = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++whole) {
    if (whole == 3) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  if (whole == 0) return std::nullopt;
  std::size_t decimals = 0;
  if (i < text.size()) {
    if (text[i] != '.' && text[i] != ',') return std::nullopt;
    for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++decimals) {
      if (decimals == 2) return std::nullopt;
      value = value * 10 + (text[i] - '0');
    }
    if (i != text.size() || decimals == 0) return std::nullopt;
  }
  for (; decimals < 2; ++decimals) value *= 10;
  return value;
}

Result<Rates::Table> Rates::read(std::string_view text, const std::string& path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  formats::TomlFaults faults;
  TomlTable top(&document, "", {}, faults);
  Table table;
  // For people who read the file; rates alone count here.
  top.text("name");
  top.any("title");
  read_day(top, "as_of", false);
  top.each("rate", [&](TomlTable row) {
    Rate rate;
    rate.kind = read_kind(row);
    const auto from = read_day(row, "from", true);
    const auto until = read_day(row, "until", true);
    row.require("percent", "percent = \"4.92\", in quotes so that no digit is lost");
    const std::string percent = row.text("percent");
    const auto points = points_from(percent);
    if (!percent.empty() && !points)
      row.fault("percent", "is " + formats::toml_quoted(percent) + "; write a number with two decimals at most");
    row.require("source", "source = \"…\", where the rate was published");
    rate.source = row.text("source");
    if (from && until && *until < *from) row.fault("until", "is before \"from\"; write the last day of the rate");
    if (from && until && points) {
      rate.from = *from;
      rate.until = *until;
      rate.points = *points;
      for (const Rate& other : table.rates)
        if (other.kind == rate.kind && other.from <= rate.until && rate.from <= other.until)
          row.fault("from", "lies in a period that the file has already given a rate, from " + print_day(other.from) +
                                " to " + print_day(other.until) + "; one day has one rate");
      table.rates.push_back(std::move(rate));
    }
    row.finish();
  });
  top.each("hole", [&](TomlTable row) {
    RateHole hole;
    hole.kind = read_kind(row);
    const auto from = read_day(row, "from", true);
    hole.until = read_day(row, "until", false);
    row.require("why", "why = \"…\", why the rate is not known");
    hole.why = row.text("why");
    hole.why_fr = row.text("why_fr");
    if (from) {
      hole.from = *from;
      table.holes.push_back(std::move(hole));
    }
    row.finish();
  });
  top.finish();
  if (!faults.none()) return faults.error(path);
  std::ranges::sort(table.rates, {}, [](const Rate& rate) { return std::pair{rate.kind, rate.from}; });
  return table;
}

Outcome Rates::add(std::string_view text, const std::string& path) {
  GUICHET_TRY(table, read(text, path));
  tables_.push_back(std::move(table));
  return Done{};
}

Outcome Rates::add_file(const std::string& path) {
  GUICHET_TRY(text, formats::whole_file(path, formats::kTomlBytesMax, "name a TOML file such as those of rates/"));
  return add(text, path);
}

const Rates& Rates::shipped() {
  static const Rates rates = [] {
    Rates all;
    for (const EmbeddedFile& file : embedded::rates()) {
      const Outcome added = all.add(file.bytes, std::string{file.name});
      GUICHET_CHECK(added, "the rates that the program carries are tested");
    }
    return all;
  }();
  return rates;
}

const Rate* Rates::find(RateKind kind, Day day) const {
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table)
    for (const Rate& rate : table->rates)
      if (rate.kind == kind && rate.from <= day && day <= rate.until) return &rate;
  return nullptr;
}

const RateHole* Rates::hole(RateKind kind, Day day) const {
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table)
    for (const RateHole& hole : table->holes)
      if (hole.kind == kind && hole.from <= day && day <= hole.until.value_or(kEnd)) return &hole;
  return nullptr;
}

std::optional<Day> Rates::known_until(RateKind kind) const {
  std::optional<Day> until;
  for (const Table& table : tables_)
    for (const Rate& rate : table.rates)
      if (rate.kind == kind && (!until || *until < rate.until)) until = rate.until;
  return until;
}

std::vector<Rate> Rates::all(RateKind kind) const {
  std::vector<Rate> all;
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table)
    for (const Rate& rate : table->rates)
      if (rate.kind == kind) all.push_back(rate);
  std::ranges::stable_sort(all, {}, &Rate::from);
  return all;
}

}  // namespace guichet::dossier
