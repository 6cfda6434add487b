"""The review desk and the catalogues of accounts in the admin. Start at verification.py."""

from accounts.admin import canned, people, questions, reasons, roles, sign_in, verification

__all__ = ["canned", "people", "questions", "reasons", "roles", "sign_in", "verification"]
