#include <guichet/intake/logs/sample.hpp>

#include <algorithm>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/xml.hpp>
#include <guichet/intake/logs/csv_log.hpp>

namespace guichet::intake {
namespace {

std::string kept(std::string_view value) { return utf8_repair(value.substr(0, kSampleValueBytes)); }

/// Whether a first record can be a header: names are there, differ, and none is a number.
bool is_header(const std::vector<std::string_view>& fields) {
  std::size_t named = 0;
  for (const std::string_view field : fields) {
    if (field.empty()) continue;
    ++named;
    if (field.find_first_not_of("0123456789.,:/- ") == std::string_view::npos) return false;
  }
  return named > 0;
}

class XesSampler {
 public:
  explicit XesSampler(Sample& sample) : sample_(sample) {}

  Outcome read(formats::ByteSource& source) {
    formats::XmlHandlers handlers;
    handlers.start = [this](std::string_view name, const formats::XmlAttributes& attributes) {
      return start(name, attributes);
    };
    handlers.end = [this](std::string_view) {
      --depth_;
      if (depth_ == 2 && in_event_) in_event_ = false;
      return full_ ? std::string("enough") : std::string{};
    };
    auto outcome = formats::XmlReader(std::move(handlers)).read(source);
    if (full_) return Done{};
    sample_.whole = static_cast<bool>(outcome);
    return outcome;
  }

 private:
  std::string start(std::string_view name, const formats::XmlAttributes& attributes) {
    ++depth_;
    if (depth_ == 1 && name != "log")
      return "this is not an XES log: its root element is <" + utf8_cut(name, 40) + ">, not <log>";
    if (depth_ == 2) {
      in_trace_ = name == "trace";
      if (in_trace_) {
        ++traces_;
        of_trace_.clear();
      }
    } else if (depth_ == 3 && in_trace_ && name == "event") {
      if (sample_.rows.size() == kSampleRows) {
        full_ = true;
        return "enough";
      }
      in_event_ = true;
      sample_.rows.emplace_back(of_trace_);
      sample_.trace.push_back(traces_);
    } else if (depth_ == 3 && in_trace_) {
      put(of_trace_, "trace:" + std::string(attributes.get("key")), attributes.get("value"));
    } else if (depth_ == 4 && in_event_) {
      put(sample_.rows.back(), std::string(attributes.get("key")), attributes.get("value"));
    }
    return {};
  }

  void put(std::vector<std::string>& row, const std::string& key, std::string_view value) {
    auto found = std::find(sample_.columns.begin(), sample_.columns.end(), key);
    if (found == sample_.columns.end()) {
      if (sample_.columns.size() >= 1000) return;  // keys made up per event are no columns
      sample_.columns.push_back(key);
      found = sample_.columns.end() - 1;
    }
    const auto column = static_cast<std::size_t>(found - sample_.columns.begin());
    if (row.size() <= column) row.resize(column + 1);
    row[column] = kept(value);
  }

  Sample& sample_;
  int depth_ = 0;
  bool in_trace_ = false, in_event_ = false, full_ = false;
  std::uint32_t traces_ = 0;
  std::vector<std::string> of_trace_;
};

}  // namespace

bool looks_like_xml(std::string_view start) {
  for (const char c : start) {
    const auto byte = static_cast<unsigned char>(c);
    // Byte order marks, the zero bytes of UTF-16, and blanks may stand before the first sign.
    if (byte == 0xEF || byte == 0xBB || byte == 0xBF || byte == 0xFE || byte == 0xFF || byte == 0) continue;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    return c == '<';
  }
  return false;
}

Result<Sample> take_sample(formats::ByteSource source) {
  Sample sample;
  sample.source = source.label();
  GUICHET_TRY(start, source.peek(256));
  sample.xes = looks_like_xml(start);
  if (sample.xes) {
    GUICHET_TRY(done, XesSampler(sample).read(source));
    static_cast<void>(done);
    return sample;
  }
  GUICHET_TRY(csv, formats::CsvReader::open(std::move(source), {}));
  sample.delimiter = csv.delimiter();
  sample.encoding = csv.encoding();
  std::vector<std::string_view> fields;
  GUICHET_TRY(any, csv.next(fields));
  if (!any) return Error{Fault::unreadable, sample.source + ": the file is empty; a log has a header and rows"};
  sample.header = is_header(fields);
  if (sample.header) {
    sample.columns = column_names(fields, nullptr);
  } else {
    for (std::size_t i = 0; i < fields.size(); ++i) sample.columns.push_back("column " + std::to_string(i + 1));
  }
  bool row = !sample.header;
  while (sample.rows.size() < kSampleRows) {
    if (!row) {
      GUICHET_TRY(more, csv.next(fields));
      if (!more) {
        sample.whole = true;
        break;
      }
    }
    row = false;
    if (fields.size() != sample.columns.size()) continue;
    auto& values = sample.rows.emplace_back();
    for (const std::string_view field : fields) values.push_back(kept(field));
  }
  return sample;
}

}  // namespace guichet::intake
