#include <guichet/formats/phrases.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <span>

#include <fmt/format.h>

#include <guichet/base/check.hpp>
#include <guichet/embedded/catalogues.hpp>

namespace guichet::formats {
namespace {

[[noreturn]] void stop(std::string_view what, std::string_view key, Language language) {
  fmt::print(stderr, "internal error: {} in the {} catalogue: {}\n", what, code(language), key);
  std::abort();
}

/// A compiled catalogue in memory, as msgfmt writes it (GNU gettext manual, "The Format of GNU MO
/// Files"): two tables of (length, offset), of the keys in byte order and of their translations.
class Catalogue {
 public:
  explicit Catalogue(std::string_view bytes) : bytes_(bytes) {
    GUICHET_CHECK(word(0) == 0x950412deU, "the build made the catalogue for this machine");
    count_ = word(8);
    keys_ = word(12);
    sentences_ = word(16);
    // A page looks up some hundred sentences: each is found in one step instead of a dozen.
    places_.resize(std::bit_ceil(std::size_t{count_} * 2 + 1));
    for (std::uint32_t i = 0; i < count_; ++i) places_[place_of(key(i))] = i + 1;
  }

  std::uint32_t size() const { return count_; }
  std::string_view key(std::uint32_t index) const { return entry(keys_, index); }

  /// Null data when the key is missing.
  std::string_view find(std::string_view wanted) const {
    const std::uint32_t found = places_[place_of(wanted)];
    return found != 0 ? entry(sentences_, found - 1) : std::string_view{};
  }

 private:
  std::uint32_t word(std::size_t offset) const {
    std::uint32_t value = 0;
    GUICHET_CHECK(offset + sizeof value <= bytes_.size(), "the catalogue is whole");
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  /// Where a key stands in `places_`, or the free place where it would.
  std::size_t place_of(std::string_view wanted) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t place = std::hash<std::string_view>{}(wanted)&mask;
    while (places_[place] != 0 && key(places_[place] - 1) != wanted) place = (place + 1) & mask;
    return place;
  }
  std::string_view entry(std::uint32_t table, std::uint32_t index) const {
    const std::size_t row = table + std::size_t{8} * index;
    return bytes_.substr(word(row + 4), word(row));
  }

  std::string_view bytes_;
  std::uint32_t count_{}, keys_{}, sentences_{};
  std::vector<std::uint32_t> places_;  // by hash: number of the entry and one; zero: free
};

const Catalogue& catalogue(Language language) {
  static const Catalogue english(embedded_bytes(embedded::catalogues(), "en.mo"));
  static const Catalogue french(embedded_bytes(embedded::catalogues(), "fr.mo"));
  return language == Language::fr ? french : english;
}

/// The sentence of `key` with each {name} replaced.
std::string fill(Language language, std::string_view key, std::span<const Argument> arguments) {
  std::string_view rest = catalogue(language).find(key);
  if (rest.data() == nullptr) stop("no such key", key, language);
  std::string filled;
  filled.reserve(rest.size() + 32);
  for (std::size_t brace; (brace = rest.find('{')) != std::string_view::npos;) {
    const std::size_t end = rest.find('}', brace);
    if (end == std::string_view::npos) stop("a placeholder without end", key, language);
    const std::string_view name = rest.substr(brace + 1, end - brace - 1);
    const auto argument = std::ranges::find(arguments, name, &Argument::name);
    if (argument == arguments.end()) stop(fmt::format("no value for {{{}}}", name), key, language);
    filled.append(rest.substr(0, brace)).append(argument->value);
    rest.remove_prefix(end + 1);
  }
  return filled.append(rest);
}

/// A whole number of `unit` left in `rest`, which loses it.
std::int64_t take(std::int64_t& rest, std::int64_t unit) {
  const std::int64_t whole = rest / unit;
  rest %= unit;
  return whole;
}

}  // namespace

std::optional<Language> language_from(std::string_view text) {
  const std::string_view primary = text.substr(0, text.find_first_of("-_.@"));
  if (primary == "fr" || primary == "FR") return Language::fr;
  if (primary == "en" || primary == "EN") return Language::en;
  return std::nullopt;
}

std::string_view code(Language language) { return language == Language::fr ? "fr" : "en"; }

Phrases::Phrases(Language language) : language_(language) {}

bool Phrases::has(std::string_view key) const { return catalogue(language_).find(key).data() != nullptr; }

std::string Phrases::operator()(std::string_view key, std::initializer_list<Argument> arguments) const {
  return fill(language_, key, {arguments.begin(), arguments.size()});
}

std::string Phrases::counted(std::string_view key, std::int64_t count,
                             std::initializer_list<Argument> arguments) const {
  // CLDR cardinal rules for whole numbers: French says one for 0 and 1, English for 1 alone.
  const bool one = count == 1 || (count == 0 && language_ == Language::fr);
  std::vector<Argument> with_count(arguments);
  with_count.push_back({"n", number(static_cast<double>(count))});
  const std::string singular = fmt::format("{}.one", key);
  // A sentence that says "one" in words cannot say none.
  const bool counts = count != 0 || catalogue(language_).find(singular).find("{n}") != std::string_view::npos;
  return fill(language_, one && counts ? singular : fmt::format("{}.other", key), with_count);
}

std::string Phrases::number(double value, int decimals) const {
  GUICHET_CHECK(std::isfinite(value), "only numbers are printed as numbers");
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  std::string fraction;
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    fraction = digits.substr(point + 1);
    digits.resize(point);
    fraction.resize(fraction.find_last_not_of('0') + 1);
  }
  const bool zero = fraction.empty() && digits == "0";
  std::string text = value < 0 && !zero ? (*this)("number.minus") : std::string{};
  const std::string group = (*this)("number.group");
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += group;
    text += digits[i];
  }
  if (!fraction.empty()) text.append((*this)("number.point")).append(fraction);
  return text;
}

