#include <guichet/formats/xml.hpp>

#include <expat.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <guichet/formats/xml_scan.hpp>

namespace guichet::formats {

struct XmlCallbacks {
  static void halt(XmlReader& reader, std::string why) {
    if (why.empty() || !reader.stop_.empty()) return;
    reader.stop_ = std::move(why);
    reader.stop_place_ = reader.place_in_expat();
    XML_StopParser(static_cast<XML_Parser>(reader.parser_), XML_FALSE);
  }
  static bool told_before(XmlReader& reader) {
    if (reader.told_before_ == 0) return false;
    --reader.told_before_;
    return true;
  }
  static void start(void* user, const XML_Char* name, const XML_Char** attributes) {
    XmlReader& reader = *static_cast<XmlReader*>(user);
    if (!reader.stop_.empty() || told_before(reader)) return;
    reader.attributes_.clear();
    for (; *attributes != nullptr; attributes += 2) reader.attributes_.push_back({attributes[0], attributes[1]});
    if (++reader.depth_ > reader.limits_.depth_max)
      halt(reader, "elements are nested more than " + std::to_string(reader.limits_.depth_max) + " deep");
    else
      halt(reader, reader.handlers_.start(xml_local(name), XmlAttributes(reader.attributes_)));
  }
  static void end(void* user, const XML_Char* name) {
    XmlReader& reader = *static_cast<XmlReader*>(user);
    if (!reader.stop_.empty() || told_before(reader)) return;
    --reader.depth_;
    halt(reader, reader.handlers_.end(xml_local(name)));
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

XmlPlace XmlReader::place_in_expat() const {
  const auto parser = static_cast<XML_Parser>(parser_);
  const std::uint64_t line = XML_GetCurrentLineNumber(parser);
  const std::uint64_t column = XML_GetCurrentColumnNumber(parser) + 1;
  return {start_.line + line - 1, line == 1 ? start_.column + column - 1 - before_columns_ : column};
}

std::uint64_t XmlReader::line() const {
  if (scanner_ != nullptr) return scanner_->place().line;
  return parser_ == nullptr ? 0 : place_in_expat().line;
}

Error XmlReader::fault_at(const ByteSource& source, const XmlPlace& place, const std::string& what) const {
  return {Fault::unreadable,
          source.label() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + what};
}

Outcome XmlReader::read(ByteSource& source) {
  if (!limits_.scans) return read_with_expat(source, nullptr);
  XmlScanner scanner(handlers_, limits_);
  scanner_ = &scanner;
  const auto end = scanner.read(source);
  scanner_ = nullptr;
  if (!end) return end.error();
  switch (*end) {
    case XmlScanner::End::whole: return Done{};
    case XmlScanner::End::stopped: return fault_at(source, scanner.place(), scanner.why());
    case XmlScanner::End::handed_over: break;
  }
  return read_with_expat(source, &scanner);
}

Outcome XmlReader::read_with_expat(ByteSource& source, XmlScanner* before) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  XML_Parser p = parser.get();
  // No handler is called, and no line asked for, once this returns.
  const std::unique_ptr<void*, void (*)(void**)> forget(&parser_, [](void** at) { *at = nullptr; });
  parser_ = p;
  stop_.clear();
  XML_SetUserData(p, this);
  XML_SetElementHandler(p, XmlCallbacks::start, XmlCallbacks::end);
  XML_SetEntityDeclHandler(p, XmlCallbacks::entity);
  XML_SetUnknownEncodingHandler(p, XmlCallbacks::unknown_encoding, nullptr);
  start_ = before == nullptr ? XmlPlace{} : before->place();
  depth_ = before == nullptr ? 0 : before->depth();
  told_before_ = before == nullptr ? 0 : before->told_on_the_way();
  const std::string way = before == nullptr ? "" : before->way_here();
  before_columns_ = way.size();
  std::string_view rest = before == nullptr ? std::string_view{} : before->rest();
  const auto fail = [&](const std::string& what) {
    return fault_at(source, stop_.empty() ? place_in_expat() : stop_place_, what);
  };
  if (!way.empty() && XML_Parse(p, way.data(), static_cast<int>(way.size()), XML_FALSE) != XML_STATUS_OK)
    return fail("not enough memory");
  // Larger pieces while a token stays unfinished: expat scans it again from its start each time.
  std::size_t piece = limits_.block_bytes;
  std::uint64_t fed = way.size();
  while (true) {
    void* const room = XML_GetBuffer(p, static_cast<int>(piece));
    if (room == nullptr) return fail("not enough memory");
    std::size_t got = std::min(piece, rest.size());
    if (got > 0) {
      std::memcpy(room, rest.data(), got);
      rest.remove_prefix(got);
    } else {
      GUICHET_TRY(read, source.read({static_cast<char*>(room), piece}));
      got = read;
    }
    fed += got;
    const XML_Status status = XML_ParseBuffer(p, static_cast<int>(got), got == 0 ? XML_TRUE : XML_FALSE);
    if (!stop_.empty()) return fail(stop_);
    if (status == XML_STATUS_ERROR) return fail(XML_ErrorString(XML_GetErrorCode(p)));
    if (got == 0) return Done{};
    const XML_Index at = XML_GetCurrentByteIndex(p);
    const std::uint64_t pending = at < 0 ? fed : fed - std::min(fed, static_cast<std::uint64_t>(at));
    if (pending > limits_.token_bytes_max)
      return fail("a tag or a stretch of text is longer than " + std::to_string(limits_.token_bytes_max >> 20) +
                  " MB; is a quote or a > missing?");
    if (handlers_.progress) handlers_.progress(source.done(), source.total());
    piece = pending > piece / 2 ? std::min(piece * 2, std::size_t{1} << 24) : limits_.block_bytes;
  }
}

}  // namespace guichet::formats
