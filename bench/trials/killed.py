"""The application is killed with SIGKILL in the midst of its writes, again and again: nothing it said was done is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from ground import DATA, KEYS, Ground, arguments, ground, verdict
from sqlalchemy import func, select

from market import audit
from market.access import Act
from market.audit import AuditEntry
from market.database import Database, open_database
from market.orders import drafts
from market.orders.models import Order, Question

KILLS = 20


def writer(url: str, order_id: str, number: str, early: str) -> None:
    """The application: asks questions on an order without end; says each number once it is written (early: before)."""
    import pickle

    firm, now = pickle.loads(sys.stdin.buffer.read())
    database, count = open_database(url), int(number)
    while True:
        if early == "1":
            print(count, flush=True)
        with database.write() as session:
            drafts.ask(Act(session, firm, now, KEYS, DATA), order_id, f"question {count}")
        if early != "1":
            print(count, flush=True)
        count += 1


def run_and_kill(site: Ground, start: int, wanted: int, *, early: bool) -> list[int]:
    """Starts the application, kills it at some moment after a number of answers; gives what it said was done."""
    import pickle

    process = subprocess.Popen([sys.executable, str(Path(__file__)), "writer", site.url, site.order_id, str(start),
                                str(int(early))], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write(pickle.dumps((site.cast.firms[0], site.now)))
    process.stdin.close()
    said = [int(process.stdout.readline()) for _ in range(wanted)]
    time.sleep(random.Random(start).uniform(0, 0.02))
    os.kill(process.pid, signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().split(b"\n")[:-1]]
    process.wait()
    return said


def kept(database: Database, order_id: str) -> tuple[set[int], int, int]:
    """(numbers that are there, audit entries of their event, faults of the chain)."""
    with database.read() as session:
        texts = session.scalars(select(Question.text).where(Question.order_id == order_id))
        numbers = {int(text.rpartition(" ")[2]) for text in texts}
        entries = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "order.ask")) or 0
        assert session.get(Order, order_id)
        return numbers, entries, len(audit.verify(session, {}, KEYS))


def trial(address: str, count: int, kills: int, *, early: bool) -> dict[str, int]:
    """Kills some times; gives what was said, lost, half."""
    with ground(address, "open") as site:
        said: set[int] = set()
        for kill in range(kills):
            said |= set(run_and_kill(site, kill * 10**6, count // kills, early=early))
        numbers, entries, faults = kept(site.database, site.order_id)
        return {"said": len(said), "lost": len(said - numbers), "half": abs(entries - len(numbers)) + faults,
                "unsaid": len(numbers - said)}


def main() -> int:
    """Runs the trial with --count writes in all, and its control."""
    args = arguments(__doc__ or "", 20_000)
    sound = trial(args.database, args.count, KILLS, early=False)
    broken = trial(args.database, KILLS * 20, KILLS, early=True)
    return verdict(f"{KILLS} SIGKILLs during {sound['said']} writes, {'PostgreSQL' if args.database else 'SQLite'}", {
        "said to be done, and lost": (sound["lost"], "0", sound["lost"] == 0),
        "half: without their entry, or a torn chain": (sound["half"], "0", sound["half"] == 0),
        "written, but killed before it was said": (sound["unsaid"], "any", True),
        "control that says it before it commits: lost": (broken["lost"], "> 0", broken["lost"] > 0),
    })


if __name__ == "__main__":
    sys.exit(writer(*sys.argv[2:]) if sys.argv[1:2] == ["writer"] else main())
