"""The overview, the filters, and what the desk does not offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.models import Claim, Verification
from portal.charts import columns_of, lengths_of, stacks_of
from tests import factories
from tests.people import make_person, staff_login

QUEUE = "/admin/accounts/verification/"
NOW = timezone.now()


@pytest.fixture
def desk(zone, reviewer):
    return staff_login(Client(), reviewer)


def text(response):
    return response.content.decode()


def sent(hours, **changes):
    return factories.make_case(make_person(), at=timezone.now() - timedelta(hours=hours), **changes)


def test_nothing_can_be_done_to_many_cases_at_once(desk, rf, reviewer):
    request = rf.get(QUEUE)
    request.user = reviewer
    assert admin.site.get_model_admin(Verification).get_actions(request) == {}
    case = sent(1)

    response = desk.post(QUEUE, {"action": "delete_selected", "_selected_action": [case.pk], "post": "yes"})

    assert Verification.objects.filter(pk=case.pk, status="PENDING").exists()
    assert 'name="action"' not in text(response)


def test_the_wait_against_the_target_has_a_word_beside_its_colour(desk, settings):
    settings.REVIEW_TARGET_HOURS = 10
    late, near, fresh = sent(11), sent(8), sent(1)

    def shown(**wanted):
        page = text(desk.get(QUEUE, wanted))
        return [case for case in (late, near, fresh) if case.case_number in page]

    page = text(desk.get(QUEUE))
    assert 'class="badge stop"' in page
    assert "已超时</span>" in page
    assert "将超时</span>" in page
    assert shown(age="over") == [late]
    assert shown(age="near") == [near]
    assert shown(age="in") == [fresh]


def test_filters_by_reviewer_and_by_the_zone_agreed_to(desk, reviewer, reviewer2, zone):
    mine, done, other = sent(1), sent(2), sent(3)
    Claim.take(mine, by=reviewer2, at=timezone.now())
    factories.approve(done, by=reviewer2)
    elsewhere = factories.make_zone(name_zh="另一专区")
    factories.consent_to(other.owner, zone)

    def shown(**wanted):
        page = text(desk.get(QUEUE, {"status": "ALL", **wanted}))
        return [case for case in (mine, done, other) if case.case_number in page]

    assert shown(reviewer=reviewer2.pk) == [mine, done]
    assert shown(reviewer=reviewer.pk) == []
    assert shown(zone=zone.pk) == [other]
    assert shown(zone=elsewhere.pk) == []


@pytest.mark.parametrize("bad", [{"zone": "x"}, {"zone": "9" * 30}, {"reviewer": "0"}, {"age": "old\x00"}])
def test_a_filter_that_is_none_filters_nothing_and_is_said(desk, bad):
    case = sent(1)

    response = desk.get(QUEUE, bad)

    assert response.status_code == 200
    assert case.case_number in text(response)


def test_the_overview_draws_what_happened_with_a_table_beside_each_drawing(desk, reviewer, reviewer2):
    for hours, by in ((2, reviewer), (30, reviewer), (5, reviewer2)):
        case = sent(hours)
        if hours == 5:
            factories.reject(case, by=by, codes=("LICENCE_UNREADABLE",))
        else:
            factories.approve(case, by=by)
    sent(40)

    shown = text(desk.get("/admin/"))

    assert shown.count('role="img" aria-label="') == 3
    assert "按已等待的小时数：0–3 0，3–6 0，6–12 0，12–24 0，24–48 1，48+ 0。目标 24 小时。" in shown
    assert "1 件已超时" in shown
    assert "近 30 天：通过 2，退回 1，终局拒绝 0。" in shown
    assert "执业证书的照片看不清" in shown
    assert shown.count("<details") >= 3
    rows = shown.partition("每位审核员")[2]
    assert rows.index("审核员甲") < rows.index("审核员乙")


def test_an_empty_overview_says_what_to_do(desk):
    shown = text(desk.get("/admin/"))

    assert "没有案件在等。新的提交会自动排进队列。" in shown
    assert "还没有人作过决定。" in shown
    assert 'role="img"' not in shown


def test_the_overview_takes_as_many_queries_for_ten_cases_as_for_two(desk, reviewer, django_assert_max_num_queries):
    def fill(count):
        for number in range(count):
            factories.approve(sent(2 + number), by=reviewer)
            sent(number + 1)

    fill(1)
    desk.get("/admin/")
    with django_assert_max_num_queries(27):
        desk.get("/admin/")
    fill(4)
    with django_assert_max_num_queries(27):
        desk.get("/admin/")


def test_the_history_of_a_person_tells_all_submissions_decisions_and_the_revocation(doctor, lead):
    doctor.verification.revoke(by=lead, reason="注册已被注销。", at=timezone.now())

    shown = text(staff_login(Client(), lead).get(f"{QUEUE}{doctor.verification.pk}/history/"))

    assert "已通过 → 已撤销" in shown
    assert "注册已被注销。" in shown
    assert "账号注册于" in shown


def test_the_files_of_last_time_stand_beside_the_new_ones(desk, pending_person, reviewer2):
    case = pending_person.verification
    factories.reject(case, by=reviewer2)
    case.refresh_from_db()
    draft = factories.drafts.begin_again(case, appeal="")
    old = draft.evidence.get()
    new = factories.make_evidence(draft, "重拍.jpg")
    draft.evidence.remove(old)
    case = factories.drafts.send(factories.drafts.draft_of(pending_person), at=timezone.now())
    desk.post(f"{QUEUE}{case.pk}/claim/")

    shown = text(desk.get(f"{QUEUE}{case.pk}/decide/"))

    assert "<ins>重拍.jpg</ins>" in shown
    assert f"<del>{old.name}</del>" in shown
    assert 'data-viewer="gone"' in shown
    assert f"/evidence/{new.public_id}/?page=1" in shown
    assert f"/evidence/{old.public_id}/?page=1" in shown
    assert "与上次相比有 2 处变动" in shown
    assert desk.get(f"/evidence/{old.public_id}/?page=1").status_code == 200


@pytest.mark.pure
def test_drawings_are_whole_numbers_within_their_frame():
    bars = columns_of([0, 1, 1000], ["solid"] * 3) + stacks_of([{"a": 1, "b": 2}, {}, {"b": 9}], {"a": "x", "b": "y"})

    assert all(isinstance(n, int) for bar in bars for n in (bar.x, bar.y, bar.width, bar.height))
    assert all(bar.y >= 0 and bar.y + bar.height <= 40 and bar.x + bar.width <= 100 for bar in bars)
    assert columns_of([0, 1, 1000], ["solid"] * 3)[1].height == 1
    assert columns_of([0], ["solid"])[0].height == 0
    assert lengths_of([4, 1, 0]) == [100, 25, 0]
