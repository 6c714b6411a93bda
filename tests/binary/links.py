#!/usr/bin/env python3
"""Links between our own documents lead to files that are there. Usage: links.py"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main() -> int:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("recipes/*/*.md")]
    wrong = []
    links = 0
    for page in pages:
        for link in re.findall(r'\]\(([^)#\s]+)[^)]*\)|src="([^"]+)"', page.read_text(encoding="utf-8")):
            target = link[0] or link[1]
            if re.match(r"[a-z]+:", target):
                continue
            links += 1
            if not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target} is not there")
    print("\n".join(wrong) if wrong else f"{links} links in {len(pages)} pages")
    return 1 if wrong or not links else 0


if __name__ == "__main__":
    sys.exit(main())
