"""Agreements with their immutable versions; what people answered to them."""

from consent.models.agreement import Agreement, AgreementVersion
from consent.models.consent import ConsentRecord

__all__ = ["Agreement", "AgreementVersion", "ConsentRecord"]
