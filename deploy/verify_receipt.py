#!/usr/bin/env python3
"""核验回执 · Verify a receipt, offline: one file, Python 3.8 or later, nothing but the standard library.

    python3 verify_receipt.py receipt.json --keys keys.json
    python3 verify_receipt.py receipt.json --key <public key, 64 hex>

回执（JSON）证明一条记录在签名的树头之下：本脚本只信任您给出的公钥（取自 /record/keys.json，最好由您自己早先保存）。
The receipt holds a proof {entry, leaf_index, inclusion_path, head}, by itself or under "record" or "proof". Checked:
the entry's hash leads by the inclusion path (RFC 9162, section 2.1.3.2) to the root in the tree head; the head carries
an Ed25519 signature (RFC 8032) of a key you gave; and everything the receipt says (its number, the text shown, the
answer, the time, whose, what for, by whom) is what the entry proves; a later event, what its own entry proves. What was
left out cannot be seen: that somebody withdrew later stands in a newer receipt.
Exit code: 0 it stands, 1 it does not, 2 it cannot be checked.
"""

import argparse
import hashlib
import json
import re
import sys

LONGEST = 4 * 1024 * 1024  # bytes of a file
HEAD_PREFIX = b"portal record head v1\n"
PROOF_FORMAT = "portal-record-proof-1"
PROOF_FIELDS = {"format", "entry", "leaf_index", "inclusion_path", "head", "public_key"}
HEAD_FIELDS = ("at", "key_id", "previous", "root_hash", "tree_size")  # in the order of canonical JSON


class Wrong(Exception):
    """The receipt does not stand; the words say why, in Chinese and English."""


class Unreadable(Exception):
    """A file cannot be used; the words say which and why."""


# -- Ed25519, verification only (RFC 8032, section 5.1.7), in extended coordinates

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(raw):
    number = int.from_bytes(raw, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point, scalar = _add(point, point), scalar >> 1
    return result


def _same(one, two):
    return not (one[0] * two[2] - two[0] * one[2]) % P and not (one[1] * two[2] - two[1] * one[2]) % P


_BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_recover_x(_BASE_Y, 0), _BASE_Y, 1, _recover_x(_BASE_Y, 0) * _BASE_Y % P)


def verify_ed25519(public, message, signature):
    """Whether the signature (64 bytes) of the message is that of the public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    if _same(_multiply(8, key), (0, 1, 1, 0)):  # a key of small order signs everything
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _same(_multiply(scalar, BASE), _add(commitment, _multiply(challenge, key)))


# -- the tree (RFC 9162, section 2.1.3.2)


def root_of(leaf_hash, index, size, path):
    """Return the root the inclusion path leads to; Wrong when the path does not fit the tree."""
    value, position, last = leaf_hash, index, size - 1
    for step in path:
        if last == 0:
            raise Wrong("证明路径过长 · the inclusion path is too long")
        if position & 1 or position == last:
            value = hashlib.sha256(b"\x01" + step + value).digest()
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\x01" + value + step).digest()
        position, last = position >> 1, last >> 1
    if last:
        raise Wrong("证明路径过短 · the inclusion path is too short")
    return value


# -- reading: every field is checked before it is used


def load(path):
    """Return the JSON of a file; Unreadable when it is too large, no JSON, or says a key twice."""
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise Unreadable(f"无法读取 {path} · cannot read it: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise Unreadable(f"{path} 过大 · it is too large")
    try:
        return parse(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path} 不是可用的 JSON · it is no JSON that can be used: {error}") from error


def parse(text):
    """Return the value of a JSON text; ValueError for a key said twice and for NaN."""

    def once(pairs):
        names = [name for name, _value in pairs]
        if len(names) != len(set(names)):
            raise ValueError("a key is said twice")
        return dict(pairs)

    def never(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=never)


def field(holder, name, kind, pattern=None):
    """Return a field of exactly this type, matching the pattern as a whole."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if type(value) is not kind or (pattern and not re.fullmatch(pattern, value, re.ASCII)):
        raise Wrong(f"字段 {name} 缺失或格式不对 · the field {name} is missing or malformed")
    return value


def proof_in(document):
    """Return the proof: the document itself, or what it holds under "record" or "proof"."""
    for name in ("record", "proof"):
        if isinstance(document, dict) and "inclusion_path" not in document and name in document:
            document = document[name]
    if document is None or (isinstance(document, dict) and document.get("state") == "pending"):
        raise Wrong("回执尚未封存，请稍后重新下载 · the receipt was taken before it was sealed; download it again")
    if not isinstance(document, dict) or "inclusion_path" not in document:
        raise Wrong("其中没有证明 · there is no proof in it")
    return document


