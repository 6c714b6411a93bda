#!/usr/bin/env python3
"""Compiles a file twice: plain it is accepted, with -DFORBIDDEN it is refused in the words of its head.

Usage: refused.py FILE COMPILER [FLAG…]        the head of FILE holds a line: // Refused: regular expression
"""
import re
import subprocess
import sys


def main(source: str, compile_with: list[str]) -> int:
    with open(source, encoding="utf-8") as file:
        expected = re.search(r"^// Refused: (.+)$", file.read(), re.MULTILINE)
    if not expected:
        print(f"{source}: say in the head what the compiler answers: // Refused: …")
        return 1
    good = subprocess.run([*compile_with, source], capture_output=True, text=True, check=False)
    if good.returncode != 0:
        print(f"The twin that must compile does not:\n{good.stderr}")
        return 1
    bad = subprocess.run([*compile_with, "-DFORBIDDEN", source], capture_output=True, text=True, check=False)
    if bad.returncode == 0:
        print(f"{source}: the forbidden line compiles")
        return 1
    if not re.search(r"error: .*(?:" + expected[1] + ")", bad.stderr):
        print(f"Refused, but not with “{expected[1]}”:\n{bad.stderr}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
