"""Words of what a reader can change about matches, and of what would change a firm's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.words.labels import BAND_WORDS, LICENCE_NAMES
from webapp.words.matches import must_word

LEVER_WORDS = {"cases": "业绩", "text": "意思与用词", "role": "岗位族", "industry": "行业", "service": "服务方式",
               "level": "层级", "capacity": "产能与速度", "language": "语言", "trust": "信用与过往"}
SOURCE_WORDS = {"field": "订单字段", "law": "法规要求，不能改", "text": "从原文读出", "user": "您加的"}
MET_IF = {"licence": "有{value}", "credit": "信用到 {value} 级", "region": "服务区域含{value}",
          "overseas": "能在海外引才（{value}）", "exclusion": "主营业务不在订单写明不要的之列",
          "firm_refuses": "机构愿意接这类订单"}
SIGNAL_LIFTS = {"track_record": "业绩里有更近的案例", "meaning": "简介与业绩整体更贴近订单", "words": "写明订单里的关键词",
                "industry": "做同一行业", "role": "做同一岗位族", "service": "提供订单要的方式", "seniority": "覆盖全部层级",
                "capacity": "每季空出的人数够", "pace": "到期前交付得了", "language": "会订单写明的语言",
                "credit": "信用到 A 级",
                "results": "过往答应的都交付", "sub_industry": "做同一细分行业", "breadth": "行业面更宽"}
CREDIT_GRADES = ("A", "B", "C")


def factor_word(lever: str, factor: float) -> str:
    """A lever that was moved, in words."""
    return f"{LEVER_WORDS[lever]}不计" if factor == 0 else f"{LEVER_WORDS[lever]} ×{factor:g}"


def met_if(reason: Any) -> str:
    """What a firm would have to be for a must-have that it misses."""
    value = reason.params.get("value", "").replace(";", "、") or "不限地区"
    return MET_IF[reason.signal.removeprefix("must_")].format(value=value)


def what_if_word(what_if: Any) -> str:
    """The place that a firm would take if it had what it misses."""
    missing = what_if.missing
    if len(missing) == 1:
        return f"{met_if(missing[0].reason)}，即可排第 {what_if.place}"
    return f"{'、'.join(met_if(one.reason) for one in missing)}：{len(missing)} 项都补齐，可排第 {what_if.place}"


def lift_word(lift: Any) -> str:
    """What would lift a firm, and to where."""
    return f"{SIGNAL_LIFTS[lift.signal]}，可排第 {lift.place}"


def other_musts(kind: str, value: str, regions: tuple[str, ...]) -> list[tuple[str, str]]:
    """What a must-have can be changed to, as (value, word); nothing where it can only be taken out."""
    values = {"licence": LICENCE_NAMES[:2], "credit": CREDIT_GRADES, "region": regions}.get(kind, ())
    return [(f"{kind}:{other}", must_word(kind, other)) for other in values if other != value]


def of_ten(fit: int, pairs: int) -> str:
    """A share in words that never says more than was counted: rounded down."""
    whole = 10 * fit // pairs
    return f"每 10 对里至少 {whole} 对" if whole else "每 10 对里不到 1 对"


def rates_word(rates: Mapping[int, tuple[int, int]], day: str) -> str:
    """How often each band was right, in one line; empty where nobody measured it."""
    if not rates:
        return ""
    told = "，".join(f"“{BAND_WORDS[band]}”{of_ten(fit, pairs)}被标为合适（{fit:,}/{pairs:,}）"
                    for band, (fit, pairs) in sorted(rates.items(), reverse=True) if pairs)
    return f"{told}；开发集，{day}"
FIT_CHOICES = [("yes", "合适"), ("no", "不合适")]
FIT_KEPT, NEUTRAL_KEPT, RANKED_KEPT = "已记下，只用来检验匹配。", "以后都不排名，下次登录仍是这样。", "改回按匹配排列。"
