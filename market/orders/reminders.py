"""Reminds whoever's turn it is before a clock runs out, when it did, and then tells a second person, whom the first sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from market.access import Act, Role
from market.accounts.models import Member, Organisation
from market.accounts.queries import REMIND_DAYS, days_verified
from market.notices.follows import verification_over
from market.notices.inbox import Happening, tell
from market.orders.bid_models import Award, Bid, BidMember, PanelSeat
from market.orders.life import BIDDING, Tie
from market.orders.models import Order, OrderClock

SOON, ESCALATE = timedelta(days=1), timedelta(days=1)  # before the end, and after it
LEVELS = ("due_soon", "overdue", "escalated")


def people_of(session: Session, order: Order, role: Role, tie: Tie) -> list[int]:
    """The people behind one side of an order: the owner first of all, members of the side's firms, the panel, the role."""
    if tie is Tie.BUYER and role is Role.ENTERPRISE_OWNER and order.owner_id:
        return [order.owner_id]
    if tie is Tie.PANEL:
        return list(session.scalars(select(PanelSeat.person_id).where(PanelSeat.order_id == order.id,
                                                                      PanelSeat.state == "active")))
    query = _members(role)
    if tie is Tie.BUYER:
        query = query.where(Organisation.enterprise_id == order.enterprise_id)
    if tie is Tie.BIDDER:
        query = query.where(Organisation.institution_id.in_(select(BidMember.institution_id).join(
            Bid, Bid.id == BidMember.bid_id).where(BidMember.order_id == order.id, Bid.withdrawn_at.is_(None),
                                                   BidMember.consented_at.is_not(None))))
    if tie is Tie.MEMBER:
        query = query.where(Organisation.institution_id.in_(select(BidMember.institution_id).join(
            Award, Award.bid_id == BidMember.bid_id).where(Award.order_id == order.id, Award.state == "active",
                                                           ~BidMember.gone)))
    if tie is Tie.WINNER:
        query = query.where(Organisation.institution_id.in_(select(Award.institution_id).where(
            Award.order_id == order.id, Award.state == "active")))
    return list(session.scalars(query))


def leads_of(session: Session, firms: Collection[str]) -> list[int]:
    """The leads of some approved firms."""
    return list(session.scalars(_members(Role.FIRM_LEAD).where(Organisation.institution_id.in_(firms))))


def members_of(session: Session, house: Organisation) -> list[int]:
    """Everybody who is in an organisation."""
    return list(session.scalars(select(Member.person_id).where(Member.organisation_id == house.id, Member.left_at.is_(None))))


def _members(role: Role) -> Select[int]:
    """Everybody of a role in the approved organisations."""
    return select(Member.person_id).join(Organisation, Organisation.id == Member.organisation_id).where(
        Member.role == str(role), Member.left_at.is_(None), Organisation.state == "approved")


def superiors(session: Session, people: Iterable[int]) -> list[int]:
    """Whom an escalation reaches: the other admins of their organisations, and without any the operator."""
    late = list(people)
    houses = select(Member.organisation_id).where(Member.person_id.in_(late), Member.left_at.is_(None))
    above = list(session.scalars(select(Member.person_id).where(
        Member.organisation_id.in_(houses), Member.admin, Member.left_at.is_(None), Member.person_id.not_in(late))))
    return above or operators(session, late)


def operators(session: Session, but: Collection[int]) -> list[int]:
    """The operator's people, some left out."""
    return list(session.scalars(select(Member.person_id).where(
        Member.role == str(Role.OPERATOR), Member.left_at.is_(None), Member.person_id.not_in(but))))


def level_of(due_at: datetime, now: datetime) -> int:
    """How far reminding has come: 0 not yet, 1 before the end, 2 after it, 3 when a second person is told."""
    return (now >= due_at - SOON) + (now >= due_at) + (now >= due_at + ESCALATE)


def remind_of(act: Act, happening: Happening, name: str, late: Sequence[int], *, unnamed: bool = False) -> int:
    """Tells the late party what is due; at the last level its superiors too, and it sees who was told.

    unnamed: who is late is nobody's business but the operator's, as on a panel; then it is the operator who is told.
    """
    if happening.event != f"order.{LEVELS[-1]}":
        return tell(act, happening, late, name)
    above = operators(act.session, late) if unnamed else superiors(act.session, late)
    told = above if unnamed else [*late, *above]
    return tell(act, happening, [*late, *above], f"{name}:{','.join(map(str, told))}")


def _waiting(act: Act) -> Iterator[tuple[OrderClock, Order, int]]:
    rows = act.session.execute(select(OrderClock, Order).join(Order, Order.id == OrderClock.order_id).where(
        OrderClock.name != BIDDING, OrderClock.reminded < len(LEVELS), OrderClock.due_at <= act.now + SOON))
    for clock, order in rows:
        level = level_of(clock.due_at, act.now)
        if level > clock.reminded:
            yield clock, order, level


def _late(session: Session, order: Order) -> tuple[list[int], bool]:
    """(whose turn it is, as the order's page says, whether they are a panel); experts who have scored are not late."""
    from market.orders.panel import left_unscored
    from market.orders.turns import parties_of

    _, parties = parties_of(session, order)
    late = [person for role, tie in parties for person in people_of(session, order, role, tie)
            if tie is not Tie.PANEL or left_unscored(session, order, person)]
    return late, any(tie is Tie.PANEL for _, tie in parties)


def remind(act: Act) -> int:
    """Sends the reminders that are due; the late party gets the escalation too, so that it sees who was told."""
    sent = 0
    for clock, order, level in list(_waiting(act)):
        late, unnamed = _late(act.session, order)
        word = LEVELS[level - 1]
        happening = Happening(f"order.{word}", "order", order.id, f"{order.id}:{clock.name}:{clock.started_at}:{word}")
        sent += remind_of(act, happening, clock.name, late, unnamed=unnamed)
        clock.reminded = level
    return sent


def remind_verification(act: Act) -> int:
    """Tells the admins of an organisation 30, 7 and 0 days before its verification runs out; after that it is limited, and
    the followers of a firm hear of it."""
    sent = 0
    for house in act.session.scalars(select(Organisation).where(Organisation.state == "approved")):
        left = days_verified(house, act.now)
        reached = [days for days in REMIND_DAYS if left <= days]
        if reached and house.verified_until:
            admins = act.session.scalars(select(Member.person_id).where(
                Member.organisation_id == house.id, Member.admin, Member.left_at.is_(None)))
            key = f"verification:{house.id}:{house.verified_until.isoformat()}:{min(reached)}"
            sent += tell(act, Happening("organisation.verification_ends", "organisation", str(house.id), key), admins)
        if house.institution_id and house.verified_until and house.verified_until <= act.now:
            sent += verification_over(act, house.institution_id, house.verified_until, members_of(act.session, house))
    return sent
