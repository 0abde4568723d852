"""Tickets sent to an e-mail address and used once: an invitation into an organisation, the recovery of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from market.access import Act, Note, Permission, Role, action
from market.accounts.actions import new_member, new_person
from market.accounts.membership import administers
from market.accounts.models import Member, Organisation, Person, Ticket
from market.accounts.passwords import hashed
from market.accounts.rules import ROLES_OF, password_fault
from market.accounts.sessions import end_all, new_token, token_hash
from market.audit import record
from market.database import locked
from market.errors import InvalidInput, NotFound

RECOVERY_FOR, RECOVERY_EVERY, INVITATION_FOR = timedelta(hours=1), timedelta(minutes=2), timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """Who is invited, and as what."""

    email: str
    role: Role
    admin: bool = False


@action(Permission.MANAGE_MEMBERS, "organisation.invited")
def invite(act: Act, invitation: Invitation) -> str:
    """The token of an invitation into the actor's organisation, to be sent to the address; good for a week, once."""
    house = administers(act)
    token = invitation_to(act, house, invitation)
    act.note("organisation", house.id, detail={"role": str(invitation.role)})
    return token


def invitation_to(act: Act, house: Organisation, invitation: Invitation) -> str:
    """The token of an invitation into an organisation; the caller has decided that it may be given."""
    if "@" not in invitation.email:
        raise InvalidInput("email")
    if invitation.role not in ROLES_OF[house.kind]:
        raise InvalidInput("role")
    token = new_token()
    act.session.add(Ticket(token_hash=token_hash(token), purpose="invitation", email=invitation.email.strip().lower(),
                           organisation_id=house.id, role=str(invitation.role), admin=invitation.admin,
                           ends_at=act.now + INVITATION_FOR))
    return token


@dataclass(frozen=True)
class Invited:
    """What an invitation says: to whom, into which organisation, as what; known: the address has an account."""

    email: str
    house: str
    role: str
    admin: bool
    known: bool


def _open(act: Act, ticket: Ticket | None, purpose: str) -> Ticket:
    if ticket is None or ticket.purpose != purpose or ticket.used_at or act.now >= ticket.ends_at:
        raise NotFound("ticket")
    return ticket


def invited(act: Act, token: str) -> Invited:
    """What an invitation's token stands for; NotFound once it is used or over."""
    ticket = _open(act, act.session.get(Ticket, token_hash(token)), "invitation")
    house = act.session.get_one(Organisation, ticket.organisation_id)
    known = act.session.scalar(select(Person.id).where(Person.email == ticket.email)) is not None
    return Invited(ticket.email, house.name, ticket.role or "", ticket.admin, known)


def recovering(act: Act, token: str) -> str:
    """The address whose account a recovery's token opens; NotFound once it is used or over."""
    return _open(act, act.session.get(Ticket, token_hash(token)), "recovery").email


def _used(act: Act, token: str, purpose: str) -> Ticket:
    ticket = _open(act, locked(act.session, Ticket, token_hash(token)), purpose)
    ticket.used_at = act.now
    return ticket


def join(act: Act, token: str, name: str, password: str) -> Member:
    """Joins by invitation: with a new account, or signed in with the one that has the invited address.

    A password is never asked of an account that is there: whoever invited knows the link and could guess.
    """
    ticket = _used(act, token, "invitation")
    person = act.session.scalar(select(Person).where(Person.email == ticket.email))
    if person is None:
        if not name.strip():
            raise InvalidInput("name")
        person = new_person(act, ticket.email, name, password)
    elif act.actor.person_id != person.id or not act.actor.may(Permission.OWN_ACCOUNT):
        raise InvalidInput("password: sign in first")
    assert ticket.organisation_id is not None
    assert ticket.role is not None
    if act.session.scalar(select(Member.id).where(Member.person_id == person.id, Member.left_at.is_(None),
                                                  Member.organisation_id == ticket.organisation_id)):
        raise InvalidInput("member")
    member = new_member(act, person.id, ticket.organisation_id, ticket.role, admin=ticket.admin)
    record(act, "organisation.joined", Note("member", str(member.id)))
    return member


def start_recovery(act: Act, email: str) -> str | None:
    """A token to be mailed, good for an hour; None where there is no such account, or one was sent a moment ago.

    The page says the same either way.
    """
    email = email.strip().lower()
    person = act.session.scalar(select(Person).where(Person.email == email))
    sent = select(Ticket.token_hash).where(Ticket.email == email, Ticket.purpose == "recovery",
                                           Ticket.ends_at > act.now + RECOVERY_FOR - RECOVERY_EVERY)
    if person is None or act.session.scalar(sent):
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
    end_all(act.session, person.id, act.now)
    record(act, "account.recovered", Note("person", str(person.id)))
    return person
