"""The desks of a district's officer and a park's operator: their own district or park, nothing beyond, every number open."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from market.access import Actor, Role, Scope
from market.accounts import tokens
from market.accounts.models import Member, Organisation, Person
from market.accounts.sessions import actor_for
from market.clock import day_of
from market.districts.models import District
from market.institutions.models import Institution, Licence
from market.orders import oversight, queries
from market.orders.bid_models import Award, BidMember
from market.orders.models import HIDDEN, Order
from market.parks.models import Park
from webapp.access import PROGRAMS

HERE, THERE = "徐汇区", "闵行区"


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[-2000:])
    return answer.get_data(as_text=True)


def rows(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    return [list(row) for row in book.worksheets[1].iter_rows(values_only=True)][1:]


def house_of(session, name):
    return session.scalars(select(Organisation).join(Member).join(Person).where(
        Person.email == f"{name}@demo.example")).one()


@pytest.fixture
def officer(signed_in):
    """The officer of a district."""
    with signed_in.site.database.write() as session:
        house_of(session, "district_officer").district = HERE
    return signed_in("district_officer")


def number(page, address):
    """The number that leads to an address."""
    return int(re.search(rf'<a href="{re.escape(address)}">([\d,]+)</a>', page)[1].replace(",", ""))


def test_an_officer_sees_nothing_of_another_district_in_list_count_export_and_api(signed_in, officer):
    with signed_in.site.database.write() as session:
        orders = {row.id: row.district for row in session.scalars(select(Order).where(Order.kind == "order"))
                  if row.state not in HIDDEN and not (row.state == "cancelled" and row.published_on is None)}
        firms = dict(session.execute(select(Institution.id, Institution.district)).all())
        member = session.scalars(select(Member).join(Person).where(Person.email == "district_officer@demo.example")).one()
        act = signed_in.site.act(session, actor_for(member.person_id, Role.DISTRICT_OFFICER, member))
        token = tokens.create(act, "mine", 9)[1]
    own = {key for key, district in orders.items() if district == HERE}
    mine = {key for key, district in firms.items() if district == HERE}
    assert own
    assert mine
    assert THERE in orders.values()
    assert THERE in firms.values()
    desk = text(officer.get("/desk"))
    assert number(desk, "/orders/mine") == len(own)
    assert number(desk, "/desk/firms") == len(mine)
    listed = text(officer.get("/orders/mine"))
    assert set(re.findall(r'<h3><a href="/orders/([^"/]+)"', listed)) == own
    assert {row[0] for row in rows(officer.get("/orders/mine.xlsx"))} == own
    assert {row[0] for row in rows(officer.get("/desk/firms.xlsx"))} == mine
    seen = set()
    for start in range(0, len(mine), 20):
        seen |= set(re.findall(r'<h3><a href="/institutions/([^"]+)"', text(officer.get(f"/desk/firms?from={start}"))))
    assert seen == mine
    program = signed_in.app.test_client().get(f"{PROGRAMS}/orders/mine", headers={"Authorization": f"Bearer {token}"})
    assert {row["id"] for row in program.json["orders"]} == own
    assert program.json["total"] == len(own)
    ahead = text(officer.get("/desk/calendar.ics"))
    there = {key for key, district in orders.items() if district != HERE}
    shown = desk + listed + ahead
    assert not [key for key in there if f"/orders/{key}\"" in shown or f"turn-{key}@" in shown]


@pytest.mark.parametrize(("role", "scope"), [(Role.DISTRICT_OFFICER, Scope()), (Role.PARK_OPERATOR, Scope()),
                                             (Role.PARK_OPERATOR, Scope(district=HERE)),
                                             (Role.OPERATOR, Scope(district=HERE)),
                                             (Role.ENTERPRISE_STAFF, Scope(district=HERE))])
def test_whoever_has_no_scope_watches_over_nothing(signed_in, role, scope):
    who = Actor(role, 1, scope=scope)
    with signed_in.site.database.read() as session:
        assert oversight.counts(session, who, signed_in.site.clock()) == {"all": 0, "due": 0, "limited": 0}
        assert session.scalars(select(Order.id).where(oversight.orders_of(who))).all() == []
        assert oversight.watched(session, who, "all", signed_in.site.clock()) == []


@pytest.mark.parametrize("name", ["owner", "firm1", "operator", "regulator", "expert1"])
def test_the_lists_are_for_officers_and_park_operators(signed_in, name):
    for path in ("/desk/firms", "/desk/firms.xlsx", "/desk/fitting", "/desk/fitting.xlsx"):
        assert signed_in(name).get(path).status_code == 403


def test_an_officer_has_no_park(officer):
    assert officer.get("/desk/fitting").status_code == officer.get("/desk/fitting.xlsx").status_code == 404


def test_drafts_and_orders_before_their_check_are_not_the_officer_s(signed_in):
    with signed_in.site.database.write() as session:
        drafts = session.scalars(select(Order).where(Order.state.in_(HIDDEN))).all()
        district = session.scalars(select(District.name).where(District.name == THERE)).one()
        for row in drafts:
            row.district = district
        ids = {row.id for row in drafts}
        house_of(session, "district_officer").district = THERE
    assert ids
    page = text(signed_in("district_officer").get("/orders/mine"))
    assert not [key for key in ids if key in page]


@pytest.mark.parametrize(("days", "due", "limited"), [(-1, False, True), (0, True, False), (90, True, False),
                                                       (91, False, False)])
def test_a_licence_is_due_within_ninety_days_and_limits_once_it_ended(signed_in, officer, days, due, limited):
    now = signed_in.site.clock()
    with signed_in.site.database.write() as session:
        for row in session.scalars(select(Licence)).all():
            row.valid_to = None
        firm = session.scalars(select(Institution).where(Institution.district == HERE, Institution.licences.any())).first()
        for row in session.scalars(select(Organisation)).all():
            row.verified_until = now + timedelta(days=400)
        firm.licences[0].valid_to = day_of(now) + timedelta(days=days)
        firm.licences[0].valid_from = None
        key = firm.id
    for show, there in (("due", due), ("limited", limited)):
        assert (key in text(officer.get(f"/desk/firms?show={show}"))) is there
        assert len(rows(officer.get(f"/desk/firms.xlsx?show={show}"))) == there
        assert number(text(officer.get("/desk")), f"/desk/firms?show={show}") == there


@pytest.mark.parametrize(("state", "days", "show"), [("approved", 30, "due"), ("approved", -1, "limited"),
                                                     ("suspended", 300, "limited"), ("approved", 300, None)])
def test_a_verification_that_ends_or_is_suspended_stands_on_its_list(signed_in, officer, state, days, show):
    now = signed_in.site.clock()
    with signed_in.site.database.write() as session:
        for row in session.scalars(select(Licence)).all():
            row.valid_to = None
        house = house_of(session, "firm1")
        house.state, house.verified_until = state, now + timedelta(days=days)
        session.get(Institution, house.institution_id).district = HERE
        for other in session.scalars(select(Organisation).where(Organisation.id != house.id)).all():
            other.verified_until = now + timedelta(days=400)
        key = house.institution_id
    found = [one for one in ("due", "limited") if key in text(officer.get(f"/desk/firms?show={one}"))]
    assert found == ([show] if show else [])


def test_the_first_line_says_whose_turn_it_is_and_until_when_and_every_number_opens_its_rows(signed_in, officer):
    page = text(officer.get("/desk"))
    line = re.search(r'<section class="turn.*?</section>', page, re.S)[0]
    key = re.search(r'href="/orders/([^"]+)"', line)[1]
    with signed_in.site.database.read() as session:
        assert session.get(Order, key).district == HERE
    assert "<time" in line
    assert "whose" in line
    for group in ("running", "late", "disputes"):
        listed = text(officer.get(f"/orders/mine?state={group}"))
        assert len(re.findall(r'<h3><a href="/orders/', listed)) == number(page, f"/orders/mine?state={group}")
        assert len(rows(officer.get(f"/orders/mine.xlsx?state={group}"))) == number(page, f"/orders/mine?state={group}")


def test_a_dispute_in_the_district_is_counted(signed_in, officer):
    before = number(text(officer.get("/desk")), "/orders/mine?state=disputes")
    with signed_in.site.database.write() as session:
        row = session.get(Order, signed_in.order("disputed"))
        moved = row.district != HERE
        row.district = HERE
    assert number(text(officer.get("/desk")), "/orders/mine?state=disputes") == before + moved


@pytest.fixture
def park(signed_in):
    """The operator of a park in which the demo's first firm sits and its third does not."""
    with signed_in.site.database.write() as session:
        row = session.scalars(select(Park).where(Park.short_name == "东部园")).one()
        house_of(session, "park_operator").park_id = row.id
        session.get(Institution, house_of(session, "firm1").institution_id).park_id = row.id
        for name in ("firm2", "firm3", "firm4"):
            session.get(Institution, house_of(session, name).institution_id).park_id = None
        return row.id


