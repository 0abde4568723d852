"""Every word that a page takes from code: labels, states, dates, errors; the templates hold the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, request
from markupsafe import Markup, escape

PLACES = (
    ("map", "地图", "map", "/"),
    ("institutions", "机构", "firm", "/institutions"),
    ("orders", "订单", "order", "/orders"),
    ("parks", "园区", "park", "/parks"),
    ("policies", "政策", "policy", "/policies"),
)
FACET_LABELS = {
    "kind": "类别", "service": "服务类型", "grade": "信用等级", "park": "园区", "district": "区",
    "industry": "重点产业", "licence": "许可", "state": "状态", "found": "找到的方式",
}
KIND_WORDS = {"institution": "机构", "order": "订单", "park": "园区", "policy": "政策"}
KIND_ICONS = {"institution": "firm", "order": "order", "park": "park", "policy": "policy"}
BAND_WORDS = {3: "强", 2: "可能", 1: "弱"}
REASON_KINDS = {"met": "满足", "missing": "未写明", "contrary": "相反"}
FOUND_WORDS = {("words",): "字面相同", ("meaning",): "意思相近", ("meaning", "words"): "字面与意思都对"}
ERRORS = {
    400: ("这个请求读不懂", "地址或内容不完整，请从页面上重新打开。"),
    403: ("这里没有对您开放", "如果您认为应当能看，请联系平台运营方。"),
    404: ("没有找到这一页", "地址可能写错，或内容已下架。可以从地图或搜索重新找。"),
    405: ("这个地址不接受这种操作", "请从页面上的按钮操作。"),
    409: ("现在还不能这样做", "状态已经变化，请刷新后再看。"),
    422: ("填写的内容有误", "请按提示改正后再试。"),
    500: ("出了差错，不是您的问题", "请稍后再试；若一直如此，请把下面的编号告诉平台运营方。"),
    503: ("检索暂时不可用", "机构、园区、订单、政策的页面仍可打开。运营方可运行 caitu index rebuild 恢复。"),
}


@dataclass(frozen=True)
class Tone:
    """A state as the page shows it: word, tone of colour, icon."""

    word: str
    tone: str
    icon: str


ORDER_STATES = {
    "draft": Tone("草稿", "", "pen"), "pending_review": Tone("核验中", "wait", "clock"),
    "open": Tone("揭榜中", "live", "flag"), "sealed": Tone("待开封", "wait", "lock"),
    "evaluating": Tone("评审中", "live", "scale"), "awarded": Tone("已授榜", "ok", "check"),
    "delivering": Tone("交付中", "live", "send"), "settled": Tone("已结清", "ok", "met"),
    "paused": Tone("已暂停", "wait", "pause"), "cancelled": Tone("已取消", "", "x"),
    "reference": Tone("公开资料", "", "policy"),
}
LICENCE_VALID, LICENCE_EXPIRED, LICENCE_NONE, LICENCE_FILED = (
    Tone("许可有效", "ok", "shield"), Tone("许可过期", "bad", "alert"),
    Tone("许可未见", "", "minus"), Tone("仅备案", "", "shield"),
)

# A firm's name breaks only before a trade word or the legal form.
_BREAKS = re.compile(
    "(?<=.)(企业管理咨询|人力资源管理|人力资源服务|人力资源|人才服务|人才咨询|企业服务|劳务派遣|劳务|猎头|商务咨询"
    "|管理咨询|外包服务|科技|咨询|人才|集团|(?:股份)?有限(?:责任)?公司|有限合伙)"
)


def named(text: str) -> Markup:
    """A firm's name with the places where it may break."""
    return Markup('<span class="name">{}</span>').format(Markup(_BREAKS.sub(r"<wbr>\1", str(escape(text)))))


def number(value: float | int | None) -> str:
    """A number with thousands separators; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def marked(text: str, marks: Sequence[tuple[int, int]] = ()) -> Markup:
    """A quoted line with its matching words in <mark>; marks are (start, end), overlapping ones are joined."""
    out, at = Markup(""), 0
    for start, end in sorted(marks):
        start = max(start, at)
        if end <= start:
            continue
        out += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        at = end
    return out + escape(text[at:])


def excerpt(text: str, marks: Sequence[tuple[int, int]] = (), width: int = 90) -> Markup:
    """A piece of a long line around its first mark, cut with an ellipsis."""
    if len(text) <= width:
        return marked(text, marks)
    first = min((start for start, _ in marks), default=0)
    left = max(0, min(first - width // 4, len(text) - width))
    right = left + width
    inside = [(max(s, left) - left, min(e, right) - left) for s, e in marks if e > left and s < right]
    return Markup("{}{}{}").format("…" if left else "", marked(text[left:right], inside), "…" if right < len(text) else "")


def found_word(found_by: Sequence[str]) -> str:
    """How a hit was found, in words."""
    return FOUND_WORDS.get(tuple(sorted(found_by)), "")


def facet_value(name: str, value: str) -> str:
    """A facet's value as the page shows it."""
    if name == "grade":
        return f"{value} 级"
    if name == "kind":
        return KIND_WORDS.get(value, value)
    if name == "state":
        return ORDER_STATES[value].word if value in ORDER_STATES else value
    if name == "found":
        return {"words": "字面", "meaning": "意思"}.get(value, value)
    return value.replace("(", "（").replace(")", "）")


def chip_label(name: str, value: str) -> str:
    """A set filter as its chip shows it."""
    if name == "grade":
        return f"信用 {value}"
    return f"“{value}”" if name == "q" else facet_value(name, value)


def days_left(deadline: date | None, today: date) -> str:
    """Until when, in whole days."""
    if deadline is None:
        return "未写截止日"
    left = (deadline - today).days
    if left < 0:
        return f"已截止 {-left} 天"
    return "今天截止" if left == 0 else f"揭榜剩 {left} 天"


def day(value: date | datetime | None) -> Markup:
    """A date as a <time> element; a dash where there is none."""
    if value is None:
        return Markup("–")
    text = value.strftime("%Y-%m-%d")
    return Markup('<time datetime="{}">{}</time>').format(text, text)


def joined(values: Sequence[str] | None, most: int = 99) -> str:
    """Values in one line; what is more than `most` is counted."""
    values = list(values or ())
    text = "、".join(v.replace("(", "（").replace(")", "）") for v in values[:most])
    return text + (f" 等 {len(values)} 项" if len(values) > most else "") or "–"


def register(app: Flask) -> None:
    """Gives the words to the templates."""
    app.jinja_env.filters.update(
        named=named, n=number, marked=marked, excerpt=excerpt, found_word=found_word, day=day, joined=joined,
        days_left=days_left, chip_label=chip_label, facet_value=facet_value,
        band_word=lambda n: BAND_WORDS[n], kind_word=lambda reason: REASON_KINDS[reason.kind],
        state_tone=lambda state: ORDER_STATES.get(state, Tone(state, "", "clock")),
        kind_name=KIND_WORDS.get, kind_icon=KIND_ICONS.get,
    )
    app.jinja_env.globals.update(facet_labels=FACET_LABELS)

    @app.context_processor
    def frame() -> dict[str, Any]:
        theme = request.cookies.get("theme", "")
        return {"places": PLACES, "theme_choice": theme if theme in ("light", "dark") else ""}
