"""Bids fall within 50 ms of a deadline while the worker stands still: none at or after it is taken, none is readable."""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime, timedelta
from multiprocessing import get_context

from ground import DATA, KEYS, arguments, copies, ground, verdict
from sqlalchemy import update

from market.access import Act, Actor
from market.clock import now
from market.database import open_database
from market.errors import NotFound, NotPossibleNow
from market.orders import bids
from market.orders.models import Order

WINDOW, GAP = 0.050, 0.12  # seconds either side of a deadline, and between two deadlines


def run(task: tuple[str, list[tuple[str, datetime]], Actor, int]) -> list[tuple[datetime, datetime, bool]]:
    """One firm bids on each order near its deadline; (deadline, moment of asking, taken)."""
    url, orders, firm, seed = task
    database, chance, out = open_database(url), random.Random(seed), []
    for name, deadline in orders:
        wait = deadline.timestamp() + chance.uniform(-WINDOW, WINDOW) - time.time()
        time.sleep(max(0.0, wait))
        began = now()
        try:
            with database.write() as session:
                bids.bid(Act(session, firm, began, KEYS, DATA, now), name, bids.Offer(1, "p", "t", no_conflict=True))
            out.append((deadline, began, True))
        except NotPossibleNow as error:
            if str(error) != "before_deadline":  # refused for anything else, the trial would say nothing of deadlines
                raise
            out.append((deadline, began, False))
    database.engine.dispose()
    return out


def main() -> int:
    """Runs the trial; its control is that some bids did come too late and were refused."""
    args = arguments(__doc__ or "", 500)
    with ground(args.database, "open", now()) as site:  # the firms' verification must hold when they bid
        names = copies(site, args.count // 2)
        start = now() + timedelta(seconds=12)
        orders = [(name, start + timedelta(seconds=GAP * place)) for place, name in enumerate(names)]
        with site.database.write() as session:
            for name, deadline in orders:
                session.execute(update(Order).where(Order.id == name).values(closes_at=deadline))
        with get_context("spawn").Pool(2) as pool:
            tasks = [(site.url, orders, firm, seed) for seed, firm in enumerate(site.cast.firms[:2])]
            parts = pool.map(run, tasks, chunksize=1)
        tried = [row for part in parts for row in part]
        readable = 0
        with site.database.read() as session:
            for name in names:
                order = session.get_one(Order, name)
                for actor in (site.cast.owner, site.cast.operator, site.cast.regulator, site.cast.firms[2], Actor()):
                    try:
                        readable += len(bids.opened(session, actor, KEYS, order))
                    except NotFound:
                        continue
    late = sum(taken and asked >= deadline for deadline, asked, taken in tried)
    early = sum(taken for _, _, taken in tried)
    refused = sum(not taken and asked >= deadline for deadline, asked, taken in tried)
    waited = sum(not taken and asked < deadline for deadline, asked, taken in tried)
    where = "PostgreSQL" if args.database else "SQLite"
    return verdict(f"{len(tried)} bids within 50 ms of {len(names)} deadlines, {where}", {
        "taken at or after the deadline": (late, "0", late == 0),
        "taken before it": (early, "> 0", early > 0),
        "control: asked at or after it, and refused": (refused, "> 0", refused > 0),
        "asked before it, but the lock came after it: refused": (waited, "any", True),
        "readable before opening": (readable, "0", readable == 0),
    })


if __name__ == "__main__":
    sys.exit(main())
