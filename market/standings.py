"""What the orders' life says of each firm: people promised, places filled of those taken on, since when it is here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.accounts.models import Organisation
from market.clock import day_of
from market.orders.bid_models import Award, BidMember
from market.orders.delivery_models import Placement
from market.orders.models import IN_DISPUTE, Order
from market.orders.money import split
from market.orders.way import FILLS
from matching.profiles import Profile

RUNNING = ("awarded", "delivering", "accepting", *IN_DISPUTE)
ENDED = ("settling", "settled", "closed", "terminated")


@dataclass(frozen=True)
class Standing:
    """One firm: people promised to running orders and not there yet; places filled of those taken on in ended orders; the
    moment at which the firm applied to the site, None where it never did."""

    promised: int = 0
    delivered: int = 0
    asked: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class _Share:
    firm: str
    running: bool
    places: int
    filled: int


def _shares(session: Session) -> Iterator[_Share]:
    """The places of each standing award and those that are filled, split among the members of its bid by their shares: a
    candidate belongs to the lead on paper, whoever of them found the person."""
    rows = session.execute(
        select(Award.id, Award.places, Order.state, BidMember.institution_id, BidMember.share_bp)
        .join(Order, Order.id == Award.order_id).join(BidMember, BidMember.bid_id == Award.bid_id)
        .where(Award.state == "active", ~BidMember.gone, Order.state.in_(RUNNING + ENDED))
        .order_by(Award.id, BidMember.institution_id))
    members: dict[tuple[int, int, str], list[tuple[str, int]]] = defaultdict(list)
    for award, places, state, firm, share in rows:
        members[award, places, state].append((firm, share))
    filled = _filled(session)
    for (award, places, state), shared in members.items():
        shares = [share for _, share in shared]
        for (firm, _), part, done in zip(shared, split(places, shares), split(min(filled.get(award, 0), places), shares),
                                         strict=True):
            yield _Share(firm, state in RUNNING, part, min(part, done))


def _filled(session: Session) -> dict[int, int]:
    """Award -> places that its candidates fill."""
    rows = session.execute(select(Placement.award_id, func.count()).where(Placement.stage.in_(FILLS))
                           .group_by(Placement.award_id))
    return {int(award): int(count) for award, count in rows}


def standings(session: Session) -> dict[str, Standing]:
    """Firm id -> what is on record of it; a firm that is not there has no record."""
    since = session.execute(select(Organisation.institution_id, Organisation.applied_at).where(
        Organisation.institution_id.is_not(None), Organisation.state == "approved"))
    found: dict[str, Standing] = {firm: Standing(since=applied) for firm, applied in since if firm}
    for part in _shares(session):
        old = found.get(part.firm, Standing())
        found[part.firm] = replace(old, promised=old.promised + part.places - part.filled) if part.running else \
            replace(old, delivered=old.delivered + part.filled, asked=old.asked + part.places)
    return found


def with_standing(profiles: Iterable[Profile], known: Mapping[str, Standing], today: date) -> list[Profile]:
    """The profiles with what is on record of each firm."""
    none = Standing()
    found = ((profile, known.get(profile.id, none)) for profile in profiles)
    return [replace(profile, promised=held.promised, delivered=held.delivered, asked=held.asked,
                    listed_days=(today - day_of(held.since)).days if held.since else None) for profile, held in found]
