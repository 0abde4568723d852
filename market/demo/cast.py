"""The cast: one person per role, several firms and experts, with organisations that are approved."""


from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import SYSTEM, Actor, Role
from market.accounts.models import Expert, Member, Organisation, Person
from market.accounts.passwords import hashed
from market.accounts.sessions import actor_for
from market.clock import day_of
from market.institutions.models import Institution
from market.institutions.rules import sample_code
from market.orders.models import Enterprise
from market.sources import SAMPLE
from market.vocabulary import HR_LICENCE

FIRMS, EXPERTS = 4, 4
HOUSES = {  # kind -> role of its first member
    "platform_operator": Role.OPERATOR, "city_regulator": Role.REGULATOR, "district_bureau": Role.DISTRICT_OFFICER,
    "park_operator": Role.PARK_OPERATOR,
}
FIRST_CODE = 900_000_000  # codes of the cast's organisations: far from those of the sample institutions


@dataclass(frozen=True)
class Cast:
    """One actor per role, several firms and experts; rival is the owner of another enterprise."""

    owner: Actor
    staff: Actor
    rival: Actor
    operator: Actor
    regulator: Actor
    officer: Actor
    park: Actor
    firms: tuple[Actor, ...]
    firm_staff: Actor
    experts: tuple[Actor, ...]

    def of(self, role: Role) -> Actor:
        """Somebody of a role; of firms the first."""
        return {
            Role.ENTERPRISE_OWNER: self.owner, Role.ENTERPRISE_STAFF: self.staff, Role.FIRM_LEAD: self.firms[0],
            Role.FIRM_STAFF: self.firm_staff, Role.PARK_OPERATOR: self.park, Role.DISTRICT_OFFICER: self.officer,
            Role.REGULATOR: self.regulator, Role.OPERATOR: self.operator, Role.EXPERT: self.experts[0],
            Role.CANDIDATE: Actor(Role.CANDIDATE, candidate_id=0), Role.VISITOR: Actor(), Role.SYSTEM: SYSTEM,
        }[role]


@dataclass
class Builder:
    """Adds the cast's people; password empty: nobody can sign in as them. labels: words for names, by key.

    secrets gives a second factor by the key of a person, sealed already.
    """

    session: Session
    now: datetime
    password: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    _hash: str = ""
    _count: int = 0

    def person(self, key: str) -> Person:
        """A person with the address key@demo.example."""
        if self.password and not self._hash:
            self._hash = hashed(self.password)
        row = Person(email=f"{key.replace(' ', '-')}@demo.example", name=self.labels.get(key, key), joined_at=self.now,
                     password_hash=self._hash or None, totp_sealed=self.secrets.get(key))
        self.session.add(row)
        self.session.flush()
        return row

    def house(self, key: str, kind: str, **links: Any) -> Organisation:
        """An approved organisation, verified for six months."""
        self._count += 1
        row = Organisation(kind=kind, name=self.labels.get(key, key), unified_code=sample_code(FIRST_CODE + self._count),
                           state="approved", fictitious=True, applied_at=self.now,
                           verified_until=self.now + timedelta(days=183), **links)
        self.session.add(row)
        self.session.flush()
        return row

    def member(self, key: str, house: Organisation, role: Role, *, admin: bool = True) -> Actor:
        """A person in an organisation."""
        row = Member(person_id=self.person(key).id, organisation_id=house.id, role=str(role), admin=admin, joined_at=self.now)
        self.session.add(row)
        self.session.flush()
        return actor_for(row.person_id, role, row)

    def enterprise(self, key: str) -> Organisation:
        """An organisation with its enterprise."""
        row = Enterprise(name=self.labels.get(key, key))
        self.session.add(row)
        self.session.flush()
        return self.house(key, "enterprise", enterprise_id=row.id)

    def expert(self, key: str) -> Actor:
        """A person in the pool of experts."""
        person = self.person(key)
        self.session.add(Expert(person_id=person.id, fields=[], approved_at=self.now))
        self.session.flush()
        return Actor(Role.EXPERT, person.id)


def able_firms(session: Session, now: datetime) -> list[Institution]:
    """The first institutions that may bid: licensed today, none of grade D, and nobody's yet."""
    taken = select(Organisation.institution_id).where(Organisation.institution_id.is_not(None))
    rows = session.scalars(select(Institution).where(Institution.id.not_in(taken)).order_by(
        Institution.source_kind != SAMPLE, Institution.id))  # nobody signs in for a real firm while there is a fictitious one
    return [row for row in rows if HR_LICENCE in row.held(day_of(now)) and row.credit_grade != "D"][:FIRMS]


def make_cast(builder: Builder) -> Cast:
    """The whole cast; LookupError where fewer than four institutions may bid."""
    firms = able_firms(builder.session, builder.now)
    if len(firms) < FIRMS:
        raise LookupError("load institutions first: four with a licence are needed")
    buyer = builder.enterprise("enterprise")
    houses = [builder.house(firm.name, "hr_firm", institution_id=firm.id) for firm in firms]
    first = {kind: builder.member(str(role), builder.house(f"{kind} house", kind), role) for kind, role in HOUSES.items()}
    leads = tuple(builder.member(f"firm{place}", house, Role.FIRM_LEAD) for place, house in enumerate(houses, 1))
    return Cast(
        builder.member("owner", buyer, Role.ENTERPRISE_OWNER),
        builder.member("staff", buyer, Role.ENTERPRISE_STAFF, admin=False),
        builder.member("rival", builder.enterprise("rival enterprise"), Role.ENTERPRISE_OWNER),
        first["platform_operator"], first["city_regulator"], first["district_bureau"], first["park_operator"], leads,
        builder.member("firm staff", houses[0], Role.FIRM_STAFF, admin=False),
        tuple(builder.expert(f"expert{place}") for place in range(1, EXPERTS + 1)))
