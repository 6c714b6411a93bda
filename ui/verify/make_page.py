#!/usr/bin/env python3
"""Puts the verifier into one page that needs no server: program, phrases, style and script inside it, and a policy that
lets nothing else run. Usage: make_page.py PROGRAM.wasm PHRASES.en.po PHRASES.fr.po PAGE.html"""
import base64
import hashlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent


def phrases(path: str) -> dict:
    text = pathlib.Path(path).read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "([^"]+)"\nmsgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', text, re.M)
    return {key: "".join(json.loads(line) for line in value.split("\n") if line) for key, value in pairs}


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main(program: str, english: str, french: str, page: str) -> None:
    script = "\n" + (HERE / "verify.js").read_text(encoding="utf-8")
    style = "\n" + (HERE / "verify.css").read_text(encoding="utf-8")
    told = {"en": phrases(english), "fr": phrases(french)}
    if told["en"].keys() != told["fr"].keys():
        sys.exit(f"{english} and {french} have not the same keys")
    parts = {
        "STYLE_HASH": digest(style), "SCRIPT_HASH": digest(script), "STYLE": style, "SCRIPT": script,
        "PHRASES": json.dumps(told, ensure_ascii=False).replace("<", "\\u003c"),
        "PROGRAM": base64.b64encode(pathlib.Path(program).read_bytes()).decode(),
    }
    html = (HERE / "verify.html").read_text(encoding="utf-8")
    html = re.sub("@([A-Z_]+)@", lambda found: parts[found.group(1)], html)
    pathlib.Path(page).write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
