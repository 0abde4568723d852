"""The signals: each a small function from one order and some rows of a pool to one number 0..1 per row, more is better.

Those on fields and words cost little and are computed for every firm; the two on vectors only for the firms that can still
reach the front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.pool import Pool, Rows, Vectors, demand_words
from matching.profiles import Demand
from matching.requirements import from_text
from matching.text import tokens
from matching.vocabulary import Vocabulary

Signal = NDArray[np.float32]
# Cosines of e5 lie in a narrow band; this one is spread to about 0..1 (measured on the sample texts).
COSINE_FLOOR, COSINE_SPAN = 0.84, 0.09
SAME_GROUP = 0.4  # a role family of the same group; the taxonomy's groups are coarse
GENERALIST = 0.5  # a firm of all industries
QUARTER_DAYS = 90.0
NARROW, BROAD = 2, 5  # industries of a specialist and of a firm of many trades
WORDS_SPAN = 0.25  # a quarter of an order's weighty words is as much as a firm's text ever holds
GRADE_WORTH = {"A": 1.0, "B": 0.6, "C": 0.3}


@dataclass(frozen=True)
class Asked:
    """One order as the signals read it; vector: its meaning, shape (dims,)."""

    demand: Demand
    vector: Vectors
    vocabulary: Vocabulary

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages that the order's own words name."""
        said = replace(self.demand, description=f"{self.demand.description}\n" + "\n".join(self.demand.must_have))
        return tuple(dict.fromkeys(n.value for n in from_text(said, self.vocabulary) if n.kind == "language"))

    @cached_property
    def people(self) -> float:
        """People that one firm should be able to deliver; a joint order counts a third."""
        return max(self.demand.headcount, 1) / (3.0 if self.demand.constraints.multi_firm_collaboration else 1.0)

    @cached_property
    def words(self) -> str:
        """What words and branches are read from."""
        return demand_words(self.demand)


def _best(pool: Pool, field: str, fits: Mapping[str, float]) -> Signal:
    out = np.zeros(len(pool.profiles), np.float32)
    for value, fit in fits.items():
        np.maximum(out, np.float32(fit) * pool.holding(field, value), out=out)
    return out


def industry(asked: Asked, pool: Pool) -> Signal:
    """1 in the order's industry, the closeness of a neighbouring one, half for a firm of all industries."""
    wanted, vocabulary = asked.demand.industry, asked.vocabulary
    fits = {b: 0.8 * close for (a, b), close in vocabulary.neighbours.items() if a == wanted}
    return _best(pool, "industries", {vocabulary.terms["any_industry"]: GENERALIST, **fits, wanted: 1.0})


def near_roles(wanted: str, vocabulary: Vocabulary) -> dict[str, float]:
    """Role families of the same group; where the taxonomy does not know the wanted one, those that share a word."""
    groups = vocabulary.role_groups.get(wanted)
    if groups is not None:
        return {name: SAME_GROUP for name, others in vocabulary.role_groups.items() if groups & others}
    return {name: SAME_GROUP for name in vocabulary.role_groups if set(tokens(name)) & set(tokens(wanted))}


def role(asked: Asked, pool: Pool) -> Signal:
    """1 for the order's role family, less for a family of the same group."""
    wanted = asked.demand.role_family
    return _best(pool, "role_families", {**near_roles(wanted, asked.vocabulary), wanted: 1.0})


def service(asked: Asked, pool: Pool) -> Signal:
    """1 for the first service asked for, 0.85 for another one asked for, the fit of a substitute else."""
    fits: dict[str, float] = {}
    for place, wanted in enumerate(asked.demand.service_mode):
        for (a, b), fit in asked.vocabulary.substitutes.items():
            if a == wanted:
                fits[b] = max(fits.get(b, 0.0), fit * 0.9)
        fits[wanted] = max(fits.get(wanted, 0.0), 1.0 if place == 0 else 0.85)
    return _best(pool, "services", fits)


def _share(pool: Pool, field: str, wanted: Iterable[str]) -> Signal:
    names = list(wanted)
    if not names:
        return np.ones(len(pool.profiles), np.float32)
    held = sum(pool.holding(field, name).astype(np.float32) for name in names)
    return np.asarray(held / len(names), np.float32)


def seniority(asked: Asked, pool: Pool) -> Signal:
    """Which share of the levels asked for the firm serves; 1 where none is named."""
    return _share(pool, "seniority", asked.demand.seniority)


def language(asked: Asked, pool: Pool) -> Signal:
    """Which share of the languages that the order names the firm speaks; 1 where none is named."""
    return _share(pool, "languages", asked.languages)


