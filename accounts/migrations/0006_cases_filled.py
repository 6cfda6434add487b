"""What older rows lack of 0005: versions of reasons, who revoked, the submission before, digests."""

from django.db import migrations
from django.utils import timezone

from accounts.digests import content_digest

WORDING = ("text_zh", "text_en", "staff_note_zh", "is_final", "concerns")


def fill(apps, schema_editor):
    version_reasons(apps.get_model("accounts", "Reason"), apps.get_model("accounts", "ReasonVersion"))
    name_revokers(apps.get_model("accounts", "Verification"), apps.get_model("accounts", "VerificationEvent"))
    chain_submissions(apps.get_model("accounts", "Submission"), apps.get_model("accounts", "Verification"))
    digest_submissions(apps.get_model("accounts", "Submission"), apps.get_model("accounts", "Answer"))


def version_reasons(Reason, ReasonVersion):
    now = timezone.now()
    ReasonVersion.objects.bulk_create(
        ReasonVersion(reason=row, number=1, created_at=now, **{name: getattr(row, name) for name in WORDING})
        for row in Reason.objects.filter(versions=None)
    )


def name_revokers(Verification, VerificationEvent):
    """Kept while the case is revoked or an appeal against it waits; a decision clears them."""
    for case in Verification.objects.exclude(revoked_at=None):
        if case.status not in {"REVOKED", "PENDING"}:
            Verification.objects.filter(pk=case.pk).update(revoked_at=None, revoke_reason="")
            continue
        event = VerificationEvent.objects.filter(subject=case, new="REVOKED").order_by("-seq").first()
        revoker = event.actor_id if event and event.actor_id else case.decided_by_id
        reason = case.revoke_reason or (event.note if event else "") or "—"
        Verification.objects.filter(pk=case.pk).update(revoked_by_id=revoker, revoke_reason=reason[:500])


def chain_submissions(Submission, Verification):
    for row in Submission.objects.filter(number__gt=1, previous=None):
        last = Submission.objects.filter(verification_id=row.verification_id, number=row.number - 1).first()
        Submission.objects.filter(pk=row.pk).update(previous=last)
    for draft in Submission.objects.filter(sent_at=None, previous=None).exclude(appeal=""):
        case = Verification.objects.filter(owner_id=draft.owner_id).first()
        if case is not None:
            Submission.objects.filter(pk=draft.pk).update(previous_id=case.current_id)


def digest_submissions(Submission, Answer):
    for row in Submission.objects.exclude(sent_at=None).filter(content_sha256="").iterator():
        answers = Answer.objects.filter(submission=row).values_list(
            "question__key", "wording_sha256", "value", "sealed"
        )
        files = row.evidence.filter(discarded_at=None).values_list("public_id", "sha256", "pages")
        digest = content_digest(answers, files, profession=row.profession, appeal=row.appeal)
        Submission.objects.filter(pk=row.pk).update(content_sha256=digest)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_cases"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
