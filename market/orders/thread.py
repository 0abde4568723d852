"""The words inside an order after the award: the thread, and the dispute's case file, the same for whoever may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.accounts.models import Organisation, Person
from market.errors import NotFound
from market.orders.contract import contracts
from market.orders.delivery_models import Milestone
from market.orders.life import Tie
from market.orders.models import Dispute, Message, Order, OrderClock
from market.orders.steps import ties_of

SIDES = frozenset({Tie.BUYER, Tie.MEMBER, Tie.WINNER})


@dataclass(frozen=True)
class Said:
    """One message with the names of who wrote it; in_case: it was written while a dispute ran."""

    id: int
    at: datetime
    person: str
    house: str
    house_id: int | None
    text: str
    files: tuple[dict[str, str], ...]
    in_case: bool


@dataclass(frozen=True)
class CaseFile:
    """A dispute as everybody who may read it reads it: who opened it and why, the thread, the milestones, the clock."""

    dispute: Dispute
    opened_by: str
    due_at: datetime | None
    said: tuple[Said, ...]
    milestones: tuple[tuple[str, Milestone], ...]


def dispute_of(session: Session, order: Order) -> Dispute | None:
    """The dispute of an order, open or decided."""
    return session.scalar(select(Dispute).where(Dispute.order_id == order.id))


def _may_read(session: Session, actor: Actor, order: Order) -> bool:
    if actor.role is Role.REGULATOR:
        return dispute_of(session, order) is not None
    return bool(ties_of(session, actor, order) & SIDES)


def thread(session: Session, actor: Actor, order: Order) -> list[Said]:
    """Every message of an order, the oldest first: for its parties, and for a regulator once there is a dispute."""
    if not _may_read(session, actor, order):
        raise NotFound(order.id)
    rows = session.execute(select(Message, Person.name, Organisation.name).join(Person, Person.id == Message.person_id)
                           .outerjoin(Organisation, Organisation.id == Message.organisation_id)
                           .where(Message.order_id == order.id).order_by(Message.at, Message.id))
    return [Said(row.id, row.at, person, house or "", row.organisation_id, row.text, tuple(row.files), row.in_case)
            for row, person, house in rows]


def case_file(session: Session, actor: Actor, order: Order) -> CaseFile | None:
    """The dispute's file; None where nobody disputes; NotFound for whoever is no party and no regulator."""
    row = dispute_of(session, order)
    if row is None:
        if actor.role is not Role.REGULATOR and not ties_of(session, actor, order) & SIDES:
            raise NotFound(order.id)
        return None
    said = tuple(thread(session, actor, order))
    house = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    clock = session.get(OrderClock, (order.id, "ruling_of_dispute"))
    # A case is of the whole order: both sides see every award's milestones, not only their own.
    parts = tuple((one.firm, part) for one in contracts(session, Actor(Role.REGULATOR), order) for part in one.milestones)
    return CaseFile(row, house.name if house else "", clock.due_at if clock else None, said, parts)
