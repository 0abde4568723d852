"""What must always hold, the database holds: each rule refuses the row that breaks it."""

from datetime import date

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, inspect
from sqlalchemy.exc import IntegrityError

from market.institutions.rules import sample_code
from market.models import District, Enterprise, Indicator, Institution, Licence, Order, Park, Policy

PLACE = {"lon": 121.45, "lat": 31.23, "place_datum": "WGS-84", "place_quality": "sample"}
NO_PLACE = dict.fromkeys(PLACE)
RIGHT = {
    District: {"code": "310106", "name": "静安区", "short": "静安", "name_en": "Jing'an", "land_area_km2": 36.88},
    Enterprise: {"name": "上海试验厂(虚构)"},
    Indicator: {"id": "TJ-1", "name": "机构数", "value": "3000"},
    Institution: {"id": "T1", "name": "上海试验人才有限公司", "unified_code": sample_code(1),
                  "source_kind": "sample", **PLACE},
    Licence: {"institution_id": "F0", "name": "备案"},
    Order: {"id": "O1", "title": "招人", "deadline": date(2027, 1, 1), "source_kind": "sample"},
    Park: {"id": "P1", "name": "试验园区", "short_name": "试验园", "source_kind": "sample", **PLACE},
    Policy: {"id": "ZC-1", "name": "试验办法"},
}
GROUND = (Institution(id="F0", name="上海底座人才有限公司"),)
FRESH = {  # another row of the same table that shares nothing with the first
    District: {"code": "310101", "name": "黄浦区", "short": "黄浦"},
    Enterprise: {"name": "上海另一厂(虚构)"},
    Institution: {"id": "T2", "unified_code": sample_code(2)},
    Park: {"id": "P2", "name": "另一园区", "short_name": "另一园"},
}
BROKEN = [  # rule, table, values that break it
    *(pytest.param(f"ck_{table.__tablename__}_source_kind", table, {"source_kind": "rumour", **place},
                   id=f"{table.__tablename__} of unknown kind")
      for table, place in ((Indicator, {}), (Institution, NO_PLACE), (Order, {}), (Park, NO_PLACE), (Policy, {}))),
    *(pytest.param(f"ck_{table.__tablename__}_{rule}", table, wrong, id=f"{table.__tablename__} {words}")
      for table in (Institution, Park) for rule, wrong, words in (
          ("both_or_neither", {"lat": None}, "with half a place"),
          ("in_shanghai", {"lon": 116.4, "lat": 39.9}, "in Beijing"),
          ("in_shanghai", {"lon": 31.23, "lat": 121.45}, "with its coordinates swapped"),
          ("place_said", {"place_datum": None}, "without a datum"),
          ("place_said", {"place_datum": "CGCS"}, "with an unknown datum"),
          ("place_said", {"place_quality": None}, "with a place of unsaid quality"),
          ("no_invented_point", {"source_kind": "reference"}, "that is real, at an invented point"))),
    pytest.param("ck_institutions_credit_grade", Institution, {"credit_grade": "E"}, id="grade E"),
    pytest.param("ck_institutions_capacity", Institution, {"capacity_per_quarter": -1}, id="capacity below zero"),
    pytest.param("ck_institutions_unified_code", Institution, {"unified_code": "91"}, id="short code"),
    pytest.param("ck_licences_in_order", Licence, {"valid_from": date(2027, 1, 2), "valid_to": date(2027, 1, 1)},
                 id="licence that ends before it begins"),
    pytest.param("ck_orders_headcount", Order, {"headcount": 0}, id="order for nobody"),
    pytest.param("ck_orders_postings_are_no_orders", Order, {"kind": "bounty"}, id="posting that is open"),
    pytest.param("ck_orders_postings_are_no_orders", Order, {"state": "reference"}, id="order that is reference"),
    pytest.param("ck_orders_orders_have_a_deadline", Order, {"deadline": None}, id="order without a deadline"),
    pytest.param("fk_institutions_district", Institution, {"district": "苏州市"}, id="institution of no district"),
    pytest.param("fk_institutions_park_id", Institution, {"park_id": "PK-0"}, id="institution of no park"),
    pytest.param("fk_licences_institution_id", Licence, {"institution_id": "T9"}, id="licence of nobody"),
    pytest.param("fk_orders_district", Order, {"district": "苏州市"}, id="order of no district"),
    pytest.param("fk_orders_enterprise_id", Order, {"enterprise_id": 99}, id="order of no enterprise"),
    pytest.param("fk_orders_owner_id", Order, {"owner_id": 99}, id="order of no owner"),
    pytest.param("fk_orders_reissue_of", Order, {"reissue_of": "O9"}, id="order issued anew from none"),
    pytest.param("ck_orders_money", Order, {"fee_fen": 0}, id="order for nothing"),
    pytest.param("ck_orders_pass_mark", Order, {"pass_bp": 0}, id="pass mark of nothing"),
    pytest.param("ck_orders_awarded_places", Order, {"headcount": 2, "awarded_places": 3}, id="more awarded than asked"),
    pytest.param("ck_orders_confidential_has_a_brief", Order, {"confidential": True}, id="confidential without a brief"),
    pytest.param("fk_parks_district", Park, {"district": "苏州市"}, id="park of no district"),
]
TWICE = [
    pytest.param(f"uq_{table.__tablename__}_{field}", table, field, id=f"{table.__tablename__} {field}")
    for table, field in ((District, "name"), (District, "short"), (Enterprise, "name"), (Institution, "unified_code"),
                         (Park, "name"), (Park, "short_name"))
]


