"""What is wrong with the words of a page, a message or a file, in either language: pure functions of the text.

Chinese: full-width punctuation, 「」 for quotation; one typed space between Han and Latin letters or digits (a mail has
no style sheet; where content lacks the space, the style sheet makes it), none in a date, none beside full-width
punctuation and none between two Han characters. English: no Han outside what says lang="zh-Hans", no full-width mark.
Both: no placeholder left over, no double space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

HAN = r"\u3400-\u9fff"
MARKS = "，。；：！？、）」』》】"  # close or follow what stands before them
OPENING = "（「『《【"
CAPTURED = ("您已通过HCP身份认证和信息审核", "HCP身份认证")  # on the page the product is modelled on, to the letter
DATE = re.compile(r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")
# What is written as its kind is written everywhere: addresses, file names, hashes, ids, keys of the record.
NAMED = re.compile(
    r"https?://\S+|[\w.+*-]+@[\w.-]+\w|\b[\w-]+\.(?:py|json|css|jpe?g|png|pdf|html|zip)\b|\b[0-9a-f]{4,}(?:-[0-9a-f]{4,})*\b|"
    r"\b[0-9A-F]{6,}\b|\bV-[0-9A-F]+\b"
)
IDENTIFIER = re.compile(r"(?<=「)[a-z0-9_.:-]+(?=」)")
PLACEHOLDER = re.compile(r"%\(\w*\)?[sd]?|\{\{|\}\}|\{%|%\}|&(?:amp;)?(?:lt|gt|quot|nbsp|#\d+);")
CHINESE_FAULTS = {
    "half-width punctuation": re.compile(
        rf"[{HAN}{MARKS}] ?[,;?!](?![\w/])|[{HAN}] ?[,;?!](?=[{HAN}])|[{HAN}{MARKS}] ?:(?!\d)|[{HAN}] ?\(|\) ?[{HAN}]"
    ),
    "quotation marks": re.compile(rf"[“”‘\"]|[{HAN}]['’]|'[{HAN}]"),
    "ellipsis": re.compile(r"\.\.\.|。。"),
    "space between Han": re.compile(rf"[{HAN}] +[{HAN}]"),
    "space beside full-width punctuation": re.compile(
        rf"(?<=\S) +[{MARKS}]|[{MARKS}] +[{HAN}]|[{HAN}] +[{OPENING}]|[{OPENING}] +"
    ),
    "no space between Han and Latin": re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]"),
}
ENGLISH_FAULTS = {
    "Chinese": re.compile(rf"[{HAN}]"),
    "full-width mark": re.compile(r"[\u3000-\u303f\uff00-\uffef]"),
    "space before a mark": re.compile(r"\w +[.,;:?!](?!\S)"),
}
BOTH_FAULTS = {"placeholder": PLACEHOLDER, "double space": re.compile(r"(?<=\S)  +(?=\S)")}
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]+")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAID = {"alt", "title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "label"}
SILENT = {"script", "style", "template"}
VERBATIM = {"code", "kbd", "pre", "samp", "textarea"}


@dataclass(frozen=True)
class Said:
    """A text a person reads or hears, where it stands, and the language it is said to be in."""

    language: str
    text: str
    tag: str  # the element, or element@attribute


class Words(HTMLParser):
    """Every text of a page: its nodes, the attributes that are read out, the words its scripts are given (data-…).

    A name that is kept on one line (class nb) belongs to the text around it.
    """

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[Said] = []
        self._open: list[tuple[str, str, bool]] = []  # element, language, whether its text goes on
        self._joins = self._gap = False
        self.feed(markup)
        self.close()

    @property
    def language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self.language)
        self.found += [
            Said(language, text, f"{tag}@{name}")
            for name, text in given.items()
            if name in SAID or name.startswith("data-") or (tag == "meta" and name == "content")
        ]
        goes_on = tag == "wbr" or (tag == "span" and "nb" in given.get("class", "").split())
        self._joins = self._joins and goes_on
        if tag not in VOID:
            self._open.append((tag, language, goes_on))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _language, goes_on = self._open.pop()
            self._joins = self._joins and goes_on
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        inside = {tag for tag, _language, _goes_on in self._open}
        if inside & SILENT or not data.strip():
            self._joins = self._joins and bool(data) and not data.strip()
            return
        tag = next(iter(inside & VERBATIM), self._open[-1][0] if self._open else "")
        text = " ".join(data.split())
        if self._joins and self.found and self.found[-1].language == self.language and "@" not in self.found[-1].tag:
            before = self.found.pop()
            text = before.text + (" " if self._gap or data[:1].isspace() else "") + text
            tag = before.tag
        self.found.append(Said(self.language, text, tag))
        self._joins, self._gap = True, data[-1:].isspace()


def faults_of_chinese(text: str) -> list[str]:
    """Return the names of what is wrong with a Chinese text; a text without Han is nobody's sentence."""
    if not re.search(rf"[{HAN}]", text):
        return []
    for words in CAPTURED:
        text = text.replace(words, "。")
    text = IDENTIFIER.sub("□", DATE.sub("□", text))
    return [name for name, fault in (CHINESE_FAULTS | BOTH_FAULTS).items() if fault.search(text)]


def faults_of_english(text: str) -> list[str]:
    """Return the names of what is wrong with an English text."""
    return [name for name, fault in (ENGLISH_FAULTS | BOTH_FAULTS).items() if fault.search(text)]


def foreign_words(text: str, allowed: Iterable[str]) -> list[str]:
    """Return the Latin words of a Chinese text that are neither allowed nor a code with a digit or an inner capital."""
    known = {word.casefold() for word in allowed}
    return [
        word
        for word in WORD.findall(IDENTIFIER.sub(" ", NAMED.sub(" ", text)))
        if word.casefold() not in known and not is_code(word)
    ]


def is_code(word: str) -> bool:
    """Whether this is an abbreviation (NSCLC, mPFS, ctDNA) or the international name of a drug (lorlatinib)."""
    return any(letter.isupper() for letter in word[1:]) or word.endswith(("tinib", "alkib", "zumab"))
