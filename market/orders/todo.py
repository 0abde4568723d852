"""What waits inside running deliveries for whoever is signed in, beside the turns of the orders themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from market.access import Actor, Permission, Role
from market.clock import end_of
from market.orders.bid_models import Award, BidMember
from market.orders.delivery_models import AnswerClock, Candidate, Milestone, Payment, Placement
from market.orders.models import IN_DISPUTE, Order

AHEAD = timedelta(days=14)  # payments further away are in the calendar only
RUNNING = ("delivering", "accepting", *IN_DISPUTE, "settling", "settled", "closed")


@dataclass(frozen=True)
class Todo:
    """A task inside an order: how many things of a kind wait, the nearest end (None: no clock), the page's last part."""

    order_id: str
    title: str
    kind: str
    count: int
    until: datetime | None
    page: str


def waiting(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """The tasks of an actor, the nearest end first; one query per kind, none for roles without orders of their own."""
    found: list[Todo] = []
    if actor.enterprise_id is not None:
        found = [*_answers(session, actor), *_payments(session, actor, now)]
    elif actor.institution_id:
        found = [*_signatures(session, actor), *_hand_overs(session, actor), *_sent_back(session, actor)]
    return sorted(found, key=lambda row: (row.until is None, row.until or now, row.order_id, row.kind))


def payments(session: Session, actor: Actor, orders: Sequence[Order]) -> list[Payment]:
    """Payments and guarantees to come of some orders, of the awards that the actor may read: all for the buyer and a
    regulator, a firm's own; none for anybody else. One query for all of them."""
    if actor.role is not Role.REGULATOR and actor.enterprise_id is None and not actor.institution_id:
        return []
    query = select(Payment).join(Award, Award.id == Payment.award_id).where(
        Payment.order_id.in_([order.id for order in orders if order.state in RUNNING]), Payment.done_at.is_(None),
        Award.state == "active").order_by(Payment.due_on, Payment.id)
    if actor.role is not Role.REGULATOR:
        bought = [order.id for order in orders if order.enterprise_id and order.enterprise_id == actor.enterprise_id]
        won = select(BidMember.bid_id).where(BidMember.institution_id == (actor.institution_id or ""), ~BidMember.gone)
        query = query.where(or_(Payment.order_id.in_(bought), Award.bid_id.in_(won)))
    return list(session.scalars(query))


def _answers(session: Session, actor: Actor) -> Iterator[Todo]:
    rows = session.execute(select(Order.id, Order.title, AnswerClock.kind, func.count(), func.min(AnswerClock.due_at)).join(
        Order, Order.id == AnswerClock.order_id).where(
        AnswerClock.enterprise_id == actor.enterprise_id, AnswerClock.answered_at.is_(None), Order.state == "delivering",
        AnswerClock.kind != "acceptance").group_by(Order.id, Order.title, AnswerClock.kind))
    for key, title, kind, count, until in rows:
        yield Todo(key, title, f"answer_{kind}", count, until, "candidates")


def _payments(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    if not actor.may(Permission.SETTLE):
        return
    rows = session.execute(select(Order.id, Order.title, func.count(), func.min(Payment.due_on)).join(
        Order, Order.id == Payment.order_id).where(
        Order.enterprise_id == actor.enterprise_id, Payment.kind == "fee", Payment.done_at.is_(None),
        Payment.due_on <= (now + AHEAD).date()).group_by(Order.id, Order.title))
    for key, title, count, due_on in rows:
        yield Todo(key, title, "pay", count, end_of(due_on), "settlement")


def _signatures(session: Session, actor: Actor) -> Iterator[Todo]:
    if not actor.may(Permission.JOIN_CONTRACT):
        return
    rows = session.execute(select(Order.id, Order.title).join(Award, Award.order_id == Order.id).join(
        BidMember, BidMember.bid_id == Award.bid_id).where(
        Order.state == "awarded", Award.state == "active", Award.institution_id != actor.institution_id,
        BidMember.institution_id == actor.institution_id, ~BidMember.gone, BidMember.signed_at.is_(None)))
    for key, title in rows:
        yield Todo(key, title, "sign_member", 1, None, "delivery")


def _hand_overs(session: Session, actor: Actor) -> Iterator[Todo]:
    rows = session.execute(select(Order.id, Order.title, func.count()).join(Placement, Placement.order_id == Order.id).join(
        Candidate, Candidate.id == Placement.candidate_id).where(
        Candidate.institution_id == actor.institution_id, Placement.stage == "consented",
        Order.state.in_(RUNNING)).group_by(Order.id, Order.title))
    for key, title, count in rows:
        yield Todo(key, title, "submit", count, None, "candidates")


def _sent_back(session: Session, actor: Actor) -> Iterator[Todo]:
    rows = session.execute(select(Order.id, Order.title, func.count()).join(Milestone, Milestone.order_id == Order.id).join(
        Award, Award.id == Milestone.award_id).where(
        Award.institution_id == actor.institution_id, Milestone.state == "scheduled", Milestone.rejection.is_not(None),
        Order.state == "delivering").group_by(Order.id, Order.title))
    for key, title, count in rows:
        yield Todo(key, title, "sent_back", count, None, "delivery")
