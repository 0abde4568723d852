"""The firms that a web process keeps prepared: new rows are noticed, and missing vectors cost nobody a full reading."""

import time

import pytest
from sqlalchemy import delete

from market.database import open_database
from market.institutions import queries as institutions
from market.institutions.models import Institution
from market.migrations import migrate
from market.vectors import TextVector
from matching.encoders import EncoderNotReady
from webapp import chores, desk
from webapp.clock import today
from webapp.encoding import Filling
from webapp.matchwork import MatchWork
from webapp.settings import settings_from


@pytest.fixture
def small(tmp_path, monkeypatch):
    """(the desk, its database, what computes vectors, how often all firms were read) of a site of twenty firms."""
    from matching.encoders import open_encoder

    settings = settings_from({"CAITU_VAR": str(tmp_path), "ENCODER": "test"})
    lines = (settings.data_dir / "sample/institutions.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    (tmp_path / "institutions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    database = open_database(settings.database_url)
    migrate(database)
    data = settings.data_dir
    chores.load_paths(database, settings, [data / "taxonomy", data / "reference", tmp_path / "institutions.jsonl"])
    readings, every = [], institutions.every
    monkeypatch.setattr(institutions, "every", lambda session: readings.append(1) or every(session))
    monkeypatch.setattr(desk, "LOOK_S", 0.0)
    return desk.MatchDesk(settings, database), database, Filling(settings, open_encoder("test", tmp_path)), readings


def read_until(kept, wanted):
    """The firms once they are as wanted; fails after ten seconds."""
    for _ in range(200):
        if wanted(pool := kept.pool(today())):
            return pool
        time.sleep(0.05)
    raise AssertionError("the change was never noticed")


def test_while_vectors_are_missing_the_firms_are_read_once(small):
    kept, _, filling, readings = small
    for _ in range(3):
        with pytest.raises(EncoderNotReady):
            kept.pool(today())
    assert len(readings) == 1
    filling.run()
    del readings[:]
    assert len(kept.pool(today()).profiles) > 0
    assert readings == []


def test_a_changed_firm_is_noticed_without_the_index_and_without_making_readers_wait(small):
    kept, database, filling, _ = small
    filling.run()
    before = kept.pool(today())
    firm = before.profiles[0].id
    with database.write() as session:
        row = session.get(Institution, firm)
        row.capacity_per_quarter, row.version = 4321, row.version + 1
    assert kept.pool(today()) is before
    after = read_until(kept, lambda pool: pool is not before)
    assert after.profiles[after.row_of[firm]].capacity_per_quarter == 4321


def test_the_plan_of_the_city_follows_the_firms_that_it_was_made_from(small, tmp_path):
    """While changed firms are prepared the plan is of the old ones, and is made again once they are there."""
    _, database, filling, _ = small
    filling.run()
    made = MatchWork(filling.settings, database, filling.encoder)
    assert made.plan(today())
    before, state = made.desk.prepared(today())
    with database.write() as session:
        row = session.get(Institution, before.profiles[0].id)
        row.capacity_per_quarter, row.version = 4321, row.version + 1
    assert made.desk.prepared(today()) == (before, state)
    read_until(made.desk, lambda pool: pool is not before)
    assert made.plan(today())
    assert not made.plan(today())


def test_while_a_new_firm_has_no_vector_the_others_stay(small):
    kept, database, filling, readings = small
    filling.run()
    before = kept.pool(today())
    with database.write() as session:
        session.execute(delete(TextVector))
        session.get(Institution, before.profiles[0].id).version += 1
    del readings[:]
    for _ in range(20):
        assert kept.pool(today()) is before
        time.sleep(0.02)
    assert len(readings) == 1
    filling.run()
    assert len(read_until(kept, lambda pool: pool is not before).profiles) == len(before.profiles)
