"""The money of an order to the fen as its parties read it: each award, milestone and member's share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor
from market.orders.contract import contracts, firm_names
from market.orders.delivery_models import LedgerLine, Milestone
from market.orders.models import Order
from market.orders.settlement import ledger_lines


@dataclass(frozen=True)
class Entry:
    """One line: which part of which award owes how much to whom; firm empty: it goes back to the enterprise."""

    award_id: int
    lead: str
    part: Milestone
    firm: str
    share_bp: int | None
    kind: str
    fen: int


@dataclass(frozen=True)
class Ledger:
    """What an actor reads of an order's money; written: the lines stand in the ledger, else they are foreseen."""

    entries: tuple[Entry, ...]
    written: bool
    value_fen: int

    @property
    def fen(self) -> int:
        """The sum of the lines."""
        return sum(row.fen for row in self.entries)


def ledger(session: Session, actor: Actor, order: Order, now: datetime) -> Ledger:
    """The lines of the awards that an actor may read: those written, or those that a settlement now would write."""
    mine = contracts(session, actor, order)
    kept = list(session.scalars(select(LedgerLine).where(LedgerLine.order_id == order.id).order_by(LedgerLine.id)))
    lines = kept or ledger_lines(session, order, now)
    parts = {part.id: (one, part) for one in mine for part in one.milestones}
    shares = {(one.award.id, signer.institution_id): signer.share_bp for one in mine for signer in one.signers}
    names = firm_names(session, sorted({line.institution_id for line in lines if line.institution_id}))
    entries = [Entry(line.award_id, parts[line.milestone_id][0].firm, parts[line.milestone_id][1],
                     names.get(line.institution_id or "", ""), shares.get((line.award_id, line.institution_id or "")),
                     line.kind, line.fen) for line in lines if line.milestone_id in parts]
    entries.sort(key=lambda row: (row.award_id, row.part.number, row.kind, row.firm))
    return Ledger(tuple(entries), bool(kept), sum(one.award.value_fen for one in mine))
