"""Case 60: bodies that lie about themselves: each is refused or taken for what it is; nothing breaks or doubles."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts import drafts, evidence
from accounts.models import Evidence, Submission, Verification
from portal.models import Notice, RecordEntry
from tests import factories

PAGE = "/zones/alk/gate/evidence/"
FORM = "multipart/form-data; boundary=b"
PICTURE = factories.jpeg()


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def applicant():
    person = factories.make_user()
    factories.consent_to(person, factories.install_zone())
    factories.make_draft(person)
    return person


def browser_of(person) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    return browser


def part(header: bytes, body: bytes = PICTURE) -> bytes:
    return b"--b\r\nContent-Disposition: form-data; " + header + b"\r\n\r\n" + body + b"\r\n"


def file(number: int = 0, body: bytes = PICTURE) -> bytes:
    return part(b'name="files"; filename="%d.jpg"' % number, body)


END = b"--b--\r\n"
# name: (body, content type, headers, whether the picture in it may be taken)
ABUSES = {
    "101 files": (b"".join(file(n, b"x") for n in range(101)) + END, FORM, {}, False),
    "2,000 fields": (b"".join(part(b'name="f%d"' % n, b"x") for n in range(2000)) + END, FORM, {}, False),
    "a length that is too short": (file() + END, FORM, {"CONTENT_LENGTH": "120"}, False),
    "a length that is no number": (file() + END, FORM, {"CONTENT_LENGTH": "abc"}, False),
    "a length below nothing": (file() + END, FORM, {"CONTENT_LENGTH": "-5"}, False),
    "no end": (file(), FORM, {}, True),
    "no boundary": (file() + END, "multipart/form-data", {}, False),
    "a boundary of 5,000": (file() + END, "multipart/form-data; boundary=" + "b" * 5000, {}, False),
    "a packed body": (gzip.compress(file() + END + bytes(5_000_000)), FORM, {"HTTP_CONTENT_ENCODING": "gzip"}, False),
    "an unknown transfer": (
        part(b'name="files"; filename="a.jpg"\r\nContent-Transfer-Encoding: base64', b"%%%%") + END,
        FORM,
        {},
        False,
    ),
    "a part of headers only": (b"--b\r\n" + b"X: y\r\n" * 3000 + b"\r\n\r\n" + END, FORM, {}, False),
    "a field named like the file": (part(b'name="files"', b"x") + file() + END, FORM, {}, True),
}


@pytest.mark.django_db
@pytest.mark.parametrize("abuse", ABUSES)
def test_a_body_that_lies_is_a_plain_refusal_or_taken_for_what_it_is(abuse):
    body, content_type, headers, may_be_taken = ABUSES[abuse]
    person = applicant()

    answer = browser_of(person).generic("POST", PAGE, body, content_type=content_type, **headers)

    assert answer.status_code < 500, abuse
    taken = Evidence.objects.count()
    assert taken in ({0, 1} if may_be_taken else {0})
    assert answer.status_code == 302 if taken else answer.status_code >= 400
    assert not Verification.objects.exists()
    assert not Notice.objects.filter(event_key__startswith="submitted").exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_are_one_submission():
    person = applicant()
    draft = Submission.objects.get(owner=person)
    factories.make_evidence(draft)

    def send(_number: int) -> int:
        try:
            return browser_of(person).post(PAGE, {"decision": "submit"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert set(answers) <= {302, 409, 422}, answers
    assert Submission.objects.sent().filter(owner=person).count() == 1
    assert Verification.objects.filter(owner=person).count() == 1
    assert RecordEntry.objects.filter(kind="verification.submitted").count() == 1
    assert Notice.objects.filter(event_key__startswith="submitted", person=person).count() == 1
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_twenty_files_at_once_are_five():
    person = applicant()

    def send(number: int) -> int:
        try:
            draft = drafts.draft_of(person)
            with evidence.staged(person, [factories.accepted(f"{number}.jpg")], at=timezone.now()) as rows:
                evidence.keep(draft, rows)
        except evidence.LimitReached:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(send, range(20))) == 5

    assert Submission.objects.get(owner=person).evidence.count() == Evidence.objects.count() == 5
    connection.close()
