"""Finds the best rows of a pool without reading all its vectors: no signal can hurt, so the cheap ones bound a score."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.features import Asked, cheap_signals, meaning, track_record
from matching.pool import Pool, Rows
from matching.weights import Weights

SMALL = 20_000  # firms up to which reading all vectors in one go costs less than choosing
FIRST_BLOCK = 512  # rows scored in the first step, whose last place the others must be able to beat
HAIR = np.float32(1e-6)  # added to bounds, so that rounding never hides a firm
Signals = NDArray[np.float32]


@dataclass
class Scoring:
    """One order against one pool of n: for every firm the cheap signals (CHEAP_SIGNALS, n) and a bound on its score (n,);
    meaning, cases and scores (n,) only where they were asked for, NaN elsewhere."""

    asked: Asked
    pool: Pool
    weights: Weights
    cheap: Signals = field(init=False)
    bounds: Signals = field(init=False)
    meaning: Signals = field(init=False)
    cases: Signals = field(init=False)
    scores: Signals = field(init=False)
    _logits: Signals = field(init=False, repr=False)
    _room: Signals = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.cheap = cheap_signals(self.asked, self.pool)
        by = self.weights.coefficients
        self._logits = (by[:, :-2] @ self.cheap).T + self.weights.intercepts
        self._room = room(self.asked, self.pool)
        self.bounds = self.weights.of_logits(self._logits + by[:, -2] + by[:, -1]) * self._room + HAIR
        self.meaning, self.cases, self.scores = (np.full(len(self._room), np.nan, np.float32) for _ in range(3))

    def _read_meaning(self, rows: Rows) -> None:
        """Reads the firms' own vectors, which lowers their bounds."""
        fresh = rows[np.isnan(self.meaning[rows])]
        if not len(fresh):
            return
        by = self.weights.coefficients
        self.meaning[fresh] = meaning(self.asked, self.pool, fresh)
        self._logits[fresh] += np.outer(self.meaning[fresh], by[:, -2])
        self.bounds[fresh] = self.weights.of_logits(self._logits[fresh] + by[:, -1]) * self._room[fresh] + HAIR

    def exact(self, rows: Rows) -> Signals:
        """The scores of some rows, computed where they are not known yet."""
        fresh = np.sort(rows[np.isnan(self.scores[rows])])
        if len(fresh) and len(self.scores) <= SMALL:
            fresh = np.arange(len(self.scores))
        if len(fresh):
            self._read_meaning(fresh)
            self.cases[fresh] = track_record(self.asked, self.pool, fresh)
            logits = self._logits[fresh] + np.outer(self.cases[fresh], self.weights.coefficients[:, -1])
            self.scores[fresh] = self.weights.of_logits(logits) * self._room[fresh]
        return self.scores[rows]

    def signals(self, row: int) -> Signals:
        """All signals of one row, shape (number of SIGNALS,)."""
        self.exact(np.array([row]))
        return np.array([*self.cheap[:, row], self.meaning[row], self.cases[row]], np.float32)

    def at_least(self, rows: Rows, floor: float) -> Rows:
        """Those of some rows whose exact score is `floor` or more."""
        hopeful = rows[self.bounds[rows] >= floor]
        if len(self.scores) > SMALL:
            self._read_meaning(hopeful)
            hopeful = hopeful[self.bounds[hopeful] >= floor]
        return hopeful[self.exact(hopeful) >= floor]

    def best(self, rows: Rows, count: int) -> Rows:
        """The best `count` of some rows, best first, equal scores by id; the same as if all had been scored."""
        if not len(rows) or count <= 0:
            return rows[:0]
        block = max(FIRST_BLOCK, 4 * count) if len(self.scores) > SMALL else len(rows)
        if block < len(rows):
            tried = rows[np.argpartition(-self.bounds[rows], block)[:block]]
            rows = self.at_least(rows, float(np.partition(self.exact(tried), -count)[-count]))
        found = self.exact(rows)
        return rows[np.lexsort((self.pool.order_of_ids[rows], -found))[:count]]


def room(asked: Asked, pool: Pool) -> NDArray[np.float32]:
    """How much of what a firm could deliver for this order is still free, 0..1: a full firm sinks, an idle one keeps 1."""
    able = np.minimum(pool.capacity, np.float32(asked.people))
    return np.divide(np.minimum(pool.free, able), able, out=np.ones_like(able), where=able > 0)
