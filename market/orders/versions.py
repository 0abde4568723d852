"""Optimistic versions: a form that was opened on an older version is refused, with what changed meanwhile."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act
from market.audit import REFUSED, AuditEntry
from market.database import locked
from market.errors import NotFound, NotPossibleNow
from market.orders.models import Order

# Entries that name a bidder, or an expert whose seat says who did not bid: they stay out of every reading of the audit until
# two keys opened the bids.
_SEALED = ("order.bid", "order.withdraw", "order.consent_bid", "order.refuse_bid", "order.reconfirm", "order.ask",
           "order.save_bid_draft", "order.draw_panel", "order.recuse")
SEALED_EVENTS = frozenset({*_SEALED, *(f"{event}{REFUSED}" for event in _SEALED)})


def changes_since(session: Session, found: Order, version: int) -> list[str]:
    """What changed on an order since a version of it: names of fields, or the event where the state moved."""
    rows = session.scalars(select(AuditEntry).where(AuditEntry.chain == f"order:{found.id}").order_by(AuditEntry.seq))
    names: list[str] = []
    for row in rows:
        if row.event not in SEALED_EVENTS and int(row.detail.get("version", 0)) > version:
            names += row.detail.get("changed") or [row.event]
    return list(dict.fromkeys(names))


def expect(act: Act, order_id: str, version: int) -> None:
    """Refuses a form that was opened on an older version: NotPossibleNow("changed: field, field")."""
    order = locked(act.session, Order, order_id)
    if order is None:
        raise NotFound(order_id)
    if order.version != version:
        raise NotPossibleNow("changed: " + ", ".join(changes_since(act.session, order, version)))
