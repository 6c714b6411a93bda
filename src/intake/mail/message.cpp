#include <guichet/intake/mail/message.hpp>

#include <gmime/gmime.h>

#include <algorithm>
#include <array>

#include <guichet/base/utf8.hpp>
#include <guichet/intake/mail/charset.hpp>
#include <guichet/intake/mail/html_words.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::array<std::string_view, kFlaws> kFlawNames{
    "header_junk",     "header_open",   "header_cut",       "nul_bytes",        "no_from",         "no_date",
    "date_unreadable", "no_message_id", "many_message_ids", "unknown_encoding", "unknown_charset", "wrong_charset",
    "no_boundary",     "boundary_open", "too_deep",         "too_many_parts",   "text_cut"};

/// What the header of a part says of its body.
struct PartHead {
  Typed type, disposition;
  std::string encoding, content_id;
  bool typed = false;
};

/// A part that has no parts.
struct Leaf {
  PartHead head;
  std::string_view body;
};

/// A piece of what a reader sees: a leaf of words.
struct Piece {
  Leaf leaf;
  bool html = false;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

/// The commonest types, without asking the library.
std::optional<Typed> simple_type(std::string_view value) {
  const std::string_view text = trimmed(value);
  if (same_word(text, "text/plain")) return Typed{.type = "text/plain", .parameters = {}};
  constexpr std::array<std::string_view, 4> kStarts{"text/plain; charset=", "text/plain; charset=\"",
                                                    "text/html; charset=", "text/html; charset=\""};
  for (const std::string_view start : kStarts) {
    if (text.size() <= start.size() || !same_word(text.substr(0, start.size()), start)) continue;
    std::string_view rest = text.substr(start.size());
    if (start.back() == '"') {
      if (rest.size() < 2 || rest.back() != '"') continue;
      rest.remove_suffix(1);
    }
    const bool atom = std::all_of(rest.begin(), rest.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!atom || rest.empty()) continue;
    return Typed{.type = std::string(start.substr(0, start.find(';'))), .parameters = {{"charset", std::string(rest)}}};
  }
  return {};
}

PartHead read_part_head(std::string_view part, const Head& head) {
  PartHead out;
  for (const Field& field : head.fields) {
    const std::string_view name = name_of(part, field);
    if (name.size() < 10 || (name[0] != 'C' && name[0] != 'c')) continue;
    const std::string_view value = value_of(part, field);
    if (same_word(name, "content-type") && out.type.type.empty()) {
      auto simple = simple_type(value);
      out.type = simple ? std::move(*simple) : read_content_type(value);
      out.typed = true;
    } else if (same_word(name, "content-disposition") && out.disposition.type.empty()) {
      out.disposition = read_disposition(value);
    } else if (same_word(name, "content-transfer-encoding") && out.encoding.empty()) {
      // "base64; charset=…" and "(a comment) base64" are seen.
      std::string_view word = trimmed(value);
      if (word.starts_with('(') && word.find(')') != std::string_view::npos)
        word = trimmed(word.substr(word.find(')') + 1));
      out.encoding = lower_case(word.substr(0, std::min(word.find_first_of("; \t("), std::size_t{40})));
    } else if (same_word(name, "content-id") && out.content_id.empty()) {
      if (auto ids = read_ids(value.substr(0, 2'000)); !ids.empty()) out.content_id = std::move(ids.front());
    }
  }
  return out;
}

/// Decodes a transfer encoding. `known` becomes false when nobody knows it.
std::string transferred(std::string_view body, std::string_view encoding, bool& known) {
  if (encoding.empty() || encoding == "7bit" || encoding == "8bit" || encoding == "binary") return std::string(body);
  const std::string name(encoding);
  const GMimeContentEncoding which = g_mime_content_encoding_from_string(name.c_str());
  if (which == GMIME_CONTENT_ENCODING_DEFAULT) {
    known = encoding == "7-bit" || encoding == "8-bit";
    return std::string(body);
  }
  if (which == GMIME_CONTENT_ENCODING_7BIT || which == GMIME_CONTENT_ENCODING_8BIT ||
      which == GMIME_CONTENT_ENCODING_BINARY)
    return std::string(body);
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, which);
  std::string out;
  out.resize(g_mime_encoding_outlen(&state, body.size()) + 64);
  const std::size_t bytes = g_mime_encoding_flush(&state, body.data(), body.size(), out.data());
  out.resize(std::min(bytes, out.size()));
  return out;
}

/// Line feeds only, and no NULs.
std::string with_line_feeds(std::string text) {
  if (text.find_first_of(std::string_view("\r\0", 2)) == std::string::npos) return text;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0') continue;
    if (c == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') continue;
      c = '\n';
    }
    text[kept++] = c;
  }
  text.resize(kept);
  return text;
}

/// RFC 3676: lines that end in a blank go on in the next one of the same quote depth.
std::string unflowed(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  std::size_t depth_before = 0;
  bool flows = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, feed - at);
    at = feed + 1;
    std::size_t depth = 0;
    while (depth < line.size() && line[depth] == '>') ++depth;
    line.remove_prefix(depth);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);  // stuffed
    const bool signature = line == "-- ";
    if (flows && (depth != depth_before || signature)) {
      out += '\n';
      flows = false;
    }
    if (!flows) {
      out.append(depth, '>');
      if (depth > 0) out += ' ';
    }
    flows = !signature && !line.empty() && line.back() == ' ';
    if (flows && delete_space) line.remove_suffix(1);
    out += line;
    if (!flows) out += '\n';
    depth_before = depth;
  }
  if (flows) out += '\n';
  return out;
}

