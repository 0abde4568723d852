"""Whose turn it is on an order, until when, and what an actor may do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.orders import life
from market.orders.award import unsigned
from market.orders.life import Tie
from market.orders.models import Order, OrderClock
from market.orders.panel import unscored
from market.orders.steps import clock_name, ties_of


@dataclass(frozen=True)
class Turn:
    """Who must act (roles), until when (None where no clock runs), whether the actor is one of them, and their events."""

    state: str
    roles: tuple[Role, ...]
    until: datetime | None
    mine: bool
    events: tuple[str, ...]


def _parties(session: Session, order: Order) -> tuple[tuple[Role, Tie], ...]:
    if order.state == "evaluating" and unscored(session, order) == 0:
        return life.OWNER
    if order.state == "awarded":
        return life.MEMBER if unsigned(session, order) else life.OWNER
    return life.TURNS.get(order.state, ())


def turn_of(session: Session, actor: Actor, order: Order) -> Turn:
    """The turn on an order as one actor sees it; every side sees the same roles and the same moment."""
    ties = ties_of(session, actor, order)
    parties = _parties(session, order)
    clock = session.get(OrderClock, (order.id, clock_name(order.state)))
    until = order.bids_close_at if order.state == "open" else clock.due_at if clock else None
    events = [move.event for move in (*life.LIFE, *life.STEPS) if order.state in move.sources
              and any(role == actor.role and tie in ties for role, tie in move.who)]
    mine = any(role == actor.role and tie in ties for role, tie in parties)
    return Turn(order.state, tuple(dict.fromkeys(role for role, _ in parties)), until, mine, tuple(dict.fromkeys(events)))
