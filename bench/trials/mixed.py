"""Eight processes award, decline, cancel, object, rule and propose anew on the same orders: every rule holds."""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime, timedelta
from multiprocessing import get_context

from awards import unlock
from ground import KEYS, act, arguments, copies, ground, verdict
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from market import audit
from market.database import open_database
from market.demo.cast import Cast
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders import award, drafts, panel
from market.orders.bid_models import Award, AwardedPlace
from market.orders.models import Order

PROCESSES, ORDERS, DAY = 8, 200, timedelta(days=1)  # one second of the trial is a day of the order's life
REFUSED = (InvalidInput, NotFound, NotPossibleNow)


def _propose(session: Session, cast: Cast, now: datetime, name: str, chance: random.Random) -> None:
    mine = act(session, cast.owner, now)
    ranked = panel.ranking(mine, session.get_one(Order, name))
    chosen = ranked[: chance.randint(1, 2)]
    award.propose(mine, name, award.Proposal({row.bid_id: chance.randint(1, 4) for row in chosen}, "x"))


def _once(session: Session, cast: Cast, now: datetime, name: str, chance: random.Random) -> None:
    firm, what = chance.choice(cast.firms), chance.random()
    if what < 0.35:
        award.award(act(session, cast.owner, now), name)
    elif what < 0.55:
        award.decline(act(session, firm, now), name, "x")
    elif what < 0.80:
        _propose(session, cast, now, name, chance)
    elif what < 0.87:
        award.objection(act(session, firm, now), name, "x")
    elif what < 0.985:
        (award.dismiss if chance.random() < 0.7 else award.uphold)(act(session, cast.regulator, now), name, "x")
    else:
        drafts.cancel(act(session, cast.regulator, now), name, "x")


def run(task: tuple[str, list[str], Cast, datetime, float, int, bool]) -> dict[str, int]:
    """One process, for some seconds: (done, refused, broken)."""
    url, names, cast, start, seconds, seed, locked = task
    database, chance = open_database(url), random.Random(seed)
    if not locked:
        database = unlock(database)
    found, began = {"done": 0, "refused": 0, "broken": 0}, time.time()
    while time.time() < began + seconds:
        now = start + DAY * (time.time() - began)
        try:
            with database.write() as session:
                _once(session, cast, now, chance.choice(names), chance)
            found["done"] += 1
        except REFUSED:
            found["refused"] += 1
        except (SQLAlchemyError, IndexError, ZeroDivisionError):
            found["broken"] += 1
    database.engine.dispose()
    return found


def breaks(session: Session, names: list[str]) -> int:
    """How many orders break a rule: places over the headcount or unlike the counter, a bid awarded twice, a torn chain."""
    wrong = {fault.chain.removeprefix("order:") for fault in audit.verify(session, {}, KEYS)}
    for name in names:
        order = session.get_one(Order, name)
        places = session.scalar(select(func.count()).select_from(AwardedPlace).where(AwardedPlace.order_id == name)) or 0
        active = session.scalars(select(Award).where(Award.order_id == name, Award.state == "active")).all()
        if not order.awarded_places == places == sum(row.places for row in active) <= (order.headcount or 0):
            wrong.add(name)
        if len({row.bid_id for row in active}) != len(active) or (order.value_fen or 0) != sum(r.value_fen for r in active):
            wrong.add(name)
    return len(wrong)


def race(address: str, seconds: float, *, locked: bool) -> dict[str, int]:
    """Lets the processes loose on fresh copies; gives their counts and the orders that break a rule afterwards."""
    with ground(address, "standstill") as site:
        names = copies(site, ORDERS)
        tasks = [(site.url, names, site.cast, site.now + timedelta(days=10), seconds, seed, locked)
                 for seed in range(PROCESSES)]
        with get_context("spawn").Pool(PROCESSES) as pool:
            parts = pool.map(run, tasks, chunksize=1)
        found = {key: sum(part[key] for part in parts) for key in parts[0]}
        with site.database.read() as session:
            found["wrong"] = breaks(session, names)
    return found


def main() -> int:
    """Runs the trial for --count seconds, and its control for a quarter of that."""
    args = arguments(__doc__ or "", 60)
    sound, broken = race(args.database, args.count, locked=True), race(args.database, max(5, args.count / 4), locked=False)
    where = "PostgreSQL" if args.database else "SQLite"
    return verdict(f"{PROCESSES} processes, {ORDERS} orders, {args.count} s, {where}", {
        "steps done": (sound["done"], "> 0", sound["done"] > 0),
        "refused by the trade": (sound["refused"], "any", True),
        "orders that break a rule": (sound["wrong"], "0", sound["wrong"] == 0),
        "other errors": (sound["broken"], "0", sound["broken"] == 0),
        "control without locks: errors and broken orders": (
            broken["broken"] + broken["wrong"], "> 0", broken["broken"] + broken["wrong"] > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
