"""The evidence for the talent-scout reward: its conditions as data, each with its proof or with what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.orders.bid_models import Award
from market.orders.delivery_models import LedgerLine, Payment, Placement
from market.orders.models import Dispute, Order

Proof = Callable[[Session, Order, Award], str]


@dataclass(frozen=True)
class Condition:
    """One condition: key names it, proof gives what shows that it is met, or an empty text."""

    key: str
    proof: Proof


@dataclass(frozen=True)
class Evidence:
    """One condition of one award: proof is empty where it is not met."""

    key: str
    proof: str

    @property
    def met(self) -> bool:
        """True when there is a proof."""
        return bool(self.proof)


def _placements(session: Session, award: Award, *stages: str) -> list[Placement]:
    return list(session.scalars(select(Placement).where(Placement.award_id == award.id, Placement.stage.in_(stages))))


def _contract(session: Session, order: Order, award: Award) -> str:
    return f"award {award.id}, {award.awarded_at:%Y-%m-%d}" if award.awarded_at else ""


def _consents(session: Session, order: Order, award: Award) -> str:
    rows = _placements(session, award, "placed", "guarantee", "confirmed")
    return ", ".join(f"placement {row.id}: {row.consent_text}" for row in rows if row.consented_at)


def _filled(session: Session, order: Order, award: Award) -> str:
    filled = {row.place for row in _placements(session, award, "placed", "guarantee", "confirmed")}
    return f"{len(filled)} of {award.places}" if len(filled) == award.places else ""


def _guarantees(session: Session, order: Order, award: Award) -> str:
    running = _placements(session, award, "placed", "guarantee")
    done = _placements(session, award, "confirmed")
    return ", ".join(f"placement {row.id}" for row in done) if done and not running else ""


def _settled(session: Session, order: Order, award: Award) -> str:
    if order.state not in ("settled", "closed"):
        return ""
    fen = sum(session.scalars(select(LedgerLine.fen).where(LedgerLine.award_id == award.id, LedgerLine.kind == "fee")))
    return f"{fen} fen"


def _paid(session: Session, order: Order, award: Award) -> str:
    rows = list(session.scalars(select(Payment).where(Payment.award_id == award.id, Payment.kind == "fee")))
    return ", ".join(row.proof.get("name", "") for row in rows) if rows and all(row.done_at for row in rows) else ""


def _undisputed(session: Session, order: Order, award: Award) -> str:
    row = session.scalar(select(Dispute).where(Dispute.order_id == order.id))
    if row is None:
        return "none"
    return f"ruled {row.payable_bp} bp" if row.resolved_at and row.payable_bp == 10_000 else ""


CONDITIONS: tuple[Condition, ...] = (
    Condition("contract_signed", _contract), Condition("candidates_consented", _consents),
    Condition("places_filled", _filled), Condition("guarantee_over", _guarantees), Condition("order_settled", _settled),
    Condition("fee_paid", _paid), Condition("no_dispute", _undisputed),
)


def evidence(session: Session, order: Order, institution_id: str) -> list[Evidence]:
    """Every condition for a firm's award on an order, in order; all unmet without an award."""
    award = session.scalar(select(Award).where(Award.order_id == order.id, Award.institution_id == institution_id,
                                               Award.state == "active"))
    return [Evidence(row.key, row.proof(session, order, award) if award else "") for row in CONDITIONS]
