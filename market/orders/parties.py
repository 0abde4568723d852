"""The parties of an order: the buyer's organisation, the firms of its bids, and what the record keeps of their conduct."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.access import Act
from market.accounts.models import Employment, Member, Organisation
from market.accounts.queries import verified
from market.clock import day_of
from market.institutions.models import Institution
from market.orders import terms
from market.orders.bid_models import Bid, BidMember
from market.orders.delivery_models import ConductEvent
from market.orders.durations import amount
from market.orders.models import Enterprise, Order
from market.vocabulary import DISPATCH_LICENCE, HR_LICENCE


def buyer_of(session: Session, order: Order) -> Organisation | None:
    """The organisation that stands for the order's enterprise."""
    return session.scalar(select(Organisation).where(Organisation.enterprise_id == order.enterprise_id))


def blame_buyer(act: Act, order: Order, kind: str, reason: str) -> None:
    """Keeps an event of the enterprise's conduct for its record."""
    if order.enterprise_id is not None:
        act.session.add(ConductEvent(order_id=order.id, enterprise_id=order.enterprise_id, kind=kind, reason=reason,
                                     at=act.now))


def blame_firm(act: Act, order: Order, kind: str, reason: str) -> None:
    """Keeps an event of the acting firm's conduct for its record."""
    act.session.add(ConductEvent(order_id=order.id, institution_id=act.actor.institution_id, kind=kind, reason=reason,
                                 at=act.now))


def licences_needed(order: Order, act: Act) -> frozenset[str]:
    """Licences that the order's services need; filed services need none."""
    by_service = terms.licence_of_service(act.data_dir)
    found = {by_service.get(service, "") for service in order.service_mode}
    return frozenset(found & {HR_LICENCE, DISPATCH_LICENCE})


def licences_lacking(firm: Institution, order: Order, act: Act) -> frozenset[str]:
    """Licences that the order's services need and the firm does not hold today."""
    return licences_needed(order, act) - firm.held(day_of(act.now))


def current(firm: Institution, act: Act) -> bool:
    """True unless the verification of the firm's own organisation has run out."""
    house = act.session.scalar(select(Organisation).where(Organisation.institution_id == firm.id))
    return house is None or verified(house, act.now)


def licensed(firm: Institution, order: Order, act: Act) -> bool:
    """True when a firm holds today what the order's services need, and its own verification has not run out."""
    return current(firm, act) and not licences_lacking(firm, order, act)


def firms_in_bids(session: Session, order: Order) -> set[str]:
    """Every firm in a bid that was not withdrawn, whether it counts or not."""
    return set(session.scalars(select(BidMember.institution_id).join(Bid, Bid.id == BidMember.bid_id).where(
        BidMember.order_id == order.id, Bid.withdrawn_at.is_(None))))


@dataclass(frozen=True)
class Conflict:
    """Why an expert cannot judge an order: works, or worked until a day, for the buyer or for a firm of a bid.

    side: "buyer" or "bidder"; declared: said of the expert in the pool, otherwise known from a membership on this site.
    """

    person_id: int
    side: str
    employer: str
    ended_on: date | None
    declared: bool


def _declared(session: Session, order: Order, people: list[int], since: date) -> Iterator[Conflict]:
    rows = session.execute(select(Employment, Enterprise.name, Institution.name)
                           .outerjoin(Enterprise, Enterprise.id == Employment.enterprise_id)
                           .outerjoin(Institution, Institution.id == Employment.institution_id)
                           .where(Employment.person_id.in_(people),
                                  or_(Employment.ended_on.is_(None), Employment.ended_on >= since),
                                  or_(Employment.enterprise_id == order.enterprise_id,
                                      Employment.institution_id.in_(firms_in_bids(session, order)))))
    for row, enterprise, firm in rows:
        side = "buyer" if row.enterprise_id else "bidder"
        yield Conflict(row.person_id, side, enterprise or firm, row.ended_on, True)


def _members(session: Session, order: Order, people: list[int], since: date) -> Iterator[Conflict]:
    rows = session.execute(select(Member, Organisation).join(Organisation, Organisation.id == Member.organisation_id).where(
        Member.person_id.in_(people), or_(Organisation.enterprise_id == order.enterprise_id,
                                          Organisation.institution_id.in_(firms_in_bids(session, order)))))
    for row, house in rows:
        left = day_of(row.left_at) if row.left_at else None
        if left is None or left >= since:
            yield Conflict(row.person_id, "buyer" if house.enterprise_id else "bidder", house.name, left, False)


def conflicts(session: Session, order: Order, people: Iterable[int], now: datetime) -> list[Conflict]:
    """What binds some experts to the buyer, a bidder or a team member, now or in the last years; by person and employer.

    Before the bids are opened those of side "bidder" say who bid: nobody may be shown them.
    """
    since = _years_before(day_of(now), amount(session, "conflict_years", order, now))
    asked = list(people)
    found = {*_declared(session, order, asked, since), *_members(session, order, asked, since)}
    return sorted(found, key=lambda c: (c.person_id, c.side, c.employer, not c.declared, c.ended_on or date.max))


def conflicted(session: Session, order: Order, people: Iterable[int], now: datetime) -> tuple[int, ...]:
    """Those of some experts who have a conflict."""
    return tuple(sorted({conflict.person_id for conflict in conflicts(session, order, people, now)}))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
