"""The evidence for the talent-scout reward: its conditions from data/reward, each with its proof or with what is missing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.orders.award import unsigned
from market.orders.bid_models import Award
from market.orders.contract import signed_by_buyer
from market.orders.delivery_models import LedgerLine, Payment, Placement
from market.orders.facts import WHOLE
from market.orders.models import Dispute, Order

Facts = Mapping[str, Any]
Proof = Callable[[Session, Order, Award], Facts | None]


@dataclass(frozen=True)
class Condition:
    """One condition: key names it, proof gives the facts that show it is met, or None."""

    key: str
    proof: Proof


@dataclass(frozen=True)
class Clause:
    """One row of data/reward/conditions.csv: what is asked, by which text, and while that text counts; a key without a
    condition here is one that this site cannot prove."""

    key: str
    text: str
    source_title: str
    valid_from: date | None
    valid_to: date | None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=4)
def clauses(data_dir: Path) -> Mapping[str, Clause]:
    """Every clause by its key, in the order of the file."""
    with (data_dir / "reward" / "conditions.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: Clause(row["key"], row["clause"], row["source_title"], _day(row["valid_from"]),
                                   _day(row["valid_to"])) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Evidence:
    """One condition of one award: the facts that prove it; None where it is not met."""

    key: str
    proof: Facts | None

    @property
    def met(self) -> bool:
        """True when there is a proof."""
        return self.proof is not None


def _placements(session: Session, award: Award, *stages: str) -> list[Placement]:
    return list(session.scalars(select(Placement).where(Placement.award_id == award.id, Placement.stage.in_(stages))
                                .order_by(Placement.id)))


def _contract(session: Session, order: Order, award: Award) -> Facts | None:
    signed = signed_by_buyer(session, order)
    return {"award": award.id, "at": signed} if signed and not unsigned(session, order) else None


def _consents(session: Session, order: Order, award: Award) -> Facts | None:
    rows = _placements(session, award, "placed", "guarantee", "confirmed")
    versions = sorted({str(row.consent_text) for row in rows})
    return {"people": len(rows), "versions": versions} if rows and all(row.consented_at for row in rows) else None


def _filled(session: Session, order: Order, award: Award) -> Facts | None:
    filled = {row.place for row in _placements(session, award, "placed", "guarantee", "confirmed")}
    return {"places": len(filled)} if len(filled) == award.places else None


def _guarantees(session: Session, order: Order, award: Award) -> Facts | None:
    running = _placements(session, award, "placed", "guarantee")
    done = _placements(session, award, "confirmed")
    return {"people": len(done)} if done and not running else None


def _settled(session: Session, order: Order, award: Award) -> Facts | None:
    if order.state not in ("settled", "closed"):
        return None
    return {"fen": sum(session.scalars(select(LedgerLine.fen).where(LedgerLine.award_id == award.id,
                                                                    LedgerLine.kind == "fee")))}


def _paid(session: Session, order: Order, award: Award) -> Facts | None:
    rows = list(session.scalars(select(Payment).where(Payment.award_id == award.id, Payment.kind == "fee")
                                .order_by(Payment.id)))
    return {"files": [row.proof.get("name", "") for row in rows]} if rows and all(row.done_at for row in rows) else None


def _undisputed(session: Session, order: Order, award: Award) -> Facts | None:
    row = session.scalar(select(Dispute).where(Dispute.order_id == order.id))
    if row is None:
        return {}
    return {"payable_bp": row.payable_bp} if row.resolved_at and row.payable_bp == WHOLE else None


CONDITIONS: tuple[Condition, ...] = (
    Condition("contract_signed", _contract), Condition("candidates_consented", _consents),
    Condition("places_filled", _filled), Condition("guarantee_over", _guarantees), Condition("order_settled", _settled),
    Condition("fee_paid", _paid), Condition("no_dispute", _undisputed),
)
PROVEN = frozenset(row.key for row in CONDITIONS)


def evidence(session: Session, order: Order, institution_id: str) -> list[Evidence]:
    """Every condition for a firm's award on an order, in order; all unmet without an award."""
    award = session.scalar(select(Award).where(Award.order_id == order.id, Award.institution_id == institution_id,
                                               Award.state == "active"))
    return [Evidence(row.key, row.proof(session, order, award) if award else None) for row in CONDITIONS]
