"""Holds the documents of a segment against a plan: which are hits, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.columns import Rows
from index.fusion import ENOUGH_EXACT, EXACT_FIRST
from index.plan import Clause, Plan
from index.queries import Query
from index.segment import Mask, Segment

Scores = NDArray[np.float32]
MOST_KEPT = 4_000_000  # numbers of parts of questions that stay: the same district and service are asked for again and again
DENSE = 12  # of so many documents one: from there on a mask over all is faster than rows one by one


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
    """Holds a segment against questions."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self._always = lru_cache(maxsize=8)(self._sum)
        self._part = lru_cache(maxsize=max(8, MOST_KEPT // max(len(segment), 1)))(self._best)

    def _rows(self, clause: Clause) -> Rows:
        if clause.sounds:
            return self.segment.sounds(clause.field, clause.sounds)
        if clause.field:
            return self.segment.phrase(clause.field, clause.phrase)
        if clause.key:
            return self.segment.at_least(clause.key, clause.least)
        return self.segment.rows_having(clause.facet, clause.value)

    def _mask(self, clause: Clause, rows: Rows) -> Mask | None:
        """The kept mask of a clause that many documents meet, or None."""
        if len(rows) * DENSE < len(self.segment) or clause.sounds or clause.key:
            return None
        if clause.field:
            return self.segment.phrase_mask(clause.field, clause.phrase)
        return self.segment.having(clause.facet, clause.value)

    def _best(self, clauses: tuple[Clause, ...]) -> Scores:
        """The worth of the best clause that holds, for every document; weakest first, so that the best is written last."""
        out = np.zeros(len(self.segment), np.float32)
        for clause in sorted(clauses, key=lambda c: c.worth):
            rows = self._rows(clause)
            mask = self._mask(clause, rows)
            if mask is None:
                out[rows] = clause.worth
            else:
                np.maximum(out, mask * np.float32(clause.worth), out=out)
        out.flags.writeable = False
        return out

    def _sum(self, clauses: tuple[Clause, ...]) -> Scores:
        """The worths of all clauses that hold, added up."""
        out = np.zeros(len(self.segment), np.float32)
        self._add(out, clauses)
        return out

    def _add(self, scores: Scores, clauses: Sequence[Clause]) -> None:
        for clause in clauses:
            rows = self._rows(clause)
            mask = self._mask(clause, rows)
            if mask is None:
                scores[rows] += np.float32(clause.worth)
            else:
                scores += mask * np.float32(clause.worth)

    def _mark(self, out: Mask, clauses: Sequence[Clause]) -> None:
        """Sets what meets any of some clauses."""
        for clause in clauses:
            rows = self._rows(clause)
            mask = self._mask(clause, rows)
            if mask is None:
                out[rows] = True
            else:
                out |= mask

    def _any(self, clauses: Sequence[Clause]) -> Mask:
        out = self.segment.none()
        self._mark(out, clauses)
        return out

    def _allowed(self, plan: Plan) -> Mask:
        out = self.segment.alive.copy()
        for group in plan.must:
            out &= self._any(group)
        for clause in plan.must_not:
            out[self._rows(clause)] = False
        return out

    def _exact(self, plan: Plan) -> Mask:
        out = self.segment.alive.copy()
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
        scores = self._always(plan.always).copy()
        sure = self._any(plan.names)
        for part in plan.parts:
            coverage += np.float32(part.weight / plan.weight) * self._part(part.clauses)
            self._add(scores, part.also)
            if part.rare:
                self._mark(sure, [clause for clause in part.clauses if clause.field])
        scores += coverage
        allowed = self._allowed(plan)
        coverage *= allowed
        sure |= coverage >= plan.enough
        sure &= allowed
        if not plan.has_conditions:
            return Ranked(sure, sure, scores, coverage, bool(np.count_nonzero(sure) < ENOUGH_EXACT))
        exact = (self._exact(plan) | self._any(plan.itself)) & allowed
        widened = bool(np.count_nonzero(exact) < ENOUGH_EXACT)
        scores += np.float32(EXACT_FIRST) * exact
        return Ranked(exact | sure if widened else exact, exact, scores, coverage, widened)


def best_rows(segment: Segment, rows: NDArray[np.int64], query: Query, scores: Scores) -> NDArray[np.int64]:
    """The page of some rows that a query asks for: by its sort key (what has none comes last) or by score; ties by
    score, then by row. Of many rows only those that can be on the page are put in order."""
    most = query.offset + query.limit
    of_rows = scores[rows]
    if not query.sort:
        if len(rows) > 4 * most > 0:
            least = np.partition(of_rows, len(rows) - most)[len(rows) - most]
            rows = rows[of_rows >= least]
            of_rows = scores[rows]
        return rows[np.lexsort((rows, -of_rows))][query.offset : most]
    key = segment.order(query.sort.lstrip("-"))[rows]
    key = -key if query.sort.startswith("-") else np.where(key == -np.inf, np.inf, key)
    return rows[np.lexsort((rows, -of_rows, key))][query.offset : most]
