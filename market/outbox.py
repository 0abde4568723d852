"""Notes what the index must learn, in the same transaction as the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, Integer, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from market.database import Table


class OutboxNote(Table):
    """One changed record that the index has not yet been told of."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


def note(session: Session, kind: str, record_id: str) -> None:
    """Notes a change of a record in the caller's transaction."""
    session.add(OutboxNote(kind=kind, record_id=record_id))


def newest(session: Session) -> int:
    """The id of the newest note, 0 without any: everything up to it is covered by a rebuild that starts now."""
    return session.scalar(select(func.max(OutboxNote.id))) or 0


def waiting(session: Session, most: int = 500) -> list[tuple[str, str]]:
    """Records that wait, oldest first, each once."""
    rows = session.execute(select(OutboxNote.kind, OutboxNote.record_id).order_by(OutboxNote.id).limit(most))
    return list(dict.fromkeys((kind, record_id) for kind, record_id in rows))


def settle(session: Session, up_to: int) -> None:
    """Takes away the notes up to one id: the index has what they told of."""
    session.execute(delete(OutboxNote).where(OutboxNote.id <= up_to))


@dataclass(frozen=True)
class Claimed:
    """Records that one worker has to itself until the session ends, and the ids of their notes."""

    records: tuple[tuple[str, str], ...]
    notes: tuple[int, ...]


def claim(session: Session, most: int = 500) -> Claimed:
    """Takes the oldest waiting notes for this session alone; another worker passes over them and over their records.

    PostgreSQL: locked until the transaction ends, so that a worker that dies gives its notes back at once. SQLite: the
    caller has its turn; a session that only reads keeps nobody from writing meanwhile.
    """
    query = select(OutboxNote.id, OutboxNote.kind, OutboxNote.record_id).order_by(OutboxNote.id).limit(most)
    notes = session.execute(query.with_for_update(skip_locked=True)).all()
    shared = session.get_bind().dialect.name == "postgresql"
    mine: dict[tuple[str, str], bool] = {}
    for _, kind, key in notes:
        if (kind, key) not in mine:
            mine[kind, key] = not shared or bool(session.scalar(
                select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"{kind} {key}", 0)))))
    kept = tuple(note for note, kind, key in notes if mine[kind, key])
    return Claimed(tuple(record for record, taken in mine.items() if taken), kept)


def done(session: Session, claimed: Claimed) -> None:
    """Takes the claimed notes away: the index has acknowledged what they told of."""
    session.execute(delete(OutboxNote).where(OutboxNote.id.in_(claimed.notes)))
