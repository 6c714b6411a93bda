// What everybody may read without an account: the procedure with its history, the yearly figures, how accessible the
// desk is, and what it runs on.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/house_name.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/counted.hpp>
#include <guichet/desk/pages/desk_parts.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/recounts.hpp>
#include <guichet/desk/routes.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/sentences.hpp>

namespace guichet::desk {
namespace {

/// A first count is waited for, so that a small desk answers at once and a large one says that it counts.
constexpr Duration kPatience{400};

// ---- the procedure ---------------------------------------------------------------------------------------------

std::string number_of(const InForce& procedure) { return std::to_string(procedure.adopted.id.value); }

void standing(Html& html, const Visit& visit, const InForce& one) {
  switch (visit.shared.procedures->standing(one, visit.now)) {
    case Standing::in_force: badge(html, "good", visit.phrases("public.procedure.in_force")); return;
    case Standing::coming: badge(html, "wait", visit.phrases("public.procedure.coming")); return;
    case Standing::past: badge(html, "plain", visit.phrases("public.procedure.past")); return;
    case Standing::withdrawn: badge(html, "bad", visit.phrases("public.procedure.withdrawn")); return;
  }
}

std::string withdrawn_words(const Visit& visit, const Withdrawal& withdrawal) {
  return visit.phrases(
      "public.procedure.withdrawn.why",
      {{"day", day_in_words(visit.phrases, desk_zone(visit), withdrawal.at)}, {"reason", withdrawal.reason}});
}

void versions(Html& html, const Visit& visit, const InForce& shown) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("section", {{"aria-labelledby", "versions"}});
  html.element("h2", phrases("public.procedure.versions"), {{"id", "versions"}});
  html.element("p", phrases("public.procedure.versions.how"));
  WideTable table(
      html, phrases("public.procedure.versions"),
      {phrases("public.procedure.version"), phrases("public.procedure.from"), phrases("public.procedure.adopted"),
       phrases("public.procedure.standing"), phrases("public.procedure.file")});
  std::vector<const InForce*> all = visit.shared.procedures->all();
  std::ranges::reverse(all);
  for (const InForce* one : all) {
    const std::string name = one->file.title.in(visit.language()) + " " + one->file.version;
    html.open("tr").open("th", {{"scope", "row"}});
    if (one == &shown)
      html.element("strong", name);
    else
      html.element("a", name, {{"href", Url("/procedure/" + number_of(*one))}});
    html.close();
    html.element("td", day_in_words(phrases, desk_zone(visit), one->adopted.effective_from));
    html.element("td", day_in_words(phrases, desk_zone(visit), one->adopted.adopted));
    html.open("td");
    standing(html, visit, *one);
    if (const auto withdrawal = visit.shared.procedures->withdrawal_of(one->adopted.id))
      html.element("span", withdrawn_words(visit, *withdrawal), {{"class", "sub"}});
    html.close().open("td");
    html.element("a", one->adopted.name + ".toml", {{"href", Url("/procedure/" + number_of(*one) + ".toml")}});
    html.close().close();
  }
  table.end();
  html.close();
}

Response procedure_page(const Visit& visit, const InForce& shown) {
  PageParts parts;
  const auto withdrawal = visit.shared.procedures->withdrawal_of(shown.adopted.id);
  parts.title = shown.file.title.in(visit.language());
  parts.subtitle =
      visit.phrases(withdrawal ? "public.procedure.subtitle.withdrawn" : "public.procedure.subtitle",
                    {{"version", shown.file.version},
                     {"from", day_in_words(visit.phrases, desk_zone(visit), shown.adopted.effective_from)}});
  parts.here = "procedure";
  Html& html = parts.main;
  html.open("p");
  standing(html, visit, shown);
  html.text(" ").element("a", visit.phrases("public.procedure.text"),
                         {{"href", Url("/procedure/" + number_of(shown) + ".toml")}});
  html.close();
  if (withdrawal) html.element("p", withdrawn_words(visit, *withdrawal), {{"class", "warning"}});
  html.add(shown.prose(visit.language()));
  versions(html, visit, shown);
  return page(visit, std::move(parts));
}

/// The procedure of this number; null when there is none.
const InForce* procedure_of(const Visit& visit, std::string_view number) {
  std::uint32_t id = 0;
  for (const char c : number) {
    if (c < '0' || c > '9' || id > 0xFFFF) return nullptr;
    id = id * 10 + static_cast<unsigned>(c - '0');
  }
  return id == 0 || id > 0xFFFF ? nullptr : visit.shared.procedures->of(ProcedureId{static_cast<std::uint16_t>(id)});
}

Response procedure_now(Visit& visit) {
  const std::string_view wanted = parameter(visit, "number");
  if (wanted.empty()) return procedure_page(visit, visit.shared.procedures->at(visit.now));
  const InForce* found = procedure_of(visit, wanted);
  return found == nullptr ? not_found(visit) : procedure_page(visit, *found);
}

Response procedure_by_number(Visit& visit) {
  const InForce* found = procedure_of(visit, visit.captures.at(0));
  return found == nullptr ? not_found(visit) : procedure_page(visit, *found);
}

Response procedure_text(Visit& visit) {
  const InForce* found = procedure_of(visit, visit.captures.at(0));
  if (found == nullptr) return not_found(visit);
  Response response;
  response.content_type = "application/toml; charset=utf-8";
  response.body = found->adopted.toml;
  response.headers.emplace_back("Content-Disposition", "inline; filename=\"" + found->adopted.name + ".toml\"");
  return response;
}

// ---- the figures -------------------------------------------------------------------------------------------------

std::string matter_name(const Visit& visit, const MatterFigure& matter) {
  if (matter.together) return visit.phrases("public.figures.together");
  if (matter.id.empty()) return visit.phrases("public.figures.no_matter");
  std::vector<const InForce*> all = visit.shared.procedures->all();
  for (auto one = all.rbegin(); one != all.rend(); ++one)
    for (const rulebook::MatterText& text : (*one)->file.matters)
      if (text.id == matter.id) return text.title.in(visit.language());
  return matter.id;
}

class FiguresPage {
 public:
  FiguresPage(const Visit& visit, Html& html) : v_(visit), p_(visit.phrases), h_(html) {}

