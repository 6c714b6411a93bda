#!/usr/bin/env python3
"""Every C++ source is as clang-format-19 would write it. Usage: tests/format.py [--fix]"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "bench")


def main() -> int:
    sources = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.[ch]pp"))
    mode = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "--Werror"]
    if subprocess.run(["clang-format-19", *mode, *sources], check=False).returncode == 0:
        return 0
    print("Some sources are not formatted; run tests/format.py --fix")
    return 1


if __name__ == "__main__":
    sys.exit(main())
