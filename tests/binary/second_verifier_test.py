#!/usr/bin/env python3
"""Two verifiers, one of them made from the pages of docs/ alone, say the same of whole and of changed proofs.
Usage: second_verifier_test.py GUICHET"""
import hashlib
import io
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

import second_verifier

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUICHET = str(pathlib.Path(sys.argv.pop(1)).resolve())
PROOFS = ROOT / "tests/golden/proofs/1"
SEED = 20260321


# What leaves hold of an event and of a text (docs/dossier-format.md); those whose numbers have names in case.json are
# looked at by the program alone.
OF_EVENTS = ("version", "position", "act", "at", "recorded", "person", "detail", "aux", "text", "text_digest", "kind",
             "channel", "party", "clock", "cause")
OF_TEXTS = ("id", "kind", "author", "media_type", "name", "bytes", "digest", "erased", "withheld", "sha256", "entry",
            "words", "label")
OF_CASES = ("format", "case", "until", "amount_cents", "people", "events", "texts", "exhibits")


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[:-1] or [0]
    if isinstance(value, dict):
        return value | {"body": value.get("body", "") + " no"}
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return ("2019" if not value.startswith("2019") else "2018") + value[4:]
    return value[:-1] + ("0" if value[-1:] != "0" else "1")


def changes_of(case):
    """What changed, and case.json so changed: each member that a leaf holds gone, and with another value."""
    def members(table, names, of):
        for name in names:
            if name in table:
                old = table.pop(name)
                yield f"{name} of {of} gone"
                table[name] = other(old)
                yield f"{name} of {of}"
                table[name] = old
            elif name in ("person", "detail", "aux", "text"):
                table[name] = 1
                yield f"{name} of {of} added"
                del table[name]
            elif name in ("erased", "withheld"):
                table[name] = "2025-01-01T00:00:00Z" if name == "erased" else True
                yield f"{name} of {of} added"
                del table[name]
    yield from members(case, OF_CASES, "the case")
    yield from members(case["seller"], ("account",), "the seller")
    for person in case["people"][:2]:
        yield from members(person, ("id",), "a person")
    for i, event in enumerate(case["events"]):
        if i in (0, len(case["events"]) - 1):
            yield from members(event, OF_EVENTS, f"event {i + 1}")
    kinds = set()
    for text in case["texts"]:
        kind = text["kind"], "erased" in text, "withheld" in text, "name" in text
        if kind not in kinds:
            kinds.add(kind)
            # Of a withheld text there is no leaf; who wrote it and how long it is are said to be not proven.
            carried = any(event.get("text") == text["id"] for event in case["events"])
            held = ("id", "withheld", "digest") if carried else ("id", "withheld")
            yield from members(text, held if "withheld" in text else OF_TEXTS, f"text {text['id']}")
    case["events"][0], case["events"][1] = case["events"][1], case["events"][0]
    yield "two events in each other's place"


