"""Reads of accounts, cut by the actor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor, Permission
from market.accounts.models import Member, Organisation, Person
from market.accounts.rules import VERIFIED_FOR
from market.errors import NotFound

REMIND_DAYS = (30, 7, 0)
BATCH = 500  # firms that are asked for at once: SQLite takes 999 variables


def organisation(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """The actor's own organisation, or any for whoever approves them; NotFound for another's."""
    found = session.get(Organisation, organisation_id)
    if found is None or (found.id != actor.organisation_id and not actor.may(Permission.APPROVE_ORGANISATION)):
        raise NotFound(str(organisation_id))
    return found


def waiting(session: Session, actor: Actor) -> list[Organisation]:
    """Organisations that wait for approval, the oldest first; none for whoever may not approve."""
    if not actor.may(Permission.APPROVE_ORGANISATION):
        return []
    return list(session.scalars(select(Organisation).where(Organisation.state == "applied").order_by(Organisation.id)))


def by_email(session: Session, email: str) -> Person | None:
    """The person with an address."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def everybody(session: Session) -> Iterator[tuple[Person, list[str]]]:
    """Every person with what they are, "role: organisation" each, for the operator's terminal."""
    for person in session.scalars(select(Person).order_by(Person.email)):
        yield person, [f"{row.role}: {row.organisation.name}" for row in memberships(session, person.id)]


def members(session: Session, actor: Actor) -> list[Member]:
    """The members of the actor's organisation that are still there."""
    return list(session.scalars(select(Member).where(
        Member.organisation_id == actor.organisation_id, Member.left_at.is_(None)).order_by(Member.id)))


def admins_of(session: Session, organisation_id: int) -> list[Member]:
    """The admins of an organisation who are still there."""
    return list(session.scalars(select(Member).where(
        Member.organisation_id == organisation_id, Member.admin, Member.left_at.is_(None)).order_by(Member.id)))


def memberships(session: Session, person_id: int) -> list[Member]:
    """What a person can act as."""
    return list(session.scalars(select(Member).where(Member.person_id == person_id, Member.left_at.is_(None))
                                .order_by(Member.id)))


@dataclass(frozen=True)
class Identity:
    """How the site greets somebody: the person's name, and that of the organisation they act for."""

    name: str
    house: str = ""
    fictitious: bool = False


def identity(session: Session, actor: Actor) -> Identity | None:
    """The names of whoever is signed in; None for a visitor."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        return None
    house = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    return Identity(person.name, house.name, house.fictitious) if house else Identity(person.name)


def names_of(session: Session, people: Iterable[int]) -> dict[int, str]:
    """Names of persons by id; the caller has asked who may know them."""
    rows = session.scalars(select(Person).where(Person.id.in_(set(people))))
    return {row.id: row.name for row in rows}


def house_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Id -> name of some organisations."""
    return dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))).all())


def days_verified(house: Organisation, now: datetime) -> int:
    """Days until the organisation must be verified anew; negative once it is overdue, and then it is limited."""
    if house.verified_until is None:
        return -1
    return (house.verified_until - now) // timedelta(days=1)


def verified(house: Organisation, now: datetime) -> bool:
    """True while an organisation is approved and its verification has not run out."""
    return house.state == "approved" and house.verified_until is not None and now < house.verified_until


@dataclass(frozen=True)
class Verification:
    """What the public may know of a firm's organisation: "verified", "over", "suspended", or "none" for everything else;
    since and until: of the newest verification, None while there is none that counts."""

    state: str
    since: datetime | None = None
    until: datetime | None = None


def verification(session: Session, institution_id: str, now: datetime) -> Verification:
    """Whether a firm is verified on this site, from when and until when."""
    return verifications(session, [institution_id], now)[institution_id]


def verifications(session: Session, ids: Collection[str], now: datetime) -> dict[str, Verification]:
    """How some firms are verified on this site."""
    wanted = list(ids)
    houses = {row.institution_id: row for start in range(0, len(wanted), BATCH) for row in session.scalars(
        select(Organisation).where(Organisation.institution_id.in_(wanted[start:start + BATCH])))}
    return {key: standing_of(houses.get(key), now) for key in wanted}


def standing_of(house: Organisation | None, now: datetime) -> Verification:
    """What the public may know of how an organisation is verified."""
    if house is None or house.state not in ("approved", "suspended"):
        return Verification("none")
    if house.state == "suspended":
        return Verification("suspended")
    since = house.verified_until - VERIFIED_FOR if house.verified_until else None
    return Verification("verified" if verified(house, now) else "over", since, house.verified_until)
