#!/usr/bin/env python3
"""The same input gives the same bytes: from one executable twice, or from two builds.

Usage: twice.py GUICHET [OTHER [RULES_DIGEST OTHER_RULES_DIGEST]], at the root of the sources
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
COMMANDS += [["compare", LOG[0], *LOG, "--mapping-b", LOG[2], form] for form in ("--json", "--csv")]
COMMANDS += [["lint", *PROCEDURES, "--language", language] for language in ("en", "fr")]
COMMANDS += [["lint", *PROCEDURES, "--json"], ["lint", "--rules"]]
COMMANDS += [["explain", name, "--language", "fr", "--format", form] for name in PROCEDURES for form in
             ("text", "html", "svg")]

REHEARSAL = ["rehearse", "testimony-support", "--cases", "300", "--replications", "3"]
COMMANDS += [[*REHEARSAL, "--csv"], [*REHEARSAL, "--procedure", "next-available", "--procedure", "guichet-unique",
                                     "--html", "-", "--language", "fr"]]
COMMANDS += [["rehearse", name, "--cases", "2000", "--replications", "2", "--csv"] for name in
             ("plain-queue", "three-tiers", "priorities")]


def answer(program: str, words: list[str], folder: str) -> tuple[int, str, int]:
    """Exit code, digest and size of what it prints, in a folder and a time zone of its own."""
    environment = {"LC_ALL": "C", "TMPDIR": folder, "TZ": "Asia/Kathmandu" if folder.endswith("b") else "UTC"}
    done = subprocess.run([program, *words], env=environment, capture_output=True, check=False)
    return done.returncode, hashlib.sha256(done.stdout).hexdigest(), len(done.stdout)


def main(first: str, second: str, *digests: str) -> int:
    asked = [(first, second, words) for words in COMMANDS]
    if digests:
        asked.append((*digests, ["200"]))  # histories per procedure
    wrong = 0
    for one, other, words in asked:
        with tempfile.TemporaryDirectory(suffix="a") as a, tempfile.TemporaryDirectory(suffix="b") as b:
            said, said_by_other = answer(one, words, a), answer(other, words, b)
        if said != said_by_other or said[2] == 0 or said[0] not in (0, 1):
            print(f"{' '.join(words)}\n  {one}: {said}\n  {other}: {said_by_other}")
            wrong += 1
    print(f"{len(asked)} answers, {wrong} differ or are none")
    return 1 if wrong else 0


if __name__ == "__main__":
    programs = sys.argv[1:]
    sys.exit(main(*(programs * 2 if len(programs) == 1 else programs)))
