"""The signals: each a small function from one order and a pool of firms to one number per firm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matching.pool import Pool, Vectors, demand_words
from matching.profiles import Demand
from matching.vocabulary import Vocabulary

Signal = NDArray[np.float32]
# Cosines of e5 lie in a narrow band; this one is spread to about 0..1 (measured on the sample texts).
COSINE_FLOOR, COSINE_SPAN = 0.84, 0.09


def _spread(cosine: NDArray[np.float32]) -> Signal:
    return np.asarray(np.clip((cosine - COSINE_FLOOR) / COSINE_SPAN, 0.0, 1.0), np.float32)


def meaning(demand_vector: Vectors, pool: Pool) -> Signal:
    """How near the order is to the firm's whole text."""
    return _spread(pool.meaning @ demand_vector)


def track_record(demand_vector: Vectors, pool: Pool) -> Signal:
    """How near the order is to the nearest line of the firm's track record; 0 without one."""
    best = np.full(len(pool.profiles), COSINE_FLOOR, np.float32)
    if len(pool.cases):
        np.maximum.at(best, pool.case_of, pool.cases @ demand_vector)
    return _spread(best)


def words(demand: Demand, pool: Pool) -> Signal:
    """Which share of the order's weighty words the firm's text holds."""
    return pool.postings.shares(demand_words(demand), pool.statistics)


def _best(pool: Pool, field: str, fits: dict[str, float]) -> Signal:
    out = np.zeros(len(pool.profiles), np.float32)
    for value, fit in fits.items():
        np.maximum(out, np.float32(fit) * pool.holding(field, value), out=out)
    return out


def industry(demand: Demand, pool: Pool, vocabulary: Vocabulary) -> Signal:
    """1 in the order's industry, the closeness of a neighbouring one, half for a firm of all industries."""
    fits = {b: 0.8 * close for (a, b), close in vocabulary.neighbours.items() if a == demand.industry}
    return _best(pool, "industries", {vocabulary.terms["any_industry"]: 0.5, **fits, demand.industry: 1.0})


def role(demand: Demand, pool: Pool, vocabulary: Vocabulary) -> Signal:
    """1 for the order's role family, less for a family of the same group."""
    groups = vocabulary.role_groups.get(demand.role_family, frozenset())
    fits = {name: 0.4 for name, others in vocabulary.role_groups.items() if groups & others}
    return _best(pool, "role_families", {**fits, demand.role_family: 1.0})


def service(demand: Demand, pool: Pool, vocabulary: Vocabulary) -> Signal:
    """1 for the first service asked for, 0.85 for another one asked for, the fit of a substitute else."""
    fits: dict[str, float] = {}
    for place, wanted in enumerate(demand.service_mode):
        for (a, b), fit in vocabulary.substitutes.items():
            if a == wanted:
                fits[b] = max(fits.get(b, 0.0), fit * 0.9)
        fits[wanted] = max(fits.get(wanted, 0.0), 1.0 if place == 0 else 0.85)
    return _best(pool, "services", fits)


def seniority(demand: Demand, pool: Pool) -> Signal:
    """Which share of the levels asked for the firm serves; 1 where none is named."""
    if not demand.seniority:
        return np.ones(len(pool.profiles), np.float32)
    held = sum(pool.holding("seniority", level).astype(np.float32) for level in demand.seniority)
    return np.asarray(held / len(demand.seniority), np.float32)


def capacity(demand: Demand, pool: Pool) -> Signal:
    """Capacity of a quarter over headcount, at most 1; a joint order counts from a third of the headcount."""
    need = max(demand.headcount, 1) / (3.0 if demand.constraints.multi_firm_collaboration else 1.0)
    return np.asarray(np.minimum(pool.capacity / np.float32(need), 1.0), np.float32)


Compute = Callable[[Demand, Vectors, Pool, Vocabulary], Signal]
SIGNALS: dict[str, Compute] = {
    "meaning": lambda demand, vector, pool, _: meaning(vector, pool),
    "track_record": lambda demand, vector, pool, _: track_record(vector, pool),
    "words": lambda demand, vector, pool, _: words(demand, pool),
    "industry": lambda demand, vector, pool, vocabulary: industry(demand, pool, vocabulary),
    "role": lambda demand, vector, pool, vocabulary: role(demand, pool, vocabulary),
    "service": lambda demand, vector, pool, vocabulary: service(demand, pool, vocabulary),
    "seniority": lambda demand, vector, pool, _: seniority(demand, pool),
    "capacity": lambda demand, vector, pool, _: capacity(demand, pool),
}


def signals(demand: Demand, demand_vector: Vectors, pool: Pool, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """All signals, each 0..1, shape (n, number of SIGNALS), columns in the order of SIGNALS."""
    return np.stack([compute(demand, demand_vector, pool, vocabulary) for compute in SIGNALS.values()], axis=1)
