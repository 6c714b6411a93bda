#include <guichet/desk/pages/templates.hpp>

#include <algorithm>
#include <set>

#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

/// Runs of so many words are told apart; fewer words meet by chance.
constexpr std::size_t kRun = 5;

bool of_a_word(unsigned char c) {
  return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Runs of letters and digits in small letters; letters outside ASCII stay as they are.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!of_a_word(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    std::string word;
    for (; i < text.size() && of_a_word(static_cast<unsigned char>(text[i])); ++i) {
      const char c = text[i];
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string run_at(const std::vector<std::string>& words, std::size_t first, std::size_t length) {
  std::string run;
  for (std::size_t i = 0; i < length; ++i) run.append(words[first + i]).append(" ");
  return run;
}

/// Which words of `words` stand in a run that `other` has too.
std::vector<bool> covered(const std::vector<std::string>& words, const std::vector<std::string>& other) {
  std::vector<bool> marks(words.size());
  const std::size_t length = std::min(kRun, words.size());
  if (length == 0 || other.size() < length) return marks;
  std::set<std::string> runs;
  for (std::size_t i = 0; i + length <= other.size(); ++i) runs.insert(run_at(other, i, length));
  for (std::size_t i = 0; i + length <= words.size(); ++i)
    if (runs.contains(run_at(words, i, length)))
      std::fill_n(marks.begin() + static_cast<std::ptrdiff_t>(i), length, true);
  return marks;
}

}  // namespace

ledger::Record to_record(const Template& piece) {
  formats::JsonWriter json(0);
  json.begin_object();
  json.key("name").value(piece.name);
  json.key("en").value(piece.en);
  json.key("fr").value(piece.fr);
  json.key("matter").value(piece.matter);
  if (!piece.team.empty()) json.key("team").value(piece.team);
  json.key("by").value(piece.by.value);
  json.key("changed").value(print_instant(piece.changed));
  json.end_object();
  return {
      .kind = "template", .key = piece.key, .owner = 0, .at = kNever, .body = json.take(), .revision = piece.revision};
}

Result<Template> template_from(const ledger::Record& record) {
  GUICHET_TRY(json, formats::parse_json(record.body, "template " + record.key));
  const auto text = [&](std::string_view key) {
    const formats::JsonValue* value = json.find(key);
    return value == nullptr ? std::string{} : value->text;
  };
  const formats::JsonValue* by = json.find("by");
  return Template{.key = record.key,
                  .name = text("name"),
                  .en = text("en"),
                  .fr = text("fr"),
                  .matter = text("matter"),
                  .team = text("team"),
                  .by = ActorId{by == nullptr ? 0U : static_cast<std::uint32_t>(by->integer)},
                  .changed = parse_instant(text("changed")).value_or(Instant{}),
                  .revision = record.revision};
}

std::vector<Template> all_templates(ledger::Reader& reader) {
  std::vector<Template> templates;
  ledger::RecordQuery query;
  query.kind = "template";
  const auto records = reader.records(query);
  if (!records) return templates;
  for (const ledger::Record& record : *records)
    if (auto piece = template_from(record)) templates.push_back(std::move(*piece));
  std::ranges::sort(templates, {}, &Template::name);
  return templates;
}

std::vector<Template> templates_for(std::vector<Template> all, const std::vector<std::string>& teams) {
  std::erase_if(all, [&](const Template& piece) {
    return !piece.team.empty() && std::ranges::find(teams, piece.team) == teams.end();
  });
  return all;
}

std::string filled_in(std::string_view text, std::initializer_list<formats::Argument> values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t brace = text.find('{');
    filled.append(text.substr(0, brace));
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace);
    const std::size_t end = text.find('}');
    const std::string_view name = end == std::string_view::npos ? std::string_view{} : text.substr(1, end - 1);
    const auto value = std::ranges::find(values, name, &formats::Argument::name);
    if (!name.empty() && value != values.end()) {
      filled.append(value->value);
      text.remove_prefix(end + 1);
    } else {
      filled += '{';
      text.remove_prefix(1);
    }
  }
  return filled;
}

Boilerplate boilerplate_of(std::string_view text, const std::vector<Template>& templates) {
  const std::vector<std::string> words = words_of(text);
  Boilerplate found{.words = static_cast<std::uint32_t>(words.size()), .shared = 0, .closest = {}};
  std::vector<bool> all(words.size());
  std::ptrdiff_t most = 0;
  for (const Template& piece : templates) {
    std::vector<bool> here(words.size());
    for (const std::string* body : {&piece.en, &piece.fr}) {
      const std::vector<bool> marks = covered(words, words_of(*body));
      for (std::size_t i = 0; i < marks.size(); ++i) here[i] = here[i] || marks[i];
    }
    for (std::size_t i = 0; i < here.size(); ++i) all[i] = all[i] || here[i];
    const std::ptrdiff_t count = std::ranges::count(here, true);
    if (count > most) {
      most = count;
      found.closest = piece.name;
    }
  }
  found.shared = static_cast<std::uint32_t>(std::ranges::count(all, true));
  return found;
}

}  // namespace guichet::desk
