"""Bids fall within 50 ms of a deadline while the worker stands still: none at or after it is taken, none is readable."""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection

from ground import DATA, KEYS, Ground, arguments, copies, ground, verdict
from sqlalchemy import update

from market.access import Act, Actor
from market.clock import now
from market.database import Database, open_database
from market.errors import NotFound, NotPossibleNow
from market.orders import bids
from market.orders.models import Order

WINDOW, AHEAD = 0.050, 0.3  # seconds either side of a deadline, and before it when the deadline is set
Tried = tuple[datetime, datetime, bool]  # deadline, moment of asking, taken


def bid_once(database: Database, firm: Actor, name: str, wait: float) -> tuple[datetime, bool]:
    """One bid after a wait: the moment of asking, and whether it was taken."""
    time.sleep(max(0.0, wait))
    began = now()
    try:
        with database.write() as session:
            bids.bid(Act(session, firm, began, KEYS, DATA, now), name, bids.Offer(1, "p", "t", no_conflict=True))
    except NotPossibleNow as error:
        if str(error) != "before_deadline":  # refused for anything else, the trial would say nothing of deadlines
            raise
        return began, False
    return began, True


def bidder(url: str, firm: Actor, seed: int, line: Connection) -> None:
    """A process of one firm that bids near each deadline it is told, until told none."""
    database, chance = open_database(url), random.Random(seed)
    line.send(None)  # ready
    while told := line.recv():
        name, deadline = told
        wait = deadline.timestamp() + chance.uniform(-WINDOW, WINDOW) - time.time()
        line.send((deadline, *bid_once(database, firm, name, wait)))
    database.engine.dispose()


def tries(site: Ground, names: list[str]) -> list[Tried]:
    """Two firms bid on each order around its deadline, which is set just before: a slow machine keeps nobody from trying."""
    context, lines, tried = get_context("spawn"), [], []
    for seed, firm in enumerate(site.cast.firms[:2]):
        ours, theirs = context.Pipe()
        context.Process(target=bidder, args=(site.url, firm, seed, theirs), daemon=True).start()
        lines.append(ours)
    for line in lines:
        line.recv()
    for name in names:
        deadline = now() + timedelta(seconds=AHEAD)
        with site.database.write() as session:
            session.execute(update(Order).where(Order.id == name).values(closes_at=deadline))
        for line in lines:
            line.send((name, deadline))
        tried += [line.recv() for line in lines]
    for line in lines:
        line.send(None)
    return tried


def main() -> int:
    """Runs the trial; its control is that some bids did come too late and were refused."""
    args = arguments(__doc__ or "", 500)
    with ground(args.database, "open", now()) as site:  # the firms' verification must hold when they bid
        names = copies(site, args.count // 2)
        tried = tries(site, names)
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
