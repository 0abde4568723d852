"""The ground of the trials: a database of its own, a cast, one order brought to a state and copied many times."""

from __future__ import annotations

import argparse
import itertools
import logging
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import NullPool, create_engine, insert, select, text
from sqlalchemy.engine import make_url

from market import models
from market.access import Act, Actor
from market.database import Database, open_database
from market.demo.cast import Builder, Cast, make_cast
from market.demo.scene import Scene
from market.districts.models import District
from market.institutions.models import Institution, Licence
from market.institutions.rules import sample_code
from market.keys import Keys
from market.migrations import migrate
from market.orders.models import Order
from market.vocabulary import HR_LICENCE

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it tells of every refusal; the trials count them
DATA = Path(__file__).resolve().parents[2] / "data"
KEYS = Keys(b"trial" * 8)
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PARTS = (models.Bid, models.BidMember, models.KeyTurn, models.PanelSeat, models.Score, models.Award, models.OrderClock)


@dataclass(frozen=True)
class Ground:
    """A database with a cast and an order in a state."""

    url: str
    database: Database
    cast: Cast
    order_id: str
    now: datetime


def arguments(about: str, count: int) -> argparse.Namespace:
    """--database (SQLite in a folder of its own by default; of PostgreSQL a schema of its own is used) and --count."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--database", default="", help="a PostgreSQL address; empty: SQLite")
    parser.add_argument("--count", type=int, default=count)
    return parser.parse_args()


@contextmanager
def ground(address: str, state: str, now: datetime = NOON) -> Iterator[Ground]:
    """Lays the ground; everything is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, database_at(address, Path(folder)) as url:
        database = open_database(url)
        migrate(database)
        with database.write() as session:
            session.add(District(code="310104", name="Xuhui", short="XH", name_en="Xuhui", land_area_km2=54.8))
            for number in range(1, 5):
                session.add(Institution(id=f"F{number}", name=f"Firm {number}", unified_code=sample_code(number), licences=[
                    Licence(name=HR_LICENCE, number=f"L{number}", valid_from=date(2020, 1, 1), valid_to=date(2099, 1, 1))]))
            session.flush()
            cast = make_cast(Builder(session, now))
            scene = Scene(session, KEYS, DATA, cast, now)
            order_id = scene.to(state).id
        yield Ground(url, database, cast, order_id, scene.now)
        database.engine.dispose()


@contextmanager
def database_at(address: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if not address:
        yield f"sqlite:///{folder / 'trial.sqlite3'}"
        return
    # A pool would keep a line to a cluster that is killed meanwhile.
    name, engine = f"trial_{uuid.uuid4().hex[:10]}", create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield make_url(address).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def copies(site: Ground, count: int, **changes: object) -> list[str]:
    """Copies the order with its parts `count` times; gives the new ids. changes: columns of the order set anew."""
    names = [f"T{number:05d}" for number in range(count)]
    with site.database.write() as session:
        source = session.execute(select(Order.__table__).where(Order.id == site.order_id)).mappings().one()
        session.execute(insert(Order), [{**source, "id": name, **changes} for name in names])
        new_ids: dict[tuple[str, str, int], int] = {}
        counter = itertools.count(10_000)
        for table in PARTS:
            columns = table.__table__.c
            rows = session.execute(select(table.__table__).where(columns.order_id == site.order_id)).mappings().all()
            made = []
            for name, row in itertools.product(names, rows):
                copy = {**row, "order_id": name}
                if "id" in row:
                    copy["id"] = new_ids[name, table.__tablename__, row["id"]] = next(counter)
                if "bid_id" in row:
                    copy["bid_id"] = new_ids[name, "bids", row["bid_id"]]
                made.append(copy)
            if made:
                session.execute(insert(table), made)
    return names


def act(session: object, actor: Actor, now: datetime) -> Act:
    """An act on the trials' ground."""
    return Act(session, actor, now, KEYS, DATA)  # type: ignore[arg-type]


def verdict(name: str, figures: dict[str, tuple[object, str, bool]]) -> int:
    """Prints each figure beside its limit; gives the exit code: 0 when all hold."""
    print(name)
    for what, (figure, limit, holds) in figures.items():
        print(f"  {'ok  ' if holds else 'FAIL'} {what}: {figure} ({limit})")
    return 0 if all(holds for _, _, holds in figures.values()) else 1
