"""A claim as markup: verdict, words, bars of its figures, the note beside it, its sources; rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.names import whole
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
        whole(sentence(text)),
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
    return format_html('<span class="ed"><b>{}</b><span lang="zh-Hans">{}</span></span>', _("编辑注"), whole(note))


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
    if not figures:
        return ""
    kind = "hollow" if is_doubtful else "solid"
    bars = format_html_join("", "{}", ((_bar(figure, kind),) for figure in figures))
    return format_html('<span class="bars">{}</span>', bars)


def _bar(figure: Figure, kind: str) -> SafeString:
    """Words, a bar on the unit's own scale where it has one, the figure."""
    row = {"words": figure.endpoint, "whose": figure.whose, "value": figure.value}
    return render_to_string("_partials/bar.html", row | {"low": figure.low, "width": figure.width, "kind": kind})
