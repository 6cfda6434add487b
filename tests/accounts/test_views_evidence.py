"""上传资质 through the whole stack: real files, judged by the real child; and who may see a file."""

from __future__ import annotations

import io
import re
import resource

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts import drafts
from accounts.models import Claim, Evidence, EvidenceView, Submission, Verification
from portal import keys
from portal.models import Notice
from tests.factories import consent_to, jpeg, make_draft, make_evidence, make_user
from tests.people import staff_login

pytestmark = pytest.mark.django_db
GATE = "/zones/alk/gate/"
PAGE = f"{GATE}evidence/"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


@pytest.fixture
def person(zone):
    person = make_user()
    consent_to(person, zone)
    make_draft(person)
    return person


@pytest.fixture
def page(person):
    return signed_in(person)


def signed_in(person, **options):
    client = Client(**options)
    client.force_login(person)
    return client


def photo(name="IMG_2043.jpg", content=None):
    return SimpleUploadedFile(name, jpeg() if content is None else content, "image/jpeg")


def blobs(store):
    return [path for path in store.rglob("*") if path.is_file()]


def test_the_page_says_what_is_wanted_and_what_is_not(page):
    html = page.get(PAGE).content.decode()

    assert 'data-step="evidence"' in html
    assert "<h1>上传资质</h1>" in html
    assert 'name="files"' in html
    assert 'name="decision" value="submit"' in html
    assert "不收居民身份证" in html
    assert "还没有文件" in html


def test_a_photograph_is_kept_and_listed(page, person, store):
    response = page.post(PAGE, {"files": photo()})

    assert (response.status_code, response.url) == (302, PAGE)
    row = Evidence.objects.get()
    assert (row.owner, row.name, row.kind) == (person, "IMG_2043.jpg", "image")
    assert len(blobs(store)) == 1
    html = page.get(PAGE).content.decode()
    assert "IMG_2043.jpg" in html
    assert f"/evidence/{row.public_id}/" in html
    assert Submission.objects.get(owner=person).sent_at is None


