"""Who sees what of a candidate: masked cards for both sides, a name only for a reason that the candidate can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, Role, action
from market.errors import InvalidInput, NotFound
from market.keys import Keys
from market.orders.delivery_models import Candidate, Placement
from market.orders.models import Order
from market.orders.steps import standing_awards


def masked_phone(phone: str) -> str:
    """The first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}"


def masked_name(name: str) -> str:
    """The first character."""
    return f"{name[:1]}**"


@dataclass(frozen=True)
class Card:
    """A candidate as both sides see them: masked; consent and stage, no name."""

    placement_id: int
    place: int
    stage: str
    name: str
    phone: str
    consented_at: datetime | None
    reason_code: str | None


def cards(session: Session, actor: Actor, keys: Keys, order: Order) -> list[Card]:
    """The candidates of an order: the firm's own, or for the buyer those handed over to it; NotFound for others."""
    rows = session.execute(select(Placement, Candidate).join(Candidate, Candidate.id == Placement.candidate_id).where(
        Placement.order_id == order.id).order_by(Placement.id)).all()
    if actor.enterprise_id is not None and actor.enterprise_id == order.enterprise_id:
        return [_card(keys, row, person) for row, person in rows if row.stage not in ("proposed", "consented")]
    if any(award.institution_id == actor.institution_id for award in standing_awards(session, order, ("active",))):
        return [_card(keys, row, person) for row, person in rows if person.institution_id == actor.institution_id]
    raise NotFound(order.id)


def _data(keys: Keys, person: Candidate) -> Mapping[str, Any]:
    return keys.unseal("candidate", person.sealed) if person.sealed else {"name": "", "phone": "", "summary": ""}


def _card(keys: Keys, row: Placement, person: Candidate) -> Card:
    data = _data(keys, person)
    return Card(row.id, row.place, row.stage, masked_name(data["name"]) if data["name"] else "",
                masked_phone(data["phone"]) if data["phone"] else "", row.consented_at, row.reason_code)


@dataclass(frozen=True)
class Need:
    """Why somebody needs a name: the reason the candidate will read, and a regulator's case number."""

    reason: str
    case_number: str = ""


@action(Permission.UNMASK, "candidate.unmask")
def unmask(act: Act, placement_id: int, need: Need) -> Mapping[str, Any]:
    """Name and telephone number of a candidate: for the firm that proposed them, the buyer once they were handed over,
    and a regulator with a case number; the candidate sees who looked, and why.
    """
    row = act.session.get(Placement, placement_id)
    person = act.session.get(Candidate, row.candidate_id) if row else None
    order = act.session.get(Order, row.order_id) if row else None
    if row is None or person is None or order is None or not _may_know(act.actor, row, person, order):
        raise NotFound("placement")
    if not need.reason.strip():
        raise InvalidInput("reason")
    if act.actor.role is Role.REGULATOR and not need.case_number.strip():
        raise InvalidInput("case_number")
    act.note("placement", row.id, order_id=order.id, subject=person.id,
             detail={"reason": need.reason.strip(), "case": need.case_number.strip()})
    return _data(act.keys, person)


def _may_know(actor: Actor, row: Placement, person: Candidate, order: Order) -> bool:
    if actor.role is Role.REGULATOR or (actor.institution_id and actor.institution_id == person.institution_id):
        return True
    handed_over = row.consented_at is not None and row.stage not in ("proposed", "consented", "withdrawn")
    return handed_over and actor.enterprise_id is not None and actor.enterprise_id == order.enterprise_id
