"""What publishing a version would do: what changes in each language, and how many people it asks anew."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import translation

from accounts.models import Verification
from consent.differences import Comparison, compare
from consent.models import Agreement, AgreementVersion, ConsentRecord

GATED = frozenset({Agreement.Kind.AGREEMENT, Agreement.Kind.INFORMED_CONSENT})  # the others are asked for in 我的


@dataclass(frozen=True, slots=True)
class Preview:
    """`accepted`: people whose acceptance holds now; `asked`: those of them asked anew; `inside`: verified ones of
    these, who stand before the gate until they answer."""

    current: AgreementVersion | None
    is_gated: bool
    is_passed_by: bool
    accepted: int
    asked: int
    inside: int
    comparisons: list[tuple[str, Comparison]]


def preview(version: AgreementVersion) -> Preview:
    """Return what whoever publishes has to know; counted now, on people whose accounts are open."""
    agreement = version.agreement
    current = AgreementVersion.objects.current(agreement.kind, agreement.zone)
    holding = acceptances(agreement)
    is_gated = agreement.kind in GATED
    accepted = holding.count()
    asks = version.asks_again
    approved = Verification.objects.filter(status=Verification.Status.APPROVED, owner_id=OuterRef("person_id"))
    return Preview(
        current=current,
        is_gated=is_gated,
        is_passed_by=current is not None and current.number > version.number,
        accepted=accepted,
        asked=accepted if asks else 0,
        inside=holding.filter(Exists(approved)).count() if asks and is_gated else 0,
        comparisons=[(str(name), _compared(str(code), current, version)) for code, name in settings.LANGUAGES],
    )


def acceptances(agreement: Agreement) -> QuerySet[ConsentRecord]:
    """Return the records by which people stand accepted now: the last answer, given, to a version that still holds."""
    same = {"kind": agreement.kind, "zone": agreement.zone}
    later = ConsentRecord.objects.filter(person_id=OuterRef("person_id"), pk__gt=OuterRef("pk"), **same)
    given = ConsentRecord.objects.filter(answer=ConsentRecord.Answer.GIVEN, person__is_active=True, **same)
    required = AgreementVersion.objects.required(agreement.kind, agreement.zone).first()
    return given.filter(~Exists(later), version__number__gte=required.number if required else F("version__number"))


def shown(version: AgreementVersion) -> str:
    """What the publisher's page showed: the texts, whether people are asked anew, and the version it was held to."""
    current = AgreementVersion.objects.current(version.agreement.kind, version.agreement.zone)
    base = current.number if current else 0
    return f"{version.text_hash()}-{'again' if version.asks_again else 'typo'}-{base}"


def _compared(language: str, current: AgreementVersion | None, version: AgreementVersion) -> Comparison:
    with translation.override(language):
        return compare(current, version)
