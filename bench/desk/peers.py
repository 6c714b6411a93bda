"""What Request Tracker 5 and Redmine 5 of the distribution do on this machine, for run.py to set beside the desk.

Their scripts stand outside this repository (rt5.sh and redmine5.sh, each with install, seed, start, measure, stop;
measure prints a Markdown table: measure, requests a second, p50, p99, size, bad). They must be installed and seeded.
"""
import os
import pathlib
import re
import subprocess
import sys

# What each row of ours is held against; the best of both peers counts.
ROWS = {
    "case page": ("page: ticket display", "page: issue with its notes"),
    "durable reply": ("write: POST reply, REST2, session", "write: PUT a note"),
    "list": ("page: queue's active", "page: project's open issues"),
    "search": ("page: full-text search", "page: search, rare word"),
}
WANTED = {"case page": 500, "durable reply": 150, "list": 300, "search": 300}
SCRIPTS = {"Request Tracker 5": "rt5.sh", "Redmine 5": "redmine5.sh"}


def rows_of(table):
    """Name and requests a second of each row without bad answers."""
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and re.fullmatch(r"[\d.]+", cells[1]) and cells[5] == "0":
            yield cells[0], float(cells[1])


def best(folder, seconds, runs=3):
    """For each of ROWS, the requests a second of the better peer and its name."""
    only = "|".join(start for starts in ROWS.values() for start in starts)
    found = {}
    for name, script in SCRIPTS.items():
        path = pathlib.Path(folder) / script
        with_settings = {**os.environ, "DUR": str(seconds), "RUNS": str(runs), "ONLY": only}
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        subprocess.run([path, "start"], stdout=sys.stderr, check=True)
        try:
            table = subprocess.run([path, "measure"], stdout=subprocess.PIPE, stderr=sys.stderr, text=True, check=True,
                                   env=with_settings).stdout
        finally:
            subprocess.run([path, "stop"], stdout=sys.stderr, check=False)
        for row, per_second in rows_of(table):
            for ours, starts in ROWS.items():
                if row.startswith(starts) and per_second > found.get(ours, (0, ""))[0]:
                    found[ours] = (per_second, f"{name}, {row}")
    missing = ROWS.keys() - found.keys()
    if missing:
        raise SystemExit(f"{folder}: nothing was measured for {', '.join(sorted(missing))}; run its scripts by hand")
    return found


def table(ours, theirs):
    """Both side by side, as Markdown."""
    lines = ["| what | desk, a second | better peer, a second | times | asked | peer's row |",
             "| --- | --- | --- | --- | --- | --- |"]
    for row, (per_second, name) in theirs.items():
        lines.append(f"| {row} | {ours[row]:,.0f} | {per_second:.1f} | {ours[row] / per_second:,.0f} | {WANTED[row]} | "
                     f"{name} |")
    return "\n".join(lines)
