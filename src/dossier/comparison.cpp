#include <guichet/dossier/comparison.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <guichet/base/utf8.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/sentences.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::dossier {
namespace {

using measures::Distance;
using measures::Figure;
using measures::Findings;
using measures::MeasureId;
using measures::Row;
using measures::Stat;
using measures::Unit;

/// One number of both logs.
struct Two {
  std::string_view stat;
  std::optional<double> a, b;

  std::optional<double> difference() const {
    if (!a || !b) return std::nullopt;
    return *b - *a;
  }
};

struct TwoRows {
  const Row* row = nullptr;  // of one of the logs, for its name; null: the figure's own numbers
  std::vector<Two> numbers;

  std::string_view name() const {
    if (row == nullptr) return {};
    return row->label.empty() ? row->word : std::string_view{row->label};
  }
};

struct TwoFigures {
  MeasureId id{};
  std::vector<TwoRows> rows;  // the first: the figure's own numbers
};

void add_numbers(const std::vector<Stat>& stats, std::optional<double> Two::* of, TwoRows& rows) {
  for (const Stat& stat : stats) {
    auto found =
        std::find_if(rows.numbers.begin(), rows.numbers.end(), [&](const Two& two) { return two.stat == stat.name; });
    if (found == rows.numbers.end()) {
      rows.numbers.push_back({stat.name, {}, {}});
      found = rows.numbers.end() - 1;
    }
    (*found).*of = stat.value;
  }
}

void add_figure(const Figure& figure, std::optional<double> Two::* of, TwoFigures& both) {
  add_numbers({{"n", static_cast<double>(figure.n)}, {"unknown", static_cast<double>(figure.unknown)}}, of,
              both.rows.front());
  add_numbers(figure.stats, of, both.rows.front());
  for (const Row& row : figure.rows) {
    auto found = std::find_if(both.rows.begin() + 1, both.rows.end(), [&](const TwoRows& known) {
      return known.row->label == row.label && known.row->word == row.word;
    });
    if (found == both.rows.end()) {
      both.rows.push_back({&row, {}});
      found = both.rows.end() - 1;
    }
    add_numbers(row.stats, of, *found);
  }
}

/// The measures that both logs have, in the order of the catalogue.
std::vector<TwoFigures> side_by_side(const Findings& a, const Findings& b) {
  std::vector<TwoFigures> all;
  for (const Figure& figure : a.figures) {
    const Figure* const other = b.figure(figure.id);
    if (other == nullptr) continue;
    TwoFigures& both = all.emplace_back(TwoFigures{figure.id, {TwoRows{}}});
    add_figure(figure, &Two::a, both);
    add_figure(*other, &Two::b, both);
  }
  return all;
}

/// The measures that only the first of two logs has.
std::vector<MeasureId> only_in(const Findings& one, const Findings& other) {
  std::vector<MeasureId> ids;
  for (const Figure& figure : one.figures)
    if (other.figure(figure.id) == nullptr) ids.push_back(figure.id);
  return ids;
}

int decimals(std::string_view stat) { return stat == "hours" ? 4 : 6; }

template <class Tell>
void each_distance(const Comparison& compared, const Tell& tell) {
  for (std::size_t i = 0; i < measures::kDistances; ++i)
    tell(measures::text_of(static_cast<Distance>(i)), compared.distances[i]);
}

}  // namespace

