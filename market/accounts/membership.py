"""Memberships after joining: another role, and what a member still owns when they leave."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Permission, Role, action
from market.accounts.models import Member, Organisation
from market.accounts.queries import admins_of
from market.accounts.rules import ROLES_OF
from market.accounts.sessions import end_all
from market.database import locked
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders import shortlists
from market.orders.models import Order

ENDED = ("closed", "cancelled", "terminated")


def administers(act: Act) -> Organisation:
    """The organisation whose admin acts; NotFound for everybody else."""
    if not act.actor.admin or act.actor.organisation_id is None:
        raise NotFound("organisation")
    return act.session.get_one(Organisation, act.actor.organisation_id)


def owned_orders(session: Session, member: Member) -> list[Order]:
    """The orders that need a new owner before a member may leave, by id."""
    return list(session.scalars(select(Order).where(
        Order.owner_id == member.person_id, Order.enterprise_id == member.organisation.enterprise_id,
        Order.state.not_in(ENDED)).order_by(Order.id)))


def heirs_of(session: Session, member: Member) -> list[Member]:
    """The colleagues who may own the orders that a member leaves."""
    return list(session.scalars(select(Member).where(
        Member.organisation_id == member.organisation_id, Member.left_at.is_(None), Member.id != member.id,
        Member.role == str(Role.ENTERPRISE_OWNER)).order_by(Member.id)))


def member_of(act: Act, house: Organisation, member_id: int) -> Member:
    """A present member of an organisation, locked; NotFound for another's or one who left."""
    member = locked(act.session, Member, member_id)
    if member is None or member.organisation_id != house.id or member.left_at:
        raise NotFound("member")
    return member


def keep_an_admin(act: Act, member: Member) -> None:
    """NotPossibleNow("last_admin") where nobody else could invite or remove."""
    others = select(Member.id).where(Member.organisation_id == member.organisation_id, Member.admin,
                                     Member.left_at.is_(None), Member.id != member.id)
    if act.session.scalar(others) is None:
        raise NotPossibleNow("last_admin")


@action(Permission.MANAGE_MEMBERS, "organisation.role_set")
def set_role(act: Act, member_id: int, role: Role, *, admin: bool) -> Member:
    """Gives a member another role of the organisation; whoever owns orders keeps the role that may own them."""
    house = administers(act)
    member = member_of(act, house, member_id)
    if role not in ROLES_OF[house.kind]:
        raise InvalidInput("role")
    if member.admin and not admin:
        keep_an_admin(act, member)
    if role is not Role.ENTERPRISE_OWNER and (held := owned_orders(act.session, member)):
        raise NotPossibleNow(f"heirs: {', '.join(order.id for order in held)}")
    member.role, member.admin = str(role), admin
    act.note("member", member.id, detail={"role": str(role), "admin": admin})
    return member


def _hand_over(owned: list[Order], heirs: dict[str, int], may_own: set[int]) -> None:
    """Gives every owned order its heir (order id -> person); refuses an order without one, or one who may not own it."""
    if without := [order.id for order in owned if order.id not in heirs]:
        raise NotPossibleNow(f"heirs: {', '.join(without)}")
    for order in owned:
        if heirs[order.id] not in may_own:
            raise InvalidInput(f"heir: {order.id}")
        order.owner_id = heirs[order.id]


def _takes_most(act: Act, member: Member, heirs: dict[str, int]) -> int | None:
    """Who takes what a leaver kept beside orders."""
    if heirs:
        return Counter(heirs[key] for key in sorted(heirs)).most_common(1)[0][0]
    return next((row.person_id for row in sorted(admins_of(act.session, member.organisation_id), key=lambda row: (
        row.person_id != act.actor.person_id, row.id)) if row.id != member.id), None)


@action(Permission.MANAGE_MEMBERS, "organisation.member_left")
def remove(act: Act, member_id: int, heirs: dict[str, int]) -> None:
    """Ends a membership; heirs names a new owner (a person) for every order that the member owns. Whoever takes most of them
    takes the leaver's shortlists, and without any the admin who acts, or another one.

    NotPossibleNow("heirs: order, order") while an order has none; the last admin cannot leave.
    """
    member = member_of(act, administers(act), member_id)
    keep_an_admin(act, member)
    owned = owned_orders(act.session, member)
    _hand_over(owned, heirs, {heir.person_id for heir in heirs_of(act.session, member)})
    shortlists.hand_over(act.session, member, _takes_most(act, member, {order.id: heirs[order.id] for order in owned}))
    member.left_at = act.now
    end_all(act.session, member.person_id, act.now)
    act.note("member", member.id, detail={"heirs": dict(heirs)})
