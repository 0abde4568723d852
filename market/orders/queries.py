"""Reads of the orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from market.access import Actor, Permission, Role
from market.audit import AuditEntry
from market.errors import NotFound
from market.orders.announcements import known_to_all
from market.orders.bids import is_open
from market.orders.life import FINAL, Tie
from market.orders.models import HIDDEN, BriefReading, Enterprise, Order, Question
from market.orders.oversight import orders_of
from market.orders.steps import seen_by, ties_of, ties_of_all
from market.orders.versions import SEALED_EVENTS

OPEN = "open"
NAMED = 8  # enterprises offered for a text


def public() -> ColumnElement[bool]:
    """Orders that anybody may know of: published once, or a public posting."""
    return and_(Order.state.not_in(HIDDEN), not_(and_(Order.state == "cancelled", Order.published_on.is_(None))))


def order(session: Session, key: str, actor: Actor | None = None) -> Order:
    """One order that the actor (a visitor by default) may know of; NotFound where there is none."""
    found = session.get(Order, key)
    who = actor or Actor()
    if found is None or not seen_by(who, found, ties_of(session, who, found)):
        raise NotFound(key)
    return found


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Order]:
    """Orders by id, those that are there and public."""
    return {row.id: row for row in session.scalars(select(Order).where(Order.id.in_(ids), public()))}


def seen(session: Session, actor: Actor, ids: Sequence[str]) -> dict[str, Order]:
    """Orders by id, those that the actor may know of."""
    rows = session.scalars(select(Order).where(Order.id.in_(ids)))
    return {row.id: row for row in rows if known_to_all(row) or seen_by(actor, row, ties_of(session, actor, row))}


def enterprises_named(session: Session, text: str) -> list[Enterprise]:
    """Enterprises with this name; without any, those whose name contains it, the shortest first."""
    query = select(Enterprise).order_by(func.length(Enterprise.name), Enterprise.id).limit(NAMED)
    exact = list(session.scalars(query.where(Enterprise.name == text)))
    return exact or list(session.scalars(query.where(Enterprise.name.contains(text, autoescape=True))))


def open_orders(session: Session, today: date, district: str | None = None, limit: int | None = None) -> list[Order]:
    """Orders that take bids today, the nearest deadline first."""
    query = select(Order).where(Order.state == OPEN, Order.deadline >= today)
    if district:
        query = query.where(Order.district == district)
    return list(session.scalars(query.order_by(Order.deadline, Order.id).limit(limit)))


def open_named_like(session: Session, today: date, text: str, limit: int) -> list[Order]:
    """Orders that take bids today, whose id is the text or whose title holds it, by id."""
    return list(session.scalars(select(Order).where(
        Order.state == OPEN, Order.deadline >= today, or_(Order.id == text, Order.title.contains(text, autoescape=True)))
        .order_by(Order.id).limit(limit)))


def open_totals(session: Session, today: date, district: str) -> tuple[int, int]:
    """How many orders of a district take bids today, and for how many people."""
    row = session.execute(select(func.count(), func.coalesce(func.sum(Order.headcount), 0)).where(
        Order.state == OPEN, Order.deadline >= today, Order.district == district)).one()
    return row[0], row[1] or 0


def open_by_district(session: Session, today: date) -> dict[str, int]:
    """District -> number of orders that take bids today."""
    return _by_district(session, today, func.count())


def headcount_by_district(session: Session, today: date) -> dict[str, int]:
    """District -> people that the orders which take bids today ask for."""
    return _by_district(session, today, func.coalesce(func.sum(Order.headcount), 0))


def _by_district(session: Session, today: date, what: ColumnElement[int]) -> dict[str, int]:
    rows = session.execute(select(Order.district, what).where(
        Order.state == OPEN, Order.deadline >= today, Order.district.is_not(None)).group_by(Order.district))
    return {name: number for name, number in rows if name}


def listed(session: Session, districts: Sequence[str], offset: int, limit: int) -> tuple[int, list[Order]]:
    """The number of public orders of some districts, and one page of them by id: while the index is away."""
    query = select(Order).where(public())
    if districts:
        query = query.where(Order.district.in_(districts))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return total, list(session.scalars(query.order_by(Order.id).offset(offset).limit(limit)))


def own(session: Session, actor: Actor) -> list[Order]:
    """What an actor works on: an enterprise's orders, a firm's bids, an expert's panels, an authority's turns; what a
    district's officer or a park's operator watches over."""
    from market.orders.bid_models import BidMember, PanelSeat

    left = select(PanelSeat.order_id).where(PanelSeat.state == "recused")  # another expert may have to be drawn

    where: ColumnElement[bool] = false()
    if actor.enterprise_id is not None:
        where = Order.enterprise_id == actor.enterprise_id
    elif actor.institution_id:
        where = Order.id.in_(select(BidMember.order_id).where(BidMember.institution_id == actor.institution_id,
                                                              ~BidMember.gone))
    elif actor.role is Role.EXPERT:
        where = Order.id.in_(select(PanelSeat.order_id).where(PanelSeat.person_id == actor.person_id))
    elif actor.role is Role.OPERATOR:
        where = or_(Order.state.in_(("pending_review", "sealed")), and_(Order.state == "evaluating", Order.id.in_(left)))
    elif actor.role is Role.REGULATOR:
        where = Order.state.in_(("sealed", "suspended", "mediating", "disputed"))
    elif actor.may(Permission.OVERSEE):
        where = and_(orders_of(actor), public())
    return list(session.scalars(select(Order).where(Order.kind == "order", where)
                                .order_by(Order.state_since.desc(), Order.id)))


@dataclass(frozen=True)
class Brief:
    """An order's second level: who it is for, and the full text; both None for whoever has not accepted the terms."""

    enterprise: str | None
    text: str | None