std::string comparison_as_json(const Comparison& compared) {
  formats::JsonWriter json;
  const auto optional = [&](std::optional<double> value, int digits) {
    if (value)
      json.value(*value, digits);
    else
      json.null();
  };
  const auto log = [&](std::string_view name, const Findings& findings, const ReportSource& source) {
    json.key(name).begin_object();
    json.key("source").value(source.name).key("format").value(source.format);
    json.key("mapping").value(source.mapping).key("mapping_origin").value(source.mapping_origin);
    json.key("cases").value(findings.cases).key("events").value(findings.events);
    if (findings.from && findings.to)
      json.key("from").value(print_instant(*findings.from)).key("to").value(print_instant(*findings.to));
    json.end_object();
  };
  const auto numbers = [&](const TwoRows& rows) {
    for (const Two& two : rows.numbers) {
      json.key(two.stat).begin_object().key("a");
      optional(two.a, decimals(two.stat));
      json.key("b");
      optional(two.b, decimals(two.stat));
      json.key("difference");
      optional(two.difference(), decimals(two.stat));
      json.end_object();
    }
  };
  json.begin_object();
  log("a", compared.a, compared.source_a);
  log("b", compared.b, compared.source_b);
  json.key("distances").begin_object();
  each_distance(compared, [&](const measures::DistanceText& about, std::optional<double> value) {
    json.key(about.name).begin_object().key("value");
    optional(value, 6);
    json.key("unit").value(measures::name(about.unit)).key("code").value(about.code).end_object();
  });
  json.end_object().key("measures").begin_object();
  for (const TwoFigures& both : side_by_side(compared.a, compared.b)) {
    const measures::Measure& about = measures::measure(both.id);
    json.key(about.name).begin_object().key("unit").value(measures::name(about.unit));
    numbers(both.rows.front());
    if (both.rows.size() > 1) {
      json.key("by").begin_object();
      for (auto row = both.rows.begin() + 1; row != both.rows.end(); ++row) {
        json.key(row->name()).begin_object();
        numbers(*row);
        json.end_object();
      }
      json.end_object();
    }
    json.end_object();
  }
  json.end_object();
  const auto only = [&](std::string_view name, const std::vector<MeasureId>& ids) {
    json.key(name).begin_array();
    for (const MeasureId id : ids) json.value(measures::measure(id).name);
    json.end_array();
  };
  only("only_in_a", only_in(compared.a, compared.b));
  only("only_in_b", only_in(compared.b, compared.a));
  return json.end_object().take();
}

std::string comparison_as_csv(const Comparison& compared) {
  std::string csv = "measure,unit,row,stat,a,b,difference\r\n";
  const auto number = [&](std::optional<double> value, std::string_view stat) {
    return value ? plain_number(*value, decimals(stat)) : std::string{};
  };
  each_distance(compared, [&](const measures::DistanceText& about, std::optional<double> value) {
    csv += std::string{about.name} + ',' + std::string{measures::name(about.unit)} + ",,distance,,," +
           number(value, "distance") + "\r\n";
  });
  for (const TwoFigures& both : side_by_side(compared.a, compared.b)) {
    const measures::Measure& about = measures::measure(both.id);
    for (const TwoRows& rows : both.rows)
      for (const Two& two : rows.numbers)
        csv += std::string{about.name} + ',' + std::string{measures::name(unit_of(two.stat, about.unit))} + ',' +
               formats::csv_field(utf8_repair(rows.name())) + ',' + std::string{two.stat} + ',' +
               number(two.a, two.stat) + ',' + number(two.b, two.stat) + ',' + number(two.difference(), two.stat) +
               "\r\n";
  }
  return csv;
}

namespace {

constexpr std::size_t kNameColumns = 46;
constexpr std::size_t kStatColumns = 12;
constexpr std::size_t kNumberColumns = 13;

std::string left(std::string_view words, std::size_t columns) {
  std::string cell = utf8_length(words) >= columns ? utf8_cut(words, columns - 1) : std::string{words};
  const std::size_t length = utf8_length(cell);
  return cell + std::string(length < columns ? columns - length : 0, ' ');
}

std::string right(std::string_view words, std::size_t columns) {
  const std::size_t length = utf8_length(words);
  return std::string(length < columns ? columns - length : 1, ' ') + std::string{words};
}

/// Foreign words cannot move the cursor of a terminal.
std::string printable(std::string_view words) {
  std::string clean;
  for (const char c : utf8_repair(words)) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return clean;
}

class ComparisonText {
 public:
  ComparisonText(const Comparison& compared, formats::Language language) : compared_(compared), phrases_(language) {}

  std::string write() {
    log("A", compared_.a, compared_.source_a);
    log("B", compared_.b, compared_.source_b);
    distances();
    measures();
    only("compare.only_in_a", only_in(compared_.a, compared_.b));
    only("compare.only_in_b", only_in(compared_.b, compared_.a));
    return std::move(out_);
  }

