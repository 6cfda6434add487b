"""The fields of a part of a rule set: shown from the document, read from a post, written back as plain values.

Not Django form fields: a part's shape (nested conditions, lists of effects) changes while it is filled in, without a
script, and nothing typed may be lost on the way. A field keeps what was typed, right or wrong, and says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.text import clean_text

KEY = re.compile(r"[a-z][A-Za-z0-9_-]{0,59}")
MOST_TEXT, MOST_PICKED = 600, 120


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked. `group` heads a list of choices; `about` stands under the label."""

    value: str
    label: str
    group: str = ""
    about: str = ""
    is_doubtful: bool = False


class Field:
    """One field. `name` is the key in the document and the prefix of the names in the form."""

    template = ""

    def __init__(self, name: str, label: Any, help_text: Any = "", *, required: bool = True) -> None:
        self.name, self.label, self.help, self.required = name, label, help_text, required
        self.errors: list[str] = []

    @property
    def template_name(self) -> str:
        return f"admin/strategy/fields/{self.template}.html"

    def show(self, part: Mapping[str, Any]) -> None:
        """Take the value from the document."""
        raise NotImplementedError

    def read(self, post: QueryDict) -> None:
        """Take what was typed."""
        raise NotImplementedError

    def act(self, verb: str, path: str, post: QueryDict) -> None:
        """Add or take away something of the field's own shape."""

    def write(self, part: dict[str, Any]) -> None:
        """Put the value into the part; say what is wrong in `errors`."""
        raise NotImplementedError


