"""The ground's own rows: zones, notices, the record, keys, idempotent answers."""

from portal.models.answer import StoredAnswer
from portal.models.kept_filter import KeptFilter
from portal.models.key import PersonKey
from portal.models.notice import Notice
from portal.models.record import RecordEntry
from portal.models.seal import Leaf, Seal
from portal.models.zone import Zone

__all__ = ["KeptFilter", "Leaf", "Notice", "PersonKey", "RecordEntry", "Seal", "StoredAnswer", "Zone"]
