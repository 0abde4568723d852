"""A PostgreSQL cluster of its own is killed with SIGKILL under writes, again and again: nothing acknowledged is lost."""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable

from cluster import Cluster, cluster
from ground import DATA, KEYS, Ground, ground, verdict
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from market import audit
from market.access import Act
from market.orders import drafts
from market.orders.models import Question

KILLS, WRITERS, SERVING_S = 20, 4, 5.0


def write(site: Ground, stop: threading.Event, count: Callable[[], int], acked: list[int]) -> None:
    """Asks questions until the cluster is gone; what was acknowledged is noted."""
    while not stop.is_set():
        number = count()
        try:
            with site.database.write() as session:
                drafts.ask(Act(session, site.cast.firms[0], site.now, KEYS, DATA), site.order_id, f"question {number}")
        except SQLAlchemyError:
            return
        acked.append(number)


def cut(place: Cluster, site: Ground, numbers: Callable[[], int], seconds: float) -> tuple[list[int], float]:
    """Writes for some seconds, kills, starts; gives what was acknowledged and how long it took to serve again."""
    acked: list[int] = []
    stop = threading.Event()
    threads = [threading.Thread(target=write, args=(site, stop, numbers, acked)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    place.kill()
    stop.set()
    for thread in threads:
        thread.join()
    site.database.engine.dispose()
    return acked, place.start()


def trial(kills: int, *, durable: bool) -> dict[str, float]:
    """Cuts the power some times; gives acknowledged, lost, faults of the chain and the longest time to serve again."""
    with cluster() as place:
        if not durable:
            place.setting("synchronous_commit = off")
        chance, acked, slowest, lock, last = random.Random(7), [], 0.0, threading.Lock(), [0]

        def numbers() -> int:
            with lock:
                last[0] += 1
                return last[0]

        with ground(place.url, "open") as site:
            for _ in range(kills):
                said, seconds = cut(place, site, numbers, chance.uniform(0.3, 1.0))
                acked += said
                slowest = max(slowest, seconds)
            with site.database.read() as session:
                there = {int(line.rpartition(" ")[2]) for line in session.scalars(select(Question.text))}
                faults = len(audit.verify(session, {}, KEYS))
        return {"acked": len(acked), "lost": len(set(acked) - there), "faults": faults, "slowest": slowest}


def main() -> int:
    """Runs the trial and its control, whose commits are acknowledged before they are on the disk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=KILLS)
    args = parser.parse_args()
    sound, broken = trial(args.count, durable=True), trial(min(args.count, 8), durable=False)
    return verdict(f"{args.count} SIGKILLs of a PostgreSQL cluster, {sound['acked']:.0f} acknowledged writes", {
        "acknowledged and lost": (sound["lost"], "0", sound["lost"] == 0),
        "faults of the audit's chains": (sound["faults"], "0", sound["faults"] == 0),
        "longest until it served again, s": (
            round(sound["slowest"], 2), f"<= {SERVING_S:.0f}", sound["slowest"] <= SERVING_S),
        f"control with synchronous_commit off, {broken['acked']:.0f} writes: lost": (
            broken["lost"], "> 0", broken["lost"] > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
