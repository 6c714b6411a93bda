#!/usr/bin/env python3
"""The live desk killed under load, again and again: nothing acknowledged is lost, nothing stands twice.
Usage: kill_test.py GUICHET [TIMES]

Four writers send messages with keys of their own. What was not answered when the desk was killed is sent again, with
the same key, to the desk that follows; the last one is asked what it has, and its ledger is checked. A demo that was
killed goes on where its ledger is.
"""
import datetime
import http.client
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

GUICHET = str(pathlib.Path(sys.argv[1]).resolve())
TIMES = int(sys.argv[2]) if len(sys.argv) > 2 else 50
WRITERS = 4
SEED = 20260302


class Desk:
    """A desk that was started, until it is killed."""

    def __init__(self, ledger, *options):
        self.process = subprocess.Popen([GUICHET, "serve", "--ledger", ledger, "--listen", "127.0.0.1:0",
                                         "--writes-per-minute", "1000000", *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        self.host = None
        for line in self.process.stdout:
            found = re.search(r"open at http://(\S+)", line)
            if found:
                self.host = found[1]
            if "Ctrl-C" in line:
                return
        raise SystemExit(f"the desk did not open: {self.process.stderr.read()}")

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        finally:
            connection.close()

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def sign_in(desk, who="seller"):
    form = urllib.parse.urlencode({"email": f"{who}@demo.example", "password": "demo-guichet"})
    status, headers, page = desk.ask("POST", "/signin", form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 303, (status, page[:300])
    cookie = headers["Set-Cookie"].split(";")[0]
    status, _, page = desk.ask("GET", "/profile", headers={"Cookie": cookie})
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert status == 200 and token, page[:300]
    return {"Cookie": cookie, "X-CSRF-Token": token[1], "Content-Type": "application/json"}


class Load:
    """What is sent, and what was answered."""

    def __init__(self, path, headers):
        self.path, self.headers = path, headers
        self.lock = threading.Lock()
        self.next, self.unanswered, self.acknowledged = 0, [], set()

    def take(self):
        with self.lock:
            if self.unanswered:
                return self.unanswered.pop()
            self.next += 1
            return self.next

    def write(self, desk, stop):
        while not stop.is_set():
            number = self.take()
            try:
                status, _, body = desk.ask("POST", self.path, json.dumps({"body": f"words-{number}-end"}),
                                           {**self.headers, "Idempotency-Key": f"k{number}"})
            except (OSError, http.client.HTTPException):
                status, body = 0, ""
            with self.lock:
                if status == 200:
                    self.acknowledged.add(number)
                else:
                    self.unanswered.append(number)
                    if status not in (0, 503):
                        raise SystemExit(f"{status}: {body}")
                    if status == 0:
                        return


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def time_of(desk):
    status, _, body = desk.ask("GET", "/api/desk", headers=sign_in(desk, "admin"))
    assert status == 200, body
    return moment(json.loads(body)["now"])


def live_through_an_hour(desk, path, headers):
    """In the time of a demo that runs fast; gives the moment of the newest event."""
    first = last = None
    while first is None or last - first < datetime.timedelta(hours=1):
        status, _, body = desk.ask("POST", f"{path}/message", json.dumps({"body": "and time goes by"}), headers)
        assert status == 200, body
        status, _, body = desk.ask("GET", path, headers=headers)
        assert status == 200, body
        last = moment(json.loads(body)["summary"]["changed"])
        first = first or last
    return last


def main() -> int:
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(pathlib.Path(folder) / "ledger.db")
        desk = Desk(ledger, "--demo", "--still", "--language", "en", "--pace", "3600")
        headers = sign_in(desk)
        status, _, body = desk.ask("POST", "/api/cases", json.dumps(
            {"matter": "other", "subject": "Killed", "body": "first"}), headers)
        assert status == 201, body
        case = json.loads(body)["case"]
        newest = live_through_an_hour(desk, f"/api/cases/{case}", headers)
        desk.end(signal.SIGKILL)
        desk = Desk(ledger, "--demo", "--still", "--language", "en")
        now = time_of(desk)
        desk.end(signal.SIGTERM)
        if now < newest:
            print(f"the demo's time ran back to {now}, behind its ledger's newest event of {newest}")
            return 1
        load = Load(f"/api/cases/{case}/message", headers)
        for _ in range(TIMES):
            desk = Desk(ledger)
            stop = threading.Event()
            writers = [threading.Thread(target=load.write, args=(desk, stop)) for _ in range(WRITERS)]
            for writer in writers:
                writer.start()
            stop.wait(chance.uniform(0.01, 0.15))
            desk.end(signal.SIGKILL)
            stop.set()
            for writer in writers:
                writer.join()
        desk = Desk(ledger)
        status, _, body = desk.ask("GET", f"/api/cases/{case}", headers=headers)
        assert status == 200, body
        found = [int(number) for number in re.findall(r"words-(\d+)-end", body)]
        desk.end(signal.SIGTERM)
        lost = load.acknowledged - set(found)
        twice = {number for number in found if found.count(number) > 1}
        checked = subprocess.run([GUICHET, "ledger", "check", ledger], capture_output=True, text=True, check=False)
        print(f"killed {TIMES} times; {len(load.acknowledged)} acknowledged, {len(found)} kept, {len(lost)} lost, "
              f"{len(twice)} twice; ledger check: {checked.returncode}")
        if lost or twice or checked.returncode != 0 or len(load.acknowledged) < TIMES:
            print(f"lost {sorted(lost)[:10]}, twice {sorted(twice)[:10]}\n{checked.stdout}{checked.stderr}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