  void year(const YearFigures& year, bool goes_on) {
    const std::string number = std::to_string(year.year), id = "year-" + number;
    h_.open("section", {{"aria-labelledby", id}});
    h_.element("h2", goes_on ? p_("public.figures.year.now", {{"year", number}}) : number, {{"id", id}});
    h_.element("p", p_.counted("public.figures.lodged", static_cast<std::int64_t>(year.lodged)));
    if (year.enough) {
      types(year, number);
      time(year);
      outcomes(year, number);
      measures(year, number);
    } else {
      h_.element("p", p_("public.figures.too_few"), {{"class", "muted"}});
    }
    h_.close();
  }

 private:
  std::string whole(std::uint64_t n) const { return p_.number(static_cast<double>(n)); }
  std::string share(std::uint64_t part, std::uint64_t of) const {
    return p_.percent(of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of));
  }

  void types(const YearFigures& year, const std::string& number) {
    const std::string caption = p_("public.figures.types", {{"year", number}});
    WideTable table(h_, caption, {p_("public.figures.matter"), p_("public.figures.cases"), p_("public.figures.share")},
                    0b110);
    for (const MatterFigure& matter : year.matters) {
      h_.open("tr").element("th", matter_name(v_, matter), {{"scope", "row"}});
      h_.element("td", whole(matter.n), {{"class", "number"}});
      h_.element("td", share(matter.n, year.lodged), {{"class", "number"}}).close();
    }
    table.end();
  }

  void time(const YearFigures& year) {
    const auto hours = [this](double value) { return p_.duration(Duration{std::llround(value * 3'600'000)}); };
    h_.element("h3", p_("public.figures.time"));
    if (year.processed < kFewest)
      h_.element("p", p_("public.figures.time.too_few"));
    else
      h_.element("p", p_("public.figures.time.says", {{"mean", hours(year.hours_mean)},
                                                      {"median", hours(year.hours_median)},
                                                      {"n", whole(year.processed)},
                                                      {"of", whole(year.lodged)}}));
  }

