"""Words from the bid to the award: gate, members, panel, scores, objections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.words.steps import CURES
from webapp.words.text import percent, yuan

BETWEEN = re.compile("[,，、;；]")  # what stands between the parts of a list that people type
NO_AMOUNT = "请填大于 0 的金额，单位元，最多两位小数。"
NO_PERCENT = "“{}”不是 0 到 100 之间的百分数，最多两位小数。"
NEEDED = "这一项要填写。"
TOO_LONG = "太长了，最多 {} 字。"
SHARE_MISSING = "请给每家成员填写分成比例。"
MARKS_MISSING = "方案 {}：还有 {} 个评分项没有打分；要么打全，要么全部留空。"
NOTHING_SCORED = "还没有打任何分数。"
NO_FIRM = "没有找到“{}”。请核对全称、统一社会信用代码，或先到机构名录里看一看。"
NO_DATE = "请按 2025-12-31 的样子填日期。"

BID_KEPT = "方案已密封提交。开封前只有本方案的成员能看，平台也不能。"
BID_WAITS = "方案已密封提交，等成员确认后才有效。"
DRAFT_KEPT = "草稿已存，只有您能看。"
CONSENTED, REFUSED, LEFT = "已确认参加联合体。", "已谢绝参加联合体。", "已退出联合体，方案在牵头机构重新分配份额前无效。"
WITHDRAWN = "方案已撤回。截止前可以重新揭榜。"
FREED = "席位已收回，这位专家已打的分数作废；请补抽专家。"
DRAWN, TURNED, OPENED = "评审组已抽好。", "您的钥匙已转动，时间与人员已记录。", "方案已开封，评审开始。"
SCORED, RECUSED = "已记下 {} 份方案的评分。", "您已回避，已打的分数一并作废。"
WENT_ON = "按有效的授榜继续，请各方签约。"
PROPOSED, AWARDED = "已提出授榜，公示开始。", "已授榜，请各方签约。"
OBJECTED, ANSWERED = "异议已提出，授榜暂停，等监管方处理。", "答复已提交。"
UPHELD, DISMISSED, DECLINED = "已支持异议，授榜提议撤销，回到评审。", "已驳回异议，公示重新计时。", "已放弃授榜。"
APPROVED, REMOVED, EMPLOYED, ENDED = "已列入专家库。", "已移出专家库。", "已记下任职，冲突核对即刻生效。", "已记下离任日期。"

STAGES: Mapping[str, tuple[str, str, str]] = {  # of a member -> word, tone, icon
    "lead": ("牵头", "live", "flag"), "confirmed": ("已确认", "ok", "check"), "asked": ("待确认", "wait", "clock"),
    "left": ("已退出", "bad", "x"),
}
BID_FAULTS = {
    "unconfirmed": "{}还没有确认参加；全部确认后方案才有效。",
    "left": "{}已退出；请牵头机构重新分配份额再提交。",
    "terms": "订单条款改过，请在截止前重新确认，否则方案不计入。",
}
MISSING = {
    "too_few": "有效方案不足", "panel": "评审组还没有抽够", "key_operator": "运营方的钥匙还没有转动",
    "key_regulator": "监管方的钥匙还没有转动",
}
SIDE_WORDS = {"buyer": "发榜企业", "bidder": "投标机构"}
OUTCOMES = {"upheld": ("支持", "ok", "check"), "dismissed": ("驳回", "", "x"), "open": ("处理中", "wait", "clock")}
AWARD_STATES = {"proposed": "拟授榜", "active": "已授榜", "cancelled": "已撤销", "declined": "已放弃"}
GATE_WORDS = {  # condition -> what is met, the guard that says how to cure it, and where

    "verified": ("机构在平台的核验有效", "unverified", "/account"), "grade": ("信用等级不是 D", "grade_not_d", ""),
    "elsewhere": ("没有参加这份订单的其他方案", "not_elsewhere", "bids"),
}
LICENCE_MET, LICENCE_UNMET, NO_LICENCE_NEEDED = "持有有效的{}", "没有有效的{}", "这份订单的服务只需备案，不查许可"
UNTIL, ENDED_ON = "至 {}", "已于 {} 到期"
EXPORT_BID_TITLE, EXPORT_SCORE_TITLE = "“{}”开封后的方案", "“{}”的评分"
EXPORT_BID_HEADS = ("方案", "牵头机构", "联合体与分成", "报价（元/人）", "方案内容", "时间安排", "团队", "案例")
EXPORT_SCORE_HEADS = ("名次", "方案", "机构", "专家", "评分项", "权重", "分数", "意见")
EXPORT_EXPERT_TITLE, EXPORT_EXPERT_HEADS = "专家库", ("姓名", "邮箱", "领域", "状态", "任职", "起", "止")
EXPORT_OBJECTION_TITLE, EXPORT_OBJECTION_HEADS = "授榜异议", ("订单", "标题", "提出", "处理", "结果")
IN_POOL, OUT_OF_POOL, UP_TO_NOW = "在库", "已移出", "至今"
EXPERT, BID_LABEL = "专家 {}", "方案 {}"


def day_word(value: date | None) -> str:
    """A day as people write it; empty where there is none."""
    return value.isoformat() if value else ""


def check_line(check: Any) -> tuple[bool, str, str, str]:
    """(met, sentence, how to cure it, where) of one condition of the gate."""
    if check.code == "licence":
        if not check.what:
            return True, NO_LICENCE_NEEDED, "", ""
        until = check.until and (UNTIL if check.met else ENDED_ON).format(day_word(check.until))
        sentence = (LICENCE_MET if check.met else LICENCE_UNMET).format(check.what) + (f"，{until}" if until else "")
        return check.met, sentence, "" if check.met else CURES["licence_valid"][1], ""
    met, guard, place = GATE_WORDS[check.code]
    unmet, cure = CURES[guard]
    extra = f"，{UNTIL.format(day_word(check.until))}" if check.met and check.until else ""
    return check.met, (met + extra) if check.met else unmet, "" if check.met else cure, place


def conflict_word(conflict: Any) -> str:
    """Why an expert was left out, in one line."""
    when = f"{UP_TO_NOW}任职" if conflict.ended_on is None else f"任职到 {day_word(conflict.ended_on)}"
    source = "" if conflict.declared else "（平台成员记录）"
    return f"{SIDE_WORDS[conflict.side]}{conflict.employer}，{when}{source}"


def judge_word(label: str) -> str:
    """An expert's column: by name, or by number where names stay hidden."""
    return EXPERT.format(label) if label.isdigit() else label


