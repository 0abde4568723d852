"""The desk of whoever is signed in: what waits for them, until when, and what waits for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from flask import Blueprint, Response, render_template

from market.access import Permission
from market.clock import day_of
from market.database import Session
from market.orders import oversight, queries, todo
from market.orders.life import FINAL
from market.orders.models import Order
from market.orders.turns import Turn, turns_of
from market.parks import queries as parks
from webapp.access import actor, needs
from webapp.icalendar import Event, calendar_answer
from webapp.orderframe import TurnLine, line_of
from webapp.progress import read_progress
from webapp.services import services
from webapp.suiting import fitting_of, suits_of
from webapp.words.accounts import VERIFICATIONS
from webapp.words.delivery import DESK_CALENDAR, PAYMENT_KINDS, TODO_DEEDS, calendar_line
from webapp.words.oversight import end_word

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

TWO_WEEKS, SUITING, SHOWN = timedelta(days=14), 5, 6


@dataclass(frozen=True)
class Task:
    """One order on the desk, with its turn."""

    order: Order
    turn: Turn
    line: TurnLine


def tasks(session: Session, orders: Sequence[Order]) -> list[Task]:
    """Orders with their turns, the nearest end first; those without a clock last."""
    turns = turns_of(session, actor(), orders)
    found = [Task(order, turns[order.id], line_of(order, turns[order.id])) for order in orders]
    now = services().clock()
    return sorted(found, key=lambda task: (task.turn.until is None, task.turn.until or task.order.state_since or now,
                                           task.order.id))


@dataclass(frozen=True)
class Ahead:
    """Something that falls due: its key, the day, the hour where it has one, what, on which order, on which page."""

    key: str
    day: date
    at: datetime | None
    what: str
    order: Order
    address: str


@dataclass(frozen=True)
class Work:
    """The reader's orders, those that run with their turns, and what waits inside running deliveries."""

    mine: Sequence[Order]
    running: Sequence[Task]
    inner: Sequence[todo.Todo]


def _work(session: Session) -> Work:
    mine = queries.own(session, actor())
    return Work(mine, tasks(session, [order for order in mine if order.state not in FINAL]),
                todo.waiting(session, actor(), services().clock()))


def _ahead(session: Session, work: Work) -> Iterator[Ahead]:
    """Every date that is known: ends of turns, tasks of running deliveries, payments and guarantees."""
    by_id = {order.id: order for order in work.mine}
    for task in work.running:
        if task.turn.until is not None:
            what = task.line.deed if task.turn.mine else f"{task.line.whose} {task.line.deed}"
            yield Ahead(f"turn-{task.order.id}", day_of(task.turn.until), task.turn.until, what, task.order,
                        f"/orders/{task.order.id}")
    for one in work.inner:
        if one.until is not None and one.kind != "pay":
            yield Ahead(f"{one.kind}-{one.order_id}", day_of(one.until), one.until,
                        TODO_DEEDS[one.kind].format(one.count), by_id[one.order_id], f"/orders/{one.order_id}/{one.page}")
    for row in todo.payments(session, actor(), work.mine):
        yield Ahead(f"payment-{row.id}", row.due_on, None, PAYMENT_KINDS[row.kind], by_id[row.order_id],
                    f"/orders/{row.order_id}/settlement#calendar")


def _two_weeks(session: Session, work: Work) -> list[tuple[date, list[Ahead]]]:
    """What falls due in two weeks, day by day."""
    now = services().clock()
    first, last = day_of(now), day_of(now + TWO_WEEKS)
    dates = sorted((one for one in _ahead(session, work) if first <= one.day <= last),
                   key=lambda one: (one.day, one.at is None, one.at or now, one.order.id, one.what))
    return [(day, list(found)) for day, found in groupby(dates, lambda one: one.day)]


def scope_name(session: Session) -> str:
    """The district or park that the reader watches over; empty for everybody else."""
    scope = actor().scope
    if not actor().may(Permission.OVERSEE):
        return ""
    return scope.district or (parks.park(session, scope.park_id).short_name or "" if scope.park_id else "")


def scope_desk(session: Session, mine: Sequence[Order], running: Sequence[Task]) -> dict[str, object]:
    """The desk of a district's officer or a park's operator: whose turn it is, and what of the firms ends soon."""
    now = services().clock()
    ends = {show: oversight.watched(session, actor(), show, now) for show in (oversight.DUE, oversight.LIMITED)}
    return {
        "running": running, "late": sum(task.turn.until is not None and task.turn.until <= now for task in running),
        "disputes": sum(order.state in ("suspended", "disputed") for order in mine), "every": len(mine), "shown": SHOWN,
        "firms": oversight.counts(session, actor(), now), "ends": ends, "end_word": end_word, "labels": VERIFICATIONS,
        "fitting": fitting_of(session) if actor().scope.park_id else None}


@blueprint.get("")
@needs(Permission.OWN_ACCOUNT)
def home() -> str:
    """What waits for the reader, then what waits for others, what is over; beside it two weeks ahead; a firm's new orders."""
    site, who = services(), actor()
    with site.database.read() as session:
        work = _work(session)
        days = _two_weeks(session, work)
        if who.may(Permission.OVERSEE):
            return render_template("scope_desk.html", days=days, scope=scope_name(session),
                                   **scope_desk(session, work.mine, work.running))
        known = {order.id for order in work.mine}
        suits = suits_of(session, who.institution_id, SUITING, known) if who.institution_id else None
        return render_template(
            "desk.html", waiting=[task for task in work.running if task.turn.mine], inner=work.inner, todo_deeds=TODO_DEEDS,
            others=[task for task in work.running if not task.turn.mine],
            over=[order for order in work.mine if order.state in FINAL],
            days=days, suits=suits,
            firm_id=who.institution_id, progress=read_progress(site.settings.var_dir))


@blueprint.get("/calendar.ics")
@needs(Permission.OWN_ACCOUNT)
def calendar_file() -> Response:
    """Every known date of the reader's orders for a calendar program."""
    site = services()
    with site.database.read() as session:
        events = [Event(f"{one.key}@caitu", one.day, one.day + timedelta(days=1), calendar_line(one.what, one.order.title),
                        one.order.id, False)
                  for one in _ahead(session, _work(session))]
    return calendar_answer(DESK_CALENDAR, events, site.clock(), "caitu-desk")
