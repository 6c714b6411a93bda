#!/usr/bin/env python3
"""samples/marketplace.csv.gz holds the rows that tools/invent_marketplace.py writes. Usage: sample.py"""
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
    print("the same rows" if same else "run tools/invent_marketplace.py samples/marketplace.csv.gz")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
