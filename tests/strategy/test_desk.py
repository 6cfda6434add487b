"""The desk looks at rule sets and changes none; the landing shows public words only."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import RequestFactory

from strategy.landing import tools_on_landing
from strategy.models import RuleSetVersion
from tests.people import make_person
from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("right", "may_look"), [("write_ruleset", True), ("publish_ruleset", True), (None, False)])
def test_only_who_writes_or_publishes_rule_sets_looks(rf: RequestFactory, rule_set, right, may_look):
    request = rf.get("/")
    request.user = make_person(is_staff=True)
    if right:
        request.user.user_permissions.add(Permission.objects.get(codename=right))
    desk = admin.site._registry[RuleSetVersion]

    assert desk.has_view_permission(request) is may_look
    assert desk.has_module_permission(request) is may_look
    assert not desk.has_add_permission(request)
    assert not desk.has_change_permission(request)
    assert not desk.has_delete_permission(request)


def test_the_landing_names_the_tool_and_its_version(zone, rule_set):
    (item,) = tools_on_landing(zone)

    assert item["title"] == "四步决策框架"
    assert item["url"] == TOOL
    assert "规则集第 1 版" in item["meta"]
    assert item["is_draft"]
    assert not {"阿来替尼", "洛拉替尼"} & set(str(item))


def test_a_zone_without_a_published_rule_set_lists_none(zone):
    assert tools_on_landing(zone) == []
