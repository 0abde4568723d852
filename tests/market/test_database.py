"""The two ways into the database: reading keeps nothing, writing keeps all or nothing."""

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import func, select

from market.models import Enterprise


def enterprises(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Enterprise))


def test_what_a_reader_changes_is_not_kept(database):
    with database.read() as session:
        session.add(Enterprise(name="甲"))
        session.flush()
    assert enterprises(database) == 0


def test_an_error_undoes_the_whole_transaction(database):
    def fail():
        with database.write() as session:
            session.add(Enterprise(name="甲"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert enterprises(database) == 0


def test_writers_at_the_same_time_all_get_their_turn(database):
    failed = []

    def write(number):
        try:
            for step in range(5):
                with database.write() as session:
                    session.add(Enterprise(name=f"{number}-{step}"))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert enterprises(database) == 20


def test_a_writer_on_sqlite_holds_the_database_from_its_first_moment(database):
    """Also against one that does not know of the file lock, such as an operator's own shell."""
    if database.engine.dialect.name != "sqlite":
        return  # PostgreSQL locks rows, not the whole
    path = database.engine.url.database
    with (database.write(), closing(sqlite3.connect(path, timeout=0)) as stranger,
          pytest.raises(sqlite3.OperationalError, match="locked")):
        stranger.execute("BEGIN IMMEDIATE")
