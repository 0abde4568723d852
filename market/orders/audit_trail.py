"""Reads of the audit: searched by whoever may read audits in their part of the city, and one's own for everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from market.access import Actor, Permission
from market.accounts.models import Person
from market.accounts.queries import house_names, names_of
from market.audit import AuditEntry
from market.orders.bid_models import Bid
from market.orders.models import Order
from market.orders.versions import SEALED_EVENTS


@dataclass(frozen=True)
class AuditWanted:
    """What is looked for: text (an event's code, an object's id, a person's name), events, and a span of time."""

    text: str = ""
    events: Collection[str] = ()
    since: datetime | None = None
    before: datetime | None = None


def _readable(actor: Actor) -> ColumnElement[bool]:
    """The entries that an actor may read: of their district, bids that are sealed left out; nothing without the right."""
    if not actor.may(Permission.READ_AUDIT):
        return false()
    opened = select("order:" + Bid.order_id).where(Bid.opened_at.is_not(None))
    unsealed = or_(AuditEntry.event.not_in(SEALED_EVENTS), AuditEntry.chain.in_(opened))
    if not actor.scope.district:
        return unsealed
    return and_(unsealed, AuditEntry.chain.in_(select("order:" + Order.id).where(Order.district == actor.scope.district)))


def _matching(wanted: AuditWanted) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if wanted.text:
        people = select(Person.id).where(Person.name == wanted.text)
        parts.append(or_(AuditEntry.event.contains(wanted.text, autoescape=True), AuditEntry.object_id == wanted.text,
                         AuditEntry.person_id.in_(people), AuditEntry.event.in_(list(wanted.events))))
    if wanted.since:
        parts.append(AuditEntry.at >= wanted.since)
    if wanted.before:
        parts.append(AuditEntry.at < wanted.before)
    return and_(*parts) if parts else AuditEntry.id.is_not(None)


def searched(session: Session, actor: Actor, wanted: AuditWanted, offset: int = 0, limit: int | None = None
             ) -> tuple[int, list[AuditEntry]]:
    """How many entries match, and one page of them (all without a limit), newest first."""
    query = select(AuditEntry).where(_readable(actor), _matching(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return total, list(session.scalars(query.order_by(AuditEntry.id.desc()).offset(offset).limit(limit)))


def own_trail(session: Session, actor: Actor, limit: int = 50) -> list[AuditEntry]:
    """What the actor did, what others did to the actor's account, and for admins what was done in their organisation."""
    mine = or_(AuditEntry.person_id == actor.person_id,
               and_(AuditEntry.kind == "person", AuditEntry.object_id == str(actor.person_id)))
    if actor.admin and actor.organisation_id is not None:
        mine = or_(mine, AuditEntry.chain == f"organisation:{actor.organisation_id}",
                   and_(AuditEntry.kind == "organisation", AuditEntry.object_id == str(actor.organisation_id)))
    return list(session.scalars(select(AuditEntry).where(mine).order_by(AuditEntry.id.desc()).limit(limit)))


def with_names(session: Session, entries: Collection[AuditEntry]) -> Iterator[tuple[AuditEntry, str, str]]:
    """Each entry with the name of the person and of the organisation that acted; empty where there is none."""
    people = names_of(session, {entry.person_id for entry in entries if entry.person_id})
    houses = house_names(session, {entry.organisation_id for entry in entries if entry.organisation_id})
    for entry in entries:
        yield entry, people.get(entry.person_id or 0, ""), houses.get(entry.organisation_id or 0, "")
