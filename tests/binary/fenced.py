#!/usr/bin/env python3
"""Runs the commands that a page shows. Usage: fenced.py GUICHET PAGE

A block fenced as ```sh guichet must end well; one fenced as ```sh guichet exit 1 with that exit code.
"""
import re
import sys

import shell

BLOCK = re.compile(r"^```sh guichet(?: exit (\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main(guichet: str, page: str) -> int:
    with open(page, encoding="utf-8") as file:
        text = file.read()
    blocks = BLOCK.findall(text)
    if len(blocks) != text.count("```sh guichet"):
        print(f"{page}: a block opens with ```sh guichet and is not read; write ```sh guichet or ```sh guichet exit N")
        return 1
    wrong = 0
    for code, script in blocks:
        done = shell.run(guichet, script)
        if done.returncode != int(code or 0):
            print(f"{page}: this ends with exit code {done.returncode}:\n{script}\n{done.stdout}")
            wrong += 1
    print(f"{page}: {len(blocks)} blocks run, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
