"""Must-haves keep out whoever may not take an order, and say on which sentence that rests."""

from dataclasses import replace

import pytest

from matching.constraints import covers, failures
from matching.profiles import Constraints, Demand, Profile
from matching.requirements import requirements

HUNT = "高级人才寻访(猎头)"
ABLE = Profile("F", "甲", services=(HUNT, "海外引才"), regions=("上海全市", "欧洲"), credit_grade="B",
               capacity_per_quarter=20, licences=frozenset({"人力资源服务许可"}))
ORDER = Demand("O", "芯片验证工程师", "张江办公。", service_mode=(HUNT,), district="浦东新区", headcount=3)


def failed(profile, demand, vocabulary):
    return [f.requirement.kind for f in failures(profile, demand, requirements(demand, vocabulary), vocabulary)]


def test_a_firm_that_meets_everything_may(vocabulary):
    assert failed(ABLE, ORDER, vocabulary) == []


def test_search_needs_the_licence_by_law_though_the_order_is_silent(vocabulary):
    assert failed(replace(ABLE, licences=frozenset({"备案"})), ORDER, vocabulary) == ["licence"]


def test_dispatch_needs_its_own_permit(vocabulary):
    order = replace(ORDER, service_mode=("劳务派遣",))
    assert "licence" in failed(replace(ABLE, services=("劳务派遣",)), order, vocabulary)


@pytest.mark.parametrize(("regions", "wanted", "covered"), [
    (("全国",), "闵行区", True), (("长三角",), "苏州", True),
    (("上海全市",), "闵行区", True), (("闵行区",), "闵行区", True),
    (("徐汇区",), "闵行区", False), (("上海全市",), "苏州", False),
    (("上海全市",), "全国", False), (("长三角",), "火星", False),
])
def test_a_wider_region_covers_a_narrower_one_and_never_the_other_way(vocabulary, regions, wanted, covered):
    assert covers(regions, wanted, vocabulary) is covered


def test_every_region_asked_for_must_be_covered(vocabulary):
    order = replace(ORDER, constraints=Constraints(must_cover=("浦东新区", "全国")))
    assert failed(ABLE, order, vocabulary) == ["region"]


@pytest.mark.parametrize("text", ["信用B级以上。", "信用等级须为B级。", "信用评级低于B的就别投了。",
                                  "要正规持证机构，信用B以上。"])
def test_a_credit_grade_that_stands_only_in_the_text_binds_and_is_quoted(vocabulary, text):
    order = replace(ORDER, description=text)
    assert failed(ABLE, order, vocabulary) == []
    assert failed(replace(ABLE, credit_grade="C"), order, vocabulary) == ["credit"]
    need = next(n for n in requirements(order, vocabulary) if n.kind == "credit")
    assert need.source == "text"
    assert need.quote in text


def test_a_wish_is_no_must(vocabulary):
    order = replace(ORDER, description="信用A级以上优先。")
    assert failed(replace(ABLE, credit_grade="C"), order, vocabulary) == []


def test_grade_d_and_no_grade_are_never_let_through(vocabulary):
    assert failed(replace(ABLE, credit_grade="D"), ORDER, vocabulary) == ["credit"]
    assert failed(replace(ABLE, credit_grade=""), ORDER, vocabulary) == ["credit"]


def test_overseas_work_needs_the_service_and_one_of_the_regions(vocabulary):
    order = replace(ORDER, constraints=Constraints(needs_overseas_sourcing=True, overseas_regions_any=("北美", "欧洲")))
    assert failed(ABLE, order, vocabulary) == []
    assert failed(replace(ABLE, regions=("上海全市", "日本")), order, vocabulary) == ["overseas"]
    assert failed(replace(ABLE, services=(HUNT,)), order, vocabulary) == ["overseas"]


def test_overseas_work_asked_for_only_in_the_text_binds(vocabulary):
    order = replace(ORDER, service_mode=(HUNT, "海外引才"), description="想从德国挖一位底盘专家，机构要能在欧洲面谈。")
    assert failed(ABLE, order, vocabulary) == []
    assert failed(replace(ABLE, regions=("上海全市", "北美")), order, vocabulary) == ["overseas"]


@pytest.mark.parametrize(("said", "order"), [
    ("海外不做", replace(ORDER, constraints=Constraints(needs_overseas_sourcing=True))),
    ("不做猎头", ORDER),
    ("批量岗位不接", replace(ORDER, headcount=60)),
    ("总监以上不做", replace(ORDER, seniority=("高管",))),
    ("不接蓝领", replace(ORDER, seniority=("蓝领",))),
])
def test_what_a_firm_says_it_does_not_take_keeps_it_out_and_is_quoted(vocabulary, said, order):
    firm = replace(ABLE, profile=f"做芯片。{said}。")
    missed = failures(firm, order, requirements(order, vocabulary), vocabulary)
    assert [(f.requirement.kind, f.profile_quote) for f in missed] == [("firm_refuses", said)]
    assert failed(ABLE, order, vocabulary) == []


def test_a_kind_of_firm_that_the_order_turns_away_is_kept_out(vocabulary):
    order = replace(ORDER, description="不要外包公司。")
    assert failed(replace(ABLE, services=("人力资源外包", HUNT)), order, vocabulary) == ["exclusion"]
    assert failed(ABLE, order, vocabulary) == []
