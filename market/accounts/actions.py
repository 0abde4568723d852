"""Writes of accounts: registering, applying, approval, refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from market.access import Act, Permission, Role, action
from market.accounts.models import Expert, Member, Organisation, Person
from market.accounts.passwords import hashed
from market.accounts.queries import standing_of
from market.accounts.rules import APPLIES_ITSELF, ROLES_OF, VERIFIED_FOR, password_fault
from market.clock import day_of
from market.database import locked
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.institutions.rules import code_fault
from market.notices.follows import standing_changed
from market.notices.inbox import Happening, tell
from market.orders.models import Enterprise
from market.vocabulary import LICENCE_NAMES


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


def new_person(act: Act, email: str, name: str, password: str) -> Person:
    """An account; InvalidInput names what is wrong with address or password."""
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
    person = new_person(act, email, name, password)
    act.note("person", person.id)
    return person


@action(Permission.APPLY, "organisation.applied")
def apply(act: Act, person_id: int, application: Application) -> Organisation:
    """An organisation applies, its first member is the applicant; it may do nothing until it is approved."""
    if application.kind not in APPLIES_ITSELF:
        raise InvalidInput("kind")
    house = set_up(act, person_id, application)
    _tell(act, house, "applied", _operators(act))
    act.note("organisation", house.id, detail={"kind": house.kind})
    return house


@action(Permission.OWN_ACCOUNT, "organisation.applied_again")
def apply_again(act: Act, organisation_id: int, licence_number: str, note: str) -> Organisation:
    """A refused or suspended organisation answers the reason and waits for approval once more; its admin asks."""
    house = locked(act.session, Organisation, organisation_id)
    if house is None or house.id != act.actor.organisation_id or not act.actor.admin:
        raise NotFound(str(organisation_id))
    if house.state not in ("refused", "suspended"):
        raise NotPossibleNow("waiting")
    if not note.strip():
        raise InvalidInput("text")
    house.state, house.licence_number = "applied", licence_number.strip() or house.licence_number
    _tell(act, house, "applied", _operators(act))
    act.note("organisation", house.id, detail={"note": note.strip()})
    return house


def _operators(act: Act) -> list[int]:
    return list(act.session.scalars(select(Member.person_id).where(Member.role == str(Role.OPERATOR),
                                                                   Member.left_at.is_(None))))


def _members(act: Act, house: Organisation) -> list[int]:
    return list(act.session.scalars(select(Member.person_id).where(Member.organisation_id == house.id,
                                                                   Member.left_at.is_(None))))


def _tell(act: Act, house: Organisation, event: str, people: Iterable[int]) -> None:
    """One message about an organisation's standing, the reason of a refusal beside it."""
    happening = Happening(f"organisation.{event}", "organisation", str(house.id),
                          f"organisation:{house.id}:{event}:{act.now.isoformat()}")
    tell(act, happening, people, house.refusal or "")


def _label(act: Act, house: Organisation) -> str:
    """What the public sees of how a firm is verified; of other organisations it sees nothing."""
    return standing_of(house, act.now).state if house.institution_id else ""


def _tell_followers(act: Act, house: Organisation, was: str) -> None:
    """The followers of a firm hear that its label is another now, the reason of it not; its own people have been told."""
    label = _label(act, house)
    if house.institution_id and label != was:
        standing_changed(act, house.institution_id, label, _members(act, house))


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
    new_member(act, person_id, house.id, ROLES_OF[house.kind][0], admin=True)
    return house


def new_member(act: Act, person_id: int, organisation_id: int, role: str, *, admin: bool) -> Member:
    """A membership that begins now."""
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
    was = _label(act, house)
    house.state, house.verified_until, house.refusal = "approved", act.now + VERIFIED_FOR, None
    _tell(act, house, "approved", _members(act, house))
    _tell_followers(act, house, was)
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
    was = _label(act, house)
    house.state, house.refusal = ("suspended" if house.state == "approved" else "refused"), reason.strip()
    _tell(act, house, "refused", _members(act, house))
    _tell_followers(act, house, was)
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
