#!/usr/bin/env python3
"""The table of rooms in ARCHITECTURE.md says what CMakeLists.txt builds. Usage: rooms.py

A row is | room | what it is for | rooms it names | outside libraries |.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main() -> int:
    built = {}
    for name, rest in re.findall(r"^guichet_room\((\w+)([^)]*)\)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE):
        arrows = re.search(r"DEPENDS ([\w ]+?)(?: LINKS|$)", rest.strip())
        built[name] = set(arrows[1].split()) if arrows else set()
    told = {}
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name, arrows in re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE):
        told[name] = set(re.findall(r"`(\w+)`", arrows))
    rooms = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    wrong = [f"{name}: CMakeLists.txt has {sorted(built.get(name, []))}, ARCHITECTURE.md {sorted(told.get(name, []))}"
             for name in sorted(built.keys() | told.keys()) if name != "cli" and built.get(name) != told.get(name)]
    wrong += [f"{name}: a folder of src/ without a row in ARCHITECTURE.md" for name in sorted(rooms - told.keys())]
    print("\n".join(wrong) if wrong else f"{len(built)} rooms are told as they are")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
