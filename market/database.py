"""Opens the database: SQLite with real transactions by default, PostgreSQL for production; one way to read and write."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, Engine, MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

__all__ = ["Database", "Names", "Session", "Table", "open_database"]

NAMES = {  # fixed names for constraints, so that a migration can name what it changes on both databases
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


# A list of names: JSON text in SQLite, binary JSON in PostgreSQL.
Names = JSON().with_variant(JSONB(), "postgresql")


class Table(DeclarativeBase):
    """What every table of the market derives from."""

    metadata = MetaData(naming_convention=NAMES)


def _sqlite_connection(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to keep two writers apart
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


Row = TypeVar("Row", bound=Table)


class Database:
    """One database; sessions come from `read` and `write` only."""

    def __init__(self, engine: Engine, lock: Path | None) -> None:
        self.engine, self._lock = engine, lock

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that reads; what it changes is not kept."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end, undone on any error.

        On SQLite a file lock is taken before the write lock: waiting at the file is fair, waiting in SQLite is not.
        """
        with _file_lock(self._lock) if self._lock else nullcontext(), Session(self.engine) as session:
            session.connection(execution_options={"caitu_write": True})
            yield session
            session.commit()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_database(url: str) -> Database:
    """Opens a database by its SQLAlchemy address; the folder of a SQLite file is made when missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return Database(create_engine(parsed, pool_pre_ping=True, hide_parameters=True), None)
    path = Path(parsed.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, hide_parameters=True)  # an error that is logged names no value of a row
    event.listen(engine, "connect", _sqlite_connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        wants = connection.get_execution_options().get("caitu_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if wants else "BEGIN")

    return Database(engine, path.with_suffix(".lock"))


def put_once(session: Session, table: type[Table], **values: Any) -> bool:
    """Adds a row unless its key is there; True when it was added. Waits for another transaction that adds the same."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = next(iter(table.__table__.primary_key))
    added = session.execute(insert(table).values(**values).on_conflict_do_nothing().returning(key)).first()
    return added is not None


def locked(session: Session, table: type[Row], key: Any) -> Row | None:
    """A row as it is now, locked until the transaction ends (on SQLite the whole database is), or None."""
    return session.get(table, key, with_for_update={"of": table}, populate_existing=True)
