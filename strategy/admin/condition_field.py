"""A condition as a form: lines that all hold, groups of which any holds, and groups that must not hold.

Each line is named by its place: `when.0.key`, `when.0.values`, `when.1.b0.0.key`. Buttons carry what to add or take
away and where, so that the page works without a script. A line's values are those of its question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from strategy.admin.fields import Choice, Field
from strategy.admin.wording import HOWS, label_of, meaning_of, value_of
from strategy.rules import RuleSet

MOST_LINES, MOST_DEPTH = 120, 4


@dataclass(slots=True)
class Branch:
    """Lines that hold together."""

    path: str
    clauses: list[Clause] = field(default_factory=list)
    depth: int = 0
    error: str = ""

    @property
    def may_nest(self) -> bool:
        return self.depth < MOST_DEPTH


@dataclass(slots=True)
class Clause:
    """One line (kind test), or a group: any of its branches holds (or), its only branch does not hold (not)."""

    path: str
    kind: str
    key: str = ""
    label: str = ""
    how: str = "in"
    count: str = "2"
    is_multiple: bool = False
    values: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    error: str = ""

    @property
    def hows(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in HOWS.items()]


class ConditionField(Field):
    """The `when` of a rule, a check, or a case of a derived fact. `before`: only derived facts defined before this."""

    template = "condition"

    def __init__(self, name: str, label: Any, rules: RuleSet, *args: Any, before: str = "", **kwargs: Any) -> None:
        super().__init__(name, label, *args, **kwargs)
        self.rules = rules
        derived = list(rules.derived)
        usable = derived[: derived.index(before)] if before in derived else derived
        self.keys = [*rules.inputs, *usable]
        self.root = Branch(name)

    @property
    def questions(self) -> list[Choice]:
        """What a line may ask about, by step."""
        return [
            Choice(
                key,
                label_of(self.rules, key),
                _("第 %(n)d 步") % {"n": self.rules.inputs[key].step} if key in self.rules.inputs else _("推导事实"),
            )
            for key in self.keys
        ]

    # -- from the document

    def show(self, part: Mapping[str, Any]) -> None:
        self.root = self._branch_of(part.get(self.name, {}), self.name, 0)

    def _branch_of(self, data: Any, path: str, depth: int) -> Branch:
        branch = Branch(path, depth=depth)
        for key, value in data.items() if isinstance(data, Mapping) else ():
            if key == "or":
                clause = self._clause(branch, "or")
                clause.branches = [
                    self._branch_of(item, f"{clause.path}.b{at}", depth + 1) for at, item in enumerate(value)
                ]
            elif key == "not":
                clause = self._clause(branch, "not")
                clause.branches = [self._branch_of(value, f"{clause.path}.b0", depth + 1)]
            elif isinstance(value, Mapping):
                for how, listed in value.items():
                    is_counted = isinstance(listed, Mapping)
                    count = str(listed["n"]) if is_counted else "2"
                    self._clause(branch, "test", key, how, listed["of"] if is_counted else listed, count)
            else:
                self._clause(branch, "test", key, "in", value)
        return branch

    def _clause(
        self, branch: Branch, kind: str, key: str = "", how: str = "in", values: Any = (), count: str = "2"
    ) -> Clause:
        taken = [int(clause.path.rpartition(".")[2]) for clause in branch.clauses]
        clause = Clause(f"{branch.path}.{max(taken, default=-1) + 1}", kind, key, how=how, count=count)
        clause.values = list(values)
        self._dress(clause)
        branch.clauses.append(clause)
        return clause

    def _dress(self, clause: Clause) -> None:
        """Give a line its words."""
        if clause.kind != "test" or clause.key not in self.rules.vocabulary.values:
            return
        clause.label = label_of(self.rules, clause.key)
        clause.is_multiple = clause.key in self.rules.vocabulary.multiple
        clause.choices = [
            Choice(value, value_of(self.rules, clause.key, value), about=meaning_of(self.rules, clause.key, value))
            for value in self.rules.vocabulary.values[clause.key]
        ]

    # -- from a post

    def read(self, post: QueryDict) -> None:
        self._left = MOST_LINES
        self.root = self._read_branch(post, self.name, 0)

    def _read_branch(self, post: QueryDict, path: str, depth: int) -> Branch:
        branch = Branch(path, depth=depth)
        for place in places(post, path, ".kind"):
            if self._left <= 0 or depth > MOST_DEPTH:
                branch.error = _("条件太多或嵌套太深。")
                return branch
            self._left -= 1
            branch.clauses.append(self._read_clause(post, f"{path}.{place}", depth))
        return branch

    def _read_clause(self, post: QueryDict, path: str, depth: int) -> Clause:
        kind = post.get(f"{path}.kind", "")
        if kind in {"or", "not"}:
            numbers = places(post, f"{path}.b", ".is", joint="")
            branches = [self._read_branch(post, f"{path}.b{number}", depth + 1) for number in numbers]
            return Clause(path, kind, branches=branches[: 1 if kind == "not" else None])
        clause = Clause(path, "test", post.get(f"{path}.key", "")[:60])
        clause.how, clause.count = post.get(f"{path}.how", "in"), post.get(f"{path}.n", "2")[:4]
        self._dress(clause)
        known = {choice.value for choice in clause.choices}
        clause.values = [value for value in post.getlist(f"{path}.values") if value in known]
        if len(clause.values) != len(post.getlist(f"{path}.values")):
            clause.error = _("有一项不在列表中，请重新选择。")
        return clause

    def act(self, verb: str, path: str, post: QueryDict) -> None:
        """clause, or, not <branch> · branch <group> · drop <anything>."""
        for branch in list(self._branches()):
            if branch.path == path and verb == "clause":
                key = post.get(f"{path}.add", "")
                if key in self.keys:
                    self._clause(branch, "test", key, "any" if key in self.rules.vocabulary.multiple else "in")
                else:
                    branch.error = _("请先在列表中选一个问题，再按添加。")
            elif branch.path == path and verb in {"or", "not"} and branch.may_nest:
                group = self._clause(branch, verb)
                group.branches = [
                    Branch(f"{group.path}.b{at}", depth=branch.depth + 1) for at in range(2 if verb == "or" else 1)
                ]
            for clause in list(branch.clauses):
                if clause.path == path and verb == "drop":
                    branch.clauses.remove(clause)
                elif clause.path == path and verb == "branch" and clause.kind == "or":
                    taken = [int(inner.path.rpartition(".b")[2]) for inner in clause.branches]
                    new = f"{clause.path}.b{max(taken, default=-1) + 1}"
                    clause.branches.append(Branch(new, depth=branch.depth + 1))
                clause.branches = [inner for inner in clause.branches if not (verb == "drop" and inner.path == path)]

    def _branches(self, start: Branch | None = None) -> Iterator[Branch]:
        branch = start or self.root
        yield branch
        for clause in branch.clauses:
            for inner in clause.branches:
                yield from self._branches(inner)

    # -- to the document

    def write(self, part: dict[str, Any]) -> None:
        part[self.name] = self._data(self.root)
        if any(branch.error or any(clause.error for clause in branch.clauses) for branch in self._branches()):
            self.errors.append(_("条件里有需要更正的地方，见下。"))

    def _data(self, branch: Branch) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for clause in branch.clauses:
            if clause.kind == "test":
                self._put(clause, data)
            elif clause.kind in data:
                clause.error = _("同一层只能有一个这样的组：请把它们并成一个，或放进另一组里。")
            elif not clause.branches:
                clause.error = _("这一组是空的：请添加条件或移除整组。")
            elif clause.kind == "or":
                data["or"] = [self._filled(inner) for inner in clause.branches]
            else:
                data["not"] = self._filled(clause.branches[0])
        return data

    def _filled(self, branch: Branch) -> dict[str, Any]:
        if not branch.clauses:
            branch.error = branch.error or _("这里还没有条件：请添加，或移除这一支。")
        return self._data(branch)

    def _put(self, clause: Clause, data: dict[str, Any]) -> None:
        if clause.key not in self.keys:
            clause.error = _("没有这个问题。")
        elif not clause.values:
            clause.error = clause.error or _("请至少选一个值。")
        elif not clause.is_multiple:
            if clause.key in data:
                clause.error = _("同一层里这个问题已经有一行了，请合并。")
            data.setdefault(clause.key, clause.values)
        elif clause.how not in HOWS:
            clause.error = _("请选择比较方式。")
        elif clause.how in data.setdefault(clause.key, {}):
            clause.error = _("同一层里已有一行用同样的方式问这个问题，请合并。")
        elif clause.how != "at_least":
            data[clause.key][clause.how] = clause.values
        elif clause.count.isascii() and clause.count.isdecimal() and 1 <= int(clause.count) <= len(clause.values):
            data[clause.key]["at_least"] = {"n": int(clause.count), "of": clause.values}
        else:
            clause.error = _("个数须在 1 与所选值的个数之间。")


def places(post: QueryDict, path: str, mark: str, *, joint: str = ".") -> list[int]:
    """The numbers n for which `<path>.<n><mark>` was posted, in order."""
    start = path + joint
    found = set()
    for name in post:
        if name.startswith(start) and name.endswith(mark):
            middle = name[len(start) : len(name) - len(mark)]
            if middle.isascii() and middle.isdecimal() and len(middle) <= 4:
                found.add(int(middle))
    return sorted(found)
