"""The desk: what falls due in two weeks, the dates as a calendar, the orders that suit a firm and that it has no part in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from market.clock import day_of, now
from market.orders.bid_models import BidMember
from market.orders.delivery_models import Payment
from matching.encoders import open_encoder
from webapp.encoding import Filling


def text(answer):
    """The text of an answer."""
    return answer.get_data(as_text=True)


def days_of(page):
    """The days of the two weeks as (address, what)."""
    part = page.partition("往后两周")[2].partition("</section>")[0]
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', part)


def test_a_payment_within_two_weeks_stands_on_the_desk_and_a_later_one_in_the_calendar_alone(signed_in):
    key, owner = signed_in.order("settled"), signed_in("owner")
    with signed_in.site.database.write() as session:
        first, *rest = session.scalars(select(Payment).where(Payment.order_id == key).order_by(Payment.id))
        first.due_on, first.done_at = day_of(now()) + timedelta(days=13), None
        for row in rest:
            row.due_on = day_of(now()) + timedelta(days=15)
        near, later = first.id, [row.id for row in rest if row.done_at is None]
    shown = [address for address, _ in days_of(text(owner.get("/desk")))]
    assert shown.count(f"/orders/{key}/settlement#calendar") == 1
    file = owner.get("/desk/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert later
    assert {f"UID:payment-{one}@caitu" for one in (near, *later)} <= set(text(file).split("\r\n"))
    assert key not in text(signed_in("rival").get("/desk/calendar.ics"))


def test_a_firm_finds_orders_that_suit_it_and_none_that_it_works_on(signed_in):
    settings = signed_in.site.settings
    Filling(settings, open_encoder(settings.encoder, settings.cache_dir)).run()
    page = text(signed_in("firm1").get("/desk"))
    part = page.partition('id="suits"')[2].partition("</section>")[0]
    found = set(re.findall(r'<h3><a href="/orders/([^"/]+)"', part))
    with signed_in.site.database.read() as session:
        firm = re.search(r"/institutions/([^/]+)/orders", part)[1]
        mine = set(session.scalars(select(BidMember.order_id).where(BidMember.institution_id == firm)))
    assert found
    assert not found & mine
    assert re.search(r"已用 \d+，共 \d+", page)
    assert 'id="suits"' not in text(signed_in("owner").get("/desk"))


@pytest.mark.parametrize("name", ["owner", "firm1", "firm2", "firm3", "firm4", "operator", "regulator", "expert1", "rival"])
def test_everybody_has_a_desk_whatever_became_of_their_bids(signed_in, name):
    client = signed_in(name)
    assert "往后两周" in text(client.get("/desk"))
    assert client.get("/desk/calendar.ics").status_code == 200
