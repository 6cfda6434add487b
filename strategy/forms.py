"""What a reader posts, and the questions as the page shows them. Nothing here is stored: there is no Django form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from strategy.examples import example
from strategy.rules import UNKNOWN, Input, RuleSet, Text

# Posted with every form, not inputs of a rule set. `show`: what to answer with; `example`: a shipped patient;
# `version`: the number of the version that the page was made from.
CONTROLS = frozenset({"csrfmiddlewaretoken", "idempotency_key", "show", "example", "version"})
SHOWN = frozenset({"answer", "changes", "compare", "single"})
OTHER = "a."  # before the keys of the other scenario, which the page carries along while two are compared
MAX_VALUES = 200
MANY = 5  # above this many values a question is shown as chips

STEP_TITLES = {
    1: (gettext_lazy("第一步"), gettext_lazy("进展模式与耐药机制")),
    2: (gettext_lazy("第二步"), gettext_lazy("既往 TKI 与耐药谱")),
    3: (gettext_lazy("第三步"), gettext_lazy("脑转移（及骨转移）状态")),
    4: (gettext_lazy("第四步"), gettext_lazy("患者因素")),
}


class BadPost(ValueError):
    """What was posted is no input of this tool; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool
    is_unsure: bool  # unknown, none: dashed on the page
    is_exclusive: bool


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    label: str
    help: str
    multiple: bool
    layout: str
    choices: tuple[Choice, ...]

    @property
    def is_answered(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)

    @property
    def chosen(self) -> str:
        """The words of what was chosen."""
        return _("、").join(choice.label for choice in self.choices if choice.is_chosen)


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted: the inputs, those of the other scenario (None: nothing to compare with), and what to show."""

    inputs: dict[str, list[str]]
    other: dict[str, list[str]] | None
    show: str


@dataclass(frozen=True, slots=True)
class Step:
    """`folded`: its questions that no longer change anything, set aside under their count."""

    number: int
    ordinal: str
    title: str
    questions: tuple[Question, ...]
    is_open: bool
    matters: frozenset[str] | None = None

    @property
    def asked(self) -> list[Question]:
        return [question for question in self.questions if not self._is_folded(question)]

    @property
    def folded(self) -> list[Question]:
        return [question for question in self.questions if self._is_folded(question)]

    def _is_folded(self, question: Question) -> bool:
        return self.matters is not None and question.key not in self.matters and not question.is_answered

    @property
    def answered(self) -> list[Question]:
        return [question for question in self.questions if question.is_answered]

    @property
    def is_complete(self) -> bool:
        return len(self.answered) == len(self.questions)

    @property
    def topics(self) -> str:
        """What the step asks about, in one line."""
        return _("、").join(question.label for question in self.questions)


class Steps(list[Step]):
    """The steps of a form, and how much of it is answered."""

    @property
    def total(self) -> int:
        return sum(len(step.questions) for step in self)

    @property
    def answered(self) -> int:
        return sum(len(step.answered) for step in self)


def words(text: Text) -> str:
    """The rule set's words in the reader's language."""
    return text.en if get_language() == "en" else text.zh


def read_post(request: HttpRequest, ruleset: RuleSet) -> Posted:
    """What was posted. BadPost for an unknown field or value, and for more than a form can send."""
    posted = {key: values for key, values in request.POST.lists() if key not in CONTROLS}
    if sum(len(values) for values in posted.values()) > MAX_VALUES:
        raise BadPost(_("提交的内容过多：最多 %(count)d 个值。") % {"count": MAX_VALUES})
    for name in request.FILES:
        raise BadPost(_("没有名为「%(name)s」的项目，未作任何计算。") % {"name": _shown(name)})
    for name, values in posted.items():
        _check(ruleset, name, values)
    show = request.POST.get("show") or "answer"
    if show not in SHOWN:
        raise BadPost(_("没有名为「%(name)s」的操作，未作任何计算。") % {"name": _shown(show)})
    inputs = {key: values for key, values in posted.items() if key in ruleset.inputs}
    other = {key.removeprefix(OTHER): values for key, values in posted.items() if key not in ruleset.inputs}
    if named := request.POST.get("example"):
        chosen = example(ruleset, named)
        if chosen is None:
            raise BadPost(_("没有名为「%(name)s」的示例，未作任何计算。") % {"name": _shown(named)})
        inputs = {key: list(values) for key, values in chosen.inputs.items()}
    if show == "compare":
        other = inputs
    return Posted(inputs, other if other and show != "single" else None, show)


def fitting(request: HttpRequest, ruleset: RuleSet) -> tuple[dict[str, list[str]], int]:
    """Of what a page of another version posted, what this one has too; and how many values it has not."""
    posted = [(key, value) for key, values in request.POST.lists() if key not in CONTROLS for value in values]
    kept: dict[str, list[str]] = {}
    for key, value in posted[:MAX_VALUES]:
        if key in ruleset.inputs and value in ruleset.inputs[key].values:
            kept.setdefault(key, []).append(value)
    return kept, len(posted) - sum(len(values) for values in kept.values())


def _check(ruleset: RuleSet, name: str, values: list[str]) -> None:
    question = ruleset.inputs.get(name) or ruleset.inputs.get(name.removeprefix(OTHER))
    if question is None:
        raise BadPost(_("没有名为「%(name)s」的项目，未作任何计算。") % {"name": _shown(name)})
    for value in values:
        if value not in question.values:
            label = {"label": words(question.label), "name": name, "value": _shown(value)}
            raise BadPost(_("「%(label)s」（%(name)s）没有「%(value)s」这个选项，未作任何计算。") % label)


def step_title(number: int) -> tuple[str, str]:
    """What a step is called: its number in words, and its title."""
    ordinal, title = STEP_TITLES.get(number, (format_lazy(_("第 {n} 步"), n=number), ""))
    return str(ordinal), str(title)


def steps_of(
    ruleset: RuleSet,
    given: Mapping[str, list[str]],
    *,
    open_at: set[str] | None = None,
    matters: frozenset[str] | None = None,
) -> Steps:
    """The questions by step. Open: the steps that hold a key of `open_at`, else the first.

    With `matters`, the unanswered questions outside it are folded: they no longer change the answer.
    """
    numbers = sorted({question.step for question in ruleset.inputs.values()})
    steps = Steps()
    for number in numbers:
        asked = [question for question in ruleset.inputs.values() if question.step == number]
        questions = tuple(_question(question, given.get(question.key, [])) for question in asked)
        ordinal, title = step_title(number)
        is_open = any(q.key in open_at for q in questions) if open_at is not None else number == numbers[0]
        steps.append(Step(number, ordinal, title, questions, is_open, matters))
    return steps


def _question(question: Input, given: list[str]) -> Question:
    choices = tuple(
        Choice(
            value=value,
            label=words(text),
            is_chosen=value in given,
            is_unsure=value == UNKNOWN or value in question.exclusive,
            is_exclusive=value in question.exclusive,
        )
        for value, text in question.values.items()
    )
    return Question(
        key=question.key,
        label=words(question.label),
        help=words(question.help),
        multiple=question.multiple,
        layout=_layout(question, choices),
        choices=choices,
    )


def _layout(question: Input, choices: tuple[Choice, ...]) -> str:
    """The class of the list of choices: chips for many, one row for short ones."""
    if question.multiple or len(choices) > MANY:
        return "chips"
    longest = max(len(choice.label) for choice in choices)
    if longest <= 6:
        return "choices short"
    return "choices three" if len(choices) == 3 and longest <= 14 else "choices two"


def _shown(text: str) -> str:
    """Someone's own words in an error: printable, and not longer than a line."""
    return "".join(character for character in text if character.isprintable())[:40]
