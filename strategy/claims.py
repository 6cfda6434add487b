"""A claim as markup: verdict, words, bars of its figures, the note beside it, its sources; rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.templatetags.portal import lang_of, sentence
from strategy.figures import Figure, figures_of
from strategy.phrases import icon

Sources = Sequence[tuple[str, str]]
# What a source says of the claim, in the brackets of its language.
BRACKETS = {"en": ' <span lang="en">({})</span>', "zh-Hans": ' <span lang="zh-Hans">（{}）</span>'}


def claim_markup(
    key: str,
    text: str,
    verdict: str,
    url: str,
    *,
    is_doubtful: bool,
    note: str = "",
    figures: Sequence[dict[str, Any]] = (),
    sources: Sources = (),
    others: Sequence[str] = (),
) -> tuple[SafeString, SafeString]:
    """The claim as an item of a list, and its figures as rows. A claim in doubt never stands without its note."""
    shown = figures_of(list(figures), others=others)
    badge = _badge(verdict, is_doubtful)
    item = format_html(
        '<li data-source="{}">{} {}{}{}{} {}</li>',
        key,
        badge,
        sentence(text),
        _bars(shown, is_doubtful),
        _note(note if is_doubtful else ""),
        _sources(sources),
        format_html('<a href="{}">{}</a>', url, _("看原文")) if url else "",
    )
    cited = _("；").join(citation for citation, _says in sources) or _("未查到可引用的出处")
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="nb">{}</td><td>{}</td><td>{}{}</td><td>{}</td></tr>',
        ((f.endpoint, f.value, f.whose, badge, _note(note if is_doubtful else ""), cited) for f in shown),
    )
    return item, rows


def _badge(verdict: str, is_doubtful: bool) -> SafeString:
    if is_doubtful:
        return format_html('<span class="badge draft">{}</span>', verdict)
    return format_html('<span class="badge ok">{}{}</span>', icon("ok"), verdict)


def _note(note: str) -> SafeString | str:
    if not note:
        return ""
    return format_html('<span class="ed"><b>{}</b><span lang="zh-Hans">{}</span></span>', _("编辑注"), note)


def _sources(sources: Sources) -> SafeString:
    if not sources:
        return format_html('<span class="from">{}</span>', _("未查到可引用的出处。"))
    cited = format_html_join(
        _("；"),
        "{}{}",
        (
            (
                format_html('<cite lang="en">{}</cite>', citation),
                format_html(BRACKETS[lang_of(says)], says) if says else "",
            )
            for citation, says in sources
        ),
    )
    return format_html('<span class="from">{}{}{}</span>', _("出处"), _("："), cited)


def _bars(figures: Sequence[Figure], is_doubtful: bool) -> SafeString | str:
    drawn = [figure for figure in figures if figure.low is not None]
    if not drawn:
        return ""
    kind = "hollow" if is_doubtful else "solid"
    bars = format_html_join("", "{}", ((_bar(figure, kind),) for figure in drawn))
    return format_html('<span class="bars">{}</span>', bars)


def _bar(figure: Figure, kind: str) -> SafeString:
    """Words, a bar on the unit's own scale, the figure. The bar adds nothing: screen readers are spared it."""
    return format_html(
        '<span class="b"><span>{} <small>{}</small></span>'
        '<svg aria-hidden="true" focusable="false"><rect class="scale" x="0" y="1" width="100%" height="10"/>'
        '<rect class="{}" x="{}%" y="1" width="{}%" height="10"/></svg><span class="v">{}</span></span>',
        figure.endpoint,
        figure.whose,
        kind,
        figure.low,
        figure.width,
        figure.value,
    )
