"""What is wrong with the words of a page, a message or a file, in either language: pure functions of the text.

Chinese: full-width punctuation between Han characters, 「」 for quotation, `……` for an ellipsis; one typed space between
Han and Latin letters or digits (a mail or a text message has no style sheet), none in a date, none beside full-width
punctuation and none between two Han characters. English: no Han outside what says lang="zh-Hans", no full-width mark.
Both: no placeholder left over, no double space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

HAN = r"\u3400-\u9fff"
WIDE = r"，。；：！？、（）「」『』《》【】"
CAPTURED = ("您已通过HCP身份认证和信息审核",)  # on the page the product is modelled on, to the letter
DATE = re.compile(r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")
PLACEHOLDER = re.compile(r"%\(\w*\)?[sd]?|\{\{|\}\}|\{%|%\}|&(?:amp;)?(?:lt|gt|quot|nbsp|#\d+);")
CHINESE_FAULTS = {
    "half-width punctuation": re.compile(rf"[{HAN}」）》] ?[,;?!](?![\w/])|[{HAN}」）》] ?:(?!\d)|[{HAN}] ?[(]|[)] ?[{HAN}]"),
    "quotation marks": re.compile(rf"[“”‘’\"]|[{HAN}]'|'[{HAN}]"),
    "ellipsis": re.compile(r"\.\.\.|(?<!…)…(?!…)|。。"),
    "space between Han": re.compile(rf"[{HAN}] +[{HAN}]"),
    "space beside full-width punctuation": re.compile(rf"(?<=\S)[ ]+[{WIDE.replace('（', '').replace('「', '').replace('《', '').replace('【', '')}]|[{WIDE}] +[{HAN}A-Za-z0-9]|[{HAN}] +[（「《【]"),
    "no space between Han and Latin": re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]"),
}
ENGLISH_FAULTS = {
    "Chinese": re.compile(rf"[{HAN}]"),
    "full-width mark": re.compile(r"[\u3000-\u303f\uff00-\uffef]"),
    "space before a mark": re.compile(r"\w +[,;:?!](?!\S)"),
}  # fmt: skip
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
    """Every text of a page: its nodes, the attributes that are read out, the words its scripts are given (data-…)."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[Said] = []
        self._open: list[tuple[str, str]] = []
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
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = {tag for tag, _language in self._open}
        if data.strip() and not inside & SILENT:
            tag = next(iter(inside & VERBATIM), self._open[-1][0] if self._open else "")
            self.found.append(Said(self.language, " ".join(data.split()), tag))


def faults_of_chinese(text: str) -> list[str]:
    """Return the names of what is wrong with a Chinese text; a text without Han is nobody's sentence."""
    if not re.search(rf"[{HAN}]", text):
        return []
    for words in CAPTURED:
        text = text.replace(words, "。")
    text = DATE.sub("日", text)
    return [name for name, fault in (CHINESE_FAULTS | BOTH_FAULTS).items() if fault.search(text)]


def faults_of_english(text: str) -> list[str]:
    """Return the names of what is wrong with an English text."""
    return [name for name, fault in (ENGLISH_FAULTS | BOTH_FAULTS).items() if fault.search(text)]


def foreign_words(text: str, allowed: Iterable[str]) -> list[str]:
    """Return the Latin words of a Chinese text that are neither allowed nor a code with a digit or an inner capital."""
    known = {word.casefold() for word in allowed}
    return [word for word in WORD.findall(text) if word.casefold() not in known and not is_code(word)]


def is_code(word: str) -> bool:
    """Whether this is an abbreviation: NSCLC, mPFS, ctDNA."""
    return any(letter.isupper() for letter in word[1:])
