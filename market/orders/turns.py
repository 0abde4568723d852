"""Whose turn it is on an order, until when, and what an actor may do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.orders import life, rules
from market.orders.award import unsigned
from market.orders.bid_models import KeyTurn, PanelSeat
from market.orders.disputes import BUYER, open_offer, party_of, unanswered
from market.orders.durations import amount
from market.orders.life import Tie
from market.orders.models import Order, OrderClock
from market.orders.panel import left, left_unscored, seats, unscored
from market.orders.standing import NONE, part_in
from market.orders.steps import clock_name, standing_awards, ties_of

Party = tuple[Role, Tie]
ONLY_INVITED = frozenset({"consent_bid", "refuse_bid"})
ANSWERED, DEAD_END = "answered", "evaluating:none_left"
DONE = frozenset({"open:bidder", "evaluating:scored", "evaluating:recused", ANSWERED})  # others still have their turn


@dataclass(frozen=True)
class Turn:
    """Who must act (roles), until when (None where no clock runs), whether the actor is one of them, and their events.

    deed: what is to be done, as a state or "state:part of it".
    """

    state: str
    roles: tuple[Role, ...]
    until: datetime | None
    mine: bool
    events: tuple[str, ...]
    deed: str


def _drawn(session: Session, order: Order) -> bool:
    """True once as many experts sit on the panel as are needed."""
    needed = amount(session, "experts_needed", order, order.state_since or order.bids_close_at)  # type: ignore[arg-type]
    return len(seats(session, order)) >= needed


def _sealed(session: Session, order: Order) -> tuple[str, tuple[Party, ...]]:
    """Whose key is missing; the panel is drawn before the operator's part is done."""
    turned = set(session.scalars(select(KeyTurn.role).where(KeyTurn.order_id == order.id)))
    drawn = _drawn(session, order)
    missing = tuple((role, tie) for role, tie in life.KEY_HOLDERS
                    if str(role) not in turned or (role is Role.OPERATOR and not drawn))
    if not missing:
        return "sealed:unseal", life.KEY_HOLDERS
    return ("sealed:key" if drawn else "sealed:draw"), missing


def _asked(session: Session, order: Order) -> tuple[str, ...]:
    """The parties of a dispute whose answer to the open proposal is missing."""
    offer = open_offer(session, order)
    return unanswered(session, order, offer) if offer else ()


def parties_of(session: Session, order: Order) -> tuple[str, tuple[Party, ...]]:
    """(what is to be done, by whom), the same for every side."""
    if order.state == "evaluating" and not _drawn(session, order):
        return "evaluating:draw", (*life.OPERATOR, *life.PANEL)
    if order.state == "evaluating" and unscored(session, order) == 0:
        return "evaluating:propose" if left(session, order) else DEAD_END, life.OWNER
    if order.state == "sealed":
        return _sealed(session, order)
    if order.state in ("negotiating", "mediating") and (waiting := _asked(session, order)):
        return f"{order.state}:answer", tuple(who for side, who in zip(
            (BUYER in waiting, bool(set(waiting) - {BUYER})), (*life.OWNER, *life.WINNER), strict=True) if side)
    if order.state == "awarded":
        return order.state, life.MEMBER if unsigned(session, order) else life.OWNER
    return order.state, life.TURNS.get(order.state, ())


def _own(session: Session, actor: Actor, order: Order, deed: str, ties: frozenset[Tie]) -> str:
    """The deed as one party stands: a firm by its part in the bidding or its answer, an expert by what is scored."""
    if deed == "open" and actor.role is Role.FIRM_LEAD:
        part = part_in(session, actor, order)
        return deed if part == NONE else f"open:{part}"
    if deed in ("evaluating", "evaluating:draw") and actor.role is Role.EXPERT:
        seat = session.get(PanelSeat, (order.id, actor.person_id))
        if seat is None or (seat.state == "active" and left_unscored(session, order, seat.person_id)):
            return "evaluating"
        return "evaluating:scored" if seat.state == "active" else "evaluating:recused"
    if deed.endswith(":answer") and ties & {Tie.BUYER, Tie.WINNER} and party_of(actor, ties) not in _asked(session, order):
        return ANSWERED
    return deed


def _leads_on(session: Session, order: Order, own: str, move: life.Move) -> bool:
    """Where no bid is left: False for proposing, and for the one of the two ways out that is closed; elsewhere for both."""
    if rules.none_left in move.guards:
        stands = bool(standing_awards(session, order, ("active",)))
        return own == DEAD_END and (rules.award_stands in move.guards) == stands
    return move.event != "propose" or own != DEAD_END


def turn_of(session: Session, actor: Actor, order: Order) -> Turn:
    """The turn on an order as one actor sees it; every side sees the same roles and the same moment."""
    ties = ties_of(session, actor, order)
    deed, parties = parties_of(session, order)
    clock = session.get(OrderClock, (order.id, clock_name(order.state)))
    until = order.bids_close_at if order.state == "open" else clock.due_at if clock else None
    own = _own(session, actor, order, deed, ties)
    events = [move.event for move in (*life.LIFE, *life.STEPS) if order.state in move.sources
              and any(role == actor.role and tie in ties for role, tie in move.who)
              and (move.event not in ONLY_INVITED or own == "open:invited")
              and _leads_on(session, order, own, move)]
    mine = own not in DONE and any(role == actor.role and tie in ties for role, tie in parties)
    roles = tuple(dict.fromkeys(role for role, _ in parties))
    return Turn(order.state, roles, until, mine, tuple(dict.fromkeys(events)), own)
