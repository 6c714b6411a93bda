#include <guichet/dossier/words.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <guichet/formats/json.hpp>

namespace guichet::dossier {
namespace {

using formats::JsonValue;
using formats::JsonWriter;

struct TextMember {
  std::string_view key;
  std::string Words::* member;
};
constexpr std::array<TextMember, 11> kTextMembers{{
    {"subject", &Words::subject},
    {"body", &Words::body},
    {"facts", &Words::facts},
    {"ground", &Words::ground},
    {"measure", &Words::measure},
    {"unit", &Words::unit},
    {"language", &Words::language},
    {"matched", &Words::matched},
    {"came", &Words::came},
    {"name", &Words::name},
    {"claim", &Words::claim},
}};

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(key).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

Error unfit(std::string_view key, std::string_view wanted) {
  return {Fault::unreadable,
          "words: the member \"" + std::string{key} + "\" is of another kind; write " + std::string{wanted}};
}

Outcome read_texts(const JsonValue& document, std::string_view key, std::vector<std::string>& into) {
  const JsonValue* value = document.find(key);
  if (value == nullptr || value->kind == JsonValue::Kind::null) return Done{};
  if (value->kind != JsonValue::Kind::array) return unfit(key, "a list of texts");
  for (const JsonValue& item : value->items) {
    if (item.kind != JsonValue::Kind::text) return unfit(key, "a list of texts");
    into.push_back(item.text);
  }
  return Done{};
}

/// Nothing for what is no number of a text.
std::optional<TextId> text_id(const JsonValue& value) {
  if (value.kind != JsonValue::Kind::integer || value.integer < 0 || value.integer > 0xFFFF'FFFF) return std::nullopt;
  return TextId{static_cast<std::uint32_t>(value.integer)};
}

Outcome read_ids(const JsonValue& document, Words& words) {
  if (const JsonValue* files = document.find("files"); files != nullptr && files->kind != JsonValue::Kind::null) {
    if (files->kind != JsonValue::Kind::array) return unfit("files", "a list of numbers of texts");
    for (const JsonValue& item : files->items) {
      const std::optional<TextId> id = text_id(item);
      if (!id) return unfit("files", "a list of numbers of texts");
      words.files.push_back(*id);
    }
  }
  if (const JsonValue* mail = document.find("mail"); mail != nullptr && mail->kind != JsonValue::Kind::null) {
    const std::optional<TextId> id = text_id(*mail);
    if (!id) return unfit("mail", "the number of a text");
    words.mail = *id;
  }
  return Done{};
}

Result<MovedMail> read_moved(const JsonValue& document) {
  constexpr std::string_view kWanted = "an object with the numbers of a case and of its event";
  if (document.kind != JsonValue::Kind::object) return unfit("moved", kWanted);
  MovedMail moved;
  for (const formats::JsonMember& member : document.members) {
    const JsonValue& value = member.value;
    if (member.key == "across") {
      if (value.kind != JsonValue::Kind::boolean) return unfit("moved", kWanted);
      moved.across = value.boolean;
      continue;
    }
    if (value.kind != JsonValue::Kind::integer || value.integer < 0 || value.integer > 0xFFFF'FFFF)
      return unfit("moved", kWanted);
    const auto number = static_cast<std::uint32_t>(value.integer);
    if (member.key == "to") moved.to = CaseId{number};
    if (member.key == "from") moved.from = CaseId{number};
    if (member.key == "message") moved.message = number;
  }
  return moved;
}

/// One code point of well-formed UTF-8 and its length; a byte that is none stands for itself.
struct Sign {
  std::uint32_t point{};
  std::size_t bytes{};
};
Sign sign_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(at);
  const std::size_t bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t point = bytes == 1 ? first : first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return {first, 1};
    point = point << 6 | (byte(at + i) & 0x3FU);
  }
  return {point, bytes};
}

/// Unicode's White_Space, and controls (C0, DEL and C1).
bool is_space_or_control(std::uint32_t point) {
  return point <= 0x20 || (point >= 0x7F && point <= 0xA0) || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
         point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

}  // namespace

std::string words_as_json(const Words& words) {
  JsonWriter json{0};
  json.begin_object();
  for (const auto& [key, member] : kTextMembers)
    if (!(words.*member).empty()) json.key(key).value(words.*member);
  write_texts(json, "questions", words.questions);
  if (!words.files.empty()) {
    json.key("files").begin_array();
    for (const TextId file : words.files) json.value(file.value);
    json.end_array();
  }
  write_texts(json, "redress", words.redress);
  if (words.mail) json.key("mail").value(words.mail.value);
  if (!words.arrival.empty()) {
    json.key("arrival").begin_object();
    for (const ArrivalLine& line : words.arrival) json.key(line.key).value(line.value);
    json.end_object();
  }
  if (words.fact) {
    json.key("fact");
    write_fact(json, *words.fact);
  }
  if (words.moved) {
    json.key("moved").begin_object();
    if (words.moved->to) json.key("to").value(words.moved->to.value);
    if (words.moved->from) json.key("from").value(words.moved->from.value);
    json.key("message").value(words.moved->message);
    if (words.moved->across) json.key("across").value(true);
    json.end_object();
  }
  if (words.invented) json.key("invented").value(true);
  json.end_object();
  return json.take();
}

Result<Words> words_from_json(std::string_view json) {
  GUICHET_TRY(document, formats::parse_json(json, "words"));
  if (document.kind != JsonValue::Kind::object)
    return Error{Fault::unreadable, "words:1:1: is no object; write {\"body\": \"…\"}"};
  Words words;
  for (const auto& [key, member] : kTextMembers) {
    const JsonValue* value = document.find(key);
    if (value == nullptr || value->kind == JsonValue::Kind::null) continue;
    if (value->kind != JsonValue::Kind::text) return unfit(key, "a text");
    words.*member = value->text;
  }
  if (const Outcome read = read_texts(document, "questions", words.questions); !read) return read.error();
  if (const Outcome read = read_texts(document, "redress", words.redress); !read) return read.error();
  if (const Outcome read = read_ids(document, words); !read) return read.error();
  if (const JsonValue* arrival = document.find("arrival");
      arrival != nullptr && arrival->kind != JsonValue::Kind::null) {
    if (arrival->kind != JsonValue::Kind::object) return unfit("arrival", "an object of texts");
    for (const formats::JsonMember& member : arrival->members) {
      if (member.value.kind != JsonValue::Kind::text) return unfit("arrival", "an object of texts");
      words.arrival.push_back({member.key, member.value.text});
    }
  }
  if (const JsonValue* fact = document.find("fact"); fact != nullptr && fact->kind != JsonValue::Kind::null) {
    GUICHET_TRY(read, read_fact(*fact));
    words.fact = std::move(read);
  }
  if (const JsonValue* moved = document.find("moved"); moved != nullptr && moved->kind != JsonValue::Kind::null) {
    GUICHET_TRY(read, read_moved(*moved));
    words.moved = read;
  }
  if (const JsonValue* invented = document.find("invented");
      invented != nullptr && invented->kind != JsonValue::Kind::null) {
    if (invented->kind != JsonValue::Kind::boolean) return unfit("invented", "true or false");
    words.invented = invented->boolean;
  }
  return words;
}

Words words_or_plain(std::string_view body, std::string_view media_type) {
  if (media_type.starts_with("application/json"))
    if (Result<Words> words = words_from_json(body)) return std::move(*words);
  Words words;
  words.body = body;
  return words;
}

std::uint32_t count_of_words(std::string_view text) {
  constexpr std::uint32_t kMost = 65'535;
  std::uint32_t count = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size() && count < kMost;) {
    const Sign sign = sign_at(text, at);
    const bool word = !is_space_or_control(sign.point) || (sign.bytes == 1 && sign.point >= 0x80);
    if (word && !inside) ++count;
    inside = word;
    at += sign.bytes;
  }
  return count;
}

}  // namespace guichet::dossier