  void outcomes(const YearFigures& year, const std::string& number) {
    const std::string caption = p_("public.figures.outcomes", {{"year", number}});
    WideTable table(h_, caption, {p_("public.figures.outcome"), p_("public.figures.cases"), p_("public.figures.share")},
                    0b110);
    for (std::size_t i = 0; i < kCaseOutcomes; ++i) {
      const auto outcome = static_cast<CaseOutcome>(i);
      if (outcome == CaseOutcome::closed_elsewhere && year.outcomes[i] == 0) continue;
      h_.open("tr").element("th", p_("public.outcome." + std::string{name(outcome)}), {{"scope", "row"}});
      h_.element("td", whole(year.outcomes[i]), {{"class", "number"}});
      h_.element("td", share(year.outcomes[i], year.lodged), {{"class", "number"}}).close();
    }
    table.end();
  }

  void measures(const YearFigures& year, const std::string& number) {
    WideTable table(h_, p_("public.figures.measures", {{"year", number}}),
                    {p_("public.figures.measure"), p_("public.figures.value"), p_("public.figures.unit"), "n",
                     p_("public.figures.period")},
                    0b1010);
    for (const MeasureFigure& figure : year.measures) {
      const measures::Measure& about = measures::measure(figure.id);
      h_.open("tr").open("th", {{"scope", "row"}});
      h_.text(dossier::measure_name(figure.id, p_)).text(" ").element("span", about.code, {{"class", "far"}});
      h_.element("span", p_("measure." + std::string{about.name} + ".definition"), {{"class", "sub"}}).close();
      h_.open("td", {{"class", "number"}});
      if (!figure.value)
        h_.text(p_("public.figures.value.none"));
      else
        value(figure.id, *figure.value, about.unit);
      h_.close();
      h_.element("td", p_("measures.unit." + std::string{measures::name(about.unit)}));
      h_.element("td", whole(figure.n), {{"class", "number"}});
      h_.element("td", number).close();
    }
    table.end();
  }

  void value(measures::MeasureId id, double value, measures::Unit unit) {
    h_.text(dossier::said(value, unit, p_));
    if (id == measures::MeasureId::silence_asymmetry)
      h_.element("span", p_("public.figures.asymmetry", {{"ratio", p_.number(std::exp2(value), 2)}}),
                 {{"class", "sub"}});
  }

  const Visit& v_;
  const formats::Phrases& p_;
  Html& h_;
};

void how_to_recompute(Html& html, const Visit& visit) {
  const formats::Phrases& phrases = visit.phrases;
  html.open("section", {{"aria-labelledby", "again"}});
  html.element("h2", phrases("public.figures.again"), {{"id", "again"}});
  html.open("ul");
  for (const char* line :
       {"public.figures.again.lodged", "public.figures.again.type", "public.figures.again.time",
        "public.figures.again.outcome", "public.figures.again.small", "public.figures.again.measures"})
    html.element("li", phrases(line));
  html.close();
  html.open("p").element("a", phrases("public.figures.csv"), {{"href", Url("/figures.csv")}}).close();
  html.open("p").text(phrases("public.figures.again.command")).text(" ");
  html.element("code", "guichet measure LEDGER --json").close();
  html.close();
}

/// What is there, or the answer to give instead.
struct FiguresOr {
  Recount<YearlyFigures> figures;
  std::optional<Response> instead;
};

FiguresOr figures_of(const Visit& visit, CountAge age) {
  const Result<ledger::Reach> reach = visit.reader.reach();
  if (!reach) return {.figures = {}, .instead = unreadable(visit, reach.error())};
  return {.figures = visit.shared.recounts->figures(*reach, kPatience, age), .instead = std::nullopt};
}

Response figures(Visit& visit) {
  FiguresOr found = figures_of(visit, CountAge::any);
  if (found.instead) return std::move(*found.instead);
  const formats::Phrases& phrases = visit.phrases;
  PageParts parts;
  parts.title = phrases("public.figures.title");
  parts.subtitle = phrases("public.figures.subtitle");
  parts.here = "figures";
  Html& html = parts.main;
  html.element("p", phrases("public.figures.why"));
  as_of(html, visit, told(found.figures), "/figures");
  if (found.figures.last) {
    const std::chrono::year_month_day today{
        std::chrono::floor<std::chrono::days>(local_time(desk_zone(visit), visit.now))};
    FiguresPage writer(visit, html);
    for (const YearFigures& year : found.figures.last->years)
      writer.year(year, year.year == static_cast<int>(today.year()));
    if (found.figures.last->years.empty()) html.element("p", phrases("public.figures.none"));
  }
  how_to_recompute(html, visit);
  return page(visit, std::move(parts));
}