def capacity(asked: Asked, pool: Pool) -> Signal:
    """Free capacity of a quarter over headcount, at most 1."""
    return np.asarray(np.minimum(pool.free / np.float32(asked.people), 1.0), np.float32)


def pace(asked: Asked, pool: Pool) -> Signal:
    """What the firm delivers until the deadline at its quarterly pace, over headcount, at most 1."""
    days = asked.demand.deadline_days or QUARTER_DAYS
    return np.asarray(np.minimum(pool.free * np.float32(days / QUARTER_DAYS / asked.people), 1.0), np.float32)


def results(asked: Asked, pool: Pool) -> Signal:
    """Places filled of those taken on in past orders; one half without a record."""
    return pool.reliability


def credit(asked: Asked, pool: Pool) -> Signal:
    """The credit grade beyond what is demanded."""
    return np.asarray(sum(np.float32(worth) * (pool.grades == grade) for grade, worth in GRADE_WORTH.items()), np.float32)


def breadth(asked: Asked, pool: Pool) -> Signal:
    """How many industries the firm works in, 0 for two to 1 for five: a firm of many trades takes what specialists leave."""
    return np.asarray(np.clip((pool.industries - NARROW) / np.float32(BROAD - NARROW), 0.0, 1.0), np.float32)


def _spread(cosine: NDArray[np.float32]) -> Signal:
    return np.asarray(np.clip((cosine - COSINE_FLOOR) / COSINE_SPAN, 0.0, 1.0), np.float32)


def _most(pool: Pool, rows: Rows) -> bool:
    """True where reading every vector in one go costs less than picking out those of the rows."""
    return 3 * len(rows) > len(pool.profiles)


def meaning(asked: Asked, pool: Pool, rows: Rows) -> Signal:
    """How near the order is to the firm's whole text."""
    if _most(pool, rows):
        return _spread((pool.meaning @ asked.vector)[rows])
    return _spread(pool.meaning[rows] @ asked.vector)


def _nearest_case(asked: Asked, pool: Pool, rows: Rows) -> Signal:
    starts, sizes = pool.case_start[rows], pool.case_start[rows + 1] - pool.case_start[rows]
    best = np.full(len(rows), COSINE_FLOOR, np.float32)
    held = np.flatnonzero(sizes)
    if not len(held):
        return best
    begin = np.cumsum(sizes) - sizes
    lines = np.repeat(starts - begin, sizes) + np.arange(int(sizes.sum()))
    cosines = (pool.cases @ asked.vector)[lines] if _most(pool, rows) else pool.cases[lines] @ asked.vector
    best[held] = np.maximum.reduceat(cosines, begin[held])
    return best


def track_record(asked: Asked, pool: Pool, rows: Rows) -> Signal:
    """How near the order is to the nearest line of the firm's track record; 0 without one."""
    return _spread(_nearest_case(asked, pool, rows))


def words(asked: Asked, pool: Pool) -> Signal:
    """Which share of the order's weighty words the firm's text holds."""
    return np.asarray(np.minimum(pool.words.shares(asked.words) / np.float32(WORDS_SPAN), 1.0), np.float32)


def sub_industry(asked: Asked, pool: Pool) -> Signal:
    """How much the firm speaks of the branches that the order speaks of, a branch of the same industry counting less."""
    wanted = asked.vocabulary.branches.kinship @ asked.vocabulary.branches.vector(asked.words)
    return np.asarray(np.minimum(pool.branches @ wanted, 1.0), np.float32)


CHEAP_SIGNALS: dict[str, Callable[[Asked, Pool], Signal]] = {
    "industry": industry, "role": role, "service": service, "seniority": seniority, "capacity": capacity,
    "pace": pace, "language": language, "credit": credit, "results": results, "breadth": breadth,
    "words": words, "sub_industry": sub_industry,
}
SIGNALS = (*CHEAP_SIGNALS, "meaning", "track_record")


def cheap_signals(asked: Asked, pool: Pool) -> NDArray[np.float32]:
    """The signals that rest on fields and words, shape (number of CHEAP_SIGNALS, n)."""
    return np.stack([compute(asked, pool) for compute in CHEAP_SIGNALS.values()])


def signals(asked: Asked, pool: Pool) -> NDArray[np.float32]:
    """All signals, shape (n, number of SIGNALS), columns in the order of SIGNALS."""
    every = np.arange(len(pool.profiles))
    return np.stack([*cheap_signals(asked, pool), meaning(asked, pool, every), track_record(asked, pool, every)], axis=1)
