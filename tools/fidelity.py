#!/usr/bin/env python3
"""Rehearses scenarios fitted to real logs, holds them against the cases they were not fitted to, and writes the tables
of docs/fidelity.md, section "Close to logs".

Usage: tools/fidelity.py GUICHET LOGS [--seeds N] [--write docs/fidelity.md]
  GUICHET  the program; LOGS  the folder with bpic2013_incidents.xes.gz and helpdesk.xes.gz (where to find them:
  mappings/bpic2013-incidents.toml, mappings/italian-help-desk.toml)
"""
import argparse
import collections
import csv
import datetime
import gzip
import json
import pathlib
import re
import statistics
import subprocess
import tempfile

BEGIN, END = "<!-- tables of tools/fidelity.py -->\n", "<!-- end of the tables -->\n"
DISTANCES = ["ngram", "absolute_events", "circadian_events", "relative_events", "cycle_time", "case_arrivals"]
SHARES = ["first line", "hand-off", "bounce", "waiting for the user"]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def cases_of(path):
    """The cases of a log as guichet keeps them: (time, status, team, activity), in order."""
    cases = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf8", newline="") as text:
        for row in csv.DictReader(text):
            at = datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
            cases[row["case"]].append((at, row["status"], row["team"], row["activity"]))
    return sorted(cases.values(), key=lambda case: case[0][0])


def utc(year, month):
    return datetime.datetime(year, month, 1, tzinfo=datetime.timezone.utc).timestamp()


def line(team):
    return 3 if "3rd" in team else 2 if "2nd" in team else 1


def all_cases(guichet, log, folder):
    """All cases of a log: the rest of a part too small for a scenario, which is an error that is told afterwards."""
    path = folder / "all.csv.gz"
    subprocess.run([guichet, "fit", log, "--first", "0.000001", "--rest", path, "-o", folder / "none.toml"],
                   capture_output=True, check=False)
    return cases_of(path)


def shares(cases):
    """First-line share, hand-off share, bounce share of cases; share of the time that waits for the user."""
    first = handed = bounced = waited = total = 0
    for case in cases:
        teams = [case[0][2]]
        for moment in case:
            if moment[2] != teams[-1]:
                teams.append(moment[2])
        first += all(line(team) == 1 for team in teams)
        handed += len(teams) > 1
        bounced += any(a == b for a, b in zip(teams, teams[2:]))
        total += case[-1][0] - case[0][0]
        waited += sum(b[0] - a[0] for a, b in zip(case, case[1:]) if a[1] == "Accepted/Wait - User")
    n = len(cases)
    return [100 * first / n, 100 * handed / n, 100 * bounced / n, 100 * waited / total if total else 0]


def median_days(cases):
    return statistics.median(case[-1][0] - case[0][0] for case in cases) / 86400


