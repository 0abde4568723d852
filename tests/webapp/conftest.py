"""What the tests of the pages share: forms sent as people send them."""

import re

import pytest

from market.access import SYSTEM

OFFER = {"price": "110,000.01", "plan": "三步走的方案", "timeline": "六周", "team": "三名顾问", "cases": "一个\n两个",
         "conflict_declared": "y"}


class Bidding:
    """Firms of the demo that bid, and the clock past the deadline."""

    def __init__(self, signed_in) -> None:
        self.signed_in = signed_in

    def read(self, ask):
        """What a question to the database gives."""
        with self.signed_in.site.database.read() as session:
            return ask(session)

    def firm(self, name):
        """The institution behind an account."""
        from market.accounts.models import Member, Organisation, Person

        return self.read(lambda session: session.query(Organisation.institution_id).join(Member).join(Person).filter(
            Person.email == f"{name}@demo.example").scalar())

    def order(self, key):
        """(state, version) of an order."""
        from market.orders.models import Order

        return self.read(lambda session: (session.get(Order, key).state, session.get(Order, key).version))

    def empty(self):
        """An open order that nobody has bid on."""
        from market.orders.bid_models import Bid
        from market.orders.models import Order

        return self.read(lambda session: session.query(Order.id).filter(
            Order.state == "open", Order.owner_id.is_not(None), ~Order.confidential,
            ~session.query(Bid).filter(Bid.order_id == Order.id).exists()).scalar())

    def bid_of(self, key, name):
        """The number of the bid that a firm leads, or None."""
        from market.orders.bid_models import Bid

        return self.read(lambda session: session.query(Bid.id).filter_by(
            order_id=key, institution_id=self.firm(name), withdrawn_at=None).scalar())

    def typed(self, key, shares=(), **more):
        """The form of a bid; shares: (account, per cent)."""
        pairs = [(self.firm(name), share) for name, share in shares]
        return {**OFFER, "version": self.order(key)[1], "member": [firm for firm, _ in pairs],
                "share": [share for _, share in pairs], **more}

    def send(self, key, name, shares=(), **more):
        """A firm sends the form of a bid."""
        return self.signed_in(name).post(f"/orders/{key}/bid", data=self.typed(key, shares, **more))

    def close(self, key):
        """The deadline passes and the bidding is closed."""
        from market.orders import panel

        self.signed_in.forward(days=7)
        with self.signed_in.site.database.write() as session:
            panel.close_bids(self.signed_in.site.act(session, SYSTEM), key)

    def unseal(self, key):
        """Deadline, panel, two keys."""
        self.close(key)
        self.turn_keys(key)

    def turn_keys(self, key):
        """The panel is drawn and two keys open what is closed."""
        self.signed_in("operator").post(f"/orders/{key}/opening/panel", data={"size": "3"})
        for name in ("operator", "regulator"):
            self.signed_in(name).post(f"/orders/{key}/opening/key")
        self.signed_in("regulator").post(f"/orders/{key}/opening/unseal")
        assert self.order(key)[0] == "evaluating"

    @staticmethod
    def text(answer):
        """The text of a page that must answer 200, without tags and with one blank for many."""
        assert answer.status_code == 200, answer.status_code
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))

    def page(self, name, path):
        """The text of a page as an account sees it; a visitor without a name."""
        client = self.signed_in(name) if name else self.signed_in.app.test_client()
        return self.text(client.get(path))


@pytest.fixture
def bidding(signed_in):
    """Firms of the demo that bid on its orders."""
    return Bidding(signed_in)
