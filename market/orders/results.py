"""What an award says to whom: the public announcement, the objections, and their statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Role
from market.clock import day_of
from market.institutions.queries import by_ids
from market.orders.bid_models import Bid, BidMember, Objection
from market.orders.durations import due
from market.orders.life import Tie
from market.orders.models import IN_DISPUTE, Order
from market.orders.panel import ranking, seats
from market.orders.steps import standing_awards, ties_of

ANNOUNCED = frozenset({"standstill", "suspended", "awarded", "delivering", "terminated", "accepting", *IN_DISPUTE, "settling",
                       "settled", "closed"})


@dataclass(frozen=True)
class Winner:
    """A bid that is to be awarded, or was: its firms with shares, places, price in fen per place, and its scores."""

    firm: str
    firm_id: str
    members: tuple[tuple[str, str, int], ...]
    places: int
    price_fen: int
    state: str
    rank: int | None
    mean_bp: int
    spread_bp: int


@dataclass(frozen=True)
class Announcement:
    """The public part of an award: winners, numbers of bids and experts; reason where the ranking was not followed."""

    winners: tuple[Winner, ...]
    bids: int
    experts: int
    reason: str | None
    proposed_at: datetime


def announcement(act: Act, order: Order) -> Announcement | None:
    """What anybody may know of an order's award; None before a proposal stands."""
    session = act.session
    awards = standing_awards(session, order) if order.state in ANNOUNCED else []
    if not awards:
        return None
    ranks = {row.bid_id: row for row in ranking(act, order, without=())}
    members: dict[int, list[BidMember]] = {}
    for row in session.scalars(select(BidMember).where(BidMember.bid_id.in_([a.bid_id for a in awards]), ~BidMember.gone)
                               .order_by(BidMember.share_bp.desc(), BidMember.institution_id)):
        members.setdefault(row.bid_id, []).append(row)
    names = {key: firm.name for key, firm in by_ids(
        session, [row.institution_id for rows in members.values() for row in rows]).items()}
    winners = []
    for award in awards:
        ranked = ranks.get(award.bid_id)
        firms = tuple((row.institution_id, names[row.institution_id], row.share_bp) for row in members[award.bid_id])
        mean = ranked.sum_bp // len(ranked.totals) if ranked else 0
        winners.append(Winner(names[award.institution_id], award.institution_id, firms, award.places, award.price_fen,
                              award.state, ranked.place if ranked else None, mean, ranked.spread_bp if ranked else 0))
    count = session.scalar(select(func.count()).select_from(Bid).where(Bid.order_id == order.id, Bid.opened_at.is_not(None)))
    return Announcement(tuple(sorted(winners, key=lambda w: (w.rank or 99, w.firm_id))), count or 0,
                        len(seats(session, order)), awards[0].reason, awards[0].proposed_at)


@dataclass(frozen=True)
class Objected:
    """An objection as one reader may see it; firm, reason, answer and decision are None where they are not theirs to read."""

    filed_at: datetime
    answer_by: datetime
    outcome: str | None
    decided_at: datetime | None
    firm: str | None = None
    reason: str | None = None
    answer: str | None = None
    decision: str | None = None


def objections(session: Session, actor: Actor, order: Order) -> list[Objected]:
    """The objections to an order's award, the oldest first; whole for buyer, regulator, operator and whoever filed it."""
    whole = Tie.BUYER in ties_of(session, actor, order) or actor.role in (Role.REGULATOR, Role.OPERATOR)
    rows = list(session.scalars(select(Objection).where(Objection.order_id == order.id).order_by(Objection.id)))
    names = {key: firm.name for key, firm in by_ids(session, [row.institution_id for row in rows]).items()}
    found = []
    for row in rows:
        mine = bool(actor.institution_id) and actor.institution_id == row.institution_id
        read = (names[row.institution_id], row.reason, row.answer, row.decision) if whole or mine else ()
        found.append(Objected(row.filed_at, due(session, "objection_answer", order, row.filed_at), row.outcome,
                              row.decided_at, *read))
    return found


@dataclass(frozen=True)
class ObjectionLine:
    """One objection in the public statistics: the order, the days, and what came of it ("open" while undecided)."""

    order_id: str
    title: str
    filed_on: date
    decided_on: date | None
    outcome: str


def objection_lines(session: Session) -> list[ObjectionLine]:
    """Every objection, the newest first; who objected and why is not part of it."""
    rows = session.execute(select(Objection, Order.title).join(Order, Order.id == Objection.order_id)
                           .order_by(Objection.filed_at.desc(), Objection.id.desc()))
    return [ObjectionLine(row.order_id, title, day_of(row.filed_at), day_of(row.decided_at) if row.decided_at else None,
                          row.outcome or "open") for row, title in rows]
