#include <guichet/intake/mail/header_values.hpp>

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/intake/mail/head.hpp>

namespace guichet::intake::mail {
namespace {

struct FreeText {
  void operator()(char* text) const { g_free(text); }
};
using OwnedText = std::unique_ptr<char, FreeText>;

struct Unreference {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unreference>;

/// As the library reads, but deaf to the locale of the machine.
GMimeParserOptions* options() {
  static GMimeParserOptions* const made = [] {
    ready_mail_library();
    GMimeParserOptions* fresh = g_mime_parser_options_new();
    std::array<const char*, 3> charsets{"utf-8", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(fresh, charsets.data());
    g_mime_parser_options_set_address_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_rfc2047_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_parameter_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_allow_addresses_without_domain(fresh, TRUE);
    return fresh;
  }();
  return made;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }

/// True when nothing has to be decoded.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80 || c < 0x20) return false;
    if (c == '=' && i + 1 < text.size() && text[i + 1] == '?') return false;
  }
  return true;
}

/// Control signs have no business in words of a header.
std::string without_controls(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') c = ' ';
  return utf8_valid_prefix(text) == text.size() ? text : utf8_repair(text);
}

std::string text_of(const char* text) { return text == nullptr ? std::string{} : without_controls(text); }

void add_mailboxes(InternetAddressList* list, std::vector<Address>& out, int depth) {
  const int count = list == nullptr ? 0 : internet_address_list_length(list);
  for (int i = 0; i < count && out.size() < kAddressesMax; ++i) {
    InternetAddress* const each = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(each)) {
      if (depth < 4) add_mailboxes(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(each)), out, depth + 1);
      continue;
    }
    Address address;
    address.name = text_of(internet_address_get_name(each));
    address.address = text_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(each)));
    if (address.address.find('@') == std::string::npos) {
      if (address.name.empty()) address.name = std::move(address.address);
      address.address.clear();
    }
    if (!address.name.empty() || !address.address.empty()) out.push_back(std::move(address));
  }
}

/// Encoded words in base64 written in the other encoding: the library joins neighbours before it decodes them, and
/// loses what follows a padding.
std::string requoted(std::string line) {
  if (line.find("?b?") == std::string::npos && line.find("?B?") == std::string::npos) return line;
  constexpr std::string_view kFigures = "0123456789ABCDEF";
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = line.find("=?", at);
    if (open == std::string::npos) break;
    const std::size_t charset_end = line.find('?', open + 2);
    const bool in_base64 = charset_end != std::string::npos && charset_end + 2 < line.size() &&
                           (line[charset_end + 1] == 'b' || line[charset_end + 1] == 'B') &&
                           line[charset_end + 2] == '?';
    const std::size_t close = in_base64 ? line.find('?', charset_end + 3) : std::string::npos;
    if (close == std::string::npos || close + 1 >= line.size() || line[close + 1] != '=') {
      out.append(line, at, open + 2 - at);
      at = open + 2;
      continue;
    }
    out.append(line, at, charset_end + 1 - at);
    out += "Q?";
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_BASE64);
    const std::size_t size = close - charset_end - 3;
    std::string bytes(g_mime_encoding_outlen(&state, size) + 8, '\0');
    bytes.resize(g_mime_encoding_flush(&state, line.data() + charset_end + 3, size, bytes.data()));
    for (const char c : bytes) {
      out += '=';
      out += kFigures[static_cast<unsigned char>(c) >> 4];
      out += kFigures[static_cast<unsigned char>(c) & 15U];
    }
    out += "?=";
    at = close + 2;
  }
  out.append(line, at);
  return out;
}

/// `Anna <anna@shop.example>` and `anna@shop.example` without anything that would need care; nothing otherwise.
std::optional<Address> simple_mailbox(std::string_view value) {
  const auto is_atom = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '+';
  };
  const auto is_address = [&](std::string_view text) {
    std::size_t ats = 0;
    char before = '.';
    for (const char c : text) {
      if (c == '@' || c == '.') {
        if (!is_atom(before)) return false;
        ats += c == '@' ? 1U : 0U;
      } else if (!is_atom(c)) {
        return false;
      }
      before = c;
    }
    return ats == 1 && is_atom(before);
  };
  if (value.empty() || value.size() > 400) return {};
  if (value.back() != '>') {
    if (!is_address(value)) return {};
    return Address{{}, std::string(value)};
  }
  const std::size_t open = value.find('<');
  const std::string_view address = value.substr(open + 1, value.size() - open - 2);
  if (open == std::string_view::npos || !is_address(address)) return {};
  std::string_view name = value.substr(0, open);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
    if (name.find_first_of("\"\\=") != std::string_view::npos) return {};
    for (const char c : name)
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) return {};
  } else {
    for (const char c : name)
      if (!is_atom(c) && c != ' ') return {};
    if (name.find("  ") != std::string_view::npos) return {};
  }
  return Address{std::string(name), std::string(address)};
}

