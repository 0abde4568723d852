"""Answers "why not?" for any firm, and "what if?": the place it would take if what it lacks were met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.constraints import failures, meets
from matching.features import SIGNALS
from matching.pool import Pool
from matching.profiles import Demand
from matching.ranking import AS_READ, Choice, Match, Matcher, Sitting, met_reason, refusal_reason
from matching.reasons import Reason


@dataclass(frozen=True)
class Missing:
    """A must-have that a firm misses; place: where it would stand if this alone were met, None while others are missing."""

    reason: Reason
    place: int | None


@dataclass(frozen=True)
class Lift:
    """A signal that is not at its best, and the place that the firm would take if it were."""

    signal: str
    place: int


@dataclass(frozen=True)
class WhatIf:
    """For a firm that misses must-haves: each of them, and the place with all met. For one that misses none: its place,
    and which signals would lift it, most first."""

    institution_id: str
    missing: tuple[Missing, ...]
    place: int
    lifts: tuple[Lift, ...]


@dataclass(frozen=True)
class Case:
    """A firm of a pool, named by its id, and an order."""

    demand: Demand
    institution_id: str
    pool: Pool


@dataclass(frozen=True)
class WhyNot:
    """Everything about one firm and one order: place is None where it misses a must-have; match holds score, band and
    reasons as if it might; of: how many firms may take the order; met: the must-haves that it meets."""

    place: int | None
    of: int
    match: Match
    what_if: WhatIf
    met: tuple[Reason, ...]


def place_of(sitting: Sitting, row: int, score: float | None = None) -> int:
    """The place that a firm takes among those that may, with its own score or another; equal scores go by id."""
    pool = sitting.pool
    score = float(sitting.scoring.exact(np.array([row]))[0]) if score is None else score
    rivals = np.flatnonzero(sitting.may)
    near = sitting.scoring.at_least(rivals[rivals != row], score)
    ahead = sitting.scoring.scores[near] > np.float32(score)
    ahead |= (sitting.scoring.scores[near] == np.float32(score)) & (pool.order_of_ids[near] < pool.order_of_ids[row])
    return 1 + int(ahead.sum())


def _lifts(sitting: Sitting, row: int, place: int) -> tuple[Lift, ...]:
    values = sitting.scoring.signals(row)
    found = []
    for column, signal in enumerate(SIGNALS):
        if values[column] >= 1:
            continue
        better = values.copy()
        better[column] = 1.0
        would = float(sitting.scoring.weights.score(better[None])[0])
        if would > sitting.scoring.scores[row]:
            found.append(Lift(signal, place_of(sitting, row, would)))
    return tuple(sorted((lift for lift in found if lift.place < place), key=lambda lift: (lift.place, lift.signal)))


def _what_if(matcher: Matcher, sitting: Sitting, row: int) -> WhatIf:
    profile = sitting.pool.profiles[row]
    missed = failures(profile, sitting.demand, sitting.needs, matcher.vocabulary)
    place = place_of(sitting, row)
    missing = tuple(Missing(refusal_reason(failure), place if len(missed) == 1 else None) for failure in missed)
    return WhatIf(profile.id, missing, place, () if missed else _lifts(sitting, row, place))


def what_if(matcher: Matcher, case: Case, choice: Choice = AS_READ) -> WhatIf:
    """What would change a firm's place; KeyError where the pool does not hold the firm."""
    return _what_if(matcher, matcher.sitting(case.demand, case.pool, choice), case.pool.row_of[case.institution_id])


def verdict(matcher: Matcher, sitting: Sitting, row: int) -> WhyNot:
    """Where one firm of a sitting stands and why."""
    found = _what_if(matcher, sitting, row)
    place, profile = None if found.missing else found.place, sitting.pool.profiles[row]
    met = tuple(met_reason(profile, need, matcher.vocabulary) for need in sitting.needs
                if meets(profile, need, matcher.vocabulary))
    return WhyNot(place, int(sitting.may.sum()), matcher.match(sitting, row), found, met)


def why_not(matcher: Matcher, case: Case, choice: Choice = AS_READ) -> WhyNot:
    """Where a firm stands for an order and why; KeyError where the pool does not hold the firm."""
    return verdict(matcher, matcher.sitting(case.demand, case.pool, choice), case.pool.row_of[case.institution_id])
