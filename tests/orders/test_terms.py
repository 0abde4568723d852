"""Terms that the law forbids are found in an order's text, and what only looks like one is not."""

import csv
from pathlib import Path

import pytest

from market.orders import terms
from market.orders.models import Order

DATA = Path(__file__).resolve().parents[2] / "data"


def rows():
    with (DATA / "taxonomy" / "discriminatory_terms.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(text):
    return {finding.term_id for finding in terms.findings_in("title", text, DATA)}


@pytest.mark.parametrize("row", [row for row in rows() if row["example"] not in ("", "—", "无")], ids=lambda row: row["id"])
def test_each_term_finds_its_own_example(row):
    assert row["id"] in found(row["example"])


@pytest.mark.parametrize("text", ["快递小哥招募", "乙肝疫苗研发工程师", "HIV药物临床项目经理",
                                  "儿童(12岁以下)玩具设计", "年薪25-35万"])
def test_what_only_looks_like_one_is_not_forbidden(text):
    severe = {f.term_id for f in terms.findings_in("title", text, DATA) if f.severity == "forbidden"}
    assert severe == set()


def test_a_forbidden_term_names_its_field_its_words_its_law_and_a_better_wording():
    order = Order(title="算法工程师", description="仅限男性,能出差", must_have=["已婚已育优先"])
    assert terms.forbidden(order, DATA) == ("description=仅限男性", "must_have=已婚已育优先")
    finding = terms.findings(order, DATA)[0]
    assert "就业促进法" in finding.basis
    assert finding.better


def test_pay_without_a_figure_and_weights_that_are_no_whole_count_as_missing():
    order = Order(title="t", annual_salary_range="面议", scorecard=[{"name": "a", "weight_bp": 9000}])
    gaps = terms.missing(order)
    assert {"annual_salary_range", "scorecard", "description", "closes_at"} <= set(gaps)
    assert "title" not in gaps


def test_services_name_their_licence():
    table = terms.licence_of_service(DATA)
    assert table["劳务派遣"] == "劳务派遣许可"
    assert table["高级人才寻访(猎头)"] == "人力资源服务许可"
