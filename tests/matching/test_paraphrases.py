"""What stands only in a text is read in many wordings, and negations and wishes are no musts."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from matching.constraints import failures
from matching.profiles import Constraints, Demand, Profile
from matching.requirements import requirements

HERE = Path(__file__).resolve().parent
HUNT = "高级人才寻访(猎头)"
FIRM = Profile("F", "甲", services=(HUNT, "海外引才"), regions=("全国", "欧洲"), credit_grade="A", capacity_per_quarter=99,
               licences=frozenset({"人力资源服务许可", "劳务派遣许可"}))
ORDER = Demand("O", "工程师", service_mode=(HUNT,), district="浦东新区", headcount=20, deadline_days=60, role_family="算法")
ORDERS = {
    "蓝领": replace(ORDER, service_mode=("蓝领招聘",), seniority=("蓝领",), role_family="生产操作"),
    "高管": replace(ORDER, seniority=("高管",), headcount=1), "猎头": ORDER,
    "海外": replace(ORDER, constraints=Constraints(needs_overseas_sourcing=True)),
    "派遣": replace(ORDER, service_mode=("劳务派遣",)), "校招": replace(ORDER, service_mode=("校园招聘",)),
    "RPO": replace(ORDER, service_mode=("招聘流程外包(RPO)",)), "批量": replace(ORDER, headcount=60),
    "急单": replace(ORDER, deadline_days=10), "小单": replace(ORDER, headcount=2),
    "晶圆": replace(ORDER, role_family="制程工艺", industry="集成电路"),
}


def rows(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(service, text, vocabulary):
    order = Demand("O", "招聘工程师", text, service_mode=(service,), district="浦东新区", headcount=3)
    found = set()
    for need in requirements(order, vocabulary):
        if need.source == "text":
            assert need.quote in text
            values = {"region": need.value, "exclusion": ""}.get(need.kind, need.value)
            found.add(need.kind + (":" + values if need.kind != "exclusion" else ""))
    return found


def wanted(cell):
    parts = set()
    for part in filter(None, cell.split(";")):
        if ":" in part or part == "exclusion":
            parts.add(part)
        else:  # a further region of the overseas must-have before it
            kept = next(p for p in parts if p.startswith("overseas"))
            parts = (parts - {kept}) | {f"{kept};{part}"}
    return parts


@pytest.mark.parametrize("row", rows("order_paraphrases.csv"), ids=lambda row: row["text"])
def test_an_order_binds_by_what_its_text_demands_and_by_nothing_else(row, vocabulary):
    assert read(row["service"], row["text"], vocabulary) == wanted(row["expected"])


@pytest.mark.parametrize("row", rows("firm_paraphrases.csv"), ids=lambda row: row["said"])
def test_a_firm_is_kept_out_by_what_it_says_it_does_not_take_and_by_nothing_else(row, vocabulary):
    firm, order = replace(FIRM, profile=f"做技术类。{row['said']}。"), ORDERS[row["order"]]
    missed = failures(firm, order, requirements(order, vocabulary), vocabulary)
    assert bool(missed) == (row["refuses"] == "yes")
    assert all(f.requirement.kind == "firm_refuses" and f.profile_quote in firm.profile for f in missed)
