"""Nothing entered is kept: database, cache, session, logs and addresses are the same before a post and after it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection

from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db
POSTED = {"last_tki": "iruplinalkib", "alk_mutation": ["C1156Y", "I1171T"], "bypass": ["pi3k_pathway"]}
OTHER = {"a.last_tki": "ensartinib", "a.bypass": ["egfr_amp"]}
POSTS = [
    (POSTED, {}),
    (POSTED | {"idempotency_key": "once-1"}, {}),
    (POSTED | OTHER, {}),
    (POSTED | {"show": "changes"}, {}),
    (POSTED | {"show": "compare"}, {"HX-Request": "true", "HX-Target": "strategy-work"}),
    (POSTED, {"HX-Request": "true", "HX-Target": "strategy-answer"}),
    (POSTED, {"HX-Request": "true", "HX-Target": "strategy-changes"}),
    ({"example": "v73"}, {}),
    (POSTED | {"last_tki": "none", "disease_state": "progressed"}, {}),
    ({"last_tki": "zz-canary-zz"}, {}),
    ({"zz-key-zz": "1"}, {"HX-Request": "true"}),
    ({"alk_mutation": ["G1202R"] * 300}, {}),
]
CANARIES = ["iruplinalkib", "ensartinib", "C1156Y", "I1171T", "pi3k_pathway", "egfr_amp", "zz-canary-zz", "zz-key-zz"]


def everything() -> dict[str, str]:
    """Every row of every table, the cache's and the sessions' among them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # names of our own tables
            found[table] = repr(sorted(map(repr, cursor.fetchall())))
    found["cache"] = repr(getattr(cache, "_cache", ""))
    return found


def test_no_table_no_cache_no_session_no_log_holds_what_was_entered(reader, caplog):
    caplog.set_level("DEBUG")
    reader.get(TOOL)
    reader.post(TOOL, {"disease_state": "progressed"})
    before, session = everything(), dict(reader.session.items())
    caplog.clear()

    responses = [reader.post(TOOL, posted, headers=headers) for posted, headers in POSTS]

    assert [response.status_code for response in responses] == [200] * 9 + [400] * 3
    changed = {table: rows for table, rows in everything().items() if rows != before[table]}
    for canary in CANARIES:
        assert not any(canary in rows for rows in changed.values()), canary
        assert canary not in caplog.text
    assert set(changed) <= {"cache", "usersessions_usersession"}  # counters of the limits, when a session was last seen
    assert dict(reader.session.items()) == session
    for response in responses:
        assert "no-store" in response.headers["Cache-Control"]
        assert set(response.cookies) <= {"csrftoken", "sessionid"}
        assert not any(canary in str(response.headers) for canary in CANARIES)


def test_no_link_of_an_answer_carries_an_input(reader):
    body = reader.post(TOOL, POSTED | OTHER | {"disease_state": "progressed"}).content.decode()
    links = [
        piece.partition('"')[0]
        for name in ("href", "action", "src", "data-hx-post")
        for piece in body.split(f'{name}="')[1:]
    ]

    assert links
    assert not any("?" in link.partition("?v=")[0] for link in links)
    assert not any("iruplinalkib" in link and not link.startswith("#o-") for link in links)


def test_another_reader_sees_none_of_it(reader, clinician, rule_set, client):
    """The process keeps words of the rule set and the article, nothing of an answer."""
    reader.post(TOOL, POSTED)
    client.force_login(clinician)

    body = client.get(TOOL).content.decode()

    assert " checked" not in body
    assert "data-status" not in body
