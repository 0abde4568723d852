"""What waits is told to the index, and the index is held against the rows."""

from datetime import date
from threading import Event, Thread

import pytest
from sqlalchemy import delete

from index import IndexUnavailable, open_index
from index.queries import Query
from index.vocabulary import load_search_vocabulary
from market import outbox
from market.indexing import Difference, Drained, documents, drain, rebuild, verify
from market.models import Order, Park

TODAY = date(2026, 11, 25)


@pytest.fixture
def index(tmp_path, data_dir):
    made = open_index(f"embedded:{tmp_path / 'index'}", load_search_vocabulary(data_dir))
    made.rebuild([])
    return made


def add(database, *keys):
    with database.write() as session:
        for key in keys:
            session.add(Park(id=key, name=f"试验园区{key}"))
            outbox.note(session, "park", key)


def waiting(database):
    with database.read() as session:
        return outbox.waiting(session)


def differences(database, index):
    with database.read() as session:
        return list(verify(session, index, TODAY))


def test_what_waits_is_written_as_the_row_is_now_and_its_note_goes(database, index):
    add(database, "P1", "P2")
    with database.write() as session:
        park = session.get(Park, "P1")
        park.name, park.version = "新名园区", 2
        outbox.note(session, "park", "P1")
    assert drain(database, index, TODAY).written == 2
    assert waiting(database) == []
    assert {hit.title for hit in index.search(Query()).hits} == {"新名园区", "试验园区P2"}


def test_a_row_that_is_gone_leaves_the_index(database, index):
    add(database, "P1")
    drain(database, index, TODAY)
    with database.write() as session:
        session.execute(delete(Park))
        outbox.note(session, "park", "P1")
    assert drain(database, index, TODAY).deleted == 1
    assert index.count(Query()) == 0


def test_many_notes_go_in_batches(database, index):
    add(database, *(f"P{number}" for number in range(25)))
    assert drain(database, index, TODAY, most=10).written == 25
    assert waiting(database) == []


class Away:
    """An index that does not answer."""

    def put(self, documents):
        raise IndexUnavailable("away")


def test_while_the_index_is_away_every_note_stays(database):
    add(database, "P1")
    with pytest.raises(IndexUnavailable):
        drain(database, Away(), TODAY)
    assert waiting(database) == [("park", "P1")]


class Slow:
    """An index that waits in the middle of a write until it is let go."""

    def __init__(self, inner):
        self.inner, self.begun, self.go = inner, Event(), Event()

    def _hold(self):
        self.begun.set()
        self.go.wait(20)

    def put(self, documents):
        self._hold()
        return self.inner.put(documents)

    def rebuild(self, documents, progress=None):
        read = list(documents)
        self._hold()
        return self.inner.rebuild(read, progress)


def test_two_workers_never_hold_one_record_at_the_same_time(database, index):
    add(database, "P1")
    slow = Slow(index)
    first = Thread(target=drain, args=(database, slow, TODAY))
    first.start()
    assert slow.begun.wait(20)
    add_again(database)
    assert drain(database, index, TODAY).written == 0
    slow.go.set()
    first.join(20)
    drain(database, index, TODAY)
    assert waiting(database) == []


def test_while_the_index_is_built_anew_changes_wait_and_are_told_to_the_new_one(database, index):
    add(database, "P1")
    slow = Slow(index)
    building = Thread(target=rebuild, args=(database, slow, TODAY))
    building.start()
    assert slow.begun.wait(20)
    with database.write() as session:
        park = session.get(Park, "P1")
        park.name, park.version = "改名园区", 2
        outbox.note(session, "park", "P1")
    assert drain(database, index, TODAY) == Drained()
    slow.go.set()
    building.join(20)
    assert drain(database, index, TODAY).written == 1
    assert (differences(database, index), waiting(database)) == ([], [])


def test_a_rebuild_says_how_far_it_is(database, index):
    add(database, "P1", "P2", "P3")
    told = []
    assert rebuild(database, index, TODAY, lambda done, total: told.append((done, total))) == 3
    assert told[-1] == (3, 3)


def test_a_turn_is_one_workers_alone_until_it_ends(database):
    with database.turn("x") as mine, database.turn("x") as other, database.turn("y") as elsewhere:
        assert (mine, other, elsewhere) == (True, False, True)
    with database.turn("x", shared=True) as one, database.turn("x", shared=True) as two, database.turn("x") as alone:
        assert (one, two, alone) == (True, True, False)
    with database.turn("x", wait=True) as mine:
        assert mine


def add_again(database):
    with database.write() as session:
        outbox.note(session, "park", "P1")


def test_an_index_like_its_rows_has_no_difference(database, index):
    add(database, "P1", "P2")
    drain(database, index, TODAY)
    assert differences(database, index) == []


def test_every_difference_is_named(database, index):
    add(database, "P1", "P2", "P3", "P4")
    drain(database, index, TODAY)
    with database.write() as session:
        session.get(Park, "P1").name = "改名园区"
        session.get(Park, "P2").version = 2
        session.execute(delete(Park).where(Park.id == "P3"))
        session.add(Park(id="P5", name="第五园区"))
    assert differences(database, index) == [
        Difference("park", "P1", "differs", ("title", "texts", "facets")), Difference("park", "P2", "older"),
        Difference("park", "P5", "missing"), Difference("park", "P3", "surplus")]


def test_a_rebuild_heals_every_difference(database, index):
    add(database, "P1", "P2")
    with database.read() as session:
        index.rebuild(documents(session, TODAY))
    assert differences(database, index) == []


def test_an_order_is_in_the_index_from_its_publication_on_and_never_before(database, index):
    def move(state):
        with database.write() as session:
            order = session.get(Order, "O1") or Order(id="O1", title="芯片验证工程师三名", deadline=TODAY, headcount=3)
            order.state, order.version = state, (order.version or 0) + 1
            session.add(order)
            outbox.note(session, "order", "O1")
        drain(database, index, TODAY)
        with database.read() as session:
            assert [d.id for d in documents(session, TODAY)] == list(index.ids())
        return index.count(Query(text="芯片验证"))

    assert [move(state) for state in ("draft", "pending_review", "open")] == [0, 0, 1]
