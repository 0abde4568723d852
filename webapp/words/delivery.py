"""Words of an order's pages after the award: signing, milestones, acceptance, dispute, ratings, the reward's conditions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.words.labels import Tone
from webapp.words.text import moment, number, percent, yuan

MILESTONES = {
    "scheduled": Tone("待提交", "", "clock"), "reported": Tone("已提交，待验收", "wait", "send"),
    "accepted": Tone("已验收", "ok", "met"), "sent_back": Tone("退回，待补交", "bad", "alert"),
}
SIGNED, ENTERPRISE_SIGNED, DECLINED = "已签约。", "已签约，交付开始。", "已放弃授榜，理由已记入记录。"
REPORTED, DELIVERED, ACCEPTED, SENT_BACK, TERMINATED = (
    "里程碑已提交。", "已全部交付，等企业验收。", "已验收，进入结算。", "已退回，机构会看到每一条理由。", "交付已终止，已完成的里程碑照付。")
SAID, SETTLED, PAID = (
    "已发出。", "账目已写入，合计与订单金额一分不差。", "已标记付款，双方日历同时更新。")
RATED, REPLIED = "评价已收下，双方都评或期满后一起公开。", "答复已公开。"
TODO_DEEDS = {
    "answer_view": "查看 {} 位候选人", "answer_interview": "答复 {} 位候选人的面试结果", "answer_decision": "决定 {} 位候选人的录用",
    "pay": "付款 {} 笔并附凭证", "sign_member": "签约，您在获榜的联合体里", "submit": "把 {} 位已同意的候选人交给企业",
    "sent_back": "补交 {} 个被退回的里程碑",
}
LEDGER_KINDS = {"fee": "服务费", "refund": "退回企业"}
PAYMENT_KINDS = {"fee": "服务费", "guarantee": "保证期满"}
LEDGER_HEADS = ("机构（牵头）", "里程碑", "比例", "收款方", "份额", "种类", "金额（元）")
CALENDAR_HEADS = ("日期", "事项", "机构（牵头）", "金额（元）", "状态", "完成时间", "凭证", "凭证校验码")
SETTLEMENT_TITLE, CALENDAR_TITLE = "“{}”结算", "“{}”付款与保证期日历"
DESK_CALENDAR = "才图，我的订单日期"
FACTS = {"places": "名额 {} 个", "filled": "到岗 {} 人", "sent_back": "退回过 {} 个里程碑", "median_answer_days": "答复中位 {} 天",
         "answers": "要答复 {} 次", "on_time_percent": "按时答复 {}%", "late_answers": "逾期答复 {} 次"}
SIDES_RATED = {"buyer": "企业评机构", "firm": "机构评企业"}
CONDITIONS = {  # key -> (the condition, what to do while it is not met)
    "contract_signed": ("合同经双方全部成员签约", "请各成员与企业在“交付”页签约。"),
    "candidates_consented": ("到岗人员都书面同意过推荐", "请到岗的候选人用签名链接确认。"),
    "places_filled": ("获榜名额全部到岗", "还有名额没有人到岗。"),
    "guarantee_over": ("保证期全部届满，无人离职未补", "保证期还没有全部届满。"),
    "order_settled": ("订单已结算", "请企业在“结算与日历”页结算。"),
    "fee_paid": ("服务费已付清，有凭证", "请企业在“结算与日历”页标记付款并附凭证。"),
    "no_dispute": ("没有争议，或裁决全额支付", "争议未结，或裁决不是全额支付。"),
}


def proof_word(key: str, proof: Mapping[str, Any]) -> str:
    """What proves a condition, in one line."""
    if key == "contract_signed":
        return f"授榜 {proof['award']} 号，企业 {moment(proof['at'])} 签约"
    if key == "candidates_consented":
        return f"{proof['people']} 人，同意书版本 {'、'.join(proof['versions'])}"
    if key == "places_filled":
        return f"{proof['places']} 个名额都有人到岗"
    if key == "guarantee_over":
        return f"{proof['people']} 人保证期满"
    if key == "order_settled":
        return f"账目合计 {yuan(proof['fen'])}"
    if key == "fee_paid":
        return f"付款凭证：{'、'.join(proof['files'])}"
    return f"裁决应付 {percent(proof['payable_bp'])}" if proof else "没有争议"


def fact_words(facts: Mapping[str, Any]) -> list[str]:
    """The countable facts of a rating, in the order of this table; those without a figure are left out."""
    return [word.format(number(facts[key])) for key, word in FACTS.items() if facts.get(key) is not None]


def milestone_tone(row: Any) -> Tone:
    """A milestone's state; one that was sent back waits in its own words."""
    return MILESTONES["sent_back" if row.state == "scheduled" and row.rejection else row.state]


