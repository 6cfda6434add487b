"""Questions, reasons, accounts and who looked: plain rows in the admin, with their rules."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import Question, QuestionSet, Reason, User
from portal.models import Notice, RecordEntry, Zone
from tests import factories
from tests.people import make_person, make_staff, staff_login

SETS, USERS, REASONS = "/admin/accounts/questionset/", "/admin/accounts/user/", "/admin/accounts/reason/"


@pytest.fixture
def desk(lead):
    return staff_login(Client(), lead)


@pytest.fixture
def chief(db):
    """A superuser's browser."""
    return staff_login(Client(), make_person("chief@example.org", is_staff=True, is_superuser=True))


@pytest.fixture
def profile(zone):
    return QuestionSet.objects.current_profile()


def text(response):
    return response.content.decode()


def set_form(question_set, *questions, **changes):
    """What a browser sends from a set's form: the set's own fields and one row a question."""
    fields = {
        "title_zh": question_set.title_zh,
        "title_en": question_set.title_en,
        "questions-TOTAL_FORMS": len(questions),
        "questions-INITIAL_FORMS": sum("id" in q for q in questions),
    }
    for number, question in enumerate(questions):
        fields |= {f"questions-{number}-{name}": value for name, value in question.items()}
        fields[f"questions-{number}-question_set"] = question_set.pk
    return fields | changes


def blank_survey():
    zone = factories.make_zone()
    return QuestionSet.objects.create(key="short", scope="SURVEY", zone=zone, title_zh="问", title_en="Q")


# -- questions


def test_an_answered_set_is_only_looked_at(profile, desk, pending_person):
    address = f"{SETS}{profile.pk}/change/"

    assert "这一版不能再改" in text(desk.get(address))
    assert desk.post(address, set_form(profile, title_zh="改了")).status_code == 403
    profile.refresh_from_db()
    assert profile.title_zh == "完善信息"


def test_a_new_version_copies_every_question_and_is_not_in_force(profile, desk, pending_person):
    response = desk.post(f"{SETS}{profile.pk}/copy/")

    copy = QuestionSet.objects.get(number=2)
    assert response.headers["Location"] == f"{SETS}{copy.pk}/change/"
    assert not copy.is_current
    names = ("key", "position", "kind", "label_zh", "choices", "pattern", "is_sealed")
    assert list(copy.questions.order_by("position").values_list(*names)) == list(
        profile.questions.order_by("position").values_list(*names)
    )
    assert pending_person.submissions.get().question_set == profile


def test_a_version_put_in_force_replaces_the_one_before_and_is_recorded(profile, desk, pending_person):
    copy = profile.new_version()

    desk.post(f"{SETS}{copy.pk}/use/")

    assert QuestionSet.objects.current_profile() == copy
    assert QuestionSet.objects.filter(scope="PROFILE", is_current=True).count() == 1
    assert RecordEntry.objects.get(kind="questions.in_force").payload["number"] == 2


def test_a_profile_without_what_the_product_reads_cannot_be_put_in_force(profile, desk):
    copy = profile.new_version()
    copy.questions.filter(key="licence_number").delete()

    response = desk.post(f"{SETS}{copy.pk}/use/", follow=True)

    assert "licence_number" in text(response)
    assert QuestionSet.objects.current_profile() == profile