def put(database, *rows):
    with database.write() as session:
        for table, values in rows:
            session.add(table(**values))


@pytest.fixture
def ground(database):
    put(database, *((type(row), {"id": row.id, "name": row.name}) for row in GROUND))
    return database


@pytest.mark.parametrize("table", RIGHT)
def test_the_right_row_is_taken(ground, table):
    put(ground, (table, RIGHT[table]))


@pytest.mark.parametrize(("rule", "table", "wrong"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_by_it(ground, rule, table, wrong):
    with pytest.raises(IntegrityError) as caught:
        put(ground, (table, RIGHT[table] | wrong))
    message = str(caught.value.orig)
    assert rule in message or message == "FOREIGN KEY constraint failed"  # SQLite does not name the key


@pytest.mark.parametrize(("rule", "table", "field"), TWICE)
def test_what_is_once_in_the_trade_is_once_in_the_database(ground, rule, table, field):
    put(ground, (table, RIGHT[table]))
    again = RIGHT[table] | FRESH[table] | {field: RIGHT[table][field]}
    with pytest.raises(IntegrityError) as caught:
        put(ground, (table, again))
    assert rule in str(caught.value.orig) or f"{table.__tablename__}.{field}" in str(caught.value.orig)
    put(ground, (table, RIGHT[table] | FRESH[table]))


def test_an_order_is_issued_anew_once(database):
    put(database, (Order, RIGHT[Order]))
    put(database, (Order, RIGHT[Order] | {"id": "O2", "reissue_of": "O1"}))
    with pytest.raises(IntegrityError) as caught:
        put(database, (Order, RIGHT[Order] | {"id": "O3", "reissue_of": "O1"}))
    assert "reissue_of" in str(caught.value.orig)


def test_every_rule_of_the_catalogues_has_a_row_here_that_breaks_it():
    """The rules of accounts and of the order's life are broken in tests/orders, where their rows can be made."""
    kinds = (CheckConstraint, UniqueConstraint, ForeignKeyConstraint)
    rules = {str(rule.name) for kind in RIGHT for rule in kind.__table__.constraints if isinstance(rule, kinds)}
    assert rules == {"uq_orders_reissue_of", *(str(case.values[0]) for case in (*BROKEN, *TWICE))}


def test_licences_go_with_their_institution(ground):
    put(ground, (Licence, RIGHT[Licence]))
    with ground.write() as session:
        session.delete(session.get(Institution, "F0"))
    with ground.read() as session:
        assert session.get(Licence, ("F0", "备案")) is None


def test_a_number_of_no_row_is_handed_out_twice(database):
    """Enterprises count by themselves on both databases."""
    put(database, (Enterprise, {"name": "甲"}), (Enterprise, {"name": "乙"}))
    with database.read() as session:
        assert len({row.id for row in session.query(Enterprise)}) == 2
    assert "id" in {column["name"] for column in inspect(database.engine).get_columns("enterprises")}
