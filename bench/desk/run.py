#!/usr/bin/env python3
"""The live desk measured from outside, with wrk on the same machine: case pages, durable replies, lists, searches,
beside what the same server and the same disk do when there is nothing to think about. Prints a table as Markdown.

Usage: run.py BUILD [--cases N] [--messages N] [--seconds N] [--ledger FILE] [--disk FOLDER] [--peers FOLDER]

BUILD is build/release. A ledger that is named is kept and used again, so that a large one is filled once. The ledger
and the bare loop are on the disk of the folder that is named. The folder of peers has the scripts of other desks, which
are then measured in the same run (peers.py).
"""
import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import peers
from load import ask


class Desk:
    def __init__(self, build, ledger):
        began = time.monotonic()
        self.process = subprocess.Popen([build / "guichet", "serve", "--ledger", ledger, "--listen", "127.0.0.1:0",
                                         "--writes-per-minute", "100000000"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.started = time.monotonic() - began
        self.url = re.search(r"http://\S+", line)[0]

    def memory(self, field="VmRSS"):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def median(run, repeats=3):
    runs = [run() for _ in range(repeats)]
    middle = statistics.median_low(one["per_second"] for one in runs)
    return next(one for one in runs if one["per_second"] == middle)


def constant_page(build, size, connections, seconds):
    with subprocess.Popen([build / "bench/constant_page", "--threads", "2", "--bytes", str(size)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip() + "/"
        # Counted as the desk's pages are, so that the client costs the same.
        told = median(lambda: ask(url, connections, seconds, expect="200"))
        server.stdin.close()
    return told


def row(name, told, beside=""):
    print(f"| {name} | {told['per_second']:,.0f} | {told['p50_ms']:.2f} | {told['p99_ms']:.2f} | "
          f"{told.get('body_bytes', 0) / 1024:.1f} | {told['bad']} | {beside} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--ledger", type=pathlib.Path)
    parser.add_argument("--disk", type=pathlib.Path)
    parser.add_argument("--peers", type=pathlib.Path)
    given = parser.parse_args()
    build, seconds = given.build.resolve(), given.seconds
    folder = tempfile.TemporaryDirectory(dir=given.disk)
    ledger = given.ledger or pathlib.Path(folder.name) / "ledger.db"
    tokens_file = ledger.with_suffix(".tokens")
    if not tokens_file.exists():
        said = subprocess.run([build / "bench/fill", ledger, str(given.cases), str(given.messages)],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
        tokens_file.write_text(said, encoding="utf-8")
    tokens = json.loads(tokens_file.read_text(encoding="utf-8"))
    # Pages know sessions, the API tokens.
    agent = {"header": f"Cookie: guichet={tokens['agents_session']}"}
    seller = {"header": f"Cookie: guichet={tokens['sellers_session']}"}
    agents_program = {"header": f"Authorization: Bearer {tokens['agent']}"}
    sellers_program = {"header": f"Authorization: Bearer {tokens['seller']}"}
    all_cases, own = f"1-{given.cases}", f"1-{tokens['sellers_cases']}"
    desk = Desk(build, ledger)
    size = ledger.stat().st_size / 1e6
    print(f"{given.cases:,} cases with {given.messages} messages, {size:,.0f} MB; the address is printed after "
          f"{desk.started:.2f} s; {desk.memory():.0f} MB resident at first\n")
    print("| what | a second | p50 ms | p99 ms | KiB | bad | beside |\n| --- | --- | --- | --- | --- | --- | --- |")
    # A page that has something to say once is never given again: with this cookie each is made.
    agent_anew, seller_anew = ({"header": who["header"] + "; told=nothing"} for who in (agent, seller))
    ask(desk.url + "/cases/{id}", 8, 2, ids=all_cases, **agent)
    page = median(lambda: ask(desk.url + "/cases/{id}", 8, seconds, ids=own, must="</html>", **seller))
    constant = constant_page(build, page["body_bytes"], 8, seconds)
    row("a constant page of that size, 8 clients", constant)
    row("case page, its seller, 8 clients", page,
        f"{page['per_second'] / constant['per_second']:.2f} of the constant page")
    row("… each made anew",
        median(lambda: ask(desk.url + "/cases/{id}", 8, seconds, ids=own, must="</html>", **seller_anew)))
    row("case page, an agent, every case in turn, 8 clients",
        median(lambda: ask(desk.url + "/cases/{id}", 8, seconds, ids=all_cases, must="</html>", **agent)))
    row("case page, its seller, 64 clients",
        median(lambda: ask(desk.url + "/cases/{id}", 64, seconds, ids=own, must="</html>", **seller)))
    row("case as JSON, an agent, 8 clients",
        median(lambda: ask(desk.url + "/api/cases/{id}", 8, seconds, ids=all_cases, must="events", **agents_program)))
    row("list of an agent's cases, 8 clients",
        median(lambda: ask(desk.url + "/cases", 8, seconds, must="</html>", **agent)))
    row("… each made anew", median(lambda: ask(desk.url + "/cases", 8, seconds, must="</html>", **agent_anew)))
    queue = median(lambda: ask(desk.url + "/queue", 8, seconds, must="</html>", **agent))
    row("list of the team, first 50, 8 clients", queue)
    row("… each made anew", median(lambda: ask(desk.url + "/queue", 8, seconds, must="</html>", **agent_anew)))
    search = median(lambda: ask(desk.url + "/search?q=quetzalcoatl", 8, seconds, must="</html>", **agent))
    row("search, a rare word, 8 clients", search)
    row("… each made anew",
        median(lambda: ask(desk.url + "/search?q=quetzalcoatl", 8, seconds, must="</html>", **agent_anew)))
    row("search, a common word, 8 clients",
        median(lambda: ask(desk.url + "/search?q=parcel", 8, seconds, must="</html>", **agent)))
    row("search, two words, 1 client",
        median(lambda: ask(desk.url + "/search?q=parcel+carrier", 1, seconds, must="</html>", **agent)))
    commits = json.loads(subprocess.run([build / "bench/commits", pathlib.Path(folder.name) / "floor.db", "8",
                                         str(seconds)], stdout=subprocess.PIPE, text=True, check=True).stdout)
    reply = median(lambda: ask(desk.url + "/api/cases/{id}/message", 8, seconds, method="POST", ids=own,
                               body='{"body":"bench %N"}', **sellers_program))
    row("durable reply, 8 clients", reply,
        f"{reply['per_second'] / commits['per_second']:.2f} of a bare loop's {commits['per_second']:,.0f}")
    print(f"\nMemory afterwards: {desk.memory():.0f} MB resident, {desk.memory('VmHWM'):.0f} MB at most.")
    desk.stop()
    if given.peers:
        ours = {"case page": page, "durable reply": reply, "list": queue, "search": search}
        theirs = peers.best(given.peers, seconds)
        print("\n" + peers.table({name: told["per_second"] for name, told in ours.items()}, theirs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