std::string Phrases::percent(double share, int decimals) const {
  return (*this)("number.percent", {{"value", number(share * 100, decimals)}});
}

std::string Phrases::duration(Duration value) const {
  const bool negative = value < Duration::zero();
  std::int64_t rest = negative ? -value.count() : value.count();
  // Up to three days people count in hours: "48 h", not "2 d".
  const std::int64_t days = rest < 72 * 3'600'000 ? 0 : take(rest, 86'400'000);
  const std::array<std::pair<const char*, std::int64_t>, 5> parts{{{"duration.day", days},
                                                                   {"duration.hour", take(rest, 3'600'000)},
                                                                   {"duration.minute", take(rest, 60'000)},
                                                                   {"duration.second", take(rest, 1'000)},
                                                                   {"duration.millisecond", rest}}};
  auto part = std::ranges::find_if(parts, [](const auto& p) { return p.second != 0; });
  if (part == parts.end()) return (*this)("duration.second", {{"n", "0"}});
  std::string text = negative ? (*this)("number.minus") : std::string{};
  text += (*this)(part->first, {{"n", number(static_cast<double>(part->second))}});
  if (++part != parts.end() && part->second != 0 && std::string_view(part->first) != "duration.millisecond")
    text.append(" ").append((*this)(part->first, {{"n", number(static_cast<double>(part->second))}}));
  return text;
}

std::string Phrases::date(Instant instant) const {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(instant)};
  const auto of_month = static_cast<unsigned>(day.day());
  return (*this)("time.date", {{"day", of_month == 1 ? (*this)("time.first_day") : std::to_string(of_month)},
                               {"month", (*this)(fmt::format("month.{}", static_cast<unsigned>(day.month())))},
                               {"year", std::to_string(static_cast<int>(day.year()))}});
}

std::string Phrases::moment(Instant instant) const {
  const auto of_day = instant - std::chrono::floor<std::chrono::days>(instant);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(of_day).count();
  return (*this)("time.moment",
                 {{"date", date(instant)}, {"clock", fmt::format("{:02}:{:02}", minutes / 60, minutes % 60)}});
}

std::vector<std::string> Phrases::keys(Language language) {
  const Catalogue& all = catalogue(language);
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (!all.key(i).empty()) keys.emplace_back(all.key(i));  // the empty key is the header
  return keys;
}

}  // namespace guichet::formats
