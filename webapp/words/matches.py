"""Words of the matcher: reasons, must-haves, bands, and the method page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from webapp.words.labels import REASON_KINDS

REASONS = {
    "track_record": "做成过同类的事", "similar_case": "做成过意思相近的事", "profile": "简介写明做这一块",
    "profile_reserved": "简介写明有保留", "reserve": "自述有保留",
    "role": "有同一岗位族：{wanted}", "role_near": "岗位族相近：主做{held}，订单要{wanted}",
    "role_other": "岗位族不同：主做{held}，订单要{wanted}",
    "industry": "同一行业：{wanted}", "industry_near": "行业相邻：{held}，订单属{wanted}",
    "industry_other": "行业不同：{held}，订单属{wanted}",
    "service": "服务方式对得上：{wanted}", "service_near": "方式可替代：主做{held}，订单要{wanted}",
    "service_other": "方式不同：主做{held}，订单要{wanted}",
    "capacity": "产能够：每季可交付 {able} 人，订单要 {need} 人",
    "capacity_short": "产能不足：每季可交付 {able} 人，订单要 {need} 人",
    "seniority": "没写做过这些层级：{lacking}", "wish": "没有一句写到：{unsaid}",
    "load": "手上在交付的多：每季可交付 {able} 人，还空 {free} 人，订单要 {need} 人",
    "language": "会订单要的语言：{wanted}", "language_other": "没写会订单要的语言：{wanted}",
    "pace_short": "时间紧：{days} 天内要 {need} 人，每季还能交付 {able} 人",
    "results": "过往交付好：答应 {asked} 人，交付 {delivered} 人",
    "results_poor": "过往交付差：答应 {asked} 人，交付 {delivered} 人",
    "branch": "同一细分行业：{branch}",
    "credit": "信用 {held} 级", "credit_low": "信用 {held} 级，同样条件下排在级别高的后面",
    "breadth": "做 {count} 个行业，也接专门机构不接的单",
    "has_licence": "有有效的{value}", "has_credit": "信用 {held} 级，达到 {value} 级以上", "has_region": "服务区域含{value}（{held}）",
    "has_overseas": "能在海外引才：{held}", "has_exclusion": "不是订单不要的那类机构，主做{held}",
    "must_licence": "没有有效的{value}", "must_credit": "信用 {held} 级，订单要 {value} 级以上",
    "must_region": "服务区域不含{value}", "must_overseas": "没有所需的海外引才能力（{value}）",
    "must_exclusion": "订单写明不要这类机构", "must_firm_refuses": "机构写明不接这类订单",
}
MUSTS = {"licence": "{value}有效", "credit": "信用 {value} 级以上", "region": "服务区域含{value}",
         "overseas": "能在海外引才：{value}", "exclusion": "不是以下列业务为主的机构：{value}"}
SIGNAL_WORDS = {"meaning": "意思：订单与简介、业绩整体相近", "track_record": "业绩：与最近一条业绩相近",
                "words": "用词：订单的关键词在机构文字里出现",
                "industry": "行业：相同或相邻", "role": "岗位族：相同或相近", "service": "服务方式：相同或可替代",
                "seniority": "层级：覆盖所需层级", "capacity": "产能：每季还能交付的人数对照订单人数",
                "pace": "速度：到期前能交付的人数", "language": "语言：订单写明的语言", "credit": "信用等级",
                "results": "过往：答应的人数与交付的人数", "sub_industry": "细分行业：相同或相近",
                "breadth": "行业面：做的行业多，也接专门机构不接的单"}


def reason_word(reason: Any) -> str:
    """A reason in words."""
    params = {key: value.replace(";", "、") for key, value in reason.params.items()}
    text = REASONS[reason.signal].format_map({"held": "", "value": "", **params})
    return text.replace("主做，", "").replace("（）", "")


def reason_counts(reasons: Sequence[Any]) -> str:
    """How many reasons of each kind, in words."""
    counts = Counter(reason.kind for reason in reasons)
    return "、".join(f"{word} {counts[kind]}" for kind, word in REASON_KINDS.items() if counts[kind])


def must_word(kind: str, value: str) -> str:
    """A must-have in words."""
    return MUSTS[kind].format(value=value.replace(";", "、") or "不限地区")


def weight_rows(weights: Any) -> list[tuple[str, str]]:
    """The matcher's weights in words, the heaviest first."""
    mean = weights.coefficients.mean(axis=0)
    return sorted(((SIGNAL_WORDS[name], f"{value:.2f}") for name, value in zip(weights.signals, mean, strict=True)),
                  key=lambda row: -float(row[1]))
