"""The demo's accounts, one per role, and its orders, one in every state: made once, in the words of data/sample/demo.json."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Role
from market.accounts.models import Employment, Expert, Organisation, Person
from market.accounts.queries import memberships
from market.clock import day_of
from market.demo import pipeline
from market.demo.cast import EXPERTS, Builder, Cast, make_cast
from market.demo.scene import PATHS, Scene
from market.districts.models import District
from market.keys import Keys
from market.orders.drafts import publish, submit
from market.parks.models import Park

PASSWORD = "demo-caitu-2026"  # shown on the sign-in page of the demo, and of no other site
ADDRESS = "@demo.example"
BIDDING, STANDSTILL = timedelta(days=6), timedelta(days=5)
RUNNING = timedelta(days=5)  # how long the demo's delivery has run: long enough that an answer is late
WITH_TOTP = ("operator", "regulator", *(f"expert{place}" for place in range(1, EXPERTS + 2)))


@dataclass(frozen=True)
class Account:
    """One account that a visitor of the demo may use."""

    email: str
    name: str
    role: str
    house: str


def _secret(key: str) -> str:
    """A second factor that is the same in every demo: the sign-in page shows its code."""
    return base64.b32encode(f"caitu demo {key:.<9}".encode()).decode()[:32]


def accounts(session: Session) -> list[Account]:
    """The demo's accounts; empty where the demo's cast was not made."""
    people = session.scalars(select(Person).where(Person.email.endswith(ADDRESS)).order_by(Person.id))
    found = []
    for person in people:
        member = next(iter(memberships(session, person.id)), None)
        expert = session.get(Expert, person.id)
        if member or expert:
            found.append(Account(person.email, person.name, member.role if member else str(Role.EXPERT),
                                 member.organisation.name if member else ""))
    return found


def _elapsed(state: str) -> timedelta:
    """How much time a scene lets pass on its way to a state."""
    path = PATHS[state]
    return BIDDING * (Scene.close in path) + STANDSTILL * (Scene.award in path)


@dataclass
class Stage:
    """What the demo's orders are made with."""

    session: Session
    keys: Keys
    data_dir: Path
    cast: Cast
    now: datetime
    texts: Mapping[str, Any]

    def scene(self, number: int, elapsed: timedelta) -> Scene:
        """A scene with the texts of one order, whose clock ends now."""
        values = {**self.texts["orders"][number % len(self.texts["orders"])], **self.texts["shared"]}
        return Scene(self.session, self.keys, self.data_dir, self.cast, self.now - elapsed, values, words=self.texts["words"],
                     full=True)

    def confidential(self) -> None:
        """An order whose enterprise stays hidden until the terms are accepted."""
        scene = self.scene(0, timedelta(0))
        scene.values = {**scene.values, "confidential": True, "brief": self.texts["confidential_brief"]}
        scene.draft()
        submit(scene.act(self.cast.owner), scene.id)
        publish(scene.act(self.cast.operator), scene.id)

    def bidden(self) -> None:
        """An open order with three bids, one of them joint."""
        scene = self.scene(3, timedelta(0))
        scene.to("open")
        scene.bid()


def _fill_pool(builder: Builder, cast: Cast, fields: Mapping[str, list[str]]) -> None:
    """What the experts judge and where they work: one more, who works for the buyer, is never drawn for its orders."""
    bound = builder.expert(f"expert{EXPERTS + 1}")
    for place, actor in enumerate((*cast.experts, bound), 1):
        builder.session.get_one(Expert, actor.person_id).fields = fields[f"expert{place}"]
    today = day_of(builder.now)
    builder.session.add_all((
        Employment(person_id=bound.person_id, enterprise_id=cast.owner.enterprise_id, started_on=today - timedelta(days=900)),
        Employment(person_id=cast.experts[-1].person_id, enterprise_id=cast.rival.enterprise_id,
                   started_on=today - timedelta(days=2000), ended_on=today - timedelta(days=400))))
    builder.session.flush()


def _place(session: Session, cast: Cast, scope: Mapping[str, str]) -> None:
    """The officer's district and the operator's park, where the site has them."""
    session.get_one(Organisation, cast.officer.organisation_id).district = session.scalar(
        select(District.name).where(District.name == scope["district"]))
    session.get_one(Organisation, cast.park.organisation_id).park_id = session.scalar(
        select(Park.id).where(Park.short_name == scope["park"]))
    session.flush()


def make_demo(session: Session, keys: Keys, data_dir: Path, now: datetime) -> bool:
    """Adds the accounts and the orders; False when they are there already."""
    if session.scalar(select(Person.id).where(Person.email.endswith(ADDRESS)).limit(1)) is not None:
        return False
    texts = json.loads((data_dir / "sample" / "demo.json").read_text(encoding="utf-8"))
    secrets = {key: keys.seal("totp", _secret(key)) for key in WITH_TOTP}
    builder = Builder(session, now - timedelta(days=30), PASSWORD, texts["people"], secrets)
    cast = make_cast(builder)
    _fill_pool(builder, cast, texts["expert_fields"])
    _place(session, cast, texts["scope"])
    stage = Stage(session, keys, data_dir, cast, now, texts)
    for number, state in enumerate(PATHS):
        running = state == "delivering"
        scene = stage.scene(number, _elapsed(state) + RUNNING * running)
        scene.to(state)
        if running:
            pipeline.run(scene)
    stage.confidential()
    stage.bidden()
    return True
