"""What decides whose turn it is, read for many orders at once: a list of them asks as often as one order does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.orders.bid_models import Award, Bid, BidMember, KeyTurn, PanelSeat, Score
from market.orders.disputes import awaited
from market.orders.durations import amounts
from market.orders.life import Tie
from market.orders.models import Order, OrderClock
from market.orders.panel import left
from market.orders.standing import parts_in
from market.orders.steps import ties_of_all

JUDGED, NEGOTIABLE = ("sealed", "evaluating"), ("negotiating", "mediating")


@dataclass(frozen=True)
class Board:
    """Some orders at one moment, as one actor stands to them; order -> what is known of it."""

    ties: Mapping[str, frozenset[Tie]]
    clocks: Mapping[tuple[str, str], OrderClock]
    parts: Mapping[str, str]
    needed: Mapping[str, int] = field(default_factory=dict)
    panels: Mapping[str, frozenset[int]] = field(default_factory=dict)
    seat: Mapping[str, str] = field(default_factory=dict)  # the state of the actor's own
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    opened: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[tuple[str, int], int] = field(default_factory=dict)  # order and expert -> bids that were scored
    unsigned: frozenset[str] = frozenset()
    proposable: Mapping[str, int] = field(default_factory=dict)  # bids that can still be proposed
    held: frozenset[str] = frozenset()  # orders that are evaluated and have an award that stands
    awaited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # parties whose answer to a proposal is missing

    def drawn(self, key: str) -> bool:
        """True once as many experts sit on the panel as are needed."""
        return len(self.panels.get(key, ())) >= self.needed[key]

    def left(self, key: str, person: int) -> int:
        """How many bids an expert has still to score."""
        return self.opened.get(key, 0) - self.scores.get((key, person), 0)

    def scored(self, key: str) -> bool:
        """True once everybody on the panel scored every bid."""
        panel = self.panels.get(key, frozenset())
        return bool(panel and self.opened.get(key)) and sum(self.left(key, person) for person in panel) == 0


def board_of(session: Session, actor: Actor, orders: Sequence[Order]) -> Board:
    """The board of some orders."""
    ids = [order.id for order in orders]
    clocks = {(row.order_id, row.name): row
              for row in session.scalars(select(OrderClock).where(OrderClock.order_id.in_(ids)))}
    awarded = [order.id for order in orders if order.state == "awarded"]
    unsigned = frozenset(session.scalars(select(Award.order_id).join(BidMember, BidMember.bid_id == Award.bid_id).where(
        Award.order_id.in_(awarded), Award.state == "active", ~BidMember.gone, BidMember.signed_at.is_(None)))) \
        if awarded else frozenset()
    parts = parts_in(session, actor, [order for order in orders if order.state == "open"]) \
        if actor.role is Role.FIRM_LEAD else {}
    argued = [order for order in orders if order.state in NEGOTIABLE]
    return Board(ties_of_all(session, actor, orders), clocks, parts, unsigned=unsigned,
                 awaited=awaited(session, argued) if argued else {},
                 **_judging(session, actor, [order for order in orders if order.state in JUDGED]))


def _judging(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[str, Any]:
    """Panels, keys and scores of the orders whose bids are closed and not judged yet."""
    if not orders:
        return {}
    ids = [order.id for order in orders]
    seats = list(session.execute(select(PanelSeat.order_id, PanelSeat.person_id, PanelSeat.state).where(
        PanelSeat.order_id.in_(ids))))
    opened = session.execute(select(Bid.order_id, func.count()).where(Bid.order_id.in_(ids), Bid.opened_at.is_not(None))
                             .group_by(Bid.order_id))
    scores = session.execute(select(Score.order_id, Score.person_id, func.count()).where(Score.order_id.in_(ids))
                             .group_by(Score.order_id, Score.person_id))
    since = {order.id: (order, order.state_since or order.bids_close_at) for order in orders}
    return {"needed": amounts(session, "experts_needed", since),  # type: ignore[arg-type]
            "panels": _gathered((key, person) for key, person, state in seats if state == "active"),
            "seat": {key: state for key, person, state in seats if person == actor.person_id},
            "keys": _gathered(session.execute(select(KeyTurn.order_id, KeyTurn.role).where(KeyTurn.order_id.in_(ids)))),
            "opened": dict(opened.all()), "proposable": left(session, orders),
            "held": frozenset(session.scalars(select(Award.order_id).where(Award.order_id.in_(ids),
                                                                           Award.state == "active"))),
            "scores": {(key, person): count for key, person, count in scores}}


def _gathered(pairs: Iterable[Any]) -> dict[str, frozenset[Any]]:
    found: dict[str, set[Any]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}
