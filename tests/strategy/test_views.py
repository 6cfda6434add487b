"""The tool's pages, through the whole stack: asked, answered, refused, and nothing kept."""

import html
import random
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from strategy.engine import evaluate
from strategy.models import RuleSet, RuleSetVersion
from tests.people import make_person
from tests.strategy.cases import CASES, DATA, FULL, RULESET, SOURCE
from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    """The page with its words unbroken: without the marks that say where a line may end."""
    plain = re.sub(r'<span class="nb[^"]*">([^<]*)</span>|<wbr>', r"\1", response.content.decode())
    return html.unescape(plain)


def marks(response, name: str) -> list[str]:
    return re.findall(rf'{name}="([^"]*)"', response.content.decode())


def test_the_form_asks_everything_with_nothing_chosen(reader):
    response = reader.get(TOOL)
    body = text_of(response)

    assert response.status_code == 200
    for item in DATA["inputs"]:
        assert item["label"]["zh"] in body
        for value in item["values"]:
            kind = "checkbox" if item["type"] == "multi" else "radio"
            assert f'<input type="{kind}" name="{item["key"]}" value="{value["key"]}"' in body
    assert " checked" not in body
    assert body.count('<details class="step"') == 4
    assert '<main id="main" tabindex="-1" data-step="open"' in body


@pytest.mark.parametrize("path", [TOOL, f"{TOOL}?fragment=1"])
def test_the_safety_texts_are_on_the_form(reader, path):
    body = text_of(reader.get(path))

    assert "草稿，未经临床审核" in body
    for text in DATA["texts"].values():
        assert text["zh"] in body


def test_every_vignette_is_answered_as_the_engine_says(reader):
    for posted in CASES.values():
        answer = evaluate(RULESET, posted)
        response = reader.post(TOOL, posted)
        body = text_of(response)

        assert response.status_code == 200
        assert marks(response, "data-status") == [answer.status]
        assert sorted(marks(response, "data-option")) == sorted(option.option for option in answer.options)
        assert sorted(marks(response, "data-ruled-out")) == sorted(out.option for out in answer.ruled_out)
        assert sorted(marks(response, "data-conflict")) == sorted(conflict.option for conflict in answer.conflicts)
        assert set(marks(response, "data-caution")) == set(answer.cautions)
        assert f"结果：{RULESET.statuses[answer.status].zh}" in body
        assert "草稿，未经临床审核" in body
        assert all(DATA["texts"][key]["zh"] in body for key in ("banner", "no_dose", "currency", "emergency"))
        for option in answer.options:
            assert f'data-option="{option.option}" data-strength="{option.strength}"' in body
            assert all(reason.zh in body for reason in option.reasons)
        for out in answer.ruled_out:
            assert all(reason.zh in body for reason in out.reasons)


def test_no_caution_stands_behind_a_click(reader):
    for case in ("v01", "v04", "v46", "v61", "v70", "v73", "v100"):
        body = reader.post(TOOL, CASES[case]).content.decode()
        folded = re.findall(r"<details(?! class=\"step\").*?</details>", body, re.DOTALL)

        assert not any("data-caution" in part or "data-ruled-out" in part for part in folded)


def test_what_is_folded_away_has_its_cautions_in_the_open(reader):
    answer = evaluate(RULESET, CASES["v01"])
    body = reader.post(TOOL, CASES["v01"]).content.decode()
    follow = re.search(r'<section class="group later" aria-labelledby="strategy-follow">.*?</section>', body, re.DOTALL)
    assert follow
    folded = re.search(r"<details.*</details>", follow[0], re.DOTALL)
    assert folded
    followed = [o for o in answer.options if RULESET.options[o.option].kind == "monitoring"]

    assert all(f'data-option="{option.option}"' in folded[0] for option in followed)
    cautions = {caution for option in followed for caution in option.cautions}
    assert cautions
    assert all(f'data-caution="{key}"' in follow[0].replace(folded[0], "") for key in cautions)


