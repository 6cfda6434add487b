"""The stepper on every page of the way, and the names of drafts: what a person reads, without a browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import Verification
from portal.templatetags import journey
from tests.factories import consent_to, make_draft, make_user

GATE = "/zones/alk/gate/"


def stepper(html: str) -> str:
    """The words of the page's stepper, markup left out."""
    found = re.search(r'<nav class="steps".*?</nav>', html, re.DOTALL)
    assert found, "the page has no stepper"
    return re.sub(r"<[^>]+>", " ", found[0])


def page_of(person: object) -> str:
    """The page of the gate on which this person stands."""
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client.get(GATE, follow=True).content.decode()


@pytest.mark.django_db
def test_a_step_says_where_one_is_how_long_it_takes_and_what_comes(zone):
    person = make_user()
    assert "第 1 步，共 5 步：阅读协议" in stepper(page_of(person))
    assert "全程约 6 分钟" in stepper(page_of(person))
    consent_to(person, zone)
    assert "第 3 步，共 5 步：完善信息" in stepper(page_of(person))
    assert "约 2 分钟，之后是上传资质，还有 2 步" in stepper(page_of(person))
    make_draft(person)
    words = stepper(page_of(person))
    assert "第 4 步，共 5 步：上传资质" in words
    assert "约 2 分钟，之后是人工审核" in words
    assert words.count("（已完成）") == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("pending_person", "无需再操作"),
        ("rejected_person", "审核未通过"),
        ("refused_person", "可以申诉，由另一位审核员处理"),
        ("expired_person", "第 3 步，共 5 步：更新认证"),
        ("revoked_person", "申诉"),
    ],
)
def test_an_end_says_where_the_way_stopped_and_how_it_goes_on(request, who, words):
    html = page_of(request.getfixturevalue(who))

    assert words in stepper(html)
    assert "aria-current" in re.search(r'<nav class="steps".*?</nav>', html, re.DOTALL)[0]


@pytest.mark.django_db
def test_the_passed_page_is_the_end_of_all_steps_and_can_be_stopped(doctor):
    Verification.objects.filter(owner=doctor).update(passed_seen_at=None)
    client = Client()
    client.force_login(doctor)
    html = client.get(f"{GATE}passed/").content.decode()

    assert stepper(html).count("（已完成）") == 5
    assert "data-countdown-toggle" in html
    assert 'href="?stay=1"' in html
    assert "需要时间可以停下" in html


@pytest.mark.django_db
def test_what_is_fetched_ahead_exists_and_is_no_page(doctor):
    Verification.objects.filter(owner=doctor).update(passed_seen_at=None)
    client = Client()
    client.force_login(doctor)
    session = client.session
    session["wanted"] = {"alk": "/zones/alk/strategy/"}
    session.save()

    ahead = re.search(r'data-ahead="([^"]+)"', client.get(f"{GATE}passed/").content.decode())

    assert ahead
    for address in ahead[1].split():
        assert re.fullmatch(r"/static/\S+\?v=[0-9a-f]{12}", address), address
        assert finders.find(address.removeprefix("/static/").partition("?")[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/accounts/signup/", "第 1 步，共 2 步：填写邮箱和密码"),
        ("/accounts/login/code/", "第 1 步，共 2 步：填写邮箱或手机号"),
        ("/accounts/password/reset/", "第 1 步，共 3 步：填写邮箱"),
    ],
)
def test_the_ways_to_an_account_have_their_own_steps(client, path, words):
    assert words in stepper(client.get(path).content.decode())


@pytest.mark.django_db
def test_a_draft_in_a_browser_is_bound_to_person_and_form():
    one, other = make_user(), make_user()

    names = {journey.draft_of(person, form) for person in (one, other) for form in ("profile", "appeal")}

    assert len(names) == 4
    assert journey.draft_of(one, "profile") in names
    assert not any(str(one.public_id) in name for name in names)


@pytest.mark.django_db
def test_a_sealed_answer_is_marked_so_that_no_browser_keeps_it(zone):
    person = make_user()
    consent_to(person, zone)
    html = page_of(person)

    assert re.search(r"<form[^>]* data-keep=\"profile:[0-9a-f]{16}\"", html)
    marked = [field for field in re.findall(r"<input[^>]*>", html) if "data-private" in field]
    assert len(marked) == 1
    assert 'name="licence_number"' in marked[0]
