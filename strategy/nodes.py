"""A strict walk over a YAML text: every refusal names the line and the path, nothing is skipped or guessed.

Plain `yes`, `no`, dates and numbers are not texts here: YAML 1.1 would turn them into something else without a word.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

import yaml

try:
    from yaml import CSafeLoader as _Loader  # libyaml: ten times faster
except ImportError:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 30  # composing is recursive in C: a deeper text would take the process with it


class RuleSetError(ValueError):
    """The rule set is malformed. `line` counts from 1; `path` is like rules[3].when.last_tki."""

    def __init__(self, message: str, *, line: int, path: str = "") -> None:
        super().__init__(f"第 {line} 行" + (f"，{path}" if path else "") + f"：{message}")
        self.message, self.line, self.path = message, line, path


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the text and the path to it."""

    node: yaml.Node
    path: str

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def fail(self, message: str) -> NoReturn:
        raise RuleSetError(message, line=self.line, path=self.path)

    def entries(self) -> dict[str, Place]:
        """A mapping with any keys, each given once."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("这里应为映射（键: 值）")
        found: dict[str, Place] = {}
        for key_node, value_node in self.node.value:
            key = Place(key_node, self.path).text()
            child = Place(value_node, f"{self.path}.{key}" if self.path else key)
            if key in found:
                raise RuleSetError(f"键 {key} 重复", line=int(key_node.start_mark.line) + 1, path=self.path)
            found[key] = child
        return found

    def mapping(self, required: str, optional: str = "") -> dict[str, Place]:
        """A mapping with exactly these keys (named in one string), the optional ones may be absent."""
        found = self.entries()
        for key, place in found.items():
            if key not in f"{required} {optional}".split():
                place.fail(f"未知的键 {key}")
        for key in required.split():
            if key not in found:
                self.fail(f"缺少键 {key}")
        return found

    def items(self) -> list[Place]:
        """The elements of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("这里应为列表")
        return [Place(child, f"{self.path}[{at}]") for at, child in enumerate(self.node.value)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != "tag:yaml.org,2002:str":
            self.fail("这里应为文字（yes、no、数字、日期须加引号）")
        if not self.node.value.strip():
            self.fail("文字不能为空")
        return str(self.node.value)

    def number(self) -> int:
        """A whole number from 0 to 1000."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != "tag:yaml.org,2002:int":
            self.fail("这里应为整数")
        if not self.node.value.isdecimal() or int(self.node.value) > 1000:
            self.fail("这里应为 0 至 1000 的整数")
        return int(self.node.value)

    def flag(self) -> bool:
        """true or false."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value not in ("true", "false"):
            self.fail("这里应为 true 或 false")
        return bool(self.node.value == "true")

    def word(self, known: Collection[str], what: str) -> str:
        """A text out of the known ones; `what` names their kind for the refusal."""
        text = self.text()
        if text not in known:
            self.fail(f"未知的{what} {text}")
        return text

    def words(self, known: Collection[str], what: str) -> tuple[str, ...]:
        """A list of known texts, not empty, none given twice."""
        found: list[str] = []
        for place in self.items():
            word = place.word(known, what)
            if word in found:
                place.fail(f"{what} {word} 重复")
            found.append(word)
        if not found:
            self.fail(f"至少要有一个{what}")
        return tuple(found)


def read_yaml(text: str) -> Place:
    """Compose the text into nodes; refuse what could harm the process (size, depth, aliases)."""
    if len(text) > MAX_CHARACTERS:
        raise RuleSetError(f"超过 {MAX_CHARACTERS} 个字符", line=1)
    try:
        _refuse_depth_and_aliases(text)
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RuleSetError(f"不是正确的 YAML：{error.problem}", line=mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:
        raise RuleSetError("不是正确的 YAML：含有不允许的字符", line=1) from error
    if node is None:
        raise RuleSetError("内容为空", line=1)
    return Place(node, "")


def _refuse_depth_and_aliases(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, _Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise RuleSetError("不允许使用别名（*）", line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise RuleSetError(f"嵌套超过 {MAX_DEPTH} 层", line=line)