def brief(session: Session, actor: Actor, found: Order) -> Brief:
    """The full brief for the buyer, the checking operator, and firms that accepted the terms; open orders hide nothing."""
    return briefs(session, actor, [found])[found.id]


def briefs(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[str, Brief]:
    """The second level of several orders, asked for all of them at once."""
    hidden = [order for order in orders if order.confidential]
    known = {key for key, ties in ties_of_all(session, actor, hidden).items() if Tie.BUYER in ties}
    if hidden and actor.institution_id:
        known |= set(session.scalars(select(BriefReading.order_id).where(
            BriefReading.order_id.in_([order.id for order in hidden]), BriefReading.institution_id == actor.institution_id)))
    checks = actor.role in (Role.OPERATOR, Role.REGULATOR)
    return {order.id: Brief(order.enterprise.name if order.enterprise else None, order.brief)
            if not order.confidential or checks or order.id in known else Brief(None, None) for order in orders}


def readers(session: Session, actor: Actor, found: Order) -> list[BriefReading]:
    """Who accepted the terms of a confidential order, and when: for its enterprise."""
    if Tie.BUYER not in ties_of(session, actor, found):
        raise NotFound(found.id)
    return list(session.scalars(select(BriefReading).where(BriefReading.order_id == found.id).order_by(BriefReading.at)))


@dataclass(frozen=True)
class Asked:
    """A question on an order and its answer; who asked is not part of it."""

    id: int
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


def questions(session: Session, found: Order) -> list[Asked]:
    """Questions and answers of an order, the oldest first."""
    rows = session.scalars(select(Question).where(Question.order_id == found.id).order_by(Question.id))
    return [Asked(row.id, row.text, row.asked_at, row.answer, row.answered_at) for row in rows]


def alike(session: Session, found: Order) -> list[Order]:
    """Other orders of the same enterprise under way that look like this one: same title, or same role, place and number."""
    return list(session.scalars(select(Order).where(
        Order.enterprise_id == found.enterprise_id, Order.id != found.id, Order.state.not_in((*FINAL, "draft")),
        or_(Order.title == found.title, and_(Order.role_family == found.role_family, Order.district == found.district,
                                             Order.headcount == found.headcount))).order_by(Order.id)))


def asked(session: Session, found: Order) -> list[Question]:
    """The questions of an order, the oldest first; whoever shows them leaves out which firm asked."""
    return list(session.scalars(select(Question).where(Question.order_id == found.id).order_by(Question.id)))


def trail(session: Session, actor: Actor, found: Order) -> list[AuditEntry]:
    """The audit of an order: for whoever may read audits in its district, and for its enterprise; sealed events left out."""
    in_scope = actor.may(Permission.READ_AUDIT) and actor.scope.district in ("", found.district)
    if not in_scope and Tie.BUYER not in ties_of(session, actor, found):
        raise NotFound(found.id)
    query = select(AuditEntry).where(AuditEntry.chain == f"order:{found.id}")
    if not is_open(session, found):
        query = query.where(AuditEntry.event.not_in(SEALED_EVENTS))
    return list(session.scalars(query.order_by(AuditEntry.seq)))


def fill_rate(session: Session, enterprise_id: int) -> tuple[int, int]:
    """Places that an enterprise's ended orders awarded, and places that they asked for."""
    row = session.execute(select(func.sum(Order.awarded_places), func.sum(Order.headcount)).where(
                              Order.enterprise_id == enterprise_id, Order.state.in_((
                              "closed", "settled", "settling", "unsuccessful", "terminated", "cancelled")),
                              Order.published_on.is_not(None))).one()
    return row[0] or 0, row[1] or 0
