"""What is kept for a time goes when its time is over: with the clock three years on exactly the due rows, then none."""

from __future__ import annotations

import sys
from datetime import timedelta

from ground import DATA, KEYS, Ground, act, arguments, ground, verdict
from sqlalchemy import func, select

from market import retention
from market.access import SYSTEM
from market.demo.scene import Scene
from market.notices.models import Notice
from market.orders.delivery_models import Candidate, Ownership
from market.requests import Request, once

YEARS, RUNNING = timedelta(days=3 * 365), 5


def fill(site: Ground, closed: int) -> None:
    """Orders that ended, with a candidate each, and some that run; an answered request for each."""
    with site.database.write() as session:
        for number in range(closed + RUNNING):
            scene = Scene(session, KEYS, DATA, site.cast, site.now)
            scene.to("closed" if number < closed else "accepting")
            once(act(session, site.cast.owner, site.now), Request("trial", str(number), {}), dict)


def counts(site: Ground) -> dict[str, int]:
    """How many rows there are of what is kept for a time."""
    with site.database.read() as session:
        def rows(table: type) -> int:
            return session.scalar(select(func.count()).select_from(table)) or 0

        with_data = session.scalar(select(func.count()).select_from(Candidate).where(Candidate.sealed.is_not(None))) or 0
        return {"candidates": with_data, "notices": rows(Notice), "ownerships": rows(Ownership)}


def forget(site: Ground, after: timedelta) -> dict[str, int]:
    """Runs the job at a moment."""
    with site.database.write() as session:
        return retention.forget_due(act(session, SYSTEM, site.now + after))


def main() -> int:
    """Runs the trial with --count ended orders; the control runs it too early, when nothing of a candidate is due."""
    args = arguments(__doc__ or "", 40)
    with ground(args.database, "draft") as site:
        fill(site, args.count)
        before, early = counts(site), forget(site, timedelta(days=30))
        gone, again, left = forget(site, YEARS), forget(site, YEARS), counts(site)
    return verdict(f"{args.count} ended and {RUNNING} running orders, three years on, "
                   f"{'PostgreSQL' if args.database else 'SQLite'}", {
        "candidates deleted": (gone.get("retain_candidates", 0), str(args.count),
                               gone.get("retain_candidates") == args.count),
        "candidates of running orders kept": (left["candidates"], str(RUNNING), left["candidates"] == RUNNING),
        "notices deleted, of those there were": (gone.get("retain_notices", 0), str(before["notices"]),
                                                 gone.get("retain_notices") == before["notices"]),
        "second run": (len(again), "0", not again),
        "control after 30 days: only what is kept for less": (
            ", ".join(sorted(early)), "retain_requests", set(early) == {"retain_requests"}),
    })


if __name__ == "__main__":
    sys.exit(main())
