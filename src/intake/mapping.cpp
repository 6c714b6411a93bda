#include <guichet/intake/mapping.hpp>

#include <algorithm>
#include <array>

#include <guichet/core/names.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/formats/whole_file.hpp>
#include <guichet/formats/zone.hpp>
#include <guichet/intake/logs/time_format.hpp>

namespace guichet::intake {
namespace {

using formats::TomlTable;
using formats::TomlValue;

/// A text, or an array of texts.
std::vector<std::string> one_or_more(TomlTable& table, std::string_view key) {
  const TomlValue* value = table.any(key);
  if (value == nullptr) return {};
  if (value->kind == TomlValue::Kind::text) return {value->text};
  if (value->kind == TomlValue::Kind::array) return table.texts(key);
  table.fault(table.place(key), "\"" + std::string(key) + "\" is " + std::string(formats::kind_name(value->kind)) +
                                    "; write a text or a list of texts");
  return {};
}

std::vector<std::string> read_columns(TomlTable& table, std::string_view key) {
  auto columns = one_or_more(table, key);
  for (const std::string& column : columns)
    if (column.empty()) table.fault(table.place(key), "a column without a name; write its name as the header has it");
  return columns;
}

/// The tests of an inline table: {activity = …, status_not = …, column = …, is = …, is_not = …}.
Condition read_tests(TomlTable& table) {
  Condition condition;
  for (std::size_t i = 0; i < kRoles; ++i) {
    const std::string role{kRoleNames[i]};
    ValueTest test;
    test.role = static_cast<Role>(i);
    test.is = one_or_more(table, role);
    test.is_not = one_or_more(table, role + "_not");
    if (!test.is.empty() || !test.is_not.empty()) condition.tests.push_back(std::move(test));
  }
  ValueTest test;
  test.column = table.text("column");
  test.is = one_or_more(table, "is");
  test.is_not = one_or_more(table, "is_not");
  const bool tests = !test.is.empty() || !test.is_not.empty();
  if (!test.column.empty() && !tests)
    table.fault(table.place("column"), "no value to compare with; write is = or is_not =");
  if (test.column.empty() && tests)
    table.fault(table.place(table.has("is") ? "is" : "is_not"), "of which column? write column =");
  if (!test.column.empty()) condition.tests.push_back(std::move(test));
  return condition;
}

/// A table of tests, or an array of such tables that must all hold.
Condition read_condition(TomlTable& parent, std::string_view key) {
  Condition condition;
  const auto read = [&](TomlTable table) {
    Condition part = read_tests(table);
    if (table.present() && part.tests.empty())
      table.fault(table.place(), "a condition without a test; write for example {activity = \"…\"}");
    table.finish();
    condition.tests.insert(condition.tests.end(), part.tests.begin(), part.tests.end());
  };
  const TomlValue* const value = parent.any(key);
  if (value != nullptr && value->kind == TomlValue::Kind::array)
    parent.each(key, read);
  else
    read(parent.table(key));
  return condition;
}

std::optional<EventKind> read_event(TomlTable& table) {
  const std::string word = table.text("event");
  if (word.empty()) return std::nullopt;
  const auto kind = event_named(word);
  if (!kind) {
    std::vector<std::string> known{"resolved"};
    for (const auto spelling : spellings<EventKind>()) known.emplace_back(spelling);
    const std::string near = formats::nearest_word(word, known);
    table.fault(table.place("event"),
                "there is no event \"" + word + "\"" +
                    (near.empty() ? std::string{"; the events are listed in docs/mapping-format.md"}
                                  : "; did you mean \"" + near + "\"?"));
    return std::nullopt;
  }
  return kind;
}

template <class Enum>
std::optional<Enum> read_word(TomlTable& table, std::string_view key) {
  const auto all = spellings<Enum>();
  if (!table.has(key)) {
    table.any(key);
    return std::nullopt;
  }
  return static_cast<Enum>(table.choice(key, all, 0));
}

EventColumns read_event_columns(TomlTable& table) {
  EventColumns columns;
  columns.activity = read_columns(table, "activity");
  columns.status = read_columns(table, "status");
  columns.transition = read_columns(table, "transition");
  columns.person = read_columns(table, "person");
  columns.team = read_columns(table, "team");
  columns.time = read_columns(table, "time");
  columns.text = read_columns(table, "text");
  columns.kind = read_columns(table, "kind");
  columns.by = read_columns(table, "by");
  columns.turn = read_columns(table, "turn");
  columns.words = read_columns(table, "words");
  columns.marks = read_columns(table, "marks");
  return columns;
}

TimeRule read_time(TomlTable table) {
  TimeRule rule;
  rule.formats = one_or_more(table, "formats");
  for (const std::string& format : rule.formats) {
    const auto compiled = TimeFormat::compile(format);
    if (!compiled) table.fault(table.place("formats"), compiled.error().detail);
  }
  rule.zone = table.text("zone");
  if (!rule.zone.empty())
    if (const auto steps = formats::zone_steps(rule.zone, 0, 1); !steps)
      table.fault(table.place("zone"), steps.error().detail);
  table.finish();
  return rule;
}

char read_sign(TomlTable& table, std::string_view key, char fallback) {
  const std::string word = table.text(key, std::string(1, fallback));
  if (word == "tab") return '\t';
  if (word.size() != 1 || static_cast<unsigned char>(word[0]) >= 0x80 || word[0] == '\n' || word[0] == '\r') {
    table.fault(table.place(key), "\"" + std::string(key) + "\" must be one sign, or \"tab\"");
    return fallback;
  }
  return word[0];
}

void read_csv(TomlTable table, Mapping& mapping) {
  if (table.has("delimiter"))
    mapping.csv.delimiter = read_sign(table, "delimiter", ',');
  else
    table.any("delimiter");
  if (table.has("quote") && table.text("quote") == "none")
    mapping.csv.quote = '\0';
  else
    mapping.csv.quote = read_sign(table, "quote", '"');
  mapping.csv_header = table.flag("header", true);
  mapping.csv_formula_guard = table.flag("formula_guard", false);
  const std::string encoding = table.text("encoding");
  if (!encoding.empty()) {
    mapping.csv.encoding = formats::encoding_from(encoding);
    if (!mapping.csv.encoding)
      table.fault(table.place("encoding"),
                  "the encoding \"" + encoding +
                      "\" is not known; write utf-8, utf-16le, utf-16be, iso-8859-1 or windows-1252");
  }
  if (mapping.csv.delimiter && *mapping.csv.delimiter == mapping.csv.quote)
    table.fault(table.place("quote"),
                "the quote sign is the delimiter; write quote = \"none\" when the file has no quotes");
  table.finish();
}

void read_xes_names(TomlTable& document, Mapping& mapping) {
  const TomlValue* const names = document.get("xes_names", TomlValue::Kind::table);
  if (names == nullptr) return;
  for (const formats::TomlMember& member : names->members) {
    if (member.value.kind != TomlValue::Kind::text || member.value.text.empty())
      document.fault(member.value.place, "what is \"" + member.key + "\" called in XES? write a text");
    mapping.xes_names.emplace_back(member.key, member.value.text);
  }
}

void read_recognise(TomlTable table, Mapping& mapping) {
  constexpr std::array<std::string_view, 3> kFormats{"any", "csv", "xes"};
  mapping.recognise = read_columns(table, "columns");
  mapping.recognise_format = kFormats[table.choice("format", kFormats, 0)];
  if (mapping.recognise_format == "any") mapping.recognise_format.clear();
  table.each("values", [&](TomlTable each) {
    ValueTest test;
    test.column = each.text("column");
    test.is = one_or_more(each, "is");
    each.require("column", "write the column whose values are looked at");
    each.require("is", "write the values that must occur");
    each.finish();
    mapping.recognise_values.push_back(std::move(test));
  });
  table.finish();
}

void read_persons(TomlTable table, Mapping& mapping) {
  const auto add = [&](std::string_view key, std::optional<Party> by, bool system) {
    const auto names = one_or_more(table, key);
    if (names.empty()) return;
    Meaning meaning;
    meaning.when.tests.push_back({.role = Role::person, .column = {}, .is = names, .is_not = {}});
    meaning.by = by;
    meaning.system = system;
    mapping.meanings.push_back(std::move(meaning));
  };
  add("system", std::nullopt, true);
  add("seller", Party::seller, false);
  add("third", Party::third, false);
  add("desk", Party::desk, false);
  table.finish();
}

Mapping read_document(TomlTable document) {
  Mapping mapping;
  TomlTable head = document.table("mapping");
  mapping.name = head.text("name");
  mapping.describes = head.text("describes");
  head.finish();
  read_recognise(document.table("recognise"), mapping);

  TomlTable columns = document.table("columns");
  mapping.of_case.name = read_columns(columns, "case");
  mapping.of_case.seller = read_columns(columns, "seller");
  mapping.of_case.matter = read_columns(columns, "matter");
  mapping.of_case.amount = read_columns(columns, "amount");
  mapping.of_case.deadline = read_columns(columns, "deadline");
  mapping.of_case.predecessor = read_columns(columns, "predecessor");
  mapping.optional = read_columns(columns, "optional");
  mapping.row = read_event_columns(columns);
  columns.finish();

  document.each("event", [&](TomlTable table) {
    EventColumns event = read_event_columns(table);
    event.activity_is = table.text("is");
    event.plus_seconds = table.text("plus_seconds");
    event.when = read_condition(table, "when");
    for (const ValueTest& test : event.when.tests)
      if (test.role)
        table.fault(table.place("when"),
                    "the condition of a row's event is on a column; write {column = \"…\", is = \"…\"}");
    event.event = read_event(table);
    if (event.activity_is.empty() && event.activity.empty() && !table.recording())
      table.fault(table.place(), "an event without a name; write is = \"…\" or activity = \"a column\"");
    if (!event.activity_is.empty() && !event.activity.empty())
      table.fault(table.place("is"), "both a fixed name and a column for it; keep one");
    if (event.time.empty() && !table.recording())
      table.fault(table.place(), "an event without a time; write time = \"a column\"");
    table.finish();
    mapping.events.push_back(std::move(event));
  });
  if (!document.recording() && mapping.events.empty()) {
    if (mapping.row.time.empty())
      document.fault(columns.place(), "no column is named for the time; write in [columns] time = \"…\"");
    if (mapping.row.activity.empty())
      document.fault(columns.place(), "no column is named for the activity; write in [columns] activity = \"…\"");
  }
  if (!document.recording() && mapping.of_case.name.empty())
    document.fault(columns.place(), "no column is named for the case; write in [columns] case = \"…\"");

  mapping.time = read_time(document.table("time"));
  if (document.has("deadline_time") || document.recording())
    mapping.deadline_time = read_time(document.table("deadline_time"));
  read_csv(document.table("csv"), mapping);
  read_xes_names(document, mapping);

  TomlTable amount = document.table("amount");
  mapping.amount.decimal = read_sign(amount, "decimal", '.');
  if (mapping.amount.decimal != '.' && mapping.amount.decimal != ',')
    amount.fault(amount.place("decimal"), "the decimal sign is \".\" or \",\"");
  mapping.amount.divide_by = amount.whole("divide_by", 1, 1'000'000, 1);
  amount.finish();

  TomlTable values = document.table("values");
  mapping.empty = one_or_more(values, "empty");
  values.finish();

  read_persons(document.table("persons"), mapping);
  document.each("meaning", [&](TomlTable table) {
    Meaning meaning;
    meaning.when = read_tests(table);
    meaning.event = read_event(table);
    meaning.by = read_word<Party>(table, "by");
    meaning.turn = read_word<Turn>(table, "turn");
    meaning.system = table.flag("system", false);
    if (!table.recording() && meaning.when.tests.empty())
      table.fault(table.place(), "a meaning of what? write a test, for example activity = \"…\"");
    if (!table.recording() && !meaning.event && !meaning.by && !meaning.turn && !meaning.system)
      table.fault(table.place(), "a meaning that says nothing; write event, by, turn or system");
    table.finish();
    mapping.meanings.push_back(std::move(meaning));
  });
  document.each("waiting", [&](TomlTable table) {
    Meaning meaning;
    meaning.when = read_tests(table);
    meaning.turn = read_word<Turn>(table, "for");
    if (!table.recording() && meaning.when.tests.empty())
      table.fault(table.place(), "waiting when? write a test, for example status = \"…\"");
    table.require("for", "write for = \"seller\", \"desk\", \"third\" or \"nobody\"");
    table.finish();
    mapping.meanings.push_back(std::move(meaning));
  });
  document.each("skip", [&](TomlTable table) {
    Condition condition = read_tests(table);
    if (!table.recording() && condition.tests.empty())
      table.fault(table.place(), "skip what? write a test, for example {column = \"…\", is = \"…\"}");
    table.finish();
    mapping.skip.push_back(std::move(condition));
  });
  if (TomlTable table = document.table("reopened"); table.present() || table.recording()) {
    mapping.reopened.emplace();
    mapping.reopened->after = read_condition(table, "after");
    mapping.reopened->then = read_condition(table, "then");
    table.require("after", "write after = {…}, what the case must have reached");
    table.require("then", "write then = {…}, what shows that it is open again");
    table.finish();
  }
  if (TomlTable table = document.table("abandoned"); table.present() || table.recording()) {
    mapping.abandoned = read_condition(table, "last");
    table.require("last", "write last = {…}, what the last moment of such a case is");
    table.finish();
  }
  document.finish();
  return mapping;
}

}  // namespace

Result<Mapping> read_mapping(std::string_view text, std::string path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  formats::TomlFaults faults;
  Mapping mapping = read_document(TomlTable(&document, "", {}, faults));
  if (!faults.none()) return faults.error(path);
  if (mapping.name.empty()) mapping.name = path;
  mapping.path = std::move(path);
  return mapping;
}

Result<std::string> mapping_text(const std::string& path) {
  return formats::whole_file(path, formats::kTomlBytesMax, "name a mapping, which is a TOML file");
}

Result<Mapping> load_mapping(const std::string& path) {
  GUICHET_TRY(text, mapping_text(path));
  return read_mapping(text, path);
}

std::optional<EventKind> event_named(std::string_view word) {
  if (word == "resolved") return EventKind::resolution_proposed;
  const auto kind = from_name<EventKind>(word);
  return kind == EventKind::none ? std::nullopt : kind;
}

Mapping named_for_xes(Mapping mapping) {
  const auto rename = [&](std::string& column) {
    for (const auto& [plain, in_xes] : mapping.xes_names)
      if (column == plain) {
        column = in_xes;
        return;
      }
  };
  const auto rename_all = [&](Columns& columns) { std::for_each(columns.begin(), columns.end(), rename); };
  const auto rename_tests = [&](std::vector<ValueTest>& tests) {
    for (ValueTest& test : tests) rename(test.column);
  };
  rename_all(mapping.recognise);
  rename_tests(mapping.recognise_values);
  rename_all(mapping.optional);
  CaseColumns& c = mapping.of_case;
  for (Columns* columns : {&c.name, &c.seller, &c.matter, &c.amount, &c.deadline, &c.predecessor}) rename_all(*columns);
  const auto rename_event = [&](EventColumns& e) {
    for (Columns* columns : {&e.activity, &e.status, &e.transition, &e.person, &e.team, &e.time, &e.text, &e.kind,
                             &e.by, &e.turn, &e.words, &e.marks})
      rename_all(*columns);
    rename(e.plus_seconds);
    rename_tests(e.when.tests);
  };
  rename_event(mapping.row);
  std::for_each(mapping.events.begin(), mapping.events.end(), rename_event);
  for (Condition& skip : mapping.skip) rename_tests(skip.tests);
  for (Meaning& meaning : mapping.meanings) rename_tests(meaning.when.tests);
  if (mapping.reopened) {
    rename_tests(mapping.reopened->after.tests);
    rename_tests(mapping.reopened->then.tests);
  }
  if (mapping.abandoned) rename_tests(mapping.abandoned->tests);
  mapping.xes_names.clear();
  return mapping;
}

std::set<std::string> mapping_keys() {
  std::set<std::string> known;
  formats::TomlFaults faults;
  read_document(TomlTable(nullptr, "", {}, faults, &known));
  return known;
}

bool meets(const ValueTest& test, std::string_view value) {
  const auto among = [&](const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), [&](std::string_view text) {
      return text.ends_with('*') ? value.starts_with(text.substr(0, text.size() - 1)) : value == text;
    });
  };
  return (test.is.empty() || among(test.is)) && (test.is_not.empty() || !among(test.is_not));
}

}  // namespace guichet::intake
