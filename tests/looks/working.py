"""The states of the desk: reviewers, editors, administrators; queues, cases, revisions, rules, plain lists."""

from __future__ import annotations

from tests.looks.acts import both, clock_stopped, fill, go, hold_lost, overtaken, press, submit
from tests.looks.state import State

QUEUE = "/admin/accounts/verification/"

REVIEW = [
    State("desk", "reviewer, empty", "/admin/", "reviewer", stage="closed"),
    State("desk", "reviewer, full", "/admin/", "reviewer"),
    State("desk", "editor", "/admin/", "editor"),
    State("desk", "administrator", "/admin/", "admin"),
    State("desk", "no rights", "/admin/", "nobody"),
    State("queue", "empty", QUEUE, "reviewer", stage="closed"),
    State("queue", "one", QUEUE, "reviewer", stage="quiet"),
    State("queue", "many", QUEUE, "reviewer"),
    State("queue", "none found", f"{QUEUE}?q=没有这个人", "reviewer"),
    State("queue", "bad filter", f"{QUEUE}?status=nonsense", "reviewer"),
    State("queue", "all states", f"{QUEUE}?status=all", "reviewer"),
    State("case", "free", "{case:free}", "reviewer"),
    State("case", "held by a colleague", "{case:held}", "reviewer"),
    State("case", "claimed", "{case:case}", "reviewer"),
    State("case", "claimed, long, sent again", "{case:long_case}", "reviewer"),
    State("case", "invalid", "{case:case}", "reviewer", submit("button[value=reject]"), 422),
    State("case", "proposed by a colleague", "{case:proposed}", "reviewer"),
    State("case", "decided", "{case:decided}", "reviewer"),
    State(
        "case",
        "hold lost",
        "{case:lost}",
        "reviewer",
        both(clock_stopped, go("{case:lost}"), overtaken("{case:lost}", "reviewer2", "claim"), hold_lost),
        is_alone=True,
    ),
    State(
        "case",
        "409, somebody was faster",
        "{case:raced}",
        "reviewer",
        both(
            overtaken("{case:raced}", "reviewer2", "decide", decision="approve"),
            fill(message="这句话不该丢。"),
            submit("button[value=approve]"),
        ),
        409,
        is_alone=True,
    ),
    State("case history", "long", "{case:history}", "reviewer"),
    State("revoke", "pristine", "{case:revoke}", "admin"),
    State("revoke", "invalid", "{case:revoke}", "admin", press("撤销认证"), 422),
    State("desk sign-in", "no staff", "/admin/", "doctor2", status=403),
    State("desk 403", "no right", "/admin/articles/article/", "reviewer", status=403),
]

EDIT = [
    State("desk articles", "many", "/admin/articles/article/", "editor"),
    State("desk article", "shown", "{article:desk}", "editor"),
    State("desk article settings", "pristine", "{article:settings}", "editor"),
    State("desk revisions", "many", "/admin/articles/revision/", "editor"),
    State(
        "desk revisions",
        "none found",
        "/admin/articles/revision/?status__exact=IN_REVIEW&article__id__exact=0",
        "editor",
    ),
    State("desk revision", "draft", "{revision:draft}", "editor"),
    State("desk revision", "invalid", "{revision:draft}", "editor", both(fill(title_zh=""), press("保存草稿")), 422),
    State("desk revision", "one's own, waiting", "{revision:waiting}", "editor"),
    State("desk revision", "to be decided", "{revision:waiting}", "editor2"),
    State(
        "desk revision", "returned without a word", "{revision:waiting}", "editor2", submit("button[value=return]"), 422
    ),
    State("desk comments", "many", "/admin/articles/comment/", "editor"),
    State("desk comments", "held", "/admin/articles/comment/?state__exact=HELD", "editor"),
    State("desk comments", "none found", "/admin/articles/comment/?q=没有这句话", "editor"),
    State("desk comment", "held", "{comment}", "editor"),
    State("desk rules", "list", "/admin/strategy/rulesetversion/", "editor"),
    State("desk rule set", "draft", "{rules:draft}", "editor"),
    State("desk rule set", "waiting", "{rules:waiting}", "editor2"),
    State("desk rule set", "served", "{rules:served}", "editor2"),
    State("desk rule set", "withdrawn", "{rules:withdrawn}", "editor2"),
    State("desk rule", "edited", "{rules:part}", "editor"),
    State("desk rule", "new", "{rules:add}", "editor"),
    State("desk rule", "invalid", "{rules:add}", "editor", press("保存到草稿"), 422),
    State("desk import", "pristine", "{rules:import}", "editor"),
    State("desk import", "invalid", "{rules:import}", "editor", both(fill(text="{"), submit("main form .btn")), 422),
    State("desk publish", "not proven", "{rules:publish}", "editor2"),
    State("desk stale rules", "one", "{rules:stale}", "editor2"),
    State("desk proof", "served", "{proof:served}", "editor2"),
    State("desk proof", "none", "{proof:none}", "editor"),
]

LISTS = [
    State("desk list", name, f"/admin/{at}/", "admin")
    for name, at in {
        "users": "accounts/user",
        "questions": "accounts/questionset",
        "reasons": "accounts/reason",
        "messages": "accounts/cannedmessage",
        "readings": "accounts/evidenceview",
        "facts": "articles/fact",
        "references": "articles/reference",
        "agreements": "consent/agreement",
        "versions": "consent/agreementversion",
        "consents": "consent/consentrecord",
        "zones": "portal/zone",
        "notices": "portal/notice",
        "record": "portal/recordentry",
        "proofs": "strategy/proofrun",
        "sessions": "usersessions/usersession",
        "groups": "auth/group",
        "addresses": "account/emailaddress",
        "authenticators": "mfa/authenticator",
        "app": "articles",
    }.items()
]
ROWS = [
    State("desk row", name, f"{{row:{name}}}", "admin")
    for name in (
        *("agreement", "agreementversion", "consentrecord", "questionset", "reason", "message", "user", "address"),
        *("authenticator", "notice", "entry", "zone", "fact", "reference", "proof"),
    )
]
NEW = [
    State("desk new", name, f"/admin/{at}/add/", "admin")
    for name, at in {
        "reason": "accounts/reason",
        "questions": "accounts/questionset",
        "message": "accounts/cannedmessage",
        "article": "articles/article",
        "fact": "articles/fact",
        "reference": "articles/reference",
        "agreement": "consent/agreement",
        "version": "consent/agreementversion",
        "zone": "portal/zone",
    }.items()
]
FORMS = [
    State("desk new", "reason, invalid", "/admin/accounts/reason/add/", "admin", submit("[name=_save]"), 422),
    State("desk new", "zone, invalid", "/admin/portal/zone/add/", "admin", submit("[name=_save]"), 422),
    State("desk agreement publish", "pristine", "{agreement:publish}", "admin"),
    State("styleguide", "every component", "/styleguide/", "admin"),
]

STATES = REVIEW + EDIT + LISTS + ROWS + NEW + FORMS
