"""Words of one order's pages: its tabs, and the button of its first line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """A page of an order: who reads it (roles and ties, empty for all), in which states, and only once bids were opened."""

    key: str
    word: str
    path: str
    readers: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    opened: bool = False


IN_DISPUTE = ("negotiating", "mediating", "disputed")
BEFORE = frozenset({"draft", "pending_review"})
CONTRACT = frozenset({"awarded", "delivering", "accepting", *IN_DISPUTE, "settling", "settled", "closed",
                      "terminated"})
BID_READERS = frozenset({"buyer", "bidder", "panel", "operator", "regulator", "firm_lead", "firm_staff"})
SIDES_OF_CONTRACT = frozenset({"buyer", "member", "winner", "regulator"})
SIDES_OF_CANDIDATES = frozenset({"buyer", "winner", "regulator"})
SIDES_OF_WORDS = frozenset({"buyer", "member", "winner"})

TABS = (
    Tab("matches", "匹配机构", ""),
    Tab("questions", "提问与答复", "/questions", states=frozenset({
        "open", "paused", "sealed", "evaluating", "standstill", "suspended", *CONTRACT})),
    Tab("bids", "方案", "/bids", BID_READERS, frozenset({
        "open", "paused", "sealed", "evaluating", "standstill", "suspended", *CONTRACT})),
    Tab("scorecard", "评分表", "/scorecard"),
    Tab("award", "授榜与公示", "/award", states=frozenset({"evaluating", "standstill", "suspended", *CONTRACT})),
    Tab("delivery", "交付", "/delivery", SIDES_OF_CONTRACT, CONTRACT),
    Tab("candidates", "候选人", "/candidates", SIDES_OF_CANDIDATES, CONTRACT - {"awarded"}),
    Tab("settlement", "结算与日历", "/settlement", SIDES_OF_CONTRACT, CONTRACT),
    Tab("messages", "往来", "/messages", SIDES_OF_WORDS, CONTRACT),
    Tab("dispute", "争议", "/dispute", SIDES_OF_CONTRACT, frozenset({"accepting", *IN_DISPUTE})),
    Tab("ratings", "评价", "/ratings", states=frozenset({"settled", "closed"})),
    Tab("log", "版本与日志", "/log"),
)
MAIN_DEEDS = (  # event -> the button of the first line and the page where it is done; the first that the reader may do
    ("submit", "继续写并提交", "/edit"), ("publish", "核验", "/check"), ("consent_bid", "确认联合体", "/bids"),
    ("open:outdated", "重新确认", "/bids"), ("open:bidder", "看我的方案", "/bids"), ("bid", "揭榜", "/bid"),
    ("turn_key", "开封", "/opening"), ("draw_panel", "补抽专家", "/opening"), ("score", "评分", "/score"), ("propose", "提出授榜", "/award"), ("go_on", "决定怎样继续", "/award"), ("uphold", "处理异议", "/award"),
    ("award", "授榜", "/award"), ("object", "提出异议", "/award"), ("sign_member", "签约", "/delivery"), ("sign", "签约", "/delivery"),
    ("deliver_all", "去交付", "/delivery"), ("accept", "验收", "/delivery"), ("resolve", "裁决争议", "/dispute"), ("suggest", "去调解", "/dispute"),
    ("answer_offer", "看案卷", "/dispute"),
    ("settle", "结算", "/settlement"), ("rate", "评价", "/ratings"), ("reissue", "重新发布", "/reissue"), ("resume", "恢复揭榜", "/resume"),
    ("answer", "答复提问", "/questions"), ("cancel", "取消订单", "/cancel"),
)
OUT_OF_TURN = frozenset({"consent_bid", "bid", "object", "answer", "dispute"})  # what may be done while another's turn runs
