#!/usr/bin/env python3
"""The same input gives the same bytes: from one executable twice, or from two builds.

Usage: twice.py GUICHET [OTHER], at the root of the sources
"""
import hashlib
import subprocess
import sys
import tempfile

LOG = ["samples/marketplace.csv.gz", "--mapping", "samples/marketplace.toml"]
PROCEDURES = ["next-available", "guichet-unique", "p2b-minimum"]
COMMANDS = [["measure", *LOG, form] for form in ("--json", "--csv")]
COMMANDS += [["measure", *LOG, "--language", language] for language in ("en", "fr")]
COMMANDS += [["measure", *LOG, "--language", "fr", "--html", "-"], ["mapping", LOG[0]]]
COMMANDS += [["lint", *PROCEDURES, "--language", language] for language in ("en", "fr")]
COMMANDS += [["lint", *PROCEDURES, "--json"], ["lint", "--rules"]]
COMMANDS += [["explain", name, "--language", "fr", "--format", form] for name in PROCEDURES for form in
             ("text", "html", "svg")]


def answer(program: str, words: list[str], folder: str) -> tuple[int, str, int]:
    """Exit code, digest and size of what it prints, in a folder and a time zone of its own."""
    environment = {"LC_ALL": "C", "TMPDIR": folder, "TZ": "Asia/Kathmandu" if folder.endswith("b") else "UTC"}
    done = subprocess.run([program, *words], env=environment, capture_output=True, check=False)
    return done.returncode, hashlib.sha256(done.stdout).hexdigest(), len(done.stdout)


def main(first: str, second: str) -> int:
    wrong = 0
    for words in COMMANDS:
        with tempfile.TemporaryDirectory(suffix="a") as a, tempfile.TemporaryDirectory(suffix="b") as b:
            one, two = answer(first, words, a), answer(second, words, b)
        if one != two or one[2] == 0 or one[0] not in (0, 1):
            print(f"guichet {' '.join(words)}\n  {first}: {one}\n  {second}: {two}")
            wrong += 1
    print(f"{len(COMMANDS)} commands, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[-1]))
