"""Ranks firms for an order and orders for a firm: the same pair gets the same score and reasons either way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.constraints import Failure, failures, held_for
from matching.eligibility import eligible
from matching.exposure import ExposureRule, reserve_places
from matching.features import SIGNALS, Asked
from matching.pool import Pool, Rows, Vectors, VectorSource, demand_text, make_pool
from matching.profiles import Demand, Profile
from matching.reasons import CONTRARY, MET, Pair, Reason, reasons_for
from matching.requirements import Requirement, requirements
from matching.retrieval import Scoring
from matching.vocabulary import Vocabulary
from matching.weights import POSSIBLE, STRONG, WEAK, Weights

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
    """The best firms for an order; eligible of considered meet every must-have; bands counts the eligible.

    reserved: ids of firms that stand in a place kept for new and small firms.
    """

    matches: tuple[Match, ...]
    refused: tuple[Refusal, ...]
    needs: tuple[Requirement, ...]
    eligible: int
    considered: int
    bands: Mapping[int, int]
    reserved: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choice:
    """What the user decided: needs instead of those that were read (None: as read), how much each signal counts
    (1: as learned), and the rule that keeps places for new and small firms (None: none)."""

    needs: tuple[Requirement, ...] | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    exposure: ExposureRule | None = None


AS_READ = Choice()


@dataclass(frozen=True)
class Sitting:
    """One order before one pool: its must-haves, who meets them (n,), and the scores."""

    demand: Demand
    pool: Pool
    needs: tuple[Requirement, ...]
    may: NDArray[np.bool_]
    scoring: Scoring


def refusal_reason(failure: Failure) -> Reason:
    """The reason that a missed must-have gives, with the sentences it rests on."""
    need, said = failure.requirement, failure.requirement.kind == "firm_refuses"
    quote = failure.profile_quote if said else ""
    params = {"value": need.value, "held": failure.profile_quote}
    return Reason(CONTRARY, f"must_{need.kind}", params, need.quote, quote,
                  ((0, len(need.quote)),) if need.quote else (), ((0, len(quote)),) if quote else ())


def met_reason(profile: Profile, need: Requirement, vocabulary: Vocabulary) -> Reason:
    """The reason that a must-have gives which a firm meets."""
    held = held_for(profile, need, vocabulary)
    return Reason(MET, f"has_{need.kind}", {"value": need.value, "held": held}, need.quote, held,
                  ((0, len(need.quote)),) if need.quote else (), ((0, len(held)),) if held else ())


class Matcher:
    """Judges pairs by the vocabulary's rules and the learned weights."""

    def __init__(self, vocabulary: Vocabulary, weights: Weights, vectors: VectorSource) -> None:
        if weights.signals != SIGNALS:
            raise ValueError(f"the weights are for the signals {weights.signals}, not {SIGNALS}")
        self.vocabulary, self.weights, self.vectors = vocabulary, weights, vectors
        # The same open orders are read again for every firm that looks for one.
        self.needs = lru_cache(maxsize=4096)(self._needs)

    def pool(self, profiles: Sequence[Profile]) -> Pool:
        """Prepares firms for many orders."""
        return make_pool(profiles, self.vectors, self.vocabulary)

    def demand_vector(self, demand: Demand) -> Vectors:
        """The order's meaning, shape (dims,)."""
        found: Vectors = self.vectors.queries([demand_text(demand)])
        return np.asarray(found[0], np.float32)

    def _needs(self, demand: Demand) -> tuple[Requirement, ...]:
        """The must-haves as they are read; the user may take some out or put some in (`Choice`)."""
        return requirements(demand, self.vocabulary)

    def sitting(self, demand: Demand, pool: Pool, choice: Choice = AS_READ) -> Sitting:
        """Holds an order against a pool; nothing is scored beyond the fields yet."""
        needs = self.needs(demand) if choice.needs is None else choice.needs
        weights = self.weights.scaled(choice.weights) if choice.weights else self.weights
        asked = Asked(demand, self.demand_vector(demand), self.vocabulary)
        return Sitting(demand, pool, needs, eligible(demand, needs, pool, self.vocabulary), Scoring(asked, pool, weights))

    def match(self, sitting: Sitting, row: int) -> Match:
        """One firm's match with all its reasons, whether it may take the order or not."""
        pool, profile = sitting.pool, sitting.pool.profiles[row]
        score = float(sitting.scoring.exact(np.array([row]))[0])
        cases = pool.cases_of(row)
        case = profile.track_record[int(np.argmax(cases @ sitting.scoring.asked.vector))] if len(cases) else ""
        values = dict(zip(SIGNALS, map(float, sitting.scoring.signals(row)), strict=True))
        pair = Pair(sitting.demand, profile, values, case, pool.statistics, self.vocabulary, sitting.scoring.asked.languages)
        return Match(sitting.demand.id, profile.id, score, self.weights.band(score), reasons_for(pair))

    def _refusals(self, sitting: Sitting) -> tuple[Refusal, ...]:
        found = []
        for row in sitting.scoring.best(np.flatnonzero(~sitting.may), REFUSALS_SHOWN):
            profile = sitting.pool.profiles[row]
            missed = failures(profile, sitting.demand, sitting.needs, self.vocabulary)
            found.append(Refusal(profile.id, float(sitting.scoring.scores[row]), tuple(map(refusal_reason, missed))))
        return tuple(found)

    def _bands(self, sitting: Sitting, rows: Rows) -> dict[int, int]:
        good = sitting.scoring.scores[sitting.scoring.at_least(rows, self.weights.possible)]
        strong = int((good >= self.weights.strong).sum())
        return {STRONG: strong, POSSIBLE: len(good) - strong, WEAK: len(rows) - len(good)}

    def rank(self, demand: Demand, pool: Pool, limit: int = 20, choice: Choice = AS_READ) -> Ranking:
        """The best firms of a pool for an order, at most `limit`; equal scores go by id."""
        return self.ranking(self.sitting(demand, pool, choice), limit, choice.exposure)

    def ranking(self, sitting: Sitting, limit: int = 20, exposure: ExposureRule | None = None) -> Ranking:
        """The best firms of a sitting, with places kept by a rule where there is one."""
        pool, rows = sitting.pool, np.flatnonzero(sitting.may)
        best = sitting.scoring.best(rows, limit)
        reserved: Rows = best[:0]
        if exposure:
            best, reserved = reserve_places(sitting.scoring, rows, best, exposure)
        return Ranking(
            tuple(self.match(sitting, int(row)) for row in best), self._refusals(sitting), sitting.needs, len(rows),
            len(pool.profiles), self._bands(sitting, rows), frozenset(pool.profiles[row].id for row in reserved),
        )

    def judge(self, demand: Demand, alone: Pool) -> Match | None:
        """One firm (a pool of one) for an order; None where it fails a must-have."""
        sitting = self.sitting(demand, alone)
        return self.match(sitting, 0) if sitting.may[0] else None

    def _suiting(self, institution_id: str, demands: Sequence[Demand], pool: Pool) -> list[Sitting]:
        """The orders whose must-haves a firm meets, each before the firm alone, best first; equal scores go by id."""
        alone = pool.alone(pool.row_of[institution_id])
        # Most orders fall by a must-have: only the others are scored.
        able = [demand for demand in demands if eligible(demand, self.needs(demand), alone, self.vocabulary)[0]]
        scored = [(-float(one.scoring.exact(np.array([0]))[0]), one.demand.id, one)
                  for one in (self.sitting(demand, alone) for demand in able)]
        return [one for _, _, one in sorted(scored, key=lambda row: row[:2])]

    def orders_for(self, institution_id: str, demands: Sequence[Demand], pool: Pool,
                   limit: int = 20) -> tuple[Match, ...]:
        """The orders that suit a firm of a pool, best first; only those that are shown get reasons."""
        return tuple(self.match(one, 0) for one in self._suiting(institution_id, demands, pool)[:limit])

    def order_ids_for(self, institution_id: str, demands: Sequence[Demand], pool: Pool) -> list[str]:
        """The ids of all orders that suit a firm of a pool, best first: the other side of a firm's place in an order."""
        return [one.demand.id for one in self._suiting(institution_id, demands, pool)]