def guichet(*words):
    return subprocess.run([GUICHET, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, check=False)


class TwoVerifiers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def holds(self, data, ending):
        """What both say; they must agree."""
        path = self.folder / f"given{ending}"
        path.write_bytes(data)
        try:
            second_verifier.verify(data)
            second = True
        except second_verifier.Wrong:
            second = False
        first = guichet("verify", path)
        self.assertEqual(first.returncode == 0, second, first.stdout.decode() + first.stderr.decode())
        return second

    def assert_changes_are_found(self, data, ending, count):
        chance = random.Random(SEED)
        for _ in range(count):
            at, bit = chance.randrange(len(data)), chance.randrange(8)
            changed = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]
            self.assertFalse(self.holds(changed, ending), f"bit {bit} of byte {at}, seed {SEED}")

    def test_they_agree_on_proofs_that_others_keep(self):
        for name in ("head.txt", "later.txt", "growth.txt", "receipt.txt", "dossier.zip"):
            data = (PROOFS / name).read_bytes()
            self.assertTrue(self.holds(data, name[name.index("."):]), name)
            self.assert_changes_are_found(data, name[name.index("."):], 60)

    def sellers_ledger(self):
        ledger = self.folder / "l.db"
        samples = ROOT / "samples"
        self.assertEqual(guichet("import", samples / "seller-alone.mbox", "--mapping", samples / "seller-alone.toml",
                                 "--into", ledger).returncode, 0)
        self.assertEqual(guichet("ledger", "erase", ledger, "--text", 2, "--why", "a test", "--yes").returncode, 0)
        return ledger

    def signature(self, ledger, message):
        """By whoever has the key of the ledger, with the openssl program (RFC 8410)."""
        seed = bytes.fromhex(pathlib.Path(f"{ledger}.key").read_text(encoding="ascii").split()[-1])
        for name, content in (("s", bytes.fromhex("302e020100300506032b657004220420") + seed), ("m", message)):
            (self.folder / name).write_bytes(content)
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-keyform", "DER", "-inkey", "s", "-rawin", "-in", "m"],
                              cwd=self.folder, capture_output=True, check=True).stdout

    def packed(self, entries, ledger=None):
        """As a dossier is packed; with a ledger its list is made and signed anew, otherwise there is none."""
        entries = {name: body for name, body in entries.items() if name != "proof/manifest.txt"}
        if ledger is not None:
            key = [line for line in entries["proof/receipt.txt"].splitlines() if line.startswith(b"key ")][-1]
            lines = b"guichet manifest 1\n" + b"".join(
                f"sha256 {hashlib.sha256(body).hexdigest()}\nfile {len(body)} {name}\n".encode()
                for name, body in entries.items()) + key + b"\n"
            signed = self.signature(ledger, lines).hex()
            entries["proof/manifest.txt"] = lines + f"sign {signed[:64]}\nsign {signed[64:]}\n".encode()
        file = io.BytesIO()
        local, central = b"", b""
        for name, body in entries.items():
            shared = struct.pack("<4H3I", 0x0800, 0, 0, 0x0021, zlib.crc32(body), len(body), len(body))
            named = name.encode()
            central += (struct.pack("<4s2H", b"PK\1\2", 0x0314, 20) + shared +
                        struct.pack("<5H2I", len(named), 0, 0, 0, 0, 0x81A40000, len(local)) + named)
            local += b"PK\3\4" + struct.pack("<H", 20) + shared + struct.pack("<2H", len(named), 0) + named + body
        file.write(local + central + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(entries), len(entries),
                                                 len(central), len(local), 0))
        return file.getvalue()

    def dossier(self, ledger, case, *words):
        path = self.folder / "made.zip"
        self.assertEqual(guichet("dossier", ledger, case, *words, "-o", path).returncode, 0)
        with zipfile.ZipFile(path) as packed:
            return path.read_bytes(), {name: packed.read(name) for name in packed.namelist()}

    def test_what_case_json_tells_otherwise_is_found_whoever_signs(self):
        ledger = self.sellers_ledger()
        path = self.folder / "changed.zip"
        count = 0
        for edition in ("whole", "seller"):
            data, entries = self.dossier(ledger, 1, "--edition", edition)
            self.assertEqual(self.packed(entries, ledger), data)
            path.write_bytes(self.packed(entries))
            told = guichet("verify", path)
            self.assertEqual(told.returncode, 3, told.stdout)
            case = json.loads(entries["case.json"])
            for what in changes_of(case):
                changed = entries | {"case.json": json.dumps(case, ensure_ascii=False, indent=2).encode()}
                by = ledger if count % 2 == 0 else None
                path.write_bytes(self.packed(changed, by))
                told = guichet("verify", path)
                self.assertEqual(told.returncode, 1, f"{what}, signed: {by is not None}: {told.stdout.decode()}")
                self.assertIn("case.json", told.stdout.decode())
                count += 1
        self.assertGreater(count, 150)

    def test_a_day_moved_and_a_leaf_dropped_are_found(self):
        ledger = self.sellers_ledger()
        _, entries = self.dossier(ledger, 1)
        case = json.loads(entries["case.json"])
        case["events"][-1]["at"] = "2030-06-09T09:00:00Z"
        changed = entries | {"case.json": json.dumps(case).encode()}
        for by in (ledger, None):
            self.assertFalse(self.holds(self.packed(changed, by), ".zip"))
            self.assertIn("“at” of event", guichet("verify", self.folder / "given.zip").stdout.decode())
        # Without the leaf of the last act, or with its hash alone, the entries end before case.json does.
        lines = entries["proof/receipt.txt"].decode().splitlines()
        begins = [i for i, line in enumerate(lines) if line.startswith("leaf ")]
        acts = [i for i in begins if lines[i + 1].startswith("data 67756963686574206c65616620310003")]
        last = acts[-1]
        after = min([i for i in begins if i > last] + [lines.index("guichet head 1")])
        short = "\n".join(lines[:last] + lines[after:]) + "\n"
        self.assertFalse(self.holds(self.packed(entries | {"proof/receipt.txt": short.encode()}), ".zip"))
        self.assertIn("case.json tells", guichet("verify", self.folder / "given.zip").stdout.decode())
        data = [line[5:] for line in lines[last:after] if line.startswith("data ")]
        hidden = "hash " + hashlib.sha256(b"\0" + bytes.fromhex("".join(data))).hexdigest()
        rest = [line for line in lines[last + 1:after] if not line.startswith("data ")]
        shown = "\n".join([*lines[:last + 1], hidden, *rest, *lines[after:]]) + "\n"
        path = self.folder / "hidden.zip"
        path.write_bytes(self.packed(changed | {"proof/receipt.txt": shown.encode()}))
        told = guichet("verify", path)
        self.assertEqual(told.returncode, 3)
        self.assertIn("What case.json tells of 1 events whose entries are not shown", told.stdout.decode())

    def test_they_agree_on_dossiers_of_today(self):
        ledger = self.sellers_ledger()
        for edition in ("whole", "seller"):
            dossier = self.folder / f"{edition}.zip"
            self.assertEqual(guichet("dossier", ledger, 1, "--edition", edition, "-o", dossier).returncode, 0)
            data = dossier.read_bytes()
            self.assertTrue(self.holds(data, ".zip"), edition)
            self.assert_changes_are_found(data, ".zip", 30)
            with zipfile.ZipFile(dossier) as packed:
                receipt = packed.read("proof/receipt.txt")
            quoted = b"Bonjour,\r\n" + b"".join(b"> " + line + b"\r\n" for line in receipt.splitlines())
            self.assertTrue(self.holds(quoted, ".txt"), edition)
            self.assert_changes_are_found(receipt, ".txt", 30)


if __name__ == "__main__":
    unittest.main()
