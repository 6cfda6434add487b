"""What every page uses: words (`local` … `sentence`), times (`moment` … `since`), `came_from`, `once_key` for forms."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import names
from portal.languages import INDEXED
from portal.localise import localised, spaced

register = template.Library()
HAN = re.compile(r"[\u3001-\u3011\u3400-\u9fff\uff01-\uff1f]")  # with the marks that only Chinese has
MONTH = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月")


@register.simple_tag
def once_key() -> str:
    """A number for the hidden field idempotency_key: new on every page shown."""
    return secrets.token_urlsafe(16)


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> str:
    """Links to the same page in each language, where search engines may show it."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or match.view_name not in INDEXED:
        return ""
    page = settings.SITE_URL + request.path
    rows = [("x-default", page), ("zh-Hans", f"{page}?language=zh-hans"), ("en", f"{page}?language=en")]
    return format_html_join("\n", '<link rel="alternate" hreflang="{}" href="{}">', rows)


@register.filter
def local(row: Any, name: str) -> Any:
    """{{ zone|local:"name" }}: the column in the reader's language."""
    return localised(row, name)


@register.filter
def whole(text: str) -> str:
    """A text or markup in which no line's end cuts the name of a drug or gene: {{ comment.body|whole|linebreaks }}."""
    return names.whole(text)


@register.filter
def titled(title: Any) -> str:
    """A title, or its phrases: breaks between them only, never a single character on the last line."""
    return names.titled(title)


@register.filter
def lang_of(text: str) -> str:
    """The value of lang="…" for a text that is kept in one language only."""
    return "zh-Hans" if HAN.search(text) else "en"


@register.filter
def han_lang(text: str) -> str:
    """In an English page the attribute that says a name or title is Chinese; nothing elsewhere."""
    is_foreign = translation.get_language() == "en" and HAN.search(text or "") is not None
    return format_html(' lang="{}"', "zh-Hans") if is_foreign else ""


@register.filter
def sentences(texts: Iterable[str]) -> str:
    """Whole sentences one after another: Chinese ones without a space between them."""
    return spaced(" ".join(str(text) for text in texts))


register.filter("spaced", spaced)


@register.filter
def sentence(text: str) -> str:
    """Begin with a capital, unless the first word has a spelling of its own: mPFS, ctDNA."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].islower() else text


@register.filter
def moment(value: datetime | None) -> str:
    """Date and time in Asia/Shanghai: 2026年6月9日 20:14, 9 June 2026, 20:14; without the year when it is this year."""
    if value is None:
        return ""
    here = timezone.localtime(value)
    this_year = here.year == timezone.localtime().year
    if translation.get_language() == "en":
        return f"{here.day} {here:%B}{'' if this_year else f' {here.year}'}, {here:%H:%M}"
    return f"{'' if this_year else f'{here.year}年'}{here.month}月{here.day}日 {here:%H:%M}"


@register.filter
def clock(value: datetime) -> str:
    """The time of day in Asia/Shanghai, with seconds."""
    return timezone.localtime(value).strftime("%H:%M:%S")


@register.filter
def exactly(value: datetime) -> str:
    """Date and time with seconds and zone, for what must be provable: 2026-06-09 20:14:05 UTC+8."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S UTC+8")


@register.filter
def day(value: date | datetime | None) -> str:
    """A date in Asia/Shanghai: 2026年6月9日, 9 June 2026."""
    if value is None:
        return ""
    here = timezone.localtime(value) if isinstance(value, datetime) else value
    if translation.get_language() == "en":
        return f"{here.day} {here:%B %Y}"
    return f"{here.year}年{here.month}月{here.day}日"


@register.filter
def month(words: str) -> str:
    """A month written in Chinese, in the reader's language: 2026年6月, June 2026. Other words stay as they are."""
    found = MONTH.fullmatch(words)
    if not found:
        return words
    if translation.get_language() == "en":
        return date(int(found[1]), int(found[2]), 1).strftime("%B %Y")
    return f"{found[1]}年{found[2]}月"


@register.filter
def duration(minutes: float) -> str:
    """A length of time in words, from minutes: 40 分钟, 3 小时, 2 天."""
    minutes = max(1, round(minutes))
    if minutes < 90:
        return ngettext("%(count)d 分钟", "%(count)d 分钟", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(count)d 小时", "%(count)d 小时", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d 天", "%(count)d 天", days) % {"count": days}


@register.filter
def wait(seconds: int) -> str:
    """How long to wait, in words: 约 1 分钟."""
    return _("约 %(duration)s") % {"duration": duration(seconds / 60)}


@register.filter
def came_from(request: HttpRequest | None) -> str:
    """The page of ours that led here, as a path; "" where the browser does not say or it is another site's."""
    page = request.headers.get("Referer", "") if request else ""
    try:
        ours = bool(page) and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})  # type: ignore[union-attr]
    except DisallowedHost:
        return ""
    return urlunsplit(("", "", *urlsplit(page)[2:4], "")) if ours else ""


@register.filter
def since(value: datetime) -> str:
    """How long ago, in words."""
    minutes = (timezone.now() - value).total_seconds() / 60
    return _("刚刚") if minutes < 1 else _("%(duration)s前") % {"duration": duration(minutes)}
