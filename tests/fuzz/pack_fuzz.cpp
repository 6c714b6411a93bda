// The reader of rule packs against foreign bytes: it reads them or says where they are wrong, and what it
// reads can be held against a procedure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <guichet/base/check.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/lint.hpp>
#include <guichet/rulebook/packs.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::rulebook;
  const auto pack = read_pack({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!pack) {
    GUICHET_CHECK(pack.error().detail.starts_with("fuzz.toml:"), "every fault has a place");
    return 0;
  }
  const ProcedureFile empty;
  const LintReport report = lint(empty, {&*pack, 1}, {.on = pack->as_of, .enterprise = Enterprise{1, 1}});
  const NotApplied& rest = report.not_applied;
  GUICHET_CHECK(
      report.checked + rest.not_yet + rest.no_longer + rest.spared_by_size + rest.not_concerned == pack->rules.size(),
      "every rule is applied or says why not");
  GUICHET_CHECK(!print_report(empty, report, guichet::formats::Phrases{guichet::formats::Language::fr}).empty(),
                "what was found can be told");
  return 0;
}
