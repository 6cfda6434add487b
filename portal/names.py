"""Names that are never broken at the end of a line: drugs, genes, mutations, trials. And titles that end in company.

A browser breaks Chinese anywhere and Latin words at hyphens and slashes: 洛拉|替尼, EML4-|ALK, L1196M/|G1202R. `whole`
wraps such names; ground.css says what the mark means. Nothing is looked up: the forms of the names tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

# Kinase inhibitors have four characters in Chinese; what does not follow that pattern is listed.
DRUGS = (
    "贝伐珠单抗|阿替利珠单抗|帕博利珠单抗|纳武利尤单抗|度伐利尤单抗|信迪利单抗|卡瑞利珠单抗|替雷利珠单抗|特瑞普利单抗|"
    "西妥昔单抗|雷莫西尤单抗|埃万妥单抗|伊鲁阿克|依奉阿克|培美曲塞|多西他赛|紫杉醇|吉西他滨|卡铂|顺铂"
)
PIECE = r"[A-Za-z0-9α-ω.]+"
NAME = re.compile(
    rf"(?P<drug>[\u4e00-\u9fff]{{2}}替尼|{DRUGS})"
    rf"|(?<![\w./-])(?=[\w./+–-]*[A-Z])(?P<joined>{PIECE}(?:(?:[-–/+]|::){PIECE})+)(?![\w])"
    r"|(?<!\w)(?P<rest>(?:[-/][A-Z][A-Za-z0-9]+)+)(?!\w)"  # what a mark within a name leaves of it
    r"|(?<![\w.-])(?P<mutation>(?:[pc]\.)?(?=\w*[A-Z])(?=\w*\d)[A-Za-z0-9]{3,14})(?![\w])",
    re.ASCII,
)
ASIDE = re.compile(
    r'(<(svg|textarea|select|title|script|style)\b.*?</\2>|<span class="nb[^>]*>[^<]*</span>|<[^>]*>|&#?\w+;)',
    re.DOTALL,
)
LONGEST = 14  # characters that fit a phone's line with the text twice as large
# A phrase of a title ends after these; two characters at least stand on either side.
ENDS = re.compile(r"(?<=[\u3400-\u9fff][的与和及或性癌：，、？])(?=[\u3400-\u9fff]{2})")
# The end of a title that stays together: two or three Han characters and what closes them.
TAIL = re.compile(r"(?<=[\u4e00-\u9fff]{2})[\u4e00-\u9fff]{2}[？！。」』）》]?$")


def whole(text: str) -> SafeString:
    """Escape a text, or take markup as it is, and wrap every name in it that a line's end could cut."""
    pieces = ASIDE.split(conditional_escape(text))
    # Three in turn: words, what is left alone, the name of the element left alone.
    pieces[::3] = [NAME.sub(_wrapped, words) for words in pieces[::3]]
    pieces[2::3] = [""] * len(pieces[2::3])
    return mark_safe("".join(pieces))  # noqa: S308  # escaped above, and only our own spans are added


def titled(title: str | Iterable[str]) -> SafeString:
    """A title, or phrases in order: names whole, breaks between phrases, the last characters of each together."""
    parts = [title] if isinstance(title, SafeString) else phrases(title) if isinstance(title, str) else title
    return mark_safe("<wbr>".join(map(_ended, parts)))  # noqa: S308  # each is escaped


def phrases(title: str) -> list[str]:
    """Return a Chinese title cut where it may break, never within a word; joined they are the title."""
    return [part for part in ENDS.split(title) if part]


def _wrapped(found: re.Match[str]) -> str:
    name = found[0]
    if len(name) <= LONGEST:
        return f'<span class="nb">{name}</span>'
    # Too long for a phone's line: whole between its slashes, or, without one, as far as the line goes.
    parts = name.split("/")
    if len(parts) == 1:
        return f'<span class="nb long">{name}</span>'
    return "/".join(f'<span class="nb">{part}</span>' if len(part) <= LONGEST else part for part in parts)


def _ended(phrase: str) -> SafeString:
    tail = TAIL.search(phrase)
    if isinstance(phrase, SafeString) or tail is None or any(m.end() > tail.start() for m in NAME.finditer(phrase)):
        return whole(phrase)
    start = tail.start()
    return mark_safe(f'{whole(phrase[:start])}<span class="nb">{whole(phrase[start:])}</span>')  # noqa: S308
