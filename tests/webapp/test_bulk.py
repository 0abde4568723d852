"""Lists ask the database as often for many rows as for few: the number of queries stays when the rows double."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text

from market.accounts.models import Organisation, Person
from market.institutions.models import Institution
from market.orders.bid_models import Award, Bid, BidMember, PanelSeat, Shortlist, ShortlistFirm
from market.orders.delivery_models import Payment
from market.orders.models import Order, OrderClock


@contextmanager
def counted(site):
    """The statements that are sent to the database meanwhile."""
    sent = []

    def keep(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(site.database.engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(site.database.engine, "before_cursor_execute", keep)


def copied(row, **changed):
    values = {column.key: getattr(row, column.key) for column in row.__mapper__.columns if column.key not in changed}
    return type(row)(**values, **changed)


def double(session):
    """Every order of the demo once more, with its clocks, panel, bids, awards and payments; past the rules that
    keep what is closed as it is."""
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    for order in session.scalars(select(Order).where(Order.owner_id.is_not(None))).all():
        key = f"{order.id}-2"
        session.add(copied(order, id=key, reissue_of=None))
        session.flush()
        for table in (OrderClock, PanelSeat):
            session.add_all(copied(row, order_id=key) for row in session.scalars(
                select(table).where(table.order_id == order.id)).all())
        bids = {}
        for bid in session.scalars(select(Bid).where(Bid.order_id == order.id)).all():
            bids[bid.id] = copied(bid, id=None, order_id=key)
            session.add(bids[bid.id])
            session.flush()
            session.add_all(copied(row, order_id=key, bid_id=bids[bid.id].id) for row in session.scalars(
                select(BidMember).where(BidMember.bid_id == bid.id)).all())
        session.flush()
        for award in session.scalars(select(Award).where(Award.order_id == order.id)).all():
            again = copied(award, id=None, order_id=key, bid_id=bids[award.bid_id].id)
            session.add(again)
            session.flush()
            session.add_all(copied(row, id=None, order_id=key, award_id=again.id) for row in session.scalars(
                select(Payment).where(Payment.award_id == award.id)).all())


def queries_of(client, site, path):
    client.get(path)  # what is only read once is read now
    with counted(site) as sent:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(sent), answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["owner", "firm1", "operator", "regulator", "expert1", "district_officer",
                                  "park_operator"])
@pytest.mark.parametrize("path", ["/desk", "/orders/mine", "/desk/calendar.ics"])
def test_twice_the_orders_need_no_more_queries(signed_in, name, path):
    client, site = signed_in(name), signed_in.site
    before, page = queries_of(client, site, path)
    with site.database.write() as session:
        double(session)
    after, longer = queries_of(client, site, path)
    assert before == after
    assert len(longer) > len(page) or path.endswith("ics")


def test_twice_the_firms_and_lists_need_no_more_queries(signed_in):
    client, site = signed_in("owner"), signed_in.site

    def fill(number):
        with site.database.write() as session:
            person = session.scalars(select(Person).where(Person.email == "owner@demo.example")).one()
            house = session.scalars(select(Order.enterprise_id).where(Order.owner_id == person.id)).first()
            house = session.scalars(select(Organisation.id).where(Organisation.enterprise_id == house)).one()
            row = Shortlist(organisation_id=house, owner_id=person.id, name=f"L{number}")
            session.add(row)
            session.flush()
            firms = session.scalars(select(Institution.id).order_by(Institution.id).offset(number * 5).limit(5)).all()
            session.add_all(ShortlistFirm(shortlist_id=row.id, institution_id=key, note="", seen={}) for key in firms)
            return row.id

    first = fill(0)
    lists, one = queries_of(client, site, "/shortlists")[0], queries_of(client, site, f"/shortlists/{first}")[0]
    fill(1)
    with site.database.write() as session:
        more = session.scalars(select(Institution.id).order_by(Institution.id).offset(10).limit(5)).all()
        session.add_all(ShortlistFirm(shortlist_id=first, institution_id=key, note="", seen={}) for key in more)
    assert queries_of(client, site, "/shortlists")[0] == lists
    assert queries_of(client, site, f"/shortlists/{first}")[0] == one