/// The first IP address in `text`: in brackets, or at the start of what stands in parentheses; a port is left out.
std::string address_in(std::string_view text) {
  const auto is_v4 = [](std::string_view word) {
    std::size_t figures = 0;
    std::size_t dots = 0;
    for (const char c : word) {
      if (c == '.') {
        if (figures == 0) return false;
        figures = 0;
        ++dots;
      } else if (c < '0' || c > '9' || ++figures > 3) {
        return false;
      }
    }
    return dots == 3 && figures > 0;
  };
  const auto is_v6 = [](std::string_view word) {
    if (word.size() > 45 || word.find(':') == std::string_view::npos) return false;
    return word.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
           std::count(word.begin(), word.end(), ':') >= 2;
  };
  for (std::size_t end = 0; end < text.size();) {
    const std::size_t start = text.find_first_not_of("()[] \t,", end);
    if (start == std::string_view::npos) break;
    end = std::min(text.find_first_of("()[] \t,", start), text.size());
    if (start == 0 || text[start - 1] == ')' || text[start - 1] == ']') continue;
    std::string_view word = text.substr(start, end - start);
    if (word.starts_with("IPv6:")) word.remove_prefix(5);
    if (is_v6(word)) return std::string(word);
    word = word.substr(0, word.find(':'));
    if (is_v4(word)) return std::string(word);
  }
  return {};
}

Typed typed(GMimeParamList* parameters, std::string_view type) {
  Typed out;
  out.type = lower_case(type);
  const int count = parameters == nullptr ? 0 : std::min(g_mime_param_list_length(parameters), 64);
  for (int i = 0; i < count; ++i) {
    GMimeParam* const each = g_mime_param_list_get_parameter_at(parameters, i);
    out.parameters.emplace_back(lower_case(text_of(g_mime_param_get_name(each))),
                                text_of(g_mime_param_get_value(each)));
  }
  return out;
}

}  // namespace

void ready_mail_library() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

std::vector<std::string> read_ids(std::string_view value) {
  std::vector<std::string> ids;
  const auto add = [&](std::string_view raw) {
    std::string id;
    for (const char c : raw) {
      if (is_blank(c)) continue;
      if (id.size() < kIdBytesMax) id += static_cast<unsigned char>(c) < 0x20 || c == '\x7F' ? '?' : c;
    }
    if (id.empty()) return;
    if (utf8_valid_prefix(id) != id.size()) id = utf8_repair(id);
    // Lists of references are short, or somebody plays: looking back a little is enough.
    const auto from = ids.size() > 64 ? ids.end() - 64 : ids.begin();
    if (std::find(from, ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  };
  // The last ones are the nearest in a conversation: of too many, those are kept.
  constexpr std::size_t kBytesMax = std::size_t{1} << 18;
  const auto nearest = [](std::vector<std::string>&& all) {
    if (all.size() > kIdsMax) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kIdsMax));
    return std::move(all);
  };
  if (value.size() > kBytesMax) value.remove_prefix(value.size() - kBytesMax);
  bool bracketed = false;
  std::size_t open = std::string_view::npos;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '<') open = i;  // an unfinished one before it is dropped
    if (value[i] == '>' && open != std::string_view::npos) {
      bracketed = true;
      add(value.substr(open + 1, i - open - 1));
      open = std::string_view::npos;
    }
  }
  if (bracketed) return nearest(std::move(ids));
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < value.size();) {
    while (i < value.size() && (is_blank(value[i]) || value[i] == '<')) ++i;
    const std::size_t start = i;
    while (i < value.size() && !is_blank(value[i])) ++i;
    if (i > start) words.push_back(value.substr(start, i - start));
  }
  for (const std::string_view word : words)
    if (word.find('@') != std::string_view::npos || words.size() == 1) add(word);
  return nearest(std::move(ids));
}

