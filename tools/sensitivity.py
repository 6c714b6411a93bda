#!/usr/bin/env python3
"""Writes the figures of docs/scenarios/testimony.md: what the scenario says, why, and what each assumption carries.

Usage: tools/sensitivity.py GUICHET [--print]

GUICHET is the program. Each assumption is changed alone, as docs/scenarios/testimony-alternatives.toml says, and the
scenario is rehearsed again under both procedures with the same seed. The figures go between the marks of the page;
with --print, to the terminal.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/scenarios/testimony.md"
SCENARIO = ROOT / "scenarios/testimony-support.toml"
ALTERNATIVES = ROOT / "docs/scenarios/testimony-alternatives.toml"
AS_IT_IS, REPAIRED = "next-available", "guichet-unique"
# Each alternative is rehearsed in a smaller run than the scenario's own figures.
SMALLER = [('length = "2 weeks"', 'length = "1 week"'), ("replications = 8", "replications = 6\nkept_cases = 0")]

ROWS = [("abandoned_share", "cases given up", 100, 1, " %"),
        ("resolved_share", "resolved", 100, 1, " %"),
        ("refused_share", "refused, and the seller let it stand", 100, 1, " %"),
        ("agents", "agents met, mean", 1, 2, ""),
        ("messages", "messages, mean", 1, 2, ""),
        ("elapsed_days", "days until the end, mean", 1, 2, ""),
        ("closed_by_silence_share", "closed for the seller's silence at least once", 100, 1, " %"),
        ("closed_alone_share", "closed by the desk alone at least once", 100, 1, " %"),
        ("restarted_share", "told again from zero at least once", 100, 1, " %"),
        ("escalated_share", "climbed the ladder", 100, 1, " %"),
        ("appealed_share", "appealed", 100, 1, " %"),
        ("desk_hours", "hours of the desk per case", 1, 3, ""),
        ("seller_hours", "hours of the seller per case", 1, 2, ""),
        ("occupancy", "staff on duty at work", 100, 1, " %"),
        ("attrition_saving", "hours of the desk saved by each case given up", 1, 3, ""),
        ("attrition_saving_share", "the same, of all hours spent", 100, 1, " %")]
FACTORS = {"competence": "competence of the agents", "routing": "routing and hand-offs", "quota": "quotas",
           "silence_clock": "the clock on the seller's silence, closing alone, starting from zero",
           "ladder": "no ladder, no appeal, no clock on the desk"}


def rehearse(guichet: str, scenario: pathlib.Path, *options: str) -> dict:
    command = [guichet, "rehearse", str(scenario), *options, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def quantile(histogram: list, share: float) -> str:
    """The least value that so many cases do not exceed; the last entry stands for that many or more."""
    wanted, so_far = share * sum(histogram), 0
    for value, count in enumerate(histogram):
        so_far += count
        if so_far >= wanted:
            return str(value)
    return "?"


def number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


def with_interval(estimate: dict, scale: float, digits: int, unit: str) -> str:
    half = estimate.get("half_width")
    margin = f" ± {number(half * scale, digits)}" if half is not None else ""
    return f"{number(estimate['mean'] * scale, digits)}{margin}{unit}"


def mean(measures: dict, name: str, scale: float, digits: int) -> str:
    """"none" where there is nothing to take the mean of: nobody gave up."""
    return number(measures[name]["mean"] * scale, digits) if name in measures else "none"


def table(head: list, rows: list) -> str:
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] * len(head)) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def results(told: dict) -> str:
    a, b = (one["measures"] for one in told["procedures"])
    differences = told["differences"][0]["measures"]
    rows = []
    for name, title, scale, digits, unit in ROWS:
        difference = differences.get(name, {}).get("difference", {})
        known = "mean" in difference
        points = " points" if unit else ""
        rows.append([title, with_interval(a[name], scale, digits, unit), with_interval(b[name], scale, digits, unit),
                     with_interval(difference, scale, digits, points) if known else "none"])
    cases, events = told["procedures"][0]["cases"], sum(one["events"] for one in told["procedures"])
    return (f"{cases:,} cases under each procedure, {events:,} events in all, seed {told['seed']}. ± is half of the "
            "95 % interval over replications; differences are paired.\n\n"
            + table(["", AS_IT_IS, REPAIRED, "difference"], rows) + "\n\n" + tails(told))


def tails(told: dict) -> str:
    rows = []
    for what in ("agents", "messages"):
        for one in told["procedures"]:
            histogram, numbers = one["histograms"][what], one["measures"][what]
            rows.append([f"{what}, {one['procedure']}", quantile(histogram, 0.5),
                         *(quantile(histogram, share) for share in (0.9, 0.99, 0.999)), f"{numbers['max']:.0f}"])
    return table(["per case", "half have at most", "nine in ten", "99 in 100", "999 in 1,000", "the most"], rows)


def alone(explained: dict, as_they_are: set) -> str:
    for one in explained["coalitions"]:
        if set(one["as_they_are"]) == as_they_are:
            return with_interval(one["abandoned_share"], 100, 2, " %")
    raise SystemExit("the program explains other factors; correct FACTORS")


def shares(told: dict) -> str:
    explained = told["explain"]
    rows = [[FACTORS[name], with_interval(one["points"], 100, 2, ""), with_interval(one["share"], 100, 1, " %")]
            for name, one in explained["factors"].items()]
    ends = [["all as they are", alone(explained, set(FACTORS))],
            ["competence alone put right", alone(explained, set(FACTORS) - {"competence"})],
            ["the four kinds of rules put right, competence as it is", alone(explained, {"competence"})],
            ["all put right", alone(explained, set())]]
    return table(["what it comes from", "points", "of the difference"], rows) + "\n\n" + table(["", "given up"], ends)


def line(of: str, value: str, told: dict) -> list:
    a, b = told["procedures"]
    m, n = a["measures"], b["measures"]
    difference = told["differences"][0]["measures"]["abandoned_share"]["difference"]

    def tail(what: str) -> str:
        histogram = a["histograms"][what]
        return f"{quantile(histogram, 0.9)} / {quantile(histogram, 0.99)} / {m[what]['max']:.0f}"

    return [of, value, mean(m, "abandoned_share", 100, 1), tail("agents"), tail("messages"),
            mean(m, "attrition_saving", 1, 2), mean(m, "desk_hours", 1, 2), mean(n, "desk_hours", 1, 2),
            mean(n, "abandoned_share", 100, 1), with_interval(difference, 100, 1, "")]


def changed(text: str, changes: list) -> str:
    for old, new in changes:
        if old not in text:
            raise SystemExit(f"{old!r} stands nowhere; correct `from` in {ALTERNATIVES.name}")
        text = text.replace(old, new)
    return text


def alternative_line(guichet: str, alternative: dict, folder: pathlib.Path) -> list:
    changes = [(alternative["from"], alternative["to"]), *alternative.get("and", [])] if "from" in alternative else []
    of_procedure = alternative.get("in") == AS_IT_IS
    scenario, procedure = folder / SCENARIO.name, folder / f"{AS_IT_IS}.toml"
    scenario.write_text(changed(SCENARIO.read_text(encoding="utf-8"), SMALLER + ([] if of_procedure else changes)),
                        encoding="utf-8")
    rules = (ROOT / f"procedures/{AS_IT_IS}.toml").read_text(encoding="utf-8")
    procedure.write_text(changed(rules, changes if of_procedure else []), encoding="utf-8")
    told = rehearse(guichet, scenario, "--procedure", str(procedure), "--procedure", REPAIRED)
    row = line(alternative["of"], alternative["value"], told)
    print(" | ".join(row), file=sys.stderr)
    return row


def sensitivity(guichet: str) -> str:
    alternatives = tomllib.loads(ALTERNATIVES.read_text(encoding="utf-8"))["alternative"]
    with tempfile.TemporaryDirectory() as folder:
        rows = [alternative_line(guichet, one, pathlib.Path(folder))
                for one in [{"of": "as the scenario says", "value": ""}, *alternatives]]
    return table(["assumption", "instead", "given up, %", "agents p90 / p99 / most", "messages p90 / p99 / most",
                  "desk hours saved per case given up", "desk hours per case", "… guichet-unique",
                  "given up, guichet-unique, %", "difference, points"], rows)


def between_marks(page: str, mark: str, text: str) -> str:
    start, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, rest = page.split(start)
    return before + start + "\n\n" + text + "\n\n" + end + rest.split(end)[1]


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    guichet = sys.argv[1]
    told = rehearse(guichet, SCENARIO, "--procedure", AS_IT_IS, "--procedure", REPAIRED, "--explain")
    figures = {"results": results(told), "shares": shares(told), "sensitivity": sensitivity(guichet)}
    if "--print" in sys.argv:
        print("\n\n".join(figures.values()))
        return
    page = PAGE.read_text(encoding="utf-8")
    for mark, text in figures.items():
        page = between_marks(page, mark, text)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
