#include <guichet/intake/mail/compose.hpp>

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>

namespace guichet::intake::mail {
namespace {

struct Unreference {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unreference>;

constexpr std::size_t kReferencesMax = 30;  // a field of references stays below what servers take
constexpr std::size_t kTextLineMax = 900;   // RFC 5321, 4.5.3.1.6: 998 without its end

/// One line of clean UTF-8.
std::string one_line(std::string_view text, std::size_t bytes) {
  std::string out = utf8_repair(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') c = ' ';
  return utf8_cut(out, bytes);
}

std::string bracketed(const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) {
    if (!is_message_id(id)) continue;
    if (!out.empty()) out += ' ';
    out += '<' + id + '>';
  }
  return out;
}

/// Plain as it is when it is ASCII in short lines; otherwise written in quoted-printable.
GMimeContentEncoding encoding_for(std::string_view text) {
  std::size_t line = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    line = c == '\n' ? 0 : line + 1;
    const bool blank_at_end = (c == ' ' || c == '\t') && i + 1 < text.size() && text[i + 1] == '\n';
    // "From " at the start of a line is changed on the way, and then signatures fail.
    const bool from = line == 1 && text.substr(i).starts_with("From ");
    if (c >= 0x7F || (c < 0x20 && c != '\n' && c != '\t') || line > kTextLineMax || blank_at_end || from)
      return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  }
  return GMIME_CONTENT_ENCODING_7BIT;
}

void set(GMimeMessage* message, const char* name, const std::string& value) {
  g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

}  // namespace

bool is_mail_address(std::string_view address) {
  if (address.size() < 3 || address.size() > 254) return false;
  const std::size_t at = address.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == address.size() ||
      address.find('@', at + 1) != std::string_view::npos || address.front() == '-')
    return false;
  return std::none_of(address.begin(), address.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
           std::string_view("<>()[],;:\\\"").find(c) != std::string_view::npos;
  });
}

bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= 250 &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '<' && c != '>'; });
}

std::string compose(const Outgoing& mail) {
  GUICHET_CHECK(is_mail_address(mail.from.address) && is_mail_address(mail.to.address),
                "addresses are looked at before a mail is written");
  GUICHET_CHECK(is_message_id(mail.message_id), "identities of our mails are made by us");
  ready_mail_library();
  const Owned<GMimeMessage> message{g_mime_message_new(TRUE)};
  const auto add = [&](GMimeAddressType type, const Address& who) {
    g_mime_message_add_mailbox(message.get(), type, who.name.empty() ? nullptr : one_line(who.name, 200).c_str(),
                               who.address.c_str());
  };
  set(message.get(), "Date", print_date(mail.date));
  add(GMIME_ADDRESS_TYPE_FROM, mail.from);
  add(GMIME_ADDRESS_TYPE_TO, mail.to);
  g_mime_message_set_subject(message.get(), one_line(mail.subject, 300).c_str(), "utf-8");
  g_mime_message_set_message_id(message.get(), mail.message_id.c_str());
  if (!mail.in_reply_to.empty()) set(message.get(), "In-Reply-To", bracketed({mail.in_reply_to}));
  if (!mail.references.empty()) {
    // The first says where the thread began; of the others the last count.
    std::vector<std::string> kept = mail.references;
    if (kept.size() > kReferencesMax)
      kept.erase(kept.begin() + 1, kept.end() - static_cast<std::ptrdiff_t>(kReferencesMax - 1));
    set(message.get(), "References", bracketed(kept));
  }
  if (mail.automatic) {
    set(message.get(), "Auto-Submitted", "auto-generated");
    set(message.get(), "X-Auto-Response-Suppress", "OOF, AutoReply");
  }
  if (!mail.list_id.empty()) {
    std::string name = one_line(mail.list_name, 100);
    std::erase_if(name, [](char c) { return c == '<' || c == '>' || c == '"'; });
    set(message.get(), "List-Id", (name.empty() ? "" : name + " ") + "<" + mail.list_id + ">");
  }
  if (!mail.stop_address.empty()) set(message.get(), "List-Unsubscribe", "<" + mail.stop_address + ">");

  std::string text = utf8_repair(mail.text);
  std::erase(text, '\r');
  std::erase(text, '\0');
  if (!text.ends_with('\n')) text += '\n';
  const Owned<GMimeTextPart> part{g_mime_text_part_new_with_subtype("plain")};
  g_mime_text_part_set_charset(part.get(), "utf-8");
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), encoding_for(text));
  const Owned<GMimeStream> words{g_mime_stream_mem_new_with_buffer(text.data(), text.size())};
  const Owned<GMimeDataWrapper> content{
      g_mime_data_wrapper_new_with_stream(words.get(), GMIME_CONTENT_ENCODING_DEFAULT)};
  g_mime_part_set_content(GMIME_PART(part.get()), content.get());
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(part.get()));

  GMimeFormatOptions* const format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> out{g_mime_stream_mem_new()};
  g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), format, out.get());
  g_mime_format_options_free(format);
  GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

}  // namespace guichet::intake::mail
