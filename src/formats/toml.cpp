#include <guichet/formats/toml.hpp>

#include <algorithm>
#include <exception>
#include <numeric>
#include <sstream>
#include <tuple>

#include <guichet/base/utf8.hpp>

namespace {
// The library asserts what it should refuse: "[/x]" stops a program that has assertions, and one that has
// none goes on undefined. Here an assertion that fails is an error of the text.
struct Confusion {};
inline bool confused() { throw Confusion{}; }
}  // namespace
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>((expr) || confused())
#define TOML_EXCEPTIONS 1
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace guichet::formats {
namespace {

// The library nests one table per part of a dotted key, without limit, and takes them down recursively.
constexpr std::size_t kDotsMax = 64;
constexpr std::size_t kFaultsTold = 100;

std::string at(const std::string& path, TomlPlace place, std::string_view what) {
  return path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + std::string{what};
}

TomlPlace place_of_offset(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n');
  const std::string_view line = line_start == std::string_view::npos ? before : before.substr(line_start + 1);
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(utf8_length(line) + 1)};
}

// Where a run of dots outside of any assignment grows past what a key may have; text.size() when nowhere.
std::size_t too_many_dots(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '=' || c == ',') dots = 0;
    if (c == '.' && ++dots > kDotsMax) return i;
  }
  return text.size();
}

TomlPlace place_of(const toml::source_region& region) {
  return {std::max<std::uint32_t>(region.begin.line, 1), std::max<std::uint32_t>(region.begin.column, 1)};
}

template <class Printable>
std::string spelled(const Printable& value) {
  std::ostringstream out;
  out << value;
  return std::move(out).str();
}

