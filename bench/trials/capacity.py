"""Two processes each give three of five places: one gets them; without the lock only the database's own rule holds."""

from __future__ import annotations

import sys
from multiprocessing import get_context

from ground import arguments, copies, ground, verdict
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from market.database import locked, open_database
from market.orders.award import allot
from market.orders.bid_models import Award, AwardedPlace
from market.orders.models import Order
from market.orders.steps import standing_awards


def run(task: tuple[str, list[str], int, bool, object]) -> dict[str, int]:
    """One process: gives its award's places on every order, if there are enough left when it looks."""
    url, names, mine, safe, barrier = task
    database = open_database(url)
    found = {"given": 0, "refused": 0, "stopped_by_the_database": 0}
    barrier.wait()  # type: ignore[attr-defined]
    for name in names:
        try:
            with database.write() as session:
                order = locked(session, Order, name) if safe else session.get(Order, name)
                assert order is not None
                held = sum(award.places for award in standing_awards(session, order, ("active",)))
                award = standing_awards(session, order)[mine]
                if held + award.places > (order.headcount or 0):
                    found["refused"] += 1
                    continue
                award.state = "active"
                session.flush()
                allot(session, order, award)
            found["given"] += 1
        except (SQLAlchemyError, IndexError):
            found["stopped_by_the_database"] += 1
    database.engine.dispose()
    return found


def race(address: str, count: int, *, safe: bool) -> dict[str, int]:
    """Both processes on fresh orders whose two awards want three places each."""
    with ground(address, "standstill") as site:
        names = copies(site, count)
        with site.database.write() as session:
            session.execute(update(Award).where(Award.order_id.in_(names)).values(places=3))
        context = get_context("spawn")
        with context.Manager() as manager, context.Pool(2) as pool:
            barrier = manager.Barrier(2)
            parts = pool.map(run, [(site.url, names, mine, safe, barrier) for mine in (0, 1)], chunksize=1)
        found = {key: sum(part[key] for part in parts) for key in parts[0]}
        with site.database.read() as session:
            rows = session.execute(select(Order.awarded_places, func.count(AwardedPlace.number)).outerjoin(
                AwardedPlace, AwardedPlace.order_id == Order.id).where(Order.id.in_(names)).group_by(
                Order.id, Order.awarded_places)).all()
        found["over"] = sum(places > 5 for _, places in rows)
        found["unlike"] = sum(held != places for held, places in rows)
        found["empty"] = sum(places == 0 for _, places in rows)
    return found


def main() -> int:
    """Runs the trial and its control; SQLite has one writer, so its control needs PostgreSQL."""
    args = arguments(__doc__ or "", 1000)
    sound = race(args.database, args.count, safe=True)
    figures = {
        "orders over their headcount": (sound["over"], "0", sound["over"] == 0),
        "counters unlike their places": (sound["unlike"], "0", sound["unlike"] == 0),
        "orders given once": (sound["given"], str(args.count), sound["given"] == args.count and sound["empty"] == 0),
        "others refused": (sound["refused"], str(args.count), sound["refused"] == args.count),
        "errors": (sound["stopped_by_the_database"], "0", sound["stopped_by_the_database"] == 0),
    }
    if args.database:
        broken = race(args.database, args.count, safe=False)
        stopped = broken["stopped_by_the_database"]
        figures["control without the lock: stopped only by the database"] = (stopped, "> 0", stopped > 0)
        figures["control without the lock: over the headcount all the same"] = (broken["over"], "0", broken["over"] == 0)
    return verdict(f"3 + 3 of 5 places, {args.count} orders, {'PostgreSQL' if args.database else 'SQLite'}", figures)


if __name__ == "__main__":
    sys.exit(main())
