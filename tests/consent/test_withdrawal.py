"""Withdrawing: two clicks without a script, felt by the next request, and said what it did."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from accounts.answers import save_survey
from accounts.models import Answer, QuestionSet, Verification
from accounts.retention import destroy_evidence_keys
from consent.actions import answer, standing_answers, withdraw
from consent.gate import Step, standing
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal.models import RecordEntry
from tests.factories import SURVEY, consent_to, install_zone, make_user

pytestmark = pytest.mark.django_db


class Forms(HTMLParser):
    """The page's forms as a browser without a script sees them: where each posts, what it sends, what folds it in."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.folds: dict[str, int] = {}
        self._open, self._depth = "", 0
        self.feed(words)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._depth += tag == "details"
        if tag == "form" and given.get("method") == "post":
            self._open = given.get("action", "")
            self.found[self._open], self.folds[self._open] = {}, self._depth
        if tag == "input" and self._open:
            self.found[self._open][given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag):
        self._depth -= tag == "details"
        self._open = "" if tag == "form" else self._open


def signed_in(person, **options):
    client = Client(**options)
    client.force_login(person)
    return client


def consent_of(person, kind="AGREEMENT", zone="alk"):
    return ConsentRecord.objects.owned_by(person).filter(kind=kind, zone__slug=zone).first()


@pytest.mark.parametrize("kind", ["AGREEMENT", "INFORMED_CONSENT"])
@pytest.mark.parametrize("start", ["/me/", "receipt"])
def test_two_clicks_without_a_script_from_the_page_beside_the_receipt(doctor, zone, kind, start):
    """The first opens the fold beside the receipt and says what happens, the second is the button."""
    consent_to(doctor, zone, informed="GIVEN")
    browser, row = signed_in(doctor, enforce_csrf_checks=True), consent_of(doctor, kind)
    address = f"/me/consents/{row.public_id}/"
    page = browser.get("/me/" if start == "/me/" else address)
    forms = Forms(page.content.decode())

    assert forms.folds[f"{address}withdraw/"] == 1  # click one: the fold
    response = browser.post(f"{address}withdraw/", forms.found[f"{address}withdraw/"])  # click two

    done = ConsentRecord.objects.get(answer="WITHDRAWN", kind=kind)
    assert response.status_code == 302
    assert response.url == f"/me/consents/{done.public_id}/withdrawn/"
    assert "已撤回" in browser.get(response.url).content.decode()


def test_the_next_request_feels_it_in_every_open_browser(doctor):
    phone, desk = signed_in(doctor), signed_in(doctor)
    assert desk.get("/zones/alk/search/").status_code == 200

    phone.post(f"/me/consents/{consent_of(doctor).public_id}/withdraw/")

    assert desk.get("/zones/alk/search/").url == "/zones/alk/gate/agreement/"


def test_the_answer_says_what_was_done_what_stays_and_how_to_come_back(doctor):
    browser = signed_in(doctor)
    words = browser.post(f"/me/consents/{consent_of(doctor).public_id}/withdraw/", follow=True).content.decode()

    for part in ("本专区已对您关闭", "认证结果保留", "6 年", "/zones/alk/gate/agreement/", "撤回的回执"):
        assert part in words, part

    browser.post("/zones/alk/gate/agreement/", {"decision": "agree"})
    case = Verification.objects.get(owner=doctor)
    assert (standing(doctor, consent_of(doctor).zone), case.status) == (Step.OPEN, "APPROVED")


def test_a_waiting_case_is_held_and_goes_on_at_its_place_after_agreeing_again(pending_person):
    browser, case = signed_in(pending_person), Verification.objects.get(owner=pending_person)
    place = case.submitted_at

    words = browser.post(f"/me/consents/{consent_of(pending_person).public_id}/withdraw/", follow=True).content.decode()
    assert f"（{case.case_number}）已暂停" in words
    assert "30 天内没有重新同意的，销毁密钥" in words
    assert not Verification.objects.waiting().filter(pk=case.pk).exists()
    assert "审核已暂停" in browser.get("/me/").content.decode()

    browser.post("/zones/alk/gate/agreement/", {"decision": "agree"})
    assert Verification.objects.waiting().get(pk=case.pk).submitted_at == place


