"""The contract after the award as its parties read it: who signs, the milestones, who may see which award."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor, Role
from market.audit import AuditEntry
from market.errors import NotFound
from market.institutions.models import Institution
from market.orders.bid_models import Award, AwardedPlace, BidMember
from market.orders.delivery_models import Milestone
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.money import split
from market.orders.steps import standing_awards, ties_of


@dataclass(frozen=True)
class Signer:
    """A firm of an awarded bid: its share of the fee in basis points, and when it signed."""

    institution_id: str
    name: str
    share_bp: int
    signed_at: datetime | None
    lead: bool


@dataclass(frozen=True)
class Contract:
    """One award as its parties read it: mine where the reader leads it."""

    award: Award
    firm: str
    places: tuple[int, ...]
    signers: tuple[Signer, ...]
    milestones: tuple[Milestone, ...]
    mine: bool

    @property
    def part_fen(self) -> list[int]:
        """What each milestone is worth, in fen; they sum to the award's value."""
        return split(self.award.value_fen, [part.share_bp for part in self.milestones]) if self.milestones else []

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Names of the firms that have not signed."""
        return tuple(signer.name for signer in self.signers if signer.signed_at is None)


def seen_awards(session: Session, actor: Actor, order: Order) -> list[Award]:
    """The active awards that an actor may read: all for the buyer and a regulator, a firm's own; NotFound for others."""
    awards = standing_awards(session, order, ("active",))
    if actor.role is not Role.REGULATOR and Tie.BUYER not in ties_of(session, actor, order):
        bids = set(session.scalars(select(BidMember.bid_id).where(
            BidMember.order_id == order.id, BidMember.institution_id == actor.institution_id, ~BidMember.gone)))
        awards = [award for award in awards if award.bid_id in bids]
        if not awards:
            raise NotFound(order.id)
    return awards


def contracts(session: Session, actor: Actor, order: Order) -> list[Contract]:
    """The awards of an order with their signers and milestones, cut by the actor."""
    awards = seen_awards(session, actor, order)
    parts = list(session.scalars(select(Milestone).where(Milestone.order_id == order.id)
                                 .order_by(Milestone.award_id, Milestone.number)))
    places = list(session.scalars(select(AwardedPlace).where(AwardedPlace.order_id == order.id)))
    names = firm_names(session, [award.institution_id for award in awards])
    return [Contract(award, names[award.institution_id],
                     tuple(sorted(row.number for row in places if row.award_id == award.id)), _signers(session, award),
                     tuple(row for row in parts if row.award_id == award.id), award.institution_id == actor.institution_id)
            for award in awards]


def firm_names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Institution -> its name."""
    rows = session.execute(select(Institution.id, Institution.name).where(Institution.id.in_(ids)))
    return dict(rows.all())


def _signers(session: Session, award: Award) -> tuple[Signer, ...]:
    rows = session.execute(select(BidMember, Institution.name).join(
        Institution, Institution.id == BidMember.institution_id).where(BidMember.bid_id == award.bid_id, ~BidMember.gone))
    found = [Signer(row.institution_id, name, row.share_bp, row.signed_at, row.institution_id == award.institution_id)
             for row, name in rows]
    return tuple(sorted(found, key=lambda one: (not one.lead, one.institution_id)))


def signed_by_buyer(session: Session, order: Order) -> datetime | None:
    """When the enterprise signed, by the audit of the order."""
    return session.scalar(select(AuditEntry.at).where(
        AuditEntry.chain == f"order:{order.id}", AuditEntry.event == "order.sign").order_by(AuditEntry.seq.desc()).limit(1))
