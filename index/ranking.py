"""Ranks documents for a question: how much of what was asked each has, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analysis import is_chinese
from index.phrases import BODY, NAME, SOUND, TAGS, Phrases
from index.segment import Mask, Segment
from index.understanding import Concept
from index.vocabulary import SearchVocabulary

Scores = NDArray[np.float32]
# What a phrase is worth by the field it stands in, for words that name no facet ...
PLAIN = {NAME: 1.0, TAGS: 0.9, BODY: 0.8}
# ... and for words that do: the facet itself says it best, a mention in the text less.
MENTION = {NAME: 0.8, TAGS: 0.7, BODY: 0.45}
OTHER_WAY = 0.85  # a synonym instead of the word that was typed
BESIDE = 0.35  # a neighbouring district where "near" was asked for
SAME_DISTRICT = 0.6  # the district of a place or park where that itself is not named
FIRST_SERVICE = 0.12  # a firm's first service is its main one
KIND_WEIGHT = {"institution": 1.0, "order": 0.88, "park": 0.8, "policy": 0.7}
MEANING_SPAN = 0.05  # cosines of e5: the best hit and a fair one differ by about this


@dataclass(frozen=True)
class Ranked:
    """coverage: which share of the question each document has, 0..1; scores: what it is sorted by; by_name: the
    documents whose own name was typed."""

    coverage: Scores
    scores: Scores
    by_name: Mask
    by_meaning: Mask
    enough: float


class Ranker:
    """Holds a segment and its phrases against questions."""

    def __init__(self, segment: Segment, phrases: Phrases, vocabulary: SearchVocabulary) -> None:
        self.segment, self.phrases, self.vocabulary = segment, phrases, vocabulary

    def _phrase(self, out: Scores, phrase: str, worth: dict[str, float], factor: float) -> None:
        for field, value in worth.items():
            rows, weights = self.phrases.phrase(field, phrase)
            if len(rows):
                # BM25 tells a passing mention from a theme; it moves the worth by a fifth at most.
                share = weights / max(float(weights.max()), 1e-6)
                np.maximum.at(out, rows, np.asarray(factor * value * (0.85 + 0.15 * share), np.float32))

    def _facet(self, out: Scores, concept: Concept) -> None:
        exact = concept.facet != "district" or concept.value.startswith(concept.typed) or concept.changed
        np.maximum(out, (1.0 if exact else SAME_DISTRICT) * self.segment.having(concept.facet, concept.value), out=out)
        if concept.facet == "service":
            out += np.float32(FIRST_SERVICE) * self.segment.having("main_service", concept.value)
        if concept.near and concept.facet == "district":
            for other in self.vocabulary.neighbours.get(concept.value, ()):
                np.maximum(out, np.float32(BESIDE) * self.segment.having("district", other), out=out)
        if concept.near and concept.facet == "park":
            district = self._district_of_park(concept.value)
            np.maximum(out, np.float32(SAME_DISTRICT) * self.segment.having("district", district), out=out)
            for other in self.vocabulary.neighbours.get(district, ()):
                np.maximum(out, np.float32(BESIDE) * self.segment.having("district", other), out=out)

    def _district_of_park(self, park: str) -> str:
        return self.vocabulary.place_districts.get(park, "")

    def _one(self, concept: Concept) -> Scores:
        """How well each document has one concept, about 0..1."""
        out = np.zeros(len(self.segment), np.float32)
        worth = MENTION if concept.facet else PLAIN
        for place, phrase in enumerate(concept.alternatives):
            literal = phrase == concept.typed or (place == 0 and concept.changed)
            where = PLAIN if literal and concept.facet != "service" else worth
            self._phrase(out, phrase, where, 1.0 if literal else OTHER_WAY)
        if concept.facet:
            self._facet(out, concept)
        if concept.sound and not out.any():
            rows, _ = self.phrases.find(SOUND, concept.sound)
            out[rows] = 0.75
        return out

    def _names(self, concepts: Sequence[Concept]) -> Mask:
        """Documents in whose name a word stands that names no facet."""
        out = self.segment.none()
        for concept in concepts:
            if not concept.facet:
                for phrase in concept.alternatives[:1]:
                    out[self.phrases.phrase(NAME, phrase)[0]] = True
        return out

    def _allowed(self, concepts: Sequence[Concept], by_name: Mask) -> Mask:
        """Grade D shows only when its name was typed; a service that needs a permit only with the permit."""
        out = ~self.segment.having("grade", "D") | by_name
        for concept in concepts:
            licence = self.vocabulary.needs_licence.get(concept.value) if concept.facet == "service" else None
            if licence:
                firms = self.segment.having("kind", "institution")
                out &= ~firms | self.segment.having("licence", licence) | by_name
        return np.asarray(out, np.bool_)

    def rank(self, concepts: Sequence[Concept], cosines: Scores | None) -> Ranked:
        """Scores of all documents for the concepts of a question, and for its meaning where there are vectors."""
        total = np.zeros(len(self.segment), np.float32)
        weight = sum(concept.weight for concept in concepts)
        strangers = 0
        for concept in concepts:
            found = np.minimum(self._one(concept), 1.15)
            strangers += not found.any() and is_chinese(concept.typed)
            total += np.float32(concept.weight) * found
        coverage = total / np.float32(max(weight, 1e-6))
        by_name = self._names(concepts)
        meaning, by_meaning = self._meaning(cosines, coverage, len(concepts))
        kind = np.zeros(len(self.segment), np.float32)
        for name, value in KIND_WEIGHT.items():
            kind += np.float32(value) * self.segment.having("kind", name)
        allowed = self._allowed(concepts, by_name)
        return Ranked(np.where(allowed, coverage, 0), np.where(allowed, (coverage + meaning) * kind, 0), by_name,
                      by_meaning & allowed, enough(concepts, strangers))

    def _meaning(self, cosines: Scores | None, coverage: Scores, concepts: int) -> tuple[Scores, Mask]:
        """What meaning adds: little to a question of one or two words, much to a sentence."""
        if cosines is None or not len(cosines):
            return np.zeros(len(self.segment), np.float32), self.segment.none()
        best = float(np.partition(cosines, -min(5, len(cosines)))[-min(5, len(cosines)):].mean())
        near = np.clip((cosines - best) / MEANING_SPAN + 1, 0, 1.3)
        trust = 0.15 if concepts <= 2 else 0.35 if concepts <= 4 else 0.6
        found = (near >= 0.75) & (coverage >= 0.12) if concepts > 2 else self.segment.none()
        return np.asarray(trust * near, np.float32), np.asarray(found, np.bool_)


def enough(concepts: Sequence[Concept], strangers: int) -> float:
    """Which share of a question a hit must have: one of two words, less of a sentence; more where a word of a short
    question stands in no document at all, for then the rest is not what was asked for."""
    n = len(concepts)
    share = 0.40 if n <= 2 else 0.30 if n <= 4 else 0.24
    return max(share, 0.62) if strangers and n <= 4 else share