def write_cases(cases, path, shift=0.0):
    with gzip.open(path, "wt", encoding="utf8", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(["case", "activity", "time", "person", "team", "status", "event", "by", "turn", "words", "marks",
                       "seller", "matter", "amount", "deadline", "predecessor"])
        for number, case in enumerate(cases):
            for at, status, team, activity in case:
                time = datetime.datetime.fromtimestamp(at + shift, datetime.timezone.utc)
                rows.writerow([number, activity, time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", "", team, status,
                               *[""] * 10])


def distances(guichet, a, b):
    found = json.loads(run(guichet, "compare", a, b, "--json"))["distances"]
    return [found[name]["value"] / (3600 if found[name]["unit"] == "seconds" else 1) for name in DISTANCES]


def row(name, values, digits):
    return f"| {name} | " + " | ".join(f"{value:.{digits}f}" for value in values) + " |"


def mean(rows):
    return [statistics.mean(column) for column in zip(*rows)]


def rehearse(guichet, scenario, seed, kept, *more):
    run(guichet, "rehearse", scenario, "--seed", seed, "--replications", 1, "--keep", kept, *more)
    return cases_of(kept)


def as_the_whole_log_was_cut(scenario, whole, folder):
    """The same course over thirteen months; of it the cases that end while those of the whole log do."""
    text = scenario.read_text(encoding="utf8")
    begins, last = utc(2011, 4), whole[-1][0][0]
    opens, shuts = min(case[-1][0] for case in whole), max(case[-1][0] for case in whole)
    per_day = float(re.search(r'rate = "([0-9.]+) per day"', text)[1])
    text = re.sub(r"cases = \d+\nstarts = \S+",
                  f"cases = {round(per_day * (last - begins) / 86400)}\nstarts = 2011-04-01T00:00:00Z", text, count=1)
    text = re.sub(r"seen_until = .*", f'seen_from = "{opens - begins:.0f} seconds"\n'
                                      f'seen_until = "{shuts - begins:.0f} seconds"', text, count=1)
    path = folder / "volvo-whole.toml"
    path.write_text(text, encoding="utf8")
    return path


def volvo(guichet, log, seeds, folder):
    scenario, rest_path = folder / "volvo.toml", folder / "rest.csv.gz"
    run(guichet, "fit", log, "--first", "80%", "--rest", rest_path, "-o", scenario)
    rest, whole = cases_of(rest_path), all_cases(guichet, log, folder)
    before = whole[:len(whole) - len(rest)]
    found, far = [], []
    for seed in range(1, seeds + 1):
        kept = folder / "rehearsed.csv.gz"
        found.append(shares(rehearse(guichet, scenario, seed, kept)))
        far.append(distances(guichet, kept, rest_path))
    last = before[-len(rest):]
    weeks = -(-(rest[0][0][0] - last[0][0][0]) // (7 * 86400))
    write_cases(last, folder / "last.csv.gz", weeks * 7 * 86400)
    wide = as_the_whole_log_was_cut(scenario, whole, folder)
    as_cut = shares(rehearse(guichet, wide, 1, folder / "rehearsed.csv.gz"))
    points = [a - b for a, b in zip(mean(found), shares(rest))]
    yield "| per cent | " + " | ".join(SHARES) + " |"
    yield "| --- " * 5 + "|"
    yield row(f"the {len(rest)} cases held out", shares(rest), 1)
    yield row("rehearsed", mean(found), 1)
    yield row("rehearsed less held out, points", points, 1)
    yield row(f"yardstick: the {len(before)} cases before, which it was fitted to", shares(before), 1)
    yield row(f"yardstick: the {len(last)} of them that began last", shares(last), 1)
    yield row(f"the whole log, {len(whole)} cases", shares(whole), 1)
    yield row("rehearsed over thirteen months, seen as the whole log was cut", as_cut, 1)
    yield row("… less the whole log, points", [a - b for a, b in zip(as_cut, shares(whole))], 1)
    yield ""
    yield "| from the cases held out | " + " | ".join(name.replace("_", " ") for name in DISTANCES) + " |"
    yield "| --- " * 7 + "|"
    yield row("rehearsed", mean(far), 2)
    yield row(f"yardstick: the {len(last)} cases just before, moved by {7 * weeks:.0f} days",
              distances(guichet, folder / "last.csv.gz", rest_path), 2)


def help_desk(guichet, log, seeds, folder):
    """Fitted to what began before July 2012; then the timer alone is changed to 15 days."""
    scenario, rest_path = folder / "help.toml", folder / "help-rest.csv.gz"
    run(guichet, "fit", log, "--until", "2012-07-01", "--rest", rest_path, "-o", scenario)
    after = [case for case in cases_of(rest_path) if case[-1][0] >= utc(2012, 10)]
    text, changed, timer = scenario.read_text(encoding="utf8").splitlines(), [], False
    for each in text:
        timer = each == "timer = true" or (timer and each != "")
        if timer and each.startswith("later = "):
            each = "later = { days = 15 }"
        changed.append(each)
    fifteen = folder / "help-15.toml"
    fifteen.write_text("\n".join(changed) + "\n", encoding="utf8")
    everything = folder / "help-15-all.toml"
    everything.write_text("\n".join(each for each in changed if not each.startswith(("shortest", "longest"))) + "\n",
                          encoding="utf8")
    kept = folder / "help.csv.gz"
    seen = {}
    for name, file in [("before", scenario), ("after", fifteen), ("all", everything)]:
        seen[name] = statistics.mean(median_days(rehearse(guichet, file, seed, kept)) for seed in range(1, seeds + 1))
    yield ""
    yield "| median cycle time, days | log | rehearsed | difference |"
    yield "| --- | --- | --- | --- |"
    old = [case for case in all_cases(guichet, log, folder) if case[0][0] < utc(2012, 7)]
    for name, cases, key in [("timer as it was", old, "before"), ("timer of 15.0 days", after, "after")]:
        truth = median_days(cases)
        off = 100 * (seen[key] / truth - 1)
        yield f"| {name} ({len(cases)} cases) | {truth:.2f} | {seen[key]:.2f} | {off:+.1f} % |"
    yield f"| timer of 15.0 days, all lengths counted | not in the log | {seen['all']:.2f} | |"


def main():
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("guichet", type=lambda path: pathlib.Path(path).resolve())
    wanted.add_argument("logs", type=pathlib.Path)
    wanted.add_argument("--seeds", type=int, default=10)
    wanted.add_argument("--write", type=pathlib.Path)
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = [*volvo(given.guichet, given.logs / "bpic2013_incidents.xes.gz", given.seeds, folder),
                 *help_desk(given.guichet, given.logs / "helpdesk.xes.gz", given.seeds, folder)]
    tables = "\n".join(lines) + "\n"
    if given.write is None:
        print(tables, end="")
        return
    page = given.write.read_text(encoding="utf8")
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    given.write.write_text(page[:begin] + tables + page[end:], encoding="utf8")


if __name__ == "__main__":
    main()
