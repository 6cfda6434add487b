"""Lists inside a part: the values of a question, the values and the cases of a derived fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from strategy.admin.condition_field import ConditionField, places
from strategy.admin.effects_field import MOST, Entry
from strategy.admin.fields import KEY, Choice, Field, Line, Pick, Words
from strategy.admin.wording import value_of
from strategy.rules import RuleSet


class EntriesField(Field):
    """A list whose entries have fields of their own."""

    template = "entries"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries: list[Entry] = []

    def entry(self, path: str) -> Entry:
        """An empty entry at this place."""
        raise NotImplementedError

    def put(self, entry: Entry, data: Mapping[str, Any]) -> None:
        """Fill an entry from the document."""
        raise NotImplementedError

    def take(self, entry: Entry) -> dict[str, Any]:
        """What an entry says."""
        raise NotImplementedError

    def show(self, part: Mapping[str, Any]) -> None:
        self.entries = []
        for at, data in enumerate(part.get(self.name, [])):
            entry = self.entry(f"{self.name}.{at}")
            self.put(entry, data)
            self.entries.append(entry)

    def read(self, post: QueryDict) -> None:
        self.entries = []
        for at in places(post, self.name, ".is")[:MOST]:
            entry = self.entry(f"{self.name}.{at}")
            for field in entry.fields:
                field.read(post)
            self.entries.append(entry)

    def act(self, verb: str, path: str, post: QueryDict) -> None:
        """entry <name> · drop <entry> · anything inside an entry."""
        if verb == "entry" and path == self.name:
            taken = [int(entry.path.rpartition(".")[2]) for entry in self.entries]
            self.entries.append(self.entry(f"{self.name}.{max(taken, default=-1) + 1}"))
            return
        if verb == "drop":
            self.entries = [entry for entry in self.entries if entry.path != path]
        for entry in self.entries:
            for field in entry.fields:
                field.act(verb, path, post)

    def write(self, part: dict[str, Any]) -> None:
        part[self.name] = [self.take(entry) for entry in self.entries]
        if not self.entries:
            self.errors.append(_("请至少写一项。"))
        if any(field.errors or getattr(field, "errors_en", []) for entry in self.entries for field in entry.fields):
            self.errors.append(_("这里有需要更正的地方，见下。"))


class ValuesField(EntriesField):
    """The values of a question: a number given once, words in both languages."""

    def entry(self, path: str) -> Entry:
        key = Line(f"{path}.key", _("编号"), required=False)
        return Entry(path, [Words(path, _("名称")), key])

    def put(self, entry: Entry, data: Mapping[str, Any]) -> None:
        name, key = entry.fields
        name.zh, name.en, key.value = str(data.get("zh", "")), str(data.get("en", "")), str(data.get("key", ""))

    def take(self, entry: Entry) -> dict[str, Any]:
        name, key = entry.fields
        found: dict[str, Any] = {}
        name.write(found)
        text = key.value.strip()
        others = {other.fields[1].value.strip() for other in self.entries if other is not entry}
        if not text:
            text = next(f"value_{n}" for n in range(1, MOST + 2) if f"value_{n}" not in others)
            key.value = text
        elif not KEY.fullmatch(text) and not text.replace("_", "").isalnum():
            key.errors.append(_("只能用英文字母、数字、连字符与下划线。"))
        elif text in others:
            key.errors.append(_("这个编号已经有了。"))
        return {"key": text, **found.get(entry.path, {})}


class CasesField(EntriesField):
    """The cases of a derived fact: the first whose condition holds gives the value."""

    def __init__(self, *args: Any, rules: RuleSet, key: str, values: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.key = rules, key
        self.choices = [Choice(value, value_of(rules, key, value)) for value in values]

    def entry(self, path: str) -> Entry:
        when = ConditionField(f"{path}.when", _("当"), self.rules, before=self.key)
        return Entry(path, [when, Pick(f"{path}.value", _("则为"), self.choices)])

    def put(self, entry: Entry, data: Mapping[str, Any]) -> None:
        when, value = entry.fields
        when.show({when.name: data.get("when", {})})
        value.value = str(data.get("value", ""))

    def take(self, entry: Entry) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in entry.fields:
            field.write(found)
        return {name.rpartition(".")[2]: value for name, value in found.items()}


class KeysField(Line):
    """A list of short names, separated by spaces or commas."""

    def show(self, part: Mapping[str, Any]) -> None:
        self.value = " ".join(part.get(self.name, []))

    def write(self, part: dict[str, Any]) -> None:
        names = list(dict.fromkeys(self.value.replace(",", " ").replace("，", " ").split()))[:MOST]
        if not names:
            self.errors.append(_("请填写。"))
        elif not all(KEY.fullmatch(name) for name in names):
            self.errors.append(_("只能用英文字母、数字、连字符与下划线，以小写字母开头。"))
        else:
            part[self.name] = names
