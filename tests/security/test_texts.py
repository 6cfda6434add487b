"""Texts of agreements attacked by who writes them (T32, T39)."""

from __future__ import annotations

import pytest

from consent.models import Agreement, AgreementVersion
from consent.texts import body_html, shown_text

pytestmark = pytest.mark.pure


def version(body: str) -> AgreementVersion:
    terms = Agreement(kind=Agreement.Kind.TERMS)
    return AgreementVersion(agreement=terms, number=1, title_zh="协议", summary_zh="一句", body_zh=body)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "data:text/html,x",
        "http://evil.example/",
    ],
)
def test_a_link_of_an_agreement_stays_here_or_names_its_scheme(target):
    assert "evil" not in body_html(version(f'<p><a href="{target}">x</a></p>'))
    assert "alert" not in body_html(version(f'<p><a href="{target}">x</a></p>'))


def test_links_of_our_own_and_by_mail_stay():
    html = body_html(version('<p><a href="/terms/">甲</a><a href="mailto:{{contact}}">乙</a></p>'))

    assert 'href="/terms/"' in html
    assert 'href="mailto:' in html


@pytest.mark.parametrize(
    "token",
    [
        "{{ settings.SECRET_KEY }}",
        "{% debug %}",
        "{{operator.__class__}}",
        "{{ operator }}",
        "{{request.user.password}}",
        "{operator}",
    ],
)
def test_only_the_two_named_tokens_mean_anything(token):
    assert token in shown_text(version(f"<p>{token}</p>"))
