#!/usr/bin/env python3
"""The live desk killed while mails open cases: each mail opens one, however often it comes and whenever the desk dies.
Usage: mail_kill_test.py GUICHET [TIMES]

Mails wait in the spool before the desk starts, some of them for the second time, and it is killed while it takes them
in.
"""
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading

from kill_test import GUICHET, TIMES, Desk, sign_in

MAILS_EACH = 6
SEED = 20260303
PATIENCE_SECONDS = 120


def hand_over(ledger, number):
    mail = (f"Message-ID: <kill-{number}@mail.example>\r\nFrom: seller@demo.example\r\nTo: desk@place.example\r\n"
            f"Subject: killed-{number}-end\r\nDate: Mon, 2 Mar 2026 11:00:00 +0000\r\n\r\nWords of mail {number}.\r\n")
    subprocess.run([GUICHET, "mail-in", "--ledger", ledger], input=mail.encode(), check=True, capture_output=True)


def cases(desk, headers):
    """How often each subject of ours stands on a case of the seller."""
    found, after = {}, ""
    while True:
        status, _, body = desk.ask("GET", f"/api/cases?limit=200&order=number{after}", headers=headers)
        assert status == 200, body
        listed = json.loads(body)
        for case in listed["cases"]:
            if case.get("subject", "").startswith("killed-"):
                found[case["subject"]] = found.get(case["subject"], 0) + 1
        if "next" not in listed:
            return found
        after = "&after=" + listed["next"]


def main() -> int:
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(pathlib.Path(folder) / "ledger.db")
        settings = pathlib.Path(folder) / "mail.toml"
        settings.write_text('address = "desk@place.example"\nopens_cases = "all"\nopens_cases_per_day_max = 1000\n'
                            'mails_per_hour_max = 100000\n', encoding="utf-8")
        desk = Desk(ledger, "--demo", "--still", "--language", "en")
        headers = sign_in(desk)
        desk.end(signal.SIGTERM)
        spool = pathlib.Path(ledger + ".mail-in") / "new"
        sent = torn = 0
        for _ in range(TIMES):
            for _ in range(MAILS_EACH):
                sent += 1
                hand_over(ledger, sent)
            hand_over(ledger, chance.randint(1, sent))
            waiting = len(list(spool.iterdir()))
            desk = subprocess.Popen([GUICHET, "serve", "--ledger", ledger, "--listen", "127.0.0.1:0", "--mail",
                                     str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            threading.Event().wait(chance.uniform(0.0, 0.2))
            desk.kill()
            desk.wait()
            torn += 0 < len(list(spool.iterdir())) < waiting
        waited = len(list(spool.iterdir()))
        desk = Desk(ledger, "--mail", str(settings))
        for _ in range(PATIENCE_SECONDS * 10):
            if not any(spool.iterdir()):
                break
            threading.Event().wait(0.1)
        found = cases(desk, headers)
        desk.end(signal.SIGTERM)
        lost = [number for number in range(1, sent + 1) if f"killed-{number}-end" not in found]
        twice = [subject for subject, times in found.items() if times > 1]
        checked = subprocess.run([GUICHET, "ledger", "check", ledger], capture_output=True, text=True, check=False)
        print(f"killed {TIMES} times, {torn} of them between two mails; {sent} mails, {waited} of them left to the "
              f"last desk, {len(found)} cases, {len(lost)} lost, {len(twice)} twice; "
              f"ledger check: {checked.returncode}")
        if lost or twice or checked.returncode != 0:
            print(f"lost {lost[:10]}, twice {twice[:10]}\n{checked.stdout}{checked.stderr}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