def test_a_conflict_is_said_on_the_card_it_is_about(reader):
    body = text_of(reader.post(TOOL, CASES["v73"]))
    card = re.search(r'<article[^>]*data-conflict="tki_lorlatinib".*?</article>', body, re.DOTALL)

    assert card
    assert "条目冲突" in card[0].partition("<details")[0]
    assert "降为" in card[0].partition("<details")[0]


def test_what_would_rule_an_option_out_is_open_while_it_is_not_known(reader):
    known = text_of(reader.post(TOOL, CASES["v01"]))
    unknown = text_of(reader.post(TOOL, {**CASES["v01"], "reproductive": "unknown"}))

    assert "待查清：下列情形则排除" not in known
    card = re.search(r'<article[^>]*data-option="tki_alectinib".*?</article>', unknown, re.DOTALL)
    assert card
    assert "待查清：下列情形则排除" in card[0].partition("<details")[0]


def test_the_answer_leads_through_its_parts_and_says_itself_in_one_sentence(reader):
    body = text_of(reader.post(TOOL, CASES["v01"]))
    parts = re.findall(r'<a href="#(strategy-[\w-]+)">', re.search(r'<nav class="parts".*?</nav>', body, re.DOTALL)[0])

    wanted = ("preferred", "consider", "out", "turns", "follow")
    assert {f"strategy-{part}" for part in wanted} <= set(parts)
    assert all(body.count(f'id="{part}"') == 1 for part in parts)
    assert re.search('data-news="结果：有对应条目，4 个治疗选项，优先 阿来替尼、布格替尼、洛拉替尼。"', body)


def test_a_page_of_another_version_is_answered_with_the_new_form_and_what_still_fits(reader, rule_set):
    number = rule_set.current_version().number
    old = {"version": number + 1, "last_tki": "alectinib", "ecog": "no-longer", "gone": "x"}
    page = reader.post(TOOL, old)
    part = reader.post(TOOL, old, headers={"HX-Request": "true", "HX-Target": "strategy-answer"})

    for response in (page, part):
        assert response.status_code == 409
        assert "2 项在新版中没有" in text_of(response)
        assert "data-status" not in text_of(response)
        assert ' id="i-last_tki-alectinib" checked' in text_of(response)
    assert part.headers["HX-Retarget"] == "#strategy-work"
    assert f'name="version" value="{number}"' in text_of(part)
    assert reader.post(TOOL, {"version": number, "last_tki": "alectinib"}).status_code == 200


def test_a_tool_withdrawn_while_its_page_is_open_is_not_answered(reader, rule_set):
    rule_set.current_version().withdraw(by=None, at=timezone.now())

    assert reader.post(TOOL, {"last_tki": "alectinib"}, headers={"HX-Request": "true"}).status_code == 404


def test_options_of_a_group_stand_in_the_order_of_the_answer(reader):
    answer = evaluate(RULESET, CASES["v01"])
    treatments = [o.option for o in answer.options if RULESET.options[o.option].kind in ("systemic", "local", "trial")]

    shown = marks(reader.post(TOOL, CASES["v01"]), "data-option")

    assert [option for option in shown if option in treatments] == treatments
    assert "3 项并列，先后不代表推荐次序" in text_of(reader.post(TOOL, CASES["v01"]))


def test_what_was_answered_is_shown_and_kept_in_the_form(reader):
    response = reader.post(TOOL, {"last_tki": "alectinib", "alk_mutation": ["G1202R", "L1196M"], "ecog": "unknown"})
    body = text_of(response)

    for key in ("last_tki-alectinib", "alk_mutation-G1202R", "alk_mutation-L1196M", "ecog-unknown"):
        assert re.search(rf'id="i-{key}" checked', body)
    assert body.count(" checked") == 4
    assert "<b>阿来替尼</b>" in body
    assert "<b>L1196M、G1202R</b>" in body