TomlValue value_of(const toml::node& node) {
  using Kind = TomlValue::Kind;
  TomlValue value;
  value.place = place_of(node.source());
  if (const toml::table* table = node.as_table()) {
    value.kind = Kind::table;
    for (const auto& [key, child] : *table)
      value.members.push_back({std::string{key.str()}, place_of(key.source()), value_of(child)});
    std::sort(value.members.begin(), value.members.end(), [](const TomlMember& a, const TomlMember& b) {
      return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
  } else if (const toml::array* array = node.as_array()) {
    value.kind = Kind::array;
    for (const toml::node& item : *array) value.items.push_back(value_of(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = Kind::text;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = Kind::integer;
    value.integer = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = Kind::number;
    value.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = Kind::boolean;
    value.boolean = boolean->get();
  } else if (const auto* date = node.as_date()) {
    value.kind = Kind::date;
    value.text = spelled(date->get());
  } else if (const auto* time = node.as_time()) {
    value.kind = Kind::moment;
    value.text = spelled(time->get());
  } else if (const auto* moment = node.as_date_time()) {
    value.kind = Kind::moment;
    value.text = spelled(moment->get());
  }
  return value;
}

bool confuses(std::string_view text) {
  try {
    static_cast<void>(toml::parse(text));
  } catch (const Confusion&) {
    return true;
  } catch (const std::exception&) {
  }
  return false;
}

// The first line at whose end the library is confused: it reads from start to end, so all later ends are
// confusing too.
std::uint32_t confusing_line(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') ends.push_back(i + 1);
  const auto first =
      std::partition_point(ends.begin(), ends.end(), [&](std::size_t end) { return !confuses(text.substr(0, end)); });
  return static_cast<std::uint32_t>(first - ends.begin() + 1);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "\"" : ", \"") + std::string{word} + "\"";
  return list;
}

std::string quoted_short(std::string_view text) { return toml_quoted(utf8_cut(text, 60)); }

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const TomlMember& m) { return m.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string_view kind_name(TomlValue::Kind kind) {
  switch (kind) {
    case TomlValue::Kind::table: return "a table";
    case TomlValue::Kind::array: return "an array";
    case TomlValue::Kind::text: return "a text in quotes";
    case TomlValue::Kind::integer: return "a whole number";
    case TomlValue::Kind::number: return "a number with decimals";
    case TomlValue::Kind::boolean: return "true or false";
    case TomlValue::Kind::date: return "a date";
    case TomlValue::Kind::moment: return "a time";
  }
  return "?";
}

Result<TomlValue> parse_toml(std::string_view text, const std::string& path) {
  if (text.size() > kTomlBytesMax)
    return Error{Fault::unreadable,
                 at(path, {}, "the file is larger than 1 MiB; split it or remove what is not a rule")};
  if (const std::size_t valid = utf8_valid_prefix(text); valid < text.size())
    return Error{Fault::unreadable,
                 at(path, place_of_offset(text, valid), "this byte is not UTF-8; save the file in UTF-8")};
  if (const std::size_t dot = too_many_dots(text); dot < text.size())
    return Error{Fault::unreadable,
                 at(path, place_of_offset(text, dot), "more than 64 dots in one line; write shorter keys")};
  try {
    TomlValue document = value_of(toml::parse(text));
    document.place = {};
    return document;
  } catch (const toml::parse_error& error) {
    return Error{Fault::unreadable, at(path, place_of(error.source()), error.description())};
  } catch (const Confusion&) {
    return Error{Fault::unreadable, at(path, {confusing_line(text), 1},
                                       "this is not TOML; write key = value, or the name of a table in brackets")};
  } catch (const std::exception& failure) {
    return Error{Fault::unreadable, at(path, {}, failure.what())};
  }
}

std::string toml_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      quoted += "\\u00";
      quoted += kDigits[byte >> 4U];
      quoted += kDigits[byte & 15U];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t kWordMax = 64;  // nothing that we know is longer
  if (word.size() > kWordMax) return {};
  std::size_t best = word.size();
  std::string_view nearest;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    const std::size_t near = std::max<std::size_t>(2, std::max(word.size(), candidate.size()) / 3);
    if (distance < best && distance <= near && distance < candidate.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return std::string{nearest};
}

void TomlFaults::add(TomlPlace place, std::string what) { faults_.push_back({place, std::move(what)}); }

Error TomlFaults::error(const std::string& path) const {
  std::vector<Fault> sorted = faults_;
  std::sort(sorted.begin(), sorted.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.place.line, a.place.column, a.what) < std::tie(b.place.line, b.place.column, b.what);
  });
  std::string detail;
  for (std::size_t i = 0; i < sorted.size() && i < kFaultsTold; ++i)
    detail += (i == 0 ? "" : "\n") + at(path, sorted[i].place, sorted[i].what);
  if (sorted.size() > kFaultsTold) detail += "\n… and " + std::to_string(sorted.size() - kFaultsTold) + " more";
  return {guichet::Fault::unreadable, detail};
}

TomlTable::TomlTable(const TomlValue* value, std::string path, TomlPlace place, TomlFaults& faults,
                     std::set<std::string>* known)
    : value_(value), path_(std::move(path)), place_(place), faults_(&faults), known_(known) {}

std::string TomlTable::child(std::string_view key) const {
  return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

void TomlTable::note(std::string_view key) {
  asked_.emplace(key);
  if (known_ != nullptr) known_->insert(child(key));
}

TomlPlace TomlTable::place(std::string_view key) const {
  const TomlValue* value = value_ == nullptr ? nullptr : value_->find(key);
  return value == nullptr ? place_ : value->place;
}

void TomlTable::fault(TomlPlace place, std::string what) {
  if (!recording()) faults_->add(place, std::move(what));
}

void TomlTable::fault(std::string_view key, std::string what) { fault(place(key), child(key) + " " + std::move(what)); }

const TomlValue* TomlTable::any(std::string_view key) {
  note(key);
  return value_ == nullptr ? nullptr : value_->find(key);
}

const TomlValue* TomlTable::get(std::string_view key, TomlValue::Kind kind) {
  const TomlValue* value = any(key);
  if (value == nullptr || value->kind == kind) return value;
  fault(key, "is " + std::string{kind_name(value->kind)} + "; write " + std::string{kind_name(kind)});
  return nullptr;
}

std::string TomlTable::text(std::string_view key, std::string fallback) {
  const TomlValue* value = get(key, TomlValue::Kind::text);
  return value == nullptr ? std::move(fallback) : value->text;
}

bool TomlTable::flag(std::string_view key, bool fallback) {
  const TomlValue* value = get(key, TomlValue::Kind::boolean);
  return value == nullptr ? fallback : value->boolean;
}

std::int64_t TomlTable::whole(std::string_view key, std::int64_t min, std::int64_t max, std::int64_t fallback) {
  const TomlValue* value = get(key, TomlValue::Kind::integer);
  if (value == nullptr) return fallback;
  if (value->integer >= min && value->integer <= max) return value->integer;
  fault(key, "is " + std::to_string(value->integer) + "; write a whole number from " + std::to_string(min) + " to " +
                 std::to_string(max));
  return fallback;
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
  std::vector<std::string> texts;
  const TomlValue* value = get(key, TomlValue::Kind::array);
  if (value == nullptr) return texts;
  for (const TomlValue& item : value->items) {
    if (item.kind == TomlValue::Kind::text)
      texts.push_back(item.text);
    else
      fault(item.place, child(key) + " holds " + std::string{kind_name(item.kind)} + "; write texts in quotes only");
  }
  return texts;
}

TomlTable TomlTable::table(std::string_view key) {
  const TomlValue* value = get(key, TomlValue::Kind::table);
  return {value, child(key), value == nullptr ? place_ : value->place, *faults_, known_};
}

void TomlTable::each(std::string_view key, const std::function<void(TomlTable)>& read) {
  const TomlValue* value = get(key, TomlValue::Kind::array);
  if (recording()) read({nullptr, child(key), place_, *faults_, known_});
  if (value == nullptr) return;
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const TomlValue& item = value->items[i];
    const std::string item_path = child(key) + "[" + std::to_string(i) + "]";
    if (item.kind == TomlValue::Kind::table)
      read({&item, item_path, item.place, *faults_, known_});
    else
      fault(item.place,
            item_path + " is " + std::string{kind_name(item.kind)} + "; write a table, [[" + child(key) + "]]");
  }
}

void TomlTable::each_named(std::string_view key, const std::function<void(const std::string&, TomlTable)>& read) {
  const TomlValue* value = get(key, TomlValue::Kind::table);
  if (recording()) read("NAME", {nullptr, child(key) + ".NAME", place_, *faults_, known_});
  if (value == nullptr) return;
  for (const TomlMember& member : value->members) {
    const std::string member_path = child(key) + "." + member.key;
    if (member.value.kind == TomlValue::Kind::table)
      read(member.key, {&member.value, member_path, member.place, *faults_, known_});
    else
      fault(member.place, member_path + " is " + std::string{kind_name(member.value.kind)} + "; write a table, [" +
                              member_path + "]");
  }
}

std::size_t TomlTable::choice(std::string_view key, std::span<const std::string_view> allowed, std::size_t fallback) {
  const TomlValue* value = get(key, TomlValue::Kind::text);
  if (value == nullptr) return fallback;
  const auto found = std::find(allowed.begin(), allowed.end(), value->text);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  fault(key, "is " + quoted_short(value->text) + "; write one of " + listed(allowed));
  return fallback;
}

std::uint32_t TomlTable::choices(std::string_view key, std::span<const std::string_view> allowed,
                                 std::uint32_t fallback) {
  const TomlValue* value = get(key, TomlValue::Kind::array);
  if (value == nullptr) return fallback;
  std::uint32_t bits = 0;
  for (const TomlValue& item : value->items) {
    const auto found =
        item.kind == TomlValue::Kind::text ? std::find(allowed.begin(), allowed.end(), item.text) : allowed.end();
    if (found != allowed.end())
      bits |= 1U << static_cast<unsigned>(found - allowed.begin());
    else
      fault(item.place,
            child(key) + " holds " +
                (item.kind == TomlValue::Kind::text ? quoted_short(item.text) : std::string{kind_name(item.kind)}) +
                "; write some of " + listed(allowed));
  }
  return bits;
}

void TomlTable::require(std::string_view key, std::string_view remedy) {
  note(key);
  if (!has(key)) fault(place_, child(key) + " is missing; write " + std::string{remedy});
}

void TomlTable::finish() {
  if (value_ == nullptr) return;
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const TomlMember& member : value_->members) {
    if (asked_.contains(member.key)) continue;
    const std::string nearest = nearest_word(member.key, known);
    std::string what = "unknown key " + quoted_short(child(member.key));
    if (!nearest.empty()) {
      what += "; did you mean \"" + nearest + "\"?";
    } else {
      std::vector<std::string_view> views(known.begin(), known.end());
      what += "; known here: " + listed(views);
    }
    fault(member.place, std::move(what));
  }
}

}  // namespace guichet::formats
