"""The audit: an append-only chain of entries per order and organisation, with heads kept outside the database."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from market.access import Act, Note
from market.clock import Moment
from market.database import Names, Table, locked, put_once
from market.keys import Keys

FIRST = "0" * 64  # what the first entry of a chain names as the one before it
SITE = "site"
PURPOSE = "audit"
REFUSED = ".refused"  # what the entry of a refused attempt has behind its event


class AuditEntry(Table):
    """One thing that somebody did or saw; subject is the candidate whose data it touched."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    person_id: Mapped[int | None] = mapped_column(Integer, index=True)
    organisation_id: Mapped[int | None] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    subject: Mapped[int | None] = mapped_column(Integer, index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(Names, default=dict)
    previous: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("chain", "seq"),)


class AuditHead(Table):
    """The newest entry of a chain: locked while an entry is added, so that a chain never forks."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    digest: Mapped[str] = mapped_column(Text, default=FIRST)


@dataclass(frozen=True)
class Fault:
    """Where a chain is not what it was: edited, moved, missing, truncated or rewritten, at one place."""

    chain: str
    seq: int
    what: str


Heads = Mapping[str, tuple[int, str]]  # chain -> (seq, digest)


def _plain(value: Any) -> Any:
    """One form for equal values: 10 and 10.0 are the same number, and a moment is text in UTC."""
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]


def canonical(value: Any) -> bytes:
    """JSON that is the same for equal values, whatever database it went through."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


FIELDS = ("chain", "seq", "at", "person_id", "organisation_id", "role", "event", "kind", "object_id", "subject", "detail",
          "previous")


def digest_of(entry: AuditEntry, keys: Keys) -> str:
    """An entry's HMAC: without the key nobody can write an entry that fits."""
    body = canonical([getattr(entry, name) for name in FIELDS])
    return hmac.new(keys.derived(PURPOSE), body, hashlib.sha256).hexdigest()


def _head(session: Session, chain: str) -> AuditHead:
    put_once(session, AuditHead, chain=chain, seq=0, digest=FIRST)
    head = locked(session, AuditHead, chain)
    assert head is not None
    return head


def chain_of(act: Act, note: Note) -> str:
    """An order has its own chain; other acts join that of the actor's organisation, or the site's."""
    if note.order_id:
        return f"order:{note.order_id}"
    return f"organisation:{act.actor.organisation_id}" if act.actor.organisation_id else SITE


def record(act: Act, event: str, note: Note) -> AuditEntry:
    """Adds one entry in the act's transaction."""
    head = _head(act.session, chain_of(act, note))
    entry = AuditEntry(
        chain=head.chain, seq=head.seq + 1, at=act.now, person_id=act.actor.person_id,
        organisation_id=act.actor.organisation_id, role=str(act.actor.role), event=event, kind=note.kind,
        object_id=note.object_id, subject=note.subject, detail=json.loads(canonical(note.detail)), previous=head.digest)
    entry.digest = digest_of(entry, act.keys)
    head.seq, head.digest = entry.seq, entry.digest
    act.session.add(entry)
    act.session.flush()
    return entry


def _faults_of(chain: str, entries: Iterable[AuditEntry], head: tuple[int, str] | None, keys: Keys) -> Iterator[Fault]:
    previous, place, anchored = FIRST, 0, ""
    for entry in entries:
        if entry.seq != place + 1:
            yield Fault(chain, place + 1, "missing")
            return
        place = entry.seq
        if not hmac.compare_digest(digest_of(entry, keys), entry.digest):
            yield Fault(chain, place, "edited")
            return
        if entry.previous != previous:
            yield Fault(chain, place, "moved")
            return
        previous = entry.digest
        if head and place == head[0]:
            anchored = previous
    if head and place < head[0]:
        yield Fault(chain, place + 1, "truncated")
    elif head and anchored != head[1]:
        yield Fault(chain, head[0], "rewritten")


def verify(session: Session, heads: Heads, keys: Keys) -> list[Fault]:
    """The first fault of every chain that has one; heads are those that were anchored outside the database."""
    chains = sorted({*heads, *session.scalars(select(AuditEntry.chain).distinct())})
    faults: list[Fault] = []
    for chain in chains:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.seq)
                               .execution_options(populate_existing=True))
        faults += _faults_of(chain, rows, heads.get(chain), keys)
    return faults


def size(session: Session) -> tuple[int, int]:
    """How many chains there are, and how many entries in all."""
    row = session.execute(select(func.count(AuditEntry.chain.distinct()), func.count())).one()
    return row[0], row[1]


def anchor(session: Session, path: Path, keys: Keys, now: datetime) -> int:
    """Appends the heads that moved since the last line to a file outside the database, signed; gives their number."""
    known = anchored(path, keys)
    moved = {head.chain: [head.seq, head.digest] for head in session.scalars(select(AuditHead).order_by(AuditHead.chain))
             if known.get(head.chain) != (head.seq, head.digest)}
    if moved:
        path.parent.mkdir(parents=True, exist_ok=True)
        body = canonical({"at": now, "heads": moved}).decode()
        with path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two workers: a line is written whole
            file.write(keys.signed("audit heads", body) + "\n")
    return len(moved)


def anchored(path: Path, keys: Keys) -> dict[str, tuple[int, str]]:
    """The newest anchored head of every chain; NotFound for a line whose signature is wrong."""
    found: dict[str, tuple[int, str]] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            body = json.loads(keys.checked("audit heads", line))
            found.update((chain, (seq, digest)) for chain, (seq, digest) in body["heads"].items())
    return found


def who_read(session: Session, candidate_id: int) -> list[AuditEntry]:
    """Every act that touched the data of one candidate, newest first: what the candidate may see."""
    query = select(AuditEntry).where(AuditEntry.subject == candidate_id)
    return list(session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())))