def test_with_htmx_the_answer_comes_alone(reader):
    response = reader.post(TOOL, FULL, headers={"HX-Request": "true"})
    body = response.content.decode()

    assert response.status_code == 200
    assert body.lstrip().startswith("<div")
    assert "<html" not in body
    assert "<form" not in body
    assert marks(response, "data-status") == ["partly_covered"] or len(marks(response, "data-status")) == 1
    assert "data-news=" in body
    assert "data-focus" not in body  # whoever ticks a box keeps the focus there


def test_the_fragment_is_a_form_that_posts_to_the_tool(reader):
    body = reader.get(f"{TOOL}?fragment=1").content.decode()

    assert "<html" not in body
    assert f'action="{TOOL}"' in body
    assert f'data-hx-post="{TOOL}"' in body
    assert "csrfmiddlewaretoken" in body


def test_inputs_in_the_address_are_ignored(reader):
    body = reader.get(f"{TOOL}?last_tki=alectinib&disease_state=progressed").content.decode()

    assert " checked" not in body
    assert "data-status" not in body


@pytest.mark.parametrize(
    ("posted", "corrected"),
    [
        (FULL | {"disease_state": "tki_naive"}, {"disease_state", "last_tki", "earlier_tkis", "failed_lines"}),
        (FULL | {"severe_tox": ["none", "alectinib"]}, {"severe_tox"}),
        (FULL | {"ecog": ["ecog_2", "unknown"]}, {"ecog"}),
    ],
)
def test_a_contradiction_is_an_answer_that_says_what_to_correct(reader, posted, corrected):
    response = reader.post(TOOL, posted)
    body = response.content.decode()

    assert response.status_code == 200
    assert marks(response, "data-status") == ["blocked"]
    assert not marks(response, "data-option")
    assert set(re.findall(r'data-correct="(\w+)"', body)) == corrected
    for key in corrected:
        assert re.search(rf'class="field bad" id="q-{key}"', body)
    assert '<details class="step" data-step-fold open>' in body


@pytest.mark.parametrize("partly", [False, True])
@pytest.mark.parametrize(
    ("posted", "named"),
    [
        ({"patient_name": "张三"}, "patient_name"),
        ({"last_tki": "osimertinib"}, "当前（进展时）所用 ALK-TKI"),
        ({"last_tki": ""}, "当前（进展时）所用 ALK-TKI"),
        ({"<script>alert(1)</script>": "1"}, "<script>alert(1)</script>"),
        ({"last_tki": "\u202ealectinib\u0000"}, "last_tki"),
        ({"alk_mutation": ["G1202R", "😀" * 5000]}, "alk_mutation"),
        ({"alk_mutation": ["G1202R"] * 201}, "200"),
        ({f"k{n}": "1" for n in range(300)}, "200"),
    ],
)
def test_what_is_no_input_is_refused_in_words(reader, posted, named, partly):
    response = reader.post(TOOL, posted, headers={"HX-Request": "true"} if partly else {})

    assert response.status_code == 400
    assert named in text_of(response)
    assert "<script>alert" not in response.content.decode()
    assert "<html" in response.content.decode() or partly


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [(["G1202R"] * 10_000, 400, "提交的内容过多，未作任何更改"), (["G" * 2_000_000], 413, "超过了上限")],
)
def test_ten_thousand_values_or_a_huge_one_are_refused_as_too_much(reader, values, status, words):
    response = reader.post(TOOL, {"alk_mutation": values})

    assert response.status_code == status
    assert words in text_of(response)


def test_a_file_is_refused(reader, tmp_path):
    photo = tmp_path / "scan.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    with photo.open("rb") as handle:
        response = reader.post(TOOL, {"scan": handle})

    assert response.status_code == 400
    assert "scan" in text_of(response)


def test_random_posts_are_answered_or_refused_never_broken(reader):
    rng = random.Random(7)
    names = [*RULESET.inputs, "csrfmiddlewaretoken", "idempotency_key"]
    values = [value for item in DATA["inputs"] for value in [v["key"] for v in item["values"]]] + ["", "\x00", "未知"]
    for _ in range(120):
        posted = {rng.choice(names): [rng.choice(values) for _ in range(rng.randint(1, 3))] for _ in range(4)}
        response = reader.post(TOOL, posted)

        assert response.status_code in (200, 400)
        assert "<main" in response.content.decode()


