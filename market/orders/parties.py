"""The parties of an order: the buyer's organisation, the firms of its bids, and what the record keeps of their conduct."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.access import Act
from market.accounts.models import Employment, Organisation
from market.accounts.queries import verified
from market.clock import day_of
from market.institutions.models import Institution
from market.orders import terms
from market.orders.bid_models import Bid, BidMember
from market.orders.delivery_models import ConductEvent
from market.orders.durations import amount
from market.orders.models import Order
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


def conflicted(session: Session, order: Order, people: Iterable[int], now: datetime) -> tuple[int, ...]:
    """Those of some experts who work, or worked in the last years, for the buyer, a bidder or a team member."""
    since = _years_before(day_of(now), amount(session, "conflict_years", order, now))
    firms = firms_in_bids(session, order)
    rows = session.scalars(select(Employment.person_id).where(
        Employment.person_id.in_(list(people)), or_(Employment.ended_on.is_(None), Employment.ended_on >= since),
        or_(Employment.enterprise_id == order.enterprise_id, Employment.institution_id.in_(firms))).distinct())
    return tuple(sorted(rows))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
