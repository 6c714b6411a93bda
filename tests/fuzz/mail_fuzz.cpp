// One mail, whole: any bytes are a mail, its words are UTF-8, its places lie within it, and what is cut from its words
// is only cut.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/automatic.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view raw{reinterpret_cast<const char*>(data), size};
  Reading reading;
  reading.depth = 6;
  const Message message = read_message(raw, reading);
  const auto readable = [](std::string_view text) { return utf8_valid_prefix(text) == text.size(); };
  GUICHET_CHECK(readable(message.text) && readable(message.subject), "words are UTF-8");
  GUICHET_CHECK(message.body <= size, "the body lies within the mail");
  std::size_t last = 0;
  for (const Field& field : message.fields) {
    GUICHET_CHECK(field.begin >= last && field.value > field.begin && field.value_end >= field.value &&
                      field.end >= field.value_end && field.end <= size,
                  "fields lie within the mail, in order");
    last = field.end;
  }
  for (const auto* list : {&message.from, &message.to, &message.cc, &message.reply_to, &message.sender})
    for (const Address& address : *list)
      GUICHET_CHECK(readable(address.name) && readable(address.address), "addresses are UTF-8");
  for (const Attachment& attachment : message.attachments)
    GUICHET_CHECK(readable(attachment.name) && attachment.name.find('/') == std::string::npos, "names are only names");
  for (const std::string& id : message.references) GUICHET_CHECK(!id.empty(), "an identity says something");
  const OwnWords own = own_words(message.text);
  GUICHET_CHECK(own.text.size() <= message.text.size() + 1 && readable(own.text), "words are cut, not added");
  static_cast<void>(automatic(message));
  return 0;
}