def test_refused_files_are_named_with_their_reason_and_nothing_is_kept(page, store):
    files = [photo("假.jpg", b"MZ program"), photo("IMG_1.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40)]
    response = page.post(PAGE, {"files": files})
    html = response.content.decode()

    assert response.status_code == 422
    assert html.count("未接受，没有保存") == 2
    assert "假.jpg" in html
    assert "这是 HEIC 格式的照片，这里只收 JPEG。" in html
    assert "<title>错误：" in html
    assert not Evidence.objects.exists()
    assert blobs(store) == []


def test_a_mixed_post_keeps_the_good_files_names_the_bad_and_sends_nothing(page, person):
    response = page.post(PAGE, {"files": [photo("好.jpg"), photo("坏.jpg", b"nonsense")], "decision": "submit"})
    html = response.content.decode()

    assert response.status_code == 422
    assert [row.name for row in Evidence.objects.all()] == ["好.jpg"]
    assert "好.jpg" in html
    assert "坏.jpg" in html
    assert not Verification.objects.exists()


def test_a_mixed_post_repeated_under_its_number_keeps_the_good_file_once(page, store):
    for _attempt in range(2):
        files = [photo("好.jpg"), photo("坏.jpg", b"nonsense")]
        response = page.post(PAGE, {"files": files, "idempotency_key": "k"})
        assert response.status_code == 422

    assert Evidence.objects.count() == 1
    assert len(blobs(store)) == 1


def test_the_same_number_with_another_file_is_refused_and_leaves_no_file(page, store):
    page.post(PAGE, {"files": photo(), "idempotency_key": "k"})
    again = page.post(PAGE, {"files": photo(), "idempotency_key": "k"})
    other = page.post(PAGE, {"files": photo("其他.jpg", jpeg("#fff")), "idempotency_key": "k"})

    assert (again.status_code, again.url) == (302, PAGE)
    assert other.status_code == 409
    assert Evidence.objects.count() == 1
    assert len(blobs(store)) == 1


def test_five_files_are_enough_and_refused_ones_do_not_count(page):
    page.post(PAGE, {"files": [photo(f"{n}.jpg") for n in range(4)]})
    page.post(PAGE, {"files": photo("坏.jpg", b"x")})
    response = page.post(PAGE, {"files": [photo("五.jpg"), photo("六.jpg")]})
    html = response.content.decode()

    assert response.status_code == 422
    assert Evidence.objects.count() == 5
    assert "最多 5 个文件，这个没有收下" in html
    assert "六.jpg" in html


def test_what_is_too_large_says_so(page, settings):
    response = page.post(PAGE, {"files": photo("大.jpg", b"\xff\xd8\xff" + b"x" * settings.EVIDENCE_MAX_BYTES)})

    assert response.status_code == 422
    assert "超过每个文件 10 MiB 的上限" in response.content.decode()


def test_nothing_chosen_and_nothing_uploaded_are_told_apart(page):
    assert "请先选择要上传的文件" in page.post(PAGE, {}).content.decode()
    assert page.post(PAGE, {}).status_code == 422

    response = page.post(PAGE, {"decision": "submit"})

    assert response.status_code == 422
    assert "还没有可用的文件" in response.content.decode()
    assert not Verification.objects.exists()


def test_submitting_sends_the_case_once_and_tells_the_applicant(page, person):
    page.post(PAGE, {"files": photo()})
    first = page.post(PAGE, {"decision": "submit", "idempotency_key": "s"})
    again = page.post(PAGE, {"decision": "submit", "idempotency_key": "s"})

    assert (first.status_code, first.url, again.status_code, again.url) == (302, GATE, 302, GATE)
    assert page.get(GATE).url == f"{GATE}pending/"
    case = Verification.objects.get(owner=person)
    assert (case.status, case.submissions.count(), case.current.evidence.count()) == ("PENDING", 1, 1)
    notice = Notice.objects.get(event_key__startswith="submitted:")
    assert (notice.address, notice.subject) == (person.email, "医学专区：已收到您的认证资料")


def test_files_and_submission_may_come_in_one_post(page, person):
    assert page.post(PAGE, {"files": photo(), "decision": "submit"}).url == GATE
    assert Verification.objects.get(owner=person).current.evidence.count() == 1


def test_an_incomplete_profile_is_not_sent(page, person):
    page.post(PAGE, {"files": photo()})
    Submission.objects.filter(owner=person).update(is_profile_complete=False)
    draft = Submission.objects.get(owner=person)

    with pytest.raises(drafts.Incomplete, match="profile"):
        drafts.send(draft, at=timezone.now())


def test_a_file_is_removed_from_the_draft_by_its_owner_only(page, person, zone):
    page.post(PAGE, {"files": photo()})
    row = Evidence.objects.get()
    other = make_user()
    consent_to(other, zone)
    make_draft(other)
    discard = f"{PAGE}{row.public_id}/discard/"

    assert signed_in(other).post(discard).status_code == 404
    assert Client().post(discard).url.startswith("/accounts/login/")
    assert page.get(discard).status_code == 405
    row.refresh_from_db()
    assert row.discarded_at is None

    assert page.post(discard).url == PAGE

    row.refresh_from_db()
    assert row.discarded_at is not None
    assert page.post(discard).status_code == 404


def test_a_full_disk_is_said_in_words_and_the_draft_is_as_before(page, store):
    page.post(PAGE, {"files": photo("先.jpg")})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    store_size = max(path.stat().st_size for path in blobs(store))
    noisy = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(noisy, "JPEG", quality=95)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store_size + 100_000, hard))
    try:
        response = page.post(PAGE, {"files": photo("大.jpg", noisy.getvalue())})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert response.status_code == 507
    assert "存储空间已满，这次没有保存" in response.content.decode()
    assert [row.name for row in Evidence.objects.all()] == ["先.jpg"]
    assert len(blobs(store)) == 1


def test_without_its_token_nothing_is_kept(person):
    assert signed_in(person, enforce_csrf_checks=True).post(PAGE, {"files": photo()}).status_code == 403
    assert not Evidence.objects.exists()


def test_names_that_play_tricks_are_shown_plainly(page):
    page.post(PAGE, {"files": photo("../../etc/<b>证</b>\u202egpj.jpg")})

    html = page.get(PAGE).content.decode()
    assert "<b>证" not in html
    assert "\u202e" not in html


