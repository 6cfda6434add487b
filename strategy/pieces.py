"""Pieces of an option's markup that are the same for every patient: made once, kept by the process.

Kept under words of the rule set and the article alone; nothing a reader entered is in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.names import whole
from strategy.evidence import Claim


@lru_cache(maxsize=2048)
def reason(key: str, text: str, place: tuple[str, str, str], badges: tuple[bool, bool], language: str) -> SafeString:
    """A rule that fired, as an item of a list, with the number of the section it rests on.

    `place` is address, number and title; `badges` whether it is the editors' own and whether it waits to be looked at
    again; `language` only tells the kept ones apart.
    """
    url, number, title = place
    link: str = ""
    if url:
        rest = (
            format_html('<span class="hide"> {}</span>', title.removeprefix(number).strip("、 "))
            if title != number
            else ""
        )
        link = format_html(' <a class="from" href="{}" lang="zh-Hans">{}{}</a>', url, number, rest)
    is_editorial, is_stale = badges
    marks = format_html(' <span class="badge">{}</span>', _("编辑条目")) if is_editorial else ""
    if is_stale:
        marks += format_html(' <span class="badge draft">{}</span>', _("待复核"))
    return format_html('<li data-rule="{}">{}{}{}</li>', key, whole(text), link, marks)


def joined(pieces: Iterable[SafeString]) -> SafeString:
    """Markup, one piece after the other."""
    return mark_safe("".join(pieces))  # noqa: S308  # every piece is escaped already


@lru_cache(maxsize=512)
def evidence(claims: tuple[Claim, ...], label: str, language: str) -> SafeString | str:
    """What stands behind an option: its claims, and their figures as a table where the window has room for one.

    `language` only tells the kept ones apart.
    """
    if not claims:
        return ""
    listed = format_html('<ul class="rows small">{}</ul>', joined(claim.item for claim in claims))
    figures = [claim.rows for claim in claims if claim.rows]
    return joined([listed, _table(joined(figures), label)]) if figures else listed


def _table(rows: SafeString, label: str) -> SafeString:
    titles = (_("终点"), _("数值"), _("药物、试验、治疗线、人群"), _("核对"), _("出处"))
    head = format_html_join("", '<th scope="col">{}</th>', ((title,) for title in titles))
    return format_html(
        '<table class="figures"><caption>{}{}{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        '<p class="small soft">{}</p>',
        _("数字一览"),
        _("："),
        label,
        head,
        rows,
        _("各数字来自不同研究，不可横向比较，也不用于排序。空心条为存疑或不精确的数字。"),
    )