std::vector<Address> read_addresses(std::string_view value) {
  const std::string line = unfolded(value);
  if (line.empty()) return {};
  if (auto simple = simple_mailbox(line)) return {std::move(*simple)};
  std::vector<Address> out;
  const Owned<InternetAddressList> list{internet_address_list_parse(options(), requoted(line).c_str())};
  add_mailboxes(list.get(), out, 0);
  if (out.empty()) out.push_back({read_words(line), {}});
  return out;
}

std::string read_words(std::string_view value) {
  std::string line = unfolded(value);
  if (is_plain(line)) return line;
  if (line.find("=?") == std::string::npos && utf8_valid_prefix(line) == line.size())
    return without_controls(std::move(line));
  const OwnedText decoded{g_mime_utils_header_decode_text(options(), requoted(std::move(line)).c_str())};
  return text_of(decoded.get());
}

Hop read_hop(std::string_view value) {
  Hop hop;
  const std::string line = unfolded(value, 8'192);
  const std::size_t semicolon = line.rfind(';');
  std::string_view rest = line;
  if (semicolon != std::string::npos) {
    hop.date = read_date(std::string_view(line).substr(semicolon + 1));
    rest = rest.substr(0, semicolon);
  }
  std::string* next = nullptr;
  bool after_from = false;
  bool vouched = false;  // what the receiving side writes beside the name counts more than the name itself
  const auto note_address = [&](std::string_view text, bool beside) {
    if (!after_from || vouched || (!beside && !hop.from_address.empty())) return;
    std::string found = address_in(text);
    if (found.empty()) return;
    hop.from_address = std::move(found);
    vouched = beside;
  };
  for (std::size_t i = 0; i < rest.size();) {
    if (rest[i] == ' ' || rest[i] == '\t') {
      ++i;
      continue;
    }
    if (rest[i] == '(') {
      std::size_t end = i + 1;
      for (int depth = 1; end < rest.size() && depth > 0; ++end)
        depth += rest[end] == '(' ? 1 : (rest[end] == ')' ? -1 : 0);
      note_address(rest.substr(i, end - i), true);
      i = end;
      continue;
    }
    std::size_t end = i;
    while (end < rest.size() && rest[end] != ' ' && rest[end] != '\t' && (rest[end] != '(' || end == i)) ++end;
    std::string_view word = rest.substr(i, end - i);
    i = end;
    const auto begins = [&](std::string_view key, std::string& field) {
      if (!same_word(word, key) || !field.empty()) return false;
      next = &field;
      return true;
    };
    if (begins("from", hop.from)) {
      after_from = true;
    } else if (begins("by", hop.by)) {
      after_from = false;
    } else if (!begins("with", hop.with) && !begins("id", hop.id) && !begins("for", hop.for_whom)) {
      if (next == &hop.from || next == nullptr) note_address(word, false);
      if (next != nullptr) {
        while (word.ends_with(',') || word.ends_with(';')) word.remove_suffix(1);
        if (word.starts_with('<') && word.ends_with('>')) word = word.substr(1, word.size() - 2);
        *next = utf8_repair(word);
      }
      next = nullptr;
    }
  }
  if (hop.for_whom.starts_with('<')) hop.for_whom.erase(0, 1);
  if (hop.for_whom.ends_with('>')) hop.for_whom.pop_back();
  return hop;
}

std::string_view Typed::parameter(std::string_view lower_case_name) const {
  for (const auto& [name, value] : parameters)
    if (name == lower_case_name) return value;
  return {};
}

Typed read_content_type(std::string_view value) {
  const std::string line = requoted(unfolded(value, 16'384));
  const Owned<GMimeContentType> type{g_mime_content_type_parse(options(), line.c_str())};
  if (!type) return {};
  const OwnedText name{g_mime_content_type_get_mime_type(type.get())};
  return typed(g_mime_content_type_get_parameters(type.get()), text_of(name.get()));
}

Typed read_disposition(std::string_view value) {
  const std::string line = requoted(unfolded(value, 16'384));
  const Owned<GMimeContentDisposition> disposition{g_mime_content_disposition_parse(options(), line.c_str())};
  if (!disposition) return {};
  return typed(g_mime_content_disposition_get_parameters(disposition.get()),
               text_of(g_mime_content_disposition_get_disposition(disposition.get())));
}

}  // namespace guichet::intake::mail
