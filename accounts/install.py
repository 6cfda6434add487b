"""Put the shipped questions and reasons in force, once; what staff changed since is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Question, QuestionSet, Reason
from portal import shipped
from portal.models import Zone

FOLDER = Path(__file__).parent / "data"
QUESTION_FIELDS = (
    "key",
    "kind",
    "label_zh",
    "label_en",
    "help_zh",
    "help_en",
    "is_required",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "pattern",
    "pattern_message_zh",
    "pattern_message_en",
    "choices",
    "suggestions",
    "is_sealed",
    "purpose_zh",
)


def install_profile() -> bool:
    """Install the platform's question set unless there is one; return whether it was new."""
    return _install(_load("profile"), None)


def install_survey(zone: Zone) -> bool:
    """Install the zone's shipped survey, if it has one and none is stored; return whether it was new."""
    for path in sorted(FOLDER.glob("survey-*.yaml")):
        data = _load(path.stem)
        if data["zone"] == zone.slug:
            return _install(data, zone)
    return False


def install_reasons() -> int:
    """Add the shipped reasons that are not stored yet, each with its first version; return how many."""
    known, count = set(Reason.objects.values_list("code", flat=True)), 0
    for position, data in enumerate(_load("reasons"), start=1):
        if data["code"] not in known:
            try:
                with transaction.atomic():
                    Reason.begin(by=None, at=timezone.now(), position=position, **data)
            except IntegrityError:  # another start installs at the same moment
                continue
            count += 1
    return count


@transaction.atomic
def _install(data: dict[str, Any], zone: Zone | None) -> bool:
    if QuestionSet.objects.filter(scope=data["scope"], zone=zone).exists():
        return False
    question_set = QuestionSet.objects.create(
        key=data["key"],
        scope=data["scope"],
        zone=zone,
        title_zh=data["title_zh"],
        title_en=data["title_en"],
        is_current=True,
    )
    Question.objects.bulk_create(
        Question(
            question_set=question_set,
            position=index,
            **{name: question[name] for name in QUESTION_FIELDS if name in question},
        )
        for index, question in enumerate(data["questions"], start=1)
    )
    return True


def _load(name: str) -> Any:
    return shipped.read(FOLDER / f"{name}.yaml")
