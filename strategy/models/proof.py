"""Proofs of versions: the run that proves, the signed findings, the certificate, and what an edit changed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only, record
from portal.models import RecordEntry
from portal.personal import Personal
from strategy.models.rights import person_field, sha256_of
from strategy.models.version import RuleSetVersion

SILENT_AFTER = timedelta(seconds=60)  # a child that lives says so at every stage; the longest takes a few seconds
MOST_ATTEMPTS = 3


class ProofRun(models.Model):
    """One attempt to prove one exact text. A version has one waiting or running; a killed one is taken up again.

    Every change is a conditional UPDATE on state and attempt: of two children one has the run, the other ends.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("等待中")
        RUNNING = "RUNNING", _("进行中")
        DONE = "DONE", _("已完成")
        FAILED = "FAILED", _("未能完成")
        STOPPED = "STOPPED", _("已中断")

    ACTIVE = (State.QUEUED, State.RUNNING)
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    version = models.ForeignKey(
        RuleSetVersion, on_delete=models.PROTECT, related_name="proof_runs", verbose_name=_("规则集版本")
    )
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(_("阶段"), max_length=20, blank=True)
    percent = models.PositiveSmallIntegerField(_("进度"), default=0)
    attempt = models.PositiveSmallIntegerField(_("第几次"), default=0)
    asked_by = person_field()
    asked_at = models.DateTimeField(_("提出时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    heartbeat_at = models.DateTimeField(_("最近动静"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    result = models.JSONField(_("结果"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("证明"), pgettext_lazy("plural", "证明")
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(state__in=["QUEUED", "RUNNING"]), name="proofrun_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}:{self.pk}"

    @classmethod
    @transaction.atomic
    def ask(cls, version: RuleSetVersion, *, by: Any, at: datetime) -> ProofRun:
        """Queue a proof of the version's text as it stands, or return the one that waits or runs already."""
        run, is_new = cls.objects.filter(state__in=cls.ACTIVE).get_or_create(
            version=version, defaults={"sha256": version.sha256, "asked_by": by, "asked_at": at}
        )
        if is_new:
            payload = {"sha256": version.sha256, "run": run.pk}
            record.append("ruleset.proof_asked", actor=by, subject=version.subject, payload=payload, at=at)
        return run

    def claim(self, *, at: datetime) -> bool:
        """Take a waiting run; False when another child was faster."""
        changes: dict[str, Any] = {"started_at": at, "heartbeat_at": at, "attempt": F("attempt") + 1, "percent": 0}
        return self._become(self.State.RUNNING, self.State.QUEUED, **changes)

    def beat(self, stage: str, percent: int, *, at: datetime) -> bool:
        """Say how far it is; False when the run was taken away."""
        return self._become(self.State.RUNNING, self.State.RUNNING, stage=stage, percent=percent, heartbeat_at=at)

    @transaction.atomic
    def finish(self, result: dict[str, Any], *, at: datetime) -> bool:
        """Keep the result."""
        changes: dict[str, Any] = {"result": result, "percent": 100, "stage": "", "heartbeat_at": at, "ended_at": at}
        if not self._become(self.State.DONE, self.State.RUNNING, **changes):
            return False
        payload = {"sha256": self.sha256, "run": self.pk, "findings": len(result["proof"]["findings"])}
        record.append("ruleset.proved", actor=None, subject=self.version.subject, payload=payload, at=at)
        return True

    def fail(self, error: str, *, at: datetime) -> bool:
        """The proof could not be made; `error` says why in words for the editor."""
        return self._become(self.State.FAILED, self.State.RUNNING, error=error[:300], ended_at=at)

    def resume(self, *, at: datetime) -> bool:
        """Put a silent run back into the queue, or stop it for good after the last attempt."""
        silent = type(self).objects.filter(heartbeat_at__lt=at - SILENT_AFTER)
        if self.attempt >= MOST_ATTEMPTS:
            error = str(_("进程多次中断，请重新开始；仍不行请联系运维。"))
            return self._become(self.State.STOPPED, self.State.RUNNING, among=silent, error=error, ended_at=at)
        return self._become(self.State.QUEUED, self.State.RUNNING, among=silent, stage="", percent=0)

    def is_silent(self, at: datetime) -> bool:
        """Whether its process seems to be gone."""
        return self.state == self.State.RUNNING and (self.heartbeat_at or self.asked_at) < at - SILENT_AFTER

    def _become(self, new: str, old: str, *, among: models.QuerySet[ProofRun] | None = None, **changes: Any) -> bool:
        rows = among if among is not None else type(self).objects.all()
        seen = rows.filter(pk=self.pk, state=old, attempt=self.attempt)
        if not seen.update(state=new, **changes):
            return False
        self.refresh_from_db()
        return True


class FindingSignature(models.Model):
    """A finding left as it is, with the reason. It holds for later versions while the rows it names say the same."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="finding_signatures")
    fingerprint = models.CharField(_("发现"), max_length=16)
    reason = models.CharField(_("理由"), max_length=600)
    reason_en = models.CharField(_("英文理由"), max_length=600, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("发现的签署"), pgettext_lazy("plural", "发现的签署")
        constraints = [
            models.UniqueConstraint(fields=["version", "fingerprint"], name="findingsignature_once_per_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="findingsignature_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.fingerprint


class Certificate(models.Model):
    """What was proven of one exact text, with the findings signed. Append-only."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="certificates")
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    prover = models.CharField(_("证明器版本"), max_length=20)
    data = models.JSONField(_("内容"))
    issued_at = models.DateTimeField(_("签发时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("证明书"), pgettext_lazy("plural", "证明书")

    def __str__(self) -> str:
        return self.sha256[:12]

    def digest(self) -> str:
        """SHA-256 (hex) of the content, as the record keeps it."""
        return sha256_of(json.dumps(self.data, sort_keys=True, ensure_ascii=False))

    def is_as_issued(self) -> bool:
        """Whether the content is what the record says was issued; entries of before digests say nothing of it."""
        entries = RecordEntry.objects.filter(subject=self.version.subject, kind="ruleset.certified")
        entries = entries.filter(payload__certificate=self.pk)
        return all(entry.payload.get("digest", self.digest()) == self.digest() for entry in entries)


class ChangeNote(models.Model):
    """What one exact text changes for patients against the one published before it. Append-only."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="change_notes")
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    against = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(_("内容"))
    made_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("版本影响"), pgettext_lazy("plural", "版本影响")

    def __str__(self) -> str:
        return f"{self.version_id} ← {self.against_id}"
