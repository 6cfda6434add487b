"""What the style guide shows of the portal's own components: the same words in every state, so that states compare."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import sample_form, styleguide
from portal.sample_form import make
from portal.styleguide import Component, Sample

LONG = "阿卜杜热合曼·买买提明所在的某某省某某自治州某某自治县人民医院暨某某医科大学附属第一临床医学院（东院区）"
RTL, EMOJI = "د. يوسف بن عبد الله الخطيب", "👩🏽‍⚕️ Zoë 👨‍👩‍👧‍👦"
HOVER, FOCUS = "as-hover", "as-focus"


def one(state: str, part: str, /, *, acted: str = "", lang: str = "", **context: Any) -> Sample:
    """A partial in one state."""
    within = {"file": "rows", "bar": "bars", "skeleton": "htmx-request"}.get(part, "")
    return Sample(state, f"_partials/{part}.html", context, acted, lang, within=within)


def stretched(part: str, key: str = "text", /, **context: Any) -> tuple[Sample, ...]:
    """The states every component with a text has: too long, from right to left, emoji."""
    return (
        one(_("长文字"), part, lang="zh-Hans", **{**context, key: LONG}),
        one(_("从右到左"), part, lang="ar", **{**context, key: RTL}),
        one(_("表情符号"), part, **{**context, key: EMOJI}),
    )


def fields(state: str, form: sample_form.Fields, *, acted: str = "", lang: str = "") -> Sample:
    """Form fields in one state."""
    return Sample(state, acted=acted, lang=lang, made=sample_form.markup(form))


def buttons() -> Component:
    words, kind = _("提交审核"), "main"
    return Component(
        "button",
        _("按钮"),
        _("一屏一个主要按钮；同意与拒绝同样大小、同样颜色。文字说按下去会怎样。"),
        (
            one(_("初始"), "button", text=words, kind=kind),
            one(_("悬停"), "button", text=words, kind=kind, acted=HOVER),
            one(_("聚焦"), "button", text=words, kind=kind, acted=FOCUS),
            one(_("不可用"), "button", text=words, kind=kind, disabled=True),
            one(_("正在提交"), "button", text=words, kind=kind, busy=True),
            one(_("普通"), "button", text=_("同意")),
            one(_("危险"), "button", text=_("确认撤回"), kind="danger"),
            one(_("朴素"), "button", text=_("取消"), kind="plain"),
            one(_("小号"), "button", text=_("移除"), slim=True),
            one(_("链接"), "button", text=_("查看更多"), href="#c-button"),
            *stretched("button"),
        ),
    )


def form_fields() -> Component:
    given: dict[str, Any] = {"name": "欧阳明珠"}
    return Component(
        "field",
        _("表单项"),
        _("标签在上，说明在标签下，错误在输入框前，写明原因和怎样改；不用占位文字代替标签。"),
        (
            fields(_("初始"), make("new")),
            fields(_("悬停"), make("hover", "profession"), acted=HOVER),
            fields(_("聚焦"), make("focus", "name"), acted=FOCUS),
            fields(_("不可用"), make("off", "name", "profession", initial={"name": EMOJI}, is_off=True)),
            fields(_("有误"), make("bad", data={})),
            fields(_("已填写"), make("done", "name", "agreed", data={**given, "agreed": "on"}), lang="zh-Hans"),
            fields(_("长文字"), make("long", "name", "note", data={"name": LONG, "note": LONG * 3}), lang="zh-Hans"),
            fields(_("从右到左"), make("rtl", "name", data={"name": RTL})),
            fields(_("表情符号"), make("emoji", "name", data={"name": EMOJI})),
            one(_("条款"), "terms_field", field=make("terms", "agreed")["agreed"]),
            one(_("错误提示"), "field_error", id="sg-error", text=_("请至少选一项")),
        ),
    )


def chips() -> Component:
    drawn: dict[str, Any] = {"chips": True}
    return Component(
        "chips",
        _("选项条"),
        _("选项短而多时用，一行放下几个；「未知」总在最后，虚线边。"),
        (
            fields(_("初始"), make("chips", "mutations", **drawn)),
            fields(_("悬停"), make("chips-hover", "mutations", **drawn), acted=HOVER),
            fields(_("聚焦"), make("chips-focus", "mutations", **drawn), acted=FOCUS),
            fields(_("不可用"), make("chips-off", "mutations", is_off=True, **drawn)),
            fields(_("有误"), make("chips-bad", "mutations", data={}, **drawn)),
            fields(_("已选"), make("chips-done", "mutations", data={"mutations": ["a"]}, **drawn)),
        ),
    )


def notes() -> Component:
    title, text = _("标题"), _("一句话说清楚，再说怎么办。")
    kinds = {"info": _("说明"), "ok": _("成功"), "caution": _("注意"), "stop": _("有误")}
    return Component(
        "note",
        _("提示"),
        _("颜色之外总有符号和文字；会改变决定的话放在这里，不折叠。"),
        (
            *(one(state, "note", kind=kind, title=title, text=text) for kind, state in kinds.items()),
            one(_("小号"), "note", kind="caution", text=text, slim=True),
            one(_("错误汇总"), "error_summary", form=make("bad", data={}), quiet=True),
            *stretched("note", kind="info"),
        ),
    )


def badges() -> Component:
    return Component(
        "badge",
        _("徽标"),
        _("一两个词的状态；不能点，不作装饰。"),
        (
            one(_("初始"), "badge", text=_("第 3 版")),
            one(_("成功"), "badge", text=_("可用"), kind="ok"),
            one(_("有误"), "badge", text=_("未接受，没有保存"), kind="stop"),
            one(_("等待中"), "badge", text=_("剩 24 分钟"), kind="clock"),
            one(_("草稿"), "draft_badge"),
            *stretched("badge"),
        ),
    )


def cards() -> Component:
    card: dict[str, Any] = {
        "href": "#c-card",
        "text": _("一句话说清楚，再说怎么办。"),
        "meta": [_("约 18 分钟"), _("第 3 版")],
    }
    item: dict[str, Any] = {
        "title": _("文章"),
        "abstract": card["text"],
        "url": "#c-card",
        "meta": card["meta"],
        "is_draft": True,
    }
    return Component(
        "card",
        _("卡片"),
        _("列表里可以打开的一件东西；标题是链接，整张卡不是。"),
        (
            one(_("初始"), "card", title=_("示例"), **card),
            one(_("聚焦"), "card", title=_("示例"), acted=FOCUS, **card),
            one(_("成功"), "card", title=_("示例"), badge=_("已通过"), badge_kind="ok"),
            one(_("专区里的一篇"), "zone_item", item=item, is_open=True),
            *stretched("card", "title", **card),
        ),
    )


def steps() -> Component:
    names = [_("阅读协议"), _("知情同意"), _("完善信息"), _("上传资质"), _("人工审核")]

    def at(number: int, state: str, **more: Any) -> Sample:
        marks = ["done" if n < number else "current" if n == number else "todo" for n in range(1, 6)]
        listed = [{"label": name, "state": mark} for name, mark in zip(names, marks, strict=True)]
        title = more.pop("title", names[min(number, 5) - 1])
        label = _("示例进度") + " · " + str(state)
        return one(state, "steps", steps=listed, number=min(number, 5), total=5, title=title, label=label, **more)

    return Component(
        "steps",
        _("步骤条"),
        _("告诉人走到哪、后面是什么、要多久；手机上只用一句话。"),
        (
            at(1, _("初始"), hint=_("全程约 6 分钟，可随时离开")),
            at(3, _("进行中")),
            at(6, _("成功")),
            at(2, _("长文字"), title=LONG, lang="zh-Hans"),
        ),
    )


def tables() -> Component:
    columns, rows = [_("时间"), _("谁"), _("次数")], [["06-10 11:02", _("审核员"), 2], ["06-11 09:30", _("编辑"), 17]]
    wide = [*columns, *columns, *columns]
    return Component(
        "table",
        _("表格"),
        _("要逐格对照时用；数字等宽、靠右；窄屏上在框内左右滚动。"),
        (
            one(_("初始"), "table", caption=_("示例表格"), columns=columns, rows=rows),
            one(_("数字"), "table", name=_("数字"), columns=columns[1:], rows=[row[1:] for row in rows], numbers=True),
            one(_("聚焦"), "table", name=_("聚焦"), columns=columns, rows=rows, acted=FOCUS),
            one(_("长文字"), "table", lang="zh-Hans", name=_("长文字"), columns=wide, rows=[[LONG, RTL, EMOJI] * 3]),
        ),
    )


def folds() -> Component:
    ask: dict[str, Any] = {
        "summary": _("撤回同意"),
        "text": _("先说会发生什么，再给真正的按钮。"),
        "button": _("确认撤回"),
    }
    fold: dict[str, Any] = {"summary": _("看数字"), "text": _("一句话说清楚，再说怎么办。")}
    return Component(
        "fold",
        _("折叠与确认"),
        _("折叠收起多数人用不到的；不能反悔的事先展开确认。不弹窗：没有脚本、在微信里也一样。"),
        (
            one(_("初始"), "disclosure", **fold),
            one(_("悬停"), "disclosure", acted=HOVER, **fold),
            one(_("聚焦"), "disclosure", acted=FOCUS, **fold),
            one(_("展开"), "disclosure", open=True, **fold),
            one(_("确认"), "dialog", **ask),
            one(_("确认，展开"), "dialog", open=True, **ask),
            one(_("长文字"), "dialog", lang="zh-Hans", **{**ask, "open": True, "summary": LONG, "text": LONG}),
        ),
    )


def waiting() -> Component:
    address = reverse("styleguide")
    return Component(
        "waiting",
        _("空、等、更多"),
        _("空状态说接下来做什么；等待时占住位置；后台没有送出的，说在屏幕下方，可以关掉。"),
        (
            one(_("空"), "empty", title=_("没有待处理的举报"), text=_("有新举报时会出现在这里")),
            one(_("等待中"), "skeleton", lines="1234"),
            one(_("后台出错"), "toast", id="sg-toast", text=_("连接中断，请检查网络后重试。")),
            one(_("更多"), "pager", next_url=f"{address}#c-waiting"),
            one(_("悬停"), "pager", next_url=f"{address}#c-waiting", acted=HOVER),
            one(
                _("出错的页"),
                "problem",
                level="h3",
                code=404,
                title=_("没有这一页"),
                happened=_("一句话说清楚，再说怎么办。"),
            ),
            *stretched("empty", "title"),
        ),
    )


def figures() -> Component:
    bar: dict[str, Any] = {"words": "mPFS", "whose": _("示例"), "value": "9.6", "low": 0, "width": 24, "kind": "solid"}
    return Component(
        "figures",
        _("证据条与倒计时"),
        _("条形只对照一句话与它的出处，从不比较两种药；空心为原文所写、实心为可查到。"),
        (
            one(_("可查到"), "bar", **bar),
            one(_("存疑"), "bar", **{**bar, "width": 38, "value": "15.2", "kind": "hollow"}),
            one(_("没有刻度"), "bar", **{**bar, "low": None}),
            one(_("长文字"), "bar", lang="zh-Hans", **{**bar, "words": LONG}),
            one(_("倒计时"), "countdown", seconds=5),
            one(_("过了一半"), "countdown", seconds=2, left="125.66"),
        ),
    )


def files() -> Component:
    name, sent = "IMG_2043.jpg", reverse("styleguide")
    refused = _("这张看起来是居民身份证。我们不收身份证，文件没有保存。")
    return Component(
        "file",
        _("上传的文件"),
        _("每个文件一行：名称、状态、为什么、能做什么。"),
        (
            one(_("成功"), "file", name=name, href=sent, state=_("可用"), kind="ok", size=1_880_000, pages=2),
            one(_("有误"), "file", name=name, state=_("未接受，没有保存"), kind="stop", message=refused),
            one(_("等待中"), "file", name=name, name_id="sg-up", percent=62, note="3.1 / 5.0 MB"),
            one(_("长文字"), "file", name=LONG, lang="zh-Hans", state=_("可用"), kind="ok"),
            one(_("从右到左"), "file", name=RTL, lang="ar"),
            one(_("表情符号"), "file", name=EMOJI),
        ),
    )


def register() -> None:
    """Called once when the app is ready."""
    for maker in (buttons, form_fields, chips, notes, badges, cards, steps, tables, folds, waiting, figures, files):
        styleguide.register(maker)
