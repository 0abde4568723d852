"""Authorities and the operator do not apply themselves: an organisation is founded by command, its people are invited."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from market.access import Act, Note, Role
from market.accounts.models import Member, Organisation
from market.accounts.rules import APPLIES_ITSELF, ROLES_OF, VERIFIED_FOR
from market.accounts.tickets import Invitation, invitation_to
from market.audit import record
from market.districts.models import District
from market.errors import InvalidInput
from market.institutions.rules import code_fault

KIND_OF = {role: kind for kind, roles in ROLES_OF.items() for role in roles}


@dataclass(frozen=True)
class Founding:
    """Who is invited, in which role, into which organisation; code and district are needed for one that is new."""

    email: str
    role: Role
    organisation: str
    code: str = ""
    district: str = ""


def invite_by_command(act: Act, founding: Founding) -> str:
    """The token of an invitation; the organisation is made, approved, when there is none of its name.

    InvalidInput for a role without an organisation, another kind of organisation, a wrong code or an unknown district.
    """
    kind = KIND_OF.get(founding.role)
    if kind is None:
        raise InvalidInput("role")
    house = act.session.scalar(select(Organisation).where(Organisation.name == founding.organisation.strip()))
    if house is None:
        house = _founded(act, kind, founding)
    if house.kind != kind:
        raise InvalidInput("role")
    first = act.session.scalar(select(Member.id).where(Member.organisation_id == house.id, Member.left_at.is_(None))) is None
    token = invitation_to(act, house, Invitation(founding.email, founding.role, admin=first))
    record(act, "organisation.invited", Note("organisation", str(house.id), detail={"role": str(founding.role)}))
    return token


def _founded(act: Act, kind: str, founding: Founding) -> Organisation:
    """An organisation that applies by itself is never made by command: its licence would go unread."""
    if kind in APPLIES_ITSELF:
        raise InvalidInput("kind")
    if not founding.organisation.strip():
        raise InvalidInput("name")
    if fault := code_fault(founding.code):
        raise InvalidInput(f"unified_code: {fault}")
    known = act.session.scalar(select(District.name).where(District.name == founding.district))
    if (kind == "district_bureau" or founding.district) and known is None:
        raise InvalidInput("district")
    house = Organisation(kind=kind, name=founding.organisation.strip(), unified_code=founding.code, district=known,
                         state="approved", applied_at=act.now, verified_until=act.now + VERIFIED_FOR)
    act.session.add(house)
    act.session.flush()
    record(act, "organisation.founded", Note("organisation", str(house.id), detail={"kind": kind}))
    return house