Response figures_csv(Visit& visit) {
  FiguresOr found = figures_of(visit, CountAge::good);
  if (found.instead) return std::move(*found.instead);
  if (found.figures.is_old)
    return plain_page(visit, 503, "public.figures.title",
                      visit.phrases(found.figures.last ? "count.old" : "count.first"));
  Response response;
  response.content_type = "text/csv; charset=utf-8; header=present";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"figures.csv\"");
  response.body = figures_as_csv(*found.figures.last);
  return response;
}

Response figures_json(Visit& visit) {
  FiguresOr found = figures_of(visit, CountAge::good);
  if (found.instead) return std::move(*found.instead);
  if (found.figures.is_old) return counting(visit.phrases, told(found.figures));
  Response response;
  response.content_type = "application/json";
  response.body = with_count(figures_as_json(*found.figures.last), told(found.figures));
  return response;
}

// ---- about the desk ------------------------------------------------------------------------------------------------

/// A page of paragraphs and lists: keys "<page>.<section>.title", ".text", ".1", ".2" …
void told_sections(Html& html, const Visit& visit, const std::string& page_key,
                   std::initializer_list<std::string_view> sections) {
  const formats::Phrases& phrases = visit.phrases;
  for (const std::string_view section : sections) {
    const std::string key = page_key + "." + std::string{section};
    html.open("section", {{"aria-labelledby", std::string{section}}});
    html.element("h2", phrases(key + ".title"), {{"id", std::string{section}}});
    if (phrases.has(key + ".text")) html.element("p", phrases(key + ".text"));
    if (phrases.has(key + ".1")) {
      html.open("ul");
      for (int i = 1; phrases.has(key + "." + std::to_string(i)); ++i)
        html.element("li", phrases(key + "." + std::to_string(i)));
      html.close();
    }
    html.close();
  }
}

Response accessibility(Visit& visit) {
  PageParts parts;
  parts.title = visit.phrases("public.accessibility.title");
  parts.subtitle = visit.phrases("public.accessibility.subtitle");
  parts.here = "accessibility";
  told_sections(parts.main, visit, "public.accessibility", {"standing", "done", "tested", "gaps", "help", "redress"});
  const std::string& point = visit.shared.procedures->at(visit.now).file.declares.contact_point;
  if (!point.empty()) parts.main.element("p", visit.phrases("public.accessibility.contact", {{"contact", point}}));
  return page(visit, std::move(parts));
}

Response about(Visit& visit) {
  PageParts parts;
  parts.title = visit.phrases("public.about.title");
  parts.subtitle = visit.phrases("public.about.subtitle", {{"house", house_name(visit.shared)}});
  parts.here = "about";
  told_sections(parts.main, visit, "public.about", {"what", "record", "privacy", "program"});
  parts.main.element("p", visit.phrases("public.about.format", {{"format", std::to_string(ledger::ledger_format())}}));
  return page(visit, std::move(parts));
}

constexpr Route look_at(std::string_view pattern, Route::Look look, std::string_view summary) {
  return {.method = Method::get,
          .pattern = pattern,
          .right = Right::anybody,
          .look = look,
          .act = nullptr,
          .summary = summary};
}

constexpr std::array kRoutes{
    look_at("/procedure", procedure_now,
            "The procedure in force in words, its drawing and time limits, and all versions"),
    // Before the page of a version: a number with an ending is the file.
    look_at("/procedure/{id}.toml", procedure_text, "A version of the procedure as it was adopted"),
    look_at("/procedure/{id}", procedure_by_number, "A version of the procedure in words"),
    look_at("/figures", figures, "Complaints by year: how many, of what, how long, with what outcome"),
    look_at("/figures.csv", figures_csv, "The same figures for a spreadsheet"),
    look_at("/api/figures", figures_json, "The same figures for programs"),
    look_at("/accessibility", accessibility, "How accessible the desk is, and what is missing"),
    look_at("/about", about, "What the desk runs on and what it keeps"),
};

}  // namespace

std::span<const Route> public_routes() { return kRoutes; }

}  // namespace guichet::desk