def test_a_park_operator_sees_tenants_alone_and_the_orders_that_they_won_and_no_bid(signed_in, park):
    client = signed_in("park_operator")
    with signed_in.site.database.read() as session:
        tenants = set(session.scalars(select(Institution.id).where(Institution.park_id == park)))
        won = set(session.scalars(select(Award.order_id).join(BidMember, BidMember.bid_id == Award.bid_id).where(
            Award.state == "active", ~BidMember.gone, BidMember.institution_id.in_(tenants))))
        bid = set(session.scalars(select(BidMember.order_id).where(BidMember.institution_id.in_(tenants)))) - won
    assert won
    assert bid
    page = text(client.get("/orders/mine"))
    assert set(re.findall(r'<h3><a href="/orders/([^"/]+)"', page)) == won
    assert not [key for key in bid if key in page + text(client.get("/desk")).partition('aria-label="轮到谁"')[2].partition(
        "本区可做的订单")[0]]
    assert {row[0] for row in rows(client.get("/desk/firms.xlsx"))} == tenants
    assert number(text(client.get("/desk")), "/desk/firms") == len(tenants)


def test_a_park_operator_finds_open_orders_of_the_district_that_tenants_fit(signed_in, park):
    client, site = signed_in("park_operator"), signed_in.site
    with site.database.write() as session:
        district = session.get(Park, park).district
        for row in session.scalars(select(Order).where(Order.state == "open", Order.owner_id.is_(None)).limit(12)).all():
            row.district, row.constraints = district, {}
    desk = text(client.get("/desk"))
    found = rows(client.get("/desk/fitting.xlsx"))
    assert found
    assert number(desk, "/desk/fitting") == len(found)
    page = text(client.get("/desk/fitting"))
    assert {row[0] for row in found} == set(re.findall(r'<h3><a href="/orders/([^"/]+)"', page))
    with site.database.read() as session:
        tenants = set(session.scalars(select(Institution.id).where(Institution.park_id == park)))
        shown = set(re.findall(r'<a href="/institutions/([^"]+)"', page)) - {"lookup"}
        assert shown
        assert shown <= tenants
        for row in found:
            order = queries.order(session, row[0])
            assert (order.district, order.state) == (district, "open")
