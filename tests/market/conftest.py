"""Databases for the market's tests: every test that asks for one runs on SQLite and, where it is given, on PostgreSQL.

A server makes one migrated database as a pattern and copies it for each test, which costs some milliseconds.
"""

import json
import os
import shutil
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from geo.locate import locator
from market.database import open_database
from market.imports.load import LoadPlan, load
from market.migrations import migrate

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = date(2026, 11, 25)


class SqliteServer:
    """Databases as files in one folder."""

    def __init__(self, folder):
        self.folder, self._numbers, self._open = folder, count(), []
        self.pattern = folder / "pattern.db"
        database = open_database(f"sqlite:///{self.pattern}")
        migrate(database)
        database.engine.dispose()

    def database(self, *, migrated=True):
        path = self.folder / f"{next(self._numbers)}.db"
        if migrated:
            shutil.copy(self.pattern, path)
        self._open.append(open_database(f"sqlite:///{path}"))
        return self._open[-1]

    def tidy(self):
        while self._open:
            self._open.pop().engine.dispose()

    def close(self):
        self.tidy()


class PostgresServer:
    """Databases beside the one that TEST_DATABASE_URL names; the account must be allowed to create databases."""

    def __init__(self, url):
        self.url, self._numbers, self._open = make_url(url), count(), []
        self._mark = f"{self.url.database}_{os.getpid()}"
        self._admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.pattern = f"{self._mark}_pattern"
        self._run(f'CREATE DATABASE "{self.pattern}"')
        database = open_database(self._address(self.pattern))
        migrate(database)
        database.engine.dispose()

    def database(self, *, migrated=True):
        name = f"{self._mark}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{self.pattern}"' if migrated else ""))
        self._open.append((name, open_database(self._address(name))))
        return self._open[-1][1]

    def tidy(self):
        while self._open:
            name, database = self._open.pop()
            database.engine.dispose()
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self):
        self.tidy()
        self._run(f'DROP DATABASE "{self.pattern}" WITH (FORCE)')
        self._admin.dispose()

    def _address(self, name):
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement):
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory):
    if request.param == "sqlite":
        made = SqliteServer(tmp_path_factory.mktemp("databases"))
    else:
        url = os.environ.get("TEST_DATABASE_URL")
        if not url:
            pytest.skip("TEST_DATABASE_URL is not set: give the address of a PostgreSQL database that may be used for tests")
        made = PostgresServer(url)
    yield made
    made.close()


@pytest.fixture
def database(server):
    """A database with the newest schema and no rows."""
    yield server.database()
    server.tidy()


@pytest.fixture
def bare_database(server):
    """A database without any table."""
    yield server.database(migrated=False)
    server.tidy()


@pytest.fixture(scope="session")
def data_dir():
    return DATA


@pytest.fixture(scope="session")
def place():
    """Places in the district, as the product draws them."""
    return locator(DATA).random_point


@pytest.fixture(scope="session")
def plan(place):
    return LoadPlan(DATA, place, TODAY)


@pytest.fixture
def grounded(database, plan):
    """A database that knows the districts and the parks."""
    assert not any(report.refused or report.failed
                   for report in load(database, [DATA / "taxonomy", DATA / "reference/parks.csv"], plan))
    return database


@pytest.fixture
def write_lines(tmp_path):
    """Writes rows as JSON lines; text stands as it is."""

    def write(name, rows):
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n"
                                for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def sample_rows():
    """The hand-written rows: name of the file -> rows."""
    return {name: [json.loads(line) for line in (DATA / "sample" / name).read_text(encoding="utf-8").splitlines()]
            for name in ("institutions.jsonl", "orders.jsonl")}
