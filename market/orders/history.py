"""What happened to an order's terms: its versions as one reader may see them, and those that a bidder has not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor
from market.orders.bid_models import Bid, BidMember
from market.orders.models import Order, OrderVersion
from market.orders.queries import brief

SECRET = "brief"  # of a confidential order: for whoever accepted its terms


@dataclass(frozen=True)
class Version:
    """One change of an open order: field -> (before, after); hidden: the full text changed too, unseen by this reader."""

    number: int
    at: datetime
    material: bool
    changes: dict[str, tuple[Any, Any]]
    hidden: bool = False


def versions(session: Session, actor: Actor, found: Order) -> list[Version]:
    """The versions of an order since its publication, the oldest first."""
    rows = session.scalars(select(OrderVersion).where(OrderVersion.order_id == found.id).order_by(OrderVersion.version))
    knows = not found.confidential or brief(session, actor, found).text is not None
    return [Version(row.version, row.at, row.material,
                    {name: (before, after) for name, (before, after) in row.changes.items() if knows or name != SECRET},
                    not knows and SECRET in row.changes) for row in rows]


@dataclass(frozen=True)
class Unconfirmed:
    """Material changes that the actor's bid does not rest on yet; mine: the actor's firm leads the bid and may confirm."""

    versions: tuple[Version, ...]
    mine: bool


def unconfirmed(session: Session, actor: Actor, found: Order) -> Unconfirmed | None:
    """What the actor's firm has to confirm anew; None where it has no bid, or one on the newest terms."""
    row = session.scalar(select(Bid).join(BidMember, BidMember.bid_id == Bid.id).where(
        Bid.order_id == found.id, Bid.withdrawn_at.is_(None), ~BidMember.gone,
        BidMember.institution_id == actor.institution_id)) if actor.institution_id else None
    if row is None or row.terms_version == found.terms_version:
        return None
    material = [version for version in versions(session, actor, found) if version.material]
    return Unconfirmed(tuple(material[row.terms_version - 1 :]), row.institution_id == actor.institution_id)
