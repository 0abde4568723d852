"""The conditions of the bidding as a page lists them: each that a firm must meet, met or not, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from market.access import Act
from market.accounts.models import Organisation
from market.clock import day_of
from market.institutions.models import Institution
from market.orders.bids import elsewhere
from market.orders.models import Order
from market.orders.parties import current, licences_lacking, licences_needed


@dataclass(frozen=True)
class Check:
    """One condition. code: verified, licence, grade, elsewhere; what: the licence or grade asked for; until: its last day."""

    code: str
    met: bool
    what: str = ""
    until: date | None = None


def fitness(act: Act, order: Order, firm: Institution) -> list[Check]:
    """The conditions that everybody may see of a firm: each licence that the order's services need, and the credit grade."""
    today, lacking = day_of(act.now), licences_lacking(firm, order, act)
    ends = {licence.name: licence.valid_to for licence in firm.licences}
    found = [Check("licence", name not in lacking, name, ends.get(name)) for name in sorted(licences_needed(order, act))]
    if not found:
        found = [Check("licence", True, "", today)]
    return [*found, Check("grade", firm.credit_grade != "D", firm.credit_grade or "")]


def conditions(act: Act, order: Order, firm: Institution, own_bid: int | None = None) -> list[Check]:
    """Everything that the actor's own firm must meet; own_bid: its bid, which is not elsewhere. `bids.gate` decides."""
    house = act.session.scalar(select(Organisation).where(Organisation.institution_id == firm.id))
    until = day_of(house.verified_until) if house and house.verified_until else None
    free = not elsewhere(act.session, order.id, [firm.id], own_bid)
    return [Check("verified", current(firm, act), "", until), *fitness(act, order, firm), Check("elsewhere", free)]
