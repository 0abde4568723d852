"""Every test runs on SQLite and on PostgreSQL, each in one outer transaction that is undone at its end."""

import os
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from market.access import Act, Actor
from market.database import Database, open_database
from market.demo.cast import Builder, make_cast
from market.demo.scene import Scene
from market.districts.models import District
from market.institutions.models import Institution, Licence
from market.institutions.rules import sample_code
from market.keys import Keys
from market.migrations import migrate
from market.vocabulary import HR_LICENCE

DATA = Path(__file__).resolve().parents[2] / "data"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai


class OneTransaction(Database):
    """A database whose transactions are savepoints of one connection."""

    def __init__(self, connection):
        super().__init__(connection.engine, None)
        self.connection = connection

    @contextmanager
    def read(self):
        with Session(self.connection, join_transaction_mode="create_savepoint") as session:
            yield session

    @contextmanager
    def write(self):
        with Session(self.connection, join_transaction_mode="create_savepoint") as session:
            yield session
            session.commit()


@contextmanager
def postgres_schema(url):
    """A schema of its own in the test database, gone afterwards; gives the address that works inside it."""
    name = f"orders_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        yield make_url(url).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()


@contextmanager
def database_at(kind, folder):
    """A migrated database of one kind."""
    if kind == "sqlite":
        database = open_database(f"sqlite:///{folder / 'test.sqlite3'}")
        migrate(database)
        yield database
        database.engine.dispose()
        return
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.skip("no PostgreSQL: set TEST_DATABASE_URL")
    with postgres_schema(url) as inside:
        database = open_database(inside)
        migrate(database)
        yield database
        database.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated(request, tmp_path_factory):
    """A migrated database for all tests of a kind."""
    with database_at(request.param, tmp_path_factory.mktemp(request.param)) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path):
    """A migrated database of a test's own, for what one transaction cannot show."""
    with database_at(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def database(migrated):
    """The database inside one outer transaction."""
    with migrated.engine.connect().execution_options(caitu_write=True) as connection:
        outer = connection.begin()
        yield OneTransaction(connection)
        outer.rollback()


@pytest.fixture
def session(database):
    """A session inside the outer transaction."""
    with Session(database.connection, join_transaction_mode="create_savepoint") as session:
        yield session


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = NOON

    def forward(self, **amount):
        self.now += timedelta(**amount)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys():
    return Keys(b"k" * 32)


@pytest.fixture
def act(session, clock, keys):
    """Makes an act of somebody at the clock's moment; a visitor's by default."""
    return lambda actor=None: Act(session, actor or Actor(), clock.now, keys, DATA)


def add_firms(session):
    """A district and six firms with a licence: what demo orders need."""
    session.add(District(code="310104", name="Xuhui", short="XH", name_en="Xuhui", land_area_km2=54.8))
    for number in range(1, 7):
        session.add(Institution(id=f"F{number}", name=f"Firm {number}", unified_code=sample_code(number), credit_grade="B",
                                licences=[Licence(name=HR_LICENCE, number=f"L{number}", valid_from=date(2025, 1, 1),
                                                  valid_to=date(2029, 12, 31))]))
    session.flush()


@pytest.fixture
def scene(session, keys, clock):
    """A cast and an order on its way."""
    add_firms(session)
    return Scene(session, keys, DATA, make_cast(Builder(session, clock.now)), clock.now)


@pytest.fixture
def quick_hash(monkeypatch):
    """The real argon2 with the least work: what is tested here is not its cost."""
    from argon2 import PasswordHasher

    from market.accounts import passwords

    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()
