#!/usr/bin/env python3
"""Verifies receipts, heads, growths and dossiers, made from docs/proof-format.md and docs/dossier-format.md alone, so
that those pages are known to be enough. Usage: second_verifier.py FILE… Exit code: 0 all hold, 1 one does not."""
import hashlib
import hmac
import json
import re
import struct
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

NO_DIGEST = bytes(32)


class Wrong(Exception):
    """What is not as it was written."""


def demand(holds, what):
    if not holds:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


SIGNED = {}


def signed_by(key, message, signature):
    """Ed25519 (RFC 8032), by the openssl program."""
    asked = key, message, signature
    if asked not in SIGNED:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("k", bytes.fromhex("302a300506032b6570032100") + key), ("m", message),
                                  ("s", signature)):
                with open(f"{folder}/{name}", "wb") as file:
                    file.write(content)
            SIGNED[asked] = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/k", "-rawin",
                 "-in", f"{folder}/m", "-sigfile", f"{folder}/s"], capture_output=True, check=False).returncode == 0
    return SIGNED[asked]


# ---- texts that are kept ---------------------------------------------------------------------------------------


class Lines:
    """A word, a blank, a value, in the one spelling that there is."""

    def __init__(self, text):
        demand(text.endswith("\n"), "the last line has no end")
        self.lines = text[:-1].split("\n")
        self.at = 0

    def next_is(self, word):
        return self.at < len(self.lines) and self.lines[self.at].startswith(word + " ")

    def exactly(self, line):
        demand(self.at < len(self.lines) and self.lines[self.at] == line, f"\"{line}\" should stand here")
        self.at += 1

    def value(self, word):
        demand(self.next_is(word), f"\"{word} …\" should stand here")
        self.at += 1
        return self.lines[self.at - 1][len(word) + 1:]

    def number(self, word):
        value = self.value(word)
        demand(re.fullmatch("0|[1-9][0-9]*", value) and int(value) < 1 << 64, f"no number after {word}")
        return int(value)

    def bytes(self, word, count=None):
        value = self.value(word)
        demand(re.fullmatch("([0-9a-f][0-9a-f])+", value), f"no bytes after {word}")
        demand(count is None or len(value) == 2 * count, f"not {count} bytes after {word}")
        return bytes.fromhex(value)

    def many_bytes(self, word):
        """Over several lines, all but the last with 32."""
        parts = []
        while self.next_is(word):
            demand(not parts or len(parts[-1]) == 32, f"a short line of {word} is not the last")
            parts.append(self.bytes(word))
            demand(len(parts[-1]) <= 32, f"a long line of {word}")
        return b"".join(parts)

    def hashes(self, word):
        found = []
        while self.next_is(word):
            found.append(self.bytes(word, 32))
        return found

    def end(self):
        demand(self.at == len(self.lines), "nothing more should stand here")


def told(instant):
    """As the texts spell an instant: milliseconds only when there are some."""
    at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=instant)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at.microsecond // 1000:03}" if at.microsecond else "") + "Z"


class Head:
    def __init__(self, lines):
        begins = lines.at
        lines.exactly("guichet head 1")
        self.log = lines.bytes("log", 32)
        self.size = lines.number("size")
        self.root = lines.bytes("root", 32)
        at = lines.value("at")
        spelled = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", at)
        demand(spelled and not at.endswith(".000Z"), "no instant")
        self.key = lines.bytes("key", 32)
        message = "".join(f"{line}\n" for line in lines.lines[begins:lines.at]).encode()
        demand(signed_by(self.key, message, lines.bytes("sign", 32) + lines.bytes("sign", 32)), "the signature")


def read_head(text):
    lines = Lines(text)
    head = Head(lines)
    lines.end()
    return head


def read_growth(text):
    lines = Lines(text)
    lines.exactly("guichet growth 1")
    before, was, path = lines.number("before"), lines.bytes("was", 32), lines.hashes("path")
    head = Head(lines)
    lines.end()
    demand(consistent(before, was, head.size, head.root, path), "the larger does not follow on the smaller")
    return head


