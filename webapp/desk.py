"""The matcher at work on the rows of the database: which firms suit an order, which orders suit a firm."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from market import vectors
from market.database import Database, Session
from market.institutions import queries as institutions
from market.orders import queries as orders
from market.orders.models import Order
from market.profiles import demand_of, profile_of
from market.standings import Standing, standings, with_standing
from matching.eligibility import eligible
from matching.encoders import EncoderNotReady, encoder_name
from matching.exposure import load_exposure_rule
from matching.pool import Pool, demand_text, texts_of
from matching.profiles import Demand
from matching.ranking import Match, Matcher
from matching.vocabulary import load_vocabulary
from matching.weights import load_weights
from webapp.settings import Settings

QUERY, PASSAGE = "query", "passage"
MOST_KEPT = 5000  # vectors of orders: 1.5 KB each
STANDING_KEPT_S = 30.0  # how long an award may be there before it lowers what a firm has free


class StoredVectors:
    """A VectorSource over the vectors of the database; EncoderNotReady while one that is asked for is missing."""

    def __init__(self, database: Database, encoder: str) -> None:
        self.database, self.encoder = database, encoder
        self._asked: dict[str, NDArray[np.float32]] = {}

    def _all(self, role: str, texts: Sequence[str]) -> NDArray[np.float32]:
        with self.database.read() as session:
            found = vectors.stored(session, self.encoder, role, texts)
        if len(found) < len(set(texts)):
            raise EncoderNotReady(f"{len(set(texts)) - len(found)} vectors are still to be computed")
        return np.array([found[text] for text in texts], np.float32).reshape(len(texts), -1)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts that are searched, shape (n, dims)."""
        return self._all(PASSAGE, texts)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts that search, shape (n, dims); a text's vector never changes, so the last ones are kept."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._asked]
        if fresh:
            if len(self._asked) > MOST_KEPT:
                self._asked.clear()
            self._asked.update(zip(fresh, self._all(QUERY, fresh), strict=True))
        return np.array([self._asked[text] for text in texts], np.float32).reshape(len(texts), -1)


@dataclass(frozen=True)
class Texts:
    """Every text whose vector the site needs: those that are searched and those that search."""

    passages: tuple[str, ...]
    queries: tuple[str, ...]


def texts_needed(session: Session, today: date) -> Texts:
    """The texts of all institutions and of the orders that take bids."""
    profiles = [profile_of(firm, today) for firm in institutions.every(session)]
    passages = dict.fromkeys([*texts_of(profiles), *(profile.name for profile in profiles if not profile.profile)])
    return Texts(tuple(passages), tuple(dict.fromkeys(demand_text(demand_of(o)) for o in orders.open_orders(session, today))))


class MatchDesk:
    """Keeps the firms prepared; prepares them anew when the day, the index or the vectors change."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        source = StoredVectors(database, encoder_name(settings.encoder))
        self.matcher = Matcher(load_vocabulary(settings.data_dir), load_weights(settings.data_dir), source)
        self.rule = load_exposure_rule(settings.data_dir)
        self._lock = threading.Lock()
        self._pool: tuple[object, Pool | None] | None = None
        self._known: Mapping[str, Standing] = {}
        self._known_at = float("-inf")

    def prepare(self, stamp: object, today: date) -> None:
        """Makes the firms ready for the first order; nothing where vectors are still missing."""
        with suppress(EncoderNotReady):
            self.pool(stamp, today)

    def pool(self, stamp: object, today: date) -> Pool | None:
        """The firms that can be matched, or None where there is none: a site with public lists alone. EncoderNotReady while
        vectors are missing."""
        with self._lock:
            if self._pool is None or self._pool[0] != (stamp, today):
                with self.database.read() as session:
                    profiles = [profile_of(firm, today) for firm in institutions.every(session)]
                # Who has no grade and offers nothing by its standard name cannot be held against an order.
                able = [p for p in profiles if p.credit_grade and p.services]
                self._pool, self._known_at = ((stamp, today), self.matcher.pool(able) if able else None), float("-inf")
                self._known = {}
            if time.monotonic() > self._known_at + STANDING_KEPT_S:
                self._read_standings(today)
            return self._pool[1]

    def _read_standings(self, today: date) -> None:
        """What firms promised and delivered changes with every award: it is read again and again, the texts are not."""
        assert self._pool is not None
        with self.database.read() as session:
            known = standings(session)
        stamp, pool = self._pool
        if pool is not None and known != self._known:
            pool = replace(pool, profiles=tuple(with_standing(pool.profiles, known, today)))
        self._pool, self._known, self._known_at = (stamp, pool), known, time.monotonic()

    def fitting(self, order: Order, pool: Pool | None) -> list[str]:
        """Firms that meet every must-have of an order, unranked: it may be a draft whose own vector nobody has computed."""
        if pool is None:
            return []
        demand = demand_of(order)
        may = eligible(demand, self.matcher.needs(demand), pool, self.matcher.vocabulary)
        return [profile.id for profile, fits in zip(pool.profiles, may, strict=True) if fits]

    def suits(self, firm_id: str, open_orders: Iterable[Order], pool: Pool | None, limit: int = 8) -> tuple[Match, ...]:
        """The orders that suit a firm, best first; none where the firm cannot be matched."""
        if pool is None or firm_id not in pool.row_of:
            return ()
        demands: list[Demand] = [demand_of(order) for order in open_orders]
        return self.matcher.orders_for(firm_id, demands, pool, limit)
