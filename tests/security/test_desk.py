"""The desk attacked from inside: what one right gives must not give the next one (T16–T18)."""

from __future__ import annotations

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import Question, QuestionSet, User
from accounts.patterns import runs_away
from consent.admin import shown
from consent.models import AgreementVersion
from portal.models import Notice
from tests.people import make_person, make_staff, staff_login

USERS, NOTICES = "/admin/accounts/user/", "/admin/portal/notice/"


@pytest.fixture
def operator(db):
    return staff_login(Client(), make_staff("operators", "operator@example.org"))


@pytest.fixture
def chief(db):
    return staff_login(Client(), make_person("chief@example.org", is_staff=True, is_superuser=True))


def used_long_ago(browser: Client) -> Client:
    """The factor was used in this session, longer ago than grave acts allow; the session is not idle."""
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "at": time.time() - 900} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()
    return browser


@pytest.mark.parametrize(
    "question",
    [
        "password__startswith=md5",
        "phone__startswith=%2B86",
        "email__startswith=c",
        "is_superuser__exact=1",
        "emailaddress__email__startswith=c",
        "data_keys__purpose=evidence",
        "verification__status=APPROVED",
    ],
)
def test_a_list_of_people_answers_no_question_that_it_does_not_offer(operator, question):
    assert operator.get(f"{USERS}?{question}").status_code == 400


def test_the_text_of_a_notice_with_a_code_cannot_be_guessed_from_the_list(operator):
    now = timezone.now()
    Notice.objects.create(
        event_key="k",
        channel="email",
        address="a@example.org",
        text="KTVG-DWZC",
        is_secret=True,
        created_at=now,
        next_at=now,
    )

    assert operator.get(f"{NOTICES}?text__startswith=K").status_code == 400
    assert operator.get(f"{NOTICES}?address__startswith=a").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        f"{USERS}?is_staff__exact=1",
        f"{USERS}?groups__id__exact=1",
        f"{NOTICES}?state__exact=DEAD&channel__exact=sms",
        "/admin/accounts/evidenceview/?viewed_at__year=2026",
        "/admin/portal/recordentry/?kind__exact=person.erased",
    ],
)
def test_what_a_list_offers_still_works(operator, address):
    assert operator.get(address).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_gives_rights_has_used_the_factor_just_now(chief, member, method):
    answer = getattr(used_long_ago(chief), method)(
        f"{USERS}{member.pk}/change/", {"email": member.email, "is_active": "on", "is_staff": "on"}
    )

    assert answer.url.startswith("/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F")
    assert not User.objects.get(pk=member.pk).is_staff


def test_looking_at_people_asks_for_nothing_again(operator, member):
    assert used_long_ago(operator).get(f"{USERS}{member.pk}/change/").status_code == 200


@pytest.fixture
def draft(zone, editor):
    current = AgreementVersion.objects.current("AGREEMENT", zone)
    texts = {name: getattr(current, name) for name in AgreementVersion.TEXTS}
    return AgreementVersion.objects.create(
        agreement=current.agreement, number=current.number + 1, created_by=editor, **texts
    )


def test_who_publishes_an_agreement_has_used_the_factor_just_now(draft, editor2):
    publisher, page = staff_login(Client(), editor2), f"/admin/consent/agreementversion/{draft.pk}/publish/"

    answer = used_long_ago(publisher).post(page, {"text": shown(draft)})

    assert answer.url.startswith("/accounts/2fa/reauthenticate/?next=")
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None


def test_an_author_cannot_take_back_that_people_are_asked_anew_behind_the_publishers_back(draft, editor2):
    publisher, seen = staff_login(Client(), editor2), shown(draft)
    AgreementVersion.objects.filter(pk=draft.pk).update(asks_again=False)

    answer = publisher.post(f"/admin/consent/agreementversion/{draft.pk}/publish/", {"text": seen})

    assert answer.status_code == 409
    assert not draft.publish(by=editor2, at=timezone.now())


def test_no_editor_turns_the_sealing_of_licence_numbers_off(zone, editor):
    copy = QuestionSet.objects.current_profile().new_version()
    copy.questions.filter(key="licence_number").update(is_sealed=False)

    with pytest.raises(ValidationError):
        copy.put_in_force(by=editor, at=timezone.now())


@pytest.mark.parametrize(
    "path",
    [
        "/admin/auth/group/",
        "/admin/account/emailaddress/",
        "/admin/mfa/authenticator/",
        "/admin/usersessions/usersession/",
        "/admin/accounts/user/add/",
        "/admin/consent/consentrecord/",
    ],
)
@pytest.mark.parametrize("group", ["reviewers", "review_leads", "editors", "operators"])
def test_no_group_reaches_rights_factors_or_consents_of_others(db, group, path):
    browser = staff_login(Client(), make_staff(group, f"{group}@example.org"))

    assert browser.get(path).status_code == 403
    assert browser.post(path).status_code in {403, 405}


@pytest.mark.pure
@pytest.mark.parametrize("pattern", ["(a+)+$", "(?:[0-9A-Z]+)*x", "(a|a)*$", "([a-z]+)*#", "(0|00)+$", "\\s*(\\s*)*x"])
def test_t35_a_pattern_that_runs_away_is_noticed(pattern):
    assert runs_away(pattern)


@pytest.mark.pure
@pytest.mark.parametrize("pattern", ["[0-9]{15}", "[A-Z]{2}[0-9]+", "1[3-9][0-9]{9}", ".*医院.*", "(?:是|否)"])
def test_t35_an_ordinary_pattern_passes(pattern):
    assert not runs_away(pattern)


def test_t35_the_shipped_patterns_pass_and_the_desk_refuses_one_that_runs_away(zone, lead):
    shipped = Question.objects.exclude(pattern="").values_list("pattern", flat=True)
    assert [pattern for pattern in shipped if runs_away(pattern)] == []
    copy = QuestionSet.objects.current_profile().new_version()
    question = copy.questions.get(key="hospital")
    fields = {
        f"questions-0-{name}": getattr(question, name) or ""
        for name in ("id", "key", "kind", "position", "label_zh", "label_en", "purpose_zh")
    }
    answer = staff_login(Client(), lead).post(
        f"/admin/accounts/questionset/{copy.pk}/change/",
        {
            "title_zh": "问",
            "title_en": "Q",
            "questions-TOTAL_FORMS": 1,
            "questions-INITIAL_FORMS": 1,
            **fields,
            "questions-0-question_set": copy.pk,
            "questions-0-pattern": "(a+)+$",
        },
    )

    assert "算得太久" in answer.content.decode()
    assert Question.objects.get(pk=question.pk).pattern == question.pattern
