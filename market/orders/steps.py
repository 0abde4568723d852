"""Takes one step of an order's life: locks the row, finds the table's row, asks the guards, moves, starts the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from market import outbox
from market.access import Act, Actor, Role
from market.audit import AuditEntry
from market.database import locked
from market.errors import NotFound, NotPossibleNow
from market.orders import life
from market.orders.announcements import announce, known_to_all
from market.orders.bid_models import Award, Bid, BidMember, PanelSeat
from market.orders.durations import due
from market.orders.facts import BEGINNING, Facts
from market.orders.life import BIDDING, Move, Tie
from market.orders.models import HIDDEN, Order, OrderClock

STANDS = ("proposed", "active")
LARGEST_STEP_BACK = timedelta(days=1)


def ties_of(session: Session, actor: Actor, order: Order) -> frozenset[Tie]:
    """What binds an actor to an order."""
    return ties_of_all(session, actor, [order])[order.id]


def ties_of_all(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[str, frozenset[Tie]]:
    """What binds an actor to each of some orders, asked for all of them at once."""
    ids = [order.id for order in orders]
    bound: dict[Tie, set[str]] = {Tie.BUYER: {
        order.id for order in orders if order.enterprise_id is not None and order.enterprise_id == actor.enterprise_id}}
    if actor.institution_id and ids:
        takes_part = (BidMember.order_id.in_(ids), BidMember.institution_id == actor.institution_id, ~BidMember.gone)
        bound[Tie.BIDDER] = set(session.scalars(select(BidMember.order_id).where(
            *takes_part, BidMember.consented_at.is_not(None))))
        bound[Tie.MEMBER] = bound[Tie.BIDDER] & set(session.scalars(select(BidMember.order_id).join(
            Award, Award.bid_id == BidMember.bid_id).where(*takes_part, Award.state == "active")))
        bound[Tie.WINNER] = set(session.scalars(select(Award.order_id).where(
            Award.order_id.in_(ids), Award.institution_id == actor.institution_id, Award.state == "active")))
    if actor.role is Role.EXPERT and ids:
        bound[Tie.PANEL] = set(session.scalars(select(PanelSeat.order_id).where(
            PanelSeat.order_id.in_(ids), PanelSeat.person_id == actor.person_id)))
    return {key: frozenset({Tie.ANY, *(tie for tie, found in bound.items() if key in found)}) for key in ids}


def seen_by(actor: Actor, order: Order, ties: frozenset[Tie]) -> bool:
    """True when an actor may know of an order: a draft is its enterprise's, and the operator's once it was submitted."""
    if known_to_all(order):
        return True
    return Tie.BUYER in ties or (actor.role is Role.OPERATOR and order.state == "pending_review") or actor.role is Role.SYSTEM


@dataclass(frozen=True)
class Step:
    """A step that was found in the table, on an order that is locked; `go` takes it."""

    act: Act
    order: Order
    move: Move
    ties: frozenset[Tie] = field(default_factory=frozenset)

    def facts(self, **more: Any) -> Facts:
        """The facts that every guard shares, and more."""
        order, session = self.order, self.act.session
        clock = session.get(OrderClock, (order.id, clock_name(order.state)))
        shared = {"now": self.act.now, "closes_at": order.bids_close_at or BEGINNING, "headcount": order.headcount or 0,
                  "published": order.state not in HIDDEN, "clock_due": clock.due_at if clock else None}
        return Facts(**{**shared, **more})

    def go(self, facts: Facts | None = None, detail: Mapping[str, Any] | None = None) -> None:
        """Asks the guards, moves the order, starts the clock of the new state and tells the index and the audit."""
        life.check(self.move, facts or self.facts())
        order, source = self.order, self.order.state
        if source == "open" and Tie.BUYER in self.ties:
            order.owner_acted_at = self.act.now
        if self.move.target:
            order.state, order.state_since = self.move.target, self.act.now
            order.version += 1
            self.act.session.flush()
            restart(self.act.session, order, self.move.clock, self.act.now)
            outbox.note(self.act.session, "order", order.id)
        announce(self.act, order, self.move.event)
        self.act.note("order", order.id, order_id=order.id,
                      detail={"from": source, "to": order.state, "version": order.version, **(detail or {})})


def clock_name(state: str) -> str:
    """The clock that runs in a state: that of the rows which lead there."""
    if state == "open":
        return BIDDING
    return next((move.clock for move in life.LIFE if move.target == state and move.clock), "")


def restart(session: Session, order: Order, name: str, now: datetime) -> None:
    """Ends the clocks of the state that was left and starts that of the new one."""
    session.execute(delete(OrderClock).where(OrderClock.order_id == order.id))
    if order.state == "open":
        assert order.bids_close_at is not None
        start_clock(session, order, BIDDING, now, order.bids_close_at)
    elif name:
        start_clock(session, order, name, now, due(session, name, order, now))


def start_clock(session: Session, order: Order, name: str, now: datetime, due_at: datetime) -> None:
    """Starts or moves one clock of an order."""
    clock = session.get(OrderClock, (order.id, name)) or OrderClock(order_id=order.id, name=name)
    clock.started_at, clock.due_at, clock.reminded = now, due_at, 0
    session.add(clock)


def move_for(session: Session, actor: Actor, order: Order, event: str) -> Move:
    """The row by which an actor may do something on an order now, for a page that leads there; see `life.find`."""
    ties = ties_of(session, actor, order)
    if not seen_by(actor, order, ties):
        raise NotFound(order.id)
    return life.find(actor, event, order.state, ties)


def entitled(act: Act, order_id: str, event: str) -> None:
    """NotFound or NotAllowed unless the step is the actor's to take in some state of the order, be it not in this one."""
    order = act.session.get(Order, order_id)
    if order is None or order.kind != "order":
        raise NotFound(order_id)
    with suppress(NotPossibleNow):
        move_for(act.session, act.actor, order, event)


