"""Two relays tell the index of 20,000 changes and are killed 50 times: nothing differs or is missing; a blind one fails.

The blind control takes its notes away before the index has acknowledged them, and writes what it read then without versions.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
from ground import DATA, database_at, verdict
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from index import Index, open_index
from index.elastic import remove_index
from index.vocabulary import load_search_vocabulary
from market import indexing, outbox
from market.database import Database, open_database
from market.migrations import migrate
from market.models import Park
from market.outbox import OutboxNote

TODAY = date(2026, 3, 2)
RECORDS, TOGETHER = 2_000, 10  # rows that change, changes of one transaction
GONE = 0.04  # of the changes: the row is deleted, or comes back
LOOK_S, KILL_S = 0.1, 1.2  # how often lag is looked at; the mean time between kills
MOST_LAG_S, DRAINED_WITHIN_S = 5.0, 300.0
FORK = get_context("fork")  # a relay is back at once, as under a supervisor that keeps one ready


@dataclass(frozen=True)
class Place:
    """Where rows and index are, and how many changes come in a second."""

    database: str
    index: str
    rate: float


class Shuffled:
    """An index that is told documents in any order, with pauses in which a relay may be killed."""

    def __init__(self, inner: Index) -> None:
        self.inner, self._draw = inner, random.Random(os.getpid())

    def _wait(self) -> None:
        time.sleep(self._draw.uniform(0, 0.05))

    def put(self, documents) -> int:  # type: ignore[no-untyped-def]
        """Writes in any order."""
        shuffled = list(documents)
        self._draw.shuffle(shuffled)
        self._wait()
        done = self.inner.put(shuffled)
        self._wait()
        return done

    def delete(self, ids) -> int:  # type: ignore[no-untyped-def]
        """Takes away."""
        self._wait()
        return self.inner.delete(ids)


def blindly(database: Database, index: Shuffled) -> None:
    """One batch the wrong way: notes go first, documents follow when they may, the last to write wins."""
    with database.write() as session:
        notes = session.execute(select(OutboxNote.id, OutboxNote.kind, OutboxNote.record_id).order_by(
            func.random()).limit(200)).all()
        records = list(dict.fromkeys((kind, key) for _, kind, key in notes))
        documents, gone = indexing._as_they_are(session, records, TODAY)
        session.execute(delete(OutboxNote).where(OutboxNote.id.in_([note for note, _, _ in notes])))
    if documents:
        index.put([replace(document, version=1) for document in documents])
    if gone:
        index.delete(gone)


def relay(place: Place, ready: Index, blind: bool) -> None:
    """One relay, until it is killed."""
    database, index = open_database(place.database), Shuffled(ready)
    while True:
        if blind:
            blindly(database, index)
        else:
            indexing.drain(database, index, TODAY)  # type: ignore[arg-type]
        time.sleep(0.05)


def change(session: Session, number: int, draw: random.Random) -> None:
    """One change of a row, with its note."""
    key = f"P{draw.randrange(RECORDS):05d}"
    row = session.get(Park, key)
    if row is None:
        session.add(Park(id=key, name=f"Change {number}", version=number + 2))
    elif draw.random() < GONE:
        session.delete(row)
    else:
        row.name, row.version = f"Change {number}", number + 2
    outbox.note(session, "park", key)
    session.flush()


def write(place: Place, count: int) -> None:
    """Makes the changes, some at a time, no faster than the rate."""
    database, draw, began = open_database(place.database), random.Random(7), time.monotonic()
    for start in range(0, count, TOGETHER):
        with database.write() as session:
            for number in range(start, min(start + TOGETHER, count)):
                change(session, number, draw)
        time.sleep(max(0.0, began + (start + TOGETHER) / place.rate - time.monotonic()))


class Lag:
    """How long each note waited: from its making until it was last seen."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.waited: dict[int, float] = {}

    def look(self) -> int:
        """Looks once; gives how many wait."""
        with self.database.read() as session:
            rows = session.execute(select(OutboxNote.id, OutboxNote.noted_at)).all()
        now = datetime.now(UTC)
        for key, noted in rows:
            self.waited[key] = (now - noted.replace(tzinfo=UTC)).total_seconds()
        return len(rows)

    def percentile(self, of: int, percent: float) -> float:
        """Of so many notes; those never seen were gone before they could be."""
        return float(np.percentile([*self.waited.values(), *[LOOK_S] * (of - len(self.waited))], percent))


def started(place: Place, ready: Index, blind: bool) -> BaseProcess:
    """A new relay; what it reads once is there already."""
    process = FORK.Process(target=relay, args=(place, ready, blind), daemon=True)
    process.start()
    return process


