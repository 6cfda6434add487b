"""What a row does, as a form: one block an effect, its options and cautions picked from lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from strategy.admin.condition_field import places
from strategy.admin.fields import Choice, Field, Pick, Picks
from strategy.admin.wording import EFFECTS
from strategy.forms import words
from strategy.rules import STRENGTHS, RuleSet

MOST = 30


class Entry:
    """One entry of a list field, with fields of its own."""

    def __init__(self, path: str, fields: Sequence[Any], do: str = "", label: str = "") -> None:
        self.path, self.fields, self.do, self.label = path, fields, do, label
        self.error = ""


class EffectsField(Field):
    """The `then` of a rule."""

    template = "effects"

    def __init__(self, *args: Any, rules: RuleSet, options: Sequence[Choice], cautions: Sequence[Choice]) -> None:
        super().__init__(*args)
        self.rules, self.options, self.cautions = rules, options, cautions
        self.entries: list[Entry] = []
        self.strengths = [Choice(name, words(rules.strength_labels[name])) for name in STRENGTHS]

    @property
    def kinds(self) -> list[Choice]:
        return [Choice(value, str(label)) for value, label in EFFECTS.items()]

    def show(self, part: Mapping[str, Any]) -> None:
        self.entries = []
        for at, effect in enumerate(part.get(self.name, [])):
            entry = self._entry(f"{self.name}.{at}", effect.get("do", ""))
            for field in entry.fields:
                field.show({field.name: effect.get(field.name.rpartition(".")[2], "")})
            self.entries.append(entry)

    def read(self, post: QueryDict) -> None:
        self.entries = []
        for at in places(post, self.name, ".do")[:MOST]:
            entry = self._entry(f"{self.name}.{at}", post.get(f"{self.name}.{at}.do", "")[:20])
            for field in entry.fields:
                field.read(post)
            self.entries.append(entry)

    def act(self, verb: str, path: str, post: QueryDict) -> None:
        """effect <name> · drop <entry>."""
        if verb == "drop":
            self.entries = [entry for entry in self.entries if entry.path != path]
        elif verb == "effect" and path == self.name and post.get(f"{path}.add", "") in EFFECTS:
            taken = [int(entry.path.rpartition(".")[2]) for entry in self.entries]
            self.entries.append(self._entry(f"{self.name}.{max(taken, default=-1) + 1}", post.get(f"{path}.add", "")))

    def write(self, part: dict[str, Any]) -> None:
        written = []
        for entry in self.entries:
            effect: dict[str, Any] = {"do": entry.do}
            found: dict[str, Any] = {}
            for field in entry.fields:
                field.write(found)
            effect |= {name.rpartition(".")[2]: value for name, value in found.items()}
            if entry.do == "gap":
                effect["option"] = self.rules.fallback
            if entry.do not in EFFECTS:
                entry.error = _("没有这种效果。")
            written.append(effect)
        part[self.name] = written
        if not written:
            self.errors.append(_("请至少写明一个效果。"))
        if any(entry.error or any(field.errors for field in entry.fields) for entry in self.entries):
            self.errors.append(_("效果里有需要更正的地方，见下。"))

    def _entry(self, path: str, do: str) -> Entry:
        options = Picks(f"{path}.options", _("哪些选项"), self.options)
        fields: list[Field] = {
            "recommend": [Pick(f"{path}.strength", _("强度"), self.strengths), options],
            "caution": [Picks(f"{path}.cautions", _("哪些提示"), self.cautions)],
            "gap": [],
        }.get(do, [options])  # type: ignore[assignment]
        return Entry(path, fields, do, str(EFFECTS.get(do, do)))