def test_a_question_is_written_in_lines_that_people_can_read(zone, desk):
    survey = blank_survey()
    question = {
        "key": "stage",
        "position": 1,
        "kind": "SINGLE_CHOICE",
        "label_zh": "  阶段\u200b ",
        "label_en": "Stage",
        "choices": "one | 一 | One\r\ntwo | 二 | Two\r\n",
        "suggestions": "",
        "is_required": "on",
    }

    response = desk.post(f"{SETS}{survey.pk}/change/", set_form(survey, question))

    assert response.status_code == 302, text(response)
    stored = Question.objects.get(key="stage")
    assert stored.label_zh == "阶段"
    assert stored.choices == [{"value": "one", "zh": "一", "en": "One"}, {"value": "two", "zh": "二", "en": "Two"}]
    assert "one | 一 | One" in text(desk.get(f"{SETS}{survey.pk}/change/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"choices": "一，二"}, "代号 | 中文 | English"),
        ({"choices": "a | 一 | One\na | 二 | Two"}, "同一个代号"),
        ({"choices": ""}, "选择题须列出选项"),
        ({"label_zh": "坏\x00"}, "控制字符"),
        ({"pattern": "(["}, "正则"),
        ({"label_zh": "长" * 2000}, "200"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_words(zone, desk, changes, words):
    survey = blank_survey()
    question = {
        "key": "stage",
        "position": 1,
        "kind": "SINGLE_CHOICE",
        "label_zh": "阶段",
        "label_en": "Stage",
        "choices": "one | 一 | One",
        "suggestions": "",
        **changes,
    }

    response = desk.post(f"{SETS}{survey.pk}/change/", set_form(survey, question))

    assert response.status_code == 422
    assert words in text(response)
    assert not Question.objects.filter(key="stage").exists()


@pytest.mark.parametrize("person", ["reviewer", "member"])
def test_questions_are_changed_by_who_may(profile, request, person):
    client = staff_login(Client(), request.getfixturevalue(person))

    codes = [client.post(f"{SETS}{profile.pk}/{act}/").status_code for act in ("copy", "use")]

    assert codes in ([403, 403], [302, 302])  # staff are refused; others are sent away
    assert QuestionSet.objects.filter(scope="PROFILE").count() == 1


# -- reasons


def test_a_reason_is_reworded_but_keeps_its_code_and_is_never_deleted(zone, desk):
    reason = Reason.objects.get(code="FORGED")
    fields = {
        "code": "OTHER",
        "text_zh": "新的说法。",
        "text_en": "New words.",
        "staff_note_zh": "",
        "concerns": "evidence",
        "position": "3",
        "is_active": "on",
    }

    desk.post(f"{REASONS}{reason.pk}/change/", fields)

    reason.refresh_from_db()
    assert (reason.code, reason.is_final, reason.text_zh) == ("FORGED", True, "新的说法。")
    assert desk.post(f"{REASONS}{reason.pk}/delete/", {"post": "yes"}).status_code == 403


# -- accounts


def test_a_superuser_makes_staff_whose_address_is_theirs_to_prove(chief):
    group = Group.objects.get(name="reviewers")

    response = chief.post(
        f"{USERS}add/", {"email": " NEW@Example.org ", "display_name": "新人", "is_staff": "on", "groups": [group.pk]}
    )

    assert response.status_code == 302, text(response)
    user = User.objects.get(email="new@example.org")
    assert user.is_staff
    assert not user.is_superuser
    assert not user.has_usable_password()
    assert user.has_perm("accounts.review_verification")
    assert not EmailAddress.objects.get(user=user).verified
    entry = RecordEntry.objects.get(kind="person.rights_changed")
    assert entry.payload == {"is_staff": True, "is_active": True, "groups": ["reviewers"]}


def test_an_address_in_use_is_refused_whatever_its_spelling(chief, member):
    response = chief.post(f"{USERS}add/", {"email": "MEMBER@example.org", "is_staff": "on"})

    assert "这个邮箱已有账号" in text(response)


def test_superuser_cannot_be_given_and_nobody_changes_themselves(chief, reviewer):
    me = User.objects.get(email="chief@example.org")

    chief.post(
        f"{USERS}{reviewer.pk}/change/",
        {"email": reviewer.email, "display_name": "甲", "is_active": "on", "is_staff": "on", "is_superuser": "on"},
    )

    reviewer.refresh_from_db()
    assert (reviewer.display_name, reviewer.is_superuser) == ("甲", False)
    assert list(reviewer.groups.all()) == []
    assert chief.post(f"{USERS}{me.pk}/change/", {"email": "x@example.org"}).status_code == 403


def test_a_new_address_signs_in_and_the_old_one_no_longer(chief, reviewer):
    chief.post(
        f"{USERS}{reviewer.pk}/change/",
        {"email": "moved@example.org", "display_name": "甲", "is_active": "on", "is_staff": "on"},
    )

    rows = EmailAddress.objects.filter(user=reviewer)
    assert [(row.email, row.verified) for row in rows] == [("moved@example.org", False)]


@pytest.mark.parametrize("person", ["lead", "reviewer", "editor"])
def test_rights_are_given_by_superusers_only(request, person, member):
    client = staff_login(Client(), request.getfixturevalue(person))
    fields = {
        "email": "own@example.org",
        "is_staff": "on",
        "is_active": "on",
        "groups": [group.pk for group in Group.objects.all()],
    }

    assert client.post(f"{USERS}add/", fields).status_code == 403
    assert client.post(f"{USERS}{member.pk}/change/", fields).status_code == 403
    assert not User.objects.get(pk=member.pk).is_staff


# -- what is only looked at


def test_who_looked_is_listed_without_naming_the_owner(lead, reviewer, pending_person):
    case = pending_person.verification
    client = staff_login(Client(), reviewer)
    client.post(f"/admin/accounts/verification/{case.pk}/claim/")
    client.get(f"/evidence/{case.current.evidence.get().public_id}/")

    shown = text(staff_login(Client(), lead).get("/admin/accounts/evidenceview/"))

    assert case.case_number in shown
    assert "审核员甲" in shown
    assert "欧阳明珠" not in shown


def test_dead_notices_are_sent_again_by_who_may_and_codes_are_not_shown(db, django_capture_on_commit_callbacks):
    notice = Notice.objects.create(
        event_key="k",
        channel="email",
        address="a@example.org",
        text="验证码 123456",
        is_secret=True,
        state="DEAD",
        attempts=8,
        next_at=timezone.now(),
        created_at=timezone.now(),
        error="550",
    )
    client = staff_login(Client(), make_staff("operators", "operator@example.org"))

    assert "123456" not in text(client.get(f"/admin/portal/notice/{notice.pk}/change/"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/portal/notice/", {"action": "send_again", "_selected_action": [notice.pk]})

    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.error) == ("NEW", 0, "")


def test_the_record_and_the_notices_are_not_written_by_hand(zone, pending_person):
    client = staff_login(Client(), make_staff("operators", "operator@example.org"))
    entry = RecordEntry.objects.first()

    for address in (f"/admin/portal/recordentry/{entry.pk}/", "/admin/portal/recordentry/"):
        assert client.get(address, follow=True).status_code == 200
    assert client.post(f"/admin/portal/recordentry/{entry.pk}/change/", {"kind": "x"}).status_code == 403
    assert client.post("/admin/portal/recordentry/add/", {"kind": "x"}).status_code == 403
    assert client.post(f"/admin/portal/recordentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_zone_keeps_its_address_and_names_professions_by_line(zone):
    client = staff_login(Client(), make_staff("operators", "operator@example.org"))

    client.post(
        f"/admin/portal/zone/{zone.pk}/change/",
        {
            "slug": "other",
            "name_zh": "新名",
            "name_en": "New",
            "professions": "physician\r\n nurse \r\nnurse",
            "is_open": "on",
            "position": "1",
        },
    )

    stored = Zone.objects.get(pk=zone.pk)
    assert (stored.slug, stored.name_zh, stored.professions) == ("alk", "新名", ["physician", "nurse"])


@pytest.mark.parametrize("person", ["reviewer", "reviewer2", "lead", "editor"])
def test_every_page_the_overview_links_to_opens(zone, request, person):
    client = staff_login(Client(), request.getfixturevalue(person))
    links = set(re.findall(r'href="(/admin/[^"?]+)"', text(client.get("/admin/"))))

    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
