"""One part of a rule set as a form: which fields each section has, and what they may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from strategy.admin.fields import Field
from strategy.admin.section_fields import FIELDS
from strategy.document import KEY_OF, Document
from strategy.loading import compiled
from strategy.models import RuleSetVersion
from strategy.nodes import RuleSetError
from strategy.reading import read_ruleset


class PartForm:
    """The fields of a part. `key` is empty for a new one."""

    def __init__(self, version: RuleSetVersion, section: str, key: str = "") -> None:
        self.document, self.rules = Document(version.source), compiled(version)
        self.version, self.section, self.key = version, section, key
        self.stored = self._stored()
        self.errors: list[str] = []
        self.fields: list[Field] = FIELDS[section](self)

    def _stored(self) -> Mapping[str, Any]:
        """What the document says of the part. KeyError when it has no such part."""
        if self.section in KEY_OF:
            found = self.document.part(self.section, self.key) if self.key else {}
        else:
            found = self.document.data[self.section].get(self.key)
            found = {"options": found} if isinstance(found, list) else found
        if found is None:
            raise KeyError(self.key)
        return found

    def show(self, initial: Mapping[str, Any] | None = None) -> None:
        """Fill from the document, or a new part from `initial`."""
        for field in self.fields:
            field.show(self.stored or initial or {})

    def read(self, post: QueryDict) -> None:
        """Fill with what was typed."""
        for field in self.fields:
            if getattr(field, "fixed", False):
                field.show(self.stored)
            else:
                field.read(post)

    def act(self, verb: str, path: str, post: QueryDict) -> None:
        """Add or take away a line, an effect, an entry."""
        for field in self.fields:
            field.act(verb, path, post)

    def text(self, known_facts: set[str]) -> str:
        """The whole document with the part as typed; "" when something is wrong, said at its field."""
        part = {name: value for name, value in self.stored.items() if name not in self._named()}
        for field in self.fields:
            field.write(part)
        if self.has_errors:
            return ""
        if self.section == "inputs" and part.get("type") == "single":
            part.pop("exclusive", None)
        try:
            text = self._written(part)
            read_ruleset(text, known_facts=known_facts)
        except RuleSetError as error:
            self._say(error)
            return ""
        return text

    @property
    def title(self) -> str:
        """What the part is called by those who do not read keys."""
        said = self.stored.get("why") or self.stored.get("label") or self.stored
        return str(said.get("zh") or self.key)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(f.errors or getattr(f, "errors_en", []) for f in self.fields)

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """What is wrong: place, label, words."""
        found = [("", "", text) for text in self.errors]
        for field in self.fields:
            found += [(f"f-{field.name or 'words'}", str(field.label), text) for text in field.errors]
            found += [(f"f-{field.name or 'words'}", str(field.label), t) for t in getattr(field, "errors_en", [])]
        return found

    def _named(self) -> set[str]:
        names = {field.name for field in self.fields if field.name}
        return names | ({"zh", "en"} if any(not field.name for field in self.fields) else set())

    def _written(self, part: dict[str, Any]) -> str:
        if self.section not in KEY_OF:
            return self.document.set_entry(self.section, self.key, part.get("options", part))
        if self.key:
            return self.document.replace(self.section, self.key, part)
        after = ""
        if self.section == "rules":  # behind the last row of its table
            same = [row["id"] for row in self.document.parts("rules") if row["table"] == part["table"]]
            after = same[-1] if same else ""
        self.key_made = str(part[KEY_OF[self.section]])
        return self.document.add(self.section, part, after=after)

    def _say(self, error: RuleSetError) -> None:
        """Put a refusal at its field; one that concerns another part names it."""
        place, _dot, rest = error.path.partition(".")
        section, _open, number = place.partition("[")
        name = rest.partition(".")[0].partition("[")[0]
        parts = self.document.parts(section) if section in KEY_OF else []
        at = int(number.rstrip("]") or -1) if number else -1
        is_mine = section == self.section and (not self.key or (at < len(parts) and self._is_mine(parts, at)))
        for field in self.fields:
            if is_mine and name in (field.name, "zh", "en") and (field.name == name or not field.name):
                field.errors.append(error.message)
                return
        self.errors.append(_("%(place)s：%(message)s") % {"place": self._title(parts, at), "message": error.message})

    def _is_mine(self, parts: list[dict[str, Any]], at: int) -> bool:
        return bool(parts[at].get(KEY_OF[self.section]) == self.key)

    def _title(self, parts: list[dict[str, Any]], at: int) -> str:
        return str(next(iter(parts[at].values()))) if 0 <= at < len(parts) else _("整个规则集")
