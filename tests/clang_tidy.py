#!/usr/bin/env python3
"""clang-tidy-19 over the sources of src/. Usage: tests/clang_tidy.py BUILD

BUILD holds compile_commands.json. A source found clean is remembered there by the digest of its preprocessed text,
so that a second run looks only at what changed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["-Wno-unknown-warning-option", "-Wno-error"]


def digest_of(entry: dict) -> str:
    """Of all that the verdict depends on: the text the compiler sees, its flags, the checks."""
    command = shlex.split(entry["command"])
    flags = [word for word in command[1:] if word.startswith(("-I", "-D", "-std", "-isystem", "-f", "/"))]
    flags = [word for word in flags if not word.endswith((".o", ".cpp", "ccache", "g++", "clang++-19"))]
    text = subprocess.run(["clang++-19", "-E", "-P", "-C", *flags, entry["file"]], cwd=entry["directory"],
                          capture_output=True, check=True).stdout
    checks = (ROOT / ".clang-tidy").read_bytes() + pathlib.Path(__file__).read_bytes()
    return hashlib.sha256(b"\0".join([text, " ".join(flags).encode(), checks])).hexdigest()


def look(build: pathlib.Path, entry: dict) -> str:
    """What clang-tidy finds in one source; empty when nothing."""
    stamp = build / "clang-tidy" / digest_of(entry)
    if stamp.exists():
        return ""
    extra = [f"--extra-arg={flag}" for flag in FLAGS]
    seen = subprocess.run(["clang-tidy-19", "-p", build, "--quiet", *extra, entry["file"]], capture_output=True,
                          text=True, check=False)
    if seen.returncode != 0:
        return seen.stdout + seen.stderr
    stamp.touch()
    return ""


def main(build: pathlib.Path) -> int:
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    entries = [entry for entry in entries if entry["file"].startswith(str(ROOT / "src") + "/")]
    if not entries:
        print(f"{build}/compile_commands.json names no source of src/; build first")
        return 1
    (build / "clang-tidy").mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [text for text in pool.map(lambda entry: look(build, entry), entries) if text]
    print("\n".join(findings) if findings else f"{len(entries)} sources are clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