def leaves_of(lines):
    lines.exactly("guichet receipt 1")
    leaves = []
    while lines.next_is("leaf"):
        place = lines.number("leaf")
        demand(not leaves or place > leaves[-1][0], "places do not rise")
        data = lines.many_bytes("data")
        leaf = sha256(b"\0", data) if data else lines.bytes("hash", 32)
        leaves.append((place, data, leaf, lines.hashes("path")))
    return leaves


def receipt_leaves(text):
    """Place, bytes (or nothing), hash, path of each."""
    return leaves_of(Lines(text))


def read_receipt(text):
    """Its head and its leaves; each is in the tree of the head."""
    lines = Lines(text)
    leaves = leaves_of(lines)
    head = Head(lines)
    lines.exactly("end receipt")
    lines.end()
    demand(leaves, "a receipt for nothing")
    for place, _, leaf, path in leaves:
        demand(root_of(place, head.size, leaf, path) == head.root, f"place {place} is not in the tree")
        demand(place != 0 or leaf == head.log, "the first leaf is not the name of the ledger")
    read = [read_leaf(data) for _, data, _, _ in leaves if data]
    keys = [leaf["key"] for leaf in read if leaf["kind"] == 1]
    demand(not keys or head.key in keys, "the key of the head is none of the ledger's")
    return head, read, all(data for _, data, _, _ in leaves)


def blocks_in(text):
    """The receipts in a text: what a mail adds to its lines does not count."""
    found, block = [], None
    for raw in text.removeprefix("\ufeff").split("\n"):
        line = raw.lstrip("> \t").rstrip(" \t\r")
        if line == "guichet receipt 1":
            block = []
        if block is not None and line:
            block.append(line + "\n")
        if block and line == "end receipt":
            found.append("".join(block))
            block = None
    return found


# ---- the tree --------------------------------------------------------------------------------------------------


