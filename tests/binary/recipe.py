#!/usr/bin/env python3
"""Runs a recipe and compares what it prints. Usage: recipe.py GUICHET FOLDER

FOLDER holds README.md, run.sh and expected.txt; GUICHET_BLESS=1 rewrites the last.
"""
import difflib
import os
import pathlib
import sys

import shell


def main(guichet: str, folder: str) -> int:
    recipe = pathlib.Path(folder)
    if not (recipe / "README.md").read_text(encoding="utf-8").startswith("# "):
        print(f"{recipe}/README.md does not begin with a title")
        return 1
    done = shell.run(guichet, (recipe / "run.sh").read_text(encoding="utf-8"))
    printed = f"{done.stdout}exit code {done.returncode}\n"
    if os.environ.get("GUICHET_BLESS"):
        (recipe / "expected.txt").write_text(printed, encoding="utf-8")
    expected = (recipe / "expected.txt").read_text(encoding="utf-8")
    if printed == expected:
        return 0
    print("".join(difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "expected", "printed")))
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
