"""The trade's Chinese words that rules and imports need: standard names, levels, and how sources write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LICENCE_NAMES = ("人力资源服务许可", "劳务派遣许可", "备案")
HR_LICENCE, DISPATCH_LICENCE, FILING = LICENCE_NAMES
PARK_LEVELS = {
    "national_main": "国家级主园", "national_branch": "国家级分园", "district": "区级园区",
    "district_talent_hub": "人才港", "district_plan": "区级计划", "talent_service_point": "人才服务点",
    "national_base": "国家级基地", "planned": "规划中",
}
POSTING_KINDS = {"悬赏/揭榜类": "bounty", "紧缺目录": "catalogue"}
SAMPLE_TITLE = "示例数据（虚构）"
SAMPLE_MARK = "(虚构)"
NOT_SHANGHAI = ("全国", "长三角")
# Names of services as firms' own pages write them, beside the synonyms of data/taxonomy/services.csv.
SERVICE_LABELS = {
    "招聘流程外包": "招聘流程外包(RPO)", "灵活用工(岗位外包)": "灵活用工", "蓝领与批量招聘": "蓝领招聘",
    "人事代理与人力资源外包": "人力资源外包", "业务流程与劳务外包": "人力资源外包", "人力资源咨询与人才数据": "人力资源咨询",
    "人力资源软件(HR SaaS)": "HR软件", "企业培训": "培训", "职业技能培训与评价": "培训",
    "中高端与专业招聘": "高级人才寻访(猎头)",
}
OVERSEAS_SERVICE = "海外引才"
SHARED_IN_NAMES = (  # what many firms' names share; the rest tells which firm it is
    "人力资源", "企业管理", "信息科技", "有限责任", "有限公司", "分公司", "人力", "人才", "猎头", "咨询",
    "外包", "管理", "服务", "科技", "技术", "集团", "股份", "有限", "公司", "上海", "中国", "（", "）", "(", ")",
)
SENIORITY = ("蓝领", "初级", "中级", "高级", "资深", "高管")
ENTERPRISE_TITLE = "发榜企业填报"  # source of what an enterprise wrote itself: no name, it may be confidential
CITY = "上海"


@lru_cache(maxsize=4)
def service_names(data_dir: Path) -> Mapping[str, str]:
    """Every way to write a service -> its standard name."""
    found: dict[str, str] = {}
    with (data_dir / "taxonomy" / "services.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = SERVICE_LABELS.get(row["name_zh"], row["name_zh"])
            for word in (row["name_zh"], *row["synonyms"].split(";")):
                found.setdefault(word.strip().lower(), label)
    return {**found, **{label.lower(): label for label in found.values()}}


@lru_cache(maxsize=4)
def service_wordings(data_dir: Path) -> Mapping[str, tuple[str, ...]]:
    """How firms word a service in public lists -> the names of the services that this means, one or several."""
    with (data_dir / "taxonomy" / "service_wordings.csv").open(encoding="utf-8", newline="") as file:
        return {row["wording"].lower(): tuple(row["service"].split(";")) for row in csv.DictReader(file)}


@lru_cache(maxsize=4)
def district_names(data_dir: Path) -> Mapping[str, str]:
    """Full name, short name and former names of a district -> its full name."""
    found: dict[str, str] = {}
    with (data_dir / "taxonomy" / "districts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for word in (row["name_zh"], row["short"], *row["aliases"].split(";")):
                if word:
                    found.setdefault(word.strip(), row["name_zh"])
    return found


def district_named(words: str | None, data_dir: Path) -> str | None:
    """The full name of a district as a source writes it ("静安", "浦东(临港新片区)"), or None where it is unknown."""
    known = district_names(data_dir)
    bare = (words or "").split("(")[0].split("（")[0].strip()
    return known.get(bare)
