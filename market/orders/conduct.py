"""What an order's end says of its parties: the reasons that its sides may read, and how often a party went back on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Actor
from market.accounts.models import Organisation
from market.audit import AuditEntry
from market.orders.bid_models import Award
from market.orders.delivery_models import ConductEvent
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.steps import ties_of

GONE_BACK = ("order.cancel", "order.terminate", "order.decline")
SIDES = frozenset({Tie.BUYER, Tie.BIDDER, Tie.MEMBER, Tie.WINNER})


@dataclass(frozen=True)
class Given:
    """Why somebody ended an order or gave up its award; firm names who declined, the others are named by their role."""

    event: str
    at: datetime
    role: str
    firm: str
    reason: str


def reasons_given(session: Session, actor: Actor, order: Order) -> list[Given]:
    """The reasons of an order's log that concern its sides, the oldest first; nothing for everybody else."""
    if not ties_of(session, actor, order) & SIDES:
        return []
    rows = session.execute(select(AuditEntry, Organisation.name)
                           .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
                           .where(AuditEntry.chain == f"order:{order.id}", AuditEntry.event.in_(GONE_BACK))
                           .order_by(AuditEntry.seq))
    return [Given(row.event.removeprefix("order."), row.at, row.role, name or "" if row.event == "order.decline" else "",
                  str(row.detail["reason"])) for row, name in rows if row.detail.get("reason")]


def withdrawals(session: Session, enterprise_id: int) -> tuple[int, int, int]:
    """An enterprise's orders cancelled once they were shown, those ended while they were delivered, and all it published."""
    kinds = list(session.scalars(select(ConductEvent.kind).where(ConductEvent.enterprise_id == enterprise_id)))
    published = session.scalar(select(func.count()).select_from(Order).where(
        Order.enterprise_id == enterprise_id, Order.kind == "order", Order.published_on.is_not(None))) or 0
    return kinds.count("order_cancelled"), kinds.count("order_terminated"), published


def declines(session: Session, institution_id: str) -> tuple[int, int]:
    """How many awards a firm declined, of how many it was given."""
    declined = session.scalar(select(func.count()).select_from(ConductEvent).where(
        ConductEvent.institution_id == institution_id, ConductEvent.kind == "award_declined")) or 0
    given = session.scalar(select(func.count()).select_from(Award).where(
        Award.institution_id == institution_id, Award.awarded_at.is_not(None))) or 0
    return declined, given
