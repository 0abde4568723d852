"""Words of the desks of district officers and park operators: their lists, what ends, the heads of their files."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.access import Actor
from market.orders.oversight import ALL, CHECK, DUE, LIMITED
from webapp.clock import today
from webapp.words.accounts import VERIFICATIONS

GROUP_WORDS = {"running": "在走", "late": "已逾期", "disputes": "争议和异议"}
MINE_TITLE, SCOPE_TITLE, WON_TITLE = "我的订单", "{}的订单", "{}机构中榜的订单"
SHOW_WORDS = {ALL: "全部", DUE: "90 天内到期", LIMITED: "受限"}
SHOW_NOTES = {ALL: "按最先到期排；90 天外才到期的按名称。", DUE: "许可或平台核验在 90 天内到期，最先到期的在前。",
              LIMITED: "许可或平台核验已过期，或被平台暂停；期间不能揭榜。"}
FIRM_HEADS = ("编号", "名称", "信用", "平台核验", "到期事项", "最先到期", "区", "园区", "地址", "性质")
FIRM_TITLE, FITTING_TITLE = "{}的机构", "{}机构满足必备条件的本区订单"
FITTING_HEADS = ("编号", "标题", "区", "人数", "揭榜截止", "满足的机构数", "满足的机构")
CHECK_WORD = "平台核验"


def own_title(who: Actor, scope: str) -> str:
    """What the reader's list of orders is called."""
    if not scope:
        return MINE_TITLE
    return (WON_TITLE if who.scope.park_id else SCOPE_TITLE).format(scope)


def end_word(end: tuple[str, date]) -> str:
    """What ends when."""
    name, day = end
    left = (day - today()).days
    when = f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"过期 {-left} 天"
    return f"{CHECK_WORD if name == CHECK else name} {day.isoformat()} 到期，{when}"


def firm_line(row: Any, source: str) -> list[object]:
    """One row of the firms' export."""
    firm = row.firm
    return [firm.id, firm.name, firm.credit_grade or "", VERIFICATIONS[row.verification.state].word,
            "；".join(map(end_word, row.ends)), row.ends[0][1] if row.ends else None, firm.district or "",
            firm.park.short_name if firm.park else "", firm.address or "", source]


def fitting_line(one: Any, names: Any, closes: str) -> list[object]:
    """One row of the export of the orders that tenants fit."""
    order = one.order
    return [order.id, order.title, order.district or "", order.headcount, closes, len(one.tenants),
            "、".join(names[key] for key in one.tenants if key in names)]
