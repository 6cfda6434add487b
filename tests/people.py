"""The people of the tests, as fixtures: each starts from make_person."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User

_numbers = count(1)


def make_person(email: str = "", **fields: Any) -> User:
    """Return an account with a verified address; every call without an address is another person."""
    user = User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def member(db: None) -> User:
    """Somebody with an account who has not begun any zone's steps."""
    return make_person("member@example.org")
