"""How a firm stands in an order's bidding: its own bid, who of a joint bid confirmed, and whether it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.access import Actor
from market.institutions.queries import by_ids
from market.keys import Keys
from market.orders.bid_models import Bid, BidMember
from market.orders.bids import content
from market.orders.models import Order

NONE, INVITED, OUTDATED, BIDDER = "none", "invited", "outdated", "bidder"


@dataclass(frozen=True)
class PartyLine:
    """A firm in a bid with its share; stage: lead, confirmed, asked or left."""

    institution_id: str
    name: str
    share_bp: int
    stage: str


@dataclass(frozen=True)
class HeldBid:
    """A bid that the actor's firm leads or is asked into; faults say why it does not count: unconfirmed, left, terms."""

    bid_id: int
    leads: bool
    consented: bool
    parties: tuple[PartyLine, ...]
    offer: Mapping[str, Any]
    submitted_at: datetime
    faults: Mapping[str, tuple[str, ...]]
    opened: bool
    outcome: Mapping[str, Any] | None

    @property
    def counts(self) -> bool:
        """True when it would be opened."""
        return not self.faults


def _stage(bid: Bid, member: BidMember) -> str:
    if member.gone:
        return "left"
    if member.institution_id == bid.institution_id:
        return "lead"
    return "confirmed" if member.consented_at else "asked"


def _faults(bid: Bid, order: Order, parties: tuple[PartyLine, ...]) -> dict[str, tuple[str, ...]]:
    named = {"unconfirmed": "asked", "left": "left"}
    found = {code: tuple(p.name for p in parties if p.stage == stage) for code, stage in named.items()}
    old_terms = ("terms",) if bid.terms_version != order.terms_version and not bid.opened_at else ()
    return {code: names for code, names in {**found, "terms": old_terms}.items() if names}


def _rows(session: Session, actor: Actor, order: Order) -> list[Bid]:
    """The bids that the actor's firm leads or is asked into, its own part first."""
    if not actor.institution_id:
        return []
    return list(session.scalars(select(Bid).join(BidMember, BidMember.bid_id == Bid.id).where(
        Bid.order_id == order.id, Bid.withdrawn_at.is_(None), BidMember.institution_id == actor.institution_id,
        or_(~BidMember.gone, Bid.institution_id == actor.institution_id))
        .order_by(BidMember.consented_at.is_(None), Bid.id).execution_options(populate_existing=True)))


def held(session: Session, actor: Actor, keys: Keys, order: Order) -> list[HeldBid]:
    """The bid that the actor's firm takes part in, then those into which it is invited; empty for whoever is no firm."""
    rows = _rows(session, actor, order)
    names = {key: firm.name for key, firm in by_ids(session, [m.institution_id for row in rows for m in row.members]).items()}
    found = []
    for row in rows:
        parties = tuple(sorted((PartyLine(m.institution_id, names[m.institution_id], m.share_bp, _stage(row, m))
                                for m in row.members), key=lambda p: (p.stage != "lead", -p.share_bp, p.institution_id)))
        mine = next(m for m in row.members if m.institution_id == actor.institution_id)
        found.append(HeldBid(row.id, row.institution_id == actor.institution_id, mine.consented_at is not None, parties,
                             content(keys, row), row.submitted_at, _faults(row, order, parties), row.opened_at is not None,
                             row.outcome if order.state != "evaluating" else None))
    return found


def parts_in(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[str, str]:
    """What the actor's firm is in the bidding of each of some orders: none, invited, outdated (must confirm on new terms) or
    bidder; its own bid comes before those into which it is invited."""
    if not actor.institution_id or not orders:
        return {}
    rows = session.execute(select(Bid.order_id, Bid.institution_id, Bid.terms_version, BidMember.consented_at).join(
        BidMember, BidMember.bid_id == Bid.id).where(
        Bid.order_id.in_([order.id for order in orders]), Bid.withdrawn_at.is_(None),
        BidMember.institution_id == actor.institution_id, or_(~BidMember.gone, Bid.institution_id == actor.institution_id))
        .order_by(BidMember.consented_at.is_(None).desc(), Bid.id.desc()))
    terms = {order.id: order.terms_version for order in orders}
    return {key: INVITED if consented_at is None else
            OUTDATED if lead == actor.institution_id and version != terms[key] else BIDDER
            for key, lead, version, consented_at in rows}  # the last row of an order counts: it is the first of `_rows`
