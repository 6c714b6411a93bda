#!/usr/bin/env python3
"""How long a dossier of one case with so many messages takes, from the command line to the file: a ledger is filled,
brought to the newest format and asked. Prints a table as Markdown.

Usage: dossier.py BUILD [--messages N] [--repeats N]

BUILD is a folder of a build with its benchmarks, such as build/release.
"""
import argparse
import hashlib
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time


def run(program, *words):
    """Seconds by the wall and of the processor."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([program, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    guichet = given.build / "guichet"
    print("| messages | wall s | processor s | bytes | the same bytes |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        ledger, out = pathlib.Path(folder) / "l.ledger", pathlib.Path(folder) / "d.zip"
        run(given.build / "bench/fill", ledger, "3", str(given.messages))
        run(guichet, "ledger", "rebuild", ledger)
        walls, processors, digests = [], [], set()
        for _ in range(given.repeats):
            wall, processor = run(guichet, "dossier", ledger, "1", "-o", out, "--language", "fr")
            walls.append(wall)
            processors.append(processor)
            digests.add(hashlib.sha256(out.read_bytes()).hexdigest())
        print(f"| {given.messages} | {statistics.median(walls):.2f} | {statistics.median(processors):.2f} "
              f"| {out.stat().st_size:,} | {'yes' if len(digests) == 1 else 'NO'} |")


if __name__ == "__main__":
    main()
