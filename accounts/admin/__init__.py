"""The review desk and the catalogues of accounts in the admin. Start at verification.py."""

from accounts.admin import people, questions, reasons, verification

__all__ = ["people", "questions", "reasons", "verification"]
