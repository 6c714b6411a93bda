#!/usr/bin/env python3
"""Two verifiers, one of them made from the pages of docs/ alone, say the same of whole and of changed proofs.
Usage: second_verifier_test.py GUICHET"""
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import zipfile

import second_verifier

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUICHET = str(pathlib.Path(sys.argv.pop(1)).resolve())
PROOFS = ROOT / "tests/golden/proofs/1"
SEED = 20260321


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

    def test_they_agree_on_dossiers_of_today(self):
        ledger = self.folder / "l.db"
        samples = ROOT / "samples"
        self.assertEqual(guichet("import", samples / "seller-alone.mbox", "--mapping", samples / "seller-alone.toml",
                                 "--into", ledger).returncode, 0)
        self.assertEqual(guichet("ledger", "erase", ledger, "--text", 2, "--why", "a test", "--yes").returncode, 0)
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
