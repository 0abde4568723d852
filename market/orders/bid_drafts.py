"""Drafts of bids: kept sealed for the person who writes them, until the bid is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.errors import NotFound
from market.keys import Keys
from market.orders.bid_models import BidDraft
from market.orders.models import Order
from market.orders.steps import seen_by, ties_of


def _purpose(order_id: str, person_id: int) -> str:
    return f"bid_draft:{order_id}:{person_id}"


@action(Permission.BID, "order.save_bid_draft")
def save_draft(act: Act, order_id: str, typed: Mapping[str, Any]) -> None:
    """Keeps what was typed, as it was typed: nothing is checked before the bid is handed in."""
    order, person = act.session.get(Order, order_id), act.actor.person_id
    if order is None or person is None or not seen_by(act.actor, order, ties_of(act.session, act.actor, order)):
        raise NotFound(order_id)
    row = act.session.get(BidDraft, (order_id, person)) or BidDraft(order_id=order_id, person_id=person)
    row.sealed, row.saved_at = act.keys.seal(_purpose(order_id, person), dict(typed)), act.now
    act.session.add(row)
    act.session.flush()
    act.note("order", order_id, order_id=order_id)


def draft_of(session: Session, actor: Actor, keys: Keys, order_id: str) -> tuple[dict[str, Any], datetime] | None:
    """The actor's own draft and when it was saved; None where there is none."""
    row = session.get(BidDraft, (order_id, actor.person_id)) if actor.person_id else None
    return (keys.unseal(_purpose(order_id, row.person_id), row.sealed), row.saved_at) if row else None


def drop_draft(act: Act, order_id: str) -> None:
    """Forgets the actor's draft: the bid holds it now."""
    act.session.execute(delete(BidDraft).where(BidDraft.order_id == order_id, BidDraft.person_id == act.actor.person_id))
