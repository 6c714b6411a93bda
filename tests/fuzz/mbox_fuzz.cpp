// A mailbox: any bytes come to their end, mails lie in order, and a limit holds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/mail/html_words.hpp>
#include <guichet/intake/mail/mbox.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view box{reinterpret_cast<const char*>(data), size};
  for (const std::size_t most : {std::size_t{64}, std::size_t{1} << 20}) {
    MboxReader reader(formats::ByteSource::of(box), most);
    std::size_t mails = 0;
    std::uint64_t last = 0;
    while (true) {
      const auto mail = reader.next();
      if (!mail || !*mail) break;
      GUICHET_CHECK((*mail)->raw.size() <= most, "no mail is longer than the limit");
      GUICHET_CHECK(mails == 0 || (*mail)->offset > last, "separators lie in order");
      last = (*mail)->offset;
      GUICHET_CHECK(++mails <= size + 1, "there are no more mails than bytes");
    }
  }
  GUICHET_CHECK(html_words(box, 10'000).size() < 20'000, "words keep to their limit");
  return 0;
}
