#!/usr/bin/env python3
"""Writes samples/marketplace.csv.gz: a year at the help desk of a marketplace that does not exist.

Usage: tools/invent_marketplace.py FILE

Nobody in it is real. It is drawn so that the measures have something to find: messages go to the next free agent,
most cases are short and a few go through dozens of hands, a seller silent for 48 hours is closed by a timer and often
starts again from zero. Whole numbers only and an own generator: the same rows from every Python.
"""
import csv
import gzip
import io
import sys
from datetime import datetime, timedelta, timezone

CASES = 1500
START = datetime(2025, 1, 6, tzinfo=timezone.utc)
FRONT = [f"agent {n:02}" for n in range(1, 49)]
TEAMS = {"front line": FRONT,
         "payments": ["Anouk", "Bastien", "Chloé", "Driss", "Elsa", "Farid"],
         "warehouse": ["Gaëlle", "Hugo", "Inès", "Jonas", "Karim", "Lena"],
         "listings": ["Maud", "Nils", "Oriane", "Paul", "Quentin", "Rosa"]}
MATTERS = {"lost stock": "warehouse", "removed listing": "listings", "withheld payment": "payments",
           "wrong fee": "payments", "return not credited": "warehouse"}
QUESTIONS = ["Could you send us the invoice of the goods?", "Please confirm the reference of the delivery.",
             "Which units are concerned? Please list them.", "Please send a picture of the label."]
STOCK_ANSWERS = ["Thank you for contacting us. We are looking into this and will come back to you.",
                 "We understand your concern. Please refer to the help pages of your account.",
                 "Your request has been passed on to the team in charge."]
COLUMNS = ["case", "time", "event", "status", "side", "agent", "team", "seller", "matter", "amount", "message"]


class Chance:
    """SplitMix64 (Steele, Lea, Flood 2014)."""

    def __init__(self, seed: int):
        self.state = seed

    def below(self, bound: int) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return ((z ^ (z >> 31)) >> 32) * bound >> 32

    def percent(self, chance: int) -> bool:
        return self.below(100) < chance

    def pick(self, of: list):
        return of[self.below(len(of))]

    def minutes(self, shortest: int, doublings: int) -> timedelta:
        """Mostly short, sometimes very long: each doubling is less likely than the one before."""
        factor = 1
        while factor < 2**doublings and self.percent(55):
            factor *= 2
        return timedelta(seconds=60 * shortest * factor + self.below(60 * shortest * factor))


class Desk:
    """The rows of all cases, one case after the other."""

    def __init__(self):
        self.chance = Chance(2025)
        self.rows = []
        self.cases = 0

    def case(self, opened: datetime, seller: int, matter: str, amount: int, rounds: int, told: str):
        """One case of `rounds` exchanges until somebody understands. A seller who is cut off may open another."""
        chance = self.chance
        self.cases += 1
        number = f"C-{self.cases:05}"
        now = opened

        def row(event, status, side, agent="", team="", message=""):
            euros = f"{amount // 100}.{amount % 100:02}"
            self.rows.append([number, now.strftime("%Y-%m-%dT%H:%M:%SZ"), event, status, side, agent, team,
                              f"seller {seller:04}", matter, euros, message])

        row("opened", "open", "seller")
        row("message", "open", "seller", message=told)
        reopenings = 0
        for left in range(rounds, 0, -1):
            # The next free agent, who was not here before and may pass it on.
            agent, team = chance.pick(FRONT), "front line"
            now += chance.minutes(4, 5)
            row("assigned", "open", "desk", agent, team)
            if chance.percent(22):
                first = agent, team
                team = MATTERS[matter] if chance.percent(60) else "front line"
                agent = chance.pick(TEAMS[team])
                now += chance.minutes(20, 6)
                row("handed over", "open", "desk", agent, team, "please take over")
                if chance.percent(45):
                    now += chance.minutes(20, 6)
                    agent, team = first
                    row("handed over", "open", "desk", agent, team, "not ours")
            now += chance.minutes(30, 9)
            if left == 1:
                row("message", "open", "desk", agent, team, f"Your {matter} is settled: reference {number[2:]}.")
                now += chance.minutes(60, 5)
                if amount > 100000 and chance.percent(40):
                    row("decided", "open", "desk", agent, team)
                    now += timedelta(minutes=1)
                elif chance.percent(70):
                    row("message", "open", "seller", message="Thank you, that settles it.")
                    now += timedelta(minutes=1 + chance.below(600))
                row("closed", "closed", "desk", agent, team)
                return
            question = chance.percent(60)
            row("message", "waiting for seller", "desk", agent, team,
                chance.pick(QUESTIONS) if question else chance.pick(STOCK_ANSWERS))
            answered = chance.minutes(90, 6)
            # The longer it lasts, the more give up; a timer closes what stays silent for 48 hours.
            if chance.percent(3) or answered > timedelta(hours=48):
                now += timedelta(hours=48, seconds=chance.below(90))
                row("closed for silence", "closed", "desk", "auto-close", "")
                if chance.percent(12) and reopenings == 0:
                    reopenings += 1
                    now += chance.minutes(600, 3)
                    row("reopened", "open", "seller")
                    row("message", "open", "seller", message="This is not settled. " + told)
                    continue
                if chance.percent(60):
                    again = now + chance.minutes(900, 4)
                    self.case(again, seller, matter, amount, left + 1, told)
                return
            now += answered
            # Somebody new reads it: half of the time the seller has to tell it all again.
            repeat = chance.percent(50)
            paper = chance.below(900) + 100
            row("message", "open", "seller", message=told if repeat else f"Here it is: document {paper}.")
            if left == 12 and chance.percent(50):
                now += chance.minutes(300, 4)
                row("offer", "open", "desk", agent, team)
                now += chance.minutes(300, 4)
                row("offer refused", "open", "seller")
                now += timedelta(days=5 + chance.below(20))
                row("stock limited", "open", "desk", agent, team)

    def year(self):
        chance = self.chance
        opened = START
        while self.cases < CASES:
            opened += timedelta(seconds=chance.below(2 * 365 * 86400 // CASES))
            matter = chance.pick(list(MATTERS))
            amount = 500 + chance.below(4000) * (1 + chance.below(120))
            kind = chance.below(100)
            rounds = 1 + chance.below(2) if kind < 55 else 2 + chance.below(5) if kind < 90 else 8 + chance.below(60)
            order, day = chance.below(90000) + 10000, 1 + chance.below(28)
            told = (f"My {matter} of {amount // 100} euros, order {order}: reported on the {day}th, and nothing came "
                    "of it since.")
            self.case(opened, 1 + chance.below(640), matter, amount, rounds, told)
        return sorted(self.rows, key=lambda row: (row[1], row[0]))


def main(path: str) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(Desk().year())
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())


if __name__ == "__main__":
    main(sys.argv[1])
