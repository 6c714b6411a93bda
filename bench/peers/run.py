#!/usr/bin/env python3
"""The plain queue beside other engines, in one call on one machine: builds those that are installed, runs all in
turn, several times over, and prints a table of medians as Markdown, for docs/performance.md. What counts is the
processor time of the whole program, so that others at work on the machine disturb little.

Usage: run.py [--guichet PROGRAM] [--repeats N]

Wanted (Debian): libns3-dev, libsystemc-dev, python3-simpy3 (3.0) or python3-simpy (2.3); or SimPy 4 by pip, for the
interpreter that this is run with. What is not there is left out and said.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KNOWN = {"waited_share": 0.317357, "abandoned_share": 0.020166}  # of M/M/100+M at 95 arrivals, exactly


def version_of(package):
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return asked.stdout.split("-")[0] if asked.returncode == 0 else "?"


def build(folder, name, standard, *links):
    """The program, or None when what it needs is not installed."""
    program = folder / name
    made = subprocess.run(["g++", "-O3", "-march=native", "-std=" + standard, str(HERE / (name + ".cpp")), "-o",
                           str(program), *links], capture_output=True, text=True)
    if made.returncode != 0:
        print(name + ": left out, it does not build: " + (made.stderr.strip().splitlines() or ["?"])[0],
              file=sys.stderr)
        return None
    return str(program)


def engines(folder, guichet):
    """Name and command of each; the floor first. Sizes are such that each takes about a second."""
    found = [("a loop written for this queue alone", [build(folder, "floor", "c++20"), "10000000"])]
    if guichet:
        found.append(("guichet rehearse plain-queue", [guichet, "rehearse", "plain-queue", "--threads", "1", "--json"]))
    systemc = build(folder, "systemc", "c++17", "-lsystemc")
    if systemc:
        found.append(("SystemC " + version_of("libsystemc-dev"), [systemc, "2000000"]))
    ns3 = build(folder, "ns3", "c++17", "-lns3-core")
    if ns3:
        name = "ns-3 " + version_of("libns3-dev") + ", "
        for scheduler in ("PriorityQueue", "Calendar", "Map"):
            found.append((name + scheduler + "Scheduler", [ns3, scheduler, "2000000"]))
    for python in dict.fromkeys([sys.executable, shutil.which("python3") or "", "/usr/bin/python3"]):
        for manner, customers in (("callbacks", "400000"), ("processes", "100000")):
            command = [python, str(HERE / "simpy_queue.py"), manner, customers]
            tried = subprocess.run(command[:-1] + ["1000"], capture_output=True, text=True) if python else None
            if tried and tried.returncode == 0:
                found.append(("SimPy " + json.loads(tried.stdout)["version"] + ", " + manner, command))
    return list({name: (name, command) for name, command in found}.values())


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(command):
    """Nanoseconds per event, and the shares that show that it was the same queue. An event is an arrival, an end of
    work or a customer who leaves: two for every customer, whatever else an engine writes down."""
    before = processor_seconds()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds = processor_seconds() - before
    result = json.loads(said[said.index("{"):])
    if "measures" not in result:
        return seconds * 1e9 / result["events"], result
    shares = {name: result["measures"][name]["mean"] for name in KNOWN}
    return seconds * 1e9 / (2 * result["cases"]), {**shares, "own_events": result["events"] / seconds}


def main():
    options = argparse.ArgumentParser(usage=__doc__.split("Usage: ")[1].split("\n")[0])
    options.add_argument("--guichet", default=str(ROOT / "build/release/guichet"))
    options.add_argument("--repeats", type=int, default=7)
    wanted = options.parse_args()
    guichet = wanted.guichet if os.access(wanted.guichet, os.X_OK) else None
    if not guichet:
        print("guichet: left out, there is no %s; build it, or name it by --guichet" % wanted.guichet, file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        rows = [(name, command, []) for name, command in engines(pathlib.Path(folder), guichet)]
        shares = {}
        for _ in range(wanted.repeats):
            for name, command, times in rows:
                nanoseconds, shares[name] = measured(command)
                times.append(nanoseconds)
    floor = statistics.median(rows[0][2])
    print("| engine | ns per event | least … most | times the loop | waited | left |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, _, times in sorted(rows, key=lambda row: statistics.median(row[2])):
        middle = statistics.median(times)
        print("| %s | %.1f | %.1f … %.1f | %.2f | %.2f %% | %.2f %% |" % (
            name, middle, min(times), max(times), middle / floor, shares[name]["waited_share"] * 100,
            shares[name]["abandoned_share"] * 100))
    print("\nExactly: %.2f %% wait, %.2f %% leave. Medians of %d runs each, in turn; %s, load %.1f." % (
        KNOWN["waited_share"] * 100, KNOWN["abandoned_share"] * 100, wanted.repeats,
        "g++ " + subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip(),
        os.getloadavg()[0]))
    own = [share["own_events"] for share in shares.values() if "own_events" in share]
    if own:
        print("guichet itself counts every event that the rules write: %.1f million a second." % (own[0] / 1e6))


main()