def test_a_case_goes_on_while_another_zones_agreement_stands(pending_person):
    other = install_zone("methods")
    consent_to(pending_person, other)
    browser = signed_in(pending_person)

    words = browser.post(f"/me/consents/{consent_of(pending_person).public_id}/withdraw/", follow=True).content.decode()

    assert "照常进行" in words
    assert Verification.objects.waiting().filter(owner=pending_person).exists()


def _answer_survey(person, zone):
    answer(
        person=person,
        version=(version := AgreementVersion.objects.current("INFORMED_CONSENT", zone)),
        answer="GIVEN",
        text=shown_text(version),
        form="tests",
        at=timezone.now(),
    )
    save_survey(person, zone, QuestionSet.objects.current_survey(zone), SURVEY, at=timezone.now())
    return Answer.objects.filter(owner=person, zone=zone)


def test_withdrawing_the_informed_consent_deletes_that_zones_answers_and_nothing_else(doctor, zone):
    answers, profile = _answer_survey(doctor, zone), Answer.objects.filter(owner=doctor, zone=None).count()
    count = answers.count()
    stranger = make_user()
    _answer_survey(stranger, zone)
    browser = signed_in(doctor)

    row = consent_of(doctor, "INFORMED_CONSENT")
    words = browser.post(f"/me/consents/{row.public_id}/withdraw/", follow=True).content.decode()

    assert (answers.count(), Answer.objects.filter(owner=doctor, zone=None).count()) == (0, profile)
    assert Answer.objects.filter(owner=stranger, zone=zone).count() == count
    assert f"{count} 项回答已删除" in words
    assert browser.get("/zones/alk/search/").status_code == 200
    assert RecordEntry.objects.get(kind="consent.withdrawn").payload["answers_deleted"] == count


def test_skipping_what_was_given_before_ends_it_like_a_withdrawal(doctor, zone):
    answers = _answer_survey(doctor, zone)

    signed_in(doctor).post("/zones/alk/gate/informed-consent/", {"decision": "skip"})

    assert answers.count() == 0


def test_withdrawing_twice_is_one_withdrawal_and_says_it_again(doctor):
    browser, row = signed_in(doctor), consent_of(doctor)
    first = browser.post(f"/me/consents/{row.public_id}/withdraw/")
    second = browser.post(f"/me/consents/{row.public_id}/withdraw/")

    assert first.url == second.url
    assert ConsentRecord.objects.filter(answer="WITHDRAWN").count() == 1
    assert RecordEntry.objects.filter(kind="consent.withdrawn").count() == 1


def test_a_stale_page_withdraws_nothing_that_was_refused_meanwhile(doctor, zone):
    row = consent_of(doctor, "INFORMED_CONSENT")  # skipped
    browser = signed_in(doctor)

    response = browser.post(f"/me/consents/{row.public_id}/withdraw/", follow=True)

    assert "已不在有效状态" in response.content.decode()
    assert standing_answers(doctor)[0].answer != "WITHDRAWN"


@pytest.mark.parametrize("kind", ["TERMS", "PRIVACY"])
def test_what_an_account_stands_on_is_not_withdrawn_but_closed_with_it(doctor, zone, kind):
    version = AgreementVersion.objects.current(kind, None)
    row = answer(
        person=doctor, version=version, answer="GIVEN", text=shown_text(version), form="tests", at=timezone.now()
    )

    assert withdraw(row, at=timezone.now(), form="me") is None
    words = signed_in(doctor).get(f"/me/consents/{row.public_id}/").content.decode()
    assert "/withdraw/" not in words
    assert "/me/erase/" in words


def test_nobody_withdraws_for_another(doctor, member):
    assert signed_in(member).post(f"/me/consents/{consent_of(doctor).public_id}/withdraw/").status_code == 404
    assert not ConsentRecord.objects.filter(answer="WITHDRAWN").exists()


def test_the_evidence_of_a_case_held_for_thirty_days_is_destroyed_as_the_page_said(pending_person):
    browser, now = signed_in(pending_person), timezone.now()
    browser.post(f"/me/consents/{consent_of(pending_person).public_id}/withdraw/")

    assert destroy_evidence_keys(now + timedelta(days=29)) == 0
    assert destroy_evidence_keys(now + timedelta(days=31)) == 1
    assert "密钥已在" in browser.get("/me/").content.decode()
