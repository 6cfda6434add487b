"""The YAML text of a rule set as a document that is edited in place.

The text stays the canonical form: an edit replaces the values that changed and leaves every other character, comments
too, as it was. Values are written in the shape of the shipped file: flow style, texts for people in double quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from strategy.nodes import RuleSetError, read_yaml

KEY_OF = {
    "rules": "id",
    "options": "key",
    "cautions": "id",
    "derived": "key",
    "inputs": "key",
    "validations": "id",
}
# The order of a part's fields in the file; a field that is new to a part is put where the order says.
ORDER = {
    "rules": ("id", "table", "priority", "section", "editorial", "when", "then", "because", "why"),
    "options": ("key", "kind", "zh", "en", "cautions", "avoid_only", "fallback"),
    "cautions": ("id", "severity", "facts", "zh", "en"),
    "derived": ("key", "label", "values", "note", "cases", "default"),
    "inputs": ("key", "step", "type", "label", "help", "exclusive", "values"),
    "validations": ("id", "level", "when", "caution", "zh", "en"),
}
IN_BLOCKS = frozenset({"rules", "derived", "inputs"})  # parts written over several lines
LISTED = frozenset({("derived", "cases"), ("inputs", "values")})  # fields written one entry a line
TEXTS = frozenset({"zh", "en"})
WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*(?:[./][A-Za-z0-9_-]+)*")
NOT_TEXT = frozenset({"yes", "no", "true", "false", "on", "off", "null"})


@dataclass(frozen=True, slots=True)
class _Cut:
    """Replace text[start:end]."""

    start: int
    end: int
    text: str


class Document:
    """One text. `data` is what it says, as plain values; edits return the new text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root = read_yaml(text).node
        self.data: dict[str, Any] = _plain(self._root)

    def parts(self, section: str) -> list[dict[str, Any]]:
        """The parts of a list section, in order."""
        return list(self.data.get(section, []))

    def part(self, section: str, key: str) -> dict[str, Any] | None:
        """One part by its key."""
        return next((item for item in self.parts(section) if item.get(KEY_OF[section]) == key), None)

    def replace(self, section: str, key: str, new: Mapping[str, Any]) -> str:
        """The text with this part saying `new`. KeyError when there is no such part."""
        place, node = self._find(section, key)
        wanted = json.loads(json.dumps(self.data))
        wanted[section][place] = dict(new)
        return self._checked(self._changes(section, node, self.data[section][place], new), wanted)

    def add(self, section: str, new: Mapping[str, Any], *, after: str = "") -> str:
        """The text with a new part behind the part `after`, or at the end of its section."""
        listed = _value(self._root, section)
        nodes = listed.value
        place = (self._find(section, after)[0] if after else len(nodes) - 1) + 1
        wanted = json.loads(json.dumps(self.data))
        wanted[section].insert(place, dict(new))
        if listed.flow_style:
            at = _end(self.text, nodes[place - 1]) if nodes else int(listed.start_mark.index) + 1
            return self._checked([_Cut(at, at, (", " if nodes else "") + flow(dict(new)))], wanted)
        indent = " " * _dash(self.text, nodes[0])
        at = _line_end(self.text, _end(self.text, nodes[place - 1]))
        return self._checked([_Cut(at, at, "\n" + _written(section, new, indent))], wanted)

    def remove(self, section: str, key: str) -> str:
        """The text without this part. RuleSetError for the last one of its section."""
        place, node = self._find(section, key)
        if len(self.data[section]) == 1:
            raise RuleSetError("这一节至少要留一项", line=int(node.start_mark.line) + 1, path=section)
        wanted = json.loads(json.dumps(self.data))
        del wanted[section][place]
        listed = _value(self._root, section)
        if listed.flow_style:
            return self._checked([self._taken_out(listed.value, place)], wanted)
        start = self.text.rfind("\n", 0, node.start_mark.index) + 1
        end = min(_line_end(self.text, _end(self.text, node)) + 1, len(self.text))
        return self._checked([_Cut(start, end, "")], wanted)

    def set_entry(self, section: str, key: str, value: Any) -> str:
        """The text with one entry of a mapping section (texts, groups) saying `value`."""
        node = _value(_value(self._root, section), key)
        wanted = json.loads(json.dumps(self.data))
        wanted[section][key] = value
        return self._checked([_Cut(node.start_mark.index, _end(self.text, node), flow(value))], wanted)

    def _find(self, section: str, key: str) -> tuple[int, Any]:
        for place, item in enumerate(self.parts(section)):
            if item.get(KEY_OF[section]) == key:
                return place, _value(self._root, section).value[place]
        raise KeyError(key)

    def _changes(
        self, section: str, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> list[_Cut]:
        cuts = []
        for name in old:
            if name not in new:
                cuts.append(self._without(node, name))
            elif old[name] != new[name]:
                cuts.append(self._with(section, node, name, new[name]))
        order = [name for name in ORDER[section] if name in old or name in new]
        for name in [name for name in new if name not in old]:
            before = [other for other in order[: order.index(name)] if other in old]
            cuts.append(self._behind(section, node, before[-1], name, new[name]))
        return cuts

    def _with(self, section: str, node: yaml.MappingNode, name: str, value: Any) -> _Cut:
        old = _value(node, name)
        # A list written one entry a line stays so; everything else is written in flow style.
        in_lines = isinstance(old, yaml.SequenceNode) and not old.flow_style and isinstance(value, list) and value
        text = _lines(value, " " * _dash(self.text, old.value[0])) if in_lines else flow(value, name=name)
        start = self.text.rfind("\n", 0, old.start_mark.index) + 1 if in_lines else old.start_mark.index
        return _Cut(start, _end(self.text, old), text)

    def _without(self, node: yaml.MappingNode, name: str) -> _Cut:
        place = next(at for at, (key, _value_node) in enumerate(node.value) if key.value == name)
        key, value = node.value[place]
        if node.flow_style or place == 0:  # the first one shares its line with what opens the mapping
            return self._taken_out([pair[0] for pair in node.value], place, _end(self.text, value))
        start = self.text.rfind("\n", 0, key.start_mark.index) + 1
        return _Cut(start, min(_line_end(self.text, _end(self.text, value)) + 1, len(self.text)), "")

    def _taken_out(self, nodes: list[yaml.Node], place: int, end: int = 0) -> _Cut:
        """Cut one of several entries: up to the next one, or (the last) from the comma before it."""
        node = nodes[place]
        if place + 1 < len(nodes):
            return _Cut(node.start_mark.index, nodes[place + 1].start_mark.index, "")
        start = self.text.rfind(",", 0, node.start_mark.index) if place else node.start_mark.index
        return _Cut(start, end or _end(self.text, node), "")

    def _behind(self, section: str, node: yaml.MappingNode, before: str, name: str, value: Any) -> _Cut:
        at = _end(self.text, _value(node, before))
        if node.flow_style:
            return _Cut(at, at, f", {name}: {flow(value, name=name)}")
        at = _line_end(self.text, at)
        indent = " " * int(node.start_mark.column)
        return _Cut(at, at, f"\n{indent}{_field(section, name, value, indent)}")

    def _checked(self, cuts: list[_Cut], wanted: Any) -> str:
        """Apply; then make sure that the new text says what is wanted and nothing else."""
        text = self.text
        for cut in sorted(cuts, key=lambda cut: (cut.start, cut.end), reverse=True):
            text = text[: cut.start] + cut.text + text[cut.end :]
        if _plain(read_yaml(text).node) != wanted:
            raise RuleSetError("这处改动无法写回原文，请改用导入", line=1)
        return text


def flow(value: Any, *, name: str = "") -> str:
    """A value in flow style. Texts for people (zh, en) are always quoted, other words only where YAML needs it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        plain = WORD.fullmatch(value) and value.lower() not in NOT_TEXT and name not in TEXTS
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(item, name=key)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(flow(item) for item in value) + "]"


def _written(section: str, new: Mapping[str, Any], indent: str) -> str:
    names = [name for name in ORDER[section] if name in new]
    if section not in IN_BLOCKS:
        return f"{indent}- {flow({name: new[name] for name in names})}"
    inner = indent + "  "
    fields = [_field(section, name, new[name], inner) for name in names]
    return f"{indent}- " + f"\n{inner}".join(fields)


def _field(section: str, name: str, value: Any, indent: str) -> str:
    if (section, name) in LISTED and value:
        return f"{name}:\n{_lines(value, indent + '  ')}"
    return f"{name}: {flow(value, name=name)}"


def _lines(values: list[Any], indent: str) -> str:
    return "\n".join(f"{indent}- {flow(value)}" for value in values)


def _plain(node: yaml.Node) -> Any:
    """What a node says. Numbers and flags as such, everything else as written."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if node.tag == "tag:yaml.org,2002:int" and node.value.isdecimal():
        return int(node.value)
    if node.tag == "tag:yaml.org,2002:bool" and node.value in {"true", "false"}:
        return bool(node.value == "true")
    return node.value


def _value(node: yaml.Node, name: str) -> Any:
    return next(value for key, value in node.value if key.value == name)


def _end(text: str, node: yaml.Node) -> int:
    """Where a node's own text ends: a block's end mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return len(text[: node.end_mark.index].rstrip()) if isinstance(node, yaml.ScalarNode) else int(node.end_mark.index)


def _dash(text: str, node: yaml.Node) -> int:
    """The column of the dash before a list's entry."""
    start = text.rfind("\n", 0, node.start_mark.index) + 1
    return text.index("-", start) - start


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return found if found >= 0 else len(text)
