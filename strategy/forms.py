"""What a reader posts, and the questions as the page shows them. Nothing here is stored: there is no Django form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from strategy.rules import UNKNOWN, Input, RuleSet, Text

# Posted with every form, not inputs of a rule set.
CONTROLS = frozenset({"csrfmiddlewaretoken", "idempotency_key"})
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
class Step:
    number: int
    ordinal: str
    title: str
    questions: tuple[Question, ...]
    is_open: bool

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


def read_post(request: HttpRequest, ruleset: RuleSet) -> dict[str, list[str]]:
    """The inputs posted, by key. BadPost for an unknown field or value, and for more than a form can send."""
    posted = {key: values for key, values in request.POST.lists() if key not in CONTROLS}
    if sum(len(values) for values in posted.values()) > MAX_VALUES:
        raise BadPost(_("提交的内容过多：最多 %(count)d 个值。") % {"count": MAX_VALUES})
    for key in [*posted, *request.FILES]:
        if key not in ruleset.inputs:
            raise BadPost(_("没有名为「%(name)s」的项目，未作任何计算。") % {"name": _shown(key)})
    for key, values in posted.items():
        question = ruleset.inputs[key]
        for value in values:
            if value not in question.values:
                label = {"label": words(question.label), "name": key, "value": _shown(value)}
                raise BadPost(_("「%(label)s」（%(name)s）没有「%(value)s」这个选项，未作任何计算。") % label)
    return posted


def steps_of(ruleset: RuleSet, given: Mapping[str, list[str]], *, open_at: set[str] | None = None) -> Steps:
    """The questions by step. Open: the steps that hold a key of `open_at`, else the first with nothing answered."""
    numbers = sorted({question.step for question in ruleset.inputs.values()})
    steps = Steps()
    for number in numbers:
        asked = [question for question in ruleset.inputs.values() if question.step == number]
        questions = tuple(_question(question, given.get(question.key, [])) for question in asked)
        ordinal, title = STEP_TITLES.get(number, (format_lazy(_("第 {n} 步"), n=number), ""))
        is_open = any(q.key in open_at for q in questions) if open_at is not None else number == numbers[0]
        steps.append(Step(number, str(ordinal), str(title), questions, is_open))
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
