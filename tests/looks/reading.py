"""The states of what is behind the door: articles, discussion, search, print, the tool; and of errors."""

from __future__ import annotations

from tests.looks.acts import (
    both,
    click,
    fill,
    never_answered,
    offline,
    paste,
    press,
    sees,
    sent_already,
    submit,
    tick,
    too_often,
    without_token,
)
from tests.looks.state import State

SEARCH, SMALL = "/zones/alk/search/", "/zones/crowded/strategy/small/"
SAY = both(fill(body="一句打到一半的话，不该丢。"), click("form.write button:not([type=button])"))
ANSWER = both(click("#strategy-form .btn.main"), sees("[data-status]"))
LONGEST = both(tick("disease_state-progressed", "last_tki-alectinib", "bypass-met_amp", "bypass-other_bypass"), ANSWER)
EXAMPLE = both(click(".examples summary"), click(".examples button"), sees("[data-status]"))
COMPARED = both(EXAMPLE, click("[name=carry], [value=compare], button:has-text('以此为甲')"), sees("[data-comparison]"))
PROBLEM = "[data-problem]:not([hidden])"

ARTICLES = [
    State("article", "shown", "{article}", "doctor2"),
    State("article", "corrected", "{corrected}", "doctor2"),
    State("article", "long title, wide table", "{long}", "doctor2"),
    State("article print", "shown", "{article}print/", "doctor2"),
    State("article print", "long title, wide table", "{long}print/", "doctor2"),
    State("article history", "one", "{article}history/", "doctor2"),
    State("article history", "corrected", "{corrected}history/", "doctor2"),
    State("article revision", "old", "{corrected}history/1/", "doctor2"),
    State("comments", "empty", "{silent}comments/", "doctor2"),
    State("comments", "one", "{one}comments/", "doctor2"),
    State("comments", "many, RTL and emoji", "{talk}comments/", "doctor2"),
    State("comments", "under an article", "{talk}", "rtl"),
    State("comments", "ten thousand", "{crowd}comments/", "doctor2"),
    State("comments", "held, one's own", "{held}comments/", "emoji"),
    State("comments", "thread", "{thread}", "wordy"),
    State("comments", "answering", "{reply}", "emoji"),
    State("report", "pristine", "{report}", "doctor2"),
    State("report", "invalid", "{report}", "doctor2", both(click("form.report button"), sees("[data-error-summary]"))),
    State("comments", "closed", "{closed}comments/", "doctor2"),
    State(
        "comments",
        "invalid",
        "{silent}",
        "doctor2",
        both(fill(body=" "), click("form.write button:not([type=button])"), sees("[data-error-summary]")),
        is_alone=True,
    ),
    State("comments", "offline", "{silent}", "doctor2", offline(both(SAY, sees(".said-here p"))), is_alone=True),
    State(
        "comments",
        "loading",
        "{silent}",
        "doctor2",
        never_answered("/comments/$", both(SAY, sees(".said-here p"))),
        is_alone=True,
    ),
    State(
        "comments",
        "too often",
        "{silent}",
        "busy",
        both(too_often("{silent}comments/", 4, "busy", body="第 {} 条"), SAY, sees("[data-error-summary]")),
        is_alone=True,
    ),
    State("search", "pristine", SEARCH, "doctor2"),
    State("search", "none", f"{SEARCH}?q=没有这个词", "doctor2"),
    State("search", "many", f"{SEARCH}?q=ALK", "doctor2"),
    State("search", "bad", f"{SEARCH}?q=%00", "doctor2", status=400),
]

TOOL = [
    State("tool", "pristine", "{tool}", "doctor2"),
    State(
        "tool", "missing answers", "{tool}", "doctor2", both(tick("disease_state-progressed"), ANSWER), is_alone=True
    ),
    State("tool", "ok, long names", "{tool}", "doctor2", LONGEST, is_alone=True),
    State("tool", "example", "{tool}", "doctor2", EXAMPLE, is_alone=True),
    State("tool", "two scenarios", "{tool}", "doctor2", COMPARED, is_alone=True),
    State(
        "tool",
        "blocked",
        "{tool}",
        "doctor2",
        both(tick("disease_state-tki_naive", "last_tki-alectinib"), ANSWER, sees("[data-status=blocked]")),
        is_alone=True,
    ),
    State(
        "tool",
        "loading",
        "{tool}",
        "doctor2",
        never_answered("/strategy/", tick("disease_state-progressed")),
        is_alone=True,
    ),
    State(
        "tool",
        "offline",
        "{tool}",
        "doctor2",
        offline(both(tick("disease_state-progressed"), sees(PROBLEM))),
        is_alone=True,
    ),
    State(
        "tool",
        "rule to be looked at again",
        SMALL,
        "doctor2",
        both(tick("disease_state-progressed", "last_tki-alectinib"), ANSWER),
        is_alone=True,
    ),
    State("tool", "withdrawn", "/zones/crowded/strategy/withdrawn/", "doctor2", status=404),
    State("tool sentences", "shown", "{tool}sentences/", "doctor2"),
    State("certificate", "shown", "{tool}certificate/", "doctor2"),
    State("certificate", "none", f"{SMALL}certificate/", "doctor2"),
]

ERRORS = [
    State("400", "bad request", "/admin/articles/comment/?author__password__startswith=a", "admin", status=400),
    State("403", "no right", "/styleguide/", "doctor2", status=403),
    State(
        "403 form expired",
        "no token",
        "/accounts/login/",
        act=both(fill(login="a@example.org", password="wrong"), without_token(press("登录"))),
        status=403,
        is_alone=True,
    ),
    State("404", "missing page", "/zones/alk/nothing/", "doctor2", status=404),
    State(
        "409",
        "changed meanwhile",
        "{revision:raced}",
        "editor2",
        both(
            sent_already("{revision:race}", "editor2", decision="return", note="请改一句"),
            submit("button[value=approve]"),
        ),
        409,
        is_alone=True,
    ),
    State(
        "413",
        "too large",
        "/zones/alk/gate/rejected/",
        "refused",
        both(paste("appeal", "长", 400_000), press("提出申诉")),
        413,
    ),
    State(
        "429",
        "too often",
        "/accounts/password/reset/",
        act=both(
            too_often("/accounts/password/reset/", 25, email="often@example.org"),
            fill(email="often@example.org"),
            submit("main form .btn.main"),
        ),
        status=429,
        is_alone=True,
    ),
    State("500", "our fault", "/zones/broken/gate/", "troubled", status=500, stage="broken"),
    State("503", "the gate cannot judge", "/zones/broken/articles/any/", "troubled", status=503, stage="broken"),
]

STATES = ARTICLES + TOOL + ERRORS
