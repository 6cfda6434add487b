"""The text of a version as it is shown: tokens replaced, markup cleaned, in the reader's language."""

from __future__ import annotations

import difflib
import html
import re

import nh3
from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from consent.models import AgreementVersion
from portal.localise import localised

TAGS = {"h2", "p", "ul", "ol", "li", "a", "strong"}


def tokens() -> dict[str, str]:
    """Values of {{operator}} and {{contact}} in the active language."""
    english = translation.get_language() == "en"
    return {
        "operator": settings.OPERATOR_EN if english else settings.OPERATOR_ZH,
        "contact": settings.CONTACT_EMAIL,
    }


def body_html(version: AgreementVersion) -> SafeString:
    """Return the body to be shown. Cleaned to seven tags, whoever wrote it."""
    text = _replaced(localised(version, "body"), escape=True)
    clean = nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        link_rel=None,
        attribute_filter=_own_or_whole,
    )
    return mark_safe(clean)  # noqa: S308  # nh3 has just cleaned it


def _own_or_whole(tag: str, name: str, value: str) -> str | None:
    """A link without a scheme stays on this site: //host would leave it."""
    return None if re.match(r"[\s/\\]{2}", value) else value


def shown_text(version: AgreementVersion) -> str:
    """Return title, summary and body as plain text exactly as shown: what a consent record stores."""
    body = re.sub(r"</(h2|p|li|ul|ol)>", "\n", body_html(version))
    body = html.unescape(re.sub(r"<[^>]+>", "", body))
    parts = [localised(version, "title"), _replaced(localised(version, "summary"), escape=False), body]
    return "\n\n".join(part.strip() for part in parts)


def changed_lines(old: str, new: str) -> list[tuple[str, str]]:
    """Return (mark, line) of what differs between two bodies, mark being old or new, in reading order."""
    marks = {"- ": "old", "+ ": "new"}
    return [(marks[line[:2]], line[2:]) for line in difflib.ndiff(_lines(old), _lines(new)) if line[:2] in marks]


def _lines(body: str) -> list[str]:
    text = re.sub(r"</(h2|p|li)>", "\n", body)
    return [html.unescape(line).strip() for line in re.sub(r"<[^>]+>", "", text).splitlines() if line.strip()]


def _replaced(text: str, *, escape: bool) -> str:
    for token, value in tokens().items():
        text = text.replace("{{" + token + "}}", html.escape(value) if escape else value)
    return text