def test_controls_are_no_inputs(reader):
    response = reader.post(TOOL, {"csrfmiddlewaretoken": "x", "idempotency_key": "k", "disease_state": "unknown"})

    assert marks(response, "data-status") == ["needs_data"]


def test_a_post_without_its_token_is_refused(clinician, rule_set):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clinician)

    assert client.post(TOOL, {"disease_state": "progressed"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(reader, method):
    assert getattr(reader, method)(TOOL).status_code == 405


def test_an_error_report_holds_nothing_entered(reader, monkeypatch, settings):
    """What an operator would be mailed: the post is starred out."""
    from django.views.debug import ExceptionReporter

    caught = {}

    def broken(*_args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("strategy.views.evaluate", broken)
    client = reader
    client.raise_request_exception = False
    client.handler.raise_request_exception = False

    def keep(sender, request, **_kwargs):
        import sys

        caught["report"] = ExceptionReporter(request, *sys.exc_info()).get_traceback_text()

    from django.core.signals import got_request_exception

    got_request_exception.connect(keep)
    try:
        response = client.post(TOOL, {"last_tki": "iruplinalkib"})
    finally:
        got_request_exception.disconnect(keep)

    assert response.status_code == 500
    assert "broken on purpose" in caught["report"]
    assert "iruplinalkib" not in caught["report"]


def test_strangers_and_people_on_their_way_do_not_reach_the_tool(rule_set):
    client = Client()
    assert client.get(TOOL).url.startswith("/accounts/login/")
    assert client.post(TOOL, {"disease_state": "progressed"}).url.startswith("/accounts/login/")

    client.force_login(make_person())
    assert client.get(TOOL).url == "/zones/alk/gate/agreement/"
    assert client.get(f"{TOOL}?fragment=1").url == "/zones/alk/gate/agreement/"


def test_a_session_that_ended_sends_the_whole_page_to_sign_in(rule_set):
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{TOOL}?fragment=1"}

    response = Client().post(TOOL, {"disease_state": "progressed"}, headers=here)

    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == f"/accounts/login/?next={TOOL.replace('/', '%2F')}"


def test_the_list_opens_the_only_tool(reader):
    assert reader.get(reverse("strategy-list", kwargs={"zone": "alk"})).url == TOOL


def test_the_list_shows_several_tools_and_none(reader, rule_set, zone):
    other = RuleSet.objects.create(zone=zone, slug="other", title_zh="另一个工具", title_en="Another tool")
    RuleSetVersion.draft(other, SOURCE, by=None, at=timezone.now()).publish(by=None, at=timezone.now())
    path = reverse("strategy-list", kwargs={"zone": "alk"})
    assert "另一个工具" in text_of(reader.get(path))

    for version in RuleSetVersion.objects.published():
        version.withdraw(by=None, at=timezone.now())
    assert reader.get(path).status_code == 200
    assert reader.get(TOOL).status_code == 404


def test_an_unknown_tool_is_not_found(reader):
    assert reader.get("/zones/alk/strategy/no-such/").status_code == 404


def test_english_is_answered_in_english(reader):
    reader.cookies["language"] = "en"

    body = text_of(reader.post(TOOL, CASES["v73"]))

    assert "preferred" in body
    assert "Lorlatinib (third generation)" in body
    assert "The article dates from 2025-06-12" in body


def test_a_signed_version_says_so(reader, rule_set, clinician):
    rule_set.versions.update(clinically_signed_at=timezone.now(), clinically_signed_by=make_person())

    body = text_of(reader.post(TOOL, FULL))

    assert "草稿，未经临床审核" not in body
    assert "经临床审核" in body


def test_the_answer_takes_few_queries(reader, django_assert_max_num_queries):
    reader.post(TOOL, FULL)

    with django_assert_max_num_queries(10):
        reader.post(TOOL, FULL)