def root_of(place, size, leaf, path):
    """RFC 9162, 2.1.3.2; nothing when the path has not its length."""
    if place >= size:
        return None
    fn, sn, root = place, size - 1, leaf
    for beside in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = sha256(b"\1", beside, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = sha256(b"\1", root, beside)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


def consistent(first, first_root, second, second_root, path):
    """RFC 9162, 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for beside in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\1", beside, fr), sha256(b"\1", beside, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\1", sr, beside)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0


# ---- leaves ----------------------------------------------------------------------------------------------------


class Members:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        demand(self.at + count <= len(self.data), "a leaf is cut off")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, count, signed=False):
        return int.from_bytes(self.take(count), "little", signed=signed)

    def words(self):
        return self.take(self.number(4)).decode()


def read_leaf(data):
    demand(data.startswith(b"guichet leaf 1\0"), "no leaf")
    m = Members(data)
    m.take(15)
    leaf = {"kind": m.number(1)}
    if leaf["kind"] == 1:
        leaf |= {"number": m.number(8), "at": m.number(8, True), "key": m.take(32)}
    elif leaf["kind"] == 2:
        leaf |= {"id": m.number(4), "case": m.number(4), "text_kind": m.number(1), "author": m.number(4),
                 "size": m.number(8), "digest": m.take(32), "name_digest": m.take(32), "media_type": m.words()}
    elif leaf["kind"] == 3:
        leaf |= {"number": m.number(8), "position": m.number(8), "recorded": m.number(8, True), "case": m.number(4),
                 "person": m.number(4), "account": m.number(4), "version": m.number(4), "channel": m.number(1)}
        if m.number(1):
            m.take(8 + 4 * 4 + 4 * 1)
        leaf["events"] = [read_event(m) for _ in range(m.number(4))]
    elif leaf["kind"] == 4:
        leaf |= {"id": m.number(2), "from": m.number(8, True), "adopted": m.number(8, True), "by": m.number(4),
                 "toml": m.take(32), "name": m.words(), "version": m.words()}
    elif leaf["kind"] == 5:
        leaf |= {"number": m.number(8), "at": m.number(8, True), "by": m.number(4), "what": m.words(),
                 "detail": m.words()}
    else:
        demand(leaf["kind"] == 6, "a kind of leaf that is none")
        leaf |= {"number": m.number(8), "at": m.number(8, True), "text": m.number(4)}
    demand(m.at == len(data), "a leaf has more bytes than its members")
    return leaf


def read_event(m):
    event = {"at": m.number(8, True), "actor": m.number(4), "text": m.number(4), "detail": m.number(4),
             "kind": m.number(1), "party": m.number(1), "clock": m.number(1), "aux": m.number(1)}
    event["digest"] = m.take(32) if event["text"] else NO_DIGEST
    return event


# ---- a dossier -------------------------------------------------------------------------------------------------


def entries_of(data):
    """Name and bytes of each entry; every byte of the container is where the page says."""
    import zlib
    demand(len(data) >= 22, "no end record")
    end = struct.unpack("<4s4H2IH", data[-22:])
    signature, disk, first_disk, count, all_of_them, central_bytes, central_at, comment = end
    demand(signature == b"PK\5\6" and disk == first_disk == comment == 0 and count == all_of_them, "the end record")
    demand(central_at + central_bytes == len(data) - 22, "something stands before the end record")
    at, place, entries = central_at, 0, []
    for _ in range(count):
        fixed = struct.unpack_from("<4s6H3I5H2I", data, at)
        (signature, made, needed, flags, method, time, date, crc, packed, size, name_bytes, extra, comment, disk,
         internal, external, offset) = fixed
        demand((signature, made, needed, flags, method, time, date, extra, comment, disk, internal, external) ==
               (b"PK\1\2", 0x0314, 20, 0x0800, 0, 0, 0x0021, 0, 0, 0, 0, 0x81A40000), "a central header")
        name = data[at + 46:at + 46 + name_bytes]
        at += 46 + name_bytes
        local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0x0800, 0, 0, 0x0021, crc, packed, size, name_bytes, 0) + name
        demand(offset == place and packed == size and data[place:place + len(local)] == local, "a local header")
        body = data[place + len(local):place + len(local) + size]
        demand(len(body) == size and zlib.crc32(body) == crc, f"the bytes of {name!r}")
        place += len(local) + size
        entries.append((name.decode(), body))
    demand(place == central_at and at == len(data) - 22, "something stands between the parts")
    return entries


def read_manifest(text):
    lines = Lines(text)
    lines.exactly("guichet manifest 1")
    files = []
    while lines.next_is("sha256"):
        digest = lines.bytes("sha256", 32)
        size, _, name = lines.value("file").partition(" ")
        demand(re.fullmatch("0|[1-9][0-9]*", size), "a size")
        files.append((digest, int(size), name))
    key = lines.bytes("key", 32)
    message = "".join(f"{line}\n" for line in lines.lines[:lines.at]).encode()
    demand(signed_by(key, message, lines.bytes("sign", 32) + lines.bytes("sign", 32)), "the signature of the list")
    lines.end()
    return files, key


def read_texts(text):
    lines = Lines(text)
    lines.exactly("guichet texts 1")
    texts = []
    while lines.next_is("text"):
        texts.append((lines.number("text"), lines.bytes("key", 32), lines.many_bytes("name"), lines.value("entry")))
    lines.exactly("end texts")
    lines.end()
    return texts


def verify_dossier(data):
    entries = entries_of(data)
    names = dict(entries)
    demand(len(names) == len(entries) and entries[-1][0] == "proof/manifest.txt", "the list is not the last entry")
    files, key = read_manifest(names["proof/manifest.txt"].decode())
    demand(files == [(sha256(body), len(body), name) for name, body in entries[:-1]], "the files are not those listed")
    demand("proof/receipt.txt" in names and "proof/texts.txt" in names, "there is no proof in it")
    head, leaves, whole = read_receipt(names["proof/receipt.txt"].decode())
    demand(key == head.key, "the list is signed with another key")
    texts = {leaf["id"]: leaf for leaf in leaves if leaf["kind"] == 2}
    for number, secret, name, entry in read_texts(names["proof/texts.txt"].decode()):
        leaf, body = texts[number], names[entry]
        of_name = hmac.digest(secret, b"guichet name 1\0" + name, "sha256") if name else NO_DIGEST
        demand((leaf["digest"], leaf["name_digest"], leaf["size"]) ==
               (hmac.digest(secret, body, "sha256"), of_name, len(body)), f"text {number}")
    events = verify_events([leaf for leaf in leaves if leaf["kind"] == 3], texts, whole)
    if "case.json" in names:
        hidden = sum(not data for _, data, _, _ in receipt_leaves(names["proof/receipt.txt"].decode()))
        verify_told(json.loads(names["case.json"], object_pairs_hook=once), events, texts, hidden)


def verify_events(acts, texts, whole):
    """By version: the event, its act and its position."""
    events, last = {}, 0
    for act in acts:
        demand(not whole or not act["events"] or act["version"] == last + 1, "the versions of the case have a gap")
        for i, event in enumerate(act["events"]):
            leaf = texts.get(event["text"])
            demand(leaf is None or leaf["digest"] == event["digest"], "an event carried another text")
            events[act["version"] + i] = event, act, act["position"] + i
        last = act["version"] + len(act["events"]) - 1
    return events


def once(pairs):
    """A member that stands twice is read in two ways."""
    demand(len({name for name, _ in pairs}) == len(pairs), "a member of case.json stands twice")
    return dict(pairs)


def verify_told(told_case, events, texts, hidden):
    """What case.json says of each event and text is what its leaf says; of a withheld text the leaf is not shown."""
    demand(told_case["format"] == "guichet dossier 1", "the format of case.json")
    withheld = 0
    for one in told_case["texts"]:
        if one["id"] not in texts:
            demand(one.get("withheld") is True, f"text {one['id']} has no leaf")
            withheld += 1
            continue
        leaf = texts[one["id"]]
        demand((one.get("author", 0), one["media_type"], one["bytes"], one["digest"]) ==
               (leaf["author"], leaf["media_type"], leaf["size"], leaf["digest"].hex()),
               f"case.json tells text {one['id']} otherwise than its leaf")
    demand(texts.keys() <= {one["id"] for one in told_case["texts"]}, "case.json tells not all texts")
    demand(withheld <= hidden, "more texts are withheld than leaves hidden")
    demand(events.keys() <= {one["version"] for one in told_case["events"]}, "case.json tells not all events")
    for one in told_case["events"]:
        if one["version"] not in events and withheld < hidden:
            continue
        demand(one["version"] in events, "case.json tells an event that has no leaf")
        event, act, position = events[one["version"]]
        said = (one["at"], one["recorded"], one["act"], one["position"], one.get("person", 0), one.get("detail", 0),
                one.get("aux", 0), one.get("text", 0), one.get("text_digest", NO_DIGEST.hex()))
        demand(said == (told(event["at"]), told(act["recorded"]), act["number"], position, event["actor"],
                        event["detail"], event["aux"], event["text"], event["digest"].hex()),
               f"case.json tells event {one['version']} otherwise than its leaf")


def verify(data):
    """Raises Wrong when anything contradicts anything."""
    try:
        if data.startswith(b"PK"):
            return verify_dossier(data)
        text = data.decode()
        if text.startswith("guichet head "):
            read_head(text)
        elif text.startswith("guichet growth "):
            read_growth(text)
        else:
            found = blocks_in(text)
            demand(found, "no receipt stands here")
            for block in found:
                read_receipt(block)
    except (UnicodeDecodeError, KeyError, IndexError, ValueError, struct.error) as error:
        raise Wrong(f"{type(error).__name__}: {error}") from error
    return None


def main(paths):
    code = 0
    for path in paths:
        with open(path, "rb") as file:
            data = file.read()
        try:
            verify(data)
            print(f"{path}: holds")
        except Wrong as wrong:
            print(f"{path}: does not hold: {wrong}")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
