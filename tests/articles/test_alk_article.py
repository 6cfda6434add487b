"""The shipped articles as files: every fact stated once and in its place, no lost character, no dose, nothing copied.

No database: the files are read as they are. What the importer makes of them is tested beside the importer.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.articles import shipped
from tests.articles.shipped import BLOCKS, FOLDER, NOTES_FOLDER, TEXT_BLOCKS

pytestmark = pytest.mark.pure

HAN = r"\u3400-\u9fff"

# What the captured page lost characters into; none of it may be published.
NEVER = """
L1196MG1202R
L1196MC1156Y
G1202RI1171T
G1202RL1198F
METEGFRROS1
TPX-0131AB-106
5 OS 率
5 PFS 率
%mPFS
%CR
RECIST 1.1 iRECIST
ALK CD3
ALK 依赖性耐药 vs ALK 依赖性耐药
"疾病控制" "临床治愈"
{{ item.question }}
apps.medtrib.cn
率(OS)率
""".strip().splitlines()
NEVER_LIKE = [r"[A-Z]\d{3,4}[A-Z][A-Z]\d{3,4}[A-Z]", r"\d%[A-Za-z]", r"(?<![0-9-])5 (OS|PFS)"]
DOSE = r"\d\s*(mg|毫克|μg|微克|mL|ml|毫升|g/|片|粒)|mg/|每[日天]\s*[一二三两\d]+\s*次|次\s*/\s*日|\b(qd|bid|tid)\b"
FIGURE = r"\d+(?:\.\d+)?\s*(?:%|个月|欧元)"
UNITS = {"percent": "%", "months": " 个月", "EUR per year": " 欧元", "lesions": " 个", "years": " 岁"}

# The captured page: read where it lies beside the repository; elsewhere its fingerprints stand in for it.
PAGE = Path(__file__).resolve().parents[3] / "shared" / "source" / "page-capture.txt"
FINGERPRINTS = Path(__file__).parent / "captured_runs.txt"
LONGEST_RUN = 16  # Han characters in a row that two texts on one subject may share
NAMES = ["中国驱动基因阳性非小细胞肺癌脑转移临床诊疗指南（2025 版）", "ALK 阳性非小细胞肺癌经治患者的治疗策略"]


def test_every_fact_is_stated_once_in_the_section_it_belongs_to():
    expected = Counter((key, fact["section"]) for key, fact in shipped.facts().items())

    assert len(expected) == 128
    assert Counter((key, section) for key, section, _span, _block in shipped.bound()) == expected


def test_bound_spans_stand_in_one_block_and_not_in_each_other():
    inside = [
        (key, node.tag)
        for key, _section, span, _block in shipped.bound()
        for node in span.iter()
        if node is not span and (node.tag in BLOCKS or node.get("data-fact"))
    ]

    assert inside == []


def test_every_section_has_its_heading_in_order():
    headings = [node for node in shipped.tree(FOLDER).iter() if node.get("data-section")]

    assert [node.get("data-section") for node in headings] == [s["key"] for s in shipped.data("facts.yaml")["sections"]]
    assert {node.tag for node in headings} <= {"h2", "h3", "h4"}
    chapters = [shipped.text(node) for node in shipped.tree(FOLDER) if node.tag == "h2"]
    assert [title[:2] for title in chapters] == ["引言", "一、", "二、", "三、", "四、", "五、", "六、", "七、", "结语"]


@pytest.mark.parametrize("folder", [FOLDER, NOTES_FOLDER], ids=lambda folder: folder.name)
def test_every_block_has_an_id_of_its_own(folder):
    ids = [node.get("id", "") for node in shipped.tree(folder).iter() if node.tag in BLOCKS]

    assert [block_id for block_id in ids if not re.fullmatch("b-[a-z2-7]{8}", block_id)] == []
    assert [block_id for block_id, times in Counter(ids).items() if times > 1] == []


def test_links_within_the_article_lead_somewhere():
    tree = shipped.tree(FOLDER)
    ids = {f"#{node.get('id')}" for node in tree.iter() if node.get("id")}

    assert {node.get("href") for node in tree.iter("a")} <= ids


def _spellings(figure: dict[str, Any]) -> list[str]:
    """What may stand in the text for one figure."""
    unit = UNITS[figure["unit"]]
    if "range" in figure:
        low, high = figure["range"]
        return [f"{low}–{high}{unit}", f"{low}%–{high}%"] if unit == "%" else [f"{low}–{high}{unit}"]
    if "gt" in figure:
        return [f"超过 {figure['gt']}{unit}", f"{figure['gt']}{unit}以上"]
    return [f"{figure['value']}{unit}"]


def test_each_bound_place_gives_the_figures_of_its_fact():
    facts = shipped.facts()
    missing = [
        (key, _spellings(figure))
        for key, _section, span, _block in shipped.bound()
        for figure in facts[key]["figures"]
        if not any(re.search(rf"(?<![\d.]){re.escape(words)}", shipped.text(span)) for words in _spellings(figure))
    ]

    assert missing == []


def test_no_figure_stands_outside_a_bound_place():
    tree = copy.deepcopy(shipped.tree(FOLDER))
    for node in list(tree.iter("span")):
        if node.get("data-fact"):
            tail = node.tail
            node.clear()
            node.tail = tail

    assert re.findall(FIGURE, shipped.text(tree)) == []


def test_a_doubtful_fact_has_a_note_and_is_told_as_the_source_s():
    facts = shipped.facts()
    doubtful = {key for key, fact in facts.items() if fact["check"] != "ok"}

    assert {fact["check"] for fact in facts.values()} == {"ok", "imprecise", "disputed", "outdated"}
    assert [key for key in doubtful if not facts[key]["note_zh"]] == []
    assert [key for key in doubtful if not re.search("原文|文中", shipped.told(key))] == []


def test_evidence_points_at_known_references():
    data = shipped.data("facts.yaml")
    known = {reference["key"] for reference in data["references"]}

    assert {e["reference"] for fact in data["facts"] for e in fact["evidence"]} <= known
    assert all(isinstance(value, str) for fact in data["facts"] for value in (fact["check"], fact["verified"]))


def test_nothing_the_capture_mangled_is_published():
    text = "\n".join(
        [*shipped.prose(FOLDER), *shipped.comments(), (FOLDER / "article.yaml").read_text(encoding="utf-8")]
    )

    assert [words for words in NEVER if words in text] == []
    assert [pattern for pattern in NEVER_LIKE if re.search(pattern, text)] == []


def test_the_two_classes_of_resistance_hold_what_is_theirs():
    off_target = re.compile("MET|EGFR|小细胞")
    items = [
        node
        for node in shipped.tree(FOLDER).iter("li")
        if node.find("ul") is not None or "依赖性耐药" in shipped.text(node)
    ]
    dependent = [shipped.text(node) for node in items if shipped.text(node).startswith("ALK 依赖性耐药。")]
    independent = [shipped.text(node) for node in items if shipped.text(node).startswith("非 ALK 依赖性耐药。")]

    assert len(dependent) == len(independent) == 2
    assert [text for text in dependent if off_target.search(text)] == []
    assert [text for text in independent if not off_target.search(text)] == []


def test_mutations_are_listed_below_the_class_they_belong_to():
    places = {key: block for key, _section, _span, block in shipped.bound()}
    parents = {child: parent for parent in shipped.tree(FOLDER).iter() for child in parent}
    above = {node.get("id"): parents[parents[node]].get("id") for node in parents if node.tag == "li"}
    second_level = {
        "res-alk-dep-share": ["res-mut-crizotinib", "res-mut-alectinib", "res-mut-lorlatinib"],
        "on-target-by-mutation": ["mut-l1196m-2g", "mut-g1202r-lorlatinib-only", "mut-compound-lorlatinib"],
        "post-criz-options": ["post-criz-alectinib-152", "post-criz-brigatinib-167", "post-criz-lorlatinib-194"],
    }

    for head, keys in second_level.items():
        assert [above[places[key].get("id")] for key in keys] == [places[head].get("id")] * len(keys)
    heads = {above[places[key].get("id")] for key in ("off-met-combo", "off-egfr-combo", "off-sclc-chemo-io")}
    assert len(heads) == 1
    assert heads != {places["on-target-by-mutation"].get("id")}


def test_the_framework_is_an_ordered_list_of_four_steps_before_the_tool():
    tree = shipped.tree(FOLDER)
    (steps,) = tree.findall("ol")
    blocks = list(tree)
    slot = next(node for node in blocks if node.get("data-slot") == "strategy")

    assert [shipped.own_text(item)[:3] for item in steps] == ["第一步", "第二步", "第三步", "第四步"]
    assert all(item.find("ul") is not None for item in steps)
    assert shipped.text(slot) == ""
    assert blocks[blocks.index(slot) + 1].get("data-section") == "sec-6-3"


@pytest.mark.parametrize("folder", [FOLDER, NOTES_FOLDER], ids=lambda folder: folder.name)
def test_punctuation_is_full_width_and_latin_stands_apart(folder):
    prose = "\n".join(shipped.prose(folder))

    assert re.findall(rf"[{HAN}][,;:?!()]|[,;:?!()][{HAN}]", prose) == []
    assert re.findall(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]", prose) == []
    assert re.findall(r"\d-\d+(?:\.\d+)?\s*(?:%|个|岁)|[“”\"]", prose) == []


def test_nothing_is_said_of_doses_and_nothing_is_promised():
    prose = "\n".join([*shipped.prose(FOLDER), *shipped.comments()])

    assert re.search(DOSE, prose) is None
    told = {key for key, _section, span, _block in shipped.bound() if "治愈" in shipped.text(span)}
    assert told == {"claim-clinical-cure", "concl-cure"}
    assert prose.count("治愈") == len(told)


def test_the_public_face_is_whole():
    face = shipped.data("article.yaml")

    assert 150 <= len(face["abstract_zh"]) <= 220
    assert face["abstract_en"]
    assert str(face["source"]["date"]) == "2025-06-12"
    assert (face["zone"], face["slug"], face["kind"], face["is_draft_clinically"]) == ("alk", FOLDER.name, "NEWS", True)


def test_the_second_article_explains_without_claiming():
    tree = shipped.tree(NOTES_FOLDER)
    text = shipped.text(tree)

    assert [node for node in tree.iter() if node.get("data-fact")] == []
    assert 600 <= len(re.findall(f"[{HAN}]", text)) <= 900
    assert re.search(f"{FIGURE}|{DOSE}", text) is None


def test_the_discussion_is_two_hundred_distinct_comments_that_answer_backwards():
    data = shipped.data("comments.yaml")
    comments, authors = data["comments"], data["authors"]
    depths: list[int] = []
    for place, comment in enumerate(comments):
        parent = comment["reply_to"]
        assert parent is None or (parent < place and comment["days_ago"] < comments[parent]["days_ago"])
        depths.append(1 if parent is None else depths[parent] + 1)
    blocks = {f"block:{node.get('id')}" for node in shipped.tree(FOLDER).iter() if node.tag in TEXT_BLOCKS}

    assert len({comment["body"].strip() for comment in comments}) == len(comments) == 200
    assert 50 <= sum(depth > 1 for depth in depths) <= 70
    assert max(depths) <= 3
    assert {comment["anchor"] for comment in comments} <= blocks | {""}
    assert {comment["author"] for comment in comments} == set(range(len(authors)))


def _fingerprints(texts: list[str]) -> set[str]:
    """Short hashes of every run of Han characters one longer than what two texts may share."""
    runs: set[str] = set()
    for text in texts:
        for name in NAMES:
            text = text.replace(name, "\n").replace(name.translate({0xFF08: "(", 0xFF09: ")"}), "\n")
        for line in text.splitlines():
            han = "".join(re.findall(f"[{HAN}]", line))
            runs |= {han[i : i + LONGEST_RUN + 1] for i in range(len(han) - LONGEST_RUN)}
    return {hashlib.sha256(run.encode()).hexdigest()[:10] for run in runs}


def test_no_sentence_is_copied_from_the_captured_page():
    captured = set(FINGERPRINTS.read_text(encoding="ascii").split())
    if PAGE.exists():
        assert captured == _fingerprints([PAGE.read_text(encoding="utf-8")])

    assert len(captured) > 1000
    assert _fingerprints(shipped.prose(FOLDER)) & captured == set()
