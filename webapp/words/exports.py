"""Words of the exported files: head lines, rows and the sheet that says what was asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from webapp.clock import today
from webapp.words.labels import BAND_WORDS, NO_APPROVAL, ORDER_STATES, REASON_KINDS, SOURCE_KINDS, UNVERIFIED
from webapp.words.matches import reason_word

EXPORT_ABOUT, EXPORT_ROWS = "说明", "数据"
EXPORT_FIRM_TITLE, EXPORT_ORDER_TITLE, EXPORT_MATCH_TITLE = "机构", "引才订单与公开招聘需求", "“{}”的匹配机构"
EXPORT_FIRM_HEADS = ("编号", "名称", "统一社会信用代码", "区", "园区", "服务", "行业", "岗位", "服务区域", "信用",
                     "每季可交付（人）", "有效许可", "地址", "性质", "来源")
EXPORT_ORDER_HEADS = ("编号", "标题", "企业", "状态", "区", "行业", "岗位", "服务方式", "人数", "报酬", "发布", "截止",
                      "性质", "来源")
EXPORT_MATCH_HEADS = ("次序", "编号", "名称", "档", "信用", "区", "性质", "理由")


def source_word(row: Any) -> str:
    """A row's source in one cell of an export."""
    mark = "" if row.verified or row.source_kind == "sample" else f"（{UNVERIFIED}）"
    return f"{row.source_title or ''}{mark}"


def export_lines(what: str, filters: str, rows: tuple[int, int], map_approval: str) -> list[tuple[str, str]]:
    """The first sheet of an export; rows: how many are in the file, of how many that match."""
    shown, total = rows
    return [("内容", what), ("筛选", filters or "无"), ("截至", today().isoformat()), ("行数", f"{shown:,} / {total:,}"),
            ("注意", "标“示例”的为虚构；标“未核实”的来源为转载"),
            ("地图", f"审图号：{map_approval or NO_APPROVAL}；区界为示意")]


def list_lines(what: str, filters: str, rows: int) -> list[tuple[str, str]]:
    """The first sheet of a list that no map belongs to."""
    return [("内容", what), ("筛选", filters or "无"), ("截至", today().isoformat()), ("行数", f"{rows:,} / {rows:,}")]


def export_firm(firm: Any, on: date) -> list[object]:
    """One row of the institutions' export."""
    return [firm.id, firm.name, firm.unified_code or "", firm.district or "", firm.park.short_name if firm.park else "",
            "、".join(firm.services), "、".join(firm.industries), "、".join(firm.role_families), "、".join(firm.regions),
            firm.credit_grade or "", firm.capacity_per_quarter, "、".join(sorted(firm.held(on))), firm.address or "",
            SOURCE_KINDS[firm.source_kind], source_word(firm)]


def export_order(order: Any) -> list[object]:
    """One row of the orders' export."""
    return [order.id, order.title, order.enterprise_name, ORDER_STATES[order.state].word, order.district or order.city or "",
            order.industry or "", order.role_family or "", "、".join(order.service_mode), order.headcount,
            order.annual_salary_range or "", order.published_on, order.deadline, SOURCE_KINDS[order.source_kind],
            source_word(order)]


def export_match(place: int, firm: Any, match: Any) -> list[object]:
    """One row of the matches' export: reasons with the sentences that they rest on."""
    reasons = [f"{REASON_KINDS[r.kind]}：{reason_word(r)}" + (f"（机构：“{r.profile_quote}”）" if r.profile_quote else "")
               for r in match.reasons]
    return [place, firm.id, firm.name, BAND_WORDS[match.band], firm.credit_grade or "", firm.district or "",
            SOURCE_KINDS[firm.source_kind], "\n".join(reasons)]
