#include <guichet/rehearsal/keep.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/utf8.hpp>
#include <guichet/core/names.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/file_writer.hpp>

namespace guichet::rehearsal {
namespace {

/// 2026-03-02T09:00:00.000Z: other people's tools guess the format from the first times, so that all look the same.
std::string time_text(Instant at) {
  std::string text = print_instant(at);
  if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000");
  return text;
}

std::string deadline_text(const CaseFacts& facts) {
  return facts.deadline == kNever ? std::string{} : time_text(facts.deadline);
}

std::string amount_text(const CaseFacts& facts) {
  if (facts.amount_cents < 0) return {};
  const std::string cents = std::to_string(facts.amount_cents % 100);
  return std::to_string(facts.amount_cents / 100) + (cents.size() < 2 ? ".0" : ".") + cents;
}

std::string predecessor_text(const CaseFacts& facts) {
  return facts.predecessor ? std::to_string(facts.predecessor.value) : std::string{};
}

std::string words_text(const Moment& moment) {
  return moment.words == 0 ? std::string{} : std::to_string(moment.words);
}

/// The spelling of an enum's value; empty for its first, which says nothing.
template <class Enum>
std::string_view spoken(Enum value) {
  return value == Enum{} ? std::string_view{} : name(value);
}

std::string marks_text(std::uint8_t flags) {
  std::string text;
  for (std::size_t i = 0; i < kMarkNames.size(); ++i)
    if ((flags >> i & 1U) != 0) text.append(text.empty() ? "" : " ").append(kMarkNames[i]);
  return text;
}

/// Letters, digits and the like, none of which any format has to escape.
bool is_quiet(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '_' ||
           c == '.' || c == ':';
  });
}

/// What both forms have in common: the file, and how cases are called.
class Kept : public LogWriter {
 public:
  explicit Kept(formats::FileWriter out) : file(std::move(out)) {}

  void add(const CaseHistory& history, const Vocabulary& names) final {
    if (history.moments.empty()) return;
    ++cases_;
    written.clear();
    write(history.facts.name.empty() ? std::to_string(cases_) : std::string{history.facts.name}, history, names);
    file.write(written);
  }

 protected:
  virtual void write(const std::string& name, const CaseHistory& history, const Vocabulary& names) = 0;

  bool first_case() const { return cases_ == 1; }

  formats::FileWriter file;
  std::string written;  // of one case

 private:
  std::uint64_t cases_ = 0;
};

class KeptCsv final : public Kept {
 public:
  explicit KeptCsv(formats::FileWriter out) : Kept(std::move(out)) {
    file.write(
        "case,activity,time,person,team,status,event,by,turn,words,marks,seller,matter,amount,deadline,"
        "predecessor\n");
  }
  Outcome finish() override { return file.finish(); }

 private:
  static void put(std::string& out, std::string_view text) {
    if (is_quiet(text))
      out += text;
    else
      out += formats::csv_field(kept_text(text));
  }

  void write(const std::string& name, const CaseHistory& history, const Vocabulary& names) override {
    const CaseFacts& facts = history.facts;
    std::string of_case;
    for (const std::string_view text :
         {Vocabulary::name(names.sellers, facts.seller), Vocabulary::name(names.matters, facts.matter)}) {
      of_case += ',';
      put(of_case, text);
    }
    of_case += ',' + amount_text(facts) + ',' + deadline_text(facts) + ',' + predecessor_text(facts) + '\n';
    for (const Moment& m : history.moments) {
      put(written, name);
      const auto next = [&](std::string_view text) {
        written += ',';
        put(written, text);
      };
      next(Vocabulary::name(names.activities, m.activity));
      written += ',' + time_text(m.at);
      next(Vocabulary::name(names.persons, m.person));
      next(Vocabulary::name(names.teams, m.team));
      next(Vocabulary::name(names.statuses, m.status));
      next(spoken(m.kind));
      next(spoken(m.party));
      next(spoken(m.turn));
      next(words_text(m));
      next(marks_text(m.flags));
      written += of_case;
    }
  }
};

