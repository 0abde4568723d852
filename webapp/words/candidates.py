"""Words of the candidates' way: stages, what moves them, reasons, answer clocks, and the consent's text by version."""

from __future__ import annotations

from typing import Any

from market.clock import SHANGHAI
from market.orders.departures import Departure
from webapp.words.labels import Tone
from webapp.words.text import moment, yuan

STAGES = {
    "proposed": Tone("等本人同意", "wait", "clock"), "consented": Tone("本人已同意", "ok", "met"),
    "submitted": Tone("已交企业", "live", "send"), "interviewing": Tone("面试中", "live", "user"),
    "offered": Tone("已发录用", "live", "policy"), "placed": Tone("已入职", "ok", "check"),
    "guarantee": Tone("保证期内", "live", "shield"), "confirmed": Tone("保证期满", "ok", "met"),
    "withdrawn": Tone("本人退出", "", "minus"), "declined": Tone("企业谢绝", "", "x"), "replaced": Tone("离职，须补", "bad", "alert"),
}
BOARD = ("proposed", "consented", "submitted", "interviewing", "offered", "placed", "guarantee", "confirmed")
BUYERS_BOARD = BOARD[2:]
ENDED = ("withdrawn", "declined", "replaced")
MOVES = {"submit": "交给企业", "interview": "约面试", "offer": "发录用", "place": "确认入职", "start": "开始保证期",
         "decline": "谢绝", "replace": "已离职，要求补人"}
REASONS = {
    "experience": "经验不符", "skills": "技能不符", "pay": "薪资谈不拢", "availability": "到岗时间不合", "location": "地点不合",
    "interview": "面试未通过", "position_filled": "岗位已有人", "left_in_guarantee": "保证期内离职",
    "unfit_in_guarantee": "保证期内不胜任", "own_wish": "本人意愿",
}
DECLINE_REASONS = ("experience", "skills", "pay", "availability", "location", "interview", "position_filled", "own_wish")
REPLACE_REASONS = ("left_in_guarantee", "unfit_in_guarantee", "own_wish")
CLOCKS = {"view": "查看", "interview": "面试答复", "decision": "录用决定"}
PROPOSED, MOVED = "已登记，请把下面的链接发给本人。", "已更新：{}。"
EXPORT_TITLE = "“{}”候选人（已打码）"
EXPORT_HEADS = ("编号", "名额", "机构", "姓名（打码）", "电话（打码）", "阶段", "进入本阶段", "同意时间", "同意书版本", "等企业", "到期", "保证期至", "原因")
READ_EVENTS = {
    "candidate.consent": "您同意了推荐", "candidate.withdraw": "您退出了", "candidate.erase": "您删除了资料", "candidate.export": "您下载了自己的资料",
    "candidate.submit": "把打码资料交给企业", "candidate.unmask": "看了您的姓名和电话", "order.move_candidate": "更新了进展",
    "order.guarantee": "更新了保证期", "candidate.confirm": "保证期满",
}
CONSENT_VERSION = "2026-11"
CONSENT_TEXTS = {  # version -> its paragraphs; a version that somebody accepted is never changed
    "2026-11": (
        "我同意本页写明的推荐机构，为本页写明的岗位，把本页列出的我的资料提供给本页写明的企业，用于这一次招聘。",
        "企业看到的先是打过码的资料；要看姓名和电话须写明理由，每一次都记录下来，我在本页能看到。",
        "同意后 180 天内，别的机构不能再向同一家企业推荐我。这不影响我自己应聘，也不影响我向别的企业应聘。",
        "我可以随时在本页退出；事情结束后可以在本页删除资料。拒绝或退出不影响我今后得到推荐。",
    ),
}
CONSENT_CHANGED = "同意书的文字已更新，请重新读过再决定。"
OWNED_ELSEWHERE = "您在 180 天内已先同意另一家机构向这家企业推荐您，所以这一次不能再同意。您可以在这里拒绝。"


def departure_lines(left: Departure) -> list[str]:
    """The rule of a departure inside the guarantee; both sides read these very sentences."""
    return [f"第 {left.day} 天离职（保证期共 {left.days} 天）。",
            "先补：机构在同一名额上推荐替补，不另收服务费，替补有新的保证期。",
            f"补不上就退：按剩余 {left.days - left.day} 天占比，这个名额应退 {yuan(left.refund_fen)}。",
            "这是平台的默认规则，合同另有约定的从约定；款项由双方自行收付，平台不经手。"]


def candidate_row(card: Any) -> list[object]:
    """One line of the export: masked, as the page shows it."""
    row = card.row
    return [row.id, row.place, card.firm, card.name, card.phone, STAGES[row.stage].word, moment(row.stage_at),
            moment(row.consented_at), row.consent_text or "", CLOCKS[card.clock.kind] if card.clock else "",
            moment(card.clock.due_at) if card.clock else "", moment(row.guarantee_until),
            REASONS.get(row.reason_code or "", "")]


def guarantee_day(value: Any) -> str:
    """The day in Shanghai on which a guarantee ends."""
    return str(value.astimezone(SHANGHAI).date()) if value else "–"
