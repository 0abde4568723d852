"""Who sees what of a candidate: masked cards for both sides, a name only for a reason that the candidate can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, Role, action
from market.errors import InvalidInput, NotFound
from market.keys import Keys
from market.orders.contract import firm_names
from market.orders.delivery_models import AnswerClock, Candidate, Placement
from market.orders.departures import Departure, departure
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
    """A candidate as both sides see them: masked; consent, stage and the clock of the answer that is owed, no name."""

    row: Placement
    name: str
    phone: str
    firm: str
    clock: AnswerClock | None = None
    left: Departure | None = None

    @property
    def placement_id(self) -> int:
        """The placement that the card shows."""
        return self.row.id

    @property
    def place(self) -> int:
        """The place that the candidate is proposed for."""
        return self.row.place

    @property
    def stage(self) -> str:
        """Where the candidate is on the way."""
        return self.row.stage


def cards(session: Session, actor: Actor, keys: Keys, order: Order) -> list[Card]:
    """The candidates of an order: the firm's own, or for the buyer and a regulator those handed over; NotFound for others.

    Whoever refused before they were handed over is not shown to the buyer either.
    """
    rows = session.execute(select(Placement, Candidate).join(Candidate, Candidate.id == Placement.candidate_id).where(
        Placement.order_id == order.id).order_by(Placement.id)).all()
    if _reads_handed_over(actor, order):
        handed_over = set(session.scalars(select(AnswerClock.object_id).where(AnswerClock.order_id == order.id,
                                                                              AnswerClock.kind == "view")))
        rows = [pair for pair in rows if pair[0].id in handed_over]
    elif any(award.institution_id == actor.institution_id for award in standing_awards(session, order, ("active",))):
        rows = [pair for pair in rows if pair[1].institution_id == actor.institution_id]
    else:
        raise NotFound(order.id)
    return _cards(session, keys, order, [(row, person) for row, person in rows])


def _reads_handed_over(actor: Actor, order: Order) -> bool:
    return actor.role is Role.REGULATOR or (actor.enterprise_id is not None and actor.enterprise_id == order.enterprise_id)


def _cards(session: Session, keys: Keys, order: Order, rows: list[tuple[Placement, Candidate]]) -> list[Card]:
    names = firm_names(session, [person.institution_id for _, person in rows])
    clocks = {clock.object_id: clock for clock in session.scalars(select(AnswerClock).where(
        AnswerClock.order_id == order.id, AnswerClock.kind != "acceptance", AnswerClock.answered_at.is_(None)))}
    fees = {award.id: award.price_fen for award in standing_awards(session, order)}
    found = []
    for row, person in rows:
        data = _data(keys, person)
        left = departure(row, order.guarantee_days or 0, fees.get(row.award_id, 0))
        found.append(Card(row, masked_name(data["name"]) if data["name"] else "",
                          masked_phone(data["phone"]) if data["phone"] else "", names[person.institution_id],
                          clocks.get(row.id), left))
    return found


def _data(keys: Keys, person: Candidate) -> Mapping[str, Any]:
    return keys.unseal("candidate", person.sealed) if person.sealed else {"name": "", "phone": "", "summary": ""}


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
