"""Firms that bid and win together: counted for the public, of opened bids and of given awards only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from market.institutions.models import Institution
from market.orders.bid_models import Award, Bid, BidMember
from market.orders.models import Order
from market.orders.queries import public

BIDS, AWARDS = "bids", "awards"


@dataclass(frozen=True)
class Joint:
    """A joint bid or award: its order, how many firms it joins, and after the award who they are (id, name); the firms of
    a bid that was not awarded stay unnamed."""

    order: Order
    firms: int
    named: tuple[tuple[str, str], ...] = ()
    places: int = 0


@dataclass(frozen=True)
class Tally:
    """How many are joint, and of how many."""

    joint: int
    of: int


def tally(session: Session, kind: str) -> Tally:
    """Counts what `joint_rows` gives, without reading it."""
    size = _sizes()
    every = (_awards if kind == AWARDS else _bids)(size)
    return Tally(_count(session, every.where(size.c.firms > 1)), _count(session, every))


def joint_rows(session: Session, kind: str) -> list[Joint]:
    """Joint bids of all that were opened, or joint awards of all that stand; the newest first."""
    size = _sizes()
    if kind == BIDS:
        opened = session.execute(_bids(size).where(size.c.firms > 1).order_by(Bid.opened_at.desc(), Bid.id))
        return [Joint(order, firms) for order, firms in opened]
    given = session.execute(_awards(size).where(size.c.firms > 1).order_by(Award.awarded_at.desc(), Award.id)).all()
    names = _names(session, [award.bid_id for _, _, award in given])
    return [Joint(order, firms, tuple(names[award.bid_id]), award.places) for order, firms, award in given]


def _bids(size: Subquery) -> Select[Any]:
    return select(Order, size.c.firms).join(Bid, Bid.order_id == Order.id).join(size, size.c.bid_id == Bid.id).where(
        Bid.opened_at.is_not(None), public())


def _awards(size: Subquery) -> Select[Any]:
    return select(Order, size.c.firms, Award).join(Award, Award.order_id == Order.id).join(
        size, size.c.bid_id == Award.bid_id).where(Award.state == "active", public())


def _sizes() -> Subquery:
    """How many firms take part in each bid."""
    return select(BidMember.bid_id, func.count().label("firms")).where(
        BidMember.consented_at.is_not(None), ~BidMember.gone).group_by(BidMember.bid_id).subquery()


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.with_only_columns(Order.id).order_by(None).subquery())) or 0


def _names(session: Session, bids: list[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {bid: [] for bid in bids}
    for bid, key, name in session.execute(select(BidMember.bid_id, Institution.id, Institution.name).join(
            Institution, Institution.id == BidMember.institution_id).where(
            BidMember.bid_id.in_(bids), BidMember.consented_at.is_not(None), ~BidMember.gone)
            .order_by(BidMember.bid_id, BidMember.share_bp.desc(), Institution.id)):
        found[bid].append((key, name))
    return found
