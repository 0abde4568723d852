"""Holds the documents of a segment against a plan: which are hits, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fusion import ENOUGH_EXACT, EXACT_FIRST
from index.phrases import Phrases
from index.plan import Clause, Plan
from index.segment import Mask, Segment

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Ranked:
    """For n documents: hits, those that meet every condition, and scores by words; coverage: the share 0..1 of what was
    asked that each has, 0 where it may not show; widened: few meet it in full, so those that meet it in part are hits too."""

    hits: Mask
    exact: Mask
    scores: Scores
    coverage: Scores
    widened: bool


class Ranker:
    """Holds a segment and its phrases against questions."""

    def __init__(self, segment: Segment, phrases: Phrases) -> None:
        self.segment, self.phrases = segment, phrases

    def _rows(self, clause: Clause) -> NDArray[np.int64]:
        if clause.sounds:
            return self.phrases.find(clause.field, clause.sounds)
        if clause.field:
            return self.phrases.phrase(clause.field, clause.phrase)
        if clause.key:
            return self.segment.at_least(clause.key, clause.least)
        return self.segment.rows_having(clause.facet, clause.value)

    def _best(self, clauses: Sequence[Clause]) -> Scores:
        """The worth of the best clause that holds, for every document; weakest first, so that the best is written last."""
        out = np.zeros(len(self.segment), np.float32)
        for clause in sorted(clauses, key=lambda c: c.worth):
            out[self._rows(clause)] = clause.worth
        return out

    def _any(self, clauses: Sequence[Clause]) -> Mask:
        out = self.segment.none()
        for clause in clauses:
            out[self._rows(clause)] = True
        return out

    def _allowed(self, plan: Plan) -> Mask:
        out = np.ones(len(self.segment), np.bool_)
        for group in plan.must:
            out &= self._any(group)
        for clause in plan.must_not:
            out[self._rows(clause)] = False
        return out

    def _exact(self, plan: Plan) -> Mask:
        out = np.ones(len(self.segment), np.bool_)
        for group in plan.exact:
            out &= self._any(group)
        if plan.words_needed:
            held = np.zeros(len(self.segment), np.int8)
            for group in plan.words:
                held += self._any(group)
            out &= held >= plan.words_needed
        return out

    def rank(self, plan: Plan) -> Ranked:
        """Hits and scores of all documents for a plan, by words alone."""
        coverage = np.zeros(len(self.segment), np.float32)
        extra = np.zeros(len(self.segment), np.float32)
        rare = self.segment.none()
        for part in plan.parts:
            coverage += np.float32(part.weight / plan.weight) * self._best(part.clauses)
            for clause in part.also:
                extra[self._rows(clause)] += np.float32(clause.worth)
            if part.rare:
                rare |= self._any([clause for clause in part.clauses if clause.field])
        for clause in plan.always:
            extra[self._rows(clause)] += np.float32(clause.worth)
        allowed, named = self._allowed(plan), self._any(plan.names)
        scores, held = coverage + extra, np.where(allowed, coverage, 0).astype(np.float32)
        loose = ((coverage >= plan.enough) | rare | named) & allowed
        if not plan.has_conditions:
            return Ranked(loose, loose, scores, held, bool(np.count_nonzero(loose) < ENOUGH_EXACT))
        exact = (self._exact(plan) | self._any(plan.itself)) & allowed
        widened = bool(np.count_nonzero(exact) < ENOUGH_EXACT)
        hits = exact | loose if widened else exact
        scores += np.float32(EXACT_FIRST) * exact
        return Ranked(hits, exact, scores, held, widened)
