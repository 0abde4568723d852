"""The opening of an order's bids as its key-holders see it: panel, keys, what is missing, and who was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Role
from market.accounts.models import Expert, Person
from market.errors import NotFound
from market.orders import bids
from market.orders.bid_models import Bid, KeyTurn, PanelSeat
from market.orders.durations import amount
from market.orders.models import Order, OrderClock
from market.orders.panel import bids_needed, left_unscored, seats
from market.orders.parties import Conflict, conflicts

KEYS = (Role.OPERATOR, Role.REGULATOR)


@dataclass(frozen=True)
class KeyLine:
    """One of the two keys: whose it is, who turned it, when; None while it is not turned."""

    role: Role
    person: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class SeatLine:
    """An expert on the panel; state: active or recused, with the reason; late: the seat can be freed."""

    person_id: int
    name: str
    state: str
    reason: str | None
    late: bool


@dataclass(frozen=True)
class LeftOut:
    """An expert of the pool who could not be drawn, and why."""

    name: str
    conflict: Conflict


@dataclass(frozen=True)
class Opening:
    """What a key-holder sees. count is None where it is secret; names of experts and of bidders only once opened.

    missing: codes of what still stands in the way: too_few, panel, key_operator, key_regulator.
    """

    count: int | None
    bids_needed: int
    experts_needed: int
    pool: int
    drawn: int
    seats: tuple[SeatLine, ...]
    keys: tuple[KeyLine, ...]
    left_out: tuple[LeftOut, ...]
    opened_at: datetime | None
    missing: tuple[str, ...]


def _keys(session: Session, order: Order) -> tuple[KeyLine, ...]:
    rows = session.execute(select(KeyTurn, Person.name).join(Person, Person.id == KeyTurn.person_id)
                           .where(KeyTurn.order_id == order.id))
    turned = {row.role: KeyLine(Role(row.role), name, row.at) for row, name in rows}
    return tuple(turned.get(str(role), KeyLine(role)) for role in KEYS)


def _seats(act: Act, order: Order) -> tuple[SeatLine, ...]:
    session, clock = act.session, act.session.get(OrderClock, (order.id, "scoring"))
    over = clock is not None and act.now >= clock.due_at
    rows = session.execute(select(PanelSeat, Person.name).join(Person, Person.id == PanelSeat.person_id)
                           .where(PanelSeat.order_id == order.id).order_by(PanelSeat.state, PanelSeat.person_id))
    return tuple(SeatLine(row.person_id, name, row.state, row.reason, over and row.state == "active"
                          and left_unscored(session, order, row.person_id) > 0) for row, name in rows)


def _left_out(act: Act, order: Order, *, opened: bool) -> tuple[LeftOut, ...]:
    """Before the opening only who is bound to the buyer: who is bound to a bidder would say who bid."""
    session = act.session
    pool = list(session.scalars(select(Expert.person_id).where(Expert.approved_at.is_not(None))))
    names = {row[0]: row[1] for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(pool)))}
    return tuple(LeftOut(names[c.person_id], c) for c in conflicts(session, order, pool, act.now)
                 if opened or c.side == "buyer")


def _missing(order: Order, found: tuple[int | None, int], panel: tuple[int, int], keys: Sequence[KeyLine]) -> tuple[str, ...]:
    if order.state != "sealed":
        return ()
    count, needed = found
    few = ["too_few"] if count is not None and count < needed else []
    drawn, asked = panel
    return tuple(few + ["panel"] * (drawn < asked) + [f"key_{key.role}" for key in keys if key.at is None])


def opening(act: Act, order: Order) -> Opening:
    """The opening for operator and regulator; NotFound for everybody else."""
    if act.actor.role not in KEYS:
        raise NotFound("opening")
    session = act.session
    opened_at = session.scalar(select(func.min(Bid.opened_at)).where(Bid.order_id == order.id))
    count, needed = bids.count(session, act.actor, order), bids_needed(act, order)
    drawn, asked = len(seats(session, order)), amount(session, "experts_needed", order, act.now)
    keys = _keys(session, order)
    pool = session.scalar(select(func.count()).select_from(Expert).where(Expert.approved_at.is_not(None))) or 0
    return Opening(count, needed, asked, pool, drawn, _seats(act, order) if opened_at else (), keys,
                   _left_out(act, order, opened=opened_at is not None), opened_at,
                   _missing(order, (count, needed), (drawn, asked), keys))