def take(act: Act, order_id: str, event: str) -> Step:
    """Locks an order and finds the row of the table for this actor and event; see `life.find` for what it raises."""
    order = locked(act.session, Order, order_id)
    if order is None or order.kind != "order":
        raise NotFound(order_id)
    act = replace(act, now=never_back(act.session, order, act.clock() if act.clock else act.now))
    ties = ties_of(act.session, act.actor, order)
    rows = life.moves(event, act.actor.role)
    if rows and not seen_by(act.actor, order, ties):
        raise NotFound(order_id)
    return Step(act, order, life.find(act.actor, event, order.state, ties), ties)


def never_back(session: Session, order: Order, now: datetime) -> datetime:
    """The moment, or that of the order's newest entry where the server's clock went back: no deadline opens again.

    A step of more than a day is no clock put right but a wrong one, and is not followed.
    """
    last = session.scalar(select(AuditEntry.at).where(AuditEntry.chain == f"order:{order.id}")
                          .order_by(AuditEntry.seq.desc()).limit(1))
    return last if last is not None and now < last <= now + LARGEST_STEP_BACK else now


def standing_bids(session: Session, order: Order) -> list[Bid]:
    """Bids that count: not withdrawn, every member consented, confirmed on the newest terms; by id."""
    bids = session.scalars(select(Bid).where(Bid.order_id == order.id, Bid.withdrawn_at.is_(None),
                                             Bid.terms_version == order.terms_version).order_by(Bid.id)
                           .execution_options(populate_existing=True))
    return [bid for bid in bids if all(member.consented_at for member in bid.members)]


def standing_awards(session: Session, order: Order, states: tuple[str, ...] = STANDS) -> list[Award]:
    """Awards of an order that are proposed or active; by id."""
    return list(session.scalars(select(Award).where(Award.order_id == order.id, Award.state.in_(states))
                                .order_by(Award.id)))