class Line(Field):
    """A line of text."""

    template = "line"

    def __init__(self, *args: Any, long: bool = False, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.long, self.fixed, self.value = long, fixed, ""

    def show(self, part: Mapping[str, Any]) -> None:
        self.value = str(part.get(self.name, ""))

    def read(self, post: QueryDict) -> None:
        self.value = post.get(self.name, "")

    def write(self, part: dict[str, Any]) -> None:
        text = _cleaned(self.value, self.errors)
        if not text and self.required:
            self.errors.append(_("请填写。"))
        if text:
            part[self.name] = text


class Key(Line):
    """The number by which other parts name this one: given once, made up when left empty."""

    def __init__(self, name: str, *, fixed: bool, taken: Iterable[str], prefix: str) -> None:
        about = _("其他条目以此引用它，定后不改。留空则自动编号；若自拟，用小写英文字母、数字与连字符。")
        super().__init__(name, _("编号"), "" if fixed else about, required=False, fixed=fixed)
        self.taken, self.prefix = set(taken), prefix

    def write(self, part: dict[str, Any]) -> None:
        text = self.value.strip()
        if not text:
            numbers = range(1, len(self.taken) + 2)
            text = next(f"{self.prefix}{n}" for n in numbers if f"{self.prefix}{n}" not in self.taken)
        elif not KEY.fullmatch(text):
            self.errors.append(_("只能用英文字母、数字、连字符与下划线，以小写字母开头。"))
        elif text in self.taken:
            self.errors.append(_("这个编号已经有了。"))
        part[self.name] = text


class Words(Field):
    """A text in both languages: {zh, en} under one name, or (name "") as two entries of the part."""

    template = "words"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zh = self.en = ""
        self.errors_en: list[str] = []

    @property
    def prefix(self) -> str:
        return f"{self.name}." if self.name else ""

    def show(self, part: Mapping[str, Any]) -> None:
        held = part.get(self.name, {}) if self.name else part
        self.zh, self.en = str(held.get("zh", "")), str(held.get("en", ""))

    def read(self, post: QueryDict) -> None:
        self.zh, self.en = post.get(f"{self.prefix}zh", ""), post.get(f"{self.prefix}en", "")

    def write(self, part: dict[str, Any]) -> None:
        self.errors_en = []
        zh, en = _cleaned(self.zh, self.errors), _cleaned(self.en, self.errors_en)
        if not zh:
            self.errors.append(_("请填写中文。"))
        if not en:
            self.errors_en.append(_("请填写英文。"))
        if self.name:
            part[self.name] = {"zh": zh, "en": en}
        else:
            part |= {"zh": zh, "en": en}


class Number(Field):
    """A whole number from 0 to 1000."""

    template = "number"
    value = ""

    def show(self, part: Mapping[str, Any]) -> None:
        self.value = str(part.get(self.name, ""))

    def read(self, post: QueryDict) -> None:
        self.value = post.get(self.name, "")

    def write(self, part: dict[str, Any]) -> None:
        text = self.value.strip()
        if text.isascii() and text.isdecimal() and int(text[:6]) <= 1000 and len(text) <= 4:
            part[self.name] = int(text)
        else:
            self.errors.append(_("请填 0 至 1000 的整数。"))


class Flag(Field):
    """Yes or absent."""

    template = "flag"
    value = False

    def show(self, part: Mapping[str, Any]) -> None:
        self.value = bool(part.get(self.name))

    def read(self, post: QueryDict) -> None:
        self.value = self.name in post

    def write(self, part: dict[str, Any]) -> None:
        if self.value:
            part[self.name] = True


class Pick(Field):
    """One out of a list."""

    template = "pick"

    def __init__(self, name: str, label: Any, choices: Sequence[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(name, label, *args, **kwargs)
        self.choices, self.value = choices, ""

    def show(self, part: Mapping[str, Any]) -> None:
        self.value = str(part.get(self.name, ""))

    def read(self, post: QueryDict) -> None:
        self.value = post.get(self.name, "")

    def write(self, part: dict[str, Any]) -> None:
        if not self.value and not self.required:
            return
        if self.value in {choice.value for choice in self.choices}:
            part[self.name] = self.value
        else:
            self.errors.append(_("请从列表中选择。"))


class Picks(Field):
    """Several out of a list, in the order in which they were picked."""

    template = "picks"

    def __init__(self, name: str, label: Any, choices: Sequence[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(name, label, *args, **kwargs)
        self.choices = choices
        self.values: list[str] = []

    def show(self, part: Mapping[str, Any]) -> None:
        self.values = [str(value) for value in part.get(self.name, [])]

    def read(self, post: QueryDict) -> None:
        self.values = list(dict.fromkeys(post.getlist(self.name)[:MOST_PICKED]))

    def write(self, part: dict[str, Any]) -> None:
        known = {choice.value for choice in self.choices}
        if any(value not in known for value in self.values):
            self.errors.append(_("有一项不在列表中，请重新选择。"))
        elif self.values:
            part[self.name] = list(self.values)
        elif self.required:
            self.errors.append(_("请至少选一项。"))

    @property
    def chosen(self) -> list[Choice]:
        """What is picked, in order."""
        known = {choice.value: choice for choice in self.choices}
        return [known[value] for value in self.values if value in known]

    @property
    def others(self) -> list[Choice]:
        """What is left to pick."""
        return [choice for choice in self.choices if choice.value not in self.values]


class Facts(Picks):
    """Facts of the article, found by search: the claim in words, and the verdict on it."""

    template = "facts"
    MOST_FOUND = 12

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = ""

    def read(self, post: QueryDict) -> None:
        super().read(post)
        self.asked = post.get(f"{self.name}.q", "")[:60]

    @property
    def others(self) -> list[Choice]:
        """What the search finds; every word asked for stands in the claim, the key or the verdict."""
        terms = self.asked.casefold().split()
        if not terms:
            return []
        return [
            choice
            for choice in super().others
            if all(term in f"{choice.value} {choice.label} {choice.about}".casefold() for term in terms)
        ]

    @property
    def found(self) -> list[Choice]:
        return self.others[: self.MOST_FOUND]

    @property
    def more(self) -> int:
        return max(0, len(self.others) - self.MOST_FOUND)


def _cleaned(value: str, errors: list[str]) -> str:
    try:
        text = clean_text(value)
    except ValidationError as error:
        errors.append(error.messages[0])
        return ""
    if len(text) > MOST_TEXT:
        errors.append(_("最多 %(n)d 个字符。") % {"n": MOST_TEXT})
    return text