def test_the_upload_region_holds_what_the_script_needs(page):
    page.post(PAGE, {"files": photo()})
    html = page.post(PAGE, {"files": photo("坏.jpg", b"x")}).content.decode()

    assert re.search(r"<form[^>]* data-upload data-max-bytes=\"10485760\"", html)
    region = html[html.index("data-upload-region") : html.index("怎样一次通过")]
    assert "data-refusals" in region
    assert region.count("data-refusal>") == 1
    assert 'id="upload-words"' in html


class TestTheFileItself:
    """Its owner, and at the desk the reviewer who holds the case."""

    @pytest.fixture
    def sent(self, pending_person):
        return Evidence.objects.get(owner=pending_person)

    def url(self, row, page=1):
        return f"/evidence/{row.public_id}/?page={page}"

    def test_its_owner_sees_it_closed_to_everything(self, sent, pending_person):
        response = signed_in(pending_person).get(self.url(sent))

        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response.content == jpeg()
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Disposition"].startswith("inline")
        assert not EvidenceView.objects.exists()

    def test_a_reviewer_sees_it_with_a_claim_and_that_is_written_down(self, sent, pending_person, reviewer):
        desk = staff_login(Client(), reviewer)
        assert desk.get(self.url(sent)).status_code == 404

        Claim.take(pending_person.verification, by=reviewer, at=timezone.now())
        response = desk.get(self.url(sent))

        assert response.status_code == 200
        assert response.content == jpeg()
        view = EvidenceView.objects.get()
        assert (view.evidence, view.viewer, view.page, view.purpose) == (sent, reviewer, 1, "review")

    def test_a_claim_without_the_second_factor_opens_nothing(self, sent, pending_person, reviewer):
        Claim.take(pending_person.verification, by=reviewer, at=timezone.now())

        assert signed_in(reviewer).get(self.url(sent)).status_code == 404

    def test_a_released_and_an_expired_claim_close_it_again(self, sent, pending_person, reviewer, settings):
        case, desk = pending_person.verification, staff_login(Client(), reviewer)
        claim = Claim.take(case, by=reviewer, at=timezone.now())
        Claim.release(case, by=reviewer, at=timezone.now())
        assert desk.get(self.url(sent)).status_code == 404

        claim = Claim.take(case, by=reviewer, at=timezone.now())
        Claim.objects.filter(pk=claim.pk).update(until=timezone.now())

        assert desk.get(self.url(sent)).status_code == 404

    @pytest.mark.parametrize("who", ["reviewer2", "member", "editor", "doctor"])
    def test_everybody_else_gets_what_a_missing_file_gets(self, sent, pending_person, reviewer, who, request):
        Claim.take(pending_person.verification, by=reviewer, at=timezone.now())
        browser = staff_login(Client(), request.getfixturevalue(who))
        real = browser.get(self.url(sent))
        missing = browser.get("/evidence/00000000-0000-4000-8000-000000000000/?page=1")

        assert (real.status_code, missing.status_code) == (404, 404)
        strip = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|value="/evidence/[^"]*"')
        assert strip.sub(b"", real.content) == strip.sub(b"", missing.content)
        assert not EvidenceView.objects.exists()

    def test_a_visitor_is_sent_to_sign_in(self, sent, visitor):
        assert visitor.get(self.url(sent)).url.startswith("/accounts/login/")

    @pytest.mark.parametrize("page", ["0", "2", "-1", "x", "", "1" * 500, "１", "1.0"])
    def test_a_page_that_is_not_there_is_missing(self, sent, pending_person, page):
        assert signed_in(pending_person).get(self.url(sent, page)).status_code == 404

    def test_a_destroyed_key_is_said_to_be_final(self, sent, pending_person):
        keys.destroy(pending_person, purpose=keys.EVIDENCE, at=timezone.now())
        response = signed_in(pending_person).get(self.url(sent))

        assert response.status_code == 410
        assert "任何人都不能再打开它" in response.content.decode()

    def test_nobody_posts_to_it(self, sent, pending_person):
        assert signed_in(pending_person).post(self.url(sent)).status_code == 405

    def test_files_of_a_draft_are_for_nobody_but_their_owner(self, person, reviewer):
        row = make_evidence(Submission.objects.get(owner=person))

        assert staff_login(Client(), reviewer).get(self.url(row)).status_code == 404
        assert signed_in(person).get(self.url(row)).status_code == 200