def export_bid(bid: Any, names: Mapping[str, str]) -> list[object]:
    """One row of the bids' export."""
    offer = bid.offer
    parties = "、".join(f"{names.get(key, key)} {percent(share)}" for key, share in bid.members)
    return [BID_LABEL.format(bid.label), names.get(bid.institution_id or "", ""), parties, yuan(offer["price_fen"]),
            offer.get("plan", ""), offer.get("timeline", ""), offer.get("team", ""), "\n".join(offer.get("cases", ()))]


def export_scores(table: Any) -> list[list[object]]:
    """The rows of the scores' export: one per bid, expert and criterion."""
    return [[row.place, BID_LABEL.format(row.bid.label), row.name, judge_word(expert), criterion.name,
             percent(criterion.weight_bp), criterion.marks[place], row.words[place]]
            for row in table.rows for place, expert in enumerate(table.experts) for criterion in row.criteria]


def export_experts(lines: Any) -> list[list[object]]:
    """The rows of the experts' export: one per employer, one for those without any."""
    rows: list[list[object]] = []
    for line in lines:
        about = [line.name, line.email, "、".join(line.fields), IN_POOL if line.approved_at else OUT_OF_POOL]
        rows += [[*about, job.employer, day_word(job.started_on), day_word(job.ended_on) or UP_TO_NOW] for job in line.jobs]
        rows += [] if line.jobs else [[*about, "", "", ""]]
    return rows


def export_objection(line: Any) -> list[object]:
    """One row of the objections' export."""
    return [line.order_id, line.title, day_word(line.filed_on), day_word(line.decided_on), OUTCOMES[line.outcome][0]]


