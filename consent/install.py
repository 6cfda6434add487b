"""Put the shipped documents in force, once: version 1 of each, published by the installer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from consent.models import Agreement, AgreementVersion
from portal import shipped
from portal.models import Zone

FOLDER = Path(__file__).parent / "data"
FIELDS = ("title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en")


@transaction.atomic
def install_documents(*, at: datetime) -> int:
    """Import every consent/data/*.yaml whose zone exists and that has no version yet; return how many were new."""
    count = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        data = shipped.read(path)
        zone = Zone.objects.filter(slug=data["zone"]).first() if data.get("zone") else None
        if data.get("zone") and zone is None:
            continue
        agreement, _new = Agreement.objects.get_or_create(kind=data["kind"], zone=zone)
        if agreement.versions.exists():
            continue
        version = AgreementVersion(agreement=agreement, number=1, **{name: data[name].strip() for name in FIELDS})
        version.asks_again = True
        version.save()
        version.publish(by=None, at=at)
        count += 1
    return count
