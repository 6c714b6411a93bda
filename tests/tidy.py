#!/usr/bin/env python3
"""The rules of CONTRIBUTING.md that a machine can check. Usage: tests/tidy.py

Each rule carries a line it must refuse and one it must let pass; both are tried first, so a rule that has gone
blind is found out.
"""
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED = {".git", "build", "node_modules", "__pycache__"}
CODE = (".cpp", ".hpp")
TEXT = CODE + (".py", ".cmake", ".txt", ".md", ".toml", ".po", ".sh", ".mjs", ".js", ".css", ".json", ".case")


@dataclasses.dataclass
class Rule:
    """A line of a file under `folders` (all when empty) with one of `endings` may not match `pattern`."""

    pattern: str
    why: str
    bad: str
    good: str
    folders: tuple = ("src/",)
    endings: tuple = CODE
    but: tuple = ()

    def covers(self, name: str) -> bool:
        inside = not self.folders or name.startswith(self.folders)
        return inside and name.endswith(self.endings) and not (self.but and name.startswith(self.but))


ALL_CODE = ("src/", "tests/", "bench/")
RULES = [
    Rule(r'#include\s*"\.\./', "include another room as <guichet/room/file.hpp>",
         '#include "../core/event.hpp"', "#include <guichet/core/event.hpp>", ALL_CODE),
    Rule(r"_clock::now\b|\btime\((?:0|NULL|nullptr)\)|\b(?:gettimeofday|clock_gettime|localtime|mktime)\b",
         "time arrives as an argument", "auto now = std::chrono::system_clock::now();", "Instant now = command.at;",
         but=("src/cli/progress.cpp", "src/desk/wall_clock.cpp")),
    Rule(r"std::unordered_(?:map|set)|<random>|<cmath>|std::(?:log|exp|pow|sin|cos)\(",
         "the rules and what they stand on give the same bits everywhere: no hash order, no libm",
         "std::unordered_map<int, int> seen;", "std::array<int, 3> seen;", ("src/core/", "src/base/")),
    Rule(r"\b(?:double|float)\b", "floating point is for showing, never for deciding",
         "double share = 0.5;", "std::uint32_t share_ppm = 500'000;", ("src/core/",)),
    Rule(r"\b(?:strto[df]|strtold|atof|sto[df]|stold|to(?:lower|upper)|setlocale|strftime|s?scanf"
         r"|(?:put|get)_time|is(?:alpha|digit|space|alnum|punct|xdigit))\s*\(",
         "no function that obeys the locale; std::from_chars and comparisons of bytes do not",
         "double x = std::stod(text);", "std::from_chars(first, last, x);"),
    Rule(r"(?i)\btickets?\b|(?<![A-Za-z])SLA(?![A-Za-z])|[a-z_]ticket|ticket_|Ticket[A-Z]",
         "the glossary says case and clock", "void close_ticket(int ticket_id);", "void close_case(CaseId id);",
         ("src/", "po/", "procedures/", "docs/", "README.md", "ARCHITECTURE.md"), TEXT, ("src/intake/",)),
    Rule(r"\b\w*(?:Manager|Helper|Utils?|Impl)\b|\b(?:process|handle)\(",
         "a name that says what the thing does", "class CaseManager;", "class Calendar;", ALL_CODE),
    Rule(r"\b(?:TODO(?!\([a-z]+\): \S)|FIXME|XXX|HACK)\b", "write TODO(name): what, and when it starts to hurt",
         "// TODO: later", "// TODO(marie): read two files at once, beyond 1 GB", (), TEXT,
         ("tests/tidy.py", "CONTRIBUTING.md")),
    Rule(r"/(?:home|Users)/\w", "no path of one person's machine",
         "open('/home/ann/x')", "open(root / 'x')", (), TEXT, ("tests/tidy.py",)),
    Rule(r"#include\s*<(?:boost|toml\+\+|expat|fmt|date|zlib|libdeflate|CLI)[/.>]",
         "outside libraries stay in .cpp files",
         "#include <boost/json.hpp>", "#include <guichet/formats/json.hpp>", endings=(".hpp",)),
    Rule(r"#include\s*<guichet/(?:expect/|dossier/expectations|desk/expected|desk/pages/expectations)",
         "a forecast decides nothing: only what tells it may see it (GDPR 22, DSA 20(6))",
         "#include <guichet/expect/forecast.hpp>", "#include <guichet/measures/tally.hpp>", ("src/",), CODE,
         ("src/expect/", "src/dossier/expectations", "src/desk/expected", "src/desk/recounts", "src/desk/pages/",
          "src/desk/api/", "src/cli/expect.cpp")),
    Rule(r"^using namespace\b", "a header leaves the names of its readers alone", "using namespace std;",
         "using Language = formats::Language;", ALL_CODE, (".hpp",)),
    Rule(r"\benum class \w+(?: \{|$)", "an enum says its width", "enum class Turn { desk };",
         "enum class Turn : std::uint8_t { desk };", ALL_CODE),
    Rule(r"\bsleep_(?:for|until)\b|\busleep\(|\bMOCK_METHOD|gmock", "tests use real parts and do not wait",
         "std::this_thread::sleep_for(1s);", "EXPECT_EQ(a, b);", ("tests/",)),
    Rule(r"^.{121,}$", "at most 120 columns", "x" * 121, "x" * 120, (), CODE + (".py", ".cmake", ".mjs"), ()),
    Rule(r"[ \t\r]+$", "no space at the end of a line", "a ", "a", (), TEXT,
         ("tests/data/", "tests/golden/", "tests/fuzz/")),
]
FILE_NAME = re.compile(r"[a-z0-9_]+\.(?:hpp|cpp)$")


