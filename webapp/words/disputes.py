"""Words of a dispute: its stages, its proposals and their answers, and what was done."""

from __future__ import annotations

from webapp.words.labels import Tone

STAGES = {"negotiating": "协商", "mediating": "调解", "disputed": "裁决"}  # the order's state -> the stage, in order
OUTCOMES = {
    None: Tone("等答复", "wait", "clock"), "accepted": Tone("各方接受", "ok", "check"), "refused": Tone("被拒绝", "bad", "x"),
    "replaced": Tone("被新方案替代", "", "minus"), "lapsed": Tone("随阶段结束失效", "", "minus"),
}
MEDIATOR = "监管方（调解）"
DISPUTED, RULED = "争议已提起，进入协商；监管方会看到同一份案卷。", "裁决已作出，双方看到同一份文字。"
OFFERED, MEDIATING, REFERRED = "方案已写入案卷，等各方答复。", "已进入调解，监管方会提出调解方案。", "调解已结束，进入裁决。"
ACCEPTED, REFUSED, CONCLUDED = "已接受，等其余各方答复。", "已拒绝，理由写入案卷。", "各方都接受了方案，争议了结，进入结算。"
PART_WRONG = "比例要在 0 到 100 之间。"
