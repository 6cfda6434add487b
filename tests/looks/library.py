"""A zone with articles of every kind: many, long, corrected; discussions with nobody, one, many, ten thousand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from articles.models import Article, Comment, Fact, FactEvidence, Reference, Revision
from portal.models import Zone
from strategy.management.commands.populate import Load
from strategy.models import RuleSet, RuleSetVersion
from tests.articles.conftest import BODY, agree, make_article, make_facts, make_zone
from tests.looks.cast import person
from tests.strategy.small import small, source_of

MANY_ARTICLES, MANY_COMMENTS = 30, 10_000
LONG_TITLE = ("经治晚期ALK阳性非小细胞肺癌患者在第二代与第三代酪氨酸激酶抑制剂先后耐药之后的再次活检与治疗选择：" * 5)[
    :200
]
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
RTL = "شكرًا على هذا المقال المفيد، لدي سؤال عن الجرعة 120 mg وعن المتابعة."
EMOJI = "👍🏽👍🏽 谢谢 🙏 第 2 段写得很清楚 👨‍👩‍👧‍👦🇨🇳"
CITED = '<p id="b-qqqqqqqq">规则所引的话是<span data-fact="f-ok">{words}</span>。</p>'
TABLE = (
    '<table id="b-tttttttt"><thead id="b-uuuuuuuu"><tr id="b-vvvvvvvv">'
    + "".join(f"<th>第{n}列的长表头</th>" for n in "一二三四五六七八")
    + '</tr></thead><tbody id="b-wwwwwwww"><tr id="b-xxxxxxxx">'
    + "".join(f"<td>{n} 个月（95% CI 1.{n}–9.{n}）</td>" for n in range(8))
    + "</tr></tbody></table>"
)


def fill() -> dict[str, str]:
    """Make the zone 「crowded」; return the paths of its pages."""
    zone = _zone()
    _facts()
    places = {"many": f"/zones/{zone.slug}/"}
    for number in range(MANY_ARTICLES):
        make_article(zone, f"piece-{number:02}", title_zh=f"第 {number + 1} 篇：随访与再活检的时机", tool_slug="")
    long = make_article(
        zone, "long", LONG_BODY, title_zh=LONG_TITLE, abstract_zh="公开的摘要，" * 60, tool_slug="", title_en="L" * 200
    )
    talk = make_article(zone, "talk", tool_slug="")
    closed = make_article(zone, "closed", tool_slug="", comment_mode=Article.CommentMode.CLOSED)
    held = make_article(zone, "held", tool_slug="", comment_mode=Article.CommentMode.BEFORE)
    crowd = make_article(zone, "crowd", tool_slug="")
    one = make_article(zone, "one-comment", tool_slug="")
    fixed = make_article(zone, "corrected", BODY + CITED.format(words="原来的一句"), tool_slug="small")
    _say(one, "doctor2", "只有这一条。")
    _talk(talk)
    _held(held)
    load = Load(crowd)
    load.clinicians(40)
    for _ in range(MANY_COMMENTS // 1000):
        load.comments(1000)
    _rules(zone)
    _correct(fixed)
    named = {"long": long, "talk": talk, "held": held, "closed": closed, "crowd": crowd, "one": one, "corrected": fixed}
    places |= {name: row.get_absolute_url() for name, row in named.items()}
    places["silent"] = Article.objects.get(zone=zone, slug="piece-00").get_absolute_url()
    deepest = Comment.objects.filter(article=talk).order_by("-depth").first()
    assert deepest is not None
    places["report"] = f"{talk.get_absolute_url()}comments/{deepest.public_id}/report/"
    places["thread"] = f"{talk.get_absolute_url()}comments/?thread={deepest.root.public_id}"
    places["reply"] = f"{talk.get_absolute_url()}comments/?reply={deepest.public_id}"
    return places


LONG_BODY = BODY + TABLE + f'<p id="b-yyyyyyyy">{"长段落不应撑破页面，" * 60}{LONG_WORD}</p>'


def _zone() -> Zone:
    zone = make_zone("crowded", position=80)
    Zone.objects.filter(pk=zone.pk).update(
        name_zh="名称很长的专区：经治晚期非小细胞肺癌靶向治疗耐药后的再活检与策略讨论"
    )
    for user in _readers():
        agree(user, zone)
    return zone


def _readers() -> list[User]:
    named = ["محمد عبد الرحمن الشريف", "👩‍⚕️林🧬知遥🫁", "W" * 60, "评论很快的人"]
    long = User.objects.filter(display_title__startswith="副主任医师，某某省").get()
    return [person("doctor"), long, *(User.objects.get(display_name=name) for name in named)]


def _facts() -> None:
    make_facts()
    reference = Reference.objects.create(key="ref-look", citation="Author A. Journal 2020;1:1-2", basis="search")
    fact = Fact.objects.create(key="f-ok", claim_zh="论断", claim_en="claim")
    FactEvidence.objects.create(fact=fact, reference=reference, says="it says so")
    Fact.objects.create(key="f-disputed", claim_zh="存疑的论断", claim_en="doubt", verdict="DISPUTED", note_zh="存疑")


def _say(article: Article, name: str, body: str, **more: Any) -> Comment:
    authors = dict(zip(("doctor", "doctor2", "rtl", "emoji", "wordy", "busy"), _readers(), strict=True))
    at = more.pop("at", timezone.now())
    return Comment.post(article, author=authors[name], body=body, at=at, **more)


def _talk(article: Article) -> None:
    """Threads of every shape: deep, long, with traces, by authors whose names are hard to set."""
    now = timezone.now()
    for number in range(30):
        _say(
            article,
            "doctor",
            f"第 {number + 1} 条。" + "说得多一些。" * (number % 5),
            at=now - timedelta(days=40 - number),
        )
    deep = _say(article, "rtl", RTL)
    for name, body in (("emoji", EMOJI), ("wordy", LONG_WORD), ("doctor2", "同意。"), ("rtl", RTL), ("emoji", "🙏")):
        deep = _say(article, name, body, parent=deep)
    busy = _say(article, "wordy", "这一条有很多回复。" + "字" * 1500)
    for number in range(25):
        _say(article, "doctor", f"回复 {number + 1}", parent=busy)
    gone = _say(article, "doctor2", "这条会被删除。")
    _say(article, "doctor", "这条回复还在。", parent=gone)
    gone.refresh_from_db()
    gone.article = article
    gone.delete_own(at=now)
    hidden = _say(article, "doctor", "这条会被隐藏。")
    _say(article, "rtl", "这条回复也还在。", parent=hidden)
    hidden.refresh_from_db()
    hidden.article = article
    hidden.hide(by=person("editor"), at=now)
    _say(article, "doctor2", "编辑部的回答。", is_editorial=True, anchor="block:b-aaaaaaaa", quote="一、背景")


def _held(article: Article) -> None:
    for name in ("doctor", "doctor2", "rtl", "emoji"):
        _say(article, name, f"等待审核的评论。{EMOJI} {RTL}")


def _correct(article: Article) -> None:
    """A correction by one editor, published by another: the sentence a rule cites reads otherwise now."""
    writer, second = person("editor"), person("editor2")
    draft = Revision.start(article, by=writer, at=timezone.now())
    texts = {name: getattr(draft, name) for name in ("title_zh", "title_en", "abstract_zh", "abstract_en")}
    body = BODY.replace("15.2 个月", "9.6 个月") + CITED.format(words="改正后的一句，比原来长一些")
    draft.rewrite(
        by=writer, seen=draft.version, texts=texts, body=body, note="更正：15.2 个月应为 9.6 个月", at=timezone.now()
    )
    draft.submit(by=writer, seen=draft.version, at=timezone.now())
    draft.approve(by=second, seen=draft.version, at=timezone.now(), note="已核对原文")


def _rules(zone: Zone) -> None:
    """A small tool whose rule cites a sentence that was corrected since, and one that was withdrawn."""
    made = RuleSet.objects.create(
        zone=zone, slug="small", title_zh="小规则集", title_en="Small rule set", article_slug="corrected"
    )
    RuleSetVersion.draft(made, source_of(small()), by=None, at=timezone.now()).publish(by=None, at=timezone.now())
    gone = RuleSet.objects.create(zone=zone, slug="withdrawn", title_zh="已撤回的规则集", title_en="Withdrawn")
    version = RuleSetVersion.draft(gone, source_of(small()), by=None, at=timezone.now())
    version.publish(by=None, at=timezone.now())
    version.withdraw(by=person("editor2"), at=timezone.now(), note="所引文献已被撤稿")
