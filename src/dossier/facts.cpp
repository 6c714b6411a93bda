#include <guichet/dossier/facts.hpp>

#include <algorithm>
#include <array>
#include <charconv>

#include <guichet/dossier/days.hpp>

namespace guichet::dossier {
namespace {

using namespace std::string_view_literals;
using formats::JsonValue;
using formats::Phrases;

constexpr std::array kCitationKinds{"event"sv, "message"sv, "exhibit"sv, "mail"sv, "page"sv, "other"sv};
constexpr std::array kFactActs{"state"sv, "change"sv, "dispute"sv, "concede"sv, "archive"sv, "restore"sv};

struct KindWord {
  std::string_view word;
  Citation::Kind kind{};
};
constexpr std::array<KindWord, 10> kKindWords{{
    {"#", Citation::Kind::event},
    {"event ", Citation::Kind::event},
    {"événement ", Citation::Kind::event},
    {"message ", Citation::Kind::message},
    {"exhibit ", Citation::Kind::exhibit},
    {"pièce ", Citation::Kind::exhibit},
    {"mail ", Citation::Kind::mail},
    {"courriel ", Citation::Kind::mail},
    {"page ", Citation::Kind::page},
    {"p. ", Citation::Kind::page},
}};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The letter in its small form, as far as ASCII goes; names of kinds begin sentences.
std::string small_ascii(std::string_view text) {
  std::string small{text};
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The first moment after it.
Instant end_of(const FactTime& time) {
  const Day day = day_of(time.at);
  switch (time.grain) {
    case FactTime::Grain::minute: return time.at + std::chrono::minutes{1};
    case FactTime::Grain::day: return time.at + std::chrono::days{1};
    case FactTime::Grain::month: return as_instant(months_after(day, 1));
    case FactTime::Grain::year: return as_instant(years_after(day, 1));
  }
  return time.at;
}

std::string said_fact_time(const FactTime& time, const Phrases& phrases) {
  const std::chrono::year_month_day date{day_of(time.at)};
  std::string year = std::to_string(static_cast<int>(date.year()));
  switch (time.grain) {
    case FactTime::Grain::minute: return phrases.moment(time.at);
    case FactTime::Grain::day: return phrases.date(time.at);
    case FactTime::Grain::month:
      return phrases("facts.month", {{"month", phrases("month." + std::to_string(static_cast<unsigned>(date.month())))},
                                     {"year", year}});
    case FactTime::Grain::year: return year;
  }
  return year;
}

/// The same after a word: « avant le 2 mars », "before 2 March".
std::string said_after_word(const FactTime& time, const Phrases& phrases) {
  const bool day = time.grain == FactTime::Grain::minute || time.grain == FactTime::Grain::day;
  std::string said = said_fact_time(time, phrases);
  return day ? phrases("facts.date.the_day", {{"time", said}}) : said;
}

Error unfit(std::string_view key, std::string_view wanted) {
  return {Fault::unreadable,
          "fact: the member \"" + std::string{key} + "\" is of another kind; write " + std::string{wanted}};
}

Result<std::string> text_of(const JsonValue& value, std::string_view key) {
  const JsonValue* found = value.find(key);
  if (found == nullptr || found->kind == JsonValue::Kind::null) return std::string{};
  if (found->kind != JsonValue::Kind::text) return unfit(key, "a text");
  return found->text;
}

Result<std::uint32_t> number_of(const JsonValue& value, std::string_view key) {
  const JsonValue* found = value.find(key);
  if (found == nullptr || found->kind == JsonValue::Kind::null) return std::uint32_t{0};
  if (found->kind != JsonValue::Kind::integer || found->integer < 0 || found->integer > 0xFFFF'FFFF)
    return unfit(key, "a whole number");
  return static_cast<std::uint32_t>(found->integer);
}

Outcome read_lists(const JsonValue& value, FactWords& fact) {
  if (const JsonValue* matters = value.find("matters"); matters != nullptr) {
    if (matters->kind != JsonValue::Kind::array) return unfit("matters", "a list of texts");
    for (const JsonValue& matter : matters->items) {
      if (matter.kind != JsonValue::Kind::text) return unfit("matters", "a list of texts");
      fact.matters.push_back(matter.text);
    }
  }
  const JsonValue* sources = value.find("sources");
  if (sources == nullptr) return Done{};
  if (sources->kind != JsonValue::Kind::array) return unfit("sources", "a list of objects");
  for (const JsonValue& source : sources->items) {
    if (source.kind != JsonValue::Kind::object) return unfit("sources", "a list of objects");
    GUICHET_TRY(kind, text_of(source, "kind"));
    GUICHET_TRY(number, number_of(source, "number"));
    GUICHET_TRY(place, text_of(source, "place"));
    const auto found = std::ranges::find(kCitationKinds, kind);
    if (found == kCitationKinds.end()) return unfit("kind", "event, message, exhibit, mail, page or other");
    fact.citations.push_back(
        {.kind = static_cast<Citation::Kind>(found - kCitationKinds.begin()), .number = number, .place = place});
  }
  return Done{};
}

}  // namespace

std::string_view name(Citation::Kind kind) { return kCitationKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(FactWords::Act act) { return kFactActs[static_cast<std::size_t>(act)]; }
std::optional<FactWords::Act> fact_act_from(std::string_view word) {
  const auto found = std::ranges::find(kFactActs, word);
  if (found == kFactActs.end()) return std::nullopt;
  return static_cast<FactWords::Act>(found - kFactActs.begin());
}

std::optional<FactTime> parse_fact_time(std::string_view text) {
  text = trimmed(text);
  // A year or a month is its first day, read as any other.
  if (text.size() == 4 && is_digits(text)) {
    const auto day = parse_day(std::string{text} + "-01-01");
    if (!day) return std::nullopt;
    return FactTime{.grain = FactTime::Grain::year, .at = as_instant(*day)};
  }
  if (text.size() == 7) {
    const auto day = parse_day(std::string{text} + "-01");
    if (!day) return std::nullopt;
    return FactTime{.grain = FactTime::Grain::month, .at = as_instant(*day)};
  }
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  if (text.size() == 10) return FactTime{.grain = FactTime::Grain::day, .at = as_instant(*day)};
  const std::string_view clock = text.substr(11);
  if ((text[10] != 'T' && text[10] != ' ') || clock.size() != 5 || clock[2] != ':' || !is_digits(clock.substr(0, 2)) ||
      !is_digits(clock.substr(3)))
    return std::nullopt;
  const int hours = (clock[0] - '0') * 10 + (clock[1] - '0');
  const int minutes = (clock[3] - '0') * 10 + (clock[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return FactTime{.grain = FactTime::Grain::minute,
                  .at = as_instant(*day) + std::chrono::hours{hours} + std::chrono::minutes{minutes}};
}

std::string print_fact_time(const FactTime& time) {
  std::string whole = print_instant(time.at);
  switch (time.grain) {
    case FactTime::Grain::minute: return whole.substr(0, 16);
    case FactTime::Grain::day: return whole.substr(0, 10);
    case FactTime::Grain::month: return whole.substr(0, 7);
    case FactTime::Grain::year: return whole.substr(0, 4);
  }
  return whole;
}

std::optional<FactDate> parse_fact_date(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return FactDate{};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    const auto at = parse_fact_time(text);
    if (!at) return std::nullopt;
    return FactDate{.kind = FactDate::Kind::at, .first = *at, .last = {}};
  }
  const std::string_view left = trimmed(text.substr(0, slash));
  const std::string_view right = trimmed(text.substr(slash + 1));
  const auto first = parse_fact_time(left);
  const auto last = parse_fact_time(right);
  if (left == ".." && last) return FactDate{.kind = FactDate::Kind::before, .first = *last, .last = {}};
  if (right == ".." && first) return FactDate{.kind = FactDate::Kind::after, .first = *first, .last = {}};
  if (!first || !last || end_of(*last) <= first->at) return std::nullopt;
  return FactDate{.kind = FactDate::Kind::between, .first = *first, .last = *last};
}

std::string print_fact_date(const FactDate& date) {
  switch (date.kind) {
    case FactDate::Kind::unknown: return {};
    case FactDate::Kind::at: return print_fact_time(date.first);
    case FactDate::Kind::between: return print_fact_time(date.first) + "/" + print_fact_time(date.last);
    case FactDate::Kind::before: return "../" + print_fact_time(date.first);
    case FactDate::Kind::after: return print_fact_time(date.first) + "/..";
  }
  return {};
}

std::string said_fact_date(const FactDate& date, const Phrases& phrases) {
  switch (date.kind) {
    case FactDate::Kind::unknown: return phrases("facts.date.unknown");
    case FactDate::Kind::at: return said_fact_time(date.first, phrases);
    case FactDate::Kind::between:
      return phrases("facts.date.between",
                     {{"first", said_after_word(date.first, phrases)}, {"last", said_after_word(date.last, phrases)}});
    case FactDate::Kind::before: return phrases("facts.date.before", {{"time", said_after_word(date.first, phrases)}});
    case FactDate::Kind::after: return phrases("facts.date.after", {{"time", said_after_word(date.first, phrases)}});
  }
  return {};
}

Instant sorts_at(const FactDate& date) { return date.kind == FactDate::Kind::unknown ? Instant::min() : date.first.at; }

std::optional<Citation> parse_citation(std::string_view line) {
  line = trimmed(line);
  if (line.empty()) return std::nullopt;
  Citation other{.kind = Citation::Kind::other, .number = 0, .place = std::string{line}};
  const std::string small = small_ascii(line);
  const auto kind =
      std::ranges::find_if(kKindWords, [&small](const KindWord& row) { return small.starts_with(row.word); });
  if (kind == kKindWords.end()) return other;
  const std::string_view rest = line.substr(kind->word.size());
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  std::uint32_t number = 0;
  if (digits == 0 || std::from_chars(rest.data(), rest.data() + digits, number).ec != std::errc{}) return other;
  std::string_view place = trimmed(rest.substr(digits));
  // "exhibit 3 bis" is a name somebody gave, not our number: only a comma parts a place from a number.
  if (!place.empty() && place.front() != ',') return other;
  if (!place.empty()) place = trimmed(place.substr(1));
  return Citation{.kind = kind->kind, .number = number, .place = std::string{place}};
}

std::string print_citation(const Citation& citation) {
  if (citation.kind == Citation::Kind::other) return citation.place;
  return std::string{name(citation.kind)} + " " + std::to_string(citation.number) +
         (citation.place.empty() ? "" : ", " + citation.place);
}

std::string said_citation(const Citation& citation, const Phrases& phrases) {
  if (citation.kind == Citation::Kind::other) return citation.place;
  return phrases("facts.source." + std::string{name(citation.kind)}, {{"n", std::to_string(citation.number)}}) +
         (citation.place.empty() ? "" : ", " + citation.place);
}

void write_fact(formats::JsonWriter& json, const FactWords& fact) {
  json.begin_object().key("act").value(name(fact.act));
  if (fact.fact != 0) json.key("fact").value(fact.fact);
  if (fact.date.kind != FactDate::Kind::unknown) json.key("date").value(print_fact_date(fact.date));
  if (!fact.said_by.empty()) json.key("said_by").value(fact.said_by);
  if (!fact.matters.empty()) {
    json.key("matters").begin_array();
    for (const std::string& matter : fact.matters) json.value(matter);
    json.end_array();
  }
  if (!fact.citations.empty()) {
    json.key("sources").begin_array();
    for (const Citation& citation : fact.citations) {
      json.begin_object().key("kind").value(name(citation.kind));
      if (citation.number != 0) json.key("number").value(citation.number);
      if (!citation.place.empty()) json.key("place").value(citation.place);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

Result<FactWords> read_fact(const JsonValue& value) {
  if (value.kind != JsonValue::Kind::object) return unfit("fact", "an object");
  FactWords fact;
  GUICHET_TRY(act, text_of(value, "act"));
  const auto known = fact_act_from(act);
  if (!known) return unfit("act", "state, change, dispute, concede, archive or restore");
  fact.act = *known;
  GUICHET_TRY(number, number_of(value, "fact"));
  fact.fact = number;
  GUICHET_TRY(date, text_of(value, "date"));
  const auto read = parse_fact_date(date);
  if (!read) return unfit("date", "a date such as 2026-03-02, 2026-03 or 2026-03/2026-05");
  fact.date = *read;
  GUICHET_TRY(said_by, text_of(value, "said_by"));
  fact.said_by = said_by;
  if (const Outcome lists = read_lists(value, fact); !lists) return lists.error();
  return fact;
}

}  // namespace guichet::dossier
