"""完善信息 and 收集问题 through the whole stack."""

from __future__ import annotations

from urllib.parse import unquote, urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Answer, QuestionSet, Submission
from portal import keys
from tests.factories import PROFILE, SURVEY, consent_to, make_draft, make_user

pytestmark = pytest.mark.django_db
GATE = "/zones/alk/gate/"
PAGE = f"{GATE}profile/"


@pytest.fixture
def person(zone):
    person = make_user()
    consent_to(person, zone)
    return person


@pytest.fixture
def page(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_visitor_is_sent_to_sign_in_and_a_newcomer_to_the_agreement(visitor, zone, member):
    assert unquote(visitor.get(PAGE).url) == f"/accounts/login/?next={PAGE}"

    visitor.force_login(member)

    assert visitor.get(PAGE).url == GATE
    assert visitor.post(PAGE, PROFILE).url == GATE
    assert not Submission.objects.exists()


def test_the_page_asks_every_question_with_its_help_and_suggestions(page):
    response = page.get(PAGE)
    html = response.content.decode()

    assert response.status_code == 200
    assert 'data-step="profile"' in html
    assert "<h1>完善信息</h1>" in html
    assert all(f'name="{key}"' in html for key in PROFILE)
    assert '<datalist id="department-suggestions" lang="zh-Hans">' in html
    assert "与执业证书一致；发表评论时用作署名" in html
    assert "maxlength" not in html
    assert response["Cache-Control"] == "private, no-store"


def test_good_answers_go_on_to_the_evidence(page, person):
    response = page.post(PAGE, PROFILE)

    assert (response.status_code, response.url) == (302, GATE)
    assert page.get(GATE).url == f"{GATE}evidence/"
    draft = Submission.objects.get(owner=person)
    assert (draft.is_profile_complete, draft.profession, draft.sent_at) == (True, "physician", None)


def test_bad_answers_keep_what_was_typed_and_say_why_at_the_field_and_above(page):
    answers = {**PROFILE, "name": "明" * 600, "licence_number": "1411000", "profession": "astronaut"}
    response = page.post(PAGE, answers)
    html = response.content.decode()

    assert response.status_code == 422
    assert "有 3 处需要更正" in html
    assert "<title>错误：完善信息" in html
    assert "最多 60 个字，现在有 600 个。" in html
    assert "至少 8 个字，现在有 7 个。" in html
    assert "请在所列的选项中选择。" in html
    assert "明" * 600 in html
    assert 'value="1411000"' in html
    assert 'value="示例市第一人民医院"' in html
    assert 'aria-invalid="true"' in html
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "value",
    ["", "\x00", "王\u202e芳\x07", "\ud83d", "🙂" * 10, "长" * 6000, "<script>alert(1)</script>" * 40, "{{ x }}" * 20],
)
@pytest.mark.parametrize("key", list(PROFILE))
def test_no_answer_breaks_the_page(page, key, value):
    body = urlencode({**PROFILE, key: value}, errors="surrogatepass")
    response = page.post(PAGE, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


def test_an_empty_post_names_every_required_question(page):
    html = page.post(PAGE, {}).content.decode()

    assert "有 6 处需要更正" in html


def test_the_draft_is_shown_again_to_its_owner_only_and_the_licence_number_is_opened_for_them(page, person, zone):
    make_draft(person)
    other = make_user()
    consent_to(other, zone)
    stranger = Client()
    stranger.force_login(other)

    assert 'value="141100000012345"' in page.get(PAGE).content.decode()
    assert "141100000012345" not in stranger.get(PAGE).content.decode()


def test_a_destroyed_key_leaves_the_licence_number_blank(page, person):
    make_draft(person)
    keys.destroy(person, purpose=keys.EVIDENCE, at=timezone.now())
    html = page.get(PAGE).content.decode()

    assert "141100000012345" not in html
    assert 'value="欧阳明珠"' in html


def test_two_tabs_may_both_answer_and_the_last_one_counts(page, person):
    page.post(PAGE, PROFILE)
    page.post(PAGE, {**PROFILE, "hospital": "另一家医院"})

    assert Submission.objects.filter(owner=person).count() == 1
    assert Answer.objects.get(owner=person, question__key="hospital").value == "另一家医院"


def test_the_same_number_is_acted_on_once_and_refused_for_something_else(page, person):
    first = page.post(PAGE, {**PROFILE, "idempotency_key": "k1"})
    again = page.post(PAGE, {**PROFILE, "idempotency_key": "k1"})
    other = page.post(PAGE, {**PROFILE, "hospital": "另一家医院", "idempotency_key": "k1"})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert again.url == first.url
    assert Answer.objects.get(owner=person, question__key="hospital").value == PROFILE["hospital"]


def test_a_refused_answer_may_be_mended_under_the_same_number(page):
    assert page.post(PAGE, {**PROFILE, "name": "", "idempotency_key": "k1"}).status_code == 422
    assert page.post(PAGE, {**PROFILE, "idempotency_key": "k1"}).status_code == 302


def test_without_its_token_nothing_is_stored(person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    assert strict.post(PAGE, PROFILE).status_code == 403
    assert not Submission.objects.exists()


def test_after_a_refusal_the_profile_opens_only_through_the_page_that_says_why(rejected_person):
    client = Client()
    client.force_login(rejected_person)

    assert client.get(PAGE).url == GATE
    assert client.post(PAGE, PROFILE).url == GATE


def test_who_waits_for_the_decision_cannot_change_the_answers(pending_person):
    client = Client()
    client.force_login(pending_person)

    assert client.post(PAGE, {**PROFILE, "name": "别人"}).url == GATE
    assert Answer.objects.get(owner=pending_person, question__key="name").value == "欧阳明珠"


class TestSurvey:
    """Where the informed consent stands."""

    @pytest.fixture
    def asked(self, zone):
        person = make_user()
        consent_to(person, zone, informed="GIVEN")
        make_draft(person)
        client = Client()
        client.force_login(person)
        return client

    def test_who_agreed_is_asked_and_who_skipped_is_not(self, asked, page, person):
        make_draft(person)

        assert asked.get(GATE).url == f"{GATE}survey/"
        assert page.get(GATE).url == f"{GATE}evidence/"
        assert page.get(f"{GATE}survey/").url == GATE

    def test_the_page_shows_the_zones_questions(self, asked):
        html = asked.get(f"{GATE}survey/").content.decode()

        assert 'data-step="survey"' in html
        assert "<h1>收集问题</h1>" in html
        assert all(f'name="{key}"' in html for key in SURVEY)
        assert "（可不填）" in html

    def test_answering_goes_on_and_cannot_be_repeated(self, asked):
        assert asked.post(f"{GATE}survey/", SURVEY).url == GATE
        assert asked.get(GATE).url == f"{GATE}evidence/"
        assert asked.post(f"{GATE}survey/", {**SURVEY, "news_source": "别处"}).url == GATE
        assert Answer.objects.get(question__key="news_source").value == "学会指南"

    def test_blank_optional_answers_do_not_hold_anybody_up(self, asked):
        asked.post(f"{GATE}survey/", {**SURVEY, "last_cme_on": "", "tool_lacks": ""})

        assert Answer.objects.filter(submission=None).count() == len(SURVEY)
        assert asked.get(GATE).url == f"{GATE}evidence/"

    def test_bad_answers_are_told_and_shown_again(self, asked):
        bad = {**SURVEY, "patients_per_year": "很多", "last_cme_on": "去年", "tool_lacks": "缺" * 10_000, "topics": "x"}
        response = asked.post(f"{GATE}survey/", bad)
        html = response.content.decode()

        assert response.status_code == 422
        assert "有 4 处需要更正" in html
        assert 'value="很多"' in html
        assert 'value="去年"' in html
        assert "缺" * 10_000 in html

    def test_a_zone_without_a_survey_asks_nothing(self, zone):
        QuestionSet.objects.filter(scope="SURVEY").update(is_current=False)
        person = make_user()
        consent_to(person, zone, informed="GIVEN")
        make_draft(person)
        client = Client()
        client.force_login(person)

        assert client.get(GATE).url == f"{GATE}evidence/"
