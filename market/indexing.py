"""From rows to what the index holds: for a rebuild, for what waits in the outbox, and to compare the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from index import Index, Progress
from index.documents import Document
from index.plain import institution_document, order_document, park_document, policy_document
from market import outbox
from market.database import Database
from market.institutions.models import Institution
from market.orders.models import Order
from market.orders.queries import public
from market.parks.models import Park
from market.policies.models import Policy

BATCH = 1000
TURN = "index"  # whose turn it is to tell the index: many drain together, one builds alone
Row = Institution | Order | Park | Policy
TABLES: dict[str, type[Row]] = {"institution": Institution, "order": Order, "park": Park, "policy": Policy}


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*names, "id", "version", "source_kind")}


def document_of(row: Row, today: date) -> Document:
    """The document of one row as it stands today."""
    if isinstance(row, Institution):
        return institution_document(_fields(
            row, "name", "english_name", "services", "industries", "role_families", "regions", "district", "profile",
            "track_record", "notes", "address", "unified_code", "credit_grade", "capacity_per_quarter", "lon", "lat",
        ) | {"park": row.park.short_name if row.park else "", "licences": sorted(row.held(today))})
    if isinstance(row, Order):
        return order_document(_fields(
            row, "title", "service_mode", "industry", "role_family", "must_have", "district", "description", "state",
            "headcount",
        ) | {"enterprise": row.enterprise_name, "deadline": row.deadline.toordinal() if row.deadline else None})
    if isinstance(row, Park):
        return park_document(_fields(row, "name", "short_name", "aliases", "address", "themes", "district", "notes",
                                     "lon", "lat"))
    return policy_document(_fields(row, "name", "document_number", "issuing_bodies", "summary", "eligible_subjects",
                                   "thresholds"))


def documents(session: Session, today: date) -> Iterator[Document]:
    """Every document, for a rebuild; rows are read in batches."""
    for kind, table in TABLES.items():
        query = select(table).where(*_anybody_may_see(kind)).order_by(table.id)
        rows: Iterable[Row] = session.scalars(query.execution_options(yield_per=BATCH))
        yield from (document_of(row, today) for row in rows)


def _anybody_may_see(kind: str) -> tuple[ColumnElement[bool], ...]:
    """What a row must be to stand in the index: an order is there from its publication on, never before."""
    return (public(),) if kind == "order" else ()


@dataclass(frozen=True)
class Drained:
    """What the index was told: documents written, ids taken away."""

    written: int = 0
    deleted: int = 0


def _as_they_are(session: Session, records: Sequence[tuple[str, str]], today: date) -> tuple[list[Document], list[str]]:
    """(documents of the records that anybody may see, ids of those that are gone or hidden)."""
    documents, gone = [], []
    for kind, key in records:
        table = TABLES[kind]
        row = cast(Row | None, session.scalar(select(table).where(table.id == key, *_anybody_may_see(kind))))
        if row is None:
            gone.append(key)
        else:
            documents.append(document_of(row, today))
    return documents, gone


def drain(database: Database, index: Index, today: date, most: int = 500) -> Drained:
    """Tells the index what waits in the outbox, batch by batch; may run in several workers at once.

    Each document is built from its row as it is now, and its note goes only after the index has acknowledged it: a
    worker that dies between leaves the note, and the same document is written again. IndexUnavailable leaves all notes.
    While the index is built anew, all notes wait: what the old one is told, the new one might never hear. On
    PostgreSQL workers share the work, on SQLite they take turns: its rows cannot be locked one by one.
    """
    written = deleted = 0
    with database.turn(TURN, shared=_shares_rows(database)) as mine:
        while mine and (batch := _drain_once(database, index, today, most)):
            written, deleted = written + batch.written, deleted + batch.deleted
    return Drained(written, deleted)


def rebuild(database: Database, index: Index, today: date, progress: Progress | None = None) -> int:
    """Builds the index from the rows as they are now; what the outbox noted until then is settled. Gives the documents.

    progress: called with (documents written, documents in all).
    """
    with database.turn(TURN, wait=True):
        with database.read() as session:
            newest, total = outbox.newest(session), how_many(session)
            count = index.rebuild(documents(session, today), (lambda done, _: progress(done, total)) if progress else None)
        with database.write() as session:
            outbox.settle(session, newest)
    if progress:
        progress(count, count)
    return count


def how_many(session: Session) -> int:
    """The number of documents that a rebuild will make."""
    counts = (select(func.count()).select_from(table).where(*_anybody_may_see(kind)) for kind, table in TABLES.items())
    return sum(session.scalar(query) or 0 for query in counts)


def _shares_rows(database: Database) -> bool:
    return database.engine.dialect.name == "postgresql"


def _tell(session: Session, index: Index, claimed: outbox.Claimed, today: date) -> Drained:
    documents, gone = _as_they_are(session, claimed.records, today)
    return Drained(index.put(documents) if documents else 0, index.delete(gone) if gone else 0)


def _drain_once(database: Database, index: Index, today: date, most: int) -> Drained | None:
    """One batch, or None where nothing waits that another worker has not taken."""
    if _shares_rows(database):
        with database.write() as session:
            claimed = outbox.claim(session, most)
            told = _tell(session, index, claimed, today) if claimed.records else None
            outbox.done(session, claimed)
        return told
    with database.read() as session:  # a writing session would keep everyone else from writing while the index works
        claimed = outbox.claim(session, most)
        told = _tell(session, index, claimed, today) if claimed.records else None
    if told:
        with database.write() as session:
            outbox.done(session, claimed)
    return told


@dataclass(frozen=True)
class Difference:
    """A document that is not as its row says. what: "missing" (no document), "surplus" (no row), "older" or "newer"
    (another version), "differs" (same version; fields names what)."""

    kind: str
    id: str
    what: str
    fields: tuple[str, ...] = ()


def _compared(wanted: Document, held: Document | None) -> Difference | None:
    if held is None:
        return Difference(wanted.kind, wanted.id, "missing")
    if held.version != wanted.version:
        return Difference(wanted.kind, wanted.id, "older" if held.version < wanted.version else "newer")
    names = tuple(f.name for f in fields(Document) if getattr(held, f.name) != getattr(wanted, f.name))
    return Difference(wanted.kind, wanted.id, "differs", names) if names else None


def verify(session: Session, index: Index, today: date) -> Iterator[Difference]:
    """Compares every document with its row; yields each difference, those without a row last."""
    seen: set[str] = set()
    rows = documents(session, today)
    while batch := list(islice(rows, BATCH)):
        held = index.get([document.id for document in batch])
        seen.update(document.id for document in batch)
        yield from filter(None, (_compared(document, held.get(document.id)) for document in batch))
    surplus = [key for key in index.ids() if key not in seen]
    for start in range(0, len(surplus), BATCH):
        found = index.get(surplus[start : start + BATCH])
        yield from (Difference(document.kind, key, "surplus") for key, document in found.items())
