#include <guichet/formats/csv.hpp>

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <guichet/base/utf8.hpp>

namespace guichet::formats {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kSample = std::size_t{1} << 16;

/// The first of `delimiter`, line feed, carriage return or quote at or after `p`; `end` when none.
const char* find_mark(const char* p, const char* end, char delimiter) {
#if defined(__SSE2__)
  const __m128i d = _mm_set1_epi8(delimiter);
  const __m128i lf = _mm_set1_epi8('\n');
  const __m128i cr = _mm_set1_epi8('\r');
  for (; end - p >= 16; p += 16) {
    __m128i bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    const __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, d), _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr)));
    const int mask = _mm_movemask_epi8(hit);
    if (mask != 0) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p != end && *p != delimiter && *p != '\n' && *p != '\r') ++p;
  return p;
}

/// Columns per record of `text` under `delimiter`, over its whole records (at most 64).
std::vector<std::size_t> widths(std::string_view text, char delimiter, char quote) {
  std::vector<std::size_t> all;
  std::size_t width = 1;
  bool quoted = false;
  bool field_start = true;
  bool blank = true;
  for (const char c : text) {
    if (quoted) {
      quoted = c != quote;
      continue;
    }
    if (c == quote && quote != '\0' && field_start) {
      quoted = true;
      blank = false;
    } else if (c == delimiter) {
      ++width;
      field_start = true;
      blank = false;
      continue;
    } else if (c == '\n' || c == '\r') {
      if (!blank) all.push_back(width);
      if (all.size() == 64) break;
      width = 1;
      field_start = true;
      blank = true;
      continue;
    } else {
      blank = false;
    }
    // A quote opens a field only at its start; a doubled one reopens it.
    field_start = c == quote;
  }
  if (all.empty() && !blank) all.push_back(width);
  return all;
}

/// The delimiter under which most records have the header's width; the widest wins among equals.
char guess_delimiter(std::string_view text, char quote) {
  char best = ',';
  double best_score = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const auto all = widths(text, candidate, quote);
    if (all.empty() || all.front() < 2) continue;
    const auto same = std::count(all.begin(), all.end(), all.front());
    const double score = static_cast<double>(same) / static_cast<double>(all.size()) +
                         0.001 * static_cast<double>(std::min<std::size_t>(all.front(), 100));
    if (score > best_score) {
      best_score = score;
      best = candidate;
    }
  }
  return best;
}

}  // namespace

Result<CsvReader> CsvReader::open(ByteSource source, const CsvShape& shape) {
  CsvReader reader(std::move(source), shape);
  reader.buffer_.resize(kSample);
  while (reader.end_ < kSample) {
    GUICHET_TRY(got, reader.source_.read(std::span(reader.buffer_).subspan(reader.end_)));
    if (got == 0) {
      reader.ended_ = true;
      break;
    }
    reader.end_ += got;
  }
  const std::string_view start{reader.buffer_.data(), reader.end_};
  const SniffedEncoding sniffed = sniff_encoding(start);
  reader.encoding_ = shape.encoding.value_or(sniffed.encoding);
  const std::size_t mark = reader.encoding_ == sniffed.encoding ? sniffed.mark_bytes : 0;
  if (reader.encoding_ == Encoding::utf_8) {
    reader.begin_ = mark;
  } else {
    reader.transcoder_.emplace(reader.encoding_);
    std::string text;
    reader.transcoder_->add(start.substr(mark), reader.ended_, text);
    reader.buffer_.assign(text.begin(), text.end());
    reader.begin_ = 0;
    reader.end_ = text.size();
  }
  std::string_view sample{reader.buffer_.data() + reader.begin_, reader.end_ - reader.begin_};
  // Spreadsheets write "sep=;" as the first line; it is an instruction, not a record.
  constexpr std::string_view kSep = "sep=";
  if (sample.size() > kSep.size() + 1 && sample.starts_with(kSep) &&
      (sample[kSep.size() + 1] == '\n' || sample[kSep.size() + 1] == '\r')) {
    reader.delimiter_ = shape.delimiter.value_or(sample[kSep.size()]);
    reader.begin_ += sample.find('\n') == std::string_view::npos ? kSep.size() + 2 : sample.find('\n') + 1;
    reader.line_ = 2;
  } else {
    reader.delimiter_ = shape.delimiter ? *shape.delimiter : guess_delimiter(sample, shape.quote);
  }
  return reader;
}

/// Brings more bytes behind what is there; false at the end of the source.
Result<bool> CsvReader::more() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ > shape_.record_bytes_max)
    return Error{Fault::unreadable, source_.label() + ":" + std::to_string(line_) + ": the record is longer than " +
                                        std::to_string(shape_.record_bytes_max >> 20) +
                                        " MB; is a closing quote missing?"};
  if (buffer_.size() < end_ + kChunk) buffer_.resize(std::max(buffer_.size() * 2, end_ + kChunk));
  if (!transcoder_) {
    GUICHET_TRY(got, source_.read(std::span(buffer_).subspan(end_)));
    end_ += got;
    ended_ = got == 0;
    return got > 0;
  }
  raw_.resize(kChunk / 4);  // one byte becomes at most three
  GUICHET_TRY(got, source_.read(raw_));
  ended_ = got == 0;
  decoded_.clear();
  transcoder_->add(std::string_view(raw_).substr(0, got), ended_, decoded_);
  std::copy(decoded_.begin(), decoded_.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += decoded_.size();
  return true;
}

