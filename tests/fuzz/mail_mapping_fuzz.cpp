// Mappings of mailboxes: read, or refused with a place; one that is read is written and read again as the same, and
// places any mail.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/intake/mail/sides.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::intake::mail;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto mapping = read_mail_mapping(text, "m.toml");
  if (!mapping) {
    GUICHET_CHECK(mapping.error().detail.starts_with("m.toml:"), "a fault has a place");
    return 0;
  }
  const std::string written = mail_mapping_as_toml(*mapping);
  const auto again = read_mail_mapping(written, "m.toml");
  GUICHET_CHECK(again && mail_mapping_as_toml(*again) == written, "what is written is read as the same");
  for (const char* raw :
       {"From: Marie <support@market.example>\n\nHello\nRegards\nMarie\n", "From: a@b.c\n\n-- \nMarie\n"}) {
    const Placing placing = place(*mapping, read_message(raw));
    GUICHET_CHECK(placing.side_by == SideBy::nothing || placing.side != Party::third, "a reason for each side");
    GUICHET_CHECK(!placing.reason().empty(), "which can be told");
  }
  return 0;
}
