"""How long the last searches took: numbers in memory that the web processes share, since they are forked after it is made."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np

KEPT = 500  # searches
BUDGET_MS = 200.0  # of which 95 in 100 searches shall be answered: what still feels at once while somebody types
WIDTH = 8  # bytes of a number


@dataclass(frozen=True)
class Speed:
    """The searches that are counted, and the milliseconds within which half and 95 in 100 of them were answered."""

    searches: int
    p50: float
    p95: float


class Speeds:
    """A ring of numbers, its first the count of all. Two processes that write at once may lose one of the two: for a
    percentile that does not matter, and no search waits for a lock."""

    def __init__(self) -> None:
        self._all = np.frombuffer(mmap.mmap(-1, (KEPT + 1) * WIDTH), dtype=np.float64)

    def keep(self, took_ms: float) -> None:
        """Counts one search."""
        seen = int(self._all[0])
        self._all[1 + seen % KEPT] = took_ms
        self._all[0] = seen + 1

    def read(self) -> Speed | None:
        """The figures now; None before the first search."""
        searches = min(int(self._all[0]), KEPT)
        if not searches:
            return None
        p50, p95 = np.percentile(self._all[1 : searches + 1], (50, 95))
        return Speed(searches, round(float(p50), 1), round(float(p95), 1))
