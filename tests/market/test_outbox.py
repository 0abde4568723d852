"""The outbox: a note is kept exactly when its change is."""

import pytest

from market import outbox
from market.imports.load import load
from market.models import Park


def test_a_note_is_undone_with_its_change(database):
    def fail():
        with database.write() as session:
            session.add(Park(id="P1", name="试验园区"))
            outbox.note(session, "park", "P1")
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert (session.get(Park, "P1"), outbox.waiting(session)) == (None, [])


def test_a_record_that_changed_twice_waits_once_and_the_oldest_is_first(database):
    with database.write() as session:
        for key in ("P2", "P1", "P2"):
            outbox.note(session, "park", key)
            session.flush()
    with database.read() as session:
        assert outbox.waiting(session) == [("park", "P2"), ("park", "P1")]
        assert outbox.waiting(session, most=1) == [("park", "P2")]


def test_settling_keeps_what_came_later(database):
    with database.write() as session:
        outbox.note(session, "park", "P1")
    with database.read() as session:
        seen = outbox.newest(session)
    with database.write() as session:
        outbox.note(session, "order", "O1")
    with database.write() as session:
        outbox.settle(session, seen)
    with database.read() as session:
        assert outbox.waiting(session) == [("order", "O1")]


def test_an_empty_outbox_has_no_newest_note(database):
    with database.read() as session:
        assert (outbox.newest(session), outbox.waiting(session)) == (0, [])


def test_only_what_can_be_found_is_noted(database, data_dir, plan):
    load(database, [data_dir / "taxonomy", data_dir / "reference"], plan)
    with database.read() as session:
        kinds = {kind for kind, _ in outbox.waiting(session, most=10_000)}
    assert kinds == {"institution", "order", "park", "policy"}
