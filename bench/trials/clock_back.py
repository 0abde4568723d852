"""The server's clock goes back an hour, or jumps: no deadline opens again, and entries keep the order in which they came."""

from __future__ import annotations

import sys
from datetime import timedelta

from ground import KEYS, Ground, act, arguments, ground, verdict
from sqlalchemy import select

from market import audit
from market.access import SYSTEM, Note
from market.audit import AuditEntry
from market.clock import SHANGHAI
from market.errors import NotPossibleNow
from market.orders import bids, panel, steps
from market.orders.models import Order

HOUR = timedelta(hours=1)


def tries(site: Ground, order_id: str, at: timedelta) -> str:
    """A bid at a moment beside the deadline: taken, or why not."""
    with site.database.read() as session:
        closes = session.get_one(Order, order_id).bids_close_at
    assert closes
    try:
        with site.database.write() as session:
            bids.bid(act(session, site.cast.firms[3], closes + at), order_id, bids.Offer(1, "p", "t", no_conflict=True))
    except NotPossibleNow as error:
        return str(error).partition(":")[0]
    return "taken"


def seen_late(site: Ground, order_id: str) -> None:
    """Something is written on the order a second after the deadline, while the worker stands still."""
    with site.database.write() as session:
        closes = session.get_one(Order, order_id).bids_close_at
        assert closes
        audit.record(act(session, SYSTEM, closes + timedelta(seconds=1)), "order.seen", Note("order", order_id, order_id))


def main() -> int:
    """Runs the trial; the control takes the memory of the order's last moment away."""
    args = arguments(__doc__ or "", 1)
    with ground(args.database, "open") as site:
        late = tries(site, site.order_id, timedelta(0))
        seen_late(site, site.order_id)
        back = tries(site, site.order_id, -HOUR)
        kept = steps.never_back
        steps.never_back = lambda session, order, now: now
        forgotten = tries(site, site.order_id, -HOUR)
        steps.never_back = kept
        with site.database.write() as session:
            closes = session.get_one(Order, site.order_id).bids_close_at
            panel.close_bids(act(session, SYSTEM, closes + timedelta(seconds=2)), site.order_id)
        sealed = tries(site, site.order_id, -HOUR)
        with site.database.read() as session:
            rows = session.execute(select(AuditEntry.seq, AuditEntry.at).where(
                AuditEntry.chain == f"order:{site.order_id}").order_by(AuditEntry.seq)).all()
            faults = len(audit.verify(session, {}, KEYS))
        zones = {(site.now + timedelta(days=day)).astimezone(SHANGHAI).utcoffset() for day in range(366)}
    return verdict(f"the clock goes back an hour, {'PostgreSQL' if args.database else 'SQLite'}", {
        "a bid at the deadline": (late, "before_deadline", late == "before_deadline"),
        "then the clock goes back, worker standing still": (back, "before_deadline", back == "before_deadline"),
        "the clock goes back after the closing": (sealed, "state", sealed == "state"),
        "entries in the order of their numbers, faults": (f"{len(rows)}, {faults}", "0 faults", faults == 0),
        "offsets of Shanghai's clock in a year": (len(zones), "1", len(zones) == 1),
        "control without the order's last moment: a deadline opens again": (forgotten, "taken", forgotten == "taken"),
    })


if __name__ == "__main__":
    sys.exit(main())
