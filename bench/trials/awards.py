"""Two processes award the same orders: each order once, the loser told it is not possible now; without locks it breaks."""

from __future__ import annotations

import sys
import time
from multiprocessing import get_context

from ground import act, arguments, copies, ground, verdict
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from market.access import Actor
from market.database import Database, open_database
from market.errors import NotPossibleNow
from market.orders import award, steps
from market.orders.bid_models import Award, AwardedPlace
from market.orders.models import Order


def unlock(database: Database) -> Database:
    """The control: no lock on the row, and on SQLite transactions that begin as readers."""
    steps.locked = lambda session, table, key: session.get(table, key)  # type: ignore[assignment,attr-defined]
    free = Database(database.engine, None)
    free.write = free_write(database)  # type: ignore[method-assign]
    return free


def free_write(database: Database):  # type: ignore[no-untyped-def]
    """A write that begins like a read."""
    from contextlib import contextmanager

    @contextmanager
    def write():  # type: ignore[no-untyped-def]
        with Session(database.engine) as session:
            yield session
            session.commit()
    return write


def run(task: tuple[str, list[str], Actor, object, bool, object]) -> dict[str, int]:
    """One process: awards every order."""
    url, names, owner, now, locked, barrier = task
    database = open_database(url)
    if not locked:
        database = unlock(database)
    found = {"won": 0, "refused": 0, "broken": 0}
    for name in names:
        if name == names[0]:
            barrier.wait()  # type: ignore[attr-defined]
        try:
            with database.write() as session:
                award.award(act(session, owner, now), name)  # type: ignore[arg-type]
            found["won"] += 1
        except NotPossibleNow:
            found["refused"] += 1
        except SQLAlchemyError:
            found["broken"] += 1
    database.engine.dispose()
    return found


def race(address: str, count: int, *, locked: bool) -> dict[str, int]:
    """Both processes on fresh orders; gives their counts and what the database holds afterwards."""
    with ground(address, "standstill") as site:
        names = copies(site, count)
        later = site.now.replace(day=site.now.day + 10)
        context = get_context("spawn")
        with context.Manager() as manager:
            barrier = manager.Barrier(2)
            began = time.perf_counter()
            with context.Pool(2) as pool:
                parts = pool.map(run, [(site.url, names, site.cast.owner, later, locked, barrier)] * 2, chunksize=1)
        found = {key: sum(part[key] for part in parts) for key in parts[0]}
        found["seconds"] = round(time.perf_counter() - began)
        with site.database.read() as session:
            found["without"] = session.scalar(select(func.count()).select_from(Order).where(
                Order.id.in_(names), Order.state != "awarded")) or 0
            found["wrong_places"] = sum(
                1 for held, places in session.execute(select(Order.awarded_places, func.count(AwardedPlace.number)).outerjoin(
                    AwardedPlace, AwardedPlace.order_id == Order.id).where(Order.id.in_(names)).group_by(
                    Order.id, Order.awarded_places)) if held != places or held > 5)
            found["awards"] = session.scalar(select(func.count()).select_from(Award).where(
                Award.order_id.in_(names), Award.state == "active")) or 0
    return found


def main() -> int:
    """Runs the trial and its control."""
    args = arguments(__doc__ or "", 1000)
    sound, broken = race(args.database, args.count, locked=True), race(args.database, max(50, args.count // 5), locked=False)
    where = "PostgreSQL" if args.database else "SQLite"
    return verdict(f"awards by two processes, {args.count} orders, {where}, {sound['seconds']} s", {
        "orders awarded twice": (sound["won"] - args.count, "0", sound["won"] == args.count),
        "orders without award": (sound["without"], "0", sound["without"] == 0),
        "losers told it is not possible now": (sound["refused"], str(args.count), sound["refused"] == args.count),
        "other errors": (sound["broken"], "0", sound["broken"] == 0),
        "counters unlike their places, or over the headcount": (sound["wrong_places"], "0", sound["wrong_places"] == 0),
        "control without locks: errors and doubles": (
            broken["broken"] + max(0, broken["won"] - max(50, args.count // 5)), "> 0",
            broken["broken"] + max(0, broken["won"] - max(50, args.count // 5)) > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