def keys_in(document):
    """Return {key id: public key} of a keys.json."""
    found = {}
    try:
        for row in field(document, "keys", list):
            raw = bytes.fromhex(field(row, "public_key", str, "[0-9a-f]{64}"))
            found[key_id_of(raw)] = raw
    except Wrong as error:
        raise Unreadable(f"公钥文件格式不对 · the file of keys is malformed: {error}") from error
    return found


def key_id_of(public):
    """Return a key's id: computed, never believed."""
    return hashlib.sha256(public).hexdigest()[:16]


# -- the checks


def check(document, keys):
    """Return (entry, head) of a receipt that stands under one of the keys; Wrong otherwise."""
    proof = proof_in(document)
    entry, head = check_proof(proof, keys)
    if isinstance(document, dict) and document is not proof:
        check_receipt(document, entry, keys)
    return entry, head


def check_proof(proof, keys):
    """Return (entry, head) of a proof that stands under one of the keys; Wrong otherwise."""
    head = field(proof, "head", dict)
    check_frame(proof, head)
    size, root = field(head, "tree_size", int), field(head, "root_hash", str, "[0-9a-f]{64}")
    index, text = field(proof, "leaf_index", int), field(proof, "entry", str)
    steps = field(proof, "inclusion_path", list)
    if not 0 <= index < size < 2**63:
        raise Wrong("位置不在树中 · the position is not within the tree")
    if len(steps) > 64 or not all(type(step) is str and re.fullmatch("[0-9a-f]{64}", step) for step in steps):
        raise Wrong("证明路径格式不对 · the inclusion path is malformed")
    try:
        entry, raw = parse(text), text.encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Wrong("记录条目不是 JSON · the entry is no JSON") from error
    check_signature(head, keys)
    leaf = hashlib.sha256(b"\x00" + raw).digest()
    if root_of(leaf, index, size, [bytes.fromhex(step) for step in steps]).hex() != root:
        raise Wrong("条目与树头不符：内容、位置或路径被改动 · the entry does not belong to the tree head")
    return entry, head


def check_frame(proof, head):
    """Wrong when a proof holds what no proof holds, or names another format or key than its own."""
    if not set(proof) <= PROOF_FIELDS | {"state"} or not set(head) <= {*HEAD_FIELDS, "signature"}:
        raise Wrong("证明中有多余的字段 · the proof holds fields that are none of its own")
    public = field(proof, "public_key", str, "[0-9a-f]{64}")
    if proof.get("state", "sealed") != "sealed" or field(proof, "format", str) != PROOF_FORMAT:
        raise Wrong("证明的格式不对 · the proof is of another format")
    if key_id_of(bytes.fromhex(public)) != head.get("key_id"):
        raise Wrong("证明所附的公钥不是签名的那一把 · the public key beside the proof is not the one that signed")


