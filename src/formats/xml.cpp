#include <guichet/formats/xml.hpp>

#include <expat.h>

#include <algorithm>
#include <memory>

namespace guichet::formats {

struct XmlCallbacks {
  static std::string_view local(const char* name) {
    const std::string_view whole{name};
    const std::size_t colon = whole.find(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
  }
  static void halt(XmlReader& reader, std::string why) {
    if (why.empty() || !reader.stop_.empty()) return;
    const auto parser = static_cast<XML_Parser>(reader.parser_);
    reader.stop_ = std::move(why);
    reader.stop_line_ = XML_GetCurrentLineNumber(parser);
    reader.stop_column_ = XML_GetCurrentColumnNumber(parser) + 1;
    XML_StopParser(parser, XML_FALSE);
  }
  static void start(void* user, const XML_Char* name, const XML_Char** attributes) {
    XmlReader& reader = *static_cast<XmlReader*>(user);
    if (!reader.stop_.empty()) return;
    if (++reader.depth_ > reader.limits_.depth_max)
      halt(reader, "elements are nested more than " + std::to_string(reader.limits_.depth_max) + " deep");
    else
      halt(reader, reader.handlers_.start(local(name), XmlAttributes(attributes)));
  }
  static void end(void* user, const XML_Char* name) {
    XmlReader& reader = *static_cast<XmlReader*>(user);
    if (!reader.stop_.empty()) return;
    --reader.depth_;
    halt(reader, reader.handlers_.end(local(name)));
  }
  static void entity(void* user, const XML_Char* name, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
                     const XML_Char*, const XML_Char*) {
    halt(*static_cast<XmlReader*>(user),
         "the document declares an entity (\"" + std::string(name) +
             "\"), which is refused because entities can grow without bound; write the text out instead");
  }
  /// Windows-1252 and ISO 8859-15 are the two that expat does not know and that logs are written in.
  static int unknown_encoding(void*, const XML_Char* name, XML_Encoding* info) {
    if (encoding_from(name) != Encoding::windows_1252) return XML_STATUS_ERROR;
    for (int i = 0; i < 256; ++i) {
      std::string utf8;
      Transcoder(Encoding::windows_1252).add(std::string(1, static_cast<char>(i)), true, utf8);
      const auto b = [&](std::size_t k) { return static_cast<unsigned char>(utf8[k]); };
      int point = b(0);
      if (utf8.size() == 2) point = (b(0) & 0x1F) << 6 | (b(1) & 0x3F);
      if (utf8.size() == 3) point = (b(0) & 0x0F) << 12 | (b(1) & 0x3F) << 6 | (b(2) & 0x3F);
      info->map[i] = point;
    }
    info->data = nullptr;
    info->convert = nullptr;
    info->release = nullptr;
    return XML_STATUS_OK;
  }
};

std::uint64_t XmlReader::line() const {
  return parser_ == nullptr ? 0 : XML_GetCurrentLineNumber(static_cast<XML_Parser>(parser_));
}

Outcome XmlReader::read(ByteSource& source) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  XML_Parser p = parser.get();
  parser_ = p;
  depth_ = 0;
  stop_.clear();
  XML_SetUserData(p, this);
  XML_SetElementHandler(p, XmlCallbacks::start, XmlCallbacks::end);
  XML_SetEntityDeclHandler(p, XmlCallbacks::entity);
  XML_SetUnknownEncodingHandler(p, XmlCallbacks::unknown_encoding, nullptr);
  const auto fail = [&](const std::string& what) {
    const std::uint64_t at_line = stop_.empty() ? XML_GetCurrentLineNumber(p) : stop_line_;
    const std::uint64_t at_column = stop_.empty() ? XML_GetCurrentColumnNumber(p) + 1 : stop_column_;
    Error error{Fault::unreadable,
                source.label() + ":" + std::to_string(at_line) + ":" + std::to_string(at_column) + ": " + what};
    parser_ = nullptr;
    return error;
  };
  // Larger pieces while a token stays unfinished: expat scans it again from its start each time.
  std::size_t piece = std::size_t{1} << 18;
  std::uint64_t fed = 0;
  while (true) {
    void* const room = XML_GetBuffer(p, static_cast<int>(piece));
    if (room == nullptr) return fail("not enough memory");
    auto got = source.read({static_cast<char*>(room), piece});
    if (!got) {
      parser_ = nullptr;
      return got.error();
    }
    fed += *got;
    const XML_Status status = XML_ParseBuffer(p, static_cast<int>(*got), *got == 0 ? XML_TRUE : XML_FALSE);
    if (!stop_.empty()) return fail(stop_);
    if (status == XML_STATUS_ERROR) return fail(XML_ErrorString(XML_GetErrorCode(p)));
    if (*got == 0) break;
    const XML_Index at = XML_GetCurrentByteIndex(p);
    const std::uint64_t pending = at < 0 ? fed : fed - std::min(fed, static_cast<std::uint64_t>(at));
    if (pending > limits_.token_bytes_max)
      return fail("a tag or a stretch of text is longer than " + std::to_string(limits_.token_bytes_max >> 20) +
                  " MB; is a quote or a > missing?");
    if (handlers_.progress) handlers_.progress(source.done(), source.total());
    piece = pending > piece / 2 ? std::min(piece * 2, std::size_t{1} << 24) : std::size_t{1} << 18;
  }
  parser_ = nullptr;
  return Done{};
}

}  // namespace guichet::formats
