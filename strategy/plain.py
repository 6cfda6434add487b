"""An answer as plain text, to be copied into a note: with the versions and the date it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from portal.templatetags.portal import day, exactly
from strategy.models import RuleSetVersion
from strategy.presentation import Presentation


def as_text(shown: Presentation, version: RuleSetVersion, *, at: datetime) -> str:
    """The answer in lines. Every caution and everything ruled out is in it, as on the page."""
    return "\n".join(_lines(shown, version, at))


def _lines(shown: Presentation, version: RuleSetVersion, at: datetime) -> Iterator[str]:
    phrases, answer, colon = shown.phrases, shown.answer, _("：")
    ruled_out, conflict = _("排除"), _("冲突")
    yield f"{version.rule_set.title_here}{colon}{shown.title}"
    yield signed_words(version)
    yield phrases.texts["banner"]
    yield phrases.texts["no_dose"]
    for label, chosen in shown.given:
        yield f"- {label}{colon}{chosen}"
    if shown.unknown:
        yield _("按未知计算") + colon + _("、").join(shown.unknown)
    for correction in shown.corrections:
        yield f"! {correction.text}"
    for option in answer.options:
        reasons = _("；").join(phrases.why[rule] for rule in option.rules)
        yield ""
        yield f"[{phrases.strength[option.strength]}] {phrases.option[option.option]}{colon}{reasons}"
        for key in option.cautions:
            yield f"  ! {_caution(shown, key)}"
    for out in answer.ruled_out:
        reasons = _("；").join(dict.fromkeys(phrases.why[rule] for rule in out.rules))
        yield ""
        yield f"[{ruled_out}] {phrases.option[out.option]}{colon}{reasons}"
        for key in out.cautions:
            yield f"  ! {_caution(shown, key)}"
    for dispute in shown.disputes:
        yield f"[{conflict}] {dispute.label}{colon}{dispute.resolution}"
    for key in (*answer.warnings, *shown.of_the_whole):
        yield f"! {_caution(shown, key)}"
    yield ""
    yield made_from(shown, version, at)
    yield phrases.texts["currency"]


def _caution(shown: Presentation, key: str) -> str:
    return strip_tags(shown.phrases.of(shown.ruleset.cautions[key].text))


def signed_words(version: RuleSetVersion) -> str:
    """Whether a clinician has signed this version, who and when."""
    if version.clinically_signed_at is None:
        return _("草稿，未经临床审核")
    signature = getattr(version, "signature", None)
    name = signature.name + _("，") + signature.title if signature else version.clinically_signed_by.display_name
    names = {"day": day(version.clinically_signed_at), "name": name}
    return _("已于 %(day)s经临床审核（%(name)s）") % names


def made_from(shown: Presentation, version: RuleSetVersion, at: datetime) -> str:
    """Version of the rule set, its hash, revision of the article, date."""
    names = {
        "number": version.number,
        "sha": version.sha256[:12],
        "revision": shown.evidence.revision,
        "at": exactly(at),
    }
    return _("规则集第 %(number)d 版（%(sha)s），文章第 %(revision)d 次修订，%(at)s") % names
