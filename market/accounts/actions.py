"""Writes of accounts: applying, approval, invitations, recovery, and handing over when a member leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from market.access import Act, Note, Permission, Role, action
from market.accounts.models import Expert, Member, Organisation, Person, Ticket
from market.accounts.passwords import hashed
from market.accounts.rules import APPLIES_ITSELF, ROLES_OF, password_fault
from market.accounts.sessions import end_all, new_token, token_hash
from market.audit import record
from market.clock import day_of
from market.database import locked
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.institutions.rules import code_fault
from market.orders.models import Enterprise, Order
from market.vocabulary import LICENCE_NAMES

VERIFIED_FOR = timedelta(days=183)  # licence and identity are read anew every six months
RECOVERY_FOR, INVITATION_FOR = timedelta(hours=1), timedelta(days=7)


@dataclass(frozen=True)
class Application:
    """What an organisation says of itself when it applies."""

    kind: str
    name: str
    unified_code: str
    licence_number: str = ""
    district: str = ""
    park_id: str = ""
    fictitious: bool = False


def _person(act: Act, email: str, name: str, password: str) -> Person:
    email = email.strip().lower()
    if "@" not in email:
        raise InvalidInput("email")
    if fault := password_fault(password, email):
        raise InvalidInput(f"password: {fault}")
    if act.session.scalar(select(Person.id).where(Person.email == email)):
        raise InvalidInput("email: taken")
    person = Person(email=email, name=name.strip(), password_hash=hashed(password), joined_at=act.now)
    act.session.add(person)
    act.session.flush()
    return person


@action(Permission.APPLY, "account.registered")
def register(act: Act, email: str, name: str, password: str) -> Person:
    """A person's own account; InvalidInput names what is wrong with address or password."""
    person = _person(act, email, name, password)
    act.note("person", person.id)
    return person


@action(Permission.APPLY, "organisation.applied")
def apply(act: Act, person_id: int, application: Application) -> Organisation:
    """An organisation applies, its first member is the applicant; it may do nothing until it is approved."""
    if application.kind not in APPLIES_ITSELF:
        raise InvalidInput("kind")
    house = set_up(act, person_id, application)
    act.note("organisation", house.id, detail={"kind": house.kind})
    return house


def set_up(act: Act, person_id: int, application: Application) -> Organisation:
    """An organisation with its first member as admin; the code's check digit must be right, and name and code new."""
    if fault := code_fault(application.unified_code):
        raise InvalidInput(f"unified_code: {fault}")
    if application.kind == "hr_firm" and not application.licence_number:
        raise InvalidInput("licence_number")
    clash = select(Organisation.id).where((Organisation.unified_code == application.unified_code)
                                          | (Organisation.name == application.name.strip()))
    if act.session.scalar(clash):
        raise InvalidInput("organisation: known")
    house = Organisation(kind=application.kind, name=application.name.strip(), unified_code=application.unified_code,
                         licence_number=application.licence_number or None, district=application.district or None,
                         park_id=application.park_id or None, applied_at=act.now, fictitious=application.fictitious)
    act.session.add(house)
    act.session.flush()
    _join(act, person_id, house.id, ROLES_OF[house.kind][0], admin=True)
    return house


def _join(act: Act, person_id: int, organisation_id: int, role: str, *, admin: bool) -> Member:
    member = Member(person_id=person_id, organisation_id=organisation_id, role=str(role), admin=admin, joined_at=act.now)
    act.session.add(member)
    act.session.flush()
    return member


def _enterprise(act: Act, name: str) -> int:
    found = act.session.scalar(select(Enterprise).where(Enterprise.name == name))
    if found is None:
        found = Enterprise(name=name)
        act.session.add(found)
        act.session.flush()
    return found.id


def _institution(act: Act, house: Organisation) -> str:
    """The firm of the register with this credit code, and only with a licence or filing of the number given."""
    firm = act.session.scalar(select(Institution).where(Institution.unified_code == house.unified_code))
    if firm is None:
        raise InvalidInput("unified_code: no such firm in the register")
    held = firm.held(day_of(act.now))
    numbers = {licence.number for licence in firm.licences if licence.name in held and licence.name in LICENCE_NAMES}
    if house.licence_number not in numbers:
        raise InvalidInput("licence_number: not valid today")
    return firm.id


@action(Permission.APPROVE_ORGANISATION, "organisation.approved")
def approve(act: Act, organisation_id: int) -> Organisation:
    """Lets an organisation act, for six months; a firm only with a licence that is valid today."""
    house = locked(act.session, Organisation, organisation_id)
    if house is None:
        raise NotFound(str(organisation_id))
    if house.kind == "enterprise":
        house.enterprise_id = house.enterprise_id or _enterprise(act, house.name)
    if house.kind == "hr_firm":
        house.institution_id = _institution(act, house)
    house.state, house.verified_until, house.refusal = "approved", act.now + VERIFIED_FOR, None
    act.note("organisation", house.id)
    return house


@action(Permission.APPROVE_ORGANISATION, "organisation.refused")
def refuse(act: Act, organisation_id: int, reason: str) -> None:
    """Refuses or suspends an organisation, with the reason that it will read."""
    house = locked(act.session, Organisation, organisation_id)
    if house is None:
        raise NotFound(str(organisation_id))
    if not reason.strip():
        raise InvalidInput("reason")
    house.state, house.refusal = ("suspended" if house.state == "approved" else "refused"), reason.strip()
    act.note("organisation", house.id, detail={"reason": reason.strip()})


