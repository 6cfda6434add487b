"""The text of a version as it is shown: tokens replaced, markup cleaned, in the reader's language."""

from __future__ import annotations

import hashlib
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


def summary(version: AgreementVersion) -> str:
    """Return the one sentence, tokens replaced, as plain text."""
    return _replaced(localised(version, "summary"), escape=False)


def shown_text(version: AgreementVersion) -> str:
    """Return title, summary and body as plain text exactly as shown: what a consent record stores."""
    body = re.sub(r"</(h2|p|li|ul|ol)>", "\n", body_html(version))
    body = html.unescape(re.sub(r"<[^>]+>", "", body))
    parts = [localised(version, "title"), summary(version), body]
    return "\n\n".join(part.strip() for part in parts)


def shown_texts(version: AgreementVersion) -> dict[str, str]:
    """Return shown_text by language, the active one first: one acceptance holds for both, but one was on the screen."""
    active = translation.get_language() or settings.LANGUAGE_CODE
    texts = {}
    for language in sorted(dict(settings.LANGUAGES), key=lambda code: code != active):
        with translation.override(language):
            texts[language] = shown_text(version)
    return texts


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of a text as shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def _replaced(text: str, *, escape: bool) -> str:
    for token, value in tokens().items():
        text = text.replace("{{" + token + "}}", html.escape(value) if escape else value)
    return text
