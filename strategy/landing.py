"""The zone's tools on its landing: public words only."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from articles.landing import Item
from portal.models import Zone
from portal.templatetags.portal import day
from strategy.models import RuleSetVersion


def tools_on_landing(zone: Zone) -> list[Item]:
    """The public face of the zone's rule sets: each once, by its newest published version."""
    abstract = _(
        "分四步填写进展模式与耐药机制、既往用药、脑转移状态与患者因素，"
        "逐条列出对应的条目、理由、警示和出处；不确定的可以选未知。"
    )
    versions = RuleSetVersion.objects.published().filter(rule_set__zone=zone).select_related("rule_set")
    newest: dict[int, RuleSetVersion] = {}
    for version in versions.defer("source"):
        newest.setdefault(version.rule_set_id, version)
    return [
        {
            "title": version.rule_set.title_here,
            "abstract": abstract,
            "url": reverse("strategy", kwargs={"zone": zone.slug, "ruleset": version.rule_set.slug}),
            "meta": [
                _("规则集第 %(number)d 版") % {"number": version.number},
                _("%(day)s更新") % {"day": day(version.published_at)},
            ],
            "is_draft": version.clinically_signed_at is None,
        }
        for version in sorted(newest.values(), key=lambda v: v.rule_set.slug)
    ]
