"""The words inside an order after the award: the thread, and the dispute's case file, the same for whoever may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.accounts.models import Organisation, Person
from market.errors import NotFound
from market.orders.contract import contracts, firm_names
from market.orders.delivery_models import Milestone
from market.orders.disputes import BUYER, MEDIATOR, RULING_CLOCK, parties, unanswered
from market.orders.durations import due
from market.orders.life import Tie
from market.orders.models import IN_DISPUTE, Dispute, DisputeOffer, Message, Order, OrderClock
from market.orders.steps import clock_name, ties_of

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
class Answered:
    """A party's answer to a proposal."""

    house: str
    person: str
    accepted: bool
    reason: str
    at: datetime


@dataclass(frozen=True)
class Offered:
    """A proposal to end a dispute, with its answers; house is empty for the mediator's; waits_for: who still answers."""

    id: int
    house: str
    person: str
    payable_bp: int
    reason: str
    at: datetime
    outcome: str | None
    answers: tuple[Answered, ...]
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class CaseFile:
    """A dispute as everybody who may read it reads it: why, its stage, the clocks, the proposals, the thread, the milestones.

    stage: the order's state while the dispute runs, empty once it ended; due_at: when that stage ends; ruling_by: the last
    moment for a ruling; mediated_by: the side that asked for the mediation, empty where the clock did.
    """

    dispute: Dispute
    opened_by: str
    mediated_by: str
    stage: str
    due_at: datetime | None
    ruling_by: datetime
    offers: tuple[Offered, ...]
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
    stage = order.state if order.state in IN_DISPUTE else ""
    house = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    clock = session.get(OrderClock, (order.id, clock_name(stage))) if stage else None
    # A case is of the whole order: both sides see every award's milestones, not only their own.
    parts = tuple((one.firm, part) for one in contracts(session, Actor(Role.REGULATOR), order) for part in one.milestones)
    names = _names(session, order)
    return CaseFile(row, house.name if house else "", names.get(row.mediated_by or "", ""), stage,
                    clock.due_at if clock else None, due(session, RULING_CLOCK, order, row.opened_at),
                    _offers(session, order, names), said, parts)


def _names(session: Session, order: Order) -> dict[str, str]:
    """Party of a dispute -> its name; the mediator's is empty."""
    buyer = order.enterprise.name if order.enterprise else ""
    return {**firm_names(session, parties(session, order)), BUYER: buyer, MEDIATOR: ""}


def _offers(session: Session, order: Order, names: Mapping[str, str]) -> tuple[Offered, ...]:
    """Every proposal of a dispute, the oldest first."""
    rows = list(session.scalars(select(DisputeOffer).where(DisputeOffer.order_id == order.id).order_by(DisputeOffer.id)))
    everybody = {row.person_id for row in rows} | {answer.person_id for row in rows for answer in row.answers}
    people = {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(everybody)))}
    return tuple(Offered(
        row.id, names[row.party], people[row.person_id], row.payable_bp, row.reason, row.at, row.outcome,
        tuple(Answered(names[one.party], people[one.person_id], one.accepted, one.reason, one.at) for one in row.answers),
        tuple(names[party] for party in unanswered(session, order, row)) if row.outcome is None else ()) for row in rows)
