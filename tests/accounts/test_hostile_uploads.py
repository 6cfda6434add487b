"""The hostile uploads and benign controls through the page: what an applicant is told, and what is left behind.

Refused: 422 with the reason in words at the file, nothing stored, no notice, the case as before, one record entry.
Accepted: what the owner gets back is fresh pixels under the sandbox's headers; the payload is nowhere.
"""

from __future__ import annotations

import html
import io
import json
import subprocess
import sys
import zipfile
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Evidence, Submission
from portal import exports
from portal.models import Notice, RecordEntry
from tests.accounts import hostile_pdfs  # registers the PDFs
from tests.accounts.hostile_files import CASES, canary
from tests.factories import consent_to, install_zone, make_draft, make_user

pytestmark = pytest.mark.django_db
PAGE = "/zones/alk/gate/evidence/"
REFUSED = sorted(number for number, case in CASES.items() if case.answer)
KEPT = sorted(number for number, case in CASES.items() if not case.answer)
REFUSAL_IS_RIGHT_TOO = {"49", "54"}  # a name with NUL, a name of 1,200 characters
assert hostile_pdfs.one_page()


@pytest.fixture
def applicant(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    person = make_user()
    consent_to(person, install_zone())
    make_draft(person)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def post(page: Client, number: str):
    """Post one file under its hostile name, which RFC 5987's form carries whatever it holds."""
    name, data = CASES[number].make()
    header = b"Content-Disposition: form-data; name=\"files\"; filename*=UTF-8''%b" % quote(name).encode()
    body = b"--b\r\n" + header + b"\r\nContent-Type: image/jpeg\r\n\r\n" + data + b"\r\n--b--\r\n"
    return page.generic("POST", PAGE, body, content_type="multipart/form-data; boundary=b")


@pytest.mark.parametrize("number", REFUSED)
def test_a_refused_file_leaves_nothing_but_words_and_one_entry(applicant, settings, number):
    before = (Submission.objects.get().sent_at, Notice.objects.count())

    answer = post(applicant, number)

    assert answer.status_code in {400, 422}, CASES[number].title
    if answer.status_code == 422:
        assert "。" in html.unescape(answer.content.decode())
        entry = RecordEntry.objects.get(kind="evidence.refused")
        # 51: Django drops what reorders text before we see it; what is left is a name that says another kind.
        right = {CASES[number].answer.value} | ({"NAME_MISMATCH"} if number == "51" else set())
        assert entry.payload["codes"][0] in right
    assert canary(number) not in answer.content
    assert not Evidence.objects.exists()
    assert not [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]
    assert (Submission.objects.get().sent_at, Notice.objects.count()) == before


@pytest.mark.parametrize("number", KEPT)
def test_of_an_accepted_file_the_payload_is_nowhere(applicant, settings, number):
    answer = post(applicant, number)
    if number in REFUSAL_IS_RIGHT_TOO and answer.status_code == 400:
        assert not Evidence.objects.exists()
        return
    assert answer.status_code == 302, html.unescape(answer.content.decode())[:3000]
    row, said = Evidence.objects.get(), [applicant.get(PAGE)]
    said += [applicant.get(f"/evidence/{row.public_id}/?page={number}") for number in range(1, row.pages + 1)]

    for picture in said[1:]:
        assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpeg")
        assert picture.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert picture.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert picture.content.startswith(b"\xff\xd8\xff")
        assert picture.headers["Content-Disposition"].startswith("inline; filename")
        assert "X-Canary" not in picture.headers
    for answer in said:
        assert canary(number) not in answer.content
        assert canary(number) not in str(answer.headers).encode()
    assert b"<img src=x" not in said[0].content
    assert {path.parent.parent for path in settings.EVIDENCE_DIR.rglob("*.bin")} == {settings.EVIDENCE_DIR}


LIMITS = {"19": 1, "23": 2, "26": 5, "27": 5, "28": 5, "29": 10, "32": 5}  # seconds of processor, by the list
MEASURE = """
import json, resource, sys
import django
django.setup()
from accounts.judging import judge
from tests.accounts import hostile_pdfs
from tests.accounts.hostile_files import CASES
spent, costs = 0.0, {}
for number in json.loads(sys.argv[1]):
    name, data = CASES[number].make()
    judge(data, filename=name)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    costs[number], spent = used.ru_utime + used.ru_stime - spent, used.ru_utime + used.ru_stime
print(json.dumps([costs, used.ru_maxrss // 1024]))
"""


@pytest.mark.pure
def test_no_bomb_costs_more_than_its_limit():
    """Processor seconds of the judging child and MiB of the largest one, measured apart from this process."""
    command = [sys.executable, "-c", MEASURE, json.dumps([*LIMITS])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    costs, most_mib = json.loads(done.stdout)

    assert {number: cost for number, cost in costs.items() if cost >= LIMITS.get(number, 5)} == {}
    assert most_mib < 512


def test_a_name_that_is_a_formula_or_a_header_is_plain_in_the_copy_of_ones_data(applicant):
    """53, 50, 52: names travel into the export as JSON text, never as a cell, a header or markup."""
    for number in ("50", "52", "53"):
        assert post(applicant, number).status_code == 302
    person = Evidence.objects.first().owner

    pieces = exports.archive(person, at=timezone.now(), language="zh-hans")
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        for name in archive.namelist():
            assert not name.endswith((".csv", ".xlsx"))
            assert b"<img src=x onerror" not in archive.read(name) or name.endswith(".json")
