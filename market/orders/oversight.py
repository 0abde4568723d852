"""What a district's officer and a park's operator watch over: firms and orders of their district or park, nothing beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from market.access import Actor, Permission, Role
from market.accounts.models import Organisation
from market.accounts.queries import Verification, verifications
from market.clock import day_of
from market.institutions.models import Institution, Licence
from market.orders.bid_models import Award, BidMember
from market.orders.models import Order
from market.parks.models import Park

AHEAD = timedelta(days=90)
ALL, DUE, LIMITED = "all", "due", "limited"
SHOWS = (ALL, DUE, LIMITED)
CHECK = "verification"  # what ends, beside licences by their names


def firms_of(actor: Actor) -> ColumnElement[bool]:
    """The firms that an actor watches over; none without a district or park of their own."""
    if not actor.may(Permission.OVERSEE):
        return false()
    if actor.role is Role.PARK_OPERATOR:
        return Institution.park_id == actor.scope.park_id if actor.scope.park_id else false()
    return Institution.district == actor.scope.district if actor.scope.district else false()


def orders_of(actor: Actor) -> ColumnElement[bool]:
    """The orders that an actor watches over: those of a district, or those that a park's tenants won."""
    if not actor.may(Permission.OVERSEE):
        return false()
    if actor.role is Role.DISTRICT_OFFICER:
        return Order.district == actor.scope.district if actor.scope.district else false()
    tenants = select(Institution.id).where(firms_of(actor))
    return Order.id.in_(select(Award.order_id).join(BidMember, BidMember.bid_id == Award.bid_id).where(
        Award.state == "active", ~BidMember.gone, BidMember.institution_id.in_(tenants)))


def district_of(session: Session, actor: Actor) -> str:
    """The district that an actor answers for, or in which their park lies; empty where there is none."""
    park = session.get(Park, actor.scope.park_id) if actor.scope.park_id else None
    return actor.scope.district or (park.district or "" if park else "")


@dataclass(frozen=True)
class Watched:
    """A firm with what of it ends soon or has ended (what, last day), the soonest first, and how it is verified."""

    firm: Institution
    verification: Verification
    ends: tuple[tuple[str, date], ...]

    @property
    def first(self) -> date:
        """The first day on which something ends."""
        return self.ends[0][1] if self.ends else date.max


def _wanted(show: str, now: datetime) -> ColumnElement[bool]:
    today = day_of(now)
    licence, house = select(Licence.institution_id), select(Organisation.institution_id)
    if show == DUE:
        return or_(
            Institution.id.in_(licence.where(Licence.valid_to.between(today, today + AHEAD))),
            Institution.id.in_(house.where(Organisation.state == "approved", Organisation.verified_until > now,
                                           Organisation.verified_until <= now + AHEAD)))
    if show == LIMITED:
        return or_(
            Institution.id.in_(licence.where(Licence.valid_to < today)),
            Institution.id.in_(house.where(or_(Organisation.state == "suspended", and_(
                Organisation.state == "approved", Organisation.verified_until <= now)))))
    return true()


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How many firms each of the lists has."""
    count = select(func.count()).select_from(Institution).where(firms_of(actor))
    return {show: session.scalar(count.where(_wanted(show, now))) or 0 for show in SHOWS}


def watched(session: Session, actor: Actor, show: str, now: datetime) -> list[Watched]:
    """The firms of a list: what ends first comes first, the others by name."""
    firms = session.scalars(select(Institution).where(firms_of(actor), _wanted(show, now)).order_by(
        Institution.name, Institution.id)).all()
    labels = verifications(session, [firm.id for firm in firms], now)
    return sorted((Watched(firm, labels[firm.id], _ends(firm, labels[firm.id], show, now)) for firm in firms),
                  key=lambda row: (row.first, row.firm.name, row.firm.id))


def _ends(firm: Institution, label: Verification, show: str, now: datetime) -> tuple[tuple[str, date], ...]:
    """What of a firm belongs on a list: for the due ones what ends in time, for the limited ones what has ended."""
    today = day_of(now)
    ends: Sequence[tuple[str, date]] = [(row.name, row.valid_to) for row in firm.licences if row.valid_to is not None]
    if label.until is not None:
        ends = [*ends, (CHECK, day_of(label.until))]
    first = {DUE: today, LIMITED: date.min, ALL: date.min}[show]
    last = today - timedelta(days=1) if show == LIMITED else today + AHEAD
    return tuple(sorted(((name, day) for name, day in ends if first <= day <= last), key=lambda end: (end[1], end[0])))


def tenants(session: Session, actor: Actor) -> frozenset[str]:
    """The ids of the firms that an actor watches over."""
    return frozenset(session.scalars(select(Institution.id).where(firms_of(actor))))
