"""Pending, rejected, expired, revoked through the whole stack, and the way on from each."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import answers, drafts
from accounts.models import Submission, Verification
from portal import keys
from portal.models import Notice
from portal.purposes import OWNER, purpose
from portal.templatetags.portal import day
from tests.factories import PROFILE, approve, make_evidence, reject

pytestmark = pytest.mark.django_db
GATE = "/zones/alk/gate/"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_waiting_shows_place_time_address_and_a_way_to_stop(pending_person):
    response = signed_in(pending_person).get(f"{GATE}pending/")
    html = response.content.decode()

    assert response["Refresh"] == "10"
    assert 'data-step="pending"' in html
    assert "工作人员正在审核中，<wbr>请您耐心等待" in html
    assert "0 位" in html
    assert "还说不准" in html
    assert "目标是 24 小时内" in html
    assert "p***@example.org" in html
    assert "pending@example.org" not in html
    assert 'href="/zones/alk/"' in html
    assert "data-poll" in html


def test_refreshing_can_be_stopped(pending_person):
    response = signed_in(pending_person).get(f"{GATE}pending/?refresh=off")

    assert "Refresh" not in response
    assert "data-poll" not in response.content.decode()
    assert "恢复自动更新" in response.content.decode()


def test_a_poll_says_nothing_while_nothing_changed_and_leads_on_when_it_did(pending_person, reviewer):
    client = signed_in(pending_person)
    poll = {"X-Portal-Poll": "1"}

    assert client.get(f"{GATE}pending/", headers=poll).status_code == 204

    approve(pending_person.verification, by=reviewer)
    answer = client.get(f"{GATE}pending/", headers=poll, follow=True)

    assert answer.redirect_chain[-1][0] == f"{GATE}passed/"


def test_a_rejection_is_explained_beside_what_it_concerns(rejected_person):
    client = signed_in(rejected_person)
    assert client.get(GATE).url == f"{GATE}rejected/"
    html = client.get(f"{GATE}rejected/").content.decode()

    assert 'data-step="rejected"' in html
    assert "<h1>审核未通过</h1>" in html
    assert "有 2 处需要补正" in html
    assert "资质文件" in html
    assert "执业机构" in html
    assert "编码末四位被反光挡住了。" in html
    assert "姓名、职业、科室、职称、执业证书编码" in html
    assert "重新提交" in html


def test_resubmitting_opens_a_draft_with_what_failed_marked_and_the_rest_kept(rejected_person):
    client = signed_in(rejected_person)
    response = client.post(f"{GATE}rejected/")

    assert response.url == f"{GATE}profile/"
    draft = drafts.draft_of(rejected_person)
    assert draft.previous == rejected_person.verification.current
    with purpose(OWNER, by=draft.owner, of=draft.owner):
        assert answers.shown_again(draft) == PROFILE
    profile = client.get(f"{GATE}profile/").content.decode()
    assert "填写的执业机构与证书或在职证明不一致" in profile
    assert 'value="示例市第一人民医院"' in profile
    assert 'value="141100000012345"' in profile

    assert client.post(f"{GATE}profile/", {**PROFILE, "hospital": "另一家医院"}).url == f"{GATE}evidence/"

    evidence = client.get(f"{GATE}evidence/").content.decode()
    assert "执业证书的照片看不清" in evidence
    assert "上次提交的，需更换" in evidence
    make_evidence(draft, "重拍.jpg")
    assert client.post(f"{GATE}evidence/", {"decision": "submit"}).url == GATE
    assert client.get(GATE).url == f"{GATE}pending/"
    case = Verification.objects.get(owner=rejected_person)
    assert (case.status, case.current.number, case.current.evidence.count()) == ("PENDING", 2, 2)
    first = case.submissions.get(number=1)
    assert first.answers.get(question__key="hospital").value == "示例市第一人民医院"
    assert first.evidence.count() == 1


def test_a_rejection_of_the_files_alone_leads_to_the_files(pending_person, reviewer):
    reject(pending_person.verification, by=reviewer)

    assert signed_in(pending_person).post(f"{GATE}rejected/").url == f"{GATE}evidence/"


def test_two_presses_open_one_draft(rejected_person):
    client = signed_in(rejected_person)
    client.post(f"{GATE}rejected/", {"idempotency_key": "a"})
    client.post(f"{GATE}rejected/", {"idempotency_key": "a"})
    client.post(f"{GATE}rejected/")

    assert Submission.objects.filter(owner=rejected_person, sent_at=None).count() == 1
    assert "重新提交</button>" in client.get(f"{GATE}rejected/").content.decode()


def test_an_objection_goes_to_another_reviewer(rejected_person, reviewer, reviewer2):
    client = signed_in(rejected_person)
    client.post(f"{GATE}rejected/", {"appeal": "照片四角齐全，编码清楚可读。"})
    client.post(f"{GATE}evidence/", {"decision": "submit"})

    case = Verification.objects.get(owner=rejected_person)
    assert case.current.appeal == "照片四角齐全，编码清楚可读。"
    assert not Verification.objects.decidable_by(reviewer).exists()
    assert Verification.objects.decidable_by(reviewer2).exists()


def test_a_final_refusal_offers_an_appeal_and_nothing_without_its_reasons(refused_person):
    client = signed_in(refused_person)
    html = client.get(f"{GATE}rejected/").content.decode()
    assert "这是终局决定" in html
    assert 'name="appeal"' in html
    assert '<button class="btn main">提出申诉</button>' in html

    short = client.post(f"{GATE}rejected/", {"appeal": "不服"})
    long = client.post(f"{GATE}rejected/", {"appeal": "长" * 20_000})

    assert (short.status_code, long.status_code) == (422, 422)
    assert "不服</textarea>" in short.content.decode()
    assert "长" * 20_000 in long.content.decode()
    assert client.post(f"{GATE}rejected/", {"appeal": ""}).status_code == 422
    assert drafts.draft_of(refused_person) is None


def test_an_appeal_reopens_a_final_refusal(refused_person):
    client = signed_in(refused_person)
    assert client.post(f"{GATE}rejected/", {"appeal": "证书可以在发证机关的网站上查到。"}).url == f"{GATE}evidence/"
    client.post(f"{GATE}evidence/", {"decision": "submit"})

    case = Verification.objects.get(owner=refused_person)
    assert (case.status, case.is_final, case.current.appeal) == ("PENDING", False, "证书可以在发证机关的网站上查到。")


def test_an_expired_approval_says_since_when_and_is_renewed(expired_person):
    client = signed_in(expired_person)
    assert client.get(GATE).url == f"{GATE}expired/"
    html = client.get(f"{GATE}expired/").content.decode()
    assert "认证已过期" in html
    assert day(expired_person.verification.approved_until) in html

    assert client.post(f"{GATE}expired/").url == f"{GATE}evidence/"
    assert client.get(f"{GATE}profile/").status_code == 200
    assert client.post(f"{GATE}evidence/", {"decision": "submit"}).url == GATE

    case = Verification.objects.get(owner=expired_person)
    assert case.status == "PENDING"
    assert [event.new for event in case.events.order_by("seq")] == ["PENDING", "APPROVED", "EXPIRED", "PENDING"]


def test_a_revocation_says_why_and_is_appealed_against(revoked_person):
    client = signed_in(revoked_person)
    assert client.get(GATE).url == f"{GATE}revoked/"
    html = client.get(f"{GATE}revoked/").content.decode()
    assert "注册已被注销。" in html
    assert client.post(f"{GATE}revoked/", {"appeal": ""}).status_code == 422

    assert client.post(f"{GATE}revoked/", {"appeal": "注册已于上周恢复，请重新核对。"}).url == f"{GATE}evidence/"
    client.post(f"{GATE}evidence/", {"decision": "submit"})

    assert Verification.objects.get(owner=revoked_person).status == "PENDING"


@pytest.mark.parametrize("path", ["pending", "rejected", "expired", "revoked", "profile", "survey", "evidence"])
def test_nobody_stands_on_anothers_step(doctor, path):
    assert signed_in(doctor).get(f"{GATE}{path}/").url == GATE


@pytest.mark.parametrize(
    ("person", "subject", "words"),
    [
        ("pending_person", "已收到您的认证资料", "正在排队等候人工审核"),
        ("doctor", "您已通过认证", "您已通过HCP身份认证和信息审核"),
        ("rejected_person", "认证资料需要补正", "编码末四位被反光挡住了。"),
        ("refused_person", "认证未通过", "无法确认这份证书的真实性"),
        ("revoked_person", "您的认证已撤销", "注册已被注销。"),
    ],
)
def test_the_applicant_is_told_by_mail_in_plain_words(person, subject, words, request):
    somebody = request.getfixturevalue(person)

    notice = Notice.objects.filter(person=somebody).order_by("-pk").first()
    assert notice.subject == f"医学专区：{subject}"
    assert words in notice.text
    assert "http://testserver" in notice.text or person == "pending_person"
    assert "&" not in notice.text


@pytest.mark.parametrize(
    ("chosen", "is_verified", "channel", "begins"),
    [
        ("EMAIL", True, "email", "医学专区"),
        ("SMS", True, "sms", "【医学专区】您的认证已到期"),
        ("SMS", False, "email", "医学专区"),
    ],
)
def test_an_expiry_is_told_by_the_channel_chosen_while_it_reaches_them(
    expired_person, chosen, is_verified, channel, begins
):
    people = type(expired_person).objects.filter(pk=expired_person.pk)
    people.update(phone="+8613800138000", phone_verified=is_verified, notice_channel=chosen)
    Verification.objects.get(owner=expired_person).expire(at=timezone.now())

    notice = Notice.objects.get(event_key__startswith="expired:")

    assert notice.channel == channel
    assert (notice.subject or notice.text).startswith(begins)


def test_a_renewal_asks_again_for_the_destroyed_licence_number_and_is_not_sent_without_it(expired_person):
    keys.destroy(expired_person, purpose=keys.EVIDENCE, at=timezone.now())
    client = signed_in(expired_person)

    assert client.post(f"{GATE}expired/").url == f"{GATE}profile/"
    html = client.get(f"{GATE}profile/").content.decode()
    assert 'value="欧阳明珠"' in html
    assert "141100000012345" not in html

    draft = drafts.draft_of(expired_person)
    make_evidence(draft)
    response = client.post(f"{GATE}evidence/", {"decision": "submit"})

    assert response.status_code == 422
    assert "「完善信息」还没有填完整" in response.content.decode()
    assert client.post(f"{GATE}profile/", PROFILE).url == f"{GATE}evidence/"
    assert client.post(f"{GATE}evidence/", {"decision": "submit"}).url == GATE


def test_more_files_or_bytes_than_a_post_may_hold_are_a_plain_refusal(rejected_person):
    client = signed_in(rejected_person)
    client.post(f"{GATE}rejected/")
    files = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(21)]

    assert client.post(f"{GATE}evidence/", {"files": files}).status_code == 400
    assert client.post(f"{GATE}profile/", {**PROFILE, "name": "长" * 1_000_000}).status_code == 413


def test_the_appeal_ends_and_both_page_and_post_say_so(refused_person, settings):
    client = signed_in(refused_person)
    page = client.get(f"{GATE}rejected/").content.decode()
    assert "之前可以申诉" in page
    assert "<textarea" in page

    settings.APPEAL_DAYS = 0

    page = client.get(f"{GATE}rejected/").content.decode()
    assert "申诉期已过" in page
    assert "<textarea" not in page
    late = client.post(f"{GATE}rejected/", {"appeal": "请再看一次我的资料，证书是有效的。"})
    assert (late.status_code, "申诉期已过" in late.content.decode()) == (409, True)
    assert not Submission.objects.drafts().exists()


def test_an_appeal_begun_in_time_may_be_finished(refused_person, settings):
    client = signed_in(refused_person)
    assert client.post(f"{GATE}rejected/", {"appeal": "请再看一次我的资料，证书是有效的。"}).status_code == 302

    settings.APPEAL_DAYS = 0

    assert client.post(f"{GATE}evidence/", {"decision": "submit"}).status_code == 302
    assert Verification.objects.get(owner=refused_person).status == "PENDING"
