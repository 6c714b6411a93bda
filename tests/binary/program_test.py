#!/usr/bin/env python3
"""What a person who types commands meets: outputs, exit codes, messages. Usage: program_test.py GUICHET"""
import contextlib
import csv
import email.message
import gzip
import io
import json
import os
import pathlib
import pty
import re
import select
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUICHET = str(pathlib.Path(sys.argv.pop(1)).resolve())
SAMPLE = str(ROOT / "samples/marketplace.csv.gz")
CLAIM = str(ROOT / "samples/claim.toml")
MAPPING = str(ROOT / "samples/marketplace.toml")
PROCEDURES = ("guichet-unique", "next-available", "p2b-minimum")
VERBS = ("audit", "compare", "costs", "dossier", "expect", "explain", "fit", "import", "ledger", "lint", "mail-in",
         "mapping", "measure", "rehearse", "serve", "tour", "verify")


def guichet(*words, language="C", cwd=None):
    """Runs the program; gives what it left."""
    return subprocess.run([GUICHET, *words], cwd=cwd, env={"LC_ALL": language, "PATH": "/usr/bin:/bin"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False)


class Scratch(unittest.TestCase):
    """Gives each test an empty folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def assert_done(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def assert_refused(self, done, *words):
        """Exit code 2, nothing on standard output, and a message that holds `words`."""
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("internal error", done.stderr)


class Usage(Scratch):
    def test_version_and_help(self):
        self.assertRegex(self.assert_done(guichet("--version")), r"^guichet \d+\.\d+\.\d+\nledger format \d+\n$")
        page = self.assert_done(guichet("--help"))
        for verb in VERBS:
            self.assertRegex(page, rf"(?m)^\s+{verb}\s")
            self.assertIn("--help", self.assert_done(guichet(verb, "--help")))

    def test_every_verb_is_tested_here(self):
        page = guichet("--help").stdout
        self.assertEqual(sorted(re.findall(r"(?m)^  ([a-z-]+) ", page.split("Subcommands:")[1])), sorted(VERBS))

    def test_bad_usage(self):
        for words in ([], ["sing"], ["--loud"], ["explain"], ["explain", "next-available", "--format", "pdf"],
                      ["explain", "next-available", "--language", "xx"],
                      ["lint"], ["lint", "--on", "soon", "p2b-minimum"], ["lint", "--staff", "3", "p2b-minimum"],
                      ["lint", "--staff", "-3", "--turnover", "1", "p2b-minimum"],
                      ["costs"], ["costs", CLAIM, "--json", "--csv"], ["costs", CLAIM, "--until", "soon"],
                      ["measure"], ["measure", SAMPLE, "--json", "--csv"], ["tour", "--loud"]):
            with self.subTest(words=words):
                self.assert_refused(guichet(*words))

    def test_output_that_is_lost_is_told(self):
        for words in (["mapping", SAMPLE], ["lint", "--rules"], ["lint", "p2b-minimum"], ["explain", "p2b-minimum"],
                      ["measure", SAMPLE, "--json"]):
            with self.subTest(words=words), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([GUICHET, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertIn("standard output cannot be written", done.stderr)

    def test_pipes_and_devices_are_refused(self):
        pipe = str(self.folder / "pipe.csv")
        os.mkfifo(pipe)
        for path in (pipe, "/dev/null"):
            self.assert_refused(guichet("measure", path), path, "save its text to a file first")

    def test_names_from_files_do_not_steer_the_terminal(self):
        log = self.write("log.csv", "case,activity,time\n" + "".join(
            f"\x1b]0;gone\x07{i},\u202ea,2024-01-0{2 - i % 2}\n" for i in (1, 2, 1, 2)))
        for words in (["measure", log], ["measure", log, "--csv"], ["mapping", log]):
            done = guichet(*words)
            for bad in "\x1b\x07\u202e":
                self.assertNotIn(bad, done.stdout + done.stderr)
        text = self.assert_done(guichet("measure", log, "--json"))
        self.assertIn("\u202ea", json.loads(text)["measures"]["activity_counts"]["by"])

    def test_what_machines_read_does_not_depend_on_the_language_around(self):
        for words in (["measure", SAMPLE, "--json"], ["lint", "p2b-minimum", "--json"]):
            self.assertEqual(guichet(*words, language="fr_FR.UTF-8").stdout, guichet(*words).stdout)

    def test_what_is_not_there(self):
        for words in (["explain", "nowhere.toml"], ["lint", "nowhere.toml"], ["measure", "nowhere.csv"],
                      ["mapping", "nowhere.csv"], ["costs", "nowhere.toml"],
                      ["costs", CLAIM, "--rates", "nowhere.toml"], ["lint", "next-available", "--pack", "nowhere.toml"],
                      ["measure", SAMPLE, "--mapping", "nowhere.toml"], ["tour", "nowhere.csv"]):
            with self.subTest(words=words):
                self.assert_refused(guichet(*words, cwd=self.folder), "nowhere.")

    def test_folders_are_no_files(self):
        for verb in ("costs", "expect", "explain", "lint", "measure", "mapping"):
            with self.subTest(verb=verb):
                self.assert_refused(guichet(verb, str(self.folder)), str(self.folder))

    def test_what_cannot_be_written(self):
        nowhere = str(self.folder / "no" / "such" / "folder.html")
        for words in (["explain", "next-available", "-o", nowhere], ["measure", SAMPLE, "--html", nowhere],
                      ["costs", CLAIM, "--html", nowhere]):
            with self.subTest(words=words):
                self.assert_refused(guichet(*words), nowhere)
        self.assert_refused(guichet("tour", "-o", self.write("file", "") + "/tour"), "file")


class Costs(Scratch):
    def test_the_account_in_every_form(self):
        account = json.loads(self.assert_done(guichet("costs", CLAIM, "--json")))
        self.assertEqual(account["interest"]["legal_interest"]["amount"], "574.26")
        self.assertEqual(account["interest"]["legal_interest"]["unrounded"], "574.2644")
        self.assertEqual([line["amount"] for line in account["lines"] if line["kind"] == "legal_interest"],
                         ["202.81", "150.85", "114.08", "106.53"])
        self.assertEqual(account["time_bar"]["last_day"], "2029-08-15")  # 15 June 2029 and 61 days
        rows = list(csv.DictReader(io.StringIO(self.assert_done(guichet("costs", CLAIM, "--csv")))))
        self.assertEqual(sum(round(float(row["amount"]) * 100) for row in rows), round(float(account["total"]) * 100))
        page = self.folder / "claim.html"
        said = self.assert_done(guichet("costs", CLAIM, "--language", "fr", "--html", str(page)))
        self.assertIn("574,26\u202f€", said)
        self.assertIn("574,26\u202f€", page.read_text(encoding="utf-8"))

    def test_beyond_the_last_rate_it_stops_and_says_so(self):
        done = guichet("costs", CLAIM, "--until", "2026-12-31")
        self.assertIn("is not known from 1 July 2026", self.assert_done(done, code=1))
        rates = self.write("mine.toml", '[[rate]]\nkind = "legal_business"\nfrom = 2026-07-01\nuntil = 2026-12-31\n'
                                        'percent = "3.00"\nsource = "invented for a test"\n')
        said = self.assert_done(guichet("costs", CLAIM, "--until", "2026-12-31", "--rates", rates, "--json"))
        known = json.loads(said)
        self.assertIsNone(known["rate_unknown"])

    def test_a_claim_at_fault_names_the_place(self):
        self.assert_refused(guichet("costs", self.write("claim.toml", 'regime = "late"\n')), "claim.toml:1:")
        self.assert_refused(guichet("costs", self.write("claim.toml", 'regime = "no_interest"\n')), "--until")


class Procedures(Scratch):
    def test_explain_in_both_languages(self):
        for name in PROCEDURES:
            english = self.assert_done(guichet("explain", name, "--language", "en"))
            french = self.assert_done(guichet("explain", name, "--language", "fr"))
            self.assertGreater(len(english), 1000)
            self.assertNotEqual(english, french)
            self.assertEqual(french, guichet("explain", name, language="fr_FR.UTF-8").stdout)
            self.assertEqual(english, guichet("explain", name, language="de_DE.UTF-8").stdout)

    def test_a_file_says_what_its_name_says(self):
        for name in PROCEDURES:
            by_path = guichet("explain", str(ROOT / "procedures" / f"{name}.toml"), "--format", "svg").stdout
            self.assertEqual(by_path, guichet("explain", name, "--format", "svg").stdout)

    def test_explain_writes_files(self):
        page = self.folder / "page.html"
        self.assert_done(guichet("explain", "guichet-unique", "--format", "html", "-o", str(page)))
        self.assertTrue(page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>"))
        drawing = self.assert_done(guichet("explain", "guichet-unique", "--format", "svg"))
        self.assertRegex(drawing, r"^(<\?xml[^>]*>\s*)?<svg ")

    def test_the_pictures_of_the_documents(self):
        pictures = sorted((ROOT / "docs/pictures").glob("*.svg"))
        self.assertTrue(pictures)
        for picture in pictures:
            name, language, _ = picture.name.split(".")
            drawn = self.assert_done(guichet("explain", name, "--language", language, "--format", "svg"))
            if os.environ.get("GUICHET_BLESS"):
                picture.write_text(drawn, encoding="utf-8")
            self.assertEqual(picture.read_text(encoding="utf-8"), drawn, picture.name)

    def test_lint_finds_and_says_so(self):
        found = self.assert_done(guichet("lint", "next-available", "--json"), code=1)
        findings = json.loads(found)
        self.assertGreater(len(findings), 5)
        self.assertEqual(len({json.dumps(finding) for finding in findings}), len(findings))
        self.assertIn("48\u00a0h", guichet("lint", "next-available").stdout)

    def test_lint_is_content(self):
        for words in (["guichet-unique"], ["guichet-unique", "--json"]):
            self.assert_done(guichet("lint", *words))

    def test_a_faulty_procedure(self):
        text = (ROOT / "procedures/guichet-unique.toml").read_text(encoding="utf-8")
        typo = self.write("typo.toml", text.replace("effective_from", "efective_from", 1))
        line = text[:text.index("effective_from")].count("\n") + 1
        for verb in ("explain", "lint"):
            self.assert_refused(guichet(verb, typo), f"{typo}:{line}:1:", "effective_from")
        self.assert_refused(guichet("lint", self.write("cut.toml", text[:len(text) // 2] + "\n= 3\n")), "cut.toml:")
        self.assert_refused(guichet("explain", self.write("bytes.toml", b"\xff\xfe\x00")), "bytes.toml")


class Logs(Scratch):
    def test_measure_as_json(self):
        report = json.loads(self.assert_done(guichet("measure", SAMPLE, "--mapping", MAPPING, "--json")))
        rows = gzip.open(SAMPLE, "rt", encoding="utf-8").read().splitlines()[1:]
        self.assertEqual(report["cases"], len({row.split(",")[0] for row in rows}))
        self.assertEqual(report["events"], len(rows))
        self.assertIn("measures", report)

    def test_what_to_expect(self):
        said = json.loads(self.assert_done(guichet("expect", SAMPLE, "--mapping", MAPPING, "--json")))
        outcome = said["any_matter"]["outcome"]
        self.assertLess(0, outcome["low"])
        self.assertLess(outcome["low"], outcome["middle"])
        self.assertLess(outcome["middle"], outcome["high"])
        right = outcome["accuracy"]["within"] / outcome["accuracy"]["told"]
        self.assertTrue(0.75 < right < 0.85, right)
        self.assertEqual(said["any_matter"]["messages"]["unit"], "messages")
        self.assertIn("lost stock", said["matters"])
        for language, words in (("en", "What to expect"), ("fr", "À quoi s’attendre")):
            text = self.assert_done(guichet("expect", SAMPLE, "--mapping", MAPPING, "--language", language))
            self.assertIn(words, text)

    def test_plain_and_packed_are_one(self):
        plain = self.write("marketplace.csv", gzip.decompress(pathlib.Path(SAMPLE).read_bytes()))
        packed = json.loads(guichet("measure", SAMPLE, "--mapping", MAPPING, "--json").stdout)
        self.assertEqual(json.loads(guichet("measure", plain, "--mapping", MAPPING, "--json").stdout)["measures"],
                         packed["measures"])

    def test_what_did_not_happen_is_zero(self):
        log = self.write("calm.csv", "case,activity,time,person,team\n1,open,2026-01-01,Ann,\n1,end,2026-01-02,Ann,\n")
        columns = '[columns]\ncase = "case"\nactivity = "activity"\ntime = "time"\nperson = "person"\nteam = "team"\n'
        rules = '[[meaning]]\nactivity = "close"\nevent = "closed"\n[abandoned]\nlast = {activity = "silence"}\n'
        rules += '[reopened]\nafter = {activity = "close"}\nthen = {activity = "open"}\n'
        plain, ruled = self.write("plain.toml", columns), self.write("ruled.toml", columns + rules)
        without = json.loads(self.assert_done(guichet("measure", log, "--mapping", plain, "--json")))["measures"]
        with_rules = json.loads(self.assert_done(guichet("measure", log, "--mapping", ruled, "--json")))["measures"]
        self.assertNotIn("abandonment", without)
        for measure in ("abandonment", "reopened"):
            self.assertEqual((with_rules[measure]["n"], with_rules[measure]["cases"]), (1, 0), measure)
        self.assertEqual(with_rules["teams_met"]["max"], 0)

    def test_rows_in_any_order(self):
        head, *rows = gzip.decompress(pathlib.Path(SAMPLE).read_bytes()).decode().splitlines()
        by_case = "\n".join([head, *sorted(rows, key=lambda row: row.split(",")[0])]) + "\n"
        sorted_log = self.write("by-case.csv", by_case)
        first = json.loads(guichet("measure", SAMPLE, "--mapping", MAPPING, "--json").stdout)["measures"]
        again = json.loads(guichet("measure", sorted_log, "--mapping", MAPPING, "--json").stdout)["measures"]
        self.assertEqual(first, again)

    def test_a_log_that_is_none(self):
        self.assert_refused(guichet("measure", self.write("empty.csv", "")), "empty.csv")
        cut = self.write("cut.csv.gz", pathlib.Path(SAMPLE).read_bytes()[:5000])
        self.assert_refused(guichet("measure", cut), "cut.csv.gz")
        self.assert_refused(guichet("measure", self.write("bomb.xes", '<!DOCTYPE l [<!ENTITY a "b">]><log>&a;</log>')))

    def test_mapping_proposes(self):
        proposed = self.write("proposed.toml", self.assert_done(guichet("mapping", SAMPLE)))
        report = json.loads(self.assert_done(guichet("measure", SAMPLE, "--mapping", proposed, "--json")))
        self.assertEqual(report["cases"], 1500)


class Rehearsals(Scratch):
    SMALL = ("--cases", "2000", "--replications", "2")
    ENDLESS = ("plain-queue", "--cases", "1000000000", "--replications", "2")

    def rehearsed(self, *words, code=0):
        return json.loads(self.assert_done(guichet("rehearse", *words, "--json"), code))

    def test_json_has_what_programs_look_for(self):
        told = self.rehearsed("plain-queue", *self.SMALL)
        for key in ("scenario", "procedure", "seed", "digest", "events", "cases", "wall_seconds", "events_per_second",
                    "events_per_second_per_core", "replications", "partial", "stopped", "by_queue", "by_matter",
                    "tails", "looks", "refused", "assumptions"):
            self.assertIn(key, told)
        self.assertRegex(told["digest"], "^[0-9a-f]{16}$")
        self.assertEqual((told["cases"], told["replications"], told["partial"]), (4000, 2, False))
        for name in ("waited_share", "abandoned_share", "queue_wait", "queue_length"):
            measure = told["measures"][name]
            low, high = measure["ci95"]
            self.assertLessEqual(low, measure["mean"])
            self.assertLessEqual(measure["mean"], high)
        self.assertLessEqual(told["measures"]["queue_wait"]["p10"], told["measures"]["queue_wait"]["max"])
        self.assertTrue(all(one["source"] for one in told["assumptions"]))

    def test_nothing_depends_on_threads_or_on_when(self):
        def all_but_time(*words):
            told = self.rehearsed("testimony-support", "--cases", "300", "--replications", "4", *words)
            return {key: value for key, value in told.items() if "second" not in key or key == "rehearsed_seconds"}
        once = all_but_time("--threads", "1")
        self.assertEqual(all_but_time("--threads", "2"), once)
        self.assertNotEqual(all_but_time("--threads", "2", "--seed", "2")["digest"], once["digest"])

    def test_text_and_page_in_both_languages(self):
        for language, word in (("en", "Cases given up"), ("fr", "Dossiers abandonnés")):
            words = ("rehearse", "plain-queue", *self.SMALL, "--language", language)
            text = self.assert_done(guichet(*words))
            self.assertIn(word, text)
            self.assertLessEqual(max(map(len, text.splitlines())), 100)
            page = self.assert_done(guichet(*words, "--html", "-"))
            self.assertIn(word, page)
            self.assertEqual(page, guichet(*words, "--html", "-", "--threads", "1").stdout)

    def test_two_procedures_stand_side_by_side(self):
        words = ("testimony-support", "--cases", "200", "--replications", "2",
                 "--procedure", "next-available", "--procedure", "guichet-unique")
        told = self.rehearsed(*words)
        self.assertEqual([one["procedure"] for one in told["procedures"]], ["next-available", "guichet-unique"])
        both = told["differences"][0]["measures"]["abandoned_share"]
        self.assertAlmostEqual(both["difference"]["mean"], both["b"]["mean"] - both["a"]["mean"])
        clauses = {one["path"]: (one["a"], one["b"]) for one in told["differing_clauses"][0]["clauses"]}
        self.assertEqual(clauses["assignment.mode"], ('"next_available"', '"keep_owner"'))
        rows = self.assert_done(guichet("rehearse", *words, "--csv")).splitlines()
        self.assertEqual(rows[0], "procedure,measure,unit,row,stat,value")
        self.assertTrue(any(row.startswith("guichet-unique - next-available,agents,count,,mean,") for row in rows))

    def test_explain_adds_up(self):
        told = self.rehearsed("testimony-support", "--cases", "100", "--replications", "2", "--explain")["explain"]
        parts = sum(one["points"]["mean"] for one in told["factors"].values())
        self.assertAlmostEqual(parts, told["as_it_is"]["mean"] - told["all_repaired"]["mean"])
        self.assertEqual(len(told["coalitions"]), 32)
        self.assertEqual(told["repaired_by"], "guichet-unique")

    def test_what_is_kept_measures_the_same(self):
        for name in ("kept.csv", "kept.xes.gz"):
            kept = str(self.folder / name)
            told = self.rehearsed("testimony-support", "--cases", "100", "--replications", "2", "--keep", kept)
            again = json.loads(self.assert_done(guichet("measure", kept, "--json")))["measures"]
            shared = [(measure.split(".")[0], one) for measure, one in told["measures"].items() if "stat" in one]
            self.assertGreater(len(shared), 20)
            for measure, one in shared:
                self.assertAlmostEqual(one["mean"], again[measure][one["stat"]], places=5, msg=f"{name}: {measure}")

    def test_what_is_assumed_and_what_is_there(self):
        shipped = self.assert_done(guichet("rehearse", "--list"))
        for name in ("plain-queue", "testimony-support"):
            self.assertIn(name, shipped)
            assumed = self.assert_done(guichet("rehearse", name, "--assumptions"))
            self.assertIn("arrivals.rate", assumed)
        self.assertIn("assumed", assumed)

    def test_times_may_come_from_a_log(self):
        self.write("log.csv", "case,event,time,person\n" + "".join(
            f"{case},{what},2026-01-05T{case:02}:{minute:02}:00Z,{who}\n" for case in range(24)
            for what, minute, who in (("asks", 0, "seller"), ("answers", 10, "agent"), ("thanks", 40, "seller"))))
        self.write("log.toml", '[columns]\ncase = "case"\nactivity = "event"\ntime = "time"\n'
                             'person = "person"\n'
                             '[[waiting]]\nactivity = "asks"\nfor = "desk"\n'
                             '[[waiting]]\nactivity = "answers"\nfor = "seller"\n')
        scenario = (ROOT / "scenarios/plain-queue.toml").read_text(encoding="utf-8")
        fitted = self.write("fitted.toml", scenario.replace(
            'reply = "0 seconds"', 'reply = { fit = "log.csv", mapping = "log.toml", of = "seller_reply" }'))
        self.rehearsed(fitted, "--cases", "100", "--replications", "2")
        missing = self.write("missing.toml", scenario.replace('reply = "0 seconds"',
                                                              'reply = { fit = "no.csv", of = "seller_reply" }'))
        self.assert_refused(guichet("rehearse", missing), "missing.toml:", "no.csv")

    def test_bad_input(self):
        for words, said in ((["nowhere"], "nowhere"), (["plain-queue", "--procedure", "nowhere"], "nowhere"),
                            (["plain-queue", "--length", "soon"], "--length"), ([], "no scenario"),
                            (["plain-queue", "--seed", "-1"], "--seed"),
                            (["plain-queue", "--replications", "0"], "--replications"),
                            (["plain-queue", "--keep", "kept.txt"], "kept.txt"),
                            (["plain-queue", "--keep", "a.csv", "--procedure", "a", "--procedure", "b"], "--keep"),
                            (["plain-queue", *self.SMALL, "--html", "no/such/folder.html"], "no/such/folder.html")):
            with self.subTest(words=words):
                self.assert_refused(guichet("rehearse", *words, cwd=self.folder), said)
        self.assert_refused(guichet("rehearse", self.write("empty.toml", "")), "empty.toml:")

    def test_a_queue_without_end_stops_at_its_memory(self):
        scenario = (ROOT / "scenarios/plain-queue.toml").read_text(encoding="utf-8")
        scenario = scenario.replace("95 per minute", "300 per minute").replace("[run]", '[run]\nmemory = "16 MiB"')
        scenario = scenario.replace('patience = { law = "exponential", mean = "1 minute" }', "")
        done = guichet("rehearse", self.write("grows.toml", scenario), "--json")
        told = json.loads(self.assert_done(done, code=1))
        self.assertEqual((told["partial"], told["stopped"]), (True, "memory"))
        self.assertGreater(told["measures"]["queue_length"]["mean"], 100)
        self.assertIn(told["stopped_why"], done.stderr)

    def test_interrupted_it_says_what_it_has(self):
        # The bar, which only a terminal sees, tells that it has begun.
        watched, terminal = pty.openpty()
        with subprocess.Popen([GUICHET, "rehearse", *self.ENDLESS, "--json"], stdout=subprocess.PIPE,
                              stderr=terminal, stdin=subprocess.DEVNULL, env={"LC_ALL": "C"}) as running:
            os.close(terminal)
            seen = b""
            while b"events/s" not in seen:
                seen += os.read(watched, 4096)
            self.assertIn(b"rehearsing plain-queue", seen)
            running.send_signal(signal.SIGINT)
            told = json.loads(running.stdout.read())
            self.assertEqual(running.wait(), 1)
        os.close(watched)
        self.assertEqual((told["partial"], told["stopped"]), (True, "interrupted"))
        self.assertGreater(told["events"], 1000)
        self.assertGreater(told["measures"]["queue_wait"]["n"], 1000)


class Audit(Scratch):
    """What a mailbox shows."""

    BOX = str(ROOT / "samples/seller-alone.mbox")
    WHO = str(ROOT / "samples/seller-alone.toml")

    def audited(self, *words):
        return json.loads(self.assert_done(guichet("audit", *words, "--json")))

    def test_the_story_of_the_sample(self):
        told = self.audited(self.BOX, "--mapping", self.WHO)
        self.assertEqual(told["counts"]["mails"], 55)
        self.assertEqual(len(told["agents"]), 13)
        self.assertEqual(len(told["restarts"]), 7)
        self.assertEqual(told["closing_delay"]["hours"], 48)
        self.assertEqual((told["closing_delay"]["n"], told["closing_delay"]["of"]), (8, 8))
        self.assertEqual(told["questions"][0]["words"], "Qui est responsable de mon dossier du début à la fin ?")
        self.assertEqual(len(told["questions"][0]["asked"]), 6)
        self.assertEqual(len(told["offers"]), 1)
        self.assertEqual((told["limits"][0]["from"], told["limits"][0]["to"]), (1200, 80))
        self.assertEqual(told["measures"]["restarts"]["cases"], 7)

    def test_every_figure_leads_to_a_mail(self):
        page = self.folder / "report.html"
        for language in ("fr", "en"):
            self.assert_done(guichet("audit", self.BOX, "--mapping", self.WHO, "--language", language, "-o", str(page)))
            text = page.read_text(encoding="utf-8")
            self.assertIn(f'<html lang="{language}"', text)
            led = set(re.findall(r'href="#(m\d+)"', text))
            self.assertGreater(len(led), 30)
            self.assertEqual(led - set(re.findall(r'id="(m\d+)"', text)), set())
            self.assertIn("20250203.0842.001@boisclair.example", text)

    def test_who_is_who_is_guessed_and_told(self):
        given = self.audited(self.BOX, "--mapping", self.WHO)
        guessed = self.audited(self.BOX)
        self.assertEqual(guessed["mapping_origin"], "proposed")
        self.assertTrue(guessed["reasons"])
        self.assertEqual(guessed["counts"], given["counts"])

    def test_the_same_from_single_mails(self):
        """One mail a file, in a folder, tells the same as the mbox, but for the places."""
        folder = self.folder / "mails"
        folder.mkdir()
        mails = re.split(r"(?m)^From \S+ .*\n", pathlib.Path(self.BOX).read_text(encoding="utf-8"))[1:]
        for number, mail in enumerate(mails):
            (folder / f"{number:03}.eml").write_text(mail, encoding="utf-8")
        whole = self.audited(self.BOX, "--mapping", self.WHO)
        single = self.audited(str(folder), "--mapping", self.WHO)
        for part in ("counts", "agents", "restarts", "closings", "questions", "wording", "in_short"):
            self.assertEqual(single[part], whole[part], part)

    def test_a_claim_adds_its_costs(self):
        page = self.assert_done(guichet("audit", self.BOX, "--mapping", self.WHO, "--claim", CLAIM, "--language", "en",
                                        "-o", "-"))
        self.assertIn(f"guichet audit {self.BOX} --mapping {self.WHO} --claim {CLAIM} --language en -o -</code>", page,
                      "the whole command, as it was given")
        self.assertEqual(self.audited(self.BOX, "--mapping", self.WHO, "--claim", CLAIM)["costs"],
                         json.loads(self.assert_done(guichet("costs", CLAIM, "--json"))))
        later = pathlib.Path(CLAIM).read_text(encoding="utf-8") + """
[[sum]]
what = "a later balance"
amount = "500.00"
from = 2026-07-01
"""
        later = self.write("later.toml", later)
        costs = self.audited(self.BOX, "--mapping", self.WHO, "--claim", later)["costs"]
        self.assertEqual(costs["left_out"], 1)
        self.assertEqual(costs, json.loads(self.assert_done(guichet("costs", later, "--json"))))
        self.assertGreater(len(page), len(self.assert_done(
            guichet("audit", self.BOX, "--mapping", self.WHO, "--language", "en", "-o", "-"))))

    def test_what_cannot_be_read(self):
        self.assert_refused(guichet("audit"), "mailbox")
        self.assert_refused(guichet("audit", str(self.folder / "nothing.mbox")), "nothing.mbox")
        self.assert_refused(guichet("audit", self.BOX, "--mapping", MAPPING), "marketplace.toml")
        self.assert_refused(guichet("audit", self.BOX, "--json", "-o", "x.html"))
        self.assert_refused(guichet("audit", self.BOX, "--mapping", self.WHO, "-o", "/nowhere/x.html"), "/nowhere")

    def test_what_is_no_mailbox(self):
        """Bytes of any other kind, or none at all: a fault, and no empty report."""
        folder = self.folder / "folder"
        folder.mkdir()
        (folder / "a.bin").write_bytes(bytes(range(256)) * 40)
        for path in (self.write("random.bin", bytes(range(256)) * 400), self.write("empty.mbox", ""),
                     self.write("notes.txt", "Milk\nBread\n"), str(folder)):
            for more in ((), ("--mapping", self.WHO), ("--json",)):
                with self.subTest(path=path, more=more):
                    self.assert_refused(guichet("audit", path, *more), path, "holds no mail")

    def test_a_mapping_that_fits_no_mail(self):
        nobody = self.write("nobody.toml", 'kind = "mailbox"\n[desk]\naddresses = ["@a.example"]\n\n[seller]\n'
                                           'addresses = ["b@c.example"]\n')
        ledger = str(self.folder / "x.ledger")
        for command in (("audit", self.BOX), ("measure", self.BOX), ("import", self.BOX, "--into", ledger)):
            with self.subTest(command=command):
                self.assert_refused(guichet(*command, "--mapping", nobody), "nobody.toml:3: no mail is from or to",
                                    "line 6", "boisclair.example")
        both = self.write("both.toml", 'kind = "mailbox"\n[desk]\naddresses = ["@a.example", "B@c.example"]\n'
                                       '[seller]\naddresses = ["b@c.example"]\n')
        self.assert_refused(guichet("audit", self.BOX, "--mapping", both), "both.toml:5:",
                            '"b@c.example" is of the desk and of the seller')

    def test_times_that_cannot_be(self):
        """The Date, else the last server's time where the two lie far apart, else none; each is told."""
        def mail(number, date, received=None, sender="anna@shop.example", to="help@market.example"):
            hop = f"Received: from a.example by b.example; {received}\n" if received else ""
            return (f"From x Tue Mar  3 09:00:00 2026\n{hop}From: {sender}\nTo: {to}\nSubject: Lamp {number}\n"
                    f"Message-ID: <{number}@shop.example>\n" + (f"Date: {date}\n" if date else "") +
                    f"\nWhere is lamp {number} now?\n\n")
        right = "Tue, 3 Mar 2026 09:00:05 +0000"
        box = self.write("times.mbox", "".join((
            mail(1, "Tue, 3 Mar 2026 09:00:00 +0000", right),
            mail(2, "Tue, 3 Mar 2026 09:30:00 +0000"),
            mail(3, "Sat, 3 Mar 2999 09:00:00 +0000", right),
            mail(4, "Wed, 3 Mar 1999 09:00:00 +0000", right),
            mail(5, "sometime in March", right),
            mail(6, None, right),
            mail(7, "Sat, 3 Mar 2999 09:00:00 +0000"),
            mail(8, None),
            mail(9, "Tue, 3 Mar 2026 10:00:00 +0000", right, "help@market.example", "anna@shop.example"))))
        who = self.write("who.toml", 'kind = "mailbox"\n[desk]\naddresses = ["@market.example"]\n[seller]\n'
                                     'addresses = ["anna@shop.example"]\n')
        told = self.audited(box, "--mapping", who)
        at = {mail["message_id"].split("@")[0]: mail.get("at") for mail in told["mails"]}
        self.assertEqual(at["1"], "2026-03-03T09:00:00Z")
        self.assertEqual(at["2"], "2026-03-03T09:30:00Z")
        for number in "3456":
            self.assertEqual(at[number], "2026-03-03T09:00:05Z", number)
        self.assertIsNone(at["7"])
        self.assertIsNone(at["8"])
        self.assertEqual(told["to"], "2026-03-03T10:00:00Z")
        unknown = " ".join(sentence["words"] for sentence in told["not_known"])
        self.assertIn("4 mails", unknown)
        # The ledger and the measures believe none of them either.
        ledger = str(self.folder / "times.ledger")
        self.assert_done(guichet("import", box, "--mapping", who, "--into", ledger))
        self.assert_done(guichet("ledger", "check", ledger))
        self.assertNotIn("2999", self.assert_done(guichet("measure", ledger, "--json")))
        with contextlib.closing(sqlite3.connect(ledger)) as opened:
            rows = opened.execute("select max(at) from events").fetchall()
        self.assertLess(rows[0][0], 1_893_456_000_000, "2030")


class Mailbox(Scratch):
    """A mailbox brought into a ledger."""

    BOX, WHO = Audit.BOX, Audit.WHO

    def bring(self, *paths, into="seller.ledger", mapping=None, more=()):
        ledger = str(self.folder / into)
        return ledger, guichet("import", *paths, "--mapping", mapping or self.WHO, "--into", ledger, *more)

    def measured(self, *words):
        """The measures; a ledger calls people by number, so what is said of each is left out."""
        return [line for line in self.assert_done(guichet("measure", *words, "--csv")).splitlines()
                if not line.startswith("by_person")]

    def test_the_ledger_measures_what_the_mailbox_measures(self):
        ledger, done = self.bring(self.BOX)
        self.assertIn("55 mails read.", self.assert_done(done))
        self.assertEqual(self.measured(self.BOX, "--mapping", self.WHO), self.measured(ledger))
        self.assert_done(guichet("ledger", "check", ledger))

    def test_nothing_is_brought_in_twice(self):
        ledger, done = self.bring(self.BOX)
        self.assert_done(done)
        self.assert_refused(self.bring(self.BOX)[1], "in the ledger already")
        # The mailbox has grown by a mail.
        grown = self.folder / "grown.mbox"
        grown.write_text(pathlib.Path(self.BOX).read_text(encoding="utf-8") +
                         "\nFrom x Tue Mar  3 09:00:00 2026\nFrom: late@boisclair.example\nTo: x@nowhere.example\n"
                         "Message-ID: <late@boisclair.example>\nDate: Tue, 3 Mar 2026 09:00:00 +0000\n\nlate\n",
                         encoding="utf-8")
        notes = self.folder / "notes.csv"
        again = self.bring(str(grown), more=("--notes", str(notes)))[1]
        self.assertRegex(self.assert_done(again), r"mails were in it before")
        # What answers a mail that is there joins its case, out of whatever mailbox it comes.
        first = re.search(r"(?m)^Message-ID: (<.*>)$", pathlib.Path(self.BOX).read_text(encoding="utf-8")).group(1)
        seller = re.search(r'addresses = \["(.*?)"', pathlib.Path(self.WHO).read_text(encoding="utf-8").split(
            "[seller]")[1]).group(1)
        later = self.write("later.mbox", f"From x Tue Mar  3 09:00:00 2026\nFrom: {seller}\nTo: x@nowhere.example\n"
                                         f"Message-ID: <joins@boisclair.example>\nIn-Reply-To: {first}\n"
                                         "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nAnd now?\n")
        told = self.assert_done(self.bring(later)[1])
        self.assertIn("1 mail read.", told)
        self.assertIn("0 cases with 0 mails, 1 person and 0 sellers", told)
        self.assertIn("1 mail joined 1 case that was there", told)
        self.assert_done(guichet("ledger", "check", ledger))
        rows = list(csv.DictReader(notes.read_text(encoding="utf-8").splitlines()))
        self.assertGreater(sum(row["what"] == "in the ledger before" for row in rows), 40)

    def test_under_which_rules_a_ledger_begins_is_told(self):
        done = self.bring(self.BOX)[1]
        self.assert_done(done)
        self.assertRegex(done.stderr, r"seller\.ledger begins under the rules .+; --procedure begins it under others")
        done = self.bring(self.BOX, into="b.ledger", more=("--procedure", "p2b-minimum"))[1]
        self.assert_done(done)
        self.assertNotIn("--procedure", done.stderr)
        seller = re.search(r'addresses = \["(.*?)"', pathlib.Path(self.WHO).read_text(encoding="utf-8").split(
            "[seller]")[1]).group(1)
        later = self.write("more.mbox", f"From x Tue Mar  3 09:00:00 2026\nFrom: {seller}\nTo: x@nowhere.example\n"
                                        "Message-ID: <more@boisclair.example>\n"
                                        "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nlate\n")
        done = self.bring(later, into="b.ledger", more=("--procedure", "next-available"))[1]
        self.assert_done(done)
        self.assertIn("--procedure next-available: not applied", done.stderr)

    def test_the_bytes_of_a_mail_go_with_its_words(self):
        ledger, done = self.bring(self.BOX)
        self.assert_done(done)
        with contextlib.closing(sqlite3.connect(ledger)) as db:
            label, raw = next((label, json.loads(body)["mail"]) for label, body in
                              db.execute("SELECT id, body FROM texts WHERE kind = 4 ORDER BY id") if b'"mail":' in body)
            (said,), = db.execute("SELECT body FROM texts WHERE id = ?", (raw,))
        done = guichet("ledger", "erase", ledger, "--text", str(label), "--why", "a test", "--yes")
        self.assertIn("2 texts are erased", self.assert_done(done))
        self.assertIn(f"the same words stand in {raw} too", done.stderr)
        with contextlib.closing(sqlite3.connect(ledger)) as db:
            self.assertEqual(list(db.execute("SELECT id FROM texts WHERE erased IS NOT NULL ORDER BY id")),
                             sorted([(label,), (raw,)]))
        self.assertNotIn(said, pathlib.Path(ledger).read_bytes())
        self.assert_done(guichet("ledger", "check", ledger))

    def test_files_folders_and_packed_are_one(self):
        folder = self.folder / "mails"
        folder.mkdir()
        mails = re.split(r"(?m)^From \S+ .*\n", pathlib.Path(self.BOX).read_text(encoding="utf-8"))[1:]
        for number, mail in enumerate(mails):
            (folder / f"{number:03}.eml").write_text(mail.removesuffix("\n"), encoding="utf-8")
        packed = self.folder / "box.mbox.gz"
        packed.write_bytes(gzip.compress(pathlib.Path(self.BOX).read_bytes()))
        wanted = self.measured(self.BOX, "--mapping", self.WHO)
        for number, paths in enumerate(([str(folder)], sorted(map(str, folder.iterdir())), [str(packed)])):
            with self.subTest(paths=paths[0]):
                ledger, done = self.bring(*paths, into=f"{number}.ledger")
                self.assert_done(done)
                self.assertEqual(self.measured(ledger), wanted)
        self.assertEqual([path.name for path in self.folder.glob("*.unzipped*")], [], "nothing is left lying")

    def test_who_is_who_is_guessed_and_told(self):
        done = guichet("import", self.BOX, "--into", str(self.folder / "guessed.ledger"))
        self.assert_done(done)
        self.assertIn("guessed: seller ", done.stderr)
        self.assertIn("guessed: desk ", done.stderr)

    def test_what_cannot_be_brought_in(self):
        empty = self.folder / "empty"
        empty.mkdir()
        self.assert_refused(self.bring(str(empty))[1], "holds no mail")
        self.assert_refused(self.bring(self.BOX, more=("--keys", "nowhere.txt"))[1], "nowhere.txt")
        wrong = self.folder / "wrong.toml"
        wrong.write_text('kind = "mailbox"\n[desk]\naddresses = ["market"]\n', encoding="utf-8")
        self.assert_refused(self.bring(self.BOX, mapping=str(wrong))[1], "wrong.toml:3:")
        self.assert_refused(guichet("import", SAMPLE, SAMPLE, "--into", str(self.folder / "x.ledger")), "one by one")
        self.assert_refused(guichet("import", SAMPLE, "--dns", "--into", str(self.folder / "x.ledger")), "--dns")

    def test_a_mail_whose_head_begins_with_many_signatures(self):
        field = "ARC-Message-Signature: i=1; a=rsa-sha256; d=list.example; s=k; h=From; bh=eA==; b="
        mail = self.write("long.eml", (field + "A" * 400 + "\n") * 40 +
                          "From: camille@boisclair.example\nMessage-ID: <l@x.example>\n\nx\n")
        self.assertIn("1 mail read.", self.assert_done(self.bring(mail)[1]))

    def test_what_is_no_ledger_stays_as_it_is(self):
        box = self.folder / "x.mbox"
        box.write_bytes(pathlib.Path(self.BOX).read_bytes())
        there = sorted(path.name for path in self.folder.iterdir())
        self.assert_refused(guichet("import", self.BOX, "--mapping", self.WHO, "--into", str(box)), "x.mbox")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), there, "nothing is left beside it")
        self.assertEqual(box.read_bytes(), pathlib.Path(self.BOX).read_bytes())

    def test_other_bytes_of_a_file_are_another_mail(self):
        mail = ("From - Mon, 03 Feb 2025 08:00:00 +0000\nFrom: anna@shop.example\nTo: x@market.example\n"
                "Message-ID: <1@shop.example>\nDate: Mon, 3 Feb 2025 08:00:00 +0000\nMIME-Version: 1.0\n"
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHere.\n--b\n"
                "Content-Type: text/csv; name=list.csv\nContent-Disposition: attachment\n\n{}\n--b--\n\n")
        who = self.folder / "who.toml"
        who.write_text('kind = "mailbox"\nname = "x"\n[desk]\n'
                       'addresses = ["@market.example"]\n[seller]\naddresses = ["anna@shop.example"]\n')
        box = self.folder / "two.mbox"
        box.write_text(mail.format("a,b") + mail.format("a,c") + mail.format("a,b"))
        ledger = str(self.folder / "two.ledger")
        told = self.assert_done(guichet("import", str(box), "--mapping", str(who), "--into", ledger))
        self.assertIn("3 mails read", told)
        self.assertIn("1 case with 2 mails", told)
        more = self.folder / "more.mbox"
        more.write_text(mail.format("a,d") + mail.format("a,b"))
        told = self.assert_done(guichet("import", str(more), "--mapping", str(who), "--into", ledger))
        self.assertIn("1 mail bears the Message-ID of a mail that was in it before", told)
        self.assertIn("1 mail was in it before", told)

    def test_a_desk_without_mail_needs_no_keys(self):
        for more in (("--dns",), ("--keys", self.WHO)):
            self.assert_refused(guichet("serve", "--ledger", str(self.folder / "x.ledger"), "--listen", "127.0.0.1:0",
                                        *more), "give --mail too")

    @unittest.skipUnless(os.path.exists("/usr/sbin/dnsmasq"), "dnsmasq is not installed")
    def test_keys_out_of_the_dns(self):
        """Asked only when that is said, of the resolver that is named."""
        signed = ROOT / "tests/data/mails/signed"
        name, key = next(line.split(None, 1) for line in (signed / "keys.txt").read_text().splitlines()
                         if line.startswith("r1."))
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            ["/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--pid-file=", "--no-resolv", "--no-hosts",
             "--bind-interfaces", "--listen-address=127.0.0.1", f"--port={port}",
             *(["--user=root"] if os.geteuid() == 0 else []), f"--txt-record={name},{key[:100]},{key[100:]}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (server.terminate(), server.wait()))
        for _ in range(400):
            with contextlib.closing(socket.socket()) as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            select.select([], [], [], 0.025)
        who = self.write("who.toml", 'kind = "mailbox"\n[desk]\naddresses = ["@market.example"]\n[seller]\n'
                                     'addresses = ["anna@shop.example"]\n')
        mail = str(signed / "rsa_relaxed.eml")
        for number, (more, verdict) in enumerate((((), "permerror: there is no key r1._domainkey.market.example"),
                                                  ((f"--dns=127.0.0.1:{port}",), "pass: signed by market.example"))):
            ledger, done = self.bring(mail, into=f"{number}.ledger", mapping=who, more=more)
            self.assert_done(done)
            with contextlib.closing(sqlite3.connect(ledger)) as opened:
                bodies = [str(row[0]) for row in opened.execute("select body from texts")]
            self.assertTrue(any(verdict in body for body in bodies), verdict)
        self.assert_refused(self.bring(mail, into="x.ledger", mapping=who, more=("--dns=localhost",))[1],
                            "--dns=localhost: is no resolver")


class FailedStart(Scratch):
    """A desk that cannot be opened says what is wrong, where, and what to do; and leaves nothing behind."""

    def serve(self, *more, ledger="desk.ledger", listen="127.0.0.1:0", user=None):
        words = [GUICHET, "serve", "--ledger", str(self.folder / ledger), "--listen", listen, *more]
        return subprocess.run(words, cwd=self.folder, env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
                              user=user, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)

    def held(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_what_is_wrong_with_the_place_is_known_before_a_ledger_is_made(self):
        with contextlib.closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assert_refused(self.serve(listen=place), f"cannot listen at {place}: another program already listens")
        self.assert_refused(self.serve(listen="300.1.1.1:80"), '"300.1.1.1" is no address')
        self.assert_refused(self.serve("--trusted-proxy", "foo"), '"foo" is neither an address nor a network')
        pair = ("--tls-cert", "none.pem", "--tls-key", "none.key")
        self.assert_refused(self.serve(*pair), 'the certificate "none.pem" cannot be read: No such file')
        pair = ("--tls-cert", ".", "--tls-key", "none.key")
        self.assert_refused(self.serve(*pair), '"." is a folder; name the PEM file')
        self.assertEqual(self.held(), [])

    def told_by_a_start(self, *more):
        """What a desk that opens says on its error output."""
        words = [GUICHET, "serve", "--ledger", str(self.folder / "desk.ledger"), "--listen", "127.0.0.1:0", *more]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as desk:
            for line in desk.stdout:
                if "Ctrl-C" in line:
                    break
            desk.terminate()
            return desk.communicate()[1]

    def test_rules_that_are_not_applied_are_told(self):
        self.assert_refused(self.serve("--demo", "--procedure", "next-available"), "a demo brings its own rules along")
        self.assertEqual(self.held(), [])
        self.assertNotIn("not applied", self.told_by_a_start("--procedure", "next-available"))
        self.assertNotIn("not applied", self.told_by_a_start("--procedure", "next-available"))
        self.assertNotIn("not applied", self.told_by_a_start(), "nobody asked for others")
        told = self.told_by_a_start("--procedure", "guichet-unique")
        self.assertRegex(told, r"--procedure guichet-unique: not applied; \S+desk\.ledger has its rules already, and "
                               r"next-available \S+ is in force; .* http://127\.0\.0\.1:\d+/procedures")

    def test_what_a_failed_start_made_is_taken_away_and_what_was_there_is_kept(self):
        self.write("rules.toml", "[procedure]\nname = 3\n")
        self.assert_refused(self.serve("--procedure", "rules.toml"),
                            "serve: rules.toml:1:1: matter is missing", "\nrules.toml:2:8: procedure.name is")
        self.assert_refused(self.serve("--procedure", "no.toml"), "no.toml: there is no such file")
        self.assert_refused(self.serve("--mail", "no.toml"), "no.toml: there is no such file")
        self.assert_refused(self.serve("--log", "nowhere/log"), "nowhere/log: cannot be written")
        self.assertEqual(self.held(), ["rules.toml"])
        who = self.write("who.toml", 'kind = "mailbox"\n[desk]\naddresses = ["@a.example"]\n[seller]\n'
                                     'addresses = ["b@b.example"]\n')
        mail = self.write("one.mbox", "From x Mon Jan  5 10:00:00 2026\nFrom: b@b.example\nTo: desk@a.example\n"
                                      "Date: Mon, 05 Jan 2026 10:00:00 +0000\nMessage-ID: <1@b.example>\n\nHello\n\n")
        self.assert_done(guichet("import", mail, "--mapping", who, "--into", str(self.folder / "desk.ledger")))
        before = self.held()
        self.assert_refused(self.serve("--mail", "no.toml"), "no.toml: there is no such file")
        self.assertEqual(self.held(), before)

    def test_a_ledger_that_cannot_be_is_named_with_the_remedy(self):
        folder = self.folder / "a folder"
        folder.mkdir()
        self.assert_refused(self.serve(ledger="no/desk.ledger"), "there is no folder", "make it")
        self.assert_refused(self.serve(ledger="a folder"), "a folder: this is a folder; name a file in it")
        done = subprocess.run([GUICHET, "serve", "--ledger", ""], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the ledger has an empty name; name a file", done.stderr)
        self.write("text.ledger", "hello, I am a text and no ledger at all" * 50)
        self.assert_refused(self.serve(ledger="text.ledger"), "this is not a ledger")
        (self.folder / "desk.ledger.key").mkdir()
        self.assert_refused(self.serve(), "desk.ledger.key: this is no file", "move it away")
        self.assertEqual(self.held(), ["a folder", "desk.ledger.key", "text.ledger"])

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_what_this_user_may_not_do_is_said_with_the_systems_own_word(self):
        nobody = 65534
        self.folder.chmod(0o755)
        if subprocess.run([GUICHET, "--version"], user=nobody, capture_output=True, check=False).returncode != 0:
            self.skipTest("the program cannot be run by others")
        self.assert_refused(self.serve(user=nobody), "desk.ledger-lock: cannot be written (Permission denied)",
                            "give this user the right to write to the ledger's folder")
        os.chown(self.folder, nobody, nobody)
        secret = pathlib.Path(self.write("secret.toml", ""))
        secret.chmod(0o600)
        self.assert_refused(self.serve("--mail", "secret.toml", user=nobody),
                            "secret.toml: cannot be opened: Permission denied; give this user the right to read it")
        locked = pathlib.Path(self.write("desk.ledger", ""))
        locked.chmod(0o600)
        refused = self.serve(user=nobody)
        self.assert_refused(refused, "desk.ledger: cannot be opened (Permission denied); give this user the right")
        self.assertNotIn("Success", refused.stderr)


class Tour(Scratch):
    def test_each_page_is_the_answer_to_its_command(self):
        tour = self.folder / "tour"
        told = self.assert_done(guichet("tour", "-o", str(tour)))
        self.assertIn(f"file://{tour.resolve()}/index.html", told)
        self.assertEqual((tour / "index.html").read_bytes(), (tour / "index.en.html").read_bytes())
        tried = 0
        for index in tour.glob("index.??.html"):
            for page, command in re.findall(r'<li><a href="([^"]+)">[^<]+</a><br><code>guichet ([^<]+)</code>',
                                            index.read_text(encoding="utf-8")):
                expected = (tour / page).read_bytes()
                (tour / page).unlink()
                self.assertIn(guichet(*shlex.split(command), cwd=tour).returncode, (0, 1), command)
                self.assertEqual((tour / page).read_bytes(), expected, command)
                self.assertGreater(len(expected), 2000, command)
                tried += 1
        self.assertEqual(tried, 18)

    def test_own_logs(self):
        rows = gzip.decompress(pathlib.Path(SAMPLE).read_bytes()).splitlines(keepends=True)
        log = self.write("my own.csv", b"".join(rows[:500]))
        tour = self.folder / "tour"
        self.assert_done(guichet("tour", "-o", str(tour), log, SAMPLE, language="fr_FR.UTF-8"))
        page = (tour / "index.html").read_text(encoding="utf-8")
        self.assertEqual(page, (tour / "index.fr.html").read_text(encoding="utf-8"))
        self.assertIn("my own.csv", page)
        self.assertTrue((tour / "report-2.fr.html").exists())
        self.assertFalse((tour / "marketplace.csv.gz").exists())


class Dossier(Scratch):
    """One case of a ledger as one file."""

    def setUp(self):
        super().setUp()
        self.ledger = str(self.folder / "desk.ledger")
        self.assert_done(guichet("import", SAMPLE, "--mapping", MAPPING, "--into", self.ledger))

    def write(self, name, *words):
        path = self.folder / name
        told = self.assert_done(guichet("dossier", self.ledger, "7", "-o", str(path), *words))
        self.assertIn(f"{path}: case 7", told)
        return path

    def test_others_read_it(self):
        with zipfile.ZipFile(self.write("d.zip")) as dossier:
            self.assertIsNone(dossier.testzip())
            names = dossier.namelist()
            self.assertEqual(names[:4], ["README.txt", "case.json", "chronology.html", "chronology.pdf"])
            case = json.loads(dossier.read("case.json"))
            self.assertEqual((case["format"], case["case"]), ("guichet dossier 1", 7))
            self.assertTrue(dossier.read("chronology.pdf").startswith(b"%PDF-1.4"))
            self.assertIn("case 7".upper(), dossier.read("README.txt").decode())
            if "proof/manifest.txt" in names:
                self.assertEqual(names[-1], "proof/manifest.txt")

    def test_is_the_same_twice_and_another_in_another_language(self):
        first, again = self.write("a.zip", "--language", "fr"), self.write("b.zip", "--language", "fr")
        self.assertEqual(first.read_bytes(), again.read_bytes())
        self.assertNotEqual(first.read_bytes(), self.write("c.zip", "--language", "en").read_bytes())

    def test_refusals_name_what_is_missing(self):
        for case in ("99999", "0", "-1", "99999999999", "seven"):
            with self.subTest(case=case):
                self.assert_refused(guichet("dossier", self.ledger, "-o", str(self.folder / "d.zip"), "--", case),
                                    f"there is no case {case}", "numbered 1 to ")
        self.assert_refused(guichet("dossier", self.ledger, "7"), "--out")
        self.assert_refused(guichet("dossier", str(self.folder / "none"), "7", "-o", "d.zip"), "there is no such file")
        self.assert_refused(guichet("dossier", self.ledger, "7", "-o", str(self.folder / "no" / "d.zip")), "no/d.zip")

    def test_without_the_key_it_says_that_it_is_not_signed(self):
        key, away = pathlib.Path(f"{self.ledger}.key"), pathlib.Path(f"{self.ledger}.away")
        key.rename(away)
        path = str(self.folder / "d.zip")
        done = guichet("dossier", self.ledger, "7", "-o", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in (f"{key}: ", "NOT SIGNED", "put the key beside the ledger"):
            self.assertIn(words, done.stderr)
        with zipfile.ZipFile(path) as dossier:
            self.assertNotIn("proof/manifest.txt", dossier.namelist())
            read_me = dossier.read("README.txt").decode()
            self.assertIn("NOT SIGNED", read_me)
            self.assertIn("NON SIGNÉ", read_me)
            self.assertNotIn("signed by the desk", read_me)
        told = self.assert_done(guichet("verify", path), code=3)
        for words in ("This dossier is not signed.", "Case 7 is whole", "nobody signed the list of files"):
            self.assertIn(words, told)
        self.assertNotIn("was changed", told)
        self.assertIn("n’est pas signé", self.assert_done(guichet("verify", path, "--language", "fr"), code=3))
        self.assertTrue(json.loads(self.assert_done(guichet("verify", path, "--json"), code=3))["files"][0]["unsigned"])
        away.rename(key)
        signed = guichet("dossier", self.ledger, "7", "-o", path)
        self.assertEqual(signed.stderr, "")
        self.assert_done(guichet("verify", path))

    def test_another_desks_key_is_named_and_nothing_is_written(self):
        other = str(self.folder / "other.ledger")
        self.assert_done(guichet("import", SAMPLE, "--mapping", MAPPING, "--into", other))
        pathlib.Path(f"{other}.key").replace(f"{self.ledger}.key")
        path = self.folder / "d.zip"
        self.assert_refused(guichet("dossier", self.ledger, "7", "-o", str(path)), f"{self.ledger}.key",
                            "not the key of this ledger", "take this one away")
        self.assertFalse(path.exists())


class Ledger(Scratch):
    """What the owner of a ledger does with its file."""

    def setUp(self):
        super().setUp()
        self.ledger = str(self.folder / "desk.ledger")
        self.copy = str(self.folder / "copy.ledger")
        self.assert_done(guichet("import", SAMPLE, "--mapping", MAPPING, "--into", self.ledger))

    def sql(self, path, statement):
        base = sqlite3.connect(path)
        with contextlib.closing(base), base:
            return base.execute(statement).fetchall()

    def test_is_told_and_found_sound(self):
        told = self.assert_done(guichet("ledger", "info", self.ledger))
        self.assertRegex(told, r"(?m)^format: +\d+$")
        self.assertRegex(told, r"(?m)^cases: +1500 \(\d+ living, \d+ closed\)$")
        self.assertIn("nothing is wrong with its 1500 cases", self.assert_done(guichet("ledger", "check", self.ledger)))

    def test_what_is_wrong_is_found_and_rebuilding_heals_what_is_derived(self):
        self.sql(self.ledger, "UPDATE shelf SET subject = 'forged' WHERE case_id IN (3, 4)")
        found = self.assert_done(guichet("ledger", "check", self.ledger), code=1)
        self.assertIn(f"{self.ledger}: case 3: \"subject\" on the shelf is not what its events tell", found)
        self.assertIn("2 rows differed", self.assert_done(guichet("ledger", "rebuild", self.ledger)))
        self.assert_done(guichet("ledger", "check", self.ledger))
        self.assertIn("nothing differed", self.assert_done(guichet("ledger", "rebuild", self.ledger)))

    def test_a_copy_is_made_and_put_back(self):
        told = self.assert_done(guichet("ledger", "backup", self.ledger, self.copy))
        self.assertIn("a copy of 1500 cases", told)
        self.assertIn(f"{self.ledger}.key: the signing key is not in it", told)
        self.assert_refused(guichet("ledger", "backup", self.ledger, self.copy), self.copy, "is there already")
        self.assert_refused(guichet("ledger", "restore", self.copy, self.ledger), self.ledger, "--force")
        self.sql(self.ledger, "UPDATE shelf SET subject = 'forged'")
        told = self.assert_done(guichet("ledger", "restore", self.copy, self.ledger, "--force"))
        self.assertIn("is now as the copy has it, with 1500 cases", told)
        self.assertIn(f"{self.ledger}.key: the key of this ledger is there", told)
        self.assert_done(guichet("ledger", "check", self.ledger))
        forged = self.sql(self.ledger + ".replaced", "SELECT count(*) FROM shelf WHERE subject = 'forged'")
        self.assertEqual(forged, [(1500,)])
        self.assert_refused(guichet("ledger", "restore", self.copy, self.ledger, "--force"), ".replaced",
                            "move it away")
        new = str(self.folder / "new.ledger")
        told = self.assert_done(guichet("ledger", "restore", self.copy, new))
        self.assertIn(f"{new}.key: the signing key is not there and in no backup", told)
        self.assert_done(guichet("ledger", "check", new))
        left = sorted(path.name for path in self.folder.iterdir() if path.name.startswith("copy"))
        self.assertEqual(left, ["copy.ledger"])

    def test_a_lost_key_is_said_and_another_begun_on_purpose(self):
        key, away = pathlib.Path(f"{self.ledger}.key"), self.folder / "away"
        self.assert_refused(guichet("ledger", "new-key", self.ledger), str(key), "is there")
        key.rename(away)
        erase = "ledger", "erase", self.ledger, "--text", "3", "--why", "a test", "--yes"
        for words in (erase, ("ledger", "rebuild", self.ledger), ("serve", "--ledger", self.ledger, "--listen",
                                                                  "127.0.0.1:0")):
            self.assert_refused(guichet(*words), f"{key}: the signing key of this ledger is gone", "put the key back",
                                f"guichet ledger new-key {self.ledger}")
            self.assertFalse(key.exists())
        for verb in ("info", "check"):
            self.assert_done(guichet("ledger", verb, self.ledger))
        self.assert_done(guichet("verify", self.ledger))
        away.rename(key)
        self.assert_done(guichet(*erase))
        key.rename(away)
        told = self.assert_done(guichet("ledger", "new-key", self.ledger))
        self.assertIn(f"{key}: signs from here on", told)
        (what, detail), = self.sql(self.ledger, "SELECT what, detail FROM house ORDER BY number DESC LIMIT 1")
        self.assertEqual(what, "signing_key_changed")
        kept = [bytes(one).hex() for one, in self.sql(self.ledger, "SELECT key FROM keys ORDER BY number")]
        self.assertEqual([json.loads(detail)[name] for name in ("key_before", "key_now")], kept)
        self.assertNotEqual(*kept)
        self.assert_done(guichet("ledger", "check", self.ledger))
        self.assert_done(guichet("ledger", "erase", self.ledger, "--text", "4", "--why", "a test", "--yes"))
        # The old one, found again, is another key now.
        key.rename(self.folder / "new")
        away.rename(key)
        self.assert_refused(guichet("ledger", "rebuild", self.ledger), str(key), "is not the key of this ledger")

    def test_a_damaged_copy_is_not_put_in_place(self):
        self.assert_done(guichet("ledger", "backup", self.ledger, self.copy))
        self.sql(self.copy, "UPDATE shelf SET subject = 'forged'")
        new = str(self.folder / "new.ledger")
        self.assertIn("is not put in place", self.assert_done(guichet("ledger", "restore", self.copy, new), code=1))
        self.assertFalse(os.path.exists(new))

    def test_texts_are_erased(self):
        (text, body), = self.sql(self.ledger, "SELECT id, body FROM texts WHERE case_id = 7 LIMIT 1")
        words = ("ledger", "erase", self.ledger, "--text", str(text))
        self.assert_refused(guichet(*words, "--yes"), "--why")
        self.assert_refused(guichet(*words, "--why", " ", "--yes"), "say why")
        words += "--why", "Mme X. l’a demandé"
        self.assert_refused(guichet(*words), "1 text of", "--yes")
        self.assertEqual(self.at_a_terminal(words, "no")[0], 2)
        self.assertEqual(self.sql(self.ledger, f"SELECT erased FROM texts WHERE id = {text}"), [(None,)])
        code, told = self.at_a_terminal(words, "yes")
        self.assertEqual(code, 0, told)
        self.assertIn("1 text is erased", told)
        self.assertEqual(self.sql(self.ledger, f"SELECT body, secret, name FROM texts WHERE id = {text}"),
                         [(None, None, "")])
        self.assertNotIn(body, pathlib.Path(self.ledger).read_bytes())
        told = self.assert_done(guichet("ledger", "check", self.ledger))
        self.assertRegex(told, rf"(?m)^erased: text {text}, 20\S+: Mme X. l’a demandé$")
        self.assertRegex(told, r"(?m)^not held by this check: records \(")
        note, = self.sql(self.ledger, "SELECT what, detail FROM house ORDER BY number DESC LIMIT 1")
        self.assertEqual(note[0], "text_erased")
        self.assertEqual(json.loads(note[1]), {"case": 7, "text": text, "reason": "wish", "why": "Mme X. l’a demandé"})
        dossier = str(self.folder / "seven.zip")
        self.assert_done(guichet("dossier", self.ledger, "7", "-o", dossier))
        with zipfile.ZipFile(dossier) as packed:
            self.assertIn("Mme X. l’a demandé", packed.read("case.json").decode())
        self.assertIn("0 texts are erased", self.assert_done(
            guichet("ledger", "erase", self.ledger, "--person", "999", "--why", "nobody")))
        self.assertIn("0 texts are erased", self.assert_done(guichet(*words)))

    @staticmethod
    def at_a_terminal(words, answer):
        """Exit code and output of the program whose standard input is a terminal, where somebody answers."""
        ours, theirs = pty.openpty()
        with subprocess.Popen([GUICHET, *words], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
            os.write(ours, f"{answer}\n".encode())
            told = run.communicate()[0].decode()
        os.close(theirs)
        os.close(ours)
        return run.returncode, told

    def test_what_cannot_be_done_is_told(self):
        self.assert_refused(guichet("ledger"), "subcommand")
        why = "--why", "a mistake", "--yes"
        self.assert_refused(guichet("ledger", "erase", self.ledger, *why), "--text", "--person")
        self.assert_refused(guichet("ledger", "erase", self.ledger, "--text", "99999999", *why),
                            "there is no text 99999999")
        for address in ("javascript:alert(1)", "desk.example", "https://", "http://a b", "ftp://desk.example"):
            self.assert_refused(guichet("ledger", "invite", self.ledger, "--person", "1", "--base-url", address),
                                "--base-url", "https://desk.example")
        self.assert_refused(guichet("ledger", "check", str(self.folder / "none")), "there is no such file")
        self.assert_refused(guichet("ledger", "check", SAMPLE), SAMPLE, "not a ledger")


class Imports(Scratch):
    """What an import leaves behind when nothing comes of it, and how it names what it was given."""

    WHO = ("--mapping", str(ROOT / "samples/seller-alone.toml"))

    def test_nothing_is_left_behind_by_a_failure(self):
        broken = self.write("broken.csv", "case,time\n1,2024-01-01T00:00:00Z\n")
        before = sorted(self.folder.iterdir())
        for words in ((broken, "--mapping", MAPPING), (broken, "--mapping", "none.toml"),
                      (SAMPLE, "--mapping", str(ROOT / "samples/seller-alone.toml"))):
            with self.subTest(words=words):
                self.assert_refused(guichet("import", *words, "--into", str(self.folder / "new.db")))
                self.assertEqual(sorted(self.folder.iterdir()), before)
        # What was there stays, with its key.
        ledger = str(self.folder / "l.db")
        self.assert_done(guichet("import", str(ROOT / "samples/seller-alone.mbox"), *self.WHO, "--into", ledger))
        self.assert_refused(guichet("import", broken, "--mapping", MAPPING, "--into", ledger))
        self.assert_done(guichet("ledger", "check", ledger))
        self.assertTrue(os.path.exists(ledger + ".key"))

    def test_a_folder_that_is_not_there_is_named(self):
        for log in (SAMPLE, str(ROOT / "samples/seller-alone.mbox")):
            self.assert_refused(guichet("import", log, "--into", str(self.folder / "nowhere/x.db")),
                                f"there is no folder {self.folder}/nowhere", "make it")

    def test_a_zipped_mailbox_is_named_as_it_was_given(self):
        mails = (ROOT / "samples/seller-alone.mbox").read_bytes()
        mails += b"\nFrom x@y.example Mon Jan  5 10:00:00 2026\nno head at all\n"
        box, ledger, notes = (str(self.folder / name) for name in ("ok.mbox.gz", "l.db", "notes.csv"))
        pathlib.Path(box).write_bytes(gzip.compress(mails))
        told = guichet("import", box, *self.WHO, "--into", ledger, "--notes", notes)
        self.assert_done(told)
        with contextlib.closing(sqlite3.connect(ledger)) as base:
            kept = "".join(str(base.execute(f"SELECT * FROM {table}").fetchall()) for table in ("house", "records"))
        self.assertIn("ok.mbox.gz", kept)
        for said in (told.stdout, told.stderr, kept, pathlib.Path(notes).read_text(encoding="utf-8")):
            self.assertNotIn("unzipped-", said)
        self.assertIn("ok.mbox.gz, byte", pathlib.Path(notes).read_text(encoding="utf-8"))
        empty = self.write("empty.mbox.gz", gzip.compress(b"From x@y.example Mon Jan  5 10:00:00 2026\nno mail\n"))
        refused = guichet("import", empty, "--into", str(self.folder / "m.db"))
        self.assert_refused(refused, "empty.mbox.gz")
        self.assertNotIn("unzipped-", refused.stderr)


class Outputs(Scratch):
    """What is read is not written over, nor a ledger, its key, or what belongs to it."""

    def test_nothing_that_is_read_is_lost(self):
        box = self.folder / "box.mbox"
        box.write_bytes((ROOT / "samples/seller-alone.mbox").read_bytes())
        claim = self.folder / "claim.toml"
        claim.write_bytes((ROOT / "samples/claim.toml").read_bytes())
        ledger = self.folder / "l.db"
        who = ("--mapping", str(ROOT / "samples/seller-alone.toml"))
        self.assert_done(guichet("import", str(box), *who, "--into", str(ledger)))
        linked = self.folder / "linked"
        linked.symlink_to(box)
        kept = {path: path.read_bytes() for path in (box, claim, ledger, self.folder / "l.db.key")}
        for command in (("audit", str(box), *who, "-o", str(box)), ("audit", str(box), *who, "-o", str(linked)),
                        ("dossier", str(ledger), "1", "-o", str(ledger)),
                        ("dossier", str(ledger), "1", "-o", f"{ledger}.key"),
                        ("ledger", "stamp", str(ledger), "--request", str(ledger)),
                        ("import", str(box), *who, "--into", str(self.folder / "m.db"), "--notes", str(box)),
                        ("import", str(box), *who, "--into", str(self.folder / "m.db"), "--notes", str(ledger)),
                        ("measure", str(box), *who, "--html", str(box)),
                        ("measure", str(ledger), "--html", str(ledger)),
                        ("lint", "guichet-unique", "--html", str(ledger)),
                        ("explain", "guichet-unique", "-o", f"{ledger}.key"),
                        ("costs", str(claim), "--html", str(claim))):
            with self.subTest(command=command):
                self.assert_refused(guichet(*command), "name another file")
                for path, bytes_before in kept.items():
                    self.assertEqual(path.read_bytes(), bytes_before, path)


class Verify(Scratch):
    """What a file proves, and whether two of them tell one history."""

    PROOFS = ROOT / "tests/golden/proofs/1"

    def setUp(self):
        super().setUp()
        self.ledger = str(self.folder / "desk.ledger")
        self.assert_done(guichet("import", SAMPLE, "--mapping", MAPPING, "--into", self.ledger))

    def proof(self, name):
        return str(self.PROOFS / name)

    def test_whole_files_are_proven_and_what_is_not_is_said(self):
        for name, what in (("head.txt", "head"), ("growth.txt", "growth"), ("receipt.txt", "receipt"),
                           ("dossier.zip", "file")):
            told = self.assert_done(guichet("verify", self.proof(name)))
            self.assertIn(f"Nothing in this {what} was changed since it was signed.", told)
            self.assertIn("the date is not presumed", told)
            self.assertNotIn("What stands around it", told)
        french = self.assert_done(guichet("verify", self.proof("dossier.zip"), "--language", "fr"))
        self.assertRegex(french, r"a été effacé le [0-9er]+ \w+ 20\d\d, \d\d\xa0h\xa0\d\d\xa0min\xa0\d\d\xa0s UTC")
        self.assertNotRegex(french, r"20\d\d-\d\d-\d\d")
        told = self.assert_done(guichet("verify", self.ledger))
        self.assertIn("No entry of this ledger was changed", told)
        self.assertIn("people and their names, settings", told)

    def test_what_is_wrong_is_said_in_french(self):
        whole = pathlib.Path(self.proof("dossier.zip")).read_bytes()
        receipt = pathlib.Path(self.proof("receipt.txt")).read_text()
        for name, content, said in (("end.zip", whole[:-1], "n’est pas empaqueté"), ("more.zip", whole + b"x", "octet"),
                                    ("line.txt", receipt.replace("size 64", "size 064"), "à partir de la ligne")):
            told = self.assert_done(guichet("verify", self.write(name, content), "--language", "fr"), code=1)
            self.assertIn(said, told)
            self.assertNotRegex(told, "should|stand|written|file ends")

    def test_a_program_that_knows_dossiers_is_none(self):
        knows = b"\x7fELF\0PK\1\2\0proof/manifest.txt\0case.json\0PK\3\4"
        for path in (self.write("program", knows), GUICHET):
            self.assert_refused(guichet("verify", path), "not a receipt, a dossier or a ledger", "a program")
        whole = pathlib.Path(self.proof("dossier.zip")).read_bytes()
        for damaged in (b"XX" + whole[2:], whole[60:]):
            told = self.assert_done(guichet("verify", self.write("damaged", damaged)), code=1)
            self.assertIn("a dossier\n  This file was changed", told)

    def test_a_fork_is_told_with_the_ledger_at_hand(self):
        other = str(self.folder / "other.ledger")
        self.assert_done(guichet("ledger", "backup", self.ledger, other))
        (self.folder / "other.ledger.key").write_bytes((self.folder / "desk.ledger.key").read_bytes())
        (self.folder / "other.ledger.key").chmod(0o600)
        with contextlib.closing(sqlite3.connect(self.ledger)) as base:
            (of_case,), = base.execute("SELECT id FROM texts WHERE case_id = 7 LIMIT 1")
            others = [text for text, in base.execute("SELECT id FROM texts WHERE case_id > 7 ORDER BY id LIMIT 2")]
        # Each goes on by an entry of its own; the one of the dossier then grows past the other.
        for ledger, erased in ((self.ledger, others[:1]), (other, [of_case, others[1]])):
            for text in erased:
                self.assert_done(guichet("ledger", "erase", ledger, "--text", str(text), "--why", "a test", "--yes"))
        dossier = str(self.folder / "seven.zip")
        self.assert_done(guichet("dossier", other, "7", "-o", dossier))
        for two in ((dossier, self.ledger), (self.ledger, dossier)):
            told = self.assert_done(guichet("verify", *two), code=1)
            self.assertRegex(told, r"Two histories: entry \d+ is another in each")
        self.assertIn("One history", self.assert_done(guichet("verify", dossier, other)))

    def test_a_changed_byte_is_found(self):
        for name in ("head.txt", "growth.txt", "receipt.txt", "dossier.zip"):
            whole = (self.PROOFS / name).read_bytes()
            for at in range(0, len(whole), max(1, len(whole) // 8)):
                changed = self.write("changed", whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
                told = json.loads(self.assert_done(guichet("verify", changed, "--json"), code=1))
                self.assertFalse(told["files"][0]["sound"])
                self.assertEqual(told["files"][0]["proven"], [])
                self.assertTrue(told["files"][0]["wrong"])

    def test_a_ledger_and_its_dossiers_agree(self):
        dossier = str(self.folder / "case.zip")
        self.assert_done(guichet("dossier", self.ledger, "7", "-o", dossier))
        self.assertIn("follow from one another", self.assert_done(guichet("verify", self.ledger)))
        self.assertIn("Case 7 is whole", self.assert_done(guichet("verify", dossier)))
        self.assert_done(guichet("ledger", "erase", self.ledger, "--person", "999", "--why", "nobody"))
        with contextlib.closing(sqlite3.connect(self.ledger)) as base:
            (text,), = base.execute("SELECT id FROM texts WHERE case_id = 7 LIMIT 1").fetchall()
        self.assert_done(guichet("ledger", "erase", self.ledger, "--text", str(text), "--why", "a test", "--yes"))
        later = self.assert_done(guichet("verify", self.ledger, dossier))
        self.assertIn("One history", later)
        self.assertIn(f"Text {text} was erased", later)

    def test_two_histories_are_found(self):
        other = str(self.folder / "other.ledger")
        self.assert_done(guichet("ledger", "backup", self.ledger, other))
        (self.folder / "other.ledger.key").write_bytes((self.folder / "desk.ledger.key").read_bytes())
        (self.folder / "other.ledger.key").chmod(0o600)
        for ledger, text in ((self.ledger, "3"), (other, "4")):
            self.assert_done(guichet("ledger", "erase", ledger, "--text", text, "--why", "a test", "--yes"))
        told = json.loads(self.assert_done(guichet("verify", self.ledger, other, "--json"), code=1))
        self.assertEqual(told["compared"][0]["verdict"], "fork")
        self.assertTrue(all(file["sound"] for file in told["files"]))

    def test_what_cannot_be_told_is_said_with_what_is_needed(self):
        two = self.proof("head.txt"), self.proof("later.txt")
        told = self.assert_done(guichet("verify", *two), code=3)
        self.assertIn("/head?from=64", told)
        self.assertIn("One history", self.assert_done(guichet("verify", *two, self.proof("growth.txt"))))
        self.assertIn("two different ledgers",
                      self.assert_done(guichet("verify", self.proof("head.txt"), self.ledger), code=3))

    def test_an_authority_says_when(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)
        self.write("tsa.cnf", "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Authority\n[root]\n"
                   "basicConstraints=critical,CA:TRUE\n[stamping]\nextendedKeyUsage=critical,timeStamping\n"
                   "keyUsage=critical,digitalSignature\n[tsa]\ndefault_tsa=one\n[one]\nserial=serial\n"
                   "digests=sha256\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ness_cert_id_alg=sha256\n")
        self.write("serial", "01\n")
        openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-subj",
                "/CN=Root", "-config", "tsa.cnf", "-extensions", "root")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-config", "tsa.cnf")
        openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out",
                "tsa.pem", "-extfile", "tsa.cnf", "-extensions", "stamping")
        query, answer, root = (str(self.folder / name) for name in ("q.tsq", "a.tsr", "root.pem"))
        self.assert_done(guichet("ledger", "stamp", self.ledger, "--request", query))
        openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", query, "-signer", "tsa.pem",
                "-inkey", "tsa.key", "-out", answer)
        self.assert_refused(guichet("ledger", "stamp", self.ledger, "--response", answer), "--tsa")
        self.assert_done(guichet("ledger", "stamp", self.ledger, "--response", answer, "--tsa", root))
        self.assertIn("were not checked", self.assert_done(guichet("verify", self.ledger)))
        told = self.assert_done(guichet("verify", self.ledger, "--tsa", root))
        self.assertIn("/CN=Authority", told)
        self.assertNotIn("the date is not presumed", told)
        # The stamp over a ledger speaks for what was taken from it before.
        dossier = str(self.folder / "seven.zip")
        self.assert_done(guichet("dossier", self.ledger, "7", "-o", dossier))
        receipt = zipfile.ZipFile(dossier).read("proof/receipt.txt")
        path = self.write("receipt.txt", receipt)
        said = "said so of a head that contains it"
        self.assertNotIn(said, self.assert_done(guichet("verify", path, self.ledger)))
        self.assertIn(said, self.assert_done(guichet("verify", path, self.ledger, "--tsa", root)))
        self.assertIn("They were not checked", self.assert_done(guichet("verify", dossier)))
        told = self.assert_done(guichet("verify", dossier, "--tsa", root))
        self.assertIn("/CN=Authority", told)
        self.assertNotIn("the date is not presumed", told)
        other = guichet("verify", dossier, "--tsa", str(self.folder / "tsa.csr"))
        self.assertIn("does not hold", self.assert_done(other, code=1))

    def test_what_cannot_be_read(self):
        self.assert_refused(guichet("verify", str(self.folder / "none")), "none", "cannot be read")
        page = ("%PDF-1.7\n", "PDF")
        for content, seems in (("", "empty"), (os.urandom(4000) + b"\0", "no text"), ("Bonjour\n", "a text"), page,
                               ("From: a@b.example\nMessage-ID: <1@b>\n\nBonjour\n", "a mail"), (b"PK\3\4rest", "ZIP")):
            path = self.write("some", content)
            self.assert_refused(guichet("verify", path), path, "not a receipt, a dossier or a ledger", seems)
        self.assert_refused(guichet("verify", "/dev/null"), "/dev/null")
        other = str(self.folder / "other.db")
        with contextlib.closing(sqlite3.connect(other)) as database:
            database.execute("CREATE TABLE notes (words TEXT)")
        self.assert_refused(guichet("verify", other), other, "not a receipt, a dossier or a ledger", "SQLite")
        # A receipt of which something is left is a changed one, and outweighs what is none.
        damaged = self.write("damaged.txt", pathlib.Path(self.proof("receipt.txt")).read_text()[9:])
        told = guichet("verify", self.write("some", "Bonjour\n"), damaged)
        self.assertIn("was changed, or it is not whole", self.assert_done(told, code=1))

    def test_a_dossier_is_found_in_a_mail(self):
        whole = pathlib.Path(self.proof("dossier.zip")).read_bytes()
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as packed:
            packed.writestr("some.txt", "words")
        for content, code in ((whole, 0), (whole[:-1], 1), (whole.replace(b"texts/7", b"texts/9", 1), 1)):
            mail = email.message.EmailMessage()
            mail["From"], mail["Subject"], mail["Message-ID"] = "desk@guichet.example", "Dossier", "<1@desk>"
            mail.set_content("Voici.\n")
            mail.add_attachment(other.getvalue(), maintype="application", subtype="zip", filename="other.zip")
            mail.add_attachment(content, maintype="application", subtype="zip", filename="dossier.zip")
            told = self.assert_done(guichet("verify", self.write("in.eml", bytes(mail))), code=code)
            self.assertIn("in.eml: a dossier\n", told)
            self.assertEqual("the files of a dossier are signed" in told, code == 0)

    def test_receipts_are_found_in_mails_each_with_its_verdict(self):
        receipt = pathlib.Path(self.proof("receipt.txt")).read_text()
        changed = receipt.replace("size 64", "size 65")
        answer = "".join(f"> {line}\r\n" for line in ("Bonjour,", *receipt.splitlines()))
        mail = email.message.EmailMessage()
        mail["From"], mail["Subject"] = "desk@guichet.example", "Reçu"
        mail.set_content("Voici :\n\n" + receipt, cte="base64")
        mail.add_attachment(receipt, cte="quoted-printable", filename="receipt.txt")
        mail.add_attachment(b"\x89PNG\0\1\2" * 50, maintype="image", subtype="png")
        for name, content in (("answer.txt", answer), ("marked.txt", "\ufeff" + receipt), ("in.eml", bytes(mail)),
                              ("indented.txt", "".join(f"    {line}\n" for line in receipt.splitlines()))):
            told = self.assert_done(guichet("verify", self.write(name, content)))
            self.assertIn("Nothing in this receipt was changed", told)
            self.assertEqual("Only the lines of a proof and" in told, name in ("answer.txt", "in.eml"))
        both = json.loads(self.assert_done(guichet("verify", self.write("in.eml", bytes(mail)), "--json")))
        self.assertEqual([(one["number"], one["of"], one["sound"]) for one in both["files"]],
                         [(1, 2, True), (2, 2, True)])
        three = self.write("three.txt", "one\n" + receipt + changed + "between\n" + receipt)
        told = self.assert_done(guichet("verify", three), code=1)
        lines = receipt.count("\n")
        self.assertIn(f"a receipt (2 of 3, from line {2 + lines} on)\n  This receipt was changed", told)
        self.assertIn(f"a receipt (3 of 3, from line {3 + 2 * lines} on)\n  Nothing in this receipt", told)
        self.assert_refused(guichet("verify"), "files")


class Compare(Scratch):
    def distances(self, *words):
        told = json.loads(self.assert_done(guichet("compare", *words, "--json")))
        return told, {name: each["value"] for name, each in told["distances"].items()}

    def test_a_log_is_like_itself(self):
        words = (SAMPLE, SAMPLE, "--mapping", MAPPING, "--mapping-b", MAPPING)
        told, apart = self.distances(*words)
        self.assertEqual(set(apart.values()), {0})
        self.assertEqual(len(apart), 6)
        self.assertEqual(told["measures"]["cycle_time"]["p50"]["difference"], 0)
        self.assertEqual((told["only_in_a"], told["only_in_b"]), ([], []))
        self.assertIn("B − A", self.assert_done(guichet("compare", *words)))
        self.assertIn("Ce qui les sépare", self.assert_done(guichet("compare", *words, "--language", "fr")))
        self.assertTrue(self.assert_done(guichet("compare", *words, "--csv"))
                        .startswith("measure,unit,row,stat,a,b,difference"))

    def test_logs_of_two_forms(self):
        kept = ("case,activity,time,person,team,status,event,by,turn,marks,seller,matter\n"
                "1,opened,2026-01-05T{}:00:00.000Z,7,,open,opened,seller,desk,,7,fees\n"
                "1,closed,2026-01-05T{}:30:00.000Z,2,front,shut,closed,desk,nobody,,7,fees\n")
        nine = self.write("nine.csv", kept.format("09", "09"))
        noon = self.write("noon.csv.gz", gzip.compress(kept.format("12", "14").encode()))
        told, apart = self.distances(nine, noon)
        self.assertEqual((told["a"]["mapping"], told["a"]["mapping_origin"]), ("guichet-kept", "shipped"))
        for name, hours in (("ngram", 0), ("absolute_events", 4), ("circadian_events", 4 / 7), ("relative_events", 1),
                            ("cycle_time", 2), ("case_arrivals", 3)):
            self.assertAlmostEqual(apart[name] / 3600, hours, places=6, msg=name)
        self.assertEqual(told["measures"]["cycle_time"]["p50"]["difference"], 0)
        self.assertEqual((told["only_in_a"], told["only_in_b"]), ([], []))
        self.assertIn("B − A", self.assert_done(guichet("compare", *words)))
        self.assertIn("Ce qui les sépare", self.assert_done(guichet("compare", *words, "--language", "fr")))
        self.assertTrue(self.assert_done(guichet("compare", *words, "--csv"))
                        .startswith("measure,unit,row,stat,a,b,difference"))

    def test_logs_of_two_forms(self):
        kept = ("case,activity,time,person,team,status,event,by,turn,marks,seller,matter\n"
                "1,opened,2026-01-05T{}:00:00.000Z,7,,open,opened,seller,desk,,7,fees\n"
                "1,closed,2026-01-05T{}:30:00.000Z,2,front,shut,closed,desk,nobody,,7,fees\n")
        nine = self.write("nine.csv", kept.format("09", "09"))
        noon = self.write("noon.csv.gz", gzip.compress(kept.format("12", "14").encode()))
        told, apart = self.distances(nine, noon)
        self.assertEqual((told["a"]["mapping"], told["a"]["mapping_origin"]), ("guichet-kept", "shipped"))
        hours = {name: value / 3600 for name, value in apart.items()}
        self.assertEqual(hours, {"ngram": 0, "absolute_events": 4, "circadian_events": 4 / 7 * (1 - 0),
                                 "relative_events": 1, "cycle_time": 2, "case_arrivals": 3} |
                         {"circadian_events": hours["circadian_events"]})
        self.assertAlmostEqual(hours["circadian_events"], 4 / 7, places=6)
        self.assertEqual(told["measures"]["cycle_time"]["p50"], {"a": 1800, "b": 9000, "difference": 7200})
        # What did not happen is known not to have happened.
        self.assertEqual(told["measures"]["appealed"]["share"], {"a": 0, "b": 0, "difference": 0})

    def test_bad_logs_are_named(self):
        self.assert_refused(guichet("compare", SAMPLE, "/no/such.csv"), "/no/such.csv")
        self.assert_refused(guichet("compare", SAMPLE))
        self.assert_refused(guichet("compare", SAMPLE, SAMPLE, "--json", "--csv"))


class Fit(Scratch):
    def fitted(self, *words):
        path = self.folder / "fitted.toml"
        done = guichet("fit", SAMPLE, "--mapping", MAPPING, *words, "-o", str(path))
        self.assert_done(done)
        self.assertIn("not known: ", done.stderr)
        return path

    def test_the_shipped_course_is_what_the_sample_gives(self):
        def without_comments(path):
            return [line for line in path.read_text(encoding="utf8").splitlines() if not line.startswith("#")]

        self.assertEqual(without_comments(self.fitted()),
                         without_comments(ROOT / "scenarios/fitted-marketplace.toml"))

    def test_what_is_rehearsed_is_near_the_cases_that_were_not_looked_at(self):
        rest, kept = str(self.folder / "rest.csv"), str(self.folder / "kept.csv")
        scenario = self.fitted("--first", "80%", "--rest", rest)
        self.assert_done(guichet("rehearse", str(scenario), "--replications", "1", "--keep", kept))
        told = json.loads(self.assert_done(guichet("compare", kept, rest, "--json")))
        self.assertEqual((told["a"]["cases"], told["b"]["cases"]), (300, 300))
        self.assertLess(told["distances"]["ngram"]["value"], 0.15)
        self.assertLess(told["distances"]["cycle_time"]["value"], 36 * 3600)

    def test_what_cannot_be_fitted_is_refused(self):
        path = str(self.folder / "fitted.toml")
        for words, said in ((["--first", "120%"], "120%"), (["--until", "soon"], "soon"),
                            (["--first", "1%"], "15 cases to fit"), (["--mapping", "none.toml"], "none.toml")):
            self.assert_refused(guichet("fit", SAMPLE, *words, "-o", path), said)
        self.assertEqual(list(self.folder.iterdir()), [])


class Keep(Scratch):
    def test_a_kept_history_measured_again_gives_the_same_numbers(self):
        for name in ("kept.csv", "kept.xes.gz"):
            path = self.folder / name
            rehearsed = guichet("rehearse", "three-tiers", "--replications", "2", "--cases", "150", "--keep", str(path),
                                "--json")
            told = json.loads(self.assert_done(rehearsed))
            again = json.loads(self.assert_done(guichet("measure", str(path), "--json")))
            self.assertEqual((again["mapping"], again["mapping_origin"]), ("guichet-kept", "shipped"))
            self.assertEqual((again["skipped"], again["warnings"]), ([], []))
            self.assertEqual(again["cases"], told["kept_cases"])
            shared = set(told["measures"]) & set(again["measures"])
            self.assertGreater(len(shared), 30)
            for measure in shared:
                invented, measured = told["measures"][measure], again["measures"][measure]
                numbers = {"n": "n", "mean": invented["stat"], "p10": "p10", "p50": "p50", "p90": "p90", "max": "max"}
                for ours, theirs in numbers.items():
                    if invented.get(ours) is not None and theirs in measured:
                        self.assertEqual(round(invented[ours], 6), round(measured[theirs], 6), (measure, ours))

    def test_a_form_that_is_not_known_is_refused_before_anything_is_played(self):
        self.assert_refused(guichet("rehearse", "three-tiers", "--keep", str(self.folder / "kept.txt")), "kept.txt")
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
