#!/usr/bin/env python3
"""What whoever looks after a desk does to it: lets in an administrator who lost the password, moves its log away.
Usage: way_back_test.py GUICHET"""
import http.client
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

GUICHET = str(pathlib.Path(sys.argv.pop(1)).resolve())
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Desk:
    """A desk that is open until it is stopped."""

    def __init__(self, ledger, *more):
        self.process = subprocess.Popen([GUICHET, "serve", "--ledger", ledger, "--listen", "127.0.0.1:0", *more],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding="utf-8")
        self.host = self.word = None
        for line in self.process.stdout:
            if found := re.search(r"open at http://(\S+)", line):
                self.host = found[1]
            if found := re.search(r"until the desk stops: (\S+)", line):
                self.word = found[1]
            if "Ctrl-C" in line:
                return
        raise SystemExit(f"the desk did not open: {self.process.stderr.read()}")

    def ask(self, method, path, form=None, cookie=None):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {**FORM, **({"Cookie": cookie} if cookie else {})}
        connection.request(method, path, urllib.parse.urlencode(form or {}), headers)
        response = connection.getresponse()
        page = response.read().decode()
        cookie = "; ".join(one.split(";")[0] for one in response.headers.get_all("Set-Cookie") or [])
        connection.close()
        return response.status, page, cookie

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()


def invite(ledger, *words):
    return subprocess.run([GUICHET, "ledger", "invite", ledger, *words], capture_output=True, text=True, check=False)


class WayBack(unittest.TestCase):
    def test_the_only_administrator_comes_in_again(self):
        with tempfile.TemporaryDirectory() as folder:
            ledger = str(pathlib.Path(folder) / "desk.ledger")
            desk = Desk(ledger)
            passwords = {"new_password": "correct horse battery", "new_password_again": "correct horse battery"}
            status, page, _ = desk.ask("POST", "/first-run", {"setup_word": desk.word, "name": "Ada Lone",
                                                              "email": "ada@desk.example", **passwords})
            self.assertEqual(status, 303, page)
            served = invite(ledger, "--person", "Ada Lone")
            self.assertEqual(served.returncode, 2, served.stdout)
            self.assertIn("another program writes to this ledger", served.stderr)
            desk.stop()

            unknown = invite(ledger, "--person", "Eva")
            self.assertEqual(unknown.returncode, 2)
            self.assertIn("Ada Lone <ada@desk.example>", unknown.stderr)
            by_name = invite(ledger, "--person", "Ada Lone", "--base-url", "https://desk.example")
            self.assertEqual(by_name.returncode, 0, by_name.stderr)
            link = re.search(r"https://desk\.example(/invitation/\S+)", by_name.stdout)[1]
            self.assertNotIn(link.rsplit("/", 1)[1].encode(), pathlib.Path(ledger).read_bytes())
            checked = subprocess.run([GUICHET, "ledger", "check", ledger], capture_output=True, text=True, check=False)
            self.assertEqual(checked.returncode, 0, checked.stdout)

            desk = Desk(ledger)
            self.assertEqual(desk.ask("GET", link)[0], 200)
            chosen = {"new_password": "another fine sentence", "new_password_again": "another fine sentence"}
            status, page, cookie = desk.ask("POST", link, chosen)
            self.assertEqual(status, 303, page)
            self.assertEqual(desk.ask("GET", link)[0], 404, "it is good once")
            _, page, _ = desk.ask("GET", "/desk", cookie=cookie)
            self.assertIn("Ada Lone", page)
            self.assertRegex(page, r"(?i)invited", "the house's log tells of it")
            signed_in = {"email": "ada@desk.example", "password": "another fine sentence"}
            self.assertEqual(desk.ask("POST", "/signin", signed_in)[0], 303)
            desk.stop()


class Log(unittest.TestCase):
    def test_a_log_that_was_moved_away_begins_anew_at_a_signal(self):
        with tempfile.TemporaryDirectory() as folder:
            log, old = pathlib.Path(folder) / "desk.log", pathlib.Path(folder) / "desk.log.1"
            desk = Desk(str(pathlib.Path(folder) / "desk.ledger"), "--log", str(log))
            self.assertEqual(desk.ask("GET", "/healthz")[0], 200)
            log.rename(old)
            desk.process.send_signal(signal.SIGHUP)
            # Each request is one line, in the old log until the signal was taken.
            asked = 1
            while not log.exists() or not log.read_text():
                self.assertEqual(desk.ask("GET", "/healthz")[0], 200)
                asked += 1
            desk.stop()
            self.assertEqual(desk.process.returncode, 0)
            lines = old.read_text().splitlines() + log.read_text().splitlines()
            self.assertEqual(sum('"/healthz"' in line for line in lines), asked, "no line is lost on the way")


if __name__ == "__main__":
    unittest.main()