def refusals(name: str, text: str):
    """(line, why) for everything in the file `name` that breaks a rule."""
    lines = text.split("\n")
    rules = [(re.compile(rule.pattern), rule.why) for rule in RULES if rule.covers(name)]
    for number, line in enumerate(lines, 1):
        for pattern, why in rules:
            if pattern.search(line):
                yield number, why
    if text and not text.endswith("\n") and name.endswith(TEXT):
        yield len(lines), "end the file with a line feed"
    if name.startswith(ALL_CODE) and name.endswith(CODE):
        if not FILE_NAME.fullmatch(name.rsplit("/", 1)[1]):
            yield 1, "file names are snake_case"
        if name.endswith(".hpp"):
            if not re.match(r"// \S.{20,}", lines[0]):
                yield 1, "open a header with what it is for and what it refuses to know"
            if "#pragma once" not in lines:
                yield 1, "write #pragma once"
    if name.startswith("src/") and name.endswith(CODE) and not name.endswith("cli/main.cpp"):
        room = name.split("/")[1]
        wanted = "namespace guichet {" if room in ("base", "core") else f"namespace guichet::{room} {{"
        if wanted not in lines and not any(line.startswith(wanted[:-2] + "::") for line in lines):
            yield 1, f"this room's namespace opens with: {wanted}"


def blind_rules():
    """What is wrong with the rules themselves."""
    for rule in RULES:
        if not re.search(rule.pattern, rule.bad):
            yield f"the rule “{rule.why}” lets pass: {rule.bad}"
        if re.search(rule.pattern, rule.good):
            yield f"the rule “{rule.why}” refuses: {rule.good}"
    header = "src/core/x.hpp"
    good = "// What a test of these rules reads; knows nothing.\n#pragma once\n\nnamespace guichet {\n\n}\n"
    if list(refusals(header, good)):
        yield "a good header is refused"
    for bad in (good[5:], good.replace("#pragma once", ""), good.replace("guichet", "other"), good[:-1]):
        if not list(refusals(header, bad)):
            yield f"a bad header passes: {bad!r}"
    if not list(refusals("src/core/Case-State.hpp", good)):
        yield "a bad file name passes"


def main() -> int:
    found = list(blind_rules())
    read = 0
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if SKIPPED & set(inside.parts) or not path.name.endswith(TEXT) or path.is_symlink() or not path.is_file():
            continue
        name = inside.as_posix()
        read += 1
        if name.startswith(("tests/data/", "tests/fuzz/")) and not name.endswith(CODE + (".md",)):
            continue  # foreign bytes, kept as they came
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            found.append(f"{name}: not UTF-8: {error}")
            continue
        found += [f"{name}:{line}: {why}" for line, why in refusals(name, text)]
    print("\n".join(found) if found else f"{read} files keep the rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
