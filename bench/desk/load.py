#!/usr/bin/env python3
"""Asks a web address as fast as it answers, with wrk, and says how fast that was. Also a module: load.ask().

Usage: load.py URL [--connections N] [--seconds N] [--quick] [NAME=VALUE …]

The names are those that load.lua reads: method, body, type, cookies, ids, header, expect, must. Without any of them,
or with --quick, answers are only counted, which costs the client less. Prints one line of JSON.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

SCRIPT = pathlib.Path(__file__).resolve().parent / "load.lua"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


def plain_ask(url, connections, seconds):
    """Counts answers only; those whose status is not 2xx or 3xx are bad."""
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", url], capture_output=True,
                          text=True, check=True).stdout

    def at(pattern):
        found = re.search(pattern, said)
        return found.groups() if found else None

    def delay(share):
        value, unit = at(rf"{share}%\s+([\d.]+)(us|ms|s|m)")
        return round(float(value) * UNITS[unit], 3)

    bad = at(r"Non-2xx or 3xx responses: (\d+)")
    errors = at(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)") or ()
    return {"per_second": float(at(r"Requests/sec:\s+([\d.]+)")[0]), "p50_ms": delay(50), "p99_ms": delay(99),
            "bad": int(bad[0] if bad else 0) + sum(map(int, errors))}


def ask(url, connections=8, seconds=5, **options):
    """The figures of one run: per_second, p50_ms, p99_ms, bad and, with options, max_ms, good, body_bytes."""
    if not options:
        return plain_ask(url, connections, seconds)
    words = [f"{key}={value}" for key, value in options.items()]
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "-s", SCRIPT, url, "--", *words],
                          capture_output=True, text=True, check=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("options", nargs="*", metavar="NAME=VALUE")
    given = parser.parse_args()
    options = {} if given.quick else dict(word.split("=", 1) for word in given.options)
    print(json.dumps(ask(given.url, given.connections, given.seconds, **options)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
