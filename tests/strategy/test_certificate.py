"""The certificate's page for readers, and the proof of a version at the desk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal import append_only
from strategy import proving
from strategy.certificate import newest
from strategy.models import Certificate, ProofRun, RuleSet, RuleSetVersion
from tests.people import staff_login
from tests.strategy.conftest import TOOL
from tests.strategy.small import proven_run

REASON = "邻近条目，待临床医师决定。"
PAGE = f"{TOOL}certificate/"


@pytest.mark.django_db
def test_a_reader_sees_what_was_proven_and_what_was_left(reader):
    answer = reader.get(PAGE)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    version = RuleSet.objects.get().current_version()
    assert version.sha256 in page
    assert "240,185,759,378,794,905,600" in page
    assert "451,584" in page
    assert page.count("data-property") == 9
    assert page.count("data-kept") == len(proving.proven(version).data["signatures"]) == 10
    assert "草稿，未经临床审核" in page
    assert "骨改良药物" in page


@pytest.mark.django_db
def test_the_page_is_whole_in_english(reader):
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = reader.get(PAGE).content.decode()

    assert "Every consistent input has an answer" in page


@pytest.mark.django_db
def test_a_version_without_a_certificate_says_so(reader):
    source = RuleSet.objects.get().current_version().source
    later = RuleSetVersion.draft(RuleSet.objects.get(), source + "\n", by=None, at=timezone.now())
    later.publish(by=None, at=timezone.now())

    page = reader.get(PAGE).content.decode()

    assert "这一版还没有证明书" in page
    assert "data-property" not in page
    assert Certificate.objects.count() == 1  # of the version before, which is not this text


@pytest.mark.django_db
def test_a_certificate_altered_past_the_database_guards_is_not_shown(reader, rule_set):
    certificate = newest(rule_set.current_version())
    assert certificate
    certificate.data["proof"]["counts"]["rules"] = 107

    with append_only.lifted(connection):
        Certificate.objects.filter(pk=certificate.pk).update(data=certificate.data)

    assert "这一版还没有证明书" in reader.get(PAGE).content.decode()


@pytest.mark.django_db
def test_the_tool_leads_to_the_certificate(reader):
    assert f'href="{PAGE}"' in reader.get(TOOL).content.decode()


@pytest.mark.django_db
def test_a_missing_rule_set_has_no_certificate(reader):
    assert reader.get("/zones/alk/strategy/missing/certificate/").status_code == 404


def desk(version):
    return reverse("admin:strategy_proofrun_proof", args=[version.pk])


@pytest.mark.django_db
def test_the_desk_shows_the_patient_and_signs_with_a_reason(client, draft, editor2):
    proven_run(draft)
    staff_login(client, editor2)
    page = client.get(desk(draft)).content.decode()
    assert "阿来替尼" in page
    assert "理由 x-again" in page
    (fingerprint,) = re.findall(r'data-finding="(\w+)"', page)

    short = client.post(desk(draft), {"do": "sign", "fingerprint": fingerprint, "reason": "短"})
    assert short.status_code == 422
    assert ">短</textarea>" in short.content.decode()
    signed = client.post(desk(draft), {"do": "sign", "fingerprint": fingerprint, "reason": REASON}, follow=True)

    assert "已证明，可以发布" in signed.content.decode()
    assert REASON in signed.content.decode()
    again = client.post(desk(draft), {"do": "sign", "fingerprint": fingerprint, "reason": REASON})
    assert again.status_code == 422  # a second window
    assert draft.finding_signatures.count() == 1


@pytest.mark.django_db
def test_the_page_that_refuses_to_publish_shows_the_finding_with_its_patient(client, draft, editor, editor2):
    proven_run(draft)
    draft.submit(by=editor, seen=draft.version, at=timezone.now(), note="改一行")
    staff_login(client, editor2)
    at = reverse("admin:strategy_rulesetversion_publish", args=[draft.pk])

    page = client.post(at, {"version": draft.version, "note": ""})

    assert page.status_code == 422
    assert "还有既未解决也未签署理由的发现" in page.content.decode()
    assert re.search(r"这样的患者</b>：[^<]*阿来替尼", page.content.decode())


@pytest.mark.django_db
def test_the_desk_shows_what_a_version_changes_for_patients(client, draft, editor2):
    proven_run(draft)
    staff_login(client, editor2)

    page = client.get(desk(draft)).content.decode()

    assert 'data-changes="3"' in page
    assert "新列出的选项" in page


@pytest.mark.django_db
def test_a_second_click_starts_nothing_more_and_the_page_renews_itself(client, draft, editor):
    staff_login(client, editor)
    for _click in range(2):
        assert client.post(desk(draft), {"do": "start"}).status_code == 302

    answer = client.get(desk(draft))

    assert ProofRun.objects.filter(version=draft).count() == 1
    assert 'data-proof="QUEUED"' in answer.content.decode()
    assert answer.headers["Refresh"] == "2"
    assert client.post(desk(draft), {"do": "something"}).status_code == 400


@pytest.mark.django_db
def test_who_may_not_write_or_publish_rule_sets_sees_no_proof(client, draft, reviewer):
    staff_login(client, reviewer)

    assert client.get(desk(draft)).status_code == 403
    assert client.post(desk(draft), {"do": "start"}).status_code == 403
    assert not ProofRun.objects.filter(version=draft).exists()


@pytest.mark.pure
def test_no_web_worker_loads_z3():
    code = (
        "import sys, pytest\n"
        "ended = pytest.main(['-q', '-p', 'no:randomly', '--output', sys.argv[1], 'tests/strategy/test_views.py',"
        " 'tests/strategy/test_certificate.py', '-k', 'reader_sees_what_was_proven or test_the_form'])\n"
        "import portal.urls, strategy.proving, strategy.admin\n"
        "print('z3' in sys.modules, len([name for name in sys.modules if name.startswith('strategy.')]) > 20)\n"
        "sys.exit(ended)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(settings.DATA_DIR) / "no-z3")],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "False True"