bool is_blank_text(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// The parts between the boundaries of a multipart's body.
struct Divided {
  std::vector<std::string_view> parts;
  bool closed = false;
  bool cut = false;
};

Divided divide(std::string_view body, std::string_view boundary, std::size_t parts_max) {
  Divided out;
  std::string mark = "--";
  mark += boundary;
  std::size_t part_from = std::string_view::npos;
  for (std::size_t at = 0; at < body.size();) {
    // A boundary stands at the start of a line, with nothing but "--" and blanks behind it.
    std::size_t found = body.find(mark, at);
    while (found != std::string_view::npos && found > 0 && body[found - 1] != '\n') found = body.find(mark, found + 1);
    if (found == std::string_view::npos) break;
    std::size_t rest = found + mark.size();
    const bool last = body.substr(rest).starts_with("--");
    if (last) rest += 2;
    const std::size_t feed = std::min(body.find('\n', rest), body.size());
    const bool alone = trimmed(body.substr(rest, feed - rest)).empty();
    if (!alone) {
      at = found + mark.size();
      continue;
    }
    if (part_from != std::string_view::npos) {
      std::size_t end = found > part_from ? found - 1 : part_from;  // the line feed belongs to the boundary
      if (end > part_from && body[end - 1] == '\r') --end;
      out.parts.push_back(body.substr(part_from, end - part_from));
      if (out.parts.size() >= parts_max) {
        out.cut = true;
        return out;
      }
    }
    if (last) {
      out.closed = true;
      return out;
    }
    part_from = std::min(feed + 1, body.size());
    at = part_from;
  }
  if (part_from != std::string_view::npos) out.parts.push_back(body.substr(part_from));
  return out;
}

std::string extension_of(std::string_view media_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kExtensions{
      {{"text/plain", ".txt"},
       {"text/html", ".html"},
       {"text/calendar", ".ics"},
       {"text/csv", ".csv"},
       {"image/jpeg", ".jpg"},
       {"image/png", ".png"},
       {"image/gif", ".gif"},
       {"application/pdf", ".pdf"},
       {"application/zip", ".zip"},
       {"message/rfc822", ".eml"},
       {"message/delivery-status", ".txt"},
       {"text/rfc822-headers", ".txt"}}};
  for (const auto& [type, extension] : kExtensions)
    if (type == media_type) return std::string(extension);
  return ".bin";
}

class Reader {
 public:
  Reader(std::string_view raw, const Reading& reading, Message& out) : raw_(raw), reading_(reading), out_(out) {}

  void run() {
    Head head = read_head(raw_, reading_.head);
    if (head.junk) out_.flaws.add(Flaw::header_junk);
    if (head.open) out_.flaws.add(Flaw::header_open);
    if (head.cut) out_.flaws.add(Flaw::header_cut);
    out_.body = head.body;
    out_.raw_bytes = raw_.size();
    for (const Field& field : head.fields) take(field);
    if (raw_.substr(0, head.body).find('\0') != std::string_view::npos) out_.flaws.add(Flaw::nul_bytes);
    if (out_.from.empty()) out_.flaws.add(Flaw::no_from);
    if (!out_.date) out_.flaws.add(out_.date_written.empty() ? Flaw::no_date : Flaw::date_unreadable);
    if (out_.message_id.empty()) out_.flaws.add(Flaw::no_message_id);
    const PartHead part = read_part_head(raw_, head);
    out_.content_type = part.type.type.empty() ? "text/plain" : part.type.type;
    if (out_.content_type == "multipart/report") {
      out_.report.emplace();
      out_.report->kind = lower_case(part.type.parameter("report-type"));
    }
    out_.fields = std::move(head.fields);
    std::vector<Piece> pieces;
    walk(part, raw_.substr(head.body), 0, "text/plain", pieces);
    // What no part holds counts as it stands.
    if (out_.flaws.has(Flaw::too_many_parts)) digest_part({}, "", raw_.substr(head.body));
    if (reading_.digests) out_.parts = parts_digest_.digest();
    read_pieces(pieces);
  }

 private:
  void take(const Field& field) {
    const std::string_view name = name_of(raw_, field);
    const std::string_view value = value_of(raw_, field);
    const auto is = [&](std::string_view wanted) { return same_word(name, wanted); };
    const auto word = [&](std::string& into) {
      if (into.empty()) into = lower_case(read_words(value.substr(0, 2'000)));
    };
    const auto people = [&](std::vector<Address>& into) {
      auto found = read_addresses(value);
      const std::size_t room = kAddressesMax - std::min(kAddressesMax, into.size());
      if (found.size() > room) found.resize(room);
      into.insert(into.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    };
    const auto ids = [&](std::vector<std::string>& into) {
      for (std::string& id : read_ids(value))
        if (into.size() < kIdsMax) into.push_back(std::move(id));
    };
    if (name.empty()) return;
    switch (name[0] | 0x20) {
      case 'a':
        if (is("auto-submitted")) word(out_.auto_submitted);
        break;
      case 'c':
        if (is("cc")) people(out_.cc);
        break;
      case 'd':
        if (is("date") && !out_.date) {  // of several, the first that can be read
          out_.date_written = read_words(value.substr(0, 400));
          out_.date = read_date(value);
        }
        break;
      case 'f':
        if (is("from")) people(out_.from);
        break;
      case 'i':
        if (is("in-reply-to")) ids(out_.in_reply_to);
        break;
      case 'l':
        if (is("list-id")) word(out_.list_id);
        break;
      case 'm':
        if (is("message-id")) {
          auto found = read_ids(value);
          if (!out_.message_id.empty()) {
            if (!found.empty() && found.front() != out_.message_id) out_.flaws.add(Flaw::many_message_ids);
          } else if (!found.empty()) {
            out_.message_id = std::move(found.front());
          }
        }
        break;
      case 'p':
        if (is("precedence")) word(out_.precedence);
        break;
      case 'r':
        if (is("received")) {
          if (out_.received.size() < reading_.hops) out_.received.push_back(read_hop(value));
        } else if (is("references")) {
          ids(out_.references);
        } else if (is("reply-to")) {
          people(out_.reply_to);
        } else if (is("return-path")) {
          const std::string path = unfolded(value, 1'000);
          if (path == "<>") {
            out_.null_return_path = true;
          } else if (out_.return_path.empty()) {
            if (auto found = read_ids(path); !found.empty()) out_.return_path = std::move(found.front());
          }
        }
        break;
      case 's':
        if (is("subject")) {
          if (out_.subject.empty()) out_.subject = read_words(value);
        } else if (is("sender")) {
          people(out_.sender);
        }
        break;
      case 't':
        if (is("to")) people(out_.to);
        break;
      case 'x':
        if (is("x-auto-response-suppress")) {
          word(out_.response_suppress);
        } else if (is("x-autoreply") || is("x-autorespond") || is("x-auto-reply-from") || is("x-autoresponder")) {
          out_.auto_reply_mark = out_.auto_reply_mark || !same_word(trimmed(value), "no");
        } else if (is("x-failed-recipients")) {
          for (Address& address : read_addresses(value))
            if (out_.failed_recipients.size() < 100) out_.failed_recipients.push_back(std::move(address.address));
        }
        break;
      default: break;
    }
  }

  void walk(const PartHead& head, std::string_view body, std::size_t depth, std::string_view usual,
            std::vector<Piece>& pieces) {
    const std::string type{head.type.type.empty() ? usual : std::string_view(head.type.type)};
    if (type.starts_with("multipart/")) {
      walk_multipart(head, type, body, depth, pieces);
      return;
    }
    if (out_.report) take_report(head, type, body);
    const std::string_view file_name = file_name_of(head);
    const bool words = type == "text/plain" || type == "text/html" || type == "text";
    const bool attached = head.disposition.type == "attachment" || (!file_name.empty() && saw_words_);
    if (words && !attached) {
      saw_words_ = saw_words_ || !is_blank_text(body);
      if (reading_.digests) digest_part(head, type, body_of(head, body));
      pieces.push_back({.leaf = {.head = head, .body = body}, .html = type == "text/html"});
      return;
    }
    attach(head, type, body);
  }

  void walk_multipart(const PartHead& head, std::string_view type, std::string_view body, std::size_t depth,
                      std::vector<Piece>& pieces) {
    const std::string boundary{trimmed(head.type.parameter("boundary"))};
    if (depth >= reading_.depth) {
      out_.flaws.add(Flaw::too_deep);
      attach(head, "application/octet-stream", body);
      return;
    }
    Divided divided;
    if (!boundary.empty()) divided = divide(body, boundary, reading_.parts - std::min(reading_.parts, parts_));
    if (divided.parts.empty()) {
      // Not divided at all: its words are still words.
      out_.flaws.add(divided.cut ? Flaw::too_many_parts : Flaw::no_boundary);
      PartHead plain;
      plain.encoding = head.encoding;
      if (!divided.cut && reading_.digests) digest_part(plain, "text/plain", body_of(plain, body));
      if (!divided.cut) pieces.push_back({.leaf = {.head = plain, .body = body}, .html = false});
      return;
    }
    if (divided.cut) out_.flaws.add(Flaw::too_many_parts);
    if (!divided.closed && !divided.cut) out_.flaws.add(Flaw::boundary_open);
    const bool alternative = type == "multipart/alternative";
    const std::string_view usual = type == "multipart/digest" ? "message/rfc822" : "text/plain";
    std::vector<std::vector<Piece>> choices;
    for (const std::string_view part : divided.parts) {
      if (++parts_ > reading_.parts) {
        out_.flaws.add(Flaw::too_many_parts);
        break;
      }
      const Head inner = part_head_of(part);
      const PartHead inner_head = read_part_head(part, inner);
      if (alternative) {
        // Each way of saying it is gathered for itself: none makes another an attachment.
        const bool saw = saw_words_;
        saw_words_ = false;
        walk(inner_head, part.substr(inner.body), depth + 1, usual, choices.emplace_back());
        saw_words_ = saw_words_ || saw;
      } else {
        walk(inner_head, part.substr(inner.body), depth + 1, usual, pieces);
      }
    }
    if (alternative) choose(choices, pieces);
  }

  /// A part may begin with its empty line, or be all header.
  Head part_head_of(std::string_view part) const {
    Head head = read_head(part, reading_.head);
    if (head.fields.empty() && head.open) head.body = 0;
    return head;
  }

  static void choose(std::vector<std::vector<Piece>>& choices, std::vector<Piece>& pieces) {
    const auto has_words = [](const std::vector<Piece>& choice, bool plain) {
      return std::any_of(choice.begin(), choice.end(), [&](const Piece& piece) {
        return (!plain || !piece.html) && !is_blank_text(piece.leaf.body);
      });
    };
    std::vector<Piece>* chosen = nullptr;
    for (auto& choice : choices)
      if (chosen == nullptr && has_words(choice, true)) chosen = &choice;
    for (auto& choice : choices)
      if (chosen == nullptr && has_words(choice, false)) chosen = &choice;
    if (chosen != nullptr)
      pieces.insert(pieces.end(), std::make_move_iterator(chosen->begin()), std::make_move_iterator(chosen->end()));
  }

  static std::string_view file_name_of(const PartHead& head) {
    const std::string_view said = head.disposition.parameter("filename");
    return said.empty() ? head.type.parameter("name") : said;
  }

  std::string body_of(const PartHead& head, std::string_view body) {
    bool known = true;
    std::string out = transferred(body, head.encoding, known);
    if (!known) out_.flaws.add(Flaw::unknown_encoding);
    return out;
  }

  /// Lines end in other ways in a mailbox and on a server, but not within what base64 holds.
  void digest_part(const PartHead& head, std::string_view type, std::string_view decoded) {
    if (!reading_.digests) return;
    const auto add = [this](std::string_view bytes) {
      parts_digest_.add(std::to_string(bytes.size())).add(":").add(bytes);
    };
    add(type);
    add(lower_case(head.type.parameter("charset")));
    add(file_name_of(head));
    if (same_word(trimmed(head.encoding), "base64")) {
      add(decoded);
      return;
    }
    std::string plain{decoded};
    std::erase(plain, '\r');
    while (!plain.empty() && plain.back() == '\n') plain.pop_back();
    add(plain);
  }

  void attach(const PartHead& head, std::string_view type, std::string_view body) {
    Attachment& attachment = out_.attachments.emplace_back();
    const bool readable = type.find('/') != std::string_view::npos && utf8_valid_prefix(type) == type.size();
    attachment.media_type = readable ? type.substr(0, 100) : "application/octet-stream";
    attachment.content_id = head.content_id;
    attachment.shown_within = head.disposition.type != "attachment" && !head.content_id.empty();
    attachment.body = body_of(head, body);
    attachment.bytes = attachment.body.size();
    digest_part(head, type, attachment.body);
    attachment.name = safe_file_name(file_name_of(head));
    if (attachment.name.empty() && type == "message/rfc822") {
      const Message inner = subject_only(attachment.body);
      attachment.name = safe_file_name(utf8_cut(inner.subject, 190));
      if (!attachment.name.empty()) attachment.name += ".eml";
    }
    if (attachment.name.empty())
      attachment.name = "part-" + std::to_string(out_.attachments.size()) + extension_of(attachment.media_type);
    if (!reading_.bodies) attachment.body = {};
  }

  static Message subject_only(std::string_view raw) {
    Message message;
    for (const Field& field : read_head(raw).fields)
      if (same_word(name_of(raw, field), "subject")) {
        message.subject = read_words(value_of(raw, field));
        break;
      }
    return message;
  }

  void take_report(const PartHead& head, std::string_view type, std::string_view body) {
    Report& report = *out_.report;
    const bool status = type == "message/delivery-status" || type == "message/disposition-notification" ||
                        type == "message/feedback-report" || type == "message/global-delivery-status";
    const bool returned = type == "message/rfc822" || type == "text/rfc822-headers" || type == "message/global" ||
                          type == "message/global-headers";
    if (!status && !returned) return;
    const std::string text = body_of(head, body);
    std::string_view rest = text;
    if (report.kind.empty() && status) report.kind = type.substr(type.find('/') + 1);
    // A status has one group of fields for the mail and one for each recipient.
    for (int group = 0; group < (status ? 8 : 1) && !rest.empty(); ++group) {
      const Head fields = read_head(rest, reading_.head);
      for (const Field& field : fields.fields) {
        const std::string_view name = name_of(rest, field);
        const auto take_first = [&](std::string_view wanted, std::string& into) {
          if (into.empty() && same_word(name, wanted)) into = read_words(value_of(rest, field).substr(0, 2'000));
        };
        if (same_word(name, returned ? "message-id" : "original-message-id") && report.returned_id.empty())
          if (auto ids = read_ids(value_of(rest, field)); !ids.empty()) report.returned_id = std::move(ids.front());
        if (returned) continue;
        take_first("final-recipient", report.recipient);
        take_first("action", report.action);
        take_first("status", report.status);
        take_first("diagnostic-code", report.diagnostic);
      }
      if (fields.body == 0) break;
      rest.remove_prefix(fields.body);
    }
    if (const std::size_t semicolon = report.recipient.find(';'); semicolon != std::string::npos)
      report.recipient = trimmed(std::string_view(report.recipient).substr(semicolon + 1));
    report.action = lower_case(report.action);
  }

  void read_pieces(const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
      if (out_.text.size() >= reading_.text_bytes) {
        out_.flaws.add(Flaw::text_cut);
        break;
      }
      std::string_view source = piece.leaf.body;
      const std::size_t room = (reading_.text_bytes - out_.text.size()) * 4;
      if (source.size() > room) {
        out_.flaws.add(Flaw::text_cut);
        source = source.substr(0, room);
      }
      Decoded decoded = to_utf8(body_of(piece.leaf.head, source), piece.leaf.head.type.parameter("charset"));
      if (decoded.unknown_charset) out_.flaws.add(Flaw::unknown_charset);
      if (decoded.wrong_charset) out_.flaws.add(Flaw::wrong_charset);
      std::string text = with_line_feeds(std::move(decoded.text));
      if (piece.html) {
        text = html_words(text, reading_.text_bytes);
      } else if (same_word(piece.leaf.head.type.parameter("format"), "flowed")) {
        text = unflowed(text, same_word(piece.leaf.head.type.parameter("delsp"), "yes"));
      }
      if (is_blank_text(text)) continue;
      if (!out_.text.empty()) out_.text += out_.text.back() == '\n' ? "\n" : "\n\n";
      out_.text += text;
      if (piece.html) out_.text_from = TextFrom::html;
      if (!piece.html && out_.text_from == TextFrom::nowhere) out_.text_from = TextFrom::plain;
    }
    if (out_.text.size() > reading_.text_bytes) {
      out_.flaws.add(Flaw::text_cut);
      out_.text = utf8_cut(out_.text, reading_.text_bytes);
    }
  }

  std::string_view raw_;
  const Reading& reading_;
  Message& out_;
  std::size_t parts_ = 0;
  Sha256 parts_digest_;
  bool saw_words_ = false;
};

}  // namespace

std::string_view name(Flaw flaw) { return kFlawNames[static_cast<std::size_t>(flaw)]; }

std::string Flaws::names() const {
  std::string out;
  for (std::size_t i = 0; i < kFlaws; ++i) {
    if (!has(static_cast<Flaw>(i))) continue;
    if (!out.empty()) out += ' ';
    out += kFlawNames[i];
  }
  return out;
}

std::string Message::field(std::string_view raw, std::string_view lower_case_name) const {
  for (const Field& each : fields)
    if (same_word(name_of(raw, each), lower_case_name)) return unfolded(value_of(raw, each));
  return {};
}

Message read_message(std::string_view raw, const Reading& reading) {
  ready_mail_library();
  Message message;
  Reader(raw, reading, message).run();
  return message;
}

std::string safe_file_name(std::string_view name) {
  if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  std::string out;
  for (const char c : utf8_repair(name)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') continue;
    out += c == ':' || c == '*' || c == '?' || c == '"' || c == '<' || c == '>' || c == '|' ? '_' : c;
  }
  while (!out.empty() && (out.front() == '.' || out.front() == ' ')) out.erase(0, 1);
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  constexpr std::size_t kBytesMost = 200, kCutMark = 3;
  if (out.size() <= kBytesMost) return out;
  // The ending says what kind of file it is.
  const std::size_t dot = out.rfind('.');
  const std::string ending = dot != std::string::npos && out.size() - dot <= 12 ? out.substr(dot) : "";
  return utf8_cut(std::string_view(out).substr(0, out.size() - ending.size()), kBytesMost - kCutMark - ending.size()) +
         ending;
}

}  // namespace guichet::intake::mail
