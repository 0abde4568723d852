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
from matching.profiles import Demand, Profile
from matching.ranking import Match, Matcher
from matching.vocabulary import load_vocabulary
from matching.weights import load_weights
from webapp.settings import Settings

QUERY, PASSAGE = "query", "passage"
MOST_KEPT = 5000  # vectors of orders: 1.5 KB each
LOOK_S = 3.0  # how often it is looked whether firms have changed
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

    def count(self) -> int:
        """How many texts that are searched have their vector."""
        with self.database.read() as session:
            return vectors.count(session, self.encoder, PASSAGE)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts that are searched, shape (n, dims)."""
        return self._all(PASSAGE, texts)

    def ready(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are there of texts that search; one never changes, so the last ones are kept."""
        kept = self._asked
        found = {text: kept[text] for text in texts if text in kept}
        if fresh := [text for text in dict.fromkeys(texts) if text not in found]:
            with self.database.read() as session:
                found |= vectors.stored(session, self.encoder, QUERY, fresh)
            self._asked = found if len(kept) > MOST_KEPT else kept | found
        return found

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts that search, shape (n, dims)."""
        found = self.ready(texts)
        if missing := set(texts) - found.keys():
            raise EncoderNotReady(f"{len(missing)} vectors are still to be computed")
        return np.array([found[text] for text in texts], np.float32).reshape(len(texts), -1)


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


State = tuple[date, institutions.TableState]  # the day, and the table as it was read


@dataclass
class _Prepared:
    """The firms as they stood at one state of the table on one day; pool: None while vectors are missing."""

    state: State
    able: tuple[Profile, ...]
    texts: int
    pool: Pool | None = None


class MatchDesk:
    """Keeps the firms prepared; prepares them anew when the day or their rows change, and then beside the readers, who go on
    with those they have: thousands of firms take seconds."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.vectors = StoredVectors(database, encoder_name(settings.encoder))
        self.matcher = Matcher(load_vocabulary(settings.data_dir), load_weights(settings.data_dir), self.vectors)
        self.rule = load_exposure_rule(settings.data_dir)
        self._lock, self._preparing = threading.Lock(), threading.Lock()
        self._prepared: _Prepared | None = None
        self._coming: _Prepared | None = None
        self._looked_at = self._known_at = float("-inf")
        self._known: Mapping[str, Standing] = {}

    def prepare(self, today: date) -> None:
        """Makes the firms ready for the first order; nothing where vectors are still missing."""
        with suppress(EncoderNotReady):
            self.pool(today)

    def pool(self, today: date) -> Pool | None:
        """The firms that can be matched, or None where there is none: a site with public lists alone. EncoderNotReady while
        vectors are missing."""
        return self.prepared(today)[0]

    def prepared(self, today: date) -> tuple[Pool | None, State]:
        """The firms as `pool` gives them, and what they were prepared from: an earlier state while the next is prepared."""
        with self._lock:
            if time.monotonic() > self._looked_at + LOOK_S:
                self._look(today)
            prepared = self._prepared
            assert prepared is not None
            if not prepared.able:
                return None, prepared.state
            if prepared.pool is None:
                raise EncoderNotReady("vectors are still to be computed")
            if time.monotonic() > self._known_at + STANDING_KEPT_S:
                self._read_standings(prepared, today)
            return prepared.pool, prepared.state

    def _look(self, today: date) -> None:
        """Prepares the firms where they are not as the database has them: at once where there are none yet, else beside."""
        with self.database.read() as session:
            state = (today, institutions.table_state(session))
        old = self._prepared
        if old is None or (old.pool is None and old.able):
            self._take(self._made(state, old))
        elif old.state != state and self._preparing.acquire(blocking=False):
            threading.Thread(target=self._prepare_beside, args=(state,), daemon=True).start()
        self._looked_at = time.monotonic()

    def _prepare_beside(self, state: State) -> None:
        try:
            self._coming = made = self._made(state, self._coming)
            if made.pool is not None or not made.able:  # while a new firm's vectors are missing, the others stay
                with self._lock:
                    self._take(made)
                self._coming = None
        finally:
            self._preparing.release()

    def _take(self, made: _Prepared) -> None:
        self._prepared, self._known, self._known_at = made, {}, float("-inf")

    def _made(self, state: State, old: _Prepared | None) -> _Prepared:
        """The firms of a state; old: what an earlier try left, whose profiles are still right where the state is the same."""
        if old is None or old.state != state:
            with self.database.read() as session:
                profiles = [profile_of(firm, state[0]) for firm in institutions.every(session)]
            # Who has no grade and offers nothing by its standard name cannot be held against an order.
            able = tuple(p for p in profiles if p.credit_grade and p.services)
            old = _Prepared(state, able, len(texts_of(able)))
        if old.able and self.vectors.count() >= old.texts:
            with suppress(EncoderNotReady):
                return replace(old, pool=self.matcher.pool(old.able))
        return old

    def _read_standings(self, prepared: _Prepared, today: date) -> None:
        """What firms promised and delivered changes with every award: it is read again and again, the texts are not."""
        with self.database.read() as session:
            known = standings(session)
        if prepared.pool is not None and known != self._known:
            prepared.pool = replace(prepared.pool, profiles=tuple(with_standing(prepared.pool.profiles, known, today)))
        self._known, self._known_at = known, time.monotonic()

    def fitting(self, order: Order, pool: Pool | None) -> list[str]:
        """Firms that meet every must-have of an order, unranked: it may be a draft whose own vector nobody has computed."""
        if pool is None:
            return []
        demand = demand_of(order)
        may = eligible(demand, self.matcher.needs(demand), pool, self.matcher.vocabulary)
        return [profile.id for profile, fits in zip(pool.profiles, may, strict=True) if fits]

    def matchable(self, taking: Iterable[Order]) -> dict[str, Order]:
        """Those of the orders that can be held against firms, by id: one just published has no vector for some seconds."""
        texts = {order: demand_text(demand_of(order)) for order in taking}
        ready = self.vectors.ready(list(texts.values()))
        return {order.id: order for order, text in texts.items() if text in ready}

    def suits(self, firm_id: str, open_orders: Iterable[Order], pool: Pool | None, limit: int = 8) -> tuple[Match, ...]:
        """The orders that suit a firm, best first; none where the firm cannot be matched."""
        if pool is None or firm_id not in pool.row_of:
            return ()
        demands: list[Demand] = [demand_of(order) for order in self.matchable(open_orders).values()]
        return self.matcher.orders_for(firm_id, demands, pool, limit)
