"""Words of teams: what is wrong with a split of places, and what a team adds up to."""

from __future__ import annotations

FAULTS = {"number": "{name}：人数要写整数", "none": "{name}：至少 1 人，不要的机构请移出", "free": "{name}：本季还空 {free} 人，不能排 {places} 人",
          "must": "{name}：没过必备条件（{missing}）", "most": "一个队伍最多 {most} 家", "few": "这个订单要求多家协同，至少 2 家",
          "short": "还差 {left} 人没有排", "over": "多排了 {left} 人"}


def fault_word(kind: str, **params: object) -> str:
    """One fault of a split, in words."""
    return FAULTS[kind].format(**params)