@action(Permission.APPROVE_EXPERT, "expert.approved")
def approve_expert(act: Act, person_id: int, fields: list[str]) -> Expert:
    """Takes a person into the pool of experts."""
    if act.session.get(Person, person_id) is None:
        raise NotFound(str(person_id))
    expert = act.session.get(Expert, person_id) or Expert(person_id=person_id)
    expert.fields, expert.approved_at = fields, act.now
    act.session.add(expert)
    act.note("expert", person_id)
    return expert


@dataclass(frozen=True)
class Invitation:
    """Who is invited, and as what."""

    email: str
    role: Role
    admin: bool = False


def _administers(act: Act) -> Organisation:
    if not act.actor.admin or act.actor.organisation_id is None:
        raise NotFound("organisation")
    return act.session.get_one(Organisation, act.actor.organisation_id)


@action(Permission.MANAGE_MEMBERS, "organisation.invited")
def invite(act: Act, invitation: Invitation) -> str:
    """The token of an invitation into the actor's organisation, to be sent to the address; good for a week, once."""
    house = _administers(act)
    if invitation.role not in ROLES_OF[house.kind]:
        raise InvalidInput("role")
    token = new_token()
    act.session.add(Ticket(token_hash=token_hash(token), purpose="invitation", email=invitation.email.strip().lower(),
                           organisation_id=house.id, role=str(invitation.role), admin=invitation.admin,
                           ends_at=act.now + INVITATION_FOR))
    act.note("organisation", house.id, detail={"role": str(invitation.role)})
    return token


def _used(act: Act, token: str, purpose: str) -> Ticket:
    ticket = locked(act.session, Ticket, token_hash(token))
    if ticket is None or ticket.purpose != purpose or ticket.used_at or act.now >= ticket.ends_at:
        raise NotFound("ticket")
    ticket.used_at = act.now
    return ticket


def join(act: Act, token: str, name: str, password: str) -> Member:
    """Joins by invitation: with a new account, or with the one that has the invited address (its password is asked)."""
    from market.accounts.passwords import fits

    ticket = _used(act, token, "invitation")
    person = act.session.scalar(select(Person).where(Person.email == ticket.email))
    if person is None:
        person = _person(act, ticket.email, name, password)
    elif not fits(person.password_hash, password):
        raise InvalidInput("password: wrong")
    assert ticket.organisation_id is not None
    assert ticket.role is not None
    member = _join(act, person.id, ticket.organisation_id, ticket.role, admin=ticket.admin)
    record(act, "organisation.joined", Note("member", str(member.id)))
    return member


def start_recovery(act: Act, email: str) -> str | None:
    """A token to be mailed, good for an hour; None where there is no such account (the page says the same either way)."""
    person = act.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        return None
    token = new_token()
    act.session.add(Ticket(token_hash=token_hash(token), purpose="recovery", email=person.email,
                           ends_at=act.now + RECOVERY_FOR))
    record(act, "account.recovery_asked", Note("person", str(person.id)))
    return token


def recover(act: Act, token: str, password: str) -> Person:
    """Sets a new password by a mailed token and ends every session; the second factor stays as it is."""
    ticket = _used(act, token, "recovery")
    if fault := password_fault(password, ticket.email):
        raise InvalidInput(f"password: {fault}")
    person = act.session.scalars(select(Person).where(Person.email == ticket.email)).one()
    person.password_hash = hashed(password)
    end_all(act.session, person.id)
    record(act, "account.recovered", Note("person", str(person.id)))
    return person


@action(Permission.MANAGE_MEMBERS, "organisation.member_left")
def remove(act: Act, member_id: int, heirs: Mapping[str, int]) -> None:
    """Ends a membership; heirs names a new owner (a person) for every order that the member owns.

    NotPossibleNow("heirs: order, order") while an order has none; the last admin cannot leave.
    """
    house = _administers(act)
    member = locked(act.session, Member, member_id)
    if member is None or member.organisation_id != house.id or member.left_at:
        raise NotFound("member")
    others = select(Member.id).where(Member.organisation_id == house.id, Member.admin, Member.left_at.is_(None),
                                     Member.id != member.id)
    if act.session.scalar(others) is None:
        raise NotPossibleNow("last_admin")
    _hand_over(act, member, heirs)
    member.left_at = act.now
    end_all(act.session, member.person_id)
    act.note("member", member.id, detail={"heirs": dict(heirs)})


def _hand_over(act: Act, member: Member, heirs: Mapping[str, int]) -> None:
    owned = list(act.session.scalars(select(Order).where(Order.owner_id == member.person_id,
                                                         Order.enterprise_id == member.organisation.enterprise_id,
                                                         Order.state.not_in(("closed", "cancelled", "terminated")))))
    without = [order.id for order in owned if order.id not in heirs]
    if without:
        raise NotPossibleNow(f"heirs: {', '.join(without)}")
    may_own = set(act.session.scalars(select(Member.person_id).where(
        Member.organisation_id == member.organisation_id, Member.left_at.is_(None), Member.id != member.id,
        Member.role == str(Role.ENTERPRISE_OWNER))))
    for order in owned:
        if heirs[order.id] not in may_own:
            raise InvalidInput(f"heir: {order.id}")
        order.owner_id = heirs[order.id]
