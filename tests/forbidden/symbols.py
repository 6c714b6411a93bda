#!/usr/bin/env python3
"""The rules' archive leaves nothing undefined but copying and comparing memory, counting bits, abort, and names of
guichet.

Usage: symbols.py NM ARCHIVE
"""
import subprocess
import sys

ALLOWED = {"memcpy", "memmove", "memset", "memcmp", "abort", "_GLOBAL_OFFSET_TABLE_",
           "__popcountdi2"}  # counts bits, for processors that cannot


def main(nm: str, archive: str) -> int:
    lines = subprocess.run([nm, "--undefined-only", "--demangle", archive], capture_output=True, text=True, check=True)
    undefined = [line.split(maxsplit=1)[1] for line in lines.stdout.splitlines() if line.lstrip()[:2] in ("U ", "w ")]
    foreign = sorted({name for name in undefined if name not in ALLOWED and not name.startswith("guichet::")})
    for name in foreign:
        print(f"{archive}: the rules call {name}")
    return 1 if foreign else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
