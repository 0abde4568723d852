"""Closing one's own account: what must be handed over first, and what is left of a person afterwards: the number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import SQLColumnExpression, delete, select
from sqlalchemy.orm import Session

from market.access import Act, Note, Permission, Role
from market.accounts.membership import owned_orders
from market.accounts.models import Employment, Expert, Member, Person, Ticket
from market.accounts.passwords import fits
from market.accounts.queries import memberships
from market.accounts.sessions import end_all, lane_of, slow_down
from market.audit import record
from market.errors import NotFound, NotPossibleNow
from market.matches.models import NeutralReader
from market.notices.models import Follow, Notice, NoticeSwitch, SavedSearch
from market.orders.bid_models import BidDraft, BidMember, PanelSeat
from market.orders.life import FINAL
from market.orders.models import Order
from market.orders.shortlists import hand_over

AUTHORITIES = ("platform_operator", "city_regulator")
FORGOTTEN = (NoticeSwitch, Notice, SavedSearch, Follow, BidDraft, NeutralReader, Employment)  # a person's alone


@dataclass(frozen=True)
class Held:
    """Something that would be left without an owner: kind order, firm_order, panel, admin or house; member: whose hand-over
    form settles it, None where the person settles it alone."""

    kind: str
    key: str
    title: str
    member: Member | None = None


def held_by(session: Session, person_id: int) -> list[Held]:
    """What keeps a person from closing the account, in the order of their memberships."""
    found = [held for member in memberships(session, person_id) for held in _in_house(session, member)]
    seats = session.scalars(select(Order).join(PanelSeat, PanelSeat.order_id == Order.id).where(
        PanelSeat.person_id == person_id, PanelSeat.state == "active", Order.state.in_(("sealed", "evaluating")))
        .order_by(Order.id))
    return [*found, *(Held("panel", order.id, order.title) for order in seats)]


def _others(session: Session, member: Member, *conditions: SQLColumnExpression[bool]) -> bool:
    """True where somebody else of the organisation meets some conditions."""
    return session.scalar(select(Member.id).where(
        Member.organisation_id == member.organisation_id, Member.left_at.is_(None), Member.id != member.id,
        *conditions).limit(1)) is not None


def _in_house(session: Session, member: Member) -> Iterator[Held]:
    house = member.organisation
    for order in owned_orders(session, member) if house.enterprise_id else ():
        yield Held("order", order.id, order.title, member)
    if house.institution_id and not _others(session, member, Member.role == str(Role.FIRM_LEAD)):
        for order in session.scalars(select(Order).where(Order.state.not_in(FINAL), Order.id.in_(
                select(BidMember.order_id).where(BidMember.institution_id == house.institution_id, ~BidMember.gone)))
                .order_by(Order.id)):
            yield Held("firm_order", order.id, order.title, member)
    if member.admin and _others(session, member) and not _others(session, member, Member.admin):
        yield Held("admin", str(house.id), house.name, member)
    if house.kind in AUTHORITIES and not _others(session, member):
        yield Held("house", str(house.id), house.name, member)


def close_account(act: Act, password: str, reason: str) -> bool:
    """Closes the actor's account; False where the password is wrong, which the caller commits so that it counts.

    NotPossibleNow("held") while something would be left without an owner; wrong passwords wait like those of signing in. The
    audit goes on naming the number of the person, of whom nothing else is left.
    """
    person = act.session.get(Person, act.actor.person_id or 0, with_for_update=True)
    if person is None or not act.actor.may(Permission.OWN_ACCOUNT):
        raise NotFound("person")
    lane = lane_of(act, f"old password|{person.email}", "")
    if not fits(person.password_hash, password):
        slow_down(act, lane)
        return False
    if held_by(act.session, person.id):
        raise NotPossibleNow("held")
    for member in memberships(act.session, person.id):
        member.left_at, heir = act.now, _successor(act.session, member)
        hand_over(act.session, member, heir)
    _forget(act, person)
    record(act, "account.closed", Note("person", str(person.id), detail={"reason": reason.strip()} if reason.strip() else {}))
    return True


def _successor(session: Session, member: Member) -> int | None:
    """Who takes what a leaver kept: an admin first, then whoever is there longest; None where nobody is left."""
    return session.scalars(select(Member.person_id).where(
        Member.organisation_id == member.organisation_id, Member.left_at.is_(None), Member.person_id != member.person_id)
        .order_by(~Member.admin, Member.id).limit(1)).first()


def _forget(act: Act, person: Person) -> None:
    """Empties the person's row and deletes what was kept for them alone; sessions and access tokens end."""
    end_all(act.session, person.id, act.now)
    for table in FORGOTTEN:
        act.session.execute(delete(table).where(table.person_id == person.id))
    act.session.execute(delete(Ticket).where(Ticket.email == person.email))
    expert = act.session.get(Expert, person.id)
    if expert is not None:
        expert.fields, expert.approved_at = [], None
    person.email, person.name = f"closed-{person.id}", f"#{person.id}"
    person.password_hash = person.totp_sealed = None
    person.totp_step, person.closed_at = 0, act.now
    act.session.flush()
