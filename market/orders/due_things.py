"""What falls due inside an order, beside its own clocks: answers, payments, guarantees, and what bids lack to count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from market.access import Act, Role
from market.clock import day_of, end_of
from market.notices.inbox import Happening
from market.orders.bid_models import Award, Bid, BidMember
from market.orders.delivery_models import AnswerClock, Payment
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.reminders import LEVELS, SOON, leads_of, level_of, people_of, remind_of

LOOK_BACK = timedelta(days=30)  # older ones were told of at every level; the worker does not look at them for ever


@dataclass(frozen=True)
class DueThing:
    """One thing of an order that somebody must do by a moment; levels: how far reminding goes."""

    order: Order
    kind: str
    key: str
    due_at: datetime
    late: tuple[int, ...]
    levels: int = len(LEVELS)


def _buyers(session: Session, order: Order) -> tuple[int, ...]:
    return tuple(people_of(session, order, Role.ENTERPRISE_OWNER, Tie.BUYER))


def _answers(act: Act) -> Iterator[DueThing]:
    """Questions to the enterprise; that of the whole delivery has a clock of the order's own."""
    rows = act.session.execute(select(AnswerClock, Order).join(Order, Order.id == AnswerClock.order_id).where(
        AnswerClock.answered_at.is_(None), AnswerClock.kind != "acceptance", Order.state == "delivering",
        AnswerClock.due_at.between(act.now - LOOK_BACK, act.now + SOON)))
    for row, order in rows:
        yield DueThing(order, f"answer_{row.kind}", str(row.id), row.due_at, _buyers(act.session, order))


def _payments(act: Act) -> Iterator[DueThing]:
    """Fees to pay, and guarantees: at the end of these nothing is late, both sides only hear of it before."""
    rows = act.session.execute(select(Payment, Order, Award.institution_id).join(Order, Order.id == Payment.order_id).join(
        Award, Award.id == Payment.award_id).where(Payment.done_at.is_(None), Payment.due_on.between(
            day_of(act.now - LOOK_BACK), day_of(act.now + SOON))))
    for row, order, firm in rows:
        late, ends = _buyers(act.session, order), end_of(row.due_on)
        if row.kind == "fee":
            yield DueThing(order, "pay", str(row.id), ends, late)
        else:
            yield DueThing(order, "guarantee", str(row.id), ends, (*late, *leads_of(act.session, [firm])), 1)


def _members(act: Act) -> Iterator[DueThing]:
    """Firms that have not answered whether they take part in a joint bid; after the deadline nobody asks any more."""
    rows = act.session.execute(select(BidMember, Order).join(Bid, Bid.id == BidMember.bid_id).join(
        Order, Order.id == BidMember.order_id).where(
        Bid.withdrawn_at.is_(None), BidMember.consented_at.is_(None), ~BidMember.gone, *_closing(act)))
    for row, order in rows:
        yield DueThing(order, "join", f"{row.bid_id}:{row.institution_id}", _closes(order),
                       tuple(leads_of(act.session, [row.institution_id])), 1)


def _outdated(act: Act) -> Iterator[DueThing]:
    """Bids on terms that have changed since."""
    rows = act.session.execute(select(Bid, Order).join(Order, Order.id == Bid.order_id).where(
        Bid.withdrawn_at.is_(None), Bid.terms_version != Order.terms_version, *_closing(act)))
    for row, order in rows:
        yield DueThing(order, "reconfirm", f"{row.id}:{order.terms_version}", _closes(order),
                       tuple(leads_of(act.session, [row.institution_id])), 1)


def _closing(act: Act) -> tuple[ColumnElement[bool], ...]:
    return Order.state == "open", Order.deadline.between(day_of(act.now), day_of(act.now + SOON))


def _closes(order: Order) -> datetime:
    assert order.bids_close_at is not None
    return order.bids_close_at


def remind_things(act: Act) -> int:
    """Sends the reminders of what falls due inside orders; the message's key makes it one for each thing and level."""
    sent = 0
    for kinds in (_answers, _payments, _members, _outdated):
        for thing in list(kinds(act)):
            level = level_of(thing.due_at, act.now)
            if 1 <= level <= thing.levels:
                word = LEVELS[level - 1]
                key = f"{thing.order.id}:{thing.kind}:{thing.key}:{thing.due_at.isoformat()}:{word}"
                sent += remind_of(act, Happening(f"order.{word}", "order", thing.order.id, key), thing.kind, thing.late)
    return sent
