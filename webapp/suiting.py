"""The open orders that suit one firm, as its own page and its desk show them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from market.clock import now
from market.database import Session
from market.matches.queries import reads_neutrally
from market.orders import queries as orders
from matching.encoders import EncoderNotReady
from webapp.access import actor
from webapp.clock import today
from webapp.services import services


def suits_of(session: Session, firm_id: str, limit: int = 8, known: Collection[str] = ()) -> dict[str, Any]:
    """Orders of the firm by fit, or by deadline for a reader who chose so; known: ids of orders that are left out.

    ready is False while vectors are missing; profile is None where the firm cannot be matched.
    """
    taking = {order.id: order for order in orders.open_orders(session, today()) if order.id not in known}
    try:
        pool = services().firms()
        found = services().desk.suits(firm_id, taking.values(), pool, limit)
    except EncoderNotReady:
        return {"ready": False}
    neutral = reads_neutrally(session, actor())
    if neutral:
        found = tuple(sorted(found, key=lambda match: (taking[match.demand_id].bids_close_at or now(), match.demand_id)))
    profile = pool.profiles[pool.row_of[firm_id]] if pool is not None and firm_id in pool.row_of else None
    return {"ready": True, "rows": [{"order": taking[match.demand_id], "match": match} for match in found],
            "neutral": neutral, "matched": profile is not None, "profile": profile}
