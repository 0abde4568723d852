"""The open orders that suit one firm, as its own page and its desk show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from market.clock import now
from market.database import Session
from market.matches.queries import reads_neutrally
from market.orders import oversight
from market.orders import queries as orders
from market.orders.models import Order
from market.profiles import demand_of
from matching.encoders import EncoderNotReady
from matching.pool import Pool
from webapp.access import actor
from webapp.clock import today
from webapp.services import services

AHEAD_SHOWN = 3  # orders named that suit a firm better than the one that is looked at


def soonest(taking: Iterable[Order]) -> list[Order]:
    """Orders that take bids, by deadline: the order of a reader who wants no ranks."""
    return sorted(taking, key=lambda order: (order.bids_close_at or now(), order.id))


@dataclass(frozen=True)
class OrderPlace:
    """Where an order stands among the of orders whose must-haves a firm meets; ahead: the orders before it, best first."""

    place: int
    of: int
    ahead: tuple[Order, ...]


def place_for_firm(session: Session, firm_id: str, order_id: str, pool: Pool) -> OrderPlace | None:
    """The other direction of a pair: the order's place for the firm; None where the firm misses a must-have of it."""
    taking = services().desk.matchable(orders.open_orders(session, today()))
    ids = services().desk.matcher.order_ids_for(firm_id, [demand_of(order) for order in taking.values()], pool)
    if order_id not in ids:
        return None
    at = ids.index(order_id)
    return OrderPlace(at + 1, len(ids), tuple(taking[key] for key in ids[:min(at, AHEAD_SHOWN)]))


def suits_of(session: Session, firm_id: str, limit: int = 8, known: Collection[str] = ()) -> dict[str, Any]:
    """Orders of the firm by fit, or by deadline for a reader who chose so; known: ids of orders that are left out.

    ready is False while vectors are missing; profile is None where the firm cannot be matched.
    """
    taking = {order.id: order for order in orders.open_orders(session, today()) if order.id not in known}
    try:
        pool = services().firms()
        found = {match.demand_id: match for match in services().desk.suits(firm_id, taking.values(), pool, limit)}
    except EncoderNotReady:
        return {"ready": False}
    neutral, suiting = reads_neutrally(session, actor()), [taking[key] for key in found]
    profile = pool.profiles[pool.row_of[firm_id]] if pool is not None and firm_id in pool.row_of else None
    return {"ready": True, "neutral": neutral, "matched": profile is not None, "profile": profile,
            "rows": [{"order": order, "match": found[order.id]} for order in (soonest(suiting) if neutral else suiting)]}


@dataclass(frozen=True)
class Fitting:
    """An order that takes bids, with the ids of a park's tenants that meet every must-have of it."""

    order: Order
    tenants: tuple[str, ...]


def fitting_of(session: Session) -> list[Fitting] | None:
    """The open orders whose place of work is in the district of the reader's park and that a tenant fits, the nearest
    deadline first; None while the matcher is not ready."""
    district = oversight.district_of(session, actor())
    taking = orders.open_orders(session, today(), district) if district else []
    try:
        pool = services().firms()
    except EncoderNotReady:
        return None
    tenants = oversight.tenants(session, actor())
    found = [Fitting(order, tuple(sorted(tenants.intersection(services().desk.fitting(order, pool))))) for order in taking]
    return [one for one in found if one.tenants]
