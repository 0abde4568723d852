"""The worker's part of an order's life: closes, accepts, pauses and closes for good when a clock ran out; reminds before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import SYSTEM, Act
from market.database import Database
from market.errors import NotPossibleNow
from market.keys import Keys
from market.notices.follows import tell_ended_licences
from market.orders.candidates import confirm
from market.orders.delivery import accept
from market.orders.delivery_models import Placement
from market.orders.disputes import next_stage
from market.orders.drafts import pause
from market.orders.due_things import remind_things
from market.orders.durations import due
from market.orders.models import Order, OrderClock
from market.orders.panel import close_bids, fail_few
from market.orders.reminders import remind, remind_verification
from market.orders.settlement import rate_close, unrated

Job = tuple[Callable[[Act, str], object], str]


@dataclass(frozen=True)
class Worker:
    """What the worker needs beside the database: the keys and the folder of the trade's tables."""

    keys: Keys
    data_dir: Path


def _due_orders(session: Session, now: datetime) -> Iterator[Job]:
    """What the clocks call for now; each action asks its guards again, so that nothing happens twice or too early."""
    for order in session.scalars(select(Order).where(Order.state == "open", Order.owner_id.is_not(None)).order_by(Order.id)):
        if order.bids_close_at is not None and now >= order.bids_close_at:
            yield close_bids, order.id
        elif order.owner_acted_at and now >= due(session, "idle", order, order.owner_acted_at):
            yield pause, order.id
    for key in session.scalars(select(Order.id).where(Order.state == "sealed").order_by(Order.id)):
        yield fail_few, key
    for order in session.scalars(select(Order).where(Order.state == "settled").order_by(Order.id)):
        clock = session.get(OrderClock, (order.id, "rating"))
        if unrated(session, order) == 0 or (clock and now >= clock.due_at):
            yield rate_close, order.id
    for key in session.scalars(select(OrderClock.order_id).where(OrderClock.name == "acceptance", OrderClock.due_at <= now)
                               .order_by(OrderClock.order_id)):
        yield accept, key
    for key in session.scalars(select(OrderClock.order_id).where(OrderClock.name.in_(("negotiation", "mediation")),
                                                                 OrderClock.due_at <= now).order_by(OrderClock.order_id)):
        yield next_stage, key


def run_due(database: Database, worker: Worker, now: datetime) -> list[tuple[str, str]]:
    """Does everything that is due at a moment, each in a transaction of its own; gives (action, order) for what happened.

    May run in several processes at once and again at any time: what another did is not possible any more, and is passed over.
    """
    with database.read() as session:
        jobs = list(_due_orders(session, now))
        ended = list(session.scalars(select(Placement.id).where(Placement.stage == "guarantee",
                                                                Placement.guarantee_until <= now)))
    done = [(run.__name__, key) for run, key in jobs if _tried(database, worker, now, partial(_run, run, key))]
    done += [("confirm", str(key)) for key in ended if _tried(database, worker, now, partial(_run, confirm, key))]
    with database.write() as session:
        act = Act(session, SYSTEM, now, worker.keys, worker.data_dir)
        remind(act)
        remind_things(act)
        remind_verification(act)
        tell_ended_licences(act)
    return done


def _run(run: Callable[[Act, Any], object], key: Any, act: Act) -> None:
    run(act, key)


def _tried(database: Database, worker: Worker, now: datetime, run: Callable[[Act], None]) -> bool:
    try:
        with database.write() as session:
            run(Act(session, SYSTEM, now, worker.keys, worker.data_dir))
    except NotPossibleNow:
        return False
    return True
