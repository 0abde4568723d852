"""Finds the best rows of a pool without scoring all of it: no signal can hurt, so fields alone bound a firm's score."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.features import FIELD_SIGNALS, Asked, field_signals, text_signals
from matching.pool import Pool, Rows
from matching.weights import Weights

FIRST_BLOCK = 512  # rows scored in the first step; each step doubles


@dataclass
class Scoring:
    """One order against one pool: bounds for every firm, exact scores for those that were asked for (NaN: not yet)."""

    asked: Asked
    pool: Pool
    weights: Weights
    fields: NDArray[np.float32] = field(init=False)
    bounds: NDArray[np.float32] = field(init=False)
    scores: NDArray[np.float32] = field(init=False)
    _logits: NDArray[np.float32] = field(init=False, repr=False)
    _room: NDArray[np.float32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.fields = field_signals(self.asked, self.pool)
        shares = self.weights.coefficients
        known = len(FIELD_SIGNALS)
        self._logits = (shares[:, :known] @ self.fields).T + self.weights.intercepts
        self._room = room(self.asked, self.pool)
        # Texts can add at most their full weight. A hair is added, so that rounding never hides a firm.
        self.bounds = self.weights.of_logits(self._logits + shares[:, known:].sum(axis=1)) * self._room + np.float32(1e-6)
        self.scores = np.full(len(self.pool.profiles), np.nan, np.float32)

    def exact(self, rows: Rows) -> NDArray[np.float32]:
        """The scores of some rows, computed where they are not known yet."""
        fresh = np.sort(rows[np.isnan(self.scores[rows])])
        if len(fresh):
            texts = text_signals(self.asked, self.pool, fresh)
            logits = self._logits[fresh] + (self.weights.coefficients[:, len(FIELD_SIGNALS) :] @ texts).T
            self.scores[fresh] = self.weights.of_logits(logits) * self._room[fresh]
        return self.scores[rows]

    def signals(self, row: int) -> NDArray[np.float32]:
        """All signals of one row, shape (number of SIGNALS,)."""
        return np.concatenate([self.fields[:, row], text_signals(self.asked, self.pool, np.array([row]))[:, 0]])

    def at_least(self, rows: Rows, floor: float) -> Rows:
        """Those of some rows whose exact score is `floor` or more."""
        hopeful = rows[self.bounds[rows] >= floor]
        return hopeful[self.exact(hopeful) >= floor]

    def best(self, rows: Rows, count: int) -> Rows:
        """The best `count` of some rows, best first, equal scores by id; the same as if all had been scored."""
        if not len(rows) or count <= 0:
            return rows[:0]
        block = max(FIRST_BLOCK, 4 * count)
        bounds = self.bounds[rows]
        while True:
            tried = rows if block >= len(rows) else rows[np.argpartition(-bounds, block)[:block]]
            found = self.exact(tried)
            floor = np.partition(found, -count)[-count] if len(found) >= count else np.float32(0)
            if len(tried) == len(rows) or (bounds > floor).sum() <= block:
                break
            block = max(2 * block, int((bounds > floor).sum()))
        order = np.lexsort((self.pool.order_of_ids[tried], -found))
        return tried[order[:count]]


def room(asked: Asked, pool: Pool) -> NDArray[np.float32]:
    """How much of what a firm could deliver for this order is still free, 0..1: a full firm sinks, an idle one keeps 1."""
    able = np.minimum(pool.capacity, np.float32(asked.people))
    return np.divide(np.minimum(pool.free, able), able, out=np.ones_like(able), where=able > 0)
