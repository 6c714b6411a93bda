// docs/http-api.md lists the acts and routes that there are. GUICHET_BLESS=1 writes them anew.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {
namespace {

const std::string kPath = std::string{GUICHET_SOURCE_DIR} + "/docs/http-api.md";

std::string acts_table() {
  std::string table = "| act | right | fields (needed ones in bold) | what it does |\n| --- | --- | --- | --- |\n";
  for (const ActSpec& spec : all_acts()) {
    table += "| `" + std::string{spec.name} + "` | " + std::string{name(spec.right)} + " | ";
    bool first = true;
    for (const ActField& field : spec.fields) {
      table += (first ? "" : ", ") + std::string{field.required ? "**`" : "`"} + std::string{field.name};
      table += field.required ? "`**" : "`";
      first = false;
    }
    table += (spec.fields.empty() ? "none" : "") + std::string{" | "} + std::string{spec.summary} + " |\n";
  }
  return table;
}

std::string routes_table() {
  std::string table = "| method | path | right | what it is |\n| --- | --- | --- | --- |\n";
  for (const Route& route : all_routes())
    table += "| " + std::string{name(route.method)} + " | `" + std::string{route.pattern} + "` | " +
             std::string{name(route.right)} + " | " + std::string{route.summary} + " |\n";
  return table;
}

std::string parameters_table() {
  std::string table = "| path | parameter | choices | meaning |\n| --- | --- | --- | --- |\n";
  for (const Route& route : all_routes())
    for (const ActField& field : route.asks) {
      std::string choices;
      for (const std::string_view choice : field.choices)
        choices += (choices.empty() ? "`" : ", `") + std::string{choice} + "`";
      table += "| `" + std::string{route.pattern} + "` | `" + std::string{field.name} + "` | " +
               (choices.empty() ? "·" : choices) + " | " + std::string{field.meaning} + " |\n";
    }
  return table;
}

/// The page with the table after the mark put in, or in place of the one that stands there.
std::string with_table(std::string page, const std::string& mark, const std::string& table) {
  const std::size_t at = page.find(mark);
  if (at == std::string::npos) return page;
  std::size_t end = at + mark.size();
  std::size_t after = end;
  while (after < page.size() && page[after] == '\n') ++after;
  if (after < page.size() && page[after] == '|') {
    while (after < page.size() && page[after] == '|') after = page.find('\n', after) + 1;
    end = after;
  }
  std::string rest = page.substr(end);
  while (rest.starts_with('\n')) rest.erase(0, 1);
  return page.substr(0, at) + mark + "\n\n" + table + (rest.empty() ? "" : "\n" + rest);
}

TEST(HttpApiDocument, ListsWhatThereIs) {
  std::stringstream room;
  room << std::ifstream(kPath).rdbuf();
  const std::string stands = room.str();
  ASSERT_NE(stands.find("<!-- acts -->"), std::string::npos);
  ASSERT_NE(stands.find("<!-- parameters -->"), std::string::npos);
  const std::string should = with_table(
      with_table(with_table(stands, "<!-- acts -->", acts_table()), "<!-- parameters -->", parameters_table()),
      "<!-- routes -->", routes_table());
  if (std::getenv("GUICHET_BLESS") != nullptr) std::ofstream(kPath) << should;
  EXPECT_EQ(stands, should) << "GUICHET_BLESS=1 writes the tables anew";
}

}  // namespace
}  // namespace guichet::desk