def check_signature(head, keys):
    """Wrong unless one of the keys signed the head."""
    key_id = field(head, "key_id", str, "[0-9a-f]{16}")
    field(head, "at", str, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
    field(head, "previous", str, "([0-9a-f]{64})?")
    signature = bytes.fromhex(field(head, "signature", str, "[0-9a-f]{128}"))
    if key_id not in keys:
        raise Wrong(f"树头由您没有给出的密钥签名 · the head is signed by a key you did not give: {key_id}")
    # Numbers and plain ASCII strings only: this is the canonical JSON (RFC 8785) of the five fields.
    signed = json.dumps({name: head[name] for name in HEAD_FIELDS}, separators=(",", ":"), sort_keys=True)
    if not verify_ed25519(keys[key_id], HEAD_PREFIX + signed.encode("ascii"), signature):
        raise Wrong("树头的签名无效 · the signature of the tree head is invalid")


def digest_of(value):
    """Return the SHA-256 of canonical JSON (RFC 8785): there are no fractions in it, and its names are plain ASCII."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except RecursionError as error:
        raise Wrong("内容嵌套过深 · the content is nested too deeply") from error
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_content(document, content, payload, keys):
    """Wrong unless every field is the one whose hash the entry holds; a later event needs a proof of its own."""
    shown = {name: value for name, value in content["pii_processing"].items() if name != "privacy_notice_text"}
    rest = {name: value for name, value in content.items() if name != "event"}
    if digest_of({**rest, "pii_processing": shown}) != payload["content_sha256"]:
        raise Wrong("回执的内容与记录不符 · the content is another one than the record's")
    schema = field(field(content, "record", dict), "schema_version", str)
    known = {"schema_version", "receipt_id", "content", "record", "later"}
    if not set(document) <= known or document.get("schema_version") != schema:
        raise Wrong("回执的格式不对 · the receipt is of another format")
    if any(field(document[name], "state", str) != "sealed" for name in ("record", "later") if name in document):
        raise Wrong("证明的格式不对 · the proof is of another format")
    own, later = content["event"][0], content["event"][1:]
    if digest_of(own) != payload.get("event_sha256"):
        raise Wrong("回执所述的事件与记录不符 · the event is another one than the record's")
    if len(later) != (1 if "later" in document else 0):
        raise Wrong("后来的事件没有证明 · a later event has no proof")
    if later:
        check_later(later[0], check_proof(field(document, "later", dict), keys)[0], own)


def check_later(event, entry, own):
    """Wrong unless the entry proves this event of the same person, after the receipt's own."""
    payload = entry.get("payload") if isinstance(entry, dict) else None
    proved = payload.get("event_sha256") if isinstance(payload, dict) else None
    if proved != digest_of(event) or event["entity_id"] != own["entity_id"] or event["event_time"] < own["event_time"]:
        raise Wrong("后来的事件与记录不符 · the later event is another one than the record's")


def check_receipt(document, entry, keys):
    """Wrong when the receipt around the proof says something else than its entry proves."""
    payload = entry.get("payload") if isinstance(entry, dict) else None
    if set(document) <= {"record", "proof"}:  # the proof alone
        return
    if not isinstance(payload, dict):
        raise Wrong("条目不是一份回执的 · the entry is not that of a receipt")
    content = field(document, "content", dict)
    shown = field(content, "pii_processing", dict)
    number = field(document, "receipt_id", str)
    events = [row for row in field(content, "event", list) if isinstance(row, dict)]
    event = next((row for row in events if row.get("event_receipt") == number), {})
    text = field(shown, "privacy_notice_text", str).encode("utf-8", "surrogatepass")
    pairs = [
        ("编号 · number", number, payload.get("receipt")),
        ("编号 · number", field(field(content, "record", dict), "record_id", str), payload.get("receipt")),
        ("当时显示的全文 · the text shown", hashlib.sha256(text).hexdigest(), payload.get("shown_sha256")),
        ("全文的散列 · its hash", shown.get("privacy_notice_sha256"), payload.get("shown_sha256")),
        ("版本 · version", shown.get("privacy_notice_version"), payload.get("version")),
        ("版本的散列 · its hash", shown.get("privacy_notice_version_sha256"), payload.get("sha256")),
        ("回答 · answer", event.get("event_answer"), payload.get("answer")),
        ("时间 · time", event.get("event_time"), entry.get("at")),
        ("本人 · person", event.get("entity_id"), entry.get("actor")),
    ]
    for words, said, proved in pairs:
        if type(said) is not type(proved) or said != proved:
            raise Wrong(f"回执所述与记录不符 · the receipt says something else than the record: {words}")
    if "content_sha256" in payload:  # receipts of before this was bound prove the pairs above
        check_content(document, content, payload, keys)


def known_head(head, document):
    """Wrong when a head you kept of the same size has another root: the record was rewritten."""
    kept = document.get("head") if isinstance(document, dict) and "head" in document else document
    if isinstance(kept, dict) and kept.get("tree_size") == head["tree_size"] and kept["root_hash"] != head["root_hash"]:
        raise Wrong("与您保存的树头不符：记录被改写过 · it contradicts the head you kept: the record was rewritten")


def main(words=None):
    """Read, check, say. Returns the exit code."""
    parser = argparse.ArgumentParser(description="离线核验回执 · verify a receipt offline")
    parser.add_argument("receipt", help="回执（JSON 文件，- 为标准输入） · the receipt, - for stdin")
    parser.add_argument("--keys", help="保存的 keys.json · a saved keys.json")
    parser.add_argument("--key", action="append", default=[], help="公钥，64 位十六进制 · a public key in hex")
    parser.add_argument("--head", help="您保存的树头（JSON） · a tree head you kept")
    given = parser.parse_args(words)
    try:
        keys = keys_in(load(given.keys)) if given.keys else {}
        for word in given.key:
            if not re.fullmatch("[0-9a-fA-F]{64}", word):
                raise Unreadable("公钥须为 64 位十六进制 · a public key is 64 hex characters")
            keys[key_id_of(bytes.fromhex(word))] = bytes.fromhex(word)
        if not keys:
            raise Unreadable("请给出公钥：--keys 或 --key · give a public key by --keys or --key")
        entry, head = check(load(given.receipt), keys)
        if given.head:
            known_head(head, load(given.head))
    except Unreadable as error:
        print(f"无法核验 · cannot be checked: {error}", file=sys.stderr)
        return 2
    except Wrong as error:
        print(f"回执无效 · the receipt does not stand: {error}")
        return 1
    print(f"回执有效 · the receipt stands (tree_size={head['tree_size']}, key={head['key_id']})")
    print(json.dumps(entry, ensure_ascii=False, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
