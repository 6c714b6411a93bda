#!/usr/bin/env python3
"""How fast the server answers when there is nothing to think about: a short text and a constant page, plain, with 8
and 64 clients on the same machine. Every page of the desk is held against this. Prints a table as Markdown.

Usage: floor.py PROGRAM [--threads N] [--bytes N] [--seconds N] [--repeats N]

PROGRAM is build/release/bench/constant_page.
"""
import argparse
import statistics
import subprocess
import sys

from load import ask


def measure(program, threads, size, connections, seconds, repeats):
    """The run whose rate is the median of `repeats`, and the most memory that the server held, in MB."""
    with subprocess.Popen([program, "--threads", str(threads), "--bytes", str(size)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip() + "/"
        ask(url, connections, 1)
        runs = [ask(url, connections, seconds) for _ in range(repeats)]
        with open(f"/proc/{server.pid}/status", encoding="utf-8") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        server.stdin.close()
    middle = statistics.median_low(run["per_second"] for run in runs)
    return next(run for run in runs if run["per_second"] == middle), memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bytes", type=int, default=10_240)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    print("| body | clients | requests a second | p50 | p99 | memory |\n| --- | --- | --- | --- | --- | --- |")
    for size in (12, given.bytes):
        for connections in (8, 64):
            run, memory = measure(given.program, given.threads, size, connections, given.seconds, given.repeats)
            print(f"| {size:,} bytes | {connections} | {run['per_second']:,.0f} | {run['p50_ms']:.2f} ms | "
                  f"{run['p99_ms']:.2f} ms | {memory:.0f} MB |", flush=True)
            if run["bad"]:
                print(f"{run['bad']} answers were bad", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
