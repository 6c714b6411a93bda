// What somebody filled in: the first line is the content type, the rest the body. Whatever comes, values are UTF-8 and
// names of files are safe.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/fields.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::size_t line = std::min(text.find('\n'), text.size());
  desk::Request request;
  request.headers.emplace_back("content-type", text.substr(0, line));
  request.body = text.substr(std::min(line + 1, text.size()));
  const auto fields = desk::Fields::of(request);
  if (!fields) {
    GUICHET_CHECK(!fields.error().detail.empty(), "an error says what is wrong");
    return 0;
  }
  GUICHET_CHECK(fields->values().size() + fields->files().size() <= 1000, "the number of fields has a limit");
  for (const auto& [key, value] : fields->values()) {
    GUICHET_CHECK(utf8_valid_prefix(key + value) == key.size() + value.size(), "fields are UTF-8");
    desk::Fields again;
    again.add("again", fields->text(key));
    GUICHET_CHECK(again.text("again") == fields->text(key), "a trimmed text is trimmed");
    if (const auto cents = fields->cents(key)) {
      again.add("cents",
                std::to_string(*cents / 100) + "." + std::to_string(*cents % 100 / 10) + std::to_string(*cents % 10));
      GUICHET_CHECK(again.cents("cents") == cents, "an amount written plainly is the same");
    }
    static_cast<void>(fields->number(key));
    static_cast<void>(fields->all(key));
  }
  for (const desk::SentFile& file : fields->files()) {
    GUICHET_CHECK(!file.name.empty() && file.name.size() <= 200, "a file has a name of fair length");
    GUICHET_CHECK(utf8_valid_prefix(file.name) == file.name.size(), "which is UTF-8");
    GUICHET_CHECK(file.name.find_first_of("/\\\r\n") == std::string::npos, "and no path");
    GUICHET_CHECK(file.name != "." && file.name != "..", "nor a folder");
    GUICHET_CHECK(file.media_type.find('/') != std::string::npos, "its type is one");
  }
  return 0;
}
