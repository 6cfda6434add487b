"""Import and export, rights and the clinician's signature at the desk of rule sets."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Fact
from strategy.demo import SOURCE
from strategy.document import Document
from strategy.models import RuleSetVersion
from tests.people import make_staff, staff_login
from tests.strategy.test_rule_desk import at, desk, draft, reviewing, row, rule_set, writing

__all__ = ["draft", "reviewing", "rule_set", "writing"]
pytestmark = pytest.mark.django_db


def test_import_and_export_keep_every_byte_and_a_malformed_file_names_its_line(rule_set, writing):
    for key in sorted({fact for part in Document(SOURCE.read_text()).parts("rules") for fact in part["because"]}):
        Fact.objects.create(key=key, claim_zh=key, claim_en=key)
    for part in Document(SOURCE.read_text()).parts("cautions"):
        for key in part["facts"]:
            Fact.objects.get_or_create(key=key, defaults={"claim_zh": key, "claim_en": key})
    pasted = SOURCE.read_text().replace("\n", "\r\n")  # as a browser sends it
    assert writing.post(desk("import", rule_set.pk), {"text": pasted}).status_code == 302
    version = RuleSetVersion.objects.get(status="DRAFT")
    assert writing.get(desk("export", version.pk)).content == SOURCE.read_bytes()

    wrong = SOURCE.read_text().replace("{do: veto, options", "{do: forbid, options", 1)
    line = wrong[: wrong.index("do: forbid")].count("\n") + 1
    refused = writing.post(desk("import", rule_set.pk), {"text": wrong})
    assert refused.status_code == 422
    assert f"第 {line} 行" in refused.content.decode()
    assert "do: forbid" in refused.content.decode()


def test_rights_are_asked_for_at_every_act(draft, editor, reviewer, lead_client):
    outsider = staff_login(Client(), reviewer)
    for name in ("change", "export", "stale"):
        assert outsider.get(desk(name, draft.pk)).status_code == 403
        assert lead_client.get(desk(name, draft.pk)).status_code == 200
    post = {"version": draft.version, "note": "一段说明"}
    for name in ("submit", "discard", "send_back", "withdraw", "take_over"):
        assert outsider.post(desk(name, draft.pk), post).status_code == 403
        assert lead_client.post(desk(name, draft.pk), post).status_code == 403
    assert lead_client.post(at(draft), row(draft)).status_code == 403
    assert lead_client.get(desk("publish", draft.pk)).status_code == 403
    assert staff_login(Client(), editor).get(desk("sign", draft.pk)).status_code == 403
    assert Client().get(desk("change", draft.pk)).status_code == 302


@pytest.fixture
def lead_client(db):
    return staff_login(Client(), make_staff("clinical_leads", "lead@example.org", display_name="临床审核者"))


def test_a_clinician_signs_at_the_desk_by_name(rule_set, lead_client, clinician, client):
    version = rule_set.current_version()
    post = {
        "sha256": version.sha256,
        "name": "周医生",
        "title": "主任医师，示例医院",
        "licence_basis": "执业医师，内科专业",
    }
    refused = lead_client.post(desk("sign", version.pk), post)
    assert refused.status_code == 422
    assert "请确认已逐条审阅。" in refused.content.decode()
    other = lead_client.post(desk("sign", version.pk), post | {"confirmed": "1", "sha256": "0" * 64})
    assert other.status_code == 409

    assert lead_client.post(desk("sign", version.pk), post | {"confirmed": "1"}).status_code == 302
    assert "周医生" in lead_client.get(desk("change", version.pk)).content.decode()
    client.force_login(clinician)
    shown = client.get("/zones/alk/strategy/small/").content.decode()
    assert "周医生，主任医师，示例医院" in shown
    assert "未经临床审核" not in shown
