"""What a person who was proposed sees by their link: for what, by whom, which data, and who looked at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act
from market.accounts.models import Organisation
from market.audit import who_read
from market.institutions.models import Institution
from market.orders.candidates import by_link
from market.orders.delivery_models import Candidate, Ownership, Placement
from market.orders.models import Order
from market.orders.privacy import masked_name, masked_phone
from market.orders.way import OVER


@dataclass(frozen=True)
class Reading:
    """Somebody's act that touched the person's data: the role, the organisation, and the reason where one was given."""

    at: datetime
    event: str
    role: str
    house: str
    reason: str
    case: str


@dataclass(frozen=True)
class OwnData:
    """A proposed person's page; name and number masked, since a link may be read by others; erased: nothing is left."""

    placement: Placement
    order: Order
    enterprise: str
    firm: str
    name: str
    phone: str
    summary: str
    erased: bool
    readings: tuple[Reading, ...]

    @property
    def may_erase(self) -> bool:
        """True when the matter is over and the data is still there."""
        return self.placement.stage in OVER and not self.erased


def own_data(act: Act, token: str) -> OwnData:
    """The page behind a signed link; NotFound for a wrong or expired one."""
    _, row = by_link(act, token)
    session = act.session
    person, order = session.get_one(Candidate, row.candidate_id), session.get_one(Order, row.order_id)
    data: Mapping[str, Any] = act.keys.unseal("candidate", person.sealed) if person.sealed else {}
    firm = session.get_one(Institution, person.institution_id).name
    return OwnData(row, order, order.enterprise.name if order.enterprise else "", firm,
                   masked_name(data["name"]) if data else "", masked_phone(data["phone"]) if data else "",
                   str(data.get("summary", "")), person.erased_at is not None, tuple(_readings(session, person.id)))


def everything(act: Act, token: str) -> dict[str, Any]:
    """All that is held on the person of a link, unmasked, and who touched it: for the person's own file.

    A person whom several firms proposed has a link from each; a link gives what its firm proposed and nothing else.
    """
    _, row = by_link(act, token)
    session, found = act.session, own_data(act, token)
    person = session.get_one(Candidate, row.candidate_id)
    owned = session.scalar(select(Ownership).where(
        Ownership.enterprise_id == found.order.enterprise_id, Ownership.person_hash == person.person_hash,
        Ownership.institution_id == person.institution_id))
    return {
        "data": dict(act.keys.unseal("candidate", person.sealed)) if person.sealed else {},
        "proposed_by": found.firm, "kept_since": person.added_at, "erased_at": person.erased_at,
        "for": {"order": row.order_id, "title": found.order.title, "enterprise": found.enterprise, "place": row.place},
        "stage": {"now": row.stage, "since": row.stage_at, "reason": row.reason_code, "guarantee_until": row.guarantee_until},
        "consent": {"at": row.consented_at, "version": row.consent_text},
        "no_other_firm_until": owned.until if owned else None,
        "readings": [asdict(reading) for reading in found.readings]}


def _readings(session: Session, candidate_id: int) -> Iterator[Reading]:
    entries = who_read(session, candidate_id)
    ids = {entry.organisation_id for entry in entries if entry.organisation_id}
    houses = dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))).all())
    for entry in entries:
        yield Reading(entry.at, entry.event, entry.role, houses.get(entry.organisation_id or 0, ""),
                      str(entry.detail.get("reason", "")), str(entry.detail.get("case", "")))
