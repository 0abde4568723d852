"""Words of the order editor: what is missing and why, how grave a finding is, how a field's value reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from market.clock import SHANGHAI
from market.orders.readiness import EMPTY, NO_FIGURE, NOT_WHOLE, Gap
from market.orders.terms import Finding
from webapp.words.labels import ORDER_STATES
from webapp.words.life import FIELDS
from webapp.words.text import moment, percent, yuan

ASKED = {  # field -> what to write, where it is empty
    "title": "写上订单名称，例如“车规芯片验证工程师五名”", "description": "写清要什么人、做什么、到什么程度",
    "role_family": "选一个岗位族", "district": "选工作所在的区", "annual_salary_range": "写上年薪区间，例如“60–90万”",
    "service_mode": "至少选一种服务方式", "fee_fen": "写上服务费", "guarantee_days": "写上保证期天数",
    "milestones": "至少写一期付款", "scorecard": "至少写一个评分项", "closes_at": "写上揭榜截止：没有有效期的订单不能发布",
    "headcount": "人数要大于 0", "brief": "保密订单要有完整说明，接受条款的机构才看得到",
}
UNFIT = {
    NO_FIGURE: "“{}”没有数字，无法核实；请写区间，例如“60–90万”", NOT_WHOLE: "合计 {}，要正好 100%，每项都大于 0",
}
SEVERITIES = {"forbidden": "法律不允许", "refused": "本平台不发布", "risky": "有风险", "context": "看岗位"}
TONES = {"forbidden": "bad", "refused": "bad", "risky": "wait", "context": ""}
NOT_A_NUMBER, TOO_SMALL, TOO_LARGE = "要填整数", "不能小于 {}", "不能大于 {}"
NOT_POINTS = "合格线写成大于 0、不超过 100 的分数，最多两位小数"
NOT_MONEY, NOT_PERCENT, NOT_A_MOMENT = "金额写成数字，最多两位小数", "比例写成 0 到 100 的数字，最多两位小数", "时间写成 2026-01-31 18:00 的样子"
TOO_LONG = "最多 {} 个字"
NO_CHOICE, OLD_CHOICES = "请选择", "原有"
SAVED, CREATED, SUBMITTED, UNCHANGED = "草稿 {} 已存", "草稿已建好，边写边存。", "已提交核验，运营方 3 个工作日内答复。", "没有改动。"
MENDED, AMENDED, AMENDED_SOFTLY = "已换成合规的说法，草稿已存。", "已发出新版本，揭榜的机构已收到改动，需要重新确认。", "已改好，不影响揭榜的机构。"
NOT_SAVED = "还没存：{}"
YES, NO, NOTHING = "是", "否", "空"
CONSTRAINTS = {
    "required_licences": "许可", "credit_min": "信用不低于", "must_cover": "服务区域要含", "overseas_regions_any": "海外地区",
    "needs_overseas_sourcing": "要能海外引才", "multi_firm_collaboration": "要多家协同",
}
DUE_DAYS = "（结算后 {} 天内付）"
COPY_OF = "照着“{}”写"
BLANK_ORDER = "从空白写起"
MINE_HEADS = ("编号", "标题", "状态", "轮到", "期限", "人数", "服务费（元/人）", "揭榜截止", "区", "企业")
INTEREST_TITLE = "满足“{}”必备条件的机构"


def gap_word(gap: Gap, order: Any) -> str:
    """What is missing in a field, and what to write."""
    if gap.why == EMPTY:
        return ASKED.get(gap.field, FIELDS.get(gap.field, gap.field))
    shown = str(getattr(order, gap.field)) if gap.why == NO_FIGURE else percent(gap.total_bp)
    return UNFIT[gap.why].format(shown)


def severity_word(finding: Finding) -> str:
    """How grave a finding is."""
    return SEVERITIES[finding.severity]


def severity_tone(finding: Finding) -> str:
    """The tone of a finding's mark."""
    return TONES[finding.severity]


def finding_word(finding: Finding) -> str:
    """A finding beside its field: the words, how grave, the law, what is better."""
    return f"“{finding.quote}”{SEVERITIES[finding.severity]}：{finding.basis}。{finding.better}"


def points(bp: int) -> str:
    """Marks out of 100."""
    return f"{bp / 100:g} 分"


def days_word(row: Mapping[str, Any]) -> str:
    """When a milestone is paid, where its enterprise says so."""
    return "" if row.get("due_days") is None else DUE_DAYS.format(row["due_days"])


def value_word(name: str, value: Any) -> str:
    """A field's value as a person reads it, for before and after."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return YES if value else NO
    if name == "fee_fen":
        return yuan(int(value))
    if name == "pass_bp":
        return points(int(value))
    if name == "closes_at":
        return moment(datetime.fromisoformat(value) if isinstance(value, str) else value)
    if name in ("milestones", "scorecard"):
        return "；".join(f"{row['name']} {percent(row.get('share_bp', row.get('weight_bp')))}{days_word(row)}" for row in value)
    if name == "constraints":
        return "；".join(f"{CONSTRAINTS.get(key, key)}：{value_word(key, part)}" for key, part in value.items())
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def saved_word(at: datetime) -> str:
    """When a draft was saved."""
    return SAVED.format(at.astimezone(SHANGHAI).strftime("%H:%M"))


def names_word(fields: Sequence[str]) -> str:
    """Fields by their names, in one line."""
    return "、".join(FIELDS.get(name, name) for name in fields)


def mine_line(task: Any, enterprise: str) -> list[object]:
    """One row of the export of the reader's own orders; task: an order with its turn and its first line."""
    order = task.order
    return [order.id, order.title, ORDER_STATES[order.state].word, f"{task.line.whose} {task.line.deed}".strip(),
            moment(task.turn.until), order.headcount, order.fee_fen / 100 if order.fee_fen else None,
            moment(order.bids_close_at), order.district or "", enterprise]