def fen_cell(fen: int) -> float:
    """Money of a spreadsheet's cell, in yuan."""
    return round(fen / 100, 2)


NO_MONEY_HELD = "平台不经手、不保管任何款项，只记录到期日和凭证。"


def payment_state(row: Any, on: Any) -> str:
    """Where a date of the calendar stands."""
    if row.done_at:
        return "已付款" if row.kind == "fee" else "已结束"
    if row.due_on < on:
        return f"逾期 {(on - row.due_on).days} 天"
    return "今天到期" if row.due_on == on else f"还有 {(row.due_on - on).days} 天"


def payment_line(row: Any, firm: str) -> str:
    """A date of the calendar in one line."""
    return f"{PAYMENT_KINDS[row.kind]}{f' {yuan(row.fen)}' if row.fen else ''}（{firm}）"


def calendar_line(what: str, title: str | None) -> str:
    """A date of the desk in one line."""
    return f"{what}，{title}" if title else what


def ledger_line(written: bool, total: str) -> tuple[str, str]:
    """What the export says of its sum."""
    return ("合计", f"{total}，{'已写入账目' if written else '按现在的情况预计，结算后才算数'}")


THREAD_TITLE, THREAD_FOOT = "“{}”往来记录", "才图，订单 {}，{} 导出，上海时间"
REWARD_TITLE, CHECKLIST_FILE, EVIDENCE_FOLDER, HASHES_FILE = "“{}”伯乐奖励材料核对清单", "核对清单.pdf", "凭证", "校验码.txt"


def thread_about(key: str, count: int, now: str) -> list[str]:
    """The lines under the title of an exported thread."""
    return [f"订单 {key}，共 {count} 条，{now} 导出。时间为上海时间，与页面一致；文件以 SHA-256 校验码标明。"]


def said_head(one: Any) -> str:
    """Who wrote a message, and when."""
    return f"{moment(one.at)}　{one.house}　{one.person}{'　争议期间' if one.in_case else ''}"


def said_lines(one: Any) -> list[str]:
    """A message's words and the files that came with it."""
    return [one.text, *(f"附件：{row['name']}　SHA-256 {row['sha256']}" for row in one.files)]


def checklist_head(number: int, met: bool, key: str) -> str:
    """A condition's line of the checklist."""
    return f"{number}. {'已满足' if met else '还缺'}：{CONDITIONS[key][0]}"


def reward_about(firm: str, key: str, missing: int, now: str) -> list[str]:
    """The lines under the title of the checklist."""
    return [f"申报机构：{firm}。订单 {key}，{now} 生成。{'七项都已满足。' if not missing else f'还缺 {missing} 项，见下。'}",
            "条件按平台记录逐项核对，是否给予奖励由主管部门决定。"]


UNPROVEN = "平台不核对，请另附证明"


def basis_word(clause: Any, today: date) -> str:
    """What a condition rests on: the clause, its text, and while that counts."""
    if clause.valid_from is None and clause.valid_to is None:
        return f"依据：{clause.source_title}，“{clause.text}”"
    over = "，已过期，以当年的通知为准" if clause.valid_to and clause.valid_to < today else ""
    return f"依据：{clause.source_title}，“{clause.text}”，{clause.valid_from or '不限'} 至 {clause.valid_to or '今'} 有效{over}"
