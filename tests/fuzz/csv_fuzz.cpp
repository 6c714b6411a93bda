// Delimited text: every shape of it comes to an end, and fields lie within the text.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/formats/csv.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::formats;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const CsvShape& shape : {CsvShape{}, CsvShape{.delimiter = ';', .quote = '\'', .encoding = Encoding::utf_16_le},
                                CsvShape{.delimiter = '\t', .quote = '\0', .encoding = Encoding::windows_1252}}) {
    auto reader = CsvReader::open(ByteSource::of(text), shape);
    if (!reader) continue;
    std::vector<std::string_view> fields;
    std::size_t bytes = 0;
    std::uint64_t line = 0;
    while (true) {
      const auto more = reader->next(fields);
      if (!more || !*more) break;
      GUICHET_CHECK(!fields.empty(), "a record has a field");
      GUICHET_CHECK(reader->line() > line, "records begin on rising lines");
      line = reader->line();
      for (const std::string_view field : fields) bytes += field.size();
    }
    GUICHET_CHECK(reader->encoding() != Encoding::utf_8 || bytes <= size, "fields lie within the text");
  }
  return 0;
}
