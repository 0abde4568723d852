"""Ranks firms for an order and orders for a firm: the same pair gets the same score and reasons either way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.constraints import Failure, failures, meets
from matching.features import SIGNALS, signals
from matching.pool import Pool, Vectors, VectorSource, demand_text, make_pool
from matching.profiles import Demand, Profile
from matching.reasons import CONTRARY, Pair, Reason, reasons_for
from matching.requirements import Requirement, requirements
from matching.vocabulary import Vocabulary
from matching.weights import Weights

REFUSALS_SHOWN = 3  # firms near in meaning that fail a must-have: enough to show why they are not there


@dataclass(frozen=True)
class Match:
    """A firm that may take an order: score 0..1, band 3 strong, 2 possible, 1 weak."""

    demand_id: str
    institution_id: str
    score: float
    band: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Refusal:
    """A firm near in meaning that fails must-haves, and why."""

    institution_id: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Ranking:
    """The best firms for an order; eligible of considered meet every must-have; bands counts the eligible."""

    matches: tuple[Match, ...]
    refused: tuple[Refusal, ...]
    needs: tuple[Requirement, ...]
    eligible: int
    considered: int
    bands: Mapping[int, int]


def _refused(failure: Failure) -> Reason:
    need = failure.requirement
    quote, marks = failure.profile_quote, ((0, len(failure.profile_quote)),) if failure.profile_quote else ()
    params = {"value": need.value, "held": quote}
    return Reason(CONTRARY, f"must_{need.kind}", params, need.quote, quote if need.kind == "firm_refuses" else "",
                  ((0, len(need.quote)),) if need.quote else (), marks if need.kind == "firm_refuses" else ())


class Matcher:
    """Judges pairs by the vocabulary's rules and the learned weights."""

    def __init__(self, vocabulary: Vocabulary, weights: Weights, vectors: VectorSource) -> None:
        if weights.signals != tuple(SIGNALS):
            raise ValueError(f"the weights are for the signals {weights.signals}, not {tuple(SIGNALS)}")
        self.vocabulary, self.weights, self.vectors = vocabulary, weights, vectors

    def pool(self, profiles: Sequence[Profile]) -> Pool:
        """Prepares firms for many orders."""
        return make_pool(profiles, self.vectors)

    def demand_vector(self, demand: Demand) -> Vectors:
        """The order's meaning, shape (dims,)."""
        found: Vectors = self.vectors.queries([demand_text(demand)])
        return np.asarray(found[0], np.float32)

    def _may(self, demand: Demand, needs: tuple[Requirement, ...], pool: Pool) -> NDArray[np.bool_]:
        met = [all(meets(profile, need, self.vocabulary) for need in needs) for profile in pool.profiles]
        return np.array(met, np.bool_)

    def _match(self, demand: Demand, vector: Vectors, pool: Pool, row: int, found: NDArray[np.float32]) -> Match:
        score = float(self.weights.score(found[row : row + 1])[0])
        mine = np.flatnonzero(pool.case_of == row)
        profile = pool.profiles[row]
        case = profile.track_record[int(np.argmax(pool.cases[mine] @ vector))] if len(mine) else ""
        values = dict(zip(SIGNALS, (float(v) for v in found[row]), strict=True))
        pair = Pair(demand, profile, values, case, pool.statistics, self.vocabulary)
        return Match(demand.id, profile.id, score, self.weights.band(score), reasons_for(pair))

    def rank(self, demand: Demand, pool: Pool, limit: int = 20) -> Ranking:
        """The best firms of a pool for an order, at most `limit`; equal scores go by id."""
        needs = requirements(demand, self.vocabulary)
        vector = self.demand_vector(demand)
        found = signals(demand, vector, pool, self.vocabulary)
        scores = self.weights.score(found)
        may = self._may(demand, needs, pool)
        order = sorted(range(len(scores)), key=lambda row: (-scores[row], pool.profiles[row].id))
        eligible: list[int] = []
        refused: list[Refusal] = []
        for row in order:
            # Firms' own refusals are read only for the rows that could be shown: reading 4,000 profiles costs a second.
            wanted = may[row] and (len(eligible) < limit)
            near = not may[row] and len(refused) < REFUSALS_SHOWN
            missed = failures(pool.profiles[row], demand, needs, self.vocabulary) if wanted or near else ()
            if wanted and not missed:
                eligible.append(row)
            elif missed and len(refused) < REFUSALS_SHOWN:
                refused.append(Refusal(pool.profiles[row].id, float(scores[row]), tuple(map(_refused, missed))))
        return Ranking(
            tuple(self._match(demand, vector, pool, row, found) for row in eligible), tuple(refused), needs,
            int(may.sum()), len(pool.profiles), Counter(self.weights.band(float(score)) for score in scores[may]),
        )

    def judge(self, demand: Demand, alone: Pool) -> Match | None:
        """One firm (a pool of one) for an order; None where it fails a must-have."""
        needs = requirements(demand, self.vocabulary)
        if failures(alone.profiles[0], demand, needs, self.vocabulary):
            return None
        vector = self.demand_vector(demand)
        return self._match(demand, vector, alone, 0, signals(demand, vector, alone, self.vocabulary))

    def orders_for(self, institution_id: str, demands: Sequence[Demand], pool: Pool,
                   limit: int = 20) -> tuple[Match, ...]:
        """The orders that suit a firm of a pool, best first; equal scores go by id."""
        alone = pool.alone(pool.row_of[institution_id])
        found = [match for demand in demands if (match := self.judge(demand, alone))]
        return tuple(sorted(found, key=lambda match: (-match.score, match.demand_id))[:limit])