class KeptXes final : public Kept {
 public:
  explicit KeptXes(formats::FileWriter out) : Kept(std::move(out)) {
    // IEEE 1849-2016. Only what every trace and event has is declared global.
    file.write(R"(<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<string key="lifecycle:model" value="standard"/>
)");
  }

  Outcome finish() override {
    file.write("</log>\n");
    return file.finish();
  }

 private:
  enum class When : std::uint8_t { said, always };

  void escape(std::string_view text) {
    if (is_quiet(text)) {
      written += text;
      return;
    }
    for (const char c : kept_text(text)) {
      switch (c) {
        case '&': written += "&amp;"; break;
        case '<': written += "&lt;"; break;
        case '>': written += "&gt;"; break;
        case '"': written += "&quot;"; break;
        case '\t': written += "&#9;"; break;
        case '\n': written += "&#10;"; break;
        case '\r': written += "&#13;"; break;
        default: written += c;
      }
    }
  }

  void put(std::string_view type, std::string_view key, std::string_view value, When when = When::said) {
    if (value.empty() && when == When::said) return;
    written.append("<").append(type).append(" key=\"").append(key).append("\" value=\"");
    escape(value);
    written += "\"/>";
  }

  void write(const std::string& name, const CaseHistory& history, const Vocabulary& names) override {
    const CaseFacts& facts = history.facts;
    // The first event shows all that events may say, so that a reader knows what the log could have said.
    When all = first_case() ? When::always : When::said;
    written += "<trace>";
    put("string", "concept:name", name, When::always);
    put("string", "seller", Vocabulary::name(names.sellers, facts.seller), all);
    put("string", "matter", Vocabulary::name(names.matters, facts.matter), all);
    put("float", "amount", amount_text(facts));
    put("date", "deadline", deadline_text(facts));
    put("string", "predecessor", predecessor_text(facts));
    written += '\n';
    for (const Moment& m : history.moments) {
      written += "<event>";
      put("string", "concept:name", Vocabulary::name(names.activities, m.activity), When::always);
      put("date", "time:timestamp", time_text(m.at));
      put("string", "lifecycle:transition", "complete");
      put("string", "org:resource", Vocabulary::name(names.persons, m.person), all);
      put("string", "org:group", Vocabulary::name(names.teams, m.team), all);
      put("string", "status", Vocabulary::name(names.statuses, m.status), all);
      put("string", "event", spoken(m.kind), all);
      put("string", "by", spoken(m.party), all);
      put("string", "turn", spoken(m.turn), all);
      put("int", "words", words_text(m));
      put("string", "marks", marks_text(m.flags), all);
      written += "</event>\n";
      all = When::said;
    }
    written += "</trace>\n";
  }
};

/// The path without ".gz".
std::string_view unpacked(std::string_view path) {
  return path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path;
}

}  // namespace

std::string kept_text(std::string_view text) {
  std::string out;
  const std::string repaired = utf8_repair(text);
  for (std::size_t i = 0; i < repaired.size(); ++i) {
    const auto c = static_cast<unsigned char>(repaired[i]);
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    if (c < 0x20 && !blank) {
      out += {'\xE2', '\x90', static_cast<char>(0x80 + c)};
    } else if (repaired.compare(i, 2, "\xEF\xBF") == 0 && static_cast<unsigned char>(repaired[i + 2]) >= 0xBE) {
      out += "\uFFFD";  // U+FFFE and U+FFFF are no characters (XML 1.0, 2.2)
      i += 2;
    } else {
      out += repaired[i];
    }
  }
  return out;
}

Result<std::unique_ptr<LogWriter>> LogWriter::open(const std::string& path) {
  const bool csv = unpacked(path).ends_with(".csv");
  if (!csv && !unpacked(path).ends_with(".xes"))
    return Error{Fault::usage,
                 path + ": a history is kept as CSV or XES; end the name in .csv, .xes, .csv.gz or .xes.gz"};
  GUICHET_TRY(out, formats::FileWriter::create(path));
  if (csv) return std::unique_ptr<LogWriter>(std::make_unique<KeptCsv>(std::move(out)));
  return std::unique_ptr<LogWriter>(std::make_unique<KeptXes>(std::move(out)));
}

}  // namespace guichet::rehearsal
