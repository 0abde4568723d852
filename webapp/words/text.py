"""Turns values into the pieces of text that the pages show: names, numbers, dates, quotes, states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from market.clock import SHANGHAI
from market.vocabulary import PARK_LEVELS
from webapp.words.labels import (
    FIELD_WORDS,
    FOUND_WORDS,
    KIND_WORDS,
    LICENCE_EXPIRED,
    LICENCE_FILED,
    LICENCE_NAMES,
    LICENCE_NONE,
    LICENCE_VALID,
    ORDER_STATES,
    PLACE_WORDS,
    SERVICES_SHORT,
    Tone,
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


def quotes_in(text: str, musts: Sequence[Any]) -> list[tuple[int, int]]:
    """Where the must-haves that a text states stand in it."""
    quotes = [must["quote"] for must in musts if must["quote"]]
    return [(text.find(quote), text.find(quote) + len(quote)) for quote in quotes if quote in text]


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
    return bracketed(value)


def bracketed(text: str) -> str:
    """A name of the data with the brackets of Chinese text."""
    return text.replace("(", "（").replace(")", "）")


def chip_label(name: str, value: str) -> str:
    """A set filter as its chip shows it."""
    if name == "grade":
        return f"信用 {value}"
    return f"“{value}”" if name == "q" else facet_value(name, value)


def split_names(text: str) -> list[str]:
    """Names that somebody typed in one line, whatever stands between them."""
    return [part for part in re.split(r"[\s,，、;；]+", text) if part]


def filters_text(filters: Any) -> str:
    """A filter in one line, as a saved search is called when nobody named it."""
    return "、".join(chip_label(name, value) for name, value in filters.chips()) or "全部"


def reading_label(reading: Any) -> str:
    """What a stretch of a question was taken for, with the stretch itself where it was typed another way."""
    if reading.facet == "unknown":
        return f"没有资料写到“{reading.typed}”"
    if reading.facet == "headcount":
        return f"人数 {reading.label}"
    label = f"信用 {reading.label}" if reading.facet == "grade" else bracketed(reading.label)
    label += "附近" if reading.near else ""
    return label if reading.typed in label or reading.facet == "grade" else f"{label}（{reading.typed}）"


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


def found_where(hit: Any) -> str:
    """Where and how a hit was found."""
    field, how = FIELD_WORDS.get(hit.field, ""), found_word(hit.found_by)
    return "，".join(part for part in (f"在“{field}”里找到" if field else "", how) if part)


def service_short(name: str) -> str:
    """A service by its short name."""
    return SERVICES_SHORT.get(name, name)


def hit_facts(kind: str, row: Any) -> tuple[str, ...]:
    """The facts of a hit that decide, at most three."""
    if kind == "institution":
        where = row.park.short_name if row.park else (row.district or "区未写明")
        return (where, services_short(row.services))
    if kind == "order":
        people = f"{row.headcount:,} 人" if row.headcount else "人数未写明"
        return (row.enterprise_name or "企业未写明", row.district or row.city or "地点未写明", people)
    if kind == "park":
        return (PARK_LEVELS.get(row.level, row.level or ""), row.district or "区未写明", row.address or "地址未写明")
    return tuple(filter(None, (row.issuing_bodies, row.issued_on)))


def services_short(names: Sequence[str] | None) -> str:
    """Services by their short names, three at most."""
    short = [service_short(name) for name in names or ()]
    return "、".join(short[:3]) + (f"等 {len(short)} 类" if len(short) > 3 else "")


def short_name(name: str) -> str:
    """A firm's name without city, trade and legal form."""
    bare = _BREAKS.split(name)[0]
    return bare.removeprefix("上海") or name


def licence_tone(licence: Any, today: date) -> Tone:
    """The state of one licence on a day."""
    if licence is None:
        return Tone("没有", "", "minus")
    if licence.valid(today):
        return Tone("有效", "ok", "met")
    return Tone("已过期", "bad", "alert")


def licence_state(firm: Any, today: date) -> Tone:
    """What a list shows of a firm's licences: the one that its first service rests on."""
    if firm.source_kind != "sample":
        return LICENCE_NONE
    by_name = {licence.name: licence for licence in firm.licences}
    found = [by_name[name] for name in LICENCE_NAMES[:2] if name in by_name]
    if any(licence.valid(today) for licence in found):
        return LICENCE_VALID
    return LICENCE_EXPIRED if found else LICENCE_FILED if "备案" in by_name else LICENCE_NONE


def place_word(row: Any) -> str:
    """How good a place is."""
    about = f"（{row.place_precision_m} 米内）" if row.place_precision_m else ""
    return PLACE_WORDS.get(row.place_quality, "") + about


def area(value: str | None) -> Markup:
    """A floor area as the source gives it."""
    if not value:
        return Markup("–")
    digits = re.match(r"[\d,]+", value)
    if not digits:
        return escape(value)
    number_text = f"{int(digits.group().replace(',', '')):,}"
    return Markup("{} <small>m²{}</small>").format(number_text, value[digits.end():])


def district_title(name: str, orders: int, firms: int) -> str:
    """What a district on the map says of itself."""
    return f"{name}：揭榜中订单 {orders:,} 个，机构 {firms:,} 家"


def map_sentence(rows: Sequence[tuple[str, int, int]], total: int, filtered: bool) -> Markup:
    """What to see on the map; rows: (district, open orders, firms), the one with most orders first."""
    firms = "符合筛选的机构" if filtered else "机构"
    first, most, mine = rows[0]
    if not total:
        return Markup("<b>没有{}</b>；{}有揭榜中订单 {:,} 个。").format(firms, first, most)
    if len(rows) == 1:
        return Markup("<b>{}有揭榜中订单 {:,} 个</b>，{} {:,} 家。").format(first, most, firms, mine)
    second, more, theirs = rows[1]
    return Markup("<b>{}订单最多，{:,} 个</b>，有{} {:,} 家；{} {:,} 个订单，{:,} 家。").format(
        first, most, firms, mine, second, more, theirs)


def district_sentence(name: str, firms: int, orders: int, missing: Sequence[str]) -> str:
    """A district in one sentence."""
    gap = f"；一家也没有的服务：{'、'.join(missing)}" if missing else ""
    return f"{name}有 {firms:,} 家机构，揭榜中订单 {orders:,} 个{gap}。"


def mix_title(first: str, count: int, total: int, missing: Sequence[str]) -> str:
    """What a park's firms do, as a title."""
    gap = f"，{'与'.join(missing[:2])}为 0" if missing else ""
    return f"{first}占 {count:,}/{total:,}{gap}"


def moment(value: datetime | None) -> str:
    """A moment in Shanghai to the minute; a dash where there is none."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else "–"


def day_word(value: date) -> str:
    """A day with its weekday, without the year."""
    return f"{value:%m-%d} 周{'一二三四五六日'[value.weekday()]}"


def until(value: datetime | None, now: datetime) -> str:
    """How far a moment is ahead, or how long it is over."""
    if value is None:
        return ""
    left = (value - now).total_seconds()
    days, hours = divmod(int(abs(left)) // 3600, 24)
    amount = f"{days} 天" if days else f"{hours} 小时" if hours else f"{int(abs(left)) // 60} 分钟"
    return f"还有 {amount}" if left >= 0 else f"逾期 {amount}"


def yuan(fen: int | None) -> str:
    """Money in yuan, to the fen."""
    return "–" if fen is None else f"{fen // 100:,}.{fen % 100:02d} 元"


def percent(bp: int | None) -> str:
    """Basis points as per cent, without idle zeros."""
    return "–" if bp is None else f"{bp / 100:g}%"
