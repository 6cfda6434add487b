"""Asking for a code to sign in with: what is left out, and asking again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
URL = "/accounts/login/code/"


@pytest.mark.parametrize("data", [{}, {"email": "", "phone": ""}, {"email": " ", "phone": " "}])
def test_a_request_without_address_or_number_is_told_what_is_missing(client: Client, data: dict[str, str]) -> None:
    page = client.post(URL, data)

    assert page.status_code == 200
    assert "请填写邮箱或手机号，其中一项即可。" in page.content.decode()


def test_both_at_once_are_refused(client: Client) -> None:
    page = client.post(URL, {"email": "lin@example.org", "phone": "13800138000"})

    assert "邮箱与手机号请只填一项。" in page.content.decode()


def test_a_code_can_be_asked_for_again(client: Client) -> None:
    client.post(URL, {"email": "lin@example.org"})
    page = client.get("/accounts/login/code/confirm/").content.decode()

    assert re.search(r'<button class="btn" form="resend">', page)
    assert client.post("/accounts/login/code/confirm/", {"action": "resend"}).status_code in {200, 302}


def test_a_number_mistyped_at_sign_up_can_be_changed_and_the_code_sent_again(client: Client) -> None:
    client.post("/accounts/signup/", {
        "email": "new@example.org", "phone": "13800138000", "password1": "correct horse 77", "terms": "on",
    })  # fmt: skip
    page = client.get("/accounts/phone/verify/").content.decode()
    assert "+8613800138000" in page
    assert "重新发送验证码" in page

    client.post("/accounts/phone/verify/", {"action": "change", "phone": "13900139000"})

    assert "+8613900139000" in client.get("/accounts/phone/verify/").content.decode()
