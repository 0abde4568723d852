"""Whose turn it is on an order, until when, and what an actor may do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.orders import life, rules
from market.orders.board import Board, board_of
from market.orders.disputes import BUYER, party_of
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.standing import NONE
from market.orders.steps import clock_name

BATCH = 500  # orders that are asked for at once: SQLite takes 999 variables
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


def _sealed(board: Board, key: str) -> tuple[str, tuple[Party, ...]]:
    """Whose key is missing; the panel is drawn before the operator's part is done."""
    turned, drawn = board.keys.get(key, frozenset()), board.drawn(key)
    missing = tuple((role, tie) for role, tie in life.KEY_HOLDERS
                    if str(role) not in turned or (role is Role.OPERATOR and not drawn))
    if not missing:
        return "sealed:unseal", life.KEY_HOLDERS
    return ("sealed:key" if drawn else "sealed:draw"), missing


def parties_of(session: Session, order: Order) -> tuple[str, tuple[Party, ...]]:
    """(what is to be done, by whom), the same for every side."""
    return _parties(board_of(session, Actor(), [order]), order)


def _parties(board: Board, order: Order) -> tuple[str, tuple[Party, ...]]:
    if order.state == "evaluating" and not board.drawn(order.id):
        return "evaluating:draw", (*life.OPERATOR, *life.PANEL)
    if order.state == "evaluating" and board.scored(order.id):
        return "evaluating:propose" if board.proposable.get(order.id) else DEAD_END, life.OWNER
    if order.state == "sealed":
        return _sealed(board, order.id)
    if waiting := board.awaited.get(order.id):
        return f"{order.state}:answer", tuple(who for side, who in zip(
            (BUYER in waiting, bool(set(waiting) - {BUYER})), (*life.OWNER, *life.WINNER), strict=True) if side)
    if order.state == "awarded":
        return order.state, life.MEMBER if order.id in board.unsigned else life.OWNER
    return order.state, life.TURNS.get(order.state, ())


def _own(board: Board, actor: Actor, order: Order, deed: str) -> str:
    """The deed as one party stands: a firm by its part in the bidding or its answer, an expert by what is scored."""
    if deed == "open" and actor.role is Role.FIRM_LEAD:
        part = board.parts.get(order.id, NONE)
        return deed if part == NONE else f"open:{part}"
    if deed in ("evaluating", "evaluating:draw") and actor.role is Role.EXPERT and actor.person_id is not None:
        seat = board.seat.get(order.id)
        if seat is None or (seat == "active" and board.left(order.id, actor.person_id)):
            return "evaluating"
        return "evaluating:scored" if seat == "active" else "evaluating:recused"
    ties = board.ties[order.id]
    if deed.endswith(":answer") and ties & {Tie.BUYER, Tie.WINNER} and party_of(actor, ties) not in board.awaited[order.id]:
        return ANSWERED
    return deed


def _leads_on(board: Board, order: Order, own: str, move: life.Move) -> bool:
    """Where no bid is left: False for proposing, and for the one of the two ways out that is closed; elsewhere for both."""
    if rules.none_left in move.guards:
        return own == DEAD_END and (rules.award_stands in move.guards) == (order.id in board.held)
    return move.event != "propose" or own != DEAD_END


def turn_of(session: Session, actor: Actor, order: Order) -> Turn:
    """The turn on an order as one actor sees it; every side sees the same roles and the same moment."""
    return turns_of(session, actor, [order])[order.id]


def turns_of(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[str, Turn]:
    """The turns on some orders, asked for all of them at once."""
    found: dict[str, Turn] = {}
    for start in range(0, len(orders), BATCH):
        part = orders[start:start + BATCH]
        board = board_of(session, actor, part)
        found |= {order.id: _turn(board, actor, order) for order in part}
    return found


def _turn(board: Board, actor: Actor, order: Order) -> Turn:
    ties, (deed, parties) = board.ties[order.id], _parties(board, order)
    clock = board.clocks.get((order.id, clock_name(order.state)))
    until = order.bids_close_at if order.state == "open" else clock.due_at if clock else None
    own = _own(board, actor, order, deed)
    events = [move.event for move in (*life.LIFE, *life.STEPS) if order.state in move.sources
              and any(role == actor.role and tie in ties for role, tie in move.who)
              and (move.event not in ONLY_INVITED or own == "open:invited")
              and _leads_on(board, order, own, move)]
    mine = own not in DONE and any(role == actor.role and tie in ties for role, tie in parties)
    roles = tuple(dict.fromkeys(role for role, _ in parties))
    return Turn(order.state, roles, until, mine, tuple(dict.fromkeys(events)), own)
