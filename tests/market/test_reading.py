"""Reads of the market, and the conversions that the other floors are given."""

from datetime import date

import pytest

from market.districts.queries import district, districts
from market.errors import NotFound
from market.imports.load import load
from market.indexing import documents
from market.institutions import queries as institutions
from market.institutions.models import Licence
from market.orders import queries as orders
from market.parks.queries import park, parks
from market.policies.queries import policies, policy
from market.profiles import demand_of, profile_of
from market.statistics.queries import indicators

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def session(server, data_dir, plan):
    database = server.database()
    load(database, [data_dir / name for name in ("taxonomy", "reference", "sample")], plan)
    with database.read() as opened:
        yield opened
    server.tidy()


@pytest.mark.parametrize("read", [district, institutions.institution, orders.order, park, policy])
def test_what_is_not_there_is_not_found(session, read):
    with pytest.raises(NotFound):
        read(session, "nothing")


def test_a_district_answers_to_its_code_and_both_names(session):
    assert {district(session, key).code for key in ("310106", "静安区", "静安")} == {"310106"}
    assert len(districts(session)) == 16


def test_a_park_answers_to_its_short_name_and_national_ones_come_first(session):
    assert park(session, "虹桥园").id == "PARK-HQ"
    listed = parks(session)
    assert [row.short_name for row, _ in listed[:3]] == ["静安主园", "东部园", "虹桥园"]
    assert {row.short_name: firms for row, firms in listed}["虹桥园"] == 9


def test_lists_are_cut_by_district_and_park_and_count_what_they_cut(session):
    total, rows = institutions.listed(session, ["长宁区", "闵行区"], ["虹桥园"], 0, 5)
    assert (total, len(rows)) == (8, 5)
    assert {row.park.short_name for row in rows} == {"虹桥园"}
    total, rest = institutions.listed(session, ["长宁区", "闵行区"], ["虹桥园"], 5, 5)
    assert len({row.id for row in (*rows, *rest)}) == total


def test_a_posting_is_never_among_the_open_orders(session):
    found = orders.open_orders(session, TODAY)
    assert len(found) == 40
    assert {row.kind for row in found} == {"order"}
    assert [row.deadline for row in found] == sorted(row.deadline for row in found)


def test_an_order_takes_bids_on_its_last_day_and_not_after(session):
    last = max(orders.open_orders(session, TODAY), key=lambda row: row.deadline)
    assert last in orders.open_orders(session, last.deadline)
    assert orders.open_orders(session, date.fromordinal(last.deadline.toordinal() + 1)) == []


def test_counts_by_district_add_up_to_the_lists(session):
    firms = institutions.by_district(session)
    assert firms["长宁区"] == institutions.listed(session, ["长宁区"], [], 0, 1)[0]
    open_now = orders.open_orders(session, TODAY)
    assert sum(orders.open_by_district(session, TODAY).values()) == len(open_now)
    assert sum(orders.headcount_by_district(session, TODAY).values()) == sum(row.headcount for row in open_now)
    one = orders.open_orders(session, TODAY, "嘉定区")
    assert orders.open_totals(session, TODAY, "嘉定区") == (len(one), sum(row.headcount for row in one))
    assert orders.open_totals(session, TODAY, "崇明区") == (0, 0)


def test_a_park_tells_how_many_of_its_firms_are_fictitious(session):
    assert institutions.sample_count(session, "PARK-HQ") == 9


def test_policies_are_newest_first_and_indicators_begin_with_the_city(session):
    dates = [row.issued_on or "" for row in policies(session)]
    assert dates == sorted(dates, reverse=True)
    assert not indicators(session)[0].district


def test_the_index_is_given_every_record_once(session):
    found = list(documents(session, TODAY))
    assert len({(doc.kind, doc.id) for doc in found}) == len(found) == 190 + 109 + 12 + 38


def test_a_row_becomes_the_profile_and_the_demand_that_its_file_would_give(session, sample_rows):
    from matching import files

    for row in sample_rows["institutions.jsonl"]:
        assert profile_of(institutions.institution(session, row["id"]), TODAY) == files.profile_of(
            row | {"park": "" if row["park"] == "none" else row["park"]})
    for row in sample_rows["orders.jsonl"]:
        assert demand_of(orders.order(session, row["id"])) == files.demand_of(row)


@pytest.mark.parametrize(("starts", "ends", "counts"), [
    (None, None, True), (date(2026, 11, 25), None, True), (date(2026, 11, 26), None, False),
    (None, date(2026, 11, 25), True), (None, date(2026, 11, 24), False),
])
def test_a_licence_counts_from_its_first_to_its_last_day(starts, ends, counts):
    assert Licence(name="备案", valid_from=starts, valid_to=ends).valid(TODAY) is counts