 private:
  void log(std::string_view letter, const Findings& findings, const ReportSource& source) {
    out_ += std::string{letter} + "  " + printable(source.name) + "\n   ";
    const auto whole = [&](std::uint64_t n) { return phrases_.number(static_cast<double>(n)); };
    if (!findings.from || !findings.to)
      out_ += phrases_("report.short.nothing");
    else
      out_ += phrases_("report.short.size", {{"cases", whole(findings.cases)},
                                             {"events", whole(findings.events)},
                                             {"from", phrases_.date(*findings.from)},
                                             {"to", phrases_.date(*findings.to)}});
    out_ += '\n';
  }

  void distances() {
    out_ += "\n" + phrases_("compare.distances") + "\n";
    each_distance(compared_, [&](const measures::DistanceText& about, std::optional<double> value) {
      const std::string key = "distance." + std::string{about.name};
      const std::string shown = !value                      ? phrases_("compare.not_known")
                                : about.unit == Unit::share ? phrases_.percent(*value, 2)
                                                            : phrases_("compare.hours", {{"n", hours(*value)}});
      out_ += left("  " + phrases_(key + ".name"), kNameColumns) + right(shown, kStatColumns + kNumberColumns) + '\n';
      if (value) out_ += "      " + phrases_(key + ".said", {{"value", shown}}) + '\n';
    });
  }

  std::string hours(double seconds) const { return phrases_.number(seconds / 3600, 2); }

  void line(std::string_view name, std::string_view stat, std::string_view a, std::string_view b,
            std::string_view difference) {
    out_ += left(name, kNameColumns) + left(stat, kStatColumns) + right(a, kNumberColumns) + right(b, kNumberColumns) +
            right(difference, kNumberColumns) + '\n';
  }

  std::string difference_said(double value, Unit unit) const {
    // A difference of shares is no share.
    const auto shown = [&](double size) {
      return unit == Unit::share ? phrases_("compare.points", {{"n", phrases_.number(size * 100, 1)}})
                                 : said(size, unit, phrases_);
    };
    std::string size = shown(std::abs(value));
    if (size != shown(0)) size.insert(0, value > 0 ? "+" : "−");
    return size;
  }

  void numbers(const std::string& name, const Two& two, Unit unit) {
    const Unit own = unit_of(two.stat, unit);
    const auto shown = [&](std::optional<double> value) { return value ? said(*value, own, phrases_) : std::string{}; };
    const std::optional<double> difference = two.difference();
    line(name, phrases_("measures.stat." + std::string{two.stat}), shown(two.a), shown(two.b),
         difference ? difference_said(*difference, own) : std::string{});
  }

  void measures() {
    out_ += '\n';
    line(phrases_("report.measure"), "", "A", "B", phrases_("compare.difference"));
    for (const TwoFigures& both : side_by_side(compared_.a, compared_.b)) {
      if (both.id == MeasureId::by_person || both.id == MeasureId::by_team) continue;
      const Unit unit = measures::measure(both.id).unit;
      std::string name = measure_name(both.id, phrases_);
      bool any = false;
      for (const Two& two : both.rows.front().numbers) {
        const bool tells = two.stat == "mean" || two.stat == "p50" || two.stat == "p90" || two.stat == "share" ||
                           two.stat == "slope" || (two.stat == "total" && both.rows.front().numbers.size() <= 3);
        if (!tells) continue;
        numbers(any ? std::string{} : name, two, unit);
        any = true;
      }
      if (both.id != MeasureId::whose_court) continue;
      out_ += name + '\n';
      for (auto row = both.rows.begin() + 1; row != both.rows.end(); ++row)
        for (const Two& two : row->numbers)
          if (two.stat == "share") numbers("  " + row_name(*row->row, phrases_), two, unit);
    }
  }

  void only(std::string_view key, const std::vector<MeasureId>& ids) {
    if (ids.empty()) return;
    out_ += '\n' + phrases_(key) + '\n';
    for (const MeasureId id : ids) out_ += "  " + measure_name(id, phrases_) + '\n';
  }

  const Comparison& compared_;
  formats::Phrases phrases_;
  std::string out_;
};

}  // namespace

std::string comparison_as_text(const Comparison& compared, formats::Language language) {
  return ComparisonText(compared, language).write();
}

}  // namespace guichet::dossier