/// Marks the fields of the record that starts at begin_; false when its end has not been read yet.
Result<bool> CsvReader::find_record() {
  spans_.clear();
  lines_in_record_ = 0;
  const char* const base = buffer_.data();
  const char* const end = base + end_;
  const char* p = base + begin_;
  const auto offset = [&](const char* at) { return static_cast<std::size_t>(at - base); };
  while (true) {
    const char* const field = p;
    bool quoted = false;
    if (p != end && *p == shape_.quote && shape_.quote != '\0') {
      quoted = true;
      ++p;
      while (true) {
        const char* const mark =
            static_cast<const char*>(std::memchr(p, shape_.quote, static_cast<std::size_t>(end - p)));
        const char* const stop = mark == nullptr ? end : mark;
        lines_in_record_ += static_cast<std::uint64_t>(std::count(p, stop, '\n'));
        if (mark == nullptr) {
          if (!ended_) return false;
          return Error{Fault::unreadable, source_.label() + ":" + std::to_string(line_) +
                                              ": a quote opened in this record is never closed; close it, or name "
                                              "another quote sign in the mapping ([csv] quote)"};
        }
        p = mark + 1;
        if (p == end && !ended_) return false;
        if (p == end || *p != shape_.quote) break;
        ++p;
      }
    }
    p = find_mark(p, end, delimiter_);
    if (p == end && !ended_) return false;
    spans_.push_back({offset(field), offset(p), quoted});
    if (p != end && *p == delimiter_) {
      ++p;
      continue;
    }
    // CR LF may be cut between its two bytes.
    if (p != end && *p == '\r') {
      if (p + 1 == end && !ended_) return false;
      if (p + 1 != end && p[1] == '\n') ++p;
    }
    record_end_ = p == end ? offset(p) : offset(p) + 1;
    ++lines_in_record_;
    return true;
  }
}

std::string_view CsvReader::unquote(Span span) {
  char* const begin = buffer_.data() + span.begin;
  char* const end = buffer_.data() + span.end;
  const char quote = shape_.quote;
  char* out = begin;
  const char* in = begin + 1;
  while (in != end) {
    const char* const mark = static_cast<const char*>(std::memchr(in, quote, static_cast<std::size_t>(end - in)));
    const char* const stop = mark == nullptr ? end : mark;
    const auto n = static_cast<std::size_t>(stop - in);
    std::memmove(out, in, n);
    out += n;
    if (mark == nullptr) break;
    in = mark + 1;
    if (in != end && *in == quote) {
      *out++ = quote;
      ++in;
      continue;
    }
    // The closing quote; what follows it stands as it is.
    if (in != end) {
      if (stray_quotes_++ == 0) stray_quote_line_ = record_line_;
      const auto rest = static_cast<std::size_t>(end - in);
      std::memmove(out, in, rest);
      out += rest;
    }
    break;
  }
  return {begin, static_cast<std::size_t>(out - begin)};
}

Result<bool> CsvReader::next(std::vector<std::string_view>& fields) {
  while (true) {
    if (begin_ == end_) {
      GUICHET_TRY(any, more());
      if (begin_ == end_) {
        if (!any) return false;
        continue;
      }
    }
    GUICHET_TRY(whole, find_record());
    if (!whole) {
      GUICHET_TRY(any, more());
      static_cast<void>(any);  // at the end, find_record finds the record without a line end
      continue;
    }
    record_line_ = line_;
    line_ += lines_in_record_;
    if (!transcoder_) {
      const std::string_view record{buffer_.data() + begin_, record_end_ - begin_};
      if (utf8_valid_prefix(record) != record.size() && bad_rows_++ == 0) bad_row_line_ = record_line_;
    }
    begin_ = record_end_;
    if (spans_.size() == 1 && spans_[0].begin == spans_[0].end) continue;  // an empty line
    fields.clear();
    for (const Span& span : spans_)
      fields.push_back(span.quoted ? unquote(span)
                                   : std::string_view{buffer_.data() + span.begin, span.end - span.begin});
    return true;
  }
}

namespace {

/// Apostrophes or none, then a sign that begins a formula.
bool begins_formula(std::string_view text) {
  const std::size_t sign = text.find_first_not_of('\'');
  return sign != std::string_view::npos && std::string_view{"=+-@\t\r"}.find(text[sign]) != std::string_view::npos;
}

}  // namespace

std::string csv_field(std::string_view text, char delimiter) {
  std::string out;
  const bool number = text.find_first_not_of("+-0123456789.,") == std::string_view::npos;
  if (begins_formula(text) && !number) out += '\'';
  out += text;
  const bool plain = out.find_first_of("\"\r\n") == std::string::npos && out.find(delimiter) == std::string::npos;
  if (plain) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string_view csv_unguarded(std::string_view text) {
  return text.starts_with('\'') && begins_formula(text) ? text.substr(1) : text;
}

}  // namespace guichet::formats
