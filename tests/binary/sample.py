#!/usr/bin/env python3
"""The samples are what tools/invent_marketplace.py and tools/invent_mailbox.py write. Usage: sample.py"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "marketplace.csv.gz"
        subprocess.run([sys.executable, ROOT / "tools/invent_marketplace.py", written], check=True)
        same = gzip.decompress(written.read_bytes()) == gzip.decompress(
            (ROOT / "samples/marketplace.csv.gz").read_bytes())
        mailbox = pathlib.Path(folder) / "seller-alone.mbox"
        subprocess.run([sys.executable, ROOT / "tools/invent_mailbox.py", mailbox], check=True)
        if mailbox.read_bytes() != (ROOT / "samples/seller-alone.mbox").read_bytes():
            print("run tools/invent_mailbox.py samples/seller-alone.mbox")
            return 1
    print("the same rows" if same else "run tools/invent_marketplace.py samples/marketplace.csv.gz")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