def storm(place: Place, count: int, kills: int, blind: bool) -> dict[str, float]:
    """Changes, relays and kills; then what was left and what differs."""
    database, draw = open_database(place.database), random.Random(3)
    ready = open_index(place.index, load_search_vocabulary(DATA))  # nothing in it is open yet
    lag, killed, next_kill = Lag(database), 0, time.monotonic() + KILL_S
    relays = [started(place, ready, blind) for _ in range(2)]
    writer = FORK.Process(target=write, args=(place, count))
    writer.start()
    until = time.monotonic() + count / place.rate + DRAINED_WITHIN_S
    while time.monotonic() < until:
        waiting = lag.look()
        if not writer.is_alive() and killed >= kills and not waiting:
            break
        if killed < kills and time.monotonic() > next_kill:
            victim = draw.randrange(2)
            os.kill(relays[victim].pid or 0, signal.SIGKILL)
            relays[victim].join()
            relays[victim] = started(place, ready, blind)
            killed, next_kill = killed + 1, time.monotonic() + draw.uniform(0.5, 1.5) * KILL_S
        time.sleep(LOOK_S)
    time.sleep(3)  # what a blind relay has taken may still be on its way
    for process in relays:
        process.kill()
        process.join()
    left = lag.look()
    database.engine.dispose()
    return {"killed": killed, "left": left, "broken": int(writer.exitcode != 0),
            "p50": lag.percentile(count, 50), "p99": lag.percentile(count, 99), **compared(place, blind)}


def compared(place: Place, blind: bool) -> dict[str, float]:
    """Documents that differ from their rows, that are missing, and that should not be there. The blind control's versions
    are made up, so its documents are held by their content."""
    index = open_index(place.index, load_search_vocabulary(DATA))
    found = {"different": 0, "missing": 0, "surplus": 0}
    with open_database(place.database).read() as session:
        if blind:
            held = index.get([row.id for row in session.scalars(select(Park))])
            for row in session.scalars(select(Park)):
                document = held.get(row.id)
                found["missing"] += document is None
                found["different"] += document is not None and document.title != row.name
            found["surplus"] = index.status().documents - len(held)
            return found
        for one in indexing.verify(session, index, TODAY):
            found[one.what if one.what in found else "different"] += 1
    return found


@contextmanager
def places(database: str, elastic: str, rate: float) -> Iterator[Place]:
    """A database with rows and an index like them."""
    with tempfile.TemporaryDirectory() as folder, database_at(database, Path(folder)) as url:
        place = Place(url, f"{elastic.rstrip('/')}/outbox?timeout=30" if elastic else f"embedded:{folder}/index", rate)
        made = open_database(url)
        migrate(made)
        with made.write() as session:
            session.add_all(Park(id=f"P{number:05d}", name=f"Park {number}", version=1) for number in range(RECORDS))
        indexing.rebuild(made, open_index(place.index, load_search_vocabulary(DATA)), TODAY)
        made.engine.dispose()  # nothing open when relays are forked
        try:
            yield place
        finally:
            if elastic:
                remove_index(place.index)


def main() -> int:
    """Runs the trial and its control."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="a PostgreSQL address; empty: SQLite")
    parser.add_argument("--elastic", default="", help="address of a cluster, without a name; empty: embedded")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rate", type=float, default=100.0, help="changes a second")
    args = parser.parse_args()
    with places(args.database, args.elastic, args.rate) as place:
        sound = storm(place, args.count, args.kills, blind=False)
    with places(args.database, args.elastic, args.rate) as place:
        blind = storm(place, max(2_000, args.count // 5), max(5, args.kills // 5), blind=True)
    wrong = int(blind["different"] + blind["missing"] + blind["surplus"])
    where = f"{'PostgreSQL' if args.database else 'SQLite'}, {'Elasticsearch' if args.elastic else 'embedded'}"
    return verdict(f"{args.count:,} changes at {args.rate:.0f}/s, 2 relays, {where}", {
        "relays killed": (sound["killed"], str(args.kills), sound["killed"] == args.kills),
        "changes that could not be made": (sound["broken"], "0", sound["broken"] == 0),
        "notes left": (sound["left"], "0", sound["left"] == 0),
        "documents that differ": (sound["different"], "0", sound["different"] == 0),
        "documents missing": (sound["missing"], "0", sound["missing"] == 0),
        "documents without a row": (sound["surplus"], "0", sound["surplus"] == 0),
        "lag p50, s": (round(sound["p50"], 2), "stated", True),
        "lag p99, s": (round(sound["p99"], 2), f"<= {MOST_LAG_S:.0f}", sound["p99"] <= MOST_LAG_S),
        "blind control: differing, missing or surplus": (wrong, "> 0", wrong > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
