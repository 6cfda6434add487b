"""The script that checks a receipt offline: alone, in a Python of its own, against everything a receipt can be."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse

from portal import record, seals, signing
from portal.models import Seal

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[2] / "deploy" / "verify_receipt.py"
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
_spec = importlib.util.spec_from_file_location("verify_receipt", SCRIPT)
verifier = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verifier)

# RFC 8032 section 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.fixture
def proofs(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    rows = []
    for count in (1, 4, 9):
        payload = {"receipt": "r-1", "answer": "GIVEN", "字": "值"}
        rows += [
            record.append("consent.given", actor=None, subject=f"x:{n}", payload=payload, at=AT) for n in range(count)
        ]
        seals.seal(AT)
    return [seals.proof_of(row) for row in rows]


def keys():
    return {key.key_id: bytes.fromhex(key.public_key) for key in signing.public_keys()}


def wrong(document, words="."):
    with pytest.raises(verifier.Wrong, match=words):
        verifier.check(document, keys())
    return True


def run(*words, text=""):
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *words],
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_its_signatures_are_those_of_rfc_8032(public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))

    assert verifier.verify_ed25519(public, message, signature)
    assert not verifier.verify_ed25519(public, message + b"x", signature)
    assert not verifier.verify_ed25519(public, message, signature[:-1])
    for place in (0, 31, 32, 63):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not verifier.verify_ed25519(public, message, bytes(changed))


def test_it_agrees_with_the_library_and_refuses_malleable_and_small_order_signatures():
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"words")

    assert verifier.verify_ed25519(public, b"words", signature)
    scalar = int.from_bytes(signature[32:], "little") + verifier.ORDER
    assert not verifier.verify_ed25519(public, b"words", signature[:32] + scalar.to_bytes(32, "little"))
    one = (1).to_bytes(32, "little")  # the neutral element: it would sign everything
    assert not verifier.verify_ed25519(one, b"words", one + bytes(32))
    assert not verifier.verify_ed25519(b"\xff" * 32, b"words", signature)


def test_every_proof_stands_and_gives_its_entry(proofs):
    for number, proof in enumerate(proofs):
        entry, head = verifier.check(proof, keys())
        assert entry["payload"]["字"] == "值"
        assert head["tree_size"] > number
        assert verifier.check({"proof": proof}, keys())[0] == entry


def test_a_stranger_needs_the_receipt_the_published_keys_and_python_alone(proofs, client, tmp_path):
    receipt, published = tmp_path / "receipt.json", tmp_path / "keys.json"
    receipt.write_text(json.dumps({"proof": proofs[5]}))
    published.write_bytes(client.get(reverse("record-keys")).content)

    done = run(receipt, "--keys", published, "--head", published)
    assert (done.returncode, done.stderr) == (0, "")
    assert "回执有效 · the receipt stands" in done.stdout
    assert '"kind": "consent.given"' in done.stdout
    assert run("-", "--key", proofs[5]["public_key"], text=receipt.read_text()).returncode == 0
    other = run(receipt, "--key", "11" * 32)
    assert (other.returncode, "您没有给出的密钥" in other.stdout) == (1, True)
    assert run(receipt).returncode == 2
    assert run(receipt, "--key", "xyz").returncode == 2
    assert run(tmp_path / "missing", "--keys", published).returncode == 2
    assert run(receipt, "--keys", receipt).returncode == 2


def test_the_script_is_served_as_it_is(client):
    response = client.get(reverse("record-verifier"))

    assert response.content == SCRIPT.read_bytes()
    assert "attachment" in response.headers["Content-Disposition"]


def test_the_published_head_is_the_newest_seal(proofs, client):
    document = client.get(reverse("record-keys")).json()

    assert document["head"] == seals.head_of(Seal.objects.order_by("-tree_size").first())
    assert [row["state"] for row in document["keys"]] == ["current"]
    assert (
        hashlib.sha256(bytes.fromhex(document["keys"][0]["public_key"])).hexdigest()[:16] == document["head"]["key_id"]
    )


def test_a_head_kept_from_before_betrays_a_rewritten_record(proofs, tmp_path):
    receipt, kept = tmp_path / "receipt.json", tmp_path / "head.json"
    receipt.write_text(json.dumps(proofs[0]))
    kept.write_text(json.dumps({**proofs[0]["head"], "root_hash": "0" * 64}))

    done = run(receipt, "--key", proofs[0]["public_key"], "--head", kept)
    assert (done.returncode, "记录被改写过" in done.stdout) == (1, True)


@pytest.mark.parametrize("place", range(14))
def test_no_single_change_stands(proofs, place):
    proof = proofs[place]
    changes = {
        "entry": proof["entry"].replace("GIVEN", "REFUSED"),
        "leaf_index": (proof["leaf_index"] + 1) % 14,
        "inclusion_path": [*proof["inclusion_path"], "0" * 64],
    }
    for name, value in changes.items():
        assert wrong({**proof, name: value}), name
    for step in range(len(proof["inclusion_path"])):
        assert wrong({**proof, "inclusion_path": proof["inclusion_path"][:step] + proof["inclusion_path"][step + 1 :]})
    for name, value in {
        "tree_size": 15,
        "root_hash": "0" * 64,
        "previous": "0" * 64,
        "at": "2026-06-01T08:30:00.000001+00:00",
        "key_id": "0" * 16,
        "signature": "0" * 128,
    }.items():
        assert wrong({**proof, "head": {**proof["head"], name: value}}), name


HOSTILE = [None, True, 1.5, -1, 2**70, "", "x", "０" * 64, [], {}, [None], {"a": 1}, "f" * 63, "F" * 64]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_fields_of_other_types_are_refused_with_words(proofs, value):
    for name in ("entry", "leaf_index", "inclusion_path", "head"):
        if proofs[0][name] != value:
            assert wrong({**proofs[0], name: value})
    for name in proofs[0]["head"]:
        assert wrong({**proofs[3], "head": {**proofs[3]["head"], name: value}})
    for missing in ("entry", "leaf_index", "inclusion_path", "head"):
        assert wrong({name: held for name, held in proofs[0].items() if name != missing})
    assert wrong(value)


def test_a_huge_path_and_files_that_are_no_json_are_refused(proofs, tmp_path):
    assert wrong({**proofs[0], "inclusion_path": ["0" * 64] * 100_000}, "路径")
    file = tmp_path / "receipt.json"
    whole = json.dumps(proofs[3])
    twice = whole[:-1] + ', "leaf_index": 0}'
    for text in (b"", whole[:-1].encode(), twice.encode(), b"[" * 100_000, b'{"a": NaN}', b"\xff", b" " * 5_000_000):
        file.write_bytes(text)
        done = run(file, "--key", proofs[0]["public_key"])
        assert done.returncode == 2
        assert "无法核验" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_entry_that_says_a_key_twice_is_refused_whatever_it_hashes_to(proofs):
    assert wrong({**proofs[0], "entry": '{"kind": "a", "kind": "b"}'}, "不是 JSON")


def test_what_is_not_sealed_yet_is_said(proofs):
    assert wrong({"proof": None}, "尚未封存")
    assert wrong({"receipt_id": "x", "record": {"state": "pending", "entry": "{}"}}, "尚未封存")


def test_a_receipt_that_says_something_else_than_its_entry_is_refused(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    text = "全文"
    hashed = hashlib.sha256(text.encode()).hexdigest()
    payload = {"receipt": "r-1", "answer": "GIVEN", "version": 1, "sha256": "v", "shown_sha256": hashed}
    row = record.append("consent.given", actor=None, subject="x:1", payload=payload, at=AT)
    seals.seal(AT)
    shown = {"privacy_notice_text": text, "privacy_notice_sha256": hashed}
    shown |= {"privacy_notice_version": 1, "privacy_notice_version_sha256": "v"}
    at = AT.isoformat(timespec="microseconds")
    event = {"event_receipt": "r-1", "event_answer": "GIVEN", "event_time": at, "entity_id": "system"}
    content = {"record": {"record_id": "r-1"}, "pii_processing": shown, "event": [event]}
    receipt = {"receipt_id": "r-1", "content": content, "record": {"state": "sealed", **seals.proof_of(row)}}

    assert verifier.check(receipt, keys())[0]["payload"] == payload
    for path, value in [
        (("receipt_id",), "r-2"),
        (("content", "record", "record_id"), "r-2"),
        (("content", "pii_processing", "privacy_notice_text"), "别的全文"),
        (("content", "pii_processing", "privacy_notice_version"), True),
        (("content", "event", 0, "event_answer"), "REFUSED"),
        (("content", "event", 0, "event_time"), "2020"),
        (("content", "event", 0, "entity_id"), "somebody"),
        (("content", "event"), []),
        (("content",), None),
    ]:
        changed = copy.deepcopy(receipt)
        holder = changed
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = value
        assert wrong(changed), path
