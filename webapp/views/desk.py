"""The desk of whoever is signed in: what waits for them, until when, and what waits for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from market.access import Permission
from market.database import Session
from market.orders import queries, todo
from market.orders.life import FINAL
from market.orders.models import Order
from market.orders.turns import Turn, turn_of
from webapp.access import actor, needs
from webapp.orderframe import TurnLine, line_of
from webapp.services import services
from webapp.words.delivery import TODO_DEEDS

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@dataclass(frozen=True)
class Task:
    """One order on the desk, with its turn."""

    order: Order
    turn: Turn
    line: TurnLine


def tasks(session: Session, orders: Sequence[Order]) -> list[Task]:
    """Orders with their turns, the nearest end first; those without a clock last."""
    found = []
    for order in orders:
        turn = turn_of(session, actor(), order)
        found.append(Task(order, turn, line_of(order, turn)))
    return sorted(found, key=lambda task: (task.turn.until is None, task.turn.until or task.order.state_since, task.order.id))


@blueprint.get("")
@needs(Permission.OWN_ACCOUNT)
def home() -> str:
    """What waits for the reader, then what waits for others, then what is over."""
    with services().database.read() as session:
        mine = queries.own(session, actor())
        running = tasks(session, [order for order in mine if order.state not in FINAL])
        over = [order for order in mine if order.state in FINAL]
        return render_template("desk.html", waiting=[task for task in running if task.turn.mine],
                               inner=todo.waiting(session, actor(), services().clock()), todo_deeds=TODO_DEEDS,
                               others=[task for task in running if not task.turn.mine], over=over)
